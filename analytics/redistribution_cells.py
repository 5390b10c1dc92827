"""Where there is one too many and where one is missing, school by school and post by post.

A cell is one post in one school. Whoever stays takes the fullest posts; what is left empty are
whole posts and at most one part of a post. Why somebody cannot move is said per person.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analytics.checks_cells import UNKNOWN
from analytics.distances import places
from analytics.place_names import place_names
from analytics.redistribution_beside import Lowered, opened_by, without_covered
from analytics.redistribution_situation import HoursLaw, Question, Situation
from analytics.school_words import level_of, status_of
from analytics.teachers import CLASS_TEACHER, HEAD, RELIGION
from analytics.teachers_in_post import UNKNOWN_POST

PUBLIC, PRIVATE = "negeri", "swasta"
# Why nothing is known of where a school stands: the list of schools does not have it.
UNLISTED = "school_unlisted"
_ALMOST = 1e-6
_HOUR_DECIMALS = 3
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
    ``fits`` (posts he may fill), ``may_private``, ``status``: ``candidate`` or why not;
    ``opens``, ``opens_private`` (JP a week in state and private schools that his move opens again).
    ``schools``: index ``npsn``; ``is_usable``, ``latitude``, ``longitude``, ``code``,
    ``kecamatan`` (as :func:`~analytics.place_names.place_names` makes them comparable, as
    ``home_kecamatan`` of people), ``level``, ``is_private``, ``is_closed`` (merges away),
    ``is_locked``.
    ``where``: latitude and longitude of the schools whose place can be believed.
    ``lowered``: the needs of every year without what is taught ``beside`` a post by who is there.
    ``beside``: ``person_id``, ``npsn``, ``post``, ``hours`` of those who are there.
    """

    cells: pd.DataFrame
    people: pd.DataFrame
    schools: pd.DataFrame
    where: dict[str, tuple[float, float]]
    lowered: Lowered
    beside: pd.DataFrame


def ground(asked: Question, leavers: frozenset[str] | None = None) -> Ground:
    """Surplus, vacancies and who may move.

    Parameters
    ----------
    leavers
        Who surely lets go what he teaches beside his post; None: whoever is locked to move.

    Method: docs/method.md eq. 141-145, 327-328.
    """
    situation = asked.situation
    leavers = asked.locks.moves if leavers is None else leavers
    schools = _schools(asked)
    needs = situation.needs.loc[situation.needs["school_year"] == situation.school_year]
    assessed = set(needs["npsn"].unique()) | set(situation.merges)
    posts = set(needs["post"].unique())
    people = _people(asked, needs)
    counted = people["status"].isin(["counted"])
    known = people["npsn"].isin(assessed) & people["held_post"].isin(posts)
    people.loc[counted & ~people["npsn"].isin(assessed), "status"] = "school_unassessed"
    people.loc[counted & people["npsn"].isin(assessed) & ~known, "status"] = "post_unassessed"
    people.loc[counted & (people["held_post"] == UNKNOWN_POST), "status"] = "post_unknown"
    people.loc[counted & (people["held_post"] == HEAD), "status"] = "head"
    beside = _beside(situation, set(people.loc[counted, "person_id"]), needs)
    kept = beside.loc[~beside["person_id"].isin(list(leavers))] if len(beside) else beside
    lowered = without_covered(situation.needs, kept, asked.law, situation.school_year)
    own = people.loc[people["status"] == "counted"].groupby(["npsn", "held_post"]).size()
    cells = cells_of(_of_year(lowered, situation), own, situation, asked.law)
    people = _candidates(people, cells, schools, asked)
    people = _opening(people, needs, kept, schools, asked)
    usable = schools.loc[schools["is_usable"]]
    points = zip(usable["latitude"].astype(float), usable["longitude"].astype(float), strict=True)
    where = dict(zip(usable.index, points, strict=True))
    return Ground(cells, people, schools, where, lowered, beside)


def cells_after(base: Ground, asked: Question, moves: pd.DataFrame) -> pd.DataFrame:
    """The cells once movers have let go what they taught beside their post.

    Returns
    -------
    Rows and columns of ``Ground.cells``, with ``opened_hours`` (JP a week needed again).

    Method: docs/method.md eq. 328.
    """
    situation = asked.situation
    if base.beside.empty:
        return base.cells.assign(opened_hours=0.0)
    kept = base.beside.loc[~base.beside["person_id"].isin(moves["person_id"])]
    lowered = without_covered(situation.needs, kept, asked.law, situation.school_year)
    before = base.cells.set_index(["npsn", "post"])
    out = moves.groupby(["from_npsn", "from_post"]).size().reindex(before.index).fillna(0)
    own = before["in_post_count"] - out.astype("int64")
    after = cells_of(_of_year(lowered, situation), own, situation, asked.law)
    after = after.set_index(["npsn", "post"]).reindex(before.index)
    hours = (after["hours"].fillna(0.0) - before["hours"].fillna(0.0)).clip(lower=0.0)
    stays = {name: before[name] for name in ("in_post_count", "surplus_count")}
    return after.assign(**stays, opened_hours=hours).reset_index()


