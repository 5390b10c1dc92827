"""What the pages on exits read: who left, why, since when that is known, and what to expect.

Caches are keyed by (edition, law, what was said of exits), never by a frame; frames are shared
between visitors: read them, never change them. The model is learnt once for each key, by the
worker of the forecasts and never by the screen.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from pathlib import Path

import numpy as np
import pandas as pd
import streamlit as st
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from analytics import exit_history, exits, exits_backtest, exits_stored, store, store_tables
from analytics.apart import done_apart
from analytics.exit_causes import MPP
from analytics.exits import ExitModel
from analytics.exits_backtest import Judged
from analytics.movement import Law
from pages.shared import load, load_schools
from pages.shared.words import language

_EXPLAINING = "exits_explaining"
HORIZON_YEARS = 10
JUDGED_YEARS = 5
_FEWEST_LEARNT_YEARS = 2
_MOST_CUTOFFS = 5


@st.cache_resource(max_entries=8, show_spinner=False)
def _history(
    path: Path,
    sha256: str,  # noqa: ARG001 (the content is part of the key)
    version: int,  # noqa: ARG001 (what was said is part of the key)
) -> pd.DataFrame:
    with closing(store.opened(path)) as connection:
        exits = store_tables.exits(connection)
    decisions = load.state()
    return exit_history.history(exits, decisions.exit_reasons(), decisions.exit_classifications())


def history() -> pd.DataFrame:
    """Exits of the current edition with what the planner said (``exit_history.history``)."""
    held = load.edition()
    if held is None:
        return exit_history.history(exit_history.no_exits())
    return _history(held.path, held.sha256, load.state().exits_version())


def still_here_count(key: ExitKey) -> int:
    """How many people of whom a list tells that they left stand on the roster: in service."""
    people = load.people_of(key.in_force)
    here = people.loc[people["is_in_headcount"].astype(bool), "nip"]
    told = history()
    left = told["cause"].ne(MPP) & told["exited_on"].le(pd.Timestamp(key.people.as_of))
    return int(told.loc[left & told["nip"].isin(here), "nip"].nunique())


def unexplained_count() -> int:
    """How many exits of the current edition wait for a cause."""
    held = load.edition()
    if held is None:
        return 0
    return _unexplained_count(held.path, held.sha256, load.state().exits_version())


@lru_cache(maxsize=8)
def _unexplained_count(path: Path, sha256: str, version: int) -> int:
    return len(exit_history.unexplained(_history(path, sha256, version)))


@lru_cache(maxsize=8)
def _guessed_from(path: Path, sha256: str, version: int, day: date) -> date | None:
    return exit_history.complete_from(_history(path, sha256, version), day)


def complete_from() -> tuple[date | None, bool]:
    """Since when the exits are complete, and whether somebody said so (else it is a guess)."""
    stated = load.state().setting(exit_history.COMPLETE_FROM)
    if stated:
        return date.fromisoformat(stated), True
    held = load.edition()
    if held is None:
        return None, False
    version = load.state().exits_version()
    return _guessed_from(held.path, held.sha256, version, held.as_of), False


@dataclass(frozen=True)
class ExitKey:
    """All that the exit model depends on: people and law, what was said of exits, since when.

    ``people`` are those of the view, whose link may propose another law; ``in_force`` the same
    under the law as it is, from which the past is learnt. ``since`` is None where no exit is known:
    then there are only the usual rates.
    """

    people: load.PeopleKey
    in_force: load.PeopleKey
    exits_version: int
    since: date | None


def exit_key(*, is_explaining: bool = False) -> ExitKey:
    """The key of the current edition under the law of this view.

    While ``is_explaining`` the key stays what it was when that began, or every cause that somebody
    gives would have the model learnt anew.
    """
    held = st.session_state.get(_EXPLAINING) if is_explaining else None
    version, since = held or (load.state().exits_version(), complete_from()[0])
    if is_explaining:
        st.session_state[_EXPLAINING] = (version, since)
    else:
        st.session_state.pop(_EXPLAINING, None)
    in_force = load.people_key(load.law_in_force())
    return ExitKey(load.people_key(), in_force, version, since)


@lru_cache(maxsize=4)
def spells_of(key: ExitKey) -> pd.DataFrame:
    """Spells of service since ``key.since``; of those in service only where no exit is known."""
    held = key.in_force
    law = Law(load.rulebook(), held.as_of, held.choice, load.state().local_titles())
    told = history() if key.since else exit_history.history(exit_history.no_exits())
    since = key.since or held.as_of
    return exit_history.spells(load.people_of(held), told, since, law)


@lru_cache(maxsize=4)
def past_of(key: ExitKey) -> pd.DataFrame:
    """Exits from ``key.since`` to the day of the edition, with what describes the people.

    Returns
    -------
    One row per exit, those to MPP left out: ``exited_on``, ``year``, ``cause``, ``employment``,
    ``is_in_headcount`` (True).
    """
    told = history()
    is_seen = told["cause"].ne(MPP) & told["exited_on"].le(pd.Timestamp(key.people.as_of))
    if key.since:
        is_seen &= told["exited_on"].ge(pd.Timestamp(key.since))
    spells = spells_of(key).set_index("person_id")
    seen = told.loc[is_seen, ["nip", "exited_on", "cause", "employment"]]
    # Whoever is in service again, or is listed twice, left once at most.
    seen = seen.loc[seen["nip"].isin(spells.index[spells["exit_date"].notna()])]
    seen = seen.sort_values("exited_on").drop_duplicates("nip", keep="last")
    known = seen["nip"].map(spells["employment"])
    return seen.assign(
        year=seen["exited_on"].dt.year,
        employment=known.fillna(seen["employment"]),
        is_in_headcount=True,
    ).drop(columns="nip")


@dataclass(frozen=True, eq=False)
class Learnt:
    """The exit model of an edition; frames and arrays are never to be changed.

    ``people``: those in headcount, with role and retirement date. ``hazards``: cause -> chance of
    leaving ``(person, year)`` in their order, twelve months each from the day of the edition.
    """

    model: ExitModel
    people: pd.DataFrame
    hazards: Mapping[str, NDArray[np.float64]]


def model_of(key: ExitKey, told: str) -> ExitModel:
    """The exit model, learnt by a worker; words on the screen while it does."""
    # Read here and not by the worker, who knows nothing of editions and visitors.
    spells, rates = spells_of(key), load.rulebook().exit_rates
    day = key.in_force.as_of

    def learn() -> ExitModel:
        folder, since = store.data_folder(), key.since or day
        name = exits_stored.digest(spells, since, day, rates)
        kept = exits_stored.read(folder, name, rates)
        if kept is not None:
            return kept
        # Seconds of work: in this process it would hold up every other visitor's screen.
        found = done_apart(exits.exit_model, spells, since, day, rates)
        exits_stored.write(found, folder, name)
        return found

    return load_schools.waited_for(_past_name(key), learn, told)


def learnt(key: ExitKey, told: str) -> Learnt:
    """The exit model with everybody's hazards under the law of the view; as ``model_of``."""
    model = model_of(key, told)
    spells, day = spells_of(key), key.in_force.as_of
    everyone = load.people_of(key.people)
    name = ("hazards", key)
    return load_schools.waited_for(name, lambda: _applied(model, spells, everyone, day), told)


