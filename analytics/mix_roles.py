"""Roles by themselves: what whole numbers cost each of them, as rows of the programme of all.

Roles meet only in shared limits (quotas, intake, money, cap). At the prices that the relaxed
programme puts on those, each role is a small programme of its own and is solved in whole numbers.
"""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from threading import Event

import numpy as np
from scipy.optimize import OptimizeResult
from scipy.sparse import csr_matrix, vstack
from scipy.sparse.csgraph import connected_components

from analytics.mix_highs import (
    LEAST_SECONDS,
    WHOLE,
    narrowed,
    relaxation,
    row_prices,
    whole_plan,
)
from analytics.mix_programme import HELD, SHARED, Programme, Row
from analytics.mix_question import Numbers, Whole

# Of what is close enough for all, what the roles together may leave unproved.
_SHARE_OF_SPARE = 0.25
# The same at prices that were sought for it.
_SHARE_AT_PRICES = 0.1
_WORKERS = 2
_NOTHING = 1e-9
_INFEASIBLE = 2


@dataclass(frozen=True, eq=False)
class Block:
    """Variables that rows of a role tie together, by place (``columns``), and their programme."""

    columns: Whole
    own: Programme


@dataclass(frozen=True, eq=False)
class Tightened:
    """``asked`` with a row more for each role; ``plan``: all roles at their own best.

    ``plan`` keeps the limits of every role, but not always the shared ones; a role for which
    none was found has its relaxed answer. ``bound``: what no plan goes below, by the roles and
    the prices alone; the programme with its rows more may say a little more.
    """

    asked: Programme
    plan: Numbers
    bound: float


def tightened(  # noqa: PLR0913 - the programme, its relaxed answer, and how far it is tightened
    asked: Programme,
    cost: Numbers,
    relaxed: OptimizeResult,
    best: Numbers | None,
    limit: tuple[float, float],
    price: Numbers | None = None,
    stop: Event | None = None,
) -> Tightened:
    """The programme with the least each role costs in whole numbers, at the prices of limits.

    Parameters
    ----------
    relaxed
        Answer of the linear programme, with its marginals.
    best
        The plan in hand, or any that keeps the limits of each role.
    limit
        Seconds for all roles, and what is close enough for all, in the unit of ``cost``.
    price
        Of a unit used of each shared limit, by row; without it, that of ``relaxed``.
    stop
        Given where this runs beside other work; once set, roles that are left stay as relaxed.

    Method: docs/method.md eq. 246, 339.
    """
    seconds, spare = limit
    own_price = shared_price(asked, relaxed) if price is None else price
    priced = cost + asked.matrix.T @ own_price
    apart = blocks(asked)
    ends = time.monotonic() + seconds
    share_of_spare = _SHARE_OF_SPARE if price is None else _SHARE_AT_PRICES
    each = spare * share_of_spare / max(len(apart), 1)

    def proved(place: int) -> _Proved:
        left = ends - time.monotonic() if stop is None or not stop.is_set() else 0.0
        # Twice an even share: most need less, and what is left goes to those after them.
        share = 2 * left * _WORKERS / (len(apart) - place)
        block = apart[place]
        if price is None:
            at = block.columns
            own = relaxed.x[at], (relaxed.lower.marginals[at], relaxed.upper.marginals[at])
        else:
            alone = relaxation(block.own, priced[block.columns])
            own = alone.x, (alone.lower.marginals, alone.upper.marginals)
        return _proved(block, priced, own, best, (min(left, share), each))

    with ThreadPoolExecutor(_WORKERS) as pool:
        answers = list(pool.map(proved, range(len(apart))))
    plan = relaxed.x.copy() if best is None else best.copy()
    rows, least, told = [], [], []
    for block, found in zip(apart, answers, strict=True):
        at, bound = block.columns, found.bound
        plan[at] = found.plan
        if bound > found.relaxed + _NOTHING:
            rows.append(csr_matrix((priced[at], (np.zeros_like(at), at)), shape=(1, len(cost))))
            least.append(bound)
            told.append(Row(HELD, "", block.own.rows[0].role, -1))
    together = sum(found.bound for found in answers)
    bound = together + _elsewhere(asked, cost, relaxed, apart) - _worth(asked, own_price)
    return Tightened(_with_least(asked, rows, least, told), plan, bound)


