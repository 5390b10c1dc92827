"""Where people work: unit, agency (OPD), kecamatan and school, from whatever columns a list has."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pandas as pd

from analytics import checks_cells as cell
from analytics.checks_findings import Findings, cells_of, texts_of
from analytics.checks_people import as_text
from analytics.readers import Reading

SATKERS = ("satker_1", "satker_2", "satker_3", "satker_4", "satker_5")
_GOVERNMENT = re.compile(r"^(?:pemerintah|pemkab|pemkot|pemprov|kabupaten|kota|provinsi)\b", re.I)
_KECAMATAN = re.compile(
    r"\bkec(?:amatan)?\b\.?\s+([A-Za-z' -]{3,}?)\s*(?:$|[,(;/]|\bkab\b|\bkota\b)", re.I
)


def first_filled(columns: Sequence[Sequence[str]]) -> list[str]:
    """For each row the first text that is not empty."""
    return [next((value for value in values if value), "") for values in zip(*columns, strict=True)]


def checked_units(reading: Reading, findings: Findings) -> dict[str, pd.Series]:
    """Where each person works. Adds ``unit_missing``.

    An empty cell in a unit column is a fault even where a wider column (OPD) is filled: counting a
    teacher at the Dinas instead of the school would be wrong in silence.
    """
    has = {str(name) for name in reading.rows.columns}
    satkers = [texts_of(reading, column) for column in SATKERS if column in has]
    opd = texts_of(reading, "opd")
    work_unit = texts_of(reading, "work_unit")
    if "unit" in has:
        unit, source = texts_of(reading, "unit"), "unit"
    elif satkers:
        unit, source = first_filled(satkers[::-1]), "satker_1"
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
    agency = first_filled([opd, *tops, own, unit])
    stated = [_kecamatan(name) for name in texts_of(reading, "kecamatan")]
    inferred = cell.by_value(unit, _kecamatan_in)
    wider = cell.by_value(agency, _kecamatan_in)
    return {
        "unit": as_text(unit),
        "opd": as_text(agency),
        "kecamatan": as_text(first_filled([stated, inferred, wider])),
        "npsn": as_text(cell.by_value(cells_of(reading, "npsn"), cell.npsn)),
    }


def _kecamatan(name: str) -> str:
    return re.sub(r"^kec(?:amatan)?\b\.?\s*", "", name, flags=re.I)


def _kecamatan_in(unit: object) -> str:
    """The kecamatan a unit's own name carries ('Kantor Kecamatan Taman'), or ''."""
    found = _KECAMATAN.search(str(unit))
    return found.group(1).strip() if found else ""
