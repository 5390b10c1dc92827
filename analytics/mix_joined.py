"""Whole plans out of parts: two halves of the roles, matched where together they fill the limits.

Each half has many plans that are almost the best at the prices. What is lost by two of them is how
much dearer they are and what they leave of the limits, at its price: the halves that leave least
are near neighbours once one is turned round.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_matrix
from scipy.spatial import cKDTree

from analytics.mix_columns import Parts, alike
from analytics.mix_highs import WHOLE
from analytics.mix_question import Numbers, Whole

_NOTHING = 1e-9
# Plans of a half that are kept, for all roles an even share, as many times as that in one way to
# make halves after the other; as many times as many that are looked at, and neighbours of each.
_KEPT, _TIMES_KEPT, _LOOKED_AT, _NEAR = 200_000, (1, 1, 2, 3), 4, 12
# Of what is close enough: in what steps two plans of a half are told apart, how much of a limit is
# left on purpose when neighbours are sought, how far they may be, and what is good enough.
_STEP, _ASIDE, _FAR, _ENOUGH = 0.16, 0.2, 4.0, 0.7
# Of what is close enough, from where on it is worth waiting for the proof before looking further.
_MAY_BE_PROVED = 0.86
# Of what is close enough, what choosing among the parts may leave.
_SHARE_OF_SPARE = 0.05


@dataclass(frozen=True, eq=False)
class _Half:
    """Plans of half the roles, best at the prices first.

    ``dearer``: than the best; ``use`` (plan, shared limit); ``chosen`` (plan, role).
    """

    dearer: Numbers
    use: Numbers
    chosen: Whole


def joined(
    parts: Parts, seconds: float, is_proved: Callable[[Numbers], bool] | None = None
) -> Numbers:
    """The best whole plan found of parts; never worse than the one they were gathered around.

    Parameters
    ----------
    is_proved
        Whether a plan is proved close enough: it may wait for the proof, and is asked only where
        the prices let it hope.

    Method: docs/method.md eq. 338.
    """
    ends, best = time.monotonic() + seconds, parts.start
    least = sum(float(pool.priced[0]) for pool in parts.pools) - float(parts.price @ parts.room)
    luck = np.random.default_rng(0)
    refused = np.inf
    for times in _TIMES_KEPT if len(parts.pools) > 1 else ():
        value = float(parts.cost @ best)
        if time.monotonic() > ends or value <= least + _ENOUGH * parts.spare:
            break
        if is_proved and value <= least + _MAY_BE_PROVED * parts.spare and value < refused:
            if is_proved(best):
                break
            refused = value
        kept = -(-_KEPT * times // len(parts.pools))
        chosen = _matched(parts, luck.permutation(len(parts.pools)), kept)
        best = _better(parts, best, chosen)
    return best


def searched(parts: Parts, best: Numbers, seconds: float) -> Numbers:
    """The best whole plan HiGHS finds of parts; never worse than ``best``.

    Method: docs/method.md eq. 336.
    """
    return _better(parts, best, _chosen(parts, seconds))


def _better(parts: Parts, best: Numbers, chosen: list[int] | None) -> Numbers:
    if chosen is None:
        return best
    found = parts.together(chosen)
    return found if parts.keeps(found) and parts.cost @ found < parts.cost @ best else best


def _matched(parts: Parts, order: Whole, kept: int) -> list[int] | None:
    """One part of each role, of two halves that leave little together; None where none fit."""
    middle = len(order) // 2
    one, other = _half(parts, order[:middle], kept), _half(parts, order[middle:], kept)
    binds = parts.price > _NOTHING
    if not binds.any():
        return [0] * len(order)
    price, spare = parts.price[binds], parts.spare
    wanted = (parts.room - one.use)[:, binds] * price - _ASIDE * spare
    far, near = cKDTree(other.use[:, binds] * price).query(
        wanted, k=min(_NEAR, len(other.dearer)), p=np.inf, distance_upper_bound=_FAR * spare
    )
    far, near = far.reshape(len(wanted), -1), near.reshape(len(wanted), -1)
    first, rank = np.nonzero(np.isfinite(far))
    second = near[first, rank]
    left = parts.room - one.use[first] - other.use[second]
    fits = (left >= -WHOLE / 10).all(axis=1)
    if not fits.any():
        return None
    lost = one.dearer[first] + other.dearer[second] + left @ parts.price
    at = int(np.where(fits, lost, np.inf).argmin())
    chosen = np.zeros(len(order), dtype=np.int64)
    chosen[order[:middle]] = one.chosen[first[at]]
    chosen[order[middle:]] = other.chosen[second[at]]
    return [int(place) for place in chosen]


def _half(parts: Parts, roles: Whole, kept: int) -> _Half:
    """The best plans of some roles, of those that use shared limits alike the best."""
    found = _Half(np.zeros(1), np.zeros((1, len(parts.price))), np.zeros((1, 0), dtype=np.int64))
    # What has no price tells no two plans apart.
    binds = np.flatnonzero(parts.price > _NOTHING)
    price, step = parts.price[binds], _STEP * parts.spare
    for role in roles.tolist():
        pool = parts.pools[role]
        dearer = pool.priced - pool.priced[0]
        first, second = _cheapest_sums(found.dearer, dearer, _LOOKED_AT * kept)
        both = found.dearer[first] + dearer[second]
        order = np.argsort(both, kind="stable")
        first, second = first[order], second[order]
        worth = (found.use[:, binds][first] + pool.use[:, binds][second]) * price
        at = alike(worth, step)[:kept]
        found = _Half(
            both[order[at]],
            found.use[first[at]] + pool.use[second[at]],
            np.column_stack([found.chosen[first[at]], second[at]]),
        )
    return found


def _cheapest_sums(one: Numbers, other: Numbers, most: int) -> tuple[Whole, Whole]:
    """Places in two rising lists whose sums are the least: about ``most`` of them."""
    low, high = float(one[0] + other[0]), float(one[-1] + other[-1])
    if len(one) * len(other) > most:
        for _ in range(30):
            middle = (low + high) / 2
            if np.searchsorted(one, middle - other, side="right").sum() > most:
                high = middle
            else:
                low = middle
        high = low
    counts = np.searchsorted(one, high - other + _NOTHING, side="right")
    second = np.repeat(np.arange(len(other)), counts)
    first = np.arange(len(second)) - np.repeat(np.cumsum(counts) - counts, counts)
    return first[: 4 * most], second[: 4 * most]


def _chosen(parts: Parts, seconds: float) -> list[int] | None:
    """One part of each role within the shared limits, together the cheapest, by HiGHS.

    Method: docs/method.md eq. 336.
    """
    sizes = [len(pool.value) for pool in parts.pools]
    owner = np.repeat(np.arange(len(sizes)), sizes)
    each = csr_matrix((np.ones(len(owner)), (owner, np.arange(len(owner)))))
    use = np.concatenate([pool.use for pool in parts.pools]).T
    value = np.concatenate([pool.value for pool in parts.pools])
    share = _SHARE_OF_SPARE * parts.spare / max(abs(float(parts.cost @ parts.start)), parts.spare)
    answer = milp(
        value,
        integrality=np.ones(len(owner)),
        bounds=Bounds(0.0, 1.0),
        constraints=[
            LinearConstraint(each, 1.0, 1.0),
            LinearConstraint(csr_matrix(use), -np.inf, parts.room + WHOLE / 10),
        ],
        options={"time_limit": seconds, "mip_rel_gap": share},
    )
    if answer.x is None:
        return None
    return [int(answer.x[owner == place].argmax()) for place in range(len(sizes))]
