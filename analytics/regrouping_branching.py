"""Branch and bound over listed stars, group of schools by group of schools, by HiGHS."""

from __future__ import annotations

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_matrix, csr_matrix
from scipy.sparse.csgraph import connected_components

from analytics.regrouping_programme import STAYS, Numbers, Programme, Whole, rombel, sent
from analytics.regrouping_stars import Stars
from analytics.regrouping_tightened import CutPrices


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


def above_by_part(
    programme: Programme, bonus: Numbers, arc: Whole, at: CutPrices, proved: float
) -> Numbers:
    """What is between bound and plan, by school of the part that holds it.

    Parts share no merge, so each is bettered by itself.

    Parameters
    ----------
    bonus
        Million rupiah by school on top of what its closing frees.
    arc
        The plan: arc by school, ``STAYS`` where it stays open.
    at, proved
        Prices, and the most any plan saves as they prove it, million rupiah a year.

    Method: docs/method.md eq. 267.
    """
    count = programme.school_count
    ends = (programme.source, programme.target)
    graph = coo_matrix((np.ones(len(programme.source)), ends), (count, count))
    part = connected_components(graph, directed=False)[1]
    into, km = sent(programme, arc)
    closes = np.flatnonzero(into != STAYS)
    loads = programme.pupils.copy()
    np.add.at(loads, into[closes], programme.pupils[closes])
    prices = programme.prices
    cost = prices.open_school + prices.rombel * rombel(loads, programme.ceiling).sum(axis=1)
    moved = programme.pupils.sum(axis=1) * km * prices.pupil_km
    cost[closes] = moved[closes] - bonus[closes]
    saved = np.bincount(part, programme.freed - cost)
    above = np.bincount(part, at.school)
    for group, price in zip(at.groups, at.group.tolist(), strict=True):
        # A group over several parts may be used up in any of them.
        above[np.unique(part[list(group)])] += price * (len(group) // 2)
    # Prices that are not quite settled leave a little more to be found (eq. 117).
    unsettled = max(proved - at.value(None), 0.0)
    return (np.maximum(above - saved, 0.0) + unsettled)[part]
