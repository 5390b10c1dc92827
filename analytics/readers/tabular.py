"""A table somewhere on a sheet: where its header stands, and what its columns mean.

Lists made to be printed have titles above and headings over headings.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import pairwise

from analytics.readers.formulas import FormulaCell
from analytics.readers.headers import (
    COUNTED,
    DISCARD,
    KEEP,
    OPTIONAL,
    SINCE,
    Column,
    column_of,
    header_key,
    with_mapping,
)
from analytics.readers.workbook import Sheet

# Titles above a table rarely take more rows than this.
DEEPEST_HEADER_ROW = 60
_DEEPEST_BLOCK = 3
# A header over more columns than this is a title, not a header of two facts.
_WIDEST_TWIN = 3
# A key and four more of our columns: nothing below will be a better header.
_PLAIN_SCORE = 12
_LONG_NUMBER = re.compile(r"\d{15,}")
# An NPSN or another number of a record: headings hold years and grades at most.
_IDENTIFIER = re.compile(r"\W*\d{6,}\W*")


@dataclass(frozen=True)
class Header:
    """Where a table's header stands (zero-based, inclusive) and what its columns mean."""

    kind: str
    first: int
    last: int
    columns: tuple[Column, ...]
    score: float

    def names(self) -> set[str]:
        """Our columns that the header offers."""
        return {name for column in self.columns for name in column.names}


def cell_text(cell: object) -> str:
    """A cell as a reader sees it, folded to one line; '' for an empty cell."""
    if cell is None or (isinstance(cell, float) and cell != cell):
        return ""
    if isinstance(cell, FormulaCell):
        return cell_text(cell.value) or cell.formula
    if isinstance(cell, bool):
        return str(cell)
    if isinstance(cell, float) and cell == int(cell) and abs(cell) < 1e15:
        return str(int(cell))
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == cell.time().min else cell.isoformat(" ")
    if isinstance(cell, date):
        return cell.isoformat()
    return " ".join(str(cell).split())


def found_header(
    sheet: Sheet, kind: str, mapping: Mapping[str, str] | None = None
) -> Header | None:
    """The header that explains most columns, or None where no row looks like one."""
    best: Header | None = None
    for first in range(min(DEEPEST_HEADER_ROW, len(sheet.rows))):
        if best is not None and best.score >= _PLAIN_SCORE and first > best.last + _DEEPEST_BLOCK:
            break
        is_counted = kind in COUNTED
        if not _may_be_header(sheet.rows[first], is_counted=is_counted):
            continue
        for last in range(first, min(first + _DEEPEST_BLOCK, len(sheet.rows))):
            if last > first and not (
                _may_be_header(sheet.rows[last], is_lower=True, is_counted=is_counted)
                or (kind == "abk" and _names_years(sheet.rows[last]))
            ):
                break
            header = header_at(sheet, kind, first, last, mapping or {})
            # Half a point more, or a title above and a data row below would join the block.
            if best is None or header.score > best.score + 0.5:
                best = header
    return best if best and best.score > 0 else None


def unknown_header(sheet: Sheet, kind: str, mapping: Mapping[str, str]) -> Header | None:
    """The widest row of short texts that stands above filled rows: a header in unknown words."""
    widest, place = 2, None
    for first in range(min(DEEPEST_HEADER_ROW, len(sheet.rows) - 1)):
        row = sheet.rows[first]
        if not _may_be_header(row):
            continue
        texts = [cell_text(cell) for cell in row if cell_text(cell)]
        if len(set(texts)) == len(texts) and len(texts) > widest:
            widest, place = len(texts), first
    return None if place is None else header_at(sheet, kind, place, place, mapping)


def _may_be_header(
    row: Sequence[object], *, is_lower: bool = False, is_counted: bool = False
) -> bool:
    texts = 0
    # Under a heading a row of grades or years may be all numbers; alone it only counts columns.
    if is_counted and not is_lower and is_numbering(row) and not any(map(_is_words, row)):
        return False
    for cell in row:
        if isinstance(cell, str):
            if _LONG_NUMBER.search(cell) or _IDENTIFIER.fullmatch(cell) or len(cell) > 120:
                return False
            texts += bool(cell.strip())
        elif is_counted and isinstance(cell, float) and 0 < cell < 2200 and cell.is_integer():
            texts += 1  # a grade or a year may stand in a header as a number
        elif isinstance(cell, date | datetime) or (
            isinstance(cell, float) and (abs(cell) > 3000 or not cell.is_integer())
        ):
            return False
    return texts >= (1 if is_lower else 2) and (is_counted or not is_numbering(row))


def _names_years(row: Sequence[object]) -> bool:
    """Whether a row holds years and nothing else: the lower row of a plan by year."""
    texts = [text for text in map(cell_text, row) if text]
    return bool(texts) and all(re.fullmatch(r"20\d{2}", text) for text in texts)


def _is_words(cell: object) -> bool:
    return isinstance(cell, str) and any(character.isalpha() for character in cell)


def is_numbering(row: Sequence[object]) -> bool:
    """Whether a row only counts the columns: 1, 2, 3 ... as printed forms do."""
    texts = [cell_text(cell).strip("()[] .") for cell in row]
    numbers = [int(text) for text in texts if text.isdigit() and len(text) < 4]
    filled = sum(bool(text) for text in texts)
    if len(numbers) < 3 or len(numbers) < filled * 0.7:
        return False
    return numbers[0] <= 2 and all(0 <= after - before <= 2 for before, after in pairwise(numbers))


