"""A list that tells several school years, in rows or side by side: its newest is planned."""

from __future__ import annotations

import csv
import json

import pytest

from analytics.__main__ import main

POINTS = {"10000001": (-7.61, 111.51), "10000002": (-7.612, 111.512), "10000003": (-7.614, 111.511)}
# Pupils a grade by year: B was large once; C is of 2023 alone.
A_GRADE = {2023: {"10000001": 20, "10000002": 15, "10000003": 9},
           2024: {"10000001": 10, "10000002": 4}}  # fmt: skip


def in_rows() -> str:
    lines = ["No,NPSN,Nama,Lintang,Bujur,Tahun Ajaran,R_Kelas," + grades()]
    for year, schools in A_GRADE.items():
        for npsn, each in schools.items():
            lat, lon = POINTS[npsn]
            cells = ",".join([str(each)] * 6)
            lines.append(f"{len(lines)},{npsn},SDN {npsn},{lat},{lon},{year}/{year + 1},6,{cells}")
    return "\n".join(lines)


def grades() -> str:
    return ",".join(f"Kelas {grade}" for grade in range(1, 7))


def side_by_side() -> str:
    """The year stands over its grades."""
    lines = ["NPSN,Nama,Lintang,Bujur,R_Kelas,2023/2024,,,,,,2024/2025,,,,,",
             ",,,,," + grades() + "," + grades()]  # fmt: skip
    for npsn in ("10000001", "10000002"):
        lat, lon = POINTS[npsn]
        cells = [str(A_GRADE[year][npsn]) for year in A_GRADE for _ in range(6)]
        lines.append(f"{npsn},SDN {npsn},{lat},{lon},6,{','.join(cells)}")
    return "\n".join(lines)


def totals() -> str:
    lines = ["NPSN,Nama,Lintang,Bujur,R_Kelas,Murid 2023/2024,Murid 2024-25"]
    for npsn in ("10000001", "10000002"):
        lat, lon = POINTS[npsn]
        own = ",".join(str(6 * A_GRADE[year][npsn]) for year in A_GRADE)
        lines.append(f"{npsn},SDN {npsn},{lat},{lon},6,{own}")
    return "\n".join(lines)


def planned(tmp_path, text: str, *more: str) -> tuple[int, dict, dict]:
    source, out, told = (tmp_path / name for name in ("s.csv", "plan.csv", "s.json"))
    source.write_text(text, encoding="utf-8")
    status = main(["regroup", "--schools", str(source), "--max-km", "3", "--on", "2025-07-01",
                   "--out", str(out), "--summary", str(told), *more])  # fmt: skip
    if status:
        return status, {}, {}
    with out.open(encoding="utf-8-sig") as file:
        plan = {row["npsn"]: row["into"] for row in csv.DictReader(file)}
    return status, plan, json.loads(told.read_text(encoding="utf-8"))


@pytest.mark.parametrize("text", [in_rows(), side_by_side(), totals()])
def test_the_newest_school_year_is_planned_and_said(tmp_path, capsys, text):
    # With 2023 added B would have 114 pupils and stay; with it alone 90.
    status, plan, told = planned(tmp_path, text)
    said = capsys.readouterr().err
    assert status == 0, said
    assert plan == {"10000001": "", "10000002": "10000001"}
    assert "tahun ajaran 2023, 2024; yang dipakai 2024" in said
    assert told["history_years"] == [2024]


def test_a_school_without_a_row_in_the_newest_year_is_named(tmp_path, capsys):
    planned(tmp_path, in_rows())
    assert "1 sekolah tidak punya baris di tahun ajaran 2024 dan tidak ikut: 10000003" in (
        capsys.readouterr().err
    )


@pytest.mark.parametrize("text", [in_rows(), side_by_side(), totals()])
def test_the_same_file_is_the_history_of_the_years_before(tmp_path, text):
    # Below 60 pupils only in 2024: no candidate two years running.
    own = ("--history", str(tmp_path / "s.csv"), "--years-running", "2")
    status, plan, told = planned(tmp_path, text, *own)
    assert status == 0
    assert set(plan.values()) == {""}
    assert told["history_years"] == [2023, 2024]


def test_rows_that_repeat_each_other_count_once_and_others_are_refused(tmp_path, capsys):
    text = in_rows()
    last = text.splitlines()[-1]
    again = text + "\n99," + last.partition(",")[2]
    assert planned(tmp_path, again)[1] == {"10000001": "", "10000002": "10000001"}
    assert "1 baris mengulang baris lain" in capsys.readouterr().err
    assert planned(tmp_path, again.removesuffix("4") + "5")[0] == 1
    assert "NPSN ini sudah ada" in capsys.readouterr().err


def test_a_year_that_every_school_has_once_is_no_school_year(tmp_path, capsys):
    lines = in_rows().splitlines()
    founded = [lines[0], lines[1], lines[5].replace("2024/2025", "2021/2022")]
    status, plan, _ = planned(tmp_path, "\n".join(founded))
    assert status == 0
    assert set(plan) == {"10000001", "10000002"}
    assert "yang dipakai" not in capsys.readouterr().err
