"""Invented districts on which regrouping is hard, each in its own way; deterministic.

Where rooms hardly bind, one school may receive dozens and the rounding up of its classes is all
that is left to optimise: those are the hardest. None of them is a real place.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analytics.regrouping_programme import Prices

EVERYBODY = 10**6
USUAL = Prices(open_school=150, rombel=90, pupil_km=0.5)


@dataclass(frozen=True)
class Family:
    """One kind of district and what is asked of it.

    ``pupils``: range of pupils by school. ``rooms``: range of rooms, or None: rombel of today and
    up to four more. ``kecamatan``: side of a kecamatan in km where merges stay within it, or None.
    ``towns``: schools crowd around this many points; 0: evenly.
    """

    name: str
    count: int = 250
    side_km: float = 12.0
    level: str = "SD"
    pupils: tuple[int, int] = (20, 140)
    rooms: tuple[int, int] | None = (18, 24)
    few: int = EVERYBODY
    max_km: float = 3.0
    kecamatan: float | None = None
    towns: int = 0
    prices: Prices = USUAL
    even: bool = False


FAMILIES = (
    Family("small, rooms plenty"),
    Family("small, rooms plenty", few=120),
    Family("small, rooms plenty", few=60),
    Family("rooms 9-12", rooms=(9, 12)),
    Family("rooms tight", rooms=None),
    Family("one room a grade", rooms=(6, 6)),
    Family("totals spread evenly", even=True),
    Family("1.5 km", max_km=1.5),
    Family("6 km", max_km=6.0),
    Family("same kecamatan", kecamatan=3.0),
    Family("ten towns", towns=10),
    Family("ten towns, rooms tight", towns=10, rooms=None),
    Family("dear classes", prices=Prices(50, 200, 0.5)),
    Family("dear schools", prices=Prices(600, 60, 0.5)),
    Family("dear ways", prices=Prices(150, 90, 3.0)),
    Family("classes cost nothing", prices=Prices(150, 0, 0.5)),
    Family("SMP", level="SMP", pupils=(30, 260), rooms=(9, 15)),
    Family("1000 schools", count=1000, side_km=24.0),
    Family("1000, rooms tight", count=1000, side_km=24.0, rooms=None),
    Family("1000, under 120", count=1000, side_km=24.0, few=120),
)


def district(family: Family, seed: int = 0) -> pd.DataFrame:
    """The schools of a family as a file of schools: ``npsn`` to ``rooms`` and pupils by grade."""
    luck = np.random.default_rng(seed)
    grades = range(7, 10) if family.level == "SMP" else range(1, 7)
    ceiling = 32 if family.level == "SMP" else 28
    total = luck.integers(*family.pupils, family.count, endpoint=True)
    share = np.full(len(grades), 1 / len(grades))
    if family.even:
        each, more = np.divmod(total, len(grades))
        by_grade = each[:, None] + (np.arange(len(grades)) < more[:, None])
    else:
        by_grade = np.array([luck.multinomial(one, share) for one in total])
    place = luck.uniform(0, family.side_km, (family.count, 2))
    if family.towns:
        town = luck.uniform(0, family.side_km, (family.towns, 2))
        spread = family.side_km / 15
        place = town[luck.integers(family.towns, size=family.count)]
        place = place + luck.normal(0, spread, place.shape)
    if family.rooms is None:
        rooms = (-(-by_grade // ceiling)).sum(axis=1) + luck.integers(0, 5, family.count)
    else:
        rooms = luck.integers(*family.rooms, family.count, endpoint=True)
    cell = np.floor(place / (family.kecamatan or family.side_km)).astype(int)
    table = pd.DataFrame(
        {
            "npsn": [f"S{at:05d}" for at in range(family.count)],
            "name": "",
            "level": family.level,
            "kecamatan": [f"K{x}.{y}" for x, y in cell],
            "lat": -7.5 + place[:, 0] / 111.2,
            "lon": 111 + place[:, 1] / 111.2,
            "rooms": rooms,
        }
    )
    return table.assign(**{f"g{grade}": by_grade[:, at] for at, grade in enumerate(grades)})
