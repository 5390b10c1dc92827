"""A better plan by many small changes, some of them for the worse at first: annealing.

One school goes elsewhere, opens or closes; two change places; a receiver changes places with one
of those that joined it. Where rooms are plenty the rounding up of classes makes thousands of plans
almost equal, and single improvements stop early. A change for the worse is taken the less often
the more it costs and the later it comes.
"""

from __future__ import annotations

import math
import random
import time

import numpy as np

from analytics.regrouping_programme import ALMOST, STAYS, Programme, Whole, plan_cost, sent

# What a change may cost at the beginning (of any plan, of a good one) and at the end, in prices of
# a rombel (or of a tenth of an open school where that is more).
WARM, COOL, _COLD = 1.0, 0.15, 0.04
_OF_A_SCHOOL = 0.1
# How often a receiver tries to change places, a closed neighbour to swap, a school to open again.
_RECENTRES, _SWAPS, _REOPENS = 0.3, 0.15, 0.5
_LOOKS = 255


def annealed(
    programme: Programme, start: Whole, seconds: float, heat: float = WARM, seed: int = 0
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

    Returns
    -------
    A plan within rooms and within ``most_into`` and ``most_merges``. A school locked closed that
    ``start`` closes stays closed.

    Method: docs/method.md eq. 132.
    """
    walk = _Walk(programme, start, seed)
    prices = programme.prices
    scale = max(prices.rombel, _OF_A_SCHOOL * prices.open_school, ALMOST)
    walk.run(time.monotonic() + seconds, seconds, heat * scale, _COLD * scale)
    found = walk.best_arc()
    cost = {name: plan_cost(programme, *sent(programme, arc)) for name, arc in
            (("found", found), ("start", start))}  # fmt: skip
    return found if cost["found"] < cost["start"] - ALMOST else start


class _Walk:
    """A plan under way as plain lists: what one change costs is a few sums."""

    def __init__(self, programme: Programme, start: Whole, seed: int) -> None:
        count = programme.school_count
        prices = programme.prices
        self.luck = random.Random(seed)
        self.rombel_price, self.open_price = prices.rombel, prices.open_school
        self.pupils = [tuple(row) for row in programme.pupils.tolist()]
        most = int(programme.pupils.sum(axis=0).max(initial=0)) + 1
        tables = {
            one: [-(-load // one) for load in range(most)]
            for one in np.unique(programme.ceiling).tolist()
        }
        self.classes = [tables[one] for one in programme.ceiling.tolist()]
        self.rooms = (programme.rombel_today + programme.spare).tolist()
        self.must_close = programme.must_close.tolist()
        self.most_into = programme.most_into or count
        self.most = count if programme.most_merges is None else programme.most_merges
        way = programme.pupils[programme.source].sum(axis=1) * programme.km * prices.pupil_km
        self.targets: list[list[int]] = [[] for _ in range(count)]
        self.way: list[dict[int, float]] = [{} for _ in range(count)]
        self.arc: list[dict[int, int]] = [{} for _ in range(count)]
        ends = zip(programme.source.tolist(), programme.target.tolist(), way.tolist(), strict=True)
        for arc, (i, j, price) in enumerate(ends):
            self.targets[i].append(j)
            self.way[i][j] = price
            self.arc[i][j] = arc
        self.into = [STAYS] * count
        self.joined: list[set[int]] = [set() for _ in range(count)]
        self.load = [list(row) for row in self.pupils]
        for i, arc in enumerate(start.tolist()):
            if arc != STAYS:
                j = int(programme.target[arc])
                self.into[i] = j
                self.joined[j].add(i)
                self.load[j] = [a + b for a, b in zip(self.load[j], self.pupils[i], strict=True)]
        self.merges = sum(one != STAYS for one in self.into)
        self.rombel = [
            self._rombel(j, self.load[j]) if self.into[j] == STAYS else 0 for j in range(count)
        ]
        self.saved = self.best = 0.0
        self.best_into = list(self.into)

    def _rombel(self, school: int, load: list[int]) -> int:
        table = self.classes[school]
        return sum([table[one] for one in load])

    def best_arc(self) -> Whole:
        """The best plan met, arc by school."""
        return np.array(
            [STAYS if j == STAYS else self.arc[i][j] for i, j in enumerate(self.best_into)],
            dtype=np.int64,
        )

    def run(self, deadline: float, seconds: float, warm: float, cold: float) -> None:
        """Change and change again until the time is over."""
        chance = self.luck.random
        movable = [i for i, targets in enumerate(self.targets) if targets]
        if not movable:
            return
        turn, heat = 0, warm
        while True:
            if not turn & _LOOKS:
                done = 1 - (deadline - time.monotonic()) / max(seconds, ALMOST)
                if done >= 1:
                    return
                heat = warm * (cold / warm) ** max(done, 0.0)
            turn += 1
            i = movable[int(chance() * len(movable))]
            may_cost = -heat * math.log(1 - chance())
            if self.joined[i]:
                if chance() < _RECENTRES:
                    self._recentre(i, may_cost)
                continue
            targets = self.targets[i]
            k = targets[int(chance() * len(targets))]
            if self.into[k] != STAYS:
                if self.into[i] != STAYS and chance() < _SWAPS:
                    self._swap(i, k, may_cost)
                    continue
                k = self.into[k]
            if k == self.into[i]:
                if chance() < _REOPENS and not self.must_close[i]:
                    self._reopen(i, may_cost)
            elif k in self.way[i]:
                self._go(i, k, may_cost)

    def _took(self, saved: float) -> None:
        self.saved += saved
        if self.saved > self.best + ALMOST:
            self.best = self.saved
            self.best_into = list(self.into)

    def _go(self, i: int, k: int, may_cost: float) -> None:
        """School ``i`` goes to ``k``, from where it went before or from being open."""
        if len(self.joined[k]) >= self.most_into:
            return
        own, j = self.pupils[i], self.into[i]
        there = [a + b for a, b in zip(self.load[k], own, strict=True)]
        formed = self._rombel(k, there)
        if formed > self.rooms[k]:
            return
        cost = self.way[i][k] + self.rombel_price * (formed - self.rombel[k])
        if j == STAYS:
            if self.merges >= self.most:
                return
            cost -= self.open_price + self.rombel_price * self.rombel[i]
            if cost > may_cost:
                return
            self.rombel[i] = 0
            self.merges += 1
        else:
            here = [a - b for a, b in zip(self.load[j], own, strict=True)]
            left = self._rombel(j, here)
            cost += self.rombel_price * (left - self.rombel[j]) - self.way[i][j]
            if cost > may_cost:
                return
            self.load[j], self.rombel[j] = here, left
            self.joined[j].discard(i)
        self.load[k], self.rombel[k] = there, formed
        self.into[i] = k
        self.joined[k].add(i)
        self._took(-cost)

    def _reopen(self, i: int, may_cost: float) -> None:
        own, j = self.pupils[i], self.into[i]
        here = [a - b for a, b in zip(self.load[j], own, strict=True)]
        left, alone = self._rombel(j, here), self._rombel(i, self.load[i])
        cost = self.open_price + self.rombel_price * (left + alone - self.rombel[j])
        cost -= self.way[i][j]
        if cost > may_cost:
            return
        self.load[j], self.rombel[j], self.rombel[i] = here, left, alone
        self.joined[j].discard(i)
        self.into[i] = STAYS
        self.merges -= 1
        self._took(-cost)

    def _swap(self, i: int, k: int, may_cost: float) -> None:
        """Two closed schools change receivers."""
        a, b = self.into[i], self.into[k]
        if a == b or b not in self.way[i] or a not in self.way[k]:
            return
        own, other = self.pupils[i], self.pupils[k]
        at_a = [x - y + z for x, y, z in zip(self.load[a], own, other, strict=True)]
        at_b = [x + y - z for x, y, z in zip(self.load[b], own, other, strict=True)]
        formed_a, formed_b = self._rombel(a, at_a), self._rombel(b, at_b)
        if formed_a > self.rooms[a] or formed_b > self.rooms[b]:
            return
        cost = self.rombel_price * (formed_a + formed_b - self.rombel[a] - self.rombel[b])
        cost += self.way[i][b] + self.way[k][a] - self.way[i][a] - self.way[k][b]
        if cost > may_cost:
            return
        self.load[a], self.load[b] = at_a, at_b
        self.rombel[a], self.rombel[b] = formed_a, formed_b
        self.into[i], self.into[k] = b, a
        self.joined[a].discard(i)
        self.joined[b].discard(k)
        self.joined[a].add(k)
        self.joined[b].add(i)
        self._took(-cost)

    def _recentre(self, j: int, may_cost: float) -> None:
        """One of those that joined ``j`` receives all the others, and ``j`` joins it."""
        members = self.joined[j]
        k = self.luck.choice(sorted(members))
        if k not in self.way[j] or self.must_close[k]:
            return
        cost = self.way[j][k] - self.way[k][j]
        for i in members:
            if i != k:
                way = self.way[i].get(k)
                if way is None:
                    return
                cost += way - self.way[i][j]
        formed = self._rombel(k, self.load[j])
        cost += self.rombel_price * (formed - self.rombel[j])
        if formed > self.rooms[k] or cost > may_cost:
            return
        others = (members - {k}) | {j}
        for i in others:
            self.into[i] = k
        self.into[k] = STAYS
        self.joined[k], self.joined[j] = others, set()
        self.load[k], self.load[j] = self.load[j], list(self.pupils[j])
        self.rombel[k], self.rombel[j] = formed, 0
        self._took(-cost)
