"""Levels and statuses of a file of schools for ``regroup``, however the list heads and writes them.

One row of three schools: a small one, a small one of another level 0.56 km on, a large one of that
level. Ways are times 1.3; nothing may merge across levels.
"""

from __future__ import annotations

import pytest

from analytics.school_words import level_of, status_of
from tests.test_regrouping_switches import district, planned

FAR = ("--max-km", "6")


def three(heading: str, *levels: str) -> str:
    rows = [
        f"100{at},Melati {at},-7.5,{111 + at * 0.005:.3f},6,{level},{pupils}"
        for at, (level, pupils) in enumerate(zip(levels, (30, 30, 300), strict=True), start=1)
    ]
    return "\n".join([f"npsn,nama,lintang,bujur,ruang_kelas,{heading},pd", *rows])


@pytest.mark.parametrize(
    "heading",
    ["level", "bentuk", "bentuk_pendidikan", "Bentuk Pendidikan", "Jenjang", "BP", "jenis sekolah"],
)
def test_the_level_is_read_under_every_heading_the_import_knows(tmp_path, heading):
    status, plan, told = planned(tmp_path, three(heading, "SD", "SMP", "SMP"), *FAR)
    assert status == 0
    assert {npsn: row["into"] for npsn, row in plan.items()} == {
        "1001": "", "1002": "1003", "1003": ""
    }  # fmt: skip
    assert told["counts"]["candidates_by_level"] == {"SD": 1, "SMP": 1}


@pytest.mark.parametrize(
    ("words", "into"),
    [
        (("SD Negeri", "SMPN", "SMP Negeri"), "1003"),
        (("sekolah dasar", "Sekolah Menengah Pertama", "smp"), "1003"),
        (("SDN", "SMPS", "SMP Terbuka"), "1003"),
    ],
)
def test_levels_are_known_by_the_words_of_the_import(tmp_path, words, into):
    _, plan, _ = planned(tmp_path, three("level", *words), *FAR)
    assert plan["1002"]["into"] == into
    assert plan["1001"]["into"] == ""


@pytest.mark.parametrize(
    ("written", "level"),
    [("MI", "MI"), ("MTs", "MTS"), ("MTsN", "MTS"), ("SMK", "SMK"), ("SDLB", "SLB"), ("RA", "RA"),
     ("Madrasah Ibtidaiyah Negeri", "MI"), ("SPK SD", "SD"), ("Taman Kanak-kanak", "TK"),
     ("PKBM", "PKBM"), ("Mawar", ""), ("", ""), ("5", "")],
)  # fmt: skip
def test_a_word_names_its_level_or_none(written, level):
    assert level_of(written) == level


@pytest.mark.parametrize("other", ["MI", "MTs", "SMA", "SMK", "SLB", "PKBM"])
def test_schools_of_other_levels_are_passed_over_and_counted(tmp_path, other):
    status, plan, told = planned(tmp_path, three("bentuk", "SD", other, "SD"), *FAR)
    assert status == 0
    assert set(plan) == {"1001", "1003"}
    assert plan["1001"]["into"] == "1003"
    (one,) = (each for each in told["findings"] if each["code"] == "regroup_level_passed")
    assert one["message"].startswith("1 sekolah jenjang lain dilewati")


@pytest.mark.parametrize(("level", "npsn"), [("SD", {"1001"}), ("TK", {"1002"}), ("SMP", {"1003"})])
def test_every_level_offered_can_be_chosen_in_a_file_of_all(tmp_path, level, npsn):
    status, plan, told = planned(tmp_path, three("level", "SD", "TK", "SMP"), "--level", level)
    assert status == 0
    assert set(plan) == npsn
    assert "2 sekolah jenjang lain" in str(told["findings"])


def test_kindergartens_merge_with_kindergartens(tmp_path):
    _, plan, _ = planned(tmp_path, three("level", "TK", "SD", "TK"), *FAR, "--min-pupils", "60")
    assert plan["1001"]["action"] == "open"  # 300 and 30 in six rooms of 15
    _, plan, told = planned(
        tmp_path, three("level", "TK", "SD", "TK").replace(",6,TK,300", ",30,TK,300"), *FAR
    )
    assert plan["1001"]["into"] == "1003"
    assert plan["1002"]["into"] == ""
    assert told["counts"]["rombel_before"] == 2 + 6 + 20  # 30/15, one a grade, 300/15


def test_a_level_that_is_nowhere_in_the_file_is_refused_with_those_that_are(tmp_path, capsys):
    assert planned(tmp_path, three("level", "SD", "SMA", "SD"), "--level", "TK")[0] == 1
    said = capsys.readouterr().err
    assert "Tidak ada sekolah TK di berkas" in said
    assert "SD 2, SMA 1" in said


def test_a_lock_on_a_school_of_another_level_says_so(tmp_path, capsys):
    text = three("level", "SD", "SMP", "SD")
    assert planned(tmp_path, text, "--level", "SD", "--lock-open", "1002")[0] == 1
    assert "jenjang lain dan dilewati" in capsys.readouterr().err