def _of_year(lowered: Lowered, situation: Situation) -> pd.DataFrame:
    return lowered.needs.loc[lowered.needs["school_year"] == situation.school_year]


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
        [
            *told["npsn"],
            *situation.needs["npsn"].unique(),
            *situation.staff["npsn"].dropna().unique(),
        ]
    )
    table = told.set_index("npsn").reindex(sorted(str(npsn) for npsn in named))
    table = table.reset_index(names="npsn").reindex(
        columns=["npsn", "name", "latitude", "longitude", "kecamatan", "status", "level"]
    )
    text = {
        name: table[name].astype("object").fillna("").astype("str")
        for name in ("name", "kecamatan", "status", "level")
    }
    level = _levels(text["level"])
    numbers = {name: pd.to_numeric(table[name]) for name in ("latitude", "longitude")}
    told_points = table[["npsn"]].assign(**numbers)
    if not asked.choice.across_levels:
        # Nobody moves between an SD and an SMP in one yard.
        told_points["level"] = level
    at = places(told_points, asked.choice.accept_shared)
    at["code"] = at["code"].mask(~table["npsn"].isin(told["npsn"]), UNLISTED)
    return pd.DataFrame(
        {
            "npsn": table["npsn"],
            "name": text["name"],
            "kecamatan": place_names(text["kecamatan"]),
            "level": level,
            "latitude": at["latitude"],
            "longitude": at["longitude"],
            "code": at["code"],
            "is_usable": at["is_usable"],
            "is_private": text["status"].map(_each(text["status"], status_of)).eq(PRIVATE),
            "is_closed": table["npsn"].isin(list(situation.merges)),
            "is_locked": table["npsn"].isin(list(asked.locks.closed)),
        }
    ).set_index("npsn")


def _each(written: pd.Series, fact: Callable[[str], str]) -> dict[str, str]:
    """The fact of every distinct text."""
    return {str(text): fact(str(text)) for text in written.unique()}


def _levels(written: pd.Series) -> pd.Series:
    """Levels to compare: SMPN is SMP; what is not understood as written."""
    known = written.map(_each(written, level_of))
    return known.where(known != "", written.str.strip().str.upper())


def _people(asked: Question, needs: pd.DataFrame) -> pd.DataFrame:
    """Everybody with the post held as the school needs it, and whether he counts."""
    situation = asked.situation
    staff = situation.staff.sort_values("person_id", kind="stable", ignore_index=True)
    texts = ("certificate_post", "employment", "rank", "step", "home_kecamatan", "apart", "npsn")
    for column in texts:
        own = staff[column] if column in staff else pd.Series("", index=staff.index)
        staff[column] = own.astype("object").fillna("").astype("str").str.strip()
    staff["home_kecamatan"] = place_names(staff["home_kecamatan"])
    if "hours" not in staff:
        staff["hours"] = np.nan
    dates = staff["retires_on"] if "retires_on" in staff else pd.Series(pd.NaT, index=staff.index)
    staff["retires_on"] = pd.to_datetime(dates).astype("datetime64[us]")
    post = staff["post"].astype("object").fillna(UNKNOWN_POST).astype("str")
    held = _as_needed(post, staff["npsn"], needs)
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


def _as_needed(post: pd.Series, npsn: pd.Series, needs: pd.DataFrame) -> pd.Series:
    """Posts as each school needs them: agama of one religion, or of any."""
    plain = set(needs.loc[needs["post"] == RELIGION, "npsn"])
    parted = set(needs.loc[needs["post"].str.startswith(f"{RELIGION}:"), "npsn"])
    held = post.mask(post.str.startswith(f"{RELIGION}:") & npsn.isin(plain - parted), RELIGION)
    return held.mask((held == RELIGION) & npsn.isin(parted - plain), UNKNOWN_POST)


def _beside(situation: Situation, here: set[str], needs: pd.DataFrame) -> pd.DataFrame:
    """What those who are there on the day teach beside their post, as the schools need it."""
    told = situation.beside
    if told.empty:
        return told
    told = told.loc[told["person_id"].isin(here)]
    return told.assign(post=_as_needed(told["post"].astype("str"), told["npsn"], needs))


