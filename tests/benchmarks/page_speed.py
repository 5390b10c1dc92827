"""How long a visitor waits: first page, and a filter change until it is painted.

``python -m tests.benchmarks.page_speed`` starts the real app over the sample city on a free port
and looks at it with the system's Chromium.

What is measured
    *First page*: from the start of the navigation to the first frame that shows the finding, and
    to the first that shows a drawn figure; on a server process that served nobody before, for a
    new browser profile on a warm server, and for a reload.
    *Filter change*: from the pointer going down on a control of the page on retirements to the
    frame after the large figures, the bars and the month calendar have all changed, by the
    browser's own clock. Two of three changes switch who is counted, one chooses a kecamatan.
    *Keluar*: the first visitor, for whom the exit model is learnt; a new browser profile; another
    choice of who is counted; and a step of the lever on early exits, each a value nobody asked for.
    *20 at once*: the filter change, while 19 further sessions do the same changes with 2 s to
    think. They speak Streamlit's own protocol over websockets from one other process, so that the
    server does for them all it does for a browser, and their drawing does not take the processor
    away from it.
"""

from __future__ import annotations

import argparse
import random
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Browser, Page
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import ClientConnection, connect

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
from tests.browser import running_app

RETIREMENTS, EXITS = "pensiun", "keluar"
USERS = 20
CHANGES = 36
THINK_SECONDS = 2.0
# As the switch reads on screen, and the link writes it.
COUNTED = ("PNS", "ASN (PNS + P3K)", "Semua")
# What must have changed before a filter counts as painted, on the page on retirements.
RETIREMENT_PARTS = """
  const figures = document.querySelectorAll('.js-plotly-plot');
  const bars = [...(figures[0]?.querySelectorAll('.bars path') || [])];
  return [
    document.querySelector('.es-keys')?.textContent,
    bars.map(bar => bar.getAttribute('d')).join(),
    document.querySelector('.st-key-kalender-bulan [data-testid=stBidiComponentIsolated]')
      ?.shadowRoot?.textContent,
  ];
"""
EXIT_PARTS = """
  const bars = document.querySelectorAll('.st-key-keluar-per-tahun .bars path');
  return [
    document.querySelector('.es-keys')?.textContent,
    [...bars].map(bar => bar.getAttribute('d')).join(),
  ];
"""


def filter_changes(page: Page, count: int, pause_seconds: float = 0.25) -> list[float]:
    """Milliseconds from pointer to paint for so many filter changes, the first three left out."""
    switch = page.locator(".st-key-hitung")
    switch.wait_for()
    page.locator(".js-plotly-plot .bars path").first.wait_for(state="attached")
    times = []
    for number in range(count + 3):
        if number % 3 == 2:
            times.append(_kecamatan_change(page))
        else:
            button = switch.get_by_role("radio", name=COUNTED[number % 3], exact=True)
            times.append(painted_after(page, button.click, RETIREMENT_PARTS))
        # A person looks before the next change; the figures' own late work must not run into it.
        time.sleep(pause_seconds)
    return times[3:]


def _kecamatan_change(page: Page) -> float:
    """Choose a kecamatan where none is chosen, take it away where one is."""
    page.get_by_test_id("stPopoverButton").filter(has_text="Saringan").click()
    chooser = page.locator(".st-key-kecamatan")
    chooser.wait_for()
    clear = chooser.get_by_role("button", name="Clear all")
    if clear.count():
        took = painted_after(page, clear.first.click, RETIREMENT_PARTS)
    else:
        chooser.get_by_role("combobox").click()
        options = page.get_by_role("option")
        options.first.wait_for()
        took = painted_after(page, options.nth(1).click, RETIREMENT_PARTS)
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    page.locator(".es-header").click()
    chooser.wait_for(state="hidden")
    return took


