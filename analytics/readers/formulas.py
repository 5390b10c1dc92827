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

_CELL = re.compile(
    rb'<(?:\w+:)?c\b[^>]*?\br="([A-Z]{1,3})(\d+)"[^>]*>\s*'
    rb"<(?:\w+:)?f\b([^>]*?)(?:/>|>(.*?)</(?:\w+:)?f>)",
    re.DOTALL,
)
_SHEET = re.compile(rb"<(?:\w+:)?sheet\b[^>]*>")
_RELATION = re.compile(rb"<(?:\w+:)?Relationship\b[^>]*>")
_MARK = re.compile(rb"<(?:\w+:)?f[ >/]")


@dataclass(frozen=True)
class FormulaCell:
    """A formula: its text, and the result the spreadsheet last saved ('' where none)."""

    formula: str
    value: object


def _attribute(tag: bytes, name: str) -> str:
    found = re.search(rb"\b(?:\w+:)?" + name.encode() + rb'="([^"]*)"', tag)
    return html.unescape(found.group(1).decode("utf-8", "replace")) if found else ""


def of_archive(archive: zipfile.ZipFile) -> Mapping[str, Mapping[tuple[int, int], str]]:
    """Formula text by sheet name and zero-based (row, column); other formats than xlsx: none."""
    names = set(archive.namelist())
    if not {"xl/workbook.xml", "xl/_rels/workbook.xml.rels"} <= names:
        return {}
    targets = {
        _attribute(tag, "Id"): _attribute(tag, "Target")
        for tag in _RELATION.findall(archive.read("xl/_rels/workbook.xml.rels"))
    }
    found: dict[str, Mapping[tuple[int, int], str]] = {}
    for tag in _SHEET.findall(archive.read("xl/workbook.xml")):
        target = targets.get(_attribute(tag, "id"), "")
        part = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
        if part in names:
            found[_attribute(tag, "name")] = _of_part(archive.read(part))
    return found


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
        column = 0
        for letter in letters:
            column = column * 26 + letter - 64
        found[int(number) - 1, column - 1] = formula
    return found
