"""Whether a list tells of people who have left, and what its sections say about why.

A roster has a column 'TMT Pensiun' too, for a day to come. A list of exits says so: in a header
('Alasan Berhenti', 'Tanggal Meninggal'), in its title or the name of its sheet, or in what its
cells say; nearly all of its days are filled, and most of them are past.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from analytics.readers.leaving_cells import (
    comes_in,
    gone_share,
    is_ahead,
    is_past,
    people_rows,
    told_by_cells,
)
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
_LETTER = re.compile(r"\b(?:sk|surat|keputusan|pertek)\b.*(?:pensiun|henti|meninggal)", re.I)
_PENSION_DAY = re.compile(r"\b(?:tmt|tanggal|tgl|mulai|bulan)\b.*(?:pensiun|\bbup\b)", re.I)
_FILLED_SHARE = 0.5
_NEARLY_ALL = 0.9
# So many said to be gone are no slip of a roster.
_MANY_SHARE = 0.2
# Of fewer people cells alone tell nothing: one pensioner is no list of pensioners.
_FEWEST = 3


EXITS, UNSURE, NO_EXITS = "exits", "unsure", ""


def tells_of_exits(sheet: Sheet, header: Header | None, titles: Sequence[str]) -> str:
    """Whether a sheet of people says when each left, or may.

    Parameters
    ----------
    header
        The header as the kind ``exit`` reads it; None where there is none.
    titles
        The lines above it.

    Returns
    -------
    :data:`EXITS`; :data:`UNSURE` where it speaks of leaving and is no list of those who left
    (they are still to leave, or half of them have): it may be a roster or a list of exits that are
    not known yet; else :data:`NO_EXITS`.
    """
    if header is None or "nip" not in header.names():
        return NO_EXITS
    lines = [*titles, sheet.name.replace("_", " ")]
    said = [_spaced(column.header) for column in header.columns]
    is_titled = any(map(_TITLE.search, lines))
    header = told_by_cells(sheet, header, speaks=is_titled or any(map(_LETTER.search, said)))
    body = people_rows(sheet, header)
    days = [cell for cell in _cells(body, header, "exited_on") if cell_text(cell)]
    days += [cell for cell in _cells(body, header, "exited_year") if cell_text(cell)]
    is_filled = len(days) >= max(len(body) * _FILLED_SHARE, 1)
    is_ahead_of_us = sum(map(is_ahead, days)) > len(days) / 2
    is_enough = len(body) >= _FEWEST
    is_gone_list = gone_share(header, body) > _FILLED_SHARE
    if any(_AHEAD.search(line) for line in lines):
        return UNSURE if is_gone_list or (is_titled and is_filled) else NO_EXITS
    if is_gone_list and is_filled and is_ahead_of_us:
        return UNSURE
    if is_gone_list and is_enough:
        return EXITS
    reasons = [text for text in map(cell_text, _cells(body, header, "reason")) if text]
    speaks = (
        any(map(_HEADER.search, said))
        or any(map(_LETTER.search, said))
        or is_titled
        or sum(bool(reason_in(text)) and not comes_in(text) for text in reasons)
        > len(body) * _FILLED_SHARE
    )
    # A roster's own legal status is judged row by row; other words beside it are not.
    if not speaks and gone_share(header, body, without="legal_status") >= _MANY_SHARE:
        return UNSURE
    if not is_filled:
        return UNSURE if is_titled and not days else NO_EXITS
    if speaks:
        return NO_EXITS if is_ahead_of_us else EXITS
    # A retirement day of the roster lies ahead; nobody in service has one that is past.
    stated = [text for text in said if _PENSION_DAY.search(text)]
    past = sum(map(is_past, days))
    if stated and is_enough and past > len(body) * _FILLED_SHARE:
        return EXITS if past >= len(body) * _NEARLY_ALL else UNSURE
    return NO_EXITS


def _cells(body: Sequence[Sequence[object]], header: Header, name: str) -> list[object]:
    at = next((column.index for column in header.columns if name in column.names), None)
    return [] if at is None else [row[at] for row in body if at < len(row)]


def reason_in(text: str) -> str:
    """A section, sheet name or title where it speaks of leaving; '' for anything else."""
    return text.strip() if _LEAVING.search(text.replace("_", " ")) else ""


def _spaced(written: str) -> str:
    return " ".join(re.findall(r"[a-z]+", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", written).casefold()))
