"""Beneath the map: what follows from each merge, for whom, when, and the sheet of each village."""

from __future__ import annotations

import re

import pandas as pd
import streamlit as st

from analytics.regrouping import RegroupingPlan
from analytics.regrouping_years import Pace, displaced_price, years_from
from analytics.teachers import HEAD
from analytics.teachers_in_post import IN_POST
from pages.shared import (
    access,
    charts,
    inputs,
    layout,
    load,
    load_regrouping,
    regrouping_curve,
    regrouping_sheet,
    teacher_view,
    words,
)
from pages.shared import regrouping_figures as figures
from pages.shared import regrouping_view as view_of
from pages.shared.layout import Column
from pages.shared.load_regrouping import When
from pages.shared.regrouping_inputs import Asked
from pages.shared.school_inputs import year_name
from pages.shared.words import language, number, t, tn

# --- what follows ---


def follows(asked: Asked, plan: RegroupingPlan, *, is_done: bool) -> None:
    """Who walks further, beside what another price of walking would save."""
    drawn = figures.ways(plan, asked.few, language())
    left, right = st.columns(2)
    with left:
        if drawn is not None:
            charts.draw(drawn, "jarak-gabung", height=400)
            layout.note(
                t(
                    "Jarak antarsekolah: tambahan terbesar yang mungkin, karena rumah murid tidak"
                    " diketahui."
                )
            )
    with right:
        if is_done and plan.prepared.schools["is_candidate"].any():
            regrouping_curve.curve(asked, plan)


def teachers(asked: Asked, plan: RegroupingPlan, when: When) -> None:
    """Posts freed by kind, and who is there now."""
    freed = load_regrouping.freed_of(plan, asked.question.key, asked.question.as_of)
    if freed.empty:
        layout.note(t("Kebutuhan guru jenjang ini belum ada aturannya."))
        return
    rows = view_of.schools(asked.question, plan, language()).set_index("npsn")
    into = rows["into"].where(rows["into"] != "", rows.index.to_series())
    staff = when.in_post.loc[when.in_post["status"] == IN_POST]
    staff = staff.assign(npsn=staff["npsn"].map(into).fillna(staff["npsn"]))
    have = staff.groupby(["npsn", "post"]).size().rename("in_post_count").reset_index()
    table = freed.merge(have, on=["npsn", "post"], how="left")
    table["in_post_count"] = table["in_post_count"].fillna(0).astype(int)
    by_post = table.groupby("post", as_index=False)[
        ["needed_before", "needed_after", "freed_count", "in_post_count"]
    ].sum()
    spare = (table["in_post_count"] - table["needed_after"]).clip(lower=0)
    by_post["over_count"] = by_post["post"].map(spare.groupby(table["post"]).sum())
    columns = [
        Column("post_said", t("Jabatan"), width="medium"),
        Column("needed_before", t("Perlu sebelum"), "number"),
        Column("needed_after", t("Perlu sesudah"), "number"),
        Column("freed_count", t("Jabatan bebas"), "number"),
        Column("in_post_count", t("Ada sekarang"), "count"),
        Column("over_count", t("Lebih sesudahnya"), "count"),
    ]
    counts = ["needed_before", "needed_after", "in_post_count"]
    by_post = by_post.loc[(by_post[counts] > 0).any(axis=1)]
    by_post = by_post.sort_values("freed_count", ascending=False, ignore_index=True)
    said = [teacher_view.post_name(str(one)) for one in by_post["post"]]
    layout.table(by_post.assign(post_said=said), columns, "guru-dibebaskan", key="tabel-bebas")
    layout.note(
        t(
            "Jabatan menurut aturan, bukan orang: jabatan yang bebas mengurangi kebutuhan. Ada"
            " sekarang: guru yang kini bertugas di sekolah-sekolah itu."
        )
    )
    layout.page_link("pemerataan", t("Ke mana guru yang lebih dipindah: Pemerataan guru"))
    _heads(plan, when)


def _heads(plan: RegroupingPlan, when: When) -> None:
    """Heads of the closing schools: when they retire beside when their school merges."""
    merges = when.years.merges
    heads = when.in_post.loc[
        (when.in_post["post"] == HEAD) & when.in_post["npsn"].isin(merges["npsn"])
    ]
    if heads.empty:
        return
    if not access.may_see_names():
        # One head to a school: even without a name the row would be about one person.
        layout.note(t("Kepala sekolah yang bergabung hanya tampak bagi perencana."))
        return
    names = plan.prepared.schools.set_index("npsn")["name"]
    table = merges[["npsn", "school_year"]].merge(heads, on="npsn")
    table = table.assign(
        school=table["npsn"].map(names),
        year=_years(table["school_year"]),
        status_said=[
            t("pensiun sebelum digabung")
            if pd.notna(left) and pd.notna(year) and left <= pd.Timestamp(int(year), 7, 1)
            else t("perlu tugas baru")
            for left, year in zip(table["retires_on"], table["school_year"], strict=True)
        ],
    )
    st.markdown(f"**{t('Kepala sekolah yang bergabung')}**")
    layout.table(
        table,
        [
            Column("school", t("Sekolah")),
            Column("name", t("Nama"), "name"),
            Column("retires_on", t("Pensiun"), "month"),
            Column("year", t("Tahun ajaran bergabung")),
            Column("status_said", t("Keterangan")),
        ],
        "kepala-sekolah",
        key="tabel-kepala",
    )


def _years(years: pd.Series) -> list[str]:
    return [t("belum ada") if pd.isna(one) else year_name(int(one)) for one in years]


