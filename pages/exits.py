"""Who leaves before the law lets them go, for what cause, and how sure that is."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from analytics.scenario_account import whole_shares
from pages.shared import (
    access,
    charts,
    exit_details,
    exit_figures,
    exit_inputs,
    exit_view,
    layout,
    load_exits,
    missing,
    terms,
)
from pages.shared.exit_inputs import Scope
from pages.shared.exit_view import Answer
from pages.shared.finding import Finding
from pages.shared.inputs import who
from pages.shared.retirement_figures import look
from pages.shared.words import day, number, percent, t, tn


def render() -> None:
    """The page."""
    access.require("pimpinan")
    layout.needs_data()
    missing.people(_question())
    _page()


@st.fragment
def _page() -> None:
    finding = Finding(_question())

    # read
    with st.container(horizontal=True, vertical_alignment="bottom", key="kendali"):
        scope = exit_inputs.scope(load_exits.exit_key(is_explaining=exit_details.is_explaining()))

    # call
    known = exit_view.learnt(scope)
    if not exit_view.people_count(scope):
        with finding:
            layout.header(t("Tidak ada {who} dalam data ini", who=who(scope.who)), _question())
        layout.empty(t("Tidak ada yang dihitung"), t("Pilih yang lain pada Yang dihitung."))
        return
    found = exit_view.answer(scope)

    # draw
    with finding:
        layout.header(_finding(scope, found), _question())
    if told := exit_inputs.levers_in_words(scope):
        layout.note(f"{told}. {_effect(found)}")
    if told := _thin(scope, known.model.year_count, known.model.prior_share):
        layout.caution(told)
    if told := _unlisted(scope, exit_view.unlisted(scope)):
        layout.caution(told)
    missing.dates(scope.who)
    layout.keys(_keys(scope, found))
    layout.sentences([_spread(scope, found)])
    left, right = st.columns([3, 2])
    with left:
        charts.draw(exit_figures.by_year(scope, look()), "keluar-per-tahun", height=460)
    with right:
        charts.draw(exit_figures.early(scope, look()), "keluar-dini", height=460)
    exit_details.draw(scope, found)
    terms.explain("ASN", "P3K", "BUP", "MPP", "P10-P90")
    layout.source_note(*exit_inputs.EQUATIONS)


def _question() -> str:
    return t("Siapa yang keluar sebelum BUP, karena apa, dan seberapa pasti?")


def _finding(scope: Scope, found: Answer) -> str:
    return t(
        "Sampai akhir {year} sekitar {count} {who} keluar ({low}-{high}); {share} sebelum BUP",
        year=scope.last_year,
        count=number(found.leaver_count),
        who=who(scope.who),
        low=number(found.leaver_low),
        high=number(found.leaver_high),
        share=percent(found.early_share, 0),
    )


def _effect(found: Answer) -> str:
    """What the levers change at the end, against today."""
    staff, duty = round(found.staff_difference), round(found.duty_difference)
    if staff == duty == 0:
        return t("Tidak mengubah apa pun pada akhir masa.")
    staff_told = (
        t("yang ada sama banyak")
        if staff == 0
        else t("{n} orang lebih sedikit yang ada", n=number(-staff))
        if staff < 0
        else t("{n} orang lebih banyak yang ada", n=number(staff))
    )
    duty_told = (
        t("yang bertugas sama banyak")
        if duty == 0
        else t("{n} lebih sedikit yang bertugas", n=number(-duty))
        if duty < 0
        else t("{n} lebih banyak yang bertugas", n=number(duty))
    )
    return t("Pada akhir masa {staff}, {duty}.", staff=staff_told, duty=duty_told)


def _thin(scope: Scope, year_count: int, prior_share: float) -> str:
    """What must be known where one's own history is thin."""
    if scope.key.since is None:
        return t(
            "Belum ada riwayat keluar di daerah ini. Semua laju keluar dini adalah acuan umum"
            " dengan sumbernya, dan rentangnya lebar; muat daftar pegawai yang keluar di halaman"
            " Data."
        )
    if year_count == 0 and scope.key.since < scope.key.people.as_of:
        return t(
            "Daftar yang keluar sejak {since} hanya memuat orang yang mencapai BUP; bahwa tak"
            " seorang pun meninggal, pindah, atau berhenti tidak mungkin. Semua laju keluar dini"
            " adalah acuan umum; muat juga mereka di halaman Data.",
            since=day(scope.key.since),
        )
    if year_count >= 3:
        return ""
    return tn(
        "Riwayat baru {n} tahun penuh. Sekitar {share} taraf laju keluar dini berasal dari acuan"
        " umum dan hanya sisanya dari daerah ini.",
        year_count,
        share=percent(prior_share, 0),
    )


