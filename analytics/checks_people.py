"""Facts about a person out of the cells of a list, column by column, with what is wrong.

Shared by rosters and teacher lists. Nothing here decides what happens to a row: each function
returns facts aligned with the reading's rows and adds faults to ``Findings``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path

import pandas as pd

from analytics import nip as nip_digits
from analytics.checks_cells import UNKNOWN, by_value, plain, text
from analytics.checks_findings import Findings, cells_of
from analytics.readers import Reading
from analytics.readers.dates import INVALID, MISSING, written_date

PLAUSIBILITY_FILE = Path(__file__).resolve().parents[1] / "data" / "rules" / "plausibility.csv"

_SCIENTIFIC = re.compile(r"^\d(?:[.,]\d+)?E\+?\d{1,2}$", re.I)
_FLOAT_TEXT = re.compile(r"^\d{15,}[.,]0+$")
_REASONS = {
    "empty": ("selnya kosong", "the cell is empty"),
    "length": ("panjangnya {count} angka", "it has {count} digits"),
    "characters": ("ada huruf atau tanda lain", "it has letters or other marks"),
    "birth": ("angka 1-8 bukan tanggal lahir", "digits 1-8 are no birth date"),
    "appointment": (
        "angka 9-14 bukan bulan pengangkatan atau tahun dan kontrak PPPK",
        "digits 9-14 are neither a month of appointment nor a PPPK year and contract",
    ),
    "sex": ("angka ke-15 bukan 1 atau 2", "digit 15 is neither 1 nor 2"),
}
# Years a two-digit year may lie ahead where a column speaks of the future (contracts, pensions).
_YEARS_AHEAD = 50


@cache
def plausibility(key: str) -> int:
    """A bound of ``data/rules/plausibility.csv`` in whole years."""
    table = pd.read_csv(PLAUSIBILITY_FILE, dtype=str, keep_default_na=False)
    return int(dict(zip(table["key"], table["value"], strict=True))[key])


@dataclass(frozen=True)
class _Nip:
    digits: str
    is_lost: bool


def _nip(cell: object) -> _Nip:
    value = plain(cell)
    if isinstance(value, bool) or value is None:
        return _Nip("", False)
    if isinstance(value, int | float):
        if value != value:
            return _Nip("", False)
        if abs(value) >= 1e14:
            return _Nip(f"{value:.0f}", True)
        return _Nip(f"{value:.0f}", False)
    folded = text(value)
    if _SCIENTIFIC.match(folded.replace(" ", "")) or _FLOAT_TEXT.match(folded):
        return _Nip(folded, True)
    bare = re.sub(r"^(?:NIP|NI PPPK|NIPPPK)\s*[.:]*\s*", "", folded, flags=re.I)
    return _Nip(_alone(bare) or nip_digits.normalised(bare), False)


def _alone(written: str) -> str:
    """The one NIP of a cell that holds nothing else but an old number of 9 digits, or ''."""
    for separators in (r"[/,;|()]", r"\s+"):
        parts = [nip_digits.normalised(part) for part in re.split(separators, written)]
        parts = [part for part in parts if part]
        lengths = sorted(len(part) for part in parts if part.isdecimal())
        if len(lengths) == len(parts) and lengths in ([18], [9, 18]):
            return max(parts, key=len)
    return ""


def checked_nip(
    reading: Reading, findings: Findings, *, may_be_empty: bool = False, may_repeat: bool = False
) -> pd.DataFrame:
    """NIPs and what their digits say.

    Returns
    -------
    Aligned with the reading's rows: ``nip`` and the columns of ``nip.nip_parts``, plus
    ``is_usable`` (well formed and not lost). Adds ``nip_malformed``, ``nip_precision_lost`` and,
    from the second occurrence on (unless ``may_repeat``), ``nip_duplicate``.
    """
    cells = cells_of(reading, "nip")
    found = by_value(cells, _nip)
    digits = pd.Series([each.digits for each in found], dtype="str")
    parts = nip_digits.nip_parts(digits)
    problems = parts["problem"].to_list()
    first_at: dict[str, int] = {}
    usable = [False] * len(cells)
    for at, (cell, each, problem) in enumerate(zip(cells, found, problems, strict=True)):
        if not each.digits:
            if not may_be_empty:
                _malformed(findings, at, cell, "empty", 0)
        elif each.is_lost or problem == "serial":
            findings.add("nip_precision_lost", at, "nip", cell)
        elif problem:
            _malformed(findings, at, cell, problem, len(each.digits))
        else:
            usable[at] = True
            first = first_at.setdefault(each.digits, at)
            if first != at and not may_repeat:
                findings.add("nip_duplicate", at, "nip", cell, first_row=findings.row_name(first))
    return parts.assign(nip=digits, is_usable=usable)


def _malformed(findings: Findings, at: int, cell: object, problem: str, count: int) -> None:
    in_indonesian, in_english = _REASONS[problem]
    findings.add(
        "nip_malformed",
        at,
        "nip",
        cell,
        reason_id=in_indonesian.format(count=count),
        reason_en=in_english.format(count=count),
    )


def checked_birth_date(
    reading: Reading, findings: Findings, parts: pd.DataFrame, as_of: date
) -> pd.Series:
    """Birth dates: the list's own, or the NIP's where the list has no such column.

    Adds ``date_missing``, ``date_invalid``, ``nip_birth_mismatch``, ``birth_from_nip``.
    """
    from_nip = parts["birth_date"].where(parts["is_usable"])
    if "birth_date" not in reading.rows.columns:
        findings.add("birth_from_nip", None, "birth_date")
        return from_nip
    youngest = _years_before(as_of, plausibility("youngest_age"))
    oldest = _years_before(as_of, plausibility("oldest_age"))
    cells = cells_of(reading, "birth_date")
    days = by_value(cells, lambda cell: written_date(plain(cell), youngest))
    in_nip = [None if day is pd.NaT else day.date() for day in from_nip]
    good: list[date | None] = []
    for at, (cell, day) in enumerate(zip(cells, days, strict=True)):
        good.append(None)
        if day == MISSING:
            findings.add("date_missing", at, "birth_date", cell)
        elif not isinstance(day, date):
            _invalid(findings, at, cell, ("tidak ada di kalender", "no such day"))
        elif day > as_of:
            _invalid(findings, at, cell, ("di masa depan", "in the future"))
        elif not oldest <= day <= youngest:
            age = as_of.year - day.year - ((as_of.month, as_of.day) < (day.month, day.day))
            _invalid(
                findings, at, cell, (f"umurnya menjadi {age} tahun", f"the age would be {age}")
            )
        else:
            good[at] = day
            if in_nip[at] is not None and in_nip[at] != day:
                shown = f"{in_nip[at]:%d-%m-%Y}"
                findings.add("nip_birth_mismatch", at, "birth_date", cell, nip_date=shown)
    return as_days(good)


def _invalid(findings: Findings, at: int, cell: object, reason: tuple[str, str]) -> None:
    findings.add("date_invalid", at, "birth_date", cell, reason_id=reason[0], reason_en=reason[1])


def _years_before(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)


def as_days(days: Sequence[date | None]) -> pd.Series:
    """Days as a column of dates, NaT where None; years no clock holds become NaT."""
    return pd.to_datetime(pd.Series(list(days), dtype="object"), errors="coerce").astype(
        "datetime64[us]"
    )


def checked_day(
    reading: Reading, findings: Findings, column: str, as_of: date, *, is_ahead: bool = False
) -> pd.Series:
    """A column of other dates; what cannot be read is a warning (``date_unreadable``) and empty."""
    latest = as_of + timedelta(days=366 * (_YEARS_AHEAD if is_ahead else 1))
    cells = cells_of(reading, column)
    days = by_value(cells, lambda cell: written_date(plain(cell), latest))
    for at, (cell, day) in enumerate(zip(cells, days, strict=True)):
        if day == INVALID:
            findings.add("date_unreadable", at, column, cell)
    return as_days([day if isinstance(day, date) else None for day in days])


def checked_word(
    reading: Reading,
    findings: Findings,
    column: str,
    fact: Callable[[object], str],
    code: str,
) -> pd.Series:
    """A coded column; a cell that is not understood is a warning ``code`` and empty."""
    cells = cells_of(reading, column)
    facts = by_value(cells, fact)
    for at, (cell, found) in enumerate(zip(cells, facts, strict=True)):
        if found == UNKNOWN:
            findings.add(code, at, column, cell)
    return as_text([None if found in ("", UNKNOWN) else found for found in facts])


def checked_sex(
    reading: Reading, findings: Findings, parts: pd.DataFrame, fact: Callable[[object], str]
) -> pd.Series:
    """Sex as the list says, else as the NIP says. Adds ``sex_unknown``, ``nip_sex_mismatch``."""
    in_nip = parts["sex"].where(parts["is_usable"])
    stated = checked_word(reading, findings, "sex", fact, "sex_unknown")
    differs = (stated.notna() & in_nip.notna() & (stated != in_nip)).fillna(False)
    cells = cells_of(reading, "sex")
    for at in differs.to_numpy().nonzero()[0]:
        findings.add("nip_sex_mismatch", int(at), "sex", cells[at], nip_sex=in_nip.iloc[at])
    return stated.fillna(in_nip)


def as_text(values: Sequence[object]) -> pd.Series:
    """A column of text, missing where None or ''."""
    return pd.Series([value or None for value in values], dtype="str")


def as_numbers(values: Sequence[object]) -> pd.Series:
    """A column of whole numbers, missing where they are none."""
    return pd.Series(
        [value if isinstance(value, int) else None for value in values], dtype="object"
    ).astype("Int64")
