"""How people rise: steps with service, grades by regular promotion, from CPNS to PNS.

Method: docs/method.md eq. 180-182.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.pay import Crew, Rates
from analytics.pay_grades import drops, months_since, schoolings, together
from analytics.pay_law import CPNS, PART_TIME, PNS, Numbers, PayLaw, Whole

_NEVER = 10_000


@dataclass(frozen=True, eq=False)
class Rise:
    """What is to come for people, in months from the roster's; in their order.

    ``ceiling``: row of the salary table beyond which nobody is promoted. ``first``: month of the
    next promotion; ``interval`` between two. ``candidate_until``: first month as full PNS.
    ``certified_from``: first month in which a certificate may be paid for.
    """

    ceiling: Whole = field(repr=False)
    first: Whole = field(repr=False)
    interval: int
    candidate_until: Whole = field(repr=False)
    certified_from: Whole = field(repr=False)


@dataclass(frozen=True, eq=False)
class YearMeans:
    """Means a month by year, ``(person, year)``, rupiah.

    ``base`` as paid, ``full`` of the table, ``allowance`` of the post, ``certified_weight`` 0-1.
    """

    base: Numbers
    full: Numbers
    allowance: Numbers
    certified_weight: Numbers


def rise(people: pd.DataFrame, staff: Crew, as_of: date, law: PayLaw) -> Rise:
    """When people are promoted and how far.

    Parameters
    ----------
    people
        As for :func:`analytics.pay.yearly_cost`, with ``golongan_since`` where known.
    staff
        The same people made ready for pricing.
    as_of
        The day of the roster; months count from it.
    law
        Rules of pay.

    Method: docs/method.md eq. 181-182.
    """
    interval = int(law.amount("promotion_months", PNS))
    overdue = int(law.amount("promotion_overdue_months", PNS))
    in_grade = months_since(people, "golongan_since", as_of)
    # Not known when the grade was reached: half-way to the next.
    in_grade = np.where(np.isnan(in_grade), interval / 2, np.maximum(in_grade, 0))
    first = np.maximum(interval - in_grade, 1).astype(np.int64)
    first[in_grade >= overdue] = _NEVER
    served = months_since(people, "appointed_on", as_of)
    is_candidate = staff.kind != staff.later
    wait = law.amount("cpns_months", CPNS) - np.nan_to_num(served)
    until = np.where(is_candidate, np.maximum(wait, 1), 0).astype(np.int64)
    certified = 12 * law.amount("certified_from_years") - np.where(np.isnan(served), _NEVER, served)
    return Rise(
        ceiling=_ceilings(people, staff, law),
        first=first,
        interval=interval,
        candidate_until=until,
        certified_from=np.maximum(certified, 0).astype(np.int64),
    )


def _ceilings(people: pd.DataFrame, staff: Crew, law: PayLaw) -> Whole:
    """Highest row of the table by echelon, else role, else jenjang, else schooling; never below."""
    numbers = [str(number) for number in range(len(staff.kinds))]
    codes, rows = together((staff.later, numbers), schoolings(people))
    highest = np.full(len(rows), -1, dtype=np.int64)
    for number, (kind, taught) in enumerate(rows):
        who, role, step, echelon = staff.kinds[int(kind)]
        if who != PNS:
            continue
        for key, of in (
            ("ceiling_echelon", echelon),
            ("ceiling_role", role),
            ("ceiling_jenjang", step),
            ("ceiling_education", taught),
        ):
            if (grade := law.answer(key, PNS, of)) is not None:
                highest[number] = law.place(PNS, grade)
                break
    return np.maximum(highest[codes], staff.graded.place)


def year_means(  # noqa: PLR0913 - the people, the law, and which months of it
    staff: Crew, to_come: Rise, law: PayLaw, rate: Rates, month: Whole, year: Whole
) -> YearMeans:
    """Means of months by year.

    Parameters
    ----------
    staff, to_come
        People, and what is to come for them.
    law, rate
        Rules in force in all these months, and what they give each kind of people.
    month
        Months counted from the roster's, ascending.
    year
        The year of each.

    Method: docs/method.md eq. 180-182.
    """
    # Months along the first axis: people lie side by side and years add up in whole rows.
    k = month[:, None]
    start = np.flatnonzero(np.diff(year, prepend=year[0] - 1))
    length = np.diff(start, append=len(year))[:, None]

    def mean(values: NDArray) -> Numbers:
        summed: Numbers = np.add.reduceat(values, start, axis=0)
        return summed / length

    place, service = _places(staff, to_come, law, k)
    steps = law.table_idr.shape[1]
    by_month = np.take(
        law.table_idr.ravel(), place * steps + np.minimum(service // 12, steps - 1), mode="clip"
    )
    full = mean(by_month)
    # The family of grades, and with it the allowance, changes for few.
    own = law.family[place[0]]
    allowance = np.repeat(rate.allowance[staff.later, own][None], len(start), axis=0)
    moved = np.flatnonzero((law.family[place[-1]] != own) | (to_come.candidate_until > 0))
    late = rate.allowance[staff.later[moved], law.family[place[:, moved]]]
    early = rate.allowance[staff.kind[moved], law.family[place[:, moved]]]
    waiting = k < to_come.candidate_until[moved]
    allowance[:, moved] = mean(np.where(waiting, early, late))
    share = np.where(waiting, law.amount("cpns_pay_share", CPNS), 1.0)
    base = full.copy()
    base[:, moved] = mean(by_month[:, moved] * share)
    base[:, staff.is_part_time] = law.amount("part_time_pay_idr", PART_TIME)
    weight = np.ones_like(base)
    new = np.flatnonzero(to_come.certified_from)
    if len(new):
        weight[:, new] = mean((k >= to_come.certified_from[new]).astype(np.float64))
    return YearMeans(base.T, full.T, allowance.T, weight.T)


def _places(staff: Crew, to_come: Rise, law: PayLaw, k: Whole) -> tuple[Whole, Whole]:
    """Row of the salary table and months of service in grade, ``(month, person)``."""
    own = np.maximum(staff.graded.place, 0)
    room = (to_come.ceiling - own).clip(0)
    place = np.broadcast_to(own, (len(k), len(own))).copy()
    last = int(k[-1, 0])
    due = to_come.first
    for rank in range(1, int(room.max(initial=0)) + 1):
        rising = np.flatnonzero((room >= rank) & (due <= last))
        if not len(rising):
            break
        place[:, rising] += k >= due[rising]
        due = due + to_come.interval
    service = staff.graded.service_months + k
    taken = drops(law)
    moved = np.flatnonzero(law.family[own] != law.family[place[-1]])
    if len(moved):
        service[:, moved] -= taken[law.family[own[moved]], law.family[place[:, moved]]]
        np.maximum(service, 0, out=service)
    return place, service
