"""The columns of a roster of any employer: which heading fills which, on every sheet it has.

Who stayed and who left often stand on sheets of their own, and so do departments: every sheet
that tells who began when is read, under our names.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
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
    SLIPS_SHARE,
    UNREAD,
    kind_of_days,
    marks_yes,
)
from analytics.exits_roster_sheets import nip_facts, no_entries, with_leavers
from analytics.faults import Fault, FaultsError
from analytics.plain_table import PlainSheet, joined, row_shown, tables_of
from analytics.readers.headers import SOUNDS_LIKE, header_key, meaning_of
from analytics.readers.spell_words import is_age, says_leaving

NEEDED = ("person_id", "birth_year", "start_date", "exit_date")
OWN = (*NEEDED, "birth_date", "age_at_start", "sex", "reason", "group")
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
    the sheet a row stands on. ``faults``: of sheets that were left out or laid on others.
    ``leaving``: of rows whose day of leaving stands on another sheet, its file and row there.
    """

    cells: pd.DataFrame
    lines: NDArray[np.int64]
    files: Sequence[str]
    headers: Sequence[Mapping[str, str]]
    faults: tuple[Fault, ...]
    leaving: Mapping[int, tuple[str, int]]

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
    # Rows that are no entries, as a spreadsheet shows them.
    passed: tuple[int, ...] = ()
    # Columns that the NIP tells (:func:`analytics.exits_roster_sheets.nip_facts`).
    facts: pd.DataFrame = field(default_factory=pd.DataFrame)

    @property
    def cells(self) -> pd.DataFrame:
        """As text, under our names."""
        own = {name: header for name, header in self.names.items() if name not in self.facts}
        cells = self.sheet.table[list(own.values())].set_axis(list(own), axis=1)
        return cells.assign(**{name: self.facts[name] for name in self.facts})

    def of_rows(self, places: Sequence[int]) -> _Read:
        """Some of its rows, counted from nought."""
        return replace(self, sheet=replace(self.sheet, table=self.sheet.table.iloc[list(places)]))

    @property
    def lacks(self) -> list[str]:
        """Columns without which its rows are no spells; who is still there needs no exit."""
        return [name for name in self.absent if name != "exit_date"]

    @property
    def absent(self) -> list[str]:
        is_born = bool({"birth_date", "age_at_start"} & set(self.names))
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
        day (``roster_exit_flag``); a sheet of leavers about people of whom nothing else is known
        (``sheet_columns_missing``); one heading over two columns that differ (``heading_twice``).
    """
    sheets = tables_of(path, known=_is_known, as_written=True, joins=_is_known)
    reads = [_read(sheet, latest) for sheet in sheets]
    whole = [_told_by_nip(read) for read in reads if not read.lacks]
    if not whole:
        told = [read for read in map(_told_by_nip, reads) if not read.lacks]
        # Where people stand on one sheet and leavers on another, the people are the roster.
        whole = [read for read in told if "exit_date" not in read.names] or told
    if not whole:
        lead = max(reads, key=lambda read: read.sheet.hit_count)
        raise FaultsError([_missing(path, lead, lead.lacks[0])])
    several = len(reads) > 1

    def named(read: _Read) -> str:
        return f"{path.name} [{read.sheet.name}]" if several else path.name

    taken = {read.sheet.name for read in whole}
    rest = [read for read in reads if read.sheet.name not in taken]
    leavers = [read for read in rest if {"person_id", "exit_date"} <= set(read.names)]
    for read in leavers:
        # By 'Tanggal Selesai' a course or a leave ends; laid on people they would have left.
        if not says_leaving(read.names["exit_date"]):
            raise FaultsError([_torn(named(read), read)])
    has_day = bool(leavers) or any("exit_date" in read.names for read in whole)
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
    twice = [
        Fault(named(read), "heading_twice", column=header)
        for read in (*whole, *leavers)
        for header in read.sheet.twice
        if header in read.names.values()
    ]
    if twice:
        raise FaultsError(twice)
    rows = _rows_of([(named(read), read) for read in whole])
    for read in leavers:
        rows = _with_leavers(rows, named(read), read, latest)
    faults = [
        Fault(named(read), "sheet_left_out", details={"names": ", ".join(read.lacks)})
        for read in rest
        if read not in leavers
    ]
    if rows.cells.empty:
        raise FaultsError([Fault(path.name, "file_no_rows")])
    faults += [
        Fault(named(read), "row_passed", row_shown(int(row)))
        for read in (*whole, *leavers)
        for row in read.passed
    ]
    return replace(rows, faults=(*rows.faults, *faults))


def _rows_of(reads: Sequence[tuple[str, _Read]]) -> RosterRows:
    """Whole sheets, by the name that faults have, below each other."""
    cells = joined([read.cells for _, read in reads])
    of = [one for one in reads for _ in range(len(one[1].sheet.table))]
    return RosterRows(
        cells.reset_index(drop=True),
        np.array([row_shown(int(row)) for row in cells.index], dtype=np.int64),
        [name for name, _ in of],
        [read.names for _, read in of],
        tuple(
            Fault(name, "roster_from_nip", column=read.names["person_id"],
                  details={"names": ", ".join(read.facts)})
            for name, read in reads if len(read.facts.columns)
        ),
        {},
    )  # fmt: skip


def _with_leavers(rows: RosterRows, name: str, read: _Read, latest: date) -> RosterRows:
    """The roster with the days of a sheet of leavers.

    Leavers who stand on no other sheet are people by their NIP alone.

    Raises
    ------
    FaultsError
        ``sheet_columns_missing`` where more than a few stand on no other sheet and have no NIP:
        passed over, they would be people who never were.
    """
    given = read.cells
    found = with_leavers(rows.cells, given, latest)
    lines = [row_shown(int(row)) for row in given.index]
    others = _told_by_nip(read.of_rows(found.unknown))
    is_torn = len(found.unknown) > SLIPS_SHARE * len(given)
    if others.lacks and is_torn:
        raise FaultsError([_torn(name, read)])
    faults = [
        Fault(name, "leaver_other_day", lines[at], read.names["exit_date"],
              given["exit_date"].iloc[at], {"day": day})
        for at, day in found.differing.items()
    ]  # fmt: skip
    if others.lacks:
        faults += [
            Fault(name, "leaver_unknown", lines[at], read.names["person_id"],
                  given["person_id"].iloc[at])
            for at in found.unknown
        ]  # fmt: skip
    if found.rows:
        faults.append(Fault(name, "leavers_laid_on", details={"count": len(found.rows)}))
    theirs = {each: read.names[each] for each in ("exit_date", "reason") if each in read.names}
    headers = [
        {**told, **theirs} if at in found.rows else {**theirs, **told}
        for at, told in enumerate(rows.headers)
    ]
    leaving = {at: (name, lines[place] or 0) for at, place in found.rows.items()}
    after = replace(
        rows,
        cells=found.cells,
        headers=headers,
        faults=(*rows.faults, *faults),
        leaving={**rows.leaving, **leaving},
    )
    return after if others.lacks or not found.unknown else _below(after, _rows_of([(name, others)]))


def _torn(name: str, read: _Read) -> Fault:
    return Fault(name, "sheet_columns_missing", details={"names": ", ".join(read.lacks)})


def _below(rows: RosterRows, others: RosterRows) -> RosterRows:
    return RosterRows(
        joined([rows.cells, others.cells]).reset_index(drop=True),
        np.concatenate([rows.lines, others.lines]),
        [*rows.files, *others.files],
        [*rows.headers, *others.headers],
        (*rows.faults, *others.faults),
        rows.leaving,
    )


def _told_by_nip(read: _Read) -> _Read:
    """A sheet with what the NIP says of its people, where it lacks that."""
    if "person_id" not in read.names:
        return read
    facts = nip_facts(read.cells)
    header = read.names["person_id"]
    return replace(read, facts=facts, names={**read.names, **dict.fromkeys(facts, header)})


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
    read = _Read(sheet, names, flag)
    if "person_id" not in names:
        return read
    first = [str(cell) for cell in sheet.table.iloc[0]] if len(sheet.table) else []
    is_none = no_entries(read.cells, names, first).to_numpy()
    kept = replace(sheet, table=sheet.table.loc[~is_none])
    return replace(read, sheet=kept, passed=tuple(sheet.table.index[is_none]))


def _missing(path: Path, read: _Read, column: str) -> Fault:
    known = set(read.names.values())
    unread = ", ".join(str(each) for each in read.sheet.table.columns if each not in known)
    ages = [name for name in map(str, read.sheet.table.columns) if is_age(name)]
    if column == "birth_year" and ages:
        # Of which day an age is nobody says: of leavers it may be years ago.
        return Fault(path.name, "roster_age_undated", column=ages[0])
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
