"""On the page on options: if formations are refused, for the best mix under this page's choices."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from analytics.rules import LawChoice
from analytics.scenario import Scenario, ScenarioError
from analytics.scenario_plan import ROBUST_MIX
from analytics.scenario_presets import presets
from pages.shared import inputs, layout, load, load_scenarios, shortfall_details
from pages.shared.load_scenarios import RefusedError
from pages.shared.replacement_inputs import Wish
from pages.shared.words import language, refusal, t, tn

# The preset whose plan is replayed; as the page on scenarios has it.
_PLAN = "best_mix"
_MINDED = "tahan"
_NUMBERS = (
    *("lead_months", "fill_share", "most_per_year", "yearly_share", "most_share"),
    *("investment_idr", "upkeep_idr"),
)


def draw(wish: Wish) -> None:
    """The best mix where formations are refused or half filled, and the plan that minds it."""
    layout.note(
        t(
            "Rencana sampai akhir {year}: bauran terbaik (satu pengganti untuk satu yang keluar, di"
            " dalam batas 30%), dengan dasar kebutuhan, gaji, APBD, andai-andai BUP, dan angka"
            " tengah pilihan di halaman ini, bagi semua jabatan.",
            year=wish.year,
        )
    )
    if left := not_carried(wish):
        layout.caution(
            tn("{n} angka pilihan yang diganti di halaman ini tidak ikut dalam rencana ini.", left)
        )
    is_minded = inputs.switch(
        _MINDED,
        t("Susun juga rencana yang tahan"),
        help=t("Beberapa rencana dipecahkan bersama: sampai setengah menit."),
    )
    try:
        told = scenario_of(wish, load.as_of().year, load.law_choice())
        if is_minded:
            told = told.moved("plan.rule", ROBUST_MIX)
        found = load_scenarios.result(load_scenarios.key(), told)
    except ScenarioError as error:
        layout.caution(refusal(error))
        return
    except RefusedError as error:
        layout.caution(str(error))
        return
    if found.summary["told"]:
        at = 1 if language() == "id" else 2
        for one in found.summary["told"]:  # type: ignore[attr-defined]
            layout.caution(str(one[at]))
    shortfall_details.draw(found, "banding_ditolak")
    st.caption(t("Tuas lain, peluang, dan rencananya sendiri: halaman Skenario, Bauran terbaik."))


def not_carried(wish: Wish) -> int:
    """How many numbers of options were replaced that a scenario has no lever for."""
    return sum(1 for one in wish.overrides if one.key not in _NUMBERS)


def scenario_of(wish: Wish, data_year: int, law: LawChoice) -> Scenario:
    """The best mix with what this page's visitor chose, until the year that is looked at.

    Parameters
    ----------
    data_year
        The year of the edition's day.
    law
        The readings in force with the proposal of this visitor's link; readings in force are those
        of every scenario.

    Raises
    ------
    ScenarioError
        When a chosen number is none that a scenario may have.
    """
    told = replace(presets()[_PLAN], years=wish.year - data_year)
    pay = wish.pay
    given: dict[str, object] = {
        "law.proposal": law.proposal,
        "law.proposal_from": None if law.proposal_from is None else law.proposal_from.year,
        "need.bases": wish.choice.bases,
        "need.count_part_time": wish.choice.count_part_time,
        "pay.spouse_share": pay.spouse_share,
        "pay.children_mean": pay.children_mean,
        "pay.is_part_time_in_cap": pay.is_part_time_in_cap,
        "pay.is_tpg_through_apbd": pay.is_tpg_through_apbd,
        "pay.yearly_raise_share": pay.yearly_raise_share,
        "budget.total_idr": wish.apbd_idr if wish.has_budget else None,
        "budget.personnel_idr": wish.personnel_idr if wish.has_budget else None,
        "budget.growth_share": wish.growth_share,
        "budget.transfer_cut_share": wish.cut_share,
        **{f"pay.tpp/{role}": idr for role, idr in pay.tpp_idr},
    }
    for one in wish.overrides:
        if one.key in _NUMBERS:
            thing = one.option if one.role_group == "*" else f"{one.option}/{one.role_group}"
            given[f"option.{one.key}/{thing}"] = one.mid
    for key, value in given.items():
        told = told.moved(key, value)
    return told
