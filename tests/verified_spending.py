"""Personnel spending, newcomers and the cap, worked out a second time month by month.

Nothing of the model's pay, budget or scenarios is used; amounts are read from the rules' CSV files.
Expected amounts for whoever has no family or certificate on the roster, as the method says.
Method: docs/method.md eq. 312-313.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from typing import Any

import pandas as pd

from tests.verified_posts import City, Person, rule_rows

FAMILIES = ("I", "II", "III", "IV")
PNS_GRADES = [f"{f}/{room}" for f in FAMILIES[:3] for room in "abcd"] + [
    f"IV/{room}" for room in "abcde"
]
# As the lists of SIASN write schooling; other spellings are beside this check.
SCHOOLING = {
    "Sekolah Dasar": "SD", "SLTP": "SMP", "SLTA": "SMA", "SLTA Kejuruan": "SMA",
    "Diploma I": "D1", "Diploma II": "D2", "Diploma III/Sarjana Muda": "D3", "Diploma IV": "D4",
    "S-1/Sarjana": "S1", "S-2": "S2", "S-3/Doktor": "S3",
}  # fmt: skip
FIRST_STEP = {
    "jf_keahlian": "ahli_pertama", "dokter": "ahli_pertama", "guru": "ahli_pertama",
    "peneliti_perekayasa": "ahli_pertama", "jf_keterampilan": "terampil", "nakes": "terampil",
}  # fmt: skip


@dataclass(frozen=True)
class Worker:
    """Somebody as far as pay goes; months are counted on the first of the roster's month."""

    employment: str
    role: str
    jenjang: str
    echelon: str
    schooling: str
    grade: str
    service_months: int
    in_grade_months: int | None
    appointed_months: int | None


@cache
def amount(key: str, employment: str, role: str, of: str, on: date) -> float | None:
    """The most particular row of pay_rule.csv: role before employment before what it is about."""
    rows = {
        (r["role_group"], r["employment"], r["of"]): float(r["amount"])
        for r in rule_rows("pay_rule", on)
        if r["key"] == key
    }
    for group in (role, "*"):
        for who in (employment, "*"):
            for what in (of, "*"):
                if (group, who, what) in rows:
                    return rows[group, who, what]
    return None


def usual(key: str, on: date, employment: str = "*", role: str = "*", of: str = "*") -> float:
    """As :func:`amount`; a row must be there."""
    found = amount(key, employment, role, of, on)
    assert found is not None, key
    return found


@cache
def answer(key: str, employment: str, of: str, on: date) -> str:
    """A grade by pay_grade.csv, '' where no row answers."""
    rows = {(r["employment"], r["of"]): r["answer"] for r in rule_rows("pay_grade", on)
            if r["key"] == key}  # fmt: skip
    return rows.get((employment, of)) or rows.get(("*", of)) or ""


@cache
def _steps(table: str, grade: str, on: date) -> list[tuple[int, int]]:
    return sorted(
        (int(r["mkg_years"]), int(r["idr"]))
        for r in rule_rows(f"{table}_salary", on)
        if r["grade"] == grade
    )


