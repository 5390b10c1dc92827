"""Reading a file: which kind of list it is, which sheets belong to it, what each column means."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pandas as pd

from analytics.faults import Fault, FaultsError
from analytics.readers import dapodik, siasn, simpeg
from analytics.readers.budgets import KIND as BUDGET
from analytics.readers.budgets import budget_reading, budget_table
from analytics.readers.dates import as_of_in
from analytics.readers.headers import (
    COMBINED,
    DISCARD,
    KINDS,
    UNKNOWN,
    Column,
    canonical_columns,
    signature,
)
from analytics.readers.kinds import (
    BIRTH_COLUMNS,
    GRADE_COLUMNS,
    RELIGION_COLUMNS,
    kind_of,
    lists_persons,
)
from analytics.readers.leaving_cells import shown_name, told_by_cells
from analytics.readers.pupils import counted_reading
from analytics.readers.records import Table, frame_of
from analytics.readers.report import Reading, proposed_columns, sheet_reports
from analytics.readers.required import missing_columns
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
        return counted_reading(path.name, every, lists)

    if kind in (None, BUDGET):
        budgets = {sheet.name: found for sheet in filled if (found := budget_table(sheet, mapping))}
        if budgets:
            return budget_reading(path.name, every, budgets)
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
    faults = missing_columns(file, kind, {str(name) for name in rows.columns})
    columns = list(lead.header.columns)
    proposed, private = proposed_columns(columns, tables, known)
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
        sheets=sheet_reports(every, filled, tables, bodies),
        faults=tuple(faults),
        proposed=proposed,
        signature=signature(column.header for column in columns),
    )


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
