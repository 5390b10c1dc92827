"""From facts to the gap: each stage computed once for the levers it depends on.

A lever moved later in the chain leaves the stages before it as they are. Safe to share between
threads: at worst two compute the same. Method: docs/method.md eq. 231-233, 236.
"""

from __future__ import annotations

import threading
from collections import OrderedDict, deque
from collections.abc import Callable, Hashable
from dataclasses import dataclass, replace
from typing import TypeVar, cast

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from analytics import enrolment, teachers
from analytics.enrolment_learning import Outlook
from analytics.posts_needed import Needs, abk_posts, no_needs, ratio_posts, school_posts
from analytics.projection import Projection, projection
from analytics.redistribution import MOVED, SPLIT, Redistribution, redistribute
from analytics.redistribution_needs import merged_cells, needs_of, schools_of, staff_of
from analytics.redistribution_situation import Situation, hours_law
from analytics.regrouping import MERGE, RegroupingPlan, prepared, regrouping_plan
from analytics.regrouping_candidates import candidates
from analytics.regrouping_facts import facts_around
from analytics.regrouping_rules import usual_prices
from analytics.regrouping_years import Pace, first_possible_year, spread_over_years
from analytics.replacement import Gap, GapChoice, gap
from analytics.retirement import DATE_COLUMNS, retirement_dates
from analytics.scenario import Scenario
from analytics.scenario_choices import (
    MERGE_SECONDS,
    candidate_rules,
    exit_levers,
    law_choice,
    merge_limits,
    move_choice,
    need_choice,
    pupil_levers,
)
from analytics.scenario_facts import PUBLIC, Facts
from analytics.teachers import SchoolFacts

Found = TypeVar("Found")
Numbers = NDArray[np.float64]

CELLS = ("unit_id", "role_group", "post", "employment")
# How many answers of a stage are kept: few of those that hold an array for every person or post.
_KEPT = 64
_KEPT_OF = {
    "staff": 6,
    "projection": 6,
    "pay": 6,
    "gap": 8,
    "moves": 8,
    "asked": 16,
    "result": 24,
    "newcomer": 512,
}
_ENTRY_GRADES = (1, 7, 10)


@dataclass(frozen=True, eq=False)
class Staff:
    """People under a law: ``people`` and ``posted`` as in the facts with their dates under it.

    ``hazards``: cause -> (person, year), twelve months each from the day of the edition.
    """

    people: pd.DataFrame
    posted: pd.DataFrame
    in_post: pd.DataFrame
    hazards: dict[str, Numbers]


@dataclass(frozen=True, eq=False)
class Mergers:
    """Which schools merge, and from which school year: ``npsn``, ``into``, ``school_year``.

    ``merges`` has one row per closing school that a year was found for. ``plans`` by level.
    """

    plans: dict[str, RegroupingPlan]
    merges: pd.DataFrame
    facts: SchoolFacts | None

    @property
    def into(self) -> dict[str, str]:
        """Receiver by closing school."""
        return dict(zip(self.merges["npsn"], self.merges["into"], strict=True))


@dataclass(frozen=True, eq=False)
class Moves:
    """Teachers moved, and what of the movable posts the reach lets them fill.

    ``by_post``: ``post`` (with its level), ``moved_count``, ``filled_count``. ``school_year``: the
    one they fill.
    """

    found: Redistribution
    by_post: pd.DataFrame
    school_year: int


