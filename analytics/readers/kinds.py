"""Which kind of list a workbook is, told by its headers, its titles and what its cells say."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from analytics.readers import dapodik
from analytics.readers.births import speaks_of_births
from analytics.readers.grades import HIGHEST_GRADE
from analytics.readers.headers import KINDS
from analytics.readers.leaving import EXITS, NO_EXITS, UNSURE, reason_in, tells_of_exits
from analytics.readers.religions import OTHER, RELIGIONS
from analytics.readers.rooms import ROOM_COLUMNS
from analytics.readers.side_by_side import births_by_area, without_year
from analytics.readers.tabular import Header, found_header, title_lines
from analytics.readers.workbook import Sheet
from analytics.readers.workload import tells_of_workload

POSITION_SOURCES = {"position", "position_structural", "position_functional", "position_general"}
# Titles of tables that count teachers, not pupils.
_STAFF = re.compile(r"\b(?:guru|pegawai|gtk|ptk|pendidik dan|tendik|asn|pns)\b", re.I)
_PARTS = ("", "_male", "_female", "_all")
GRADE_COLUMNS = tuple(
    f"grade_{grade}{section}{part}"
    for grade in range(HIGHEST_GRADE + 1)
    for section in ("", *(f"_{letter}" for letter in "abcdefghijk"))
    for part in _PARTS
)
RELIGION_COLUMNS = tuple(
    f"religion_{religion}{grade}{part}"
    for religion in (*RELIGIONS, OTHER)
    for grade in ("", *(f"_g{grade}" for grade in range(HIGHEST_GRADE + 1)))
    for part in _PARTS
)
# Columns that only a list of single persons has.
_PERSON_COLUMNS = {"nip", "nuptk", "birth_date"}
# Columns that only a list of schools has.
_OF_A_SCHOOL = {
    *("pupil_count", "rombel_count", "level", "status", "room_condition", "remote_word"),
    *("border_word", "special_word", "integrated_word", *ROOM_COLUMNS),
}
BIRTH_COLUMNS = tuple(
    f"birth_count{year}{part}"
    for year in ("", *(f"_{year}" for year in range(1900, 2100)))
    for part in _PARTS[:3]
    if year or part
)


def lists_persons(sheet: Sheet) -> bool:
    """Whether a sheet has a row for every person: their religion is never read."""
    found = (found_header(sheet, kind) for kind in ("roster", "teacher"))
    return any(header is not None and bool(header.names() & _PERSON_COLUMNS) for header in found)


def kind_of(sheets: Sequence[Sheet]) -> tuple[str, bool]:
    """The kind of table that most rows of a workbook are, and whether it may be a list of exits.

    The second is True where people of a roster seem to have left, or to be about to.
    """
    weight = dict.fromkeys(KINDS, 0.0)
    unsure = 0.0
    for sheet in sheets:
        headers = {kind: found_header(sheet, kind) for kind in KINDS}
        headers["birth"] = births_by_area(sheet) or headers["birth"]
        names = {kind: header.names() if header else set() for kind, header in headers.items()}
        is_school = "npsn" in names["school"] and bool(names["school"] & _OF_A_SCHOOL)
        is_staff = "nip" in names["roster"] or "nip" in names["teacher"]
        # Hours alone may be those of a class; beside a NIP they are somebody's.
        has_hours = {"weekly_hours", "nip"} <= names["teacher"]
        is_teacher = (bool(names["teacher"] & {"teacher_kind", "nuptk"}) or has_hours) and not (
            names["roster"] & POSITION_SOURCES
        )
        found = "teacher" if is_teacher else "school" if is_school and not is_staff else "roster"
        if not is_staff and not is_teacher:
            found = _counted_kind(sheet, headers, names) or found
        leaving = headers["exit"]
        told = tells_of_exits(sheet, leaving, title_lines(sheet, leaving)) if leaving else NO_EXITS
        if told == EXITS:
            found = "exit"
        workload = headers["abk"]
        if workload and tells_of_workload(
            names["abk"],
            [column.header for column in workload.columns],
            names["roster"],
            title_lines(sheet, workload),
        ):
            found = "abk"
        header = headers[found]
        if header:
            own = header.score * max(len(sheet.rows) - header.last - 1, 1)
            weight[found] += own
            # A sheet called BUP or APS whose people have no post: who left, by cause.
            is_cause = bool(reason_in(sheet.name)) and not names["roster"] & POSITION_SOURCES
            unsure += own * (found == "roster" and (told == UNSURE or (is_staff and is_cause)))
    kind = max(KINDS, key=lambda each: weight[each])
    return kind, kind == "roster" and unsure > weight["roster"] / 2


def _counted_kind(
    sheet: Sheet, headers: Mapping[str, Header | None], names: Mapping[str, set[str]]
) -> str:
    """``enrolment``, ``religion`` or ``birth`` where a sheet counts them, or ''."""
    by_grade = {without_year(name) for name in names["enrolment"]}
    header = headers["enrolment"]
    titles = title_lines(sheet, header) if header else []
    has_school = bool(by_grade & {"npsn", "school_id"}) or bool(dapodik.npsn_in_titles(titles))
    counts = {"pupil_count", "pupil_count_male", "pupil_count_female"}
    # A bare 'Rombel' in a list of schools counts them.
    is_named = header is not None and any(
        column.names == ("rombel",) and "nama" in column.header.casefold()
        for column in header.columns
    )
    is_long = (is_named or bool(by_grade & {"grade", "rombel_kind"})) and bool(by_grade & counts)
    is_wide = len({name.split("_")[1] for name in by_grade & set(GRADE_COLUMNS)}) >= 2
    # A list of schools has a column 'Kelas' too: its classrooms.
    is_list = bool(names["school"] & {"teacher_count", "staff_count"}) or (
        {"rombel_count", "classroom_count"} <= names["school"]
    )
    if _is_by_religion(sheet, headers["religion"], header if is_wide else None):
        return "religion"
    # Schools by name alone: what is missing is their numbers, not the NIP of a roster.
    # A list of one school's classes names it in its titles alone.
    is_titled = is_named and bool(dapodik.unit_in_titles(titles))
    if ((has_school or is_titled) and is_long and not is_list) or (
        is_wide and (has_school or "name" in by_grade)
    ):
        return "enrolment"
    header = headers["birth"]
    if header is None or names["school"] & {"npsn"}:
        return ""
    by_year = {
        name
        for name in names["birth"]
        if name in {"birth_count", *BIRTH_COLUMNS} or name.startswith("births_of_")
    }
    said = [column.header for column in header.columns if set(column.names) & by_year]
    said += [*title_lines(sheet, header), sheet.name.replace("_", " ")]
    speaks = any(speaks_of_births(text.replace("_", " ")) for text in said)
    return "birth" if by_year and speaks else ""


def _is_by_religion(sheet: Sheet, header: Header | None, by_grade: Header | None) -> bool:
    """Whether a header counts pupils by religion: a column for each, or one that names it.

    A table by grade (``by_grade``) with religions beside stays one.
    """
    if header is None:
        return False
    # Counts below a header of religions may look like grades; they are no header.
    if by_grade is not None and by_grade.first <= header.first:
        return False
    titles = title_lines(sheet, header)
    if any(_STAFF.search(line) for line in (*titles, sheet.name)):
        return False
    names = {without_year(name) for name in header.names()}
    has_school = bool(names & {"npsn", "school_id"}) or bool(dapodik.npsn_in_titles(titles))
    columns = {name.split("_")[1] for name in names & set(RELIGION_COLUMNS)}
    counts = {"pupil_count", "pupil_count_male", "pupil_count_female"}
    is_long = "religion" in names and bool(names & counts)
    return (len(columns - {OTHER}) >= 2 or is_long) and (has_school or "name" in names)
