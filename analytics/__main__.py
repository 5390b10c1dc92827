"""The model without the screen: ``python -m analytics COMMAND``, for schedules and auditors.

Exit status 0: done. 1: refused, nothing changed. 2: wrong use. Tables go out as CSV in UTF-8 with
stable column names, ISO dates and plain numbers. A command is imported when it is asked for, so
that ``--help`` is quick.
"""

from __future__ import annotations

import argparse
import errno
import importlib
import io
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from analytics import command_people_switches as people
from analytics import command_school_switches as schools
from analytics.command_line import (
    REFUSED,
    WRONG_USE,
    WrongUseError,
    amount,
    check_outputs,
    complain,
    say_faults,
    write_faults,
)

# Where a command is run that is not called as its module is.
MODULES = {"redistribute": "redistribution"}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit status."""
    for stream in (sys.stdout, sys.stderr):
        # A terminal that cannot show a letter shows its code; it never stops the work.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    parser = _parser()
    asked = parser.parse_args(arguments)
    from analytics.faults import FaultsError
    from analytics.told import ToldError

    try:
        check_outputs(asked)
        module = f"analytics.command_{MODULES.get(asked.command, asked.command)}"
        status: int = importlib.import_module(module).run(asked)
    except WrongUseError as error:
        parser.exit(WRONG_USE, f"{parser.prog} {asked.command}: {error}\n")
    except FaultsError as error:
        write_faults(asked, error.faults)
        say_faults(asked, error.faults)
        complain(asked, "Ditolak; tidak ada yang berubah.", "Refused; nothing has changed.")
        return REFUSED
    except OSError as error:
        complain(asked, *_unusable(error))
        return REFUSED
    except Exception as error:
        if type(error).__module__.split(".")[0] != "analytics":
            raise
        complain(asked, str(error), error.english if isinstance(error, ToldError) else str(error))
        return REFUSED
    return status


def _unusable(error: OSError) -> tuple[str, str]:
    """What the system refuses, in words; its own where there are none of ours."""
    if error.errno is None:
        return str(error), str(error)
    indonesian, english = {
        errno.ENOENT: ("tidak ada", "is not there"),
        errno.EACCES: ("tidak diizinkan", "is not permitted"),
        errno.EPERM: ("tidak diizinkan", "is not permitted"),
        errno.EROFS: ("hanya dapat dibaca", "can be read only"),
        errno.ENOSPC: ("penyimpanan penuh", "storage is full"),
        errno.EISDIR: ("itu folder, bukan berkas", "that is a folder, not a file"),
        errno.ENOTDIR: ("itu berkas, bukan folder", "that is a file, not a folder"),
    }.get(error.errno or 0, (error.strerror or str(error), error.strerror or str(error)))
    name = error.filename or ""
    return (
        f"Tidak dapat dibaca atau ditulis: {name} ({indonesian}).",
        f"Cannot be read or written: {name} ({english}).",
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m analytics",
        description="Estafet tanpa layar: siapa pensiun, kapan. Status keluar: 0 selesai,"
        " 1 ditolak (tidak ada yang berubah), 2 salah pakai.",
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="PERINTAH")
    everywhere = argparse.ArgumentParser(add_help=False)
    everywhere.add_argument(
        "--data", type=Path, metavar="DIR", help="folder data (bawaan: ESTAFET_DATA, data/store)"
    )
    everywhere.add_argument("--lang", choices=["id", "en"], default="id", help="bahasa pesan")

    init = commands.add_parser(
        "init", parents=[everywhere], help="siapkan folder data; yang sudah ada dibiarkan"
    )
    init.add_argument("--demo", action="store_true", help="isi dengan kota contoh (sintetis)")

    people.add_import(commands, everywhere)
    people.add_retirements(commands, everywhere)
    schools.add_enrolment(commands, everywhere)
    schools.add_teachers(commands, everywhere)
    people.add_project(commands, everywhere)
    schools.add_regroup(commands, everywhere)
    schools.add_redistribute(commands, everywhere)
    people.add_exits(commands, everywhere)
    _add_scenario(commands, everywhere)

    account = commands.add_parser(
        "account", parents=[everywhere], help="buat akun, atau ganti kata sandinya"
    )
    account.add_argument("name", metavar="NAMA")
    account.add_argument("--role", choices=["pimpinan", "perencana", "pengelola"])
    return parser


def _add_scenario(
    commands: argparse._SubParsersAction[argparse.ArgumentParser],
    everywhere: argparse.ArgumentParser,
) -> None:
    command = commands.add_parser("scenario", help="andai: hitung, bandingkan, dan daftar skenario")
    questions = command.add_subparsers(dest="question", required=True, metavar="PERINTAH")
    one = questions.add_parser(
        "run", parents=[everywhere], help="satu skenario: tabel CSV dan summary.json"
    )
    one.add_argument(
        "scenario", metavar="FILE.json|NAMA", help="berkas, skenario bawaan, atau yang disimpan"
    )
    several = questions.add_parser(
        "compare", parents=[everywhere], help="sampai empat skenario berdampingan, dan sebabnya"
    )
    several.add_argument("scenarios", nargs="+", metavar="FILE.json|NAMA")
    several.add_argument(
        "--measure", default="unfilled_count", metavar="UKURAN", help="ukuran untuk langkah-langkah"
    )
    for each in (one, several):
        each.add_argument(
            "--out", dest="folder", type=Path, required=True, metavar="DIR", help="folder hasil"
        )
        each.add_argument(
            "--seconds", type=amount, default=5.0, metavar="N", help="waktu bauran terbaik"
        )
    questions.add_parser("list", parents=[everywhere], help="skenario bawaan dan yang disimpan")


def keep_output_for_answers() -> None:
    """Send what libraries in C print to the errors: the solver talks beside ``--out -``."""
    sys.stdout.flush()
    ours = os.dup(1)
    os.dup2(2, 1)
    sys.stdout = os.fdopen(ours, "w", encoding=sys.stdout.encoding, errors=sys.stdout.errors)


if __name__ == "__main__":
    keep_output_for_answers()
    sys.exit(main())
