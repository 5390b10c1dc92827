"""One run: facts and a scenario in; every table of the chain out, with what it was computed from.

Method: docs/method.md eq. 230-242.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.budget import (
    Budget,
    BudgetYear,
    NothingLeftError,
    gauge,
    other_spending,
    recorded_years,
)
from analytics.export import csv_bytes, json_text
from analytics.mix import GAP, Mix
from analytics.options import discount_rate, option_table
from analytics.pay_path import PayPath
from analytics.replacement import Gap
from analytics.rules import RuleBook
from analytics.scenario import Scenario, ScenarioError
from analytics.scenario_account import (
    break_table,
    filling_table,
    flow_table,
    is_computed,
    money_tables,
    plan_table,
    staff_tables,
)
from analytics.scenario_band import PlanBand, plan_band, short_spread, with_newcomers
from analytics.scenario_band_money import money_band, with_chance, with_money_band
from analytics.scenario_choices import budget_of, pay_choice
from analytics.scenario_plan import BEST as BEST
from analytics.scenario_plan import (
    SOUGHT,
    KeptPlan,
    granted_mix,
    keeping,
    planned_mix,
)
from analytics.scenario_shortfall import (
    Minded,
    chances,
    shortfall_table,
    shortfalls,
)
from analytics.scenario_stages import Stages
from analytics.scenario_summary import DECIMALS, summary
from analytics.scenario_terms import Asked, asked, has_price, limits, newcomer_table, pay_of

Numbers = NDArray[np.float64]

MIX_SECONDS = 5.0
TEACHER = "guru"
TABLES = (
    *("staff", "staff_account", "money", "money_account", "money_steps", "gauge"),
    *("filling", "unfilled", "plan", "shortfall", "flow", "service_breaks", "options"),
    *("mergers", "moves"),
)
GAUGE_COLUMNS = [
    *("year", "personnel_idr", "excluded_idr", "other_idr", "apbd_idr", "ratio_share"),
    *("limit_share", "room_idr", "is_binding", "ratio_p10_share", "ratio_p90_share"),
    "over_chance",
]


@dataclass(frozen=True, eq=False)
class Result:
    """What a scenario comes to.

    ``tables``: name -> table, in the order of ``TABLES``; ``summary``: the figures of a headline;
    ``provenance``: all that it can be computed again from. ``mix``, ``asked`` and ``gap`` are what
    the tables were made of; ``minded`` what a robust plan is compared with.
    """

    scenario: Scenario
    tables: Mapping[str, pd.DataFrame]
    summary: Mapping[str, object]
    provenance: Mapping[str, object]
    mix: Mix = field(repr=False)
    planned: Mix = field(repr=False)
    asked: Asked = field(repr=False)
    gap: Gap = field(repr=False)
    minded: Minded | None = field(default=None, repr=False)

    def files(self) -> dict[str, bytes]:
        """Every table as CSV and ``summary.json``, the same bytes for the same result."""
        found = {f"{name}.csv": rounded_csv(table) for name, table in self.tables.items()}
        content = {
            "scenario": json.loads(self.scenario.to_json()),
            "provenance": dict(self.provenance),
            "summary": dict(self.summary),
        }
        return {**found, "summary.json": f"{json_text(content)}\n".encode()}

    @property
    def digest(self) -> str:
        """Hash of all files."""
        digest = hashlib.sha256()
        for name, content in sorted(self.files().items()):
            digest.update(name.encode() + b"\0" + content)
        return digest.hexdigest()


def run(
    told: Scenario,
    stages: Stages,
    seconds: float = MIX_SECONDS,
    kept: KeptPlan | None = None,
) -> Result:
    """Compute a scenario.

    Parameters
    ----------
    stages
        The stages of the facts (``Stages(facts)``); what other scenarios computed is used again.
    seconds
        For the best mix, at most.
    kept
        The plan to take instead of looking for the best mix again.

    Raises
    ------
    ScenarioError, RuleError, MixError, PayError
        When levers do not fit the facts or each other; says which.
    """
    key = (told.years, told.of_all(), seconds, kept)
    found = stages.kept("result", key, lambda: _run(told, stages, seconds, kept))
    # Names and reasons move no number.
    return replace(found, scenario=told)


def _run(told: Scenario, stages: Stages, seconds: float, kept: KeptPlan | None) -> Result:
    facts = stages.facts
    question = asked(stages, told)
    path, presence = paths(stages, told)
    before, plan_budget = _with_nobody(stages, told, path, presence)
    is_strict = told["plan.cap_where_over"] == "law"
    room = None if before is None else _cap_room(before, is_strict=is_strict)
    bounds = limits(question, told, room)
    weights = chances(told, facts.rulebook, facts.as_of)
    planned, minded = planned_mix(told, question, bounds, weights, seconds, kept)
    granted = granted_mix(told, planned)
    band = _band(told, stages, question, granted)
    staff, staff_account = staff_tables(
        stages.projected(told),
        with_newcomers(stages.staff_band(told), granted, band.newcomer_sd),
        question,
        granted,
    )
    money, money_account, money_steps = money_tables(path, presence, question, granted)
    spread = money_band(stages.projected(told).paid_spread, path, granted, band.newcomer_sd)
    money = with_money_band(money, spread)
    filling = filling_table(question, granted, told.number("plan.break_share") or 0.0)
    told_of = filling["unfilled_count"].notna().to_numpy()
    filling = filling.assign(
        unfilled_p10=np.where(told_of, band.low.ravel(), np.nan),
        unfilled_p90=np.where(told_of, band.high.ravel(), np.nan),
    )
    breaks = break_table(filling)
    level = pd.DataFrame(columns=GAUGE_COLUMNS)
    if plan_budget is not None:
        other = _other(told, path, plan_budget, facts.rulebook)
        level = _gauge(told, money.assign(year_share=1.0), plan_budget, facts.rulebook, other)
        level = with_chance(level, spread)
    tables = {
        "staff": staff,
        "staff_account": staff_account,
        "money": money,
        "money_account": money_account,
        "money_steps": money_steps,
        "gauge": level,
        "filling": filling,
        "unfilled": _unfilled(filling, band),
        "plan": plan_table(question, granted),
        "shortfall": shortfall_table(
            minded.plain if minded else planned,
            minded,
            shortfalls(told, question.question),
            weights,
            is_computed(question),
        ),
        "flow": flow_table(question, granted),
        "service_breaks": breaks,
        "options": stages.kept(
            "option table",
            (told.years, told.of("law", "exits", "option", "pay")),
            lambda: _options(stages, told, question, path, presence),
        ),
        "mergers": _mergers(stages, told),
        "moves": _moves(stages, told),
    }
    found = stages.gap(told)
    figures = summary(told, stages, tables, found, path, granted, planned, before)
    figures["is_proved"] = _is_proved(told, planned, minded)
    is_bounded = minded is not None and np.isfinite(minded.gap)
    figures["robust_gap"] = round(minded.gap, DECIMALS) if minded and is_bounded else None
    return Result(
        told,
        {name: tables[name] for name in TABLES},
        figures,
        {**facts.origin.told(), "scenario_digest": told.digest},
        granted,
        planned,
        question,
        found,
        minded,
    )


def _band(told: Scenario, stages: Stages, question: Asked, granted: Mix) -> PlanBand:
    """The band of the plan as it is granted."""
    spread = short_spread(stages, told, question.question.roles)
    return plan_band(spread, question, granted, stages.facts.as_of)


def _unfilled(filling: pd.DataFrame, band: PlanBand) -> pd.DataFrame:
    """Posts unfilled at the end of each year: as planned, and the band if nothing is changed.

    Empty where no need is known.
    """
    planned = filling.groupby("year", sort=True)["unfilled_count"].sum(min_count=1)
    table = band.unfilled.copy()
    table.insert(1, "unfilled_count", planned.to_numpy())
    return table


def _is_proved(told: Scenario, planned: Mix, minded: Minded | None) -> bool:
    """Whether nothing better than the plan, within a thousandth, is left to be found."""
    if minded is not None:
        return bool(minded.gap <= GAP)
    return bool(told["plan.rule"] != BEST or planned.gap <= GAP)


def paths(stages: Stages, told: Scenario) -> tuple[PayPath, Numbers]:
    """Pay of today's people by year, and the expected share of each year on the payroll."""
    path = pay_of(stages, told.years, told.of("pay"), pay_choice(told))
    return path, stages.projected(told).paid_share()


