"""Pupils by school, grade and year as one array, and where its history breaks.

A school that opens, closes, merges or takes over another's pupils breaks its own series: the
years before say nothing about the ratios after. Such transitions are found here and left out of
every ratio, level and trend; they are never averaged over.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from analytics.enrolment_history import (
    HISTORY,
    EnrolmentError,
    one_reading_per_school,
    typed_history,
)
from analytics.faults import Fault

Numbers = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Whole = npt.NDArray[np.int64]

# A jump this many robust standard deviations from the others' is an event, not a ratio.
_BREAK_DEVIATIONS = 5.0
_MAD_TO_DEVIATION = 1.4826
_CROWD = 12
_PLAIN_BREAK_RATIO = 1.5


@dataclass(frozen=True)
class Panel:
    """Pupils by school x grade x year; NaN where nothing was reported.

    ``district`` is a code by school into ``district_names``; ``levels`` the level a school was told
    to have, '' where none was; ``years`` has no gaps.
    """

    school_ids: npt.NDArray[np.object_]
    grades: Whole
    years: Whole
    pupils: Numbers
    district: Whole
    district_names: tuple[str, ...]
    levels: npt.NDArray[np.object_]

    @property
    def is_linked(self) -> Flags:
        """Whether grade j + 1 follows grade j, for every pair of neighbouring columns."""
        return np.asarray(np.diff(self.grades) == 1)

    @cached_property
    def count(self) -> Numbers:
        """Pupils with zero for what was not reported."""
        return np.nan_to_num(self.pupils)

    def until(self, year_index: int) -> Panel:
        """Only what was known in that year: the panel an earlier forecaster had."""
        last = year_index + 1
        return replace(self, years=self.years[:last], pupils=self.pupils[:, :, :last])

    def of(self, schools: Flags, grades: Flags) -> Panel:
        """Some schools and grades only; all districts stay."""
        return replace(
            self,
            school_ids=self.school_ids[schools],
            grades=self.grades[grades],
            pupils=self.pupils[np.ix_(schools, grades)],
            district=self.district[schools],
            levels=self.levels[schools],
        )


def panel(history: pd.DataFrame) -> Panel:
    """History as an array.

    Parameters
    ----------
    history
        One row per school, year and grade: ``school_id``, ``school_year`` (2025 means 2025/26),
        ``grade`` (an integer, 0 for kindergarten, or ``total`` where only totals are known),
        ``pupils`` (blank where not reported), optionally ``district`` and ``level``.

    Raises
    ------
    EnrolmentError
        Missing columns, no rows, unreadable numbers, negative pupils, a cell given twice.

    Notes
    -----
    A school whose latest year has grades is read by grade; one whose latest year has a total only
    is read by total in every year. A school's district and level are the latest it was given.
    """
    rows = typed_history(history)
    rows = one_reading_per_school(rows)
    school_ids = np.array(sorted(rows["school_id"].unique()), dtype=object)
    grades = np.sort(rows["grade"].unique()).astype(np.int64)
    first, last = int(rows["school_year"].min()), int(rows["school_year"].max())
    years = np.arange(first, last + 1, dtype=np.int64)
    pupils = np.full((len(school_ids), len(grades), len(years)), np.nan)
    school = np.searchsorted(school_ids.astype(str), rows["school_id"].to_numpy(str))
    grade = np.searchsorted(grades, rows["grade"].to_numpy())
    pupils[school, grade, rows["school_year"].to_numpy() - first] = rows["pupils"].to_numpy(float)
    latest = rows.assign(place=school).sort_values("school_year", kind="stable")
    names = latest.groupby("place")["district"].last()
    codes, district_names = pd.factorize(names, sort=True)
    told = latest["level"].mask(latest["level"].eq("")).groupby(latest["place"]).last()
    return Panel(
        school_ids,
        grades,
        years,
        pupils,
        codes.astype(np.int64),
        tuple(map(str, district_names)),
        told.fillna("").to_numpy(object),
    )


def summed(values: Numbers, code: Whole, places: int) -> Numbers:
    """Sums over schools by district code."""
    out = np.zeros((places, *values.shape[1:]))
    np.add.at(out, code, values)
    return out


def served(data: Panel) -> Flags:
    """Which school taught which grade in which year.

    A tiny school may have nobody in a middle grade for a year or two; that grade is still taught
    if it had pupils in one of the two years before and lies between grades that have some now.
    """
    has = data.count > 0
    recent = has.copy()
    recent[:, :, 1:] |= has[:, :, :-1]
    recent[:, :, 2:] |= has[:, :, :-2]
    below = np.maximum.accumulate(has, axis=1)
    above = np.maximum.accumulate(has[:, ::-1], axis=1)[:, ::-1]
    return has | (recent & below & above)


def entry_grades(is_served: Flags, is_linked: Flags) -> Flags:
    """Grades a school fills from outside: the first of each run of grades it teaches."""
    from_below = np.zeros_like(is_served)
    from_below[:, 1:] = is_served[:, :-1] & is_linked.reshape((-1, *[1] * (is_served.ndim - 2)))
    return is_served & ~from_below


def is_steady(data: Panel) -> Flags:
    """Whether a school went from one year to the next without a break, by school x transition.

    A break is: closed or new in either year, or a count so far from what everybody's progression
    would give that both its ratio and its ratio in units of chance lie beyond
    five robust standard deviations of all schools' (a merger, a split, a moved boundary).

    Method: docs/method.md eq. 20.
    """
    taught, count = served(data), data.count
    open_: Flags = np.asarray(taught.any(axis=1))
    both = open_[:, 1:] & open_[:, :-1]
    if not both.any():
        return both
    steady = both
    for _ in range(2):
        expected, found = _progression_by_school(count, taught, data.is_linked, both, steady)
        ratio = np.log(np.maximum(found, 0.5) / np.maximum(expected, 0.5))
        is_known = both & (expected > 0)
        far = np.ones_like(both)
        for size in (ratio, ratio * np.sqrt(np.maximum(expected, 0.5))):
            middle = np.median(size[is_known]) if is_known.any() else 0.0
            spread = np.median(np.abs(size[is_known] - middle)) if is_known.any() else 0.0
            far &= np.abs(size - middle) > _BREAK_DEVIATIONS * _MAD_TO_DEVIATION * spread + 1e-9
        # With a handful of transitions there is no crowd to stand out from.
        if is_known.sum() < _CROWD:
            far &= np.abs(ratio) > np.log(_PLAIN_BREAK_RATIO)
        steady = both & ~(far & is_known)
    return steady


def _progression_by_school(
    count: Numbers, taught: Flags, is_linked: Flags, both: Flags, steady: Flags
) -> tuple[Numbers, Numbers]:
    """Pupils expected under everybody's progression and pupils found, by school x transition."""
    pair = taught[:, :-1, :-1] & taught[:, 1:, 1:] & is_linked[None, :, None] & both[:, None, :]
    before, after = count[:, :-1, :-1] * pair, count[:, 1:, 1:] * pair
    trust = steady[:, None, :]
    ratio = safe_ratio((after * trust).sum((0, 2)), (before * trust).sum((0, 2)))
    # A school with no linked grades (one grade, or totals only) is compared with itself.
    alone = ~pair.any(axis=1) & both
    total = count.sum(axis=1)
    expected = np.where(alone, total[:, :-1], (before * ratio[None, :, None]).sum(axis=1))
    return expected, np.where(alone, total[:, 1:], after.sum(axis=1))


