"""Columns that a list of each kind must have, and what a missing one is called."""

from __future__ import annotations

from collections.abc import Collection

from analytics.faults import Fault
from analytics.readers.kinds import (
    BIRTH_COLUMNS,
    GRADE_COLUMNS,
    POSITION_SOURCES,
    RELIGION_COLUMNS,
)
from analytics.readers.records import UNIT_SOURCES

# The first that stands in a group names it.
_CALLED = {
    "birth_date": ("Tanggal Lahir", "birth date"),
    "nip": ("NIP", "NIP"),
    "npsn": ("NPSN", "NPSN"),
    "name": ("Nama", "name"),
    "exited_on": ("TMT Berhenti/Pensiun", "day of leaving"),
    "total_idr": ("Belanja Daerah", "total spending"),
    "personnel_idr": ("Belanja Pegawai", "personnel spending"),
    "needed_fte": ("Kebutuhan (ABK)", "posts needed"),
    "position": ("Jabatan", "position"),
    "unit": ("Unit Kerja", "unit"),
    "grade": ("Tingkat/Kelas", "grade"),
    "pupil_count": ("Jumlah Siswa", "pupils"),
    "religion": ("Agama", "religion"),
    "birth_count": ("Jumlah Kelahiran", "births"),
    "year": ("Tahun", "year"),
}


def required_columns(kind: str) -> tuple[tuple[str, ...], ...]:
    """Groups of our columns of which one each must be in a file of this kind."""
    return {
        "roster": (
            ("nip",),
            tuple(sorted(UNIT_SOURCES - {"school"})),
            tuple(sorted(POSITION_SOURCES)),
        ),
        "teacher": (("name",), ("birth_date", "nip", "nuptk")),
        "school": (("npsn",),),
        "enrolment": (
            ("npsn", "school_id"),
            ("grade", "rombel", *GRADE_COLUMNS),
            ("pupil_count", "pupil_count_male", "pupil_count_female", *GRADE_COLUMNS),
        ),
        "birth": (("birth_count", *BIRTH_COLUMNS), ("year", *BIRTH_COLUMNS)),
        "religion": (
            ("npsn", "school_id"),
            ("religion", *RELIGION_COLUMNS),
            ("pupil_count", "pupil_count_male", "pupil_count_female", *RELIGION_COLUMNS),
        ),
        "exit": (("nip",), ("exited_on",)),
        "apbd": (("year",), ("total_idr",), ("personnel_idr",)),
        "abk": (
            tuple(sorted(UNIT_SOURCES - {"school"})),
            ("position",),
            ("needed_fte", "volume"),
        ),
    }[kind]


def missing_columns(file: str, kind: str, available: Collection[str]) -> list[Fault]:
    """A fault (``column_missing``) for each group of which a file has no column."""
    return [
        Fault(file, "column_missing", details={"column_id": called[0], "column_en": called[1]})
        for group in required_columns(kind)
        if not set(group) & set(available)
        for called in [next(words for name, words in _CALLED.items() if name in group)]
    ]
