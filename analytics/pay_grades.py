"""Grade and years of service of each person, as far as the roster tells them.

Method: docs/method.md eq. 172-173.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.checks_cells import UNKNOWN
from analytics.checks_cells import golongan as grade_as_written
from analytics.nip import nip_parts
from analytics.pay_law import CPNS, FAMILIES, PNS, PPPK, PayLaw, Whole

# How a roster writes schooling, tried in this order on folded text.
_SCHOOLING = (
    ("S3", r"\bs ?3\b|\bdoktor\b|\bstrata (3|iii)\b"),
    ("S2", r"\bs ?2\b|\bmagister\b|\bmaster\b|\bspesialis\b|\bstrata (2|ii)\b"),
    ("D4", r"\bd ?(4|iv)\b|\bdiploma (4|iv)\b|\bsarjana terapan\b"),
    ("D3", r"\bd ?(3|iii)\b|\bdiploma (3|iii)\b|\bsarjana muda\b|\bakademi\b"),
    ("S1", r"\bs ?1\b|\bsarjana\b|\bprofesi\b|\bners\b|\bstrata (1|i)\b"),
    ("D2", r"\bd ?(2|ii)\b|\bdiploma (2|ii)\b"),
    ("D1", r"\bd ?(1|i)\b|\bdiploma (1|i)\b"),
    (
        "SMA",
        r"\bs(lta|ma|mk|mu|tm|mea|pg|mkk|go)\b|\bma\b|\bkpg\b|\bpaket c\b"
        r"|\bsekolah (lanjutan tingkat|menengah) (atas|kejuruan|umum)\b",
    ),
    (
        "SMP",
        r"\bs(ltp|mp)\b|\bmts\b|\bpaket b\b"
        r"|\bsekolah (lanjutan tingkat|menengah) pertama\b",
    ),
    ("SD", r"\bsd\b|\bsekolah dasar\b|\bmi\b|\bpaket a\b|\bsr\b"),
)
# Two ways of counting months that differ by less tell the same day.
_SAME_MONTHS = 3


@dataclass(frozen=True, eq=False)
class Graded:
    """Grade and service of people, in their order.

    Attributes
    ----------
    place
        Row of :attr:`PayLaw.table_idr`, -1 where there is none.
    service_months
        Months of service in grade (MKG) on the day.
    grade_basis
        ``stated`` in the roster, by ``schooling``, or ``none``.
    service_basis
        ``stated``; ``adjusted`` (stated, but as of the last promotion or as total service, brought
        to service in grade today); from ``appointed`` day; from the ``nip``; the median of the same
        ``grade``; ``none`` (taken as zero).
    """

    place: Whole
    service_months: Whole
    grade_basis: NDArray[np.object_] = field(repr=False)
    service_basis: NDArray[np.object_] = field(repr=False)


@cache
def schooling(written: object) -> str | None:
    """``SD .. S3`` from what a roster writes, None where not understood."""
    if not isinstance(written, str):
        return None
    folded = re.sub(r"[^a-z0-9]+", " ", written.casefold()).strip()
    for level, pattern in _SCHOOLING:
        if re.search(pattern, folded):
            return level
    return None


def coded(people: pd.DataFrame, column: str) -> tuple[Whole, list[str]]:
    """A column as codes into its distinct texts; '' where empty or not there."""
    if column not in people:
        return np.zeros(len(people), dtype=np.int64), [""]
    codes, unique = pd.factorize(people[column])
    known = [str(each) for each in np.asarray(unique, dtype=object).tolist()]
    return np.where(codes < 0, len(known), codes), [*known, ""]


def together(*columns: tuple[Whole, list[str]]) -> tuple[Whole, list[tuple[str, ...]]]:
    """Columns of codes as one: codes into the distinct rows."""
    joint = np.zeros(len(columns[0][0]), dtype=np.int64)
    for codes, known in columns:
        joint = joint * len(known) + codes
    codes, unique = pd.factorize(joint)
    rows = []
    for number in unique.tolist():
        row: list[str] = []
        rest = number
        for _, known in reversed(columns):
            rest, at = divmod(rest, len(known))
            row.insert(0, known[at])
        rows.append(tuple(row))
    return np.asarray(codes, dtype=np.int64), rows


def schoolings(people: pd.DataFrame) -> tuple[Whole, list[str]]:
    """Schooling by ``education_level``, else ``education``, as codes; '' where not understood."""
    codes, rows = together(coded(people, "education_level"), coded(people, "education"))
    known = [schooling(level) or schooling(subject) or "" for level, subject in rows]
    levels = [*dict.fromkeys(known)] or [""]
    place = {level: number for number, level in enumerate(levels)}
    return np.array([place[level] for level in known] or [0])[codes], levels


def texts(people: pd.DataFrame, column: str) -> NDArray[np.object_]:
    """A column as text, '' where empty or not there."""
    if column not in people:
        return np.full(len(people), "", dtype=object)
    values = people[column].astype("object")
    return values.where(values.notna(), "").to_numpy(dtype=object)


def months_since(people: pd.DataFrame, column: str, on: date) -> NDArray[np.float64]:
    """Whole months from a day to ``on``; NaN where unknown."""
    if column not in people:
        return np.full(len(people), np.nan)
    # Columns without any date may come as objects.
    day = pd.to_datetime(people[column], errors="coerce").to_numpy(dtype="datetime64[M]")
    months = (np.datetime64(on, "M") - day).astype(np.float64)
    return np.where(np.isnat(day), np.nan, months)


def graded(people: pd.DataFrame, on: date, law: PayLaw) -> Graded:
    """Grade and service of people.

    Parameters
    ----------
    people
        One row per person: ``employment`` and, where present, ``golongan``, ``golongan_since``,
        ``service_years``, ``service_months``, ``appointed_on``, ``education_level``, ``education``,
        ``nip``.
    on
        The day of the roster.
    law
        Rules of pay.

    Returns
    -------
    See :class:`Graded`. What the roster's service means (in grade or in all, today or on the day
    of the last promotion) is told from the people themselves.

    Method: docs/method.md eq. 172-173.
    """
    taught = schoolings(people)
    codes, rows = together(coded(people, "employment"), coded(people, "golongan"), taught)
    found = [_place(law, *row) for row in rows] or [_Place(-1, "none", -1, False)]
    place = np.array([each.at for each in found])[codes]
    basis = np.array([each.basis for each in found], dtype=object)[codes]
    months, service_basis = _service(
        people,
        on,
        place=place,
        dropped=_dropped(law, found)[codes],
        is_career=np.array([each.is_career for each in found])[codes],
    )
    return Graded(place, months, basis, service_basis)


@dataclass(frozen=True)
class _Place:
    """Where somebody stands in the salary table, and where they came in by today's schooling."""

    at: int
    basis: str
    entry: int
    is_career: bool


