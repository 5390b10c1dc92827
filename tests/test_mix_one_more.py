"""What one formation more is worth: by hand, and in the sample city whatever the clock says."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from analytics import rules
from analytics.mix import (
    CHEAPEST,
    LEAST_UNFILLED,
    MixLimits,
    MixQuestion,
    Objective,
    Quota,
    best_mix,
    problem,
    replacement_quotas,
)
from analytics.mix_highs import whole_plan
from analytics.mix_prices import prices
from analytics.mix_told import FLOOR_UNMET
from analytics.scenario_role_words import in_words, role_words
from tests import made_up_mix, scenario_city
from tests.test_mix import asked, at_once


def test_one_more_formation_fills_what_is_emptiest_for_longest_whatever_the_clock():
    """By hand: one a year; one more in 2027 works three years, in 2028 two, in 2029 one."""
    short = np.array([[9.0, 9, 9], [9, 9, 9]])
    question = replace(asked(short, at_once("cpns", 2)), weight=np.array([1.0, 2.0]))
    quota = Quota("formations", ("cpns",), np.array([1.0, 1, 1]))
    limits = MixLimits((quota,))
    found = prices(question, limits, best_mix(question, limits), seconds=0.0)
    assert [(one.kind, one.year, one.role, one.gain) for one in found] == [
        ("quota", 2027, "role_1", 6),
        ("quota", 2028, "role_1", 4),
        ("quota", 2029, "role_1", 2),
    ]
    assert all(one.gain_least <= one.gain <= one.gain_most + 1e-9 for one in found)
    # Solved again with one more in 2027, and counted by hand: nine less what works there.
    wider = MixLimits((replace(quota, most_by_year=np.array([2.0, 1, 1])),))
    again = best_mix(question, wider)
    assert best_mix(question, limits).value - again.value == 6


@pytest.mark.parametrize("seed", [1, 10, 22])
def test_one_more_is_told_as_the_least_it_is_worth_and_as_the_most(seed: int):
    """Two best plans by HiGHS alone lie between; where others move aside it is more than told."""
    luck = np.random.default_rng(seed)
    question = made_up_mix.question(3, 4, seed, ("cpns", "pppk"))
    question = replace(question, weight=luck.uniform(0.5, 2, 3))
    quotas = replacement_quotas(question, float(luck.uniform(0.8, 1.6)), options=("cpns", "pppk"))
    limits = MixLimits(quotas)
    mix = best_mix(question, limits, LEAST_UNFILLED, gap=1e-6, seconds=20.0)

    def least_unfilled(most: np.ndarray) -> float:
        stated = problem(question, MixLimits((replace(quotas[0], most_by_year=most),)),
                         LEAST_UNFILLED)  # fmt: skip
        found = whole_plan(stated.asked, stated.aim.main, 60.0, 0.0, 0.0)
        assert found.x is not None
        return float(stated.aim.main @ found.x)

    found = prices(question, limits, mix, most=2, seconds=5.0)
    assert found
    least = least_unfilled(quotas[0].most_by_year)
    for one in found:
        year = question.years.index(one.year)
        worth = least - least_unfilled(quotas[0].most_by_year + (np.arange(4) == year))
        assert one.gain <= worth + 1e-3
        assert worth <= one.gain_most + 1e-3
        assert "mengisi sedikitnya" in one.text_id and "fills at least" in one.text_en
        said = "paling banyak" in one.text_id
        assert said == (one.gain_most - one.gain > 0.1 * one.gain)
        assert said or worth <= 1.1 * one.gain + 1e-3


def test_one_more_is_no_gain_where_another_limit_leaves_no_room():
    question = asked(np.array([[9.0, 9, 9]]), at_once("cpns", pay=100e6))
    quota = Quota("formations", ("cpns",), np.array([1.0, 1, 1]))
    money = np.array([1e8, 2e8, 3e8])
    limits = MixLimits((quota,), money_idr=money)
    found = prices(question, limits, best_mix(question, limits))
    assert all(one.kind == "money" or one.gain == 0 for one in found)


def test_in_the_sample_city_limits_that_hold_the_best_mix_have_a_price_however_busy_the_server():
    """5 % more formations fill 360 post-years more: it said that no limit holds the plan."""
    told = {"plan__rule": "best_mix", "plan__replacement_ratio": 1.0}
    mix = scenario_city.ran(**told, redistribution__is_on=True).planned
    found = prices(mix.question, mix.limits, mix, seconds=0.0)
    assert len(found) == 5
    assert {one.kind for one in found} == {"quota", "intake"}
    assert (found[0].kind, found[0].year) == ("quota", 2027)
    # Hired in 2027 at the rates of filling and arriving, nobody works ten years in a post.
    assert 6 < found[0].gain < 10
    first = in_words(found, rules.load())[0]
    name = role_words(first.role, rules.load())[0]
    worth, most = (f"{told:.1f}".replace(".", ",") for told in (first.gain, first.gain_most))
    assert first.text_id == (
        f"Satu formasi lagi pada kuota formasi pengganti 2027, dipakai untuk {name}, mengisi"
        f" sedikitnya {worth} jabatan-tahun lagi sampai 2036. Bila seluruh rencana disusun lagi"
        f" untuknya, paling banyak {most}."
    )
    assert not any(mark in first.text_id for mark in (":", "@", "_"))
    for one in found:
        assert 0 < one.gain <= one.gain_most
    # Nothing in it hangs on the clock.
    assert found == prices(mix.question, mix.limits, mix, seconds=0.0)


def least_money(question: MixQuestion, limits: MixLimits) -> float:
    """Rupiah of the cheapest plan, by HiGHS alone on the whole programme."""
    stated = problem(question, limits, CHEAPEST)
    found = whole_plan(stated.asked, stated.aim.main, 60.0, 1e-3, 0.0)
    assert found.x is not None
    return float(stated.aim.main @ found.x) * 1e6


@pytest.mark.parametrize("proved_to", [1e-3, 0.05])
@pytest.mark.parametrize(("seed", "floor"), [(0, 0.75), (1, 0.8), (6, 0.8), (9, 0.75)])
def test_what_one_formation_more_saves_is_what_two_cheapest_plans_differ_by(
    seed: int, floor: float, proved_to: float
):
    """However loosely the plan in hand is proved: what a closer search wins is no gain of it."""
    question = made_up_mix.question(3, 5, seed, ("cpns", "pppk", "mutasi_masuk"))
    quotas = replacement_quotas(question, 0.7, options=("cpns",))
    limits = MixLimits(quotas, floor_share=np.full(3, floor))
    mix = best_mix(question, limits, CHEAPEST, gap=proved_to)
    assert mix.is_feasible
    found = prices(question, limits, mix, most=3, seconds=20.0)
    assert found
    least = least_money(question, limits)
    for one in found:
        year = question.years.index(one.year)
        if one.kind == "quota":
            most = quotas[0].most_by_year + one.more * (np.arange(5) == year)
            wider = least_money(question, replace(limits, quotas=(replace(quotas[0],
                                most_by_year=most),)))  # fmt: skip
        else:
            options = tuple(
                replace(terms, most_by_year=terms.most_by_year + (np.arange(5) == year))
                if terms.option == one.name and terms.most_by_year is not None
                else terms
                for terms in question.options
            )
            wider = least_money(replace(question, options=options), limits)
        assert one.gain == pytest.approx(least - wider, abs=2e-5 * least)
        assert one.gain_least - 2e-5 * least <= least - wider <= one.gain_most + 2e-5 * least


@pytest.mark.parametrize("objective", [CHEAPEST, LEAST_UNFILLED])
def test_where_a_floor_is_out_of_reach_nothing_is_worth_rupiah(objective: Objective):
    """More fills the floor first. It ended in a fault of the solver's empty answer."""
    question = made_up_mix.question(3, 4, 0, ("cpns", "pppk", "mutasi_masuk"))
    quotas = replacement_quotas(question, 0.4, options=("cpns", "pppk"))
    limits = MixLimits(quotas, floor_share=np.full(3, 0.85))
    mix = best_mix(question, limits, objective)
    assert any(one.code == FLOOR_UNMET for one in mix.told)
    assert prices(question, limits, mix) == ()
