"""SIMPEG prints and DUK lists: several facts in one cell, a person on two rows."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from analytics.readers.dates import date_part
from analytics.readers.formulas import FormulaCell
from analytics.readers.headers import COMBINED, POINT, SINCE, Column, header_key, layout_keys
from analytics.readers.points import parted_point
from analytics.readers.table_rows import Record
from analytics.readers.tabular import cell_text
from analytics.readers.workbook import Sheet

_NIP = re.compile(
    r"(?:NI(?:P|PPPK| PPPK)?\s*(?:BARU)?\s*[.:]*\s*)?['`]?(\d(?:[ .\u00a0'-]?\d){8,})", re.I
)
_NIP_LABEL = re.compile(r"\bNI(?:P|PPPK| PPPK)\s*[.:]*\s*$", re.I)
_NUMBER_WITH_UNIT = re.compile(
    r"(?:(\d{1,2})\s*(?:tahun|thn|th)\b\.?)?\W*(?:(\d{1,2})\s*(?:bulan|bln|bl)\b)?", re.I
)
_LEVEL = r"(?:IV|III|II|I|V)"
_ECHELON_PART = (
    rf"(?:non\s*eselon|(?:eselon|esl|es)\b[\s.]*{_LEVEL}(?:\s*[./-]?\s*[ab])?"
    rf"|{_LEVEL}\s*[./-]?\s*[ab])"
)
_ECHELON_LAST = re.compile(rf"(?:^|[\n/,;(|-]|\s-)\s*({_ECHELON_PART})\s*\)?\s*$", re.I)
_ECHELON_FIRST = re.compile(rf"^\s*({_ECHELON_PART})\s*(?:[\n/,;|-]|$)\s*", re.I)
_DAY_COLUMNS = {
    "birth_date",
    "golongan_since",
    "position_since",
    "appointed_on",
    "stated_retires_on",
}
_DAY_COLUMNS |= {"contract_ends_on", "first_appointed_on"}
_DUK_TITLE = re.compile(r"daftar urut kepangkatan|\bduk\b", re.I)


def layout(columns: Sequence[Column], titles: Sequence[str]) -> str:
    """``duk``, ``simpeg`` or '' for a roster's header under its titles."""
    if any(_DUK_TITLE.search(line) for line in titles):
        return "duk"
    keys = {header_key(column.header) for column in columns}
    share = len(keys & layout_keys("simpeg")) / max(len(keys), 1)
    if any(column.is_mixed and len(column.names) > 1 for column in columns):
        return "duk"
    return "simpeg" if (share >= 0.8 and len(keys) >= 15) or "satker1" in keys else ""


def refined(columns: Sequence[Column], rows: Sequence[Sequence[object]]) -> list[Column]:
    """Columns whose header leaves open what the cells say plainly.

    'Gol TMT' may head dates, or grades with their dates below them in the same cell.
    """
    grades = {since: fact for fact, since in SINCE.items()}
    result = []
    for column in columns:
        if len(column.names) == 1 and column.names[0] in grades:
            cells = [row[column.index] for row in rows[:200] if column.index < len(row)]
            texts = [cell for cell in cells if isinstance(cell, str) and cell.strip()]
            mixed = [text for text in texts if _has_more_than_a_date(text)]
            if len(mixed) > len(texts) / 2:
                names = (grades[column.names[0]], column.names[0])
                column = replace(column, names=names, is_mixed=True)
        result.append(column)
    return result


def _has_more_than_a_date(text: str) -> bool:
    part = date_part(text)
    rest = text.replace(part, "") if part else ""
    return bool(part) and any(
        character.isalpha() for character in re.sub(r"\btmt\b", "", rest, flags=re.I)
    )


def split_cell(cell: object, names: Sequence[str]) -> dict[str, object]:
    """The facts a combined cell holds, by our columns.

    Names of places that stand beside a birth date are dropped here; they are not ours to keep.
    """
    if isinstance(cell, FormulaCell):
        cell = cell.value if cell_text(cell.value) else cell.formula
    if not isinstance(cell, str):
        return {_home_of(cell, names): cell}
    if names == COMBINED[POINT]:
        return dict(zip(names, parted_point(" ".join(cell.split())), strict=True))
    lines = [" ".join(line.split()) for line in cell.splitlines() if line.strip()]
    text = "\n".join(lines)
    found: dict[str, object] = {}
    if "nip" in names:
        numbers = list(_NIP.finditer(text))
        # Where the old number of 9 digits stands beside it, the longer one is the NIP.
        nip = max(numbers, key=lambda found: len(found.group(1)), default=None)
        if nip:
            found["nip"] = nip.group(1)
            for number in reversed(numbers):
                if number is not nip and len(re.sub(r"\D", "", number.group(1))) != 9:
                    continue
                before = _NIP_LABEL.sub("", text[: number.start()])
                text = before + "\n" + text[number.end() :]
        else:
            # A number too short to be one is still what stands where the NIP should.
            short = [
                line
                for line in text.split("\n")
                if re.search(r"\d", line) and not re.search(r"[A-Za-z]{3}", line)
            ]
            if short:
                found["nip"] = _NIP_LABEL.sub("", short[-1])
                text = "\n".join(line for line in text.split("\n") if line != short[-1])
    for name in names:
        if name in _DAY_COLUMNS:
            part = date_part(text)
            found[name] = part
            if part:
                at = text.rindex(part)
                text = re.sub(r"\btmt\b\W*$", "", text[:at], flags=re.I) + text[at + len(part) :]
    if "service_years" in names:
        return _service(text)
    if "echelon" in names and len(names) > 1:
        # A title may hold strokes of its own: only what is an echelon is cut off.
        level = _ECHELON_LAST.search(text) or _ECHELON_FIRST.search(text)
        found["echelon"] = level.group(1) if level else ""
        text = text[: level.start()] + text[level.end() :] if level else text
    rest = [name for name in names if name not in found]
    pieces = [piece.strip(" /,;:|-") for piece in text.split("\n")]
    pieces = [piece for piece in pieces if piece]
    if rest and names != ("birth_date",):
        if len(rest) > 1 and len(pieces) < len(rest):
            pieces = [
                piece.strip()
                for piece in re.split(r"\s*/\s*|\s*;\s*", " ".join(pieces), maxsplit=1)
            ]
        for name, piece in zip(rest[:-1], pieces, strict=False):
            found[name] = piece
        found[rest[-1]] = " ".join(pieces[len(rest) - 1 :])
    return found


