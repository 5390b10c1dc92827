"""Data: what the numbers rest on, and how a new file gets in.

A file goes through four states, none of which changes anything before the last:
no file -> being checked -> checked (or refused) -> being loaded -> loaded.
"""

from __future__ import annotations

import streamlit as st

from analytics.store import StoreError
from pages.shared import (
    access,
    exit_history,
    import_editions,
    import_titles,
    import_upload,
    inputs,
    layout,
    load,
    load_schools,
)
from pages.shared.import_text import plain
from pages.shared.words import day, number, refusal, t, tn


def render() -> None:
    """The page."""
    access.require("pimpinan")
    try:
        load.edition()
    except StoreError as damaged:
        # The one page that must still open then: here another edition can be put in force.
        st.title(t("Edisi yang berlaku tidak bisa dibuka"))
        st.error(plain(refusal(damaged)))
        import_editions.history()
        return
    layout.header(_finding(), t("Dari data apa semua angka ini dihitung?"))
    import_editions.in_force()
    if not access.may("perencana"):
        st.markdown(f"### {t('Semua edisi')}")
        import_editions.history()
        return
    waiting = len(import_titles.unmatched())
    leaving = exit_history.waiting_count()
    sections = {
        "muat": t("Muat berkas"),
        "jabatan": t("Jabatan belum dikenali") + (f" ({number(waiting)})" if waiting else ""),
        "keluar": t("Riwayat keluar") + (f" ({number(leaving)})" if leaving else ""),
        "edisi": t("Semua edisi"),
        "contoh": t("Contoh"),
    }
    section = inputs.choice("kelola", t("Yang ingin dilakukan"), sections, "muat")
    if section == "jabatan":
        import_titles.render()
    elif section == "keluar":
        exit_history.render()
    elif section == "edisi":
        import_editions.history()
    elif section == "contoh":
        import_editions.sample()
    else:
        import_upload.render()
    layout.source_note()


def _finding() -> str:
    edition = load.edition()
    if edition is None:
        return t("Belum ada data: jatuhkan satu berkas untuk mulai")
    if not edition.people_count:
        return (
            t("Data sekolah sudah ada; daftar pegawai belum dimuat")
            if not load_schools.schools_of(load_schools.school_key()).empty
            else t("Daftar pegawai dan data sekolah belum dimuat")
        )
    if not load.is_anybody_counted():
        return tn("{n} orang di daftar pegawai, tidak seorang pun terhitung", edition.people_count)
    waiting = len(import_titles.unmatched())
    if waiting:
        return tn(
            "{people} pegawai, keadaan {as_of}; {n} jabatan belum dikenali",
            waiting,
            people=number(edition.people_count),
            as_of=day(edition.as_of),
        )
    return t(
        "{people} pegawai, keadaan {as_of}; semua jabatan dikenali",
        people=number(edition.people_count),
        as_of=day(edition.as_of),
    )