def _opening(
    people: pd.DataFrame,
    needs: pd.DataFrame,
    beside: pd.DataFrame,
    schools: pd.DataFrame,
    asked: Question,
) -> pd.DataFrame:
    """What each person's move would open again, in state and in private schools."""
    if beside.empty:
        return people.assign(opens=0.0, opens_private=0.0)
    opened = opened_by(needs, beside)
    private = schools["is_private"].reindex(opened["npsn"]).fillna(False).to_numpy(dtype=bool)
    if asked.choice.private == "never":
        opened.loc[private, "hours"] = 0.0
    hours = [
        opened.loc[own].groupby("person_id")["hours"].sum().round(_HOUR_DECIMALS)
        for own in (~private, private)
    ]
    state, other = (people["person_id"].map(one).fillna(0.0).astype(float) for one in hours)
    return people.assign(opens=state, opens_private=other)


def cells_of(
    needs: pd.DataFrame, in_post: pd.Series, situation: Situation, law: HoursLaw
) -> pd.DataFrame:
    """One row per school and post needed or held, with what is to spare and what is empty.

    Parameters
    ----------
    needs
        Of one school year, after the mergers.
    in_post
        People by ``npsn`` and post held.

    Method: docs/method.md eq. 141-144.
    """
    keys = ["npsn", "post"]
    wanted = needs if "hours" in needs else needs.assign(hours=np.nan)
    # A school that merges away needs nobody, whatever its file still says.
    wanted = wanted.loc[~wanted["npsn"].isin(list(situation.merges))]
    wanted = wanted.set_index(keys)[["needed_count", "hours"]]
    held = in_post.rename_axis(keys)
    index = wanted.index.union(held.index).sort_values()
    at, here = wanted.index.get_indexer(index), held.index.get_indexer(index)
    needed = _taken(wanted["needed_count"], at, 0).astype(np.int64)
    hours = np.where(needed > 0, _taken(wanted["hours"], at, np.nan), np.nan)
    in_post_count = _taken(held, here, 0).astype(np.int64)
    whole = np.minimum(np.floor(hours / law.norm + _ALMOST), needed)
    whole = np.where(np.isnan(whole), needed, whole).astype(np.int64)
    rest = np.where(whole < needed, hours - law.norm * whole, 0.0)
    rest = np.where(rest > _ALMOST, rest, 0.0)
    # Where hours exceed the norm of every post each has its even share, up to the most allowed.
    each = np.clip(hours / np.where(needed > 0, needed, 1), law.norm, law.most)
    full_hours = np.where((whole == needed) & ~np.isnan(each), each, law.norm)
    vacant = np.maximum(needed - in_post_count, 0)
    full = np.maximum(whole - in_post_count, 0)
    is_head = index.get_level_values("post") == HEAD
    cells = pd.DataFrame(
        {
            "needed_count": needed,
            "hours": hours,
            "in_post_count": in_post_count,
            "surplus_count": np.maximum(in_post_count - needed, 0),
            "full_count": np.where(is_head, 0, full),
            "full_hours": full_hours,
            "part_hours": np.where((vacant > full) & ~is_head, rest, 0.0),
            "vacant_count": np.where(is_head, 0, vacant),
        },
        index=index,
    )
    return cells.reset_index()


def _taken(values: pd.Series, at: np.ndarray, missing: float) -> np.ndarray:
    """The values at some places; ``missing`` where there is none."""
    told = np.append(values.to_numpy(dtype=float, na_value=np.nan), np.nan)[at]
    return np.where(np.isnan(told), missing, told)


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
    kind = people["employment"]
    named = bool(kind.ne("").any())
    private = place["is_private"].fillna(False).to_numpy(dtype=bool)
    # Who pays the people of a private school is not known where nobody's employment is told.
    untold = (kind == UNKNOWN) | ((kind == "") & (named | private))
    person = people["person_id"]
    reasons = {
        "serves_elsewhere": _whole(people, "elsewhere_count").gt(0)
        & ~person.isin(list(locks.moves))
        & ~people["npsn"].isin(list(asked.situation.merges)),
        "locked_stay": person.isin(list(locks.stays)),
        "school_locked": pd.Series(
            place["is_locked"].fillna(False).to_numpy(dtype=bool), people.index
        ),
        "employment_unknown": untold,
        "employment": ~kind.isin(choice.employments) & named,
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


def school_names(base: Ground) -> dict[str, str]:
    """The name of each school by NPSN; the number where no name is told."""
    return {str(npsn): text or str(npsn) for npsn, text in base.schools["name"].items()}
