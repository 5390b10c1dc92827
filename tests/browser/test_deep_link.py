"""Links into the app on a server that nobody has visited since it started.

Left alone, such a server takes ``pages/`` for the older kind of multi-page app: it runs a file of
that folder by itself, without ``app.py``, when its name is the address, and says "page not found"
to every other link (docs/decisions/0004).
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from analytics import state
from tests.browser import running_app
from tests.browser.running_app import ROOT, RunningApp

PASSWORD = "sandi contoh untuk uji"


@pytest.fixture
def guarded_app(browser: Browser, tmp_path: Path) -> Iterator[RunningApp]:  # noqa: ARG001
    """A fresh server with one account and no data: nobody gets in without signing in."""
    data = tmp_path / "data"
    data.mkdir()
    with state.opened(data) as decisions:
        decisions.add_user("pengelola contoh", PASSWORD, "pengelola")
    with running_app.running(data, tmp_path / "app.log") as server:
        yield server


def settled(page: Page) -> None:
    """Wait until the server has run what it runs for this address."""
    page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]")


def test_a_file_of_pages_shows_nothing_on_a_fresh_server(guarded_app: RunningApp, page: Page):
    files = sorted(path.stem for path in (ROOT / "pages").glob("*.py"))
    assert "retirements" in files
    for name in files:
        page.goto(f"{guarded_app.url}/{name}")
        settled(page)
        # Either nothing, or the whole app with its sign-in.
        if page.locator("[data-testid=stMain]").inner_text().strip():
            expect(page.get_by_label("Kata sandi", exact=True)).to_have_count(1)
        expect(page.locator(".es-header, .es-empty, [data-testid=stDataFrame]")).to_have_count(0)


@pytest.mark.parametrize("address", ["pensiun", "data", "pengelolaan"])
def test_a_link_on_a_fresh_server_asks_to_sign_in_and_then_leads_there(
    guarded_app: RunningApp, page: Page, address: str
):
    page.goto(f"{guarded_app.url}/{address}?hitung=pns")
    expect(page.get_by_label("Kata sandi", exact=True)).to_be_visible()
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.get_by_label("Nama pengguna").fill("pengelola contoh")
    page.get_by_label("Kata sandi", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Masuk").click()
    # The form itself is gone; Pengelolaan has a field for passwords of its own.
    expect(page.locator(".st-key-sign_in_place")).to_have_count(0)
    settled(page)
    assert f"/{address}" in page.url
    expect(page.locator(".es-header, .es-empty").first).to_be_visible()


def test_the_first_page_answers_to_its_own_name(app: RunningApp, page: Page):
    page.goto(f"{app.url}/ringkasan?hitung=pns")
    expect(page.locator(".es-header h1")).to_contain_text("PNS")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page).to_have_url(f"{app.url}/?hitung=pns")


@pytest.mark.parametrize("address", ["", "regrouping"])
def test_a_browser_connects_before_its_questions_are_answered(
    app: RunningApp, page: Page, address: str
):
    missing: list[str] = []
    page.on("response", lambda one: missing.append(one.url) if one.status >= 400 else None)
    # Never answered.
    page.route("**/_stcore/health", lambda _: None)
    page.goto(f"{app.url}/{address}")
    expect(page.locator(".es-header h1")).not_to_be_empty()
    # Streamlit by itself asks beneath the address of a page first, in vain, and waits then.
    assert missing == []


def test_the_page_says_which_language_it_speaks(guarded_app: RunningApp, page: Page):
    page.goto(f"{guarded_app.url}/?lang=en")
    expect(page.get_by_label("Password", exact=True)).to_be_visible()
    page.wait_for_function("document.documentElement.lang === 'en'")
    page.goto(guarded_app.url)
    expect(page.get_by_label("Kata sandi", exact=True)).to_be_visible()
    page.wait_for_function("document.documentElement.lang === 'id'")


def test_nothing_is_fetched_from_elsewhere(guarded_app: RunningApp, page: Page):
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(guarded_app.url)
    expect(page.get_by_label("Kata sandi", exact=True)).to_be_visible()
    settled(page)
    elsewhere = [url for url in asked if not url.startswith((guarded_app.url, "data:", "blob:"))]
    assert elsewhere == []


@pytest.mark.parametrize("width", [1024, 1280, 1366, 1920])
def test_no_page_of_the_menu_lies_under_the_switch_of_languages(
    app: RunningApp, page: Page, width: int
):
    page.set_viewport_size({"width": width, "height": 700})
    page.goto(f"{app.url}/metode")
    expect(page.locator(".es-header h1")).to_be_visible(timeout=60_000)
    corner = page.locator(".st-key-topbar").bounding_box()
    shown = page.locator(
        "header [data-testid=stTopNavLinkContainer]:visible,"
        " header [data-testid=stTopNavSection]:visible"
    )
    expect(shown.first).to_be_visible()
    assert corner is not None
    for at in range(shown.count()):
        box = shown.nth(at).bounding_box()
        # What does not fit is kept out of sight, in the menu at the end.
        if box is not None and box["height"] > 0 and box["y"] >= 0:
            assert box["x"] + box["width"] <= corner["x"] + 1
