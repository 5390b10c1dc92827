"""Lists of schools as Dapodik prints them: two rows of headings, L and P, a point in one cell."""

from __future__ import annotations

import pandas as pd
import pytest
import xlsxwriter

from analytics import checks, readers
from analytics.faults import FaultsError
from analytics.readers.points import parted_point
from analytics.redistribution_files import schools as places_of
from analytics.regrouping_file import read_schools

A, B = "20500001", "20500002"
PLACES = {
    A: ["SDN Melati", "SD", "-7.6193", "111.5584"],
    B: ["SDN Mawar", "SD", "-7.6300", "111.5600"],
}
# Boys and girls of six grades, and what each grade is: 1 + 2, 3 + 4 ...
BY_SEX = [str(count) for count in range(1, 13)]
BY_GRADE = [3, 7, 11, 15, 19, 23]
ABOUT = ["NPSN", "Nama Sekolah", "Jenjang", "Lintang", "Bujur"]


def csv(path, *rows):
    text = "\n".join(",".join(f'"{cell}"' for cell in row) for row in rows)
    path.write_text(text + "\n", encoding="utf-8")
    return path


def two_schools(counts):
    return [[npsn, *place, *counts] for npsn, place in PLACES.items()]


def graded(path):
    """Pupils by grade of the first school as both commands read them."""
    mine = read_schools(path)
    assert not [fault for fault in mine.faults if fault.severity == "error"]
    theirs = places_of(path).cells
    told = theirs.loc[theirs["npsn"] == A].set_index("grade")["pupil_count"]
    ours = mine.pupils.loc[A]
    assert told.to_dict() == ours[ours > 0].to_dict()
    return ours[ours > 0].tolist()


def test_kelas_above_boys_and_girls_is_read_from_a_text_file(tmp_path):
    upper = [*ABOUT, *(cell for grade in range(1, 7) for cell in (f"Kelas {grade}", ""))]
    lower = [""] * 5 + ["L", "P"] * 6
    path = csv(tmp_path / "s.csv", upper, lower, *two_schools(BY_SEX))
    assert graded(path) == BY_GRADE
    assert read_schools(path).schools["latitude"].tolist() == [-7.6193, -7.63]


def test_merged_headings_of_a_workbook_are_read_with_the_title_above(tmp_path):
    path = tmp_path / "s.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("SD")
        sheet.merge_range(0, 0, 0, 16, "DATA SISWA SD KABUPATEN CONTOH")
        for at, heading in enumerate(ABOUT):
            sheet.merge_range(2, at, 4, at, heading)
        sheet.merge_range(2, 5, 2, 22, "Jumlah Peserta Didik")
        for grade, roman in enumerate(("I", "II", "III", "IV", "V", "VI")):
            first = 5 + 3 * grade
            sheet.merge_range(3, first, 3, first + 2, f"Kelas {roman}")
            for at, part in enumerate(("L", "P", "Jml")):
                sheet.write(4, first + at, part)
        for at, row in enumerate(two_schools([])):
            for column, cell in enumerate(row):
                sheet.write(5 + at, column, cell)
            for grade in range(6):
                boys, girls = 2 * grade + 1, 2 * grade + 2
                for column, count in enumerate((boys, girls, boys + girls)):
                    sheet.write(5 + at, 5 + 3 * grade + column, count)
    assert graded(path) == BY_GRADE


def test_a_heading_over_grades_alone_says_what_the_grades_count(tmp_path):
    upper = [*ABOUT, "Jumlah Rombel", *[""] * 5, "Jumlah Siswa", *[""] * 5]
    lower = [""] * 5 + ["1", "2", "3", "4", "5", "6"] * 2
    counts = [1] * 6 + BY_GRADE
    assert graded(csv(tmp_path / "s.csv", upper, lower, *two_schools(counts))) == BY_GRADE


def test_groups_above_the_row_with_the_numbers_tell_pupils_from_teachers(tmp_path):
    upper = ["Identitas", "", "", "Koordinat", "", "Murid", "", "", "Guru", "", ""]
    lower = [*ABOUT, "L", "P", "Jumlah", "L", "P", "Jumlah"]
    path = csv(tmp_path / "s.csv", upper, lower, *two_schools([40, 32, 72, 3, 6, 9]))
    found = read_schools(path)
    assert found.pupils.loc[A].sum() == 72
    assert found.schools["latitude"].tolist() == [-7.6193, -7.63]


def test_headings_as_a_data_frame_writes_two_levels_are_one(tmp_path):
    upper = [*ABOUT, *(f"Kelas {grade}" for grade in range(1, 7) for _ in "LP")]
    lower = [f"Unnamed: {at}_level_1" for at in range(5)] + ["L", "P"] * 6
    assert graded(csv(tmp_path / "s.csv", upper, lower, *two_schools(BY_SEX))) == BY_GRADE


def test_a_row_that_counts_the_columns_below_two_rows_of_headings_is_no_school(tmp_path):
    upper = [*ABOUT, "Kelas 1", "", "Kelas 2", ""]
    lower = [""] * 5 + ["L", "P"] * 2
    numbers = [str(at) for at in range(1, 10)]
    path = csv(tmp_path / "s.csv", upper, lower, numbers, *two_schools(["1", "2", "3", "4"]))
    assert read_schools(path).schools["npsn"].tolist() == [A, B]
    assert places_of(path).schools["npsn"].tolist() == [A, B]


