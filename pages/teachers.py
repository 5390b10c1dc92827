"""Which teachers are short and which too many, where, and in which year that turns."""

from __future__ import annotations

import streamlit as st

from analytics.teachers import NeedChoice
from pages.shared import (
    access,
    charts,
    inputs,
    layout,
    load,
    load_schools,
    school_inputs,
    school_view,
    teacher_details,
    teacher_view,
    terms,
)
from pages.shared import teacher_figures as figures
from pages.shared.finding import Finding
from pages.shared.school_inputs import EVERY, Scope, year_name
from pages.shared.teacher_view import Answer, NeedKey
from pages.shared.words import language, number, t, tn

_LOOKED_AT_YEARS = 5


def render() -> None:
    """The page."""
    access.require("pimpinan")
    layout.needs_data()
    key = load_schools.school_key()
    if load_schools.history_of(key).empty:
        layout.header(t("Belum ada data murid"), t("Guru apa yang kurang, di mana, kapan?"))
        layout.empty(
            t("Kebutuhan guru dihitung dari jumlah murid"),
            t(
                "Muat di halaman Data: murid per sekolah, tingkat, dan tahun ajaran; lalu daftar"
                " pegawai dan daftar GTK Dapodik."
            ),
            leads_to_data=True,
        )
        return
    _page()


@st.fragment
def _page() -> None:
    finding = Finding(t("Guru apa yang kurang, di mana, kapan?"))
    schools = load_schools.school_key()

    # read
    with st.container(horizontal=True, vertical_alignment="bottom", key="kendali"):
        scope = school_inputs.scope(schools, public_only=True)
        english = inputs.choice(
            "inggris",
            t("Bahasa Inggris di SD"),
            {"post": t("Jabatan baru"), "class_teacher": t("Guru kelas dilatih")},
            "post",
            help=t("Wajib mulai kelas III pada 2027/28 (Permendikbudristek 12/2024 ps 33)."),
        )
    key = NeedKey(schools, load.people_key(), scope.levers, NeedChoice(english=english))

    # call
    if school_view.in_scope(scope).empty or teacher_view.balance(key).gaps.empty:
        _nothing(finding)
        return
    found = teacher_view.answer(scope, key)
    if found.by_year.empty:
        _nothing(finding)
        return

    # draw
    with finding:
        layout.header(_finding(scope, found), t("Guru apa yang kurang, di mana, kapan?"))
    if told := school_inputs.levers_in_words(scope.levers):
        layout.note(told)
    if told := school_view.births_told(scope, found.last_year):
        layout.caution(told)
    if not found.has_staff:
        layout.note(
            t(
                "Belum ada guru yang cocok dengan sekolah-sekolah ini: muat daftar pegawai atau GTK"
                " Dapodik dengan NPSN. Angka kurang di bawah sama dengan seluruh kebutuhan."
            )
        )
    layout.keys(_keys(found))
    layout.sentences([teacher_details.elasticity_told(found)])
    left, right = st.columns(2)
    with left:
        charts.draw(figures.balance(scope, key, language()), "kurang-lebih", height=420)
    with right:
        charts.draw(figures.need(scope, key, language()), "kebutuhan-guru", height=420)
    year = _year(found)
    charts.draw(
        figures.posts(scope, key, year, language()),
        "guru-per-jabatan",
        height=figures.posts_height(scope, key, year),
        on_select=lambda: teacher_details.bar_clicked("guru-per-jabatan"),
    )
    if told := teacher_details.apart_note(found):
        layout.note(told)
    if told := teacher_details.agama_note(found):
        layout.note(told)
    teacher_details.draw(scope, key, found, year)
    terms.explain("Rombel", "PJOK", "BK", "P3K")
    layout.source_note(*school_inputs.NEED_EQUATIONS)


def _nothing(finding: Finding) -> None:
    with finding:
        layout.header(
            t("Tidak ada kebutuhan guru pada saringan ini"),
            t("Guru apa yang kurang, di mana, kapan?"),
        )
    layout.empty(
        t("Tidak ada kebutuhan guru pada saringan ini"),
        t("Aturan yang dimuat mengenal TK, SD, dan SMP negeri; pilih jenjang atau kecamatan lain."),
    )
    st.button(t("Kosongkan saringan"), on_click=school_inputs.clear, key="kosongkan-guru")


def _year(found: Answer) -> int:
    years = {str(year): year_name(year) for year in range(found.now_year, found.last_year + 1)}
    usual = str(min(found.now_year + _LOOKED_AT_YEARS, found.last_year))
    with st.container(width=260):
        chosen = inputs.choice("tahun_guru", t("Lihat tahun ajaran"), years, usual, widget="select")
    return int(chosen)


def _finding(scope: Scope, found: Answer) -> str:
    now, then = found.at(found.now_year), found.at(found.last_year)
    values = {
        "level": "" if scope.level == EVERY else f" {scope.level}",
        "now": teacher_view.short(now),
        "then": teacher_view.short(then),
        "spare": number(now["surplus_count"]),
        "year": year_name(found.last_year),
    }
    if not found.has_staff:
        return t(
            "Kebutuhan guru{level} {now} sekarang, {then} pada {year}; guru yang ada belum dimuat",
            **values,
        )
    if now["surplus_count"]:
        return t(
            "Guru{level} kurang {now} dan lebih {spare} sekarang; tanpa pengganti kurang {then}"
            " pada {year}",
            **values,
        )
    return t("Guru{level} kurang {now} sekarang, {then} pada {year} tanpa pengganti", **values)


def _keys(found: Answer) -> list[layout.Key]:
    now, then = found.at(found.now_year), found.at(found.last_year)
    rows = found.by_year
    horizon = year_name(found.last_year)
    short = found.turning.loc[found.turning["turns_to"] == "deficit"].sort_values("turns_in")
    soonest = (
        t(
            "paling dekat {post}, {year}",
            post=teacher_view.post_name(str(short["post"].iloc[0])),
            year=year_name(int(short["turns_in"].iloc[0])),
        )
        if len(short)
        else t("tidak ada yang berbalik")
    )
    return [
        layout.Key(
            t("Guru dibutuhkan {year}", year=year_name(found.now_year)),
            number(now["needed_count"]),
            t(
                "menurut aturan, di {schools}; ada {present}",
                schools=tn("{n} sekolah", found.school_count),
                present=layout.count_shown(int(now["in_post_count"] - now["leaving_count"])),
            ),
            tuple(float(one) for one in rows["needed_count"]),
        ),
        layout.Key(
            t("Dibutuhkan {year}", year=horizon),
            number(then["needed_count"]),
            t("pada rasio hari ini {n}", n=number(then["needed_at_ratio"])),
            help=t(
                "Kebutuhan menurut aturan tidak pernah seluruhnya dapat diangkat; rasio hari ini"
                " adalah guru per rombel yang kini benar-benar ada."
            ),
        ),
        layout.Key(
            t("Pensiun sampai {year}", year=horizon),
            layout.count_shown(int(then["leaving_count"])),
            t("dari {n} guru yang ada", n=layout.count_shown(int(then["in_post_count"]))),
            tuple(float(one) for one in rows["leaving_count"].diff().fillna(0)),
        ),
        layout.Key(
            t("Kurang {year}", year=horizon),
            teacher_view.short(then),
            t("lebih {n} di sekolah lain", n=number(then["surplus_count"])),
            tuple(float(one) for one in rows["deficit_count"]),
        ),
        layout.Key(t("Jabatan yang berbalik kurang"), number(len(short)), soonest),
    ]
