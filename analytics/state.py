"""What people decided: current edition, mappings, switches, scenarios, accounts, audit.

The only modules that talk to the state database are this one and the ``state_*`` beside it: SQLite
in WAL mode beside the editions, or the database that ``ESTAFET_STATE`` names (PostgreSQL, when
several servers share it). Decisions that replace each other are rows of a history; the last one
counts.
"""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from analytics import state_tables as kept
from analytics.rules import LawChoice
from analytics.state_accounts import (
    FIRST_WAIT_SECONDS,
    FREE_ATTEMPTS,
    LONGEST_WAIT_SECONDS,
    PASSWORD_MIN_LENGTH,
    ROLES,
    Accounts,
    User,
)
from analytics.state_connection import StateError, next_version, note, now, put
from analytics.state_locks import Locks
from analytics.state_scenarios import Scenarios

__all__ = [
    "FIRST_WAIT_SECONDS",
    "FREE_ATTEMPTS",
    "LONGEST_WAIT_SECONDS",
    "PASSWORD_MIN_LENGTH",
    "ROLES",
    "State",
    "StateError",
    "User",
    "opened",
    "state_url",
]

FILE_NAME = "state.sqlite"
_BUSY_SECONDS = 30


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
        state.take_in_old_locks()
    except (SQLAlchemyError, OSError, ImportError) as error:
        # The address may hold a password: never repeat it.
        raise StateError(
            "Basis data keputusan tidak dapat dibuka"
            f" ({type(error).__name__}). Periksa folder data atau ESTAFET_STATE.",
            f"The database of decisions cannot be opened ({type(error).__name__})."
            " Check the data folder or ESTAFET_STATE.",
        ) from error
    file = Path(folder) / FILE_NAME
    if os.name == "posix" and url.startswith("sqlite:") and file.exists():
        try:
            file.chmod(0o600)
        except OSError as error:
            # A disk that can only be read keeps its rights; what is saved is refused in words.
            if error.errno != errno.EROFS:
                raise
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


