"""Staff in post to the horizon, as a chain of named steps that adds up.

Every number is an expectation summed over people, or a quantile of the whole distribution of a
count (``exact_sums``); nothing is drawn. Newcomers are not in it: this is what becomes of the
people of today. Method: docs/method.md eq. 99-108.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import csr_array

from analytics.exact_sums import (
    NO_EFFECT,
    SumOptions,
    YearEffect,
    leaver_distribution,
    lone_hazards,
    staff_distribution,
)
from analytics.exact_sums_laws import CountLaws
from analytics.exact_sums_people import People, gathered
from analytics.projection_cells import (
    added,
    distinct_cells,
    group_of_person,
    grouped,
    long_table,
    members,
)
from analytics.projection_few import shared_where_few
from analytics.projection_months import (
    BY_LAW,
    CONTRACT,
    EARLY,
    MPP,
    Calendar,
    Levers,
    ProjectionError,
    Staff,
    calendar,
    chances,
    staff_arrays,
)
from analytics.projection_paid import PaidSpread, paid_spread
from analytics.projection_years import years_of

Numbers = NDArray[np.float64]

CELL = ("unit", "role_group")
NO_LEVERS = Levers()
SHARES = {"p10": 0.1, "p50": 0.5, "p90": 0.9}
_AT_THE_END = SumOptions(is_last_only=True)


@dataclass(frozen=True, eq=False)
class Projection:
    """What becomes of today's people.

    Attributes
    ----------
    people_count
        People projected.
    months
        The calendar; its last month ends the horizon.
    cells
        One row per unit x role group (or what was asked for), in the order of the arrays.
    steps
        Steps of the chain in their order.
    year_changes, year_duty_changes
        ``(cell, step, calendar year)``: expected change of staff in post and of staff on duty,
        never above zero. ``mpp`` takes people off duty and leaves them on the payroll.
    start, duty_start
        By cell, on the day of the roster.
    year_effect
        What good and bad years do to the early causes.
    """

    people_count: int
    months: Calendar
    cells: pd.DataFrame
    steps: tuple[str, ...]
    year_changes: Numbers = field(repr=False)
    year_duty_changes: Numbers = field(repr=False)
    start: Numbers = field(repr=False)
    duty_start: Numbers = field(repr=False)
    year_effect: YearEffect
    _staff: Staff = field(repr=False)
    _paid: Numbers = field(repr=False)
    _cell_of: NDArray[np.int64] = field(repr=False)
    _hazard: Numbers = field(repr=False)
    _fixed: Numbers = field(repr=False)
    _duty_fixed: Numbers = field(repr=False)
    _is_on_duty: NDArray[np.bool_] = field(repr=False)
    _early: Numbers = field(repr=False)

    @cached_property
    def month_changes(self) -> tuple[Numbers, Numbers]:
        """Expected changes in post and on duty month by month, ``(cell, step, month)``."""
        shape = (len(self.cells), len(self.steps), self.months.months)
        changes, duty_changes = np.zeros(shape), np.zeros(shape)
        for some in chances(self._staff, self.months):
            rows = self._cell_of[some.who]
            member = members(rows, len(self.cells))
            for number, step in enumerate(self.steps):
                if step in some.leaves:
                    changes[:, number] -= member @ some.leaves[step]
                duty_changes[:, number] -= member @ some.duty[step]
        return changes, duty_changes

    def account(self, by: Sequence[str] = CELL, every: str = "month") -> pd.DataFrame:
        """The chain of steps: what each took, where and when.

        Parameters
        ----------
        by
            Columns of the cells to keep; none for the total.
        every
            ``month`` or ``year``.

        Returns
        -------
        One row per group, period and step: ``by``, ``year`` (and ``month_on``, first of the
        month), ``step``, ``change_count``, ``change_on_duty_count``. Summed over steps and periods
        they are end minus start of :meth:`staff`, to rounding. Method: docs/method.md eq. 104.
        """
        groups, member = grouped(self.cells, by)
        steps = np.array(self.steps)
        values = {
            name: added(member, changes)
            for name, changes in zip(
                ("change_count", "change_on_duty_count"), self._changes(every), strict=True
            )
        }
        return long_table(groups, self.months, every, values, steps)

    def staff(self, by: Sequence[str] = CELL, every: str = "month") -> pd.DataFrame:
        """Expected staff at the end of each period.

        Returns
        -------
        One row per group and period: ``by``, ``year`` (and ``month_on``), ``start_count`` on the
        day of the roster, ``staff_count``, ``on_duty_count`` at the end of the period.
        """
        groups, member = grouped(self.cells, by)
        values = {}
        for name, start, changes in zip(
            ("staff_count", "on_duty_count"),
            (self.start, self.duty_start),
            self._changes(every),
            strict=True,
        ):
            level = start[:, None] + np.cumsum(changes.sum(axis=1), axis=-1)
            values[name] = member @ level
        table = long_table(groups, self.months, every, values)
        start_count = np.repeat(member @ self.start, len(table) // max(1, len(groups)))
        table.insert(table.columns.get_loc("staff_count"), "start_count", start_count)
        return table

    def bands(self, by: Sequence[str] = (), *, with_leavers: bool = True) -> pd.DataFrame:
        """Staff at the end of each calendar year and leavers within it, with their bands.

        Parameters
        ----------
        with_leavers
            False leaves the columns of leavers out, which take most of the time.

        Returns
        -------
        One row per group and year: ``by``, ``year``, ``start_count``, ``staff_count`` and
        ``leaver_count`` (expectations), ``staff_p10 .. p90``, ``leaver_p10 .. p90``. Quantiles are
        those of each group's own distribution. Method: docs/method.md eq. 105.
        """
        groups, member = grouped(self.cells, by)
        codes = self._codes(member)
        table = long_table(groups, self.months, "year", {})
        table["start_count"] = np.repeat(member @ self.start, len(self.months.years))
        laws = [("staff", staff_distribution), ("leaver", leaver_distribution)]
        for name, law in laws if with_leavers else laws[:1]:
            found = law(self._hazard, codes, self.year_effect, fixed=self._fixed)
            table[f"{name}_count"] = found.mean.ravel()
            for quantile, share in SHARES.items():
                table[f"{name}_{quantile}"] = found.quantile(share).ravel()
        return table

    def early_bands(self, by: Sequence[str] = ()) -> pd.DataFrame:
        """Who leaves early in each calendar year, by law and by contract left out.

        Returns
        -------
        One row per group and year: ``by``, ``year``, ``early_count``, ``early_p10 .. p90``.
        Method: docs/method.md eq. 105.
        """
        groups, member = grouped(self.cells, by)
        found = leaver_distribution(
            lone_hazards(self._early), self._codes(member), self.year_effect
        )
        table = long_table(groups, self.months, "year", {})
        table["early_count"] = found.mean.ravel()
        for name, share in SHARES.items():
            table[f"early_{name}"] = found.quantile(share).ravel()
        return table

    def early_until(self, by: Sequence[str] = ()) -> pd.DataFrame:
        """Who leaves early from the day of the roster to the horizon.

        Returns
        -------
        One row per group, columns as :meth:`early_bands` without ``year``.
        """
        groups, member = grouped(self.cells, by)
        found = staff_distribution(
            lone_hazards(self._early),
            self._codes(member),
            self.year_effect,
            options=_AT_THE_END,
        )
        start = (member @ self.start).round().astype(np.int64)
        table = groups.assign(early_count=start - found.mean[:, 0])
        for name, share in SHARES.items():
            # As many have left as do not stay: the highest of one is the lowest of the other.
            table[f"early_{name}"] = start - found.quantile(1.0 - share)[:, 0]
        return table

    def chance_below(self, threshold: int, by: Sequence[str] = CELL) -> pd.DataFrame:
        """Probability that a group has fewer than so many people at the end of each year.

        ``threshold`` 1 is the chance that nobody is left.

        Returns
        -------
        One row per group and year: ``by``, ``year``, ``start_count``, ``staff_count``,
        ``below_probability``. Method: docs/method.md eq. 106.
        """
        groups, member = grouped(self.cells, by)
        found = staff_distribution(
            self._hazard,
            self._codes(member),
            self.year_effect,
            fixed=self._fixed,
        )
        table = long_table(groups, self.months, "year", {})
        table["start_count"] = np.repeat(member @ self.start, len(self.months.years))
        table["staff_count"] = found.mean.ravel()
        table["below_probability"] = found.fewer_than(threshold).ravel()
        return table

    def paid_share(self) -> Numbers:
        """Expected share of each calendar year on the payroll.

        Pay of a month is due to whoever is in service when it begins and has not reached the
        retirement date; leave before retirement stays on the payroll.

        Returns
        -------
        ``(person, year)`` in the order of the people projected. The months of the first year
        before the roster are not in it. Method: docs/method.md eq. 183.
        """
        return self._paid

    @cached_property
    def paid_spread(self) -> PaidSpread:
        """How the share of each year on the payroll varies. Method: docs/method.md eq. 330-331."""
        return paid_spread(self._staff, self.months, self.year_effect)

    def spread(self, by: Sequence[str] = (), *, at_the_end: bool = False) -> pd.DataFrame:
        """Where the width of the band comes from.

        Parameters
        ----------
        at_the_end
            The last year alone, in a fraction of the time.

        Returns
        -------
        One row per group and year: ``by``, ``year``, ``staff_sd`` and its variance's shares
        ``chance_share`` (who of independent people happens to leave), ``years_share`` (good and bad
        years), ``level_share`` (how uncertain the hazards themselves are); they sum to 1, or are
        all 0 where nothing is uncertain. Method: docs/method.md eq. 107.
        """
        groups, member = grouped(self.cells, by)
        codes = self._codes(member)
        effect = self.year_effect
        options = _AT_THE_END if at_the_end else SumOptions()
        variances = [
            staff_distribution(
                self._hazard, codes, each, fixed=self._fixed, options=options
            ).spread()
            ** 2
            for each in (NO_EFFECT, YearEffect(effect.log_sd, effect.persistence), effect)
        ]
        total = np.maximum.accumulate(variances)
        parts = np.diff(total, axis=0, prepend=0.0)
        share = np.divide(parts, total[-1], out=np.zeros_like(parts), where=total[-1] > 1e-9)
        table = long_table(groups, self.months, "year", {})
        if at_the_end:
            table = table.loc[table["year"] == self.months.years[-1]].reset_index(drop=True)
        table["staff_sd"] = np.sqrt(total[-1]).ravel()
        for name, values in zip(("chance", "years", "level"), share, strict=True):
            table[f"{name}_share"] = values.ravel()
        return table

    def duty_laws(self, group_of_cell: NDArray[np.int64], least: int = 0) -> CountLaws:
        """How many of those on duty today are still so at the end of each calendar year.

        Parameters
        ----------
        group_of_cell
            Number of a group for each row of ``cells``; -1 leaves a cell out.
        least
            Nobody in groups of fewer people has a chance of their own (eq. 355).

        Returns
        -------
        Laws by group, in ascending order of the numbers that anybody on duty carries, and calendar
        year. Method: docs/method.md eq. 105, 355.

        Raises
        ------
        ProjectionError
            When nobody is left to count.
        """
        group, here = self._on_duty(group_of_cell)
        hazard, fixed = self._hazard, self._duty_fixed
        if least:
            own = np.where(here, group, -1)
            hazard, fixed = shared_where_few(hazard, fixed, own, least)
        return staff_distribution(hazard[here], group[here], self.year_effect, fixed=fixed[here])

    def duty_people(self, group_of_cell: NDArray[np.int64]) -> People:
        """Of each person on duty the chance to be still so, and what good and bad years move.

        Parameters
        ----------
        group_of_cell
            As in :meth:`duty_laws`.

        Returns
        -------
        People in order of their group, periods are calendar years. Method: docs/method.md eq. 94.

        Raises
        ------
        ProjectionError
            When nobody is left to count.
        """
        group, here = self._on_duty(group_of_cell)
        return gathered(self._hazard[here], group[here], self._duty_fixed[here])

    @cached_property
    def ends(self) -> pd.DatetimeIndex:
        """Last day of each month."""
        return pd.DatetimeIndex(self.months.month_on) + pd.offsets.MonthEnd(0)

    def _codes(self, member: csr_array) -> NDArray[np.int64]:
        return group_of_person(member, self._cell_of)

    def _changes(self, every: str) -> tuple[Numbers, Numbers]:
        """Changes in post and on duty, ``(cell, step, period)``."""
        if every not in ("month", "year"):
            raise ProjectionError(
                f"Langkah {every!r} tidak dikenal; pilih month atau year.",
                f"No step {every!r}; choose month or year.",
            )
        if every == "month":
            return self.month_changes
        return self.year_changes, self.year_duty_changes

    def _on_duty(
        self, group_of_cell: NDArray[np.int64]
    ) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        group = np.asarray(group_of_cell, dtype=np.int64)[self._cell_of]
        here = (group >= 0) & self._is_on_duty
        if not here.any():
            raise ProjectionError(
                "Tidak seorang pun bertugas di jabatan ini.", "Nobody is on duty in these cells."
            )
        return group, here


def projection(  # noqa: PLR0913 - who, from when, how long, at what hazards, under which levers
    people: pd.DataFrame,
    as_of: date,
    years: int,
    hazards: Mapping[str, NDArray],
    year_effect: YearEffect = NO_EFFECT,
    levers: Levers = NO_LEVERS,
    cells: Sequence[str] = CELL,
) -> Projection:
    """Project people month by month.

    Parameters
    ----------
    people
        One row per person, the frame of :func:`analytics.retirement.retirements` (those to be
        counted): ``retires_on``, ``contract_ends_on``, ``employment``, ``is_on_duty`` and the
        columns of ``cells``. Somebody past the retirement date leaves in the first month; somebody
        without one never leaves by law.
    as_of
        The day of the roster.
    years
        Calendar years after that of ``as_of``; the rest of that one comes first.
    hazards
        Cause -> ``(person, year)`` of twelve months from ``as_of``, ``years + 1`` of them:
        probability of leaving by that cause for whoever is in service at the start of the year
        (``ExitModel.hazards``). In the year of the retirement date it falls wholly before it.
        Causes ``bup``, ``kontrak_berakhir`` and ``mpp`` are left aside: dates and levers say more.
    year_effect
        ``ExitModel.year_effect``. It widens bands and moves no expectation.
    levers
        Renewal of contracts, leave before retirement, factors on causes.
    cells
        Columns that may be grouped by later.

    Returns
    -------
    The projection. Method: docs/method.md eq. 99-108.

    Raises
    ------
    ProjectionError
        When hazards do not fit the people or the horizon.
    """
    if people.empty:
        raise ProjectionError(
            "Tidak ada pegawai untuk diproyeksikan.", "There is nobody to project."
        )
    months = calendar(as_of, years)
    staff = staff_arrays(people, hazards, months, levers)
    frame, cell_of = distinct_cells(people, cells)
    causes = _in_order(staff.exposure)
    steps = (BY_LAW, *causes, CONTRACT, MPP)
    found = years_of(staff, months, steps)
    member = members(cell_of, len(frame))
    start = np.bincount(cell_of, minlength=len(frame)).astype(np.float64)
    duty_start = np.bincount(cell_of, staff.on_duty, len(frame)).astype(np.float64)
    return Projection(
        people_count=len(people),
        months=months,
        cells=frame,
        steps=steps,
        year_changes=-added(member, found.leaves),
        year_duty_changes=-added(member, found.duty),
        start=start,
        duty_start=duty_start,
        year_effect=year_effect,
        _staff=staff,
        _paid=found.paid,
        _cell_of=cell_of,
        _hazard=found.hazard,
        _fixed=found.fixed,
        _duty_fixed=found.duty_fixed,
        _is_on_duty=staff.on_duty > 0,
        _early=found.early,
    )


def _in_order(causes: Iterable[str]) -> tuple[str, ...]:
    """Early causes in the order of the chain, those nobody foresaw last."""
    given = list(causes)
    return (*(each for each in EARLY if each in given), *(e for e in given if e not in EARLY))
