"""What a browser fetches first: the same files, compressed, and the waits taken out of them."""

from __future__ import annotations

import asyncio
import gzip
import json
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import plotly.graph_objs
import pytest
from starlette.types import Message, Receive, Scope, Send

from pages.shared import first_load, first_load_mends
from pages.shared.first_load import STATIC, FirstLoad, Parts

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def known() -> Parts:
    found = first_load.parts()
    assert found is not None, "this Streamlit lists its files in another way"
    return found


async def streamlit(scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG001
    """Stands in for Streamlit: one page, and whatever was asked for by name."""
    is_page = not scope["path"].startswith("/static/")
    body = b"<html><head></head><body></body></html>" if is_page else scope["path"].encode()
    kind = b"text/html; charset=utf-8" if is_page else b"text/plain"
    headers = [(b"content-type", kind), (b"content-length", str(len(body)).encode())]
    headers += [
        (b"etag", b"theirs"),
        (b"vary", dict(scope["headers"]).get(b"accept-encoding", b"")),
    ]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body[:5], "more_body": True})
    await send({"type": "http.response.body", "body": body[5:]})


def packed() -> FirstLoad:
    made = FirstLoad(streamlit)
    assert made.parts is not None
    made._pack(made.parts)
    return made


@pytest.fixture(scope="module")
def served() -> FirstLoad:
    return packed()


def asked(app: FirstLoad, path: str, **headers: str) -> tuple[dict[bytes, bytes], bytes]:
    """The headers and the body of an answer."""
    heard: list[Message] = []

    async def send(message: Message) -> None:
        heard.append(message)

    async def receive() -> Message:
        return {"type": "http.request"}

    told = [(name.replace("_", "-").encode(), said.encode()) for name, said in headers.items()]
    scope: dict[str, Any] = {"type": "http", "method": "GET", "path": path, "headers": told}
    # In a thread of its own: a browser test before this one leaves a loop running in this one.
    with ThreadPoolExecutor(1) as beside:
        beside.submit(lambda: asyncio.run(app(scope, receive, send))).result()
    return dict(heard[0]["headers"]), b"".join(one.get("body", b"") for one in heard[1:])


def test_this_streamlit_draws_figures_twice_and_no_longer_does(known: Parts) -> None:
    script = (STATIC / known.figures).read_bytes()
    mended = first_load_mends.drawn_once(script)
    assert mended.count(b"if(first.current){first.current=!1;return}") == 1
    # One effect is wrapped; nothing else of the file moves.
    assert 0 < len(mended) - len(script) < 200


def test_react_of_this_streamlit_waits_and_no_longer_does(known: Parts) -> None:
    mended = {
        one: first_load_mends.shown_at_once(body)
        for one in known.all_of_them
        if (body := (STATIC / one).read_bytes()) != first_load_mends.shown_at_once(body)
    }
    assert [one.rpartition("/")[2].partition(".")[0] for one in mended] == ["react-dom"]


def test_this_streamlit_draws_all_figures_in_one_go_and_no_longer_does(known: Parts) -> None:
    script = (STATIC / known.figures).read_bytes()
    turns = first_load_mends.one_by_one(script)
    assert turns.count(b".then(()=>new Promise(turn=>setTimeout(turn)))") == 1
    assert len(turns) - len(script) == len(b".then(()=>new Promise(turn=>setTimeout(turn)))")


def test_only_the_kinds_of_figures_that_pages_draw_are_set_up(known: Parts) -> None:
    script = (STATIC / known.figures).read_bytes()
    set_up, fewer = (
        [part.decode() for part in first_load_mends._SET_UP.search(one)[3].split(b",")]
        for one in (script, first_load_mends.without_unused(script))
    )
    assert len(set_up) > 40 and len(fewer) == len(first_load_mends.KINDS)
    assert set(fewer) < set(set_up)


def test_what_only_other_kinds_call_is_left_out_whole(known: Parts) -> None:
    def sizes(script: bytes) -> dict[str, int]:
        found = list(first_load_mends._MODULE.finditer(script))
        ends = [*(one.start() for one in found[1:]), len(script)]
        return {one[2].decode(): end - one.end() for one, end in zip(found, ends, strict=True)}

    script = (STATIC / known.figures).read_bytes()
    mended = first_load_mends.without_unused(script)
    before, after = sizes(script), sizes(mended)
    # The same modules in the same order, some of them empty.
    assert list(before) == list(after) and len(mended) < 0.8 * len(script)
    # The last is followed by the list of kinds.
    emptied = {name for name in [*after][:-1] if after[name] != before[name]}
    assert all(after[name] == len(b"}}),") for name in emptied)
    assert "node_modules/maplibre-gl/dist/maplibre-gl.mjs" in emptied
    assert not emptied & {"src/traces/scatter/plot.js", "src/traces/bar/plot.js", "src/core.js"}
    # A page saves its figures as images.
    assert not emptied & {"src/snapshot/download.js", "src/components/modebar/buttons.js"}


def test_every_kind_of_figure_of_a_page_is_set_up() -> None:
    # What the library can draw, by the Python package that goes with it.
    folder = Path(plotly.graph_objs.__file__).parent
    known_kinds = {one.stem.removeprefix("_") for one in folder.glob("_*.py")}
    drawn = {
        kind
        for file in (ROOT / "pages").rglob("*.py")
        for kind in re.findall(r'"type": "(\w+)"', file.read_text(encoding="utf-8"))
        if kind in known_kinds
    }
    assert drawn - {"scatter"} == first_load_mends.KINDS


