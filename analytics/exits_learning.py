"""How likely it is to leave within a year, learnt from past years by penalised regression.

Each cause is a logistic regression against staying; every block of coefficients is drawn to zero
by a normal law whose spread is estimated from the data (empirical Bayes), so that few exits give
few differences. Method: docs/method.md eq. 73-76.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from scipy.linalg import cho_factor, cho_solve
from scipy.special import expit, logit
from sklearn.preprocessing import SplineTransformer

from analytics.exits_panel import Flags, Numbers, Traits, Whole

_EM_ROUNDS = 8
_NEWTON_ROUNDS = 40
_ENOUGH = 1e-3
_FACTOR_ROUNDS, _FACTOR_SETTLED = 8, 0.01
_RATIO_ROUNDS = 30
_AGE_KNOTS, _SERVICE_KNOTS = 9, 8
_BAND_YEARS = 5
# A block of which the data say nothing keeps this spread, worth two coefficients.
_PRIOR_VARIANCE, _PRIOR_WORTH = 0.1, 2.0
_LEAST_VARIANCE = 1e-4
# Without history and without prior rates: the vague rate, a fifth of it, or five times as much.
VAGUE_LOG_SD = 1.25
_LEAST_RATE = 1e-6


@dataclass(frozen=True, eq=False)
class Scale:
    """Age and service turned into columns: smooth curves, single years, and both together."""

    age: SplineTransformer
    service: SplineTransformer
    ages: Whole
    services: Whole

    def blocks(self, age: Whole, service: Whole, sex: Numbers) -> dict[str, Numbers]:
        """Columns by block (eq. 74)."""
        smooth_age = self.age.transform(age[:, None].astype(np.float64))
        smooth_service = self.service.transform(service[:, None].astype(np.float64))
        bands = _single(age // _BAND_YEARS, np.unique(self.ages // _BAND_YEARS))
        return {
            "level": np.ones((len(age), 1)),
            "age": smooth_age,
            "service": smooth_service,
            "age_year": _single(age, self.ages),
            "service_year": _single(service, self.services),
            "age_service": (smooth_age[:, :, None] * smooth_service[:, None, :]).reshape(
                len(age), -1
            ),
            "sex": sex[:, None],
            "sex_age": bands * sex[:, None],
        }


def _single(values: Whole, known: Whole) -> Numbers:
    return (values[:, None] == known[None, :]).astype(np.float64)


def scale_for(age: Whole, service: Whole) -> Scale:
    """The columns that suit the ages and services seen."""

    def curve(values: Whole, knots: int) -> SplineTransformer:
        low, high = float(values.min()), float(values.max())
        high = max(high, low + knots)
        return SplineTransformer(
            degree=2, knots=np.linspace(low, high, knots)[:, None], extrapolation="constant"
        ).fit(np.array([[low], [high]]))

    return Scale(
        curve(age, _AGE_KNOTS), curve(service, _SERVICE_KNOTS), np.unique(age), np.unique(service)
    )


@dataclass(frozen=True, eq=False)
class Cells:
    """Person-years put together: those of one age, service and sex that share a prior rate."""

    age: Whole
    service: Whole
    sex: Numbers
    offset: Numbers
    stayed: Numbers
    left: Numbers


@dataclass(frozen=True, eq=False)
class Curve:
    """A fitted logit: what to add to the prior rate's by age, service and sex."""

    scale: Scale
    names: tuple[str, ...]
    coefficients: Numbers
    log_sd: Mapping[str, float]

    def at(self, traits: Traits) -> Numbers:
        """As :meth:`logit`, the columns worked out once for all causes of the same entries."""
        scale = self.scale
        key = ("columns", scale.ages.tobytes(), scale.services.tobytes(), self.names)
        if key not in traits.kept:
            code = _cell_code(traits.age, traits.service, traits.sex)
            _, first, place = np.unique(code, return_index=True, return_inverse=True)
            blocks = self.scale.blocks(traits.age[first], traits.service[first], traits.sex[first])
            columns = np.hstack([blocks[name] for name in self.names])
            traits.kept[key] = (place, columns)
        place, columns = traits.kept[key]
        found: Numbers = (columns @ self.coefficients)[place]
        return found

    def logit(self, age: Whole, service: Whole, sex: Numbers) -> Numbers:
        """The addition for each person."""
        code = _cell_code(age, service, sex)
        _, first, place = np.unique(code, return_index=True, return_inverse=True)
        blocks = self.scale.blocks(age[first], service[first], sex[first])
        columns = np.hstack([blocks[name] for name in self.names])
        return (columns @ self.coefficients)[place]


