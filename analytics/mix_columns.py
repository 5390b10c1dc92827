"""Parts of whole plans: many plans of each role, good at the prices at which they fit together.

What whole numbers lose where money ties roles together is mostly money left over. Roles have many
plans that are almost as good at the prices of shared limits and use them otherwise.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace

import numpy as np
from scipy.optimize import OptimizeResult, linprog
from scipy.sparse import csr_matrix

from analytics.mix_highs import LEAST_SECONDS, WHOLE
from analytics.mix_programme import COVER, FLOOR, FULL, IN_EFFECT, MOVED, Programme
from analytics.mix_question import Flags, Numbers, Whole
from analytics.mix_roles import Block, blocks, shared_price

_NOTHING = 1e-9
# Times prices are found anew from the parts at hand; then parts are gathered at the last ones.
_TURNS = 3
# Rounds of looking around while prices are sought and at last; and plans of all roles together, an
# even share each: those kept then, and those others are looked for around in a round.
_ROUNDS_FOR_PRICES, _ROUNDS = 3, 5
_KEPT_FOR_PRICES, _KEPT = 2_000, 6_000
_AROUND_FOR_PRICES, _AROUND = 60, 320
# Of what is close enough for all: how much dearer than the best a plan of a role may be; how far
# a formation may be from worth its while; in what steps of what they use, at its price, two plans
# are told apart.
_DEARER, _OPEN, _STEP = 1.0, 1.0, 0.06
_KINDS = (COVER, FULL, MOVED, IN_EFFECT, FLOOR)
# Odd numbers that make one number of the steps of all limits.
_MIXED = np.random.default_rng(1).integers(1, 2**62, 256) * 2 + 1


@dataclass(frozen=True, eq=False)
class Role:
    """A role by itself: its formations, its own limits and what it uses of the shared ones.

    ``matrix`` (row, formation): of every row of the role, with a last column of nothing. The
    others name rows of it: limits with what is at most used; moves with what is at most moved,
    the place of what is moved and the most of it; cover and floor with what moves add (row, move),
    what is needed and, of cover, the weight of a post.
    """

    columns: Whole
    cost: Numbers
    least: Numbers
    most: Numbers
    is_open: Flags
    use: Numbers
    matrix: Numbers
    ceiling: tuple[Whole, Numbers]
    moves: tuple[Whole, Numbers, Whole, Numbers]
    cover: tuple[Whole, Numbers, Numbers, Numbers]
    floor: tuple[Whole, Numbers, Numbers]

    def judged(self, used: Numbers) -> tuple[Numbers, Flags]:
        """What unfilled posts weigh in plans that use (row, plan), and whether each may be."""
        rows, upper = self.ceiling
        keeps = (used[rows] <= upper[:, None] + WHOLE / 10).all(axis=0)
        rows, upper, place, spare = self.moves
        moved = np.repeat(spare[:, None], used.shape[1], axis=1)
        for row, most, at in zip(rows, upper, place, strict=True):
            np.minimum(moved[at], np.maximum(most - used[row], 0.0), out=moved[at])
        rows, by_moves, needed, weight = self.cover
        short = np.maximum(needed[:, None] - used[rows] - by_moves @ moved, 0.0)
        rows, by_moves, needed = self.floor
        keeps &= (used[rows] + by_moves @ moved >= needed[:, None] - WHOLE / 10).all(axis=0)
        return weight @ short, np.asarray(keeps, dtype=np.bool_)

    def fitting(self, plans: Numbers) -> Numbers:
        """Those of some plans (plan, formation) that may be."""
        plans = plans[((plans >= self.least) & (plans <= self.most)).all(axis=1)]
        return plans[self.judged(self.matrix[:, :-1] @ plans.T)[1]]


@dataclass(frozen=True, eq=False)
class Pool:
    """Plans of a role (plan, formation), best at the prices first.

    ``value``: what each costs with its unfilled posts; ``use`` (plan, shared limit); ``priced``:
    both together, at the prices.
    """

    plans: Numbers
    value: Numbers
    use: Numbers
    priced: Numbers

    def taken(self, at: Whole) -> Pool:
        """Some of its plans."""
        return Pool(self.plans[at], self.value[at], self.use[at], self.priced[at])


@dataclass(frozen=True, eq=False)
class Parts:
    """Plans of all roles, and the prices at which they fit together.

    ``shared``: rows of the limits in common; ``price`` and ``room`` of each; ``spare``: what is
    close enough for all; ``anchors``: plans by role that stay at hand whatever the prices are.
    """

    asked: Programme
    cost: Numbers
    start: Numbers
    roles: tuple[Role, ...]
    pools: tuple[Pool, ...]
    shared: Whole
    price: Numbers
    room: Numbers
    spare: float
    anchors: tuple[Numbers, ...]

    @property
    def row_price(self) -> Numbers:
        """Price of a unit used of each shared limit, by row of the programme."""
        found = np.zeros(len(self.asked.rows))
        found[self.shared] = self.price
        return found

    @property
    def cheapest(self) -> Numbers:
        """All roles at their own best at the prices: not always within the shared limits."""
        return self.together([0] * len(self.pools))

    def together(self, chosen: list[int]) -> Numbers:
        """The plan of one part of each role, with moves in effect and unfilled posts."""
        asked, count = self.asked, self.asked.whole_count
        moved = len(asked.moved_cells)
        found = self.start.copy()
        for role, pool, place in zip(self.roles, self.pools, chosen, strict=True):
            found[role.columns] = pool.plans[place]
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
        return found

    def keeps(self, plan: Numbers) -> bool:
        """Whether a plan is within every limit."""
        used = self.asked.matrix @ plan
        return bool(
            (used <= self.asked.upper + WHOLE).all() and (used >= self.asked.lower - WHOLE).all()
        )


def gathered(
    asked: Programme,
    cost: Numbers,
    relaxed: OptimizeResult,
    plans: list[Numbers],
    limit: tuple[float, float],
) -> Parts | None:
    """Parts near some plans, and prices of limits; None where this programme has no such parts.

    Parameters
    ----------
    relaxed
        Answer of the linear programme, with its marginals.
    plans
        Whole plans, the first of which keeps every limit.
    limit
        Seconds, and what is close enough for all, in the unit of ``cost``.

    Method: docs/method.md eq. 336-337.
    """
    count, (seconds, spare) = asked.whole_count, limit
    is_usual = len(asked.cost) == count + len(asked.moved_cells) + len(asked.short_cells)
    own = [row.kind in _KINDS for row in asked.rows if row.role >= 0]
    apart, price = blocks(asked), shared_price(asked, relaxed)
    is_usual = is_usual and all(own) and len(apart) > 0 and bool((price > _NOTHING).any())
    if not is_usual or seconds < LEAST_SECONDS:
        return None
    ends = time.monotonic() + seconds
    is_shared = np.array([row.role < 0 for row in asked.rows])
    shared = np.flatnonzero(is_shared & np.isfinite(asked.upper))
    prices = relaxed.lower.marginals, relaxed.upper.marginals
    is_open = np.abs(prices[0]) + np.abs(prices[1]) <= _OPEN * spare
    roles = tuple(_role(asked, cost, block, shared, is_open) for block in apart)
    beside = np.rint(plans[0][:count])
    for role in roles:
        beside[role.columns] = 0.0
    room = asked.upper[shared] - np.asarray(asked.matrix[shared][:, :count] @ beside)
    own_price = price[shared]
    # The first of each together keep all limits: there is an answer.
    near = [*(np.rint(plan) for plan in plans), np.rint(relaxed.x), np.floor(relaxed.x + WHOLE)]
    anchors = [role.fitting(np.array([plan[role.columns] for plan in near])) for role in roles]
    if not all(len(own) for own in anchors):
        return None
    pools = tuple(_pool(*both, own_price, spare) for both in zip(roles, anchors, strict=True))
    parts = Parts(
        asked, cost, plans[0], roles, pools, shared, own_price, room, spare, tuple(anchors)
    )
    width = _ROUNDS_FOR_PRICES, _AROUND_FOR_PRICES, _KEPT_FOR_PRICES
    for _ in range(_TURNS):
        again = _turned(parts, width, ends)
        if again is None:
            return None
        parts = again
        if time.monotonic() > ends:
            break
    return parts


def widened(parts: Parts, seconds: float) -> Parts:
    """More parts, at the prices found; and prices once more.

    Method: docs/method.md eq. 336-337.
    """
    found = _turned(parts, (_ROUNDS, _AROUND, _KEPT), time.monotonic() + seconds)
    return parts if found is None else found


def _turned(parts: Parts, width: tuple[int, int, int], ends: float) -> Parts | None:
    """Parts around those at hand, and the prices at which they fit together."""
    roles, spare = parts.roles, parts.spare
    rounds, *sizes = width
    each = (rounds, *(-(-size // len(roles)) for size in sizes))
    pools = tuple(
        _around(role, pool, parts.price, spare, each, ends)
        for role, pool in zip(roles, parts.pools, strict=True)
    )
    again = _prices(roles, pools, parts.anchors, parts.room)
    if again is None:
        return None
    price, taken = again
    anchors = tuple(np.concatenate(both) for both in zip(parts.anchors, taken, strict=True))
    pools = tuple(
        _pool(role, np.concatenate([anchor, pool.plans]), price, spare)
        for role, anchor, pool in zip(roles, anchors, pools, strict=True)
    )
    return replace(parts, pools=pools, price=price, anchors=anchors)


def _role(asked: Programme, cost: Numbers, block: Block, shared: Whole, is_open: Flags) -> Role:
    count, moved = asked.whole_count, len(asked.moved_cells)
    at, own = block.columns, block.own
    whole, moves = at < count, (at >= count) & (at < count + moved)
    matrix, kinds = own.matrix.toarray(), np.array([row.kind for row in own.rows])
    ceiling, moving = np.flatnonzero(np.isin(kinds, (FULL, IN_EFFECT))), kinds == MOVED
    cover, floor = np.flatnonzero(kinds == COVER), np.flatnonzero(kinds == FLOOR)
    rows = np.flatnonzero(moving)
    return Role(
        columns=at[whole],
        cost=cost[at[whole]],
        least=np.ceil(own.least[whole] - WHOLE),
        most=np.floor(own.most[whole] + WHOLE),
        is_open=is_open[at[whole]],
        use=np.asarray(asked.matrix[shared][:, at[whole]].toarray()),
        matrix=np.column_stack([matrix[:, whole], np.zeros(len(matrix))]),
        ceiling=(ceiling, own.upper[ceiling]),
        moves=(
            rows, own.upper[rows],
            matrix[rows][:, moves].argmax(axis=1) if moves.any() else np.zeros(0, dtype=np.int64),
            own.most[moves],
        ),
        cover=(
            cover, matrix[cover][:, moves], own.lower[cover],
            matrix[cover][:, ~whole & ~moves] @ cost[at[~whole & ~moves]],
        ),
        floor=(floor, matrix[floor][:, moves], own.lower[floor]),
    )  # fmt: skip


def _pool(role: Role, plans: Numbers, price: Numbers, spare: float) -> Pool:
    """Plans told apart."""
    short, _ = role.judged(role.matrix[:, :-1] @ plans.T)
    use, value = plans @ role.use.T, plans @ role.cost + short
    found = Pool(plans, value, use, value + use @ price)
    return found.taken(_told_apart(found.priced, use, price, (spare, _KEPT)))


def _around(  # noqa: PLR0913 - a role, where to look, and how far
    role: Role, found: Pool, price: Numbers, spare: float, width: tuple[int, ...], ends: float
) -> Pool:
    """Plans of a role near some; ``width``: rounds, around how many, and how many are kept."""
    rounds, around, kept = width
    seen: set[bytes] = set()
    each_use = np.column_stack([role.use, np.zeros(len(role.use))]).T
    each_cost = np.append(role.cost, 0.0)
    each = each_cost + each_use @ price
    for _ in range(rounds):
        new = [at for at, plan in enumerate(found.plans) if plan.tobytes() not in seen][:around]
        if not new or time.monotonic() > ends:
            break
        most = float(found.priced[0]) + _DEARER * spare
        tried = [_exchanged(role, found.plans[at], each, most) for at in new]
        seen.update(found.plans[at].tobytes() for at in new)
        fewer, more, short = (np.concatenate(both) for both in zip(*tried, strict=True))
        # What an exchange changes is added up; plans are written out only where they are kept.
        plan = np.repeat(new, [len(one) for _, _, one in tried])
        value = np.append(
            found.value,
            (found.plans @ role.cost)[plan] - each_cost[fewer] + each_cost[more] + short,
        )
        use = np.concatenate([found.use, found.use[plan] - each_use[fewer] + each_use[more]])
        priced, before = value + use @ price, len(found.plans)
        at = _told_apart(priced, use, price, (spare, kept))
        is_new = at >= before
        own = at[is_new] - before
        plans = found.plans[np.where(is_new, 0, at)]
        plans[is_new] = _written_out(found.plans, plan[own], fewer[own], more[own])
        found = Pool(plans, value[at], use[at], priced[at])
    return found


def _exchanged(
    role: Role, plan: Numbers, each: Numbers, most: float
) -> tuple[Whole, Whole, Numbers]:
    """A formation less, more or exchanged, where that comes to no more than ``most``.

    ``each``: what a formation costs at the prices, with a last one of nothing.

    Returns
    -------
    By plan: which formation there is less of, which more of (the last one: none), and what its
    unfilled posts weigh.
    """
    nothing = [len(plan)]
    fewer = np.append(np.flatnonzero((plan > role.least) & role.is_open), nothing)
    more = np.append(np.flatnonzero((plan < role.most) & role.is_open), nothing)
    used = role.matrix[:, :-1] @ plan
    paid = float(each[:-1] @ plan) - each[fewer][:, None] + each[more][None]
    fits = paid <= most
    rows, upper = role.ceiling
    room = upper - used[rows] + WHOLE / 10
    less, added = role.matrix[rows][:, fewer], role.matrix[rows][:, more]
    # Limit by limit: what one of them refuses the others need not see.
    for left, own, other in zip(room, less, added, strict=True):
        fits &= other[None] <= left + own[:, None]
    one, two = np.nonzero(fits)
    one, two = fewer[one], more[two]
    short, keeps = role.judged(used[:, None] + role.matrix[:, two] - role.matrix[:, one])
    at = np.flatnonzero(keeps & (short + paid[fits] <= most))
    return one[at], two[at], short[at]


def _written_out(plans: Numbers, plan: Whole, fewer: Whole, more: Whole) -> Numbers:
    """Plans with a formation less and one more than those they come from."""
    rows = np.arange(len(plan))
    found = np.column_stack([plans[plan], np.zeros(len(plan))])
    found[rows, fewer] -= 1
    found[rows, more] += 1
    return found[:, :-1]


def _told_apart(priced: Numbers, use: Numbers, price: Numbers, told: tuple[float, int]) -> Whole:
    """Places of the best of those that use limits alike, best first; ``told``: spare, how many."""
    spare, kept = told
    order = np.argsort(priced, kind="stable")
    if len(order):
        order = order[priced[order] <= priced[order[0]] + _DEARER * spare]
    binds = price > _NOTHING
    first = alike(use[order][:, binds] * price[binds], _STEP * spare)
    return order[first[:kept]]


def alike(worth: Numbers, step: float) -> Whole:
    """The first of each group (plan, limit) whose amounts are the same in steps, in their order."""
    steps = np.floor(worth / step + 0.5).astype(np.int64)
    mixed = (steps * np.resize(_MIXED, steps.shape[1])).sum(axis=1)
    _, first = np.unique(mixed, return_index=True)
    return np.sort(first)


def _prices(
    roles: tuple[Role, ...], pools: tuple[Pool, ...], anchors: tuple[Numbers, ...], room: Numbers
) -> tuple[Numbers, list[Numbers]] | None:
    """Prices of shared limits where parts may be taken in parts; and the parts that are taken.

    Method: docs/method.md eq. 337.
    """
    plans = [np.concatenate([one, pool.plans]) for one, pool in zip(anchors, pools, strict=True)]
    value, use = [], []
    for role, own in zip(roles, plans, strict=True):
        short, _ = role.judged(role.matrix[:, :-1] @ own.T)
        value.append(own @ role.cost + short)
        use.append(own @ role.use.T)
    owner = np.repeat(np.arange(len(roles)), [len(own) for own in plans])
    each = csr_matrix((np.ones(len(owner)), (owner, np.arange(len(owner)))))
    answer = linprog(
        np.concatenate(value), A_ub=np.concatenate(use).T, b_ub=room,
        A_eq=each, b_eq=np.ones(len(roles)), bounds=(0, None), method="highs-ds",
    )  # fmt: skip
    if answer.x is None:
        return None
    is_taken = answer.x > WHOLE
    taken = [own[is_taken[owner == place]] for place, own in enumerate(plans)]
    return np.maximum(-answer.ineqlin.marginals, 0.0), taken
