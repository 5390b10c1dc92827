"""Shares of pupils by religion, and what each religion asks of a school's teachers of agama."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

_ALMOST = 1e-9


def religion_shares(counts: pd.DataFrame) -> pd.DataFrame:
    """Shares of a school's pupils by religion, in the last school year that told any.

    Parameters
    ----------
    counts
        One row per ``npsn``, ``school_year`` and ``religion``: ``pupil_count``.

    Returns
    -------
    One row per school and religion present: ``npsn``, ``religion``, ``share`` (of the pupils whose
    religion is told; sums to 1 in each school), ``school_year``.

    Method: docs/method.md eq. 53.
    """
    told = counts.loc[counts["pupil_count"] > 0]
    last = told.groupby("npsn")["school_year"].transform("max")
    latest = told.loc[told["school_year"] == last]
    whole = latest.groupby("npsn")["pupil_count"].transform("sum")
    shares = latest.assign(share=latest["pupil_count"] / whole)
    columns = ["npsn", "religion", "share", "school_year"]
    return shares.sort_values(["npsn", "religion"], ignore_index=True)[columns]


@dataclass(frozen=True, eq=False)
class Lessons:
    """Rows of one level: ``code`` the school and year of each row, ``npsn`` of each code.

    ``pupils`` and ``most`` (in a class) by row, ``jp`` hours a week of agama by row; ``load`` hours
    a week a teacher gives.
    """

    code: np.ndarray
    npsn: pd.Series
    pupils: np.ndarray
    most: np.ndarray
    jp: np.ndarray
    load: int


def needs_by_religion(
    lessons: Lessons, shares: pd.DataFrame, fewest_pupils: int, fewest_posts: int
) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Hours and whole posts of agama by religion, for every school and year.

    Parameters
    ----------
    shares
        ``npsn``, ``religion``, ``share``; only shares above zero count.
    fewest_pupils
        From how many pupils of a school a religion has posts of its own; a school's largest
        religion always has.
    fewest_posts
        Posts that a religion with posts of its own has at least.

    Returns
    -------
    By religion: ``fte`` and whole posts. A smaller group is taught together, over all grades: its
    hours are told and its whole posts are 0.

    Method: docs/method.md eq. 53.
    """
    present = shares.loc[shares["share"] > 0]
    ranked = present.sort_values(["npsn", "share", "religion"], ascending=[True, False, True])
    largest = ranked.drop_duplicates("npsn").set_index("npsn")["religion"]
    count = len(lessons.npsn)
    found = {}
    for religion, rows in present.groupby("religion", sort=True):
        share = lessons.npsn.map(rows.set_index("npsn")["share"]).fillna(0.0).to_numpy()
        exact = lessons.pupils * share[lessons.code]
        groups = np.ceil(np.ceil(exact - _ALMOST) / lessons.most)
        fte = np.bincount(lessons.code, groups * lessons.jp, minlength=count) / lessons.load
        of_school = np.bincount(lessons.code, exact, minlength=count)
        is_largest = (lessons.npsn.map(largest) == religion).to_numpy()
        is_own = is_largest | (of_school + _ALMOST >= fewest_pupils)
        together = _together(lessons, of_school, count)
        fte = np.where(is_own, fte, np.minimum(fte, together))
        whole = np.ceil(fte - _ALMOST).astype(np.int64)
        whole = np.where(is_own & (fte > 0), np.maximum(whole, fewest_posts), 0)
        found[str(religion)] = (fte, whole)
    return found


def _together(lessons: Lessons, of_school: np.ndarray, count: int) -> np.ndarray:
    """Hours of a group of all grades of a school, as full-time teachers."""
    most, jp = np.zeros(count), np.zeros(count)
    np.maximum.at(most, lessons.code, lessons.most.astype(float))
    np.maximum.at(jp, lessons.code, lessons.jp.astype(float))
    pupils = np.ceil(of_school - _ALMOST)
    return np.ceil(pupils / np.maximum(most, 1)) * jp / lessons.load