def pace(asked: Asked) -> Pace:
    """How the merges are spread, as widgets."""
    with st.container(horizontal=True, vertical_alignment="bottom", key="kendali-tahun"):
        with st.container(width=150):
            spans = {str(n): tn("{n} tahun", n) for n in range(1, 6)}
            span = inputs.choice("selama", t("Dalam"), spans, "3", widget="select")
        with st.container(width=220):
            most = {"0": t("tanpa batas")} | {
                str(n): tn("{n} sekolah", n) for n in (2, 5, 10, 20, 40)
            }
            each = inputs.choice("setahun", t("Paling banyak setahun"), most, "0", widget="select")
        with st.container(width=320):
            price = inputs.whole(
                "harga_pindah",
                t("Harga satu orang yang harus pindah (juta rupiah)"),
                round(displaced_price(asked.question.as_of)),
                0,
                600,
            )
    return Pace(
        years=years_from(asked.question.as_of, int(span)),
        most_a_year=int(each) or None,
        displaced_price=float(price),
    )


def calendar(plan: RegroupingPlan, when: When) -> None:
    """The year of each merge, what is saved by year, and the official steps."""
    left, right = st.columns([2, 3])
    merges = when.years.merges
    with left:
        if len(when.saved):
            charts.draw(figures.saved_by_year(when.saved), "hemat-per-tahun", height=380)
        else:
            layout.note(t("Tidak ada penggabungan yang muat dalam tahun-tahun ini."))
        if undated := int(merges["school_year"].isna().sum()):
            by = merges.loc[merges["school_year"].isna(), "reason"].value_counts()
            layout.caution(
                tn(
                    "{n} penggabungan tidak mendapat tahun: {pace} karena batas setahun, {rooms}"
                    " karena ruang tidak cukup untuk murid yang diperkirakan.",
                    undated,
                    pace=number(by.get("pace", 0)),
                    rooms=number(by.get("rooms", 0)),
                )
            )
    names = plan.prepared.schools.set_index("npsn")["name"]
    table = merges.merge(when.calendar.drop(columns=["into", "school_year"]), on="npsn", how="left")
    table = table.assign(
        school=table["npsn"].map(names),
        into_name=table["into"].map(names),
        year=_years(table["school_year"]),
    ).sort_values(["year", "into_name", "school"], ignore_index=True)
    with right:
        layout.table(
            table,
            [
                Column("school", t("Sekolah yang bergabung"), width="medium"),
                Column("year", t("Tahun ajaran")),
                Column("into_name", t("Penerima"), width="medium"),
                Column("displaced_count", t("Orang harus pindah"), "count",
                       help=t("Guru dan kepala sekolah yang lebih karena penggabungan ke penerima"
                              " ini, sesudah pensiun sampai tahun itu")),
                Column("study_from", t("Kajian mulai"), "day"),
                Column("socialisation_from", t("Sosialisasi mulai"), "day"),
                Column("decree_until", t("SK paling lambat"), "day"),
                Column("dapodik_until", t("Dapodik paling lambat"), "day"),
            ],
            "kalender-penggabungan",
            key="tabel-kalender",
            height=330,
        )  # fmt: skip
        layout.note(
            t(
                "Lama kajian dan sosialisasi pilihan setempat (data/rules/regrouping.csv); batas"
                " Dapodik 31 Agustus menurut praktik daerah, belum dicocokkan dengan naskahnya."
            )
        )


def villages(asked: Asked, plan: RegroupingPlan, when: When) -> None:
    """The sheet of one village, and all of them as one document."""
    places = regrouping_sheet.places(asked.question, plan, language())
    if not places:
        return
    with st.container(width=420):
        place = inputs.choice(
            "desa", t("Desa atau kelurahan"), places, next(iter(places)), widget="select"
        )
    one = regrouping_sheet.sheet(asked.question, plan, when, place, language())
    st.html(regrouping_sheet.on_screen(one))
    held = load.edition()
    number_ = "" if held is None else str(held.number)
    source = t(
        "Sumber: Estafet edisi {number}, keadaan {day}. Rencana ini usulan, bukan keputusan.",
        number=number_,
        day=words.day(asked.question.as_of),
    )
    if held is not None and held.is_synthetic:
        source = f"{source} {t('Data contoh (sintetis)')}."
    told = language()
    who, state = access.actor(), load.state()

    def made(wanted: list[str], name: str) -> bytes:
        sheets = [regrouping_sheet.sheet(asked.question, plan, when, each, told) for each in wanted]
        state.log(who, "unduh", f"{name}, {len(sheets)} lembar")
        return regrouping_sheet.as_html(sheets, source, told).encode()

    stem = re.sub(r"[^a-z0-9]+", "-", one.place.casefold()).strip("-")
    own, every = f"lembar-{stem}.html", f"lembar-desa-edisi-{number_}.html"
    with st.container(horizontal=True):
        for label, wanted, name in (
            (t("Unduh lembar ini"), [place], own),
            (tn("Unduh semua ({n} lembar)", len(places)), list(places), every),
        ):
            st.download_button(
                label,
                data=lambda wanted=wanted, name=name: made(wanted, name),  # type: ignore[misc]
                file_name=name,
                mime="text/html",
                key=f"unduh-{'satu' if name == own else 'semua'}",
                on_click="ignore",
                icon=":material/description:",
            )
    layout.note(t("Dokumen HTML: buka di peramban atau Word, cetak satu halaman per desa."))
