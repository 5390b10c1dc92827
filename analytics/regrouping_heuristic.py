"""A good plan at once: greedy merges, then single changes until none helps.

The plan stands on screen while the solver proves how far from the best it can be, and is the
first upper bound of the proof. Deterministic: the same schools give the same plan.
"""

from __future__ import annotations

import heapq
import time
from collections.abc import Iterable

import numpy as np

from analytics.regrouping_programme import ALMOST, STAYS, Numbers, Programme, Whole

# Passes of single changes; each visits every arc once.
MOST_PASSES = 6


class _Plan:
    """A plan under way: who goes where, what each receiver holds."""

    def __init__(self, programme: Programme) -> None:
        self.programme = programme
        self.into = np.full(programme.school_count, STAYS)
        self.arc = np.full(programme.school_count, STAYS)
        self.arrived = np.zeros_like(programme.pupils)
        self.received = np.zeros(programme.school_count, dtype=np.int64)
        prices = programme.prices
        moved = programme.pupils[programme.source].sum(axis=1) * programme.km
        self._raw = programme.freed[programme.source] - prices.pupil_km * moved
        self._slack = programme.slack
        self._most_into = programme.most_into or programme.school_count
        self._most = programme.most_merges if programme.most_merges is not None else len(self.into)
        self.merge_count = 0

    def added(self, school: int, pupils: Numbers) -> int:
        """Rombel a school forms beyond today's with so many arrivals by grade."""
        over = pupils - self._slack[school]
        ceiling = int(self.programme.ceiling[school])
        return int((-(-over[over > 0] // ceiling)).sum())

    def saving(self, arc: int) -> float | None:
        """What one more merge saves now, million rupiah; None where it is not allowed now."""
        programme = self.programme
        i, j = int(programme.source[arc]), int(programme.target[arc])
        if self.into[i] != STAYS or self.into[j] != STAYS or self.received[i]:
            return None
        if self.received[j] >= self._most_into or self.merge_count >= self._most:
            return None
        after = self.added(j, self.arrived[j] + programme.pupils[i])
        if after > programme.spare[j]:
            return None
        more = after - self.added(j, self.arrived[j])
        return float(self._raw[arc] - programme.prices.rombel * more)

    def close(self, arc: int) -> None:
        i, j = int(self.programme.source[arc]), int(self.programme.target[arc])
        self.into[i], self.arc[i] = j, arc
        self.arrived[j] += self.programme.pupils[i]
        self.received[j] += 1
        self.merge_count += 1

    def reopen(self, i: int) -> int:
        """Undo one merge; the arc it had."""
        j, arc = int(self.into[i]), int(self.arc[i])
        self.into[i] = self.arc[i] = STAYS
        self.arrived[j] -= self.programme.pupils[i]
        self.received[j] -= 1
        self.merge_count -= 1
        return arc


def greedy_plan(programme: Programme, start: Whole | None = None, seconds: float = 1.0) -> Whole:
    """Arc by school of a feasible plan, ``STAYS`` where it stays open.

    Parameters
    ----------
    programme
        A strengthened programme.
    start
        Arcs to take first where they still fit, most wanted first.
    seconds
        Time for the single changes that follow.

    Returns
    -------
    Never worse than all open, unless a school is locked closed. A school locked closed for which
    no room is left stays open here; the solver decides whether that is forced.
    """
    deadline = time.monotonic() + seconds
    plan = _Plan(programme)
    for arc in [] if start is None else start.tolist():
        if plan.saving(arc) is not None:
            plan.close(arc)
    forced = programme.must_close[programme.source]
    # Fewest choices first, so that a school with one receiver finds room there.
    choices = np.bincount(programme.source, minlength=programme.school_count)
    for i in np.argsort(choices, kind="stable").tolist():
        if programme.must_close[i] and plan.into[i] == STAYS:
            open_arcs = [
                (worth, arc)
                for arc in np.flatnonzero(programme.source == i).tolist()
                if (worth := plan.saving(arc)) is not None
            ]
            if open_arcs:
                plan.close(max(open_arcs)[1])
    _fill(plan, np.flatnonzero(~forced).tolist())
    arcs_of = _by_school(programme)
    for _ in range(MOST_PASSES):
        if not _changed(plan, arcs_of, deadline):
            break
    return plan.arc


def _fill(plan: _Plan, arcs: Iterable[int]) -> tuple[list[int], float]:
    """Take the merge that saves most until none saves: arcs taken, million rupiah saved."""
    heap = [(-(plan.saving(arc) or 0.0), arc) for arc in arcs]
    heapq.heapify(heap)
    taken: list[int] = []
    won = 0.0
    while heap and -heap[0][0] > ALMOST:
        _, arc = heapq.heappop(heap)
        worth = plan.saving(arc) or 0.0
        # What it saves may have fallen since it was ranked: then it waits for its new turn.
        if heap and -worth > heap[0][0] + ALMOST:
            heapq.heappush(heap, (-worth, arc))
        elif worth > ALMOST:
            plan.close(arc)
            taken.append(arc)
            won += worth
    return taken, won


def _by_school(programme: Programme) -> list[list[int]]:
    arcs: list[list[int]] = [[] for _ in range(programme.school_count)]
    for arc, (i, j) in enumerate(
        zip(programme.source.tolist(), programme.target.tolist(), strict=True)
    ):
        arcs[i].append(arc)
        arcs[j].append(arc)
    return arcs


def _changed(plan: _Plan, arcs_of: list[list[int]], deadline: float) -> bool:
    """One pass: undo a merge or a whole star, refill around it, keep what saves more."""
    improved = False
    for j in np.flatnonzero(plan.received).tolist():
        points = np.flatnonzero(plan.into == j).tolist()
        if time.monotonic() > deadline:
            return False
        for undone in [[i] for i in points] + ([points] if len(points) > 1 else []):
            if any(plan.into[i] != j for i in undone):
                break
            improved |= _retried(plan, undone, arcs_of)
    return improved


def _retried(plan: _Plan, undone: list[int], arcs_of: list[list[int]]) -> bool:
    """Whether undoing these merges and filling anew around them saved more."""
    lost = 0.0
    gone = []
    for i in undone:
        arc = plan.reopen(i)
        gone.append(arc)
        lost += plan.saving(arc) or 0.0
    near = {a for arc in gone for s in _ends(plan, arc) for a in arcs_of[s]}
    taken, won = _fill(plan, sorted(near - set(gone[:1])))
    closed = all(plan.into[i] != STAYS for i in undone if plan.programme.must_close[i])
    if won > lost + 1e-6 and closed:
        return True
    for arc in reversed(taken):
        plan.reopen(int(plan.programme.source[arc]))
    for arc in reversed(gone):
        plan.close(arc)
    return False


def _ends(plan: _Plan, arc: int) -> tuple[int, int]:
    return int(plan.programme.source[arc]), int(plan.programme.target[arc])
