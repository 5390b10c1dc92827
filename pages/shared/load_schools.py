"""What the pages on schools read: pupils, schools, births, teachers, and the forecast of them.

The forecast is learnt once for each edition, by a worker of the server and never by the screen; a
lever then moves it in milliseconds. Frames are shared by all visitors: read, never written into.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Hashable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import closing
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path
from typing import Any, TypeVar, cast

import numpy as np
import pandas as pd
import streamlit as st

from analytics import enrolment, enrolment_stored, store, store_tables
from analytics.enrolment_learning import Outlook, Progress
from analytics.regrouping_schools import latest_schools
from analytics.store import StoreError
from analytics.teachers import SchoolFacts
from analytics.teachers_religion import religion_shares
from pages.shared import load
from pages.shared.words import percent, tn

Result = TypeVar("Result")

HORIZON_YEARS = 10
PUBLIC, PRIVATE = "negeri", "swasta"
_ENROLMENT = {"npsn": "str", "school_year": "int64", "grade": "int64", "pupil_count": "float64"}
_BIRTHS = {"area": "str", "year": "int64", "birth_count": "float64", "is_reported": "bool"}
_PROFILE = (
    *("npsn", "name", "level", "status", "kecamatan", "village", "latitude", "longitude"),
    *("rombel_count", "classroom_count", "teacher_count", "pupil_count", "school_year"),
    *("room_good_count", "room_light_count", "room_moderate_count", "room_heavy_count"),
    *("is_remote", "is_special", "is_integrated"),
)
_KEPT_RESULTS = 12
_WATCH_SECONDS = 0.1


@dataclass(frozen=True)
class SchoolKey:
    """The edition and the rules; all that the forecast of schools depends on beside the levers."""

    path: Path
    sha256: str
    rule_version: str


def school_key() -> SchoolKey:
    """The key of the edition in force."""
    held = load._present()
    return SchoolKey(held.path, held.sha256, load.rulebook().version)


def answered(key: SchoolKey, question: str, **parameters: object) -> pd.DataFrame | None:
    """An answer of the edition; None where it was made before there was such a table."""
    with closing(store.opened(key.path)) as connection:
        try:
            return store.ask(connection, question, **parameters)
        except StoreError as error:
            if "Catalog Error" in str(error) or "does not exist" in str(error):
                return None
            raise


@lru_cache(maxsize=8)
def enrolment_of(key: SchoolKey) -> pd.DataFrame:
    """Pupils by ``npsn``, ``school_year``, ``grade``: ``pupil_count``; empty where none are known.

    Schools that report totals only stand in ``profiles_of``.
    """
    asked = answered(key, "enrolment", school_year=None)
    if asked is None:
        return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in _ENROLMENT.items()})
    known = asked.dropna(subset=["npsn", "school_year", "grade", "pupil_count"])
    return known.astype(_ENROLMENT)


@lru_cache(maxsize=8)
def profiles_of(key: SchoolKey) -> pd.DataFrame:
    """School profiles, one row per ``npsn`` and ``school_year``."""
    with closing(store.opened(key.path)) as connection:
        return store_tables.school_profiles(connection)


def _rombel_count(key: SchoolKey, latest: pd.DataFrame) -> pd.Series:
    """Rombel as the profile tells them, else as the last list of classes does."""
    told = latest.reindex(columns=["rombel_count"])["rombel_count"]
    listed = answered(key, "rombels", school_year=None)
    if listed is None or listed.empty:
        return told
    last = listed["school_year"] == listed.groupby("npsn")["school_year"].transform("max")
    counted = listed.loc[last].groupby("npsn")["rombel_count"].sum()
    return told.astype("Float64").fillna(latest["npsn"].map(counted).astype("Float64"))


@lru_cache(maxsize=8)
def facts_of(key: SchoolKey) -> SchoolFacts | None:
    """What is known of single schools beside their pupils: shares by religion; None: nothing."""
    counts = answered(key, "pupil_religions", school_year=None)
    if counts is None or counts.empty:
        return None
    return SchoolFacts(religions=religion_shares(counts.astype({"npsn": "str"})))


@lru_cache(maxsize=8)
def births_of(key: SchoolKey) -> pd.DataFrame:
    """Births by ``area`` and ``year``, what was not reported left blank."""
    asked = answered(key, "births")
    if asked is None or asked.empty:
        return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in _BIRTHS.items()})
    births = asked.astype({"area": "str", "year": "int64", "birth_count": "float64"})
    reported = births["is_reported"].fillna(True).astype(bool)
    return births.assign(birth_count=births["birth_count"].where(reported))


@lru_cache(maxsize=8)
def schools_of(key: SchoolKey) -> pd.DataFrame:
    """Schools as last seen, one row each.

    Returns
    -------
    ``npsn``, ``name``, ``level``, ``status`` (``negeri`` where it is not told), ``kecamatan`` (''
    where it is not told), ``latitude``, ``longitude``, ``rombel_count``, ``classroom_count``,
    ``teacher_count``, ``pupil_count``, ``school_year`` of that profile, classrooms by condition
    and ``is_remote``, ``is_special``, ``is_integrated`` (NA where not told); ordered by name.
    """
    latest = latest_schools(profiles_of(key), enrolment_of(key))
    latest = latest.assign(rombel_count=_rombel_count(key, latest))
    return latest.reindex(columns=list(_PROFILE))


@lru_cache(maxsize=8)
def history_of(key: SchoolKey) -> pd.DataFrame:
    """Every pupil count of the edition in the model's own names, one row per cell.

    Returns
    -------
    ``school_id``, ``school_year``, ``grade`` (``total`` in a year without grades),
    ``pupils``, ``district`` (kecamatan), ``level``.
    """
    return enrolment_stored.stored_history(profiles_of(key), enrolment_of(key))


def is_learnt(key: SchoolKey) -> bool:
    """Whether the forecast of every school stands ready."""
    job = _DESK.work.get(("forecast", key))
    return job is not None and job.done() and job.exception() is None


def births_for_model(key: SchoolKey) -> pd.DataFrame | None:
    """Births in the model's own names; None where the edition has none."""
    held = load.edition()
    name = "" if held is None else held.government_name
    return enrolment_stored.stored_births(births_of(key), name)


