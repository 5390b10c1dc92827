"""A plan where formations are refused or half filled, the plan that minds it, and prices."""

from __future__ import annotations

import numpy as np
import pytest

from analytics.mix import CHEAPEST, MixLimits, best_mix, replacement_quotas
from analytics.mix_prices import prices
from analytics.mix_replay import HALF_FILLED, REFUSED, Shortfall, replay
from analytics.mix_robust import RobustChoice, robust_mix
from tests import made_up_mix
from tests.test_mix import asked, at_once


def test_half_filled_formations_leave_half_of_the_posts_and_spend_half():
    question = asked(np.array([[8.0, 8, 8]]), at_once("cpns"))
    mix = best_mix(question, MixLimits())
    half = replay(mix, HALF_FILLED)
    assert half.account.unfilled.tolist() == [[4, 4, 4]]
    assert half.account.cost_idr.sum() == mix.account.cost_idr.sum() / 2
    assert replay(mix, REFUSED).account.unfilled.tolist() == [[8, 8, 8]]
    assert (half.formations == mix.formations).all()


def test_a_refusal_of_one_year_leaves_the_other_years_as_they_were():
    question = asked(np.array([[2.0, 5, 9]]), at_once("cpns"))
    mix = best_mix(question, MixLimits())
    refused = Shortfall("refused", 0.0, first_year=2028, last_year=2028)
    assert replay(mix, refused).account.unfilled.tolist() == [[0, 3, 3]]


def test_an_option_that_is_not_hit_fills_as_before():
    question = asked(np.array([[4.0, 4, 4]]), at_once("pppk_pw"))
    mix = best_mix(question, MixLimits())
    assert replay(mix, REFUSED).account.unfilled.sum() == 0


@pytest.mark.parametrize("mode", ["worst", "expected"])
def test_the_robust_plan_decides_the_first_years_once(mode: str):
    question = made_up_mix.question(4, 6, 1)
    limits = made_up_mix.limits(question, ratio=0.5, money=0.6)
    choice = RobustChoice(shared_years=2, mode=mode)  # type: ignore[arg-type]
    robust = robust_mix(question, limits, choice=choice, seconds=6)
    first = robust.mixes[0].formations[:, :, :2]
    assert all((mix.formations[:, :, :2] == first).all() for mix in robust.mixes)
    # Knowing the case beforehand is never worse.
    assert all(
        regret >= -0.02 * best for regret, best in zip(robust.regrets, robust.best, strict=True)
    )
    unminded = [value - best for value, best in zip(robust.unminded, robust.best, strict=True)]
    if mode == "worst":
        assert max(robust.regrets) <= max(unminded) + 0.01 * max(robust.best)
    else:
        assert sum(mix.value for mix in robust.mixes) <= sum(robust.unminded) * 1.01


def test_with_one_case_that_is_expected_the_robust_plan_is_the_best_plan():
    question = asked(np.array([[3.0, 6, 9]]), at_once("cpns"), at_once("pppk", pay=50e6))
    case = (Shortfall("as_expected", 1.0),)
    robust = robust_mix(question, MixLimits(), choice=RobustChoice(case), seconds=3)
    assert robust.mixes[0].value == 0
    assert robust.regrets == (0.0,)


def test_where_cpns_may_be_refused_the_first_year_turns_to_what_is_sure():
    """One formation a year; P3K are dearer and certain, CPNS come only if nobody refuses."""
    question = asked(np.array([[1.0, 1, 1]]), at_once("cpns"), at_once("pppk", pay=70e6))
    limits = MixLimits(replacement_quotas(question, 0.5))
    refused = (Shortfall("as_expected", 1.0, ("cpns",)), Shortfall("refused", 0.0, ("cpns",)))
    assert best_mix(question, limits).formations[:, 0, 0].tolist() == [1, 0]
    robust = robust_mix(question, limits, choice=RobustChoice(refused), seconds=3)
    assert robust.mixes[0].formations[:, 0, 0].tolist() == [0, 1]
    assert max(robust.regrets) == 0
    assert robust.unminded[1] == 1


def test_one_more_formation_saves_what_the_dearer_option_costs_more():
    """Solved by hand: the quota holds CPNS at 60 to 1 a year; the rest moves in at 100."""
    question = asked(np.array([[2.0, 2, 2]]), at_once("cpns"), at_once("mutasi_masuk", pay=100e6))
    quota = replacement_quotas(question, 0.5, options=("cpns",))
    limits = MixLimits(quota, floor_share=np.array([1.0]))
    mix = best_mix(question, limits, CHEAPEST)
    # Half a post may stay open, so two are needed in every year: one of each in 2027.
    assert mix.value == 3 * (60e6 + 100e6)
    found = prices(question, limits, mix)
    assert (found[0].kind, found[0].year, found[0].role) == ("quota", 2027, "role_0")
    assert found[0].gain == pytest.approx(3 * 40e6)
    assert found[0].gain_least == pytest.approx(found[0].gain_most, rel=1e-3)
    assert "menghemat Rp 120,0 juta" in found[0].text_id
    assert "saves Rp 120.0 million" in found[0].text_en


def test_a_billion_more_is_worth_the_posts_it_fills():
    question = asked(np.array([[40.0, 40, 40]]), at_once("cpns", pay=100e6))
    limits = MixLimits(money_idr=np.array([1e9, 1e9, 1e9]))
    mix = best_mix(question, limits)
    found = prices(question, limits, mix)
    assert [(one.kind, one.year) for one in found] == [("money", 2027)]
    assert found[0].gain == 30
    assert "lagi setahun pada uang sejak 2027" in found[0].text_id


def test_limits_that_do_not_bind_have_no_price():
    question = asked(np.array([[2.0, 2, 2]]), at_once("cpns"))
    limits = MixLimits(money_idr=np.full(3, 1e12))
    assert prices(question, limits, best_mix(question, limits)) == ()