def test_a_word_that_is_no_level_is_refused_with_its_row(tmp_path, capsys):
    assert planned(tmp_path, three("bentuk", "SD", "Dikdas", "SMP"), *FAR)[0] == 1
    said = capsys.readouterr().err
    assert "baris 3" in said
    assert "Dikdas" in said


def test_a_column_that_tells_no_level_at_all_is_none(tmp_path):
    text = three("jenis sekolah", "Umum", "Umum", "Umum").replace("Melati", "SDN Melati")
    _, _, told = planned(tmp_path, text, *FAR)
    assert told["counts"]["merges"] == 1
    assert "regroup_level_by_name" in {one["code"] for one in told["findings"]}


def test_totals_without_a_level_are_taken_for_sd_and_that_is_said(tmp_path, capsys):
    text = three("catatan", "", "", "")
    status, _, told = planned(tmp_path, text, *FAR)
    assert status == 0
    assert told["counts"]["merges"] == 1
    assert "3 sekolah tanpa jenjang dianggap SD" in capsys.readouterr().err


def test_a_total_whose_level_may_be_either_is_a_fault_of_its_row(tmp_path, capsys):
    head = "npsn,name,lat,lon,rooms,g1,g2,g3,g4,g5,g6,g7,g8,g9,total"
    rows = ["1,Satu,-7.5,111.000,6,5,5,5,5,5,5,,,,", "2,Dua,-7.5,111.005,6,,,,,,,9,9,9,"]
    third = "3,{},-7.5,111.010,12,,,,,,,,,,200"
    assert planned(tmp_path, "\n".join([head, *rows, third.format("Tiga")]), *FAR)[0] == 1
    said = capsys.readouterr().err
    assert "baris 4" in said
    assert "beberapa jenjang (SD, SMP)" in said
    _, plan, told = planned(tmp_path, "\n".join([head, *rows, third.format("SMP 3")]), *FAR)
    assert {npsn: row["into"] for npsn, row in plan.items()} == {"1": "", "2": "3", "3": ""}
    assert "dibaca dari namanya" in str(told["findings"])


@pytest.mark.parametrize("words", [("N", "Negeri"), ("S", "swasta"), ("1", "NEGERI ")])
def test_a_status_is_one_however_it_is_written(tmp_path, words):
    cells = [words[at % 2] for at in range(7)]
    _, plain, alike = planned(tmp_path, district(extra="status", cells=["Negeri"] * 7))
    _, plan, told = planned(tmp_path, district(extra="status", cells=cells))
    assert told["objective"] == pytest.approx(alike["objective"])
    assert {npsn: row["into"] for npsn, row in plan.items()} == {
        npsn: row["into"] for npsn, row in plain.items()
    }


def test_state_and_private_schools_stay_apart(tmp_path):
    _, plan, _ = planned(tmp_path, district(extra="status", cells=["N"] + ["S"] * 6))
    assert plan["1"]["action"] == "open"
    assert status_of("n") == "negeri"
    assert status_of("Yayasan") == "swasta"
    assert status_of("Entah") == ""


def test_a_status_nobody_knows_is_a_finding_of_its_row(tmp_path):
    cells = ["Entah", *["Negeri"] * 6]
    _, plan, told = planned(tmp_path, district(extra="status", cells=cells))
    (one,) = (each for each in told["findings"] if each["code"] == "regroup_status_unknown")
    assert (one["row"], one["npsn"]) == (2, "1")
    assert plan["1"]["action"] == "open"


SD_AND = """npsn,name,lat,lon,rooms,g1,g2,g3,g4,g5,g6
1001,SDN 1,-7.600,111.500,6,5,5,5,5,5,5
1002,{name},-7.602,111.500,6,4,4,4,4,4,4
1003,SDN 3,-7.604,111.500,6,10,10,10,10,10,10"""


@pytest.mark.parametrize(
    "name",
    ["MIS Nurul Huda", "MIN 2 Madiun", "Madrasah Ibtidaiyah Al Falah", "SLB Negeri 1", "SDLB 1"],
)
def test_a_madrasah_with_grades_of_an_sd_joins_no_sd(tmp_path, name):
    # Madrasahs are of the Ministry of Religion, a SLB is no SD: the name says it, grades do not.
    _, plan, told = planned(tmp_path, SD_AND.format(name=name))
    assert set(plan) == {"1001", "1003"}
    assert plan["1001"]["into"] == "1003"
    assert "1 sekolah jenjang lain dilewati" in str(told["findings"])


@pytest.mark.parametrize("name", ["SD Mi'raj", "Mi'raj 2", "Melati", "SDIT Al Falah", "SMPN 2"])
def test_other_names_leave_the_level_to_the_grades(tmp_path, name):
    _, plan, _ = planned(tmp_path, SD_AND.format(name=name))
    assert plan["1002"]["into"] == "1003"
