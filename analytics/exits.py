"""Who leaves before the law lets them go, by cause, and how many in the coming years.

Hazards are chances of leaving within twelve months for whoever is in service at their start. They
are for adding up: a chance is never shown for a named person, only for groups of at least
``LEAST_PEOPLE``. Method: docs/method.md eq. 70-84.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

from analytics.exact_sums import YearEffect
from analytics.exit_causes import DIED
from analytics.exits_boosting import NO_TREES, Blend
from analytics.exits_hazards import blended, fitted_causes, together
from analytics.exits_learning import CauseModel
from analytics.exits_memory import memory
from analytics.exits_moves import known_on
from analytics.exits_panel import (
    BUP,
    UNKNOWN_CAUSE,
    Numbers,
    PastYears,
    People,
    Traits,
    must_go,
    past_years,
    people_of,
    traits_ahead,
    year_start,
)
from analytics.exits_prior import Prior, prior_rates
from analytics.exits_years import YearOutlook, year_outlook

LEAST_PEOPLE = 10
_OUTLOOK_YEARS = 10
# So improbable by chance that the history must be another than it seems.
_IMPROBABLE = 1e-4
# Somebody past the date goes within the year, unless the past shows otherwise: worth two persons.
_OVERDUE_WORTH, _OVERDUE_HALF_LIFE = 2.0, 3.0


@dataclass(frozen=True)
class ExitChoice:
    """What may be chosen in fitting.

    ``half_life_years``: after so many years the past counts half; None to let past forecasts
    choose. ``without``: a subject to leave out (``age``, ``service``, ``sex`` or a factor).
    """

    half_life_years: float | None = None
    without: str = ""


USUAL = ExitChoice()


@dataclass(frozen=True, eq=False)
class ExitModel:
    """Fitted hazards by cause.

    Attributes
    ----------
    observed_from, observed_until
        The days between which exits were learnt from; their whole years are ``year_count``.
    causes
        Early causes, most frequent first; ``bup`` joins them where the law gives dates.
    exit_counts
        Early exits learnt from, by cause.
    outlook
        What past years say of coming ones; ``year_effect`` is the same for exact sums.
    past
        One row per past year: ``starts_on, people_count, exit_count, expected_count`` (with
        today's hazards, no year effect), and ``overdue_count, overdue_left_count, reached_count,
        reached_left_count``: people past their date, and people whose date fell in that year.
    blend
        Boosted trees beside the curves, and their weight: 0 where history is thin.
    ratios
        How often each group leaves early compared with the mean, other things equal
        (``exits_groups.GroupEffects.ratios``): those of the hazards, eq. 88.
    prior_share
        How much of the general level rests on prior rates: 1 without history, towards 0 with it.
    """

    observed_from: date
    observed_until: date
    year_count: int
    causes: tuple[str, ...]
    exit_counts: Mapping[str, int]
    half_life_years: float
    blend: Blend
    outlook: YearOutlook
    year_effect: YearEffect
    past: pd.DataFrame
    prior_share: float
    overdue_hazard: float
    models: Mapping[str, CauseModel]
    prior: Prior
    mandatory: int | None
    cause_shares: Mapping[str, Mapping[str, float]]
    ratios: pd.DataFrame

    def hazards(
        self, people: pd.DataFrame, years: int, *, with_years: bool = True
    ) -> dict[str, Numbers]:
        """Chance of leaving by each cause in each coming year, given service at its start.

        Parameters
        ----------
        people
            Persons in service on ``observed_until``, columns as for ``exit_model``.
        years
            Twelve-month years from ``observed_until``.
        with_years
            Whether the expected level of each coming year is in it (eq. 80); the fitted hazards
            alone if not.

        Returns
        -------
        Cause -> (person, year). Sums over causes are at most 1; expectations, without the spread
        of single years. ``bup`` holds those whom the law lets go. One person's chances depend on
        nobody else's.
        """
        if not len(people):
            return {cause: np.zeros((0, years)) for cause in self.shown_causes}
        who = people_of(people, self.mandatory)
        everybody = np.ones(len(people), bool)
        starts = [year_start(self.observed_until, year) for year in range(years + 1)]
        level = [self._multiplier(year) if with_years else 1.0 for year in range(years)]
        ahead = self._early(traits_ahead(who, starts[:-1]), np.repeat(level, len(people)))
        early = {cause: each.reshape(years, -1) for cause, each in ahead.items()}
        found = {cause: np.zeros((years, len(people))) for cause in self.shown_causes}
        for year, (start, until) in enumerate(pairwise(starts)):
            share, overdue = must_go(who, everybody, start, until)
            # Who goes by law somewhere within the year may leave earlier in it.
            before = np.where(share > 0, _share_before(who, start, until), 1.0)
            total = np.zeros(len(people))
            for cause, chance in early.items():
                kept = np.where(overdue & (year == 0), 0.0, chance[year] * before)
                total += kept
                for name, part in self.cause_shares.get(cause, {cause: 1.0}).items():
                    found[name][year] += kept * part
            if who.has_law:
                forced = np.where(overdue, self.overdue_hazard, share)
                found[BUP][year] = np.where(overdue & (year == 0), forced, forced * (1 - total))
        return {cause: np.ascontiguousarray(each.T) for cause, each in found.items()}

    @property
    def shown_causes(self) -> tuple[str, ...]:
        """Causes with a hazard, ``bup`` last."""
        early = [
            name for cause in self.causes for name in self.cause_shares.get(cause, {cause: 1.0})
        ]
        return (*dict.fromkeys(early), *((BUP,) if BUP not in early else ()))

    def _multiplier(self, year: int) -> float:
        known = self.outlook.multiplier
        return float(known[min(year, len(known) - 1)])

    def _early(self, who: Traits, level: Numbers) -> dict[str, Numbers]:
        return together(self.models, who, self.prior, level, self.blend)


def _share_before(people: People, start: int, until: int) -> Numbers:
    middle = (np.maximum(people.retires_first, start) + np.minimum(people.retires_last, until)) / 2
    return np.clip((middle - start) / (until - start), 0.0, 1.0)


def exit_model(  # noqa: PLR0913 - a history, its bounds, and what else is known
    spells: pd.DataFrame,
    observed_from: date | None,
    observed_until: date,
    prior: pd.DataFrame | None = None,
    mandatory: int | None = None,
    choice: ExitChoice = USUAL,
) -> ExitModel:
    """Learn who leaves early from past years.

    Parameters
    ----------
    spells
        One row per spell: ``person_id``, ``sex`` (L, P or NA), ``birth_date``, ``start_date``,
        ``exit_date`` (NaT: in service), and, where known, ``cause, group, employment, role_group,
        retires_on, is_birth_year_only``.
    observed_from
        Since when exits are on record; None to tell from the exits (eq. 71).
    observed_until
        Only exits before this day are used; whoever begins after it is ignored.
    prior
        Prior rates, as data/rules/exit_rate.csv; None for one vague rate.
    mandatory
        Age at which everybody must go; None for ``retires_on``, or no such age.
    choice
        See ``ExitChoice``.

    Returns
    -------
    The fitted model.

    Notes
    -----
    Person-years in which the law let somebody go teach nothing about leaving early and are left
    out. Method: docs/method.md eq. 70-80.
    """
    # Many small problems: threads of the linear algebra would only wait for one another.
    with threadpool_limits(1):
        return _learnt(spells, observed_from, observed_until, prior, mandatory, choice)


def _learnt(  # noqa: PLR0913 - as exit_model
    spells: pd.DataFrame,
    observed_from: date | None,
    observed_until: date,
    prior: pd.DataFrame | None,
    mandatory: int | None,
    choice: ExitChoice,
) -> ExitModel:
    people = people_of(hidden_after(spells, observed_until), mandatory)
    past = past_years(people, observed_from, observed_until)
    sourced = prior_rates(prior)
    if _tells_of_law_alone(past, sourced):
        past = past_years(people, observed_until, observed_until)
    causes = _causes(past)
    shares = {}
    if sourced.causes and not (past.left >= 0).any():
        causes = sourced.causes
    elif causes == (UNKNOWN_CAUSE,) and sourced.causes:
        # A history that names no cause is split as the prior rates are, and said to be.
        shares = {UNKNOWN_CAUSE: sourced.mix()}
    elif sourced.causes:
        causes = (*causes, *(each for each in sourced.causes if each not in causes))
    sourced = sourced.among(len(causes))
    chosen = memory(past, sourced, choice.half_life_years)
    half_life = chosen.half_life_years
    recency = _recency(past, half_life)
    models, groups = fitted_causes(past, sourced, causes, recency, choice.without)
    # Trees know every subject at once: what is left out for comparison is left out of all.
    blend = NO_TREES if choice.without else blended(past, people, models, sourced, chosen)
    observed, expected = _by_year(past, models, sourced)
    level_sd_prior = sourced.level_sd(past.traits)
    outlook = year_outlook(observed, expected, _OUTLOOK_YEARS, level_sd_prior**-2)
    log_sd, persistence, level_sd = outlook.smoothed()
    counts = {cause: int(past.count[past.left == at].sum()) for at, cause in enumerate(past.causes)}
    # A history in which fewer left than is usual speaks as loudly as one in which more did.
    information = float((sourced.total(past.traits) * past.exposure * past.count).sum())
    starts = past.starts
    return ExitModel(
        _day(starts[0]) if starts else observed_until,
        observed_until,
        len(starts),
        causes,
        counts,
        half_life,
        blend,
        outlook,
        YearEffect(min(log_sd, 2.0), persistence, min(level_sd, 2.0)),
        _past_table(past, observed, expected),
        1.0 / (1.0 + information * level_sd_prior**2),
        _overdue(past),
        models,
        sourced,
        mandatory,
        shares,
        groups.ratios,
    )


def hidden_after(spells: pd.DataFrame, as_of: date) -> pd.DataFrame:
    """What was known before the day.

    Parameters
    ----------
    spells
        One row per spell: ``start_date``, ``exit_date``, and ``cause`` where known.

    Returns
    -------
    The same rows without those that began after the day; exits on or after it are blank, and their
    causes; groups are those of the day.
    """
    day = pd.Timestamp(as_of)
    known = spells.loc[(spells["start_date"] <= day).to_numpy()].copy()
    later = ~(known["exit_date"] < day).to_numpy()
    known["exit_date"] = known["exit_date"].mask(later)
    if "cause" in known:
        known["cause"] = known["cause"].mask(later)
    return known_on(known, day)


def in_service_on(spells: pd.DataFrame, as_of: date) -> pd.DataFrame:
    """Rows of ``spells`` that run on the day: begun by then, and not ended before it.

    In the groups of that day.
    """
    day = pd.Timestamp(as_of)
    runs = (spells["start_date"] <= day) & ~(spells["exit_date"] < day)
    return known_on(spells.loc[runs.to_numpy()], day)


def _tells_of_law_alone(past: PastYears, prior: Prior) -> bool:
    """Whether a history without one early exit is that of those who retired (eq. 343).

    People die. Where half as many deaths as sourced rates expect could hardly all have stayed
    away, early exits were never written down.
    """
    if DIED not in prior.causes or not len(past.left) or (past.left >= 0).any():
        return False
    deaths = float((prior.rate(DIED, past.traits) * past.exposure * past.count).sum())
    return float(np.exp(-deaths / 2)) < _IMPROBABLE


def _causes(past: PastYears) -> tuple[str, ...]:
    count = np.bincount(
        past.left[past.left >= 0], past.count[past.left >= 0], minlength=len(past.causes)
    )
    return tuple(past.causes[at] for at in np.argsort(-count, kind="stable"))


def _recency(past: PastYears, half_life: float) -> Numbers:
    back = len(past.starts) - 1 - past.year
    # Of a history shorter than a year those who left count whole, those who stayed as long as they
    # were watched: odds of a year.
    watched = np.where(past.left >= 0, 1.0, past.exposure)
    return past.count * watched * 0.5 ** (back / half_life)


def _by_year(
    past: PastYears, models: Mapping[str, CauseModel], prior: Prior
) -> tuple[Numbers, Numbers]:
    """Early exits seen, and expected with the fitted hazards, by past year (eq. 77)."""
    size = len(past.starts)
    if not len(past.left):
        return np.zeros(size), np.zeros(size)
    chance = np.sum(list(together(models, past.traits, prior).values()), axis=0)
    chance *= past.exposure * past.count
    expected = np.bincount(past.year, chance, minlength=size)
    observed = np.bincount(past.year, past.count * (past.left >= 0), minlength=size)
    return observed.astype(np.float64), expected.astype(np.float64)


def _overdue(past: PastYears) -> float:
    """Chance that somebody past the date goes within the year (eq. 72)."""
    back = np.arange(len(past.starts))[::-1]
    weight = 0.5 ** (back / _OVERDUE_HALF_LIFE)
    here, gone = (weight @ past.overdue[:, at] if len(past.starts) else 0.0 for at in (0, 1))
    return float((gone + _OVERDUE_WORTH) / (here + _OVERDUE_WORTH))


def _past_table(past: PastYears, observed: Numbers, expected: Numbers) -> pd.DataFrame:
    size = len(past.starts)
    return pd.DataFrame(
        {
            "starts_on": pd.to_datetime([_day(each) for each in past.starts]),
            "people_count": np.bincount(past.year, past.count, minlength=size).astype(np.int64),
            "exit_count": observed.astype(np.int64),
            "expected_count": expected,
            "overdue_count": past.overdue[:, 0],
            "overdue_left_count": past.overdue[:, 1],
            "reached_count": past.reached[:, 0],
            "reached_left_count": past.reached[:, 1],
        }
    )


def _day(number: int) -> date:
    return date(1970, 1, 1) + timedelta(days=int(number))
