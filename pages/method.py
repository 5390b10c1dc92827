"""Where the numbers come from: the reading of the law in force, the rules, the equations, words."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

import pandas as pd
import streamlit as st

from analytics.rules import LawChoice, RuleError
from pages.shared import (
    access,
    inputs,
    layout,
    load,
    method_chapters,
    method_rules,
    retirement_view,
    words,
)
from pages.shared.layout import Column
from pages.shared.words import language, t, tn

DOCS = Path(__file__).resolve().parents[1] / "docs"


def render() -> None:
    """Draw the page."""
    access.require("pimpinan")
    sections = {
        "hukum": t("Tafsir hukum"),
        "aturan": t("Tabel aturan"),
        "rumus": t("Rumus"),
        "istilah": t("Istilah"),
    }
    layout.header(_finding(), t("Dari mana angka-angka ini?"))
    section = inputs.choice("isi", t("Bagian"), sections, "hukum")
    if section == "hukum":
        _readings()
        _proposal()
        _local_ages()
    elif section == "aturan":
        method_rules.tables()
    elif section == "rumus":
        method_chapters.draw(_document("method"))
    else:
        st.markdown(_document("glossary"))
    layout.source_note()


def _finding() -> str:
    book, choice = load.rulebook(), load.law_in_force()
    told = tn(
        "{n} aturan BUP, masing-masing dengan sumbernya",
        len(book.retirement_age),
    )
    changed = len(choice.readings) + len(choice.local_ages)
    return tn("{rules}; {n} disesuaikan setempat", changed, rules=told) if changed else told


def _choice_in_force() -> LawChoice:
    """What is kept for everybody, without the what-if of this visitor's link."""
    return load.law_in_force()


def _readings() -> None:
    """Each dispute with the reading in force; a planner changes it for everybody."""
    st.subheader(t("Aturan yang diperdebatkan"))
    may_choose = access.may("perencana")
    layout.note(
        t("Pilihan di sini berlaku untuk semua orang dan tercatat.")
        if may_choose
        else t("Tafsir yang berlaku dipilih oleh perencana.")
    )
    disputes = load.rulebook().disputes
    in_force = load.rulebook().readings(_choice_in_force())
    for dispute_id, rows in disputes.groupby("dispute_id", sort=False):
        _reading(str(dispute_id), rows, in_force[str(dispute_id)], may_choose)


def _reading(dispute_id: str, rows: pd.DataFrame, chosen: str, may_choose: bool) -> None:
    said = language()
    labels = dict(zip(rows["reading"], rows[f"label_{said}"], strict=True))
    default = str(rows.loc[rows["is_default"], "reading"].iloc[0])
    key = f"reading-{dispute_id}"
    with st.container(border=True):
        st.session_state[key] = chosen
        st.radio(
            f"**{rows[f'subject_{said}'].iloc[0]}**",
            options=list(labels),
            format_func=lambda reading: (
                t("{reading} (baku)", reading=labels[reading])
                if reading == default
                else labels[reading]
            ),
            key=key,
            horizontal=True,
            disabled=not may_choose,
            on_change=_put_reading,
            args=(dispute_id, key),
        )
        row = rows.loc[rows["reading"] == chosen].iloc[0]
        layout.note(
            t(
                "{explanation} Sumber: {source}.",
                explanation=row[f"explanation_{said}"],
                source=row["source"],
            )
        )


def _put_reading(dispute_id: str, key: str) -> None:
    if not access.may("perencana"):
        return
    book, choice = load.rulebook(), _choice_in_force()
    wanted = dict(choice.readings) | {dispute_id: st.session_state[key]}
    default = book.readings()
    kept = tuple(
        sorted((name, reading) for name, reading in wanted.items() if default[name] != reading)
    )
    load.state().set_law_choice(replace(choice, readings=kept), access.actor())


