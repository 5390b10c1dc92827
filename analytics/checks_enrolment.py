"""Pupils by school, grade and school year: counts only, typed, with what is wrong."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date

import pandas as pd

from analytics import checks_cells as cell
from analytics.checks_findings import (
    Findings,
    cells_of,
    formula_faults,
    refuse_unusable,
    refused_rows,
    texts_of,
)
from analytics.checks_school_names import matched_schools
from analytics.faults import Fault
from analytics.readers import Reading
from analytics.readers.dapodik import school_year_in
from analytics.readers.grades import ALL, FEMALE, GRADE_COLUMN, MALE, grade_of
from analytics.readers.religions import RELIGIONS

COLUMNS = ("npsn", "school_year", "grade", "pupil_count")
# Grades of each kind of school; schools of other kinds may hold any.
GRADES_OF_LEVEL = {
    **dict.fromkeys(("TK", "RA", "KB", "TPA", "SPS", "PAUD"), range(0, 1)),
    **dict.fromkeys(("SD", "MI", "SDN", "SDS"), range(1, 7)),
    **dict.fromkeys(("SMP", "MTS", "SMPN", "SMPS"), range(7, 10)),
    **dict.fromkeys(("SMA", "MA", "SMK", "SMAN", "SMKN"), range(10, 13)),
}
_BANDS = (range(0, 1), range(1, 7), range(7, 10), range(10, 13))
UNKNOWN_YEAR = -1
_NPSN = re.compile(r"(?:\d{8}|[PKT]\d{7})")
# Kinds of rombel in Dapodik: 1 is a class; 16 an elective, 51 an extra-curricular group.
_CLASS_KIND = re.compile(
    r"^\s*(?:1(?:\.0)?|kelas(?:\s+(?:teori|reguler|utama))?|reguler)\s*$", re.I
)


@dataclass(frozen=True)
class CheckedEnrolment:
    """Pupils by grade, judged. ``enrolment``: one row per school, school year and grade.

    ``enrolment`` has ``npsn`` (str), ``school_year`` (int64, 2025 is 2025/26), ``grade`` (int64, 0
    kindergarten, 1-12) and ``pupil_count`` (int64). ``rombels``: ``npsn``, ``school_year``,
    ``grade``, ``rombel_count``, where classes are listed. ``religions``: ``npsn``, ``school_year``,
    ``religion``, ``pupil_count``, where a list of pupils was counted. ``row_count``: records in the
    file.
    """

    enrolment: pd.DataFrame
    faults: tuple[Fault, ...]
    refused: pd.DataFrame
    row_count: int
    rombels: pd.DataFrame = field(default_factory=pd.DataFrame)
    religions: pd.DataFrame = field(default_factory=pd.DataFrame)


@dataclass(frozen=True)
class _Count:
    """Pupils that one row says are in one grade."""

    at: int
    grade: int
    pupil_count: int


def checked_enrolment(
    reading: Reading, as_of: date | None = None, known: pd.DataFrame | None = None
) -> CheckedEnrolment:
    """Judge a table of pupils by grade, long or wide, or a list of classes (rombel).

    A wide row with a wrong cell is refused as a whole. Totals are held against the sum of the
    grades and never added. A band of grades (1-6, 7-9, 10-12) in which a school has no pupil at
    all is not a band it serves: such zeros are left out.

    Parameters
    ----------
    reading
        Of kind ``enrolment``.
    as_of
        The day the table describes, which gives the school year where the table does not.
    known
        Schools known before (``npsn``, ``name``, ``level``, ``kecamatan``), by whose names a table
        without numbers is matched.

    Raises
    ------
    FaultsError
        When there is no column of schools, grades or pupils (``column_missing``).
    """
    refuse_unusable(reading)
    findings = Findings(reading)
    schools = schools_of_rows(reading, findings, known)
    years = school_years(reading, findings, as_of or reading.as_of)
    classes = _is_class(reading, findings)
    counts = _wide_counts(reading, findings) if _grade_columns(reading) else None
    if counts is None:
        counts = _long_counts(reading, findings)
    counts = [count for count in counts if classes[count.at]]
    formula_faults(
        reading, findings, [c for c in ("npsn", "name", "rombel") if c in reading.rows.columns]
    )
    _check_levels(reading, findings, counts)
    repeated = _check_repeats(reading, findings, schools, years, counts)
    refused = findings.refused()
    kept = [
        (schools[count.at], years[count.at], count.grade, count.pupil_count)
        for count in counts
        if count.at not in refused
        and (count.at, count.grade) not in repeated
        and years[count.at] != UNKNOWN_YEAR
    ]
    frame = pd.DataFrame(kept, columns=list(COLUMNS))
    frame = frame.astype({"npsn": "str", **dict.fromkeys(COLUMNS[1:], "int64")})
    frame = frame.groupby(list(COLUMNS[:3]), as_index=False)["pupil_count"].sum()
    return CheckedEnrolment(
        enrolment=_served(frame).reset_index(drop=True),
        faults=(*reading.faults, *findings.sorted_faults()),
        refused=refused_rows(reading, findings, refused),
        row_count=len(reading.rows),
        rombels=_rombels(reading, schools, years, counts, refused),
        religions=_religions(reading, schools, years, refused),
    )


def _rombels(
    reading: Reading,
    schools: list[str],
    years: list[int],
    counts: list[_Count],
    refused: set[int],
) -> pd.DataFrame:
    """Classes by school, year and grade, where the table lists them or counts them."""
    names = [*COLUMNS[:3], "rombel_count"]
    rows = reading.rows
    said = "rombel" if "rombel" in rows else "name" if "rombel_kind" in rows else ""
    if not said and "rombel_count" not in rows:
        return pd.DataFrame(columns=names)
    told = texts_of(reading, said) if said else []
    stated = cells_of(reading, "rombel_count")
    found: dict[tuple[str, int, int], set[str]] = {}
    sums: dict[tuple[str, int, int], int] = {}
    for count in counts:
        if count.at in refused or years[count.at] == UNKNOWN_YEAR:
            continue
        key = (schools[count.at], years[count.at], count.grade)
        if said and told[count.at]:
            found.setdefault(key, set()).add(told[count.at].casefold())
            sums[key] = len(found[key])
        elif not said and isinstance(number := cell.whole_number(stated[count.at]), int):
            sums[key] = sums.get(key, 0) + number
    records = [(*key, number) for key, number in sorted(sums.items()) if number]
    return pd.DataFrame(records, columns=names)


def _religions(
    reading: Reading, schools: list[str], years: list[int], refused: set[int]
) -> pd.DataFrame:
    """Pupils by religion of schools whose lists of pupils were counted."""
    names = ["npsn", "school_year", "religion", "pupil_count"]
    columns = [f"religion_{each}" for each in RELIGIONS if f"religion_{each}" in reading.rows]
    records = [
        (schools[at], years[at], column.removeprefix("religion_"), number)
        for column in columns
        for at, number in enumerate(map(cell.whole_number, reading.rows[column]))
        if at not in refused and years[at] != UNKNOWN_YEAR and isinstance(number, int)
    ]
    table = pd.DataFrame(records, columns=names)
    summed = table.groupby(names[:3], as_index=False)["pupil_count"].sum()
    return summed.loc[summed["pupil_count"] > 0].reset_index(drop=True)


def schools_of_rows(
    reading: Reading, findings: Findings, known: pd.DataFrame | None = None
) -> list[str]:
    """The school of every row. Ids of other systems are taken as they are, if none is an NPSN.

    A table without numbers is matched by name with the ``known`` schools.
    """
    if not {"npsn", "school_id"} & set(reading.rows.columns) and known is not None:
        return matched_schools(reading, findings, known)
    column = "npsn" if "npsn" in reading.rows.columns else "school_id"
    cells = cells_of(reading, column)
    numbers = cell.by_value(cells, cell.npsn)
    fitting = sum(bool(_NPSN.fullmatch(number)) for number in numbers)
    is_npsn = column == "npsn" or fitting * 2 >= max(len(numbers), 1)
    texts = numbers if is_npsn else [cell.text(value) for value in cells]
    for at, text in enumerate(texts):
        if (is_npsn and not _NPSN.fullmatch(text)) or not text:
            findings.add("npsn_malformed", at, column, cells[at])
    return texts


def school_years(reading: Reading, findings: Findings, as_of: date | None) -> list[int]:
    """The school year of every row; ``UNKNOWN_YEAR`` where a fault says that it is not known."""
    count = len(reading.rows)
    if "school_year" not in reading.rows.columns:
        if as_of is None:
            findings.add("school_year_missing", None, "school_year")
            return [UNKNOWN_YEAR] * count
        return [as_of.year - (as_of.month < 7)] * count
    cells = cells_of(reading, "school_year")
    years = cell.by_value(cells, _school_year)
    for at, year in enumerate(years):
        if year is None:
            findings.add("school_year_missing", at, "school_year", cells[at])
    return [UNKNOWN_YEAR if year is None else year for year in years]


def _school_year(value: object) -> int | None:
    number = cell.whole_number(value)
    if isinstance(number, int):
        # Dapodik writes the half-year behind the year: 20251.
        number = number // 10 if 19901 <= number <= 21992 and number % 10 in (1, 2) else number
        return number if 1990 <= number <= 2199 else None
    return school_year_in(cell.text(value))


def _is_class(reading: Reading, findings: Findings) -> list[bool]:
    """Whether each row counts: electives and clubs list the pupils of the classes once more."""
    kinds = texts_of(reading, "rombel_kind")
    is_class = [not kind or bool(_CLASS_KIND.match(kind)) for kind in kinds]
    others = is_class.count(False)
    if others:
        findings.add("rombel_not_class", None, "rombel_kind", count=others)
    return is_class


def _grade_columns(reading: Reading) -> list[str]:
    return [str(name) for name in reading.rows.columns if GRADE_COLUMN.fullmatch(str(name))]


def counts_of(reading: Reading, findings: Findings, column: str) -> list[int | None]:
    """Whole numbers of a column; a cell that is none is a fault and None."""
    cells = cells_of(reading, column)
    numbers: list[int | None] = []
    for at, number in enumerate(cell.by_value(cells, cell.whole_number)):
        is_wrong = number == cell.UNKNOWN or (isinstance(number, int) and number < 0)
        if is_wrong:
            findings.add("count_invalid", at, column, cells[at])
        numbers.append(number if isinstance(number, int) and not is_wrong else None)
    return numbers


def _wide_counts(reading: Reading, findings: Findings) -> list[_Count]:
    """One count per filled grade of every row; totals are checked on the way."""
    columns: dict[int, dict[str, dict[str, list[int | None]]]] = {}
    names: dict[tuple[int, str], str] = {}
    for name in _grade_columns(reading):
        found = GRADE_COLUMN.fullmatch(name)
        if found is None:
            continue
        grade, section, part = int(found["grade"]), found["section"] or "", found["part"] or ""
        sections = columns.setdefault(grade, {})
        sections.setdefault(section, {})[part] = counts_of(reading, findings, name)
        names[grade, section] = name
    totals = counts_of(reading, findings, "pupil_count")
    counts: list[_Count] = []
    empty: set[int] = set()
    for at in range(len(reading.rows)):
        sum_of_row, has_grade = 0, False
        for grade, sections in columns.items():
            of_sections = []
            for section, parts in sections.items():
                number, total = of_parts({part: cells[at] for part, cells in parts.items()})
                if total is not None and number is not None and total != number:
                    findings.add(
                        "pupil_total_mismatch", at, names[grade, section], total,
                        total=total, sum=number,
                    )  # fmt: skip
                of_sections.append((section, number if number is not None else total))
            # Classes of a grade add up; a column of the whole grade beside them is their total.
            classes = [n for section, n in of_sections if section and n is not None]
            whole = next((n for section, n in of_sections if not section), None)
            number = sum(classes) if classes else whole
            if classes and whole is not None and whole != sum(classes):
                findings.add(
                    "pupil_total_mismatch", at, names[grade, ""], whole,
                    total=whole, sum=sum(classes),
                )  # fmt: skip
            if number is not None:
                has_grade = True
                sum_of_row += number
                counts.append(_Count(at, grade, number))
        total = totals[at]
        if has_grade and total is not None and total != sum_of_row:
            findings.add(
                "pupil_total_mismatch", at, "pupil_count", total, total=total, sum=sum_of_row
            )
        if not has_grade or sum_of_row == 0:
            findings.add("enrolment_empty", at, "pupil_count")
            empty.add(at)
    return [count for count in counts if count.at not in empty]


def of_parts(parts: dict[str, int | None]) -> tuple[int | None, int | None]:
    """Pupils of a grade from its parts, and the total stated beside them (None: none)."""
    by_sex = [parts.get(MALE), parts.get(FEMALE)]
    stated = parts.get("") if parts.get("") is not None else parts.get(ALL)
    known = [number for number in by_sex if number is not None]
    # One sex alone is the whole only where nothing else is stated.
    if len(known) == 2 or (known and stated is None):
        return sum(known), stated
    return stated, None


def _long_counts(reading: Reading, findings: Findings) -> list[_Count]:
    """One count per row."""
    source = "grade" if "grade" in reading.rows.columns else "rombel"
    cells = cells_of(reading, source)
    grades = cell.by_value([cell.plain(value) for value in cells], grade_of)
    stated = counts_of(reading, findings, "pupil_count")
    male = counts_of(reading, findings, "pupil_count_male")
    female = counts_of(reading, findings, "pupil_count_female")
    count_column = next(
        name
        for name in ("pupil_count", "pupil_count_male", "pupil_count_female")
        if name in reading.rows.columns
    )
    empty = {fault.row for fault in findings.faults if fault.code == "count_invalid"}
    rows = reading.rows["row"].to_list()
    counts = []
    for at, grade in enumerate(grades):
        if grade is None:
            # A row that states a school's total is no grade, and nothing is lost without it.
            if not cell.is_total(cell.text(cells[at])):
                findings.add("grade_unknown", at, source, cells[at])
            continue
        number, total = of_parts({"": stated[at], MALE: male[at], FEMALE: female[at]})
        if total is not None and total != number:
            findings.add("pupil_total_mismatch", at, "pupil_count", total, total=total, sum=number)
        if number is not None:
            counts.append(_Count(at, grade, number))
        elif rows[at] not in empty:
            findings.add("count_invalid", at, count_column, cells_of(reading, count_column)[at])
    return counts


def _check_levels(reading: Reading, findings: Findings, counts: list[_Count]) -> None:
    """``grade_outside_level`` for pupils in a grade that the row's kind of school has not."""
    if "level" not in reading.rows.columns:
        return
    levels = [text.upper().split()[:1] for text in texts_of(reading, "level")]
    for count in counts:
        served = GRADES_OF_LEVEL.get(levels[count.at][0]) if levels[count.at] else None
        if served is not None and count.grade not in served and count.pupil_count:
            findings.add(
                "grade_outside_level", count.at, "grade", count.grade,
                level=levels[count.at][0], grade=count.grade,
            )  # fmt: skip


