"""Pupils by grade, births, subjects of teachers and coordinates: files in, counts out."""

from __future__ import annotations

from contextlib import closing
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from analytics import checks, demo, import_data, import_sample, readers, state, store, store_tables
from analytics.checks_coordinates import coordinate_faults
from analytics.edition_in_force import current_edition
from analytics.readers.births import birth_column
from analytics.readers.grades import grade_column, grade_of
from tests import workbooks

SHARED = Path(__file__).resolve().parents[1].parent / "shared" / "data"
SCHOOL_YEAR_DAY = date(2026, 11, 21)
A, B = "20500001", "20500002"


def enrolment(tmp_path, rows, sheets=None):
    path = workbooks.write_xlsx(tmp_path / "murid.xlsx", sheets or rows)
    reading = readers.read(path)
    assert reading.kind == "enrolment"
    return checks.checked_enrolment(reading, SCHOOL_YEAR_DAY)


def counts(judged) -> list[tuple[object, ...]]:
    return list(judged.enrolment.itertuples(index=False, name=None))


def faults(judged) -> list[tuple[int | None, str]]:
    return [(fault.row, fault.code) for fault in judged.faults]


# Grades as lists write them


@pytest.mark.parametrize(
    ("written", "grade"),
    [
        ("I", 1), ("VI", 6), ("XII", 12), (7.0, 7), ("7", 7), ("Kelas 7", 7), ("kls. III", 3),
        ("Tingkat 4", 4), ("Tk 1", 1), ("VII-B", 7), ("7B", 7), ("Kelas 1A", 1), ("X IPA 1", 10),
        ("TK A", 0), ("Kelompok B", 0), ("TK", 0), (0, 0), ("Kelas Satu", 1),
        ("K", 0), ("PK", None),
        ("13", None), ("", None), ("Jumlah", None), ("Total", None), ("Pramuka", None),
        (None, None), ("ABK", None),
    ],
)  # fmt: skip
def test_a_grade_is_read_however_it_is_written(written, grade):
    assert grade_of(written) == grade


@pytest.mark.parametrize(
    ("parts", "column"),
    [
        (["Kelas 1"], "grade_1"), (["kelas_6"], "grade_6"), (["Kelas", "IV"], "grade_4"),
        (["Tk 1", "L"], "grade_1_male"), (["Tk 1 P"], "grade_1_female"), (["VII"], "grade_7"),
        (["Jumlah Siswa", "Kelas 2", "Perempuan"], "grade_2_female"),
        (["Kelas 1", "Jumlah"], "grade_1_all"), (["Kelas 1 L+P"], "grade_1_all"),
        (["Kelas 7A"], "grade_7_a"), (["TK B"], "grade_0_b"), (["9"], "grade_9"),
        (["Jumlah"], "pupil_count"), (["Jumlah Siswa", "L"], "pupil_count_male"),
        (["L/P"], "sex"),
        (["Kelas"], ""), (["Tingkat"], ""), (["Jumlah Rombel Kelas 1"], ""), (["Wali Kelas 1"], ""),
        (["Jumlah Kelas"], ""), (["NPSN"], ""), (["Tahun 2025"], ""),
    ],
)  # fmt: skip
def test_a_header_over_counts_names_grade_class_and_sex(parts, column):
    assert grade_column(parts) == column


# Pupils by grade


LONG = ["NPSN", "Nama Sekolah", "Tahun Ajaran", "Tingkat", "Jumlah Siswa"]


def test_a_long_table_gives_a_count_per_school_year_and_grade(tmp_path):
    judged = enrolment(
        tmp_path,
        [
            LONG,
            [A, "SDN 01", "2024/2025", "I", 28],
            [A, "SDN 01", "2025/2026", "Kelas 2", "27"],
            [20500002, "SMPN 1", 2025, 7, 96],
        ],
    )
    assert counts(judged) == [(A, 2024, 1, 28), (A, 2025, 2, 27), (B, 2025, 7, 96)]
    assert faults(judged) == []


def test_a_foreign_history_keeps_its_own_school_ids(tmp_path):
    path = tmp_path / "history.csv"
    path.write_text(
        "school_id,school_year,grade,pupils\nVT001,2018,0,12\nVT001,2018,1,14\nVT002,2018,1,9\n"
    )
    judged = checks.checked_enrolment(readers.read(path))
    assert counts(judged) == [("VT001", 2018, 0, 12), ("VT001", 2018, 1, 14), ("VT002", 2018, 1, 9)]


def test_a_wide_table_has_a_row_per_school_and_its_totals_are_checked_not_added(tmp_path):
    head = ["NPSN", "Nama", "Tahun", *(f"Kelas {n}" for n in range(1, 7)), "Jumlah"]
    judged = enrolment(
        tmp_path,
        [
            ["Keadaan murid"],
            head,
            [A, "SDN 01", 2025, 20, 21, 22, 23, 24, 25, 135],
            [B, "SDN 02", 2025, 10, 10, 10, 10, 10, 10, 61],
            ["", "Jumlah", "", 30, 31, 32, 33, 34, 35, 196],
        ],
    )
    assert judged.enrolment["pupil_count"].sum() == 135 + 60
    assert len(judged.enrolment) == 12
    assert faults(judged) == [(4, "pupil_total_mismatch")]


