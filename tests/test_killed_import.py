"""An import may be killed at any moment; nothing that was there is lost."""

from __future__ import annotations

import contextlib
import os
import random
import subprocess
import sys
import time
from collections import deque
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from analytics import import_data, state, store
from analytics.edition_in_force import current_edition
from tests.patience import PATIENCE

ROOT = Path(__file__).resolve().parents[1]
AS_OF = date(2026, 11, 1)
KILLS = 20
SIZES = (120, 150)
LONGEST_LIFE_SECONDS = 1.5

# Waits for a word (so that starting Python is not what gets killed), then imports for ever.
IMPORTER = """
import sys
from datetime import date
from pathlib import Path
from analytics import import_data, store
from analytics.edition_in_force import current_edition
folder, *files = map(Path, sys.argv[1:])
import_data.preview(folder, files[0])
print("ready", flush=True)
sys.stdin.readline()
while True:
    for file in files:
        try:
            previewed = import_data.preview(folder, file, as_of=date(2026, 11, 1))
            import_data.load(folder, previewed, "uji")
        except store.StoreError as error:
            print(error, flush=True)
"""


def write_roster(path, size):
    # Invented people, all born on the same day; only the serial of the number differs.
    pd.DataFrame(
        {
            "NIP": [f"198001012005012{serial:03d}" for serial in range(1, size + 1)],
            "Nama": [f"Pegawai Contoh {serial}" for serial in range(1, size + 1)],
            "Tanggal Lahir": "01-01-1980",
            "Jenis Kelamin": "P",
            "Jabatan": "Guru Ahli Muda",
            "Unit Kerja": [f"SDN {serial % 9 + 1:02d} Taman" for serial in range(size)],
            "OPD": "Dinas Pendidikan",
        }
    ).to_csv(path, index=False)
    return path


@pytest.fixture
def files(tmp_path):
    return [write_roster(tmp_path / f"{size}.csv", size) for size in SIZES]


@contextlib.contextmanager
def importer(folder, files):
    environment = {**os.environ, "ESTAFET_STATE": ""}
    process = subprocess.Popen(
        [sys.executable, "-c", IMPORTER, str(folder), *map(str, files)],
        cwd=ROOT,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def begin(process):
    assert process.stdout.readline() == "ready\n"
    process.stdin.write("mulai\n")
    process.stdin.flush()


def wait_for_the_pen(folder, process):
    """Until the importer is writing."""
    deadline = time.monotonic() + PATIENCE
    while not any(folder.glob("building-*")) and time.monotonic() < deadline:
        assert process.poll() is None
        time.sleep(0.001)


def check_sound(folder):
    """Every edition there is whole, and one of them is in force."""
    current = current_edition(folder)
    assert current is not None
    assert current.people_count in SIZES
    assert store.damaged_editions(folder) == []
    assert {edition.people_count for edition in store.editions(folder)} <= set(SIZES)
    return current


def test_killing_the_import_many_times_loses_nothing(tmp_path, files, monkeypatch):
    monkeypatch.delenv("ESTAFET_STATE", raising=False)
    folder = tmp_path / "store"
    import_data.load(folder, import_data.preview(folder, files[0], as_of=AS_OF), "uji")
    moments = random.Random(20261101)
    before = check_sound(folder)
    killed_while_writing = 0
    with contextlib.ExitStack() as stack:
        # The next importer gets ready while this one works.
        waiting = deque(stack.enter_context(importer(folder, files)) for _ in range(2))
        for kill in range(KILLS):
            process = waiting.popleft()
            for left in folder.glob("building-*"):  # else the last one's would be taken for its own
                left.unlink()
            begin(process)
            if kill % 2:
                wait_for_the_pen(folder, process)
                time.sleep(moments.uniform(0, 0.15))
            else:
                time.sleep(moments.uniform(0, LONGEST_LIFE_SECONDS))
            process.kill()
            process.wait()
            killed_while_writing += any(folder.glob("building-*"))
            current = check_sound(folder)
            assert current.number >= before.number
            before = current
            waiting.append(stack.enter_context(importer(folder, files)))
    # The next import works, and sweeps what the killed ones left.
    edition = import_data.load(folder, import_data.preview(folder, files[1], as_of=AS_OF), "uji")
    assert edition.people_count == SIZES[1]
    assert not any(folder.glob("building-*"))
    with state.opened(folder) as decisions:
        assert decisions.current_edition() == edition.number
    # Else the test has shown nothing.
    assert killed_while_writing >= KILLS // 4
    print(f"{KILLS} kills, {killed_while_writing} in mid-write, {edition.number} editions")


def test_two_importers_at_once_each_write_a_whole_edition(tmp_path, files, monkeypatch):
    monkeypatch.delenv("ESTAFET_STATE", raising=False)
    folder = tmp_path / "store"
    with importer(folder, files) as first, importer(folder, files[::-1]) as second:
        begin(first)
        begin(second)
        deadline = time.monotonic() + PATIENCE
        while len(store.edition_numbers(folder)) < 6 and time.monotonic() < deadline:
            time.sleep(0.05)
    numbers = store.edition_numbers(folder)
    assert numbers == list(range(1, len(numbers) + 1))
    assert len(numbers) >= 6
    check_sound(folder)
