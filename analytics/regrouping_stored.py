"""What people saved for plans of mergers: locks of schools, and measured roads.

Locks are rows of the state database; roads are a file beside the editions under its hash, and a
setting says which one is in force. Method: docs/method.md eq. 300.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from analytics.faults import FaultsError
from analytics.regrouping_file import read_roads
from analytics.state import State

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


def saved_mergers(decisions: State, folder: Path) -> SavedMergers:
    """What is in force for everybody; roads whose file is gone count as none."""
    rows = decisions.plan_locks(PLAN)[["kind", "thing_id", "other_id"]]
    locks = tuple(sorted(tuple(map(str, row)) for row in rows.itertuples(index=False)))
    kept = decisions.setting(ROADS_SETTING) or {}
    sha256 = str(kept.get("sha256", "")) if isinstance(kept, dict) else ""
    roads = saved_roads(folder, sha256)
    return SavedMergers(locks, sha256 if roads is not None else "", roads)  # type: ignore[arg-type]


def saved_roads(folder: Path, sha256: str) -> pd.DataFrame | None:
    """``from, into, km`` of the file with a hash; None where there is none."""
    path = folder / ROADS_FOLDER / f"{sha256}.csv"
    if not sha256 or not path.is_file():
        return None
    try:
        roads, _ = read_roads(path)
    except FaultsError:
        return None
    return roads
