"""The level of every school of a file: as written, by its grades, by its name; never a guess.

A kabupaten or kota merges TK, SD and SMP. Schools of other levels are passed over and counted;
where nothing tells the level and several may be, the row is a fault.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Mapping, Sequence

import pandas as pd

from analytics.faults import Fault, FaultsError
from analytics.readers.headers import KEEP, meaning_of
from analytics.school_words import level_of

GRADES: Mapping[str, range] = {"TK": range(1), "SD": range(1, 7), "SMP": range(7, 10)}
# Who teaches the same grades and is none of ours: a madrasah is of the Ministry of Religion.
_SAME_GRADES: Mapping[str, tuple[str, ...]] = {"SD": ("MI", "SLB"), "SMP": ("MTS", "SLB")}
# What a file of totals alone is about where nothing in it says otherwise.
USUAL = "SD"
# The heading the command documents; others are those the import knows.
_OURS = "level"


def grade_columns(text: pd.DataFrame) -> list[str]:
    """The columns of a file that count the pupils of a grade: g0 (TK), g1 ... g9."""
    grades = [grade for span in GRADES.values() for grade in span]
    return [f"g{grade}" for grade in grades if f"g{grade}" in text]


def levels_of(
    file: str, text: pd.DataFrame, given: Sequence[str], faults: list[Fault]
) -> pd.Series:
    """The level of each school, '' where a fault says that it is not known.

    Parameters
    ----------
    file
        Its name, for the faults.
    text
        One row per school as text, headings as written but in lower case.
    given
        Its columns of grades.
    faults
        Takes ``regroup_level_unknown``, ``regroup_two_levels``, ``regroup_level_missing`` (rows)
        and ``regroup_level_by_name``, ``regroup_level_assumed`` (once).

    Returns
    -------
    ``TK``, ``SD``, ``SMP``, ``SMA`` ... by row: the level a column tells (whatever the import knows
    for one: level, jenjang, bentuk pendidikan), else that of the grades that are filled (of a
    school that calls itself MI, MTs or SLB: that), else that of the name, else the only one the
    file is about.

    Method: docs/method.md eq. 111.
    """
    words = _written(text)
    of_grade = {f"g{grade}": level for level, span in GRADES.items() for grade in span}
    names = text["name"] if "name" in text else pd.Series("", index=text.index)
    grades = text[list(given)].to_dict("records") or [{} for _ in text.index]
    found = dict.fromkeys(text.index, "")
    silent, by_name = [], 0
    for line, cells in zip(text.index, grades, strict=True):
        told = [level_of(word) for word in words[line]]
        filled = _filled(cells, of_grade)
        if any(told):
            found[line] = next(level for level in told if level)
        elif words[line]:
            faults.append(Fault(file, "regroup_level_unknown", int(line), _OURS, words[line][0]))
        elif len(filled) > 1:
            faults.append(Fault(file, "regroup_two_levels", int(line), "g1..g9"))
        elif filled:
            (level,) = filled
            found[line] = (
                own if (own := _called(names[line])) in _SAME_GRADES.get(level, ()) else level
            )
        elif level := _called(names[line]):
            found[line] = level
            by_name += 1
        else:
            silent.append(line)
    if by_name:
        faults.append(Fault(file, "regroup_level_by_name", details={"count": by_name}))
    levels = pd.Series(found, index=text.index, dtype="str")
    may_be = {*levels, *(of_grade[name] for name in given)} - {""} or {USUAL}
    if silent and len(may_be) == 1 and may_be <= set(GRADES):
        (only,) = may_be
        levels[silent] = only
        details = {"count": len(silent), "level": only}
        faults.append(Fault(file, "regroup_level_assumed", details=details))
    elif silent:
        details = {"name": ", ".join(sorted(may_be))}
        faults += [
            Fault(file, "regroup_level_missing", int(line), _OURS, details=details)
            for line in silent
        ]
    return levels


def passed_over(
    file: str, levels: pd.Series, asked: Sequence[str], faults: list[Fault]
) -> pd.Series:
    """Which schools are of other levels than those asked for (none: than TK, SD, SMP), and told.

    Raises
    ------
    FaultsError
        Where nothing is left; with the errors found before.
    """
    wanted = tuple(asked) or tuple(GRADES)
    other = ~levels.isin([*wanted, ""])
    counted = levels[other].value_counts().sort_index()
    details = {
        "count": int(other.sum()),
        "name": ", ".join(f"{level} {count}" for level, count in counted.items()),
        "level": ", ".join(wanted),
    }
    if len(levels) and other.all():
        errors = [fault for fault in faults if fault.severity == "error"]
        raise FaultsError([*errors, Fault(file, "regroup_level_none", details=details)])
    if other.any():
        faults.append(Fault(file, "regroup_level_passed", details=details))
    return other


def _written(text: pd.DataFrame) -> pd.Series:
    """What each row writes in columns of levels, ours first, then as the import ranks them."""
    rank = {heading: -1 for heading in text.columns if heading == _OURS}
    for heading in text.columns.difference([_OURS]):
        meaning = meaning_of(str(heading), "school")
        is_level = meaning.column == "level" and meaning.policy == KEEP
        # 'Jenis sekolah' may hold something else altogether.
        if is_level and any(level_of(cell) for cell in text[heading].unique()):
            rank[heading] = meaning.rank
    columns = sorted(rank, key=lambda heading: rank[heading])
    cells = [[cell for cell in row if cell not in ("", "-")] for row in text[columns].to_numpy()]
    return pd.Series(cells, index=text.index, dtype="object")


def _called(name: str) -> str:
    """The level a name begins with; '' for none: Mi'raj is no MI."""
    return "" if re.match(r"\s*\w+['\u2019`]", name) else level_of(name)


def _filled(cells: Mapping[Hashable, str], of_grade: Mapping[str, str]) -> set[str]:
    """The levels whose grades hold pupils; where none does, whose grades are written at all."""
    written = {name: cell for name, cell in cells.items() if cell not in ("", "-")}
    holding = {of_grade[str(name)] for name, cell in written.items() if cell.strip("0.,") != ""}
    if holding:
        return holding
    told = {of_grade[str(name)] for name in written}
    return told if len(told) == 1 else set()
