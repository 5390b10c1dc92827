"""The best mix of options under the limits; the same account for plans that are not optimised."""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, OptimizeResult, milp

from analytics.mix_account import Account, account
from analytics.mix_effects import Effects
from analytics.mix_ground import ground
from analytics.mix_presets import RULES, Rule, rule_formations
from analytics.mix_programme import Programme, programme
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

__all__ = [
    "CHEAPEST",
    "LEAST_UNFILLED",
    "OPTIONS",
    "RULES",
    "Account",
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


@dataclass(frozen=True)
class Told:
    """Something the reader must know of a plan, in both languages.

    ``code``: ``cap_unmeetable``, ``lock_over``, ``floor_unmet``, ...; ``limit``: which one;
    ``role`` empty and ``year`` 0 where it is about all; ``amount`` in people, posts or rupiah.
    """

    code: str
    limit: str
    role: str
    year: int
    amount: float
    text_id: str
    text_en: str


@dataclass(frozen=True, eq=False)
class Mix:
    """A plan, what it comes to and how good it is.

    ``formations`` (option, role, proposed): whole. ``account``: see there. ``objective``,
    ``value`` reached and ``bound`` that nothing passes (rupiah, or weighted post-years
    unfilled); ``gap`` between them, 0 when proved; NaN for plans not optimised. ``told``: what
    could not be kept, empty when every limit holds.
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

    @property
    def gap(self) -> float:
        """Share between value and bound."""
        if self.value <= self.bound:
            return 0.0
        return (self.value - self.bound) / abs(self.value)

    @property
    def is_feasible(self) -> bool:
        """Whether every limit is kept."""
        return not self.told


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
    ready = ground(question, limits)
    asked = programme(ready)
    cost = asked.cost if objective == CHEAPEST else asked.unfilled
    answer = _solved(asked, cost, seconds, gap)
    if answer.x is None:
        raise MixError(str(answer.message))
    formations = asked.formations(answer.x)
    found = account(question, ready.effect, formations)
    return Mix(
        question, limits, formations, found, objective, _value(question, found, objective),
        float(answer.mip_dual_bound), time.monotonic() - start,
    )  # fmt: skip


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
        question, limits, formations, found, objective, _value(question, found, objective),
        np.nan, time.monotonic() - start,
    )  # fmt: skip


def _value(question: MixQuestion, found: Account, objective: Objective) -> float:
    if objective == CHEAPEST:
        return float(found.cost_idr.sum())
    return float((question.weights[:, None] * found.unfilled).sum())


def _solved(asked: Programme, cost: Numbers, seconds: float, gap: float) -> OptimizeResult:
    whole = np.zeros(len(cost))
    whole[: asked.whole_count] = 1
    return milp(
        cost,
        integrality=whole,
        bounds=Bounds(asked.least, asked.most),
        constraints=LinearConstraint(asked.matrix, asked.lower, asked.upper),
        options={"time_limit": seconds, "mip_rel_gap": gap},
    )