def _check_repeats(
    reading: Reading,
    findings: Findings,
    schools: list[str],
    years: list[int],
    counts: list[_Count],
) -> set[tuple[int, int]]:
    """Row and grade of identical repeats. Adds ``row_repeated`` and ``enrolment_duplicate``.

    Rows of one school, year and grade add up where they are told apart by class or sex; where
    nothing tells them apart they say the same thing twice, or contradict each other.
    """
    apart = [name for name in ("rombel", "sex") if name in reading.rows.columns]
    if not apart and "rombel_kind" in reading.rows.columns:
        apart = ["name"]  # the web service of Dapodik calls the class 'nama'
    told = [texts_of(reading, name) for name in apart]
    seen: dict[tuple[object, ...], _Count] = {}
    pairs: dict[tuple[int, int], list[tuple[int, bool]]] = {}
    for count in counts:
        at = count.at
        if not schools[at]:
            continue
        key = (schools[at], years[at], count.grade, *(texts[at].casefold() for texts in told))
        first = seen.setdefault(key, count)
        if first is not count and years[at] != UNKNOWN_YEAR:
            is_same = first.pupil_count == count.pupil_count
            pairs.setdefault((first.at, at), []).append((count.grade, is_same))
    repeated: set[tuple[int, int]] = set()
    column = "npsn" if "npsn" in reading.rows.columns else "school_id"
    for (first_at, at), grades in pairs.items():
        is_same = all(same for _, same in grades)
        if is_same:
            repeated.update((at, grade) for grade, _ in grades)
        code = "row_repeated" if is_same else "enrolment_duplicate"
        findings.add(code, at, column, schools[at], first_row=findings.row_name(first_at))
    return repeated


def _served(enrolment: pd.DataFrame) -> pd.DataFrame:
    """Rows without the zeros of bands of grades in which the school has no pupil at all."""
    band = enrolment["grade"].map(
        {grade: place for place, band in enumerate(_BANDS) for grade in band}
    )
    served = enrolment.groupby([enrolment["npsn"], band])["pupil_count"].transform("max") > 0
    return enrolment.loc[served]
