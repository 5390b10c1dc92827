"""``regroup`` under random switches against every plan there is, in plain loops over plain rows.

Six schools of a grade or two and every switch of the command thrown at random; what the file and
the switches allow is worked out here anew, without the model's code.
"""

from __future__ import annotations

import csv
import itertools
import json
import math
import random

import pytest

from analytics.__main__ import main
from tests.verified_regrouping import classes, metres_apart

COLUMNS = [
    *("npsn", "lat", "lon", "kecamatan", "desa", "status", "rooms", "rusak_berat"),
    *(f"g{grade}" for grade in range(1, 7)),
]
CEILING = 28


def thrown(seed: int) -> tuple[list[dict[str, str]], list[str], dict]:
    """Schools, arguments of the command, and the same choices as plain values."""
    dice = random.Random(seed)
    rows = []
    for at in range(6):
        grades = [dice.choice([0, 4, 9, 13, 20, 27, 30]) for _ in range(6)]
        rows.append(
            {
                "npsn": str(at),
                "lat": f"{-7.6 + dice.randrange(5) * 0.006 + at * 1e-4:.5f}",
                "lon": f"{111.5 + dice.randrange(3) * 0.006:.5f}",
                "kecamatan": dice.choice(["Timur", "Kec. Timur", "Barat"]),
                "desa": dice.choice(["Maju", "Desa Maju", ""]),
                "status": dice.choice(["negeri", "negeri", "swasta"]),
                "rooms": dice.choice(["", "6", "8", "12"]),
                "rusak_berat": dice.choice(["", "0", "2"]),
                **{f"g{at + 1}": str(each) for at, each in enumerate(grades)},
            }
        )
    chosen: dict = {
        "min": dice.choice([60, 100, 1000]),
        "max": dice.choice([0.9, 1.5, 3.0]),
        "detour": dice.choice([1.0, 1.3]),
        "open": dice.choice([0.0, 150.0]),
        "rombel": dice.choice([0.0, 90.0]),
        "km": dice.choice([0.0, 0.5, 3.0]),
        "same": dice.choice(["", "", "kecamatan", "desa"]),
        "mix": dice.random() < 0.5,
        "heavy": dice.random() < 0.5,
        "into": dice.choice([None, 1, 2]),
        "merges": dice.choice([None, 1, 3]),
        "lock_open": dice.sample("012345", dice.choice([0, 0, 1])),
        "forbid": [tuple(dice.sample("012345", 2))] if dice.random() < 0.4 else [],
        "roads": {},
    }
    if dice.random() < 0.4:
        pairs = [tuple(dice.sample("012345", 2)) for _ in range(4)]
        chosen["roads"] = {pair: round(dice.uniform(0.1, 3), 2) for pair in pairs}
    arguments = [
        *("--min-pupils", str(chosen["min"]), "--max-km", str(chosen["max"])),
        *("--detour", str(chosen["detour"]), "--cost-open", str(chosen["open"])),
        *("--cost-rombel", str(chosen["rombel"]), "--cost-pupil-km", str(chosen["km"])),
    ]
    arguments += ["--same", chosen["same"]] if chosen["same"] else []
    arguments += ["--mix-status"] if chosen["mix"] else []
    arguments += ["--count-heavy-rooms"] if chosen["heavy"] else []
    arguments += [] if chosen["into"] is None else ["--most-into", str(chosen["into"])]
    arguments += [] if chosen["merges"] is None else ["--most-merges", str(chosen["merges"])]
    arguments += ["--lock-open", *chosen["lock_open"]] if chosen["lock_open"] else []
    for one, other in chosen["forbid"]:
        arguments += ["--forbid", f"{one}={other}"]
    return rows, arguments, chosen


def plain(place: str) -> str:
    return place.removeprefix("Kec. ").removeprefix("Desa ")


