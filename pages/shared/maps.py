"""Maps from our own geometry: schools on the hull of their own points, nothing fetched.

Every page that shows schools on a map begins with ``ground`` and lays its own marks on it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

import numpy as np
import pandas as pd

from pages.shared import charts, screen
from pages.shared.words import number

_KM_PER_DEGREE = 111.195
# A little larger than the points, so that none stands on the edge.
_BEYOND = 1.09
# More names than this cover each other.
_MOST_NAMES = 12
# From so many schools on points are drawn smaller, and a chosen school is looked at from near.
CROWD = 150
# A name on a map in pixels: its letters, the points it keeps off, and how many places are tried.
_NAME_SIZE, _NAME_WIDTH, _POINT_ROOM, _TRIED = 15, 7.5, 12.0, 21
# What a map has of a wide screen, in pixels.
_WIDE = (560, 380)
# A phone's figure in pixels, the least that a map is worth, and what an axis leaves around it.
_PHONE_WIDTH, _LEAST_TALL, _AXIS_ROOM = 340, 180, 1.12


@dataclass(frozen=True)
class Mark:
    """How one kind of school is drawn; ``edge`` is the line around it in pixels."""

    name: str
    colour: str
    symbol: str
    opacity: float = 0.8
    edge: float = 1.0


def places_km(schools: pd.DataFrame) -> dict[str, pd.Series]:
    """``east_km`` and ``north_km`` from the middle of the schools; blank where unmapped.

    At this size the earth is flat enough.
    """
    latitude = pd.to_numeric(schools["latitude"], errors="coerce")
    longitude = pd.to_numeric(schools["longitude"], errors="coerce")
    middle = latitude.median()
    east = (longitude - longitude.median()) * _KM_PER_DEGREE * np.cos(np.radians(middle))
    return {"east_km": east, "north_km": (latitude - middle) * _KM_PER_DEGREE}


def outline(east_km: np.ndarray, north_km: np.ndarray) -> np.ndarray:
    """The convex hull of the points, in order around it; all points where there are under three."""
    points = np.unique(np.column_stack([east_km, north_km]), axis=0)
    if len(points) < 3:
        return points

    def half(ordered: np.ndarray) -> list[np.ndarray]:
        chain: list[np.ndarray] = []
        for point in ordered:
            while len(chain) > 1:
                (x1, y1), (x2, y2) = chain[-2], chain[-1]
                if (x2 - x1) * (point[1] - y1) - (y2 - y1) * (point[0] - x1) > 0:
                    break
                chain.pop()
            chain.append(point)
        return chain[:-1]

    return np.array(half(points) + half(points[::-1]))


def ground(
    schools: pd.DataFrame, finding: str, near: pd.Series | None = None, reach_km: float = 0.0
) -> tuple[charts.Figure, list[charts.Figure]]:
    """What every map stands on: the layout with names and scale, and the outline as first trace.

    Parameters
    ----------
    schools
        ``east_km``, ``north_km`` (nowhere blank), ``kecamatan``.
    finding
        The title.
    near, reach_km
        A school to look at from near, and how far around it; the whole map where absent.
    """
    shown = charts.layout(finding)
    shown["hovermode"] = "closest"
    shown["clickmode"] = "event+select"
    axis = {"visible": False, "fixedrange": True}
    shown["xaxis"] = {**axis}
    shown["yaxis"] = {**axis, "scaleanchor": "x", "scaleratio": 1}
    edge = outline(schools["east_km"].to_numpy(), schools["north_km"].to_numpy())
    middle = edge.mean(axis=0)
    away = middle + (edge - middle) * _BEYOND
    hull = {
        "type": "scatter",
        "mode": "lines",
        "x": [*away[:, 0], away[0, 0]],
        "y": [*away[:, 1], away[0, 1]],
        "fill": "toself",
        "fillcolor": "rgba(127,140,153,0.10)",
        "line": {"color": "rgba(127,140,153,0.35)", "width": 1, "shape": "spline"},
        "hoverinfo": "skip",
        "showlegend": False,
    }
    seen = away if near is None else _look_near(shown, near, reach_km)
    shown["annotations"] = [*(_names(schools) if near is None else []), _scale(seen, shown)]
    return shown, [hull]


def height(figure: charts.Figure | charts.ReadyFigure, usual: int) -> int:
    """Pixels for a map: ``usual``, on a phone what its width leaves it, so that no band is empty.

    ``figure``: a map from ``ground``, or one made of it.
    """
    if not screen.is_phone():
        return usual
    shown = figure.to_dict() if isinstance(figure, charts.ReadyFigure) else figure
    sides = [
        np.ptp(axis["range"]) if (axis := shown["layout"][name]).get("range") else np.ptp(hull)
        for name, hull in zip(("xaxis", "yaxis"), _hull(shown), strict=True)
    ]
    if not sides[0]:
        return usual
    tall = _PHONE_WIDTH * float(sides[1] / sides[0]) * _AXIS_ROOM
    named = [one["name"] for one in shown["data"] if one.get("showlegend", True)]
    # An entry is a sign and its letters; what does not fit begins another line.
    lines = ceil(sum(44 + 7.5 * len(name) for name in named) / _PHONE_WIDTH)
    legend = max(shown["layout"]["margin"]["b"], 20 * lines + 16)
    return int(min(max(tall, _LEAST_TALL) + shown["layout"]["margin"]["t"] + legend, usual))


def _hull(shown: charts.Figure) -> tuple[list[float], list[float]]:
    """The outline that ``ground`` draws first."""
    return list(shown["data"][0]["x"]), list(shown["data"][0]["y"])


def shrink(count: int) -> float:
    """How much smaller points are drawn where so many stand together; 1 below a crowd."""
    return float(min(1.0, (CROWD / max(count, 1)) ** 0.5))


def points(
    part: pd.DataFrame, mark: Mark, size: pd.Series, told: Sequence[str], *, pale: bool = False
) -> charts.Figure:
    """One kind of school: ``told`` is the text of each when pointed at; its npsn goes with a click.

    ``pale``: let the points of a crowd show those beneath.
    """
    opacity = mark.opacity - 0.25 if pale else mark.opacity
    return {
        "type": "scatter",
        "mode": "markers",
        "name": mark.name,
        "x": part["east_km"].tolist(),
        "y": part["north_km"].tolist(),
        "marker": {
            "size": size.round(1).tolist(),
            "color": mark.colour,
            "symbol": mark.symbol,
            "opacity": opacity,
            "line": {
                "color": mark.colour if mark.symbol.endswith("open") else "#FFFFFF",
                "width": mark.edge,
            },
        },
        # A chosen school does not pale the others: its facts stand beside the map.
        "selected": {"marker": {"opacity": opacity}},
        "unselected": {"marker": {"opacity": opacity}},
        "customdata": part[["npsn"]].to_numpy().tolist(),
        "text": list(told),
        "hovertemplate": "%{text}<extra></extra>",
    }


def rings(part: pd.DataFrame, name: str, colour: str, size: int) -> charts.Figure:
    """A ring around each of these schools; pointing and clicking go through it."""
    return {
        "type": "scatter",
        "mode": "markers",
        "name": name,
        "x": part["east_km"].tolist(),
        "y": part["north_km"].tolist(),
        "marker": {
            "size": size,
            "color": colour,
            "symbol": "circle-open",
            "line": {"width": 2.5, "color": colour},
        },
        "hoverinfo": "skip",
    }


def arrow_heads(heads: pd.DataFrame, colour: str) -> charts.Figure:
    """Arrow heads, each telling its arc.

    ``heads``: ``x``, ``y``, ``angle`` (degrees clockwise from north), ``size``, ``text``.
    """
    return {
        "type": "scatter",
        "mode": "markers",
        "showlegend": False,
        "x": heads["x"].tolist(),
        "y": heads["y"].tolist(),
        "marker": {
            "symbol": "triangle-up",
            "angle": heads["angle"].round(1).tolist(),
            "size": heads["size"].tolist(),
            "color": colour,
            "line": {"color": "#FFFFFF", "width": 1},
        },
        "unselected": {"marker": {"opacity": 1}},
        "text": heads["text"].tolist(),
        "hovertemplate": "%{text}<extra></extra>",
    }


def clicked(selection: object) -> str:
    """The npsn of the point that was clicked in a drawn map; '' for none."""
    found = selection if isinstance(selection, dict) else {}
    marks = found.get("selection", {}).get("points", [])
    place = next((point["customdata"] for point in marks if point.get("customdata")), "")
    return str(place[0] if isinstance(place, list) else place)


def _look_near(shown: charts.Figure, school: pd.Series, reach_km: float) -> np.ndarray:
    """Show a school and what lies within reach of it; the corners of what is then seen."""
    at = school[["east_km", "north_km"]].to_numpy(dtype=float)
    low, high = at - reach_km, at + reach_km
    shown["xaxis"]["range"], shown["yaxis"]["range"] = [
        [a, b] for a, b in zip(low, high, strict=True)
    ]
    return np.array([low + 0.12 * reach_km, high - 0.12 * reach_km])


def _names(schools: pd.DataFrame) -> list[charts.Figure]:
    """The kecamatan, each written among its schools, where it crosses the fewest points."""
    named = schools.loc[schools["kecamatan"] != ""]
    if named["kecamatan"].nunique() > _MOST_NAMES:
        return []
    points = schools[["east_km", "north_km"]].to_numpy(dtype=float)
    written: list[tuple[np.ndarray, np.ndarray]] = []
    out: list[charts.Figure] = []
    for name, own in named.groupby("kecamatan")[["east_km", "north_km"]]:
        place, room = name_place(str(name), own.to_numpy(dtype=float), points, written)
        written.append((place, room))
        out.append(
            {
                "x": float(place[0]),
                "y": float(place[1]),
                "text": str(name),
                "showarrow": False,
                "font": {"size": _NAME_SIZE},
            }
        )
    return out


def name_place(
    name: str,
    own: np.ndarray,
    points: np.ndarray,
    written: Sequence[tuple[np.ndarray, np.ndarray]] = (),
) -> tuple[np.ndarray, np.ndarray]:
    """Where a name is written, and half of the room it takes, both in km east and north.

    Parameters
    ----------
    own, points
        Schools of the kecamatan and of the whole map, a row each, in km.
    written
        Names that stand already, each its place and half of its room.
    """
    across, up = np.ptp(points, axis=0) * _BEYOND
    # Pixels of a kilometre on a wide screen, and on a phone, where everything stands closer.
    near = min(_WIDE[0] / max(across, 0.1), _WIDE[1] / max(up, 0.1))
    far = min(_PHONE_WIDTH / max(across, 0.1), near)
    room = np.array([_NAME_WIDTH * len(name) / 2 + _POINT_ROOM, _NAME_SIZE / 2 + _POINT_ROOM])
    low, high = own.min(axis=0), own.max(axis=0)
    steps = np.linspace(0.0, 1.0, _TRIED)
    east, north = (low[at] + (high[at] - low[at]) * steps for at in (0, 1))
    tried = np.stack(np.meshgrid(east, north), axis=-1).reshape(-1, 2)
    # Places form a grid: a point is crossed where it is in the way in both directions.
    beside, above = (
        np.abs(along[:, None] - points[:, at]) for at, along in enumerate((east, north))
    )
    cost = np.zeros(len(tried))
    for weight, scale in ((3.0, near), (1.0, far)):
        wide, high_up = room / scale
        crossed = (above < high_up).astype(float) @ (beside < wide).astype(float).T
        cost += weight * crossed.ravel()
    for place, taken in written:
        cost = cost + 50.0 * (np.abs(tried - place) < taken + room / far).all(axis=1)
    # A name that runs out of the map would be cut at its edge.
    edges = (points.min(axis=0), points.max(axis=0))
    inside = np.minimum(tried - edges[0], edges[1] - tried)[:, 0]
    cost = cost + 50.0 * (inside + (_BEYOND - 1) * across / 2 < room[0] / far)
    away = np.hypot(*((tried - np.median(own, axis=0)) / (np.ptp(points, axis=0) + 0.1)).T)
    return tried[int(np.argmin(cost + away))], room / far


def _scale(edge: np.ndarray, shown: charts.Figure) -> charts.Figure:
    """A bar of a round number of kilometres, drawn beneath the points."""
    width = float(np.ptp(edge[:, 0]))
    length = next((one for one in (50, 20, 10, 5, 2, 1) if one < width / 3), 0.5)
    left, below = float(edge[:, 0].min()), float(edge[:, 1].min()) - 0.03 * width
    shown["shapes"] = [
        {
            "type": "line",
            "x0": left,
            "x1": left + length,
            "y0": below,
            "y1": below,
            "line": {"color": charts.QUIET, "width": 3},
        }
    ]
    return {
        "x": left + length,
        "y": below,
        "text": f" {number(length, 0 if length >= 1 else 1)} km",
        "showarrow": False,
        "xanchor": "left",
        "font": {"size": 13},
    }
