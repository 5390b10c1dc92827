"""The whole distribution of leavers and stayers, against enumeration, simulation and its laws."""

from __future__ import annotations

import math
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.exact_sums import (
    SumOptions,
    YearEffect,
    leaver_distribution,
    staff_distribution,
    sum_law,
)

LUCK = np.random.default_rng(20261121)
SHARES = (0.1, 0.5, 0.9)


def by_convolution(probabilities):
    """One factor after another: the definition."""
    law = np.ones(1)
    for p in probabilities:
        law = np.convolve(law, [1 - p, p])
    return law


def simulated(hazards, effect, runs, fixed=None):
    """Leavers by run and year, person by person under random years."""
    people, years = hazards.shape
    luck = np.random.default_rng(7)
    covariance = effect.covariance(np.arange(years))
    root = np.linalg.cholesky(covariance + 1e-12 * np.eye(years))
    exposure = -np.log1p(-np.minimum(hazards, 1 - 1e-15))
    other = np.zeros_like(hazards) if fixed is None else fixed / (1 - hazards)
    leavers = np.empty((runs, years))
    for run in range(runs):
        multiplier = np.exp(root @ luck.standard_normal(years) - np.diag(covariance) / 2)
        leaves = 1 - np.exp(-exposure * multiplier) * (1 - other)
        leaves[hazards >= 1] = 1
        goes = luck.random((people, years)) < leaves
        first = np.where(goes.any(axis=1), goes.argmax(axis=1), years)
        leavers[run] = np.bincount(first, minlength=years + 1)[:years]
    return leavers


@pytest.mark.parametrize("count", [1, 2, 3, 10, 60])
def test_a_sum_of_equal_chances_is_the_binomial_of_the_textbook(count):
    expected = [math.comb(count, k) * 0.3**k * 0.7 ** (count - k) for k in range(count + 1)]
    assert sum_law(np.full(count, 0.3)) == pytest.approx(expected, abs=1e-13)


def test_every_way_three_people_can_leave_is_counted():
    chances = (0.2, 0.5, 0.9)
    expected = np.zeros(4)
    for leaves in product((0, 1), repeat=3):
        ways = [p if goes else 1 - p for p, goes in zip(chances, leaves, strict=True)]
        expected[sum(leaves)] += math.prod(ways)
    assert sum_law(chances) == pytest.approx(expected, abs=1e-15)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=150))
def test_the_law_of_a_sum_is_that_of_convolving_its_factors(chances):
    assert sum_law(chances) == pytest.approx(by_convolution(chances), abs=1e-12)


def test_certainties_move_the_law_and_add_no_spread():
    law = sum_law([1.0, 0.0, 1.0, 0.25])
    assert law == pytest.approx([0, 0, 0.75, 0.25, 0], abs=1e-15)
    hazards = np.array([[1.0, 1.0], [0.0, 1.0], [0.0, 0.0]])
    found = leaver_distribution(hazards, year_effect=YearEffect(0.4))
    assert found.mean.tolist() == [[1.0, 1.0]]
    assert found.quantile(0.1).tolist() == found.quantile(0.9).tolist() == [[1, 1]]
    assert found.fewer_than(1).tolist() == [[0.0, 0.0]]
    assert found.fewer_than(2).tolist() == [[1.0, 1.0]]
    assert found.spread() == pytest.approx(np.zeros((1, 2)), abs=1e-9)


def test_a_large_sum_told_by_its_cumulants_agrees_with_the_exact_one():
    hazards = LUCK.uniform(0.01, 0.08, (4000, 1))
    exact = np.concatenate([[0.0], np.cumsum(by_convolution(hazards[:, 0]))])
    found = leaver_distribution(hazards)
    for count in range(100, 260, 7):
        assert found.fewer_than(count)[0, 0] == pytest.approx(exact[count], abs=1e-6)
    assert found.mean[0, 0] == pytest.approx(hazards.sum())
    counts, law = found.law(0, 0)
    assert law.sum() == pytest.approx(1.0, abs=1e-8)
    assert law @ counts == pytest.approx(hazards.sum(), rel=1e-6)
    sd = math.sqrt((hazards * (1 - hazards)).sum())
    assert found.spread()[0, 0] == pytest.approx(sd, rel=1e-4)


