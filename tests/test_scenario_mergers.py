"""Mergers in scenarios obey saved locks, measured roads and every rule of candidates.

On the sample city (synthetic); what was saved is recorded with a result and computed again from.
"""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from analytics import scenario_desk, scenario_schools, state
from analytics.posts_abk import joined
from analytics.redistribution_needs import needs_of, staff_of
from analytics.redistribution_situation import NO_LOCKS
from analytics.regrouping_facts import facts_in
from analytics.regrouping_stored import (
    CLOSED,
    INTO,
    OPEN,
    PLAN,
    ROADS_FOLDER,
    ROADS_SETTING,
    SavedMergers,
    saved_mergers,
)
from analytics.scenario import ScenarioError
from analytics.scenario_choices import candidate_rules
from analytics.scenario_facts import as_kept
from analytics.scenario_run import run
from analytics.scenario_schools import _after_moves
from analytics.scenario_stages import Stages
from analytics.teachers import SchoolFacts
from tests.scenario_city import facts, stages, told


def merging(**levers):
    return told(regrouping__is_on=True, **levers)


def given(*locks, roads=None, sha256=""):
    """Stages of the sample city where these locks and roads were saved."""
    own = facts()
    origin = replace(own.origin, locks=tuple(locks), roads_sha256=sha256)
    mergers = SavedMergers(tuple(locks), sha256, roads)
    return Stages(replace(own, stored=replace(own.stored, origin=origin, mergers=mergers)))


@pytest.fixture(scope="module")
def merged():
    """Closing school -> receiver, nothing saved."""
    found = stages().mergers(merging()).into
    assert len(found) >= 2
    return found


def test_a_school_saved_as_open_stays_open_unless_the_lever_lets_it(merged):
    closing = next(iter(merged))
    locked = given((OPEN, closing, ""))
    assert closing not in locked.mergers(merging()).into
    assert locked.mergers(merging(regrouping__use_locks=False)).into == merged


def test_a_saved_pair_closes_into_the_school_it_names(merged):
    schools = facts().schools
    closing = next(iter(merged))
    level = schools.set_index("npsn")["level"]
    other = next(
        one for one in schools["npsn"]
        if level[one] == level[closing] and one not in merged and one not in merged.values()
        and one in set(stages().cells(told())["npsn"])
    )  # fmt: skip
    found = given((INTO, closing, other)).mergers(merging(regrouping__max_km=30.0)).into
    assert found[closing] == other


def test_what_the_scenario_locks_itself_goes_before_what_was_saved(merged):
    closing = next(iter(merged))
    locked = given((CLOSED, closing, ""))
    found = locked.mergers(merging(regrouping__lock_open=(closing,)))
    assert closing not in found.into


def test_over_long_measured_roads_nobody_merges(merged):
    names = stages().cells(told())["npsn"].unique()
    roads = pd.DataFrame(
        [(one, other, 50.0) for one in names for other in names if one < other],
        columns=["from", "into", "km"],
    )
    far = given(roads=roads, sha256="x")
    assert far.mergers(merging()).into == {}
    assert far.mergers(merging(regrouping__use_roads=False)).into == merged


def test_more_rules_make_more_candidates_and_all_rules_fewer(merged):
    wide = stages().mergers(merging(regrouping__least_per_class=40.0)).into
    assert len(wide) >= len(merged)
    strict = merging(
        regrouping__least_per_class=40.0, regrouping__damaged=True, regrouping__must_meet_all=True
    )
    assert stages().mergers(strict).into == {}
    closing = next(iter(merged))
    named = strict.moved("regrouping.damaged_schools", (closing,))
    assert set(stages().mergers(named).into) <= {closing}


def test_without_the_rule_on_pupils_only_schools_named_by_hand_merge(merged):
    closing = next(iter(merged))
    alone = merging(regrouping__min_pupils=0, regrouping__candidates=(closing,))
    assert set(stages().mergers(alone).into) <= {closing}
    assert stages().mergers(merging(regrouping__min_pupils=0)).into == {}


def test_every_rule_of_candidates_is_a_lever():
    rules = candidate_rules(
        merging(
            regrouping__years_running=3,
            regrouping__same_yard_km=0.1,
            regrouping__not_exempt=("is_special",),
            regrouping__accept_shared=True,
        ),
        facts().as_of,
    )
    assert rules.years_running == 3 and rules.same_yard_km == 0.1 and rules.accept_shared
    assert rules.exempt == ("is_remote", "is_integrated")


# ---- recorded, and computed again from -----------------------------------------------------------