# --- work beside the screen ---


class Desk:
    """Workers for one kind of work, and the last results they gave.

    ``in_queue``: what is told to whoever waits until the workers have done other work; '' where
    that is not told apart.
    """

    def __init__(
        self,
        name: str,
        workers: int = 1,
        kept: int = _KEPT_RESULTS,
        in_queue: Callable[[], str] = str,
    ) -> None:
        self.in_queue = in_queue
        self.worker = ThreadPoolExecutor(workers, thread_name_prefix=f"estafet-{name}")
        self.kept = kept
        self.lock = threading.Lock()
        self.work: dict[Hashable, Future[Any]] = {}
        self.done_share: dict[Hashable, float] = {}
        self.waiting: Counter[Hashable] = Counter()


_DESK = Desk("forecast")


def _started(key: Hashable, work: Callable[[], Result], desk: Desk = _DESK) -> Future[Result]:
    """The work behind a key; begun when nobody asked for it before, or when it failed."""
    with desk.lock:
        desk.waiting[key] += 1
        held = desk.work.get(key)
        if held is None or (held.done() and held.exception() is not None):
            held = desk.worker.submit(work)
        desk.work.pop(key, None)
        desk.work[key] = held
        # What nobody asked for lately goes first.
        while len(desk.work) > desk.kept:
            oldest = next(iter(desk.work))
            desk.work.pop(oldest)
            desk.done_share.pop(oldest, None)
    return cast("Future[Result]", held)


