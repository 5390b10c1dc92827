"""Pay of people worked out a second time, person by person and month by month, without the model.

Nothing of ``analytics`` is used: the salary tables are read here, and the rules are written out as
the regulations say them. It is slow and plain on purpose.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pandas as pd

RULES = Path(__file__).resolve().parents[1] / "data" / "rules"
RANKS = [f"{level}/{room}" for level in ("I", "II", "III", "IV") for room in "abcd"] + ["IV/e"]
# PP 99/2000 jo PP 12/2002.
CEILING = {"SD": "II/a", "SLTP": "II/c", "SLTA": "III/b", "D-III": "III/c", "S-1": "III/d"}
# Perpres 12/2006 and Perpres 108/2007, rupiah a month by family of grades.
GENERAL = {"I": 175_000, "II": 180_000, "III": 185_000, "IV": 190_000}
TEACHER = {"II": 286_000, "III": 327_000, "IV": 389_000}
TEACHERS_RISE_TO = "IV/b"
PROMOTED_EVERY, NEVER_AFTER = 48, 96


def salary_tables() -> Mapping[str, Mapping[str, list[tuple[int, int]]]]:
    """Table -> grade -> steps (first year of service, rupiah a month), ascending."""
    tables: dict[str, dict[str, list[tuple[int, int]]]] = {}
    for name in ("pns", "pppk"):
        rows = pd.read_csv(RULES / f"{name}_salary.csv")
        for row in rows.itertuples():
            steps = tables.setdefault(name, {}).setdefault(str(row.grade), [])
            steps.append((int(row.mkg_years), int(row.idr)))
    return {name: {g: sorted(steps) for g, steps in of.items()} for name, of in tables.items()}


TABLES = salary_tables()


def base_pay(table: str, grade: str, months: int) -> int:
    """Base pay of a grade: the last step begun, the first before it."""
    steps = TABLES[table][grade]
    begun = [idr for year, idr in steps if year <= months // 12]
    return begun[-1] if begun else steps[0][1]


def yearly_cost(person: Mapping[str, object], as_of: date, year: int) -> float:
    """Cost to the APBD in a whole year of somebody with a spouse and two children, no TPP, no TPG.

    ``person``: ``employment`` (PNS or PPPK), ``golongan``, ``months`` of service in grade,
    ``in_grade`` months since the last promotion, ``education_level``, ``is_teacher``.
    """
    months = [k for k in range(12 * 60) if _year_of(as_of, k) == year]
    paid = [_month(person, k) for k in months]
    base = sum(part[0] for part in paid) / len(paid)
    allowance = sum(part[1] for part in paid) / len(paid)
    family = base * (0.10 + 2 * 0.02)
    rice = 4 * 72_420
    month = base + family + rice + allowance
    health = 0.04 * min(base + family + allowance, 12_000_000)
    return 14 * month + 12 * (health + (0.0024 + 0.0072) * base)


def _year_of(as_of: date, months: int) -> int:
    return as_of.year + (as_of.month - 1 + months) // 12


def _month(person: Mapping[str, object], k: int) -> tuple[int, int]:
    """Base pay and allowance of the post so many months from now."""
    months = int(str(person["months"])) + k
    grade = str(person["golongan"])
    if person["employment"] == "PPPK":
        # IX and above are paid the allowances of golongan III.
        family = "III" if grade in ("IX", "X", "XI") else "II"
        return base_pay("pppk", grade, months), _allowance(person, family)
    rank = RANKS.index(grade)
    ceiling = RANKS.index(
        TEACHERS_RISE_TO if person["is_teacher"] else CEILING[str(person["education_level"])]
    )
    since = int(str(person["in_grade"]))
    for _ in range(k):
        since += 1
        if since >= PROMOTED_EVERY and rank < ceiling and not _has_stopped(person):
            before = RANKS[rank].split("/")[0]
            rank, since = rank + 1, 0
            after = RANKS[rank].split("/")[0]
            months -= {("I", "II"): 72, ("II", "III"): 60}.get((before, after), 0)
    months = max(months, 0)
    family = RANKS[rank].split("/")[0]
    return base_pay("pns", RANKS[rank], months), _allowance(person, family)


def _has_stopped(person: Mapping[str, object]) -> bool:
    return int(str(person["in_grade"])) >= NEVER_AFTER


def _allowance(person: Mapping[str, object], family: str) -> int:
    if person["is_teacher"]:
        return TEACHER.get(family, GENERAL[family])
    return GENERAL[family]
