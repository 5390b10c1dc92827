"""How the need for teachers follows pupils: over the years, and after a small change.

Method: docs/method.md eq. 63-64.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pandas as pd

from analytics.rules import RuleBook
from analytics.teachers import AS_LAW, NeedChoice, SchoolFacts, school_need

# Sizes of schools by which the local elasticity is told: a way of showing, not a rule.
SCHOOL_SIZES = (60, 120, 240, 480)
# The shrinkage the local elasticity tries.
_ONE_TENTH_LESS = -0.1


def elasticity(need: pd.DataFrame, first_year: int, last_year: int) -> pd.DataFrame:
    """How teacher need follows pupils between two school years, by level and in all.

    Parameters
    ----------
    need
        As :func:`analytics.teachers.school_need` gives it; levels out of scope are left out.

    Returns
    -------
    One row per ``level``, and one ``semua``: pupils, rombel and needed posts of both years
    (``pupils_first``, ``pupils_last``, ...), ``pupil_change``, ``need_change`` and ``fte_change``
    as shares of the first year, and ``elasticity`` = need_change / pupil_change (1: need falls as
    fast as pupils; 0: not at all). NaN where pupils do not change.

    Method: docs/method.md eq. 63.
    """
    rows = need.loc[need["is_in_scope"] & need["school_year"].isin([first_year, last_year])]
    columns = ["pupil_count", "rombel_count", "needed_count", "needed_fte"]
    sums = rows.groupby(["level", "school_year"])[columns].sum()
    levels = list(dict.fromkeys(sums.index.get_level_values("level")))
    records = []
    for level in [*levels, "semua"]:
        own = rows if level == "semua" else rows.loc[rows["level"] == level]
        year = own.groupby("school_year")[columns].sum().reindex([first_year, last_year]).fillna(0)
        start, end = year.iloc[0], year.iloc[1]
        pupils, posts, fte = (
            _change(start[name], end[name])
            for name in ("pupil_count", "needed_count", "needed_fte")
        )
        records.append(
            {
                "level": level,
                "first_year": first_year,
                "last_year": last_year,
                "pupils_first": start["pupil_count"],
                "pupils_last": end["pupil_count"],
                "rombel_first": int(start["rombel_count"]),
                "rombel_last": int(end["rombel_count"]),
                "needed_first": int(start["needed_count"]),
                "needed_last": int(end["needed_count"]),
                "pupil_change": pupils,
                "need_change": posts,
                "fte_change": fte,
                "elasticity": posts / pupils if pupils else np.nan,
            }
        )
    return pd.DataFrame(records)


def local_elasticity(
    cells: pd.DataFrame,
    rulebook: RuleBook,
    choice: NeedChoice = AS_LAW,
    facts: SchoolFacts | None = None,
) -> pd.DataFrame:
    """What a tenth fewer pupils do to need, by size of school: whole rombel hide it.

    Parameters
    ----------
    cells
        One school year of cells as in :func:`analytics.teachers.rombel`.
    facts
        As in :func:`analytics.teachers.teachers_needed`.

    Returns
    -------
    One row per ``level`` and ``size_band`` (``60-119``) with schools in it: ``school_count``,
    ``pupil_count``, ``needed_count``, ``unmoved_count`` (schools whose need does not move),
    ``pupil_change``, ``need_change`` and ``elasticity``, NaN where rounding leaves pupils alone.

    Raises
    ------
    ValueError
        When ``cells`` hold several school years.

    Method: docs/method.md eq. 64.
    """
    if len(cells["school_year"].unique()) > 1:
        raise ValueError("cells hold several school years; give one")
    changed = cells.assign(pupil_count=np.rint(cells["pupil_count"] * (1 + _ONE_TENTH_LESS)))
    keys = ["npsn", "level"]
    before = school_need(cells, rulebook, None, choice, facts).set_index(keys)
    after = school_need(changed, rulebook, None, choice, facts).set_index(keys)
    both = before.join(
        after[["pupil_count", "needed_count"]], suffixes=("", "_after")
    ).reset_index()
    both = both.loc[both["is_in_scope"] & (both["pupil_count"] > 0)]
    edges = [1, *SCHOOL_SIZES]
    names = [f"{low}-{high - 1}" for low, high in pairwise(edges)]
    band = pd.cut(
        both["pupil_count"],
        [-np.inf, *(size - 0.5 for size in SCHOOL_SIZES), np.inf],
        labels=[*names, f"{SCHOOL_SIZES[-1]}+"],
    )
    both = both.assign(
        size_band=band,
        school_count=1,
        unmoved_count=both["needed_count"] == both["needed_count_after"],
    )
    sums = both.groupby(["level", "size_band"], observed=True)[
        [
            *("school_count", "pupil_count", "needed_count", "unmoved_count"),
            *("pupil_count_after", "needed_count_after"),
        ]
    ].sum()
    pupils = sums["pupil_count_after"] / sums["pupil_count"] - 1
    posts = sums["needed_count_after"] / sums["needed_count"] - 1
    table = sums.assign(
        pupil_change=pupils, need_change=posts, elasticity=posts / pupils.where(pupils != 0) + 0.0
    )
    dropped = table.drop(columns=["pupil_count_after", "needed_count_after"]).reset_index()
    return dropped.astype({"size_band": "str"})


def _change(start: float, end: float) -> float:
    return end / start - 1 if start else np.nan
