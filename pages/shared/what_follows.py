"""What follows from those who leave, on the first page: pupils, empty posts, the limit.

Nobody waits for it: each sentence is told once its numbers stand ready for everybody.
"""

from __future__ import annotations

from analytics.enrolment import Levers
from pages.shared import load, load_scenarios, load_schools, scenario_view, school_inputs
from pages.shared import school_view as schools
from pages.shared.load_schools import PUBLIC
from pages.shared.scenario_link import FIRST, named
from pages.shared.school_inputs import EVERY, Scope

_AHEAD_YEARS = 10


def sentences() -> list[str]:
    """The sentences that can be told now; none while the law is another one than in force."""
    if load.law_choice().proposal != "none":
        return []
    return [f"{one}." for one in (_pupils(), _posts()) if one]


def _pupils() -> str:
    key = load_schools.school_key()
    if not load_schools.is_learnt(key):
        return ""
    # As the page Murid opens.
    level = "SD" if "SD" in school_inputs.levels(key) else EVERY
    has_public = (load_schools.schools_of(key)["status"] == PUBLIC).any()
    scope = Scope(key, level, PUBLIC if has_public else EVERY, (), _AHEAD_YEARS, Levers())
    if schools.in_scope(scope).empty:
        return ""
    return schools.finding(scope, schools.wave(scope))


def _posts() -> str:
    key, told = load_scenarios.key(), named(FIRST)
    if not load_scenarios.stands_ready(key, told):
        return ""
    return scenario_view.finding(scenario_view.seen(key, told))
