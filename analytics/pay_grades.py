"""Grade and years of service of each person, as far as the roster tells them.

Method: docs/method.md eq. 172-173.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date

import numpy as np
import pandas as pd

from analytics.checks_cells import UNKNOWN
from analytics.checks_cells import golongan as grade_as_written
from analytics.pay_law import CPNS, PART_TIME, PPPK, SCALE_OF, PayLaw, Whole

# How a roster writes schooling, tried in this order on folded text.
_SCHOOLING = (
    ("S3", r"\bs ?3\b|\bdoktor\b|\bspesialis 2\b|strata (3|iii)\b"),
    ("S2", r"\bs ?2\b|\bmagister\b|\bmaster\b|\bspesialis\b|strata (2|ii)\b"),
    ("S1", r"\bs ?1\b|\bsarjana\b(?! muda)|\bprofesi\b|strata (1|i)\b|\bners\b"),
    ("D4", r"\bd ?(4|iv)\b|\bdiploma (4|iv)\b|\bsarjana terapan\b"),
    ("D3", r"\bd ?(3|iii)\b|\bdiploma (3|iii)\b|\bsarjana muda\b|\bakademi\b"),
    ("D2", r"\bd ?(2|ii)\b|\bdiploma (2|ii)\b"),
    ("D1", r"\bd ?(1|i)\b|\bdiploma (1|i)\b"),
    (
        "SMA",
        r"\bs(lta|ma|mk|mu|tm|mea|pg|mkk|go)\b|\bma\b|\bkpg\b|\bpaket c\b"
        r"|\bsekolah menengah (atas|kejuruan|umum)\b",
    ),
    ("SMP", r"\bsltp\b|\bsmp\b|\bmts\b|\bsekolah menengah pertama\b|\bpaket b\b|\bst\b"),
    ("SD", r"\bsd\b|\bsekolah dasar\b|\bmi\b|\bpaket a\b|\bsr\b"),
)
GRADE_BASES = ("stated", "schooling", "none")
SERVICE_BASES = ("stated", "adjusted", "appointed", "nip", "grade", "none")


@dataclass(frozen=True, eq=False)
class Graded:
    """Grade and service of people, in their order.

    Attributes
    ----------
    place
        Row of :attr:`PayLaw.table_idr`, -1 where there is none.
    service_months
        Months of service in grade (MKG) on the day.
    grade_basis, service_basis
        One of ``GRADE_BASES`` and ``SERVICE_BASES`` each.
    """

    place: Whole
    service_months: Whole
    grade_basis: np.ndarray = field(repr=False)
    service_basis: np.ndarray = field(repr=False)


def schooling(written: object) -> str | None:
    """``SD .. S3`` from what a roster writes, None where not understood."""
    if not isinstance(written, str):
        return None
    folded = re.sub(r"[^a-z0-9]+", " ", written.casefold()).strip()
    for level, pattern in _SCHOOLING:
        if re.search(pattern, folded):
            return level
    return None


def graded(people: pd.DataFrame, on: date, law: PayLaw) -> Graded:
    """Grade and service of people.

    Parameters
    ----------
    people
        One row per person: ``employment`` and, where present, ``golongan``, ``service_years``,
        ``service_months``, ``appointed_on``, ``education_level``, ``nip``.
    on
        The day of the roster.
    law
        Rules of pay.

    Returns
    -------
    See :class:`Graded`. Method: docs/method.md eq. 172-173.
    """
    employment = _texts(people, "employment")
    place, grade_basis = _places(people, employment, law)
    months, service_basis = _service(people, on)
    return Graded(place, months, grade_basis, service_basis)


def _texts(people: pd.DataFrame, column: str) -> np.ndarray:
    if column not in people:
        return np.full(len(people), "", dtype=object)
    values = people[column].astype("object")
    return values.where(values.notna(), "").to_numpy(dtype=object)


def _places(people: pd.DataFrame, employment: np.ndarray, law: PayLaw) -> tuple[Whole, np.ndarray]:
    keys = pd.MultiIndex.from_arrays(
        [employment, _texts(people, "golongan"), _texts(people, "education_level")]
    )
    codes, unique = keys.factorize()
    found = np.full(len(unique), -1, dtype=np.int64)
    basis = np.full(len(unique), "none", dtype=object)
    for number, (who, written, taught) in enumerate(unique):
        if who == PART_TIME or who not in SCALE_OF:
            continue
        grade = grade_as_written(written)
        if grade and grade != UNKNOWN and law.place(who, grade) >= 0:
            found[number], basis[number] = law.place(who, grade), "stated"
        elif who in (PPPK, CPNS) and (level := schooling(taught)):
            # Neither rises in grade: what they came in with is what they have.
            entry = law.answer("entry", who, level)
            if entry and law.place(who, entry) >= 0:
                found[number], basis[number] = law.place(who, entry), "schooling"
    return found[codes], basis[codes]


def _service(people: pd.DataFrame, on: date) -> tuple[Whole, np.ndarray]:
    count = len(people)
    months = np.zeros(count, dtype=np.int64)
    basis = np.full(count, "none", dtype=object)
    if "appointed_on" in people:
        appointed = people["appointed_on"].to_numpy(dtype="datetime64[M]")
        known = ~np.isnat(appointed)
        served = (np.datetime64(on, "M") - appointed).astype(np.int64)
        months[known] = np.maximum(served[known], 0)
        basis[known] = "appointed"
    if "service_years" in people:
        years = pd.to_numeric(people["service_years"], errors="coerce")
        extra = (
            pd.to_numeric(people["service_months"], errors="coerce").fillna(0)
            if "service_months" in people
            else 0
        )
        stated = (years * 12 + extra).to_numpy(dtype="float64", na_value=np.nan)
        known = ~np.isnan(stated)
        months[known] = stated[known].astype(np.int64)
        basis[known] = "stated"
    return months, basis
