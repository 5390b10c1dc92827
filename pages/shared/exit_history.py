"""Exits that nobody has explained yet: who they are, and a cause for each.

``render`` may stand on any page for those who may see names.
"""

from __future__ import annotations

from datetime import date

import pandas as pd
import streamlit as st

from analytics import exit_history
from analytics.exit_causes import UNKNOWN, reason_key
from pages.shared import access, layout, load, load_exits
from pages.shared.import_text import plain
from pages.shared.words import day, number, t, tn

_TURN = "exits_turn"
_SAID = "exits_said"


def waiting_count() -> int:
    """How many exits wait for a cause; 0 for those who may not see names."""
    return load_exits.unexplained_count() if access.may_see_names() else 0


def render() -> None:
    """The list, the forms that explain some of it, what was explained before, and since when."""
    if not access.may_see_names():
        return
    if message := st.session_state.pop(_SAID, None):
        st.success(message, icon=":material/check:")
    told = load_exits.history()
    if told.empty:
        layout.empty(
            t("Belum ada riwayat keluar."),
            t("Muat daftar pegawai yang keluar, atau daftar pegawai bulan berikutnya."),
        )
        return
    waiting = exit_history.unexplained(told)
    if waiting.empty:
        layout.empty(t("Semua keluar sudah jelas sebabnya."), t("Tidak ada yang perlu dijelaskan."))
    else:
        _list(waiting, len(told))
        _people(waiting)
        _words(exit_history.unknown_reasons(told))
    _explained(told)
    _since(told)


def _list(waiting: pd.DataFrame, count: int) -> None:
    st.markdown(
        tn(
            "**{n} dari {total} keluar** belum jelas sebabnya. Selama belum dijelaskan, mereka"
            " dihitung keluar karena sebab yang tidak diketahui.",
            len(waiting),
            total=number(count),
        )
    )
    layout.table(
        waiting.assign(
            about=waiting["is_day_known"].map({True: "", False: t("perkiraan")}),
        ),
        [
            layout.Column("name", t("Nama"), "name"),
            layout.Column("nip", t("NIP"), "nip"),
            layout.Column("exited_on", t("Keluar pada"), "day"),
            layout.Column("about", t("Tanggalnya")),
            layout.Column("unit", t("Unit kerja")),
            layout.Column("position", t("Jabatan")),
            layout.Column("reason", t("Alasan di daftar")),
        ],
        t("keluar-belum-jelas"),
        height=layout.height_of(len(waiting), 8),
    )


def _people(waiting: pd.DataFrame) -> None:
    turn = st.session_state.get(_TURN, 0)
    names = waiting["name"].fillna(waiting["nip"])
    labels = {
        (row.nip, row.exited_on.date()): f"{name} · {row.unit if pd.notna(row.unit) else '–'}"
        f" · {day(row.exited_on)}"
        for row, name in zip(waiting.itertuples(), names, strict=True)
    }
    with st.container(border=True):
        st.markdown(f"#### {t('Jelaskan orang per orang')}")
        chosen = st.multiselect(
            t("Yang keluar"),
            list(labels),
            format_func=lambda one: labels.get(one, str(one[0])),
            key=f"exits-people-{turn}",
            placeholder=t("Pilih satu atau beberapa orang"),
        )
        cause = _cause(f"exits-cause-{turn}")
        st.button(
            t("Simpan sebabnya"),
            type="primary",
            disabled=not (chosen and cause),
            on_click=_classify,
            args=(tuple(chosen), cause),
            key=f"exits-save-{turn}",
        )


def _words(words: pd.DataFrame) -> None:
    if words.empty:
        return
    turn = st.session_state.get(_TURN, 0)
    counts = dict(zip(words["reason"], words["exit_count"], strict=True))
    with st.container(border=True):
        st.markdown(f"#### {t('Jelaskan kata di daftar, sekali untuk semua')}")
        chosen = st.multiselect(
            t("Alasan di daftar"),
            list(counts),
            format_func=lambda one: f"{one} · {number(counts.get(one, 0))}",
            key=f"exits-words-{turn}",
            placeholder=t("Pilih satu atau beberapa kata"),
        )
        cause = _cause(f"exits-word-cause-{turn}")
        st.button(
            t("Simpan untuk semua"),
            type="primary",
            disabled=not (chosen and cause),
            on_click=_map,
            args=(tuple(chosen), cause),
            key=f"exits-word-save-{turn}",
        )


