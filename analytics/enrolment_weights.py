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
_SILENT = {
    True: ("before", "grow", "dist", "own_1", "own_3", "district_trend", "whole_trend", *_SLOPES),
    False: (
        *("last", "births", "births_dist"),
        *("last by size", "births by size", "births_dist by size"),
    ),
}
# Births are believed once they have been tried at this many past origins, or at all there are.
_ENOUGH_TRIALS = 3

Errors = tuple[Numbers, Numbers]


def past_origins(seen: LevelViews, at: int, lead: int) -> list[int]:
    """Origins whose outcome at this lead was known at ``at``."""
    return [p for p in seen.origins if p + lead <= at]


def weights_by_lead(seen: LevelViews, at: int) -> list[Weights]:
    """Weights at one origin, lead by lead; each lead starts from the one before (eq. 29).

    A lead no past origin reaches keeps the weights before it, faded by the root of time: what is
    lost goes to births where they are believed, else to naive. Births once not believed are not
    believed at longer leads. Where there are several levels, what all of them teach together is
    where each starts from (eq. 37).
    """
    if at not in seen.learnt:
        _learn([level for level in seen.peers if at in level.origins], at)
    return seen.learnt[at]


def _learn(levels: list[LevelViews], at: int) -> None:
    """Weights of every level at one origin, kept in their ``learnt``."""
    births = [level.origins[at].births is not None for level in levels]
    together = {believes: _prior(believes) for believes in (False, True)}
    for lead in range(1, levels[0].horizon_years + 1):
        found = [_lessons(one, at, lead, known) for one, known in zip(levels, births, strict=True)]
        births = [known for _, known in found]
        if lead == 1:
            believes = births
        for one in set(believes):
            alike = [
                (level, past)
                for level, (past, _), own in zip(levels, found, believes, strict=True)
                if own == one and past
            ]
            start = (
                together[one] if lead == 1 else _faded(together[one], ((lead - 1) / lead) ** 0.5)
            )
            together[one] = _fitted(alike, lead, start) if alike else start
            for level, (past, _), own in zip(levels, found, believes, strict=True):
                if own == one:
                    alone = [(level, past)] if past and len(alike) > 1 else []
                    level.learnt.setdefault(at, []).append(
                        _fitted(alone, lead, together[one]) if alone else together[one]
                    )


def _lessons(seen: LevelViews, at: int, lead: int, with_births: bool) -> tuple[list[int], bool]:
    """Past origins to learn one lead from, and whether births are believed.

    With births, only origins that had them teach anything about them.
    """
    past = past_origins(seen, at, lead)
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


Lessons = list[tuple[LevelViews, list[int]]]


def _fitted(lessons: Lessons, lead: int, prior: Weights) -> Weights:
    """Weights learnt from past origins; candidates the prior does not hear stay at nothing."""
    silent = _SILENT[prior.with_births]

    def learnt(name: str, rows: Callable[[LevelViews, int, int], Rows]) -> list[Rows]:
        return [level.remembered(name, p, lead, rows) for level, past in lessons for p in past]

    rows = _stacked(learnt("school", _school_rows))
    known = _kept(prior.school, _BY_SCHOOL, silent)
    school = fitted_weights(*_silenced(rows, _BY_SCHOOL, silent), known, lead)
    cell = []
    for place, (name, cells) in enumerate((("new", _new_rows), ("present", _present_rows))):
        rows = _stacked(learnt(name, cells))
        known = _kept(prior.cell[place], BY_CELL, silent)
        cell.append(fitted_weights(*_silenced(rows, BY_CELL, silent), known, lead))
    rows = _stacked([_district_rows(one, p, lead, school) for one, past in lessons for p in past])
    known = _kept(prior.district, _DISTRICT, silent)
    district = fitted_weights(*_silenced(rows, _DISTRICT, silent), known, lead)
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
    seen: LevelViews, lead: int, past: list[int], prior: Weights
) -> tuple[Errors, Errors]:
    """Forecasts and misses of schools and cells, under weights that did not see that origin."""
    schools: list[Errors] = []
    cells: list[Errors] = []
    folds = min(_FOLDS, len(past))
    for fold in range(folds):
        held = past[fold::folds]
        others = [p for p in past if p not in held]
        fitted = _fitted([(seen, others)], lead, prior) if others else _prior(prior.with_births)
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
        count = len(past_origins(seen, at, lead))
        taught_by, _ = _lessons(seen, at, lead, learnt[lead - 1].with_births)
        school, cell = held_out_errors(seen, lead, taught_by, learnt[lead - 1])
        schools.append(spread(*school, count))
        cells.append(spread(*cell, count))
    taught = seen.origins[at].serves.sum(axis=1)
    usual = assumed_spread(float(np.median(taught[taught > 0])))
    return spread_ahead(cells, assumed_spread()), spread_ahead(schools, usual)


def joined_errors(parts: list[Errors]) -> Errors:
    """Forecasts and misses of several origins as one."""
    if not parts:
        return np.zeros(0), np.zeros(0)
    said, miss = (np.concatenate(part) for part in zip(*parts, strict=True))
    return said, miss
