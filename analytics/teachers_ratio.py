"""Teachers needed if every rombel kept as many as it has today.

Method: docs/method.md eq. 62.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics.teachers_rombel import lowest_level


def needed_at_actual_ratio(
    classes: pd.DataFrame, staff: pd.DataFrame, base_year: int
) -> pd.DataFrame:
    """Teachers if every rombel kept as many as it has today.

    Parameters
    ----------
    classes
        One row per school, school year and grade, as :func:`analytics.teachers.rombel` gives it.
    staff
        ``npsn``, ``teacher_count``: teachers in post today
        (:func:`analytics.teachers_in_post.in_post_counts`, or a school list's own column). A
        school without a row is left out of the ratio; write 0 for one without teachers.
    base_year
        The school year of ``staff``.

    Returns
    -------
    One row per ``npsn``, ``school_year``, ``level``: ``rombel_count``, ``ratio`` (teachers per
    rombel, pooled over the schools of the level), ``ratio_basis`` (``level``; ``all_levels``
    where the level has no teachers to learn from; ``none``: no ratio, NaN) and ``needed_at_ratio``
    = ratio x rombel, unrounded, so that sums hold. A school of several levels counts with its
    lowest for the ratio.

    Method: docs/method.md eq. 62.
    """
    keys = ["npsn", "school_year", "level"]
    table = classes.groupby(keys, sort=True)["rombel_count"].sum().reset_index()
    level = lowest_level(classes)
    base = table.loc[table["school_year"] == base_year].groupby("npsn")["rombel_count"].sum()
    known = staff.dropna(subset=["npsn", "teacher_count"]).groupby("npsn")["teacher_count"].sum()
    both = pd.DataFrame({"rombel": base, "teachers": known}).dropna()
    both = both.loc[both["rombel"] > 0]
    pooled = both.groupby(level.reindex(both.index).to_numpy())[["rombel", "teachers"]].sum()
    pooled = pooled.loc[pooled["teachers"] > 0]
    by_level = pooled["teachers"] / pooled["rombel"]
    total = both.sum()
    overall = float(total["teachers"] / total["rombel"]) if total["teachers"] > 0 else np.nan
    own = table["npsn"].map(level).map(by_level).astype(float)
    basis = np.select(
        [own.notna(), np.full(len(own), not np.isnan(overall))], ["level", "all_levels"], "none"
    )
    ratio = own.fillna(overall)
    return table.assign(
        ratio=ratio, ratio_basis=basis, needed_at_ratio=ratio * table["rombel_count"]
    )
