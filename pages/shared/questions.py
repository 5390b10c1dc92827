"""The questions people come with, on the first page: each one click away from its answer."""

from __future__ import annotations

import streamlit as st

from analytics.pay_law import rule_amount
from pages.shared import access, layout, load
from pages.shared.words import percent, t


def draw() -> None:
    """A line of links; what a page cannot answer yet it says itself, with what to load."""
    day, book = load.as_of(), load.rulebook()
    following = str(day.year + 1)
    limit = percent(rule_amount(book, day, "cap_share"), 0)
    since = round(rule_amount(book, day, "cap_binding_year"))
    with st.container(key="pertanyaan", horizontal=True, gap="small"):
        layout.page_link(
            "pensiun",
            t("Siapa pergi pada {year}?", year=following),
            rinci="nama" if access.may_see_names() else "angka",
            tahun=following,
        )
        layout.page_link("skenario", t("Cara terbaik yang sah untuk mengisinya?"), s="best_mix")
        layout.page_link(
            "skenario",
            t("Lewat batas {limit} pada {year}?", limit=limit, year=since),
            s="do_nothing",
            rinci="batas",
        )
        layout.page_link("regrouping", t("Sekolah mana digabung, siapa berjalan lebih jauh?"))
        layout.page_link("ketepatan", t("Seberapa dapat dipercaya?"))
