"""What people decided: current edition, mappings, switches, accounts, audit.

The only module that talks to the state database: SQLite in WAL mode beside the editions, or the
database that ``ESTAFET_STATE`` names (PostgreSQL, when several servers share it). Decisions that
replace each other are rows of a history; the last one counts.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from analytics.rules import LawChoice

ROLES = ("pimpinan", "perencana", "pengelola")
FILE_NAME = "state.sqlite"
PASSWORD_MIN_LENGTH = 8
FREE_ATTEMPTS = 5
FIRST_WAIT_SECONDS = 30
LONGEST_WAIT_SECONDS = 900
_FORGET_ATTEMPTS_AFTER = timedelta(days=1)
_BUSY_SECONDS = 30
# RFC 7914 parameters at the strength OWASP's password storage sheet gives as its minimum (64 MiB).
_SCRYPT = {"n": 2**16, "r": 8, "p": 2, "maxmem": 2**27 + 2**20, "dklen": 32}

_tables = sa.MetaData()

# One row per decision which edition is current; the last one counts.
_edition_choice = sa.Table(
    "edition_choice",
    _tables,
    sa.Column("edition_choice_id", sa.Integer, primary_key=True),
    sa.Column("edition_number", sa.Integer, nullable=False),
    sa.Column("chosen_at", sa.String, nullable=False),
    sa.Column("chosen_by", sa.String, nullable=False),
)
# One row per decision which readings of the law are in force; the last one counts.
_law_choice = sa.Table(
    "law_choice",
    _tables,
    sa.Column("law_choice_id", sa.Integer, primary_key=True),
    sa.Column("content", sa.Text, nullable=False),  # JSON
    sa.Column("chosen_at", sa.String, nullable=False),
    sa.Column("chosen_by", sa.String, nullable=False),
)
# One row per setting.
_setting = sa.Table(
    "setting",
    _tables,
    sa.Column("setting_id", sa.String, primary_key=True),
    sa.Column("content", sa.Text, nullable=False),  # JSON
)
# One row per set of headers that somebody mapped to our columns.
_header_mapping = sa.Table(
    "header_mapping",
    _tables,
    sa.Column("signature", sa.String, primary_key=True),
    sa.Column("content", sa.Text, nullable=False),  # JSON: header -> canonical column
)
# One row per position title that somebody gave a role; beside the patterns in data/rules/.
_local_title = sa.Table(
    "local_title",
    _tables,
    sa.Column("title_key", sa.String, primary_key=True),
    sa.Column("role_group", sa.String, nullable=False),
    sa.Column("jenjang", sa.String, nullable=False),
    sa.Column("mapped_at", sa.String, nullable=False),
    sa.Column("mapped_by", sa.String, nullable=False),
)
# One row per reason for leaving that somebody gave a cause; beside data/rules/exit_cause.csv.
_exit_reason = sa.Table(
    "exit_reason",
    _tables,
    sa.Column("reason_key", sa.String, primary_key=True),
    sa.Column("cause", sa.String, nullable=False),
    sa.Column("mapped_at", sa.String, nullable=False),
    sa.Column("mapped_by", sa.String, nullable=False),
)
# One row per time that somebody gave one exit a cause; the last one counts, '' takes it back.
_exit_classification = sa.Table(
    "exit_classification",
    _tables,
    sa.Column("exit_classification_id", sa.Integer, primary_key=True),
    sa.Column("nip", sa.String, nullable=False),
    sa.Column("exited_on", sa.String, nullable=False),  # ISO date
    sa.Column("cause", sa.String, nullable=False),
    sa.Column("classified_at", sa.String, nullable=False),
    sa.Column("classified_by", sa.String, nullable=False),
)
# One row per thing that a plan must leave as it is: a person, a school, a pair.
_plan_lock = sa.Table(
    "plan_lock",
    _tables,
    sa.Column("plan", sa.String, primary_key=True),  # redistribution, regrouping
    sa.Column("kind", sa.String, primary_key=True),
    sa.Column("thing_id", sa.String, primary_key=True),
    sa.Column("other_id", sa.String, primary_key=True),  # '' where the lock names one thing
    sa.Column("locked_at", sa.String, nullable=False),
    sa.Column("locked_by", sa.String, nullable=False),
)
# One row per account.
_account = sa.Table(
    "account",
    _tables,
    sa.Column("name", sa.String, primary_key=True),
    sa.Column("role", sa.String, nullable=False),
    sa.Column("salt", sa.String, nullable=False),
    sa.Column("password_hash", sa.String, nullable=False),
    sa.Column("created_at", sa.String, nullable=False),
    sa.CheckConstraint("role IN ('pimpinan', 'perencana', 'pengelola')"),
)
# One row per name that failed to sign in lately, whether or not it has an account.
_sign_in_failure = sa.Table(
    "sign_in_failure",
    _tables,
    sa.Column("name", sa.String, primary_key=True),
    sa.Column("failed_count", sa.Integer, nullable=False),
    sa.Column("failed_at", sa.String, nullable=False),
    sa.Column("blocked_until", sa.String, nullable=False),
)
# One row per thing that somebody did.
_audit = sa.Table(
    "audit",
    _tables,
    sa.Column("audit_id", sa.Integer, primary_key=True),
    sa.Column("at", sa.String, nullable=False),
    sa.Column("actor", sa.String, nullable=False),
    sa.Column("action", sa.String, nullable=False),
    sa.Column("detail", sa.Text, nullable=False),
)
# One row per kind of decision, counting its changes; part of the key of every cache.
_version = sa.Table(
    "version",
    _tables,
    sa.Column("subject", sa.String, primary_key=True),
    sa.Column("number", sa.Integer, nullable=False),
)


class StateError(Exception):
    """A decision that cannot be kept or read; says what to do."""


@dataclass(frozen=True)
class User:
    """An account as the screen sees it. ``role`` is one of ``ROLES``."""

    name: str
    role: str


def state_url(folder: Path) -> str:
    """The address of the state database: ``ESTAFET_STATE``, else a file in the data folder."""
    url = os.environ.get("ESTAFET_STATE", "").strip()
    if not url:
        return f"sqlite:///{(Path(folder) / FILE_NAME).resolve().as_posix()}"
    # The short forms that administrators write mean the driver we document.
    for short in ("postgres://", "postgresql://"):
        if url.startswith(short):
            return "postgresql+psycopg://" + url.removeprefix(short)
    return url


def opened(folder: Path) -> State:
    """The state database of a data folder; created, with its tables, if absent.

    Raises
    ------
    StateError
        The database cannot be reached or written.
    """
    url = state_url(folder)
    try:
        if url.startswith("sqlite:"):
            Path(folder).mkdir(mode=0o700, parents=True, exist_ok=True)
            engine = sa.create_engine(url, connect_args={"timeout": _BUSY_SECONDS})
            sa.event.listen(engine, "connect", _prepare_sqlite)
        else:
            engine = sa.create_engine(url, pool_pre_ping=True)
        state = State(engine)
        state.create_tables()
    except (SQLAlchemyError, OSError, ImportError) as error:
        # The address may hold a password: never repeat it.
        raise StateError(
            "Basis data keputusan tidak dapat dibuka"
            f" ({type(error).__name__}). Periksa folder data atau ESTAFET_STATE."
        ) from error
    file = Path(folder) / FILE_NAME
    if os.name == "posix" and url.startswith("sqlite:") and file.exists():
        file.chmod(0o600)
    return state


def _prepare_sqlite(raw: Any, _record: object) -> None:  # noqa: ANN401
    # We begin transactions ourselves: sqlite3's own BEGIN is deferred, and two processes that read
    # and then write would deadlock.
    raw.isolation_level = None
    cursor = raw.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {_BUSY_SECONDS * 1000}")
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = FULL")  # decisions are few and must survive a power cut
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.close()


class State:
    """The decisions kept for one data folder. Safe to share between threads and processes."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def __enter__(self) -> State:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        try:
            with self._engine.connect() as connection:
                yield connection
        except SQLAlchemyError as error:
            raise _unreachable(error) from error

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        """One transaction that nobody else writes beside, so that read-then-write is safe."""
        try:
            with self._engine.begin() as connection:
                if connection.dialect.name == "sqlite":
                    connection.exec_driver_sql("BEGIN IMMEDIATE")
                else:
                    # Any number will do as long as every process uses the same one.
                    connection.execute(sa.select(sa.func.pg_advisory_xact_lock(20_231_031)))
                yield connection
        except SQLAlchemyError as error:
            raise _unreachable(error) from error

    def create_tables(self) -> None:
        """Create what is absent; leave what is there."""
        with self._reading() as connection:
            if set(_tables.tables) <= set(sa.inspect(connection).get_table_names()):
                return
        with self._writing() as connection:
            _tables.create_all(connection)

    # ---- the current edition

    def current_edition(self) -> int | None:
        """Number of the edition in force; None when nobody has chosen one."""
        with self._reading() as connection:
            return connection.scalar(
                sa.select(_edition_choice.c.edition_number)
                .order_by(_edition_choice.c.edition_choice_id.desc())
                .limit(1)
            )

    def set_current_edition(self, number: int, actor: str) -> None:
        """Put an edition in force, newer or older."""
        with self._writing() as connection:
            connection.execute(
                sa.insert(_edition_choice).values(
                    edition_number=number, chosen_at=_now(), chosen_by=actor
                )
            )
            _note(connection, actor, "set_current_edition", str(number))

    # ---- settings

    def setting(self, key: str, default: Any = None) -> Any:  # noqa: ANN401
        """The value of a setting, or the default when nobody has set it."""
        with self._reading() as connection:
            content = connection.scalar(
                sa.select(_setting.c.content).where(_setting.c.setting_id == key)
            )
        return default if content is None else json.loads(content)

    def set_setting(self, key: str, value: object, actor: str = "") -> None:
        """Set a setting; the value is anything that JSON can write."""
        content = json.dumps(value, ensure_ascii=False)
        with self._writing() as connection:
            _put(connection, _setting, {"setting_id": key}, {"content": content})
            _next_version(connection, "settings")
            _note(connection, actor, "set_setting", f"{key} = {content}")

    def settings_version(self) -> int:
        """How often settings have changed."""
        return self._version("settings")

    # ---- header mappings

    def header_mapping(self, signature: str) -> dict[str, str] | None:
        """The mapping remembered for a set of headers, header -> canonical column; or None."""
        with self._reading() as connection:
            content = connection.scalar(
                sa.select(_header_mapping.c.content).where(_header_mapping.c.signature == signature)
            )
        return None if content is None else json.loads(content)

    def remember_mapping(self, signature: str, mapping: Mapping[str, str], actor: str = "") -> None:
        """Remember how a set of headers maps to our columns."""
        content = json.dumps(dict(mapping), ensure_ascii=False)
        with self._writing() as connection:
            _put(connection, _header_mapping, {"signature": signature}, {"content": content})
            _note(connection, actor, "remember_mapping", signature)

    # ---- titles mapped by hand

    def local_titles(self) -> dict[str, tuple[str, str]]:
        """Role group and jenjang by title key, as mapped by hand."""
        with self._reading() as connection:
            rows = connection.execute(
                sa.select(
                    _local_title.c.title_key, _local_title.c.role_group, _local_title.c.jenjang
                ).order_by(_local_title.c.title_key)
            )
            return {row.title_key: (row.role_group, row.jenjang) for row in rows}

    def map_title(self, title_key: str, role_group: str, jenjang: str, actor: str) -> None:
        """Give every position with this title a role group and jenjang."""
        values = {
            "role_group": role_group,
            "jenjang": jenjang,
            "mapped_at": _now(),
            "mapped_by": actor,
        }
        with self._writing() as connection:
            _put(connection, _local_title, {"title_key": title_key}, values)
            _next_version(connection, "local_titles")
            _note(connection, actor, "map_title", f"{title_key} -> {role_group}, {jenjang}")

    def unmap_title(self, title_key: str, actor: str) -> None:
        """Forget what was mapped by hand for a title."""
        with self._writing() as connection:
            connection.execute(sa.delete(_local_title).where(_local_title.c.title_key == title_key))
            _next_version(connection, "local_titles")
            _note(connection, actor, "unmap_title", title_key)

    def local_titles_version(self) -> int:
        """How often titles mapped by hand have changed."""
        return self._version("local_titles")

    # ---- why people left

    def exit_reasons(self) -> dict[str, str]:
        """Causes by ``exit_causes.reason_key``, as mapped by hand."""
        with self._reading() as connection:
            rows = connection.execute(
                sa.select(_exit_reason.c.reason_key, _exit_reason.c.cause).order_by(
                    _exit_reason.c.reason_key
                )
            )
            return {row.reason_key: row.cause for row in rows}

    def map_exit_reason(self, reason_key: str, cause: str, actor: str) -> None:
        """Give every exit with these words a cause; '' forgets what was said."""
        values = {"cause": cause, "mapped_at": _now(), "mapped_by": actor}
        with self._writing() as connection:
            if cause:
                _put(connection, _exit_reason, {"reason_key": reason_key}, values)
            else:
                connection.execute(
                    sa.delete(_exit_reason).where(_exit_reason.c.reason_key == reason_key)
                )
            _next_version(connection, "exits")
            _note(connection, actor, "map_exit_reason", f"{reason_key} -> {cause}")

    def classify_exit(self, nip: str, exited_on: date, cause: str, actor: str) -> None:
        """Say why one person left on one day; '' takes it back. Every saying is kept."""
        with self._writing() as connection:
            connection.execute(
                sa.insert(_exit_classification).values(
                    nip=nip,
                    exited_on=exited_on.isoformat(),
                    cause=cause,
                    classified_at=_now(),
                    classified_by=actor,
                )
            )
            _next_version(connection, "exits")
            _note(connection, actor, "classify_exit", f"{nip} {exited_on.isoformat()} -> {cause}")

    def exit_classifications(self) -> pd.DataFrame:
        """What was last said of single exits.

        Returns
        -------
        One row per person and day: ``nip, exited_on`` (``datetime64[us]``), ``cause,
        classified_by, classified_at`` (UTC). Exits whose cause was taken back are left out.
        """
        table = _exit_classification
        with self._reading() as connection:
            rows = connection.execute(
                sa.select(
                    table.c.nip,
                    table.c.exited_on,
                    table.c.cause,
                    table.c.classified_by,
                    table.c.classified_at,
                ).order_by(table.c.exit_classification_id)
            ).all()
        columns = ["nip", "exited_on", "cause", "classified_by", "classified_at"]
        said = pd.DataFrame([tuple(row) for row in rows], columns=columns, dtype="str")
        said = said.drop_duplicates(["nip", "exited_on"], keep="last")
        said = said.loc[said["cause"] != ""].reset_index(drop=True)
        return said.assign(
            exited_on=pd.to_datetime(said["exited_on"]).astype("datetime64[us]"),
            classified_at=pd.to_datetime(said["classified_at"], utc=True).astype(
                "datetime64[us, UTC]"
            ),
        )

    def exits_version(self) -> int:
        """How often words or single exits were given a cause."""
        return self._version("exits")

    # ---- what plans must leave as it is

    def plan_locks(self, plan: str) -> pd.DataFrame:
        """What was locked by hand in a plan, oldest first.

        Returns
        -------
        One row per lock: ``kind, thing_id, other_id, locked_by, locked_at`` (UTC).
        """
        table = _plan_lock
        with self._reading() as connection:
            rows = connection.execute(
                sa.select(
                    table.c.kind,
                    table.c.thing_id,
                    table.c.other_id,
                    table.c.locked_by,
                    table.c.locked_at,
                )
                .where(table.c.plan == plan)
                .order_by(table.c.locked_at, table.c.kind, table.c.thing_id, table.c.other_id)
            ).all()
        columns = ["kind", "thing_id", "other_id", "locked_by", "locked_at"]
        locks = pd.DataFrame([tuple(row) for row in rows], columns=columns, dtype="str")
        moments = pd.to_datetime(locks["locked_at"], utc=True)
        return locks.assign(locked_at=moments.astype("datetime64[us, UTC]"))

    def lock(self, plan: str, kind: str, thing_id: str, actor: str, other_id: str = "") -> None:
        """Lock a thing in a plan; a second time changes nothing but who said it last."""
        with self._writing() as connection:
            connection.execute(_the_lock(plan, kind, thing_id, other_id))
            connection.execute(
                sa.insert(_plan_lock).values(
                    plan=plan,
                    kind=kind,
                    thing_id=thing_id,
                    other_id=other_id,
                    locked_at=_now(),
                    locked_by=actor,
                )
            )
            _next_version(connection, f"locks {plan}")
            _note(connection, actor, "lock", f"{plan} {kind} {thing_id} {other_id}".strip())

    def unlock(self, plan: str, kind: str, thing_id: str, actor: str, other_id: str = "") -> None:
        """Take a lock back."""
        with self._writing() as connection:
            connection.execute(_the_lock(plan, kind, thing_id, other_id))
            _next_version(connection, f"locks {plan}")
            _note(connection, actor, "unlock", f"{plan} {kind} {thing_id} {other_id}".strip())

    def locks_version(self, plan: str) -> int:
        """How often the locks of a plan have changed."""
        return self._version(f"locks {plan}")

    # ---- readings of the law

    def law_choice(self) -> LawChoice:
        """The readings of the law in force; the defaults when nobody has chosen."""
        with self._reading() as connection:
            content = connection.scalar(
                sa.select(_law_choice.c.content)
                .order_by(_law_choice.c.law_choice_id.desc())
                .limit(1)
            )
        if content is None:
            return LawChoice()
        kept = json.loads(content)
        proposal_from = kept["proposal_from"]
        return LawChoice(
            readings=tuple((str(a), str(b)) for a, b in kept["readings"]),
            proposal=kept["proposal"],
            proposal_from=date.fromisoformat(proposal_from) if proposal_from else None,
            local_ages=tuple((str(a), str(b), int(c)) for a, b, c in kept["local_ages"]),
        )

    def set_law_choice(self, choice: LawChoice, actor: str) -> None:
        """Put readings of the law in force."""
        content = json.dumps(
            {
                "readings": choice.readings,
                "proposal": choice.proposal,
                "proposal_from": choice.proposal_from and choice.proposal_from.isoformat(),
                "local_ages": choice.local_ages,
            }
        )
        with self._writing() as connection:
            connection.execute(
                sa.insert(_law_choice).values(content=content, chosen_at=_now(), chosen_by=actor)
            )
            _next_version(connection, "law_choice")
            _note(connection, actor, "set_law_choice", content)

    def law_choice_version(self) -> int:
        """How often the readings of the law have changed."""
        return self._version("law_choice")

    # ---- accounts

    def add_user(self, name: str, password: str, role: str, actor: str = "") -> User:
        """Create an account.

        Raises
        ------
        StateError
            The name is empty or taken, the password too short, or the role unknown.
        """
        name = _folded_name(name)
        _check_role(role)
        values = {"name": name, "role": role, "created_at": _now(), **_sealed(password)}
        with self._writing() as connection:
            if connection.scalar(sa.select(_account.c.name).where(_account.c.name == name)):
                raise StateError(f"Nama pengguna {name!r} sudah ada. Pilih nama lain.")
            connection.execute(sa.insert(_account).values(values))
            _note(connection, actor or name, "add_user", f"{name}, {role}")
        return User(name, role)

    def set_password(self, name: str, password: str, actor: str = "") -> None:
        """Give an account another password, and lift its waiting time."""
        name = _folded_name(name)
        sealed = _sealed(password)
        with self._writing() as connection:
            _require_account(connection, name)
            connection.execute(sa.update(_account).where(_account.c.name == name).values(sealed))
            connection.execute(sa.delete(_sign_in_failure).where(_sign_in_failure.c.name == name))
            _note(connection, actor or name, "set_password", name)

    def set_role(self, name: str, role: str, actor: str) -> None:
        """Give an account another role; the last ``pengelola`` keeps theirs."""
        name = _folded_name(name)
        _check_role(role)
        with self._writing() as connection:
            _require_account(connection, name)
            if role != "pengelola":
                _require_another_pengelola(connection, name)
            connection.execute(sa.update(_account).where(_account.c.name == name).values(role=role))
            _note(connection, actor, "set_role", f"{name}, {role}")

    def remove_user(self, name: str, actor: str) -> None:
        """Remove an account; the last ``pengelola`` stays."""
        name = _folded_name(name)
        with self._writing() as connection:
            _require_account(connection, name)
            _require_another_pengelola(connection, name)
            connection.execute(sa.delete(_account).where(_account.c.name == name))
            _note(connection, actor, "remove_user", name)

    def users(self) -> list[User]:
        """All accounts, by name."""
        with self._reading() as connection:
            rows = connection.execute(
                sa.select(_account.c.name, _account.c.role).order_by(_account.c.name)
            )
            return [User(row.name, row.role) for row in rows]

    def has_users(self) -> bool:
        """Whether anybody has created an account."""
        with self._reading() as connection:
            return connection.scalar(sa.select(_account.c.name).limit(1)) is not None

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
            row = connection.execute(sa.select(_account).where(_account.c.name == name)).first()
        # An unknown name costs the same time as a known one.
        salt = row.salt if row else "00" * 16
        fits = hmac.compare_digest(
            _hashed(password, bytes.fromhex(salt)), row.password_hash if row else ""
        )
        if row is None or not fits:
            self.log(name, "sign_in_failed", "")
            return None
        with self._writing() as connection:
            connection.execute(sa.delete(_sign_in_failure).where(_sign_in_failure.c.name == name))
            _note(connection, name, "signed_in", "")
        return User(row.name, row.role)

    # ---- audit

    def log(self, actor: str, action: str, detail: str = "") -> None:
        """Note that somebody did something. Never put a person's data into the detail."""
        with self._writing() as connection:
            _note(connection, actor, action, detail)

    def audit_log(self, limit: int = 1000) -> pd.DataFrame:
        """What was done, newest first.

        Returns
        -------
        One row per action: ``at`` (UTC), ``actor, action, detail``; at most ``limit`` rows.
        """
        with self._reading() as connection:
            rows = connection.execute(
                sa.select(_audit.c.at, _audit.c.actor, _audit.c.action, _audit.c.detail)
                .order_by(_audit.c.audit_id.desc())
                .limit(limit)
            ).all()
        table = pd.DataFrame(
            [tuple(row) for row in rows], columns=["at", "actor", "action", "detail"], dtype="str"
        )
        at = pd.to_datetime(table["at"], utc=True).astype("datetime64[us, UTC]")
        return table.assign(at=at)

    def _version(self, subject: str) -> int:
        with self._reading() as connection:
            number = connection.scalar(
                sa.select(_version.c.number).where(_version.c.subject == subject)
            )
        return number or 0


