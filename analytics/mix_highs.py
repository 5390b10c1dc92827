"""HiGHS on the programme of the mix: relaxed, with prices of limits; and in whole numbers."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, OptimizeResult, linprog, milp
from scipy.sparse import csr_matrix, hstack, vstack

from analytics.mix_programme import Programme
from analytics.mix_question import Flags, Numbers

WHOLE = 1e-6
LEAST_SECONDS = 0.02
# Of what a formation is worth, by how much it is made dearer to find another answer as good.
_TILT = 0.01


def relaxation(asked: Programme, cost: Numbers, ends: float = np.inf) -> OptimizeResult:
    """The linear programme, with the price of each bound (``lower``, ``upper`` marginals)."""
    over, under = np.isfinite(asked.upper), np.isfinite(asked.lower)
    left = ends - time.monotonic()
    return linprog(
        cost,
        A_ub=vstack([asked.matrix[over], -asked.matrix[under]], format="csr"),
        b_ub=np.concatenate([asked.upper[over], -asked.lower[under]]),
        bounds=np.column_stack([asked.least, asked.most]),
        method="highs-ds",
        # Without it nothing is known at all.
        options={"time_limit": max(left, 2.0)} if np.isfinite(left) else {},
    )


def row_prices(asked: Programme, relaxed: OptimizeResult) -> Numbers:
    """What the objective gains by a unit more of each limit, by row; 0 where it does not bind."""
    over, under = np.isfinite(asked.upper), np.isfinite(asked.lower)
    price = np.zeros(len(asked.rows))
    told = np.abs(relaxed.ineqlin.marginals)
    price[over] += told[: int(over.sum())]
    price[under] += told[int(over.sum()) :]
    return price


def tilted(asked: Programme, relaxed: OptimizeResult, cost: Numbers) -> Numbers:
    """The objective with each formation dearer by up to a hundredth of what it is worth, by lot.

    Many relaxed answers are as good as each other: under this one another of them is found.

    Method: docs/method.md eq. 335.
    """
    count = asked.whole_count
    worth = abs(asked.matrix[:, :count]).T @ row_prices(asked, relaxed)
    found = cost.copy()
    # The same lot for every question, so that a plan can be found again.
    found[:count] += _TILT * worth * np.random.default_rng(0).random(count)
    return found


def whole_plan(  # noqa: PLR0913 - the programme, and how far it is to be solved
    asked: Programme,
    cost: Numbers,
    seconds: float,
    spare: float,
    near: float,
    *,
    is_small: bool = False,
) -> OptimizeResult:
    """HiGHS on what is not fixed, until ``spare`` is all there is between value and bound.

    ``near``: about the value expected. ``is_small``: a programme for which preparing takes longer
    than it saves.
    """
    free: Flags = asked.most > asked.least
    free[asked.whole_count :] = True
    at = np.flatnonzero(free)
    fixed = np.where(free, 0.0, asked.least)
    base = np.asarray(asked.matrix @ fixed)
    constant = float(cost @ fixed)
    # HiGHS stops on a share of the objective: a constant makes that share the spare asked for.
    lift = max(spare, WHOLE) * 1e4 + near
    matrix = hstack([asked.matrix[:, at], csr_matrix((len(asked.rows), 1))], format="csr")
    result = milp(
        np.append(cost[at], -lift),
        integrality=np.append((at < asked.whole_count).astype(float), 0.0),
        bounds=Bounds(np.append(asked.least[at], 1.0), np.append(asked.most[at], 1.0)),
        constraints=LinearConstraint(matrix, asked.lower - base, asked.upper - base),
        options={
            "time_limit": max(seconds, LEAST_SECONDS), "mip_rel_gap": 1e-4,
            "presolve": not is_small,
        },
    )  # fmt: skip
    if result.x is not None:
        found = fixed
        found[at] = result.x[:-1]
        result.x = found
    if result.mip_dual_bound is not None:
        result.mip_dual_bound = result.mip_dual_bound + constant + lift
    return result


def narrowed(asked: Programme, prices: tuple[Numbers, Numbers], width: float) -> Programme:
    """The programme without whole numbers dearer than all there is left to win.

    Parameters
    ----------
    prices
        By variable: of its lower and of its upper bound in the linear programme.
    width
        From that programme's value to the best plan in hand. A formation more costs a whole price;
        posts in parts may cost part of one, and stay free.
    """
    whole = np.arange(len(asked.least)) < asked.whole_count
    lower, upper = prices
    return replace(
        asked,
        most=np.where(whole & (lower > width), asked.least, asked.most),
        least=np.where(whole & (upper < -width), asked.most, asked.least),
    )