def _elsewhere(
    asked: Programme, cost: Numbers, relaxed: OptimizeResult, apart: tuple[Block, ...]
) -> float:
    """What is left out of all blocks comes to: posts nobody can fill. -inf where that may be less.

    Only formations are counted in shared limits, so that what is left is as in the relaxed answer.
    """
    left = np.ones(len(cost), dtype=bool)
    for block in apart:
        left[block.columns] = False
    if left[: asked.whole_count].any():
        return -np.inf
    return float(cost[left] @ relaxed.x[left])


def _worth(asked: Programme, price: Numbers) -> float:
    """Shared limits at their prices."""
    at = np.flatnonzero(price)
    return float(price[at] @ np.where(price[at] > 0, asked.upper[at], asked.lower[at]))


class Beside:
    """The roles by themselves, while whole plans are sought.

    Used in a ``with``: at its end, also when the search fails, no role is begun any more. One that
    HiGHS is at runs out by itself, and nobody waits for it.
    """

    def __init__(  # noqa: PLR0913 - as tightened
        self,
        asked: Programme,
        cost: Numbers,
        relaxed: OptimizeResult,
        best: Numbers | None,
        limit: tuple[float, float],
        price: Numbers | None = None,
    ) -> None:
        """``limit``: when to stop on the monotonic clock, and what is close enough for all."""
        ends, spare = limit
        self._cost, self._stop = cost, Event()
        self._pool = ThreadPoolExecutor(1)
        seconds = ends - time.monotonic()
        self._found = self._pool.submit(
            tightened, asked, cost, relaxed, best, (seconds, spare), price, self._stop
        )

    def __enter__(self) -> Beside:
        """Itself: it is running already."""
        return self

    def __exit__(self, *raised: object) -> None:
        """Begin no role any more, and wait for none."""
        self._stop.set()
        self._pool.shutdown(wait=False, cancel_futures=True)

    def bound(self, wanted: float = np.inf) -> float:
        """What no plan goes below; waits until every role had its time.

        ``wanted``: enough of it; the linear programme is not asked for more.
        """
        found = self._found.result()
        if found.bound >= wanted:
            return found.bound
        relaxed = relaxation(found.asked, self._cost)
        return max(found.bound, float(relaxed.fun)) if relaxed.x is not None else found.bound


def without_excess(
    asked: Programme,
    cost: Numbers,
    relaxed: OptimizeResult,
    plan: Numbers,
    limit: tuple[float, float],
) -> Numbers | None:
    """The plan with less of what shared limits have too little of; None where it is needed.

    What has no price, or hardly one, a role may ask for without needing it. ``limit``: seconds,
    and what is close enough.
    """
    seconds, spare = limit
    count = asked.whole_count
    whole = np.rint(plan[:count])
    is_shared = np.array([row.role < 0 for row in asked.rows])
    excess = np.where(is_shared, np.maximum(asked.matrix @ plan - asked.upper, 0.0), 0.0)
    if np.abs(plan[:count] - whole).max(initial=0.0) > WHOLE:
        return None
    if float(excess @ np.abs(shared_price(asked, relaxed))) > spare:
        return None
    uses = abs(asked.matrix[np.flatnonzero(excess > WHOLE)]).sum(axis=0)
    stays = np.asarray(uses).ravel()[:count] == 0
    least, most = asked.least.copy(), asked.most.copy()
    most[:count] = whole
    least[:count][stays] = whole[stays]
    within = replace(asked, least=least, most=most)
    found = whole_plan(within, cost, seconds, spare * _SHARE_OF_SPARE, float(cost @ plan)).x
    return None if found is None else np.asarray(found)


