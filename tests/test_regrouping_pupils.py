"""What a file of schools tells twice, or with two figures: grades and totals."""

from __future__ import annotations

import pytest

from analytics.regrouping_file import read_schools
from tests.test_regrouping_switches import district, planned

HEAD = "npsn,name,lat,lon,rooms,g1,g2,g3,g4,g5,g6,total"


def read(tmp_path, *rows: str):
    path = tmp_path / "S.csv"
    path.write_text("\n".join([HEAD, *(f"{at},SD {at},-7.{at},111.0,6,{row}"
                                       for at, row in enumerate(rows, start=1))]))  # fmt: skip
    return read_schools(path)


def found(file, code: str):
    return [fault for fault in file.faults if fault.code == code]


def test_what_a_total_has_more_goes_to_the_grades_that_are_blank_and_is_said(tmp_path):
    # 130 less 20 are 110 in five grades.
    file = read(tmp_path, "20,,,,,,130")
    assert file.pupils.loc["1", range(1, 7)].tolist() == [20, 22, 22, 22, 22, 22]
    (fault,) = found(file, "regroup_rest_spread")
    assert (fault.row, fault.column) == (2, "total")
    for words in (fault.message("id"), fault.message("en")):
        for number in ("20", "130", "110", "g2, g3, g4, g5, g6"):
            assert number in words


def test_a_school_of_130_pupils_is_no_candidate_under_60(tmp_path):
    head, *rows = district().splitlines()
    cells = [",".join([*row.split(",")[:6], "5,,,,,"]) + ",130" for row in rows]
    status, _, told = planned(tmp_path, "\n".join([head + ",total", *cells]), "--min-pupils", "60")
    assert status == 0
    assert told["counts"]["candidates"] == 0
    rest = [one for one in told["findings"] if one["code"] == "regroup_rest_spread"]
    assert [one["row"] for one in rest] == list(range(2, 9))


@pytest.mark.parametrize(
    ("row", "pupils"),
    [
        ("20,20,20,20,20,20,130", 120),  # every grade is told: they hold
        ("30,30,30,,,,60", 90),  # less than the grades have together
        ("20,20,20,20,20,20,0", 120),
    ],
)
def test_grades_that_a_total_contradicts_hold_and_both_numbers_are_told(tmp_path, row, pupils):
    file = read(tmp_path, row)
    assert file.pupils.loc["1"].sum() == pupils
    (fault,) = found(file, "regroup_total_differs")
    assert fault.row == 2
    assert str(pupils) in fault.message("id")
    assert fault.value in fault.message("en")
    assert fault.remedy("id")


def test_grades_of_nought_beside_a_total_were_never_filled_in(tmp_path):
    file = read(tmp_path, "0,0,0,0,0,0,62")
    assert file.pupils.loc["1", range(1, 7)].tolist() == [11, 11, 10, 10, 10, 10]
    assert len(found(file, "regroup_rest_spread")) == 1


@pytest.mark.parametrize(
    "row", ["20,20,20,20,20,20,120", "20,,,,,,20", "20,,,,,,", "5,5,5,5,5,5,-"]
)
def test_a_total_that_agrees_or_is_blank_says_nothing(tmp_path, row):
    codes = {fault.code for fault in read(tmp_path, row).faults}
    assert not codes & {"regroup_rest_spread", "regroup_total_differs"}


def test_grades_without_a_column_take_the_rest_of_the_total(tmp_path):
    path = tmp_path / "S.csv"
    path.write_text("npsn,level,lat,lon,rooms,g1,g2,total\n1,SD,-7.5,111,6,10,10,60\n")
    file = read_schools(path)
    assert file.pupils.loc["1", range(1, 7)].tolist() == [10] * 6
    assert not found(file, "regroup_grades_missing")
