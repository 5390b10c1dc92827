"""Why each move, and what is to mend or to know: plain Bahasa, checked facts.

Every reason has a code, so that a screen can say it in another language.
"""

from __future__ import annotations

from collections import Counter

import pandas as pd

from analytics.redistribution_cells import Ground, fits
from analytics.redistribution_situation import Question, Situation

_MONTHS = (
    *("Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli", "Agustus", "September"),
    *("Oktober", "November", "Desember"),
)
_SHORT_WORD = 4
COORDINATES = {
    "coordinate_missing": "koordinat kosong",
    "coordinate_zero": "koordinat nol",
    "coordinate_unusable": "koordinat tidak lengkap atau terpotong",
    "coordinate_swapped": "lintang dan bujur tertukar",
    "coordinate_outside": "koordinat di luar wilayah",
    "coordinate_shared": "koordinat dipakai sekolah lain juga",
}


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
    name = _names(base)
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


def findings(base: Ground, moves: pd.DataFrame, asked: Question) -> pd.DataFrame:
    """Things to mend or to know: coordinates, unknown posts, locks that could not be met.

    Parameters
    ----------
    moves
        One row per move: ``person_id``, ``kind``.

    Returns
    -------
    One row per finding: ``code``, ``npsn``, ``person_id`` ('' where it is of no one), ``text``.
    """
    locks, choice = asked.locks, asked.choice
    rows: list[tuple[str, str, str, str]] = []
    name = _names(base)
    wanted = set(base.cells.loc[
        (base.cells["vacant_count"] > 0) | (base.cells["surplus_count"] > 0), "npsn"
    ])  # fmt: skip
    for npsn, row in base.schools.loc[base.schools["code"] != ""].iterrows():
        if npsn in wanted and not row["is_usable"]:
            rows.append((
                str(row["code"]), str(npsn), "",
                f"{name[npsn]}: {COORDINATES[row['code']]}; tidak diikutkan sampai"
                " dibetulkan.",
            ))  # fmt: skip
    counts = Counter(base.people["status"])
    for code, text in (
        ("post_unknown", "{n} guru jabatannya belum diketahui; tidak dihitung lebih atau kurang."),
        ("school_unassessed", "{n} guru di sekolah yang kebutuhannya tidak ada di data."),
        ("post_unassessed", "{n} guru pada jabatan yang kebutuhannya tidak ada di data."),
        ("no_school", "{n} guru tanpa sekolah yang diketahui."),
        ("bup_unknown", "{n} guru di sekolah berlebih tanpa tanggal pensiun; tidak dipindahkan."),
    ):
        if counts[code]:
            rows.append((code, "", "", text.format(n=counts[code])))
    if choice.years_before_bup and base.people["retires_on"].isna().all() and len(base.people):
        rows.append(("bup_none_known", "", "",
                     "Tanggal pensiun tidak ada; jarak ke BUP tidak dapat diperiksa."))  # fmt: skip
    gone = set(moves.loc[moves["kind"] != "same_school", "person_id"])
    status = base.people.set_index("person_id")["status"]
    for person in sorted(locks.moves - gone):
        why = "orangnya tidak ada di daftar"
        if person in status.index:
            why = _LOCK_UNMET.get(status[person], _NOTHING_FITS)
        rows.append(("lock_unmet", "", person, f"Kunci 'harus pindah' tidak terpenuhi: {why}."))
    known = set(asked.situation.schools["npsn"])
    for person in sorted(locks.stays - set(base.people["person_id"])):
        rows.append(("lock_unknown", "", person, "Kunci 'tetap': orangnya tidak ada di daftar."))
    for npsn in sorted(locks.closed - set(base.schools.index)):
        rows.append(("lock_unknown", npsn, "", "Kunci sekolah: NPSN tidak ada di data."))
    rows += _strangers(base, asked, known)
    table = pd.DataFrame(rows, columns=["code", "npsn", "person_id", "text"])
    return table.astype("str")


def _strangers(base: Ground, asked: Question, known: set[str]) -> list[tuple[str, str, str, str]]:
    """Forbidden pairs and mergers that name somebody or a school nobody knows."""
    rows = []
    everybody = {*base.people["person_id"], *base.schools.index}
    for who, where in sorted(asked.locks.forbidden):
        said = f"Larangan {who}:{where}"
        if who not in everybody:
            text = f"{said}: {who} bukan orang atau sekolah di data."
            rows.append(("lock_unknown", "", "", text))
        if where not in base.schools.index:
            text = f"{said}: NPSN {where} tidak ada di data."
            rows.append(("lock_unknown", where, "", text))
    for npsn, into in sorted(asked.situation.merges.items()):
        for one in (npsn, into):
            if one not in known:
                text = f"Rencana penggabungan {npsn} ke {into}: NPSN {one} tidak ada di data."
                rows.append(("plan_unknown", one, "", text))
    return rows


_NOTHING_FITS = "tidak ada jabatan kosong yang cocok dan terjangkau"
_LOCK_UNMET = {
    "no_surplus": "sekolah asalnya tidak berlebih pada jabatan itu",
    "near_bup": "terlalu dekat dengan pensiun",
    "bup_unknown": "tanggal pensiunnya tidak diketahui",
    "school_locked": "sekolah asalnya ditutup dari perpindahan",
    "employment": "status kepegawaiannya tidak diikutkan",
    "serves_elsewhere": "mengajar juga di sekolah lain",
    "apart": "sedang tidak bertugas atau berstatus khusus",
    "gone": "sudah pensiun pada hari itu",
    "head": "kepala sekolah tidak diikutkan",
}


def _names(base: Ground) -> dict[str, str]:
    named = base.schools["name"]
    return {str(npsn): text or str(npsn) for npsn, text in named.items()}