def _cause(key: str) -> str | None:
    names = load_exits.cause_names()
    return st.selectbox(
        t("Sebab keluar"),
        [cause for cause in names if cause != UNKNOWN],
        index=None,
        format_func=lambda cause: names.get(cause, cause),
        key=key,
        placeholder=t("Pilih sebab"),
    )


def _classify(exits: tuple[tuple[str, date], ...], cause: str) -> None:
    for nip, exited_on in exits:
        load.state().classify_exit(nip, exited_on, cause, access.actor())
    st.session_state[_TURN] = st.session_state.get(_TURN, 0) + 1
    st.session_state[_SAID] = tn("Sebab {n} orang disimpan.", len(exits))


def _map(words: tuple[str, ...], cause: str) -> None:
    for written in words:
        load.state().map_exit_reason(reason_key(written), cause, access.actor())
    st.session_state[_TURN] = st.session_state.get(_TURN, 0) + 1
    st.session_state[_SAID] = tn("{n} kata dipetakan.", len(words))


def _explained(told: pd.DataFrame) -> None:
    """What was said before, by whom; each can be taken back."""
    said = told.loc[told["classified_by"].notna()]
    mapped = load.state().exit_reasons()
    if said.empty and not mapped:
        return
    names = load_exits.cause_names()
    with st.expander(
        tn("{n} penjelasan sudah disimpan", len(said) + len(mapped)), key="exits-known"
    ):
        for row in said.itertuples():
            who = row.name if pd.notna(row.name) else row.nip
            _line(
                f"**{plain(who)}**, {day(row.exited_on)} → {names.get(row.cause, row.cause)}"
                f" · {plain(row.classified_by)}, {day(row.classified_at)}",
                f"exits-undo-{row.nip}-{row.exited_on:%Y%m%d}",
                (str(row.nip), row.classified_on.date()),
            )
        for key, cause in sorted(mapped.items()):
            _line(f"**{plain(key)}** → {names.get(cause, cause)}", f"exits-unmap-{key}", (key,))


def _line(words: str, key: str, what: tuple[str] | tuple[str, date]) -> None:
    left, right = st.columns([4, 1], vertical_alignment="center")
    left.markdown(words)
    right.button(t("Batalkan"), key=key, on_click=_take_back, args=what, type="tertiary")


def _take_back(which: str, exited_on: date | None = None) -> None:
    if exited_on is None:
        load.state().map_exit_reason(which, "", access.actor())
    else:
        load.state().classify_exit(which, exited_on, "", access.actor())
    st.session_state[_SAID] = t("Penjelasan dibatalkan.")


def _since(told: pd.DataFrame) -> None:
    """From which day on the list is taken to be complete; a guess until somebody says."""
    since, is_stated = load_exits.complete_from()
    if since is None:
        return
    first, last = told["exited_on"].min().date(), load.as_of()
    with st.container(border=True):
        st.markdown(f"#### {t('Sejak kapan daftarnya lengkap')}")
        st.markdown(
            t("Ditetapkan: semua yang keluar tercatat sejak **{since}**.", since=day(since))
            if is_stated
            else t(
                "Dugaan dari banyaknya keluar per tahun: lengkap sejak **{since}**. Keluar sebelum"
                " hari itu tidak dipakai.",
                since=day(since),
            )
        )
        left, right = st.columns([2, 1], vertical_alignment="bottom")
        chosen = left.date_input(
            t("Lengkap sejak"),
            value=min(max(since, first.replace(day=1)), last),
            min_value=first.replace(day=1),
            max_value=last,
            format="DD-MM-YYYY",
            key="exits-since",
        )
        right.button(t("Tetapkan"), on_click=_state_since, args=(chosen,), key="exits-since-save")
        if is_stated:
            right.button(
                t("Kembali ke dugaan"),
                on_click=_state_since,
                args=(None,),
                key="exits-since-forget",
                type="tertiary",
            )


def _state_since(chosen: date | None) -> None:
    value = chosen.isoformat() if chosen else None
    load.state().set_setting(exit_history.COMPLETE_FROM, value, access.actor())
    st.session_state.pop("exits-since", None)
    st.session_state[_SAID] = t("Hari mulai lengkap disimpan.")
