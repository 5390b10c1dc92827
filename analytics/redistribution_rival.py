"""What a careful clerk would do by hand: the nearest pair first, until nobody is left.

Not advice: the rival that stands beside the proven plan, under the same limits.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np

from analytics.redistribution_cells import ground
from analytics.redistribution_reach import reach
from analytics.redistribution_situation import (
    CAREFUL,
    NO_LOCKS,
    Locks,
    MoveChoice,
    Situation,
    question,
)
from analytics.rules import RuleBook


@dataclass(frozen=True)
class Rival:
    """Need filled (whole posts, FTE; state schools), people moved, km in all and at most."""

    need: float
    people_count: int
    km: float
    worst_km: float
    seconds: float


def nearest_first(
    situation: Situation,
    rulebook: RuleBook,
    choice: MoveChoice = CAREFUL,
    locks: Locks = NO_LOCKS,
) -> Rival:
    """Ways taken one by one, whole posts in state schools and the shortest way first.

    A way is taken where a person of its group, a surplus of its school and an empty post are
    left. Every limit of :func:`analytics.redistribution.redistribute` holds.

    Method: docs/method.md eq. 148-149.
    """
    start = time.monotonic()
    asked = question(situation, rulebook, choice, locks)
    base = ground(asked)
    found = reach(base, asked)
    ways, groups, cells = found.ways, found.groups, base.cells
    people_left = groups["size"].to_numpy(dtype=np.int64).copy()
    surplus_left = cells["surplus_count"].to_numpy(dtype=np.int64).copy()
    posts_left = cells["full_count"].to_numpy(dtype=np.int64).copy()
    parts_left = (cells["part_hours"] > 0).to_numpy(dtype=np.int64).copy()
    origin = groups["cell"].to_numpy(dtype=np.int64)
    order = ways.assign(
        far=ways["km"] + ways["other_km"], is_part=ways["slot"] != "full"
    ).sort_values(["is_private", "is_part", "far"], kind="stable")
    need, moved, km, worst = 0.0, 0, 0.0, 0.0
    for way in order.itertuples():
        rooms = [posts_left if way.slot == "full" else parts_left]
        ends = [int(way.cell)]
        if way.other_cell >= 0:
            rooms, ends = [*rooms, parts_left], [*ends, int(way.other_cell)]
        while (
            people_left[way.group] > 0
            and surplus_left[origin[way.group]] > 0
            and all(room[end] > 0 for room, end in zip(rooms, ends, strict=True))
        ):
            people_left[way.group] -= 1
            surplus_left[origin[way.group]] -= 1
            for room, end in zip(rooms, ends, strict=True):
                room[end] -= 1
            if not way.is_private:
                need += min(way.hours / asked.law.norm, 1.0)
                need += min(way.other_hours / asked.law.norm, 1.0)
            if not way.is_same_school:
                moved += 1
                km += float(way.far)
                worst = max(worst, float(way.km), float(way.other_km))
    return Rival(need, moved, km, worst, time.monotonic() - start)
