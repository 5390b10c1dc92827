"""What each past year would have forecast, and the forecast that learns from it.

An origin is a year forecast from. Every origin knows nothing later than itself: its candidates,
its births, its weights and its bands all come from the years up to it.
Method: docs/method.md eq. 29-33.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from analytics.births import BirthSeries, birth_series
from analytics.combining import (
    Spread,
    assumed_spread,
    bounded,
    expected_share,
    size_slopes,
    spread,
    spread_ahead,
    thinned,
    weights,
    whole_spread,
)
from analytics.enrolment_panel import Flags, Numbers, Panel, entry_grades, panel, served, summed
from analytics.progression import BY_CELL, COMBINED, candidates

MOST_YEARS = 10
# A dozen past origins are enough to learn from; more would only cost time and memory.
_MOST_ORIGINS = 12
_FOLDS = 4
# A school's weights: one for each candidate, and one for how each moves with size.
_SLOPES = tuple(f"{name} by size" for name in COMBINED)
_BY_SCHOOL = (*COMBINED, *_SLOPES)
_BY_DISTRICT = ("dist", "births_dist", "district_trend", "whole_trend")
_DISTRICT = ("schools", *_BY_DISTRICT)
# Where births are believed, a trend of past enrolment is no candidate: it would forecast growth
# where births already announce decline; nor is the count of a year before, and slopes by size are
# of no use there. Where they are not, nothing may rest on them, and the year before is a better
# start than last year's intake, which follows births sooner.
_SILENT = {
    True: ("before", "grow", "dist", "own_1", "own_3", "district_trend", "whole_trend", *_SLOPES),
    False: (
        *("last", "births", "births_dist"),
        *("last by size", "births by size", "births_dist by size"),
    ),
}
# Births are believed once they have been tried at this many past origins, or at all there are.
_ENOUGH_TRIALS = 3

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
class Views:
    """Every origin of a history: computed once, used by the forecast and the backtest.

    ``learnt`` and ``rows`` keep what origins already asked for have learnt and learnt from.
    """

    data: Panel
    taught: Flags
    horizon_years: int
    origins: dict[int, Origin]
    learnt: dict[int, list[Weights]] = field(default_factory=dict, repr=False)
    rows: dict[tuple[str, int, int], Rows] = field(default_factory=dict, repr=False)

    def remembered(self, name: str, past: int, lead: int, rows: Callable[..., Rows]) -> Rows:
        """Rows of one origin and lead, which every later origin learns from again."""
        key = (name, past, lead)
        if key not in self.rows:
            self.rows[key] = rows(self, past, lead)
        return self.rows[key]


@dataclass(frozen=True)
class Outlook:
    """A forecast from one origin as arrays; ``_low`` and ``_high`` are P10 and P90.

    ``cells`` school x grade x lead, ``schools`` school x lead, ``districts`` district x lead,
    ``whole`` by lead; the sums agree, the bands of a sum are its own. ``serves`` marks the grades
    taught in the last year; a school without any is closed. ``present`` as in :class:`Origin`.
    ``weight`` is by lead x candidate, that of a school of usual size. ``origins_by_lead`` counts
    the past origins each lead was learnt from: 0 means that its weights and bands are carried over
    from a shorter lead.
    """

    data: Panel
    serves: Flags
    present: Flags
    births: BirthSeries | None
    cells: Numbers
    cells_low: Numbers
    cells_high: Numbers
    schools: Numbers
    schools_low: Numbers
    schools_high: Numbers
    districts: Numbers
    districts_low: Numbers
    districts_high: Numbers
    whole: Numbers
    whole_low: Numbers
    whole_high: Numbers
    weight: Numbers
    group_spread: list[Spread] = field(repr=False)
    origins_by_lead: list[int]

    @property
    def years(self) -> list[int]:
        """School years forecast."""
        return [int(self.data.years[-1]) + lead for lead in range(1, self.schools.shape[1] + 1)]


def views(
    history: pd.DataFrame | Panel,
    births: pd.DataFrame | None = None,
    horizon_years: int = 5,
    lag_years: float | None = None,
) -> Views:
    """Candidates from every origin of a history, each with what was known then.

    Parameters
    ----------
    history, births
        As for :func:`enrolment_panel.panel` and :func:`births.reported_births`.
    horizon_years
        1 to 10.
    lag_years
        Age at entry to the lowest grade, if declared; otherwise learnt at each origin.

    Raises
    ------
    EnrolmentError
        As those two. ``ValueError`` for a horizon out of bounds.
    """
    if not 1 <= horizon_years <= MOST_YEARS:
        raise ValueError(f"years is {horizon_years}; a whole number from 1 to {MOST_YEARS}")
    data = history if isinstance(history, Panel) else panel(history)
    taught = served(data)
    last = len(data.years) - 1
    years = range(max(last - _MOST_ORIGINS, 0), last + 1)
    return Views(
        data,
        taught,
        horizon_years,
        {
            year: _origin(data.until(year), births, horizon_years, lag_years)
            for year in years
            if taught[:, :, year].any()
        },
    )


def _origin(
    data: Panel, births: pd.DataFrame | None, years: int, lag_years: float | None
) -> Origin:
    series: BirthSeries | None = None
    if births is not None:
        born_by_now = pd.to_numeric(births["year"], errors="coerce") <= int(data.years[-1])
        series = birth_series(births[born_by_now], data, lag_years)
    said = candidates(data, years, series)
    serves = served(data)[:, :, -1]
    now = data.count[:, :, -1].sum(axis=1)
    cell_now = data.count[:, :, -1] * serves
    places = len(data.district_names)
    district_now = summed(now, data.district, places)
    district_said = [summed(said[name].sum(axis=1), data.district, places) for name in _BY_DISTRICT]
    total = _deviation([said[name].sum(axis=1) for name in COMBINED], now[:, None])
    return Origin(
        now=now,
        serves=serves,
        total=np.concatenate([total, size_slopes(total, now)], axis=-1),
        cell_now=cell_now,
        cell=_deviation([said[name] for name in BY_CELL], cell_now[:, :, None]).astype(np.float32),
        present=_is_present(serves, data.is_linked, years),
        district_now=district_now,
        district=_deviation(district_said, district_now[:, None]),
        births=series if series is not None and series.reaches(int(data.years[-1])) else None,
    )


def _is_present(serves: Flags, is_linked: Flags, years: int) -> Flags:
    """Whether a cell's children are in the school already, in a lower grade of it."""
    place = np.arange(serves.shape[1])
    first = np.maximum.accumulate(np.where(entry_grades(serves, is_linked), place, -1), axis=1)
    present = (place - first)[:, :, None] >= np.arange(1, years + 1)
    return np.asarray(present & serves[:, :, None])