class Stages:
    """The stages of one set of facts; results are kept by the levers they depend on."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self._kept: dict[str, OrderedDict[Hashable, object]] = {}
        self._lock = threading.Lock()
        # What was computed last, for whoever wants to see what a lever touches.
        self.computed: deque[str] = deque(maxlen=256)

    def kept(self, name: str, key: Hashable, compute: Callable[[], Found]) -> Found:
        """What was computed under a name and key; computed now where nobody asked before."""
        with self._lock:
            held = self._kept.setdefault(name, OrderedDict())
            if key in held:
                held.move_to_end(key)
                return cast("Found", held[key])
        found = compute()
        with self._lock:
            self.computed.append(name)
            held = self._kept.setdefault(name, OrderedDict())
            held[key] = found
            while len(held) > _KEPT_OF.get(name, _KEPT):
                held.popitem(last=False)
        return found

    def forget(self) -> None:
        """Compute everything anew from here on; facts stay."""
        with self._lock:
            self._kept.clear()
            self.computed.clear()

    # ---- people

    def staff(self, told: Scenario) -> Staff:
        """People with their dates and hazards under the law of the scenario."""
        facts = self.facts
        choice = law_choice(told, facts.origin.law, facts.as_of)
        return self.kept("staff", (choice, told.years), lambda: self._staff(told))

    def _staff(self, told: Scenario) -> Staff:
        facts = self.facts
        choice = law_choice(told, facts.origin.law, facts.as_of)
        dates = retirement_dates(facts.people, facts.rulebook, facts.as_of, choice)
        people = facts.people.assign(**{column: dates[column] for column in DATE_COLUMNS})
        posted = facts.posted.assign(**{column: dates[column] for column in DATE_COLUMNS})
        spells = facts.spells.assign(
            retires_on=dates["retires_on"].astype(facts.spells["retires_on"].dtype)
        )
        day = pd.Series(dates["retires_on"].to_numpy(), index=people["nip"].to_numpy())
        known = facts.in_post["nip"].map(day)
        in_post = facts.in_post.assign(
            retires_on=known.fillna(facts.in_post["retires_on"]).astype("datetime64[us]")
        )
        with threadpool_limits(1):
            hazards = facts.model.hazards(spells, told.years + 1)
        return Staff(people, posted, in_post, hazards)

    def projected(self, told: Scenario) -> Projection:
        """Staff to the horizon, nobody hired."""
        key = (told.years, told.of("law", "exits"))
        return self.kept("projection", key, lambda: self._projected(told))

    def _projected(self, told: Scenario) -> Projection:
        facts, staff = self.facts, self.staff(told)
        levers = exit_levers(told, facts.rulebook, facts.as_of)
        known = set(staff.hazards)
        # A cause nobody has a hazard for cannot be moved; a factor on it changes nothing.
        factors = tuple(pair for pair in levers.factors if pair[0] in known)
        return projection(
            staff.posted,
            facts.as_of,
            told.years,
            staff.hazards,
            facts.model.year_effect,
            replace(levers, factors=factors),
            CELLS,
        )

    def staff_band(self, told: Scenario) -> pd.DataFrame:
        """Staff of today at the end of each year with its band, nobody hired."""
        key = (told.years, told.of("law", "exits"))
        return self.kept(
            "staff band", key, lambda: self.projected(told).bands((), with_leavers=False)
        )

    # ---- pupils and schools

    @property
    def school_year(self) -> int:
        """The school year that runs on the day of the edition, or the last with pupils if later."""
        as_of = self.facts.as_of
        running = as_of.year - (as_of < teachers.first_day(as_of.year))
        seen = self.facts.outlook
        return running if seen is None else max(running, int(seen.data.years[-1]))

    def private_share_today(self) -> float:
        """Share of last year's newcomers who entered private schools of the list."""
        return self.kept("private share", (), self._private_share)

    def _private_share(self) -> float:
        pupils = self.facts.stored.enrolment
        if pupils.empty:
            return 0.0
        last = pupils["school_year"] == pupils["school_year"].max()
        entered = pupils.loc[last & pupils["grade"].isin(_ENTRY_GRADES)]
        total = float(entered["pupil_count"].sum())
        private = entered.loc[~entered["npsn"].isin(self.facts.public_schools), "pupil_count"]
        return float(np.clip(private.sum() / total, 0.0, 0.95)) if total else 0.0

    def pupils(self, told: Scenario) -> Outlook | None:
        """Pupils of every school under the scenario."""
        seen = self.facts.outlook
        if seen is None:
            return None
        levers = pupil_levers(told, self.private_share_today())
        return self.kept("pupils", levers, lambda: enrolment.moved_by(seen, levers))

    def cells(self, told: Scenario) -> pd.DataFrame:
        """Pupils of state schools in scope by school, year and grade, from this year on."""
        return self.kept("cells", told.of("pupils"), lambda: self._cells(told))

    def _cells(self, told: Scenario) -> pd.DataFrame:
        seen, facts = self.pupils(told), self.facts
        columns = ["npsn", "school_year", "grade", "pupil_count", "level"]
        if seen is None:
            return pd.DataFrame(columns=columns)
        years = [int(seen.data.years[-1]), *seen.years]
        level = facts.schools.set_index("npsn")["level"]

        def rows(school: np.ndarray, column: np.ndarray) -> pd.DataFrame:
            now = seen.data.count[school, column, -1][:, None]
            pupils = np.concatenate([now, seen.cells[school, column]], axis=1)
            npsn = np.repeat(seen.data.school_ids[school].astype(str), len(years))
            return pd.DataFrame(
                {
                    "npsn": npsn,
                    "school_year": np.tile(years, len(school)),
                    "grade": np.repeat(seen.data.grades[column], len(years)),
                    "pupil_count": pupils.ravel(),
                    "level": level.reindex(npsn).to_numpy(),
                }
            )

        is_graded = seen.data.grades >= 0
        graded = rows(*np.nonzero(seen.serves & is_graded))
        totals = rows(*np.nonzero(seen.serves & ~is_graded))
        spread = teachers.evenly_by_grade(totals.drop(columns="grade"))
        table = pd.concat([graded, spread[columns]], ignore_index=True)
        kept = table["npsn"].isin(facts.public_schools)
        kept &= teachers.in_scope(table["level"], facts.rulebook)
        return table.loc[kept].reset_index(drop=True)

    # ---- mergers

    def mergers(self, told: Scenario) -> Mergers:
        """Which state schools merge and when; none where mergers are switched off."""
        facts = self.facts
        if not told["regrouping.is_on"] or facts.outlook is None:
            return Mergers({}, _no_merges(), facts.stored.school_facts)
        key = (told.years, told.of("regrouping", "pupils", "law", "need"))
        return self.kept("mergers", key, lambda: self._mergers(told))

    def _mergers(self, told: Scenario) -> Mergers:
        facts, cells = self.facts, self.cells(told)
        plans: dict[str, RegroupingPlan] = {}
        merges = [_no_merges()]
        school_facts = facts.stored.school_facts
        first = told.whole("regrouping.from_year") or first_possible_year(facts.as_of)
        last = max(first, facts.as_of.year + told.years)
        pace = Pace(tuple(range(first, last + 1)), told.whole("regrouping.most_a_year"))
        for level in sorted(cells["level"].unique()):
            plan = self.merge_plan(told, str(level))
            plans[str(level)] = plan
            if plan.infeasible or not (plan.table["action"] == MERGE).any():
                continue
            years = spread_over_years(
                plan, pace, facts.rulebook, cells, self.staff(told).in_post, need_choice(told),
                school_facts,
            )  # fmt: skip
            dated = years.merges.dropna(subset=["school_year"])
            merges.append(dated[["npsn", "into", "school_year"]].astype({"school_year": "int64"}))
            if school_facts is not None:
                school_facts = facts_around(plan, school_facts).after
        parts = [part for part in merges if len(part)] or merges[:1]
        return Mergers(plans, pd.concat(parts, ignore_index=True), school_facts)

    def merge_plan(self, told: Scenario, level: str) -> RegroupingPlan:
        """The proven plan of one level for the pupils of today."""
        return self.kept(
            "merge plan", (level, told.of("regrouping")), lambda: self._merge_plan(told, level)
        )

    def _merge_plan(self, told: Scenario, level: str) -> RegroupingPlan:
        facts = self.facts
        on = facts.as_of
        now = facts.stored.enrolment
        # Mergers are judged by the pupils of the last list, whatever births may do later.
        cells = self.cells(Scenario(told.name, years=told.years))
        year = int(cells["school_year"].min())
        own = cells.loc[(cells["level"] == level) & (cells["school_year"] == year)]
        schools = facts.schools.loc[facts.schools["npsn"].isin(own["npsn"])].reset_index(drop=True)
        names = schools["name"].astype("str").str.upper()
        schools = schools.assign(
            is_integrated=names.str.contains(r"\bSATAP\b|\bSATU ATAP\b", regex=True),
            status=schools["status"].fillna(PUBLIC),
        )
        history = now.loc[now["npsn"].isin(schools["npsn"])]
        unlisted = own.loc[~own["npsn"].isin(history["npsn"])]
        history = pd.concat([history, unlisted[history.columns]], ignore_index=True)
        may = candidates(schools, history, candidate_rules(told, on))
        wide = own.pivot_table(
            index="npsn", columns="grade", values="pupil_count", aggfunc="sum", fill_value=0
        )
        pupils = wide.reindex(schools["npsn"]).fillna(0).round().astype("int64")
        asked = prepared(
            schools,
            pupils,
            may.set_index("npsn")["is_candidate"],
            merge_limits(told, on, frozenset(schools["npsn"])),
            usual_prices(on),
            facts.rulebook,
            on,
        )
        return regrouping_plan(asked, seconds=MERGE_SECONDS)

    # ---- need

    def needed(self, told: Scenario) -> pd.DataFrame:
        """Teachers the rules ask for by school, school year and post, after mergers."""
        key = (told.years, told.of("pupils", "need"), self._merge_key(told))
        return self.kept("needed", key, lambda: self._needed(told))

    def _merge_key(self, told: Scenario) -> Hashable:
        if not told["regrouping.is_on"]:
            return ()
        return told.of("regrouping", "pupils", "law", "need")

    def merged(self, told: Scenario) -> pd.DataFrame:
        """Pupils of state schools after mergers, each from its year on."""
        cells, merges = self.cells(told), self.mergers(told).merges
        if merges.empty:
            return cells
        starts = cells["npsn"].map(merges.set_index("npsn")["school_year"])
        closed = (starts <= cells["school_year"]).fillna(False).astype(bool)
        moved = cells.assign(npsn=cells["npsn"].mask(closed, cells["npsn"].map(
            merges.set_index("npsn")["into"])))  # fmt: skip
        keys = ["npsn", "school_year", "grade", "level"]
        return moved.groupby(keys, as_index=False, sort=True)["pupil_count"].sum()

    def _needed(self, told: Scenario) -> pd.DataFrame:
        facts, cells, choice = self.facts, self.merged(told), need_choice(told)
        classes = teachers.rombel(cells, facts.rulebook, None, choice)
        known = self._school_facts(self.mergers(told))
        return teachers.teachers_needed(classes, facts.rulebook, None, choice, known)

    def _school_facts(self, mergers: Mergers) -> SchoolFacts | None:
        """Religions after mergers, and those of closing schools for the years before."""
        before, after = self.facts.stored.school_facts, mergers.facts
        if mergers.merges.empty or before is None or before.religions is None or after is None:
            return after
        closing = before.religions.loc[before.religions["npsn"].isin(mergers.merges["npsn"])]
        parts = [closing] if after.religions is None else [closing, after.religions]
        return replace(after, religions=pd.concat(parts, ignore_index=True))

    def held_from(self, told: Scenario) -> int | None:
        """First calendar year whose need of teachers is that of the year before; None: none is.

        Pupils are forecast ten years from the last list, which may be older than the roster.
        """
        seen = self.facts.outlook
        last = self.facts.as_of.year + told.years
        return None if seen is None or seen.years[-1] >= last else int(seen.years[-1]) + 1

    def needs(self, told: Scenario) -> Needs:
        """Posts needed on every basis, in the units of the gap.

        Method: docs/method.md eq. 232.
        """
        key = (told.years, told.of("pupils", "need"), self._merge_key(told))
        return self.kept("needs", key, lambda: self._needs(told))

    def _needs(self, told: Scenario) -> Needs:
        facts = self.facts
        units, book = facts.stored.units, facts.rulebook
        school, of_model = no_needs(year=True), frozenset[str]()
        cells = self.cells(told)
        if len(cells):
            school, of_model = school_posts(
                self.needed(told), units, book, schools=frozenset(cells["npsn"])
            )
            into = self.unit_into(told)
            if into:
                # One unit for the whole horizon: before the merge it needs what both need.
                keys = [column for column in school if column != "needed_count"]
                school = school.assign(unit_id=school["unit_id"].replace(into))
                school = school.groupby(keys, as_index=False, sort=True)["needed_count"].sum()
                of_model = frozenset(into.get(one, one) for one in of_model)
            school = _held(school, facts.as_of.year + told.years)
        abk, unmatched = self.kept("abk", (), self._abk)
        ratio = self.kept("ratio", (), lambda: ratio_posts(units, book, facts.as_of))
        return Needs(school, of_model, abk, ratio, unmatched)

    def _abk(self) -> tuple[pd.DataFrame, pd.DataFrame]:
        stored = self.facts.stored
        listed = stored.tables.get("post_needs", pd.DataFrame())
        return abk_posts(
            listed, stored.units, stored.rulebook, stored.local_titles, self.facts.posted
        )

    def unit_into(self, told: Scenario) -> dict[str, str]:
        """Unit of the receiver by unit of the closing school."""
        units = self.facts.stored.units
        schools = units.dropna(subset=["npsn"]).drop_duplicates("npsn").set_index("npsn")
        of = schools["unit_id"].to_dict()
        return {
            str(of.get(one, one)): str(of.get(other, other))
            for one, other in self.mergers(told).into.items()
        }

    # ---- moves

    def moves(self, told: Scenario) -> Moves | None:
        """Moves of surplus teachers; None where they are switched off or nothing is known."""
        if not told["redistribution.is_on"] or self.facts.outlook is None:
            return None
        key = (
            told.years,
            told.of("law", "pupils", "need", "redistribution"),
            self._merge_key(told),
        )
        return self.kept("moves", key, lambda: self._moves(told))

    def _moves(self, told: Scenario) -> Moves:
        facts, mergers = self.facts, self.mergers(told)
        book, staff = facts.rulebook, self.staff(told)
        year = self.school_year
        merges = mergers.merges
        if len(merges):
            year = min(max(year, int(merges["school_year"].min())), facts.as_of.year + told.years)
        done = merges.loc[merges["school_year"] <= year]
        into = dict(zip(done["npsn"], done["into"].astype("str"), strict=True))
        cells = self.cells(told)
        cells = cells.loc[cells["school_year"] == year].reset_index(drop=True)
        if into:
            cells = merged_cells(cells, into)
        choice = move_choice(told)
        on = max(facts.as_of, teachers.first_day(year))
        needs = needs_of(cells, book, hours_law(book, on, choice), need_choice(told), mergers.facts)
        situation = Situation(
            staff_of(staff.in_post, staff.people, book),
            needs,
            schools_of(facts.stored.profiles),
            on,
            year,
            into,
            _merge_km(mergers, into),
        )
        found = redistribute(situation, book, replace(choice, warn_years=0))
        return Moves(found, self._moved_posts(found), year)

    def _moved_posts(self, found: Redistribution) -> pd.DataFrame:
        """Who moves to another school, by post with its level."""
        from analytics.posts_needed import at_level

        away = found.moves.loc[found.moves["kind"].isin([MOVED, SPLIT])]
        level = away["to_npsn"].map(self.facts.schools.set_index("npsn")["level"])
        named = at_level(away["post"].astype("object"), level, self.facts.rulebook)
        counted = named.value_counts().sort_index()
        return pd.DataFrame(
            {"post": counted.index.astype("str"), "moved_count": counted.to_numpy(np.int64)}
        )

    # ---- gap

    def gap(self, told: Scenario) -> Gap:
        """Need less supply of every post, nobody hired and nobody moved."""
        key = (told.years, told.of("law", "exits", "pupils", "need"), self._merge_key(told))
        return self.kept("gap", key, lambda: self._gap(told))

    def _gap(self, told: Scenario) -> Gap:
        ahead, into = self.projected(told), self.unit_into(told)
        if into:
            cells = ahead.cells.assign(unit_id=ahead.cells["unit_id"].replace(into))
            ahead = replace(ahead, cells=cells)
        bases = told["need.bases"]
        choice = GapChoice(
            bases=bases if isinstance(bases, tuple) else (),
            count_part_time=bool(told["need.count_part_time"]),
            keep_teachers=bool(told["need.keep_teachers"]),
        )
        return gap(ahead, self.needs(told), self.facts.stored.units, choice, self.facts.rulebook)


def _no_merges() -> pd.DataFrame:
    return pd.DataFrame(columns=["npsn", "into", "school_year"]).astype(
        {"npsn": "str", "into": "str", "school_year": "int64"}
    )


def _merge_km(mergers: Mergers, into: dict[str, str]) -> dict[str, float]:
    tables = [plan.table for plan in mergers.plans.values()]
    if not tables:
        return {}
    table = pd.concat(tables).set_index("npsn")["distance_km"]
    return {one: float(table[one]) for one in into}


def _held(school: pd.DataFrame, until: int) -> pd.DataFrame:
    """Need of the last year that pupils are forecast for, kept for the years after it."""
    if school.empty or int(school["year"].max()) >= until:
        return school
    last = int(school["year"].max())
    own = school.loc[school["year"] == last]
    later = [own.assign(year=year) for year in range(last + 1, until + 1)]
    return pd.concat([school, *later], ignore_index=True)
