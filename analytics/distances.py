"""How far apart schools are: straight lines over the sphere times a detour, never a silent 0 km.

Measured roads replace the straight line where they are given. A school whose coordinates cannot be
believed has no distance at all: it is a finding to mend, and takes no part in anything that needs
one.
"""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
import pandas as pd
from scipy.spatial import cKDTree

from analytics.checks_bounds import bound
from analytics.checks_coordinates import coordinate_faults

# Mean radius of the earth (IUGG). A fact of geodesy, not a choice.
EARTH_KM = 6371.0088
# Straight lines are shorter than ways; how much is a local choice, asked by every caller.
DEFAULT_DETOUR = 1.3
SHARED = "coordinate_shared"
PAIR_COLUMNS = ["from_npsn", "to_npsn", "straight_km", "distance_km"]


def straight_km(
    latitude: np.ndarray | float,
    longitude: np.ndarray | float,
    other_latitude: np.ndarray | float,
    other_longitude: np.ndarray | float,
) -> np.ndarray:
    """Great-circle distances in km by the haversine; arrays broadcast, degrees in.

    Method: docs/method.md eq. 140.
    """
    south, north = np.radians(latitude), np.radians(other_latitude)
    half_up = (north - south) / 2
    half_over = np.radians(np.subtract(other_longitude, longitude)) / 2
    inside = np.sin(half_up) ** 2 + np.cos(south) * np.cos(north) * np.sin(half_over) ** 2
    return np.asarray(2 * EARTH_KM * np.arcsin(np.sqrt(np.clip(inside, 0.0, 1.0))))


def places(schools: pd.DataFrame, accept_shared: bool = False) -> pd.DataFrame:
    """Where schools stand, as far as it can be believed.

    Parameters
    ----------
    schools
        One row per school: ``npsn``, ``latitude``, ``longitude`` in degrees (NaN: not told) and,
        where only schools of one level may not share a point, ``level``: an SD and an SMP in one
        yard have nothing to do with each other, and stand where they stand. A school whose level
        is blank may be of any.
    accept_shared
        Schools on one point stand there indeed (one yard); otherwise they have no usable place.

    Returns
    -------
    One row per school, the index kept: ``npsn``, ``latitude``, ``longitude``, ``code`` ('' where
    nothing is wrong, ``coordinate_missing``, or a code of
    :func:`analytics.checks_coordinates.coordinate_faults`), ``shared_count`` and ``is_usable``.
    A swapped pair is put right in the answer and still has to be mended: it is not usable.
    """
    latitude = schools["latitude"].to_numpy(dtype=float, na_value=np.nan)
    longitude = schools["longitude"].to_numpy(dtype=float, na_value=np.nan)
    told = [
        [None if np.isnan(degrees) else float(degrees) for degrees in column]
        for column in (latitude, longitude)
    ]
    names = schools["npsn"].astype("str").tolist()
    found = coordinate_faults(names, *told).set_axis(schools.index, axis="index")
    missing = np.isnan(latitude) & np.isnan(longitude)
    code = found["code"].mask(missing, "coordinate_missing")
    if "level" in schools:
        code = code.mask(_is_alone_of_level(found, code, schools["level"]), "")
    usable = code.eq("") | (code.eq(SHARED) if accept_shared else False)
    return pd.DataFrame(
        {
            "npsn": pd.Series(names, index=schools.index, dtype="str"),
            "latitude": found["latitude"],
            "longitude": found["longitude"],
            "code": code.astype("str"),
            "shared_count": found["shared_count"],
            "is_usable": usable.astype(bool) & found["latitude"].notna(),
        }
    )


def located(schools: pd.DataFrame, accept_shared: bool = False) -> pd.DataFrame:
    """Points of schools, blank where they cannot be believed.

    Parameters
    ----------
    accept_shared
        Schools on one point stand there indeed: it is believed, and no longer a finding.

    Returns
    -------
    ``latitude``, ``longitude`` (NaN where not usable) and ``code``, by row, as
    :func:`places` judges them. A swapped pair and a point that several schools
    share are not usable either: the first may be right the other way round, the second says 0 km
    where nobody measured.
    """
    found = places(schools, accept_shared)
    code = found["code"]
    points = found[["latitude", "longitude"]].where(found["is_usable"], np.nan)
    return points.assign(code=code.mask(code.eq(SHARED), "") if accept_shared else code)