def _unreachable(error: SQLAlchemyError) -> StateError:
    return StateError(
        f"Basis data keputusan tidak dapat dipakai ({type(error).__name__})."
        " Coba lagi; bila berulang, periksa disk dan folder data."
    )


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="microseconds")


def _put(
    connection: Connection, table: sa.Table, key: dict[str, str], values: Mapping[str, object]
) -> None:
    """Update the row of a key or insert it; safe because writers come one at a time."""
    (column, content), *_ = key.items()
    changed = connection.execute(
        sa.update(table).where(table.c[column] == content).values(dict(values))
    )
    if changed.rowcount == 0:
        connection.execute(sa.insert(table).values({**key, **values}))


def _the_lock(plan: str, kind: str, thing_id: str, other_id: str) -> sa.Delete:
    return sa.delete(_plan_lock).where(
        _plan_lock.c.plan == plan,
        _plan_lock.c.kind == kind,
        _plan_lock.c.thing_id == thing_id,
        _plan_lock.c.other_id == other_id,
    )


def _next_version(connection: Connection, subject: str) -> None:
    number = connection.scalar(sa.select(_version.c.number).where(_version.c.subject == subject))
    _put(connection, _version, {"subject": subject}, {"number": (number or 0) + 1})


def _note(connection: Connection, actor: str, action: str, detail: str) -> None:
    connection.execute(
        sa.insert(_audit).values(at=_now(), actor=actor, action=action, detail=detail)
    )


