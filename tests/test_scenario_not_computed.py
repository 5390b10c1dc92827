"""What is not known is said to be not computed, never nought: needs, the APBD, an empty roster.

On small invented governments that lack schools, an ABK or an APBD. Synthetic.
"""

from __future__ import annotations

import csv
import json
from functools import cache

import pytest

from analytics import scenario_facts
from analytics.__main__ import main
from analytics.scenario import ScenarioError, scenario
from analytics.scenario_compare import compare, waterfall
from analytics.scenario_run import run
from analytics.scenario_stages import Stages
from analytics.scenario_summary import (
    BOOKED_BELOW_PAY,
    CAP_STAYS_OVER,
    NOTHING_COMPUTED,
    SOME_NOT_COMPUTED,
)
from tests import scenario_city
from tests.made_up_cities import made

# Bases that a list of staff alone does not answer.
NO_BASIS = {"need.bases": ["abk"]}
OF_NEED = ("needed_count", "supply_count", "deficit_count", "unfilled_count", "service_share")


@pytest.fixture(scope="module")
def roster(tmp_path_factory):
    """A data folder with a list of staff and nothing else."""
    return made("only_roster", tmp_path_factory.mktemp("roster"))


@pytest.fixture(scope="module")
def ran(roster):
    stages = Stages(scenario_facts.facts(roster))

    @cache
    def of(*levers):
        return run(scenario("uji", dict(levers)), stages)

    of.stages = stages
    return of


def codes(result):
    return [code for code, _, _ in result.summary["findings"]]


def test_posts_without_a_known_need_have_no_count_of_empty_ones(ran):
    filling = ran().tables["filling"]
    teachers = filling.loc[filling["role_group"].isin(["guru", "kepala_sekolah"])]
    assert not teachers["is_computed"].any()
    assert teachers[list(OF_NEED)].isna().all().all()
    others = filling.loc[filling["role_group"] == "pelaksana"]
    assert others["is_computed"].all() and others["unfilled_count"].notna().all()


def test_people_in_posts_without_a_known_need_are_counted_and_named(ran):
    result = ran()
    people = ran.stages.facts.posted
    teach = people["role_group"].isin(["guru", "kepala_sekolah"]) & people["is_on_duty"]
    teach &= people["employment"] != "PPPK_PW"
    assert result.summary["not_computed_people_count"] == teach.sum() > 0
    assert codes(result) == [SOME_NOT_COMPUTED]
    _, indonesian, english = result.summary["findings"][0]
    assert "belum dihitung (guru, kepala sekolah)" in indonesian
    assert f"{teach.sum()} people are in posts whose need is not computed" in english


def test_who_leaves_a_post_without_a_need_is_not_told_to_be_needed_no_more(ran):
    flow = ran().tables["flow"]
    last = flow.loc[flow["year"] == flow["year"].max()].set_index("item")["count"]
    assert last["belum_dihitung"] > 0


def test_where_no_need_is_known_nothing_is_said_of_empty_posts(ran):
    result = ran(("need.bases", ("abk",)))
    assert codes(result) == [NOTHING_COMPUTED]
    for key in ("unfilled_count", "unfilled_post_years", "surplus_count", "broken_role_count"):
        assert result.summary[key] is None
    files = result.files()
    for name in ("filling.csv", "unfilled.csv", "shortfall.csv"):
        rows = list(csv.DictReader(files[name].decode().splitlines()))
        assert {row["unfilled_count"] for row in rows} == {""}, name
    rows = list(csv.DictReader(files["unfilled.csv"].decode().splitlines()))
    assert {cell for row in rows for key, cell in row.items() if key != "year"} == {""}
    for case in json.loads(files["summary.json"])["summary"]["shortfall"]:
        assert case["unfilled_count"] is None and case["unfilled_post_years"] is None


def test_where_no_need_is_known_the_flow_leaves_its_empty_posts_open(ran):
    result = ran(("need.bases", ("abk",)))
    flow = list(csv.DictReader(result.files()["flow.csv"].decode().splitlines()))
    assert {row["count"] for row in flow if row["item"] == "belum_terisi"} == {""}
    assert all(row["count"].isdecimal() for row in flow if row["item"] != "belum_terisi")
    sides = result.tables["flow"].groupby(["year", "side"])["count"].sum().unstack()
    assert (sides["from"] == sides["to"]).all() and (sides["from"] > 0).all()


def test_where_no_need_is_known_a_robust_plan_saves_nothing_that_is_known(ran):
    result = ran(("need.bases", ("abk",)), ("plan.rule", "robust_mix"))
    assert result.summary["robust_worth"] is None
    assert result.tables["shortfall"]["unfilled_count"].isna().all()


