"""Which rooms a receiver has: heavily damaged ones are none, unless somebody says so."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from analytics import scenario_presets
from analytics.regrouping_condition import usable_rooms
from analytics.regrouping_limits import Limits, alike
from analytics.regrouping_rules import counts_heavy_rooms, every_row
from analytics.scenario_choices import merge_limits
from tests.test_regrouping_switches import planned

# Two schools of 20 a grade: together 40, two rombel a grade, so the receiver needs 12 rooms.
HEAD = "npsn,lat,lon,g1,g2,g3,g4,g5,g6,rooms,baik,rusak_ringan,rusak_sedang,rusak_berat"
SMALL = "1,-7.500,111.000,20,20,20,20,20,20,6,6,0,0,0"
HOST = "2,-7.501,111.000,20,20,20,20,20,20"


@pytest.mark.parametrize(
    ("rooms", "more", "merges"),
    [
        ("12,10,1,1,0", [], 1),
        ("12,9,1,1,1", [], 0),
        ("12,9,1,1,1", ["--count-heavy-rooms"], 1),
        ("14,12,0,0,2", [], 1),
        (",12,0,0,2", [], 1),  # rooms not told: the four conditions are, 14 - 2
        (",12,0,0,", [], 0),  # not all four are told, so rooms are not known
        ("12,,,,", [], 1),
    ],
)
def test_heavily_damaged_rooms_are_no_rooms_of_a_receiver(tmp_path, rooms, more, merges):
    # Locked, because two full rombel a grade save one open school and no rombel.
    text = "\n".join([HEAD, SMALL, f"{HOST},{rooms}"])
    status, plan, told = planned(
        tmp_path, text, "--lock-open", "2", "--min-pupils", "1000", "--cost-pupil-km", "0", *more
    )
    assert status == 0
    assert told["counts"]["merges"] == merges
    assert (plan["1"]["into"] == "2") == bool(merges)


def test_rooms_that_do_not_count_are_said_with_the_switch_that_counts_them(tmp_path, capsys):
    text = "\n".join([HEAD, SMALL, f"{HOST},12,9,0,0,3"])
    _, _, told = planned(tmp_path, text)
    assert [one["code"] for one in told["findings"]] == ["regroup_rooms_heavy"]
    said = capsys.readouterr().err
    assert "3 ruang kelas rusak berat di 1 sekolah tidak dihitung" in said
    assert "--count-heavy-rooms" in said
    assert told["parameters"]["count_heavy_rooms"] is False


def test_a_school_locked_closed_is_told_that_damage_takes_the_rooms(tmp_path, capsys):
    text = "\n".join([HEAD, SMALL, f"{HOST},12,9,0,0,3"])
    assert planned(tmp_path, text, "--lock-closed", "1")[0] == 1
    assert "3 ruang rusak berat tidak dihitung" in capsys.readouterr().err


def test_the_rule_on_damaged_rooms_is_said_to_be_a_local_choice_without_source():
    row = every_row().set_index("key").loc["count_heavy_rooms"]
    assert row["standing"] == "local_choice"
    assert "tanpa sumber" in row["source"]
    assert not counts_heavy_rooms(date(2026, 11, 22))


def test_a_scenario_follows_the_rule_on_damaged_rooms_and_may_say_otherwise_both_ways(monkeypatch):
    told, on = scenario_presets.presets()["do_nothing"], date(2026, 11, 22)
    lever = "regrouping.count_heavy_rooms"

    def counted(now):
        return merge_limits(now, on, frozenset()).count_heavy_rooms

    for usual in (False, True):
        monkeypatch.setattr(
            "analytics.scenario_choices.counts_heavy_rooms", lambda _, is_on=usual: is_on
        )
        assert counted(told) is usual
        assert counted(told.moved(lever, True)) is True
        assert counted(told.moved(lever, False)) is False


def test_usable_rooms_are_what_is_left_and_never_less_than_none():
    schools = pd.DataFrame(
        {
            "classroom_count": [6, 6, None, None, 2],
            "room_good_count": [3, None, 4, 4, 0],
            "room_light_count": [1, None, 1, 1, 0],
            "room_moderate_count": [0, None, 0, None, 0],
            "room_heavy_count": [2, None, 1, 1, 5],
        }
    )
    found = usable_rooms(schools)
    assert found["rooms"].tolist()[:3] == [4, 6, 5]
    assert pd.isna(found["rooms"][3])
    assert found["rooms"][4] == 0
    assert found["heavy_left_out"].tolist() == [2, 0, 1, 0, 2]
    assert usable_rooms(schools, count_heavy=True)["rooms"].tolist()[:3] == [6, 6, 6]


# Same village


def test_a_village_is_the_same_only_within_its_kecamatan():
    schools = pd.DataFrame(
        {
            "level": ["SD"] * 5,
            "village": ["Sukamaju", "Desa Sukamaju", "Sukamaju", "Ds. SUKAMAJU", ""],
            "kecamatan": ["Timur", "Kec. Timur", "Barat", "", "Timur"],
        }
    )
    same = alike(schools, Limits(same="village"))
    assert same[0].tolist() == [True, True, False, True, False]
    assert not same[4].any()
