"""Who leaves in which period: people with retirement dates, counted and never lost.

Input everywhere is the frame of ``retirement.retirements``: one row per person with ``retires_on``
(NaT where no rule fits the position). Every count accounts for the whole: within the horizon,
beyond it, or without a date.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import numpy as np
import pandas as pd

UNKNOWN = "tidak diketahui"
DIMENSIONS = (
    "opd",
    "kecamatan",
    "unit",
    "role_group",
    "jenjang",
    "golongan",
    "sex",
    "education_level",
    "employment",
)
EMPLOYMENTS: Mapping[str, tuple[str, ...]] = {
    "pns": ("PNS", "CPNS"),
    "asn": ("PNS", "CPNS", "PPPK"),
    "all": (),
}
CONTRACTED = ("PPPK", "PPPK_PW")
_MONTHS = {"year": 12, "quarter": 3, "month": 1}
_MEAN_OVER_YEARS = 10
_DENSE_LIMIT = 20_000_000  # group numbers up to which a flag per number beats sorting the people


def counted(leavers: pd.DataFrame, who: str = "asn") -> pd.DataFrame:
    """People in headcount of the kinds of employment asked for.

    Parameters
    ----------
    leavers
        One row per person: ``is_in_headcount``, ``employment``.
    who
        ``pns`` (PNS and CPNS), ``asn`` (PPPK as well) or ``all`` (everyone, PPPK paruh waktu and
        people of unknown employment as well).

    Returns
    -------
    The rows that count, index kept.

    Raises
    ------
    ValueError
        For any other ``who``.
    """
    if who not in EMPLOYMENTS:
        raise ValueError(f"who is {who!r}; it is one of {', '.join(EMPLOYMENTS)}")
    counts = leavers["is_in_headcount"].astype(bool).to_numpy()
    if EMPLOYMENTS[who]:
        counts = counts & leavers["employment"].isin(EMPLOYMENTS[who]).to_numpy()
    return leavers.loc[counts]


def dimension(leavers: pd.DataFrame, column: str) -> pd.Categorical:
    """Values of one grouping column; blanks become the group ``tidak diketahui``.

    Parameters
    ----------
    leavers
        One row per person.
    column
        A column of ``leavers``, usually one of ``DIMENSIONS``.

    Returns
    -------
    One value per person, none missing; categories sorted, ``tidak diketahui`` last.
    """
    values = leavers[column]
    if isinstance(values.dtype, pd.CategoricalDtype):
        codes, found = values.cat.codes.to_numpy(), values.cat.categories.astype(str)
    else:
        codes, found = pd.factorize(values)
    written = ["" if pd.isna(value) else " ".join(str(value).split()) for value in found]
    labels = [label or UNKNOWN for label in written] + [UNKNOWN]
    categories = sorted(set(labels[:-1]) - {UNKNOWN})
    if UNKNOWN in labels[:-1] or (codes < 0).any():
        categories.append(UNKNOWN)
    number = {label: place for place, label in enumerate(categories)}
    # A missing value has code -1 and so takes the last entry, which is ``UNKNOWN``.
    remapped = np.array([number.get(label, -1) for label in labels], dtype=np.int32)
    return pd.Categorical.from_codes(remapped[codes], categories=categories)


def selected(leavers: pd.DataFrame, wanted: Mapping[str, Collection[str]]) -> pd.DataFrame:
    """People whose values are among those wanted, in every column named.

    Parameters
    ----------
    leavers
        One row per person.
    wanted
        Column -> values (``tidak diketahui`` for blanks). No values: that column does not filter.

    Returns
    -------
    The rows that fit, index kept.
    """
    fits = np.ones(len(leavers), dtype=bool)
    for column, values in wanted.items():
        if values:
            fits &= np.asarray(dimension(leavers, column).isin(list(values)))
    return leavers.loc[fits]


def leaver_counts(
    leavers: pd.DataFrame,
    as_of: date,
    until_year: int,
    period: str = "year",
    by: str | Sequence[str] | None = None,
) -> pd.DataFrame:
    """People reaching retirement, by period and group.

    Parameters
    ----------
    leavers
        One row per person to count (see ``counted``): ``retires_on`` and the columns of ``by``.
    as_of
        The day the list describes; the first period is the one it lies in.
    until_year
        Last calendar year counted.
    period
        ``year``, ``quarter`` or ``month``.
    by
        Columns to group by; None for the total.

    Returns
    -------
    One row per group found among the people and period, every period present, zero where nobody
    leaves: the ``by`` columns (categorical), ``period`` (``2027``, ``2027-Q1``, ``2027-03``),
    ``starts_on``, ``year``, ``leaver_count`` and, within it, ``past_due_count``.

    Raises
    ------
    ValueError
        If ``until_year`` lies before ``as_of`` or ``period`` is none of the three.

    Notes
    -----
    People whose date lies before ``as_of`` count in the first period and again, apart, in
    ``past_due_count``. People without a date and people beyond ``until_year`` are in no row:
    ``undated`` and ``summary`` count them.

    Method: docs/method.md eq. 3.
    """
    counts, past_due, groups, calendar = _cells(
        leavers, leavers["retires_on"], _Calendar(as_of, until_year, period), by
    )
    return _tidy(groups, calendar, {"leaver_count": counts, "past_due_count": past_due})


def contract_ends(
    leavers: pd.DataFrame,
    as_of: date,
    until_year: int,
    period: str = "year",
    by: str | Sequence[str] | None = None,
) -> pd.DataFrame:
    """Contracts of P3K and P3K paruh waktu that end before retirement, by period and group.

    Parameters
    ----------
    leavers
        One row per person: ``employment``, ``contract_ends_on``, ``retires_on`` and the columns
        of ``by``.
    as_of, until_year, period, by
        As in ``leaver_counts``.

    Returns
    -------
    As ``leaver_counts``, with ``contract_end_count`` and, within it, ``overdue_count`` (the end
    written in the file lies before ``as_of``).

    Notes
    -----
    A contract may be extended: these people stand in the retirement calendar as well, and the two
    must not be added. A contract that ends on or after the retirement date is left to that one.
    """
    contracted = leavers.loc[leavers["employment"].isin(CONTRACTED).to_numpy()]
    ends_on = contracted["contract_ends_on"]
    ends_first = ~(ends_on >= contracted["retires_on"]).to_numpy()
    counts, overdue, groups, calendar = _cells(
        contracted, ends_on.where(ends_first), _Calendar(as_of, until_year, period), by
    )
    return _tidy(groups, calendar, {"contract_end_count": counts, "overdue_count": overdue})


def leaving_in(leavers: pd.DataFrame, as_of: date, starts_on: date, period: str) -> pd.DataFrame:
    """The people behind one period of ``leaver_counts``, earliest date first.

    Parameters
    ----------
    leavers
        One row per person: ``retires_on``.
    as_of
        As given to ``leaver_counts``; its period holds those already past their date.
    starts_on
        Any day of the period asked for.
    period
        ``year``, ``quarter`` or ``month``.

    Returns
    -------
    Rows of ``leavers``, index kept.
    """
    length = _length(period)
    dates = leavers["retires_on"].to_numpy("datetime64[us]")
    first = _period_number(np.datetime64(as_of, "us"), length)
    asked = _period_number(np.datetime64(starts_on, "us"), length)
    number = np.maximum(_period_number(dates, length), first)
    return leavers.loc[~np.isnat(dates) & (number == asked)].sort_values(
        "retires_on", kind="stable"
    )


def undated(leavers: pd.DataFrame, by: str | Sequence[str] | None = None) -> pd.DataFrame:
    """People without a retirement date, because no rule fits their position.

    Parameters
    ----------
    leavers
        One row per person: ``retires_on`` and the columns of ``by``.
    by
        Columns to group by; None for the total.

    Returns
    -------
    One row per group found among the people: the ``by`` columns, ``people_count``,
    ``undated_count``.
    """
    codes, groups = _groups(leavers, by)
    is_undated = leavers["retires_on"].isna().to_numpy()
    return groups.assign(
        people_count=np.bincount(codes, minlength=len(groups)),
        undated_count=np.bincount(codes[is_undated], minlength=len(groups)),
    )


def share_within(
    leavers: pd.DataFrame,
    as_of: date,
    years: Sequence[int] = (1, 3, 5, 10),
    by: str | Sequence[str] | None = None,
) -> pd.DataFrame:
    """Share of the people who reach their date within so many years of ``as_of``.

    Parameters
    ----------
    leavers
        One row per person: ``retires_on`` and the columns of ``by``.
    as_of
        The day the years count from.
    years
        Horizons in years; the day ``as_of`` + years itself is outside.
    by
        Columns to group by; None for the total.

    Returns
    -------
    One row per group and horizon: the ``by`` columns, ``within_years``, ``people_count``,
    ``leaver_count`` (those past their date included), ``leaver_share`` (0-1 of ``people_count``,
    people without a date included in it; NaN where there is nobody).
    """
    codes, groups = _groups(leavers, by)
    dates = leavers["retires_on"].to_numpy("datetime64[us]")
    people = np.bincount(codes, minlength=len(groups))
    parts = []
    for horizon in years:
        leaves = dates < np.datetime64(_years_later(as_of, horizon), "us")
        count = np.bincount(codes[leaves], minlength=len(groups))
        share = np.divide(count, people, out=np.full(len(people), np.nan), where=people > 0)
        parts.append(
            groups.assign(
                within_years=horizon, people_count=people, leaver_count=count, leaver_share=share
            )
        )
    return pd.concat(parts, ignore_index=True)


def is_educator(leavers: pd.DataFrame, role_groups: pd.DataFrame) -> np.ndarray:
    """Whether each person teaches, heads or supervises a school, by the role group.

    Parameters
    ----------
    leavers
        One row per person: ``role_group``.
    role_groups
        One row per role group: ``role_group``, ``is_educator`` (true/false, as bool or text).

    Returns
    -------
    One boolean per person; an unknown role group is no educator.
    """
    flags = role_groups["is_educator"].astype(str).str.strip().str.casefold()
    educators = role_groups.loc[flags.isin({"true", "1", "ya"}).to_numpy(), "role_group"]
    return leavers["role_group"].isin(educators).to_numpy()


def role_group_labels(role_groups: pd.DataFrame, language: str = "id") -> dict[str, str]:
    """Role group -> the name people use, in ``id`` or ``en``."""
    return dict(zip(role_groups["role_group"], role_groups[f"label_{language}"], strict=True))


def month_grid(counts: pd.DataFrame, value: str = "leaver_count") -> pd.DataFrame:
    """Monthly counts as a calendar: years down, months 1-12 across.

    Parameters
    ----------
    counts
        ``leaver_counts`` or ``contract_ends`` by month; groups are added up.
    value
        The column to lay out.

    Returns
    -------
    Integer counts; zero for months before the first period.
    """
    month = counts["starts_on"].dt.month.rename("month")
    grid = counts.groupby([counts["year"], month])[value].sum().unstack(fill_value=0)
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

    ``leaver_count`` is within the horizon (``past_due_count`` and ``educator_leaver_count`` within
    it), ``beyond_count`` after it, ``undated_count`` without a date. ``next_year_count`` is the
    first whole calendar year; ``mean_per_year`` the mean of the first ten whole years (of fewer in
    a shorter horizon): further out only today's staff is left to leave, and the mean would sink.
    """

    people_count: int
    educator_count: int
    leaver_count: int
    past_due_count: int
    educator_leaver_count: int
    beyond_count: int
    undated_count: int
    contract_end_count: int
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
    educator_counts = leaver_counts(leavers.loc[teaches], as_of, until_year)
    whole = counts.loc[counts["year"] > as_of.year, "leaver_count"].iloc[:_MEAN_OVER_YEARS]
    return Summary(
        people_count=len(leavers),
        educator_count=int(teaches.sum()),
        leaver_count=leaver_count,
        past_due_count=int(counts["past_due_count"].sum()),
        educator_leaver_count=int(educator_counts["leaver_count"].sum()),
        beyond_count=len(leavers) - leaver_count - undated_count,
        undated_count=undated_count,
        contract_end_count=int(
            contract_ends(leavers, as_of, until_year)["contract_end_count"].sum()
        ),
        next_year=as_of.year + 1,
        next_year_count=int(whole.iloc[0]) if len(whole) else 0,
        mean_per_year=float(whole.mean()) if len(whole) else 0.0,
        mean_until_year=as_of.year + len(whole),
        peak=peak_year(counts),
        year_counts=tuple(
            zip(counts["year"].tolist(), counts["leaver_count"].tolist(), strict=True)
        ),
    )


