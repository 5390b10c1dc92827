"""Between what is usual elsewhere and one's own history, and several causes at once."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from analytics import rules
from analytics.exits import exit_model, in_service_on

AS_OF = date(2026, 1, 1)
RATES = rules.load().exit_rates
RESIGNED = "mengundurkan_diri"


def staff(count: int, resigned: int) -> pd.DataFrame:
    """Synthetic PNS, watched for six years, of whom so many resigned, spread over the years."""
    at = np.arange(count)
    gone = at < resigned
    days = [f"{2020 + place % 6}-06-01" if flag else None for place, flag in enumerate(gone)]
    return pd.DataFrame(
        {
            "person_id": [f"p{place}" for place in at],
            "sex": np.where(at % 2 == 0, "L", "P"),
            "birth_date": pd.to_datetime([f"{1972 + place % 25}-03-01" for place in at]),
            "start_date": pd.Timestamp("2015-01-01"),
            "exit_date": pd.to_datetime(days, format="%Y-%m-%d"),
            "cause": np.where(gone, RESIGNED, None),
            "employment": "PNS",
            "role_group": "pelaksana",
        }
    )


def rate(spells: pd.DataFrame) -> tuple[float, float]:
    """Mean chance of resigning within a year, and how much rests on prior rates."""
    model = exit_model(spells, date(2020, 1, 1), AS_OF, RATES)
    here = in_service_on(spells, AS_OF)
    return float(model.hazards(here, 1, with_years=False)[RESIGNED].mean()), model.prior_share


def test_without_an_exit_the_rates_are_the_usual_ones_and_called_so():
    found, share = rate(staff(2, 0))
    rows = RATES[(RATES["cause"] == RESIGNED) & (RATES["employment"] == "PNS")]
    [middle] = pd.to_numeric(rows["rate_mid"])
    assert found == pytest.approx(middle, rel=0.02)
    assert share == pytest.approx(1.0, abs=0.01)
    # Six years of 300 people without one say a little: never more than usual, and not much less.
    watched, told = rate(staff(300, 0))
    assert 0.5 * middle < watched < middle
    # And what they say takes its share from the prior rates, though nobody left.
    assert 0.3 < told < 0.9


def test_what_few_exits_say_of_the_level_is_said_once():
    # The fitted rates have believed it already, against prior rates worth twenty exits: good and
    # bad years must not believe all of it again.
    for count, resigned in ((300, 0), (100, 0), (1000, 0)):
        spells = staff(count, resigned)
        model = exit_model(spells, date(2020, 1, 1), AS_OF, RATES)
        here = in_service_on(spells, AS_OF)
        fitted, coming = (
            sum(each.sum() for each in model.hazards(here, 1, with_years=with_years).values())
            for with_years in (False, True)
        )
        assert 0.45 * fitted < coming < fitted


def test_a_history_in_which_not_even_one_person_died_teaches_nothing():
    # Four thousand for six years: some forty deaths are usual at their ages.
    usual, _ = rate(staff(2, 0))
    found, share = rate(staff(4_000, 0))
    assert found == pytest.approx(usual, rel=0.02)
    assert share == 1.0
    # One exit, and somebody writes them down.
    found, share = rate(staff(4_000, 1))
    assert found < 0.5 * usual and share < 0.5


def test_twelve_resignations_stand_between_the_usual_rate_and_ones_own():
    spells = staff(400, 12)
    own = 12 / (6 * 400)
    usual, _ = rate(staff(2, 0))
    found, share = rate(spells)
    low, high = sorted((usual, own))
    assert low * 0.95 <= found <= high * 1.05
    assert 0 < share < 1


def test_more_exits_move_the_answer_towards_ones_own_rate():
    usual, _ = rate(staff(2, 0))
    moved = []
    for times in (1, 4, 16):
        spells = staff(400 * times, 12 * times)
        found, share = rate(spells)
        moved.append((abs(np.log(found / (12 / 2400))), share))
    far, shares = zip(*moved, strict=True)
    assert far[2] <= far[0] + 0.02 and abs(np.log(usual / 0.005)) >= far[2]
    assert list(shares) == sorted(shares, reverse=True)


def test_hazards_of_three_causes_are_found_again_each_with_its_own_shape():
    # Deaths rise with age, resignations fall with service, transfers are the same for all.
    dice = np.random.default_rng(12)
    count, first = 15_000, 2012
    birth = dice.integers(1955, 1990, count)
    start = np.maximum(birth + dice.integers(20, 35, count), 1985)
    leaves, why = np.full(count, 9999), np.full(count, None, dtype=object)
    names = np.array(["meninggal", RESIGNED, "pindah_keluar"], dtype=object)
    for year in range(first, 2026):
        chance = truth(year - birth, year - start)
        here = (leaves == 9999) & (start < year)
        drawn = dice.random(count)
        edges = np.cumsum(chance, axis=0)
        goes = here & (drawn < edges[-1])
        leaves[goes] = year
        why[goes] = names[(drawn > edges).sum(axis=0)[goes]]
    spells = pd.DataFrame(
        {
            "person_id": [f"p{at}" for at in range(count)],
            "sex": np.where(dice.random(count) < 0.5, "L", "P"),
            "birth_date": pd.to_datetime([f"{each}-01-01" for each in birth]),
            "start_date": pd.to_datetime([f"{each}-01-01" for each in start]),
            "exit_date": pd.to_datetime(
                [f"{each}-07-01" if each < 9999 else None for each in leaves]
            ),
            "cause": why,
        }
    )
    model = exit_model(spells, date(first, 1, 1), AS_OF)
    here = in_service_on(spells, AS_OF)
    found = model.hazards(here, 1, with_years=False)
    age = 2026 - here["birth_date"].dt.year.to_numpy()
    service = 2026 - here["start_date"].dt.year.to_numpy()
    known = dict(zip(names, truth(age, service), strict=True))
    for cause in names:
        for rows in (age < 45, age >= 55, service < 10, service >= 25):
            seen = found[cause][rows, 0].mean()
            assert seen == pytest.approx(known[cause][rows].mean(), rel=0.25, abs=0.0015), cause
    total = sum(found[cause][:, 0].mean() for cause in names)
    assert total == pytest.approx(sum(each.mean() for each in known.values()), rel=0.05)


def truth(age: np.ndarray, service: np.ndarray) -> np.ndarray:
    """Chances made up for the test: (cause, person)."""
    return np.array(
        [
            0.002 * np.exp((np.maximum(age, 20) - 30) / 15),
            0.05 * np.exp(-np.maximum(service, 0) / 8),
            np.full(len(age), 0.01),
        ]
    )


def test_without_history_deaths_rise_by_age_and_unknown_sex_lies_between():
    born = pd.to_datetime([f"{year}-01-01" for year in (1970, 1980, 1990)] * 3)
    people = pd.DataFrame(
        {
            "person_id": [f"p{place}" for place in range(9)],
            "sex": ["L"] * 3 + [None] * 3 + ["P"] * 3,
            "birth_date": born,
            "start_date": pd.Timestamp("2015-01-01"),
            "exit_date": pd.NaT,
            "employment": "PNS",
        }
    ).astype({"exit_date": "datetime64[us]"})
    model = exit_model(people, AS_OF, AS_OF, RATES)
    died = model.hazards(people, 1, with_years=False)["meninggal"][:, 0].reshape(3, 3)
    assert (np.diff(died[:, ::-1], axis=1) > 0).all()  # born later, dies less
    assert died[1] == pytest.approx((died[0] + died[2]) / 2, rel=0.01)
    # UN World Population Prospects 2024: at 55-59 men die 9.3 times as often as at 25-29.
    assert died[0, 0] > 5 * died[0, 2]
