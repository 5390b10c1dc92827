"""What pages read: the current edition, the law in force, the people with their dates.

Every cache is keyed by (edition number and hash, rule version, law choice, mapped titles), never by
a frame. The frames are shared between visitors: read them, never change them.
"""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from pathlib import Path

import pandas as pd
import streamlit as st

from analytics import leaving, rules, store, store_tables
from analytics.retirement import retirements
from analytics.rules import LawChoice, RuleBook, RuleError
from analytics.state import State
from analytics.state import opened as opened_state
from analytics.store import Edition
from pages.shared import inputs


# Python's own cache where the key is small: asked ten times a rerun, Streamlit's took 5 ms for it.
@lru_cache(maxsize=8)
def _state(folder: Path) -> State:
    return opened_state(folder)


def state() -> State:
    """What people decided; one per server."""
    return _state(store.data_folder())


def rulebook() -> RuleBook:
    """The law as data."""
    return rules.load()


def edition() -> Edition | None:
    """The edition that is current; None while nothing was ever loaded.

    Raises
    ------
    StoreError
        Its file is missing or damaged; the message says what to do.
    """
    number = state().current_edition()
    return None if number is None else store.edition(store.data_folder(), number)


def as_of() -> date:
    """The day the current edition describes."""
    held = edition()
    return date.today() if held is None else held.as_of


def known_choice(kept: LawChoice) -> LawChoice:
    """What of a kept choice the rules still know: a rule may have been settled or ended since."""
    book = rulebook()
    known = set(zip(book.disputes["dispute_id"], book.disputes["reading"], strict=True))
    choice = LawChoice(readings=tuple(pair for pair in kept.readings if pair in known))
    for age in kept.local_ages:
        wanted = replace(choice, local_ages=(*choice.local_ages, age))
        try:
            book.ages(wanted)
        except RuleError:
            continue
        choice = wanted
    return choice


@lru_cache(maxsize=16)
def _kept_choice(folder: Path, version: int, rule_version: str) -> LawChoice:  # noqa: ARG001 (key)
    return known_choice(state().law_choice())


def law_in_force() -> LawChoice:
    """The readings in force for everybody, without any what-if."""
    return _kept_choice(store.data_folder(), state().law_choice_version(), rulebook().version)


def unsettled_ages() -> dict[tuple[str, str], int]:
    """Role group and jenjang -> retirement age, of rows that nobody has confirmed.

    Under the readings in force, before any local age: those that a local age may replace.
    """
    rows = rulebook().ages(replace(law_in_force(), local_ages=()))
    rows = rows.loc[
        (rows["effective_to"] == rows["effective_to"].max()) & (rows["standing"] != "settled")
    ].sort_values(["role_group", "jenjang"])
    return {
        (str(role_group), str(jenjang)): int(age)
        for role_group, jenjang, age in zip(
            rows["role_group"], rows["jenjang"], rows["age_years"], strict=True
        )
    }


def law_choice() -> LawChoice:
    """The readings in force, with the proposal of this visitor's link on top."""
    proposed = inputs.proposal()
    in_force = law_in_force()
    if proposed == "none":
        return in_force
    year = as_of().year + 1
    starts = inputs.linked_year("usul_mulai", year, year, year + 10)
    return inputs.with_proposal(in_force, proposed, date(starts, 1, 1))


@dataclass(frozen=True)
class PeopleKey:
    """All that the dates of a roster depend on; give it to cached functions instead of a frame."""

    path: Path
    sha256: str
    as_of: date
    rule_version: str
    choice: LawChoice
    titles_version: int


@st.cache_resource(max_entries=8, show_spinner=False)
def people_of(key: PeopleKey) -> pd.DataFrame:
    """The people behind a key; shared by all visitors, never to be written into."""
    with closing(store.opened(key.path)) as connection:
        roster = store_tables.people(connection)
    return retirements(roster, rulebook(), key.as_of, key.choice, state().local_titles())


def people_key(choice: LawChoice | None = None) -> PeopleKey:
    """The key of the current edition under the law of this view, or under another ``choice``."""
    held = _present()
    return PeopleKey(
        path=held.path,
        sha256=held.sha256,
        as_of=held.as_of,
        rule_version=rulebook().version,
        choice=law_choice() if choice is None else choice,
        titles_version=state().local_titles_version(),
    )


def people(choice: LawChoice | None = None) -> pd.DataFrame:
    """One row per person of the current edition, with role, retirement date and its rule.

    Shared by all visitors: take copies with ``.loc`` or ``.assign``, never write into it.
    """
    return people_of(people_key(choice))


def is_anybody_counted() -> bool:
    """Whether anybody on the roster of the current edition belongs to the headcount."""
    return bool(people()["is_in_headcount"].any())


def undated_count(who: str = "all") -> int:
    """How many of those counted have no date of retirement, because their title is unknown."""
    return int(leaving.counted(people(), who)["retires_on"].isna().sum())


def _present() -> Edition:
    held = edition()
    if held is None:
        raise LookupError("no edition is loaded; call layout.needs_data() first")
    return held


@st.cache_data(max_entries=64, show_spinner=False)
def _asked(
    path: Path,
    sha256: str,  # noqa: ARG001 (the content is part of the key)
    question: str,
    parameters: tuple[tuple[str, object], ...],
) -> pd.DataFrame:
    with closing(store.opened(path)) as connection:
        return store.ask(connection, question, **dict(parameters))


def ask(question: str, **parameters: object) -> pd.DataFrame:
    """The answer to ``data/queries/<question>.sql`` on the current edition; a copy per caller."""
    held = _present()
    return _asked(held.path, held.sha256, question, tuple(sorted(parameters.items())))
