"""What a policy changes in a projection: the difference of two futures of the same people.

Method: docs/method.md eq. 108.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics.projection import Projection
from analytics.projection_months import ProjectionError


def policy_difference(today: Projection, other: Projection) -> pd.DataFrame:
    """What a policy changes: the other projection's expected staff less today's, by step.

    Both are of the same people and horizon, so that every difference is policy and none is chance.

    Returns
    -------
    One row per year and step: ``year``, ``step``, ``difference_count``,
    ``difference_on_duty_count``, summed from the start to the end of the year.

    Raises
    ------
    ProjectionError
        When the two are not of the same people and horizon. Method: docs/method.md eq. 108.
    """
    if not (
        today.cells.equals(other.cells)
        and np.array_equal(today.start, other.start)
        and np.array_equal(today.months.month_on, other.months.month_on)
        and today.steps == other.steps
    ):
        raise ProjectionError(
            "Kedua proyeksi bukan tentang orang dan tahun yang sama.",
            "The two projections are not of the same people and horizon.",
        )
    tables = [each.account((), "year") for each in (today, other)]
    answer = tables[0][["year", "step"]].copy()
    for column in ("change_count", "change_on_duty_count"):
        summed = [table.groupby("step", sort=False)[column].cumsum() for table in tables]
        answer[column.replace("change", "difference")] = summed[1] - summed[0]
    return answer
