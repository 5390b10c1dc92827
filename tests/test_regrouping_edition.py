"""``regroup`` without a file: the schools of the edition, as the page Regrouping asks about them.

Melati 20, Kenanga 9 and Dahlia 30 pupils a grade; by road (x 1.3) Melati to Kenanga 3.2 km, Melati
to Dahlia 4.6 km, Kenanga to Dahlia 5.2 km. SMPN 1 Mawar has no point, SD Anggrek is private.
"""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from analytics import state
from analytics.__main__ import main
from tests import school_edition

MELATI, KENANGA, DAHLIA, MAWAR = "10000001", "10000002", "10000003", "10000005"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return school_edition.written(tmp_path / "data")


def planned(data: Path, *more: str) -> tuple[int, dict, dict]:
    out, told = data.parent / "plan.csv", data.parent / "s.json"
    status = main(
        ["regroup", "--data", str(data), "--out", str(out), "--summary", str(told), *more]
    )
    if status:
        return status, {}, {}
    with out.open(encoding="utf-8-sig") as file:
        plan = {row["npsn"]: row for row in csv.DictReader(file)}
    return status, plan, json.loads(told.read_text(encoding="utf-8"))


def test_the_edition_in_force_is_planned_where_no_file_is_named(data, capsys):
    status, plan, told = planned(data, "--max-km", "6")
    said = capsys.readouterr().err
    assert status == 0
    assert set(plan) == {MELATI, KENANGA, DAHLIA, MAWAR}  # SD Anggrek is private
    assert plan[KENANGA]["into"] == DAHLIA  # 9 + 20 pupils would not fit Melati
    assert told["edition"]["number"] == 1
    assert told["edition"]["as_of"] == "2026-09-01"
    assert told["counts"]["kept_out_by_coordinates"] == 1
    assert MAWAR in said
    assert "murid 2026/27" in said
    assert "1 sekolah swasta atau jenjang lain tidak ikut" in said


def test_another_edition_can_be_named_and_one_that_is_not_there_is_refused(data, capsys):
    closer = school_edition.enrolment()
    closer.loc[closer["npsn"] == KENANGA, "pupil_count"] = 20
    school_edition.written(data, enrolment=closer)
    assert planned(data, "--max-km", "6")[1][KENANGA]["action"] == "open"
    assert planned(data, "--max-km", "6", "--edition", "1")[1][KENANGA]["into"] == DAHLIA
    assert planned(data, "--edition", "9")[0] == 1
    assert "Edisi 9 tidak ada" in capsys.readouterr().err


def test_saved_locks_hold_unless_they_are_left_out(data):
    with state.opened(data) as decisions:
        decisions.lock("regrouping", "open", KENANGA, "test")
    assert planned(data, "--max-km", "6")[1][KENANGA]["action"] == "open"
    _, plan, _ = planned(data, "--max-km", "6", "--without-saved")
    assert plan[KENANGA]["into"] == DAHLIA
    # What is asked for now goes before what was saved.
    _, plan, _ = planned(data, "--max-km", "6", "--pair", f"{KENANGA}={DAHLIA}")
    assert plan[KENANGA]["into"] == DAHLIA


def test_the_years_of_the_edition_are_the_years_running(data):
    grown = school_edition.enrolment()
    grown.loc[(grown["npsn"] == KENANGA) & (grown["school_year"] == 2025), "pupil_count"] = 30
    school_edition.written(data, enrolment=grown)
    assert planned(data, "--max-km", "6")[2]["counts"]["candidates"] == 1
    running = planned(data, "--max-km", "6", "--years-running", "3")
    assert running[2]["counts"]["candidates"] == 0


def test_totals_only_and_silent_schools_are_said(data, capsys):
    profiles = school_edition.profiles()
    profiles.loc[profiles["npsn"] == DAHLIA, "pupil_count"] = 0
    graded = school_edition.enrolment()
    graded = graded.loc[graded["npsn"] == MAWAR]
    school_edition.written(data, school_year_profile=profiles, enrolment=graded)
    status, plan, _ = planned(data, "--max-km", "6")
    said = capsys.readouterr().err
    assert status == 0
    assert DAHLIA not in plan
    assert "1 sekolah tanpa murid tahun terakhir tidak ikut" in said
    assert "2 sekolah hanya punya total" in said


def test_no_edition_and_no_pupils_are_refused_in_words(tmp_path, capsys):
    assert planned(tmp_path / "nowhere")[0] == 1
    assert "--schools" in capsys.readouterr().err
    empty = school_edition.written(
        tmp_path / "data",
        school_year_profile=school_edition.profiles().assign(pupil_count=None),
        enrolment=pd.DataFrame(columns=["npsn", "school_year", "grade", "pupil_count"]),
    )
    assert planned(empty)[0] == 1
    assert "belum berisi murid sekolah negeri" in capsys.readouterr().err