def _deviation(said: list[Numbers], naive: Numbers) -> Numbers:
    """Candidates over naive less one, candidates in the last axis; 0 where naive is none."""
    base = naive[..., None]
    ratio = np.stack(said, axis=-1) / np.where(base > 0, base, 1.0)
    return bounded(np.where(base > 0, ratio - 1, 0.0))


def outlook(seen: Views, origin: int | None = None) -> Outlook:
    """The forecast from one origin, with weights and bands learnt on the origins before it.

    Parameters
    ----------
    seen
        From :func:`views`.
    origin
        Index of the year forecast from; the last one if not given. Nothing later is used.
    """
    at = max(seen.origins) if origin is None else origin
    now, data = seen.origins[at], seen.data.until(at)
    learnt = weights_by_lead(seen, at)
    said = [_said(seen, now, lead, fitted) for lead, fitted in enumerate(learnt, start=1)]
    schools, cells, districts = (list(part) for part in zip(*said, strict=True))
    cell_law, school_law, district_law, whole_law = _spreads(seen, at, learnt)
    whole = [np.array(values.sum()) for values in districts]
    return Outlook(
        data,
        now.serves,
        now.present,
        now.births,
        *_bands(cells, cell_law),
        *_bands(schools, school_law),
        *_bands(districts, district_law),
        *_bands(whole, whole_law),
        weight=np.stack([fitted.school[: len(COMBINED)] for fitted in learnt]),
        group_spread=district_law,
        origins_by_lead=[len(_past(seen, at, lead)) for lead in range(1, len(learnt) + 1)],
    )


