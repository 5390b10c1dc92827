"""Prices of schools at which no star is worth more: column generation.

Stars are priced in until none is missing. While many are, a search may be cut off, for what it
finds is enough to go on; only the last one must be whole, for it is the proof. Large districts are
priced in parts first, whose prices are nearly those of the whole.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components, dijkstra

from analytics.regrouping_cuts import odd_group_cuts
from analytics.regrouping_programme import ALMOST, Flags, Numbers, Programme, Whole
from analytics.regrouping_relaxation import NEAR, WORTH, Relaxation
from analytics.regrouping_stars import MOST_ROWS, Galaxy, Stars, joined

# Stars listed to begin with (pairs and threes), and kept of each centre and search.
_FIRST_ROWS = 120_000
_MOST_OF_CENTRE = 30
# Rows of a step of the first searches, and how many times more where they find few stars.
_FIRST_SEARCH, _MORE_ROWS = 40_000, 3
# Schools above which a district is priced in parts first.
_MOST_AT_ONCE = 160
# Prices are settled where what stars are worth beyond them is at most this share of the bound.
ALMOST_SETTLED = 1e-3
# Share of the time the parts may use together.
_SHARE_OF_PARTS = 0.5


@dataclass(frozen=True, eq=False)
class Priced:
    """Prices of schools and of a merge, and what they prove.

    ``high``: the most any plan saves, million rupiah a year. ``is_settled``: no star is worth more
    than its prices, or hardly. ``relaxed``: the relaxation they come from, over ``pool``; None
    where no star is known.
    """

    price: Numbers
    merge_price: float
    high: float
    pool: Stars
    relaxed: Relaxation | None
    is_settled: bool


def priced(
    galaxy: Galaxy,
    stop: float,
    told: Callable[[Priced], None],
    start: Priced | None = None,
    *,
    to_the_end: bool = True,
) -> Priced:
    """Price stars in until no other is worth having, or time is over.

    Parameters
    ----------
    galaxy
        The stars of a strengthened programme.
    stop
        Moment of the monotonic clock.
    told
        Called with what is known after each round.
    start
        Stars and prices to begin with.
    to_the_end
        Whether a proof is asked for, or only stars and prices.

    Method: docs/method.md eq. 117-118.
    """
    programme = galaxy.programme
    count = programme.school_count
    none = np.zeros(count)
    pool = first_stars(galaxy)
    price, merge_price = none, 0.0
    if start is not None:
        pool, price = joined(programme, [pool, start.pool]), start.price
    kept = Priced(none, 0.0, np.inf, pool, None, is_settled=False)
    relaxed: Relaxation | None = None
    most_rows = MOST_ROWS if to_the_end else MOST_ROWS // 4
    rows = _FIRST_SEARCH
    while time.monotonic() < stop:
        # Where no pair saves, three together still may: then the search begins without prices.
        if len(pool):
            following = Relaxation.of(programme, pool)
            if price.any():
                following.let_in(price, merge_price)
            if not following.solve(stop - time.monotonic()):
                break
            relaxed = following
            price, merge_price = relaxed.prices()
        found = galaxy.search(
            price, merge_price, WORTH, best_only=True, most_rows=rows, deadline=stop
        )
        while not found.is_whole and not len(found.stars) and rows < most_rows:
            rows = min(_MORE_ROWS * rows, most_rows)
            found = galaxy.search(
                price, merge_price, WORTH, best_only=True, most_rows=rows, deadline=stop
            )
        if not found.is_whole and not len(found.stars) and to_the_end:
            found = galaxy.whole_search(price, merge_price, WORTH, best_only=True, deadline=stop)
        if not found.is_whole and len(found.stars) < count:
            rows = min(_MORE_ROWS * rows, most_rows)
        high = float(price.sum() + merge_price * (programme.most_merges or 0) + found.best.sum())
        none_left = found.is_whole and not len(found.stars)
        is_settled = found.is_whole and found.best.sum() <= ALMOST_SETTLED * high
        if high <= kept.high or none_left:
            kept = Priced(price, merge_price, high, pool, relaxed, is_settled)
        else:
            kept = replace(kept, pool=pool, relaxed=relaxed)
        told(kept)
        if not len(found.stars):
            break
        pool = joined(programme, [pool, found.stars.foremost(_MOST_OF_CENTRE)])
    return kept


def priced_with_cuts(
    galaxy: Galaxy, found: Priced, stop: float, told: Callable[[float], None]
) -> None:
    """Cuts on threes and the stars they make worth having, turn by turn, until time is over.

    Stars are searched by the prices of schools alone and weighed with those of the cuts, so that
    none is missed: each round whose search is whole proves a bound.

    Parameters
    ----------
    found
        Settled prices.
    told
        Called with each bound, million rupiah a year.

    Method: docs/method.md eq. 133.
    """
    programme, relaxed = galaxy.programme, found.relaxed
    if relaxed is None:
        return
    count = programme.school_count
    relaxed = relaxed.copy()
    groups: list[tuple[int, ...]] = []
    while time.monotonic() < stop:
        more = odd_group_cuts(relaxed.holds, relaxed.share, largest=3)
        if more:
            relaxed.cut(more)
            groups += more
            if not relaxed.solve(stop - time.monotonic()):
                return
        price, merge_price = relaxed.prices()
        listed = galaxy.whole_search(price, merge_price, WORTH, best_only=False, deadline=stop)
        if not listed.is_whole:
            return
        with_cuts = Relaxation.of(programme, listed.stars)
        if groups:
            with_cuts.cut(groups)
        worth = with_cuts.worth_at(relaxed.price)
        best = np.zeros(count)
        np.maximum.at(best, listed.stars.centre, worth)
        told(relaxed.paid() + float(best.sum()))
        good = worth > WORTH
        if not good.any() and not more:
            return
        if good.any():
            stars = joined(programme, [relaxed.stars, _foremost(listed.stars, worth, good)])
            following = Relaxation.of(programme, stars)
            if groups:
                following.cut(groups)
            following.near = following.worth_at(relaxed.price) > -NEAR
            if not following.solve(stop - time.monotonic()):
                return
            relaxed = following


def _foremost(stars: Stars, worth: Numbers, good: Flags) -> Stars:
    """Of each centre the stars worth most."""
    at = np.flatnonzero(good)
    at = at[np.lexsort((-worth[at], stars.centre[at]))]
    centre = stars.centre[at]
    place = np.arange(len(at)) - np.searchsorted(centre, centre)
    return stars.taken(np.sort(at[place < _MOST_OF_CENTRE]))


def priced_in_parts(galaxy: Galaxy, stop: float) -> Priced | None:
    """Stars and prices of parts of a large district, as if no school crossed their borders.

    None where the district is small enough, or merges in all are limited.
    """
    programme = galaxy.programme
    parts = parts_of(programme, _MOST_AT_ONCE)
    if programme.most_merges is not None or len(parts) < 2:
        return None
    until = time.monotonic() + _SHARE_OF_PARTS * (stop - time.monotonic())
    price = np.zeros(programme.school_count)
    pools = []
    for turn, part in enumerate(parts):
        inside = np.zeros(programme.school_count, dtype=bool)
        inside[part] = True
        own = np.flatnonzero(inside[programme.source] & inside[programme.target])
        if not len(own):
            continue
        small = replace(
            programme, source=programme.source[own], target=programme.target[own],
            km=programme.km[own],
        )  # fmt: skip
        share = (until - time.monotonic()) / (len(parts) - turn)
        here = Galaxy(small, galaxy.bonus)
        found = priced(here, time.monotonic() + share, lambda _: None, to_the_end=False)
        price[part] = found.price[part]
        if found.relaxed is not None:
            # Of a part only what is near its prices; the whole finds the rest again.
            stars = found.relaxed.stars.taken(found.relaxed.near)
            pools.append(replace(stars, arcs=own[stars.arcs]))
    if not pools:
        return None
    pool = joined(programme, pools)
    return Priced(price, 0.0, np.inf, pool, None, is_settled=False)


def first_stars(galaxy: Galaxy) -> Stars:
    """Pairs and threes, the best of each centre: what pricing begins with."""
    programme = galaxy.programme
    small = replace(programme, most_into=min(programme.most_into or 2, 2))
    found = Galaxy(small, galaxy.bonus).search(
        np.zeros(programme.school_count), 0.0, ALMOST, best_only=False, most_rows=_FIRST_ROWS
    )
    return found.stars.foremost(_MOST_OF_CENTRE)


def parts_of(programme: Programme, most: int) -> list[Whole]:
    """Schools in parts of at most so many, each cut across the way between its far ends."""
    count = programme.school_count
    graph = coo_matrix(
        (programme.km + ALMOST, (programme.source, programme.target)), (count, count)
    ).tocsr()
    graph = graph.maximum(graph.T)
    label = connected_components(graph, directed=False)[1]
    touched = np.diff(graph.indptr) > 0
    stack = [np.flatnonzero((label == one) & touched) for one in np.unique(label[touched])]
    parts: list[Whole] = []
    while stack:
        part = stack.pop()
        if len(part) <= most:
            parts.append(part)
            continue
        here = graph[part][:, part]
        far = int(np.argmax(_reached(here, 0)))
        from_far = _reached(here, far)
        other = int(np.argmax(from_far))
        order = np.argsort(from_far - _reached(here, other), kind="stable")
        half = len(part) // 2
        stack += [part[np.sort(order[half:])], part[np.sort(order[:half])]]
    return parts


def _reached(graph: coo_matrix, start: int) -> Numbers:
    """Kilometres along arcs from one school; what cannot be reached counts as farthest reached."""
    km = dijkstra(graph, directed=False, indices=start)
    return np.where(np.isfinite(km), km, np.max(km[np.isfinite(km)], initial=0.0))