def _place(law: PayLaw, employment: str, written: str, taught: str) -> _Place:
    is_career = employment in (PNS, CPNS)
    entry = law.answer("entry", employment, taught)
    entered = law.place(employment, entry) if entry else -1
    grade = grade_as_written(written)
    if grade != UNKNOWN and (at := law.place(employment, grade)) >= 0:
        return _Place(at, "stated", entered, is_career)
    if employment in (PPPK, CPNS) and entered >= 0:
        # Neither rises in grade: what they came in with is what they have.
        return _Place(entered, "schooling", entered, is_career)
    return _Place(-1, "none", entered, is_career)


def _dropped(law: PayLaw, places: list[_Place]) -> NDArray[np.float64]:
    """Months that promotions have taken off since the grade of entry of today's schooling."""
    taken = drops(law)
    return np.array(
        [
            taken[law.family[each.entry], law.family[each.at]]
            if each.is_career and each.at >= 0 and each.entry >= 0
            else 0
            for each in places
        ],
        dtype=np.float64,
    )


def drops(law: PayLaw) -> Whole:
    """Months taken off the service on the way from one family of grades up to another."""
    taken = [0]
    for family in FAMILIES[1:]:
        taken.append(taken[-1] + int(law.amount_or_none("mkg_drop_months", of=family) or 0))
    total = np.array(taken)
    return np.maximum(total[None, :] - total[:, None], 0)