def _is_alone_of_level(found: pd.DataFrame, code: pd.Series, level: pd.Series) -> pd.Series:
    """Whether a school shares its point with schools of other levels alone."""
    place = pd.DataFrame(
        {
            "north": found["latitude"],
            "east": found["longitude"],
            "level": level.astype("str").str.upper(),
        }
    )
    is_any = place["level"].eq("").groupby([place["north"], place["east"]]).transform("any")
    return code.eq(SHARED) & ~place.duplicated(keep=False) & ~is_any.eq(True)


def straight_matrix(points: pd.DataFrame) -> np.ndarray:
    """Great-circle kilometres between every two rows of ``points``; NaN where one is not usable.

    ``latitude``, ``longitude`` in degrees. Method: docs/method.md eq. 140 with delta 1.
    """
    north = points["latitude"].to_numpy(dtype=float)
    east = points["longitude"].to_numpy(dtype=float)
    return straight_km(north[:, None], east[:, None], north, east)


def distances(
    schools: pd.DataFrame, points: pd.DataFrame, detour: float, roads: pd.DataFrame | None = None
) -> np.ndarray:
    """Kilometres a pupil of the row school walks to the column school; NaN where not known.

    Parameters
    ----------
    schools
        ``npsn`` by row.
    points
        As :func:`located` gives them.
    detour
        Road kilometres per straight kilometre.
    roads
        ``from``, ``into``, ``km``: measured roads. They replace the straight line, also for a
        school without a point; both ways alike unless both are given. One that
        :func:`too_short` does not believe is none: the pair has no distance, unless the other way
        is told.

    Method: docs/method.md eq. 111.
    """
    km = straight_matrix(points) * detour
    if roads is not None and len(roads):
        short = too_short(schools, points, roads)
        i, j, length = _told_ways(schools, roads.loc[short])
        km[i, j] = km[j, i] = np.nan
        i, j, length = _told_ways(schools, roads.loc[~short])
        km[j, i] = length
        km[i, j] = length
    np.fill_diagonal(km, np.nan)
    return km


def too_short(schools: pd.DataFrame, points: pd.DataFrame, roads: pd.DataFrame) -> pd.Series:
    """Measured roads that cannot be: shorter than the straight line, or 0 km.

    Parameters
    ----------
    schools, points, roads
        As in :func:`distances`.

    Returns
    -------
    By row of ``roads``. Below ``road_least_times`` the straight line less ``road_rounding_km``
    (``data/rules/plausibility.csv``), where both points are believed; 0 km always, unless both
    stand on one believed point, as services write it where they know no way.

    Method: docs/method.md eq. 111.
    """
    straight = straight_of(schools, points, roads)
    km = roads["km"].to_numpy(dtype=float)
    least = bound("road_least_times") * straight - bound("road_rounding_km")
    with np.errstate(invalid="ignore"):
        is_short = np.where(km > 0, km < least, straight != 0)
    known = roads["from"].isin(schools["npsn"]) & roads["into"].isin(schools["npsn"])
    return known & is_short


def straight_of(schools: pd.DataFrame, points: pd.DataFrame, roads: pd.DataFrame) -> np.ndarray:
    """The straight line of every road in km; NaN where a point is not believed."""
    at = points[["latitude", "longitude"]].set_index(schools["npsn"].to_numpy()).astype("float64")
    at = at.loc[~at.index.duplicated()]
    one, other = (at.reindex(roads[side]).to_numpy() for side in ("from", "into"))
    return straight_km(one[:, 0], one[:, 1], other[:, 0], other[:, 1])


