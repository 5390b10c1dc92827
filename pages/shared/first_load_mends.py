"""What is left out of Streamlit's scripts as they are served: waits that nobody needs.

Each place is found by its shape and not by the names a minifier gave; a script that does not read
as expected is served as it is (docs/decisions/0010).
"""

from __future__ import annotations

import re

# Kinds of figures that pages draw; lines and points belong to the library's core.
KINDS = frozenset({"bar", "heatmap", "sankey", "waterfall"})
# Where React waits before it shows what has come.
_THROTTLED = re.compile(rb"(\b\w+)\+500-(\w+\(\),10<)")
# Where the part that draws figures puts them into the colours of the page once more, and where it
# looks whether the figure was on the page before.
_COLOURED = re.compile(
    rb"\(0,(\w+)\.useEffect\)\(\(\)=>\{(\w+)\((\w+)=>(\w+)\(\3,(\w+)\.theme,(\w+)\)\)\},"
    rb"\[\5\.id,\6,\5\.theme\]\)"
)
_KEPT = re.compile(rb"\w+\.getElementState\(\w+\.id,`figure`\)")
# Where a figure is drawn as soon as the one before it, all of a page in one go.
_DRAWN = re.compile(
    rb"((\w+)\.current=\2\.current)(\.then\(\(\)=>\{if\(!\w+\.current\)\{if\(!\w+\.current\)"
    rb"throw Error\(`Missing element reference`\))"
)
# A module of the library of figures, which runs when its name is first called, and its end.
_MODULE = re.compile(
    rb'([\w$]+)=[\w$]+\(\{"((?:lib|src|node_modules|stackgl_modules|build)/[^"]+)"\([\w$,]*\)\{'
)
_MODULE_END = b"}}),"
_CALL = re.compile(rb"([\w$]+)\(\)")
# Where the library sets up every kind of figure it knows.
_SET_UP = re.compile(rb'("lib/index\.js"\(\w+,\w+\)\{var (\w+)=\w+\(\);\2\.register\(\[)([^\]]*)\]')


def mended(script: bytes) -> bytes:
    """A script of Streamlit without these waits."""
    return shown_at_once(one_by_one(drawn_once(without_unused(script))))


def drawn_once(script: bytes) -> bytes:
    """The part that draws figures, without the second drawing of each.

    It puts a figure into the colours of the page when it is made, and again at once, which gives
    new lists of the same numbers: Plotly takes them for new ones and draws everything anew.
    """
    kept = _KEPT.search(script)
    if kept is None:
        return script
    return _COLOURED.sub(
        rb"(0,\1.useEffect)((first=>()=>{if(first.current){first.current=!1;return}"
        rb"\2(\3=>\4(\3,\5.theme,\6))})((0,\1.useRef)(!" + kept[0] + rb")),[\5.id,\6,\5.theme])",
        script,
        count=1,
    )


def one_by_one(script: bytes) -> bytes:
    """Figures each in its turn, so that the first is seen while the next is drawn."""
    return _DRAWN.sub(rb"\1.then(()=>new Promise(turn=>setTimeout(turn)))\3", script, count=1)


def shown_at_once(script: bytes) -> bytes:
    """React without the half second in which it holds back what has come while more is awaited."""
    return _THROTTLED.sub(rb"\1+0-\2", script, count=1)


def without_unused(script: bytes) -> bytes:
    """The library of figures without the kinds that no page draws (``KINDS``).

    It sets up all its 47 kinds before it draws the first figure, street maps and spatial figures
    among them, which take most of that time. What only they call is left out whole.
    """
    found = _SET_UP.search(script)
    modules = list(_MODULE.finditer(script)) if found else []
    by_name = {one[1]: one[2] for one in modules}
    called = found[3].split(b",") if found else []
    kept = [
        one
        for one in called
        if by_name.get(one.removesuffix(b"()")) in {f"lib/{kind}.js".encode() for kind in KINDS}
    ]
    if found is None or len(kept) != len(KINDS):
        return script
    start, end = found.span(3)
    fewer = script[:start] + b",".join(kept) + script[end:]
    return _without_modules_nobody_calls(fewer)


def _without_modules_nobody_calls(script: bytes) -> bytes:
    """The modules that nothing calls any more, emptied.

    Functions that belong to a module may stand before it, at the end of the text of the one before.
    """
    modules = list(_MODULE.finditer(script))
    places = {one[1]: at for at, one in enumerate(modules)}
    texts = [
        script[one.end() : end]
        for one, end in zip(modules, [*(one.start() for one in modules[1:]), None], strict=True)
    ]
    used: set[int] = set()
    waiting = [script[: modules[0].start()], texts[-1]]
    while waiting:
        called = {places[one[1]] for one in _CALL.finditer(waiting.pop()) if one[1] in places}
        for at in called - used:
            used.add(at)
            waiting.append(texts[at])
            if at and not texts[at - 1].endswith(_MODULE_END):
                waiting.append(texts[at - 1])
    kept = [
        _MODULE_END if at not in used and _is_whole(text) else text for at, text in enumerate(texts)
    ]
    starts = [one[0] for one in modules]
    return b"".join(
        [
            script[: modules[0].start()],
            *(part for both in zip(starts, kept, strict=True) for part in both),
        ]
    )


def _is_whole(text: bytes) -> bool:
    """Whether a module ends with its text, and every brace and quote that opens in it closes."""
    body = text.removesuffix(_MODULE_END)
    return body != text and body.count(b"{") == body.count(b"}") and body.count(b"`") % 2 == 0
