"""The files of ``redistribute``: teachers, needs, schools and a plan of mergers, checked.

Read as text first, every fault with file, row, column and value. Columns are found by name
whatever their order, case or spaces; what a column may be called stands in ``_ALSO``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd

from analytics.checks_cells import UNKNOWN, degrees, wordings
from analytics.checks_cells import golongan as rank_in
from analytics.faults import Fault, FaultsError
from analytics.plain_table import rows_of
from analytics.redistribution_rows import People, one_row_each

_ALSO: Mapping[str, tuple[str, ...]] = {
    "person_id": ("nip", "id"),
    "npsn": ("school_id",),
    "post": ("subject", "jabatan", "mapel"),
    "certificate_subject": ("certificate", "sertifikat", "bidang_sertifikasi"),
    "hours": ("jp", "jam"),
    "retires_on": ("tmt_pensiun", "bup_on"),
    "employment": ("status_kepegawaian",),
    "golongan": ("rank", "gol"),
    "jenjang": ("step",),
    "home_kecamatan": ("kecamatan_rumah", "home"),
    "status": ("keterangan",),
    "base": ("induk", "ptk_induk", "satmin", "satminkal", "sekolah_induk"),
    "needed": ("needed_count", "kebutuhan"),
    "school_year": ("year", "tahun"),
    "lat": ("latitude", "lintang"),
    "lon": ("lng", "longitude", "bujur"),
    "level": ("jenjang_sekolah", "bentuk"),
    "name": ("nama",),
    "distance_km": ("km",),
}
# What in a column of status says that somebody is simply there.
_PRESENT = ("", "aktif", "active", "in_post", "bertugas", "01", "71")
_GENERAL_POSTS = ("guru", "mapel", "guru mapel", "guru_mapel", "guru mata pelajaran")
_EMPLOYMENT = {
    "P3K": "PPPK", "PPPK PW": "PPPK_PW", "PPPK PARUH WAKTU": "PPPK_PW",
    "P3K PARUH WAKTU": "PPPK_PW", "HONORER": "honorer", "NON ASN": "honorer", "GTT": "honorer",
}  # fmt: skip
_NO_CERTIFICATE = ("-", "belum", "tidak", "tidak ada", "belum sertifikasi", "none", "n/a", "0")
_TOTAL = "total"
_DEEPEST_HEADER = 20
_GRADE = re.compile(r"g(\d{1,2})")
_DAY = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})|(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})")
_NUMBER = re.compile(r"-?\d+(?:[.,]\d+)?")


@dataclass(frozen=True, eq=False)
class Table:
    """A file as text: ``rows`` indexed by the row number a spreadsheet shows."""

    path: Path
    rows: pd.DataFrame

    def text(self, column: str) -> pd.Series:
        """A column without spaces around; blank where the file has none."""
        if column in self.rows:
            return self.rows[column].str.strip()
        return pd.Series("", index=self.rows.index, dtype="str")


def read(path: Path, needed: Sequence[str]) -> Table:
    """A CSV, or the first sheet of a workbook, as text, its columns under our names.

    Raises
    ------
    FaultsError
        When the file is no table, has no rows, or lacks a needed column.
    """
    try:
        lines, numbers = rows_of(path)
    except FaultsError as error:
        broken = {fault.code for fault in error.faults} & {"file_broken", "file_empty"}
        raise FaultsError(
            [Fault(path.name, "move_file_unreadable")] if broken else error.faults
        ) from error
    top = _header(lines, needed)
    if top is None:
        raise FaultsError([Fault(path.name, "move_file_unreadable")])
    names = _our_names(_folded(lines[top]))
    width = len(names)
    numbered = [
        (at, (line + [""] * width)[:width])
        for at, line in zip(numbers[top + 1 :], lines[top + 1 :], strict=True)
        if any(cell.strip() for cell in line)
    ]
    missing = [column for column in needed if column not in names]
    if missing:
        raise FaultsError(
            Fault(path.name, "history_column_missing", column=column,
                  details={"column_name": column, "needed": ", ".join(needed)})
            for column in missing
        )  # fmt: skip
    if not numbered:
        raise FaultsError([Fault(path.name, "move_file_empty")])
    frame = pd.DataFrame(
        [line for _, line in numbered], columns=names, index=[at for at, _ in numbered], dtype="str"
    )
    return Table(path, frame.loc[:, ~frame.columns.duplicated()])


def _header(lines: Sequence[Sequence[str]], needed: Sequence[str]) -> int | None:
    """The row of headings: the first that has most of what is needed; None: nothing is filled."""
    filled = [at for at, line in enumerate(lines) if any(line)][:_DEEPEST_HEADER]

    def score(at: int) -> int:
        return len(set(needed) & set(_our_names(_folded(lines[at]))))

    return max(filled, key=lambda at: (score(at), -at)) if filled else None


def _folded(line: Sequence[str]) -> list[str]:
    return [re.sub(r"[^a-z0-9]+", "_", each.casefold()).strip("_") for each in line]


def teachers(path: Path) -> People:
    """``--teachers``: one row per person, or per person, school and post.

    Rows that are the same in every column are one written twice. ``post`` and
    ``certificate_subject`` stay as written.

    Raises
    ------
    FaultsError
        With every fault of the file.
    """
    table = read(path, ("person_id", "npsn", "post"))
    table = Table(table.path, table.rows.loc[~table.rows.duplicated()])
    faults: list[Fault] = []
    person = _plain_number(_filled(table, "person_id", faults))
    school = _numbered(table, faults)
    post = _filled(table, "post", faults)
    if "subject" in table.rows:
        # "guru mapel" says nothing of what is taught; the column beside it does.
        general = post.str.casefold().isin(_GENERAL_POSTS) & table.text("subject").ne("")
        post = post.mask(general, table.text("subject"))
    employment = table.text("employment").str.upper().str.replace(r"[^A-Z0-9]+", " ", regex=True)
    employment = employment.str.strip().replace(_EMPLOYMENT)
    ranks = table.text("golongan").map(rank_in)
    _faulty(table, "golongan", ranks == UNKNOWN, "move_rank_unknown", faults)
    status = table.text("status").str.casefold()
    proof = table.text("certificate_subject")
    frame = pd.DataFrame(
        {
            "person_id": person,
            "npsn": school,
            "post": post,
            "certificate_subject": proof.mask(proof.str.casefold().isin(_NO_CERTIFICATE), ""),
            "hours": _numbers(table, "hours", faults),
            "retires_on": _days(table, "retires_on", faults),
            "employment": employment,
            "rank": ranks,
            "step": table.text("jenjang").str.casefold().str.replace("ahli ", "", regex=False),
            "home_kecamatan": table.text("home_kecamatan"),
            "apart": status.mask(status.isin(_PRESENT), ""),
            "is_base": _says_yes(table, "base"),
        }
    )
    people = one_row_each(frame, table.path.name, faults)
    _refuse(faults)
    return replace(people, staff=people.staff.reset_index(drop=True))


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
    school, post = _numbered(table, faults), _filled(table, "post", faults)
    year = _whole(table, "school_year", "history_year_invalid", faults, may_be_blank=True)
    needed = _whole(table, "needed", "move_whole_invalid", faults)
    hours = _numbers(table, "hours", faults)
    if "hours" not in table.rows and "needed_fte" in table.rows:
        hours = _numbers(table, "needed_fte", faults) * norm
    key = school + "\n" + post.str.casefold() + "\n" + year.astype("str")
    # The level of a post is part of what our own file tells apart.
    level = table.text("level").str.casefold()
    _once(table, (key + "\n" + level).where(school.ne("") & post.ne(""), ""), "post",
          ("sekolah, jabatan dan tahun", "school, post and year"), faults)  # fmt: skip
    _refuse(faults)
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
    school = _numbered(table, faults)
    _once(table, school, "npsn", ("sekolah", "school"), faults)
    status = table.text("status").str.casefold()
    known = wordings("school_status")
    frame = pd.DataFrame(
        {
            "npsn": school,
            "name": table.text("name"),
            "latitude": _degrees(table, "lat", faults),
            "longitude": _degrees(table, "lon", faults),
            "kecamatan": table.text("kecamatan"),
            "status": status.map(lambda text: known.get(text, text)),
            "level": table.text("level").str.upper(),
        }
    )
    parts = []
    for column in table.rows.columns:
        grade = _GRADE.fullmatch(str(column))
        if grade and int(grade.group(1)) <= 12:
            pupils = _numbers(table, str(column), faults)
            parts.append(frame[["npsn", "level"]].assign(
                grade=int(grade.group(1)), pupil_count=pupils))  # fmt: skip
    _refuse(faults)
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
    school, action = _numbered(table, faults), table.text("action").str.casefold()
    _once(table, school, "npsn", ("sekolah", "school"), faults)
    _faulty(table, "action", ~action.isin(["open", "merge"]), "plan_action_unknown", faults)
    into = _plain_number(table.text("into"))
    year = _whole(table, "school_year", "history_year_invalid", faults, may_be_blank=True)
    km = _numbers(table, "distance_km", faults)
    closing = action == "merge"
    gone = set(school[closing])
    _faulty(table, "into", closing & (into.eq("") | into.isin(list(gone))),
            "plan_receiver_missing", faults)  # fmt: skip
    _refuse(faults)
    now = closing & (year.isna() | (year <= school_year).fillna(False))
    merges = dict(zip(school[now], into[now], strict=True))
    told = now & km.notna()
    return merges, dict(zip(school[told], km[told].astype(float), strict=True))


def _says_yes(table: Table, column: str) -> pd.Series:
    words = wordings("yes_no")
    return table.text(column).str.casefold().map(lambda text: words.get(text, "no") == "yes")


def _our_names(headers: Sequence[str]) -> list[str]:
    ours = {header: header for header in headers}
    for name, others in _ALSO.items():
        if name not in headers:
            for other in others:
                if other in headers and ours[other] == other:
                    ours[other] = name
                    break
    return [ours[header] for header in headers]


def _filled(table: Table, column: str, faults: list[Fault]) -> pd.Series:
    text = table.text(column)
    _faulty(table, column, text == "", "move_cell_missing", faults, column_name=column)
    return text


def _numbered(table: Table, faults: list[Fault]) -> pd.Series:
    """The schools of a table, as text whatever a spreadsheet made of the number."""
    return _plain_number(_filled(table, "npsn", faults))


def _plain_number(text: pd.Series) -> pd.Series:
    return text.str.lstrip("'").str.removesuffix(".0")


def _once(
    table: Table, key: pd.Series, column: str, thing: tuple[str, str], faults: list[Fault]
) -> None:
    first: dict[str, int] = {}
    written = table.text(column)
    for row, value in key.items():
        if value and value in first:
            faults.append(
                Fault(table.path.name, "move_duplicate", int(row), column, written[row],
                      {"first_row": first[value], "thing_id": thing[0], "thing_en": thing[1]})
            )  # fmt: skip
        first.setdefault(str(value), int(row))


def _faulty(
    table: Table, column: str, bad: pd.Series, code: str, faults: list[Fault], **details: object
) -> None:
    written = table.text(column)
    faults += [
        Fault(table.path.name, code, int(row), column, written[row], details)
        for row in bad.index[bad.to_numpy(dtype=bool)]
    ]


def _refuse(faults: list[Fault]) -> None:
    if faults:
        raise FaultsError(sorted(faults, key=lambda fault: (fault.row or 0, fault.column)))


def _parsed(
    table: Table, column: str, code: str, faults: list[Fault], value: Callable[[str], float | None]
) -> pd.Series:
    text = table.text(column)
    found = pd.Series([value(each) if each else np.nan for each in text], index=text.index,
                      dtype="object")  # fmt: skip
    wrong = pd.Series([each is None for each in found], index=text.index)
    _faulty(table, column, wrong, code, faults)
    return pd.Series([np.nan if each is None else each for each in found], index=text.index,
                     dtype="float64")  # fmt: skip


def _number(text: str) -> float | None:
    return float(text.replace(",", ".")) if _NUMBER.fullmatch(text) else None


def _numbers(table: Table, column: str, faults: list[Fault]) -> pd.Series:
    def value(text: str) -> float | None:
        number = _number(text)
        return number if number is not None and number >= 0 else None

    return _parsed(table, column, "move_number_invalid", faults, value)


def _degrees(table: Table, column: str, faults: list[Fault]) -> pd.Series:
    def value(text: str) -> float | None:
        told = degrees(text)
        return told if isinstance(told, float) else _number(text)

    return _parsed(table, column, "move_degrees_invalid", faults, value)


def _whole(
    table: Table, column: str, code: str, faults: list[Fault], may_be_blank: bool = False
) -> pd.Series:
    def value(text: str) -> float | None:
        number = _number(text)
        return number if number is not None and number >= 0 and number % 1 == 0 else None

    found = _parsed(table, column, code, faults, value)
    if not may_be_blank:
        _faulty(table, column, table.text(column) == "", code, faults)
    return found.astype("Int64")


def _days(table: Table, column: str, faults: list[Fault]) -> pd.Series:
    days: list[date | None] = []
    wrong: list[bool] = []
    for text in table.text(column):
        day = _day(text) if text else None
        days.append(day)
        wrong.append(bool(text) and day is None)
    _faulty(table, column, pd.Series(wrong, index=table.rows.index), "move_date_invalid", faults)
    return pd.Series(pd.to_datetime(pd.Series(days, dtype="object")).to_numpy("datetime64[us]"),
                     index=table.rows.index)  # fmt: skip


def _day(text: str) -> date | None:
    found = _DAY.fullmatch(text.partition("T")[0].partition(" ")[0])
    if not found:
        return None
    y, m, d, d2, m2, y2 = found.groups()
    try:
        return date(int(y or y2), int(m or m2), int(d or d2))
    except ValueError:
        return None
