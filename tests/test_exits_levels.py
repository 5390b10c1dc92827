"""Leavers whose group was written afterwards, or never: nobody learns from it who will leave."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from analytics import exit_history, rules
from analytics.exits import exit_model, in_service_on
from analytics.exits_forecast import exit_forecast
from analytics.exits_levels import written_after
from analytics.exits_roster import read_roster
from analytics.movement import Law
from tests import test_exit_history as people_of
from tests.test_exits_rosters import LATEST

AS_OF = date(2020, 1, 1)
UNITS = np.array(["A", "B", "C"])


def roster(seed=3, people=1_500):
    """Some 4 in 100 leave each year of any unit, until the end of 2024."""
    dice = np.random.default_rng(seed)
    start = pd.Timestamp("1990-01-01") + pd.to_timedelta(dice.integers(0, 12_000, people), "D")
    leaves = start + pd.to_timedelta(1 + dice.exponential(9_000, people).astype(int), "D")
    return pd.DataFrame(
        {
            "person_id": [f"p{at}" for at in range(people)],
            "sex": dice.choice(["L", "P"], people),
            "birth_year": start.year - dice.integers(20, 40, people),
            "start_date": start,
            "exit_date": leaves.where(leaves < "2025-01-01"),
            "group": dice.choice(UNITS, people),
        }
    )


def read(path, rows):
    rows.to_csv(path, index=False)
    return read_roster(path, LATEST)


def leavers(told):
    return exit_forecast(told.spells, AS_OF, 5).years["expected"].to_numpy()


def rewritten(rows, column, how):
    gone = rows["exit_date"].notna()
    if how == "blank":
        return rows.assign(**{column: rows[column].mask(gone, "")})
    if how == "after":
        return rows.assign(**{column: rows[column].mask(gone, "Pensiunan")})
    # Named anew in 2016: who had left before kept the old name.
    old = rows["exit_date"] < "2016-01-01"
    return rows.assign(**{column: rows[column].mask(old, rows[column] + " (lama)")})


@pytest.mark.parametrize("how", ["blank", "after", "renamed"])
def test_a_group_only_leavers_have_is_told_and_not_learnt_from(tmp_path, how):
    rows = roster()
    plain = read(tmp_path / "plain.csv", rows.drop(columns="group"))
    told = read(tmp_path / "told.csv", rewritten(rows, "group", how))
    assert [(fault.code, fault.column) for fault in told.faults] == [
        ("roster_level_after", "group")
    ]
    assert leavers(told) == pytest.approx(leavers(plain))


def test_a_sex_only_those_who_stayed_have_is_not_learnt_from(tmp_path):
    rows = roster()
    plain = read(tmp_path / "plain.csv", rows.assign(sex=""))
    told = read(tmp_path / "told.csv", rewritten(rows, "sex", "blank"))
    assert [fault.code for fault in told.faults] == ["roster_level_after"]
    assert leavers(told) == pytest.approx(leavers(plain))


@pytest.mark.parametrize("units", [3, 40, 700])
def test_groups_that_are_as_they_were_are_kept_whatever_their_size(tmp_path, units):
    rows = roster()
    dice = np.random.default_rng(units)
    told = read(tmp_path / "r.csv", rows.assign(group=dice.integers(0, units, len(rows))))
    assert "group" in told.spells and not told.faults


def test_a_closed_unit_and_a_few_blanks_cost_no_groups(tmp_path):
    rows = roster()
    gone = np.flatnonzero(rows["exit_date"].notna())
    group = rows["group"].to_numpy(object)
    group[gone[: len(gone) // 25]] = ""
    group[gone[-len(gone) // 25 :]] = "closed"
    told = read(tmp_path / "r.csv", rows.assign(group=group))
    assert "group" in told.spells and not told.faults


def test_where_nobody_or_everybody_left_every_group_is_one_like_the_others():
    rows = roster(people=50)
    assert not written_after(rows.assign(exit_date=pd.NaT), ["group"])
    assert not written_after(rows.assign(exit_date=pd.Timestamp("2020-01-01")), ["group"])
    assert not written_after(rows.iloc[:0], ["group"])


# ---- an edition: a list of number, day and cause


def test_a_list_of_number_day_and_cause_teaches_how_many_leave():
    here = people_of.people(
        *(f"19{70 + at % 20}0101200001{1 + at % 2}{at:03d}" for at in range(800))
    )
    days = [f"{2018 + at % 8}-03-01" for at in range(80)]
    nips = [f"19{70 + at % 20}0101200001{1 + at % 2}{800 + at:03d}" for at in range(80)]
    gone = people_of.exits(
        *(people_of.left(nip, day, "meninggal") for nip, day in zip(nips, days, strict=True))
    )
    full = gone.assign(position="Guru Ahli Muda", unit="SDN 1").astype(gone.dtypes.to_dict())
    day, since = date(2026, 1, 1), date(2018, 1, 1)
    law = Law(rules.load(), day, people_of.LAW.choice, people_of.LAW.local_titles)
    expected, columns = [], []
    for listed in (full, gone):
        spells = exit_history.spells(here, exit_history.history(listed), since, law)
        model = exit_model(spells, since, day, rules.load().exit_rates)
        hazards = model.hazards(in_service_on(spells, day), 1)
        expected.append(sum(each.sum() for cause, each in hazards.items() if cause != "bup"))
        columns.append({"group", "role_group"} & set(spells))
    # Ten a year on record; with the blanks learnt from it was a tenth of that.
    assert columns == [{"group", "role_group"}, set()]
    assert expected[1] == pytest.approx(expected[0], rel=0.1)
    assert 6 < expected[1] < 14


# ---- a list of number and day alone


def test_a_list_of_number_and_day_alone_tells_who_retired_from_who_left_before():
    # Teachers and clerks; ninety go on the first of the month after 58 or 60, forty at any age.
    post = ["Guru Ahli Muda", "Pengadministrasi Perkantoran"]
    here = pd.concat(
        [
            people_of.people(
                *(f"19{67 + at % 30}{1 + at % 12:02d}10200001{1 + at % 2}{at:03d}"
                  for at in range(each, 700, 2)), position=post[each],
            )
            for each in (0, 1)
        ]
    )  # fmt: skip
    retired = [
        (f"{year - (60, 58)[at % 2]}{month:02d}101990011{at:03d}", f"{year}-{month + 1:02d}-01")
        for at in range(90) for year, month in [(2018 + at % 8, 1 + at % 11)]
    ]  # fmt: skip
    early = [
        (f"19{67 + at % 10}{1 + at % 12:02d}101990011{500 + at:03d}", f"{2018 + at % 8}-07-20")
        for at in range(40)
    ]
    gone = people_of.exits(
        *(people_of.left(nip, day, "tidak_diketahui") for nip, day in retired + early)
    )
    day, since = date(2026, 1, 1), date(2018, 1, 1)
    law = Law(rules.load(), day, people_of.LAW.choice, people_of.LAW.local_titles)
    spells = exit_history.spells(here, exit_history.history(gone), since, law)
    left = spells.loc[spells["exit_date"].notna()].set_index("person_id")
    by_law, others = left.loc[[nip for nip, _ in retired]], left.loc[[nip for nip, _ in early]]
    assert (by_law["retires_on"] == by_law["exit_date"]).all()
    # Due later than they left, at 58 or 60 as those in service are.
    assert (others["retires_on"] > others["exit_date"]).all()
    ages = ((others["retires_on"] - others["birth_date"]).dt.days / 365.25).round()
    assert set(ages) == {58.0, 60.0}
    model = exit_model(spells, since, day, rules.load().exit_rates)
    assert sum(model.exit_counts.values()) == 40
    # Nobody's cause is guessed.
    assert set(left["cause"]) == {"tidak_diketahui"}


def test_who_comes_later_to_the_list_moves_nobody_elses_date():
    few = people_of.exits(
        *(people_of.left(f"19700{at}101995011{at:03d}", "2024-07-20") for at in range(1, 9))
    )
    here = people_of.people(*(f"19{70 + at}0110200001{1 + at % 2}{at:03d}" for at in range(20)))

    def dates(gone):
        spells = exit_history.spells(here, exit_history.history(gone), date(2020, 1, 1),
                                     people_of.LAW)  # fmt: skip
        return spells.set_index("person_id")["retires_on"]

    fewer = dates(few.iloc[:5])
    pd.testing.assert_series_equal(dates(few)[fewer.index], fewer)