class State(Accounts, Locks, Scenarios):
    """The decisions kept for one data folder. Safe to share between threads and processes."""

    # ---- the current edition

    def current_edition(self) -> int | None:
        """Number of the edition in force; None when nobody has chosen one."""
        with self._reading() as connection:
            return connection.scalar(
                sa.select(kept.edition_choice.c.edition_number)
                .order_by(kept.edition_choice.c.edition_choice_id.desc())
                .limit(1)
            )

    def set_current_edition(self, number: int, actor: str) -> None:
        """Put an edition in force, newer or older."""
        with self._writing() as connection:
            connection.execute(
                sa.insert(kept.edition_choice).values(
                    edition_number=number, chosen_at=now(), chosen_by=actor
                )
            )
            note(connection, actor, "set_current_edition", str(number))

    # ---- settings

    def setting(self, key: str, default: Any = None) -> Any:  # noqa: ANN401
        """The value of a setting, or the default when nobody has set it."""
        with self._reading() as connection:
            content = connection.scalar(
                sa.select(kept.setting.c.content).where(kept.setting.c.setting_id == key)
            )
        return default if content is None else json.loads(content)

    def set_setting(self, key: str, value: object, actor: str = "") -> None:
        """Set a setting; the value is anything that JSON can write."""
        content = json.dumps(value, ensure_ascii=False, allow_nan=False)
        with self._writing() as connection:
            put(connection, kept.setting, {"setting_id": key}, {"content": content})
            note(connection, actor, "set_setting", f"{key} = {content}")

    # ---- header mappings

    def header_mapping(self, signature: str) -> dict[str, str] | None:
        """The mapping remembered for a set of headers, header -> canonical column; or None."""
        with self._reading() as connection:
            content = connection.scalar(
                sa.select(kept.header_mapping.c.content).where(
                    kept.header_mapping.c.signature == signature
                )
            )
        return None if content is None else json.loads(content)

    def remember_mapping(self, signature: str, mapping: Mapping[str, str], actor: str = "") -> None:
        """Remember how a set of headers maps to our columns."""
        content = json.dumps(dict(mapping), ensure_ascii=False, allow_nan=False)
        with self._writing() as connection:
            put(connection, kept.header_mapping, {"signature": signature}, {"content": content})
            note(connection, actor, "remember_mapping", signature)

    # ---- titles mapped by hand

    def local_titles(self) -> dict[str, tuple[str, str]]:
        """Role group and jenjang by title key, as mapped by hand."""
        with self._reading() as connection:
            rows = connection.execute(
                sa.select(
                    kept.local_title.c.title_key,
                    kept.local_title.c.role_group,
                    kept.local_title.c.jenjang,
                ).order_by(kept.local_title.c.title_key)
            )
            return {row.title_key: (row.role_group, row.jenjang) for row in rows}

    def map_title(self, title_key: str, role_group: str, jenjang: str, actor: str) -> None:
        """Give every position with this title a role group and jenjang."""
        values = {
            "role_group": role_group,
            "jenjang": jenjang,
            "mapped_at": now(),
            "mapped_by": actor,
        }
        with self._writing() as connection:
            put(connection, kept.local_title, {"title_key": title_key}, values)
            next_version(connection, "local_titles")
            note(connection, actor, "map_title", f"{title_key} -> {role_group}, {jenjang}")

    def unmap_title(self, title_key: str, actor: str) -> None:
        """Forget what was mapped by hand for a title."""
        with self._writing() as connection:
            connection.execute(
                sa.delete(kept.local_title).where(kept.local_title.c.title_key == title_key)
            )
            next_version(connection, "local_titles")
            note(connection, actor, "unmap_title", title_key)

    def local_titles_version(self) -> int:
        """How often titles mapped by hand have changed."""
        return self._version("local_titles")

    # ---- why people left

    def exit_reasons(self) -> dict[str, str]:
        """Causes by ``exit_causes.reason_key``, as mapped by hand."""
        with self._reading() as connection:
            rows = connection.execute(
                sa.select(kept.exit_reason.c.reason_key, kept.exit_reason.c.cause).order_by(
                    kept.exit_reason.c.reason_key
                )
            )
            return {row.reason_key: row.cause for row in rows}

    def map_exit_reason(self, reason_key: str, cause: str, actor: str) -> None:
        """Give every exit with these words a cause; '' forgets what was said."""
        values = {"cause": cause, "mapped_at": now(), "mapped_by": actor}
        with self._writing() as connection:
            if cause:
                put(connection, kept.exit_reason, {"reason_key": reason_key}, values)
            else:
                connection.execute(
                    sa.delete(kept.exit_reason).where(kept.exit_reason.c.reason_key == reason_key)
                )
            next_version(connection, "exits")
            note(connection, actor, "map_exit_reason", f"{reason_key} -> {cause}")

    def classify_exit(self, nip: str, exited_on: date, cause: str, actor: str) -> None:
        """Say why one person left on one day; '' takes it back. Every saying is kept."""
        with self._writing() as connection:
            connection.execute(
                sa.insert(kept.exit_classification).values(
                    nip=nip,
                    exited_on=exited_on.isoformat(),
                    cause=cause,
                    classified_at=now(),
                    classified_by=actor,
                )
            )
            next_version(connection, "exits")
            note(connection, actor, "classify_exit", f"{nip} {exited_on.isoformat()} -> {cause}")

    def exit_classifications(self) -> pd.DataFrame:
        """What was last said of single exits.

        Returns
        -------
        One row per person and day: ``nip, exited_on`` (``datetime64[us]``), ``cause,
        classified_by, classified_at`` (UTC). Exits whose cause was taken back are left out.
        """
        table = kept.exit_classification
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

    # ---- readings of the law

    def law_choice(self) -> LawChoice:
        """The readings of the law in force; the defaults when nobody has chosen."""
        with self._reading() as connection:
            content = connection.scalar(
                sa.select(kept.law_choice.c.content)
                .order_by(kept.law_choice.c.law_choice_id.desc())
                .limit(1)
            )
        if content is None:
            return LawChoice()
        chosen = json.loads(content)
        proposal_from = chosen["proposal_from"]
        return LawChoice(
            readings=tuple((str(a), str(b)) for a, b in chosen["readings"]),
            proposal=chosen["proposal"],
            proposal_from=date.fromisoformat(proposal_from) if proposal_from else None,
            local_ages=tuple((str(a), str(b), int(c)) for a, b, c in chosen["local_ages"]),
        )

    def set_law_choice(self, choice: LawChoice, actor: str) -> None:
        """Put readings of the law in force."""
        content = json.dumps(
            {
                "readings": choice.readings,
                "proposal": choice.proposal,
                "proposal_from": choice.proposal_from and choice.proposal_from.isoformat(),
                "local_ages": choice.local_ages,
            },
            allow_nan=False,
        )
        with self._writing() as connection:
            connection.execute(
                sa.insert(kept.law_choice).values(content=content, chosen_at=now(), chosen_by=actor)
            )
            next_version(connection, "law_choice")
            note(connection, actor, "set_law_choice", content)

    def law_choice_version(self) -> int:
        """How often the readings of the law have changed."""
        return self._version("law_choice")
