"""Pupils by religion: rekap files in, counts by school out, teachers of agama by religion."""

from __future__ import annotations

from contextlib import closing
from datetime import date

import numpy as np
import pandas as pd
import pytest

from analytics import (
    checks,
    demo,
    import_data,
    readers,
    rules,
    state,
    store,
    store_tables,
    teachers,
)
from analytics.faults import FaultsError, sentence
from analytics.readers.religions import religion_column, religion_of
from analytics.teachers import SchoolFacts, rombel, teachers_needed
from analytics.teachers_religion import religion_shares
from tests import workbooks

BOOK = rules.load()
DAY = date(2026, 11, 21)
A, B = "20500001", "20500002"


def judged(tmp_path, rows, merged=(), sheet="Sheet1", pupils=None):
    path = workbooks.write_xlsx(tmp_path / "agama.xlsx", {sheet: rows}, merged)
    reading = readers.read(path)
    assert reading.kind == "religion"
    return checks.checked_religions(reading, DAY, pupils)


def counts(found) -> dict:
    rows = found.religions.itertuples(index=False, name=None)
    return {(npsn, year, religion): count for npsn, year, religion, count in rows}


def faults(found) -> list:
    return [(fault.row, fault.code) for fault in found.faults]


# Headers and cells


@pytest.mark.parametrize(
    ("parts", "column"),
    [
        (["Islam"], "religion_islam"), (["ISLAM "], "religion_islam"),
        (["Kristen"], "religion_kristen"), (["Protestan"], "religion_kristen"),
        (["Kristen Protestan"], "religion_kristen"), (["Kristen/Protestan"], "religion_kristen"),
        (["Kristen Katolik"], "religion_katolik"), (["Katholik"], "religion_katolik"),
        (["Hindu"], "religion_hindu"), (["Budha"], "religion_buddha"),
        (["Buddha"], "religion_buddha"), (["Kong Hu Cu"], "religion_khonghucu"),
        (["Konghucu"], "religion_khonghucu"), (["Khonghucu"], "religion_khonghucu"),
        (["Kepercayaan kpd Tuhan YME"], "religion_kepercayaan"),
        (["Penghayat Kepercayaan"], "religion_kepercayaan"),
        (["Lainnya"], "religion_other"), (["Agama", "Islam"], "religion_islam"),
        (["Islam", "L"], "religion_islam_male"), (["Islam", "P"], "religion_islam_female"),
        (["Islam", "Jml"], "religion_islam_all"), (["Jumlah Siswa", "Hindu"], "religion_hindu_all"),
        (["Kelas 1", "Islam"], "religion_islam_g1"), (["Islam", "VII", "L"],
        "religion_islam_g7_male"), (["Siswa Islam"], "religion_islam"),
        (["Jumlah"], "pupil_count"), (["Guru Agama Islam"], ""), (["Agama"], ""), (["NPSN"], ""),
        (["Islam dan Hindu"], ""),
    ],
)  # fmt: skip
def test_a_header_names_a_religion_grade_and_sex(parts, column):
    assert religion_column(parts) == column


@pytest.mark.parametrize(
    ("written", "religion"),
    [("Islam", "islam"), ("Kristen Katolik", "katolik"), ("-", None), ("", None), (None, None),
     ("Budha", "buddha"), ("Lain-lain", "other"), ("Islam 12", None), ("Sari Kencana", None)],
)  # fmt: skip
def test_a_cell_names_a_religion_or_none(written, religion):
    assert religion_of(written) == religion


# Files


WIDE = ["NPSN", "Nama Sekolah", "Islam", "Kristen", "Katolik", "Hindu", "Buddha", "Konghucu"]


