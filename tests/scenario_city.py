"""The sample city as facts of scenarios, learnt once for all tests of a process. Synthetic."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from functools import cache
from pathlib import Path

import pandas as pd

from analytics import scenario_facts
from analytics.__main__ import main
from analytics.scenario import Scenario, scenario
from analytics.scenario_facts import Facts
from analytics.scenario_run import Result, run
from analytics.scenario_stages import Stages

# An invented APBD with room under the cap; that of the sample city has none.
BUDGET = {
    "budget.total_idr": 1.9e12,
    "budget.personnel_idr": 5.4e11,
    "budget.teacher_allowance_idr": 5e10,
}


@cache
def folder() -> Path:
    """A data folder with the sample city."""
    made = Path(tempfile.mkdtemp(prefix="estafet-scenario-"))
    assert main(["init", "--demo", "--data", str(made / "data")]) == 0
    return made / "data"


@cache
def facts() -> Facts:
    """The facts of the sample city."""
    return scenario_facts.facts(folder())


@cache
def stages() -> Stages:
    """Stages that all tests share: what one computed another uses."""
    return Stages(facts())


@cache
def without_budget() -> Stages:
    """The same city where no APBD was ever loaded."""
    own = facts()
    tables = {**own.stored.tables, "budget_years": pd.DataFrame()}
    return Stages(replace(own, stored=replace(own.stored, tables=tables)))


def told(name: str = "uji", **levers: object) -> Scenario:
    """A scenario from levers with ``__`` for the dot."""
    return scenario(name, {key.replace("__", "."): value for key, value in levers.items()})


def ran(**levers: object) -> Result:
    """A run on the sample city."""
    return run(told(**levers), stages())
