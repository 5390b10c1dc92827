"""Which schools are learnt together: levels, as the history itself or its ``level`` column says.

Weights learnt on SD and SMP together fit neither; but who will be in grade VII sits in grade VI
today, so a level looks at the schools that send it their leavers. Method: docs/method.md eq. 37.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analytics.enrolment_history import TOTAL_ONLY
from analytics.enrolment_panel import Flags, Panel, Whole

# Grades next to each other belong to one level unless fewer than one pupil in three of the two is
# in a school that teaches both.
_TOGETHER_SHARE = 1 / 3
# Where a level begins, it has at least half as many pupils as in its fullest grade.
_ENTRY_SHARE = 0.5
# A grade is fed by the one below if most of its children can sit there and most of those can go on.
_FED_RATIO = (0.5, 1.5)
TOTALS = "total"


@dataclass(frozen=True)
class Level:
    """Schools learnt together.

    ``schools`` marks them, by school of the panel; ``around`` marks them and all that feed them,
    at any remove. ``entry_grade`` is where the level begins, None for schools known by total only.
    """

    name: str
    schools: Flags
    around: Flags
    entry_grade: int | None


def school_levels(data: Panel) -> tuple[Level, ...]:
    """The levels of a panel, from the lowest grades up; every school is in exactly one.

    A level is a run of grades that are taught under one roof, and its schools are those that have
    most of their pupils in it. Schools whose level is told are learnt by what is told; a school
    without a word goes with those that teach what it teaches.

    Method: docs/method.md eq. 37.
    """
    told = data.levels
    name = _names(data, told)
    found = []
    for one in sorted(set(name)):
        schools = np.asarray(name == one)
        found.append(Level(one, schools, schools, _entry_grade(data, schools)))
    found.sort(key=lambda level: (_lowest(data, level.schools), level.name))
    return tuple(_with_neighbours(data, found))


def _names(data: Panel, told: npt.NDArray[np.object_]) -> npt.NDArray[np.object_]:
    """The level of every school by name."""
    run, block = _runs(data), _block_of_school(data)
    name = np.array([_run_name(data, run, one) for one in block], dtype=object)
    is_told = told != ""
    if not is_told.any():
        return name
    size = data.count.sum(axis=(1, 2))
    for one in set(block[~is_told]):
        alike = is_told & (block == one)
        names = sorted(set(told[alike]))
        if names:
            pupils = [float(size[alike & (told == each)].sum()) for each in names]
            name[block == one] = names[int(np.argmax(pupils))]
    name[is_told] = told[is_told]
    return name


def _runs(data: Panel) -> Whole:
    """The run of grades taught under one roof that each grade belongs to, by number."""
    count = data.count
    has = count > 0
    both = has[:, :-1] & has[:, 1:]
    pair = count[:, :-1] + count[:, 1:]
    together = (pair * both).sum(axis=(0, 2)) >= _TOGETHER_SHARE * pair.sum(axis=(0, 2))
    return np.concatenate([[0], np.cumsum(~(together & data.is_linked))]).astype(np.int64)


def _block_of_school(data: Panel) -> Whole:
    """The run of grades that holds most of a school's pupils, in the last year it had any."""
    run, count = _runs(data), data.count
    open_ = count.sum(axis=1) > 0
    last = open_.shape[1] - 1 - np.argmax(open_[:, ::-1], axis=1)
    now = count[np.arange(len(count)), :, last]
    pupils = np.stack([now[:, run == one].sum(axis=1) for one in range(run[-1] + 1)], axis=1)
    return np.asarray(pupils.argmax(axis=1), dtype=np.int64)


def _run_name(data: Panel, run: Whole, one: int) -> str:
    grades = data.grades[run == one]
    if grades[0] == TOTAL_ONLY:
        return TOTALS
    return f"{grades[0]}-{grades[-1]}" if len(grades) > 1 else str(grades[0])


def _lowest(data: Panel, schools: Flags) -> int:
    """The lowest grade these schools had pupils in."""
    taught = (data.count[schools] > 0).any(axis=(0, 2))
    return int(data.grades[taught][0]) if taught.any() else int(data.grades[0])


def _entry_grade(data: Panel, schools: Flags) -> int | None:
    """The grade in which most children enter these schools."""
    pupils = data.count[schools].sum(axis=(0, 2))
    pupils = np.where(data.grades == TOTAL_ONLY, 0.0, pupils)
    if not pupils.any():
        return None
    return int(data.grades[np.flatnonzero(pupils >= _ENTRY_SHARE * pupils.max())[0]])


def _with_neighbours(data: Panel, found: list[Level]) -> list[Level]:
    """Each level with all it is tied to: who feeds it, whom it feeds, and theirs in turn."""
    around = [level.schools for level in found]
    for place, level in enumerate(found):
        for before in range(place):
            if _feeds(data, found[before], level) or _feeds(data, level, found[before]):
                tied = around[before] | around[place]
                around = [tied if (tied & one).any() else one for one in around]
    return [
        Level(one.name, one.schools, tied, one.entry_grade)
        for one, tied in zip(found, around, strict=True)
    ]


def _feeds(data: Panel, lower: Level, upper: Level) -> bool:
    """Whether most of who enters ``upper`` can come from the grade below, taught in ``lower``."""
    if lower.entry_grade is None or upper.entry_grade is None:
        return False
    below = np.flatnonzero(data.grades == upper.entry_grade - 1)
    if not len(below) or lower.entry_grade >= upper.entry_grade:
        return False
    column, by_grade = int(below[0]), data.count.sum(axis=0)
    if not data.count[lower.schools, column].any():
        return False
    later = slice(1, None) if by_grade.shape[1] > 1 else slice(None)
    leavers = by_grade[column, :-1] if by_grade.shape[1] > 1 else by_grade[column]
    entrants = by_grade[column + 1, later]
    known = (leavers > 0) & (entrants > 0)
    if not known.any():
        return False
    ratio = float(entrants[known].sum() / leavers[known].sum())
    return _FED_RATIO[0] <= ratio <= _FED_RATIO[1]
