"""Who leaves before the law lets them go, by cause, and how many in the coming years.

Hazards are chances of leaving within twelve months for whoever is in service at their start. They
are for adding up: a chance is never shown for a named person, only for groups of at least
``LEAST_PEOPLE``. Method: docs/method.md eq. 70-84.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

from analytics.exact_sums import YearEffect, leaver_distribution
from analytics.exits_learning import (
    VAGUE_LOG_SD,
    CauseModel,
    fitted_cause,
    prior_logit,
    scale_for,
)
from analytics.exits_panel import (
    BUP,
    UNKNOWN_CAUSE,
    Numbers,
    PastYears,
    People,
    Traits,
    Whole,
    must_go,
    past_years,
    people_of,
    subset,
    traits,
    year_start,
)
from analytics.exits_prior import Prior, prior_rates
from analytics.exits_years import YearOutlook, year_outlook

LEAST_PEOPLE = 10
HALF_LIVES = (3.0, 8.0, np.inf)
_JUDGED_YEARS, _LEAST_JUDGED_EXITS, _LEAST_LEARNT_YEARS = 3, 100, 3
_OUTLOOK_YEARS = 10
_HIGHEST = 0.98
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
    prior_share
        How much of the general level rests on prior rates: 1 without history, towards 0 with it.
    """

    observed_from: date
    observed_until: date
    year_count: int
    causes: tuple[str, ...]
    exit_counts: Mapping[str, int]
    half_life_years: float
    outlook: YearOutlook
    year_effect: YearEffect
    past: pd.DataFrame
    prior_share: float
    overdue_hazard: float
    models: Mapping[str, CauseModel]
    prior: Prior
    mandatory: int | None
    cause_shares: Mapping[str, Mapping[str, float]]

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
        who = people_of(people, self.mandatory)
        everybody = np.ones(len(people), bool)
        found = {cause: np.zeros((len(people), years)) for cause in self.shown_causes}
        start = year_start(self.observed_until, 0)
        for year in range(years):
            until = year_start(self.observed_until, year + 1)
            share, overdue = must_go(who, everybody, start, until)
            level = self._multiplier(year) if with_years else 1.0
            early = self._early(traits(who, everybody, start), level)
            # Who goes by law somewhere within the year may leave earlier in it.
            before = np.where(share > 0, _share_before(who, start, until), 1.0)
            total = np.zeros(len(people))
            for cause, chance in early.items():
                kept = np.where(overdue & (year == 0), 0.0, chance * before)
                total += kept
                for name, part in self.cause_shares.get(cause, {cause: 1.0}).items():
                    found[name][:, year] += kept * part
            if who.has_law:
                forced = np.where(overdue, self.overdue_hazard, share)
                found[BUP][:, year] = np.where(overdue & (year == 0), forced, forced * (1 - total))
            start = until
        return found

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

    def _early(self, who: Traits, level: float) -> dict[str, Numbers]:
        return _together(self.models, who, self.prior, level)


def _share_before(people: People, start: int, until: int) -> Numbers:
    middle = (np.maximum(people.retires_first, start) + np.minimum(people.retires_last, until)) / 2
    return np.clip((middle - start) / (until - start), 0.0, 1.0)


def _together(
    models: Mapping[str, CauseModel], who: Traits, prior: Prior, level: float = 1.0
) -> dict[str, Numbers]:
    """Chances by cause that leave room for staying (eq. 73), times the level of the year."""
    odds = {
        cause: np.exp(np.clip(model.logit(who, prior_logit(prior.rate(cause, who))), -30, 30))
        for cause, model in models.items()
    }
    every = np.sum(list(odds.values()), axis=0)
    total = every / (1.0 + every)
    moved = np.minimum(total * level, np.maximum(total, _HIGHEST))
    return {cause: each / np.maximum(every, 1e-300) * moved for cause, each in odds.items()}


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
    causes = _causes(past)
    shares = {}
    if causes == (UNKNOWN_CAUSE,) and sourced.causes:
        # A history that names no cause is split as the prior rates are, and said to be.
        shares = {UNKNOWN_CAUSE: sourced.mix()}
    elif sourced.causes:
        causes = (*causes, *(each for each in sourced.causes if each not in causes))
    half_life = choice.half_life_years or _half_life(past, sourced)
    models = _fitted(past, sourced, causes, _recency(past, half_life), choice.without)
    observed, expected = _by_year(past, models, sourced)
    outlook = year_outlook(observed, expected, _OUTLOOK_YEARS)
    log_sd, persistence, level_sd = outlook.smoothed()
    counts = {cause: int(past.count[past.left == at].sum()) for at, cause in enumerate(past.causes)}
    level_sd_prior = sourced.level_sd(past.traits)
    information = float(observed.sum())
    starts = past.starts
    return ExitModel(
        _day(starts[0]) if starts else observed_until,
        observed_until,
        len(starts),
        causes,
        counts,
        half_life,
        outlook,
        YearEffect(min(log_sd, 2.0), persistence, min(level_sd, 2.0)),
        _past_table(past, observed, expected),
        1.0 / (1.0 + information * level_sd_prior**2),
        _overdue(past),
        models,
        sourced,
        mandatory,
        shares,
    )


def hidden_after(spells: pd.DataFrame, as_of: date) -> pd.DataFrame:
    """What was known before the day: later exits blank, their causes too; later starts gone."""
    day = pd.Timestamp(as_of)
    known = spells.loc[(spells["start_date"] <= day).to_numpy()].copy()
    later = ~(known["exit_date"] < day).to_numpy()
    known["exit_date"] = known["exit_date"].mask(later)
    if "cause" in known:
        known["cause"] = known["cause"].mask(later)
    return known


