"""The questions people come with, on the first page: each one click away from its answer."""

from __future__ import annotations

import streamlit as st

from analytics.pay_law import rule_amount
from analytics.rules import RuleError
from pages.shared import layout, load
from pages.shared.words import percent, t


def draw() -> None:
    """A line of links; what a page cannot answer yet it says itself, with what to load."""
    following = str(load.as_of().year + 1)
    limit = _limit()
    with st.container(key="pertanyaan", horizontal=True, gap="small"):
        layout.page_link(
            "pensiun",
            t("Siapa pergi pada {year}?", year=following),
            rinci="nama",
            tahun=following,
        )
        layout.page_link("skenario", t("Cara terbaik yang sah untuk mengisinya?"), s="best_mix")
        if limit is not None:
            layout.page_link(
                "skenario",
                t("Lewat batas {limit} pada {year}?", limit=percent(limit[0], 0), year=limit[1]),
                s="do_nothing",
                rinci="batas",
            )
        layout.page_link("regrouping", t("Sekolah mana digabung, siapa berjalan lebih jauh?"))
        layout.page_link("ketepatan", t("Seberapa dapat dipercaya?"))


def _limit() -> tuple[float, int] | None:
    """The limit on personnel spending and the year it binds; None on a day before there was one."""
    day, book = load.as_of(), load.rulebook()
    try:
        share = rule_amount(book, day, "cap_share")
        return share, round(rule_amount(book, day, "cap_binding_year"))
    except RuleError:
        return None