def test_where_some_need_is_known_years_and_cases_have_their_counts(ran):
    result = ran()
    told = result.tables["filling"].groupby("year")["unfilled_count"].sum()
    assert result.tables["unfilled"].set_index("year")["unfilled_count"].equals(told)
    assert result.tables["unfilled"].notna().all().all()
    assert result.tables["shortfall"].notna().all().all()


def test_what_is_not_computed_is_compared_as_unknown(ran):
    bare = scenario("bare", {"need.bases": ["abk"]})
    other = scenario("other", {"need.bases": ["abk"], "plan.rule": "cpns_only"})
    found = compare([bare, other], ran.stages)
    told = found.measures.set_index("measure").loc["unfilled_count"]
    assert told[["value_1", "value_2", "difference_2"]].isna().all()
    assert found.by_year["unfilled_count"].isna().all()
    steps = waterfall(bare, other, ran.stages, "unfilled_count")
    assert steps["value"].isna().all()


@pytest.mark.parametrize(
    ("language", "words"), [("id", "jabatan kosong belum dihitung"), ("en", "are not computed")]
)
def test_the_command_says_that_nothing_is_computed(roster, tmp_path, capsys, language, words):
    file = tmp_path / "tanpa dasar.json"
    file.write_text(json.dumps({"name": "tanpa dasar", "levers": NO_BASIS}), encoding="utf-8")
    out = tmp_path / "hasil"
    given = [str(file), "--data", str(roster), "--out", str(out), "--lang", language]
    assert main(["scenario", "run", *given]) == 0
    said = capsys.readouterr().out
    assert words in said and "0 jabatan kosong" not in said and "0 posts" not in said
    summary = json.loads((out / "summary.json").read_text(encoding="utf-8"))["summary"]
    assert summary["unfilled_count"] is None


def test_pupils_without_staff_are_refused_in_words(tmp_path, capsys):
    data = made("only_schools", tmp_path / "data")
    given = ["do_nothing", "--data", str(data), "--out", str(tmp_path / "hasil"), "--lang", "en"]
    assert main(["scenario", "run", *given]) == 1
    assert "Nobody is on the roster" in capsys.readouterr().err
    assert not (tmp_path / "hasil").exists()
    with pytest.raises(ScenarioError, match="Tidak ada pegawai"):
        scenario_facts.facts(data)


def test_an_apbd_that_books_less_than_staff_is_paid_is_a_finding_in_words(tmp_path, capsys):
    levers = {"budget.total_idr": 1.2e12, "budget.personnel_idr": 2e11,
              "budget.teacher_allowance_idr": 0}  # fmt: skip
    result = run(scenario("uji", levers), scenario_city.stages())
    assert (result.tables["gauge"]["other_idr"] < 0).all()
    said = {code: (a, b) for code, a, b in result.summary["findings"]}[BOOKED_BELOW_PAY]
    assert "lebih kecil daripada gaji setahun orang di daftar" in said[0]
    assert "less than a year's pay of those on the roster" in said[1]
    file = tmp_path / "kecil.json"
    file.write_text(json.dumps({"name": "kecil", "levers": levers}), encoding="utf-8")
    data = ["--data", str(scenario_city.folder()), "--out", str(tmp_path / "hasil")]
    assert main(["scenario", "run", str(file), *data]) == 0
    assert said[0] in capsys.readouterr().out


def test_a_plan_that_a_falling_apbd_takes_over_the_cap_keeps_no_ratio_of_the_data_year():
    """Below the cap in the year of the data: the cap itself is kept, and nobody is hired above."""
    levers = {**scenario_city.BUDGET, "budget.growth_share": -0.06, "plan.rule": "best_mix"}
    result = run(scenario("turun", levers), scenario_city.stages())
    level = result.tables["gauge"]
    assert level["ratio_share"].iloc[0] < level["limit_share"].iloc[0]
    assert result.summary["cap_years_over"] and result.summary["formation_count"]
    assert CAP_STAYS_OVER not in codes(result)


def test_a_plan_that_keeps_the_ratio_of_the_data_year_names_it_with_nobody_hired():
    levers = {"plan.rule": "best_mix", "budget.growth_share": 0.0}
    result = run(scenario("tetap", levers), scenario_city.stages())
    said = {code: (a, b) for code, a, b in result.summary["findings"]}[CAP_STAYS_OVER]
    nobody = run(scenario("tanpa", {"budget.growth_share": 0.0}), scenario_city.stages())
    start = nobody.tables["gauge"]["ratio_share"].iloc[0]
    assert f"({start * 100:.1f}%)" in said[1]
    level = result.tables["gauge"].set_index("year")
    over = level.index[level["is_binding"] & (level["room_idr"] < 0)]
    assert (level.loc[over, "ratio_share"] <= start + 1e-6).all()


def test_an_apbd_that_books_what_staff_is_paid_is_no_finding():
    result = run(scenario("uji", scenario_city.BUDGET), scenario_city.stages())
    assert BOOKED_BELOW_PAY not in codes(result)
