"""What a browser fetches before it can show a page: compressed once, and asked for in time.

Streamlit sends its own files uncompressed, reads them anew for every visitor, and has the browser
ask for the library of figures (5 MB) only when the first figure has arrived. Here they are held
compressed, and the opening page asks for figures and tables at once. What nobody needs of them is
left out (``first_load_mends``). What this module does not know is passed on as Streamlit
serves it.
"""

from __future__ import annotations

import gzip
import json
import logging
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import streamlit as st
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pages.shared import first_load_mends

LOG = logging.getLogger("estafet")
STATIC = Path(st.__file__).parent / "static"
# What Streamlit calls the parts that draw figures and tables in its list of files, and those of
# which most pages' text, switches and lists are made.
_FIGURES = "elements/PlotlyChart/PlotlyChart.tsx"
_TABLES = "widgets/DataFrame/ReadOnlyGrid.tsx"
_USUAL = (
    "elements/Html/Html.tsx",
    "widgets/ButtonGroup/ButtonGroup.tsx",
    "widgets/Selectbox/Selectbox.tsx",
    "widgets/DownloadButton/DownloadButton.tsx",
)
# What a browser asks the server before it connects.
_CONNECTION = "/_stcore/host-config"
_KINDS = {".js": b"text/javascript; charset=utf-8", ".css": b"text/css; charset=utf-8"}
# Streamlit names each file after its content: it never changes under its name, unless it is mended.
_FOR_EVER, _FOR_A_DAY = b"public, immutable, max-age=31536000", b"public, max-age=86400"


@dataclass(frozen=True)
class Parts:
    """Files of Streamlit, by their place under its static folder.

    ``figures``: the one that draws figures; ``early``: those that a page needs soon beside what
    the opening page names, usual parts first; ``all_of_them``: with those that it names.
    """

    figures: str
    early: tuple[str, ...]
    all_of_them: tuple[str, ...]


def parts() -> Parts | None:
    """What the first page needs, as Streamlit's own list of files tells; None: it tells nothing."""
    try:
        listed = json.loads((STATIC / "manifest.json").read_text(encoding="utf-8"))
        by_part = {name.rpartition("/components/")[2]: name for name in listed}
        figures, tables = by_part[_FIGURES], by_part[_TABLES]
        opening = dict.fromkeys(_needed(listed, "index.html"))
        wanted = [*(by_part[one] for one in _USUAL), figures, tables]
        early = dict.fromkeys(file for one in wanted for file in _needed(listed, one))
        return Parts(
            listed[figures]["file"],
            tuple(one for one in early if one not in opening),
            (*opening, *(one for one in early if one not in opening)),
        )
    except (OSError, ValueError, KeyError):
        LOG.warning("the files of Streamlit are not listed as expected; they load as it likes")
        return None


def _needed(listed: dict[str, dict[str, Any]], name: str) -> Iterator[str]:
    """The files that a part cannot begin without, itself last."""
    seen: dict[str, None] = {}

    def walk(one: str) -> None:
        if one in seen:
            return
        seen[one] = None
        for other in listed[one].get("imports", ()):
            walk(other)

    walk(name)
    for one in reversed(seen):
        yield str(listed[one]["file"])
        yield from listed[one].get("css", ())


def opening_page(page: bytes, known: Parts, connection: dict[str, Any] | None = None) -> bytes:
    """Streamlit's opening page, asking for what most pages need at once.

    Figures and tables are set up when the first of them is to be drawn: set up sooner, they keep
    the finding waiting for longer than the figure gains. ``connection``: what a browser asks the
    server before it connects; with it, it connects at once and asks later.
    """
    links = [
        f'<link rel="modulepreload" crossorigin fetchpriority="low" href="./{one}">'
        for one in known.early
        if one.endswith(".js")
    ]
    if connection is not None:
        told = json.dumps(connection).replace("<", "\\u003c")
        links.append(
            "<script>window.__streamlit={BACKEND_BASE_URL:new URL('.',location.href).href,"
            f"HOST_CONFIG:{told}}}</script>"
        )
    return page.replace(b"</head>", f"{''.join(links)}</head>".encode(), 1)


