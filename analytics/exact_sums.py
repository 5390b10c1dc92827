"""How many leave and how many stay: the whole distribution, without dice.

A sum of people who leave independently of one another has an exact law; years that are good or
bad for everybody mix such laws. Both are computed, group by group and for all together, so that a
band is a property of the model and never of a run.
Method: docs/method.md eq. 90-98.
"""

from __future__ import annotations

from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analytics.exact_sums_chance import (
    STEP_SD,
    WIDE_VARIANCE,
    counts_law,
    exact_waves,
    lattice_angles,
)
from analytics.exact_sums_laws import Block, CountLaws
from analytics.exact_sums_mixed import EDGE_SD, Plan, period_laws
from analytics.exact_sums_people import LEAVERS, STAFF, People, gathered
from analytics.exact_sums_years import Directions, directions, node_counts

Numbers = NDArray[np.float64]
Whole = NDArray[np.int64]

_WORKERS = 2


@dataclass(frozen=True)
class YearEffect:
    """Good and bad years: one multiplier of everybody's hazards a year, mean one.

    Attributes
    ----------
    log_sd
        Standard deviation of the multiplier's logarithm in one year; 0 for none.
    persistence
        Correlation of one year's logarithm with the next, from 0 up to but not 1.
    level_log_sd
        Standard deviation of the logarithm of a multiplier that stays the same in all years: how
        uncertain the level of the hazards themselves is.

    Raises
    ------
    ValueError
        Outside these bounds.

    Notes
    -----
    Method: docs/method.md eq. 94.
    """

    log_sd: float = 0.0
    persistence: float = 0.0
    level_log_sd: float = 0.0

    def __post_init__(self) -> None:
        if not 0.0 <= self.log_sd <= 2.0 or not 0.0 <= self.level_log_sd <= 2.0:
            raise ValueError(
                f"log_sd {self.log_sd} and level_log_sd {self.level_log_sd} must be from 0 to 2"
            )
        if not 0.0 <= self.persistence < 1.0:
            raise ValueError(f"persistence {self.persistence} must be at least 0 and below 1")

    @property
    def is_none(self) -> bool:
        """Whether all years are alike."""
        return self.log_sd == 0.0 and self.level_log_sd == 0.0

    def covariance(self, year_of: ArrayLike) -> Numbers:
        """Covariance of the log multipliers of periods, each in the year of this number."""
        year = np.asarray(year_of, dtype=np.float64)
        apart = np.abs(year[:, None] - year[None, :])
        shared = np.where(apart == 0, 1.0, self.persistence ** np.maximum(apart, 1e-300))
        return self.log_sd**2 * shared + self.level_log_sd**2


NO_EFFECT = YearEffect()


@dataclass(frozen=True)
class SumOptions:
    """How to compute.

    Attributes
    ----------
    periods_per_year
        Periods that share a year's multiplier: 1 for years, 12 for months.
    check_paths
        1 matches the variance of what one number leaves open of the years; an even number mixes
        over so many paths of it instead, slower, to check that.
    fineness
        Multiplies the number of nodes, to check that they are enough.
    executor
        Where batches run; two threads by default.
    is_last_only
        The last period alone, as one column: a fraction of the work where no other is asked for.
    """

    periods_per_year: int = 1
    check_paths: int = 1
    fineness: int = 1
    executor: Executor | None = None
    is_last_only: bool = False


def leaver_distribution(
    hazards: ArrayLike,
    groups: ArrayLike | None = None,
    year_effect: YearEffect = NO_EFFECT,
    *,
    fixed: ArrayLike | None = None,
    options: SumOptions = SumOptions(),
) -> CountLaws:
    """How many of today's people leave in each period.

    Parameters
    ----------
    hazards
        ``(person, period)``: probability of leaving in the period of whoever is in service at its
        start, all causes that good and bad years move together; 1 for a certain leaver.
    groups
        One label per person; one group by default.
    year_effect
        Spread between years. It widens the laws and leaves every expectation where it was.
    fixed
        ``(person, period)``: probability of leaving for reasons that years do not move (the end of
        a contract, a retirement date that is not certain). Beside ``hazards``: their sum is at
        most 1.
    options
        Periods to years, and how to compute.

    Returns
    -------
    Laws by group and period; ``.total`` for everybody.

    Raises
    ------
    ValueError
        When the shapes do not fit, or something is no probability.

    Notes
    -----
    Method: docs/method.md eq. 90-98.
    """
    return _laws(LEAVERS, gathered(hazards, groups, fixed), year_effect, options)


