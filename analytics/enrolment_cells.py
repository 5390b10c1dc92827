"""Pupils by school, year and grade, told and forecast, as the need of teachers is counted from."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics.enrolment_learning import Outlook
from analytics.teachers import evenly_by_grade

CELL_COLUMNS = ["npsn", "school_year", "grade", "pupil_count", "level"]


def pupil_cells(seen: Outlook, level: pd.Series) -> pd.DataFrame:
    """Pupils by school, year and grade, from the last year told to the furthest forecast.

    Parameters
    ----------
    level
        Level of school by ``npsn``.

    Returns
    -------
    ``npsn``, ``school_year``, ``grade``, ``pupil_count``, ``level``; a school that reports totals
    only has them spread evenly over the grades of its level.
    """
    years = [int(seen.data.years[-1]), *seen.years]

    def rows(school: np.ndarray, column: np.ndarray) -> pd.DataFrame:
        now = seen.data.count[school, column, -1][:, None]
        pupils = np.concatenate([now, seen.cells[school, column]], axis=1)
        npsn = np.repeat(seen.data.school_ids[school].astype(str), len(years))
        return pd.DataFrame(
            {
                "npsn": npsn,
                "school_year": np.tile(years, len(school)),
                "grade": np.repeat(seen.data.grades[column], len(years)),
                "pupil_count": pupils.ravel(),
                "level": level.reindex(npsn).to_numpy(),
            }
        )

    is_graded = seen.data.grades >= 0
    graded = rows(*np.nonzero(seen.serves & is_graded))
    totals = rows(*np.nonzero(seen.serves & ~is_graded))
    spread = evenly_by_grade(totals.drop(columns="grade"))
    return pd.concat([graded, spread[CELL_COLUMNS]], ignore_index=True)