def test_sexes_under_a_heading_of_grades_are_added(tmp_path):
    head = [["NPSN", "Sekolah", *(f"Tk {n}" for n in (1, 1, 2, 2))], ["", "", *"LPLP"]]
    judged = enrolment(
        tmp_path, [["Tahun Pelajaran 2025/2026"], *head, [A, "SDN 01", 10, 11, 12, 13]]
    )
    assert counts(judged) == [(A, 2025, 1, 21), (A, 2025, 2, 25)]


def test_numbers_under_a_merged_heading_are_grades(tmp_path):
    rows = [
        ["No", "NPSN", "Sekolah", "Kelas", "", "", "", "", "", "Jumlah"],
        ["", "", "", 1, 2, 3, 4, 5, 6, ""],
        [1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
        [1, A, "SDN 01", 11, 12, 13, 14, 15, 16, 81],
    ]
    judged = enrolment(tmp_path, None, {"2025-2026": rows})
    assert judged.enrolment["pupil_count"].to_list() == [11, 12, 13, 14, 15, 16]
    assert set(judged.enrolment["school_year"]) == {2025}


def test_a_school_has_only_the_bands_of_grades_in_which_it_has_pupils(tmp_path):
    head = ["NPSN", "Tahun", *["I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX"]]
    judged = enrolment(
        tmp_path,
        [
            head,
            [A, 2025, 0, 9, 9, 9, 9, 9, 0, 0, 0],
            [B, 2025, "", "", "", "", "", "", 90, 91, 92],
        ],
    )
    of_a = judged.enrolment.loc[judged.enrolment["npsn"] == A]
    # No intake this year is news; no pupil in grade 7 of a primary school is not.
    assert list(zip(of_a["grade"], of_a["pupil_count"], strict=True)) == [
        (1, 0), (2, 9), (3, 9), (4, 9), (5, 9), (6, 9),
    ]  # fmt: skip
    assert judged.enrolment.loc[judged.enrolment["npsn"] == B, "grade"].to_list() == [7, 8, 9]


def test_a_school_without_any_pupil_is_told_and_not_loaded(tmp_path):
    head = ["NPSN", "Tahun", "Kelas 1", "Kelas 2", "Kelas 3"]
    judged = enrolment(tmp_path, [head, [A, 2025, 9, 9, 9], [B, 2025, 0, 0, 0]])
    assert faults(judged) == [(3, "enrolment_empty")]
    assert set(judged.enrolment["npsn"]) == {A}


def test_classes_of_a_grade_add_up_and_clubs_do_not_count(tmp_path):
    judged = enrolment(
        tmp_path,
        [
            ["Daftar Rombongan Belajar"],
            ["SMP NEGERI 1 CONTOH"],
            [f"NPSN : {A}"],
            ["No", "Nama Rombel", "Tingkat", "Jenis Rombel", "Jumlah Anggota", "Wali Kelas"],
            [1, "VII-A", 7, 1, 31, "Rahasia Satu"],
            [2, "VII-B", 7, 1, 30, "Rahasia Dua"],
            [3, "Pramuka", 7, 51, 61, "Rahasia Tiga"],
        ],
    )
    assert counts(judged) == [(A, 2026, 7, 61)]
    assert faults(judged) == [(None, "rombel_not_class")]


def test_names_of_class_teachers_do_not_leave_the_reader(tmp_path):
    rows = [
        ["NPSN", "Nama Rombel", "Tingkat", "Jumlah PD", "Wali Kelas"],
        [A, "1A", 1, 25, "Rahasia Satu"],
    ]
    reading = readers.read(workbooks.write_xlsx(tmp_path / "r.xlsx", rows))
    assert "Wali Kelas" in reading.discarded
    assert "Rahasia" not in reading.rows.to_csv() + reading.proposed.to_csv()


def test_lists_of_pupils_by_name_are_counted_as_enrolment_too(tmp_path):
    rows = [
        ["No", "Nama", "NISN", "NIPD", "JK", "Rombel Saat Ini"],
        [1, "Rahasia Satu", "0123456789", "1", "L", "Kelas 1A"],
    ]
    path = workbooks.write_xlsx(tmp_path / "pd.xlsx", rows)
    for kind in (None, "enrolment"):
        reading = readers.read(path, kind=kind)
        assert reading.rows[["grade", "pupil_count"]].to_numpy().tolist() == [[1, 1]]
        assert "Rahasia" not in reading.rows.to_csv() + reading.proposed.to_csv()


def test_a_table_of_schools_without_their_numbers_is_asked_for_them(tmp_path):
    head = ["No", "Nama Sekolah", *["I", "II", "III", "IV", "V", "VI"], "Jumlah"]
    path = workbooks.write_xlsx(tmp_path / "a.xlsx", [head, [1, "SDN 01", 9, 9, 9, 9, 9, 9, 54]])
    reading = readers.read(path)
    assert reading.kind == "enrolment"
    assert [(f.code, f.details["column_id"]) for f in reading.faults] == [
        ("column_missing", "NPSN")
    ]


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (["1234", "SDN 01", 2025, 1, 9], "npsn_malformed"),
        ([B, "SDN 01", "kapan", 1, 9], "school_year_missing"),
        ([B, "SDN 01", 2025, "XX", 9], "grade_unknown"),
        ([B, "SDN 01", 2025, 13, 9], "grade_unknown"),
        ([B, "SDN 01", 2025, 1, -3], "count_invalid"),
        ([B, "SDN 01", 2025, 1, "banyak"], "count_invalid"),
        ([B, "SDN 01", 2025, 1, 9.5], "count_invalid"),
        ([B, "SDN 01", 2025, 1, ""], "count_invalid"),
        ([A, "SDN 01", 2025, 1, 29], "enrolment_duplicate"),
        ([A, "SDN 01", 2025, 1, 28], "row_repeated"),
    ],
)
def test_each_fault_of_a_long_table_is_told_with_its_row(tmp_path, row, code):
    judged = enrolment(tmp_path, [LONG, [A, "SDN 01", "2025/2026", "I", 28], row])
    assert faults(judged) == [(3, code)]
    assert counts(judged) == [(A, 2025, 1, 28)]


