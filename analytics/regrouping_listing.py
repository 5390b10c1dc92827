"""Every star that a better plan than the one in hand could use, where they can be listed."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np

from analytics.regrouping_programme import STAYS, Numbers, Programme, Whole, rombel, sent
from analytics.regrouping_relaxation import WORTH
from analytics.regrouping_stars import Found, Galaxy, Stars
from analytics.regrouping_tightened import CutPrices

# Share of the gap that listed stars must span.
LEAST_WIDTH = 0.2
# Shares of the time that is left for a list, and for asking whether one is worth a try.
_SHARE_OF_LIST, _SHARE_OF_PROBE = 1 / 8, 1 / 16


def listed_within(  # noqa: PLR0913 - prices, how far below them and how much of it
    galaxy: Galaxy,
    at: CutPrices,
    below: Numbers,
    between: float,
    most: int,
    left: Callable[[], float],
) -> tuple[Stars, float]:
    """Every star a plan within a width of the bound may use.

    Parameters
    ----------
    galaxy, at
        The stars of a strengthened programme, and prices that prove a bound.
    below
        How far below the prices a star of a better plan may be worth, by school (its centre).
    between
        What is between the bound and the plan in hand, all parts together.
    most
        Stars that may be listed.
    left
        Seconds that are left.

    Returns
    -------
    The stars and the width they are whole for, million rupiah a year; 0 where they are too many.

    Method: docs/method.md eq. 120, 267.
    """
    width = between + WORTH
    least = max(LEAST_WIDTH * width, WORTH)

    def within(some: float, share: float) -> Found:
        return galaxy.whole_search(
            at.school, at.merge, -np.minimum(below, some),
            best_only=False, deadline=time.monotonic() + share * left(), most_stars=most,
            odd=at.odd,
        )  # fmt: skip

    # Where even the narrowest are too many, the wider need not be tried.
    stars = within(least, _SHARE_OF_PROBE)
    if not stars.is_whole:
        return stars.stars, 0.0
    while True:
        stars = within(width, _SHARE_OF_LIST)
        is_whole = stars.is_whole and len(stars.stars) <= most
        if is_whole or width < least:
            return stars.stars, width if is_whole else 0.0
        width /= 2


def between(  # noqa: PLR0913 - a plan and a bound
    programme: Programme, bonus: Numbers, arc: Whole, low: float, at: CutPrices, proved: float
) -> Numbers:
    """What is between bound and plan, by school of the part that holds it.

    Parts share no merge, so each is bettered by itself.

    Parameters
    ----------
    programme
        A strengthened programme.
    bonus
        Million rupiah by school on top of what its closing frees.
    arc, low
        The plan in hand (arc by school, ``STAYS`` where it stays open) and what it saves.
    at, proved
        Prices, and the bound that they prove.

    Method: docs/method.md eq. 267.
    """
    count = programme.school_count
    if programme.most_merges is not None:
        return np.full(count, proved - low + WORTH)
    part = programme.part
    into, km = sent(programme, arc)
    closes = np.flatnonzero(into != STAYS)
    loads = programme.pupils.copy()
    np.add.at(loads, into[closes], programme.pupils[closes])
    prices = programme.prices
    cost = prices.open_school + prices.rombel * rombel(loads, programme.ceiling).sum(axis=1)
    moved = programme.pupils.sum(axis=1) * km * prices.pupil_km
    cost[closes] = moved[closes] - bonus[closes]
    saved = np.bincount(part, programme.freed - cost)
    above = np.bincount(part, at.school)
    for group, price in zip(at.groups, at.group.tolist(), strict=True):
        # A group over several parts may be used up in any of them.
        above[np.unique(part[list(group)])] += price * (len(group) // 2)
    # Prices that are not quite settled leave a little more to be found (eq. 117).
    unsettled = max(proved - at.value(None), 0.0)
    return (np.maximum(above - saved, 0.0) + unsettled + WORTH)[part]
