"""Good and bad years: how far past years lay from expectation, and what that says of the next.

The logarithm of observed over expected follows a mean that it returns to (AR(1)), which may drift
or go on rising or falling for a while; spread, persistence, mean and trend are uncertain together
and integrated over, so that few years give a wide and modest answer.
Method: docs/method.md eq. 77-80, eq. 321 and eq. 323.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np
from scipy.linalg import cho_factor, cho_solve

from analytics.exits_panel import Numbers

_HALF = 0.5
_SD_GRID = np.geomspace(0.04, 1.0, 16)
_PERSISTENCE_GRID = np.array([0.0, 0.15, 0.3, 0.45, 0.6, 0.75, 0.9])
_DRIFT_GRID = np.array([0.0, 0.03])
# A level that has risen or fallen year by year goes on, each year less so. Half of the employers
# have no such trend.
_TREND_GRID = np.array([0.0, 0.02])
_DAMPING = 0.9
# Before a history speaks: single years swing by a third (published counts of leavers: Pasuruan
# 432 then 806, Batu 95, 103, 83, 102), a belief worth about twenty years; the level is within 30 %
# of the fitted one; years forget quickly rather than slowly.
_SD_MIDDLE, _SD_LOG_SPREAD = 0.35, 0.15
# That belief guards the band against a calm past. For the level it would be a mistake: it takes
# what calm years say for chance, and the mean of a wide law lies above its middle. What is
# expected learns from the years themselves.
_LEVEL_SD_MIDDLE, _LEVEL_SD_LOG_SPREAD = 0.2, 0.7
_LEVEL_SD = 0.3
_FORGETS = 5


@dataclass(frozen=True, eq=False)
class YearOutlook:
    """What past years say of the coming ones.

    Attributes
    ----------
    log_sd, persistence
        Posterior means of the spread of single years and of their correlation with the next.
    log_level
        Expected log ratio of each coming year to the fitted hazards.
    log_variance
        Of each, as far as the past years bear it out.
    covariance
        Of those log ratios with the guarded belief about single years, for bands.
    """

    log_sd: float
    persistence: float
    log_level: Numbers
    log_variance: Numbers
    covariance: Numbers

    @property
    def multiplier(self) -> Numbers:
        """Expected multiplier of the hazards by coming year: the mean, not the middle."""
        return np.exp(self.log_level + 0.5 * self.log_variance)

    def smoothed(self) -> tuple[float, float, float]:
        """Spread, persistence and level spread whose covariance is nearest ``covariance``."""
        size = len(self.covariance)
        if size == 1:
            return float(np.sqrt(self.covariance[0, 0])), 0.0, 0.0
        apart = np.abs(np.subtract.outer(np.arange(size), np.arange(size)))
        best = (np.inf, 0.0, 0.0, 0.0)
        for persistence in np.arange(0.0, 0.96, 0.05):
            shape = np.where(apart == 0, 1.0, persistence ** np.maximum(apart, 1))
            # Least squares in two variances, neither below zero.
            matrix = np.stack([shape.ravel(), np.ones(size * size)], axis=1)
            for columns in ([0, 1], [0]):
                found = np.zeros(2)
                found[columns] = np.linalg.lstsq(
                    matrix[:, columns], self.covariance.ravel(), rcond=None
                )[0]
                miss = float(((matrix @ found - self.covariance.ravel()) ** 2).sum())
                if found.min() >= 0 and miss < best[0] - 1e-12:
                    best = (
                        miss,
                        float(np.sqrt(found[0])),
                        float(persistence),
                        float(np.sqrt(found[1])),
                    )
        return best[1:]


def year_outlook(
    observed: Numbers, expected: Numbers, ahead: int, prior_worth: float = 0.0
) -> YearOutlook:
    """Coming years from past ones (eq. 77-80 and 323, what is expected of them eq. 321).

    Parameters
    ----------
    observed, expected
        Early exits by past year, earliest first, and what the fitted hazards expect of them.
    ahead
        Coming years asked for.
    prior_worth
        How many exits the prior rates are worth that the fitted hazards were drawn towards.

    Returns
    -------
    Expected level and its uncertainty by coming year.
    """
    seen = np.log((observed + _HALF) / (expected + _HALF))
    noise = 1.0 / (expected + _HALF)
    past = len(seen)
    # Few exits leave the level of the fitted hazards itself uncertain, as far as prior rates do.
    level_variance = _LEVEL_SD**2 + 1.0 / (observed.sum() + max(prior_worth, 1.0))
    place = np.arange(past + ahead) - (past - 1.0)
    apart = np.abs(np.subtract.outer(place, place))
    # A level that drifts: what lies on the same side of today has drifted together.
    together = np.minimum.outer(np.abs(place), np.abs(place)) * (
        np.sign(place)[:, None] * np.sign(place) > 0
    )
    trend_years = np.concatenate([place[:past], np.cumsum(_DAMPING ** np.arange(1, ahead + 1))])
    going_on = np.outer(trend_years, trend_years)
    likelihoods, means, covariances, grid = [], [], [], []
    for persistence, sd, drift, trend in product(
        _PERSISTENCE_GRID, _SD_GRID, _DRIFT_GRID, _TREND_GRID
    ):
        shape = np.where(apart == 0, 1.0, persistence ** np.maximum(apart, 1))
        whole = sd**2 * shape + level_variance + drift**2 * together + trend**2 * going_on
        among = whole[:past, :past] + np.diag(noise)
        log_likelihood = 0.0
        if past:
            factor = cho_factor(among, lower=True)
            solved = cho_solve(factor, seen)
            log_likelihood = -0.5 * seen @ solved - np.log(np.diag(factor[0])).sum()
            cross = whole[past:, :past]
            mean = cross @ solved
            spread = whole[past:, past:] - cross @ cho_solve(factor, cross.T)
        else:
            mean, spread = np.zeros(ahead), whole
        likelihoods.append(log_likelihood)
        means.append(mean)
        covariances.append(spread)
        grid.append((sd, persistence))
    means_of, covariances_of = np.array(means), np.array(covariances)
    sds, persistences = np.array(grid).T
    told = np.array(likelihoods)
    weight = _weights(told + _log_prior(sds, persistences, _SD_MIDDLE, _SD_LOG_SPREAD))
    own = _weights(told + _log_prior(sds, persistences, _LEVEL_SD_MIDDLE, _LEVEL_SD_LOG_SPREAD))
    _, covariance = _mixed(weight, means_of, covariances_of)
    level, level_covariance = _mixed(own, means_of, covariances_of)
    return YearOutlook(
        float(weight @ sds),
        float(weight @ persistences),
        level,
        np.diag(level_covariance).copy(),
        covariance,
    )


def _log_prior(sd: Numbers, persistence: Numbers, middle: float, log_spread: float) -> Numbers:
    spread = np.log(sd / middle) / log_spread
    return -0.5 * spread**2 + _FORGETS * np.log1p(-persistence)


def _weights(log_weights: Numbers) -> Numbers:
    weight = np.exp(log_weights - log_weights.max())
    return weight / weight.sum()


def _mixed(weight: Numbers, means: Numbers, covariances: Numbers) -> tuple[Numbers, Numbers]:
    """Mean and covariance of a mixture."""
    level = weight @ means
    off = means - level
    within = np.tensordot(weight, covariances, axes=1)
    return level, within + (off * weight[:, None]).T @ off