def _folded_name(name: str) -> str:
    folded = " ".join(str(name).split()).casefold()
    if not folded or len(folded) > 100:
        raise StateError("Nama pengguna kosong atau terlalu panjang. Tulis 1 sampai 100 huruf.")
    return folded


def _check_role(role: str) -> None:
    if role not in ROLES:
        raise StateError(f"Peran {role!r} tidak dikenal. Pilih salah satu: {', '.join(ROLES)}.")


def _sealed(password: str) -> dict[str, str]:
    if len(password) < PASSWORD_MIN_LENGTH:
        raise StateError(
            f"Kata sandi terlalu pendek. Tulis sedikitnya {PASSWORD_MIN_LENGTH} huruf."
        )
    salt = secrets.token_bytes(16)
    return {"salt": salt.hex(), "password_hash": _hashed(password, salt)}


def _hashed(password: str, salt: bytes) -> str:
    return hashlib.scrypt(password.encode(), salt=salt, **_SCRYPT).hex()


def _require_account(connection: Connection, name: str) -> None:
    if connection.scalar(sa.select(_account.c.name).where(_account.c.name == name)) is None:
        raise StateError(f"Tidak ada pengguna bernama {name!r}.")


def _require_another_pengelola(connection: Connection, name: str) -> None:
    others = connection.scalar(
        sa.select(sa.func.count())
        .select_from(_account)
        .where(_account.c.role == "pengelola", _account.c.name != name)
    )
    role = connection.scalar(sa.select(_account.c.role).where(_account.c.name == name))
    if role == "pengelola" and not others:
        raise StateError(
            "Ini pengelola terakhir. Angkat pengelola lain dahulu, agar akun tetap dapat diurus."
        )


