"""What a mix says of limits it cannot keep: which, whose, when, by how much, in two languages."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from analytics import mix_kept
from analytics.mix import CHEAPEST, Lock, MixLimits, best_mix, problem, replacement_quotas
from analytics.mix_kept import held_floors
from analytics.mix_solver import Answer
from analytics.mix_told import amount_words, in_short
from tests import made_up_mix
from tests.test_mix import asked, at_once
from tests.verified_mix import recount


def test_a_cap_passed_with_nobody_hired_is_told_and_not_made_worse():
    question = asked(np.array([[5.0, 5, 5]]), at_once("cpns"))
    room = np.array([-3e9, 60e6, 400e6])
    mix = best_mix(question, MixLimits(cap_room_idr=room))
    told = mix.told[0]
    assert (told.code, told.year, told.amount) == ("cap_unmeetable", 2027, 3e9)
    assert "Rp 3,00 miliar" in told.text_id
    assert "Rp 3.00 billion" in told.text_en
    assert mix.account.cap_idr.sum(axis=(0, 1)).tolist() == [0, 60e6, 300e6]


def test_an_option_outside_the_cap_is_hired_where_the_cap_is_full():
    question = asked(np.array([[5.0, 5, 5]]), at_once("cpns"), at_once("pppk_pw", cap_share=0.0))
    mix = best_mix(question, MixLimits(cap_room_idr=np.zeros(3)))
    assert mix.formations.sum(axis=(1, 2)).tolist() == [0, 5]
    assert mix.account.cap_idr.sum() == 0


def test_fixed_formations_over_a_quota_are_told_and_kept():
    question = asked(np.array([[5.0, 5, 5]]), at_once("cpns"))
    limits = MixLimits(replacement_quotas(question, 1.0), locks=(Lock("cpns", "role_0", 2028, 4),))
    mix = best_mix(question, limits)
    assert mix.formations[0, 0, 1] == 4
    assert [(one.code, one.year, one.amount) for one in mix.told] == [("lock_over", 2028, 2)]
    assert "2 formasi" in mix.told[0].text_id
    assert in_short(mix.told) == mix.told


def test_fixed_formations_over_many_limits_are_told_in_one_sentence_a_limit_and_role():
    question = asked(np.full((8, 3), 5.0), at_once("cpns", 8))
    locks = tuple(
        Lock("cpns", f"role_{role}", year, 90 + role) for role in range(8) for year in (2027, 2028)
    )
    told = best_mix(question, MixLimits(replacement_quotas(question, 1.0), locks=locks)).told
    over = [one for one in told if one.code == "lock_over"]
    short = [one for one in in_short(told) if one.code == "lock_over"]
    assert len(short) < len(over)
    # Every limit passed is told, of each kind the five passed most and the others by number.
    limits = {(one.limit, one.role): one.amount for one in over}
    kinds = {limit.partition(":")[0] for limit, _ in limits}
    for kind in kinds:
        own = [one for one in short if one.limit.partition(":")[0] == kind]
        many = len({pair for pair in limits if pair[0].partition(":")[0] == kind})
        assert len(own) == min(many, 6)
        assert max(one.amount for one in own) == max(
            one.amount for one in over if one.limit.partition(":")[0] == kind
        )
        if many > 6:
            assert f"{many - 5} batas lain pula" in own[-1].text_id
    quota = next(one for one in short if one.limit.startswith("quota"))
    assert "2027-2028" in quota.text_id and "in 2027-2028" in quota.text_en


@pytest.mark.parametrize(
    ("kind", "amount", "said"),
    [
        ("quota", 897.4, ("898 formasi", "898 formations")),
        ("quota", 2.0000001, ("2 formasi", "2 formations")),
        ("intake", 0.3, ("1 formasi", "1 formation")),
        ("full", 1.0, ("1 jabatan", "1 post")),
        ("full", 1.5, ("1,5 jabatan", "1.5 posts")),
    ],
)
def test_formations_are_whole_and_one_is_not_told_as_many(kind, amount, said):
    assert amount_words(kind, amount) == said


def test_a_formation_fixed_for_a_role_the_option_may_not_serve_is_told():
    question = asked(np.full((2, 3), 2.0), at_once("cpns", 2, is_eligible=np.array([True, False])))
    mix = best_mix(question, MixLimits(locks=(Lock("cpns", "role_1", 2027, 1),)))
    assert [one.code for one in mix.told] == ["lock_ineligible"]
    assert mix.account.unfilled[1].tolist() == [2, 2, 2]


def test_a_floor_holds_from_the_year_lead_times_let_it_be_reached():
    late = np.triu(np.ones((3, 3)), 1)
    question = asked(
        np.array([[40.0, 40, 40]]), at_once("cpns", in_post_share=late, paid_share=late)
    )
    mix = best_mix(question, MixLimits(floor_share=np.array([0.9])), CHEAPEST)
    assert mix.is_feasible
    assert mix.account.unfilled.tolist() == [[40, 10, 10]]
    assert mix.value == 2 * 30 * 60e6
    (told,) = mix.told
    assert (told.code, told.role, told.year) == ("floor_late", question.roles[0], 2027)
    # Nine tenths of the need may not be asked before anybody can be there.
    assert told.amount == pytest.approx(question.need[0, 0] * 0.9 - question.supply[0, 0])
    assert "pada 2027 diturunkan" in told.text_id and "lead times" in told.text_en


def test_floors_that_lead_times_lower_are_told_for_five_roles_and_the_rest_as_one():
    late = np.triu(np.ones((3, 3)), 2)
    question = asked(np.full((7, 3), 40.0), at_once("cpns", 7, in_post_share=late, paid_share=late))
    told = best_mix(question, MixLimits(floor_share=np.full(7, 0.9)), CHEAPEST).told
    assert [one.code for one in told] == ["floor_late"] * 7
    assert all("2027-2028" in one.text_id for one in told)
    short = in_short(told)
    assert len(short) == 6 and "2 jabatan lain" in short[-1].text_id


def test_a_floor_out_of_reach_says_which_role_and_year_and_what_it_would_need():
    question = asked(np.array([[40.0, 40, 40], [2, 2, 2]]), at_once("cpns", 2))
    money = np.array([0.0, 6e8, 1e10])
    mix = best_mix(question, MixLimits(floor_share=np.full(2, 0.9), money_idr=money), CHEAPEST)
    unmet = [one for one in mix.told if one.code == "floor_unmet"]
    assert {(one.role, one.year, round(one.amount)) for one in unmet} == {
        ("role_0", 2027, 30), ("role_0", 2028, 20),
    }  # fmt: skip
    assert all("uang" in one.text_id and "money" in one.text_en for one in unmet)
    needs = {one.year: one.amount for one in mix.told if one.code == "floor_needs"}
    assert needs == pytest.approx({2027: 30 * 60e6, 2028: 20 * 60e6})
    # As near as it can be: what the money of 2028 buys, and the floor in 2029.
    assert mix.account.unfilled[0].tolist() == [40, 30, 10]


def test_a_quota_that_holds_the_floor_back_is_named():
    question = asked(np.array([[20.0, 20, 20]]), at_once("cpns"))
    quotas = replacement_quotas(question, 1.0)
    mix = best_mix(question, MixLimits(quotas, floor_share=np.array([0.95])), CHEAPEST)
    assert [round(one.amount) for one in mix.told if one.code == "floor_unmet"] == [13, 11, 9]
    assert "kuota formasi pengganti" in mix.told[0].text_id


def test_a_ceiling_on_proposals_that_holds_the_floor_back_says_how_much_more_it_needs():
    question = asked(
        np.array([[20.0, 20, 20]]), at_once("mutasi_masuk", most_by_year=np.full(3, 2.0))
    )
    mix = best_mix(question, MixLimits(floor_share=np.array([0.95])), CHEAPEST)
    assert [round(one.amount) for one in mix.told if one.code == "floor_unmet"] == [13, 11, 9]
    needs = [one for one in mix.told if one.code == "floor_needs"]
    assert [(one.limit, one.year) for one in needs] == [("intake:mutasi_masuk", 2027)]
    assert needs[0].amount == pytest.approx(13)
    assert "pagu usul mutasi masuk 2027" in needs[0].text_id


def test_floors_out_of_reach_are_told_in_one_sentence_a_role_and_one_a_limit():
    question = asked(np.full((7, 3), 20.0), at_once("cpns", 7))
    quotas = replacement_quotas(question, 1.0)
    told = best_mix(question, MixLimits(quotas, floor_share=np.full(7, 0.95)), CHEAPEST).told
    assert len([one for one in told if one.code == "floor_unmet"]) > 7
    assert not [one for one in told if one.code == "floor_late"]
    short = in_short(told)
    floors = [one for one in short if one.code == "floor_unmet"]
    assert len(floors) <= 6
    whole = sum(one.amount for one in told if one.code == "floor_unmet")
    named = {one.role for one in floors if one.role}
    own = sum(one.amount for one in told if one.code == "floor_unmet" and one.role in named)
    assert own + sum(one.amount for one in floors if not one.role) == pytest.approx(whole)
    assert any(
        "2027-2029" in one.text_id and "Yang menahan: kuota" in one.text_id for one in floors
    )
    needs = [one for one in short if one.code == "floor_needs"]
    assert len(needs) == 1
    assert "perlu ditambah" in needs[0].text_id


@pytest.mark.parametrize("seed", [1, 2])
def test_a_floor_is_kept_for_every_role_and_year_or_told(seed: int):
    question = made_up_mix.question(8, 8, seed)
    limits = made_up_mix.limits(question, floor=0.85, money=0.6)
    mix = best_mix(question, limits, CHEAPEST, seconds=3)
    broken = recount(question, limits, mix.formations).broken
    told = [one for one in mix.told if one.code == "floor_unmet"]
    assert len(broken) <= len(told)


def test_floors_far_out_of_reach_of_a_quota_are_lowered_and_a_plan_that_keeps_them_is_found():
    question = made_up_mix.question(12, 10, 1)
    limits = made_up_mix.limits(question, floor=0.95, ratio=0.5)
    mix = best_mix(question, limits, CHEAPEST, seconds=4)
    assert "not_found" not in [one.code for one in mix.told]
    assert np.isfinite(mix.gap)
    found = recount(question, limits, mix.formations)
    unmet = {(one.role, one.year): one.amount for one in mix.told if one.code == "floor_unmet"}
    for (role, at), unfilled in found.unfilled.items():
        share = limits.floor_share[role, at]
        allowed = max((1 - share) * question.need[role, at], 0.5)
        told = unmet.get((question.roles[role], question.years[at]), 0.05)
        assert share == 0 or unfilled <= allowed + told + 1e-3
    assert all("floor" in one for one in found.broken)


def test_floors_out_of_time_are_lowered_little_and_said_not_to_be_proved(monkeypatch):
    """The search for the least never ends in time; a plan by steps is at hand."""
    question = made_up_mix.question(30, 10, 3)
    limits = made_up_mix.limits(question, floor=1.0, ratio=0.7)
    asked = problem(question, limits, CHEAPEST).asked
    least = held_floors(asked, 20.0)
    monkeypatch.setattr(mix_kept, "solved", lambda *_: Answer(None, np.inf, -np.inf))
    lowered, told, plan = held_floors(asked, 20.0)
    lack, proved = (
        sum(one.amount for one in found if one.code == "floor_unmet") for found in (told, least[1])
    )
    assert lack <= 1.05 * proved
    used = np.asarray(lowered.matrix @ plan)
    assert (used >= lowered.lower - 1e-6).all() and (used <= lowered.upper + 1e-6).all()
    assert (plan[: asked.whole_count] == np.round(plan[: asked.whole_count])).all()


def test_a_lack_of_floors_that_is_not_proved_is_said(monkeypatch):
    question = asked(np.array([[1.5, 1.5, 1.5]]), at_once("cpns"))
    quotas = replacement_quotas(question, 1.0)
    stated = problem(question, MixLimits(quotas, floor_share=np.array([1.0])), CHEAPEST).asked
    monkeypatch.setattr(mix_kept, "solved", lambda *_: Answer(None, np.inf, -np.inf))
    monkeypatch.setattr(mix_kept, "topped_up", lambda asked, *_, **__: np.zeros(len(asked.cost)))
    told = held_floors(stated, 1.0)[1]
    assert "floor_unproved" in [one.code for one in told]


def test_a_higher_floor_never_costs_less():
    question = made_up_mix.question(4, 6, 3)
    last = 0.0
    for floor in (0.0, 0.7, 0.85, 0.95):
        mix = best_mix(
            question, made_up_mix.limits(question, floor=floor), CHEAPEST, seconds=2, gap=1e-4
        )
        assert mix.value >= last - 1e-3
        last = mix.bound


def test_the_answer_within_a_third_of_a_second_keeps_every_limit_and_tells_its_gap():
    question = made_up_mix.question(30, 10, 5)
    limits = made_up_mix.limits(question, money=0.5, ratio=1.0)
    quick = best_mix(question, limits, seconds=0.3)
    assert not recount(question, limits, quick.formations, keeps_floor=False).broken
    assert quick.bound <= quick.value
    assert 0 <= quick.gap < 0.05
    longer = best_mix(question, limits, seconds=10)
    assert longer.value <= quick.value + 1e-6
    assert longer.value >= quick.bound - 1e-6


def test_half_of_a_post_for_half_of_the_hours():
    question = asked(np.array([[4.0, 4, 4]]), at_once("pppk_pw", posts_per_person=0.5))
    mix = best_mix(question, MixLimits())
    assert mix.account.people[0, 0].tolist() == [8, 8, 8]
    assert mix.account.covered[0, 0].tolist() == [4, 4, 4]


def test_a_dearer_weight_draws_the_money_to_its_role():
    question = asked(np.full((2, 3), 3.0), at_once("cpns", 2))
    money = MixLimits(money_idr=np.full(3, 3 * 60e6))
    for heavy in (0, 1):
        weight = np.ones(2)
        weight[heavy] = 2.0
        mix = best_mix(replace(question, weight=weight), money)
        assert mix.account.unfilled[heavy].sum() == 0
        assert mix.account.unfilled[1 - heavy].tolist() == [3, 3, 3]