def test_a_result_is_computed_again_from_the_locks_it_was_made_with(merged, tmp_path, monkeypatch):
    monkeypatch.delenv("ESTAFET_STATE", raising=False)
    closing = next(iter(merged))
    then, since = given((OPEN, closing, "")), given((CLOSED, closing, ""))
    scenario = merging().moved("regrouping.is_on", True, "uji")
    with state.opened(tmp_path) as decisions:
        draft = scenario_desk.saved(decisions, scenario, "setempat")
        asked = scenario_desk.submitted(decisions, draft, "setempat", "pengelola")
        result = run(asked.scenario, then)
        assert result.provenance["regrouping_locks"] == [[OPEN, closing, ""]]
        agreed = scenario_desk.approved(decisions, asked, result, "setempat", "pengelola")
        again = scenario_desk.replayed(decisions, agreed, since)
    assert again.files() == result.files()
    assert again.files() != run(asked.scenario, since).files()


def test_a_result_whose_roads_are_gone_is_refused_in_words():
    kept = {**facts().origin.told(), "regrouping_roads_sha256": "0" * 64}
    with pytest.raises(ScenarioError, match="Jarak jalan") as refusal:
        as_kept(facts(), kept)
    assert "roads" in refusal.value.english


def test_what_was_saved_is_read_with_the_facts(tmp_path, monkeypatch):
    monkeypatch.delenv("ESTAFET_STATE", raising=False)
    (tmp_path / ROADS_FOLDER).mkdir()
    (tmp_path / ROADS_FOLDER / "abc.csv").write_text("from,into,km\n1,2,3.5\n", encoding="utf-8")
    with state.opened(tmp_path) as decisions:
        decisions.lock(PLAN, OPEN, "20100001", "ani")
        kept = {"sha256": "abc", "name": "jalan.csv", "by": "ani", "on": "2026-11-22"}
        decisions.set_setting(ROADS_SETTING, kept, "ani")
        found = saved_mergers(decisions, tmp_path)
        assert found.locks == ((OPEN, "20100001", ""),)
        assert found.roads_sha256 == "abc" and found.roads["km"].tolist() == [3.5]
        (tmp_path / ROADS_FOLDER / "abc.csv").unlink()
        assert saved_mergers(decisions, tmp_path).roads_sha256 == ""


def test_before_a_school_closes_moves_ask_for_the_teachers_of_every_religion_it_teaches(
    merged, monkeypatch
):
    own, closing = stages(), sorted(merged)
    scenario = merging(redistribution__is_on=True)
    before = own.school_year
    merges = own.mergers(scenario).merges
    assert (merges["school_year"] > before).all()
    seen = []

    def heard(*given):
        seen.append(needs_of(*given))
        return seen[-1]

    monkeypatch.setattr(scenario_schools, "needs_of", heard)
    staff = own.staff(scenario)
    held = staff_of(staff.in_post, staff.people, facts().rulebook)
    own._moves_in(scenario, before, held, NO_LOCKS)

    def of_religion(needs):
        rows = needs.loc[(needs["school_year"] == before) & needs["npsn"].isin(closing)]
        rows = rows.loc[rows["post"].str.startswith("guru_agama")]
        return rows.set_index(["npsn", "post"])["needed_count"].to_dict()

    asked = of_religion(own.needed(scenario))
    assert {post for _, post in asked} >= {"guru_agama:islam", "guru_agama:kristen"}
    assert of_religion(seen[0]) == asked


def shares(year, merges, *told):
    """Religions of two schools of 100 and 50 pupils and a third, in one year of their merges."""
    facts_of = SchoolFacts(pd.DataFrame(told, columns=["npsn", "religion", "share"]))
    table = pd.DataFrame(merges, columns=["npsn", "into", "school_year"])
    found = facts_in(facts_of, table, pd.Series({"A": 100.0, "B": 50.0, "C": 10.0}), year)
    return found.religions.set_index(["npsn", "religion"])["share"].to_dict()


def test_a_school_has_its_own_religions_until_the_year_another_joins_it():
    told, merges = (("A", "islam", 1.0), ("B", "kristen", 1.0)), [("B", "A", 2028)]
    assert shares(2027, merges, *told) == {("A", "islam"): 1.0, ("B", "kristen"): 1.0}
    after = shares(2028, merges, *told)
    assert after == pytest.approx({("A", "islam"): 2 / 3, ("A", "kristen"): 1 / 3})
    assert shares(2027, [], *told) == {("A", "islam"): 1.0, ("B", "kristen"): 1.0}


