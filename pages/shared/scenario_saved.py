"""What is done with a scenario: opened, saved, copied, submitted, approved, locked, computed again.

Who may do what stands in ``state_standings``; what is refused is said in words and changes nothing.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from analytics import scenario_desk
from analytics.scenario import Scenario, ScenarioError
from analytics.scenario_desk import Opened
from analytics.scenario_run import Result
from analytics.state_connection import StateError
from analytics.state_scenarios import Saved
from analytics.state_standings import (
    APPROVED,
    DRAFT,
    EDITORS,
    LOCKED,
    MOVES,
    SUBMITTED,
    may_move,
)
from pages.shared import (
    access,
    layout,
    load,
    load_scenarios,
    scenario_file,
    scenario_held,
    scenario_shown,
)
from pages.shared.import_text import plain
from pages.shared.load_scenarios import Key
from pages.shared.scenario_held import Held
from pages.shared.scenario_link import preset_names, preset_notes
from pages.shared.words import refusal, t, tn

_NAME, _COMMENT = "skenario-nama", "skenario-catatan"
_LAST = "_skenario_terakhir"
# A second press so soon is the second half of a double click.
_AGAIN_SECONDS = 3.0


def standing_names() -> dict[str, str]:
    """The standings of a saved scenario."""
    return {
        DRAFT: t("konsep"),
        SUBMITTED: t("diajukan"),
        APPROVED: t("disetujui"),
        LOCKED: t("dikunci"),
    }


def choose(held: Held) -> None:
    """Presets as large choices, then the saved scenarios."""
    names, notes = preset_names(), preset_notes()
    chosen = held.ref if held.ref in names else None
    scenario_shown.show("mulai", chosen)
    with st.container(key="pilih-skenario"):
        st.pills(
            t("Mulai dari"),
            options=list(names),
            default=chosen,
            format_func=lambda one: names[one],
            key="mulai",
            # A double click chooses, and does not take the choice away again.
            required=True,
            on_change=_preset_chosen,
            label_visibility="collapsed",
        )
    saved = load.state().saved_scenarios()
    told = notes.get(held.ref, held.base.note)
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        if told:
            layout.note(told, width="content" if saved else "stretch")
        if saved:
            _saved_ones(held, saved)


def _saved_ones(held: Held, saved: list[Saved]) -> None:
    words = standing_names()
    names = {f"{one.scenario_id}": f"{one.name} · {words[one.standing]}" for one in saved}
    own = str(held.scenario_id) if held.scenario_id is not None else None
    scenario_shown.show("tersimpan", own)
    st.selectbox(
        t("Skenario tersimpan"),
        options=list(names),
        format_func=lambda one: names.get(one, one),
        key="tersimpan",
        index=list(names).index(own) if own in names else None,
        placeholder=t("Buka skenario tersimpan ({n})", n=len(saved)),
        on_change=_saved_chosen,
        label_visibility="collapsed",
        width=420,
    )


def _preset_chosen() -> None:
    # A second click on the chosen one takes the mark away; it stays what it is.
    if not scenario_shown.is_echo("mulai"):
        scenario_held.open_ref(st.session_state["mulai"] or scenario_held.held().ref)


def _saved_chosen() -> None:
    chosen = st.session_state["tersimpan"]
    if chosen and not scenario_shown.is_echo("tersimpan"):
        scenario_held.open_ref(chosen)


def bar(held: Held, told: Scenario, result: Result | None) -> None:
    """What can be done now, and where the scenario stands."""
    saved = scenario_held.saved_of(held)
    if saved is not None:
        _standing(held, saved)
    elif held.scenario_id is not None:
        layout.caution(t("Skenario ini sudah tidak ada."))
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="aksi"):
        st.button(
            t("Urungkan"),
            icon=":material/undo:",
            on_click=scenario_held.undo,
            disabled=not held.past,
            key="urungkan",
        )
        st.button(
            t("Semula"),
            icon=":material/restart_alt:",
            on_click=scenario_held.reset,
            disabled=not held.is_moved,
            key="semula",
            help=t("Semua tuas kembali seperti ketika dibuka"),
        )
        if access.role() in EDITORS:
            _save(held, saved, told)
        scenario_file.draw(told)
        if saved is not None:
            _moves(held, saved, result)
            _removal(held, saved)
    if message := scenario_held.said():
        (st.success if message[1] else st.error)(plain(message[0]))


def _standing(held: Held, saved: Saved) -> None:
    words = standing_names()
    parts = [
        t("Status: {standing}", standing=words[saved.standing]),
        t(
            "oleh {who}, {when}",
            who=saved.standing_by or t("tidak diketahui"),
            when=f"{saved.standing_at:%d-%m-%Y %H:%M} UTC",
        ),
        t("revisi {n}", n=held.revision),
    ]
    layout.note(" · ".join(parts))
    if held.revision != saved.revision:
        layout.caution(
            t(
                "Yang Anda lihat revisi {own}; {who} sudah menyimpan revisi {last}."
                " Buka lagi untuk melihat yang terbaru.",
                own=held.revision,
                who=saved.saved_by or t("orang lain"),
                last=saved.revision,
            )
        )
        st.button(
            t("Buka yang terbaru"),
            key="terbaru",
            on_click=scenario_held.open_ref,
            args=(str(saved.scenario_id),),
        )


def _save(held: Held, saved: Saved | None, told: Scenario) -> None:
    """Save as a revision where it may be edited; save under a name of its own."""
    if saved is not None and saved.standing == DRAFT:
        st.button(
            t("Simpan"),
            icon=":material/save:",
            type="primary",
            on_click=_done,
            args=("simpan", lambda: _keep(held.now.renamed(saved.name), held.revision)),
            disabled=not held.is_moved,
            key="simpan",
        )
    label = t("Simpan sebagai") if saved is None else t("Salin")
    icon = ":material/save:" if saved is None else ":material/content_copy:"
    with st.popover(label, icon=icon, key="simpan-sebagai"):
        proposed = told.name if saved is None else t("Salinan {name}", name=saved.name[:60])
        if saved is None and not held.is_moved:
            proposed = held.base.name
        mark = f"{held.ref}|{proposed}"
        own = st.session_state
        if own.get("_nama-untuk") != mark or _NAME not in own:
            own["_nama-untuk"], own[_NAME] = mark, proposed
            # What it is for was said of the one before.
            own[_COMMENT] = ""
        st.text_input(t("Nama"), own[_NAME], key=_NAME, max_chars=80)
        st.text_input(t("Untuk apa skenario ini?"), own[_COMMENT], key=_COMMENT, max_chars=300)
        st.button(
            t("Simpan"),
            type="primary",
            on_click=_done,
            args=("simpan-baru", _copy),
            key="simpan-baru",
        )


def _copy() -> str:
    now = scenario_held.held().now
    name, note = st.session_state[_NAME], st.session_state[_COMMENT]
    told = _keep(now.renamed(name, note or now.note), 0)
    st.session_state[_COMMENT] = ""
    return told


def _keep(now: Scenario, revision: int) -> str:
    found = scenario_desk.saved(load.state(), now, access.actor(), revision)
    scenario_held.settle(found.saved, found.scenario)
    return t("Tersimpan: {name}, revisi {n}.", name=found.saved.name, n=found.saved.revision)


def _moves(held: Held, saved: Saved, result: Result | None) -> None:
    """The buttons of the moves this role may make from here."""
    role = access.role() or ""
    labels = {
        SUBMITTED: (t("Ajukan"), ":material/send:"),
        APPROVED: (t("Setujui"), ":material/check:"),
        LOCKED: (t("Kunci"), ":material/lock:"),
        DRAFT: (t("Kembalikan ke konsep"), ":material/reply:"),
    }
    for to, (label, icon) in labels.items():
        if (saved.standing, to) not in MOVES or not may_move(saved.standing, to, role):
            continue
        st.button(
            label,
            icon=icon,
            key=f"pindah-{to}",
            on_click=_done,
            args=(to, lambda to=to: _move(held, saved, to, result)),
            disabled=held.is_moved or held.revision != saved.revision,
            help=t("Simpan dahulu perubahan Anda.") if held.is_moved else None,
        )


def _move(held: Held, saved: Saved, to: str, result: Result | None) -> str:
    own = Opened(saved, held.base)
    decisions, who, role = load.state(), access.actor(), access.role() or ""
    if to == SUBMITTED:
        scenario_desk.submitted(decisions, own, who, role)
    elif to == APPROVED:
        if result is None:
            raise ScenarioError(
                "Hasilnya belum ada; hitung dahulu.", "There is no result yet; compute it first."
            )
        scenario_desk.approved(decisions, own, result, who, role)
    elif to == LOCKED:
        scenario_desk.locked(decisions, own, who, role)
    else:
        scenario_desk.sent_back(decisions, own, who, role)
    return t("{name} sekarang {standing}.", name=saved.name, standing=standing_names()[to])


def _removal(held: Held, saved: Saved) -> None:
    """Remove a draft that was never submitted; asked once more, for nothing brings it back."""
    if access.role() not in EDITORS or saved.standing != DRAFT:
        return
    if not load.state().scenario_moves(saved.scenario_id).empty:
        return
    with st.popover(t("Hapus"), icon=":material/delete:", key="hapus-konsep"):
        st.markdown(
            tn(
                "Konsep {name} dan {n} revisinya hilang untuk semua orang.",
                saved.revision,
                name=plain(saved.name),
            )
        )
        st.button(
            t("Ya, hapus"),
            type="primary",
            key="hapus-skenario",
            on_click=_done,
            args=("hapus", lambda: _remove(held, saved)),
        )


def _remove(held: Held, saved: Saved) -> str:
    load.state().remove_scenario(saved.scenario_id, access.actor(), held.revision)
    scenario_held.let_go()
    return t("Dihapus: {name}.", name=saved.name)


def _done(what: str, act: Callable[[], str]) -> None:
    """Do it, and tell what came of it; the second half of a double click does nothing more."""
    held, at = scenario_held.held(), time.monotonic()
    last = st.session_state.get(_LAST)
    if last is not None and last.is_same(what, held, at):
        scenario_held.say(last.told)
        return
    try:
        told = act()
    except (ScenarioError, StateError) as error:
        scenario_held.say(refusal(error), is_good=False)
        return
    scenario_held.say(told)
    st.session_state[_LAST] = _Done(what, scenario_held.held(), time.monotonic(), told)


@dataclass(frozen=True)
class _Done:
    """What was done last, what then lay on the desk, when, and what was told of it."""

    what: str
    held: Held
    at: float
    told: str

    def is_same(self, what: str, held: Held, at: float) -> bool:
        """Whether the same button was pressed again at once, with nothing moved in between."""
        return self.what == what and self.held == held and at - self.at < _AGAIN_SECONDS


def history(held: Held, key: Key) -> None:
    """Revisions, moves, and whether the kept result comes out the same again."""
    saved = scenario_held.saved_of(held)
    if saved is None:
        layout.note(t("Skenario bawaan. Simpan dengan nama sendiri untuk mengajukannya."))
        return
    state, names = load.state(), standing_names()
    moves = state.scenario_moves(saved.scenario_id)
    moved = moves.assign(
        standing_from=moves["standing_from"].map(names),
        standing_to=moves["standing_to"].map(names),
        role=[access.role_labels().get(one, one).partition(":")[0] for one in moves["role"]],
        moved_at=moves["moved_at"].dt.strftime("%d-%m-%Y %H:%M UTC"),
    )
    revisions = state.scenario_revisions(saved.scenario_id)
    kept = revisions.assign(saved_at=revisions["saved_at"].dt.strftime("%d-%m-%Y %H:%M UTC"))
    st.markdown(f"#### {t('Revisi')}")
    layout.table(
        kept,
        [
            layout.Column("revision", t("Revisi"), "number"),
            layout.Column("saved_at", t("Disimpan")),
            layout.Column("saved_by", t("Oleh")),
        ],
        "revisi-skenario",
    )
    st.markdown(f"#### {t('Perjalanan status')}")
    if moved.empty:
        layout.note(t("Belum pernah diajukan."))
    else:
        layout.table(
            moved,
            [
                layout.Column("revision", t("Revisi"), "number"),
                layout.Column("standing_from", t("Dari")),
                layout.Column("standing_to", t("Menjadi")),
                layout.Column("moved_at", t("Pada")),
                layout.Column("moved_by", t("Oleh")),
                layout.Column("role", t("Peran")),
            ],
            "status-skenario",
        )
    _replay(saved, held, key)


def _replay(saved: Saved, held: Held, key: Key) -> None:
    """Compute the approved result again, and say whether everything is the same."""
    results = load.state().scenario_results(saved.scenario_id)
    if results.empty:
        layout.note(t("Hasil disimpan ketika disetujui; sesudah itu dapat dihitung ulang di sini."))
        return
    last = results.iloc[-1]
    st.markdown(f"#### {t('Hitung ulang hasil yang disetujui')}")
    layout.note(
        t(
            "Hasil revisi {n} disimpan {when} oleh {who}; sidik {digest}.",
            n=int(last["revision"]),
            when=f"{last['kept_at']:%d-%m-%Y %H:%M} UTC",
            who=last["kept_by"],
            digest=str(last["output_sha256"])[:12],
        )
    )
    if not st.button(t("Hitung ulang"), icon=":material/replay:", key="hitung-ulang"):
        return
    opened, stages = Opened(saved, held.base), load_scenarios.stages(key)
    state = load.state()
    try:
        load_scenarios.replayed(
            key,
            saved.scenario_id,
            len(results),
            lambda: scenario_desk.replayed(state, opened, stages),
        )
    except ScenarioError as error:
        st.error(plain(refusal(error)))
        return
    st.success(t("Sama sampai byte terakhir: edisi, aturan, dan program tidak berubah."))