def plan_of(result: Result) -> KeptPlan | None:
    """The best mix of a result, to be kept with it; None where a rule makes the plan."""
    if result.scenario["plan.rule"] not in SOUGHT:
        return None
    return keeping(result.planned, result.minded)


def recorded_budget(stages: Stages) -> tuple[BudgetYear, ...]:
    """The years of the APBD that the edition holds; none where it holds none."""
    rows = stages.facts.stored.tables.get("budget_years", pd.DataFrame())
    if rows.empty:
        return ()
    return recorded_years(rows)


def _other(told: Scenario, path: PayPath, plan: Budget, rulebook: RuleBook) -> float:
    """Recorded and not modelled: a fact about today's roster, the same whatever is decided."""
    reading = pay_choice(told).is_tpg_through_apbd
    return other_spending(path, plan, rulebook, is_tpg_through_apbd=reading)


def _with_nobody(
    stages: Stages, told: Scenario, path: PayPath, presence: Numbers
) -> tuple[pd.DataFrame | None, Budget | None]:
    """The gauge by year with nobody hired, and the budget; None where none is known."""
    facts = stages.facts
    plan = budget_of(told, recorded_budget(stages), facts.rulebook, facts.as_of)
    if plan is None:
        return None, None
    share = np.where(path.years == facts.as_of.year, path.first_year_share, 1.0)
    full = presence / share
    modelled = pd.DataFrame(
        {
            "year": path.years,
            "year_share": 1.0,
            "in_cap_idr": (path.in_cap_idr * full).sum(axis=0),
            "outside_cap_idr": (path.outside_cap_idr * full).sum(axis=0),
        }
    )
    other = _other(told, path, plan, facts.rulebook)
    return _gauge(told, modelled, plan, facts.rulebook, other), plan


