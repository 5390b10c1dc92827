"""How far it is from school to school: straight line x detour, or roads where they are given.

A school whose point cannot be believed has no distance to anywhere; it is never silently near.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics.distances import SHARED, places, straight_km
from analytics.regrouping_programme import Flags, Numbers

ROAD_COLUMNS = ("from", "into", "km")


def located(schools: pd.DataFrame, accept_shared: bool = False) -> pd.DataFrame:
    """Points of schools, blank where they cannot be believed.

    Parameters
    ----------
    accept_shared
        Schools on one point stand there indeed: it is believed, and no longer a finding.

    Returns
    -------
    ``latitude``, ``longitude`` (NaN where not usable) and ``code``, by row, as
    :func:`analytics.distances.places` judges them. A swapped pair and a point that several schools
    share are not usable either: the first may be right the other way round, the second says 0 km
    where nobody measured.
    """
    found = places(schools, accept_shared)
    points = found[["latitude", "longitude"]].where(found["is_usable"], np.nan)
    code = found["code"]
    return points.assign(code=code.mask(code.eq(SHARED), "") if accept_shared else code)


def straight_matrix(points: pd.DataFrame) -> Numbers:
    """Great-circle kilometres between every two points; NaN where one is not usable."""
    north = points["latitude"].to_numpy(dtype=float)
    east = points["longitude"].to_numpy(dtype=float)
    return straight_km(north[:, None], east[:, None], north, east)


def distances(
    schools: pd.DataFrame, points: pd.DataFrame, detour: float, roads: pd.DataFrame | None = None
) -> Numbers:
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
        school without a point; both ways alike unless both are given.

    Method: docs/method.md eq. 111.
    """
    km = straight_matrix(points) * detour
    if roads is not None and len(roads):
        place = pd.Series(np.arange(len(schools)), index=schools["npsn"].to_numpy())
        known = roads["from"].isin(place.index) & roads["into"].isin(place.index)
        told = roads.loc[known]
        i = place[told["from"]].to_numpy()
        j = place[told["into"]].to_numpy()
        length = told["km"].to_numpy(float)
        km[j, i] = length
        km[i, j] = length
    np.fill_diagonal(km, np.nan)
    return km


def within(km: Numbers, limit: Numbers) -> Flags:
    """Pairs whose distance is known and within the limit of the row school."""
    with np.errstate(invalid="ignore"):
        return km <= limit[:, None] + 1e-9
