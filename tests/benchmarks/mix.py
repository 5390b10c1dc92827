"""The best mix: value, proof and time, beside cheapest first and rounded linear programming.

    python -m tests.benchmarks.mix [ROLES ...] [--seconds 5]

The rivals are what one would write in an afternoon: every role in the order of need takes the
option with the fewest rupiah per post-year while all limits have room; and the linear programme
of the same question rounded down. All three plans are recounted by the verifier of the tests.
Questions are made up.
"""

from __future__ import annotations

import argparse
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
    ("half the money", {"money": 0.5}, LEAST_UNFILLED),
    ("one for one", {"ratio": 1.0}, LEAST_UNFILLED),
    ("one for two, cap", {"ratio": 0.5, "cap": 0.3}, LEAST_UNFILLED),
    ("no limit", {}, LEAST_UNFILLED),
    ("service floor 85 %", {"floor": 0.85}, CHEAPEST),
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
    asked = parser.parse_args()
    best_mix(made_up_mix.question(3, 3), MixLimits(), seconds=0.5)
    print(f"{YEARS} years x 7 options, made up; load {os.getloadavg()[0]:.1f}"
          f" on {os.cpu_count()} cores; the gap is of posts filled, or of rupiah")  # fmt: skip
    print(f"{'roles':>5} {'limits':<20} {'who':<22} {'value':>12} {'gap %':>7} {'s':>6} broken")
    for roles in asked.roles:
        question = made_up_mix.question(roles, YEARS, seed=2026)
        for name, own, objective in CASES:
            limits = made_up_mix.limits(question, **own)
            for who, seconds in (("estafet", asked.seconds), ("estafet, at once", QUICK)):
                plan = best_mix(question, limits, objective, seconds=seconds)
                shown(question, limits, (roles, name, who), plan.formations, objective,
                      plan.gap, plan.seconds)  # fmt: skip
            for who, rival in (("cheapest first", cheapest_first), ("rounded", rounded)):
                start = time.perf_counter()
                table = rival(question, limits, objective)
                shown(question, limits, (roles, name, who), table, objective,
                      np.nan, time.perf_counter() - start)  # fmt: skip


def shown(
    question: MixQuestion,
    limits: MixLimits,
    told: tuple[int, str, str],
    table: np.ndarray,
    objective: Objective,
    gap: float,
    seconds: float,
) -> None:
    """One line, recounted."""
    broken = recount(question, limits, table, keeps_floor=objective == CHEAPEST).broken
    effect = problem(question, limits, objective).ready.effect
    value = objective_value(question, account(question, effect, table), objective)
    unit, word = (1e9, "Rp bn") if objective == CHEAPEST else (1.0, "posts")
    print(f"{told[0]:>5} {told[1]:<20} {told[2]:<22} {value / unit:>6.1f} {word:<5}"
          f" {gap:>7.3%} {seconds:>6.2f} {len(broken)}", flush=True)  # fmt: skip


if __name__ == "__main__":
    main()
