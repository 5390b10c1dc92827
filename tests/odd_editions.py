"""Small invented editions as offices load them first: old days, one list only, hardly anybody."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pandas as pd

from analytics import state, store, units
from tests import school_edition

NOBODY = school_edition.roster().iloc[:0]
STAFF = school_edition.roster().assign(golongan="III/c", kecamatan="Timur")
SCHOOLS = {
    "school_year_profile": school_edition.profiles(),
    "enrolment": school_edition.enrolment(),
}
APBD = pd.DataFrame(
    {
        "year": [2026],
        "is_realised": [False],
        "total_idr": [1_200_000_000_000],
        "personnel_idr": [420_000_000_000],
        "teacher_allowance_idr": [0],
        "is_teacher_allowance_told": [False],
        "council_head_idr": [None],
        "transfer_idr": [None],
        "source": ["apbd.csv"],
    }
)


def _of(year: int) -> dict[str, pd.DataFrame]:
    """The same schools and people on the first of September of an earlier year."""
    back = school_edition.NOW_YEAR - year
    pupils = school_edition.enrolment().query("school_year <= @year")
    return {
        "employee": STAFF.assign(birth_date=STAFF["birth_date"] - pd.DateOffset(years=back)),
        "school_year_profile": school_edition.profiles().assign(school_year=year),
        "enrolment": pupils,
    }


def _province() -> dict[str, pd.DataFrame]:
    """A province with staff of its own and a kabupaten beneath it."""
    own = STAFF.iloc[3:].assign(unit="Balai Rekaan", opd="Dinas Rekaan", npsn=None)
    people = pd.concat([STAFF.iloc[:3], own], ignore_index=True)
    return {
        "employee": people,
        "government": pd.DataFrame(
            {"government_id": ["32", "32.01"], "name": ["Provinsi Rekaan", "Kabupaten Rekaan"]}
        ),
        "unit": pd.concat(
            [
                units.units(people.iloc[:3], SCHOOLS["school_year_profile"], "32.01"),
                units.units(people.iloc[3:], None, "32"),
            ],
            ignore_index=True,
        ),
        **SCHOOLS,
    }


# What the edition is called -> its day and its tables.
EDITIONS: Mapping[str, tuple[date, Mapping[str, pd.DataFrame]]] = {
    "2019": (date(2019, 9, 1), _of(2019)),
    "2021": (date(2021, 9, 1), _of(2021)),
    "2023": (date(2023, 9, 1), _of(2023)),
    "schools only": (school_edition.AS_OF, {"employee": NOBODY, **SCHOOLS}),
    "APBD only": (school_edition.AS_OF, {"employee": NOBODY, "budget_year": APBD}),
    "people only": (school_edition.AS_OF, {"employee": STAFF}),
    "no title known": (
        school_edition.AS_OF,
        {"employee": STAFF.assign(position="Zzz"), "budget_year": APBD},
    ),
    "nobody counts": (
        school_edition.AS_OF,
        {"employee": STAFF.assign(is_in_headcount=False), **SCHOOLS},
    ),
    "one person": (school_edition.AS_OF, {"employee": STAFF.iloc[1:2], "budget_year": APBD}),
    "one school": (
        school_edition.AS_OF,
        {
            "employee": STAFF,
            "school_year_profile": SCHOOLS["school_year_profile"].iloc[:1],
            "enrolment": SCHOOLS["enrolment"].query("npsn == '10000001'"),
            "budget_year": APBD,
        },
    ),
    "two governments": (school_edition.AS_OF, _province()),
}


def written(folder: Path, name: str) -> Path:
    """An odd edition in ``folder``, made current."""
    day, tables = EDITIONS[name]
    about = store.About(as_of=day, government_name="Kota Rekaan", is_synthetic=True)
    edition = store.write_edition(folder, tables, about)
    with state.opened(folder) as decisions:
        decisions.set_current_edition(edition.number, "test")
    return folder
