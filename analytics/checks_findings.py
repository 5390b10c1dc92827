"""Faults gathered while a file is judged, and the refused rows as a list to be mended."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import pandas as pd

from analytics.checks_cells import by_value, is_formula, text, written
from analytics.faults import Fault, FaultsError
from analytics.readers import FormulaCell, Reading


def refuse_unusable(reading: Reading) -> None:
    """Raise what keeps a reading from being judged at all (a column that is missing)."""
    errors = [fault for fault in reading.faults if fault.severity == "error"]
    if errors:
        raise FaultsError(errors)


@dataclass
class Findings:
    """Faults gathered while a reading is judged."""

    reading: Reading
    faults: list[Fault] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._rows = self.reading.rows["row"].to_list()
        self._sheets = self.reading.rows["sheet"].to_list()

    def add(
        self, code: str, at: int | None, column: str, cell: object = "", **details: object
    ) -> None:
        """Add a fault of the reading's row at position ``at`` (None: of the whole file)."""
        file = self.reading.file
        if at is not None and self.reading.has_many_sheets:
            file = f"{file} [{self._sheets[at]}]"
        self.faults.append(
            Fault(
                file,
                code,
                None if at is None else int(self._rows[at]),
                self.reading.headers.get(column, ""),
                written(cell),
                details,
            )
        )

    def row_name(self, at: int) -> str:
        """The row number of a position, with its sheet where there are several."""
        sheet = f" ({self._sheets[at]})" if self.reading.has_many_sheets else ""
        return f"{self._rows[at]}{sheet}"

    def refused(self) -> set[int]:
        """Positions of rows that have an error, found by their fault's file and row."""
        # A row of the file that tells several school years stands at several positions.
        places: dict[tuple[str, int], set[int]] = {}
        for at, (sheet, row) in enumerate(zip(self._sheets, self._rows, strict=True)):
            many = f"{self.reading.file} [{sheet}]"
            file = many if self.reading.has_many_sheets else self.reading.file
            places.setdefault((file, row), set()).add(at)
        return {
            at
            for fault in self.faults
            if fault.row is not None and fault.severity == "error"
            for at in places[fault.file, fault.row]
        }

    def sorted_faults(self) -> tuple[Fault, ...]:
        """File-level faults first, then by row, errors before warnings, columns left to right."""
        place = {header: at for at, header in enumerate(self.reading.proposed["header"])}
        return tuple(
            sorted(
                self.faults,
                key=lambda f: (f.file, f.row or 0, f.severity != "error", place.get(f.column, -1)),
            )
        )


def cells_of(reading: Reading, column: str) -> list[object]:
    """Cells of one of our columns; empty text where the file has none."""
    if column in reading.rows.columns:
        return list(reading.rows[column])
    return [""] * len(reading.rows)


def texts_of(reading: Reading, column: str) -> list[str]:
    """Cells of one of our columns as text, empty ones as ''."""
    return by_value(cells_of(reading, column), text)


def formula_faults(reading: Reading, findings: Findings, columns: Sequence[str]) -> None:
    """``text_formula`` for every cell of the given columns that a spreadsheet would execute."""
    numeric = {"service_years", "service_months", "stated_bup_years"}
    seen: set[str] = set()
    for column in columns:
        # A column that fills several of ours is looked at once.
        header = reading.headers.get(column, column)
        for at, cell in enumerate(cells_of(reading, column)):
            if not isinstance(cell, str | FormulaCell) or not is_formula(cell):
                continue
            is_computed = isinstance(cell, FormulaCell) and cell.value != ""
            if is_computed and (column in numeric or column.endswith(("_on", "_since", "_date"))):
                continue
            mark = f"{header}|{at}"
            if mark not in seen:
                seen.add(mark)
                findings.add("text_formula", at, column, cell)


def refused_rows(reading: Reading, findings: Findings, refused: set[int]) -> pd.DataFrame:
    """One row per refused row of the file, to be mended and given again.

    Returns
    -------
    ``sheet``, ``row``, ``codes`` and ``reasons`` (joined by '; '), then every column that was read,
    as text under the header as written.
    """
    by_row: dict[tuple[str, int], list[Fault]] = {}
    for fault in findings.sorted_faults():
        if fault.severity == "error" and fault.row is not None:
            by_row.setdefault((fault.file, fault.row), []).append(fault)
    rows = []
    names = [name for name in reading.rows.columns if name not in ("sheet", "row")]
    table = reading.rows.iloc[sorted(refused)]
    for record in table.to_dict("records"):
        many = f"{reading.file} [{record['sheet']}]" if reading.has_many_sheets else reading.file
        faults = by_row[many, int(record["row"])]
        rows.append(
            {
                "sheet": record["sheet"],
                "row": int(record["row"]),
                "codes": "; ".join(dict.fromkeys(fault.code for fault in faults)),
                "reasons": "; ".join(dict.fromkeys(fault.message() for fault in faults)),
                **{name: written(record[name]) for name in names},
            }
        )
    return pd.DataFrame(rows, columns=["sheet", "row", "codes", "reasons", *names])
