"""Which surplus teacher moves where: the most need filled, the fewest people moved, the least way.

Counts are proved by the programme; who of several alike goes is a stated, fixed order: furthest
from BUP first. Nobody is lost: everyone of the staff stands once in the answer.
"""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analytics.redistribution_after import (
    MOVED,
    RETASKED,
    SPLIT,
    after_moves,
    left_over,
    still_short,
)
from analytics.redistribution_cells import Ground, cells_after, ground
from analytics.redistribution_findings import findings
from analytics.redistribution_left import left_reasons
from analytics.redistribution_lost import lost_in_year
from analytics.redistribution_programme import Answer, Stage, solve
from analytics.redistribution_reach import Reach, reach
from analytics.redistribution_reasons import move_reasons
from analytics.redistribution_short import unfilled_reasons
from analytics.redistribution_situation import (
    CAREFUL,
    NO_LOCKS,
    HoursLaw,
    Locks,
    MoveChoice,
    Question,
    Situation,
    question,
)
from analytics.rules import RuleBook

# Solves until it is known who of those who must move does.
_MOST_TRIES = 3
MOVE_COLUMNS = [
    *("person_id", "kind", "from_npsn", "to_npsn", "other_npsn", "from_post", "post", "other_post"),
    *("needed_count", "in_post_before", "in_post_after", "hours_before", "is_hours_estimated"),
    *("hours_after", "hours_satmin", "hours_other", "km", "other_km", "retires_on", "employment"),
    *("certificate_post", "is_private", "is_from_closing", "is_by_home", "lost_in_year"),
    *("reason_code", "reason", "warning", "reason_en", "warning_en"),
]


@dataclass(frozen=True, eq=False)
class Redistribution:
    """What was found; every frame is in a fixed order.

    ``moves``: one row per person who gets another post (columns ``MOVE_COLUMNS``); ``kind`` is
    ``move``, ``split`` (satmin ``to_npsn`` and additional ``other_npsn``) or ``same_school``.
    ``unfilled``: one row per school and post still short: ``npsn``, ``post``, ``short_count``,
    ``short_fte``, ``reason_code``, ``reason``, ``reason_en``, ``nearest_km``.
    ``surplus_left``: one row per school and post with people to spare: ``npsn``, ``post``,
    ``surplus_count``, ``moved_count``, ``left_count``, ``follows_npsn`` (receiver of a closing
    school), ``reason_code``, ``reason``, ``reason_en``, ``nearest_km``.
    ``people``: one row per person of the staff: ``person_id``, ``npsn``, ``post``, ``outcome``,
    ``npsn_after``, ``post_after``.
    ``findings``: one row per thing to mend or know: ``code``, ``npsn``, ``person_id``, ``text``,
    ``remedy`` and in English ``text_en``, ``remedy_en``.
    ``stages``: what each stage reached and what is proved. ``law``: the hours used.
    ``counts``: sums for a headline; ``opened_count``: posts that movers taught beside their own and
    that are short after it, so that ``vacant_count`` and these are filled or unfilled;
    ``covered_hours``: JP a week taught beside posts, no need before the moves. ``uncovered_count``:
    posts beside which somebody teaches, but whose hours are not told.
    """

    moves: pd.DataFrame
    unfilled: pd.DataFrame
    surplus_left: pd.DataFrame
    people: pd.DataFrame
    findings: pd.DataFrame
    stages: tuple[Stage, ...]
    law: HoursLaw
    counts: dict[str, float]


