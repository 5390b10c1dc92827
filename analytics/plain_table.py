"""A file given to a command as a table of text: CSV in any dress, a workbook, or Parquet.

Headings are found wherever they stand in the first rows, on whichever sheet that is shown.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from analytics.faults import Fault, FaultsError
from analytics.readers.tabular import cell_text
from analytics.readers.workbook import sheets_of

# Name of an index that holds the line an editor, or the row a spreadsheet, shows.
LINE = "line"
# Headings stand in one of so many rows.
DEEPEST_HEADER = 20
# So many headings that are known make a row the row of headings.
_ENOUGH_KNOWN = 2


@dataclass(frozen=True)
class _Lines:
    """Rows of text of one sheet, and the number of each."""

    rows: list[list[str]]
    numbers: list[int]


def table_of(
    path: Path,
    first: str = "",
    *,
    known: Callable[[str], bool] | None = None,
    as_written: bool = False,
) -> pd.DataFrame:
    """A file as text, its headings in lower case.

    Parameters
    ----------
    first
        The heading that marks the row of headings; without it the first filled row is taken.
    known
        Whether a heading is one of those looked for: the row with most of them is taken.
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
    sheets = _filled_sheets(path)

    def hits(row: Sequence[str]) -> int:
        if known is not None:
            found = sum(known(name) for name in set(row) - {""})
            return found if found >= _ENOUGH_KNOWN else 0
        return int(bool(first) and first in _folded(row))

    best = [(0, sheet, _tops(sheet)[0]) for sheet in sheets[:1]]
    for sheet in sheets:
        for top in _tops(sheet):
            count = hits(sheet.rows[top])
            # The first of several alike: a heading repeated on every page is the first one's.
            if count > best[0][0]:
                best = [(count, sheet, top)]
    _, sheet, top = best[0]
    names = list(sheet.rows[top]) if as_written else _folded(sheet.rows[top])
    width = len(names)
    below = [
        (number, (row + [""] * width)[:width])
        for number, row in zip(sheet.numbers[top + 1 :], sheet.rows[top + 1 :], strict=True)
        if any(row)
    ]
    lines = pd.Index([number for number, _ in below], dtype="int64", name=LINE)
    table = pd.DataFrame([row for _, row in below], columns=names, index=lines, dtype="str")
    return table.loc[:, ~table.columns.duplicated()]


def plain_number(text: pd.Series) -> pd.Series:
    """A number that stands for a name (NPSN, NIP), as text whatever a spreadsheet made of it."""
    return text.str.lstrip("'").str.removesuffix(".0")


def rows_of(path: Path) -> tuple[list[list[str]], list[int]]:
    """Rows of text of the first filled sheet, and the number of each.

    Raises
    ------
    FaultsError
        As :func:`table_of`.
    """
    sheet = _filled_sheets(path)[0]
    return sheet.rows, sheet.numbers


def _filled_sheets(path: Path) -> list[_Lines]:
    """Every sheet that is shown and holds something, as text."""
    if not path.is_file():
        raise FaultsError([Fault(path.name, "file_missing")])
    found = []
    for sheet in sheets_of(path):
        if sheet.is_hidden:
            continue
        rows = [
            [cell.strip() if isinstance(cell, str) else cell_text(cell) for cell in row]
            for row in sheet.rows
        ]
        if any(any(row) for row in rows):
            found.append(_Lines(rows, list(sheet.numbers)))
    if not found:
        raise FaultsError([Fault(path.name, "file_empty")])
    return found


def _tops(sheet: _Lines) -> list[int]:
    """The first filled rows, of which one is the row of headings."""
    return [at for at, row in enumerate(sheet.rows) if any(row)][:DEEPEST_HEADER]


def _folded(row: Sequence[str]) -> list[str]:
    return [name.casefold() for name in row]
