"""Widgets whose values live in the link, so that a link reopens the same view.

Streamlit's own ``bind="query-params"`` writes the *label* of an option to the address; a link made
in Indonesian would then mean nothing in English, and renaming a label would break every link that
was ever sent. These widgets write the option's id, drop defaults, ignore nonsense, and keep the
value across pages and after a restart of the server.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, TypeVar

import streamlit as st

from analytics.rules import LawChoice
from pages.shared import address
from pages.shared.words import t

Value = TypeVar("Value", str, int, bool, tuple[str, ...])

COUNTED = ("pns", "asn", "all")
PROPOSALS = ("none", "korpri_2025", "plus_1", "plus_2")


def _held(
    name: str, default: Value, valid: Callable[[list[str]], Value | None], *, drawn: bool = True
) -> Value:
    """The value to show: the widget's own, else the link's, else the last one held, else default.

    The link is read once per visit of a page, and again when the visitor goes back or forward in
    the browser. Later the widget is right and the address follows: a second click may arrive with
    the address of before the first.
    """
    reading = address.reading()
    seen = st.session_state.setdefault("_link_read", {})
    if seen.get(name) == reading and name in st.session_state:
        return st.session_state[name]
    if drawn:
        seen[name] = reading
    written = st.query_params.get_all(name)
    value = valid(written) if written else address.held().get(name, default)
    return default if value is None else value


def _kept(name: str, value: Value, default: Value) -> Value:
    """``value``, written to the address where it is not the default."""
    address.keep(name, value)
    if value == default:
        wanted: list[str] = []
    elif isinstance(value, tuple | list):
        wanted = [str(item) for item in value]
    else:
        wanted = [("1" if value else "0") if isinstance(value, bool) else str(value)]
    address.write({name: wanted})
    return value


def _shown(name: str, value: object) -> None:
    """Give a widget its value, only where that is another than it has.

    Writing the same value again would send it to the browser, over a step made since: a slider
    held down would lose some. Every widget is given it as its first value too: where a page is
    drawn twice before the browser comes to it, as before a popover is opened, only that one
    arrives, and what a widget shows is what it answers from then on. What is read from
    the address is always told: the widget of the page before held the same value under this name,
    and what an interrupted drawing told may never have been seen.
    """
    told, reading = st.session_state.setdefault("_told", {}), address.reading()
    is_first = told.get(name) != reading
    told[name] = reading
    if is_first or name not in st.session_state or st.session_state[name] != value:
        st.session_state[name] = value


def linked(name: str, options: Sequence[str], default: str) -> str:
    """The value a link (or an earlier page) holds for ``name``, without drawing a widget."""
    held = _held(
        name, default, lambda values: values[0] if values[0] in options else None, drawn=False
    )
    return str(_kept(name, held, default))


def linked_year(name: str, default: int, lowest: int, highest: int) -> int:
    """As ``linked``, a year."""
    return int(
        _kept(name, _held(name, default, _whole_within(lowest, highest), drawn=False), default)
    )


def _whole_within(lowest: int, highest: int) -> Callable[[list[str]], int | None]:
    def valid(values: list[str]) -> int | None:
        text = values[0]
        is_number = text.lstrip("-").isdecimal() and len(text) < 10
        return int(text) if is_number and lowest <= int(text) <= highest else None

    return valid


def choice(  # noqa: PLR0913 (a widget's own arguments)
    name: str,
    label: str,
    options: Mapping[str, str],
    default: str,
    *,
    widget: str = "segmented",
    help: str | None = None,
) -> str:
    """One of ``options`` (id -> label in the visitor's language).

    ``widget`` is ``segmented``, ``select`` or ``radio``. ``name`` is the key of the widget and the
    word in the link.
    """
    held = _held(name, default, lambda values: values[0] if values[0] in options else None)
    given = held if held in options else default
    _shown(name, given)
    at = list(options).index(given) if given in options else None
    shown: dict[str, Any] = {
        "options": list(options),
        "format_func": lambda option: options.get(option, option),
        "key": name,
        "help": help,
    }
    if widget == "select":
        value = st.selectbox(label, placeholder=t("Pilih"), index=at, **shown)
    elif widget == "radio":
        value = st.radio(label, horizontal=True, index=at, **shown)
    else:
        first = None if at is None else given
        value = st.segmented_control(label, required=True, default=first, **shown)
    return _kept(name, value or default, default)


def choices(
    name: str,
    label: str,
    options: Mapping[str, str],
    *,
    help: str | None = None,
    placeholder: str | None = None,
) -> tuple[str, ...]:
    """Any of ``options``; none is the default, and means all unless ``placeholder`` says else."""
    held = _held(name, (), lambda values: tuple(v for v in values if v in options))
    given = [value for value in held if value in options]
    _shown(name, given)
    value = st.multiselect(
        label,
        options=list(options),
        default=given,
        format_func=lambda option: options.get(option, option),
        key=name,
        placeholder=placeholder or t("Semua"),
        help=help,
    )
    return tuple(_kept(name, tuple(value), ()))


def switch(name: str, label: str, default: bool = False, *, help: str | None = None) -> bool:
    """A toggle; ``1`` or ``0`` in the link."""
    held = _held(name, default, lambda values: {"1": True, "0": False}.get(values[0]))
    _shown(name, bool(held))
    return bool(_kept(name, st.toggle(label, bool(held), key=name, help=help), default))


def whole(name: str, label: str, default: int, lowest: int, highest: int) -> int:
    """A whole number between two bounds, by slider."""
    held = _held(name, default, _whole_within(lowest, highest))
    given = min(max(int(held), lowest), highest)
    _shown(name, given)
    return int(_kept(name, st.slider(label, lowest, highest, given, key=name), default))


def amount(  # noqa: PLR0913 (a widget's own arguments)
    name: str,
    label: str,
    default: int,
    lowest: int,
    highest: int,
    *,
    step: int = 1,
    help: str | None = None,
) -> int:
    """A whole number between two bounds, typed."""
    held = _held(name, default, _whole_within(lowest, highest))
    given = min(max(int(held), lowest), highest)
    _shown(name, given)
    typed = st.number_input(label, lowest, highest, given, step=step, key=name, help=help)
    return int(_kept(name, typed, default))


def listed(name: str) -> tuple[str, ...]:
    """Every value a link (or an earlier page) holds for ``name``, without drawing a widget."""
    return tuple(_kept(name, tuple(_held(name, (), tuple, drawn=False)), ()))


def put(name: str, values: tuple[str, ...]) -> None:
    """Let ``listed`` answer these from now on (in a callback)."""
    address.keep(name, values)
    address.write({name: values})


def counted() -> str:
    """Who is counted, as ``leaving.counted`` names it: ``pns``, ``asn`` or ``all``."""
    labels = {"pns": t("PNS"), "asn": t("ASN (PNS + P3K)"), "all": t("Semua")}
    return choice(
        "hitung",
        t("Yang dihitung"),
        labels,
        "asn",
        help=t("PNS saja; PNS dan P3K; atau semuanya, termasuk P3K paruh waktu."),
    )


def who(counted: str) -> str:
    """What those counted are called in a sentence."""
    return {"pns": t("PNS"), "asn": t("ASN"), "all": t("pegawai")}[counted]


def proposal() -> str:
    """The proposed change of the retirement age in the link; ``none`` is the law as it stands."""
    return linked("usul", PROPOSALS, "none")


def proposal_labels() -> dict[str, str]:
    """What each proposal is called on screen."""
    return {
        "none": t("Hukum yang berlaku"),
        "korpri_2025": t("Usulan Korpri 2025"),
        "plus_1": t("BUP naik 1 tahun"),
        "plus_2": t("BUP naik 2 tahun"),
    }


def proposal_switch() -> str:
    """The what-if on the retirement age; it lives in the link and changes nobody else's screen."""
    return choice("usul", t("Andai BUP berubah"), proposal_labels(), "none", widget="select")


def with_proposal(choice_in_force: LawChoice, proposed: str, starts: date | None) -> LawChoice:
    """The readings in force with the proposal of the link on top."""
    return LawChoice(
        readings=choice_in_force.readings,
        proposal=proposed,
        proposal_from=starts if proposed != "none" else None,
        local_ages=choice_in_force.local_ages,
    )
