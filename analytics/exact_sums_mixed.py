"""Laws of many sums of one period: small ones exactly, large ones by their cumulants.

Method: docs/method.md eq. 92-93, 97.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from itertools import repeat

import numpy as np
from numpy.typing import NDArray
from scipy.fft import next_fast_len

from analytics.exact_sums_chance import (
    WIDE_VARIANCE,
    counts_law,
    cumulants,
    exact_waves,
    lattice_angles,
    refined_step,
    wide_law,
    wide_steps,
    wide_waves,
)
from analytics.exact_sums_laws import Block
from analytics.exact_sums_people import People
from analytics.exact_sums_years import (
    Directions,
    carried_to,
    coarse_nodes,
    multipliers,
    residual_paths,
    trapezoid,
)

Numbers = NDArray[np.float64]
Whole = NDArray[np.int64]

# Numbers at work at once: small enough to stay in the processor's own memory.
_BATCH = 80_000
_MOST_AT_ONCE = 8_000_000
# So many people at once in a wide sum: longer products would start threads of their own.
_PEOPLE_AT_ONCE = 1_200
EDGE_SD = 8.0


@dataclass(frozen=True)
class Plan:
    """One period: rows (groups, then everybody) with their directions and variances."""

    kind: str
    period: int
    spans: Whole
    mean: Numbers
    chance: Numbers
    years: Directions
    covariance: Numbers
    nodes: Whole
    paths: int

    def quadrature(self, row: Whole, node: Numbers, weight: Numbers) -> tuple[Numbers, Numbers]:
        """Multipliers ``(row, node x path, period)`` and the weights of the nodes."""
        loading = self.years.loading[row]
        path = multipliers(loading, node)
        if self.paths == 1:
            return path, weight
        rest = residual_paths(loading, self.covariance, self.paths)
        both = path[:, :, None, :] * rest[:, None, :, :]
        weights = np.repeat(weight / rest.shape[1], rest.shape[1])
        return both.reshape(len(row), -1, path.shape[-1]), weights


def period_laws(plan: Plan, people: People, pool: Executor) -> Iterator[tuple[Whole, Block]]:
    """Laws of all rows of a plan, in blocks: which rows, and their laws."""
    certain = plan.chance <= 0.0
    wide = plan.chance >= WIDE_VARIANCE
    if certain.any():
        rows = np.flatnonzero(certain)
        below = np.repeat([[0.0, 1.0]], len(rows), axis=0)
        yield rows, Block(np.rint(plan.mean[rows]) - 0.5, np.ones(len(rows)), below)
    batches = list(_batches(plan, np.flatnonzero(~certain & ~wide)))
    for rows, block in pool.map(lambda rows: (rows, _narrow(plan, people, rows)), batches):
        yield rows, block
    rows = np.flatnonzero(wide)
    if len(rows):
        yield from _wide(plan, people, rows, pool)


def _batches(plan: Plan, rows: Whole) -> Iterator[Whole]:
    """Rows of like size and as many nodes, as many as fit into the processor's memory."""
    size = plan.spans[rows, 1] - plan.spans[rows, 0]
    rows = rows[np.lexsort((size, plan.nodes[rows]))]
    start = 0
    while start < len(rows):
        stop, least = start + 1, plan.spans[rows[start], 1] - plan.spans[rows[start], 0]
        while stop < len(rows) and plan.nodes[rows[stop]] == plan.nodes[rows[start]]:
            length = plan.spans[rows[stop], 1] - plan.spans[rows[stop], 0]
            numbers = (stop + 1 - start) * length * plan.nodes[rows[start]] * plan.paths
            if numbers > _BATCH or length > 1.3 * least + 8:
                break
            stop += 1
        yield rows[start:stop]
        start = stop


