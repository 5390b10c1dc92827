"""Dapodik: school lists, lists of teachers and staff (GTK), and which lists name pupils."""

from __future__ import annotations

import re
from collections.abc import Sequence

from analytics.readers.headers import header_key
from analytics.readers.tabular import cell_text
from analytics.readers.workbook import Sheet

# A pupil's own number; no list of staff or schools has a column of it.
_PUPIL_NUMBERS = {"nisn", "nis", "nisnisn", "nisnnis", "nomorinduksiswa", "noinduksiswa"}
_PUPIL_NAMES = {"namasiswa", "namapesertadidik", "namamurid", "namapd", "namalengkapsiswa"}
_PUPIL_MARKS = {
    *("nisn", "nipd", "rombelsaatini", "penerimakip", "pesertadidikid", "namarombel"),
    *_PUPIL_NAMES,
}
_STAFF_MARKS = {"nip", "nipbaru", "nuptk", "jabatan", "jenisptk", "ptkid"}
# Beside a pupil's name one of these is enough: a row stands for a child, not for a class.
_OF_A_PUPIL = {
    *("kelas", "kls", "rombel", "jk", "lp", "jeniskelamin", "tempatlahir", "tanggallahir", "nik"),
    *("agama", "alamat", "namaibu", "namaayah", "namaibukandung"),
}
_COUNTS = {"jumlahsiswa", "jumlahpd", "jumlahpesertadidik", "jumlahmurid", "jumlahanggotarombel"}
_SCHOOL = re.compile(
    r"^(?:UPT(?:D)?\s+)?(?:SPF\s+)?(?:TK|PAUD|KB|SD|SMP|SMA|SMK|SLB|MI|MTS|MA|PKBM|SKB|RA|SPS|TPA)"
    r"(?:N|S|LB|IT|K)?\b[^:]*$",
    re.I,
)
_TITLED = re.compile(
    r"^\s*(?:unit kerja|opd|skpd|satuan kerja|nama sekolah|sekolah|perangkat daerah|instansi|"
    r"unit organisasi|satuan pendidikan)\s*:\s*(.+)$",
    re.I,
)
_NPSN = re.compile(r"\bNPSN\b\W*([0-9P]\d{7})\b", re.I)


def is_pupil_list(sheet: Sheet) -> bool:
    """Whether a sheet lists pupils one by one; such a sheet is counted and never kept."""
    return pupil_header(sheet) is not None


def pupil_header(sheet: Sheet) -> int | None:
    """The place of the header of a list of pupils, None where a sheet is no such list."""
    for place, row in enumerate(sheet.rows[:30]):
        texts = [re.sub(r"_?Unnamed:.*$", "", cell_text(cell)) for cell in row]
        keys = {header_key(text) for text in texts} - {""}
        if keys & _STAFF_MARKS:
            continue
        is_named = bool(keys & _PUPIL_NAMES) and bool(keys & _OF_A_PUPIL) and not keys & _COUNTS
        if (keys & _PUPIL_NUMBERS and len(keys) >= 3) or is_named:
            return place
        if len(keys & _PUPIL_MARKS) >= 2 and not keys & _COUNTS:
            return place
    return None


def unit_in_titles(titles: Sequence[str]) -> str:
    """The unit or school a list says above its header that it is about, or ''."""
    for line in titles:
        named = _TITLED.match(line)
        if named:
            return named.group(1).strip()
    for line in titles:
        if _SCHOOL.match(line.strip()):
            return line.strip()
    return ""


def npsn_in_titles(titles: Sequence[str]) -> str:
    """The school number a list carries above its header, or ''."""
    found = [match.group(1) for line in titles if (match := _NPSN.search(line))]
    return found[0] if found else ""


def school_year_in(text: str) -> int | None:
    """The school year a sheet's name or a cell means: 2025, '2025/2026', 'TP 2025-2026'."""
    years = [int(year) for year in re.findall(r"(?<!\d)(20\d{2})(?!\d)", text)]
    return years[0] if years and years[-1] - years[0] in (0, 1) else None
