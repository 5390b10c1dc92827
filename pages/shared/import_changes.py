"""What a file would change in the edition in force, before anything is written."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from analytics import movement
from analytics.movement import Changes
from pages.shared import layout
from pages.shared.words import names, number, t


def _kinds() -> dict[str, tuple[str, str]]:
    return {
        "joined": (t("Masuk"), t("ada di berkas, tidak ada sebelumnya")),
        "left": (t("Keluar"), t("ada sebelumnya, tidak ada di berkas")),
        "moved": (t("Pindah"), t("unit kerjanya berbeda")),
        "promoted": (t("Naik"), t("golongan atau jenjangnya naik")),
    }


def _causes() -> dict[str, str]:
    """Likely causes of leaving, in the visitor's language."""
    return {
        movement.LEFT_AT_BUP: t("mencapai BUP"),
        movement.LEFT_AT_CONTRACT_END: t("kontrak berakhir"),
        movement.LEFT_BEFORE: t("sebelum BUP"),
        movement.LEFT_WITHOUT_RULE: t("tidak diketahui"),
    }


def _columns(kind: str) -> list[layout.Column]:
    """The columns of one of the tables."""
    change = {
        "joined": [layout.Column("unit", t("Unit kerja"))],
        "left": [
            layout.Column("cause", t("Dugaan sebab")),
            layout.Column("retires_on", t("TMT pensiun"), "day"),
            layout.Column("unit", t("Unit kerja")),
        ],
        "moved": [
            layout.Column("before", t("Dari unit")),
            layout.Column("after", t("Ke unit")),
        ],
        "promoted": [
            layout.Column("before", t("Dari")),
            layout.Column("after", t("Menjadi")),
            layout.Column("unit", t("Unit kerja")),
        ],
        "kept": [layout.Column("unit", t("Unit kerja"))],
    }
    return [
        layout.Column("name", t("Nama"), "name"),
        layout.Column("nip", t("NIP"), "nip"),
        *change[kind],
        layout.Column("position", t("Jabatan")),
        layout.Column("employment", t("Jenis")),
    ]


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
    if all(frame.empty for frame in frames.values()):
        layout.sentences(
            [
                t(
                    "Tidak seorang pun masuk, keluar, pindah unit, atau naik. Kolom lainnya"
                    " mengikuti berkas ini."
                )
            ]
        )
    if not changes.left.empty:
        counts = changes.left["cause"].map(_causes()).value_counts()
        layout.sentences(
            [
                t(
                    "Dugaan sebab keluar: {causes}.",
                    causes=names([f"{number(n)} {cause}" for cause, n in counts.items()]),
                )
            ]
        )
    kinds["kept"] = (t("Tetap seperti sebelumnya"), "")
    for kind, (name, _) in kinds.items():
        frame: pd.DataFrame = getattr(changes, kind)
        if frame.empty:
            continue
        with st.expander(f"{name} · {number(len(frame))}", key=f"changes-{kind}"):
            if kind == "kept":
                st.caption(t("Barisnya ditolak, jadi data mereka dari edisi sebelumnya dipakai."))
            if kind == "left":
                frame = frame.assign(cause=frame["cause"].map(_causes()))
            layout.table(
                frame,
                _columns(kind),
                f"{t('perubahan')}-{name}",
                height=layout.height_of(len(frame), 8),
            )
