"""A file through the real app: dropped, judged, loaded, seen in the calendar, taken home."""

from __future__ import annotations

import re
import threading
import time
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from python_calamine import CalamineWorkbook

from analytics import demo, state, store
from tests.browser import running_app
from tests.browser.running_app import RunningApp
from tests.patience import PATIENCE

PEOPLE_COUNT = 600
PLANTED = ("nip_malformed", "date_invalid", "unit_missing", "position_unknown", "text_formula")


@pytest.fixture(scope="module")
def workbooks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """``faulty.xlsx``: five faults, three of them errors; ``good.xlsx``: without."""
    folder = tmp_path_factory.mktemp("workbooks")
    people = demo.city().people.iloc[:PEOPLE_COUNT]
    demo.siasn_workbook(folder / "faulty.xlsx", people, PLANTED)
    demo.siasn_workbook(folder / "good.xlsx", people)
    return folder


def dropped(page: Page, app: RunningApp, file: Path) -> Page:
    """The Data page with a file in it, checked."""
    page.goto(f"{app.url}/data")
    page.get_by_test_id("stFileUploaderDropzoneInput").set_input_files(file)
    expect(page.get_by_text("Dikenali sebagai")).to_be_visible()
    return page


def load_all(page: Page) -> None:
    page.get_by_role("button", name=re.compile("^Muat semua")).click()


def test_a_workbook_is_judged_loaded_filtered_drilled_into_and_downloaded(
    own_app: RunningApp, page: Page, workbooks: Path, tmp_path: Path
):
    dropped(page, own_app, workbooks / "faulty.xlsx")
    expect(page.get_by_text("nominatif SIASN", exact=True).first).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("^Muat semua"))).to_have_count(0)
    # The sample workbook plants its first fault in spreadsheet row 6.
    fault = page.get_by_text("NIP bukan 18 angka")
    expect(fault.first).to_be_visible()
    expect(page.get_by_text("baris 6").first).to_be_visible()

    page.get_by_role("button", name="Unduh daftar masalah").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="English · xlsx").click()
    download.value.save_as(tmp_path / "faults.xlsx")
    rows = CalamineWorkbook.from_path(tmp_path / "faults.xlsx").get_sheet_by_index(0).to_python()
    assert {"nip_malformed", "date_invalid", "unit_missing"} <= {row[5] for row in rows}
    page.keyboard.press("Escape")

    page.get_by_role("button", name="baris yang baik (3 ditolak)").click()
    expect(page.get_by_text("Edisi 2 berlaku").first).to_be_visible()
    assert store.edition(own_app.data, 2).people_count == PEOPLE_COUNT - 3

    page.get_by_role("link", name="Lihat kalender pensiun").click()
    expect(page.get_by_text("Siapa pensiun, kapan?")).to_be_visible()
    page.goto(f"{own_app.url}/pensiun?hitung=pns&rinci=nama&tahun=semua")
    names = page.get_by_test_id("stDataFrame").last
    expect(names).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("button", name="Unduh Excel").last.click()
    download.value.save_as(tmp_path / "names.xlsx")
    people = CalamineWorkbook.from_path(tmp_path / "names.xlsx").get_sheet_by_index(0).to_python()
    assert len(people) > 1
    assert all(len(str(row[people[0].index("NIP")])) == 18 for row in people[1:])

    page.goto(f"{own_app.url}/data?kelola=edisi")
    with page.expect_download() as download:
        page.get_by_role("button", name="Unduh 3 baris ditolak").click()
    download.value.save_as(tmp_path / "refused.xlsx")
    refused = CalamineWorkbook.from_path(tmp_path / "refused.xlsx").get_sheet_by_index(0)
    assert len(refused.to_python()) == 1 + 3


def test_a_double_click_loads_one_edition(own_app: RunningApp, page: Page, workbooks: Path):
    dropped(page, own_app, workbooks / "good.xlsx")
    page.get_by_role("button", name=re.compile("^Muat semua")).dblclick()
    expect(page.get_by_text("Edisi 2 berlaku").first).to_be_visible()
    page.wait_for_timeout(1_500)
    assert [one.number for one in store.editions(own_app.data)] == [1, 2]


def test_two_people_loading_at_once_make_one_edition_and_the_other_looks_again(
    own_app: RunningApp, context: BrowserContext, workbooks: Path
):
    first, second = context.new_page(), context.new_page()
    for page in (first, second):
        dropped(page, own_app, workbooks / "good.xlsx")
    load_all(first)
    load_all(second)
    for page in (first, second):
        told = page.get_by_text("Edisi 2 berlaku: ").or_(page.get_by_text("sudah berganti"))
        expect(told.first).to_be_visible()
    assert [one.number for one in store.editions(own_app.data)] == [1, 2]


def in_force(folder: Path) -> int | None:
    with state.opened(folder) as decisions:
        return decisions.current_edition()


def test_a_reload_in_mid_import_loses_nothing(own_app: RunningApp, page: Page, workbooks: Path):
    dropped(page, own_app, workbooks / "good.xlsx")
    load_all(page)
    # A reload before the click has reached the server is no import at all.
    begun = page.get_by_test_id("stProgress").or_(page.get_by_text("Edisi 2 berlaku"))
    expect(begun.first).to_be_visible()
    page.reload()
    # The file of an edition stands a moment before it is put in force; a page opened in between
    # rightly shows the one before.
    deadline = time.monotonic() + PATIENCE
    while in_force(own_app.data) != 2 and time.monotonic() < deadline:
        time.sleep(0.05)
    page.goto(f"{own_app.url}/data")
    expect(page.get_by_text("Edisi 2 berlaku").first).to_be_visible()


def test_a_server_killed_in_mid_import_comes_back_with_whole_editions_only(
    own_app: RunningApp, page: Page, workbooks: Path, tmp_path: Path
):
    dropped(page, own_app, workbooks / "good.xlsx")
    load_all(page)
    threading.Event().wait(0.15)
    own_app.process.kill()
    own_app.process.wait()
    with running_app.running(own_app.data, tmp_path / "again.log") as again:
        page.goto(f"{again.url}/data")
        expect(page.get_by_text(re.compile(r"Edisi [12] berlaku")).first).to_be_visible()
        assert store.damaged_editions(own_app.data) == []
        assert store.editions(own_app.data)[0].is_synthetic
        # And the next import works.
        dropped(page, again, workbooks / "good.xlsx")
        load_all(page)
        expect(page.get_by_text("orang;").first).to_be_visible()


def test_a_file_that_is_no_workbook_is_refused_in_words(
    app: RunningApp, page: Page, tmp_path: Path
):
    (tmp_path / "foto.xlsx").write_bytes(b"\xff\xd8\xff\xe0" + b"\x01" * 500)
    page.goto(f"{app.url}/data")
    page.get_by_test_id("stFileUploaderDropzoneInput").set_input_files(tmp_path / "foto.xlsx")
    expect(page.get_by_text("Tidak ada yang berubah")).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("^Muat"))).to_have_count(0)
