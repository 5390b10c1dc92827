"""The plan of a scenario: a rule, the best mix or the robust one, kept, and what comes of it.

Method: docs/method.md eq. 230; docs/method.md eq. 219-226 for the mix, 290 for the robust one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.mix import (
    Mix,
    MixLimits,
    MixQuestion,
    Objective,
    Told,
    best_mix,
    fixed_mix,
    objective_value,
)
from analytics.mix_account import account
from analytics.mix_effects import effects
from analytics.mix_replay import Shortfall, replay, shortened
from analytics.scenario import Scenario
from analytics.scenario_shortfall import CASES, REPLANNED, ROBUST, Minded, minded_plan, shortfalls
from analytics.scenario_terms import Asked

BEST, ROBUST_MIX = "best_mix", "robust_mix"
# Rules whose plan is looked for, and kept with a result that was approved.
SOUGHT = (BEST, ROBUST_MIX)
Formations = tuple[tuple[str, str, int, int], ...]
_PLAIN = "plain"


@dataclass(frozen=True)
class KeptPlan:
    """The best mix of an earlier run, taken as it was: solving again may stop at another as good.

    ``formations``: ``(option, role, year, count)``; ``bound`` and ``told`` as in ``Mix``. Of a
    robust plan also ``branches``: formations of the plan that expects all to come (``plain``) and
    of ``<plan>/<case>``, and its ``gap``.
    """

    formations: Formations
    bound: float
    told: tuple[Told, ...]
    branches: tuple[tuple[str, Formations], ...] = ()
    gap: float = 0.0

    def as_json(self) -> dict[str, object]:
        """As a plain dictionary for JSON."""
        found: dict[str, object] = {
            "formations": [list(one) for one in self.formations],
            "bound": _told_number(self.bound),
            "told": [asdict(one) for one in self.told],
        }
        if self.branches:
            found["gap"] = _told_number(self.gap)
            found["branches"] = {name: [list(one) for one in rows] for name, rows in self.branches}
        return found


def kept_plan(content: Mapping[str, Any]) -> KeptPlan:
    """A plan from what :meth:`KeptPlan.as_json` wrote."""

    def rows(written: Sequence[Sequence[Any]]) -> Formations:
        return tuple((str(o), str(r), int(y), int(n)) for o, r, y, n in written)

    return KeptPlan(
        rows(content["formations"]),
        _number_told(content["bound"]),
        tuple(Told(**one) for one in content["told"]),
        tuple((name, rows(written)) for name, written in content.get("branches", {}).items()),
        _number_told(content.get("gap", 0.0)),
    )


def _told_number(value: float) -> float | None:
    """A number as JSON has it; none where nothing is known of it."""
    return value if np.isfinite(value) else None


def _number_told(written: float | None) -> float:
    return float("nan") if written is None else float(written)


def written(mix: Mix) -> Formations:
    """The formations of a mix above nought, as they are kept."""
    question = mix.question
    return tuple(
        (question.options[o].option, question.roles[r], question.years[y],
         int(np.rint(mix.formations[o, r, y])))
        for o, r, y in np.argwhere(mix.formations > 0.5).tolist()
    )  # fmt: skip


def keeping(planned: Mix, minded: Minded | None) -> KeptPlan:
    """A plan as it is kept."""
    if minded is None:
        return KeptPlan(written(planned), float(planned.bound), planned.told)
    branches = [(_PLAIN, written(minded.plain))]
    for plan, mixes in ((REPLANNED, minded.replanned), (ROBUST, minded.robust)):
        branches += [
            (f"{plan}/{case}", written(mix)) for case, mix in zip(CASES, mixes, strict=True)
        ]
    return KeptPlan(
        written(planned), float(planned.bound), planned.told, tuple(branches), minded.gap
    )


def planned_mix(  # noqa: PLR0913 - the question with its limits, how it is solved, what was kept
    told: Scenario,
    question: Asked,
    bounds: MixLimits,
    chances: tuple[float, ...],
    seconds: float,
    kept: KeptPlan | None,
) -> tuple[Mix, Minded | None]:
    """The plan by the rule of the scenario; ``kept`` in place of looking for the best mix.

    Parameters
    ----------
    chances
        Of the cases of shortfall, which the robust plan minds.

    Returns
    -------
    The plan, and for the robust one what it is compared with.
    """
    objective: Objective = "cheapest" if told["plan.objective"] == "cheapest" else "least_unfilled"
    rule, asked_of = str(told["plan.rule"]), question.question
    if rule not in SOUGHT:
        return fixed_mix(asked_of, bounds, rule, objective), None  # type: ignore[arg-type]
    if kept is not None and rule == BEST:
        return _again(asked_of, bounds, objective, kept.formations, kept), None
    if kept is not None:
        minded = _minded_again(told, asked_of, bounds, objective, kept)
        return _as_expected(minded), minded
    plain = best_mix(asked_of, bounds, objective, seconds=seconds)
    if rule == BEST:
        return plain, None
    minded = minded_plan(told, asked_of, bounds, plain, chances, seconds)
    return _as_expected(minded), minded


def _as_expected(minded: Minded) -> Mix:
    """The robust plan where all goes well: bounded by the best plan for that case."""
    plain, found = minded.plain, minded.robust[0]
    return replace(found, bound=min(plain.bound, found.value), told=plain.told, seconds=0.0)


def _minded_again(
    told: Scenario, question: MixQuestion, bounds: MixLimits, objective: Objective, kept: KeptPlan
) -> Minded:
    branches = dict(kept.branches)
    asked = [
        question if case.share >= 1.0 else shortened(question, case)
        for case in shortfalls(told, question)
    ]

    def mixes(plan: str) -> tuple[Mix, ...]:
        return tuple(
            _again(one, bounds, objective, branches[f"{plan}/{case}"], kept)
            for one, case in zip(asked, CASES, strict=True)
        )

    plain = _again(question, bounds, objective, branches[_PLAIN], kept)
    return Minded(plain, mixes(REPLANNED), mixes(ROBUST), kept.gap)


def _again(
    question: MixQuestion,
    bounds: MixLimits,
    objective: Objective,
    formations: Formations,
    kept: KeptPlan,
) -> Mix:
    """Formations that were kept, accounted for again."""
    table: NDArray[np.float64] = np.zeros(
        (len(question.options), len(question.roles), len(question.years))
    )
    for option, role, year, count in formations:
        at = (question.option_index(option), question.roles.index(role), question.years.index(year))
        table[at] = count
    found = account(question, effects(question), table)
    value = objective_value(question, found, objective)
    return Mix(question, bounds, table, found, objective, value, kept.bound, 0.0, kept.told)


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
