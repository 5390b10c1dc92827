"""The scenario a visitor works on: opened, moved, undone; compared with up to three others.

Held by the session and written into the link, so that the link reopens the same view.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import streamlit as st

from analytics.scenario import Scenario, ScenarioError
from analytics.scenario_compare import MOST_COMPARED
from analytics.scenario_levers import Value
from analytics.state_scenarios import Saved
from pages.shared import load
from pages.shared.scenario_link import FIRST, Opened, opened, without_old_reason, written
from pages.shared.words import language, refusal, t

LINK, WITH = "s", "with"
_KEPT, _SAID, _READ = "_skenario", "_skenario_pesan", "_skenario_dibaca"
_MOVED, _SPOKEN = "_skenario_dipindah", "_skenario_bahasa"
_MOST_UNDONE = 50


@dataclass(frozen=True)
class Held:
    """What lies on the visitor's desk.

    ``ref``, ``base``: what was opened; ``now``: with the levers moved since; ``past``: to undo;
    ``others``: compared with it, as the link writes them; ``ignored``, ``refused``: levers of the
    link nobody knows, and what is said of values that cannot be, in Indonesian and English.
    """

    ref: str
    base: Scenario
    now: Scenario
    past: tuple[Scenario, ...] = ()
    others: tuple[str, ...] = ()
    ignored: tuple[str, ...] = field(default=())
    refused: tuple[tuple[str, str], ...] = ()

    @property
    def is_moved(self) -> bool:
        """Whether a lever, its reason or the horizon differs from what was opened."""
        now = replace(self.now, name=self.base.name)
        return now != self.base

    @property
    def scenario_id(self) -> int | None:
        """The number of the saved scenario; None for a preset."""
        number, dot, _ = self.ref.partition(".")
        return int(number) if dot and number.isdecimal() else None

    @property
    def revision(self) -> int:
        """The revision that was opened; 0 for a preset."""
        return int(self.ref.partition(".")[2]) if self.scenario_id is not None else 0


def held() -> Held:
    """What lies on the desk; read from the link once per visit of the page."""
    visit = st.session_state.get("_visit", 0)
    own = st.session_state.get(_KEPT)
    linked = st.query_params.get(LINK)
    is_same = own is not None and (
        linked is None or st.session_state.get(_READ) == visit or linked == written_of(own)
    )
    if own is not None and is_same:
        st.session_state[_READ] = visit
        return own
    st.session_state[_READ] = visit
    found = (opened(linked) if linked else None) or _first()
    if linked and found.ref == FIRST and not linked.startswith(FIRST):
        say(t("Skenario pada tautan ini sudah tidak ada."), is_good=False)
    others = _there(st.query_params.get_all(WITH))
    own = st.session_state[_KEPT] = _begun(found, others[: MOST_COMPARED - 1])
    return own


def follow_address() -> None:
    """Open what the address says after the visitor went back or forward in the browser.

    Called in whole reruns only: what a visitor moves on the page reruns the page alone, and the
    address follows. A whole rerun with another address than the last one written is a step in the
    browser, unless something was moved since or the language was changed.
    """
    own, spoken = st.session_state.get(_KEPT), st.session_state.get(_SPOKEN)
    st.session_state[_SPOKEN] = language()
    is_moved = st.session_state.pop(_MOVED, False)
    if own is None or spoken != language() or is_moved:
        return
    if st.session_state.get(_READ) != st.session_state.get("_visit", 0):
        return
    linked = st.query_params.get(LINK) or FIRST
    others = tuple(st.query_params.get_all(WITH))
    if linked == written_of(own) and others == own.others:
        return
    del st.session_state[_READ]
    if linked == FIRST:
        st.session_state[_KEPT] = _begun(_first(), _there(others))


def _first() -> Opened:
    found = opened(FIRST)
    if found is None:
        raise LookupError(f"no preset {FIRST}")
    return found


def _there(others: Sequence[str]) -> tuple[str, ...]:
    """What lies beside, as the desk writes it: a scenario without a revision is its last."""
    found = (opened(one) for one in others)
    return tuple(dict.fromkeys(written(one.ref, one.base, one.now) for one in found if one))


def _begun(found: Opened, others: tuple[str, ...]) -> Held:
    return Held(found.ref, found.base, found.now, (), others, found.ignored, found.refused)


def _put(own: Held) -> None:
    """Lay down what the visitor did.

    What is read from the address does not go this way: a second step back may come before the
    page of the first is whole, and nothing was moved in between.
    """
    st.session_state[_KEPT], st.session_state[_MOVED] = own, True


def keep_in_link(own: Held) -> None:
    """Write the desk into the address."""
    st.session_state.pop(_MOVED, None)
    text = written_of(own)
    wanted = {LINK: [] if text == FIRST else [text], WITH: list(own.others)}
    for name, values in wanted.items():
        if st.query_params.get_all(name) != values:
            if values:
                st.query_params[name] = values if len(values) > 1 else values[0]
            else:
                st.query_params.pop(name, None)


def compared_with(own: Held) -> tuple[str, ...]:
    """What lies beside the desk, without what is on it."""
    return tuple(other for other in own.others if other != written_of(own))


def written_of(own: Held) -> str:
    """The desk's own scenario as the link writes it."""
    return written(own.ref, own.base, own.now)


