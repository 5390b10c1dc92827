"""Pupils to rombel: under the ceiling, rounded up per school and grade.

Method: docs/method.md eq. 50-51.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.rules import RuleBook
from analytics.teachers_law import AS_LAW, HIGHEST_GRADE, NeedChoice, class_size, first_day

Whole = NDArray[np.int64]

# Grade -> level where a list does not say the level; grades above have no level in scope.
_LEVEL_OF_GRADE = np.array([0, *[1] * 6, *[2] * 3, *[3] * 3])
_GRADES = {"TK": (0, 0), "SD": (1, 6), "SMP": (7, 9), "SMA": (10, 12)}
LEVELS = tuple(_GRADES)


def rombel(
    cells: pd.DataFrame, rulebook: RuleBook, on: date | None = None, choice: NeedChoice = AS_LAW
) -> pd.DataFrame:
    """Classes needed under the ceiling, rounded up per school and grade.

    Parameters
    ----------
    cells
        One row per school, school year and grade: ``npsn``, ``school_year``, ``grade`` (0 TK, 1-6
        SD, 7-9 SMP, 10-12 SMA), ``pupil_count`` (a forecast may have fractions: rounded to whole
        pupils first). ``level`` where known, else the grade tells it.
    on
        The day whose law is asked for every year; None: the law on the first day of each school
        year.

    Returns
    -------
    ``cells`` with a new index and ``level``, ``max_pupils``, ``rombel_count`` (whole),
    ``rombel_unrounded`` (pupils / ceiling) and ``class_size_rule_id``. No pupils, no rombel.

    Raises
    ------
    RuleError
        When no row of ``class_size.csv`` answers for a level on a day.
    ValueError
        When a cell stands twice or pupils are negative or missing.

    Method: docs/method.md eq. 50.
    """
    _refuse_cells(cells)
    level, names = _levels(cells)
    result = cells.reset_index(drop=True)
    code, kinds = _distinct(level, cells["school_year"].to_numpy())
    chosen = {name.upper(): most for name, most in choice.class_sizes}
    most, ids = [], []
    for number, year in kinds:
        name = names[number]
        usual, rule_id = class_size(rulebook, name, on or first_day(year))
        most.append(chosen.get(name.upper(), usual))
        ids.append("pilihan" if name.upper() in chosen else rule_id)
    ceiling = np.array(most, dtype=float)[code] if len(code) else np.zeros(0)
    pupils = np.rint(cells["pupil_count"].to_numpy(dtype=float))
    return result.assign(
        level=text_of(names, level),
        max_pupils=ceiling.astype(np.int64),
        # Rounding up per school and grade, never on the total: a district of forty half-empty
        # classes is the finding, and a district-wide ratio would hide it.
        rombel_count=np.ceil(pupils / ceiling).astype(np.int64),
        rombel_unrounded=pupils / ceiling,
        class_size_rule_id=text_of(ids, code),
    )


def evenly_by_grade(totals: pd.DataFrame) -> pd.DataFrame:
    """School totals spread evenly over the grades of the level, for lists without grades.

    Parameters
    ----------
    totals
        One row per school and school year: ``npsn``, ``school_year``, ``level``, ``pupil_count``.

    Returns
    -------
    One row per grade, with every column of ``totals``, and ``grade``. ``pupil_count``: whole
    pupils, lower grades take the remainder; sums equal the totals. Levels other than TK, SD, SMP,
    SMA and their equivalents are left out. True grades are less even: where they hold about one
    full class, rombel may be off either way.

    Method: docs/method.md eq. 51.
    """
    known = totals["pupil_count"].notna() & totals["level"].notna()
    rows = totals.loc[known]
    alike = {"MI": "SD", "MTS": "SMP", "MA": "SMA", "SMK": "SMA", "MAK": "SMA", "RA": "TK"}
    upper = rows["level"].astype("str").str.upper()
    grades = upper.replace(alike)
    rows = rows.loc[grades.isin(list(_GRADES))]
    spans = np.array([_GRADES[level] for level in grades.loc[rows.index]], dtype=np.int64)
    first, last = spans.reshape(-1, 2).T
    count = last - first + 1
    pupils = np.rint(rows["pupil_count"].to_numpy(dtype=float)).astype(np.int64)
    spread = rows.loc[rows.index.repeat(count)].reset_index(drop=True)
    step = np.arange(len(spread)) - np.repeat(np.cumsum(count) - count, count)
    share, left = np.divmod(np.repeat(pupils, count), np.repeat(count, count))
    return spread.assign(grade=np.repeat(first, count) + step, pupil_count=share + (step < left))


def lowest_level(rows: pd.DataFrame) -> pd.Series:
    """The lowest level of each school, by ``npsn``.

    Parameters
    ----------
    rows
        ``npsn``, ``level``; several rows a school.
    """
    order = {level: at for at, level in enumerate(LEVELS)}
    rows = rows.loc[rows["npsn"].notna()]
    level, names = pd.factorize(rows["level"], use_na_sentinel=False)
    ranks = np.array([order.get(str(name).upper(), len(order)) for name in names], dtype=np.int64)
    school, schools = pd.factorize(rows["npsn"])
    # Of each school the lowest level, of equals the first that stands.
    first = np.lexsort((ranks[level], school)) if len(rows) else level
    first = first[np.unique(school[first], return_index=True)[1]]
    lowest = rows["level"].iloc[first]
    return lowest.set_axis(pd.Index(schools, name="npsn"))


def _refuse_cells(cells: pd.DataFrame) -> None:
    missing = [c for c in ("npsn", "school_year", "grade", "pupil_count") if c not in cells]
    if missing:
        raise ValueError(f"cells have no column {', '.join(missing)}")
    pupils = cells["pupil_count"]
    if pupils.isna().any() or not np.isfinite(pupils.to_numpy(dtype=float)).all():
        raise ValueError("pupil_count is missing in some cells; leave those cells out")
    if (pupils < 0).any():
        raise ValueError("pupil_count is negative in some cells; write 0 or more")
    grades = cells["grade"].to_numpy()
    if len(grades) and (grades.min() < 0 or grades.max() > HIGHEST_GRADE):
        raise ValueError(f"grade is outside 0 to {HIGHEST_GRADE} in some cells")
    twice = _twice(cells)
    if twice is not None:
        raise ValueError(
            f"school {twice['npsn']}, {twice['school_year']}, grade {twice['grade']} stands twice;"
            " keep one row"
        )


def _twice(cells: pd.DataFrame) -> pd.Series | None:
    """The first row of a school, year and grade that stood before; None where none does."""
    school, year = pd.factorize(cells["npsn"])[0], pd.factorize(cells["school_year"])[0]
    grade = cells["grade"].to_numpy(dtype=np.int64)
    key = (school * (year.max(initial=0) + 1) + year) * (HIGHEST_GRADE + 1) + grade
    seen = pd.Series(key).duplicated().to_numpy()
    return cells.loc[seen].iloc[0] if seen.any() else None


def _levels(cells: pd.DataFrame) -> tuple[Whole, list[str]]:
    """The level of each cell, what the list says, else what the grade says; and their names."""
    by_grade = _LEVEL_OF_GRADE[cells["grade"].to_numpy(dtype=np.int64)]
    if "level" not in cells:
        return by_grade, list(LEVELS)
    code, told = pd.factorize(cells["level"])
    names = [str(name) for name in told]
    blank = np.array([*(not name for name in names), True])[code]
    return np.where(blank, len(names) + by_grade, code), [*names, *LEVELS]


def _distinct(level: Whole, year: np.ndarray) -> tuple[Whole, list[tuple[int, int]]]:
    """The number of each row's level and year, and what the numbers stand for."""
    year_code, years = pd.factorize(year)
    code, pairs = pd.factorize(level * max(len(years), 1) + year_code)
    kinds = [(int(p // len(years)), int(years[p % len(years)])) for p in pairs]
    return code, kinds


def text_of(texts: Sequence[str], code: np.ndarray) -> pd.api.extensions.ExtensionArray:
    """The text that each code stands for."""
    return pd.array(list(texts) or [""], dtype="str").take(code)
