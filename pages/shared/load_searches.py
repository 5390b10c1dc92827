"""Long searches over a scenario: many runs, begun by a visitor, followed from the screen, given up.

Nobody waits for them: what a visitor moves on the page would wait too. They have workers of their
own, so that no lever of anybody queues behind one. The screen asks from time to time how far it is.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable
from concurrent.futures import CancelledError, Executor, Future, wait
from dataclasses import dataclass, field
from typing import Any, TypeVar

import pandas as pd
from streamlit.runtime.scriptrunner import get_script_run_ctx
from threadpoolctl import threadpool_limits

from analytics import scenario_search
from analytics.scenario import Scenario
from analytics.scenario_run import MIX_SECONDS
from pages.shared import load_scenarios
from pages.shared.load_scenarios import QUIET_SECONDS, Key
from pages.shared.load_schools import Desk

Found = TypeVar("Found")

# Seconds for the best mix of each of many runs of a search, where a step more or less of a lever
# decides. A tornado shows the numbers themselves: it takes as long for each as the page does.
SEARCH_SECONDS = 1.0
_RUNS_A_SEEK = 12
# Who has not looked at a search for so long no longer follows it: one who gives it up then ends it
# for all. A browser lets a page that lies behind others look once a minute.
_FOLLOWED_SECONDS = 90.0
# Nor does anybody come back who has not looked for so long: it ends for others who wait.
_LEFT_SECONDS = 240.0

SEARCHES = Desk("searches", kept=24)


@dataclass(frozen=True)
class Search:
    """What is looked for: two visitors who ask the same follow the same work.

    ``digest`` of the scenario; ``levers`` that are sought to bring the measure to ``target``, none
    where every lever is moved.
    """

    key: Key
    digest: str
    measure: str
    levers: tuple[str, ...] = ()
    target: float = 0.0

    def is_about(self, asked: Key, told: Scenario) -> bool:
        """Whether it is still a question about this scenario."""
        return self.key == asked and self.digest == told.digest


@dataclass(eq=False)
class _Course:
    """How far a search is, who follows it, whether it was given up."""

    expected: int
    finished: int = 0
    is_stopped: bool = False
    seen: dict[str, float] = field(default_factory=dict)

    @property
    def share(self) -> float:
        return min(self.finished / max(self.expected, 1), 0.99)

    def is_followed(self, within_seconds: float = _FOLLOWED_SECONDS) -> bool:
        """Whether anybody has looked at it lately."""
        now = time.monotonic()
        # Copied at once: whoever looks for the first time is added by another thread.
        return any(now - at < within_seconds for at in list(self.seen.values()))


class _InTurn(Executor):
    """Run after run in the thread that asks, each counted; nothing more once it was given up.

    Given up is also what nobody has looked at for minutes: its visitors closed the page.
    """

    def __init__(self, course: _Course) -> None:
        self._course = course

    def submit(self, fn: Callable[..., Found], /, *args: Any, **kwargs: Any) -> Future[Found]:  # noqa: ANN401 (as Executor.submit)
        if self._course.is_stopped or not self._course.is_followed(_LEFT_SECONDS):
            raise CancelledError
        job: Future[Found] = Future()
        try:
            job.set_result(fn(*args, **kwargs))
        except Exception as error:
            # Who asked for the run reads it, as from any executor.
            job.set_exception(error)
        self._course.finished += 1
        return job


_COURSES: dict[Hashable, _Course] = {}


def of_tornado(asked: Key, told: Scenario, measure: str) -> Search:
    """The question which lever moves a measure most."""
    return Search(asked, told.digest, measure)


def of_seek(
    asked: Key, told: Scenario, levers: tuple[str, ...], measure: str, target: float
) -> Search:
    """The question how far each lever alone must go to bring a measure to a target."""
    return Search(asked, told.digest, measure, levers, target)


def share_done(search: Search) -> float | None:
    """What share of the work is done, 0 to 1; None once there is nothing to wait for.

    Who asks follows the search from then on.
    """
    with SEARCHES.lock:
        job, course = SEARCHES.work.get(search), _COURSES.get(search)
        if job is None or job.done() or course is None:
            return None
        course.seen[_visitor()] = time.monotonic()
        return course.share


def is_in_queue(search: Search) -> bool:
    """Whether it waits for the search of somebody else to end."""
    job = SEARCHES.work.get(search)
    return job is not None and not job.running() and not job.done()


def stop(search: Search) -> None:
    """Let the visitor follow a search no longer; it ends early where nobody else does.

    What is not begun is dropped, the run under way is the last. Who asks again begins again.
    """
    with SEARCHES.lock:
        job, course = SEARCHES.work.get(search), _COURSES.get(search)
        if job is None or course is None or job.done():
            return
        if course.seen.pop(_visitor(), None) is None:
            # Who never asked for it does not end what others wait for.
            return
        if course.is_followed():
            return
        course.is_stopped = True
        job.cancel()
        del SEARCHES.work[search], _COURSES[search]


def tornado(asked: Key, told: Scenario, measure: str) -> pd.DataFrame | None:
    """What each lever alone does to a measure (``scenario_search.tornado``); None until it is done.

    Raises
    ------
    RefusedError
        Levers that do not fit.
    """
    ready = load_scenarios.stages(asked)

    def work(executor: Executor) -> pd.DataFrame:
        return scenario_search.tornado(told, ready, measure, executor=executor, seconds=MIX_SECONDS)

    expected = 1 + 2 * len(scenario_search.swings())
    return _ready(of_tornado(asked, told, measure), work, expected)


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

    def work(executor: Executor) -> pd.DataFrame:
        return scenario_search.goal_seeks(
            told, ready, levers, measure, target, executor=executor, seconds=SEARCH_SECONDS
        )

    search = of_seek(asked, told, levers, measure, target)
    return _ready(search, work, _RUNS_A_SEEK * len(levers))


def _ready(search: Search, work: Callable[[Executor], Found], expected: int) -> Found | None:
    """What a search found; begun where nobody asked before, None until it is done."""
    job, course = _begun(search, work, expected)
    if not job.done():
        wait([job], QUIET_SECONDS)
    if not job.done():
        return None
    with load_scenarios.told_in_words():
        try:
            return job.result()
        except CancelledError:
            # Somebody gave it up in this very moment: it begins again when asked again.
            _forget(search, course)
            return None
        except Exception:
            _forget(search, course)
            raise


def _begun(
    search: Search, work: Callable[[Executor], Found], expected: int
) -> tuple[Future[Any], _Course]:
    with SEARCHES.lock:
        job = SEARCHES.work.pop(search, None)
        course = _COURSES.get(search, _Course(expected))
        if job is None:
            _COURSES[search] = course = _Course(expected)

            def alone() -> Found:
                try:
                    with threadpool_limits(limits=1):
                        return work(_InTurn(course))
                except CancelledError:
                    _forget(search, course)
                    raise

            job = SEARCHES.worker.submit(alone)
        SEARCHES.work[search] = job
        course.seen[_visitor()] = time.monotonic()
        # What was found longest ago, and nobody asked for since, goes first.
        done = [name for name, held in SEARCHES.work.items() if held.done()]
        for name in done[: max(len(SEARCHES.work) - SEARCHES.kept, 0)]:
            del SEARCHES.work[name], _COURSES[name]
    return job, course


def _forget(search: Search, course: _Course) -> None:
    """Leave nothing behind of a search that ended without an answer."""
    with SEARCHES.lock:
        if _COURSES.get(search) is course:
            SEARCHES.work.pop(search, None)
            del _COURSES[search]


def _visitor() -> str:
    """Whose session asks; '' outside any."""
    own = get_script_run_ctx(suppress_warning=True)
    return "" if own is None else own.session_id
