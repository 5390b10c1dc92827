"""The people of a scenario: what is kept of earlier runs, dates and hazards, the projection.

Method: docs/method.md eq. 231.
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

from analytics.projection import Projection, projection
from analytics.retirement import DATE_COLUMNS, retirement_dates
from analytics.scenario import Scenario
from analytics.scenario_choices import exit_levers, law_choice
from analytics.scenario_facts import Facts
from analytics.scenario_refused import refuse_local_ages

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
}


@dataclass(frozen=True, eq=False)
class Staff:
    """People under a law: ``people`` and ``posted`` as in the facts with their dates under it.

    ``hazards``: cause -> (person, year), twelve months each from the day of the edition.
    """

    people: pd.DataFrame
    posted: pd.DataFrame
    in_post: pd.DataFrame
    hazards: dict[str, Numbers]


class Kept:
    """Answers kept by the levers they depend on; safe to share between threads."""

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


class PeopleStages(Kept):
    """Staff under the law of a scenario, and what becomes of them."""

    def staff(self, told: Scenario) -> Staff:
        """People with their dates and hazards under the law of the scenario."""
        facts = self.facts
        choice = law_choice(told, facts.origin.law, facts.as_of)
        return self.kept("staff", (choice, told.years), lambda: self._staff(told))

    def _staff(self, told: Scenario) -> Staff:
        facts = self.facts
        refuse_local_ages(told, facts.rulebook.retirement_age)
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
