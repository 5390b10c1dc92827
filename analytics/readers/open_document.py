"""Formulas of an open document spreadsheet (ods)."""

from __future__ import annotations

import io
from collections.abc import Mapping
from xml.etree import ElementTree

_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"


def formulas_of(content: bytes) -> Mapping[str, Mapping[tuple[int, int], str]]:
    """Formula text by sheet name and zero-based (row, column).

    Raises
    ------
    ValueError
        When the content is no XML.
    """
    if b"table:formula" not in content:
        return {}
    found: dict[str, dict[tuple[int, int], str]] = {}
    cells: dict[tuple[int, int], str] = {}
    row = column = 0
    try:
        for event, element in ElementTree.iterparse(io.BytesIO(content), events=("start", "end")):
            if event == "start":
                if element.tag == f"{_TABLE}table":
                    cells = found.setdefault(element.get(f"{_TABLE}name", ""), {})
                    row = 0
                elif element.tag == f"{_TABLE}table-row":
                    column = 0
            elif element.tag in (f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell"):
                formula = element.get(f"{_TABLE}formula")
                if formula:
                    # 'of:=SUM([.A1])' names its dialect before the sign.
                    cells[row, column] = "=" + formula.partition("=")[2]
                column += int(element.get(f"{_TABLE}number-columns-repeated", "1"))
            elif element.tag == f"{_TABLE}table-row":
                row += int(element.get(f"{_TABLE}number-rows-repeated", "1"))
                element.clear()
    except ElementTree.ParseError as error:
        raise ValueError(str(error)) from error
    return found
