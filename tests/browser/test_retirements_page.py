"""The page on retirements in a real browser: filter, click, download, come back."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from tests.browser import running_app
from tests.browser.running_app import RunningApp

TITLE = re.compile(r"Puncak pensiun pada \d{4}: [\d.]+ orang")


def opened(page: Page, app: RunningApp, link: str = "") -> str:
    """The finding of the page at a link."""
    page.goto(f"{app.url}/pensiun{link}")
    heading = page.locator(".es-header h1")
    expect(heading).to_have_text(TITLE)
    expect(page.locator(".es-source")).to_be_visible()
    return heading.inner_text()


def choose(page: Page, word: str, option: str) -> None:
    """Choose one option of a filter."""
    page.get_by_test_id("stPopoverButton").filter(has_text="Saringan").click()
    page.locator(f".st-key-{word}").get_by_role("combobox").click()
    page.get_by_role("option", name=option, exact=True).click()
    page.keyboard.press("Escape")
    page.locator(".es-header").click()


def test_a_filter_changes_the_finding_and_stands_in_the_link(app: RunningApp, page: Page):
    before = opened(page, app)
    choose(page, "jk", "Perempuan")
    expect(page.locator(".es-header h1")).not_to_have_text(before)
    expect(page).to_have_url(re.compile(r"jk=P"))
    expect(page.get_by_text("Disaring: Jenis kelamin: Perempuan")).to_be_visible()


def test_the_counting_switch_repaints_the_figures(app: RunningApp, page: Page):
    before = opened(page, app)
    page.locator(".st-key-hitung").get_by_role("radio", name="PNS", exact=True).click()
    expect(page.locator(".es-header h1")).not_to_have_text(before)
    expect(page).to_have_url(re.compile(r"hitung=pns"))


def test_a_click_on_a_bar_opens_the_names_behind_it(app: RunningApp, page: Page):
    opened(page, app)
    bar = page.locator(".js-plotly-plot .bars").first.locator("path").nth(3)
    bar.scroll_into_view_if_needed()
    box = bar.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(page).to_have_url(re.compile(r"rinci=nama.*tahun=\d{4}.*kelompok=\w+"))
    expect(page.get_by_test_id("stDataFrame")).to_be_visible()


def test_a_click_on_a_month_opens_as_many_names_as_the_cell_says(app: RunningApp, page: Page):
    opened(page, app)
    cell = page.locator(".st-key-kalender-bulan td[data-month='2029-03']")
    count = cell.inner_text()
    cell.click()
    expect(page).to_have_url(re.compile(r"rinci=nama.*tahun=2029.*bagian=03"))
    expect(page.get_by_text(f"{count} orang", exact=True)).to_be_visible()


def test_a_month_can_be_reached_and_opened_by_keyboard(app: RunningApp, page: Page):
    opened(page, app)
    cell = page.locator(".st-key-kalender-bulan td[data-month='2028-01']")
    cell.focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"tahun=2028.*bagian=01"))


def test_names_leave_as_csv_with_rule_and_source(app: RunningApp, page: Page):
    opened(page, app, "?rinci=nama&tahun=2029")
    with page.expect_download() as downloading:
        page.get_by_role("button", name="Unduh CSV").click()
    text = Path(downloading.value.path()).read_text(encoding="utf-8-sig")
    delimiter = ";" if ";" in text.splitlines()[0] else ","
    rows = list(csv.DictReader(io.StringIO(text), delimiter=delimiter))
    said = page.get_by_text(re.compile(r"^\d+ orang$")).inner_text()
    assert len(rows) == int(said.split()[0])
    assert all(row["Dasar"] and row["NIP"] for row in rows)


def test_the_figure_leaves_as_a_picture(app: RunningApp, page: Page):
    opened(page, app)
    figure = page.locator(".st-key-grafik-pensiun")
    figure.hover()
    with page.expect_download() as downloading:
        figure.locator("[data-title='Simpan gambar (PNG)']").click()
    assert Path(downloading.value.path()).read_bytes().startswith(b"\x89PNG")


def test_a_proposal_is_drawn_against_the_law_in_force(app: RunningApp, page: Page):
    opened(page, app, "?usul=plus_2")
    expect(page.get_by_text("Ini bukan hukum yang berlaku")).to_be_visible()
    expect(page.locator(".js-plotly-plot .legend")).to_contain_text("Hukum yang berlaku")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1920])
def test_nothing_stands_out_of_the_page(app: RunningApp, browser: Browser, width, scheme):
    visitor = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
    page = visitor.new_page()
    opened(page, app)
    expect(page.locator(".js-plotly-plot .bars path").first).to_be_attached()
    wide = page.evaluate("document.documentElement.scrollWidth")
    visitor.close()
    assert wide <= width


def test_a_link_reopens_the_same_view_after_a_restart(
    sample_data: Path, page: Page, tmp_path: Path
):
    link = "?hitung=pns&per=quarter&kecamatan=Arumdalu&jk=P&sampai=2035&warna=golongan&rinci=angka"
    found = []
    for number in (1, 2):
        with running_app.running(sample_data, tmp_path / f"{number}.log") as server:
            heading = opened(page, server, link)
            expect(page.locator(".js-plotly-plot .bars path").first).to_be_attached()
            found.append((heading, page.locator(".es-keys").inner_text(), page.url[-len(link) :]))
    assert found[0] == found[1]
    assert all(word in found[1][2] for word in ("per=quarter", "jk=P", "warna=golongan"))


def test_the_name_beside_the_mark_stays_readable_when_the_browser_turns_dark(
    app: RunningApp, browser: Browser
):
    visitor = browser.new_context(viewport={"width": 1280, "height": 800}, color_scheme="light")
    page = visitor.new_page()
    page.goto(f"{app.url}/pensiun")
    expect(page.locator(".es-source")).to_be_visible()
    logo = page.get_by_test_id("stHeaderLogo")
    for scheme in ("light", "dark", "light"):
        page.emulate_media(color_scheme=scheme)
        expect(page.locator(".stApp")).to_have_css("color-scheme", scheme)
        with Image.open(io.BytesIO(logo.screenshot())) as shot:
            darkest, brightest = shot.convert("L").getextrema()
        # The name against its ground: ink on paper, or light on dark.
        assert darkest < 60 and brightest > 200, scheme
    visitor.close()


def test_two_quick_steps_back_show_what_was_on_screen_before(app: RunningApp, page: Page):
    before = opened(page, app)
    group = page.locator(".st-key-hitung")
    after = before
    for word, link in (("PNS", "hitung=pns"), ("Semua", "hitung=all")):
        group.get_by_role("radio", name=word, exact=True).click()
        # The title follows the address by a moment.
        expect(page).to_have_url(re.compile(link))
        expect(page.locator(".es-header h1")).not_to_have_text(after)
        after = page.locator(".es-header h1").inner_text()
    page.evaluate("history.back()")
    page.evaluate("history.back()")
    expect(page.locator(".es-header h1")).to_have_text(before)
    expect(group.get_by_role("radio", name="ASN (PNS + P3K)")).to_be_checked()
    expect(page).to_have_url(f"{app.url}/pensiun")
    page.go_forward()
    page.go_forward()
    expect(page.locator(".es-header h1")).to_have_text(after)
    expect(group.get_by_role("radio", name="Semua")).to_be_checked()


def test_a_choice_that_goes_along_to_another_page_is_one_step_back(app: RunningApp, page: Page):
    opened(page, app, "?hitung=pns")
    page.get_by_role("link", name="Keluar", exact=True).click()
    expect(page).to_have_url(f"{app.url}/keluar?hitung=pns")
    expect(page.locator(".es-header h1")).to_contain_text("PNS keluar")
    page.go_back()
    expect(page).to_have_url(f"{app.url}/pensiun?hitung=pns")
    expect(page.locator(".es-header h1")).to_have_text(TITLE)
