"""Long work of the model in a process of its own, so that a busy screen stays quick.

Python runs one thread at a time: a fit of seconds beside the screen makes every visitor wait.
``python -m analytics.apart`` is the other end; it answers one question and ends.
"""

from __future__ import annotations

import importlib
import os
import pickle
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

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
    question = pickle.dumps((work.__module__, work.__qualname__, arguments))
    command = [sys.executable, "-m", "analytics.apart"]
    try:
        answer = subprocess.run(
            command, input=question, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=_ROOT
        )
    except OSError:
        return work(*arguments)
    if answer.returncode:
        return work(*arguments)
    result, error = pickle.loads(answer.stdout)
    if error is not None:
        raise error
    return result


def _answer() -> None:
    if hasattr(os, "nice"):
        os.nice(10)  # whoever looks at a page comes first
    module, name, arguments = pickle.load(sys.stdin.buffer)
    out, sys.stdout = sys.stdout.buffer, sys.stderr  # nothing that is printed enters the answer
    work = getattr(importlib.import_module(module), name)
    try:
        answered = pickle.dumps((work(*arguments), None))
    except Exception as error:
        answered = pickle.dumps((None, error))
    out.write(answered)


if __name__ == "__main__":
    _answer()
