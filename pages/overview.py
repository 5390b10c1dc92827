"""The one-minute answer: who leaves, when it peaks, what falls empty."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pandas as pd
import streamlit as st

from analytics import leaving, leaving_groups, leaving_summary, succession
from pages.shared import (
    access,
    charts,
    inputs,
    layout,
    load,
    missing,
    questions,
    staff_outlook,
    terms,
    words,
)
from pages.shared.inputs import who
from pages.shared.layout import Key
from pages.shared.words import number, percent, t, tn

SHOWN_YEARS = 15
TREND_YEARS = 10
TEACHER_YEARS = 5
POST_YEARS = 3


@dataclass(frozen=True)
class Answers:
    """What the page says; counts of people, in the order of the page.

    ``window_counts`` are leavers within the coming 12 months, the 12 after and so on, those past
    their date in the first; the ``educator_`` and ``post_`` figures are built the same way.
    """

    people_count: int
    educator_count: int
    undated_count: int
    past_due_count: int
    window_counts: tuple[int, ...]
    educator_window_counts: tuple[int, ...]
    post_window_counts: tuple[int, ...]
    fullest_opd: str
    fullest_opd_count: int
    years: tuple[int, ...]
    educator_year_counts: tuple[int, ...]
    other_year_counts: tuple[int, ...]
    mean_per_year: float
    peak: leaving_summary.Peak | None

    @property
    def leaver_count(self) -> int:
        """Leavers of the coming 12 months."""
        return self.window_counts[0]

    @property
    def post_count(self) -> int:
        """Single-holder posts that fall empty within ``POST_YEARS``."""
        return sum(self.post_window_counts[:POST_YEARS])


def _window_counts(people: pd.DataFrame, as_of: date) -> tuple[int, ...]:
    within = leaving.share_within(people, as_of, range(1, TREND_YEARS + 1))["leaver_count"]
    return tuple(within.diff().fillna(within).astype(int).tolist())


@st.cache_data(max_entries=32, show_spinner=False)
def answers(key: load.PeopleKey, counted: str) -> Answers:
    """What the page says about those counted."""
    everyone = load.people_of(key)
    people = leaving.counted(everyone, counted)
    roles = load.rulebook().role_groups
    last_year = key.as_of.year + SHOWN_YEARS - 1
    summary = leaving_summary.summary(people, roles, key.as_of, last_year)
    is_educator = leaving_groups.is_educator(people, roles)
    by_year = leaving.leaver_counts(people, key.as_of, last_year)
    educators_by_year = leaving.leaver_counts(people.loc[is_educator], key.as_of, last_year)
    educator_year_counts = educators_by_year["leaver_count"].tolist()
    # Found among everyone, or a post whose second holder is not counted would look like a single.
    posts = succession.single_holder_posts(everyone, key.as_of, TREND_YEARS)
    posts = posts.loc[posts.index.isin(people.index)]
    soon = succession.single_holder_posts(everyone, key.as_of, POST_YEARS)
    fullest = soon.loc[soon.index.isin(people.index), "opd"].value_counts()
    return Answers(
        people_count=summary.people_count,
        educator_count=summary.educator_count,
        undated_count=summary.undated_count,
        past_due_count=summary.past_due_count,
        window_counts=_window_counts(people, key.as_of),
        educator_window_counts=_window_counts(people.loc[is_educator], key.as_of),
        post_window_counts=_window_counts(posts, key.as_of),
        fullest_opd=str(fullest.index[0]) if len(fullest) else "",
        fullest_opd_count=int(fullest.iloc[0]) if len(fullest) else 0,
        years=tuple(by_year["year"].tolist()),
        educator_year_counts=tuple(educator_year_counts),
        other_year_counts=tuple(
            total - educators
            for total, educators in zip(
                by_year["leaver_count"].tolist(), educator_year_counts, strict=True
            )
        ),
        mean_per_year=summary.mean_per_year,
        peak=summary.peak,
    )


def warm_up() -> None:
    """Compute the page for the first visitor, under the law in force."""
    if load.edition() is None:
        return
    key = load.people_key(load.law_in_force())
    for counted in inputs.COUNTED:
        answers(key, counted)


def finding(found: Answers, counted: str) -> str:
    """The page in one line."""
    if found.people_count == 0:
        return t("Tidak ada {who} dalam data ini", who=who(counted))
    if found.undated_count == found.people_count:
        return t("Tanggal pensiun belum dapat dihitung: tidak satu jabatan pun dikenali")
    if found.peak is None:
        return t(
            "Tidak ada {who} yang pensiun sampai akhir {year}",
            who=who(counted),
            year=found.years[-1],
        )
    leavers = tn(
        "{n} {who} pensiun dalam 12 bulan ke depan",
        found.leaver_count,
        n=layout.count_shown(found.leaver_count),
        who=who(counted),
    )
    return t("{leavers}; puncaknya {year}", leavers=leavers, year=found.peak.year)


def who_leaves(found: Answers, counted: str) -> str:
    """First sentence: how many go in the coming year, and how many of them teach."""
    count = found.leaver_count
    if count == 0:
        return t("Dalam 12 bulan ke depan tidak ada {who} yang pensiun.", who=who(counted))
    educators = found.educator_window_counts[0]
    if found.educator_count == 0:
        teach = ""
    elif educators == 0:
        teach = t(", tidak seorang pun pendidik")
    elif educators == count:
        teach = t(", semuanya pendidik")
    else:
        teach = tn(", {n} di antaranya pendidik", educators, n=layout.count_shown(educators))
    late = (
        tn(
            " Di dalamnya {n} orang yang tanggalnya sudah lewat.",
            found.past_due_count,
            n=layout.count_shown(found.past_due_count),
        )
        if found.past_due_count
        else ""
    )
    return (
        tn(
            "Dalam 12 bulan ke depan {n} dari {total} {who} pensiun ({share}){teach}.",
            count,
            n=layout.count_shown(count),
            total=number(found.people_count),
            who=who(counted),
            share=_share(count, found.people_count),
            teach=teach,
        )
        + late
    )


def when_it_peaks(found: Answers) -> str:
    """Second sentence: the year in which most go, against the average."""
    if found.peak is None:
        return ""
    count = found.peak.leaver_count
    said = tn(
        "Puncaknya tahun {year}, ketika {n} orang pensiun",
        count,
        n=layout.count_shown(count),
        year=found.peak.year,
    )
    if found.peak.year == found.years[0] and found.past_due_count:
        return said + tn(
            ", termasuk {n} orang yang tanggalnya sudah lewat.",
            found.past_due_count,
            n=layout.count_shown(found.past_due_count),
        )
    times = count / found.mean_per_year if found.mean_per_year else 0
    if times < 1.05 or layout.is_small(count):
        return said + "."
    return said + t(
        ", {times} kali rata-rata {mean} orang setahun.",
        times=number(times, 1),
        mean=number(found.mean_per_year),
    )


def what_falls_empty(found: Answers) -> str:
    """Third sentence: posts that only one person held."""
    count = found.post_count
    if count == 0:
        return tn(
            "Dalam {n} tahun tidak ada jabatan berpemegang tunggal yang menjadi kosong.",
            POST_YEARS,
        )
    said = tn(
        "Dalam {years} tahun {n} jabatan yang hanya dipegang satu orang menjadi kosong",
        count,
        n=layout.count_shown(count),
        years=POST_YEARS,
    )
    if found.fullest_opd_count < 2 or layout.is_small(found.fullest_opd_count):
        return said + "."
    return said + t(
        ", terbanyak di {opd} ({count}).",
        opd=found.fullest_opd,
        count=number(found.fullest_opd_count),
    )


def _share(count: int, total: int, decimals: int = 1) -> str:
    if total == 0 or layout.is_small(count):
        return words.NONE
    return percent(count / total, decimals)


def figures(found: Answers, counted: str) -> list[Key]:
    """The five large figures."""
    left = found.people_count - sum(found.window_counts)
    teachers = sum(found.educator_window_counts[:TEACHER_YEARS])
    return [
        Key(
            label=t("{who} saat ini", who=who(counted)) if counted != "all" else t("Semua pegawai"),
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
            note=t("{share} dari semua", share=_share(found.leaver_count, found.people_count)),
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
            value=_share(teachers, found.educator_count, 0),
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
        layout.header(finding(found, counted), _question())
    with switch:
        inputs.counted()
    questions.draw()
    is_dated = found.undated_count < found.people_count
    if found.people_count and not is_dated:
        missing.titles()
    else:
        layout.keys(figures(found, counted))
    if is_dated:
        story, chart = st.columns([2, 3], gap="large")
        with story:
            layout.sentences(
                [who_leaves(found, counted), when_it_peaks(found), what_falls_empty(found)]
            )
            with st.container(horizontal=True, gap="small"):
                if access.may_see_names():
                    layout.page_link("pensiun", t("Lihat nama"), rinci="nama")
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
        layout.page_link("data", t("Perbaiki di halaman Data"))
