"""Why each move, each empty post and each surplus, in the visitor's language."""

from __future__ import annotations

import pandas as pd

from pages.shared.words import language, t


def reasons(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows with ``reason``, and ``warning`` where they have one, as the visitor reads it."""
    if language() == "id":
        return rows
    told = [name for name in ("reason", "warning") if name in rows]
    return rows.assign(**{name: rows[f"{name}_en"] for name in told})


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
        "opened": t("jamnya terbuka lagi"),
        "opens_more": t("pindahnya membuka lebih banyak jam"),
    }
