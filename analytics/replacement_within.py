"""Posts filled from within: who leaves a post of leadership is followed by somebody from below.

Nobody is recruited as head of a school or of an office: the empty chair moves down to a post that
people are recruited for. Nobody is added or lost. Method: docs/method.md eq. 209.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.rules import RuleBook

Numbers = NDArray[np.float64]

_ALMOST = 1e-9


def promotions(rulebook: RuleBook, on: pd.Timestamp) -> list[tuple[str, str]]:
    """Pairs (role group filled from within, role group it is filled from), top down."""
    table = rulebook.promotions
    rows = table[(table["effective_from"] <= on) & (on <= table["effective_to"])]
    rows = rows.sort_values("priority", kind="stable")
    return list(zip(rows["role_group"], rows["from_role_group"], strict=True))


def promoted(
    cells: pd.DataFrame,
    need: Numbers,
    supply: Numbers,
    start: Numbers,
    pairs: list[tuple[str, str]],
) -> Numbers:
    """People moved up by the end of each year, ``(cell, year)``: above zero into a cell.

    Parameters
    ----------
    cells
        ``unit_id`` and ``role_group`` of each.
    need, supply
        ``(cell, year)``; NaN need is not asked for.
    start
        People there today: only who leaves is followed. A chair empty today stays one.
    pairs
        As :func:`promotions` gives them.

    Notes
    -----
    A surplus in the same role elsewhere fills first. Of the rest, those of the same unit move up
    before those of others, each post in proportion to its people. Method: docs/method.md eq. 209.
    """
    moved = np.zeros_like(supply)
    unit = pd.factorize(cells["unit_id"])[0]
    role = cells["role_group"].to_numpy(dtype=object)
    shape = (int(unit.max(initial=-1)) + 1, supply.shape[1])
    # Who moved up is followed too: a chain as long as the ladder is through after so many rounds.
    for upper, lower in pairs * max(1, len(pairs)):
        top, below = np.flatnonzero(role == upper), np.flatnonzero(role == lower)
        if not len(top) or not len(below):
            continue
        there = supply[top] + moved[top]
        asked = np.where(np.isfinite(need[top]), need[top], there)
        empty = np.clip(np.minimum(asked, start[top, None]) - there, 0.0, None)
        spare = np.clip(there - asked, 0.0, None).sum(axis=0)
        total = empty.sum(axis=0)
        empty = empty * _ratio(np.clip(total - spare, 0.0, None), total)
        people = np.clip(supply[below] + moved[below], 0.0, None)
        wanted, own = np.zeros(shape), np.zeros(shape)
        np.add.at(wanted, unit[top], empty)
        np.add.at(own, unit[below], people)
        taken = np.minimum(wanted, own)
        out = people * _ratio(taken, own)[unit[below]]
        into = empty * _ratio(taken, wanted)[unit[top]]
        # What a unit cannot fill itself is filled from everywhere else.
        left, rest = people - out, empty - into
        share = np.minimum(rest.sum(axis=0), left.sum(axis=0))
        out += left * _ratio(share, left.sum(axis=0))
        into += rest * _ratio(share, rest.sum(axis=0))
        moved[top] += into
        moved[below] -= out
    return moved


def _ratio(part: Numbers, whole: Numbers) -> Numbers:
    return np.divide(part, whole, out=np.zeros_like(part), where=whole > _ALMOST)
