"""A foreign file as our columns: recognised by its headers, cells untouched.

``read`` opens a workbook or a text file, finds the table on each sheet, tells rosters, teacher
lists and school lists apart, and returns the cells under our column names. Columns that must not
be read (``discard_on_import`` in ``data/columns.csv``) are gone before anything leaves here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import pandas as pd

from analytics.faults import Fault, FaultsError
from analytics.readers import dapodik, siasn, simpeg
from analytics.readers.dates import as_of_in, date_part
from analytics.readers.formulas import FormulaCell
from analytics.readers.headers import (
    COMBINED,
    DISCARD,
    KEEP,
    KINDS,
    UNKNOWN,
    Column,
    canonical_columns,
    signature,
)
from analytics.readers.tabular import (
    Header,
    Record,
    body,
    cell_text,
    chosen_columns,
    found_header,
    title_lines,
    unknown_header,
)
from analytics.readers.workbook import Sheet, sheets_of

__all__ = [
    "FormulaCell",
    "Reading",
    "SheetReport",
    "canonical_columns",
    "cell_text",
    "read",
    "required_columns",
]

_GENERIC_SHEET = re.compile(
    r"^(?:sheet|lembar|lembar kerja|data|table|tabel|export|worksheet)?[\s_-]*\d*$", re.I
)
_UNIT_SOURCES = {"unit", "opd", "work_unit", "satker_1", "satker_2", "school"}
_POSITION_SOURCES = {"position", "position_structural", "position_functional", "position_general"}
_SAMPLE_COUNT = 3
# What a cell of an unknown column may give away: a 16-digit NIK, a telephone, an e-mail address.
_PERSONAL_VALUE = re.compile(r"(?<!\d)\d{16}(?!\d)|^\W*(?:\+?62|0)8\d{7,11}\W*$|@\w+\.\w")


@dataclass(frozen=True)
class SheetReport:
    """What became of one sheet. ``reason`` is '' where it was read, else one of
    ``hidden``, ``empty``, ``no_table``, ``other_kind``, ``other_table``, ``not_chosen``."""  # noqa: D205, D209

    name: str
    is_read: bool
    reason: str = ""
    row_count: int = 0
    skipped: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True)
class Reading:
    """What a file says, before anything is judged.

    Grain of ``rows``: one row per record of the file, cells as the reader gave them, under our
    column names, with ``sheet`` and ``row`` (the number the spreadsheet shows; for a person on two
    rows, the first).

    ``headers`` maps our columns to the header as written; ``unmapped`` are headers nobody reads,
    ``discarded`` those that must not be read; ``proposed`` has one row per header: ``header``,
    ``column`` ('' unread), ``policy``, ``samples`` (up to three values, none from discarded
    columns). ``faults`` has what stops the file as a whole (``column_missing``) and warnings about
    it. ``signature`` marks the set of headers, to remember a mapping by.
    """

    file: str
    kind: str
    layout: str
    rows: pd.DataFrame
    headers: Mapping[str, str]
    unmapped: tuple[str, ...]
    discarded: tuple[str, ...]
    is_certain: bool
    as_of: date | None
    sheets: tuple[SheetReport, ...]
    faults: tuple[Fault, ...]
    proposed: pd.DataFrame
    signature: str

    @property
    def has_many_sheets(self) -> bool:
        """Whether a row number alone does not say which sheet it is on."""
        return sum(sheet.is_read for sheet in self.sheets) > 1


@dataclass(frozen=True)
class _Table:
    sheet: Sheet
    header: Header
    titles: list[str]


def required_columns(kind: str) -> tuple[tuple[str, ...], ...]:
    """Groups of our columns of which one each must be in a file of this kind."""
    return {
        "roster": (
            ("nip",),
            tuple(sorted(_UNIT_SOURCES - {"school"})),
            tuple(sorted(_POSITION_SOURCES)),
        ),
        "teacher": (("name",), ("birth_date", "nip", "nuptk")),
        "school": (("npsn",),),
    }[kind]


def read(
    path: Path | str,
    *,
    kind: str | None = None,
    mapping: Mapping[str, str] | None = None,
    sheets: Sequence[str] | None = None,
) -> Reading:
    """Read a roster, a teacher list or a school list, whatever it was exported from.

    Parameters
    ----------
    path
        An .xlsx, .xlsm, .xlsb, .xls, .ods or .csv file, or a web table under such a name.
    kind
        ``roster``, ``teacher`` or ``school``; None: told from the headers.
    mapping
        Header as written -> one of our columns, or ``ignore``; outranks what is recognised.
    sheets
        Names of the sheets to read; None: all that hold the same kind of table.

    Returns
    -------
    A ``Reading``. Where columns that are needed were not found its ``faults`` say so
    (``column_missing``) and ``is_certain`` is False: the caller may ask for a mapping.

    Raises
    ------
    FaultsError
        ``file_missing``, ``file_type``, ``file_broken``, ``file_encrypted``, ``file_empty``,
        ``file_too_large``, ``file_no_rows``, ``header_not_found``, ``pupil_list``.
    """
    path = Path(path)
    if kind is not None and kind not in KINDS:
        raise ValueError(f"kind is {kind!r}; it is one of {', '.join(KINDS)}")
    mapping = dict(mapping or {})
    for header, name in mapping.items():
        allowed = {name for each in KINDS for name in canonical_columns(each)} | set(COMBINED)
        if name not in allowed | {"", "ignore", "number"}:
            raise ValueError(f"{header!r} is mapped to {name!r}, which is not a column of ours")
    every = sheets_of(path)
    wanted = [sheet for sheet in every if sheets is None or sheet.name in sheets]
    visible = [sheet for sheet in wanted if not sheet.is_hidden] or wanted
    filled = [sheet for sheet in visible if any(any(map(cell_text, row)) for row in sheet.rows)]
    if not filled:
        raise FaultsError([Fault(path.name, "file_empty")])
    if any(dapodik.is_pupil_list(sheet) for sheet in filled) and kind != "school":
        raise FaultsError([Fault(path.name, "pupil_list")])

    kind = kind or _kind(filled)
    tables = _tables(filled, kind, mapping)
    if not tables:
        raise FaultsError([Fault(path.name, "header_not_found")])
    return _reading(path.name, kind, every, filled, tables)


def _kind(sheets: Sequence[Sheet]) -> str:
    """The kind of table that most rows of a workbook are."""
    weight = dict.fromkeys(KINDS, 0.0)
    for sheet in sheets:
        headers = {kind: found_header(sheet, kind) for kind in KINDS}
        names = {kind: header.names() if header else set() for kind, header in headers.items()}
        is_school = "npsn" in names["school"] and bool(
            names["school"] & {"pupil_count", "rombel_count", "level", "status"}
        )
        is_staff = "nip" in names["roster"] or "nip" in names["teacher"]
        is_teacher = bool(names["teacher"] & {"teacher_kind", "nuptk"}) and not (
            names["roster"] & _POSITION_SOURCES
        )
        found = "teacher" if is_teacher else "school" if is_school and not is_staff else "roster"
        header = headers[found]
        if header:
            weight[found] += header.score * max(len(sheet.rows) - header.last - 1, 1)
    return max(KINDS, key=lambda each: weight[each])


def _tables(sheets: Sequence[Sheet], kind: str, mapping: Mapping[str, str]) -> list[_Table]:
    found = []
    for sheet in sheets:
        header = found_header(sheet, kind, mapping)
        if header is None or len(header.names() - {"number"}) < 2:
            header = unknown_header(sheet, kind, mapping) or header
        if header is not None:
            below = sheet.rows[header.last + 1 :]
            header = replace(header, columns=tuple(simpeg.refined(header.columns, below)))
            found.append(_Table(sheet, header, title_lines(sheet, header)))
    if len(found) < 2:
        return found
    # The sheet that says most leads; others are read with it where they hold the same thing.
    lead = max(found, key=lambda table: (table.header.score, len(table.sheet.rows)))
    names = lead.header.names() - {"number"}
    must = names & {"nip", "npsn"} or names
    return [
        table
        for table in found
        if must <= table.header.names() and len(names & table.header.names()) >= len(names) * 0.6
    ]


def _reading(
    file: str, kind: str, every: Sequence[Sheet], filled: Sequence[Sheet], tables: Sequence[_Table]
) -> Reading:
    lead = max(tables, key=lambda table: (table.header.score, len(table.sheet.rows)))
    frames, bodies = [], {}
    for table in tables:
        frame, skipped = _frame(table, kind)
        frames.append(frame)
        bodies[table.sheet.name] = (len(frame), skipped)
    rows = pd.concat(frames, ignore_index=True)
    if rows.empty:
        raise FaultsError([Fault(file, "file_no_rows")])

    chosen, lost = chosen_columns(lead.header.columns)
    headers = {name: column.header for name, column in chosen.items() if name in rows.columns}
    known = set(headers)
    needs = required_columns(kind)
    available = {str(name) for name in rows.columns}
    faults = [
        Fault(file, "column_missing", details=_missing_words(kind, group))
        for group in needs
        if not available & set(group)
    ]
    columns = [column for column in lead.header.columns]
    proposed, private = _proposed(columns, tables, known)
    unread = [column.header for column in [*columns] if column.policy == UNKNOWN]
    discarded = [column.header for column in columns if column.policy == DISCARD] + private
    layout = _layout(kind, columns, lead.titles)
    is_certain = not faults and not _competes(lost) and _explained(columns) >= 0.5
    lines = [line for table in tables for line in table.titles]
    return Reading(
        file=file,
        kind=kind,
        layout=layout,
        rows=rows,
        headers=headers,
        unmapped=tuple(header for header in unread if header not in private),
        discarded=tuple(dict.fromkeys(discarded)),
        is_certain=is_certain,
        as_of=as_of_in(lines),
        sheets=_sheet_reports(every, filled, tables, bodies),
        faults=tuple(faults),
        proposed=proposed,
        signature=signature(column.header for column in columns),
    )


def _missing_words(kind: str, group: Sequence[str]) -> dict[str, object]:
    words = {
        "nip": ("NIP", "NIP"),
        "npsn": ("NPSN", "NPSN"),
        "name": ("Nama", "name"),
        "birth_date": ("Tanggal Lahir", "birth date"),
    }
    if "position" in group:
        return {"column_id": "Jabatan", "column_en": "position"}
    if "unit" in group:
        return {"column_id": "Unit Kerja", "column_en": "unit"}
    first = words.get(group[0], (group[0], group[0]))
    return {"column_id": first[0], "column_en": first[1]}


def _layout(kind: str, columns: Sequence[Column], titles: Sequence[str]) -> str:
    if kind == "teacher":
        return "dapodik_gtk"
    if kind == "school":
        return "dapodik_school"
    return siasn.layout(columns) or simpeg.layout(columns, titles) or "table"


def _competes(lost: Sequence[Column]) -> bool:
    """Whether two headers claim the same needed column in the same words."""
    return any(set(column.names) & {"nip", "birth_date"} for column in lost if column.rank == 0)


def _explained(columns: Sequence[Column]) -> float:
    known = sum(column.policy != UNKNOWN for column in columns)
    return known / max(len(columns), 1)


def _sheet_reports(
    every: Sequence[Sheet],
    filled: Sequence[Sheet],
    tables: Sequence[_Table],
    bodies: Mapping[str, tuple[int, tuple[tuple[int, str], ...]]],
) -> tuple[SheetReport, ...]:
    read_names = {table.sheet.name for table in tables}
    filled_names = {sheet.name for sheet in filled}
    reports = []
    for sheet in every:
        if sheet.name in read_names:
            count, skipped = bodies[sheet.name]
            reports.append(SheetReport(sheet.name, True, "", count, skipped))
        elif sheet.is_hidden:
            reports.append(SheetReport(sheet.name, False, "hidden"))
        elif sheet.name in filled_names:
            reports.append(SheetReport(sheet.name, False, "other_table"))
        else:
            is_empty = not any(any(map(cell_text, row)) for row in sheet.rows)
            reports.append(SheetReport(sheet.name, False, "empty" if is_empty else "not_chosen"))
    return tuple(reports)


def _frame(table: _Table, kind: str) -> tuple[pd.DataFrame, tuple[tuple[int, str], ...]]:
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
        data.update(
            _column_cells(source, sheet, column, records, chosen, is_paired=pair is not None)
        )
    data["sheet"] = [sheet.name] * len(records)
    data["row"] = [sheet.numbers[record.rows[0]] for record in records]
    frame = pd.DataFrame(data, dtype=object).astype({"row": "int64"})
    return _with_surroundings(frame, table, records, kind), tuple(
        (sheet.numbers[place], reason) for place, reason in skipped
    )


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


def _column_cells(
    meant: Mapping[tuple[int, int], object],
    sheet: Sheet,
    column: Column,
    records: Sequence[Record],
    chosen: Mapping[str, Column],
    *,
    is_paired: bool,
) -> dict[str, list[object]]:
    rows, at, formulas = sheet.rows, column.index, sheet.formulas
    names = [name for name in column.names if chosen.get(name) is column]

    def cell(place: int) -> object:
        row = rows[place]
        value: object = row[at] if at < len(row) else ""
        if meant and value == "":
            value = meant.get((place, at), value)
        if formulas and (place, at) in formulas:
            return FormulaCell(formulas[place, at], value)
        return value

    if not is_paired and not column.is_mixed and column.names != ("birth_date",):
        return {names[0]: [cell(record.rows[0]) for record in records]}
    if column.names == ("birth_date",):
        return {"birth_date": [_day_cell([cell(p) for p in r.rows], column) for r in records]}
    split: list[dict[str, object]] = []
    for record in records:
        cells = [cell(place) for place in record.rows]
        if column.is_stacked and is_paired:
            split.append(simpeg.split_rows(cells, column))
        elif column.is_mixed:
            split.append(simpeg.split_cell(simpeg.joined_cell(cells, column), column.names))
        else:
            split.append({column.names[0]: simpeg.joined_cell(cells, column)})
    return {name: [facts.get(name, "") for facts in split] for name in names}


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
    frame: pd.DataFrame, table: _Table, records: Sequence[Record], kind: str
) -> pd.DataFrame:
    """What the sheet says outside its columns: sections, titles and its name give the unit."""
    names = {str(name) for name in frame.columns}
    title = dapodik.unit_in_titles(table.titles)
    label = "" if _GENERIC_SHEET.match(table.sheet.name) else table.sheet.name.strip()
    if kind == "school":
        return _with_school_year(frame, table)
    unit = "school" if kind == "teacher" else "unit"
    if kind == "teacher":
        if "npsn" not in names:
            frame["npsn"] = dapodik.npsn_in_titles(table.titles)
        if "school" not in names:
            frame["school"] = title
        return frame
    sections = [record.section for record in records]
    if not names & _UNIT_SOURCES:
        if any(sections):
            frame[unit] = [section or title for section in sections]
        elif title or (label and not table.sheet.name.isdigit() and _is_unit_name(label)):
            frame[unit] = title or label
    return frame


def _is_unit_name(text: str) -> bool:
    words = r"dinas|badan|kecamatan|kec\b|kelurahan|kel\b|sekretariat|inspektorat|rsud|puskesmas"
    schools = r"sdn?\b|smpn?\b|tkn?\b|bagian|bidang|uptd?\b|satpol|kantor|bk|bappe|disdik|dis\w+"
    return bool(re.search(rf"\b(?:{words}|{schools})", text, re.I))


def _with_school_year(frame: pd.DataFrame, table: _Table) -> pd.DataFrame:
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


def _proposed(
    columns: Sequence[Column], tables: Sequence[_Table], known: set[str]
) -> tuple[pd.DataFrame, list[str]]:
    """One row per header with what it is taken for and sample values; headers found private."""
    lead = tables[0]
    for table in tables:
        if tuple(table.header.columns) == tuple(columns):
            lead = table
    below = lead.sheet.rows[lead.header.last + 1 :]
    rows, private = [], []
    for column in columns:
        samples: list[str] = []
        if column.policy != DISCARD:
            seen: dict[str, None] = {}
            for row in below[:400]:
                text = cell_text(row[column.index]) if column.index < len(row) else ""
                if text:
                    seen[text] = None
            values = list(seen)
            is_personal = column.policy == UNKNOWN and any(map(_PERSONAL_VALUE.search, values))
            if is_personal:
                private.append(column.header)
            elif column.names != ("birth_date",) or not column.is_mixed:
                samples = values[:_SAMPLE_COUNT]
        policy = DISCARD if column.header in private else column.policy
        name = "+".join(n for n in column.names if n in known) if column.policy == KEEP else ""
        rows.append((column.header, name, policy, samples))
    return pd.DataFrame(rows, columns=["header", "column", "policy", "samples"]), private