def _causes(past: PastYears) -> tuple[str, ...]:
    count = np.bincount(
        past.left[past.left >= 0], past.count[past.left >= 0], minlength=len(past.causes)
    )
    return tuple(past.causes[at] for at in np.argsort(-count, kind="stable"))


def _recency(past: PastYears, half_life: float) -> Numbers:
    back = len(past.starts) - 1 - past.year
    return past.count * past.exposure * 0.5 ** (back / half_life)


def _fitted(
    past: PastYears, prior: Prior, causes: Sequence[str], weight: Numbers, without: str = ""
) -> dict[str, CauseModel]:
    index = {name: at for at, name in enumerate(past.causes)}
    if not len(past.left):
        return {cause: _untaught() for cause in causes}
    used = weight > 1e-4 * past.count
    scale = scale_for(past.traits.age[used], past.traits.service[used])
    models = {}
    for cause in causes:
        here = past.left == index.get(cause, -9)
        rows = used & (here | (past.left < 0))
        who = subset(past.traits, rows)
        models[cause] = fitted_cause(
            who,
            here[rows],
            weight[rows],
            prior_logit(prior.rate(cause, who)),
            prior.level_sd(who, cause),
            scale,
            without,
        )
    return models


def _untaught() -> CauseModel:
    """Prior rates and nothing else."""
    age, service = np.array([20, 60]), np.array([0, 40])
    nobody = Traits(age, service, np.zeros(2), {})
    zero = np.zeros(2)
    return fitted_cause(
        nobody, zero.astype(bool), zero + 1e-12, zero, VAGUE_LOG_SD, scale_for(age, service)
    )


def _by_year(
    past: PastYears, models: Mapping[str, CauseModel], prior: Prior
) -> tuple[Numbers, Numbers]:
    """Early exits seen, and expected with the fitted hazards, by past year (eq. 77)."""
    size = len(past.starts)
    if not len(past.left):
        return np.zeros(size), np.zeros(size)
    chance = np.sum(list(_together(models, past.traits, prior).values()), axis=0)
    chance *= past.exposure * past.count
    expected = np.bincount(past.year, chance, minlength=size)
    observed = np.bincount(past.year, past.count * (past.left >= 0), minlength=size)
    return observed.astype(np.float64), expected.astype(np.float64)


def _half_life(past: PastYears, prior: Prior) -> float:
    """The half-life that would have told best who left, in the last years of the past (eq. 76)."""
    size = len(past.starts)
    exits = np.bincount(past.year, past.count * (past.left >= 0), minlength=size)
    judged = [
        year
        for year in range(max(_LEAST_LEARNT_YEARS, size - _JUDGED_YEARS), size)
        if exits[:year].sum() >= _LEAST_JUDGED_EXITS
    ]
    if not judged:
        return float("inf")
    scores = dict.fromkeys(HALF_LIVES, 0.0)
    anyway = past.left >= 0
    for year in judged:
        before, during = past.year < year, past.year == year
        # All causes at once: the question is how fast the past grows old, not of what.
        who, now = subset(past.traits, before), subset(past.traits, during)
        rates = [prior_logit(prior.total(each)) for each in (who, now)]
        for half_life in HALF_LIVES:
            weight = past.count[before] * 0.5 ** ((year - 1 - past.year[before]) / half_life)
            model = fitted_cause(who, anyway[before], weight, rates[0], VAGUE_LOG_SD, rounds=3)
            chance = 1 / (1 + np.exp(-model.logit(now, rates[1])))
            left, count = anyway[during], past.count[during]
            # The level of the year is another question; who left is this one.
            chance *= max(count @ left, 0.5) / (count @ chance)
            chance = np.clip(chance, 1e-6, 1 - 1e-6)
            scores[half_life] += float(count @ np.log(np.where(left, chance, 1 - chance)))
    # A tie goes to the longer memory.
    return max(HALF_LIVES, key=lambda each: (round(scores[each], 1), each))


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


# ---- forecast ------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class ExitForecast:
    """Leavers of the coming years.

    ``years``: ``year, expected, p10, p50, p90`` (exits in those twelve months of people in service
    on the day; expected a mean, the others whole people). ``people``: ``person_id, year,
    probability`` (of leaving in that year, seen from the day). ``by_cause``: ``year, cause,
    expected``.
    """

    years: pd.DataFrame
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
    leaving = staying * total
    return ExitForecast(
        pd.DataFrame({"year": names, "expected": leaving.sum(axis=0), **bands}),
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


def in_service_on(spells: pd.DataFrame, as_of: date) -> pd.DataFrame:
    """Spells that run on the day: begun by then, and not ended before it."""
    day = pd.Timestamp(as_of)
    runs = (spells["start_date"] <= day) & ~(spells["exit_date"] < day)
    return spells.loc[runs.to_numpy()]


def year_names(as_of: date, years: int) -> list[int]:
    """The calendar year most of each twelve months lies in."""
    first = as_of.year if (as_of.month, as_of.day) <= (7, 1) else as_of.year + 1
    return list(range(first, first + years))


def _bands(total: Numbers, by_law: Numbers, effect: YearEffect) -> dict[str, Whole]:
    """P10, P50 and P90 of the leavers of each year, exact given the hazards (eq. 82)."""
    if not len(total):
        return {name: np.zeros(total.shape[1], np.int64) for name in ("p10", "p50", "p90")}
    certain = total >= 1.0 - 1e-12
    moved = np.where(certain, 1.0, np.clip(total - by_law, 0.0, 1.0))
    laws = leaver_distribution(moved, None, effect, fixed=np.where(certain, 0.0, by_law))
    return {f"p{share}": laws.quantile(share / 100)[0] for share in (10, 50, 90)}
