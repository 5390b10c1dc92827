"""A page by itself, as ``app.py`` calls it, read without a browser."""

from __future__ import annotations

import re

from streamlit.testing.v1 import AppTest

# Learning from a history of exits takes the longest.
_PATIENCE_SECONDS = 300


def page_alone(name: str) -> AppTest:
    """The page of ``pages/NAME.py``, not yet opened."""

    def rendered(module: str) -> None:
        import importlib

        importlib.import_module(f"pages.{module}").render()

    return AppTest.from_function(rendered, args=(name,), default_timeout=_PATIENCE_SECONDS)


def followed(page: AppTest, **link: str | list[str]) -> AppTest:
    """The page opened by a link."""
    for name, value in link.items():
        page.query_params[name] = value
    page.run()
    assert not page.exception, [one.message for one in page.exception]
    return page


def read(html: str) -> str:
    """A page's HTML without the marks that keep a range in one line."""
    return re.sub(r'<span class="es-whole">(.*?)</span>', r"\1", html)


def shown(page: AppTest) -> str:
    """What the page says outside widgets, tables and figures."""
    assert not page.exception, [one.message for one in page.exception]
    said = " ".join(str(one.proto.body) for one in page.get("html"))
    return read(said).replace("\xa0", " ")


def opened(page: AppTest, **link: str | list[str]) -> str:
    """What the page says when opened by a link."""
    return shown(followed(page, **link))


def first_values_amiss(page: AppTest) -> list[str]:
    """Widgets drawn with another first value than the one they hold, by key.

    A browser that comes to a widget with a later drawing shows the first value, and says it with
    the next click as if somebody had chosen it.
    """
    page.run()
    amiss = [one.key for one in page.toggle if one.proto.default != one.value]
    amiss += [one.key for one in page.text_input if one.proto.default != (one.value or "")]
    for one in page.selectbox:
        first = one.proto.options[one.proto.default] if one.proto.HasField("default") else None
        held = None if one.value is None else one.format_func(one.value)
        amiss += [one.key] if first != held else []
    for one in page.multiselect:
        amiss += [one.key] if [*one.proto.default] != [*one.indices] else []
    for one in page.button_group:
        amiss += [one.key] if [*one.proto.default] != [*one.indices] else []
    for one in [*page.slider, *page.number_input]:
        first = [*one.proto.default] if one in page.slider else [one.proto.default]
        held = one.value if isinstance(one.value, list | tuple) else [one.value]
        amiss += [one.key] if first != [0 if each is None else each for each in held] else []
    return [str(key) for key in amiss]
