"""Branch and bound over listed stars, group of schools by group of schools, by HiGHS."""

from __future__ import annotations

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components

from analytics.regrouping_programme import Numbers, Whole
from analytics.regrouping_stars import Stars


def groups_apart(holds: csr_matrix, stars: Stars, *, is_one: bool) -> Whole:
    """Group of each star: groups share no school, so each is solved alone."""
    if is_one:
        return np.zeros(len(stars), dtype=np.int64)
    school = connected_components(holds @ holds.T, directed=False)[1]
    return school[stars.centre]


def best_of(
    saving: Numbers, rows: csr_matrix, limits: Numbers, seconds: float, allowed: float
) -> tuple[Whole, float]:
    """Stars of the best plan of one group, and the most any plan of the group saves."""
    if len(saving) == 1:
        return np.arange(1), float(max(saving[0], 0.0))
    whole = float(np.abs(saving).sum())
    result = milp(
        -saving,
        constraints=LinearConstraint(rows, -np.inf, limits) if rows.shape[0] else None,
        integrality=np.ones(len(saving)),
        bounds=Bounds(0, 1),
        options={"time_limit": seconds, "mip_rel_gap": max(allowed / max(whole, 1.0), 1e-9)},
    )
    above = result.mip_dual_bound
    bound = whole if above is None or not np.isfinite(above) else -float(above)
    if result.x is None:
        return np.zeros(0, dtype=np.int64), bound
    return np.flatnonzero(result.x > 0.5), bound
