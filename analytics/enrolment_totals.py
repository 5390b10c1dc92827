"""How far past forecasts missed districts, single grades and the whole: bands of sums.

A band of a sum is learnt from misses of that sum, as forecast in past years, and is no sum of
bands. Sums run over all levels. Method: docs/method.md eq. 31-33, eq. 38.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analytics.combining import Spread, expected_share, spread, spread_ahead, surer, whole_spread
from analytics.enrolment_origins import LevelViews
from analytics.enrolment_panel import Flags, Numbers
from analytics.enrolment_weights import (
    Errors,
    came_cells,
    joined_errors,
    made_cells,
    past_origins,
)


@dataclass(frozen=True)
class TotalSpreads:
    """Laws of misses by lead: of districts, of the whole, and of grades of either.

    ``district_grades`` and ``grades`` are by (whether the children are in the level already, lead).
    """

    districts: list[Spread]
    whole: list[Spread]
    district_grades: dict[bool, list[Spread]]
    grades: dict[bool, list[Spread]]


def shared_origins(levels: Sequence[LevelViews], at: int, lead: int) -> list[int]:
    """Past years in which every one of these levels was forecast, and whose outcome is known."""
    past = [set(past_origins(level, at, lead)) for level in levels]
    return sorted(set.intersection(*past)) if past else []


def is_cohort(present: Flags, cells: Numbers) -> Flags:
    """Grades most of whose children are in their school already, by grade."""
    there = (cells * present).sum(axis=0)
    return np.asarray(2 * there >= cells.sum(axis=0))


def total_spreads(
    levels: Sequence[LevelViews],
    at: int,
    pupils: Numbers,
    fallback: tuple[Spread, Spread],
) -> TotalSpreads:
    """Laws of the misses of sums over these levels, learnt on years before ``at``.

    Parameters
    ----------
    levels
        All of a history, or one of them.
    at
        Origin.
    pupils
        Pupils of that year by grade of the whole panel.
    fallback
        Laws of a school and of a cell at one year ahead, for sums never seen.
    """
    places = len(levels[0].data.district_names)
    several = places > 1
    leads = range(1, levels[0].horizon_years + 1)
    districts: list[Spread | None] = []
    whole: list[Spread | None] = []
    parts: dict[bool, list[Spread | None]] = {True: [], False: []}
    grades: dict[bool, list[Spread | None]] = {True: [], False: []}
    usual = float(np.median(pupils[pupils > 0]))
    for lead in leads:
        past = shared_origins(levels, at, lead)
        made = [_made(levels, origin, lead, len(pupils)) for origin in past]
        district, all_ = _errors_of_sums([(said.sum(1), came.sum(1)) for said, came, _ in made])
        law = spread(*district, len(past)) if several else None
        districts.append(law)
        expected = expected_share(law, float(pupils.sum()))
        whole.append(whole_spread(all_, lead, expected, len(past)))
        for cohort in (True, False):
            chosen = [(said, came, there == cohort) for said, came, there in made]
            part = joined_errors([_known(said[:, use], came[:, use]) for said, came, use in chosen])
            law = spread(*part, len(past)) if several else None
            parts[cohort].append(law)
            missed = [
                _relative(said[:, use].sum(0), came[:, use].sum(0)) for said, came, use in chosen
            ]
            misses = np.concatenate(missed) if missed else np.zeros(0)
            expected = expected_share(law, usual)
            grades[cohort].append(whole_spread(misses, lead, expected, len(past)))
    school, cell = fallback
    if not several:
        whole_law = spread_ahead(whole, school)
        grade_laws = _by_entry(grades, dict.fromkeys(grades, cell), usual)
        return TotalSpreads(whole_law, whole_law, grade_laws, grade_laws)
    district_law = spread_ahead(districts, school)
    part_laws = _by_entry(parts, dict.fromkeys(parts, cell), usual / places)
    return TotalSpreads(
        district_law,
        spread_ahead(whole, district_law[0]),
        part_laws,
        _by_entry(grades, {one: law[0] for one, law in part_laws.items()}, usual),
    )


def _by_entry(
    seen: dict[bool, list[Spread | None]], fallback: dict[bool, Spread], usual: float
) -> dict[bool, list[Spread]]:
    """Laws of grades whose children are there and of those yet to enter: the first never wider.

    Few grades teach the first at long leads; who is in school already is no less certain for it.
    """
    ahead = {one: spread_ahead(law, fallback[one]) for one, law in seen.items()}
    there = [surer(own, new, usual) for own, new in zip(ahead[True], ahead[False], strict=True)]
    return {True: there, False: ahead[False]}


def _made(
    levels: Sequence[LevelViews], origin: int, lead: int, grades: int
) -> tuple[Numbers, Numbers, Flags]:
    """Said and came by district x grade, and whether a grade's children were in school then."""
    places = len(levels[0].data.district_names)
    said, came = np.zeros((places, grades)), np.zeros((places, grades))
    there, all_ = np.zeros(grades), np.zeros(grades)
    for level in levels:
        said[:, level.grades] += made_cells(level, origin, lead)
        came[:, level.grades] += came_cells(level, origin + lead)
        seen = level.origins[origin]
        there[level.grades] += (seen.cell_now * seen.present[:, :, lead - 1]).sum(axis=0)
        all_[level.grades] += seen.cell_now.sum(axis=0)
    return said, came, 2 * there >= all_


def _errors_of_sums(made: list[tuple[Numbers, Numbers]]) -> tuple[Errors, Numbers]:
    """Misses of districts, and relative misses of the whole."""
    whole = [_relative(np.array([said.sum()]), np.array([came.sum()])) for said, came in made]
    districts = joined_errors([_known(said, came) for said, came in made])
    return districts, np.concatenate(whole) if whole else np.zeros(0)


def _known(said: Numbers, came: Numbers) -> Errors:
    use = (said > 0) & (came > 0)
    return said[use], (came - said)[use]


def _relative(said: Numbers, came: Numbers) -> Numbers:
    use = (said > 0) & (came > 0)
    return np.asarray(came[use] / said[use] - 1)
