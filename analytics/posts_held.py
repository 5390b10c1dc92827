"""Which post each teacher holds, in the words in which schools need it: with its level.

Method: docs/method.md eq. 190.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pandas as pd

from analytics.rules import RuleBook
from analytics.teachers import HEAD
from analytics.teachers_gap import post_as_needed
from analytics.teachers_in_post import UNKNOWN_POST

CELL = ("unit_id", "role_group", "post")
TEACHER, HEAD_ROLE = "guru", "kepala_sekolah"
AT_LEVEL = "@"


def people_by_post(people: pd.DataFrame, in_post: pd.DataFrame, rulebook: RuleBook,
                   units: pd.DataFrame) -> pd.DataFrame:  # fmt: skip
    """People with the post they hold, so that a projection can be grouped by it.

    Parameters
    ----------
    people
        The frame of :func:`analytics.retirement.retirements` with ``unit_id``.
    in_post
        As :func:`analytics.teachers_in_post.teachers_in_post` gives it for them; may be empty.
    units
        One row per unit: ``unit_id``, ``npsn``, ``school_level``.

    Returns
    -------
    ``people`` with ``post``: of teachers and heads the post they teach, with the level of their
    school where several levels need it (``guru_pjok@SD``), else the role group. A teacher whose
    post nothing names keeps ``guru``. ``unit_id`` of a teacher is the unit of the school he serves;
    ``role_group`` of whoever leads a school is ``kepala_sekolah``.

    Method: docs/method.md eq. 190.
    """
    table = people.assign(post=people["role_group"].astype("object"))
    if in_post.empty:
        return table
    own = in_post.dropna(subset=["nip"]).drop_duplicates("nip").set_index("nip")
    own = own.reindex(people["nip"])
    post = own["post"].astype("object").to_numpy()
    known = pd.notna(post) & (post != UNKNOWN_POST) & people["role_group"].isin(
        [TEACHER, HEAD_ROLE]
    ).to_numpy()  # fmt: skip
    schools = units.dropna(subset=["npsn"]).drop_duplicates("npsn").set_index("npsn")
    npsn = pd.Series(own["npsn"].astype("object").to_numpy(), index=people.index)
    at_school = npsn.map(schools["unit_id"])
    level = npsn.map(schools["school_level"]) if "school_level" in schools else npsn.map({})
    told = pd.Series(own["level"].astype("object").to_numpy(), index=people.index)
    named = at_level(pd.Series(post, index=people.index), level.fillna(told), rulebook)
    table.loc[known, "post"] = named[known]
    moved = known & at_school.notna().to_numpy()
    table.loc[moved, "unit_id"] = at_school[moved]
    table.loc[known & (post == HEAD), "role_group"] = HEAD_ROLE
    return table


def at_level(posts: pd.Series, levels: pd.Series, rulebook: RuleBook) -> pd.Series:
    """Posts with the level of the school where more than one level needs them.

    Parameters
    ----------
    posts, levels
        By the same rows: posts of ``teaching_posts``, and levels of school (SD, SMP).

    Returns
    -------
    By the same rows: ``guru_pjok`` of an SD as ``guru_pjok@SD``, ``guru_ipa`` as it is; NA stays
    NA.
    """
    shared = _shared_posts(rulebook)
    post, names = pd.factorize(posts)
    level, told = pd.factorize(levels)
    upper = [*(str(each).upper() for each in told), ""]
    # A pair of post and level is named once, however many rows it has; -1 is the last, untold.
    pair, pairs = pd.factorize(post * len(upper) + level % len(upper))
    words = np.empty(len(pairs), dtype=object)
    for at, number in enumerate(pairs.tolist()):
        own, of_level = divmod(number, len(upper))
        name = names[own] if own >= 0 else None
        takes = upper[of_level] and (name in shared or str(name).partition(":")[0] in shared)
        words[at] = f"{name}{AT_LEVEL}{upper[of_level]}" if takes else name
    named = pd.Series(words[pair], index=posts.index, name=posts.name, dtype=posts.dtype)
    return named.where(posts.notna(), posts)


def posts_as_needed(in_post: pd.DataFrame, needed: pd.DataFrame) -> pd.DataFrame:
    """Teachers with ``post`` in the terms of their school (``teachers_gap.post_as_needed``)."""
    return in_post.assign(post=post_as_needed(in_post, needed))


@lru_cache(maxsize=8)
def _shared_posts(rulebook: RuleBook) -> frozenset[str]:
    """Posts that schools of more than one level need."""
    tables = (rulebook.subject_hours[["post", "level"]], rulebook.teacher_rules[["post", "level"]])
    pairs = pd.concat(tables).drop_duplicates()
    pairs = pairs.loc[(pairs["post"] != "") & (pairs["level"] != "*")]
    count = pairs.assign(level=pairs["level"].str.upper()).groupby("post")["level"].nunique()
    return frozenset({*count[count > 1].index, HEAD})
