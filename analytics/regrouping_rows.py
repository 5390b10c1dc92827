"""Sheets of schools for regrouping: headings known, rows that are no school left out, joined."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from analytics.faults import Fault
from analytics.plain_table import furniture, joined, tables_of
from analytics.readers.headers import KEEP, POINT, meaning_of
from analytics.readers.points import parted_point
from analytics.readers.rooms import room_column
from analytics.regrouping_levels import GRADES, grade_columns
from analytics.regrouping_school_years import (
    YEAR,
    newest_columns,
    newest_rows,
    once,
    without_year,
)
from analytics.school_grades import TOTALS, grade_heading, is_part, mismatches, with_parts_summed
from analytics.school_words import level_of

NEEDED = ("npsn", "lat", "lon")

# What the import calls a column of a list of schools, and what this command does.
_OURS: Mapping[str, str] = {
    "npsn": "npsn", "name": "name", "kecamatan": "kecamatan", "village": "desa",
    "latitude": "lat", "longitude": "lon", "classroom_count": "rooms", "pupil_count": "pupils",
    "status": "status", "remote_word": "remote", "special_word": "special",
    "integrated_word": "integrated", "room_good_count": "baik",
    "room_light_count": "rusak_ringan", "room_moderate_count": "rusak_sedang",
    "room_heavy_count": "rusak_berat", "school_year": YEAR,
}  # fmt: skip


def schools_of(path: Path, faults: list[Fault]) -> pd.DataFrame:
    """Every sheet that lists schools with their pupils as one table.

    Parameters
    ----------
    faults
        Takes the sheets and rows that are left out.

    Returns
    -------
    Cells as text under the names of the command; where no sheet has what is needed, the first.

    Raises
    ------
    FaultsError
        As :func:`analytics.plain_table.tables_of`.
    """
    sheets = tables_of(path, "npsn", joins=_is_heading)
    tables: dict[str, pd.DataFrame] = {}
    found: dict[str, list[Fault]] = {}
    for sheet in sheets:
        own = found.setdefault(sheet.name, [])
        file = path.name if len(sheets) == 1 else f"{path.name} [{sheet.name}]"
        own += [Fault(file, "heading_twice", column=each) for each in sheet.twice if _is_used(each)]
        table = newest_columns(sheet.table, _counts_pupils, path.name, own)
        text = _without_furniture(path, _with_our_headings(table), own)
        tables[sheet.name], differ = with_parts_summed(_with_points_parted(text))
        own += mismatches(path.name, differ)
    whole = []
    for name, table in tables.items():
        absent = [each for each in NEEDED if each not in table]
        absent += [] if grade_columns(table) or set(TOTALS) & set(table) else ["g1..g6"]
        if not absent:
            faults += found[name]
            whole.append(_with_level(table, name) if len(sheets) > 1 else table)
        elif len(sheets) > 1 and len({*_OURS.values(), *TOTALS} & set(table)) > 1:
            details = {"names": ", ".join(absent)}
            faults.append(Fault(f"{path.name} [{name}]", "sheet_left_out", details=details))
    if whole:
        return newest_rows(once(joined(whole), path.name, faults), path.name, faults)
    faults.clear()
    return tables[sheets[0].name]


def _with_level(text: pd.DataFrame, sheet: str) -> pd.DataFrame:
    """Beside other sheets its grades, or its name, say of which level the schools of one are."""
    if any(meaning_of(str(each), "school").column == "level" for each in text.columns):
        return text
    told = {
        level for level, span in GRADES.items() if any(f"g{grade}" in text for grade in span)
    } or {level_of(sheet)}
    if len(told) > 1 or told == {""}:
        return text
    (only,) = told
    # A school that names its level itself is of that one.
    names = text.get("name", pd.Series("", index=text.index))
    return text.assign(level=[("" if level_of(name) else only) for name in names])


def _with_our_headings(text: pd.DataFrame) -> pd.DataFrame:
    """A table of schools with headings of Dapodik lists under the names of this command."""
    points = {"lat", "lon"} & {*text.columns, *(_our_heading(str(each)) for each in text.columns)}
    if {"x", "y"} <= set(text.columns) and not points:
        # Beside a y an x is no tenth grade.
        text = text.rename(columns={"x": "lon", "y": "lat"})
    taken = set(text.columns)
    named: dict[str, str] = {}
    for heading in text.columns:
        ours = _our_heading(str(heading))
        if ours and ours not in taken:
            named[heading] = ours
            taken.add(ours)
    return text.rename(columns=named)


def _with_points_parted(text: pd.DataFrame) -> pd.DataFrame:
    """Latitude and longitude of a column that holds both, where no other column tells them."""
    if {"lat", "lon"} & set(text):
        return text
    for heading in text.columns:
        meaning = meaning_of(str(heading), "school")
        if meaning.column == POINT and meaning.policy == KEEP:
            both = [parted_point(cell) for cell in text[heading]]
            return text.assign(lat=[lat for lat, _ in both], lon=[lon for _, lon in both])
    return text


def _is_heading(heading: str) -> bool:
    """Whether a list of schools knows a column so called."""
    plain, year = without_year(heading)
    if year:
        return _counts_pupils(plain)
    return _is_used(heading) or meaning_of(heading, "school").policy == KEEP


def counts_school(heading: str) -> bool:
    """Whether a column so called counts all pupils of a school."""
    plain = heading.casefold()
    return plain in TOTALS or _our_heading(plain) == "pupils"


def _counts_pupils(heading: str) -> bool:
    """Whether a column so called counts pupils: of a grade, a sex or the whole school."""
    plain = heading.casefold()
    return is_part(plain) or bool(grade_heading(plain)) or counts_school(plain)


def _is_used(heading: str) -> bool:
    """Whether a plan rests on a column so called."""
    plain = heading.casefold()
    ours = plain if plain in {*NEEDED, *TOTALS, *_OURS.values()} else _our_heading(plain)
    return (bool(ours) and ours != "name") or is_part(plain)


def _without_furniture(path: Path, text: pd.DataFrame, faults: list[Fault]) -> pd.DataFrame:
    """Rows of schools alone: no empty ones, no totals, no notes, no counted columns; told."""
    if "npsn" not in text:
        return text
    text = text.loc[(text != "").any(axis=1)]
    passed = furniture(text)
    for line in text.index[passed]:
        cell = text.loc[line, "npsn"] or next(one for one in text.loc[line] if one)
        faults.append(Fault(path.name, "regroup_row_passed", int(line), "npsn", cell))
    return text.loc[~passed]


def _our_heading(heading: str) -> str:
    if grade := grade_heading(heading):
        return grade
    room = room_column([heading])
    meaning = meaning_of(heading, "school")
    column = room or (meaning.column if meaning.policy == KEEP else "")
    return _OURS.get(column, "")
