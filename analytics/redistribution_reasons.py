"""Why each move: plain words, checked facts, in Indonesian and English."""

from __future__ import annotations

from typing import Any

import pandas as pd

from analytics.redistribution_cells import Ground, fits, school_names
from analytics.redistribution_situation import Situation
from analytics.redistribution_words import Both, begun, day_words, post_words, said

_FROM = ("{begun} di {school} ada {present}, perlu {needed}",
         "{begun} at {school}: {present} in post, {needed} needed")  # fmt: skip
_CLOSING = ("{school} bergabung ke {other}", "{school} merges into {other}")
_TO = ("{school} perlu {needed} {post}, ada {present}",
       "{school}: {post}, {needed} needed, {present} in post")  # fmt: skip
_SAME = ("tetap di sekolahnya, tugasnya berganti", "stays in the school, with another post")
_SPLIT = ("satmin {first} JP dan tambahan {second} JP di {school} ({km} km dari satmin)",
          "satmin {first} JP and {second} JP more at {school} ({km} km from satmin)")  # fmt: skip
_KM = ("jarak {km} km{home}", "{km} km away{home}")
_KM_UNKNOWN = ("jaraknya tidak diketahui (koordinat sekolah asal){home}",
               "how far is not known (coordinates of the present school){home}")  # fmt: skip
_HOME = (", di kecamatan tempat tinggalnya", ", in the home kecamatan")
_PROVED = ("sertifikat {proof} sesuai", "certificate fits ({proof})")
_NO_PROOF = ("sesuai tugas sekarang; sertifikat tidak tercatat",
             "as the present post; no certificate on record")  # fmt: skip
_OTHER_PROOF = ("sesuai tugas sekarang, bukan sertifikatnya",
                "as the present post, not the certificate")  # fmt: skip
_LEAVES = ("pensiun {day}{among}", "retires {day}{among}")
_AMONG = (", dipilih dari {count} orang yang boleh pindah",
          ", chosen of {count} people who may move")  # fmt: skip
_HOURS_NOW = ("jam {after} JP", "{after} JP")
_HOURS = ("jam {before} menjadi {after} JP", "from {before} to {after} JP")
_HOURS_ABOUT = ("jam sekitar {before} menjadi {after} JP", "from about {before} to {after} JP")
_PRIVATE = ("sekolah swasta: pilihan terakhir, 4 tahun dan dapat diperpanjang sekali",
            "private school: the last resort, 4 years and once more")  # fmt: skip
_LOST = ("Jabatan ini tidak lagi diperlukan sekolah tujuan mulai {year}.",
         "The receiving school no longer needs this post from {year}.")  # fmt: skip
_RELIGION = ("Agama murid di sekolah tujuan tidak tercatat; cocokkan dahulu.",
             "The religions of the pupils there are not on record; check first.")  # fmt: skip
_PRIVATE_ASKS = (
    "Perlu penilaian Baik 2 tahun, rekomendasi Dinas dan BKD, dan sekolah sekurangnya 3 tahun di"
    " Dapodik.",
    "Asks for a rating of Good for 2 years, word of Dinas and BKD, and a school of at least 3"
    " years in Dapodik.",
)


def move_reasons(moves: pd.DataFrame, base: Ground, situation: Situation) -> pd.DataFrame:
    """Every row of ``moves`` with its reason.

    Returns
    -------
    ``moves`` with ``reason_code``, ``reason`` in words, ``warning`` ('' for none), and both in
    English: ``reason_en``, ``warning_en``.
    """
    name = school_names(base)
    cells = base.cells.set_index(["npsn", "post"])
    able = base.people.loc[base.people["status"] == "candidate"]
    alike = able.groupby(["npsn", "held_post"]).size().to_dict()
    rows = []
    for row in moves.itertuples():
        own = cells.loc[(row.from_npsn, row.from_post)]
        into = situation.merges.get(str(row.from_npsn), "")
        text = [
            said(_CLOSING, school=name[row.from_npsn], other=name[into])
            if row.is_from_closing
            else said(
                _FROM,
                begun=(begun(post_words(row.from_post)), begun(post_words(row.from_post, "en"))),
                school=name[row.from_npsn],
                present=int(own["in_post_count"]),
                needed=int(own["needed_count"]),
            ),
            *_of_move(row, name, alike.get((row.from_npsn, row.from_post), 1)),
        ]
        code = "from_closing" if row.is_from_closing else "surplus"
        code = "same_school" if row.kind == "same_school" else code
        warned = _warnings(row)
        rows.append((code, *("; ".join(one) + "." for one in zip(*text, strict=True)),
                     *(" ".join(one[at] for one in warned) for at in (0, 1))))  # fmt: skip
    columns = ["reason_code", "reason", "reason_en", "warning", "warning_en"]
    told = pd.DataFrame(rows, columns=columns, index=moves.index).astype("str")
    return moves.join(told)


def _of_move(row: Any, name: dict[str, str], alike_count: int) -> list[Both]:  # noqa: ANN401
    """What speaks for one move, part by part."""
    told = [
        said(_TO, school=name[row.to_npsn], needed=row.needed_count, post=row.post,
             present=row.in_post_before)
    ]  # fmt: skip
    if row.kind == "same_school":
        told.append(_SAME)
    elif row.other_npsn:
        told.append(
            said(_SPLIT, first=row.hours_satmin, second=row.hours_other,
                 school=name[row.other_npsn], km=row.other_km)
        )  # fmt: skip
    if row.kind != "same_school":
        far = _KM_UNKNOWN if pd.isna(row.km) else _KM
        told.append(said(far, km=row.km, home=_HOME if row.is_by_home else ""))
    proof = row.certificate_post
    if proof and fits(frozenset({proof}), row.post):
        english = post_words(proof, "en").removeprefix("teacher of ")
        told.append(said(_PROVED, proof=(post_words(proof).removeprefix("guru "), english)))
    else:
        told.append(_OTHER_PROOF if proof else _NO_PROOF)
    if not pd.isna(row.retires_on):
        among = said(_AMONG, count=alike_count) if alike_count > 1 else ""
        days = (day_words(row.retires_on), day_words(row.retires_on, "en"))
        told.append(said(_LEAVES, day=days, among=among))
    if pd.isna(row.hours_before):
        told.append(said(_HOURS_NOW, after=row.hours_after))
    else:
        hours = _HOURS_ABOUT if row.is_hours_estimated else _HOURS
        told.append(said(hours, before=row.hours_before, after=row.hours_after))
    return [*told, _PRIVATE] if row.is_private else told


def _warnings(row: Any) -> list[Both]:  # noqa: ANN401 (a row of a frame)
    """What to check before a move is signed."""
    told = []
    if not pd.isna(row.lost_in_year):
        year = int(row.lost_in_year)
        told.append(said(_LOST, year=f"{year}/{(year + 1) % 100:02d}"))
    if row.post == "guru_agama":
        told.append(_RELIGION)
    if row.is_private:
        told.append(_PRIVATE_ASKS)
    return told
