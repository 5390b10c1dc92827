"""Each preset does what its text says, in both languages. On the sample city: synthetic."""

from __future__ import annotations

import json
import re

import numpy as np
import pytest

from analytics.scenario_presets import FOLDER, presets
from analytics.scenario_run import run
from analytics.scenario_summary import CAP_STAYS_OVER
from tests.scenario_city import facts, stages

NAMES = list(presets())
AT_MOST_ONE = ("zero_growth", "regroup_first", "cpns_only", "p3k_only", "best_mix")
HIRES = ("cpns", "pppk", "pppk_pw", "mutasi_masuk")


@pytest.fixture(scope="module")
def results():
    return {name: run(told, stages()) for name, told in presets().items()}


def proposed(result, *options):
    """Formations proposed until each year, and people who left a post until then."""
    plan, question = result.tables["plan"], result.mix.question
    own = plan.loc[plan["option"].isin(options or HIRES)]
    by_year = own.groupby("year")["formation_count"].sum().reindex(question.years, fill_value=0)
    return by_year.cumsum().to_numpy(), np.cumsum(question.leavers.sum(axis=0))


@pytest.mark.parametrize("name", NAMES)
def test_every_preset_is_told_in_english_with_a_reason_for_each_lever(name):
    indonesian, english = presets("id")[name], presets("en")[name]
    assert english.digest == indonesian.digest and not english.unexplained()
    assert not indonesian.unexplained()
    assert english.note and english.note != indonesian.note
    apart = {key for key, why in english.rationale if dict(indonesian.rationale)[key] == why}
    assert not apart


def test_a_preset_without_its_english_is_refused(tmp_path, monkeypatch):
    content = json.loads((FOLDER / "cpns_only.json").read_text(encoding="utf-8"))
    del content["english"]["why"]["plan.rule"]
    (tmp_path / "cpns_only.json").write_text(json.dumps(content), encoding="utf-8")
    monkeypatch.setattr("analytics.scenario_presets.FOLDER", tmp_path)
    presets.cache_clear()
    try:
        with pytest.raises(Exception, match=r"cpns_only\.json: isian .english. tidak memuat"):
            presets()
    finally:
        presets.cache_clear()


def test_doing_nothing_recruits_moves_and_merges_nobody(results):
    for name in ("do_nothing", "bup_plus_1", "bup_plus_2"):
        tables = results[name].tables
        assert tables["plan"].empty and tables["moves"].empty and tables["mergers"].empty
        assert results[name].summary["hired_count"] == 0


@pytest.mark.parametrize("name", AT_MOST_ONE)
def test_at_most_one_formation_is_proposed_for_each_who_leaves(results, name):
    formations, leavers = proposed(results[name])
    assert (formations <= leavers + 1e-6).all() and formations[-1] > 0


def test_minus_growth_proposes_at_most_one_formation_for_two_who_leave(results):
    formations, leavers = proposed(results["minus_growth"])
    assert (formations <= 0.5 * leavers + 1e-6).all() and formations[-1] > 0


def test_zero_growth_replaces_within_the_role_and_staff_still_falls(results):
    result = results["zero_growth"]
    question, plan = result.mix.question, result.planned.formations.sum(axis=0)
    assert (plan.cumsum(axis=1) <= question.leavers.cumsum(axis=1) + 1e-6).all()
    assert result.summary["end_count"] < result.summary["start_count"]
    # "some 85 % are filled"
    fills = [terms.fill_share for terms in question.options if terms.option == "cpns"]
    assert fills[0].mean() == pytest.approx(0.855)


def test_teachers_first_recruits_educators_alone(results):
    plan = results["teachers_first"].tables["plan"]
    family = facts().rulebook.role_groups.set_index("role_group")["family"]
    hired = plan.loc[plan["option"].isin(HIRES)]
    assert set(hired["role_group"].map(family)) == {"pendidik"}
    assert results["teachers_first"].summary["moved_teacher_count"] > 0


def test_regroup_first_merges_moves_and_recruits(results):
    summary = results["regroup_first"].summary
    assert summary["merged_school_count"] > 0 and summary["moved_teacher_count"] > 0
    assert summary["hired_count"] > 0


@pytest.mark.parametrize(("name", "option"), [("cpns_only", "cpns"), ("p3k_only", "pppk")])
def test_one_way_alone_is_used_where_the_name_says_so(results, name, option):
    assert set(results[name].tables["plan"]["option"]) == {option}


def test_the_best_mix_leaves_fewer_empty_than_any_other_preset(results):
    empty = {name: result.summary["unfilled_post_years"] for name, result in results.items()}
    # Mergers need fewer teachers, later ages keep more: those are other questions.
    rivals = set(NAMES) - {"best_mix", "regroup_first", "bup_plus_1", "bup_plus_2"}
    assert all(empty["best_mix"] <= empty[name] + 1e-6 for name in rivals)


@pytest.mark.parametrize("name", [n for n in NAMES if presets()[n]["plan.rule"] != "do_nothing"])
def test_a_plan_that_stays_above_the_cap_says_so_and_keeps_the_ratio_of_today(results, name):
    result = results[name]
    level = result.tables["gauge"]
    binding = level.loc[level["is_binding"]]
    over = binding.loc[binding["ratio_share"] > binding["limit_share"]]
    told = {code: (a, b) for code, a, b in result.summary["findings"]}
    assert bool(len(over)) == (CAP_STAYS_OVER in told)
    most = np.maximum(binding["limit_share"], level["ratio_share"].iloc[0])
    assert (binding["ratio_share"] <= most + 1e-6).all()
    # No text of a preset promises more than that.
    for language in ("id", "en"):
        assert not re.search(r"di dalam batas|within the (limit|cap)", presets(language)[name].note)
    if len(over):
        years = f"{over['year'].iloc[0]}-{over['year'].iloc[-1]}"
        assert years in told[CAP_STAYS_OVER][0] and years in told[CAP_STAYS_OVER][1]


@pytest.mark.parametrize(("name", "years"), [("bup_plus_1", 1), ("bup_plus_2", 2)])
def test_a_later_age_begins_next_year(results, name, years):
    account = results[name].tables["staff_account"]
    usual = results["do_nothing"].tables["staff_account"]

    def by_law(table):
        return -table.loc[table["step"] == "bup"].set_index("year")["change_count"]

    now, then = by_law(account), by_law(usual)
    first = int(now.index[0])
    assert now[first] == then[first]
    assert (now.loc[first + 1 : first + years] == 0).all() and then[first + 1] > 0
