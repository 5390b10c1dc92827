"""The parts of the page on exits below its figures: tables, drivers, rates, shortages, history."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from pages.shared import (
    access,
    charts,
    exit_driver_figures,
    exit_history,
    exit_shortage,
    exit_view,
    inputs,
    layout,
    load,
    load_exits,
)
from pages.shared.exit_inputs import Scope
from pages.shared.exit_view import Answer
from pages.shared.layout import Column
from pages.shared.retirement_figures import look
from pages.shared.retirement_view import dimension_names, value_name
from pages.shared.words import day, number, t, tn

EXPLAINING = "jelaskan"


def sections() -> dict[str, str]:
    """What may be opened."""
    named = {
        "sebab": t("Sebab per tahun"),
        "pendorong": t("Pendorong"),
        "kelompok": t("Laju kelompok"),
        "kekurangan": t("Peluang kekurangan"),
        "riwayat": t("Riwayat"),
    }
    if waiting := exit_history.waiting_count():
        named[EXPLAINING] = t("Belum jelas ({n})", n=number(waiting))
    return named


def is_explaining() -> bool:
    """Whether the section is open in which causes are given."""
    return inputs.linked("bagian_keluar", [*sections()], "sebab") == EXPLAINING


def draw(scope: Scope, found: Answer) -> None:
    """The chooser and the section that is open."""
    opened = inputs.choice("bagian_keluar", t("Rincian"), sections(), "sebab")
    if opened == EXPLAINING:
        layout.note(t("Angka di atas dihitung lagi begitu bagian ini ditutup."))
        exit_history.render()
        return
    {
        "sebab": _causes,
        "pendorong": _drivers,
        "kelompok": _rates,
        "kekurangan": exit_shortage.shortage,
        "riwayat": _past,
    }[opened](scope, found)


def _causes(scope: Scope, found: Answer) -> None:
    names = load_exits.cause_names()
    table = found.by_cause.T
    table.columns = [str(year) for year in table.columns]
    years = list(table.columns)
    whole = table.sum()
    table = table.assign(total=table.sum(axis=1), label=[names.get(c, c) for c in table.index])
    bands = found.years.set_index(found.years["year"].astype(str))
    early = found.early_bands.set_index(found.early_bands["year"].astype(str))
    rows = [
        {"label": t("Semua sebab"), **whole.to_dict(), "total": found.leaver_count},
        {
            "label": t("paling sedikit (P10)"),
            **bands["leaver_p10"].to_dict(),
            "total": found.leaver_low,
        },
        {
            "label": t("paling banyak (P90)"),
            **bands["leaver_p90"].to_dict(),
            "total": found.leaver_high,
        },
        {
            "label": t("Sebelum BUP, paling sedikit (P10)"),
            **early["early_p10"].to_dict(),
            "total": found.early_low,
        },
        {
            "label": t("Sebelum BUP, paling banyak (P90)"),
            **early["early_p90"].to_dict(),
            "total": found.early_high,
        },
        {
            "label": t("Masih bertugas pada akhir tahun"),
            **bands["on_duty_count"].to_dict(),
            "total": float(bands["on_duty_count"].iloc[-1]),
        },
    ]
    shown = pd.concat([table, pd.DataFrame(rows)], ignore_index=True)
    layout.table(
        shown,
        [
            Column("label", t("Sebab")),
            *(Column(year, year, "expected") for year in years),
            Column("total", t("Sampai {year}", year=scope.last_year), "expected"),
        ],
        t("keluar-per-sebab"),
        key="tabel-keluar",
        height="content",
    )
    layout.note(
        t(
            "Angka harapan, karena itu berkoma. {year} sejak {day}. P10 dan P90 milik jumlahnya"
            " sendiri dan tidak menjumlah ke samping. Yang mencapai BUP lebih sedikit daripada di"
            " halaman Pensiun, karena sebagian sudah keluar lebih dahulu.",
            year=scope.key.people.as_of.year,
            day=day(scope.key.people.as_of),
        )
    )


def _drivers(scope: Scope, found: Answer) -> None:  # noqa: ARG001 (as its neighbours)
    rows = exit_view.ratios(scope)
    charts.draw(
        exit_driver_figures.drivers(scope, look()),
        "pendorong-keluar",
        height=exit_driver_figures.drivers_height(rows),
    )
    is_own = bool((rows["origin"] == "own").any())
    layout.note(
        t(
            "Model belajar dari {n} keluar dini sejak {since}, seluruh pegawai. Setiap angka:"
            " kelompok itu dibanding rata-rata bila umur, masa kerja, jenis kelamin, status, dan"
            " jabatan sama;"
            " prakiraan memakai rasio yang sama, dan sedikit keluar membiarkannya dekat acuan umum."
            " Kelompok di bawah 10 orang tidak ditampilkan, dan tidak ada angka tentang seorang"
            " pun.",
            n=number(rows.loc[rows["factor"] == "age_band", "exit_count"].sum()),
            since=day(scope.key.since),
        )
        if is_own
        else t(
            "Belum ada riwayat sendiri: semua angka di sini acuan umum dari sumber di bawah, bukan"
            " dari daerah ini."
        )
    )
    _not_told_apart(scope)
    factors = exit_driver_figures.factor_names()
    origins = {"own": t("riwayat sendiri"), "usual": t("acuan umum")}
    shown = rows.assign(
        factor_name=rows["factor"].map(factors),
        level_name=[
            exit_driver_figures.level_name(factor, level)
            for factor, level in zip(rows["factor"], rows["level"], strict=True)
        ],
        origin_name=rows["origin"].map(origins),
    )
    columns = [
        Column("factor_name", t("Pendorong")),
        Column("level_name", t("Kelompok")),
        Column("ratio", t("Kali rata-rata"), "ratio"),
        Column("low", t("paling rendah (P10)"), "ratio"),
        Column("high", t("paling tinggi (P90)"), "ratio"),
        Column("exit_count", t("Keluar dini"), "count"),
        Column("person_year_count", t("Orang-tahun"), "number"),
        Column("usual_ratio", t("Acuan umum"), "ratio"),
        Column("origin_name", t("Asal angka")),
    ]
    if not is_own:
        hidden = ("exit_count", "person_year_count", "usual_ratio")
        columns = [column for column in columns if column.name not in hidden]
    layout.table(shown, columns, t("pendorong-keluar"), key="tabel-pendorong")
    _usual_rates()


def _usual_rates() -> None:
    """The prior rates with their sources, plainly called what they are."""
    rates = load.rulebook().exit_rates
    names = load_exits.cause_names()
    standings = {
        "settled": t("pasti"),
        "unconfirmed": t("belum dipastikan"),
        "disputed": t("diperdebatkan"),
        "local_choice": t("pilihan setempat"),
    }
    with st.expander(t("Acuan umum: laju yang dipakai bila riwayat sendiri tipis")):
        layout.table(
            rates.assign(
                cause_name=rates["cause"].map(names),
                employment_name=[
                    t("semua") if each == "*" else value_name("employment", str(each))
                    for each in rates["employment"]
                ],
                rate_low_pm=rates["rate_low"] * 1000,
                rate_mid_pm=rates["rate_mid"] * 1000,
                rate_high_pm=rates["rate_high"] * 1000,
                ages=rates["age_from"].astype(str) + "-" + rates["age_to"].astype(str),
                standing_name=rates["standing"].map(standings),
            ),
            [
                Column("cause_name", t("Sebab")),
                Column("employment_name", t("Status kepegawaian")),
                Column("ages", t("Umur")),
                Column("rate_low_pm", t("Terendah (per 1.000)"), "ratio"),
                Column("rate_mid_pm", t("Tengah (per 1.000)"), "ratio"),
                Column("rate_high_pm", t("Tertinggi (per 1.000)"), "ratio"),
                Column("weight_person_years", t("Setara orang-tahun"), "number"),
                Column("source", t("Sumber")),
                Column("standing_name", t("Kedudukan")),
            ],
            t("acuan-keluar"),
            key="tabel-acuan",
        )


def _rates(scope: Scope, found: Answer) -> None:  # noqa: ARG001 (as its neighbours)
    names = {one: dimension_names()[one] for one in exit_view.GROUPINGS}
    by = inputs.choice("laju_menurut", t("Menurut"), names, "role_group")
    rows = exit_view.group_rates(scope, by)
    if rows.empty:
        layout.empty(t("Tidak ada kelompok dengan 10 orang atau lebih"), "")
        return
    charts.draw(
        exit_driver_figures.rates(scope, by, look()),
        "laju-keluar",
        height=110 + 34 * min(len(rows), 15),
    )
    layout.table(
        rows.assign(
            level_name=[value_name(by, str(level)) for level in rows["level"]],
            per_mille=rows["rate_share"] * 1000,
        ),
        [
            Column("level_name", names[by]),
            Column("people_count", t("Orang"), "count"),
            Column("expected_count", t("Diperkirakan keluar dini 12 bulan"), "decimal"),
            Column("per_mille", t("Per 1.000 orang setahun"), "decimal"),
        ],
        t("laju-keluar"),
        key="tabel-laju",
    )
    layout.note(
        t(
            "Rata-rata kelompok. Kelompok di bawah 10 orang tidak ditampilkan; tidak pernah ada"
            " angka untuk satu orang."
        )
    )
    _not_told_apart(scope)


def _not_told_apart(scope: Scope) -> None:
    """Say by what nobody's rates differ, since the lists of leavers do not tell it."""
    names = {"group": t("unit kerja"), "role_group": t("kelompok jabatan")}
    spells = load_exits.spells_of(scope.key)
    if missing := [words for name, words in names.items() if name not in spells]:
        layout.note(
            t(
                "Laju keluar dini tidak dibedakan menurut {what}: bagi yang keluar itu tidak"
                " tercatat, atau tidak seperti di daftar pegawai. Lengkapi daftar yang keluar di"
                " halaman Data.",
                what=", ".join(missing),
            )
        )


