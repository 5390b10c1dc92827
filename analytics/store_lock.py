"""One writer at a time in a folder of editions, over all threads and processes."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from analytics.store_edition import StoreError

_LOCK_NAME = "import.lock"


class _Held(threading.local):
    """How often this thread holds each folder's lock, and the open file that carries it."""

    def __init__(self) -> None:
        self.locks: dict[Path, tuple[IO[bytes], int]] = {}


_held = _Held()
_threads: dict[Path, threading.Lock] = {}
_threads_guard = threading.Lock()


@contextmanager
def importing(folder: Path, *, wait_seconds: float = 600.0) -> Iterator[None]:
    """Hold a folder's import lock: one writer at a time, over all processes.

    The operating system lets go of it when the process dies, however it dies. May be nested in one
    thread.

    Raises
    ------
    StoreError
        Somebody else is still importing after ``wait_seconds``, or the folder cannot be written.
    """
    folder = Path(folder)
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(
            f"Folder data tidak dapat dibuat ({error.strerror}).",
            f"The data folder cannot be made ({error.strerror}).",
        ) from error
    folder = folder.resolve()
    if folder in _held.locks:
        file, depth = _held.locks[folder]
        _held.locks[folder] = (file, depth + 1)
        try:
            yield
        finally:
            _held.locks[folder] = (file, depth)
        return
    with _threads_guard:
        within_process = _threads.setdefault(folder, threading.Lock())
    deadline = time.monotonic() + wait_seconds
    if not within_process.acquire(timeout=wait_seconds):
        raise _busy()
    try:
        try:
            file = (folder / _LOCK_NAME).open("ab")
        except OSError as error:
            raise StoreError(
                f"Folder data tidak dapat ditulisi ({error.strerror}). Periksa izin dan ruang"
                " disk.",
                f"The data folder cannot be written to ({error.strerror}). Check rights and space"
                " of the disk.",
            ) from error
        with file:
            while not _try_lock(file):
                if time.monotonic() > deadline:
                    raise _busy()
                time.sleep(0.02)
            _held.locks[folder] = (file, 1)
            try:
                yield
            finally:
                del _held.locks[folder]
                _unlock(file)
    finally:
        within_process.release()


def _busy() -> StoreError:
    return StoreError(
        "Impor lain masih berjalan. Tunggu sampai selesai, lalu ulangi.",
        "Another import is still running. Wait until it is done, then try again.",
    )


if sys.platform == "win32":  # pragma: no cover
    import msvcrt

    def _try_lock(file: IO[bytes]) -> bool:
        file.seek(0)
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

    def _unlock(file: IO[bytes]) -> None:
        file.seek(0)
        msvcrt.locking(file.fileno(), msvcrt.LK_UNLCK, 1)
else:
    import fcntl

    def _try_lock(file: IO[bytes]) -> bool:
        try:
            fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _unlock(file: IO[bytes]) -> None:
        fcntl.flock(file.fileno(), fcntl.LOCK_UN)
