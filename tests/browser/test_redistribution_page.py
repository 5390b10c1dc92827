"""The page on moving teachers in a real browser: keep a person, see the plan solved again."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.running_app import RunningApp


def opened(page: Page, app: RunningApp, link: str) -> str:
    """The finding of the page at a link."""
    page.goto(f"{app.url}/{link}")
    expect(page.locator(".es-source")).to_be_visible()
    return page.locator(".es-header h1").inner_text()


def test_a_person_kept_by_hand_is_solved_around_and_released_again(own_app: RunningApp, page: Page):
    before = opened(page, own_app, "pemerataan")
    assert re.search(r"\d+ guru berpindah mengisi \d+ dari \d+ kekurangan; rata-rata", before)
    expect(page.locator(".st-key-peta-pemerataan .js-plotly-plot")).to_be_visible()
    table = page.locator("[class*=st-key-perpindahan-]").first.get_by_test_id("stDataFrame")
    table.scroll_into_view_if_needed()
    # The box before the first row, under the headings.
    table.click(position={"x": 18, "y": 52})
    keep = page.locator(".st-key-tahan-orang").get_by_role("button")
    expect(keep).to_be_visible()
    keep.click()
    expect(page.get_by_text("1 orang ditahan")).to_be_visible()
    expect(page.get_by_text(re.compile("Tanpa kunci|Dibanding tanpa kunci"))).to_be_visible()
    page.get_by_text("Lihat dan lepaskan kunci").click()
    page.get_by_role("button", name="Lepaskan").click()
    expect(page.get_by_text("1 orang ditahan")).to_have_count(0)
    expect(page.locator(".es-header h1")).to_have_text(before)


def test_a_lever_in_a_link_changes_the_finding_and_fits_a_phone(app: RunningApp, page: Page):
    page.set_viewport_size({"width": 390, "height": 844})
    before = opened(page, app, "pemerataan")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert opened(page, app, "pemerataan?km_pindah=1") != before
