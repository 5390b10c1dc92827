"""A scenario as a file: taken along for the command or another office, and brought back."""

from __future__ import annotations

import re

import streamlit as st

from analytics import scenario_desk
from analytics.scenario import Scenario, ScenarioError
from analytics.scenario_file import from_json
from analytics.state_connection import StateError
from analytics.state_standings import EDITORS
from pages.shared import access, import_file, layout, load, scenario_held
from pages.shared.import_text import plain
from pages.shared.words import language, refusal, t, tn

_FILE, _TURN, _NAME, _FOR = (
    *("skenario-berkas", "_skenario_berkas_ke"),
    *("skenario-berkas-nama", "_skenario_berkas_untuk"),
)
_TYPES = ("json",)


def draw(told: Scenario) -> None:
    """A popover: this scenario as a file, and for who may save, a file as a new draft."""
    with st.popover(t("Berkas"), icon=":material/description:", key="berkas-skenario"):
        stem = re.sub(r"[^a-z0-9]+", "-", told.name.casefold()).strip("-") or "skenario"
        who, state = access.actor(), load.state()

        def made() -> bytes:
            state.log(who, "unduh", f"{stem}.json")
            return told.to_json().encode()

        st.download_button(
            t("Unduh skenario ini"),
            data=made,
            file_name=f"{stem}.json",
            mime="application/json",
            key="unduh-skenario",
            on_click="ignore",
            icon=":material/download:",
            help=t("Semua tuas dan alasannya; perintah scenario run membaca berkas yang sama."),
        )
        if access.role() in EDITORS:
            _bring_back()


def _bring_back() -> None:
    import_file.say_uploader_in_our_words(_TYPES)
    file = st.file_uploader(
        t("Berkas skenario: dari halaman ini, dari perintah, atau salinan skenario bawaan"),
        type=list(_TYPES),
        key=f"{_FILE}-{st.session_state.get(_TURN, 0)}",
    )
    if file is None:
        return
    try:
        found = from_json(file.getvalue(), language())
    except ScenarioError as error:
        st.error(plain(f"{file.name}: {refusal(error)}"))
        return
    layout.note(
        tn("{name}: {n} tuas digeser, {years} tahun.", len(found.values), name=found.name,
           years=found.years)
    )  # fmt: skip
    own = st.session_state
    if own.get(_FOR) != file.file_id or _NAME not in own:
        own[_FOR], own[_NAME] = file.file_id, found.name
    st.text_input(t("Nama"), own[_NAME], key=_NAME, max_chars=80)
    st.button(
        t("Simpan sebagai konsep"),
        type="primary",
        key="simpan-berkas",
        on_click=_keep,
        args=(found,),
    )


def _keep(found: Scenario) -> None:
    own = st.session_state
    try:
        told = found.renamed(own[_NAME])
        kept = scenario_desk.saved(load.state(), told, access.actor())
    except (ScenarioError, StateError) as error:
        scenario_held.say(refusal(error), is_good=False)
        return
    scenario_held.settle(kept.saved, kept.scenario)
    own[_TURN] = own.get(_TURN, 0) + 1
    scenario_held.say(
        t("Tersimpan: {name}, revisi {n}.", name=kept.saved.name, n=kept.saved.revision)
    )
