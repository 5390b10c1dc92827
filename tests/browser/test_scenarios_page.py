"""The page Skenario in a real browser: preset, lever, save, compare, submit, approve, lock."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from analytics import state as decisions
from tests.browser.running_app import RunningApp
from tests.patience import PATIENCE

ACCOUNTS = {
    "rina": ("rahasia-sekali-1", "perencana"),
    "budi": ("rahasia-sekali-2", "perencana"),
    "wali": ("rahasia-sekali-3", "pimpinan"),
}


def opened(page: Page, app: RunningApp, link: str = "") -> str:
    """The finding of the page at a link."""
    page.goto(f"{app.url}/skenario{link}")
    return finding(page)


def finding(page: Page) -> str:
    heading = page.locator(".es-header h1")
    expect(heading).to_have_text(re.compile(r".+: [\d.]+ jabatan kosong"))
    expect(page.locator(".es-source")).to_be_visible()
    return heading.inner_text()


def choose(page: Page, preset: str) -> None:
    page.locator(".st-key-mulai").get_by_role("radio", name=preset, exact=True).click()
    expect(page.locator(".es-header h1")).to_have_text(re.compile(f"^{preset}: "))
    # The title comes first, the fields of the levers with the last of the page.
    expect(page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning")


def give(page: Page, key: str, value: str) -> None:
    """Type a value into the field of a lever."""
    field = page.locator(f".st-key-tuas-{key} input")
    field.fill(value)
    field.press("Enter")


def signed_in(browser: Browser, app: RunningApp, name: str) -> Page:
    visitor = browser.new_context(viewport={"width": 1440, "height": 900}, locale="id-ID")
    visitor.set_default_timeout(1_000 * PATIENCE)
    page = visitor.new_page()
    page.goto(f"{app.url}/skenario")
    page.get_by_label("Nama pengguna").fill(name)
    page.get_by_label("Kata sandi").fill(ACCOUNTS[name][0])
    page.get_by_role("button", name="Masuk", exact=True).click()
    finding(page)
    return page


def test_a_preset_a_lever_and_the_link_reopens_the_same(app: RunningApp, page: Page):
    opened(page, app)
    choose(page, "Zero growth")
    expect(page).to_have_url(re.compile(r"s=zero_growth"))
    before = finding(page)
    give(page, "plan-replacement_ratio", "0.5")
    expect(page.locator(".es-header h1")).to_have_text(re.compile(r"^Zero growth \(diubah\): "))
    # The address follows the title by a moment.
    expect(page).to_have_url(re.compile(r"plan\.replacement_ratio"))
    moved, link = finding(page), page.url.split("/skenario")[1]
    assert moved != before and "plan.replacement_ratio" in link
    assert opened(page, app, link) == moved
    # The gauge stays in view while the page scrolls.
    page.evaluate("document.querySelector('[data-testid=stMain]').scrollTo(0, 900)")
    expect(page.locator(".es-gauge")).to_be_in_viewport()
    give(page, "plan-replacement_ratio", "0.6")
    page.get_by_role("button", name="Semula").click()
    expect(page.locator(".es-header h1")).to_have_text(before)


def test_what_is_typed_right_after_a_step_back_is_taken(app: RunningApp, page: Page):
    opened(page, app, "?s=zero_growth")
    title = page.locator(".es-header h1")
    before, moved = title.inner_text(), re.compile(r"^Zero growth \(diubah\): ")
    # What tells how far the browser was is nothing to look at.
    mark = page.locator(".st-key-skenario-terlihat")
    expect(mark).to_have_count(1)
    expect(mark).to_be_hidden()
    for step in ("Semula", "Urungkan"):
        give(page, "plan-replacement_ratio", "0.5")
        expect(title).to_have_text(moved)
        expect(page).to_have_url(re.compile(r"plan\.replacement_ratio(=|%3D)0\.5"))
        drawing = mark.locator("input").input_value()
        page.get_by_role("button", name=step).click()
        expect(title).to_have_text(before)
        expect(page.locator(".st-key-tuas-plan-replacement_ratio input")).to_have_value("1")
        # At once after the redraw has come, and far sooner than a hand is.
        expect(mark.locator("input")).not_to_have_value(drawing)
        give(page, "plan-replacement_ratio", "0.5")
        expect(title).to_have_text(moved)
        page.get_by_role("button", name="Semula").click()
        expect(title).to_have_text(before)


@pytest.mark.parametrize("pause", [0, 60, 150, 300, 600, 1200])
def test_presets_clicked_in_a_row_do_not_mix_their_levers(app: RunningApp, page: Page, pause: int):
    opened(page, app)
    for preset in ("CPNS saja", "Guru dulu", "Zero growth"):
        page.locator(".st-key-mulai").get_by_role("radio", name=preset, exact=True).click()
        page.wait_for_timeout(pause)
    expect(page.locator(".es-header h1")).to_have_text(re.compile("^Zero growth: "))
    expect(page).to_have_url(re.compile(r"s=zero_growth(&|$)"))


def test_a_slider_keeps_the_keyboard_from_step_to_step(app: RunningApp, page: Page):
    opened(page, app, "?s=zero_growth")
    thumb = page.locator(".st-key-tuas-pupils-births_factor input[type=range]")
    thumb.focus()
    # The first step marks the lever as moved; none after it would be heard without the focus.
    for value in ("1.05", "1.1", "1.15"):
        page.keyboard.press("ArrowRight")
        wanted = rf"births_factor(=|%3D){re.escape(value)}($|&)"
        expect(page).to_have_url(re.compile(wanted))
    expect(thumb).to_be_focused()


def test_the_browsers_back_button_opens_what_was_open_before(app: RunningApp, page: Page):
    opened(page, app)
    choose(page, "Zero growth")
    expect(page).to_have_url(re.compile(r"s=zero_growth"))
    choose(page, "CPNS saja")
    expect(page).to_have_url(re.compile(r"s=cpns_only"))
    page.go_back()
    expect(page.locator(".es-header h1")).to_have_text(re.compile("^Zero growth: "))
    expect(page).to_have_url(re.compile(r"s=zero_growth"))
    page.go_back()
    expect(page.locator(".es-header h1")).to_have_text(re.compile("^Tanpa pengganti: "))


def test_a_long_search_lets_levers_move_and_can_be_stopped(app: RunningApp, page: Page):
    opened(page, app, "?s=best_mix&rinci=penentu")
    page.locator(".st-key-hitung-tornado button").click()
    stop = page.locator(".st-key-hentikan-tornado button")
    stop.click()
    expect(stop).to_have_count(0)
    expect(page.locator(".st-key-hitung-tornado button")).to_be_enabled()
    page.locator(".st-key-hitung-sasaran button").click()
    expect(page.locator(".st-key-hentikan-sasaran button")).to_be_visible()
    give(page, "plan-replacement_ratio", "0.5")
    # The title does not wait for the search, and the search is given up with its question.
    expect(page.locator(".es-header h1")).to_have_text(re.compile(r"\(diubah\)"))
    expect(page.locator(".st-key-hentikan-sasaran button")).to_have_count(0)


def test_a_comparison_is_reopened_by_its_link(app: RunningApp, page: Page):
    opened(page, app, "?s=zero_growth&with=do_nothing&with=cpns_only&rinci=banding")
    expect(page.get_by_text("meninggalkan paling sedikit jabatan kosong")).to_be_visible()
    expect(page.locator(".st-key-mengapa-berbeda .js-plotly-plot")).to_be_visible()
    expect(page.get_by_text("Selisih terhadap Zero growth.")).to_be_visible()


def test_from_draft_to_locked_by_two_people(own_app: RunningApp, browser: Browser):
    with decisions.opened(own_app.data) as kept:
        kept.add_user("admin", "rahasia-sekali-0", "pengelola", "uji")
        for name, (password, role) in ACCOUNTS.items():
            kept.add_user(name, password, role, "uji")
    rina = signed_in(browser, own_app, "rina")
    choose(rina, "Zero growth")
    give(rina, "plan-replacement_ratio", "0.5")
    expect(rina.locator(".es-header h1")).to_have_text(re.compile(r"\(diubah\)"))
    rina.get_by_test_id("stPopoverButton").filter(has_text="Simpan sebagai").click()
    rina.get_by_label("Nama", exact=True).fill("Usul 2027")
    rina.get_by_label("Nama", exact=True).press("Tab")
    rina.locator(".st-key-simpan-baru button").click()
    expect(rina.get_by_text("Tersimpan: Usul 2027, revisi 1.")).to_be_visible()
    # Two at once: the second to save is refused in words.
    budi = signed_in(browser, own_app, "budi")
    opened(budi, own_app, "?s=1.1")
    give(rina, "plan-replacement_ratio", "0.6")
    expect(rina.locator(".es-header h1")).to_have_text(re.compile(r"\(diubah\)"))
    rina.locator(".st-key-simpan button").click()
    expect(rina.get_by_text("revisi 2.")).to_be_visible()
    give(budi, "plan-replacement_ratio", "0.7")
    expect(budi.get_by_text("rina sudah menyimpan revisi 2")).to_be_visible()
    budi.locator(".st-key-simpan button").click()
    expect(budi.get_by_text("Buka lagi, lalu ulangi perubahan Anda")).to_be_visible()
    # Without a reason for the moved lever nothing is submitted.
    rina.locator(".st-key-pindah-submitted button").click()
    expect(rina.get_by_text("Tulis alasan untuk setiap tuas")).to_be_visible()
    reason = rina.locator(".st-key-alasan-plan-replacement_ratio input")
    reason.fill("anggaran 2027")
    reason.press("Enter")
    rina.locator(".st-key-simpan button").click()
    expect(rina.get_by_text("revisi 3.")).to_be_visible()
    rina.locator(".st-key-pindah-submitted button").click()
    expect(rina.get_by_text("Usul 2027 sekarang diajukan.")).to_be_visible()
    wali = signed_in(browser, own_app, "wali")
    opened(wali, own_app, "?s=1")
    expect(wali.locator(".st-key-simpan button")).to_have_count(0)
    wali.locator(".st-key-pindah-approved button").click()
    expect(wali.get_by_text("Usul 2027 sekarang disetujui.")).to_be_visible()
    wali.locator(".st-key-pindah-locked button").click()
    expect(wali.get_by_text("Usul 2027 sekarang dikunci.")).to_be_visible()
    expect(wali.locator("[class*=st-key-pindah-]")).to_have_count(0)
