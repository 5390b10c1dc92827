"""Workbooks with a sheet for SD and one for SMP, given to the commands that read plain tables."""

from __future__ import annotations

import json

import pandas as pd
import pytest

from analytics import enrolment_file, readers
from analytics.__main__ import main
from analytics.faults import FaultsError, sentence
from analytics.plain_table import row_shown
from analytics.regrouping_file import read_history, read_schools
from analytics.regrouping_roads import read_roads
from tests import workbooks
from tests.test_redistribution_command import moves, written
from tests.test_regrouping_switches import HEAD, LARGE, ROWS, district, planned

YEARS = ["school_id", "school_year", "grade", "pupils"]
SD = [YEARS, ["A", "2024", "1", "30"], ["A", "2025", "1", "28"]]
SMP = [["Murid SMP"], [], [*YEARS, "level"], ["B", "2025", "7", "90", "SMP"]]
SCHOOLS_SD = [line.split(",") for line in [HEAD, *ROWS, LARGE]]
OF_SMP = ["NPSN", "Nama Sekolah", "Lintang", "Bujur", "rooms", "g7", "g8", "g9"]
SCHOOLS_SMP = [OF_SMP, ["77", "SMP 7", "-7.495", "111.000", "9", "20", "20", "20"]]


def book(folder, **sheets):
    return workbooks.write_xlsx(folder / "B.xlsx", sheets)


def test_pupils_of_sd_and_smp_are_one_history(tmp_path):
    told = enrolment_file.read(book(tmp_path, SD=SD, SMP=SMP, Catatan=[["Sumber: Dapodik"]]))
    assert told["school_id"].to_list() == ["A", "A", "B"]
    assert told["level"].to_list() == ["", "", "SMP"]
    assert [row_shown(int(line)) for line in told.index] == [2, 3, 4]


def test_a_fault_of_the_history_names_sheet_and_row(tmp_path, capsys):
    wrong = [*SMP[:3], ["B", "2025", "99", "90", "SMP"]]
    asked = ["enrolment", "forecast", "--history", str(book(tmp_path, SD=SD, SMP=wrong))]
    assert main([*asked, "--out", "-"]) == 1
    assert "B.xlsx [SMP], baris 4, kolom grade ('99')" in capsys.readouterr().err


def test_a_sheet_of_pupils_that_lacks_a_column_is_not_passed_over(tmp_path):
    with pytest.raises(FaultsError, match=r"B.xlsx \[SMP\]: Kolom grade tidak ada di lembar ini"):
        enrolment_file.read(
            book(tmp_path, SD=SD, SMP=[["school_id", "school_year", "pupils"], ["B", "2025", "9"]])
        )


def test_a_sheet_about_something_else_stands_beside_the_history(tmp_path):
    about = [["school_id", "name"], ["A", "SDN 1"]]
    assert len(enrolment_file.read(book(tmp_path, SD=SD, Sekolah=about))) == 2


def test_schools_of_sd_and_smp_give_the_plan_of_each(tmp_path):
    _, alone, _ = planned(tmp_path, district())
    source, out, told = book(tmp_path, SD=SCHOOLS_SD, SMP=SCHOOLS_SMP), tmp_path / "p.csv", "s.json"
    asked = ["regroup", "--schools", str(source), "--max-km", "3", "--on", "2026-07-01"]
    assert main([*asked, "--out", str(out), "--summary", str(tmp_path / told)]) == 0
    plan = pd.read_csv(out, dtype=str, keep_default_na=False).set_index("npsn")
    assert plan.loc["77", "action"] == "open"
    assert plan["into"].drop("77").to_dict() == {one: row["into"] for one, row in alone.items()}
    assert json.loads((tmp_path / told).read_text(encoding="utf-8"))["counts"]["schools"] == 8


def test_a_level_is_told_by_the_grades_or_the_name_of_the_sheet(tmp_path):
    blank = [OF_SMP, ["77", "SMP 7", "-7.495", "111.000", "9", "", "", ""]]
    total = [["npsn", "lat", "lon", "pupils"], ["78", "-7.49", "111.01", "60"]]
    told = read_schools(book(tmp_path, Negeri=SCHOOLS_SD, Lain=blank, **{"SMP swasta": total}))
    levels = told.schools.set_index("npsn")["level"]
    assert levels[["1", "77", "78"]].to_list() == ["SD", "SMP", "SMP"]
    assert told.pupils.loc["78"].sum() == 60


def test_a_school_on_two_sheets_is_refused_with_both_places(tmp_path, capsys):
    twice = [*SCHOOLS_SMP, ["1", "SD 1", "-7.495", "111.000", "9", "20", "20", "20"]]
    source = book(tmp_path, SD=SCHOOLS_SD, SMP=twice)
    asked = ["regroup", "--schools", str(source), "--on", "2026-07-01", "--lang", "en"]
    assert main([*asked, "--out", str(tmp_path / "p.csv")]) == 1
    said = capsys.readouterr().err
    assert "B.xlsx [SMP], row 3" in said and "2 [SD]" in said


