"""What leaves the product: files a spreadsheet opens and never executes, JSON all programs read.

In CSV a text that a spreadsheet would run as a formula gets an apostrophe in front (OWASP, *CSV
Injection*). In a workbook text is written as text, so it stays as it was written.
"""

from __future__ import annotations

import io
import json
import math
import re
from collections.abc import Mapping
from datetime import date, datetime

import numpy as np
import pandas as pd

# ASCII and full-width signs, and the characters a spreadsheet skips before it looks for one.
_STARTS_FORMULA = r"^[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]"
# A sign alone is no formula: our own tables write '-' for "no jenjang".
_FORMULA = re.compile(_STARTS_FORMULA + r".+", flags=re.DOTALL)
# The minus of the screen, where nothing but a number follows it.
_MINUS_OF_NUMBER = re.compile(r"(?<![^,\n\"])\u2212(?=[\d.,]*\d%?(?:[,\n\"]|$))")
_NOT_IN_SHEET_NAMES = re.compile(r"[\[\]:*?/\\']")
_SHEET_NAME_LENGTH = 31
_WIDEST_COLUMN = 60
_ROWS_MEASURED = 500


def safe_text(text: object) -> object:
    """A value as it may stand in a CSV file: formulas get an apostrophe, all else stays."""
    return "'" + text if isinstance(text, str) and _FORMULA.match(text) else text


def safe_frame(frame: pd.DataFrame) -> pd.DataFrame:
    """The same table with every text that a spreadsheet would execute made harmless.

    Parameters
    ----------
    frame
        Any table; its columns keep their types.

    Returns
    -------
    A copy. Headers are made harmless too.
    """
    safe = frame.copy()
    for position in range(safe.shape[1]):
        column = safe.iloc[:, position]
        if pd.api.types.is_numeric_dtype(column) or pd.api.types.is_datetime64_any_dtype(column):
            continue
        if isinstance(column.dtype, pd.StringDtype):
            is_formula = column.str.match(_FORMULA).fillna(False).astype(bool)
            if is_formula.any():
                safe.isetitem(position, column.mask(is_formula, "'" + column))
        else:
            safe.isetitem(position, column.map(safe_text, na_action="ignore"))
    return safe.set_axis([safe_text(name) for name in safe.columns], axis="columns")


def json_text(content: object, *, indent: int | None = 2, sort_keys: bool = False) -> str:
    """JSON as every program reads it: NaN and infinity, for which it has no word, are null."""
    return json.dumps(
        _with_nulls(content),
        ensure_ascii=False, indent=indent, sort_keys=sort_keys, allow_nan=False,
    )  # fmt: skip


def _with_nulls(content: object) -> object:
    if isinstance(content, Mapping):
        return {key: _with_nulls(value) for key, value in content.items()}
    if isinstance(content, list | tuple):
        return [_with_nulls(value) for value in content]
    return None if isinstance(content, float) and not math.isfinite(content) else content


def csv_bytes(frame: pd.DataFrame, *, for_spreadsheet: bool = False) -> bytes:
    """A table as CSV in UTF-8: ISO dates, plain numbers, nothing that a spreadsheet executes.

    Parameters
    ----------
    frame
        Any table; the index is left out.
    for_spreadsheet
        Begin with the byte order mark by which Excel recognises UTF-8.
    """
    text: str = safe_frame(_with_plain_dates(frame)).to_csv(index=False, lineterminator="\n")
    text = _MINUS_OF_NUMBER.sub("-", text)
    return text.encode("utf-8-sig" if for_spreadsheet else "utf-8")


def _with_plain_dates(frame: pd.DataFrame) -> pd.DataFrame:
    """Dates without a time of day where every time is midnight."""
    plain = frame.copy()
    for position in range(plain.shape[1]):
        column = plain.iloc[:, position]
        if not pd.api.types.is_datetime64_any_dtype(column):
            continue
        known = column.dropna()
        is_day = bool((known == known.dt.normalize()).all())
        pattern = "%Y-%m-%d" if is_day else "%Y-%m-%dT%H:%M:%S"
        plain.isetitem(position, column.dt.strftime(pattern))
    return plain


def xlsx_bytes(sheets: Mapping[str, pd.DataFrame]) -> bytes:
    """A workbook with one sheet per table.

    Parameters
    ----------
    sheets
        Tables by sheet name; the index is left out.

    Returns
    -------
    The bytes of an .xlsx file. Text is text (a NIP keeps its 18 digits, ``=1+1`` stays as written
    and is not computed), dates are dates, the header is bold and stays in view, every column is
    wide enough and can be filtered. Names that Excel forbids are mended.
    """
    import xlsxwriter  # only for downloads

    stream = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "nan_inf_to_errors": False,
        "default_date_format": "yyyy-mm-dd",
    }
    with xlsxwriter.Workbook(stream, options) as book:
        # What typing an apostrophe does: the text stays text even when somebody edits the cell.
        quoted = book.add_format({"quote_prefix": True})
        bold = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        used: set[str] = set()
        for name, frame in sheets.items():
            sheet = book.add_worksheet(_sheet_name(name, used))
            columns = [_cells(frame.iloc[:, position]) for position in range(frame.shape[1])]
            for position, (header, cells) in enumerate(zip(frame.columns, columns, strict=True)):
                sheet.write_string(0, position, str(header), bold)
                sheet.set_column(position, position, _width(str(header), cells))
                _write_column(sheet, position, cells, quoted)
            sheet.freeze_panes(1, 0)
            if frame.shape[1]:
                sheet.autofilter(0, 0, max(len(frame), 1), frame.shape[1] - 1)
    return stream.getvalue()


def _sheet_name(name: str, used: set[str]) -> str:
    bare = _NOT_IN_SHEET_NAMES.sub(" ", str(name)).strip()[:_SHEET_NAME_LENGTH] or "Tabel"
    candidate, number = bare, 2
    while candidate.casefold() in used:
        tail = f" {number}"
        candidate = bare[: _SHEET_NAME_LENGTH - len(tail)] + tail
        number += 1
    used.add(candidate.casefold())
    return candidate


def _cells(column: pd.Series) -> list[object]:
    """Plain Python values; None where missing."""
    return [
        None if is_missing else value
        for value, is_missing in zip(
            column.astype(object).tolist(), column.isna().tolist(), strict=True
        )
    ]


def _write_column(sheet: object, position: int, cells: list[object], quoted: object) -> None:
    for row, cell in enumerate(cells, start=1):
        if cell is None:
            continue
        if isinstance(cell, bool | np.bool_):
            sheet.write_boolean(row, position, bool(cell))  # type: ignore[attr-defined]
        elif isinstance(cell, int | float | np.number) and np.isfinite(float(cell)):
            sheet.write_number(row, position, float(cell))  # type: ignore[attr-defined]
        elif isinstance(cell, datetime | date):
            plain = cell.replace(tzinfo=None) if isinstance(cell, datetime) else cell
            sheet.write_datetime(row, position, plain)  # type: ignore[attr-defined]
        elif isinstance(cell, str) and _FORMULA.match(cell):
            sheet.write_string(row, position, cell, quoted)  # type: ignore[attr-defined]
        else:
            sheet.write_string(row, position, str(cell))  # type: ignore[attr-defined]


def _width(header: str, cells: list[object]) -> int:
    shown = [
        10 if isinstance(cell, date) else len(str(cell))
        for cell in cells[:_ROWS_MEASURED]
        if cell is not None
    ]
    return min(max([len(header), *shown]) + 2, _WIDEST_COLUMN)
