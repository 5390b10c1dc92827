"""Plans bettered part by part: within every limit, never worse, and the best where one part holds
every school."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics import regrouping_parts, regrouping_solver
from analytics.regrouping_heuristic import greedy_plan
from analytics.regrouping_parts import Start, bettered, renewed
from analytics.regrouping_pricing import priced
from analytics.regrouping_programme import STAYS, plan_cost, sent
from analytics.regrouping_solver import solve
from analytics.regrouping_stars import Galaxy
from tests.test_regrouping_hard import kept_limits, small_schools, two_receivers
from tests.test_regrouping_tightened import most_saved


def start_of(town, arc, bonus=None):
    """A plan with the prices of schools that the relaxation tells."""
    bonus = np.zeros(town.school_count) if bonus is None else bonus
    found = priced(Galaxy(town, bonus), time.monotonic() + 60, lambda _: None)
    return Start(arc, bonus, found.price, found.merge_price)


def cost(town, arc):
    return plan_cost(town, *sent(town, arc))


def all_open(town):
    return np.full(town.school_count, STAYS)


@given(
    seed=st.integers(0, 400),
    rooms=st.integers(5, 24),
    into=st.none() | st.integers(1, 3),
    merges=st.none() | st.integers(0, 4),
)
@settings(max_examples=25, deadline=None)
def test_a_part_that_holds_every_school_ends_at_the_best_plan(seed, rooms, into, merges):
    town = small_schools(6, rooms, side_km=1.5, seed=seed, most_into=into, most_merges=merges)
    found = renewed(town, start_of(town, all_open(town)), time.time() + 20)
    assert kept_limits(town, found)
    assert town.cost_all_open - cost(town, found) == pytest.approx(most_saved(town), abs=1e-5)


@given(
    seed=st.integers(0, 50),
    rooms=st.integers(6, 24),
    into=st.none() | st.integers(1, 4),
    merges=st.none() | st.integers(0, 12),
)
@settings(max_examples=10, deadline=None)
def test_parts_planned_anew_keep_every_limit_and_never_cost_more(seed, rooms, into, merges):
    town = small_schools(24, rooms, seed=seed, most_into=into, most_merges=merges)
    start = greedy_plan(town, seconds=0.0)
    found = renewed(town, start_of(town, start), time.time() + 0.5)
    assert kept_limits(town, found)
    assert cost(town, found) <= cost(town, start) + 1e-6


def test_a_school_locked_closed_stays_closed_where_its_part_is_planned_anew():
    town = small_schools(8, side_km=2.0)
    # Too dear to close of its own accord.
    dear = np.where(town.source == 0, 50.0, town.km)
    locked = np.zeros(8, dtype=bool)
    locked[0] = True
    town = replace(town, km=dear, must_close=locked)
    arc = all_open(town)
    arc[0] = int(np.flatnonzero(town.source == 0)[0])
    found = renewed(town, start_of(town, arc, bonus=1e5 * locked), time.time() + 20)
    free = renewed(town, start_of(town, all_open(town)), time.time() + 20)
    assert found[0] != STAYS
    assert free[0] == STAYS


def test_schools_that_must_change_places_together_do():
    town, start = two_receivers()
    found = renewed(town, start_of(town, start), time.time() + 20)
    assert cost(town, found) == pytest.approx(1186.0)


def test_small_parts_better_a_plan_and_leave_the_rest(monkeypatch):
    monkeypatch.setattr(regrouping_parts, "_SCHOOLS", 8)
    monkeypatch.setattr(regrouping_parts, "_FEWEST", 2)
    town = small_schools(22, rooms=9, side_km=4.5, seed=3)
    start = start_of(town, greedy_plan(town, seconds=0.0))
    parts = regrouping_parts._Parts(town, start)
    before = parts.arc.copy()
    while parts.next(time.time() + 20) and (parts.arc == before).all():
        pass
    assert 0 < (parts.arc != before).sum() <= 9
    assert cost(town, parts.arc) < cost(town, before)


def test_changes_and_parts_together_end_when_told_to():
    town = small_schools(24)
    start = start_of(town, greedy_plan(town, seconds=0.0))
    began = time.monotonic()
    found = bettered(town, start, time.time() + 600, stopped=lambda: time.monotonic() > began + 0.5)
    assert kept_limits(town, found)
    assert cost(town, found) <= cost(town, start.arc)


@given(seed=st.integers(0, 400), rooms=st.integers(6, 24), merges=st.none() | st.integers(1, 3))
@settings(max_examples=6, deadline=None)
def test_where_no_proof_is_tried_the_bound_still_holds_for_every_plan(seed, rooms, merges):
    town = small_schools(6, rooms, side_km=2.5, seed=seed, most_merges=merges)
    with pytest.MonkeyPatch.context() as patch:
        # Every branch and bound is called hopeless: parts alone find the plan.
        patch.setattr(regrouping_solver, "_FAR", -1.0)
        found = solve(town, gap=0.0, seconds=1.0)
    least = town.cost_all_open - most_saved(town)
    assert kept_limits(town, arcs_of(town, found))
    assert found.bound <= least + 1e-6 <= found.objective + 2e-6


def arcs_of(town, found):
    """Arc by school of a solution."""
    arc = all_open(town)
    for at, (i, j) in enumerate(zip(town.source, town.target, strict=True)):
        if found.into[i] == j:
            arc[i] = at
    return arc