def test_a_sheet_without_coordinates_is_said_to_be_left_out(tmp_path):
    other = [["npsn", "name", "g7"], ["77", "SMP 7", "20"]]
    told = read_schools(book(tmp_path, SD=SCHOOLS_SD, SMP=other))
    [left] = [fault for fault in told.faults if fault.code == "sheet_left_out"]
    assert sentence(left, "en").startswith("B.xlsx [SMP]: This sheet was not read: it lacks lat")
    assert len(told.schools) == 7


def test_past_years_and_roads_are_read_from_every_sheet(tmp_path):
    head = ["npsn", "school_year", "pupils"]
    past, _ = read_history(
        book(tmp_path, SD=[head, ["1", "2024", "9"]], SMP=[head, ["7", "2024", "8"]])
    )
    assert past["npsn"].to_list() == ["1", "7"]
    roads, faults = read_roads(
        book(tmp_path, SD=[["from", "into", "km"], ["1", "2", "0.5"]],
             SMP=[["NPSN asal", "NPSN tujuan", "jarak (km)"], ["7", "8", "1,5"], ["7", "9", "x"]])
    )  # fmt: skip
    assert roads["km"].to_list() == [0.5, 1.5]
    assert [(fault.file, fault.row) for fault in faults] == [("B.xlsx [SMP]", 3)]


TEACHERS_SD = [
    ["Daftar guru SD"],
    ["person_id", "npsn", "post", "status_kepegawaian", "retires_on"],
    ["Ani", "10000001", "kelas", "PNS", "2040-01-01"],
    ["Budi", "10000001", "kelas", "PNS", "2045-01-01"],
]
TEACHERS_SMP = [
    ["NIP", "NPSN", "post", "employment", "retires_on"],
    ["Cici", "10000003", "mapel:IPA", "PNS", "2045-01-01"],
]
TO_MOVE_AMONG = """npsn,lat,lon,level
10000001,-7.605,111.505,SD
10000002,-7.615,111.505,SD
10000003,-7.625,111.505,SMP
"""
TO_NEED = "npsn,post,needed\n10000001,kelas,1\n10000002,kelas,1\n10000003,mapel:IPA,1\n"


def redistributed(folder, **sheets):
    asked = written(folder, needs=TO_NEED, schools=TO_MOVE_AMONG)
    asked[asked.index("--teachers") + 1] = str(book(folder, **sheets))
    return main(asked)


def test_teachers_of_sd_and_smp_are_one_list_to_move_among(tmp_path):
    assert redistributed(tmp_path, SD=TEACHERS_SD, SMP=TEACHERS_SMP, Catatan=[["Dapodik"]]) == 0
    assert moves(tmp_path)["person_id"].tolist() == ["Budi"]
    told = json.loads((tmp_path / "s.json").read_text(encoding="utf-8"))
    # She who is on the second sheet fills the post of SMP, so nothing is short there.
    assert told["unfilled_reasons"] == {}


def test_a_fault_of_teachers_to_move_names_sheet_and_row(tmp_path, capsys):
    wrong = [*TEACHERS_SMP, ["Dedi", "10000003", "mapel:IPA", "PNS", "kapan-kapan"]]
    assert redistributed(tmp_path, SD=TEACHERS_SD, SMP=wrong) == 1
    assert "B.xlsx [SMP], baris 3" in capsys.readouterr().err


def test_a_sheet_of_teachers_that_lacks_a_column_is_not_passed_over(tmp_path, capsys):
    lacks = [[row[at] for at in (0, 1, 3)] for row in TEACHERS_SMP]
    assert redistributed(tmp_path, SD=TEACHERS_SD, SMP=lacks) == 1
    assert "B.xlsx [SMP]: Kolom post tidak ada di lembar ini" in capsys.readouterr().err


def test_a_workbook_with_a_sheet_for_each_cause_is_asked_about_and_needs_no_posts(tmp_path):
    def gone(start: int) -> list[list[str]]:
        people = [workbooks.person(at) for at in range(start, start + 4)]
        return [["NIP", "Nama", "TMT"], *[[p["nip"], p["name"], "01-02-2024"] for p in people]]

    path = book(tmp_path, BUP=gone(0), Meninggal=gone(10), APS=gone(20))
    assert [fault.code for fault in readers.read(path).faults] == ["kind_unsure"]
    told = readers.read(path, kind="exit")
    assert told.faults == ()
    assert told.rows["reason"].to_list() == ["BUP"] * 4 + ["Meninggal"] * 4 + ["APS"] * 4


def test_a_roster_with_posts_on_a_sheet_called_after_contracts_stays_one(tmp_path):
    people = [workbooks.person(at) for at in range(4)]
    head = ["NIP", "Nama", "Jabatan", "Unit Kerja"]
    rows = [head, *[[p["nip"], p["name"], p["position"], p["unit"]] for p in people]]
    told = readers.read(book(tmp_path, Kontrak=rows))
    assert (told.kind, told.faults) == ("roster", ())
