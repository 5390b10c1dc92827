"""What the page on scenarios reads and asks: the facts of an edition, runs, comparisons.

Facts are learnt once for each edition and kept for all visitors; a run stands ready for everybody
who asks for the same levers. Both are work for the server's workers, never for the screen.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TypeVar

import pandas as pd
from threadpoolctl import threadpool_limits

from analytics import scenario_compare, scenario_facts, store
from analytics.mix import MixError
from analytics.pay_law import PayError
from analytics.rules import RuleError
from analytics.scenario import Scenario, ScenarioError
from analytics.scenario_run import Result, run
from analytics.scenario_stages import Stages
from pages.shared import load, load_exits, load_schools
from pages.shared.load_exits import ExitKey
from pages.shared.load_schools import Desk, SchoolKey
from pages.shared.words import language, t

Found = TypeVar("Found")

# How long a redraw says nothing while a run is under way.
QUIET_SECONDS = 0.35
_FACTS = Desk("facts", kept=4)
_RUNS = Desk("scenarios", workers=2, kept=96)


@dataclass(frozen=True)
class Key:
    """All that the facts depend on: people under the law in force, exits, pupils."""

    exits: ExitKey
    schools: SchoolKey


def key() -> Key:
    """The key of the edition in force, under the law in force: what-ifs belong to scenarios."""
    own = load_exits.exit_key()
    in_force = ExitKey(own.in_force, own.in_force, own.exits_version, own.since)
    return Key(in_force, load_schools.school_key())


def stages(asked: Key) -> Stages:
    """The stages of an edition's facts; words on the screen while they are learnt."""
    told = t("Menyiapkan fakta untuk skenario")
    model = load_exits.model_of(asked.exits, told)
    pupils = None
    if not load_schools.history_of(asked.schools).empty:
        pupils = load_schools.learnt(asked.schools, told)
    folder, held = store.data_folder(), load.edition()

    def learn() -> Stages:
        stored = scenario_facts.read(folder, held)
        with threadpool_limits(limits=1):
            return Stages(scenario_facts.learnt(stored, model, pupils))

    return load_schools.waited_for(("facts", asked), learn, told, desk=_FACTS)


def is_ready(asked: Key) -> bool:
    """Whether the facts stand ready or are being learnt."""
    return ("facts", asked) in _FACTS.work


class RefusedError(Exception):
    """Levers that do not fit the facts or each other; the message is for people."""


def result(asked: Key, told: Scenario) -> Result:
    """A run; words on the screen when it takes longer than a moment.

    Raises
    ------
    RefusedError
        Levers that do not fit the facts or each other.
    """
    ready = stages(asked)
    name = ("run", asked, told.digest)
    found = _waited(name, lambda: run(told, ready), t("Menghitung skenario"))
    # Names and reasons move no number; a kept result tells those of who asks.
    return replace(found, scenario=told)


def compared(asked: Key, several: tuple[Scenario, ...]) -> scenario_compare.Comparison:
    """Up to four scenarios side by side.

    Raises
    ------
    RefusedError
        Levers that do not fit, names that are the same.
    """
    ready = stages(asked)
    for one in several:
        result(asked, one)
    name = ("compare", asked, tuple((one.name, one.digest) for one in several))
    return _waited(
        name, lambda: scenario_compare.compare(several, ready), t("Membandingkan skenario")
    )


def steps_between(asked: Key, one: Scenario, other: Scenario, measure: str) -> pd.DataFrame:
    """Why a measure differs between two scenarios (``scenario_compare.waterfall``).

    Raises
    ------
    RefusedError
        Levers that do not fit, horizons that differ.
    """
    ready = stages(asked)
    name = ("steps", asked, (one.name, one.digest), (other.name, other.digest), measure)
    return _waited(
        name,
        lambda: scenario_compare.waterfall(one, other, ready, measure),
        t("Mencari sebab perbedaan"),
    )


def _waited(name: Hashable, work: Callable[[], Found], told: str) -> Found:
    def alone() -> Found:
        with threadpool_limits(limits=1):
            return work()

    try:
        return load_schools.waited_for(
            name,
            alone,
            told,
            desk=_RUNS,
            quiet_seconds=QUIET_SECONDS,
        )
    except ScenarioError as error:
        raise RefusedError(str(error) if language() == "id" else error.english) from error
    except (RuleError, MixError, PayError) as error:
        raise RefusedError(str(error)) from error


@lru_cache(maxsize=4)
def has_budget(asked: Key) -> bool:
    """Whether the edition holds years of the APBD."""
    from analytics.scenario_run import recorded_budget

    return bool(recorded_budget(stages(asked)))