def test_a_grade_that_the_kind_of_school_has_not_is_an_error(tmp_path):
    head = ["NPSN", "Bentuk", "Tahun", "Kelas", "Siswa"]
    judged = enrolment(tmp_path, [head, [A, "SD", 2025, 7, 20], [B, "SMP", 2025, 7, 20]])
    assert faults(judged) == [(2, "grade_outside_level")]
    assert counts(judged) == [(B, 2025, 7, 20)]


@pytest.mark.parametrize(
    ("written", "level"),
    [
        ("SDN", "SD"), ("SD Negeri", "SD"), ("sekolah dasar", "SD"), ("SMPN", "SMP"),
        ("Sekolah Menengah Pertama", "SMP"), ("MTsN", "MTs"), ("SPK SD", "SPK SD"),
        ("SMP Terbuka", "SMP Terbuka"), ("SDLB", "SDLB"), ("SLB", "SLB"),
    ],
)  # fmt: skip
def test_a_kind_of_school_is_read_however_it_is_written(tmp_path, written, level):
    head = ["NPSN", "Nama Sekolah", "Bentuk Pendidikan", "Kecamatan", "Lintang", "Bujur"]
    rows = [head, [A, "Satu", written, "Kec. Utara", -7.5, 111.0]]
    reading = readers.read(workbooks.write_xlsx(tmp_path / "sekolah.xlsx", rows))
    judged = checks.checked_schools(reading, SCHOOL_YEAR_DAY)
    assert judged.schools["level"].tolist() == [level]


@pytest.mark.parametrize("told", [6, 4])
def test_a_first_row_that_sounds_like_a_heading_is_a_school_all_the_same(tmp_path, told):
    head = ["NPSN", "Nama Sekolah", "Bentuk Pendidikan", "Kecamatan", "Lintang", "Bujur"]
    rows = [
        [A, "SLB Negeri", "SLB", "Kec. Utara", -7.5, 111.0],
        [B, "SDN Dua", "SD", "Kec. Utara", -7.6, 111.0],
    ]
    path = workbooks.write_xlsx(tmp_path / "s.xlsx", [row[:told] for row in (head, *rows)])
    schools = checks.checked_schools(readers.read(path, kind="school"), SCHOOL_YEAR_DAY).schools
    assert schools["npsn"].tolist() == [A, B]


def test_rows_of_a_total_are_no_grade(tmp_path):
    judged = enrolment(
        tmp_path, [LONG, [A, "SDN 01", 2025, 1, 28], [A, "SDN 01", 2025, "Total", 28]]
    )
    assert (counts(judged), faults(judged)) == ([(A, 2025, 1, 28)], [])


# Births


def births(tmp_path, rows, as_of=None, name="kelahiran.xlsx"):
    reading = readers.read(workbooks.write_xlsx(tmp_path / name, rows))
    assert reading.kind == "birth"
    return checks.checked_births(reading, as_of)


def told(judged) -> list[tuple[object, ...]]:
    return list(judged.births.itertuples(index=False, name=None))


@pytest.mark.parametrize(
    ("parts", "column"),
    [
        (["Jumlah Kelahiran"], "birth_count"), (["lahir hidup"], "birth_count"),
        (["Kelahiran", "2019"], "birth_count_2019"), (["2019"], "birth_count_2019"),
        (["Tahun 2019"], "birth_count_2019"), (["2019", "L"], "birth_count_2019_male"),
        (["LAKI-LAKI", "HIDUP"], "birth_count_male"), (["LAKI-LAKI", "MATI"], "unread"),
        (["LAKI-LAKI + PEREMPUAN", "HIDUP"], "birth_count"), (["HIDUP + MATI"], "unread"),
        (["Tahun"], ""), (["Tahun Lahir"], ""), (["Tanggal Lahir"], ""), (["Jumlah Penduduk"], ""),
        (["L/P"], "sex"), (["Jenis Kelamin"], ""),
    ],
)  # fmt: skip
def test_a_header_over_births_names_year_and_sex_and_leaves_stillbirths(parts, column):
    assert birth_column(parts)[0] == column


