"""Who is on duty and which posts are needed, worked out a second time in plain loops.

Nothing of the model's projection, gap, pay, mix or scenarios is used. Read are the tables of an
edition and the rules' CSV files; taken from elsewhere, because checked elsewhere, are only what a
title means (``analytics.positions``), the pupils ahead and everybody's hazards of leaving early.
Method: docs/method.md eq. 310-311.
"""

from __future__ import annotations

import csv
import math
import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd

from analytics import rules
from analytics.positions import position_roles, title_key
from analytics.units import folded

RULES = Path(__file__).resolve().parents[1] / "data" / "rules"
Cell = tuple[str, str, str]  # unit, role group, post
Merges = Mapping[str, tuple[str, int]]  # school that closes -> school it joins, from which year on
TEACHES = ("guru", "kepala_sekolah")
LEVELS = ("TK", "SD", "SMP")


@dataclass(frozen=True)
class City:
    """The tables of an edition, as its queries give them."""

    as_of: date
    people: pd.DataFrame
    units: pd.DataFrame
    schools: pd.DataFrame
    school_teachers: pd.DataFrame
    pupil_religions: pd.DataFrame
    post_needs: pd.DataFrame
    budget_years: pd.DataFrame


@cache
def every_row(name: str) -> list[dict[str, str]]:
    """All rows of a rule file."""
    with (RULES / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@cache
def rule_rows(name: str, on: date) -> list[dict[str, str]]:
    """Rows of a rule file in force on a day."""
    day = on.isoformat()
    return [r for r in every_row(name) if r["effective_from"] <= day <= r["effective_to"]]


# ---- who is there until when


@dataclass
class Person:
    """Somebody on the roster: where they work, as what, and when they must leave."""

    row: Any
    title_role: str
    role: str
    jenjang: str
    leaves_on: date | None
    cell: Cell
    # Chance to leave early within each twelve months from the roster's day; none: nobody does.
    hazards: tuple[float, ...] = ()

    def is_there_after(self, day: date, as_of: date) -> float:
        """Chance to be in service when a day is over: whoever must leave on the next still is."""
        if self.leaves_on is not None and self.leaves_on <= day:
            return 0.0
        return self._has_not_left_early(day + timedelta(days=1), as_of)

    def is_paid_from(self, day: date, as_of: date) -> float:
        """Chance to be in service when a day begins and not to have to leave on it."""
        if self.leaves_on is not None and self.leaves_on <= day:
            return 0.0
        return self._has_not_left_early(day, as_of)

    def _has_not_left_early(self, day: date, as_of: date) -> float:
        """A year's hazard lies evenly over the days of the year before they must leave."""
        at = max(day.year - as_of.year - ((day.month, day.day) < (as_of.month, as_of.day)), 0)
        stays = math.prod(1.0 - chance for chance in self.hazards[:at])
        first, last = _years_after(as_of, at), _years_after(as_of, at + 1)
        if at < len(self.hazards) and day > first:
            last = last if self.leaves_on is None else min(last, self.leaves_on)
            stays *= (1.0 - self.hazards[at]) ** ((day - first).days / (last - first).days)
        return stays

    @property
    def is_part_time(self) -> bool:
        """P3K paruh waktu, who fill no post."""
        return self.row.employment == "PPPK_PW"


def _years_after(day: date, years: int) -> date:
    return date(day.year + years, day.month, day.day)


def staff(city: City, hazards: Mapping[str, tuple[float, ...]]) -> list[Person]:
    """Everybody in headcount, with the post they hold; hazards by NIP."""
    people = city.people[city.people["is_in_headcount"].astype(bool)].drop_duplicates("nip")
    people = people.reset_index(drop=True)
    roles = position_roles(people, rules.load())
    posts = _taught(city, people, roles["role_group"])
    unit_of, level_of = _school_units(city)
    shared = _shared_posts()
    told = _schools_telling_religion(city)
    found = []
    for at, row in enumerate(people.itertuples(index=False)):
        role = _text(roles["role_group"].iloc[at])
        jenjang = _text(roles["jenjang"].iloc[at])
        leaves = _leaves_on(row.birth_date, role, jenjang, city.as_of)
        cell = (str(row.unit_id), role, role)
        if role in TEACHES:
            npsn, post = posts[row.nip]
            if post.startswith("guru_agama"):
                if npsn not in told:
                    post = "guru_agama"
                elif post == "guru_agama" or post.split(":")[1] not in told[npsn]:
                    # Where pupils' religions are told, a teacher of none of them fits no post.
                    post = post if ":" in post else ""
            if post:
                group = "kepala_sekolah" if post == "kepala_sekolah" else role
                named = _at_level(post, level_of.get(npsn, ""), shared)
                cell = (unit_of.get(npsn, str(row.unit_id)), group, named)
        early = hazards.get(row.nip, ())
        found.append(Person(row, role, cell[1], jenjang, leaves, cell, early))
    return found


def _text(value: object) -> str:
    return "" if value is None or value is pd.NA or value != value else str(value)


def _leaves_on(born: Any, role: str, jenjang: str, on: date) -> date | None:
    """The first of the month after the one in which the age is reached; None where unknown."""
    if pd.isna(born):
        return None
    usual = {
        (row["dispute_id"], row["reading"])
        for row in every_row("dispute")
        if row["is_default"] == "true"
    }
    ages = {
        int(row["age_years"])
        for row in rule_rows("retirement_age", on)
        if row["role_group"] == role
        and row["jenjang"] == jenjang
        and row["born_from"] <= born.strftime("%Y-%m-%d") <= row["born_to"]
        and (not row["dispute_id"] or (row["dispute_id"], row["reading"]) in usual)
    }
    if len(ages) != 1:
        return None
    year, month = born.year + ages.pop(), born.month
    return date(year + month // 12, month % 12 + 1, 1)


def _taught(city: City, people: pd.DataFrame, roles: pd.Series) -> Mapping[str, tuple[str, str]]:
    """School and post by NIP, '' where nothing names it: certificate, subject, kind, title."""
    patterns = [
        (re.compile(row["pattern"]), row["post"])
        for row in rule_rows("teaching_post_pattern", city.as_of)
    ]

    def named(text: object) -> str:
        key = title_key(text)
        return next((post for pattern, post in patterns if key and pattern.search(key)), "")

    listed: dict[str, Any] = {}
    home = dict(zip(people["nip"], people["npsn"], strict=True))
    for row in city.school_teachers.to_dict("records"):
        nip = _text(row["nip"])
        if not nip or named(row.get("teacher_kind")) == "-":
            continue
        at_home = _text(row["npsn"]) == _text(home.get(nip)) != ""
        if nip not in listed or (at_home and not listed[nip][0]):
            listed[nip] = (at_home, row)
    by_name = {
        str(name): str(npsn)
        for name, npsn in zip(city.units["name"], city.units["npsn"], strict=True)
        if _text(npsn)
    }
    found = {}
    for row, role in zip(people.to_dict("records"), roles, strict=True):
        if role not in TEACHES:
            continue
        _, beside = listed.get(row["nip"], (False, {}))
        npsn = _text(row["npsn"]) or by_name.get(row["unit"], "") or _text(beside.get("npsn"))
        is_head = role == "kepala_sekolah" or any(
            named(beside.get(column)) == "kepala_sekolah"
            for column in ("teacher_kind", "extra_duty")
        )
        texts = [beside.get(c) for c in ("certificate_subject", "subject", "teacher_kind")]
        names = [named(text) for text in [*texts, row["position"]]]
        post = next((name for name in names if name not in ("", "-", "kepala_sekolah")), "")
        found[row["nip"]] = (npsn, "kepala_sekolah" if is_head else post)
    return found


def _school_units(city: City) -> tuple[dict[str, str], dict[str, str]]:
    unit, level = {}, {}
    for row in city.units.to_dict("records"):
        npsn = _text(row["npsn"])
        if npsn and npsn not in unit:
            unit[npsn], level[npsn] = row["unit_id"], _text(row["school_level"]).upper()
    return unit, level


def _shared_posts() -> set[str]:
    """Posts that schools of more than one level need: they carry the level in their name."""
    levels = defaultdict(set)
    for name in ("subject_hours", "teacher_rule"):
        for row in every_row(name):
            if row["post"] and row["level"] != "*":
                levels[row["post"]].add(row["level"].upper())
    return {post for post, of in levels.items() if len(of) > 1} | {"kepala_sekolah"}


def _at_level(post: str, level: str, shared: set[str]) -> str:
    is_shared = post in shared or post.split(":")[0] in shared
    return f"{post}@{level}" if is_shared and level else post


def _schools_telling_religion(city: City) -> dict[str, dict[str, float]]:
    """School -> religion -> share of pupils, in the last school year that told any."""
    found: dict[str, dict[str, float]] = {}
    rows = city.pupil_religions
    rows = rows[rows["pupil_count"] > 0] if len(rows) else rows
    for npsn in sorted(set(rows["npsn"])) if len(rows) else []:
        own = rows[rows["npsn"] == npsn]
        own = own[own["school_year"] == own["school_year"].max()]
        whole = own["pupil_count"].sum()
        found[npsn] = {r.religion: r.pupil_count / whole for r in own.itertuples()}
    return found


# ---- what is needed


def school_need(
    city: City, pupils: pd.DataFrame, merges: Merges
) -> dict[tuple[str, int], dict[str, int]]:
    """School and school year -> post (with its level) -> teachers the rules ask for.

    ``pupils``: ``npsn, school_year, grade, pupil_count``, each school by itself.
    """
    _, level_of = _school_units(city)
    told, shared = _schools_telling_religion(city), _shared_posts()
    grades: dict[tuple[str, int], dict[int, float]] = defaultdict(lambda: defaultdict(float))
    for row in pupils.itertuples(index=False):
        npsn, year = str(row.npsn), int(row.school_year)
        into, starts = merges.get(npsn, (npsn, 0))
        where = into if year >= starts else npsn
        grades[where, year][int(row.grade)] += float(row.pupil_count)
    today: dict[str, float] = defaultdict(float)
    for row in pupils[pupils["school_year"] == pupils["school_year"].min()].itertuples():
        today[str(row.npsn)] += float(row.pupil_count)
    found = {}
    for (npsn, year), count in grades.items():
        level = level_of.get(npsn) or _level_of(min(count))
        need = _teachers(level, year, count, _religions_of(npsn, year, told, today, merges))
        found[npsn, year] = {_at_level(p, level, shared): n for p, n in need.items() if n}
    return found


def _religions_of(
    npsn: str,
    year: int,
    told: Mapping[str, Mapping[str, float]],
    today: Mapping[str, float],
    merges: Merges,
) -> dict[str, float] | None:
    """Shares of pupils by religion of a school in a year, of all its pupils once others joined it.

    None where it tells none, or one of those it ever is together with tells none.
    """
    ends = merges[npsn][0] if npsn in merges else npsn
    family = [ends, *(one for one, (into, _) in merges.items() if into == ends)]
    if any(one not in told for one in family):
        return None
    here = [npsn]
    if npsn == ends:
        here += [one for one in family[1:] if merges[one][1] <= year]
    if len(here) == 1:
        return dict(told[npsn])
    whole: dict[str, float] = defaultdict(float)
    for one in here:
        for religion, share in told[one].items():
            whole[religion] += share * today[one]
    pupils = sum(whole.values())
    return {religion: count / pupils for religion, count in whole.items()}


def _level_of(grade: int) -> str:
    return "TK" if grade == 0 else "SD" if grade <= 6 else "SMP"


def _teachers(
    level: str, year: int, pupils: Mapping[int, float], religions: Mapping[str, float] | None
) -> dict[str, int]:
    on = date(year, 7, 1)
    sizes = [r for r in rule_rows("class_size", on) if r["level"].upper() == level]
    most = int(sizes[0]["max_pupils"])
    # Rombel by grade: pupils to whole children, then rounded up under the ceiling.
    rombel = {grade: math.ceil(round(count) / most) for grade, count in pupils.items()}
    if not sum(rombel.values()):
        return {}
    rule = {
        (r["key"], r["post"]): int(r["value"])
        for r in rule_rows("teacher_rule", on)
        if r["level"].upper() in (level, "*")
    }
    need = {"kepala_sekolah": rule["heads_per_school", "kepala_sekolah"]}
    if ("class_teachers_per_rombel", "guru_kelas") in rule:
        each = rule["class_teachers_per_rombel", "guru_kelas"]
        need["guru_kelas"] = each * sum(rombel.values())
    if ("pupils_per_counsellor", "guru_bk") in rule:
        whole = sum(round(count) for grade, count in pupils.items() if rombel[grade])
        need["guru_bk"] = _up(whole / rule["pupils_per_counsellor", "guru_bk"])
    hours: dict[str, dict[int, float]] = defaultdict(lambda: defaultdict(float))
    for row in rule_rows("subject_hours", on):
        taught = row["kind"] in ("compulsory", "subject_teacher", "local_content")
        taught |= row["kind"] == "english" and row["reading"] == "all_grades"
        if row["level"].upper() == level and taught:
            for grade in range(int(row["grade_from"]), int(row["grade_to"]) + 1):
                hours[row["post"]][grade] += float(row["jp_per_week"])
    load = rule["weekly_hours_per_teacher", ""] if hours else 1
    for post, jp in hours.items():
        fewest = rule.get(("fewest_posts", post), 0)
        if post == "guru_agama" and religions:
            own = rule.get(("fewest_pupils_per_religion", post), 1)
            need |= _by_religion(religions, pupils, rombel, jp, most, load, own, fewest)
            continue
        fte = sum(n * jp.get(grade, 0.0) for grade, n in rombel.items()) / load
        need[post] = max(_up(fte), fewest if fte > 0 else 0)
    return need


def _by_religion(
    religions: Mapping[str, float],
    pupils: Mapping[int, float],
    rombel: Mapping[int, int],
    jp: Mapping[int, float],
    most: int,
    load: int,
    own_from: int,
    fewest: int,
) -> dict[str, int]:
    """Teachers of agama by religion; a few pupils beside the largest have no post of their own."""
    largest = max(sorted(religions), key=lambda one: religions[one])
    need = {}
    for religion, share in religions.items():
        count = sum(n * share for grade, n in pupils.items() if rombel[grade])
        if religion != largest and count + 1e-9 < own_from:
            continue
        fte = (
            sum(
                math.ceil(math.ceil(pupils[grade] * share - 1e-9) / most) * jp.get(grade, 0.0)
                for grade in pupils
                if rombel[grade]
            )
            / load
        )
        if fte > 0:
            need[f"guru_agama:{religion}"] = max(_up(fte), fewest)
    return need


def _up(fte: float) -> int:
    return math.ceil(fte - 1e-9)


def abk_need(city: City, people: list[Person], years: range) -> dict[tuple[Cell, int], float]:
    """Posts by the ABK sheets, in the units and roles of people, by year.

    In every year the last sheets of the unit until then speak, before its first ones the first; a
    post that later sheets of the unit leave out is no longer needed there.
    """
    if not len(city.post_needs):
        return {}
    by_sheet = _abk_by_sheet(city, people)
    sheets_of: dict[str, set[int]] = defaultdict(set)
    for cell, sheet in by_sheet:
        sheets_of[cell[0]].add(sheet)
    found = {}
    for cell in {cell for cell, _ in by_sheet}:
        known = sorted(sheets_of[cell[0]])
        for year in years:
            speaks = max((one for one in known if one <= year), default=known[0])
            found[cell, year] = by_sheet.get((cell, speaks), 0.0)
    return found


def _abk_by_sheet(city: City, people: list[Person]) -> dict[tuple[Cell, int], float]:
    """Posts of each cell by the year of the sheet."""
    sheets = city.post_needs.reset_index(drop=True)
    held: dict[str, dict[tuple[str, str], int]] = defaultdict(lambda: defaultdict(int))
    for one in people:
        if one.title_role and one.jenjang:
            held[title_key(one.row.position)][one.title_role, one.jenjang] += 1
    known = {t: max(sorted(n), key=lambda pair, n=n: n[pair]) for t, n in held.items()}
    roles = position_roles(sheets.rename(columns={"title": "position"}), rules.load(), known)
    unit_at = {(folded(u.opd), folded(u.name)): u.unit_id for u in city.units.itertuples()}
    own_name = {u.unit_id: folded(u.name) for u in city.units.itertuples()}
    agency = {u.unit_id: folded(u.opd) for u in city.units.itertuples()}
    pools: dict[tuple[str, str, str, int], list[float]] = defaultdict(lambda: [0.0, 0.0])
    headed: set[str] = set()
    for row, role in zip(sheets.itertuples(index=False), roles["role_group"], strict=True):
        opd = folded(row.opd)
        unit = unit_at.get((opd, folded(row.unit) or opd), unit_at.get((opd, opd)))
        if unit is None or not _text(role):
            continue
        assert role not in TEACHES, "sheets for teachers are beside this check"
        pool = pools[unit, role, opd, int(row.year)]
        pool[0] += row.needed_fte
        pool[1] += row.in_post_count
        if own_name[unit] != opd:
            headed.add(unit)
    here: dict[tuple[str, str], int] = defaultdict(int)
    for one in people:
        if one.row.is_on_duty and not one.is_part_time:
            here[one.cell[0], one.cell[1]] += 1
    need: dict[tuple[Cell, int], float] = defaultdict(float)
    for (unit, role, opd, sheet), (fte, told) in pools.items():
        count = math.floor(fte + 0.5 + 1e-9)
        there = {unit: here[unit, role]} if here[unit, role] else {}
        wider = dict(there)
        for other in agency if own_name[unit] == opd else ():
            if agency[other] == opd and other not in headed and here[other, role]:
                wider[other] = here[other, role]
        # A sheet headed by the agency is of all its units where its own count says so.
        if abs(told - sum(wider.values())) < abs(told - sum(there.values())):
            there = wider
        if not there:
            there = {unit: 1}
        exact = {u: count * n / sum(there.values()) for u, n in sorted(there.items())}
        given = {u: math.floor(x + 1e-9) for u, x in exact.items()}
        rest = sorted(exact, key=lambda u: given[u] - exact[u])[: count - sum(given.values())]
        for u in exact:
            need[(u, role, role), sheet] += given[u] + (u in rest)
    return need


def needs_and_supply(
    city: City, people: list[Person], pupils: pd.DataFrame, years: range, merges: Merges
) -> tuple[dict[tuple[Cell, int], float], dict[tuple[Cell, int], float], dict[Cell, str]]:
    """Posts needed and people on duty by cell and year, and the basis of each cell's need.

    Who leaves a post of leadership is followed from below. A school that closes and the one it
    joins are one unit in every year.
    """
    unit_of, _ = _school_units(city)
    joined = {unit_of.get(one, one): unit_of.get(into, into) for one, (into, _) in merges.items()}
    abk: dict[tuple[Cell, int], float] = defaultdict(float)
    for ((unit, group, post), year), value in abk_need(city, people, years).items():
        abk[(joined.get(unit, unit), group, post), year] += value
    people = [replace(o, cell=(joined.get(o.cell[0], o.cell[0]), *o.cell[1:])) for o in people]
    counted = [one for one in people if not one.is_part_time]
    start: dict[Cell, float] = defaultdict(float)
    for one in counted:
        start[one.cell] += bool(one.row.is_on_duty)
    supply: dict[tuple[Cell, int], float] = defaultdict(float)
    for year in years:
        for one in counted:
            if one.row.is_on_duty:
                supply[one.cell, year] += one.is_there_after(date(year, 12, 31), city.as_of)
    model = school_need(city, pupils, merges)
    place = {npsn: unit_of.get(npsn, npsn) for npsn, _ in model}
    place = {npsn: joined.get(unit, unit) for npsn, unit in place.items()}
    taught_units = set(place.values())
    last = max((year for _, year in model), default=0)
    ratio, in_sheets = _ratios(city), {cell for cell, _ in abk}
    cells = {one.cell for one in people} | in_sheets | set(ratio)
    asked: dict[tuple[str, int], dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for (npsn, year), posts in model.items():
        for post, count in posts.items():
            asked[place[npsn], year][post] += count
    for (unit, _), posts in asked.items():
        for post in posts:
            cells.add((unit, _group(post), post))
    need: dict[tuple[Cell, int], float] = {}
    basis: dict[Cell, str] = {}
    for cell in cells:
        unit, group, post = cell
        teaches = group in TEACHES
        if unit in taught_units and teaches:
            # Nothing else is asked where pupils tell the need; of an unknown post nothing is known.
            basis[cell] = "none" if post == "guru" else "school_model"
            if post != "guru":
                for year in years:
                    need[cell, year] = asked[unit, min(year, last)][post]
            continue
        value = 0.0
        if cell in in_sheets:
            basis[cell] = "abk"
        elif _speaks(ratio.get(cell), start[cell]):
            basis[cell], value = "ratio", ratio[cell][0]
        elif start[cell] > 0 and not teaches:
            basis[cell], value = "complement", start[cell]
        else:
            basis[cell] = "none"
            continue
        for year in years:
            need[cell, year] = abk[cell, year] if cell in in_sheets else value
    for year in years:
        _fill_from_within(city, need, supply, start, cells, year)
    return need, supply, basis


def _group(post: str) -> str:
    return "kepala_sekolah" if post.split("@")[0] == "kepala_sekolah" else "guru"


def _ratios(city: City) -> dict[Cell, tuple[float, bool]]:
    found = {}
    for row in rule_rows("service_ratio", city.as_of):
        for unit in city.units.itertuples():
            if unit.kind == row["unit_kind"]:
                cell = (unit.unit_id, row["role_group"], row["role_group"])
                found[cell] = (float(row["posts_per_unit"]), row["is_floor"] == "true")
    return found


def _speaks(ratio: tuple[float, bool] | None, there: float) -> bool:
    return ratio is not None and (not ratio[1] or there < ratio[0] - 1e-6)


def _fill_from_within(
    city: City,
    need: dict[tuple[Cell, int], float],
    supply: dict[tuple[Cell, int], float],
    start: Mapping[Cell, float],
    cells: set[Cell],
    year: int,
) -> None:
    """Chairs that fell empty since the roster are filled from below, the same unit first."""
    ladder = sorted(rule_rows("promotion", city.as_of), key=lambda row: int(row["priority"]))
    for row in ladder * max(1, len(ladder)):
        top = sorted(cell for cell in cells if cell[1] == row["role_group"])
        below = sorted(cell for cell in cells if cell[1] == row["from_role_group"])
        if not top or not below:
            continue
        empty, spare = {}, 0.0
        for cell in top:
            there = supply[cell, year]
            asked = need.get((cell, year), there)
            empty[cell] = max(min(asked, start[cell]) - there, 0.0)
            spare += max(there - asked, 0.0)
        total = sum(empty.values())
        if total <= 1e-9:
            continue
        empty = {cell: gap * max(total - spare, 0.0) / total for cell, gap in empty.items()}
        people = {cell: max(supply[cell, year], 0.0) for cell in below}
        taken_from = dict.fromkeys(below, 0.0)
        filled = dict.fromkeys(top, 0.0)
        for unit in {cell[0] for cell in top}:
            wanted = sum(gap for cell, gap in empty.items() if cell[0] == unit)
            own = sum(count for cell, count in people.items() if cell[0] == unit)
            some = min(wanted, own)
            if some <= 1e-9:
                continue
            for cell in below:
                if cell[0] == unit:
                    taken_from[cell] += people[cell] * some / own
            for cell in top:
                if cell[0] == unit:
                    filled[cell] += empty[cell] * some / wanted
        rest = {cell: empty[cell] - filled[cell] for cell in top}
        left = {cell: people[cell] - taken_from[cell] for cell in below}
        some = min(sum(rest.values()), sum(left.values()))
        if some > 1e-9:
            for cell in below:
                taken_from[cell] += left[cell] * some / sum(left.values())
            whole = sum(rest.values())
            for cell in top:
                filled[cell] += rest[cell] * some / whole
        for cell in top:
            supply[cell, year] += filled[cell]
        for cell in below:
            supply[cell, year] -= taken_from[cell]
