"""What births announce is not undone further ahead, and nothing jumps where learning ends."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analytics.births import birth_series, births_trend
from analytics.combining import weights
from analytics.enrolment import EnrolmentForecast, enrolment_forecast
from analytics.enrolment_panel import panel

NOW = 2025
FALL, ENTERING, KEPT = 0.96, 0.66, 0.98


def born(year: int) -> float:
    return 2400 * FALL ** (year - 2010)


def falling_city(
    years: int, *, has_smp: bool, luck: np.random.Generator | None = None
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Births fall by 4 % a year; 66 % enter grade 1 at six or seven and 2 % a year leave.

    Twelve SD, four SMP where asked, three districts; counts as they are, or Poisson around them.
    """
    kinds = [("SD", 12, range(1, 7))] + [("SMP", 4, range(7, 10))] * has_smp
    rows = []
    for kind, schools, grades in kinds:
        for school in range(schools):
            for year in range(NOW + 1 - years, NOW + 1):
                for grade in grades:
                    entered = year - grade + 1
                    intake = (born(entered - 6) + born(entered - 7)) / 2 * ENTERING
                    mean = intake * KEPT ** (grade - 1) / schools
                    count = mean if luck is None else float(luck.poisson(mean))
                    rows.append((f"{kind}{school}", year, grade, count, f"K{school % 3}"))
    history = pd.DataFrame(
        rows, columns=["school_id", "school_year", "grade", "pupils", "district"]
    )
    known = range(1990, NOW + 1)
    births = pd.DataFrame({"area": "Kota", "year": known, "births": [born(y) for y in known]})
    return history, births


def by_grade(history: pd.DataFrame, forecast: EnrolmentForecast) -> pd.DataFrame:
    """Pupils by grade, last year known and years ahead."""
    now = history[history["school_year"] == NOW].groupby("grade")["pupils"].sum()
    ahead = forecast.by_grade.pivot(index="grade", columns="school_year", values="pupils")
    return pd.concat([now.rename(NOW), ahead], axis=1)


@pytest.mark.parametrize("years", [1, 2, 3, 5, 8, 12])
@pytest.mark.parametrize("has_smp", [False, True])
def test_while_births_fall_grade_one_never_rises_nor_do_all_grades_at_once(years, has_smp):
    history, births = falling_city(years, has_smp=has_smp)
    pupils = by_grade(history, enrolment_forecast(history, births, 10))
    growth = pupils.to_numpy()[:, 1:] / pupils.to_numpy()[:, :-1] - 1
    assert (growth[0] < 0).all()
    assert (growth.min(axis=0) < 0).all()


@pytest.mark.parametrize("years", [3, 5, 8, 12])
def test_the_share_of_births_that_enters_stays_and_no_cohort_grows_as_it_moves_up(years):
    # Every child entering until 2031 is born by 2025; 2 % a year leave, by construction.
    history, births = falling_city(years, has_smp=False)
    pupils = by_grade(history, enrolment_forecast(history, births, 10))
    share = [
        pupils.loc[1, year] / ((born(year - 6) + born(year - 7)) / 2)
        for year in range(NOW + 1, NOW + 7)
    ]
    assert share == pytest.approx([ENTERING] * 6, rel=0.025)
    moved = pupils.to_numpy()[1:, 1:] / pupils.to_numpy()[:-1, :-1]
    assert moved.max() <= KEPT * 1.015
    assert moved.min() >= KEPT * 0.98


@pytest.mark.parametrize("years", [1, 3, 8])
@pytest.mark.parametrize("has_smp", [False, True])
def test_without_births_all_grades_never_rise_together_either(years, has_smp):
    history, _ = falling_city(years, has_smp=has_smp)
    pupils = by_grade(history, enrolment_forecast(history, None, 10)).to_numpy()
    assert (pupils[:, 1:] / pupils[:, :-1] - 1).min(axis=0).max() <= 0.001


@pytest.mark.parametrize("has_births", [False, True])
@pytest.mark.parametrize("years", [5, 8])
def test_a_schools_forecast_and_band_go_on_where_learning_ends(years, has_births):
    luck = np.random.default_rng(8)
    history, births = falling_city(years, has_smp=True, luck=luck)
    found = enrolment_forecast(history, births if has_births else None, 10)
    shares = found.weight.pivot(
        index=["level", "candidate"], columns="lead_years", values="weight"
    ).to_numpy()
    count = found.weight.groupby("lead_years")["origin_count"].min()
    first = int(count.index[count.eq(0)][0])
    moved = np.abs(np.diff(shares, axis=1)).max(axis=0)
    assert moved[first - 2] <= 0.15
    total = found.school[found.school["grade"].eq("total")]
    wide = (total["p90"] - total["p10"]).div(total["pupils"]).groupby(total["school_year"]).median()
    step = wide.to_numpy()[1:] / wide.to_numpy()[:-1]
    assert (step > 0.93).all()
    assert step[first - 2] < 1.4


def test_births_go_on_from_the_last_known_on_a_trend_that_halves_every_three_years():
    # Fall of 4 % a year without chance: the first unknown year falls by 0.5^(1/3) of it.
    history, births = falling_city(8, has_smp=False)
    history = history.assign(district="")
    births = births.assign(births=births["births"] * 1e6)
    grown = birth_series(births, panel(history), lag_years=6).growth(panel(history), 10)[0]
    yearly = np.log(grown[1:] / grown[:-1])
    fading = [np.log(FALL) * 0.5 ** (k / 3) for k in (1, 2, 3)]
    # Until 2031 the children are born already; entry moves on by the same trend then.
    assert yearly[:5] == pytest.approx([np.log(FALL)] * 5, rel=1e-3)
    assert yearly[6:9] == pytest.approx([*fading[1:], fading[-1] * 0.5 ** (1 / 3)], rel=1e-3)


def test_births_that_move_by_chance_alone_have_no_trend():
    luck = np.random.default_rng(5)
    level = luck.poisson(400, (300, 8)).astype(float)
    alone = np.array([births_trend(area[None, :]) for area in level])
    assert np.mean(alone == 0) > 0.5
    assert np.abs(alone).mean() < 0.006
    assert abs(births_trend(level)) < 0.002
    assert births_trend(level[:, :2]) == 0.0


def test_a_mixture_never_leaves_what_the_candidates_say():
    # Outcomes twice as far down as any candidate: the furthest candidate, and no further.
    luck = np.random.default_rng(1)
    said = -np.abs(luck.normal(0.1, 0.02, (200, 2))) * [1.0, 0.5]
    found = weights(said, 2 * said[:, 0], np.ones(200), np.zeros(2), is_mixture=True)
    assert (found >= 0).all()
    assert found.sum() <= 1 + 1e-6
    assert found == pytest.approx([1, 0], abs=0.01)


def test_a_kecamatan_that_takes_in_its_neighbours_leavers_goes_on_doing_so():
    # Every SMP is in K1, a third of the SD in K0: grade VII of K1 is half as large again as its own
    # grade VI.
    history, births = falling_city(6, has_smp=True)
    is_smp = history["grade"] > 6
    history = history.assign(district=np.where(is_smp, "K1", history["district"]))
    history["district"] = history["district"].replace("K2", "K1")
    found = enrolment_forecast(history, births, 1)
    cells = found.school[found.school["grade"].eq("7")]
    now = history[history["school_year"].eq(NOW)].groupby("grade")["pupils"].sum()
    assert cells["pupils"].sum() == pytest.approx(now[6] * KEPT, rel=0.01)
