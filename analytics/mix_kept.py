"""What can be kept: fixed formations over a limit, a cap passed already, floors out of reach."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from scipy.sparse import csr_matrix, hstack

from analytics.mix_ground import Ground
from analytics.mix_highs import relaxation, row_prices
from analytics.mix_programme import (
    CAP,
    FLOOR,
    INTAKE,
    MONEY,
    QUOTA,
    Programme,
    programme,
)
from analytics.mix_question import MixLimits, MixQuestion, Numbers, Terms, Whole
from analytics.mix_rounding import topped_up
from analytics.mix_solver import Aim, solved
from analytics.mix_told import (
    Told,
    cap_unmeetable,
    floor_needs,
    floor_unmet,
    floor_unproved,
    limit_words,
    lock_ineligible,
    lock_over,
)

_NOTHING = 1e-6
_SHARED = (QUOTA, INTAKE, MONEY, CAP)
# Posts and million rupiah below which a limit is not worth telling.
_WORTH_TELLING = 0.05
_ELASTIC_GAP = 1e-2
# Price of a post that floors go without, in people more of a limit.
_OUT_OF_REACH = 1e3


def within_cap(question: MixQuestion, limits: MixLimits) -> tuple[MixLimits, list[Told]]:
    """Where the cap is passed with nobody hired: told, and held at no worse."""
    room = limits.cap_room_idr
    if room is None or not (room < 0).any():
        return limits, []
    told = [
        cap_unmeetable(year, float(-own))
        for year, own in zip(question.years, room, strict=True)
        if own < 0
    ]
    return replace(limits, cap_room_idr=np.maximum(room, 0.0)), told


def with_locks(asked: Programme, limits: MixLimits) -> tuple[Programme, list[Told]]:
    """Limits that fixed formations pass by themselves: told, and loosened as far as that."""
    question = asked.question
    told = [
        lock_ineligible(lock.option, lock.role, lock.year, lock.count)
        for lock in limits.locks
        if lock.count
        and not question.options[question.option_index(lock.option)].is_eligible[
            question.roles.index(lock.role)
        ]
    ]
    if not asked.least.any():
        return asked, told
    used = np.asarray(asked.matrix @ asked.least)
    over = np.flatnonzero(used > asked.upper + _NOTHING)
    seen = set()
    for at in over.tolist():
        row = asked.rows[at]
        if row not in seen:
            amount = float(used[at] - asked.upper[at])
            told.append(lock_over(question, row, amount * (1e6 if row.kind in (MONEY, CAP) else 1)))
        seen.add(row)
    return replace(asked, upper=np.maximum(asked.upper, used)), told


def reachable_floor(ground: Ground) -> Numbers:
    """Floors (role, year) as far as lead times, eligibility and room for posts let.

    Method: docs/method.md eq. 229.
    """
    if not (ground.floor > _NOTHING).any():
        return ground.floor
    question = ground.question
    free = replace(question, options=tuple(_without_ceilings(one) for one in question.options))
    alone = MixLimits(floor_share=ground.limits.floor_share, overfill=ground.limits.overfill)
    short = _short(programme(replace(ground, question=free, limits=alone)))
    return np.maximum(ground.floor - short, 0.0)


def _without_ceilings(terms: Terms) -> Terms:
    """No ceiling on proposals, but in years that are closed."""
    most = terms.most_by_year
    open_years = None if most is None else np.where(most > 0, np.inf, 0.0)
    own = terms.most_by_role_year
    open_cells = None if own is None else np.where(own > 0, np.inf, 0.0)
    return replace(terms, most_by_year=open_years, most_by_role_year=open_cells)


def held_floors(asked: Programme, seconds: float) -> tuple[Programme, list[Told], Numbers | None]:
    """Floors that cannot all be kept: lowered by as little as can be, why, and a plan that does.

    Method: docs/method.md eq. 224.
    """
    loose, floors, aim = _elastic(asked)
    relaxed = relaxation(loose, aim.main)
    price = row_prices(loose, relaxed)
    # A plan by steps, so that one near the least is known however busy the server is.
    steps = topped_up(asked, relaxed.x, price, np.zeros(len(asked.cost)), may_lack=True)
    answer = solved(loose, aim, seconds, _ELASTIC_GAP)
    plans = [one for one in (answer.found, _with_lack(asked, floors, steps)) if one is not None]
    if not plans:
        return asked, [], None
    found = min(plans, key=lambda one: float(aim.main @ one))
    short = np.maximum(found[-len(floors) :], 0.0)
    lower = asked.lower.copy()
    lower[floors] -= short + _NOTHING
    told = _told_of_floors(asked, floors, short, relaxed.x[-len(floors) :], price)
    value, bound = float(short.sum()), max(answer.bound, float(relaxed.fun), 0.0)
    if told and value - bound > _WORTH_TELLING + _ELASTIC_GAP * value:
        told.append(floor_unproved(value, bound))
    start = found[: -len(floors)]
    return replace(asked, lower=lower), told + (_needs(asked) if told else []), start


def _told_of_floors(
    asked: Programme, floors: Whole, short: Numbers, relaxed_short: Numbers, price: Numbers
) -> list[Told]:
    """A sentence for each role and year below its floor, with the limits that hold it back.

    Parameters
    ----------
    short, relaxed_short
        What each floor lacks under the plan, and in the relaxed answer.
    price
        By row: what the relaxed answer gains by a unit more of it.
    """
    # What limits alone hold back shows in the relaxed answer; the rest is for want of whole plans.
    held = {
        asked.rows[at].year
        for at, own in zip(floors.tolist(), relaxed_short.tolist(), strict=True)
        if own > _NOTHING
    }
    binding = [
        row for row, own in zip(asked.rows, price, strict=True)
        if own > _NOTHING and row.kind in _SHARED
    ]  # fmt: skip
    told = []
    for at, amount in zip(floors.tolist(), short.tolist(), strict=True):
        row = asked.rows[at]
        if amount <= _WORTH_TELLING:
            continue
        words = [
            limit_words(one.kind, one.name)
            for one in binding
            if one.year <= row.year and row.year in held
        ]
        role, year = asked.question.roles[row.role], asked.question.years[row.year]
        told.append(floor_unmet(role, year, amount, words))
    return told


def _with_lack(asked: Programme, floors: Whole, plan: Numbers | None) -> Numbers | None:
    """A plan with what floors lack behind it."""
    if plan is None:
        return None
    used = np.asarray(asked.matrix[floors] @ plan)
    return np.concatenate([plan, np.maximum(asked.lower[floors] - used, 0.0)])


def _needs(asked: Programme) -> list[Told]:
    """How much more of the shared limits would keep every floor: at least so much."""
    shared = [at for at, row in enumerate(asked.rows) if row.kind in _SHARED]
    if not shared:
        return []
    own = np.array([row.kind in (MONEY, CAP) for row in asked.rows])[shared]
    # One person more weighs as much as what a person costs in a year.
    yearly = asked.cost[asked.cost > _NOTHING]
    each = float(np.median(yearly)) / len(asked.question.years) if len(yearly) else 1.0
    # What no limit of all would bring, such as people to spare, floors go without.
    floors = [at for at, row in enumerate(asked.rows) if row.kind == FLOOR]
    widened = _with_slack(_with_slack(asked, floors, 1.0), shared, -1.0)
    widened = replace(widened, most=_wider(asked, len(floors) + len(shared)))
    cost = np.concatenate([
        np.zeros(len(asked.cost)), np.full(len(floors), _OUT_OF_REACH),
        np.where(own, 1 / max(each, 1e-3), 1.0),
    ])  # fmt: skip
    relaxed = relaxation(widened, cost)
    if relaxed.x is None:
        return []
    more = relaxed.x[-len(shared) :]
    return [
        floor_needs(asked.question, asked.rows[at], float(extra) * (1e6 if is_money else 1.0))
        for at, extra, is_money in zip(shared, more, own, strict=True)
        if extra > _WORTH_TELLING
    ]


def _wider(asked: Programme, more: int) -> Numbers:
    """Most of each variable where the ceilings on proposals are wider; ``more`` come after."""
    free = [
        terms.kind == "hire" and terms.most_by_role_year is None for terms in asked.question.options
    ]
    is_free = np.array(free)[asked.option] & (asked.most[: asked.whole_count] > 0)
    most = np.concatenate([asked.most, np.full(more, np.inf)])
    most[: asked.whole_count][is_free] = np.inf
    return np.asarray(most)


def _short(asked: Programme) -> Numbers:
    """Posts (role, year) that floors lack at the least, in parts of people."""
    question = asked.question
    short = np.zeros((len(question.roles), len(question.years)))
    loose, floors, aim = _elastic(asked)
    relaxed = relaxation(loose, aim.main)
    for at, amount in zip(floors.tolist(), relaxed.x[-len(floors) :].tolist(), strict=True):
        row = asked.rows[at]
        short[row.role, row.year] = amount if amount > _NOTHING else 0.0
    return short


def _elastic(asked: Programme) -> tuple[Programme, Whole, Aim]:
    """The programme with what floors lack as variables at the end, and the least of it as aim."""
    floors = np.array([at for at, row in enumerate(asked.rows) if row.kind == FLOOR])
    loose = _with_slack(asked, floors.tolist(), 1.0)
    main = np.concatenate([np.zeros(len(asked.cost)), np.ones(len(floors))])
    return loose, floors, Aim(main, np.concatenate([asked.unfilled, np.zeros(len(floors))]))


def _with_slack(asked: Programme, rows: list[int], sign: float) -> Programme:
    count = len(rows)
    extra = csr_matrix(
        (np.full(count, sign), (rows, np.arange(count))), shape=(len(asked.rows), count)
    )
    none = np.zeros(count)
    return replace(
        asked,
        matrix=hstack([asked.matrix, extra], format="csr"),
        cost=np.concatenate([asked.cost, none]),
        unfilled=np.concatenate([asked.unfilled, none]),
        least=np.concatenate([asked.least, none]),
        most=np.concatenate([asked.most, np.full(count, 1e9)]),
    )