def test_a_long_table_of_births_is_typed(tmp_path):
    judged = births(
        tmp_path,
        [
            ["Kecamatan", "Tahun", "Jumlah Kelahiran"],
            ["Kec. Taman", 2018, 812], ["TAMAN", 2019, 790], ["Kartoharjo", 2018, "1.012"],
        ],
    )  # fmt: skip
    assert told(judged) == [
        ("Kartoharjo", 2018, 1012, True), ("Taman", 2018, 812, True), ("Taman", 2019, 790, True),
    ]  # fmt: skip
    assert faults(judged) == []


def test_a_wide_table_of_births_has_a_column_per_year(tmp_path):
    judged = births(
        tmp_path,
        [
            ["Jumlah Kelahiran menurut Kecamatan"],
            ["Kecamatan", 2018, 2019, 2020],
            ["Taman", 812, 790, 775],
            ["Kartoharjo", 1, 2, 2],
            ["Jumlah", 813, 792, 777],
        ],
    )
    assert told(judged)[:3] == [
        ("Kartoharjo", 2018, 1, True),
        ("Kartoharjo", 2019, 2, True),
        ("Kartoharjo", 2020, 2, True),
    ]
    assert len(judged.births) == 6


def test_the_table_of_the_health_profile_counts_live_births_once(tmp_path):
    judged = births(
        tmp_path,
        [
            ["JUMLAH KELAHIRAN MENURUT JENIS KELAMIN, KECAMATAN DAN PUSKESMAS"],
            ["TAHUN 2024"],
            ["NO", "KECAMATAN", "NAMA PUSKESMAS", *["JUMLAH KELAHIRAN"] * 9],
            ["", "", "", *["LAKI-LAKI"] * 3, *["PEREMPUAN"] * 3, *["LAKI-LAKI + PEREMPUAN"] * 3],
            ["", "", "", *["HIDUP", "MATI", "HIDUP + MATI"] * 3],
            [1, "Taman", "Pusk. Taman", 50, 1, 51, 48, 0, 48, 98, 1, 99],
            [2, "Taman", "Pusk. Banjarejo", 40, 0, 40, 41, 1, 42, 81, 1, 82],
            [3, "Kartoharjo", "Pusk. Oro", 60, 0, 60, 61, 0, 61, 121, 0, 121],
        ],
    )
    assert told(judged) == [("Kartoharjo", 2024, 121, True), ("Taman", 2024, 179, True)]


def test_boys_and_girls_are_summed(tmp_path):
    judged = births(
        tmp_path,
        [
            ["Kecamatan", "Tahun", "Lahir Hidup L", "Lahir Hidup P"],
            ["Taman", 2018, 400, 412], ["Taman", 2019, 390, 0],
        ],
    )  # fmt: skip
    assert told(judged) == [("Taman", 2018, 812, True), ("Taman", 2019, 390, False)]
    assert faults(judged) == [(3, "births_not_reported")]


def test_zeros_and_empty_cells_are_births_that_were_not_reported(tmp_path):
    judged = births(
        tmp_path,
        [
            ["Kecamatan", "Tahun", "Jumlah Kelahiran"],
            ["Taman", 2016, 800], ["Taman", 2017, 0], ["Taman", 2018, ""], ["Taman", 2019, 790],
        ],
    )  # fmt: skip
    assert judged.births["is_reported"].to_list() == [True, False, False, True]
    assert judged.births["birth_count"].isna().to_list() == [False, False, True, False]
    assert faults(judged) == [(3, "births_not_reported"), (4, "births_not_reported")]


@pytest.mark.parametrize(("count", "is_reported"), [(399, False), (400, True), (1200, True)])
def test_a_year_under_half_of_its_neighbours_is_not_believed(tmp_path, count, is_reported):
    # Half: the bound of data/rules/plausibility.csv; no year of 27 real places fell by more
    # than a fifth.
    head = ["Kecamatan", "Tahun", "Jumlah Kelahiran"]
    rows = [["Taman", year, 800] for year in (2016, 2017, 2019, 2020)]
    judged = births(tmp_path, [head, *rows, ["Taman", 2018, count]])
    believed = judged.births.set_index("year")["is_reported"]
    assert believed[2018] == is_reported
    assert believed.drop(2018).all()


def test_a_year_that_is_not_over_is_not_believed(tmp_path):
    rows = [
        ["Kecamatan", "Tahun", "Jumlah Kelahiran"],
        ["Taman", 2025, 700],
        ["Taman", 2026, 600],
        ["Taman", 2024, 720],
    ]
    judged = births(tmp_path, rows, date(2026, 11, 21))
    assert judged.births["is_reported"].to_list() == [True, True, False]


def test_births_without_a_column_of_areas_are_of_the_whole_government(tmp_path):
    judged = births(tmp_path, [["Tahun", "Jumlah Kelahiran"], [2018, 2200], [2019, 2150]])
    assert set(judged.births["area"]) == {""}


