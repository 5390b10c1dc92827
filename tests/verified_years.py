"""An independent check of the years of merges: reads inputs and the published tables alone.

Written without the model's code, from docs/method.md eq. 126-129: plain loops over dictionaries;
teachers needed come from ``plain_teachers``, which is as independent.
"""

from __future__ import annotations

import itertools
import math
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pandas as pd

from tests.plain_teachers import needed

_ALMOST = 1e-6
# Receivers times years that are still tried one by one.
_MOST_TRIED = 60_000


@dataclass(frozen=True)
class Asked:
    """What the years were asked under.

    ``now``: pupils by school and grade when the plan was made; ``ahead``: the same by school and
    year where a forecast is told; ``rooms`` blank: not known; ``people``: ``npsn``, ``post``,
    ``retires_on`` of everybody in post; ``km`` the way of each school that closes.
    """

    level: str
    now: Mapping[str, Mapping[int, int]]
    ahead: Mapping[tuple[str, int], Mapping[int, float]]
    rooms: Mapping[str, int | None]
    people: list[tuple[str, str, date | None]]
    into: Mapping[str, str]
    km: Mapping[str, float]
    years: tuple[int, ...]
    price: float
    cost_open: float
    cost_rombel: float
    cost_pupil_km: float
    book: Any
    choice: Any
    most_a_year: int | None = None
    ceiling: int = 28
    religions: Mapping[str, Mapping[str, float]] = field(default_factory=dict)


def verified(
    asked: Asked, merges: list[dict], options: list[dict], steps: list[dict]
) -> tuple[float, list[str]]:
    """What the years cost, worked out anew, and everything they break."""
    broken: list[str] = []
    groups: dict[str, list[str]] = defaultdict(list)
    for npsn, into in asked.into.items():
        groups[into].append(npsn)
    told = {(row["npsn"], int(row["school_year"])): row for row in options}
    if set(told) != set(itertools.product(groups, asked.years)):
        broken.append("the options are not those of every receiver and year")
    own = {key: worked_out(asked, key[0], groups[key[0]], key[1]) for key in told}
    for key, (fits, people, heads, waiting) in own.items():
        row = told[key]
        if bool(row["fits"]) != fits:
            broken.append(f"{key}: fits is {row['fits']}, rooms say {fits}")
        if (int(row["displaced_count"]), int(row["heads_displaced"])) != (people, heads):
            broken.append(f"{key}: {row['displaced_count']} displaced, counted {people} ({heads})")
        if abs(float(row["waiting_cost"]) - waiting) > 1e-4:
            broken.append(f"{key}: waiting {row['waiting_cost']}, counted {waiting}")
    year_of: dict[str, int | None] = {}
    if sorted(row["npsn"] for row in merges) != sorted(asked.into):
        broken.append("the years do not name every closing school once")
    for row in merges:
        npsn, into = row["npsn"], row["into"]
        year = None if pd.isna(row["school_year"]) else int(row["school_year"])
        if asked.into.get(npsn) != into:
            broken.append(f"{npsn}: into {into}, the plan says {asked.into.get(npsn)}")
        if into in asked.into:
            broken.append(f"{npsn}: its receiver {into} closes")
        if year_of.setdefault(into, year) != year:
            broken.append(f"{into}: its schools merge in different years")
        if year is None:
            able = any(own[into, each][0] for each in asked.years)
            if row["reason"] != ("pace" if able else "rooms"):
                broken.append(f"{npsn}: no year because of {row['reason']!r}")
            continue
        if year not in asked.years:
            broken.append(f"{npsn}: {year} is no year of the pace")
        elif not own[into, year][0]:
            broken.append(f"{npsn}: {into} has no rooms in {year}")
        elif int(row["displaced_count"]) != own[into, year][1]:
            broken.append(f"{npsn}: says {row['displaced_count']} displaced")
    a_year = Counter(int(row["school_year"]) for row in merges if not pd.isna(row["school_year"]))
    most = asked.most_a_year or math.inf
    broken += [f"{year}: {n} schools close" for year, n in a_year.items() if n > most]
    broken += _calendar(merges, steps)
    cost = _worth(asked, groups, own, year_of)
    broken += _better(asked, groups, own, year_of, cost)
    return cost, broken


def worked_out(
    asked: Asked, receiver: str, closing: list[str], year: int
) -> tuple[bool, int, int, float]:
    """Whether a group fits in a year, whom it displaces, heads among them, what waiting costs."""
    schools = [receiver, *closing]
    alone = {npsn: _pupils(asked, npsn, year) for npsn in schools}
    after = _together(list(alone.values()))
    rooms = asked.rooms[receiver] or 0
    today = _classes(asked.now[receiver], asked.ceiling)
    have = max(rooms, today, _classes(alone[receiver], asked.ceiling))
    fits = _classes(after, asked.ceiling) <= have
    before = Counter[str]()
    for npsn in schools:
        before += _too_many(asked, {npsn}, alone[npsn], year, npsn)
    more = _too_many(asked, set(schools), after, year, receiver)
    more.subtract(before)
    displaced = {post: count for post, count in more.items() if count > 0}
    saved = _saved(asked, receiver, closing)
    return (
        fits,
        sum(displaced.values()),
        displaced.get("kepala_sekolah", 0),
        max(saved, 0.0) * (year - asked.years[0]),
    )


