"""What an import could not use, kept in the edition it made: faults and refused rows."""

from __future__ import annotations

import json
from collections.abc import Iterable

import pandas as pd

from analytics.faults import Fault
from analytics.store import Connection, ask


def faults(connection: Connection) -> list[Fault]:
    """Faults found by the import that made the edition, as they were found."""
    table = ask(connection, "import_faults")
    return [
        Fault(
            file=row.file,
            row=None if pd.isna(row.row) else int(row.row),
            column=row.header,
            value=row.written_value,
            code=row.code,
            details=json.loads(row.details),
        )
        for row in table.itertuples(index=False)
    ]


def refused_rows(connection: Connection) -> pd.DataFrame:
    """Rows that the import of the edition left out.

    Returns
    -------
    One row per spreadsheet row: ``sheet, row, codes, reasons`` and the canonical columns as text.
    """
    table = ask(connection, "refused_rows").astype({"row": "Int64"})
    cells = pd.DataFrame([json.loads(text) for text in table["cells"]], index=table.index)
    return table.drop(columns="cells").join(cells)


def fault_rows(found: Iterable[Fault]) -> pd.DataFrame:
    """Faults as rows of the table ``import_fault``; one row per fault, in the order given."""
    rows = [
        (
            number,
            fault.file,
            fault.row,
            fault.column,
            fault.value,
            fault.code,
            json.dumps(dict(fault.details), ensure_ascii=False, default=str),
        )
        for number, fault in enumerate(found, start=1)
    ]
    columns = [
        "import_fault_number",
        "file",
        "spreadsheet_row",
        "header",
        "written_value",
        "code",
        "details",
    ]
    return pd.DataFrame(rows, columns=columns).astype({"spreadsheet_row": "Int64"})


def refused_row_rows(refused: pd.DataFrame) -> pd.DataFrame:
    """Refused rows as rows of the table ``refused_row``.

    Parameters
    ----------
    refused
        One row per spreadsheet row: ``sheet, row, codes, reasons`` and canonical columns as text.
    """
    told = refused[["sheet", "row", "codes", "reasons"]].rename(columns={"row": "spreadsheet_row"})
    cells = refused.drop(columns=["sheet", "row", "codes", "reasons"])
    texts = [
        json.dumps(
            {str(name): str(cell) for name, cell in row.items() if pd.notna(cell)},
            ensure_ascii=False,
        )
        for row in cells.to_dict("records")
    ]
    return told.assign(
        refused_row_number=range(1, len(refused) + 1), cells=pd.Series(texts, index=told.index)
    )
