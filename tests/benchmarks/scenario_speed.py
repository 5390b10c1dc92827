"""How long a visitor waits on the page Skenario: first visitor, a preset, each kind of lever.

``python -m tests.benchmarks.scenario_speed`` starts the real app over the sample city on a free
port and looks at it with the system's Chromium, as ``page_speed`` does; ``--data`` measures another
store.

What is measured
    *First visitor*: from the start of the navigation to the first figure, on a server that has
    learnt nothing; *new browser profile*: to finding and figure on a warm server.
    *Preset*: from the pointer going down on a preset that was computed before to the frame after
    the address has changed, which is the last thing a redraw does.
    *Lever*: from the key that moves it to that frame, at values nobody asked for before, so that
    the chain behind the lever is computed anew; by how early in the chain the lever stands.
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

CHANGES = 16
_PATIENCE_MS = 240_000
_TARGET = "target 500"
# The address is written when everything else has been sent.
_MARKS = "return [location.search || '?'];"
_FIELD = 'input[aria-label*="{name}"]'
# What a lever is called, the values it is given in turn, and where in the chain it stands.
LEVERS = (
    ("Pengganti per orang yang keluar", "plan", [round(0.97 - 0.03 * at, 2) for at in range(30)]),
    ("Uang untuk pengganti per tahun", "plan", [10**9 * (3 + at) for at in range(30)]),
    (
        "Pertumbuhan belanja daerah",
        "budget",
        [round(-4 + 0.5 * at, 1) for at in range(30) if at != 8],
    ),
    ("Potongan TKD", "budget", [1 + at for at in range(30)]),
)
_SLIDER = "tuas-pupils-births_factor"


def _ready(page: Page) -> None:
    page.locator(".es-source").wait_for(timeout=_PATIENCE_MS)
    time.sleep(1.5)


def presets(page: Page, count: int) -> list[float]:
    """Milliseconds from pointer to paint; each was opened once before."""
    names = ("Zero growth", "Tanpa pengganti", "CPNS saja", "Minus growth")
    times = []
    for at in range(count + len(names)):
        pill = page.locator(".st-key-mulai").get_by_role(
            "radio", name=names[at % len(names)], exact=True
        )
        times.append(painted_after(page, pill.click, _MARKS))
        time.sleep(0.4)
    return times[len(names) :]


def fields(page: Page, name: str, values: list[float], count: int) -> list[float]:
    """Milliseconds from the key to the paint for one field, each value for the first time."""
    times = []
    field = page.locator(_FIELD.format(name=name)).first
    for value in values[:count]:
        field.fill(f"{value}")
        times.append(painted_after(page, lambda: field.press("Enter"), _MARKS))
        time.sleep(0.4)
    return times


def slides(page: Page, count: int) -> list[float]:
    """The same for the slider of births, at the start of the chain, step by step."""
    thumb = page.locator(f".st-key-{_SLIDER} input[type=range]")
    thumb.wait_for(state="attached")
    times = []
    thumb.focus()
    for _ in range(min(count, 10)):
        times.append(painted_after(page, lambda: page.keyboard.press("ArrowLeft"), _MARKS))
        time.sleep(0.4)
    return times


def measured(data: Path, log: Path, count: int) -> Iterator[str]:
    """The rows of the table, one after the other."""
    with looking(data, log) as (home, browser):
        url = f"{home}/skenario"
        cold = first_page(fresh_page(browser), url, patience_seconds=_PATIENCE_MS // 1000)
        yield line("Skenario, first visitor of this server", "", [("figure", cold.figure)])
        warm = [first_page(fresh_page(browser), url) for _ in range(3)]
        told = "Skenario, new browser profile (median of 3)"
        yield line(told, "target 3,000", finding_and_figure(warm))
        page = fresh_page(browser)
        page.goto(url)
        _ready(page)
        yield line(f"Preset, known ({count})", _TARGET, spread(presets(page, count)))
        every: list[float] = []
        for name, stage, values_given in LEVERS:
            page.goto(f"{url}?s=zero_growth")
            _ready(page)
            times = fields(page, name, values_given, count)
            every += times
            yield line(f"Lever: {name} ({stage}, {len(times)})", _TARGET, spread(times))
        page.goto(f"{url}?s=zero_growth")
        _ready(page)
        times = slides(page, count)
        every += times
        yield line(f"Lever: births (pupils, {len(times)})", _TARGET, spread(times))
        yield line(f"All levers ({len(every)})", _TARGET, spread(every))


def main() -> None:
    """The command line."""
    asked = parser(__doc__, CHANGES).parse_args()
    print_rows(asked.data, lambda data, log: measured(data, log, asked.changes))


if __name__ == "__main__":
    main()