def test_where_one_of_a_merge_tells_no_religions_none_does_in_any_year():
    told = (("A", "islam", 1.0), ("B", "kristen", 1.0))
    merges = [("B", "A", 2028), ("C", "A", 2029)]
    for year in (2027, 2028, 2030):
        assert shares(year, merges, *told) == {}
    assert shares(2027, [("C", "D", 2028)], *told) == {("A", "islam"): 1.0, ("B", "kristen"): 1.0}


def test_the_abk_of_a_unit_that_closes_goes_with_its_people_sheet_by_sheet():
    rows = pd.DataFrame(
        [("a", 2026, 3.0), ("b", 2026, 2.0), ("b", 2028, 1.0), ("c", 2027, 9.0)],
        columns=["unit_id", "year", "needed_count"],
    ).assign(role_group="pelaksana", post="pelaksana", is_shared=False)
    rows = rows.assign(needed_fte=rows["needed_count"] - 0.2)
    found = joined(rows, {"b": "a"}, range(2026, 2030)).set_index(["unit_id", "year"])
    assert found["needed_count"].to_dict() == {
        ("a", 2026): 5, ("a", 2027): 5, ("a", 2028): 4, ("a", 2029): 4, ("c", 2027): 9,
    }  # fmt: skip
    assert joined(rows, {"x": "y"}, range(2026, 2030)).equals(rows)


def test_a_unit_that_takes_over_what_was_shared_out_says_so():
    rows = pd.DataFrame(
        [("a", 2026, 3.0, False), ("b", 2026, 2.0, True), ("c", 2026, 9.0, False)],
        columns=["unit_id", "year", "needed_count", "is_shared"],
    ).assign(role_group="pelaksana", post="pelaksana", needed_fte=1.0)
    found = joined(rows, {"b": "a"}, range(2026, 2028)).set_index(["unit_id", "year"])
    assert found["is_shared"].to_dict() == {
        ("a", 2026): True,
        ("a", 2027): True,
        ("c", 2026): False,
    }


# ---- moves planned every year --------------------------------------------------------------------


def test_moves_of_every_year_keep_everybody_once_and_begin_as_those_of_one_year():
    scenario = told(redistribution__is_on=True)
    once = stages().moves(scenario)
    short = replace(scenario, years=4)
    yearly = stages().moves(short.moved("redistribution.every_year", True))
    first = yearly.by_post.loc[yearly.by_post["school_year"] == yearly.school_year]
    assert first.reset_index(drop=True).equals(once.by_post.reset_index(drop=True))
    assert yearly.by_post["moved_count"].sum() > once.by_post["moved_count"].sum()
    # Nobody is counted twice, and who moved is there until the retirement date.
    there = yearly.there.groupby("year")["moved_count"].sum()
    moved = yearly.by_post.groupby("school_year")["moved_count"].sum()
    moved = moved.reindex(there.index, fill_value=0)
    assert there.iloc[0] == moved.iloc[0]
    assert (there <= moved.cumsum()).all()
    assert (there.diff().iloc[1:] <= moved.iloc[1:]).all()


def test_after_moves_every_teacher_stands_in_one_place():
    held = pd.DataFrame({"person_id": ["a", "b"], "npsn": ["1", "2"], "post": ["x", "y"]})
    moves = pd.DataFrame({"person_id": ["b"], "to_npsn": ["3"], "post": ["z"]})
    after = _after_moves(held, moves)
    assert after.to_numpy().tolist() == [["a", "1", "x"], ["b", "3", "z"]]
    # In a year without moves everybody stays, and nothing is said of it.
    nobody = pd.DataFrame({"person_id": [], "to_npsn": [], "post": []})
    assert _after_moves(held, nobody).equals(held)


def test_moving_every_year_covers_no_more_than_can_be_moved_and_sums_still_hold():
    scenario = replace(told(redistribution__is_on=True, plan__rule="teachers_first"), years=4)
    result = run(scenario.moved("redistribution.every_year", True), stages())
    filling = result.tables["filling"].dropna(subset=["needed_count"])
    assert (filling["covered_redistribusi"] <= filling["deficit_count"] + 1e-6).all()
    assert (filling["covered_redistribusi"] <= filling["surplus_count"] + 1e-6).all()
    flow = result.tables["flow"].groupby(["year", "side"])["count"].sum().unstack()
    assert (flow["from"] == flow["to"]).all()
    assert len(set(result.tables["moves"]["school_year"])) > 1
