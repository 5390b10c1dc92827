"""Work done in a process of its own."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from datetime import date
from operator import truediv
from pathlib import Path

import pandas as pd
import pytest

from analytics import apart
from analytics.apart import begun_apart, done_apart
from analytics.retirement import first_of_next_month_at_age


def test_another_process_answers_what_this_one_would():
    born, age = pd.Series(pd.to_datetime(["1970-12-31", "1968-02-29"])), pd.Series([60, 58])
    there = done_apart(first_of_next_month_at_age, born, age)
    assert there.dt.strftime("%Y-%m-%d").tolist() == ["2031-01-01", "2026-03-01"]


def test_what_the_work_refuses_is_refused_here():
    with pytest.raises(ZeroDivisionError):
        done_apart(truediv, 1, 0)


def test_without_another_process_the_work_is_done_here(monkeypatch):
    monkeypatch.setattr(apart.sys, "executable", "/tidak/ada/python")
    assert done_apart(date, 2026, 1, 1) == date(2026, 1, 1)


def waiting(until: float, stopped: Callable[[], bool]) -> str:
    """How waiting ended; stands for long work."""
    while time.time() < until:
        if stopped():
            return "told to stop"
        time.sleep(0.01)
    return "time over"


@pytest.mark.parametrize(("seconds", "how"), [(60.0, "told to stop"), (0.0, "time over")])
def test_work_that_goes_on_beside_answers_when_it_is_told_to_stop(seconds, how):
    begun = begun_apart(waiting, time.time() + seconds)
    assert begun is not None
    if not seconds:
        begun._process.wait(60)
    assert begun.ended(60.0) == how


def deaf(until: float, stopped: Callable[[], bool]) -> None:
    """Work that is never told anything."""
    assert not stopped()
    time.sleep(max(until - time.time(), 0.0))


def test_work_beside_that_does_not_answer_in_time_is_killed():
    begun = begun_apart(deaf, time.time() + 60)
    assert begun is not None
    assert begun.ended(0.0) is None
    assert begun._process.returncode


def test_work_beside_ends_by_itself_when_whoever_asked_is_gone():
    asks = (
        "import os, time; from analytics.apart import begun_apart;"
        "from tests.test_apart import waiting;"
        "begun = begun_apart(waiting, time.time() + 60); begun._asked.wait(60);"
        "print(begun._process.pid, flush=True); os._exit(0)"
    )
    told = subprocess.run([sys.executable, "-c", asks], capture_output=True, text=True, check=True)
    worker = int(told.stdout)
    until = time.time() + 30
    while Path(f"/proc/{worker}").exists() and time.time() < until:
        time.sleep(0.05)
    assert not Path(f"/proc/{worker}").exists()


def test_no_work_is_begun_where_no_process_can_be(monkeypatch):
    monkeypatch.setattr(apart.sys, "executable", "/tidak/ada/python")
    assert begun_apart(waiting, 0.0) is None
