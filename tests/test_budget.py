"""The 30 % cap: recorded, modelled, and what lies between."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest

from analytics import rules
from analytics.budget import (
    Budget,
    BudgetYear,
    budget,
    gauge,
    other_spending,
    reconciliation,
)
from analytics.pay_law import PayChoice, PayError
from analytics.pay_path import pay_path

ON = date(2026, 7, 1)
BILLION = 1e9


@pytest.fixture(scope="module")
def book() -> rules.RuleBook:
    return rules.load()


@pytest.fixture(scope="module")
def staff() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "employment": ["PNS", "PPPK", "PPPK_PW"],
            "golongan": ["IV/b", "IX", None],
            "service_years": [30, 2, 0],
            "role_group": ["guru", "guru", "pelaksana"],
        }
    )


def modelled(*in_cap: float, outside: float = 0.0, first: int = 2026) -> pd.DataFrame:
    """Whole years of modelled spending in billions of rupiah."""
    years = np.arange(first, first + len(in_cap))
    return pd.DataFrame(
        {
            "year": years,
            "year_share": 1.0,
            "in_cap_idr": np.array(in_cap) * BILLION,
            "outside_cap_idr": outside * BILLION,
        }
    )


def plan(**changes: object) -> Budget:
    """A city with Rp 1,000 billion, of which 400 personnel, recorded for 2026."""
    return replace(Budget((BudgetYear(2026, 1000 * BILLION, 400 * BILLION),)), **changes)


def test_what_is_recorded_and_not_modelled_is_carried_on_and_shown(book):
    # 400 recorded, 340 modelled: 60 are council, allowances and the like. 330 + 60 of 1,000.
    table = gauge(modelled(340, 330), plan(), book)
    assert list(table["other_idr"]) == [60 * BILLION] * 2
    assert list(table["ratio_share"]) == [0.40, 0.39]
    assert list(table["room_idr"]) == [-100 * BILLION, -90 * BILLION]


def test_the_cap_binds_from_the_2027_budget_on(book):
    table = gauge(modelled(340, 330, 320), plan(), book)
    assert list(table["is_binding"]) == [False, True, True]
    assert set(table["limit_share"]) == {0.3}


def test_a_later_deadline_can_be_tried(book):
    choice = PayChoice(overrides=(("batas-mulai", 2029.0),))
    table = gauge(modelled(340, 330, 320, 310), plan(), book, choice=choice)
    assert list(table["is_binding"]) == [False, False, False, True]


def test_teacher_allowances_of_the_centre_do_not_count(book):
    # 400 recorded hold 50 of TPG: 350 count. The rest of the APBD is 950 where TPG is paid direct.
    own = Budget((BudgetYear(2026, 1000 * BILLION, 400 * BILLION, 50 * BILLION),))
    through = gauge(modelled(340, outside=50), own, book, is_tpg_through_apbd=True).iloc[0]
    direct = gauge(modelled(340, outside=50), own, book, is_tpg_through_apbd=False).iloc[0]
    assert through["ratio_share"] == pytest.approx(0.35)
    assert through["personnel_idr"] == 400 * BILLION
    assert direct["ratio_share"] == pytest.approx(350 / 950)
    assert direct["excluded_idr"] == 0


def test_a_cut_of_transfers_raises_the_ratio(book):
    # 29 % of the 65 % that transfers pay: 188.5 of 1,000 are gone from 2027 on.
    cut = plan(transfer_share=0.65, transfer_cut_share=0.29, transfer_cut_from=2027)
    table = gauge(modelled(340, 340), cut, book)
    assert list(table["apbd_idr"]) == [1000 * BILLION, 811.5 * BILLION]
    assert table["ratio_share"].iloc[1] == pytest.approx(400 / 811.5)


def test_growth_of_the_apbd_gives_room(book):
    table = gauge(modelled(340, 340, 340), plan(growth_share=0.05), book)
    assert list(table["apbd_idr"]) == [1000 * BILLION, 1050 * BILLION, 1102.5 * BILLION]
    assert table["room_idr"].is_monotonic_increasing


def test_a_row_of_half_a_year_is_held_against_the_whole(book):
    half = modelled(340, 330).assign(year_share=[0.5, 1.0])
    half.loc[0, "in_cap_idr"] /= 2
    assert gauge(half, plan(), book).equals(gauge(modelled(340, 330), plan(), book))


def test_a_year_that_is_already_recorded_is_not_guessed(book):
    own = Budget(
        (BudgetYear(2026, 1000 * BILLION, 400 * BILLION), BudgetYear(2027, 900e9, 390e9)),
        growth_share=0.1,
    )
    table = gauge(modelled(340, 330, 330), own, book)
    assert list(table["apbd_idr"]) == [1000 * BILLION, 900 * BILLION, 990 * BILLION]


def test_paruh_waktu_read_into_the_cap_raises_the_ratio_and_hides_nowhere(book, staff):
    # The record has no paruh waktu; reading them into the cap must not shrink what is left over.
    own = Budget((BudgetYear(2026, 1e9, 4e8),))
    ratios, others = [], []
    for reading in (False, True):
        choice = PayChoice(is_part_time_in_cap=reading)
        path = pay_path(staff, ON, 1, book, choice)
        other = other_spending(path, own, book)
        whole = pd.DataFrame(
            {
                "year": path.years,
                "year_share": 1.0,
                "in_cap_idr": path.in_cap_idr.sum(axis=0),
                "outside_cap_idr": 0.0,
            }
        )
        others.append(other)
        ratios.append(gauge(whole, own, book, other_idr=other)["ratio_share"].iloc[0])
    assert others[0] == others[1]
    assert ratios[1] - ratios[0] == pytest.approx(path.total_idr[2, 0] / 1e9)


def test_the_reconciliation_adds_up_to_the_recorded_rupiah(book, staff):
    own = Budget((BudgetYear(2026, 1e9, 4e8, 1e7),))
    path = pay_path(staff, ON, 1, book)
    table = reconciliation(path, own, book)
    assert table["amount_idr"].sum() == 400_000_000
    assert table["share"].sum() == pytest.approx(1)
    other = table.set_index("item")["amount_idr"]["other"]
    assert other == pytest.approx(other_spending(path, own, book), abs=10)


def test_allowances_that_nobody_wrote_down_are_those_modelled(book):
    own = Budget(
        (BudgetYear(2024, 1000e9, 400e9, is_teacher_allowance_told=False),), growth_share=0.0
    )
    table = gauge(modelled(340, outside=30), own, book, is_tpg_through_apbd=True)
    assert table["other_idr"].iloc[0] == 30 * BILLION  # 400 - 30 - 340
    assert table["apbd_idr"].iloc[0] == 1000 * BILLION


def test_a_budget_starts_from_what_the_rules_assume(book):
    own = budget((BudgetYear(2023, 1e12, 4e11),), book, ON)
    assert own.transfer_cut_from == 2027
    assert 0 < own.transfer_share < 1


def test_the_share_of_transfers_is_that_of_the_record_where_it_tells_it(book):
    own = budget((BudgetYear(2025, 1e12, 4e11, transfer_idr=6e11),), book, ON)
    assert own.transfer_share == 0.6


@pytest.mark.parametrize(
    "wrong",
    [
        {"total_idr": 1e9, "personnel_idr": 2e9},
        {"total_idr": 0.0, "personnel_idr": 0.0},
        {"total_idr": 1e9, "personnel_idr": 1e8, "teacher_allowance_idr": 2e8},
        {"total_idr": float("nan"), "personnel_idr": 1e8},
    ],
)
def test_amounts_that_cannot_be_of_one_year_are_refused(wrong):
    with pytest.raises(PayError):
        BudgetYear(2025, **wrong)


def test_years_twice_are_refused():
    one = BudgetYear(2025, 1e12, 4e11)
    with pytest.raises(PayError, match="menaik"):
        Budget((one, one))
