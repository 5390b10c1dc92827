"""A scenario's headline numbers against a second working-out that shares no code with the model.

On the sample city and on three small ones of other shapes, all synthetic: staff, leavers by law,
posts needed on every basis, unfilled posts of every role, spending, the ratio to the APBD.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analytics import scenario_facts
from analytics.projection_months import EARLY
from analytics.scenario import Scenario
from analytics.scenario_presets import presets
from analytics.scenario_run import Result, run
from analytics.scenario_stages import Stages
from tests import scenario_city
from tests.made_up_cities import SILENT, made
from tests.verified_scenario import Ground, Worked, city, ground, worked_out

CITIES = ("sample", "no_abk_no_births_no_budget", "no_schools")
NAMES = ("do_nothing", "zero_growth", "teachers_first", "best_mix")
# Schools that merge in several years, some silent on religions; ABK sheets of three years.
MERGING = "merging"
CASES = [(where, name) for where in CITIES for name in NAMES]
CASES += [("sample", "regroup_first"), (MERGING, "regroup_first"), (MERGING, "best_mix")]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    @cache
    def of(where: str) -> Path:
        if where == "sample":
            return scenario_city.folder()
        return made(where, tmp_path_factory.mktemp(where))

    return of


def scenario_of(where: str, name: str) -> Scenario:
    """A preset; where schools merge, at most two of a level a year."""
    told = presets()[name]
    if where == MERGING and told["regrouping.is_on"]:
        return told.moved("regrouping.most_a_year", 2).moved("regrouping.min_pupils", 200)
    return told


@pytest.fixture(scope="module")
def answers(folder):
    """By city and preset: what the model says, and what the plain working-out says."""

    @cache
    def known(where: str, name: str) -> tuple[Stages, Ground]:
        stages = scenario_city.stages() if where == "sample" else Stages(
            scenario_facts.facts(folder(where))
        )  # fmt: skip
        preset = scenario_of(where, name)
        staff = stages.staff(preset)
        total = np.minimum(
            sum(staff.hazards[cause] for cause in EARLY if cause in staff.hazards), 1
        )
        hazards = dict(zip(staff.people["nip"], map(tuple, total.tolist()), strict=True))
        merges = stages.mergers(preset).merges
        into = dict(
            zip(merges["npsn"], zip(merges["into"], merges["school_year"], strict=True),
                strict=True)
        )  # fmt: skip
        cells = stages.cells(preset)
        return stages, ground(city(folder(where)), cells, preset.years, hazards, into)

    @cache
    def of(where: str, name: str) -> tuple[Result, Worked]:
        told = scenario_of(where, name)
        stages, plain = known(where, name if told["regrouping.is_on"] else "do_nothing")
        result = run(told, stages)
        plan, moves = result.tables["plan"], result.tables["moves"]
        columns = [plan[each].tolist() for each in ("option", "role", "year", "formation_count")]
        moved = dict(zip(moves["post"], moves["moved_count"], strict=True))
        moved_in = int(moves["school_year"].iloc[0]) if len(moves) else 0
        return result, worked_out(plain, list(zip(*columns, strict=True)), moved, moved_in)

    return of


@pytest.mark.parametrize(("where", "name"), CASES)
def test_posts_needed_filled_and_left_empty_are_the_same_for_every_role(answers, where, name):
    result, worked = answers(where, name)
    for column, mine in (
        ("needed_count", worked.need),
        ("supply_count", worked.supply),
        ("unfilled_count", worked.unfilled),
    ):
        told = result.tables["filling"].set_index(["role", "year"])[column]
        both = pd.concat([told, pd.Series(mine, name="plain")], axis=1).fillna(0.0)
        apart = (both[column] - both["plain"]).abs() > 1e-6
        assert both.loc[apart].empty, column


@pytest.mark.parametrize(("where", "name"), CASES)
def test_staff_at_the_end_of_every_year_is_the_same_to_the_person(answers, where, name):
    result, worked = answers(where, name)
    staff = result.tables["staff"].set_index("year")["end_count"]
    assert staff.to_dict() == pytest.approx(worked.staff, abs=0.5 + 1e-6)


@pytest.mark.parametrize("where", CITIES)
def test_those_whom_the_law_sends_away_are_the_same_to_the_person(answers, where):
    result, worked = answers(where, "do_nothing")
    account = result.tables["staff_account"]
    by_law = -account.loc[account["step"] == "bup"].set_index("year")["change_count"]
    # Rounded with the other steps of a year, so that they add up.
    assert by_law.to_dict() == pytest.approx(worked.leavers_by_law, abs=1.0)


@pytest.mark.parametrize(("where", "name"), CASES)
def test_spending_and_its_share_of_the_apbd_are_the_same_to_the_rupiah(answers, where, name):
    result, worked = answers(where, name)
    money = result.tables["money"].set_index("year")["apbd_idr"]
    assert money.to_dict() == pytest.approx(worked.spending_idr, abs=5.0)
    ratio = result.tables["gauge"].set_index("year")["ratio_share"]
    assert ratio.to_dict() == pytest.approx(worked.ratio, abs=1e-9)


def test_schools_merge_in_several_years_and_one_that_tells_no_religion_is_among_them(answers):
    result, _ = answers(MERGING, "regroup_first")
    mergers = result.tables["mergers"]
    assert mergers["school_year"].nunique() >= 2
    silent = set(mergers["npsn"]) | set(mergers["into"])
    assert silent & SILENT and silent - SILENT


def test_the_need_by_abk_moves_with_the_sheets_of_its_years(answers):
    result, worked = answers(MERGING, "best_mix")
    by_abk = {
        role
        for role, bases in worked.basis.items()
        if "abk" in bases and "school_model" not in bases
    }
    moved = {
        role for role in by_abk
        if len({round(worked.need[role, year], 6) for year in result.asked.question.years}) > 1
    }  # fmt: skip
    assert len(moved) >= 3


def test_every_basis_of_need_is_met_with_in_some_city(answers):
    bases = set()
    for where in CITIES:
        result, worked = answers(where, "do_nothing")
        cells = result.gap.cells
        told = cells.groupby("role")["basis"].agg(lambda own: set(own) - {"none"})
        mine = {role: own - {"none"} for role, own in worked.basis.items()}
        assert {r: b for r, b in told.items() if b} == {r: b for r, b in mine.items() if b}
        bases |= set().union(*mine.values())
    assert bases == {"school_model", "abk", "ratio", "complement"}
