"""Prices of schools at which no star is worth more: column generation.

Stars are priced in until none is missing. While many are, a search may be cut off, for what it
finds is enough to go on; only the last ones must be whole, for they are the proof. A district is
priced with the nearest merges first, whose prices are nearly those of the whole.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from analytics.regrouping_programme import ALMOST, Numbers
from analytics.regrouping_relaxation import WORTH, Relaxation
from analytics.regrouping_stars import Galaxy, Stars, joined

# Stars listed to begin with (pairs and threes), and kept of each centre and search.
_FIRST_ROWS = 120_000
_MOST_OF_CENTRE = 15
# Rows of a step of a search that need not be whole, by school; where it finds fewer stars than this
# share of the schools, or half of the time is over, one that is whole follows.
_SEARCH, _LEAST_ROWS, _FEW = 160, 40_000, 0.2
# Known stars, by school, that prices may miss until a search has found few, for those find them;
# where a relaxation takes more than some seconds.
_MISSED, _SLOW = 0.1, 0.3
# Merges of each school, the nearest, that are priced before the others are.
_NEAREST = (10, 30)
# Prices are settled where what stars are worth beyond them is at most this share of the bound.
ALMOST_SETTLED = 1e-3
# And this share of what is between bound and plan is good enough.
_ENOUGH = 0.03
# Share of the time the nearest may use together.
_SHARE_OF_NEAREST = 0.5
# How far prices are raised at first where a search does not end, how much further after that; once
# one has ended how many times less far at most, and from how many times less on it is worth it.
_RAISED, _HIGHER, _LOWER, _CLOSE = 0.04, 2.0, 2.0, 1.1
# A search takes longer by this power of how many times less far prices are raised.
_STEEP = 3.0
# What stars may be worth beyond raised prices, as a share of the raise, before they go in first.
_MUCH = 0.1
# And in turn where time is over before any search ended.
_RAISED_LATE = (0.5, 0.3, 0.2, 0.13, 0.09, 0.06)
# Share of the time that is left for prices which one search may use at first, seconds at least.
_SHARE_OF_SEARCH, _LEAST_SEARCH = 0.15, 0.5
# And once one has ended, for its bound is safe: what the next should take, and what it may.
_SHARE_EXPECTED, _SHARE_ONCE_ENDED = 0.6, 0.9


@dataclass(frozen=True, eq=False)
class Priced:
    """Prices of schools and of a merge, and what they prove.

    ``high``: the most any plan saves, million rupiah a year. ``is_settled``: no star is worth more
    than its prices, or hardly. ``relaxed``: the relaxation they come from, over ``pool``; None
    where no star is known. ``is_proven``: a search that ended proved ``high``.
    """

    price: Numbers
    merge_price: float
    high: float
    pool: Stars
    relaxed: Relaxation | None
    is_settled: bool
    is_proven: bool = False


def priced(  # noqa: PLR0913 - what to price, for how long, and what is known
    galaxy: Galaxy,
    stop: float,
    told: Callable[[Priced], None],
    start: Priced | None = None,
    *,
    to_the_end: bool = True,
    low: Callable[[], float] = lambda: np.inf,
    late: float = np.inf,
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
    low
        What the plan in hand saves, million rupiah a year: prices that leave next to nothing of
        what is between it and the bound are good enough.
    late
        Moment after which no more searches for a bound begin or go on where none ended before
        ``stop``.

    Method: docs/method.md eq. 117-118, 268.
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
    raised = _Raised()
    most_rows = max(_SEARCH * count, _LEAST_ROWS)
    half = (time.monotonic() + stop) / 2
    is_near = is_slow = False
    while time.monotonic() < stop:
        # Where no pair saves, three together still may: then the search begins without prices.
        if len(pool):
            following = Relaxation.of(programme, pool)
            if price.any():
                following.let_in(price, merge_price)
            may_miss = _MISSED * count if is_slow and not is_near else 0.0
            now = time.monotonic()
            if not following.solve(stop - now, may_miss=may_miss):
                break
            is_slow |= time.monotonic() - now > _SLOW
            relaxed = following
            price, merge_price = relaxed.prices()
        above = 0.0
        found = galaxy.search(
            price, merge_price, WORTH, best_only=True, most_rows=most_rows, deadline=stop
        )
        is_few = len(found.stars) < _FEW * count
        is_near |= is_few
        is_late = time.monotonic() > half
        if to_the_end and not found.is_whole and (is_few or is_late):
            if not is_few:
                raised.after(0.0, 0.0, is_whole=False)
            now = time.monotonic()
            above = raised.share(stop - now)
            seconds = max(raised.share_of_time * (stop - now), _LEAST_SEARCH)
            found = galaxy.whole_search(
                price * (1 + above), merge_price * (1 + above), WORTH,
                best_only=True, deadline=min(stop, now + seconds),
            )  # fmt: skip
            raised.after(above, time.monotonic() - now, is_whole=found.is_whole)
        worth = price.sum() + merge_price * (programme.most_merges or 0)
        high = float((1 + above) * worth + found.best.sum())
        none_left = found.is_whole and not len(found.stars)
        is_settled = found.is_whole and found.best.sum() + above * worth <= ALMOST_SETTLED * high
        if high <= kept.high or (none_left and not above):
            at = (price * (1 + above), merge_price * (1 + above))
            kept = Priced(*at, high, pool, relaxed, is_settled, is_proven=found.is_whole)
        else:
            kept = replace(kept, pool=pool, relaxed=relaxed)
        told(kept)
        is_enough = is_settled and found.best.sum() + above * worth <= _ENOUGH * (high - low())
        is_over = not len(found.stars) and found.is_whole and above <= ALMOST_SETTLED
        # A search that ended and found much: with it in, the same search proves more.
        is_much = found.is_whole and found.best.sum() > _MUCH * above * worth
        is_tight = raised.is_over(stop - time.monotonic(), again=is_much)
        if is_enough or is_over or is_tight or (is_few and not to_the_end):
            break
        if len(found.stars):
            pool = joined(programme, [pool, found.stars.foremost(_MOST_OF_CENTRE)])
    if to_the_end and not kept.is_proven and relaxed is not None:
        seconds = _SHARE_OF_SEARCH * 2 * (stop - half)
        bound = _proved_late(galaxy, price, merge_price, seconds, late)
        kept = bound if bound is not None and bound.high < kept.high else kept
        kept = replace(kept, pool=pool, relaxed=relaxed)
        told(kept)
    return kept


def _proved_late(
    galaxy: Galaxy, price: Numbers, merge_price: float, seconds: float, stop: float
) -> Priced | None:
    """A bound where time is over before any search ended: prices far up, then less far.

    Each search may use ``seconds``, and all of them the time until ``stop``; None where none ended.

    Method: docs/method.md eq. 268.
    """
    kept: Priced | None = None
    merges = galaxy.programme.most_merges or 0
    for above in _RAISED_LATE:
        now = time.monotonic()
        if now >= stop:
            break
        raised, raised_merge = price * (1 + above), merge_price * (1 + above)
        until = min(now + seconds, stop)
        found = galaxy.whole_search(raised, raised_merge, WORTH, best_only=True, deadline=until)
        if not found.is_whole:
            break
        high = float(raised.sum() + raised_merge * merges + found.best.sum())
        if kept is None or high < kept.high:
            kept = Priced(
                raised, raised_merge, high, found.stars, None, is_settled=False, is_proven=True
            )
    return kept


@dataclass
class _Raised:
    """How far prices are raised above those of the relaxation, so that a search ends in time.

    Any prices prove a bound (eq. 117). The higher they are, the fewer stars may be worth more and
    the looser the bound. ``failed``, ``ended``: the largest share at which a search did not end,
    and the least at which one did; ``spent``: the seconds it took.

    Method: docs/method.md eq. 268.
    """

    failed: float = -np.inf
    ended: float = np.inf
    spent: float = 0.0
    share_of_time: float = _SHARE_OF_SEARCH

    def share(self, left: float) -> float:
        """The share to try next: none at first, further until one ends, then less far again.

        How much less far: so that it takes about a share of the seconds that are ``left``.
        """
        if self.failed < 0:
            return 0.0
        if np.isinf(self.ended):
            return max(self.failed * _HIGHER, _RAISED)
        longer = _SHARE_EXPECTED * max(left, 0.0) / max(self.spent, ALMOST)
        lower = min(max(longer ** (1 / _STEEP), 1.0), _LOWER)
        return max(self.ended / lower, float(np.sqrt(self.failed * self.ended)))

    def is_over(self, left: float, *, again: bool) -> bool:
        """Whether a search ended and none at lower prices is worth a try in what is left.

        ``again``: one at the same prices is, where there is time for it.
        """
        if self.failed < 0 or (again and left > self.spent):
            return False
        return self.ended <= _CLOSE * self.share(left)

    def after(self, share: float, seconds: float, *, is_whole: bool) -> None:
        """Know whether a search ended, and what it took."""
        if is_whole and share <= self.ended:
            self.ended, self.spent = share, seconds
            self.share_of_time = _SHARE_ONCE_ENDED
        elif not is_whole:
            self.failed = max(self.failed, share)


def priced_nearest(galaxy: Galaxy, stop: float) -> Priced | None:
    """Stars and prices with few merges of each school, the nearest, then with more.

    Parameters
    ----------
    galaxy, stop
        As in :func:`priced`.

    Returns
    -------
    What it knows proves nothing (``high`` is infinite); None where no school may merge into more
    than a few.

    Method: docs/method.md eq. 266.
    """
    programme = galaxy.programme
    order = np.lexsort((programme.km, programme.source))
    source = programme.source[order]
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order)) - np.searchsorted(source, source)
    until = time.monotonic() + _SHARE_OF_NEAREST * (stop - time.monotonic())
    known: Priced | None = None
    for most in _NEAREST:
        own = np.flatnonzero((place < most) | programme.must_close[programme.source])
        if len(own) == len(order):
            break
        near = replace(
            programme, source=programme.source[own], target=programme.target[own],
            km=programme.km[own],
        )  # fmt: skip
        start = known
        if start is not None:
            back = np.zeros(len(order), dtype=np.int64)
            back[own] = np.arange(len(own))
            start = replace(start, pool=replace(start.pool, arcs=back[start.pool.arcs]))
        found = priced(Galaxy(near, galaxy.bonus), until, lambda _: None, start, to_the_end=False)
        if found.relaxed is None:
            break
        # Of these only what is near their prices; the whole finds the rest again.
        stars = found.relaxed.stars.taken(found.relaxed.near)
        pool = replace(stars, arcs=own[stars.arcs])
        known = Priced(found.price, found.merge_price, np.inf, pool, None, is_settled=False)
    return known


def first_stars(galaxy: Galaxy) -> Stars:
    """Pairs and threes, the best of each centre: what pricing begins with."""
    programme = galaxy.programme
    small = replace(programme, most_into=min(programme.most_into or 2, 2))
    found = Galaxy(small, galaxy.bonus).search(
        np.zeros(programme.school_count), 0.0, ALMOST, best_only=False, most_rows=_FIRST_ROWS
    )
    return found.stars.foremost(_MOST_OF_CENTRE)
