"""Changes of post in a roster with a row for each: every year in the group of that year."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from analytics.exits import exit_model, in_service_on
from analytics.exits_backtest import Judged, exits_backtest
from analytics.exits_drivers import all_group_rates
from analytics.exits_forecast import exit_forecast
from analytics.exits_panel import past_years, people_of
from analytics.exits_roster import read_roster
from tests.test_exits_rosters import LATEST, read

HEAD = "person_id,sex,birth_year,start_date,exit_date,group"
SINCE, CUT = date(2005, 1, 1), date(2016, 1, 1)
GRADES = "ABC"


def posts(seed, chances=(0.05, 0.05, 0.05), people=1_500):
    """A row a post: whoever stays is promoted in one year of seven, on any day."""
    dice = np.random.default_rng(seed)
    rows = []
    for who in range(people):
        first = int(dice.integers(1998, 2022))
        grade, since = 0, day(dice, first)
        born = first - int(dice.integers(22, 35))
        for year in range(first + 1, 2024):
            if dice.random() < chances[grade]:
                rows.append((who, "L", born, since, day(dice, year), GRADES[grade]))
                break
            if grade < 2 and dice.random() < 0.15:
                until = day(dice, year)
                rows.append((who, "L", born, since, until - pd.Timedelta(days=1), GRADES[grade]))
                grade, since = grade + 1, until
        else:
            rows.append((who, "L", born, since, pd.NaT, GRADES[grade]))
    return pd.DataFrame(rows, columns=HEAD.split(","))


def day(dice, year):
    return pd.Timestamp(year, 1, 1) + pd.Timedelta(days=int(dice.integers(365)))


def roster(path, rows):
    rows.to_csv(path, index=False)
    return read_roster(path, LATEST).spells


def test_groups_that_leave_alike_are_told_alike(tmp_path):
    spells = roster(tmp_path / "r.csv", posts(1))
    model = exit_model(spells, SINCE, CUT)
    table = all_group_rates(model, in_service_on(spells, CUT))
    rates = table.loc[table["factor"] == "group"].set_index("level")["rate_share"]
    # One in twenty of each; counted in the last group alone .15, .06 and .02.
    assert rates.to_dict() == pytest.approx(dict.fromkeys(GRADES, 0.05), abs=0.015)


def test_a_past_day_knows_no_later_move(tmp_path):
    rows = posts(2, (0.08, 0.05, 0.02), 600)
    cut = pd.Timestamp(CUT)
    then = rows.loc[rows["start_date"] <= cut]
    then = then.assign(exit_date=then["exit_date"].mask(then["exit_date"] >= cut))
    asked = (CUT, 3, None, None, SINCE)
    later = exit_forecast(roster(tmp_path / "whole.csv", rows), *asked)
    at_once = exit_forecast(roster(tmp_path / "then.csv", then), *asked)
    for name in ("years", "people", "by_cause"):
        pd.testing.assert_frame_equal(getattr(later, name), getattr(at_once, name))


def test_each_year_counts_who_was_in_each_group_as_its_rows_say(tmp_path):
    rows = posts(3, (0.08, 0.05, 0.02), 300)
    spells = roster(tmp_path / "r.csv", rows)
    past = past_years(people_of(in_service_or_gone(spells)), SINCE, date(2023, 1, 1))
    found = pd.DataFrame(
        {
            "year": 2005 + past.year,
            "group": past.traits.factors["group"],
            "left": (past.left >= 0) * past.count,
            "here": past.count,
        }
    )
    found = found.groupby(["year", "group"])[["here", "left"]].sum()
    last = rows.groupby("person_id")["start_date"].transform("max").eq(rows["start_date"])
    # Until the day before the next post, and then in that one.
    ends = rows["exit_date"].fillna(pd.Timestamp("2099-01-01"))
    leaves = ends.where(last).groupby(rows["person_id"]).transform("max")
    for year in range(2005, 2023):
        start, end = pd.Timestamp(year, 1, 1), pd.Timestamp(year + 1, 1, 1)
        here = (rows["start_date"] <= start) & (ends >= start)
        for grade, own in rows.loc[here].groupby("group"):
            gone = leaves[own.index] < end
            assert found.loc[(year, grade), "here"] == len(own)
            assert found.loc[(year, grade), "left"] == gone.sum()


def in_service_or_gone(spells):
    day = pd.Timestamp("2023-01-01")
    return spells.assign(exit_date=spells["exit_date"].mask(spells["exit_date"] >= day))


def test_a_backtest_judges_the_groups_of_the_cutoff(tmp_path):
    rows = posts(4)
    table = exits_backtest(roster(tmp_path / "r.csv", rows), Judged((CUT,), 3, observed_from=SINCE))
    groups = table.loc[table["part"] == "group"].set_index("key")
    cut = pd.Timestamp(CUT)
    here = rows.loc[(rows["start_date"] <= cut) & ~(rows["exit_date"] < cut)]
    assert groups["people_count"].to_dict() == here["group"].value_counts().to_dict()


def test_a_row_without_a_group_goes_on_in_the_one_before(tmp_path):
    told = read(
        tmp_path,
        f"{HEAD}\n"
        "a,L,1980,2010-01-01,2011-12-31,\n"
        "a,L,1980,2012-01-01,2013-12-31,A\n"
        "a,L,1980,2014-01-01,2015-12-31,\n"
        "a,L,1980,2016-01-01,,B\n"
        "b,L,1981,2010-01-01,2011-12-31,B\n"
        "b,L,1981,2012-01-01,,B",
    )
    groups = [
        in_service_on(told, date(year, 6, 1)).set_index("person_id")["group"].fillna("").to_dict()
        for year in (2011, 2013, 2015, 2017)
    ]
    assert [each["a"] for each in groups] == ["", "A", "A", "B"]
    assert {each["b"] for each in groups} == {"B"}
