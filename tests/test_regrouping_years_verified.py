"""The years of merges hold against a check that knows inputs and published tables alone."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from analytics import rules
from analytics.regrouping import prepared, regrouping_plan
from analytics.regrouping_limits import Limits
from analytics.regrouping_programme import Prices
from analytics.regrouping_years import Pace, calendar, spread_over_years
from analytics.teachers import AS_LAW
from tests.verified_years import Asked, verified

BOOK = rules.load()
TODAY = date(2026, 7, 1)
POSTS = {
    "SD": ("kepala_sekolah", "guru_kelas", "guru_kelas", "guru_kelas", "guru_pjok", "guru_agama"),
    "SMP": ("kepala_sekolah", "guru_matematika", "guru_bahasa_indonesia", "guru_ipa", "guru_bk"),
}
GRADES = {"SD": range(1, 7), "SMP": range(7, 10)}
CEILING = {"SD": 28, "SMP": 32}


def case(seed: int, count: int = 0) -> tuple[Asked, list[dict], list[dict], list[dict]]:
    """A made-up district: its plan, its years, and all that they were worked out from."""
    luck = np.random.default_rng(seed)
    level = "SD" if luck.random() < 0.7 else "SMP"
    grades = list(GRADES[level])
    count = count or int(luck.integers(3, 14))
    names = [f"{10000001 + at}" for at in range(count)]
    pupils = luck.integers(1, luck.choice([12, 20, 40]), (count, len(grades)))
    rooms = [None if luck.random() < 0.1 else int(luck.integers(3, 13)) for _ in names]
    schools = pd.DataFrame(
        {
            "npsn": names, "name": names, "level": level,
            "latitude": -7.6 + luck.uniform(0, 0.04, count),
            "longitude": 111.5 + luck.uniform(0, 0.04, count),
            "classroom_count": pd.array(rooms, dtype="Int64"),
        }
    )  # fmt: skip
    now = pd.DataFrame(pupils, index=names, columns=grades)
    prices = Prices(*(float(luck.choice(each)) for each in ((80, 150, 400), (40, 90), (0.1, 0.5))))
    limits = Limits(max_km=float(luck.choice([2, 4, 7])), detour=1.3)
    plan = regrouping_plan(
        prepared(schools, now, pd.Series(True, index=names), limits, prices, BOOK, TODAY),
        seconds=10.0,
    )
    years = tuple(range(2027, 2027 + int(luck.integers(1, 5))))
    most = None if luck.random() < 0.3 else int(luck.integers(1, 5))
    price = float(luck.choice([0, 30, 150, 600, 5000]))
    ahead = [
        (npsn, year, grade, float(max(0, round(held * luck.uniform(0.4, 1.8), 1))))
        for npsn in names
        for year in years
        if luck.random() < 0.7
        for grade, held in zip(grades, now.loc[npsn], strict=True)
        if luck.random() < 0.95
    ]
    cells = pd.DataFrame(ahead, columns=["npsn", "school_year", "grade", "pupil_count"])
    people = [
        (npsn, str(post), _leaves(luck))
        for npsn in names
        for post in luck.choice(POSTS[level], int(luck.integers(0, 9)))
    ]
    staff = pd.DataFrame(people, columns=["npsn", "post", "retires_on"])
    staff = staff.assign(
        retires_on=pd.to_datetime(staff["retires_on"]), status="in_post", level=level
    )
    found = spread_over_years(plan, Pace(years, most, price), BOOK, cells, staff)
    told: dict[tuple[str, int], dict[int, float]] = {}
    for npsn, year, grade, held in ahead:
        told.setdefault((npsn, year), {})[grade] = held
    closing = plan.table.loc[plan.table["action"] == "merge"]
    asked = Asked(
        level, {npsn: dict(now.loc[npsn]) for npsn in names}, told,
        dict(zip(names, rooms, strict=True)), people,
        dict(zip(closing["npsn"], closing["into"], strict=True)),
        dict(zip(closing["npsn"], closing["distance_km"], strict=True)),
        years, price, prices.open_school, prices.rombel, prices.pupil_km, BOOK, AS_LAW, most,
        CEILING[level],
    )  # fmt: skip
    steps = calendar(found.merges, TODAY)
    return asked, *(each.to_dict("records") for each in (found.merges, found.options, steps))


def _leaves(luck: np.random.Generator) -> date | None:
    """A day of retirement: the first of a month, often 1 July, or none that is known."""
    if luck.random() < 0.2:
        return None
    month = 7 if luck.random() < 0.3 else int(luck.integers(1, 13))
    return date(int(luck.integers(2026, 2034)), month, 1)


@pytest.mark.parametrize("seed", range(40))
def test_the_years_of_merges_are_the_best_there_are(seed):
    """Rooms, pace, people displaced and heads counted anew; no other years cost less."""
    asked, *tables = case(seed)
    assert verified(asked, *tables)[1] == []


def test_many_merges_are_placed_to_the_rupiah():
    """A large district: no group, and no two together, would do better in other years."""
    asked, *tables = case(2026, 90)
    assert len(asked.into) > 20
    assert verified(asked, *tables)[1] == []


@pytest.mark.parametrize("fault", ["year", "people", "rooms", "calendar"])
def test_the_check_sees_what_is_wrong(fault):
    asked, merges, options, steps = next(
        each for seed in range(50) if len((each := case(seed))[1]) > 2 and len(each[0].years) > 1
    )
    if fault == "year":
        row = next(row for row in merges if not pd.isna(row["school_year"]))
        others = [year for year in asked.years if year != row["school_year"]]
        row["school_year"] = others[0]
    elif fault == "people":
        options[0]["displaced_count"] += 1
    elif fault == "rooms":
        options[0]["fits"] = not options[0]["fits"]
    else:
        steps[0]["decree_until"] = pd.Timestamp(2027, 8, 1)
    assert verified(asked, merges, options, steps)[1]
