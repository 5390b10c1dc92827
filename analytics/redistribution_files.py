"""The files of ``redistribute``: teachers, needs, schools and a plan of mergers, checked.

Read as text first, every fault with file, row, column and value.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import pandas as pd

from analytics.checks_cells import UNKNOWN, by_value, wordings
from analytics.checks_cells import employment as employment_in
from analytics.checks_cells import golongan as rank_in
from analytics.checks_cells import text as written_text
from analytics.faults import Fault, FaultsError
from analytics.plain_table import SUM, placed, plain_number
from analytics.redistribution_rows import refuse_different
from analytics.redistribution_table import (
    Table,
    births_of,
    days_of,
    degrees_of,
    faulty,
    filled,
    numbered,
    numbers,
    once,
    read,
    refuse,
    whole_of,
    years_of,
)
from analytics.school_grades import grade_heading, mismatches, with_parts_summed
from analytics.school_words import level_of, status_of

# What in a column of status says that somebody is simply there.
_PRESENT = ("", "aktif", "active", "in_post", "bertugas", "01", "71")
_GENERAL_POSTS = ("guru", "mapel", "guru mapel", "guru_mapel", "guru mata pelajaran")
_NO_CERTIFICATE = ("-", "belum", "tidak", "tidak ada", "belum sertifikasi", "none", "n/a", "0")
_GRADE = re.compile(r"g(\d{1,2})")


@dataclass(frozen=True, eq=False)
class TeacherRows:
    """A list of teachers, typed: ``rows`` as ``one_row_each`` takes them.

    ``found``: what is to know and no error, such as rows left out because they equal another in
    every column.
    """

    rows: pd.DataFrame
    found: list[Fault]


def teachers(path: Path, on: date | None = None) -> TeacherRows:
    """``--teachers``: one row per person, or per person, school and post.

    Rows that are the same in every column are one written twice. ``post`` and
    ``certificate_subject`` stay as written.

    Parameters
    ----------
    on
        The day on which they are in service, which a day of birth must allow; None: today.

    Raises
    ------
    FaultsError
        With every fault of the file.
    """
    table = read(path, ("person_id", "npsn", "post"), ("teacher", "roster"))
    is_equal = table.rows.duplicated()
    table = replace(table, rows=table.rows.loc[~is_equal])
    faults: list[Fault] = []
    person = plain_number(filled(table, "person_id", faults))
    school = numbered(table, faults)
    post = filled(table, "post", faults)
    if "subject" in table.rows:
        # "guru mapel" says nothing of what is taught; the column beside it does.
        general = post.str.casefold().isin(_GENERAL_POSTS) & table.text("subject").ne("")
        post = post.mask(general, table.text("subject"))
    employment = _understood(table, "employment", employment_in)
    ranks = table.text("golongan").map(rank_in)
    faulty(table, "golongan", ranks == UNKNOWN, "move_rank_unknown", faults)
    status = table.text("status").str.casefold()
    proof = table.text("certificate_subject")
    frame = pd.DataFrame(
        {
            "person_id": person,
            "npsn": school,
            "post": post,
            "certificate_subject": proof.mask(proof.str.casefold().isin(_NO_CERTIFICATE), ""),
            "hours": numbers(table, "hours", faults),
            "retires_on": days_of(table, "retires_on", faults),
            "birth_date": births_of(table, "birth_date", on or date.today(), faults),
            "employment": employment,
            "rank": ranks,
            "step": table.text("jenjang").str.casefold().str.replace("ahli ", "", regex=False),
            "home_kecamatan": table.text("home_kecamatan"),
            "apart": status.mask(status.isin(_PRESENT), ""),
            "is_base": _says_yes(table, "base"),
        }
    )
    refuse_different(frame, table.path.name, faults)
    refuse(table, faults)
    found = _unknown_words(table, "employment", employment, "move_employment_unknown")
    if is_equal.any():
        count = {"count": int(is_equal.sum())}
        found.append(Fault(table.path.name, "teaching_hours_repeated", details=count))
    return TeacherRows(frame, [*table.passed, *placed(found, path)])


@dataclass(frozen=True, eq=False)
class NeedRows:
    """A list of needs, typed.

    ``needs``: ``npsn``, ``post``, ``school_year``, ``needed_count``, ``hours``. ``found``: what is
    to know and no error.
    """

    needs: pd.DataFrame
    found: list[Fault]


def needs(path: Path, norm: float) -> NeedRows:
    """``--needs``: one row per school, post and, where told, school year (NA: not told).

    The file that ``teachers`` writes fits too: rows ``total`` (or jumlah) are passed over and its
    ``needed_fte`` gives the hours.

    Raises
    ------
    FaultsError
        With every fault of the file.
    """
    table = read(path, ("npsn", "post", "needed"))
    table = replace(table, rows=table.rows.loc[~table.text("post").str.match(SUM)])
    if table.rows.empty:
        raise FaultsError([Fault(path.name, "move_file_empty")])
    faults: list[Fault] = []
    school, post = numbered(table, faults), filled(table, "post", faults)
    year = years_of(table, "school_year", faults)
    needed = whole_of(table, "needed", "move_whole_invalid", faults)
    hours = numbers(table, "hours", faults)
    if "hours" not in table.rows and "needed_fte" in table.rows:
        hours = numbers(table, "needed_fte", faults) * norm
    # The level of a post is part of what our own file tells apart.
    key = school + "\n" + post.str.casefold() + "\n" + table.text("level").str.casefold()
    # A row without a year is of any: no other row may be of its post.
    of_any = year.groupby(key).transform("first").where(year.isna(), year)
    told_year = of_any.astype("object").where(of_any.notna(), "").astype("str")
    once(table, (key + "\n" + told_year).where(school.ne("") & post.ne(""), ""), "post",
          ("sekolah, jabatan dan tahun", "school, post and year"), faults)  # fmt: skip
    refuse(table, faults)
    frame = pd.DataFrame(
        {"npsn": school, "post": post, "school_year": year, "needed_count": needed, "hours": hours}
    )
    keys = ["npsn", "post", "school_year"]
    whole = frame.groupby(keys, dropna=False, sort=True).agg(
        needed_count=("needed_count", "sum"), hours=("hours", lambda own: own.sum(min_count=1))
    )
    return NeedRows(whole.reset_index().astype({"needed_count": "int64"}), [*table.passed])


@dataclass(frozen=True, eq=False)
class SchoolRows:
    """A list of schools, typed.

    ``schools``: ``npsn``, ``name``, ``latitude``, ``longitude``, ``kecamatan``, ``status``,
    ``level``. ``cells``: ``npsn``, ``grade``, ``pupil_count``, ``level``. ``found``: what is to
    know and no error.
    """

    schools: pd.DataFrame
    cells: pd.DataFrame
    found: list[Fault]


def schools(path: Path) -> SchoolRows:
    """``--schools``: the schools, and their pupils by grade where columns ``g1`` ... tell them.

    Headings are those the import knows in lists of schools.

    Raises
    ------
    FaultsError
        With every fault of the file. Coordinates that are numbers and cannot be right are no
        fault of the file: they are findings.
    """
    table = read(path, ("npsn", "lat", "lon"), ("school",))
    faults: list[Fault] = []
    school = numbered(table, faults)
    once(table, school, "npsn", ("sekolah", "school"), faults)
    status = _understood(table, "status", status_of)
    faulty(table, "status", status == UNKNOWN, "move_school_status_unknown", faults)
    level = _understood(table, "level", level_of)
    faulty(table, "level", level == UNKNOWN, "move_school_level_unknown", faults)
    frame = pd.DataFrame(
        {
            "npsn": school,
            "name": table.text("name"),
            "latitude": degrees_of(table, "lat", faults),
            "longitude": degrees_of(table, "lon", faults),
            "kecamatan": table.text("kecamatan"),
            "status": status,
            "level": level,
        }
    )
    parts = []
    rows, differ = with_parts_summed(_with_grades(table.rows))
    table = replace(table, rows=rows)
    for column in table.rows.columns:
        grade = _GRADE.fullmatch(str(column))
        if grade and int(grade.group(1)) <= 12:
            pupils = numbers(table, str(column), faults)
            parts.append(frame[["npsn", "level"]].assign(
                grade=int(grade.group(1)), pupil_count=pupils))  # fmt: skip
    refuse(table, faults)
    cells = pd.concat(parts).dropna(subset=["pupil_count"]) if parts else pd.DataFrame()
    found = [*table.passed, *placed(mismatches(path.name, differ), path)]
    found += [
        Fault(path.name, code, details={"count": int(own.eq("").sum())})
        for code, own in (
            ("move_school_status_missing", status),
            ("move_school_level_missing", level),
        )
        if own.eq("").any()
    ]
    return SchoolRows(frame.reset_index(drop=True), cells.reset_index(drop=True), found)


def _with_grades(rows: pd.DataFrame) -> pd.DataFrame:
    """Pupils of a grade under ``g1`` ..., whatever they are headed (Kelas 1, Kelas I L and P)."""
    named: dict[str, str] = {}
    for heading in rows.columns:
        # An x beside a y is a coordinate, no tenth grade.
        grade = "" if heading == "x" and "y" in rows else grade_heading(str(heading))
        if grade and grade not in rows and grade not in named.values():
            named[str(heading)] = grade
    return rows.rename(columns=named)


def plan(path: Path, school_year: int) -> tuple[dict[str, str], dict[str, float]]:
    """``--plan``: closing school -> receiver, and the km of those ways where told.

    Rows with a ``school_year`` after the one asked for are still to come and left out.

    Raises
    ------
    FaultsError
        With every fault of the file.
    """
    table = read(path, ("npsn", "action", "into"))
    faults: list[Fault] = []
    school, action = numbered(table, faults), table.text("action").str.casefold()
    once(table, school, "npsn", ("sekolah", "school"), faults)
    faulty(table, "action", ~action.isin(["open", "merge"]), "plan_action_unknown", faults)
    into = plain_number(table.text("into"))
    year = years_of(table, "school_year", faults)
    km = numbers(table, "distance_km", faults)
    closing = action == "merge"
    gone = set(school[closing])
    faulty(table, "into", closing & (into.eq("") | into.isin(list(gone))),
            "plan_receiver_missing", faults)  # fmt: skip
    refuse(table, faults)
    now = closing & (year.isna() | (year <= school_year).fillna(False))
    merges = dict(zip(school[now], into[now], strict=True))
    told = now & km.notna()
    return merges, dict(zip(school[told], km[told].astype(float), strict=True))


def _says_yes(table: Table, column: str) -> pd.Series:
    words = wordings("yes_no")
    return table.text(column).str.casefold().map(lambda text: words.get(text, "no") == "yes")


def _understood(table: Table, column: str, fact: Callable[[str], str]) -> pd.Series:
    """What the words of a column mean; '' where empty, ``?`` where they are not understood."""
    text = table.text(column)

    def meant(cell: object) -> str:
        told = written_text(cell)
        return (fact(told) or UNKNOWN) if told else ""

    return pd.Series(by_value(text, meant), index=text.index, dtype="str")


def _unknown_words(table: Table, column: str, understood: pd.Series, code: str) -> list[Fault]:
    """A finding for each word that is not understood, at its first row."""
    words = table.text(column)[understood == UNKNOWN]
    return [
        Fault(table.path.name, code, int(own.index[0]), column, str(word), {"count": len(own)})
        for word, own in words.groupby(words, sort=False)
    ]
