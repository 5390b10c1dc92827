"""The simple forecasts an exit model must beat.

Mandatory age only; rates by single year of age, of the last five years and of all; and last
year's rate for everybody.
Method: docs/method.md eq. 83.
"""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from analytics.exits_panel import (
    Numbers,
    People,
    in_service,
    must_go,
    people_of,
    whole_years,
    year_start,
)

MANDATORY, AGE_RATES, LAST_YEAR = "mandatory", "age_rates", "last_year"
AGE_RATES_ALL = "age_rates_all"
RIVALS = (MANDATORY, AGE_RATES, AGE_RATES_ALL, LAST_YEAR)
_RATE_YEARS, _MOST_YEARS = 5, 60
_OLDEST = 120


def rival_hazards(  # noqa: PLR0913 - as the forecast they stand beside
    seen: pd.DataFrame,
    here: pd.DataFrame,
    as_of: date,
    years: int,
    mandatory: int | None,
    observed_from: date | None = None,
) -> dict[str, Numbers]:
    """Chance of leaving in each coming year by each rival, given service at its start.

    Parameters
    ----------
    seen
        Spells as known on ``as_of`` (later exits hidden).
    here
        Spells that run on ``as_of``.
    as_of, years, mandatory
        As for the forecast. All rivals know the mandatory age.
    observed_from
        Since when exits are on record; the first exit by default. Rates by single year of age,
        unsmoothed, come from the last five years on record or from all of them.

    Returns
    -------
    Rival -> (person, year).
    """
    past, now = people_of(seen, mandatory), people_of(here, mandatory)
    start = year_start(as_of, 0)
    recorded = _recorded_years(past, as_of, observed_from)
    age_rate, last_rate = _rates(
        past, as_of, min(_RATE_YEARS, recorded) if observed_from else _RATE_YEARS
    )
    all_rate, _ = _rates(past, as_of, recorded)
    everybody = np.ones(len(here), bool)
    found = {name: np.zeros((len(here), years)) for name in RIVALS}
    for year in range(years):
        until = year_start(as_of, year + 1)
        share, overdue = must_go(now, everybody, start, until)
        by_law = np.where(overdue, 1.0, share)
        age = np.clip(whole_years(now.birth, start), 0, _OLDEST)
        found[MANDATORY][:, year] = by_law
        found[AGE_RATES][:, year] = by_law + (1 - by_law) * age_rate[age]
        found[AGE_RATES_ALL][:, year] = by_law + (1 - by_law) * all_rate[age]
        found[LAST_YEAR][:, year] = by_law + (1 - by_law) * last_rate
        start = until
    return found


def _recorded_years(past: People, as_of: date, observed_from: date | None) -> int:
    first = int(past.leaves.min()) if len(past.leaves) else year_start(as_of, 0)
    if observed_from:
        first = year_start(observed_from, 0)
    years = 1
    while years < _MOST_YEARS and year_start(as_of, -years - 1) >= first:
        years += 1
    return years


def _rates(past: People, as_of: date, years: int) -> tuple[Numbers, float]:
    """Rates of leaving early by age over the last years, and of everybody in the last one."""
    gone, here = np.zeros(_OLDEST + 1), np.zeros(_OLDEST + 1)
    last = 0.0
    for back in range(years, 0, -1):
        start, until = year_start(as_of, -back), year_start(as_of, -back + 1)
        who = in_service(past, start)
        share, overdue = must_go(past, who, start, until)
        free = (share == 0) & ~overdue
        age = np.clip(whole_years(past.birth[who], start), 0, _OLDEST)[free]
        left = (past.leaves[who] < until)[free]
        here += np.bincount(age, minlength=_OLDEST + 1)
        gone += np.bincount(age, left, minlength=_OLDEST + 1)
        last = float(left.mean()) if len(left) else 0.0
    return gone / np.maximum(here, 1.0), last