def exit_changes(page: Page, count: int, pause_seconds: float = 0.4) -> list[float]:
    """Milliseconds from pointer to paint on the page on exits, the first round left out."""
    switch = page.locator(".st-key-hitung")
    page.locator(".st-key-keluar-per-tahun .bars path").first.wait_for(state="attached")
    times = []
    for number in range(count + len(COUNTED)):
        button = switch.get_by_role("radio", name=COUNTED[number % 3], exact=True)
        times.append(painted_after(page, button.click, EXIT_PARTS))
        time.sleep(pause_seconds)
    return times[len(COUNTED) :]


def exit_lever_steps(page: Page, count: int, pause_seconds: float = 0.4) -> list[float]:
    """Milliseconds from key to paint for steps of the lever on early exits, the first left out."""
    page.get_by_test_id("stPopoverButton").filter(has_text="Andai-andai").click()
    slider = page.locator(".st-key-keluar_dini input[type=range]")
    slider.wait_for(state="attached")
    slider.focus()
    ahead, step = (float(slider.get_attribute(name) or 1) for name in ("max", "step"))
    # A key at the end of the slider paints nothing, and would be waited for without end.
    room = int((ahead - float(slider.input_value())) / step)
    times = []
    for _ in range(min(count + 1, room)):
        times.append(painted_after(page, lambda: page.keyboard.press("ArrowRight"), EXIT_PARTS))
        time.sleep(pause_seconds)
    return times[1:]


@dataclass
class Session:
    """One visitor without a browser: speaks Streamlit's protocol, draws nothing."""

    socket: ClientConnection
    chance: random.Random
    widgets: dict[str, str] = field(default_factory=dict)
    options: list[str] = field(default_factory=list)
    fragment: str = ""
    page_hash: str = ""
    query: str = ""
    chosen: dict[str, list[str]] = field(default_factory=dict)

    def rerun(self, fragment: str = "") -> float:
        """One rerun with the values chosen so far; seconds until the server says it is done."""
        message = BackMsg()
        state = message.rerun_script
        state.query_string, state.page_script_hash = self.query, self.page_hash
        state.fragment_id = fragment
        if not self.page_hash:
            state.page_name = RETIREMENTS
        for word, values in self.chosen.items():
            widget = state.widget_states.widgets.add()
            widget.id = self.widgets[word]
            widget.string_array_value.data.extend(values)
        started = time.perf_counter()
        self.socket.send(message.SerializeToString())
        while not self._heard():
            pass
        return time.perf_counter() - started

    def _heard(self) -> bool:
        """Take in one message; whether it ends the rerun."""
        message = ForwardMsg()
        message.ParseFromString(bytes(self.socket.recv(timeout=60)))
        kind = message.WhichOneof("type")
        if kind == "delta":
            self._note(message)
        elif kind == "navigation":
            self.page_hash = message.navigation.page_script_hash or self.page_hash
        elif kind == "page_info_changed":
            self.query = message.page_info_changed.query_string
        return kind == "script_finished"

    def _note(self, message: ForwardMsg) -> None:
        element = message.delta.new_element
        for kind, word in (("button_group", "hitung"), ("multiselect", "kecamatan")):
            widget = getattr(element, kind)
            if element.WhichOneof("type") == kind and widget.id.endswith(f"-{word}"):
                self.widgets[word], self.fragment = widget.id, message.delta.fragment_id
                if kind == "multiselect":
                    self.options = list(widget.options)

    def change(self) -> float:
        """The same kind of filter change that the measured browser makes."""
        if self.chance.random() < 1 / 3:
            now = self.chosen.get("kecamatan", [])
            self.chosen["kecamatan"] = [] if now else [self.chance.choice(self.options)]
        else:
            others = [one for one in COUNTED if [one] != self.chosen.get("hitung")]
            self.chosen["hitung"] = [self.chance.choice(others)]
        return self.rerun(self.fragment)