def fitted_curve(  # noqa: PLR0913 - one regression: its cells, its prior, where it begins
    cells: Cells,
    scale: Scale,
    level_sd: float,
    without: str = "",
    rounds: int = _EM_ROUNDS,
    start: Curve | None = None,
) -> Curve:
    """Penalised logistic regression with the spread of each block estimated (eq. 73-75).

    Parameters
    ----------
    cells
        Weighted counts; ``offset`` is the prior rate's logit.
    scale
        Columns for age and service.
    level_sd
        How far, as a log ratio, the general level may lie from the prior rate; data that
        contradict it widen it.
    without
        A subject (``age``, ``service``, ``sex``) to leave out.
    rounds
        Rounds of estimating the spreads, at most.
    start
        A curve of like cells, from which to go on.

    Returns
    -------
    The curve.
    """
    blocks = scale.blocks(cells.age, cells.service, cells.sex)
    if without:
        blocks = {name: each for name, each in blocks.items() if without not in name.split("_")}
    if not np.any(cells.sex):
        blocks = {name: each for name, each in blocks.items() if "sex" not in name}
    columns = np.hstack(list(blocks.values()))
    owner = np.repeat(np.arange(len(blocks)), [each.shape[1] for each in blocks.values()])
    size = np.bincount(owner).astype(np.float64)
    variance = np.full(len(blocks), 0.5)
    level = list(blocks).index("level")
    variance[level] = level_sd**2
    coefficients = np.zeros(columns.shape[1])
    if start is not None and start.names == tuple(blocks):
        coefficients = start.coefficients
        variance = np.array([start.log_sd[name] ** 2 for name in blocks])
    for _ in range(rounds):
        coefficients, spread = _solved(cells, columns, 1.0 / variance[owner], coefficients)
        square = np.bincount(owner, coefficients**2).astype(np.float64)
        unlearnt = np.bincount(owner, spread).astype(np.float64)
        updated = renewed_variance(square, unlearnt, size, variance)
        # Exits may contradict the prior rate and widen it; none at all never do.
        moment = square[level] + unlearnt[level]
        updated[level] = max(level_sd**2, moment if cells.left.any() else 0.0)
        settled = np.abs(np.log(updated / variance)).max() < 0.05
        variance = np.maximum(updated, _LEAST_VARIANCE)
        if settled:
            break
    names = tuple(blocks)
    return Curve(scale, names, coefficients, dict(zip(names, np.sqrt(variance), strict=True)))


def renewed_variance(
    square: Numbers, unlearnt: Numbers, size: Numbers, variance: Numbers
) -> Numbers:
    """Spread of each block anew (eq. 75): by the coefficients that the data speak of alone.

    Parameters
    ----------
    square, unlearnt
        Sums over each block of the squared coefficients, and of their posterior variances.
    size, variance
        Coefficients in each block, and the variance so far.
    """
    # MacKay (1992): of ``size`` coefficients the data speak of so many. The rounds of a plain EM
    # would leave a block of which they say nothing near wherever it began.
    told = np.clip(size - unlearnt / variance, 0.0, size)
    return (square + _PRIOR_WORTH * _PRIOR_VARIANCE) / (told + _PRIOR_WORTH)


def _solved(
    cells: Cells, columns: Numbers, precision: Numbers, start: Numbers
) -> tuple[Numbers, Numbers]:
    """Newton's method with halved steps; the coefficients and their variances."""
    number = cells.stayed + cells.left

    def height(at: Numbers) -> float:
        eta = cells.offset + columns @ at
        gain = cells.left @ eta - number @ np.logaddexp(0.0, eta)
        return float(gain - 0.5 * precision @ (at * at))

    at, best = start, height(start)
    for _ in range(_NEWTON_ROUNDS):
        p = expit(cells.offset + columns @ at)
        slope = columns.T @ (cells.left - number * p) - precision * at
        bend = (columns * (number * p * (1.0 - p))[:, None]).T @ columns
        bend[np.diag_indices_from(bend)] += precision
        factor = cho_factor(bend)
        step = cho_solve(factor, slope)
        share = 1.0
        while share > 1e-4 and height(at + share * step) < best - _ENOUGH / 10:
            share /= 2.0
        at = at + share * step
        reached = height(at)
        if reached - best < _ENOUGH:
            break
        best = reached
    inverse = cho_solve(factor, np.eye(len(at)))
    return at, np.diag(inverse).copy()


@dataclass(frozen=True, eq=False)
class CauseModel:
    """One cause against staying: a curve, and a log ratio for every level of every factor.

    ``log_sd``: how far the levels of each factor lie apart.
    """

    curve: Curve
    factors: Mapping[str, Mapping[object, float]]
    log_sd: Mapping[str, float] = field(default_factory=dict)

    def logit(self, traits: Traits, offset: Numbers) -> Numbers:
        """Log odds of leaving by this cause against staying, one per person."""
        eta = offset + self.curve.at(traits)
        return eta + factor_sum(self.factors, traits)


def factor_sum(factors: Mapping[str, Mapping[object, float]], traits: Traits) -> Numbers:
    """Sum of the factors' log ratios; a level never seen adds nothing."""
    total = np.zeros(len(traits.age))
    for name, ratios in factors.items():
        if name in traits.factors:
            known, place = traits.coded(name)
            total += np.array([ratios.get(level, 0.0) for level in known])[place]
    return total


