"""Good years and bad years: paths of the multiplier that everybody's hazards share.

Given a path people leave independently, so the law of a sum is a mixture over paths. What a sum
feels of a path is nearly one number, a weighted mean of the multipliers so far; the mixture is
taken over that number on fixed nodes, and over what it leaves open by matching its variance or,
to check it, by further paths. No dice. Method: docs/method.md eq. 94-97.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

Numbers = NDArray[np.float64]

# The bell curve beyond this holds less than one in ten million.
_REACH = 5.4
# The steeper the years, the more nodes a polynomial through them needs.
_WIDE_NODES = ((0.0, 1), (0.4, 10), (0.7, 20), (np.inf, 48))
_MOST_NODES = 163
_SINGLE_NODES, _NODE_GRID = 8, 3
# Factor by which trapezoid sums must be finer than the scale they average over, for 1e-7.
_FINENESS = 5.7
_MATCHING_ROUNDS = 12


@dataclass(frozen=True)
class Directions:
    """What each sum feels of the years, one row per sum.

    ``loading`` ``(sum, year)``: how the log of each year's multiplier moves with the one number;
    ``variance`` of the expected sum from year to year; ``steepest``: the largest loading.
    """

    loading: Numbers
    variance: Numbers

    @property
    def steepest(self) -> Numbers:
        """Largest loading of each sum."""
        return np.abs(self.loading).max(axis=-1)


def directions(slope: Numbers, covariance: Numbers, is_matched: bool = True) -> Directions:
    """The one number each sum feels, as loadings of the years on it.

    Parameters
    ----------
    slope
        ``(sum, year)``: change of the expected sum per unit of each year's multiplier.
    covariance
        ``(year, year)`` of the log of the multipliers.
    is_matched
        Stretch the loadings until the variance of the weighted sum of multipliers is right.

    Notes
    -----
    Method: docs/method.md eq. 95. Stretching is Fenton and Wilkinson's rule for sums of
    lognormals.
    """
    felt = slope @ covariance
    scale = np.sqrt(np.maximum(np.einsum("gs,gs->g", felt, slope), 0.0))
    last = covariance[-1] / np.sqrt(covariance[-1, -1])
    known = scale > 1e-12 * (1e-300 + np.abs(slope).sum(axis=-1))
    loading = np.where(known[:, None], felt / np.where(known, scale, 1.0)[:, None], last)
    size = np.abs(slope).sum(axis=-1, keepdims=True)
    share = slope / np.where(size > 0, size, 1.0)
    target = np.einsum("gs,gs->g", share @ np.expm1(covariance), share)
    if is_matched:
        stretch = np.ones(len(loading))
        for _ in range(_MATCHING_ROUNDS):
            outer = loading[:, :, None] * loading[:, None, :] * stretch[:, None, None]
            caught = np.einsum("gs,gst,gt->g", share, np.expm1(outer), share)
            fits = (caught > 0) & (target > 0)
            ratio = np.where(fits, target, 1.0) / np.where(fits, caught, 1.0)
            stretch *= np.clip(ratio, 0.5, 2.0)
        loading = loading * np.sqrt(stretch)[:, None]
    return Directions(loading, target * size[:, 0] ** 2)


def node_counts(chance: Numbers, years: Directions, reach: Numbers) -> NDArray[np.int64]:
    """Odd number of trapezoid nodes each sum needs.

    ``chance`` is the variance given the years, ``reach`` the largest angle its law is asked at.
    """
    between = np.sqrt(years.variance)
    # In bad years both variances grow, the one between years faster.
    steep = np.exp(np.minimum(years.steepest, 1.0))
    ratio = np.sqrt(chance) / np.where(between > 0, between * steep, 1.0)
    scale = np.where(between > 0, ratio / np.sqrt(1.0 + ratio * ratio), 1.0)
    finest = 2 * np.pi / (_FINENESS + reach * between * steep)
    step = np.maximum(finest, 2 * np.pi * scale / _FINENESS)
    half = np.ceil(_REACH / step)
    # Sums whose numbers of nodes are alike are computed together.
    half = np.where(half > _SINGLE_NODES, np.ceil(half / _NODE_GRID) * _NODE_GRID, half)
    return np.minimum(2 * half.astype(np.int64) + 1, _MOST_NODES)


def trapezoid(count: int) -> tuple[Numbers, Numbers]:
    """Nodes and weights for a standard bell curve; weights sum to one."""
    if count == 1:
        return np.zeros(1), np.ones(1)
    node = np.linspace(-_REACH, _REACH, count)
    weight = np.exp(-0.5 * node * node)
    return node, weight / weight.sum()


def coarse_nodes(steepest: float) -> tuple[Numbers, Numbers]:
    """Few nodes on which people are asked when their sum is wide (Gauss and Hermite)."""
    count = next(count for bound, count in _WIDE_NODES if steepest <= bound)
    node, weight = np.polynomial.hermite_e.hermegauss(count)
    kept = weight / weight.sum()
    return node, kept


def carried_to(coarse: Numbers, fine: Numbers) -> Numbers:
    """``(fine, coarse)``: values on the coarse nodes carried to the fine ones by a polynomial."""
    # Barycentric weights on a common scale, so that no product overflows.
    gap = coarse[:, None] - coarse[None, :]
    np.fill_diagonal(gap, 1.0)
    log_weight = -np.log(np.abs(gap)).sum(axis=1)
    sign = np.prod(np.sign(gap), axis=1)
    weight = sign * np.exp(log_weight - log_weight.max())
    away = fine[:, None] - coarse[None, :]
    hit = np.abs(away) < 1e-13
    share = weight / np.where(hit, 1.0, away)
    answer = share / share.sum(axis=1, keepdims=True)
    answer[hit.any(axis=1)] = hit[hit.any(axis=1)]
    return answer


def multipliers(loading: Numbers, node: Numbers) -> Numbers:
    """Multiplier of each year on each node, ``(sum, node, year)``, mean one in expectation."""
    tilt = loading[:, None, :] * node[None, :, None]
    return np.exp(tilt - 0.5 * loading[:, None, :] ** 2)


def residual_paths(loading: Numbers, covariance: Numbers, count: int) -> Numbers:
    """Multipliers of what the one number leaves open, ``(sum, path, year)``, equally likely.

    Paths come in pairs of opposite sign from a lattice of good points in as many dimensions as
    there are years (Richtmyer: square roots of primes).
    """
    sums, years = loading.shape
    primes = [
        n for n in range(2, 60 * (years + 2)) if all(n % d for d in range(2, int(n**0.5) + 1))
    ]
    step = np.sqrt(np.array(primes[:years], dtype=np.float64))
    half = (np.arange(1, count // 2 + 1)[:, None] * step + 0.5) % 1.0
    normal = ndtri(half)
    normal = np.concatenate([normal, -normal])
    answer = np.empty((sums, len(normal), years))
    for number in range(sums):
        left = covariance - np.outer(loading[number], loading[number])
        value, vector = np.linalg.eigh(left)
        root = vector * np.sqrt(np.clip(value, 0.0, None))
        answer[number] = np.exp(normal @ root.T - 0.5 * np.diag(left).clip(0.0))
    return answer
