"""Candidate forecasts: what each simple view of the same history expects.

Every candidate uses nothing later than the panel's last year. None is believed alone:
``enrolment.py`` combines them by weights learnt on past years of the same history.
Method: docs/method.md eq. 20-36.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analytics.births import BirthSeries
from analytics.enrolment_history import TOTAL_ONLY
from analytics.enrolment_panel import (
    Flags,
    Numbers,
    Panel,
    Whole,
    entry_grades,
    is_steady,
    safe_ratio,
    served,
    summed,
)

# A transition counts half as much for every three years it lies back: the memory of the
# published three-year mean, without its edge.
_HALF_LIFE_YEARS = 3.0
_LEVEL_YEARS = 3
_PLAIN_YEARS = 3
# Fewer ratios than these cannot tell chance from difference.
_FEWEST_RATIOS = 8
# Growth of a district or of a school's own trend beyond these bounds in a year is an event.
_YEARLY_GROWTH = (0.7, 1.4)
_DISTRICT_GROWTH = (0.4, 2.5)
# Span of an unknown school in grades, where only totals are reported: six, a primary school.
UNKNOWN_SPAN_GRADES = 6

# Schools that are seen together, the levels among them, and their births.
Surroundings = tuple[Flags, Sequence[Flags], BirthSeries | None]

COMBINED = (
    "flat",
    "last",
    "before",
    "size",
    "pool",
    "grow",
    "births",
    "births_size",
    "dist",
    "births_dist",
    "own_1",
    "own_3",
    "district_trend",
    "whole_trend",
    "level",
)
BY_CELL = ("flat", "size", "grow", "births", "births_size")


def candidates(
    data: Panel,
    horizon_years: int,
    around: Sequence[Surroundings] = (),
) -> dict[str, Numbers]:
    """Pupils by school x grade x lead under each candidate.

    Parameters
    ----------
    data, horizon_years
        What was known, and how far ahead.
    around
        Schools whose cohorts, trends and sizes are seen together, the levels among them, whose
        growth is their own, and births if there are any; all schools as one where not given.

    Returns
    -------
    ``naive`` (last year again), ``flat`` (progression, the school's own recent intake), ``last``
    (progression, last year's intake), ``before`` (``flat`` in one step more from the year before,
    so that a count odd for one year does not stay), ``size`` (progression, an intake in proportion
    to the school's size), ``pool`` (intakes of ``flat`` and ``size``, the district's ratios),
    ``grow`` (intake follows the district's cohorts), ``births`` (the same, entering as births did),
    ``births_size`` (``size``, its intake moved alike), ``dist`` and
    ``births_dist`` (the growth of the level in the district, likewise), ``own_1``, ``own_3``,
    ``district_trend``, ``whole_trend`` (last years' trends), ``level`` (mean of recent years). Zero
    for schools closed in the last year and for grades not taught in it.

    Method: docs/method.md eq. 21-28, eq. 37.
    """
    taught, steady = served(data), is_steady(data)
    now = data.count[:, :, -1] * taught[:, :, -1]
    serves, entry = taught[:, :, -1], entry_grades(taught[:, :, -1], data.is_linked)
    own, shared = school_ratios(data, taught, steady)
    level = _level(data, taught, steady)
    lead = np.arange(1, horizon_years + 1)
    each = np.ones(len(lead))
    everyone = np.ones(len(now), dtype=bool)
    near = _near(data, now, serves, horizon_years, around or [(everyone, [everyone], None)])

    def project(intake: Numbers, ratio: Numbers, start: Numbers = now) -> Numbers:
        return _projected(start, intake, ratio, serves & entry, serves & ~entry)

    def scaled(growth: Numbers) -> Numbers:
        return now[:, :, None] * growth[:, None, :]

    before = flat = project(level[:, :, None] * each, own)
    if steady.shape[1]:
        year_before = data.count[:, :, -2] * serves
        step_more = project(level[:, :, None] * np.ones(len(lead) + 1), own, year_before)
        before = np.where(steady[:, -1, None, None], step_more[:, :, 1:], flat)
    return {
        "naive": scaled(np.ones((len(now), 1)) * each),
        "flat": flat,
        "last": project(now[:, :, None] * each, own),
        "before": before,
        "size": project(near.size[:, :, None] * each, own),
        "pool": project((level + near.size)[:, :, None] / 2 * each, shared),
        "grow": project(level[:, :, None] * near.grown, own),
        "births": project(level[:, :, None] * near.born, own),
        "births_size": project(near.size[:, :, None] * near.born_now, own),
        "dist": scaled(np.clip(near.total_growth, *_DISTRICT_GROWTH)),
        "births_dist": scaled(np.clip(near.born_growth, *_DISTRICT_GROWTH)),
        "own_1": scaled(_own_trend(data, steady, 1)[:, None] * each),
        "own_3": scaled(_own_trend(data, steady, 3)[:, None] * each),
        "district_trend": scaled(near.district_trend[:, None] ** lead),
        "whole_trend": scaled(near.whole_trend[:, None] ** lead),
        "level": (level * serves)[:, :, None] * each,
    }


@dataclass(frozen=True)
class _Near:
    """What goes on around a school: intake by size, growth by lead, trends; by school.

    ``grown`` and ``born`` are by grade too, against recent years; ``born_now`` against the last.
    """

    size: Numbers
    grown: Numbers
    total_growth: Numbers
    born: Numbers
    born_now: Numbers
    born_growth: Numbers
    district_trend: Numbers
    whole_trend: Numbers


def _near(
    data: Panel, now: Numbers, serves: Flags, years: int, parts: Sequence[Surroundings]
) -> _Near:
    schools, places = len(now), len(data.district_names)
    out = _Near(
        np.zeros_like(now),
        *(np.ones((schools, len(data.grades), years)), np.ones((schools, years))),
        *(np.ones((schools, len(data.grades), years)), np.ones((schools, len(data.grades), years))),
        *(np.ones((schools, years)), np.ones(schools), np.ones(schools)),
    )
    same = np.ones((places, years))
    every_grade = np.ones(len(data.grades), dtype=bool)
    for at, levels, series in parts:
        own = data if at.all() else data.of(at, every_grade)
        of = own.district
        out.size[at] = _intake_by_size(own, now[at], serves[at])
        trend, whole = _district_trend(own)
        out.district_trend[at], out.whole_trend[at] = trend[of], whole
        entering = same if series is None else series.growth(own, years)
        for growth, grown, total in (
            (same, out.grown, out.total_growth),
            (entering, out.born, out.born_growth),
        ):
            pupils, ahead, by_grade = _district_growth(own, growth)
            if series is not None and growth is entering and data.grades[0] == TOTAL_ONLY:
                by_grade[:, 0] = series.growth(own, years, span_grades=UNKNOWN_SPAN_GRADES)
            grown[at] = by_grade[of]
            if growth is entering:
                there = pupils[:, :, None]
                against = np.where(there > 0, ahead / np.maximum(there, 1e-9), by_grade)
                against[:, data.grades == TOTAL_ONLY] = by_grade[:, data.grades == TOTAL_ONLY]
                out.born_now[at] = np.clip(against, *_DISTRICT_GROWTH)[of]
            for level in levels:
                place = data.district[level]
                total[level] = _level_growth(pupils, ahead, now[level], place)[place]
    return out


def _level_growth(pupils: Numbers, ahead: Numbers, now: Numbers, district: Whole) -> Numbers:
    """Growth of a level by district x lead: each grade goes on to be shared as it is now."""
    mine = summed(now, district, len(pupils))
    share = np.where(pupils > 0, mine / np.maximum(pupils, 1e-9), 0.0)
    total = mine.sum(axis=1, keepdims=True)
    grown = (ahead * share[:, :, None]).sum(axis=1)
    return np.asarray(np.where(total > 0, grown / np.maximum(total, 1e-9), 1.0))


def plain_ratios(data: Panel, horizon_years: int) -> Numbers:
    """The published competitor: each school's own ratios, a plain mean of the last three.

    As R package enrollcast documents ``progression_ratios(method = "mean", n_years = 3)``: for
    each grade the ratio to the grade below a year earlier, averaged over the most recent three
    transitions. Its entry grade is given from outside; here the mean of the last three years. A
    ratio it would refuse (nobody in the grade below) is left out, and 1 if none is left.

    Returns
    -------
    Pupils by school x grade x lead.

    Method: docs/method.md eq. 35. Source: CRAN package enrollcast 0.2.0, Webster (1970).
    """
    seen = np.where(data.count > 0, data.pupils, np.nan)
    now = data.count[:, :, -1]
    serves = now > 0
    entry = entry_grades(serves, data.is_linked)
    ratio = np.ones((len(now), max(len(data.grades) - 1, 0)))
    if seen.shape[2] > 1:
        yearly = (seen[:, 1:, 1:] / seen[:, :-1, :-1])[:, :, -_PLAIN_YEARS:]
        ratio = _mean(yearly, 1.0)
    intake = _mean(seen[:, :, -_LEVEL_YEARS:], 0.0)[:, :, None] * np.ones(horizon_years)
    return _projected(now, intake, ratio, serves & entry, serves & ~entry)


def _mean(values: Numbers, otherwise: float) -> Numbers:
    """Mean over the last axis of what is known."""
    known = np.isfinite(values)
    count = known.sum(axis=-1)
    total = np.where(known, values, 0.0).sum(axis=-1)
    return np.asarray(np.where(count > 0, total / np.maximum(count, 1), otherwise))


def _projected(
    now: Numbers, intake: Numbers, ratio: Numbers, enters: Flags, moves_up: Flags
) -> Numbers:
    """Cohorts moved up a grade a year; grades filled from outside take the intake (eq. 21)."""
    out = np.zeros(intake.shape)
    pupils = now
    for lead in range(intake.shape[2]):
        moved = np.zeros_like(now)
        moved[:, 1:] = pupils[:, :-1] * ratio
        pupils = np.where(enters, intake[:, :, lead], np.where(moves_up, moved, 0.0))
        out[:, :, lead] = pupils
    return out


def _age_weights(transitions: int) -> Numbers:
    return 0.5 ** (np.arange(transitions)[::-1] / _HALF_LIFE_YEARS)


def school_ratios(data: Panel, taught: Flags, steady: Flags) -> tuple[Numbers, Numbers]:
    """Progression ratios by school x grade, and those of its district, both shrunken.

    A ratio from few pupils is drawn to the district's, the district's to everybody's, by as much
    as its own chance variation exceeds the true differences between them (empirical Bayes). With
    one year only, pupils of a grade over pupils of the grade below in the same year.

    Returns
    -------
    The school's ratio and its district's, by school x pair of grades.

    Method: docs/method.md eq. 22-23.
    """
    count = data.count
    linked = data.is_linked[None, :]
    if count.shape[2] == 1:
        pair = taught[:, :-1, 0] & taught[:, 1:, 0] & linked
        after, before = count[:, 1:, 0] * pair, count[:, :-1, 0] * pair
        everyone = safe_ratio(after.sum(axis=0), before.sum(axis=0))
        return np.tile(everyone, (len(count), 1)), np.tile(everyone, (len(count), 1))
    pair = taught[:, :-1, :-1] & taught[:, 1:, 1:] & linked[:, :, None] & steady[:, None, :]
    weight = _age_weights(count.shape[2] - 1)
    after = (count[:, 1:, 1:] * pair) @ weight
    before = (count[:, :-1, :-1] * pair) @ weight
    everyone = safe_ratio(after.sum(axis=0), before.sum(axis=0))
    places = len(data.district_names)
    district = shrunken(
        summed(after, data.district, places),
        summed(before, data.district, places),
        np.tile(everyone, (places, 1)),
    )[data.district]
    expected = (before * district).sum(axis=1, keepdims=True)
    habit = shrunken(after.sum(axis=1, keepdims=True), expected, np.ones_like(expected))
    return shrunken(after, before, district * habit), district


def shrunken(after: Numbers, before: Numbers, towards: Numbers) -> Numbers:
    """Ratios ``after / before`` drawn towards a prior ratio (empirical Bayes, eq. 23).

    The squared miss of a prior, (after - towards * before)^2, grows with ``before`` through
    chance and with its square through true differences; the two parts are fitted by weighted
    least squares over all cells, and their quotient is the number of pupils' worth of prior.
    """
    known = before > 0
    size = before[known]
    if len(size) < _FEWEST_RATIOS or np.ptp(size) == 0:
        return towards
    miss = (after[known] - towards[known] * size) ** 2 / size
    # A few reorganised schools must not decide how much everybody is pooled.
    miss = np.minimum(miss, 25 * np.median(miss) + 1e-9)
    slope, chance = np.polyfit(size, miss, 1, w=1 / np.sqrt(1 + size / size.mean()))
    if slope <= 0:
        return towards
    pupils_of_prior = max(chance, 0.1 * miss.mean()) / slope
    drawn: Numbers = (after + pupils_of_prior * towards) / (before + pupils_of_prior)
    return drawn


def _level(data: Panel, taught: Flags, steady: Flags) -> Numbers:
    """Mean of up to three recent years, back to the last break, by school x grade (eq. 24)."""
    total = np.zeros(taught.shape[:2])
    years = np.zeros(taught.shape[:2])
    unbroken = np.ones(len(taught), dtype=bool)
    last = taught.shape[2] - 1
    for year in range(last, max(last - _LEVEL_YEARS, -1), -1):
        use = taught[:, :, year] & unbroken[:, None]
        total += np.where(use, data.count[:, :, year], 0.0)
        years += use
        if year > 0:
            unbroken = unbroken & steady[:, year - 1]
    return np.asarray(total / np.maximum(years, 1))


def _intake_by_size(data: Panel, now: Numbers, serves: Flags) -> Numbers:
    """Every grade as large as the school's size and the district's profile make it (eq. 25)."""
    profile = summed(now, data.district, len(data.district_names))[data.district] * serves
    share = profile / np.maximum(profile.sum(axis=1, keepdims=True), 1e-9)
    return np.asarray(now.sum(axis=1, keepdims=True) * share)


def _district_growth(data: Panel, entering: Numbers) -> tuple[Numbers, Numbers, Numbers]:
    """Each district's grades: now, ahead, and growth against their recent level (eq. 26-27).

    ``entering`` is the growth of the intake by district x lead.
    """
    places = len(entering)
    pupils = summed(data.count, data.district, places)
    known = pupils.sum(axis=1) > 0
    recent = min(_LEVEL_YEARS, pupils.shape[2])
    usual = pupils[:, :, -recent:].sum(axis=2) / np.maximum(known[:, None, -recent:].sum(axis=2), 1)
    one_year = pupils.shape[2] == 1
    both = (known[:, 1:] & known[:, :-1])[:, None, :]
    weight = _age_weights(pupils.shape[2] - 1)
    # Of one year alone: a grade over the grade below, as for schools (eq. 22).
    after = pupils[:, 1:, 0] if one_year else (pupils[:, 1:, 1:] * both) @ weight
    before = pupils[:, :-1, 0] if one_year else (pupils[:, :-1, :-1] * both) @ weight
    everyone = np.tile(safe_ratio(after.sum(axis=0), before.sum(axis=0)), (places, 1))
    ratio = everyone if one_year else shrunken(after, before, everyone)
    ratio = np.where(_is_changing_school(data), _own_ratio(after, before, everyone), ratio)
    serves = pupils[:, :, -1] > 0
    first = entry_grades(serves, data.is_linked)
    intake = usual[:, :, None] * entering[:, None, :]
    grown = _projected(pupils[:, :, -1], intake, ratio, first, serves & ~first)
    base = np.where(usual > 0, usual, np.nan)[:, :, None]
    growth = np.clip(np.nan_to_num(grown / base, nan=1.0), *_DISTRICT_GROWTH)
    return pupils[:, :, -1], grown, growth


def _is_changing_school(data: Panel) -> Flags:
    """Whether most children change schools between two grades, by pair of grades."""
    has = data.count > 0
    pair = data.count[:, :-1] + data.count[:, 1:]
    together = (pair * (has[:, :-1] & has[:, 1:])).sum(axis=(0, 2))
    return np.asarray(2 * together < pair.sum(axis=(0, 2)))


def _own_ratio(after: Numbers, before: Numbers, everyone: Numbers) -> Numbers:
    """Districts' ratios drawn to everybody's, each pair of grades by its own differences.

    Where children change schools they also cross borders: a district with large upper schools takes
    in its neighbours' leavers, and differs from others there as nowhere else (eq. 23). Chance is
    that of a count.
    """
    miss = ((after - everyone * before) ** 2 - everyone * before).sum(axis=0)
    true = np.maximum(miss, 0.0) / np.maximum((before**2).sum(axis=0), 1e-9)
    pupils_of_prior = everyone / np.maximum(true, 1e-9)
    return np.asarray((after + pupils_of_prior * everyone) / (before + pupils_of_prior))


def _own_trend(data: Panel, steady: Flags, back: int) -> Numbers:
    """Yearly growth of a school over the last years; 1 if they were broken (eq. 28)."""
    total = data.count.sum(axis=1)
    if total.shape[1] <= back:
        return np.ones(len(total))
    yearly = safe_ratio(total[:, -1], total[:, -1 - back]) ** (1 / back)
    unbroken = steady[:, -back:].all(axis=1)
    return np.where(unbroken, np.clip(yearly, *_YEARLY_GROWTH), 1.0)


def _district_trend(data: Panel) -> tuple[Numbers, float]:
    """Yearly growth over up to three years: each district's, and everybody's."""
    total = summed(data.count.sum(axis=1), data.district, len(data.district_names))
    back = min(3, total.shape[1] - 1)
    if back == 0:
        return np.ones(len(total)), 1.0
    yearly = safe_ratio(total[:, -1], total[:, -1 - back]) ** (1 / back)
    everyone = safe_ratio(total[:, -1].sum(keepdims=True), total[:, -1 - back].sum(keepdims=True))
    return np.clip(yearly, *_YEARLY_GROWTH), float(
        np.clip(everyone[0] ** (1 / back), *_YEARLY_GROWTH)
    )
