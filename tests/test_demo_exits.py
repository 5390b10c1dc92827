"""Eight years of exits of the sample city, against its roster and published figures."""

from __future__ import annotations

from contextlib import closing
from datetime import date

import pandas as pd
import pytest

from analytics import demo, exit_history, import_sample, rules, state, store, store_tables
from analytics.exit_causes import causes_of
from analytics.movement import Law
from analytics.nip import nip_parts
from analytics.rules import LawChoice

BOOK = rules.load()


@pytest.fixture(scope="module")
def city():
    return demo.city()


@pytest.fixture(scope="module")
def exits(city):
    return city.exits


def test_nobody_who_left_is_on_the_roster_or_leaves_twice(city, exits):
    assert exits["nip"].is_unique
    assert not exits["nip"].isin(city.people["nip"]).any()
    assert nip_parts(exits["nip"])["is_well_formed"].all()
    # Offices hardly reach serials from 900 up.
    assert (exits["nip"].str[15:].astype(int) >= 900).all()


def test_it_reaches_from_july_2018_to_the_roster(city, exits):
    assert exits["exited_on"].min() >= pd.Timestamp("2018-07-01")
    assert exits["exited_on"].max() < pd.Timestamp(city.as_of)
    assert exit_history.complete_from(exits, city.as_of) == date(2018, 7, 1)


def test_bup_leavers_rise_to_the_number_of_today(exits):
    # 150-160 a year in 2017 (jpnn.com), 208 in 2022: a city of this size.
    bup = exits.loc[exits["cause"] == "bup"]
    counts = bup["exited_on"].dt.year.value_counts().reindex(range(2019, 2026))
    assert counts.between(140, 235).all()
    assert counts.iloc[:3].mean() < counts.iloc[-3:].mean()


def test_other_exits_add_eight_to_fifteen_percent_to_bup(exits):
    # Semarang, Pandeglang, Pacitan, Bandar Lampung: the few published figures.
    early = ~exits["cause"].isin(["bup", "kontrak_berakhir"])
    assert 0.08 <= early.sum() / (exits["cause"] == "bup").sum() <= 0.15


def test_everybody_at_bup_left_on_the_day_the_law_gives(city, exits):
    law = Law(BOOK, city.as_of, LawChoice(), {})
    told = exit_history.history(exits)
    table = exit_history.spells(city.people, told, date(2018, 7, 1), law)
    bup = table.loc[table["cause"] == "bup"]
    assert (bup["exit_date"] == bup["retires_on"]).all()
    others = table.loc[table["exit_date"].notna() & (table["cause"] != "bup")]
    assert (others["exit_date"] < others["retires_on"]).all()
    assert table["exit_date"].isna().sum() == city.people["is_in_headcount"].sum()


def test_its_words_name_their_cause_and_a_few_wait_for_one(exits):
    listed = exits.loc[exits["reason"] != ""]
    named = causes_of(listed["reason"].tolist(), [True] * len(listed), BOOK)
    assert [cause or "tidak_diketahui" for cause in named] == listed["cause"].tolist()
    waiting = exits.loc[exits["cause"] == "tidak_diketahui"]
    assert waiting["origin"].value_counts().to_dict() == {"inferred": 8, "list": 3}
    assert (waiting["is_day_known"] == (waiting["origin"] == "list")).all()


def test_the_store_takes_them_with_what_was_said_of_three(tmp_path, monkeypatch):
    monkeypatch.delenv("ESTAFET_STATE", raising=False)
    with state.opened(tmp_path) as decisions:
        edition = import_sample.write_sample(tmp_path, decisions, "uji")
        again = import_sample.write_sample(tmp_path, decisions, "uji")
        said = decisions.exit_classifications()
        log = decisions.audit_log()
    assert edition.is_synthetic and again.is_synthetic
    # Asked for twice, said once; and whoever reads the log sees that it is invented.
    assert (log["action"] == "classify_exit").sum() == len(said) == 3
    assert set(said["classified_by"]) == {"data contoh (sintetis)"}
    with closing(store.opened(edition.path)) as connection:
        told = exit_history.history(store_tables.exits(connection), None, said)
    assert len(exit_history.unexplained(told)) == 8


def test_on_a_later_day_those_who_reached_bup_since_have_left_too():
    later = demo.city(date(2027, 1, 1))
    since = later.exits.loc[later.exits["exited_on"] > pd.Timestamp("2026-07-01")]
    # data/demo/leavers.csv: 15, 13, 15, 18, 20 ASN from August to December, and others with them.
    assert len(since) >= 81 and set(since["cause"]) == {"bup"}
    assert not later.exits["nip"].isin(later.people["nip"]).any()


def test_early_leavers_are_as_old_as_the_staff_of_their_year(city, exits):
    # The usual rates of death, by far the most frequent cause, are the same at every age.
    law = Law(BOOK, city.as_of, LawChoice(), {})
    told = exit_history.history(exits)
    table = exit_history.spells(city.people, told, date(2018, 7, 1), law)
    day = pd.Timestamp("2020-07-01")
    here = table.loc[(table["start_date"] <= day) & ~(table["exit_date"] < day)]
    gone = table.loc[~table["cause"].isin(["bup", "kontrak_berakhir"])]
    gone = gone.loc[gone["exit_date"].between("2018-07-01", "2022-06-30")]
    ages = [
        ((day if rows is here else rows["exit_date"]) - rows["birth_date"]).dt.days / 365.25
        for rows in (here, gone)
    ]
    assert ages[1].mean() == pytest.approx(ages[0].mean(), abs=3)
    assert (ages[1] < 40).any()
