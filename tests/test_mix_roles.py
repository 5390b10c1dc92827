"""Roles taken by themselves: bounds that no plan passes, and parts that make up the whole."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from threading import Event

import numpy as np
import pytest

from analytics import mix_roles, mix_solver
from analytics.mix import CHEAPEST, LEAST_UNFILLED, MixLimits, MixQuestion, best_mix, problem
from analytics.mix_highs import relaxation, row_prices, tilted, whole_plan
from analytics.mix_roles import Beside, blocks, shared_price, tightened
from analytics.mix_rounding import topped_up
from tests import made_up_mix
from tests.patience import PATIENCE

CASES = [
    ({"money": 0.4}, LEAST_UNFILLED),
    ({"ratio": 0.5, "cap": 0.4}, LEAST_UNFILLED),
    ({"floor": 0.85}, CHEAPEST),
    ({"floor": 0.7, "money": 0.9}, CHEAPEST),
]


def only(question: MixQuestion, role: int) -> MixQuestion:
    """The question of one role."""
    own = slice(role, role + 1)
    rows = ("need", "supply", "leavers", "deficit", "surplus")
    terms = tuple(
        replace(
            one, is_eligible=one.is_eligible[own], fill_share=one.fill_share[own],
            survival_share=one.survival_share[own], cost_idr=one.cost_idr[own],
            most_in_effect=None if one.most_in_effect is None else one.most_in_effect[own],
        )
        for one in question.options
    )  # fmt: skip
    return replace(
        question, roles=question.roles[own], families=question.families[own], options=terms,
        **{name: getattr(question, name)[own] for name in rows},
    )  # fmt: skip


@pytest.mark.parametrize(("told", "objective"), CASES, ids=lambda one: str(one))
@pytest.mark.parametrize("seed", [1, 2])
def test_what_a_role_needs_at_least_is_passed_by_no_plan(told: dict, objective: str, seed: int):
    question = made_up_mix.question(4, 5, seed)
    limits = made_up_mix.limits(question, **told)
    stated = problem(question, limits, objective)  # type: ignore[arg-type]
    asked, cost = stated.asked, stated.aim.main
    relaxed = relaxation(asked, cost)
    tight = tightened(asked, cost, relaxed, None, (20.0, 0.1))
    # The best plan by plain HiGHS, which knows nothing of the rows added.
    best = whole_plan(asked, cost, 20.0, 1e-4, float(relaxed.fun)).x
    used = tight.asked.matrix @ best
    assert (used >= tight.asked.lower - 1e-4).all()
    bound = relaxation(tight.asked, cost).fun
    assert relaxed.fun - 1e-6 <= bound <= cost @ best + 1e-4
    # By roles and prices alone: at the prices of the relaxed answer no less than that answer.
    assert relaxed.fun - 1e-4 <= tight.bound <= bound + 1e-4


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("share", [0.0, 0.5, 1.5])
def test_at_any_prices_what_roles_need_at_least_is_passed_by_no_plan(share: float, seed: int):
    question = made_up_mix.question(4, 5, seed)
    stated = problem(question, made_up_mix.limits(question, money=0.4), LEAST_UNFILLED)
    asked, cost = stated.asked, stated.aim.main
    relaxed = relaxation(asked, cost)
    best = whole_plan(asked, cost, 20.0, 1e-4, float(relaxed.fun)).x
    luck = np.random.default_rng(seed)
    price = shared_price(asked, relaxed) * luck.uniform(share, 2 * share, len(asked.rows))
    # A plan in hand that is good or bad narrows the search of each role, never its bound.
    for hand in (None, best):
        tight = tightened(asked, cost, relaxed, hand, (20.0, 0.1), price)
        assert (tight.asked.matrix @ best >= tight.asked.lower - 1e-4).all()
        bound = relaxation(tight.asked, cost).fun
        assert relaxed.fun - 1e-6 <= bound <= cost @ best + 1e-4
        assert tight.bound <= bound + 1e-4


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("told", [{"money": 0.3}, {"money": 0.5, "cap": 0.3}], ids=str)
def test_the_bound_where_money_is_short_is_passed_by_no_plan(told: dict, seed: int):
    question = made_up_mix.question(4, 5, seed)
    limits = made_up_mix.limits(question, **told)
    mix = best_mix(question, limits, LEAST_UNFILLED, seconds=5, gap=1e-4)
    stated = problem(question, limits, LEAST_UNFILLED)
    # By HiGHS on the whole programme, which knows nothing of roles nor of their prices.
    plain = whole_plan(stated.asked, stated.aim.main, 20.0, 1e-3, mix.value)
    assert mix.bound <= stated.aim.main @ plain.x + 1e-4
    assert plain.mip_dual_bound <= mix.value + 1e-4


def test_a_plan_in_hand_takes_no_better_plan_out_of_a_role():
    # Posts in parts cost part of a price: a plan close to the bound must not fix them.
    question = made_up_mix.question(4, 6, 4)
    limits = made_up_mix.limits(question, ratio=1.0, cap=0.5)
    wider = tuple(
        replace(quota, most_by_year=quota.most_by_year + (np.arange(6) == 1))
        for quota in limits.quotas
    )
    stated = problem(question, replace(limits, quotas=wider), LEAST_UNFILLED)
    asked = stated.asked
    cost = stated.aim.main + 1e-5 * stated.aim.rate * stated.aim.tie
    relaxed = relaxation(asked, cost)
    best = whole_plan(asked, cost, 20.0, 1e-6, float(relaxed.fun)).x
    in_hand = topped_up(asked, relaxed.x, row_prices(asked, relaxed), cost)
    tight = tightened(asked, cost, relaxed, in_hand, (20.0, 1e-4))
    assert (tight.asked.matrix @ best >= tight.asked.lower - 1e-4).all()


def test_a_plan_in_hand_changes_the_search_of_a_role_and_not_its_bound():
    question = made_up_mix.question(5, 6, 3)
    limits = made_up_mix.limits(question, floor=0.85)
    stated = problem(question, limits, CHEAPEST)
    asked, cost = stated.asked, stated.aim.main
    relaxed = relaxation(asked, cost)
    alone = tightened(asked, cost, relaxed, None, (20.0, 0.01))
    again = tightened(asked, cost, relaxed, alone.plan, (20.0, 0.01))
    bounds = [relaxation(one.asked, cost).fun for one in (alone, again)]
    assert bounds[1] == pytest.approx(bounds[0], abs=0.02)


def test_roles_have_no_variable_in_common():
    question = made_up_mix.question(6, 5, 4)
    asked = problem(question, made_up_mix.limits(question, money=0.5), LEAST_UNFILLED).asked
    apart = blocks(asked)
    columns = np.concatenate([one.columns for one in apart])
    assert len(columns) == len(np.unique(columns))
    assert all(len(np.unique(one.own.role)) == 1 for one in apart)


@pytest.mark.parametrize("seed", [1, 2])
def test_roles_that_meet_in_no_limit_cost_together_what_they_cost_alone(seed: int):
    question = made_up_mix.question(4, 6, seed, ("cpns", "pppk"))
    share = 0.85 * (np.arange(6) >= 3)

    def cheapest(asked: MixQuestion) -> float:
        limits = MixLimits(floor_share=np.tile(share, (len(asked.roles), 1)))
        return best_mix(asked, limits, CHEAPEST, seconds=20, gap=1e-5).value

    alone = sum(cheapest(only(question, role)) for role in range(4))
    assert cheapest(question) == pytest.approx(alone, rel=1e-4)


@pytest.mark.parametrize(("told", "objective"), CASES, ids=lambda one: str(one))
def test_another_relaxed_answer_keeps_the_limits_and_costs_no_more_than_it_was_let(
    told: dict, objective: str
):
    question = made_up_mix.question(8, 7, 5)
    limits = made_up_mix.limits(question, **told)
    stated = problem(question, limits, objective)  # type: ignore[arg-type]
    asked, cost = stated.asked, stated.aim.main
    relaxed = relaxation(asked, cost)
    dearer = tilted(asked, relaxed, cost)
    again = relaxation(asked, dearer).x
    assert (dearer >= cost).all()
    # c x" <= c" x" <= c" x': what the first answer is made dearer by is all it may cost.
    assert cost @ again <= dearer @ relaxed.x + 1e-6
    assert (asked.matrix @ again <= asked.upper + 1e-6).all()
    assert (asked.matrix @ again >= asked.lower - 1e-6).all()


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_between_two_relaxed_answers_lies_a_plan_close_to_the_bound(seed: int):
    # One for one: quotas are whole, and what is lost to whole numbers is little.
    question = made_up_mix.question(10, 8, seed)
    limits = made_up_mix.limits(question, ratio=1.0)
    stated = problem(question, limits, LEAST_UNFILLED)
    asked, cost = stated.asked, stated.aim.main
    relaxed = relaxation(asked, cost)
    again = relaxation(asked, tilted(asked, relaxed, cost))
    near = [one.x[: asked.whole_count] for one in (relaxed, again)]
    least, most = asked.least.copy(), asked.most.copy()
    least[: asked.whole_count] = np.floor(np.minimum(*near) + 1e-6)
    most[: asked.whole_count] = np.ceil(np.maximum(*near) - 1e-6)
    within = replace(asked, least=least, most=most)
    found = whole_plan(within, cost, 20.0, 1e-3, float(relaxed.fun)).x
    assert cost @ found <= relaxed.fun + 3 * stated.aim.allowed(float(relaxed.fun), 1e-3)


class Begun:
    """Stands for HiGHS on a role: says that it has begun, and goes on until it is let."""

    def __init__(self) -> None:
        self.has_begun, self.may_end, self.count = Event(), Event(), 0

    def whole_plan(self, *told: object, **more: object) -> object:
        """As ``mix_highs.whole_plan``."""
        self.count += 1
        self.has_begun.set()
        assert self.may_end.wait(PATIENCE)
        return whole_plan(*told, **more)  # type: ignore[arg-type]


@pytest.fixture
def begun(monkeypatch: pytest.MonkeyPatch) -> Iterator[Begun]:
    """HiGHS on roles, held up."""
    found = Begun()
    monkeypatch.setattr(mix_roles, "whole_plan", found.whole_plan)
    yield found
    found.may_end.set()


def test_nobody_waits_for_a_role_that_is_not_wanted_any_more(begun: Begun):
    question = made_up_mix.question(4, 5, 1)
    stated = problem(question, made_up_mix.limits(question, money=0.4), LEAST_UNFILLED)
    asked, cost = stated.asked, stated.aim.main
    with Beside(asked, cost, relaxation(asked, cost), None, (np.inf, 0.1)) as beside:
        assert begun.has_begun.wait(PATIENCE)
    # Here though the first role is not done; the others are left as they are.
    assert not begun.may_end.is_set()
    begun.may_end.set()
    beside.bound()
    # One for each processor.
    assert begun.count <= 2


def test_a_search_that_fails_begins_no_role_any_more(begun: Begun, monkeypatch: pytest.MonkeyPatch):
    made: list[Beside] = []

    class Kept(Beside):
        """Beside, still asked when the search is over."""

        def __enter__(self) -> Beside:
            made.append(self)
            return super().__enter__()

    def failed(*_: object) -> None:
        assert begun.has_begun.wait(PATIENCE)
        raise MemoryError

    monkeypatch.setattr(mix_solver, "Beside", Kept)
    monkeypatch.setattr(mix_solver, "joined", failed)
    question = made_up_mix.question(8, 8, 1)
    limits = made_up_mix.limits(question, money=0.3)
    with pytest.raises(MemoryError):
        best_mix(question, limits, LEAST_UNFILLED, seconds=20, gap=1e-6)
    begun.may_end.set()
    made[0].bound()
    assert begun.count <= 2