def test_a_row_that_sums_the_others_is_not_added_once_more(tmp_path):
    head = ["Wilayah", "Tahun", "Jumlah Kelahiran"]
    rows = [
        [area, year, count]
        for year in (2018, 2019)
        for area, count in (("Taman", 80), ("Manis", 70), ("Indah", 60), ("Kota Contoh", 210))
    ]
    judged = births(tmp_path, [head, *rows])
    assert set(judged.births["area"]) == {"Taman", "Manis", "Indah"}
    assert [code for _, code in faults(judged)] == ["births_total_row"]


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (["", 2018, 80], "area_missing"),
        (["Manis", "dulu", 80], "year_unknown"),
        (["Manis", 2018, "banyak"], "count_invalid"),
        (["Manis", 2018, -1], "count_invalid"),
        (["Taman", 2018, 81], "births_duplicate"),
        (["Taman", 2018, 80], "row_repeated"),
    ],
)
def test_each_fault_of_a_table_of_births_is_told_with_its_row(tmp_path, row, code):
    judged = births(
        tmp_path, [["Kecamatan", "Tahun", "Jumlah Kelahiran"], ["Taman", 2018, 80], row]
    )
    assert faults(judged) == [(3, code)]
    assert told(judged) == [("Taman", 2018, 80, True)]


def test_the_open_data_of_jawa_barat_is_read_and_its_false_zeros_are_not_believed():
    file = SHARED / "id_jabar_births_2012_2019" / "births_jabar_kabkota.csv"
    if not file.exists():
        pytest.skip("shared/data/id_jabar_births_2012_2019 is not beside the project")
    reading = readers.read(file)
    assert (reading.kind, reading.is_certain) == ("birth", True)
    judged = checks.checked_births(reading)
    by_area = judged.births.set_index(["area", "year"])
    # Boys 61,740 and girls 49,720, alive, of rows 2 and 3 of the file.
    assert by_area.loc[("KABUPATEN BOGOR", 2012), "birth_count"] == 61740 + 49720
    # The README names Kota Banjar 2018 as not reported.
    not_believed = by_area.loc[~by_area["is_reported"]]
    assert list(not_believed.index) == [("KOTA BANJAR", 2018)]
    assert {fault.code for fault in judged.faults} == {"births_not_reported"}


# Subjects of teachers


def gtk(tmp_path, name, school, *teachers, npsn=""):
    titles = [["Daftar Guru"], [school], [f"NPSN : {npsn}"] if npsn else []]
    head = ["No", "Nama", "NUPTK", "JK", "Tanggal Lahir", "NIP", "Status Kepegawaian", "Jenis PTK"]
    head += ["Mapel yang Diajarkan", "Bidang Studi Sertifikasi"]
    rows = [
        [n, who, f"{n}234567890123456"[:16], "P", "01-02-1980", "", "Guru Honor Sekolah",
         "Guru Mapel", subject, certificate]
        for n, (who, subject, certificate) in enumerate(teachers, start=1)
    ]  # fmt: skip
    return workbooks.write_xlsx(tmp_path / name, [*titles, head, *rows])


def test_a_gtk_list_says_what_is_taught_and_what_the_certificate_is_for(tmp_path):
    path = gtk(
        tmp_path, "a.xlsx", "SMP NEGERI 1 CONTOH",
        ("Laras", "Matematika", "Matematika"), ("Damar", "IPA", "Sudah"), ("Galih", "", "-"),
    )  # fmt: skip
    teachers = checks.checked_teachers(readers.read(path), SCHOOL_YEAR_DAY).teachers
    assert teachers["subject"].fillna("").to_list() == ["Matematika", "IPA", ""]
    # 'Sudah' says that there is a certificate, not what for.
    assert teachers["certificate_subject"].fillna("").to_list() == ["Matematika", "", ""]


def loaded(folder, file, **options):
    previewed = import_data.preview(folder, file, **options)
    return import_data.load(folder, previewed, "uji")


@pytest.fixture
def folder(tmp_path):
    path = tmp_path / "data"
    with state.opened(path):
        pass
    return path


def table(folder, question, **parameters):
    with closing(store.opened(current_edition(folder).path)) as connection:
        return store.ask(connection, question, **parameters)


def test_a_list_of_one_school_replaces_only_that_schools_teachers(tmp_path, folder):
    one, two = ("Laras", "IPA", ""), ("Damar", "IPS", "")
    loaded(folder, gtk(tmp_path, "a.xlsx", "SMP NEGERI 1 CONTOH", one, two, npsn=A))
    loaded(folder, gtk(tmp_path, "b.xlsx", "SMP NEGERI 2 CONTOH", one, npsn=B))
    previewed = import_data.preview(
        folder, gtk(tmp_path, "c.xlsx", "SMP NEGERI 1 CONTOH", two, npsn=A)
    )
    assert (previewed.replaced_count, previewed.kept_count) == (2, 1)
    import_data.load(folder, previewed, "uji")
    found = table(folder, "school_teachers")
    assert sorted(zip(found["npsn"], found["name"], strict=True)) == [(A, "Damar"), (B, "Laras")]


