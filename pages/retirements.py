"""Who retires, and when."""

from __future__ import annotations

import dataclasses

import streamlit as st

from pages.shared import access, address, charts, inputs, layout, load, missing, terms
from pages.shared import retirement_details as details
from pages.shared import retirement_figures as figures
from pages.shared import retirement_months as months
from pages.shared import retirement_view as view_of
from pages.shared.load import PeopleKey
from pages.shared.retirement_view import Calendar, View
from pages.shared.words import day, percent, t, tn


def render() -> None:
    """The page."""
    access.require("pimpinan")
    layout.needs_data()
    missing.people(t("Siapa pensiun, kapan?"))
    _page()


@st.fragment
def _page() -> None:
    finding = st.container()

    # read
    view = _view()

    # call
    answer = view_of.calendar(view)

    # draw
    with finding:
        layout.header(_finding(view, answer), t("Siapa pensiun, kapan?"))
    if _is_undated(answer):
        missing.titles()
        return
    nobody_today = answer.in_force is None or not answer.in_force["leaver_count"].any()
    if not answer.summary.leaver_count and nobody_today:
        layout.empty(
            t("Tidak ada yang pensiun pada saringan ini"),
            t("Kosongkan saringan, atau jauhkan tahun terakhirnya."),
        )
        st.button(t("Kosongkan saringan"), on_click=_clear, key="kosongkan-2")
        return
    layout.keys(_keys(answer))
    seen = figures.look()
    charts.draw(
        figures.calendar_bars(view, seen),
        "grafik-pensiun",
        height=440,
        on_select=lambda: details.clicked("grafik-pensiun"),
    )
    if view.period == "year" and (first := view.in_force.as_of).timetuple().tm_yday > 1:
        layout.note(
            t(
                "{year} hanya sejak {day}, ditambah yang tanggalnya sudah lewat.",
                year=first.year,
                day=day(first),
            )
        )
    # Before the long calendar of months: what a link opened is found with one scroll.
    _details(view, answer)
    if answer.summary.leaver_count:
        months.draw(view, seen, "kalender-bulan", details.show_names)
    _what_is_left_out(answer)
    terms.explain("ASN", "P3K", "JF", "TMT")
    layout.source_note(1, 2, 3)


@st.fragment
def _details(view: View, answer: Calendar) -> None:
    details.draw(view, answer)


def _view() -> View:
    in_force = load.people_key(load.law_in_force())
    offered = view_of.options(in_force)
    names = view_of.dimension_names()
    first_year = in_force.as_of.year
    with st.container(horizontal=True, vertical_alignment="bottom", key="kendali"):
        who = inputs.counted()
        period = inputs.choice(
            "per",
            t("Per"),
            {"year": t("Tahun"), "quarter": t("Triwulan"), "month": t("Bulan")},
            "year",
        )
        by = inputs.choice(
            "warna",
            t("Dirinci menurut"),
            {column: names[column] for column in view_of.STACKABLE},
            "role_group",
            widget="select",
        )
        years = [str(first_year + after) for after in range(1, view_of.FURTHEST_YEARS + 1)]
        furthest = str(max(view_of.LEAST_UNTIL_YEAR, first_year + 10))
        until = inputs.choice(
            "sampai", t("Sampai tahun"), {year: year for year in years}, furthest, widget="select"
        )
        with st.popover(t("Saringan"), icon=":material/filter_alt:"):
            wanted = _filters(offered)
        with st.popover(t("Hukum"), icon=":material/gavel:"):
            _law_switches(in_force)
    with st.container():
        # A place that is always there: what comes after it would otherwise move, and a browser
        # draws anew what has moved.
        _in_words(wanted)
    return View(
        key=dataclasses.replace(in_force, choice=view_of.law(in_force.choice)),
        in_force=in_force,
        who=who,
        period=period,
        until_year=int(until),
        by=by,
        wanted=wanted,
    )


def _filters(
    offered: dict[str, dict[str, str]],
) -> tuple[tuple[str, tuple[str, ...]], ...]:
    names = view_of.dimension_names()
    wanted = tuple(
        (column, inputs.choices(word, names[column], offered[column]))
        for column, word in view_of.FILTERS.items()
    )
    st.button(t("Kosongkan saringan"), on_click=_clear, key="kosongkan")
    return tuple((column, values) for column, values in wanted if values)


