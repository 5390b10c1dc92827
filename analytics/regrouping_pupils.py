"""Pupils by grade of every school of a file, and every count that contradicts another."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from analytics.faults import Fault
from analytics.regrouping_levels import GRADES
from analytics.school_grades import BLANK, count_of
from analytics.teachers import evenly_by_grade


def pupils_by_grade(  # noqa: PLR0913 - the columns a file may say it in
    file: str,
    text: pd.DataFrame,
    given: Sequence[str],
    total: str | None,
    level: pd.Series,
    faults: list[Fault],
) -> pd.DataFrame:
    """Whole pupils by grade, as told by grade, by a total, or by both.

    Parameters
    ----------
    file
        Its name, for the faults.
    text
        One row per school as text.
    given, total
        Its columns of grades, and that of totals where there is one.
    level
        By row, as :func:`analytics.regrouping_levels.levels_of` gives it.
    faults
        Takes ``regroup_pupils_invalid``, ``regroup_pupils_missing``, ``regroup_rest_spread``,
        ``regroup_total_differs`` (rows), ``regroup_spread_evenly`` and ``regroup_grades_missing``
        (once).

    Returns
    -------
    By row and grade (1 to 9; 0 too where a TK is among them). A total without grades is spread
    evenly over those of the level, and what a total has more than the grades that are written
    evenly over those that are not; where every grade is written the grades hold.

    Method: docs/method.md eq. 51, 110.
    """
    has_kindergarten = level.eq("TK").any() or "g0" in given
    columns = [grade for span in GRADES.values() for grade in span if grade or has_kindergarten]
    pupils = pd.DataFrame(0, index=text.index, columns=columns, dtype="int64")
    told = pd.DataFrame(False, index=text.index, columns=columns)
    for name in given:
        numbers = [count_of(cell) for cell in text[name]]
        for line, cell, number in zip(text.index, text[name], numbers, strict=True):
            if number is None:
                faults.append(Fault(file, "regroup_pupils_invalid", int(line), name, cell))
        counted = pd.Series([number is not None for number in numbers], index=text.index)
        pupils[int(name[1:])] = pd.Series([number or 0 for number in numbers], index=text.index)
        told[int(name[1:])] = counted & ~text[name].isin(BLANK)
    spread = _spread(file, text, total, level, told, faults)
    for grade, numbers_of in spread.items():
        pupils[grade] = numbers_of.reindex(text.index).fillna(pupils[grade]).astype("int64")
    has_total = text[total].isin(BLANK).eq(False) if total else pd.Series(False, index=text.index)
    written = pupils.sum(axis=1)
    for line in text.index[has_total & told.any(axis=1) & level.isin(list(GRADES))]:
        number = count_of(text.loc[line, total])
        if number is not None and number != written[line]:
            _reconcile(file, int(line), str(total), number, GRADES[level[line]],
                       pupils, told, faults)  # fmt: skip
    for one in sorted(set(level[~has_total]) & set(GRADES)):
        lacking = [f"g{grade}" for grade in GRADES[one] if f"g{grade}" not in text]
        if len(lacking) < len(GRADES[one]) and lacking:
            details = {"name": ", ".join(lacking), "level": one}
            faults.append(Fault(file, "regroup_grades_missing", details=details))
    return pupils


def _spread(  # noqa: PLR0913 - as above
    file: str,
    text: pd.DataFrame,
    total: str | None,
    level: pd.Series,
    told: pd.DataFrame,
    faults: list[Fault],
) -> dict[int, pd.Series]:
    """Pupils by line of each grade, of schools that tell a total alone; that is said."""
    spread = []
    for line in text.index[~told.any(axis=1)]:
        cell = text.loc[line, total] if total else ""
        number = count_of(cell)
        if number is None:
            faults.append(Fault(file, "regroup_pupils_invalid", int(line), total or "", cell))
        elif cell in BLANK:
            faults.append(Fault(file, "regroup_pupils_missing", int(line), total or "g1..g6"))
        elif level[line] in GRADES:
            spread.append((line, level[line], number))
    if not spread:
        return {}
    faults.append(Fault(file, "regroup_spread_evenly", details={"count": len(spread)}))
    rows = pd.DataFrame(spread, columns=["npsn", "level", "pupil_count"])
    even = evenly_by_grade(rows.assign(school_year=0))
    by_grade = even.groupby("grade")
    return {int(str(one)): own.set_index("npsn")["pupil_count"] for one, own in by_grade}


def _reconcile(  # noqa: PLR0913 - one row of two tables, and what it says twice
    file: str,
    line: int,
    column: str,
    total: int,
    grades: range,
    pupils: pd.DataFrame,
    told: pd.DataFrame,
    faults: list[Fault],
) -> None:
    """Hold the grades of a row against its total; what is left over goes to the blank grades."""
    written = int(pupils.loc[line].sum())
    # Grades that are all nought beside a total were never filled in.
    empty = [grade for grade in grades if written == 0 or not told.loc[line, grade]]
    rest = total - written
    details = {"sum": written, "total": total, "rest": rest,
               "name": ", ".join(f"g{grade}" for grade in empty)}  # fmt: skip
    if rest < 0 or not empty:
        faults.append(
            Fault(file, "regroup_total_differs", line, column, str(total), details=details)
        )
        return
    share, left = divmod(rest, len(empty))
    for at, grade in enumerate(empty):
        pupils.loc[line, grade] = share + (at < left)
    faults.append(Fault(file, "regroup_rest_spread", line, column, str(total), details=details))
