"""When schools merge, who is displaced, and what distance buys: small cases worked out by hand."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from analytics import rules
from analytics.regrouping import prepared, regrouping_plan
from analytics.regrouping_limits import Limits
from analytics.regrouping_programme import Prices
from analytics.regrouping_tradeoff import trade_off
from analytics.regrouping_years import (
    Pace,
    _chosen,
    calendar,
    displaced_price,
    first_possible_year,
    spread_over_years,
    years_from,
)

TODAY = date(2026, 7, 1)
BOOK = rules.load()


def question(pupils: dict[str, int], north_km: dict[str, float], rooms: int = 6, limits=None):
    """Schools on one meridian with the same pupils in each of six grades; all are candidates."""
    names = list(pupils)
    schools = pd.DataFrame(
        {
            "npsn": names, "name": names, "level": "SD",
            "latitude": [-7.6 + north_km[name] / 111.195080 for name in names],
            "longitude": 111.5, "classroom_count": rooms,
        }
    )  # fmt: skip
    held = pd.DataFrame([[pupils[name]] * 6 for name in names], index=names, columns=range(1, 7))
    small = pd.Series([pupils[name] < 10 for name in names], index=names)
    prices = Prices(150.0, 90.0, 0.5)
    return prepared(schools, held, small, limits or Limits(max_km=3), prices, BOOK, TODAY)


def two_schools():
    return regrouping_plan(question({"A": 5, "B": 20}, {"A": 0, "B": 1}))


def staff(*rows: tuple[str, str, str | None]) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=["npsn", "post", "retires_on"])
    return table.assign(
        retires_on=pd.to_datetime(table["retires_on"]), status="in_post", level="SD"
    )


# Six class teachers and a head in each school; the head of A and five class teachers leave soon.
PEOPLE = staff(
    ("A", "kepala_sekolah", "2028-02-01"),
    *[("A", "guru_kelas", "2029-01-01")] * 5,
    ("A", "guru_kelas", None),
    ("B", "kepala_sekolah", None),
    *[("B", "guru_kelas", None)] * 6,
)


def displaced(price: float, years=(2027, 2028, 2029), people=PEOPLE):
    return spread_over_years(two_schools(), Pace(years, None, price), BOOK, None, people)


def test_a_merge_displaces_the_head_and_the_class_teachers_nobody_needs_any_more():
    # Together B needs 6 class teachers and a head. 2027: 12 and 2 are there, 7 too many. 2028 the
    # head of A is gone: 6. 2029 five class teachers too: 1.
    told = displaced(0.0).options.set_index("school_year")
    assert told["displaced_count"].tolist() == [7, 6, 1]
    assert told["heads_displaced"].tolist() == [1, 0, 0]


@pytest.mark.parametrize(
    ("price", "year", "count"),
    [
        # The merge saves 150 + 540 - 0.5 x 30 x 1 = 675 a year. Waiting a year for the head (1
        # person) pays from 675 on, two years for six people from 225 on.
        (0.0, 2027, 7),
        (224.0, 2027, 7),
        (226.0, 2029, 1),
        (10_000.0, 2029, 1),
    ],
)
def test_waiting_is_weighed_against_the_people_displaced(price, year, count):
    merge = displaced(price).merges.iloc[0]
    assert (merge["npsn"], merge["into"], merge["school_year"]) == ("A", "B", year)
    assert merge["displaced_count"] == count
    assert merge["displaced_first"] == 7


def test_a_surplus_that_is_there_anyway_is_nobody_displaced_by_the_merge():
    many = pd.concat([PEOPLE, staff(*[("B", "guru_kelas", None)] * 4)])
    told = displaced(0.0, people=many).options
    assert told["displaced_count"].tolist() == [7, 6, 1]


def test_a_merge_waits_for_the_year_whose_pupils_fit_the_rooms():
    # 8 + 24 pupils a grade need two rombel each, 12 in 6 rooms; from 2028 on 5 + 20 fit in six.
    rows = [
        (school, year, grade, 8 if school == "A" else 24)
        for school in "AB"
        for year in (2027,)
        for grade in range(1, 7)
    ]
    ahead = pd.DataFrame(rows, columns=["npsn", "school_year", "grade", "pupil_count"])
    told = spread_over_years(two_schools(), Pace((2027, 2028)), BOOK, ahead)
    assert told.merges["school_year"].tolist() == [2028]
    never = spread_over_years(two_schools(), Pace((2027,)), BOOK, ahead)
    assert never.merges["school_year"].isna().all()
    assert never.merges["reason"].tolist() == ["rooms"]


def test_the_pace_spreads_merges_and_says_which_are_left():
    # Three pairs far from each other; the one that saves most (the nearest) goes first.
    pupils = {"A": 5, "B": 20, "C": 5, "D": 20, "E": 5, "F": 20}
    at = {"A": 0, "B": 0.5, "C": 10, "D": 11, "E": 20, "F": 22}
    plan = regrouping_plan(question(pupils, at))
    told = spread_over_years(plan, Pace((2027, 2028), most_a_year=1), BOOK).merges
    by_school = told.set_index("npsn")["school_year"]
    assert by_school["A"] == 2027
    assert by_school["C"] == 2028
    assert pd.isna(by_school["E"])
    assert told.set_index("npsn").loc["E", "reason"] == "pace"


def test_the_calendar_runs_back_from_the_decree_as_in_kulon_progo():
    # harianjogja 2025-07-29: study to March 2026, socialisation to June 2026, start 2026/27;
    # solopos 1703936 (Karanganyar): the decree before Dapodik is cut on 31 August.
    merges = pd.DataFrame({"npsn": ["A"], "into": ["B"], "school_year": [2026]})
    steps = calendar(merges, TODAY).iloc[0]
    assert steps["study_until"] == pd.Timestamp("2026-03-31")
    assert steps["socialisation_from"] == pd.Timestamp("2026-04-01")
    assert steps["socialisation_until"] == pd.Timestamp("2026-06-30")
    assert steps["decree_until"] == pd.Timestamp("2026-07-01")
    assert steps["dapodik_until"] == pd.Timestamp("2026-08-31")
    assert steps["study_from"] == pd.Timestamp("2025-07-01")


def test_the_first_year_is_one_whose_study_can_still_begin():
    assert first_possible_year(date(2025, 7, 1)) == 2026
    assert first_possible_year(date(2025, 7, 2)) == 2027
    assert years_from(date(2025, 7, 2), 3) == (2027, 2028, 2029)
    assert displaced_price(TODAY) > 0


@pytest.mark.parametrize(
    "pace", [{"years": ()}, {"years": (2028, 2027)}, {"years": (2027,), "most_a_year": 0}]
)
def test_a_pace_that_means_nothing_is_refused(pace):
    with pytest.raises(ValueError, match="year"):
        Pace(**{"most_a_year": None, **pace})


def test_the_curve_gives_distance_for_money_and_no_point_beats_another():
    # A can join B at 0.5 km or nobody; C can join D at 2.5 km: 30 pupils each. At 690 million
    # freed, C's way of 75 pupil-km pays up to 9.2 million a pupil-km, A's 15 up to 46.
    asked = question(
        {"A": 5, "B": 20, "C": 5, "D": 20}, {"A": 0, "B": 0.5, "C": 50, "D": 52.5}
    )  # fmt: skip
    told = trade_off(asked, steps=(0.0, 1.0, 18.0, 19.0, 91.0, 93.0))
    assert told.curve["merges"].tolist() == [0, 1, 2]
    assert told.curve["pupil_km"].tolist() == pytest.approx([0.0, 15.0, 90.0], abs=1e-3)
    assert told.curve["saved"].tolist() == [0.0, 690.0, 1380.0]
    assert len(told.plans) == 6


def test_where_the_pace_leaves_some_out_those_that_save_most_in_all_are_kept():
    # Two schools a year: one pair that saves 400 together, or two schools that save 300 each.
    taken = _chosen(
        np.zeros((3, 1)), np.array([400.0, 300.0, 300.0]), np.ones((3, 1), dtype=bool),
        np.array([2, 1, 1]), Pace((2027,), 2),
    )  # fmt: skip
    assert taken.tolist() == [-1, 0, 0]
