"""The best mix of options under the limits; the same account for plans that are not optimised."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace

import numpy as np

from analytics.mix_account import Account, account
from analytics.mix_effects import Effects
from analytics.mix_ground import Ground, ground
from analytics.mix_kept import held_floors, reachable_floor, with_locks, within_cap
from analytics.mix_presets import RULES, Rule, rule_formations, taken_in_order
from analytics.mix_programme import (
    CAP,
    INTAKE,
    MILLION,
    MONEY,
    QUOTA,
    Programme,
    most_cost,
    programme,
)
from analytics.mix_question import (
    CHEAPEST,
    LEAST_UNFILLED,
    OPTIONS,
    Lock,
    MixError,
    MixLimits,
    MixQuestion,
    Numbers,
    Objective,
    Quota,
    Terms,
    replacement_quotas,
)
from analytics.mix_solver import Aim, Answer, cheaper_tie, solved
from analytics.mix_told import FLOOR_LATE, Binding, Told, floors_late, not_found

__all__ = [
    "CHEAPEST",
    "LEAST_UNFILLED",
    "OPTIONS",
    "RULES",
    "Account",
    "Binding",
    "Effects",
    "Lock",
    "Mix",
    "MixError",
    "MixLimits",
    "MixQuestion",
    "Objective",
    "Quota",
    "Rule",
    "Terms",
    "Told",
    "best_mix",
    "fixed_mix",
    "replacement_quotas",
]  # fmt: skip
GAP = 1e-3
# Of the time asked for, what settling ties may take.
_SHARE_OF_TIES = 0.3
# And what finding out how far floors can be kept may take; what is left to the plan at the least.
_SHARE_OF_FLOORS, _LEAST_SHARE = 0.3, 0.4
# Million rupiah or posts by which a formation less, and a person-year less, wins a tie.
_PER_FORMATION = 1e-4


@dataclass(frozen=True, eq=False)
class Mix:
    """A plan, what it comes to and how good it is.

    ``formations`` (option, role, proposed): whole. ``account``: see there. ``objective``,
    ``value`` reached and ``bound`` that nothing passes (rupiah, or weighted post-years
    unfilled); NaN for plans not optimised. ``told``: what could not be kept, empty when every
    limit holds. ``binding``: shared limits that are used up.
    """

    question: MixQuestion
    limits: MixLimits
    formations: Numbers
    account: Account
    objective: Objective
    value: float
    bound: float
    seconds: float
    told: tuple[Told, ...] = ()
    binding: tuple[Binding, ...] = ()

    @property
    def gap(self) -> float:
        """Share a better plan could still win: of the rupiah, or of the posts filled.

        Method: docs/method.md eq. 222.
        """
        if not self.value > self.bound:
            return float(self.value - self.bound) * 0.0
        whole = 0.0
        if self.objective != CHEAPEST:
            short = self.question.weights[:, None] * self.question.deficit
            whole = float(short.sum()) - self.value
        most = max(abs(self.value), whole)
        # Neither posts nor rupiah go below nought: a plan at nought cannot be beaten, whatever the
        # solver's tolerance says of its bound.
        return (self.value - self.bound) / most if most > 0 else 0.0

    @property
    def is_feasible(self) -> bool:
        """Whether every limit is kept; a floor only from when anybody can arrive."""
        return all(one.code == FLOOR_LATE for one in self.told)


def best_mix(
    question: MixQuestion,
    limits: MixLimits,
    objective: Objective = LEAST_UNFILLED,
    *,
    seconds: float = 5.0,
    gap: float = GAP,
) -> Mix:
    """The plan that is best on the objective, then on the others, within the limits.

    Method: docs/method.md eq. 219-223.
    """
    start = time.monotonic()
    stated = problem(question, limits, objective)
    asked, aim, ready, told = stated.asked, stated.aim, stated.ready, list(stated.told)
    answer = solved(asked, aim, seconds, gap)
    if answer.is_infeasible:
        asked, more, known = held_floors(asked, seconds * _SHARE_OF_FLOORS)
        told += more
        left = start + seconds - time.monotonic()
        answer = solved(asked, aim, max(left, seconds * _LEAST_SHARE), gap, known)
    left = start + seconds - time.monotonic()
    answer = cheaper_tie(asked, aim, answer, min(left, seconds * _SHARE_OF_TIES), gap)
    if answer.found is None:
        told.append(not_found(seconds))
        formations = taken_in_order(ready, _by_need(ready))
    else:
        formations = asked.formations(answer.found)
    found = account(question, ready.effect, formations)
    value = objective_value(question, found, objective)
    bound = answer.bound * (MILLION if objective == CHEAPEST else 1.0)
    return Mix(
        question, limits, formations, found, objective, value, min(bound, value),
        time.monotonic() - start, tuple(told), _binding(asked, answer),
    )  # fmt: skip


@dataclass(frozen=True, eq=False)
class Problem:
    """The programme of a question with what is minimised, and what could not be kept already."""

    ready: Ground
    asked: Programme
    aim: Aim
    told: tuple[Told, ...]


def problem(question: MixQuestion, limits: MixLimits, objective: Objective) -> Problem:
    """The programme of a question: floors as lead times let, limits as fixed formations let."""
    kept, told = within_cap(question, limits)
    ready = ground(question, kept)
    wished = ready.floor
    ready = replace(ready, floor=reachable_floor(ready))
    late = floors_late(question, wished - ready.floor)
    asked, more = with_locks(programme(ready), kept)
    return Problem(ready, asked, _aim(asked, ready, objective), (*told, *more, *late))


def _aim(asked: Programme, ready: Ground, objective: Objective) -> Aim:
    """What is minimised, and what settles ties.

    Method: docs/method.md eq. 219-220, 223.
    """
    question = asked.question
    short = float((question.weights[:, None] * question.deficit).sum())
    count = np.zeros(len(asked.cost))
    people = ready.effect.people[asked.option, asked.role, asked.proposed].mean(axis=1)
    count[: asked.whole_count] = 1 + people
    yearly = asked.cost[asked.cost > 0]
    each = float(np.median(yearly)) / len(question.years) if len(yearly) else 1.0
    if objective == CHEAPEST:
        tie = asked.unfilled + _PER_FORMATION * count
        return Aim(asked.cost, tie, rate=each, most_tie=short)
    most = most_cost(asked, ready.effect, ready.room)
    if ready.limits.money_idr is not None:
        most = min(most, float(ready.limits.money_idr.sum()) / MILLION)
    tie = asked.cost + _PER_FORMATION * count
    return Aim(asked.unfilled, tie, whole=short, rate=1 / each, most_tie=most)


def _by_need(ready: Ground) -> list[tuple[int, int]]:
    """Every option for every role, most unfilled first."""
    short = ready.question.deficit.sum(axis=1) * ready.question.weights
    roles = np.argsort(-short, kind="stable").tolist()
    return [(option, role) for role in roles for option in range(len(ready.question.options))]


def _binding(asked: Programme, answer: Answer) -> tuple[Binding, ...]:
    """Shared limits with no room for one formation more of any that counts in them."""
    if answer.found is None:
        return ()
    left = asked.upper - np.asarray(asked.matrix @ answer.found)
    found = []
    for at, row in enumerate(asked.rows):
        if row.kind not in (QUOTA, INTAKE, MONEY, CAP):
            continue
        own = asked.matrix.data[asked.matrix.indptr[at] : asked.matrix.indptr[at + 1]]
        if left[at] < own.min(initial=np.inf):
            found.append(Binding(row.kind, row.name, asked.question.years[row.year]))
    return tuple(found)


def fixed_mix(
    question: MixQuestion,
    limits: MixLimits,
    rule: Rule,
    objective: Objective = LEAST_UNFILLED,
    *,
    first_family: str = "pendidik",
) -> Mix:
    """The plan of a simple rule, under the same limits and through the same account.

    Parameters
    ----------
    rule
        ``do_nothing``, ``cpns_only``, ``pppk_only``, ``zero_growth`` (leavers of a role replaced
        one for one), ``teachers_first``.
    first_family
        Whose roles come first under ``teachers_first``.

    Method: docs/method.md eq. 225.
    """
    start = time.monotonic()
    ready = ground(question, limits)
    formations = rule_formations(ready, rule, first_family)
    found = account(question, ready.effect, formations)
    return Mix(
        question, limits, formations, found, objective, objective_value(question, found, objective),
        np.nan, time.monotonic() - start,
    )  # fmt: skip


def objective_value(question: MixQuestion, found: Account, objective: Objective) -> float:
    """Rupiah over all years, or weighted post-years unfilled."""
    if objective == CHEAPEST:
        return float(found.cost_idr.sum())
    return float((question.weights[:, None] * found.unfilled).sum())