class FirstLoad:
    """Answers for Streamlit's own files out of memory, and adds to its opening page."""

    def __init__(self, app: ASGIApp) -> None:
        self.app, self.parts = app, parts()
        # By place under the static folder: how long it keeps, and the file compressed.
        self.packed: dict[str, tuple[bytes, bytes]] = {}
        self.connection: dict[str, Any] | None = None
        if self.parts is not None:
            threading.Thread(
                target=self._pack, args=(self.parts,), name="estafet-pack", daemon=True
            ).start()

    def _pack(self, known: Parts) -> None:
        for one in known.all_of_them:
            try:
                body = (STATIC / one).read_bytes()
            except OSError:
                LOG.warning("a file of Streamlit has gone: %s; it is served as Streamlit does", one)
                continue
            mended = first_load_mends.mended(body)
            if (STATIC / one).suffix in _KINDS:
                keeps = _FOR_EVER if mended == body else _FOR_A_DAY
                self.packed[one] = keeps, gzip.compress(mended, 6)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http" or scope["method"] != "GET" or self.parts is None:
            await self.app(scope, receive, send)
            return
        _, found, name = scope["path"].rpartition("/static/")
        if found:
            held = self.packed.get(f"static/{name}")
            if held is None or "gzip" not in Headers(scope=scope).get("accept-encoding", ""):
                await self.app(scope, receive, send)
            else:
                await _answered(send, name, *held)
            return
        if "text/html" in Headers(scope=scope).get("accept", ""):
            # The page can only be added to where it comes uncompressed.
            kept = [(key, value) for key, value in scope["headers"] if key != b"accept-encoding"]
            connection = await self._connection(scope, receive)
            opening = _Opening(send, self.parts, connection)
            await self.app({**scope, "headers": kept}, receive, opening)
            return
        await self.app(scope, receive, send)

    async def _connection(self, scope: Scope, receive: Receive) -> dict[str, Any] | None:
        """What a browser would ask before it connects; None where the address tells no base.

        The base is what stands before the name of the page, for browsers as for the files above.
        """
        base = str(st.get_option("server.baseUrlPath") or "").strip("/")
        base = f"/{base}" if base else ""
        if str(scope["path"]).removeprefix(base).count("/") != 1:
            return None
        if self.connection is None:
            heard: list[Message] = []

            async def hear(message: Message) -> None:
                heard.append(message)

            path = f"{base}{_CONNECTION}"
            host = [(key, value) for key, value in scope["headers"] if key == b"host"]
            asked = {"path": path, "raw_path": path.encode(), "query_string": b"", "headers": host}
            await self.app({**scope, **asked}, receive, hear)
            body = b"".join(one.get("body", b"") for one in heard)
            try:
                told = json.loads(body) if heard[0].get("status") == 200 else None
            except ValueError:
                told = None
            self.connection = told if isinstance(told, dict) else None
        return self.connection


async def _answered(send: Send, name: str, keeps: bytes, body: bytes) -> None:
    headers = [
        (b"content-type", _KINDS[Path(name).suffix]),
        (b"content-encoding", b"gzip"),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", keeps),
        (b"vary", b"Accept-Encoding"),
    ]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


class _Opening:
    """Holds back an HTML answer until it is whole, and passes it on with what it lacks."""

    def __init__(self, send: Send, known: Parts, connection: dict[str, Any] | None) -> None:
        self.send, self.known, self.connection = send, known, connection
        self.start: Message | None = None
        self.body = b""

    async def __call__(self, message: Message) -> None:
        """One message of the answer."""
        if message["type"] == "http.response.start":
            headers = Headers(raw=message["headers"])
            is_page = headers.get("content-type", "").startswith("text/html")
            # A page that is saved (a village sheet) is not the one that is opened.
            is_page &= not headers.get("content-disposition", "").startswith("attachment")
            if is_page and message["status"] == 200 and "content-encoding" not in headers:
                self.start = message
                return
        if self.start is None or message["type"] != "http.response.body":
            await self.send(message)
            return
        self.body += message.get("body", b"")
        if message.get("more_body"):
            return
        body = opening_page(self.body, self.known, self.connection)
        headers = MutableHeaders(raw=list(self.start["headers"]))
        headers["content-length"] = str(len(body))
        # They tell of Streamlit's own page.
        for name in ("etag", "last-modified"):
            del headers[name]
        await self.send({**self.start, "headers": headers.raw})
        await self.send({"type": "http.response.body", "body": body})
