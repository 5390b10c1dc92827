"""The best mix: tiny cases by enumeration, properties, and every plan recounted."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from analytics.mix import (
    CHEAPEST,
    LEAST_UNFILLED,
    RULES,
    Lock,
    MixError,
    MixLimits,
    MixQuestion,
    Terms,
    best_mix,
    fixed_mix,
    problem,
    replacement_quotas,
)
from analytics.mix_ground import ground
from analytics.mix_robust import robust_mix
from analytics.mix_solver import cheaper_tie, solved
from tests import made_up_mix
from tests.verified_mix import recount

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


@pytest.mark.parametrize("objective", [LEAST_UNFILLED, CHEAPEST])
def test_where_nothing_is_short_the_best_plan_is_none_and_proved(objective):
    question = asked(np.zeros((2, 3)), at_once("cpns", 2))
    mix = best_mix(question, MixLimits(), objective)
    assert not mix.formations.any() and (mix.value, mix.gap, mix.told) == (0, 0, ())
    robust = robust_mix(question, MixLimits(), objective, seconds=1)
    assert robust.regrets == (0, 0, 0) and robust.gap == 0


def test_an_option_that_costs_nothing_and_has_no_limit_fills_everything():
    question = asked(np.array([[3.0, 5, 8], [1, 1, 1]]), at_once("cpns", 2, 0.0))
    mix = best_mix(question, MixLimits())
    assert mix.account.unfilled.sum() == 0
    assert mix.account.overfilled.sum() == 0
    assert mix.formations[0].tolist() == [[3, 2, 3], [1, 0, 0]]


@pytest.mark.parametrize("seed", range(4))
def test_free_options_leave_nothing_that_lead_times_let_be_filled(seed: int):
    question = made_up_mix.question(6, 6, seed, ("cpns", "pppk"))
    free = replace(
        question,
        options=tuple(
            replace(terms, cost_idr=terms.cost_idr * 0, fill_share=np.ones(6))
            for terms in question.options
        ),
    )
    mix = best_mix(free, MixLimits(overfill="peak"), seconds=20, gap=1e-4)
    # Nobody can be in post in the year of the first proposals; a third at most in the next.
    reached = mix.account.unfilled[:, 3:]
    assert (reached <= np.maximum(0.5, 0.03 * question.deficit[:, 3:])).all()


def test_the_leavers_of_each_year_are_all_that_a_replacement_policy_hires():
    question = asked(np.array([[10.0, 20, 30]]), at_once("cpns"))
    mix = best_mix(question, MixLimits(replacement_quotas(question, 0.5)))
    assert mix.formations[0, 0].tolist() == [1, 1, 1]


def test_parts_of_leavers_are_carried_to_the_next_year():
    question = asked(np.array([[10.0, 20, 30]]), at_once("cpns"))
    quota = replacement_quotas(question, 0.25)[0]
    assert quota.most_by_year.tolist() == [0, 1, 0]


def test_only_teachers_replaced_leaves_the_others_without_formations():
    question = replace(
        asked(np.full((2, 3), 5.0), at_once("cpns", 2)), families=("pendidik", "teknis")
    )
    policy = replacement_quotas(question, 1.0, only_family="pendidik")
    mix = best_mix(question, MixLimits(policy))
    assert mix.formations[0].sum(axis=1).tolist() == [5, 0]
    assert {one.name for one in mix.binding} >= {"replacement:others"}


def test_doing_nothing_leaves_the_whole_gap():
    question = asked(np.array([[3.0, 5, 8]]), at_once("cpns"))
    plan = fixed_mix(question, MixLimits(), "do_nothing")
    assert plan.account.unfilled.tolist() == [[3, 5, 8]]
    assert plan.value == 16


def test_people_to_spare_do_not_stand_for_posts_elsewhere():
    """A surplus is worth something only where somebody is moved; it never makes up a deficit."""
    deficit, surplus = np.array([[2.0, 2, 2]]), np.array([[9.0, 9, 1]])
    plan = fixed_mix(asked(deficit, surplus=surplus), MixLimits(), "do_nothing")
    assert plan.account.unfilled.tolist() == [[2, 2, 2]]
    moved = best_mix(asked(deficit, at_once("redistribusi"), surplus=surplus), MixLimits())
    assert moved.account.unfilled.tolist() == [[0, 0, 1]]
    assert moved.account.overfilled.sum() == 0


def test_nobody_is_appointed_for_a_need_that_will_be_gone():
    falling = asked(np.array([[6.0, 4, 2]]), at_once("cpns"))
    lasting = best_mix(falling, MixLimits())
    assert lasting.account.overfilled.max() <= 1
    peak = best_mix(falling, MixLimits(overfill="peak"))
    assert peak.account.unfilled.sum() == 0
    assert peak.account.overfilled.tolist() == [[0, 2, 4]]


def test_less_need_keeps_the_service_within_its_ceiling():
    question = asked(
        np.array([[4.0, 4, 4]]),
        at_once("teknologi", pay=10e6, most_in_effect=np.array([[1.0, 2, 2.9]])),
    )
    mix = best_mix(question, MixLimits())
    assert mix.account.covered[0].tolist() == [[1, 2, 2]]
    assert mix.account.people[0].sum() > 0
    assert mix.account.unfilled.tolist() == [[3, 2, 2]]


def tiny(seed: int) -> tuple[MixQuestion, MixLimits]:
    """Two years, two roles, two options: few enough to try them all."""
    luck = np.random.default_rng(seed)
    question = made_up_mix.question(2, 3, seed, ("pppk_pw", "mutasi_masuk"))
    small = np.round(luck.uniform(0, 3, (2, 3)), 2)
    question = replace(
        question, deficit=small, surplus=np.zeros((2, 3)), need=small + 5,
        supply=np.full((2, 3), 5.0),
        options=tuple(
            replace(terms, is_eligible=np.ones(2, dtype=bool)) for terms in question.options
        ),
    )  # fmt: skip
    money = luck.uniform(50e6, 400e6, 3) if seed % 2 else None
    quota = replacement_quotas(replace(question, leavers=np.full((2, 3), 1.0)), 1.0)
    return question, MixLimits(quotas=quota if seed % 3 else (), money_idr=money)


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("floored", [False, True])
def test_a_tiny_mix_is_the_best_of_all_there_are(seed: int, floored: bool):
    question, limits = tiny(seed)
    if floored:
        limits = replace(limits, floor_share=np.full(2, 0.8))
    objective = CHEAPEST if floored else LEAST_UNFILLED
    mix = best_mix(question, limits, objective, seconds=20, gap=1e-6)
    room, floor = ground(question, limits).room, ground(question, limits).floor
    # Proposals of the last year bring nobody in time, so three years are 2 x 2 x 2 choices.
    tried = np.array(list(product(range(5), repeat=8)), dtype=float).reshape(-1, 2, 2, 2)
    tried = np.concatenate([tried, np.zeros((len(tried), 2, 2, 1))], axis=3)
    effect = ground(question, limits).effect
    posts = np.einsum("nors,orst->nrt", tried, effect.posts)
    cost = np.einsum("nors,orst->nt", tried, effect.cost_idr)
    may = (posts <= room + 1e-6).all(axis=(1, 2))
    for at, terms in enumerate(question.options):
        if terms.most_by_year is not None:
            may &= (tried[:, at].sum(axis=1) <= terms.most_by_year).all(axis=1)
    for quota in limits.quotas:
        may &= (tried.sum(axis=(1, 2)) <= quota.most_by_year).all(axis=1)
    if limits.money_idr is not None:
        may &= (cost <= limits.money_idr + 1).all(axis=1)
    if floored:
        may &= (posts >= floor - 1e-6).all(axis=(1, 2))
    unfilled = np.maximum(question.deficit - posts, 0).sum(axis=(1, 2))
    values = (cost.sum(axis=1) if floored else unfilled)[may]
    if mix.told or not len(values):
        # Reached nowhere: said so, or the floor starts later than anybody can arrive.
        assert mix.told or (floor[:, 0] > 0).any()
        assert not mix.told or not len(values)
        return
    assert mix.value == pytest.approx(values.min(), rel=1e-5, abs=1e-6)


CASES = [
    ({}, LEAST_UNFILLED),
    ({"money": 0.4}, LEAST_UNFILLED),
    ({"ratio": 0.5}, LEAST_UNFILLED),
    ({"ratio": 1.0, "cap": 0.3}, LEAST_UNFILLED),
    ({"floor": 0.85}, CHEAPEST),
]


@pytest.mark.parametrize(("told", "objective"), CASES, ids=lambda one: str(one))
@pytest.mark.parametrize("seed", [1, 2])
def test_every_plan_stands_a_recount_by_other_hands(told: dict, objective: str, seed: int):
    question = made_up_mix.question(8, 8, seed)
    limits = made_up_mix.limits(question, **told)
    plans = [best_mix(question, limits, objective, seconds=3)]  # type: ignore[arg-type]
    plans += [fixed_mix(question, limits, rule) for rule in RULES]
    for plan in plans:
        optimised = plan is plans[0]
        found = recount(question, limits, plan.formations, keeps_floor=False)
        assert not found.broken
        unfilled = np.array([[found.unfilled[r, t] for t in range(8)] for r in range(8)])
        overfilled = np.array([[found.overfilled[r, t] for t in range(8)] for r in range(8)])
        assert np.allclose(unfilled, plan.account.unfilled, atol=1e-6)
        assert np.allclose(overfilled, plan.account.overfilled, atol=1e-6)
        assert sum(found.cost.values()) == pytest.approx(plan.account.cost_idr.sum())
        assert sum(found.cap.values()) == pytest.approx(plan.account.cap_idr.sum())
        if optimised:
            assert plan.bound <= plan.value


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_mix_beats_every_preset_on_its_own_objective(seed: int):
    question = made_up_mix.question(10, 8, seed)
    limits = made_up_mix.limits(question, money=0.5, ratio=1.0)
    mix = best_mix(question, limits, seconds=5)
    for rule in RULES:
        assert mix.value <= fixed_mix(question, limits, rule).value + 1e-6


@pytest.mark.parametrize("seed", [1, 2])
def test_more_money_or_more_formations_never_leave_more_unfilled(seed: int):
    question = made_up_mix.question(4, 6, seed)
    for lever in ("money", "ratio"):
        last = np.inf
        for share in (0.0, 0.2, 0.5, 1.0, 2.0):
            plan = best_mix(
                question, made_up_mix.limits(question, **{lever: share}), seconds=1, gap=1e-4
            )
            assert plan.bound <= last + 1e-6
            last = min(last, plan.value)


def test_the_same_question_has_the_same_answer():
    question = made_up_mix.question(6, 7, 4)
    limits = made_up_mix.limits(question, ratio=0.5)
    one, other = (best_mix(question, limits, seconds=10) for _ in range(2))
    assert np.array_equal(one.formations, other.formations)


def test_a_formation_fixed_by_hand_stays_and_the_rest_is_solved_around_it():
    question = asked(np.array([[5.0, 5, 5]]), at_once("cpns"), at_once("pppk", pay=50e6))
    mix = best_mix(question, MixLimits(locks=(Lock("cpns", "role_0", 2027, 2),)))
    assert mix.formations[:, 0, 0].tolist() == [2, 3]
    assert mix.is_feasible


def test_of_two_plans_alike_the_cheaper_is_taken():
    question = asked(np.array([[5.0, 5, 5]]), at_once("cpns"), at_once("pppk", pay=50e6))
    mix = best_mix(question, MixLimits())
    assert mix.account.unfilled.sum() == 0
    assert mix.formations[:, 0, 0].tolist() == [0, 5]


@pytest.mark.parametrize("seed", [3, 4, 5])
@pytest.mark.parametrize("objective", [LEAST_UNFILLED, CHEAPEST])
def test_of_many_roles_as_good_a_plan_costs_no_more_and_keeps_every_limit(seed, objective):
    question = made_up_mix.question(14, 9, seed)
    own = {"ratio": 1.0, "cap": 0.9} if objective == LEAST_UNFILLED else {"floor": 0.6}
    limits = made_up_mix.limits(question, **own)
    stated = problem(question, limits, objective)
    assert stated.asked.whole_count > 300
    first = solved(stated.asked, stated.aim, 3.0, 1e-3)
    after = cheaper_tie(stated.asked, stated.aim, first, 3.0, 1e-3)
    room = stated.aim.allowed(first.value, 1e-3) / 50
    assert after.value <= first.value + room + 1e-9
    assert after.bound <= after.value + 1e-9
    assert stated.aim.tie @ after.found <= stated.aim.tie @ first.found + 1e-9
    plan = stated.asked.formations(after.found)
    assert not recount(question, limits, plan, keeps_floor=objective == CHEAPEST).broken
    again = cheaper_tie(stated.asked, stated.aim, first, 30.0, 1e-3)
    assert np.array_equal(after.found, again.found)


def test_an_array_of_another_size_is_refused_with_its_name():
    with pytest.raises(MixError, match="cpns: fill_share"):
        asked(np.array([[1.0, 1, 1]]), at_once("cpns", fill_share=np.ones(4)))
