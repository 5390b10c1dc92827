"""Whether a list tells of people who have left, and what its sections say about why.

A roster has a column 'TMT Pensiun' too, for a day to come. A list of exits says so: in a header
('Alasan Berhenti', 'Tanggal Meninggal'), or in its title or the name of its sheet; nearly all of
its days are filled, and most of them are past.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from analytics.readers.dates import written_date
from analytics.readers.formulas import FormulaCell
from analytics.readers.tabular import Header, cell_text
from analytics.readers.workbook import Sheet

_LEAVING = re.compile(
    r"pensiun|berhenti|meninggal|wafat|mutasi|pindah|keluar|kontrak|mengundurkan|purna|uzur|janda"
    r"|\b(?:aps|bup|ptdh|pdh|exits?|leavers)\b",
    re.I,
)
# Titles that only lists of exits have: a list of contracts or of transfers in has a TMT as well.
_TITLE = re.compile(
    r"pensiun|berhenti|pemberhentian|meninggal|wafat|mengundurkan|purna ?(?:tugas|bakti)|\bkeluar\b"
    r"|\b(?:ptdh|pdh|exits?|leavers)\b",
    re.I,
)
_HEADER = re.compile(
    r"\b(?:alasan|sebab|penyebab|jenis|kategori|status)\b.*"
    r"(?:henti|pensiun|keluar|phk|putus|non ?aktif|resign|undur)"
    r"|\b(?:tmt|tanggal|tgl)\b.*(?:henti|keluar|meninggal|wafat|phk|putus|non ?aktif|resign|undur)"
    r"|\bexit(?:ed)?\b|\bleav(?:ing|er)",
    re.I,
)
_AHEAD = re.compile(
    r"\b(?:akan|calon|rencana|proyeksi|perkiraan|prakiraan|usul\w*|estimasi|kandidat|persiapan"
    r"|ramalan|forecast|nominatif)\b",
    re.I,
)
_FILLED_SHARE = 0.5


def tells_of_exits(sheet: Sheet, header: Header | None, titles: Sequence[str]) -> bool:
    """Whether a sheet of people says when each left.

    Parameters
    ----------
    header
        The header as the kind ``exit`` reads it; None where there is none.
    titles
        The lines above it.
    """
    if header is None or not {"nip", "exited_on"} <= header.names():
        return False
    lines = [*titles, sheet.name.replace("_", " ")]
    if any(_AHEAD.search(line) for line in lines):
        return False
    body = [row for row in sheet.rows[header.last + 1 :] if sum(map(bool, map(cell_text, row))) > 2]
    reasons = [text for text in map(cell_text, _cells(body, header, "reason")) if text]
    said = [_spaced(column.header) for column in header.columns]
    if not (
        any(map(_HEADER.search, said))
        or any(map(_TITLE.search, lines))
        or sum(map(bool, map(reason_in, reasons))) > len(body) * _FILLED_SHARE
    ):
        return False
    days = [cell for cell in _cells(body, header, "exited_on") if cell_text(cell)]
    ahead = sum(map(_is_ahead, days))
    return len(days) >= len(body) * _FILLED_SHARE and ahead <= len(days) / 2


def _cells(body: Sequence[Sequence[object]], header: Header, name: str) -> list[object]:
    at = next((column.index for column in header.columns if name in column.names), None)
    return [] if at is None else [row[at] for row in body if at < len(row)]


def _is_ahead(cell: object) -> bool:
    value = cell.value if isinstance(cell, FormulaCell) else cell
    day = written_date(value, date.max)
    return isinstance(day, date) and day > date.today()


def reason_in(text: str) -> str:
    """A section, sheet name or title where it speaks of leaving; '' for anything else."""
    return text.strip() if _LEAVING.search(text.replace("_", " ")) else ""


def _spaced(written: str) -> str:
    return " ".join(re.findall(r"[a-z]+", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", written).casefold()))
