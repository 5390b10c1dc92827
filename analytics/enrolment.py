"""Pupils by school, grade and year, one to ten years ahead, with their uncertainty.

Births -> intake -> cohorts -> school -> district. The forecast combines simple candidates
(``progression.py``) by weights learnt on past years of the same history (``combining.py``,
``enrolment_learning.py``); school sums and district totals agree. Method: docs/method.md
eq. 20-36.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from analytics.births import BirthSeries, reported_births, usual_lag_years
from analytics.combining import Spread
from analytics.enrolment_history import TOTAL_ONLY, EnrolmentError
from analytics.enrolment_learning import LevelOutlook, Outlook, Progress, outlook, views
from analytics.enrolment_panel import Flags, Numbers, events, merged, panel, summed
from analytics.progression import COMBINED, UNKNOWN_SPAN_GRADES

__all__ = [
    "EnrolmentError",
    "EnrolmentForecast",
    "LateBirths",
    "Levers",
    "enrolment_forecast",
    "entry_lag_years",
    "group_forecast",
    "late_births",
    "merged",
    "moved_by",
]


@dataclass(frozen=True)
class Levers:
    """What may turn out or be decided differently. Defaults are today: they change nothing.

    ``births_factor`` multiplies births of the years after the last one in the history;
    ``private_share`` is the share of the intake that goes to madrasah and private schools,
    against ``private_share_today``; ``cross_border_factor`` multiplies the intake from outside,
    which is ``cross_border_share_today`` of today's intake. Method: docs/method.md eq. 34.
    """

    births_factor: float = 1.0
    private_share_today: float = 0.0
    private_share: float | None = None
    cross_border_share_today: float = 0.0
    cross_border_factor: float = 1.0

    def __post_init__(self) -> None:
        for name in ("births_factor", "cross_border_factor"):
            if not 0 <= getattr(self, name) <= 10:
                raise ValueError(f"{name} is {getattr(self, name)}; it is a factor from 0 to 10")
        for name in ("private_share_today", "cross_border_share_today"):
            if not 0 <= getattr(self, name) < 1:
                raise ValueError(f"{name} is {getattr(self, name)}; it is a share, 0 to below 1")
        if self.private_share is not None and not 0 <= self.private_share <= 1:
            raise ValueError(f"private_share is {self.private_share}; it is a share from 0 to 1")

    @property
    def intake_factor(self) -> float:
        """Intake of every later year against today's, births apart."""
        stays = 1.0
        if self.private_share is not None and self.private_share != self.private_share_today:
            stays = (1 - self.private_share) / (1 - self.private_share_today)
        return stays * (1 + self.cross_border_share_today * (self.cross_border_factor - 1))


TODAY = Levers()


@dataclass(frozen=True)
class EnrolmentForecast:
    """A forecast as tables.

    ``school``: ``school_id``, ``school_year``, ``grade`` (a number, or ``total``), ``pupils``,
    ``p10``, ``p90``; schools without pupils in the last year have no rows. ``district``:
    ``district``, ``school_year``, ``pupils``, ``p10``, ``p90``; ``whole`` the same without
    ``district``. ``by_grade``: ``grade``, ``school_year``, ``pupils``, ``p10``, ``p90`` over all
    schools. Sums agree; a band of a total is its own and not a sum of bands. ``level``:
    ``school_id``, ``level``: which schools were learnt together.
    ``weight``: ``level``, ``lead_years``, ``candidate`` (``naive`` takes what the others leave),
    ``weight``, ``origin_count``: past years the lead was learnt from, 0 where weights and bands are
    carried over. ``event``: what happened to schools in the history. ``births``: as believed.
    """

    school: pd.DataFrame
    district: pd.DataFrame
    whole: pd.DataFrame
    by_grade: pd.DataFrame
    level: pd.DataFrame
    weight: pd.DataFrame
    event: pd.DataFrame
    births: pd.DataFrame
    arrays: Outlook


def enrolment_forecast(  # noqa: PLR0913 - the command's own options, and who waits
    history: pd.DataFrame,
    births: pd.DataFrame | None = None,
    years: int = 5,
    levers: Levers = TODAY,
    lag_years: float | None = None,
    progress: Progress | None = None,
) -> EnrolmentForecast:
    """Pupils of every open school, 1 to 10 years ahead.

    Levels (SD, SMP) are learnt apart; the history tells them, or its column ``level`` does.

    Parameters
    ----------
    history
        ``school_id``, ``school_year``, ``grade``, ``pupils``, optionally ``district`` and
        ``level``; see :func:`analytics.enrolment_panel.panel`.
    births
        ``area``, ``year``, ``births``; an area named like a district feeds that district, all
        areas together feed the others. Zeros that mean *not reported* are not believed.
    years
        School years ahead.
    levers
        A scenario; today's values change nothing.
    lag_years
        Age at entry to the lowest grade, where it is known; otherwise learnt.
    progress
        Told the share of the work that is done, 0 to 1.

    Raises
    ------
    EnrolmentError
        Every fault of the two tables.

    Method: docs/method.md eq. 20-34.
    """
    data = panel(history)
    believed = None if births is None else reported_births(births)

    def half(done: float) -> Progress:
        return lambda share: progress(done + share / 2) if progress else None

    made = views(data, births, years, lag_years, half(0.0))
    seen = moved_by(outlook(made, progress=half(0.5)), levers)
    return EnrolmentForecast(
        school=_school_table(seen),
        district=_district_table(seen),
        whole=_table(
            {"school_year": np.array(seen.years)}, seen.whole, seen.whole_low, seen.whole_high
        ),
        by_grade=_grade_table(seen),
        level=_level_table(seen),
        weight=pd.concat([_weight_table(level) for level in seen.levels], ignore_index=True),
        event=events(data),
        births=believed if believed is not None else pd.DataFrame(),
        arrays=seen,
    )


