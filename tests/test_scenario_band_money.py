"""The band of spending of two people and one who comes, worked out by hand."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

from analytics.exact_sums import NO_EFFECT
from analytics.projection_paid import PaidSpread
from analytics.scenario_band_money import money_band, with_chance, with_money_band

YEARS = np.array([2026, 2027])
FIRST_SHARE = 1 / 3
# Share of the year on the payroll of each of two, and its variance.
SHARE = np.array([[0.3, 0.8], [0.2, 0.5]])
VARIANCE = np.array([[0.01, 0.04], [0.0, 0.09]])
TOTAL = np.array([[90e6, 100e6], [60e6, 60e6]])
IN_CAP = np.array([[80e6, 90e6], [30e6, 30e6]])
# One hire of two options: half there in the first year, one and a half in the second.
PEOPLE = np.array([[[0.5, 1.5]], [[4.0, 4.0]]])
COST = np.array([[[20e6, 75e6]], [[1e6, 1e6]]])
COST_IN_CAP = np.array([[[10e6, 60e6]], [[1e6, 1e6]]])
NEWCOMER_SD = np.array([0.5, 0.8])


def band():
    paid = PaidSpread(SHARE, VARIANCE, np.zeros((2, 2)), np.zeros((2, 2)), NO_EFFECT)
    path = SimpleNamespace(
        years=YEARS, as_of=date(2026, 9, 1), first_year_share=FIRST_SHARE,
        total_idr=TOTAL, in_cap_idr=IN_CAP,
    )  # fmt: skip
    question = SimpleNamespace(
        options=(SimpleNamespace(kind="hire"), SimpleNamespace(kind="less_need"))
    )
    account = SimpleNamespace(people=PEOPLE, cost_idr=COST, cap_idr=COST_IN_CAP)
    return money_band(paid, path, SimpleNamespace(question=question, account=account), NEWCOMER_SD)


def sd_by_hand(pay, each):
    """Leavers: pay squared times variance, a part of a year told as a whole one; then newcomers."""
    first = (pay[0, 0] ** 2 * 0.01 + pay[1, 0] ** 2 * 0.0) / FIRST_SHARE**2
    second = pay[0, 1] ** 2 * 0.04 + pay[1, 1] ** 2 * 0.09
    return np.sqrt([first + (each[0] * 0.5) ** 2, second + (each[1] * 0.8) ** 2])


def test_each_source_of_the_band_is_in_it_once():
    # A newcomer costs 20 / .5 = 40 million in the first year, 75 / 1.5 = 50 in the second.
    assert band().total.sd == pytest.approx(sd_by_hand(TOTAL, (40e6, 50e6)), rel=1e-12)
    assert band().in_cap.sd == pytest.approx(sd_by_hand(IN_CAP, (20e6, 40e6)), rel=1e-12)


def test_where_years_are_alike_the_band_is_a_bell_curve_about_what_is_expected():
    money = with_money_band(pd.DataFrame({"apbd_idr": [500_000_000, 800_000_000]}), band())
    reach = norm.ppf(0.9) * sd_by_hand(TOTAL, (40e6, 50e6))
    assert money["apbd_p10_idr"].to_numpy() == pytest.approx(np.array([5e8, 8e8]) - reach, abs=2)
    assert money["apbd_p90_idr"].to_numpy() == pytest.approx(np.array([5e8, 8e8]) + reach, abs=2)


def test_the_chance_of_passing_the_limit_is_of_what_counts_in_the_cap():
    sd = sd_by_hand(IN_CAP, (20e6, 40e6))
    level = pd.DataFrame(
        {"apbd_idr": [2e9, 2e9], "ratio_share": [0.28, 0.31], "room_idr": [sd[0], -2 * sd[1]]}
    )
    found = with_chance(level, band())
    assert found["over_chance"].to_numpy() == pytest.approx([norm.sf(1), norm.sf(-2)], abs=1e-6)
    reach, ratio = norm.ppf(0.9) * sd / 2e9, np.array([0.28, 0.31])
    assert found["ratio_p90_share"].to_numpy() == pytest.approx(ratio + reach, abs=1e-9)
    assert found["ratio_p10_share"].to_numpy() == pytest.approx(ratio - reach, abs=1e-9)


def test_a_ratio_below_nought_lies_within_its_band():
    # More pay is modelled than was recorded: warned of elsewhere, and the band stays in order.
    level = pd.DataFrame(
        {"apbd_idr": [2e9, 2e9], "ratio_share": [-0.2, 0.001], "room_idr": [1e9, 6e8]}
    )
    found = with_chance(level, band())
    assert -0.22 < found["ratio_p10_share"].iloc[0] < -0.21
    assert found["ratio_p10_share"].iloc[1] == 0
    assert (found["ratio_p10_share"] <= found["ratio_share"]).all()
    assert (found["ratio_share"] <= found["ratio_p90_share"]).all()
