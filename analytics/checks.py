"""Every fault of an input file, said once, with its remedy; and the rows that have none, typed.

``checked_roster`` for people, ``checked_teachers`` for Dapodik GTK lists, ``checked_schools`` for
school lists. An error keeps its row out, a warning lets it in. Nothing is changed in silence: what
a file says and the NIP contradicts is loaded as the file says, and reported.
"""

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
from analytics.checks_people import (
    as_numbers,
    as_text,
    checked_birth_date,
    checked_day,
    checked_nip,
    checked_sex,
    checked_word,
)
from analytics.checks_schools import CheckedSchools, checked_schools
from analytics.checks_teachers import CheckedTeachers, checked_teachers
from analytics.faults import Fault
from analytics.readers import Reading
from analytics.retirement import retirements
from analytics.rules import LawChoice, RuleBook

__all__ = [
    "CheckedRoster",
    "CheckedSchools",
    "CheckedTeachers",
    "checked_roster",
    "checked_schools",
    "checked_teachers",
]

_SATKERS = ("satker_1", "satker_2", "satker_3", "satker_4", "satker_5")
_POSITIONS = ("position", "position_structural", "position_functional", "position_general")
_TEXTS = ("name", "position_kind", "stated_jenjang", "education_level", "education", "extra_duty")
_EXECUTED = (
    *("nip", *_TEXTS, *_POSITIONS, "unit", "opd", "work_unit", *_SATKERS, "kecamatan"),
    *("golongan", "echelon", "employee_type", "asn_status", "legal_status", "birth_date"),
    *("golongan_since", "position_since", "appointed_on", "stated_retires_on", "contract_ends_on"),
    *("sex", "npsn"),
)
_GOVERNMENT = re.compile(r"^(?:pemerintah|pemkab|pemkot|pemprov|kabupaten|kota|provinsi)\b", re.I)
_KECAMATAN = re.compile(
    r"\bkec(?:amatan)?\b\.?\s+([A-Za-z' -]{3,}?)\s*(?:$|[,(;/]|\bkab\b|\bkota\b)", re.I
)
_PART_TIME = re.compile(r"paruh\s*waktu|part[\s-]*time", re.I)
# SIASN writes C; a cell 'CPNS/PNS' says neither.
_CANDIDATE = re.compile(r"^c$|^calon\b|\bcpns\b(?!\s*/)", re.I | re.M)
_CONTRACT = re.compile(r"\b(?:pppk|p3k)\b|perjanjian kerja", re.I)
_CAREER = re.compile(r"\b(?:pns|pegawai negeri sipil)\b", re.I)


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
    _check_law(reading, findings, people, rulebook, as_of, local_titles, choice)
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
    units = _units(reading, findings)
    status, headcount, duty = _legal_status(reading, findings, rulebook)
    employment = _employment(reading, findings, parts)
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
            "position": as_text(_first_filled([texts_of(reading, c) for c in _POSITIONS])),
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


def _first_filled(columns: Sequence[Sequence[str]]) -> list[str]:
    return [next((value for value in values if value), "") for values in zip(*columns, strict=True)]


def _units(reading: Reading, findings: Findings) -> dict[str, pd.Series]:
    """Where each person works. Adds ``unit_missing``.

    An empty cell in a unit column is a fault even where a wider column (OPD) is filled: counting a
    teacher at the Dinas instead of the school would be wrong in silence.
    """
    has = {str(name) for name in reading.rows.columns}
    satkers = [texts_of(reading, column) for column in _SATKERS if column in has]
    opd = texts_of(reading, "opd")
    work_unit = texts_of(reading, "work_unit")
    if "unit" in has:
        unit, source = texts_of(reading, "unit"), "unit"
    elif satkers:
        unit, source = _first_filled(satkers[::-1]), "satker_1"
    elif "work_unit" in has:
        unit, source = work_unit, "work_unit"
    else:
        unit, source = opd, "opd"
    cells = cells_of(reading, source)
    for at, name in enumerate(unit):
        if not name:
            findings.add("unit_missing", at, source, cells[at])
    own = ["" if _GOVERNMENT.match(name) else name for name in work_unit]
    tops = [["" if _GOVERNMENT.match(name) else name for name in column] for column in satkers]
    agency = _first_filled([opd, *tops, own, unit])
    stated = [_kecamatan(name) for name in texts_of(reading, "kecamatan")]
    inferred = cell.by_value(unit, _kecamatan_in)
    wider = cell.by_value(agency, _kecamatan_in)
    return {
        "unit": as_text(unit),
        "opd": as_text(agency),
        "kecamatan": as_text(_first_filled([stated, inferred, wider])),
        "npsn": as_text(cell.by_value(cells_of(reading, "npsn"), cell.npsn)),
    }


def _kecamatan(name: str) -> str:
    return re.sub(r"^kec(?:amatan)?\b\.?\s*", "", name, flags=re.I)


def _kecamatan_in(unit: object) -> str:
    """The kecamatan a unit's own name carries ('Kantor Kecamatan Taman'), or ''."""
    found = _KECAMATAN.search(str(unit))
    return found.group(1).strip() if found else ""


