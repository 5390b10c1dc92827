"""Trees beside the curves: shapes of age and service that no smooth curve has.

Gradient boosting of who left of any cause, blended with the logistic part in log odds as far as
past forecasts bear it out. Ages, services and sexes are few: what the trees say of each is kept as
a plain table. Method: docs/method.md eq. 76, 250.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from threadpoolctl import threadpool_limits

from analytics.exits_panel import LONGEST_SERVICE, OLDEST, YOUNGEST, Flags, Numbers, Traits, Whole

# Some trees see the last years alone; others all of them, and how long ago beside age and service.
_YEARS, _HALF_LIFE, _LONG_HALF_LIFE = 20, 5.0, 15.0
_LEAST_CELLS = 40
_ROUNDS, _LEAVES, _RATE, _SMOOTHING = 120, 12, 0.05, 5.0
_EDGE = 1e-6
_AGES, _SERVICES = np.arange(YOUNGEST, OLDEST + 1), np.arange(LONGEST_SERVICE + 1)
_SEXES = np.array([-0.5, 0.0, 0.5])
TABLE_SHAPE = (len(_AGES), len(_SERVICES), len(_SEXES))


@dataclass(frozen=True, eq=False)
class Trees:
    """What boosted trees say: log odds of leaving within a year by age, service and sex."""

    table: Numbers

    def logit(self, who: Traits) -> Numbers:
        """Log odds of leaving within a year, one per person."""
        sex = np.rint(2 * who.sex).astype(np.int64) + 1
        found: Numbers = self.table[who.age - YOUNGEST, who.service, sex]
        return found


def fitted_trees(who: Traits, left: Flags, count: Numbers, years_back: Whole) -> Trees:
    """Trees learnt from person-years (eq. 250).

    Parameters
    ----------
    who
        Cells of like person-years.
    left
        Whether these left, of any cause.
    count
        Person-years in each cell.
    years_back
        How long ago each was, 0 for the last year. Some trees learn from the last twenty, of which
        those five years ago count half; as many others from all, half after fifteen years, and
        these may tell a profile that moved over the years from one that did not. Coming years
        are taken to be like the last one seen; the log odds are the mean of both.
    """
    return Trees(_said(who, left, count, years_back, _grid()).reshape(TABLE_SHAPE))


def foretold(who: Traits, left: Flags, count: Numbers, years_back: Whole, then: Traits) -> Numbers:
    """Log odds of those asked about, by trees learnt as in :func:`fitted_trees`.

    The same as its table says of them, for a quarter less work: few ages and services are asked.
    """
    asked = _columns(then.age, then.service, then.sex)
    rows, place = np.unique(asked, axis=0, return_inverse=True)
    return _said(who, left, count, years_back, rows)[place]


def _said(who: Traits, left: Flags, count: Numbers, years_back: Whole, asked: Numbers) -> Numbers:
    columns = _columns(who.age, who.service, who.sex)
    used = years_back < _YEARS
    recent = count[used] * 0.5 ** (years_back[used] / _HALF_LIFE)
    every = count * 0.5 ** (years_back / _LONG_HALF_LIFE)
    said = _boosted(columns[used], left[used], recent, asked)
    dated = np.column_stack([columns, -years_back])
    now = np.column_stack([asked, np.zeros(len(asked))])
    return (said + _boosted(dated, left, every, now)) / 2


def _boosted(columns: Numbers, left: Flags, weight: Numbers, asked: Numbers) -> Numbers:
    """Log odds of the rows asked about."""
    # Loaded by whoever fits trees only: it takes longer than most fits.
    from sklearn.ensemble import HistGradientBoostingClassifier

    model = HistGradientBoostingClassifier(
        learning_rate=_RATE,
        max_iter=_ROUNDS,
        max_leaf_nodes=_LEAVES,
        min_samples_leaf=_LEAST_CELLS,
        l2_regularization=_SMOOTHING,
        early_stopping=False,
    )
    # One thread: on a busy server several only wait for one another.
    with threadpool_limits(1):
        said = model.fit(columns, left, sample_weight=weight).predict_proba(asked)[:, 1]
    chance = np.clip(said, _EDGE, 1 - _EDGE)
    return np.asarray(np.log(chance / (1 - chance)), dtype=np.float64)


def _columns(age: Whole, service: Whole, sex: Numbers) -> Numbers:
    return np.column_stack([age, service, sex, age - service]).astype(np.float64)


def _grid() -> Numbers:
    """Every age, service and sex there is, in the order of the table."""
    age, service, sex = np.meshgrid(_AGES, _SERVICES, _SEXES, indexing="ij")
    return _columns(age.ravel(), service.ravel(), sex.ravel())


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
