"""One school pointed at: by a click on a map, a row of a table, its name, or the link."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd
import streamlit as st

from pages.shared import address, maps
from pages.shared.words import t


@dataclass(frozen=True)
class SchoolChoice:
    """How a page keeps the school it points at.

    ``link`` is its name in the link, ``find`` the key of the field with the schools' names.
    """

    link: str
    find: str

    def held(self, npsn: pd.Series) -> str:
        """The school pointed at; empty for none, or one that is not among these.

        The link is read when ``inputs`` reads it. Later what was pointed at last is right: a plan
        found meanwhile is asked for with the address of before the click.
        """
        reading = address.reading()
        told = st.session_state.get(self._memory)
        if told is None or told[0] != reading:
            told = st.session_state[self._memory] = reading, str(st.query_params.get(self.link, ""))
        self._write(told[1])
        return told[1] if told[1] and (npsn == told[1]).any() else ""

    def point_at(self, npsn: str) -> None:
        """Point at one school (a callback)."""
        st.session_state[self._memory] = address.reading(), npsn
        self._write(npsn)

    def leave(self) -> None:
        """Point at no school (a callback)."""
        self.point_at("")

    @property
    def _memory(self) -> str:
        return f"_{self.link}"

    def _write(self, npsn: str) -> None:
        address.write({self.link: [npsn] if npsn else []})

    def on_map(self, key: str) -> Callable[[], None]:
        """What a click on the map of that key calls."""

        def clicked() -> None:
            if npsn := maps.clicked(st.session_state.get(key)):
                self.point_at(npsn)

        return clicked

    def on_row(self, key: str, npsn: Sequence[str]) -> Callable[[], None]:
        """What a click on a row of the table of that key calls; ``npsn`` by row."""

        def clicked() -> None:
            rows = (st.session_state.get(key) or {}).get("selection", {}).get("rows", [])
            if rows and rows[0] < len(npsn):
                self.point_at(npsn[rows[0]])

        return clicked

    def field(self, label: str, names: Mapping[str, str]) -> None:
        """The field with every school's name; it empties itself when one was chosen."""
        st.selectbox(
            label,
            sorted(names, key=names.__getitem__),
            index=None,
            format_func=lambda one: f"{names.get(one, one)} ({one})",
            key=self.find,
            on_change=self._found,
            placeholder=t("Ketik nama sekolah"),
        )

    def _found(self) -> None:
        if npsn := st.session_state.get(self.find):
            st.session_state[self.find] = None
            self.point_at(str(npsn))
