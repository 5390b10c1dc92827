"""Tables that stand several school years, or several areas, side by side: as rows.

'2023/2024 | 1 2 3' beside '2024/2025 | 1 2 3' becomes a row for each school and year; births with
a column for each area and a row for each year become a row for each area and year.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import pandas as pd

from analytics.readers.births import birth_column
from analytics.readers.headers import DISCARD, KEEP, OPTIONAL, UNKNOWN, Column, meaning_of
from analytics.readers.tabular import DEEPEST_HEADER_ROW, Header, cell_text, header_at
from analytics.readers.workbook import Sheet

YEARED = re.compile(r"(?P<column>.+)_y(?P<year>\d{4})")
_AREA = re.compile(r"births_of_(?P<index>\d+)(?:_(?P<part>male|female))?")
_COUNTED = re.compile(r"(?:grade|religion)_.+|pupil_count(?:_male|_female)?")
_YEAR = re.compile(r"(?:19|20)\d{2}")
_NUMBER = re.compile(r"[\d.,\s]+|[-\u2013\u2014]+")
_TOTAL = re.compile(r"^\W*(?:sub\s*)?(?:jumlah|jml|total|rata)\b", re.I)
_MALE = {"l", "lk", "laki-laki", "laki laki", "male"}
_FEMALE = {"p", "pr", "perempuan", "female"}


# ---- school years --------------------------------------------------------------------------------


def by_school_year(frame: pd.DataFrame) -> pd.DataFrame:
    """A row for each school and school year of a table whose columns carry years.

    Years of which a row tells nothing have no row. Columns over several years are totals and left
    out. A frame without such columns is returned as it is.
    """
    found = {str(name): match for name in frame if (match := YEARED.fullmatch(str(name)))}
    if not found:
        return frame
    around = [
        name
        for name in frame
        if str(name) not in found and name != "school_year" and not _COUNTED.fullmatch(str(name))
    ]
    parts = []
    for year in sorted({match["year"] for match in found.values()}):
        columns = {name: match["column"] for name, match in found.items() if match["year"] == year}
        counts = frame[list(columns)].rename(columns=columns)
        part = pd.concat([frame[around], counts], axis=1).assign(school_year=year)
        is_told = counts.map(lambda cell: bool(cell_text(cell))).any(axis=1)
        parts.append(part.loc[is_told])
    return pd.concat(parts).sort_index(kind="stable").reset_index(drop=True)


def without_year(name: str) -> str:
    """A column's name without the school year behind it."""
    found = YEARED.fullmatch(name)
    return found["column"] if found else name


# ---- areas of births -----------------------------------------------------------------------------


def births_by_area(sheet: Sheet) -> Header | None:
    """The header of a table of births with a row for each year and a column for each area.

    Returns
    -------
    A header with ``year`` and ``births_of_<column>`` for every area; totals are left unread. None
    where a sheet is no such table.
    """
    place = _first_years(sheet)
    if place is None:
        return None
    first_row, year_at = place
    last = next(
        (
            row
            for row in range(first_row - 1, max(first_row - 4, -1), -1)
            if _word_count(sheet.rows[row], year_at) >= 2
        ),
        None,
    )
    if last is None:
        return None
    labels = [cell_text(cell).casefold() for cell in sheet.rows[last]]
    is_sexed = sum(label in _MALE | _FEMALE for label in labels) >= 2
    first = last - 1 if is_sexed and last else last
    header = header_at(sheet, "birth", first, last, {})
    body = sheet.rows[first_row:]
    columns = [_as_area(column, year_at, body) for column in header.columns]
    if all(column.index != year_at for column in columns):
        columns.insert(0, Column(year_at, "", ("year",), KEEP))
    areas = {column.header for column in columns if _AREA.fullmatch("".join(column.names))}
    if len(areas) < 2 or any(column.names == ("?",) for column in columns):
        return None
    return Header("birth", first, last, tuple(columns), 2.0 * len(areas) + 2.0)


def _first_years(sheet: Sheet) -> tuple[int, int] | None:
    """Where the first of a column of years stands, each year once; None where there is none."""
    width = max((len(row) for row in sheet.rows[:DEEPEST_HEADER_ROW]), default=0)
    for at in range(min(width, 3)):
        cells = [cell_text(row[at]) if at < len(row) else "" for row in sheet.rows]
        rows = [row for row, text in enumerate(cells) if _YEAR.fullmatch(text)]
        told = [cells[row] for row in rows]
        if len(rows) >= 2 and len(set(told)) == len(told) and rows[0] > 0:
            return rows[0], at
    return None


def _word_count(row: Sequence[object], year_at: int) -> int:
    texts = [cell_text(cell) for at, cell in enumerate(row) if at != year_at]
    return sum(any(character.isalpha() for character in text) for text in texts)


def _as_area(column: Column, year_at: int, body: Sequence[Sequence[object]]) -> Column:
    """A column as the year, an area, left unread (totals), or '?' where this is no such table."""
    if column.index == year_at:
        return Column(column.index, column.header, ("year",), KEEP)
    if column.policy == DISCARD or column.names == ("number",):
        return column
    parts = column.header.split(" / ")
    label = parts[-1].casefold()
    part = "male" if label in _MALE else "female" if label in _FEMALE else ""
    named = parts[:-1] if part and len(parts) > 1 else parts
    texts = [cell_text(row[column.index]) for row in body if column.index < len(row)]
    filled = [text for text in texts if text]
    if _TOTAL.match(named[-1]) or (_TOTAL.match(parts[0]) and len(named) == 1):
        return Column(column.index, column.header, (), OPTIONAL)
    if meaning_of(named[-1], "birth").policy in (OPTIONAL, DISCARD):
        return Column(column.index, column.header, (), OPTIONAL)
    is_known = (
        meaning_of(named[-1], "birth").policy != UNKNOWN
        or birth_column(named[-1:]) != ("", 0)
        or (bool(part) and len(parts) == 1)
    )
    if is_known or not filled or not all(_NUMBER.fullmatch(text) for text in filled):
        # A column of names or of something births are told of: a long table, read as one.
        return Column(column.index, column.header, ("?",), OPTIONAL)
    name = f"births_of_{column.index}" + (f"_{part}" if part else "")
    return Column(column.index, named[-1], (name,), KEEP)


def by_area(frame: pd.DataFrame, header: Header) -> pd.DataFrame:
    """A row for each area and year of a table whose columns are areas."""
    areas: dict[str, dict[str, str]] = {}
    for column in header.columns:
        found = _AREA.fullmatch("".join(column.names))
        if found and column.names[0] in frame:
            told = f"birth_count_{found['part']}" if found["part"] else "birth_count"
            areas.setdefault(column.header, {})[column.names[0]] = told
    if not areas:
        return frame
    counted = {name for columns in areas.values() for name in columns}
    around = [name for name in frame if name not in counted]
    parts = []
    for area, columns in areas.items():
        part = frame[[*around, *columns]].rename(columns=columns).assign(area=area)
        if {"birth_count_male", "birth_count_female"} & set(part):
            part = part.drop(columns="birth_count", errors="ignore")
        parts.append(part)
    return pd.concat(parts).sort_index(kind="stable").reset_index(drop=True)
