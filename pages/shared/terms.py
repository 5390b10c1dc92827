"""Words of the field that a page uses, each in one line at its foot; all stand in the glossary."""

from __future__ import annotations

from pages.shared import layout
from pages.shared.words import t


def explain(*terms: str) -> None:
    """One line of small print: each term with what it means, in the order given."""
    known = meanings()
    layout.note(". ".join(f"{term}: {known[term]}" for term in terms) + ".")


def meanings() -> dict[str, str]:
    """Each term with what it means, in the visitor's language."""
    return {
        "ABK": t("analisis beban kerja, jumlah orang yang dibutuhkan menurut volume kerja"),
        "APBD": t("anggaran pendapatan dan belanja daerah"),
        "ASN": t("PNS dan P3K"),
        "BK": t("bimbingan dan konseling"),
        "BOS": t("bantuan operasional sekolah"),
        "BUP": t("batas usia pensiun"),
        "CPNS": t("calon PNS, lulus seleksi dan dalam masa percobaan"),
        "JF": t("jabatan fungsional"),
        "JP": t("jam pelajaran tatap muka seminggu"),
        "MPP": t("masa persiapan pensiun, bebas tugas dengan gaji"),
        "P3K": t("pegawai dengan perjanjian kerja, juga ditulis PPPK"),
        "PJOK": t("pendidikan jasmani, olahraga, dan kesehatan"),
        "P10-P90": t("rentang yang memuat 8 dari 10 kemungkinan"),
        "Rombel": t("rombongan belajar, murid yang duduk sekelas"),
        "Satmin": t("sekolah induk, tempat guru tercatat"),
        "TKD": t("transfer ke daerah dari APBN"),
        "TMT": t("terhitung mulai tanggal"),
        "TPG": t("tunjangan profesi guru, dari transfer pusat"),
        "TPP": t("tambahan penghasilan pegawai yang ditetapkan kepala daerah"),
    }
