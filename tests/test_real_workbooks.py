"""Real public workbooks, as messy as they come. They stay outside the repository."""

from __future__ import annotations

from pathlib import Path

import pytest

from analytics import checks, readers

DATA = Path(__file__).resolve().parents[1].parent / "shared" / "data"
BANJAR = DATA / "id_banjar_2023_2025"
CITIES = DATA / "id_dapodik_6cities_2025"


def real(path: Path) -> readers.Reading:
    if not path.is_file():
        pytest.skip(f"the public data set {path.parent.name} is not on this machine")
    return readers.read(path)


def counted(judged: checks.CheckedSchools, code: str) -> int:
    return sum(fault.code == code for fault in judged.faults)


@pytest.mark.parametrize("name", ["raw_original_dataset.xlsx", "schools_by_year.csv"])
def test_the_banjar_workbook_is_a_school_list_of_2956_rows_and_970_schools(name):
    # README of the data set: 2,956 rows, 970 NPSN, 20 kecamatan, 2023 to 2025.
    reading = real(BANJAR / name)
    assert (reading.kind, reading.layout, reading.is_certain) == ("school", "dapodik_school", True)
    assert len(reading.rows) == 2956
    assert reading.rows["row"].to_list() == list(range(2, 2958))
    judged = checks.checked_schools(reading)
    assert judged.schools["npsn"].nunique() == 970
    assert judged.schools["kecamatan"].nunique() == 20
    assert sorted(judged.schools["school_year"].unique()) == [2023, 2024, 2025]


@pytest.mark.parametrize("name", ["raw_original_dataset.xlsx", "schools_by_year.csv"])
def test_the_kecamatan_entered_twice_is_found_and_counted_once(name):
    # README: 2025 has Martapura twice, 78 duplicate npsn-year.
    judged = checks.checked_schools(real(BANJAR / name))
    assert counted(judged, "row_repeated") + counted(judged, "npsn_duplicate") == 78
    assert len(judged.schools) == 2956 - 78
    assert not judged.schools.duplicated(["npsn", "school_year"]).any()


def test_the_pupils_of_2025_fall_back_to_what_they_are():
    # README: the repetition inflates pupils of 2025 from 41.5 to 49.4 thousand (SD).
    judged = checks.checked_schools(real(BANJAR / "raw_original_dataset.xlsx"))
    primary = judged.schools[
        (judged.schools["level"] == "SD") & (judged.schools["school_year"] == 2025)
    ]
    assert primary["pupil_count"].sum() == pytest.approx(41_500, abs=500)


def test_the_kecamatan_that_split_off_is_told():
    # README: Cintapuri Darussalam split off from Simpang Empat between 2024 and 2025.
    judged = checks.checked_schools(real(BANJAR / "raw_original_dataset.xlsx"))
    moved = {
        (f.details["before"], f.details["after"])
        for f in judged.faults
        if f.code == "kecamatan_changed"
    }
    assert ("Simpang Empat", "Cintapuri Darussalam") in moved


def test_the_six_cities_list_has_6080_schools():
    # README: 6,080 schools, 69 exact duplicates removed before.
    reading = real(CITIES / "schools_pupils_teachers.csv")
    assert (reading.kind, reading.is_certain) == ("school", True)
    judged = checks.checked_schools(reading)
    assert len(judged.schools) == judged.row_count == 6080
    assert judged.schools["npsn"].nunique() == 6080
    assert (judged.schools["pupil_count"] == 0).sum() == 111
    assert "alamat" in reading.discarded