def _bands(said: list[Numbers], law: list[Spread]) -> tuple[Numbers, Numbers, Numbers]:
    pairs = [one.band(values) for one, values in zip(law, said, strict=True)]
    return (
        np.stack(said, axis=-1),
        np.stack([low for low, _ in pairs], axis=-1),
        np.stack([high for _, high in pairs], axis=-1),
    )


def _past(seen: Views, at: int, lead: int) -> list[int]:
    """Origins whose outcome at this lead was known at ``at``."""
    return [p for p in seen.origins if p + lead <= at]


def weights_by_lead(seen: Views, at: int) -> list[Weights]:
    """Weights at one origin, lead by lead; each lead starts from the one before (eq. 29).

    A lead no past origin reaches keeps the weights before it, faded by the root of time: what is
    lost goes to births where they are believed, else to naive. Births once not believed are not
    believed at longer leads.
    """
    if at not in seen.learnt:
        with_births = seen.origins[at].births is not None
        believed = _prior(with_births)
        leads = []
        for lead in range(1, seen.horizon_years + 1):
            past, with_births = _lessons(seen, at, lead, with_births)
            if lead == 1 and not with_births:
                believed = _prior(with_births)
            if lead > 1:
                believed = _faded(believed, ((lead - 1) / lead) ** 0.5)
            if past:
                believed = _fitted(seen, lead, past, believed)
            leads.append(believed)
        seen.learnt[at] = leads
    return seen.learnt[at]


def _lessons(seen: Views, at: int, lead: int, with_births: bool) -> tuple[list[int], bool]:
    """Past origins to learn one lead from, and whether births are believed.

    With births, only origins that had them teach anything about them.
    """
    past = _past(seen, at, lead)
    tried = [p for p in past if seen.origins[p].births is not None]
    if not with_births or len(tried) < min(_ENOUGH_TRIALS, len(past)):
        return past, False
    return tried, True


def _prior(with_births: bool) -> Weights:
    """Half naive, half cohorts: where nothing can be learnt, neither school of thought wins."""
    cohorts = ("flat", "size", "births" if with_births else "grow")
    school = np.zeros(len(_BY_SCHOOL))
    school[[COMBINED.index(name) for name in cohorts]] = 0.5 / len(cohorts)
    new, present = np.zeros(len(BY_CELL)), np.zeros(len(BY_CELL))
    new[BY_CELL.index("births" if with_births else "size")] = 0.5
    present[BY_CELL.index("flat")] = 1.0
    district = np.array([float(name == "schools") for name in _DISTRICT])
    return Weights(school, np.stack([new, present]), district, with_births)


def _faded(believed: Weights, share: float) -> Weights:
    school = believed.school * share
    if believed.with_births:
        school[COMBINED.index("births")] += 1 - share
    return replace(believed, school=school)


def _fitted(seen: Views, lead: int, past: list[int], prior: Weights) -> Weights:
    """Weights learnt from past origins; candidates the prior does not hear stay at nothing."""
    silent = _SILENT[prior.with_births]
    rows = _stacked([seen.remembered("school", p, lead, _school_rows) for p in past])
    known = _kept(prior.school, _BY_SCHOOL, silent)
    school = weights(*_silenced(rows, _BY_SCHOOL, silent), known, lead)
    cell = []
    for place, (name, cells) in enumerate((("new", _new_rows), ("present", _present_rows))):
        rows = _stacked([seen.remembered(name, p, lead, cells) for p in past])
        known = _kept(prior.cell[place], BY_CELL, silent)
        cell.append(weights(*_silenced(rows, BY_CELL, silent), known, lead))
    rows = _stacked([_district_rows(seen, p, lead, school) for p in past])
    known = _kept(prior.district, _DISTRICT, silent)
    district = weights(*_silenced(rows, _DISTRICT, silent), known, lead)
    return Weights(school, np.stack(cell), district, prior.with_births)


