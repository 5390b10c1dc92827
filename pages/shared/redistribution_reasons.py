"""Why each move, each empty post and each surplus, in the visitor's language.

The model gives a code and the facts; the words stand here, one sentence a code.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from analytics.redistribution_cells import fits
from pages.shared import teacher_view
from pages.shared.redistribution_inputs import Wish
from pages.shared.words import day, language, number, t


def move_reason(row: Any, own: pd.DataFrame) -> str:  # noqa: ANN401 (a row of a frame)
    """Why one person moves, as the model says it in Indonesian; the same facts in English."""
    if language() == "id":
        return str(row.reason)
    at = (row.from_npsn, row.from_post)
    told = []
    if row.is_from_closing:
        told.append(t("{school} bergabung ke sekolah lain", school=row.from_name))
    elif at in own.index:
        told.append(
            t(
                "{post} di {school} ada {present}, perlu {needed}",
                post=teacher_view.post_name(row.from_post),
                school=row.from_name,
                present=int(own.loc[at, "in_post_count"]),
                needed=int(own.loc[at, "needed_count"]),
            )
        )
    told.append(
        t(
            "{school} perlu {needed}, ada {present}",
            school=row.to_name,
            needed=row.needed_count,
            present=row.in_post_before,
        )
    )
    if row.kind == "same_school":
        told.append(t("tetap di sekolahnya, tugasnya berganti"))
    elif row.other_npsn:
        told.append(
            t(
                "satmin {first} JP dan tambahan {second} JP di {school} ({km} km dari satmin)",
                first=number(row.hours_satmin),
                second=number(row.hours_other),
                school=row.other_name,
                km=number(row.other_km, 1),
            )
        )
    if row.kind != "same_school":
        told.append(
            t("jarak {km} km, di kecamatan tempat tinggalnya", km=number(row.km, 1))
            if row.is_by_home
            else t("jarak {km} km", km=number(row.km, 1))
        )
    proof = row.certificate_post
    told.append(
        t("sertifikatnya tidak tercatat")
        if not proof
        else t("sertifikatnya sesuai")
        if fits(frozenset({proof}), row.post)
        else t("sesuai tugas sekarang, bukan sertifikatnya")
    )
    if not pd.isna(row.retires_on):
        told.append(t("pensiun {day}", day=day(row.retires_on)))
    told.append(
        t("sesudahnya {n} JP", n=number(row.hours_after))
        if pd.isna(row.hours_before)
        else t(
            "jam sekitar {before} menjadi {n} JP",
            before=number(row.hours_before, 1),
            n=number(row.hours_after),
        )
        if row.is_hours_estimated
        else t(
            "jam {before} menjadi {n} JP",
            before=number(row.hours_before, 1),
            n=number(row.hours_after),
        )
    )
    if row.is_private:
        told.append(t("sekolah swasta: pilihan terakhir"))
    return "; ".join(told) + "."


def warning(row: Any) -> str:  # noqa: ANN401 (a row of a frame)
    """What to check before a move is signed."""
    if language() == "id":
        return str(row.warning)
    told = []
    if not pd.isna(row.lost_in_year):
        told.append(
            t("Tidak lagi diperlukan sekolah tujuan mulai {year}.", year=int(row.lost_in_year))
        )
    if row.post == "guru_agama":
        told.append(t("Agama murid di sekolah tujuan tidak tercatat; cocokkan dahulu."))
    if row.is_private:
        told.append(
            t(
                "Perlu penilaian Baik 2 tahun, rekomendasi Dinas dan BKD, dan sekolah sekurangnya 3"
                " tahun di Dapodik."
            )
        )
    return " ".join(told)


def unfilled_reason(row: Any, wish: Wish) -> str:  # noqa: ANN401 (a row of a frame)
    """Why one post stays empty."""
    if language() == "id":
        return str(row.reason)
    return unfilled_words()[row.reason_code].format(
        km=number(row.nearest_km, 1),
        limit=wish.max_km,
        least=wish.least_hours,
        hours=number(row.part_short_hours),
    )


def left_reason(row: Any, wish: Wish) -> str:  # noqa: ANN401 (a row of a frame)
    """Why people to spare stay."""
    if language() == "id":
        return str(row.reason)
    return left_words()[row.reason_code].format(
        km=number(row.nearest_km, 1), limit=wish.max_km, least=wish.least_hours
    )


def unfilled_words() -> dict[str, str]:
    """A sentence for each code of an empty post; fields in braces are filled per school."""
    return {
        "no_surplus": t("Tidak ada kelebihan untuk jabatan ini di sekolah mana pun."),
        "certificate": t("Ada kelebihan, tetapi sertifikatnya mata pelajaran lain."),
        "level": t("Kelebihannya hanya ada di jenjang lain."),
        "too_far": t("Kelebihan terdekat {km} km, di luar batas {limit} km."),
        "coordinates": t("Koordinat sekolah ini belum dapat dipercaya; betulkan dahulu."),
        "coordinates_origin": t("Kelebihan hanya di sekolah yang koordinatnya belum dipercaya."),
        "excluded": t(
            "Ada kelebihan dalam {limit} km, tetapi orangnya dikunci, dekat pensiun, atau status"
            " kepegawaiannya tidak diikutkan."
        ),
        "private_rank": t("Yang dekat belum memenuhi syarat bertugas di sekolah swasta."),
        "private_never": t("Sekolah swasta tidak diikutkan."),
        "school_locked": t("Sekolah ini ditutup dari perpindahan."),
        "pair_forbidden": t("Pasangan yang mungkin dilarang."),
        "hours_split_off": t("Hanya {hours} JP, kurang dari {least} JP; perlu dua sekolah."),
        "hours_no_partner": t(
            "Hanya {hours} JP dan tidak ada orang atau sekolah tambahan yang melengkapi {least} JP."
        ),
        "used_elsewhere": t("Semua kelebihan yang terjangkau sudah mengisi kekurangan lain."),
    }


def left_words() -> dict[str, str]:
    """A sentence for each code of a surplus that stays."""
    return {
        "no_deficit": t("Tidak ada kekurangan jabatan ini di sekolah mana pun."),
        "certificate": t("Sertifikatnya jabatan lain, dan bidang sertifikatnya tidak kurang."),
        "level": t("Kekurangannya hanya ada di jenjang lain."),
        "too_far": t("Kekurangan terdekat {km} km, di luar batas {limit} km."),
        "coordinates": t("Koordinat sekolah asal belum dapat dipercaya; betulkan dahulu."),
        "coordinates_target": t("Kekurangan hanya di sekolah yang koordinatnya belum dipercaya."),
        "excluded": t(
            "Tidak ada yang boleh pindah: dikunci, dekat pensiun, atau status kepegawaiannya tidak"
            " diikutkan."
        ),
        "private_never": t("Kekurangannya hanya di sekolah swasta, yang tidak diikutkan."),
        "private_rank": t(
            "Kekurangan yang terjangkau hanya di sekolah swasta; syarat bertugas di sana belum"
            " dipenuhi."
        ),
        "hours": t("Kekurangan yang terjangkau kurang dari {least} JP."),
        "pair_forbidden": t("Pasangan yang mungkin dilarang."),
        "closed_target": t("Kekurangan hanya di sekolah yang ditutup dari perpindahan."),
        "filled_by_others": t("Kekurangan yang terjangkau sudah diisi orang lain."),
    }


def code_names() -> dict[str, str]:
    """Short names of the reasons, for a count of each."""
    return {
        "no_surplus": t("tidak ada kelebihan di mana pun"),
        "certificate": t("sertifikatnya lain"),
        "level": t("hanya di jenjang lain"),
        "too_far": t("terlalu jauh"),
        "coordinates": t("koordinat belum dipercaya"),
        "coordinates_origin": t("koordinat sekolah asal belum dipercaya"),
        "coordinates_target": t("koordinat sekolah tujuan belum dipercaya"),
        "excluded": t("orangnya tidak boleh pindah"),
        "private_rank": t("syarat bertugas di swasta belum dipenuhi"),
        "private_never": t("sekolah swasta tidak diikutkan"),
        "school_locked": t("sekolahnya ditutup dari perpindahan"),
        "closed_target": t("sekolah tujuan ditutup dari perpindahan"),
        "pair_forbidden": t("pasangannya dilarang"),
        "hours": t("jamnya kurang"),
        "hours_split_off": t("sisa jam yang perlu dua sekolah"),
        "hours_no_partner": t("sisa jam tanpa pasangan"),
        "used_elsewhere": t("kelebihannya sudah mengisi yang lain"),
        "filled_by_others": t("sudah diisi orang lain"),
        "no_deficit": t("tidak ada kekurangan di mana pun"),
    }
