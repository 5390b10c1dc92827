"""Properties of the best mix on small questions drawn anew: nobody real, every seed another one."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from analytics.mix import LEAST_UNFILLED, OPTIONS, MixLimits, MixQuestion, Quota, Terms, best_mix
from tests import made_up_mix
from tests.verified_mix import recount

SEEDS = range(24)
HIRES = OPTIONS[:4]
# Proved as far as numbers go: what is left of a difference is rounding, in posts.
GAP, ALMOST = 1e-7, 1e-4


def drawn(seed: int) -> tuple[np.random.Generator, MixQuestion]:
    """A question of a few roles, years and options, and the luck that drew it."""
    luck = np.random.default_rng(seed)
    kept = [one for one in OPTIONS if luck.random() < 0.7] or ["cpns"]
    question = made_up_mix.question(
        int(luck.integers(1, 5)), int(luck.integers(2, 6)), seed, tuple(kept)
    )
    return luck, question


def free(option: str, roles: int, years: int) -> Terms:
    """An option that costs nothing, has no limit and comes at once, all of it, to stay."""
    at_once = np.triu(np.ones((years, years)))
    return Terms(
        option=option,
        is_eligible=np.ones(roles, dtype=bool),
        fill_share=np.ones(roles),
        in_post_share=at_once,
        paid_share=at_once,
        survival_share=np.ones((roles, years)),
        cost_idr=np.zeros((roles, years)),
    )


def beside_others(luck: np.random.Generator, question: MixQuestion) -> MixQuestion:
    """The question with one of its hires, or a hire more, made free."""
    name = str(luck.choice(HIRES))
    shape = (len(question.roles), len(question.years))
    others = [one for one in question.options if one.option != name]
    options = sorted([*others, free(name, *shape)], key=lambda one: OPTIONS.index(one.option))
    return replace(question, options=tuple(options))


@pytest.mark.parametrize("seed", SEEDS)
def test_an_option_that_costs_nothing_and_has_no_limit_fills_every_whole_post(seed: int):
    luck, question = drawn(seed)
    question = beside_others(luck, question)
    deficit = luck.integers(0, 9, question.deficit.shape).astype(float)
    if seed % 2:
        # A need that is never gone again is filled by people who stay, whatever is over later.
        deficit = np.sort(deficit, axis=1)
    question = replace(question, deficit=deficit, surplus=np.zeros_like(deficit))
    mix = best_mix(question, MixLimits(overfill="lasting" if seed % 2 else "peak"), gap=GAP)
    assert mix.account.unfilled == pytest.approx(0.0, abs=ALMOST)
    assert mix.account.cost_idr.sum() == pytest.approx(0.0, abs=1.0)


@pytest.mark.parametrize("seed", SEEDS)
def test_of_parts_of_posts_it_leaves_less_than_half_of_one(seed: int):
    luck, question = drawn(seed)
    question = beside_others(luck, question)
    mix = best_mix(question, MixLimits(overfill="peak"), gap=GAP)
    assert (mix.account.unfilled < 0.5 + ALMOST).all()


def yearly(luck: np.random.Generator, question: MixQuestion) -> np.ndarray:
    """Rupiah by year, some years with none: about what part of the gap would cost."""
    return question.deficit.sum(axis=0) * 60e6 * luck.choice([0.0, 0.2, 0.5, 0.9])


@pytest.mark.parametrize("seed", SEEDS)
def test_more_money_never_leaves_more_unfilled(seed: int):
    """More in every year, more in one year alone, more room under the cap, and none of a limit."""
    luck, question = drawn(seed)
    money, cap = yearly(luck, question), yearly(luck, question)
    year = int(luck.integers(len(money)))
    one_year = money.copy()
    one_year[year] += float(luck.uniform(1e8, 1e9))
    ladder = [
        MixLimits(money_idr=money, cap_room_idr=cap),
        MixLimits(money_idr=one_year, cap_room_idr=cap),
        MixLimits(money_idr=one_year * 1.5, cap_room_idr=cap),
        MixLimits(money_idr=one_year * 1.5, cap_room_idr=cap + 2e8),
        MixLimits(money_idr=one_year * 1.5),
        MixLimits(),
    ]
    left = []
    for limits in ladder:
        mix = best_mix(question, limits, LEAST_UNFILLED, gap=GAP)
        assert recount(question, limits, mix.formations).broken == []
        left.append(mix.value)
    assert (np.diff(left) <= ALMOST).all(), left


@pytest.mark.parametrize("seed", SEEDS)
def test_more_formations_or_another_option_never_leave_more_unfilled(seed: int):
    luck, question = drawn(seed)
    fewer = replace(question, options=question.options[:-1] or question.options)
    few = np.floor(luck.uniform(0, 4, len(question.years)))
    ladder = [
        (fewer, MixLimits((Quota("formasi", HIRES, few),))),
        (question, MixLimits((Quota("formasi", HIRES, few),))),
        (question, MixLimits((Quota("formasi", HIRES, few + 1),))),
        (question, MixLimits()),
    ]
    left = [best_mix(asked, limits, LEAST_UNFILLED, gap=GAP).value for asked, limits in ladder]
    assert (np.diff(left) <= ALMOST).all(), left


@pytest.mark.parametrize("seed", SEEDS)
def test_a_plan_is_never_better_than_its_bound_nor_worse_than_nobody_hired(seed: int):
    luck, question = drawn(seed)
    limits = MixLimits(money_idr=yearly(luck, question))
    mix = best_mix(question, limits, LEAST_UNFILLED)
    whole = float((question.weights[:, None] * question.deficit).sum())
    assert mix.bound - ALMOST <= mix.value <= whole + ALMOST
    told = recount(question, limits, mix.formations)
    assert sum(told.unfilled.values()) == pytest.approx(mix.account.unfilled.sum(), abs=1e-6)