def _kept(prior: Numbers, names: tuple[str, ...], silent: tuple[str, ...]) -> Numbers:
    return np.where([name in silent for name in names], 0.0, prior)


def _silenced(rows: Rows, names: tuple[str, ...], silent: tuple[str, ...]) -> Rows:
    deviation, outcome, pupils = rows
    return np.where([name in silent for name in names], 0.0, deviation), outcome, pupils


def _stacked(rows: list[Rows]) -> Rows:
    deviation, outcome, pupils = (np.concatenate(part) for part in zip(*rows, strict=True))
    return deviation, outcome, pupils


def _teaches_the_same(seen: Views, past: int, lead: int) -> Flags:
    """Schools that teach the same grades at both ends; others opened, closed or merged."""
    then, later = seen.taught[:, :, past], seen.taught[:, :, past + lead]
    return np.asarray((then == later).all(axis=1) & then.any(axis=1))


def _school_rows(seen: Views, past: int, lead: int) -> Rows:
    origin = seen.origins[past]
    same = _teaches_the_same(seen, past, lead) & (origin.now > 0)
    came = seen.data.count[same, :, past + lead].sum(axis=1)
    return origin.total[same, lead - 1], came / origin.now[same] - 1, origin.now[same]


def _new_rows(seen: Views, past: int, lead: int) -> Rows:
    return _cell_rows(seen, past, lead, is_present=False)


def _present_rows(seen: Views, past: int, lead: int) -> Rows:
    return _cell_rows(seen, past, lead, is_present=True)


def _cell_rows(seen: Views, past: int, lead: int, *, is_present: bool) -> Rows:
    origin = seen.origins[past]
    some = thinned(origin.cell_now.size)
    now = origin.cell_now[some]
    use = _teaches_the_same(seen, past, lead)[some, None] & (now > 0)
    use &= origin.present[some, :, lead - 1] == is_present
    came = seen.data.count[some, :, past + lead][use]
    deviation = origin.cell[some, :, lead - 1][use].astype(float)
    return deviation, bounded(came / now[use] - 1), now[use]


def _district_rows(seen: Views, past: int, lead: int, school: Numbers) -> Rows:
    """Every district, and all of them together as one more where there are several."""
    origin = seen.origins[past]
    deviation = _district_deviation(seen, origin, lead, school)
    now, came = origin.district_now, _by_district(seen, past + lead)
    if len(now) > 1:
        deviation = np.vstack([deviation, now @ deviation / now.sum()])
        now, came = np.append(now, now.sum()), np.append(came, came.sum())
    known = (now > 0) & (came > 0)
    return deviation[known], bounded(came[known] / now[known] - 1), now[known]


def _by_district(seen: Views, year: int) -> Numbers:
    pupils = seen.data.count[:, :, year].sum(axis=1)
    return summed(pupils, seen.data.district, len(seen.data.district_names))


def _district_deviation(seen: Views, origin: Origin, lead: int, school: Numbers) -> Numbers:
    """What the schools' sum and each district candidate say, against the district's naive."""
    total = origin.now * (1 + origin.total[:, lead - 1] @ school)
    schools = summed(total, seen.data.district, len(seen.data.district_names))
    return np.hstack([_deviation([schools], origin.district_now), origin.district[:, lead - 1]])


