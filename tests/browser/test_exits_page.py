"""The page on exits in a real browser: a lever, a link, a list of units that leaves."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.running_app import RunningApp

TITLE = re.compile(
    r"Sampai akhir \d{4} sekitar [\d.]+ ASN keluar \([\d.]+-[\d.]+\); \d+% sebelum BUP"
)


def opened(page: Page, app: RunningApp, link: str = "") -> str:
    """The finding of the page at a link."""
    page.goto(f"{app.url}/keluar{link}")
    heading = page.locator(".es-header h1")
    expect(heading).to_have_text(TITLE)
    expect(page.locator(".es-source")).to_be_visible()
    return heading.inner_text()


def test_a_lever_moves_the_finding_and_stands_in_the_link(app: RunningApp, page: Page):
    before = opened(page, app)
    page.get_by_test_id("stPopoverButton").filter(has_text="Andai-andai").click()
    slider = page.locator(".st-key-keluar_dini input[type=range]")
    slider.wait_for(state="attached")
    slider.focus()
    for _ in range(20):
        page.keyboard.press("ArrowRight")
    expect(page).to_have_url(re.compile(r"keluar_dini=120"))
    expect(page.locator(".es-header h1")).not_to_have_text(before)
    expect(page.get_by_text("keluar sebelum BUP 120% dari hari ini")).to_be_visible()
    moved = page.locator(".es-header h1").inner_text()
    assert opened(page, app, "?keluar_dini=120") == moved


def test_the_units_that_may_run_short_leave_as_csv(app: RunningApp, page: Page):
    opened(
        page,
        app,
        "?bagian_keluar=kekurangan&jabatan_kurang=jab%3Abidan&paling_sedikit=4&kurang_pada=2031",
    )
    with page.expect_download() as downloading:
        page.get_by_role("button", name="Unduh CSV").click()
    text = Path(downloading.value.path()).read_text(encoding="utf-8-sig")
    delimiter = ";" if ";" in text.splitlines()[0] else ","
    rows = list(csv.DictReader(io.StringIO(text), delimiter=delimiter))
    said = page.get_by_text(re.compile(r"^\d+ baris$")).inner_text()
    assert len(rows) == int(said.split()[0]) > 3
    assert {"Unit kerja", "OPD", "Orang hari ini", "Peluang kurang dari 4"} <= set(rows[0])


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1920])
def test_nothing_stands_out_of_the_page(app: RunningApp, browser: Browser, width, scheme):
    visitor = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
    page = visitor.new_page()
    opened(page, app, "?bagian_keluar=pendorong")
    expect(page.locator(".js-plotly-plot .bars path").first).to_be_attached()
    wide = page.evaluate("document.documentElement.scrollWidth")
    visitor.close()
    assert wide <= width
