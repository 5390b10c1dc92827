"""What people cost year by year, as they rise in step and grade.

Method: docs/method.md eq. 180-182.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.pay import PARTS, TOTALS, Crew, crew, rates, yearly_parts
from analytics.pay_law import (
    CPNS,
    PART_TIME,
    USUAL,
    Numbers,
    PayChoice,
    PayError,
    PayLaw,
    Whole,
    pay_law,
)
from analytics.rules import RuleBook


@dataclass(frozen=True, eq=False)
class PayPath:
    """Pay of people by calendar year, as if they stayed the whole of each.

    Attributes
    ----------
    as_of
        The day of the roster; year 0 is its calendar year.
    years
        Calendar years, ascending.
    is_priced
        By person; the others stand at 0 in every array and must be told apart.
    parts
        Name -> ``(person, year)``, rupiah a year: the parts of :func:`analytics.pay.yearly_cost`.
    total_idr, in_cap_idr, outside_cap_idr, apbn_idr
        ``(person, year)``, as there.
    """

    as_of: date
    years: Whole
    is_priced: NDArray[np.bool_]
    parts: Mapping[str, Numbers] = field(repr=False)
    total_idr: Numbers = field(repr=False)
    in_cap_idr: Numbers = field(repr=False)
    outside_cap_idr: Numbers = field(repr=False)
    apbn_idr: Numbers = field(repr=False)

    @property
    def first_year_share(self) -> float:
        """Share of year 0 that lies from the month of the roster on."""
        return (13 - self.as_of.month) / 12


def pay_path(
    people: pd.DataFrame,
    as_of: date,
    years: int,
    rulebook: RuleBook,
    choice: PayChoice = USUAL,
) -> PayPath:
    """Pay of people in year 0 (that of ``as_of``) and the ``years`` after it.

    Parameters
    ----------
    people
        As for :func:`analytics.pay.yearly_cost`, with ``golongan_since`` where known.
    as_of
        The day of the roster.
    years
        Calendar years after that of ``as_of``.
    rulebook, choice
        The rules, and what is assumed.

    Returns
    -------
    The path. Steps rise with service, grades by regular promotion up to the ceiling of schooling,
    jenjang or echelon; CPNS become PNS. Year 0 counts as a whole year at the pay of the months
    from ``as_of`` on. Method: docs/method.md eq. 180-182.
    """
    if years < 0:
        raise PayError(f"years is {years}; 0 or more")
    law = pay_law(rulebook, as_of, choice)
    staff = crew(people, as_of, law)
    calendar = np.arange(as_of.year, as_of.year + years + 1)
    base, full, allowance, candidate = _months(staff, as_of, years, law)
    raises = (1 + choice.yearly_raise_share) ** np.arange(years + 1)
    rate = rates(law, staff.kinds)
    parts = yearly_parts(
        law, rate, staff.later, base * raises, full * raises, allowance, 1 - candidate
    )
    columns = {
        name: np.where(staff.is_priced[:, None], values, 0.0) for name, values in parts.items()
    }
    return PayPath(
        as_of=as_of,
        years=calendar,
        is_priced=staff.is_priced,
        parts={name: columns[name] for name in PARTS},
        **{name: columns[name] for name in TOTALS},
    )


def _months(
    staff: Crew, as_of: date, years: int, law: PayLaw
) -> tuple[Numbers, Numbers, Numbers, Numbers]:
    """Means a month by year: base as paid, base of the table, allowance, share spent as CPNS."""
    month = np.arange(12 * (years + 1) - (as_of.month - 1))
    service = staff.graded.service_months[:, None] + month
    place = np.maximum(staff.graded.place, 0)[:, None]
    step = np.minimum(service // 12, law.table_idr.shape[1] - 1)
    full = law.table_idr[place, step]
    is_candidate = (staff.kind != staff.later)[:, None] & (month < 12)
    base = np.where(is_candidate, law.amount("cpns_pay_share", CPNS), 1.0) * full
    part_time = law.amount("part_time_pay_idr", PART_TIME)
    base = np.where(staff.is_part_time[:, None], part_time, base)
    rate = rates(law, staff.kinds)
    family = law.family[place]
    allowance = np.where(
        is_candidate,
        rate.allowance[staff.kind[:, None], family],
        rate.allowance[staff.later[:, None], family],
    )
    first = np.concatenate([[0], np.arange(12 - (as_of.month - 1), len(month), 12)])
    length = np.diff(first, append=len(month))

    def mean(values: NDArray) -> Numbers:
        summed: Numbers = np.add.reduceat(values.astype(np.float64), first, axis=1)
        return summed / length

    return mean(base), mean(full), mean(allowance), mean(np.broadcast_to(is_candidate, base.shape))


def spending(path: PayPath, presence: Numbers) -> pd.DataFrame:
    """Personnel spending by year.

    Parameters
    ----------
    path
        Pay of people.
    presence
        ``(person, year)``: expected share of the year on the payroll
        (:meth:`analytics.projection.Projection.paid_share`).

    Returns
    -------
    One row per year: ``year``, ``year_share`` (share of the year the row covers: below 1 for the
    first), ``staff_years`` (people paid for a year), ``unpriced_years`` (of them without a price:
    they are in no sum), the parts and totals in rupiah.

    Raises
    ------
    PayError
        When presence is not of these people and years. Method: docs/method.md eq. 183.
    """
    if presence.shape != path.total_idr.shape:
        raise PayError(
            f"presence is {presence.shape}, pay is {path.total_idr.shape}; give both of the same"
            " people and years"
        )
    answer = pd.DataFrame({"year": path.years})
    answer["year_share"] = np.where(path.years == path.as_of.year, path.first_year_share, 1.0)
    answer["staff_years"] = presence.sum(axis=0)
    answer["unpriced_years"] = presence[~path.is_priced].sum(axis=0)
    for name in (*PARTS, *TOTALS):
        values = path.parts[name] if name in path.parts else getattr(path, name)
        answer[name] = (values * presence).sum(axis=0)
    return answer
