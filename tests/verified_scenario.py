"""A scenario's headline numbers worked out a second time from tables, rules and formations.

Formations, which schools merge, and how many teachers the plan of moves takes, are given;
everything that follows from them is worked out here: who is there, what is needed, what arrives
when, what stays unfilled, what it costs and what it is of the APBD.
Method: docs/method.md eq. 310-313.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

import pandas as pd

from analytics import store, store_tables
from analytics.edition_in_force import current_edition
from tests.verified_posts import Cell, City, Merges, Person, needs_and_supply, rule_rows, staff
from tests.verified_spending import cap_ratio, newcomer, paid_share, workers, yearly

DAY = timedelta(days=1)
HIRES = ("cpns", "pppk", "pppk_pw", "mutasi_masuk")
Formation = tuple[str, str, int, int]  # option, role, year of the proposal, how many


@dataclass
class Worked:
    """What a scenario comes to by this file's own sums; by year, and by role and year."""

    staff: dict[int, float] = field(default_factory=dict)
    leavers_by_law: dict[int, float] = field(default_factory=dict)
    basis: dict[str, set[str]] = field(default_factory=dict)
    need: dict[tuple[str, int], float] = field(default_factory=dict)
    supply: dict[tuple[str, int], float] = field(default_factory=dict)
    unfilled: dict[tuple[str, int], float] = field(default_factory=dict)
    spending_idr: dict[int, float] = field(default_factory=dict)
    ratio: dict[int, float] = field(default_factory=dict)


def city(folder: Path) -> City:
    """The tables of the edition in force."""
    edition = current_edition(folder)
    assert edition is not None
    with closing(store.opened(edition.path)) as connection:
        return City(
            as_of=edition.as_of,
            people=store_tables.people(connection),
            units=store.ask(connection, "units", government_id="*"),
            schools=store.ask(connection, "schools", school_year=None),
            school_teachers=store.ask(connection, "school_teachers"),
            pupil_religions=store_tables.pupil_religions(connection),
            post_needs=store.ask(connection, "post_needs"),
            budget_years=store.ask(connection, "budget_years"),
        )


@dataclass(frozen=True)
class Ground:
    """What formations do not change: people, needs, pay of today's people; ``pay`` by year."""

    city: City
    years: range
    people: list[Person]
    need: Mapping[tuple[Cell, int], float]
    supply: Mapping[tuple[Cell, int], float]
    basis: Mapping[Cell, str]
    pay_idr: Mapping[int, float]
    in_cap_idr: Mapping[int, float]
    today_idr: float


def ground(
    of: City,
    pupils: pd.DataFrame,
    horizon: int,
    hazards: Mapping[str, tuple[float, ...]],
    merges: Merges,
) -> Ground:
    """Everything before a plan.

    Parameters
    ----------
    pupils
        ``npsn, school_year, grade, pupil_count`` of the schools in scope, ahead, nobody merged.
    hazards
        Chance to leave early within each twelve months, by NIP; empty: nobody does.
    merges
        Schools that close: into which one, from which school year on.
    """
    years = range(of.as_of.year, of.as_of.year + horizon + 1)
    people = staff(of, hazards)
    need, supply, basis = needs_and_supply(of, people, pupils, years, merges)
    pay, in_cap, today = dict.fromkeys(years, 0.0), dict.fromkeys(years, 0.0), 0.0
    for one, who in zip(people, workers(people, of.as_of), strict=True):
        for year in years:
            share = paid_share(one, of.as_of, year)
            if who is None or (share == 0.0 and year > years[0]):
                break
            whole, within = yearly(who, of.as_of, year)
            pay[year] += whole * share
            in_cap[year] += within * share
            if year == years[0] and not one.is_part_time:
                today += whole
    return Ground(of, years, people, need, supply, basis, pay, in_cap, today)


