"""School lists: one row per school and school year, typed, with what is wrong."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

import pandas as pd

from analytics import checks_cells as cell
from analytics.checks_buildings import (
    FLAGS,
    check_rooms,
    counted_by_school,
    exemptions,
    tells_of_schools,
)
from analytics.checks_coordinates import coordinate_faults
from analytics.checks_findings import (
    Findings,
    cells_of,
    formula_faults,
    refuse_unusable,
    refused_rows,
    texts_of,
)
from analytics.checks_people import as_numbers, as_text
from analytics.faults import Fault
from analytics.readers import Reading
from analytics.readers.dapodik import school_year_in
from analytics.readers.rooms import ROOM_COLUMNS
from analytics.school_words import level_of

COUNTS = (
    *("pupil_count", "rombel_count", "teacher_count", "staff_count", "classroom_count"),
    *ROOM_COLUMNS,
)
_NPSN = re.compile(r"(?:\d{8}|[PKT]\d{7})")
_COLUMNS = (
    *("npsn", "school_year", "name", "level", "status", "kecamatan", "village"),
    *("latitude", "longitude", *COUNTS),
)


@dataclass(frozen=True)
class CheckedSchools:
    """A school list, judged. ``schools``: one row per NPSN and school year, typed.

    ``told``: columns the list has; ``describes_only``: it counts no pupils, classes or staff, so
    that it adds to the schools known and replaces none (rooms by condition, 3T, coordinates).
    """

    schools: pd.DataFrame
    faults: tuple[Fault, ...]
    refused: pd.DataFrame
    row_count: int
    told: frozenset[str] = frozenset()
    describes_only: bool = False


def checked_schools(reading: Reading, as_of: date | None = None) -> CheckedSchools:
    """Judge a school list.

    Parameters
    ----------
    reading
        Of kind ``school``.
    as_of
        The day the list describes, which gives the school year where the list does not; None: the
        day in its title lines.

    Returns
    -------
    ``schools`` with ``npsn``, ``school_year`` (Int64), ``name``, ``level`` (as written, e.g. SD,
    MTs), ``status`` (``negeri``, ``swasta``, NA), ``kecamatan``, ``village``, ``latitude``,
    ``longitude`` (degrees), the counts (Int64, NA where the list is silent; classrooms by
    condition among them) and ``is_remote``, ``is_special``, ``is_integrated`` (boolean, NA where
    it is silent).

    Raises
    ------
    FaultsError
        When there is no NPSN column (``column_missing``).
    """
    refuse_unusable(reading)
    findings = Findings(reading)
    row_count = len(reading.rows)
    reading = counted_by_school(reading, findings)
    findings = Findings(reading, findings.faults)
    schools = _schools(reading, findings, as_of or reading.as_of)
    schools = check_rooms(findings, schools)
    formula_faults(reading, findings, ["name", "kecamatan", "village", "level", "status"])
    repeated = _check_repeats(reading, findings, schools)
    _check_kecamatan(findings, schools)
    refused = findings.refused()
    keep = [at for at in range(len(schools)) if at not in refused and at not in repeated]
    return CheckedSchools(
        schools=schools.iloc[keep].reset_index(drop=True),
        faults=(*reading.faults, *findings.sorted_faults()),
        refused=refused_rows(reading, findings, refused),
        row_count=row_count,
        told=_told(reading, schools),
        describes_only=not tells_of_schools(reading) and _describes(reading),
    )


def _schools(reading: Reading, findings: Findings, as_of: date | None) -> pd.DataFrame:
    """The school frame, one row per record of the reading, faulty ones included."""
    numbers = cell.by_value(cells_of(reading, "npsn"), cell.npsn)
    names = texts_of(reading, "name")
    written = {column: cells_of(reading, column) for column in _COLUMNS}
    for at, (number, name) in enumerate(zip(numbers, names, strict=True)):
        if not _NPSN.fullmatch(number):
            findings.add("npsn_malformed", at, "npsn", written["npsn"][at])
        if not name and "name" in reading.headers:
            findings.add("name_missing", at, "name", written["name"][at])
    years = cell.by_value(written["school_year"], _school_year)
    for at, year in enumerate(years):
        if year is None and "school_year" in reading.rows.columns:
            findings.add("school_year_missing", at, "school_year", written["school_year"][at])
    if "school_year" not in reading.rows.columns:
        years = [_year_of_day(as_of)] * len(names)
        if years and years[0] is None:
            findings.add("school_year_missing", None, "school_year")
    status = [
        cell.wordings("school_status").get(text.casefold(), "")
        for text in texts_of(reading, "status")
    ]
    latitude, longitude = _coordinates(reading, findings, numbers)
    level = as_text(cell.by_value(texts_of(reading, "level"), _level))
    counts = {column: _counts(reading, findings, column) for column in COUNTS}
    return pd.DataFrame(
        {
            "npsn": pd.Series(numbers, dtype="str"),
            "school_year": as_numbers(years),
            "name": as_text(names),
            "level": level,
            "status": as_text(status),
            "kecamatan": as_text(cell.by_value(texts_of(reading, "kecamatan"), place)),
            "village": as_text(texts_of(reading, "village")),
            "latitude": latitude,
            "longitude": longitude,
            **counts,
            **exemptions(reading, findings, level),
        }
    )


def _told(reading: Reading, schools: pd.DataFrame) -> frozenset[str]:
    """Columns of ours that the list has, whatever its cells say."""
    told = set(reading.rows.columns) & set(schools.columns)
    return frozenset(told | {name for name in schools if schools[name].notna().any()})


def _describes(reading: Reading) -> bool:
    """Whether it says something of buildings or places at all."""
    columns = set(reading.rows.columns)
    return bool(columns & {*ROOM_COLUMNS, *FLAGS, "classroom_count", "latitude"})


def _level(written: object) -> str:
    """A kind of school as Dapodik abbreviates it; what is no usual kind as written."""
    text = " ".join(str(written).split())
    if _USUAL_LEVEL.fullmatch(text) and (found := level_of(text)):
        return found.replace("MTS", "MTs")
    return text.upper().replace("MTS", "MTs") if len(text) <= 5 else text


# The usual kinds alone, in letters or in words, with who keeps them: SMPN, SD Negeri, Sekolah
# Dasar. Others (SPK SD, SMP Terbuka, SD/MI) are kinds of their own.
_USUAL_LEVEL = re.compile(
    r"(?:tk|sd|smp|sma|smk|mi|mts|ma)(?:[ns]| negeri| swasta)?"
    r"|(?:sekolah|madrasah|taman) (?!luar).+",
    re.I,
)


def place(written: object) -> str:
    """A kecamatan without the word before it."""
    return re.sub(r"^kec(?:amatan)?\b\.?\s*", "", str(written), flags=re.I)


def _school_year(value: object) -> int | None:
    number = cell.whole_number(value)
    if isinstance(number, int):
        return number if 1990 <= number <= 2199 else None
    return school_year_in(cell.text(value))


def _year_of_day(day: date | None) -> int | None:
    """The school year a day falls in: it begins in July."""
    return None if day is None else day.year - (day.month < 7)


def _counts(reading: Reading, findings: Findings, column: str) -> pd.Series:
    cells = cells_of(reading, column)
    numbers = cell.by_value(cells, cell.whole_number)
    for at, number in enumerate(numbers):
        thousands = _thousands(cells[at]) if number == cell.UNKNOWN else None
        if thousands is not None:
            numbers[at] = thousands
            findings.add("count_thousands", at, column, cells[at], number=thousands)
        elif number == cell.UNKNOWN or (isinstance(number, int) and number < 0):
            findings.add("count_invalid", at, column, cells[at])
    return as_numbers(numbers)


def _thousands(written: object) -> int | None:
    """1,693 pupils that a spreadsheet took for 1.693; None where the cell is something else."""
    value = cell.plain(written)
    if isinstance(value, str) and re.fullmatch(r"[1-9][.,]\d{1,3}", value.strip()):
        value = float(value.strip().replace(",", "."))
    # No school has ten thousand pupils; a larger fraction is a wrong cell, not a lost point.
    if not isinstance(value, float) or not 1 < value < 10:
        return None
    thousands = round(value * 1000)
    return thousands if abs(value * 1000 - thousands) < 1e-6 else None


def _coordinates(
    reading: Reading, findings: Findings, numbers: list[str]
) -> tuple[pd.Series, pd.Series]:
    """Latitude and longitude; pairs that cannot be a place of this list are no place."""
    cells = {name: cells_of(reading, name) for name in ("latitude", "longitude")}
    degrees = {name: cell.by_value(cells[name], cell.degrees) for name in cells}
    judged = coordinate_faults(
        numbers,
        *([each if isinstance(each, float) else None for each in degrees[name]] for name in cells),
    )
    for at, found in enumerate(judged.itertuples(index=False)):
        pair = (degrees["latitude"][at], degrees["longitude"][at])
        code = found.code
        if not code and cell.UNKNOWN in pair:
            code = "coordinate_unusable"
        if not code:
            continue
        is_number = isinstance(pair[0], float)
        column = "longitude" if is_number and not isinstance(pair[1], float) else "latitude"
        if code == "coordinate_zero" and pair[0] != 0:
            column = "longitude"
        findings.add(
            code, at, column, cells[column][at],
            latitude=found.latitude, longitude=found.longitude, count=found.shared_count,
        )  # fmt: skip
    return judged["latitude"], judged["longitude"]


def _check_repeats(reading: Reading, findings: Findings, schools: pd.DataFrame) -> set[int]:
    """Positions of identical repeats. Adds ``row_repeated`` and ``npsn_duplicate``.

    Two rows of one school and year that differ cannot both be true; two that are identical are one
    entered twice. The running number of a list is no content.
    """
    first_at: dict[tuple[str, object], int] = {}
    repeated: set[int] = set()
    content = list(
        schools.astype("object").where(schools.notna(), None).itertuples(index=False, name=None)
    )
    cells = cells_of(reading, "npsn")
    for at, (number, year) in enumerate(zip(schools["npsn"], schools["school_year"], strict=True)):
        if not _NPSN.fullmatch(number):
            continue
        first = first_at.setdefault((number, None if pd.isna(year) else int(year)), at)
        if first == at:
            continue
        if content[first] == content[at]:
            repeated.add(at)
            findings.add("row_repeated", at, "npsn", cells[at], first_row=findings.row_name(first))
        else:
            findings.add(
                "npsn_duplicate", at, "npsn", cells[at], first_row=findings.row_name(first)
            )
    return repeated


def _check_kecamatan(findings: Findings, schools: pd.DataFrame) -> None:
    """``kecamatan_changed`` on rows whose kecamatan differs from that of the year before."""
    known = schools.reset_index(names="at").dropna(subset=["school_year", "kecamatan"])
    known = known.sort_values(["npsn", "school_year", "at"], kind="stable")
    before = known.groupby("npsn")["kecamatan"].shift()
    key = known["kecamatan"].str.casefold().str.replace(r"[^a-z]", "", regex=True)
    changed = before.notna() & (key != before.str.casefold().str.replace(r"[^a-z]", "", regex=True))
    for at, old, new in zip(
        known.loc[changed, "at"], before[changed], known.loc[changed, "kecamatan"], strict=True
    ):
        findings.add("kecamatan_changed", int(at), "kecamatan", new, before=old, after=new)
