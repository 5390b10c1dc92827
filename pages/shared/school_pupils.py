"""Pupils of one school by year and grade, past and future."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics.enrolment import Levers
from pages.shared import load_schools, school_view
from pages.shared.load_schools import SchoolKey
from pages.shared.school_view import TOTAL


def pupils_by_grade(key: SchoolKey, levers: Levers, npsn: str) -> pd.DataFrame:
    """Pupils of one school by year and grade, past and future.

    Returns
    -------
    ``school_year``, ``grade`` (a number or ``total``), ``pupils``, ``p10``, ``p90`` (blank in the
    past), ``is_ahead``.
    """
    seen = school_view.outlook(key, levers)
    past = load_schools.history_of(key)
    past = past.loc[past["school_id"] == npsn, ["school_year", "grade", "pupils"]]
    graded = past.loc[past["grade"] != TOTAL]
    totals = past.groupby("school_year", as_index=False)["pupils"].sum().assign(grade=TOTAL)
    parts = [graded.assign(is_ahead=False), totals.assign(is_ahead=False)]
    place = np.flatnonzero(seen.data.school_ids.astype(str) == npsn)
    if len(place) and seen.serves[place[0]].any():
        at, years = int(place[0]), seen.years
        for column in np.flatnonzero(seen.serves[at] & (seen.data.grades >= 0)):
            parts.append(
                _ahead_of_one(
                    years,
                    int(seen.data.grades[column]),
                    *school_view._band(seen, "cells", (at, int(column))),
                )
            )
        parts.append(_ahead_of_one(years, TOTAL, *school_view._band(seen, "schools", (at,))))
    return pd.concat(parts, ignore_index=True)


def _ahead_of_one(
    years: list[int], grade: object, pupils: np.ndarray, low: np.ndarray, high: np.ndarray
) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "school_year": years,
            "grade": pd.Series([grade] * len(years), dtype="object"),
            "pupils": pupils,
            "p10": low,
            "p90": high,
            "is_ahead": True,
        }
    )
