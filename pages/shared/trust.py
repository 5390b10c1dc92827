"""What the test of a forecast on past years says about trusting it: one ladder for all of them."""

from __future__ import annotations

from typing import Literal

Trust = Literal["unknown", "no_better", "narrow", "wide", "trust"]


def trust(covered_share: float, holds: tuple[float, float], *, is_better: bool) -> Trust:
    """The first that is true: no better than a simple rule, a band too narrow, too wide.

    Parameters
    ----------
    covered_share
        Share of outcomes that lay within the band, 0-1.
    holds
        Between which shares the band of 80 % is taken to keep its promise.
    is_better
        Whether the forecast missed by less than the best simple rule.
    """
    if not is_better:
        return "no_better"
    if covered_share < holds[0]:
        return "narrow"
    return "wide" if covered_share > holds[1] else "trust"
