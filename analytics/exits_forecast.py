"""How many of those in service leave in each coming year, with a band.

Method: docs/method.md eq. 81-82.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from analytics.exact_sums import YearEffect, leaver_distribution, lone_hazards
from analytics.exact_sums_laws import CountLaws
from analytics.exits import USUAL, ExitChoice, ExitModel, exit_model, in_service_on
from analytics.exits_panel import BUP, Numbers, Whole, people_of


@dataclass(frozen=True, eq=False)
class ExitForecast:
    """Leavers of the coming years.

    ``years``: ``year, expected, p10, p50, p90`` (exits in those twelve months of people in service
    on the day; expected a mean, the others whole people). ``early``: the same of those whom no law
    lets go. ``people``: ``person_id, year,
    probability`` (of leaving in that year, seen from the day). ``by_cause``: ``year, cause,
    expected``.
    """

    years: pd.DataFrame
    early: pd.DataFrame
    people: pd.DataFrame
    by_cause: pd.DataFrame
    model: ExitModel


def exit_forecast(  # noqa: PLR0913 - the command's own options
    spells: pd.DataFrame,
    as_of: date,
    years: int,
    mandatory_age: int | None = None,
    prior: pd.DataFrame | None = None,
    observed_from: date | None = None,
    choice: ExitChoice = USUAL,
) -> ExitForecast:
    """How many of those in service leave in each coming year, with a band.

    Parameters
    ----------
    spells, prior, observed_from, choice
        As for ``exit_model``; exits on or after ``as_of`` are not seen.
    as_of
        The day the forecast is made. Year k is the twelve months from k - 1 years after it; named
        for the calendar year most of it lies in, so that from 1 January both are the same.
    years
        How many, 1 to 30.
    mandatory_age
        Whoever reaches it goes for certain in that year; whoever is past it goes at once unless
        the past shows that such people stay (eq. 72).

    Returns
    -------
    See ``ExitForecast``. Method: docs/method.md eq. 81-82.
    """
    model = exit_model(spells, observed_from, as_of, prior, mandatory_age, choice)
    here = in_service_on(spells, as_of)
    hazard = model.hazards(here, years)
    names = year_names(as_of, years)
    total = np.minimum(np.sum(list(hazard.values()), axis=0), 1.0)
    staying = np.cumprod(np.hstack([np.ones((len(here), 1)), 1.0 - total]), axis=1)[:, :-1]
    by_law = hazard[BUP] if people_of(here, mandatory_age).has_law else np.zeros_like(total)
    bands = _bands(total, by_law, model.year_effect)
    leaving, early = staying * total, staying * np.clip(total - by_law, 0.0, 1.0)
    early_bands = _bands(lone_hazards(early), np.zeros_like(total), model.year_effect)
    return ExitForecast(
        pd.DataFrame({"year": names, "expected": leaving.sum(axis=0), **bands}),
        pd.DataFrame({"year": names, "expected": early.sum(axis=0), **early_bands}),
        pd.DataFrame(
            {
                "person_id": np.repeat(here["person_id"].to_numpy(object), years),
                "year": np.tile(names, len(here)),
                "probability": leaving.ravel(),
            }
        ),
        pd.DataFrame(
            [
                (name, cause, float((staying * each)[:, at].sum()))
                for at, name in enumerate(names)
                for cause, each in hazard.items()
            ],
            columns=["year", "cause", "expected"],
        ),
        model,
    )


def year_names(as_of: date, years: int) -> list[int]:
    """The calendar year most of each twelve months lies in."""
    first = as_of.year if (as_of.month, as_of.day) <= (7, 1) else as_of.year + 1
    return list(range(first, first + years))


def _bands(total: Numbers, by_law: Numbers, effect: YearEffect) -> dict[str, Whole]:
    """P10, P50 and P90 of the leavers of each year, exact given the hazards (eq. 82)."""
    if not len(total):
        return {name: np.zeros(total.shape[1], np.int64) for name in ("p10", "p50", "p90")}
    laws = year_laws(total, by_law, effect)
    return {f"p{share}": laws.quantile(share / 100)[0] for share in (10, 50, 90)}


def year_laws(total: Numbers, by_law: Numbers, effect: YearEffect) -> CountLaws:
    """The whole distribution of the leavers of each year (eq. 82).

    Parameters
    ----------
    total, by_law
        ``(person, year)``: chance of leaving in the year given service at its start, of whatever
        cause, and the part of it that the law has, which years do not move.
    effect
        How far years swing.
    """
    certain = total >= 1.0 - 1e-12
    moved = np.where(certain, 1.0, np.clip(total - by_law, 0.0, 1.0))
    return leaver_distribution(moved, None, effect, fixed=np.where(certain, 0.0, by_law))
