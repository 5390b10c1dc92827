"""How long a visitor waits on the pages that solve a plan: first plan, a filter, a lock.

``python -m tests.benchmarks.plan_speed`` starts the real app over the sample city on a free port
and looks at it with the system's Chromium, as ``page_speed`` does; ``--data`` measures another
store, such as that of a whole kabupaten.

What is measured, for Regrouping and Pemerataan guru
    *First visitor*: from the start of the navigation to the finding and to the first drawn figure,
    on a server that has neither learnt the forecast nor solved anything; *new browser profile*:
    the same on a warm server.
    *New question*: from the pointer going down on another threshold (Regrouping) or least number of
    hours (Pemerataan) that nobody asked for before to the frame after the large figures and the map
    have changed; *filter change*: the same for questions solved before, as for the second visitor.
    *Lock*: from the pointer going down on the lock of a school, a different one each time, to the
    frame after the map has changed: the plan is solved again; *release*: the way back.

And for Regrouping on a large place (``tests/benchmarks/large_place.py``)
    *First visitor* and *new browser profile*: to the finding, to the map and to the first table.

And for Opsi pengganti
    *First visitor* and *new browser profile* as above; *year*: from the pointer going down on
    another year to the frame after the finding and the gap by year have changed; *lever*: a step of
    the years of service of who leaves, until the sentence beneath has changed.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page

from tests.benchmarks.large_place import with_large_place
from tests.benchmarks.looking import (
    finding_and_figure,
    first_page,
    fresh_page,
    line,
    looking,
    painted_after,
    parser,
    plan_shown,
    print_rows,
    spread,
)

CHANGES, LOCKS = 24, 8
_PATIENCE_MS = 180_000
_MARKS = """
  const drawn = [...document.querySelectorAll('.st-key-%s .js-plotly-plot .overplot *')]
    .map(one => (one.getAttribute('d') || '') + (one.getAttribute('transform') || '')
      + (one.getAttribute('style') || '')).join();
"""
_BOTH = _MARKS + "return [document.querySelector('.es-keys')?.textContent, drawn];"
_MAP = _MARKS + "return [drawn];"
# The schools that a plan moves stand in the map's own data.
_SCHOOLS = """
(key) => {
  const map = document.querySelector(`.st-key-${key} .js-plotly-plot`);
  return map.data.filter(one => one.customdata && one.marker)
    .sort((one, other) => (other.name === 'Bergabung') - (one.name === 'Bergabung'))
    .flatMap(one => [...one.customdata].map(row => String(row[0] ?? row)));
}
"""


@dataclass(frozen=True)
class Solved:
    """A page that solves: its address, map, filter with its values, and how a school is locked."""

    address: str
    map: str
    filter: str
    values: tuple[str, ...]
    school: str
    lock: str
    lock_words: tuple[str, str]


PAGES = (
    Solved(
        "regrouping", "peta-gabung", "calon", ("60", "120", "100"), "pilih", "kunci-{npsn}",
        ("Tetap buka", "Bebas"),
    ),
    Solved(
        "pemerataan", "peta-pemerataan", "jp", ("6", "12", "18", "24"), "sekolah_pindah",
        "kunci-sekolah", ("Tutup", "Buka lagi"),
    ),
)  # fmt: skip


def _ready(page: Page, solved: Solved) -> None:
    """Wait for the page and its map."""
    page.locator(".es-source").wait_for(timeout=_PATIENCE_MS)
    marks = page.locator(f".st-key-{solved.map} .overplot").locator("path")
    marks.first.wait_for(state="attached", timeout=_PATIENCE_MS)
    time.sleep(1)


def filter_changes(page: Page, solved: Solved, count: int) -> tuple[list[float], list[float]]:
    """Milliseconds from pointer to paint: questions asked first, and those solved before."""
    _ready(page, solved)
    times = []
    for number in range(count + len(solved.values)):
        value = solved.values[number % len(solved.values)]
        button = page.locator(f".st-key-{solved.filter}").get_by_role(
            "radio", name=value, exact=True
        )
        times.append(painted_after(page, button.click, _BOTH % solved.map))
        time.sleep(0.4)
    # The last of the values is where the page began.
    return times[: len(solved.values) - 1], times[len(solved.values) :]


def locks(page: Page, url: str, solved: Solved, count: int) -> tuple[list[float], list[float]]:
    """Milliseconds from pointer to paint for locks of different schools, and their releases."""
    _ready(page, solved)
    schools = list(dict.fromkeys(page.evaluate(_SCHOOLS, solved.map)))[:count]
    locked, released = [], []
    for npsn in schools:
        page.goto(f"{url}?{solved.school}={npsn}")
        _ready(page, solved)
        place = page.locator(f".st-key-{solved.lock.format(npsn=npsn)}")
        for word, times in zip(solved.lock_words, (locked, released), strict=True):
            button = place.locator("button", has_text=word).first
            times.append(painted_after(page, button.click, _MAP % solved.map))
            time.sleep(0.6)
    return locked, released


_YEARS = ("2032", "2033", "2034", "2030", "2029", "2031")
_GAP = """
  const drawn = [...document.querySelectorAll('.st-key-kekurangan-per-tahun .shapelayer path')]
    .map(one => one.getAttribute('d')).join();
  return [document.querySelector('.es-header h1')?.textContent, drawn];