def _narrow(plan: Plan, people: People, rows: Whole) -> Block:
    """Exact laws of small sums, mixed over the years."""
    node, weight = trapezoid(int(plan.nodes[rows[0]]))
    path, weight = plan.quadrature(rows, node, weight)
    spans = plan.spans[rows]
    longest = int((spans[:, 1] - spans[:, 0]).max())
    part = max(1, _MOST_AT_ONCE // (len(rows) * len(weight)))
    # Nearly always one part: only few leavers among very many people take several.
    starts = range(0, longest, part)
    pieces = [np.minimum(spans[:, :1] + [at, at + part], spans[:, 1:]) for at in starts]
    every = [people.given(plan.kind, plan.period, piece, path, weight) for piece in pieces]
    mean = sum(p.sum(axis=-1) for p in every)
    sd = np.sqrt(sum((p * (1 - p)).sum(axis=-1) for p in every))
    least = np.floor((mean - EDGE_SD * sd).min(axis=1)) - 6
    most = np.ceil((mean + EDGE_SD * sd).max(axis=1)) + 6
    possible = sum((p > 0.0).any(axis=1).sum(axis=-1) for p in every)
    sure = sum((p >= 1.0).all(axis=1).sum(axis=-1) for p in every)
    least = np.maximum(least, sure).astype(np.int64)
    most = np.minimum(most, possible).astype(np.int64)
    length = next_fast_len(int((most - least).max()) + 1, real=True)
    theta = lattice_angles(length)
    waves = np.einsum("j,rjf->rf", weight, _product(every, theta))
    below = counts_law(waves, least, length)
    below = np.concatenate([np.zeros((len(rows), 1)), below], axis=1)
    return Block(least - 0.5, np.ones(len(rows)), below)


def _product(every: Sequence[Numbers], theta: Numbers) -> NDArray[np.complex128]:
    waves = exact_waves(every[0], theta)
    for more in every[1:]:
        waves *= exact_waves(more, theta)
    return waves


def _wide(plan: Plan, people: People, rows: Whole, pool: Executor) -> Iterator[tuple[Whole, Block]]:
    """Laws of large sums: cumulants on few nodes, carried to many."""
    node, weight = coarse_nodes(float(plan.years.steepest[rows].max()))
    path, weights = plan.quadrature(rows, node, weight)
    sums = _cumulants(plan, people, rows, (path, weights), pool)

    for count in np.unique(plan.nodes[rows]):
        same = np.flatnonzero(plan.nodes[rows] == count)
        fine, fine_weight = trapezoid(int(count))
        carry = carried_to(node, fine) if len(node) > 1 else np.ones((1, 1))
        shaped = sums[same].reshape(len(same), len(node), plan.paths, 6)
        known = np.einsum("fj,rjpk->rfpk", carry, shaped).reshape(len(same), -1, 6)
        known[..., 1] = np.maximum(known[..., 1], 1e-6)
        weights_fine = np.repeat(fine_weight / plan.paths, plan.paths)
        at_once = max(1, _BATCH // (len(weights_fine) * 160))
        parts = [slice(at, at + at_once) for at in range(0, len(same), at_once)]
        laws = pool.map(_wide_block, (known[part] for part in parts), repeat(weights_fine))
        for part, block in zip(parts, laws, strict=True):
            yield rows[same[part]], block


def _cumulants(
    plan: Plan, people: People, rows: Whole, mixture: tuple[Numbers, Numbers], pool: Executor
) -> Numbers:
    """Six cumulants of each row on each node, from people in small parts."""
    # Short numbers: a wide sum's rounding is far below what is said about it.
    path: NDArray = mixture[0].astype(np.float32)
    weight: NDArray = mixture[1].astype(np.float32)
    spans, owner = [], []
    for number, row in enumerate(rows):
        start, stop = plan.spans[row]
        for at in range(start, stop, _PEOPLE_AT_ONCE):
            spans.append((at, min(at + _PEOPLE_AT_ONCE, stop)))
            owner.append(number)
    span, belongs = np.array(spans, dtype=np.int64), np.array(owner)

    def asked(some: Whole) -> Numbers:
        given = people.given(plan.kind, plan.period, span[some], path[belongs[some]], weight)
        return cumulants(given)

    size = span[:, 1] - span[:, 0]
    order = np.argsort(size, kind="stable")
    batches, start = [], 0
    for stop in range(1, len(order) + 1):
        if stop == len(order) or (stop + 1 - start) * size[order[stop]] * len(weight) > 2 * _BATCH:
            batches.append(order[start:stop])
            start = stop
    sums = np.zeros((len(rows), len(weight), 6))
    for some, found in zip(batches, pool.map(asked, batches), strict=True):
        np.add.at(sums, belongs[some], found)
    # The expectation itself is known to the last digit.
    sums[..., 0] += (plan.mean[rows] - sums[..., 0] @ mixture[1])[:, None]
    return sums


def _wide_block(known: Numbers, weight: Numbers) -> Block:
    mean, sd = known[..., 0], np.sqrt(known[..., 1])
    middle = mean @ weight
    total_sd = np.sqrt((known[..., 1] + (mean - middle[:, None]) ** 2) @ weight)
    low = np.floor((mean - EDGE_SD * sd).min(axis=1)) - 0.5
    high = (mean + EDGE_SD * sd).max(axis=1)
    step, length = wide_steps(low, high, total_sd)
    theta = np.arange(length // 2 + 1) * (2 * np.pi / length) / step[:, None]
    waves = np.einsum("j,rjf->rf", weight, wide_waves(known, theta[:, None, :]))
    return Block(low, refined_step(step), wide_law(waves, low, step, length))
