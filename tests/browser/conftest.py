"""The real app over the sample city, and a Chromium page in front of it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.browser import running_app
from tests.browser.running_app import RunningApp
from tests.patience import PATIENCE

HERE = Path(__file__).resolve().parent
expect.set_options(timeout=1_000 * PATIENCE)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder drives a browser, and is marked so."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for the session; without one the tests skip, in CI they fail."""
    path = running_app.chromium_path()
    if path is None:
        said = "no Chromium on this machine; install the package chromium to run browser tests"
        if os.environ.get("CI", "").casefold() in {"1", "true"}:
            pytest.fail(said)
        pytest.skip(said)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=path, args=list(running_app.CHROMIUM_OPTIONS)
        )
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def sample_data(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Path:  # noqa: ARG001
    """A data folder with the sample city, for reading only (no browser: not even made)."""
    return running_app.with_sample_city(tmp_path_factory.mktemp("estafet-data"))


@pytest.fixture(scope="session")
def app(sample_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningApp]:
    """The app over the sample city, shared by the tests that only look."""
    log = tmp_path_factory.mktemp("estafet-log") / "app.log"
    with running_app.running(sample_data, log) as server:
        yield server


@pytest.fixture
def own_app(browser: Browser, tmp_path: Path) -> Iterator[RunningApp]:  # noqa: ARG001
    """An app with a sample city of its own, for tests that change something or restart it."""
    data = running_app.with_sample_city(tmp_path / "data")
    with running_app.running(data, tmp_path / "app.log") as server:
        yield server


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A fresh visitor at a laptop, reading Indonesian."""
    visitor = browser.new_context(
        viewport={"width": 1440, "height": 900}, locale="id-ID", accept_downloads=True
    )
    visitor.set_default_timeout(1_000 * PATIENCE)
    # Streamlit would open the system's save dialogue, which nobody can click here.
    visitor.add_init_script("delete window.showSaveFilePicker")
    yield visitor
    visitor.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    """A tab of that visitor."""
    return context.new_page()
