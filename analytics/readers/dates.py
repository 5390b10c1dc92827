"""Dates as clerks write them: cells, serial numbers, and text with Indonesian month names."""

from __future__ import annotations

import math
import re
from datetime import date, datetime, timedelta

_MONTHS = {
    1: ("januari", "january", "jan"),
    2: ("februari", "pebruari", "february", "febuari", "feb", "peb"),
    3: ("maret", "march", "mar", "mrt"),
    4: ("april", "apr"),
    5: ("mei", "may"),
    6: ("juni", "june", "jun"),
    7: ("juli", "july", "jul"),
    8: ("agustus", "august", "agust", "agt", "agu", "ags", "aug"),
    9: ("september", "sept", "sep"),
    10: ("oktober", "october", "okt", "oct"),
    11: ("november", "nopember", "nov", "nop"),
    12: ("desember", "december", "des", "dec"),
}
MONTH_NUMBERS = {name: number for number, names in _MONTHS.items() for name in names}
_MONTH = "|".join(sorted(MONTH_NUMBERS, key=len, reverse=True))

# What lists write where they know no date.
_PLACEHOLDERS = {
    *("", "-", "--", "---", "null", "none", "nan", "nat", "n/a", "na", "#n/a", "0", "00", "?"),
    *("0000-00-00", "00-00-0000", "00/00/0000", "0000-00-00 00:00:00", "00.00.0000"),
    *("1900-01-01", "01-01-1900", "1900-01-00", "1899-12-30", "1899-12-31", "1900-01-01 00:00:00"),
    *("01/01/1900", "1/1/1900", "00/01/1900", "1/0/1900", "0/1/1900", "1-1-1900", "01.01.1900"),
}
_EMPTY_DAYS = {date(1899, 12, 30), date(1899, 12, 31), date(1900, 1, 1)}
# Spreadsheet day numbers that fall between 1910 and 2173; smaller and larger numbers are no dates.
_FIRST_SERIAL, _LAST_SERIAL = 3654, 99999
_SERIAL_ZERO = date(1899, 12, 30)

_ZONE = r"(?:Z|WIB|WITA|WIT|AM|PM|[+-]\d{2}:?\d{2})"
_TIME = rf"(?:[T,\s]+\d{{1,2}}[:.]\d{{2}}(?:[:.]\d{{2}}(?:\.\d+)?)?\s*{_ZONE}?)?"
_YEAR_FIRST = re.compile(
    rf"(?<!\d)(\d{{4}})\s*[-/.]\s*(\d{{1,2}})\s*[-/.]\s*(\d{{1,2}})(?!\d){_TIME}", re.I
)
_DAY_FIRST = re.compile(
    rf"(?<!\d)(\d{{1,2}})\s*[-/. ]\s*(\d{{1,2}})\s*[-/. ]\s*(\d{{4}}|\d{{2}})(?!\d){_TIME}", re.I
)
_NAMED = re.compile(
    rf"(?<!\d)(\d{{1,2}})\s*[-/. ]?\s*({_MONTH})\w*\.?\s*[-/., ]?\s*(\d{{4}}|\d{{2}})(?!\d){_TIME}",
    re.I,
)
_MONTH_FIRST = re.compile(
    rf"\b({_MONTH})\w*\.?[\s/.-]+(\d{{1,2}})(?:,\s*|[\s/.-]+)(\d{{4}})(?!\d){_TIME}", re.I
)
_NAMED_LAST = re.compile(
    rf"(?<!\d)(\d{{4}})[\s/.-]+({_MONTH})\w*\.?[\s/.-]+(\d{{1,2}})(?!\d){_TIME}", re.I
)
# Marks nobody sees, dashes a word processor puts in place of a hyphen, and the age after the day.
_INVISIBLE = re.compile(r"[\u00ad\u200b-\u200f\u202a-\u202e\u2060\ufeff]")
_DASH = re.compile(r"[\u2010-\u2015\u2212]")
_AGE_AFTER = re.compile(r"(?<=\d{4})[\s,;/(-]+\d{1,2}\s*(?:tahun|thn|th)\b.*$", re.I)
_COMPACT = re.compile(r"(?<!\d)(\d{8})(?!\d)")
_ANY = (_YEAR_FIRST, _NAMED, _DAY_FIRST, _MONTH_FIRST, _NAMED_LAST, _COMPACT)

MISSING, INVALID = "missing", "invalid"


def date_part(text: str) -> str:
    """The part of a text that is a date as written, or ''; the last one where there are several."""
    for pattern in _ANY:
        found = list(pattern.finditer(text))
        if found:
            return found[-1].group(0).strip(" ,")
    return ""


