"""What is paid to people who may leave varies as a simulation of them says, month by month."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from analytics.exact_sums import NO_EFFECT, YearEffect
from analytics.projection import projection

AS_OF, YEARS, PEOPLE, DRAWS = date(2026, 1, 1), 4, 400, 3000
RATE = 0.08
EFFECT = YearEffect(0.35, 0.4, 0.2)


def staff():
    luck = np.random.default_rng(11)
    months = luck.integers(3, 110, PEOPLE)
    retires = np.datetime64("2026-01") + months.astype("timedelta64[M]")
    return months, pd.DataFrame(
        {
            "unit": "Dinas",
            "role_group": "guru",
            "employment": "PNS",
            "is_on_duty": True,
            "retires_on": pd.Series(retires.astype("datetime64[D]")).astype("datetime64[us]"),
            "contract_ends_on": pd.Series([pd.NaT] * PEOPLE).astype("datetime64[us]"),
        }
    )


def pay():
    luck = np.random.default_rng(12)
    return luck.uniform(40e6, 120e6, (PEOPLE, 1)) * 1.02 ** np.arange(YEARS + 1)


def simulated(effect):
    """Spending by draw and year: everybody lives through the months with luck of their own."""
    due, _ = staff()
    luck = np.random.default_rng(13)
    count = 12 * (YEARS + 1)
    starts = np.datetime64("2026-01") + np.arange(count + 1)
    days = np.diff(starts.astype("datetime64[D]")).astype(float)
    year = np.arange(count) // 12
    is_open = np.arange(count) < due[:, None]
    exposure = np.zeros((PEOPLE, count))
    for one in range(YEARS + 1):
        own = np.where((year == one) & is_open, days, 0.0)
        total = own.sum(axis=1, keepdims=True)
        exposure += -np.log(1 - RATE) * np.divide(
            own, total, out=np.zeros_like(own), where=total > 0
        )
    cov = effect.covariance(np.arange(YEARS + 1)) + 1e-12 * np.eye(YEARS + 1)
    draws = luck.multivariate_normal(-np.diag(cov) / 2, cov, DRAWS)
    spent = np.zeros((DRAWS, YEARS + 1))
    for draw, log in enumerate(draws):
        reached = np.cumsum(exposure * np.exp(log)[year], axis=1)
        before = np.concatenate([np.zeros((PEOPLE, 1)), reached[:, :-1]], axis=1)
        is_paid = (before < luck.exponential(size=(PEOPLE, 1))) & is_open
        share = is_paid.reshape(PEOPLE, YEARS + 1, 12).sum(axis=2) / 12
        spent[draw] = (share * pay()).sum(axis=0)
    return spent


def told(effect):
    people = staff()[1]
    hazards = {"aps": np.full((PEOPLE, YEARS + 1), RATE)}
    return projection(people, AS_OF, YEARS, hazards, effect)


@pytest.mark.parametrize("effect", [NO_EFFECT, EFFECT], ids=["alike", "good and bad years"])
def test_spending_varies_as_a_simulation_of_everybody_does(effect):
    found = told(effect)
    assert found.paid_spread.share == pytest.approx(found.paid_share(), abs=1e-12)
    law = found.paid_spread.law(pay())
    drawn = simulated(effect) - (pay() * found.paid_share()).sum(axis=0)
    assert law.sd == pytest.approx(drawn.std(axis=0), rel=0.06)
    for share in (0.1, 0.5, 0.9):
        reached = law.quantile(share)
        assert (drawn < reached).mean(axis=0) == pytest.approx(np.full(YEARS + 1, share), abs=0.025)
        assert law.above(reached) == pytest.approx(np.full(YEARS + 1, 1 - share), abs=1e-6)


def test_where_years_are_alike_only_luck_is_left():
    law = told(NO_EFFECT).paid_spread.law(pay())
    assert (law.years == 0).all()
    assert (law.chance > 0).all()


def test_whoever_surely_retires_is_paid_a_sure_share_of_the_year():
    people = staff()[1]
    hazards = {"aps": np.zeros((PEOPLE, YEARS + 1))}
    found = projection(people, AS_OF, YEARS, hazards, EFFECT)
    assert found.paid_spread.variance.max() < 1e-12
    assert found.paid_spread.law(pay()).sd.max() < 1e3
