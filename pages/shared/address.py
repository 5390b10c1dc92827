"""The address of the page: read anew on each visit and each step in the browser, written as one.

What a visitor moves is written to the address, so that the link reopens the same view; going back
or forward in the browser then gives another address, and the page has to follow it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

# What a page writes into its address before the visitor has touched anything there belongs to the
# step that led to the page: two steps back would be needed otherwise, and the first would show
# something that was never on screen.
ONE_STEP_A_PAGE = """<script>
(() => {
  if (window.estafetOneStepAPage) return;
  window.estafetOneStepAPage = true;
  let touched = false;
  for (const kind of ["pointerdown", "keydown"])
    window.addEventListener(kind, () => { touched = true; }, true);
  const push = history.pushState;
  history.pushState = function (state, title, to) {
    const isSame = new URL(to ?? location.href, location.href).pathname === location.pathname;
    if (isSame && !touched) return history.replaceState(state, title, to);
    if (!isSame) touched = false;
    return push.call(history, state, title, to);
  };
})();
</script>"""


def visit(page: str) -> None:
    """Note which page is shown, and whether the browser came to it by going back or forward.

    ``app.py`` calls this in each whole rerun, before the page is drawn.
    """
    if st.session_state.get("_page") != page:
        st.session_state["_page"] = page
        st.session_state["_visit"] = st.session_state.get("_visit", 0) + 1
    if has_stepped():
        st.session_state["_step"] = st.session_state.get("_step", 0) + 1
        for name in _names(page):
            if name not in st.query_params:
                held().pop(name, None)


def has_stepped() -> bool:
    """Whether this run was asked for by the browser's back or forward button."""
    context = get_script_run_ctx()
    return context is not None and context.is_history_navigation


def reading() -> tuple[int, int]:
    """What is read from the address once is read anew when this is another."""
    return st.session_state.get("_visit", 0), st.session_state.get("_step", 0)


def held() -> dict[str, Any]:
    """The value last shown under each name of a link, on whatever page."""
    return st.session_state.setdefault("_link", {})


def _names(page: str) -> set[str]:
    return st.session_state.setdefault("_link_names", {}).setdefault(page, set())


def keep(name: str, value: object) -> None:
    """Hold a value, and remember that the page in view has it in its address."""
    held()[name] = value
    _names(st.session_state.get("_page", "")).add(name)


def forget(names: Collection[str]) -> None:
    """Back to the defaults of these widgets, in the address too (a callback)."""
    for name in names:
        st.session_state.pop(name, None)
        held().pop(name, None)
    write(dict.fromkeys(names, ()))


def write(values: Mapping[str, Sequence[str]]) -> None:
    """Write these to the address, nothing where there is no value; one step in the browser."""
    before = {name: st.query_params.get_all(name) for name in st.query_params}
    after = before | {name: list(told) for name, told in values.items()}
    after = {name: told for name, told in after.items() if told}
    if after != before:
        st.query_params.from_dict(
            {name: told if len(told) > 1 else told[0] for name, told in after.items()}
        )
