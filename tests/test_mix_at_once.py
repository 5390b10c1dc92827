"""Few unfilled posts and little money sought at once: every limit kept, close to the bound."""

from __future__ import annotations

import numpy as np
import pytest

from analytics import mix_solver
from analytics.mix import LEAST_UNFILLED, best_mix, problem
from analytics.mix_highs import relaxation
from tests import made_up_mix
from tests.verified_mix import recount

# Hires for each who leaves, with nothing else short: money has a say only where posts are alike.
RATIO = 0.5
GAP = 1e-2


def whole_search(*_: object) -> None:
    """HiGHS in whole numbers, which is not to be needed."""
    raise AssertionError


@pytest.mark.parametrize("seed", [1, 4, 7, 8])
def test_a_plan_sought_at_once_is_proved_without_a_search_in_whole_numbers(
    seed: int, monkeypatch: pytest.MonkeyPatch
):
    question = made_up_mix.question(20, 8, seed)
    limits = made_up_mix.limits(question, ratio=RATIO)
    monkeypatch.setattr(mix_solver, "whole_plan", whole_search)
    plan = best_mix(question, limits, LEAST_UNFILLED, seconds=20, gap=GAP)
    assert plan.gap <= GAP
    told = recount(question, limits, plan.formations)
    assert told.broken == []
    assert sum(told.unfilled.values()) == pytest.approx(plan.value, abs=1e-4)
    # The linear programme, made anew, with nothing known of the plan.
    stated = problem(question, limits, LEAST_UNFILLED)
    bound = relaxation(stated.asked, stated.aim.main).fun
    assert plan.bound <= bound + 1e-6
    assert bound <= plan.value


@pytest.mark.parametrize("seed", [1, 4, 7, 8])
def test_posts_alike_cost_no_more_where_both_are_sought_at_once(
    seed: int, monkeypatch: pytest.MonkeyPatch
):
    question = made_up_mix.question(20, 8, seed)
    limits = made_up_mix.limits(question, ratio=RATIO)

    def rupiah() -> float:
        return float(best_mix(question, limits, seconds=20, gap=GAP).account.cost_idr.sum())

    at_once = rupiah()
    monkeypatch.setattr(mix_solver, "_at_once", lambda *_: None)
    assert at_once <= rupiah() * 1.005


def test_a_plan_that_is_not_close_to_the_bound_is_left_to_the_search():
    question = made_up_mix.question(20, 8, 2)
    stated = problem(question, made_up_mix.limits(question, money=0.3), LEAST_UNFILLED)
    asked, aim = stated.asked, stated.aim
    relaxed = relaxation(asked, aim.main)
    spare = aim.allowed(float(relaxed.fun), 1e-4)
    assert mix_solver._at_once(asked, aim, relaxed, spare) is None
    # And where nothing has to be close, what it finds keeps every limit.
    found = mix_solver._at_once(asked, aim, relaxed, 1e3)
    assert found is not None
    assert (asked.matrix @ found <= asked.upper + 1e-6).all()
    assert np.abs(found[: asked.whole_count] % 1).max() == 0
