"""What becomes of a plan when formations are refused or half filled, and the plan that minds it.

Three plans stand beside each other in every case: the plan as it is, never changed; the plan's
first rounds, the rest made anew once the case is known; the first rounds of the robust plan, the
rest made anew in the same way. Method: docs/method.md eq. 290-291.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.mix import Mix, MixLimits, MixQuestion, Objective
from analytics.mix_replay import AS_EXPECTED, HALF_FILLED, REFUSED, Shortfall, replay
from analytics.mix_robust import Mode, RobustChoice, robust_mix
from analytics.options import chance
from analytics.rules import RuleBook
from analytics.scenario import Scenario, ScenarioError
from analytics.scenario_account import newcomers

CASES = ("as_expected", "half_filled", "refused_first", "refused")
# The plans beside each other: kept as it is; its first rounds and then anew; the robust one.
UNCHANGED, REPLANNED, ROBUST = "unchanged", "replanned", "robust"
# A robust plan is many plans: of each case, of all together, of what follows.
_TIMES = 3.0
COLUMNS = [
    *("plan", "case", "chance", "year", "formation_count", "hired_count", "unfilled_count"),
    *("newcomer_idr", "beside_pay_idr"),
]


@dataclass(frozen=True, eq=False)
class Minded:
    """The robust plan with what it is compared with; mixes in the order of ``CASES``.

    ``plain``: the best mix, which expects all to come; ``replanned``: its first rounds, then anew;
    ``robust``: the robust first rounds, then anew. ``gap``: share by which a better robust plan
    could still win.
    """

    plain: Mix
    replanned: tuple[Mix, ...]
    robust: tuple[Mix, ...]
    gap: float


def shortfalls(told: Scenario, question: MixQuestion) -> tuple[Shortfall, ...]:
    """The cases, in the order of ``CASES``; they hit the options that the scenario names."""
    named = told["plan.granted_options"]
    hit = named if isinstance(named, tuple) else ()
    first = question.years[_first_open(question, hit)]
    return (
        Shortfall(CASES[0], AS_EXPECTED.share, hit),
        Shortfall(CASES[1], HALF_FILLED.share, hit),
        Shortfall(CASES[2], REFUSED.share, hit, last_year=first),
        Shortfall(CASES[3], REFUSED.share, hit),
    )


def _first_open(question: MixQuestion, hit: Sequence[str]) -> int:
    """The place of the first year in which a formation that may be refused can be proposed."""
    is_open = np.zeros(len(question.years), dtype=bool)
    for terms in question.options:
        if terms.option in hit:
            most = terms.most_by_year
            is_open |= np.ones_like(is_open) if most is None else most[: len(is_open)] > 0
    return int(is_open.argmax())


def chances(told: Scenario, rulebook: RuleBook, on: date) -> tuple[float, ...]:
    """How likely each case is, together 1.

    Raises
    ------
    ScenarioError
        When no case has a chance.
    """
    found = []
    for case in CASES:
        given = told.number(f"plan.chance_{case}")
        found.append(chance(rulebook, on, case).mid if given is None else given)
    whole = sum(found)
    if whole <= 0:
        raise ScenarioError(
            "Peluang keempat kejadian nol semua; isi paling sedikit satu.",
            "The chances of all four cases are nought; fill in one at least.",
        )
    return tuple(one / whole for one in found)


def minded_plan(  # noqa: PLR0913 - the question with its limits, and how the cases are weighed
    told: Scenario,
    question: MixQuestion,
    bounds: MixLimits,
    plain: Mix,
    weights: tuple[float, ...],
    seconds: float,
) -> Minded:
    """The robust plan beside the plan that expects everything to come.

    Parameters
    ----------
    plain
        The best mix of the question.
    weights
        Chance of each case.
    seconds
        Of one best mix; all plans together take ``3`` times as long at most.

    Method: docs/method.md eq. 290.
    """
    cases = shortfalls(told, question)
    rounds = told.whole("plan.decided_rounds") or 1
    shared = min(_first_open(question, cases[0].options) + rounds, len(question.years))
    mode: Mode = "worst" if told["plan.robust_by"] == "worst" else "expected"
    objective: Objective = plain.objective
    found = robust_mix(
        question, bounds, objective, RobustChoice(cases, weights, shared, mode),
        plan=plain, seconds=_TIMES * seconds,
    )  # fmt: skip
    return Minded(plain, found.followed, found.mixes, found.gap)


def shortfall_table(
    plain: Mix,
    minded: Minded | None,
    cases: Sequence[Shortfall],
    weights: Sequence[float],
    known: NDArray[np.bool_] | None = None,
) -> pd.DataFrame:
    """Every plan in every case, by year.

    Parameters
    ----------
    plain
        The plan of the scenario, or the best mix where the scenario's plan is the robust one.
    known
        By role and year, whether a need is known; None: everywhere.

    Returns
    -------
    ``plan`` (``unchanged``, and with a robust plan ``replanned`` and ``robust``), ``case``,
    ``chance``, ``year``; ``formation_count`` proposed, ``hired_count`` who come in the year and
    ``unfilled_count`` posts at its end (both expected, not rounded; NaN where no need is known),
    ``newcomer_idr`` their pay from the APBD and ``beside_pay_idr`` (investment and upkeep), whole
    rupiah of the year.
    Method: docs/method.md eq. 226, 290.
    """
    parts = [(UNCHANGED, _in_cases(plain, cases))]
    if minded is not None:
        parts += [(REPLANNED, minded.replanned), (ROBUST, minded.robust)]
    rows = [
        _by_year(mix, known).assign(plan=plan, case=case.name, chance=weight)
        for plan, mixes in parts
        for mix, case, weight in zip(mixes, cases, weights, strict=True)
    ]
    return pd.concat(rows, ignore_index=True)[COLUMNS]


def _in_cases(plain: Mix, cases: Sequence[Shortfall]) -> tuple[Mix, ...]:
    return tuple(plain if case.share >= 1.0 else replay(plain, case) for case in cases)


def _by_year(mix: Mix, known: NDArray[np.bool_] | None) -> pd.DataFrame:
    question = mix.question
    short = mix.account.unfilled.sum(axis=0)
    if known is not None:
        short = np.where(known.any(axis=0), short, np.nan)
    hires = [at for at, terms in enumerate(question.options) if terms.kind == "hire"]
    beside = [at for at in range(len(question.options)) if at not in hires]
    come, _ = newcomers(mix)
    cost = mix.account.cost_idr.sum(axis=1)
    return pd.DataFrame(
        {
            "year": np.array(question.years),
            "formation_count": np.rint(mix.formations.sum(axis=(0, 1))).astype(np.int64),
            "hired_count": come.sum(axis=(0, 1)),
            "unfilled_count": short,
            "newcomer_idr": np.rint(cost[hires].sum(axis=0)).astype(np.int64),
            "beside_pay_idr": np.rint(cost[beside].sum(axis=0)).astype(np.int64),
        }
    )


def cases_told(table: pd.DataFrame) -> pd.DataFrame:
    """Each plan in each case over all years.

    Returns
    -------
    ``plan, case, chance, formation_count, hired_count, unfilled_count`` (at the horizon),
    ``unfilled_post_years, newcomer_idr, beside_pay_idr``, in the order of the table; posts are NaN
    where no need is known.
    """
    last = table["year"] == table["year"].max()
    keys = ["plan", "case"]
    groups = table.groupby(keys, sort=False)
    sums = groups.agg(
        chance=("chance", "first"),
        formation_count=("formation_count", "sum"),
        hired_count=("hired_count", "sum"),
        newcomer_idr=("newcomer_idr", "sum"),
        beside_pay_idr=("beside_pay_idr", "sum"),
    )
    sums.insert(3, "unfilled_post_years", groups["unfilled_count"].sum(min_count=1))
    sums["unfilled_count"] = table.loc[last].set_index(keys)["unfilled_count"]
    return sums.reset_index()


def price_and_worth(told: pd.DataFrame) -> dict[str, float] | None:
    """What the robust plan costs when all goes well, and what it saves when it does not.

    Parameters
    ----------
    told
        As :func:`cases_told` gives it.

    Returns
    -------
    ``costs_post_years`` and ``costs_idr`` when all comes as expected, ``saves_post_years`` and
    ``saves_idr`` on average over the other cases by their chances (above nought: the robust plan
    leaves fewer posts empty, costs less), each against the plan's first rounds with the rest made
    anew; ``expected_post_years`` saved over all cases. None without a robust plan, and where no
    need is known.

    Method: docs/method.md eq. 291.
    """
    if ROBUST not in set(told["plan"]) or told["unfilled_post_years"].isna().all():
        return None
    value = told.assign(idr=told["newcomer_idr"] + told["beside_pay_idr"])
    robust, other = (
        value.loc[value["plan"] == plan].set_index("case") for plan in (ROBUST, REPLANNED)
    )
    saved = other[["unfilled_post_years", "idr"]] - robust[["unfilled_post_years", "idr"]]
    weight = robust["chance"]
    bad = [case for case in CASES[1:] if case in saved.index]
    whole = float(weight[bad].sum())
    mean = saved.loc[bad].mul(weight[bad], axis=0).sum() / whole if whole else 0.0 * saved.sum()
    return {
        "costs_post_years": -float(saved.loc[CASES[0], "unfilled_post_years"]),
        "costs_idr": -float(saved.loc[CASES[0], "idr"]),
        "saves_post_years": float(mean["unfilled_post_years"]),
        "saves_idr": float(mean["idr"]),
        "expected_post_years": float((saved["unfilled_post_years"] * weight).sum()),
    }