@pytest.mark.parametrize("more", [["--history", "H.csv"], ["--schools", "S.csv", "--edition", "1"]])
def test_a_file_and_an_edition_at_once_are_wrong_use(data, more):
    with pytest.raises(SystemExit, match="2"):
        planned(data, *more)


def test_the_command_and_the_page_plan_the_same(data, monkeypatch):
    # The page asks about one level; its question is the command's, school by school.
    monkeypatch.setenv("ESTAFET_DATA", str(data))
    from analytics.regrouping import regrouping_plan
    from pages.shared import load, load_regrouping, load_schools, regrouping_inputs

    question = regrouping_inputs.usual(load_schools.school_key(), "SD", load.as_of())
    question = replace(question, limits=replace(question.limits, max_km=6.0))
    page = regrouping_plan(load_regrouping.asked(question)[0]).table.set_index("npsn")
    _, plan, _ = planned(data, "--max-km", "6", "--min-pupils", "100")
    assert (page["action"] == "merge").sum() == 1
    for npsn, row in page.iterrows():
        assert plan[npsn]["into"] == row["into"]
        assert float(plan[npsn]["distance_km"]) == pytest.approx(row["distance_km"], abs=1e-6)


def with_heads(folder: Path) -> Path:
    """A head at Kenanga (60 in June 2029) and one at Dahlia (60 in March 2040), nobody else."""
    people = school_edition.roster()
    heads = pd.concat([people.loc[people["name"] == "Adi"]] * 2, ignore_index=True)
    heads = heads.assign(
        name=["Ida", "Jaya"],
        birth_date=pd.to_datetime(["1969-06-10", "1980-03-10"]),
        nip=["196906102000011951", "198003102000011952"],
        unit=["SDN 02 Kenanga", "SDN 03 Dahlia"],
        npsn=[KENANGA, DAHLIA],
    )
    return school_edition.written(folder, employee=pd.concat([people, heads], ignore_index=True))


@pytest.mark.parametrize(("price", "year", "heads"), [("0", 2028, 1), ("100000", 2029, 0)])
def test_merges_of_an_edition_wait_for_the_head_to_retire(tmp_path, price, year, heads):
    # Prepared from September 2026 the first year is 2028; Ida leaves on 1 July 2029.
    data, options, dates = with_heads(tmp_path / "data"), tmp_path / "y.csv", tmp_path / "c.csv"
    told = planned(
        data, "--max-km", "6", "--level", "SD", "--years", "3", "--cost-displaced", price,
        "--year-options", str(options), "--calendar", str(dates),
    )[2]  # fmt: skip
    assert told["years"] == {str(year): 1}
    assert (told["displaced_count"], told["heads_displaced"]) == (heads, heads)
    table = pd.read_csv(options, dtype={"npsn": str}).set_index("school_year")
    assert set(table["npsn"]) == {DAHLIA}
    assert table["heads_displaced"].to_dict() == {2028: 1, 2029: 0, 2030: 0}
    assert table["is_chosen"].to_dict() == {one: int(one == year) for one in (2028, 2029, 2030)}
    assert pd.read_csv(dates)["school_year"].tolist() == [year]


def test_the_years_of_the_command_are_those_of_the_page(tmp_path, monkeypatch):
    data = with_heads(tmp_path / "data")
    monkeypatch.setenv("ESTAFET_DATA", str(data))
    from analytics.regrouping import regrouping_plan
    from analytics.regrouping_years import Pace, displaced_price, years_from
    from pages.shared import load, load_regrouping, load_schools, regrouping_inputs

    question = regrouping_inputs.usual(load_schools.school_key(), "SD", load.as_of())
    question = replace(question, limits=replace(question.limits, max_km=6.0))
    on = load.as_of()
    plan = regrouping_plan(load_regrouping.asked(question)[0])
    pace = Pace(years_from(on, 3), None, displaced_price(on))
    page = load_regrouping.when_of(question, plan, pace).years.options
    options = tmp_path / "y.csv"
    planned(data, "--max-km", "6", "--level", "SD", "--min-pupils", "100", "--years", "3",
            "--year-options", str(options))  # fmt: skip
    table = pd.read_csv(options, dtype={"npsn": str})
    columns = ["school_year", "fits", "displaced_count", "heads_displaced"]
    assert table["npsn"].tolist() == page["npsn"].tolist()
    assert (table[columns] == page[columns].astype(int).reset_index(drop=True)).all().all()
    assert table["waiting_cost"].tolist() == pytest.approx(page["waiting_cost"].tolist(), abs=1e-5)
