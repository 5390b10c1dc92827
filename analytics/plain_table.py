"""A file given to a command as a table of text: CSV in any dress, a workbook, or Parquet.

Headings are found wherever they stand in the first rows, on every sheet that is shown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from analytics.faults import Fault, FaultsError
from analytics.plain_headings import Known, headings
from analytics.readers.tabular import cell_text, is_numbering
from analytics.readers.workbook import Sheet, Span, sheets_of

# Name of an index that holds the line an editor, or the row a spreadsheet, shows.
LINE = "line"
# Headings stand in one of so many rows.
DEEPEST_HEADER = 20
# So many headings that are known make a row the row of headings.
_ENOUGH_KNOWN = 2
# Rows of the n-th of several sheets count from n times this: no spreadsheet has so many.
_SHEET = 10_000_000
# What a row of sums begins with; a number alone in a cell; the longest number of a school; and of
# how many cells a note below a list is.
SUM = r"(?i)\W*(?:sub ?)?(?:jumlah|jml|total|rata-?rata|rekap\w*|grand total)\b"
_PLAIN_NUMBER = r"-?\d+(?:[.,]\d+)*"
_LONGEST_NUMBER = 12
_MOST_OF_NOTE = 2


@dataclass(frozen=True)
class _Lines:
    """Rows of text of one sheet, the number of each, and where the sheet stands in its file.

    ``merged``: as :class:`analytics.readers.workbook.Sheet` has it.
    """

    rows: list[list[str]]
    numbers: list[int]
    name: str
    place: int
    merged: tuple[Span, ...] = ()


@dataclass(frozen=True, eq=False)
class PlainSheet:
    """One sheet with headings.

    ``table``: cells as text without spaces around, no empty rows, of two columns with one heading
    the first; its index :data:`LINE` is the row a spreadsheet shows, and where several sheets of
    the file have headings it counts on from sheet to sheet (:func:`placed` undoes that).
    ``hit_count``: how many headings are known. ``twice``: headings over several columns that say
    different things, of which the table has the first.
    """

    name: str
    table: pd.DataFrame
    hit_count: int
    twice: tuple[str, ...] = ()


def tables_of(
    path: Path,
    first: str = "",
    *,
    known: Callable[[str], bool] | None = None,
    as_written: bool = False,
    joins: Known | None = None,
) -> list[PlainSheet]:
    """Every shown sheet of a file that has headings, as text, the headings in lower case.

    Parameters
    ----------
    first
        The heading that marks the row of headings; without it the first filled row is taken.
    known
        Whether a heading is one of those looked for: the row with most of them is taken.
    as_written
        Whether headings stay as they stand in the file.
    joins
        Whether a heading is understood: those that stand on several rows are joined by it
        (:func:`analytics.plain_headings.headings`). None: they stand on one row.

    Returns
    -------
    In the order of the file, at least one: where no sheet has a heading that is looked for, the
    first filled one under its first filled row, and whichever begin with the same row.

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

    headed: list[tuple[int, int, _Lines]] = []
    for sheet in sheets:
        counts = [(hits(sheet.rows[top]), top) for top in _tops(sheet)]
        # The first of several alike: a heading repeated on every page is the first one's.
        count, top = max(counts, key=lambda each: each[0])
        if count:
            headed.append((count, top, sheet))
    if not headed:
        tops = [(_tops(sheet)[0], sheet) for sheet in sheets]
        lead = _folded(sheets[0].rows[tops[0][0]])
        headed = [(0, top, sheet) for top, sheet in tops if _folded(sheet.rows[top]) == lead]
    is_alone = len(headed) == 1
    found = []
    for count, top, sheet in headed:
        offset = 0 if is_alone else sheet.place * _SHEET
        table, twice = _once(_below(sheet, top, offset, joins, as_written=as_written))
        found.append(PlainSheet(sheet.name, table, count, twice))
    return found


def table_of(path: Path, first: str, needed: Sequence[str]) -> pd.DataFrame:
    """The sheets of a file that have the needed headings as one table, headings in lower case.

    Parameters
    ----------
    first
        The heading that marks the row of headings.
    needed
        Headings a sheet must have to be read; missing others are blank. Where no sheet has them
        all, the first with ``first`` is the table, so that its faults can be said.

    Returns
    -------
    As :func:`joined`.

    Raises
    ------
    FaultsError
        As :func:`tables_of`; ``sheet_columns_missing`` where a sheet beside those that are read
        has two of the needed headings and not all.
    """
    sheets = tables_of(path, first)
    whole = whole_sheets(path, [(sheet.name, sheet.table) for sheet in sheets], needed)
    return joined(whole) if whole else sheets[0].table


def whole_sheets(
    path: Path, sheets: Iterable[tuple[str, pd.DataFrame]], needed: Sequence[str]
) -> list[pd.DataFrame]:
    """Of the sheets of a file, by name, those that have every needed column; none: none has.

    Raises
    ------
    FaultsError
        ``sheet_columns_missing`` where a sheet beside them has two of the needed columns and not
        all: passed over, its rows would be lost without a word.
    """
    whole, torn = [], []
    for name, table in sheets:
        lacks = [column for column in needed if column not in table]
        if not lacks:
            whole.append(table)
        elif len(needed) - len(lacks) >= _ENOUGH_KNOWN:
            details = {"names": ", ".join(lacks)}
            torn.append(Fault(f"{path.name} [{name}]", "sheet_columns_missing", details=details))
    if whole and torn:
        raise FaultsError(torn)
    return whole


