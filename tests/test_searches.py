"""Long work on scenarios: whose turn it is, who follows it, how it is given up."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from concurrent.futures import CancelledError, Executor, wait
from types import SimpleNamespace

import pandas as pd
import pytest

from analytics.scenario import Scenario
from pages.shared import load_scenarios, load_searches
from pages.shared.load_scenarios import Key
from pages.shared.scenario_link import named
from tests import scenario_city
from tests.patience import PATIENCE

MEASURE = "leaver_count"


@pytest.fixture
def key(monkeypatch: pytest.MonkeyPatch) -> Key:
    monkeypatch.setenv("ESTAFET_DATA", str(scenario_city.folder()))
    monkeypatch.delenv("ESTAFET_STATE", raising=False)
    monkeypatch.setattr(load_searches, "QUIET_SECONDS", 0.0)
    found = load_scenarios.key()
    load_scenarios.stages(found, is_shown=False)
    return found


@pytest.fixture
def visitor(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Whose session asks: change its only name to be somebody else."""
    asking = ["ani"]
    monkeypatch.setattr(load_searches, "_visitor", lambda: asking[0])
    return asking


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """A tornado of three runs, each of which waits for the gate to open."""
    # Searches that tests of other files began and left hold the only worker for minutes.
    for course in [*load_searches._COURSES.values()]:
        course.is_stopped = True
    all_ended()
    opened, asked = threading.Event(), threading.Event()
    opened.asked = asked  # type: ignore[attr-defined]

    def run() -> int:
        asked.set()
        opened.wait(PATIENCE)
        return 1

    def slow(*_: object, executor: Executor, **__: object) -> pd.DataFrame:
        runs = [executor.submit(run) for _ in range(3)]
        return pd.DataFrame({"found": [one.result() for one in runs]})

    monkeypatch.setattr(load_searches.scenario_search, "tornado", slow)
    yield opened
    opened.set()
    # What still waits for its turn must not find the real one.
    all_ended()


def all_ended() -> None:
    """Every search has come to its end, by itself or given up."""
    wait([*load_searches.SEARCHES.work.values()], PATIENCE)


def told(factor: float) -> Scenario:
    return named("zero_growth").moved("exits.factor/aps", factor)


def begun(key: Key, one: Scenario, gate: threading.Event) -> load_searches.Search:
    assert load_searches.tornado(key, one, MEASURE) is None
    assert gate.asked.wait(PATIENCE)  # type: ignore[attr-defined]
    return load_searches.of_tornado(key, one, MEASURE)


