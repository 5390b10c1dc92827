"""On the page on options: if formations are refused, for the best mix under this page's choices."""

from __future__ import annotations

import streamlit as st

from analytics.scenario import Scenario, ScenarioError
from analytics.scenario_plan import ROBUST_MIX
from analytics.scenario_presets import presets
from pages.shared import inputs, layout, load_scenarios, shortfall_details
from pages.shared.load_scenarios import RefusedError
from pages.shared.replacement_inputs import Wish
from pages.shared.words import language, t

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
            "Rencana: bauran terbaik (satu pengganti untuk satu yang keluar, di dalam batas 30%),"
            " dengan dasar kebutuhan, gaji, APBD, dan angka pilihan di halaman ini, bagi semua"
            " jabatan."
        )
    )
    is_minded = inputs.switch(
        _MINDED,
        t("Susun juga rencana yang tahan"),
        help=t("Beberapa rencana dipecahkan bersama: sampai setengah menit."),
    )
    try:
        told = scenario_of(wish)
        if is_minded:
            told = told.moved("plan.rule", ROBUST_MIX)
        found = load_scenarios.result(load_scenarios.key(), told)
    except ScenarioError as error:
        layout.caution(str(error) if language() == "id" else error.english)
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


def scenario_of(wish: Wish) -> Scenario:
    """The best mix with what this page's visitor chose.

    Raises
    ------
    ScenarioError
        When a chosen number is none that a scenario may have.
    """
    told = presets()[_PLAN]
    pay = wish.pay
    given: dict[str, object] = {
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
