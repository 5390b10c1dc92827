"""What is paid to people who may leave varies as a simulation of them says, month by month."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from analytics.exact_sums import NO_EFFECT, YearEffect
from analytics.projection import projection
from analytics.projection_months import Levers

YEARS, PEOPLE, DRAWS = 4, 400, 3000
NEW_YEAR, SEPTEMBER = date(2026, 1, 1), date(2026, 9, 1)
RATE = 0.08
EFFECT = YearEffect(0.35, 0.4, 0.2)
# Contracts of every third: three in four go on, for two years each time.
RENEWED, TERM = 0.75, 24
LEVERS = Levers(renewal=(("P3K", RENEWED, TERM),))


def months_until(as_of):
    return 12 * (YEARS + 1) - (as_of.month - 1)


def staff(as_of):
    """Month in which each must go, that in which a contract ends (-1: none), and the frame."""
    luck = np.random.default_rng(11)
    first = np.datetime64(as_of, "M")
    due = luck.integers(3, 110, PEOPLE)
    ends = np.where(np.arange(PEOPLE) % 3 == 0, luck.integers(0, 36, PEOPLE), -1)
    last_day = (first + ends + 1).astype("datetime64[D]") - np.timedelta64(1, "D")
    return (
        due,
        ends,
        pd.DataFrame(
            {
                "unit": "Dinas",
                "role_group": "guru",
                "employment": np.where(ends >= 0, "P3K", "PNS"),
                "is_on_duty": True,
                "retires_on": pd.Series((first + due).astype("datetime64[us]")),
                "contract_ends_on": pd.Series(
                    np.where(ends >= 0, last_day, np.datetime64("NaT")).astype("datetime64[us]")
                ),
            }
        ),
    )


def pay():
    luck = np.random.default_rng(12)
    return luck.uniform(40e6, 120e6, (PEOPLE, 1)) * 1.02 ** np.arange(YEARS + 1)


def exposed(due, as_of):
    """Exposure (person, month): twelve months hold the whole rate before the day one must go."""
    count = months_until(as_of)
    first = np.datetime64(as_of, "M")
    days = np.diff((first + np.arange(count + 13)).astype("datetime64[D]")).astype(float)
    since = np.arange(len(days))
    is_open = since < due[:, None]
    found = np.zeros((PEOPLE, len(days)))
    for one in range(YEARS + 1):
        own = np.where((since // 12 == one) & is_open, days, 0.0)
        total = own.sum(axis=1, keepdims=True)
        found += -np.log(1 - RATE) * np.divide(own, total, out=np.zeros_like(own), where=total > 0)
    return found[:, :count]


def simulated(effect, as_of):
    """Spending by draw and year: everybody lives through the months with luck of their own."""
    due, ends, _ = staff(as_of)
    luck = np.random.default_rng(13)
    count = months_until(as_of)
    year = (np.arange(count) + as_of.month - 1) // 12
    is_open = np.arange(count) < due[:, None]
    exposure = exposed(due, as_of)
    cov = effect.covariance(np.arange(YEARS + 1)) + 1e-12 * np.eye(YEARS + 1)
    draws = luck.multivariate_normal(-np.diag(cov) / 2, cov, DRAWS)
    spent = np.zeros((DRAWS, YEARS + 1))
    terms = 1 + count // TERM
    for draw, log in enumerate(draws):
        reached = np.cumsum(exposure * np.exp(log)[year], axis=1)
        before = np.concatenate([np.zeros((PEOPLE, 1)), reached[:, :-1]], axis=1)
        is_paid = (before < luck.exponential(size=(PEOPLE, 1))) & is_open
        goes_on = np.cumprod(luck.random((PEOPLE, terms)) < RENEWED, axis=1).astype(bool)
        for term in range(terms):
            ended = (ends >= 0) & ~goes_on[:, term]
            is_paid &= ~(ended[:, None] & (np.arange(count) > (ends + term * TERM)[:, None]))
        share = np.stack([is_paid[:, year == one].sum(axis=1) for one in range(YEARS + 1)], axis=1)
        spent[draw] = (share / 12 * pay()).sum(axis=0)
    return spent


def told(effect, as_of=NEW_YEAR):
    people = staff(as_of)[2]
    hazards = {"aps": np.full((PEOPLE, YEARS + 1), RATE)}
    return projection(people, as_of, YEARS, hazards, effect, LEVERS)


@pytest.mark.parametrize("effect", [NO_EFFECT, EFFECT], ids=["alike", "good and bad years"])
@pytest.mark.parametrize("as_of", [NEW_YEAR, SEPTEMBER], ids=["a whole year", "four months"])
def test_spending_varies_as_a_simulation_of_everybody_does(effect, as_of):
    found = told(effect, as_of)
    assert found.paid_spread.share == pytest.approx(found.paid_share(), abs=1e-12)
    law = found.paid_spread.law(pay())
    drawn = simulated(effect, as_of) - (pay() * found.paid_share()).sum(axis=0)
    assert drawn.mean(axis=0) == pytest.approx(0.0, abs=4 * drawn.std(axis=0).max() / DRAWS**0.5)
    assert law.sd == pytest.approx(drawn.std(axis=0), rel=0.06)
    # In a part of a year so few leave that their luck is not quite a bell curve.
    near = np.where(np.arange(YEARS + 1) == 0, 0.025 if as_of == NEW_YEAR else 0.04, 0.025)
    for share in (0.1, 0.5, 0.9):
        reached = law.quantile(share)
        assert (np.abs((drawn < reached).mean(axis=0) - share) < near).all()
        assert law.above(reached) == pytest.approx(np.full(YEARS + 1, 1 - share), abs=1e-6)


def test_where_years_are_alike_only_luck_is_left():
    law = told(NO_EFFECT).paid_spread.law(pay())
    assert (law.years == 0).all()
    assert (law.chance > 0).all()


def test_whoever_surely_retires_is_paid_a_sure_share_of_the_year():
    people = staff(NEW_YEAR)[2].assign(contract_ends_on=pd.NaT)
    people["contract_ends_on"] = people["contract_ends_on"].astype("datetime64[us]")
    hazards = {"aps": np.zeros((PEOPLE, YEARS + 1))}
    found = projection(people, NEW_YEAR, YEARS, hazards, EFFECT)
    assert found.paid_spread.variance.max() < 1e-12
    assert found.paid_spread.law(pay()).sd.max() < 1e3
