"""A plan replayed where formations are refused or only half filled."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from analytics.mix import Mix, objective_value
from analytics.mix_account import account
from analytics.mix_effects import effects
from analytics.mix_question import MixQuestion


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


AS_EXPECTED = Shortfall("as_expected", 1.0)


def replay(mix: Mix, shortfall: Shortfall) -> Mix:
    """The same formations with less coming of them: what stays unfilled, what is not spent.

    Method: docs/method.md eq. 226.
    """
    question = shortened(mix.question, shortfall)
    found = account(question, effects(question), mix.formations)
    value = objective_value(question, found, mix.objective)
    return replace(mix, question=question, account=found, value=value, bound=np.nan, seconds=0.0)


def shortened(question: MixQuestion, shortfall: Shortfall) -> MixQuestion:
    """The question as it would be if the shortfall were known: less comes of each formation."""
    years = np.array(question.years)
    hit = np.ones(len(years), dtype=bool)
    if shortfall.first_year is not None:
        hit &= years >= shortfall.first_year
    if shortfall.last_year is not None:
        hit &= years <= shortfall.last_year
    share = np.where(hit, shortfall.share, 1.0)[:, None]
    return replace(
        question,
        options=tuple(
            replace(
                terms,
                in_post_share=terms.in_post_share[: len(years)] * share,
                paid_share=terms.paid_share[: len(years)] * share,
            )
            if terms.option in shortfall.options
            else terms
            for terms in question.options
        ),
    )
