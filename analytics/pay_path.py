"""What people cost year by year, as they rise in step and grade.

Method: docs/method.md eq. 180-182.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.pay import PARTS, TOTALS, crew, rates, yearly_parts
from analytics.pay_law import USUAL, Numbers, PayChoice, PayError, PayLaw, Whole, pay_law
from analytics.pay_rise import rise, year_means
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
    is_part_time
        By person: PPPK paruh waktu.
    parts
        Name -> ``(person, year)``, rupiah a year: the parts of :func:`analytics.pay.yearly_cost`.
    total_idr, in_cap_idr, outside_cap_idr, apbn_idr
        ``(person, year)``, as there.
    """

    as_of: date
    years: Whole
    is_priced: NDArray[np.bool_]
    is_part_time: NDArray[np.bool_]
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
    The path. Steps rise with service, grades by regular promotion up to the ceiling of the
    echelon, else of the role group, the jenjang or the schooling; CPNS become PNS. Year 0 counts
    as a whole year at the pay of the months from ``as_of`` on. Method: docs/method.md eq. 180-182.

    Raises
    ------
    PayError
        ``years`` is below 0.
    """
    if years < 0:
        raise PayError(
            f"years bernilai {years}; 0 atau lebih",
            f"years is {years}; 0 or more",
        )
    calendar = np.arange(as_of.year, as_of.year + years + 1)
    values = {name: np.zeros((len(people), years + 1)) for name in (*PARTS, *TOTALS)}
    priced = np.ones(len(people), dtype=bool)
    part_time = np.zeros(len(people), dtype=bool)
    for law, span in _spans(as_of, calendar, rulebook, choice):
        staff = crew(people, as_of, law)
        priced &= staff.is_priced
        part_time |= staff.is_part_time
        rate = rates(law, staff.kinds)
        month, year = _months(as_of, calendar[span])
        means = year_means(staff, rise(people, staff, as_of, law), law, rate, month, year)
        raised = (1 + choice.yearly_raise_share) ** np.arange(years + 1)[span]
        # Pay of paruh waktu is agreed locally and has no table that a general raise would lift.
        lift = np.where(staff.is_part_time[:, None], 1.0, raised)
        parts = yearly_parts(
            law,
            rate,
            staff.later,
            base=means.base * lift,
            full=means.full * lift,
            allowance=means.allowance,
            certified_weight=means.certified_weight,
        )
        for name, found in parts.items():
            values[name][:, span] = found
    for found in values.values():
        found[~priced] = 0.0
    return PayPath(
        as_of=as_of,
        years=calendar,
        is_priced=priced,
        is_part_time=part_time,
        parts={name: values[name] for name in PARTS},
        **{name: values[name] for name in TOTALS},
    )


def _spans(
    as_of: date, calendar: Whole, rulebook: RuleBook, choice: PayChoice
) -> Iterator[tuple[PayLaw, slice]]:
    """Years that one law governs, with it: a year has the law of its first day of pay."""
    laws = [pay_law(rulebook, max(as_of, date(int(year), 1, 1)), choice) for year in calendar]
    start = 0
    for end in range(1, len(laws) + 1):
        if end == len(laws) or laws[end] is not laws[start]:
            yield laws[start], slice(start, end)
            start = end


def _months(as_of: date, calendar: Whole) -> tuple[Whole, Whole]:
    """Months of these years counted from the roster's, those before it left out; their years."""
    first = (calendar[0] - as_of.year) * 12 - (as_of.month - 1)
    month = np.arange(first, first + 12 * len(calendar))
    year = np.repeat(calendar, 12)
    return month[month >= 0], year[month >= 0]


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
        When presence is not of these people and years.

    Method: docs/method.md eq. 183.
    """
    if presence.shape != path.total_idr.shape:
        raise PayError(
            f"kehadiran berukuran {presence.shape}, gaji {path.total_idr.shape}; berikan keduanya"
            " untuk orang dan tahun yang sama",
            f"presence is {presence.shape}, pay is {path.total_idr.shape}; give both of the same"
            " people and years",
        )
    answer = pd.DataFrame({"year": path.years})
    answer["year_share"] = np.where(path.years == path.as_of.year, path.first_year_share, 1.0)
    answer["staff_years"] = presence.sum(axis=0)
    answer["unpriced_years"] = presence[~path.is_priced].sum(axis=0)
    for name in (*PARTS, *TOTALS):
        values = path.parts[name] if name in path.parts else getattr(path, name)
        answer[name] = (values * presence).sum(axis=0)
    return answer
