"""What is missing or spare: need against who is in post and who leaves, post by post.

A surplus in one school never fills a deficit in another by itself: every sum shows both. Beside
the strict need stands the need at the ratio of today, and how need follows pupils.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import pairwise

import numpy as np
import pandas as pd

from analytics.rules import RuleBook
from analytics.teachers import (
    AS_LAW,
    RELIGION,
    NeedChoice,
    SchoolFacts,
    school_need,
)
from analytics.teachers_in_post import IN_POST, UNKNOWN_POST
from analytics.teachers_law import SCHOOL_YEAR_DAY, SCHOOL_YEAR_MONTH

GAP_COLUMNS = [
    *("npsn", "level", "post", "school_year"),
    *("needed_count", "in_post_count", "leaving_count", "gap_count"),
]
# Sizes of schools by which the local elasticity is told: a way of showing, not a rule.
SCHOOL_SIZES = (60, 120, 240, 480)
# The shrinkage the local elasticity tries.
_ONE_TENTH_LESS = -0.1
_COUNTS = ["needed_count", "in_post_count", "leaving_count", "gap_count"]


def leaving_year(retires_on: pd.Series) -> pd.Series:
    """First school year in which a person is no longer there on its first day.

    A date of 1 July 2027 or before gives 2027 at the latest; 1 August 2027 gives 2028. NA where
    there is no date.

    Method: docs/method.md eq. 58.
    """
    month, day = retires_on.dt.month, retires_on.dt.day
    after = (month > SCHOOL_YEAR_MONTH) | ((month == SCHOOL_YEAR_MONTH) & (day > SCHOOL_YEAR_DAY))
    return (retires_on.dt.year + after).astype("Int64")


def post_as_needed(in_post: pd.DataFrame, needed: pd.DataFrame) -> pd.Series:
    """The post of each teacher in the terms in which the school needs it.

    Where a school's need names religions, a teacher of agama of none of them fits no post; where
    it names none, every one fits ``guru_agama``.

    Parameters
    ----------
    in_post
        One row per teacher: ``npsn``, ``post``.
    needed
        Needs: ``npsn``, ``post``.

    Returns
    -------
    Posts by the rows of ``in_post``.
    """
    is_agama = in_post["post"].str.startswith(RELIGION)
    parted = set(needed.loc[needed["post"].str.startswith(f"{RELIGION}:"), "npsn"])
    by_religion = in_post["npsn"].isin(parted)
    post = in_post["post"].mask(is_agama & ~by_religion, RELIGION)
    return post.mask(by_religion & (post == RELIGION), UNKNOWN_POST)


def gap(
    needed: pd.DataFrame,
    in_post: pd.DataFrame,
    years: Sequence[int],
    schools: Collection[str] | None = None,
) -> pd.DataFrame:
    """Need less those still in post, by school, post and school year.

    Parameters
    ----------
    needed
        As :func:`analytics.teachers.teachers_needed` gives it.
    in_post
        As :func:`analytics.teachers_in_post.teachers_in_post` gives it; only ``status`` in post
        counts.
    years
        School years to tell.
    schools
        Schools whose pupils are known, also those with none; None: the schools of ``needed``.
        Teachers of other schools are left out: a school without pupil numbers is not a school
        without need.

    Returns
    -------
    One row per ``npsn``, ``post`` and ``school_year`` of ``years`` where anybody is needed in some
    year or in post today: ``needed_count``, ``in_post_count`` (today), ``leaving_count`` (of
    those, gone before the year begins), ``gap_count`` = needed - (in post - leaving), above zero a
    deficit. ``level`` is the school's. Post ``belum_diketahui``: teachers of whom nothing names
    the post; their negative gap is no surplus.
    A school whose need names no religion takes every agama teacher for ``guru_agama``.

    Method: docs/method.md eq. 58-59.
    """
    wanted = [int(year) for year in years]
    needed = needed.loc[needed["school_year"].isin(wanted)]
    places = set(needed["npsn"]) if schools is None else set(schools)
    staff = in_post.loc[(in_post["status"] == IN_POST) & in_post["npsn"].isin(places)]
    staff = staff.assign(post=post_as_needed(staff, needed))
    (school, schools_of), (post, posts) = (
        pd.factorize(
            pd.concat([needed[name], staff[name]]).astype("str"), sort=True, use_na_sentinel=False
        )
        for name in ("npsn", "post")
    )
    pairs, pair = np.unique(school * max(len(posts), 1) + post, return_inverse=True)
    if not len(pairs) or not wanted:
        return pd.DataFrame(columns=GAP_COLUMNS)
    shape = (len(pairs), len(wanted))

    order = np.argsort(wanted, kind="stable")
    year_at = np.searchsorted(np.array(wanted)[order], needed["school_year"].to_numpy(np.int64))
    need = np.zeros(shape, dtype=np.int64)
    count = needed["needed_count"].to_numpy(dtype=np.int64)
    np.add.at(need, (pair[: len(needed)], order[year_at]), count)
    holder = pair[len(needed) :]
    holding = np.bincount(holder, minlength=len(pairs))
    gone = np.zeros(shape, dtype=np.int64)
    leaves = leaving_year(staff["retires_on"]).fillna(np.iinfo(np.int64).max).to_numpy(np.int64)
    for number, year in enumerate(wanted):
        gone[:, number] = np.bincount(holder[leaves <= year], minlength=len(pairs))
    own_school, own_post = np.divmod(np.repeat(pairs, len(wanted)), len(posts))
    level = schools_of.to_series().map(_level_by_school(needed, staff)).astype("str")
    in_post_count = np.repeat(holding, len(wanted))
    return pd.DataFrame(
        {
            "npsn": schools_of.array.take(own_school),
            "level": level.array.take(own_school),
            "post": posts.array.take(own_post),
            "school_year": np.tile(np.array(wanted, dtype=np.int64), len(pairs)),
            "needed_count": need.ravel(),
            "in_post_count": in_post_count,
            "leaving_count": gone.ravel(),
            "gap_count": need.ravel() - (in_post_count - gone.ravel()),
        }
    )[GAP_COLUMNS]


def gap_sums(gaps: pd.DataFrame, by: Sequence[str]) -> pd.DataFrame:
    """Deficits and surpluses of groups of schools, neither hiding the other.

    Parameters
    ----------
    gaps
        As :func:`gap` gives it, with any columns joined (``kecamatan``).
    by
        Columns to sum by, such as ``["kecamatan", "post"]``.

    Returns
    -------
    One row per group and ``school_year``: the counts of :func:`gap` summed; ``deficit_count``
    (posts short, over schools and posts), ``surplus_count`` (posts too many), ``unknown_count``
    (teachers still in post whose post is not known) and ``deficit_at_least_count``: what is left
    short if all of a school's unknown teachers filled its own deficits. Always
    gap = deficit - surplus - unknown.

    Method: docs/method.md eq. 60.
    """
    keys = [*by, "school_year"]
    known = (gaps["post"] != UNKNOWN_POST).to_numpy()
    count = gaps["gap_count"].to_numpy(dtype=np.int64)
    parted = gaps[list(dict.fromkeys([*keys, "npsn", *_COUNTS]))].assign(
        deficit_count=np.where(known, np.maximum(count, 0), 0),
        surplus_count=np.where(known, np.maximum(-count, 0), 0),
        unknown_count=np.where(known, 0, -count),
    )
    own = parted.groupby(list(dict.fromkeys([*keys, "npsn"])), dropna=False, sort=False)[
        [*_COUNTS, "deficit_count", "surplus_count", "unknown_count"]
    ].sum()
    left = (own["deficit_count"] - own["unknown_count"]).clip(lower=0)
    return (
        own.assign(deficit_at_least_count=left)
        .reset_index()
        .groupby(keys, dropna=False, sort=True)[
            [*_COUNTS, "deficit_count", "surplus_count", "unknown_count", "deficit_at_least_count"]
        ]
        .sum()
        .reset_index()
    )


def turning(gaps: pd.DataFrame, by: Sequence[str] = ("npsn", "post")) -> pd.DataFrame:
    """In which year a balance turns.

    Parameters
    ----------
    gaps
        One row per group ``by`` and ``school_year`` with ``gap_count``: :func:`gap` or
        :func:`gap_sums`.

    Returns
    -------
    One row per group: ``first_year``, ``gap_first``, ``last_year``, ``gap_last``,
    ``first_deficit_year`` (NA: never short) and ``turns_in``: the first year whose sign differs
    from the first year's, with ``turns_to`` (``deficit``, ``surplus``, ``balanced``); NA where it
    never turns.

    Method: docs/method.md eq. 61.
    """
    keys = list(by)
    ordered = gaps.sort_values([*keys, "school_year"], kind="stable")
    sign = np.sign(ordered["gap_count"])
    groups = ordered.groupby(keys, dropna=False, sort=True)
    begun = np.sign(groups["gap_count"].transform("first"))
    first = groups[["school_year", "gap_count"]].first()
    last = groups[["school_year", "gap_count"]].last()
    short = ordered.loc[sign > 0].groupby(keys, dropna=False)["school_year"].first()
    turned = ordered.assign(sign=sign).loc[sign != begun].groupby(keys, dropna=False)
    turn = turned[["school_year", "sign"]].first()
    words = {1: "deficit", -1: "surplus", 0: "balanced"}
    table = pd.DataFrame(
        {
            "first_year": first["school_year"],
            "gap_first": first["gap_count"],
            "last_year": last["school_year"],
            "gap_last": last["gap_count"],
            "first_deficit_year": short.reindex(first.index).astype("Int64"),
            "turns_in": turn["school_year"].reindex(first.index).astype("Int64"),
            "turns_to": turn["sign"].map(words).reindex(first.index).astype("str"),
        }
    )
    return table.reset_index()


def needed_at_actual_ratio(
    classes: pd.DataFrame, staff: pd.DataFrame, base_year: int
) -> pd.DataFrame:
    """Teachers if every rombel kept as many as it has today.

    Parameters
    ----------
    classes
        One row per school, school year and grade, as :func:`analytics.teachers.rombel` gives it.
    staff
        ``npsn``, ``teacher_count``: teachers in post today
        (:func:`analytics.teachers_in_post.in_post_counts`, or a school list's own column). A
        school without a row is left out of the ratio; write 0 for one without teachers.
    base_year
        The school year of ``staff``.

    Returns
    -------
    One row per ``npsn``, ``school_year``, ``level``: ``rombel_count``, ``ratio`` (teachers per
    rombel, pooled over the schools of the level), ``ratio_basis`` (``level``; ``all_levels``
    where the level has no teachers to learn from; ``none``: no ratio, NaN) and ``needed_at_ratio``
    = ratio x rombel, unrounded, so that sums hold. A school of several levels counts with its
    lowest for the ratio.

    Method: docs/method.md eq. 62.
    """
    keys = ["npsn", "school_year", "level"]
    table = classes.groupby(keys, sort=True)["rombel_count"].sum().reset_index()
    level = _lowest_level(classes)
    base = table.loc[table["school_year"] == base_year].groupby("npsn")["rombel_count"].sum()
    known = staff.dropna(subset=["npsn", "teacher_count"]).groupby("npsn")["teacher_count"].sum()
    both = pd.DataFrame({"rombel": base, "teachers": known}).dropna()
    both = both.loc[both["rombel"] > 0]
    pooled = both.groupby(level.reindex(both.index).to_numpy())[["rombel", "teachers"]].sum()
    pooled = pooled.loc[pooled["teachers"] > 0]
    by_level = pooled["teachers"] / pooled["rombel"]
    total = both.sum()
    overall = float(total["teachers"] / total["rombel"]) if total["teachers"] > 0 else np.nan
    own = table["npsn"].map(level).map(by_level).astype(float)
    basis = np.select(
        [own.notna(), np.full(len(own), not np.isnan(overall))], ["level", "all_levels"], "none"
    )
    ratio = own.fillna(overall)
    return table.assign(
        ratio=ratio, ratio_basis=basis, needed_at_ratio=ratio * table["rombel_count"]
    )


def elasticity(need: pd.DataFrame, first_year: int, last_year: int) -> pd.DataFrame:
    """How teacher need follows pupils between two school years, by level and in all.

    Parameters
    ----------
    need
        As :func:`analytics.teachers.school_need` gives it; levels out of scope are left out.

    Returns
    -------
    One row per ``level``, and one ``semua``: pupils, rombel and needed posts of both years
    (``pupils_first``, ``pupils_last``, ...), ``pupil_change``, ``need_change`` and ``fte_change``
    as shares of the first year, and ``elasticity`` = need_change / pupil_change (1: need falls as
    fast as pupils; 0: not at all). NaN where pupils do not change.

    Method: docs/method.md eq. 63.
    """
    rows = need.loc[need["is_in_scope"] & need["school_year"].isin([first_year, last_year])]
    columns = ["pupil_count", "rombel_count", "needed_count", "needed_fte"]
    sums = rows.groupby(["level", "school_year"])[columns].sum()
    levels = list(dict.fromkeys(sums.index.get_level_values("level")))
    records = []
    for level in [*levels, "semua"]:
        own = rows if level == "semua" else rows.loc[rows["level"] == level]
        year = own.groupby("school_year")[columns].sum().reindex([first_year, last_year]).fillna(0)
        start, end = year.iloc[0], year.iloc[1]
        pupils, posts, fte = (
            _change(start[name], end[name])
            for name in ("pupil_count", "needed_count", "needed_fte")
        )
        records.append(
            {
                "level": level,
                "first_year": first_year,
                "last_year": last_year,
                "pupils_first": start["pupil_count"],
                "pupils_last": end["pupil_count"],
                "rombel_first": int(start["rombel_count"]),
                "rombel_last": int(end["rombel_count"]),
                "needed_first": int(start["needed_count"]),
                "needed_last": int(end["needed_count"]),
                "pupil_change": pupils,
                "need_change": posts,
                "fte_change": fte,
                "elasticity": posts / pupils if pupils else np.nan,
            }
        )
    return pd.DataFrame(records)


def local_elasticity(  # noqa: PLR0913  (what a question may leave as it is)
    cells: pd.DataFrame,
    rulebook: RuleBook,
    choice: NeedChoice = AS_LAW,
    change: float = _ONE_TENTH_LESS,
    sizes: Sequence[int] = SCHOOL_SIZES,
    facts: SchoolFacts | None = None,
) -> pd.DataFrame:
    """What a small change of pupils does to need, by size of school: whole rombel hide it.

    Parameters
    ----------
    cells
        One school year of cells as in :func:`analytics.teachers.rombel`.
    change
        Share by which every grade of every school changes, -0.1 for a tenth less; cells are
        rounded to whole pupils again.
    sizes
        Pupils at which the next band of schools begins, rising.
    facts
        As in :func:`analytics.teachers.teachers_needed`.

    Returns
    -------
    One row per ``level`` and ``size_band`` (``60-119``) with schools in it: ``school_count``,
    ``pupil_count``, ``needed_count``, ``unmoved_count`` (schools whose need does not move),
    ``pupil_change``, ``need_change`` and ``elasticity``, NaN where rounding leaves pupils alone.

    Raises
    ------
    ValueError
        When ``cells`` hold several school years, or ``change`` is 0 or below -1.

    Method: docs/method.md eq. 64.
    """
    if len(cells["school_year"].unique()) > 1:
        raise ValueError("cells hold several school years; give one")
    if change == 0 or change < -1:
        raise ValueError(f"change is {change}; a share above or below 0, not under -1")
    changed = cells.assign(pupil_count=np.rint(cells["pupil_count"] * (1 + change)))
    keys = ["npsn", "level"]
    before = school_need(cells, rulebook, None, choice, facts).set_index(keys)
    after = school_need(changed, rulebook, None, choice, facts).set_index(keys)
    both = before.join(
        after[["pupil_count", "needed_count"]], suffixes=("", "_after")
    ).reset_index()
    both = both.loc[both["is_in_scope"] & (both["pupil_count"] > 0)]
    edges = [1, *sizes]
    names = [f"{low}-{high - 1}" for low, high in pairwise(edges)]
    band = pd.cut(
        both["pupil_count"],
        [-np.inf, *(size - 0.5 for size in sizes), np.inf],
        labels=[*names, f"{sizes[-1]}+"],
    )
    both = both.assign(
        size_band=band,
        school_count=1,
        unmoved_count=both["needed_count"] == both["needed_count_after"],
    )
    sums = both.groupby(["level", "size_band"], observed=True)[
        [
            *("school_count", "pupil_count", "needed_count", "unmoved_count"),
            *("pupil_count_after", "needed_count_after"),
        ]
    ].sum()
    pupils = sums["pupil_count_after"] / sums["pupil_count"] - 1
    posts = sums["needed_count_after"] / sums["needed_count"] - 1
    table = sums.assign(
        pupil_change=pupils, need_change=posts, elasticity=posts / pupils.where(pupils != 0) + 0.0
    )
    dropped = table.drop(columns=["pupil_count_after", "needed_count_after"]).reset_index()
    return dropped.astype({"size_band": "str"})


def _change(start: float, end: float) -> float:
    return end / start - 1 if start else np.nan


def _lowest_level(rows: pd.DataFrame) -> pd.Series:
    order = {"TK": 0, "SD": 1, "SMP": 2, "SMA": 3}
    rows = rows.loc[rows["npsn"].notna()]
    level, names = pd.factorize(rows["level"], use_na_sentinel=False)
    ranks = np.array([order.get(str(name).upper(), len(order)) for name in names], dtype=np.int64)
    school, schools = pd.factorize(rows["npsn"])
    # Of each school the lowest level, of equals the first that stands.
    first = np.lexsort((ranks[level], school)) if len(rows) else level
    first = first[np.unique(school[first], return_index=True)[1]]
    lowest = rows["level"].iloc[first]
    return lowest.set_axis(pd.Index(schools, name="npsn"))


def _level_by_school(needed: pd.DataFrame, staff: pd.DataFrame) -> pd.Series:
    told = staff.dropna(subset=["level"])[["npsn", "level"]]
    both = pd.concat([_lowest_level(needed), _lowest_level(told)])
    return both.loc[~both.index.duplicated()]
