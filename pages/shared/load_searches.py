"""Long work on a scenario: many runs, begun by a visitor, followed from the screen, given up.

Nobody waits for it: what a visitor moves on the page would wait too. The screen asks from time to
time how far it is.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor, wait
from typing import Any, TypeVar
from weakref import WeakValueDictionary

import pandas as pd
from threadpoolctl import threadpool_limits

from analytics import scenario_search
from analytics.scenario import Scenario
from pages.shared import load_scenarios, load_schools
from pages.shared.load_scenarios import QUIET_SECONDS, RUNS, Key

Found = TypeVar("Found")

# Seconds for the best mix of each of many runs.
SEARCH_SECONDS = 1.0
_RUNS_A_SEEK = 12


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
        RUNS.done_share[self._name] = min(self._finished / self._expected, 0.99)


_UNDER_WAY: WeakValueDictionary[Hashable, _Counted] = WeakValueDictionary()


def tornado_name(asked: Key, told: Scenario, measure: str) -> Hashable:
    """Under what name a tornado is worked out."""
    return ("tornado", asked, told.digest, measure)


def seek_name(
    asked: Key, told: Scenario, levers: tuple[str, ...], measure: str, target: float
) -> Hashable:
    """Under what name a goal is sought."""
    return ("seek", asked, told.digest, levers, measure, target)


def share_done(name: Hashable) -> float | None:
    """What share of the work is done, 0 to 1; None once there is nothing to wait for."""
    job = RUNS.work.get(name)
    return None if job is None or job.done() else RUNS.done_share.get(name, 0.0)


def stop(name: Hashable) -> None:
    """Let long work end early: what is not begun is dropped, the run under way is the last."""
    if (work := _UNDER_WAY.get(name)) is not None:
        work.stop()
    with RUNS.lock:
        job = RUNS.work.get(name)
        if job is not None and (job.cancel() or not job.done()):
            # Who asks again begins again.
            del RUNS.work[name]


def tornado(asked: Key, told: Scenario, measure: str) -> pd.DataFrame | None:
    """What each lever alone does to a measure (``scenario_search.tornado``); None until it is done.

    Raises
    ------
    RefusedError
        Levers that do not fit.
    """
    ready = load_scenarios.stages(asked)
    name = tornado_name(asked, told, measure)

    def work() -> pd.DataFrame:
        expected = 1 + 2 * len(scenario_search.swings())
        with _Counted(name, expected) as executor:
            return scenario_search.tornado(
                told, ready, measure, executor=executor, seconds=SEARCH_SECONDS
            )

    return _ready(name, work)


def seeks(
    asked: Key, told: Scenario, levers: tuple[str, ...], measure: str, target: float
) -> pd.DataFrame | None:
    """What each lever alone must be to reach a target (``scenario_search.goal_seeks``).

    None until it is done.

    Raises
    ------
    RefusedError
        Levers that do not fit, a measure that is not known here.
    """
    ready = load_scenarios.stages(asked)
    name = seek_name(asked, told, levers, measure, target)

    def work() -> pd.DataFrame:
        with _Counted(name, _RUNS_A_SEEK * len(levers)) as executor:
            return scenario_search.goal_seeks(
                told, ready, levers, measure, target, executor=executor, seconds=SEARCH_SECONDS
            )

    return _ready(name, work)


def _ready(name: Hashable, work: Callable[[], Found]) -> Found | None:
    def alone() -> Found:
        with threadpool_limits(limits=1):
            return work()

    job = load_schools.begun(name, alone, RUNS)
    if not job.done():
        wait([job], QUIET_SECONDS)
    if not job.done():
        return None
    if job.cancelled() or job.exception() is not None:
        with RUNS.lock:
            RUNS.work.pop(name, None)
    with load_scenarios.told_in_words():
        return job.result()
