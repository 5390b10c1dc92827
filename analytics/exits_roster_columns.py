"""The columns of a roster of any employer: which heading fills which, on every sheet it has.

Who stayed and who left often stand on sheets of their own, and so do departments: every sheet
that tells who began when is read, under our names.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.exits_roster_days import (
    BLANK,
    DAYS,
    FLAG,
    NOUGHT,
    UNREAD,
    kind_of_days,
    marks_yes,
)
from analytics.faults import Fault, FaultsError
from analytics.plain_table import PlainSheet, joined, row_shown, tables_of
from analytics.readers.headers import SOUNDS_LIKE, header_key, meaning_of

NEEDED = ("person_id", "birth_year", "start_date", "exit_date")
OWN = (*NEEDED, "birth_date", "sex", "reason", "group")
DAY_COLUMNS = ("start_date", "exit_date", "birth_date")
_HEADERS = "person_id,birth_year|birth_date,start_date,exit_date[,sex][,reason][,group]"
# A column of days goes before one that only marks who left, whatever the two are called; an empty
# one keeps its place among those with days: what stands beside it may be days that are planned.
_PLACES = {DAYS: 0, BLANK: 0, NOUGHT: 1, UNREAD: 2, FLAG: 3}


@dataclass(frozen=True, eq=False)
class RosterRows:
    """Rows of a roster as text.

    ``cells``: under our names, one row per row of the file. ``lines``: the row a spreadsheet
    shows. ``files``: file, and sheet where there are several. ``headers``: ours -> as written, of
    the sheet a row stands on. ``faults``: of sheets that were left out.
    """

    cells: pd.DataFrame
    lines: NDArray[np.int64]
    files: Sequence[str]
    headers: Sequence[Mapping[str, str]]
    faults: tuple[Fault, ...]

    @property
    def names(self) -> Mapping[str, str]:
        """Headings by our names, of the first sheet that has each."""
        return {
            name: next(told[name] for told in self.headers if name in told) for name in self.cells
        }


@dataclass(frozen=True, eq=False)
class _Read:
    """A sheet and what its headings stand for; ``flag`` only marks who left."""

    sheet: PlainSheet
    names: Mapping[str, str]
    flag: str

    @property
    def lacks(self) -> list[str]:
        """Columns without which its rows are no spells; who is still there needs no exit."""
        return [name for name in self.absent if name != "exit_date"]

    @property
    def absent(self) -> list[str]:
        is_born = "birth_date" in self.names
        return [
            name
            for name in NEEDED
            if name not in self.names and not (is_born and name == "birth_year")
        ]


def roster_rows(path: Path, latest: date) -> RosterRows:
    """Every sheet of a roster as one table of text.

    Parameters
    ----------
    latest
        Years of two digits lie at or before this day.

    Raises
    ------
    FaultsError
        A file that cannot be read, lacks a column or has no rows; leavers marked without their
        day (``roster_exit_flag``); a sheet of leavers that lacks a column of the others
        (``sheet_columns_missing``).
    """
    reads = [_read(sheet, latest) for sheet in tables_of(path, known=_is_known, as_written=True)]
    whole = [read for read in reads if not read.lacks]
    if not whole:
        lead = max(reads, key=lambda read: read.sheet.hit_count)
        raise FaultsError([_missing(path, lead, lead.lacks[0])])
    several = len(reads) > 1

    def named(read: _Read) -> str:
        return f"{path.name} [{read.sheet.name}]" if several else path.name

    has_day = any("exit_date" in read.names for read in whole)
    marks = [
        read
        for read in whole
        if read.flag and (not has_day or not _says_no(read.sheet.table[read.flag]))
    ]
    if marks:
        raise FaultsError(
            [Fault(named(read), "roster_exit_flag", column=read.flag) for read in marks]
        )
    if not has_day:
        raise FaultsError([_missing(path, whole[0], "exit_date")])
    faults = []
    for read in reads:
        if read.lacks:
            # Leavers that are passed over would be people who never were.
            is_torn = {"person_id", "exit_date"} <= set(read.names)
            code = "sheet_columns_missing" if is_torn else "sheet_left_out"
            faults.append(Fault(named(read), code, details={"names": ", ".join(read.lacks)}))
    if torn := [fault for fault in faults if fault.severity == "error"]:
        raise FaultsError(torn)
    cells = joined([
        read.sheet.table[list(read.names.values())].set_axis(list(read.names), axis=1)
        for read in whole
    ])  # fmt: skip
    if cells.empty:
        raise FaultsError([Fault(path.name, "file_no_rows")])
    counts = [len(read.sheet.table) for read in whole]
    at = np.repeat(np.arange(len(whole)), counts)
    return RosterRows(
        cells.reset_index(drop=True),
        np.array([row_shown(int(row)) for row in cells.index], dtype=np.int64),
        [named(whole[one]) for one in at],
        [whole[one].names for one in at],
        tuple(faults),
    )


def _read(sheet: PlainSheet, latest: date) -> _Read:
    ours = {header_key(name): name for name in OWN}
    found: list[tuple[tuple[bool, bool, bool, bool], str, str]] = []
    for header in map(str, sheet.table.columns):
        meaning = meaning_of(header, "spell")
        own = ours.get(header_key(header), "")
        if own or meaning.column:
            found.append(((not own, *_rank(header, meaning.rank)), own or meaning.column, header))
    # Our own words come first; what only sounds like a column gives way to what is known for it, a
    # year alone to a day; of two other words for one thing the first column counts.
    found.sort(key=lambda each: each[0])
    candidates: dict[str, list[str]] = {}
    for _, column, header in found:
        candidates.setdefault(column, []).append(header)
    names, flag = {}, ""
    for column, headers in candidates.items():
        if column not in DAY_COLUMNS:
            names[column] = headers[0]
            continue
        kinds = {header: kind_of_days(sheet.table[header], latest) for header in headers}
        _, best = min((_PLACES[kinds[header]], at) for at, header in enumerate(headers))
        if kinds[headers[best]] != FLAG:
            names[column] = headers[best]
        elif column == "exit_date":
            flag = headers[best]
    return _Read(sheet, names, flag)


def _missing(path: Path, read: _Read, column: str) -> Fault:
    known = set(read.names.values())
    unread = ", ".join(str(each) for each in read.sheet.table.columns if each not in known)
    details = {
        "column_name": column,
        "needed": _HEADERS,
        "unread_id": f"; tidak dikenali di berkas: {unread}" if unread else "",
        "unread_en": f"; not known in the file: {unread}" if unread else "",
    }
    return Fault(path.name, "roster_column_missing", details=details)


def _says_no(cells: pd.Series) -> bool:
    """Whether a column that marks leavers marks nobody: a sheet of those who stayed."""
    return not any(marks_yes(cell) for cell in cells.unique())


def _is_known(header: str) -> bool:
    return header_key(header) in map(header_key, OWN) or bool(meaning_of(header, "spell").column)


def _rank(header: str, rank: int) -> tuple[bool, bool, bool]:
    return (
        rank >= SOUNDS_LIKE,
        bool(re.search(r"year|tahun|\bthn\b", header, re.I)),
        # A number the state gave only where the employer has none of its own.
        bool(re.search(r"\b(?:nik|ktp|kependudukan|nuptk)\b", header, re.I)),
    )
