"""Scenarios as people saved them: every revision, who moved it to which standing, kept results.

Content is text to this module; what it means stands in ``scenario.py``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import pandas as pd
import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from analytics import state_tables as kept
from analytics.export import json_text
from analytics.state_connection import Connected, StateError, note, now, put
from analytics.state_standings import DRAFT, changed_since, refuse_edit, refuse_move

LONGEST_NAME = 80
_NUMBERS = "scenario numbers"


@dataclass(frozen=True)
class Saved:
    """A saved scenario at its last revision.

    ``content``: the text of the scenario; ``standing``: one of ``STANDINGS``, since ``standing_at``
    by ``standing_by``.
    """

    scenario_id: int
    name: str
    revision: int
    standing: str
    standing_at: datetime
    standing_by: str
    content: str
    saved_at: datetime
    saved_by: str


@dataclass(frozen=True)
class ToKeep:
    """By what a result was computed, and its hash, so that it can be computed again."""

    provenance: Mapping[str, object]
    summary: Mapping[str, object]
    output_sha256: str


class Scenarios(Connected):
    """Scenarios of the state database."""

    def saved_scenarios(self) -> list[Saved]:
        """All saved scenarios at their last revision, by name."""
        with self._reading() as connection:
            rows = connection.execute(_latest().order_by(kept.scenario.c.name_key)).all()
        return [_saved(row) for row in rows]

    def saved_scenario(self, name_or_id: str | int) -> Saved | None:
        """The scenario of this name or number at its last revision; None where there is none."""
        with self._reading() as connection:
            row = connection.execute(_latest().where(_is(name_or_id))).first()
        return None if row is None else _saved(row)

    def scenario_content(self, scenario_id: int, revision: int) -> str:
        """The text of one revision.

        Raises
        ------
        StateError
            When there is no such revision.
        """
        table = kept.scenario_revision
        with self._reading() as connection:
            content = connection.scalar(
                sa.select(table.c.content).where(
                    table.c.scenario_id == scenario_id, table.c.revision == revision
                )
            )
        if content is None:
            raise StateError(
                f"Skenario {scenario_id} tidak mempunyai revisi {revision}.",
                f"Scenario {scenario_id} has no revision {revision}.",
            )
        return str(content)

    def scenario_revisions(self, scenario_id: int) -> pd.DataFrame:
        """Every revision of a scenario, oldest first: ``revision, comment, saved_at, saved_by``."""
        table = kept.scenario_revision
        columns = ("revision", "comment", "saved_at", "saved_by")
        with self._reading() as connection:
            rows = connection.execute(
                sa.select(*(table.c[name] for name in columns))
                .where(table.c.scenario_id == scenario_id)
                .order_by(table.c.revision)
            ).all()
        return _dated(pd.DataFrame([tuple(row) for row in rows], columns=list(columns)), "saved_at")

    def scenario_moves(self, scenario_id: int) -> pd.DataFrame:
        """Who moved a scenario from where to where, oldest first.

        Returns
        -------
        ``revision, standing_from, standing_to, comment, moved_at`` (UTC), ``moved_by, role``.
        """
        table = kept.scenario_move
        columns = [
            *("revision", "standing_from", "standing_to", "comment", "moved_at", "moved_by"),
            "role",
        ]
        with self._reading() as connection:
            rows = connection.execute(
                sa.select(*(table.c[name] for name in columns))
                .where(table.c.scenario_id == scenario_id)
                .order_by(table.c.scenario_move_id)
            ).all()
        return _dated(pd.DataFrame([tuple(row) for row in rows], columns=columns), "moved_at")

    def save_scenario(
        self, name: str, content: str, actor: str, revision: int = 0, comment: str = ""
    ) -> Saved:
        """Save a scenario under a name.

        Parameters
        ----------
        revision
            The revision that was opened; 0 for a new scenario. Saving what is already there
            changes nothing.

        Raises
        ------
        StateError
            The name is taken or empty, somebody saved since, or the scenario is no draft.
        """
        name, key = _names(name)
        with self._writing() as connection:
            row = connection.execute(_latest().where(kept.scenario.c.name_key == key)).first()
            if row is None:
                if revision:
                    raise StateError(
                        f"Skenario {name!r} sudah tidak ada. Simpan dengan nama baru.",
                        f"Scenario {name!r} is gone. Save it under a new name.",
                    )
                self._begin(connection, name, key, content, actor, comment)
            elif row.content != content or row.revision != revision:
                refuse_edit(row, revision)
                number = row.revision + 1
                _insert_revision(connection, row.scenario_id, number, content, actor, comment)
                connection.execute(
                    sa.update(kept.scenario)
                    .where(kept.scenario.c.scenario_id == row.scenario_id)
                    .values(revision=number)
                )
                note(connection, actor, "save_scenario", f"{name}, revisi {number}")
            saved = connection.execute(_latest().where(kept.scenario.c.name_key == key)).one()
        return _saved(saved)

    def _begin(  # noqa: PLR0913 - one row's columns
        self, connection: Connection, name: str, key: str, content: str, actor: str, comment: str
    ) -> None:
        scenario_id = _next_number(connection)
        connection.execute(
            sa.insert(kept.scenario).values(
                scenario_id=scenario_id,
                name=name,
                name_key=key,
                revision=1,
                standing=DRAFT,
                standing_at=now(),
                standing_by=actor,
            )
        )
        _insert_revision(connection, scenario_id, 1, content, actor, comment)
        note(connection, actor, "save_scenario", f"{name}, revisi 1")

    def move_scenario(  # noqa: PLR0913 - what is moved, where, by whom and why
        self,
        scenario_id: int,
        standing: str,
        actor: str,
        role: str,
        *,
        revision: int,
        comment: str = "",
        result: ToKeep | None = None,
    ) -> Saved:
        """Submit, send back, approve or lock a scenario.

        Parameters
        ----------
        revision
            The revision that was looked at: nobody approves what they have not seen.
        result
            Kept with the move, in one step: an approval without its result, or a result without
            its approval, is never left behind.
        role
            Role of ``actor``. Where accounts exist it must be that of the account; where none
            does, only who sits at the machine (``pengelola``) may move anything.

        Raises
        ------
        StateError
            The move is not one there is, the role may not make it, the scenario was changed since,
            or somebody would approve what they submitted.
        """
        with self._writing() as connection:
            row = connection.execute(_latest().where(_is(scenario_id))).first()
            if row is None:
                raise StateError("Skenario ini sudah tidak ada.", "This scenario is gone.")
            refuse_move(connection, row, standing, actor, role)
            if row.revision != revision:
                raise changed_since(row, revision)
            connection.execute(
                sa.insert(kept.scenario_move).values(
                    scenario_id=scenario_id,
                    revision=revision,
                    standing_from=row.standing,
                    standing_to=standing,
                    comment=comment,
                    moved_at=now(),
                    moved_by=actor,
                    role=role,
                )
            )
            connection.execute(
                sa.update(kept.scenario)
                .where(kept.scenario.c.scenario_id == scenario_id)
                .values(standing=standing, standing_at=now(), standing_by=actor)
            )
            note(connection, actor, "move_scenario", f"{row.name}: {row.standing} -> {standing}")
            if result is not None:
                _insert_result(connection, scenario_id, revision, result, actor)
            moved = connection.execute(_latest().where(_is(scenario_id))).one()
        return _saved(moved)

    def remove_scenario(self, scenario_id: int, actor: str, revision: int) -> None:
        """Remove a draft that was never submitted, with its revisions.

        ``revision`` is the one that was opened. One that is gone already is no fault.

        Raises
        ------
        StateError
            When it is no draft, or has been moved before: what was submitted is kept. When
            somebody saved since.
        """
        with self._writing() as connection:
            row = connection.execute(_latest().where(_is(scenario_id))).first()
            if row is None:
                return
            moves = connection.scalar(
                sa.select(sa.func.count())
                .select_from(kept.scenario_move)
                .where(kept.scenario_move.c.scenario_id == scenario_id)
            )
            if row.standing != DRAFT or moves:
                raise StateError(
                    "Skenario yang pernah diajukan tidak dihapus.",
                    "A scenario that was ever submitted is not removed.",
                )
            if row.revision != revision:
                raise changed_since(row, revision)
            put(
                connection,
                kept.version,
                {"subject": _NUMBERS},
                {"number": _last_number(connection)},
            )
            for table in (kept.scenario_result, kept.scenario_revision, kept.scenario):
                connection.execute(sa.delete(table).where(table.c.scenario_id == scenario_id))
            note(connection, actor, "remove_scenario", row.name)

    def scenario_results(self, scenario_id: int) -> pd.DataFrame:
        """Results kept for a scenario, oldest first.

        Returns
        -------
        ``revision``, ``provenance`` and ``summary`` (JSON), ``output_sha256``, ``kept_at`` (UTC),
        ``kept_by``.
        """
        table = kept.scenario_result
        columns = ("revision", "provenance", "summary", "output_sha256", "kept_at", "kept_by")
        with self._reading() as connection:
            rows = connection.execute(
                sa.select(*(table.c[name] for name in columns))
                .where(table.c.scenario_id == scenario_id)
                .order_by(table.c.scenario_result_id)
            ).all()
        return _dated(pd.DataFrame([tuple(row) for row in rows], columns=list(columns)), "kept_at")


def _next_number(connection: Connection) -> int:
    """A number no scenario ever had: links and desks still name those that were removed."""
    return _last_number(connection) + 1


def _last_number(connection: Connection) -> int:
    there = connection.scalar(sa.select(sa.func.max(kept.scenario.c.scenario_id)))
    removed = connection.scalar(
        sa.select(kept.version.c.number).where(kept.version.c.subject == _NUMBERS)
    )
    return max(there or 0, removed or 0)


def _latest() -> sa.Select:
    one, text = kept.scenario, kept.scenario_revision
    return sa.select(
        one.c.scenario_id,
        one.c.name,
        one.c.revision,
        one.c.standing,
        one.c.standing_at,
        one.c.standing_by,
        text.c.content,
        text.c.saved_at,
        text.c.saved_by,
    ).join(
        text, sa.and_(text.c.scenario_id == one.c.scenario_id, text.c.revision == one.c.revision)
    )


def _is(name_or_id: str | int) -> sa.ColumnElement[bool]:
    if isinstance(name_or_id, int):
        return kept.scenario.c.scenario_id == name_or_id
    return kept.scenario.c.name_key == _key(name_or_id)


def _saved(row: Row) -> Saved:
    return Saved(
        scenario_id=int(row.scenario_id),
        name=row.name,
        revision=int(row.revision),
        standing=row.standing,
        standing_at=datetime.fromisoformat(row.standing_at),
        standing_by=row.standing_by,
        content=row.content,
        saved_at=datetime.fromisoformat(row.saved_at),
        saved_by=row.saved_by,
    )


def _key(name: str) -> str:
    return " ".join(str(name).split()).casefold()


def _names(name: str) -> tuple[str, str]:
    shown = " ".join(str(name).split())
    if not shown or len(shown) > LONGEST_NAME:
        raise StateError(
            f"Nama skenario kosong atau terlalu panjang. Tulis 1 sampai {LONGEST_NAME} huruf.",
            f"The name of the scenario is empty or too long. Write 1 to {LONGEST_NAME} letters.",
        )
    return shown, _key(shown)


def _insert_revision(  # noqa: PLR0913 - one row's columns
    connection: Connection, scenario_id: int, revision: int, content: str, actor: str, comment: str
) -> None:
    connection.execute(
        sa.insert(kept.scenario_revision).values(
            scenario_id=scenario_id,
            revision=revision,
            content=content,
            comment=comment,
            saved_at=now(),
            saved_by=actor,
        )
    )


def _insert_result(
    connection: Connection, scenario_id: int, revision: int, result: ToKeep, actor: str
) -> None:
    connection.execute(
        sa.insert(kept.scenario_result).values(
            scenario_id=scenario_id,
            revision=revision,
            provenance=json_text(result.provenance, indent=None, sort_keys=True),
            summary=json_text(result.summary, indent=None, sort_keys=True),
            output_sha256=result.output_sha256,
            kept_at=now(),
            kept_by=actor,
        )
    )
    note(connection, actor, "keep_result", f"{scenario_id}, revisi {revision}")


def _dated(table: pd.DataFrame, column: str) -> pd.DataFrame:
    moments = pd.to_datetime(table[column], utc=True).astype("datetime64[us, UTC]")
    texts = [name for name in table if name not in (column, "revision")]
    return table.astype({"revision": "int64", **dict.fromkeys(texts, "str")}).assign(
        **{column: moments}
    )