# --- callbacks ---


def open_ref(ref: str) -> None:
    """Open a preset or a saved scenario; what it was compared with stays beside it.

    One that lay beside the desk changes places with what was on it.
    """
    found, own = opened(ref), held()
    if found is None:
        say(t("Skenario ini sudah tidak ada."), is_good=False)
        return
    beside = [written_of(own) if other == found.ref else other for other in own.others]
    _put(_begun(found, tuple(dict.fromkeys(beside))))


def move(key: str, value: Value) -> None:
    """Move one lever; None puts it back to its default."""
    own = held()
    try:
        now = own.now.moved(key, value)
    except ScenarioError as error:
        say(refusal(error), is_good=False)
        return
    _step(own, without_old_reason(own.base, now, key))


def move_years(years: int) -> None:
    """Look so many years ahead."""
    own = held()
    _step(own, replace(own.now, years=years))


def explain(key: str, why: str) -> None:
    """Write why a lever was moved."""
    own = held()
    _step(own, own.now.moved(key, own.now[key], why))


def undo() -> None:
    """Take the last step back."""
    own = held()
    if own.past:
        _put(replace(own, now=own.past[-1], past=own.past[:-1]))


def reset() -> None:
    """Put every lever back to what was opened."""
    own = held()
    _step(own, own.base)


def _step(own: Held, now: Scenario) -> None:
    if now == own.now:
        return
    _put(replace(own, now=now, past=(*own.past, own.now)[-_MOST_UNDONE:]))


def compare_with(refs: Sequence[str]) -> None:
    """Lay others beside it, as the link writes them."""
    _put(replace(held(), others=tuple(dict.fromkeys(refs))[: MOST_COMPARED - 1]))


def settle(saved: Saved, now: Scenario) -> None:
    """The desk holds what was just saved."""
    ref = f"{saved.scenario_id}.{saved.revision}"
    _put(replace(held(), ref=ref, base=now, now=now))


def let_go() -> None:
    """What was just removed lies no longer on the desk, nor beside it."""
    others = tuple(one for one in _there(held().others) if one != FIRST)
    _put(_begun(_first(), others))


def saved_of(own: Held) -> Saved | None:
    """The saved scenario on the desk at its last revision; None for a preset."""
    if own.scenario_id is None:
        return None
    return load.state().saved_scenario(own.scenario_id)


def distinct(several: Sequence[Scenario]) -> tuple[Scenario, ...]:
    """The same scenarios, no two of one name."""
    seen: dict[str, int] = {}
    out = []
    for one in several:
        seen[one.name] = seen.get(one.name, 0) + 1
        name = one.name if seen[one.name] == 1 else f"{one.name[:74]} ({seen[one.name]})"
        out.append(one.renamed(name))
    return tuple(out)


# --- what was done, said once ---


def say(told: str, *, is_good: bool = True) -> None:
    """Tell the visitor at the next drawing."""
    st.session_state[_SAID] = (told, is_good)


def said() -> tuple[str, bool] | None:
    """What is to be told, once."""
    return st.session_state.pop(_SAID, None)
