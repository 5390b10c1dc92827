"""Reading and loading a file beside the screen.

A screen is redrawn at every click, and a click during a long call would cut that call short. So a
file is read and loaded by a worker of the server, and the screen only watches: a second click
finds the same work, a reload loses nothing, a closed browser does not stop a load half way.
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Generic, TypeVar

Result = TypeVar("Result")
Progress = Callable[..., None]

# Uploads lie here while they are read; the process id tells whose they are.
PREFIX = "estafet-unggah-"
# Names come from a stranger's computer: nothing that a path or a shell could take for its own.
_UNSAFE = re.compile(r"[\x00-\x1f/\\:*?\"<>|]+")
_LONGEST_NAME = 120
_WATCH_SECONDS = 0.08


@dataclass
class Job(Generic[Result]):
    """One piece of work under way, and how far it is."""

    future: Future[Result] = field(default_factory=Future)
    share: float = 0.0
    step: str = ""

    def report(self, share: float, step: str = "") -> None:
        """Take note of progress: a share from 0 to 1 and the name of the step."""
        self.share = min(max(float(share), 0.0), 1.0)
        self.step = str(step or self.step)


class _Desk:
    """The workers of this server process and what they are loading."""

    def __init__(self) -> None:
        self.workers = ThreadPoolExecutor(max_workers=2, thread_name_prefix="estafet-import")
        self.lock = threading.Lock()
        self.loading = 0


_DESK = _Desk()


def started(work: Callable[[Progress], Result], *, is_load: bool = False) -> Job[Result]:
    """Work handed to the server's workers.

    Parameters
    ----------
    work
        Called with a function that takes ``(share, step)``.
    is_load
        Whether the work writes an edition; other screens then say that somebody is loading.
    """
    job: Job[Result] = Job()

    def run() -> Result:
        try:
            return work(job.report)
        finally:
            if is_load:
                with _DESK.lock:
                    _DESK.loading -= 1

    if is_load:
        with _DESK.lock:
            _DESK.loading += 1
    job.future = _DESK.workers.submit(run)
    return job


def loads_under_way() -> int:
    """How many editions are being written by this server at this moment."""
    return _DESK.loading


def followed(job: Job[Result], draw: Callable[[float, str], object]) -> Result:
    """The result of a job; its progress is drawn until it is there.

    Raises
    ------
    Whatever the work raised.
    """
    while not job.future.done():
        # Drawn every time, changed or not: only while drawing does Streamlit notice a click.
        draw(job.share, job.step)
        time.sleep(_WATCH_SECONDS)
    return job.future.result()


def safe_name(name: str) -> str:
    """The file's own name, without what a path could take for a folder."""
    clean = _UNSAFE.sub("_", name).strip(". ") or "berkas"
    stem, dot, suffix = clean.rpartition(".")
    if not dot:
        return clean[:_LONGEST_NAME]
    return f"{stem[: _LONGEST_NAME - len(suffix) - 1]}.{suffix}"


@contextmanager
def on_disk(name: str, content: bytes | memoryview) -> Iterator[Path]:
    """An upload as a temporary file under its own name, gone again afterwards.

    Readable by this user only. What a killed process left behind is swept by the next one.
    """
    sweep()
    folder = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-"))
    try:
        path = folder / safe_name(name)
        with path.open("wb") as file:
            file.write(content)
        yield path
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def sweep() -> None:
    """Remove uploads whose process is no longer there."""
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        owner = folder.name.removeprefix(PREFIX).split("-")[0]
        if not owner.isdigit() or not _is_running(int(owner)):
            shutil.rmtree(folder, ignore_errors=True)


def _is_running(process_id: int) -> bool:
    """Whether a process of this number exists (also one of another user)."""
    if os.name == "nt":
        # There, asking by signal would end the process; Windows empties its own folder instead.
        return True
    try:
        os.kill(process_id, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
