"""Scenarios on editions as offices have them: schools by total only, little known, hardly anybody.

Small invented governments; each ends in a right answer or in plain words. Synthetic.
"""

from __future__ import annotations

import csv
import json
from dataclasses import replace

import numpy as np
import pytest

from analytics import scenario_facts, scenario_shortfall
from analytics.__main__ import main
from analytics.export import json_text
from analytics.scenario import scenario
from analytics.scenario_band_need import _P10_TO_P90, _pupil_rows
from analytics.scenario_plan import KeptPlan, kept_plan
from analytics.scenario_run import run
from analytics.scenario_stages import Stages
from tests import school_edition

# A school of which only a total of pupils is known.
TOTAL_ONLY = "10000002"


@pytest.fixture(scope="module")
def totals(tmp_path_factory):
    """A data folder in which one school tells its pupils as a total."""
    pupils = school_edition.enrolment()
    return school_edition.written(
        tmp_path_factory.mktemp("total") / "data",
        employee=school_edition.roster().assign(golongan="III/c"),
        enrolment=pupils.loc[pupils["npsn"] != TOTAL_ONLY],
    )


def test_a_school_that_tells_a_total_only_is_run_to_the_end(totals, tmp_path, capsys):
    out = tmp_path / "hasil"
    assert main(["scenario", "run", "do_nothing", "--data", str(totals), "--out", str(out)]) == 0
    assert "Tidak berbuat apa-apa: 3 keluar" in capsys.readouterr().out
    with (out / "filling.csv").open(encoding="utf-8") as rows:
        told = {row["role"]: row for row in csv.DictReader(rows) if row["year"] == "2026"}
    # Six grades at each of three SD; at SDN 03 Dahlia 30 pupils a grade stand in two classes.
    assert float(told["guru:guru_kelas@SD"]["needed_count"]) == 6 + 6 + 12


def test_the_band_of_a_total_is_spread_over_its_grades_and_none_is_lost(totals):
    stages, told = Stages(scenario_facts.facts(totals)), scenario("uji", {})
    seen = stages.pupils(told)
    rows = _pupil_rows(stages, told, seen)
    own = rows.loc[rows["npsn"] == TOTAL_ONLY]
    assert set(own["grade"]) == set(range(1, 7))
    by_year = own.assign(variance=own["own_variance"] + own["together_sd"] ** 2)
    by_year = by_year.groupby("school_year")[["variance", "pupil_count"]].sum()
    school = seen.data.school_ids.tolist().index(TOTAL_ONLY)
    column = int(np.flatnonzero(seen.serves[school])[0])
    width = seen.cells_high[school, column] - seen.cells_low[school, column]
    assert by_year["variance"].to_numpy() == pytest.approx((width / _P10_TO_P90) ** 2)
    assert by_year["pupil_count"].to_numpy() == pytest.approx(
        np.rint(seen.cells[school, column]), abs=1e-9
    )


def strict(path):
    """A file of JSON, read as every program reads it."""

    def refused(word: str):
        raise AssertionError(f"{path.name} holds {word}, which is no JSON")

    return json.loads(path.read_text(encoding="utf-8"), parse_constant=refused)


def test_a_plan_whose_bound_is_not_known_writes_json_that_every_program_reads(
    totals, tmp_path, monkeypatch
):
    solved = scenario_shortfall.robust_mix

    def without_time(*given, **named):
        return replace(solved(*given, **named), gap=float("nan"))

    monkeypatch.setattr(scenario_shortfall, "robust_mix", without_time)
    file = tmp_path / "tahan.json"
    levers = {"plan.rule": "robust_mix"}
    file.write_text(json.dumps({"name": "tahan", "years": 2, "levers": levers}), encoding="utf-8")
    out = tmp_path / "hasil"
    given = [str(file), "--data", str(totals), "--out", str(out), "--seconds", "1"]
    assert main(["scenario", "run", *given]) == 0
    told = strict(out / "summary.json")["summary"]
    assert told["robust_gap"] is None and told["is_proved"] is False


def test_a_kept_plan_whose_bound_is_not_known_is_kept_as_such_and_read_back():
    kept = KeptPlan((), float("-inf"), (), branches=(("plain", ()),), gap=float("nan"))
    written = json.dumps(kept.as_json(), allow_nan=False)
    again = kept_plan(json.loads(written))
    assert np.isnan(again.bound) and np.isnan(again.gap)


