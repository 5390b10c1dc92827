"""What pages read: the current edition, the law in force, the people with their dates.

Every cache is keyed by (edition number and hash, rule version, law choice, mapped titles), never by
a frame. The frames are shared between visitors: read them, never change them.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd
import streamlit as st

from analytics import rules, store
from analytics.retirement import retirements
from analytics.rules import LawChoice, RuleBook
from analytics.state import State
from analytics.state import opened as opened_state
from analytics.store import Edition
from pages.shared import inputs


@st.cache_resource
def _state(folder: Path) -> State:
    return opened_state(folder)


def state() -> State:
    """What people decided; one per server."""
    return _state(store.data_folder())


def rulebook() -> RuleBook:
    """The law as data."""
    return rules.load()


@st.cache_resource(max_entries=50)
def _edition(folder: Path, number: int) -> Edition:
    return store.edition(folder, number)


def edition() -> Edition | None:
    """The edition that is current; None while nothing was ever loaded."""
    number = state().current_edition()
    return None if number is None else _edition(store.data_folder(), number)


def as_of() -> date:
    """The day the current edition describes."""
    held = edition()
    return date.today() if held is None else held.as_of


def law_choice() -> LawChoice:
    """The readings in force, with the proposal of this visitor's link on top."""
    proposed = inputs.proposal()
    in_force = state().law_choice()
    if proposed == "none":
        return in_force
    year = as_of().year + 1
    starts = inputs.linked_year("usul_mulai", year, year, year + 10)
    return inputs.with_proposal(in_force, proposed, date(starts, 1, 1))


@st.cache_resource(max_entries=8, show_spinner=False)
def _people(
    folder: Path,
    number: int,
    sha256: str,  # noqa: ARG001 (the edition's content is part of the key)
    rule_version: str,  # noqa: ARG001 (so is the rule base)
    choice: LawChoice,
    titles: tuple[tuple[str, tuple[str, str]], ...],
) -> pd.DataFrame:
    held = store.edition(folder, number)
    with store.opened(held.path) as connection:
        people = store.ask(connection, "people")
    return retirements(people, rulebook(), held.as_of, choice, dict(titles))


def people() -> pd.DataFrame:
    """One row per person of the current edition, with role, retirement date and its rule.

    Shared by all visitors: take copies with ``.loc`` or ``.assign``, never write into it.
    """
    return people_under(law_choice())


def people_under(choice: LawChoice) -> pd.DataFrame:
    """As ``people``, under another reading of the law."""
    held = edition()
    if held is None:
        raise LookupError("no edition is loaded; call layout.needs_data() first")
    titles = tuple(sorted(state().local_titles().items()))
    return _people(
        store.data_folder(), held.number, held.sha256, rulebook().version, choice, titles
    )


@st.cache_data(max_entries=64, show_spinner=False)
def _asked(
    folder: Path,
    number: int,
    sha256: str,  # noqa: ARG001 (part of the key)
    question: str,
    parameters: tuple[tuple[str, object], ...],
) -> pd.DataFrame:
    with store.opened(store.edition(folder, number).path) as connection:
        return store.ask(connection, question, **dict(parameters))


def ask(question: str, **parameters: object) -> pd.DataFrame:
    """The answer to ``data/queries/<question>.sql`` on the current edition; a copy per caller."""
    held = edition()
    if held is None:
        raise LookupError("no edition is loaded; call layout.needs_data() first")
    return _asked(
        store.data_folder(), held.number, held.sha256, question, tuple(sorted(parameters.items()))
    )
