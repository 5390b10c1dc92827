"""One connection to the state database, and how every decision is written and noted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Self

import pandas as pd
import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from analytics import state_tables as kept
from analytics.told import ToldError


class StateError(ToldError):
    """A decision that cannot be kept or read; says what to do."""


class Connected:
    """What every subject of the state shares: reading, writing one at a time, the audit."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def __enter__(self) -> Self:
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
            if set(kept.every.tables) <= set(sa.inspect(connection).get_table_names()):
                return
        with self._writing() as connection:
            kept.every.create_all(connection)

    # ---- audit

    def log(self, actor: str, action: str, detail: str = "") -> None:
        """Note that somebody did something. Never put a person's data into the detail."""
        with self._writing() as connection:
            note(connection, actor, action, detail)

    def audit_log(self, limit: int = 1000) -> pd.DataFrame:
        """What was done, newest first.

        Returns
        -------
        One row per action: ``at`` (UTC), ``actor, action, detail``; at most ``limit`` rows.
        """
        with self._reading() as connection:
            rows = connection.execute(
                sa.select(
                    kept.audit.c.at, kept.audit.c.actor, kept.audit.c.action, kept.audit.c.detail
                )
                .order_by(kept.audit.c.audit_id.desc())
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
                sa.select(kept.version.c.number).where(kept.version.c.subject == subject)
            )
        return number or 0


def _unreachable(error: SQLAlchemyError) -> StateError:
    return StateError(
        f"Basis data keputusan tidak dapat dipakai ({type(error).__name__})."
        " Coba lagi; bila berulang, periksa disk dan folder data.",
        f"The database of decisions cannot be used ({type(error).__name__})."
        " Try again; if it persists, check the disk and the data folder.",
    )


def now() -> str:
    """Now in UTC, as every table writes it."""
    return datetime.now(UTC).isoformat(timespec="microseconds")


def put(
    connection: Connection, table: sa.Table, key: dict[str, str], values: Mapping[str, object]
) -> None:
    """Update the row of a key or insert it; safe because writers come one at a time."""
    (column, content), *_ = key.items()
    changed = connection.execute(
        sa.update(table).where(table.c[column] == content).values(dict(values))
    )
    if changed.rowcount == 0:
        connection.execute(sa.insert(table).values({**key, **values}))


def next_version(connection: Connection, subject: str) -> None:
    """Count one more change of a subject."""
    number = connection.scalar(
        sa.select(kept.version.c.number).where(kept.version.c.subject == subject)
    )
    put(connection, kept.version, {"subject": subject}, {"number": (number or 0) + 1})


def note(connection: Connection, actor: str, action: str, detail: str) -> None:
    """Write into the audit who did what."""
    connection.execute(
        sa.insert(kept.audit).values(at=now(), actor=actor, action=action, detail=detail)
    )