def safe_ratio(after: Numbers, before: Numbers) -> Numbers:
    """Sums as a ratio; 1 where there is nothing to divide."""
    known = (before > 0) & (after > 0)
    return np.where(known, after / np.where(known, before, 1.0), 1.0)


def events(data: Panel) -> pd.DataFrame:
    """What happened to schools in the history, one row per school and event.

    Returns
    -------
    ``school_id``, ``school_year`` (the first year after the event), ``event``: ``opened``,
    ``closed``, ``absent`` (in the latest year: closed or not reported), ``grades_changed``,
    ``jump`` (many more or fewer pupils than progression gives), ``absorbed`` (a jump upwards in a
    year in which a school of the same district closed); ``pupils_before``, ``pupils_after``.
    """
    taught, total = served(data), data.count.sum(axis=1)
    open_: Flags = np.asarray(taught.any(axis=1))
    steady = is_steady(data)
    before, after = open_[:, :-1], open_[:, 1:]
    closing = before & ~after
    district_closes = np.zeros((len(data.district_names), closing.shape[1]), dtype=bool)
    np.logical_or.at(district_closes, data.district, closing)
    jump = before & after & ~steady
    grew = jump & (total[:, 1:] > total[:, :-1]) & district_closes[data.district]
    last = np.zeros_like(closing)
    last[:, -1:] = True
    kinds = {
        "opened": ~before & after,
        "closed": closing & ~last,
        "absent": closing & last,
        "grades_changed": before & after & (taught[:, :, 1:] != taught[:, :, :-1]).any(axis=1),
        "absorbed": grew,
        "jump": jump & ~grew,
    }
    parts = []
    for name, happened in kinds.items():
        school, transition = np.nonzero(happened)
        parts.append(
            pd.DataFrame(
                {
                    "school_id": data.school_ids[school],
                    "school_year": data.years[transition + 1],
                    "event": name,
                    "pupils_before": total[school, transition],
                    "pupils_after": total[school, transition + 1],
                }
            )
        )
    found = pd.concat(parts, ignore_index=True)
    return found.sort_values(["school_year", "school_id", "event"], ignore_index=True)


def merged(history: pd.DataFrame, into: dict[str, str]) -> pd.DataFrame:
    """The history as if schools had always been one; pupils move and none is lost.

    Parameters
    ----------
    history
        As for :func:`panel`.
    into
        Receiving school by closing school; chains are followed to their end.

    Returns
    -------
    The same columns, one row per remaining school, year and grade. A merged cell is blank only if
    every part of it is. The merged school has the district of the receiving one.

    Raises
    ------
    EnrolmentError
        A chain of mergers that comes back to itself.
    """
    target = {school: _end_of_chain(school, into) for school in into}
    rows = history.assign(
        school_id=history["school_id"].astype(str).map(lambda school: target.get(school, school))
    )
    keys = ["school_id", "school_year", "grade"]
    summed = rows.groupby(keys, as_index=False, sort=True)["pupils"].sum(min_count=1)
    if "district" not in history.columns:
        return summed
    own = history.sort_values("school_year", kind="stable").groupby("school_id")["district"].last()
    fallback = (
        rows.sort_values("school_year", kind="stable").groupby("school_id")["district"].last()
    )
    district = summed["school_id"].map(own).fillna(summed["school_id"].map(fallback))
    return summed.assign(district=district)


def _end_of_chain(school: str, into: dict[str, str]) -> str:
    passed = [school]
    while passed[-1] in into:
        following = into[passed[-1]]
        if following in passed:
            raise EnrolmentError([Fault(HISTORY, "merger_circle", value=" -> ".join(passed))])
        passed.append(following)
    return passed[-1]
