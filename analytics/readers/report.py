"""What a reading says of a file: its rows, its headers, and what became of every sheet."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import pandas as pd

from analytics.faults import Fault
from analytics.readers.headers import DISCARD, KEEP, UNKNOWN, Column
from analytics.readers.leaving_cells import shown_name
from analytics.readers.records import Table
from analytics.readers.tabular import cell_text
from analytics.readers.workbook import Sheet

SAMPLE_COUNT = 3
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


def sheet_reports(
    every: Sequence[Sheet],
    filled: Sequence[Sheet],
    tables: Sequence[Table],
    bodies: Mapping[str, tuple[int, tuple[tuple[int, str], ...]]],
) -> tuple[SheetReport, ...]:
    """What became of every sheet.

    Parameters
    ----------
    every, filled, tables
        All sheets of the file, those with cells that were asked for, and the tables read.
    bodies
        By name of a sheet that was read: records, and rows passed over with why.
    """
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


def reports_by_count(every: Sequence[Sheet], counts: Mapping[str, int]) -> tuple[SheetReport, ...]:
    """What became of every sheet where ``counts`` has the records of those that were read."""
    return tuple(
        SheetReport(sheet.name, True, "", counts[sheet.name])
        if sheet.name in counts
        else SheetReport(sheet.name, False, "other_kind")
        for sheet in every
    )


def proposed_columns(
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
                samples = values[:SAMPLE_COUNT]
        policy = DISCARD if column.header in private else column.policy
        name = (
            "+".join(n for n in map(shown_name, column.names) if n in known)
            if column.policy == KEEP
            else ""
        )
        rows.append((column.header, name, policy, samples))
    return pd.DataFrame(rows, columns=["header", "column", "policy", "samples"]), private