@dataclass(frozen=True)
class _Calendar:
    """The periods from the one ``as_of`` lies in to the last of ``until_year``."""

    as_of: date
    until_year: int
    period: str

    @property
    def length(self) -> int:
        return _length(self.period)

    @property
    def numbers(self) -> range:
        first = int(_period_number(np.datetime64(self.as_of, "us"), self.length))
        last = int(_period_number(np.datetime64(f"{self.until_year}-12-01", "us"), self.length))
        if last < first:
            raise ValueError(f"until_year is {self.until_year}; as_of is already {self.as_of}")
        return range(first, last + 1)


@lru_cache(maxsize=64)
def _periods(calendar: _Calendar) -> pd.DataFrame:
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


def _length(period: str) -> int:
    if period not in _MONTHS:
        raise ValueError(f"period is {period!r}; it is one of {', '.join(_MONTHS)}")
    return _MONTHS[period]


def _period_number(day: np.ndarray | np.datetime64, length_months: int) -> np.ndarray:
    """Whole periods since 1970; months counted from there fall on quarter and year borders."""
    return day.astype("datetime64[M]").astype(np.int64) // length_months


def _years_later(day: date, years: int) -> date:
    return (pd.Timestamp(day) + pd.DateOffset(years=years)).date()


def _groups(
    leavers: pd.DataFrame, by: str | Sequence[str] | None
) -> tuple[np.ndarray, pd.DataFrame]:
    """A group number for each person, and the groups found: one row each, in label order."""
    columns = [] if by is None else [by] if isinstance(by, str) else list(by)
    codes = np.zeros(len(leavers), dtype=np.int64)
    if not columns:
        return codes, pd.DataFrame(index=range(1))
    values = [dimension(leavers, column) for column in columns]
    for value in values:
        codes = codes * max(len(value.categories), 1) + value.codes
    size = int(np.prod([max(len(value.categories), 1) for value in values], dtype=object))
    if size <= _DENSE_LIMIT:
        found = np.flatnonzero(np.bincount(codes, minlength=size))
        place = np.zeros(size, dtype=np.int64)
        place[found] = np.arange(len(found))
        codes = place[codes]
    else:
        found, codes = np.unique(codes, return_inverse=True)
    groups = {}
    rest = found
    for column, value in zip(reversed(columns), reversed(values), strict=True):
        rest, own = np.divmod(rest, max(len(value.categories), 1))
        groups[column] = pd.Categorical.from_codes(own, categories=value.categories)
    return codes, pd.DataFrame({column: groups[column] for column in columns})


def _cells(
    people: pd.DataFrame,
    dates: pd.Series,
    calendar: _Calendar,
    by: str | Sequence[str] | None,
) -> tuple[np.ndarray, np.ndarray, pd.DataFrame, _Calendar]:
    """Counts and, within them, counts before ``as_of``; both group-major, then by period."""
    numbers = calendar.numbers
    codes, groups = _groups(people, by)
    day = dates.to_numpy("datetime64[us]")
    number = np.maximum(_period_number(day, calendar.length), numbers.start)
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


def _tidy(
    groups: pd.DataFrame, calendar: _Calendar, counts: Mapping[str, np.ndarray]
) -> pd.DataFrame:
    periods = _periods(calendar)
    every_group = np.repeat(np.arange(len(groups)), len(periods))
    every_period = np.tile(np.arange(len(periods)), len(groups))
    keys = {column: groups[column].array.take(every_group) for column in groups}
    times = {column: periods[column].array.take(every_period) for column in periods}
    return pd.DataFrame({**keys, **times, **counts})
