"""How far the forecasts of pupils and of exits missed, in years that have come."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from pages.shared import (
    access,
    charts,
    exit_accuracy,
    inputs,
    layout,
    load_exits,
    load_schools,
    school_inputs,
)
from pages.shared import school_accuracy as accuracy
from pages.shared.layout import Column
from pages.shared.words import language, names, number, percent, t, tn


def render() -> None:
    """The page."""
    access.require("pimpinan")
    layout.needs_data()
    _page()


@st.fragment
def _page() -> None:
    finding = st.container()
    controls = st.container(horizontal=True, vertical_alignment="bottom", key="kendali")
    history = load_schools.history_of(load_schools.school_key())
    has_pupils = len(history["school_year"].unique()) >= 2
    usual = "keluar" if not has_pupils and load_exits.exit_key().since else "murid"
    with controls:
        subject = inputs.choice(
            "uji", t("Yang diuji"), {"murid": t("Murid"), "keluar": t("Pegawai keluar")}, usual
        )
    if subject == "keluar":
        exit_accuracy.draw(finding, controls)
    elif has_pupils:
        _pupils(finding, controls)
    else:
        _too_short(finding)


def _too_short(finding: st.delta_generator.DeltaGenerator) -> None:
    with finding:
        layout.header(t("Prakiraan belum dapat diuji"), t("Seberapa tepat prakiraan murid?"))
    layout.empty(
        t("Riwayat murid belum cukup"),
        t(
            "Muat di halaman Data: murid per sekolah, tingkat, dan tahun ajaran, paling sedikit"
            " tiga tahun ajaran; makin panjang makin baik."
        ),
        leads_to_data=True,
    )


def _pupils(
    finding: st.delta_generator.DeltaGenerator, place: st.delta_generator.DeltaGenerator
) -> None:
    key = load_schools.school_key()

    # read
    found_levels = school_inputs.levels(key)
    with place:
        usual = "SD" if "SD" in found_levels else school_inputs.EVERY
        offered = {school_inputs.EVERY: t("Semua"), **{one: one for one in found_levels}}
        school_level = inputs.choice("tingkat", t("Jenjang sekolah"), offered, usual)
    rows = accuracy.table(key, school_level)
    if rows.empty:
        _too_short(finding)
        return
    levels = {one: name for one, name in level_names().items() if (rows["level"] == one).any()}
    with place:
        usual = "school" if "school" in levels else next(iter(levels))
        # A list, not buttons side by side: four of them are wider than a phone.
        with st.container(width=220):
            level = inputs.choice("dinilai", t("Yang dinilai"), levels, usual, widget="select")
        sizes = _sizes(rows, level)
        with st.container(width=260):
            size = inputs.choice(
                "ukuran", t("Ukuran sekolah"), sizes, accuracy.ALL_SIZES, widget="select"
            )

    # call
    chosen = accuracy.chosen(rows, level, size)
    found = accuracy.verdict(chosen)

    # draw
    with finding:
        layout.header(accuracy.told(found), t("Seberapa tepat prakiraan murid?"))
    layout.keys(_keys(chosen))
    left, right = st.columns(2)
    with left:
        charts.draw(
            accuracy.errors(key, school_level, level, size, language()), "meleset", height=400
        )
    with right:
        charts.draw(
            accuracy.coverage(key, school_level, level, size, language()), "cakupan", height=400
        )
    if found.worse_leads and found.kind != "no_better":
        layout.note(
            t(
                "Tidak lebih baik daripada cara sederhana pada {leads} tahun ke depan.",
                leads=names([number(lead) for lead in found.worse_leads]),
            )
        )
    layout.note(
        t(
            "Setiap tahun lampau diprakirakan hanya dengan data yang sudah ada waktu itu, lalu"
            " dibandingkan dengan kenyataan. Meleset: jumlah selisih mutlak dibagi jumlah murid."
            " Sekolah dinilai bila kelasnya tetap sama dan muridnya paling sedikit 20; wilayah dan"
            " seluruh daerah menghitung semua sekolah."
        )
    )
    _table(rows)
    layout.source_note(*school_inputs.TEST_EQUATIONS)


def level_names() -> dict[str, str]:
    """What is judged, from small to large."""
    return {
        "grade": t("Satu kelas"),
        "school": t("Satu sekolah"),
        "district_grade": t("Satu tingkat di satu kecamatan"),
        "district": t("Satu kecamatan"),
        "whole_grade": t("Satu tingkat di seluruh daerah"),
        "whole": t("Seluruh daerah"),
    }


def _sizes(rows: pd.DataFrame, level: str) -> dict[str, str]:
    found = rows.loc[rows["level"] == level, "size"].unique()
    return {one: size_name(str(one)) for one in found}


def size_name(size: str) -> str:
    """A size of schools in words."""
    if size == accuracy.ALL_SIZES:
        return t("Semua ukuran")
    if size.startswith("under "):
        return t("di bawah {n} murid", n=size.removeprefix("under "))
    if size.endswith("+"):
        return t("{n} murid atau lebih", n=size.removesuffix("+"))
    return t("{range} murid", range=size)


def _keys(chosen: pd.DataFrame) -> list[layout.Key]:
    shown = chosen.loc[chosen["lead_years"].isin((1, 3, 5))]
    return [
        layout.Key(
            t("Meleset {lead} ke depan", lead=tn("{n} tahun", int(row.lead_years))),
            percent(row.error_share),
            t(
                "bila dianggap tetap (naif) {naive} · rasio naik kelas {plain} · dalam rentang"
                " {covered}",
                naive=percent(row.naive_error_share),
                plain=percent(row.plain_error_share),
                covered=percent(row.covered_share, 0),
            ),
        )
        for row in (shown if len(shown) else chosen.head(1)).itertuples()
    ]


def _table(rows: pd.DataFrame) -> None:
    words = level_names()
    st.markdown(f"**{t('Semua angka')}**")
    layout.table(
        rows.assign(
            level_name=rows["level"].map(words),
            size_name=[size_name(str(one)) for one in rows["size"]],
        ),
        [
            Column("level_name", t("Yang dinilai")),
            Column("size_name", t("Ukuran sekolah")),
            Column("lead_years", t("Tahun ke depan"), "number"),
            Column("error_share", "Estafet", "share"),
            Column("naive_error_share", t("Dianggap tetap (naif)"), "share"),
            Column("plain_error_share", t("Rasio naik kelas 3 tahun"), "share"),
            Column("covered_share", t("Dalam rentang"), "share"),
            Column("outcome_count", t("Kenyataan"), "number"),
            Column("origin_count", t("Tahun asal"), "number"),
        ],
        "ketepatan-prakiraan-murid",
        key="tabel-ketepatan",
    )