def _wait_seconds(connection: Connection, name: str) -> int:
    until = connection.scalar(
        sa.select(_sign_in_failure.c.blocked_until).where(_sign_in_failure.c.name == name)
    )
    if until is None:
        return 0
    left = datetime.fromisoformat(until) - datetime.now(UTC)
    return max(0, -int(-left.total_seconds() // 1))


def _count_failure(connection: Connection, name: str) -> None:
    now = datetime.now(UTC)
    old = (now - _FORGET_ATTEMPTS_AFTER).isoformat(timespec="microseconds")
    connection.execute(sa.delete(_sign_in_failure).where(_sign_in_failure.c.failed_at < old))
    failed = connection.scalar(
        sa.select(_sign_in_failure.c.failed_count).where(_sign_in_failure.c.name == name)
    )
    failed_count = (failed or 0) + 1
    wait = 0
    if failed_count >= FREE_ATTEMPTS:
        doublings = min(failed_count - FREE_ATTEMPTS, 10)
        wait = min(FIRST_WAIT_SECONDS * 2**doublings, LONGEST_WAIT_SECONDS)
    until = (now + timedelta(seconds=wait)).isoformat(timespec="microseconds")
    values = {
        "failed_count": failed_count,
        "failed_at": now.isoformat(timespec="microseconds"),
        "blocked_until": until,
    }
    _put(connection, _sign_in_failure, {"name": name}, values)
