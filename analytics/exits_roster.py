"""A roster of any employer: who began when, and who left when.

Read as text, so that every fault can be said with its row, column and the value as written. Rows
with an error are left out and said; a file that is wrong in many rows is refused.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pandas as pd

from analytics import rules
from analytics.exit_causes import BUP, UNKNOWN, causes_of
from analytics.exits_roster_days import DAY_FIRST, MONTH_FIRST, YEARS, day_of, is_blank, order_of
from analytics.faults import Fault, FaultsError
from analytics.plain_table import table_of
from analytics.readers.dates import INVALID, MISSING
from analytics.readers.headers import SOUNDS_LIKE, header_key, meaning_of

NEEDED = ("person_id", "birth_year", "start_date", "exit_date")
OWN = (*NEEDED, "birth_date", "sex", "reason", "group")
_DAYS = ("start_date", "exit_date", "birth_date")
_HEADERS = "person_id,birth_year|birth_date,start_date,exit_date[,sex][,reason][,group]"
_MOST_WRONG_SHARE = 0.05
_LARGEST_CAUSES = 6
_OTHER_CAUSE = "lainnya"
_EARLIEST_BIRTH = 1880
_MEN = (
    "l lk laki lakilaki laki2 pria cowok m male man men mand masculin masculino mannlich maennlich"
    " homme hombre herr mr tn bapak 1"
)
_WOMEN = (
    "p pr perempuan wanita cewek f female woman women v vrouw w weiblich femme femenino feminin"
    " feminino mujer frau mrs ms ny ibu 2"
)
_SEXES = {**dict.fromkeys(_MEN.split(), "L"), **dict.fromkeys(_WOMEN.split(), "P")}


@dataclass(frozen=True, eq=False)
class Roster:
    """Spells as ``exits.exit_model`` takes them, and what was found wrong.

    ``row_count`` leaves out rows that equal another.
    """

    spells: pd.DataFrame
    faults: tuple[Fault, ...]
    row_count: int


def read_roster(path: Path, latest: date) -> Roster:
    """Read and check a roster.

    Parameters
    ----------
    path
        CSV with a header; see the module's columns. Headers are matched without case, spaces and
        punctuation, also by other names in use (gender, appointed_date, resignation_date ...).
    latest
        Years of two digits lie at or before this day.

    Returns
    -------
    Spells: ``person_id, sex, birth_date, start_date, exit_date, is_birth_year_only`` and, where
    the file has them, ``cause`` and ``group``. Where only the year of birth is known the date is
    1 July, and so where a column of days has years alone (where the other day lies in that
    year, half-way to it); columns with the month first (``order_of``) are read so, and said to
    be. Rows that equal another are left out. Reasons that data/rules/exit_cause.csv knows have
    its causes, others stand as written; beyond the commonest six all are ``lainnya``.

    Raises
    ------
    FaultsError
        A file that cannot be read, lacks a column, or is wrong in more than 5 % of its rows.
    """
    rows, names = _table(path)
    for needed in NEEDED:
        if needed not in names and not (needed == "birth_year" and "birth_date" in names):
            unread = ", ".join(str(each) for each in rows.columns if each not in names.values())
            details = {
                "column_name": needed,
                "needed": _HEADERS,
                "unread_id": f"; tidak dikenali di berkas: {unread}" if unread else "",
                "unread_en": f"; not known in the file: {unread}" if unread else "",
            }
            raise FaultsError([Fault(path.name, "roster_column_missing", details=details)])
    if rows.empty:
        raise FaultsError([Fault(path.name, "file_no_rows")])
    reading = _Reading(path.name, rows, names, latest)
    spells = reading.spells()
    errors = [fault for fault in reading.faults if fault.severity == "error"]
    wrong = len({fault.row for fault in errors})
    if spells.empty or wrong > _MOST_WRONG_SHARE * len(rows):
        told = Fault(path.name, "roster_mostly_wrong", details={"wrong": wrong, "rows": len(rows)})
        raise FaultsError([*errors, told])
    repeated = sum(fault.code == "spell_duplicate" for fault in reading.faults)
    return Roster(spells, tuple(reading.faults), len(rows) - repeated)


def _table(path: Path) -> tuple[pd.DataFrame, dict[str, str]]:
    rows = table_of(path, known=_is_known, as_written=True)
    names: dict[str, str] = {}
    ours = {header_key(name): name for name in OWN}
    for header in rows.columns:
        # Our own words come first; of two other words for one thing, the first column counts.
        if header_key(header) in ours:
            names[ours[header_key(header)]] = str(header)
    meanings = [(str(header), meaning_of(header, "spell")) for header in rows.columns]
    # What only sounds like a column gives way to what is known for it, a year alone to a day.
    for header, meaning in sorted(meanings, key=lambda each: _rank(each[0], each[1].rank)):
        if meaning.column and header not in names.values():
            names.setdefault(meaning.column, header)
    return rows, names


def _is_known(header: str) -> bool:
    return header_key(header) in map(header_key, OWN) or bool(meaning_of(header, "spell").column)


def _rank(header: str, rank: int) -> tuple[bool, bool]:
    return rank >= SOUNDS_LIKE, bool(re.search(r"year|tahun|\bthn\b", header, re.I))


class _Reading:
    """One pass over the columns; every fault with its row."""

    def __init__(self, file: str, rows: pd.DataFrame, names: dict[str, str], latest: date) -> None:
        self.file, self.rows, self.names, self.latest = file, rows, names, latest
        self.faults: list[Fault] = []
        # A row that stands twice, to the letter, is said and counted once.
        self.bad = rows[list(names.values())].duplicated()
        for at in _where(self.bad):
            self._say(at, "spell_duplicate", "person_id")
        days = [name for name in _DAYS if name in names]
        self.orders = order_of({name: self._cells(name) for name in days})
        told = {MONTH_FIRST: "roster_month_first", YEARS: "roster_years_only"}
        for name, order in self.orders.items():
            if order in told:
                self.faults.append(Fault(file, told[order], column=names[name]))

    def _say(self, at: int, code: str, name: str, **details: object) -> None:
        header = self.names[name]
        value = str(self.rows[header].iloc[at])
        fault = Fault(self.file, code, int(self.rows.index[at]), header, value, details)
        self.faults.append(fault)
        if fault.severity == "error":
            self.bad.iloc[at] = True

    def _cells(self, name: str) -> pd.Series:
        return self.rows[self.names[name]].astype(str).str.strip()

    def _dates(self, name: str, missing: str = "") -> pd.Series:
        cells = self._cells(name)
        known = {cell: day_of(cell, self.orders[name], self.latest) for cell in cells.unique()}
        for at, cell in enumerate(cells):
            if known[cell] == INVALID:
                self._say(at, "spell_date_invalid", name)
            elif known[cell] == MISSING and missing:
                self._say(at, missing, name)
        return _days(cells.map(known))

    def spells(self) -> pd.DataFrame:
        start = self._dates("start_date", "spell_start_missing")
        leaves = self._dates("exit_date")
        start, leaves = self._within_year(start, leaves)
        birth, year_only = self._births()
        ids = self._cells("person_id")
        sex = self._sexes()
        for at in _where(ids == ""):
            self._say(at, "spell_id_missing", "person_id")
        for at in _where(leaves < start):
            self._say(
                at, "spell_exit_before_start", "exit_date", start=f"{start.iloc[at]:%Y-%m-%d}"
            )
        born = "birth_date" if "birth_date" in self.names else "birth_year"
        for at in _where(birth >= start):
            self._say(at, "spell_birth_after_start", born, start=f"{start.iloc[at]:%Y-%m-%d}")
        found = pd.DataFrame(
            {
                "person_id": ids,
                "sex": sex,
                "birth_date": birth,
                "start_date": start,
                "exit_date": leaves,
                "is_birth_year_only": year_only,
            }
        )
        self._overlaps(found)
        if "reason" in self.names:
            found["cause"] = self._causes(leaves)
        if "group" in self.names:
            groups = self._cells("group")
            # A group may be numbered nought.
            found["group"] = groups.mask(_blank(groups) & ~groups.str.contains(r"\d"))
        return found.loc[~self.bad].reset_index(drop=True)

    def _within_year(self, start: pd.Series, leaves: pd.Series) -> tuple[pd.Series, pd.Series]:
        """Where one of the two is a year alone and both lie in it: half-way to the other."""
        is_year = {name: self.orders[name] == YEARS for name in ("start_date", "exit_date")}
        if is_year["start_date"] == is_year["exit_date"]:
            return start, leaves
        same = start.dt.year == leaves.dt.year
        if is_year["exit_date"]:
            last = pd.to_datetime(start.dt.year.map("{:.0f}-12-31".format), errors="coerce")
            half = (start + (last - start) / 2).dt.normalize()
            return start, leaves.mask(same, half.astype(leaves.dtype))
        first = pd.to_datetime(leaves.dt.year.map("{:.0f}-01-01".format), errors="coerce")
        half = (first + (leaves - first) / 2).dt.normalize()
        return start.mask(same, half.astype(start.dtype)), leaves

    def _births(self) -> tuple[pd.Series, pd.Series]:
        birth = pd.Series(pd.NaT, index=self.rows.index).astype("datetime64[us]")
        year_only = pd.Series(False, index=self.rows.index)
        unread: dict[int, str] = {}
        for name in ("birth_date", "birth_year"):
            if name not in self.names:
                continue
            cells = self._cells(name)
            read = {cell: self._born(cell) for cell in cells.unique()}
            days = _days(cells.map(lambda cell, read=read: read[cell][0]))
            years = cells.map(lambda cell, read=read: read[cell][1]).astype(bool)
            new = birth.isna() & days.notna()
            birth, year_only = birth.mask(new, days), year_only.mask(new, years)
            for at in _where(birth.isna() & (cells != "")):
                if read[cells.iloc[at]][0] == INVALID:
                    unread[at] = name
        unread = {at: name for at, name in unread.items() if pd.isna(birth.iloc[at])}
        for at, name in unread.items():
            self._say(at, "spell_birth_invalid", name)
        born = "birth_year" if "birth_year" in self.names else "birth_date"
        for at in _where(birth.isna()):
            if at not in unread:
                self._say(at, "spell_birth_missing", born)
        return birth, year_only

    def _born(self, cell: str) -> tuple[date | str, bool]:
        """Day of birth, and whether only its year is known."""
        year = re.fullmatch(r"(\d{4})(?:[.,]0*)?", cell)
        if year and _EARLIEST_BIRTH <= int(year.group(1)) <= self.latest.year:
            return date(int(year.group(1)), 7, 1), True
        # A number that is no such year is no day either, whatever a spreadsheet would make of it.
        order = self.orders.get("birth_date", DAY_FIRST)
        return (INVALID if year else day_of(cell, order, self.latest)), False

    def _sexes(self) -> pd.Series:
        if "sex" not in self.names:
            self.faults.append(Fault(self.file, "roster_sex_missing"))
            return pd.Series(pd.NA, index=self.rows.index, dtype="str")
        cells = self._cells("sex")
        read = {
            cell: _SEXES.get(re.sub(r"[^a-z0-9]", "", cell.casefold()), pd.NA)
            for cell in cells.unique()
        }
        for at in _where(cells.map(read).isna() & ~_blank(cells)):
            self._say(at, "spell_sex_unknown", "sex")
        return cells.map(read).astype("str")

    def _causes(self, leaves: pd.Series) -> pd.Series:
        words = self._cells("reason").str.casefold().str.split().str.join(" ")
        words = words.where(leaves.notna() & ~_blank(words))
        # Which age is mandatory is not the file's to say: 'pensiun' and 'BUP' stay as written, so
        # that whoever went before that age is learnt from as well.
        written = words.fillna("").tolist()
        known = causes_of(written, [False] * len(written), rules.load())
        named = [
            word if cause in ("", UNKNOWN, BUP) else cause
            for word, cause in zip(written, known, strict=True)
        ]
        words = pd.Series(named, index=words.index, dtype=object).where(words.notna())
        common = words.value_counts().index[:_LARGEST_CAUSES]
        return words.where(words.isin(common) | words.isna(), _OTHER_CAUSE)

    def _overlaps(self, found: pd.DataFrame) -> None:
        seen: dict[str, list[tuple[pd.Timestamp, pd.Timestamp, int]]] = defaultdict(list)
        twice = found["person_id"].duplicated(keep=False) & ~self.bad
        for at in _where(twice):
            row = found.iloc[at]
            until = row["exit_date"] if pd.notna(row["exit_date"]) else pd.Timestamp.max
            for begun, ended, first in seen[row["person_id"]]:
                if row["start_date"] < ended and begun < until:
                    self._say(at, "spell_overlap", "person_id", first_row=first)
                    break
            else:
                seen[row["person_id"]].append((row["start_date"], until, int(self.rows.index[at])))


def _blank(cells: pd.Series) -> pd.Series:
    return cells.map({cell: is_blank(cell) for cell in cells.unique()}).astype(bool)


def _where(flags: pd.Series) -> list[int]:
    return list(flags.to_numpy(bool).nonzero()[0])


def _days(found: pd.Series) -> pd.Series:
    days = found.map(lambda day: day if isinstance(day, date) else None)
    return pd.to_datetime(days, errors="coerce").astype("datetime64[us]")
