"""What kind of staff a person is, and whether the person still counts."""

from __future__ import annotations

import re

import pandas as pd

from analytics import checks_cells as cell
from analytics.checks_findings import Findings, cells_of, texts_of
from analytics.checks_people import as_text
from analytics.checks_units import first_filled
from analytics.readers import Reading
from analytics.rules import RuleBook

_PART_TIME = re.compile(r"paruh\s*waktu|part[\s-]*time", re.I)
# SIASN writes C; a cell 'CPNS/PNS' says neither.
_CANDIDATE = re.compile(r"^c$|^calon\b|\bcpns\b(?!\s*/)", re.I | re.M)
_CONTRACT = re.compile(r"\b(?:pppk|p3k)\b|perjanjian kerja", re.I)
_CAREER = re.compile(r"\b(?:pns|pegawai negeri sipil)\b", re.I)


def checked_legal_status(
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
    found = first_filled([known, ["" if name == cell.UNKNOWN else name for name in names]])
    for at, code in enumerate(found):
        if not code and (codes[at] or names[at]):
            column = "legal_status" if names[at] else "legal_status_code"
            findings.add("status_unknown", at, column, others[column][at])
    series = as_text(found)
    headcount = series.map(table["is_in_headcount"]).astype("boolean").fillna(True).astype(bool)
    duty = series.map(table["is_on_duty"]).astype("boolean").fillna(True).astype(bool)
    return series, headcount, duty


def checked_employment(reading: Reading, findings: Findings, parts: pd.DataFrame) -> pd.Series:
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