def staff_distribution(
    hazards: ArrayLike,
    groups: ArrayLike | None = None,
    year_effect: YearEffect = NO_EFFECT,
    *,
    fixed: ArrayLike | None = None,
    options: SumOptions = SumOptions(),
) -> CountLaws:
    """How many of today's people are still there at the end of each period.

    Parameters, result and errors as :func:`leaver_distribution`.
    """
    return _laws(STAFF, gathered(hazards, groups, fixed), year_effect, options)


def lone_hazards(chances: ArrayLike) -> Numbers:
    """Hazards under which people leave with these chances, and in no other way.

    Parameters
    ----------
    chances
        ``(person, period)``: probability of leaving in the period for the reasons that are
        counted, seen from the start; what is missing to 1 stays, or leaves uncounted.

    Returns
    -------
    ``(person, period)`` for :func:`leaver_distribution`: who leaves uncounted is taken to stay and
    to be safe from then on, so that every expectation is that of the counted reasons alone.

    Method: docs/method.md eq. 105.
    """
    chance = np.asarray(chances, dtype=np.float64)
    before = np.cumsum(chance, axis=1) - chance
    return np.clip(chance / np.maximum(1.0 - before, 1e-12), 0.0, 1.0)


def sum_law(probabilities: ArrayLike) -> Numbers:
    """P(sum = k) for k = 0..n of independent events (Poisson-binomial), exact to rounding.

    Method: docs/method.md eq. 90-92.
    """
    p = np.asarray(probabilities, dtype=np.float64)
    length = p.size + 1
    waves = exact_waves(p.reshape(1, -1), lattice_angles(length))
    below = counts_law(waves, np.zeros(1, dtype=np.int64), length)
    return np.clip(np.diff(below[0], prepend=0.0), 0.0, 1.0)


@dataclass(frozen=True)
class _Task:
    """What is asked of which people."""

    kind: str
    people: People
    effect: YearEffect
    options: SumOptions
    covariance: Numbers
    spans: Whole
    slopes: Numbers


def _laws(kind: str, people: People, effect: YearEffect, options: SumOptions) -> CountLaws:
    year_of = np.arange(people.periods) // options.periods_per_year
    spans = np.array(people.ranges(), dtype=np.int64)
    task = _Task(kind, people, effect, options, effect.covariance(year_of), spans, people.slopes())
    asked = range(people.periods if options.is_last_only else 1, people.periods + 1)
    means = np.empty((len(spans), len(asked)))
    made: list[tuple[int, Whole, Block]] = []
    pool = options.executor or ThreadPoolExecutor(_WORKERS)
    try:
        for column, period in enumerate(asked):
            plan = _plan(task, period)
            means[:, column] = plan.mean
            for rows, block in period_laws(plan, people, pool):
                made.append((column, rows, block))
    finally:
        if options.executor is None:
            pool.shutdown()
    return _collected(people.groups, means, made)


def _plan(task: _Task, period: int) -> Plan:
    people, options = task.people, task.options
    probability = people.expected(task.kind, period)
    mean = people.summed(probability)
    chance = people.summed(probability * (1.0 - probability))
    slope = -task.slopes[:, :period, period]
    if task.kind == LEAVERS:
        # Those who left before are not there to leave.
        slope = -slope
        slope[:, : period - 1] -= task.slopes[:, : period - 1, period - 1]
    covariance = task.covariance[:period, :period]
    if task.effect.is_none:
        years = Directions(np.zeros_like(slope), np.zeros(len(slope)))
        nodes, paths = np.ones(len(slope), dtype=np.int64), 1
    else:
        paths = options.check_paths
        years = directions(slope, covariance, is_matched=paths == 1)
        step = np.maximum(1.0, STEP_SD * np.sqrt(chance + years.variance))
        step = np.where(chance < WIDE_VARIANCE, 1.0, step)
        reach = np.minimum(np.pi / step, EDGE_SD / np.maximum(np.sqrt(chance), 1e-9))
        nodes = options.fineness * node_counts(chance, years, reach) // 2 * 2 + 1
    return Plan(task.kind, period, task.spans, mean, chance, years, covariance, nodes, paths)


def _collected(groups: NDArray, means: Numbers, made: list[tuple[int, Whole, Block]]) -> CountLaws:
    block = np.zeros(means.shape, dtype=np.int64)
    row = np.zeros(means.shape, dtype=np.int64)
    for number, (period, rows, one) in enumerate(made):
        block[rows, period] = number
        row[rows, period] = np.arange(len(one.low))
    blocks = [one for _, _, one in made]
    each = slice(0, len(groups))
    whole = slice(len(means) - 1, len(means))
    everybody = np.array(["*"])
    total = CountLaws(everybody, means[whole], blocks, block[whole], row[whole])
    return CountLaws(groups, means[each], blocks, block[each], row[each], total)
