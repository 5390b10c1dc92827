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
class Religions:
    """Shares of pupils by religion as a table over schools, in the order of their names.

    ``names`` of religions, in order; ``share`` (religion, school), 0 where it has no pupils;
    ``largest`` (school): place of the religion most have, -1 where the school tells none.
    """

    names: tuple[str, ...]
    share: np.ndarray
    largest: np.ndarray

    @property
    def is_told(self) -> np.ndarray:
        """Schools (school) that tell the religions of their pupils."""
        return np.asarray(self.largest >= 0)

    @classmethod
    def of(cls, shares: pd.DataFrame | None, npsn: pd.Index) -> Religions | None:
        """The table of ``npsn``, ``religion``, ``share``; None where nothing is told at all.

        Only shares above zero count; of equal ones the first by name is the largest.
        """
        if shares is None or shares.empty:
            return None
        present = shares.loc[shares["share"] > 0]
        code, names = pd.factorize(present["religion"], sort=True)
        school = npsn.get_indexer(pd.Index(present["npsn"]))
        own = present["share"].to_numpy(dtype=float)
        here = school >= 0
        table = np.zeros((len(names), len(npsn)))
        table[code[here], school[here]] = own[here]
        largest = np.where(table.any(axis=0), table.argmax(axis=0), -1) if len(names) else (
            np.full(len(npsn), -1)
        )  # fmt: skip
        return cls(tuple(str(name) for name in names), table, largest)


@dataclass(frozen=True, eq=False)
class Lessons:
    """Rows of one level: ``code`` the school and year of each row, ``school`` of each code.

    ``pupils`` and ``most`` (in a class) by row, ``jp`` hours a week of agama by row; ``load`` hours
    a week a teacher gives.
    """

    code: np.ndarray
    school: np.ndarray
    pupils: np.ndarray
    most: np.ndarray
    jp: np.ndarray
    load: int


def needs_by_religion(
    lessons: Lessons, religions: Religions, fewest_pupils: int, fewest_posts: int
) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Hours and whole posts of agama by religion, for every school and year.

    Parameters
    ----------
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
    count = len(lessons.school)
    most, jp = np.zeros(count), np.zeros(count)
    np.maximum.at(most, lessons.code, lessons.most)
    np.maximum.at(jp, lessons.code, lessons.jp)
    found = {}
    for place, religion in enumerate(religions.names):
        share = religions.share[place][lessons.school]
        exact = lessons.pupils * share[lessons.code]
        groups = np.ceil(np.ceil(exact - _ALMOST) / lessons.most)
        fte = np.bincount(lessons.code, groups * lessons.jp, minlength=count) / lessons.load
        of_school = np.bincount(lessons.code, exact, minlength=count)
        is_largest = religions.largest[lessons.school] == place
        is_own = is_largest | (of_school + _ALMOST >= fewest_pupils)
        # Hours of a group of all grades of a school, as full-time teachers.
        pupils = np.ceil(of_school - _ALMOST)
        together = np.ceil(pupils / np.maximum(most, 1)) * jp / lessons.load
        fte = np.where(is_own, fte, np.minimum(fte, together))
        whole = np.ceil(fte - _ALMOST).astype(np.int64)
        whole = np.where(is_own & (fte > 0), np.maximum(whole, fewest_posts), 0)
        found[religion] = (fte, whole)
    return found
