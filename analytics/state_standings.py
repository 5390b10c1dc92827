"""The standings of a saved scenario: who may move it from one to another, and what is refused.

A scenario is a draft until it is submitted, then approved or sent back, at last locked. Only a
draft is edited.
"""

from __future__ import annotations

from collections.abc import Mapping

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from analytics import state_tables as kept
from analytics.state_connection import StateError

DRAFT, SUBMITTED, APPROVED, LOCKED = STANDINGS = ("draft", "submitted", "approved", "locked")
STANDING_WORDS = {
    DRAFT: "konsep",
    SUBMITTED: "diajukan",
    APPROVED: "disetujui",
    LOCKED: "dikunci",
}
# Who may move a scenario from one standing to another.
MOVES: Mapping[tuple[str, str], tuple[str, ...]] = {
    (DRAFT, SUBMITTED): ("perencana", "pengelola"),
    (SUBMITTED, DRAFT): ("pimpinan", "perencana", "pengelola"),
    (SUBMITTED, APPROVED): ("pimpinan", "pengelola"),
    (APPROVED, DRAFT): ("pimpinan", "pengelola"),
    (APPROVED, LOCKED): ("pimpinan", "pengelola"),
}
EDITORS = ("perencana", "pengelola")


def may_move(standing: str, to: str, role: str) -> bool:
    """Whether a role may move a scenario from one standing to another."""
    return role in MOVES.get((standing, to), ())


def refuse_edit(row: Row, revision: int) -> None:
    """Refuse to save over a name that is taken, what is no draft, or what another saved since."""
    if not revision:
        raise StateError(
            f"Nama skenario {row.name!r} sudah dipakai. Pilih nama lain.",
            f"The name {row.name!r} is taken. Choose another.",
        )
    if row.standing != DRAFT:
        raise StateError(
            f"Skenario {row.name!r} sudah {STANDING_WORDS[row.standing]} dan tidak diubah lagi."
            " Salin dengan nama lain, atau minta dikembalikan menjadi konsep.",
            f"Scenario {row.name!r} is {row.standing} and no longer changed."
            " Copy it under another name, or ask for it to be sent back to draft.",
        )
    if row.revision != revision:
        raise changed_since(row, revision)


def changed_since(row: Row, revision: int) -> StateError:
    """What is told when somebody saved since the revision that was opened."""
    return StateError(
        f"Skenario {row.name!r} sudah disimpan {row.saved_by or 'orang lain'} sebagai revisi"
        f" {row.revision}; yang Anda buka revisi {revision}. Buka lagi, lalu ulangi perubahan"
        " Anda.",
        f"{row.saved_by or 'Somebody else'} has saved scenario {row.name!r} as revision"
        f" {row.revision}; you opened revision {revision}. Open it again, then repeat your change.",
    )


def refuse_move(connection: Connection, row: Row, standing: str, actor: str, role: str) -> None:
    """Refuse a move there is not, a role that may not make it, and approving one's own."""
    allowed = MOVES.get((row.standing, standing))
    if allowed is None:
        raise StateError(
            f"Skenario {row.name!r} berstatus {STANDING_WORDS[row.standing]}; dari sana tidak dapat"
            f" menjadi {STANDING_WORDS.get(standing, standing)}.",
            f"Scenario {row.name!r} is {row.standing}; from there it cannot become {standing}.",
        )
    if role not in allowed:
        raise StateError(
            f"Peran {role} tidak dapat mengubah status ini; yang dapat: {', '.join(allowed)}.",
            f"The role {role} may not change this standing; {', '.join(allowed)} may.",
        )
    accounts = dict(
        connection.execute(sa.select(kept.account.c.name, kept.account.c.role)).tuples().all()
    )
    if not accounts:
        if role != "pengelola":
            raise StateError(
                "Belum ada akun: hanya yang duduk di komputer ini yang dapat mengubah status."
                " Buat akun dahulu.",
                "There is no account yet: only who sits at this computer may change the standing."
                " Make an account first.",
            )
        return
    if accounts.get(actor) != role:
        raise StateError(
            f"Akun {actor!r} tidak mempunyai peran {role}.",
            f"Account {actor!r} does not have the role {role}.",
        )
    if standing == APPROVED and row.standing_by == actor:
        raise StateError(
            "Pengusul tidak menyetujui usulannya sendiri. Minta orang lain.",
            "Nobody approves what they submitted. Ask somebody else.",
        )
