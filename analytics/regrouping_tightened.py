"""A tighter bound where stars cannot all be listed: prices of odd groups, searched once more.

The relaxation over stars shares out schools in parts; cuts of odd groups forbid most of that
(``regrouping_cuts.py``). Where the stars a better plan could use are too many to be listed, the
cuts are found over those near the prices, and what they prove is what a search at their prices
proves over all stars. Prices on the way from the ones without cuts to the ones with them prove a
bound too, and the search ends the sooner the less far it goes.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from analytics.regrouping_cuts import cut_rows, odd_group_cuts
from analytics.regrouping_groups import OddGroups
from analytics.regrouping_pricing import Priced
from analytics.regrouping_programme import Numbers, Programme
from analytics.regrouping_relaxation import ALONG_EDGES, NEAR, WORTH, Relaxation
from analytics.regrouping_stars import Galaxy, Stars, joined

# Cuts taken in one round, schools of the largest group, rounds before a search.
_CUTS, _LARGEST, _ROUNDS = 120, 7, 2
# Stars listed near the prices to begin with, and how far from them at first (million rupiah).
_LISTED, _WIDTH, _WIDER = 25_000, 40.0, 1.6
# Rows of a step of a search that need not be whole, by school and at least, and the stars it may
# find; where it finds fewer new ones than this share of the schools, one that is whole follows.
_ROWS, _LEAST_ROWS, _MISSED, _FEW = 160, 40_000, 50_000, 0.2
# Stars one search may find, and of each centre those kept.
_FOUND, _OF_CENTRE = 250_000, 30
# How far towards the prices with cuts a search goes: less where it does not end, more where it did.
_FIRST_SHARE, _LESS, _MORE, _LEAST = 0.7, 0.6, 1.4, 0.05
# Parts of the way at which a search that ended is asked what it proves.
_PARTS = tuple(part / 20 for part in range(1, 21))
_SHARE_OF_LIST, _SHARE_OF_ROUND = 0.06, 0.25
# A search may take so much longer than the last that ended.
_LONGER = 2.0
# Share of what is between bound and plan that cuts must promise.
_ENOUGH = 0.02


@dataclass(frozen=True, eq=False)
class CutPrices:
    """Prices of schools, of a merge and of odd groups (by group), million rupiah a year."""

    school: Numbers
    merge: float
    groups: tuple[tuple[int, ...], ...] = ()
    group: Numbers = field(default_factory=lambda: np.zeros(0))

    def towards(self, other: CutPrices, share: float) -> CutPrices:
        """A share of the way to other prices."""
        both = self.groups + other.groups
        price = np.concatenate([(1 - share) * self.group, share * other.group])
        place = {one: at for at, one in enumerate(dict.fromkeys(both))}
        summed = np.bincount([place[one] for one in both], price, minlength=len(place))
        names = [one for one, at in place.items() if summed[at] > WORTH]
        return CutPrices(
            (1 - share) * self.school + share * other.school,
            (1 - share) * self.merge + share * other.merge,
            tuple(names),
            summed[[place[one] for one in names]],
        )

    def value(self, most_merges: int | None) -> float:
        """What all prices come to, each at its limit."""
        halves = np.array([len(group) // 2 for group in self.groups], dtype=float)
        return float(self.school.sum() + self.merge * (most_merges or 0) + self.group @ halves)

    def worth(self, programme: Programme, stars: Stars) -> Numbers:
        """What each star saves beyond the prices of its schools, merges and groups."""
        holds = Relaxation.of(programme, stars).holds
        worth = stars.saving - holds.T @ self.school - self.merge * stars.sizes
        if self.groups:
            worth -= cut_rows(list(self.groups), holds)[0].T @ self.group
        return worth

    @property
    def odd(self) -> OddGroups:
        """The groups and their prices by themselves."""
        return OddGroups(self.groups, self.group)


def tightened(
    galaxy: Galaxy,
    found: Priced,
    deadline: float,
    told: Callable[[float], None],
    low: Callable[[], float],
) -> tuple[CutPrices, float]:
    """Tell ever tighter bounds until the time is over or cuts bite no more.

    Parameters
    ----------
    galaxy, found
        Stars of a strengthened programme, and prices that a search proved.
    deadline
        Moment of the monotonic clock.
    told
        Called with each bound: the most any plan saves, million rupiah a year.
    low
        What the plan in hand saves: cuts that promise next to nothing of what is between are left.

    Returns
    -------
    The prices of the tightest bound, and this bound.

    Method: docs/method.md eq. 269-271.
    """
    programme = galaxy.programme
    merges = programme.most_merges
    at, high = CutPrices(found.price, found.merge_price), found.high
    pool = _near(galaxy, found, deadline)
    prices = at
    share, spent, rounds = _FIRST_SHARE, 0.0, _ROUNDS
    most_rows = max(_ROWS * programme.school_count, _LEAST_ROWS)
    while share >= _LEAST and time.monotonic() < deadline:
        cut = _with_cuts(programme, pool, prices, deadline, rounds)
        if cut is None or high - cut.value(merges) < _ENOUGH * (high - low()):
            break
        prices = cut
        goal = at.towards(prices, share)
        stars = galaxy.search(
            goal.school, goal.merge, WORTH, best_only=False, deadline=deadline,
            most_stars=_MISSED, most_rows=most_rows, odd=goal.odd,
        )  # fmt: skip
        missed = _missed(programme, prices, stars.stars)
        # Where many are missed the prices are far from settled: they go in before more is cut off
        # and before a proof is tried.
        is_far = len(missed) >= _FEW * programme.school_count
        rounds = 0 if is_far else _ROUNDS
        if not stars.is_whole and not is_far:
            now = time.monotonic()
            until = now + max(_SHARE_OF_ROUND * (deadline - now), _LONGER * spent)
            stars = galaxy.whole_search(
                goal.school, goal.merge, WORTH, best_only=False, deadline=min(until, deadline),
                most_stars=_FOUND, odd=goal.odd,
            )  # fmt: skip
            missed = _missed(programme, prices, stars.stars)
            spent = time.monotonic() - now
            share = min(share * _MORE, 1.0) if stars.is_whole else share * _LESS
        if stars.is_whole:
            part, proved = proved_between(programme, at, high, goal, stars.stars)
            if proved < high:
                at, high = at.towards(goal, part), proved
                told(high)
        pool = joined(programme, [pool, missed])
    return at, high


def proved_between(
    programme: Programme, at: CutPrices, high: float, goal: CutPrices, stars: Stars
) -> tuple[float, float]:
    """How far to go from prices that prove ``high`` towards a goal, and the bound proved there.

    Parameters
    ----------
    stars
        Every star worth something beyond the prices of the goal.

    Method: docs/method.md eq. 271.
    """
    value = goal.value(programme.most_merges)
    here, there = np.minimum(at.worth(programme, stars), 0.0), goal.worth(programme, stars)
    found = (0.0, high)
    for part in _PARTS:
        best = np.full(programme.school_count, WORTH)
        np.maximum.at(best, stars.centre, (1 - part) * here + part * there)
        proved = float((1 - part) * high + part * value + best.sum())
        if proved < found[1]:
            found = (part, proved)
    return found


def _with_cuts(
    programme: Programme, pool: Stars, prices: CutPrices, deadline: float, rounds: int
) -> CutPrices | None:
    """Prices of the relaxation over a pool with the cuts it breaks; None where time ran out."""
    groups = list(prices.groups)
    relaxed = Relaxation.of(programme, pool)
    if groups:
        relaxed.cut(groups)
    relaxed.near = prices.worth(programme, pool) > -NEAR
    for turn in range(rounds + 1):
        if not relaxed.solve(deadline - time.monotonic(), ALONG_EDGES):
            return None
        groups = _still(relaxed, groups)
        if turn == rounds:
            break
        new = odd_group_cuts(relaxed.holds, relaxed.share, _LARGEST)[:_CUTS]
        if not new:
            break
        relaxed.cut(new)
        groups = groups + new
    school, merge = relaxed.prices()
    return CutPrices(school, merge, tuple(groups), relaxed.price[len(relaxed.limits) :])


def _missed(programme: Programme, prices: CutPrices, stars: Stars) -> Stars:
    """Of each centre the stars worth most beyond the prices of the relaxation."""
    worth = prices.worth(programme, stars)
    ranked = np.lexsort((-worth, stars.centre))
    centre = stars.centre[ranked]
    place = np.arange(len(ranked)) - np.searchsorted(centre, centre)
    return stars.taken(np.sort(ranked[(place < _OF_CENTRE) & (worth[ranked] > WORTH)]))


def _near(galaxy: Galaxy, found: Priced, deadline: float) -> Stars:
    """The stars priced in, and all within some width of the prices."""
    pool = found.pool
    if found.relaxed is not None:
        pool = found.relaxed.stars.taken(found.relaxed.near)
    until = time.monotonic() + _SHARE_OF_LIST * (deadline - time.monotonic())
    width = _WIDTH
    while time.monotonic() < until:
        listed = galaxy.whole_search(
            found.price, found.merge_price, -width, best_only=False, deadline=until,
            most_stars=_LISTED,
        )  # fmt: skip
        pool = joined(galaxy.programme, [pool, listed.stars])
        if not listed.is_whole or len(listed.stars) > _LISTED / 2:
            break
        width *= _WIDER
    return pool


def _still(relaxed: Relaxation, groups: list[tuple[int, ...]]) -> list[tuple[int, ...]]:
    """Forget the cuts that have no price; returns the groups of the others."""
    count = len(relaxed.limits)
    keep = relaxed.price[count:] > WORTH
    relaxed.cuts, relaxed.cut_limits = relaxed.cuts[keep], relaxed.cut_limits[keep]
    relaxed.price = np.concatenate([relaxed.price[:count], relaxed.price[count:][keep]])
    return [group for group, stays in zip(groups, keep.tolist(), strict=True) if stays]
