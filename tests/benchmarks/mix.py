"""The best mix: value, proof and time, beside cheapest first and rounded linear programming.

    python -m tests.benchmarks.mix [ROLES ...] [--seconds 5] [--seeds 2026 ...] [--only-ours]

The rivals are what one would write in an afternoon: every role in the order of need takes the
option with the fewest rupiah per post-year while all limits have room; and the linear programme
of the same question rounded down. All three plans are recounted by the verifier of the tests, which
counts floors that no plan can keep among what is broken. Questions are made up.
"""

from __future__ import annotations

import argparse
import itertools
import os
import time

import numpy as np

from analytics.mix import CHEAPEST, LEAST_UNFILLED, Objective, best_mix, objective_value, problem
from analytics.mix_account import account
from analytics.mix_highs import relaxation
from analytics.mix_presets import taken_in_order
from analytics.mix_question import MixLimits, MixQuestion
from tests import made_up_mix
from tests.verified_mix import recount

YEARS = 10
QUICK = 0.3
CASES: tuple[tuple[str, dict[str, float], Objective], ...] = (
    ("30 % of the money", {"money": 0.3}, LEAST_UNFILLED),
    ("half the money", {"money": 0.5}, LEAST_UNFILLED),
    ("half the money, cap", {"money": 0.5, "cap": 0.3}, LEAST_UNFILLED),
    ("70 % of the money", {"money": 0.7}, LEAST_UNFILLED),
    ("one for one", {"ratio": 1.0}, LEAST_UNFILLED),
    ("one for two, cap", {"ratio": 0.5, "cap": 0.3}, LEAST_UNFILLED),
    ("no limit", {}, LEAST_UNFILLED),
    ("service floor 85 %", {"floor": 0.85}, CHEAPEST),
    ("floor 85 %, 90 % of money", {"floor": 0.85, "money": 0.9}, CHEAPEST),
    ("floor 95 %, one for two", {"floor": 0.95, "ratio": 0.5}, CHEAPEST),
)


def cheapest_first(question: MixQuestion, limits: MixLimits, objective: Objective) -> np.ndarray:
    """Role by role in the order of need, the option with the fewest rupiah per post-year."""
    ready = problem(question, limits, objective).ready
    posts, cost = (table.sum(axis=(2, 3)) for table in (ready.effect.posts, ready.effect.cost_idr))
    each = np.divide(cost, posts, out=np.full_like(cost, np.inf), where=posts > 0)
    need = np.argsort(-question.deficit.sum(axis=1) * question.weights, kind="stable")
    pairs = [(int(option), int(role)) for role in need for option in np.argsort(each[:, role])]
    return taken_in_order(ready, pairs)


def rounded(question: MixQuestion, limits: MixLimits, objective: Objective) -> np.ndarray:
    """The linear programme rounded down; up where a floor asks for it."""
    told = problem(question, limits, objective)
    answer = relaxation(told.asked, told.aim.main).x
    found = np.zeros(told.asked.whole_count) if answer is None else answer[: len(told.asked.option)]
    whole = np.floor(found + 1e-6) if objective != CHEAPEST else np.ceil(found - 1e-6)
    table = np.zeros(told.ready.effect.posts.shape[:3])
    table[told.asked.option, told.asked.role, told.asked.proposed] = whole
    return table


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("roles", nargs="*", type=int, default=[20, 40])
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--seeds", type=int, nargs="+", default=[2026])
    parser.add_argument("--only-ours", action="store_true", help="without the quick answer, rivals")
    asked = parser.parse_args()
    best_mix(made_up_mix.question(3, 3), MixLimits(), seconds=0.5)
    print(f"{YEARS} years x 7 options, made up; load {os.getloadavg()[0]:.1f}"
          f" on {os.cpu_count()} cores; the gap is of posts filled, or of rupiah")  # fmt: skip
    print(f"{'roles':>5} {'seed':>5} {'limits':<25} {'who':<17} {'value':>12} {'gap %':>7} {'s':>6}"
          f" {'cpu s':>6} broken")  # fmt: skip
    ours = [("estafet", asked.seconds)]
    if not asked.only_ours:
        ours.append(("estafet, at once", QUICK))
    for roles, seed in itertools.product(asked.roles, asked.seeds):
        question = made_up_mix.question(roles, YEARS, seed=seed)
        for name, own, objective in CASES:
            limits = made_up_mix.limits(question, **own)
            for who, seconds in ours:
                worked = time.process_time()
                plan = best_mix(question, limits, objective, seconds=seconds)
                worked = time.process_time() - worked
                shown(question, limits, (roles, seed, name, who), plan.formations, objective,
                      (plan.gap, plan.seconds, worked))  # fmt: skip
            for who, rival in () if asked.only_ours else RIVALS:
                start = time.perf_counter()
                table = rival(question, limits, objective)
                spent = time.perf_counter() - start
                shown(question, limits, (roles, seed, name, who), table, objective,
                      (np.nan, spent, spent))  # fmt: skip


RIVALS = (("cheapest first", cheapest_first), ("rounded", rounded))


def shown(
    question: MixQuestion,
    limits: MixLimits,
    told: tuple[int, int, str, str],
    table: np.ndarray,
    objective: Objective,
    figures: tuple[float, float, float],
) -> None:
    """One line, recounted."""
    broken = recount(question, limits, table, keeps_floor=objective == CHEAPEST).broken
    effect = problem(question, limits, objective).ready.effect
    value = objective_value(question, account(question, effect, table), objective)
    unit, word = (1e9, "Rp bn") if objective == CHEAPEST else (1.0, "posts")
    gap, seconds, worked = figures
    print(f"{told[0]:>5} {told[1]:>5} {told[2]:<25} {told[3]:<17} {value / unit:>6.1f} {word:<5}"
          f" {gap:>7.3%} {seconds:>6.2f} {worked:>6.2f} {len(broken)}", flush=True)  # fmt: skip


if __name__ == "__main__":
    main()