def _proposal() -> None:
    """The what-if of the link, explained."""
    st.subheader(t("Andai batas usia pensiun berubah"))
    layout.note(
        t(
            "Usulan Korpri (surat B-122/KU/V/2025) dan kenaikan rata bukan hukum yang berlaku."
            " Pilihan ini hidup di tautan Anda saja (usul=...), tidak mengubah layar orang lain,"
            " dan setiap halaman mengatakannya selama dipakai."
        )
    )
    with st.container(width=560):
        proposed = inputs.proposal_switch()
        if proposed != "none":
            first = load.as_of().year + 1
            inputs.whole("usul_mulai", t("Mulai berlaku (tahun)"), first, first, first + 10)
    if proposed == "none":
        return
    rows = load.rulebook().proposals
    rows = rows.loc[rows["proposal"] == proposed]
    layout.table(
        method_rules.named(rows),
        [
            Column("role", t("Kelompok jabatan")),
            Column("level", t("Jenjang")),
            Column("age_years", t("BUP (tahun)"), "number"),
            Column("added_years", t("Tambahan (tahun)"), "number"),
            Column("source", t("Sumber"), width="large"),
        ],
        f"usulan-{proposed}",
    )


def _local_ages() -> None:
    """Ages of rows that nobody has confirmed may be set for this place."""
    st.subheader(t("BUP yang belum dicocokkan dengan naskah aturannya"))
    choice = _choice_in_force()
    unsettled = load.unsettled_ages()
    ages = {f"{role}|{level}": age for (role, level), age in unsettled.items()}
    names = {f"{role}|{level}": retirement_view.post_name(role, level) for role, level in unsettled}
    local = {f"{role}|{level}": age for role, level, age in choice.local_ages}
    if local:
        for post, age in local.items():
            with st.container(horizontal=True, vertical_alignment="center"):
                layout.note(
                    t(
                        "{post}: {age} tahun (aturan: {default} tahun)",
                        post=names.get(post, post),
                        age=age,
                        default=ages.get(post, words.NONE),
                    ),
                    width="content",
                )
                if access.may("perencana"):
                    st.button(
                        t("Kembalikan"),
                        key=f"age-back-{post}",
                        on_click=_put_age,
                        args=(post, None),
                    )
    else:
        layout.note(
            tn(
                "{n} BUP menunggu dicocokkan (tabel aturan, kepastian: belum dicocokkan); tidak"
                " satu pun diubah setempat.",
                len(ages),
            )
            if ages
            else t("Semua BUP sudah dicocokkan.")
        )
    if not access.may("perencana") or not ages:
        return
    with (
        st.expander(t("Ubah BUP setempat")),
        st.container(horizontal=True, vertical_alignment="bottom"),
    ):
        post = st.selectbox(
            t("Jabatan"),
            options=list(ages),
            format_func=lambda one: names[one],
            key="age-post",
            placeholder=t("Pilih"),
        )
        # A key per post: each opens with its own age.
        age = st.number_input(
            t("BUP (tahun)"), 50, 75, value=local.get(post, ages[post]), step=1, key=f"age-{post}"
        )
        st.button(t("Simpan"), type="primary", on_click=_put_age, args=(post, age), key="age-save")


def _put_age(post: str, age: int | None) -> None:
    if not access.may("perencana"):
        return
    choice = _choice_in_force()
    role_group, jenjang = post.split("|")
    kept = [one for one in choice.local_ages if one[:2] != (role_group, jenjang)]
    if age is not None:
        kept.append((role_group, jenjang, int(age)))
    wanted = replace(choice, local_ages=tuple(sorted(kept)))
    try:
        load.rulebook().ages(wanted)
    except RuleError:
        return
    load.state().set_law_choice(wanted, access.actor())


@cache
def _text(name: str, changed_ns: int) -> str:  # noqa: ARG001 (read again when the file changes)
    return (DOCS / f"{name}.md").read_text(encoding="utf-8")


def _document(name: str) -> str:
    """A document of ``docs/``, as it stands; words that say so where it is missing."""
    path = DOCS / f"{name}.md"
    if not path.is_file():
        return t("Dokumen ini tidak ada di server.")
    return _text(name, path.stat().st_mtime_ns)
