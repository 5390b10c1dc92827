"""Distances between schools: published great circles, limits, and coordinates not believed."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.distances import EARTH_KM, pairs_within, places, straight_km


def schools(*rows: tuple[str, float, float]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["npsn", "latitude", "longitude"])


def test_a_quarter_of_a_meridian_is_a_quarter_of_the_circle():
    # The definition of the sphere: pole to equator is pi/2 radii.
    assert straight_km(0.0, 110.0, 90.0, 110.0) == pytest.approx(EARTH_KM * np.pi / 2)


def test_jakarta_to_surabaya_is_as_far_as_the_atlas_says():
    # Great-circle calculators give 661-665 km between the city centres (6.2088 S 106.8456 E and
    # 7.2575 S 112.7521 E).
    assert straight_km(-6.2088, 106.8456, -7.2575, 112.7521) == pytest.approx(663, abs=3)


def test_one_hundredth_of_a_degree_of_latitude_is_one_point_one_km():
    assert straight_km(-7.60, 111.5, -7.61, 111.5) == pytest.approx(1.112, abs=0.001)


def test_pairs_are_those_within_the_limit_detour_included():
    located = places(schools(("a", -7.601, 111.5), ("b", -7.611, 111.5), ("c", -7.701, 111.5)))
    found = pairs_within(located, 1.5, detour=1.3)
    assert found[["from_npsn", "to_npsn"]].to_numpy().tolist() == [["a", "b"], ["b", "a"]]
    assert found["distance_km"].iloc[0] == pytest.approx(1.112 * 1.3, abs=0.002)
    assert pairs_within(located, 1.4, detour=1.3).empty


def test_sources_and_targets_narrow_the_pairs():
    located = places(schools(("a", -7.601, 111.5), ("b", -7.611, 111.5), ("c", -7.612, 111.5)))
    found = pairs_within(located, 5, sources=["a"], targets=["a", "c"])
    assert found[["from_npsn", "to_npsn"]].to_numpy().tolist() == [["a", "c"]]


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ((0.0, 0.0), "coordinate_zero"),
        ((np.nan, np.nan), "coordinate_missing"),
        ((-7.6, np.nan), "coordinate_unusable"),
        ((111.5, -7.6), "coordinate_swapped"),
        ((-7.601, 111.501), "coordinate_shared"),
    ],
)
def test_a_place_that_cannot_be_believed_has_no_distance(row, code):
    located = places(schools(("a", -7.601, 111.501), ("b", -7.611, 111.502), ("x", *row)))
    found = located.set_index("npsn").loc["x"]
    assert (found["code"], bool(found["is_usable"])) == (code, False)
    assert not pairs_within(located, 20)[["from_npsn", "to_npsn"]].eq("x").any().any()


def test_schools_of_one_yard_may_be_declared_so():
    located = places(schools(("a", -7.601, 111.501), ("b", -7.601, 111.501)), accept_shared=True)
    assert pairs_within(located, 1)["distance_km"].tolist() == [0.0, 0.0]


points = st.lists(
    st.tuples(st.floats(-8, -7), st.floats(111, 112)), min_size=2, max_size=8, unique=True
)


@given(points, st.floats(0.1, 50), st.floats(1, 2))
def test_the_tree_finds_what_trying_every_pair_finds(where, limit_km, detour):
    located = places(schools(*((str(at), *point) for at, point in enumerate(where))))
    found = pairs_within(located, limit_km, detour)
    rows = located[located["is_usable"]].itertuples()
    usable = [(row.npsn, row.latitude, row.longitude) for row in rows]
    wanted = {
        (a[0], b[0])
        for a in usable
        for b in usable
        if a[0] != b[0] and straight_km(a[1], a[2], b[1], b[2]) * detour <= limit_km
    }
    assert set(found[["from_npsn", "to_npsn"]].itertuples(index=False, name=None)) == wanted


@pytest.mark.parametrize(("limit_km", "detour"), [(-1, 1.3), (3, 0.9), (float("nan"), 1.3)])
def test_a_limit_below_zero_or_a_detour_below_one_is_refused(limit_km, detour):
    with pytest.raises(ValueError, match="or more"):
        pairs_within(places(schools(("a", -7.6, 111.51))), limit_km, detour)
