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
from analytics.enrolment_learning import Outlook, outlook, views
from analytics.enrolment_panel import TOTAL_ONLY, EnrolmentError, Numbers, events, merged, panel
from analytics.progression import COMBINED, UNKNOWN_SPAN_GRADES

__all__ = [
    "EnrolmentError",
    "EnrolmentForecast",
    "Levers",
    "enrolment_forecast",
    "group_forecast",
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
    ``district``. Sums agree; a band of a total is its own and not a sum of bands.
    ``weight``: ``lead_years``, ``candidate`` (``naive`` takes what the others leave), ``weight``,
    ``origin_count``: past years the lead was learnt from, 0 where weights and bands are carried
    over. ``event``: what happened to schools in the history. ``births``: births as believed.
    """

    school: pd.DataFrame
    district: pd.DataFrame
    whole: pd.DataFrame
    weight: pd.DataFrame
    event: pd.DataFrame
    births: pd.DataFrame
    arrays: Outlook


def enrolment_forecast(
    history: pd.DataFrame,
    births: pd.DataFrame | None = None,
    years: int = 5,
    levers: Levers = TODAY,
    lag_years: float | None = None,
) -> EnrolmentForecast:
    """Pupils of every open school, 1 to 10 years ahead.

    Parameters
    ----------
    history
        ``school_id``, ``school_year``, ``grade``, ``pupils``, optionally ``district``; see
        :func:`analytics.enrolment_panel.panel`.
    births
        ``area``, ``year``, ``births``; an area named like a district feeds that district, all
        areas together feed the others. Zeros that mean *not reported* are not believed.
    years
        School years ahead.
    levers
        A scenario; today's values change nothing.
    lag_years
        Age at entry to the lowest grade, where it is known; otherwise learnt.

    Raises
    ------
    EnrolmentError
        Every fault of the two tables.

    Method: docs/method.md eq. 20-34.
    """
    data = panel(history)
    believed = None if births is None else reported_births(births)
    seen = outlook(views(data, births, years, lag_years))
    seen = moved_by(seen, levers)
    count = np.array(seen.origins_by_lead)
    shares = np.column_stack([1 - seen.weight.sum(axis=1), seen.weight])
    return EnrolmentForecast(
        school=_school_table(seen),
        district=_district_table(seen),
        whole=_table(
            {"school_year": np.array(seen.years)}, seen.whole, seen.whole_low, seen.whole_high
        ),
        weight=pd.DataFrame(
            {
                "lead_years": np.repeat(np.arange(1, years + 1), shares.shape[1]),
                "candidate": ["naive", *COMBINED] * years,
                "weight": shares.ravel(),
                "origin_count": np.repeat(count, shares.shape[1]),
            }
        ),
        event=events(data),
        births=believed if believed is not None else pd.DataFrame(),
        arrays=seen,
    )


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
    past errors (eq. 31), never narrower in pupils than chance leaves.
    """
    of = group.reindex(pd.Index(seen.data.school_ids)).to_numpy(object)
    names = sorted({name for name in of if not pd.isna(name)})
    totals = np.stack([seen.schools[of == name].sum(axis=0) for name in names])
    pairs = [law.band(totals[:, lead]) for lead, law in enumerate(seen.group_spread)]
    keys = {
        "group": np.repeat(np.array(names, dtype=object), len(seen.years)),
        "school_year": np.tile(seen.years, len(names)),
    }
    low, high = (np.stack(part, axis=-1).ravel() for part in zip(*pairs, strict=True))
    return _table(keys, totals.ravel(), low, high)


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
    by_school = _relative(schools, seen.schools)
    districts = np.zeros_like(seen.districts)
    np.add.at(districts, seen.data.district, schools)
    by_district = _relative(districts, seen.districts)
    whole = districts.sum(axis=0)
    by_all = _relative(whole, seen.whole)
    return replace(
        seen,
        cells=cells,
        cells_low=seen.cells_low * factor,
        cells_high=seen.cells_high * factor,
        schools=schools,
        schools_low=seen.schools_low * by_school,
        schools_high=seen.schools_high * by_school,
        districts=districts,
        districts_low=seen.districts_low * by_district,
        districts_high=seen.districts_high * by_district,
        whole=whole,
        whole_low=seen.whole_low * by_all,
        whole_high=seen.whole_high * by_all,
    )


def _relative(after: Numbers, before: Numbers) -> Numbers:
    return np.where(before > 0, after / np.where(before > 0, before, 1.0), 1.0)


def _cell_factor(seen: Outlook, levers: Levers) -> Numbers:
    """What the scenario does to each cell's children, by school x grade x lead."""
    data, last = seen.data, int(seen.data.years[-1])
    graded = data.grades[data.grades != TOTAL_ONLY]
    lowest = int(graded[0]) if len(graded) else 1
    lag = seen.births.lag_years if seen.births is not None else usual_lag_years(lowest)
    born = BirthSeries(np.zeros((0, 0)), last, lag)

    def by_birth(grade: int, lead: int) -> float:
        return born.of_age_factor(levers.births_factor, last, last + lead - (grade - lowest))

    leads = np.arange(1, len(seen.years) + 1)
    factor = np.ones_like(seen.cells)
    for column, grade in enumerate(data.grades):
        if grade == TOTAL_ONLY:
            # Grades unknown: as many as a primary school's, entered one a year.
            spread = range(lowest, lowest + UNKNOWN_SPAN_GRADES)
            new = np.minimum(leads / UNKNOWN_SPAN_GRADES, 1.0)
            moved = [np.mean([by_birth(one, int(lead)) for one in spread]) for lead in leads]
            factor[:, column] = np.array(moved) * (1 + new * (levers.intake_factor - 1))
            continue
        factor[:, column] = [by_birth(int(grade), int(lead)) for lead in leads]
        factor[:, column] *= np.where(seen.present[:, column], 1.0, levers.intake_factor)
    return factor