def _pupils(asked: Asked, npsn: str, year: int) -> dict[int, int]:
    told = asked.ahead.get((npsn, year))
    if told is None:
        return dict(asked.now[npsn])
    return {grade: round(count) for grade, count in told.items()}


def _together(several: list[dict[int, int]]) -> dict[int, int]:
    whole: Counter[int] = Counter()
    for each in several:
        whole.update(each)
    return dict(whole)


def _classes(pupils: Mapping[int, int], ceiling: int) -> int:
    return sum(math.ceil(count / ceiling) for count in pupils.values())


def _too_many(
    asked: Asked, schools: set[str], pupils: Mapping[int, int], year: int, at: str
) -> Counter[str]:
    """People of each post beyond its need in a school, or in several as one, in a year."""
    cells = pd.DataFrame(
        [(at, year, asked.level, grade, count) for grade, count in pupils.items() if count],
        columns=["npsn", "school_year", "level", "grade", "pupil_count"],
    )
    need: Counter[str] = Counter()
    for (_, _, _, post), (whole, *_) in needed(cells, asked.book, asked.choice, {}).items():
        need[post] += whole
    there: Counter[str] = Counter()
    for npsn, post, leaves in asked.people:
        if npsn in schools and (leaves is None or leaves > date(year, 7, 1)):
            there[post] += 1
    return +Counter({post: count - need[post] for post, count in there.items()})


def _saved(asked: Asked, receiver: str, closing: list[str]) -> float:
    """Million rupiah a year, with the pupils of the plan."""
    each = [_classes(asked.now[npsn], asked.ceiling) for npsn in (receiver, *closing)]
    together = _classes(
        _together([dict(asked.now[npsn]) for npsn in (receiver, *closing)]), asked.ceiling
    )
    way = sum(sum(asked.now[npsn].values()) * asked.km[npsn] for npsn in closing)
    return (
        asked.cost_open * len(closing)
        + asked.cost_rombel * (sum(each) - together)
        - asked.cost_pupil_km * way
    )


def _worth(
    asked: Asked, groups: Mapping[str, list[str]], own: Mapping, year_of: Mapping[str, int | None]
) -> float:
    """What eq. 128 adds up: waiting, people displaced at their price, savings never had."""
    cost = 0.0
    for receiver, closing in groups.items():
        year = year_of.get(receiver)
        if year is None:
            cost += max(_saved(asked, receiver, closing), 0.0) * len(asked.years)
        elif (receiver, year) in own:
            _, people, _, waiting = own[receiver, year]
            cost += waiting + asked.price * people
    return cost


def _better(
    asked: Asked,
    groups: Mapping[str, list[str]],
    own: Mapping,
    year_of: Mapping[str, int | None],
    cost: float,
) -> list[str]:
    """Whether any other choice of years places more schools, or as many for less.

    Every choice is tried where there are few; else every group alone and every two together.
    """
    names = sorted(groups)
    ways = {one: [year for year in asked.years if own[one, year][0]] + [None] for one in names}
    now = tuple(year_of.get(one) for one in names)
    if math.prod(len(ways[one]) for one in names) <= _MOST_TRIED:
        tried = itertools.product(*(ways[one] for one in names))
    else:
        tried = (
            tuple({i: a, j: b}.get(at, year) for at, year in enumerate(now))
            for i, j in itertools.combinations(range(len(names)), 2)
            for a in ways[names[i]]
            for b in ways[names[j]]
        )
    placed = sum(len(groups[one]) for one, year in zip(names, now, strict=True) if year)
    for years in tried:
        count: Counter[int] = Counter()
        for one, year in zip(names, years, strict=True):
            if year:
                count[year] += len(groups[one])
        if max(count.values(), default=0) > (asked.most_a_year or math.inf):
            continue
        other = _worth(asked, groups, own, dict(zip(names, years, strict=True)))
        if count.total() > placed or (count.total() == placed and other < cost - _ALMOST):
            return [f"{dict(zip(names, years, strict=True))} places {count.total()} of {placed}"
                    f" for {other} where {cost} is taken"]  # fmt: skip
    return []


def _calendar(merges: list[dict], steps: list[dict]) -> list[str]:
    """Study of nine months, three of socialisation, SK on 1 July, Dapodik until 31 August."""
    due = {row["npsn"]: row for row in merges if not pd.isna(row["school_year"])}
    if sorted(due) != sorted(row["npsn"] for row in steps):
        return ["the calendar does not name every dated merge once"]
    broken = []
    for row in steps:
        year = int(due[row["npsn"]]["school_year"])
        wanted = {
            "study_from": date(year - 1, 7, 1), "study_until": date(year, 3, 31),
            "socialisation_from": date(year, 4, 1), "socialisation_until": date(year, 6, 30),
            "decree_until": date(year, 7, 1), "dapodik_until": date(year, 8, 31),
        }  # fmt: skip
        for step, day in wanted.items():
            if pd.Timestamp(row[step]).date() != day:
                broken.append(f"{row['npsn']}: {step} is {row[step]}, not {day}")
    return broken