def _home_of(cell: object, names: Sequence[str]) -> str:
    """Where a cell that is no text belongs among the facts of its column."""
    is_number = isinstance(cell, int | float)
    if is_number and "nip" in names:
        return "nip"
    if is_number and "service_years" in names:
        return "service_years"
    return next((name for name in names if name in _DAY_COLUMNS), names[0])


def _service(text: str) -> dict[str, object]:
    worded = next((m for m in _NUMBER_WITH_UNIT.finditer(text) if m.group(1) or m.group(2)), None)
    if worded:
        return {"service_years": worded.group(1) or "", "service_months": worded.group(2) or ""}
    numbers = re.findall(r"\d{1,2}", text)
    return dict(zip(("service_years", "service_months"), [*numbers[:2], "", ""], strict=False))


def _is_nip(cell: object) -> bool:
    text = cell_text(cell)
    digits = sum(character.isdigit() for character in text)
    letters = sum(
        character.isalpha() for character in re.sub(r"\bNI(?:P|PPPK)\b", "", text, flags=re.I)
    )
    # A cell with a name as well as a number is both rows in one.
    return digits >= 9 and letters <= 2


def pair_column(columns: Sequence[Column], sheet: Sheet, first: int) -> Column | None:
    """The column under which name and NIP of one person stand on two rows, or None."""
    for column in columns:
        if "nip" not in column.names or "name" not in column.names:
            continue
        cells = [row[column.index] for row in sheet.rows[first:] if column.index < len(row)]
        cells = [cell for cell in cells if cell_text(cell)][:400]
        numbers = sum(_is_nip(cell) for cell in cells)
        if cells and 0.25 <= numbers / len(cells) <= 0.75:
            return column
    return None


def paired_records(
    sheet: Sheet, column: Column, rows: Sequence[int], sections: Mapping[int, str]
) -> list[Record]:
    """Persons of a list that gives each of them two (or three) rows.

    Parameters
    ----------
    column
        The one with name over NIP (or NIP over name).
    rows
        Candidate sheet rows, ascending.
    sections
        Section label by sheet row.
    """
    is_nip_first = column.names.index("nip") < column.names.index("name")
    records: list[list[int]] = []
    for place in rows:
        cell = sheet.rows[place][column.index] if column.index < len(sheet.rows[place]) else ""
        starts = bool(cell_text(cell)) and _is_nip(cell) == is_nip_first
        if starts or not records:
            records.append([place])
        else:
            records[-1].append(place)
    return [Record(tuple(each), sections.get(each[0], "")) for each in records]


def joined_cell(cells: Sequence[object], column: Column) -> object:
    """One cell out of those a person fills in a column on several rows."""
    filled = [cell for cell in cells if cell_text(cell)]
    if not filled:
        return ""
    if len(filled) == 1:
        return filled[0]
    if column.names == ("birth_date",):
        # A place above a day: the day alone is ours.
        days = [cell for cell in filled if not isinstance(cell, str) or date_part(cell)]
        return days[-1] if days else " ".join(cell_text(cell) for cell in filled)
    if all(isinstance(cell, str) for cell in filled):
        return " ".join(cell_text(cell) for cell in filled)
    return filled[0]


def split_rows(cells: Sequence[object], column: Column) -> dict[str, object]:
    """The facts of a stacked column for one person: one from each row, in the header's order."""
    if len(column.names) == 2 and len(cells) > 1:
        first = cells[0]
        rest = [cell for cell in cells[1:] if cell_text(cell)]
        is_split = bool(rest) or not (isinstance(first, str) and "\n" in first.strip())
        if is_split:
            return {column.names[0]: first, column.names[1]: rest[0] if rest else ""}
    return split_cell(joined_cell(cells, column), column.names)
