"""Who leaves, told in few numbers: the headline counts, the peak, the calendar of months."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pandas as pd

from analytics.leaving import leaver_counts
from analytics.leaving_groups import is_educator

_MEAN_OVER_YEARS = 10


def month_grid(counts: pd.DataFrame) -> pd.DataFrame:
    """Monthly counts as a calendar: years down, months 1-12 across.

    Parameters
    ----------
    counts
        ``leaver_counts`` by month; groups are added up.

    Returns
    -------
    Integer counts; zero for months before the first period.
    """
    month = counts["starts_on"].dt.month.rename("month")
    grid = counts.groupby([counts["year"], month])["leaver_count"].sum().unstack(fill_value=0)
    return grid.reindex(columns=range(1, 13), fill_value=0)


def by_largest(
    counts: pd.DataFrame, column: str, keep_count: int = 6, value: str = "leaver_count"
) -> tuple[pd.DataFrame, pd.Series]:
    """Counts with periods down and the largest groups across, the others added up.

    Parameters
    ----------
    counts
        ``leaver_counts`` by ``column`` (and no other column).
    column
        The grouping column.
    keep_count
        How many groups to name.
    value
        The column to lay out.

    Returns
    -------
    The named groups, largest first, indexed by ``period``; and the sum of all others per period.
    The two together hold everybody.
    """
    wide = counts.pivot(index="period", columns=column, values=value)
    order = wide.sum().sort_values(ascending=False, kind="stable").index.astype(str)
    wide.columns = wide.columns.astype(str)
    kept = list(order[:keep_count])
    return wide[kept], wide.drop(columns=kept).sum(axis=1).astype("int64")


@dataclass(frozen=True)
class Peak:
    """The year in which most people leave."""

    year: int
    leaver_count: int


def peak_year(counts: pd.DataFrame) -> Peak | None:
    """The year with most leavers, the earliest of equals; None where nobody leaves.

    Parameters
    ----------
    counts
        ``leaver_counts`` by any period and grouping. People past their date count in the first
        year, as everywhere.
    """
    by_year = counts.groupby("year")["leaver_count"].sum()
    if by_year.empty or by_year.max() == 0:
        return None
    year = by_year.idxmax()
    return Peak(int(year), int(by_year[year]))


@dataclass(frozen=True)
class Summary:
    """Where everybody stands; the counts of people add up to ``people_count``.

    ``leaver_count`` lie within the horizon (``past_due_count`` in it), ``beyond_count`` after it,
    ``undated_count`` without a date. ``next_year_count`` is the first whole calendar year;
    ``mean_per_year`` the mean of the first ten whole years (of fewer in a shorter horizon): further
    out only today's staff is left to leave, and the mean would sink.
    """

    people_count: int
    educator_count: int
    leaver_count: int
    past_due_count: int
    beyond_count: int
    undated_count: int
    next_year: int
    next_year_count: int
    mean_per_year: float
    mean_until_year: int
    peak: Peak | None
    year_counts: tuple[tuple[int, int], ...]


def summary(
    leavers: pd.DataFrame, role_groups: pd.DataFrame, as_of: date, until_year: int
) -> Summary:
    """Headline counts of the people given.

    Parameters
    ----------
    leavers
        One row per person to count (see ``counted``).
    role_groups
        See ``is_educator``.
    as_of, until_year
        As in ``leaver_counts``.

    Returns
    -------
    See ``Summary``. ``next_year_count`` and ``mean_per_year`` are 0 when the horizon holds no
    whole year.
    """
    teaches = is_educator(leavers, role_groups)
    counts = leaver_counts(leavers, as_of, until_year)
    leaver_count = int(counts["leaver_count"].sum())
    undated_count = int(leavers["retires_on"].isna().sum())
    whole = counts.loc[counts["year"] > as_of.year, "leaver_count"].iloc[:_MEAN_OVER_YEARS]
    return Summary(
        people_count=len(leavers),
        educator_count=int(teaches.sum()),
        leaver_count=leaver_count,
        past_due_count=int(counts["past_due_count"].sum()),
        beyond_count=len(leavers) - leaver_count - undated_count,
        undated_count=undated_count,
        next_year=as_of.year + 1,
        next_year_count=int(whole.iloc[0]) if len(whole) else 0,
        mean_per_year=float(whole.mean()) if len(whole) else 0.0,
        mean_until_year=as_of.year + len(whole),
        peak=peak_year(counts),
        year_counts=tuple(
            zip(counts["year"].tolist(), counts["leaver_count"].tolist(), strict=True)
        ),
    )
