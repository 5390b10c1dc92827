"""A scenario in the words of each module: its own choice, made of the levers that belong to it."""

from __future__ import annotations

from datetime import date

from analytics import enrolment, projection_months
from analytics.projection_months import rules_levers
from analytics.redistribution_situation import MoveChoice
from analytics.regrouping import Limits
from analytics.regrouping_candidates import CandidateRules
from analytics.regrouping_rules import local_value
from analytics.rules import NO_PROPOSAL, LawChoice, RuleBook
from analytics.scenario import Scenario
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
    """Which schools may be merged."""
    few = told.whole("regrouping.min_pupils")
    return CandidateRules(
        min_pupils=int(local_value("min_pupils", on)) if few is None else few,
    )


def merge_limits(told: Scenario, on: date, known: frozenset[str]) -> Limits:
    """Within what mergers must stay; locks of schools that are not ``known`` here are left out."""

    def here(key: str) -> tuple[str, ...]:
        names = told[key]
        return tuple(one for one in names if one in known) if isinstance(names, tuple) else ()

    return Limits(
        max_km=told.number("regrouping.max_km"),
        detour=local_value("detour", on),
        same=str(told["regrouping.same"]),
        most_into=told.whole("regrouping.most_into"),
        most_merges=told.whole("regrouping.most_merges"),
        lock_open=here("regrouping.lock_open"),
        lock_closed=here("regrouping.lock_closed"),
    )


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