def test_staff_and_leavers_without_a_year_effect_are_sums_of_what_each_person_does():
    hazards = LUCK.uniform(0, 0.5, (30, 3))
    kept = np.cumprod(1 - hazards, axis=1)
    before = np.concatenate([np.ones((30, 1)), kept[:, :-1]], axis=1)
    staff, leavers = staff_distribution(hazards), leaver_distribution(hazards)
    for year in range(3):
        stays = by_convolution(kept[:, year])
        goes = by_convolution((before - kept)[:, year])
        for k in range(31):
            assert staff.fewer_than(k)[0, year] == pytest.approx(stays[:k].sum(), abs=1e-12)
            assert leavers.fewer_than(k)[0, year] == pytest.approx(goes[:k].sum(), abs=1e-12)


@pytest.mark.parametrize(
    "effect", [YearEffect(0.3), YearEffect(0.3, 0.6), YearEffect(0.5, 0.2, 0.2), YearEffect(0.8)]
)
@pytest.mark.parametrize("people", [40, 3000])
def test_good_and_bad_years_never_move_an_expectation(effect, people):
    hazards = LUCK.uniform(0, 0.1, (people, 6))
    hazards[: people // 8, 3] = 1.0
    kept = np.cumprod(1 - hazards, axis=1)
    found = staff_distribution(hazards, year_effect=effect)
    assert found.mean[0] == pytest.approx(kept.sum(axis=0))
    for year in range(6):
        counts, law = found.law(0, year)
        assert law @ counts == pytest.approx(kept[:, year].sum(), rel=2e-5)


@pytest.mark.parametrize("people", [60, 1500])
@pytest.mark.parametrize("effect", [YearEffect(0.3, 0.4), YearEffect(0.5)])
def test_quantiles_and_spread_agree_with_a_simulation_of_people_under_random_years(people, effect):
    runs = 3000
    hazards = LUCK.uniform(0.01, 0.08, (people, 6))
    hazards[: people // 10, 3] = 1.0
    leavers = simulated(hazards, effect, runs)
    for found, counted in (
        (leaver_distribution(hazards, year_effect=effect), leavers),
        (staff_distribution(hazards, year_effect=effect), people - leavers.cumsum(axis=1)),
    ):
        # The simulation applies the multiplier to uncalibrated hazards, so its mean may lie up to
        # half a percent of the leavers away from that of the same hazards without years.
        sd = counted.std(axis=0)
        assert np.abs(found.mean[0] - counted.mean(axis=0)).max() < 0.06 * sd.max() + 0.05
        assert found.spread()[0] == pytest.approx(sd, rel=0.06)
        for share in SHARES:
            band = found.quantile(share)[0]
            least = (counted < band).mean(axis=0)
            most = (counted <= band).mean(axis=0)
            assert (least < share + 0.04).all(), share
            assert (most > share - 0.04).all(), share


def test_matching_one_number_of_the_years_agrees_with_many_paths_of_them():
    hazards = LUCK.uniform(0.01, 0.08, (400, 8))
    effect = YearEffect(0.4, 0.3)
    quick = staff_distribution(hazards, year_effect=effect)
    by_paths = [
        staff_distribution(hazards, year_effect=effect, options=SumOptions(check_paths=paths))
        for paths in (32, 256)
    ]
    away = [np.abs(quick.spread() / found.spread() - 1).max() for found in by_paths]
    assert away[1] < away[0]
    assert away[1] < 0.01
    for share in SHARES:
        assert np.abs(quick.quantile(share) - by_paths[1].quantile(share)).max() <= 1


@pytest.mark.parametrize("people", [5, 80, 2500])
def test_more_nodes_change_no_probability(people):
    hazards = LUCK.uniform(0.005, 0.05, (people, 5))
    effect = YearEffect(0.35, 0.5, 0.1)
    for law in (leaver_distribution, staff_distribution):
        found = law(hazards, year_effect=effect)
        finer = law(hazards, year_effect=effect, options=SumOptions(fineness=3))
        for count in np.unique(np.concatenate([found.quantile(s)[0] for s in SHARES])):
            assert found.fewer_than(count) == pytest.approx(finer.fewer_than(count), abs=2e-6)


def test_one_year_of_known_multipliers_is_the_mixture_worked_by_hand():
    # Ten people, one year: integrate the binomial over the lognormal by brute force.
    effect, hazard = YearEffect(0.6), 0.1
    z = np.linspace(-9, 9, 20001)
    weight = np.exp(-z * z / 2)
    weight /= weight.sum()
    multiplier = np.exp(0.6 * z - 0.18)
    stays = np.exp(np.log1p(-hazard) * multiplier)
    stays *= (1 - hazard) / (weight @ stays)
    for k in range(11):
        by_hand = weight @ (math.comb(10, k) * (1 - stays) ** k * stays ** (10 - k))
        found = leaver_distribution(np.full((10, 1), hazard), year_effect=effect)
        counts, law = found.law(0, 0)
        assert law[counts.tolist().index(k)] == pytest.approx(by_hand, abs=1e-8)


def test_a_year_effect_widens_and_persistence_widens_more():
    hazards = np.full((500, 8), 0.04)
    spread = [
        staff_distribution(hazards, year_effect=effect).spread()[0, -1]
        for effect in (
            YearEffect(),
            YearEffect(0.2),
            YearEffect(0.4),
            YearEffect(0.4, 0.5),
            YearEffect(0.4, 0.5, 0.3),
        )
    ]
    assert spread == sorted(spread)
    assert spread[0] == pytest.approx(math.sqrt(500 * 0.96**8 * (1 - 0.96**8)), rel=1e-6)


def test_causes_that_years_do_not_move_keep_their_own_chance():
    hazards, fixed = np.full((800, 4), 0.03), np.full((800, 4), 0.1)
    hazards[:, 2] = 0.0
    found = leaver_distribution(hazards, year_effect=YearEffect(0.5), fixed=fixed)
    kept = np.cumprod(1 - hazards - fixed, axis=1)
    assert found.mean[0] == pytest.approx(-np.diff(np.r_[1.0, kept[0]]) * 800)
    leavers = simulated(hazards, YearEffect(0.5), 2000, fixed)
    assert found.spread()[0] == pytest.approx(leavers.std(axis=0), rel=0.08)


def test_groups_do_not_touch_one_another_and_the_total_is_everybody():
    hazards = LUCK.uniform(0, 0.2, (90, 3))
    groups = np.repeat(["b", "a", "c"], [40, 30, 20])
    effect = YearEffect(0.3, 0.2)
    found = leaver_distribution(hazards, groups, effect)
    assert found.groups.tolist() == ["a", "b", "c"]
    for row, group in enumerate("abc"):
        alone = leaver_distribution(hazards[groups == group], year_effect=effect)
        for share in SHARES:
            assert (alone.quantile(share)[0] == found.quantile(share)[row]).all()
        assert alone.fewer_than(3)[0] == pytest.approx(found.fewer_than(3)[row], abs=1e-7)
    everybody = leaver_distribution(hazards, year_effect=effect)
    assert (found.total.quantile(0.9) == everybody.quantile(0.9)).all()
    shuffled = LUCK.permutation(90)
    mixed = leaver_distribution(hazards[shuffled], groups[shuffled], effect)
    assert (mixed.quantile(0.1) == found.quantile(0.1)).all()


def test_a_newcomer_who_never_leaves_changes_no_count_of_leavers():
    hazards = LUCK.uniform(0, 0.2, (25, 3))
    effect = YearEffect(0.3)
    alone = leaver_distribution(hazards, year_effect=effect)
    joined = leaver_distribution(np.vstack([hazards, np.zeros((1, 3))]), year_effect=effect)
    for count in range(26):
        assert alone.fewer_than(count) == pytest.approx(joined.fewer_than(count), abs=1e-9)


def test_months_of_one_year_share_its_fortune():
    monthly = np.full((200, 12), 1 - 0.95 ** (1 / 12))
    effect = YearEffect(0.5)
    months = SumOptions(periods_per_year=12)
    by_month = staff_distribution(monthly, year_effect=effect, options=months)
    by_year = staff_distribution(np.full((200, 1), 0.05), year_effect=effect)
    for count in range(150, 200, 5):
        expected = by_year.fewer_than(count)[0, 0]
        assert by_month.fewer_than(count)[0, -1] == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize(
    ("hazards", "groups", "fixed", "said"),
    [
        ([0.1, 0.2], None, None, "person x period"),
        ([[1.2]], None, None, "not a probability"),
        ([[np.nan]], None, None, "not a probability"),
        ([[0.1]], ["a", "b"], None, "give one each"),
        ([[0.1]], [None], None, "a group is missing"),
        ([[0.6]], None, [[0.5]], "exceed 1"),
        (np.zeros((0, 3)), None, None, "empty"),
    ],
)
def test_what_is_no_hazard_is_refused_with_the_reason(hazards, groups, fixed, said):
    with pytest.raises(ValueError, match=said):
        leaver_distribution(hazards, groups, fixed=fixed)


@pytest.mark.parametrize("wrong", [{"log_sd": -1}, {"persistence": 1.0}, {"level_log_sd": 9}])
def test_a_year_effect_outside_its_bounds_is_refused(wrong):
    with pytest.raises(ValueError, match="must be"):
        YearEffect(**wrong)
