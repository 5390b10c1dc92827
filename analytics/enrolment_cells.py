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
    # Few schools have many rows: what a school has is looked up once.
    names = pd.array(seen.data.school_ids.astype(str), dtype="str")
    levels = level.reindex(names).array

    def rows(school: np.ndarray, column: np.ndarray) -> pd.DataFrame:
        now = seen.data.count[school, column, -1][:, None]
        pupils = np.concatenate([now, seen.cells[school, column]], axis=1)
        own = np.repeat(school, len(years))
        return pd.DataFrame(
            {
                "npsn": names.take(own),
                "school_year": np.tile(years, len(school)),
                "grade": np.repeat(seen.data.grades[column], len(years)),
                "pupil_count": pupils.ravel(),
                "level": levels.take(own),
            }
        )

    is_graded = seen.data.grades >= 0
    graded = rows(*np.nonzero(seen.serves & is_graded))
    totals = rows(*np.nonzero(seen.serves & ~is_graded))
    spread = evenly_by_grade(totals.drop(columns="grade"))
    return pd.concat([graded, spread[CELL_COLUMNS]], ignore_index=True)
