"""The rows below a header: which of them are records, and what the others are.

Lists made to be printed have sections with a unit's name, sub-totals, the header again on every
page, and signatures below. None of that is a record.
"""

from __future__ import annotations

import re
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from analytics.readers.headers import (
    COUNTED,
    Column,
    header_key,
)
from analytics.readers.tabular import Header, cell_text, chosen_columns, is_numbering
from analytics.readers.workbook import Sheet

_TOTAL = re.compile(r"^\W*(?:sub\s*)?(?:jumlah|total|rekap|grand total|subtotal)\b", re.I)
_NIP_TEXT = re.compile(r"(?:\d[\s.\u00a0'-]*){15,}")
# A NIP, or the eight characters of a school number.
_KEY_TEXT = re.compile(rf"{_NIP_TEXT.pattern}|^\s*[0-9A-Z]\d{{7}}\s*$")
_LABELLED = re.compile(
    r"^(?:unit kerja|opd|skpd|satuan kerja|unit|instansi|sekolah)\s*:\s*(\S.*)$", re.I
)
_SECTION_NUMBER = re.compile(r"^\s*(?:[IVXLC]{1,6}|[A-Z]|\d{1,3})\s*[.)]\s*(?=\S)")


@dataclass(frozen=True)
class Record:
    """One record: zero-based sheet rows it stands on, and the section it stands under."""

    rows: tuple[int, ...]
    section: str = ""


@dataclass(frozen=True)
class Body:
    """Records of a table and the rows below its header that are none, with the reason."""

    records: tuple[Record, ...]
    skipped: tuple[tuple[int, str], ...]


def body(sheet: Sheet, header: Header) -> Body:
    """Tell the records of a table from everything else below its header."""
    chosen, _ = chosen_columns(header.columns)
    kept = sorted({column.index for name, column in chosen.items() if name != "number"})
    if len(kept) < 2:
        # A header in unknown words: every column may matter until someone says which do.
        kept = [column.index for column in header.columns]
    key_at = next((chosen[name].index for name in ("nip", "npsn") if name in chosen), None)
    born_at = chosen["birth_date"].index if "birth_date" in chosen else None
    number_at = chosen["number"].index if "number" in chosen else None
    header_keys = {
        (column.index, key)
        for column in header.columns
        for key in map(header_key, column.header.split(" / "))
        if key
    }
    start = header.last + 1
    filled = [_filled(row, kept) for row in sheet.rows[start:]]
    # What a full record fills; titles and totals fill far less.
    counts = [count for count in filled if count >= 2]
    enough = max(2, round(statistics.median(counts) * 0.5)) if counts else 2

    records: list[Record] = []
    skipped: list[tuple[int, str]] = []
    section = ""
    for offset, row in enumerate(sheet.rows[start:]):
        place = start + offset
        if filled[offset] >= max(enough, 3) and _holds_key(row, key_at):
            # Nearly every row of a clean list; the rest of this loop is for the others.
            records.append(Record((place,), section))
            continue
        texts = {at: text for at, cell in enumerate(row) if (text := cell_text(cell))}
        if not texts:
            continue
        is_only_numbers = all(text.strip("()[] .").isdigit() for text in texts.values())
        if (
            is_numbering(row)
            and not _holds_key(row, key_at)
            # A small place with few births, or a small school, counts no columns.
            and (header.kind not in COUNTED or is_only_numbers)
        ):
            skipped.append((place, "numbering"))
        elif _repeats(texts, header_keys):
            skipped.append((place, "header"))
        elif (named := _LABELLED.match(" ".join(texts.values()))) and not _holds_key(row, key_at):
            section = named.group(1).strip()
            skipped.append((place, "section"))
        elif _is_record(texts, filled[offset], enough, key_at, born_at):
            if _is_total(texts) and not _holds_key(row, key_at):
                skipped.append((place, "total"))
            else:
                records.append(Record((place,), section))
        elif _is_total(texts):
            skipped.append((place, "total"))
        elif _is_bare_person(texts, number_at, chosen, records, sheet):
            records.append(Record((place,), section))
        else:
            label = _section_label(texts)
            if label:
                section = label
            skipped.append((place, "section" if label else "note"))
    return Body(tuple(records), tuple(skipped))


def _filled(row: Sequence[object], kept: Sequence[int]) -> int:
    return sum(at < len(row) and _is_filled(row[at]) for at in kept)


def _is_filled(cell: object) -> bool:
    return bool(cell.strip()) if isinstance(cell, str) else cell is not None


def _holds_key(row: Sequence[object], key_at: int | None) -> bool:
    if key_at is None or key_at >= len(row):
        return False
    cell = row[key_at]
    if isinstance(cell, str):
        return bool(_KEY_TEXT.search(cell))
    return isinstance(cell, float) and cell >= 1e7


def _repeats(texts: Mapping[int, str], header_keys: set[tuple[int, str]]) -> bool:
    hits = sum((at, header_key(text)) in header_keys for at, text in texts.items())
    return hits >= 2 and hits >= len(texts) * 0.6


def _is_total(texts: Mapping[int, str]) -> bool:
    first = next(iter(texts.values()))
    return any(_TOTAL.match(text) for text in list(texts.values())[:2]) and not first.isdigit()


def _is_record(
    texts: Mapping[int, str],
    filled: int,
    enough: int,
    key_at: int | None,
    born_at: int | None,
) -> bool:
    if filled >= max(enough, 3):
        return True
    if len(texts) == 1:
        # A lone number is a record that lost everything else; a lone 'NIP. ...' signs the page.
        only_at, only = next(iter(texts.items()))
        return (
            only_at == key_at and bool(re.match(r"^\W*\d", only)) and bool(_NIP_TEXT.search(only))
        )
    key = texts.get(key_at, "") if key_at is not None else ""
    born = texts.get(born_at, "") if born_at is not None else ""
    if sum(character.isdigit() for character in key) >= 5:
        return True
    if filled >= enough and (key or born):
        return True
    return filled >= enough and key_at is None


def _is_bare_person(
    texts: Mapping[int, str],
    number_at: int | None,
    chosen: Mapping[str, Column],
    records: Sequence[Record],
    sheet: Sheet,
) -> bool:
    """A numbered row that goes on counting persons, whatever else it lacks."""
    if number_at is None or "name" not in chosen or chosen["name"].index not in texts:
        return False
    number = texts.get(number_at, "").rstrip(".")
    if not number.isdigit():
        return False
    if not records:
        return False
    before = cell_text(sheet.rows[records[-1].rows[0]][number_at]).rstrip(".")
    return before.isdigit() and int(number) == int(before) + 1


def _section_label(texts: Mapping[int, str]) -> str:
    """The name a section row carries down, without its numeral; '' where it is no name."""
    values = list(dict.fromkeys(texts.values()))
    if len(values) == 2 and re.fullmatch(r"(?:[IVXLC]{1,6}|[A-Z]|\d{1,3})[.)]?", values[0]):
        values = values[1:]
    if len(values) != 1:
        return ""
    label = _SECTION_NUMBER.sub("", values[0]).strip(" :")
    is_name = any(character.isalpha() for character in label) and not re.search(r"\d{5,}", label)
    return label if is_name and len(label) > 2 else ""
