"""What the page on moving teachers computes: the situation, the plan at once, the proven plan.

The first plan is on the screen within seconds; where its proof takes longer a worker of the server
goes on, and the screen replaces the plan when it is there. Frames are shared: read, never changed.
"""

from __future__ import annotations

import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import lru_cache

from analytics import teachers
from analytics.enrolment import Levers
from analytics.redistribution import Redistribution, redistribute
from analytics.redistribution_needs import (
    counting_own_teachers,
    merged_cells,
    needs_of,
    schools_of,
    staff_of,
    with_own_teachers,
)
from analytics.redistribution_rival import Rival, nearest_first
from analytics.redistribution_situation import NO_LOCKS, Locks, Situation, hours_law
from analytics.regrouping import MERGE, RegroupingPlan, regrouping_plan
from analytics.regrouping_facts import facts_around
from pages.shared import load, load_regrouping, load_schools, school_view, teacher_view
from pages.shared.load import PeopleKey
from pages.shared.load_regrouping import Question
from pages.shared.load_schools import PRIVATE, SchoolKey
from pages.shared.redistribution_inputs import Wish
from pages.shared.words import t

QUICK_SECONDS, PROOF_SECONDS, MERGER_SECONDS = 2.0, 60.0, 10.0
_KEPT_PROOFS = 8
_NEED_STAGES = ("need", "private_need")


@dataclass(frozen=True)
class MoveKey:
    """All that a plan of moves depends on; ``merging``: what is asked of mergers before it."""

    schools: SchoolKey
    people: PeopleKey
    wish: Wish
    locks: Locks
    merging: tuple[Question, ...] = ()


@dataclass(frozen=True, eq=False)
class Plan:
    """A plan of moves with what it started from; never to be changed.

    ``merged``: the mergers it comes after, level by level. ``unlocked``: the same
    without any lock, None where nothing is locked. ``spread_count``: schools whose pupils are told
    as totals only and were spread evenly. ``unlisted_private``: private schools left out because
    their own teachers are not known.
    """

    key: MoveKey
    situation: Situation
    found: Redistribution
    unlocked: Redistribution | None
    merged: tuple[RegroupingPlan, ...]
    is_proved: bool
    spread_count: int
    unlisted_private: int

    @property
    def gap(self) -> float:
        """The gap of the need filled, which comes before people and km."""
        return max((s.gap for s in self.found.stages if s.name in _NEED_STAGES), default=0.0)


@dataclass(frozen=True, eq=False)
class _Ground:
    situation: Situation
    merged: tuple[RegroupingPlan, ...]
    spread_count: int
    unlisted_private: int


def quick_plan(key: MoveKey) -> Plan:
    """The plan that is there at once, proved where that takes no longer."""
    ground = _ground(key)
    name = ("moves", key)
    free = _proved_without_locks(key)
    return load_schools.waited_for(
        name, lambda: _plan(key, ground, QUICK_SECONDS, free), t("Mencari perpindahan terbaik")
    )


def _proved_without_locks(key: MoveKey) -> Redistribution | None:
    """The same moves without any lock, where something is locked and they are proved already."""
    if key.locks == NO_LOCKS:
        return None
    plan = quick_plan(replace(key, locks=NO_LOCKS))
    return plan.found if plan.is_proved else None


def rival(key: MoveKey) -> Rival:
    """What moving the nearest first gives under the same limits."""
    situation = _ground(key).situation
    choice = key.wish.choice(QUICK_SECONDS)
    return load_schools.waited_for(
        ("rival", key),
        lambda: nearest_first(situation, load.rulebook(), choice, key.locks),
        t("Membandingkan dengan cara terdekat dahulu"),
    )


def _plan(key: MoveKey, ground: _Ground, seconds: float, unlocked: Redistribution | None) -> Plan:
    book, choice = load.rulebook(), key.wish.choice(seconds)
    found = redistribute(ground.situation, book, choice, key.locks)
    if key.locks != NO_LOCKS and unlocked is None:
        unlocked = redistribute(ground.situation, book, choice, NO_LOCKS)
    return Plan(
        key=key,
        situation=ground.situation,
        found=found,
        unlocked=unlocked,
        merged=ground.merged,
        is_proved=not any(stage.gap > 0 for stage in found.stages),
        spread_count=ground.spread_count,
        unlisted_private=ground.unlisted_private,
    )