def redistribute(
    situation: Situation,
    rulebook: RuleBook,
    choice: MoveChoice = CAREFUL,
    locks: Locks = NO_LOCKS,
) -> Redistribution:
    """Moves of surplus teachers to empty posts, lexicographically the best.

    Parameters
    ----------
    situation
        Staff, needs and schools on one day, needs already those after any mergers.
    rulebook
        For hours a week and who may serve in a private school.
    choice, locks
        What the user decided.

    Returns
    -------
    See :class:`Redistribution`. Proved in this order: must-move locks met; need filled in state
    schools less what movers taught beside their post, then in private ones; people moved; of them
    out of schools that stay open; km; the longest way; people whose certificate is proved. Of
    people alike in all of it the one furthest from BUP goes, then the lower ``person_id``.

    Raises
    ------
    RuleError
        When the law of the day has no answer on hours.

    Method: docs/method.md eq. 141-156, 327-328.
    """
    start = time.monotonic()
    found = _planned(situation, rulebook, choice, locks)
    base, ways, asked = found.base, found.ways, found.asked
    moves = move_reasons(found.moves, base, situation)[MOVE_COLUMNS]
    planned = after_moves(base.cells, moves)
    after = after_moves(cells_after(base, asked, moves), moves)
    short = still_short(base, planned, after, asked.law)
    unfilled = unfilled_reasons(short, base, ways, asked, moves)
    left = left_reasons(left_over(base, moves), base, ways, asked, short)
    people = _outcomes(situation, base, moves)
    told = findings(base, moves, asked)
    counts = _counts(base, moves, unfilled, left, int(short["opened_count"].sum()))
    counts["seconds"] = time.monotonic() - start
    stages = found.answer.stages
    return Redistribution(moves, unfilled, left, people, told, stages, asked.law, counts)


def moves_alone(
    situation: Situation,
    rulebook: RuleBook,
    choice: MoveChoice = CAREFUL,
    locks: Locks = NO_LOCKS,
) -> pd.DataFrame:
    """The moves of :func:`redistribute`, without saying why: half the work.

    Returns
    -------
    The columns ``MOVE_COLUMNS`` up to ``lost_in_year``.
    """
    return _planned(situation, rulebook, choice, locks).moves


@dataclass(frozen=True, eq=False)
class _Planned:
    """The moves, and what they were chosen among."""

    asked: Question
    base: Ground
    ways: Reach
    answer: Answer
    moves: pd.DataFrame


def _planned(
    situation: Situation, rulebook: RuleBook, choice: MoveChoice, locks: Locks
) -> _Planned:
    asked = question(situation, rulebook, choice, locks)
    leavers = locks.moves
    for _ in range(_MOST_TRIES):
        base = ground(asked, leavers)
        ways = reach(base, asked)
        answer = solve(base, ways, asked.law, choice.seconds)
        moves = _moves(situation, base, ways, _people_by_way(base, ways, answer))
        # Who must move and cannot goes on teaching beside his post: that is no need after all.
        goes = leavers & set(moves["person_id"])
        if base.beside.empty or not (leavers - goes) & set(base.beside["person_id"]):
            break
        leavers = goes
    moves = moves.assign(lost_in_year=lost_in_year(situation, base, moves, choice))
    return _Planned(asked, base, ways, answer, moves)


def _people_by_way(base: Ground, ways: Reach, answer: Answer) -> list[tuple[int, int]]:
    """Pairs (row of ``people``, row of ``ways``): who of each group takes which way.

    Method: docs/method.md eq. 155.
    """
    taken: dict[int, list[int]] = {}
    group_of = ways.ways["group"].tolist()
    for way in np.flatnonzero(answer.counts).tolist():
        taken.setdefault(group_of[way], []).extend([way] * int(answer.counts[way]))
    km = (ways.ways["km"] + ways.ways["other_km"]).to_numpy()
    members = ways.groups["people"].tolist()
    chosen: list[tuple[int, int]] = []
    for group in sorted(taken):
        people = members[group]
        # The longest way to whoever serves longest: it is repaid for more years.
        order = sorted(taken[group], key=lambda way: (-km[way], way))
        chosen += list(zip(people, order, strict=False))
    return _furthest_from_bup(base, ways, chosen)


