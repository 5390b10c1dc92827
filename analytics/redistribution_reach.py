"""Who could fill what: every way from a group of alike people to an empty post within reach.

People of one school and post who fit the same posts, live in the same kecamatan and are under the
same locks are one group: nothing the programme weighs tells them apart.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analytics.distances import pairs_within, straight_km
from analytics.redistribution_cells import Ground, fits, level_allows
from analytics.redistribution_situation import HoursLaw, Locks, MoveChoice, Question, Situation

# Two schools of one teacher: each part of a post is tried with its nearest partners only, because
# a teacher travels between them every week.
NEAREST_PARTNERS = 4
_ALMOST = 1e-6
_METRES = 3
WAY_COLUMNS = [
    *("group", "cell", "slot", "other_cell", "km", "other_km", "hours", "other_hours"),
    *("is_private", "is_same_school"),
]
_Way = tuple[int, int, str, int, float, float, float, float, bool, bool]


@dataclass(frozen=True, eq=False)
class Reach:
    """Groups and ways.

    ``groups``: one row per group: ``npsn``, ``post``, ``cell``, ``size``, ``has_certificate``,
    ``must_move``, ``is_closing``, ``opens``, ``opens_private`` (JP a week that the move of one of
    them opens again), ``people`` (row numbers of ``Ground.people``, furthest from BUP
    first). ``ways``: one row per way: ``group``, ``cell``, ``slot`` (``full``, ``part``,
    ``split``), ``other_cell`` (-1: none), ``km``, ``other_km``, ``hours``, ``other_hours``.
    """

    groups: pd.DataFrame
    ways: pd.DataFrame


def reach(ground: Ground, asked: Question) -> Reach:
    """Groups of people who may move and every way each could go.

    Method: docs/method.md eq. 146-147.
    """
    situation, choice, law = asked.situation, asked.choice, asked.law
    groups = _groups(ground, choice, asked.locks)
    targets = _targets(ground, choice)
    near = _near(ground, groups, targets, choice)
    wanted = set(targets["npsn"].unique())
    for npsn, into in situation.merges.items():
        km = _merge_km(ground, situation, npsn, into, choice.detour)
        if km is not None and into in wanted:
            near.setdefault(npsn, {})[into] = km
    cells = {int(cell.Index): cell for cell in targets.itertuples()}
    by_school: dict[str, list[int]] = {}
    by_post: dict[str, list[int]] = {}
    for at, cell in cells.items():
        by_school.setdefault(str(cell.npsn), []).append(at)
        by_post.setdefault(str(cell.post), []).append(at)
    level = ground.schools["level"].to_dict()
    ways: list[_Way] = []
    places = {
        able: [(str(cells[at].npsn), at) for post in by_post if fits(able, post)
               for at in by_post[post]]
        for able in dict.fromkeys(groups["fits"])
    }  # fmt: skip
    partners = _partners(ground, targets, choice, law) if choice.split else {}
    for group in groups.itertuples():
        parts: dict[int, float] = {}
        there = dict(_ways_of(group, near, by_school, choice))
        # Its own school first, the others in the order of their numbers.
        for _, npsn, at in sorted(
            (npsn != group.npsn, npsn, at) for npsn, at in places[group.fits]
        ):
            if npsn not in there:
                continue
            cell = cells[at]
            km, is_same = there[npsn], npsn == group.npsn
            if not is_same and not level_allows(
                level[group.npsn], level[npsn], str(cell.post), choice.across_levels
            ):
                continue
            if cell.is_private and not group.may_private:
                continue
            told = (bool(cell.is_private), is_same)
            if cell.full_count and cell.full_hours >= law.least - _ALMOST:
                ways.append((int(group.Index), at, "full", -1, km, 0.0,
                             float(cell.full_hours), 0.0, *told))  # fmt: skip
            if cell.part_hours >= law.least - _ALMOST:
                ways.append((int(group.Index), at, "part", -1, km, 0.0,
                             float(cell.part_hours), 0.0, *told))  # fmt: skip
            elif cell.part_hours and not cell.is_private and not is_same:
                parts[at] = km
        ways += _splits(int(group.Index), parts, cells, partners)
    return Reach(groups, pd.DataFrame(ways, columns=WAY_COLUMNS))


def _groups(ground: Ground, choice: MoveChoice, locks: Locks) -> pd.DataFrame:
    people = ground.people
    able = people.loc[people["status"] == "candidate"]
    barred: dict[str, set[str]] = {}
    for who, where in locks.forbidden:
        barred.setdefault(who, set()).add(where)
    cell_names = zip(ground.cells["npsn"].tolist(), ground.cells["post"].tolist(), strict=True)
    cell_at = {name: at for at, name in zip(ground.cells.index.tolist(), cell_names, strict=True)}
    members: dict[tuple, list[int]] = {}
    # Who stays longest in service goes first: the place is filled for longest.
    ordered = able.sort_values(
        ["retires_on", "person_id"], ascending=[False, True], na_position="last", kind="stable"
    )
    names = ["person_id", "npsn", "held_post", "fits", "home_kecamatan", "may_private"]
    more = ("must_move", "certificate_post", "opens", "opens_private")
    columns = [ordered[name].tolist() for name in (*names, *more)]
    for at, person, npsn, post, fits_, home, private, must, proof, *opens in zip(
        ordered.index.tolist(), *columns, strict=True
    ):
        key = (
            npsn, post, tuple(sorted(fits_)), home if choice.use_home else "",
            private, must, proof != "",
            tuple(sorted(barred.get(person, set()) | barred.get(npsn, set()))), *opens,
        )  # fmt: skip
        members.setdefault(key, []).append(at)
    closing = ground.schools["is_closed"].to_dict()
    rows = [
        (
            *(key[0], key[1], cell_at[key[0], key[1]], len(members[key]), frozenset(key[2])),
            *(key[3], key[4], key[5], key[6], frozenset(key[7]), bool(closing[key[0]])),
            *key[8:],
            tuple(members[key]),
        )
        for key in sorted(members)
    ]
    return pd.DataFrame(
        rows,
        columns=[
            *("npsn", "post", "cell", "size", "fits", "home", "may_private", "must_move"),
            *("has_certificate", "barred", "is_closing", "opens", "opens_private", "people"),
        ],
    )


def _targets(ground: Ground, choice: MoveChoice) -> pd.DataFrame:
    """Cells with an empty post in a school that people may enter, the index of ``cells`` kept."""
    cells = ground.cells.loc[ground.cells["vacant_count"] > 0]
    place = ground.schools.reindex(cells["npsn"])
    private = place["is_private"].to_numpy(dtype=bool)
    shut = (place["is_locked"] | place["is_closed"]).to_numpy(dtype=bool)
    if choice.private == "never":
        shut = shut | private
    return cells.assign(is_private=private).loc[~shut]


def _near(
    ground: Ground, groups: pd.DataFrame, targets: pd.DataFrame, choice: MoveChoice
) -> dict[str, dict[str, float]]:
    """Present school -> school with an empty post -> km, within the limit."""
    pairs = pairs_within(
        ground.schools.reset_index(), choice.max_km, choice.detour,
        sources=set(groups["npsn"].unique()), targets=set(targets["npsn"].unique()),
    )  # fmt: skip
    near: dict[str, dict[str, float]] = {}
    ways = (pairs[name].tolist() for name in ("from_npsn", "to_npsn", "distance_km"))
    for npsn, other, km in zip(*ways, strict=True):
        near.setdefault(npsn, {})[other] = round(km, _METRES)
    if not choice.use_home:
        return near
    wanted = set(targets["npsn"].unique())
    kecamatan = ground.schools["kecamatan"].tolist()
    there: dict[str, list[str]] = {}
    for npsn, home in zip(ground.schools.index, kecamatan, strict=True):
        if npsn in wanted and npsn in ground.where:
            there.setdefault(home, []).append(npsn)
    by_home = {home: Targets(ground, schools) for home, schools in there.items()}
    for npsn, home in dict.fromkeys(zip(groups["npsn"], groups["home"], strict=True)):
        if home in by_home and home:
            # Where the present school stands nobody knows: its ways weigh as much as the limit.
            near[f"{npsn}\n{home}"] = (
                by_home[home].km_from(npsn, choice.detour)
                if npsn in ground.where
                else {other: choice.max_km for other in there[home] if other != npsn}
            )
    return near


def _merge_km(
    ground: Ground, situation: Situation, npsn: str, into: str, detour: float
) -> float | None:
    """The way of the pupils: as the plan tells it, else computed; None where neither is known."""
    told = situation.merge_km.get(npsn)
    if told is not None:
        return round(float(told), _METRES)
    return Targets(ground, [into]).km_from(npsn, detour).get(into)


def _ways_of(
    group: object, near: dict[str, dict[str, float]], by_school: dict[str, list[int]],
    choice: MoveChoice,
) -> list[tuple[str, float]]:  # fmt: skip
    """Schools a group could go to with their km; its own first, where another post is empty."""
    npsn, home, barred = group.npsn, group.home, group.barred  # type: ignore[attr-defined]
    found = dict(near.get(npsn, {}))
    if choice.use_home and home:
        # The way of the pupils, as a plan of mergers tells it, is known best.
        found = near.get(f"{npsn}\n{home}", {}) | found
    ways = [(other, km) for other, km in sorted(found.items()) if other not in barred]
    return [(npsn, 0.0), *ways] if npsn in by_school else ways


def _partners(
    ground: Ground, targets: pd.DataFrame, choice: MoveChoice, law: HoursLaw
) -> dict[tuple[int, int], float]:
    """Pairs of cells whose parts together keep one teacher's hours, with the km between them."""
    parts = targets.loc[(targets["part_hours"] > 0) & (targets["part_hours"] < law.least)]
    parts = parts.loc[~parts["is_private"]].reset_index(names="cell")
    schools = set(parts["npsn"])
    pairs = pairs_within(
        ground.schools.reset_index(), choice.max_km, choice.detour, sources=schools, targets=schools
    )
    near = pairs.assign(km=pairs["distance_km"].round(_METRES))[["from_npsn", "to_npsn", "km"]]
    both = parts.merge(near, left_on="npsn", right_on="from_npsn").merge(
        parts, left_on="to_npsn", right_on="npsn", suffixes=("", "_other")
    )
    same = both["post"] == both["post_other"]
    hours = both["part_hours"] + both["part_hours_other"]
    fair = (hours >= law.least - _ALMOST) & (hours <= law.most + _ALMOST)
    both = both.loc[same & fair].sort_values(["cell", "km", "cell_other"], kind="stable")
    both = both.loc[both.groupby("cell").cumcount() < NEAREST_PARTNERS]
    return {
        (min(one, other), max(one, other)): float(km)
        for one, other, km in zip(both["cell"], both["cell_other"], both["km"], strict=True)
    }


