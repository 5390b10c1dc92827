"""How many pupils there will be, by level, grade and school."""

from __future__ import annotations

import streamlit as st

from pages.shared import access, charts, inputs, layout, load_schools, school_details, school_inputs
from pages.shared import school_figures as figures
from pages.shared import school_view as view_of
from pages.shared.finding import Finding
from pages.shared.school_inputs import Scope
from pages.shared.school_view import Wave
from pages.shared.words import language, number, t, tn


def render() -> None:
    """The page."""
    access.require("pimpinan")
    layout.needs_data()
    if load_schools.history_of(load_schools.school_key()).empty:
        layout.header(t("Belum ada data murid"), t("Berapa murid nanti, di mana?"))
        layout.empty(
            t("Belum ada jumlah murid dalam edisi ini"),
            t(
                "Muat di halaman Data: daftar sekolah Dapodik, lalu murid per sekolah, tingkat, dan"
                " tahun ajaran (atau jumlahnya saja). Paling sedikit dua tahun ajaran."
            ),
            leads_to_data=True,
        )
        return
    _page()


@st.fragment
def _page() -> None:
    npsn = school_details.opened()
    if npsn:
        school_details.draw(npsn)
        return
    finding = Finding(t("Berapa murid nanti, di mana?"))

    # read
    with st.container(horizontal=True, vertical_alignment="bottom", key="kendali"):
        scope = school_inputs.scope(load_schools.school_key())
        threshold = school_inputs.threshold()

    # call
    answer = view_of.wave(scope)

    # draw
    if answer.schools.empty:
        with finding:
            layout.header(
                t("Tidak ada sekolah pada saringan ini"), t("Berapa murid nanti, di mana?")
            )
        layout.empty(
            t("Tidak ada sekolah pada saringan ini"),
            t("Pilih jenjang, status, atau kecamatan yang lain."),
        )
        st.button(t("Kosongkan saringan"), on_click=school_inputs.clear, key="kosongkan-murid")
        return
    with finding:
        layout.header(view_of.finding(scope, answer), t("Berapa murid nanti, di mana?"))
    if told := school_inputs.levers_in_words(scope.levers):
        layout.note(told)
    if told := view_of.births_told(scope, answer.last_year):
        layout.caution(told)
    layout.keys(_keys(answer, threshold))
    charts.draw(figures.wave(scope, language()), "gelombang-murid", height=440)
    _how_sure(answer)
    _grades(scope, answer)
    school_details.by_size(scope, answer, threshold)
    school_details.tables(scope, answer)
    layout.source_note(*school_inputs.EQUATIONS)


def _grades(scope: Scope, answer: Wave) -> None:
    """Every grade as counts, and one of them with its band."""
    by_grade = figures.grades(scope, language())
    if by_grade is None:
        return
    height = figures.grades_height(scope)
    left, right = st.columns([3, 2])
    with left:
        charts.draw(by_grade, "murid-per-tingkat", height=height)
        layout.note(
            t(
                "Satu angkatan bergerak ke kanan bawah: naik satu kelas, setahun kemudian. Tahun"
                " bertanda * adalah prakiraan."
            )
        )
    with right:
        names = {str(grade): figures.grade_name(int(grade)) for grade in answer.grades.index}
        with st.container(width=220):
            grade = inputs.choice(
                "satu_kelas", t("Satu kelas"), names, next(iter(names)), widget="select"
            )
        drawn = figures.one_grade(scope, int(grade), language())
        charts.draw(drawn, "murid-satu-kelas", height=max(height - 90, 320))


def _keys(answer: Wave, threshold: int) -> list[layout.Key]:
    last = answer.whole.iloc[-1]
    past = tuple(float(value) for value in answer.whole_history["pupils"].tail(10))
    ahead = tuple(float(value) for value in answer.whole["pupils"])
    horizon = school_inputs.year_name(answer.last_year)
    return [
        layout.Key(
            t("Murid {year}", year=school_inputs.year_name(answer.now_year)),
            number(answer.pupils_now),
            tn("di {n} sekolah", len(answer.schools)),
            past,
        ),
        layout.Key(
            t("Murid {year}", year=horizon),
            number(answer.pupils_ahead),
            t("antara {low} dan {high}", low=number(last["p10"]), high=number(last["p90"])),
            ahead,
            help=t("Rentang P10-P90: memuat 8 dari 10 kemungkinan."),
        ),
        layout.Key(
            t("Perubahan sampai {year}", year=horizon),
            figures.share_said(answer.change_share),
            t("tanpa prakiraan: tetap {n} murid", n=number(last["naive"])),
        ),
        layout.Key(
            t("Sekolah di bawah {n} murid", n=threshold),
            f"{number(answer.below(threshold, 'now'))} → "
            f"{number(answer.below(threshold, 'ahead'))}",
            t("sekarang → {year}", year=horizon),
            help=t("Ambang 60, 100, atau 120 adalah pilihan daerah, bukan hukum."),
        ),
        layout.Key(
            t("Murid baru {year}", year=horizon),
            number(answer.intake_ahead),
            t("sekarang {n} di kelas awal", n=number(answer.intake_now)),
        ),
    ]


def _how_sure(answer: Wave) -> None:
    span = _span(answer)
    told = [
        t("Dari {first} sampai {last} menurut data; sesudahnya prakiraan.", **span)
        if span["first"] != span["last"]
        else t("{year} menurut data; sesudahnya prakiraan.", year=span["last"]),
        ""
        if answer.learnt_lead_years >= answer.last_year - answer.now_year
        else t(
            "Rentang diukur pada riwayat sendiri sampai {n} tahun ke depan; lebih jauh dari itu"
            " diteruskan dari sana.",
            n=answer.learnt_lead_years,
        )
        if answer.learnt_lead_years
        else t("Riwayat terlalu pendek untuk mengukur kesalahan; rentangnya anggapan umum."),
        t("Kelahiran ikut diperhitungkan.")
        if answer.has_births
        else t("Tanpa data kelahiran: murid baru mengikuti murid baru tahun-tahun terakhir."),
    ]
    layout.note(" ".join(one for one in told if one))


def _span(answer: Wave) -> dict[str, str]:
    years = answer.whole_history["school_year"]
    return {
        "first": school_inputs.year_name(int(years.min())),
        "last": school_inputs.year_name(int(years.max())),
    }
