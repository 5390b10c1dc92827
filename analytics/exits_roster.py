"""A roster of any employer: who began when, and who left when.

Read as text, so that every fault can be said with its row, column and the value as written. Rows
with an error are left out and said; a file that is wrong in many rows is refused.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd

from analytics import rules
from analytics.exit_causes import BUP, UNKNOWN, causes_of
from analytics.exits_levels import told_before
from analytics.exits_roster_columns import DAY_COLUMNS, RosterRows, roster_rows
from analytics.exits_roster_days import (
    DAY_FIRST,
    MONTH_FIRST,
    MONTHS,
    STAND_INS,
    YEARS,
    day_of,
    is_blank,
    never_days,
    order_of,
)
from analytics.exits_roster_joining import bounds, joined_spells, once_each
from analytics.exits_roster_sexes import sexes_of
from analytics.faults import Fault, FaultsError
from analytics.readers.dates import INVALID, MISSING

_MOST_WRONG_SHARE = 0.05
_LARGEST_CAUSES = 6
_OTHER_CAUSE = "lainnya"
_EARLIEST_BIRTH = 1880
_WORKING_AGES = (10, 90)
# A number of many digits that a spreadsheet wrote as a power of ten.
_CUT = r"\d(?:[.,]\d+)?[eE]\+\d+"


@dataclass(frozen=True, eq=False)
class Roster:
    """Spells as ``exits.exit_model`` takes them, and what was found wrong.

    ``row_count`` leaves out rows that equal another or go on from one.
    """

    spells: pd.DataFrame
    faults: tuple[Fault, ...]
    row_count: int


def read_roster(path: Path, latest: date, asked_on: date | None = None) -> Roster:
    """Read and check a roster.

    Parameters
    ----------
    path
        CSV with a header; see the module's columns. Headers are matched without case, spaces and
        punctuation, also by other names in use (gender, appointed_date, resignation_date ...).
    latest
        Years of two digits lie at or before this day.
    asked_on
        The day that is asked about, where it lies later: exits until then are exits, however many
        share a day (contracts that end with the year).

    Returns
    -------
    Spells: ``person_id, sex, birth_date, start_date, exit_date, is_birth_year_only`` and, where
    the file has them, ``cause`` and ``group``. Where only the year of birth is known the date is
    1 July, and so where a column of days has years alone (of months, the 15th; where the other day
    lies in that year or month, half-way to it); columns with the month first (``order_of``) are
    read so, and said to be. Rows that equal another are left out, and those of one person that
    follow each other within a week are one spell
    (:func:`analytics.exits_roster_joining.joined_spells`). Reasons that data/rules/exit_cause.csv
    knows have its causes, others stand as written; beyond the commonest six all are ``lainnya``.
    Groups and sexes that only leavers have are not told (:mod:`analytics.exits_levels`).

    Raises
    ------
    FaultsError
        A file that cannot be read, lacks a column, or is wrong in more than 5 % of its rows; as
        :func:`analytics.exits_roster_columns.roster_rows`.
    """
    rows = roster_rows(path, latest)
    reading = _Reading(path.name, rows, latest, max(latest, asked_on or latest))
    spells = reading.spells()
    errors = [fault for fault in reading.faults if fault.severity == "error"]
    count, wrong = len(rows.cells), len({(fault.file, fault.row) for fault in errors})
    if spells.empty or wrong > _MOST_WRONG_SHARE * count:
        told = Fault(path.name, "roster_mostly_wrong", details={"wrong": wrong, "rows": count})
        raise FaultsError([*errors, told])
    repeated = sum(fault.code == "spell_duplicate" for fault in reading.faults)
    spells, after = told_before(spells, path.name, rows.names, pd.Timestamp(latest))
    faults = (*reading.faults, *after)
    return Roster(spells, faults, count - repeated - reading.joined_count)


class _Reading:
    """One pass over the columns; every fault with its row."""

    def __init__(self, file: str, rows: RosterRows, latest: date, known_to: date) -> None:
        self.file, self.rows, self.latest, self.known_to = file, rows, latest, known_to
        self.names = rows.names
        self.faults: list[Fault] = list(rows.faults)
        self.joined_count = 0
        # A row that stands twice, to the letter, is said and counted once.
        self.bad = rows.cells.duplicated()
        for at in _where(self.bad):
            self._say(at, "spell_duplicate", "person_id")
        days = [name for name in DAY_COLUMNS if name in rows.cells]
        self.orders = order_of({name: self._cells(name) for name in days})
        told = {
            MONTH_FIRST: "roster_month_first",
            YEARS: "roster_years_only",
            MONTHS: "roster_months_only",
        }
        for name, order in self.orders.items():
            if order in told:
                self.faults.append(Fault(file, told[order], column=self.names[name]))

    def _say(self, at: int, code: str, name: str, **details: object) -> None:
        header = self.rows.headers[at].get(name, self.names[name])
        value = str(self.rows.cells[name].iloc[at])
        file, row = self.rows.files[at], int(self.rows.lines[at])
        if name in ("exit_date", "reason"):
            file, row = self.rows.leaving.get(at, (file, row))
        fault = Fault(file, code, row, header, value, details)
        self.faults.append(fault)
        if fault.severity == "error":
            self.bad.iloc[at] = True

    def _cells(self, name: str) -> pd.Series:
        return self.rows.cells[name].astype(str).str.strip()

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
        leaves = self._still_there(self._dates("exit_date"))
        start, leaves = self._within(start, leaves)
        birth, year_only = self._births(start)
        ids = self._identifiers()
        sex = self._sexes()
        for at in _where(ids == ""):
            self._say(at, "spell_id_missing", "person_id")
        for at in _where(leaves < start):
            self._say(
                at, "spell_exit_before_start", "exit_date", start=f"{start.iloc[at]:%Y-%m-%d}"
            )
        for at in _where(birth >= start):
            self._say(
                at,
                "spell_birth_after_start",
                self._birth_column(),
                start=f"{start.iloc[at]:%Y-%m-%d}",
            )
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
        if "reason" in self.names:
            found["cause"] = self._reasons(leaves)
        if "group" in self.names:
            groups = self._cells("group")
            # A group may be numbered nought.
            found["group"] = groups.mask(_blank(groups) & ~groups.str.contains(r"\d"))
        found = self._once(found)
        self._overlaps(found)
        joined = self._joined(found.loc[~self.bad])
        if "cause" in joined:
            joined["cause"] = _causes(joined["cause"])
        return joined.reset_index(drop=True)

    def _identifiers(self) -> pd.Series:
        """Who each row is about; refused where a spreadsheet cut the digits of many."""
        ids = self._cells("person_id")
        cut = ids.str.fullmatch(_CUT)
        if cut.sum() > _MOST_WRONG_SHARE * len(ids):
            at = _where(cut)[0]
            raise FaultsError(
                [
                    Fault(
                        self.rows.files[at],
                        "roster_id_cut",
                        int(self.rows.lines[at]),
                        self.names["person_id"],
                        ids.iloc[at],
                        {"count": int(cut.sum())},
                    )
                ]
            )
        for at in _where(cut):
            self._say(at, "roster_id_cut", "person_id", count=int(cut.sum()))
        return ids

    def _still_there(self, leaves: pd.Series) -> pd.Series:
        """Exits without the days that stand for 'never', which are said."""
        are_years = self.orders["exit_date"] in STAND_INS
        for day in never_days(leaves, self.known_to, are_years=are_years):
            details = {"count": int((leaves == day).sum())}
            self.faults.append(
                Fault(
                    self.file,
                    "roster_day_never",
                    column=self.names["exit_date"],
                    value=f"{day:%Y-%m-%d}",
                    details=details,
                )
            )
            leaves = leaves.mask(leaves == day)
        return leaves

    def _within(self, start: pd.Series, leaves: pd.Series) -> tuple[pd.Series, pd.Series]:
        """Where one of the two is a year or a month and both lie in it: half-way to the other."""
        coarse = {YEARS: 2, MONTHS: 1}
        begun, gone = (coarse.get(self.orders[name], 0) for name in ("start_date", "exit_date"))
        if begun == gone:
            return start, leaves
        period = "Y" if max(begun, gone) == coarse[YEARS] else "M"
        first, last = start.dt.to_period(period), leaves.dt.to_period(period)
        same = first.eq(last) & start.notna()
        if gone > begun:
            half = start + (first.dt.end_time - start) / 2
            return start, leaves.mask(same, half.dt.normalize().astype(leaves.dtype))
        half = last.dt.start_time + (leaves - last.dt.start_time) / 2
        return start.mask(same, half.dt.normalize().astype(start.dtype)), leaves

    def _births(self, start: pd.Series) -> tuple[pd.Series, pd.Series]:
        birth = pd.Series(pd.NaT, index=self.rows.cells.index).astype("datetime64[us]")
        year_only = pd.Series(False, index=self.rows.cells.index)
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
        if "age_at_start" in self.names:
            birth, year_only = self._born_before(start, birth, year_only, unread)
        unread = {at: name for at, name in unread.items() if pd.isna(birth.iloc[at])}
        for at, name in unread.items():
            self._say(at, "spell_birth_invalid", name)
        for at in _where(birth.isna()):
            if at not in unread:
                self._say(at, "spell_birth_missing", self._birth_column())
        return birth, year_only

    def _born_before(
        self, start: pd.Series, birth: pd.Series, year_only: pd.Series, unread: dict[int, str]
    ) -> tuple[pd.Series, pd.Series]:
        """Births out of ages at the start: half a year more, on average, and the year of that."""
        header = self.names["age_at_start"]
        self.faults.append(Fault(self.file, "roster_born_by_age", column=header))
        cells = self._cells("age_at_start")
        ages = pd.to_numeric(cells.str.replace(",", "."), errors="coerce")
        is_age = ages.between(*_WORKING_AGES)
        for at in _where(~is_age & ~_blank(cells)):
            unread.setdefault(at, "age_at_start")
        days = ((ages.where(is_age) + 0.5) * 365.25).round()
        years = (start - pd.to_timedelta(days, unit="D")).dt.year
        new = birth.isna() & years.notna()
        middle = pd.to_datetime(years.astype("Int64").astype("str") + "-07-01", errors="coerce")
        return birth.mask(new, middle.astype(birth.dtype)), year_only | new

    def _birth_column(self) -> str:
        names = ("birth_date", "birth_year", "age_at_start")
        return next(name for name in names if name in self.names)

    def _born(self, cell: str) -> tuple[date | str, bool]:
        """Day of birth, and whether only its year is known."""
        year = re.fullmatch(r"(\d{4})(?:[.,]0*)?", cell)
        if year and _EARLIEST_BIRTH <= int(year.group(1)) <= self.latest.year:
            return date(int(year.group(1)), 7, 1), True
        # A number that is no such year is no day either, whatever a spreadsheet would make of it.
        order = self.orders.get("birth_date", DAY_FIRST)
        return (INVALID if year else day_of(cell, order, self.latest)), False

    def _sexes(self) -> pd.Series:
        if "sex" not in self.rows.cells:
            self.faults.append(Fault(self.file, "roster_sex_missing"))
            return pd.Series(pd.NA, index=self.rows.cells.index, dtype="str")
        cells = self._cells("sex")
        sexes = cells.map(sexes_of(cells))
        for at in _where(sexes.isna() & (~_blank(cells) | cells.str.contains("0"))):
            self._say(at, "spell_sex_unknown", "sex")
        return sexes.astype("str")

    def _reasons(self, leaves: pd.Series) -> pd.Series:
        words = self._cells("reason").str.casefold().str.split().str.join(" ")
        return words.where(leaves.notna() & ~_blank(words))

    def _once(self, found: pd.DataFrame) -> pd.DataFrame:
        """Rows that repeat a period of service as one, which is said."""
        sheets = pd.Series(self.rows.files, index=found.index)
        once, is_told = once_each(found.loc[~self.bad], sheets)
        if count := int(is_told.sum()):
            self.joined_count += count
            header = self.names["person_id"]
            told = Fault(self.file, "spell_repeated", column=header, details={"count": count})
            self.faults.append(told)
            self.bad |= is_told.reindex(self.bad.index, fill_value=False)
            found.loc[once.index] = once
        return found

    def _joined(self, found: pd.DataFrame) -> pd.DataFrame:
        """Spells that go on from one another as one, which is said."""
        joined = joined_spells(found, self._period("start_date"), self._period("exit_date"))
        if count := len(found) - len(joined):
            self.joined_count += count
            details = {"count": count}
            header = self.names["start_date"]
            self.faults.append(Fault(self.file, "spell_joined", column=header, details=details))
        return joined

    def _overlaps(self, found: pd.DataFrame) -> None:
        """Say who is in service twice at one time: the spell that begins later, once.

        Where only a year or a month is told, who may have left before has.
        """
        twice = found.loc[found["person_id"].duplicated(keep=False) & ~self.bad]
        _, latest = bounds(twice["start_date"], self._period("start_date"))
        earliest, _ = bounds(twice["exit_date"], self._period("exit_date"))
        begun = latest.to_numpy("datetime64[D]").astype("int64")
        ended = earliest.to_numpy("datetime64[D]").astype("int64")
        ended = np.where(twice["exit_date"].isna(), np.iinfo(np.int64).max, ended)
        code, _ = pd.factorize(twice["person_id"])
        # Of spells that begin together the empty one first, then as they stand in the file.
        sorted_by = np.lexsort((twice.index, ended > begun, begun, code))
        at = twice.index.to_numpy()
        person, until, first = -1, 0, 0
        for one in sorted_by.tolist():
            if code[one] != person:
                person, until, first = int(code[one]), int(ended[one]), int(at[one])
            elif begun[one] < until:
                self._say(int(at[one]), "spell_overlap", "person_id", first_row=self._row(first))
            elif ended[one] > until:
                until, first = int(ended[one]), int(at[one])

    def _period(self, name: str) -> str:
        """What a day of that column stands for: a year, a month, or ('') itself."""
        return {YEARS: "Y", MONTHS: "M"}.get(self.orders[name], "")

    def _row(self, at: int) -> str:
        """The row, and the sheet where the file has several."""
        sheet = self.rows.files[at].removeprefix(self.file)
        return f"{self.rows.lines[at]}{sheet}"


def _causes(words: pd.Series) -> pd.Series:
    """Causes of reasons; missing where nothing is written."""
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


def _blank(cells: pd.Series) -> pd.Series:
    return cells.map({cell: is_blank(cell) for cell in cells.unique()}).astype(bool)


def _where(flags: pd.Series) -> list[int]:
    return list(flags.to_numpy(bool).nonzero()[0])


def _days(found: pd.Series) -> pd.Series:
    days = found.map(lambda day: day if isinstance(day, date) else None)
    return pd.to_datetime(days, errors="coerce").astype("datetime64[us]")