def _splits(
    group: int,
    parts: dict[int, float],
    cells: dict[int, object],
    partners: dict[tuple[int, int], float],
) -> list[_Way]:
    """Ways of one group to serve two schools, both within its reach."""
    found: list[_Way] = []
    for (one, other), between_km in partners.items():
        if one not in parts or other not in parts:
            continue
        # The satmin is the school with more of the hours; of equals the nearer one.
        order = sorted(
            (-cells[at].part_hours, parts[at], at)  # type: ignore[attr-defined]
            for at in (one, other)
        )
        (more, km, satmin), (less, _, additional) = order
        found.append(
            (group, satmin, "split", additional, km, between_km, -more, -less, False, False)
        )
    return found


class Targets:
    """Some schools as points, so that ways to all of them are worked out at once."""

    def __init__(self, ground: Ground, schools: list[str]) -> None:
        self._where = ground.where
        self._schools = [npsn for npsn in sorted(schools) if npsn in ground.where]
        self._points = np.array([ground.where[npsn] for npsn in self._schools]).reshape(-1, 2)

    def km_from(self, npsn: str, detour: float) -> dict[str, float]:
        """Km from a school to each of the others without any limit; empty where it has no place."""
        if npsn not in self._where or not self._schools:
            return {}
        km = detour * straight_km(*self._where[npsn], self._points[:, 0], self._points[:, 1])
        ways = zip(self._schools, np.round(km, _METRES).tolist(), strict=True)
        return {other: far for other, far in ways if other != npsn}