def test_a_list_of_schools_without_names_is_asked_for_them_unless_the_schools_are_known(
    tmp_path, folder
):
    head = ["NPSN", "Bentuk Pendidikan", "Status", "Kecamatan", "Jumlah PD", "Jumlah Rombel"]
    rows = [[A, "SD", "Negeri", "Timur", 120, 6], [B, "SD", "Negeri", "Barat", 60, 6]]
    nameless = workbooks.write_xlsx(tmp_path / "tanpa.xlsx", [head, *rows])
    with pytest.raises(import_data.UnmappedError) as refused:
        import_data.preview(folder, nameless, as_of=SCHOOL_YEAR_DAY)
    assert "Nama Sekolah" in refused.value.faults[0].message()
    named = [[*row, f"SDN {n}"] for n, row in enumerate(rows, start=1)]
    file = workbooks.write_xlsx(tmp_path / "dengan.xlsx", [[*head, "Nama Sekolah"], *named])
    loaded(folder, file, as_of=SCHOOL_YEAR_DAY)
    loaded(folder, nameless, as_of=SCHOOL_YEAR_DAY)
    found = table(folder, "schools", school_year=None)
    assert sorted(found["name"]) == ["SDN 1", "SDN 2"]


def test_a_list_without_a_number_finds_its_school_by_name(tmp_path, folder):
    schools = [
        ["NPSN", "Nama Sekolah", "BP", "Status", "PD", "Guru", "Tahun"],
        [A, "SMP Negeri 1 Contoh", "SMP", "Negeri", 300, 20, 2025],
    ]
    loaded(folder, workbooks.write_xlsx(tmp_path / "s.xlsx", schools))
    loaded(folder, gtk(tmp_path, "a.xlsx", "SMP NEGERI 1 CONTOH", ("Laras", "IPA", "")))
    assert table(folder, "school_teachers")["npsn"].to_list() == [A]


# Import


def test_the_command_line_takes_pupils_and_births(tmp_path, folder, capsys):
    from analytics.__main__ import main

    pupils = workbooks.write_xlsx(tmp_path / "a.xlsx", [LONG, [A, "SDN 01", 2024, 1, 30]])
    rows = [["Kecamatan", "Tahun", "Jumlah Kelahiran"], ["Taman", 2018, 80]]
    born = workbooks.write_xlsx(tmp_path / "b.xlsx", rows)
    for kind, file in (("enrolment", pupils), ("birth", born), ("enrolment", pupils)):
        assert main(["import", str(file), "--kind", kind, "--data", str(folder)]) == 0
    assert "1 baris lama diganti, 0 tetap" in capsys.readouterr().out
    assert len(table(folder, "enrolment", school_year=None)) == len(table(folder, "births")) == 1


def test_a_table_without_a_year_takes_it_from_the_day_it_describes(tmp_path, folder):
    rows = [["NPSN", "Kelas 7", "Kelas 8"], [A, 90, 91]]
    loaded(folder, workbooks.write_xlsx(tmp_path / "a.xlsx", rows), as_of=date(2026, 6, 30))
    assert set(table(folder, "enrolment", school_year=None)["school_year"]) == {2025}


def test_a_new_year_of_pupils_joins_those_before_and_replaces_its_own(tmp_path, folder):
    first = [LONG, [A, "SDN 01", 2024, 1, 30], [B, "SDN 02", 2024, 1, 20]]
    second = [LONG, [A, "SDN 01", 2024, 1, 31], [A, "SDN 01", 2025, 1, 25]]
    loaded(folder, workbooks.write_xlsx(tmp_path / "a.xlsx", first))
    previewed = import_data.preview(folder, workbooks.write_xlsx(tmp_path / "b.xlsx", second))
    assert (previewed.replaced_count, previewed.kept_count) == (1, 1)
    import_data.load(folder, previewed, "uji")
    found = table(folder, "enrolment", school_year=None)
    assert found.to_numpy().tolist() == [[A, 2024, 1, 31], [A, 2025, 1, 25], [B, 2024, 1, 20]]


def test_births_are_kept_beside_pupils_and_keep_what_is_not_believed(tmp_path, folder):
    loaded(folder, workbooks.write_xlsx(tmp_path / "a.xlsx", [LONG, [A, "SDN 01", 2024, 1, 30]]))
    rows = [["Kecamatan", "Tahun", "Jumlah Kelahiran"], ["Taman", 2018, 80], ["Taman", 2019, 0]]
    loaded(folder, workbooks.write_xlsx(tmp_path / "b.xlsx", rows))
    loaded(folder, workbooks.write_xlsx(tmp_path / "c.xlsx", [rows[0], ["Taman", 2020, 79]]))
    assert len(table(folder, "enrolment", school_year=2024)) == 1
    assert table(folder, "births")[["year", "is_reported"]].to_numpy().tolist() == [
        [2018, True], [2019, False], [2020, True],
    ]  # fmt: skip


