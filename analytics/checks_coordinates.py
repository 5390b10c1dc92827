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
    points = dict.fromkeys(zip(latitude, longitude, strict=True))
    if len(points) < bound("region_least_places"):
        return Region((0.0, 0.0), 1.0, frozenset())
    at = np.array(list(points), dtype="float64")
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
    north, east = (
        pd.Series(list(degrees), dtype="float64").to_numpy(copy=True)
        for degrees in (latitude, longitude)
    )
    code = np.full(len(north), "", dtype=object)
    has_both = ~np.isnan(north) & ~np.isnan(east)
    has_one = np.isnan(north) != np.isnan(east)
    is_zero = (north == 0) | (east == 0)
    with np.errstate(invalid="ignore"):
        # Whole degrees in both are a cut number: a square of a hundred kilometres.
        is_whole = has_both & (north % 1 == 0) & (east % 1 == 0)
    code[has_one | is_whole] = "coordinate_unusable"
    code[is_zero] = "coordinate_zero"
    usable = has_both & (code == "")
    # No latitude is beyond 90 degrees: such a pair can only be the other way round.
    turned = usable & (np.abs(north) > 90) & (np.abs(east) <= 90)
    straight = usable & ~turned & (np.abs(north) <= 90) & (np.abs(east) <= 180)
    pairs = np.column_stack([north, east])
    points = np.concatenate([pairs[straight], pairs[turned][:, ::-1]])
    region = learnt_region(points[:, 0].tolist(), points[:, 1].tolist())
    at_home = np.zeros(len(north), dtype=bool)
    at_home[straight] = region.hold(pairs[straight])
    for at in np.flatnonzero(usable & ~at_home).tolist():
        first, second = pairs[at]
        if abs(second) <= 90 and region.holds(second, first):
            north[at], east[at] = second, first
            code[at] = "coordinate_swapped"
        else:
            code[at] = "coordinate_outside"
    useless = np.isin(
        code.astype(str), ["coordinate_zero", "coordinate_unusable", "coordinate_outside"]
    )
    north[useless] = east[useless] = np.nan
    shared = _shared(north, east, school_id)
    code[(shared > 1) & (code == "")] = "coordinate_shared"
    return pd.DataFrame(
        {
            "latitude": north,
            "longitude": east,
            "code": pd.array(code, dtype="str"),
            "shared_count": shared,
        }
    )


def _shared(north: np.ndarray, east: np.ndarray, school_id: Sequence[str]) -> np.ndarray:
    """How many schools stand on the point of each row; 0 where it has none."""
    placed = ~np.isnan(north) & ~np.isnan(east)
    _, point = np.unique(north[placed] + 1j * east[placed], return_inverse=True)
    school, names = pd.factorize(np.array(list(school_id), dtype=object)[placed])
    size = max(len(names), 1)
    pairs = np.unique((point * size + school)[school >= 0])
    count = np.zeros(len(north), dtype=np.int64)
    count[placed] = np.bincount(pairs // size, minlength=max(len(point), 1))[point]
    return count


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
