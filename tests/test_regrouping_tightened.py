"""Prices of odd groups: what they prove about plans of schools, against every plan there is."""

from __future__ import annotations

import time
from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics import regrouping_solver
from analytics.apart import Begun, begun_apart
from analytics.regrouping_pricing import priced
from analytics.regrouping_programme import STAYS, plan_cost, sent
from analytics.regrouping_solver import solve
from analytics.regrouping_stars import Galaxy
from analytics.regrouping_tightened import CutPrices, proved_between, tightened
from tests.test_regrouping_hard import kept_limits, small_schools

GROUPS = ((0, 1, 2), (1, 3, 4), (0, 1, 2, 3, 4))


def most_saved(town):
    """The most any plan saves, by trying every plan."""
    choices = [[STAYS, *np.flatnonzero(town.source == i).tolist()] for i in range(len(town.pupils))]
    plans = (np.array(plan) for plan in product(*choices))
    costs = [plan_cost(town, *sent(town, plan)) for plan in plans if kept_limits(town, plan)]
    return town.cost_all_open - min(costs)


def drawn_prices(town, luck):
    return CutPrices(
        town.freed * luck.uniform(0.1, 0.9, town.school_count), 20.0 * luck.random(),
        GROUPS, 150.0 * luck.random(len(GROUPS)),
    )  # fmt: skip


def found_at(town, prices, least=1e-6):
    return Galaxy(town, np.zeros(town.school_count)).search(
        prices.school, prices.merge, least, best_only=False, odd=prices.odd
    )


@given(seed=st.integers(0, 400), rooms=st.integers(5, 24), merges=st.none() | st.integers(0, 3))
@settings(max_examples=15, deadline=None)
def test_no_plan_saves_more_than_prices_with_odd_groups_prove(seed, rooms, merges):
    town = small_schools(5, rooms, side_km=2.0, seed=seed, most_merges=merges)
    luck = np.random.default_rng(seed)
    # From prices at which no star is worth anything towards any prices at all.
    start, goal = CutPrices(2.0 * town.freed, 0.0), drawn_prices(town, luck)
    stars = found_at(town, goal).stars
    part, proved = proved_between(town, start, start.value(merges), goal, stars)
    between = start.towards(goal, part)
    assert proved >= most_saved(town) - 1e-6
    assert proved >= between.value(merges) - 1e-6


