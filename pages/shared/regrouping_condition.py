"""Controls on what lists say of schools: whose buildings are damaged, who is left out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import pandas as pd

from analytics.regrouping_condition import (
    USUAL_DEGREE,
    damaged_rooms_share,
    told_flag,
    usable_rooms,
)
from analytics.regrouping_rules import counts_heavy_rooms, local_value
from pages.shared import inputs, layout
from pages.shared.words import number, percent, t

# The word in the link of each exemption; the last one is as old as the page.
_EXEMPT = {"is_remote": "kecuali_3t", "is_special": "kecuali_khusus", "is_integrated": "satap"}
LINK_WORDS = (*_EXEMPT.values(), "rusak", "rusak_bagian", "rusak_dari", "ruang_berat")
_SHARES = ("25", "50", "75", "100")


@dataclass(frozen=True)
class Damage:
    """The switch on damaged buildings with what counts as damaged."""

    is_on: bool
    share: float
    degree: str


def exempt(schools: pd.DataFrame) -> tuple[str, ...]:
    """Which marks of a list keep a school out of mergers; all of them at first."""
    labels = {
        "is_remote": t("Kecualikan sekolah 3T atau terpencil"),
        "is_special": t("Kecualikan sekolah khusus"),
        "is_integrated": t("Kecualikan sekolah satu atap"),
    }
    help_of = {
        "is_remote": t("Menurut kolom 3T, terpencil, atau daerah khusus di daftar sekolah."),
        "is_special": t("Menurut kolomnya di daftar sekolah, atau bentuk SLB."),
        "is_integrated": t("Menurut kolomnya di daftar sekolah; bila tidak ada, dari namanya."),
    }
    kept = []
    for column, word in _EXEMPT.items():
        count = int(told_flag(schools, column).sum())
        label = f"{labels[column]} ({number(count)})"
        if inputs.switch(word, label, True, help=help_of[column]):
            kept.append(column)
    unknown = [column for column in ("is_remote", "is_special") if _is_silent(schools, column)]
    if unknown:
        layout.note(
            t(
                "Data belum memuat tanda 3T atau sekolah khusus: muat di halaman Data, atau"
                " kecualikan sekolahnya di bawah."
            )
        )
    return tuple(kept)


def _is_silent(schools: pd.DataFrame, column: str) -> bool:
    return column not in schools or bool(schools[column].isna().all())


def damage(schools: pd.DataFrame, on: date) -> Damage:
    """The switch 'buildings damaged' with its two settings."""
    usual = f"{100 * local_value('damaged_share', on):g}"
    is_on = inputs.switch(
        "rusak",
        t("Bangunannya rusak"),
        help=t("Menurut ruang kelas per keadaan di daftar prasarana Dapodik."),
    )
    options = {one: percent(float(one) / 100, 0) for one in sorted({*_SHARES, usual}, key=float)}
    share = inputs.choice(
        "rusak_bagian", t("Rusak berarti sedikitnya … ruang kelas"), options, usual
    )
    degree = inputs.choice("rusak_dari", t("yang keadaannya"), degrees(), USUAL_DEGREE)
    known = int(damaged_rooms_share(schools, degree).notna().sum())
    layout.note(
        t(
            "Batas {share} adalah pilihan setempat tanpa sumber. Keadaan ruang diketahui untuk {n}"
            " dari {all} sekolah.",
            share=options[share],
            n=number(known),
            all=number(len(schools)),
        )
        if known
        else t(
            "Data belum memuat keadaan ruang kelas: muat daftar prasarana (baik, rusak ringan,"
            " sedang, berat) di halaman Data, atau pilih sekolahnya di bawah."
        )
    )
    return Damage(is_on, float(share) / 100, degree)


def counts_heavy(schools: pd.DataFrame, on: date) -> bool:
    """Whether heavily damaged classrooms are rooms of a receiver too."""
    heavy = usable_rooms(schools)["heavy_left_out"]
    return inputs.switch(
        "ruang_berat",
        t("Hitung juga ruang kelas rusak berat ({n})", n=number(int(heavy.sum()))),
        counts_heavy_rooms(on),
        help=t("Pilihan setempat tanpa sumber: ruang rusak berat bukan ruang sekolah penerima."),
    )


def degrees() -> Mapping[str, str]:
    """From which degree on a room counts as damaged."""
    return {
        "light": t("rusak ringan ke atas"),
        "moderate": t("rusak sedang ke atas"),
        "heavy": t("rusak berat"),
    }