def worked_out(
    on: Ground, formations: list[Formation], moved: Mapping[str, int], moved_in: int
) -> Worked:
    """Everything that follows from formations.

    Parameters
    ----------
    moved, moved_in
        Teachers that the plan of moves takes to another school, by post; the year they fill.
    """
    years = on.years
    short: dict[tuple[str, int], float] = defaultdict(float)
    spare: dict[tuple[str, int], float] = defaultdict(float)
    needed: dict[tuple[str, int], float] = defaultdict(float)
    there: dict[tuple[str, int], float] = defaultdict(float)
    found = Worked()
    for cell, name in on.basis.items():
        found.basis.setdefault(_role(cell), set()).add(name)
    for (cell, year), asked in on.need.items():
        gap = asked - on.supply[cell, year]
        needed[_role(cell), year] += asked
        there[_role(cell), year] += on.supply[cell, year]
        short[_role(cell), year] += max(gap, 0.0)
        spare[_role(cell), year] += max(-gap, 0.0)
    found.need, found.supply = dict(needed), dict(there)
    most_moved = _reach(short, spare, moved, moved_in, years)
    filled, hired, cost, in_cap = _newcomers(on, formations)
    for role, year in needed:
        own, gap = filled[role, year], short[role, year]
        left = gap - sum(count for option, count in own.items() if option != "redistribusi")
        moves = min(own["redistribusi"], gap, spare[role, year], most_moved[role, year])
        found.unfilled[role, year] = max(max(left, 0.0) - moves, 0.0)
    for year in years:
        first, last = date(year, 1, 1), date(year, 12, 31)
        here = [one.is_there_after(last, on.city.as_of) for one in on.people]
        found.staff[year] = sum(here) + hired[year]
        found.leavers_by_law[year] = sum(
            one.is_there_after(one.leaves_on - DAY, on.city.as_of)
            if one.leaves_on > on.city.as_of else 1.0
            for one in on.people
            if one.leaves_on is not None
            and one.leaves_on <= last
            and (one.leaves_on >= first or year == years[0])
        )  # fmt: skip
        found.spending_idr[year] = on.pay_idr[year] + cost[year]
        in_cap[year] += on.in_cap_idr[year]
    if len(on.city.budget_years):
        found.ratio = cap_ratio(on.city, in_cap, on.today_idr, years)
    return found


def _role(cell: Cell) -> str:
    return cell[1] if cell[1] == cell[2] else f"{cell[1]}:{cell[2]}"


def _reach(
    short: Mapping[tuple[str, int], float],
    spare: Mapping[tuple[str, int], float],
    moved: Mapping[str, int],
    moved_in: int,
    years: range,
) -> dict[tuple[str, int], float]:
    """What moving people can fill: the share of what could be that the plan of moves reaches."""
    could = {key: min(short[key], spare[key]) for key in short}
    at = min(max(moved_in, years[0]), years[-1])
    roles = {role for role, _ in short}
    now = {role: could.get((role, at), 0.0) for role in roles}
    own = {role: float(moved.get(role.partition(":")[2] or role, 0)) for role in roles}
    whole = min(sum(own.values()) / sum(now.values()), 1.0) if sum(now.values()) else 0.0
    share = {r: min(own[r] / max(now[r], 1e-9), 1.0) if now[r] else whole for r in roles}
    if not moved:
        share = dict.fromkeys(roles, 0.0)
    return {(role, year): share[role] * could[role, year] for role, year in short}


def arrived(option: str, proposed: int, on: date, as_of: date) -> float:
    """Share of a year's proposals that have begun work on the first of a month, of those who do."""
    rows = {r["key"]: r for r in rule_rows("option", as_of)
            if r["option"] == option and r["role_group"] == "*"}  # fmt: skip
    first, last = (int(float(rows["proposal_month"][f"value_{end}"])) for end in ("low", "high"))
    if proposed == as_of.year:
        first = max(first, as_of.month)
    if first > last:
        return 0.0
    low, mid, high = (float(rows["lead_months"][f"value_{end}"]) for end in ("low", "mid", "high"))
    waited = [(on.year - proposed) * 12 + on.month - month for month in range(first, last + 1)]
    return sum(_triangle(each, low, mid, high) for each in waited) / len(waited)


def _triangle(x: float, low: float, mid: float, high: float) -> float:
    """Chance that the wait is no longer than ``x`` months, by a triangle."""
    if x <= low:
        return 0.0 if x < high else 1.0
    if x >= high:
        return 1.0
    if x < mid:
        return (x - low) ** 2 / ((high - low) * (mid - low))
    return 1.0 - (high - x) ** 2 / ((high - low) * (high - mid))


