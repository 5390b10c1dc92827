"""Widgets that show the desk: what each is given, and whether what it says is somebody's act.

The browser sends all widgets with every click, as it has them. A click that comes before the last
drawing has reached it says of widgets what they held before, which nobody chose. So each drawing
writes its number into a field that nobody sees; it comes back with the next click, and tells which
drawing the browser had when it was clicked.
"""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

_GIVEN, _DRAWING, SEEN = "_skenario_diberi", "_skenario_gambar", "skenario-terlihat"
_NOTHING = object()


@dataclass(frozen=True)
class _Given:
    """What a widget was given last; ``past``: what it held before, by drawing that replaced it."""

    value: object = _NOTHING
    past: tuple[tuple[int, object], ...] = ()


def begin() -> None:
    """A drawing of the page begins."""
    own = st.session_state
    # Nothing was shown yet to this visit of the page.
    if SEEN not in own:
        own[_GIVEN] = {}
    own[_DRAWING] = own.get(_DRAWING, 0) + 1


def show(key: str, given: object) -> None:
    """Give a widget its value where it holds another: a step made since is not undone.

    The same value is given again with each drawing until the browser has seen one: of two that
    come close together it takes the last only, and would keep what it had before both. A widget
    is drawn with it as its first value too: one that is new to the browser by then would show
    what such widgets begin with, and say that with the next click as if somebody had chosen it.
    """
    own = st.session_state
    drawing, seen, known = own.get(_DRAWING, 0), _seen(), own.setdefault(_GIVEN, {})
    last = known.get(key, _Given())
    past = tuple(one for one in last.past if one[0] > seen)
    is_replaced = key not in own or own[key] != given
    if is_replaced or (past and last.value != given):
        past += ((drawing, own.get(key, _NOTHING)), (drawing, last.value))
    if past:
        own[key] = given
    known[key] = _Given(given, past)


def end() -> None:
    """All widgets that show the desk are drawn: the number of the drawing goes behind them."""
    own = st.session_state
    own[SEEN] = str(own.get(_DRAWING, 0))
    st.text_input(SEEN, own[SEEN], key=SEEN, label_visibility="collapsed")


def is_echo(key: str) -> bool:
    """Whether a widget says again what it held before a drawing the browser had not yet seen."""
    own, seen = st.session_state, _seen()
    past = own.get(_GIVEN, {}).get(key, _Given()).past
    return any(drawing > seen and own.get(key) == before for drawing, before in past)


def _seen() -> int:
    """The last drawing the browser had when it was clicked; 0 where it had none."""
    told = str(st.session_state.get(SEEN, ""))
    return int(told) if told.isascii() and told.isdecimal() else 0