def is_tied(
    asked: Programme, relaxed: OptimizeResult, spare: float, kinds: tuple[str, ...] = SHARED
) -> bool:
    """Whether what shared limits of some kinds cost comes to more than what is close enough."""
    told = np.array([row.kind in kinds for row in asked.rows]) & np.isfinite(asked.upper)
    binds = np.where(told, np.abs(asked.upper), 0.0)
    return float(np.abs(shared_price(asked, relaxed)) @ binds) > spare


def shared_price(asked: Programme, relaxed: OptimizeResult) -> Numbers:
    """Price of a unit used of each shared limit, by row; 0 for the rows of a role."""
    is_shared = np.array([row.role < 0 for row in asked.rows])
    price = row_prices(asked, relaxed) * np.where(np.isfinite(asked.upper), 1.0, -1.0)
    return np.where(is_shared & (np.abs(price) > _NOTHING), price, 0.0)


@dataclass(frozen=True, eq=False)
class _Proved:
    """The best plan of a role at the prices, what no plan of it goes below, and that relaxed."""

    plan: Numbers
    bound: float
    relaxed: float


def _proved(
    block: Block,
    priced: Numbers,
    alone: tuple[Numbers, tuple[Numbers, Numbers]],
    best: Numbers | None,
    limit: tuple[float, float],
) -> _Proved:
    """A role at the prices of limits; ``alone``: its relaxed answer, with prices of its bounds."""
    at, own, (seconds, each), (near, prices) = block.columns, block.own, limit, alone
    here = priced[at]
    low = relaxed = float(here @ near)
    value = np.inf if best is None else float(here @ best[at])
    if value <= low + each or seconds < LEAST_SECONDS:
        return _Proved(near if best is None else best[at], low, relaxed)
    # What is dearer than all this role has left to win stays where the relaxed answer has it.
    within = narrowed(own, prices, value - low + WHOLE)
    answer = whole_plan(within, here, seconds, each, low, is_small=True)
    bound = answer.mip_dual_bound
    if answer.status == _INFEASIBLE:
        bound = value
    low = max(low, min(float(bound), value)) if bound is not None and np.isfinite(bound) else low
    if answer.x is not None and here @ answer.x < value:
        return _Proved(answer.x, min(low, float(here @ answer.x)), relaxed)
    return _Proved(near if best is None else best[at], low, relaxed)


def _with_least(
    asked: Programme, rows: list[csr_matrix], least: list[float], told: list[Row]
) -> Programme:
    if not rows:
        return asked
    return replace(
        asked,
        matrix=vstack([asked.matrix, *rows], format="csr"),
        lower=np.append(asked.lower, least),
        upper=np.append(asked.upper, np.full(len(least), np.inf)),
        rows=(*asked.rows, *told),
    )


def blocks(asked: Programme) -> tuple[Block, ...]:
    """The programme taken apart by role, largest room first; shared limits are left out."""
    at = np.flatnonzero([row.role >= 0 for row in asked.rows])
    own = asked.matrix[at]
    count, label = connected_components(own.T @ own != 0, directed=False)
    of_row = np.full(len(at), -1)
    filled = np.diff(own.indptr) > 0
    of_row[filled] = label[own.indices[own.indptr[:-1][filled]]]
    found = []
    for one in range(count):
        columns, rows = np.flatnonzero(label == one), np.flatnonzero(of_row == one)
        whole = columns[columns < asked.whole_count]
        if not len(whole) or not len(rows):
            continue
        own_programme = replace(
            asked, option=asked.option[whole], role=asked.role[whole],
            proposed=asked.proposed[whole], cost=asked.cost[columns],
            unfilled=asked.unfilled[columns], matrix=own[rows][:, columns],
            lower=asked.lower[at[rows]], upper=asked.upper[at[rows]],
            least=asked.least[columns], most=asked.most[columns],
            rows=tuple(asked.rows[row] for row in at[rows]),
        )  # fmt: skip
        found.append(Block(columns, own_programme))
    return tuple(found)
