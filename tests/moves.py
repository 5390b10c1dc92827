"""Small situations for redistribution, a verifier of every limit, and the best by enumeration.

Nothing here uses the model's own code beyond its frozen inputs: distances, counts and choices are
worked out again.
"""

from __future__ import annotations

import itertools
import math
from collections import Counter
from datetime import date

import numpy as np
import pandas as pd

from analytics.redistribution_situation import CAREFUL, NO_LOCKS, Locks, MoveChoice, Situation

ON = date(2026, 7, 1)
NORM, MOST = 24.0, 40.0
# A hundredth of a degree of latitude in km, on a sphere of 6371.0088 km.
KM_STEP = math.pi * 6371.0088 / 180 / 100


def table(text: str) -> pd.DataFrame:
    """Columns parted by |, blank where ``-``."""
    lines = [[cell.strip() for cell in line.split("|")] for line in text.strip().splitlines()]
    return pd.DataFrame(lines[1:], columns=lines[0], dtype="str").replace("-", "")


def situation(schools: str, needs: str, staff: str, **more: object) -> Situation:
    """Schools stand ``north`` hundredths of a degree north of one place."""
    place = table(schools)
    north = pd.to_numeric(place.pop("north"), errors="coerce")
    place = place.assign(latitude=-7.605 + north / 100, longitude=111.505)
    need = table(needs)
    year = need["school_year"].astype(int) if "school_year" in need else 2026
    need = need.assign(
        school_year=year,
        needed_count=need.pop("needed").astype(int),
        hours=pd.to_numeric(need["hours"]) if "hours" in need else np.nan,
    )
    people = table(staff)
    for column in ("retires_on",):
        if column in people:
            people[column] = pd.to_datetime(people[column].replace("", None))
    if "hours" in people:
        people["hours"] = pd.to_numeric(people["hours"])
    return Situation(people, need, place, ON, 2026, **more)


def random_situation(seed: int, people_count: int = 5, school_count: int = 4) -> Situation:
    """A small made-up district with hours, certificates, dates and a private school."""
    luck = np.random.default_rng(seed)
    names = [f"s{at}" for at in range(school_count)]
    schools = pd.DataFrame(
        {
            "npsn": names,
            "latitude": -7.605 + luck.integers(0, 12, school_count) / 100
            + np.arange(school_count) / 1000,
            "longitude": 111.505,
            "kecamatan": luck.choice(["Timur", "Barat"], school_count),
            "status": luck.choice(["negeri"] * 4 + ["swasta"], school_count),
            "level": luck.choice(["SMP"] * 5 + ["SD"], school_count),
        }
    )  # fmt: skip
    posts = ["guru_mapel:ipa", "guru_mapel:matematika"]
    needs = pd.DataFrame(
        [
            (name, post, 2026, math.ceil(hours / NORM), float(hours))
            for name in names
            for post in posts
            for hours in [int(luck.choice([0, 12, 18, 24, 30, 48]))]
        ],
        columns=["npsn", "post", "school_year", "needed_count", "hours"],
    )
    staff = pd.DataFrame(
        {
            "person_id": [f"p{at}" for at in range(people_count)],
            "npsn": luck.choice(names[:2], people_count),
            "post": luck.choice(posts, people_count, p=[0.7, 0.3]),
            "certificate_post": luck.choice(["", *posts], people_count),
            "retires_on": pd.to_datetime(
                luck.choice(["2027-01-01", "2035-01-01", "2050-01-01"], people_count)
            ),
            "employment": luck.choice(["PNS", "PPPK", "CPNS"], people_count, p=[0.6, 0.3, 0.1]),
            "rank": luck.choice(["III/a", "III/c"], people_count),
            "home_kecamatan": luck.choice(["", "Timur"], people_count, p=[0.8, 0.2]),
        }
    )
    return Situation(staff, needs, schools, ON, 2026)


# ---- the verifier --------------------------------------------------------------------------------


def km_between(here: pd.Series, there: pd.Series, detour: float) -> float:
    """By the spherical law of cosines, another formula than the model's."""
    a, b = math.radians(here["latitude"]), math.radians(there["latitude"])
    turn = math.radians(there["longitude"] - here["longitude"])
    inside = math.sin(a) * math.sin(b) + math.cos(a) * math.cos(b) * math.cos(turn)
    return detour * 6371.0088 * math.acos(min(1.0, inside))


