"""What the empty posts can be filled with: seven ways, what each costs, brings, and how soon."""

from __future__ import annotations

import streamlit as st

from analytics.scenario_summary import booked_below_pay
from analytics.store import StoreError
from pages.shared import (
    access,
    charts,
    gauge_figures,
    layout,
    load,
    load_replacement,
    missing,
    replacement_calculator,
    replacement_details,
    replacement_inputs,
    replacement_table,
    terms,
)
from pages.shared import replacement_figures as figures
from pages.shared import replacement_view as view_of
from pages.shared.finding import Finding
from pages.shared.load_replacement import Cap, Side
from pages.shared.replacement_inputs import Wish, role_names
from pages.shared.replacement_view import Answer
from pages.shared.words import language, money, number, t, tn


def render() -> None:
    """The page."""
    access.require("pimpinan")
    layout.needs_data()
    missing.people(_question())
    missing.pay(_question())
    _page()


def _question() -> str:
    return t("Dengan apa jabatan kosong diisi, berapa biayanya, kapan orangnya datang?")


@st.fragment
def _page() -> None:
    finding = Finding(_question())
    try:
        key = load_replacement.key()
    except StoreError as error:
        layout.unreadable(error)
        return
    held = load_replacement.ground(key)
    roles = view_of.role_groups(held)
    if not roles:
        _without_titles(finding)
        return

    # read
    with st.container(horizontal=True, vertical_alignment="bottom", key="kendali"):
        wish = replacement_inputs.wish(roles)
    wish = replacement_inputs.limit_readings(wish)

    # call
    found = load_replacement.gap_of(held, wish.choice)
    answer = view_of.answer(found, wish)
    chosen = load_replacement.options_of(wish)
    side = load_replacement.side_by_side(held, wish)
    cap = load_replacement.cap(held, key, wish)

    # draw
    with finding:
        layout.header(_finding(wish, answer), _question())
    _strip(wish, answer, cap)
    replacement_inputs.note_of_choices(wish)
    _warnings(held, answer)
    if cap.gauge is not None and (odd := booked_below_pay(cap.gauge)) is not None:
        layout.caution(odd.text_id if language() == "id" else odd.text_en)
    layout.keys(_keys(wish, answer, side))
    left, right = st.columns([3, 2], gap="large")
    with left:
        charts.draw(figures.gap_by_year(found, wish, language()), "kekurangan-per-tahun",
                    height=430)  # fmt: skip
    with right:
        charts.draw(figures.arrival(chosen, load.as_of(), language()), "kapan-bekerja", height=430)
    role = role_names().get(wish.role_group, wish.role_group)
    st.markdown(f"### {t('Tujuh pilihan bagi {role}', role=role.lower())}")
    layout.note(_leaver_said(side, role))
    replacement_table.draw(chosen, side, wish.role_group, load.as_of())
    replacement_calculator.draw(wish)
    replacement_details.draw(held, found, chosen, wish, cap)
    terms.explain("CPNS", "P3K", "ABK", "APBD", "TPG", "TPP", "BUP", "P10-P90")
    layout.source_note(*replacement_inputs.EQUATIONS)


def _without_titles(finding: Finding) -> None:
    """What is said while no title of the roster is recognised."""
    with finding:
        layout.header(t("Jabatan kosong belum dapat dihitung"), _question())
    missing.titles()


def _finding(wish: Wish, answer: Answer) -> str:
    deficit = answer.computed["deficit_count"]
    kept = answer.kept["deficit_count"]
    if not answer.has_computed and not answer.has_kept:
        return t(
            "Tanpa pengganti {n} orang pergi sampai akhir {year}; kebutuhan dan jabatan kosong"
            " belum dihitung",
            n=number(answer.leaver_count),
            year=wish.year,
        )
    if not answer.has_computed:
        return t(
            "Tanpa pengganti {kept} jabatan hilang dari jumlah hari ini pada akhir {year};"
            " kebutuhannya belum dihitung",
            kept=number(kept),
            year=wish.year,
        )
    return t(
        "Tanpa pengganti, akhir {year} kurang {deficit} jabatan menurut kebutuhan; {kept} lagi"
        " hilang dari jumlah hari ini",
        year=wish.year,
        deficit=number(deficit),
        kept=number(kept),
    )


