"""Days of a roster's columns, read together: order of day and month, years or months alone.

One cell cannot tell 03/04/2010 from the fourth of March; a column of them can.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import reduce

import pandas as pd

from analytics.checks_cells import wordings
from analytics.readers.dates import INVALID, MISSING, MONTH_NUMBERS, written_date

DAY_FIRST, MONTH_FIRST, YEARS, MONTHS = "day_first", "month_first", "years", "months"
# A year alone is read as 1 July, a month alone as its 15th.
STAND_INS = (YEARS, MONTHS)
# What a column of days holds: days, nothing, noughts alone, words, or marks of who left.
DAYS, BLANK, NOUGHT, UNREAD, FLAG = "days", "blank", "nought", "unread", "flag"
# Beyond this year a date says that somebody is still there.
_NEVER = 2099
STILL_THERE = frozenset(
    {
        *("active", "aktif", "present", "current", "employed", "now", "open", "ongoing"),
        *("in service", "still employed", "still in service", "current employee", "until now"),
        *("to date", "sekarang", "masih aktif", "masih bekerja", "sampai sekarang"),
        "s/d sekarang",
    }
)
# What systems and clerks write into an empty cell, without the marks around it.
_EMPTY = frozenset(
    {
        *("", "n", "na", "nan", "nat", "nil", "nihil", "none", "null", "void", "empty", "blank"),
        *("kosong", "tidakada", "tdkada", "belum", "belumada", "belumkeluar", "belumberhenti"),
        *("belumpensiun", "notyet", "notapplicable", "dbnull", "undefined", "0", "00"),
    }
)
_SLASHED = re.compile(r"(?<!\d)(\d{1,2})\s*[-/.]\s*(\d{1,2})\s*[-/.]\s*(?:\d{4}|\d{2})(?!\d)")
_YEAR = re.compile(r"(1[89]\d{2}|20\d{2}|21\d{2})(?:[.,]0*)?")
# 2018-04, 201804, 04/2018, Apr 2018: a month without its day.
_MONTH = re.compile(
    r"((?:19|20|21)\d{2})[-/. ]?(0[1-9]|1[0-2])|(\d{1,2}|[a-z]{3,9}\.?)[-/. ]+((?:19|20|21)\d{2})",
    re.I,
)
# The year of a day that has four digits of it: alone, in front or at the end.
_FOUR = re.compile(r"(?:^(\d{4})(?:[.,]0*)?$|^(\d{4})[-/.]|[-/.](\d{4})(?!\d))")
_ENOUGH = 10
# The last day there is, as a spreadsheet counts days.
_LAST_SERIAL = 2_958_465
# Of the days that tell, or of the numbers of a sheet, how many may be slips of the pen.
SLIPS_SHARE = 0.05
_MONTHS = 12
_MARK = re.compile(r"([012])(?:[.,]0*)?")
_SAMPLE_COUNT = 500
# Days that stand for 'never': the last ones that databases and spreadsheets can hold, and the ends
# of half-centuries.
_NEVER_DAYS = ("2038-01-19", "2049-12-31", "2050-12-31", "2079-06-06")
_FEWEST_ALIKE = 3


@dataclass
class _Parts:
    """Days with two parts before the year: how many tell which is the day, and what they hold."""

    count: int = 0
    day_first: int = 0
    month_first: int = 0
    first: set[int] = field(default_factory=set)
    second: set[int] = field(default_factory=set)

    def add(self, first: int, second: int) -> None:
        self.count += 1
        self.day_first += first > _MONTHS >= second
        self.month_first += second > _MONTHS >= first
        self.first.add(first)
        self.second.add(second)

    @property
    def order(self) -> str | None:
        """The order, None where nothing tells it."""
        told = self.day_first + self.month_first
        if not told:
            # Days of entry are often the first of a month: the part that is always 1 is the day.
            is_first = self.count >= _ENOUGH and self.second == {1} and len(self.first) > 2
            return MONTH_FIRST if is_first else None
        if self.month_first < told * (1 - SLIPS_SHARE):
            return DAY_FIRST
        # Days of entry keep to few days of the month: where the first parts are fewer than the
        # months would be, a handful of second parts above 12 are slips of the pen.
        is_few = self.month_first <= self.count * SLIPS_SHARE
        months = sum(part <= _MONTHS for part in self.second)
        return DAY_FIRST if is_few and len(self.first) < months else MONTH_FIRST

    def joined(self, other: _Parts) -> _Parts:
        return _Parts(
            self.count + other.count,
            self.day_first + other.day_first,
            self.month_first + other.month_first,
            self.first | other.first,
            self.second | other.second,
        )


def order_of(columns: Mapping[str, pd.Series]) -> dict[str, str]:
    """How the dates of each column are written.

    Parameters
    ----------
    columns
        Cells as text, by column.

    Returns
    -------
    ``years`` where a column has nothing but years, ``months`` where it has nothing but months;
    ``month_first`` where second parts pass 12 and first parts do not (but for one in twenty), or
    ten or more first parts vary while every second part is 1; else ``day_first``. A column that
    does not tell is as all columns of the file together. Days with the year in front, and those
    after 2098, tell nothing and are never turned.
    """
    found: dict[str, str] = {}
    parts: dict[str, _Parts] = {}
    for name, cells in columns.items():
        written = [cell for cell in cells.unique() if _is_day(cell)]
        if written and all(_YEAR.fullmatch(cell) for cell in written):
            found[name] = YEARS
            continue
        if written and all(map(_month, written)):
            found[name] = MONTHS
            continue
        parts[name] = _Parts()
        for cell in written:
            if two := _SLASHED.match(cell):
                parts[name].add(int(two[1]), int(two[2]))
    together = reduce(_Parts.joined, parts.values(), _Parts()).order or DAY_FIRST
    own = {name: each.order or together for name, each in parts.items()}
    return {name: found.get(name) or own[name] for name in columns}


def day_of(cell: str, order: str, latest: date) -> date | str:
    """The day a cell means in a column of that order, ``missing`` or ``invalid``.

    A year alone is its first of July, a month alone its 15th. Words for somebody still
    there, and days after 2098, are ``missing``. A bare 1 or 2 marks something and is no day.
    """
    if (mark := _MARK.fullmatch(cell)) and mark[1] != "0":
        return INVALID
    if is_blank(cell) or cell.casefold() in STILL_THERE or _is_never(cell):
        return MISSING
    if order == YEARS and (year := _YEAR.fullmatch(cell)):
        day: date | str = date(int(year[1]), 7, 1)
    elif order == MONTHS and (month := _month(cell)):
        day = month
    elif order == MONTH_FIRST:
        two = _SLASHED.match(cell)
        day = written_date(_turned(two) if two else cell, latest)
    else:
        day = written_date(cell, latest)
    return MISSING if isinstance(day, date) and day.year >= _NEVER else day


def _month(cell: str) -> date | None:
    """The 15th of a month written without its day."""
    found = _MONTH.fullmatch(cell)
    if found is None:
        return None
    year, number, name, year_behind = found.groups()
    word = (number or name).casefold().rstrip(".")
    month = int(word) if word.isdigit() else MONTH_NUMBERS.get(word, 0)
    return date(int(year or year_behind), month, 15) if 1 <= month <= 12 else None


def kind_of_days(cells: pd.Series, latest: date) -> str:
    """What a column that is called a day holds.

    Parameters
    ----------
    cells
        As text.
    latest
        As in :func:`day_of`.

    Returns
    -------
    ``flag`` for a column of 0, 1, 2, yes and no; ``nought`` where all that is filled is 0;
    ``blank`` for nothing, or words for somebody still there; ``days`` where at least half of what
    is filled can be read, else ``unread``.
    """
    written = {str(cell).strip() for cell in cells.unique()} - {""}
    filled = sorted(cell for cell in written if not is_blank(cell))
    if filled and all(_is_mark(cell) for cell in written):
        return FLAG
    if not filled:
        return NOUGHT if any(cell.startswith("0") for cell in written) else BLANK
    sample = pd.Series(filled[:_SAMPLE_COUNT], dtype="str")
    orders = {order_of({"": sample})[""], DAY_FIRST, MONTH_FIRST}
    read = [{_outcome(day_of(cell, order, latest)) for order in orders} for cell in sample]
    days = sum(DAYS in each for each in read)
    wrong = sum(each == {INVALID} for each in read)
    if not days and not wrong:
        return BLANK
    return DAYS if days >= wrong else UNREAD


def _outcome(day: date | str) -> str:
    return DAYS if isinstance(day, date) else day


def marks_yes(cell: str) -> bool:
    """Whether a mark of a column of leavers says that somebody left."""
    mark = _MARK.fullmatch(cell.strip())
    return mark[1] != "0" if mark else wordings("yes_no").get(cell.strip().casefold()) == "yes"


def _is_mark(cell: str) -> bool:
    return bool(_MARK.fullmatch(cell)) or cell.casefold() in wordings("yes_no")


def never_days(days: pd.Series, latest: date, *, are_years: bool) -> list[pd.Timestamp]:
    """Days ahead that stand for 'still there' in a column of exits.

    Parameters
    ----------
    days
        Days of leaving, NaT for none.
    latest
        Days after it lie ahead.
    are_years
        Whether the column has years alone, which many people share.

    Returns
    -------
    The last days that systems can hold, where the column has them; and the day that most of at
    least three exits ahead share.
    """
    known = [day for day in map(pd.Timestamp, _NEVER_DAYS) if (days == day).any()]
    others = days[(days > pd.Timestamp(latest)) & ~days.isin(known)].value_counts()
    if are_years or others.empty:
        return known
    is_shared = others.iloc[0] >= _FEWEST_ALIKE and others.iloc[0] > others.sum() / 2
    return [*known, others.index[0]] if is_shared else known


def is_blank(cell: str) -> bool:
    """Whether a cell says that there is nothing in it: ``(null)``, ``<NA>``, ``n.a.``, ``nil``.

    A time of nought hours without a day is what a spreadsheet shows of an empty date.
    """
    return re.sub(r"[^a-z0-9]", "", cell.casefold()) in _EMPTY or bool(
        re.fullmatch(r"[0:.,/ -]+", cell)
    )


def _turned(two: re.Match[str]) -> str:
    """The same date with the day before the month."""
    return f"{two[2]}/{two[1]}{two.string[two.end(2) :]}"


def _is_never(cell: str) -> bool:
    if re.fullmatch(rf"{_LAST_SERIAL}(?:[.,]\d*)?", cell):
        return True
    year = _FOUR.search(cell)
    return year is not None and int(next(filter(None, year.groups()))) >= _NEVER


def _is_day(cell: str) -> bool:
    if is_blank(cell) or cell.casefold() in STILL_THERE or _is_never(cell):
        return False
    return bool(re.search(r"\d{2}", cell))
