"""The best mix: tiny cases by enumeration, properties, and the account of a plan."""

from __future__ import annotations

import numpy as np
import pytest

from analytics.mix import (
    MixError,
    MixLimits,
    MixQuestion,
    Terms,
    best_mix,
    fixed_mix,
    replacement_quotas,
)

YEARS = (2027, 2028, 2029)


def at_once(option: str, roles: int = 1, pay: float = 60e6, **other: object) -> Terms:
    """An option that arrives the day it is proposed, all of it, and stays."""
    years = len(YEARS)
    told: dict[str, object] = {
        "is_eligible": np.ones(roles, dtype=bool),
        "fill_share": np.ones(roles),
        "in_post_share": np.triu(np.ones((years, years))),
        "paid_share": np.triu(np.ones((years, years))),
        "survival_share": np.ones((roles, years)),
        "cost_idr": np.full((roles, years), pay),
    }
    return Terms(option, **(told | other))  # type: ignore[arg-type]


def asked(deficit: np.ndarray, *options: Terms, surplus: np.ndarray | None = None) -> MixQuestion:
    surplus = np.zeros_like(deficit) if surplus is None else surplus
    need = np.full_like(deficit, 100.0)
    return MixQuestion(
        YEARS, tuple(f"role_{at}" for at in range(len(deficit))), need,
        need - deficit + surplus, np.full_like(deficit, 2.0), deficit, surplus, options,
        families=("pendidik",) * len(deficit),
    )  # fmt: skip


def test_an_option_that_costs_nothing_and_has_no_limit_fills_everything():
    question = asked(np.array([[3.0, 5, 8], [1, 1, 1]]), at_once("cpns", 2, 0.0))
    mix = best_mix(question, MixLimits())
    assert mix.account.unfilled.sum() == 0


def test_a_replacement_policy_hires_no_more_than_the_leavers_of_each_year():
    question = asked(np.array([[10.0, 20, 30]]), at_once("cpns"))
    mix = best_mix(question, MixLimits(replacement_quotas(question, 0.5)))
    assert mix.formations[0, 0].tolist() == [1, 1, 1]


def test_doing_nothing_leaves_the_whole_gap():
    question = asked(np.array([[3.0, 5, 8]]), at_once("cpns"))
    plan = fixed_mix(question, MixLimits(), "do_nothing")
    assert plan.account.unfilled.tolist() == [[3, 5, 8]]
    assert plan.value == 16


def test_an_array_of_another_size_is_refused_with_its_name():
    with pytest.raises(MixError, match="cpns: fill_share"):
        asked(np.array([[1.0, 1, 1]]), at_once("cpns", fill_share=np.ones(4)))
