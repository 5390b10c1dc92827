"""An independent check of a mix: formations worked out person by person, every limit recounted.

Written without the model's code: plain loops; it reads the question, the limits and the
formations, and trusts neither the account nor the value of the plan.
"""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

ALMOST = 1e-5


@dataclass
class Recount:
    """What a plan comes to by this file's own sums, and every limit it breaks."""

    unfilled: dict[tuple[int, int], float] = field(default_factory=dict)
    overfilled: dict[tuple[int, int], float] = field(default_factory=dict)
    cost: dict[int, float] = field(default_factory=dict)
    cap: dict[int, float] = field(default_factory=dict)
    broken: list[str] = field(default_factory=list)


def one_formation(terms: Any, role: int, proposed: int, years: int) -> list[tuple[float, float]]:
    """People at the end of each year and rupiah in it, for one formation, cohort by cohort."""
    told = [(0.0, 0.0)] * years
    if not terms.is_eligible[role]:
        return told
    for arrives in range(years):
        before = terms.in_post_share[proposed, arrives - 1] if arrives else 0.0
        came = terms.in_post_share[proposed, arrives] - before
        if came <= 1e-12:
            continue
        worked = min(max((terms.paid_share[proposed, arrives] - before) / came, 0.0), 1.0)
        for year in range(arrives, years):
            k = year - arrives
            there = terms.survival_share[role, k]
            if k == 0:
                pay = worked * terms.cost_idr[role, 0]
            else:
                mean = (terms.survival_share[role, k - 1] + there) / 2
                older = worked * terms.cost_idr[role, k]
                pay = mean * (older + (1 - worked) * terms.cost_idr[role, k - 1])
            fill = terms.fill_share[role] * came
            told[year] = (told[year][0] + fill * there, told[year][1] + fill * pay)
    return told


def recount(question: Any, limits: Any, formations: Any, *, keeps_floor: bool = True) -> Recount:
    """Every number and every limit anew."""
    found, years = Recount(), len(question.years)
    proposals: dict[tuple[str, int], float] = defaultdict(float)
    quotas: dict[tuple[str, int], float] = defaultdict(float)
    for year in range(years):
        found.cost[year] = found.cap[year] = 0.0
    for role, name in enumerate(question.roles):
        hires, moves, less = [0.0] * years, [0.0] * years, defaultdict(float)
        for at, terms in enumerate(question.options):
            for proposed in range(years):
                count = float(formations[at, role, proposed])
                if count < 0 or abs(count - round(count)) > ALMOST:
                    found.broken.append(f"{terms.option} {name} {proposed}: {count} is not whole")
                if not count:
                    continue
                proposals[terms.option, proposed] += count
                for quota in limits.quotas:
                    if terms.option in quota.options and (
                        quota.is_role is None or quota.is_role[role]
                    ):
                        quotas[quota.name, proposed] += count
                most = terms.most_by_role_year
                if most is not None and count > most[role, proposed] + ALMOST:
                    found.broken.append(f"{terms.option} {name} {proposed}: ceiling of the role")
                each = one_formation(terms, role, proposed, years)
                for year, (people, pay) in enumerate(each):
                    price = 1.0 if question.price_index is None else question.price_index[year]
                    found.cost[year] += count * pay * price
                    found.cap[year] += count * pay * price * terms.cap_share
                    posts = count * people * terms.posts_per_person
                    if terms.option == "redistribusi":
                        moves[year] += posts
                    elif terms.option in ("penataan", "teknologi"):
                        less[terms.option, year] += posts
                    else:
                        hires[year] += posts
        for terms in question.options:
            for year in range(years):
                ceiling = terms.most_in_effect
                if ceiling is None or terms.option == "redistribusi":
                    continue
                if less[terms.option, year] > ceiling[role, year] + ALMOST:
                    found.broken.append(f"{terms.option} {name} {year}: posts removed")
        most_moved = [math.inf] * years
        for terms in question.options:
            if terms.option == "redistribusi" and terms.most_in_effect is not None:
                most_moved = [float(terms.most_in_effect[role, year]) for year in range(years)]
        for year in range(years):
            short, spare = question.deficit[role, year], question.surplus[role, year]
            filled = hires[year] + less["penataan", year] + less["teknologi", year]
            moved = min(moves[year], short, spare, most_moved[year])
            found.overfilled[role, year] = max(0.0, filled - short)
            found.unfilled[role, year] = max(0.0, short - filled - moved)
    for terms in question.options:
        for year in range(years):
            most = terms.most_by_year
            if most is not None and proposals[terms.option, year] > most[year] + ALMOST:
                found.broken.append(f"{terms.option} {year}: intake")
    for quota in limits.quotas:
        for year in range(years):
            if quotas[quota.name, year] > quota.most_by_year[year] + ALMOST:
                found.broken.append(f"{quota.name} {year}: quota")
    for name, spent, most in (
        ("money", found.cost, limits.money_idr),
        ("cap", found.cap, limits.cap_room_idr),
    ):
        for year in range(years):
            if most is not None and spent[year] > max(most[year], 0.0) * (1 + 1e-6) + 10.0:
                found.broken.append(f"{name} {year}: {spent[year]:.0f} over {most[year]:.0f}")
    for lock in limits.locks:
        at = [terms.option for terms in question.options].index(lock.option)
        own = formations[at, question.roles.index(lock.role), question.years.index(lock.year)]
        if own != lock.count:
            found.broken.append(f"lock {lock}: {own}")
    if keeps_floor and limits.floor_share is not None:
        for (role, year), unfilled in found.unfilled.items():
            share = limits.floor_share[role]
            share = float(share if limits.floor_share.ndim == 1 else share[year])
            allowed = max((1 - share) * question.need[role, year], 0.5)
            if share > 0 and unfilled > allowed + 1e-4:
                found.broken.append(f"floor role {role} year {year}: {unfilled - allowed:.3f}")
    return found
