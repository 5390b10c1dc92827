"""How long people stay: the share still there, the chance of leaving by year, and by cause.

Kaplan-Meier, the discrete life table and the cumulative incidence of competing causes, as in the
textbooks; and the first of them for a roster, by year of service. Method: docs/method.md eq. 85-87.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np
import pandas as pd

from analytics.exits import LEAST_PEOPLE
from analytics.exits_panel import whole_years, years_later

_DAYS = 365.25
_LONGEST_YEAR = 366
STAYING_COLUMNS = (
    "service_years", "people_count", "exit_count", "staying_share", "staying_share_se",
)  # fmt: skip


def staying_share(
    duration: Sequence[float] | pd.Series | np.ndarray,
    left: Sequence[bool] | pd.Series | np.ndarray,
    entered: Sequence[float] | pd.Series | np.ndarray | None = None,
) -> pd.DataFrame:
    """Kaplan-Meier estimate of the share still there.

    Parameters
    ----------
    duration
        How long each person was seen, in any unit.
    left
        Whether the person left then; otherwise the person was last seen still there.
    entered
        How long each had been there when first seen: whoever left sooner could not be seen. None:
        all from the start.

    Returns
    -------
    One row per duration at which somebody left: ``duration, at_risk_count, exit_count,
    staying_share`` and its standard error ``staying_share_se`` (Greenwood). Whoever was last seen
    at a duration at which others left is counted as at risk then.

    Raises
    ------
    ValueError
        For durations below zero or unknown, or not longer than ``entered``.

    Method: docs/method.md eq. 85.
    """
    times, exits, at_risk = _risk_sets(duration, left)
    if entered is not None:
        since = np.sort(np.asarray(entered, dtype=np.float64))
        if not (np.asarray(entered) < np.asarray(duration)).all():
            raise ValueError("who enters leaves later, and not at once")
        at_risk = at_risk - (len(since) - np.searchsorted(since, times, side="left"))
    here = exits > 0
    times, exits, at_risk = times[here], exits[here], at_risk[here]
    share = np.cumprod(1.0 - exits / at_risk)
    with np.errstate(divide="ignore", invalid="ignore"):
        spread = share * np.sqrt(np.cumsum(exits / (at_risk * (at_risk - exits))))
    return pd.DataFrame(
        {
            "duration": times,
            "at_risk_count": at_risk,
            "exit_count": exits,
            "staying_share": share,
            "staying_share_se": np.where(share > 0, spread, 0.0),
        }
    )


def staying_by_service(spells: pd.DataFrame, observed_from: date, until: date) -> pd.DataFrame:
    """How many of those who begin are still there after each whole year of service.

    Parameters
    ----------
    spells
        One row per period of service: ``start_date``, ``exit_date`` (NaT: still in service).
    observed_from, until
        The days between which every exit is on the list.

    Returns
    -------
    One row per year of service: ``service_years`` (the one that ends), ``people_count`` (seen in
    it), ``exit_count`` (for any cause, retirement too), ``staying_share`` of those who reached the
    first row's year, and its standard error ``staying_share_se``. The first run of years that at
    least ``LEAST_PEOPLE`` were seen in; empty where there is none.

    Method: docs/method.md eq. 85.
    """
    first, last = pd.Timestamp(observed_from), pd.Timestamp(until)
    gone = spells["exit_date"].notna() & (spells["exit_date"] < last)
    ends = spells["exit_date"].where(gone, last)
    entered = _years_served(
        spells["start_date"], spells["start_date"].where(spells["start_date"] > first, first)
    )
    # Who leaves on the first day served that day.
    lasted = _years_served(spells["start_date"], ends)
    lasted = np.where(lasted == 0, 0.5 / _DAYS, lasted)
    seen = lasted > entered
    entered, lasted, left = entered[seen], lasted[seen], gone.to_numpy()[seen]
    years = np.arange(int(np.ceil(lasted.max())) if len(lasted) else 0)
    inside = (entered < years[:, None] + 1) & (lasted > years[:, None])
    counts = inside.sum(axis=1)
    enough = np.flatnonzero(counts >= LEAST_PEOPLE)
    if not len(enough):
        return pd.DataFrame(columns=STAYING_COLUMNS)
    begins = int(enough[0])
    few = np.flatnonzero(counts[begins:] < LEAST_PEOPLE)
    stops = begins + int(few[0]) if len(few) else len(years)
    # From the first of those years on: what came before was hardly seen.
    own = lasted > begins
    found = staying_share(lasted[own], left[own], np.maximum(entered[own], begins))
    at = np.searchsorted(found["duration"], years[begins:stops] + 1, side="right")
    share = np.append(1.0, found["staying_share"])[at]
    spread = np.append(0.0, found["staying_share_se"])[at]
    # Who leaves on the day a year of service is full leaves in that year, whatever leap years do.
    exits = np.bincount(np.ceil(lasted[own & left]).astype(int), minlength=stops + 1)
    exits = exits[begins + 1 : stops + 1]
    told = (years[begins:stops] + 1, counts[begins:stops], exits, share, spread)
    return pd.DataFrame(dict(zip(STAYING_COLUMNS, told, strict=True)))


def _years_served(start: pd.Series, end: pd.Series) -> np.ndarray:
    """From each first day to a later one: whole by the calendar, and the part of the year begun.

    Below nought where the end lies before the start.
    """
    begun, ended = start.to_numpy("datetime64[D]"), end.to_numpy("datetime64[D]")
    whole = whole_years(begun, ended)
    since = (ended - years_later(begun, whole)).astype(np.int64)
    return np.asarray(whole + since / _LONGEST_YEAR)


def life_table(
    duration: Sequence[float] | pd.Series, left: Sequence[bool] | pd.Series
) -> pd.DataFrame:
    """Discrete life table: chance of leaving in each whole period.

    Parameters
    ----------
    duration
        Whole periods served, the last one included: somebody who left in the first has 1.
    left
        As for ``staying_share``.

    Returns
    -------
    One row per period from 1 to the longest: ``period, at_risk_count, exit_count,
    censored_count, hazard, staying_share``. ``hazard`` is exits over people at risk at the start
    of the period; whoever was last seen in it counts as at risk (Singer and Willett 2003).

    Raises
    ------
    ValueError
        A duration is not a whole period from 1.

    Method: docs/method.md eq. 86.
    """
    periods = np.asarray(duration, dtype=np.float64)
    if not np.all(periods == np.floor(periods)) or (periods < 1).any():
        raise ValueError("durations are whole periods from 1")
    gone = np.asarray(left, dtype=bool)
    size = int(periods.max()) if len(periods) else 0
    whole = periods.astype(np.int64)
    exits = np.bincount(whole[gone], minlength=size + 1)[1:]
    censored = np.bincount(whole[~gone], minlength=size + 1)[1:]
    at_risk = (exits + censored)[::-1].cumsum()[::-1]
    hazard = exits / np.maximum(at_risk, 1)
    return pd.DataFrame(
        {
            "period": np.arange(1, size + 1),
            "at_risk_count": at_risk,
            "exit_count": exits,
            "censored_count": censored,
            "hazard": hazard,
            "staying_share": np.cumprod(1.0 - hazard),
        }
    )


def cumulative_incidence(
    duration: Sequence[float] | pd.Series, cause: Sequence[object] | pd.Series
) -> pd.DataFrame:
    """Share that has left by each cause, other causes competing (Aalen-Johansen).

    Parameters
    ----------
    duration
        As for ``staying_share``.
    cause
        Why each person left; missing for those last seen still there.

    Returns
    -------
    One row per duration at which somebody left: ``duration, at_risk_count, staying_share`` and a
    column per cause with the share that has left by it. The shares and ``staying_share`` add up
    to 1 in every row.

    Method: docs/method.md eq. 87.
    """
    causes = pd.Series(cause).reset_index(drop=True)
    left = causes.notna().to_numpy()
    times, exits, at_risk = _risk_sets(duration, left)
    here = exits > 0
    after = np.cumprod(1.0 - exits[here] / at_risk[here])
    before = np.concatenate([[1.0], after])[:-1]
    found = {"duration": times[here], "at_risk_count": at_risk[here], "staying_share": after}
    place = np.searchsorted(times, np.asarray(duration, dtype=np.float64))
    for name in sorted(causes.dropna().unique(), key=str):
        own = np.bincount(place[(causes == name).to_numpy()], minlength=len(times))[here]
        found[str(name)] = np.cumsum(before * own / at_risk[here])
    return pd.DataFrame(found)


def _risk_sets(
    duration: Sequence[float] | pd.Series, left: Sequence[bool] | pd.Series | np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Durations seen, exits at each, and people still there just before it."""
    lasted = np.asarray(duration, dtype=np.float64)
    if np.isnan(lasted).any() or (lasted < 0).any():
        raise ValueError("every duration must be known and at least 0")
    times, place = np.unique(lasted, return_inverse=True)
    exits = np.bincount(place, np.asarray(left, dtype=bool), minlength=len(times))
    everybody = np.bincount(place, minlength=len(times))
    return times, exits.astype(np.int64), everybody[::-1].cumsum()[::-1]