def test_a_rekap_with_a_column_for_each_religion(tmp_path):
    found = judged(
        tmp_path,
        [
            ["REKAP PESERTA DIDIK BERDASARKAN AGAMA"],
            ["TAHUN PELAJARAN 2025/2026"],
            [],
            ["No", *WIDE, "Jumlah"],
            [1, A, "SDN 01", "1.120", 12, "-", "", 0, 0, 1132],
            [],
            [2, B, "SDN 02", 80.0, "3", 2, "-", "-", "-", 85],
            ["", "", "Jumlah", 1200, 15, 2, "-", "-", "-", 1217],
        ],
    )
    assert counts(found) == {
        (A, 2025, "islam"): 1120, (A, 2025, "kristen"): 12, (A, 2025, "buddha"): 0,
        (A, 2025, "khonghucu"): 0, (B, 2025, "islam"): 80, (B, 2025, "kristen"): 3,
        (B, 2025, "katolik"): 2,
    }  # fmt: skip
    assert faults(found) == []


def test_sexes_under_merged_religions_are_added_and_totals_are_not(tmp_path):
    rows = [
        ["Rekap agama siswa 2025/2026"],
        ["NPSN", "Sekolah", "Islam", "", "", "Kristen/Protestan", "", "", "Total"],
        ["", "", "L", "P", "Jml", "L", "P", "Jml", ""],
        [A, "SDN 01", 10, 12, 22, 1, 2, 3, 25],
        ["NPSN", "Sekolah", "L", "P", "Jml", "L", "P", "Jml", "Total"],
        [B, "SDN 02", 5, 6, 12, 0, 1, 1, 99],
    ]
    merged = [(1, 2, 1, 4), (1, 5, 1, 7), (1, 0, 2, 0), (1, 1, 2, 1), (1, 8, 2, 8)]
    found = judged(tmp_path, rows, merged)
    assert counts(found) == {
        (A, 2025, "islam"): 22, (A, 2025, "kristen"): 3,
        (B, 2025, "islam"): 11, (B, 2025, "kristen"): 1,
    }  # fmt: skip
    assert faults(found) == [(6, "pupil_total_mismatch"), (6, "pupil_total_mismatch")]


def test_a_long_rekap_with_a_row_for_each_religion(tmp_path):
    found = judged(
        tmp_path,
        [
            ["NPSN", "Nama Sekolah", "Tahun Ajaran", "Agama", "Jumlah Siswa"],
            [A, "SDN 01", "2024/2025", "Islam", 100],
            [A, "SDN 01", "2024/2025", "Khatolik", 4],
            [A, "SDN 01", "2024/2025", "Jumlah", 104],
            [A, "SDN 01", "2024/2025", "Jedi", 4],
            [A, "SDN 01", "2024/2025", "Hindu", -1],
            [A, "SDN 01", "2024/2025", "Islam", 90],
        ],
    )
    assert faults(found) == [
        (5, "religion_unknown"), (6, "count_invalid"), (7, "religion_duplicate"),
    ]  # fmt: skip
    assert counts(found) == {(A, 2024, "islam"): 100, (A, 2024, "katolik"): 4}


def test_grades_down_and_religions_across_are_added(tmp_path):
    head = ["NPSN", "Tahun", "Kelas", "Islam", "Hindu"]
    found = judged(tmp_path, [head, [A, 2025, 1, 10, 1], [A, 2025, 2, 11, 0]])
    assert counts(found) == {(A, 2025, "islam"): 21, (A, 2025, "hindu"): 1}
    assert faults(found) == []


def test_pupils_of_another_religion_are_told_and_left_out(tmp_path):
    rows = [["NPSN", "Islam", "Hindu", "Lainnya"], [A, 50, 3, 2], [B, 0, 0, 0]]
    found = judged(tmp_path, rows, sheet="2025-2026")
    assert counts(found) == {(A, 2025, "islam"): 50, (A, 2025, "hindu"): 3}
    assert faults(found) == [(2, "religion_not_named"), (3, "religion_empty")]


