"""Who was in which group when: a change of post within one period of service.

Whoever reached a group has stayed until then. Counted in the last group alone, all the years before
would be years in which nobody of that group left, and a past year would know of a post to come.
Method: docs/method.md section 18.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

UNIT = "group"
_LARGEST_LEVELS = 300
_OTHER = "(lain)"
# Of each spell with several: (first day, group) in order; nothing for the others.
MOVES = "group_moves"


@dataclass(frozen=True, eq=False)
class Moves:
    """Groups by the day they were reached, earliest first.

    Whose (the place among the spells), when (days since 1970), and which.
    """

    person: NDArray[np.int64]
    day: NDArray[np.int64]
    group: NDArray[np.object_]

    def on(self, day: int, last: NDArray[np.object_]) -> NDArray[np.object_]:
        """The group of each spell on the day; ``last`` for whoever has only one."""
        if not len(self.day):
            return last
        found = last.copy()
        reached = self.day <= day
        # Of several the latest stays.
        found[self.person[reached]] = self.group[reached]
        return found


def factor_levels(
    spells: pd.DataFrame, factors: Sequence[str], unknown: str
) -> tuple[dict[str, NDArray[np.object_]], Moves]:
    """The level of each spell in each factor, and the moves between groups.

    Parameters
    ----------
    spells
        Those of ``factors`` that are known; ``group_moves`` where somebody changed group.
    unknown
        The level of whoever has none.

    Returns
    -------
    Beyond the commonest 300 levels of a factor all are one.
    """
    found = {name: _levels(spells[name], unknown) for name in factors if name in spells}
    moves = _moves(spells)
    if not len(moves.day):
        return found, moves
    # One naming of levels for the last groups and those before.
    both = _levels(pd.concat([spells[UNIT], pd.Series(moves.group, dtype=object)]), unknown)
    found[UNIT] = both[: len(spells)]
    return found, replace(moves, group=both[len(spells) :])


def _levels(values: pd.Series, unknown: str) -> NDArray[np.object_]:
    written = values.astype(object).where(values.notna(), unknown)
    kept = written.value_counts().index[:_LARGEST_LEVELS]
    return written.where(written.isin(kept), _OTHER).to_numpy(object)


def _moves(spells: pd.DataFrame) -> Moves:
    told = spells.get(MOVES, ())
    rows = [
        (at, pd.Timestamp(day).to_datetime64().astype("datetime64[D]").astype(np.int64), group)
        for at, moves in enumerate(told)
        if isinstance(moves, tuple)
        for day, group in moves
    ]
    rows.sort(key=lambda row: row[1])
    person, day = (np.array([row[at] for row in rows], dtype=np.int64) for at in (0, 1))
    group = np.empty(len(rows), dtype=object)
    group[:] = [row[2] for row in rows]
    return Moves(person, day, group)


def known_on(spells: pd.DataFrame, day: pd.Timestamp) -> pd.DataFrame:
    """Spells with the group each was in on the day, and no later move.

    Parameters
    ----------
    spells
        ``group`` and ``group_moves``; without the latter nothing changes.
    """
    if MOVES not in spells:
        return spells
    cut = [
        tuple(move for move in moves if move[0] <= day) if isinstance(moves, tuple) else None
        for moves in spells[MOVES]
    ]
    groups = [
        moves[-1][1] if moves else group for moves, group in zip(cut, spells[UNIT], strict=True)
    ]
    return spells.assign(
        **{
            UNIT: pd.Series(groups, index=spells.index, dtype=spells[UNIT].dtype),
            MOVES: pd.Series(cut, index=spells.index, dtype=object),
        }
    )


def moves_between(
    starts: Sequence[pd.Timestamp], groups: Sequence[object]
) -> tuple[tuple[pd.Timestamp, object], ...] | None:
    """The moves of one person whose rows follow each other; None where the group stays.

    A row without a group goes on in that of the row before.
    """
    moves: list[tuple[pd.Timestamp, object]] = []
    for start, group in zip(starts, groups, strict=True):
        if not moves or (not pd.isna(group) and group != moves[-1][1]):
            moves.append((start, group))
    return tuple(moves) if len(moves) > 1 else None
