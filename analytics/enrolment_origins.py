"""What every candidate said in each past year, for the schools of one level.

An origin is a year forecast from. Every origin knows nothing later than itself: its candidates
and its births come from the years up to it. Method: docs/method.md eq. 20-28.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from analytics.births import BirthSeries, birth_series
from analytics.combining import bounded, size_slopes
from analytics.enrolment_levels import Level
from analytics.enrolment_panel import Flags, Numbers, Panel, Whole, entry_grades, served, summed
from analytics.progression import BY_CELL, COMBINED, Surroundings, candidates

# A dozen past origins are enough to learn from; more would only cost time and memory.
_MOST_ORIGINS = 12
BY_DISTRICT = ("dist", "births_dist", "district_trend", "whole_trend")

Rows = tuple[Numbers, Numbers, Numbers]


@dataclass(frozen=True)
class Origin:
    """What each candidate said in one year; deviations are candidate / naive - 1.

    ``now`` by school, ``total`` school x lead x candidate (all of them, then all times size),
    ``cell_now`` school x grade, ``cell`` school x grade x lead x candidate, ``present`` marks
    cells whose children are in the school already, ``district_now`` and ``district`` the same by
    district.
    """

    now: Numbers
    serves: Flags
    total: Numbers
    cell_now: Numbers
    cell: Numbers
    present: Flags
    district_now: Numbers
    district: Numbers
    births: BirthSeries | None


@dataclass(frozen=True)
class Weights:
    """Weights at one lead: of school totals, of cells (new, present), of district totals.

    ``school`` has those of a school of usual size first, then their slopes by size.
    """

    school: Numbers
    cell: Numbers
    district: Numbers
    with_births: bool


@dataclass(frozen=True)
class LevelViews:
    """Every origin of one level: computed once, used by the forecast and the backtest.

    ``schools`` and ``grades`` are the level's places in the whole panel. ``learnt``, ``rows`` and
    ``made`` keep what origins already asked for have learnt, learnt from and forecast. ``peers``
    are the levels of the history, this one among them.
    """

    name: str
    schools: Whole
    grades: Whole
    data: Panel
    taught: Flags
    horizon_years: int
    origins: dict[int, Origin]
    learnt: dict[int, list[Weights]] = field(default_factory=dict, repr=False)
    rows: dict[tuple[str, int, int], Rows] = field(default_factory=dict, repr=False)
    made: dict[tuple[int, int], Numbers] = field(default_factory=dict, repr=False)
    peers: list[LevelViews] = field(default_factory=list, repr=False)

    def remembered(
        self, name: str, past: int, lead: int, rows: Callable[[LevelViews, int, int], Rows]
    ) -> Rows:
        """Rows of one origin and lead, which every later origin learns from again."""
        key = (name, past, lead)
        if key not in self.rows:
            self.rows[key] = rows(self, past, lead)
        return self.rows[key]


def level_views(  # noqa: PLR0913 - a history, its levels, and what is known beside it
    whole: Panel,
    levels: Sequence[Level],
    births: pd.DataFrame | None,
    horizon_years: int,
    lag_years: float | None,
    progress: Callable[[float], None],
) -> list[LevelViews]:
    """Candidates from every origin, level by level, each with what was known then."""
    found = []
    for level in levels:
        is_used = np.asarray(np.isfinite(whole.pupils[level.around]).any(axis=(0, 2)))
        data = whole.of(level.schools, is_used)
        at, grades = np.flatnonzero(level.schools), np.flatnonzero(is_used)
        found.append(LevelViews(level.name, at, grades, data, served(data), horizon_years, {}))
    last = len(whole.years) - 1
    years = range(max(last - _MOST_ORIGINS, 0), last + 1)
    for year in years:
        known = whole.until(year)
        around = _surroundings(known, levels, births, lag_years)
        said = candidates(known, horizon_years, list(around.values()))
        for view, level in zip(found, levels, strict=True):
            if view.taught[:, :, year].any():
                cell = np.ix_(view.schools, view.grades)
                own = {name: values[cell] for name, values in said.items()}
                born = around[level.around.tobytes()][-1]
                view.origins[year] = _origin(view.data.until(year), own, born, horizon_years)
        progress((year - years[0] + 1) / len(years))
    for view in found:
        view.peers.extend(found)
    return found


def _surroundings(
    data: Panel, levels: Sequence[Level], births: pd.DataFrame | None, lag_years: float | None
) -> dict[bytes, Surroundings]:
    """Levels that are tied to each other, with births known by the panel's last year."""
    out: dict[bytes, Surroundings] = {}
    for level in levels:
        key = level.around.tobytes()
        if key in out or not level.around.any():
            continue
        series = None
        is_used = np.asarray(np.isfinite(data.pupils[level.around]).any(axis=(0, 2)))
        if births is not None and is_used.any():
            born_by_now = pd.to_numeric(births["year"], errors="coerce") <= int(data.years[-1])
            near = data.of(level.around, is_used)
            series = birth_series(births[born_by_now], near, lag_years)
        tied = [one.schools for one in levels if one.around.tobytes() == key]
        out[key] = (level.around, tied, series)
    return out


def _origin(
    data: Panel, said: dict[str, Numbers], series: BirthSeries | None, years: int
) -> Origin:
    serves = served(data)[:, :, -1]
    now = data.count[:, :, -1].sum(axis=1)
    cell_now = data.count[:, :, -1] * serves
    places = len(data.district_names)
    district_now = summed(now, data.district, places)
    district_said = [summed(said[name].sum(axis=1), data.district, places) for name in BY_DISTRICT]
    total = deviation_of([said[name].sum(axis=1) for name in COMBINED], now[:, None])
    return Origin(
        now=now,
        serves=serves,
        total=np.concatenate([total, size_slopes(total, now)], axis=-1),
        cell_now=cell_now,
        cell=deviation_of([said[name] for name in BY_CELL], cell_now[:, :, None]).astype(
            np.float32
        ),
        present=_is_present(serves, data.is_linked, years),
        district_now=district_now,
        district=deviation_of(district_said, district_now[:, None]),
        births=series if series is not None and series.reaches(int(data.years[-1])) else None,
    )


def _is_present(serves: Flags, is_linked: Flags, years: int) -> Flags:
    """Whether a cell's children are in the school already, in a lower grade of it."""
    place = np.arange(serves.shape[1])
    first = np.maximum.accumulate(np.where(entry_grades(serves, is_linked), place, -1), axis=1)
    present = (place - first)[:, :, None] >= np.arange(1, years + 1)
    return np.asarray(present & serves[:, :, None])


def deviation_of(said: list[Numbers], naive: Numbers) -> Numbers:
    """Candidates over naive less one, candidates in the last axis; 0 where naive is none."""
    base = naive[..., None]
    ratio = np.stack(said, axis=-1) / np.where(base > 0, base, 1.0)
    return bounded(np.where(base > 0, ratio - 1, 0.0))