@cache
def base_pay(table: str, grade: str, months: int, on: date) -> int:
    """The last step begun, the first before it."""
    steps = _steps(table, grade, on)
    begun = [idr for year, idr in steps if year <= months // 12]
    return begun[-1] if begun else steps[0][1]


def workers(people: list[Person], on: date) -> list[Worker | None]:
    """People of the roster; None where the roster gives no price.

    Rosters write the service in grade or the service in all; promotions from one family of grades
    to the next take years off the first and not the second. The column is what it is for most.
    """
    plain = [_worker(one, on) for one in people]
    in_all = in_grade = 0
    for who in plain:
        off = _taken_off(who, on)
        if who is not None and off and who.appointed_months is not None:
            in_all += abs(who.service_months - who.appointed_months) < 3
            in_grade += abs(who.service_months - (who.appointed_months - off)) < 3
    if in_all <= in_grade:
        return plain
    return [
        None if who is None else replace(
            who, service_months=max(who.service_months - _taken_off(who, on), 0)
        )
        for who in plain
    ]  # fmt: skip


def _taken_off(who: Worker | None, on: date) -> int:
    """Months that promotions took off since the grade of entry of today's schooling."""
    if who is None or who.employment not in ("PNS", "CPNS"):
        return 0
    entry = answer("entry", who.employment, who.schooling, on)
    if not entry:
        return 0
    first, last = (FAMILIES.index(grade.split("/")[0]) for grade in (entry, who.grade))
    passed = FAMILIES[first + 1 : last + 1]
    return sum(int(amount("mkg_drop_months", "*", "*", family, on) or 0) for family in passed)


def _worker(one: Person, on: date) -> Worker | None:
    row = one.row
    employment = str(row.employment)
    taught = SCHOOLING.get(str(row.education_level), "")
    grade = "" if pd.isna(row.golongan) else str(row.golongan)
    if not grade and employment in ("PPPK", "CPNS"):
        grade = answer("entry", employment, taught, on)
    if not grade and employment != "PPPK_PW":
        return None
    stated = 12 * int(row.service_years) + (
        0 if pd.isna(row.service_months) else int(row.service_months)
    )
    echelon = row.echelon if isinstance(row.echelon, str) else ""
    return Worker(
        employment, one.role, one.jenjang or "-",
        echelon or answer("echelon_of_role", "*", one.role, on) or "-", taught, grade, stated,
        _months(row.golongan_since, on), _months(row.appointed_on, on),
    )  # fmt: skip


def _months(day: Any, on: date) -> int | None:
    return None if pd.isna(day) else (on.year - day.year) * 12 + on.month - day.month


def yearly(who: Worker, as_of: date, year: int) -> tuple[float, float]:
    """Rupiah a whole year to the APBD, and the part that counts towards the cap."""
    on = max(as_of, date(year, 1, 1))
    first = (year - as_of.year) * 12 + 1 - as_of.month
    months = [k for k in range(first, first + 12) if k >= 0]
    paid = [_month(who, k, on) for k in months]
    base, full, allowance, certified = (sum(part) / len(paid) for part in zip(*paid, strict=True))
    later = "PNS" if who.employment == "CPNS" else who.employment
    spouse, children = usual("spouse_share", on), usual("children_mean", on)
    children = min(children, usual("most_children", on))
    part_time = who.employment == "PPPK_PW"
    family = base * (usual("spouse_allowance_share", on) * spouse
                     + usual("child_allowance_share", on) * children)  # fmt: skip
    rice = usual("rice_idr", on) * (1 + spouse + children)
    tpp = usual("tpp_idr", on, later, who.role)
    if part_time:
        family = rice = tpp = 0.0
    month = base + family + rice + allowance
    bonus = usual("thr_months", on, later) + usual("gaji13_months", on, later)
    share = 0.0 if part_time else usual("certified_share", on, later, who.role) * certified
    insured = base + family + allowance + tpp
    tpg = usual("tpg_pay_share", on) * full * usual("health_counts_tpg", on)
    most = usual("health_ceiling_idr", on)
    health = share * min(insured + tpg, most) + (1 - share) * min(insured, most)
    accident = usual("jkk_share", on, later) + usual("jkm_share", on, later)
    employer = usual("health_share", on, later) * health + accident * base
    whole = 12 * (month + tpp + employer) + bonus * (month + usual("tpp_bonus_share", on) * tpp)
    counts = usual("part_time_in_cap", on, "PPPK_PW") if part_time else 1.0
    return whole, whole * counts


def _month(who: Worker, k: int, on: date) -> tuple[float, float, float, float]:
    """Base pay as paid and by the table, allowance of the post, whether a certificate is paid."""
    if who.employment == "PPPK_PW":
        return usual("part_time_pay_idr", on, "PPPK_PW"), 0.0, 0.0, 1.0
    grade, months = _grade(who, k, on)
    full = float(base_pay("pppk" if who.employment == "PPPK" else "pns", grade, months, on))
    family = answer("allowance_family", who.employment, grade, on) or grade.split("/")[0]
    served = usual("certified_from_years", on) * 12
    is_certified = who.appointed_months is None or who.appointed_months + k >= served
    if who.employment == "CPNS":
        wait = usual("cpns_months", on, "CPNS") - (who.appointed_months or 0)
        if k < max(wait, 1):
            general = usual("allowance_idr", on, "CPNS", "*", family)
            return full * usual("cpns_pay_share", on, "CPNS"), full, general, float(is_certified)
    later = "PNS" if who.employment == "CPNS" else who.employment
    allowance = _allowance(later, who.role, who.jenjang, who.echelon, family, on)
    return full, full, allowance, float(is_certified)


@cache
def _allowance(
    employment: str, role: str, jenjang: str, echelon: str, family: str, on: date
) -> float:
    of_post = {
        (r["role_group"], r["of"]): float(r["amount"])
        for r in rule_rows("pay_rule", on)
        if r["key"] == "allowance_idr" and r["employment"] == "*"
    }
    for group, of in (("*", echelon), (role, jenjang)):
        if (group, of) in of_post:
            return of_post[group, of]
    return usual("allowance_idr", on, employment, role, family)


def _grade(who: Worker, k: int, on: date) -> tuple[str, int]:
    """Grade and months of service in it, so many months from the roster's."""
    months = who.service_months + k
    if who.employment == "PPPK":
        return who.grade, months
    rank = PNS_GRADES.index(who.grade)
    ceiling = _ceiling(who.grade, who.echelon, who.role, who.jenjang, who.schooling, on)
    every = int(usual("promotion_months", on, "PNS"))
    since = every // 2 if who.in_grade_months is None else who.in_grade_months
    if since < usual("promotion_overdue_months", on, "PNS"):
        first = max(every - since, 1)
        due = 0 if k < first else 1 + (k - first) // every
        risen = min(rank + due, max(ceiling, rank))
        for at in range(rank, risen):
            before, after = PNS_GRADES[at].split("/")[0], PNS_GRADES[at + 1].split("/")[0]
            if before != after:
                months -= int(amount("mkg_drop_months", "*", "*", after, on) or 0)
        rank = risen
    return PNS_GRADES[rank], max(months, 0)


@cache
def _ceiling(grade: str, echelon: str, role: str, jenjang: str, schooling: str, on: date) -> int:
    for key, of in (
        ("ceiling_echelon", echelon), ("ceiling_role", role), ("ceiling_jenjang", jenjang),
        ("ceiling_education", schooling),
    ):  # fmt: skip
        if highest := answer(key, "PNS", of, on):
            return PNS_GRADES.index(highest)
    return PNS_GRADES.index(grade)


# ---- newcomers


def newcomer(option: str, role: str, city: City, people: list[Person], years: int) -> list[float]:
    """Rupiah in each full year of service of somebody who comes in."""
    if option == "mutasi_masuk":
        return _transferred(role, city, people, years)
    employment = {"cpns": "CPNS", "pppk": "PPPK", "pppk_pw": "PPPK_PW"}[option]
    start = date(city.as_of.year, 1, 1)
    law = city.as_of
    taught = answer("entry_education", "*", role, law) or "S1"
    grade = "" if employment == "PPPK_PW" else answer("entry", employment, taught, law)
    who = Worker(
        employment, role, FIRST_STEP.get(role, "-"),
        answer("echelon_of_role", "*", role, law) or "-", taught, grade, 0, 0, 0,
    )  # fmt: skip
    return [yearly(who, start, start.year + k)[0] for k in range(years)]


def _transferred(role: str, city: City, people: list[Person], years: int) -> list[float]:
    permanent = [one for one in people if one.row.employment == "PNS"]
    own = [one for one in permanent if one.role == role] or permanent
    # What the column of service means is told by the whole roster, not by some.
    known = workers(people, city.as_of)
    chosen = {id(one) for one in own}
    told = [
        [yearly(who, city.as_of, city.as_of.year + k)[0] for k in range(years)]
        for one, who in zip(people, known, strict=True)
        if who is not None and id(one) in chosen
    ]
    return [sum(each) / len(told) for each in zip(*told, strict=True)]


# ---- the APBD


def paid_share(one: Person, as_of: date, year: int) -> float:
    """Share of the year's months, from the roster's on, that begin with them in service."""
    first = as_of.month if year == as_of.year else 1
    months = [date(year, month, 1) for month in range(first, 13)]
    return sum(one.is_paid_from(max(day, as_of), as_of) for day in months) / len(months)


def cap_ratio(
    city: City, in_cap: Mapping[int, float], today_idr: float, years: range
) -> dict[int, float]:
    """Personnel spending that counts, by the whole APBD, by year.

    ``today_idr``: pay of everybody on the roster for a whole first year, paruh waktu apart. Growth,
    cuts and allowances through the APBD are those of the rules: none after 2024.
    """
    base = city.budget_years.sort_values("year").iloc[-1]
    other = base.personnel_idr - base.teacher_allowance_idr - today_idr
    recorded = {
        int(r.year): r.total_idr - r.teacher_allowance_idr for r in city.budget_years.itertuples()
    }
    found = {}
    for year in years:
        on = date(year, 1, 1)
        assert not usual("tpg_through_apbd", on)
        grows = (1 + usual("other_growth_share", city.as_of)) ** max(year - base.year, 0)
        whole = recorded.get(year)
        if whole is None:
            growth = (1 + usual("spending_growth_share", city.as_of)) ** (year - base.year)
            whole = recorded[int(base.year)] * growth
            assert not usual("transfer_cut_share", city.as_of)
        found[year] = (in_cap[year] + other * grows) / whole
    return found
