"""The files of ``redistribute``: teachers, needs, schools and a plan of mergers, checked.

Read as text first, every fault with file, row, column and value.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from analytics.checks_cells import UNKNOWN, wordings
from analytics.checks_cells import golongan as rank_in
from analytics.faults import Fault, FaultsError
from analytics.plain_table import plain_number
from analytics.redistribution_rows import refuse_different
from analytics.redistribution_table import (
    Table,
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

# What in a column of status says that somebody is simply there.
_PRESENT = ("", "aktif", "active", "in_post", "bertugas", "01", "71")
_GENERAL_POSTS = ("guru", "mapel", "guru mapel", "guru_mapel", "guru mata pelajaran")
_EMPLOYMENT = {
    "P3K": "PPPK", "PPPK PW": "PPPK_PW", "PPPK PARUH WAKTU": "PPPK_PW",
    "P3K PARUH WAKTU": "PPPK_PW", "HONORER": "honorer", "NON ASN": "honorer", "GTT": "honorer",
}  # fmt: skip
_NO_CERTIFICATE = ("-", "belum", "tidak", "tidak ada", "belum sertifikasi", "none", "n/a", "0")
_TOTAL = "total"
_GRADE = re.compile(r"g(\d{1,2})")


@dataclass(frozen=True, eq=False)
class TeacherRows:
    """A list of teachers, typed: ``rows`` as ``one_row_each`` takes them.

    ``equal_count``: rows left out because they equal another in every column.
    """

    rows: pd.DataFrame
    equal_count: int


def teachers(path: Path) -> TeacherRows:
    """``--teachers``: one row per person, or per person, school and post.

    Rows that are the same in every column are one written twice. ``post`` and
    ``certificate_subject`` stay as written.

    Raises
    ------
    FaultsError
        With every fault of the file.
    """
    table = read(path, ("person_id", "npsn", "post"))
    is_equal = table.rows.duplicated()
    table = Table(table.path, table.rows.loc[~is_equal])
    faults: list[Fault] = []
    person = plain_number(filled(table, "person_id", faults))
    school = numbered(table, faults)
    post = filled(table, "post", faults)
    if "subject" in table.rows:
        # "guru mapel" says nothing of what is taught; the column beside it does.
        general = post.str.casefold().isin(_GENERAL_POSTS) & table.text("subject").ne("")
        post = post.mask(general, table.text("subject"))
    employment = table.text("employment").str.upper().str.replace(r"[^A-Z0-9]+", " ", regex=True)
    employment = employment.str.strip().replace(_EMPLOYMENT)
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
            "employment": employment,
            "rank": ranks,
            "step": table.text("jenjang").str.casefold().str.replace("ahli ", "", regex=False),
            "home_kecamatan": table.text("home_kecamatan"),
            "apart": status.mask(status.isin(_PRESENT), ""),
            "is_base": _says_yes(table, "base"),
        }
    )
    refuse_different(frame, table.path.name, faults)
    refuse(faults)
    return TeacherRows(frame, int(is_equal.sum()))


def needs(path: Path, norm: float) -> pd.DataFrame:
    """``--needs``: one row per school, post and, where told, school year (NA: not told).

    The file that ``teachers`` writes fits too: its rows ``total`` are passed over and its
    ``needed_fte`` gives the hours.

    Raises
    ------
    FaultsError
        With every fault of the file.
    """
    table = read(path, ("npsn", "post", "needed"))
    table = Table(table.path, table.rows.loc[(table.text("post").str.casefold() != _TOTAL)])
    if table.rows.empty:
        raise FaultsError([Fault(path.name, "move_file_empty")])
    faults: list[Fault] = []
    school, post = numbered(table, faults), filled(table, "post", faults)
    year = years_of(table, "school_year", faults)
    needed = whole_of(table, "needed", "move_whole_invalid", faults)
    hours = numbers(table, "hours", faults)
    if "hours" not in table.rows and "needed_fte" in table.rows:
        hours = numbers(table, "needed_fte", faults) * norm
    key = school + "\n" + post.str.casefold() + "\n" + year.astype("str")
    # The level of a post is part of what our own file tells apart.
    level = table.text("level").str.casefold()
    once(table, (key + "\n" + level).where(school.ne("") & post.ne(""), ""), "post",
          ("sekolah, jabatan dan tahun", "school, post and year"), faults)  # fmt: skip
    refuse(faults)
    frame = pd.DataFrame(
        {"npsn": school, "post": post, "school_year": year, "needed_count": needed, "hours": hours}
    )
    keys = ["npsn", "post", "school_year"]
    whole = frame.groupby(keys, dropna=False, sort=True).agg(
        needed_count=("needed_count", "sum"), hours=("hours", lambda own: own.sum(min_count=1))
    )
    return whole.reset_index().astype({"needed_count": "int64"})


def schools(path: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    """``--schools``: the schools, and their pupils by grade where columns ``g1`` ... tell them.

    Returns
    -------
    ``npsn``, ``name``, ``latitude``, ``longitude``, ``kecamatan``, ``status``, ``level``; and
    ``npsn``, ``grade``, ``pupil_count``, ``level``.

    Raises
    ------
    FaultsError
        With every fault of the file. Coordinates that are numbers and cannot be right are no
        fault of the file: they are findings.
    """
    table = read(path, ("npsn", "lat", "lon"))
    faults: list[Fault] = []
    school = numbered(table, faults)
    once(table, school, "npsn", ("sekolah", "school"), faults)
    status = table.text("status").str.casefold()
    known = wordings("school_status")
    frame = pd.DataFrame(
        {
            "npsn": school,
            "name": table.text("name"),
            "latitude": degrees_of(table, "lat", faults),
            "longitude": degrees_of(table, "lon", faults),
            "kecamatan": table.text("kecamatan"),
            "status": status.map(lambda text: known.get(text, text)),
            "level": table.text("level").str.upper(),
        }
    )
    parts = []
    for column in table.rows.columns:
        grade = _GRADE.fullmatch(str(column))
        if grade and int(grade.group(1)) <= 12:
            pupils = numbers(table, str(column), faults)
            parts.append(frame[["npsn", "level"]].assign(
                grade=int(grade.group(1)), pupil_count=pupils))  # fmt: skip
    refuse(faults)
    cells = pd.concat(parts).dropna(subset=["pupil_count"]) if parts else pd.DataFrame()
    return frame.reset_index(drop=True), cells.reset_index(drop=True)


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
    refuse(faults)
    now = closing & (year.isna() | (year <= school_year).fillna(False))
    merges = dict(zip(school[now], into[now], strict=True))
    told = now & km.notna()
    return merges, dict(zip(school[told], km[told].astype(float), strict=True))


def _says_yes(table: Table, column: str) -> pd.Series:
    words = wordings("yes_no")
    return table.text(column).str.casefold().map(lambda text: words.get(text, "no") == "yes")
