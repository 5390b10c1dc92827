"""What a file would change in the edition in force, before anything is written."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from analytics.import_data import Changes
from pages.shared import layout
from pages.shared.words import number, t


def _kinds() -> dict[str, tuple[str, str]]:
    return {
        "joined": (t("Masuk"), t("Ada di berkas, tidak ada sebelumnya")),
        "left": (t("Keluar"), t("Ada sebelumnya, tidak ada di berkas")),
        "moved": (t("Pindah"), t("Unit kerja atau jabatannya berbeda")),
        "promoted": (t("Naik golongan"), t("Golongannya lebih tinggi")),
    }


def _columns() -> dict[str, layout.Column]:
    """Columns of any of the four tables, in the order of the screen."""
    return {
        "name": layout.Column("name", t("Nama"), "name"),
        "nip": layout.Column("nip", t("NIP"), "nip"),
        "employment": layout.Column("employment", t("Jenis")),
        "cause": layout.Column("cause", t("Dugaan sebab")),
        "position_before": layout.Column("position_before", t("Jabatan sebelumnya")),
        "position": layout.Column("position", t("Jabatan")),
        "unit_before": layout.Column("unit_before", t("Unit sebelumnya")),
        "unit": layout.Column("unit", t("Unit kerja")),
        "golongan_before": layout.Column("golongan_before", t("Golongan sebelumnya")),
        "golongan": layout.Column("golongan", t("Golongan")),
        "birth_date": layout.Column("birth_date", t("Tanggal lahir"), "day"),
    }


def draw(changes: Changes) -> None:
    """Four counts, and behind each the people."""
    kinds = _kinds()
    frames: dict[str, pd.DataFrame] = {kind: getattr(changes, kind) for kind in kinds}
    layout.keys(
        [
            layout.Key(name, number(len(frames[kind])), meaning)
            for kind, (name, meaning) in kinds.items()
        ]
    )
    known = _columns()
    for kind, (name, _) in kinds.items():
        frame = frames[kind]
        if frame.empty:
            continue
        with st.expander(f"{name} · {number(len(frame))}", key=f"changes-{kind}"):
            columns = [known[column] for column in known if column in frame.columns]
            layout.table(frame, columns, f"{t('perubahan')}-{kind}", height=320)
