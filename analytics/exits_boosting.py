"""Trees beside the curves: shapes of age and service that no smooth curve has.

Gradient boosting of who left of any cause, blended with the logistic part in log odds as far as
past forecasts bear it out. Method: docs/method.md eq. 76.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from threadpoolctl import threadpool_limits

from analytics.exits_panel import Flags, Numbers, Traits, Whole

if TYPE_CHECKING:
    from sklearn.ensemble import HistGradientBoostingClassifier

_YEARS, _HALF_LIFE = 20, 5.0
_LEAST_CELLS = 40
_ROUNDS, _LEAVES, _RATE, _SMOOTHING = 120, 12, 0.05, 5.0
_EDGE = 1e-6


@dataclass(frozen=True, eq=False)
class Trees:
    """Boosted trees on age, service, sex and age at hiring."""

    fitted: HistGradientBoostingClassifier

    def logit(self, who: Traits) -> Numbers:
        """Log odds of leaving within a year, one per person."""
        columns, place = np.unique(_columns(who), axis=0, return_inverse=True)
        # One thread: on a busy server several only wait for one another.
        with threadpool_limits(1):
            said = self.fitted.predict_proba(columns)[:, 1]
        chance = np.clip(said, _EDGE, 1 - _EDGE)
        return np.asarray(np.log(chance / (1 - chance))[place], dtype=np.float64)


def fitted_trees(who: Traits, left: Flags, count: Numbers, years_back: Whole) -> Trees:
    """Trees learnt from person-years.

    Parameters
    ----------
    who
        Cells of like person-years.
    left
        Whether these left, of any cause.
    count
        Person-years in each cell.
    years_back
        How long ago each was, 0 for the last year. The last twenty are used; after five the past
        counts half.
    """
    # Loaded by whoever fits trees only: it takes longer than most fits.
    from sklearn.ensemble import HistGradientBoostingClassifier

    used = years_back < _YEARS
    model = HistGradientBoostingClassifier(
        learning_rate=_RATE,
        max_iter=_ROUNDS,
        max_leaf_nodes=_LEAVES,
        min_samples_leaf=_LEAST_CELLS,
        l2_regularization=_SMOOTHING,
        early_stopping=False,
    )
    weight = count[used] * 0.5 ** (years_back[used] / _HALF_LIFE)
    return Trees(model.fit(_columns(who)[used], left[used], sample_weight=weight))


@dataclass(frozen=True, eq=False)
class Blend:
    """What trees add to everybody's log odds of leaving; nothing where they have no weight.

    ``shift`` keeps the exits expected of today's staff what the curves alone expect (eq. 76).
    """

    trees: Trees | None = None
    weight: float = 0.0
    shift: float = 0.0

    def addition(self, who: Traits, curves: Numbers) -> Numbers:
        """Addition to the log odds, given those of the curves without groups."""
        if self.trees is None or not len(curves):
            return np.zeros(len(curves))
        return self.weight * (self.trees.logit(who) - curves) + self.shift


NO_TREES = Blend()


def levelled(blend: Blend, who: Traits, curves: Numbers, whole: Numbers) -> Blend:
    """The blend whose expected exits of these people are those of the curves.

    Parameters
    ----------
    blend
        Trees and their weight.
    who
        Today's staff.
    curves, whole
        Log odds of leaving by the curves, without and with the ratios of groups.
    """
    if blend.trees is None or not len(whole):
        return NO_TREES
    aim = float((1.0 / (1.0 + np.exp(-whole))).sum())
    moved = whole + blend.addition(who, curves)
    low, high = -10.0, 10.0
    for _ in range(60):
        middle = (low + high) / 2
        reached = float((1.0 / (1.0 + np.exp(-(moved + middle)))).sum())
        low, high = (middle, high) if reached < aim else (low, middle)
    return Blend(blend.trees, blend.weight, blend.shift + (low + high) / 2)


def _columns(who: Traits) -> Numbers:
    return np.column_stack([who.age, who.service, who.sex, who.age - who.service]).astype(
        np.float64
    )