@given(seed=st.integers(0, 400))
@settings(max_examples=15, deadline=None)
def test_a_star_pays_for_half_of_each_group_it_holds_and_an_arc_never_for_more(seed):
    town = small_schools(6, side_km=2.0, seed=seed)
    prices = drawn_prices(town, np.random.default_rng(seed))
    stars = found_at(town, replace(prices, group=np.zeros(len(GROUPS))), least=-1e4).stars
    by_arc = prices.odd.by_arc(6, town.source, town.target)
    for at, worth in enumerate(prices.worth(town, stars).tolist()):
        arcs = stars.arcs[stars.starts[at] : stars.starts[at + 1]]
        held = {int(stars.centre[at]), *town.source[arcs].tolist()}
        paid = sum(
            price * (len(held & set(group)) // 2)
            for group, price in zip(GROUPS, prices.group.tolist(), strict=True)
        )
        alone = sum(prices.school[list(held)]) + prices.merge * len(arcs)
        assert worth == pytest.approx(stars.saving[at] - alone - paid)
        assert by_arc[arcs].sum() <= paid + 1e-6


@pytest.fixture(scope="module")
def town_of_many():
    """Small schools with rooms for more, the best plan for them, and prices that settled."""
    town = small_schools(22, rooms=9, side_km=4.5, seed=3)
    best = solve(town, gap=0.0, seconds=60.0)
    settled = priced(Galaxy(town, np.zeros(22)), time.monotonic() + 60, lambda _: None)
    return town, best, settled


def test_bounds_fall_towards_the_best_plan_and_never_below_it(town_of_many):
    town, best, settled = town_of_many
    told: list[float] = []
    saved = town.cost_all_open - best.objective
    galaxy = Galaxy(town, np.zeros(22))
    at, high = tightened(galaxy, settled, time.monotonic() + 30, told.append, lambda: saved)
    assert best.gap < 1e-6
    assert told == sorted(told, reverse=True)
    assert saved - 1e-6 <= high < settled.high - 1.0
    assert at.value(None) <= high + 1e-6


def test_stars_too_many_to_be_listed_are_few_enough_at_prices_of_odd_groups(
    monkeypatch, town_of_many
):
    # Nothing is listed before the cuts: what proves the plan comes after them.
    town, best, _ = town_of_many
    monkeypatch.setattr(regrouping_solver, "_MOST_LISTED", -1)
    found = solve(town, gap=1e-6, seconds=60.0)
    assert found.objective == pytest.approx(best.objective)
    assert found.bound == pytest.approx(best.objective, rel=1e-5)


def drawn_groups(luck, count, most):
    """Odd groups of some of the schools, more than one word of bits holds."""
    sizes = luck.choice([3, 5, 7], most)
    return tuple(
        {tuple(sorted(luck.choice(count, size, replace=False).tolist())) for size in sizes}
    )


@given(seed=st.integers(0, 10**6), most=st.integers(1, 120), rooms=st.integers(5, 24))
@settings(max_examples=25, deadline=None)
def test_a_search_at_prices_of_groups_finds_every_star_worth_something_and_no_other(
    seed, most, rooms
):
    town = small_schools(9, rooms, side_km=2.5, seed=seed % 400)
    luck = np.random.default_rng(seed)
    groups = drawn_groups(luck, 9, most)
    prices = CutPrices(
        town.freed * luck.uniform(0.1, 0.7, 9), 5.0 * luck.random(), groups,
        luck.uniform(0.0, 300.0 / most, len(groups)),
    )  # fmt: skip
    every = found_at(town, replace(prices, group=np.zeros(len(groups))), least=-1e5).stars
    worth = prices.worth(town, every)
    told = found_at(town, prices)
    best = np.zeros(9)
    np.maximum.at(best, every.centre, worth)
    assert told.is_whole
    assert sorted(told.stars.saving) == pytest.approx(sorted(every.saving[worth > 1e-6]))
    assert sorted(prices.worth(town, told.stars)) == pytest.approx(sorted(worth[worth > 1e-6]))
    only = Galaxy(town, np.zeros(9)).search(
        prices.school, prices.merge, 1e-6, best_only=True, odd=prices.odd
    )
    assert told.best.max() == pytest.approx(best.max(), abs=1e-6)
    assert only.best == pytest.approx(told.best, abs=1e-6)


@given(seed=st.integers(0, 10**6), rooms=st.integers(6, 24), merges=st.none() | st.integers(1, 3))
@settings(max_examples=8, deadline=None)
def test_where_nothing_is_listed_the_bound_still_holds_for_every_plan(seed, rooms, merges):
    town = small_schools(6, rooms, side_km=2.5, seed=seed, most_merges=merges)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(regrouping_solver, "_MOST_LISTED", -1)
        patch.setattr(regrouping_solver, "_MOST_LISTED_LATE", -1)
        found = solve(town, gap=0.0, seconds=0.7)
    least = town.cost_all_open - most_saved(town)
    assert found.bound <= least + 1e-6 <= found.objective + 2e-6


def test_another_process_betters_the_plan_while_the_proof_goes_on(monkeypatch):
    begun: list[Begun] = []

    def seen(*asked):
        begun.append(begun_apart(*asked))
        return begun[-1]

    monkeypatch.setattr(regrouping_solver, "begun_apart", seen)
    monkeypatch.setattr(regrouping_solver, "cores", lambda: 2)
    monkeypatch.setattr(regrouping_solver, "_BESIDE_AFTER", 0.0)
    found = solve(small_schools(24, rooms=9, side_km=4.5), gap=0.0, seconds=20.0)
    assert len(begun) == 1
    assert begun[0]._process.poll() is not None
    assert found.bound <= found.objective


def test_a_process_is_ended_where_the_search_is_broken_off(monkeypatch):
    begun: list[Begun] = []

    def seen(*asked):
        begun.append(begun_apart(*asked))
        return begun[-1]

    def told(_):
        if begun:
            raise KeyboardInterrupt

    monkeypatch.setattr(regrouping_solver, "begun_apart", seen)
    monkeypatch.setattr(regrouping_solver, "cores", lambda: 2)
    monkeypatch.setattr(regrouping_solver, "_BESIDE_AFTER", 0.0)
    with pytest.raises(KeyboardInterrupt):
        solve(small_schools(24, rooms=9, side_km=4.5), gap=0.0, seconds=20.0, told=told)
    assert begun[0]._process.poll() is not None
