"""Regrouping where rooms are plenty: the search stays a proof, the plan within every limit."""

from __future__ import annotations

import math
import time
from dataclasses import replace
from itertools import combinations, product
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics import regrouping_pricing
from analytics.regrouping_annealing import COOL, CROWDED, annealed
from analytics.regrouping_heuristic import greedy_plan
from analytics.regrouping_pricing import _Raised, first_stars, priced, priced_nearest
from analytics.regrouping_programme import STAYS, Prices, Programme, plan_cost, sent, strengthened
from analytics.regrouping_relaxation import Relaxation
from analytics.regrouping_solver import solve
from analytics.regrouping_stars import Galaxy

PRICES = Prices(150.0, 90.0, 0.5)


def small_schools(
    count: int = 36, rooms: int = 20, side_km: float = 4.0, seed: int = 0, **limits
) -> Programme:
    """Schools of 20 to 140 pupils scattered in a square, each with rooms for many more."""
    luck = np.random.default_rng(seed)
    held = np.array(
        [luck.multinomial(one, np.ones(6) / 6) for one in luck.integers(20, 141, count)]
    )
    place = luck.uniform(0, side_km, (count, 2))
    km = np.sqrt(((place[:, None] - place) ** 2).sum(axis=2)) * 1.3
    allowed = (km <= 3.0) & ~np.eye(count, dtype=bool)
    source, target = np.nonzero(allowed)
    today = (-(-held // 28)).sum(axis=1)
    return strengthened(
        Programme(
            pupils=held, ceiling=np.full(count, 28), spare=np.maximum(rooms - today, 0),
            source=source, target=target, km=km[source, target],
            must_close=np.zeros(count, dtype=bool), prices=PRICES, **limits,
        )
    )  # fmt: skip


def kept_limits(town: Programme, arc: np.ndarray) -> bool:
    """Whether a plan breaks nothing, worked out school by school."""
    into, _ = sent(town, arc)
    for j in range(town.school_count):
        points = [i for i in range(town.school_count) if into[i] == j]
        if points and into[j] != STAYS:
            return False
        if town.most_into is not None and len(points) > town.most_into:
            return False
        load = town.pupils[[j, *points]].sum(axis=0).tolist()
        formed = sum(math.ceil(one / 28) for one in load)
        if formed > town.rombel_today[j] + town.spare[j]:
            return False
    merges = sum(one != STAYS for one in into.tolist())
    return town.most_merges is None or merges <= town.most_merges


@given(
    seed=st.integers(0, 50),
    rooms=st.integers(6, 24),
    most_into=st.none() | st.integers(1, 4),
    most_merges=st.none() | st.integers(0, 12),
    crowded=st.sampled_from([0.0, CROWDED]),
)
@settings(max_examples=15, deadline=None)
def test_small_changes_keep_every_limit_and_never_end_worse(
    seed, rooms, most_into, most_merges, crowded
):
    town = small_schools(20, rooms, seed=seed, most_into=most_into, most_merges=most_merges)
    start = greedy_plan(town, seconds=0.0)
    found = annealed(town, start, 0.1, crowded=crowded)
    assert kept_limits(town, found)
    assert plan_cost(town, *sent(town, found)) <= plan_cost(town, *sent(town, start)) + 1e-6


def test_small_changes_better_a_plan_that_single_improvements_cannot():
    town = small_schools()
    start = greedy_plan(town, seconds=1.0)
    found = annealed(town, start, 1.0)
    assert plan_cost(town, *sent(town, found)) < plan_cost(town, *sent(town, start))


def two_receivers() -> tuple[Programme, np.ndarray]:
    """Three schools that joined a small receiver; each costs 60 to send on to a large one.

    Only once all have gone may the small one close too, which saves 1,000.
    """
    pupils = np.zeros((10, 6), dtype=np.int64)
    pupils[0], pupils[1], pupils[2:] = 9, 9, 9
    source = np.array([2, 3, 4, 2, 3, 4, 5, 6, 7, 8, 9, 0])
    target = np.array([0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1])
    km = np.where((target == 1) & (source < 5) & (source > 1), 60 / 54, 0.0)
    town = Programme(
        pupils=pupils, ceiling=np.full(10, 90), spare=np.zeros(10, dtype=np.int64),
        source=source, target=target, km=km, must_close=np.zeros(10, dtype=bool),
        prices=Prices(1000.0, 1.0, 1.0),
    )  # fmt: skip
    return town, np.array([STAYS, STAYS, 0, 1, 2, 6, 7, 8, 9, 10])


def test_a_receiver_empties_school_by_school_though_only_the_last_one_saves_it():
    town, start = two_receivers()
    # All ten at the large one: one school open, six rombel, 3 x 60 of ways.
    found = annealed(town, start, 1.0, heat=COOL, crowded=CROWDED)
    assert plan_cost(town, *sent(town, start)) == pytest.approx(2012.0)
    assert plan_cost(town, *sent(town, found)) == pytest.approx(1186.0)


@pytest.mark.parametrize("rows", [300, 5_000])
def test_a_search_in_pieces_finds_what_one_search_finds(rows):
    town = small_schools(24)
    galaxy = Galaxy(town, np.zeros(town.school_count))
    price = town.freed * 0.6
    one = galaxy.search(price, 0.0, -10.0, best_only=False)
    pieces = galaxy.search(price, 0.0, -10.0, best_only=False, most_rows=rows, piecewise=True)
    cut_off = galaxy.search(price, 0.0, -10.0, best_only=False, most_rows=rows)
    assert one.is_whole
    assert pieces.is_whole
    assert pieces.best == pytest.approx(one.best)
    assert sorted(pieces.stars.saving) == pytest.approx(sorted(one.stars.saving))
    assert (cut_off.best >= one.best - 1e-6).all()


@given(seed=st.integers(0, 400), rooms=st.integers(1, 24), price=st.floats(0.2, 0.9))
@settings(max_examples=40, deadline=None)
def test_the_best_star_of_each_centre_is_found_as_by_trying_all(seed, rooms, price):
    town = small_schools(9, rooms, side_km=2.5, seed=seed)
    prices = town.freed * price * np.random.default_rng(seed).uniform(0.5, 1.5, 9)
    told = Galaxy(town, np.zeros(9)).search(prices, 0.0, 1e-6, best_only=True)
    best = np.zeros(9)
    for j in range(9):
        arcs = np.flatnonzero(town.target == j)
        for size in range(1, len(arcs) + 1):
            for chosen in combinations(arcs.tolist(), size):
                at = list(chosen)
                load = town.pupils[town.source[at]].sum(axis=0) + town.pupils[j]
                formed = sum(math.ceil(one / 28) for one in load.tolist())
                if formed > town.rombel_today[j] + town.spare[j]:
                    continue
                way = (town.pupils[town.source[at]].sum(axis=1) * town.km[at]).sum() * 0.5
                worth = (town.freed - prices)[town.source[at]].sum() - way - prices[j]
                worth -= 90.0 * (formed - town.rombel_today[j])
                best[j] = max(best[j], worth)
    assert told.is_whole
    assert told.best == pytest.approx(best, abs=1e-5)


def test_an_empty_school_hides_no_star_worth_having():
    # Into the first, which has one room to spare; the second is empty, the others hold ten.
    town = Programme(
        pupils=np.array([[10], [0], [10], [10]]), ceiling=np.full(4, 10),
        spare=np.array([1, 0, 0, 0]), source=np.array([1, 2, 3]), target=np.array([0, 0, 0]),
        km=np.full(3, 0.001), must_close=np.zeros(4, dtype=bool), prices=Prices(100, 10, 0.01),
    )  # fmt: skip
    # The empty school and one of ten: 100 - 99.5 and 100 + 10 - 10 - 94, less the room and the way.
    told = Galaxy(town, np.zeros(4)).search(
        np.array([6.2, 99.5, 94.0, 94.2]), 0.0, 1e-6, best_only=True
    )
    assert told.is_whole
    assert told.best[0] == pytest.approx(0.5 + 6.0 - 0.0001 - 6.2, abs=1e-6)


@pytest.fixture(scope="module")
def settled_town():
    """Small schools in a town, the best plan for them, and prices that settled."""
    town = small_schools(24, rooms=9, side_km=5.0, seed=3)
    best = solve(town, gap=0.0, seconds=60.0)
    settled = priced(Galaxy(town, np.zeros(24)), time.monotonic() + 60, lambda _: None)
    return town, best, settled


def test_prices_never_bound_below_the_best_plan(settled_town):
    town, best, settled = settled_town
    assert best.gap < 1e-6
    assert settled.is_settled
    assert settled.high >= town.cost_all_open - best.objective - 1e-6


class Impatient(Galaxy):
    """A search that never ends where the prices of all schools together are below ``least``."""

    least = 0.0

    def whole_search(self, school_price, merge_price, least, **asked):
        if school_price.sum() < self.least:
            asked["deadline"] = -np.inf
        return super().whole_search(school_price, merge_price, least, **asked)


def impatient(monkeypatch, town, least):
    """An impatient search in which only runs that must be whole prove anything."""
    monkeypatch.setattr("analytics.regrouping_pricing._SEARCH", 0)
    monkeypatch.setattr("analytics.regrouping_pricing._LEAST_ROWS", 5)
    hasty = Impatient(town, np.zeros(24))
    hasty.least = least
    return hasty


@pytest.mark.parametrize("further", [1.015, 1.07])
def test_prices_raised_so_that_a_search_ends_bound_every_plan_and_hardly_looser(
    monkeypatch, settled_town, further
):
    town, best, settled = settled_town
    hasty = impatient(monkeypatch, town, further * settled.price.sum())
    raised = priced(hasty, time.monotonic() + 4, lambda _: None)
    assert raised.is_proven
    assert not raised.is_settled
    assert raised.high >= town.cost_all_open - best.objective - 1e-6
    assert settled.high * further - 1e-6 <= raised.high <= settled.high * 1.1


def test_a_bound_is_proved_where_time_is_over_before_any_search_ended(monkeypatch, settled_town):
    town, best, settled = settled_town
    # More than prices are raised to while they are sought, and less than where time is over.
    hasty = impatient(monkeypatch, town, 1.25 * settled.price.sum())
    monkeypatch.setattr("analytics.regrouping_pricing._HIGHER", 1.0)
    late = priced(hasty, time.monotonic() + 2, lambda _: None)
    assert late.is_proven
    assert late.high >= town.cost_all_open - best.objective - 1e-6
    assert late.high == pytest.approx(1.3 * settled.high, rel=0.02)


def test_prices_are_raised_the_less_the_more_time_is_left_once_a_search_has_ended():
    raised = _Raised()
    assert raised.share(30.0) == 0.0
    raised.after(0.0, 2.0, is_whole=False)
    assert raised.share(30.0) == 0.04
    assert not raised.is_over(0.1, again=False)
    raised.after(0.04, 1.0, is_whole=True)
    # 0.6 of the time left may go into it; half the raise takes eight times as long.
    assert raised.share(30.0) == pytest.approx(0.02)
    assert raised.share(1.728 / 0.6) == pytest.approx(0.04 / 1.2)
    # A tenth less is not worth it, unless what was found may go in first and there is time.
    assert raised.is_over(1.5, again=False)
    assert not raised.is_over(1.5, again=True)
    assert raised.is_over(0.9, again=True)


@pytest.mark.parametrize("seed", range(4))
def test_prices_that_miss_some_known_stars_still_bound_every_plan_of_them(seed):
    town = small_schools(24, seed=seed)
    stars = first_stars(Galaxy(town, np.zeros(24)))
    exact, hasty = Relaxation.of(town, stars), Relaxation.of(town, stars)
    assert exact.solve(30.0)
    hasty.near = np.random.default_rng(seed).random(len(stars)) < 0.1
    assert hasty.solve(30.0, may_miss=len(stars))
    assert (hasty.worth() > 1e-6).any()
    assert hasty.value >= exact.value - 1e-6


class Clock:
    """Time that passes only while something searches."""

    now = 0.0

    def monotonic(self) -> float:
        return self.now


class Slow:
    """A search that ends when its time is over, and finds nothing."""

    programme = SimpleNamespace(most_merges=None)

    def __init__(self, clock: Clock) -> None:
        self.clock, self.ended = clock, []

    def whole_search(self, *_, deadline, **__):
        self.clock.now = deadline
        self.ended.append(deadline)
        return SimpleNamespace(is_whole=True, best=np.zeros(2), stars=None)


@pytest.mark.parametrize(("stop", "ended"), [(25.0, [10, 20, 25]), (0.0, [])])
def test_a_bound_that_is_looked_for_late_keeps_to_its_time(monkeypatch, stop, ended):
    # Each search may take 10 seconds, six of them 60; there are fewer.
    clock = Clock()
    monkeypatch.setattr(regrouping_pricing, "time", clock)
    slow = Slow(clock)
    regrouping_pricing._proved_late(slow, np.ones(2), 0.0, 10.0, stop)
    assert slow.ended == ended


@given(
    seed=st.integers(0, 10**6),
    rooms=st.integers(1, 24),
    side_km=st.floats(1.0, 6.0),
    prices=st.sampled_from([PRICES, Prices(50, 200, 0.5), Prices(600, 60, 0.5), Prices(9, 0, 1)]),
    is_even=st.booleans(),
    most_into=st.none() | st.integers(1, 3),
)
@settings(max_examples=30, deadline=None)
def test_the_bound_is_the_best_of_all_plans_of_a_tiny_district(
    seed, rooms, side_km, prices, is_even, most_into
):
    town = small_schools(5, rooms, side_km, seed, most_into=most_into)
    if is_even:
        each, more = np.divmod(town.pupils.sum(axis=1), 6)
        held = each[:, None] + (np.arange(6) < more[:, None])
        spare = np.maximum(rooms - (-(-held // 28)).sum(axis=1), 0)
        town = replace(town, pupils=held, spare=spare)
    town = strengthened(replace(town, prices=prices))
    ways = [[-1, *np.flatnonzero(town.source == i).tolist()] for i in range(5)]
    plans = (np.array(arcs) for arcs in product(*ways))
    least = min(plan_cost(town, *sent(town, arc)) for arc in plans if kept_limits(town, arc))
    found = solve(town, gap=0.0, seconds=20.0)
    assert found.bound <= least + 1e-6
    assert found.objective == pytest.approx(least)


def test_parts_that_share_no_merge_are_proved_one_by_one():
    towns = [small_schools(9, side_km=1.5, seed=seed) for seed in range(6)]
    both = strengthened(
        replace(
            towns[0],
            pupils=np.concatenate([town.pupils for town in towns]),
            ceiling=np.full(54, 28),
            spare=np.concatenate([town.spare for town in towns]),
            source=np.concatenate([town.source + 9 * at for at, town in enumerate(towns)]),
            target=np.concatenate([town.target + 9 * at for at, town in enumerate(towns)]),
            km=np.concatenate([town.km for town in towns]),
            must_close=np.zeros(54, dtype=bool),
        )
    )
    one_by_one = [solve(town, gap=0.0, seconds=60.0) for town in towns]
    together = solve(both, gap=0.0, seconds=60.0)
    assert together.objective == pytest.approx(sum(one.objective for one in one_by_one))
    assert together.bound == pytest.approx(sum(one.bound for one in one_by_one))


def test_prices_begun_with_the_nearest_end_at_the_same_bound():
    town = small_schools(120, side_km=6.0, rooms=9)
    galaxy = Galaxy(town, np.zeros(town.school_count))
    begun = priced_nearest(galaxy, time.monotonic() + 60)
    assert begun is not None
    at_once = priced(galaxy, time.monotonic() + 120, lambda _: None)
    in_turns = priced(galaxy, time.monotonic() + 120, lambda _: None, begun)
    assert in_turns.high == pytest.approx(at_once.high, rel=2e-3)


def test_a_district_with_plenty_of_rooms_is_told_with_its_gap_and_keeps_every_limit():
    town = small_schools(120, side_km=8.0)
    found = solve(town, seconds=4.0)
    arc = np.full(town.school_count, STAYS)
    place = {(i, j): at for at, (i, j) in enumerate(
        zip(town.source.tolist(), town.target.tolist(), strict=True))}  # fmt: skip
    for i, j in enumerate(found.into.tolist()):
        if j != STAYS:
            arc[i] = place[i, j]
    assert kept_limits(town, arc)
    assert found.objective == pytest.approx(plan_cost(town, *sent(town, arc)))
    assert found.bound <= found.objective