def _weight_table(level: LevelOutlook) -> pd.DataFrame:
    shares = np.column_stack([1 - level.weight.sum(axis=1), level.weight])
    leads = len(shares)
    return pd.DataFrame(
        {
            "level": level.name,
            "lead_years": np.repeat(np.arange(1, leads + 1), shares.shape[1]),
            "candidate": ["naive", *COMBINED] * leads,
            "weight": shares.ravel(),
            "origin_count": np.repeat(level.origins_by_lead, shares.shape[1]),
        }
    )


def _level_table(seen: Outlook) -> pd.DataFrame:
    rows = [
        pd.DataFrame({"school_id": seen.data.school_ids[level.schools], "level": level.name})
        for level in seen.levels
    ]
    return pd.concat(rows).sort_values("school_id", ignore_index=True)


def _table(
    keys: dict[str, np.ndarray], pupils: Numbers, low: Numbers, high: Numbers
) -> pd.DataFrame:
    return pd.DataFrame({**keys, "pupils": pupils, "p10": low, "p90": high})


def _school_table(seen: Outlook) -> pd.DataFrame:
    """Grades and totals, ordered by school, year and grade with the total last."""
    graded = seen.data.grades != TOTAL_ONLY
    served = seen.serves & graded
    leads = len(seen.years)
    school, grade = np.nonzero(served)
    at = np.flatnonzero(seen.serves.any(axis=1))
    names = seen.data.grades.astype(str).astype(object)
    parts = [
        _table(
            {
                "school_id": np.repeat(seen.data.school_ids[place], leads),
                "school_year": np.tile(seen.years, len(place)),
                "grade": np.repeat(name, leads),
                "rank": np.repeat(rank, leads),
            },
            *(values.ravel() for values in arrays),
        )
        for place, name, rank, arrays in (
            (
                school,
                names[grade],
                grade,
                (
                    seen.cells[school, grade],
                    seen.cells_low[school, grade],
                    seen.cells_high[school, grade],
                ),
            ),
            (
                at,
                np.full(len(at), "total", dtype=object),
                np.full(len(at), len(names)),
                (seen.schools[at], seen.schools_low[at], seen.schools_high[at]),
            ),
        )
    ]
    rows = pd.concat(parts, ignore_index=True)
    rows = rows.sort_values(["school_id", "school_year", "rank"], ignore_index=True)
    return rows.drop(columns="rank")


def _district_table(seen: Outlook) -> pd.DataFrame:
    places = len(seen.data.district_names)
    return _table(
        {
            "district": np.repeat(
                np.array(seen.data.district_names, dtype=object), len(seen.years)
            ),
            "school_year": np.tile(seen.years, places),
        },
        seen.districts.ravel(),
        seen.districts_low.ravel(),
        seen.districts_high.ravel(),
    )


def _grade_table(seen: Outlook) -> pd.DataFrame:
    """Pupils of each grade over all schools; schools known by total only are not in it."""
    use = np.flatnonzero((seen.data.grades != TOTAL_ONLY) & seen.serves.any(axis=0))
    return _table(
        {
            "grade": np.repeat(seen.data.grades[use], len(seen.years)),
            "school_year": np.tile(seen.years, len(use)),
        },
        *(values[use].ravel() for values in (seen.grades, seen.grades_low, seen.grades_high)),
    )


def group_forecast(seen: Outlook, group: pd.Series) -> pd.DataFrame:
    """Totals of any grouping of schools (SD and SMP, negeri and swasta), with their own bands.

    Parameters
    ----------
    seen
        ``arrays`` of a forecast.
    group
        Name of the group by ``school_id``; schools without one are left out.

    Returns
    -------
    ``group``, ``school_year``, ``pupils``, ``p10``, ``p90``; bands by the size law of districts'
    past errors (eq. 31), those of its own level where a group lies in one level, never narrower in
    pupils than chance leaves.
    """
    of = group.reindex(pd.Index(seen.data.school_ids)).to_numpy(object)
    names = sorted({name for name in of if not pd.isna(name)})
    totals = np.stack([seen.schools[of == name].sum(axis=0) for name in names])
    bands = [
        [law.band(total) for law, total in zip(_laws_of(seen, of == name), row, strict=True)]
        for name, row in zip(names, totals, strict=True)
    ]
    keys = {
        "group": np.repeat(np.array(names, dtype=object), len(seen.years)),
        "school_year": np.tile(seen.years, len(names)),
    }
    low, high = np.moveaxis(np.array(bands, dtype=float), -1, 0)
    return _table(keys, totals.ravel(), low.ravel(), high.ravel())


