"""What a visitor would wait for, made ready while nobody is being answered.

The page Skenario rests on facts that take seconds to learn, once for each edition. They are learnt
when this process has been quiet for a moment: after a start, and after an import by whatever way.
Whoever comes meanwhile joins the work under way, as any visitor would.
"""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass

from pages.shared import load, load_scenarios
from pages.shared.load_scenarios import Key, RefusedError
from pages.shared.scenario_link import FIRST, named

LOG = logging.getLogger("estafet")
# Quiet: so few seconds of processor in so many of the clock.
_WATCH_SECONDS, _BUSY_SECONDS = 3.0, 0.15
# A start is followed by somebody who waits for the first page, most often.
_NOBODY_SECONDS = 45.0


def in_background() -> None:
    """Begin to watch for quiet moments, until the process ends."""
    threading.Thread(target=_watch, name="estafet-prepare", daemon=True).start()


def everything() -> None:
    """Make ready what the current edition holds; nothing where there is none."""
    if load.edition() is not None:
        for _ in load_scenarios.prepare(load_scenarios.key(), named(FIRST)):
            _wait_until_quiet()


def _watch() -> None:
    watched = Watched()
    _wait_for_somebody()
    while True:
        _wait_until_quiet()
        watched.look()


@dataclass
class Watched:
    """What stands ready, by the key of its facts, and what went wrong last, which is told once."""

    done: Key | None = None
    wrong: str = ""

    def look(self) -> None:
        """Make ready what is not yet; a key that failed is tried again once it is another."""
        try:
            held = None if load.edition() is None else load_scenarios.key()
            if held != self.done:
                self.done = held
                everything()
            self.wrong = ""
        except RefusedError as error:
            # Nothing is broken: the edition lacks what a scenario is about, such as people.
            if (wrong := repr(error)) != self.wrong:
                LOG.info("the page on scenarios is not prepared: %s", error)
            self.wrong = wrong
        except Exception as error:
            # The page says what is wrong to whoever opens it.
            if (wrong := repr(error)) != self.wrong:
                LOG.warning("the page on scenarios could not be prepared", exc_info=True)
            self.wrong = wrong


def _wait_for_somebody() -> None:
    """Return once a first page was begun, or nobody came for a while."""
    used, until = time.process_time(), time.monotonic() + _NOBODY_SECONDS
    while time.monotonic() < until and time.process_time() - used < _BUSY_SECONDS:
        time.sleep(_WATCH_SECONDS / 6)


def _wait_until_quiet() -> None:
    """Return once this process has done next to nothing for a while."""
    while True:
        before = time.process_time()
        time.sleep(_WATCH_SECONDS)
        if time.process_time() - before < _BUSY_SECONDS:
            return
