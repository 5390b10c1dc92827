"""What points after a place may add: never less than any do, and no search misses a star."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics import regrouping_ahead, regrouping_stars
from analytics.regrouping_ahead import Filling
from analytics.regrouping_programme import rombel
from analytics.regrouping_stars import Galaxy
from tests.test_regrouping_hard import small_schools
from tests.test_regrouping_tightened import drawn_prices

CEILING = 7


def drawn_points(luck, groups):
    """Points of some groups, those worth most per pupil first, as a search takes them."""
    size = luck.integers(1, 6, groups)
    group = np.repeat(np.arange(groups), size)
    pupils = luck.integers(0, 6, (3, len(group)))
    worth = luck.uniform(-40.0, 200.0, len(group))
    order = np.lexsort((-worth / np.maximum(pupils.sum(axis=0), 1e-6), group))
    return worth[order], pupils[:, order], group


def most_added(worth, pupils, free, classes, price):
    """The most any set of points adds, by trying every set."""
    best = 0.0
    for size in range(1, len(worth) + 1):
        for some in combinations(range(len(worth)), size):
            over = np.maximum(pupils[:, some].sum(axis=1) - free, 0)
            formed = rombel(over[None], np.array([CEILING])).sum()
            if formed <= classes:
                best = max(best, worth[list(some)].sum() - price * formed)
    return best


@pytest.mark.parametrize("reach", [2, 1])
@given(seed=st.integers(0, 10**6), price=st.sampled_from([0.0, 30.0, 150.0]))
@settings(max_examples=60, deadline=None)
def test_no_set_of_points_adds_more_than_grade_by_grade_promises(reach, seed, price):
    luck = np.random.default_rng(seed)
    worth, pupils, group = drawn_points(luck, 4)
    before, regrouping_ahead._CLASSES = regrouping_ahead._CLASSES, reach
    try:
        filling = Filling.of(worth, pupils, group, CEILING)
    finally:
        regrouping_ahead._CLASSES = before
    end = np.searchsorted(group, group, side="right")
    start = np.arange(len(group))
    free = luck.integers(0, CEILING, (3, len(group)))
    classes = luck.integers(0, 4, len(group))
    ceiling = np.full(len(group), CEILING)
    told = filling.most(start, end, free, classes, ceiling, price)
    for at in start:
        own = slice(at, end[at])
        least = most_added(worth[own], pupils[:, own], free[:, at], classes[at], price)
        assert told[at] >= least - 1e-9


def test_where_no_class_more_fits_every_grade_must_take_the_school():
    # Two schools, each of which fits the free places of one grade only.
    pupils = np.array([[6, 1], [1, 6]])
    filling = Filling.of(np.array([100.0, 90.0]), pupils, np.zeros(2, dtype=int), CEILING)
    start, end, none = np.zeros(1, dtype=int), np.full(1, 2), np.zeros(1, dtype=int)
    ceiling = np.full(1, CEILING)
    free = np.array([[5], [5]])
    told = filling.most(start, end, free, none, ceiling, 50.0)
    assert told[0] == pytest.approx(90.0, rel=1e-4)
    with_one = filling.most(start, end, free, none + 1, ceiling, 50.0)
    assert with_one[0] == pytest.approx(90.0, rel=1e-4)
    with_two = filling.most(start, end, free, none + 2, ceiling, 40.0)
    assert with_two[0] == pytest.approx(110.0, rel=1e-4)


def test_tables_that_would_be_too_large_are_left_out(monkeypatch):
    worth, pupils, group = drawn_points(np.random.default_rng(0), 4)
    monkeypatch.setattr(regrouping_ahead, "_BYTES", 100)
    assert Filling.of(worth, pupils, group, CEILING) is None


@given(seed=st.integers(0, 10**6), rooms=st.integers(5, 24), best_only=st.booleans())
@settings(max_examples=25, deadline=None)
def test_a_search_grade_by_grade_finds_what_one_without_finds(seed, rooms, best_only):
    town = small_schools(10, rooms, side_km=2.5, seed=seed % 400)
    luck = np.random.default_rng(seed)
    prices = drawn_prices(town, luck)
    prices = type(prices)(prices.school * 0.7, prices.merge, prices.groups, prices.group)
    galaxy = Galaxy(town, np.zeros(10))
    without = galaxy.search(prices.school, prices.merge, 1e-6, best_only=best_only, odd=prices.odd)
    before, regrouping_stars._MANY = regrouping_stars._MANY, 0
    try:
        told = galaxy.whole_search(
            prices.school, prices.merge, 1e-6,
            best_only=best_only, deadline=np.inf, odd=prices.odd,
        )  # fmt: skip
    finally:
        regrouping_stars._MANY = before
    assert told.is_whole and without.is_whole
    assert told.best == pytest.approx(without.best)
    if not best_only:
        assert sorted(told.stars.saving) == pytest.approx(sorted(without.stars.saving))
