"""From facts to the gap: each stage computed once for the levers it depends on.

A lever moved later in the chain leaves the stages before it as they are. Safe to share between
threads: at worst two compute the same. Method: docs/method.md eq. 231-233.
"""

from __future__ import annotations

from dataclasses import replace

from analytics.posts_abk import joined
from analytics.posts_needed import Needs, need_kept, no_needs, school_posts
from analytics.replacement import Gap, GapChoice, gap
from analytics.scenario import Scenario
from analytics.scenario_schools import SchoolStages


class Stages(SchoolStages):
    """The stages of one set of facts, up to the gap."""

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
        key = (told.years, told.of("pupils", "need"), self.merge_key(told))
        return self.kept("needs", key, lambda: self._needs(told))

    def _needs(self, told: Scenario) -> Needs:
        facts = self.facts
        units, book = facts.stored.units, facts.rulebook
        school, of_model = no_needs(year=True), frozenset[str]()
        cells, (abk, unmatched) = self.cells(told), facts.abk
        if len(cells):
            school, of_model = school_posts(
                self.needed(told), units, book, schools=frozenset(cells["npsn"].unique())
            )
            into = self.unit_into(told)
            if into:
                # One unit for the whole horizon: before the merge it needs what both need.
                keys = [column for column in school if column != "needed_count"]
                school = school.assign(unit_id=school["unit_id"].replace(into))
                school = school.groupby(keys, as_index=False, sort=True)["needed_count"].sum()
                of_model = frozenset(into.get(one, one) for one in of_model)
                last = facts.as_of.year + told.years
                abk = joined(abk, into, range(facts.as_of.year, last + 1))
            school = need_kept(school, facts.as_of.year + told.years)
        return Needs(school, of_model, abk, facts.ratio, unmatched)

    def unit_into(self, told: Scenario) -> dict[str, str]:
        """Unit of the receiver by unit of the closing school."""
        key = (told.years, self.merge_key(told))
        return self.kept("unit into", key, lambda: self._unit_into(told))

    def _unit_into(self, told: Scenario) -> dict[str, str]:
        merged = self.mergers(told).into
        if not merged:
            return {}
        units = self.facts.stored.units
        schools = units.dropna(subset=["npsn"]).drop_duplicates("npsn").set_index("npsn")
        of = schools["unit_id"].to_dict()
        return {str(of.get(one, one)): str(of.get(other, other)) for one, other in merged.items()}

    def gap(self, told: Scenario) -> Gap:
        """Need less supply of every post, nobody hired and nobody moved."""
        key = (told.years, told.of("law", "exits", "pupils", "need"), self.merge_key(told))
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
            fill_from_within=bool(told["need.fill_from_within"]),
        )
        return gap(ahead, self.needs(told), self.facts.stored.units, choice, self.facts.rulebook)
