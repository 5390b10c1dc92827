"""Editions on screen: which is in force, how good it is, which came before."""

from __future__ import annotations

from datetime import datetime, timezone

import pandas as pd
import streamlit as st

from analytics import store
from analytics.store import Edition
from pages.shared import access, layout, load
from pages.shared.import_text import plain
from pages.shared.import_titles import unmatched
from pages.shared.words import day, names, number, t

_SHOWN = 10
_NOTICE = "editions_notice"


def moment(created_at: datetime) -> str:
    """A moment in the visitor's own time zone: ``21 November 2026 10.05``."""
    aware = created_at if created_at.tzinfo else created_at.replace(tzinfo=timezone.utc)
    offset = st.context.timezone_offset
    here = aware.astimezone() if offset is None else aware - pd.Timedelta(minutes=offset)
    return f"{day(here)} {here:%H.%M}"


def in_force() -> None:
    """The edition every page is computed from, and how far its data can be trusted."""
    edition = load.edition()
    if edition is None:
        layout.empty(
            t("Belum ada data."),
            t("Jatuhkan satu berkas pegawai di bawah, atau muat data contoh untuk mencoba."),
        )
        return
    with st.container(border=True):
        kind = (
            f":orange-badge[{t('Data contoh (sintetis)')}]"
            if edition.is_synthetic
            else f":green-badge[{t('Data sungguhan')}]"
        )
        st.markdown(f"#### {t('Edisi {number} berlaku', number=number(edition.number))} {kind}")
        st.markdown(
            t(
                "Keadaan **{as_of}** · {government} · {people} orang",
                as_of=day(edition.as_of),
                government=plain(edition.government_name),
                people=number(edition.people_count),
            )
        )
        st.caption(
            t(
                "Dibuat {created} dari {files}",
                created=moment(edition.created_at),
                files=plain(names(list(edition.source_files)) or "–"),
            )
        )
        _quality(edition)


def _quality(edition: Edition) -> None:
    people = load.people()
    counted = people.loc[people["is_in_headcount"]]
    past = counted["retires_on"] <= pd.Timestamp(edition.as_of)
    warnings = load.ask("import_faults")
    tiles = [
        (t("Orang"), edition.people_count, t("Seluruh baris pegawai di edisi ini")),
        (t("Peringatan"), len(warnings), t("Masalah yang ditemukan saat berkasnya dimuat")),
        (
            t("Jabatan belum dikenali"),
            len(unmatched()),
            t("Tanggal pensiun pemegangnya belum dihitung"),
        ),
        (t("Lewat BUP"), int(past.sum()), t("Masih tercatat aktif sesudah tanggal pensiunnya")),
        (
            t("BUP diperdebatkan"),
            int((counted["rule_standing"] == "disputed").sum()),
            t("Aturannya punya lebih dari satu tafsir; pilihannya di halaman Metode"),
        ),
    ]
    layout.tiles([(name, number(value), help_text) for name, value, help_text in tiles])


def history() -> None:
    """All editions, the newest first; one click makes an earlier one current."""
    if notice := st.session_state.pop(_NOTICE, None):
        st.success(notice, icon=":material/check:")
    editions = sorted(store.editions(store.data_folder()), key=lambda one: -one.number)
    if not editions:
        layout.empty(t("Belum ada edisi."), t("Edisi pertama terjadi saat berkas dimuat."))
        return
    st.caption(
        t(
            "Setiap pemuatan membuat edisi baru dan tidak mengubah yang lama. Edisi mana pun bisa"
            " diberlakukan lagi; semua halaman lalu dihitung dari edisi itu."
        )
    )
    current = load.state().current_edition()
    shown = editions
    if len(editions) > _SHOWN and not st.toggle(t("Tampilkan semua edisi"), key="editions-all"):
        shown = [one for one in editions[:_SHOWN]]
        shown += [one for one in editions[_SHOWN:] if one.number == current]
    for edition in shown:
        _edition(edition, is_current=edition.number == current)


def _edition(edition: Edition, *, is_current: bool) -> None:
    with st.container(border=True):
        text, actions = st.columns([3, 2], vertical_alignment="center")
        mark = f" :green-badge[{t('Berlaku')}]" if is_current else ""
        sample = f" :orange-badge[{t('Contoh')}]" if edition.is_synthetic else ""
        text.markdown(
            f"**{t('Edisi {number}', number=number(edition.number))}** ·"
            f" {t('keadaan {as_of}', as_of=day(edition.as_of))} ·"
            f" {t('{people} orang', people=number(edition.people_count))}{mark}{sample}"
        )
        text.caption(
            f"{moment(edition.created_at)} · {plain(names(list(edition.source_files)) or '–')}"
            + (f" · {plain(edition.note)}" if edition.note else "")
        )
        with actions.container(horizontal=True, horizontal_alignment="right"):
            if access.may_see_names():
                _refused_download(edition)
            if access.may("perencana") and not is_current:
                st.button(
                    t("Jadikan edisi ini berlaku"),
                    key=f"edition-use-{edition.number}",
                    on_click=_use,
                    args=(edition.number,),
                )


def _use(edition_number: int) -> None:
    load.state().set_current_edition(edition_number, access.actor())
    st.session_state[_NOTICE] = t(
        "Edisi {number} kini berlaku di semua halaman.", number=number(edition_number)
    )
