"""How the time people stay on the payroll varies: by luck of each, and with good and bad years.

Method: docs/method.md eq. 330-331.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from scipy.special import ndtr, ndtri

from analytics.exact_sums import YearEffect
from analytics.projection_months import Calendar, Numbers, Staff, chains

_AT_ONCE = 512
# Good and bad years by as many that are as likely; halvings of what a quantile lies between.
_NODES, _HALVINGS = 96, 50
# Rupiah below which nothing varies.
_LEAST_IDR = 1.0


@dataclass(frozen=True, eq=False)
class PaidSpread:
    """How the share of each calendar year on the payroll varies, person by person.

    ``variance`` (person, year): by luck of one's own, years as usual; ``share`` (person, year):
    the expectation; ``exposure`` (person, year): to causes that good and bad years move;
    ``within`` (person, year): what of the year's own exposure its months of pay have behind them,
    months of pay times exposure before each, by twelve.
    """

    share: Numbers = field(repr=False)
    variance: Numbers = field(repr=False)
    exposure: Numbers = field(repr=False)
    within: Numbers = field(repr=False)
    effect: YearEffect

    def law(self, idr: Numbers) -> PaidLaw:
        """How what is paid in each year varies around what is expected.

        Parameters
        ----------
        idr
            ``(person, year)``, rupiah of a whole year.

        Method: docs/method.md eq. 330-331, 333.
        """
        chance = (idr**2 * self.variance).sum(axis=0)
        slope = self.exposure.T @ (idr * self.share)
        length = idr.shape[1]
        slope[np.arange(length), np.arange(length)] = (idr * self.within).sum(axis=0)
        slope = np.triu(slope)
        moved = np.expm1(self.effect.covariance(np.arange(length)))
        years = np.einsum("st,su,ut->t", slope, moved, slope)
        return PaidLaw(chance, np.maximum(years, 0.0), slope.sum(axis=0))


@dataclass(frozen=True, eq=False)
class PaidLaw:
    """What is paid in each year less what is expected: luck of each, and good and bad years.

    ``chance``, ``years`` (year): variances, rupiah squared; ``reach`` (year): rupiah less if the
    years took twice as many as usual. Bad years have no upper end and good ones a lower, so that
    what is paid leans downwards: given the years it is a bell curve, over them a lognormal of the
    same variance.
    """

    chance: Numbers
    years: Numbers
    reach: Numbers

    def scaled(self, scale: Numbers) -> PaidLaw:
        """Amounts of each year times ``scale``."""
        return PaidLaw(self.chance * scale**2, self.years * scale**2, self.reach * scale)

    def with_more(self, variance: Numbers) -> PaidLaw:
        """With something beside it that varies by itself."""
        return PaidLaw(self.chance + variance, self.years, self.reach)

    @property
    def sd(self) -> Numbers:
        """Standard deviation by year."""
        return np.asarray(np.sqrt(self.chance + self.years))

    def quantile(self, share: float) -> Numbers:
        """What ``share`` of all futures stay below, by year."""
        middle, width = self._curves()
        low, high = (middle - 6 * width).min(axis=0), (middle + 6 * width).max(axis=0)
        for _ in range(_HALVINGS):
            half = (low + high) / 2
            reached = ndtr((half - middle) / width).mean(axis=0) >= share
            low, high = np.where(reached, low, half), np.where(reached, half, high)
        return np.asarray((low + high) / 2)

    def above(self, amount: Numbers) -> Numbers:
        """Chance of more than ``amount``, by year."""
        middle, width = self._curves()
        return np.asarray(ndtr((middle - amount) / width).mean(axis=0))

    def _curves(self) -> tuple[Numbers, Numbers]:
        """Bell curves (node, year), all as likely: where they stand, and their width."""
        ratio = np.divide(
            self.years, self.reach**2, out=np.zeros_like(self.years), where=self.reach > 0
        )
        log_sd = np.sqrt(np.log1p(ratio))
        node = ndtri((np.arange(_NODES) + 0.5) / _NODES)[:, None]
        times = np.exp(log_sd * node)
        middle = -self.reach * (times / times.mean(axis=0) - 1)
        return middle, np.sqrt(np.maximum(self.chance, _LEAST_IDR**2))[None]


def paid_spread(staff: Staff, months: Calendar, effect: YearEffect) -> PaidSpread:
    """The spread of the share of each year on the payroll.

    Pay of a month is due to whoever is there when it begins, so that of a year's months each holds
    for those before it: a year paid in part is no matter of all or nothing.
    Method: docs/method.md eq. 330-331.
    """
    count, length = len(staff.due), len(months.years)
    share, square, exposure, within = (np.zeros((count, length)) for _ in range(4))
    first = months.year_starts
    rank = np.arange(months.months) - np.repeat(first, np.diff(np.append(first, months.months)))
    for chain in chains(staff, months, _AT_ONCE):
        who = chain.who
        paid = chain.kept[:, :-1] * chain.before
        share[who] = np.add.reduceat(paid, first, axis=1) / 12
        square[who] = np.add.reduceat(paid * (2 * rank + 1), first, axis=1) / 144
        exposure[who] = np.add.reduceat(chain.exposure, first, axis=1)
        passed = np.cumsum(chain.exposure, axis=1) - chain.exposure
        passed -= np.repeat(passed[:, first], np.diff(np.append(first, months.months)), axis=1)
        within[who] = np.add.reduceat(paid * passed, first, axis=1) / 12
    variance = np.maximum(square - share**2, 0.0)
    return PaidSpread(share, variance, exposure, within, effect)
