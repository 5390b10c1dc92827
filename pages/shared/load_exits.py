"""What the pages on exits read: who left, why, and since when that is known.

Caches are keyed by (edition, what was said of exits), never by a frame; frames are shared between
visitors: read them, never change them.
"""

from __future__ import annotations

from contextlib import closing
from datetime import date
from pathlib import Path

import pandas as pd
import streamlit as st

from analytics import exit_history, store
from analytics.movement import Law
from pages.shared import load
from pages.shared.words import language

COMPLETE_FROM = "exits_complete_from"


@st.cache_resource(max_entries=8, show_spinner=False)
def _history(
    path: Path,
    sha256: str,  # noqa: ARG001 (the content is part of the key)
    version: int,  # noqa: ARG001 (what was said is part of the key)
) -> pd.DataFrame:
    with closing(store.opened(path)) as connection:
        exits = store.exits(connection)
    decisions = load.state()
    return exit_history.history(exits, decisions.exit_reasons(), decisions.exit_classifications())


def history() -> pd.DataFrame:
    """Exits of the current edition with what the planner said (``exit_history.history``)."""
    held = load.edition()
    if held is None:
        return exit_history.history(exit_history.no_exits())
    return _history(held.path, held.sha256, load.state().exits_version())


def complete_from() -> tuple[date | None, bool]:
    """Since when the exits are complete, and whether somebody said so (else it is a guess)."""
    stated = load.state().setting(COMPLETE_FROM)
    if stated:
        return date.fromisoformat(stated), True
    return exit_history.complete_from(history(), load.as_of()), False


@st.cache_resource(max_entries=4, show_spinner=False)
def _spells(key: load.PeopleKey, version: int, since: date) -> pd.DataFrame:  # noqa: ARG001 (key)
    law = Law(load.rulebook(), key.as_of, key.choice, load.state().local_titles())
    return exit_history.spells(load.people_of(key), history(), since, law)


def spells() -> pd.DataFrame:
    """Spells of service of the current edition since :func:`complete_from`.

    Raises
    ------
    LookupError
        There is no edition, or no exit is known.
    """
    since, _ = complete_from()
    if since is None:
        raise LookupError("no exit is known; look at complete_from() first")
    return _spells(load.people_key(), load.state().exits_version(), since)


def cause_names() -> dict[str, str]:
    """Causes of leaving as the visitor calls them, in the order of the table."""
    table = load.rulebook().exit_causes
    return dict(zip(table["cause"], table[f"label_{language()}"], strict=True))
