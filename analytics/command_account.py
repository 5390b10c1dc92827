"""``account``: make an account, or give it another password or role."""

from __future__ import annotations

import argparse
import getpass
import sys

from analytics import state
from analytics.command_line import DONE, WrongUseError, actor, folder_of, say


def run(asked: argparse.Namespace) -> int:
    """Do what was asked; the exit status."""
    with state.opened(folder_of(asked)) as decisions:
        known = {user.name for user in decisions.users()}
        exists = " ".join(asked.name.split()).casefold() in known
        if not exists and not asked.role:
            raise WrongUseError("--role: akun baru perlu peran")
        if sys.stdin.isatty():
            password = getpass.getpass("Kata sandi: ")
            if getpass.getpass("Sekali lagi: ") != password:
                raise state.StateError(
                    "Kedua kata sandi tidak sama. Ulangi.",
                    "The two passwords are not the same. Try again.",
                )
        else:
            password = sys.stdin.readline().rstrip("\r\n")
        if exists:
            decisions.set_password(asked.name, password, actor())
            if asked.role:
                decisions.set_role(asked.name, asked.role, actor())
            say(asked, "Kata sandi diganti.", "Password changed.")
        else:
            decisions.add_user(asked.name, password, asked.role, actor())
            say(asked, "Akun dibuat.", "Account created.")
    return DONE
