"""Wide tables: school years side by side over grades, births with areas as columns."""

from __future__ import annotations

from datetime import date

import pytest

from analytics import checks, readers
from tests import workbooks

DAY = date(2026, 11, 21)
A, B = "20500001", "20500002"


def read(tmp_path, rows, merged=(), sheet="Sheet1"):
    return readers.read(workbooks.write_xlsx(tmp_path / "a.xlsx", {sheet: rows}, merged))


def counts(judged) -> list:
    return judged.enrolment.to_numpy().tolist()


def faults(judged) -> list:
    return [(fault.row, fault.code) for fault in judged.faults]


def years_over_grades(tmp_path, *rows, merged=True):
    head = [
        ["No", "NPSN", "Nama Sekolah", "2023/2024", "", "", "", "2024/2025", "", "", "", "Jumlah"],
        ["", "", "", "VII", "VIII", "IX", "Jml", "VII", "VIII", "IX", "Jml", ""],
    ]
    spans = [(2, 3, 2, 6), (2, 7, 2, 10), (2, 1, 3, 1), (2, 2, 3, 2), (2, 11, 3, 11)]
    table = [["REKAP MURID SMP"], [], *head, *rows]
    return read(tmp_path, table, spans if merged else ())


def test_two_school_years_side_by_side_are_rows_of_two_years(tmp_path):
    reading = years_over_grades(
        tmp_path,
        [1, A, "SMPN 1", 30, 31, 32, 93, 29, "30", "-", 59, 152],
        [],
        [2, B, "SMPN 2", "1.001", 10, 10, 1021, "", "", "", "", 1021],
        ["", "", "Jumlah", 1031, 41, 42, 1114, 29, 30, 0, 59, 1173],
    )
    assert (reading.kind, reading.layout) == ("enrolment", "enrolment_wide")
    judged = checks.checked_enrolment(reading, DAY)
    assert counts(judged) == [
        [A, 2023, 7, 30], [A, 2023, 8, 31], [A, 2023, 9, 32], [A, 2024, 7, 29], [A, 2024, 8, 30],
        [B, 2023, 7, 1001], [B, 2023, 8, 10], [B, 2023, 9, 10],
    ]  # fmt: skip
    assert faults(judged) == []


def test_a_text_file_tells_no_merges_and_means_the_same(tmp_path):
    rows = [
        ["NPSN", "Sekolah", "TP 2023/2024", "", "TP 2024/2025", ""],
        ["", "", "1", "2", "1", "2"],
        [A, "SDN 01", 10, 11, 12, 13],
        [B, "SDN 02", 20, 21, 22, 23],
    ]
    reading = readers.read(workbooks.write_csv(tmp_path / "a.csv", rows, separator=";"))
    judged = checks.checked_enrolment(reading, DAY)
    assert counts(judged)[:4] == [[A, 2023, 1, 10], [A, 2023, 2, 11], [A, 2024, 1, 12],
                                  [A, 2024, 2, 13]]  # fmt: skip
    assert len(counts(judged)) == 8


def test_a_total_of_one_year_is_held_against_that_years_grades(tmp_path):
    reading = years_over_grades(tmp_path, [1, A, "SMPN 1", 30, 31, 32, 93, 29, 30, 31, 99, 183])
    judged = checks.checked_enrolment(reading, DAY)
    assert faults(judged) == [(5, "pupil_total_mismatch")]
    assert judged.faults[0].details == {"total": 99, "sum": 90}


def test_a_wrong_cell_of_one_year_keeps_the_whole_row_out(tmp_path):
    reading = years_over_grades(
        tmp_path,
        [1, A, "SMPN 1", 30, "tiga", 32, 62, 29, 30, 31, 90, 152],
        [2, B, "SMPN 2", 10, 10, 10, 30, 9, 9, 9, 27, 57],
    )
    judged = checks.checked_enrolment(reading, DAY)
    assert {row[0] for row in counts(judged)} == {B}
    assert (5, "count_invalid") in faults(judged)


def test_sexes_under_grades_under_school_years(tmp_path):
    rows = [
        ["NPSN", "Sekolah", "2023/2024", "", "", "", "2024/2025", "", "", ""],
        ["", "", "Kelas 1", "", "Kelas 2", "", "Kelas 1", "", "Kelas 2", ""],
        ["", "", *["L", "P"] * 4],
        [A, "SDN 01", 1, 2, 3, 4, 5, 6, 7, 8],
    ]
    merged = [(0, 2, 0, 5), (0, 6, 0, 9), *((1, at, 1, at + 1) for at in (2, 4, 6, 8))]
    merged += [(0, 0, 2, 0), (0, 1, 2, 1)]
    judged = checks.checked_enrolment(read(tmp_path, rows, merged), DAY)
    assert counts(judged) == [
        [A, 2023, 1, 3], [A, 2023, 2, 7], [A, 2024, 1, 11], [A, 2024, 2, 15],
    ]  # fmt: skip