def test_a_single_year_is_held_against_the_years_known_before(tmp_path, folder):
    head = ["Kecamatan", "Tahun", "Jumlah Kelahiran"]
    rows = [["Taman", year, 800] for year in (2016, 2017)]
    loaded(folder, workbooks.write_xlsx(tmp_path / "a.xlsx", [head, *rows]))
    loaded(folder, workbooks.write_xlsx(tmp_path / "b.xlsx", [head, ["TAMAN", 2018, 12]]))
    found = table(folder, "births")
    assert found["is_reported"].to_list() == [True, True, False]
    # One area, however the second file writes it.
    assert set(found["area"]) == {"Taman"}


def test_an_edition_from_before_pupils_and_births_answers_that_it_has_none(tmp_path, folder):
    loaded(folder, workbooks.write_xlsx(tmp_path / "a.xlsx", [LONG, [A, "SDN 01", 2024, 1, 30]]))
    edition = current_edition(folder)
    import duckdb  # only the store may, and a test that plays an earlier version of it

    with duckdb.connect(str(edition.path)) as connection:
        connection.execute("DROP TABLE enrolment")
        connection.execute("DROP TABLE birth")
        connection.execute("ALTER TABLE school_teacher DROP COLUMN subject")
        connection.execute("ALTER TABLE school_teacher DROP COLUMN certificate_subject")
    assert table(folder, "enrolment", school_year=None).columns.to_list() == [
        "npsn", "school_year", "grade", "pupil_count",
    ]  # fmt: skip
    assert table(folder, "births").empty
    with closing(store.opened(edition.path)) as connection:
        assert {"subject", "certificate_subject"} <= set(store_tables.school_teachers(connection))
    # And the next import builds on it.
    loaded(folder, workbooks.write_xlsx(tmp_path / "b.xlsx", [LONG, [A, "SDN 01", 2025, 1, 3]]))
    assert len(table(folder, "enrolment", school_year=None)) == 1


# Coordinates

CITY = [(-7.60 - 0.01 * n, 111.50 + 0.01 * (n % 5)) for n in range(20)]


def judged_places(*places):
    together = [*CITY, *places]
    found = coordinate_faults(
        [str(20500000 + n) for n in range(len(together))],
        [each[0] for each in together],
        [each[1] for each in together],
    )
    return found.iloc[len(CITY) :].reset_index(drop=True)


@pytest.mark.parametrize(
    ("place", "code", "is_kept"),
    [
        ((111.52, -7.63), "coordinate_swapped", True),
        ((7.63, 111.52), "coordinate_outside", False),
        ((-6.2, 106.8), "coordinate_outside", False),
        ((-76298.0, 111.52), "coordinate_outside", False),
        ((0.0, 0.0), "coordinate_zero", False),
        ((-7.63, 0.0), "coordinate_zero", False),
        ((-7.0, 111.0), "coordinate_unusable", False),
        ((-7.63, None), "coordinate_unusable", False),
        ((-7.655, 111.515), "", True),
        ((None, None), "", False),
    ],
)
def test_each_kind_of_wrong_coordinate_has_its_code(place, code, is_kept):
    found = judged_places(place).iloc[0]
    assert found["code"] == code
    assert pd.notna(found["latitude"]) == is_kept
    if code == "coordinate_swapped":
        assert (found["latitude"], found["longitude"]) == (-7.63, 111.52)


def test_one_wrong_place_shared_by_many_schools_does_not_move_the_region():
    found = judged_places(*[(-6.2, 106.8)] * 30)
    assert set(found["code"]) == {"coordinate_outside"}


def test_schools_on_one_point_are_told_and_keep_it():
    found = judged_places((-7.651, 111.512), (-7.651, 111.512))
    assert found["code"].to_list() == ["coordinate_shared"] * 2
    assert found["shared_count"].to_list() == [2, 2]
    assert found["latitude"].notna().all()


def test_a_school_shares_its_place_with_itself_in_other_years():
    found = coordinate_faults([A, A], [-7.6, -7.6], [111.5, 111.5])
    assert set(found["code"]) == {""}


def test_an_island_with_a_fair_share_of_the_schools_is_part_of_the_region():
    island = [(-9.03 - 0.01 * n, 113.05) for n in range(4)]
    assert set(judged_places(*island)["code"]) == {""}


def test_swapped_and_shared_coordinates_of_a_list_are_told_by_row(tmp_path):
    head = ["NPSN", "Nama Sekolah", "BP", "PD", "Guru", "Tahun", "Lintang", "Bujur"]
    rows = [
        [str(20500000 + n), f"SDN {n}", "SD", 9, 1, 2025, *place]
        for n, place in enumerate([*CITY, (111.52, -7.63), (0, 0), CITY[0]])
    ]
    path = workbooks.write_xlsx(tmp_path / "a.xlsx", [head, *rows])
    judged = checks.checked_schools(readers.read(path))
    assert faults(judged) == [
        (2, "coordinate_shared"), (22, "coordinate_swapped"), (23, "coordinate_zero"),
        (24, "coordinate_shared"),
    ]  # fmt: skip
    assert judged.schools["latitude"].iloc[20] == -7.63
    assert pd.isna(judged.schools["latitude"].iloc[21])


