"""The mix beats every preset and simple rule on its own objective, on real questions of cities.

Questions are those of the presets on small invented governments (synthetic); every plan is
recounted by ``verified_mix``. Rules stand under the same limits as the mix.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from analytics import scenario_facts
from analytics.mix import best_mix, fixed_mix
from analytics.mix_presets import RULES
from analytics.scenario_presets import presets
from analytics.scenario_run import run
from analytics.scenario_stages import Stages
from tests.made_up_cities import made
from tests.scenario_city import stages as sample
from tests.verified_mix import recount

CITIES = ("no_schools", "no_abk_no_births_no_budget")
# Presets whose limits or question are not those of another.
NAMES = ("do_nothing", "minus_growth", "teachers_first", "regroup_first", "best_mix")
PROVED = 1e-3


@pytest.fixture(scope="module")
def question(tmp_path_factory):
    """The question and limits of a preset in a city."""

    @cache
    def stages(where):
        if where == "sample":
            return sample()
        return Stages(scenario_facts.facts(made(where, tmp_path_factory.mktemp(where))))

    @cache
    def of(where, name):
        result = run(presets()[name], stages(where), seconds=0.2)
        return result.asked.question, result.planned.limits

    return of


@pytest.mark.parametrize(
    ("where", "name"), [*((w, n) for w in CITIES for n in NAMES), ("sample", "best_mix")]
)
def test_the_mix_leaves_no_more_unfilled_than_any_rule_under_the_same_limits(question, where, name):
    asked, limits = question(where, name)
    best = best_mix(asked, limits, "least_unfilled", seconds=3)
    assert not recount(asked, best.limits, best.formations).broken
    for rule in RULES:
        simple = fixed_mix(asked, limits, rule, "least_unfilled")
        assert best.value <= simple.value * (1 + PROVED), rule


@pytest.mark.parametrize(("where", "name"), [(w, n) for w in CITIES for n in NAMES[1:4]])
@pytest.mark.parametrize("rule", [one for one in RULES if one != "do_nothing"])
def test_what_a_rule_fills_the_mix_fills_for_no_more_money(question, where, name, rule):
    asked, limits = question(where, name)
    simple = fixed_mix(asked, limits, rule, "cheapest")
    need, empty = asked.need, simple.account.unfilled
    share = 1 - np.divide(empty, need, out=np.zeros_like(empty), where=need > 0) - 1e-7
    floors = replace(limits, floor_share=np.clip(share, 0.0, 1.0))
    best = best_mix(asked, floors, "cheapest", seconds=3)
    assert not recount(asked, best.limits, best.formations).broken
    assert best.is_feasible and best.value <= simple.value * (1 + PROVED)


def test_a_plan_that_costs_nothing_has_no_gap(question):
    asked, limits = question("no_schools", "teachers_first")
    none = best_mix(asked, replace(limits, floor_share=None), "cheapest", seconds=2)
    assert (none.value, none.gap) == (0.0, 0.0)
    # What a solver's tolerance leaves of a bound below nought is no gap either.
    assert replace(none, bound=-1e-7).gap == 0.0


def test_no_more_moves_are_proposed_in_a_year_than_can_be_filled_from_then_on(question):
    asked, limits = question("sample", "best_mix")
    at = asked.option_index("redistribusi")
    terms = asked.options[at]
    plans = [fixed_mix(asked, limits, "teachers_first", "least_unfilled").formations[at]]
    plans.append(best_mix(asked, limits, "least_unfilled", seconds=3).formations[at])
    for plan in plans:
        assert plan.sum() > 0
        for year in range(len(asked.years)):
            ahead = terms.most_in_effect[:, year:].max(axis=1)
            assert (plan[:, year] <= np.ceil(ahead / terms.fill_share) + 1e-6).all()
