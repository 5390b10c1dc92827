"""The regrouping programme as arrays: who may go where, and what a plan costs.

Nothing here knows of names, coordinates or files; ``regrouping.py`` makes a programme out of a
table of schools, ``regrouping_solver.py`` solves it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

Whole = np.ndarray
Numbers = np.ndarray
Flags = np.ndarray

STAYS = -1
# Differences below this many million rupiah a year are rounding, not savings.
ALMOST = 1e-7


@dataclass(frozen=True)
class Prices:
    """What a year costs, in million rupiah.

    ``open_school``: a school kept open, whatever its size. ``rombel``: one class. ``pupil_km``: one
    pupil walking one kilometre further.
    """

    open_school: float
    rombel: float
    pupil_km: float

    def __post_init__(self) -> None:
        for name in ("open_school", "rombel", "pupil_km"):
            value = getattr(self, name)
            if not np.isfinite(value) or value < 0:
                raise ValueError(f"{name} is {value}; a price is 0 or more (million rupiah a year)")


@dataclass(frozen=True, eq=False)
class Programme:
    """Schools, the merges that are allowed one by one, and the prices.

    Parameters
    ----------
    pupils
        Pupils by school (row) and grade (column), whole.
    ceiling
        Most pupils in a rombel, by school.
    spare
        Rombel a school may form beyond today's, by school; never negative, so that leaving every
        school open is always within its rooms.
    source, target, km
        Arcs: school ``source[a]`` may merge into ``target[a]`` at ``km[a]`` (after the detour).
    must_close
        Schools locked closed; they have arcs out or the plan is impossible.
    most_into, most_merges
        At most so many schools into one, and in all; None: no such limit.
    """

    pupils: Whole
    ceiling: Whole
    spare: Whole
    source: Whole
    target: Whole
    km: Numbers
    must_close: Flags
    prices: Prices
    most_into: int | None = None
    most_merges: int | None = None

    @property
    def school_count(self) -> int:
        """Schools of the file, also those no merge touches."""
        return len(self.pupils)

    @property
    def rombel_today(self) -> Whole:
        """Rombel by school with every school open (eq. 110)."""
        return rombel(self.pupils, self.ceiling).sum(axis=1)

    @property
    def slack(self) -> Whole:
        """Pupils that fit into the rombel of today, by school and grade."""
        return rombel(self.pupils, self.ceiling) * self.ceiling[:, None] - self.pupils

    @property
    def freed(self) -> Numbers:
        """Million rupiah a year saved where a school closes, before what its pupils cost."""
        return self.prices.open_school + self.prices.rombel * self.rombel_today

    @property
    def part(self) -> Whole:
        """Part of each school: no merge leads from one part to another, nor a limit ties them."""
        count = self.school_count
        if self.most_merges is not None:
            return np.zeros(count, dtype=np.int64)
        links = coo_matrix((np.ones(len(self.source)), (self.source, self.target)), (count, count))
        return np.asarray(connected_components(links, directed=False)[1])

    @property
    def cost_all_open(self) -> float:
        """Yearly cost with every school open, million rupiah."""
        return float(self.freed.sum())


def rombel(pupils: Whole, ceiling: Whole) -> Whole:
    """Classes by school and grade, rounded up under the ceiling."""
    return -(-pupils // ceiling[:, None])


def added_rombel(pupils: Whole, slack: Whole, ceiling: Whole) -> Whole:
    """Rombel formed beyond today's where ``pupils`` more arrive, summed over the grades.

    Rows are (receiver, group of arrivals); ``pupils`` and ``slack`` by grade.

    Method: docs/method.md eq. 112.
    """
    over = pupils - slack
    return np.where(over > 0, -(-over // ceiling[:, None]), 0).sum(axis=1)


def plan_cost(programme: Programme, into: Whole, km: Numbers) -> float:
    """Yearly cost of a plan, million rupiah, all schools of the file counted.

    Parameters
    ----------
    into
        Receiving school by school, ``STAYS`` where it stays open.
    km
        Kilometres of the merge, by school; read only where it merges.

    Method: docs/method.md eq. 113.
    """
    closes = into != STAYS
    loads = programme.pupils.copy()
    np.add.at(loads, into[closes], programme.pupils[closes])
    loads[closes] = 0
    formed = rombel(loads, programme.ceiling).sum()
    moved_km = (programme.pupils.sum(axis=1)[closes] * km[closes]).sum()
    prices = programme.prices
    return float(
        prices.open_school * (~closes).sum() + prices.rombel * formed + prices.pupil_km * moved_km
    )


def sent(programme: Programme, arc: Whole) -> tuple[Whole, Numbers]:
    """Receiving school (``STAYS`` where none) and kilometres by school, from its arc."""
    into = np.full(programme.school_count, STAYS)
    km = np.zeros(programme.school_count)
    closes = arc != STAYS
    into[closes] = programme.target[arc[closes]]
    km[closes] = programme.km[arc[closes]]
    return into, km


def strengthened(programme: Programme) -> Programme:
    """The same programme without arcs that no best plan needs.

    An arc goes when the receiver lacks rooms even for this school alone, or when the merge costs
    at least what it frees however the receiver's classes fall: every full class that moves is
    formed again somewhere. Arcs of schools locked closed stay, whatever they cost.

    Method: docs/method.md eq. 114-115.
    """
    source, target = programme.source, programme.target
    added = added_rombel(
        programme.pupils[source], programme.slack[target], programme.ceiling[target]
    )
    fits = added <= programme.spare[target]
    worth = arc_worth(programme) > ALMOST
    keep = fits & (worth | programme.must_close[source])
    if 0 in (programme.most_into, programme.most_merges):
        keep[:] = False
    return replace(programme, source=source[keep], target=target[keep], km=programme.km[keep])


def arc_worth(programme: Programme) -> Numbers:
    """The most an arc can save, million rupiah a year, whoever else joins the receiver."""
    source, target = programme.source, programme.target
    again = (programme.pupils[source] // programme.ceiling[target][:, None]).sum(axis=1)
    moved = programme.pupils[source].sum(axis=1) * programme.km
    prices = programme.prices
    return programme.freed[source] - prices.rombel * again - prices.pupil_km * moved
