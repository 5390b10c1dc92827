"""Dapodik lists of teachers and staff (GTK): one row per person, typed, with what is wrong."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

import pandas as pd

from analytics import checks_cells as cell
from analytics.checks_bounds import bound
from analytics.checks_findings import (
    Findings,
    cells_of,
    formula_faults,
    refuse_unusable,
    refused_rows,
    texts_of,
)
from analytics.checks_people import (
    as_text,
    checked_birth_date,
    checked_day,
    checked_nip,
    checked_sex,
    checked_word,
)
from analytics.checks_schools import place
from analytics.faults import Fault
from analytics.readers import Reading

_TEXTS = ("name", "teacher_kind", "school", "extra_duty", "employee_type", "subject")
_HOURS = re.compile(r"(\d{1,3}(?:[.,]\d{1,2})?)\s*(?:jp|jam|jjm)?", re.I)
_PART_TIME = re.compile(r"paruh\s*waktu", re.I)
_CANDIDATE = re.compile(r"\bcpns\b", re.I)


@dataclass(frozen=True)
class CheckedTeachers:
    """A GTK list, judged. ``teachers``: one row per person without an error, typed."""

    teachers: pd.DataFrame
    faults: tuple[Fault, ...]
    refused: pd.DataFrame
    row_count: int


def checked_teachers(reading: Reading, as_of: date) -> CheckedTeachers:
    """Judge a Dapodik GTK list.

    Honorary teachers have no NIP: an empty cell is no fault here, a wrong one is.

    Returns
    -------
    ``teachers`` with ``name``, ``nuptk``, ``nip`` (NA allowed), ``sex``, ``birth_date``,
    ``employment`` (``PNS``, ``CPNS``, ``PPPK``, ``PPPK_PW``, ``honorer``), ``teacher_kind``,
    ``school``, ``npsn``, ``extra_duty``, ``golongan``, ``appointed_on``, ``subject`` (what is
    taught, as written) and ``certificate_subject`` (subject of the teaching certificate; NA where
    the list only says yes or no), ``weekly_hours`` (JP a week, NA where not told) and
    ``home_kecamatan`` (only from a column that says so; the address itself is never read). Where
    hours are told, one row per person, school and subject, lessons in several classes added up.

    Raises
    ------
    FaultsError
        When a column that is needed was not found (``column_missing``).
    """
    refuse_unusable(reading)
    findings = Findings(reading)
    # A list of hours has a row for every lesson.
    is_by_lesson = any(texts_of(reading, "weekly_hours"))
    parts = checked_nip(reading, findings, may_be_empty=True, may_repeat=is_by_lesson)
    names = texts_of(reading, "name")
    for at, name in enumerate(names):
        if not name:
            findings.add("name_missing", at, "name", cells_of(reading, "name")[at])
    appointed = checked_day(reading, findings, "appointed_on", as_of)
    appointed = appointed.fillna(checked_day(reading, findings, "first_appointed_on", as_of))
    teachers = pd.DataFrame(
        {
            "name": as_text(names),
            "nuptk": as_text([text.replace(" ", "") for text in texts_of(reading, "nuptk")]),
            "nip": as_text(parts["nip"].where(parts["is_usable"], "").to_list()),
            "sex": checked_sex(reading, findings, parts, cell.sex),
            "birth_date": checked_birth_date(reading, findings, parts, as_of),
            "employment": _employment(reading, parts),
            "teacher_kind": as_text(texts_of(reading, "teacher_kind")),
            "school": as_text(texts_of(reading, "school")),
            "npsn": as_text(cell.by_value(cells_of(reading, "npsn"), cell.npsn)),
            "extra_duty": as_text(texts_of(reading, "extra_duty")),
            "golongan": checked_word(
                reading, findings, "golongan", cell.golongan, "golongan_unknown"
            ),
            "appointed_on": appointed,
            "subject": as_text(texts_of(reading, "subject")),
            "certificate_subject": as_text(
                [_certified(text) for text in texts_of(reading, "certificate_subject")]
            ),
            "weekly_hours": _hours(reading, findings),
            "home_kecamatan": as_text(cell.by_value(texts_of(reading, "home_kecamatan"), place)),
        }
    )
    formula_faults(reading, findings, [c for c in _TEXTS if c in reading.rows.columns])
    refused = findings.refused()
    keep = [at for at in range(len(teachers)) if at not in refused]
    teachers = teachers.iloc[keep]
    if teachers["weekly_hours"].notna().any():
        classes = texts_of(reading, "lesson_class") if "lesson_class" in reading.rows else None
        own = None if classes is None else [classes[at] for at in keep]
        teachers = _by_subject(teachers, own, findings)
    return CheckedTeachers(
        teachers=teachers.reset_index(drop=True),
        faults=(*reading.faults, *findings.sorted_faults()),
        refused=refused_rows(reading, findings, refused),
        row_count=len(reading.rows),
    )


def _hours(reading: Reading, findings: Findings) -> pd.Series:
    """Hours a week, NaN where not told or not to be believed (``teaching_hours_invalid``)."""
    most = bound("most_hours_told")
    told: list[float | None] = []
    for at, written in enumerate(texts_of(reading, "weekly_hours")):
        number = _HOURS.fullmatch(written.strip())
        value = float(number.group(1).replace(",", ".")) if number else None
        if written and written != "-" and (value is None or value > most):
            findings.add(
                "teaching_hours_invalid", at, "weekly_hours",
                cells_of(reading, "weekly_hours")[at], most=f"{most:g}",
            )  # fmt: skip
            value = None
        told.append(value)
    return pd.Series(told, dtype="float64")


def _by_subject(
    teachers: pd.DataFrame, classes: list[str] | None, findings: Findings
) -> pd.DataFrame:
    """One row per person, school and subject, its hours added up.

    Rows of the same hours and class (of the same hours, where no column names the class) are one
    entered twice: they count once, and are told (``teaching_hours_repeated``).
    """
    person = teachers["nip"].fillna(teachers["nuptk"])
    born = pd.to_datetime(teachers["birth_date"]).dt.strftime("%Y%m%d").fillna("")
    person = person.fillna(teachers["name"].str.casefold() + born)
    keys = [
        person,
        teachers["npsn"].fillna(teachers["school"].str.casefold()).fillna(""),
        teachers["subject"].str.casefold().fillna(""),
    ]
    lesson = pd.Series("" if classes is None else classes, index=teachers.index, dtype="str")
    place = pd.concat([*keys, lesson, teachers["weekly_hours"]], axis=1)
    is_again = place.duplicated()
    if count := int((is_again & teachers["weekly_hours"].notna()).sum()):
        findings.add("teaching_hours_repeated", None, "weekly_hours", count=count)
    lessons = teachers.loc[~is_again]
    own = [key.loc[lessons.index] for key in keys]
    summed = (
        lessons["weekly_hours"]
        .groupby(own, sort=False)
        .transform(lambda told: told.sum(min_count=1))
    )
    first = ~pd.concat(own, axis=1).duplicated()
    return lessons.assign(weekly_hours=summed).loc[first]


def _certified(text: str) -> str:
    """The subject of a certificate; '' for a bare yes or no, which names none."""
    folded = " ".join(re.findall(r"[a-z0-9✓]+", text.casefold()))
    return "" if folded in cell.wordings("certificate") else text


def _employment(reading: Reading, parts: pd.DataFrame) -> pd.Series:
    """The kind of employment: the NIP's digits where there are any, else the status in words."""
    in_nip = parts["employment"].where(parts["is_usable"], "").to_list()
    kinds = []
    for words, digits in zip(texts_of(reading, "employee_type"), in_nip, strict=True):
        kind = digits or _stated(words)
        if kind == "PPPK" and _PART_TIME.search(words):
            kind = "PPPK_PW"
        elif kind == "PNS" and _CANDIDATE.search(words):
            kind = "CPNS"
        kinds.append(kind)
    return pd.Series(kinds, dtype="str")


def _stated(words: str) -> str:
    kind = cell.employment(words)
    return "honorer" if kind in ("", cell.UNKNOWN) else kind
