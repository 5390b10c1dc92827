"""Files of pupils and of births as any office writes them: under our names, or as the import."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from analytics import readers
from analytics.births import BIRTHS
from analytics.checks_births import checked_births
from analytics.checks_cells import npsn
from analytics.checks_enrolment import checked_enrolment
from analytics.checks_schools import checked_schools
from analytics.enrolment_history import HISTORY
from analytics.enrolment_stored import stored_births, stored_history
from analytics.faults import Fault, FaultsError
from analytics.plain_table import placed, table_of
from analytics.readers.tabular import cell_text

__all__ = ["BIRTHS", "HISTORY", "Births", "Pupils", "births", "history", "named", "read"]

_NEEDED = ("school_id", "school_year", "grade", "pupils")
_OF_BIRTHS = ("area", "year", "births")
# Lists of the import that tell pupils: by grade, or how many a school has.
_LISTS = ("enrolment", "school")


@dataclass(frozen=True, eq=False)
class Pupils:
    """A history of pupils as text or numbers, and what is to know of it and no error.

    ``rows``: as :func:`analytics.enrolment_panel.panel` takes them.
    """

    rows: pd.DataFrame
    found: tuple[Fault, ...] = ()


def history(path: Path) -> Pupils:
    """A file of pupils: under our headings, or any list of pupils the import reads.

    Parameters
    ----------
    path
        ``school_id, school_year, grade, pupils``; or by grade in whatever columns (Kelas 1 above L
        and P, several school years side by side, classes on rows), or lists of schools with how
        many pupils each has, which are totals.

    Returns
    -------
    Where the import reads it, kecamatan is the district.

    Raises
    ------
    FaultsError
        As :func:`read`; of such lists whatever the import refuses of them.
    """
    text = read(path)
    if set(_NEEDED) <= set(text):
        return Pupils(text)
    return listed(path) or Pupils(text)


@dataclass(frozen=True, eq=False)
class Births:
    """Births as text or numbers, and what is to know of them and no error.

    ``rows``: ``area, year, births``, as :func:`analytics.births.reported_births` takes them.
    """

    rows: pd.DataFrame
    found: tuple[Fault, ...] = ()


def births(path: Path) -> Births:
    """A file of births: under our headings, or any table of births the import reads.

    Parameters
    ----------
    path
        ``area, year, births``; or a row per sex, a column per year, live births beside
        stillbirths, as offices write them.

    Returns
    -------
    Where the import reads it, live births alone; blank where it does not believe the number.

    Raises
    ------
    FaultsError
        As :func:`read`; of such tables whatever the import refuses of them.
    """
    text = table_of(path, "area", _OF_BIRTHS)
    if set(_OF_BIRTHS) <= set(text):
        return Births(text)
    try:
        reading = readers.read(path, kind="birth")
    except FaultsError as error:
        if {fault.code for fault in error.faults} <= {"header_not_found", "file_no_rows"}:
            return Births(text)
        raise
    if any(fault.code == "column_missing" for fault in reading.faults):
        return Births(text)
    judged = checked_births(reading)
    if errors := [fault for fault in judged.faults if fault.severity == "error"]:
        raise FaultsError(errors)
    told = stored_births(judged.births.astype({"birth_count": "float64"}), "")
    return Births(text.iloc[:0] if told is None else told, judged.faults)


def listed(path: Path) -> Pupils | None:
    """A list of pupils or of schools the import reads as a history; None where it is neither.

    Raises
    ------
    FaultsError
        Whatever the import refuses of it.
    """
    for kind in _LISTS:
        told = _of_import(path, kind)
        if told is not None:
            return told
    return None


def _of_import(path: Path, kind: str) -> Pupils | None:
    """A history out of a list of the import; None where the file is none of that kind."""
    try:
        reading = readers.read(path, kind=kind)
    except FaultsError as error:
        if {fault.code for fault in error.faults} <= {"header_not_found", "file_no_rows"}:
            return None
        raise
    is_told = kind == "enrolment" or "pupil_count" in reading.rows
    if not is_told or any(fault.code == "column_missing" for fault in reading.faults):
        return None
    empty = pd.DataFrame({name: [] for name in ("npsn", "school_year", "grade", "pupil_count")})
    if kind == "enrolment":
        by_grade = checked_enrolment(reading)
        faults, cells, schools = by_grade.faults, by_grade.enrolment, _about(reading.rows)
    else:
        known = checked_schools(reading)
        faults, cells, schools = known.faults, empty, known.schools
    if errors := [fault for fault in faults if fault.severity == "error"]:
        raise FaultsError(errors)
    # Where schools stand is not asked here.
    others = tuple(one for one in faults if not one.code.startswith("coordinate"))
    return Pupils(stored_history(schools, cells), others)


def _about(rows: pd.DataFrame) -> pd.DataFrame:
    """What a table of pupils says of its schools."""
    number = rows["npsn"] if "npsn" in rows else rows["school_id"]
    told = {name: rows[name].map(cell_text) for name in ("level", "kecamatan") if name in rows}
    schools = pd.DataFrame({"npsn": number.map(npsn), "school_year": 0, **told})
    return schools.mask(schools == "")


def read(path: Path) -> pd.DataFrame:
    """One of the two as text, its headers in small letters, its index the line of the file.

    Sheets of a workbook (SD and SMP) are one table.

    Raises
    ------
    FaultsError
        When it cannot be read at all.
    """
    return table_of(path, "school_id", _NEEDED)


def named(error: FaultsError, files: Mapping[str, Path | None]) -> FaultsError:
    """The same faults, each with the name of the file, and the sheet, it stands in.

    Parameters
    ----------
    files
        The file by what its table is called in a fault: :data:`HISTORY`, :data:`BIRTHS`.
    """
    told: list[Fault] = []
    for fault in error.faults:
        path = files.get(fault.file)
        told += placed([replace(fault, file=path.name)], path) if path else [fault]
    return FaultsError(told)
