"""Days of a roster's columns, read together: which order day and month have, and years alone.

One cell cannot tell 03/04/2010 from the fourth of March; a column of them can.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date

import pandas as pd

from analytics.readers.dates import MISSING, written_date

DAY_FIRST, MONTH_FIRST, YEARS = "day_first", "month_first", "years"
# Beyond this year a date says that somebody is still there.
_NEVER = 2099
_STILL_THERE = frozenset(
    {
        *("active", "aktif", "present", "current", "employed", "now", "open", "ongoing"),
        *("in service", "still employed", "still in service", "current employee", "until now"),
        *("to date", "sekarang", "masih aktif", "masih bekerja", "sampai sekarang"),
        "s/d sekarang",
    }
)
_SLASHED = re.compile(r"(\d{1,2})\s*[-/.]\s*(\d{1,2})\s*[-/.]\s*(?:\d{4}|\d{2})(?!\d)")
_YEAR = re.compile(r"(1[89]\d{2}|20\d{2}|21\d{2})(?:[.,]0*)?")
_ENOUGH = 10


def order_of(columns: Mapping[str, pd.Series]) -> dict[str, str]:
    """How the dates of each column are written.

    Parameters
    ----------
    columns
        Cells as text, by column.

    Returns
    -------
    ``years`` where a column has nothing but years; ``month_first`` for all others of the file
    where some have a second part above 12 and none a first part above 12, or ten or more first
    parts vary while every second part is the same; else ``day_first``.
    """
    found = dict.fromkeys(columns, DAY_FIRST)
    first: set[int] = set()
    second: set[int] = set()
    count = 0
    for name, cells in columns.items():
        written = [cell for cell in cells.unique() if _is_day(cell)]
        if written and all(_YEAR.fullmatch(cell) for cell in written):
            found[name] = YEARS
            continue
        for cell in written:
            if parts := _SLASHED.match(cell):
                count += 1
                first.add(int(parts[1]))
                second.add(int(parts[2]))
    # Months run to 12; a column of first days of months has one second part, or one first part.
    alike = count >= _ENOUGH and len(second) == 1 and len(first) > 2
    if first and max(first) <= 12 and (max(second) > 12 or alike):
        found = {name: each if each == YEARS else MONTH_FIRST for name, each in found.items()}
    return found


def day_of(cell: str, order: str, latest: date) -> date | str:
    """The day a cell means in a column of that order, ``missing`` or ``invalid``.

    A year alone is its first of July. Words for somebody still there, and days after 2098, are
    ``missing``.
    """
    if cell.casefold() in _STILL_THERE:
        return MISSING
    if order == YEARS and (year := _YEAR.fullmatch(cell)):
        day: date | str = date(int(year[1]), 7, 1)
    elif order == MONTH_FIRST:
        turned = _SLASHED.sub(_turned, cell, count=1)
        day = written_date(turned, latest)
    else:
        day = written_date(cell, latest)
    return MISSING if isinstance(day, date) and day.year >= _NEVER else day


def _turned(part: re.Match[str]) -> str:
    """The same date with the day before the month."""
    text = part.group(0)
    after = text[part.end(2) - part.start() :]
    return f"{part[2]}/{part[1]}{after}"


def _is_day(cell: str) -> bool:
    return bool(cell) and cell.casefold() not in _STILL_THERE and bool(re.search(r"\d{2}", cell))
