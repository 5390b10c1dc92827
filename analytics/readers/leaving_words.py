"""Headers of lists of exits, put together from words: the day of leaving, and why.

``Tanggal Efektif Pemberhentian``, ``TMT PHK`` and ``Tgl Non Aktif`` are days; ``Sebab Berhenti``
and ``Jenis Pemutusan Kontrak`` are reasons. Numbers and days of letters are neither.
"""

from __future__ import annotations

from collections.abc import Sequence

_DAYS = {"tmt", "tanggal", "mulai", "terhitung", "berlaku", "efektif", "bulan", "date"}
_REASONS = {
    *("alasan", "sebab", "penyebab", "jenis", "kategori", "macam", "kelompok", "keterangan"),
    "dasar",
}
# Words under which some lists hold the reason and others the number of a letter: only where no
# other column tells the reason.
UNSURE = {"dasar"}
_LEAVING = {
    *("berhenti", "diberhentikan", "pemberhentian", "henti", "pensiun", "keluar", "meninggal"),
    *("wafat", "pindah", "mutasi", "phk", "phpk", "nonaktif", "putus", "pemutusan", "resign"),
    *("mengundurkan", "pengunduran", "undur", "purna", "bup", "perpindahan", "exit", "leaving"),
}
_FILLERS = {
    *("kontrak", "perjanjian", "hubungan", "kerja", "bekerja", "dinas", "dunia", "diri", "tugas"),
    *("bakti", "dengan", "tidak", "hormat", "dan", "atau", "dari", "pns", "asn", "pppk", "p3k"),
    *("pegawai", "instansi", "nama", "sejak", "of", "for"),
}
# Words of a header over a part of the day of leaving: 'Bulan Pensiun', 'Tahun Berhenti Kerja'.
LEAVING_FILLERS = _LEAVING | _FILLERS


def exit_column(words: Sequence[str]) -> str:
    """What a header of a list of exits stands for: ``exited_on``, ``reason``, or '' for neither.

    Parameters
    ----------
    words
        The words of the header in lower case, shortened ones written out. Every one must be known:
        ``tanggal sk pemberhentian`` is the day of a letter.
    """
    told = "-".join(words).replace("non-aktif", "nonaktif").split("-")
    if not set(told) & _LEAVING or set(told) - _DAYS - _REASONS - _LEAVING - _FILLERS:
        return ""
    if set(told) & _REASONS:
        return "reason"
    return "exited_on" if set(told) & _DAYS else ""
