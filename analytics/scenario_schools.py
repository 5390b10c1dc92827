"""The schools of a scenario: pupils, mergers, teachers needed, teachers moved.

Method: docs/method.md eq. 231-233, 236.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from analytics import enrolment, teachers
from analytics.enrolment_cells import CELL_COLUMNS, pupil_cells
from analytics.enrolment_learning import Outlook
from analytics.posts_needed import at_level
from analytics.redistribution import moves_alone
from analytics.redistribution_after import MOVED, SPLIT
from analytics.redistribution_needs import merged_cells, needs_of, schools_of, staff_of
from analytics.redistribution_situation import NO_LOCKS, Locks, Situation, hours_law
from analytics.regrouping import MERGE, RegroupingPlan, prepared, regrouping_plan
from analytics.regrouping_candidates import candidates
from analytics.regrouping_condition import one_roof
from analytics.regrouping_facts import facts_around, facts_in
from analytics.regrouping_rules import usual_prices
from analytics.regrouping_years import Pace, first_possible_year, spread_over_years
from analytics.scenario import Scenario
from analytics.scenario_choices import (
    MERGE_SECONDS,
    candidate_rules,
    merge_limits,
    move_choice,
    need_choice,
    pupil_levers,
)
from analytics.scenario_facts import PUBLIC
from analytics.scenario_people import PeopleStages
from analytics.scenario_refused import refuse_locks
from analytics.teachers import SchoolFacts

_ENTRY_GRADES = (1, 7, 10)
_BY_POST = ["school_year", "post", "moved_count"]


@dataclass(frozen=True, eq=False)
class Mergers:
    """Which schools merge, and from which school year: ``npsn``, ``into``, ``school_year``.

    ``merges`` has one row per closing school that a year was found for. ``plans`` by level.
    """

    plans: dict[str, RegroupingPlan]
    merges: pd.DataFrame

    @property
    def into(self) -> dict[str, str]:
        """Receiver by closing school."""
        return dict(zip(self.merges["npsn"], self.merges["into"], strict=True))


@dataclass(frozen=True, eq=False)
class Moves:
    """Teachers moved to another school.

    ``by_post``: ``post`` (with its level), ``moved_count``. ``school_year``: the one they fill.
    """

    by_post: pd.DataFrame
    school_year: int
    there: pd.DataFrame | None = None


class SchoolStages(PeopleStages):
    """Pupils, mergers, need and moves of state schools."""

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
        if seen is None:
            return pd.DataFrame(columns=CELL_COLUMNS)
        table = pupil_cells(seen, facts.schools.set_index("npsn")["level"])
        kept = table["npsn"].isin(facts.public_schools)
        kept &= teachers.in_scope(table["level"], facts.rulebook)
        return table.loc[kept].reset_index(drop=True)

    # ---- mergers

    def mergers(self, told: Scenario) -> Mergers:
        """Which state schools merge and when; none where mergers are switched off."""
        facts = self.facts
        if not told["regrouping.is_on"] or facts.outlook is None:
            return Mergers({}, _no_merges())
        key = (told.years, told.of("regrouping", "pupils", "law", "need"))
        return self.kept("mergers", key, lambda: self._mergers(told))

    def _mergers(self, told: Scenario) -> Mergers:
        facts, cells = self.facts, self.cells(told)
        taught = self.cells(Scenario(told.name, years=told.years))
        refuse_locks(told, set(facts.schools["npsn"]), set(taught["npsn"].unique()))
        plans: dict[str, RegroupingPlan] = {}
        merges = [_no_merges()]
        school_facts = facts.stored.school_facts
        first = told.whole("regrouping.from_year") or first_possible_year(facts.as_of)
        last = facts.as_of.year + told.years
        if first > last:
            # Nobody merges within the years of the scenario.
            return Mergers(plans, merges[0])
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
        return Mergers(plans, pd.concat(parts, ignore_index=True))

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
        taught = facts.schools["npsn"].isin(own["npsn"].unique())
        schools = facts.schools.loc[taught].reset_index(drop=True)
        damaged = told["regrouping.damaged_schools"]
        schools = schools.assign(
            is_integrated=one_roof(schools),
            status=schools["status"].fillna(PUBLIC),
            is_damaged=schools["npsn"].isin(damaged if isinstance(damaged, tuple) else ()),
        )
        history = now.loc[now["npsn"].isin(schools["npsn"])]
        unlisted = own.loc[~own["npsn"].isin(history["npsn"].unique())]
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
            merge_limits(told, on, frozenset(schools["npsn"]), facts.stored.mergers),
            usual_prices(on),
            facts.rulebook,
            on,
            facts.stored.mergers.roads if told["regrouping.use_roads"] else None,
        )
        return regrouping_plan(asked, seconds=MERGE_SECONDS)

    # ---- need

    def needed(self, told: Scenario) -> pd.DataFrame:
        """Teachers the rules ask for by school, school year and post, after mergers."""
        key = (told.years, told.of("pupils", "need"), self.merge_key(told))
        return self.kept("needed", key, lambda: self._needed(told))

    def merge_key(self, told: Scenario) -> Hashable:
        """The levers that mergers depend on; nothing where they are switched off."""
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
        years = classes["school_year"].to_numpy(dtype=np.int64)
        turns = np.unique(self.mergers(told).merges["school_year"].to_numpy(dtype=np.int64))
        # Between two years in which schools merge they stay as they are.
        stretch = np.searchsorted(turns, years, side="right")
        parts = [
            teachers.teachers_needed(
                classes.loc[stretch == at], facts.rulebook, None, choice,
                self._school_facts(told, int(years[stretch == at].min())),
            )
            for at in np.unique(stretch)
        ]  # fmt: skip
        if len(parts) == 1:
            return parts[0]
        none = teachers.teachers_needed(classes.iloc[:0], facts.rulebook, None, choice)
        table = pd.concat(parts or [none], ignore_index=True)
        return table.sort_values(["npsn", "school_year"], kind="stable", ignore_index=True)

    def _school_facts(self, told: Scenario, school_year: int) -> SchoolFacts | None:
        """Religions of the schools as mergers have left them in a school year."""
        before, merges = self.facts.stored.school_facts, self.mergers(told).merges
        if before is None or merges.empty:
            return before
        done = int((merges["school_year"] <= school_year).sum())
        key = (told.years, self.merge_key(told), done)
        return self.kept("school facts", key, lambda: self._facts_in(told, before, school_year))

    def _facts_in(self, told: Scenario, before: SchoolFacts, school_year: int) -> SchoolFacts:
        cells = self.cells(Scenario(told.name, years=told.years))
        today = cells.loc[cells["school_year"] == cells["school_year"].min()]
        pupils = today.groupby("npsn")["pupil_count"].sum()
        return facts_in(before, self.mergers(told).merges, pupils, school_year)

    # ---- moves

    def moves(self, told: Scenario) -> Moves | None:
        """Moves of surplus teachers; None where they are switched off or nothing is known."""
        if not told["redistribution.is_on"] or self.facts.outlook is None:
            return None
        key = (
            told.years,
            told.of("law", "pupils", "need", "redistribution"),
            self.merge_key(told),
        )
        return self.kept("moves", key, lambda: self._moves(told))

    def _moves(self, told: Scenario) -> Moves:
        facts, merges = self.facts, self.mergers(told).merges
        staff = self.staff(told)
        held = staff_of(staff.in_post, staff.people, facts.rulebook)
        year, ends = self.school_year, facts.as_of.year + told.years
        if not told["redistribution.every_year"]:
            if len(merges):
                year = min(max(year, int(merges["school_year"].min())), ends)
            found = self._moves_in(told, year, held, NO_LOCKS)
            return Moves(self._moved_posts(found).assign(school_year=year)[_BY_POST], year, None)
        last = min(ends, int(self.cells(told)["school_year"].max()))
        parts: list[pd.DataFrame] = []
        gone: list[pd.DataFrame] = []
        for each in range(year, last + 1):
            # Who was moved stays: a school is not told to give up whom it was just given.
            stays = Locks(stays=frozenset(one for part in gone for one in part["person_id"]))
            found = self._moves_in(told, each, held, stays)
            held = _after_moves(held, found)
            away = found.loc[found["kind"].isin([MOVED, SPLIT])]
            gone.append(away)
            parts.append(self._moved_posts(found).assign(school_year=each)[_BY_POST])
        return Moves(pd.concat(parts, ignore_index=True), year, self._still_there(gone, year, ends))

    def _moves_in(
        self, told: Scenario, year: int, held: pd.DataFrame, locks: Locks
    ) -> pd.DataFrame:
        """The moves of one school year, of teachers as they are held then."""
        facts, mergers = self.facts, self.mergers(told)
        book, merges = facts.rulebook, mergers.merges
        done = merges.loc[merges["school_year"] <= year]
        into = dict(zip(done["npsn"], done["into"].astype("str"), strict=True))
        cells = self.cells(told)
        cells = cells.loc[cells["school_year"] == year].reset_index(drop=True)
        if into:
            cells = merged_cells(cells, into)
        choice = move_choice(told)
        on = max(facts.as_of, teachers.first_day(year))
        known = self._school_facts(told, year)
        needs = needs_of(cells, book, hours_law(book, on, choice), need_choice(told), known)
        situation = Situation(
            held,
            needs,
            schools_of(facts.stored.profiles),
            on,
            year,
            into,
            _merge_km(mergers, into),
        )
        return moves_alone(situation, book, replace(choice, warn_years=0), locks)

    def _moved_posts(self, moves: pd.DataFrame) -> pd.DataFrame:
        """Who moves to another school, by post with its level."""
        away = moves.loc[moves["kind"].isin([MOVED, SPLIT])]
        counted = self._named_posts(away).value_counts().sort_index()
        return pd.DataFrame(
            {"post": counted.index.astype("str"), "moved_count": counted.to_numpy(np.int64)}
        )

    def _named_posts(self, away: pd.DataFrame) -> pd.Series:
        level = away["to_npsn"].map(self.facts.schools.set_index("npsn")["level"])
        return at_level(away["post"].astype("object"), level, self.facts.rulebook)

    def _still_there(self, gone: list[pd.DataFrame], first: int, ends: int) -> pd.DataFrame:
        """Who moved until a year and is still there at its end, by post.

        Method: docs/method.md eq. 301.
        """
        rows = pd.concat(
            [
                part.assign(since=first + at, post=self._named_posts(part))
                for at, part in enumerate(gone)
            ],
            ignore_index=True,
        )
        parts = []
        for year in range(first, ends + 1):
            end = pd.Timestamp(year, 12, 31)
            here = rows.loc[
                (rows["since"] <= year) & ((rows["retires_on"] > end) | rows["retires_on"].isna())
            ]
            counted = here.groupby("post").size()
            parts.append(
                pd.DataFrame(
                    {
                        "year": year,
                        "post": counted.index.astype("str"),
                        "moved_count": counted.to_numpy(np.int64),
                    }
                )
            )
        return pd.concat(parts, ignore_index=True)


def _after_moves(held: pd.DataFrame, moves: pd.DataFrame) -> pd.DataFrame:
    """Teachers as they stand after moves: nobody is added or lost."""
    if moves.empty:
        return held
    at = moves.drop_duplicates("person_id").set_index("person_id")
    npsn = held["person_id"].astype("str").map(at["to_npsn"])
    post = held["person_id"].astype("str").map(at["post"])
    return held.assign(
        npsn=npsn.fillna(held["npsn"]).astype(held["npsn"].dtype),
        post=post.fillna(held["post"]).astype(held["post"].dtype),
    )


def _no_merges() -> pd.DataFrame:
    kinds = {"npsn": "str", "into": "str", "school_year": "int64"}
    return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in kinds.items()})


def _merge_km(mergers: Mergers, into: dict[str, str]) -> dict[str, float]:
    tables = [plan.table for plan in mergers.plans.values()]
    if not tables:
        return {}
    table = pd.concat(tables).set_index("npsn")["distance_km"]
    return {one: float(table[one]) for one in into}
