"""The two items of the 30 % limit that are disputed, each a switch beside the gauge."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import streamlit as st

from analytics.pay_law import rule_amount
from analytics.rules import ANY
from pages.shared import layout, load
from pages.shared.words import t

# As the rules say, counted, not counted.
RULES, YES, NO = "rules", "yes", "no"
READINGS: Mapping[str, bool | None] = {RULES: None, YES: True, NO: False}
# Lever -> the rule that answers where nobody chose.
_RULE_OF = {
    "pay.is_part_time_in_cap": ("part_time_in_cap", "PPPK_PW"),
    "pay.is_tpg_through_apbd": ("tpg_through_apbd", ANY),
}


def labels() -> dict[str, str]:
    """What each item is called, by its lever."""
    return {
        "pay.is_part_time_in_cap": t("Upah P3K paruh waktu masuk batas 30%"),
        "pay.is_tpg_through_apbd": t("TPG yang dibayar pusat lewat APBD"),
    }


def reading_names(item: str) -> dict[str, str]:
    """The readings of an item; the first says what the rule answers."""
    key, employment = _RULE_OF[item]
    amount = rule_amount(load.rulebook(), load.as_of(), key, employment=employment)
    told = t("ya") if amount else t("tidak")
    return {RULES: t("aturan: {told}", told=told), YES: t("ya"), NO: t("tidak")}


@contextmanager
def beside_gauge() -> Iterator[None]:
    """The place of both switches: straight beneath the gauge, a line that says what they are."""
    with st.container(
        horizontal=True, vertical_alignment="center", gap="medium", key="batas-tafsir"
    ):
        layout.note(t("Diperdebatkan, maka dapat dibaca dua cara:"), width="content")
        yield
