"""What stands beside a plan: why each school, religions after a merge, savings by year."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analytics import regrouping_reasons as why
from analytics.regrouping import regrouping_plan
from analytics.regrouping_candidates import CandidateRules, candidates
from analytics.regrouping_facts import facts_around
from analytics.regrouping_limits import Limits
from analytics.regrouping_outcome import saved_by_year, teachers_freed
from analytics.regrouping_tradeoff import trade_off
from analytics.teachers import SchoolFacts
from tests.test_regrouping_years import BOOK, TODAY, question, two_schools

RULES = CandidateRules(min_pupils=60)


def reason_of(asked, rules: CandidateRules = RULES) -> dict[str, str]:
    """The reason of each school of a question, candidates found by the rules."""
    schools = asked.schools
    history = pd.DataFrame(
        {
            "npsn": schools["npsn"], "school_year": 2026, "grade": 1,
            "pupil_count": schools["pupil_count"],
        }
    )  # fmt: skip
    told = why.reasons(regrouping_plan(asked), candidates(schools, history, rules))
    return dict(zip(told["npsn"], told["reason"], strict=True))


def test_the_small_merges_the_large_receives_and_a_third_is_no_candidate():
    asked = question({"A": 5, "B": 20, "C": 15}, {"A": 0, "B": 1, "C": 30})
    assert reason_of(asked) == {"A": "merges", "B": "receives", "C": "large"}


@pytest.mark.parametrize(
    ("limits", "north_km", "rooms", "reason"),
    [
        (Limits(max_km=3), 4.0, 6, "too_far"),
        (Limits(max_km=3, lock_open=("A",)), 1.0, 6, "locked_open"),
        (Limits(max_km=3, lock_closed=("A",)), 1.0, 6, "locked_closed"),
        (Limits(max_km=3), float("nan"), 6, "no_other"),
        # 30 pupils 60 km away cost 900 and free 690.
        (Limits(max_km=100), 60.0, 6, "not_worth"),
    ],
)
def test_a_candidate_that_stays_says_which_limit_keeps_it(limits, north_km, rooms, reason):
    asked = question({"A": 5, "B": 20}, {"A": 0, "B": north_km}, rooms, limits)
    assert reason_of(asked)["A"] == reason


def test_the_school_whose_point_is_blank_is_the_one_without_a_point():
    # A stands somewhere, B nowhere: it is B that must be mended.
    asked = question({"A": 5, "B": 5}, {"A": 0, "B": float("nan")})
    assert reason_of(asked) == {"A": "no_other", "B": "no_point"}


def test_a_school_alone_has_no_other_to_go_to():
    assert reason_of(question({"A": 5}, {"A": 0})) == {"A": "no_other"}


def test_a_candidate_whose_receivers_are_full_says_so():
    # 9 + 24 need two rombel in each grade, twelve in six rooms.
    asked = question({"A": 9, "B": 24}, {"A": 0, "B": 1})
    assert reason_of(asked)["A"] == "no_room"


@pytest.mark.parametrize(
    ("limits", "reasons"),
    [
        ({"most_merges": 0}, ["at_most", "at_most", "large"]),
        ({"most_into": 0}, ["at_most", "at_most", "large"]),
        ({"most_merges": 1}, ["at_most", "merges", "receives"]),
        ({"most_into": 1}, ["at_most", "merges", "receives"]),
        ({}, ["merges", "merges", "receives"]),
    ],
)
def test_a_candidate_kept_open_by_how_many_may_merge_is_told_that(limits, reasons):
    # Both A and B would save by merging into C; B, the nearer, goes first.
    asked = question({"A": 5, "B": 5, "C": 15}, {"A": 0, "B": 1, "C": 1.5}, 6, Limits(3, **limits))
    assert list(reason_of(asked).values()) == reasons


def test_exempt_by_hand_is_told_apart_from_large():
    asked = question({"A": 15, "B": 20}, {"A": 0, "B": 1})
    never = CandidateRules(min_pupils=100, never=("A",))
    assert reason_of(asked, never) == {"A": "exempt", "B": "large"}


def shares(*rows: tuple[str, str, float]) -> SchoolFacts:
    return SchoolFacts(religions=pd.DataFrame(rows, columns=["npsn", "religion", "share"]))


def test_religions_after_a_merge_are_those_of_all_pupils_together():
    # 30 pupils of A, all kristen; 120 of B, all islam: a fifth and four fifths of 150.
    plan = two_schools()
    after = facts_around(plan, shares(("A", "kristen", 1.0), ("B", "islam", 1.0))).after.religions
    told = after.set_index(["npsn", "religion"])["share"]
    assert told.to_dict() == pytest.approx({("B", "islam"): 0.8, ("B", "kristen"): 0.2})


def test_where_one_school_of_a_merge_tells_no_religions_neither_side_counts_them():
    around = facts_around(two_schools(), shares(("B", "islam", 1.0)))
    assert around.before.religions is None
    assert around.after.religions is None


def test_two_schools_of_two_religions_free_no_teacher_of_agama_by_merging():
    # Before: one post each. After: 120 islam and 30 kristen in one school keep both posts.
    facts = shares(("A", "kristen", 1.0), ("B", "islam", 1.0))
    freed = teachers_freed(two_schools(), BOOK, TODAY, facts=facts).set_index("post")
    assert freed.loc["guru_agama:islam", "freed_count"] == 0
    assert freed.loc["guru_agama:kristen", "freed_count"] == 0
    # Six classes and a head fewer, whatever they believe.
    assert freed.loc["guru_kelas", "freed_count"] == 6
    assert freed.loc["kepala_sekolah", "freed_count"] == 1


def test_savings_begin_in_the_year_of_the_merge_and_add_up_to_the_plan():
    # Each pair frees a school and six rombel: 150 + 540.
    asked = question({"A": 5, "B": 20, "C": 5, "D": 20}, {"A": 0, "B": 1, "C": 10, "D": 11})
    merges = pd.DataFrame({"npsn": ["A", "C"], "school_year": pd.array([2027, 2029], "Int64")})
    told = saved_by_year(regrouping_plan(asked), merges)
    assert told["school_year"].tolist() == [2027, 2029]
    assert told["merges"].tolist() == [1, 2]
    assert told["saved_open"].tolist() == [150.0, 300.0]
    assert told["saved_rombel"].tolist() == [540.0, 1080.0]
    assert told["pupil_km"].to_numpy() == pytest.approx([30, 60], abs=0.01)


def test_a_merge_without_a_year_saves_nothing_yet():
    merges = pd.DataFrame({"npsn": ["A"], "school_year": pd.array([None], "Int64")})
    assert saved_by_year(two_schools(), merges).empty


def test_the_curve_tells_how_far_it_is_and_ends_when_told_to():
    told: list[float] = []
    asked = question({"A": 5, "B": 20}, {"A": 0, "B": 1})
    trade_off(asked, (0.0, 1.0, 2.0, 4.0), told=told.append)
    assert told == [0.25, 0.5, 0.75, 1.0]

    def stop(share: float) -> None:
        raise InterruptedError(str(share))

    with pytest.raises(InterruptedError, match="25"):
        trade_off(asked, (0.0, 1.0, 2.0, 4.0), told=stop)
    assert np.isfinite(told).all()