def joined(tables: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Tables of several sheets below each other; a column that one lacks is blank there."""
    if len(tables) == 1:
        return tables[0]
    table = pd.concat(tables).fillna("").astype("str")
    return table.rename_axis(LINE)


def placed(faults: Iterable[Fault], path: Path) -> list[Fault]:
    """Faults of a file with the row a spreadsheet shows, and the sheet where there are several.

    Parameters
    ----------
    faults
        With rows as in the index of :func:`tables_of`; those of other files stay as they are.
    """
    faults = list(faults)
    if not any(fault.row is not None and fault.row >= _SHEET for fault in faults):
        return faults
    names = {sheet.place: sheet.name for sheet in _filled_sheets(path)}
    found = []
    for fault in faults:
        if fault.file != path.name or fault.row is None or fault.row < _SHEET:
            found.append(fault)
            continue
        details = dict(fault.details)
        other = details.get("first_row")
        if isinstance(other, int) and other >= _SHEET:
            details["first_row"] = f"{row_shown(other)} [{names[other // _SHEET]}]"
        file = f"{fault.file} [{names[fault.row // _SHEET]}]"
        found.append(replace(fault, file=file, row=row_shown(fault.row), details=details))
    return found


def row_shown(row: int | None) -> int | None:
    """The row a spreadsheet shows, of one as in the index of :func:`tables_of`."""
    return None if row is None else row % _SHEET


def _below(
    sheet: _Lines, top: int, offset: int, joins: Known | None, *, as_written: bool
) -> pd.DataFrame:
    """What stands below the headings."""
    whole = Sheet(sheet.name, [[*row] for row in sheet.rows], sheet.numbers, sheet.merged)
    names, last = headings(whole, top, joins)
    names = names if as_written else _folded(names)
    width = len(names)
    below = [
        (number + offset, (row + [""] * width)[:width])
        for number, row in zip(sheet.numbers[last + 1 :], sheet.rows[last + 1 :], strict=True)
        if any(row)
    ]
    lines = pd.Index([number for number, _ in below], dtype="int64", name=LINE)
    return pd.DataFrame([row for _, row in below], columns=names, index=lines, dtype="str")


def _once(table: pd.DataFrame) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Each heading with its first column, and those whose others say something else."""
    again = table.columns.duplicated()
    kept = table.loc[:, ~again]
    twice = dict.fromkeys(
        str(name)
        for at, name in enumerate(table.columns)
        if name and again[at] and not table.iloc[:, at].equals(kept[name])
    )
    return kept, tuple(twice)


def furniture(text: pd.DataFrame) -> pd.Series:
    """Rows of a list that are no entries: totals, notes, who signed, numbers of columns.

    Parameters
    ----------
    text
        Cells as text, no empty rows; ``npsn``, whose number every entry has.

    Returns
    -------
    By row. A row with a number under ``npsn`` is an entry, unless it is the first and counts the
    columns. Without one it is none where a cell begins with a word for a sum, where it holds
    nothing but a text under ``npsn``, or nothing under it and at most two cells, none a number. An
    entry whose number was forgotten holds more, and stays to be mended.
    """
    filled = (text != "").sum(axis=1)
    is_numbered = text["npsn"].str.contains(r"\d", regex=True)
    has_sum = pd.Series(False, index=text.index)
    has_number = has_sum.copy()
    for at in range(text.shape[1]):
        cells = text.iloc[:, at]
        has_sum |= cells.str.match(SUM)
        has_number |= cells.str.fullmatch(_PLAIN_NUMBER)
    passed = ~is_numbered & (
        has_sum | ((text["npsn"] == "") & (filled <= _MOST_OF_NOTE) & ~has_number)
    )
    passed |= (filled == 1) & (text["npsn"].str.len() > _LONGEST_NUMBER)
    if len(text) and filled.iloc[0] > 1 and is_numbering(list(text.iloc[0])):
        passed.iloc[0] |= bool(text.iloc[0].str.fullmatch(r"[\d()]*").all())
    return passed


def plain_number(text: pd.Series) -> pd.Series:
    """A number that stands for a name (NPSN, NIP), as text whatever a spreadsheet made of it."""
    return text.str.lstrip("'").str.removesuffix(".0")


def _filled_sheets(path: Path) -> list[_Lines]:
    """Every sheet that is shown and holds something, as text."""
    if not path.is_file():
        raise FaultsError([Fault(path.name, "file_missing")])
    found = []
    for place, sheet in enumerate(sheets_of(path), start=1):
        if sheet.is_hidden:
            continue
        rows = [
            [cell.strip() if isinstance(cell, str) else cell_text(cell) for cell in row]
            for row in sheet.rows
        ]
        if any(any(row) for row in rows):
            found.append(_Lines(rows, list(sheet.numbers), sheet.name, place, sheet.merged))
    if not found:
        raise FaultsError([Fault(path.name, "file_empty")])
    return found


def _tops(sheet: _Lines) -> list[int]:
    """The first filled rows, of which one is the row of headings."""
    return [at for at, row in enumerate(sheet.rows) if any(row)][:DEEPEST_HEADER]


def _folded(row: Sequence[str]) -> list[str]:
    return [name.casefold() for name in row]