def fitted_cause(  # noqa: PLR0913 - one regression: who, what happened, how much it counts
    traits: Traits,
    left: Flags,
    weight: Numbers,
    offset: Numbers,
    level_sd: float,
    scale: Scale | None = None,
    without: str = "",
    rounds: int = _EM_ROUNDS,
) -> CauseModel:
    """One cause against staying, by backfitting a curve and the factors (eq. 73-76).

    Parameters
    ----------
    traits
        One entry per person-year, those of other causes left out.
    left
        Who left by this cause.
    weight
        How much each person-year counts.
    offset
        Logit of the prior rate.
    level_sd
        See ``fitted_curve``.
    scale
        Columns for age and service; made to measure by default.
    without
        A subject or factor to leave out.
    rounds
        See ``fitted_curve``.
    """
    scale = scale or scale_for(traits.age, traits.service)
    coded = {
        name: np.unique(values.astype(str), return_inverse=True)
        for name, values in traits.factors.items()
        if name != without
    }
    ratios = {name: np.zeros(len(levels)) for name, (levels, _) in coded.items()}
    variance = dict.fromkeys(ratios, 0.1)
    use = without if without in ("age", "service", "sex") else ""
    cell = _cell_code(traits.age, traits.service, traits.sex)
    key = np.unique(cell, return_inverse=True)[1]
    curve = fitted_curve(_cells(key, traits, left, weight, offset), scale, level_sd, use, rounds)
    for _ in range(_FACTOR_ROUNDS if ratios else 0):
        base = offset + curve.logit(traits.age, traits.service, traits.sex)
        moved = 0.0
        for name, (levels, code) in coded.items():
            others = sum(
                (ratios[other][coded[other][1]] for other in ratios if other != name),
                np.zeros(len(code)),
            )
            told = _Level(code, len(levels), base + others, weight, left)
            before = ratios[name]
            ratios[name], variance[name] = _shrunk(told, before, variance[name])
            moved = max(moved, float(np.abs(ratios[name] - before).max()))
        total = sum((ratios[name][coded[name][1]] for name in ratios), np.zeros(len(left)))
        cells = _cells(key, traits, left, weight, offset + total)
        curve = fitted_curve(cells, scale, level_sd, use, rounds, curve)
        if moved < _FACTOR_SETTLED:
            break
    return CauseModel(
        curve,
        {
            name: dict(zip(levels.tolist(), ratios[name].tolist(), strict=True))
            for name, (levels, _) in coded.items()
        },
        {name: float(np.sqrt(each)) for name, each in variance.items()},
    )


def _cell_code(age: Whole, service: Whole, sex: Numbers) -> Whole:
    return (age * 128 + service) * 4 + (2 * sex).astype(np.int64) + 1


def _cells(key: Whole, traits: Traits, left: Flags, weight: Numbers, offset: Numbers) -> Cells:
    total = np.bincount(key, weight).astype(np.float64)
    # Where each cell stands first, without sorting: of several writes the last one stays.
    first = np.empty(len(total), dtype=np.int64)
    first[key[::-1]] = np.arange(len(key))[::-1]
    gone = np.bincount(key, weight * left).astype(np.float64)
    # Within a cell the odds differ; their mean keeps the expected count of the cell.
    odds = np.bincount(key, weight * np.exp(offset)) / total
    return Cells(
        traits.age[first],
        traits.service[first],
        traits.sex[first],
        np.log(odds),
        total - gone,
        gone,
    )


@dataclass(frozen=True, eq=False)
class _Level:
    """Person-years by the level of one factor: what else is known of their log odds, who left."""

    code: Whole
    size: int
    base: Numbers
    weight: Numbers
    left: Flags

    def sums(self, values: Numbers) -> Numbers:
        return np.bincount(self.code, values, minlength=self.size).astype(np.float64)


def _shrunk(told: _Level, ratio: Numbers, variance: float) -> tuple[Numbers, float]:
    """Log odds ratios of levels drawn to zero, and the spread that suits them (eq. 76)."""
    seen = told.sums(told.weight * told.left)
    bend = np.zeros(told.size)
    for _ in range(_RATIO_ROUNDS):
        p = expit(told.base + ratio[told.code])
        slope = seen - told.sums(told.weight * p) - ratio / variance
        bend = told.sums(told.weight * p * (1.0 - p)) + 1.0 / variance
        step = np.clip(slope / bend, -1.0, 1.0)
        ratio = np.clip(ratio + step, -4.0, 4.0)
        if np.abs(step).max() < _ENOUGH:
            break
    spoken = np.clip((1.0 - 1.0 / (bend * variance)).sum(), 0.0, told.size)
    updated = float((ratio**2).sum() + _PRIOR_WORTH * _PRIOR_VARIANCE) / (spoken + _PRIOR_WORTH)
    return ratio, max(updated, _LEAST_VARIANCE)


def prior_logit(rates: Numbers) -> Numbers:
    """Log odds of yearly rates, kept finite."""
    return logit(np.clip(rates, _LEAST_RATE, 0.9))
