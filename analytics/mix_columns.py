"""Whole plans out of parts: many plans of each role near a plan in hand, and one chosen of each.

What whole numbers lose where money ties roles together is mostly money left over. Roles have many
plans that are almost as good at the prices of shared limits and use them otherwise: together they
fill the limits better than one search over all formations finds out.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, OptimizeResult, milp
from scipy.sparse import csr_matrix

from analytics.mix_highs import LEAST_SECONDS, WHOLE
from analytics.mix_programme import COVER, FLOOR, FULL, IN_EFFECT, MOVED, Programme
from analytics.mix_question import Flags, Numbers, Whole
from analytics.mix_roles import Block, blocks, shared_price

_NOTHING = 1e-9
# Plans of a role that are kept, and how many of them others are looked for around in a round.
_MOST, _AROUND, _ROUNDS = 200, 8, 4
# Of what a formation uses at the most of a limit, in which two plans are taken for the same.
_ALIKE = 0.1
# How much dearer than the best a plan of a role may be, and a formation more or less, in multiples
# of what is close enough for all.
_DEARER, _OPEN = 2.0, 3.0
# Of what is close enough, what choosing among the plans may leave.
_SHARE_OF_SPARE = 0.05
# Of the time given, what finding plans of roles may take.
_SHARE_OF_PLANS = 0.5
_KINDS = (COVER, FULL, MOVED, IN_EFFECT, FLOOR)


@dataclass(frozen=True, eq=False)
class _Role:
    """A role by itself: its formations, its own limits and what it uses of the shared ones."""

    columns: Whole
    cost: Numbers
    least: Numbers
    most: Numbers
    is_open: Flags
    use: Numbers
    price: Numbers
    ceiling: tuple[Numbers, Numbers]
    moves: tuple[Numbers, Numbers, Whole, Numbers]
    cover: tuple[Numbers, Numbers, Numbers, Numbers]
    floor: tuple[Numbers, Numbers, Numbers]

    def judged(self, plans: Numbers) -> tuple[Numbers, Flags]:
        """What each plan (plan, formation) costs with its unfilled posts, and whether it may be."""
        keeps = ((plans >= self.least) & (plans <= self.most)).all(axis=1)
        matrix, upper = self.ceiling
        keeps &= (plans @ matrix.T <= upper + WHOLE / 10).all(axis=1)
        matrix, upper, column, spare = self.moves
        moved = np.repeat(spare[None], len(plans), axis=0)
        rest = np.maximum(upper - plans @ matrix.T, 0.0)
        for row, at in enumerate(column.tolist()):
            moved[:, at] = np.minimum(moved[:, at], rest[:, row])
        matrix, by_moves, needed, weight = self.cover
        short = np.maximum(needed - plans @ matrix.T - moved @ by_moves.T, 0.0)
        matrix, by_moves, needed = self.floor
        keeps &= (plans @ matrix.T + moved @ by_moves.T >= needed - WHOLE / 10).all(axis=1)
        return plans @ self.cost + short @ weight, np.asarray(keeps, dtype=np.bool_)


def joined(
    asked: Programme,
    cost: Numbers,
    relaxed: OptimizeResult,
    plans: list[Numbers],
    limit: tuple[float, float],
) -> Numbers | None:
    """The best whole plan of parts near some plans; None where this programme has no such parts.

    Parameters
    ----------
    relaxed
        Answer of the linear programme, with its marginals.
    plans
        Whole plans, the first of which keeps every limit: what is found is no worse.
    limit
        Seconds, and what is close enough for all, in the unit of ``cost``.

    Method: docs/method.md eq. 336.
    """
    count, (seconds, spare) = asked.whole_count, limit
    is_usual = len(asked.cost) == count + len(asked.moved_cells) + len(asked.short_cells)
    own = [row.kind in _KINDS for row in asked.rows if row.role >= 0]
    apart, price = blocks(asked), shared_price(asked, relaxed)
    is_usual = is_usual and all(own) and len(apart) > 0 and bool((price > _NOTHING).any())
    if not is_usual or seconds < LEAST_SECONDS:
        return None
    begun = time.monotonic()
    is_shared = np.array([row.role < 0 for row in asked.rows])
    shared = np.flatnonzero(is_shared & np.isfinite(asked.upper))
    prices = relaxed.lower.marginals, relaxed.upper.marginals
    is_open = np.abs(prices[0]) + np.abs(prices[1]) <= _OPEN * spare
    pools = []
    for place, block in enumerate(apart):
        ends = begun + seconds * _SHARE_OF_PLANS * (place + 1) / len(apart)
        role = _role(asked, cost, block, (shared, price), is_open)
        starts = np.array([np.rint(plan[role.columns]) for plan in plans])
        pools.append((role, _around(role, starts, _DEARER * spare, ends)))
    left = max(begun + seconds - time.monotonic(), LEAST_SECONDS)
    share = _SHARE_OF_SPARE * spare / max(abs(float(cost @ plans[0])), spare)
    chosen = _chosen(asked, plans[0], pools, shared, (left, share))
    found = None if chosen is None else _completed(asked, plans[0], pools, chosen)
    # Where time was over early, the plan in hand may not have been met again.
    return plans[0] if found is None or cost @ found > cost @ plans[0] else found


def _role(
    asked: Programme, cost: Numbers, block: Block, shared: tuple[Whole, Numbers], is_open: Flags
) -> _Role:
    count, moved = asked.whole_count, len(asked.moved_cells)
    at, own = block.columns, block.own
    whole, moves = at < count, (at >= count) & (at < count + moved)
    matrix, kinds = own.matrix.toarray(), np.array([row.kind for row in own.rows])
    ceiling, moving = np.isin(kinds, (FULL, IN_EFFECT)), kinds == MOVED
    cover, floor = kinds == COVER, kinds == FLOOR
    rows, price = shared
    return _Role(
        columns=at[whole],
        cost=cost[at[whole]],
        least=np.ceil(own.least[whole] - WHOLE),
        most=np.floor(own.most[whole] + WHOLE),
        is_open=is_open[at[whole]],
        use=np.asarray(asked.matrix[rows][:, at[whole]].toarray()),
        price=price[rows],
        ceiling=(matrix[ceiling][:, whole], own.upper[ceiling]),
        moves=(
            matrix[moving][:, whole], own.upper[moving],
            matrix[moving][:, moves].argmax(axis=1) if moves.any() else np.zeros(0, dtype=np.int64),
            own.most[moves],
        ),
        cover=(
            matrix[cover][:, whole], matrix[cover][:, moves], own.lower[cover],
            matrix[cover][:, ~whole & ~moves] @ cost[at[~whole & ~moves]],
        ),
        floor=(matrix[floor][:, whole], matrix[floor][:, moves], own.lower[floor]),
    )  # fmt: skip


def _around(role: _Role, starts: Numbers, dearer: float, ends: float) -> Numbers:
    """Plans of a role (plan, formation), best at the prices first; the first start is kept."""
    found = _told_apart(role, starts, dearer)
    each, seen = np.eye(len(role.columns)), set()
    for _ in range(_ROUNDS):
        new = [plan for plan in found if plan.tobytes() not in seen][:_AROUND]
        if not new or time.monotonic() > ends:
            break
        tried = [found]
        for plan in new:
            seen.add(plan.tobytes())
            fewer = -each[(plan > role.least) & role.is_open]
            more = each[(plan < role.most) & role.is_open]
            exchanged = (plan + fewer[:, None, :] + more[None]).reshape(-1, len(plan))
            tried += [plan + fewer, plan + more, exchanged]
        found = _told_apart(role, np.concatenate(tried), dearer)
    return np.concatenate([starts[:1], found])


def _told_apart(role: _Role, plans: Numbers, dearer: float) -> Numbers:
    """The best of those that use shared limits alike, best first; none that is much dearer."""
    cost, keeps = role.judged(plans)
    plans, cost = plans[keeps], cost[keeps]
    if not len(plans):
        return plans
    binds = role.price > _NOTHING
    used = plans @ role.use.T
    priced = cost + used @ role.price
    order = np.argsort(priced, kind="stable")
    order = order[priced[order] <= priced[order[0]] + dearer]
    size = np.maximum(role.use[binds].max(axis=1, initial=0.0), _NOTHING) * _ALIKE
    _, first = np.unique(np.round(used[order][:, binds] / size), axis=0, return_index=True)
    return np.asarray(plans[order[np.sort(first)[:_MOST]]])


def _chosen(
    asked: Programme,
    start: Numbers,
    pools: list[tuple[_Role, Numbers]],
    shared: Whole,
    limit: tuple[float, float],
) -> list[int] | None:
    """One plan of each role within the shared limits, together the cheapest; by place.

    ``limit``: seconds, and the share of the value that may be left.
    """
    beside = np.rint(start[: asked.whole_count])
    for role, _ in pools:
        beside[role.columns] = 0.0
    used = np.asarray(asked.matrix[shared][:, : asked.whole_count] @ beside)
    owner = np.repeat(np.arange(len(pools)), [len(plans) for _, plans in pools])
    each = csr_matrix((np.ones(len(owner)), (owner, np.arange(len(owner)))))
    use = np.concatenate([plans @ role.use.T for role, plans in pools]).T
    value = np.concatenate([role.judged(plans)[0] for role, plans in pools])
    answer = milp(
        value,
        integrality=np.ones(len(owner)),
        bounds=Bounds(0.0, 1.0),
        constraints=[
            LinearConstraint(each, 1.0, 1.0),
            LinearConstraint(csr_matrix(use), -np.inf, asked.upper[shared] - used + WHOLE / 10),
        ],
        options={"time_limit": limit[0], "mip_rel_gap": limit[1]},
    )
    if answer.x is None:
        return None
    return [int(answer.x[owner == place].argmax()) for place in range(len(pools))]


def _completed(
    asked: Programme, start: Numbers, pools: list[tuple[_Role, Numbers]], chosen: list[int]
) -> Numbers | None:
    """The plan of all, with moves in effect and unfilled posts; None where a limit is passed."""
    count, moved = asked.whole_count, len(asked.moved_cells)
    found = start.copy()
    for (role, plans), place in zip(pools, chosen, strict=True):
        found[role.columns] = plans[place]
    kinds = np.array([row.kind for row in asked.rows])
    found[count : count + moved] = asked.most[count : count + moved]
    found[count + moved :] = 0.0
    moving, cover = np.flatnonzero(kinds == MOVED), np.flatnonzero(kinds == COVER)
    rest = asked.upper[moving] - asked.matrix[moving][:, :count] @ found[:count]
    at = asked.matrix[moving][:, count : count + moved].tocoo()
    if moved:
        np.minimum.at(found, count + at.col, np.maximum(rest[at.row], 0.0))
    lack = asked.lower[cover] - asked.matrix[cover] @ found
    at = asked.matrix[cover][:, count + moved :].tocoo()
    found[count + moved + at.col] = np.maximum(lack[at.row], 0.0)
    amount = asked.matrix @ found
    keeps = (amount <= asked.upper + WHOLE).all() and (amount >= asked.lower - WHOLE).all()
    return found if keeps else None
