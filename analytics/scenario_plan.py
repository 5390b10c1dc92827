"""The plan of a scenario: a rule or the best mix, kept, and what comes of it when refused.

Method: docs/method.md eq. 230; docs/method.md eq. 219-226 for the mix.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from analytics.mix import (
    Mix,
    MixLimits,
    Objective,
    Told,
    best_mix,
    fixed_mix,
    objective_value,
)
from analytics.mix_account import account
from analytics.mix_effects import effects
from analytics.mix_replay import Shortfall, replay
from analytics.scenario import Scenario
from analytics.scenario_terms import Asked

BEST = "best_mix"


@dataclass(frozen=True)
class KeptPlan:
    """The best mix of an earlier run, taken as it was: solving again may stop at another as good.

    ``formations``: ``(option, role, year, count)``; ``bound`` and ``told`` as in ``Mix``.
    """

    formations: tuple[tuple[str, str, int, int], ...]
    bound: float
    told: tuple[Told, ...]

    def as_json(self) -> dict[str, object]:
        """As a plain dictionary for JSON."""
        return {
            "formations": [list(one) for one in self.formations],
            "bound": self.bound,
            "told": [asdict(one) for one in self.told],
        }


def kept_plan(content: Mapping[str, Any]) -> KeptPlan:
    """A plan from what :meth:`KeptPlan.as_json` wrote."""
    return KeptPlan(
        tuple((str(o), str(r), int(y), int(n)) for o, r, y, n in content["formations"]),
        float(content["bound"]),
        tuple(Told(**one) for one in content["told"]),
    )


def planned_mix(
    told: Scenario, question: Asked, bounds: MixLimits, seconds: float, kept: KeptPlan | None
) -> Mix:
    """The plan by the rule of the scenario; ``kept`` in place of looking for the best mix."""
    objective: Objective = "cheapest" if told["plan.objective"] == "cheapest" else "least_unfilled"
    rule = str(told["plan.rule"])
    if rule != BEST:
        return fixed_mix(question.question, bounds, rule, objective)  # type: ignore[arg-type]
    if kept is None:
        return best_mix(question.question, bounds, objective, seconds=seconds)
    asked_of = question.question
    shape = (len(asked_of.options), len(asked_of.roles), len(asked_of.years))
    formations = np.zeros(shape)
    for option, role, year, count in kept.formations:
        at = (asked_of.option_index(option), asked_of.roles.index(role), asked_of.years.index(year))
        formations[at] = count
    found = account(asked_of, effects(asked_of), formations)
    value = objective_value(asked_of, found, objective)
    return Mix(asked_of, bounds, formations, found, objective, value, kept.bound, 0.0, kept.told)


def granted_mix(told: Scenario, planned: Mix) -> Mix:
    """The plan as it comes where formations are refused or half filled."""
    share = told.number("plan.granted_share")
    if share is None or share >= 1.0:
        return planned
    hit = told["plan.granted_options"]
    short = Shortfall(
        "granted",
        share,
        hit if isinstance(hit, tuple) else (),
        last_year=told.whole("plan.granted_until"),
    )
    return replay(planned, short)
