"""A scenario in the words of each module: its own choice, made of the levers that belong to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from analytics import enrolment, projection_months
from analytics.budget import Budget, BudgetYear, budget
from analytics.mix_told import rupiah
from analytics.options import Option, Override
from analytics.pay_law import PayChoice
from analytics.projection_months import rules_levers
from analytics.redistribution_situation import MoveChoice
from analytics.regrouping_candidates import EXEMPTIONS, CandidateRules
from analytics.regrouping_limits import Limits
from analytics.regrouping_rules import counts_heavy_rooms, local_value
from analytics.regrouping_stored import NOTHING_SAVED, SavedMergers, with_saved
from analytics.rules import ANY, NO_PROPOSAL, LawChoice, RuleBook
from analytics.scenario import Scenario, ScenarioError
from analytics.scenario_refused import refuse_base_year
from analytics.teachers import NeedChoice

# Seconds for a programme of one level, and for all stages of moves.
MERGE_SECONDS, MOVE_SECONDS = 5.0, 5.0


def law_choice(told: Scenario, in_force: LawChoice, as_of: date) -> LawChoice:
    """Readings in force with those of the scenario on top, and its proposal."""
    proposal = str(told["law.proposal"])
    starts = told.whole("law.proposal_from") or as_of.year + 1
    readings = dict(in_force.readings)
    readings |= {name: str(one) for name, one in told.family("law.reading").items() if one}
    ages = {age[:2]: age for age in in_force.local_ages}
    for thing, years in told.family("law.local_age").items():
        role_group, _, jenjang = thing.partition("/")
        ages[role_group, jenjang or "-"] = (role_group, jenjang or "-", int(str(years)))
    return LawChoice(
        readings=tuple(sorted(readings.items())),
        proposal=proposal,
        proposal_from=date(starts, 1, 1) if proposal != NO_PROPOSAL else None,
        local_ages=tuple(sorted(ages.values())),
    )


def exit_levers(told: Scenario, rulebook: RuleBook, as_of: date) -> projection_months.Levers:
    """Renewal of contracts, leave before retirement and factors on causes."""
    usual = rules_levers(rulebook, as_of)
    renewed, leave = told.family("exits.renewal"), told.family("exits.mpp")
    factors = told.family("exits.factor")
    return projection_months.Levers(
        renewal=tuple(
            (who, float(str(renewed.get(who, share))), months)
            for who, share, months in usual.renewal
        ),
        mpp=tuple(
            (who, float(str(leave.get(who, share))), months) for who, share, months in usual.mpp
        ),
        factors=tuple((cause, float(str(factor))) for cause, factor in sorted(factors.items())),
    )


def pupil_levers(told: Scenario, private_share_today: float) -> enrolment.Levers:
    """Births, private schools and children from outside."""
    return enrolment.Levers(
        births_factor=told.number("pupils.births_factor") or 0.0,
        private_share_today=private_share_today,
        private_share=told.number("pupils.private_share"),
        cross_border_share_today=told.number("pupils.cross_border_share") or 0.0,
        cross_border_factor=told.number("pupils.cross_border_factor") or 0.0,
    )


def need_choice(told: Scenario) -> NeedChoice:
    """What decides the need of teachers beside pupils."""
    sizes = told.family("need.class_size")
    return NeedChoice(
        english=str(told["need.english"]),
        english_start=str(told["need.english_start"]),
        local_content=bool(told["need.local_content"]),
        electives=bool(told["need.electives"]),
        class_sizes=tuple((level, int(str(most))) for level, most in sorted(sizes.items())),
    )


def candidate_rules(told: Scenario, on: date) -> CandidateRules:
    """Which schools may be merged; fewer than nought pupils: that rule is off."""
    few = told.whole("regrouping.min_pupils")
    least = int(local_value("min_pupils", on)) if few is None else few
    not_exempt = _listed(told, "regrouping.not_exempt")
    is_on, share = bool(told["regrouping.damaged"]), told.number("regrouping.damaged_share")
    return CandidateRules(
        min_pupils=least or None,
        years_running=told.whole("regrouping.years_running") or 1,
        least_per_class=told.number("regrouping.least_per_class"),
        same_yard_km=told.number("regrouping.same_yard_km"),
        damaged=is_on,
        damaged_share=(share or local_value("damaged_share", on)) if is_on else None,
        damaged_from=str(told["regrouping.damaged_from"]),
        must_meet_all=bool(told["regrouping.must_meet_all"]),
        exempt=tuple(one for one in EXEMPTIONS if one not in not_exempt),
        always=_listed(told, "regrouping.candidates"),
        accept_shared=bool(told["regrouping.accept_shared"]),
    )


def _listed(told: Scenario, key: str) -> tuple[str, ...]:
    names = told[key]
    return names if isinstance(names, tuple) else ()


def merge_limits(
    told: Scenario, on: date, known: frozenset[str], saved: SavedMergers = NOTHING_SAVED
) -> Limits:
    """Within what mergers of one level must stay; locks of other levels (not ``known``) apart.

    Parameters
    ----------
    saved
        Locks in force for everybody; what the scenario itself locks goes before them.

    Method: docs/method.md eq. 300.
    """

    def here(key: str) -> tuple[str, ...]:
        return tuple(one for one in _listed(told, key) if one in known)

    heavy = told["regrouping.count_heavy_rooms"]
    limits = Limits(
        max_km=told.number("regrouping.max_km"),
        detour=local_value("detour", on),
        same=str(told["regrouping.same"]),
        most_into=told.whole("regrouping.most_into"),
        most_merges=told.whole("regrouping.most_merges"),
        lock_open=here("regrouping.lock_open"),
        lock_closed=here("regrouping.lock_closed"),
        accept_shared=bool(told["regrouping.accept_shared"]),
        count_heavy_rooms=counts_heavy_rooms(on) if heavy is None else bool(heavy),
    )
    return with_saved(limits, saved, known) if told["regrouping.use_locks"] else limits


def move_choice(told: Scenario) -> MoveChoice:
    """Within what moves of teachers must stay."""
    return MoveChoice(
        max_km=told.number("redistribution.max_km") or 0.0,
        years_before_bup=told.whole("redistribution.years_before_bup") or 0,
        split=bool(told["redistribution.split"]),
        linearity=str(told["redistribution.linearity"]),
        private="never",
        seconds=MOVE_SECONDS,
    )


def pay_choice(told: Scenario) -> PayChoice:
    """What is assumed about pay; the general raise stands in the prices and not in it."""

    def switch(key: str) -> bool | None:
        value = told[key]
        return None if value is None else bool(value)

    allowances = told.family("pay.tpp")
    return PayChoice(
        spouse_share=told.number("pay.spouse_share"),
        children_mean=told.number("pay.children_mean"),
        certified_share=told.number("pay.certified_share"),
        tpp_idr=tuple((role, float(str(idr))) for role, idr in sorted(allowances.items())),
        is_part_time_in_cap=switch("pay.is_part_time_in_cap"),
        is_tpg_through_apbd=switch("pay.is_tpg_through_apbd"),
        yearly_raise_share=told.number("pay.yearly_raise_share") or 0.0,
    )


# Numbers of an option that a lever replaces.
_OPTION_KEYS = (
    *("lead_months", "fill_share", "most_per_year", "yearly_share", "most_share"),
    *("investment_idr", "upkeep_idr"),
)


def option_overrides(told: Scenario, chosen: Sequence[Option]) -> tuple[Override, ...]:
    """Numbers of options that levers replace; what is said to be so has no spread.

    Shares of need are set for every role group that the option has one for.
    """
    found = []
    known = {option.option: option for option in chosen}
    for key in _OPTION_KEYS:
        for thing, value in told.family(f"option.{key}").items():
            name, _, role_group = thing.partition("/")
            roles = [role_group] if role_group else [ANY]
            if key in ("yearly_share", "most_share") and not role_group:
                roles = [role for role, _ in getattr(known[name], key)]
            number = float(str(value))
            found += [Override(name, key, number, number, number, role) for role in roles]
    return tuple(found)


def budget_of(
    told: Scenario, recorded: tuple[BudgetYear, ...], rulebook: RuleBook, as_of: date
) -> Budget | None:
    """The APBD with the levers on top; None where neither the edition nor a lever tells it.

    Raises
    ------
    ScenarioError
        When the levers give only a part of the base year, or a part above its whole.
    """
    total, personnel = told.number("budget.total_idr"), told.number("budget.personnel_idr")
    base = recorded[-1] if recorded else None
    if base is None and (total is None) != (personnel is None):
        raise ScenarioError(
            "Isi budget.total_idr dan budget.personnel_idr, atau impor APBD.",
            "Give both budget.total_idr and budget.personnel_idr, or import the APBD.",
        )
    if base is None and total is None:
        return None
    teacher = told.number("budget.teacher_allowance_idr")
    year = told.whole("budget.base_year")
    refuse_base_year(year, as_of)
    whole = (base.total_idr if base else 0.0) if total is None else total
    part = (base.personnel_idr if base else 0.0) if personnel is None else personnel
    inner = (base.teacher_allowance_idr if base else 0.0) if teacher is None else teacher
    _refuse_parts_above(whole, part, inner)
    last = BudgetYear(
        year=year or (base.year if base else as_of.year),
        total_idr=whole,
        personnel_idr=part,
        teacher_allowance_idr=inner,
        is_realised=base.is_realised if base else False,
        source=base.source if base else "",
        is_teacher_allowance_told=(
            teacher is not None or (base is not None and base.is_teacher_allowance_told)
        ),
        transfer_idr=base.transfer_idr if base else None,
    )
    earlier = tuple(one for one in recorded[:-1] if one.year < last.year)
    plan = budget((*earlier, last), rulebook, as_of)

    def or_usual(key: str, usual: float) -> float:
        value = told.number(key)
        return usual if value is None else value

    return replace(
        plan,
        growth_share=or_usual("budget.growth_share", plan.growth_share),
        other_growth_share=or_usual("budget.other_growth_share", plan.other_growth_share),
        transfer_share=or_usual("budget.transfer_share", plan.transfer_share),
        transfer_cut_share=or_usual("budget.transfer_cut_share", plan.transfer_cut_share),
        transfer_cut_from=told.whole("budget.transfer_cut_from") or plan.transfer_cut_from,
    )


def _refuse_parts_above(total: float, personnel: float, teacher: float) -> None:
    whole, part, inner = (rupiah(idr) for idr in (total, personnel, teacher))
    if personnel > total:
        raise ScenarioError(
            f"Belanja pegawai {part[0]} lebih dari belanja daerah {whole[0]}; periksa"
            " budget.total_idr dan budget.personnel_idr.",
            f"Personnel spending of {part[1]} is more than the whole APBD of {whole[1]}; check"
            " budget.total_idr and budget.personnel_idr.",
        )
    if teacher > personnel:
        raise ScenarioError(
            f"Tunjangan guru {inner[0]} lebih dari belanja pegawai {part[0]}; periksa"
            " budget.teacher_allowance_idr.",
            f"Teacher allowances of {inner[1]} are more than personnel spending of {part[1]};"
            " check budget.teacher_allowance_idr.",
        )
