"""Who may sign in: accounts, their roles, and names that guess too often."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from analytics import state_tables as kept
from analytics.state_connection import Connected, StateError, note, now, put

ROLES = ("pimpinan", "perencana", "pengelola")
PASSWORD_MIN_LENGTH = 8
FREE_ATTEMPTS = 5
FIRST_WAIT_SECONDS = 30
LONGEST_WAIT_SECONDS = 900
_FORGET_ATTEMPTS_AFTER = timedelta(days=1)
# RFC 7914 parameters at the strength OWASP's password storage sheet gives as its minimum (64 MiB).
_SCRYPT = {"n": 2**16, "r": 8, "p": 2, "maxmem": 2**27 + 2**20, "dklen": 32}


@dataclass(frozen=True)
class User:
    """An account as the screen sees it. ``role`` is one of ``ROLES``."""

    name: str
    role: str


class Accounts(Connected):
    """Accounts of the state database."""

    def add_user(self, name: str, password: str, role: str, actor: str = "") -> User:
        """Create an account.

        Raises
        ------
        StateError
            The name is empty or taken, the password too short, or the role unknown.
        """
        name = _folded_name(name)
        _check_role(role)
        values = {"name": name, "role": role, "created_at": now(), **_sealed(password)}
        with self._writing() as connection:
            if connection.scalar(sa.select(kept.account.c.name).where(kept.account.c.name == name)):
                raise StateError(
                    f"Nama pengguna {name!r} sudah ada. Pilih nama lain.",
                    f"There is a user {name!r} already. Choose another name.",
                )
            connection.execute(sa.insert(kept.account).values(values))
            note(connection, actor or name, "add_user", f"{name}, {role}")
        return User(name, role)

    def set_password(self, name: str, password: str, actor: str = "") -> None:
        """Give an account another password, and lift its waiting time."""
        name = _folded_name(name)
        sealed = _sealed(password)
        with self._writing() as connection:
            _require_account(connection, name)
            connection.execute(
                sa.update(kept.account).where(kept.account.c.name == name).values(sealed)
            )
            connection.execute(
                sa.delete(kept.sign_in_failure).where(kept.sign_in_failure.c.name == name)
            )
            note(connection, actor or name, "set_password", name)

    def set_role(self, name: str, role: str, actor: str) -> None:
        """Give an account another role; the last ``pengelola`` keeps theirs."""
        name = _folded_name(name)
        _check_role(role)
        with self._writing() as connection:
            _require_account(connection, name)
            if role != "pengelola":
                _require_another_pengelola(connection, name)
            connection.execute(
                sa.update(kept.account).where(kept.account.c.name == name).values(role=role)
            )
            note(connection, actor, "set_role", f"{name}, {role}")

    def remove_user(self, name: str, actor: str) -> None:
        """Remove an account; the last ``pengelola`` stays."""
        name = _folded_name(name)
        with self._writing() as connection:
            _require_account(connection, name)
            _require_another_pengelola(connection, name)
            connection.execute(sa.delete(kept.account).where(kept.account.c.name == name))
            note(connection, actor, "remove_user", name)

    def users(self) -> list[User]:
        """All accounts, by name."""
        with self._reading() as connection:
            rows = connection.execute(
                sa.select(kept.account.c.name, kept.account.c.role).order_by(kept.account.c.name)
            )
            return [User(row.name, row.role) for row in rows]

    def has_users(self) -> bool:
        """Whether anybody has created an account."""
        with self._reading() as connection:
            return connection.scalar(sa.select(kept.account.c.name).limit(1)) is not None

    def sign_in_wait_seconds(self, name: str) -> int:
        """Seconds until this name may try again; 0 when it may now."""
        with self._reading() as connection:
            return _wait_seconds(connection, _folded_name(name))

    def signed_in(self, name: str, password: str) -> User | None:
        """The account, when name and password fit and the name need not wait; else None.

        After ``FREE_ATTEMPTS`` failures a name waits, twice as long each time, at most
        ``LONGEST_WAIT_SECONDS``; known and unknown names alike.
        """
        name = _folded_name(name)
        # Failing is counted before the password is looked at: guesses sent side by side then wait
        # like guesses sent one by one.
        with self._writing() as connection:
            if _wait_seconds(connection, name):
                return None
            _count_failure(connection, name)
            row = connection.execute(
                sa.select(kept.account).where(kept.account.c.name == name)
            ).first()
        # An unknown name costs the same time as a known one.
        salt = row.salt if row else "00" * 16
        fits = hmac.compare_digest(
            _hashed(password, bytes.fromhex(salt)), row.password_hash if row else ""
        )
        if row is None or not fits:
            self.log(name, "sign_in_failed", "")
            return None
        with self._writing() as connection:
            connection.execute(
                sa.delete(kept.sign_in_failure).where(kept.sign_in_failure.c.name == name)
            )
            note(connection, name, "signed_in", "")
        return User(row.name, row.role)


def _folded_name(name: str) -> str:
    folded = " ".join(str(name).split()).casefold()
    if not folded or len(folded) > 100:
        raise StateError(
            "Nama pengguna kosong atau terlalu panjang. Tulis 1 sampai 100 huruf.",
            "The user name is empty or too long. Write 1 to 100 letters.",
        )
    return folded


def _check_role(role: str) -> None:
    if role not in ROLES:
        raise StateError(
            f"Peran {role!r} tidak dikenal. Pilih salah satu: {', '.join(ROLES)}.",
            f"No role {role!r}. Choose one of {', '.join(ROLES)}.",
        )


def _sealed(password: str) -> dict[str, str]:
    if len(password) < PASSWORD_MIN_LENGTH:
        raise StateError(
            f"Kata sandi terlalu pendek. Tulis sedikitnya {PASSWORD_MIN_LENGTH} huruf.",
            f"The password is too short. Write at least {PASSWORD_MIN_LENGTH} letters.",
        )
    salt = secrets.token_bytes(16)
    return {"salt": salt.hex(), "password_hash": _hashed(password, salt)}


def _hashed(password: str, salt: bytes) -> str:
    return hashlib.scrypt(password.encode(), salt=salt, **_SCRYPT).hex()


def _require_account(connection: Connection, name: str) -> None:
    if connection.scalar(sa.select(kept.account.c.name).where(kept.account.c.name == name)) is None:
        raise StateError(
            f"Tidak ada pengguna bernama {name!r}.", f"There is no user called {name!r}."
        )


def _require_another_pengelola(connection: Connection, name: str) -> None:
    others = connection.scalar(
        sa.select(sa.func.count())
        .select_from(kept.account)
        .where(kept.account.c.role == "pengelola", kept.account.c.name != name)
    )
    role = connection.scalar(sa.select(kept.account.c.role).where(kept.account.c.name == name))
    if role == "pengelola" and not others:
        raise StateError(
            "Ini pengelola terakhir. Angkat pengelola lain dahulu, agar akun tetap dapat diurus.",
            "This is the last administrator. Appoint another first, so that somebody can manage the"
            " accounts.",
        )


def _wait_seconds(connection: Connection, name: str) -> int:
    until = connection.scalar(
        sa.select(kept.sign_in_failure.c.blocked_until).where(kept.sign_in_failure.c.name == name)
    )
    if until is None:
        return 0
    left = datetime.fromisoformat(until) - datetime.now(UTC)
    return max(0, -int(-left.total_seconds() // 1))


def _count_failure(connection: Connection, name: str) -> None:
    moment = datetime.now(UTC)
    old = (moment - _FORGET_ATTEMPTS_AFTER).isoformat(timespec="microseconds")
    connection.execute(
        sa.delete(kept.sign_in_failure).where(kept.sign_in_failure.c.failed_at < old)
    )
    failed = connection.scalar(
        sa.select(kept.sign_in_failure.c.failed_count).where(kept.sign_in_failure.c.name == name)
    )
    failed_count = (failed or 0) + 1
    wait = 0
    if failed_count >= FREE_ATTEMPTS:
        doublings = min(failed_count - FREE_ATTEMPTS, 10)
        wait = min(FIRST_WAIT_SECONDS * 2**doublings, LONGEST_WAIT_SECONDS)
    until = (moment + timedelta(seconds=wait)).isoformat(timespec="microseconds")
    values = {
        "failed_count": failed_count,
        "failed_at": moment.isoformat(timespec="microseconds"),
        "blocked_until": until,
    }
    put(connection, kept.sign_in_failure, {"name": name}, values)