def _service(
    people: pd.DataFrame,
    on: date,
    *,
    place: Whole,
    dropped: NDArray[np.float64],
    is_career: NDArray[np.bool_],
) -> tuple[Whole, NDArray[np.object_]]:
    in_grade = months_since(people, "golongan_since", on)
    served, served_basis = _served(people, on, is_career)
    stated = _stated(people)
    meant = _meaning(stated, served, in_grade, dropped, place >= 0)
    # 1. As written, brought to service in grade today.
    months = stated + meant["stale"] * np.where(in_grade > 0, in_grade, 0.0)
    months = months - meant["total"] * dropped
    basis = np.full(len(people), "stated", dtype=object)
    basis[np.abs(months - stated) > 0] = "adjusted"
    # 2. Not written: since the appointment, less what promotions have taken off.
    missing = np.isnan(months)
    months = np.where(missing, served - dropped, months)
    basis = np.where(missing, served_basis, basis)
    # 3. Not even that: as others of the grade.
    missing = np.isnan(months)
    if missing.any():
        typical = pd.Series(months).groupby(place).transform("median").to_numpy()
        months = np.where(missing, typical, months)
        basis = np.where(missing, np.where(np.isnan(typical), "none", "grade"), basis)
    return np.maximum(np.nan_to_num(months), 0).astype(np.int64), basis


def _stated(people: pd.DataFrame) -> NDArray[np.float64]:
    columns = []
    for column in ("service_years", "service_months"):
        values = people[column] if column in people else pd.Series(np.nan, index=people.index)
        columns.append(pd.to_numeric(values, errors="coerce").to_numpy("float64", na_value=np.nan))
    years, months = columns
    # Months without years are a slip, not a short service.
    return years * 12 + np.nan_to_num(months)


def _served(
    people: pd.DataFrame, on: date, is_career: NDArray[np.bool_]
) -> tuple[NDArray[np.float64], NDArray[np.object_]]:
    """Months since the appointment, and how it is known."""
    served = months_since(people, "appointed_on", on)
    basis = np.where(np.isnan(served), "none", "appointed").astype(object)
    unknown = np.isnan(served)
    if unknown.any() and "nip" in people:
        numbers = people.loc[unknown, "nip"].astype("object")
        parts = nip_parts(numbers.where(numbers.notna(), ""))
        begun = parts["appointed_on"].to_numpy(dtype="datetime64[M]")
        # A PPPK number holds the year alone: the middle of it.
        year = parts["appointed_year"].to_numpy("float64", na_value=np.nan)
        by_year = (on.year - year) * 12 + on.month - 7
        by_month = (np.datetime64(on, "M") - begun).astype(np.float64)
        by_month[np.isnat(begun)] = np.nan
        found = np.where(is_career[unknown], by_month, by_year)
        found[~parts["is_well_formed"].to_numpy()] = np.nan
        served[unknown] = found
        basis[unknown] = np.where(np.isnan(found), "none", "nip")
    return np.where(served < 0, 0.0, served), basis


def _meaning(
    stated: NDArray[np.float64],
    served: NDArray[np.float64],
    in_grade: NDArray[np.float64],
    dropped: NDArray[np.float64],
    has_grade: NDArray[np.bool_],
) -> Mapping[str, float]:
    """What a roster's column of service tells: the whole service, and as of which day.

    Only people in whom the readings differ are asked; a roster that tells too little is believed
    as it stands.
    """

    def agree(who: NDArray[np.bool_], expected: NDArray[np.float64]) -> int:
        return int((np.abs(stated[who] - expected[who]) < _SAME_MONTHS).sum())

    known = has_grade & ~np.isnan(stated) & ~np.isnan(served)
    aged = known & (np.nan_to_num(in_grade) >= 2 * _SAME_MONTHS)
    # Whoever was appointed into the grade they hold tells nothing about the last promotion.
    aged &= np.nan_to_num(in_grade) < served - _SAME_MONTHS
    today = agree(aged, served) + agree(aged & (dropped > 0), served - dropped)
    before = served - np.nan_to_num(in_grade)
    then = agree(aged, before) + agree(aged & (dropped > 0), before - dropped)
    stale = float(then > today)
    day = before if stale else served
    risen = known & (dropped > 0)
    total = float(agree(risen, day) > agree(risen, day - dropped))
    return {"stale": stale, "total": total}
