"""What a person costs: against the published tables and worked costs."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from analytics import rules
from analytics.pay import PARTS, yearly_cost
from analytics.pay_law import PayChoice, pay_law
from analytics.pay_newcomer import newcomer_costs, of_role, replacement_saving
from analytics.pay_path import pay_path, spending
from analytics.rules import RuleError

ON = date(2026, 7, 1)
# Spouse and two children, no TPG: the family of the worked costs.
FAMILY = PayChoice(spouse_share=1.0, children_mean=2.0, certified_share=0.0)


def teachers(*rows: tuple[str, str | None, int | None]) -> pd.DataFrame:
    """One teacher per row: employment, grade as written, years of service in grade."""
    people = pd.DataFrame(rows, columns=["employment", "golongan", "service_years"])
    return people.assign(role_group="guru", jenjang="-", echelon=None)


@pytest.fixture(scope="module")
def book() -> rules.RuleBook:
    return rules.load()


# Worked out by hand from PP 5/2024 and Perpres 11/2024: 14 months and 12 of contributions.
@pytest.mark.parametrize(
    ("employment", "grade", "years", "million_idr"),
    [
        ("PNS", "III/a", 0, 55.1),
        ("PPPK", "IX", 0, 62.0),
        ("PNS", "IV/b", 32, 103.2),
        ("PNS", "IV/a", 28, 94.1),
    ],
)
def test_a_year_costs_what_was_worked_out_by_hand(book, employment, grade, years, million_idr):
    cost = yearly_cost(teachers((employment, grade, years)), ON, book, FAMILY)
    assert cost["total_idr"].iloc[0] / 1e6 == pytest.approx(million_idr, abs=0.05)


def test_one_for_one_replacement_frees_41_to_48_million_a_year(book):
    saving = replacement_saving(book, ON).set_index("option")["saving_idr"] / 1e6
    assert saving["pppk"] == pytest.approx(41.2, abs=0.05)
    assert saving["cpns"] == pytest.approx(48.1, abs=0.05)


def test_a_candidate_gets_eighty_percent_of_the_base_pay(book):
    cost = yearly_cost(teachers(("CPNS", "III/a", 0), ("PNS", "III/a", 0)), ON, book, FAMILY)
    assert cost["base_idr"].iloc[0] == pytest.approx(0.8 * 12 * 2_785_700)
    assert cost["base_idr"].iloc[1] == pytest.approx(12 * 2_785_700)


def test_the_parts_add_up(book):
    people = teachers(("PNS", "IV/b", 30), ("PPPK", "IX", 3), ("PPPK_PW", None, None))
    cost = yearly_cost(people, ON, book)
    assert np.allclose(cost[list(PARTS)].sum(axis=1), cost["total_idr"])


def test_spending_with_everybody_present_is_the_sum_of_everybody(book):
    people = teachers(("PNS", "IV/b", 30), ("PPPK", "IX", 3))
    path = pay_path(people, ON, 3, book)
    table = spending(path, np.ones((2, 4)))
    assert np.allclose(table["total_idr"], path.total_idr.sum(axis=0))


@pytest.mark.parametrize("day", [date(2021, 9, 1), date(2023, 9, 1)])
def test_a_day_without_salary_tables_is_named_as_it_was_asked(book, day):
    with pytest.raises(RuleError, match=f"PNS yang berlaku pada {day}.*sejak 2024-01-01"):
        pay_law(book, day)


def test_options_that_bring_nobody_cost_nothing_here(book):
    costs = newcomer_costs("teknologi", 5, book, on=ON)
    assert (of_role(costs, "guru")["total_idr"] == 0).all()