def _strip(wish: Wish, answer: Answer, cap: Cap) -> None:
    """The 30 % gauge, in view while the page scrolls."""
    gauge_figures.strip(
        cap.gauge,
        name=t("Pegawai hari ini, tanpa pengganti"),
        beside=(
            t("kurang {n} pada {year}", n=number(answer.computed["deficit_count"]), year=wish.year)
            if answer.has_computed
            else t("kebutuhan belum dihitung"),
        ),
        remedy=t("Muat di halaman Data, atau ketik pada tombol APBD."),
    )


def _warnings(held: load_replacement.Ground, answer: Answer) -> None:
    told = []
    if not held.has_schools:
        told.append(t("Belum ada data murid: kebutuhan guru belum dihitung."))
    if answer.unknown_post_count >= 1:
        told.append(
            tn(
                "{n} guru tanpa mata pelajaran yang diketahui tidak dihitung mengisi jabatan.",
                round(answer.unknown_post_count),
            )
        )
    if answer.not_computed_count >= 1:
        told.append(
            tn(
                "Hari ini {n} orang berada di jabatan yang kebutuhannya belum dihitung.",
                round(answer.not_computed_count),
            )
        )
    if told:
        layout.note(" ".join(told))


def _keys(wish: Wish, answer: Answer, side: Side) -> list[layout.Key]:
    computed, kept = answer.computed, answer.kept
    table = side.table.set_index("option")
    cpns = table.loc["cpns"]
    return [
        layout.Key(
            t("Kurang menurut kebutuhan, {year}", year=wish.year),
            number(computed["deficit_count"]) if answer.has_computed else t("belum dihitung"),
            t("muat data murid atau ABK")
            if not answer.has_computed
            else t(
                "bersih {net} ({low}-{high}); lebih {surplus}",
                net=number(computed["gap_count"]),
                low=number(computed["gap_p10"]),
                high=number(computed["gap_p90"]),
                surplus=number(computed["surplus_count"]),
            ),
            help=t("Menurut murid, ABK, atau rasio. Bersih: kurang dikurangi lebih, P10-P90."),
        ),
        layout.Key(
            t("Hilang dari jumlah hari ini"),
            number(kept["deficit_count"]) if answer.has_kept else t("belum dihitung"),
            ""
            if not answer.has_kept
            else t(
                "8 dari 10 kemungkinan: {low}-{high}",
                low=number(kept["gap_p10"]),
                high=number(kept["gap_p90"]),
            ),
            help=t("Jabatan yang kebutuhannya belum dihitung: bila jumlahnya dipertahankan."),
        ),
        layout.Key(
            t("Pergi sampai akhir {year}", year=wish.year),
            number(answer.leaver_count),
            t("dari {n} yang bertugas, tanpa P3K paruh waktu", n=number(answer.people_count)),
        ),
        layout.Key(
            t("CPNS mulai bekerja"),
            t("{n} bulan", n=number(cpns["months_p50"])),
            t(
                "sesudah usul; {low}-{high} bulan",
                low=number(cpns["months_p10"]),
                high=number(cpns["months_p90"]),
            ),
        ),
        layout.Key(
            t("CPNS tahun pertama"),
            money(cpns["first_year_idr"]),
            t("yang pergi rata-rata {money}", money=money(side.leaver_idr)),
        ),
    ]


def _leaver_said(side: Side, role: str) -> str:
    if not side.leaver_count:
        return t("Tidak ada {role} yang pergi dalam jangka ini.", role=role.lower())
    return t(
        "Yang pergi: rata-rata {money} setahun per {role}, beban APBD. TPG guru dan pensiun tidak"
        " pernah dijumlahkan dengan angka itu.",
        money=money(side.leaver_idr),
        role=role.lower(),
    )