def written_date(cell: object, latest: date) -> date | str:
    """The day a cell means.

    Parameters
    ----------
    cell
        As read: date, datetime, number or text.
    latest
        A year of two digits is the last such year that does not lie after this day.

    Returns
    -------
    The day, or ``missing`` (empty or a placeholder), or ``invalid`` (no day of the calendar).
    Day and month are always in this order; no list in Indonesia puts the month first in digits.
    """
    if cell is None:
        return MISSING
    if isinstance(cell, datetime):
        cell = cell.date()
    if isinstance(cell, date):
        return MISSING if cell in _EMPTY_DAYS else cell
    if isinstance(cell, bool):
        return INVALID
    if isinstance(cell, int | float):
        return _from_number(float(cell))
    if not isinstance(cell, str):
        return INVALID
    return _from_text(cell, latest)


def _from_number(number: float) -> date | str:
    if number != number or number in (0, 1, 2):
        return MISSING
    if math.isinf(number):
        return INVALID
    if _FIRST_SERIAL <= number <= _LAST_SERIAL:
        return _SERIAL_ZERO + timedelta(days=int(number))
    if number == int(number) and 10_000_000 > number >= 1_010_001:
        return _from_compact(f"{int(number):08d}")
    if number == int(number) and 10_000_000 <= number <= 99_999_999:
        return _from_compact(str(int(number)))
    return INVALID


def _from_text(written: str, latest: date) -> date | str:
    text = " ".join(_DASH.sub("-", _INVISIBLE.sub("", written)).split())
    text = _AGE_AFTER.sub("", text).strip("'`‘’ \"")
    if text.casefold() in _PLACEHOLDERS:
        return MISSING
    if re.fullmatch(r"\d+(?:[.,]0+)?", text):
        return _from_number(float(text.replace(",", ".")))
    for pattern, order in (
        (_YEAR_FIRST, "ymd"),
        (_NAMED, "dmy"),
        (_DAY_FIRST, "dmy"),
        (_MONTH_FIRST, "mdy"),
        (_NAMED_LAST, "ymd"),
    ):
        found = list(pattern.finditer(text))
        # Words may stand before the date (a place), never after it.
        if found and not text[found[-1].end() :].strip(" .,;)"):
            part = dict(zip(order, found[-1].groups()[:3], strict=True))
            return _day(part["y"], part["m"], part["d"], latest)
    found_compact = _COMPACT.fullmatch(text)
    return _from_compact(found_compact.group(1)) if found_compact else INVALID


def _from_compact(digits: str) -> date | str:
    for year, month, day in (
        (digits[:4], digits[4:6], digits[6:]),
        (digits[4:], digits[2:4], digits[:2]),
    ):
        if 1900 <= int(year) <= 2199:
            return _calendar(int(year), int(month), int(day))
    return INVALID


def _day(year: str, month: str, day: str, latest: date) -> date | str:
    month_number = int(month) if month.isdigit() else MONTH_NUMBERS[month.casefold()]
    if len(year) == 4:
        return _calendar(int(year), month_number, int(day))
    century = latest.year - latest.year % 100
    number = century + int(year)
    found = _calendar(number, month_number, int(day))
    if isinstance(found, date) and found > latest:
        return _calendar(number - 100, month_number, int(day))
    return found


def _calendar(year: int, month: int, day: int) -> date | str:
    try:
        found = date(year, month, day)
    except ValueError:
        return INVALID
    return MISSING if found in _EMPTY_DAYS else found


_AS_OF = re.compile(r"\b(?:keadaan|posisi|per|status data|as of|periode|cut ?off|unduh)\b", re.I)
_PRINTED = re.compile(r"\b(?:tanggal|tgl|dicetak|date)\b", re.I)
_MONTH_OF_LIST = re.compile(
    rf"\b(?:bulan|keadaan|posisi|periode|per)\b\W*(?:bulan\W*)?({_MONTH})\w*\W+(?:tahun\W+)?(\d{{4}})\b",
    re.I,
)


def as_of_in(lines: list[str]) -> date | None:
    """The day a list describes, from its title lines; a month alone means its first day."""
    found = _dated_line(lines, _AS_OF)
    if found is not None:
        return found
    for line in lines:
        month = _MONTH_OF_LIST.search(line)
        if month:
            return date(int(month.group(2)), MONTH_NUMBERS[month.group(1).casefold()], 1)
    # A bare 'tanggal' may be that of a letter or of the print: better than nothing.
    return _dated_line(lines, _PRINTED)


def _dated_line(lines: list[str], words: re.Pattern[str]) -> date | None:
    for line in lines:
        if words.search(line):
            part = date_part(line)
            found = written_date(part, date.max) if part else INVALID
            if isinstance(found, date):
                return found
    return None