def test_the_sum_is_held_against_the_pupils_known_by_grade(tmp_path):
    pupils = pd.DataFrame(
        {"npsn": [A, A, B], "school_year": 2025, "grade": [1, 2, 1], "pupil_count": [30, 25, 40]}
    )
    rows = [["NPSN", "Tahun", "Islam", "Hindu"], [A, 2025, 50, 3], [B, 2025, 38, 2]]
    found = judged(tmp_path, rows, pupils=pupils)
    assert faults(found) == [(2, "religion_pupils_mismatch")]
    # The sentence tells sums, never how many have which religion.
    assert "53" in found.faults[0].message() and "55" in found.faults[0].message()
    assert " 3" not in sentence(found.faults[0]).replace(" 53", "")


def test_a_list_of_persons_with_their_religion_is_refused_unread(tmp_path):
    head = ["NIP", "Nama", "Tanggal Lahir", "Jabatan", "Unit Kerja", "Agama", "Jumlah"]
    person = workbooks.person(1)
    facts = ("nip", "name", "birth_date", "position", "unit")
    row = [*[person[fact] for fact in facts], "Islam", 1]
    path = workbooks.write_xlsx(tmp_path / "a.xlsx", [head, row])
    assert readers.read(path).kind == "roster"
    assert "religion" not in readers.read(path).rows
    with pytest.raises(FaultsError) as refused:
        readers.read(path, kind="religion")
    assert [fault.code for fault in refused.value.faults] == ["religion_of_persons"]
    assert str(person["name"]) not in str(refused.value)


def test_a_rekap_of_teachers_by_religion_is_no_rekap_of_pupils(tmp_path):
    rows = [["Rekap Guru menurut Agama 2025"], WIDE, [A, "SDN 01", 9, 1, 0, 0, 0, 0]]
    path = workbooks.write_xlsx(tmp_path / "a.xlsx", rows)
    assert readers.read(path).kind != "religion"


@pytest.fixture
def folder(tmp_path):
    path = tmp_path / "data"
    with state.opened(path):
        pass
    return path


def loaded(folder, file, **options):
    return import_data.load(folder, import_data.preview(folder, file, **options), "uji")


def test_counts_by_religion_reach_the_edition_and_a_new_file_replaces_the_same_years(
    tmp_path, folder
):
    head = ["NPSN", "Tahun", "Islam", "Hindu"]
    first = workbooks.write_xlsx(tmp_path / "a.xlsx", [head, [A, 2024, 50, 3], [B, 2024, 9, 1]])
    loaded(folder, first)
    second = workbooks.write_xlsx(tmp_path / "b.xlsx", [head, [A, 2024, 51, 0]])
    previewed = import_data.preview(folder, second)
    assert (previewed.replaced_count, previewed.kept_count) == (2, 2)
    edition = import_data.load(folder, previewed, "uji")
    with closing(store.opened(edition.path)) as connection:
        found = store_tables.pupil_religions(connection)
    assert found.to_numpy().tolist() == [
        [A, 2024, "hindu", 0], [A, 2024, "islam", 51], [B, 2024, "hindu", 1],
        [B, 2024, "islam", 9],
    ]  # fmt: skip


# Need


def test_the_shares_are_of_the_last_year_that_told_any():
    table = pd.DataFrame(
        [(A, 2023, "islam", 10), (A, 2024, "islam", 30), (A, 2024, "hindu", 10),
         (A, 2025, "islam", 0)],
        columns=["npsn", "school_year", "religion", "pupil_count"],
    )  # fmt: skip
    shares = religion_shares(table).set_index("religion")["share"]
    assert shares.to_dict() == {"islam": 0.75, "hindu": 0.25}


def need(pupils_a_grade: int, **shares: float) -> pd.DataFrame:
    cells = pd.DataFrame(
        {"npsn": A, "school_year": 2026, "grade": range(1, 7), "pupil_count": pupils_a_grade}
    )
    told = pd.DataFrame({"npsn": A, "religion": list(shares), "share": list(shares.values())})
    classes = rombel(cells, BOOK)
    found = teachers_needed(classes, BOOK, facts=SchoolFacts(religions=told)).set_index("post")
    return found.loc[found.index.str.startswith("guru_agama")]


