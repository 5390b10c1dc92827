"""What the page on regrouping reads and asks: schools, pupils, the plan solved by a worker.

A plan is on screen as soon as the solver has one and is replaced by better ones until it is
proven. The same question is solved once for all visitors of an edition.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Hashable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache
from typing import Any, Generic, TypeVar

import numpy as np
import pandas as pd
import streamlit as st

from analytics import regrouping_years
from analytics.enrolment import Levers
from analytics.regrouping import Limits, Prepared, RegroupingPlan, prepared, regrouping_plan
from analytics.regrouping_candidates import CandidateRules, candidates, without_bos
from analytics.regrouping_distance import located
from analytics.regrouping_outcome import Outcome, outcome, saved_by_year, teachers_freed
from analytics.regrouping_programme import Prices
from analytics.regrouping_tradeoff import TradeOff, trade_off
from analytics.regrouping_years import Pace, Years
from analytics.teachers import evenly_by_grade
from pages.shared import load, load_schools, maps, school_view, teacher_view
from pages.shared.load_schools import PUBLIC, SchoolKey
from pages.shared.school_view import TOTAL
from pages.shared.words import t

Result = TypeVar("Result")

# Seconds for one plan, and for one point of the curve.
PLAN_SECONDS, POINT_SECONDS = 60.0, 10.0
# How long a first drawing waits for the proof before it shows the plan found so far.
_PATIENCE_SECONDS, _MOST_PATIENCE_SECONDS = 1.0, 120.0
_KEPT = 24
_WATCH_SECONDS = 0.05
SHARED_POINT = "coordinate_shared"


@dataclass(frozen=True)
class Question:
    """All that a plan depends on.

    ``is_ahead``: pupils of ``horizon_years`` after the last school year instead of those of today.
    ``yard_by_point``: schools that share a point stand in one yard, 0 km apart.
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
    yard_by_point: bool = False

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
    history = load_schools.history_of(key)
    level = load_schools.schools_of(key).set_index("npsn")["level"]
    rows = history.rename(columns={"school_id": "npsn", "pupils": "pupil_count"})
    rows = rows.assign(level=rows["npsn"].map(level))
    is_total = rows["grade"].astype("str") == TOTAL
    graded = rows.loc[~is_total].assign(grade=lambda one: one["grade"].astype("int64"))
    totals = rows.loc[is_total, ["npsn", "school_year", "level", "pupil_count"]]
    columns = ["npsn", "school_year", "grade", "pupil_count", "level"]
    if totals.empty:
        return graded[columns].reset_index(drop=True)
    spread = evenly_by_grade(totals)
    return pd.concat([graded[columns], spread[columns]], ignore_index=True)


@lru_cache(maxsize=8)
def spread_schools(key: SchoolKey) -> frozenset[str]:
    """Schools whose pupils of the last year are a total, spread evenly over the grades."""
    history = load_schools.history_of(key)
    last = history.loc[history["school_year"] == history["school_year"].max()]
    return frozenset(last.loc[last["grade"].astype("str") == TOTAL, "school_id"].astype("str"))


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
    names = asked["name"].astype("str").str.upper()
    # A name is all there is to tell: schools under one roof with an SMP call themselves so.
    asked = asked.assign(is_integrated=names.str.contains(r"\bSATAP\b|\bSATU ATAP\b", regex=True))
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


def _yards(schools: pd.DataFrame) -> pd.DataFrame | None:
    """Roads of 0 km between schools that share one point."""
    shared = schools.loc[(located(schools)["code"] == SHARED_POINT).to_numpy()]
    place = list(zip(shared["latitude"].round(6), shared["longitude"].round(6), strict=True))
    rows = [
        (one, other, 0.0)
        for i, one in enumerate(shared["npsn"])
        for j, other in enumerate(shared["npsn"])
        if i < j and place[i] == place[j]
    ]
    return pd.DataFrame(rows, columns=["from", "into", "km"]) if rows else None


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
        _yards(schools) if question.yard_by_point else None,
    ), rows


# --- work beside the screen ---


class StoppedError(Exception):
    """Nobody waits for this work any more."""


