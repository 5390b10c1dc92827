"""What the page on scenarios reads and asks: the facts of an edition, runs, comparisons.

Facts are learnt once for each edition and kept for all visitors; a run stands ready for everybody
who asks for the same levers. Both are work for the server's workers, never for the screen.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any, TypeVar
from weakref import WeakValueDictionary

import pandas as pd
from threadpoolctl import threadpool_limits

from analytics import scenario_compare, scenario_facts, scenario_search, store
from analytics.mix import MixError
from analytics.mix_prices import Price, prices
from analytics.pay_law import PayError
from analytics.regrouping_stored import PLAN, ROADS_SETTING
from analytics.rules import RuleError
from analytics.scenario import Scenario, ScenarioError
from analytics.scenario_run import Result, run
from analytics.scenario_stages import Stages
from pages.shared import load, load_exits, load_schools
from pages.shared.load_exits import ExitKey
from pages.shared.load_schools import Desk, SchoolKey
from pages.shared.words import refusal, t

Found = TypeVar("Found")

# How long a redraw says nothing while a run is under way.
QUIET_SECONDS = 0.35
# Seconds for the best mix of each of many runs.
SEARCH_SECONDS = 1.0
_RUNS_A_SEEK = 12
_FACTS = Desk("facts", kept=4)
_RUNS = Desk("scenarios", workers=2, kept=96)


@dataclass(frozen=True)
class Key:
    """All that the facts depend on: people under the law in force, exits, pupils, merger locks."""

    exits: ExitKey
    schools: SchoolKey
    locks_version: int = 0
    roads: str = ""


def key() -> Key:
    """The key of the edition in force, under the law in force: what-ifs belong to scenarios."""
    own = load_exits.exit_key()
    in_force = ExitKey(own.in_force, own.in_force, own.exits_version, own.since)
    kept = load.state().setting(ROADS_SETTING) or {}
    return Key(
        in_force,
        load_schools.school_key(),
        load.state().locks_version(PLAN),
        str(kept.get("sha256", "")),
    )


def key_in_force() -> Key:
    """The same key, of no visitor."""
    in_force = load.people_key(load.law_in_force())
    since, _ = load_exits.complete_from()
    own = ExitKey(in_force, in_force, load.state().exits_version(), since)
    return Key(own, load_schools.school_key())


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
    _waited(("run", asked, told.digest), lambda: run(told, ready), "")


def stages(asked: Key, *, is_shown: bool = True) -> Stages:
    """The stages of an edition's facts; words on the screen while they are learnt."""
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

    return load_schools.waited_for(name, learn, told, desk=_FACTS)


def is_ready(asked: Key) -> bool:
    """Whether the facts stand ready."""
    job = _FACTS.work.get(("facts", asked))
    return job is not None and job.done()


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
        raise RefusedError(refusal(error)) from error
    except (RuleError, MixError, PayError) as error:
        raise RefusedError(str(error)) from error
    except CancelledError as error:
        raise RefusedError(t("Dihentikan.")) from error


# --- long work: many runs, with the share that is done ---


_UNDER_WAY: WeakValueDictionary[Hashable, _Counted] = WeakValueDictionary()


class _Counted(ThreadPoolExecutor):
    """One thread that tells the desk what share of the runs asked for is done."""

    def __init__(self, name: Hashable, expected: int) -> None:
        super().__init__(max_workers=1)
        self._name, self._expected, self._finished = name, max(expected, 1), 0
        self._is_stopped = False
        _UNDER_WAY[name] = self

    def stop(self) -> None:
        """Begin nothing more; the run under way ends by itself within seconds."""
        self._is_stopped = True
        self.shutdown(wait=False, cancel_futures=True)

    def submit(self, fn: Callable[..., Found], /, *args: Any, **kwargs: Any) -> Future[Found]:  # noqa: ANN401 (as Executor.submit)
        if self._is_stopped:
            raise CancelledError
        job = super().submit(fn, *args, **kwargs)
        job.add_done_callback(self._count)
        return job

    def _count(self, _job: Future[Any]) -> None:
        self._finished += 1
        _RUNS.done_share[self._name] = min(self._finished / self._expected, 0.99)


def stop(name: Hashable) -> None:
    """Let long work end early, unless somebody else still waits for it."""
    if _RUNS.waiting.get(name, 0) <= 0 and (work := _UNDER_WAY.get(name)) is not None:
        work.stop()


def tornado_name(asked: Key, told: Scenario, measure: str) -> Hashable:
    """Under what name a tornado is worked out."""
    return ("tornado", asked, told.digest, measure)


def seek_name(
    asked: Key, told: Scenario, levers: tuple[str, ...], measure: str, target: float
) -> Hashable:
    """Under what name a goal is sought."""
    return ("seek", asked, told.digest, levers, measure, target)


def tornado(asked: Key, told: Scenario, measure: str) -> pd.DataFrame:
    """What each lever alone does to a measure (``scenario_search.tornado``).

    Raises
    ------
    RefusedError
        Levers that do not fit.
    """
    ready = stages(asked)
    name = tornado_name(asked, told, measure)

    def work() -> pd.DataFrame:
        expected = 1 + 2 * len(scenario_search.swings())
        with _Counted(name, expected) as executor:
            return scenario_search.tornado(
                told, ready, measure, executor=executor, seconds=SEARCH_SECONDS
            )

    return _waited(name, work, t("Menggeser setiap tuas"))


def seeks(
    asked: Key, told: Scenario, levers: tuple[str, ...], measure: str, target: float
) -> pd.DataFrame:
    """What each lever alone must be to reach a target (``scenario_search.goal_seeks``).

    Raises
    ------
    RefusedError
        Levers that do not fit, a measure that is not known here.
    """
    ready = stages(asked)
    name = seek_name(asked, told, levers, measure, target)

    def work() -> pd.DataFrame:
        with _Counted(name, _RUNS_A_SEEK * len(levers)) as executor:
            return scenario_search.goal_seeks(
                told, ready, levers, measure, target, executor=executor, seconds=SEARCH_SECONDS
            )

    return _waited(name, work, t("Mencari nilai tuas"))


def worth(asked: Key, found: Result) -> tuple[Price, ...]:
    """What one more of each limit that binds the best mix is worth (``mix_prices.prices``)."""
    planned = found.planned
    name = ("worth", asked, found.scenario.digest)
    return _waited(
        name,
        lambda: prices(planned.question, planned.limits, planned),
        t("Menghitung nilai satu formasi lagi"),
    )