"""
_TOLD = "return [[...document.querySelectorAll('.es-told')].at(-1)?.textContent];"


def year_changes(page: Page, count: int) -> list[float]:
    """Milliseconds from pointer to paint for another year on Opsi pengganti; the first is left."""
    times = []
    for number in range(count + 1):
        page.locator(".st-key-sampai_ganti").get_by_role("combobox").click()
        option = page.get_by_role("option", name=_YEARS[number % len(_YEARS)], exact=True)
        option.wait_for()
        times.append(painted_after(page, option.click, _GAP))
        time.sleep(0.4)
    return times[1:]


def service_steps(page: Page, count: int) -> list[float]:
    """Milliseconds from key to paint for steps of the leaver's service; the first is left out."""
    slider = page.locator(".st-key-mkg_pergi input[type=range]")
    slider.focus()
    times = []
    for number in range(count + 1):
        # A grade of service pays more every second year: two steps always change the sentence.
        key = "ArrowLeft" if number % 8 < 4 else "ArrowRight"
        page.keyboard.press(key)
        time.sleep(0.4)
        times.append(painted_after(page, lambda key=key: page.keyboard.press(key), _TOLD))  # type: ignore[misc]
        time.sleep(0.4)
    return times[1:]


def replacing(browser: Browser, url: str, changes: int) -> Iterator[str]:
    """The rows of the page Opsi pengganti."""
    for what, count in (("first visitor of this server", 1), ("new browser profile", 3)):
        seen = [
            first_page(fresh_page(browser), url, patience_seconds=_PATIENCE_MS // 1000)
            for _ in range(count)
        ]
        target = "target 3,000" if count > 1 else ""
        yield line(f"Pengganti, {what}", target, finding_and_figure(seen))
    page = fresh_page(browser)
    page.goto(url)
    page.locator(".es-source").wait_for(timeout=_PATIENCE_MS)
    time.sleep(1)
    years = year_changes(page, changes)
    yield line(f"Pengganti, year ({len(years)})", "target 500", spread(years))
    steps = service_steps(page, changes)
    yield line(f"Pengganti, lever of one for one ({len(steps)})", "target 500", spread(steps))


def measured(data: Path, log: Path, changes: int, locks_count: int) -> Iterator[str]:
    """The rows of the table, one after the other."""
    with looking(data, log) as (home, browser):
        for solved in PAGES:
            url, name = f"{home}/{solved.address}", solved.address.capitalize()
            cold = first_page(fresh_page(browser), url, patience_seconds=_PATIENCE_MS // 1000)
            yield line(f"{name}, first visitor of this server", "", finding_and_figure([cold]))
            warm = [first_page(fresh_page(browser), url) for _ in range(5)]
            told = f"{name}, new browser profile (median of 5)"
            yield line(told, "target 3,000", finding_and_figure(warm))
            page = fresh_page(browser)
            page.goto(url)
            new, again = filter_changes(page, solved, changes)
            told = f"{name}, new question ({len(new)})"
            yield line(told, "first plan 3,000", [("median", statistics.median(new)),
                                                  ("worst", max(new))])  # fmt: skip
            told = f"{name}, filter change ({len(again)})"
            yield line(told, "targets 200, 300", spread(again))
            locked, released = locks(page, url, solved, locks_count)
            told = f"{name}, lock, solved again ({len(locked)})"
            yield line(told, "first plan 3,000", spread(locked))
            yield line(f"{name}, release", "targets 200, 300", spread(released))
        yield from replacing(browser, f"{home}/pengganti", changes)
    yield from large(log)


def large(log: Path) -> Iterator[str]:
    """The rows of Regrouping on a large place."""
    with tempfile.TemporaryDirectory(prefix="estafet-large-") as folder:
        data = Path(folder) / "data"
        told = with_large_place(data)
        with looking(data, log) as (home, browser):
            for what, count in (("first visitor", 1), ("new profile, median of 5", 5)):
                seen = [
                    first_page(fresh_page(browser), f"{home}/regrouping", 180, has_table=True)
                    for _ in range(count)
                ]
                yield line(f"Regrouping {told}, {what}", "target 3,000", plan_shown(seen))


def main() -> None:
    """The command line."""
    options = parser(__doc__, CHANGES)
    options.add_argument("--locks", type=int, default=LOCKS)
    options.add_argument("--large", action="store_true", help="the large place alone")
    asked = options.parse_args()
    if asked.large:
        print_rows(Path(), lambda _, log: large(log))
        return
    print_rows(asked.data, lambda data, log: measured(data, log, asked.changes, asked.locks))


if __name__ == "__main__":
    main()
