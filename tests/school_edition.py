"""A tiny invented government with schools: numbers small enough to check in the head."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd

from analytics import state, store, store_columns

AS_OF = date(2026, 9, 1)
FIRST_YEAR, NOW_YEAR = 2015, 2026
# Pupils of every grade in every year: nothing changes, so the forecast has nothing to find.
SCHOOLS = """
    npsn | name | level | status | kecamatan | a_grade | latitude | longitude
    10000001 | SDN 01 Melati | SD | negeri | Timur | 20 | -7.60 | 111.50
    10000002 | SDN 02 Kenanga | SD | negeri | Timur | 9 | -7.61 | 111.52
    10000003 | SDN 03 Dahlia | SD | negeri | Barat | 30 | -7.63 | 111.49
    10000004 | SD Anggrek | SD | swasta | Barat | 6 | -7.64 | 111.51
    10000005 | SMPN 1 Mawar | SMP | negeri | Timur | 54 | - | -
"""
GRADES = {"SD": range(1, 7), "SMP": range(7, 10)}
# Everybody works at SDN 01 Melati; a teacher leaves at 60, on the first of the next month.
TEACHERS = """
    name | position | born | sex
    Adi | Kepala Sekolah | 1975-03-10 | L
    Beni | Guru Kelas Ahli Muda | 1967-08-10 | L
    Citra | Guru Kelas Ahli Muda | 1980-05-10 | P
    Dewi | Guru Kelas Ahli Pertama | 1985-05-10 | P
    Eka | Guru PJOK Ahli Muda | 1970-05-10 | P
    Fani | Guru PJOK Ahli Muda | 1982-05-10 | P
"""


def _table(text: str) -> pd.DataFrame:
    lines = [[cell.strip() for cell in line.split("|")] for line in text.strip().splitlines()]
    return pd.DataFrame(lines[1:], columns=lines[0]).replace("-", None)


def profiles() -> pd.DataFrame:
    """School profiles of the last year."""
    schools = _table(SCHOOLS)
    grades = schools["level"].map(lambda level: len(GRADES[level]))
    return pd.DataFrame(
        {
            **{name: schools[name] for name in ("npsn", "name", "level", "status", "kecamatan")},
            "school_year": NOW_YEAR,
            "village": None,
            "latitude": schools["latitude"].astype(float),
            "longitude": schools["longitude"].astype(float),
            "pupil_count": schools["a_grade"].astype(int) * grades,
            "rombel_count": grades,
            "teacher_count": None,
            "staff_count": None,
            "classroom_count": 6,
        }
    )


def enrolment(last_year: int = NOW_YEAR) -> pd.DataFrame:
    """The same pupils in every year."""
    rows = [
        (school.npsn, year, grade, int(school.a_grade))
        for school in _table(SCHOOLS).itertuples()
        for year in range(FIRST_YEAR, last_year + 1)
        for grade in GRADES[school.level]
    ]
    return pd.DataFrame(rows, columns=["npsn", "school_year", "grade", "pupil_count"])


def roster() -> pd.DataFrame:
    """The people of SDN 01 Melati."""
    people = _table(TEACHERS)
    people["birth_date"] = pd.to_datetime(people.pop("born"))
    born = people["birth_date"].dt.strftime("%Y%m%d")
    people["nip"] = born + "2000011" + pd.Series(range(901, 901 + len(people)), dtype="str")
    people = people.assign(
        employment="PNS",
        unit="SDN 01 Melati",
        opd="Dinas Pendidikan",
        kecamatan="Timur",
        npsn="10000001",
        is_in_headcount=True,
        is_on_duty=True,
    )
    empty = {column: None for column in store_columns.PEOPLE_TYPES if column not in people}
    return people.assign(**empty)


def written(folder: Path, **more: pd.DataFrame) -> Path:
    """An edition of this government in ``folder``, made current; ``more`` replaces tables."""
    tables = {
        "employee": roster(),
        "school_year_profile": profiles(),
        "enrolment": enrolment(),
    } | more
    about = store.About(as_of=AS_OF, government_name="Kota Rekaan", is_synthetic=True)
    edition = store.write_edition(folder, tables, about)
    with state.opened(folder) as decisions:
        decisions.set_current_edition(edition.number, "test")
    return folder
