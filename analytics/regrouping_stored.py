"""What people saved for plans of mergers: locks of schools, and measured roads.

Locks are rows of the state database; roads are a file beside the editions under its hash, and a
setting says which one is in force. Method: docs/method.md eq. 300.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from pathlib import Path

import pandas as pd

from analytics.faults import FaultsError
from analytics.regrouping_limits import Limits
from analytics.regrouping_roads import read_roads
from analytics.state import State
from analytics.told import ToldError

PLAN = "regrouping"
ROADS_SETTING, ROADS_FOLDER = "regrouping_roads", "roads"
# Kinds of locks: stays open, closes, closes into another, never joined with another.
OPEN, CLOSED, INTO, FORBIDDEN = "open", "closed", "into", "forbidden"


@dataclass(frozen=True)
class SavedMergers:
    """Locks ``(kind, npsn, other)`` in their order, and the hash of the roads, '' for none."""

    locks: tuple[tuple[str, str, str], ...] = ()
    roads_sha256: str = ""
    roads: pd.DataFrame | None = field(default=None, repr=False, compare=False)


NOTHING_SAVED = SavedMergers()


class ContradictionError(ToldError):
    """Saved locks that cannot hold together."""


def saved_mergers(decisions: State, folder: Path) -> SavedMergers:
    """What is in force for everybody; roads whose file is gone count as none."""
    rows = decisions.plan_locks(PLAN)[["kind", "thing_id", "other_id"]]
    locks = tuple(sorted(tuple(map(str, row)) for row in rows.itertuples(index=False)))
    kept = decisions.setting(ROADS_SETTING) or {}
    sha256 = str(kept.get("sha256", "")) if isinstance(kept, dict) else ""
    roads = saved_roads(folder, sha256)
    return SavedMergers(locks, sha256 if roads is not None else "", roads)  # type: ignore[arg-type]


def with_saved(limits: Limits, saved: SavedMergers, known: Collection[str]) -> Limits:
    """Limits with the locks in force for everybody beneath the locks they have already.

    Parameters
    ----------
    known
        Schools the plan is about; locks of others stand apart.

    Raises
    ------
    ContradictionError
        Where saved locks cannot hold together; which ones, and what to do.

    Method: docs/method.md eq. 300.
    """
    of: dict[str, list[tuple[str, str]]] = {kind: [] for kind in (OPEN, CLOSED, INTO, FORBIDDEN)}
    for kind, one, other in saved.locks:
        if one in known and (not other or other in known):
            of[kind].append((one, other))
    sent = {one for one, _ in limits.pairs}
    own = {*limits.lock_open, *limits.lock_closed, *sent, *(other for _, other in limits.pairs)}
    opened = (*limits.lock_open, *(one for one, _ in of[OPEN] if one not in own))
    closed = (*limits.lock_closed, *(one for one, _ in of[CLOSED] if one not in own))
    # Who must stay open closes into nobody; into who must close nobody goes.
    kept = {*opened, *(other for _, other in limits.pairs), *sent}
    shut = {*closed, *sent, *(one for one, _ in of[INTO])}
    never = {frozenset(pair) for pair in limits.forbidden}
    pairs = (
        pair
        for pair in of[INTO]
        if pair[0] not in kept and pair[1] not in shut and frozenset(pair) not in never
    )
    together = {frozenset(pair) for pair in limits.pairs}
    apart = (pair for pair in of[FORBIDDEN] if frozenset(pair) not in together)
    try:
        return replace(
            limits,
            lock_open=opened,
            lock_closed=closed,
            pairs=(*limits.pairs, *pairs),
            forbidden=(*limits.forbidden, *apart),
        )
    except ValueError as error:
        said, _, english = str(error).partition(" / ")
        names = said.partition(":")[0]
        raise ContradictionError(
            f"Kunci tersimpan bertentangan: {said}. Hapus salah satunya di halaman Regrouping.",
            f"Saved locks contradict each other: {names}: {english}. Remove one of them on the page"
            " Regrouping.",
        ) from error


def saved_roads(folder: Path, sha256: str) -> pd.DataFrame | None:
    """``from, into, km`` of the saved file with a hash, row by row; None where there is none."""
    path = folder / ROADS_FOLDER / f"{sha256}.csv"
    if not sha256 or not path.is_file():
        return None
    try:
        roads, _ = read_roads(path)
    except FaultsError:
        return None
    return roads
