"""Plans of roles put together: every limit kept, and nothing better among the parts left out."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest

from analytics.mix import CHEAPEST, LEAST_UNFILLED, MixLimits, Objective, problem
from analytics.mix_columns import Parts, alike, gathered, widened
from analytics.mix_highs import relaxation, row_prices, whole_plan
from analytics.mix_joined import _half, _matched, joined, searched
from analytics.mix_programme import Programme
from analytics.mix_rounding import topped_up
from tests import made_up_mix
from tests.verified_mix import recount

CASES = [{"money": 0.3}, {"money": 0.5, "cap": 0.3}, {"money": 0.7}, {"ratio": 0.5, "money": 0.4}]


def rounded(asked: Programme, cost: np.ndarray) -> np.ndarray:
    """A plan to start from."""
    relaxed = relaxation(asked, cost)
    found = topped_up(asked, relaxed.x, row_prices(asked, relaxed), cost)
    assert found is not None
    return found


@pytest.mark.parametrize("told", CASES, ids=str)
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_parts_put_together_keep_every_limit_and_are_no_worse_than_the_start(told: dict, seed: int):
    question = made_up_mix.question(6, 6, seed)
    limits = made_up_mix.limits(question, **told)
    stated = problem(question, limits, LEAST_UNFILLED)
    asked, cost = stated.asked, stated.aim.main
    start = rounded(asked, cost)
    spare = stated.aim.allowed(float(cost @ start), 1e-2)
    parts = gathered(asked, cost, relaxation(asked, cost), [start], (10.0, spare))
    assert parts is not None
    found = joined(widened(parts, 10.0), 10.0)
    assert cost @ found <= cost @ start + 1e-6
    # By the verifier, which knows nothing of parts: the limits, and what is left unfilled.
    told_again = recount(question, limits, asked.formations(found), keeps_floor=False)
    assert told_again.broken == []
    assert sum(told_again.unfilled.values()) == pytest.approx(cost @ found, abs=1e-4)


@pytest.mark.parametrize("seed", [0, 3, 5, 6, 7, 9, 10, 11, 13])
def test_with_every_part_at_hand_the_best_of_all_plans_is_found(seed: int):
    # Two roles, two years, two options: every plan of all is tried.
    question = made_up_mix.question(2, 2, seed, ("pppk_pw", "mutasi_masuk"))
    limits = made_up_mix.limits(question, money=0.6)
    stated = problem(question, limits, LEAST_UNFILLED)
    asked, cost = stated.asked, stated.aim.main
    relaxed = relaxation(asked, cost)
    assert asked.whole_count
    values = []
    for plan in itertools.product(*(range(int(most) + 1) for most in asked.most[
            : asked.whole_count])):  # fmt: skip
        told = recount(question, limits, asked.formations(np.array(plan, dtype=float)))
        if not told.broken:
            values.append(sum(told.unfilled.values()))
    start = rounded(asked, cost)
    parts = gathered(asked, cost, relaxed, [start], (10.0, 1e3))
    if parts is None:
        assert cost @ start == pytest.approx(min(values), abs=1e-4)
        return
    found = searched(widened(parts, 10.0), start, 10.0)
    assert parts.keeps(found)
    assert cost @ found == pytest.approx(min(values), abs=1e-4)


def test_parts_near_a_plan_come_close_to_the_best_plan_where_money_is_short():
    question = made_up_mix.question(5, 6, 7)
    limits = made_up_mix.limits(question, money=0.4)
    stated = problem(question, limits, LEAST_UNFILLED)
    asked, cost = stated.asked, stated.aim.main
    relaxed, start = relaxation(asked, cost), rounded(stated.asked, stated.aim.main)
    best = whole_plan(asked, cost, 30.0, 1e-2, float(relaxed.fun)).x
    spare = stated.aim.allowed(float(cost @ start), 1e-2)
    parts = gathered(asked, cost, relaxed, [start], (10.0, spare))
    assert parts is not None
    found = joined(widened(parts, 10.0), 10.0)
    won = (cost @ start - cost @ found) / (cost @ start - cost @ best)
    assert won > 0.5


@pytest.mark.parametrize("objective", [CHEAPEST, LEAST_UNFILLED])
def test_where_no_shared_limit_has_a_price_there_is_nothing_to_put_together(objective: Objective):
    question = made_up_mix.question(3, 4, 1)
    stated = problem(question, MixLimits(), objective)
    asked, cost = stated.asked, stated.aim.main
    relaxed = relaxation(asked, cost)
    free = [row.role >= 0 or row.kind != "intake" for row in asked.rows]
    upper = np.where(free, asked.upper, np.inf)
    loose = type(asked)(**{**vars(asked), "upper": upper})
    relaxed = relaxation(loose, cost)
    start = np.zeros(len(cost))
    assert gathered(loose, cost, relaxed, [start], (1.0, 1.0)) is None


def parts_of(roles: int, seed: int) -> Parts:
    """Parts where money is short."""
    question = made_up_mix.question(roles, 6, seed)
    stated = problem(question, made_up_mix.limits(question, money=0.4), LEAST_UNFILLED)
    asked, cost = stated.asked, stated.aim.main
    relaxed = relaxation(asked, cost)
    spare = stated.aim.allowed(float(relaxed.fun), 1e-2)
    parts = gathered(asked, cost, relaxed, [rounded(asked, cost)], (20.0, spare))
    assert parts is not None
    return widened(parts, 20.0)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_parts_say_what_the_programme_says_of_them(seed: int):
    parts = parts_of(5, seed)
    asked, luck = parts.asked, np.random.default_rng(seed)
    for _ in range(20):
        chosen = [int(luck.integers(len(pool.value))) for pool in parts.pools]
        plan = parts.together(chosen)
        told = list(zip(parts.pools, chosen, strict=True))
        assert sum(pool.value[at] for pool, at in told) == pytest.approx(parts.cost @ plan)
        used = (asked.matrix @ plan)[parts.shared]
        assert sum(pool.use[at] for pool, at in told) == pytest.approx(used)
        # No role by itself passes a limit of its own.
        own = np.array([row.role >= 0 for row in asked.rows])
        assert (asked.matrix @ plan <= asked.upper + 1e-6)[own].all()
        assert (asked.matrix @ plan >= asked.lower - 1e-6)[own].all()


@pytest.mark.parametrize("seed", [1, 2])
def test_neighbours_are_about_as_good_as_all_pairs_of_halves(seed: int):
    parts = parts_of(6, seed)
    order = np.random.default_rng(seed).permutation(6)
    one, other = _half(parts, order[:3], 5_000), _half(parts, order[3:], 5_000)
    least = np.inf
    for use, dearer in zip(one.use, one.dearer, strict=True):
        left = parts.room - use - other.use
        lost = dearer + other.dearer + left @ parts.price
        least = min(least, np.where((left >= -1e-7).all(axis=1), lost, np.inf).min())
    bound = sum(pool.priced[0] for pool in parts.pools) - parts.price @ parts.room
    chosen = _matched(parts, order, 5_000)
    if chosen is None:
        assert least > 0.5 * parts.spare
        return
    plan = parts.together(chosen)
    assert parts.keeps(plan)
    lost = parts.cost @ plan - bound
    assert least - 1e-6 <= lost <= least + 0.25 * parts.spare


@pytest.mark.parametrize(("over", "is_proved"), [(0.8, True), (0.8, False), (1.2, True)])
def test_nothing_further_is_looked_for_once_what_is_at_hand_is_proved(over: float, is_proved: bool):
    parts = parts_of(6, 1)
    least = sum(pool.priced[0] for pool in parts.pools) - parts.price @ parts.room
    parts = replace(parts, spare=float(parts.cost @ parts.start - least) / over)
    seen: list[bytes] = []

    def proof(plan: np.ndarray) -> bool:
        seen.append(plan.tobytes())
        return is_proved

    found = joined(parts, 10.0, proof)
    # The proof is asked for what the prices let it reach, and of one plan once.
    is_asked = over < 1.0
    assert (parts.start.tobytes() in seen) == is_asked
    assert len(seen) == len(set(seen))
    assert (found.tobytes() == parts.start.tobytes()) == (is_asked and is_proved)


def test_of_plans_that_use_limits_alike_the_first_is_kept():
    worth = np.array([[0.0, 1.0], [0.04, 1.01], [0.3, 1.0], [0.0, 1.04]])
    assert alike(worth, 0.1).tolist() == [0, 2]


@pytest.mark.parametrize("seed", range(8))
def test_no_row_takes_moves_away_that_were_made(seed: int):
    # Moves count half in the year they are proposed in: whatever is whole may be in effect.
    question = made_up_mix.question(5, 6, seed)
    asked = problem(question, MixLimits(), LEAST_UNFILLED).asked
    luck, count = np.random.default_rng(seed), asked.whole_count
    moved = slice(count, count + len(asked.moved_cells))
    rows = [at for at, row in enumerate(asked.rows) if row.kind == "moved"]
    matrix = asked.matrix[rows].toarray()
    for _ in range(50):
        plan = np.zeros(len(asked.cost))
        plan[:count] = luck.integers(0, 3, count)
        # The first row of a cell says how much was moved; no more than is to spare counts.
        made = -matrix[:, :count] @ plan[:count]
        for at, row in enumerate(matrix):
            cell = count + int(row[moved].argmax())
            is_first = at == 0 or matrix[at - 1][moved].argmax() != row[moved].argmax()
            if is_first:
                plan[cell] = min(made[at], asked.most[cell])
        assert (matrix @ plan <= asked.upper[rows] + 1e-9).all()
