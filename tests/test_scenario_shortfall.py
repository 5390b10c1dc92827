"""The same plan when formations are refused or half filled, and the plan that minds it.

On a question worked by hand, and on the sample city (synthetic).
"""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from analytics import scenario_desk, state
from analytics.mix import MixLimits, best_mix, replacement_quotas
from analytics.mix_robust import RobustChoice, robust_mix
from analytics.scenario import ScenarioError
from analytics.scenario_plan import kept_plan
from analytics.scenario_presets import presets
from analytics.scenario_run import plan_of, run
from analytics.scenario_shortfall import (
    CASES,
    REPLANNED,
    ROBUST,
    UNCHANGED,
    Minded,
    cases_told,
    chances,
    price_and_worth,
    shortfall_table,
    shortfalls,
)
from analytics.scenario_stages import Stages
from tests.scenario_city import BUDGET, facts, stages, told
from tests.test_mix import asked, at_once

WEIGHTS = (0.5, 0.1, 0.25, 0.15)


@pytest.fixture(scope="module")
def city():
    """The robust mix of the sample city over four years."""
    preset = presets()["best_mix"].moved("plan.rule", "robust_mix")
    for key, value in BUDGET.items():
        preset = preset.moved(key, value)
    return run(type(preset)("tahan", years=4, values=preset.values), stages(), 1.0)


def by_hand(first: str = "cpns"):
    """Three posts short for ever, one formation a year; CPNS may be refused, P3K are dearer."""
    question = asked(np.array([[3.0, 3, 3]]), at_once("cpns"), at_once("pppk", pay=70e6))
    limits = MixLimits(replacement_quotas(question, 0.5))
    return question, limits, told(plan__granted_options=(first,))


# Worked by hand


def test_the_plan_as_it_is_loses_what_does_not_come_in_each_case():
    question, limits, scenario = by_hand()
    plain = best_mix(question, limits)
    assert plain.formations[:, 0].tolist() == [[1, 1, 1], [0, 0, 0]]
    cases = shortfalls(scenario, question)
    table = shortfall_table(plain, None, cases, WEIGHTS)
    unfilled = table.pivot_table(index="case", columns="year", values="unfilled_count", sort=False)
    assert unfilled.loc["as_expected"].tolist() == [2, 1, 0]
    assert unfilled.loc["half_filled"].tolist() == [2.5, 2, 1.5]
    assert unfilled.loc["refused_first"].tolist() == [3, 2, 1]
    assert unfilled.loc["refused"].tolist() == [3, 3, 3]
    pay = cases_told(table).set_index("case")["newcomer_idr"]
    assert pay["half_filled"] == pay["as_expected"] / 2 and pay["refused"] == 0
    assert (table["plan"] == UNCHANGED).all() and (table["formation_count"] == 1).all()


def test_the_robust_plan_pays_when_all_goes_well_and_saves_when_it_does_not():
    """Its first formation is a P3K at 70 instead of a CPNS at 50 million, sure to come."""
    question, limits, scenario = by_hand()
    plain, cases = best_mix(question, limits), shortfalls(scenario, question)
    found = robust_mix(question, limits, choice=RobustChoice(cases, WEIGHTS), plan=plain, seconds=3)
    minded = Minded(plain, found.followed, found.mixes, found.gap)
    worth = price_and_worth(cases_told(shortfall_table(plain, minded, cases, WEIGHTS)))
    assert worth is not None
    assert found.mixes[0].formations[:, 0, 0].tolist() == [0, 1]
    assert worth["costs_post_years"] == 0
    assert worth["costs_idr"] > 0
    # In the first year half a post where half come, a whole one for three years where none comes.
    saved = 0.1 * 1.5 + 0.25 * 3 + 0.15 * 3
    assert worth["saves_post_years"] == pytest.approx(saved / 0.5)
    assert worth["expected_post_years"] == pytest.approx(saved)


