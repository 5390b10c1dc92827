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
