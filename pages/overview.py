"""The one-minute answer: who leaves, when it peaks, what falls empty."""

from __future__ import annotations

from datetime import date

import pandas as pd
import streamlit as st

from pages.shared import (
    access,
    charts,
    inputs,
    layout,
    load,
    missing,
    questions,
    screen,
    staff_outlook,
    terms,
    what_follows,
    words,
)
from pages.shared import overview_findings as findings
from pages.shared.inputs import who
from pages.shared.layout import Key
from pages.shared.overview_findings import share
from pages.shared.overview_view import POST_YEARS, TEACHER_YEARS, TREND_YEARS, Answers, answers
from pages.shared.words import number, t, tn


def warm_up() -> None:
    """Compute the page for the first visitor, under the law in force."""
    if load.edition() is None:
        return
    key = load.people_key(load.law_in_force())
    for counted in inputs.COUNTED:
        answers(key, counted)


def figures(found: Answers, counted: str, as_of: date) -> list[Key]:
    """The five large figures."""
    left = found.people_count - sum(found.window_counts)
    teachers = sum(found.educator_window_counts[:TEACHER_YEARS])
    return [
        Key(
            label=t("{who} per {day}", who=who(counted), day=words.day(as_of))
            if counted != "all"
            else t("Semua pegawai per {day}", day=words.day(as_of)),
            value=number(found.people_count),
            note=t(
                "tinggal {count} setelah {years} tahun, dihitung dari pensiun saja",
                count=number(left),
                years=TREND_YEARS,
            ),
            trend=tuple(
                float(found.people_count - sum(found.window_counts[:year]))
                for year in range(TREND_YEARS + 1)
            ),
        ),
        Key(
            label=t("Pensiun dalam 12 bulan"),
            value=layout.count_shown(found.leaver_count),
            note=t("{share} dari semua", share=share(found.leaver_count, found.people_count)),
            trend=_guarded(found.window_counts),
        ),
        Key(
            label=t("Tahun terberat"),
            value=str(found.peak.year) if found.peak else words.NONE,
            note=tn(
                "{n} orang pensiun",
                found.peak.leaver_count,
                n=layout.count_shown(found.peak.leaver_count),
            )
            if found.peak
            else "",
            trend=_guarded(
                tuple(
                    a + b
                    for a, b in zip(
                        found.educator_year_counts, found.other_year_counts, strict=True
                    )
                )
            ),
            marked=found.years.index(found.peak.year) if found.peak else None,
        ),
        Key(
            label=t("Pendidik pensiun dalam {years} tahun", years=TEACHER_YEARS),
            value=share(teachers, found.educator_count, 0),
            note=t(
                "{count} dari {total} pendidik",
                count=layout.count_shown(teachers),
                total=number(found.educator_count),
            ),
            trend=_guarded(found.educator_window_counts),
        ),
        Key(
            label=t("Jabatan tunggal kosong dalam {years} tahun", years=POST_YEARS),
            value=layout.count_shown(found.post_count),
            note=t("hanya dipegang satu orang"),
            trend=_guarded(found.post_window_counts),
            help=t("Jabatan di satu unit yang pemegangnya hanya seorang dan akan pensiun."),
        ),
    ]


def _guarded(counts: tuple[int, ...]) -> tuple[float, ...]:
    """A trend in which a small count cannot be read off; none where all are zero."""
    if not any(counts):
        return ()
    return tuple(float(access.SMALL_COUNT if layout.is_small(count) else count) for count in counts)


def leaver_chart(found: Answers) -> charts.Figure:
    """Leavers per year: educators, others, and the average as a line."""
    counts = pd.DataFrame(
        {"educators": found.educator_year_counts, "others": found.other_year_counts},
        index=list(found.years),
    )
    if not access.may_see_names():
        small = (counts > 0) & (counts < access.SMALL_COUNT)
        counts = counts.mask(small)
    peak = found.peak
    title = (
        t("Pensiun per tahun sampai {year}", year=found.years[-1])
        if peak is None
        else tn(
            "Pensiun terbanyak pada {year}: {n} orang",
            peak.leaver_count,
            n=layout.count_shown(peak.leaver_count),
            year=peak.year,
        )
    )
    mean = t("Rata-rata {mean} setahun", mean=number(found.mean_per_year))
    return charts.bars(
        counts,
        title,
        names={"educators": t("Pendidik"), "others": t("Lainnya")},
        y_title=t("orang pensiun"),
        lines=[charts.average_line(found.years, found.mean_per_year, mean)]
        if found.mean_per_year
        else (),
    )


def _question() -> str:
    return t("Siapa yang pergi, kapan, dan apa yang kosong?")


def render() -> None:
    """Draw the page."""
    access.require("pimpinan")
    layout.needs_data()
    missing.people(_question())
    # read
    key = load.people_key()
    counted = inputs.linked("hitung", inputs.COUNTED, "asn")
    # call
    found = answers(key, counted)
    # draw
    title, switch = st.columns([3, 1], vertical_alignment="bottom", gap="medium")
    with title:
        layout.header(findings.finding(found, counted, key.as_of), _question())
    with switch:
        inputs.counted()
    if not screen.is_phone():
        questions.draw()
    is_dated = found.undated_count < found.people_count
    if found.people_count and not is_dated:
        missing.titles()
    else:
        layout.keys(figures(found, counted, key.as_of))
    if is_dated:
        story, chart = st.columns([2, 3], gap="large")
        with story:
            layout.sentences(
                [
                    findings.who_leaves(found, counted, key.as_of),
                    findings.when_it_peaks(found),
                    findings.what_falls_empty(found),
                ]
            )
            follows = st.container()
            with st.container(horizontal=True, gap="small"):
                if access.may_see_names():
                    layout.page_link("pensiun", t("Lihat nama"), rinci="nama", tahun="12bulan")
                else:
                    layout.page_link("pensiun", t("Lihat rinciannya"))
                if found.post_count:
                    layout.page_link(
                        "pensiun",
                        t("Lihat jabatan tunggal"),
                        rinci="tunggal",
                        dalam=str(POST_YEARS),
                    )
        with chart:
            charts.draw(leaver_chart(found), "pensiun-per-tahun", height=410)
            layout.note(
                t(
                    "{year} hanya sejak {day}, ditambah yang tanggalnya sudah lewat.",
                    year=key.as_of.year,
                    day=words.day(key.as_of),
                )
            )
        if told := what_follows.sentences():
            with follows:
                layout.sentences(told)
    if screen.is_phone():
        # There the story comes first: what stands below is a screen away.
        questions.draw()
    quality(found)
    outlook = st.container()
    terms.explain("ASN", "P3K", "BUP", "P10-P90")
    layout.source_note(1, 3, *staff_outlook.EQUATIONS)
    # Last, because it may have to be learnt first: the story above never waits for it.
    if is_dated:
        with outlook:
            staff_outlook.draw(counted)


def quality(found: Answers) -> None:
    """What the numbers leave out, and where to mend it."""
    told = [
        tn("{n} orang tanpa tanggal pensiun, karena jabatannya belum dikenali", count)
        for count in [found.undated_count]
        if count
    ] + [
        tn("{n} orang masih tercatat aktif melewati tanggal pensiunnya", count)
        for count in [found.past_due_count]
        if count
    ]
    if not told:
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        layout.note(t("Mutu data: {faults}.", faults="; ".join(told)), width="content")
        if found.past_due_count and access.may_see_names():
            layout.page_link("pensiun", t("Lihat siapa yang lewat"), rinci="nama", tahun="lewat")
        layout.page_link("data", t("Perbaiki di halaman Data"))
