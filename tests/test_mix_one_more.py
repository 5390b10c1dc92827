"""What one formation more is worth: by hand, and in the sample city whatever the clock says."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from analytics import rules
from analytics.mix import MixLimits, Quota, best_mix
from analytics.mix_prices import prices
from analytics.scenario_role_words import in_words, role_words
from tests import scenario_city
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
    worth = f"{first.gain:.1f}".replace(".", ",")
    assert first.text_id == (
        f"Satu formasi lagi pada kuota formasi pengganti 2027, dipakai untuk {name}, mengisi"
        f" {worth} jabatan-tahun lagi sampai 2036."
    )
    assert not any(mark in first.text_id for mark in (":", "@", "_"))
    for one in found:
        assert 0 < one.gain <= one.gain_most
    # Nothing in it hangs on the clock.
    assert found == prices(mix.question, mix.limits, mix, seconds=0.0)
