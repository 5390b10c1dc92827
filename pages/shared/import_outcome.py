"""What a load did, and where to look at it."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from pages.shared.import_text import kind_names
from pages.shared.words import number, t, tn


@dataclass(frozen=True)
class Loaded:
    """What a load did, for the message after it."""

    edition_number: int
    kind: str
    loaded_count: int
    people_count: int
    joined_count: int
    left_count: int
    moved_count: int
    promoted_count: int
    refused_count: int


def told(loaded: Loaded) -> None:
    """What the load changed, and where to look at it."""
    if loaded.kind != "roster":
        st.success(
            t(
                "Edisi {number} berlaku: {count} baris {kind} dimuat; pegawainya tetap.",
                number=number(loaded.edition_number),
                count=number(loaded.loaded_count),
                kind=kind_names()[loaded.kind].lower(),
            ),
            icon=":material/check_circle:",
        )
        _after(loaded)
        return
    changed = [
        (loaded.joined_count, t("masuk")),
        (loaded.left_count, t("keluar")),
        (loaded.moved_count, t("pindah")),
        (loaded.promoted_count, t("naik golongan")),
    ]
    st.success(
        t(
            "Edisi {number} berlaku: {people} orang; {changes}.",
            number=number(loaded.edition_number),
            people=number(loaded.people_count),
            changes=", ".join(f"{number(count)} {word}" for count, word in changed),
        ),
        icon=":material/check_circle:",
    )
    _after(loaded)


def _after(loaded: Loaded) -> None:
    """What is left to do after a load."""
    if loaded.refused_count:
        st.caption(
            tn("{n} baris ditolak; unduh daftarnya di bagian Semua edisi.", loaded.refused_count)
        )
    pages = st.session_state.get("_pages", {})
    with st.container(horizontal=True):
        for address, words in (
            ("pensiun", t("Lihat kalender pensiun")),
            ("ringkasan", t("Lihat ringkasan")),
        ):
            if address in pages:
                st.page_link(pages[address], label=words)
