"""Every fault of an input file, said once, with its remedy; and the rows that have none, typed.

``checked_roster`` for people, ``checked_teachers`` for Dapodik GTK lists, ``checked_schools`` for
school lists, ``checked_enrolment`` for pupils by grade, ``checked_births`` for births,
``checked_religions`` for pupils by religion, ``checked_exits`` for who left, when and why,
``checked_workload`` for posts needed (ABK), ``checked_budgets`` for the APBD. An error keeps its
row out, a warning lets it in.
Nothing is changed in silence: what a file says and the NIP contradicts is loaded as the file says,
and reported.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import pandas as pd

from analytics import checks_cells as cell
from analytics.checks_abk import CheckedWorkload, checked_workload
from analytics.checks_births import CheckedBirths, checked_births
from analytics.checks_budgets import CheckedBudgets, checked_budgets
from analytics.checks_enrolment import CheckedEnrolment, checked_enrolment
from analytics.checks_exits import CheckedExits, checked_exits
from analytics.checks_findings import (
    Findings,
    cells_of,
    formula_faults,
    refuse_unusable,
    refused_rows,
    texts_of,
)
from analytics.checks_law import POSITIONS, LawOnDay, check_law
from analytics.checks_people import (
    as_numbers,
    as_text,
    checked_birth_date,
    checked_day,
    checked_nip,
    checked_sex,
    checked_word,
)
from analytics.checks_religions import CheckedReligions, checked_religions
from analytics.checks_schools import CheckedSchools, checked_schools
from analytics.checks_status import checked_employment, checked_legal_status
from analytics.checks_teachers import CheckedTeachers, checked_teachers
from analytics.checks_units import SATKERS, checked_units, first_filled
from analytics.faults import Fault
from analytics.readers import Reading
from analytics.rules import LawChoice, RuleBook

__all__ = [
    "CheckedBirths",
    "CheckedBudgets",
    "CheckedEnrolment",
    "CheckedExits",
    "CheckedReligions",
    "CheckedRoster",
    "CheckedSchools",
    "CheckedTeachers",
    "CheckedWorkload",
    "checked_births",
    "checked_budgets",
    "checked_enrolment",
    "checked_exits",
    "checked_religions",
    "checked_roster",
    "checked_schools",
    "checked_teachers",
    "checked_workload",
]

_TEXTS = ("name", "position_kind", "stated_jenjang", "education_level", "education", "extra_duty")
_EXECUTED = (
    *("nip", *_TEXTS, *POSITIONS, "unit", "opd", "work_unit", *SATKERS, "kecamatan"),
    *("golongan", "echelon", "employee_type", "asn_status", "legal_status", "birth_date"),
    *("golongan_since", "position_since", "appointed_on", "stated_retires_on", "contract_ends_on"),
    *("sex", "npsn"),
)


@dataclass(frozen=True)
class CheckedRoster:
    """A roster, judged.

    ``people``: one row per person without an error, typed. ``faults``: every fault, by row.
    ``refused``: one row per refused spreadsheet row: ``sheet``, ``row``, ``codes``, ``reasons`` and
    the cells as text. ``row_count``: records in the file.
    """

    people: pd.DataFrame
    faults: tuple[Fault, ...]
    refused: pd.DataFrame
    row_count: int


def checked_roster(
    reading: Reading,
    rulebook: RuleBook,
    as_of: date,
    local_titles: Mapping[str, tuple[str, str]] | None = None,
    choice: LawChoice = LawChoice(),  # noqa: B008  (frozen)
) -> CheckedRoster:
    """Judge a roster against itself, the NIP's digits and the law.

    Parameters
    ----------
    reading
        Of kind ``roster``.
    as_of
        The day the list describes: ages and ``past_bup`` are told on it.
    local_titles
        Positions the user mapped: ``positions.title_key`` -> (role group, jenjang).
    choice
        Readings of disputed rules and proposals in force.

    Raises
    ------
    FaultsError
        When a column that is needed was not found (``column_missing``).
    """
    refuse_unusable(reading)
    findings = Findings(reading)
    parts = checked_nip(reading, findings)
    people = _people(reading, findings, parts, rulebook, as_of)
    formula_faults(reading, findings, [c for c in _EXECUTED if c in reading.rows.columns])
    check_law(findings, people, LawOnDay(rulebook, as_of, choice, local_titles))
    refused = findings.refused()
    keep = [at for at in range(len(people)) if at not in refused]
    faults = (*reading.faults, *findings.sorted_faults())
    return CheckedRoster(
        people=people.iloc[keep].reset_index(drop=True),
        faults=faults,
        refused=refused_rows(reading, findings, refused),
        row_count=len(reading.rows),
    )


def _people(
    reading: Reading, findings: Findings, parts: pd.DataFrame, rulebook: RuleBook, as_of: date
) -> pd.DataFrame:
    """The people frame, one row per record of the reading, faulty ones included."""
    units = checked_units(reading, findings)
    status, headcount, duty = checked_legal_status(reading, findings, rulebook)
    employment = checked_employment(reading, findings, parts)
    frame = pd.DataFrame(
        {
            "nip": parts["nip"],
            "name": pd.Series(texts_of(reading, "name"), dtype="str"),
            "sex": checked_sex(reading, findings, parts, cell.sex),
            "birth_date": checked_birth_date(reading, findings, parts, as_of),
            "employment": employment,
            "legal_status_code": status,
            "is_in_headcount": headcount,
            "is_on_duty": duty,
            "golongan": checked_word(
                reading, findings, "golongan", cell.golongan, "golongan_unknown"
            ),
            "golongan_since": checked_day(reading, findings, "golongan_since", as_of),
            "position_since": checked_day(reading, findings, "position_since", as_of),
            "appointed_on": checked_day(reading, findings, "appointed_on", as_of),
            "contract_ends_on": checked_day(
                reading, findings, "contract_ends_on", as_of, is_ahead=True
            ),
            "stated_retires_on": checked_day(
                reading, findings, "stated_retires_on", as_of, is_ahead=True
            ),
            "service_years": as_numbers(_numbers(reading, "service_years")),
            "service_months": as_numbers(_numbers(reading, "service_months")),
            "stated_bup_years": as_numbers(_numbers(reading, "stated_bup_years")),
            "position_kind": as_text(texts_of(reading, "position_kind")),
            "position": as_text(first_filled([texts_of(reading, c) for c in POSITIONS])),
            "echelon": checked_word(reading, findings, "echelon", cell.echelon, "echelon_unknown"),
            "stated_jenjang": as_text(texts_of(reading, "stated_jenjang")),
            "education_level": as_text(texts_of(reading, "education_level")),
            "education": as_text(texts_of(reading, "education")),
            "extra_duty": as_text(texts_of(reading, "extra_duty")),
            "has_head_certificate": pd.Series(
                cell.by_value(cells_of(reading, "has_head_certificate"), cell.has_certificate),
                dtype="boolean",
            ),
            **units,
        }
    )
    # A PNS number holds the month of appointment; a PPPK number only the year.
    in_nip = parts["appointed_on"].where(parts["is_usable"])
    return frame.assign(appointed_on=frame["appointed_on"].fillna(in_nip))


def _numbers(reading: Reading, column: str) -> list[int | None]:
    return cell.by_value(cells_of(reading, column), cell.leading_number)
