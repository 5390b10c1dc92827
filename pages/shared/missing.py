"""What a page says of an edition that lacks what it counts: people, salary tables, known titles."""

from __future__ import annotations

import streamlit as st

from analytics.pay_law import pay_law, priced_since
from analytics.rules import RuleError
from pages.shared import layout, load, words
from pages.shared.words import t, tn


def people(question: str) -> None:
    """Stop a page that counts staff while nobody is there to be counted; say what to load."""
    held = load.edition()
    on_list = 0 if held is None else held.people_count
    if on_list and load.is_anybody_counted():
        return
    if on_list:
        layout.header(t("Tidak seorang pun di daftar pegawai terhitung"), question)
        layout.empty(
            tn("{n} orang ada di daftar, semuanya di luar hitungan", on_list),
            t(
                "Menurut kedudukan hukumnya mereka tidak lagi pegawai. Periksa kolom itu, lalu muat"
                " lagi daftar pegawai di halaman Data."
            ),
            leads_to_data=True,
        )
        st.stop()
    layout.header(t("Belum ada daftar pegawai"), question)
    layout.empty(
        t("Halaman ini dihitung dari pegawai satu per satu"),
        t(
            "Muat di halaman Data: nominatif SIASN, daftar SIMPEG, atau DUK. Halaman Murid, Guru,"
            " dan Regrouping cukup dengan data sekolah."
        ),
        leads_to_data=True,
    )
    st.stop()


def pay(question: str) -> None:
    """Stop a page about money whose edition describes a day without salary tables."""
    held = load.edition()
    if held is None:
        return
    try:
        pay_law(load.rulebook(), held.as_of)
    except RuleError as error:
        layout.header(
            t("Gaji belum dapat dihitung bagi keadaan {day}", day=words.day(held.as_of)), question
        )
        since = priced_since(load.rulebook())
        layout.empty(
            t("Tidak ada tabel gaji yang berlaku pada hari itu"),
            words.refusal(error)
            if since is None or since <= held.as_of
            else t(
                "Halaman ini dapat menghitung daftar pegawai dengan keadaan {since} atau"
                " sesudahnya. Muat yang lebih baru, atau pilih edisi lain di halaman Data.",
                since=words.day(since),
            ),
            leads_to_data=True,
            section="edisi",
        )
        layout.source_note()
        st.stop()


def titles() -> None:
    """No title of the roster is recognised, so that nobody's role and date are known."""
    layout.empty(
        t("Tidak satu jabatan pun dikenali"),
        t(
            "Cocokkan di halaman Data, bagian Jabatan belum dikenali; sesudah itu halaman ini"
            " terisi."
        ),
        leads_to_data=True,
        section="jabatan",
    )


def dates(who: str = "all") -> None:
    """Say of how many the law's date of leaving is not known; nothing where it is of everybody."""
    undated = load.undated_count(who)
    if undated:
        layout.caution(
            tn(
                "{n} orang tanpa tanggal pensiun karena jabatannya belum dikenali: kepergian"
                " menurut BUP di antara mereka tidak terhitung.",
                undated,
                n=layout.count_shown(undated),
            )
        )
