"""Lists of exits: who left, when and why, typed; and what is wrong with a row."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import pandas as pd

from analytics import checks_cells as cell
from analytics.checks_findings import (
    Findings,
    cells_of,
    formula_faults,
    refuse_unusable,
    refused_rows,
    texts_of,
)
from analytics.checks_law import POSITIONS
from analytics.checks_people import (
    as_days,
    as_text,
    checked_day,
    checked_nip,
    checked_sex,
    checked_word,
    plausibility,
)
from analytics.checks_status import checked_employment
from analytics.checks_units import SATKERS, first_filled
from analytics.exit_causes import BUP, DIED, MOVED, MPP, UNKNOWN, causes_of, is_at_bup
from analytics.faults import Fault
from analytics.readers import Reading
from analytics.readers.dates import MISSING, MONTH_NUMBERS, written_date
from analytics.readers.leaving_cells import is_of_a_letter
from analytics.rules import RuleBook

_TEXTS = ("name", "position_kind", "stated_jenjang", "extra_duty")
_EXECUTED = (
    *("nip", *_TEXTS, *POSITIONS, "unit", "opd", "work_unit", *SATKERS, "golongan", "echelon"),
    *("reason", "legal_status", "exited_on", "birth_date", "appointed_on", "sex"),
)
_MONTH = re.compile(r"([a-z]+\.?|\d{1,2})[\s/.-]+((?:19|20)\d{2})")
_YEAR_MONTH = re.compile(r"((?:19|20)\d{2})[\s/.-]+(\d{1,2}|[a-z]+\.?)")
_SHORT_YEAR = re.compile(r"([a-z]+\.?)[\s/.'-]+(\d{2})")
# A header over the day of leaving that names one of these says why; one that names two does not.
_KINDS_OF_DAY = re.compile(
    r"meninggal|wafat|pensiun|bup|berhenti|pemberhentian|mutasi|pindah", re.I
)
_REASONS = ("reason", "legal_status", "legal_status_code")
# A letter is written before the day from which it holds: by less than this.
_LETTER_AHEAD = pd.DateOffset(years=1)


@dataclass(frozen=True)
class CheckedExits:
    """A list of exits, judged. ``exits``: one row per person and day (the table ``exit``).

    ``unknown_reasons``: reasons as written that nothing knows, most frequent first.
    """

    exits: pd.DataFrame
    faults: tuple[Fault, ...]
    refused: pd.DataFrame
    row_count: int
    unknown_reasons: tuple[str, ...] = ()


def checked_exits(
    reading: Reading,
    rulebook: RuleBook,
    as_of: date,
    roster: tuple[pd.DataFrame, date] | None = None,
    local_reasons: Mapping[str, str] | None = None,
) -> CheckedExits:
    """Judge a list of exits against itself, the NIP's digits, the roster and the law.

    Parameters
    ----------
    reading
        Of kind ``exit``.
    as_of
        The day the list was made: later days of leaving are still ahead.
    roster
        People in service (the people frame) and the day they are of; None: no roster yet.
    local_reasons
        Words the user mapped: ``exit_causes.reason_key`` -> cause.

    Returns
    -------
    ``exits`` has ``nip``, ``exited_on``, ``cause`` (``tidak_diketahui`` where the words do not say
    or are not known), ``reason`` as written, ``origin`` ``list``, ``is_day_known`` and what the
    list says of the person; birth date, sex, employment and day of appointment are the NIP's where
    the list has none.

    Raises
    ------
    FaultsError
        When there is no column of NIP or day of leaving (``column_missing``).
    """
    refuse_unusable(reading)
    findings = Findings(reading)
    parts = checked_nip(reading, findings, may_repeat=True)
    exited, is_day_known = _exited(reading, findings, as_of)
    born = _birth_dates(reading, findings, parts, as_of)
    appointed = checked_day(reading, findings, "appointed_on", as_of)
    appointed = appointed.fillna(parts["appointed_on"].where(parts["is_usable"]))
    # The number of a PPPK holds the year alone.
    in_year = pd.to_datetime(
        parts["appointed_year"].astype("str") + "-01-01", errors="coerce", format="%Y-%m-%d"
    )
    since = appointed.fillna(in_year.where(parts["is_usable"]))
    _check_ages(findings, cells_of(reading, "exited_on"), exited, born, since)
    reasons = first_filled([texts_of(reading, column) for column in _REASONS])
    causes, unknown = _causes(reading, findings, reasons, exited, born, rulebook, local_reasons)
    _check_repeats(findings, parts, exited, causes)
    if roster is not None:
        is_letter = is_of_a_letter(reading.headers.get("exited_on", ""))
        gone_by = exited + _LETTER_AHEAD if is_letter else exited
        _check_roster(findings, parts, gone_by, causes, *roster)
    exits = pd.DataFrame(
        {
            "nip": parts["nip"],
            "exited_on": exited,
            "cause": pd.Series(causes, dtype="str"),
            "reason": pd.Series(reasons, dtype="str"),
            "origin": "list",
            "is_day_known": is_day_known,
            "name": as_text(texts_of(reading, "name")),
            "sex": checked_sex(reading, findings, parts, cell.sex),
            "birth_date": born,
            "employment": checked_employment(reading, findings, parts),
            "golongan": checked_word(
                reading, findings, "golongan", cell.golongan, "golongan_unknown"
            ),
            "position_kind": as_text(texts_of(reading, "position_kind")),
            "position": as_text(first_filled([texts_of(reading, c) for c in POSITIONS])),
            "echelon": checked_word(reading, findings, "echelon", cell.echelon, "echelon_unknown"),
            "stated_jenjang": as_text(texts_of(reading, "stated_jenjang")),
            "extra_duty": as_text(texts_of(reading, "extra_duty")),
            **_units(reading),
            "appointed_on": appointed,
            "contract_ends_on": checked_day(
                reading, findings, "contract_ends_on", as_of, is_ahead=True
            ),
        }
    )
    formula_faults(reading, findings, [c for c in _EXECUTED if c in reading.rows.columns])
    refused = findings.refused()
    keep = [at for at in range(len(exits)) if at not in refused]
    counts = pd.Series([unknown[at] for at in keep if at in unknown], dtype="str").value_counts()
    return CheckedExits(
        exits=exits.iloc[keep].reset_index(drop=True),
        faults=(*reading.faults, *findings.sorted_faults()),
        refused=refused_rows(reading, findings, refused),
        row_count=len(reading.rows),
        unknown_reasons=tuple(str(words) for words in counts.index),
    )


def _exited(reading: Reading, findings: Findings, as_of: date) -> tuple[pd.Series, pd.Series]:
    """Days of leaving, and whether the day itself is written (else its month).

    Adds ``exit_date_missing``, ``exit_date_invalid`` and ``exit_in_future``; of the whole file
    ``exit_month_only`` and ``exit_day_of_letter``.
    """
    cells = cells_of(reading, "exited_on")
    months = cell.by_value(cells, _month)
    days = cell.by_value(cells, lambda value: written_date(cell.plain(value), as_of))
    good: list[date | None] = []
    for at, (written, day) in enumerate(zip(cells, days, strict=True)):
        good.append(None)
        found = months[at] or day
        if found == MISSING:
            findings.add("exit_date_missing", at, "exited_on", written)
        elif not isinstance(found, date):
            findings.add("exit_date_invalid", at, "exited_on", written)
        elif found > as_of:
            findings.add("exit_in_future", at, "exited_on", written, day=_shown(found))
        else:
            good[at] = found
    month_count = sum(month is not None for month in months)
    if month_count:
        findings.add("exit_month_only", None, "exited_on", count=month_count)
    is_letter = is_of_a_letter(reading.headers.get("exited_on", ""))
    if is_letter:
        findings.add("exit_day_of_letter", None, "exited_on")
    is_known = [month is None and not is_letter for month in months]
    return as_days(good), pd.Series(is_known, dtype="bool")


def _month(value: object) -> date | None:
    """The first of a month written without its day ('April 2024', '2024-04', 'Apr-24'), or None."""
    text = cell.text(value).casefold()
    if found := _MONTH.fullmatch(text) or _SHORT_YEAR.fullmatch(text):
        name, year = found.groups()
    elif found := _YEAR_MONTH.fullmatch(text):
        year, name = found.groups()
    else:
        return None
    if len(year) == 2:
        # Lists of exits tell of the past: this century up to now, else the last.
        year = f"20{year}" if 2000 + int(year) <= date.today().year else f"19{year}"
    number = int(name) if name.isdigit() else MONTH_NUMBERS.get(name.rstrip("."), 0)
    return date(int(year), number, 1) if 1 <= number <= 12 else None


def _birth_dates(
    reading: Reading, findings: Findings, parts: pd.DataFrame, as_of: date
) -> pd.Series:
    """Birth dates of the list, else of the NIP. Adds ``nip_birth_mismatch``."""
    from_nip = parts["birth_date"].where(parts["is_usable"])
    if "birth_date" not in reading.rows.columns:
        return from_nip
    cells = cells_of(reading, "birth_date")
    days = cell.by_value(cells, lambda value: written_date(cell.plain(value), as_of))
    stated = as_days([day if isinstance(day, date) else None for day in days])
    differs = stated.notna() & from_nip.notna() & (stated != from_nip)
    for at in differs.to_numpy().nonzero()[0]:
        shown = f"{from_nip.iloc[at]:%d-%m-%Y}"
        findings.add("nip_birth_mismatch", int(at), "birth_date", cells[at], nip_date=shown)
    return stated.fillna(from_nip)


def _check_ages(
    findings: Findings,
    cells: Sequence[object],
    exited: pd.Series,
    born: pd.Series,
    appointed: pd.Series,
) -> None:
    """Adds ``exit_age_odd`` and ``exit_before_appointment``."""
    ages = _ages(born, exited)
    youngest, oldest = plausibility("youngest_age"), plausibility("oldest_age")
    for at, age in enumerate(ages):
        if age is None:
            continue
        day = _shown(exited.iloc[at])
        if not youngest <= age <= oldest:
            findings.add("exit_age_odd", at, "exited_on", cells[at], day=day, age=age)
        elif appointed.iloc[at] > exited.iloc[at]:
            since = _shown(appointed.iloc[at])
            findings.add(
                "exit_before_appointment", at, "exited_on", cells[at], day=day, appointed=since
            )


def _ages(born: pd.Series, on: pd.Series) -> list[int | None]:
    """Whole years; None where a date is unknown."""
    return [
        None
        if birth is pd.NaT or day is pd.NaT
        else day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))
        for birth, day in zip(born, on, strict=True)
    ]


def _causes(  # noqa: PLR0913  what a reason is judged by
    reading: Reading,
    findings: Findings,
    reasons: Sequence[str],
    exited: pd.Series,
    born: pd.Series,
    rulebook: RuleBook,
    local_reasons: Mapping[str, str] | None,
) -> tuple[list[str], dict[int, str]]:
    """Causes, and the reasons by row that nothing knows. Adds the faults of reasons.

    Where the day is that of the letter, who reaches retirement age within a year of it counts as
    there: the letter says so some months ahead.
    """
    header = reading.headers.get("exited_on", "")
    judged_on = exited + _LETTER_AHEAD if is_of_a_letter(header) else exited
    at_bup = is_at_bup(born, judged_on, rulebook).to_list()
    found = causes_of(reasons, at_bup, rulebook, local_reasons)
    ages = _ages(born, exited)
    column = next((c for c in _REASONS if c in reading.rows.columns), "reason")
    unknown: dict[int, str] = {}
    # 'Tanggal Meninggal', 'TMT Mutasi Keluar', 'TMT Pensiun': the header says what cells leave out.
    is_plain = len({each.casefold() for each in _KINDS_OF_DAY.findall(header)}) == 1
    by_header = causes_of([header if is_plain else ""] * len(reasons), at_bup, rulebook)
    for at, (written, told) in enumerate(zip(reasons, by_header, strict=True)):
        if told == DIED or (not found[at] and told and (told == MOVED or not written)):
            found[at] = "" if told == UNKNOWN else told
    if not any(reasons) and not all(found):
        findings.add("exit_reason_missing", None, column)
    for at, (written, cause) in enumerate(zip(reasons, found, strict=True)):
        if not written and not cause and any(reasons):
            findings.add("exit_reason_missing", at, column)
        elif written and not cause:
            findings.add("exit_reason_unknown", at, column, written)
            unknown[at] = written
        elif written and cause == BUP and not at_bup[at] and ages[at] is not None:
            findings.add("exit_before_bup", at, column, written, age=ages[at])
    return [cause or UNKNOWN for cause in found], unknown


def _check_repeats(
    findings: Findings, parts: pd.DataFrame, exited: pd.Series, causes: Sequence[str]
) -> None:
    """One person and day once (``exit_duplicate``); two days are told (``exit_twice``)."""
    days: dict[tuple[str, object], int] = {}
    people: dict[str, int] = {}
    for at, (nip, usable, day) in enumerate(
        zip(parts["nip"], parts["is_usable"], exited, strict=True)
    ):
        if not usable or day is pd.NaT:
            continue
        first = days.setdefault((nip, day), at)
        if first != at:
            findings.add("exit_duplicate", at, "nip", nip, first_row=findings.row_name(first))
        elif causes[at] != MPP:
            other = people.setdefault(nip, at)
            if other != at:
                findings.add("exit_twice", at, "nip", nip, first_row=findings.row_name(other))


def _check_roster(  # noqa: PLR0913  the roster is a frame and its day
    findings: Findings,
    parts: pd.DataFrame,
    gone_by: pd.Series,
    causes: Sequence[str],
    people: pd.DataFrame,
    roster_on: date,
) -> None:
    """People on the roster although they had left by its day. Adds ``exit_on_roster``.

    ``gone_by``: the day of leaving; of a letter, the last day it may speak of.
    """
    present = set(people.loc[people["is_in_headcount"], "nip"])
    here = parts["is_usable"] & parts["nip"].isin(present) & (gone_by <= pd.Timestamp(roster_on))
    for at in here.to_numpy().nonzero()[0]:
        if causes[at] != MPP:
            nip = parts["nip"].iloc[at]
            findings.add("exit_on_roster", int(at), "nip", nip, as_of=_shown(roster_on))


def _units(reading: Reading) -> dict[str, pd.Series]:
    """Where they worked; lists of exits may well leave it out."""
    satkers = [texts_of(reading, column) for column in SATKERS]
    opd, work_unit = texts_of(reading, "opd"), texts_of(reading, "work_unit")
    unit = first_filled([texts_of(reading, "unit"), *satkers[::-1], work_unit, opd])
    agency = first_filled([opd, *satkers, work_unit, unit])
    return {"unit": as_text(unit), "opd": as_text(agency)}


def _shown(day: date) -> str:
    return f"{day:%d-%m-%Y}"
