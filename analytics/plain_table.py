"""A file given to a command as a table of text: CSV in any dress, or a workbook's first sheet.

Headings are found wherever they stand in the first rows.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path
from statistics import median

import pandas as pd

from analytics.faults import Fault, FaultsError
from analytics.readers.tabular import cell_text
from analytics.readers.workbook import sheets_of

_PACKED = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
_DEEPEST_HEADER = 20


def table_of(path: Path, first: str) -> pd.DataFrame:
    """A file as text, its headings in lower case.

    Parameters
    ----------
    first
        The heading that marks the row of headings; without it the first filled row is taken.

    Returns
    -------
    Cells without spaces around; the index is the line an editor or a spreadsheet shows. Of two
    columns with one heading the first.

    Raises
    ------
    FaultsError
        ``file_missing``, ``file_empty`` or ``file_broken``, and those of
        :func:`analytics.readers.workbook.sheets_of`.
    """
    rows, numbers = rows_of(path)
    top = _header(path, rows, first)
    names = _folded(rows[top])
    width = len(names)
    below = [(row + [""] * width)[:width] for row in rows[top + 1 :]]
    table = pd.DataFrame(below, columns=names, index=numbers[top + 1 :], dtype="str")
    return table.loc[:, ~table.columns.duplicated()]


def _header(path: Path, rows: Sequence[Sequence[str]], first: str) -> int:
    filled = [at for at, row in enumerate(rows) if any(row)]
    if not filled:
        raise FaultsError([Fault(path.name, "file_empty")])
    marked = [at for at in filled[:_DEEPEST_HEADER] if first in _folded(rows[at])]
    return marked[0] if marked else filled[0]


def _folded(row: Sequence[str]) -> list[str]:
    return [name.casefold() for name in row]


def rows_of(path: Path) -> tuple[list[list[str]], list[int]]:
    """Rows of text, cells without spaces around, and the number of each.

    Raises
    ------
    FaultsError
        As :func:`table_of`.
    """
    if not path.is_file():
        raise FaultsError([Fault(path.name, "file_missing")])
    content = path.read_bytes()
    if content.startswith(_PACKED):
        visible = [sheet for sheet in sheets_of(path) if not sheet.is_hidden]
        filled = [sheet for sheet in visible if any(any(map(cell_text, row)) for row in sheet.rows)]
        if not filled:
            raise FaultsError([Fault(path.name, "file_empty")])
        sheet = filled[0]
        return [[cell_text(cell) for cell in row] for row in sheet.rows], list(sheet.numbers)
    try:
        # Excel's "Unicode text" is UTF-16 with its mark.
        is_wide = content[:2] in (b"\xff\xfe", b"\xfe\xff")
        told = content.decode("utf-16" if is_wide else "utf-8-sig")
    except UnicodeDecodeError:
        told = content.decode("cp1252", errors="replace")
    if "\0" in told:
        raise FaultsError([Fault(path.name, "file_broken")])
    lines = told.splitlines()
    written = [line for line in lines if line.strip(' ,;\t|"')][:_DEEPEST_HEADER]

    def parts(mark: str) -> tuple[float, int]:
        # Of most lines, so that a title above or a comma in a name does not decide.
        counts = [line.count(mark) for line in written] or [0]
        return median(counts), max(counts)

    mark = max(",;\t|", key=parts)
    try:
        rows = [[cell.strip() for cell in row] for row in csv.reader(lines, delimiter=mark)]
    except csv.Error:
        raise FaultsError([Fault(path.name, "file_broken")]) from None
    return rows, list(range(1, len(rows) + 1))