def test_what_no_number_is_is_null_in_every_file_of_json():
    told = {"a": [1.5, float("nan")], "b": {"c": (float("inf"), "x")}}
    assert json.loads(json_text(told)) == {"a": [1.5, None], "b": {"c": [None, "x"]}}


# ---- editions that lack something ----------------------------------------------------------------

GRADED = school_edition.roster().assign(golongan="III/c")
NO_PUPILS = school_edition.enrolment().iloc[:0]
LACKING = {
    "six P3K and nobody else": {"employee": GRADED.assign(employment="PPPK", golongan="IX")},
    "P3K part time alone": {"employee": GRADED.assign(employment="PPPK_PW", golongan=None)},
    "nobody's grade": {"employee": school_edition.roster()},
    "one person": {"employee": GRADED.iloc[:1]},
    "nobody on duty": {"employee": GRADED.assign(is_on_duty=False)},
    "titles nobody knows": {"employee": GRADED.assign(position="Zzz")},
    "no schools": {
        "employee": GRADED,
        "enrolment": NO_PUPILS,
        "school_year_profile": school_edition.profiles().iloc[:0],
    },
    "pupils and no list of schools": {
        "employee": GRADED,
        "school_year_profile": school_edition.profiles().iloc[:0],
    },
    "private schools alone": {
        "employee": GRADED,
        "school_year_profile": school_edition.profiles().assign(status="swasta"),
    },
    "one year of pupils": {
        "employee": GRADED,
        "enrolment": school_edition.enrolment().query("school_year == 2026"),
    },
}


@pytest.fixture(params=list(LACKING))
def lacking(request, tmp_path):
    """An edition that lacks something, none of them with ABK, births, APBD or exits."""
    return school_edition.written(tmp_path / "data", **LACKING[request.param])


def test_an_edition_that_lacks_something_is_run_to_the_end(lacking):
    stages = Stages(scenario_facts.facts(lacking))
    for rule in ("do_nothing", "zero_growth", "best_mix"):
        levers = {"plan.rule": rule, "regrouping.is_on": True, "redistribution.is_on": True}
        result = run(scenario(rule, levers, years=2), stages, 0.5)
        account = result.tables["staff_account"]
        staff = result.tables["staff"]
        moved = account.groupby("year")["change_count"].sum().to_numpy()
        assert (staff["start_count"] + moved == staff["end_count"]).all()
        json.loads(result.files()["summary.json"], parse_constant=lambda word: pytest.fail(word))


def test_transfers_in_whose_price_nobody_knows_stand_in_no_plan_and_are_told(tmp_path, capsys):
    given = LACKING["six P3K and nobody else"]
    data = school_edition.written(tmp_path / "data", **given)
    out = tmp_path / "hasil"
    assert main(["scenario", "run", "best_mix", "--data", str(data), "--out", str(out)]) == 0
    assert "tidak ada PNS bergolongan" in capsys.readouterr().out
    with (out / "plan.csv").open(encoding="utf-8") as rows:
        assert "mutasi_masuk" not in {row["option"] for row in csv.DictReader(rows)}
    with (out / "options.csv").open(encoding="utf-8") as rows:
        told = {row["option"]: row for row in csv.DictReader(rows)}
    assert told["mutasi_masuk"]["first_year_idr"] == "" != told["cpns"]["first_year_idr"]


def test_people_without_a_grade_are_counted_aloud_by_the_command(tmp_path, capsys):
    data = school_edition.written(tmp_path / "data", **LACKING["nobody's grade"])
    given = ["do_nothing", "--data", str(data), "--out", str(tmp_path / "hasil"), "--lang", "en"]
    assert main(["scenario", "run", *given]) == 0
    assert "6 people without a known grade" in capsys.readouterr().out


def test_a_roster_of_which_nobody_counts_is_refused_in_words(tmp_path, capsys):
    nobody = GRADED.assign(is_in_headcount=False)
    data = school_edition.written(tmp_path / "data", employee=nobody)
    given = ["do_nothing", "--data", str(data), "--out", str(tmp_path / "hasil"), "--lang", "en"]
    status = main(["scenario", "run", *given])
    told = capsys.readouterr()
    assert status == 1 and "Of 6 people on the roster nobody counts" in told.err
