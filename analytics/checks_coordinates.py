"""Coordinates of schools: which of them cannot be, told from where the others stand.

The region is learnt from the file itself: its points are put on a grid as wide as their spread
allows, and the group of adjoining squares that holds most of them is the region. No border and no
name of a place is needed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analytics.checks_bounds import bound

KM_PER_DEGREE = 111.32
# The frame of Indonesia in degrees, a little wide: all that is known where points are too few.
FRAME = (-11.5, 6.5, 94.5, 141.5)

_Square = tuple[int, int]


@dataclass(frozen=True, eq=False)
class Region:
    """Where a file's points stand: the squares of a grid that belong to it.

    ``centre`` is latitude and longitude in degrees, ``side_km`` the side of a square; ``squares``
    empty: unknown, only the frame of Indonesia is.
    """

    centre: tuple[float, float]
    side_km: float
    squares: frozenset[_Square]

    def holds(self, latitude: float, longitude: float) -> bool:
        """Whether a point stands in the region."""
        if not self.squares:
            south, north, west, east = FRAME
            return south <= latitude <= north and west <= longitude <= east
        return _square(latitude, longitude, self.centre, self.side_km) in self.squares

    def hold(self, points: np.ndarray) -> np.ndarray:
        """Whether each point (latitude, longitude) stands in the region."""
        if not self.squares:
            return np.array([self.holds(*point) for point in points.tolist()], dtype=bool)
        places = _squares(points, self.centre, self.side_km)
        return np.array([place in self.squares for place in places], dtype=bool)


def learnt_region(latitude: Sequence[float], longitude: Sequence[float]) -> Region:
    """The region that points stand in, most of them being right.

    Parameters
    ----------
    latitude, longitude
        Degrees, finite.

    Returns
    -------
    The largest group of adjoining grid squares, with every other group that holds a fair share of
    the points (an island) and is no mirror image of it at the equator. The side of a square is
    ``region_spread_share`` of the distance from the middle (median) within which three quarters of
    the points stand, at least ``region_least_km``. Each place counts once, so that a wrong place
    many schools share has one vote.
    """
    points = pd.DataFrame({"latitude": latitude, "longitude": longitude}).drop_duplicates()
    if len(points) < bound("region_least_places"):
        return Region((0.0, 0.0), 1.0, frozenset())
    at = points.to_numpy(dtype="float64")
    centre = (float(np.median(at[:, 0])), float(np.median(at[:, 1])))
    away_km = np.hypot(
        (at[:, 0] - centre[0]) * KM_PER_DEGREE, (at[:, 1] - centre[1]) * _km_per_longitude(centre)
    )
    spread_km = float(np.quantile(away_km, 0.75))
    side_km = max(bound("region_least_km"), bound("region_spread_share") * spread_km)
    counts: dict[_Square, int] = {}
    for square in _squares(at, centre, side_km):
        counts[square] = counts.get(square, 0) + 1
    groups = sorted(_groups(counts), key=lambda group: -sum(counts[one] for one in group))
    main, others = groups[0], groups[1:]
    fair_count = max(bound("region_least_share") * len(at), 3)
    inside = set(main)
    for group in others:
        if sum(counts[one] for one in group) >= fair_count and not any(
            _mirrored(one, centre, side_km) in main for one in group
        ):
            inside |= group
    # A school may stand just outside the squares that others fill.
    return Region(centre, side_km, frozenset(each for one in inside for each in _around(one)))


def coordinate_faults(
    school_id: Sequence[str],
    latitude: Sequence[float | None],
    longitude: Sequence[float | None],
) -> pd.DataFrame:
    """Coordinates as far as they can be used, and what is wrong with the others.

    Parameters
    ----------
    school_id
        The school of each row; rows of one school in several years share a place rightly.
    latitude, longitude
        Degrees; None where the cell is empty or no number.

    Returns
    -------
    One row per row given: ``latitude``, ``longitude`` (float64; NaN where unusable), ``code`` ('',
    ``coordinate_zero``, ``coordinate_unusable``, ``coordinate_swapped``, ``coordinate_outside`` or
    ``coordinate_shared``) and ``shared_count`` (schools on the same point). Swapped pairs are put
    right and shared ones kept; the others are NaN.
    """
    frame = pd.DataFrame(
        {
            "latitude": pd.Series(list(latitude), dtype="float64"),
            "longitude": pd.Series(list(longitude), dtype="float64"),
            "code": "",
        }
    )
    has_both = frame["latitude"].notna() & frame["longitude"].notna()
    has_one = frame["latitude"].notna() != frame["longitude"].notna()
    is_zero = (frame["latitude"] == 0) | (frame["longitude"] == 0)
    # Whole degrees in both are a cut number: a square of a hundred kilometres.
    is_whole = has_both & (frame["latitude"] % 1 == 0) & (frame["longitude"] % 1 == 0)
    frame.loc[has_one | is_whole, "code"] = "coordinate_unusable"
    frame.loc[is_zero, "code"] = "coordinate_zero"
    usable = has_both & (frame["code"] == "")
    # No latitude is beyond 90 degrees: such a pair can only be the other way round.
    turned = usable & (frame["latitude"].abs() > 90) & (frame["longitude"].abs() <= 90)
    on_earth = (frame["latitude"].abs() <= 90) & (frame["longitude"].abs() <= 180)
    learnt = frame.loc[usable & on_earth, ["latitude", "longitude"]].to_numpy()
    put_right = frame.loc[turned, ["longitude", "latitude"]].to_numpy()
    points = np.concatenate([learnt, put_right])
    region = learnt_region(points[:, 0].tolist(), points[:, 1].tolist())
    pairs = frame[["latitude", "longitude"]].to_numpy()
    at_home = np.zeros(len(frame), dtype=bool)
    straight = (usable & ~turned & on_earth).to_numpy()
    at_home[straight] = region.hold(pairs[straight])
    for at in frame.index[usable & ~at_home]:
        first, second = pairs[at]
        if abs(second) <= 90 and region.holds(second, first):
            frame.loc[at, ["latitude", "longitude"]] = [second, first]
            frame.loc[at, "code"] = "coordinate_swapped"
        else:
            frame.loc[at, "code"] = "coordinate_outside"
    useless = frame["code"].isin(["coordinate_zero", "coordinate_unusable", "coordinate_outside"])
    frame.loc[useless, ["latitude", "longitude"]] = np.nan
    return _with_shared(frame, school_id)


def _with_shared(frame: pd.DataFrame, school_id: Sequence[str]) -> pd.DataFrame:
    placed = frame.assign(school_id=list(school_id)).dropna(subset=["latitude", "longitude"])
    count = placed.groupby(["latitude", "longitude"])["school_id"].transform("nunique")
    shared = count.reindex(frame.index).fillna(0).astype("int64")
    is_shared = (shared > 1) & (frame["code"] == "")
    return frame.assign(
        shared_count=shared, code=frame["code"].mask(is_shared, "coordinate_shared")
    )


def _km_per_longitude(centre: tuple[float, float]) -> float:
    return float(KM_PER_DEGREE * np.cos(np.radians(centre[0])))


def _square(
    latitude: float, longitude: float, centre: tuple[float, float], side_km: float
) -> _Square:
    north_km = (latitude - centre[0]) * KM_PER_DEGREE
    east_km = (longitude - centre[1]) * _km_per_longitude(centre)
    return round(north_km / side_km), round(east_km / side_km)


def _squares(points: np.ndarray, centre: tuple[float, float], side_km: float) -> list[_Square]:
    """As :func:`_square` for every point (latitude, longitude)."""
    north_km = (points[:, 0] - centre[0]) * KM_PER_DEGREE
    east_km = (points[:, 1] - centre[1]) * _km_per_longitude(centre)
    both = np.rint(np.column_stack([north_km, east_km]) / side_km).astype(np.int64)
    return [(north, east) for north, east in both.tolist()]


def _mirrored(square: _Square, centre: tuple[float, float], side_km: float) -> _Square:
    """The square on the other side of the equator: where a lost minus sign would put it."""
    latitude = square[0] * side_km / KM_PER_DEGREE + centre[0]
    longitude = square[1] * side_km / _km_per_longitude(centre) + centre[1]
    return _square(-latitude, longitude, centre, side_km)


def _around(square: _Square) -> Iterator[_Square]:
    for north in (-1, 0, 1):
        for east in (-1, 0, 1):
            yield square[0] + north, square[1] + east


def _groups(counts: dict[_Square, int]) -> Iterator[set[_Square]]:
    """Filled squares that touch each other, group by group."""
    left = set(counts)
    while left:
        group: set[_Square] = set()
        edge = [left.pop()]
        while edge:
            square = edge.pop()
            group.add(square)
            for near in _around(square):
                if near in left:
                    left.remove(near)
                    edge.append(near)
        yield group