def _said(
    seen: Views, origin: Origin, lead: int, fitted: Weights
) -> tuple[Numbers, Numbers, Numbers]:
    """School, cell and district pupils at one lead, made to agree (eq. 30)."""
    total = origin.now * np.maximum(1 + origin.total[:, lead - 1] @ fitted.school, 0.0)
    deviation = origin.cell[:, :, lead - 1].astype(float)
    new, present = (deviation @ one for one in fitted.cell)
    moved = np.where(origin.present[:, :, lead - 1], present, new)
    cell = origin.cell_now * np.maximum(1 + moved, 0.0)
    size = cell.sum(axis=1)
    cell = cell * np.where(size > 0, total / np.where(size > 0, size, 1.0), 0.0)[:, None]
    total = cell.sum(axis=1)
    at = seen.data.district
    schools = summed(total, at, len(seen.data.district_names))
    deviation = _district_deviation(seen, origin, lead, fitted.school)
    district = origin.district_now * np.maximum(1 + deviation @ fitted.district, 0.0)
    factor = np.where(schools > 0, district / np.where(schools > 0, schools, 1.0), 1.0)
    return total * factor[at], cell * factor[at][:, None], schools * factor


def _spreads(
    seen: Views, at: int, learnt: list[Weights]
) -> tuple[list[Spread], list[Spread], list[Spread], list[Spread]]:
    """Spreads of cells, schools, districts and the whole by lead (eq. 31-33)."""
    cells, schools, districts, whole = [], [], [], []
    several = len(seen.data.district_names) > 1
    for lead in range(1, len(learnt) + 1):
        past = _past(seen, at, lead)
        taught_by, _ = _lessons(seen, at, lead, learnt[lead - 1].with_births)
        school, cell = _held_out_errors(seen, lead, taught_by, learnt[lead - 1])
        district, all_ = _made_errors(seen, lead, past)
        schools.append(spread(*school, len(past)))
        cells.append(spread(*cell, len(past)))
        districts.append(spread(*district, len(past)) if several else None)
        hint = expected_share(districts[-1], float(seen.origins[at].now.sum()))
        whole.append(whole_spread(all_, lead, hint))
    taught = seen.origins[at].serves.sum(axis=1)
    school_law = spread_ahead(schools, assumed_spread(float(np.median(taught[taught > 0]))))
    cell_law = spread_ahead(cells, assumed_spread())
    if not several:
        whole_law = spread_ahead(whole, school_law[0])
        return cell_law, school_law, whole_law, whole_law
    district_law = spread_ahead(districts, school_law[0])
    return cell_law, school_law, district_law, spread_ahead(whole, district_law[0])


Errors = tuple[Numbers, Numbers]


def _held_out_errors(
    seen: Views, lead: int, past: list[int], prior: Weights
) -> tuple[Errors, Errors]:
    """Forecasts and misses of schools and cells, under weights that did not see that origin."""
    schools: list[Errors] = []
    cells: list[Errors] = []
    folds = min(_FOLDS, len(past))
    for fold in range(folds):
        held = past[fold::folds]
        others = [p for p in past if p not in held]
        fitted = _fitted(seen, lead, others, prior) if others else _prior(prior.with_births)
        for p in held:
            total, cell, _ = _said(seen, seen.origins[p], lead, fitted)
            came = seen.data.count[:, :, p + lead]
            same = _teaches_the_same(seen, p, lead)
            schools.append((total[same], (came.sum(axis=1) - total)[same]))
            cell_at = same[:, None] & seen.origins[p].serves
            cells.append((cell[cell_at], (came - cell)[cell_at]))
    return _joined(schools), _joined(cells)


def _made_errors(seen: Views, lead: int, past: list[int]) -> tuple[Errors, Numbers]:
    """Misses of districts, and relative misses of the whole, of the forecasts made then."""
    districts: list[Errors] = []
    whole: list[float] = []
    for p in past:
        fitted = weights_by_lead(seen, p)[lead - 1]
        _, _, district = _said(seen, seen.origins[p], lead, fitted)
        came = _by_district(seen, p + lead)
        known = (district > 0) & (came > 0)
        districts.append((district[known], (came - district)[known]))
        if district.sum() > 0 and came.sum() > 0:
            whole.append(float(came.sum() / district.sum() - 1))
    return _joined(districts), np.array(whole)


def _joined(parts: list[Errors]) -> Errors:
    if not parts:
        return np.zeros(0), np.zeros(0)
    said, miss = (np.concatenate(part) for part in zip(*parts, strict=True))
    return said, miss
