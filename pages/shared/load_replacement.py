"""What the page on replacing reads and computes: the gap of posts, the options, pay and the cap.

The exit model and the forecast of pupils are learnt once for each edition, by a worker; the gap of
an edition follows in moments. Frames are shared by all visitors: read, never written into.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics import budget, teachers
from analytics.budget import Budget, BudgetYear
from analytics.enrolment import Levers
from analytics.options import HIRE, Option, Override, discount_rate, option_table, options
from analytics.pay_law import PayChoice, PayError
from analytics.pay_newcomer import newcomer_costs, of_role
from analytics.pay_path import PayPath, pay_path, spending
from analytics.posts_needed import (
    Needs,
    abk_posts,
    need_kept,
    no_needs,
    people_by_post,
    posts_as_needed,
    ratio_posts,
    school_posts,
)
from analytics.projection import Projection, projection
from analytics.projection_months import rules_levers
from analytics.replacement import Gap, GapChoice, gap
from pages.shared import exit_view, load, load_exits, load_schools, school_view, teacher_view
from pages.shared.load_exits import ExitKey
from pages.shared.load_schools import SchoolKey
from pages.shared.replacement_inputs import Wish
from pages.shared.words import t

CELLS = ("unit_id", "role_group", "post", "employment")
HORIZON_YEARS = load_exits.HORIZON_YEARS
# Years of service told of a newcomer.
SERVICE_YEARS = 10
_NO_UNITS = ("unit_id", "name", "opd", "kind", "npsn", "school_level", "kecamatan")


@dataclass(frozen=True)
class GapKey:
    """All that the supply and the need of an edition depend on."""

    exits: ExitKey
    schools: SchoolKey


@dataclass(frozen=True, eq=False)
class Ground:
    """People with their posts, their projection, and every need that is known.

    ``units`` as the edition has them; ``has_schools``: pupils are known, so that the school model
    answers.
    """

    posted: pd.DataFrame
    ahead: Projection
    needs: Needs
    units: pd.DataFrame
    has_schools: bool


def key() -> GapKey:
    """The key of the edition in force."""
    return GapKey(load_exits.exit_key(), load_schools.school_key())


def ground(asked: GapKey) -> Ground:
    """What the gap is made of; words on the screen while it is computed."""
    known = load_exits.learnt(asked.exits, exit_view.told_learning())
    has_schools = not load_schools.history_of(asked.schools).empty
    cells = school_view.cells_for_need(asked.schools, Levers()) if has_schools else pd.DataFrame()
    in_post = teacher_view.in_post_of(asked.schools, asked.exits.people)
    facts = load_schools.facts_of(asked.schools)
    units, listed = _units(asked.schools), _sheets(asked.schools)
    titles = load.state().local_titles()

    def computed() -> Ground:
        book, day = load.rulebook(), asked.exits.people.as_of
        needed = pd.DataFrame(columns=["npsn", "post", "needed_count", "school_year", "level"])
        school, school_units = no_needs(year=True), frozenset[str]()
        if len(cells):
            here = cells.loc[teachers.in_scope(cells["level"], book)].reset_index(drop=True)
            needed = teachers.teachers_needed(teachers.rombel(here, book), book, facts=facts)
            school, school_units = school_posts(needed, units, book, set(here["npsn"]))
            school = need_kept(school, day.year + HORIZON_YEARS)
        posts = posts_as_needed(in_post, needed) if len(in_post) else in_post
        posted = people_by_post(known.people, posts, book, units)
        abk, unmatched = (
            (no_needs(year=True), pd.DataFrame())
            if listed is None or listed.empty
            else abk_posts(listed, units, book, titles, posted)
        )
        needs = Needs(school, school_units, abk, ratio_posts(units, book, day), unmatched)
        ahead = projection(
            posted, day, HORIZON_YEARS, known.hazards, known.model.year_effect,
            rules_levers(book, day), CELLS,
        )  # fmt: skip
        return Ground(posted, ahead, needs, units, bool(len(cells)))

    return load_schools.waited_for(
        ("gap", asked, load.state().local_titles_version()), computed, t("Menghitung kekurangan")
    )


@lru_cache(maxsize=8)
def _units(asked: SchoolKey) -> pd.DataFrame:
    units = load_schools.answered(asked, "units", government_id="*")
    if units is None:
        return pd.DataFrame({name: pd.Series(dtype="object") for name in _NO_UNITS})
    return units.reindex(columns=list(dict.fromkeys([*_NO_UNITS, *units.columns])))


@lru_cache(maxsize=8)
def _sheets(asked: SchoolKey) -> pd.DataFrame | None:
    return load_schools.answered(asked, "post_needs")


# A ground is kept by whoever computed it; by its identity, so that nothing is hashed anew.
@lru_cache(maxsize=16)
def gap_of(held: Ground, choice: GapChoice) -> Gap:
    """The gap under a choice of bases."""
    return gap(held.ahead, held.needs, held.units, choice, load.rulebook())


# ---- options and pay -----------------------------------------------------------------------------


def options_of(wish: Wish) -> tuple[Option, ...]:
    """The seven options as they stand, with what this visitor replaced."""
    return _options(load.rulebook().version, load.as_of(), wish.overrides)


@lru_cache(maxsize=64)
def _options(version: str, on: date, overrides: tuple[Override, ...]) -> tuple[Option, ...]:  # noqa: ARG001 (part of the key)
    return options(load.rulebook(), on, overrides)


@dataclass(frozen=True, eq=False)
class Side:
    """The seven options side by side for one role group, and what is left of the leaver.

    ``table`` as ``options.option_table`` with ``in_cap_idr`` and ``has_price``; ``leaver_idr`` the
    mean yearly cost of those of the role group who leave by the end of the horizon.
    """

    table: pd.DataFrame
    leaver_idr: float
    leaver_count: float


@lru_cache(maxsize=32)
def _pay(held: Ground, choice: PayChoice) -> PayPath:
    return pay_path(held.posted, load.as_of(), HORIZON_YEARS, load.rulebook(), choice)


def side_by_side(held: Ground, wish: Wish) -> Side:
    """The options beside each other for the role group of the view."""
    return _side(held, wish.role_group, wish.pay, options_of(wish), wish.overrides)


@lru_cache(maxsize=32)
def _side(
    held: Ground,
    role_group: str,
    choice: PayChoice,
    chosen: tuple[Option, ...],
    overrides: tuple[Override, ...],
) -> Side:
    book, day = load.rulebook(), load.as_of()
    path = _pay(held, choice)
    hired = [option.option for option in chosen if option.kind == HIRE]
    costs = {
        option: of_role(known, role_group)
        for option in hired
        if (known := _newcomers(held, option, choice)) is not None
    }
    leaver, count = _leaver(held, path, role_group)
    rate = discount_rate(book, day, overrides).mid
    table = option_table(chosen, costs, leaver, rate)
    in_cap = [
        float(costs[one]["in_cap_idr"].iloc[0]) if one in costs else 0.0 for one in table["option"]
    ]
    return Side(table.assign(in_cap_idr=in_cap), leaver, count)


# For all role groups at once: the next one that is looked at costs nothing.
@lru_cache(maxsize=64)
def _newcomers(held: Ground, option: str, choice: PayChoice) -> Mapping[str, pd.DataFrame] | None:
    book, day, path = load.rulebook(), load.as_of(), _pay(held, choice)
    try:
        return newcomer_costs(
            option, SERVICE_YEARS, book, choice, on=day, staff=held.posted, path=path
        )
    except PayError:
        # Nobody of the permanent staff has a grade: a transfer has no price then.
        return None


def _leaver(held: Ground, path: PayPath, role_group: str) -> tuple[float, float]:
    """Mean yearly pay of those of a role group as they leave, and how many leave."""
    own = (held.posted["role_group"] == role_group).to_numpy() & path.is_priced
    present = held.ahead.paid_share()[own]
    share = np.where(path.years == path.as_of.year, path.first_year_share, 1.0)
    goes: NDArray[np.float64] = np.maximum(-np.diff(present / share, axis=1), 0.0)
    weight = float(goes.sum())
    if not weight:
        return float("nan"), 0.0
    return float((path.total_idr[own][:, :-1] * goes).sum()) / weight, weight


# ---- the cap -------------------------------------------------------------------------------------


def recorded(asked: GapKey) -> tuple[BudgetYear, ...]:
    """Recorded years of the APBD; none where the edition holds none."""
    return _recorded(asked.schools)


@lru_cache(maxsize=8)
def _recorded(asked: SchoolKey) -> tuple[BudgetYear, ...]:
    rows = load_schools.answered(asked, "budget_years")
    if rows is None or rows.empty:
        return ()
    return budget.recorded_years(rows)


@dataclass(frozen=True, eq=False)
class Cap:
    """Personnel spending of today's people, nobody replaced, against the cap.

    ``gauge`` as ``budget.gauge``, None while no APBD is known; ``spending`` by year;
    ``unpriced_count`` people without a grade.
    """

    gauge: pd.DataFrame | None
    spending: pd.DataFrame
    plan: Budget | None
    unpriced_count: int
    items: pd.DataFrame | None


def cap(held: Ground, asked: GapKey, wish: Wish) -> Cap:
    """The gauge of a view."""
    known = recorded(asked)
    base = known[-1] if known else None
    years = (*known[:-1], wish.budget_year(base)) if wish.has_budget or known else ()
    plan = None
    if years:
        usual = budget.budget(years, load.rulebook(), load.as_of())
        plan = wish.with_levers(usual)
    return _cap(held, wish.pay, plan)


@lru_cache(maxsize=32)
def _cap(held: Ground, choice: PayChoice, plan: Budget | None) -> Cap:
    book = load.rulebook()
    path = _pay(held, choice)
    spent = spending(path, held.ahead.paid_share())
    unpriced = int((~path.is_priced).sum())
    if plan is None:
        return Cap(None, spent, None, unpriced, None)
    other = budget.other_spending(path, plan, book, is_tpg_through_apbd=choice.is_tpg_through_apbd)
    found = budget.gauge(spent, plan, book, choice=choice, other_idr=other)
    return Cap(found, spent, plan, unpriced, budget.reconciliation(path, plan, book))
