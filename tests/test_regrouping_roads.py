"""Measured roads that cannot be: 0 km, or shorter than the straight line."""

from __future__ import annotations

import pytest

from tests.test_regrouping_switches import HEAD, district, planned

# A and B on one meridian, 15.0 km apart: 0.1349 of a degree, 111.195 km each.
APART = "\n".join(
    [HEAD, "1001,SD A,X,-7.5,111.0,6,5,5,5,5,5,5", "1002,SD B,X,-7.6349,111.0,12,9,9,9,9,9,9"]
)


def with_roads(tmp_path, text, roads, *more):
    path = tmp_path / "R.csv"
    path.write_text("from,into,km\n" + roads, encoding="utf-8")
    return planned(tmp_path, text, "--roads", str(path), *more)


def codes(told, start="regroup_road"):
    return [(one["code"], one["row"]) for one in told["findings"] if one["code"].startswith(start)]


def test_a_road_of_nought_is_no_road(tmp_path, capsys):
    roads = "1002,1003,4\n1001,1002,0\n"
    status, plan, told = with_roads(tmp_path, APART, roads, "--cost-pupil-km", "0")
    assert status == 0
    assert {row["action"] for row in plan.values()} == {"open"}
    assert ("regroup_road_zero", 3) in codes(told)
    assert "1001 - 1002: 0" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("km", "believed"),
    # 15 x 0.9 - 0.05 is 13.45.
    [("13.3", False), ("13.6", True), ("15", True), ("22", True), ("1.5", False)],
)
def test_a_road_is_held_against_the_straight_line(tmp_path, km, believed):
    _, plan, told = with_roads(
        tmp_path, APART, f"1001,1002,{km}\n", "--max-km", "30", "--cost-pupil-km", "0"
    )
    merged = [float(row["distance_km"]) for row in plan.values() if row["action"] == "merge"]
    assert merged == ([float(km)] if believed else [])
    assert codes(told) == ([] if believed else [("regroup_road_short", 2)])


def test_the_other_way_round_serves_where_one_way_cannot_be(tmp_path):
    roads = "1001,1002,0\n1002,1001,16\n"
    _, plan, _ = with_roads(
        tmp_path, APART, roads, "--max-km", "30", "--cost-pupil-km", "0", "--pair", "1001=1002"
    )
    assert plan["1001"]["distance_km"] == "16.0"


def test_roads_of_neighbours_told_in_tenths_are_believed(tmp_path):
    # 0.556 km apart: 0.5 is 0.55 rounded down.
    assert codes(with_roads(tmp_path, district(), "1,2,0.5\n")[2]) == []


@pytest.mark.parametrize(("more", "km"), [((), None), (("--accept-shared",), 0.0)])
def test_nought_is_a_road_between_schools_whose_shared_point_is_accepted(tmp_path, more, km):
    yard = APART.replace("-7.6349", "-7.5")
    _, plan, told = with_roads(tmp_path, yard, "1001,1002,0\n", *more)
    merged = [float(row["distance_km"]) for row in plan.values() if row["action"] == "merge"]
    assert merged == ([] if km is None else [km])
    assert codes(told) == ([("regroup_road_zero", 2)] if km is None else [])
    kept = [one["npsn"] for one in told["findings"] if "coordinate_shared" in one["code"]]
    assert kept == (["1001", "1002"] if km is None else [])


def test_a_road_to_a_school_without_a_point_is_believed_and_nought_is_not(tmp_path):
    text = APART.replace("-7.5,111.0", ",")
    _, plan, _ = with_roads(tmp_path, text, "1001,1002,2.5\n")
    assert plan["1001"]["distance_km"] == "2.5"
    _, plan, told = with_roads(tmp_path, text, "1001,1002,0\n")
    assert plan["1001"]["action"] == "open"
    assert codes(told, "regroup_coordinate") == [("regroup_coordinate_missing", 2)]


@pytest.mark.parametrize("lock", [("--pair", "1001=1002"), ("--lock-closed", "1001")])
def test_a_lock_over_a_road_that_cannot_be_is_told_to_mend_the_road(tmp_path, capsys, lock):
    assert with_roads(tmp_path, APART, "1001,1002,0\n", *lock)[0] == 1
    said = capsys.readouterr().err
    assert "Jarak jalan yang diberikan tidak dipercaya" in said
    assert "Perbaiki lat dan lon" not in said


def test_thousands_of_roads_of_nought_are_counted_and_some_are_named(tmp_path):
    # Seven schools, 42 ways: the first twenty by row, twenty-two more in one finding.
    names = [line.split(",")[0] for line in district().splitlines()[1:]]
    ways = [f"{one},{other},0\n" for one in names for other in names if one != other]
    told = codes(with_roads(tmp_path, district(), "".join(ways))[2])
    assert [row for _, row in told if row] == list(range(2, 22))
    assert told[0] == ("regroup_roads_more", None)