def test_the_case_that_is_refused_first_hits_the_first_year_that_is_open():
    question, _, scenario = by_hand()
    closed = np.array([0.0, 9, 9])
    options = (at_once("cpns", most_by_year=closed), at_once("pppk", pay=70e6))
    question = asked(np.array([[3.0, 3, 3]]), *options)
    assert [case.last_year for case in shortfalls(scenario, question)][2] == question.years[1]


def test_chances_are_those_of_the_rules_unless_a_lever_says_other():
    book, day = facts().rulebook, facts().as_of
    usual = chances(told(), book, day)
    assert sum(usual) == pytest.approx(1)
    assert all(0 < one < 1 for one in usual)
    levers = {f"plan__chance_{case}": 0.0 for case in CASES}
    sure = chances(told(**{**levers, "plan__chance_refused": 0.4}), book, day)
    assert sure == (0, 0, 0, 1)
    with pytest.raises(ScenarioError, match="Peluang keempat kejadian nol"):
        chances(told(**levers), book, day)


# The sample city


def test_every_case_of_every_plan_is_told_by_year(city):
    table = city.tables["shortfall"]
    assert len(table) == 3 * len(CASES) * 5
    whole = table.loc[(table["plan"] == ROBUST) & (table["case"] == "as_expected")]
    filling = city.tables["filling"].groupby("year")["unfilled_count"].sum()
    assert np.allclose(whole["unfilled_count"], filling)
    assert whole["formation_count"].sum() == city.summary["formation_count"]


def test_the_robust_plan_is_no_worse_over_all_cases_by_their_chances(city):
    cases = cases_told(city.tables["shortfall"])
    mean = {
        plan: float((rows["unfilled_post_years"] * rows["chance"]).sum())
        for plan, rows in cases.groupby("plan")
    }
    almost = 0.003 * mean[ROBUST]
    assert mean[ROBUST] <= mean[REPLANNED] + almost
    assert mean[REPLANNED] <= mean[UNCHANGED] + almost
    # And in none does it pass what is short when nobody is hired.
    short = city.asked.question.deficit.sum()
    assert (cases["unfilled_post_years"] <= short + 1e-6).all()


def test_until_the_case_is_known_the_plans_of_all_cases_are_the_same(city):
    minded = city.minded
    first = minded.robust[0].formations
    for mix in minded.robust:
        assert (mix.formations[:, :, :2] == first[:, :, :2]).all()
    for mix in minded.replanned:
        assert (mix.formations[:, :, :2] == minded.plain.formations[:, :, :2]).all()


def test_a_robust_plan_that_was_kept_gives_the_same_bytes(city):
    written = json.loads(json.dumps(plan_of(city).as_json()))
    again = run(city.scenario, Stages(facts()), 1.0, kept=kept_plan(written))
    assert again.files() == city.files()


def test_an_approved_robust_plan_is_computed_again_to_the_same_bytes(city, tmp_path, monkeypatch):
    monkeypatch.delenv("ESTAFET_STATE", raising=False)
    explained = city.scenario
    for key, value in explained.values:
        explained = explained.moved(key, value, "uji")
    with state.opened(tmp_path) as decisions:
        draft = scenario_desk.saved(decisions, explained, "setempat")
        asked_for = scenario_desk.submitted(decisions, draft, "setempat", "pengelola")
        result = replace(city, scenario=explained)
        agreed = scenario_desk.approved(decisions, asked_for, result, "setempat", "pengelola")
        again = scenario_desk.replayed(decisions, agreed, Stages(facts()))
    assert again.files() == result.files()


def test_the_summary_says_what_the_robust_plan_costs_and_saves(city):
    worth = city.summary["robust_worth"]
    assert worth == {
        key: pytest.approx(value)
        for key, value in price_and_worth(cases_told(city.tables["shortfall"])).items()
    }
    rows = json.loads(city.files()["summary.json"])["summary"]["shortfall"]
    assert [(row["plan"], row["case"]) for row in rows][-1] == (ROBUST, "refused")