def test_a_religion_of_few_pupils_has_hours_and_no_post_of_its_own():
    # 120 pupils: 14.4 of one religion are fewer than 15, 18 are not.
    found = need(20, islam=0.73, kristen=0.15, hindu=0.12)
    assert found["needed_count"].to_dict() == {
        "guru_agama:islam": 1, "guru_agama:kristen": 1, "guru_agama:hindu": 0,
    }  # fmt: skip
    # One group of all grades, three hours of the twenty-four a teacher gives.
    assert found.loc["guru_agama:hindu", "needed_fte"] == pytest.approx(3 / 24)
    assert "agama-kelompok-kecil" in found.loc["guru_agama:hindu", "rule_id"]


def test_the_largest_religion_of_a_school_has_a_teacher_however_small_the_school():
    found = need(2, kristen=0.5, islam=0.25, hindu=0.25)
    assert found["needed_count"].to_dict() == {
        "guru_agama:kristen": 1, "guru_agama:islam": 0, "guru_agama:hindu": 0,
    }  # fmt: skip


def test_one_pupil_is_enough_where_the_government_says_so():
    from dataclasses import replace

    table = BOOK.teacher_rules
    is_few = table["key"] == "fewest_pupils_per_religion"
    assert table.loc[is_few, "standing"].to_list() == ["local_choice"]
    book = replace(BOOK, teacher_rules=table.assign(value=table["value"].mask(is_few, 1)))
    cells = pd.DataFrame({"npsn": A, "school_year": 2026, "grade": range(1, 7), "pupil_count": 20})
    told = pd.DataFrame({"npsn": A, "religion": ["islam", "hindu"], "share": [0.99, 0.01]})
    found = teachers_needed(rombel(cells, book), book, facts=SchoolFacts(religions=told))
    posts = found.set_index("post")["needed_count"]
    assert posts[["guru_agama:islam", "guru_agama:hindu"]].to_list() == [1, 1]


def test_a_school_of_one_religion_needs_what_it_needed_before_religions_were_known():
    cells = pd.DataFrame({"npsn": A, "school_year": 2026, "grade": range(1, 7), "pupil_count": 75})
    classes = rombel(cells, BOOK)
    before = teachers_needed(classes, BOOK).set_index("post")["needed_fte"]["guru_agama"]
    assert need(75, islam=1.0)["needed_fte"].to_list() == [pytest.approx(before)]


def test_whole_posts_of_the_same_pupils_never_shrink_when_a_religion_splits():
    rng = np.random.default_rng(7)
    for _ in range(25):
        share = float(rng.uniform(0.05, 0.95))
        size = int(rng.integers(5, 90))
        split = need(size, islam=share, hindu=1 - share)
        assert split["needed_count"].sum() >= 1
        assert split["needed_fte"].sum() > 0


# The sample city


def test_religions_of_the_sample_city_add_up_to_its_pupils():
    city = demo.city()
    table = city.pupil_religions
    last = city.enrolment.loc[city.enrolment["school_year"] == table["school_year"].iloc[0]]
    pupils = last.groupby("npsn")["pupil_count"].sum()
    assert table.groupby("npsn")["pupil_count"].sum().equals(pupils)
    assert table.equals(demo.city().pupil_religions)


def test_no_row_of_a_school_tells_of_a_religion_of_few_pupils():
    from analytics import command_teachers

    history = pd.DataFrame(
        {
            "school_id": A, "school_year": 2026, "grade": [str(n) for n in range(1, 7)],
            "pupils": 20.0, "level": "SD", "district": pd.NA,
        }
    )  # fmt: skip
    told = pd.DataFrame({"npsn": A, "religion": ["islam", "hindu"], "share": [0.99, 0.01]})
    notes: list[tuple[str, str]] = []
    facts = SchoolFacts(religions=told)
    question = command_teachers.Question(
        BOOK, None, teachers.AS_LAW, last_year=2026, staff=None, facts=facts
    )
    table = command_teachers.need_table(history, question, notes)
    assert "guru_agama:islam" in set(table["post"])
    assert "hindu" not in table.to_csv() + repr(notes)