def header_at(sheet: Sheet, kind: str, first: int, last: int, mapping: Mapping[str, str]) -> Header:
    """The header that stands on rows ``first`` to ``last`` (zero-based, inclusive)."""
    every, groups = heading_parts(sheet, first, last)
    columns = [
        column_of(parts, at, kind, is_grouped=at in groups)
        for at, parts in enumerate(every)
        if parts
    ]
    columns = _told_by_neighbours(columns)
    columns = _named_beside_nip(columns)
    columns = with_mapping(columns, mapping) if mapping else columns
    return Header(kind, first, last, tuple(columns), _score(columns))


def heading_parts(sheet: Sheet, first: int, last: int) -> tuple[list[list[str]], set[int]]:
    """The headings above each other on rows ``first`` to ``last`` (zero-based, inclusive).

    Returns
    -------
    By column its texts, top to bottom, each once, that of a heading over several columns with each
    of them; and the columns that stand under such a heading.
    """
    width = max(len(sheet.rows[row]) for row in range(first, last + 1))
    texts = [
        [cell_text(sheet.rows[row][at]) if at < len(sheet.rows[row]) else "" for at in range(width)]
        for row in range(first, last + 1)
    ]
    groups = _spread_headings(texts, sheet, first, last)
    parts = [list(dict.fromkeys(line[at] for line in texts if line[at])) for at in range(width)]
    return parts, groups


def _spread_headings(texts: list[list[str]], sheet: Sheet, first: int, last: int) -> set[int]:
    """Write each heading over every column it spans; the columns that stand under one."""
    groups: set[int] = set()
    for (top, left), (bottom, right) in sheet.merged:
        if right > left and first <= top <= last <= bottom and right - left < _WIDEST_TWIN:
            # One header over several columns, with nothing below it to tell them apart.
            for at in range(left + 1, min(right + 1, len(texts[0]))):
                texts[top - first][at] = texts[top - first][left]
        if right > left and first <= top < last and bottom < last:
            span = range(left, min(right + 1, len(texts[0])))
            for at in span:
                texts[top - first][at] = texts[top - first][left]
            groups.update(span)
    if not any(right > left and first <= top <= last for (top, left), (_, right) in sheet.merged):
        # Text files and open documents do not tell what is merged, and some lists merge titles
        # alone: a heading stands over its own column and those right of it that are empty above
        # and filled below.
        for line in range(len(texts) - 1):
            start = None
            for at in range(len(texts[line])):
                below = texts[line + 1][at]
                if texts[line][at]:
                    start = at if below else None
                elif start is not None and below:
                    texts[line][at] = texts[line][start]
                    groups.update((start, at))
                else:
                    start = None
    return groups


def _told_by_neighbours(columns: list[Column]) -> list[Column]:
    """Columns that only their neighbours explain.

    'Gol' and then a bare 'TMT'; one header 'Tempat/Tgl Lahir' or 'Nama/NIP' over two columns.
    """
    told = list(columns)
    for at in range(1, len(told)):
        before, column = told[at - 1], told[at]
        is_next = column.index == before.index + 1
        if is_next and header_key(column.header) == "tmt" and before.names[-1:]:
            since = SINCE.get(before.names[-1])
            if since:
                told[at] = replace(column, names=(since,), policy=KEEP)
        elif is_next and column.header == before.header and column.is_mixed:
            facts = before.names if len(before.names) == 2 else ("", *before.names)
            if len(facts) == 2:
                first = replace(before, names=facts[:1], is_mixed=False)
                told[at - 1] = first if facts[0] else replace(first, names=(), policy=DISCARD)
                told[at] = replace(column, names=facts[1:], is_mixed=False)
    return told


def _named_beside_nip(columns: list[Column]) -> list[Column]:
    """A bare 'Nama' under a heading nobody knows is the person's where the NIP stands beside it."""
    if any("name" in column.names for column in columns):
        return columns
    headings = {
        column.header.rpartition(" / ")[0] for column in columns if column.names == ("nip",)
    } - {""}
    return [
        replace(column, names=("name",), policy=KEEP)
        if not column.policy
        and column.header.rpartition(" / ")[0] in headings
        and header_key(column.header.rpartition(" / ")[2]) == "nama"
        else column
        for column in columns
    ]


def _score(columns: Sequence[Column]) -> float:
    """How much of a header is understood: columns of ours most, a thing twice only once."""
    kept = Counter(name for column in columns for name in column.names)
    kept.pop("number", None)
    others = sum(column.policy in (DISCARD, OPTIONAL) for column in columns)
    # Two facts in a column of each are better understood than two in one.
    others -= 2 * sum(column.is_mixed for column in columns)
    return (
        2.0 * len(kept) + 2.0 * ("nip" in kept) + 0.5 * others - 0.25 * (kept.total() - len(kept))
    )


def chosen_columns(columns: Sequence[Column]) -> tuple[dict[str, Column], list[Column]]:
    """For each of our columns the one that fills it; and the columns that lost to another."""
    chosen: dict[str, Column] = {}
    lost: list[Column] = []
    for column in sorted(columns, key=lambda each: (each.rank, each.index)):
        if column.policy != KEEP:
            continue
        if all(name in chosen for name in column.names):
            lost.append(column)
        for name in column.names:
            chosen.setdefault(name, column)
    return chosen, lost


def title_lines(sheet: Sheet, header: Header) -> list[str]:
    """Text above the header, a line per row."""
    lines = []
    for row in sheet.rows[: header.first]:
        line = " ".join(dict.fromkeys(text for text in map(cell_text, row) if text))
        if line:
            lines.append(line)
    return lines
