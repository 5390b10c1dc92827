"""What the page on regrouping reads and asks: schools, pupils, the programme of a question."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache

import numpy as np
import pandas as pd

from analytics import regrouping_schools, regrouping_years
from analytics.distances import located
from analytics.enrolment import Levers
from analytics.regrouping import Prepared, RegroupingPlan, prepared
from analytics.regrouping_candidates import CandidateRules, candidates, without_bos
from analytics.regrouping_condition import one_roof
from analytics.regrouping_limits import Limits
from analytics.regrouping_outcome import Outcome, outcome, saved_by_year, teachers_freed
from analytics.regrouping_programme import Prices
from analytics.regrouping_schools import cells_by_grade
from analytics.regrouping_years import Pace, Years
from pages.shared import load, load_schools, maps, regrouping_roads, school_view, teacher_view
from pages.shared.load_schools import PUBLIC, SchoolKey
from pages.shared.words import t

SHARED_POINT = "coordinate_shared"


@dataclass(frozen=True)
class Question:
    """All that a plan depends on.

    ``is_ahead``: pupils of ``horizon_years`` after the last school year instead of those of today.
    ``roads``: the hash of the measured roads, '' for the straight line.
    """

    key: SchoolKey
    as_of: date
    level: str
    kecamatan: tuple[str, ...]
    rules: CandidateRules
    limits: Limits
    prices: Prices
    is_ahead: bool = False
    horizon_years: int = 5
    roads: str = ""

    @property
    def needs_forecast(self) -> bool:
        """Whether the plan asks for pupils to come."""
        return self.is_ahead or self.rules.min_pupils_ahead is not None


# --- facts ---


@lru_cache(maxsize=8)
def cells_of(key: SchoolKey) -> pd.DataFrame:
    """Pupils told so far by ``npsn``, ``school_year``, ``grade``: ``pupil_count``, ``level``.

    Schools that tell totals only have them spread evenly over the grades of their level.
    """
    return cells_by_grade(load_schools.history_of(key), load_schools.schools_of(key))


@lru_cache(maxsize=8)
def spread_schools(key: SchoolKey) -> frozenset[str]:
    """Schools whose pupils of the last year are a total, spread evenly over the grades."""
    return regrouping_schools.spread_schools(load_schools.history_of(key))


def now_year(key: SchoolKey) -> int:
    """The last school year in the data."""
    return int(cells_of(key)["school_year"].max())


def cells_ahead(key: SchoolKey) -> pd.DataFrame:
    """Pupils of public schools from this year on, forecast; waits for the forecast, in words."""
    return school_view.cells_for_need(key, Levers())


@lru_cache(maxsize=32)
def schools_asked(
    key: SchoolKey, level: str, kecamatan: tuple[str, ...]
) -> tuple[pd.DataFrame, int]:
    """Public schools of a level that teach pupils now, by name; how many teach none."""
    schools = load_schools.schools_of(key)
    use = (schools["level"] == level) & (schools["status"] == PUBLIC)
    if kecamatan:
        use &= schools["kecamatan"].isin(kecamatan)
    cells = cells_of(key)
    now = cells.loc[cells["school_year"] == now_year(key)]
    taught = now.groupby("npsn")["pupil_count"].sum()
    teaching = schools["npsn"].map(taught).fillna(0) > 0
    asked = schools.loc[use & teaching].reset_index(drop=True)
    asked = asked.assign(is_integrated=one_roof(asked))
    return asked, int((use & ~teaching).sum())


def found(question: Question) -> pd.DataFrame:
    """Which schools may close and by which rule; see ``regrouping_candidates.candidates``."""
    schools, _ = schools_asked(question.key, question.level, question.kecamatan)
    history = cells_of(question.key)
    history = history.loc[history["npsn"].isin(schools["npsn"])]
    ahead = None
    if question.rules.min_pupils_ahead is not None:
        ahead = now_year(question.key) + question.horizon_years
        later = cells_ahead(question.key)
        later = later.loc[(later["school_year"] == ahead) & later["npsn"].isin(schools["npsn"])]
        history = pd.concat([history, later], ignore_index=True)
    return candidates(schools, history, question.rules, ahead)


@lru_cache(maxsize=32)
def warned_count(question: Question) -> int:
    """Schools of a question that the old BOS rule would have left without: a warning, not law."""
    schools, _ = schools_asked(question.key, question.level, question.kecamatan)
    cells = cells_of(question.key)
    here = cells.loc[cells["npsn"].isin(schools["npsn"])]
    return int(without_bos(here, question.as_of).sum())


def _pupils(question: Question, npsn: pd.Series) -> pd.DataFrame:
    year = now_year(question.key)
    cells = cells_of(question.key)
    if question.is_ahead:
        year += question.horizon_years
        cells = cells_ahead(question.key)
    here = cells.loc[(cells["school_year"] == year) & cells["npsn"].isin(npsn)]
    wide = here.pivot_table(
        index="npsn", columns="grade", values="pupil_count", aggfunc="sum", fill_value=0
    )
    return wide.reindex(npsn).fillna(0).round().astype("int64")


@lru_cache(maxsize=24)
def asked(question: Question) -> tuple[Prepared, pd.DataFrame]:
    """The programme of a question, and who may close by which rule."""
    schools, _ = schools_asked(question.key, question.level, question.kecamatan)
    rows = found(question)
    return prepared(
        schools,
        _pupils(question, schools["npsn"]),
        rows.set_index("npsn")["is_candidate"],
        question.limits,
        question.prices,
        load.rulebook(),
        question.as_of,
        regrouping_roads.roads(question.roads),
    ), rows


def weighed(question: Question, step: float) -> Question:
    """The same question with walking priced ``step`` times as high."""
    usual = question.prices.pupil_km or 1.0
    return replace(question, prices=replace(question.prices, pupil_km=usual * step))


# --- what follows ---


@lru_cache(maxsize=16)
def outcome_of(plan: RegroupingPlan, few: int) -> Outcome:
    """What a plan changes; ``few``: below so many pupils a school counts as left small."""
    return outcome(plan, few)


@lru_cache(maxsize=16)
def freed_of(plan: RegroupingPlan, key: SchoolKey, as_of: date) -> pd.DataFrame:
    """Posts by rule before and after, by receiver and post."""
    return teachers_freed(plan, load.rulebook(), as_of, facts=load_schools.facts_of(key))


@dataclass(frozen=True, eq=False)
class When:
    """A plan laid over years: merges, their calendar, what is saved by year, the heads."""

    years: Years
    calendar: pd.DataFrame
    saved: pd.DataFrame
    in_post: pd.DataFrame


def when_of(question: Question, plan: RegroupingPlan, pace: Pace) -> When:
    """The years of the merges; words on the screen while a worker computes them."""
    ahead = cells_ahead(question.key)
    staff = teacher_view.in_post_of(question.key, load.people_key())
    facts = load_schools.facts_of(question.key)
    book = load.rulebook()

    def laid() -> When:
        years = regrouping_years.spread_over_years(plan, pace, book, ahead, staff, facts=facts)
        steps = regrouping_years.calendar(years.merges, question.as_of)
        return When(years, steps, saved_by_year(plan, years.merges), staff)

    key = ("merge years", plan, pace, load.people_key())
    return load_schools.waited_for(key, laid, t("Menyusun tahun penggabungan"))


def points(plan: RegroupingPlan) -> pd.DataFrame:
    """Where the schools of a plan stand, in km from their middle; blank where not believed.

    Returns
    -------
    ``east_km``, ``north_km``, ``code``, in the order of the plan's schools.
    """
    place = located(plan.prepared.schools)
    shown = place["code"].isin(["", SHARED_POINT])
    own = plan.prepared.schools[["latitude", "longitude"]].where(shown, np.nan)
    return pd.DataFrame({**maps.places_km(own), "code": place["code"]})
