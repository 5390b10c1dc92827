"""A run accounts for every person and rupiah, depends on nothing but its inputs, and obeys levers.

On the sample city: synthetic people, schools and pupils.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics import scenario_account
from analytics.scenario import ScenarioError, scenario
from analytics.scenario_account import whole_shares
from analytics.scenario_origin import refuse_other
from analytics.scenario_presets import presets
from analytics.scenario_refused import refuse_locks
from analytics.scenario_run import TABLES, run
from analytics.scenario_stages import Stages
from tests.scenario_city import BUDGET, facts, ran, stages, told, without_budget

PRESETS = list(presets())
GOLDEN = Path(__file__).resolve().parent / "golden" / "scenarios.csv"


def of(name, **more):
    preset = presets()[name]
    for key, value in {**BUDGET, **more}.items():
        preset = preset.moved(key, value)
    return run(preset, stages())


@pytest.fixture(scope="module")
def results():
    return {name: of(name) for name in PRESETS}


# Sums


def test_the_band_of_rupiah_holds_what_is_expected_and_the_chance_agrees_with_the_ratio(results):
    for found in results.values():
        money, level = found.tables["money"], found.tables["gauge"]
        assert (money["apbd_p10_idr"] < money["apbd_idr"]).all()
        assert (money["apbd_idr"] < money["apbd_p90_idr"]).all()
        width = (money["apbd_p90_idr"] - money["apbd_p10_idr"]) / money["apbd_idr"]
        assert width.is_monotonic_increasing
        limit, chance = level["limit_share"], level["over_chance"]
        assert (chance[level["ratio_p10_share"] > limit] > 0.9).all()
        assert (chance[level["ratio_p90_share"] < limit] < 0.1).all()


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=30), st.integers(-3, 3))
def test_whole_shares_sum_exactly_and_stay_near_what_they_round(values, more):
    total = int(np.rint(sum(values))) + more
    rounded = whole_shares(values, total)
    assert rounded.sum() == total
    if not more:
        assert (np.abs(rounded - np.array(values)) <= 1 + 1e-6).all()


@pytest.mark.parametrize("name", PRESETS)
def test_every_step_of_staff_is_accounted_for_to_the_last_person(results, name):
    staff, account = results[name].tables["staff"], results[name].tables["staff_account"]
    moved = account.groupby("year")["change_count"].sum().to_numpy()
    assert (staff["start_count"] + moved == staff["end_count"]).all()
    assert (staff["start_count"].to_numpy()[1:] == staff["end_count"].to_numpy()[:-1]).all()
    assert staff["start_count"].iloc[0] == len(facts().people)


@pytest.mark.parametrize("name", PRESETS)
def test_every_rupiah_stands_in_one_item_and_every_change_in_one_step(results, name):
    money, account = results[name].tables["money"], results[name].tables["money_account"]
    assert (account.groupby("year")["amount_idr"].sum().to_numpy() == money["apbd_idr"]).all()
    steps = results[name].tables["money_steps"].groupby("year")["change_idr"].sum().to_numpy()
    assert (steps == np.diff(money["apbd_idr"])).all()


@pytest.mark.parametrize("name", PRESETS)
def test_both_sides_of_the_flow_are_the_same_in_every_year(results, name):
    flow = results[name].tables["flow"]
    sides = flow.pivot_table(index="year", columns="side", values="count", aggfunc="sum")
    assert (sides["from"] == sides["to"]).all()
    assert (flow["count"] >= 0).all()


@pytest.mark.parametrize("name", PRESETS)
def test_the_flow_tells_the_empty_posts_and_leavers_that_the_headline_tells(results, name):
    flow = results[name].tables["flow"].set_index(["year", "side", "item"])["count"]
    summary, last = results[name].summary, flow.index.get_level_values("year").max()
    assert flow[last, "to", "belum_terisi"] == round(summary["unfilled_count"])
    assert flow[last, "from", "keluar"] == summary["post_leaver_count"]


def test_one_side_of_the_flow_is_whole_and_none_of_it_below_nought():
    parts = {"tidak_perlu_lagi": 569.4, "cpns": 1483.4, "belum_terisi": 722.6, "belum_dihitung": 17}
    whole = scenario_account._whole_flow(parts, 2792)
    assert (whole["belum_terisi"], sum(whole.values())) == (723, 2792)
    assert scenario_account._whole_flow({"cpns": 1.0, "penataan": 0.0, "belum_terisi": 1.5}, 2) == {
        "cpns": 1,
        "penataan": 0,
        "belum_terisi": 1,
    }


@pytest.mark.parametrize("name", PRESETS)
def test_deficit_is_what_options_cover_and_what_stays_unfilled(results, name):
    filling = results[name].tables["filling"]
    filling = filling.loc[filling["is_computed"]]
    covered = filling.filter(like="covered_").sum(axis=1)
    left = filling["unfilled_count"] - filling["overfilled_count"]
    assert np.allclose(covered + left, filling["deficit_count"], atol=1e-6)
    assert list(results[name].tables) == list(TABLES)


# Nothing but its inputs


def test_a_run_computed_again_gives_the_same_bytes(results):
    again = run(results["regroup_first"].scenario, Stages(facts()))
    assert again.files() == results["regroup_first"].files()


def test_what_was_computed_before_changes_no_result():
    fresh, later = Stages(facts()), told(plan__rule="zero_growth")
    run(told(law__proposal="plus_1", pupils__births_factor=0.7), fresh)
    assert run(later, fresh).digest == run(later, Stages(facts())).digest


def test_a_lever_of_the_plan_computes_nothing_before_it():
    own = Stages(facts())
    run(told(plan__rule="zero_growth"), own)
    own.computed.clear()
    run(told(plan__rule="zero_growth", plan__replacement_ratio=0.5), own)
    assert set(own.computed) <= {"result"}


def test_a_lever_of_births_leaves_people_alone():
    own = Stages(facts())
    run(told(), own)
    own.computed.clear()
    run(told(pupils__births_factor=0.7), own)
    assert not {"staff", "projection", "pay"} & set(own.computed)


def test_a_result_says_what_it_was_computed_from_and_other_facts_are_refused():
    kept = ran().provenance
    refuse_other(facts().origin, kept)
    with pytest.raises(ScenarioError, match="versi aturan") as refusal:
        refuse_other(facts().origin, {**kept, "rule_version": "lain"})
    assert "rules" in refusal.value.english


# Levers


def test_doing_nothing_hires_nobody_and_says_when_services_break(results):
    result = results["do_nothing"]
    assert result.summary["hired_count"] == 0
    assert result.tables["plan"].empty
    breaks = result.tables["service_breaks"]
    assert len(breaks) and breaks["breaks_in"].is_monotonic_increasing
    filling = result.tables["filling"]
    for row in breaks.itertuples():
        years = filling.loc[(filling["role"] == row.role) & filling["is_broken"], "year"]
        assert years.min() == row.breaks_in


def test_those_who_fill_no_post_are_told_apart_from_those_who_leave_one(results):
    result = results["do_nothing"]
    posted = facts().posted
    assert result.summary["part_time_apart_count"] == (posted["employment"] == "PPPK_PW").sum() > 0
    flow = result.tables["flow"].set_index(["year", "side", "item"])["count"]
    last = result.tables["staff"]["year"].max()
    assert result.summary["post_leaver_count"] == pytest.approx(flow[last, "from", "keluar"], abs=1)
    assert result.summary["post_leaver_count"] < result.summary["leaver_count"]
    assert ran(need__count_part_time=True).summary["part_time_apart_count"] == 0


def test_with_every_option_switched_off_the_best_mix_leaves_all_as_it_is(results):
    options = [one.option for one in results["do_nothing"].asked.options]
    off = ran(**{"plan__rule": "best_mix"}, **{f"option__is_on/{one}": False for one in options})
    assert off.tables["plan"].empty
    same = results["do_nothing"].summary["unfilled_post_years"]
    assert off.summary["unfilled_post_years"] == pytest.approx(same)


def test_mergers_later_than_the_horizon_are_none():
    late = of("regroup_first", **{"regrouping.from_year": 2100})
    assert late.tables["mergers"].empty and late.tables["filling"]["needed_count"].sum() > 0


@pytest.mark.parametrize(
    ("levers", "words"),
    [
        ({"budget.total_idr": 1e9}, "lebih dari belanja daerah Rp 1,00 miliar"),
        ({"budget.personnel_idr": 1e10, "budget.teacher_allowance_idr": 2e10}, "Tunjangan guru"),
    ],
)
def test_a_part_of_the_apbd_above_its_whole_is_refused_in_words(levers, words):
    with pytest.raises(ScenarioError, match=words) as refusal:
        run(scenario("a", levers), stages())
    assert "check budget." in refusal.value.english


def test_nobody_leaves_by_law_in_the_year_in_which_the_age_rises(results):
    year = facts().as_of.year + 1
    account = results["bup_plus_1"].tables["staff_account"].set_index(["year", "step"])
    today = results["do_nothing"].tables["staff_account"].set_index(["year", "step"])
    assert account.loc[(year, "bup"), "change_count"] == 0
    assert today.loc[(year, "bup"), "change_count"] < 0


def test_the_later_the_age_the_fewer_leave(results):
    leavers = [
        results[name].summary["leaver_count"] for name in ("do_nothing", "bup_plus_1", "bup_plus_2")
    ]
    assert leavers == sorted(leavers, reverse=True)
    assert leavers[0] > leavers[2]


def test_the_best_mix_leaves_no_more_unfilled_than_any_simple_rule(results):
    same = {"redistribution.is_on": True}
    best = results["best_mix"].mix
    for name in ("do_nothing", "zero_growth", "cpns_only", "p3k_only", "teachers_first"):
        other = of(name, **same).mix
        assert best.value <= other.value * (1 + 1e-3) + 1e-6, name


def test_one_for_two_hires_no_more_than_one_for_one(results):
    assert (
        results["minus_growth"].summary["hired_count"]
        <= results["zero_growth"].summary["hired_count"]
    )


@pytest.mark.parametrize("ratio", [0.0, 0.3, 0.6, 1.0])
def test_formations_of_each_year_stay_within_the_ratio(ratio):
    result = ran(plan__rule="best_mix", plan__replacement_ratio=ratio)
    left = np.cumsum(result.asked.question.leavers.sum(axis=0))
    hired = result.mix.formations[:4].sum(axis=(0, 1)).cumsum()
    assert (hired <= ratio * left + 1e-6).all()


def test_half_of_the_formations_bring_half_of_the_people():
    whole, half, none = (
        ran(plan__rule="cpns_only", plan__granted_share=share) for share in (1.0, 0.5, 0.0)
    )
    assert whole.tables["plan"].equals(half.tables["plan"])
    assert abs(2 * half.summary["hired_count"] - whole.summary["hired_count"]) <= 12
    assert none.summary["hired_count"] == 0
    unfilled = [one.summary["unfilled_post_years"] for one in (whole, half, none)]
    assert unfilled == sorted(unfilled)


def test_merging_schools_needs_fewer_teachers_and_loses_no_pupil():
    base, merged = told(), told(regrouping__is_on=True, regrouping__min_pupils=120)
    own = stages()
    assert len(own.mergers(merged).merges) > 0
    before, after = own.cells(base), own.merged(merged)
    sums = [table.groupby("school_year")["pupil_count"].sum() for table in (before, after)]
    pd.testing.assert_series_equal(*sums)
    last = before["school_year"].max()
    needed = [
        table.loc[table["school_year"] == last, "needed_count"].sum()
        for table in (own.needed(base), own.needed(merged))
    ]
    assert needed[1] < needed[0]
    first = own.mergers(merged).merges["school_year"].min()
    early = [
        table.loc[table["school_year"] < first].groupby("school_year")["needed_count"].sum()
        for table in (own.needed(base), own.needed(merged))
    ]
    # Before anybody merges the need is what it was, but for receivers' mixed religions.
    assert (abs(early[0] - early[1]) <= 0.02 * early[0]).all()


def test_without_filling_from_within_leadership_stays_empty_and_nobody_is_gained_or_lost():
    within, without = ran(), ran(need__fill_from_within=False)
    ends = {
        name: result.tables["filling"].query("year == year.max()").set_index("role")
        for name, result in (("within", within), ("without", without))
    }
    heads = ends["without"].index[ends["without"]["role_group"] == "kepala_sekolah"]
    assert len(heads)
    short = {name: table.loc[heads, "unfilled_count"].sum() for name, table in ends.items()}
    assert short["without"] > short["within"] + 1
    gaps = [stages().gap(result.scenario) for result in (within, without)]
    assert np.allclose(gaps[0].supply.sum(axis=0), gaps[1].supply.sum(axis=0))
    assert not gaps[1].promoted.any()
    assert (within.tables["staff"] == without.tables["staff"]).all().all()


def test_schools_locked_open_stay_open():
    merged = told(regrouping__is_on=True, regrouping__min_pupils=120)
    closing = tuple(stages().mergers(merged).merges["npsn"])
    kept = merged.moved("regrouping.lock_open", closing)
    assert not set(stages().mergers(kept).merges["npsn"]) & set(closing)


@pytest.mark.parametrize(
    ("levers", "words"),
    [
        ({"regrouping.lock_open": ("77777777",)}, "77777777 tidak ada di data"),
        ({"regrouping.lock_closed": ("77777777",)}, "77777777 tidak ada di data"),
        ({"regrouping.candidates": ("77777777",)}, "77777777 tidak ada di data"),
        (
            {"regrouping.lock_open": ("99000001",), "regrouping.lock_closed": ("99000001",)},
            "dikunci buka dan tutup sekaligus",
        ),
        ({"budget.base_year": 2050}, "budget.base_year: 2050 di luar"),
        ({"budget.base_year": 2001}, "budget.base_year: 2001 di luar"),
    ],
)
def test_what_the_data_do_not_have_is_refused_in_words(levers, words):
    asked = scenario("a", {"regrouping.is_on": True, **levers})
    with pytest.raises(ScenarioError, match=words):
        run(asked, stages())


def test_a_lock_on_a_school_outside_the_plan_is_refused_in_words():
    asked = scenario("a", {"regrouping.lock_closed": ("20500009",)})
    with pytest.raises(ScenarioError, match="bukan sekolah negeri yang bermurid"):
        refuse_locks(asked, {"20500009"}, {"20500001"})
    refuse_locks(asked, {"20500009"}, {"20500009"})


def test_a_formation_fixed_by_hand_is_in_the_plan():
    year = facts().as_of.year + 2
    key = f"plan.fixed/cpns/guru:guru_kelas@SD/{year}"
    plan = run(scenario("a", {key: 7, "plan.rule": "best_mix"}), stages()).tables["plan"]
    here = (plan["option"] == "cpns") & (plan["role"] == "guru:guru_kelas@SD")
    assert plan.loc[here & (plan["year"] == year), "formation_count"].tolist() == [7]


def test_a_formation_that_cannot_be_is_refused_in_words():
    with pytest.raises(ScenarioError, match="pilihan/peran/tahun"):
        run(scenario("a", {"plan.fixed/cpns/guru:guru_sihir/2028": 7}), stages())


def test_the_cap_read_strictly_leaves_no_room_where_it_is_passed_already():
    tight = {"budget.total_idr": 1.2e12, "plan.cap_where_over": "law"}
    level, spent = _cap_and_newcomers(of("zero_growth", **tight))
    over = level.index[level["is_binding"] & (level["room_idr"] < 0)]
    assert len(over) and (spent[over] == 0).all()


def test_the_cap_read_as_no_worse_keeps_the_ratio_of_the_year_of_the_data():
    level, spent = _cap_and_newcomers(of("zero_growth", **{"budget.total_idr": 1.2e12}))
    assert spent.sum() > 0
    bound = level.loc[level["is_binding"]]
    most = np.maximum(bound["limit_share"], level["ratio_share"].iloc[0])
    assert (bound["ratio_share"] <= most + 1e-6).all()


def _cap_and_newcomers(result):
    account = result.tables["money_account"]
    newcomers = account.loc[account["item"].str.startswith("masuk_")]
    spent = newcomers.groupby("year")["amount_idr"].sum()
    return result.tables["gauge"].set_index("year"), spent


def test_without_an_apbd_nothing_is_said_of_the_cap():
    result = run(told(), without_budget())
    assert result.tables["gauge"].empty
    assert result.summary["has_budget"] is False
    assert result.summary["cap_ratio_first_binding"] is None


def test_half_a_base_year_is_refused_in_words():
    with pytest.raises(ScenarioError, match=r"budget\.personnel_idr"):
        run(told(budget__total_idr=1e12), without_budget())


def test_a_general_raise_costs_more_and_changes_nobody():
    plain, raised = ran(), ran(pay__yearly_raise_share=0.05)
    assert raised.summary["apbd_last_year_idr"] > plain.summary["apbd_last_year_idr"] * 1.4
    assert raised.tables["staff"].equals(plain.tables["staff"])


def test_a_shorter_horizon_is_the_beginning_of_the_longer_one():
    short = run(scenario("a", years=5), stages())
    longer = ran().tables["staff"]
    columns = ["year", "start_count", "end_count"]
    assert short.tables["staff"][columns].equals(longer[columns].head(6))


def test_an_option_switched_off_is_not_used():
    result = ran(plan__rule="best_mix", **{"option__is_on/pppk": False})
    assert "pppk" not in set(result.tables["plan"]["option"])
    assert "covered_pppk" not in result.tables["filling"]


def test_a_fixed_formation_beyond_a_limit_is_told_with_the_limit():
    year = facts().as_of.year + 1
    levers = {f"plan.fixed/cpns/pelaksana/{year}": 100, "plan.most_formations": 10}
    summary = run(scenario("a", {"plan.rule": "best_mix", **levers}), stages()).summary
    assert "lock_over" in [code for code, _, _ in summary["told"]]


# The seed story: golden numbers of the sample city, synthetic like everything in it.


def test_the_seed_story_of_the_sample_city_is_what_it_was(results):
    golden = pd.read_csv(GOLDEN, comment="#").set_index("scenario_id")
    story = pd.DataFrame(
        {
            "leaver_count": {name: results[name].summary["leaver_count"] for name in PRESETS},
            "hired_count": {name: results[name].summary["hired_count"] for name in PRESETS},
            "unfilled_count": {
                name: round(results[name].summary["unfilled_count"]) for name in PRESETS
            },
            "merged_school_count": {
                name: results[name].summary["merged_school_count"] for name in PRESETS
            },
            "moved_teacher_count": {
                name: results[name].summary["moved_teacher_count"] for name in PRESETS
            },
        }
    )
    # The best mix may stop at another plan as good: within one in a hundred of the people.
    exact = [name for name in PRESETS if name != "best_mix"]
    pd.testing.assert_frame_equal(
        story.loc[exact], golden.loc[exact], check_dtype=False, check_names=False
    )
    apart = (story.loc["best_mix"] - golden.loc["best_mix"]).abs()
    assert (apart <= 0.01 * golden.loc["best_mix", "leaver_count"]).all()


def test_the_story_told_by_the_presets(results):
    unfilled = {name: results[name].summary["unfilled_post_years"] for name in PRESETS}
    # Hiring helps, merging before hiring helps more, and nothing beats the mix.
    assert unfilled["do_nothing"] > unfilled["minus_growth"] > unfilled["zero_growth"]
    assert unfilled["zero_growth"] > unfilled["regroup_first"] > unfilled["best_mix"]
    # A later age puts the leavers off, it does not spare them.
    assert unfilled["do_nothing"] > unfilled["bup_plus_1"] > unfilled["bup_plus_2"]