def in_post(s: Situation) -> Counter:
    """People who count, by school and post."""
    staff = s.staff
    apart = staff["apart"] if "apart" in staff else pd.Series("", index=staff.index)
    dates = staff["retires_on"] if "retires_on" in staff else pd.Series(pd.NaT, index=staff.index)
    here = staff[(apart == "") & ~(dates <= pd.Timestamp(s.on))]
    return Counter(zip(here["npsn"], here["post"], strict=True))


def needed(s: Situation) -> dict[tuple[str, str], tuple[int, float]]:
    """Posts and hours by school and post in the year asked for."""
    rows = s.needs[(s.needs["school_year"] == s.school_year) & ~s.needs["npsn"].isin(s.merges)]
    return {(r.npsn, r.post): (r.needed_count, r.hours) for r in rows.itertuples()}


def verify(
    s: Situation, found: object, choice: MoveChoice = CAREFUL, locks: Locks = NO_LOCKS
) -> None:
    """Every limit, from the inputs and the list of moves alone."""
    staff = s.staff.set_index("person_id")
    schools = s.schools.drop_duplicates("npsn").set_index("npsn")
    held, want = in_post(s), needed(s)
    moves = found.moves
    least = choice.least_hours or NORM
    most = choice.most_hours or MOST
    assert not moves["person_id"].duplicated().any()
    out: Counter = Counter()
    into: Counter = Counter()
    hours_into: Counter = Counter()
    for move in moves.itertuples():
        person = staff.loc[move.person_id]
        assert person.get("apart", "") == ""
        assert person["npsn"] == move.from_npsn
        assert person["post"] != "kepala_sekolah" != move.post
        if "employment" in staff and staff["employment"].ne("").any():
            assert person["employment"] in choice.employments
        if "retires_on" in staff and choice.years_before_bup:
            limit = pd.Timestamp(s.on) + pd.DateOffset(years=choice.years_before_bup)
            assert person["retires_on"] >= limit
        proof = person.get("certificate_post", "")
        able = {proof} if proof and choice.linearity == "certificate" else {proof, person["post"]}
        ends = [(move.to_npsn, move.post, move.hours_satmin)]
        if move.other_npsn:
            assert choice.split
            assert move.other_npsn != move.to_npsn
            assert move.hours_satmin < least
            ends.append((move.other_npsn, move.other_post, move.hours_other))
        for npsn, post, hours in ends:
            assert post in able
            assert npsn not in locks.closed
            assert npsn not in s.merges
            assert (move.person_id, npsn) not in locks.forbidden
            assert (move.from_npsn, npsn) not in locks.forbidden
            assert schools.loc[npsn].get("status") != "swasta" or (
                choice.private == "last" and person["rank"] not in ("III/a", "VIII", "")
            )
            into[npsn, post] += 1
            hours_into[npsn, post] += hours
            if npsn == move.from_npsn:
                assert move.kind == "same_school"
                continue
            if "level" in schools and not choice.across_levels:
                assert schools.loc[npsn, "level"] == schools.loc[move.from_npsn, "level"]
            way = km_between(schools.loc[move.from_npsn], schools.loc[npsn], choice.detour)
            home = person.get("home_kecamatan", "")
            at_home = home and home == schools.loc[npsn].get("kecamatan")
            assert way <= choice.max_km + 1e-3 or at_home or s.merges.get(move.from_npsn) == npsn
            if npsn == move.to_npsn and move.from_npsn not in s.merges:
                assert abs(way - move.km) < 2e-3
        if move.other_npsn:
            apart_km = km_between(
                schools.loc[move.to_npsn], schools.loc[move.other_npsn], choice.detour
            )
            assert apart_km <= choice.max_km + 1e-3
            assert abs(apart_km - move.other_km) < 2e-3
        assert least - 0.06 <= move.hours_after <= max(most, least) + 0.06
        assert move.person_id not in locks.stays
        assert move.from_npsn not in locks.closed
        out[move.from_npsn, move.from_post] += 1
    for cell, count in out.items():
        # A move never makes a deficit where it begins.
        assert held[cell] - count >= want.get(cell, (0, 0.0))[0], cell
    for cell, count in into.items():
        posts, hours = want[cell]
        assert held[cell] + count <= posts, cell
        if not math.isnan(hours):
            assert hours_into[cell] <= hours - NORM * held[cell] + 0.1 * count, cell
    people = found.people
    assert sorted(people["person_id"]) == sorted(s.staff["person_id"])
    gone = people["outcome"].isin(["move", "split", "same_school"])
    assert set(people.loc[gone, "person_id"]) == set(moves["person_id"])
    still = ~gone & (people["outcome"] != "follows_pupils")
    assert (people.loc[still, "npsn"] == people.loc[still, "npsn_after"]).all()


