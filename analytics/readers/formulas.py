"""Which cells of a packed workbook are formulas, and their text.

The sheet reader gives a formula's last result only. A formula that was never computed reads as an
empty cell, so a planted one would vanish in silence; its text is kept and reported instead.
"""

from __future__ import annotations

import html
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass

from analytics.readers import open_document

_CELL = re.compile(
    rb'<(?:\w+:)?c\b[^>]*?\br="([A-Z]{1,3})(\d+)"[^>]*>\s*'
    rb"<(?:\w+:)?f\b([^>]*?)(?:/>|>(.*?)</(?:\w+:)?f>)",
    re.DOTALL,
)
_SHEET = re.compile(rb"<(?:\w+:)?sheet\b[^>]*>")
_RELATION = re.compile(rb"<(?:\w+:)?Relationship\b[^>]*>")
_ROW = re.compile(rb'row r="(\d+)"')
_FAR_CELL = re.compile(rb' r="([A-Z]{3})\d')
_TWO_LETTERS = re.compile(rb' r="[A-Z]{2}\d')
_MARK = re.compile(rb"<(?:\w+:)?f[ >/]")


@dataclass(frozen=True)
class FormulaCell:
    """A formula: its text, and the result the spreadsheet last saved ('' where none)."""

    formula: str
    value: object


def _attribute(tag: bytes, name: str) -> str:
    found = re.search(rb"\b(?:\w+:)?" + name.encode() + rb'="([^"]*)"', tag)
    return html.unescape(found.group(1).decode("utf-8", "replace")) if found else ""


@dataclass(frozen=True)
class Found:
    """Formulas by sheet and zero-based (row, column); the last filled (row, column), 1-based."""

    formulas: Mapping[str, Mapping[tuple[int, int], str]]
    extents: Mapping[str, tuple[int, int]]


def of_archive(archive: zipfile.ZipFile) -> Found:
    """Formulas and extents of the sheets of an xlsx or ods; of other formats, none."""
    names = set(archive.namelist())
    if "content.xml" in names:
        return Found(open_document.formulas_of(archive.read("content.xml")), {})
    if not {"xl/workbook.xml", "xl/_rels/workbook.xml.rels"} <= names:
        return Found({}, {})
    targets = {
        _attribute(tag, "Id"): _attribute(tag, "Target")
        for tag in _RELATION.findall(archive.read("xl/_rels/workbook.xml.rels"))
    }
    found: dict[str, Mapping[tuple[int, int], str]] = {}
    extents: dict[str, tuple[int, int]] = {}
    for tag in _SHEET.findall(archive.read("xl/workbook.xml")):
        target = targets.get(_attribute(tag, "id"), "")
        part = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
        if part in names:
            content = archive.read(part)
            name = _attribute(tag, "name")
            found[name] = _of_part(content)
            extents[name] = _extent(content)
    return Found(found, extents)


def _extent(part: bytes) -> tuple[int, int]:
    rows = [int(number) for number in _ROW.findall(part)]
    # Columns beyond ZZ are rare enough to be looked at one by one; the others are at most 702.
    far = {_column_number(letters) for letters in _FAR_CELL.findall(part)}
    near = 702 if _TWO_LETTERS.search(part) else 26
    return max(rows, default=0), max(far, default=near)


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _of_part(part: bytes) -> Mapping[tuple[int, int], str]:
    if not _MARK.search(part):
        return {}
    shared: dict[bytes, str] = {}
    found: dict[tuple[int, int], str] = {}
    for letters, number, attributes, text in _CELL.findall(part):
        formula = "=" + html.unescape(text.decode("utf-8", "replace"))
        group = re.search(rb'\bsi="(\d+)"', attributes)
        if group:
            # Only the first cell of a shared formula carries the text.
            formula = shared.setdefault(group.group(1), formula) if not text else formula
            shared[group.group(1)] = formula
        found[int(number) - 1, _column_number(letters) - 1] = formula
    return found