# ---- the situation -------------------------------------------------------------------------------


def _ground(key: MoveKey) -> _Ground:
    # Locks change nothing of what is there.
    return _situation(replace(key, locks=NO_LOCKS))


@lru_cache(maxsize=8)
def _situation(key: MoveKey) -> _Ground:
    wish, book = key.wish, load.rulebook()
    cells = school_view.cells_of(key.schools, Levers())
    cells = cells.loc[teachers.in_scope(cells["level"], book)]
    listed = load_schools.schools_of(key.schools)
    private = set(listed.loc[listed["status"] == PRIVATE, "npsn"])
    in_post = teacher_view.in_post_of(key.schools, key.people)
    told = with_own_teachers(in_post, private)
    asked = told if wish.private else frozenset[str]()
    unlisted = len((private - told) & set(cells["npsn"])) if wish.private else 0
    cells = cells.loc[~cells["npsn"].isin(private - asked)].reset_index(drop=True)
    facts = load_schools.facts_of(key.schools)
    merged = tuple(merger_plan(question) for question in key.merging)
    merges, merge_km = dict[str, str](), dict[str, float]()
    for plan in merged:
        if plan.infeasible:
            continue
        closing = plan.table.loc[plan.table["action"] == MERGE]
        merges |= dict(zip(closing["npsn"], closing["into"].astype("str"), strict=True))
        merge_km |= dict(zip(closing["npsn"], closing["distance_km"].astype(float), strict=True))
        if facts is not None:
            facts = facts_around(plan, facts).after
    if merges:
        cells = merged_cells(cells, merges)
    on = max(key.people.as_of, teachers.first_day(wish.school_year))
    hours = hours_law(book, on, wish.choice(QUICK_SECONDS))
    ahead = cells.loc[cells["school_year"] >= wish.school_year].reset_index(drop=True)
    needs = needs_of(ahead, book, hours, wish.need, facts)
    staff = staff_of(counting_own_teachers(in_post, asked), load.people_of(key.people), book)
    profiles = load_schools.profiles_of(key.schools)
    situation = Situation(
        staff, needs, schools_of(profiles), on, wish.school_year, merges, merge_km
    )
    return _Ground(situation, merged, _spread_count(key.schools, set(needs["npsn"])), unlisted)


def _spread_count(key: SchoolKey, npsn: set[str]) -> int:
    """Schools whose last year is a total."""
    return len(npsn & load_regrouping.spread_schools(key))


def merger_plan(question: Question) -> RegroupingPlan:
    """The mergers of one level; solved once for all visitors."""
    told, _ = load_regrouping.asked(question)
    return load_schools.waited_for(
        ("mergers before moves", question),
        lambda: regrouping_plan(told, seconds=MERGER_SECONDS),
        t("Menghitung rencana penggabungan"),
    )


# ---- the proof, beside the screen ----------------------------------------------------------------


class _Desk:
    """One worker for proofs, so that nobody's first plan waits for another's proof."""

    def __init__(self) -> None:
        self.worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="estafet-proof")
        self.lock = threading.Lock()
        self.proofs: dict[MoveKey, Proof] = {}


@dataclass(frozen=True, eq=False)
class Proof:
    """A proof under way: the plan to come, and since when."""

    future: Future[Plan]
    began: float

    @property
    def waited_seconds(self) -> float:
        """How long ago it was asked for."""
        return time.monotonic() - self.began


_DESK = _Desk()


def stopped(key: MoveKey) -> None:
    """Nobody waits for this proof any more: dropped where it has not begun."""
    with _DESK.lock:
        held = _DESK.proofs.get(key)
        if held is not None and held.future.cancel():
            del _DESK.proofs[key]


def proof(key: MoveKey) -> Proof:
    """The longer solve behind a plan whose gap is open; asked for once for all visitors."""
    ground, free = _ground(key), _proved_without_locks(key)
    with _DESK.lock:
        held = _DESK.proofs.pop(key, None)
        if held is None or held.future.cancelled():
            future = _DESK.worker.submit(_plan, key, ground, PROOF_SECONDS, free)
            held = Proof(future, time.monotonic())
        _DESK.proofs[key] = held
        while len(_DESK.proofs) > _KEPT_PROOFS:
            oldest = next(iter(_DESK.proofs))
            _DESK.proofs.pop(oldest).future.cancel()
    return held
