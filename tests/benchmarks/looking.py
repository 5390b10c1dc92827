"""A browser's own clock on the running app: what every benchmark of a page shares.

Times are milliseconds from a touch, or from the start of a navigation, to the frame that shows what
came of it.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser import running_app

SEEN_FIRST = """
() => {
  const seen = window.estafetSeen = {};
  const look = () => {
    if (!seen.finding && document.querySelector('.es-header h1')?.textContent)
      requestAnimationFrame(() => { seen.finding = seen.finding || performance.now(); });
    if (!seen.figure && document.querySelector('.js-plotly-plot .overplot path'))
      requestAnimationFrame(() => { seen.figure = seen.figure || performance.now(); });
    if (!seen.table && document.querySelector('[data-testid=stDataFrame] canvas'))
      requestAnimationFrame(() => { seen.table = seen.table || performance.now(); });
    if (!seen.finding || !seen.figure || !seen.table) requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}
"""
WATCH = """
(body) => {
  const parts = new Function(body);
  const before = parts();
  window.estafetPainted = new Promise(resolve => {
    let start = null;
    for (const kind of ['pointerdown', 'keydown'])
      addEventListener(kind, e => { start ??= e.timeStamp; }, {capture: true, once: true});
    const look = () => {
      const now = parts();
      if (start !== null && now.every((part, i) => part && part !== before[i]))
        requestAnimationFrame(() => resolve(performance.now() - start));
      else requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  });
}
"""


@dataclass(frozen=True)
class FirstPage:
    """Milliseconds from navigation to the finding, the first drawn figure and the first table.

    ``table``: infinite where it was not waited for.
    """

    finding: float
    figure: float
    table: float = float("inf")


def first_page(
    page: Page, url: str, patience_seconds: int = 60, *, has_table: bool = False
) -> FirstPage:
    """Open an address and wait until it shows something, with ``has_table`` a table too."""
    page.add_init_script(f"({SEEN_FIRST})()")
    page.goto(url, wait_until="commit")
    wanted = "window.estafetSeen?.finding && window.estafetSeen?.figure"
    page.wait_for_function(
        f"{wanted} && window.estafetSeen?.table" if has_table else wanted,
        timeout=1000 * patience_seconds,
    )
    seen = page.evaluate("window.estafetSeen")
    return FirstPage(seen["finding"], seen["figure"], seen.get("table", float("inf")))


def painted_after(page: Page, act: Callable[[], None], parts: str) -> float:
    """Milliseconds from the touch in ``act`` until every one of ``parts`` is painted anew."""
    page.evaluate(WATCH, parts)
    act()
    return float(page.evaluate("window.estafetPainted"))


def p95(times: Sequence[float]) -> float:
    """The value that 95 of 100 stay below."""
    return statistics.quantiles(times, n=20, method="inclusive")[-1]


def line(what: str, target: str, values: Sequence[tuple[str, float]]) -> str:
    """One row of the printed table."""
    said = ", ".join(f"{name} {value:,.0f} ms" for name, value in values)
    return f"{what:<46} {said:<46} {target}"


def spread(times: Sequence[float]) -> list[tuple[str, float]]:
    """What a row says of many times."""
    return [("median", statistics.median(times)), ("p95", p95(times))]


def finding_and_figure(seen: Sequence[FirstPage]) -> list[tuple[str, float]]:
    """What a row says of first pages: the median of each moment."""
    return [
        ("finding", statistics.median(one.finding for one in seen)),
        ("figure", statistics.median(one.figure for one in seen)),
    ]


def plan_shown(seen: Sequence[FirstPage]) -> list[tuple[str, float]]:
    """What a row says of pages with a map and a table: the median of each moment."""
    return [
        *((name.replace("figure", "map"), value) for name, value in finding_and_figure(seen)),
        ("table", statistics.median(one.table for one in seen)),
    ]


def fresh_page(browser: Browser) -> Page:
    """A page of a visitor who never came before, on a projector."""
    context = browser.new_context(viewport={"width": 1920, "height": 1080}, locale="id-ID")
    return context.new_page()


@contextmanager
def looking(data: Path, log: Path) -> Iterator[tuple[str, Browser]]:
    """The real app over a data folder, its address, and the system's Chromium beside it."""
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
        yield app.url, browser


def parser(doc: str | None, changes: int) -> argparse.ArgumentParser:
    """The options that each of these commands takes."""
    made = argparse.ArgumentParser(description=(doc or "").splitlines()[0])
    made.add_argument("--data", type=Path, help="a data folder to measure (default: sample city)")
    made.add_argument("--changes", type=int, default=changes)
    return made


def print_rows(data: Path | None, rows: Callable[[Path, Path], Iterable[str]]) -> None:
    """Print the rows measured on a data folder, the sample city where none is named."""
    with tempfile.TemporaryDirectory(prefix="estafet-speed-") as folder:
        held = data or running_app.with_sample_city(Path(folder) / "data")
        if hasattr(os, "getloadavg"):
            load, cores = os.getloadavg()[0], os.cpu_count()
            print(f"{cores} cores, load before {load:.1f} (above {cores}: others are working too)")
        for row in rows(held, Path(folder) / "app.log"):
            print(row, flush=True)
