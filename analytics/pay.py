"""What a person costs in a year: every part of the pay, who pays it, and what counts to the cap.

Expectations: family and certificates are not on the roster and enter as shares. Cost to the APBD,
teacher allowances from transfers and pensions from the APBN are never in one number.
Method: docs/method.md eq. 170-179.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.checks_cells import UNKNOWN
from analytics.checks_cells import echelon as echelon_as_written
from analytics.pay_grades import Graded, coded, graded, months_since, texts, together
from analytics.pay_law import (
    CPNS,
    FAMILIES,
    PART_TIME,
    PNS,
    PPPK,
    SCALE_OF,
    USUAL,
    Numbers,
    PayChoice,
    PayLaw,
    Whole,
    pay_law,
)
from analytics.rules import ANY, RuleBook

# Parts of the cost to the APBD, in the order they are told.
PARTS = (
    *("base_idr", "family_idr", "food_idr", "functional_idr", "tpp_idr", "thr_gaji13_idr"),
    "employer_idr",
)
TOTALS = ("total_idr", "in_cap_idr", "outside_cap_idr", "apbn_idr")
_JENJANG_UNKNOWN = "-"


@dataclass(frozen=True, eq=False)
class Crew:
    """People as far as pay is concerned, in their order.

    ``kind``: row of ``kinds`` (employment, role group, jenjang, echelon) by person; ``later``: the
    kind they are of once they are no longer CPNS. ``graded``: grade and service.
    """

    kinds: tuple[tuple[str, str, str, str], ...]
    kind: Whole
    later: Whole
    graded: Graded
    is_part_time: NDArray[np.bool_]

    @property
    def is_priced(self) -> NDArray[np.bool_]:
        """Who has a pay: everybody with a grade, and PPPK paruh waktu."""
        return self.is_part_time | (self.graded.place >= 0)


@dataclass(frozen=True, eq=False)
class Rates:
    """What the law gives each kind of people. First axis: kinds of a crew.

    ``allowance`` has a second axis, the family of grades. Rupiah a month, shares 0-1, months.
    """

    allowance: Numbers
    tpp: Numbers
    certified: Numbers
    uncertified: Numbers
    bonus_months: Numbers
    contribution: Numbers
    health: Numbers
    in_cap: Numbers
    accrual: Numbers
    is_full: Numbers = field(repr=False)


def crew(people: pd.DataFrame, on: date, law: PayLaw) -> Crew:
    """People made ready for pricing (see :func:`yearly_cost` for the columns)."""
    codes, rows = together(
        *(coded(people, name) for name in ("employment", "role_group", "jenjang", "echelon"))
    )
    kinds = [
        # Somebody of unknown employment has no price; the kind only keeps the place.
        (
            who if who in (*SCALE_OF, PART_TIME) else PNS,
            role or ANY,
            step or _JENJANG_UNKNOWN,
            _echelon(law, role, written),
        )
        for who, role, step, written in rows
    ]
    later = list(range(len(kinds)))
    for number, kind in enumerate(list(kinds)):
        if kind[0] == CPNS:
            later[number] = len(kinds)
            kinds.append((PNS, *kind[1:]))
    is_part_time = np.array([who == PART_TIME for who, *_ in kinds], dtype=bool)
    return Crew(
        kinds=tuple(kinds),
        kind=codes,
        later=np.array(later, dtype=np.int64)[codes],
        graded=graded(people, on, law),
        is_part_time=is_part_time[codes],
    )


def _echelon(law: PayLaw, role_group: str, written: str) -> str:
    found = echelon_as_written(written)
    if found and found != UNKNOWN and "." in found:
        return found
    return law.answer("echelon_of_role", ANY, role_group) or "-"


def rates(law: PayLaw, kinds: tuple[tuple[str, str, str, str], ...]) -> Rates:
    """What the law gives each kind of people. Method: docs/method.md eq. 174-177."""

    def each(key: str, with_role: bool = False) -> Numbers:
        return np.array(
            [law.amount(key, who, role if with_role else ANY) for who, role, _, _ in kinds]
        )

    full = np.array([float(who != PART_TIME) for who, *_ in kinds])
    certified = each("certified_share", with_role=True)
    if law.choice.certified_share is not None:
        certified = np.where(certified > 0, law.choice.certified_share, 0.0)
    is_permanent = np.array([who not in (CPNS, PART_TIME) for who, *_ in kinds], dtype=float)
    counts = law.choice.is_part_time_in_cap
    part_time = law.amount("part_time_in_cap", PART_TIME) if counts is None else float(counts)
    return Rates(
        allowance=np.array([_allowances(law, kind) for kind in kinds]).reshape(-1, len(FAMILIES)),
        tpp=each("tpp_idr", with_role=True) * full,
        certified=certified * is_permanent,
        uncertified=each("uncertified_allowance_idr", with_role=True) * is_permanent,
        bonus_months=each("thr_months") + each("gaji13_months"),
        contribution=each("jkk_share") + each("jkm_share"),
        health=each("health_share"),
        in_cap=np.where(full > 0, 1.0, part_time),
        accrual=np.array([float(who in (PNS, CPNS)) for who, *_ in kinds]),
        is_full=full,
    )


def _allowances(law: PayLaw, kind: tuple[str, str, str, str]) -> list[float]:
    """Allowance of the post a month, by family of grades; the general one where no post has any."""
    who, role, step, echelon = kind
    if who == PART_TIME:
        return [0.0] * len(FAMILIES)
    if who == CPNS:
        return [law.amount("allowance_idr", who, ANY, family) for family in FAMILIES]
    particular = [(ANY, echelon), (role, step)]
    for group, of in particular:
        if (found := law.exactly("allowance_idr", group, of)) is not None:
            return [found] * len(FAMILIES)
    return [law.amount("allowance_idr", who, role, family) for family in FAMILIES]


def yearly_cost(
    people: pd.DataFrame, on: date, rulebook: RuleBook, choice: PayChoice = USUAL
) -> pd.DataFrame:
    """What each person costs in a full year at the pay of one day.

    Parameters
    ----------
    people
        One row per person: ``employment``, ``golongan``, ``service_years``, ``service_months``,
        ``appointed_on``, ``education_level``, ``role_group``, ``jenjang``, ``echelon`` (any may be
        missing or NA).
    on
        The day of the roster.
    rulebook, choice
        The rules, and what is assumed.

    Returns
    -------
    Index-aligned, rupiah a year: ``grade`` and ``service_months`` used, ``grade_basis``,
    ``service_basis`` (how they are known), the parts ``base_idr, family_idr, food_idr,
    functional_idr, tpp_idr, thr_gaji13_idr, employer_idr``; ``total_idr`` (their sum, cost to the
    APBD), ``in_cap_idr`` (what of it counts towards the cap), ``outside_cap_idr`` (teacher
    allowances from transfers), ``apbn_idr`` (pension earned in the year, paid by the APBN). NaN
    for people who cannot be priced; :func:`unpriced` lists them with the remedy.

    Method: docs/method.md eq. 170-179.
    """
    law = pay_law(rulebook, on, choice)
    staff = crew(people, on, law)
    rate = rates(law, staff.kinds)
    place = np.maximum(staff.graded.place, 0)
    table = law.table_idr
    years = np.minimum(staff.graded.service_months // 12, table.shape[1] - 1)
    full = table[place, years]
    is_candidate = staff.kind != staff.later
    base = np.where(is_candidate, law.amount("cpns_pay_share", CPNS), 1.0) * full
    base = np.where(staff.is_part_time, law.amount("part_time_pay_idr", PART_TIME), base)
    allowance = rate.allowance[staff.kind, law.family[place]]
    served = np.nan_to_num(months_since(people, "appointed_on", on), nan=np.inf)
    certified = (served >= 12 * law.amount("certified_from_years")).astype(np.float64)
    columns = (values[:, None] for values in (base, full, allowance, certified))
    parts = yearly_parts(law, rate, staff.kind, *columns)
    names = np.array([grade for _, grade in law.grades], dtype=object)
    answer = pd.DataFrame(
        {
            "grade": pd.Series(names[place], index=people.index).where(staff.graded.place >= 0),
            "service_months": staff.graded.service_months,
            "grade_basis": staff.graded.grade_basis,
            "service_basis": staff.graded.service_basis,
        },
        index=people.index,
    )
    for name, values in parts.items():
        answer[name] = np.where(staff.is_priced, values[:, 0], np.nan)
    return answer


def yearly_parts(  # noqa: PLR0913 - pay as arrays
    law: PayLaw,
    rate: Rates,
    kind: Whole,
    base: Numbers,
    full: Numbers,
    allowance: Numbers,
    certified_weight: Numbers,
) -> Mapping[str, Numbers]:
    """Parts and totals of a year from means a month.

    Parameters
    ----------
    law, rate
        Rules of the year, and what they give each kind of people.
    kind
        By person.
    base, full, allowance
        ``(person, year)``: base pay as paid, base pay of the table, allowance of the post; rupiah
        a month.
    certified_weight
        Share of the year in which a certificate would be paid for.

    Returns
    -------
    Name of part or total -> ``(person, year)``, rupiah a year. Method: docs/method.md eq. 174-179.
    """
    choice = law.choice
    months = law.amount("months_paid")
    spouse = choice.spouse_share
    spouse = law.amount("spouse_share") if spouse is None else spouse
    children = choice.children_mean
    children = law.amount("children_mean") if children is None else children
    children = min(children, law.amount("most_children"))
    is_full = rate.is_full[kind][:, None]
    share = (
        law.amount("spouse_allowance_share") * spouse
        + law.amount("child_allowance_share") * children
    )
    family = base * share * is_full
    food = np.broadcast_to(law.amount("rice_idr") * (1 + spouse + children) * is_full, base.shape)
    tpp = np.broadcast_to(rate.tpp[kind][:, None], base.shape)
    month = base + family + food + allowance
    bonus = rate.bonus_months[kind][:, None] * (month + law.amount("tpp_bonus_share") * tpp)
    certified = rate.certified[kind][:, None] * certified_weight
    tpg = law.amount("tpg_pay_share") * full
    ceiling = law.amount("health_ceiling_idr")
    insured = base + family + allowance + tpp
    with_tpg = np.minimum(insured + law.amount("health_counts_tpg") * tpg, ceiling)
    insured = certified * with_tpg + (1 - certified) * np.minimum(insured, ceiling)
    employer = rate.health[kind][:, None] * insured + rate.contribution[kind][:, None] * base
    parts: dict[str, Numbers] = {
        "base_idr": months * base,
        "family_idr": months * family,
        "food_idr": months * food,
        "functional_idr": months * allowance,
        "tpp_idr": months * tpp,
        "thr_gaji13_idr": bonus,
        "employer_idr": months * employer,
    }
    total = sum(parts.values(), start=np.zeros_like(base))
    waiting = (1 - certified) * rate.uncertified[kind][:, None] * months
    pension = law.amount("pension_share") * law.amount("pension_years") * months
    return {
        **parts,
        "total_idr": total,
        "in_cap_idr": total * rate.in_cap[kind][:, None],
        "outside_cap_idr": certified * tpg * law.amount("tpg_months") + waiting,
        "apbn_idr": pension * full * rate.accrual[kind][:, None],
    }


def unpriced(people: pd.DataFrame, on: date, rulebook: RuleBook) -> pd.DataFrame:
    """Who has no price, and what to write to give them one.

    Returns
    -------
    One row per person without a price, index of ``people``: ``employment``, ``golongan``,
    ``remedy_id``, ``remedy_en``.
    """
    law = pay_law(rulebook, on)
    staff = crew(people, on, law)
    lost = people.loc[~staff.is_priced]
    who = pd.Series(texts(lost, "employment"), index=lost.index)
    is_contract = who == PPPK
    is_unknown = ~who.isin([*SCALE_OF])
    return pd.DataFrame(
        {
            "employment": who,
            "golongan": pd.Series(texts(lost, "golongan"), index=lost.index),
            "remedy_id": np.select(
                [is_unknown, is_contract],
                [
                    "Isi status kepegawaian (PNS, CPNS, PPPK, PPPK paruh waktu).",
                    "Isi golongan PPPK (I sampai XVII) atau tingkat pendidikannya.",
                ],
                "Isi golongan ruang (I/a sampai IV/e) di daftar pegawai.",
            ),
            "remedy_en": np.select(
                [is_unknown, is_contract],
                [
                    "Write the kind of employment (PNS, CPNS, PPPK, part-time PPPK).",
                    "Write the PPPK grade (I to XVII) or the schooling.",
                ],
                "Write the grade (I/a to IV/e) in the roster.",
            ),
        },
        index=lost.index,
    )
