"""When people proposed in one year begin work, month by month, and what they cost by year.

Method: docs/method.md eq. 201-203.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from analytics.options_rows import Option

Numbers = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Arrivals:
    """When what is proposed in one year comes, given that it comes.

    Attributes
    ----------
    is_open
        Whether it can still be proposed in that year.
    by_month
        Share in post from the first day of each month, January of the first year on.
    in_post, paid
        By calendar year: share in post at its end; share of the year in which it is paid.
    """

    option: str
    proposed_year: int
    years: NDArray[np.int64]
    is_open: bool
    by_month: Numbers
    in_post: Numbers
    paid: Numbers


def arrivals(
    option: Option, proposed_year: int, years: Sequence[int], as_of: date | None = None
) -> Arrivals:
    """The share of one year's proposals in post at the end of each year.

    Parameters
    ----------
    proposed_year
        Calendar year of the proposal.
    years
        Calendar years to tell, ascending without gaps.
    as_of
        Nothing is proposed in a month before that of this day; None: the whole year is ahead.

    Returns
    -------
    Shares of those who come at all: multiply with ``fill_share``. Work begins on the first of a
    month. Method: docs/method.md eq. 201-202.
    """
    wanted = np.asarray(list(years), dtype=np.int64)
    if not len(wanted) or (np.diff(wanted) != 1).any():
        raise ValueError(f"years are {list(years)}; ascending without gaps, at least one")
    first, last = option.proposal_month
    if as_of is not None and as_of.year == proposed_year:
        first = max(first, as_of.month)
    is_open = first <= last and (as_of is None or proposed_year >= as_of.year)
    month = np.arange(12 * len(wanted))
    share = np.zeros(len(month))
    if is_open:
        begun = 12 * (proposed_year - int(wanted[0])) + np.arange(first - 1, last)
        share = option.lead_months.reached(month[None, :] - begun[:, None]).mean(axis=0)
    by_year = share.reshape(len(wanted), 12)
    return Arrivals(
        option.option, proposed_year, wanted, is_open, share, by_year[:, -1], by_year.mean(axis=1)
    )


def arrival_shares(
    option: Option, years: Sequence[int], as_of: date
) -> tuple[Numbers, Numbers, NDArray[np.bool_]]:
    """``in_post`` and ``paid`` as ``(proposal year, year)``, and in which years it is open."""
    each = [arrivals(option, int(year), years, as_of) for year in years]
    return (
        np.array([one.in_post for one in each]),
        np.array([one.paid for one in each]),
        np.array([one.is_open for one in each]),
    )
