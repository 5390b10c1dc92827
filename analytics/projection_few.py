"""Chances of people in groups of few: nobody's own, where only a handful stand behind a number.

Method: docs/method.md eq. 355.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from analytics.leaving_groups import told_apart

Numbers = NDArray[np.float64]

_CERTAIN = 1e-9


def shared_where_few(
    hazard: Numbers, fixed: Numbers, group: NDArray[np.int64], least: int
) -> tuple[Numbers, Numbers]:
    """Hazards in which nobody in a group that is not told apart has a chance of their own.

    Parameters
    ----------
    hazard, fixed
        ``(person, period)``: leaving early, and leaving by date; together at most 1.
    group
        Of each person; -1: in none.
    least
        People a group must have to be told apart.

    Returns
    -------
    Both anew: in such groups everybody leaves early as often as they do together (where they are
    fewer than ``least``, as everybody does), by date as before.

    Method: docs/method.md eq. 355.
    """
    grouped = group >= 0
    sizes = np.bincount(group[grouped], minlength=1)
    is_few = np.zeros(len(group), dtype=bool)
    is_few[grouped] = ~told_apart(sizes, least)[group[grouped]]
    if not is_few.any():
        return hazard, fixed
    # Of those who did not leave early before it, who leaves by date.
    by_date = np.divide(fixed, 1 - hazard, out=np.ones_like(fixed), where=hazard < 1 - _CERTAIN)
    is_open = by_date < 1 - _CERTAIN
    among = is_few if np.count_nonzero(is_few) >= least else np.ones(len(group), dtype=bool)
    open_here = is_open & among[:, None]
    count = np.maximum(open_here.sum(axis=0), 1)
    mean = np.where(open_here, hazard, 0.0).sum(axis=0) / count
    shared, left = hazard.copy(), fixed.copy()
    shared[is_few] = np.where(is_open[is_few], mean, hazard[is_few])
    left[is_few] = np.where(is_open, by_date * (1 - mean), fixed)[is_few]
    return shared, left