def later(monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    """Let searches see a clock that is so far ahead; nobody else does."""
    ahead = SimpleNamespace(monotonic=lambda: time.monotonic() + seconds)
    monkeypatch.setattr(load_searches, "time", ahead)


def test_a_lever_does_not_wait_for_the_searches_of_others(key, gate, visitor):
    begun(key, told(1.11), gate)
    visitor[0] = "budi"
    assert load_searches.tornado(key, told(1.12), MEASURE) is None
    assert load_searches.is_in_queue(load_searches.of_tornado(key, told(1.12), MEASURE))
    assert load_scenarios.result(key, told(1.13)).summary["leaver_count"]
    assert not gate.is_set()


def test_a_lever_does_not_wait_for_the_best_mixes_of_others(key, monkeypatch):
    opened, plain = threading.Event(), load_scenarios.run

    def run(one: Scenario, *rest: object) -> object:
        if one["plan.rule"] == "best_mix":
            opened.wait(PATIENCE)
        return plain(one if one["plan.rule"] != "best_mix" else told(1.0), *rest)

    monkeypatch.setattr(load_scenarios, "run", run)
    best = [named("best_mix").moved("exits.factor/aps", 1.2 + at / 100) for at in range(4)]
    waiting = [threading.Thread(target=load_scenarios.result, args=(key, one)) for one in best]
    for one in waiting:
        one.start()
    try:
        assert load_scenarios.result(key, told(1.14)).summary["leaver_count"]
        assert not opened.is_set()
    finally:
        opened.set()
        for one in waiting:
            one.join()


@pytest.mark.parametrize(
    ("preset", "is_long"),
    [("do_nothing", False), ("zero_growth", False), ("cpns_only", False), ("bup_plus_1", False),
     ("best_mix", True), ("regroup_first", True)],
)  # fmt: skip
def test_a_plan_that_is_looked_for_and_schools_that_merge_are_long_work(preset, is_long):
    assert load_scenarios.is_long(named(preset)) is is_long


def test_a_search_that_was_given_up_ends_and_counts_nothing_that_was_not_done(key, gate):
    search = begun(key, told(1.21), gate)
    job, course = load_searches.SEARCHES.work[search], load_searches._COURSES[search]
    load_searches.stop(search)
    assert load_searches.share_done(search) is None
    gate.set()
    job.exception(timeout=PATIENCE)
    # The run that was under way ended; the two after it never began.
    assert course.finished == 1
    assert search not in load_searches._COURSES
    # Who asks again begins again, from nought.
    while (found := load_searches.tornado(key, told(1.21), MEASURE)) is None:
        pass
    assert found["found"].tolist() == [1, 1, 1]


def test_a_search_that_another_follows_goes_on(key, gate, visitor):
    search = begun(key, told(1.22), gate)
    visitor[0] = "budi"
    assert load_searches.tornado(key, told(1.22), MEASURE) is None
    load_searches.stop(search)
    visitor[0] = "ani"
    assert load_searches.share_done(search) == 0.0
    load_searches.stop(search)
    assert load_searches.share_done(search) is None


def test_a_search_is_not_ended_by_who_never_asked_for_it(key, gate, visitor, monkeypatch):
    search = begun(key, told(1.26), gate)
    visitor[0] = "budi"
    # Ani's browser looks rarely while its page lies behind others.
    monkeypatch.setattr(load_searches, "_FOLLOWED_SECONDS", -1.0)
    load_searches.stop(search)
    assert not load_searches._COURSES[search].is_stopped
    visitor[0] = "ani"
    assert load_searches.share_done(search) == 0.0


def test_who_looks_once_a_minute_still_follows_a_search(key, gate, visitor, monkeypatch):
    search = begun(key, told(1.27), gate)
    visitor[0] = "budi"
    assert load_searches.tornado(key, told(1.27), MEASURE) is None
    later(monkeypatch, 65.0)
    load_searches.stop(search)
    assert not load_searches._COURSES[search].is_stopped


def test_a_search_whose_visitors_closed_the_page_ends_for_those_who_wait(key, gate, monkeypatch):
    search = begun(key, told(1.28), gate)
    job, course = load_searches.SEARCHES.work[search], load_searches._COURSES[search]
    later(monkeypatch, 300.0)
    gate.set()
    with pytest.raises(CancelledError):
        job.result(timeout=PATIENCE)
    # The run under way ended, the two after it never began, and nothing is left of it.
    assert course.finished == 1
    assert search not in load_searches.SEARCHES.work and search not in load_searches._COURSES
    # Who comes back begins again.
    while (found := load_searches.tornado(key, told(1.28), MEASURE)) is None:
        pass
    assert found["found"].tolist() == [1, 1, 1]


def test_a_search_given_up_while_it_is_read_is_no_error(key, gate):
    search = begun(key, told(1.23), gate)
    job = load_searches.SEARCHES.work[search]
    load_searches._COURSES[search].is_stopped = True
    gate.set()
    job.exception(timeout=PATIENCE)
    # As if it had been read in the moment before it was cleared away.
    with load_searches.SEARCHES.lock:
        load_searches.SEARCHES.work[search] = job
        load_searches._COURSES[search] = load_searches._Course(3)
    assert load_searches.tornado(key, told(1.23), MEASURE) is None
    assert search not in load_searches.SEARCHES.work


def test_a_search_is_about_one_scenario_and_one_edition(key):
    search = load_searches.of_tornado(key, told(1.24), MEASURE)
    assert search.is_about(key, told(1.24).renamed("nama lain"))
    assert not search.is_about(key, told(1.25))


def test_only_the_last_searches_are_kept(key, gate, monkeypatch):
    monkeypatch.setattr(load_searches.SEARCHES, "kept", 2)
    gate.set()
    for at in range(4):
        while load_searches.tornado(key, told(1.3 + at / 100), MEASURE) is None:
            pass
    kept = list(load_searches.SEARCHES.work)
    assert len(kept) <= 3 and set(kept) == set(load_searches._COURSES)