def _legal_status(
    reading: Reading, findings: Findings, rulebook: RuleBook
) -> tuple[pd.Series, pd.Series, pd.Series]:
    """Code, whether it counts in the headcount, whether on duty. Adds ``status_unknown``."""
    codes = cell.by_value(cells_of(reading, "legal_status_code"), cell.legal_status_code)
    names = cell.by_value(cells_of(reading, "legal_status"), cell.legal_status_of_name)
    table = rulebook.legal_status.set_index("code")
    # A code out of another register than BKN's says nothing; the name beside it may.
    known = [code if code in table.index else "" for code in codes]
    others = {column: cells_of(reading, column) for column in ("legal_status", "legal_status_code")}
    has_column = bool({"legal_status", "legal_status_code"} & set(reading.rows.columns))
    if not has_column:
        # Lists without such a column say 'Pensiun' or 'MPP' where others say 'PNS'.
        loose = cell.by_value(cells_of(reading, "asn_status"), cell.legal_status_of_name)
        names = ["" if name == cell.UNKNOWN else name for name in loose]
    found = _first_filled([known, ["" if name == cell.UNKNOWN else name for name in names]])
    for at, code in enumerate(found):
        if not code and (codes[at] or names[at]):
            column = "legal_status" if names[at] else "legal_status_code"
            findings.add("status_unknown", at, column, others[column][at])
    series = as_text(found)
    headcount = series.map(table["is_in_headcount"]).astype("boolean").fillna(True).astype(bool)
    duty = series.map(table["is_on_duty"]).astype("boolean").fillna(True).astype(bool)
    return series, headcount, duty


def _employment(reading: Reading, findings: Findings, parts: pd.DataFrame) -> pd.Series:
    """``PNS``, ``CPNS``, ``PPPK`` or ``PPPK_PW``: digits of the NIP first, words refine them.

    Adds ``employment_mismatch`` where a column names the other kind.
    """
    stated = texts_of(reading, "employee_type")
    status = texts_of(reading, "asn_status")
    words = list(
        zip(
            stated,
            status,
            texts_of(reading, "legal_status"),
            texts_of(reading, "position"),
            strict=True,
        )
    )
    in_nip = parts["employment"].where(parts["is_usable"], "").to_list()
    is_part_time = cell.by_value(words, lambda w: bool(_PART_TIME.search(_joined(w))))
    is_candidate = cell.by_value(
        zip(stated, status, strict=True), lambda w: bool(_CANDIDATE.search(_joined(w)))
    )
    kinds = cell.by_value(zip(stated, status, strict=True), _stated_kind)
    cells = cells_of(
        reading, "employee_type" if "employee_type" in reading.headers else "asn_status"
    )
    result = []
    for at, digits in enumerate(in_nip):
        kind = digits or kinds[at] or "PNS"
        if digits and kinds[at] and kinds[at] != digits:
            column = "employee_type" if "employee_type" in reading.headers else "asn_status"
            findings.add("employment_mismatch", at, column, cells[at], nip_employment=digits)
        if is_part_time[at] and kind == "PPPK":
            kind = "PPPK_PW"
        elif is_candidate[at] and kind == "PNS":
            kind = "CPNS"
        result.append(kind)
    return pd.Series(result, dtype="str")


def _stated_kind(words: object) -> str:
    """The kind two status cells name, '' where they name none or both."""
    joined = _joined(words)
    is_contract, is_career = bool(_CONTRACT.search(joined)), bool(_CAREER.search(joined))
    if is_contract == is_career:
        return ""
    return "PPPK" if is_contract else "PNS"


def _joined(words: object) -> str:
    return "\n".join(words) if isinstance(words, tuple) else str(words)


def _check_law(  # noqa: PLR0913
    reading: Reading,
    findings: Findings,
    people: pd.DataFrame,
    rulebook: RuleBook,
    as_of: date,
    local_titles: Mapping[str, tuple[str, str]] | None,
    choice: LawChoice,
) -> None:
    """``position_unknown``, ``past_bup``, ``tmt_mismatch``, ``bup_disputed``."""
    law = retirements(people, rulebook, as_of, choice, local_titles)
    cells = {
        column: _shown(reading, column)
        for column in ("position", "stated_retires_on", "stated_bup_years")
    }
    day = pd.Timestamp(as_of)
    position_column = next((c for c in _POSITIONS if c in reading.headers), "position")
    rows = zip(
        # A post whose jenjang nobody states has no age either.
        law["role_group"].isna() | law["bup_years"].isna() & people["birth_date"].notna(),
        law["retires_on"],
        law["bup_years"],
        people["stated_retires_on"],
        people["stated_bup_years"],
        people["is_in_headcount"],
        law["rule_standing"],
        law["rule_source"],
        strict=True,
    )
    for at, (is_unknown, retires, age, stated, stated_age, counts, standing, source) in enumerate(
        rows
    ):
        if is_unknown:
            findings.add("position_unknown", at, position_column, people["position"].iat[at] or "")
            continue
        if pd.isna(retires):
            continue
        shown = f"{retires:%d-%m-%Y}"
        if counts and retires <= day:
            findings.add(
                "past_bup",
                at,
                position_column,
                people["position"].iat[at],
                retires_on=shown,
                bup_years=age,
            )
        if pd.notna(stated) and stated != retires:
            column, value = "stated_retires_on", cells["stated_retires_on"][at]
            findings.add("tmt_mismatch", at, column, value, law=shown, rule_source=source)
        elif pd.isna(stated) and pd.notna(stated_age) and stated_age != age:
            column, value = "stated_bup_years", cells["stated_bup_years"][at]
            findings.add("tmt_mismatch", at, column, value, law=f"BUP {age}", rule_source=source)
        if standing == "disputed":
            findings.add(
                "bup_disputed",
                at,
                position_column,
                people["position"].iat[at],
                bup_years=age,
                rule_source=source,
            )


def _shown(reading: Reading, column: str) -> list[object]:
    return cells_of(reading, column)