@pytest.mark.parametrize(
    ("name", "outside"),
    [
        ("kota_madiun", 0),
        ("kab_madiun", 0),
        ("kota_palangka_raya", 0),
        ("prov_kalimantan_tengah", 2),
    ],
)
def test_the_real_coordinates_of_2019_are_believed_and_their_zeros_are_not(name, outside):
    file = SHARED / "id_schools_2019_nationwide" / f"{name}.csv"
    if not file.exists():
        pytest.skip("shared/data/id_schools_2019_nationwide is not beside the project")
    real = pd.read_csv(file, dtype={"npsn": "str"})
    found = coordinate_faults(real["npsn"], real["lat"], real["lon"])
    # The file marks what its maker could not use; two more stand 300 km from their own kabupaten.
    is_bad = ~real["coord_ok"].astype(bool) & real["lat"].notna()
    assert (found.loc[is_bad, "code"] == "coordinate_zero").all()
    codes = found.loc[~is_bad, "code"].value_counts()
    assert codes.get("coordinate_outside", 0) == outside
    assert set(codes.index) <= {"", "coordinate_shared", "coordinate_outside"}
    if outside:
        far_km = real.loc[found["code"] == "coordinate_outside", "km_from_kab_median"]
        assert (far_km > 250).all()


@pytest.mark.parametrize("name", ["kota_madiun", "kab_madiun", "kota_palangka_raya"])
def test_faults_planted_into_real_coordinates_are_all_found(name):
    file = SHARED / "id_schools_2019_nationwide" / f"{name}.csv"
    if not file.exists():
        pytest.skip("shared/data/id_schools_2019_nationwide is not beside the project")
    real = pd.read_csv(file, dtype={"npsn": "str"}).dropna(subset=["lat"]).reset_index(drop=True)
    place = real[["lat", "lon"]].to_numpy()
    lat, lon = real["lat"].to_numpy().copy(), real["lon"].to_numpy().copy()
    for at in range(0, 50, 10):
        lat[at], lon[at] = lon[at], lat[at]
        lat[at + 1] = -lat[at + 1]
        lat[at + 2], lon[at + 2] = 0, 0
        lat[at + 3], lon[at + 3] = -6.2, 106.8
    found = coordinate_faults(real["npsn"], lat, lon)
    for at in range(0, 50, 10):
        assert found["code"].iloc[at : at + 4].to_list() == [
            "coordinate_swapped", "coordinate_outside", "coordinate_zero", "coordinate_outside",
        ]  # fmt: skip
        assert found[["latitude", "longitude"]].iloc[at].to_list() == place[at].tolist()


# The sample city


@pytest.fixture(scope="module")
def city():
    return demo.city()


def test_pupils_of_the_sample_city_add_up_to_its_school_profiles(city):
    total = city.enrolment.groupby(["npsn", "school_year"])["pupil_count"].sum()
    profile = city.schools.set_index(["npsn", "school_year"])["pupil_count"]
    assert (total.loc[profile.index] == profile).all()
    assert city.enrolment["school_year"].nunique() == 8
    assert city.enrolment.groupby("npsn")["grade"].nunique().isin([3, 6]).all()


def test_births_of_the_sample_city_fall_faster_than_its_intake_and_reach_2032(city):
    births = city.births.groupby("year")["birth_count"].sum()
    intake = city.enrolment.loc[city.enrolment["grade"] == 1]
    intake = intake.groupby("school_year")["pupil_count"].sum()
    # Children of six and seven in July 2032 were born in 2025 and 2026.
    assert births.index.max() == 2025
    # A part of those born enter its state schools, never more than were born.
    for year, entered in intake.items():
        born = (births[year - 6] + births[year - 7]) / 2
        assert 0.55 < entered / born < 0.8
    fell = (births[2025] / births[2019]) ** (1 / 6)
    assert fell < (intake[2025] / intake[2018]) ** (1 / 7)
    assert set(city.births["area"]) == set(city.schools["kecamatan"])


def test_every_teacher_of_the_sample_city_is_on_the_roster_and_teaches_something(city):
    listed = city.school_teachers
    assert listed["nip"].isin(city.people["nip"]).all()
    is_head = listed["teacher_kind"] == "Kepala Sekolah"
    assert listed.loc[~is_head, "subject"].notna().all()
    level = listed["npsn"].map(city.units.set_index("npsn")["school_level"].dropna())
    assert not ((level == "SMP") & (listed["subject"] == "Guru Kelas SD/MI")).any()


def test_the_sample_edition_carries_pupils_births_and_teachers_and_says_it_is_invented(folder):
    with state.opened(folder) as decisions:
        edition = import_sample.write_sample(folder, decisions, "uji")
    assert edition.is_synthetic
    assert table(folder, "enrolment", school_year=2025)["npsn"].nunique() == 66
    assert table(folder, "births")["is_reported"].all()
    assert table(folder, "school_teachers")["subject"].notna().any()


def test_the_same_city_comes_of_the_same_seed(city):
    again = demo.city()
    for name in ("enrolment", "births", "school_teachers"):
        assert getattr(again, name).equals(getattr(city, name)), name
