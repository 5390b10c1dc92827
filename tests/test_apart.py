"""Work done in a process of its own."""

from __future__ import annotations

from datetime import date
from operator import truediv

import pandas as pd
import pytest

from analytics import apart
from analytics.apart import done_apart
from analytics.survival import staying_share


def test_another_process_answers_what_this_one_would():
    weeks, left = pd.Series([6, 6, 7, 10]), pd.Series([True, True, False, True])
    there, here = done_apart(staying_share, weeks, left), staying_share(weeks, left)
    pd.testing.assert_frame_equal(there, here)


def test_what_the_work_refuses_is_refused_here():
    with pytest.raises(ZeroDivisionError):
        done_apart(truediv, 1, 0)


def test_without_another_process_the_work_is_done_here(monkeypatch):
    monkeypatch.setattr(apart.sys, "executable", "/tidak/ada/python")
    assert done_apart(date, 2026, 1, 1) == date(2026, 1, 1)
