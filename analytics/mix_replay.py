"""A plan replayed where formations are refused or only half filled."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from analytics.mix import Mix
from analytics.mix_account import account
from analytics.mix_effects import effects
from analytics.mix_question import CHEAPEST, Numbers, Whole


@dataclass(frozen=True)
class Shortfall:
    """What comes of the formations: ``share`` of what was expected, from ``first_year`` on.

    ``options``: which are hit; ``last_year`` None: to the end. 0: refused; 0.5: half filled.
    """

    name: str
    share: float
    options: tuple[str, ...] = ("cpns", "pppk")
    first_year: int | None = None
    last_year: int | None = None


REFUSED = Shortfall("refused", 0.0)
HALF_FILLED = Shortfall("half_filled", 0.5)


def replay(mix: Mix, shortfall: Shortfall) -> Mix:
    """The same formations with less coming of them: what stays unfilled, what is not spent.

    Method: docs/method.md eq. 226.
    """
    question = mix.question
    found = account(question, effects(question), mix.formations, filled_share(mix, shortfall))
    value = (
        float(found.cost_idr.sum())
        if mix.objective == CHEAPEST
        else float((question.weights[:, None] * found.unfilled).sum())
    )
    return replace(mix, account=found, value=value, bound=np.nan, seconds=0.0)


def filled_share(mix: Mix, shortfall: Shortfall) -> Numbers:
    """(option, role, proposed): share of the expected fill that comes."""
    question = mix.question
    years: Whole = np.array(question.years)
    hit = np.ones(len(years), dtype=bool)
    if shortfall.first_year is not None:
        hit &= years >= shortfall.first_year
    if shortfall.last_year is not None:
        hit &= years <= shortfall.last_year
    share = np.ones(mix.formations.shape)
    for at, terms in enumerate(question.options):
        if terms.option in shortfall.options:
            share[at][:, hit] = shortfall.share
    return share