def _left(key: Hashable, job: Future[Any], desk: Desk = _DESK) -> None:
    """A visitor waits no longer; work that has not begun and nobody waits for is dropped.

    Each step of a slider asks for its own work, and only the last is still wanted.
    """
    with desk.lock:
        desk.waiting[key] -= 1
        if desk.waiting[key] > 0:
            return
        del desk.waiting[key]
        if job.cancel() and desk.work.get(key) is job:
            del desk.work[key]


def is_known(key: Hashable) -> bool:
    """Whether the work behind a key is done or under way."""
    return key in _DESK.work


def share_done(key: Hashable) -> Progress:
    """Whom to tell the share of the work behind a key that is done, 0 to 1; visitors see it."""
    return partial(_DESK.done_share.__setitem__, key)


def waited_for(
    key: Hashable,
    work: Callable[[], Result],
    told: str,
    *,
    desk: Desk = _DESK,
    quiet_seconds: float = 0.0,
) -> Result:
    """The result of ``work``, done once for all visitors by a worker; words while it runs.

    Parameters
    ----------
    told
        What is said; '' where no visitor waits, and nothing is drawn.
    desk
        Whose workers do it.
    quiet_seconds
        How long nothing is said: words that flash by for an instant only disturb.

    Raises
    ------
    Whatever the work raised.
    """
    job = _started(key, work, desk)
    try:
        if not told:
            return job.result()
        if not job.done() and quiet_seconds:
            wait([job], quiet_seconds)
        if not job.done():
            place, began, drawn = st.empty(), time.monotonic(), ""
            while not job.done():
                waited = tn("{n} detik", int(time.monotonic() - began))
                share = desk.done_share.get(key)
                said = told if job.running() or share is not None else desk.in_queue() or told
                of_it = waited if share is None else f"{percent(share, 0)}, {waited}"
                # Each drawing has the browser go over the page: only where the words are others.
                if (shown := f"{said} ({of_it})") != drawn:
                    drawn = shown
                    if share is None:
                        place.info(shown, icon=":material/hourglass_top:")
                    else:
                        place.progress(min(share, 1.0), shown)
                # Looked up every time: only so does Streamlit notice that a visitor has left.
                st.session_state.get("lang")
                wait([job], _WATCH_SECONDS)
            place.empty()
        return job.result()
    finally:
        _left(key, job, desk)


def learnt(key: SchoolKey, told: str) -> Outlook:
    """The forecast of every school to the furthest year, everything as today.

    The command ``enrolment forecast`` gives the same numbers for the same edition.
    """
    # Read here and not by the worker, who knows nothing of editions and visitors.
    history, births = history_of(key), births_for_model(key)

    name = ("forecast", key)

    def learn() -> Outlook:
        return enrolment.enrolment_forecast(
            history, births, years=HORIZON_YEARS, progress=share_done(name)
        ).arrays

    return waited_for(name, learn, told)


@lru_cache(maxsize=8)
def _newcomers(key: SchoolKey) -> pd.DataFrame:
    """Last year's pupils of the entry grades I, VII and X, with their school's level and status."""
    pupils = enrolment_of(key)
    is_last = pupils["school_year"] == pupils["school_year"].max()
    entered = pupils.loc[is_last & pupils["grade"].isin((1, 7, 10))]
    return entered.merge(schools_of(key)[["npsn", "level", "status"]], on="npsn")


def _private_share(newcomers: pd.DataFrame) -> float:
    total = newcomers["pupil_count"].sum()
    private = newcomers.loc[newcomers["status"] == PRIVATE, "pupil_count"].sum()
    return float(np.clip(private / total, 0.0, 0.95)) if total else 0.0


def private_share_today(key: SchoolKey) -> float:
    """Share of last year's newcomers who entered the listed private schools."""
    return _private_share(_newcomers(key))


def private_shares(key: SchoolKey) -> dict[str, float]:
    """The same by level; only levels with both kinds of schools."""
    shares = {str(level): _private_share(rows) for level, rows in _newcomers(key).groupby("level")}
    return {level: share for level, share in shares.items() if share > 0}