# ---- the best by trying everything ---------------------------------------------------------------


def slots(s: Situation, least: float) -> dict[tuple[str, str], tuple[int, float]]:
    """Empty whole posts and hours of the empty part of a post, by school and post."""
    held = in_post(s)
    empty = {}
    for cell, (posts, hours) in needed(s).items():
        whole = posts if math.isnan(hours) else min(posts, int(hours / NORM + 1e-9))
        full = max(0, whole - held[cell])
        vacant = max(0, posts - held[cell])
        rest = 0.0 if whole == posts else hours - NORM * whole
        empty[cell] = (full, rest if vacant > full else 0.0)
    assert least == NORM
    return empty


def best(s: Situation, choice: MoveChoice) -> tuple[float, ...]:
    """Need in state schools, in private ones, people moved, km: the best of all that may be."""
    staff = s.staff.set_index("person_id")
    schools = s.schools.set_index("npsn")
    held, want, empty = in_post(s), needed(s), slots(s, NORM)
    limit = pd.Timestamp(s.on) + pd.DateOffset(years=choice.years_before_bup)

    def near(here: str, there: str, home: str) -> float | None:
        km = round(km_between(schools.loc[here], schools.loc[there], choice.detour), 3)
        is_home = home and schools.loc[there, "kecamatan"] == home
        return km if km <= choice.max_km or is_home else None

    options: list[list[tuple]] = []
    for name, row in staff.iterrows():
        cell = (row["npsn"], row["post"])
        ways: list[tuple] = [()]
        may = (
            held[cell] > want.get(cell, (0, 0.0))[0]
            and row["employment"] in choice.employments
            and row["retires_on"] >= limit
        )
        able = {row["certificate_post"] or row["post"]}
        ends = []
        for (npsn, post), (full, part) in empty.items():
            if not may or post not in able or not (full or part):
                continue
            if schools.loc[npsn, "level"] != schools.loc[row["npsn"], "level"]:
                continue
            private = schools.loc[npsn, "status"] == "swasta"
            rank_ok = row["employment"] == "PNS" and row["rank"] == "III/c"
            if private and not rank_ok:
                continue
            km = 0.0 if npsn == row["npsn"] else near(row["npsn"], npsn, row["home_kecamatan"])
            if km is None:
                continue
            if full:
                ways.append((cell, (npsn, post, "full"), None, km, private, npsn == row["npsn"]))
            if part and not private and npsn != row["npsn"]:
                ends.append((npsn, post, part, km))
        for one, other in itertools.combinations(ends, 2) if choice.split else ():
            between = near(one[0], other[0], "")
            if between is None or not NORM <= one[2] + other[2] <= MOST:
                continue
            first, second = sorted([one, other], key=lambda end: (-end[2], end[3]))
            ways.append((cell, (*first[:2], "part"), (*second[:2], "part"),
                         first[3] + between, False, False))  # fmt: skip
        options.append(ways)
        del name
    found: tuple[float, ...] = (-1.0, 0.0, 0.0, 0.0)
    for taken in itertools.product(*options):
        moves = [way for way in taken if way]
        used = Counter(end for way in moves for end in way[1:3] if end)
        leaves = Counter(way[0] for way in moves)
        if any(held[c] - n < want.get(c, (0, 0.0))[0] for c, n in leaves.items()):
            continue
        if any(n > (empty[end[:2]][0] if end[2] == "full" else 1) for end, n in used.items()):
            continue
        state = private = 0.0
        for way in moves:
            worth = sum(
                1.0 if end[2] == "full" else empty[end[:2]][1] / NORM for end in way[1:3] if end
            )
            if way[4]:
                private += worth
            else:
                state += worth
        people = sum(not way[5] for way in moves)
        km = sum(way[3] for way in moves)
        score = (round(state, 6), round(private, 6), -people, -round(km, 3))
        found = max(found, score)
    return found[0], found[1], -found[2], -found[3]
