"""What every command shares: kinds of arguments, words to the terminal, files written whole."""

from __future__ import annotations

import argparse
import getpass
import os
import sys
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

    from analytics.faults import Fault

DONE, REFUSED, WRONG_USE = 0, 1, 2
FAULTS_PRINTED = 20
YEARS_AHEAD = 20
FAULT_COLUMNS = ["row", "column", "value", "severity", "code", "message", "remedy"]
PERIODS = ("year", "quarter", "month")
GROUPINGS = {
    "opd": "opd",
    "kecamatan": "kecamatan",
    "unit": "unit",
    "role": "role_group",
    "role_group": "role_group",
    "jenjang": "jenjang",
    "golongan": "golongan",
    "sex": "sex",
    "education": "education_level",
    "education_level": "education_level",
    "employment": "employment",
}


class WrongUseError(Exception):
    """Arguments that fit the grammar and mean nothing."""


# ---- kinds of arguments --------------------------------------------------------------------------


def day(text: str) -> date:
    """A date as ISO writes it."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r}: tulis tanggal sebagai YYYY-MM-DD") from None


def amount(text: str) -> float:
    """A number of nought or more, with a decimal point or comma."""
    try:
        number = float(text.replace(",", "."))
    except ValueError:
        number = float("nan")
    if not 0 <= number < float("inf"):
        raise argparse.ArgumentTypeError(f"{text!r}: tulis bilangan nol atau lebih")
    return number


def whole(text: str) -> int:
    """A whole number of nought or more."""
    if not text.strip().isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r}: tulis bilangan bulat nol atau lebih")
    return int(text)


def names(text: str) -> tuple[str, ...]:
    """Names between commas."""
    return tuple(name.strip() for name in text.split(",") if name.strip())


def school_number(text: str) -> str:
    """An NPSN, also as a spreadsheet writes it: ``20500001.0``, ``'20500001``."""
    return text.strip().lstrip("'").removesuffix(".0")


def school_numbers(text: str) -> tuple[str, ...]:
    """Several NPSN between commas."""
    return tuple(filter(None, map(school_number, names(text))))


def school_pair(text: str) -> tuple[str, str]:
    """Two NPSN around an equals sign."""
    left, right = pair(text)
    return school_number(left), school_number(right)


def class_size(text: str) -> tuple[str, int]:
    """A level with the most pupils of a class, as ``SD=24``."""
    level, equals, number = text.rpartition("=")
    if not equals or not level.strip() or not number.strip().isdigit() or int(number) < 1:
        raise argparse.ArgumentTypeError(f"{text!r}: tulis sebagai SD=24")
    return level.strip(), int(number)


def pair(text: str) -> tuple[str, str]:
    """Two words around the last equals sign."""
    left, equals, right = text.rpartition("=")
    if not equals or not left.strip() or not right.strip():
        raise argparse.ArgumentTypeError(f"{text!r}: tulis sebagai KIRI=KANAN")
    return left.strip(), right.strip()


def grouping(asked: argparse.Namespace) -> tuple[str, list[str]]:
    """The finest period of ``--by``, and the columns it groups by."""
    words = [word.strip() for word in asked.by.split(",") if word.strip()]
    unknown = [word for word in words if word not in (*PERIODS, *GROUPINGS)]
    if unknown:
        raise WrongUseError(f"--by {', '.join(unknown)}: {', '.join([*PERIODS, *GROUPINGS])}")
    periods = [word for word in words if word in PERIODS]
    # Of several periods the finest: it can be added up to the others.
    period = max(periods, key=PERIODS.index, default="year")
    return period, list(dict.fromkeys(GROUPINGS[word] for word in words if word in GROUPINGS))


# ---- words and files -----------------------------------------------------------------------------


def folder_of(asked: argparse.Namespace) -> Path:
    """The data folder that was named, else the usual one."""
    from analytics import store

    return asked.data or store.data_folder()


def actor() -> str:
    """Who is at work, as the journal writes it."""
    try:
        return f"cli:{getpass.getuser()}"
    except (KeyError, OSError, ImportError):  # a service account without a name
        return f"cli:{os.getpid()}"


def say(asked: argparse.Namespace, indonesian: str, english: str) -> None:
    """One sentence in the language asked for."""
    print(english if asked.lang == "en" else indonesian)


def complain(asked: argparse.Namespace, indonesian: str, english: str) -> None:
    """The same beside the answer, on standard error."""
    print(english if asked.lang == "en" else indonesian, file=sys.stderr)


def say_faults(asked: argparse.Namespace, faults: Sequence[Fault]) -> None:
    """The first faults in words, and how many more there are."""
    from analytics.faults import sentence

    for fault in faults[:FAULTS_PRINTED]:
        # A cell may hold characters that command a terminal.
        shown = "".join(mark if mark.isprintable() else "?" for mark in sentence(fault, asked.lang))
        print(shown, file=sys.stderr)
    more = len(faults) - FAULTS_PRINTED
    if more > 0:
        complain(
            asked,
            f"... dan {more} lagi; --faults FILE.csv menulis semuanya.",
            f"... and {more} more; --faults FILE.csv writes all of them.",
        )


def check_outputs(asked: argparse.Namespace) -> None:
    """Refuse a place that cannot be written to before the work, not after it."""
    for option in ("faults", "out", "unfilled", "left", "summary", "people", "early"):
        named = getattr(asked, option, None)
        if named is None or isinstance(named, bool) or str(named) == "-":
            continue
        path = Path(named)
        if path.is_dir() or not path.parent.is_dir() or not os.access(path.parent, os.W_OK):
            raise OSError(
                f"--{option} {named}: tidak dapat ditulis; sebut berkas di folder yang ada"
                if asked.lang == "id"
                else f"--{option} {named}: cannot be written; name a file in a folder that exists"
            )


def write_faults(asked: argparse.Namespace, faults: Sequence[Fault]) -> None:
    """Every fault as CSV, where a file was named for them."""
    if getattr(asked, "faults", None):
        from analytics.faults import fault_table

        table = fault_table(faults, asked.lang)
        # A row number alone does not say which of several sheets it is on.
        sheet = table["file"].str.extract(r" (\[.+\])$")[0]
        table["message"] = (sheet + " ").fillna("") + table["message"]
        write(str(asked.faults), table[FAULT_COLUMNS])


def write(out: str, table: pd.DataFrame) -> None:
    """A table as CSV into a file, or to the screen for '-'."""
    from analytics.export import csv_bytes

    content = csv_bytes(table)
    if out == "-":
        sys.stdout.buffer.write(content)
        sys.stdout.flush()
        return
    write_bytes(Path(out), content)


def write_bytes(path: Path, content: bytes) -> None:
    """A file, whole or not at all."""
    write_together(path.parent, {path.name: content})


def write_together(folder: Path, files: Mapping[str, bytes]) -> None:
    """Files by name, each whole; none takes its place before all are written."""
    halves = {name: folder / f".{name}.{os.getpid()}.tmp" for name in files}
    try:
        # Whole or not at all: a schedule that reads them never sees half of what was found.
        for name, half in halves.items():
            half.write_bytes(files[name])
        for name, half in halves.items():
            half.replace(folder / name)
    finally:
        for half in halves.values():
            half.unlink(missing_ok=True)