def _past(scope: Scope, found: Answer) -> None:
    here = load_exits.still_here_count(scope.key)
    if found.past.empty and here:
        layout.empty(t("Tidak ada yang dihitung keluar."), _still_here(scope, here))
        return
    if found.past.empty:
        layout.empty(
            t("Belum ada riwayat keluar."),
            t("Muat daftar pegawai yang keluar, atau daftar pegawai bulan berikutnya."),
        )
        return
    names = load_exits.cause_names()
    counts = found.past
    order = [cause for cause in names if cause in counts]
    order += [cause for cause in counts if cause not in order]
    table = counts[order].assign(total=counts.sum(axis=1)).reset_index(names="year")
    layout.table(
        table.sort_values("year", ascending=False),
        [
            Column("year", t("Tahun"), "year"),
            *(Column(cause, names.get(cause, cause), "count") for cause in order),
            Column("total", t("Semua sebab"), "count"),
        ],
        t("riwayat-keluar"),
        key="tabel-riwayat",
    )
    first = scope.key.since
    layout.note(
        t(
            "Yang tercatat keluar sejak {since} sampai {day}; tahun pertama dan terakhir bisa tidak"
            " penuh.",
            since=day(first),
            day=day(scope.key.people.as_of),
        )
    )
    if here:
        layout.note(_still_here(scope, here))
    if access.may_see_names():
        layout.page_link("data", t("Muat atau perbaiki riwayat di halaman Data"))


def _still_here(scope: Scope, count: int) -> str:
    """Why some of a list of leavers are no exits."""
    return tn(
        "{n} orang dalam daftar keluar masih ada di daftar pegawai keadaan {day}, jadi dihitung"
        " bekerja. Muat daftar pegawai yang lebih baru bila mereka sudah pergi.",
        count,
        n=layout.count_shown(count),
        day=day(scope.key.people.as_of),
    )
