"""Pupils by school, school year and religion: counts only, typed, with what is wrong.

No fault repeats how many pupils have which religion: only sums are told.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pandas as pd

from analytics import checks_cells as cell
from analytics.checks_enrolment import (
    UNKNOWN_YEAR,
    counts_of,
    of_parts,
    school_years,
    schools_of_rows,
)
from analytics.checks_findings import (
    Findings,
    cells_of,
    formula_faults,
    refuse_unusable,
    refused_rows,
    texts_of,
)
from analytics.faults import Fault
from analytics.readers import Reading
from analytics.readers.grades import ALL, FEMALE, MALE, grade_of
from analytics.readers.religions import OTHER, RELIGION_COLUMN, religion_of

COLUMNS = ("npsn", "school_year", "religion", "pupil_count")


@dataclass(frozen=True)
class CheckedReligions:
    """Pupils by religion, judged. ``religions``: one row per school, school year and religion.

    ``religions`` has ``npsn`` (str), ``school_year`` (int64, 2025 is 2025/26), ``religion`` (str)
    and ``pupil_count`` (int64). ``row_count``: records in the file.
    """

    religions: pd.DataFrame
    faults: tuple[Fault, ...]
    refused: pd.DataFrame
    row_count: int


@dataclass(frozen=True)
class _Count:
    """Pupils that one row says have one religion; of one grade and part where it is told."""

    at: int
    religion: str
    pupil_count: int
    apart: str = ""


def checked_religions(
    reading: Reading,
    as_of: date | None = None,
    pupils: pd.DataFrame | None = None,
    known: pd.DataFrame | None = None,
) -> CheckedReligions:
    """Judge a table of pupils by religion, wide (a column each) or long (a row each).

    Grades and sexes are summed. A wide row with a wrong cell is refused as a whole. Pupils whose
    religion the list does not name are told and left out.

    Parameters
    ----------
    reading
        Of kind ``religion``.
    as_of
        The day the table describes, which gives the school year where the table does not.
    pupils
        ``npsn``, ``school_year``, ``pupil_count`` as known before, to hold the sums against; one
        row per school and year, or several that are summed.
    known
        Schools known before, by whose names a table without numbers is matched.

    Raises
    ------
    FaultsError
        When there is no column of schools, religions or pupils (``column_missing``).
    """
    refuse_unusable(reading)
    findings = Findings(reading)
    schools = schools_of_rows(reading, findings, known)
    years = school_years(reading, findings, as_of or reading.as_of)
    is_long = "religion" in reading.rows.columns
    counts = _long_counts(reading, findings) if is_long else _wide_counts(reading, findings)
    formula_faults(
        reading, findings, [c for c in ("npsn", "name", "religion") if c in reading.rows.columns]
    )
    repeated = _check_repeats(reading, findings, schools, years, counts)
    refused = findings.refused()
    kept = [
        (schools[count.at], years[count.at], count.religion, count.pupil_count)
        for at, count in enumerate(counts)
        if count.at not in refused and at not in repeated and years[count.at] != UNKNOWN_YEAR
    ]
    frame = pd.DataFrame(kept, columns=list(COLUMNS)).astype(
        {"npsn": "str", "school_year": "int64", "religion": "str", "pupil_count": "int64"}
    )
    frame = frame.groupby(list(COLUMNS[:3]), as_index=False)["pupil_count"].sum()
    _hold_against(findings, frame, schools, years, pupils)
    frame = frame.loc[frame["religion"] != OTHER]
    told = frame.groupby(["npsn", "school_year"])["pupil_count"].transform("sum") > 0
    return CheckedReligions(
        religions=frame.loc[told].reset_index(drop=True),
        faults=(*reading.faults, *findings.sorted_faults()),
        refused=refused_rows(reading, findings, refused),
        row_count=len(reading.rows),
    )


def _wide_counts(reading: Reading, findings: Findings) -> list[_Count]:
    """One count per religion and grade of every row; totals are checked on the way."""
    columns: dict[tuple[str, str], dict[str, list[int | None]]] = {}
    for name in map(str, reading.rows.columns):
        found = RELIGION_COLUMN.fullmatch(name)
        if found:
            group = columns.setdefault((found["religion"], found["grade"] or ""), {})
            group[found["part"] or ""] = counts_of(reading, findings, name)
    graded = {religion for religion, grade in columns if grade}
    told = [texts_of(reading, name) for name in ("grade", "sex") if name in reading.rows.columns]
    stated = counts_of(reading, findings, "pupil_count")
    wrong = {fault.row for fault in findings.faults if fault.code == "count_invalid"}
    rows = reading.rows["row"].to_list()
    counts: list[_Count] = []
    for at in range(len(reading.rows)):
        of_row: list[_Count] = []
        for (religion, grade), parts in columns.items():
            if religion in graded and not grade:
                continue  # the total of the grades beside it
            number, total = of_parts({part: cells[at] for part, cells in parts.items()})
            if number is not None:
                apart = "|".join([grade, *(texts[at] for texts in told)])
                of_row.append(_Count(at, religion, number, apart))
            if total is not None and number is not None and total != number:
                _say_total(findings, at, total, number)
        whole = sum(count.pupil_count for count in of_row)
        if not of_row or not whole:
            if rows[at] not in wrong:
                findings.add("religion_empty", at, "pupil_count")
            continue
        if stated[at] is not None and stated[at] != whole:
            _say_total(findings, at, stated[at], whole)
        counts += of_row
    return counts


def _say_total(findings: Findings, at: int, total: int | None, summed: int) -> None:
    findings.add("pupil_total_mismatch", at, "pupil_count", total or 0, total=total, sum=summed)


def _long_counts(reading: Reading, findings: Findings) -> list[_Count]:
    """One count per row that names a religion."""
    cells = cells_of(reading, "religion")
    religions = cell.by_value([cell.plain(value) for value in cells], religion_of)
    stated = counts_of(reading, findings, "pupil_count")
    male = counts_of(reading, findings, "pupil_count_male")
    female = counts_of(reading, findings, "pupil_count_female")
    told = [texts_of(reading, name) for name in ("grade", "sex") if name in reading.rows.columns]
    wrong = {fault.row for fault in findings.faults if fault.code == "count_invalid"}
    rows = reading.rows["row"].to_list()
    counts = []
    for at, religion in enumerate(religions):
        if religion is None:
            text = cell.text(cells[at])
            # A row of a school's total, or of all grades, is no religion.
            if not cell.is_total(text) and (text or grade_of(text) is None):
                findings.add("religion_unknown", at, "religion", cells[at])
            continue
        number, total = of_parts({"": stated[at], MALE: male[at], FEMALE: female[at], ALL: None})
        if total is not None and total != number:
            _say_total(findings, at, total, number or 0)
        if number is not None:
            counts.append(_Count(at, religion, number, "|".join(texts[at] for texts in told)))
        elif rows[at] not in wrong:
            findings.add("count_invalid", at, "pupil_count", "")
    return counts


def _check_repeats(
    reading: Reading,
    findings: Findings,
    schools: list[str],
    years: list[int],
    counts: list[_Count],
) -> set[int]:
    """Places of repeats among the counts; rows of one school, year and religion say it twice."""
    first: dict[tuple[object, ...], int] = {}
    repeated: set[int] = set()
    pairs: dict[tuple[int, int], bool] = {}
    for place, count in enumerate(counts):
        key = (schools[count.at], years[count.at], count.religion, count.apart.casefold())
        before = first.setdefault(key, place)
        if before == place or years[count.at] == UNKNOWN_YEAR or not schools[count.at]:
            continue
        is_same = counts[before].pupil_count == count.pupil_count
        if is_same:
            repeated.add(place)
        if counts[before].at != count.at:
            pair = (counts[before].at, count.at)
            pairs[pair] = pairs.get(pair, True) and is_same
    column = "npsn" if "npsn" in reading.rows.columns else "school_id"
    for (first_at, at), is_same in pairs.items():
        code = "row_repeated" if is_same else "religion_duplicate"
        findings.add(code, at, column, schools[at], first_row=findings.row_name(first_at))
    return repeated


def _hold_against(
    findings: Findings,
    frame: pd.DataFrame,
    schools: list[str],
    years: list[int],
    pupils: pd.DataFrame | None,
) -> None:
    """``religion_not_named`` and ``religion_pupils_mismatch``, at the first row of each school."""
    first: dict[tuple[str, int], int] = {}
    for at, key in enumerate(zip(schools, years, strict=True)):
        first.setdefault(key, at)
    keys = ["npsn", "school_year"]
    others = frame.loc[(frame["religion"] == OTHER) & (frame["pupil_count"] > 0)]
    for row in others.itertuples():
        findings.add("religion_not_named", first[row.npsn, row.school_year], "religion")
    if pupils is None or pupils.empty:
        return
    known = pupils.dropna(subset=["pupil_count"]).groupby(keys)["pupil_count"].sum()
    for key, summed in frame.groupby(keys)["pupil_count"].sum().items():
        stated = int(known.get(key, summed))
        if stated != summed:
            findings.add(
                "religion_pupils_mismatch", first[key], "npsn", key[0], sum=summed, pupils=stated
            )
