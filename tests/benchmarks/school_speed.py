"""How long a visitor waits on the pages on schools: first opening, a filter, a lever.

``python -m tests.benchmarks.school_speed`` starts the real app over the sample city on a free port
and looks at it with the system's Chromium, as ``page_speed`` does.

What is measured, for Murid and Guru
    *First visitor*: from the start of the navigation to the finding and to the first drawn figure,
    on a server that has not yet learnt the forecast of this edition; *new browser profile*: the
    same on a warm server.
    *Filter change*: from the pointer going down on another level of school to the frame after the
    large figures and the first two figures have all changed. After the first round the answers
    stand ready, as they do for the second visitor.
    *Lever step*: the same from a key on the slider for newcomers from outside; every step is a
    value nobody asked for before.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Page

from tests.benchmarks.looking import (
    finding_and_figure,
    first_page,
    fresh_page,
    line,
    looking,
    painted_after,
    parser,
    print_rows,
    spread,
)

CHANGES = 24
LEVELS = ("SMP", "Semua", "SD")
# The first two figures of each page.
FIGURES = {
    "murid": ("gelombang-murid", "murid-per-tingkat"),
    "guru": ("kurang-lebih", "kebutuhan-guru"),
}
PARTS = """
  const drawn = key => [...document.querySelectorAll(`.st-key-${key} .js-plotly-plot .overplot *`)]
    .map(one => (one.getAttribute('d') || '') + (one.getAttribute('href') || '')
      + (one.children.length ? '' : one.textContent)).join();
  return [document.querySelector('.es-keys')?.textContent, drawn('%s'), drawn('%s')];
"""


def _ready(page: Page, address: str) -> str:
    """The page with its figures drawn; what must change in it."""
    page.locator(".es-source").wait_for(timeout=60_000)
    for key in FIGURES[address]:
        marks = page.locator(f".st-key-{key} .overplot").locator("path, image")
        marks.first.wait_for(state="attached")
    time.sleep(1)
    return PARTS % FIGURES[address]


def level_changes(page: Page, address: str, count: int, pause_seconds: float = 0.4) -> list[float]:
    """Milliseconds from pointer to paint for so many levels, the first round left out."""
    parts = _ready(page, address)
    times = []
    for number in range(count + len(LEVELS)):
        switch = page.locator(".st-key-tingkat")
        button = switch.get_by_role("radio", name=LEVELS[number % len(LEVELS)], exact=True)
        times.append(painted_after(page, button.click, parts))
        time.sleep(pause_seconds)
    return times[len(LEVELS) :]


def lever_steps(page: Page, address: str, count: int, pause_seconds: float = 0.4) -> list[float]:
    """Milliseconds from key to paint for so many steps of a slider, the first left out."""
    parts = _ready(page, address)
    page.get_by_test_id("stPopoverButton").filter(has_text="Andai-andai").click()
    slider = page.locator(".st-key-luar input[type=range]")
    slider.wait_for(state="attached")
    slider.focus()
    times = []
    for _ in range(count + 1):
        times.append(painted_after(page, lambda: page.keyboard.press("ArrowLeft"), parts))
        time.sleep(pause_seconds)
    return times[1:]


def measured(data: Path, log: Path, changes: int) -> Iterator[str]:
    """The rows of the table, one after the other."""
    with looking(data, log) as (home, browser):
        for address in FIGURES:
            url, name = f"{home}/{address}", address.capitalize()
            cold = first_page(fresh_page(browser), url)
            yield line(f"{name}, first visitor of this server", "", finding_and_figure([cold]))
            warm = [first_page(fresh_page(browser), url) for _ in range(5)]
            told = f"{name}, new browser profile (median of 5)"
            yield line(told, "target 3,000", finding_and_figure(warm))
            page = fresh_page(browser)
            page.goto(url)
            filters = level_changes(page, address, changes)
            told = f"{name}, filter change, 1 user ({len(filters)} changes)"
            yield line(told, "targets 200, 300", spread(filters))
            levers = lever_steps(page, address, changes)
            told = f"{name}, lever step, 1 user ({len(levers)} steps)"
            yield line(told, "targets 200, 300", spread(levers))


def main() -> None:
    """The command line."""
    asked = parser(__doc__, CHANGES).parse_args()
    print_rows(asked.data, lambda data, log: measured(data, log, asked.changes))


if __name__ == "__main__":
    main()
