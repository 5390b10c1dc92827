"""A file of measured roads between schools, and every fault in it."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pandas as pd

from analytics.checks_bounds import bound
from analytics.distances import located, straight_of, too_short
from analytics.faults import Fault, FaultsError
from analytics.plain_table import joined, placed, plain_number, tables_of, whole_sheets

# Headings an office would write, the best first: a number of a school before its name.
_HEADINGS = {
    "from": (
        *("npsn asal", "npsn dari", "asal npsn", "dari npsn", "from npsn", "npsn from"),
        *("from", "dari", "asal"),
    ),
    "into": (
        *("npsn tujuan", "npsn ke", "tujuan npsn", "ke npsn", "into npsn", "npsn into", "to npsn"),
        *("npsn to", "into", "to", "ke", "tujuan"),
    ),
    "km": ("km", "jarak km", "distance km", "jarak", "distance"),
}
# So many roads that cannot be are told one by one: a matrix of all pairs may have thousands.
ROWS_TOLD = 20
_KNOWN = {word for told in _HEADINGS.values() for word in told}


def read_roads(path: Path) -> tuple[pd.DataFrame, list[Fault]]:
    """Measured roads, and what is wrong with them.

    Returns
    -------
    One row per line that is used, by its line in the file: ``from``, ``into`` (NPSN), ``km``. And
    the faults: a length that is none, the same way with two lengths.

    Raises
    ------
    FaultsError
        A column is missing, on the only sheet or on one of several.
    """
    text = _roads_of(path)
    missing = [name for name in ("from", "into", "km") if name not in text]
    if missing:
        details = {"name": ", ".join(missing)}
        raise FaultsError([Fault(path.name, "regroup_road_column_missing", details=details)])
    km = pd.to_numeric(text["km"].str.replace(",", ".", regex=False), errors="coerce")
    bad = ~(np.isfinite(km) & (km >= 0))
    faults = [
        Fault(path.name, "regroup_road_invalid", int(line), "km", text.loc[line, "km"])
        for line in text.index[bad]
    ]
    roads = pd.DataFrame(
        {
            "from": plain_number(text["from"]),
            "into": plain_number(text["into"]),
            "km": km,
        }
    )
    faults = placed(faults, path)
    kept = roads.loc[~bad & (roads["from"] != roads["into"])]
    # Written the same twice is one road; what is left over has two lengths.
    ways = kept.drop_duplicates()
    if differ := int(ways.duplicated(["from", "into"]).sum()):
        faults.append(Fault(path.name, "regroup_road_twice", details={"count": differ}))
    return kept, faults


def _roads_of(path: Path) -> pd.DataFrame:
    """The cells of a file of roads under our headings; it may have those an office would write."""
    sheets = tables_of(path, known=lambda heading: _folded(heading) in _KNOWN)
    tables = [(sheet.name, _with_our_headings(sheet.table)) for sheet in sheets]
    if whole := whole_sheets(path, tables, tuple(_HEADINGS)):
        return joined(whole)
    fullest = max(range(len(sheets)), key=lambda at: sheets[at].hit_count)
    return tables[fullest][1]


def _with_our_headings(text: pd.DataFrame) -> pd.DataFrame:
    named: dict[str, str] = {}
    for heading in text.columns:
        named.setdefault(_folded(str(heading)), str(heading))
    found = {
        ours: next((named[word] for word in words if word in named), None)
        for ours, words in _HEADINGS.items()
    }
    own = {ours: text[heading] for ours, heading in found.items() if heading is not None}
    return pd.DataFrame(own, index=text.index)


def _folded(heading: str) -> str:
    return " ".join(re.findall(r"[a-z0-9]+", heading.casefold()))


def strange_roads(file: str, roads: pd.DataFrame, schools: pd.DataFrame) -> list[Fault]:
    """What keeps roads from being those of these schools, as a whole.

    Parameters
    ----------
    file
        Name of the file they come from.
    roads
        As :func:`read_roads` gives them.
    schools
        ``npsn``, ``latitude``, ``longitude`` in degrees (NaN where it is not told).

    Returns
    -------
    A fault where no row names two of the schools, or where half of the roads are more than
    ``road_most_times`` as long as the straight line: then they are in metres, or of other schools.
    """
    both = roads.loc[roads["from"].isin(schools["npsn"]) & roads["into"].isin(schools["npsn"])]
    if both.empty:
        return [Fault(file, "regroup_road_strangers")]
    straight = straight_of(schools, schools, both)
    times = both["km"].to_numpy()[straight > 0] / straight[straight > 0]
    if len(times) and np.median(times) > bound("road_most_times"):
        return [Fault(file, "regroup_road_too_long", details={"times": round(np.median(times))})]
    return []


def short_roads(
    file: str, roads: pd.DataFrame, schools: pd.DataFrame, accept_shared: bool = False
) -> tuple[pd.DataFrame, list[Fault]]:
    """Roads that are believed, and a fault for each that is not.

    Parameters
    ----------
    file
        Name of the file they come from.
    roads
        As :func:`read_roads` gives them.
    schools
        As in :func:`analytics.distances.located`.
    accept_shared
        Schools on one point stand there indeed: 0 km between them is a road.

    Returns
    -------
    The rows left, and by row (the first :data:`ROWS_TOLD`; the others are counted)
    ``regroup_road_zero`` (0 km is how services write that they know no way) or
    ``regroup_road_short`` (shorter than the straight line between two believed points).

    Method: docs/method.md eq. 111.
    """
    points = located(schools, accept_shared)
    short = too_short(schools, points, roads)
    bad = roads.loc[short]
    told = bad.assign(straight=straight_of(schools, points, bad))
    columns = ["from", "into", "km", "straight"]
    faults = [
        Fault(
            file,
            "regroup_road_short" if km > 0 else "regroup_road_zero",
            int(line),
            "km",
            f"{one} - {other}: {km:g}",
            {"straight": f"{straight:.2f}"},
        )
        for line, one, other, km, straight in told[columns].head(ROWS_TOLD).itertuples(name=None)
    ]
    if len(told) > ROWS_TOLD:
        details = {"count": len(told) - ROWS_TOLD}
        faults.append(Fault(file, "regroup_roads_more", details=details))
    return roads.loc[~short], faults
