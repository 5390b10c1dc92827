"""A file of schools for regrouping, typed, with every fault in it.

What a file does not say is said: totals spread over the grades, rooms that are not known. A
coordinate that cannot be believed is a finding of the plan, see ``distances.py``.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from analytics import checks_cells
from analytics.enrolment_file import listed
from analytics.enrolment_history import are_years, missing_columns, school_years
from analytics.faults import Fault, FaultsError
from analytics.plain_table import joined, placed, plain_number, tables_of, whole_sheets
from analytics.readers.headers import KEEP, meaning_of
from analytics.regrouping_condition import usable_rooms
from analytics.regrouping_levels import grade_columns, levels_of, passed_over
from analytics.regrouping_pupils import pupils_by_grade
from analytics.regrouping_rows import NEEDED, counts_school, schools_of
from analytics.regrouping_school_years import totals_by_year, year_of
from analytics.school_grades import TOTALS, count_of
from analytics.school_words import status_of
from analytics.units import school_name

_OF_HISTORY = ("npsn", "school_year", "pupils")
# What tells rows of one school and year apart, and all columns of a history by what the import
# calls them.
_APART = ("grade", "rombel", "sex")
_AS_HISTORY = {"school_year": "school_year", "pupil_count": "pupils"} | {one: one for one in _APART}
# Headings under which a list says who is exempt, and what its buildings are like.
_FLAGS = {
    "remote": "is_remote", "3t": "is_remote", "terpencil": "is_remote",
    "daerah_khusus": "is_remote", "daerah khusus": "is_remote",
    "special": "is_special", "khusus": "is_special",
    "integrated": "is_integrated", "satu_atap": "is_integrated", "satap": "is_integrated",
    "damaged": "is_damaged", "rusak": "is_damaged",
}  # fmt: skip
# Rooms by condition, as Dapodik counts them.
_CONDITIONS = {
    "baik": "room_good_count", "rusak_ringan": "room_light_count",
    "rusak_sedang": "room_moderate_count", "rusak_berat": "room_heavy_count",
}  # fmt: skip
_FORMS = ("bentuk", "bentuk_pendidikan", "bentuk pendidikan")
_SPECIAL_FORMS = ("SLB", "SDLB", "SMPLB", "SMALB")


@dataclass(frozen=True, eq=False)
class SchoolFile:
    """A file of schools, typed: schools, pupils by npsn and grade, what was found.

    ``passed``: the NPSN of schools of other levels, which take no part. ``year``: the school year
    it says it is of.
    """

    schools: pd.DataFrame
    pupils: pd.DataFrame
    faults: list[Fault]
    passed: frozenset[str] = frozenset()
    year: int | None = None


def read_schools(path: Path, levels: Sequence[str] = ()) -> SchoolFile:
    """The file of schools, typed.

    Parameters
    ----------
    levels
        Schools of these levels only; none: of TK, SD and SMP. Others are passed over and told.

    Returns
    -------
    ``schools``: ``npsn, name, level, status, kecamatan, village`` (the last three where given),
    ``latitude, longitude`` (NaN where no number), ``classroom_count`` (NA where not known),
    ``line``, ``lat_written``, ``lon_written``, the exemptions and rooms by condition given.
    ``pupils``: by npsn and grade. ``faults``: errors and warnings, ``row`` and ``line`` as
    :func:`analytics.plain_table.placed` takes them where the file has several sheets.

    Raises
    ------
    FaultsError
        When the file cannot be read as a table at all.
    """
    faults: list[Fault] = []
    text = schools_of(path, faults)
    missing = [name for name in NEEDED if name not in text]
    total = next((name for name in TOTALS if name in text), None)
    given = grade_columns(text)
    if not given and total is None:
        missing.append("g1..g6")
    if missing:
        raise FaultsError(
            [Fault(path.name, "regroup_column_missing", details={"name": ", ".join(missing)})]
        )
    if text.empty:
        raise FaultsError([Fault(path.name, "file_no_rows")])
    level = levels_of(path.name, text, given, faults)
    is_other = passed_over(path.name, level, levels, faults)
    passed = frozenset(plain_number(text.loc[is_other, "npsn"]))
    text, level = text.loc[~is_other], level.loc[~is_other]
    # As written, so that the plan can be laid beside the file again.
    npsn = plain_number(text["npsn"])
    for line in text.index[npsn == ""]:
        faults.append(Fault(path.name, "regroup_npsn_missing", int(line), "npsn"))
    for line, own in npsn[npsn.str.fullmatch(r"\d[.,]\d+[eE]\+?\d+")].items():
        faults.append(Fault(path.name, "regroup_npsn_cut", int(line), "npsn", own))
    first: dict[str, int] = {}
    for line, own in npsn[npsn != ""].items():
        if own in first:
            faults.append(
                Fault(path.name, "regroup_npsn_duplicate", int(line), "npsn", own,
                      {"first_row": first[own]})
            )  # fmt: skip
        first.setdefault(own, int(line))
    pupils = pupils_by_grade(path.name, text, given, total, level, faults)
    flags = _flags(path, text, faults)
    rooms = _rooms(path, text, flags, faults)
    points = {
        name: text[column].map(checks_cells.degrees)
        for name, column in (("latitude", "lat"), ("longitude", "lon"))
    }
    # What is no number is no point: the school is kept out of any merge and told.
    numbers = {name: pd.to_numeric(cell, errors="coerce") for name, cell in points.items()}
    schools = pd.DataFrame(
        {
            "npsn": npsn, "name": text.get("name", npsn), "level": level, **numbers,
            "classroom_count": rooms, "line": text.index,
            "lat_written": text["lat"], "lon_written": text["lon"],
        }
    )  # fmt: skip
    for ours, theirs in (("kecamatan", "kecamatan"), ("village", "desa")):
        if theirs in text:
            schools[ours] = text[theirs]
    if "status" in text:
        schools["status"] = _statuses(path, text["status"], faults)
    else:
        faults += _not_named_state(path.name, schools)
    for ours, flag in flags.items():
        schools[ours] = flag
    pupils.index = pd.Index(npsn, name="npsn")
    return SchoolFile(schools.reset_index(drop=True), pupils, faults, passed, year_of(text))


def read_history(path: Path) -> tuple[pd.DataFrame, list[Fault]]:
    """Pupils of past years: ``npsn, school_year, grade`` (0: all), ``pupil_count``; what to know.

    Headings are those the import knows for pupils; a column of grades, classes or sexes tells rows
    of one school and year apart. A row written twice counts once. Where that is not what the file
    has, whatever list of pupils the import reads (a column per grade, years side by side).

    Raises
    ------
    FaultsError
        When a heading is missing, a cell is no year or no count, or a school has two numbers for
        one year.
    """
    sheets = tables_of(path, "npsn")
    tables = [
        (sheet.name, totals_by_year(_history_headings(sheet.table), counts_school))
        for sheet in sheets
    ]
    whole = whole_sheets(path, tables, _OF_HISTORY)
    text = joined(whole) if whole else tables[0][1]
    if missing := [name for name in _OF_HISTORY if name not in text]:
        if told := listed(path):
            rows = told.rows.rename(columns={"school_id": "npsn", "pupils": "pupil_count"})
            rows = rows.astype({"school_year": "int64", "pupil_count": "int64"}).assign(grade=0)
            return rows[["npsn", "school_year", "grade", "pupil_count"]], [*told.found]
        unread = [str(one) for one in text.columns if one and one not in _OF_HISTORY]
        raise FaultsError(missing_columns(path.name, missing, _OF_HISTORY, unread))
    year = school_years(text["school_year"])
    faults = [
        Fault(path.name, "history_year_invalid", int(line), "school_year", cell)
        for line, cell in text.loc[~are_years(year), "school_year"].items()
    ]
    for line, cell in text["pupils"].items():
        if cell == "" or count_of(cell) is None:
            faults.append(Fault(path.name, "regroup_pupils_invalid", int(line), "pupils", cell))
    rows = text.assign(npsn=plain_number(text["npsn"]), school_year=year)
    keys = ["npsn", "school_year", *(one for one in _APART if one in rows)]
    first: dict[tuple[object, ...], tuple[Hashable, str]] = {}
    entries = zip(
        rows.index, rows[keys].itertuples(index=False, name=None), rows["pupils"], strict=True
    )
    for line, key, pupils in entries:
        before, same = first.setdefault(key, (line, pupils))
        if before != line and same != pupils:
            faults.append(
                Fault(path.name, "npsn_duplicate", int(line), "npsn", str(key[0]),
                      {"first_row": before})
            )  # fmt: skip
    if faults:
        raise FaultsError(placed(sorted(faults, key=lambda fault: fault.row or 0), path))
    rows = rows.drop_duplicates(keys)
    history = pd.DataFrame(
        {
            "npsn": rows["npsn"],
            "school_year": rows["school_year"].astype("int64"),
            "grade": 0,
            "pupil_count": rows["pupils"].map(count_of).astype("int64"),
        }
    )
    return history, []


def _history_headings(text: pd.DataFrame) -> pd.DataFrame:
    """A table of pupils of past years under our headings, the one that says most of each first."""
    named: dict[str, tuple[int, str]] = {}
    for heading in text.columns:
        meaning = meaning_of(str(heading), "enrolment")
        ours = _AS_HISTORY.get(meaning.column, "")
        if ours and meaning.policy == KEEP and ours not in text:
            named[ours] = min(named.get(ours, (meaning.rank, heading)), (meaning.rank, heading))
    return text.rename(columns={heading: ours for ours, (_, heading) in named.items()})


def _statuses(path: Path, cells: pd.Series, faults: list[Fault]) -> pd.Series:
    """``negeri`` or ``swasta``, '' where blank; a word that is neither stays itself and is told."""
    known = cells.map(status_of)
    unknown = known.eq("") & ~cells.isin(["", "-"])
    for line, cell in cells[unknown].items():
        faults.append(Fault(path.name, "regroup_status_unknown", int(line), "status", cell))
    blank = int((known.eq("") & ~unknown).sum())
    if 0 < blank < len(cells):
        faults.append(Fault(path.name, "regroup_status_missing", details={"count": blank}))
    return known.mask(unknown, cells.str.casefold())


def _not_named_state(file: str, schools: pd.DataFrame) -> list[Fault]:
    """Where no column tells who is private: schools that do not call themselves state, if some do.

    They may merge with state schools in this plan, which nobody can decree.
    """
    named = [school_name(name) for name in schools["name"]]
    is_state = pd.Series([one is not None and "negeri" in one[1].split() for one in named])
    is_other = pd.Series([one is not None for one in named]) & ~is_state
    if not (is_state.any() and is_other.any()):
        return []
    others = schools.loc[is_other.to_numpy(), "name"].astype("str").tolist()
    details = {"count": len(others), "name": ", ".join(others[:3]) + (" ..." if others[3:] else "")}
    return [Fault(file, "regroup_status_absent", details=details)]


def _flags(path: Path, text: pd.DataFrame, faults: list[Fault]) -> dict[str, pd.Series]:
    """Exemptions, damage and rooms by condition as the list tells them, under any heading."""
    found: dict[str, pd.Series] = {}

    def also(ours: str, flag: pd.Series) -> None:
        found[ours] = found[ours] | flag if ours in found else flag

    for theirs, ours in _FLAGS.items():
        if theirs in text:
            also(ours, _marked(path, text[theirs], theirs, ours, faults))
    form = next((text[name].str.upper() for name in _FORMS if name in text), None)
    if form is not None:
        also("is_special", form.isin(_SPECIAL_FORMS))
    for theirs, ours in _CONDITIONS.items():
        written = next(
            (text[name] for name in (theirs, theirs.replace("_", " ")) if name in text), None
        )
        if written is None:
            continue
        counts = pd.Series(pd.NA, index=text.index, dtype="Int64")
        for line, cell in written.items():
            number = count_of(cell)
            if number is None:
                faults.append(Fault(path.name, "regroup_rooms_invalid", int(line), theirs, cell))
            elif cell:
                counts[line] = number
        found[ours] = counts
    return found


def _marked(
    path: Path, cells: pd.Series, heading: str, ours: str, faults: list[Fault]
) -> pd.Series:
    """Which cells say yes; what is neither yes nor no is told and not yes."""
    words = checks_cells.wordings("yes_no") | checks_cells.wordings(ours.removeprefix("is_"))
    told = cells.map(lambda cell: " ".join(re.findall(r"[a-z0-9\u2713]+", cell.casefold())))
    answers = told.map(lambda text: words.get(text, "" if text else "no"))
    # An integrated school may be told by the NPSN of the school it shares a roof with.
    shares = cells.str.fullmatch(r"[0-9PKT]\d{7}") & (ours == "is_integrated")
    for line in cells.index[(answers == "") & ~shares]:
        faults.append(Fault(path.name, "flag_unknown", int(line), heading, cells[line]))
    return (answers == "yes") | shares


def _rooms(
    path: Path, text: pd.DataFrame, flags: Mapping[str, pd.Series], faults: list[Fault]
) -> pd.Series:
    """Rooms as far as known: blank and zero are not known, what is no number is refused.

    Where all four conditions are counted, their sum stands for rooms that are not told.
    """
    rooms = pd.Series(pd.NA, index=text.index, dtype="Int64")
    if "rooms" in text:
        for line, cell in text["rooms"].items():
            number = count_of(cell)
            if number is None:
                faults.append(Fault(path.name, "regroup_rooms_invalid", int(line), "rooms", cell))
            elif number:
                rooms[line] = number
    told = pd.DataFrame({"classroom_count": rooms, **flags}, index=text.index)
    # Heavily damaged ones are left out later, by whoever asks for usable rooms.
    rooms = usable_rooms(told, count_heavy=True)["rooms"].round().astype("Int64")
    refused = {fault.row for fault in faults if fault.column == "rooms"}
    unknown = int((rooms.isna() & ~rooms.index.isin(refused)).sum())
    if unknown:
        faults.append(Fault(path.name, "regroup_rooms_unknown", details={"count": unknown}))
    return rooms
