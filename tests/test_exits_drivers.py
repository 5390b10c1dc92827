"""Which groups leave early more often: known ratios come back, and no number is one person's."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics import exits_drivers, leaving_groups, rules
from analytics.exits import exit_model, in_service_on

UNTIL = date(2026, 1, 1)
RATES = rules.load().exit_rates


def spells(count: int = 6000, ratio: float = 3.0, seed: int = 1) -> pd.DataFrame:
    """Ten years of a staff in which doctors leave ``ratio`` times as often as clerks (2 %)."""
    chance = np.random.default_rng(seed)
    is_doctor = np.arange(count) % 4 == 0
    rate = np.where(is_doctor, 0.02 * ratio, 0.02)
    years = chance.geometric(rate)
    leaves = np.where(years <= 10, 2015 + years, 2999)
    exit_date = pd.to_datetime(
        [f"{year}-07-01" if year < 2026 else None for year in leaves], format="%Y-%m-%d"
    )
    return pd.DataFrame(
        {
            "person_id": [f"p{at}" for at in range(count)],
            "sex": np.where(np.arange(count) % 2 == 0, "L", "P"),
            "birth_date": pd.to_datetime([f"{1970 + at % 25}-03-01" for at in range(count)]),
            "start_date": pd.Timestamp("2010-01-01"),
            "exit_date": exit_date,
            "cause": np.where(leaves < 2026, "pindah_keluar", None),
            "employment": "PNS",
            "role_group": np.where(is_doctor, "dokter", "pelaksana"),
            "retires_on": pd.Timestamp("2050-01-01"),
        }
    )


def told(history: pd.DataFrame) -> pd.DataFrame:
    return exits_drivers.rate_ratios(exit_model(history, date(2016, 1, 1), UNTIL))


def ratio_of(table: pd.DataFrame, factor: str, level: str) -> pd.Series:
    return table.set_index(["factor", "level"]).loc[(factor, level)]


def test_a_known_ratio_lies_in_its_interval():
    table = told(spells(24_000))
    doctors = ratio_of(table, "role_group", "dokter")
    clerks = ratio_of(table, "role_group", "pelaksana")
    assert doctors["ratio"] / clerks["ratio"] == pytest.approx(3.0, rel=0.1)
    assert doctors["low"] > 1 > clerks["high"]
    sexes = table.loc[table["factor"] == "sex"]
    assert sexes["low"].lt(1.03).all() and sexes["high"].gt(0.97).all()


@pytest.mark.parametrize("count", [400, 12_000])
def test_the_ratios_shown_are_those_of_the_hazards(count):
    # Two causes, few of either in a small history: what all of them say of doctors is in both.
    history = spells(count)
    left = history["cause"].notna().to_numpy()
    other = left & (np.arange(count) % 3 == 0)
    history.loc[other, "cause"] = "mengundurkan_diri"
    model = exit_model(history, date(2016, 1, 1), UNTIL)
    here = in_service_on(history, UNTIL)
    early = sum(each[:, 0] for each in model.hazards(here, 1).values())
    is_doctor = here["role_group"].eq("dokter").to_numpy()
    in_hazards = early[is_doctor].mean() / early[~is_doctor].mean()
    shown = exits_drivers.rate_ratios(model)
    doctors, clerks = (ratio_of(shown, "role_group", one) for one in ("dokter", "pelaksana"))
    assert in_hazards == pytest.approx(doctors["ratio"] / clerks["ratio"], rel=0.12)
    assert in_hazards > 1.5


def test_ratios_are_to_the_person_year_mean():
    table = told(spells())
    for _, rows in table.groupby("factor"):
        share = rows["person_year_count"] / rows["person_year_count"].sum()
        assert float(share @ np.log(rows["ratio"])) == pytest.approx(0, abs=1e-6)


def test_few_exits_give_wide_and_modest_ratios():
    many = told(spells(6000))
    few = told(spells(120))
    wide, narrow = (ratio_of(each, "role_group", "dokter") for each in (few, many))
    assert np.log(wide["high"] / wide["low"]) > 2 * np.log(narrow["high"] / narrow["low"])


def test_a_group_of_fewer_than_ten_is_not_told_apart():
    rare = spells(400)
    rare.loc[:7, "role_group"] = "jpt"
    table = told(rare)
    assert "jpt" not in set(table["level"])
    assert "jpt" not in set(exits_drivers.usual_ratios(rare, UNTIL, RATES)["level"])


def test_without_early_exits_there_are_no_ratios_of_ones_own():
    nobody = spells(200).assign(exit_date=pd.NaT, cause=None)
    assert told(nobody).empty


def test_usual_ratios_come_from_the_sourced_rates_and_are_called_so():
    table = exits_drivers.usual_ratios(spells(400), UNTIL, RATES)
    assert set(table["origin"]) == {"usual"}
    assert (table["low"] <= table["ratio"]).all() and (table["ratio"] <= table["high"]).all()
    # PP 32/1979: early retirement at own request only from 50 on.
    assert (
        ratio_of(table, "age_band", "50-54")["ratio"]
        > ratio_of(table, "age_band", "40-49")["ratio"]
    )


def people(count: int) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "role_group": np.where(np.arange(count) % 2 == 0, "guru", "dokter"),
            "retires_on": pd.Timestamp("2040-01-01"),
        }
    )


def test_rates_of_groups_are_means_of_ten_and_more():
    who = people(35)
    who.loc[:4, "role_group"] = "jpt"
    who.loc[5:9, "role_group"] = "peneliti_perekayasa"
    hazards = {"aps": np.full((35, 2), 0.02), "bup": np.ones((35, 2)), "mpp": np.ones((35, 2))}
    table = exits_drivers.group_rates(who, hazards, "role_group")
    assert set(table["level"]) == {"guru", "dokter"}
    assert table["rate_share"].tolist() == pytest.approx([0.02, 0.02])


@settings(max_examples=20, deadline=None)
@given(st.lists(st.floats(0, 0.3), min_size=40, max_size=40))
def test_pooled_hazards_keep_the_sum_and_tell_nobody_apart(chances):
    who = people(40)
    hazards = {"aps": np.array(chances)[:, None]}
    pooled = exits_drivers.pooled(who, hazards, UNTIL)["aps"]
    assert pooled.sum() == pytest.approx(hazards["aps"].sum())
    for _, rows in who.groupby("role_group"):
        assert np.ptp(pooled[rows.index]) == pytest.approx(0)


def test_whoever_is_past_the_date_is_in_no_mean():
    who = people(40)
    who.loc[:9, "retires_on"] = pd.Timestamp("2026-06-01")
    hazards = {"aps": np.full((40, 2), 0.02)}
    hazards["aps"][:10, 1] = 0.0
    pooled = exits_drivers.pooled(who, hazards, UNTIL)["aps"]
    assert pooled[10:] == pytest.approx(np.full((30, 2), 0.02))


# ---- what the groups told would give away by subtraction


def shown_rates(who: pd.DataFrame, *columns: str) -> dict[str, set[object]]:
    hazards = {"aps": np.linspace(0.01, 0.09, len(who))[:, None]}
    return {
        by: set(exits_drivers.group_rates(who, hazards, by, columns)["level"]) for by in columns
    }


def test_one_woman_is_not_told_by_taking_the_men_from_all():
    history = spells(192).assign(sex="L", exit_date=pd.NaT, cause=None)
    history.loc[0, "sex"] = "P"
    model = exit_model(history, date(2016, 1, 1), UNTIL)
    table = exits_drivers.all_group_rates(model, history)
    assert table.loc[table["factor"] == "all", "people_count"].tolist() == [192]
    assert "sex" not in set(table["factor"])
    assert "sex" not in set(exits_drivers.usual_ratios(history, UNTIL, RATES)["factor"])


def test_the_next_smallest_group_is_left_out_where_one_alone_would_be_known():
    who = pd.DataFrame({"opd": ["a"] * 40 + ["b"] * 30 + ["c"] * 12 + ["d"] * 3})
    assert shown_rates(who, "opd") == {"opd": {"a", "b"}}


def test_ten_left_over_or_none_hide_nobody_else():
    who = pd.DataFrame({"opd": ["a"] * 40 + ["b"] * 30 + ["c"] * 5 + ["d"] * 5})
    assert shown_rates(who, "opd") == {"opd": {"a", "b"}}
    assert shown_rates(who.iloc[:70], "opd") == {"opd": {"a", "b"}}


def test_a_group_that_is_nearly_one_of_another_grouping_is_left_out():
    # The nurses are those of Puskesmas C but for two, whom the difference would tell.
    who = pd.DataFrame(
        {"opd": ["a"] * 40 + ["b"] * 40 + ["c"] * 32, "role": ["guru"] * 82 + ["nakes"] * 30}
    )
    assert shown_rates(who, "opd") == {"opd": {"a", "b", "c"}}
    assert "nakes" not in shown_rates(who, "opd", "role")["role"]


def test_all_groups_within_one_are_subtracted_together():
    # Of office a its units leave three who are in none; of office d they leave twelve.
    sizes = {("a", "u1"): 16, ("a", "u2"): 15, ("a", ""): 3, ("b", "u3"): 15, ("b", "u4"): 30,
             ("d", "u5"): 20, ("d", ""): 12}  # fmt: skip
    people = [place for place, count in sizes.items() for _ in range(count)]
    told = shown_rates(pd.DataFrame(people, columns=["opd", "unit"]), "opd", "unit")
    assert told == {"opd": {"a", "b", "d"}, "unit": {"u1", "u3", "u4", "u5", ""}}


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(1, 40), min_size=1, max_size=9))
def test_no_grouping_leaves_fewer_than_ten_over(sizes):
    told = leaving_groups.told_apart(np.array(sizes), 10)
    rest = sum(size for size, is_told in zip(sizes, told, strict=True) if not is_told)
    assert rest == 0 or rest >= 10 or not told.any()
    assert all(size >= 10 for size, is_told in zip(sizes, told, strict=True) if is_told)


def test_in_small_groups_nobody_has_a_chance_of_their_own_and_the_sum_stays():
    who = people(60).assign(unit=["a"] * 45 + ["b"] * 12 + ["c"] * 3)
    chances = {"aps": np.linspace(0.0, 0.3, 60)[:, None].repeat(2, axis=1)}
    told = exits_drivers.pooled_where_few(who, chances, UNTIL, ("unit",))["aps"]
    assert told[:45] == pytest.approx(chances["aps"][:45])
    assert np.ptp(told[45:], axis=0) == pytest.approx([0, 0])
    assert told.sum() == pytest.approx(chances["aps"].sum())
    same = exits_drivers.pooled_where_few(who, chances, UNTIL, ())
    assert same["aps"] == pytest.approx(chances["aps"])