def _gauge(
    told: Scenario, modelled: pd.DataFrame, plan: Budget, rulebook: RuleBook, other_idr: float
) -> pd.DataFrame:
    """The gauge by year; refuses in words where the levers leave nothing of the APBD."""
    try:
        return gauge(modelled, plan, rulebook, choice=pay_choice(told), other_idr=other_idr)
    except NothingLeftError as error:
        raise ScenarioError(
            "Tidak ada yang tersisa dari APBD; periksa budget.total_idr,"
            " budget.teacher_allowance_idr, budget.growth_share, dan budget.transfer_cut_share.",
            "Nothing is left of the APBD; check budget.total_idr, budget.teacher_allowance_idr,"
            " budget.growth_share and budget.transfer_cut_share.",
        ) from error


def _cap_room(level: pd.DataFrame, *, is_strict: bool) -> Numbers:
    """Rupiah by year that newcomers may add to spending under the cap; inf where it does not bind.

    Where the cap is passed with nobody hired, strictly nobody may be hired; else the ratio of the
    year of the data may not be passed. Method: docs/method.md eq. 237.
    """
    ratio = level["ratio_share"].to_numpy(dtype=np.float64)
    most = level["limit_share"].to_numpy(dtype=np.float64)
    if not is_strict:
        most = np.maximum(most, ratio[0])
    room = (most - ratio) * level["apbd_idr"].to_numpy(dtype=np.float64)
    return np.where(level["is_binding"], room, np.inf)


def _options(
    stages: Stages, told: Scenario, question: Asked, path: PayPath, presence: Numbers
) -> pd.DataFrame:
    """The seven options side by side for teachers, against the mean teacher who leaves."""
    facts = stages.facts
    costs = {
        option.option: newcomer_table(stages, told, option.option, TEACHER)
        for option in question.options
        if has_price(stages, told, option.option)
    }
    is_teacher = (facts.posted["role_group"] == TEACHER).to_numpy()
    if path.total_idr.shape[1] < 2:
        is_teacher[:] = False
    goes = np.maximum(-np.diff(presence[is_teacher], axis=1), 0.0)
    weight = float(goes.sum())
    pay = path.total_idr[is_teacher][:, :-1]
    leaver = float((pay * goes).sum()) / weight if weight > 0 else float("nan")
    rate = discount_rate(facts.rulebook, facts.as_of).mid
    return option_table(question.options, costs, leaver, rate)


def _mergers(stages: Stages, told: Scenario) -> pd.DataFrame:
    """Schools that merge: ``npsn, name, into, into_name, school_year``."""
    name = stages.facts.schools.set_index("npsn")["name"]
    merges = stages.mergers(told).merges
    return pd.DataFrame(
        {
            "npsn": merges["npsn"],
            "name": merges["npsn"].map(name),
            "into": merges["into"],
            "into_name": merges["into"].map(name),
            "school_year": merges["school_year"],
        }
    ).sort_values(["school_year", "npsn"], ignore_index=True)


def _moves(stages: Stages, told: Scenario) -> pd.DataFrame:
    """Teachers who move to another school, by post: ``school_year, post, moved_count``."""
    moves = stages.moves(told)
    if moves is None:
        return pd.DataFrame(columns=["school_year", "post", "moved_count"])
    return moves.by_post


def rounded_csv(table: pd.DataFrame) -> bytes:
    """A table as CSV, numbers to six decimals."""
    numbers = table.select_dtypes("floating").columns
    return csv_bytes(table.assign(**{name: table[name].round(DECIMALS) for name in numbers}))
