"""The search: relaxed first, whole numbers near it, then every variable that could still matter."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, OptimizeResult, linprog, milp
from scipy.sparse import csr_matrix, hstack, vstack

from analytics.mix_programme import Programme
from analytics.mix_question import Flags, Numbers
from analytics.mix_rounding import topped_up

# Weight of what comes second against what it is worth: it settles ties, and no more.
_TIE_SHARE = 1e-5
_WHOLE = 1e-6
_SHARE_OF_ROUNDING = 0.4
_LEAST_SECONDS = 0.02
# The tighter the search near the relaxed answer, the less is left to prove afterwards.
_ROUNDING_GAP = 0.1
_INFEASIBLE = 2
_ALMOST = 0.99


@dataclass(frozen=True, eq=False)
class Answer:
    """What was found: ``found`` None where nothing is feasible (or no time was left to see).

    ``value`` and ``bound`` in the units of the objective.
    """

    found: Numbers | None
    value: float
    bound: float
    is_infeasible: bool = False


@dataclass(frozen=True, eq=False)
class Aim:
    """What is minimised: ``main`` over variables, then ``tie``; ``whole`` is all there is to win.

    ``rate``: units of ``main`` a unit of ``tie`` is roughly worth; ``most_tie``: it comes to no
    more. A gap is the share of the larger of value and ``whole - value``: of posts filled where
    it is about posts.
    """

    main: Numbers
    tie: Numbers
    whole: float = 0.0
    rate: float = 1.0
    most_tie: float = np.inf

    def allowed(self, value: float, gap: float) -> float:
        """Distance between value and bound that is close enough."""
        return gap * max(abs(value), abs(self.whole - value))


def solved(asked: Programme, aim: Aim, seconds: float, gap: float) -> Answer:
    """The best whole plan, its bound and nothing more: limits are taken as they stand.

    Method: docs/method.md eq. 219-223.
    """
    ends = time.monotonic() + seconds
    most_tie = min(_most(asked, aim.tie), aim.most_tie)
    weight = _TIE_SHARE * aim.rate
    cost = aim.main + weight * aim.tie
    relaxed = relaxation(asked, cost, ends)
    if relaxed.x is None:
        return Answer(None, np.inf, -np.inf, relaxed.status == _INFEASIBLE)
    low, is_infeasible = float(relaxed.fun), False
    best = _floored(asked, relaxed.x)
    count = asked.whole_count
    if best is None and len(asked.cost) == count + len(asked.moved_cells) + len(asked.short_cells):
        best = topped_up(asked, relaxed.x, row_prices(asked, relaxed), cost)
    if not _is_close(aim, cost, best, low, gap):
        near = relaxed.x[:count]
        least, most = asked.least.copy(), asked.most.copy()
        least[:count] = np.maximum(least[:count], np.floor(near + _WHOLE))
        most[:count] = np.minimum(most[:count], np.ceil(near - _WHOLE))
        within = replace(asked, least=least, most=most)
        spare = aim.allowed(low, gap) * _ROUNDING_GAP
        best = _better(cost, best, _whole(within, cost, _share(ends), spare, low).x)
    if not _is_close(aim, cost, best, low, gap):
        least, most = asked.least, asked.most
        if best is not None:
            # What is dearer than all there is left to win stays where the relaxed answer has it.
            width = float(cost @ best) - low + _WHOLE
            most = np.where(relaxed.lower.marginals > width, least, most)
            least = np.where(relaxed.upper.marginals < -width, asked.most, least)
        left = max(ends - time.monotonic(), _LEAST_SECONDS)
        value = float(cost @ best) if best is not None else low
        full = _whole(
            replace(asked, least=least, most=most), cost, left, aim.allowed(value, gap) / 2, low
        )
        best = _better(cost, best, full.x)
        if full.mip_dual_bound is not None and np.isfinite(full.mip_dual_bound):
            low = max(low, float(full.mip_dual_bound))
        is_infeasible = full.status == _INFEASIBLE
    if best is None:
        return Answer(None, np.inf, -np.inf, is_infeasible)
    value = float(aim.main @ best)
    return Answer(best, value, min(low - weight * most_tie, value))


def cheaper_tie(asked: Programme, aim: Aim, answer: Answer, seconds: float) -> Answer:
    """The same value with less of what comes second, where time lets it be found."""
    if answer.found is None or seconds < _LEAST_SECONDS:
        return answer
    held = asked.held(aim.main, answer.value + aim.allowed(answer.value, 1e-7))
    tie = aim.tie + 0.0
    now = float(tie @ answer.found)
    found = _whole(held, tie, seconds, 1e-4 * abs(now), now).x
    if found is None:
        return answer
    found = _polished(found, asked.whole_count)
    if tie @ found >= now or aim.main @ found > answer.value + aim.allowed(answer.value, 1e-6):
        return answer
    return replace(answer, found=found, value=min(answer.value, float(aim.main @ found)))


def relaxation(asked: Programme, cost: Numbers, ends: float = np.inf) -> OptimizeResult:
    """The linear programme, with the price of each bound (``lower``, ``upper`` marginals)."""
    over, under = np.isfinite(asked.upper), np.isfinite(asked.lower)
    left = ends - time.monotonic()
    return linprog(
        cost,
        A_ub=vstack([asked.matrix[over], -asked.matrix[under]], format="csr"),
        b_ub=np.concatenate([asked.upper[over], -asked.lower[under]]),
        bounds=np.column_stack([asked.least, asked.most]),
        method="highs-ds",
        # Without it nothing is known at all.
        options={"time_limit": max(left, 2.0)} if np.isfinite(left) else {},
    )


def row_prices(asked: Programme, relaxed: OptimizeResult) -> Numbers:
    """What the objective gains by a unit more of each limit, by row; 0 where it does not bind."""
    over, under = np.isfinite(asked.upper), np.isfinite(asked.lower)
    price = np.zeros(len(asked.rows))
    told = np.abs(relaxed.ineqlin.marginals)
    price[over] += told[: int(over.sum())]
    price[under] += told[int(over.sum()) :]
    return price


def _whole(
    asked: Programme, cost: Numbers, seconds: float, spare: float, near: float
) -> OptimizeResult:
    """HiGHS on what is not fixed, until ``spare`` is all there is between value and bound.

    ``near``: about the value expected.
    """
    free: Flags = asked.most > asked.least
    free[asked.whole_count :] = True
    at = np.flatnonzero(free)
    fixed = np.where(free, 0.0, asked.least)
    base = np.asarray(asked.matrix @ fixed)
    constant = float(cost @ fixed)
    # HiGHS stops on a share of the objective: a constant makes that share the spare asked for.
    lift = max(spare, _WHOLE) * 1e4 + near
    matrix = hstack([asked.matrix[:, at], csr_matrix((len(asked.rows), 1))], format="csr")
    result = milp(
        np.append(cost[at], -lift),
        integrality=np.append((at < asked.whole_count).astype(float), 0.0),
        bounds=Bounds(np.append(asked.least[at], 1.0), np.append(asked.most[at], 1.0)),
        constraints=LinearConstraint(matrix, asked.lower - base, asked.upper - base),
        options={"time_limit": max(seconds, _LEAST_SECONDS), "mip_rel_gap": 1e-4},
    )
    if result.x is not None:
        found = fixed
        found[at] = result.x[:-1]
        result.x = found
    if result.mip_dual_bound is not None:
        result.mip_dual_bound = result.mip_dual_bound + constant + lift
    return result


def _is_close(aim: Aim, cost: Numbers, best: Numbers | None, low: float, gap: float) -> bool:
    """Whether what is in hand is proved as far as asked."""
    if best is None:
        return False
    value = float(cost @ best)
    return value <= low + aim.allowed(value, gap) * _ALMOST


def _most(asked: Programme, cost: Numbers) -> float:
    """The most an objective can come to under the bounds alone."""
    return float(np.maximum(cost * asked.most, cost * asked.least).sum())


def _share(ends: float) -> float:
    return max((ends - time.monotonic()) * _SHARE_OF_ROUNDING, _LEAST_SECONDS)


def _floored(asked: Programme, relaxed: Numbers) -> Numbers | None:
    """The relaxed answer where it is whole already."""
    near = relaxed[: asked.whole_count]
    if np.abs(near - np.rint(near)).max(initial=0.0) > _WHOLE:
        return None
    return _polished(relaxed, asked.whole_count)


def _better(cost: Numbers, best: Numbers | None, other: Numbers | None) -> Numbers | None:
    if other is None or (best is not None and cost @ other >= cost @ best):
        return best
    return other


def _polished(found: Numbers, count: int) -> Numbers:
    return np.concatenate([np.rint(found[:count]), found[count:]])