def test_religions_stand_under_school_years_too(tmp_path):
    rows = [
        ["NPSN", "2023/2024", "", "2024/2025", ""],
        ["", "Islam", "Hindu", "Islam", "Hindu"],
        [A, 50, 3, 51, 2],
    ]
    reading = read(tmp_path, rows, [(0, 1, 0, 2), (0, 3, 0, 4), (0, 0, 1, 0)])
    assert reading.kind == "religion"
    found = checks.checked_religions(reading, DAY).religions
    assert found.to_numpy().tolist() == [
        [A, 2023, "hindu", 3], [A, 2023, "islam", 50], [A, 2024, "hindu", 2],
        [A, 2024, "islam", 51],
    ]  # fmt: skip


# Births


def births(judged) -> list:
    """Area, year and births; -1 where the cell was empty."""
    told = judged.births.fillna({"birth_count": -1})
    return told[["area", "year", "birth_count"]].to_numpy().tolist()


@pytest.mark.parametrize("corner", ["Tahun", "TAHUN", "", "Tahun/Kecamatan"])
def test_areas_as_columns_and_years_as_rows(tmp_path, corner):
    rows = [
        ["JUMLAH KELAHIRAN MENURUT KECAMATAN"],
        [],
        [corner, "Manguharjo", "Taman", "Kartoharjo", "Jumlah"],
        [2021, 812, "1.100", 798, 2710],
        ["2022", 800, 1090, "-", 1890],
        [],
        [2023, 790, 1080, 770, 2640],
        ["Jumlah", 2402, 3270, 1568, 7240],
    ]
    reading = read(tmp_path, rows)
    assert (reading.kind, reading.layout) == ("birth", "births_by_area")
    judged = checks.checked_births(reading, DAY)
    assert births(judged) == [
        ["Kartoharjo", 2021, 798], ["Kartoharjo", 2022, -1], ["Kartoharjo", 2023, 770],
        ["Manguharjo", 2021, 812], ["Manguharjo", 2022, 800], ["Manguharjo", 2023, 790],
        ["Taman", 2021, 1100], ["Taman", 2022, 1090], ["Taman", 2023, 1080],
    ]  # fmt: skip
    assert [fault.code for fault in judged.faults] == ["births_not_reported"]


def test_sexes_under_areas_are_added(tmp_path):
    rows = [
        ["Kelahiran hidup"],
        ["Tahun", "Taman", "", "Timur", ""],
        ["", "L", "P", "L", "P"],
        [2021, 40, 41, 50, 52],
        [2022, 39, 42, 51, 49],
    ]
    judged = checks.checked_births(
        read(tmp_path, rows, [(1, 1, 1, 2), (1, 3, 1, 4), (1, 0, 2, 0)]), DAY
    )
    assert births(judged) == [
        ["Taman", 2021, 81], ["Taman", 2022, 81], ["Timur", 2021, 102], ["Timur", 2022, 100],
    ]  # fmt: skip


def test_years_as_columns_and_areas_as_rows_without_their_totals(tmp_path):
    rows = [
        ["Jumlah Kelahiran"],
        ["Kecamatan", 2021, 2022, 2023],
        ["Taman", 80, 81, 82],
        ["Timur", 70, 71, 72],
        ["Jumlah", 150, 152, 154],
    ]
    judged = checks.checked_births(read(tmp_path, rows), DAY)
    assert len(judged.births) == 6
    assert set(judged.births["area"]) == {"Taman", "Timur"}


@pytest.mark.parametrize(
    "rows",
    [
        [["Tahun", "Kecamatan", "Jumlah Kelahiran"], [2021, "Taman", 8], [2022, "Taman", 9]],
        [["Tahun", "Laki-laki", "Perempuan"], [2021, 8, 9], [2022, 9, 8]],
        [["Tahun", "Lahir Hidup", "Lahir Mati"], [2021, 8, 1], [2022, 9, 0]],
    ],
)
def test_tables_with_a_row_for_each_count_are_read_as_before(tmp_path, rows):
    reading = read(tmp_path, [["Jumlah kelahiran"], *rows])
    assert reading.kind == "birth"
    assert reading.layout != "births_by_area"


def test_another_table_with_years_down_is_no_table_of_births(tmp_path):
    rows = [["Anggaran belanja"], ["Tahun", "Pegawai", "Modal"], [2021, 80, 9], [2022, 81, 8]]
    assert read(tmp_path, rows).kind != "birth"