def test_a_school_without_its_number_is_no_row_of_headings(tmp_path):
    grades = [f"Kelas {grade}" for grade in range(1, 7)]
    blank = ["", "", "", "", "", "4", "1", "2", "3", "6", "5"]
    path = csv(tmp_path / "s.csv", [*ABOUT, *grades], blank, *two_schools(BY_GRADE))
    found = read_schools(path)
    assert [f.row for f in found.faults if f.code == "regroup_npsn_missing"] == [2]


@pytest.mark.parametrize(
    ("headings", "counts"),
    [
        # The sum of its two halves, and of its classes, is a grade once.
        (["1A", "1A L", "1A P", "2"], [20, 10, 10, 5]),
        (["1A", "1B", "1 L", "1 P", "2"], [9, 11, 8, 12, 5]),
        (["Kelas 1", "Kelas 1 L", "Kelas 1 P", "Kelas 2"], [20, 8, 12, 5]),
        (["Kelas 1 L", "Kelas 1 P", "Kelas 1 Jumlah", "Kelas 2"], [8, 12, 20, 5]),
    ],
)
def test_a_total_beside_its_parts_is_never_added(tmp_path, headings, counts):
    assert graded(csv(tmp_path / "s.csv", ABOUT + headings, *two_schools(counts))) == [20, 5]


def test_parts_that_contradict_their_total_are_told_and_used(tmp_path):
    headings = ["Kelas 1", "Kelas 1 L", "Kelas 1 P", "Kelas 2"]
    path = csv(tmp_path / "s.csv", ABOUT + headings, *two_schools([25, 8, 12, 5]))
    assert graded(path) == [20, 5]
    told = [fault for fault in read_schools(path).faults if fault.code == "pupil_total_mismatch"]
    assert [(one.row, one.details["total"], one.details["sum"]) for one in told] == [
        (2, 25, 20),
        (3, 25, 20),
    ]
    assert [one.code for one in places_of(path).found].count("pupil_total_mismatch") == 2


def test_boys_and_girls_alone_are_the_total_of_a_school(tmp_path):
    path = csv(tmp_path / "s.csv", [*ABOUT, "Siswa L", "Siswa P"], *two_schools([40, 32]))
    found = read_schools(path)
    assert found.pupils.loc[A].tolist()[:6] == [12] * 6
    assert "regroup_spread_evenly" in [fault.code for fault in found.faults]


def test_a_heading_over_two_different_columns_is_refused(tmp_path):
    grades = [str(grade) for grade in range(1, 7)]
    path = csv(tmp_path / "s.csv", ABOUT + grades * 2, *two_schools([1] * 6 + BY_GRADE))
    told = [fault.column for fault in read_schools(path).faults if fault.code == "heading_twice"]
    assert told == grades
    with pytest.raises(FaultsError) as refused:
        places_of(path)
    assert {fault.code for fault in refused.value.faults} == {"heading_twice"}


def test_a_column_written_twice_with_the_same_cells_is_one(tmp_path):
    grades = [str(grade) for grade in range(1, 7)]
    path = csv(tmp_path / "s.csv", ABOUT + grades * 2, *two_schools(BY_GRADE * 2))
    assert graded(path) == BY_GRADE


# By hand: 37/60 + 9.48/3600 = 0.6193; 33/60 + 30.24/3600 = 0.5584.
POINTS = [
    "-7.6193, 111.5584",
    "-7.6193,111.5584",
    "(-7.6193 , 111.5584)",
    "-7.6193 111.5584",
    "-7.6193; 111.5584",
    "-7,6193; 111,5584",
    "-7,6193, 111,5584",
    "-7,6193,111,5584",
    "7°37'09.48\" LS, 111°33'30.24\" BT",
    "7°37'09.48\"S 111°33'30.24\"E",
    "S 7°37'09.48\" E 111°33'30.24\"",
    "Lat: -7.6193 Long: 111.5584",
]


@pytest.mark.parametrize("written", POINTS)
def test_a_point_in_one_cell_is_latitude_and_longitude(tmp_path, written):
    head = ["NPSN", "Nama", "Jenjang", "Titik Koordinat", "Jumlah Siswa"]
    rows = [[A, "SDN Melati", "SD", written.replace('"', '""'), 60]]
    path = csv(tmp_path / "s.csv", head, *rows)
    for schools in (read_schools(path).schools, places_of(path).schools):
        at = schools[["latitude", "longitude"]].iloc[0].tolist()
        assert at == pytest.approx([-7.6193, 111.5584], abs=1e-6)


@pytest.mark.parametrize("written", ["-7.6193", "menyusul", "", "-7.6193, 111.5584, 20"])
def test_what_is_no_point_stays_as_it_is_written(written):
    assert parted_point(written) == (written, "")


def test_the_import_reads_a_point_in_one_cell_too(tmp_path):
    head = ["NPSN", "Nama Sekolah", "Bentuk Pendidikan", "Koordinat"]
    rows = [[f"2050000{at}", f"SDN {at}", "SD", f"-7.6{at}, 111.5{at}"] for at in range(1, 9)]
    reading = readers.read(csv(tmp_path / "s.csv", head, *rows), kind="school")
    found = checks.checked_schools(reading, pd.Timestamp("2025-08-01").date()).schools
    assert found["latitude"].tolist()[:2] == [-7.61, -7.62]
    assert found["longitude"].tolist()[:2] == [111.51, 111.52]
