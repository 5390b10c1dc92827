"""Long work of the model in a process of its own, so that a busy screen stays quick.

Python runs one thread at a time: a fit of seconds beside the screen makes every visitor wait.
``python -m analytics.apart`` is the other end; it answers one question and ends. Work that goes on
beside other work ends when it is told to, and by itself once whoever asked is gone.
"""

from __future__ import annotations

import contextlib
import importlib
import os
import pickle
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import IO, Generic, TypeVar

Result = TypeVar("Result")

_ROOT = Path(__file__).resolve().parents[1]


def done_apart(work: Callable[..., Result], *arguments: object) -> Result:
    """What ``work(*arguments)`` returns, computed by another process.

    Parameters
    ----------
    work
        A function at the top of a module of ``analytics``.
    arguments
        Anything that pickle can carry.

    Raises
    ------
    Whatever the work raised. Where no process can be started, or it was ended from outside, the
    work is done here instead.
    """
    question = pickle.dumps((work.__module__, work.__qualname__, arguments, False))
    try:
        answer = subprocess.run(
            _command(), input=question, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=_ROOT
        )
    except OSError:
        return work(*arguments)
    if answer.returncode:
        return work(*arguments)
    result, error = pickle.loads(answer.stdout)
    if error is not None:
        raise error
    return result


class Begun(Generic[Result]):
    """Work that another process does meanwhile."""

    def __init__(self, process: subprocess.Popen[bytes], question: bytes) -> None:
        self._process = process
        self._answer = b""
        self._asked = threading.Event()
        self._reads = threading.Thread(target=self._ask, args=(question,), daemon=True)
        self._reads.start()

    def _ask(self, question: bytes) -> None:
        sent, told = self._process.stdin, self._process.stdout
        if sent is None or told is None:
            return
        with contextlib.suppress(OSError):  # it was ended from outside: there is no answer
            sent.write(question)
            sent.flush()
        self._asked.set()
        self._answer = told.read()
        self._process.wait()

    def _close(self, end: IO[bytes] | None) -> None:
        # What could not be sent to a process that ended is no fault.
        with contextlib.suppress(OSError):
            if end is not None:
                end.close()

    def ended(self, seconds: float) -> Result | None:
        """What the work comes to where it stops now.

        Parameters
        ----------
        seconds
            How long to wait for it; then the process is killed.

        Returns
        -------
        None where it failed, was ended from outside or does not answer in time.
        """
        if self._asked.wait(seconds):
            self._close(self._process.stdin)
            self._reads.join(seconds)
        self._process.kill()
        self._reads.join()
        self._close(self._process.stdin)
        self._close(self._process.stdout)
        if self._process.returncode or not self._answer:
            return None
        result, error = pickle.loads(self._answer)
        return None if error is not None else result


def begun_apart(work: Callable[..., Result], *arguments: object) -> Begun[Result] | None:
    """Begin ``work(*arguments, stopped)`` in another process; None where none can be started.

    Parameters
    ----------
    work
        As in :func:`done_apart`; its last argument, a function, says whether it has to stop, be it
        that its answer is asked for or that this process is gone.
    arguments
        Anything that pickle can carry.
    """
    question = pickle.dumps((work.__module__, work.__qualname__, arguments, True))
    try:
        process = subprocess.Popen(
            _command(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            cwd=_ROOT,
        )  # fmt: skip
    except OSError:
        return None
    return Begun(process, question)


def cores() -> int:
    """Cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _command() -> list[str]:
    return [sys.executable, "-m", "analytics.apart"]


def _told_to_stop() -> Callable[[], bool]:
    """Whether the other end has closed the question."""
    stop = threading.Event()

    def waits() -> None:
        # Not through a reader of Python, whose lock would still be held at the end.
        os.read(sys.stdin.fileno(), 1)
        stop.set()

    threading.Thread(target=waits, daemon=True).start()
    return stop.is_set


def _answer() -> None:
    module, name, arguments, may_stop = pickle.load(sys.stdin.buffer)
    if hasattr(os, "nice"):
        # Whoever looks at a page comes first; what goes on beside other work is waited for there.
        os.nice(2 if may_stop else 10)
    if may_stop:
        arguments = (*arguments, _told_to_stop())
    out, sys.stdout = sys.stdout.buffer, sys.stderr  # nothing that is printed enters the answer
    work = getattr(importlib.import_module(module), name)
    try:
        answered = pickle.dumps((work(*arguments), None))
    except Exception as error:
        answered = pickle.dumps((None, error))
    out.write(answered)


if __name__ == "__main__":
    _answer()