def _laws_of(seen: Outlook, schools: Flags) -> list[Spread]:
    """The laws of districts' errors by lead: of the one level these schools are in, or of all."""
    for level in seen.levels:
        if not np.delete(schools, level.schools).any():
            return level.spreads.districts
    return seen.spreads.districts


def moved_by(seen: Outlook, levers: Levers) -> Outlook:
    """The outlook under a scenario: only children who enter later are moved (eq. 34).

    A cell's children entered their school after the last year, or were born after it, or neither;
    its pupils and band are multiplied by what the scenario does to such children, and schools,
    districts and the whole by what becomes of their sums.
    """
    factor = _cell_factor(seen, levers)
    if (factor == 1).all():
        return seen
    cells = seen.cells * factor
    schools = cells.sum(axis=1)
    parts = summed(cells, seen.data.district, len(seen.data.district_names))
    moved = {
        "cells": cells,
        "schools": schools,
        "districts": parts.sum(axis=1),
        "district_grades": parts,
        "grades": parts.sum(axis=0),
        "whole": parts.sum(axis=(0, 1)),
    }
    changed = {}
    for name, after in moved.items():
        before = getattr(seen, name)
        times = factor if name == "cells" else _relative(after, before)
        changed[name] = after
        for side in ("low", "high"):
            changed[f"{name}_{side}"] = getattr(seen, f"{name}_{side}") * times
    return replace(seen, **changed)


def _relative(after: Numbers, before: Numbers) -> Numbers:
    return np.where(before > 0, after / np.where(before > 0, before, 1.0), 1.0)


def _cell_factor(seen: Outlook, levers: Levers) -> Numbers:
    """What the scenario does to each cell's children, by school x grade x lead."""
    factor = np.ones_like(seen.cells)
    for level in seen.levels:
        _level_factor(seen, level, levers, factor)
    return factor


def entry_lag_years(level: LevelOutlook) -> float:
    """Age at entry to a level's lowest grade, that of its feeders' where it has any."""
    if level.births is not None:
        return level.births.lag_years
    return usual_lag_years(1 if level.lowest_grade is None else level.lowest_grade)


@dataclass(frozen=True)
class LateBirths:
    """A horizon too short for a change in births to show in.

    Children born after ``last_year`` (the history's last) enter ``grade`` in ``first_year`` at the
    earliest, after ``horizon_year``, the last year forecast.
    """

    last_year: int
    grade: int
    first_year: int
    horizon_year: int


def late_births(seen: Outlook) -> LateBirths | None:
    """Whether a change in births from now on cannot reach any grade within the horizon.

    Parameters
    ----------
    seen
        ``arrays`` of a forecast.

    Returns
    -------
    What to say; None where the change shows. The lowest level decides: the others wait longer.

    Method: docs/method.md eq. 34.
    """
    graded = [level for level in seen.levels if level.lowest_grade is not None]
    if not graded:
        return None
    first = min(graded, key=lambda level: int(level.lowest_grade or 0))
    grade = int(first.lowest_grade or 0)
    last = int(seen.data.years[-1])
    ahead = len(seen.years)
    # Half of a half year's children come at the whole year below it.
    reaches = last + 1 + int(np.floor(entry_lag_years(first)))
    if reaches <= last + ahead:
        return None
    return LateBirths(last, grade, reaches, last + ahead)


def _level_factor(seen: Outlook, level: LevelOutlook, levers: Levers, factor: Numbers) -> None:
    """The factors of one level's schools, written into ``factor``."""
    data, last = seen.data, int(seen.data.years[-1])
    lowest = 1 if level.lowest_grade is None else level.lowest_grade
    born = BirthSeries(np.zeros((0, 0)), last, entry_lag_years(level))

    def by_birth(grade: int, lead: int) -> float:
        return born.of_age_factor(levers.births_factor, last, last + lead - (grade - lowest))

    leads = np.arange(1, len(seen.years) + 1)
    at = level.schools
    for column, grade in enumerate(data.grades):
        if grade == TOTAL_ONLY:
            # Grades unknown: as many as a primary school's, entered one a year.
            spread = range(lowest, lowest + UNKNOWN_SPAN_GRADES)
            new = np.minimum(leads / UNKNOWN_SPAN_GRADES, 1.0)
            moved = [np.mean([by_birth(one, int(lead)) for one in spread]) for lead in leads]
            factor[at, column] = np.array(moved) * (1 + new * (levers.intake_factor - 1))
            continue
        factor[at, column] = [by_birth(int(grade), int(lead)) for lead in leads]
        factor[at, column] *= np.where(seen.present[at, column], 1.0, levers.intake_factor)
