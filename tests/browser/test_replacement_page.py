"""The page on replacing in a browser: a lever, a number of an option, one for one, the phone."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.running_app import RunningApp


def opened(page: Page, app: RunningApp, link: str) -> str:
    """The finding of the page at a link."""
    page.goto(f"{app.url}/{link}")
    expect(page.locator(".es-source")).to_be_visible()
    return page.locator(".es-header h1").inner_text()


def chosen(page: Page, key: str, name: str) -> None:
    """Choose from a list once nothing is drawn or scrolled any more, which would close it."""
    idle = page.locator("[data-testid=stApp][data-test-script-state=notRunning]")
    expect(idle).to_be_attached()
    box = page.locator(f".st-key-{key}").get_by_role("combobox")
    box.scroll_into_view_if_needed()
    page.wait_for_timeout(1_000)
    box.click()
    page.get_by_role("option", name=name, exact=True).click()


def test_another_year_moves_the_finding_and_stands_in_the_link(app: RunningApp, page: Page):
    before = opened(page, app, "pengganti")
    assert re.search(r"akhir 2031 kurang [\d.]+ jabatan menurut kebutuhan", before)
    expect(page.locator(".es-gauge")).to_contain_text("Belanja pegawai / APBD 2027")
    assert page.locator(".es-options tbody tr").count() == 7
    chosen(page, "sampai_ganti", "2034")
    expect(page.locator(".es-header h1")).to_contain_text("akhir 2034")
    expect(page).to_have_url(re.compile("sampai_ganti=2034"))
    link = page.url
    page.goto(link)
    expect(page.locator(".es-header h1")).to_contain_text("akhir 2034")


def test_one_teacher_for_another_frees_what_the_tables_say(app: RunningApp, page: Page):
    opened(page, app, "pengganti")
    expect(page.get_by_text("III/a Rp 48 juta, P3K IX Rp 41 juta setahun")).to_be_visible()
    chosen(page, "masuk_sebagai", "P3K penuh waktu")
    expect(page.locator(".es-told").last).to_contain_text(
        re.compile("P3K penuh waktu IX masuk: Rp.41.juta setahun bebas")
    )


def test_a_number_of_an_option_is_replaced_in_the_table_and_put_back(app: RunningApp, page: Page):
    opened(page, app, "pengganti?ubah=cpns~lead_months~*~20~22~24&rinci_ganti=angka")
    first = page.locator(".es-options tbody tr").first
    expect(first).to_contain_text("22 bulan")
    expect(page.get_by_text("Diubah: 1 angka pilihan diganti.")).to_be_visible()
    page.locator(".st-key-angka-awal").get_by_role("button").click()
    expect(first).to_contain_text("16 bulan")
    expect(page).not_to_have_url(re.compile("ubah="))


def test_the_gauge_stays_in_view_and_the_options_leave_as_a_table(app: RunningApp, page: Page):
    opened(page, app, "pengganti")
    with page.expect_download() as found:
        page.locator(".st-key-unduh-pilihan-csv").get_by_role("button").click()
    text = found.value.path().read_text(encoding="utf-8-sig")
    assert text.count("\n") == 8
    assert "Biaya tahun pertama (Rp)" in text
    page.get_by_text("Rincian", exact=True).last.scroll_into_view_if_needed()
    expect(page.locator(".es-gauge")).to_be_in_viewport()


def test_on_a_phone_every_option_is_a_card_no_wider_than_the_screen(app: RunningApp, page: Page):
    page.set_viewport_size({"width": 390, "height": 844})
    opened(page, app, "pengganti")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    card = page.locator(".es-options tbody tr").first.bounding_box()
    assert card is not None
    assert card["width"] <= 390


def test_no_legend_stands_under_the_image_button(app: RunningApp, page: Page):
    page.goto(f"{app.url}/pengganti")
    expect(page.locator(".es-source")).to_be_visible()
    expect(page.locator(".js-plotly-plot .legendtext").first).to_be_attached()
    covered = page.evaluate(
        """() => [...document.querySelectorAll('.js-plotly-plot')].flatMap(figure => {
            const bar = figure.querySelector('.modebar').getBoundingClientRect()
            return [...figure.querySelectorAll('.legendtext')].filter(text => {
                const box = text.getBoundingClientRect()
                return box.right > bar.left && box.left < bar.right
                    && box.bottom > bar.top && box.top < bar.bottom
            }).map(text => text.textContent)
        })"""
    )
    assert covered == []
