"""The frame: page settings, sign-in, language, navigation. No numbers.

Pages are functions, never files: a fresh server may answer an address that equals a file name in
``pages/`` by running that file without this one, and without its sign-in. Those files therefore
define ``render()`` and do nothing, and the addresses here are other words than the file names
(docs/decisions/0004, tests/browser/test_deep_link.py).
"""

from __future__ import annotations

import gc
import importlib
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from importlib.util import find_spec
from secrets import token_hex

import streamlit as st
from starlette.middleware import Middleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.runtime.pages_manager import PagesManager

from pages.shared import address, brand, paper
from pages.shared.first_load import FirstLoad
from pages.shared.words import LANGUAGES, is_told, language, refusal, t

LOG = logging.getLogger("estafet")

# Module, address, title. A page that is not there yet is not listed.
PAGES = (
    ("overview", "ringkasan", "Ringkasan"),
    ("retirements", "pensiun", "Pensiun"),
    ("exits", "keluar", "Keluar"),
    ("schools", "murid", "Murid"),
    ("teachers", "guru", "Guru"),
    ("regrouping", "regrouping", "Regrouping"),
    ("redistribution", "pemerataan", "Pemerataan guru"),
    ("replacement", "pengganti", "Opsi pengganti"),
    ("scenarios", "skenario", "Skenario"),
    ("backtest", "ketepatan", "Ketepatan"),
    ("import_data", "data", "Data"),
    ("method", "metode", "Metode"),
    ("administration", "pengelolaan", "Pengelolaan"),
)


# The bare address needs a word that is neither its own name nor that of a file of pages/.
FIRST = "awal"


def shown(module: str) -> Callable[[], None]:
    """A page as a function; its module is read on first use, so that the first page is quick."""

    def render() -> None:
        importlib.import_module(f"pages.{module}").render()

    render.__name__ = module
    return render


def choose_language() -> None:
    """``?lang=en`` in the address or the switch; Bahasa Indonesia otherwise."""
    if "lang" not in st.session_state or address.has_stepped():
        linked = st.query_params.get("lang", "id")
        st.session_state["lang"] = linked if linked in LANGUAGES else "id"


def _first_by_name(listed: dict[str, st.Page]) -> st.Page:
    """The first page under its own word as well: its address is the bare one, people type this."""
    address = PAGES[0][1]

    def render() -> None:
        st.switch_page(listed[address], query_params=st.query_params.to_dict())

    return st.Page(render, title=t(PAGES[0][2]), url_path=address, visibility="hidden")


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
            default=language(),
            format_func=str.upper,
            required=True,
            key="lang",
            label_visibility="collapsed",
        )
        if is_signed_in and not access.is_open():
            st.button(
                t("Keluar dari akun"),
                key="sign_out",
                help=access.actor(),
                type="tertiary",
                on_click=access.sign_out,
            )


def apologise(error: Exception) -> bool:
    """Say that something went wrong; what exactly stands in the log, under the same number.

    Only what was written for people is shown: a refusal (``told.ToldError``), which says what to
    do, in the visitor's language.
    """
    reference = token_hex(4)
    LOG.error("reference %s", reference, exc_info=error)
    if is_told(error):
        st.error(refusal(error))
        return True
    st.error(
        t(
            "Maaf, halaman ini gagal ditampilkan. Sebutkan nomor {reference} kepada pengelola;"
            " rinciannya ada di catatan server.",
            reference=reference,
        )
    )
    return True


def main() -> None:
    """One rerun."""
    st.set_page_config(
        page_title="Estafet",
        page_icon=brand.icon(),
        layout="wide",
        initial_sidebar_state="collapsed",
    )
    choose_language()
    st.html(brand.STYLE + paper.STYLE)
    st.html(
        f"<script>document.documentElement.lang='{language()}'</script>"
        f"{address.ONE_STEP_A_PAGE}{paper.BEFORE}",
        unsafe_allow_javascript=True,
    )
    st.logo(brand.logo(), size="large")
    from pages.shared import access

    is_signed_in = access.role() is not None
    listed = {
        address: st.Page(
            shown(module), title=t(title), url_path=address if i else FIRST, default=not i
        )
        for i, (module, address, title) in enumerate(PAGES)
        if find_spec(f"pages.{module}")
        # Before signing in every address is known, so that a link still leads there afterwards.
        and (module != "administration" or not is_signed_in or access.may("pengelola"))
    }
    st.session_state["_pages"] = listed
    page = st.navigation(
        [*listed.values(), _first_by_name(listed)], position="top" if is_signed_in else "hidden"
    )
    address.visit(page.url_path)
    topbar(is_signed_in)
    keep_language_in_link()
    access.keep_in_browser()
    if is_signed_in:
        page.run()
    else:
        access.sign_in()


def rerun() -> None:
    """One rerun, whatever happens."""
    try:
        main()
    except Exception as error:
        apologise(error)


@asynccontextmanager
async def warmed_up(_app: st.App) -> AsyncIterator[None]:
    """Before the first visitor: read and compute what the first page needs, and freeze it.

    Frozen objects are no longer walked through by the garbage collector.
    """
    for module, _, _ in PAGES:
        if find_spec(f"pages.{module}"):
            importlib.import_module(f"pages.{module}")
    importlib.import_module("plotly.graph_objs")
    try:
        importlib.import_module("pages.overview").warm_up()
    except Exception:
        # A damaged edition must not keep the server from starting: the page says what to do.
        LOG.exception("the first page could not be prepared")
    gc.collect()
    gc.freeze()
    importlib.import_module("pages.shared.prepare").in_background()
    yield


class Guarded:
    """Answers that no other site may show in a frame, or take for another kind of file."""

    HEADERS = (
        (b"x-frame-options", b"SAMEORIGIN"),
        (b"x-content-type-options", b"nosniff"),
        (b"referrer-policy", b"same-origin"),
    )

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, with the headers added to what goes back."""

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", []), *self.HEADERS]
            await send(message)

        await self.app(scope, receive, with_headers)


# Streamlit runs this file for every rerun as ``__main__``; ``streamlit run app.py`` imports it once
# before that, because it holds an application.
if __name__ == "__main__":
    rerun()
else:
    # The pages are functions; without this the first link after a start, if it is not to the first
    # page, opens with "page not found".
    PagesManager.uses_pages_directory = False
    app = st.App(
        __file__,
        lifespan=warmed_up,
        middleware=[Middleware(Guarded), Middleware(FirstLoad)],
        # What fails in a fragment or in a widget's callback never reaches rerun().
        on_script_error=apologise,
    )
