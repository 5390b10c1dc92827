"""Years, quarters and months, and people counted in them by group.

Method: docs/method.md eq. 3.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import numpy as np
import pandas as pd

from analytics.leaving_groups import groups_of

_MONTHS = {"year": 12, "quarter": 3, "month": 1}


@dataclass(frozen=True)
class Calendar:
    """The periods from the one ``as_of`` lies in to the last of ``until_year``."""

    as_of: date
    until_year: int
    period: str

    @property
    def length(self) -> int:
        """Months in a period."""
        return period_months(self.period)

    @property
    def numbers(self) -> range:
        """Numbers of the periods (``period_number``), the first to the last."""
        first = int(period_number(np.datetime64(self.as_of, "us"), self.length))
        last = int(period_number(np.datetime64(f"{self.until_year}-12-01", "us"), self.length))
        if last < first:
            raise ValueError(f"until_year is {self.until_year}; as_of is already {self.as_of}")
        return range(first, last + 1)


@lru_cache(maxsize=64)
def _periods(calendar: Calendar) -> pd.DataFrame:
    """One row per period: ``period`` (label), ``starts_on``, ``year``. Kept, so never changed."""
    months = np.asarray(calendar.numbers, dtype=np.int64) * calendar.length
    starts_on = pd.Series(months.astype("datetime64[M]").astype("datetime64[us]"))
    year = starts_on.dt.year
    label = year.astype(str)
    if calendar.period == "quarter":
        label = label + "-Q" + starts_on.dt.quarter.astype(str)
    elif calendar.period == "month":
        label = starts_on.dt.strftime("%Y-%m")
    period = pd.Categorical(label, categories=label, ordered=True)
    return pd.DataFrame({"period": period, "starts_on": starts_on, "year": year.astype(int)})


def period_months(period: str) -> int:
    """Months in a ``year``, ``quarter`` or ``month``; ``ValueError`` for anything else."""
    if period not in _MONTHS:
        raise ValueError(f"period is {period!r}; it is one of {', '.join(_MONTHS)}")
    return _MONTHS[period]


def period_number(day: np.ndarray | np.datetime64, length_months: int) -> np.ndarray:
    """Whole periods since 1970; months counted from there fall on quarter and year borders."""
    return day.astype("datetime64[M]").astype(np.int64) // length_months


def period_cells(
    people: pd.DataFrame,
    dates: pd.Series,
    calendar: Calendar,
    by: str | Sequence[str] | None,
) -> tuple[np.ndarray, np.ndarray, pd.DataFrame, Calendar]:
    """How many of ``people`` have their date in each period; who is past it counts in the first.

    Returns
    -------
    Counts and, within them, counts of dates before ``as_of``, both group-major, then by period; the
    groups, one row each; the calendar. Method: docs/method.md eq. 3.
    """
    numbers = calendar.numbers
    codes, groups = groups_of(people, by)
    day = dates.to_numpy("datetime64[us]")
    number = np.maximum(period_number(day, calendar.length), numbers.start)
    in_horizon = ~np.isnat(day) & (number < numbers.stop)
    cell = codes[in_horizon] * np.int64(len(numbers)) + (number[in_horizon] - numbers.start)
    size = len(groups) * len(numbers)
    is_past = day[in_horizon] < np.datetime64(calendar.as_of, "us")
    return (
        np.bincount(cell, minlength=size),
        np.bincount(cell[is_past], minlength=size),
        groups,
        calendar,
    )


def period_table(
    groups: pd.DataFrame, calendar: Calendar, counts: Mapping[str, np.ndarray]
) -> pd.DataFrame:
    """Counts group-major, then by period, as a table.

    Returns
    -------
    One row per group and period: the columns of ``groups``, ``period``, ``starts_on``, ``year``
    and one column per entry of ``counts``.
    """
    periods = _periods(calendar)
    every_group = np.repeat(np.arange(len(groups)), len(periods))
    every_period = np.tile(np.arange(len(periods)), len(groups))
    keys = {column: groups[column].array.take(every_group) for column in groups}
    times = {column: periods[column].array.take(every_period) for column in periods}
    return pd.DataFrame({**keys, **times, **counts})
