"""The frame: page settings, sign-in, language, navigation. No numbers.

Pages are functions, never files: on a fresh server Streamlit answers an address that equals a file
name in ``pages/`` by running that file without this one. Those files therefore define ``render()``
and do nothing, and the addresses here are other words than the file names, so that a link opens
the whole app also on a server that was just restarted (tests/browser/test_deep_link.py).
"""

from __future__ import annotations

import gc
import importlib
import logging
from collections.abc import Callable
from importlib.util import find_spec
from secrets import token_hex

import streamlit as st

from pages.shared import brand
from pages.shared.words import LANGUAGES, language, t

st.set_page_config(
    page_title="Estafet",
    page_icon=brand.icon(),
    layout="wide",
    initial_sidebar_state="collapsed",
)

LOG = logging.getLogger("estafet")

# Module, address, title. A page that is not there yet is not listed.
PAGES = (
    ("overview", "ringkasan", "Ringkasan"),
    ("retirements", "pensiun", "Pensiun"),
    ("import_data", "data", "Data"),
    ("method", "metode", "Metode"),
    ("administration", "pengelolaan", "Pengelolaan"),
)


@st.cache_resource
def warmed_up() -> bool:
    """Freeze what the imports built: no collection walks through it again."""
    importlib.import_module("plotly.graph_objs")
    gc.collect()
    gc.freeze()
    return True


def shown(module: str) -> Callable[[], None]:
    """A page as a function; its module is read on first use, so that the first page is quick."""

    def render() -> None:
        importlib.import_module(f"pages.{module}").render()

    render.__name__ = module
    return render


def choose_language() -> None:
    """``?lang=en`` in the address or the switch; Bahasa Indonesia otherwise."""
    if "lang" not in st.session_state:
        linked = st.query_params.get("lang", "id")
        st.session_state["lang"] = linked if linked in LANGUAGES else "id"


def keep_language_in_link() -> None:
    """Only what differs from the default stands in the address."""
    wanted = None if language() == "id" else language()
    if st.query_params.get("lang") != wanted:
        if wanted is None:
            del st.query_params["lang"]
        else:
            st.query_params["lang"] = wanted


def topbar(is_signed_in: bool) -> None:
    """Language and account, in the corner of every page."""
    from pages.shared import access

    with st.container(key="topbar", horizontal=True, gap="small", vertical_alignment="center"):
        st.segmented_control(
            t("Bahasa"),
            options=list(LANGUAGES),
            format_func=str.upper,
            required=True,
            key="lang",
            label_visibility="collapsed",
        )
        if is_signed_in and not access.is_open():
            st.button(
                t("Keluar"),
                key="sign_out",
                help=access.actor(),
                type="tertiary",
                on_click=access.sign_out,
            )


def apologise(error: Exception) -> None:
    """Say that something went wrong, without saying what; the log has the rest."""
    reference = token_hex(4)
    LOG.error("reference %s", reference, exc_info=error)
    st.error(
        t(
            "Maaf, halaman ini gagal ditampilkan. Sebutkan nomor {reference} kepada pengelola;"
            " rinciannya ada di catatan server.",
            reference=reference,
        )
    )


def main() -> None:
    """One rerun."""
    choose_language()
    st.html(brand.STYLE)
    st.html(
        f"<script>document.documentElement.lang='{language()}'</script>",
        unsafe_allow_javascript=True,
    )
    st.logo(brand.logo(dark=st.context.theme.type == "dark"), size="large")
    from pages.shared import access, inputs

    if access.role() is None:
        st.navigation(
            [st.Page(access.sign_in, title=t("Masuk"), url_path="masuk")], position="hidden"
        )
        topbar(is_signed_in=False)
        keep_language_in_link()
        access.sign_in()
        return
    listed = {
        address: st.Page(shown(module), title=t(title), url_path=address, default=not i)
        for i, (module, address, title) in enumerate(PAGES)
        if find_spec(f"pages.{module}") and (module != "administration" or access.may("pengelola"))
    }
    st.session_state["_pages"] = listed
    page = st.navigation(list(listed.values()), position="top")
    inputs.visit(page.url_path)
    topbar(is_signed_in=True)
    keep_language_in_link()
    page.run()


try:
    main()
    warmed_up()
# The last resort: the visitor gets a number, the log the error.
except Exception as error:
    apologise(error)
