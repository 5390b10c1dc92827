"""Records of one sheet under our column names: cells split, joined and filled from around."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from analytics.readers import dapodik, simpeg
from analytics.readers.dates import date_part
from analytics.readers.formulas import FormulaCell
from analytics.readers.headers import Column
from analytics.readers.leaving import reason_in
from analytics.readers.leaving_cells import is_gone, with_day
from analytics.readers.side_by_side import by_area, by_school_year
from analytics.readers.table_rows import Record, body
from analytics.readers.tabular import Header, cell_text, chosen_columns
from analytics.readers.workbook import Sheet
from analytics.readers.workload import by_needed_year, with_titles

UNIT_SOURCES = {"unit", "opd", "work_unit", "satker_1", "satker_2", "school"}
_GENERIC_SHEET = re.compile(
    r"^(?:sheet|lembar|lembar kerja|data|table|tabel|export|worksheet)?[\s_-]*\d*$", re.I
)


@dataclass(frozen=True)
class Table:
    """A sheet with the header found on it and the title lines above."""

    sheet: Sheet
    header: Header
    titles: list[str]


def frame_of(table: Table, kind: str) -> tuple[pd.DataFrame, tuple[tuple[int, str], ...]]:
    """Records of one sheet under our column names, and the rows passed over with the reason."""
    sheet, header = table.sheet, table.header
    found = body(sheet, header)
    chosen, _ = chosen_columns(header.columns)
    chosen.pop("number", None)
    records: Sequence[Record] = found.records
    skipped = found.skipped
    pair = simpeg.pair_column(list(chosen.values()), sheet, header.last + 1)
    if pair is not None:
        records, skipped = _paired(sheet, pair, found.records, found.skipped)
    source = _filled_down(sheet, header, chosen)
    data: dict[str, list[object]] = {}
    for column in dict.fromkeys(chosen.values()):
        facts = _facts(_reader(sheet, column, source), column, records, is_paired=pair is not None)
        data.update({name: cells for name, cells in facts.items() if chosen[name] is column})
    data["sheet"] = [sheet.name] * len(records)
    data["row"] = [sheet.numbers[record.rows[0]] for record in records]
    frame = pd.DataFrame(data, dtype=object).astype({"row": "int64"})
    frame = _with_surroundings(frame, table, records, kind)
    if kind in ("enrolment", "religion"):
        frame = by_school_year(frame)
    elif kind == "birth":
        frame = by_area(frame, header)
    elif kind == "abk":
        frame = by_needed_year(frame)
    elif kind == "exit":
        frame = with_day(frame)
    return frame, tuple((sheet.numbers[place], reason) for place, reason in skipped)


def _paired(
    sheet: Sheet, pair: Column, records: Sequence[Record], skipped: Sequence[tuple[int, str]]
) -> tuple[Sequence[Record], tuple[tuple[int, str], ...]]:
    sections = {record.rows[0]: record.section for record in records}

    # The second row of a person fills few cells and may look like a section or a note.
    def holds(place: int) -> bool:
        row = sheet.rows[place]
        return pair.index < len(row) and bool(cell_text(row[pair.index]))

    soft = [place for place, reason in skipped if reason in ("section", "note")]
    starts = set(sections)
    second = [
        place for place in soft if holds(place) and (place - 1 in starts or place + 1 in starts)
    ]
    rows = sorted([*sections, *second])
    joined = simpeg.paired_records(sheet, pair, rows, sections)
    left = tuple((place, reason) for place, reason in skipped if place not in set(second))
    return joined, left


def _filled_down(
    sheet: Sheet, header: Header, chosen: Mapping[str, Column]
) -> Mapping[tuple[int, int], object]:
    """Cells that a vertical merge of a unit, a rank ... means for the rows below its first."""
    spread = {
        column.index for name, column in chosen.items() if name not in ("nip", "name", "birth_date")
    }
    meant: dict[tuple[int, int], object] = {}
    for (top, left), (bottom, right) in sheet.merged:
        if bottom > top > header.last and left == right and left in spread:
            for place in range(top + 1, bottom + 1):
                meant[place, left] = sheet.rows[top][left]
    return meant


def _reader(
    sheet: Sheet, column: Column, meant: Mapping[tuple[int, int], object]
) -> Callable[[int], object]:
    """The cell of a column on a sheet row: merged ones filled, formulas kept with their text."""
    rows, at, formulas = sheet.rows, column.index, sheet.formulas

    def cell(place: int) -> object:
        row = rows[place]
        value: object = row[at] if at < len(row) else ""
        if meant and value == "":
            value = meant.get((place, at), value)
        if formulas and (place, at) in formulas:
            return FormulaCell(formulas[place, at], value)
        return value

    return cell


def _facts(
    cell: Callable[[int], object],
    column: Column,
    records: Sequence[Record],
    *,
    is_paired: bool,
) -> dict[str, list[object]]:
    """What a column holds for every record, by our columns."""
    if column.names == ("birth_date",):
        return {"birth_date": [_day_cell([cell(p) for p in r.rows], column) for r in records]}
    if not is_paired and not column.is_mixed:
        return {column.names[0]: [cell(record.rows[0]) for record in records]}
    split: list[dict[str, object]] = []
    for record in records:
        cells = [cell(place) for place in record.rows]
        if column.is_mixed and is_paired and len(column.names) > 1:
            split.append(simpeg.split_rows(cells, column))
        elif column.is_mixed:
            split.append(simpeg.split_cell(simpeg.joined_cell(cells, column), column.names))
        else:
            split.append({column.names[0]: simpeg.joined_cell(cells, column)})
    return {name: [facts.get(name, "") for facts in split] for name in column.names}


def _day_cell(cells: Sequence[object], column: Column) -> object:
    """A birth date without the place that stands before it."""
    cell = simpeg.joined_cell(cells, column)
    if not isinstance(cell, str):
        return cell
    part = date_part(cell)
    before = cell[: cell.rfind(part)] if part else cell
    if part and any(character.isalpha() for character in before):
        return part
    if column.is_mixed and not part:
        return ""
    return cell


def _with_surroundings(
    frame: pd.DataFrame, table: Table, records: Sequence[Record], kind: str
) -> pd.DataFrame:
    """What the sheet says outside its columns: sections, titles and its name give the unit."""
    names = {str(name) for name in frame.columns}
    title = dapodik.unit_in_titles(table.titles)
    label = "" if _GENERIC_SHEET.match(table.sheet.name) else table.sheet.name.strip()
    if kind in ("school", "enrolment", "religion"):
        number = dapodik.npsn_in_titles(table.titles)
        if kind != "school" and number and not names & {"npsn", "school_id"}:
            frame["npsn"] = number
        if kind != "school" and title and not {"npsn", "school_id", "name"} & set(frame):
            frame["name"] = title
        return _with_school_year(frame, table)
    if kind == "birth":
        return _with_birth_year(frame, table)
    if kind == "abk":
        frame = with_titles(frame, table.titles, label)
        names = {str(name) for name in frame.columns}
    if kind == "exit" and "reason" not in names:
        frame = _with_reason(frame, table, records)
        records = [Record(r.rows, "" if reason_in(r.section) else r.section) for r in records]
        label = "" if reason_in(label) else label
    unit = "school" if kind == "teacher" else "unit"
    if kind == "teacher":
        if "npsn" not in names:
            frame["npsn"] = dapodik.npsn_in_titles(table.titles)
        if "school" not in names:
            frame["school"] = title
        return frame
    if (
        kind != "abk"
        and "employee_type" not in names
        and _is_part_time_list([*table.titles, label])
    ):
        frame["employee_type"] = "PPPK Paruh Waktu"
    sections = [record.section for record in records]
    if not names & UNIT_SOURCES:
        if any(sections):
            frame[unit] = [section or title for section in sections]
        elif title or (label and not table.sheet.name.isdigit() and _is_unit_name(label)):
            frame[unit] = title or label
    return frame


def _with_reason(frame: pd.DataFrame, table: Table, records: Sequence[Record]) -> pd.DataFrame:
    """Why people left, where only a section, the name of the sheet or a title says so.

    A status that says it of a person goes before.
    """
    named = next((text for line in table.titles if (text := reason_in(line))), "")
    named = reason_in(table.sheet.name) or named
    around = [reason_in(record.section) or named for record in records]
    if "legal_status" in frame.columns:
        statuses = [cell_text(cell) for cell in frame["legal_status"]]
        around = [own if is_gone(own) else told for own, told in zip(statuses, around, strict=True)]
    return frame.assign(reason=around)


def _is_part_time_list(lines: Sequence[str]) -> bool:
    """Whether titles say that everybody listed is PPPK paruh waktu (and not others beside them)."""
    return any(
        re.search(r"paruh\s*waktu", line, re.I)
        and not re.search(r"\b(?:pns|pppk|p3k)\s*(?:,|dan\b|&|/)", line, re.I)
        for line in lines
    )


def _is_unit_name(text: str) -> bool:
    words = r"dinas|badan|kecamatan|kec\b|kelurahan|kel\b|sekretariat|inspektorat|rsud|puskesmas"
    schools = r"sdn?\b|smpn?\b|tkn?\b|bagian|bidang|uptd?\b|satpol|kantor|bk|bappe|disdik|dis\w+"
    return bool(re.search(rf"\b(?:{words}|{schools})", text, re.I))


def _with_school_year(frame: pd.DataFrame, table: Table) -> pd.DataFrame:
    if "school_year" not in frame.columns:
        named = dapodik.school_year_in(table.sheet.name)
        titled = [y for line in table.titles if (y := dapodik.school_year_in(line))]
        year = named or (titled[0] if titled else None)
        if year:
            frame["school_year"] = str(year)
    if "kecamatan" not in frame.columns:
        match = re.match(r"^(?:kec(?:amatan)?\.?\s+)(.+)$", table.sheet.name.strip(), re.I)
        if match:
            frame["kecamatan"] = match.group(1)
    return frame


def _with_birth_year(frame: pd.DataFrame, table: Table) -> pd.DataFrame:
    """The year of births that a sheet's name or its titles give where no column does."""
    has_year = any(re.match(r"birth_count_\d{4}", str(name)) for name in frame.columns)
    if has_year or "year" in frame.columns:
        return frame
    for line in (table.sheet.name, *table.titles):
        years = set(re.findall(r"(?<!\d)((?:19|20)\d{2})(?!\d)", line))
        if len(years) == 1:
            return frame.assign(year=years.pop())
    return frame
