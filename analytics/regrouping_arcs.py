"""The programme over single merges: looser than over stars, and never too large to write down.

Where rooms are plenty and limits wide, one school may receive dozens and its stars cannot be
listed. There the rombel of a receiver grow almost like its pupils, and this form is good enough.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, linprog, milp
from scipy.sparse import csr_matrix, vstack

from analytics.regrouping_programme import STAYS, Numbers, Programme, Whole, added_rombel


@dataclass(frozen=True, eq=False)
class ByArcs:
    """Arc by school (``STAYS`` where it stays open), and the most any plan saves."""

    arc: Whole
    high: float


def solved_by_arcs(programme: Programme, bonus: Numbers, seconds: float, allowed: float) -> ByArcs:
    """The best plan over single merges within a time, group of schools by group of schools.

    Parameters
    ----------
    programme
        A strengthened programme.
    bonus
        Million rupiah by school on top of what its closing frees.
    seconds
        Time for all groups together, shared by their arcs.
    allowed
        Million rupiah a year that need no proof.

    Method: docs/method.md eq. 131.
    """
    count = programme.school_count
    of_arc = programme.part[programme.source]
    arc = np.full(count, STAYS)
    high = 0.0
    total = max(len(of_arc), 1)
    for one in np.unique(of_arc).tolist():
        own = np.flatnonzero(of_arc == one)
        share = len(own) / total
        taken, above = _group(programme, bonus, own, max(seconds * share, 0.2), allowed * share)
        arc[programme.source[taken]] = taken
        high += above
    return ByArcs(arc, high)


def most_saved(programme: Programme, bonus: Numbers, seconds: float) -> float:
    """The most any plan saves, classes counted in parts: quick and loose; inf where time ran out.

    Parameters
    ----------
    programme, bonus
        As in :func:`solved_by_arcs`.
    seconds
        Time for it.

    Method: docs/method.md eq. 131.
    """
    source, target = programme.source, programme.target
    count, grades = programme.pupils.shape
    arcs = len(source)
    receivers = np.unique(target)
    if not arcs:
        return 0.0
    place = np.full(count, STAYS)
    place[receivers] = np.arange(len(receivers))
    width = arcs + len(receivers) * grades
    each, own, inner = np.arange(arcs), np.arange(len(receivers)), place[source] != STAYS
    closing = place[source[inner]]
    rows: list[csr_matrix] = []
    limits: list[Numbers] = []

    def add(data: Numbers, row: Whole, column: Whole, limit: Numbers) -> None:
        rows.append(csr_matrix((data, (row, column)), shape=(len(limit), width)))
        limits.append(limit.astype(float))

    add(np.ones(arcs), source, each, np.ones(count))
    for grade in range(grades):
        add(
            np.concatenate(
                [
                    programme.pupils[source, grade],
                    programme.slack[source[inner], grade],
                    -programme.ceiling[receivers],
                ]
            ).astype(float),
            np.concatenate([place[target], closing, own]),
            np.concatenate([each, each[inner], arcs + own * grades + grade]),
            programme.slack[receivers, grade],
        )
    formed = arcs + np.arange(len(receivers) * grades)
    add(
        np.concatenate([np.ones(len(formed)), programme.spare[source[inner]]]),
        np.concatenate([np.repeat(own, grades), closing]),
        np.concatenate([formed, each[inner]]),
        programme.spare[receivers],
    )
    if programme.most_into is not None:
        most = np.full(len(receivers), programme.most_into)
        add(np.ones(arcs), place[target], each, most)
    if programme.most_merges is not None:
        none = np.zeros(arcs, dtype=np.int64)
        add(np.ones(arcs), none, each, np.array([programme.most_merges]))
    prices = programme.prices
    moved = programme.pupils[source].sum(axis=1) * programme.km
    raw = (programme.freed + bonus)[source] - prices.pupil_km * moved
    result = linprog(
        np.concatenate([-raw, np.full(len(formed), prices.rombel)]),
        A_ub=vstack(rows).tocsr(),
        b_ub=np.concatenate(limits),
        method="highs-ipm",
        options={"time_limit": max(seconds, 0.1)},
    )
    if result.status != 0:
        return np.inf
    # The prices prove it, not the value reported: every column is worth nothing beyond them.
    price = np.maximum(-result.ineqlin.marginals, 0.0)
    beyond = np.concatenate([raw, np.full(len(formed), -prices.rombel)]) - vstack(rows).T @ price
    # An arc is taken once at most, and a receiver forms no more classes than it has rooms to spare.
    most_taken = np.concatenate([np.ones(arcs), np.repeat(programme.spare[receivers], grades)])
    limit = np.concatenate(limits)
    return float(price @ limit + (np.maximum(beyond, 0.0) * most_taken).sum())


def _group(
    programme: Programme, bonus: Numbers, own: Whole, seconds: float, allowed: float
) -> tuple[Whole, float]:
    """Arcs taken in one group, and the most any of its plans saves."""
    source, target = programme.source[own], programme.target[own]
    prices = programme.prices
    pupils = programme.pupils[source]
    moved = pupils.sum(axis=1) * programme.km[own]
    raw = (programme.freed + bonus)[source] - prices.pupil_km * moved
    receivers, j_of = np.unique(target, return_inverse=True)
    closers, i_of = np.unique(source, return_inverse=True)
    grades = programme.pupils.shape[1]
    arcs, schools = len(own), len(closers)
    formed = len(receivers) * grades
    # Columns: arcs, schools that close, rombel added by receiver and grade.
    width = arcs + schools + formed
    place = np.full(programme.school_count, STAYS)
    place[closers] = np.arange(schools)
    closes = place[receivers]
    slack = programme.slack[receivers]
    spare = programme.spare[receivers].astype(float)
    ceiling = programme.ceiling[receivers]
    each = np.arange(arcs)
    rows: list[csr_matrix] = []
    limits: list[Numbers] = []

    def add(data: Numbers, row: Whole, column: Whole, limit: Numbers) -> None:
        rows.append(csr_matrix((data, (row, column)), shape=(len(limit), width)))
        limits.append(limit)

    ones = np.ones(arcs)
    # A school closes as often as it merges: both ways of one equation.
    for sign in (1.0, -1.0):
        add(
            np.concatenate([sign * ones, np.full(schools, -sign)]),
            np.concatenate([i_of, np.arange(schools)]),
            np.concatenate([each, arcs + np.arange(schools)]),
            np.zeros(schools),
        )
    # A receiver that closes receives nobody.
    may = np.flatnonzero(closes[j_of] != STAYS)
    add(
        np.ones(2 * len(may)), np.tile(np.arange(len(may)), 2),
        np.concatenate([each[may], arcs + closes[j_of[may]]]), np.ones(len(may)),
    )  # fmt: skip
    closing = np.flatnonzero(closes != STAYS)
    column = arcs + schools + np.arange(formed)
    for grade in range(grades):
        # Pupils of a grade fit the classes there are and those added (eq. 112).
        add(
            np.concatenate([pupils[:, grade], slack[closing, grade], -ceiling]).astype(float),
            np.concatenate([j_of, closing, np.arange(len(receivers))]),
            np.concatenate([each, arcs + closes[closing], column[grade::grades]]),
            slack[:, grade].astype(float),
        )
    owner = np.repeat(np.arange(len(receivers)), grades)
    add(
        np.concatenate([np.ones(formed), spare[closing]]),
        np.concatenate([owner, closing]),
        np.concatenate([column, arcs + closes[closing]]), spare,
    )  # fmt: skip
    # Each arrival brings at least the classes it would need alone.
    alone = added_rombel(pupils, programme.slack[target], programme.ceiling[target])
    brings = np.flatnonzero(alone > 0)
    inside = np.repeat(np.arange(len(brings)), grades)
    its = (j_of[brings][:, None] * grades + np.arange(grades)).ravel()
    add(
        np.concatenate([alone[brings].astype(float), -np.ones(len(inside))]),
        np.concatenate([np.arange(len(brings)), inside]),
        np.concatenate([each[brings], column[its]]), np.zeros(len(brings)),
    )  # fmt: skip
    if programme.most_into is not None:
        add(ones, j_of, each, np.full(len(receivers), float(programme.most_into)))
    if programme.most_merges is not None:
        add(ones, np.zeros(arcs, dtype=np.int64), each, np.array([float(programme.most_merges)]))
    whole = float(np.maximum(raw, 0.0).sum())
    upper = np.concatenate([np.ones(arcs + schools), np.repeat(spare, grades)])
    result = milp(
        np.concatenate([-raw, np.zeros(schools), np.full(formed, prices.rombel)]),
        constraints=LinearConstraint(vstack(rows).tocsr(), -np.inf, np.concatenate(limits)),
        integrality=np.ones(width),
        bounds=Bounds(np.zeros(width), upper),
        options={"time_limit": seconds, "mip_rel_gap": max(allowed / max(whole, 1.0), 1e-9)},
    )
    above = result.mip_dual_bound
    high = whole if above is None or not np.isfinite(above) else max(-float(above), 0.0)
    if result.x is None:
        return np.zeros(0, dtype=np.int64), high
    return own[np.flatnonzero(result.x[:arcs] > 0.5)], high