def test_a_script_that_reads_otherwise_stays_as_it_is() -> None:
    script = b"useEffect(()=>{draw(again)},[])"
    assert first_load_mends.without_unused(script) == first_load_mends.one_by_one(script) == script
    assert first_load_mends.drawn_once(script) == first_load_mends.shown_at_once(script) == script


def test_the_opening_page_asks_for_figures_and_tables(served: FirstLoad, known: Parts) -> None:
    headers, body = asked(served, "/regrouping", accept="text/html", accept_encoding="gzip")
    page = body.decode()
    assert f'href="./{known.figures}"' in page
    assert page.startswith("<html><head><link") and page.endswith("</head><body></body></html>")
    assert headers[b"content-length"] == str(len(body)).encode()
    assert b"etag" not in headers
    # Asked for uncompressed, or nothing could be added.
    assert headers[b"vary"] == b""


def test_the_opening_page_asks_for_what_most_pages_are_made_of(
    served: FirstLoad, known: Parts
) -> None:
    page = asked(served, "/murid", accept="text/html")[1].decode()
    # Text before figures.
    places = [page.index(part) for part in ("/Html.", "/ButtonGroup.", known.figures)]
    assert places == sorted(places)


def test_a_browser_connects_without_asking_first() -> None:
    told = {
        "allowedOrigins": ["https://x.test"],
        "useExternalAuthToken": False,
        "said": "</script>",
    }

    async def knowing(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"] != "/_stcore/host-config":
            await streamlit(scope, receive, send)
            return
        assert dict(scope["headers"]) == {b"host": b"estafet.test"}
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": json.dumps(told).encode()})

    app = FirstLoad(knowing)
    for path in ("/", "/regrouping"):
        page = asked(app, path, accept="text/html", host="estafet.test")[1].decode()
        script = page.partition("window.__streamlit=")[2].partition("</script>")[0]
        assert script.startswith("{BACKEND_BASE_URL:new URL('.',location.href).href,HOST_CONFIG:")
        assert json.loads(script.partition("HOST_CONFIG:")[2][:-1]) == told
    # Such an address does not tell where the app begins: the browser finds out by itself.
    for path in ("/regrouping/", "/a/regrouping"):
        assert b"__streamlit" not in asked(app, path, accept="text/html")[1]


def test_this_streamlit_connects_at_once_when_it_is_told_how() -> None:
    opening = (STATIC / "index.html").read_text(encoding="utf-8")
    (script,) = re.findall(r'src="./(static/js/index[^"]+)"', opening)
    told = (STATIC / script).read_text(encoding="utf-8")
    for word in ("window.__streamlit", "BACKEND_BASE_URL", "HOST_CONFIG", "enableBypass"):
        assert word in told, word


def test_a_document_that_is_saved_comes_as_it_was_made() -> None:
    # A village sheet is HTML too, and the browser asks for it as for a page.
    made = b"<html><head><title>Lembar desa</title></head><body></body></html>"

    async def sheet(scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG001
        headers = [
            (b"content-type", b"text/html; charset=utf-8"),
            (b"content-disposition", b'attachment; filename="lembar-desa.html"'),
            (b"content-length", str(len(made)).encode()),
        ]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": made})

    headers, body = asked(FirstLoad(sheet), "/media/1f.html", accept="text/html,*/*;q=0.8")
    assert body == made
    assert headers[b"content-length"] == str(len(made)).encode()


def test_a_file_comes_compressed_and_whole(served: FirstLoad, known: Parts) -> None:
    plain = next(
        one
        for one in known.early
        if one != known.figures and len((STATIC / one).read_bytes()) > 10_000
    )
    headers, body = asked(served, f"/{plain}", accept_encoding="gzip, deflate, br")
    assert gzip.decompress(body) == (STATIC / plain).read_bytes()
    assert b"immutable" in headers[b"cache-control"]
    headers, body = asked(served, f"/under/a/path/{known.figures}", accept_encoding="gzip")
    script = (STATIC / known.figures).read_bytes()
    assert gzip.decompress(body) == first_load_mends.mended(script)
    assert b"immutable" not in headers[b"cache-control"]


def test_whoever_cannot_unpack_gets_streamlits_own(served: FirstLoad, known: Parts) -> None:
    assert asked(served, f"/{known.figures}")[1] == f"/{known.figures}".encode()


def test_what_is_not_known_is_passed_on(served: FirstLoad) -> None:
    assert asked(served, "/static/../secret", accept_encoding="gzip")[1] == b"/static/../secret"
    headers, body = asked(served, "/_stcore/health", accept="*/*", accept_encoding="gzip")
    assert body == b"<html><head></head><body></body></html>"
    assert headers[b"vary"] == b"gzip"


def test_a_streamlit_that_lists_nothing_serves_as_it_likes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(first_load, "STATIC", STATIC / "none")
    app = FirstLoad(streamlit)
    assert asked(app, "/", accept="text/html")[1] == b"<html><head></head><body></body></html>"


def test_a_file_of_streamlit_that_has_gone_stops_none_of_the_others(
    known: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(first_load, "parts", lambda: None)
    app = FirstLoad(streamlit)
    app._pack(replace(known, all_of_them=("static/gone.js", *known.all_of_them)))
    assert app.packed and "static/gone.js" not in app.packed
