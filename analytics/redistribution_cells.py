"""Where there is one too many and where one is missing, school by school and post by post.

A cell is one post in one school. Whoever stays takes the fullest posts; what is left empty are
whole posts and at most one part of a post. Why somebody cannot move is said per person.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analytics.distances import places
from analytics.redistribution_situation import HoursLaw, Question, Situation
from analytics.teachers import CLASS_TEACHER, HEAD, RELIGION
from analytics.teachers_in_post import UNKNOWN_POST

PUBLIC, PRIVATE = "negeri", "swasta"
_ALMOST = 1e-6
_PNS_RANKS = (
    *(f"{level}/{room}" for level in ("I", "II", "III") for room in "abcd"),
    *(f"IV/{room}" for room in "abcde"),
)
_PPPK_RANKS = (
    *("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII", "XIII", "XIV"),
    *("XV", "XVI", "XVII"),
)
_STEPS = {"pertama": 0, "muda": 1, "madya": 2, "utama": 3}


@dataclass(frozen=True, eq=False)
class Ground:
    """Cells, people and schools as the programme sees them.

    ``cells``: one row per (``npsn``, ``post``) of an assessed school: ``needed_count``, ``hours``
    (NaN: not told), ``in_post_count``, ``surplus_count``, ``full_count`` empty whole posts of
    ``full_hours`` each, ``part_hours`` of one more empty part of a post (0: none).
    ``people``: one row per person: the staff columns, ``held_post`` (as the school needs it),
    ``fits`` (posts he may fill), ``may_private``, ``status``: ``candidate`` or why not.
    ``schools``: index ``npsn``; ``is_usable``, ``latitude``, ``longitude``, ``code``,
    ``kecamatan``, ``level``, ``is_private``, ``is_closed`` (merges away), ``is_locked``.
    ``where``: latitude and longitude of the schools whose place can be believed.
    """

    cells: pd.DataFrame
    people: pd.DataFrame
    schools: pd.DataFrame
    where: dict[str, tuple[float, float]]


def ground(asked: Question) -> Ground:
    """Surplus, vacancies and who may move.

    Method: docs/method.md eq. 141-145.
    """
    situation = asked.situation
    schools = _schools(asked)
    needs = situation.needs.loc[situation.needs["school_year"] == situation.school_year]
    assessed = set(needs["npsn"]) | set(situation.merges)
    posts = set(needs["post"])
    people = _people(asked, needs)
    counted = people["status"].isin(["counted"])
    known = people["npsn"].isin(assessed) & people["held_post"].isin(posts)
    people.loc[counted & ~people["npsn"].isin(assessed), "status"] = "school_unassessed"
    people.loc[counted & people["npsn"].isin(assessed) & ~known, "status"] = "post_unassessed"
    people.loc[counted & (people["held_post"] == UNKNOWN_POST), "status"] = "post_unknown"
    people.loc[counted & (people["held_post"] == HEAD), "status"] = "head"
    cells = _cells(needs, people, situation, asked.law)
    people = _candidates(people, cells, schools, asked)
    usable = schools.loc[schools["is_usable"]]
    points = zip(usable["latitude"].astype(float), usable["longitude"].astype(float), strict=True)
    return Ground(cells, people, schools, dict(zip(usable.index, points, strict=True)))


def fits(posts: frozenset[str], wanted: str) -> bool:
    """Whether one of these posts fills a wanted one.

    A need for agama that names no religion takes a teacher of any; the reverse is never so.
    """
    if wanted in posts:
        return True
    return wanted == RELIGION and any(post.startswith(f"{RELIGION}:") for post in posts)


def level_allows(own: str, other: str, post: str, across: bool) -> bool:
    """Whether a post may be filled from a school of another level."""
    if not own or not other or own == other:
        return True
    return across and post != CLASS_TEACHER


def _schools(asked: Question) -> pd.DataFrame:
    situation = asked.situation
    told = situation.schools.drop_duplicates("npsn")
    named = dict.fromkeys(
        [*told["npsn"], *situation.needs["npsn"], *situation.staff["npsn"].dropna()]
    )
    table = told.set_index("npsn").reindex(sorted(str(npsn) for npsn in named))
    table = table.reset_index(names="npsn").reindex(
        columns=["npsn", "name", "latitude", "longitude", "kecamatan", "status", "level"]
    )
    at = places(
        table.assign(
            latitude=pd.to_numeric(table["latitude"]), longitude=pd.to_numeric(table["longitude"])
        ),
        asked.choice.accept_shared,
    )
    text = {
        name: table[name].astype("object").fillna("").astype("str")
        for name in ("name", "kecamatan", "status", "level")
    }
    return pd.DataFrame(
        {
            "npsn": table["npsn"],
            "name": text["name"],
            "kecamatan": text["kecamatan"].str.strip(),
            "level": text["level"].str.strip().str.upper(),
            "latitude": at["latitude"],
            "longitude": at["longitude"],
            "code": at["code"],
            "is_usable": at["is_usable"],
            "is_private": text["status"].str.casefold() == PRIVATE,
            "is_closed": table["npsn"].isin(list(situation.merges)),
            "is_locked": table["npsn"].isin(list(asked.locks.closed)),
        }
    ).set_index("npsn")


def _people(asked: Question, needs: pd.DataFrame) -> pd.DataFrame:
    """Everybody with the post held as the school needs it, and whether he counts."""
    situation = asked.situation
    staff = situation.staff.sort_values("person_id", kind="stable", ignore_index=True)
    texts = ("certificate_post", "employment", "rank", "step", "home_kecamatan", "apart", "npsn")
    for column in texts:
        own = staff[column] if column in staff else pd.Series("", index=staff.index)
        staff[column] = own.astype("object").fillna("").astype("str").str.strip()
    if "hours" not in staff:
        staff["hours"] = np.nan
    dates = staff["retires_on"] if "retires_on" in staff else pd.Series(pd.NaT, index=staff.index)
    staff["retires_on"] = pd.to_datetime(dates).astype("datetime64[us]")
    post = staff["post"].astype("object").fillna(UNKNOWN_POST).astype("str")
    plain = set(needs.loc[needs["post"] == RELIGION, "npsn"])
    parted = set(needs.loc[needs["post"].str.startswith(f"{RELIGION}:"), "npsn"])
    held = post.mask(
        post.str.startswith(f"{RELIGION}:") & staff["npsn"].isin(plain - parted), RELIGION
    )
    held = held.mask((held == RELIGION) & staff["npsn"].isin(parted - plain), UNKNOWN_POST)
    certificate = staff["certificate_post"]
    both = asked.choice.linearity == "either"
    able = [
        frozenset({proof} if proof and not both else {proof, own} - {""})
        for proof, own in zip(certificate, post, strict=True)
    ]
    gone = (staff["retires_on"] <= pd.Timestamp(situation.on)).to_numpy()
    status = np.select(
        [staff["apart"].ne("").to_numpy(), gone, staff["npsn"].eq("").to_numpy()],
        ["apart", "gone", "no_school"],
        "counted",
    )
    return staff.assign(
        post=post, held_post=held, fits=pd.Series(able, index=staff.index, dtype="object"),
        status=pd.Series(status, index=staff.index, dtype="object"),
    )  # fmt: skip


def _cells(
    needs: pd.DataFrame, people: pd.DataFrame, situation: Situation, law: HoursLaw
) -> pd.DataFrame:
    keys = ["npsn", "post"]
    wanted = needs if "hours" in needs else needs.assign(hours=np.nan)
    # A school that merges away needs nobody, whatever its file still says.
    wanted = wanted.loc[~wanted["npsn"].isin(list(situation.merges))]
    wanted = wanted.set_index(keys)[["needed_count", "hours"]]
    own = people.loc[people["status"] == "counted"]
    held = own.groupby(["npsn", "held_post"]).size()
    held.index.names = keys
    index = wanted.index.union(held.index).sort_values()
    needed = wanted["needed_count"].reindex(index).fillna(0).astype("int64")
    hours = wanted["hours"].reindex(index).astype(float).where(needed > 0)
    in_post = held.reindex(index).fillna(0).astype("int64")
    whole = np.floor(hours / law.norm + _ALMOST).clip(upper=needed)
    whole = whole.fillna(needed).astype("int64")
    rest = (hours - law.norm * whole).where(whole < needed, 0.0)
    rest = rest.where(rest > _ALMOST, 0.0).fillna(0.0)
    # Where hours exceed the norm of every post each has its even share, up to the most allowed.
    each = (hours / needed.where(needed > 0)).clip(lower=law.norm, upper=law.most)
    full_hours = each.where(whole == needed, law.norm).fillna(law.norm)
    vacant = (needed - in_post).clip(lower=0)
    full = (whole - in_post).clip(lower=0)
    is_head = index.get_level_values("post") == HEAD
    cells = pd.DataFrame(
        {
            "needed_count": needed,
            "hours": hours,
            "in_post_count": in_post,
            "surplus_count": (in_post - needed).clip(lower=0),
            "full_count": full.where(~is_head, 0),
            "full_hours": full_hours,
            "part_hours": rest.where((vacant > full) & ~is_head, 0.0),
            "vacant_count": vacant.where(~is_head, 0),
        }
    )
    return cells.reset_index()


def _candidates(
    people: pd.DataFrame, cells: pd.DataFrame, schools: pd.DataFrame, asked: Question
) -> pd.DataFrame:
    """Who of the surplus schools may move, and why not the others."""
    choice, locks = asked.choice, asked.locks
    at = pd.MultiIndex.from_frame(people[["npsn", "held_post"]])
    cell = cells.set_index(["npsn", "post"])
    surplus = cell["surplus_count"].reindex(at).fillna(0).to_numpy()
    place = schools.reindex(people["npsn"])
    dates = people["retires_on"]
    limit = pd.Timestamp(asked.situation.on) + pd.DateOffset(years=choice.years_before_bup)
    # Where nobody's date is known the limit cannot be applied at all; where some are, an
    # unknown one may be near.
    asks_dates = bool(dates.notna().any()) and choice.years_before_bup > 0
    named = bool(people["employment"].ne("").any())
    person = people["person_id"]
    reasons = {
        "serves_elsewhere": _whole(people, "elsewhere_count").gt(0)
        & ~person.isin(list(locks.moves)),
        "locked_stay": person.isin(list(locks.stays)),
        "school_locked": pd.Series(
            place["is_locked"].fillna(False).to_numpy(dtype=bool), people.index
        ),
        "employment": ~people["employment"].isin(choice.employments) & named,
        "bup_unknown": dates.isna() & asks_dates,
        "near_bup": dates < limit,
    }
    counted = people["status"] == "counted"
    status = people["status"].mask(counted & (surplus == 0), "no_surplus")
    open_to = counted & (surplus > 0)
    for reason, holds in reasons.items():
        status = status.mask(open_to & holds & (status == "counted"), reason)
    status = status.mask(status == "counted", "candidate")
    return people.assign(
        status=status,
        level=place["level"].astype("object").fillna("").to_numpy(),
        must_move=person.isin(list(locks.moves)),
        may_private=_may_private(people, asked.private),
    )


def _whole(people: pd.DataFrame, column: str) -> pd.Series:
    told = people[column] if column in people else pd.Series(0, index=people.index)
    return pd.to_numeric(told).fillna(0)


def _may_private(people: pd.DataFrame, private: pd.DataFrame) -> pd.Series:
    """Whether rank, or jenjang for PPPK, allows service in a private school."""
    found = pd.Series(False, index=people.index)
    for row in private.itertuples():
        own = people["employment"] == row.employment
        ranks = _PNS_RANKS if "/" in row.least_rank else _PPPK_RANKS
        # A rank of the other ladder (a PPPK with III/c) says nothing.
        enough = people["rank"].isin(ranks[ranks.index(row.least_rank) :])
        if row.least_step:
            step = people["step"].str.casefold().map(_STEPS)
            enough = (step >= _STEPS[str(row.least_step)]).where(step.notna(), enough)
        found |= own & enough
    return found
