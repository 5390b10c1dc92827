"""Plans of the page on regrouping, solved beside the screen.

A plan is on screen as soon as the solver has one and is replaced by better ones until it is
proven. The same question is solved once for all visitors of an edition.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Hashable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

import streamlit as st

from analytics.regrouping import RegroupingPlan, regrouping_plan
from analytics.regrouping_tradeoff import TradeOff, trade_off
from pages.shared import load_regrouping
from pages.shared.load_regrouping import Question
from pages.shared.words import t

Result = TypeVar("Result")

# Seconds for one plan, and for one point of the curve.
PLAN_SECONDS, POINT_SECONDS = 60.0, 10.0
# How long a first drawing waits for the proof before it shows the plan found so far.
_PATIENCE_SECONDS, _MOST_PATIENCE_SECONDS = 1.0, 120.0
_KEPT = 24
_WATCH_SECONDS = 0.05


class StoppedError(Exception):
    """Nobody waits for this work any more."""


@dataclass(eq=False)
class Work(Generic[Result]):
    """A solve under way: the best answer so far, how far it is, whether it was stopped."""

    began: float = field(default_factory=time.monotonic)
    latest: Result | None = None
    version: int = 0
    share: float = 0.0
    is_done: bool = False
    error: Exception | None = None
    visitors: int = 0
    stop: threading.Event = field(default_factory=threading.Event)

    def keep(self, answer: Result) -> None:
        """Show this answer from now on.

        Raises
        ------
        StoppedError
            Nobody waits any more; the work ends there.
        """
        self.latest = answer
        self.version += 1
        self.reached(self.share)

    def reached(self, share: float) -> None:
        """Note how far the work is, 0 to 1; ends it where nobody waits (``StoppedError``)."""
        self.share = share
        if self.stop.is_set():
            raise StoppedError


class _Desk:
    """The workers of this server and what they have solved."""

    def __init__(self) -> None:
        self.workers = ThreadPoolExecutor(max_workers=2, thread_name_prefix="estafet-regrouping")
        self.lock = threading.Lock()
        self.work: dict[Hashable, Work[Any]] = {}


_DESK = _Desk()


def _work(key: Hashable, solve: Callable[[Work[Result]], Result]) -> Work[Result]:
    """The work behind a key, begun where nobody asked for it before or where it was dropped."""
    with _DESK.lock:
        held = _DESK.work.pop(key, None)
        if held is None or held.error is not None:
            held = Work()
            _DESK.workers.submit(_run, held, solve)
        _DESK.work[key] = held
        while len(_DESK.work) > _KEPT:
            _DESK.work.pop(next(iter(_DESK.work)))
    return held


def _run(work: Work[Result], solve: Callable[[Work[Result]], Result]) -> None:
    try:
        if not work.stop.is_set():
            work.latest = solve(work)
    except StoppedError:
        pass
    except Exception as error:
        work.error = error
    work.is_done = True
    work.version += 1


def _followed(name: str, work: Work[Any]) -> None:
    """Let this visitor wait for ``work``, and for the one before no longer."""
    held = st.session_state.get(name)
    if held is work:
        return
    if held is not None:
        held.visitors -= 1
        if held.visitors <= 0 and not held.is_done:
            _drop(held)
    work.visitors += 1
    st.session_state[name] = work


def _drop(work: Work[Any]) -> None:
    """End a work nobody waits for; asked again it begins anew."""
    work.stop.set()
    with _DESK.lock:
        for key in [key for key, held in _DESK.work.items() if held is work]:
            del _DESK.work[key]


def stop() -> None:
    """Keep the plan in hand and look no further (a callback)."""
    held = st.session_state.get("_rencana")
    if held is not None:
        held.stop.set()


def again() -> None:
    """Go on with a plan that was stopped (a callback)."""
    held = st.session_state.get("_rencana")
    if held is not None:
        _drop(held)


def plan_work(question: Question) -> Work[RegroupingPlan]:
    """The solve of a question; waits until there is a plan to show, in words.

    Raises
    ------
    Whatever the solve raised.
    """
    told, _ = load_regrouping.asked(question)
    work = _work(
        ("plan", question),
        lambda own: regrouping_plan(told, seconds=PLAN_SECONDS, told=own.keep),
    )
    _followed("_rencana", work)
    place = st.empty()
    while not work.is_done:
        waited = time.monotonic() - work.began
        if work.latest is not None and waited > _PATIENCE_SECONDS:
            break
        if waited > _MOST_PATIENCE_SECONDS:
            raise TimeoutError("the solver gave no first plan")
        place.info(t("Mencari rencana pertama"), icon=":material/hourglass_top:")
        time.sleep(_WATCH_SECONDS)
    place.empty()
    if work.error is not None:
        raise work.error
    return work


def curve_work(question: Question) -> Work[TradeOff]:
    """The curve of solved plans along the price of a pupil-kilometre."""
    told, _ = load_regrouping.asked(question)
    work = _work(
        ("curve", question),
        lambda own: trade_off(told, seconds=POINT_SECONDS, told=own.reached),
    )
    _followed("_kurva", work)
    while not work.is_done and time.monotonic() - work.began < _PATIENCE_SECONDS:
        time.sleep(_WATCH_SECONDS)
    return work
