"""A file given to a command as a table of text: CSV in any dress, or a workbook's first sheet.

Headings are found wherever they stand in the first rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from analytics.faults import Fault, FaultsError
from analytics.readers.tabular import cell_text
from analytics.readers.workbook import sheets_of

# Name of an index that holds the line an editor, or the row a spreadsheet, shows.
LINE = "line"
_DEEPEST_HEADER = 20


def table_of(path: Path, first: str = "", *, as_written: bool = False) -> pd.DataFrame:
    """A file as text, its headings in lower case.

    Parameters
    ----------
    first
        The heading that marks the row of headings; without it the first filled row is taken.
    as_written
        Whether headings stay as they stand in the file.

    Returns
    -------
    Cells without spaces around, no empty rows; the index :data:`LINE` is the line an editor or a
    spreadsheet shows. Of two columns with one heading the first.

    Raises
    ------
    FaultsError
        ``file_missing``, ``file_empty``, and those of
        :func:`analytics.readers.workbook.sheets_of`.
    """
    rows, numbers = rows_of(path)
    top = _header(path, rows, first)
    names = list(rows[top]) if as_written else _folded(rows[top])
    width = len(names)
    below = [
        (number, (row + [""] * width)[:width])
        for number, row in zip(numbers[top + 1 :], rows[top + 1 :], strict=True)
        if any(row)
    ]
    lines = pd.Index([number for number, _ in below], dtype="int64", name=LINE)
    table = pd.DataFrame([row for _, row in below], columns=names, index=lines, dtype="str")
    return table.loc[:, ~table.columns.duplicated()]


def _header(path: Path, rows: Sequence[Sequence[str]], first: str) -> int:
    filled = [at for at, row in enumerate(rows) if any(row)]
    if not filled:
        raise FaultsError([Fault(path.name, "file_empty")])
    marked = [at for at in filled[:_DEEPEST_HEADER] if first and first in _folded(rows[at])]
    return marked[0] if marked else filled[0]


def _folded(row: Sequence[str]) -> list[str]:
    return [name.casefold() for name in row]


def rows_of(path: Path) -> tuple[list[list[str]], list[int]]:
    """Rows of text of the first filled sheet, and the number of each.

    Raises
    ------
    FaultsError
        As :func:`table_of`.
    """
    if not path.is_file():
        raise FaultsError([Fault(path.name, "file_missing")])
    for sheet in sheets_of(path):
        if sheet.is_hidden:
            continue
        rows = [
            [cell.strip() if isinstance(cell, str) else cell_text(cell) for cell in row]
            for row in sheet.rows
        ]
        if any(any(row) for row in rows):
            return rows, list(sheet.numbers)
    raise FaultsError([Fault(path.name, "file_empty")])
