"""What the page on scenarios reads and asks: the facts of an edition, runs, comparisons.

Facts are learnt once for each edition and kept for all visitors; a run stands ready for everybody
who asks for the same levers. Both are work for the server's workers, never for the screen. What
takes seconds has workers of its own: a lever of one visitor never queues behind the best mix, the
comparison or the search of another.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TypeVar

import pandas as pd
from threadpoolctl import threadpool_limits

from analytics import scenario_compare, scenario_facts, store
from analytics.mix import MixError
from analytics.mix_prices import Price, prices
from analytics.pay_law import PayError
from analytics.regrouping_stored import PLAN, ROADS_SETTING
from analytics.rules import RuleError
from analytics.scenario import Scenario, ScenarioError
from analytics.scenario_plan import SOUGHT
from analytics.scenario_role_words import in_words
from analytics.scenario_run import Result, run
from analytics.scenario_stages import Stages
from analytics.told import ToldError
from pages.shared import load, load_exits, load_schools
from pages.shared.load_exits import ExitKey
from pages.shared.load_schools import Desk, SchoolKey
from pages.shared.words import refusal, t

Found = TypeVar("Found")

# How long a redraw says nothing while a run is under way.
QUIET_SECONDS = 0.35
_FACTS = Desk("facts", kept=4)
# Runs of a moment, and all that takes seconds.
RUNS = Desk("scenarios", workers=2, kept=96)
PLANS = Desk(
    "plans",
    workers=2,
    kept=48,
    in_queue=lambda: t("Menunggu giliran: rencana lain sedang disusun"),
)


@dataclass(frozen=True)
class Key:
    """All that the facts depend on: people under the law in force, exits, pupils, merger locks."""

    exits: ExitKey
    schools: SchoolKey
    locks_version: int = 0
    roads: str = ""


def key() -> Key:
    """The key of the edition in force, under the law in force: what-ifs belong to scenarios.

    The same for every visitor, and for none.
    """
    people, (since, _) = load.people_key(load.law_in_force()), load_exits.complete_from()
    roads = load.state().setting(ROADS_SETTING) or {}
    return Key(
        ExitKey(people, people, load.state().exits_version(), since),
        load_schools.school_key(),
        load.state().locks_version(PLAN),
        str(roads.get("sha256", "")),
    )


def prepare(asked: Key, told: Scenario) -> Iterator[None]:
    """Make ready what the first visitor of the page waits for, a piece at a time; nothing is drawn.

    Parameters
    ----------
    told
        The scenario with which the page opens.
    """
    load_exits.model_of(asked.exits, "")
    yield
    if not load_schools.history_of(asked.schools).empty:
        load_schools.learnt(asked.schools, "")
        yield
    ready = stages(asked, is_shown=False)
    yield
    _waited(run_name(asked, told), lambda: run(told, ready), "")


def stages(asked: Key, *, is_shown: bool = True) -> Stages:
    """The stages of an edition's facts; words on the screen while they are learnt.

    Raises
    ------
    RefusedError
        Facts of which no scenario can be made; says what is missing.
    """
    name = ("facts", asked)
    ready = _FACTS.work.get(name)
    if ready is not None and ready.done() and ready.exception() is None:
        return ready.result()
    told = t("Menyiapkan fakta untuk skenario") if is_shown else ""
    model = load_exits.model_of(asked.exits, told)
    pupils = None
    if not load_schools.history_of(asked.schools).empty:
        pupils = load_schools.learnt(asked.schools, told)
    folder, held = store.data_folder(), load.edition()

    def learn() -> Stages:
        stored = scenario_facts.read(folder, held)
        with threadpool_limits(limits=1):
            return Stages(scenario_facts.learnt(stored, model, pupils))

    with told_in_words():
        return load_schools.waited_for(name, learn, told, desk=_FACTS)


def is_ready(asked: Key) -> bool:
    """Whether the facts stand ready."""
    job = _FACTS.work.get(("facts", asked))
    return job is not None and job.done()


def stands_ready(asked: Key, told: Scenario) -> bool:
    """Whether a run and its facts can be shown without waiting."""
    job = (PLANS if is_long(told) else RUNS).work.get(run_name(asked, told))
    return is_ready(asked) and job is not None and job.done() and job.exception() is None


def run_name(asked: Key, told: Scenario) -> Hashable:
    """Under what name a run is worked out."""
    return ("run", asked, told.digest)


def is_long(told: Scenario) -> bool:
    """Whether a run takes seconds: a plan is looked for, schools merge or teachers move."""
    switched = bool(told["regrouping.is_on"]) or bool(told["redistribution.is_on"])
    return switched or told["plan.rule"] in SOUGHT


class RefusedError(ToldError):
    """Levers that do not fit the facts or each other; the message is for people."""


def result(asked: Key, told: Scenario) -> Result:
    """A run; words on the screen when it takes longer than a moment.

    Raises
    ------
    RefusedError
        Levers that do not fit the facts or each other.
    """
    ready = stages(asked)
    if is_long(told):
        said, desk = t("Menyusun rencana; ini perlu beberapa detik"), PLANS
    else:
        said, desk = t("Menghitung skenario"), RUNS
    found = _waited(run_name(asked, told), lambda: run(told, ready), said, desk)
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
        name, lambda: scenario_compare.compare(several, ready), t("Membandingkan skenario"), PLANS
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
        PLANS,
    )


def _waited(name: Hashable, work: Callable[[], Found], told: str, desk: Desk = RUNS) -> Found:
    with told_in_words():
        return _done(name, work, told, desk)


def _done(name: Hashable, work: Callable[[], Found], told: str, desk: Desk) -> Found:
    def alone() -> Found:
        with threadpool_limits(limits=1):
            return work()

    return load_schools.waited_for(
        name,
        alone,
        told,
        desk=desk,
        quiet_seconds=QUIET_SECONDS,
    )


@contextmanager
def told_in_words() -> Iterator[None]:
    """What a run refuses becomes a ``RefusedError`` in the visitor's language."""
    try:
        yield
    except (ScenarioError, RuleError, MixError, PayError) as error:
        raise RefusedError(refusal(error)) from error


def worth(asked: Key, found: Result) -> tuple[Price, ...]:
    """What one more of each limit that binds the best mix is worth, roles by name.

    See ``mix_prices.prices``.
    """
    planned, rulebook = found.planned, stages(asked).facts.rulebook
    name = ("worth", asked, found.scenario.digest)
    return _waited(
        name,
        lambda: in_words(prices(planned.question, planned.limits, planned), rulebook),
        t("Menghitung nilai satu formasi lagi"),
        PLANS,
    )


def replayed(asked: Key, scenario_id: int, result_count: int, work: Callable[[], Result]) -> Result:
    """A kept result computed again by ``work``; anew once more is kept, or the facts are others.

    Raises
    ------
    ScenarioError
        As ``scenario_desk.replayed``.
    """
    name = ("replay", asked, scenario_id, result_count)
    return _done(name, work, t("Menghitung ulang"), PLANS)