def way(rows, chosen, i: int, j: int) -> float:
    """Kilometres; the other direction of a road where only that is measured.

    A road under nine tenths of the straight line (less 50 m of rounding) is none, and leaves the
    pair without a way unless the other direction is told.
    """
    straight = metres_apart(rows[i], rows[j]) / 1000
    both = [chosen["roads"].get((str(one), str(other))) for one, other in ((i, j), (j, i))]
    told = [km for km in both if km is not None]
    if not told:
        return straight * chosen["detour"]
    return next((km for km in told if km >= 0.9 * straight - 0.05), math.inf)


def may(rows, chosen, i: int, j: int) -> bool:
    one, other = rows[i], rows[j]
    total = sum(int(one[f"g{grade}"]) for grade in range(1, 7))
    if i == j or total >= chosen["min"] or str(i) in chosen["lock_open"]:
        return False
    if {str(i), str(j)} in [set(pair) for pair in chosen["forbid"]]:
        return False
    if not chosen["mix"] and one["status"] != other["status"]:
        return False
    if chosen["same"] and plain(one["kecamatan"]) != plain(other["kecamatan"]):
        return False
    if chosen["same"] == "desa" and (not one["desa"] or plain(one["desa"]) != plain(other["desa"])):
        return False
    return way(rows, chosen, i, j) <= chosen["max"] + 1e-9


def cost(rows, chosen, into: tuple[int, ...]) -> float:
    """What a plan costs; infinite where it breaks a limit."""
    pupils = [[int(row[f"g{grade}"]) for grade in range(1, 7)] for row in rows]
    walked, formed, closed = 0.0, 0, 0
    for j, row in enumerate(rows):
        if into[j] >= 0:
            closed += 1
            if into[into[j]] >= 0:
                return math.inf
            walked += sum(pupils[j]) * way(rows, chosen, j, into[j])
            continue
        coming = [i for i in range(len(rows)) if into[i] == j]
        if chosen["into"] is not None and len(coming) > chosen["into"]:
            return math.inf
        load = [sum(each) for each in zip(pupils[j], *(pupils[i] for i in coming), strict=True)]
        rooms = int(row["rooms"] or 0)
        if rooms and not chosen["heavy"]:
            rooms -= int(row["rusak_berat"] or 0)
        if classes(load, CEILING) > max(rooms, classes(pupils[j], CEILING)):
            return math.inf
        formed += classes(load, CEILING)
    if chosen["merges"] is not None and closed > chosen["merges"]:
        return math.inf
    stays = len(rows) - closed
    return chosen["open"] * stays + chosen["rombel"] * formed + chosen["km"] * walked


@pytest.mark.parametrize("seed", range(30))
def test_the_plan_is_the_cheapest_of_all_plans(tmp_path, seed):
    rows, arguments, chosen = thrown(seed)
    schools, out, told = tmp_path / "S.csv", tmp_path / "plan.csv", tmp_path / "s.json"
    with schools.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerows(rows)
    if chosen["roads"]:
        roads = tmp_path / "R.csv"
        lines = [f"{one},{other},{km}" for (one, other), km in chosen["roads"].items()]
        roads.write_text("\n".join(["from,into,km", *lines]), encoding="utf-8")
        arguments += ["--roads", str(roads)]
    assert main(["regroup", "--schools", str(schools), "--on", "2026-07-01", "--out", str(out),
                 "--summary", str(told), *arguments]) == 0  # fmt: skip
    choices = [[-1, *(j for j in range(6) if may(rows, chosen, i, j))] for i in range(6)]
    best = min(cost(rows, chosen, into) for into in itertools.product(*choices))
    answer = json.loads(told.read_text(encoding="utf-8"))
    assert answer["objective"] == pytest.approx(best, abs=1e-3)
    with out.open(encoding="utf-8-sig") as file:
        plan = {row["npsn"]: row["into"] for row in csv.DictReader(file)}
    into = tuple(int(plan[str(i)]) if plan[str(i)] else -1 for i in range(6))
    assert all(one in choices[i] for i, one in enumerate(into))
    assert cost(rows, chosen, into) == pytest.approx(best, abs=1e-3)
