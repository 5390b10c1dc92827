"""A better plan by many small changes, some of them for the worse at first: annealing.

One school goes elsewhere, opens or closes; two change places; a receiver changes places with one
of those that joined it. Where rooms are plenty the rounding up of classes makes thousands of plans
almost equal, and single improvements stop early. Thousands of changes are weighed at once; of those
that may be taken, all that touch different schools are. A change for the worse is taken the less
often the more it costs and the later it comes. Early on full receivers count for more than half
empty ones, so that a receiver empties school by school although only the last one saves it.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np

from analytics.regrouping_programme import (
    ALMOST,
    STAYS,
    Numbers,
    Programme,
    Whole,
    plan_cost,
    sent,
)

# What a change may cost at the beginning (of any plan, of better ones) and at the end, in prices
# of a rombel (or of a tenth of an open school where that is more).
WARM, LUKEWARM, COOL, _COLD = 0.5, 0.25, 0.15, 0.04
_OF_A_SCHOOL = 0.1
# What one full receiver counts for at first, in prices of an open school (many half empty ones
# count for less), and the share of the time after which it counts for nothing.
CROWDED, _EVEN_AFTER = 1.0, 0.8
# Merges weighed at once, and the changes taken of them at most.
_AT_ONCE, _MOST_TAKEN = 3000, 40
# Rounds after which merges are weighed in another order.
_IN_ORDER = 64
# Every so many rounds two schools change places; a receiver with one that joined it.
_SWAPS, _RECENTRES = 3, 10


def never() -> bool:
    """Nobody says that it has to stop."""
    return False


def annealed(  # noqa: PLR0913 - from where, for how long and how
    programme: Programme,
    start: Whole,
    seconds: float,
    heat: float = WARM,
    seed: int = 0,
    crowded: float = 0.0,
    stopped: Callable[[], bool] = never,
) -> Whole:
    """Arc by school of the best plan met, never worse than the one it starts from.

    Parameters
    ----------
    programme
        A strengthened programme.
    start
        Arc by school (``STAYS`` where it stays open) of a plan within every limit.
    seconds
        How long it looks; what it finds depends on it.
    heat
        How much worse the first changes may be; ``COOL`` from a plan that is good already.
    crowded
        What full receivers count for at first (eq. 272), in prices of an open school; 0: nothing.
    stopped
        Says that it has to stop before that.

    Returns
    -------
    A plan within rooms and within ``most_into`` and ``most_merges``. A school locked closed that
    ``start`` closes stays closed.

    Method: docs/method.md eq. 132, 272.
    """
    if not len(programme.source):
        return start
    walk = _Walk(programme, start, seed, crowded)
    prices = programme.prices
    scale = max(prices.rombel, _OF_A_SCHOOL * prices.open_school, ALMOST)
    walk.run(time.monotonic() + seconds, seconds, (heat * scale, _COLD * scale), stopped)
    found = walk.best_arc()
    cost = {name: plan_cost(programme, *sent(programme, arc)) for name, arc in
            (("found", found), ("start", start))}  # fmt: skip
    return found if cost["found"] < cost["start"] - ALMOST else start


class _Walk:
    """A plan under way, and what changes of it cost."""

    def __init__(self, programme: Programme, start: Whole, seed: int, crowded: float) -> None:
        count = programme.school_count
        prices = programme.prices
        self.luck = np.random.default_rng(seed)
        self.rombel_price, self.open_price = prices.rombel, prices.open_school
        self.source, self.target = programme.source, programme.target
        self.pupils = programme.pupils.astype(np.float32)
        self.per_pupil = (1 / programme.ceiling).astype(np.float32)
        self.is_same = bool((programme.ceiling == programme.ceiling[0]).all())
        self.ones = np.ones(self.pupils.shape[1], dtype=np.float32)
        self.rooms = programme.rombel_today + programme.spare
        self.must_close = programme.must_close
        self.most_into = programme.most_into or count
        self.most = count if programme.most_merges is None else programme.most_merges
        self.way = programme.pupils[self.source].sum(axis=1) * programme.km * prices.pupil_km
        self.arc_of = np.full((count, count), STAYS, dtype=np.int32)
        self.arc_of[self.source, self.target] = np.arange(len(self.source))
        self.arc = start.copy()
        closed = np.flatnonzero(start != STAYS)
        self.into = np.full(count, STAYS)
        self.into[closed] = self.target[start[closed]]
        self.load = self.pupils.copy()
        np.add.at(self.load, self.into[closed], self.pupils[closed])
        self.joined = np.bincount(self.into[closed], minlength=count)
        self.merges = len(closed)
        self.alone = self._rombel(self.pupils.copy(), np.arange(count))
        self.rombel = self._rombel(self.load.copy(), np.arange(count))
        self.order = np.arange(len(self.source))
        self.saved = self.best = 0.0
        self.best_found = self.arc.copy()
        self.touched: set[int] = set()
        receivers = np.unique(self.target)
        places = float(np.median((self.rooms * programme.ceiling)[receivers]))
        self.crowded = np.float32(crowded * prices.open_school / max(places, 1.0) ** 2)
        self.heads = self.pupils @ self.ones
        self.size = self.load @ self.ones
        self.square = np.float32(0.0)

    def best_arc(self) -> Whole:
        """The best plan met, arc by school."""
        return self.best_found

    def run(
        self,
        deadline: float,
        seconds: float,
        heats: tuple[float, float],
        stopped: Callable[[], bool],
    ) -> None:
        """Change and change again until the time is over."""
        turn = 0
        warm, cold = heats
        while True:
            done = 1 - (deadline - time.monotonic()) / max(seconds, ALMOST)
            if done >= 1 or stopped():
                return
            heat = warm * (cold / warm) ** max(done, 0.0)
            self.square = self.crowded * np.float32(max(1 - done / _EVEN_AFTER, 0.0))
            self.size = self.load @ self.ones
            if turn % _IN_ORDER == 0:
                self.order = self.luck.permutation(len(self.order))
            turn += 1
            self.touched.clear()
            if turn % _RECENTRES == 0:
                self._recentre(heat)
            elif turn % _SWAPS == 0:
                self._swap(heat)
            else:
                self._move(heat)
            if self.saved > self.best + ALMOST:
                self.best = self.saved
                self.best_found = self.arc.copy()

    def _rombel(self, load: Numbers, school: Whole) -> Numbers:
        """Rombel of some loads at some schools; the loads are used up."""
        # Half a pupil less than there are rounds up without doubt.
        load -= np.float32(0.5)
        load *= self.per_pupil[0] if self.is_same else self.per_pupil[school][:, None]
        return np.ceil(load, out=load) @ self.ones

    def _held(self, school: Whole) -> Numbers:
        return self.load.take(school, axis=0)

    def _some(self) -> Whole:
        """Merges to weigh now, in no order."""
        start = int(self.luck.integers(max(len(self.order) - _AT_ONCE, 0) + 1))
        return self.order[start : start + _AT_ONCE]

    def _passing(self, cost: Numbers, heat: float) -> list[int]:
        """Places of the changes that may be taken, cost and luck considered."""
        taken = np.flatnonzero(cost <= heat * self.luck.standard_exponential(len(cost)))
        return taken[:_MOST_TAKEN].tolist()

    def _uneven(self, heads: Numbers, here: Numbers, there: Numbers | float) -> Numbers:
        """What it counts for where pupils move between receivers of so many (eq. 272)."""
        return 2 * self.square * heads * (there - here + heads)

    def _is_free(self, *schools: int) -> bool:
        """Whether no change of this round touched any of these; from now on one does."""
        if self.touched.isdisjoint(schools):
            self.touched.update(schools)
            return True
        return False

    def _left(self, school: Whole) -> tuple[Numbers, Numbers]:
        """What each closed school costs where it leaves its receiver, and the rombel left there."""
        into = self.into[school]
        left = self._rombel(self._held(into) - self.pupils[school], into)
        return self.rombel_price * (left - self.rombel[into]) - self.way[self.arc[school]], left

    def _move(self, heat: float) -> None:
        """Schools without others go elsewhere, from another receiver or from being open."""
        closed = np.flatnonzero(self.into != STAYS)
        leaving = -(self.open_price + self.rombel_price * self.alone)
        left = np.zeros(len(leaving))
        leaving[closed], left[closed] = self._left(closed)
        arc = self._some()
        i, k = self.source[arc], self.target[arc]
        good = (self.joined[i] == 0) & (self.into[k] == STAYS) & (self.into[i] != k)
        good &= self.joined[k] < self.most_into
        arc, i, k = arc[good], i[good], k[good]
        formed = self._rombel(self._held(k) + self.pupils.take(i, axis=0), k)
        cost = self.way[arc] + self.rombel_price * (formed - self.rombel[k]) + leaving[i]
        cost[formed > self.rooms[k]] = np.inf
        star = np.where(self.into[i] == STAYS, i, self.into[i])
        uneven = self._uneven(self.heads[i], self.size[star], self.size[k])
        for at in self._passing(cost - uneven, heat):
            school, there = int(i[at]), int(k[at])
            here = int(self.into[school])
            if here == STAYS and self.merges >= self.most:
                continue
            if not self._is_free(school, there, *([] if here == STAYS else [here])):
                continue
            if here != STAYS:
                self._leave(school, here, left[school])
            self._join(school, there, int(arc[at]), formed[at])
            self.saved -= cost[at]
        self._reopen(closed, leaving[closed], left[closed], heat)

    def _reopen(self, closed: Whole, leaving: Numbers, left: Numbers, heat: float) -> None:
        cost = self.open_price + self.rombel_price * self.alone[closed] + leaving
        cost[self.must_close[closed]] = np.inf
        uneven = self._uneven(self.heads[closed], self.size[self.into[closed]], 0.0)
        for at in self._passing(cost - uneven, heat):
            school = int(closed[at])
            here = int(self.into[school])
            if self._is_free(school, here):
                self._leave(school, here, left[at])
                self.saved -= cost[at]

    def _leave(self, school: int, here: int, left: float) -> None:
        self.load[here] -= self.pupils[school]
        self.rombel[here] = left
        self.joined[here] -= 1
        self.into[school] = self.arc[school] = STAYS
        self.rombel[school] = self.alone[school]
        self.merges -= 1

    def _join(self, school: int, there: int, arc: int, formed: float) -> None:
        self.load[there] += self.pupils[school]
        self.rombel[there] = formed
        self.joined[there] += 1
        self.into[school], self.arc[school] = there, arc
        self.merges += 1

    def _swap(self, heat: float) -> None:
        """Two closed schools change receivers."""
        arc = self._some()
        i, k = self.source[arc], self.target[arc]
        a, b = self.into[i], self.into[k]
        good = (a != STAYS) & (b != STAYS) & (a != b)
        i, k, a, b = i[good], k[good], a[good], b[good]
        to_b, to_a = self.arc_of[i, b], self.arc_of[k, a]
        good = (to_b != STAYS) & (to_a != STAYS)
        i, k, a, b, to_a, to_b = (one[good] for one in (i, k, a, b, to_a, to_b))
        more = self.pupils.take(k, axis=0) - self.pupils.take(i, axis=0)
        at_a = self._rombel(self._held(a) + more, a)
        at_b = self._rombel(self._held(b) - more, b)
        cost = self.rombel_price * (at_a + at_b - self.rombel[a] - self.rombel[b])
        cost += self.way[to_a] + self.way[to_b] - self.way[self.arc[i]] - self.way[self.arc[k]]
        cost[(at_a > self.rooms[a]) | (at_b > self.rooms[b])] = np.inf
        uneven = self._uneven(self.heads[k] - self.heads[i], self.size[b], self.size[a])
        for at in self._passing(cost - uneven, heat):
            one, other, here, there = int(i[at]), int(k[at]), int(a[at]), int(b[at])
            if self._is_free(one, other, here, there):
                self._leave(one, here, 0)
                self._leave(other, there, 0)
                self._join(one, there, int(to_b[at]), at_b[at])
                self._join(other, here, int(to_a[at]), at_a[at])
                self.saved -= cost[at]

    def _recentre(self, heat: float) -> None:
        """One of those that joined a receiver receives all the others, and the receiver joins."""
        count = len(self.into)
        closed = np.flatnonzero((self.into != STAYS) & ~self.must_close)
        star = np.where(self.into == STAYS, np.arange(count), self.into)
        inside = (star[self.source] == star[self.target]) & (self.into[self.target] != STAYS)
        target = self.target[inside]
        way = np.bincount(target, self.way[inside], minlength=count)
        reached = np.bincount(target, minlength=count)
        merged = self.arc[self.arc != STAYS]
        before = np.bincount(self.target[merged], self.way[merged], minlength=count)
        k = closed[reached[closed] == self.joined[self.into[closed]]]
        k = self.luck.permutation(k)
        j = self.into[k]
        formed = self._rombel(self._held(j), k)
        cost = way[k] - before[j] + self.rombel_price * (formed - self.rombel[j])
        cost[formed > self.rooms[k]] = np.inf
        for at in self._passing(cost, heat):
            new, old = int(k[at]), int(j[at])
            if self._is_free(new, old):
                self._turn(new, old, formed[at])
                self.saved -= cost[at]

    def _turn(self, new: int, old: int, formed: float) -> None:
        others = np.append(np.flatnonzero(self.into == old), old)
        others = others[others != new]
        self.into[others] = new
        self.arc[others] = self.arc_of[others, new]
        self.into[new] = self.arc[new] = STAYS
        self.joined[new], self.joined[old] = self.joined[old], 0
        self.load[new] = self.load[old]
        self.load[old] = self.pupils[old]
        self.rombel[new], self.rombel[old] = formed, self.alone[old]
