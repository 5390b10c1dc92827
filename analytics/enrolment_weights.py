"""What past origins of one level teach: weights of the candidates, and how far they missed.

Weights and misses at an origin come from the origins before it alone.
Method: docs/method.md eq. 29-33.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from analytics.combining import Spread, assumed_spread, bounded, spread, spread_ahead, thinned
from analytics.combining import weights as fitted_weights
from analytics.enrolment_origins import BY_DISTRICT, LevelViews, Origin, Rows, Weights, deviation_of
from analytics.enrolment_panel import Flags, Numbers, summed
from analytics.progression import BY_CELL, COMBINED

_FOLDS = 4
# A school's weights: one for each candidate, and one for how each moves with size.
_SLOPES = tuple(f"{name} by size" for name in COMBINED)
_BY_SCHOOL = (*COMBINED, *_SLOPES)
_DISTRICT = ("schools", *BY_DISTRICT)
# Where births are believed, a trend of past enrolment is no candidate: it would forecast growth
# where births already announce decline; nor is the count of a year before, and slopes by size are
# of no use there. Where they are not, nothing may rest on them, and the year before is a better
# start than last year's intake, which follows births sooner.
BY_BIRTHS = ("births", "births_size", "births_dist")
_SILENT = {
    True: ("before", "grow", "dist", "own_1", "own_3", "district_trend", "whole_trend", *_SLOPES),
    False: (
        *("last", *BY_BIRTHS),
        *("last by size", *(f"{name} by size" for name in BY_BIRTHS)),
    ),
}
# Births are believed once they have been tried at this many past origins, or at all there are.
_ENOUGH_TRIALS = 3
# Cohorts whose intake follows births.
_MOVED = ("births", "births_size")
# Cells whose children are not yet in the school, in the weights of cells.
_NEW = 0

Errors = tuple[Numbers, Numbers]
Lessons = list[tuple[LevelViews, list[int]]]


def past_origins(seen: LevelViews, at: int, lead: int) -> list[int]:
    """Origins whose outcome at this lead was known at ``at``, and which teach (eq. 29).

    Who knew one year only had no progression and no level of several years: what is said from one
    year is a different forecast, and teaches nothing once there is another origin to learn from.
    """
    past = [p for p in seen.origins if p + lead <= at]
    return past if at <= 1 else [p for p in past if p > 0]


def weights_by_lead(seen: LevelViews, at: int) -> list[Weights]:
    """Weights at one origin, lead by lead; each lead starts from the one before (eq. 29).

    A lead that no past origin reaches goes on from the weights before it. Where there are several
    levels, what all of them teach together is where each starts from, and what sets a level apart
    goes on with it (eq. 37).
    """
    if at not in seen.learnt:
        _learn([level for level in seen.peers if at in level.origins], at)
    return seen.learnt[at]


def _learn(levels: list[LevelViews], at: int) -> None:
    """Weights of every level at one origin, kept in their ``learnt``."""
    believed = [_believes_births(level, at) for level in levels]
    for one in set(believed):
        alike = [level for level, own in zip(levels, believed, strict=True) if own == one]
        together, apart = _prior(one), [_prior(one)] * len(alike)
        for lead in range(1, levels[0].horizon_years + 1):
            lessons = [(level, lessons_at(level, at, lead, one)) for level in alike]
            teach = [(level, past) for level, past in lessons if past]
            before = together
            share = _share_going_on(alike, at, lead, before)
            together = _following(teach, lead, before, share)
            for place, (level, past) in enumerate(lessons):
                kept = _share_kept(lead, one)
                own = _moved(together, kept, apart[place], before)
                if past and len(teach) > 1:
                    own = _fitted([(level, past)], lead, own)
                apart[place] = own
                level.learnt.setdefault(at, []).append(own)


def _believes_births(seen: LevelViews, at: int) -> bool:
    """Whether births have been tried at enough past origins, one year ahead."""
    if seen.origins[at].births is None:
        return False
    past = past_origins(seen, at, 1)
    tried = [p for p in past if seen.origins[p].births is not None]
    return len(tried) >= min(_ENOUGH_TRIALS, len(past))


def lessons_at(seen: LevelViews, at: int, lead: int, with_births: bool) -> list[int]:
    """Past origins to learn one lead from; none where the lead goes on from the one before.

    Where births are believed, only origins that had them teach anything, and few of them among
    many without teach nothing: longer leads, where births matter most, would unlearn them.
    """
    past = past_origins(seen, at, lead)
    if not with_births:
        return past
    tried = [p for p in past if seen.origins[p].births is not None]
    return tried if len(tried) >= min(_ENOUGH_TRIALS, len(past)) else []


def _prior(with_births: bool) -> Weights:
    """Half naive, half cohorts: where nothing can be learnt, neither school of thought wins."""
    cohorts = _MOVED if with_births else ("flat", "size", "grow")
    school = np.zeros(len(_BY_SCHOOL))
    school[[COMBINED.index(name) for name in cohorts]] = 0.5 / len(cohorts)
    new, present = np.zeros(len(BY_CELL)), np.zeros(len(BY_CELL))
    entering = _MOVED if with_births else ("size",)
    new[[BY_CELL.index(name) for name in entering]] = 0.5 / len(entering)
    present[BY_CELL.index("flat")] = 1.0
    district = np.zeros(len(_DISTRICT))
    said_by_all = ("schools", "births_dist") if with_births else ("schools",)
    district[[_DISTRICT.index(name) for name in said_by_all]] = 1 / len(said_by_all)
    return Weights(school, np.stack([new, present]), district, with_births)


def _share_kept(lead: int, with_births: bool) -> float:
    """How much of the weights of the lead before is still believed.

    The root of time; where births are believed, time itself: what they announce, and all else
    misses, grows with the years ahead.
    """
    return ((lead - 1) / lead) ** (1.0 if with_births else 0.5) if lead > 1 else 1.0


def _faded(believed: Weights, share: float) -> Weights:
    """Weights less believed; what is lost goes to births where they are believed, else to naive."""
    school, cell = believed.school * share, believed.cell.copy()
    if believed.with_births:
        lost = (1 - share) / len(_MOVED)
        school[[COMBINED.index(name) for name in _MOVED]] += lost
        cell[_NEW] *= share
        cell[_NEW, [BY_CELL.index(name) for name in _MOVED]] += lost
    district = believed.district * share
    district[_DISTRICT.index("births_dist" if believed.with_births else "schools")] += 1 - share
    return replace(believed, school=school, cell=cell, district=district)


def _following(teach: Lessons, lead: int, before: Weights, share: float) -> Weights:
    """Weights of a lead: learnt from past origins, or going on from the lead before (eq. 29)."""
    if teach:
        start = _faded(before, _share_kept(lead, before.with_births))
        if not before.with_births:
            start = replace(start, district=before.district)
        return _fitted(teach, lead, start)
    return _faded(before, share)


def _share_going_on(levels: list[LevelViews], at: int, lead: int, before: Weights) -> float:
    """What is still believed at a lead never tried: less, but never back to where we are (eq. 29).

    Cohorts leave today's number behind by less and less each year. The root of time damps that;
    where it would turn it round, what was said of the lead before stays.
    """
    usual = _share_kept(lead, before.with_births)
    if lead == 1 or before.with_births:
        return usual
    now = [level.origins[at] for level in levels]
    then, there = (
        abs(sum(float(one.now @ (one.total[:, ahead - 1] @ before.school)) for one in now))
        for ahead in (lead - 1, lead)
    )
    return float(np.clip(then / max(there, 1e-9), usual, 1.0))


def _moved(together: Weights, kept: float, own: Weights, before: Weights) -> Weights:
    """What all levels teach, and what set one apart at the lead before."""
    school = together.school + kept * (own.school - before.school)
    cell = together.cell + kept * (own.cell - before.cell)
    district = together.district + kept * (own.district - before.district)
    if together.with_births:
        school, cell, district = (_as_mixture(one) for one in (school, cell, district))
    return replace(together, school=school, cell=cell, district=district)


def _as_mixture(weight: Numbers) -> Numbers:
    """No weight below zero, nor all together above one."""
    above = np.maximum(weight, 0.0)
    return np.asarray(above / np.maximum(above.sum(axis=-1, keepdims=True), 1.0))


def _fitted(lessons: Lessons, lead: int, prior: Weights) -> Weights:
    """Weights learnt from past origins; candidates the prior does not hear stay at nothing."""
    silent = _SILENT[prior.with_births]

    def learnt(name: str, rows: Callable[[LevelViews, int, int], Rows]) -> list[Rows]:
        return [level.remembered(name, p, lead, rows) for level, past in lessons for p in past]

    mixed = prior.with_births
    rows = _stacked(learnt("school", _school_rows))
    known = _kept(prior.school, _BY_SCHOOL, silent)
    school = fitted_weights(*_silenced(rows, _BY_SCHOOL, silent), known, lead, is_mixture=mixed)
    cell = []
    for place, (name, cells) in enumerate((("new", _new_rows), ("present", _present_rows))):
        rows = _stacked(learnt(name, cells))
        known = _kept(prior.cell[place], BY_CELL, silent)
        cell.append(
            fitted_weights(*_silenced(rows, BY_CELL, silent), known, lead, is_mixture=mixed)
        )
    rows = _stacked([_district_rows(one, p, lead, school) for one, past in lessons for p in past])
    known = _kept(prior.district, _DISTRICT, silent)
    district = fitted_weights(*_silenced(rows, _DISTRICT, silent), known, lead, is_mixture=mixed)
    return Weights(school, np.stack(cell), district, prior.with_births)


def _kept(prior: Numbers, names: tuple[str, ...], silent: tuple[str, ...]) -> Numbers:
    return np.where([name in silent for name in names], 0.0, prior)


def _silenced(rows: Rows, names: tuple[str, ...], silent: tuple[str, ...]) -> Rows:
    deviation, outcome, pupils = rows
    return np.where([name in silent for name in names], 0.0, deviation), outcome, pupils


def _stacked(rows: list[Rows]) -> Rows:
    deviation, outcome, pupils = (np.concatenate(part) for part in zip(*rows, strict=True))
    return deviation, outcome, pupils


def _teaches_the_same(seen: LevelViews, past: int, lead: int) -> Flags:
    """Schools that teach the same grades at both ends; others opened, closed or merged."""
    then, later = seen.taught[:, :, past], seen.taught[:, :, past + lead]
    return np.asarray((then == later).all(axis=1) & then.any(axis=1))


def _school_rows(seen: LevelViews, past: int, lead: int) -> Rows:
    origin = seen.origins[past]
    same = _teaches_the_same(seen, past, lead) & (origin.now > 0)
    came = seen.data.count[same, :, past + lead].sum(axis=1)
    return origin.total[same, lead - 1], came / origin.now[same] - 1, origin.now[same]


def _new_rows(seen: LevelViews, past: int, lead: int) -> Rows:
    return _cell_rows(seen, past, lead, is_present=False)


def _present_rows(seen: LevelViews, past: int, lead: int) -> Rows:
    return _cell_rows(seen, past, lead, is_present=True)


def _cell_rows(seen: LevelViews, past: int, lead: int, *, is_present: bool) -> Rows:
    origin = seen.origins[past]
    some = thinned(origin.cell_now.size)
    now = origin.cell_now[some]
    use = _teaches_the_same(seen, past, lead)[some, None] & (now > 0)
    use &= origin.present[some, :, lead - 1] == is_present
    came = seen.data.count[some, :, past + lead][use]
    deviation = origin.cell[some, :, lead - 1][use].astype(float)
    return deviation, bounded(came / now[use] - 1), now[use]


def _district_rows(seen: LevelViews, past: int, lead: int, school: Numbers) -> Rows:
    """Every district, and all of them together as one more where there are several."""
    origin = seen.origins[past]
    deviation = _district_deviation(seen, origin, lead, school)
    now, came = origin.district_now, _by_district(seen, past + lead)
    if len(now) > 1:
        deviation = np.vstack([deviation, now @ deviation / now.sum()])
        now, came = np.append(now, now.sum()), np.append(came, came.sum())
    known = (now > 0) & (came > 0)
    return deviation[known], bounded(came[known] / now[known] - 1), now[known]


def _by_district(seen: LevelViews, year: int) -> Numbers:
    pupils = seen.data.count[:, :, year].sum(axis=1)
    return summed(pupils, seen.data.district, len(seen.data.district_names))


def _district_deviation(seen: LevelViews, origin: Origin, lead: int, school: Numbers) -> Numbers:
    """What the schools' sum and each district candidate say, against the district's naive."""
    total = origin.now * (1 + origin.total[:, lead - 1] @ school)
    schools = summed(total, seen.data.district, len(seen.data.district_names))
    return np.hstack([deviation_of([schools], origin.district_now), origin.district[:, lead - 1]])


def said_by(
    seen: LevelViews, origin: Origin, lead: int, fitted: Weights
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


def held_out_errors(
    seen: LevelViews, lead: int, past: list[int], learnt: list[Weights]
) -> tuple[Errors, Errors]:
    """Forecasts and misses of schools and cells, under weights that did not see that origin.

    ``learnt`` are the weights up to this lead. The only origin of a lead is judged by those of the
    lead before, as a lead without any is forecast.
    """
    schools: list[Errors] = []
    cells: list[Errors] = []
    folds = min(_FOLDS, len(past))
    alone = (
        _prior(learnt[0].with_births)
        if lead == 1
        else _following([], lead, learnt[-2], _share_kept(lead, learnt[-2].with_births))
    )
    for fold in range(folds):
        held = past[fold::folds]
        others = [p for p in past if p not in held]
        fitted = _fitted([(seen, others)], lead, learnt[-1]) if others else alone
        for p in held:
            total, cell, _ = said_by(seen, seen.origins[p], lead, fitted)
            came = seen.data.count[:, :, p + lead]
            same = _teaches_the_same(seen, p, lead)
            schools.append((total[same], (came.sum(axis=1) - total)[same]))
            cell_at = same[:, None] & seen.origins[p].serves
            cells.append((cell[cell_at], (came - cell)[cell_at]))
    return joined_errors(schools), joined_errors(cells)


def made_cells(seen: LevelViews, past: int, lead: int) -> Numbers:
    """What was said in a past year of every district and grade, with what was learnt by then."""
    key = (past, lead)
    if key not in seen.made:
        fitted = weights_by_lead(seen, past)[lead - 1]
        _, cell, _ = said_by(seen, seen.origins[past], lead, fitted)
        seen.made[key] = summed(cell, seen.data.district, len(seen.data.district_names))
    return seen.made[key]


def came_cells(seen: LevelViews, year: int) -> Numbers:
    """Pupils of every district and grade in one year."""
    return summed(seen.data.count[:, :, year], seen.data.district, len(seen.data.district_names))


def level_spreads(seen: LevelViews, at: int) -> tuple[list[Spread], list[Spread]]:
    """Spreads of cells and of schools by lead (eq. 31-33)."""
    learnt = weights_by_lead(seen, at)
    cells, schools = [], []
    for lead in range(1, len(learnt) + 1):
        taught_by = lessons_at(seen, at, lead, learnt[lead - 1].with_births)
        school, cell = held_out_errors(seen, lead, taught_by, learnt[:lead])
        schools.append(spread(*school, len(taught_by)))
        cells.append(spread(*cell, len(taught_by)))
    taught = seen.origins[at].serves.sum(axis=1)
    usual = assumed_spread(float(np.median(taught[taught > 0])))
    return spread_ahead(cells, assumed_spread()), spread_ahead(schools, usual)


def joined_errors(parts: list[Errors]) -> Errors:
    """Forecasts and misses of several origins as one."""
    if not parts:
        return np.zeros(0), np.zeros(0)
    said, miss = (np.concatenate(part) for part in zip(*parts, strict=True))
    return said, miss
