"""Histories of pupils as Dapodik lists them: read by the commands as the import reads them."""

from __future__ import annotations

import pandas as pd
import pytest

from analytics import enrolment_file
from analytics.__main__ import main
from analytics.regrouping_file import read_history

YEARS = (2022, 2023, 2024)
NUMBERS = [f"2050000{at}" for at in range(3)]


def by_sex() -> str:
    """A column for boys and one for girls below each grade: 10 + 11 pupils of grade 1, ..."""
    upper = ["Tahun Pelajaran", "NPSN", "Nama Sekolah", "Jenjang", "Kecamatan"]
    upper += [cell for grade in range(1, 7) for cell in (f"Kelas {grade}", "")]
    lower = [""] * 5 + ["L", "P"] * 6
    rows = [
        [f"{year}/{year + 1}", npsn, f"SDN {npsn[-1]}", "SD", "Taman"]
        + [str(count) for grade in range(6) for count in (10 + grade, 11 + grade)]
        for year in YEARS
        for npsn in NUMBERS
    ]
    return "\n".join(",".join(row) for row in [upper, lower, *rows])


def by_row() -> str:
    rows = [
        f"{npsn};{year}/{year + 1};Kelas {roman};{21 + 2 * at}"
        for year in YEARS
        for npsn in NUMBERS
        for at, roman in enumerate(("I", "II", "III", "IV", "V", "VI"))
    ]
    return "\n".join(["NPSN;Tahun Ajaran;Tingkat;Jumlah Siswa", *rows])


def totals() -> str:
    rows = [f"{npsn},SDN {npsn[-1]},SD,{year},156" for year in YEARS for npsn in NUMBERS]
    return "\n".join(["NPSN,Nama Sekolah,Jenjang,Tahun,Jumlah Siswa", *rows])


def written(folder, text):
    path = folder / "h.csv"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("text", [by_sex(), by_row()])
def test_a_history_by_grade_is_read_under_any_headings_of_the_import(tmp_path, text):
    rows = enrolment_file.history(written(tmp_path, text)).rows
    one = rows.loc[(rows["school_id"] == NUMBERS[1]) & (rows["school_year"] == 2023)]
    assert one.set_index("grade")["pupils"].to_dict() == {
        1: 21, 2: 23, 3: 25, 4: 27, 5: 29, 6: 31,
    }  # fmt: skip
    assert len(rows) == 3 * 3 * 6


def test_the_kecamatan_of_a_list_is_its_district(tmp_path):
    rows = enrolment_file.history(written(tmp_path, by_sex())).rows
    assert set(rows["district"]) == {"Taman"}
    assert set(rows["level"]) == {"SD"}


def test_lists_of_schools_by_year_are_a_history_of_totals(tmp_path):
    rows = enrolment_file.history(written(tmp_path, totals())).rows
    assert set(rows["grade"]) == {"total"}
    assert rows.groupby("school_year")["pupils"].sum().tolist() == [468, 468, 468]


@pytest.mark.parametrize("text", [by_sex(), by_row(), totals()])
def test_the_commands_on_pupils_and_teachers_take_them(tmp_path, text):
    path, out = written(tmp_path, text), tmp_path / "out.csv"
    assert main(["enrolment", "forecast", "--history", str(path), "--out", str(out)]) == 0
    ahead = pd.read_csv(out, dtype={"school_id": "str", "grade": "str"})
    told = ahead.loc[(ahead["grade"] == "total") & (ahead["school_year"] == 2025), "school_id"]
    assert sorted(told) == NUMBERS
    assert main(["teachers", "--history", str(path), "--out", str(out)]) == 0
    need = pd.read_csv(out, dtype={"school_id": "str"})
    classes = need.loc[(need["post"] == "guru_kelas") & (need["school_year"] == 2024)]
    # By grade the fifth and sixth have more than the 28 of a class; a total is spread evenly.
    assert set(classes["needed_count"]) == ({6} if text == totals() else {8})


@pytest.mark.parametrize("text", [by_sex(), by_row(), totals()])
def test_pupils_of_past_years_of_mergers_take_them_too(tmp_path, text):
    history, _ = read_history(written(tmp_path, text))
    assert history.groupby(["npsn", "school_year"])["pupil_count"].sum().tolist() == [156] * 9


def test_what_such_a_list_contradicts_is_told(tmp_path, capsys):
    text = (
        "NPSN,Tahun,Kelas 1 L,Kelas 1 P,Kelas 1 Jumlah\n20500001,2023,5,6,12\n20500001,2024,5,6,11"
    )
    asked = ["enrolment", "forecast", "--history", str(written(tmp_path, text)), "--out", "-"]
    assert main(asked) == 0
    assert "Jumlah tertulis 12, tetapi rinciannya 11" in capsys.readouterr().err


def test_a_list_without_a_year_is_refused_in_words(tmp_path, capsys):
    path = written(tmp_path, "NPSN,Kelas 1,Kelas 2\n20500001,3,4")
    assert main(["enrolment", "forecast", "--history", str(path), "--out", "-"]) == 1
    assert "Tahun data tidak diketahui" in capsys.readouterr().err