def _unlisted(scope: Scope, expected: Mapping[str, float]) -> str:
    """Causes the list of leavers has nobody of, though somebody must have left of them."""
    if not expected or scope.key.since is None:
        return ""
    names = load_exits.cause_names()
    return tn(
        "Daftar yang keluar sejak {since} tidak memuat seorang pun dengan sebab {causes}, padahal"
        " menurut acuan terendah pun sekitar {n} orang. Bila mereka tidak dicatat, prakiraan ini"
        " terlalu rendah; muat juga mereka di halaman Data.",
        round(sum(expected.values())),
        since=day(scope.key.since),
        causes=", ".join(names.get(cause, cause) for cause in expected),
    )


def _spread(scope: Scope, found: Answer) -> str:
    """Where the width of the band comes from, and what policy adds to it."""
    parts = found.spread
    if not parts["staff_sd"]:
        return t("Angka ini tidak berentang: semuanya tanggal menurut hukum.")
    said = t(
        "Dari lebar rentang itu {chance} kebetulan siapa yang pergi, {years} ayunan dari tahun ke"
        " tahun, dan {level} karena laju sebenarnya belum diketahui.",
        **_whole_percents(parts),
    )
    if not scope.is_moved:
        return said
    return (
        said
        + " "
        + t(
            "Kebijakan (andai-andai) bukan bagian rentang: ia menggeser angkanya {n} orang.",
            n=number(abs(found.staff_difference)),
        )
    )


def _whole_percents(parts: Mapping[str, float]) -> dict[str, str]:
    """The three parts of a spread in whole per cent, which are 100 together."""
    named = ("chance", "years", "level")
    whole = whole_shares([100 * parts[f"{name}_share"] for name in named], 100)
    return {name: percent(one / 100, 0) for name, one in zip(named, whole, strict=True)}


def _keys(scope: Scope, found: Answer) -> list[layout.Key]:
    years = found.years
    early = found.early.sum(axis=1)
    past_early = found.past[[c for c in found.past if c in found.early]].to_numpy().sum()
    last = years.iloc[-1]
    since = scope.key.since
    return [
        layout.Key(
            t("Keluar sampai {year}", year=scope.last_year),
            number(found.leaver_count),
            t(
                "8 dari 10 kemungkinan: {low}-{high}",
                low=number(found.leaver_low),
                high=number(found.leaver_high),
            ),
            tuple(float(each) for each in years["leaver_count"]),
        ),
        layout.Key(
            t("Di antaranya sebelum BUP"),
            number(found.early_count),
            t(
                "{share} dari semua; 8 dari 10 kemungkinan: {low}-{high}",
                share=percent(found.early_share),
                low=number(found.early_low),
                high=number(found.early_high),
            ),
            tuple(float(each) for each in early),
        ),
        layout.Key(
            t("Masih ada akhir {year}", year=scope.last_year),
            number(last["staff_count"]),
            t(
                "dari {n}; {low}-{high}",
                n=number(found.people_count),
                low=number(last["staff_p10"]),
                high=number(last["staff_p90"]),
            ),
            tuple(float(each) for each in years["staff_count"]),
            help=t("Tanpa pengganti: pegawai hari ini yang masih ada."),
        ),
        layout.Key(
            t("Bertugas akhir {year}", year=scope.last_year),
            number(last["on_duty_count"]),
            t("tanpa yang MPP, cuti, atau diperbantukan"),
            tuple(float(each) for each in years["on_duty_count"]),
        ),
        layout.Key(
            t("Keluar dini tercatat"),
            layout.count_shown(int(past_early)) if since else number(0),
            t("sejak {since}", since=day(since)) if since else t("belum ada riwayat"),
        ),
    ]