def _told_ways(
    schools: pd.DataFrame, roads: pd.DataFrame
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Places of both schools of every road between two of them, and its length."""
    place = pd.Series(np.arange(len(schools)), index=schools["npsn"].to_numpy())
    told = roads.loc[roads["from"].isin(place.index) & roads["into"].isin(place.index)]
    ends = (place[told[side]].to_numpy() for side in ("from", "into"))
    return (*ends, told["km"].to_numpy(float))


def within(km: np.ndarray, limit: np.ndarray) -> np.ndarray:
    """Pairs whose distance is known and within the limit of the row school."""
    with np.errstate(invalid="ignore"):
        return np.asarray(km <= limit[:, None] + 1e-9)


def pairs_within(
    located: pd.DataFrame,
    limit_km: float,
    detour: float = DEFAULT_DETOUR,
    sources: Collection[str] | None = None,
    targets: Collection[str] | None = None,
) -> pd.DataFrame:
    """Every ordered pair of different schools whose distance is within a limit.

    Parameters
    ----------
    located
        As :func:`places` gives it; only usable places take part.
    limit_km
        Longest distance, detour included.
    detour
        Way over straight line, 1 or more.
    sources, targets
        Schools to go from and to; None: all.

    Returns
    -------
    One row per pair: ``from_npsn``, ``to_npsn``, ``straight_km``, ``distance_km`` (straight x
    detour), ordered by both numbers. Nothing is rounded.

    Raises
    ------
    ValueError
        When the limit is below 0 or the detour below 1.

    Method: docs/method.md eq. 140.
    """
    if not limit_km >= 0 or not np.isfinite(limit_km):
        raise ValueError(f"limit_km is {limit_km}; 0 or more")
    if not detour >= 1 or not np.isfinite(detour):
        raise ValueError(f"detour is {detour}; 1 or more")
    usable = located.loc[located["is_usable"].to_numpy(dtype=bool)]
    usable = usable.sort_values("npsn", kind="stable", ignore_index=True)
    starts = usable if sources is None else usable.loc[usable["npsn"].isin(list(sources))]
    ends = usable if targets is None else usable.loc[usable["npsn"].isin(list(targets))]
    if starts.empty or ends.empty:
        return pd.DataFrame(columns=PAIR_COLUMNS).astype(
            {"from_npsn": "str", "to_npsn": "str", "straight_km": float, "distance_km": float}
        )
    straight_limit_km = min(limit_km / detour, np.pi * EARTH_KM)
    # The chord of the arc, a touch longer, so that the exact distance decides and not the tree.
    chord = 2 * np.sin(straight_limit_km / EARTH_KM / 2) * (1 + 1e-9) + 1e-12
    near = cKDTree(_on_sphere(starts)).query_ball_tree(cKDTree(_on_sphere(ends)), chord)
    counts = np.fromiter((len(each) for each in near), dtype=np.int64, count=len(near))
    first = np.repeat(np.arange(len(starts)), counts)
    second = np.array([at for each in near for at in sorted(each)], dtype=np.int64)
    one, other = starts.iloc[first], ends.iloc[second]
    km = straight_km(
        *(one[name].to_numpy() for name in ("latitude", "longitude")),
        *(other[name].to_numpy() for name in ("latitude", "longitude")),
    )
    pairs = pd.DataFrame(
        {
            "from_npsn": one["npsn"].to_numpy(),
            "to_npsn": other["npsn"].to_numpy(),
            "straight_km": km,
            "distance_km": km * detour,
        }
    )
    keep = (pairs["from_npsn"] != pairs["to_npsn"]) & (pairs["distance_km"] <= limit_km)
    return pairs.loc[keep].reset_index(drop=True)


def _on_sphere(located: pd.DataFrame) -> np.ndarray:
    """Points on the unit sphere, for a tree of straight chords."""
    north = np.radians(located["latitude"].to_numpy(dtype=float))
    east = np.radians(located["longitude"].to_numpy(dtype=float))
    return np.column_stack(
        [np.cos(north) * np.cos(east), np.cos(north) * np.sin(east), np.sin(north)]
    )