def _furthest_from_bup(
    base: Ground, ways: Reach, chosen: list[tuple[int, int]]
) -> list[tuple[int, int]]:
    """Exchange who goes for a colleague of the same school and post who serves longer.

    Only where the colleague has the very same way and as good a certificate, so that nothing
    proved changes.
    """
    frame, groups = ways.ways, ways.groups
    same = ["cell", "slot", "other_cell"]
    key_of = list(frame[same].itertuples(index=False, name=None))
    has_way: dict[tuple, dict[int, int]] = {}
    for way, (group, key) in enumerate(zip(frame["group"], key_of, strict=True)):
        has_way.setdefault(key, {})[int(group)] = way
    names = ("people", "cell", "must_move", "has_certificate")
    members, cell_of, must_move, has_certificate = (groups[name].tolist() for name in names)
    opens = list(zip(groups["opens"], groups["opens_private"], strict=True))
    group_of = {person: at for at, people in enumerate(members) for person in people}
    mates: dict[int, list[int]] = {}
    for at, cell in enumerate(cell_of):
        mates.setdefault(cell, []).append(at)
    until = base.people["retires_on"].fillna(pd.Timestamp("1900-01-01")).to_numpy()
    goes = {person for person, _ in chosen}
    result: list[tuple[int, int]] = []
    for person, way in chosen:
        group = group_of[person]
        if must_move[group]:
            result.append((person, way))
            continue
        best, best_way = person, way
        for other in mates[cell_of[group]]:
            own = has_way[key_of[way]].get(other)
            same_proof = has_certificate[other] == has_certificate[group]
            same_opened = opens[other] == opens[group]
            if other == group or own is None or not same_proof or not same_opened:
                continue
            for mate in members[other]:
                if mate not in goes and until[mate] > until[best]:
                    best, best_way = mate, own
        goes.discard(person)
        goes.add(best)
        result.append((best, best_way))
    return sorted(result)


def _moves(
    situation: Situation, base: Ground, ways: Reach, chosen: list[tuple[int, int]]
) -> pd.DataFrame:
    cells, people, place = base.cells, base.people, base.schools
    rows = np.array([person for person, _ in chosen], dtype=np.int64)
    taken = np.array([way for _, way in chosen], dtype=np.int64)
    way = {name: ways.ways[name].to_numpy()[taken] for name in ways.ways}
    to, other = way["cell"].astype(np.int64), way["other_cell"].astype(np.int64)
    has_other = other >= 0
    kind = np.select([has_other, way["is_same_school"].astype(bool)], [SPLIT, RETASKED], MOVED)

    def of(frame: pd.DataFrame, name: str, at: np.ndarray) -> pd.Series:
        return pd.Series(frame[name].array.take(at))

    def text(frame: pd.DataFrame, name: str, at: np.ndarray) -> pd.Series:
        return of(frame, name, at).astype("str")

    def second(name: str) -> pd.Series:
        found = cells[name].to_numpy(dtype=object)[np.maximum(other, 0)]
        return pd.Series(np.where(has_other, found, ""), dtype="str")

    # Whoever moves leaves the cell of his group.
    origin = ways.groups["cell"].to_numpy(dtype=np.int64)[way["group"].astype(np.int64)]
    held = cells["in_post_count"].to_numpy(dtype=float)[origin]
    share = cells["hours"].to_numpy(dtype=float)[origin] / np.where(held > 0, held, np.nan)
    # A way that only the home kecamatan opens, from a school nobody knows the place of.
    present, target = text(people, "npsn", rows), text(cells, "npsn", to)
    is_merge = target == present.map(
        {npsn: into for npsn, into in situation.merges.items() if npsn in situation.merge_km}
    )
    is_unknown = ~present.isin(list(base.where)) & (present != target) & ~is_merge
    told = pd.to_numeric(of(people, "hours", rows))
    before = of(cells, "in_post_count", to).astype("int64")
    entered = np.bincount(np.concatenate([to, other[has_other]]), minlength=len(cells))
    moves = pd.DataFrame(
        {
            "person_id": text(people, "person_id", rows),
            "kind": pd.Series(kind, dtype="str"),
            "from_npsn": text(people, "npsn", rows),
            "to_npsn": text(cells, "npsn", to),
            "other_npsn": second("npsn"),
            "from_post": text(people, "held_post", rows),
            "post": text(cells, "post", to),
            "other_post": second("post"),
            "needed_count": of(cells, "needed_count", to).astype("int64"),
            "in_post_before": before,
            "hours_before": told.fillna(pd.Series(share)).round(1),
            "is_hours_estimated": told.isna() & pd.Series(~np.isnan(share)),
            "hours_after": np.round((way["hours"] + way["other_hours"]).astype(float), 1),
            "hours_satmin": np.round(way["hours"].astype(float), 1),
            "hours_other": np.round(way["other_hours"].astype(float), 1),
            "km": np.where(is_unknown, np.nan, way["km"].astype(float)),
            "other_km": way["other_km"].astype(float),
            "retires_on": of(people, "retires_on", rows),
            "employment": text(people, "employment", rows),
            "certificate_post": text(people, "certificate_post", rows),
            "is_private": way["is_private"].astype(bool),
            "is_from_closing": of(people, "npsn", rows).isin(list(situation.merges)).astype(bool),
        }
    )
    home = people["home_kecamatan"].to_numpy(dtype=object)[rows]
    there = place["kecamatan"].reindex(moves["to_npsn"]).to_numpy(dtype=object)
    moves["is_by_home"] = (there == home).astype(bool) & (home != "").astype(bool)
    moves["in_post_after"] = before + entered[to]
    return moves.sort_values(["from_npsn", "from_post", "person_id"], ignore_index=True)


