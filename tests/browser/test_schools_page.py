"""The pages on schools in a real browser: look, move a lever, open a school, come back."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.running_app import RunningApp


def opened(page: Page, app: RunningApp, link: str) -> str:
    """The finding of a page at a link."""
    page.goto(f"{app.url}/{link}")
    expect(page.locator(".es-source")).to_be_visible()
    return page.locator(".es-header h1").inner_text()


def test_the_pupil_wave_is_drawn_with_its_map_and_list(app: RunningApp, page: Page):
    assert re.search(r"Murid SD .*\d{4}/\d{2}", opened(page, app, "murid"))
    expect(page.locator(".st-key-gelombang-murid .js-plotly-plot")).to_be_visible()
    expect(page.locator(".st-key-murid-per-tingkat .js-plotly-plot")).to_be_visible()
    expect(page.locator(".st-key-peta-sekolah .js-plotly-plot")).to_be_visible()
    expect(page.get_by_test_id("stDataFrame").first).to_be_visible()


def test_a_lever_in_a_link_changes_the_finding(app: RunningApp, page: Page):
    before = opened(page, app, "murid")
    assert opened(page, app, "murid?luar=-30") != before
    expect(page.get_by_text("Andai-andai: murid baru dari luar daerah −30%")).to_be_visible()


def test_a_school_found_by_name_opens_and_closes_again(app: RunningApp, page: Page):
    before = opened(page, app, "murid")
    search = page.locator(".st-key-cari_sekolah input")
    search.click()
    search.press_sequentially("SDN 02")
    search.press("Enter")
    expect(page).to_have_url(re.compile(r"sekolah=\d{8}"))
    expect(page.get_by_text("Satu sekolah · NPSN")).to_be_visible()
    page.locator(".st-key-kembali").get_by_role("button").click()
    expect(page.locator(".es-header h1")).to_have_text(before)
    expect(page).not_to_have_url(re.compile("sekolah="))


def test_a_point_on_the_map_opens_its_school(app: RunningApp, page: Page):
    opened(page, app, "murid")
    point = page.locator(".st-key-peta-sekolah .scatterlayer .points path").nth(5)
    point.scroll_into_view_if_needed()
    page.wait_for_timeout(500)
    box = point.bounding_box()
    assert box is not None
    middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.move(*middle)
    page.mouse.click(*middle)
    expect(page).to_have_url(re.compile(r"sekolah=\d{8}"))


def test_the_english_switch_stands_in_the_link(app: RunningApp, page: Page):
    opened(page, app, "guru")
    page.locator(".st-key-inggris").get_by_role("radio", name="Guru kelas dilatih").click()
    expect(page).to_have_url(re.compile("inggris=class_teacher"))
    expect(page.locator(".st-key-kurang-lebih .js-plotly-plot")).to_be_visible()


def test_the_accuracy_page_says_whether_to_trust_the_forecast(app: RunningApp, page: Page):
    said = opened(page, app, "ketepatan")
    assert re.search("dapat dipakai|Jangan andalkan|Belum dapat dinilai", said)
    expect(page.locator(".st-key-cakupan .js-plotly-plot")).to_be_visible()


def test_nothing_is_wider_than_a_phone(app: RunningApp, page: Page):
    page.set_viewport_size({"width": 390, "height": 844})
    for link in ("murid", "guru", "ketepatan"):
        opened(page, app, link)
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= 390, f"{link}: {wide} px"