@dataclass(eq=False)
class Work(Generic[Result]):
    """A solve under way: the best answer so far, how far it is, whether it was stopped."""

    began: float = field(default_factory=time.monotonic)
    latest: Result | None = None
    version: int = 0
    share: float = 0.0
    is_done: bool = False
    error: Exception | None = None
    visitors: int = 0
    stop: threading.Event = field(default_factory=threading.Event)

    def keep(self, answer: Result) -> None:
        """Show this answer from now on.

        Raises
        ------
        StoppedError
            Nobody waits any more; the work ends there.
        """
        self.latest = answer
        self.version += 1
        self.reached(self.share)

    def reached(self, share: float) -> None:
        """Note how far the work is, 0 to 1; ends it where nobody waits (``StoppedError``)."""
        self.share = share
        if self.stop.is_set():
            raise StoppedError


class _Desk:
    """The workers of this server and what they have solved."""

    def __init__(self) -> None:
        self.workers = ThreadPoolExecutor(max_workers=2, thread_name_prefix="estafet-regrouping")
        self.lock = threading.Lock()
        self.work: dict[Hashable, Work[Any]] = {}


_DESK = _Desk()


def _work(key: Hashable, solve: Callable[[Work[Result]], Result]) -> Work[Result]:
    """The work behind a key, begun where nobody asked for it before or where it was dropped."""
    with _DESK.lock:
        held = _DESK.work.pop(key, None)
        if held is None or held.error is not None:
            held = Work()
            _DESK.workers.submit(_run, held, solve)
        _DESK.work[key] = held
        while len(_DESK.work) > _KEPT:
            _DESK.work.pop(next(iter(_DESK.work)))
    return held


def _run(work: Work[Result], solve: Callable[[Work[Result]], Result]) -> None:
    try:
        if not work.stop.is_set():
            work.latest = solve(work)
    except StoppedError:
        pass
    except Exception as error:
        work.error = error
    work.is_done = True
    work.version += 1


def _followed(name: str, work: Work[Any]) -> None:
    """Let this visitor wait for ``work``, and for the one before no longer."""
    held = st.session_state.get(name)
    if held is work:
        return
    if held is not None:
        held.visitors -= 1
        if held.visitors <= 0 and not held.is_done:
            _drop(held)
    work.visitors += 1
    st.session_state[name] = work


def _drop(work: Work[Any]) -> None:
    """End a work nobody waits for; asked again it begins anew."""
    work.stop.set()
    with _DESK.lock:
        for key in [key for key, held in _DESK.work.items() if held is work]:
            del _DESK.work[key]


def stop() -> None:
    """Keep the plan in hand and look no further (a callback)."""
    held = st.session_state.get("_rencana")
    if held is not None:
        held.stop.set()


def again() -> None:
    """Go on with a plan that was stopped (a callback)."""
    held = st.session_state.get("_rencana")
    if held is not None:
        _drop(held)


def plan_work(question: Question) -> Work[RegroupingPlan]:
    """The solve of a question; waits until there is a plan to show, in words.

    Raises
    ------
    Whatever the solve raised.
    """
    told, _ = asked(question)
    work = _work(
        ("plan", question),
        lambda own: regrouping_plan(told, seconds=PLAN_SECONDS, told=own.keep),
    )
    _followed("_rencana", work)
    place = st.empty()
    while not work.is_done:
        waited = time.monotonic() - work.began
        if work.latest is not None and waited > _PATIENCE_SECONDS:
            break
        if waited > _MOST_PATIENCE_SECONDS:
            raise TimeoutError("the solver gave no first plan")
        place.info(t("Mencari rencana pertama"), icon=":material/hourglass_top:")
        time.sleep(_WATCH_SECONDS)
    place.empty()
    if work.error is not None:
        raise work.error
    return work


def curve_work(question: Question) -> Work[TradeOff]:
    """The curve of solved plans along the price of a pupil-kilometre."""
    told, _ = asked(question)
    work = _work(
        ("curve", question),
        lambda own: trade_off(told, seconds=POINT_SECONDS, told=own.reached),
    )
    _followed("_kurva", work)
    while not work.is_done and time.monotonic() - work.began < _PATIENCE_SECONDS:
        time.sleep(_WATCH_SECONDS)
    return work


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
