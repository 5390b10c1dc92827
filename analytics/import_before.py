"""What the edition before an import says; nothing where there is none."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing

import pandas as pd

from analytics import exit_history, store, store_tables
from analytics.positions import position_roles, titles_held
from analytics.rules import RuleBook
from analytics.store_columns import PEOPLE_TYPES, typed_people


def asked(edition: store.Edition | None, question: str, **parameters: object) -> pd.DataFrame:
    """An edition's answer to a question of ``data/queries/``; for None empty, without columns."""
    if edition is None:
        return pd.DataFrame()
    with closing(store.opened(edition.path)) as connection:
        return store.ask(connection, question, **parameters)


def people_of(edition: store.Edition | None) -> pd.DataFrame:
    """People of an edition with unit and OPD as their file wrote them, as ``PEOPLE_TYPES``."""
    if edition is None:
        return typed_people(pd.DataFrame(columns=list(PEOPLE_TYPES)))
    with closing(store.opened(edition.path)) as connection:
        return store_tables.employees_as_written(connection)


def titles_of(
    edition: store.Edition | None,
    rulebook: RuleBook,
    local_titles: Mapping[str, tuple[str, str]],
) -> dict[str, tuple[str, str]]:
    """Role group and jenjang by the titles that people of an edition hold."""
    people = people_of(edition)
    return titles_held(people.assign(**position_roles(people, rulebook, local_titles)))


def exits_of(edition: store.Edition | None) -> pd.DataFrame:
    """Everybody who left, as an edition knows it, as ``EXIT_TYPES``."""
    if edition is None:
        return exit_history.no_exits()
    with closing(store.opened(edition.path)) as connection:
        return store_tables.exits(connection)


def profiles_of(edition: store.Edition | None) -> pd.DataFrame:
    """School profiles of an edition, all years; empty, without columns, for None."""
    if edition is None:
        return pd.DataFrame()
    with closing(store.opened(edition.path)) as connection:
        return store_tables.school_profiles(connection)
