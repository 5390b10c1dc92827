"""The trade-off: cost saved against extra distance, as a curve of solved plans."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from analytics.regrouping import Prepared, RegroupingPlan, regrouping_plan
from analytics.regrouping_outcome import outcome

# Times the price of a pupil-kilometre: from walking for free to hardly walking at all.
STEPS = (0.0, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0)
# Two plans closer than this in pupil-kilometres and in million rupiah are one.
_SAME = 1e-6


@dataclass(frozen=True, eq=False)
class TradeOff:
    """Plans along the price of a pupil-kilometre.

    ``curve``: one row per plan that no other beats in both, by rising pupil-kilometres:
    ``pupil_km_price`` (million rupiah), ``saved`` (million rupiah a year by schools and rombel,
    walking not priced), ``pupil_km``, ``pupils_moved``, ``worst_km``, ``merges``, ``gap``,
    ``plan`` (place in ``plans``). ``plans``: the plans, solved.
    """

    curve: pd.DataFrame
    plans: tuple[RegroupingPlan, ...]


def trade_off(
    question: Prepared,
    steps: Sequence[float] = STEPS,
    *,
    seconds: float = 10.0,
    executor: Executor | None = None,
    told: Callable[[float], None] | None = None,
) -> TradeOff:
    """Solve the programme at several prices of a pupil-kilometre.

    Parameters
    ----------
    steps
        Multiples of the price in ``question``; where that is 0, million rupiah themselves.
    seconds
        Time for each plan.
    executor
        Plans are solved on it; None: one after another.
    told
        Called with the share of plans solved, 0 to 1; what it raises ends the work.

    Returns
    -------
    Each point is the cheapest plan at its price, so the curve is the lower hull of what is
    possible: plans between two points may exist and are not shown.

    Method: docs/method.md eq. 130.
    """
    usual = question.programme.prices.pupil_km or 1.0
    asked = [
        replace(
            question,
            programme=replace(
                question.programme, prices=replace(question.programme.prices, pupil_km=usual * step)
            ),
        )
        for step in sorted(set(steps))
    ]

    done: list[RegroupingPlan] = []

    def solved(one: Prepared) -> RegroupingPlan:
        done.append(regrouping_plan(one, seconds=seconds))
        if told is not None:
            told(len(done) / len(asked))
        return done[-1]

    plans = tuple(executor.map(solved, asked) if executor else map(solved, asked))
    rows = []
    for place, plan in enumerate(plans):
        totals = outcome(plan).totals
        rows.append(
            {
                "pupil_km_price": plan.prepared.programme.prices.pupil_km,
                "saved": totals["saved_open"] + totals["saved_rombel"],
                "pupil_km": totals["pupil_km"],
                "pupils_moved": totals["pupils_moved"],
                "worst_km": totals["worst_km"],
                "merges": int((plan.table["action"] == "merge").sum()),
                "gap": plan.solution.gap,
                "plan": place,
            }
        )
    table = pd.DataFrame(rows)
    return TradeOff(table.loc[_unbeaten(table)].reset_index(drop=True), plans)


def _unbeaten(table: pd.DataFrame) -> np.ndarray:
    """Places of the rows that no other beats in saving and distance, by rising distance."""
    order = np.lexsort((-table["saved"].to_numpy(), table["pupil_km"].to_numpy()))
    kept: list[int] = []
    for at in order.tolist():
        if not kept or table["saved"].iloc[at] > table["saved"].iloc[kept[-1]] + _SAME:
            kept.append(at)
    return np.array(kept, dtype=np.int64)
