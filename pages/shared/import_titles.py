"""Titles that no rule knows: who holds them, and which role group they belong to."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from analytics.positions import title_key, unmatched_titles
from analytics.posts_abk import unknown_titles
from analytics.rules import RuleBook
from pages.shared import access, layout, load
from pages.shared.import_text import plain
from pages.shared.words import language, number, t, tn

# From the first step to the last; only for the order in the list.
_LADDER = (
    *("-", "pemula", "terampil", "mahir", "penyelia"),
    *("ahli_pertama", "ahli_muda", "ahli_madya", "ahli_utama"),
    *("asisten_ahli", "lektor", "lektor_kepala", "profesor"),
    *("eselon_iv", "eselon_iii", "pratama", "madya", "utama"),
)
_TURN = "titles_turn"
_MAPPED = "titles_mapped"


def unmatched() -> pd.DataFrame:
    """Unmatched titles of people and of ABK sheets, the commonest first; empty without an edition.

    ``needed_fte``: posts an ABK says the title needs.
    """
    if load.edition() is None:
        names = ("position", "position_kind", "people_count", "needed_fte")
        return pd.DataFrame({name: [] for name in names})
    people = load.people()
    titles = unmatched_titles(people)
    listed = load.ask("post_needs")
    if len(listed):
        known = load.state().local_titles()
        wanted = unknown_titles(listed, load.rulebook(), known, people)
        titles = titles.merge(wanted, on="position", how="outer")
    titles = titles.reindex(columns=["position", "position_kind", "people_count", "needed_fte"])
    titles = titles.fillna({"people_count": 0, "needed_fte": 0.0})
    return titles.astype({"people_count": "int64"}).sort_values(
        ["people_count", "needed_fte", "position"], ascending=[False, False, True],
        ignore_index=True,
    )  # fmt: skip


def render() -> None:
    """The list, the form that maps some of it, and what was mapped before."""
    titles = unmatched()
    if message := st.session_state.pop(_MAPPED, None):
        st.success(message, icon=":material/check:")
    if titles.empty:
        layout.empty(t("Semua jabatan dikenali."), t("Tidak ada yang perlu dipetakan."))
    else:
        _list(titles)
        _form(titles)
    _known()


def _list(titles: pd.DataFrame) -> None:
    held = titles.loc[titles["people_count"] > 0]
    wanted = titles.loc[titles["needed_fte"] > 0]
    if len(held):
        st.markdown(
            tn(
                "**{n} jabatan** belum dikenali aturan, dipegang **{people} orang**. Tanggal"
                " pensiunnya belum dihitung sampai jabatan itu dimasukkan ke satu kelompok, sekali"
                " untuk semua.",
                len(held),
                people=number(held["people_count"].sum()),
            )
        )
    columns = [
        layout.Column("position", t("Jabatan di berkas"), width="large"),
        layout.Column("position_kind", t("Jenis jabatan")),
        layout.Column("people_count", t("Orang"), "count"),
    ]
    if len(wanted):
        st.markdown(
            tn(
                "**{n} jabatan** di ABK belum masuk kelompok jabatan mana pun; kebutuhannya,"
                " **{posts} orang**, belum ikut dihitung.",
                len(wanted),
                posts=number(round(wanted["needed_fte"].sum())),
            )
        )
        columns.append(layout.Column("needed_fte", t("Kebutuhan (ABK)"), "decimal"))
    layout.table(titles, columns, t("jabatan-belum-dikenali"))


def _form(titles: pd.DataFrame) -> None:
    book = load.rulebook()
    turn = st.session_state.get(_TURN, 0)
    counts = titles.groupby("position")["people_count"].sum().sort_values(ascending=False)
    with st.container(border=True):
        st.markdown(f"#### {t('Masukkan ke kelompok jabatan')}")
        chosen = st.multiselect(
            t("Jabatan"),
            list(counts.index),
            default=[counts.index[0]],
            format_func=lambda title: f"{title} · {number(counts.get(title, 0))}",
            key=f"titles-{turn}",
            placeholder=t("Pilih satu atau beberapa jabatan"),
        )
        left, right = st.columns(2)
        groups = _group_names(book)
        group = left.selectbox(
            t("Kelompok jabatan"),
            list(groups),
            index=None,
            format_func=lambda one: groups.get(one, one),
            key=f"titles-group-{turn}",
            placeholder=t("Pilih kelompok"),
        )
        levels = _levels(book, group)
        level = right.selectbox(
            t("Jenjang"),
            levels,
            index=0 if len(levels) == 1 else None,
            format_func=level_name,
            # A key per group: the levels of another group are other levels.
            key=f"titles-level-{turn}-{group}",
            placeholder=t("Pilih jenjang"),
            disabled=group is None,
        )
        st.button(
            t("Simpan untuk semua"),
            type="primary",
            disabled=not (chosen and group and level),
            on_click=_map,
            args=(tuple(chosen), group, level),
            key=f"titles-save-{turn}",
        )


def _map(titles: tuple[str, ...], group: str, level: str) -> None:
    for title in titles:
        load.state().map_title(title_key(title), group, level, access.actor())
    st.session_state[_TURN] = st.session_state.get(_TURN, 0) + 1
    st.session_state[_MAPPED] = tn(
        "{n} jabatan dipetakan; tanggal pensiun pemegangnya kini dihitung di semua halaman.",
        len(titles),
    )


def _known() -> None:
    mapped = load.state().local_titles()
    if not mapped:
        return
    groups = _group_names(load.rulebook())
    with st.expander(tn("{n} jabatan sudah dipetakan", len(mapped)), key="titles-known"):
        for key, (group, level) in sorted(mapped.items()):
            left, right = st.columns([4, 1], vertical_alignment="center")
            left.markdown(
                f"**{plain(key)}** → {plain(groups.get(group, group))}"
                + ("" if level == "-" else f", {level_name(level)}")
            )
            right.button(
                t("Batalkan"),
                key=f"titles-undo-{key}",
                on_click=_forget,
                args=(key,),
                type="tertiary",
            )


def _forget(key: str) -> None:
    load.state().unmap_title(key, access.actor())
    st.session_state[_MAPPED] = t("Pemetaan dibatalkan.")


def _group_names(book: RuleBook) -> dict[str, str]:
    table = book.role_groups
    return dict(zip(table["role_group"], table[f"label_{language()}"], strict=True))


def _levels(book: RuleBook, group: str | None) -> list[str]:
    """Levels the law knows for a group; ``-`` where the age does not depend on one."""
    known = {level for one, level in book.roles() if one == group}
    return sorted(
        known, key=lambda level: (_LADDER.index(level) if level in _LADDER else 99, level)
    )


def level_name(level: str) -> str:
    """A jenjang id in words."""
    return t("tanpa jenjang") if level == "-" else level.replace("_", " ")
