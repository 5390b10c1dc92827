"""Of schools: classrooms by condition, and whether a school is remote, special or integrated.

Lists count the rooms of a school in a row, or have a row for every room; then its classrooms are
counted here. What a list does not say stays unknown, never no.
"""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pandas as pd

from analytics import checks_cells as cell
from analytics.checks_findings import Findings, cells_of, texts_of
from analytics.readers import Reading
from analytics.readers.rooms import ROOM_COLUMNS

# What a list says in words -> the flag of ours, and the field of data/wordings.csv beside yes_no.
FLAGS = {
    "remote_word": ("is_remote", "remote"),
    "border_word": ("is_remote", "remote"),
    "special_word": ("is_special", "special"),
    "integrated_word": ("is_integrated", "integrated"),
}
FLAG_COLUMNS = ("is_remote", "is_special", "is_integrated")
# Further facts of a school that come in lists of their own.
DESCRIBED = (*ROOM_COLUMNS, *FLAG_COLUMNS)
SPECIAL_LEVELS = ("SLB", "SDLB", "SMPLB", "SMALB", "TKLB")
_CLASSROOM = re.compile(r"\b(?:ruang|r)\.?\s*(?:teori|kelas|belajar)|^\s*kelas\b|\brkb\b", re.I)
_NPSN = re.compile(r"[0-9PKT]\d{7}")


def tells_of_schools(reading: Reading) -> bool:
    """Whether a list counts pupils, classes or staff of schools, or only describes them."""
    counts = {"pupil_count", "rombel_count", "teacher_count", "staff_count"}
    return bool(counts & set(reading.rows.columns))


def counted_by_school(reading: Reading, findings: Findings) -> Reading:
    """A list with a row for every room as one row per school and year, its classrooms counted.

    Other lists come back as they are. A condition nobody knows is ``room_condition_unknown``.
    """
    rows = reading.rows
    if "room_condition" not in rows:
        return reading
    kinds = texts_of(reading, "room_kind")
    is_classroom = [not kind or bool(_CLASSROOM.search(kind)) for kind in kinds]
    known = cell.wordings("room_condition")
    found = []
    for at, (written, counts) in enumerate(
        zip(texts_of(reading, "room_condition"), is_classroom, strict=True)
    ):
        name = known.get(_folded(written), "")
        if counts and written and not name:
            findings.add("room_condition_unknown", at, "room_condition", written)
        found.append(name if counts else "")
    keys = ["npsn", *(["school_year"] if "school_year" in rows else [])]
    by_school = [rows[key].map(lambda own: cell.text(own)) for key in keys]
    told = pd.Series(found, index=rows.index)
    one = rows.groupby(by_school, sort=False)
    first = rows.loc[~pd.concat(by_school, axis=1).duplicated()].copy()
    place = one.ngroup()
    for name in ROOM_COLUMNS:
        first[name] = (told == name).groupby(place).sum().to_numpy()
    if "classroom_count" not in first:
        first["classroom_count"] = (
            pd.Series(is_classroom, index=rows.index).groupby(place).sum().to_numpy()
        )
    return replace(reading, rows=first.reset_index(drop=True))


def exemptions(reading: Reading, findings: Findings, level: pd.Series) -> pd.DataFrame:
    """``is_remote``, ``is_special``, ``is_integrated``: boolean, NA where the list is silent.

    A school of a special level (SLB, SDLB ...) is special whatever the list says. A mark that is
    neither yes nor no is ``flag_unknown``.
    """
    told = {name: np.full(len(reading.rows), None, dtype=object) for name in FLAG_COLUMNS}
    for column, (name, field) in FLAGS.items():
        if column not in reading.rows.columns:
            continue
        words = cell.wordings("yes_no") | cell.wordings(field)
        for at, written in enumerate(texts_of(reading, column)):
            answer = words.get(_folded(written), "")
            if name == "is_integrated" and _NPSN.fullmatch(written.strip()):
                answer = "yes"  # the school it shares a roof with
            if answer == "yes":
                told[name][at] = True
            elif answer == "no" and told[name][at] is None:
                told[name][at] = False
            elif written and not answer:
                findings.add("flag_unknown", at, column, cells_of(reading, column)[at])
    special = level.str.upper().isin(SPECIAL_LEVELS).fillna(False).to_numpy(dtype=bool)
    told["is_special"][special] = True
    return pd.DataFrame({name: pd.array(own, dtype="boolean") for name, own in told.items()})


def check_rooms(findings: Findings, schools: pd.DataFrame) -> pd.DataFrame:
    """Schools with classrooms filled from their parts; ``room_condition_sum`` where they differ."""
    parts = schools[list(ROOM_COLUMNS)].astype("Int64")
    summed = parts.sum(axis=1, skipna=False)
    for at in np.flatnonzero((summed != schools["classroom_count"]).fillna(False)):
        findings.add(
            "room_condition_sum", int(at), "classroom_count", schools["classroom_count"].iloc[at],
            sum=int(summed.iloc[at]), rooms=int(schools["classroom_count"].iloc[at]),
        )  # fmt: skip
    return schools.assign(classroom_count=schools["classroom_count"].fillna(summed))


def _folded(written: str) -> str:
    return " ".join(re.findall(r"[a-z0-9✓]+", written.casefold()))
