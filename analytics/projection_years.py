"""What each person is likely to do, by calendar year: the chain of months added up at once.

A year's leavers by cause follow from the months of all causes together, since within one hazard
year the causes share every month alike. Method: docs/method.md eq. 101-105.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from analytics.projection_months import (
    BY_LAW,
    CONTRACT,
    MPP,
    Calendar,
    Chain,
    Numbers,
    Staff,
    chains,
    present_share,
    spread,
)

# So many people at a time stay in the processor's own memory.
_AT_ONCE = 512


@dataclass(frozen=True, eq=False)
class Years:
    """People by calendar year, in their order.

    ``leaves``, ``duty`` ``(person, step, year)``: chance to leave, and to leave duty, by the steps
    asked for. ``(person, year)``: ``hazard`` that good and bad years move, ``fixed`` that they do
    not, ``duty_fixed`` the same of leaving duty, as ``exact_sums.staff_distribution`` wants them;
    ``early`` to leave by an early cause, ``paid`` share of the year on the payroll.
    """

    leaves: Numbers = field(repr=False)
    duty: Numbers = field(repr=False)
    hazard: Numbers = field(repr=False)
    fixed: Numbers = field(repr=False)
    duty_fixed: Numbers = field(repr=False)
    early: Numbers = field(repr=False)
    paid: Numbers = field(repr=False)


def years_of(staff: Staff, months: Calendar, steps: Sequence[str]) -> Years:
    """The chain of all people, added up by calendar year.

    Parameters
    ----------
    steps
        The order of the steps: ``bup``, causes with an exposure, ``kontrak_berakhir``, ``mpp``.

    Method: docs/method.md eq. 101-105, 183.
    """
    count, length = len(staff.due), len(months.years)
    leaves = np.zeros((count, len(steps), length))
    duty = np.zeros_like(leaves)
    hazard, fixed, duty_fixed, paid = (np.empty((count, length)) for _ in range(4))
    for chain in chains(staff, months, _AT_ONCE):
        who, at_start = chain.who, chain.kept[:, :-1]
        _add_leavers(leaves[who], staff, months, chain, steps, at_start)
        if (staff.mpp[who] > 0).any():
            present = present_share(staff, months, who)
            _add_leavers(duty[who], staff, months, chain, steps, at_start * present)
            earlier = np.concatenate([staff.on_duty[who, None], present[:, :-1]], axis=1)
            duty[who, steps.index(MPP)] = _by_year(months, at_start * (earlier - present))
        else:
            duty[who] = leaves[who] * staff.on_duty[who, None, None]
        paid[who] = _by_year(months, at_start * chain.before) / 12
        hazard[who], fixed[who] = _hazards(chain, months)
        duty_fixed[who] = _leaving_duty(staff, months, who, hazard[who], fixed[who])
    at = [number for number, step in enumerate(steps) if step in staff.exposure]
    return Years(leaves, duty, hazard, fixed, duty_fixed, leaves[:, at].sum(axis=1), paid)


def _add_leavers(  # noqa: PLR0913 - where to, the chain, and of whom
    target: Numbers,
    staff: Staff,
    months: Calendar,
    chain: Chain,
    steps: Sequence[str],
    here: Numbers,
) -> None:
    """Leavers ``(person, step, year)`` of those who are there at the start of each month."""
    who, year = chain.who, months.year - months.year[0]
    due = staff.due[who]
    lawful = np.flatnonzero(due < months.months)
    target[lawful, steps.index(BY_LAW), year[due[lawful]]] = here[lawful, due[lawful]]
    ending = np.flatnonzero((chain.renewed < 1.0).any(axis=1))
    if len(ending):
        lost = here[ending] * chain.stays[ending] * (1.0 - chain.renewed[ending])
        target[ending, steps.index(CONTRACT)] = _by_year(months, lost)
    gone = np.zeros_like(here)
    np.divide(1.0 - chain.stays, chain.exposure, out=gone, where=chain.exposure > 0)
    gone *= here
    causes = [(steps.index(name), each[who]) for name, each in staff.exposure.items()]
    for hazard_year, own, share, scale in spread(staff, months, who):
        # A hazard year lies in one calendar year or in two.
        first, last = int(year[own.start]), int(year[own.stop - 1])
        turn = own.start + int((year[own] == first).sum())
        for each, part in ((first, slice(own.start, turn)), (last, slice(turn, own.stop))):
            weight = gone[:, part] @ share[part.start - own.start : part.stop - own.start] * scale
            for number, exposure in causes:
                target[:, number, each] += exposure[:, hazard_year] * weight


def _hazards(chain: Chain, months: Calendar) -> tuple[Numbers, Numbers]:
    """Hazards by calendar year that good and bad years move, and those they do not."""
    first = months.year_starts
    kept = np.multiply.reduceat(chain.renewed, first, axis=1)
    gone = ~np.logical_and.reduceat(chain.before, first, axis=1)
    stays = np.exp(-_by_year(months, chain.exposure))
    hazard = np.where(gone, 1.0, 1.0 - stays)
    return hazard, np.where(gone, 0.0, stays * (1.0 - kept))


def _leaving_duty(
    staff: Staff, months: Calendar, who: slice, hazard: Numbers, fixed: Numbers
) -> Numbers:
    """Of people on duty: what years do not move of leaving it, by calendar year.

    The end of contracts and the leave before retirement: by the end of a year they are on duty
    with the chance of being in post times the share that has not begun that leave.
    Method: docs/method.md eq. 103.
    """
    last = months.month_ends - 1
    present = 1.0 - np.where(last >= staff.mpp_from[who, None], staff.mpp[who, None], 0.0)
    before = np.concatenate([np.ones((len(present), 1)), present[:, :-1]], axis=1)
    goes_on = np.divide(present, before, out=np.zeros_like(present), where=before > 0)
    stays = 1.0 - hazard
    left: Numbers = np.clip(stays - (stays - fixed) * goes_on, 0.0, stays)
    return left


def _by_year(months: Calendar, monthly: Numbers) -> Numbers:
    """Sums over the months of each calendar year (last axis)."""
    first = months.year_starts
    return np.asarray(np.add.reduceat(monthly, first, axis=-1))