def _past_name(key: ExitKey) -> tuple[str, load.PeopleKey, int, date | None]:
    """What the past depends on: never on a proposal of the link."""
    return ("exits", key.in_force, key.exits_version, key.since)


def is_learnt(key: ExitKey) -> bool:
    """Whether the model stands ready, or is being learnt."""
    return load_schools.is_known(_past_name(key))


def _applied(model: ExitModel, spells: pd.DataFrame, everyone: pd.DataFrame, day: date) -> Learnt:
    here = exits.in_service_on(spells, day).set_index("person_id")
    people = everyone.loc[everyone["is_in_headcount"].astype(bool)].drop_duplicates("nip")
    people = people.loc[people["nip"].isin(here.index)].reset_index(drop=True)
    # The past was learnt under the law in force; dates ahead are those of the view.
    in_order = here.loc[people["nip"]].reset_index()
    in_order["retires_on"] = people["retires_on"].astype(in_order["retires_on"].dtype)
    with threadpool_limits(limits=1):
        return Learnt(model, people, model.hazards(in_order, HORIZON_YEARS + 1))


def backtest(key: ExitKey, told: str) -> pd.DataFrame:
    """The exit forecast against past years of this edition (``exits_backtest.exits_backtest``).

    Empty where the history is too short to learn from some of it and judge by the rest.
    """
    cutoffs = _cutoffs(key)
    if not cutoffs:
        return pd.DataFrame(columns=list(exits_backtest.COLUMNS))
    spells, rates = spells_of(key), load.rulebook().exit_rates
    judged = Judged(cutoffs, JUDGED_YEARS, known_until=key.people.as_of, observed_from=key.since)
    name = ("exits backtest", key)

    def judge() -> pd.DataFrame:
        tables = []
        for at, cutoff in enumerate(cutoffs):
            load_schools.share_done(name)(at / len(cutoffs))
            one = replace(judged, cutoffs=(cutoff,))
            with threadpool_limits(limits=1):
                tables.append(exits_backtest.exits_backtest(spells, one, rates))
        return pd.concat(tables, ignore_index=True)

    return load_schools.waited_for(name, judge, told)


def _cutoffs(key: ExitKey) -> tuple[date, ...]:
    """Days a year apart from which the forecast is judged, the latest last."""
    if key.since is None:
        return ()
    until = key.people.as_of
    years = (
        until.year - key.since.year - ((until.month, until.day) < (key.since.month, key.since.day))
    )
    latest = range(years - _FEWEST_LEARNT_YEARS, 0, -1)
    return tuple(_earlier(until, back) for back in list(latest)[-_MOST_CUTOFFS:])


def _earlier(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)


def cause_names() -> dict[str, str]:
    """Causes of leaving as the visitor calls them, in the order of the table."""
    table = load.rulebook().exit_causes
    return dict(zip(table["cause"], table[f"label_{language()}"], strict=True))
