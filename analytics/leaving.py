"""Who leaves in which period: people with retirement dates, counted and never lost.

Input everywhere is the frame of ``retirement.retirements``: one row per person with ``retires_on``
(NaT where no rule fits the position). Every count accounts for the whole: within the horizon,
beyond it, or without a date.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import numpy as np
import pandas as pd

from analytics.leaving_groups import groups_of
from analytics.leaving_periods import (
    Calendar,
    period_cells,
    period_months,
    period_number,
    period_table,
)

EMPLOYMENTS: Mapping[str, tuple[str, ...]] = {
    "pns": ("PNS", "CPNS"),
    "asn": ("PNS", "CPNS", "PPPK"),
    "all": (),
}
CONTRACTED = ("PPPK", "PPPK_PW")


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
    counts, past_due, groups, calendar = period_cells(
        leavers, leavers["retires_on"], Calendar(as_of, until_year, period), by
    )
    return period_table(groups, calendar, {"leaver_count": counts, "past_due_count": past_due})


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

    Method: docs/method.md eq. 6.
    """
    contracted = leavers.loc[leavers["employment"].isin(CONTRACTED).to_numpy()]
    ends_on = contracted["contract_ends_on"]
    ends_first = ~(ends_on >= contracted["retires_on"]).to_numpy()
    counts, overdue, groups, calendar = period_cells(
        contracted, ends_on.where(ends_first), Calendar(as_of, until_year, period), by
    )
    return period_table(groups, calendar, {"contract_end_count": counts, "overdue_count": overdue})


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
    length = period_months(period)
    dates = leavers["retires_on"].to_numpy("datetime64[us]")
    first = period_number(np.datetime64(as_of, "us"), length)
    asked = period_number(np.datetime64(starts_on, "us"), length)
    number = np.maximum(period_number(dates, length), first)
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
    codes, groups = groups_of(leavers, by)
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

    Method: docs/method.md eq. 4.
    """
    codes, groups = groups_of(leavers, by)
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


def _years_later(day: date, years: int) -> date:
    return (pd.Timestamp(day) + pd.DateOffset(years=years)).date()
