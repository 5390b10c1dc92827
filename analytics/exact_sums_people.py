"""People in order of their group, and what each is likely to do given the years.

Method: docs/method.md eq. 94, 96.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

Numbers = NDArray[np.float64]
Whole = NDArray[np.int64]

LEAVERS, STAFF = "leavers", "staff"
_SLOPE_CHUNK = 65_536


@dataclass(frozen=True, eq=False)
class People:
    """Sorted by group. ``first[g]:first[g + 1]`` are those of group ``g``.

    ``exposure`` ``(person, period)`` is -log(1 - hazard) of what the years move, 0 once the person
    is certainly gone; ``kept`` ``(person, period + 1)`` is the probability of being in post at the
    start of each period and at the end of the last, on average over the years.
    """

    groups: NDArray
    first: Whole
    exposure: Numbers
    kept: Numbers

    @property
    def periods(self) -> int:
        """Number of periods."""
        return self.exposure.shape[1]

    def ranges(self) -> list[tuple[int, int]]:
        """First person and the one after the last: of each group, then of everybody."""
        each = list(zip(self.first[:-1].tolist(), self.first[1:].tolist(), strict=True))
        return each if len(each) == 1 else [*each, (0, len(self.kept))]

    def expected(self, kind: str, period: int) -> Numbers:
        """Probability of each person counting, period from 1."""
        if kind == STAFF:
            return self.kept[:, period]
        return self.kept[:, period - 1] - self.kept[:, period]

    def summed(self, values: Numbers) -> Numbers:
        """Sum of values of people by range (see :meth:`ranges`)."""
        each = np.add.reduceat(values, self.first[:-1], axis=0)
        return each if len(each) == 1 else np.concatenate([each, each.sum(axis=0, keepdims=True)])

    def slopes(self) -> Numbers:
        """``(range, period, period + 1)``: sum of exposure in one period times kept at another."""
        spans = self.ranges()[: len(self.groups)]
        answer = np.zeros((len(spans), self.periods, self.periods + 1))
        for number, (start, stop) in enumerate(spans):
            for at in range(start, stop, _SLOPE_CHUNK):
                part = slice(at, min(at + _SLOPE_CHUNK, stop))
                answer[number] += self.exposure[part].T @ self.kept[part]
        if len(spans) == 1:
            return answer
        return np.concatenate([answer, answer.sum(axis=0, keepdims=True)])

    def given(
        self, kind: str, period: int, spans: Whole, path: Numbers, weight: Numbers
    ) -> Numbers:
        """Probability of counting given the years, ``(span, node, person)``.

        Parameters
        ----------
        kind, period
            As in :meth:`expected`.
        spans
            ``(span, 2)``: people from and up to; shorter ones are filled up with people who never
            count.
        path
            Multipliers ``(span, node, period)``.
        weight
            Of the nodes. Each person's mean over them is :meth:`expected`, to rounding.
        """
        length = int((spans[:, 1] - spans[:, 0]).max())
        place = spans[:, :1] + np.arange(length)
        is_there = place < spans[:, 1:]
        place = np.where(is_there, place, spans[:, :1])
        # Numbers as short as those of the path: wide sums need no long ones.
        exposure = self.exposure[place, :period].astype(path.dtype).transpose(0, 2, 1)
        is_there = is_there.astype(path.dtype)
        kept = self.kept[place, period].astype(path.dtype) * is_there
        now = _given(path[..., :period], exposure, kept, weight)
        if kind == STAFF:
            return now
        kept = self.kept[place, period - 1].astype(path.dtype) * is_there
        if period == 1:
            before = np.broadcast_to(kept[:, None, :], now.shape)
        else:
            before = _given(path[..., : period - 1], exposure[:, : period - 1], kept, weight)
        return np.clip(before - now, 0.0, 1.0)


def _given(path: Numbers, exposure: Numbers, kept: Numbers, weight: Numbers) -> Numbers:
    stays = path @ exposure
    np.negative(stays, out=stays)
    np.exp(stays, out=stays)
    stays *= (kept / (weight @ stays))[:, None, :]
    return np.minimum(stays, 1.0, out=stays)


def gathered(hazards: ArrayLike, groups: ArrayLike | None, fixed: ArrayLike | None) -> People:
    """People sorted by group, from hazards as :func:`analytics.exact_sums.leaver_distribution`.

    Raises
    ------
    ValueError
        When the shapes do not fit, or a hazard is not a probability.
    """
    hazard = np.asarray(hazards)
    if hazard.ndim != 2:
        raise ValueError(f"hazards has {hazard.ndim} dimensions; give person x period")
    if not (hazard.min(initial=0.0) >= 0.0 and hazard.max(initial=0.0) <= 1.0):
        raise ValueError("hazards holds something that is not a probability from 0 to 1")
    count, periods = hazard.shape
    if count == 0 or periods == 0:
        raise ValueError("hazards is empty; give at least one person and one period")
    if groups is None:
        codes, labels = np.zeros(count, dtype=np.int64), np.array([0])
    else:
        codes, labels = pd.factorize(np.asarray(groups), sort=True)
        if len(codes) != count:
            raise ValueError(f"{len(codes)} groups for {count} people; give one each")
        if (codes < 0).any():
            raise ValueError("a group is missing; name the group of everybody")
    order = np.argsort(codes, kind="stable")
    is_sorted = bool((np.diff(codes) >= 0).all())
    exposure = np.array(hazard if is_sorted else hazard[order], dtype=np.float64)
    other = None
    if fixed is not None:
        other = np.asarray(fixed, dtype=np.float64)
        if other.shape != hazard.shape:
            raise ValueError(f"fixed is {other.shape} and hazards {hazard.shape}; make them alike")
        other = other if is_sorted else other[order]
        if not (other.min() >= 0.0 and (other + exposure).max() <= 1.0 + 1e-9):
            raise ValueError("hazards and fixed together exceed 1, or fixed is below 0")
    kept = np.ones((count, periods + 1))
    for period in range(periods):
        stays = 1.0 - exposure[:, period]
        if other is not None:
            stays -= other[:, period]
        np.multiply(kept[:, period], np.clip(stays, 0.0, 1.0), out=kept[:, period + 1])
    is_certain = exposure >= 1.0
    exposure[is_certain] = 0.0
    np.negative(exposure, out=exposure)
    np.log1p(exposure, out=exposure)
    np.negative(exposure, out=exposure)
    first = np.searchsorted(codes if is_sorted else codes[order], np.arange(len(labels) + 1))
    return People(np.asarray(labels), first.astype(np.int64), exposure, kept)
