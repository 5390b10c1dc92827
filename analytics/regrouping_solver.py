"""The best plan, and how far from the best it may be: relaxation, cuts, branch and bound.

The programme is solved over stars (``regrouping_stars.py``) by HiGHS: stars are priced in until
no other is worth having, odd groups are cut off, then every star that a better plan could use is
listed and the rest is branch and bound, group of schools by group of schools. Every bound is a
bound on the whole programme, also when time runs out.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
from scipy.sparse import vstack

from analytics.apart import Begun, begun_apart, cores
from analytics.regrouping_annealing import COOL, LUKEWARM, WARM, annealed
from analytics.regrouping_arcs import most_saved, solved_by_arcs
from analytics.regrouping_branching import best_of, groups_apart
from analytics.regrouping_cuts import odd_group_cuts
from analytics.regrouping_heuristic import greedy_plan
from analytics.regrouping_listing import LEAST_WIDTH, between, listed_within
from analytics.regrouping_parts import Start, bettered, renewed
from analytics.regrouping_pricing import Priced, priced, priced_nearest
from analytics.regrouping_programme import (
    ALMOST,
    STAYS,
    Programme,
    Whole,
    plan_cost,
    sent,
    strengthened,
)
from analytics.regrouping_relaxation import NEAR, WORTH, Relaxation
from analytics.regrouping_solution import Solution
from analytics.regrouping_stars import Galaxy
from analytics.regrouping_tightened import CutPrices, tightened

# What is asked by default: proven to a hundredth of a per cent, within a minute.
GAP_ASKED = 1e-4
SECONDS_ASKED = 60.0
# Stars listed for branch and bound, at first and once the plan is better.
_MOST_LISTED, _MOST_LISTED_LATE = 80_000, 250_000
# Width of the first branch and bound in million rupiah, and how much wider the next one is.
_FIRST_WIDTH, _WIDER = 15.0, 3.0
# Rounds of cuts before the first branch and bound and after it; a round that closes less than this
# share of the gap is the last.
_CUT_ROUNDS = (6, 40)
_TAIL = 0.003
# Share of the time in which the prices of stars must settle, else single merges are solved.
_SHARE_OF_PRICING = 0.6
# And of what is left after it, what a first bound may use where no search ended.
_SHARE_OF_LATE = 0.5
_LEAST_SECONDS = 0.3
_SHARE_OF_POOL = 0.3
# Times of the hard cases.
_SHARE_OF_ARCS = 0.4
_SHARE_OF_BETTERING, _MOST_OF_BETTERING = 0.7, 0.4
# Where stars are too many to be listed: share of what is left for a better plan, then for cuts;
# for prices where another process may look for better plans meanwhile, and of all the time what
# that process uses at most.
_SHARE_BEFORE_CUTS, _SHARE_OF_CUTS = 0.3, 0.6
_SHARE_OF_PRICING_BESIDE, _SHARE_BESIDE = 0.8, 0.9
# Seconds after which another process begins, the least it is worth, and how long it may take to
# answer.
_BESIDE_AFTER, _BESIDE_LEAST, _TO_ANSWER = 4.0, 2.0, 0.5
# What is between bound and plan, as a share of the cost, from which on branch and bound seldom ends
# in time; the share of the time that a first one may use there, and then a better plan.
_FAR, _SHARE_WHERE_FAR, _SHARE_OF_RENEWING = 2e-3, 0.2, 0.4
# Seconds by school that changes need to cool down from a warm start.
_SECONDS_OF_WARM = 0.07


def solve(
    programme: Programme,
    *,
    seconds: float = SECONDS_ASKED,
    gap: float = GAP_ASKED,
    told: Callable[[Solution], None] | None = None,
) -> Solution:
    """The least cost plan of a programme within a time.

    Parameters
    ----------
    seconds
        Time for everything; the plan in hand when it ends is returned with its bound.
    gap
        Stop where the plan is proven to this share of its cost.
    told
        Called with every better plan or bound; the first within a second or two.

    Returns
    -------
    Never worse than all open, unless schools are locked closed.

    Method: docs/method.md eq. 113-121.
    """
    race = _Race(strengthened(programme), seconds, gap, told)
    race.run()
    return race.solution()


class _Race:
    """One solve: the best plan so far, the bound so far, the clock.

    Inside, everything is what is saved against all open (larger is better); a school locked closed
    is worth a bonus that no saving outweighs.
    """

    def __init__(
        self,
        programme: Programme,
        seconds: float,
        gap: float,
        told: Callable[[Solution], None] | None,
    ) -> None:
        self.started = time.monotonic()
        self.deadline = self.started + seconds
        self.programme = programme
        self.told = told
        self.all_open = programme.cost_all_open
        moved = programme.pupils[programme.source].sum(axis=1) * programme.km
        forced = programme.must_close
        touched = np.zeros(programme.school_count, dtype=bool)
        touched[programme.source] = touched[programme.target] = True
        most_km = moved[forced[programme.source]].sum() * programme.prices.pupil_km
        self.bonus = (1.0 + programme.freed[touched].sum() + most_km) * forced.any()
        self.gap = gap
        self.arc = np.full(programme.school_count, STAYS)
        self.low = 0.0
        self.high = np.inf
        self.seconds = 0.0
        self.galaxy = Galaxy(programme, self.bonus * forced)
        # What another use of each school and of a merge is worth, once a relaxation told it.
        self.prices = (np.zeros(programme.school_count), 0.0)
        self.beside: Begun[Whole] | None = None

    # ---- what is known so far --------------------------------------------------------------------

    @property
    def asked(self) -> float:
        """Million rupiah a year that need no proof."""
        forced = self.bonus * int(self.programme.must_close.sum())
        return max(self.gap * (self.all_open - max(self.high - forced, 0.0)), ALMOST)

    def left(self) -> float:
        return self.deadline - time.monotonic()

    def done(self) -> bool:
        return self.high - self.low <= self.asked or self.left() <= 0

    def solution(self) -> Solution:
        programme = self.programme
        into, km = sent(programme, self.arc)
        unmet = np.flatnonzero(programme.must_close & (into == STAYS))
        objective = plan_cost(programme, into, km)
        met = int(programme.must_close.sum()) - len(unmet)
        bound = self.all_open - (self.high - self.bonus * met)
        spent = time.monotonic() - self.started
        return Solution(into, km, objective, min(bound, objective), spent, self.seconds, unmet)

    def offer(self, arc: Whole) -> None:
        """Keep a plan where it beats the one in hand."""
        saved = self.all_open - plan_cost(self.programme, *sent(self.programme, arc))
        saved += self.bonus * int(((arc != STAYS) & self.programme.must_close).sum())
        if saved > self.low + ALMOST or self.seconds == 0.0:
            self.low = max(saved, self.low)
            self.arc = arc if saved >= self.low else self.arc
            self.seconds = time.monotonic() - self.started
            self.tell()

    def bounded(self, high: float) -> None:
        """Keep a bound where it is tighter."""
        self.high = min(self.high, max(high, self.low))

    def _is_far(self, high: float) -> bool:
        """Whether branch and bound would hardly end in time from this bound."""
        forced = self.bonus * int(self.programme.must_close.sum())
        return high - self.low > _FAR * (self.all_open - max(self.low - forced, 0.0))

    def tell(self) -> None:
        if self.told:
            self.told(self.solution())

    # ---- the steps -------------------------------------------------------------------------------

    def run(self) -> None:
        programme = self.programme
        if not len(programme.source):
            self.high = 0.0
            self.offer(self.arc)
            return
        # What each school frees at most, whatever it meets: a bound before any other.
        self.high = float(self.bonus * programme.must_close.sum() + self.all_open)
        self.offer(greedy_plan(programme, seconds=min(1.0, max(self.left() / 4, 0.0))))
        try:
            self._proved()
            self._joined()
        finally:
            if self.beside is not None:
                self.beside.ended(0.0)
        self.tell()

    def _proved(self) -> None:
        started = time.monotonic()
        found = self._priced()
        if not self.done() and found.is_settled:
            # As long again as the prices took, so that easy districts stay quick.
            spent = time.monotonic() - started
            seconds = min(_SHARE_OF_BETTERING * spent, _MOST_OF_BETTERING * self.left())
            self._bettered(seconds, COOL)
            at, high = CutPrices(found.price, found.merge_price), found.high
            if not self.done() and not self._by_stars(at, high, _MOST_LISTED) and not self.done():
                # A better plan and a tighter bound leave fewer stars to list, the more so where
                # parts are small.
                at, high = self._tightened(found)
                if not self.done():
                    self._by_stars(at, high, _MOST_LISTED_LATE)
        elif not self.done() and found.is_proven:
            self._from_pool(found)
        elif not self.done():
            # A loose bound at once, where no better one may come in time.
            self.bounded(most_saved(self.programme, self.galaxy.bonus, self.left() / 3))
            self._from_pool(found)
            if self.left() > _LEAST_SECONDS:
                self._by_arcs()
        if not self.done():
            if found.is_settled:
                self._renewed(self.left())
            # A large district has no time to cool down from a warm start.
            warm = WARM * self.left() / (_SECONDS_OF_WARM * self.programme.school_count)
            warm = min(max(warm, COOL), WARM)
            self._bettered(self.left(), LUKEWARM if found.is_settled else warm)

    # ---- better plans ----------------------------------------------------------------------------

    def _bettered(self, seconds: float, heat: float) -> None:
        """Better plans where no proof is at hand: many small changes."""
        if seconds > 0:
            self.offer(annealed(self.programme, self.arc, seconds, heat))

    def _renewed(self, seconds: float) -> None:
        """A better plan part by part, until the time is over or parts are too hard."""
        self.offer(renewed(self.programme, self._start(), time.time() + seconds))

    def _beside(self) -> bool:
        """Whether another process looks for better plans; begins it where there is none yet."""
        seconds = self._together()
        if self.beside is None and cores() > 1 and seconds > _BESIDE_LEAST:
            until = time.time() + seconds
            self.beside = begun_apart(bettered, self.programme, self._start(), until)
        return self.beside is not None

    def _start(self) -> Start:
        return Start(self.arc, self.galaxy.bonus, *self.prices)

    def _together(self) -> float:
        """Seconds until another process has cooled down and its plan is asked for."""
        return self.left() - (1 - _SHARE_BESIDE) * (self.deadline - self.started)

    def _joined(self) -> None:
        """Take over what the other process found; it ends."""
        if self.beside is None:
            return
        seconds = 0.0 if self.done() and self.left() > 0 else max(self.left(), _TO_ANSWER)
        arc = self.beside.ended(seconds)
        self.beside = None
        if arc is not None:
            self.offer(arc)

    def _tightened(self, found: Priced) -> tuple[CutPrices, float]:
        """Prices of odd groups and the bound they prove, where stars are too many to be listed."""
        if self._beside():
            seconds = self._together()
        else:
            self._bettered(_SHARE_BEFORE_CUTS * self.left(), LUKEWARM)
            seconds = _SHARE_OF_CUTS * self.left()
        deadline = time.monotonic() + seconds

        def told(high: float) -> None:
            self.bounded(high)
            self.tell()

        tight = tightened(self.galaxy, found, deadline, told, lambda: self.low)
        self._joined()
        return tight

    # ---- the proof -------------------------------------------------------------------------------

    def _by_stars(self, at: CutPrices, proved: float, most: int) -> bool:
        """Cuts, then branch and bound, over every star a better plan could hold.

        ``proved``: the bound that the prices prove. False where stars are more than ``most``.
        """
        below = between(self.programme, self.galaxy.bonus, self.arc, self.low, at, proved)
        listed, width = listed_within(self.galaxy, at, below, proved - self.low, most, self.left)
        if not len(listed) or width < LEAST_WIDTH * (proved - self.low):
            return False
        high = proved
        floor = high - width
        relaxed = Relaxation.of(self.programme, listed)
        if at.groups:
            relaxed.cut(list(at.groups))
            relaxed.near = at.worth(self.programme, listed) > -NEAR
        best: Relaxation | None = None
        for rounds in _CUT_ROUNDS:
            better = self._relaxed(relaxed, rounds, floor)
            best = better or best
            if best is None or self.done():
                return True
            if rounds != _CUT_ROUNDS[0]:
                continue
            share = 1.0
            if self._is_far(best.value):
                self._beside()
                share = _SHARE_WHERE_FAR
            # A narrow search first: its plan is nearly the best, and all that follows is smaller.
            near = np.flatnonzero(best.worth() >= -_FIRST_WIDTH)
            high = self._branched_within(best, near, share)
            self.bounded(max(high, best.value - _FIRST_WIDTH, floor))
            relaxed.drop(self.low)
        if best is not None and self._is_far(best.value):
            self._renewed(_SHARE_OF_RENEWING * self.left())
        if best is not None and not self._is_far(best.value):
            self._branched(best, floor)
        return True

    def _from_pool(self, found: Priced) -> None:
        """A good plan of the stars found so far, where they are too many to be listed."""
        relaxed = found.relaxed
        if relaxed is not None:
            near = np.flatnonzero(relaxed.worth() >= -_FIRST_WIDTH)
            self._branched_within(relaxed, near, _SHARE_OF_POOL)

    def _by_arcs(self) -> None:
        """The programme over single merges: where stars are too many to be listed."""
        seconds = _SHARE_OF_ARCS * self.left()
        found = solved_by_arcs(self.programme, self.galaxy.bonus, seconds, self.asked)
        order = found.arc[found.arc != STAYS]
        self.offer(greedy_plan(self.programme, order, seconds=0.5))
        self.bounded(found.high)

    def _priced(self) -> Priced:
        """Prices of schools and of a merge (eq. 117), told as they settle."""
        share = _SHARE_OF_PRICING_BESIDE if cores() > 1 else _SHARE_OF_PRICING
        stop = time.monotonic() + share * self.left()
        # Some of what is left is kept for plans out of the prices.
        late = stop + _SHARE_OF_LATE * (self.deadline - stop)

        rounded: list[Relaxation] = []

        def told(now: Priced) -> None:
            self.bounded(now.high)
            if now.relaxed is not None:
                self.prices = now.relaxed.prices()
            if now.relaxed is not None and not rounded:
                rounded.append(now.relaxed)
                self._rounded(now.relaxed)
            if rounded and time.monotonic() > self.started + _BESIDE_AFTER:
                self._beside()

        start = priced_nearest(self.galaxy, stop)
        found = priced(self.galaxy, stop, told, start, low=lambda: self.low, late=late)
        if found.relaxed is not None and found.relaxed not in rounded and not self.done():
            self._rounded(found.relaxed)
        return found

    def _rounded(self, relaxed: Relaxation) -> None:
        """A plan out of the relaxed one: whole stars first, then what they leave room for."""
        worth = relaxed.worth()
        order = np.lexsort((-worth, -np.round(relaxed.share, 6)))
        order = order[relaxed.share[order] > WORTH]
        some = relaxed.stars.taken(order)
        self.offer(greedy_plan(self.programme, some.arcs, seconds=min(1.0, self.left() / 4)))

    def _relaxed(self, relaxed: Relaxation, rounds: int, floor: float) -> Relaxation | None:
        """The relaxation with cuts until they bite no more (eq. 119); None where time ran out."""
        best: Relaxation | None = None
        stop = time.monotonic() + self.left() / 4
        for _ in range(rounds):
            if not relaxed.solve(self.left()):
                break
            self.bounded(max(relaxed.value, floor))
            gained = np.inf if best is None else best.value - relaxed.value
            best = relaxed.copy()
            groups = odd_group_cuts(relaxed.holds, relaxed.share)
            if self.done() or not groups or time.monotonic() > stop:
                break
            if gained < _TAIL * (relaxed.value - self.low):
                break
            relaxed.cut(groups)
        return best

    def _branched(self, relaxed: Relaxation, floor: float) -> None:
        """Branch and bound over the stars within a width of the bound, wider until proven.

        Stars farther from the bound than the width can only be part of plans that save less than
        the bound less the width (eq. 120).
        """
        worth = relaxed.worth()
        width = _FIRST_WIDTH * _WIDER
        while not self.done():
            width = min(width, relaxed.value - self.low + WORTH)
            at = np.flatnonzero(worth >= -width)
            high = self._branched_within(relaxed, at)
            self.bounded(max(high, relaxed.value - width, floor))
            if width >= relaxed.value - self.low:
                break
            width *= _WIDER

    def _branched_within(self, relaxed: Relaxation, at: Whole, share_of_time: float = 1.0) -> float:
        """The best plan of some stars, group by group; returns the bound over these stars."""
        until = time.monotonic() + share_of_time * self.left()
        stars = relaxed.stars.taken(at)
        holds = relaxed.holds[:, at]
        rows = vstack([relaxed.rows, relaxed.cuts]).tocsr()[:, at]
        limits = np.concatenate([relaxed.limits, relaxed.cut_limits])
        label = groups_apart(holds, stars, is_one=self.programme.most_merges is not None)
        chosen: list[Whole] = []
        high = 0.0
        groups = sorted(np.unique(label).tolist(), key=lambda one: int((label == one).sum()))
        for turn, one in enumerate(groups):
            own = np.flatnonzero(label == one)
            here = rows[:, own]
            bound_rows = np.diff(here.indptr) > (1 if self.programme.most_merges is None else 0)
            # The last and largest may use all that is left, the others an even share of it.
            left = until - time.monotonic()
            seconds = max(left / (1 if turn == len(groups) - 1 else 2), 0.2)
            taken, above = best_of(
                stars.saving[own],
                here[bound_rows],
                limits[bound_rows],
                seconds,
                self.asked / 4 * len(own) / len(at),
            )
            high += above
            chosen.append(own[taken])
        picked = np.concatenate(chosen) if chosen else np.zeros(0, dtype=np.int64)
        arcs = stars.taken(picked).arcs
        self.offer(greedy_plan(self.programme, arcs, seconds=min(0.5, max(self.left(), 0.0))))
        return high
