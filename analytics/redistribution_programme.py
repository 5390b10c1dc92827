"""The programme: fill the most, move the fewest, the least way; each proved before the next.

Without teachers of two schools the ways form a network (groups within cells on one side, posts on
the other), whose linear programme has whole answers: each stage is one linear programme, and the
next is asked on the face of its optima, so that nothing is weighed against anything. Where two
schools share a teacher, HiGHS branches on that connected part alone.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.optimize import Bounds, LinearConstraint, OptimizeResult, linprog, milp
from scipy.sparse import coo_matrix, csr_matrix, vstack
from scipy.sparse.csgraph import connected_components

from analytics.redistribution_cells import Ground
from analytics.redistribution_reach import Reach
from analytics.redistribution_situation import HoursLaw

# Rounding of HiGHS; hours over the norm, people and metres are all coarser than this.
_SLACK = 1e-5
_DUAL = 1e-7
_WORST_TRIES = 30
_GRACE_SECONDS = 5.0
# Of the time left, what one search may take: later stages need some too.
_SHARE_OF_TIME = 0.4
_OPTIMAL, _INFEASIBLE = 0, 2
_METRES_PER_KM = 1000.0
# Stages in the order they are proved; what each adds up.
MUST, NEED, PRIVATE_NEED, PEOPLE, DISPLACED, KM, WORST_KM, CERTIFIED = (
    "must_move", "need", "private_need", "people", "displaced", "km", "worst_km", "certified",
)  # fmt: skip


@dataclass(frozen=True)
class Stage:
    """One stage: what was reached, what cannot be bettered, and how long it took.

    ``value``: reached; ``bound``: nothing better exists; ``gap``: share between them, 0 when
    proved. Needs are in whole posts (FTE), distances in km.
    """

    name: str
    value: float
    bound: float
    gap: float
    seconds: float


@dataclass(frozen=True, eq=False)
class Answer:
    """How many of each group take each way (index of ``Reach.ways``), and the stages."""

    counts: np.ndarray
    stages: tuple[Stage, ...]


def solve(ground: Ground, reach: Reach, law: HoursLaw, seconds: float) -> Answer:
    """The lexicographic optimum over all ways.

    Parameters
    ----------
    seconds
        For all stages together; a stage out of time keeps what it has and tells the gap.

    Method: docs/method.md eq. 148-154, 328.
    """
    ways = reach.ways
    if ways.empty:
        return Answer(np.zeros(0, dtype=np.int64), ())
    stages = _Stages(ground, reach, seconds)
    group = reach.groups.iloc[ways["group"].to_numpy()]
    weight = _weights(ways, law)
    opened = group["opens"].to_numpy(dtype=float) / law.norm
    opened_private = group["opens_private"].to_numpy(dtype=float) / law.norm
    moves = (~ways["is_same_school"].to_numpy(dtype=bool)).astype(float)
    private = ways["is_private"].to_numpy(dtype=bool)
    km = (ways["km"] + ways["other_km"]).to_numpy(dtype=float)
    must = group["must_move"].to_numpy(dtype=bool) * moves
    if must.any():
        stages.prove(MUST, must, -1.0)
    stages.prove(NEED, np.where(private, 0.0, weight) - opened, -1.0)
    if private.any() or opened_private.any():
        stages.prove(PRIVATE_NEED, np.where(private, weight, 0.0) - opened_private, -1.0)
    stages.prove(PEOPLE, moves, 1.0)
    closing = group["is_closing"].to_numpy(dtype=bool)
    if closing.any():
        stages.prove(DISPLACED, moves * ~closing, 1.0)
    # In whole metres the reduced costs of a network are whole numbers.
    stages.prove(KM, np.rint(km * _METRES_PER_KM), 1.0, 1 / _METRES_PER_KM)
    stages.lower_worst(ways[["km", "other_km"]].to_numpy(dtype=float).max(axis=1))
    certified = group["has_certificate"].to_numpy(dtype=bool)
    if certified.any() and not certified.all():
        stages.prove(CERTIFIED, certified * moves, -1.0)
    return Answer(np.rint(stages.found).astype(np.int64), tuple(stages.told))


def _weights(ways: pd.DataFrame, law: HoursLaw) -> np.ndarray:
    """Whole posts that one person on each way fills: hours over the norm, a post at most 1."""
    first = np.minimum(ways["hours"].to_numpy(dtype=float) / law.norm, 1.0)
    second = np.minimum(ways["other_hours"].to_numpy(dtype=float) / law.norm, 1.0)
    return np.asarray(first + second)


class _Stages:
    """All ways, parted into the network and the connected parts with teachers of two schools."""

    def __init__(self, ground: Ground, reach: Reach, seconds: float) -> None:
        matrix, limit, upper = _constraints(ground, reach)
        count = matrix.shape[1]
        ends = time.monotonic() + seconds
        part = _parts(matrix)
        is_split = (reach.ways["slot"] == "split").to_numpy()
        split_parts = set(part[is_split])
        in_network = ~np.isin(part, list(split_parts))
        members = [np.flatnonzero(in_network)] if in_network.any() else []
        members += [np.flatnonzero(part == one) for one in sorted(split_parts)]
        places = reach.ways.groupby(["cell", "slot", "other_cell"], sort=True).ngroup().to_numpy()
        self._blocks = [
            (own, _Block(matrix[:, own], limit, upper[own], places[own], ends)) for own in members
        ]
        self.found = np.zeros(count)
        self.told: list[Stage] = []

    def prove(self, name: str, values: np.ndarray, sign: float, unit: float = 1.0) -> None:
        """Least (``sign`` 1) or most (-1) of ``values``, held for the stages to come."""
        start = time.monotonic()
        value = bound = 0.0
        for own, block in self._blocks:
            reached, best = block.stage(values[own], sign)
            value, bound = value + reached, bound + best
            self.found[own] = block.found
        value, bound = value * unit, bound * unit
        gap = abs(bound - value) / max(abs(bound), abs(value), _SLACK)
        if abs(bound - value) <= _SLACK * max(1.0, abs(value)):
            gap, bound = 0.0, value
        self.told.append(Stage(name, value, bound, gap, time.monotonic() - start))

    def lower_worst(self, km: np.ndarray) -> None:
        """Forbid the longest way in use until what is held cannot be kept without it."""
        start = time.monotonic()
        bound = 0.0
        worst = float(km[self.found > 0.5].max(initial=0.0))
        for _ in range(_WORST_TRIES):
            if worst <= 0:
                break
            longest = [
                (own, block)
                for own, block in self._blocks
                if km[own][block.found > 0.5].max(initial=0.0) >= worst - _SLACK
            ]
            outcomes = [block.without(km[own] >= worst - _SLACK) for own, block in longest]
            if not all(outcome == _OPTIMAL for outcome in outcomes):
                # One part that cannot do without it is proof enough for all.
                bound = worst if _INFEASIBLE in outcomes else 0.0
                break
            for own, block in longest:
                self.found[own] = block.found
            worst = float(km[self.found > 0.5].max(initial=0.0))
        gap = 0.0 if worst <= bound + _SLACK else (worst - bound) / worst
        self.told.append(Stage(WORST_KM, worst, bound, gap, time.monotonic() - start))


class _Block:
    """One part of the programme and the face of what is proved so far."""

    def __init__(
        self,
        matrix: csr_matrix,
        limit: np.ndarray,
        upper: np.ndarray,
        places: np.ndarray,
        ends: float,
    ) -> None:
        used = np.diff(matrix.indptr) > 0
        self._matrix, self._most = matrix[used], limit[used]
        self._least = np.full(int(used.sum()), -np.inf)
        self._lower, self._upper = np.zeros(len(upper)), upper.copy()
        self._ends = ends
        place = np.unique(places, return_inverse=True)[1]
        at = np.arange(len(places))
        self._place = _used(at, place, int(place.max(initial=-1)) + 1, len(places))
        self.found = np.zeros(len(upper))
        self._has_held_rows = False

    def stage(self, values: np.ndarray, sign: float) -> tuple[float, float]:
        """Value reached and bound; the optima are held."""
        if not values.any():
            return 0.0, 0.0
        cost = sign * values
        before = float(cost @ self.found)
        answer = self._linear(cost)
        if answer.x is None:
            self._hold(cost, before)
            return sign * before, sign * _least(cost, self._lower, self._upper)
        if _is_whole(answer.x):
            self.found = np.rint(answer.x)
            reached = float(cost @ self.found)
            if self._has_held_rows:
                self._hold(cost, reached)
            else:
                self._keep_face(answer)
            return sign * reached, sign * reached
        self._take_floor(cost, answer.x)
        before = float(cost @ self.found)
        whole = self._whole(cost)
        bound = float(answer.fun)
        if whole is not None and whole.x is not None:
            candidate = np.rint(whole.x)
            # Out of time HiGHS may hold less than the stages before already gave.
            if float(cost @ candidate) <= before + _SLACK or not self.found.any():
                self.found = candidate
            if whole.mip_dual_bound is not None:
                bound = max(bound, float(whole.mip_dual_bound))
        if whole is None or whole.status != _OPTIMAL:
            self._reassign(cost)
        reached = float(cost @ self.found)
        self._hold(cost, reached)
        return sign * reached, sign * min(bound, reached)

    def _take_floor(self, cost: np.ndarray, relaxed: np.ndarray) -> None:
        """Something to hold before the search: whole people of the relaxed answer, if they may."""
        floor = np.floor(relaxed + _SLACK)
        used = np.asarray(self._matrix @ floor)
        may = (used <= self._most + _SLACK).all() and (used >= self._least - _SLACK).all()
        may &= bool((floor >= self._lower).all() and (floor <= self._upper).all())
        if may and cost @ floor < cost @ self.found:
            self.found = floor

    def _reassign(self, cost: np.ndarray) -> None:
        """Keep the posts filled and let the people change places: a network, solved at once."""
        held = (self._matrix, self._least, self._most)
        filled = np.asarray(self._place @ self.found)
        self._matrix = vstack([self._matrix, self._place], format="csr")
        self._least = np.concatenate([self._least, filled])
        self._most = np.concatenate([self._most, filled])
        answer = self._linear(cost)
        self._matrix, self._least, self._most = held
        if answer.x is not None and _is_whole(answer.x) and answer.fun < cost @ self.found:
            self.found = np.rint(answer.x)

    def without(self, forbidden: np.ndarray) -> int:
        """Try to keep all that is held without some ways; the outcome, kept where it worked."""
        if (self._lower[forbidden] > 0).any():
            return _INFEASIBLE
        upper = self._upper
        self._upper = np.where(forbidden, 0.0, upper)
        cost = np.zeros(len(upper))
        answer = self._linear(cost)
        if answer is not None and answer.x is not None and not _is_whole(answer.x):
            answer = self._whole(cost)
        if answer is None or answer.x is None:
            self._upper = upper
            return 1 if answer is None else int(answer.status)
        self.found = np.rint(answer.x)
        return _OPTIMAL

    def _linear(self, cost: np.ndarray) -> OptimizeResult:
        # A linear programme is short, and without it nothing is known of the bound.
        left = max(self._ends - time.monotonic(), _GRACE_SECONDS)
        tight = self._least == self._most
        over = ~tight & np.isfinite(self._most)
        under = ~tight & np.isfinite(self._least)
        at_most = vstack([self._matrix[over], -self._matrix[under]], format="csr")
        limits = np.concatenate([self._most[over], -self._least[under]])
        return linprog(
            cost,
            A_ub=at_most if len(limits) else None,
            b_ub=limits if len(limits) else None,
            A_eq=self._matrix[tight] if tight.any() else None,
            b_eq=self._most[tight] if tight.any() else None,
            bounds=np.column_stack([self._lower, self._upper]),
            # A vertex is wanted: only that of a network is whole.
            method="highs-ds",
            options={"time_limit": left},
        )

    def _whole(self, cost: np.ndarray) -> OptimizeResult | None:
        left = (self._ends - time.monotonic()) * _SHARE_OF_TIME
        if left <= 0:
            return None
        return milp(
            cost,
            integrality=np.ones(len(cost)),
            bounds=Bounds(self._lower, self._upper),
            constraints=LinearConstraint(self._matrix, self._least, self._most),
            options={"mip_rel_gap": 0.0, "time_limit": left},
        )

    def _keep_face(self, answer: OptimizeResult) -> None:
        """Hold the optima without a new row: what has a price stays as it is."""
        tight = self._least == self._most
        over = np.flatnonzero(~tight & np.isfinite(self._most))
        under = np.flatnonzero(~tight & np.isfinite(self._least))
        prices = np.abs(answer.ineqlin.marginals)
        priced_over = over[prices[: len(over)] > _DUAL]
        priced_under = under[prices[len(over) :] > _DUAL]
        self._least[priced_over] = self._most[priced_over]
        self._most[priced_under] = self._least[priced_under]
        at_lower = answer.lower.marginals > _DUAL
        at_upper = answer.upper.marginals < -_DUAL
        self._upper = np.where(at_lower, self._lower, self._upper)
        self._lower = np.where(at_upper, self._upper, self._lower)

    def _hold(self, cost: np.ndarray, reached: float) -> None:
        self._has_held_rows = True
        slack = _SLACK * max(1.0, abs(reached) * 1e-3)
        self._matrix = vstack([self._matrix, csr_matrix(cost)], format="csr")
        self._least = np.append(self._least, -np.inf)
        self._most = np.append(self._most, reached + slack)


def _constraints(ground: Ground, reach: Reach) -> tuple[csr_matrix, np.ndarray, np.ndarray]:
    """Rows: people of a group, surplus of a cell, whole posts, parts of posts; all at most."""
    ways, groups, cells = reach.ways, reach.groups, ground.cells
    count = len(ways)
    at = np.arange(count)
    group = ways["group"].to_numpy(dtype=np.int64)
    origin = groups["cell"].to_numpy(dtype=np.int64)[group]
    cell = ways["cell"].to_numpy(dtype=np.int64)
    other = ways["other_cell"].to_numpy(dtype=np.int64)
    is_full, has_other = (ways["slot"] == "full").to_numpy(), other >= 0
    rows = [
        (_used(at, group, len(groups), count), groups["size"]),
        (_used(at, origin, len(cells), count), cells["surplus_count"]),
        (_used(at[is_full], cell[is_full], len(cells), count), cells["full_count"]),
        (
            _used(
                np.concatenate([at[~is_full], at[has_other]]),
                np.concatenate([cell[~is_full], other[has_other]]),
                len(cells),
                count,
            ),
            cells["part_hours"] > 0,
        ),
    ]
    matrix = vstack([used for used, _ in rows], format="csr")
    limit = np.concatenate([limits.to_numpy(dtype=float) for _, limits in rows])
    room = np.where(is_full, cells["full_count"].to_numpy()[cell], 1)
    upper = np.minimum(room, groups["size"].to_numpy()[group]).astype(float)
    return matrix, limit, upper


def _parts(matrix: csr_matrix) -> np.ndarray:
    """The connected part of each way: ways that share no row do not touch each other."""
    rows, count = matrix.shape
    entries = matrix.tocoo()
    links = coo_matrix(
        (np.ones(entries.nnz), (entries.row, rows + entries.col)),
        shape=(rows + count, rows + count),
    )
    return np.asarray(connected_components(links, directed=False)[1][rows:])


def _is_whole(found: np.ndarray) -> bool:
    return bool(np.abs(found - np.rint(found)).max(initial=0.0) <= _SLACK)


def _least(cost: np.ndarray, lower: np.ndarray, upper: np.ndarray) -> float:
    """What no answer can be below: each way alone at its best end."""
    return float(np.minimum(cost * lower, cost * upper).sum())


def _used(at: np.ndarray, row: np.ndarray, height: int, width: int) -> csr_matrix:
    return csr_matrix((np.ones(len(at)), (row, at)), shape=(height, width))
