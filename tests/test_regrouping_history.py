"""Years running: which year a file of schools is of, and gaps in a history."""

from __future__ import annotations

import pandas as pd
import pytest

from analytics.regrouping_candidates import CandidateRules, candidates
from tests.test_regrouping_switches import HEAD, planned

# 2001 has 55 pupils, its neighbour 120.
SCHOOLS = f"""{HEAD}
2001,SD A,X,-7.500,111.0,6,10,9,9,9,9,9
2002,SD B,X,-7.505,111.0,12,20,20,20,20,20,20"""
THREE = ("--min-pupils", "60", "--years-running", "3")


def with_past(tmp_path, *rows: tuple[str, int, int]):
    path = tmp_path / "H.csv"
    lines = ["npsn,school_year,pupils", *(f"{npsn},{year},{n}" for npsn, year, n in rows)]
    path.write_text("\n".join(lines), encoding="utf-8")
    status, _, told = planned(tmp_path, SCHOOLS, *THREE, "--history", str(path))
    assert status == 0
    return told


def test_a_history_that_holds_the_year_of_the_file_counts_it_once(tmp_path, capsys):
    told = with_past(tmp_path, ("2001", 2023, 200), ("2001", 2024, 55), ("2001", 2025, 55))
    assert told["counts"]["candidates"] == 0
    assert told["history_years"] == [2023, 2024, 2025]
    assert "2023, 2024, 2025; berkas sekolah dihitung sebagai 2025" in capsys.readouterr().err


def test_a_history_that_ends_the_year_before_is_followed_by_the_file(tmp_path, capsys):
    past = [("2001", 2023, 57), ("2001", 2024, 56), ("2002", 2023, 118), ("2002", 2024, 125)]
    told = with_past(tmp_path, *past)
    assert told["counts"]["candidates"] == 1
    assert told["history_years"] == [2023, 2024, 2025]
    assert "sesudah riwayat" in capsys.readouterr().err


def test_half_of_the_schools_with_the_same_figures_make_the_same_year(tmp_path):
    past = [("2001", 2024, 55), ("2001", 2023, 58), ("2002", 2024, 121), ("2002", 2023, 125)]
    # One of two agrees: the same year. None: the year after.
    assert with_past(tmp_path, *past)["history_years"] == [2023, 2024]
    moved = [(npsn, year, n + (npsn == "2001")) for npsn, year, n in past]
    assert with_past(tmp_path, *moved)["history_years"] == [2023, 2024, 2025]


def test_years_of_schools_that_are_not_in_the_file_say_nothing_of_its_year(tmp_path):
    past = [("2001", 2023, 58), ("2001", 2024, 57), ("99999999", 2025, 40)]
    assert with_past(tmp_path, *past)["history_years"] == [2023, 2024, 2025]


def test_years_with_a_gap_are_not_three_running(tmp_path, capsys):
    told = with_past(tmp_path, ("2001", 2019, 50), ("2001", 2024, 56))
    assert told["counts"]["candidates"] == 0
    assert "memutus deretan tahun: 2020, 2021, 2022, 2023" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("years", "is_candidate"),
    [
        ((2023, 2024, 2025), True),
        ((2019, 2024, 2025), False),
        ((2022, 2023, 2025), False),
        ((2024, 2025), True),  # founded in 2024: judged by the years it has
        ((2022, 2023, 2024), False),  # not known in the last year
    ],
)
def test_a_row_of_years_is_one_of_calendar_years(years, is_candidate):
    schools = pd.DataFrame({"npsn": ["A", "B"], "level": "SD"})
    own = [("A", year, 1, 50) for year in years] + [
        ("B", year, 1, 300) for year in range(2019, 2026)
    ]
    history = pd.DataFrame(own, columns=["npsn", "school_year", "grade", "pupil_count"])
    found = candidates(schools, history, CandidateRules(min_pupils=60, years_running=3))
    assert found["is_candidate"].tolist() == [is_candidate, False]


def history(tmp_path, *lines: str):
    path = tmp_path / "H.csv"
    path.write_text("\n".join(lines), encoding="utf-8")
    return planned(tmp_path, SCHOOLS, "--min-pupils", "60", "--years-running", "2",
                   "--history", str(path))  # fmt: skip


def test_a_school_and_year_written_twice_count_once(tmp_path):
    # 2 x 55 pupils would be no few.
    _, _, told = history(tmp_path, "npsn,school_year,pupils", "2001,2024,55", "2001,2024/25,55")
    assert told["counts"]["candidates"] == 1


def test_two_numbers_for_one_school_and_year_are_refused_with_both_rows(tmp_path, capsys):
    lines = ("npsn,school_year,pupils", "2001,2024,30", "2002,2024,120", "'2001,2024,25")
    assert history(tmp_path, *lines)[0] == 1
    assert "baris 4" in (said := capsys.readouterr().err)
    assert "NPSN dan tahun ini sudah ada di baris 2 dengan isi berbeda" in said


def test_grades_of_one_school_and_year_are_added_up(tmp_path):
    lines = (
        "NPSN;Tahun Pelajaran;Kelas;Jumlah Siswa",
        "2001;2024/2025;1;30",
        "2001;2024/2025;2;30",
    )
    assert history(tmp_path, *lines)[2]["counts"]["candidates"] == 0


def test_a_history_without_years_is_told_its_own_headings(tmp_path, capsys):
    assert history(tmp_path, "npsn,2023,2024", "2001,50,50")[0] == 1
    said = capsys.readouterr().err
    assert "npsn, school_year, pupils; tidak dikenali di berkas: 2023, 2024" in said
