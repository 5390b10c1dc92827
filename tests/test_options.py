"""The seven options, held against the rounds and letters they are read from."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from analytics import options, rules
from analytics.options import Figure, Override
from analytics.pay_newcomer import EMPLOYMENT_OF, WITHOUT_PAY
from analytics.rules import RuleError
from pages.shared import gauge_figures

ON = date(2026, 7, 1)
YEARS = range(2026, 2037)


@pytest.fixture(scope="module")
def seven():
    return options.options(rules.load(), ON)


def test_seven_options_stand_in_their_fixed_order(seven):
    assert [each.option for each in seven] == [
        "cpns", "pppk", "pppk_pw", "mutasi_masuk", "redistribusi", "penataan", "teknologi"
    ]  # fmt: skip


def test_an_option_is_known_wherever_the_map_says_it_must_be(seven):
    # docs/map.md, "How do I add?".
    ids = [each.option for each in seven]
    assert [each.option for each in seven if each.kind == options.HIRE] == [*EMPLOYMENT_OF]
    assert {*EMPLOYMENT_OF, *WITHOUT_PAY} == set(ids)
    assert [*gauge_figures.option_names()] == ids


def test_cpns_come_14_to_18_months_after_the_proposal_and_pppk_18_to_21(seven):
    # Timeline of the 2024 round: proposals January 2024, last TMT June and October 2025.
    assert (seven[0].lead_months.low, seven[0].lead_months.high) == (14, 18)
    assert (seven[1].lead_months.low, seven[1].lead_months.high) == (18, 21)


def test_fill_rates_are_those_of_diy_and_semarang(seven):
    assert seven[0].fill_share.low == pytest.approx(318 / 378, abs=0.005)
    assert seven[0].fill_share.high == pytest.approx(243 / 280, abs=0.005)


def test_a_cpns_proposed_in_january_2027_is_in_post_by_the_end_of_2028_and_paid_half_of_it(seven):
    # TMT falls on the first of March to July 2028, in the middle May, half of them by then.
    found = options.arrivals(seven[0], 2027, YEARS, ON)
    assert found.is_open
    assert list(found.in_post[:3]) == [0, 0, 1]
    assert found.paid[2] == pytest.approx((0.125 + 0.5 + 0.875 + 6) / 12)


def test_the_formation_window_of_a_year_that_is_half_over_is_shut(seven):
    assert not options.arrivals(seven[0], 2026, YEARS, ON).is_open
    assert options.arrivals(seven[4], 2026, YEARS, ON).is_open


def test_nobody_arrives_before_he_is_proposed_and_shares_never_fall(seven):
    for option in seven:
        for year in YEARS:
            found = options.arrivals(option, year, YEARS, ON)
            assert (np.diff(found.by_month) >= -1e-12).all()
            assert found.by_month[: 12 * (year - 2026)].sum() == 0
            assert found.by_month.max() <= 1


def test_triangle_quantiles_and_shares_are_inverse():
    for figure in (Figure(14, 16, 18), Figure(6, 6, 12), Figure(6, 12, 12)):
        for share in (0.1, 0.5, 0.9):
            assert figure.reached(figure.quantile(share)) == pytest.approx(share)


def test_an_override_is_used_and_called_a_local_choice(seven):
    mine = options.options(rules.load(), ON, [Override("teknologi", "upkeep_idr", 1, 2, 3)])
    assert mine[6].upkeep_idr.mid == 2
    assert mine[6].upkeep_idr.standing == "local_choice"
    assert mine[0] == seven[0]


@pytest.mark.parametrize(
    "wrong",
    [
        ("cpns", "fill_share", 0.5, 0.9, 1.2),
        ("cpns", "lead_months", 18, 14, 20),
        ("cpns", "luck", 0, 0, 0),
        ("honorer", "fill_share", 0, 0, 0),
    ],
)
def test_an_override_that_cannot_be_is_refused(wrong):
    with pytest.raises(RuleError):
        Override(*wrong)


def test_people_per_billion_and_present_sum_follow_from_the_cost(seven):
    # Rp 50 million a year without discount: 20 people for a billion, half a billion in ten years.
    cost = pd.DataFrame({"total_idr": [50e6] * 10, "outside_cap_idr": [5e6] * 10})
    row = options.option_table(seven, {"cpns": cost}, leaver_idr=100e6).iloc[0]
    assert row["people_per_billion"] == 20
    assert row["ten_year_present_idr"] == 500e6
    assert row["saves_first_year_idr"] == 50e6
    assert row["outside_cap_idr"] == 5e6


def test_technology_lowers_need_of_routine_work_only(seven):
    needed = pd.DataFrame(
        {"role_group": ["pelaksana", "guru"], "year": 2030, "needed_count": [100.0, 100.0]}
    )
    limits = options.less_need_limits(seven[6], needed)
    assert list(limits["role_group"]) == ["pelaksana"]
    assert limits["most_in_year"].iloc[0] == pytest.approx(2)
