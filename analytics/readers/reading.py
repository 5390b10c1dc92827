"""Reading a file: which kind of list it is, which sheets belong to it, what each column means."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import pandas as pd

from analytics.faults import Fault, FaultsError
from analytics.readers import dapodik, siasn, simpeg
from analytics.readers.budgets import AMOUNTS, BudgetTable, budget_table
from analytics.readers.budgets import KIND as BUDGET
from analytics.readers.dates import as_of_in
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
from analytics.readers.kinds import (
    BIRTH_COLUMNS,
    GRADE_COLUMNS,
    POSITION_SOURCES,
    RELIGION_COLUMNS,
    kind_of,
    lists_persons,
)
from analytics.readers.leaving_cells import shown_name, told_by_cells
from analytics.readers.pupils import CountedPupils, counted_pupils
from analytics.readers.records import UNIT_SOURCES, Table, frame_of
from analytics.readers.side_by_side import births_by_area, without_year
from analytics.readers.tabular import (
    Header,
    cell_text,
    chosen_columns,
    found_header,
    title_lines,
    unknown_header,
)
from analytics.readers.workbook import Sheet, sheets_of

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


def required_columns(kind: str) -> tuple[tuple[str, ...], ...]:
    """Groups of our columns of which one each must be in a file of this kind."""
    return {
        "roster": (
            ("nip",),
            tuple(sorted(UNIT_SOURCES - {"school"})),
            tuple(sorted(POSITION_SOURCES)),
        ),
        "teacher": (("name",), ("birth_date", "nip", "nuptk")),
        "school": (("npsn",),),
        "enrolment": (
            ("npsn", "school_id"),
            ("grade", "rombel", *GRADE_COLUMNS),
            ("pupil_count", "pupil_count_male", "pupil_count_female", *GRADE_COLUMNS),
        ),
        "birth": (("birth_count", *BIRTH_COLUMNS), ("year", *BIRTH_COLUMNS)),
        "religion": (
            ("npsn", "school_id"),
            ("religion", *RELIGION_COLUMNS),
            ("pupil_count", "pupil_count_male", "pupil_count_female", *RELIGION_COLUMNS),
        ),
        "exit": (("nip",), ("exited_on",)),
        "apbd": (("year",), ("total_idr",), ("personnel_idr",)),
        "abk": (
            tuple(sorted(UNIT_SOURCES - {"school"})),
            ("position",),
            ("needed_fte", "volume"),
        ),
    }[kind]


def read(
    path: Path | str,
    *,
    kind: str | None = None,
    mapping: Mapping[str, str] | None = None,
    sheets: Sequence[str] | None = None,
) -> Reading:
    """Read a roster, a list of teachers, schools or exits, or a table of pupils or births.

    Parameters
    ----------
    path
        An .xlsx, .xlsm, .xlsb, .xls, .ods or .csv file, or a web table under such a name.
    kind
        ``roster``, ``teacher``, ``school``, ``enrolment``, ``birth``, ``religion``, ``exit`` or
        ``abk`` or ``apbd``; None: told from the headers.
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
        ``file_too_large``, ``file_no_rows``, ``header_not_found``, ``pupil_list``,
        ``religion_of_persons``.
    """
    path = Path(path)
    if kind is not None and kind not in KINDS:
        raise ValueError(f"kind is {kind!r}; it is one of {', '.join(KINDS)}")
    mapping = dict(mapping or {})
    for header, name in mapping.items():
        allowed = {name for each in KINDS for name in canonical_columns(each)} | set(COMBINED)
        allowed |= {*GRADE_COLUMNS, *BIRTH_COLUMNS, *RELIGION_COLUMNS}
        if name not in allowed | {"", "ignore", "number"}:
            raise ValueError(f"{header!r} is mapped to {name!r}, which is not a column of ours")
    every = sheets_of(path)
    wanted = [sheet for sheet in every if sheets is None or sheet.name in sheets]
    visible = [sheet for sheet in wanted if not sheet.is_hidden] or wanted
    filled = [sheet for sheet in visible if any(any(map(cell_text, row)) for row in sheet.rows)]
    if not filled:
        raise FaultsError([Fault(path.name, "file_empty")])
    lists = [sheet for sheet in filled if dapodik.is_pupil_list(sheet)]
    if lists and kind not in (None, "enrolment"):
        raise FaultsError([Fault(path.name, "pupil_list")])
    if lists:
        return _counted_reading(path.name, every, lists)

    if kind in (None, BUDGET):
        budgets = {sheet.name: found for sheet in filled if (found := budget_table(sheet, mapping))}
        if budgets:
            return _budget_reading(path.name, every, budgets)
    is_unsure = False
    if kind is None:
        kind, is_unsure = kind_of(filled)
    if kind == "religion" and any(map(lists_persons, filled)):
        raise FaultsError([Fault(path.name, "religion_of_persons")])
    tables = _tables(filled, kind, mapping)
    if not tables:
        raise FaultsError([Fault(path.name, "header_not_found")])
    reading = _reading(path.name, kind, every, filled, tables)
    if not is_unsure:
        return reading
    # Half a word is no answer: a list of leavers taken for a roster would empty the government.
    asked = Fault(path.name, "kind_unsure")
    # What a roster would lack is not asked for before it is known to be one.
    others = [fault for fault in reading.faults if fault.code != "column_missing"]
    return replace(reading, faults=(*others, asked), is_certain=False)


def _counted_reading(file: str, every: Sequence[Sheet], lists: Sequence[Sheet]) -> Reading:
    """Lists of pupils as counts by school and grade; whoever is in them is left behind here."""
    counted: dict[str, CountedPupils] = {}
    for sheet in lists:
        found = counted_pupils(sheet)
        if found is not None:
            counted[sheet.name] = found
    filled = [found for found in counted.values() if len(found.rows)]
    if not filled:
        raise FaultsError([Fault(file, "pupil_list_without_grade")])
    rows = pd.concat([found.rows for found in filled], ignore_index=True)
    numbers = [name for name in rows if str(name).startswith(("religion_", "rombel_"))]
    rows[numbers] = rows[numbers].fillna(0)
    texts = [name for name in ("npsn", "name", "school_year", "kecamatan") if name in rows]
    rows = rows.astype(dict.fromkeys(texts, "object")).fillna(dict.fromkeys(texts, ""))
    total = sum(found.pupil_count for found in filled)
    faults = [Fault(file, "pupil_list_counted", details={"count": total})]
    for code, missed in (
        ("pupils_without_grade", sum(found.without_grade_count for found in filled)),
        ("pupils_repeated", sum(found.repeated_count for found in filled)),
    ):
        if missed:
            faults.append(Fault(file, code, details={"count": missed}))
    if "npsn" not in rows:
        faults.append(Fault(file, "column_missing", details=_missing_words(("npsn",))))
    headers = {name: text for found in filled for name, text in found.headers.items()}
    discarded = tuple(dict.fromkeys(text for found in filled for text in found.discarded))
    columns = [(text, name, KEEP) for name, text in headers.items()]
    columns += [(text, "", DISCARD) for text in discarded]
    return Reading(
        file=file,
        kind="enrolment",
        layout="dapodik_pupil",
        rows=rows,
        headers=headers,
        unmapped=(),
        discarded=discarded,
        is_certain=not any(fault.severity == "error" for fault in faults),
        as_of=as_of_in([line for found in filled for line in found.titles]),
        sheets=tuple(
            SheetReport(sheet.name, True, "", len(counted[sheet.name].rows))
            if sheet.name in counted
            else SheetReport(sheet.name, False, "other_kind")
            for sheet in every
        ),
        faults=tuple(faults),
        # No samples: what stands in these columns is about children.
        proposed=pd.DataFrame(
            [(text, name, policy, []) for text, name, policy in columns],
            columns=["header", "column", "policy", "samples"],
        ),
        signature=signature([*headers.values(), *discarded]),
    )


def _budget_reading(
    file: str, every: Sequence[Sheet], budgets: Mapping[str, BudgetTable]
) -> Reading:
    """Tables of the APBD, one row per year and stage; every sheet that tells of it counts."""
    lead = max(budgets.values(), key=lambda found: len(found.rows))
    rows = pd.concat([found.rows for found in budgets.values()], ignore_index=True)
    headers = {name: text for found in budgets.values() for name, text in found.headers.items()}
    columns = [(text, name) for found in budgets.values() for text, name in found.columns]
    proposed = pd.DataFrame(
        [
            (text, name, KEEP if name else UNKNOWN, _budget_samples(rows, name))
            for text, name in dict.fromkeys(columns)
        ],
        columns=["header", "column", "policy", "samples"],
    )
    return Reading(
        file=file,
        kind=BUDGET,
        layout=lead.layout,
        rows=rows,
        headers=headers,
        unmapped=tuple(text for text, name in dict.fromkeys(columns) if not name),
        discarded=(),
        is_certain=True,
        as_of=None,
        sheets=tuple(
            SheetReport(sheet.name, True, "", len(budgets[sheet.name].rows))
            if sheet.name in budgets
            else SheetReport(sheet.name, False, "other_kind")
            for sheet in every
        ),
        faults=(),
        proposed=proposed,
        signature=signature(text for text, _ in columns),
    )


def _budget_samples(rows: pd.DataFrame, name: str) -> list[str]:
    if name not in (*AMOUNTS, "year", "stage"):
        return []
    texts = dict.fromkeys(text for text in map(cell_text, rows[name]) if text)
    return list(texts)[:_SAMPLE_COUNT]


def _tables(sheets: Sequence[Sheet], kind: str, mapping: Mapping[str, str]) -> list[Table]:
    found = []
    for sheet in sheets:
        by_area = births_by_area(sheet) if kind == "birth" and not mapping else None
        header = by_area or found_header(sheet, kind, mapping)
        if header is None or len(header.names() - {"number"}) < 2:
            header = unknown_header(sheet, kind, mapping) or header
        if header is not None:
            below = sheet.rows[header.last + 1 :]
            header = replace(header, columns=tuple(simpeg.refined(header.columns, below)))
            header = told_by_cells(sheet, header, speaks=True) if kind == "exit" else header
            found.append(Table(sheet, header, title_lines(sheet, header)))
    if len(found) < 2:
        return found
    # The sheet that says most leads; others are read with it where they hold the same thing.
    lead = max(found, key=lambda table: (table.header.score, len(table.sheet.rows)))
    names = _names_of(lead.header)
    must = names & {"nip", "npsn"} or names
    return [
        table
        for table in found
        if must <= _names_of(table.header)
        and len(names & _names_of(table.header)) >= len(names) * 0.6
    ]


def _names_of(header: Header) -> set[str]:
    """Our columns of a header, whatever school year or area stands over them."""
    names = {re.sub(r"^births_of_\d+", "births_of", without_year(n)) for n in header.names()}
    return names - {"number"}


def _reading(
    file: str, kind: str, every: Sequence[Sheet], filled: Sequence[Sheet], tables: Sequence[Table]
) -> Reading:
    lead = max(tables, key=lambda table: (table.header.score, len(table.sheet.rows)))
    frames, bodies = [], {}
    for table in tables:
        frame, skipped = frame_of(table, kind)
        frames.append(frame)
        bodies[table.sheet.name] = (len(frame), skipped)
    rows = pd.concat(frames, ignore_index=True)
    if rows.empty:
        # 'a,b,c' over '1,2,3' has rows enough; it is the headers that say nothing.
        is_known = any(table.header.names() - {"number"} for table in tables)
        raise FaultsError([Fault(file, "file_no_rows" if is_known else "header_not_found")])

    chosen, lost = chosen_columns(lead.header.columns)
    headers: dict[str, str] = {}
    for name, column in chosen.items():
        ours = shown_name(name)
        if ours in rows.columns:
            # The day may stand in several columns.
            headers[ours] = " + ".join(filter(None, (headers.get(ours), column.header)))
    for name, column in chosen.items():
        # Of a column with a year only the part below the year means all years.
        if without_year(name) in rows.columns:
            headers.setdefault(without_year(name), column.header.rpartition(" / ")[2])
    known = set(headers)
    needs = required_columns(kind)
    available = {str(name) for name in rows.columns}
    faults = [
        Fault(file, "column_missing", details=_missing_words(group))
        for group in needs
        if not available & set(group)
    ]
    columns = list(lead.header.columns)
    proposed, private = _proposed(columns, tables, known)
    unread = [column.header for column in columns if column.policy == UNKNOWN]
    discarded = [column.header for column in columns if column.policy == DISCARD] + private
    layout = _layout(kind, columns, lead.titles)
    is_certain = not faults and not _competes(lost) and _is_explained(columns, known, kind)
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


def _missing_words(group: Sequence[str]) -> dict[str, object]:
    words = {
        "nip": ("NIP", "NIP"),
        "npsn": ("NPSN", "NPSN"),
        "name": ("Nama", "name"),
        "birth_date": ("Tanggal Lahir", "birth date"),
        "exited_on": ("TMT Berhenti/Pensiun", "day of leaving"),
    }
    if group[0] in ("total_idr", "personnel_idr"):
        is_total = group[0] == "total_idr"
        return {
            "column_id": "Belanja Daerah" if is_total else "Belanja Pegawai",
            "column_en": "total spending" if is_total else "personnel spending",
        }
    if "needed_fte" in group:
        return {"column_id": "Kebutuhan (ABK)", "column_en": "posts needed"}
    if "position" in group:
        return {"column_id": "Jabatan", "column_en": "position"}
    if "unit" in group:
        return {"column_id": "Unit Kerja", "column_en": "unit"}
    if "grade" in group:
        return {"column_id": "Tingkat/Kelas", "column_en": "grade"}
    if "pupil_count" in group:
        return {"column_id": "Jumlah Siswa", "column_en": "pupils"}
    if "religion" in group:
        return {"column_id": "Agama", "column_en": "religion"}
    if "birth_count" in group:
        return {"column_id": "Jumlah Kelahiran", "column_en": "births"}
    if "year" in group:
        return {"column_id": "Tahun", "column_en": "year"}
    first = words.get(group[0], (group[0], group[0]))
    return {"column_id": first[0], "column_en": first[1]}


def _layout(kind: str, columns: Sequence[Column], titles: Sequence[str]) -> str:
    if kind == "teacher":
        return "dapodik_gtk"
    if kind == "school":
        return "dapodik_school"
    names = {without_year(name) for column in columns for name in column.names}
    if kind == "enrolment":
        if names & {"rombel", "rombel_kind"}:
            return "dapodik_rombel"
        return "enrolment_wide" if names & set(GRADE_COLUMNS) else "enrolment_long"
    if kind == "religion":
        return "religion_long" if "religion" in names else "religion_wide"
    if kind == "birth":
        if any(name.startswith("births_of_") for name in names):
            return "births_by_area"
        has_years = any(re.search(r"_\d{4}", name) for name in names)
        return "births_wide" if has_years else "births_long"
    if kind == "exit":
        return "exit_list"
    if kind == "abk":
        return "abk_tasks" if {"volume", "norm_time"} <= names else "abk_titles"
    return siasn.layout(columns) or simpeg.layout(columns, titles) or "table"


def _competes(lost: Sequence[Column]) -> bool:
    """Whether two headers claim the same needed column in the same words."""
    return any(set(column.names) & {"nip", "birth_date"} for column in lost if column.rank == 0)


def _is_explained(columns: Sequence[Column], known: set[str], kind: str) -> bool:
    """Whether enough of a header is understood to go on without asking."""
    if kind == "roster" and {"nip", "name", "birth_date"} <= known:
        return True
    if kind == "exit" and {"nip", "exited_on", "reason"} <= known:
        return True
    if kind == "abk" and "needed_fte" in known:
        return True
    understood = sum(column.policy != UNKNOWN for column in columns)
    return understood >= len(columns) / 2


def _sheet_reports(
    every: Sequence[Sheet],
    filled: Sequence[Sheet],
    tables: Sequence[Table],
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


def _proposed(
    columns: Sequence[Column], tables: Sequence[Table], known: set[str]
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
        name = (
            "+".join(n for n in map(shown_name, column.names) if n in known)
            if column.policy == KEEP
            else ""
        )
        rows.append((column.header, name, policy, samples))
    return pd.DataFrame(rows, columns=["header", "column", "policy", "samples"]), private
