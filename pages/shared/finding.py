"""Where the finding of a page stands, and what stands there until it is known."""

from __future__ import annotations

from html import escape
from typing import Any

import streamlit as st

from pages.shared import words
from pages.shared.words import t

_VISIT, _FOUND_IN = "_visit", "_finding_in"


class Finding:
    """The place of a page's header: ``with finding: layout.header(...)``.

    The first time in a visit the question stands there at once, while its answer is computed, which
    may take seconds on a server that just started. Later the last finding is left standing instead.
    """

    def __init__(self, question: str) -> None:
        self._visit = st.session_state.get(_VISIT, 0)
        self._is_first = st.session_state.get(_FOUND_IN) != self._visit
        # An empty place is cleared at once: only where no finding would go.
        self._place = st.empty() if self._is_first else st.container()
        if self._is_first:
            told = t(
                "Pertama kali sesudah data dimuat angka-angkanya dihitung dahulu; sesudah itu"
                " halaman ini langsung tampil."
            )
            self._place.html(
                f'<header class="es-opening"><p class="es-question">{words.html(question)}</p>'
                f'<p class="es-note">{escape(told)}</p></header>'
            )

    def __enter__(self) -> None:
        if self._is_first:
            self._place, self._is_first = self._place.container(), False
            st.session_state[_FOUND_IN] = self._visit
        self._place.__enter__()

    def __exit__(self, *raised: Any) -> None:  # noqa: ANN401 (as context managers take them)
        self._place.__exit__(*raised)
