"""The real app on a free port, and the system's Chromium to look at it."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.patience import PATIENCE

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# Chromium refuses its own sandbox to root, and small machines have a small /dev/shm.
CHROMIUM_OPTIONS = ("--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu")


@dataclass(frozen=True)
class RunningApp:
    """A server process: where it answers, its data folder, its log."""

    url: str
    data: Path
    process: subprocess.Popen[bytes]
    log: Path


def chromium_path() -> str | None:
    """The system's Chromium; None where there is none."""
    return next((found for name in CHROMIUM_NAMES if (found := shutil.which(name))), None)


def free_port() -> int:
    """A port nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environment(data: Path, more: Mapping[str, str] | None = None) -> dict[str, str]:
    """This process's environment, with the data folder in place of any other store."""
    own = {key: value for key, value in os.environ.items() if not key.startswith("ESTAFET_")}
    return own | {"ESTAFET_DATA": str(data), "PYTHONUNBUFFERED": "1"} | dict(more or {})


def with_sample_city(data: Path) -> Path:
    """A data folder that holds the sample city, made as ``make run`` makes it."""
    subprocess.run(
        [sys.executable, "-m", "analytics", "init", "--demo"],
        cwd=ROOT,
        env=environment(data),
        check=True,
        capture_output=True,
        timeout=300,
    )
    return data


@contextmanager
def running(data: Path, log: Path, more: Mapping[str, str] | None = None) -> Iterator[RunningApp]:
    """The app over ``data`` until the block ends.

    Raises
    ------
    RuntimeError
        It did not answer in time; the message carries its log.
    """
    port = free_port()
    command = [sys.executable, "-m", "streamlit", "run", "app.py"]
    command += ["--server.address", "127.0.0.1", "--server.port", str(port)]
    command += ["--server.headless", "true", "--server.fileWatcherType", "none"]
    with log.open("wb") as out:
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment(data, more), stdout=out, stderr=subprocess.STDOUT
        )
        try:
            url = f"http://127.0.0.1:{port}"
            _wait_until_healthy(url, process, log)
            yield RunningApp(url, data, process, log)
        finally:
            process.terminate()
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _wait_until_healthy(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    give_up = time.monotonic() + PATIENCE
    while time.monotonic() < give_up and process.poll() is None:
        try:
            with urllib.request.urlopen(f"{url}/_stcore/health", timeout=1) as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, OSError):
            time.sleep(0.05)
    raise RuntimeError(f"the app did not start:\n{log.read_text(errors='replace')[-2000:]}")
