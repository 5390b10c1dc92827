"""What redistribution is asked about, from what the other modules know: needs, staff, schools.

After mergers the pupils of both schools are counted together and rombel formed anew; where only
needs are told, their hours are added, and whole posts where hours are not (then too many).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

import numpy as np
import pandas as pd

from analytics.redistribution_situation import NEED_COLUMNS, HoursLaw
from analytics.rules import RuleBook
from analytics.teachers import (
    AS_LAW,
    CLASS_TEACHER,
    HEAD,
    NeedChoice,
    SchoolFacts,
    rombel,
    teachers_needed,
)
from analytics.teachers_in_post import IN_POST, posts_named

_ALMOST = 1e-6
# A teacher whom a foundation pays.
_OWN_TEACHER = "GTY"


def needs_of(
    cells: pd.DataFrame,
    rulebook: RuleBook,
    law: HoursLaw,
    choice: NeedChoice = AS_LAW,
    facts: SchoolFacts | None = None,
) -> pd.DataFrame:
    """Needs of schools from their pupils, with the hours of posts that are counted by hours.

    Parameters
    ----------
    cells
        As :func:`analytics.teachers.rombel` takes them.

    Returns
    -------
    One row per ``npsn``, ``post`` and ``school_year``: ``needed_count``, ``hours`` (unrounded need
    times the norm; NaN for class teachers and heads, who fill a post each).

    Method: docs/method.md eq. 141.
    """
    need = teachers_needed(rombel(cells, rulebook, choice=choice), rulebook, None, choice, facts)
    by_post = need.groupby(["npsn", "post", "school_year"], sort=True)
    table = by_post[["needed_count", "needed_fte"]].sum().reset_index()
    whole = table["post"].isin([CLASS_TEACHER, HEAD])
    hours = (table["needed_fte"] * law.norm).mask(whole)
    return table.assign(hours=hours)[list(NEED_COLUMNS)]


def merged_cells(cells: pd.DataFrame, merges: Mapping[str, str]) -> pd.DataFrame:
    """Pupils by school and grade after mergers: none lost, those of both schools together.

    Parameters
    ----------
    cells
        One row per ``npsn``, ``school_year``, ``grade``: ``pupil_count``, and ``level`` if known.
    merges
        School that closes -> school that receives it.
    """
    level = cells.drop_duplicates("npsn").set_index("npsn")["level"] if "level" in cells else None
    moved = cells.assign(npsn=cells["npsn"].replace(dict(merges)))
    keys = ["npsn", "school_year", "grade"]
    table = moved.groupby(keys, sort=True)["pupil_count"].sum().reset_index()
    return table if level is None else table.assign(level=table["npsn"].map(level))


def merged_needs(
    needs: pd.DataFrame, merges: Mapping[str, str], law: HoursLaw
) -> tuple[pd.DataFrame, int]:
    """Needs after mergers where pupils are not told, and how many receivers were only added up.

    Hours of a post are added and make whole posts again; posts without hours are added as they
    are, which is too many where rombel of both schools fit into one.

    Parameters
    ----------
    needs
        One row per ``npsn``, ``post``, ``school_year``: ``needed_count``, ``hours`` (NA where not
        told).
    merges
        School that closes -> school that receives it.

    Method: docs/method.md eq. 142.
    """
    if not merges:
        return needs, 0
    hours = needs["hours"] if "hours" in needs else pd.Series(np.nan, index=needs.index)
    table = needs.assign(hours=hours, npsn=needs["npsn"].replace(dict(merges)))
    counted = table["hours"].fillna(table["needed_count"] * law.norm)
    keys = ["npsn", "post", "school_year"]
    groups = table.assign(counted=counted, is_told=table["hours"].notna(), part_count=1).groupby(
        keys, sort=True
    )
    sums = groups.agg(
        needed_count=("needed_count", "sum"), counted=("counted", "sum"),
        is_told=("is_told", "any"), part_count=("part_count", "sum"),
        largest=("needed_count", "max"),
    ).reset_index()  # fmt: skip
    together = sums["part_count"] > 1
    posts = np.ceil(sums["counted"] / law.norm - _ALMOST).astype("int64")
    # Where every school must have one (agama, PJOK), the merged school needs one of them, not two.
    posts = posts.clip(lower=(sums["needed_count"] > 0).astype("int64"))
    needed = sums["needed_count"].mask(together & sums["is_told"], posts)
    needed = needed.mask(sums["post"] == HEAD, 1)
    receivers = sums.loc[together & ~sums["is_told"] & (sums["post"] != HEAD), "npsn"].nunique()
    table = sums.assign(needed_count=needed, hours=sums["counted"].where(sums["is_told"]))
    return table[list(NEED_COLUMNS)], int(receivers)


def with_own_teachers(in_post: pd.DataFrame, private: Collection[str]) -> frozenset[str]:
    """Which of these private schools have teachers of their own in the list.

    Of one whose own teachers nobody listed every post would look empty.

    Parameters
    ----------
    in_post
        As :func:`analytics.teachers_in_post.teachers_in_post` gives it.
    private
        Private schools (npsn).
    """
    return frozenset(in_post.loc[in_post["npsn"].isin(private) & ~in_post["is_asn"], "npsn"])


def counting_own_teachers(in_post: pd.DataFrame, private: Collection[str]) -> pd.DataFrame:
    """The same people; whom one of these private schools employs counts there, and never moves."""
    own = in_post["npsn"].isin(private) & ~in_post["is_asn"]
    return in_post.assign(
        status=in_post["status"].mask(own, IN_POST),
        employment=in_post["employment"].mask(own, _OWN_TEACHER),
    )


def staff_of(in_post: pd.DataFrame, people: pd.DataFrame, rulebook: RuleBook) -> pd.DataFrame:
    """The staff of a situation from who is in post.

    Parameters
    ----------
    in_post
        As :func:`analytics.teachers_in_post.teachers_in_post` gives it.
    people
        The roster: ``nip``, ``golongan``, ``jenjang``; may be empty.

    Returns
    -------
    The columns of :class:`analytics.redistribution_situation.Situation`; ``person_id`` is the NIP,
    or ``baris-`` and a number where there is none. ``hours`` (JP a week) and ``home_kecamatan`` are
    those the list of teachers tells; hours not told are NaN, then estimated and said so.
    """
    proof = posts_named(in_post["certificate_subject"], rulebook)
    nip = in_post["nip"].astype("object").where(in_post["nip"].notna())
    row = pd.Series([f"baris-{at}" for at in range(len(in_post))], index=in_post.index)
    table = pd.DataFrame(
        {
            "person_id": nip.fillna(row).astype("str"),
            "npsn": in_post["npsn"],
            "post": in_post["post"],
            "certificate_post": proof.where(~proof.isin([HEAD, "-"]), ""),
            "hours": in_post.get("weekly_hours", np.nan),
            "retires_on": in_post["retires_on"],
            "employment": in_post["employment"],
            "home_kecamatan": in_post.get("home_kecamatan", ""),
            "apart": in_post["status"].mask(in_post["status"] == IN_POST, ""),
        }
    ).drop_duplicates("person_id")
    if len(people) and "nip" in people:
        own = people.drop_duplicates("nip").set_index("nip")
        for column, source in (("rank", "golongan"), ("step", "jenjang")):
            if source in own:
                table[column] = table["person_id"].map(own[source])
    return table.reset_index(drop=True)


def schools_of(profiles: pd.DataFrame) -> pd.DataFrame:
    """The schools of a situation: the latest profile of each.

    Returns
    -------
    One row per ``npsn``: ``name``, ``latitude``, ``longitude``, ``kecamatan``, ``status``,
    ``level``.
    """
    latest = profiles.sort_values("school_year", kind="stable").drop_duplicates("npsn", keep="last")
    columns = ["npsn", "name", "latitude", "longitude", "kecamatan", "status", "level"]
    return latest[columns].sort_values("npsn", ignore_index=True)
