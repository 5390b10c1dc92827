"""The method note chapter by chapter: what a page's equations lead to, without the other twenty."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from functools import cache

import streamlit as st

from pages.shared import inputs
from pages.shared.words import t

ALL, ASKED = "semua", "rumus"
# What a page's footer names its equations by in the link.
LINKED = "rumus"
_TAG = re.compile(r"\(eq\. (\d+)(?:-(\d+))?\)")


@dataclass(frozen=True)
class Chapter:
    """One chapter: its title with its number, its text, the numbers of its equations."""

    title: str
    text: str
    equations: frozenset[int]


@cache
def chapters(note: str) -> tuple[str, tuple[Chapter, ...]]:
    """What stands before the first chapter of a note, and its chapters."""
    first, *parts = re.split(r"(?m)^(?=## )", note)
    return first, tuple(
        Chapter(part.partition("\n")[0].removeprefix("## "), part, _equations(part))
        for part in parts
    )


def _equations(text: str) -> frozenset[int]:
    return frozenset(
        number
        for start, end in _TAG.findall(text)
        for number in range(int(start), int(end or start) + 1)
    )


def holding(found: Collection[Chapter], wanted: Collection[int]) -> list[Chapter]:
    """The chapters in which one of these equations stands."""
    return [one for one in found if one.equations & set(wanted)]


def linked() -> list[int]:
    """The equations that the link asks for."""
    return [int(one) for one in re.findall(r"\d{1,4}", st.query_params.get(LINKED, ""))]


def draw(note: str) -> None:
    """The chapter that is chosen; at first those of the equations the visitor comes from."""
    before, found = chapters(note)
    wanted = linked()
    asked = holding(found, wanted)
    options = {ALL: t("Semua bab")} | {str(at): one.title for at, one in enumerate(found, start=1)}
    if asked:
        numbers = ", ".join(map(str, wanted))
        options = {
            ASKED: t("Rumus {numbers}, yang dipakai halaman tadi", numbers=numbers)
        } | options
    with st.container(width=560):
        chosen = inputs.choice("bab", t("Bab"), options, ASKED if asked else "1", widget="select")
    if chosen == ALL:
        st.markdown(note)
    elif chosen == ASKED:
        st.markdown("\n".join(one.text for one in asked))
    else:
        st.markdown((before if chosen == "1" else "") + found[int(chosen) - 1].text)
