"""Of posts short in a cell, how it varies with who is still there: small counts exactly.

A cell is a unit, role group and post; most hold few people, for whom a bell curve would invent
posts short where nobody can be missing. Method: docs/method.md eq. 292-293.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from analytics.replacement import Gap

Numbers = NDArray[np.float64]

# Cells of more people than this are taken as bell curves.
_MOST_EXACT = 16
_TINY = 1e-12


@dataclass(frozen=True, eq=False)
class StaffSpread:
    """Who is still on duty, by cell and year, apart from moves from within.

    ``mean`` and ``variance`` (cell, year): of the count, chance alone, years as usual; ``common``
    (cell, year): people fewer when the years are one standard deviation worse for everybody;
    their sum over cells is that of the whole. ``_below`` (cell, year, k): P(count <= k);
    ``_short``, ``_square``: E[(k - count)+] and of its square at whole k; cells with more than
    ``_MOST_EXACT`` people are ``is_large``.
    """

    mean: Numbers
    variance: Numbers
    common: Numbers
    is_large: NDArray[np.bool_]
    _below: Numbers = field(repr=False)
    _short: Numbers = field(repr=False)
    _square: Numbers = field(repr=False)

    def short(self, asked: Numbers) -> tuple[Numbers, Numbers]:
        """E[(asked - count)+] and E of its square, by cell and year.

        Parameters
        ----------
        asked
            ``(.., cell, year)``; need not be whole.

        Method: docs/method.md eq. 292.
        """
        last = self._short.shape[-1] - 1
        whole = np.clip(np.floor(asked), 0, last).astype(np.int64)
        rest = np.maximum(asked - whole, 0.0)
        # The place in the flat tables, found once for all three.
        at = np.arange(self.mean.size).reshape(self.mean.shape) * (last + 1) + whole
        short, square, below = (
            table.ravel().take(at) for table in (self._short, self._square, self._below)
        )
        first = short + rest * below
        second = square + 2 * rest * short + rest**2 * below
        if self.is_large.any():
            own = self.is_large
            first[..., own, :], second[..., own, :] = bell_short(
                asked[..., own, :] - self.mean[own], np.sqrt(self.variance[own])
            )
        return first, second


def bell_short(mean: Numbers, sd: Numbers) -> tuple[Numbers, Numbers]:
    """E[X+] and E[(X+)^2] of a bell curve."""
    width = np.maximum(sd, _TINY)
    z = mean / width
    above = ndtr(z)
    density = np.exp(-0.5 * np.minimum(z * z, 1400.0)) / np.sqrt(2 * np.pi)
    first = mean * above + width * density
    second = (mean**2 + width**2) * above + mean * width * density
    return np.maximum(first, 0.0), np.maximum(second, 0.0)


def staff_spread(gap: Gap) -> StaffSpread:
    """How the people of each cell vary, in chance and with the years.

    What the years do to everybody together is scaled so that the variance of the whole count is
    that of its exact law (docs/method.md eq. 90-98). Method: docs/method.md eq. 292-293.
    """
    shape = gap.need.shape
    mean, variance, common = (np.zeros(shape) for _ in range(3))
    below = np.ones((*shape, _MOST_EXACT + 2))
    is_large = np.zeros(shape[0], dtype=bool)
    projection, group = gap.of_people
    if (group >= 0).any() and projection.duty_start[group >= 0].sum() > 0:
        people = projection.duty_people(group)
        cells = np.asarray(people.groups, dtype=np.int64)
        kept = people.kept[:, 1:]
        mean[cells] = np.add.reduceat(kept, people.first[:-1], axis=0)
        variance[cells] = np.add.reduceat(kept * (1 - kept), people.first[:-1], axis=0)
        effect = projection.year_effect
        slopes = people.slopes()
        moved = np.expm1(effect.covariance(np.arange(people.periods)))
        for year in range(people.periods):
            until = slice(0, year + 1)
            each = slopes[:, until, year + 1]
            whole = each[-1]
            sd = float(np.sqrt(max(whole @ moved[until, until] @ whole, 0.0)))
            if sd > 0:
                common[cells, year] = each[: len(cells)] @ moved[until, until] @ whole / sd
        exact = projection.duty_laws(np.where(group >= 0, 0, -1)).spread()[0] ** 2
        left = np.maximum(exact - variance.sum(axis=0), 0.0)
        told = common.sum(axis=0)
        common *= np.divide(np.sqrt(left), told, out=np.zeros_like(told), where=told > _TINY)
        counts = np.diff(people.first)
        is_large[cells] = counts > _MOST_EXACT
        below[cells] = _laws(kept, people.first)
    short = np.concatenate([np.zeros((*shape, 1)), np.cumsum(below, axis=-1)[..., :-1]], axis=-1)
    step = 2 * short + below
    square = np.concatenate([np.zeros((*shape, 1)), np.cumsum(step, axis=-1)[..., :-1]], axis=-1)
    return StaffSpread(mean, variance, common, is_large, below, short, square)


def _laws(kept: Numbers, first: NDArray[np.int64]) -> Numbers:
    """P(count <= k) by cell and year, k from 0 to one above the most that is exact."""
    counts = np.diff(first)
    law = np.zeros((len(counts), kept.shape[1], _MOST_EXACT + 2))
    law[:, :, 0] = 1.0
    for rank in range(min(int(counts.max(initial=0)), _MOST_EXACT)):
        own = np.flatnonzero(counts > rank)
        stays = kept[first[:-1][own] + rank][:, :, None]
        here = law[own]
        gone = here * (1 - stays)
        gone[:, :, 1:] += here[:, :, :-1] * stays
        law[own] = gone
    return np.cumsum(law, axis=-1)
