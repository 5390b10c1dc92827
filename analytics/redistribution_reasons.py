"""Why each move: plain Bahasa, checked facts.

Every reason has a code, so that a screen can say it in another language.
"""

from __future__ import annotations

import pandas as pd

from analytics.redistribution_cells import Ground, fits, school_names
from analytics.redistribution_situation import Situation

_MONTHS = (
    *("Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli", "Agustus", "September"),
    *("Oktober", "November", "Desember"),
)
_SHORT_WORD = 4


def post_words(post: str) -> str:
    """``guru_mapel:ipa`` -> ``guru IPA``: a post inside an Indonesian sentence."""
    kind, _, subject = post.partition(":")
    if kind in ("guru_mapel", "guru_agama"):
        name = subject.replace("_", " ")
        name = name.upper() if len(name) <= _SHORT_WORD else name.title()
        return f"guru {'agama ' if kind == 'guru_agama' else ''}{name}".strip()
    words = {"guru_pjok": "guru PJOK", "guru_bk": "guru BK"}
    return words.get(post, post.replace("_", " ").replace("bahasa inggris", "bahasa Inggris"))


def _begun(words: str) -> str:
    return words[:1].upper() + words[1:]


def day_words(day: object) -> str:
    """``1 Agustus 2041``; blank where there is none."""
    if pd.isna(day):
        return ""
    moment = pd.Timestamp(day)
    return f"{moment.day} {_MONTHS[moment.month - 1]} {moment.year}"


def number_words(value: float) -> str:
    """``2,3``: a number with a decimal comma, whole where it is whole."""
    text = f"{value:.1f}".rstrip("0").rstrip(".")
    return text.replace(".", ",")


def move_reasons(moves: pd.DataFrame, base: Ground, situation: Situation) -> pd.DataFrame:
    """Every row of ``moves`` with its reason.

    Returns
    -------
    ``moves`` with ``reason_code``, ``reason`` in words and ``warning`` ('' for none).
    """
    name = school_names(base)
    cells = base.cells.set_index(["npsn", "post"])
    able = base.people.loc[base.people["status"] == "candidate"]
    alike = able.groupby(["npsn", "held_post"]).size().to_dict()
    codes, reasons, warnings = [], [], []
    for row in moves.itertuples():
        own = cells.loc[(row.from_npsn, row.from_post)]
        code = "from_closing" if row.is_from_closing else "surplus"
        text = [
            f"{name[row.from_npsn]} bergabung ke {name[situation.merges[row.from_npsn]]}"
            if row.is_from_closing
            else f"{_begun(post_words(row.from_post))} di {name[row.from_npsn]} ada"
            f" {int(own['in_post_count'])}, perlu {int(own['needed_count'])}",
            f"{name[row.to_npsn]} perlu {row.needed_count} {post_words(row.post)}, ada"
            f" {row.in_post_before}",
        ]
        if row.kind == "same_school":
            code = "same_school"
            text.append("tetap di sekolahnya, tugasnya berganti")
        elif row.other_npsn:
            text.append(
                f"satmin {number_words(row.hours_satmin)} JP dan tambahan"
                f" {number_words(row.hours_other)} JP di {name[row.other_npsn]}"
                f" ({number_words(row.other_km)} km dari satmin)"
            )
        if row.kind != "same_school":
            home = ", di kecamatan tempat tinggalnya" if row.is_by_home else ""
            text.append(f"jarak {number_words(row.km)} km{home}")
        proof = row.certificate_post
        text.append(
            f"sertifikat {post_words(proof).removeprefix('guru ')} sesuai"
            if proof and fits(frozenset({proof}), row.post)
            else "sesuai tugas sekarang; sertifikat tidak tercatat"
            if not proof
            else "sesuai tugas sekarang, bukan sertifikatnya"
        )
        if not pd.isna(row.retires_on):
            count = alike.get((row.from_npsn, row.from_post), 1)
            among = f", dipilih dari {count} orang yang boleh pindah" if count > 1 else ""
            text.append(f"pensiun {day_words(row.retires_on)}{among}")
        before = "" if pd.isna(row.hours_before) else f"{number_words(row.hours_before)} menjadi "
        before = f"sekitar {before}" if row.is_hours_estimated else before
        text.append(f"jam {before}{number_words(row.hours_after)} JP")
        if row.is_private:
            text.append("sekolah swasta: pilihan terakhir, 4 tahun dan dapat diperpanjang sekali")
        codes.append(code)
        reasons.append("; ".join(text) + ".")
        warning = []
        if not pd.isna(row.lost_in_year):
            warning.append(
                f"Jabatan ini tidak lagi diperlukan sekolah tujuan mulai {row.lost_in_year}"
                f"/{(row.lost_in_year + 1) % 100:02d}."
            )
        if row.post == "guru_agama":
            warning.append("Agama murid di sekolah tujuan tidak tercatat; cocokkan dahulu.")
        if row.is_private:
            warning.append(
                "Perlu penilaian Baik 2 tahun, rekomendasi Dinas dan BKD, dan sekolah"
                " sekurangnya 3 tahun di Dapodik."
            )
        warnings.append(" ".join(warning))
    table = moves.assign(reason_code=codes, reason=reasons, warning=warnings)
    return table.astype(dict.fromkeys(("reason_code", "reason", "warning"), "str"))