def _outcomes(situation: Situation, base: Ground, moves: pd.DataFrame) -> pd.DataFrame:
    people = base.people
    goes = moves.set_index("person_id")
    merges = dict(situation.merges)
    outcome = people["status"].replace({"no_surplus": "stays", "candidate": "surplus_stays"})
    closing = people["npsn"].isin(list(merges)) & ~people["status"].isin(["gone", "apart"])
    outcome = outcome.mask(closing, "follows_pupils")
    kind = people["person_id"].map(goes["kind"]) if len(goes) else None
    after = people["npsn"].where(~closing, people["npsn"].map(merges))
    post = people["held_post"]
    if kind is not None:
        moved = kind.notna()
        outcome = outcome.mask(moved, kind)
        after = after.mask(moved, people["person_id"].map(goes["to_npsn"]))
        post = post.mask(moved, people["person_id"].map(goes["post"]))
    return pd.DataFrame(
        {
            "person_id": people["person_id"].astype("str"),
            "npsn": people["npsn"].astype("str"),
            "post": people["held_post"].astype("str"),
            "outcome": outcome.astype("str"),
            "npsn_after": after.astype("str"),
            "post_after": post.astype("str"),
        }
    )


def _counts(
    base: Ground,
    moves: pd.DataFrame,
    unfilled: pd.DataFrame,
    left: pd.DataFrame,
    opened_count: int,
) -> dict[str, float]:
    kinds = Counter(moves["kind"])
    km = moves["km"] + moves["other_km"]
    going = moves.loc[moves["kind"] != RETASKED]
    return {
        "people_count": len(base.people),
        "vacant_count": int(base.cells["vacant_count"].sum()),
        "filled_count": int(
            base.cells["vacant_count"].sum() + opened_count - unfilled["short_count"].sum()
        ),
        "opened_count": opened_count,
        "covered_hours": base.lowered.hours,
        "uncovered_count": base.lowered.untold_count,
        "surplus_count": int(base.cells["surplus_count"].sum()),
        "moved_count": kinds[MOVED] + kinds[SPLIT],
        "split_count": kinds[SPLIT],
        "same_school_count": kinds[RETASKED],
        "private_count": int(moves["is_private"].sum()),
        "unfilled_count": int(unfilled["short_count"].sum()),
        "left_count": int(left["left_count"].sum()),
        "km": float(km.sum()),
        "unknown_km_count": int(km.isna().sum()),
        "worst_km": float(moves[["km", "other_km"]].fillna(0.0).to_numpy().max(initial=0.0)),
        "median_km": float((going["km"] + going["other_km"]).median()) if len(going) else 0.0,
        "warned_count": int(moves["lost_in_year"].notna().sum()),
    }