def _clear() -> None:
    for word in view_of.FILTERS.values():
        st.session_state[word] = []
    address.write(dict.fromkeys(view_of.FILTERS.values(), ()))


def _in_words(wanted: tuple[tuple[str, tuple[str, ...]], ...]) -> None:
    """The filters in force, so that nobody takes a part for the whole."""
    if not wanted:
        return
    names = view_of.dimension_names()
    parts = [
        f"{names[column]}: {', '.join(view_of.value_name(column, value) for value in values)}"
        for column, values in wanted
    ]
    layout.note(t("Disaring: {filters}", filters=" · ".join(parts)))


def _law_switches(in_force: PeopleKey) -> None:
    """The what-if on the age, and the reading of every disputed rule."""
    if inputs.proposal_switch() != "none":
        first = in_force.as_of.year + 1
        inputs.whole("usul_mulai", t("Mulai berlaku (tahun)"), first, first, first + 10)
    layout.note(t("Aturan yang diperdebatkan: tafsir yang dipakai di halaman ini"))
    subjects = view_of.dispute_names()
    for dispute_id, reading in view_of.readings_of(in_force.choice).items():
        inputs.choice(
            f"tafsir_{dispute_id}",
            subjects[dispute_id],
            view_of.reading_names(dispute_id),
            reading,
            widget="select",
        )


def _is_undated(answer: Calendar) -> bool:
    """Whether there are people, and not one of them has a date."""
    return 0 < answer.summary.people_count == answer.summary.undated_count


def _finding(view: View, answer: Calendar) -> str:
    if _is_undated(answer):
        return t("Tanggal pensiun belum dapat dihitung: tidak satu jabatan pun dikenali")
    peak = answer.summary.peak
    if peak is None:
        return t("Tidak ada yang pensiun sampai {year}", year=view.until_year)
    return t(
        "Puncak pensiun pada {year}: {count} orang",
        year=peak.year,
        count=layout.count_shown(peak.leaver_count),
    )


def _keys(answer: Calendar) -> list[layout.Key]:
    told = answer.summary
    trend = tuple(float(count) for _, count in told.year_counts)
    first = layout.Key(
        t("Pensiun pada {year}", year=told.next_year),
        layout.count_shown(told.next_year_count),
        t(
            "rata-rata {mean} setahun sampai {year}",
            mean=layout.count_shown(round(told.mean_per_year)),
            year=told.mean_until_year,
        ),
        trend if access.may_see_names() else (),
    )
    shares = [
        layout.Key(
            tn("Pensiun dalam {n} tahun", staff.within_years),
            _share(staff.leaver_count, staff.people_count),
            t("di antara pendidik: {share}", share=_share(teach.leaver_count, teach.people_count)),
            help=t("Bagian pegawai yang mencapai TMT pensiun dalam jangka itu."),
        )
        for staff, teach in zip(
            answer.shares.itertuples(), answer.educator_shares.itertuples(), strict=True
        )
    ]
    return [first, *shares]


def _share(leaver_count: int, people_count: int) -> str:
    if layout.is_small(leaver_count) or layout.is_small(people_count):
        return t("tidak ditampilkan")
    return percent(leaver_count / people_count if people_count else None)


def _what_is_left_out(answer: Calendar) -> None:
    """Everybody is accounted for: past their date, without one, beyond the horizon, contracts."""
    told = answer.summary
    parts = [
        (told.past_due_count, t("sudah lewat TMT dan terhitung pada periode pertama")),
        (told.undated_count, t("tanpa tanggal karena jabatannya belum dikenali")),
        (told.beyond_count, t("sesudah tahun terakhir")),
        (
            int(answer.contract_ends["contract_end_count"].sum()),
            t("kontrak P3K berakhir lebih dahulu (bukan pensiun; lihat Kontrak P3K)"),
        ),
    ]
    said = [f"{layout.count_shown(count)} {meaning}" for count, meaning in parts if count]
    if said:
        layout.note(" · ".join(said))
