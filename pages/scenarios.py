"""One what-if, whole: its vacancies, its money, the 30 % limit; compared, approved, locked."""

from __future__ import annotations

import streamlit as st

from analytics.state_standings import DRAFT, EDITORS
from analytics.store import StoreError
from pages.shared import (
    access,
    gauge_figures,
    inputs,
    layout,
    load_scenarios,
    missing,
    scenario_accounts,
    scenario_beside,
    scenario_details,
    scenario_held,
    scenario_inputs,
    scenario_saved,
    scenario_services,
    scenario_shown,
    scenario_sought,
    scenario_view,
    terms,
)
from pages.shared.load_scenarios import RefusedError
from pages.shared.scenario_held import Held
from pages.shared.scenario_view import Seen
from pages.shared.words import language, names, t


def render() -> None:
    """The page."""
    access.require("pimpinan")
    layout.needs_data()
    missing.people(_question())
    missing.pay(_question())
    scenario_held.follow_address()
    _page()


@st.fragment
def _page() -> None:
    try:
        key = load_scenarios.key()
    except StoreError as error:
        layout.unreadable(error)
        return
    is_ready = load_scenarios.is_ready(key)
    # An empty place is cleared at once: only where there is no finding yet to leave standing.
    finding = st.container() if is_ready else st.empty()

    # read
    scenario_shown.begin()
    held = scenario_held.held()
    told = scenario_view.shown_scenario(held)
    if not is_ready:
        with finding.container():
            layout.header(told.name, _question(), has_what_if=False)
    if held.ignored:
        layout.caution(
            t("Tuas pada tautan ini tidak dikenal: {names}.", names=names(list(held.ignored)))
        )
    for indonesian, english in held.refused:
        why = indonesian if language() == "id" else english
        layout.caution(t("Tidak dipakai dari tautan ini: {why}", why=why))

    # call
    refusal, view = "", None
    # Waiting takes one place however long it is: what is drawn below keeps its own, and nothing of
    # the last drawing is left standing beneath it.
    with st.container(key="hitungan"):
        scenario_sought.only_about(key, told)
        try:
            view = scenario_view.seen(key, told)
        except RefusedError as error:
            refusal = str(error)

    # draw
    with finding.container():
        title = scenario_view.finding(view) if view else told.name
        layout.header(title, _question(), has_what_if=False)
    # Straight in the page: in a block of its own it could not stay in view.
    gauge_figures.strip(
        view.gauge if view else None,
        name=told.name,
        beside=scenario_view.beside_gauge(view) if view else (),
        remedy=scenario_details.missing_budget(),
    )
    if view is None or view.gauge is not None:
        scenario_inputs.limit_readings(held.now)
    scenario_saved.choose(held)
    scenario_saved.bar(held, told, view.result if view else None)
    if view is None:
        layout.caution(refusal)
        if held.is_moved:
            layout.note(t("Kembalikan tuas itu, atau tekan Urungkan."))
    else:
        _headline(view)
    scenario_held.keep_in_link(held)
    left, right = st.columns([3.1, 1.25], gap="large")
    # The levers first: they answer while a section below still waits for its numbers.
    with right:
        with st.container(key="tuas"):
            scenario_inputs.levers(held.now)
        st.markdown(f"#### {t('Yang diubah')}")
        saved = scenario_held.saved_of(held)
        may_write = access.role() in EDITORS and (saved is None or saved.standing == DRAFT)
        scenario_inputs.moved(held.now, is_draft=may_write)
    scenario_shown.end()
    with left:
        if view is not None:
            _answer(view, held)
    terms.explain("CPNS", "P3K", "APBD", "TKD", "TPG", "BUP", "JF", "PJOK", "BK")
    layout.source_note(*scenario_view.EQUATIONS)


def _question() -> str:
    return t("Andai begini: berapa jabatan kosong, berapa rupiah, lewat batas 30% atau tidak?")


def _headline(view: Seen) -> None:
    """The answer in large figures and words."""
    for told in scenario_view.cautions(view):
        layout.caution(told)
    missing.dates()
    layout.keys(scenario_view.keys(view))
    layout.sentences(scenario_view.sentences(view))


def _answer(view: Seen, held: Held) -> None:
    """What the scenario comes to."""
    scenario_details.headline(view)
    sections = {
        "rencana": t("Rencana"),
        "layanan": t("Layanan"),
        "neraca": t("Orang dan uang"),
        "batas": t("Batas 30%"),
        "ditolak": t("Andai ditolak"),
        "banding": t("Bandingkan"),
        "penentu": t("Penentu"),
        "riwayat": t("Riwayat"),
    }
    section = inputs.choice(
        "rinci", t("Rincian"), sections, "banding" if held.others else "rencana"
    )
    if section == "rencana":
        scenario_details.plan(view, may_edit=access.role() in EDITORS)
    elif section == "layanan":
        scenario_services.draw(view)
    elif section == "neraca":
        scenario_accounts.accounts(view)
    elif section == "batas":
        scenario_details.limit(view)
    elif section == "ditolak":
        scenario_details.refused(view)
    elif section == "banding":
        scenario_beside.beside(view, held)
    elif section == "penentu":
        scenario_sought.tornado(view)
        scenario_sought.goal(view)
    else:
        scenario_saved.history(held, view.key)
        scenario_details.whole_result(view)
