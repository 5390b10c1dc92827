"""How fast the past grows old, and how far trees are believed: what past forecasts would have said.

Both are chosen by who left in the last years, each foretold from the years before it alone.
Method: docs/method.md eq. 76.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analytics.exits_boosting import foretold
from analytics.exits_learning import VAGUE_LOG_SD, fitted_cause, prior_logit
from analytics.exits_panel import Numbers, PastYears, subset
from analytics.exits_prior import Prior

HALF_LIVES = (3.0, 8.0, np.inf)
TREE_WEIGHTS = (0.0, 0.25, 0.5, 0.75, 1.0)
_JUDGED_YEARS, _LEAST_JUDGED_EXITS, _LEAST_LEARNT_YEARS = 3, 100, 3
_TREE_YEARS = 5
# Trees see shapes that curves miss, and also shapes that are not there: they need more.
_LEAST_TREE_EXITS = 500
# Their log likelihood must be higher by this much a step, else the curves stand alone.
_STEP_WORTH = 0.5


@dataclass(frozen=True)
class Memory:
    """After so many years the past counts half, and the weight of the trees beside the curves."""

    half_life_years: float = float("inf")
    tree_weight: float = 0.0


def memory(past: PastYears, prior: Prior, half_life: float | None = None) -> Memory:
    """The half-life and the weight of trees that would have told best who left (eq. 76).

    Parameters
    ----------
    past
        See ``exits_panel.past_years``.
    prior
        Prior rates.
    half_life
        A half-life already chosen; None to choose it.

    Returns
    -------
    Unbounded memory and no trees where history is too thin to judge.
    """
    judged = _judged_years(past)
    if not judged:
        return Memory() if half_life is None else Memory(half_life)
    best = half_life or _half_life(past, prior, judged)
    return Memory(best, _tree_weight(past, prior, judged, best))


def _judged_years(past: PastYears) -> list[int]:
    """Years that can be foretold from those before them, the latest last."""
    size = len(past.starts)
    before = np.cumsum(_exits(past)) - _exits(past)
    return [
        year for year in range(_LEAST_LEARNT_YEARS, size) if before[year] >= _LEAST_JUDGED_EXITS
    ]


def _exits(past: PastYears) -> Numbers:
    left = past.count * (past.left >= 0)
    return np.bincount(past.year, left, minlength=len(past.starts)).astype(np.float64)


def _half_life(past: PastYears, prior: Prior, judged: list[int]) -> float:
    scores = dict.fromkeys(HALF_LIVES, 0.0)
    for year in judged[-_JUDGED_YEARS:]:
        origin = _Origin(past, prior, year)
        for each in HALF_LIVES:
            scores[each] += origin.score(origin.curves(each))
    # A tie goes to the longer memory.
    return max(HALF_LIVES, key=lambda each: (round(scores[each], 1), each))


def _tree_weight(past: PastYears, prior: Prior, judged: list[int], half_life: float) -> float:
    exits = np.cumsum(_exits(past))
    enough = [year for year in judged[-_TREE_YEARS:] if exits[year - 1] >= _LEAST_TREE_EXITS]
    if len(enough) < _JUDGED_YEARS:
        return 0.0
    gains = -_STEP_WORTH * np.arange(len(TREE_WEIGHTS))
    for year in enough:
        origin = _Origin(past, prior, year)
        curves, trees = origin.curves(half_life), origin.trees()
        gains += [origin.score((1 - weight) * curves + weight * trees) for weight in TREE_WEIGHTS]
    return TREE_WEIGHTS[int(np.argmax(gains))]


class _Origin:
    """A past year foretold from those before it; all causes at once: who leaves, not of what."""

    def __init__(self, past: PastYears, prior: Prior, year: int) -> None:
        before, during = past.year < year, past.year == year
        self._who, self._now = subset(past.traits, before), subset(past.traits, during)
        self._before, self._left = past.left[before] >= 0, past.left[during] >= 0
        self._count, self._weight = past.count[before], past.count[during]
        self._back = year - 1 - past.year[before]
        self._rates = [prior_logit(prior.total(each)) for each in (self._who, self._now)]

    def curves(self, half_life: float) -> Numbers:
        weight = self._count * 0.5 ** (self._back / half_life)
        then, now = self._rates
        model = fitted_cause(self._who, self._before, weight, then, VAGUE_LOG_SD, rounds=3)
        return model.logit(self._now, now)

    def trees(self) -> Numbers:
        return foretold(self._who, self._before, self._count, self._back, self._now)

    def score(self, odds: Numbers) -> float:
        """Log likelihood of who left; the level of the year is another question."""
        chance = 1.0 / (1.0 + np.exp(-odds))
        chance *= max(self._weight @ self._left, 0.5) / (self._weight @ chance)
        chance = np.clip(chance, 1e-6, 1 - 1e-6)
        return float(self._weight @ np.log(np.where(self._left, chance, 1 - chance)))
