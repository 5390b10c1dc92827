"""A file of measured roads between schools, and every fault in it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from analytics.checks_bounds import bound
from analytics.distances import straight_km
from analytics.faults import Fault, FaultsError
from analytics.plain_table import rows_of, table_of

# Headings an office would write, ours first.
_HEADINGS = {
    "from": ("from", "dari", "asal", "npsn asal", "npsn_asal", "dari npsn"),
    "into": ("into", "ke", "tujuan", "npsn tujuan", "npsn_tujuan", "ke npsn"),
    "km": ("km", "jarak", "jarak km", "jarak_km", "jarak (km)"),
}
_DEEPEST_HEADER = 20


def read_roads(path: Path) -> tuple[pd.DataFrame, list[Fault]]:
    """Measured roads, and what is wrong with them.

    Returns
    -------
    One row per line that is used: ``from``, ``into`` (NPSN), ``km``. And the faults: a length that
    is none, the same way with two lengths.

    Raises
    ------
    FaultsError
        A column is missing.
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
            "from": text["from"].str.lstrip("'").str.removesuffix(".0"),
            "into": text["into"].str.lstrip("'").str.removesuffix(".0"),
            "km": km,
        }
    )
    kept = roads.loc[~bad & (roads["from"] != roads["into"])]
    # Written the same twice is one road; what is left over has two lengths.
    ways = kept.drop_duplicates()
    if differ := int(ways.duplicated(["from", "into"]).sum()):
        faults.append(Fault(path.name, "regroup_road_twice", details={"count": differ}))
    return kept.reset_index(drop=True), faults


def _roads_of(path: Path) -> pd.DataFrame:
    """The cells of a file of roads under our headings; it may have those an office would write."""
    rows, _ = rows_of(path)
    words = {cell.casefold() for row in rows[:_DEEPEST_HEADER] for cell in row}
    first = next((word for word in _HEADINGS["from"] if word in words), "from")
    text = table_of(path, first)
    ours = {word: name for name, told in _HEADINGS.items() for word in told}
    return text.rename(columns={one: ours[one] for one in text if ours.get(one) not in (None, one)})


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
    at = schools.drop_duplicates("npsn").set_index("npsn")[["latitude", "longitude"]].astype(float)
    one, other = (at.reindex(both[side]).to_numpy() for side in ("from", "into"))
    straight = straight_km(one[:, 0], one[:, 1], other[:, 0], other[:, 1])
    times = both["km"].to_numpy()[straight > 0] / straight[straight > 0]
    if len(times) and np.median(times) > bound("road_most_times"):
        return [Fault(file, "regroup_road_too_long", details={"times": round(np.median(times))})]
    return []
