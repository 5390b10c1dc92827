"""Renewed contracts and changes of post in a roster of any employer: nobody left."""

from __future__ import annotations

import warnings
from datetime import date, timedelta

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.exits_roster import read_roster
from analytics.exits_roster_joining import joined_spells
from tests.test_exits_rosters import HEAD, LATEST, codes, forecast, read, written

DAY = timedelta(days=1)


def test_a_renewed_contract_is_no_exit(tmp_path):
    # Two years each, renewed on the next day, on the same day, and after a weekend.
    rows = """
a,L,1980,2015-01-01,2016-12-31
b,P,1981,2015-01-01,2016-12-30
a,L,1980,2017-01-01,2018-12-31
a,L,1980,2018-12-31,2020-12-31
b,P,1981,2017-01-02,
"""
    told = read_roster(written(tmp_path, HEAD + rows), LATEST)
    assert told.spells["person_id"].to_list() == ["a", "b"]
    assert told.spells["start_date"].to_list() == [pd.Timestamp("2015-01-01")] * 2
    assert told.spells["exit_date"].to_list() == [pd.Timestamp("2020-12-31"), pd.NaT]
    assert [(fault.code, fault.details["count"]) for fault in told.faults] == [("spell_joined", 3)]
    assert told.row_count == 2


def test_who_comes_back_after_more_than_a_week_had_left(tmp_path):
    rows = "a,L,1980,2015-01-01,2016-12-31\na,L,1980,2017-01-08,"
    assert len(read(tmp_path, f"{HEAD}\n{rows}")) == 2
    assert codes(tmp_path, f"{HEAD}\n{rows}") == []


def test_the_last_post_and_the_last_reason_are_those_of_the_whole(tmp_path):
    rows = """
a,L,1980,2015-01-01,2016-12-31,renewed,A
a,L,,2017-01-01,2018-12-31,renewed,B
a,,1980-05-06,2019-01-01,2020-06-30,died,
"""
    told = read(tmp_path, f"{HEAD},reason,group{rows}").iloc[0]
    assert (told["sex"], told["group"], told["cause"]) == ("L", "B", "meninggal")
    assert (told["birth_date"], told["is_birth_year_only"]) == (pd.Timestamp("1980-05-06"), False)


def test_a_forecast_takes_renewals_for_one_service(tmp_path):
    whole = [f"p{at},L,{1960 + at % 30},{2000 + at % 15}-03-01," for at in range(300)]
    whole += [f"q{at},P,1970,2001-03-01,{2005 + at % 14}-07-01" for at in range(60)]
    cut = [
        part
        for row in whole
        for person, sex, born, begun, gone in [row.split(",")]
        for part in (
            f"{person},{sex},{born},{begun},2002-12-31",
            f"{person},{sex},{born},2003-01-01,{gone}",
        )
        if begun < "2002"
    ]
    others = [row for row in whole if row.split(",")[3] >= "2002"]
    assert len(cut) > 100
    once = forecast(tmp_path, [*others, *(row for row in whole if row not in others)])
    several = forecast(tmp_path, [*others, *cut])
    pd.testing.assert_frame_equal(several, once)


@settings(deadline=None, max_examples=60)
@given(
    st.lists(
        st.tuples(
            st.sampled_from("abcdef"),
            st.lists(st.integers(1, 900), min_size=1, max_size=4),
            st.booleans(),
        ),
        max_size=6,
        unique_by=lambda each: each[0],
    ),
    st.integers(0, 7),
    st.randoms(use_true_random=False),
)
def test_service_cut_anywhere_into_rows_is_the_same_service(people, gap, luck):
    rows, whole = [], []
    for person, lengths, stays in people:
        begun = start = date(2001, 1, 1)
        for length in lengths:
            ended = begun + length * DAY
            rows.append((person, begun, ended))
            begun = ended + gap * DAY
        if stays:
            rows[-1] = (*rows[-1][:2], None)
        whole.append((person, start, rows[-1][2]))
    luck.shuffle(rows)
    found = joined_spells(frame(rows)).sort_values("person_id", ignore_index=True)
    pd.testing.assert_frame_equal(found, frame(sorted(whole)))


def frame(rows):
    columns = ["person_id", "start_date", "exit_date"]
    spells = pd.DataFrame(rows, columns=columns).assign(
        sex="L", birth_date=pd.Timestamp("1980-01-01"), is_birth_year_only=False
    )
    return spells.astype({"start_date": "datetime64[us]", "exit_date": "datetime64[us]"})


@pytest.mark.parametrize("years", ["start_date", "exit_date"])
def test_years_alone_beside_empty_days_are_read_without_a_warning(tmp_path, years):
    days = {"start_date": "2005-03-01", "exit_date": "2010-03-01"} | {years: "2007"}
    rows = f"a,L,1970,{days['start_date']},\nb,P,1971,{days['start_date']},{days['exit_date']}"
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        told = read(tmp_path, f"{HEAD}\n{rows}")
    assert told["exit_date"].isna().to_list() == [True, False]
