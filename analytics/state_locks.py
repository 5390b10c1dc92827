"""What plans must leave as it is: people, schools, pairs, locked by hand.

Plans are ``regrouping`` and ``redistribution``; what the kinds of their locks mean is theirs.
"""

from __future__ import annotations

import json
from collections.abc import Sequence, Set

import pandas as pd
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from analytics import state_tables as kept
from analytics.state_connection import Connected, next_version, note, now

# The setting that held the locks of the page on regrouping until 2026-11-22.
_OLD_LOCKS = "regrouping_locks"


class Locks(Connected):
    """Locks of the state database."""

    def plan_locks(self, plan: str) -> pd.DataFrame:
        """What was locked by hand in a plan, oldest first.

        Returns
        -------
        One row per lock: ``kind, thing_id, other_id, locked_by, locked_at`` (UTC).
        """
        table = kept.plan_lock
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
            _put_lock(connection, plan, (kind, thing_id, other_id), actor)
            next_version(connection, f"locks {plan}")
            note(connection, actor, "lock", f"{plan} {kind} {thing_id} {other_id}".strip())

    def unlock(self, plan: str, kind: str, thing_id: str, actor: str, other_id: str = "") -> None:
        """Take a lock back."""
        with self._writing() as connection:
            connection.execute(_the_lock(plan, kind, thing_id, other_id))
            next_version(connection, f"locks {plan}")
            note(connection, actor, "unlock", f"{plan} {kind} {thing_id} {other_id}".strip())

    def keep_locks(
        self, plan: str, locks: Sequence[tuple[str, str, str]], among: Set[str], actor: str
    ) -> None:
        """Let exactly these locks hold among some things; locks of other things stay as they are.

        Parameters
        ----------
        locks
            ``(kind, thing_id, other_id)``. One that held before keeps who locked it, and when.
        among
            The things decided on here.
        """
        wanted = {one for one in locks if one[1] in among}
        table = kept.plan_lock
        with self._writing() as connection:
            rows = connection.execute(
                sa.select(table.c.kind, table.c.thing_id, table.c.other_id).where(
                    table.c.plan == plan
                )
            )
            held = {(row.kind, row.thing_id, row.other_id) for row in rows if row.thing_id in among}
            for kind, thing_id, other_id in sorted(held - wanted):
                connection.execute(_the_lock(plan, kind, thing_id, other_id))
            for one in sorted(wanted - held):
                _put_lock(connection, plan, one, actor)
            next_version(connection, f"locks {plan}")
            note(connection, actor, "keep_locks", f"{plan}: {len(wanted)}, before {len(held)}")

    def locks_version(self, plan: str) -> int:
        """How often the locks of a plan have changed."""
        return self._version(f"locks {plan}")

    def take_in_old_locks(self) -> None:
        """Locks of the page on regrouping once stood in a setting; move them to ``plan_lock``."""
        asked = sa.select(kept.setting.c.content).where(kept.setting.c.setting_id == _OLD_LOCKS)
        with self._reading() as connection:
            if connection.scalar(asked) is None:
                return
        with self._writing() as connection:
            content = connection.scalar(asked)
            if content is None:
                return
            for told in json.loads(content).values():
                locks = [
                    *(("open", one, "") for one in told.get("opened", [])),
                    *(("closed", one, "") for one in told.get("closed", [])),
                    *(("into", one, other) for one, other in told.get("pairs", [])),
                    *(("forbidden", one, other) for one, other in told.get("forbidden", [])),
                ]
                for one in locks:
                    connection.execute(_the_lock("regrouping", *one))
                    at = f"{told['on']}T00:00:00.000000+00:00"
                    _put_lock(connection, "regrouping", one, told["by"], at)
            connection.execute(
                sa.delete(kept.setting).where(kept.setting.c.setting_id == _OLD_LOCKS)
            )
            next_version(connection, "locks regrouping")
            note(connection, "", "take_in_old_locks", "regrouping_locks -> plan_lock")


def _put_lock(
    connection: Connection, plan: str, lock: tuple[str, str, str], actor: str, at: str = ""
) -> None:
    kind, thing_id, other_id = lock
    connection.execute(
        sa.insert(kept.plan_lock).values(
            plan=plan,
            kind=kind,
            thing_id=thing_id,
            other_id=other_id,
            locked_at=at or now(),
            locked_by=actor,
        )
    )


def _the_lock(plan: str, kind: str, thing_id: str, other_id: str) -> sa.Delete:
    return sa.delete(kept.plan_lock).where(
        kept.plan_lock.c.plan == plan,
        kept.plan_lock.c.kind == kind,
        kept.plan_lock.c.thing_id == thing_id,
        kept.plan_lock.c.other_id == other_id,
    )
