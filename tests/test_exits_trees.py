"""Trees beside the curves: believed as far as the past bears them out, and at its level."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score

from analytics.exits import ExitChoice, exit_model, in_service_on
from analytics.exits_boosting import NO_TREES, fitted_trees
from analytics.exits_forecast import exit_forecast
from analytics.exits_panel import Traits

FROM, AS_OF = date(2008, 1, 1), date(2020, 1, 1)
LEFT_BY_CORNER, LEFT_ELSEWHERE = 0.5, 0.03


def with_corner(people: int = 5000, seed: int = 8) -> pd.DataFrame:
    """Synthetic: half of those aged 45-49 with 12-14 years leave a year, 3 % of everybody else."""
    dice = np.random.default_rng(seed)
    birth = dice.integers(1955, 1992, people)
    start = np.maximum(birth + dice.integers(22, 45, people), 1990)
    leaves = np.full(people, 9999)
    for year in range(2008, 2021):
        chance = np.where(corner(birth, start, year), LEFT_BY_CORNER, LEFT_ELSEWHERE)
        gone = (leaves == 9999) & (start < year) & (dice.random(people) < chance)
        leaves[gone] = year
    return pd.DataFrame(
        {
            "person_id": [f"p{at}" for at in range(people)],
            "sex": np.where(dice.random(people) < 0.5, "L", "P"),
            "birth_date": pd.to_datetime([f"{year}-01-01" for year in birth]),
            "start_date": pd.to_datetime([f"{year}-01-01" for year in start]),
            "exit_date": pd.to_datetime(
                [f"{year}-07-01" if year < 9999 else None for year in leaves]
            ),
        }
    )


def corner(birth: np.ndarray, start: np.ndarray, year: int) -> np.ndarray:
    age, service = year - birth, year - start
    return (age >= 45) & (age < 50) & (service >= 12) & (service < 15)


@pytest.fixture(scope="module")
def spells() -> pd.DataFrame:
    return with_corner()


def test_a_corner_no_curve_can_turn_is_seen_by_trees(spells):
    model = exit_model(spells, FROM, AS_OF)
    assert model.blend.weight > 0
    here = in_service_on(spells, AS_OF)
    blended = sum(model.hazards(here, 1, with_years=False).values())[:, 0]
    birth, start = here["birth_date"].dt.year.to_numpy(), here["start_date"].dt.year.to_numpy()
    inside = corner(birth, start, 2020)
    truth = np.where(inside, LEFT_BY_CORNER, LEFT_ELSEWHERE)
    curves = exit_model(spells, FROM, AS_OF, choice=ExitChoice(without="nothing"))
    assert curves.blend is NO_TREES
    plain = sum(curves.hazards(here, 1, with_years=False).values())[:, 0]
    assert np.abs(blended - truth).mean() < np.abs(plain - truth).mean()
    assert roc_auc_score(inside, blended) > 0.99


def test_trees_leave_the_number_expected_where_the_curves_had_it(spells):
    # Of all but newcomers, who began since the last year that taught.
    here = in_service_on(spells[spells["start_date"] < "2019-01-02"], AS_OF)
    with_trees = exit_model(spells, FROM, AS_OF)
    without = exit_model(spells, FROM, AS_OF, choice=ExitChoice(without="nothing"))
    totals = [
        sum(each.hazards(here, 1, with_years=False).values()).sum()
        for each in (with_trees, without)
    ]
    assert totals[0] == pytest.approx(totals[1], rel=1e-6)


def test_a_newcomer_changes_nobody_elses_chance_with_trees_either(spells):
    model = exit_model(spells, FROM, AS_OF)
    here = in_service_on(spells, AS_OF)
    alone, together = (model.hazards(each, 2) for each in (here.iloc[:-1], here))
    for cause, chance in alone.items():
        np.testing.assert_allclose(chance, together[cause][:-1], atol=1e-12)


def test_newcomers_on_the_roster_change_nobody_elses_chance(spells):
    # Hired since the last year that taught, all of one age and sex.
    new = spells.iloc[:200].assign(
        person_id=[f"new{at}" for at in range(200)],
        sex="P",
        birth_date=pd.Timestamp("1975-01-01"),
        start_date=pd.Timestamp(AS_OF) - pd.Timedelta(days=30),
        exit_date=pd.NaT,
    )
    here = in_service_on(spells, AS_OF)
    models = [exit_model(each, FROM, AS_OF) for each in (spells, pd.concat([spells, new]))]
    assert models[0].blend.weight > 0
    alone, beside = (sum(model.hazards(here, 2).values()) for model in models)
    np.testing.assert_allclose(beside, alone, atol=1e-12)


def test_few_exits_give_trees_no_say():
    few = exit_forecast(with_corner(300), AS_OF, 1)
    assert few.model.blend is NO_TREES


def person_years(first_age, years: int = 20, each: int = 60, seed: int = 5):
    """Synthetic cells: 30 % of those past ``first_age(years back)`` leave a year, 2 % of others."""
    dice = np.random.default_rng(seed)
    back, age = (one.ravel() for one in np.meshgrid(np.arange(years), np.arange(40, 64)))
    chance = np.where(age >= first_age(back), 0.3, 0.02)
    gone = dice.binomial(each, chance)
    service = np.minimum(age - 25, 20)
    who = Traits(*(np.tile(one, 2) for one in (age, service)), np.zeros(2 * len(age)), {})
    left = np.repeat([True, False], len(age))
    return who, left, np.concatenate([gone, each - gone]).astype(float), np.tile(back, 2)


def chance_at(trees, ages: range) -> float:
    age = np.array(ages)
    odds = trees.logit(Traits(age, np.minimum(age - 25, 20), np.zeros(len(age)), {}))
    return float((1 / (1 + np.exp(-odds))).mean())


def test_trees_follow_a_profile_that_moved_and_keep_one_that_did_not():
    # The age from which people leave rose by a year a year, to 58 in the last year.
    moved = fitted_trees(*person_years(lambda back: 58 - back))
    assert chance_at(moved, range(59, 63)) > 0.25
    assert chance_at(moved, range(44, 52)) < 0.12
    kept = fitted_trees(*person_years(lambda back: 55 + 0 * back))
    assert chance_at(kept, range(55, 63)) == pytest.approx(0.3, abs=0.03)
    assert chance_at(kept, range(40, 55)) == pytest.approx(0.02, abs=0.01)
