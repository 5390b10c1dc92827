"""A page on paper: as wide as on screen, without what is there to be clicked, on white ground."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.running_app import RunningApp
from tests.patience import PATIENCE

ON_PAPER = """() => {
  const shown = (one) => [...document.querySelectorAll(one)].some((e) => e.offsetWidth > 0);
  return {
    clickable: shown('[data-testid="stHeader"]') || shown(".stDownloadButton"),
    ground: getComputedStyle(document.body).backgroundColor,
    ink: getComputedStyle(document.querySelector(".es-value")).color,
    room: document.querySelector(".stMainBlockContainer").getBoundingClientRect().width,
  };
}"""


# The widest page that browsers still make fit a sheet that lies.
WIDEST = 1440


@pytest.mark.parametrize(("scheme", "screen"), [("light", 1440), ("dark", 1440), ("light", 1920)])
def test_a_page_is_printed_whole_and_dark_on_white(
    app: RunningApp, browser: Browser, scheme: str, screen: int
):
    wide = {"width": screen, "height": 900}
    context = browser.new_context(viewport=wide, color_scheme=scheme, locale="id-ID")
    context.set_default_timeout(1_000 * PATIENCE)
    page = context.new_page()
    page.goto(f"{app.url}/pensiun")
    expect(page.locator(".js-plotly-plot .main-svg").first).to_be_visible()
    block = page.locator(".stMainBlockContainer > .stVerticalBlock")
    on_screen = block.evaluate("(one) => one.offsetWidth")
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print", color_scheme=scheme)
    # A sheet that lies, narrower than the screen.
    page.set_viewport_size({"width": 1047, "height": 718})
    seen = page.evaluate(ON_PAPER)
    assert not seen["clickable"]
    # The browser makes it smaller as a whole: what was drawn for the screen is not cut.
    assert seen["room"] == pytest.approx(min(on_screen, WIDEST), abs=1)
    assert seen["ground"] in {"rgb(255, 255, 255)", "rgba(0, 0, 0, 0)"}
    assert seen["ink"] == "rgb(22, 33, 44)"
    pdf = page.pdf(prefer_css_page_size=True)
    assert pdf.startswith(b"%PDF")
    context.close()
