"""Sheets of schools for regrouping: headings known, rows that are no school left out, joined."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from analytics.faults import Fault
from analytics.plain_table import furniture, joined, tables_of
from analytics.readers.headers import KEEP, meaning_of
from analytics.readers.rooms import room_column
from analytics.regrouping_levels import GRADES, grade_columns
from analytics.school_grades import grade_heading, with_parts_summed
from analytics.school_words import level_of

NEEDED = ("npsn", "lat", "lon")
# Headings a total may stand under.
TOTALS = ("pupils", "total", "murid", "jumlah", "pd")

# What the import calls a column of a list of schools, and what this command does.
_OURS: Mapping[str, str] = {
    "npsn": "npsn", "name": "name", "kecamatan": "kecamatan", "village": "desa",
    "latitude": "lat", "longitude": "lon", "classroom_count": "rooms", "pupil_count": "pupils",
    "status": "status", "remote_word": "remote", "special_word": "special",
    "integrated_word": "integrated", "room_good_count": "baik",
    "room_light_count": "rusak_ringan", "room_moderate_count": "rusak_sedang",
    "room_heavy_count": "rusak_berat",
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
    sheets = tables_of(path, "npsn")
    tables = {sheet.name: _with_our_headings(sheet.table) for sheet in sheets}
    whole = []
    for name, table in tables.items():
        absent = [each for each in NEEDED if each not in table]
        absent += [] if grade_columns(table) or set(TOTALS) & set(table) else ["g1..g6"]
        if not absent:
            rows = _without_furniture(path, table, faults)
            whole.append(_with_level(rows, name) if len(sheets) > 1 else rows)
        elif len(sheets) > 1 and len({*_OURS.values(), *TOTALS} & set(table)) > 1:
            details = {"names": ", ".join(absent)}
            faults.append(Fault(f"{path.name} [{name}]", "sheet_left_out", details=details))
    if whole:
        return joined(whole)
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
    return with_parts_summed(text.rename(columns=named))


def _without_furniture(path: Path, text: pd.DataFrame, faults: list[Fault]) -> pd.DataFrame:
    """Rows of schools alone: no empty ones, no totals, no notes, no counted columns; told."""
    text = text.loc[(text != "").any(axis=1)]
    passed = furniture(text, "npsn")
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
