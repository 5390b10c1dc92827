"""What is missing or spare: need against who is in post and who leaves, post by post.

A surplus in one school never fills a deficit in another by itself: every sum shows both. Beside
the strict need stands the need at the ratio of today (``teachers_ratio.py``), and how need follows
pupils (``teachers_elasticity.py``). Method: docs/method.md eq. 58-61.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np
import pandas as pd

from analytics.teachers import RELIGION
from analytics.teachers_in_post import IN_POST, UNKNOWN_POST
from analytics.teachers_law import SCHOOL_YEAR_DAY, SCHOOL_YEAR_MONTH
from analytics.teachers_rombel import lowest_level

GAP_COLUMNS = [
    *("npsn", "level", "post", "school_year"),
    *("needed_count", "in_post_count", "leaving_count", "gap_count"),
]
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


def _level_by_school(needed: pd.DataFrame, staff: pd.DataFrame) -> pd.Series:
    told = staff.dropna(subset=["level"])[["npsn", "level"]]
    both = pd.concat([lowest_level(needed), lowest_level(told)])
    return both.loc[~both.index.duplicated()]
