"""The share that stays, against textbooks."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.survival import (
    cumulative_incidence,
    life_table,
    staying_by_service,
    staying_share,
)

DATA = Path(__file__).resolve().parents[1].parent / "shared" / "data" / "teacher_exit_alda"
# Weeks in remission on 6-MP, Freireich et al. (1963), Blood 21, 699-716; + is still in remission.
SIX_MP = "6 6 6 6+ 7 9+ 10 10+ 11+ 13 16 17+ 19+ 20+ 22 23 25+ 32+ 32+ 34+ 35+"


def test_staying_share_matches_the_textbook_table_of_remissions():
    # Kaplan-Meier column of Kleinbaum & Klein, Survival Analysis, chapter 2; recomputed by hand:
    # 18/21 = .857, x 16/17 = .807, x 14/15 = .753, x 11/12 = .690, x 10/11 = .627, x 6/7 = .538 ...
    weeks = [float(each.strip("+")) for each in SIX_MP.split()]
    left = ["+" not in each for each in SIX_MP.split()]
    printed = {6: 0.857, 7: 0.807, 10: 0.753, 13: 0.690, 16: 0.627, 22: 0.538, 23: 0.448}
    found = staying_share(weeks, left).set_index("duration")
    assert found["staying_share"].to_dict() == pytest.approx(printed, abs=0.0006)
    # Greenwood by hand at 6 weeks: .857 sqrt(3 / (21 x 18)) = .0764.
    assert found.loc[6, "staying_share_se"] == pytest.approx(0.0764, abs=0.0001)


@pytest.mark.skipif(not DATA.is_dir(), reason="the shared teacher data are not on this machine")
def test_chance_of_leaving_by_year_matches_the_published_life_table_of_teachers():
    # Singer & Willett (2003), Applied Longitudinal Data Analysis, table 10.1: special educators in
    # Michigan, 3,941 hired 1972-78; hazards to four decimals, years 1 to 12.
    printed = [
        *(0.1157, 0.1102, 0.1158, 0.1076, 0.0891, 0.0825),
        *(0.0601, 0.0481, 0.0422, 0.0369, 0.0247, 0.0128),
    ]
    teachers = pd.read_csv(DATA / "teachers.csv")
    found = life_table(teachers["years"], teachers["censor"] == 0)
    assert found["hazard"].to_list() == pytest.approx(printed, abs=0.00006)
    assert found["at_risk_count"].to_list()[:3] == [3941, 3485, 3101]
    # The same table: 0.4124 of the teachers are still there after twelve years.
    assert found["staying_share"].iloc[-1] == pytest.approx(0.4124, abs=0.0006)


@pytest.mark.skipif(not DATA.is_dir(), reason="the shared judge data are not on this machine")
def test_judges_who_die_and_judges_who_retire_share_one_bench():
    judges = pd.read_csv(DATA / "judges.csv")
    cause = pd.Series(pd.NA, index=judges.index, dtype="object")
    cause = cause.mask(judges["dead"] == 1, "meninggal").mask(judges["retired"] == 1, "pensiun")
    found = cumulative_incidence(judges["tenure"], cause)
    whole = found["staying_share"] + found["meninggal"] + found["pensiun"]
    assert whole.to_list() == pytest.approx([1.0] * len(found))
    alone = staying_share(judges["tenure"], cause.notna())
    assert found["staying_share"].to_list() == pytest.approx(alone["staying_share"].to_list())


def test_two_causes_by_hand():
    # Four people: one dies at 1, one resigns at 2, one is last seen at 2, one dies at 3.
    found = cumulative_incidence([1, 2, 2, 3], ["mati", "mundur", None, "mati"])
    # 1/4; then 3/4 x 1/3 = 1/4 resign; then 1/2 x 1/1 die.
    assert found["mati"].to_list() == pytest.approx([0.25, 0.25, 0.75])
    assert found["mundur"].to_list() == pytest.approx([0.0, 0.25, 0.25])


lives = st.lists(st.tuples(st.integers(1, 12), st.sampled_from(["a", "b", None])), min_size=1)


@given(lives)
def test_nobody_is_lost_between_causes(people):
    found = cumulative_incidence([each for each, _ in people], [cause for _, cause in people])
    causes = [name for name in found if name in ("a", "b")]
    whole = found["staying_share"] + found[causes].sum(axis=1)
    assert whole.to_list() == pytest.approx([1.0] * len(found))


@given(lives)
def test_the_share_that_stays_never_grows(people):
    found = life_table([each for each, _ in people], [cause is not None for _, cause in people])
    assert found["staying_share"].is_monotonic_decreasing
    assert found["exit_count"].sum() + found["censored_count"].sum() == len(people)


def test_an_unknown_duration_is_refused():
    with pytest.raises(ValueError, match="known"):
        staying_share([1.0, float("nan")], [True, False])


def test_who_was_first_seen_later_is_at_risk_from_then_on():
    # Left truncation by hand: at 2 only the first two are there, at 4 the third too.
    found = staying_share([2, 5, 4], [True, False, True], [0, 0, 3])
    assert found["at_risk_count"].to_list() == [2, 2]
    assert found["staying_share"].to_list() == pytest.approx([0.5, 0.25])
    with pytest.raises(ValueError, match="leaves later"):
        staying_share([2.0], [True], [2.0])


def test_years_of_service_recover_the_rate_that_made_them():
    # One in twenty leaves each year whatever the service; the list is complete from 2015 on.
    random = np.random.default_rng(11)
    starts = pd.Timestamp("1995-01-01") + pd.to_timedelta(random.integers(0, 9_000, 6_000), "D")
    lasted = random.exponential(-365.25 / np.log(0.95), 6_000).astype(int)
    exits = pd.Series(starts + pd.to_timedelta(lasted, "D"))
    spells = pd.DataFrame({"start_date": starts, "exit_date": exits.where(exits < "2026-01-01")})
    # Who left before is on no list.
    spells = spells.loc[~(spells["exit_date"] < "2015-01-01")]
    found = staying_by_service(spells, date(2015, 1, 1), date(2025, 1, 1))
    assert found["service_years"].to_list() == list(range(1, len(found) + 1))
    away = (found["staying_share"] - 0.95 ** found["service_years"]) / found["staying_share_se"]
    assert away.abs().max() < 3.5
    here = spells["exit_date"].between("2015-01-01", "2025-01-01", inclusive="left")
    assert found["exit_count"].sum() == here.sum()


@pytest.mark.parametrize("years", [1, 3, 4])
def test_contracts_of_whole_years_end_in_one_year_of_service(years):
    # Ten a year who leave on the day itself, with and without a leap year between.
    starts = pd.to_datetime([f"{year}-01-01" for year in range(2000, 2012) for _ in range(10)])
    spells = pd.DataFrame({"start_date": starts, "exit_date": starts + pd.DateOffset(years=years)})
    found = staying_by_service(spells, date(2000, 1, 1), date(2020, 1, 1))
    assert found["exit_count"].to_list() == [0] * (years - 1) + [120]
    assert found["people_count"].to_list() == [120] * years
    assert found["staying_share"].to_list() == [1.0] * (years - 1) + [0.0]


def test_years_that_few_were_seen_in_are_not_told():
    starts = pd.to_datetime(["2010-01-01"] * 12 + ["1980-01-01"] * 9)
    exits = pd.to_datetime(["2014-07-01"] * 4 + [None] * 17)
    spells = pd.DataFrame({"start_date": starts, "exit_date": exits})
    found = staying_by_service(spells, date(2010, 1, 1), date(2020, 1, 1))
    assert found["people_count"].to_list() == [12] * 5
    assert found["exit_count"].to_list() == [0, 0, 0, 0, 4]
    assert found["staying_share"].iloc[-1] == pytest.approx(8 / 12)
    assert staying_by_service(spells.head(9), date(2010, 1, 1), date(2020, 1, 1)).empty
