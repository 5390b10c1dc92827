"""Which facts go with leaving early, how strongly, and how sure that is.

For groups only, never for a person. Method: docs/method.md eq. 88.
"""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from analytics.exits import LEAST_PEOPLE, hidden_after
from analytics.exits_learning import VAGUE_LOG_SD, fitted_cause, prior_logit
from analytics.exits_panel import Numbers, PastYears, past_years, people_of
from analytics.exits_prior import prior_rates

_DRAWS = 400
_LOW, _HIGH = 2.5, 97.5
_BAND = 5
_HALF = 0.5
COLUMNS = ("factor", "level", "people_count", "exit_count", "rate_ratio", "ratio_low", "ratio_high")


def exit_factors(
    spells: pd.DataFrame,
    observed_from: date | None,
    observed_until: date,
    prior: pd.DataFrame | None = None,
    mandatory: int | None = None,
) -> pd.DataFrame:
    """Rate ratios of leaving early by group, other things alike.

    Parameters
    ----------
    spells, observed_from, observed_until, prior, mandatory
        As for ``exits.exit_model``; all causes together.

    Returns
    -------
    One row per factor (``age`` and ``service`` in bands of five years, ``sex``, ``group``,
    ``employment``, ``role_group``) and level: ``people_count`` (most in service at the start of
    any one year; levels under ten are left out), ``exit_count``, ``rate_ratio`` of exits to those
    expected from all other factors, 1 being everybody's mean, and its 95 % interval from drawing
    whole years again, widened by chance within them.
    """
    with threadpool_limits(1):
        past = past_years(
            people_of(hidden_after(spells, observed_until), mandatory),
            observed_from,
            observed_until,
        )
        if not len(past.left):
            return pd.DataFrame(columns=list(COLUMNS))
        rates = prior_logit(prior_rates(prior).total(past.traits))
        left = past.left >= 0
        tables = []
        for factor, level in _levels(past).items():
            model = fitted_cause(
                past.traits, left, past.count * past.exposure, rates, VAGUE_LOG_SD, without=factor
            )
            odds = np.exp(model.logit(past.traits, rates))
            expected = past.count * past.exposure * odds / (1 + odds)
            tables.append(_ratios(past, level, expected).assign(factor=factor))
    return pd.concat(tables, ignore_index=True)[list(COLUMNS)]


def _levels(past: PastYears) -> dict[str, NDArray[np.object_]]:
    def band(years: NDArray[np.int64]) -> NDArray[np.object_]:
        low = years // _BAND * _BAND
        return np.array([f"{each}-{each + _BAND - 1}" for each in low], dtype=object)

    found = {"age": band(past.traits.age), "service": band(past.traits.service)}
    if np.any(past.traits.sex):
        sex = np.where(past.traits.sex > 0, "L", np.where(past.traits.sex < 0, "P", ""))
        found["sex"] = sex.astype(object)
    return found | past.traits.factors


def _ratios(past: PastYears, level: NDArray[np.object_], expected: Numbers) -> pd.DataFrame:
    names, code = np.unique(level.astype(str), return_inverse=True)
    years = len(past.starts)
    cell = code * years + past.year

    def by_level(weight: Numbers) -> Numbers:
        found = np.bincount(cell, weight, minlength=len(names) * years)
        return found.astype(np.float64).reshape(-1, years)

    seen = by_level(past.count * (past.left >= 0))
    likely = by_level(expected)
    people = by_level(past.count).max(axis=1)
    # Luck of one fixed stream: the same history gives the same interval.
    dice = np.random.default_rng(0)
    years_drawn = dice.multinomial(years, np.full(years, 1 / years), size=_DRAWS).T
    drawn = dice.gamma(seen @ years_drawn + _HALF) / (likely @ years_drawn + _HALF)
    whole = (seen.sum(axis=0) @ years_drawn) / np.maximum(likely.sum(axis=0) @ years_drawn, 1e-9)
    low, high = np.percentile(drawn / np.maximum(whole, 1e-9), (_LOW, _HIGH), axis=1)
    mean = seen.sum() / likely.sum()
    ratio = (seen.sum(axis=1) + _HALF) / (likely.sum(axis=1) + _HALF) / max(mean, 1e-9)
    table = pd.DataFrame(
        {
            "level": names,
            "people_count": people.astype(np.int64),
            "exit_count": seen.sum(axis=1).astype(np.int64),
            "rate_ratio": ratio,
            "ratio_low": low,
            "ratio_high": high,
        }
    )
    return table[(table["people_count"] >= LEAST_PEOPLE) & (table["level"] != "")]
