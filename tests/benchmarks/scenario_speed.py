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

import argparse
import os
import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from tests.benchmarks.page_speed import first_page, fresh_page, line, p95, painted_after
from tests.browser import running_app

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
    thumb.focus()
    times = []
    for _ in range(min(count, 10)):
        times.append(painted_after(page, lambda: page.keyboard.press("ArrowLeft"), _MARKS))
        time.sleep(0.4)
    return times


def _spread(times: list[float]) -> list[tuple[str, float]]:
    return [("median", statistics.median(times)), ("p95", p95(times))]


def measured(data: Path, log: Path, count: int) -> Iterator[str]:
    """The rows of the table, one after the other."""
    path = running_app.chromium_path()
    if path is None:
        raise SystemExit("no Chromium on this machine; install the package chromium")
    with (
        running_app.running(data, log) as app,
        sync_playwright() as playwright,
        playwright.chromium.launch(
            executable_path=path, args=list(running_app.CHROMIUM_OPTIONS)
        ) as browser,
    ):
        url = f"{app.url}/skenario"
        cold = first_page(fresh_page(browser), url, patience_seconds=_PATIENCE_MS // 1000)
        yield line("Skenario, first visitor of this server", "", [("figure", cold.figure)])
        warm = [first_page(fresh_page(browser), url) for _ in range(3)]
        values = [
            ("finding", statistics.median(one.finding for one in warm)),
            ("figure", statistics.median(one.figure for one in warm)),
        ]
        yield line("Skenario, new browser profile (median of 3)", "target 3,000", values)
        page = fresh_page(browser)
        page.goto(url)
        _ready(page)
        yield line(f"Preset, known ({count})", _TARGET, _spread(presets(page, count)))
        every: list[float] = []
        for name, stage, values_given in LEVERS:
            page.goto(f"{url}?s=zero_growth")
            _ready(page)
            times = fields(page, name, values_given, count)
            every += times
            yield line(f"Lever: {name} ({stage}, {len(times)})", _TARGET, _spread(times))
        page.goto(f"{url}?s=zero_growth")
        _ready(page)
        times = slides(page, count)
        every += times
        yield line(f"Lever: births (pupils, {len(times)})", _TARGET, _spread(times))
        yield line(f"All levers ({len(every)})", _TARGET, _spread(every))


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, help="a data folder to measure (default: sample city)")
    parser.add_argument("--changes", type=int, default=CHANGES)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="estafet-scenario-speed-") as folder:
        data = asked.data or running_app.with_sample_city(Path(folder) / "data")
        if hasattr(os, "getloadavg"):
            load, cores = os.getloadavg()[0], os.cpu_count()
            print(f"{cores} cores, load before {load:.1f} (above {cores}: others are working too)")
        for row in measured(data, Path(folder) / "app.log", asked.changes):
            print(row, flush=True)


if __name__ == "__main__":
    main()
