"""Distributions of whole numbers, one for each group and period, and what is asked of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

Numbers = NDArray[np.float64]
Whole = NDArray[np.int64]


@dataclass(frozen=True)
class Block:
    """Laws kept together, one row per law.

    ``below[row, k]`` is P(count < low + k step); it begins with 0.
    """

    low: Numbers
    step: Numbers
    below: Numbers


@dataclass(frozen=True, eq=False)
class CountLaws:
    """Distribution of a whole number for each group and period.

    ``groups`` are the labels, one per row; ``mean`` ``(group, period)`` is exact. Ask
    :meth:`quantile`, :meth:`fewer_than`, :meth:`law`. ``total`` is the law of everybody together:
    not a sum of quantiles.
    """

    groups: NDArray
    mean: Numbers
    _blocks: list[Block] = field(repr=False)
    _block: Whole = field(repr=False)
    _row: Whole = field(repr=False)
    total: CountLaws | None = None

    def fewer_than(self, threshold: ArrayLike) -> Numbers:
        """P(count < threshold), ``(group, period)``; the threshold broadcasts against that."""
        wanted = np.broadcast_to(np.asarray(threshold, dtype=np.float64), self.mean.shape)
        return self._below(np.ceil(wanted) - 0.5)

    def quantile(self, share: float) -> Whole:
        """Smallest count that is not exceeded with probability ``share``, ``(group, period)``."""
        if not 0.0 < share < 1.0:
            raise ValueError(f"share {share} must lie between 0 and 1")
        # Rounding of the inversion must not move a quantile that stands exactly on a step.
        share -= 1e-11
        answer = np.empty(self.mean.shape, dtype=np.int64)
        for block, place, row in self._places:
            size = block.below.shape[1]
            reached = np.minimum((block.below < share).sum(axis=1), size - 1)
            point = block.low + reached * block.step - 0.5
            high, low = np.ceil(point)[row], np.floor(point - block.step)[row]
            while (high - low > 1).any():
                middle = np.floor((low + high) / 2)
                enough = _read(block, row, middle + 0.5) >= share
                high = np.where(enough, middle, high)
                low = np.where(enough, low, np.minimum(middle, high - 1))
            answer[place] = high
        return answer

    def law(self, group: int, period: int) -> tuple[Whole, Numbers]:
        """Counts and their probabilities for one row and period."""
        block = self._blocks[self._block[group, period]]
        row = self._row[group, period]
        first = int(np.ceil(block.low[row]))
        last = int(np.floor(block.low[row] + block.step[row] * (block.below.shape[1] - 1)))
        counts = np.arange(first, max(first, last) + 1)
        edges = np.concatenate([[counts[0] - 0.5], counts + 0.5])
        rows = np.full(len(edges), row)
        return counts, np.diff(_read(block, rows, edges))

    def spread(self) -> Numbers:
        """Standard deviation, ``(group, period)``."""
        answer = np.empty(self.mean.shape)
        for block, place, row in self._places:
            mass = np.diff(block.below, axis=1)
            at = np.arange(mass.shape[1]) + 0.5
            at = at - (mass @ at / np.maximum(mass.sum(axis=1), 1e-300))[:, None]
            # A wide law is spread over steps instead of whole numbers.
            variance = np.einsum("rk,rk,rk->r", mass, at, at) * block.step**2
            variance = variance + (1.0 - block.step**2) / 12
            answer[place] = np.sqrt(np.maximum(variance, 0.0))[row]
        return answer

    def _below(self, edge: Numbers) -> Numbers:
        answer = np.empty(self.mean.shape)
        for block, place, row in self._places:
            answer[place] = _read(block, row, edge[place])
        return answer

    @cached_property
    def _places(self) -> list[tuple[Block, tuple[Whole, Whole], Whole]]:
        """Each block with the groups and periods it answers for, and its rows."""
        order = np.argsort(self._block, axis=None, kind="stable")
        sorted_block = self._block.ravel()[order]
        found = []
        for part in np.split(order, np.flatnonzero(np.diff(sorted_block)) + 1):
            group, period = np.unravel_index(part, self._block.shape)
            block = self._blocks[self._block[group[0], period[0]]]
            found.append((block, (group, period), self._row[group, period]))
        return found


def _read(block: Block, row: Whole, edge: Numbers) -> Numbers:
    """P(count < edge) by cubic interpolation; exact where the edge is a point of the block."""
    size = block.below.shape[1]
    place = (edge - block.low[row]) / block.step[row]
    inside = np.clip(np.floor(place + 1e-9).astype(np.int64), 0, size - 1)
    part = np.clip(place - inside, 0.0, 1.0)
    part = np.where(part < 1e-9, 0.0, part)
    value = [block.below[row, np.clip(inside + k, 0, size - 1)] for k in (-1, 0, 1, 2)]
    answer = (
        -part * (part - 1) * (part - 2) / 6 * value[0]
        + (part + 1) * (part - 1) * (part - 2) / 2 * value[1]
        - (part + 1) * part * (part - 2) / 2 * value[2]
        + (part + 1) * part * (part - 1) / 6 * value[3]
    )
    answer = np.clip(answer, value[1], np.maximum(value[1], value[2]))
    return np.where(place < 0, 0.0, np.where(place >= size - 1, 1.0, answer))