def crowd(url: str, users: int) -> None:
    """Keep so many sessions busy until standard input closes; print their reruns in ms."""
    stop = threading.Event()
    took: list[float] = []

    def visit(number: int) -> None:
        chance = random.Random(number)
        address = url.replace("http://", "ws://") + "/_stcore/stream"
        with connect(
            address, subprotocols=["streamlit"], max_size=None, compression=None
        ) as socket:
            session = Session(socket, chance)
            session.rerun()
            if not session.fragment:
                raise RuntimeError("the page shows no counting switch to a session")
            stop.wait(chance.uniform(0, THINK_SECONDS))
            while not stop.is_set():
                took.append(session.change())
                stop.wait(THINK_SECONDS * chance.uniform(0.5, 1.5))

    visitors = [threading.Thread(target=visit, args=(n,), daemon=True) for n in range(users)]
    for visitor in visitors:
        visitor.start()
    time.sleep(3 * THINK_SECONDS)
    took.clear()
    print("ready", flush=True)
    sys.stdin.read()
    stop.set()
    print(" ".join(f"{1000 * one:.1f}" for one in took), flush=True)


@contextmanager
def busy(url: str, users: int) -> Iterator[list[float]]:
    """Other visitors while the block runs; afterwards the list holds their reruns in ms."""
    command = [sys.executable, "-m", "tests.benchmarks.page_speed", "--crowd", url]
    command += ["--users", str(users)]
    process = subprocess.Popen(
        command, cwd=running_app.ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    reruns: list[float] = []
    try:
        if process.stdout is None or process.stdout.readline().strip() != "ready":
            raise RuntimeError("the other visitors did not arrive")
        yield reruns
        said, _ = process.communicate("", timeout=30)
        reruns.extend(float(one) for one in said.split())
    finally:
        process.kill()
        process.wait()


def measured(data: Path, log: Path, changes: int, users: int) -> Iterator[str]:
    """The rows of the table, one after the other."""
    with looking(data, log) as (url, browser):
        within = "target 3,000"
        page = fresh_page(browser)
        cold = first_page(page, url)
        yield line("first page, server just started", within, finding_and_figure([cold]))
        warm = [first_page(fresh_page(browser), url) for _ in range(5)]
        yield line(
            "first page, new browser profile (median of 5)", within, finding_and_figure(warm)
        )
        again = [first_page(page, url) for _ in range(5)]
        yield line("first page, reload (median of 5)", within, finding_and_figure(again))

        yield from _exits_measured(browser, f"{url}/{EXITS}", changes)
        page = fresh_page(browser)
        page.goto(f"{url}/{RETIREMENTS}")
        alone = filter_changes(page, changes)
        told = f"filter change, 1 user ({len(alone)} changes)"
        yield line(told, "targets 200, 300", spread(alone))
        with busy(url, users - 1) as reruns:
            among = filter_changes(page, changes)
        told = f"filter change, {users} users ({len(among)} changes)"
        yield line(told, "target 300", spread(among))
        if len(reruns) > 1:
            told = f"the other {users - 1} ({len(reruns)} reruns, server only)"
            yield line(told, "", spread(reruns))


def _exits_measured(browser: Browser, url: str, changes: int) -> Iterator[str]:
    first = first_page(fresh_page(browser), url, patience_seconds=300)
    yield line("Keluar, first visitor (model learnt)", "", finding_and_figure([first]))
    warm = [first_page(fresh_page(browser), url) for _ in range(5)]
    yield line(
        "Keluar, new browser profile (median of 5)", "target 3,000", finding_and_figure(warm)
    )
    page = fresh_page(browser)
    page.goto(url)
    counted = exit_changes(page, changes)
    yield line(
        f"Keluar, who is counted ({len(counted)} changes)", "targets 200, 300", spread(counted)
    )
    steps = exit_lever_steps(page, changes)
    yield line(f"Keluar, lever step ({len(steps)} steps)", "targets 200, 300", spread(steps))
    page.close()


def main() -> None:
    """The command line."""
    options = parser(__doc__, CHANGES)
    options.add_argument("--users", type=int, default=USERS)
    options.add_argument("--crowd", metavar="URL", help=argparse.SUPPRESS)
    asked = options.parse_args()
    if asked.crowd:
        crowd(asked.crowd, asked.users)
        return
    print_rows(asked.data, lambda data, log: measured(data, log, asked.changes, asked.users))


if __name__ == "__main__":
    main()
