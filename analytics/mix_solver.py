"""The search: relaxed first, whole numbers near it, then every variable that could still matter."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np
from scipy.optimize import OptimizeResult

from analytics.mix_columns import gathered, widened
from analytics.mix_highs import (
    LEAST_SECONDS,
    WHOLE,
    narrowed,
    relaxation,
    row_prices,
    tilted,
    whole_plan,
)
from analytics.mix_joined import joined, searched
from analytics.mix_programme import CAP, FLOOR, MONEY, Programme
from analytics.mix_question import Numbers
from analytics.mix_roles import Beside, is_tied, shared_price, tightened, without_excess
from analytics.mix_rounding import topped_up

# Weight of what comes second against what it is worth: it settles ties, and no more.
_TIE_SHARE = 1e-5
# Of the time left at each step.
_SHARE_OF_ROUNDING = 0.25
_SHARE_WITHOUT_ROLES = 0.35
_SHARE_OF_PARTS = 0.4
_SHARE_OF_WIDENED = 0.4
_SHARE_OF_JOINED = 0.7
_SHARE_OF_SEARCHED = 0.6
_SHARE_OF_ROLES = 0.85
_SHARE_OF_TIED_ROLES = 0.5
_SHARE_OF_ROUND = 0.8
_SHARE_OF_EXCESS = 0.2
_SHARE_OF_JOINING = 0.6
# Of what is close enough, what a round must add to the bound for another.
_WORTH_A_ROUND = 0.1
# Of what is close enough, what the search near the relaxed answers may leave.
_ROUNDING_GAP = 0.5
_INFEASIBLE = 2
_ALMOST = 0.96
# Of the gap asked for, below which two values are alike where what comes second tells them apart.
_SHARE_ALIKE = 0.02
# Of what comes second, what is worth looking for.
_TIE_GAP = 1e-4
# Formations up to which a programme of its own settles ties; of more it finds no plan in time.
_FEW = 300
_PER_FORMATION = 1e-4
# Limits with a price up to which plans are put together of parts before HiGHS searches.
_FEW_LIMITS = 8
_TIMES_PRICE = (16.0, 64.0, 256.0)
# Of what is close enough, how far what comes second is let go to see what it is worth; and by how
# much more what is first counts where both are sought at once.
_LET_GO = 0.4
_TIMES_AT_ONCE = (64.0, 16.0)


@dataclass(frozen=True, eq=False)
class Answer:
    """What was found: ``found`` None where nothing is feasible (or no time was left to see).

    ``value`` and ``bound`` in the units of the objective. ``is_settled``: what comes second was
    sought at once with what is first.
    """

    found: Numbers | None
    value: float
    bound: float
    is_infeasible: bool = False
    is_settled: bool = False


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


def solved(
    asked: Programme, aim: Aim, seconds: float, gap: float, start: Numbers | None = None
) -> Answer:
    """The best whole plan, its bound and nothing more: limits are taken as they stand.

    Parameters
    ----------
    start
        A plan known to keep every limit; what is found is no worse.

    Method: docs/method.md eq. 219-223, 246, 335-336.
    """
    if not len(asked.cost):
        # Nothing is short and nothing may come: no plan is the only one.
        return Answer(np.zeros(0), 0.0, 0.0)
    ends = time.monotonic() + seconds
    most_tie = min(_most(asked, aim.tie), aim.most_tie)
    weight = _TIE_SHARE * aim.rate
    cost = aim.main + weight * aim.tie
    relaxed = relaxation(asked, cost, ends)
    if relaxed.x is None:
        return Answer(None, np.inf, -np.inf, relaxed.status == _INFEASIBLE)
    low, is_infeasible = float(relaxed.fun), False
    best = _better(cost, start, _floored(asked, relaxed.x))
    count = asked.whole_count
    is_usual = len(asked.cost) == count + len(asked.moved_cells) + len(asked.short_cells)
    if best is None and is_usual:
        best = topped_up(asked, relaxed.x, row_prices(asked, relaxed), cost)
    first = best
    # Money and quotas tie roles together more than whole numbers cost each of them; a floor of
    # each role by itself is the other way round.
    by_roles = any(row.kind == FLOOR for row in asked.rows)
    by_roles = by_roles or not is_tied(asked, relaxed, aim.allowed(low, gap))
    at_once = None
    if is_usual and not by_roles and not _is_close(aim, cost, best, low, gap):
        at_once = _at_once(asked, aim, relaxed, aim.allowed(low, gap))
        best = _better(cost, best, at_once)
    # What comes second takes its part of the bound in the end: the rest must be closer for it.
    gap = max(gap - weight * most_tie / max(aim.allowed(low, 1.0), WHOLE), gap / 2)
    # Quotas are whole numbers, and HiGHS is soon done where nothing else ties roles together; of
    # many limits at once two halves seldom fill all.
    few = np.count_nonzero(shared_price(asked, relaxed)) <= _FEW_LIMITS
    by_parts = not by_roles and bool(few)
    by_parts = by_parts and is_tied(asked, relaxed, aim.allowed(low, gap), (MONEY, CAP))
    if by_parts and not _is_close(aim, cost, best, low, gap):
        best, low = _by_parts(asked, aim, cost, (relaxed, [best, first], low), (ends, gap))
    if not _is_close(aim, cost, best, low, gap):
        again = relaxation(asked, tilted(asked, relaxed, cost), ends)
        near = [one for one in (relaxed.x, again.x, best, start) if one is not None]
        spare = aim.allowed(low, gap) * _ROUNDING_GAP
        left = _share(ends, _SHARE_OF_ROUNDING if by_roles else _SHARE_WITHOUT_ROLES)
        best = _better(cost, best, whole_plan(_between(asked, near), cost, left, spare, low).x)
    if not by_roles and not by_parts and not _is_close(aim, cost, best, low, gap):
        best, low = _by_parts(asked, aim, cost, (relaxed, [best, first], low), (ends, gap))
    if by_roles and not _is_close(aim, cost, best, low, gap):
        asked, relaxed, best, low = _by_roles(asked, aim, cost, (relaxed, best, low), (ends, gap))
    if not _is_close(aim, cost, best, low, gap):
        within = asked
        if best is not None:
            # What is dearer than all there is left to win stays as the relaxed answer has it.
            width = float(cost @ best) - float(relaxed.fun) + WHOLE
            prices = relaxed.lower.marginals, relaxed.upper.marginals
            within = narrowed(asked, prices, width)
        left = max(ends - time.monotonic(), LEAST_SECONDS)
        value = float(cost @ best) if best is not None else low
        full = whole_plan(within, cost, left, aim.allowed(value, gap) / 2, low)
        best = _better(cost, best, full.x)
        if full.mip_dual_bound is not None and np.isfinite(full.mip_dual_bound):
            low = max(low, float(full.mip_dual_bound))
        is_infeasible = full.status == _INFEASIBLE
    if best is None:
        return Answer(None, np.inf, -np.inf, is_infeasible)
    value = float(aim.main @ best)
    is_settled = at_once is not None and best is at_once
    return Answer(best, value, min(low - weight * most_tie, value), is_settled=is_settled)


_Hand: TypeAlias = tuple[OptimizeResult, Numbers | None, float]


def _by_parts(
    asked: Programme,
    aim: Aim,
    cost: Numbers,
    hand: tuple[OptimizeResult, list[Numbers | None], float],
    limit: tuple[float, float],
) -> tuple[Numbers | None, float]:
    """The best plan of parts of roles, and the bound at the prices at which they fit together.

    Parameters
    ----------
    hand
        The relaxed answer, plans at hand with the best first, and the bound.
    limit
        When to stop on the monotonic clock, and the gap asked for.
    """
    (relaxed, plans, low), (ends, gap) = hand, limit
    near = [plan for plan in plans if plan is not None]
    if not near:
        return None, low
    best = near[0]
    spare = aim.allowed(low, gap)
    parts = gathered(asked, cost, relaxed, near, (_share(ends, _SHARE_OF_PARTS), spare))
    if parts is None:
        return best, low
    told = parts.cheapest, (ends, spare), parts.row_price
    with Beside(asked, cost, relaxed, *told) as beside:
        parts = widened(parts, _share(ends, _SHARE_OF_WIDENED))

        def is_proved(plan: Numbers) -> bool:
            value = float(cost @ plan)
            proved = beside.bound(value - aim.allowed(value, gap) * _ALMOST)
            return _is_close(aim, cost, plan, max(low, proved), gap)

        best = joined(parts, _share(ends, _SHARE_OF_JOINED), is_proved)
        if not _is_close(aim, cost, best, low, gap):
            value = float(cost @ best)
            low = max(low, beside.bound(value - aim.allowed(value, gap) * _ALMOST))
    if not _is_close(aim, cost, best, low, gap):
        best = searched(parts, best, _share(ends, _SHARE_OF_SEARCHED))
    return best, low


def _by_roles(
    asked: Programme, aim: Aim, cost: Numbers, hand: _Hand, limit: tuple[float, float]
) -> tuple[Programme, OptimizeResult, Numbers | None, float]:
    """The programme tightened role by role, its relaxed answer, the best plan and the bound."""
    (relaxed, best, low), (ends, gap) = hand, limit
    plan, before = best, -np.inf
    tied = is_tied(asked, relaxed, aim.allowed(low, gap))
    share = _SHARE_OF_TIED_ROLES if tied else _SHARE_OF_ROLES
    rounds_end = time.monotonic() + _share(ends, share)
    while not _is_close(aim, cost, best, low, gap):
        spare, left = aim.allowed(low, gap), rounds_end - time.monotonic()
        if left < LEAST_SECONDS or low < before + spare * _WORTH_A_ROUND:
            break
        before = low
        tight = tightened(asked, cost, relaxed, plan, (left * _SHARE_OF_ROUND, spare))
        again = relaxation(tight.asked, cost, ends)
        if again.x is None:
            break
        asked, relaxed, plan, low = tight.asked, again, tight.plan, max(low, float(again.fun))
        found: Numbers | None = plan
        if not _keeps(asked, plan):
            within = _share(ends, _SHARE_OF_EXCESS), spare
            found = without_excess(asked, cost, relaxed, plan, within)
        best = _better(cost, best, found)
    if plan is not None and not _is_close(aim, cost, best, low, gap):
        near = [plan, relaxed.x] + ([] if best is None else [best])
        between, left = _between(asked, near), _share(ends, _SHARE_OF_JOINING)
        spare = aim.allowed(low, gap) / 2
        best = _better(cost, best, whole_plan(between, cost, left, spare, low).x)
    return asked, relaxed, best, low


def cheaper_tie(asked: Programme, aim: Aim, answer: Answer, seconds: float, gap: float) -> Answer:
    """Much the same value with less of what comes second.

    Parameters
    ----------
    gap
        What ``answer`` was proved to; values closer than a small share of it are alike.

    Method: docs/method.md eq. 223, 285.
    """
    if answer.found is None or not len(answer.found) or seconds < LEAST_SECONDS:
        return answer
    if answer.is_settled and asked.whole_count > _FEW:
        return answer
    ends = time.monotonic() + seconds
    most = answer.value + aim.allowed(answer.value, gap * _SHARE_ALIKE)
    held = asked.held(aim.main, most)
    relaxed = relaxation(held, aim.tie, ends)
    now = float(aim.tie @ answer.found)
    if relaxed.x is None or now - float(relaxed.fun) <= _TIE_GAP * abs(now):
        return answer
    if asked.whole_count > _FEW:
        price = float(row_prices(held, relaxed)[-1])
        found = _guided(asked, aim, (most, now), (price, _TIMES_PRICE))
        if found is None:
            return answer
        return replace(answer, found=found, value=float(aim.main @ found))
    strict = asked.held(aim.main, answer.value + aim.allowed(answer.value, 1e-7))
    found = whole_plan(strict, aim.tie, ends - time.monotonic(), _TIE_GAP * abs(now), now).x
    if found is None:
        return answer
    found = _polished(found, asked.whole_count)
    value = float(aim.main @ found)
    if aim.tie @ found >= now or value > answer.value + aim.allowed(answer.value, 1e-6):
        return answer
    return replace(answer, found=found, value=min(answer.value, value))


def _at_once(asked: Programme, aim: Aim, relaxed: OptimizeResult, spare: float) -> Numbers | None:
    """A plan rounded where what comes second is sought at once; None where none comes close.

    Of many relaxed answers that are as good, those that save what comes second leave room for
    whole numbers.

    Parameters
    ----------
    relaxed
        Answer of the linear programme of what is first.
    spare
        Distance from it that is close enough; half of it is asked for here.

    Method: docs/method.md eq. 285.
    """
    value = float(aim.main @ relaxed.x)
    held = asked.held(aim.main, value + spare * _LET_GO)
    second = relaxation(held, aim.tie)
    if second.x is None:
        return None
    price = float(row_prices(held, second)[-1]), _TIMES_AT_ONCE
    return _guided(asked, aim, (value + spare * _ROUNDING_GAP, np.inf), price)


def _guided(
    asked: Programme,
    aim: Aim,
    less_than: tuple[float, float],
    price: tuple[float, tuple[float, ...]],
) -> Numbers | None:
    """A plan rounded where what comes second has a say beside what is first; None where none is.

    Parameters
    ----------
    less_than
        What is first may come to, and what is second must stay below.
    price
        What a unit of what is first is worth of what is second, where both are relaxed; and how
        many times that is asked, one after the other. The more, the nearer the plan comes to the
        first limit from above.
    """
    (most, now), (each_worth, tried) = less_than, price
    # A formation that wins nothing costs nothing either where it is a move: it is left out.
    each = np.zeros(len(aim.main))
    each[: asked.whole_count] = _PER_FORMATION * float(np.abs(aim.main).max(initial=0.0))
    for times in tried if each_worth > WHOLE else ():
        cost = aim.main + aim.tie / (each_worth * times) + each
        relaxed = relaxation(asked, cost)
        if relaxed.x is None:
            continue
        found = topped_up(asked, relaxed.x, row_prices(asked, relaxed), cost)
        if found is not None and aim.main @ found <= most and aim.tie @ found < now:
            return found
    return None


def _is_close(aim: Aim, cost: Numbers, best: Numbers | None, low: float, gap: float) -> bool:
    """Whether what is in hand is proved as far as asked."""
    if best is None:
        return False
    value = float(cost @ best)
    return value <= low + aim.allowed(value, gap) * _ALMOST


def _most(asked: Programme, cost: Numbers) -> float:
    """The most an objective can come to under the bounds alone."""
    return float(np.maximum(cost * asked.most, cost * asked.least).sum())


def _keeps(asked: Programme, plan: Numbers) -> bool:
    """Whether a plan is whole and within every limit."""
    near = plan[: asked.whole_count]
    used = np.asarray(asked.matrix @ plan)
    return bool(
        (np.abs(near - np.rint(near)) <= WHOLE).all()
        and (used <= asked.upper + WHOLE).all()
        and (used >= asked.lower - WHOLE).all()
    )


def _between(asked: Programme, plans: list[Numbers]) -> Programme:
    """The programme with each formation between the least and the most of some plans, rounded."""
    count = asked.whole_count
    near = np.array([plan[:count] for plan in plans])
    least, most = asked.least.copy(), asked.most.copy()
    least[:count] = np.maximum(least[:count], np.floor(near.min(axis=0) + WHOLE))
    most[:count] = np.minimum(most[:count], np.ceil(near.max(axis=0) - WHOLE))
    return replace(asked, least=least, most=most)


def _share(ends: float, share: float) -> float:
    return max((ends - time.monotonic()) * share, LEAST_SECONDS)


def _floored(asked: Programme, relaxed: Numbers) -> Numbers | None:
    """The relaxed answer where it is whole already."""
    near = relaxed[: asked.whole_count]
    if np.abs(near - np.rint(near)).max(initial=0.0) > WHOLE:
        return None
    return _polished(relaxed, asked.whole_count)


def _better(cost: Numbers, best: Numbers | None, other: Numbers | None) -> Numbers | None:
    if other is None or (best is not None and cost @ other >= cost @ best):
        return best
    return other


def _polished(found: Numbers, count: int) -> Numbers:
    return np.concatenate([np.rint(found[:count]), found[count:]])