def _newcomers(
    on: Ground, formations: list[Formation]
) -> tuple[
    dict[tuple[str, int], dict[str, float]], dict[int, float], dict[int, float], dict[int, float]
]:
    """Posts filled by role and year, newcomers there, their pay, and that within the cap."""
    of, years, quits = on.city, on.years, _quits(on.people, on.city.as_of)
    fills = {
        r["option"]: float(r["value_mid"])
        for r in rule_rows("option", of.as_of)
        if r["key"] == "fill_share" and r["role_group"] == "*"
    }
    filled: dict[tuple[str, int], dict[str, float]] = defaultdict(lambda: defaultdict(float))
    hired = dict.fromkeys(years, 0.0)
    cost, in_cap = dict.fromkeys(years, 0.0), dict.fromkeys(years, 0.0)
    pay: dict[tuple[str, str], list[float]] = {}
    came: dict[tuple[str, int], list[float]] = {}
    for option, role, proposed, count in formations:
        group = role.split(":")[0]
        if (option, proposed) not in came:
            days = [date(year, month, 1) for year in years for month in range(1, 13)]
            came[option, proposed] = [arrived(option, proposed, day, of.as_of) for day in days]
        share, fill = came[option, proposed], count * fills[option]
        stay = [1.0] * len(years)
        if option in HIRES:
            stay = [(1.0 - quits.get(group, quits["*"])) ** k for k in range(len(years))]
        for at, year in enumerate(years):
            there = 0.0
            for u in range(at + 1):
                came_by, before = share[12 * u + 11], share[12 * u - 1] if u else 0.0
                there += fill * (came_by - before) * stay[at - u]
            filled[role, year][option] += there
            if option in HIRES:
                hired[year] += there
        if option not in HIRES:
            continue
        if (option, group) not in pay:
            pay[option, group] = newcomer(option, group, of, on.people, len(years))
        for begun in range(len(share)):
            new = share[begun] - (share[begun - 1] if begun else 0.0)
            if new <= 0:
                continue
            for later in range(begun, len(share)):
                k = later // 12 - begun // 12
                present = (stay[k - 1] + stay[k]) / 2 if k else 1.0
                yearly_pay = pay[option, group][(later - begun) // 12]
                rupiah = fill * new * present * yearly_pay / 12
                cost[years[later // 12]] += rupiah
                in_cap[years[later // 12]] += 0.0 if option == "pppk_pw" else rupiah
    _no_more_than_may_go(of, filled, on.need)
    return filled, hired, cost, in_cap


def _quits(people: list[Person], as_of: date) -> dict[str, float]:
    """Chance that a newcomer leaves early within a year, by role group, ``*`` for the others.

    The mean over those ten years or more from their date, where they are ten people or more.
    """
    far = [one for one in people if one.leaves_on is None
           or (one.leaves_on - as_of).days / 365.25 >= 10]  # fmt: skip
    chance: dict[str, list[float]] = defaultdict(list)
    for one in far or people:
        for group in ("*", one.role):
            chance[group].append(one.hazards[0] if one.hazards else 0.0)
    return {
        group: sum(each) / len(each)
        for group, each in chance.items()
        if group == "*" or len(each) >= 10
    }


def _no_more_than_may_go(
    of: City,
    filled: dict[tuple[str, int], dict[str, float]],
    need: Mapping[tuple[Cell, int], float],
) -> None:
    """Reorganising and technology remove no more than their share of need may go."""
    by_role: dict[tuple[str, int], float] = defaultdict(float)
    for (cell, year), asked in need.items():
        by_role[_role(cell), year] += asked
    for option in ("penataan", "teknologi"):
        most = {
            r["role_group"]: float(r["value_mid"])
            for r in rule_rows("option", of.as_of)
            if r["option"] == option and r["key"] == "most_share"
        }
        for (role, year), own in filled.items():
            limit = most.get(role.split(":")[0], 0.0) * by_role[role, year]
            own[option] = min(own[option], limit)
