"""How much each candidate is worth, and how far the result has missed, learnt on past years.

Both are learnt from origins of the same history: what would have been forecast from each past
year with what was known then, against what came. Method: docs/method.md eq. 29-33.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy.optimize import nnls
from scipy.stats import t as student_t

from analytics.enrolment_panel import Numbers

# Shares of the prior in the fit: a floor that keeps near-twins apart, and one that fades as
# past outcomes come in. Conventions, not fitted to any history.
_PRIOR_FLOOR = 0.02
_PRIOR_ROWS = 15.0
# Every n-th row once there are more: weights of a dozen candidates gain nothing from more.
_MOST_ROWS = 6000
_STEPS = 12
_LARGEST_DEVIATION = 0.6
_LOW, _HIGH = 0.1, 0.9
# Standard deviations of log size from the usual school to the largest: all but all of them. Where
# few schools are that far out, slopes are held to their prior of none as much harder.
_SIZE_REACH = 3.0
_SAME_SIZE = 1e-6
_SUM_WEIGHT = 1e4
_NORMAL_P90 = 1.2816
_ASSUMED_SHARE = 0.05
_CLASS_ERRORS = 100
_MOST_CLASSES = 5
_USUAL_PUPILS = 100.0
_FEW_ERRORS = 30
_ROOT_OF_TIME = 0.5
# Origins from which a lead's own errors are enough for its band.
_ENOUGH_ORIGINS = 3


def bounded(deviation: Numbers) -> Numbers:
    """Deviations from naive, kept within bounds so that one odd school moves no weight."""
    return np.clip(deviation, -_LARGEST_DEVIATION, _LARGEST_DEVIATION)


def size_slopes(deviation: Numbers, pupils: Numbers) -> Numbers:
    """Deviations times size, so that a weight may move with the size of a school (eq. 29).

    Parameters
    ----------
    deviation
        Candidate / naive - 1, school in the first axis.
    pupils
        Naive pupils by school.

    Returns
    -------
    ``deviation`` times size: the log of pupils as standard deviations from the mean of these
    schools, each counted by its pupils, over three, within -1 and 1. The weight of such a column
    is what the largest schools add to a common weight and the smallest take off. Zero where all
    schools are of one size.
    """
    size = np.log(np.maximum(pupils, 1.0))
    share = pupils / max(float(pupils.sum()), 1e-9)
    middle = float(share @ size)
    reach = _SIZE_REACH * float(share @ (size - middle) ** 2) ** 0.5
    place = np.clip((size - middle) / reach, -1.0, 1.0) if reach > _SAME_SIZE else 0.0 * size
    return deviation * place.reshape((-1, *[1] * (deviation.ndim - 1)))


def thinned(rows: int) -> slice:
    """Every n-th row, so that no more than a few thousand are left."""
    return slice(None, None, max(1, -(-rows // _MOST_ROWS)))


def weights(  # noqa: PLR0913 - rows in three parts, where to start from, and what may come out
    deviation: Numbers,
    outcome: Numbers,
    pupils: Numbers,
    prior: Numbers,
    lead: int = 1,
    *,
    is_mixture: bool = False,
) -> Numbers:
    """Weights that make the weighted absolute miss least, drawn to ``prior`` (eq. 29).

    Parameters
    ----------
    deviation
        One row per past outcome, one column per candidate: candidate / naive - 1.
    outcome
        What came, as outcome / naive - 1.
    pupils
        Naive pupils of each row: its weight, since the error is counted in pupils.
    prior
        Weights where nothing is known.
    lead
        Years ahead: origins a year apart share all but one of them, so that n outcomes at lead h
        are worth n / h.
    is_mixture
        Whether no weight may be below zero, nor all together above one, so that the result lies
        between what the candidates and naive say.

    Returns
    -------
    One weight per candidate; what they leave to 1 is the naive forecast's. ``prior`` itself if
    there are no rows.
    """
    use = thinned(len(outcome))
    x, y, size = deviation[use], outcome[use], pupils[use]
    if not len(y) or size.sum() <= 0:
        return prior
    columns = x.shape[1]
    share = _PRIOR_FLOOR + _PRIOR_ROWS * columns * lead / len(outcome)
    smallest = max(0.1 * float(np.median(np.abs(y))), 1e-4)
    found = prior
    for _ in range(_STEPS):
        # Absolute error as reweighted squares; misses near zero would get endless weight.
        weighted = x * (size / np.maximum(np.abs(y - x @ found), smallest))[:, None]
        gram = weighted.T @ x
        ridge = share * max(np.trace(gram) / columns, 1e-12)
        system = gram + ridge * np.eye(columns)
        aim = weighted.T @ y + ridge * prior
        found = _mixture(system, aim) if is_mixture else np.linalg.solve(system, aim)
    return found


def _mixture(system: Numbers, aim: Numbers) -> Numbers:
    """The least of ``w system w / 2 - aim w`` with no weight below 0 and a sum of at most 1."""
    root = np.linalg.cholesky(system)
    columns = len(aim)
    # What is left to 1 is a weight too (naive's); a heavy row holds the sum.
    heavy = _SUM_WEIGHT * float(np.abs(root).max())
    rows = np.zeros((columns + 1, columns + 1))
    rows[:columns, :columns] = root.T
    rows[columns] = heavy
    goal = np.append(np.linalg.solve(root, aim), heavy)
    return np.asarray(nnls(rows, goal)[0][:columns])


@dataclass(frozen=True)
class Spread:
    """Errors by size: multiples of sqrt(chance n + (share n)^2), between knots of log size.

    ``low`` and ``high`` are the multiples at ``knots``; one knot means one multiple for all.
    ``origins`` counts the past origins they were seen at.
    """

    chance: float
    share: float
    low: tuple[float, ...]
    high: tuple[float, ...]
    origins: int
    knots: tuple[float, ...] = (0.0,)

    def scale(self, pupils: Numbers) -> Numbers:
        """One unit of error for so many pupils (eq. 31)."""
        return np.sqrt(self.chance * pupils + (self.share * pupils) ** 2)

    def limits(self, pupils: Numbers) -> tuple[Numbers, Numbers]:
        """P10 and P90 as distances from the forecast, at or below zero and at or above it."""
        unit, size = self.scale(pupils), np.log(np.maximum(pupils, 1.0))
        low, high = (np.interp(size, self.knots, side) for side in (self.low, self.high))
        return np.minimum(low, 0.0) * unit, np.maximum(high, 0.0) * unit

    def band(self, pupils: Numbers) -> tuple[Numbers, Numbers]:
        """P10 and P90 around the forecast (eq. 32), never below zero pupils."""
        down, up = self.limits(pupils)
        return np.maximum(pupils + down, 0.0), pupils + up

    def at(self, knots: tuple[float, ...]) -> tuple[Numbers, Numbers]:
        """Multiples at other knots."""
        return np.interp(knots, self.knots, self.low), np.interp(knots, self.knots, self.high)


def assumed_spread(grades: float = 1.0) -> Spread:
    """A spread where nothing was ever seen: assumed, and said so (eq. 33).

    A year brings one new cohort in so many grades, uncertain as a count is, and five per cent of
    everybody moves in or out.
    """
    return Spread(1.0 / max(grades, 1.0), _ASSUMED_SHARE, (-_NORMAL_P90,), (_NORMAL_P90,), 0)


def spread(pupils: Numbers, error: Numbers, origins: int) -> Spread | None:
    """Spread of past errors (outcome - forecast) by size; None with fewer than three.

    With thirty or more the multiples are their own quantiles, in up to five classes of size of a
    hundred errors or more; with fewer they are Student's, symmetric.
    """
    known = np.flatnonzero(pupils > 0)
    known = known[:: max(1, len(known) // (4 * _MOST_ROWS))]
    pupils, error = pupils[known], error[known]
    if len(error) < 3:
        return None
    chance, share = _size_law(pupils, error)
    z = error / np.sqrt(chance * pupils + (share * pupils) ** 2)
    if len(z) < _FEW_ERRORS:
        wide = float(student_t.ppf(_HIGH, len(z)) * np.sqrt(np.mean(z**2)))
        return Spread(chance, share, (-wide,), (wide,), origins)
    order = np.argsort(pupils, kind="stable")
    classes = np.array_split(order, int(np.clip(len(z) // _CLASS_ERRORS, 1, _MOST_CLASSES)))
    knots = tuple(float(np.log(np.maximum(np.median(pupils[part]), 1.0))) for part in classes)
    low, high = zip(*(_quantiles(z[part], origins) for part in classes), strict=True)
    return Spread(chance, share, low, high, origins, knots)


def _quantiles(z: Numbers, origins: int) -> tuple[float, float]:
    """Lower and upper multiple, each moved out by the one outcome still to come.

    Schools of one year share its surprises, so a few origins that all missed to one side say
    little about the side of the next miss: the fewer they are, the closer the band is to a
    symmetric one that holds as many of the errors (one origin: all of the way, then as the
    standard error of a sign falls, by one over the root of their number).
    """
    step = 1 / (len(z) + 1)
    even = float(np.quantile(np.abs(z), min(_HIGH - _LOW + 2 * step, 1.0)))
    own = 1 - 1 / np.sqrt(max(origins, 1))
    low = np.quantile(z, max(_LOW - step, 0.0))
    high = np.quantile(z, min(_HIGH + step, 1.0))
    return float(own * low - (1 - own) * even), float(own * high + (1 - own) * even)


def _size_law(pupils: Numbers, error: Numbers) -> tuple[float, float]:
    """Chance and share of eq. 31: the 80th percentile of errors, squared, over size, by size."""
    order = np.argsort(pupils, kind="stable")
    bins = int(np.clip(len(order) // _FEW_ERRORS, 1, 12))
    parts = np.array_split(order, bins)
    size = np.array([pupils[part].mean() for part in parts])
    wide = np.array([np.quantile(np.abs(error[part]), _HIGH - _LOW) for part in parts])
    miss = wide**2 / size
    if bins < 3 or np.ptp(size) < 0.1 * size.mean():
        return max(float(np.mean(error**2 / pupils)), 1e-6), 0.0
    slope, chance = np.polyfit(size, miss, 1, w=1 / miss.clip(1e-9))
    least = 0.05 * float(miss.min()) + 1e-6
    if slope <= 0:
        return max(float(miss.mean()), least), 0.0
    return max(float(chance), least), float(np.sqrt(slope))


def whole_spread(
    misses: Numbers, lead: int, expected_share: float | None, origins: int
) -> Spread | None:
    """Spread of the whole's relative misses; None with nothing to go by (eq. 32).

    Forecasts of neighbouring years share most of their years ahead, so that misses at lead h are
    worth one in h; the fewer, the wider Student's band. ``expected_share``, the spread the
    districts' errors suggest at the whole's size, counts as one more miss.
    """
    squares = list(misses**2) + ([] if expected_share is None else [expected_share**2])
    if not squares:
        return None
    share = float(np.sqrt(np.mean(squares)))
    wide = float(student_t.ppf(_HIGH, max(len(squares) / lead, 1.0)))
    return Spread(0.0, share, (-wide,), (wide,), origins)


def expected_share(law: Spread | None, pupils: float) -> float | None:
    """Relative standard deviation a law of districts' errors gives at the whole's size."""
    if law is None or pupils <= 0:
        return None
    return _width(law, pupils) / (2 * _NORMAL_P90 * pupils)


def spread_ahead(fitted: list[Spread | None], fallback: Spread) -> list[Spread]:
    """A spread for every lead, where the history reaches and where it does not (eq. 33).

    A lead without enough past errors takes the longest lead that has them, widened by the root
    of time; with no error at all, ``fallback`` (the level below, or assumed). A lead
    seen from one or two origins only is averaged with the one before it so widened.
    """
    out: list[Spread] = []
    power = _growth_power(fitted)
    for place, own in enumerate(fitted):
        lead = place + 1
        before = _widened(out[-1], (lead / (lead - 1)) ** (2 * power)) if out else None
        if own is None:
            own = before
        elif before is not None and own.origins < _ENOUGH_ORIGINS:
            own = _averaged(own, before, own.origins / _ENOUGH_ORIGINS)
        if own is None:
            own = fallback
        elif out:
            own = _no_narrower(own, out[-1])
        out.append(own)
    return out


def _growth_power(fitted: list[Spread | None]) -> float:
    """Power of lead with which errors grow: the root of time, moved halfway to what was seen."""
    seen = [(place + 1, own) for place, own in enumerate(fitted) if own is not None]
    if len(seen) < 2:
        return _ROOT_OF_TIME
    (first, narrow), (last, wide) = seen[0], seen[-1]
    usual = float(np.exp(np.median(wide.knots))) if len(wide.knots) > 1 else _USUAL_PUPILS
    growth = _width(wide, usual) / max(_width(narrow, usual), 1e-9)
    power = np.log(max(growth, 1e-3)) / np.log(last / first)
    return float(np.clip((power + _ROOT_OF_TIME) / 2, 0.0, 1.0))


def _width(law: Spread, pupils: float) -> float:
    down, up = law.limits(np.array([pupils]))
    return float((up - down)[0])


def _widened(law: Spread, times: float) -> Spread:
    return replace(law, chance=law.chance * times, share=law.share * times**0.5, origins=0)


def _averaged(own: Spread, before: Spread, share: float) -> Spread:
    """A law seen from too few origins, moved towards another; its dependence on size stays."""
    times = before.scale(_sizes(own)) / np.maximum(own.scale(_sizes(own)), 1e-9)
    low, high = before.at(own.knots)
    return replace(
        own,
        low=tuple(share * np.array(own.low) + (1 - share) * low * times),
        high=tuple(share * np.array(own.high) + (1 - share) * high * times),
    )


def _no_narrower(own: Spread, before: Spread) -> Spread:
    """A law at least as wide as another at its own sizes; which side is wider stays its own."""
    down, up = own.limits(_sizes(own))
    low, high = before.limits(_sizes(own))
    times = np.maximum((high - low) / np.maximum(up - down, 1e-9), 1.0)
    if (times <= 1).all():
        return own
    return replace(
        own, low=tuple(np.array(own.low) * times), high=tuple(np.array(own.high) * times)
    )


def _sizes(law: Spread) -> Numbers:
    """Pupils at the knots of a law; a usual number for a law without."""
    return np.exp(np.array(law.knots)) if any(law.knots) else np.array([_USUAL_PUPILS])


def surer(one: Spread, other: Spread, pupils: float) -> Spread:
    """The narrower of two laws at so many pupils."""
    return one if _width(one, pupils) <= _width(other, pupils) else other
