"""Regrouping in a real browser: a school on the map is locked, and the plan is solved again."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.running_app import RunningApp

MAP = ".st-key-peta-gabung"


def opened(page: Page, app: RunningApp, link: str) -> str:
    """The finding of the page at a link."""
    page.goto(f"{app.url}/{link}")
    expect(page.locator(".es-source")).to_be_visible()
    return page.locator(".es-header h1").inner_text()


def merges(said: str) -> int:
    found = re.match(r"(\d+) dari \d+ SD dapat digabung", said)
    assert found, said
    return int(found.group(1))


def closing_point(page: Page) -> None:
    """Click a school that merges: a diamond of the last trace but rings."""
    trace = page.locator(f"{MAP} .scatterlayer .trace").last
    point = trace.locator(".points path").first
    point.scroll_into_view_if_needed()
    page.wait_for_timeout(500)
    box = point.bounding_box()
    assert box is not None
    middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.move(*middle)
    page.mouse.click(*middle)


def test_a_school_clicked_on_the_map_is_locked_open_and_the_plan_solved_again(
    app: RunningApp, page: Page
):
    before = merges(opened(page, app, "regrouping?calon=100"))
    closing_point(page)
    expect(page).to_have_url(re.compile(r"pilih=\d{8}"))
    panel = page.locator(".st-key-satu-sekolah")
    expect(panel.get_by_text("bergabung ke").first).to_be_visible()
    panel.get_by_role("radio", name="Tetap buka").click()
    expect(page).to_have_url(re.compile(r"buka=\d{8}"))
    expect(panel.get_by_text("dikunci buka")).to_be_visible()
    assert merges(page.locator(".es-header h1").inner_text()) == before - 1
    # The link alone opens the same view in another tab.
    same = page.context.new_page()
    assert merges(opened(same, app, page.url.removeprefix(f"{app.url}/"))) == before - 1
    page.get_by_role("button", name="Lepas semua kunci").click()
    expect(page).not_to_have_url(re.compile("buka="))
    expect(page.locator(".es-header h1")).to_contain_text(f"{before} dari")


def test_limits_opened_after_a_change_show_and_keep_what_the_plan_was_asked_with(
    app: RunningApp, page: Page
):
    opened(page, app, "regrouping?calon=100")
    page.locator(".st-key-calon").get_by_role("radio", name="120", exact=True).click()
    expect(page).to_have_url(re.compile("calon=120"))
    page.get_by_role("button", name="Batas").click()
    limits = page.get_by_test_id("stPopoverBody")
    expect(limits.get_by_role("radio", name="Bebas")).to_be_checked()
    limits.get_by_text("Sekolah pada satu titik memang sehalaman").click()
    expect(page).to_have_url(re.compile("satu_titik=1"))
    assert "km=" not in page.url


def test_a_point_of_the_curve_shows_its_plan(app: RunningApp, page: Page):
    before = opened(page, app, "regrouping?calon=100")
    curve = page.locator(".st-key-kurva-gabung")
    expect(curve.locator(".js-plotly-plot")).to_be_visible()
    point = curve.locator(".scatterlayer .trace").first.locator(".points path").first
    point.scroll_into_view_if_needed()
    page.wait_for_timeout(500)
    box = point.bounding_box()
    assert box is not None
    middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.move(*middle)
    page.mouse.click(*middle)
    expect(page).to_have_url(re.compile("bobot="))
    expect(page.locator(".es-header h1")).not_to_have_text(before)
    page.get_by_role("button", name="Kembali ke harga jalan semula").click()
    expect(page.locator(".es-header h1")).to_have_text(before)


def test_the_sheets_of_all_villages_leave_as_one_document(app: RunningApp, page: Page):
    opened(page, app, "regrouping?calon=100&rinci=desa")
    button = page.get_by_role("button", name=re.compile("Unduh semua"))
    expect(button).to_be_visible()
    with page.expect_download() as found:
        button.click()
    text = found.value.path().read_text(encoding="utf-8")
    assert text.startswith("<!DOCTYPE html>")
    assert text.count("<section") > 1
    assert "Siapa berjalan lebih jauh" in text
    assert "Data contoh (sintetis)" in text
    # Printed on A4, each village is one page.
    printed = page.context.new_page()
    printed.set_content(text)
    pages = re.findall(rb"/Type\s*/Page\b", printed.pdf(format="A4", prefer_css_page_size=True))
    assert len(pages) == text.count("<section")


def test_nothing_is_wider_than_a_phone(app: RunningApp, page: Page):
    page.set_viewport_size({"width": 390, "height": 844})
    for section in ("sekolah", "kapan", "guru", "desa"):
        opened(page, app, f"regrouping?rinci={section}")
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= 390, f"{section}: {wide} px"
