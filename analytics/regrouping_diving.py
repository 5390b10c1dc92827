"""A plan out of the relaxed one: fix the stars taken most, relax again, until nothing is left.

Where thousands of stars are worth the same, rounding at once leaves schools over that fit nowhere;
after each fixing the prices of what is left are made anew, and stars are priced in that fit it.
"""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np

from analytics.regrouping_programme import Flags, Numbers, Programme, Whole
from analytics.regrouping_relaxation import WORTH, Relaxation
from analytics.regrouping_stars import Galaxy, Stars, joined

# Stars taken at once: the one taken most, and all of which at least this share is.
_SURE = 0.5
_SURE_PRICED = 0.9
# Rows of one step of a search on what is left, and stars kept of each centre.
_ROWS = 150_000
_MOST_OF_CENTRE = 20


def dived(galaxy: Galaxy, relaxed: Relaxation, stop: float, rounds: int) -> Whole:
    """Arcs of a plan, the surest first; time may end before every school is decided.

    Parameters
    ----------
    galaxy
        The stars of a strengthened programme without a limit on merges in all.
    relaxed
        Solved, with prices to begin with.
    stop
        Moment of the monotonic clock.
    rounds
        Searches for new stars after each fixing; 0: those of the relaxation only.

    Method: docs/method.md eq. 134.
    """
    programme = galaxy.programme
    left = np.ones(programme.school_count, dtype=bool)
    pool, (price, _) = relaxed.stars, relaxed.prices()
    sure = _SURE_PRICED if rounds else _SURE
    taken: list[Whole] = []
    while time.monotonic() < stop:
        pool = pool.taken(_inside(programme, pool, left))
        now, price = _relaxed_again(galaxy, pool, left, price, stop, rounds)
        if now is None:
            break
        pool = now.stars
        order = np.argsort(-now.share, kind="stable")
        order = order[now.share[order] > WORTH]
        if not len(order):
            break
        for turn, star in enumerate(order.tolist()):
            if turn and now.share[star] < sure:
                break
            arcs = pool.arcs[pool.starts[star] : pool.starts[star + 1]]
            schools = np.append(programme.source[arcs], pool.centre[star])
            if left[schools].all():
                left[schools] = False
                taken.append(arcs)
    return np.concatenate(taken) if taken else np.zeros(0, dtype=np.int64)


def _inside(programme: Programme, stars: Stars, left: Flags) -> Flags:
    """Stars all of whose schools are left."""
    inside = left[stars.centre].copy()
    owner = np.repeat(np.arange(len(stars)), stars.sizes)
    inside[owner[~left[programme.source[stars.arcs]]]] = False
    return inside


def _relaxed_again(  # noqa: PLR0913 - what is left, its prices and how far to look
    galaxy: Galaxy, pool: Stars, left: Flags, price: Numbers, stop: float, rounds: int
) -> tuple[Relaxation | None, Numbers]:
    """The relaxation of what is left, some stars priced in; None where no star is left."""
    programme = galaxy.programme
    own = np.flatnonzero(left[programme.source] & left[programme.target])
    small = replace(
        programme, source=programme.source[own], target=programme.target[own],
        km=programme.km[own],
    )  # fmt: skip
    here = Galaxy(small, galaxy.bonus)
    price = np.where(left, price, 0.0)
    for turn in range(rounds + 1):
        if not len(pool):
            return None, price
        now = Relaxation.of(programme, pool)
        now.let_in(price, 0.0)
        if not now.solve(stop - time.monotonic()):
            return None, price
        price, merge_price = now.prices()
        if turn == rounds:
            break
        found = here.search(
            price, merge_price, WORTH, best_only=True, most_rows=_ROWS, deadline=stop
        )
        if not len(found.stars):
            break
        more = found.stars.foremost(_MOST_OF_CENTRE)
        pool = joined(programme, [pool, replace(more, arcs=own[more.arcs])])
    return now, price
