"""The plan that minds shortfall: the first years decided once, what follows when it is known."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from scipy.sparse import coo_matrix, csr_matrix, vstack

from analytics.mix import GAP, Mix, best_mix, objective_value, problem
from analytics.mix_account import account
from analytics.mix_programme import MILLION, Programme, Row
from analytics.mix_question import (
    CHEAPEST,
    LEAST_UNFILLED,
    Lock,
    MixLimits,
    MixQuestion,
    Numbers,
    Objective,
    Whole,
)
from analytics.mix_replay import AS_EXPECTED, HALF_FILLED, REFUSED, Shortfall, shortened
from analytics.mix_solver import Aim, solved

Mode = Literal["worst", "expected"]
CASES = (AS_EXPECTED, HALF_FILLED, REFUSED)


@dataclass(frozen=True, eq=False)
class RobustMix:
    """Decisions of the first years that hold in every case, and what follows in each.

    ``mixes``: one by case, in the order of ``cases``; formations proposed in the first
    ``shared_years`` years are the same in all. ``best``: value of each case had it been known at
    the start; ``followed``: what can follow in each case when the first years are those of
    ``plan``, which expects all to be filled. ``gap``: of the common programme.
    """

    cases: tuple[Shortfall, ...]
    mixes: tuple[Mix, ...]
    shared_years: int
    mode: Mode
    best: tuple[float, ...]
    plan: Mix
    followed: tuple[Mix, ...]
    gap: float
    seconds: float

    @property
    def unminded(self) -> tuple[float, ...]:
        """By case: value when the first years are those of the plan that expects all to come."""
        return tuple(mix.value for mix in self.followed)

    @property
    def regrets(self) -> tuple[float, ...]:
        """By case: value beyond the best had it been known (never negative beyond the gap)."""
        return tuple(mix.value - best for mix, best in zip(self.mixes, self.best, strict=True))


@dataclass(frozen=True)
class RobustChoice:
    """How to mind shortfall: ``worst`` least regret, or least on average by ``chances``."""

    cases: tuple[Shortfall, ...] = CASES
    chances: tuple[float, ...] = ()
    shared_years: int = 1
    mode: Mode = "worst"

    def __post_init__(self) -> None:
        if self.chances and len(self.chances) != len(self.cases):
            raise ValueError("chances: one for each case")
        if not self.cases or self.shared_years < 0:
            raise ValueError("a robust plan needs cases, and no negative number of years")

    @property
    def weights(self) -> Numbers:
        """Chance of each case, adding up to 1."""
        told = np.array(self.chances or (1.0,) * len(self.cases))
        return np.asarray(told / told.sum())


def robust_mix(  # noqa: PLR0913 - the question with its limits, and how it is solved
    question: MixQuestion,
    limits: MixLimits,
    objective: Objective = LEAST_UNFILLED,
    choice: RobustChoice | None = None,
    *,
    plan: Mix | None = None,
    seconds: float = 10.0,
) -> RobustMix:
    """The plan whose first years serve every case of shortfall.

    Parameters
    ----------
    plan
        The best mix of the question where it is known; None: looked for.
    seconds
        For all: the best of each case, the common programme, what follows in each case.

    Method: docs/method.md eq. 228, 290.
    """
    choice = choice or RobustChoice()
    start = time.monotonic()
    each = seconds / (4 * len(choice.cases) + 1)
    asked = [shortened(question, case) for case in choice.cases]
    first = plan or best_mix(question, limits, objective, seconds=each)
    alone = [
        first if case.share >= 1.0 else best_mix(one, limits, objective, seconds=each)
        for one, case in zip(asked, choice.cases, strict=True)
    ]
    ready = [problem(one, limits, objective) for one in asked]
    common, columns = _common([one.asked for one in ready], choice.shared_years)
    unit = MILLION if objective == CHEAPEST else 1.0
    mains = [_spread(one.aim.main, at, common) for one, at in zip(ready, columns, strict=True)]
    best = [mix.value / unit for mix in alone]
    common, main = _with_aim(common, mains, best, choice)
    tie = np.sum(
        [_spread(one.aim.tie, at, common) for one, at in zip(ready, columns, strict=True)], axis=0
    )
    whole = max(one.aim.whole for one in ready)
    rate = ready[0].aim.rate / len(ready)
    aim = Aim(main, tie, whole, rate, sum(one.aim.most_tie for one in ready))
    left = seconds - (time.monotonic() - start) - 2 * len(asked) * each
    answer = solved(common, aim, left, GAP)
    if answer.found is None:
        shared = first.formations[:, :, : choice.shared_years]
    else:
        shared = ready[0].asked.formations(answer.found[columns[0]])[:, :, : choice.shared_years]
    mixes = []
    for one, at, own in zip(ready, columns, asked, strict=True):
        mixes.append(_following(own, limits, objective, shared, each))
        if answer.found is None:
            continue
        table = one.asked.formations(answer.found[at])
        table[:, :, : choice.shared_years] = shared
        found = account(own, one.ready.effect, table)
        value = objective_value(own, found, objective)
        if value < mixes[-1].value:
            mixes[-1] = Mix(own, limits, table, found, objective, value, np.nan, 0.0, one.told)
    decided = first.formations[:, :, : choice.shared_years]
    followed = [
        first if case.share >= 1.0 else _following(one, limits, objective, decided, each)
        for one, case in zip(asked, choice.cases, strict=True)
    ]
    spread = 0.0 if answer.found is None else answer.value - answer.bound
    gap = np.nan if answer.found is None else spread / max(aim.allowed(answer.value, 1.0), 1e-9)
    return RobustMix(
        choice.cases, tuple(mixes), choice.shared_years, choice.mode,
        tuple(mix.value for mix in alone), first, tuple(followed),
        float(gap), time.monotonic() - start,
    )  # fmt: skip


def _following(
    question: MixQuestion, limits: MixLimits, objective: Objective, shared: Numbers, seconds: float
) -> Mix:
    """The best that can follow once the first years are decided."""
    decided = {
        (question.options[option].option, question.roles[role], question.years[year]): int(
            shared[option, role, year]
        )
        for option, role, year in np.ndindex(shared.shape)
    }
    kept = [
        lock for lock in limits.locks if (lock.option, lock.role, lock.year) not in decided
    ]  # fmt: skip
    locks = tuple(kept) + tuple(Lock(*where, count) for where, count in decided.items())
    return best_mix(question, replace(limits, locks=locks), objective, seconds=seconds)


def _common(asked: list[Programme], shared_years: int) -> tuple[Programme, list[Whole]]:
    """One programme over all cases; where each case finds its variables in it."""
    keys: dict[tuple[int, ...], int] = {}
    columns: list[list[int]] = []
    for case, one in enumerate(asked):
        own = []
        for option, role, proposed in zip(
            one.option.tolist(), one.role.tolist(), one.proposed.tolist(), strict=True
        ):
            own_case = -1 if proposed < shared_years else case
            key = (option, role, proposed, own_case)
            own.append(keys.setdefault(key, len(keys)))
        columns.append(own)
    total = len(keys)
    for one, own in zip(asked, columns, strict=True):
        more = len(one.cost) - one.whole_count
        own.extend(range(total, total + more))
        total += more
    places = [np.array(own, dtype=np.int64) for own in columns]
    least, most = np.zeros(total), np.full(total, np.inf)
    rows: list[Row] = []
    parts = []
    for one, at in zip(asked, places, strict=True):
        told = one.matrix.tocoo()
        parts.append(coo_matrix((told.data, (told.row, at[told.col])), (len(one.rows), total)))
        rows += one.rows
        least[at] = np.maximum(least[at], one.least)
        most[at] = np.minimum(most[at], one.most)
    index = np.array(list(keys), dtype=np.int64).reshape(-1, 4)
    # Of a formation that serves no case that is open, none.
    most = np.maximum(np.where(np.isfinite(most), most, 0.0), least)
    first = asked[0]
    return (
        replace(
            first, option=index[:, 0], role=index[:, 1], proposed=index[:, 2],
            cost=np.zeros(total), unfilled=np.zeros(total),
            matrix=vstack(parts, format="csr"),
            lower=np.concatenate([one.lower for one in asked]),
            upper=np.concatenate([one.upper for one in asked]),
            least=least, most=most, rows=tuple(rows),
        ),
        places,
    )  # fmt: skip


def _spread(values: Numbers, at: Whole, common: Programme) -> Numbers:
    whole = np.zeros(len(common.cost))
    np.add.at(whole, at, values)
    return whole


def _with_aim(
    common: Programme, mains: list[Numbers], best: list[float], choice: RobustChoice
) -> tuple[Programme, Numbers]:
    """Average over the cases, or one variable more that no case's regret passes."""
    if choice.mode == "expected":
        weighted = [share * main for share, main in zip(choice.weights, mains, strict=True)]
        return common, np.asarray(np.sum(weighted, axis=0))
    more = csr_matrix((len(common.rows), 1))
    own = csr_matrix(np.column_stack([np.array(mains), -np.ones(len(mains))]))
    matrix = vstack([_beside(common.matrix, more), own], format="csr")
    high = max(float(main @ common.most) for main in mains)
    common = replace(
        common,
        matrix=matrix,
        lower=np.concatenate([common.lower, np.full(len(mains), -np.inf)]),
        upper=np.concatenate([common.upper, np.array(best)]),
        least=np.append(common.least, 0.0),
        most=np.append(common.most, high),
        cost=np.append(common.cost, 0.0),
        unfilled=np.append(common.unfilled, 0.0),
        rows=common.rows + tuple(Row("regret", "", -1, -1) for _ in mains),
    )
    main = np.zeros(len(common.cost))
    main[-1] = 1.0
    return common, main


def _beside(matrix: csr_matrix, more: csr_matrix) -> csr_matrix:
    joined = matrix.tocoo()
    return csr_matrix(
        (joined.data, (joined.row, joined.col)),
        shape=(matrix.shape[0], matrix.shape[1] + more.shape[1]),
    )
