"""An independent check of a regrouping plan: reads the files and the parameters, trusts nothing.

Written without the model's code: plain loops over plain CSV.
"""

from __future__ import annotations

import csv
import math
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path


@dataclass
class Asked:
    max_km: float
    min_pupils: float
    detour: float = 1.3
    cost_open: float = 150.0
    cost_rombel: float = 90.0
    cost_pupil_km: float = 0.5
    ceiling: int = 28
    same: str = ""
    most_into: float = math.inf
    most_merges: float = math.inf
    lock_open: tuple[str, ...] = ()
    lock_closed: tuple[str, ...] = ()
    pairs: dict[str, str] = field(default_factory=dict)
    forbidden: tuple[tuple[str, str], ...] = ()


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def grades_of(row: dict[str, str]) -> list[int]:
    named = [f"g{grade}" for grade in range(1, 10) if f"g{grade}" in row]
    if named and any(row[name] for name in named):
        return [int(float(row[name] or 0)) for name in named]
    each, more = divmod(int(float(row["pupils"])), 6)
    return [each + (grade < more) for grade in range(6)]


def metres_apart(one: dict[str, str], other: dict[str, str]) -> float:
    """Great circle by the spherical law of cosines: another formula than the model's."""
    a, b = math.radians(float(one["lat"])), math.radians(float(other["lat"]))
    turn = math.radians(float(one["lon"]) - float(other["lon"]))
    cosine = math.sin(a) * math.sin(b) + math.cos(a) * math.cos(b) * math.cos(turn)
    return 6371008.8 * math.acos(min(1.0, cosine))


def classes(pupils: list[int], ceiling: int) -> int:
    return sum(math.ceil(each / ceiling) for each in pupils)


def verified(schools: Path, plan: Path, asked: Asked) -> tuple[float, list[str]]:
    """The objective worked out anew, and every constraint the plan breaks."""
    told = {row["npsn"]: row for row in rows_of(schools)}
    actions = {row["npsn"]: row for row in rows_of(plan)}
    broken: list[str] = []
    if sorted(told) != sorted(actions):
        broken.append("the plan does not name every school once")
    pupils = {npsn: grades_of(row) for npsn, row in told.items()}
    goes = {npsn: row["into"] for npsn, row in actions.items() if row["action"] == "merge"}
    points = defaultdict(list)
    for npsn, row in told.items():
        points[row["lat"], row["lon"]].append(npsn)
    for npsn, row in actions.items():
        if row["action"] not in ("open", "merge"):
            broken.append(f"{npsn}: action {row['action']}")
        if row["action"] == "open" and (row["into"] or float(row["distance_km"])):
            broken.append(f"{npsn}: open, and yet goes somewhere")
    walked = 0.0
    loads = {npsn: list(each) for npsn, each in pupils.items()}
    received: dict[str, int] = defaultdict(int)
    for npsn, into in goes.items():
        if into not in told or into == npsn:
            broken.append(f"{npsn}: into {into!r}")
            continue
        if into in goes:
            broken.append(f"{npsn}: its receiver {into} closes too")
        if sum(pupils[npsn]) >= asked.min_pupils and npsn not in {
            *asked.lock_closed, *asked.pairs,
        }:  # fmt: skip
            broken.append(f"{npsn}: no candidate")
        for one in (npsn, into):
            at = (told[one]["lat"], told[one]["lon"])
            if not all(at) or 0.0 in map(float, at) or len(points[at]) > 1:
                broken.append(f"{npsn} -> {into}: the point of {one} cannot be believed")
        km = metres_apart(told[npsn], told[into]) / 1000 * asked.detour
        if km > asked.max_km + 1e-4:
            broken.append(f"{npsn} -> {into}: {km} km")
        if abs(km - float(actions[npsn]["distance_km"])) > 1e-4:
            broken.append(f"{npsn} -> {into}: says {actions[npsn]['distance_km']}, is {km} km")
        if asked.same and told[npsn][asked.same] != told[into][asked.same]:
            broken.append(f"{npsn} -> {into}: another {asked.same}")
        if {npsn, into} in [set(pair) for pair in asked.forbidden]:
            broken.append(f"{npsn} -> {into}: forbidden")
        if asked.pairs.get(npsn, into) != into:
            broken.append(f"{npsn}: not into its pair")
        walked += sum(pupils[npsn]) * km
        received[into] += 1
        loads[into] = [a + b for a, b in zip(loads[into], pupils[npsn], strict=True)]
        loads[npsn] = [0] * len(loads[npsn])
    for npsn in asked.lock_open:
        if npsn in goes:
            broken.append(f"{npsn}: locked open")
    for npsn in (*asked.lock_closed, *asked.pairs):
        if npsn not in goes:
            broken.append(f"{npsn}: locked closed")
    if sum(map(sum, loads.values())) != sum(map(sum, pupils.values())):
        broken.append("pupils are lost")
    formed = 0
    for npsn, load in loads.items():
        count = classes(load, asked.ceiling)
        formed += count
        rooms = int(float(told[npsn].get("rooms") or 0))
        if count > max(rooms, classes(pupils[npsn], asked.ceiling)):
            broken.append(f"{npsn}: {count} rombel in {rooms} rooms")
        if received[npsn] > asked.most_into:
            broken.append(f"{npsn}: receives {received[npsn]}")
    if len(goes) > asked.most_merges:
        broken.append(f"{len(goes)} merges")
    cost = asked.cost_open * (len(told) - len(goes)) + asked.cost_rombel * formed
    return cost + asked.cost_pupil_km * walked, broken
