"""The counts behind the page on moving teachers: by post, by kecamatan, by pair of schools."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pandas as pd

from analytics import redistribution_people
from pages.shared import load_schools, maps, teacher_view
from pages.shared.load_redistribution import Plan
from pages.shared.redistribution_reasons import reasons

COUNTS = ["vacant_count", "filled_count", "unfilled_count", "surplus_count", "out_count"]


@dataclass(frozen=True, eq=False)
class Answer:
    """What the page shows of a plan; small, never to be changed.

    ``cells``: one row per school and post with a deficit or a surplus: ``npsn``, ``post``,
    ``kecamatan``, ``vacant_count`` before, ``filled_count``, ``unfilled_count`` after,
    ``surplus_count`` before, ``out_count`` who leave, ``left_count`` after. ``schools``: one row
    per school: the same counts, ``name``, ``east_km``, ``north_km``, ``is_locked``. ``pairs``: one
    row per present and receiving school: ``people_count``, ``km``, ``posts``, ``is_other`` (the
    additional school of a teacher of two).
    """

    cells: pd.DataFrame
    schools: pd.DataFrame
    pairs: pd.DataFrame

    def by(self, column: str) -> pd.DataFrame:
        """The counts by ``post`` or ``kecamatan``; largest deficit first."""
        sums = self.cells.groupby(column)[[*COUNTS, "left_count"]].sum().reset_index()
        order = ["vacant_count", "surplus_count", column]
        return sums.sort_values(order, ascending=[False, False, True], ignore_index=True)


# A plan is kept by whoever computed it; by its identity, so that nothing is hashed anew.
@lru_cache(maxsize=16)
def answer(plan: Plan) -> Answer:
    """The counts of a plan."""
    cells = _cells(plan)
    schools = _schools(plan, cells)
    place = schools.set_index("npsn")["kecamatan"]
    return Answer(
        cells=cells.assign(kecamatan=_named_by(cells["npsn"], place)),
        schools=schools,
        pairs=_pairs(plan),
    )


def _cells(plan: Plan) -> pd.DataFrame:
    """Before and after by school and post; every person and every post once."""
    found, keys = plan.found, ["npsn", "post"]
    moves = found.moves
    came = pd.concat(
        [
            moves[["to_npsn", "post"]].set_axis(keys, axis=1),
            moves.loc[moves["other_npsn"] != "", ["other_npsn", "other_post"]].set_axis(
                keys, axis=1
            ),
        ]
    ).value_counts()
    short = found.unfilled.set_index(keys)["short_count"]
    spare = found.surplus_left.set_index(keys)[["surplus_count", "moved_count", "left_count"]]
    index = came.index.union(short.index).union(spare.index)
    table = pd.DataFrame(
        {
            "filled_count": came.reindex(index),
            "unfilled_count": short.reindex(index),
            "surplus_count": spare["surplus_count"].reindex(index),
            "out_count": spare["moved_count"].reindex(index),
            "left_count": spare["left_count"].reindex(index),
        }
    )
    table = table.fillna(0).astype("int64").reset_index(names=keys)
    return table.assign(vacant_count=table["filled_count"] + table["unfilled_count"])


def _schools(plan: Plan, cells: pd.DataFrame) -> pd.DataFrame:
    listed = load_schools.schools_of(plan.key.schools)
    touched = set(cells["npsn"]) | set(plan.situation.needs["npsn"]) | set(plan.key.locks.closed)
    listed = listed.loc[listed["npsn"].isin(touched)].reset_index(drop=True)
    sums = cells.groupby("npsn")[[*COUNTS, "left_count"]].sum()
    counts = sums.reindex(listed["npsn"]).fillna(0).astype("int64").reset_index(drop=True)
    # The same belief in coordinates as the moves themselves: a school kept out is on no map.
    bad = set(plan.found.findings.loc[plan.found.findings["npsn"] != "", "npsn"])
    where = listed.assign(
        **{
            name: listed[name].where(~listed["npsn"].isin(bad))
            for name in ("latitude", "longitude")
        }
    )
    return pd.concat([listed, counts], axis=1).assign(
        is_locked=listed["npsn"].isin(list(plan.key.locks.closed)),
        closes_into=_named_by(listed["npsn"], plan.situation.merges),
        **maps.places_km(where),
    )


def _pairs(plan: Plan) -> pd.DataFrame:
    moves = plan.found.moves
    moves = moves.loc[moves["kind"] != "same_school"]
    rows = [
        moves.assign(is_other=False)[["from_npsn", "to_npsn", "km", "post", "is_other"]],
        moves.loc[moves["other_npsn"] != ""]
        .assign(is_other=True)[["to_npsn", "other_npsn", "other_km", "post", "is_other"]]
        .set_axis(["from_npsn", "to_npsn", "km", "post", "is_other"], axis=1),
    ]
    every = pd.concat(rows, ignore_index=True)
    columns = ["from_npsn", "to_npsn", "is_other", "people_count", "km", "posts"]
    if every.empty:
        return pd.DataFrame(columns=columns)
    grouped = every.groupby(["from_npsn", "to_npsn", "is_other"], sort=True)
    return grouped.agg(
        people_count=("post", "size"), km=("km", "max"), posts=("post", lambda own: tuple(own))
    ).reset_index()[columns]


@lru_cache(maxsize=32)
def moves(plan: Plan, language: str) -> pd.DataFrame:  # noqa: ARG001 (part of the key)
    """Every move with names, schools in words and the reason in the visitor's language.

    Returns
    -------
    The columns of ``Redistribution.moves`` and ``name``, ``from_name``, ``to_name``,
    ``other_name``, ``from_kecamatan``, ``to_kecamatan``, ``post_name``, ``way_km`` (both ways of a
    teacher of two schools); longest way last.
    """
    table = plan.found.moves
    schools = _named(plan)
    person = _person_names(plan)
    told = table.assign(
        name=_named_by(table["person_id"], person),
        from_name=_named_by(table["from_npsn"], schools["name"]),
        to_name=_named_by(table["to_npsn"], schools["name"]),
        other_name=_named_by(table["other_npsn"], schools["name"]),
        from_kecamatan=_named_by(table["from_npsn"], schools["kecamatan"]),
        to_kecamatan=_named_by(table["to_npsn"], schools["kecamatan"]),
        post_name=[teacher_view.post_name(post) for post in table["post"]],
        way_km=table["km"] + table["other_km"],
    )
    return reasons(told).sort_values(["post_name", "from_name", "way_km"], ignore_index=True)


def moves_counted(plan: Plan, language: str) -> pd.DataFrame:
    """The moves without anybody: by kecamatan and post.

    Returns
    -------
    ``from_kecamatan``, ``to_kecamatan``, ``post_name``, ``people_count``, ``mean_km``.
    """
    told = moves(plan, language)
    keys = ["from_kecamatan", "to_kecamatan", "post_name"]
    sums = told.groupby(keys).agg(people_count=("km", "size"), mean_km=("km", "mean"))
    return sums.reset_index().sort_values(
        ["people_count", *keys], ascending=[False, True, True, True], ignore_index=True
    )


def unfilled(plan: Plan) -> pd.DataFrame:
    """Posts still empty, with why; most posts first."""
    table = reasons(_placed(plan, plan.found.unfilled))
    return table.sort_values(
        ["short_fte", "post_name", "name"], ascending=[False, True, True], ignore_index=True
    )


def surplus_left(plan: Plan) -> pd.DataFrame:
    """Posts with people still to spare, with why; most people first."""
    rows = plan.found.surplus_left
    rows = rows.loc[rows["left_count"] > 0]
    table = reasons(_placed(plan, rows))
    schools = _named(plan)["name"]
    table = table.assign(follows_name=_named_by(table["follows_npsn"], schools))
    return table.sort_values(
        ["left_count", "post_name", "name"], ascending=[False, True, True], ignore_index=True
    )


@lru_cache(maxsize=16)
def people_left(plan: Plan, language: str) -> pd.DataFrame:
    """Who is in the posts still to spare and who does not count, with names.

    Returns
    -------
    The columns of :func:`analytics.redistribution_people.people_left` and ``name``, ``school``,
    ``post_name``, ``retires_on``; ``why`` in the visitor's language.
    """
    table = redistribution_people.people_left(plan.found)
    staff = plan.situation.staff.set_index("person_id")
    school = _named_by(table["npsn"], _named(plan)["name"])
    return table.assign(
        name=_named_by(table["person_id"], _person_names(plan)),
        # A school that no list names is still told by its number.
        school=school.where(school != "", table["npsn"]),
        post_name=[teacher_view.post_name(post) for post in table["post"]],
        retires_on=table["person_id"].map(staff["retires_on"]),
        why=table["why"] if language == "id" else table["why_en"],
    ).sort_values(["school", "post_name", "name"], ignore_index=True)


def _person_names(plan: Plan) -> pd.Series:
    """The name of everybody in post by NIP."""
    named = teacher_view.in_post_of(plan.key.schools, plan.key.people)
    return named.dropna(subset=["nip"]).drop_duplicates("nip").set_index("nip")["name"]


def _placed(plan: Plan, rows: pd.DataFrame) -> pd.DataFrame:
    schools = _named(plan)
    return rows.assign(
        name=_named_by(rows["npsn"], schools["name"]),
        kecamatan=_named_by(rows["npsn"], schools["kecamatan"]),
        post_name=[teacher_view.post_name(post) for post in rows["post"]],
    )


def _named_by(ids: pd.Series, names: Mapping[str, str] | pd.Series) -> pd.Series:
    """The name of each id as text, '' where it has none."""
    return pd.Series([str(names.get(one, "")) for one in ids], index=ids.index, dtype="str")


def _named(plan: Plan) -> pd.DataFrame:
    return load_schools.schools_of(plan.key.schools).set_index("npsn")


def reasons_counted(rows: pd.DataFrame, count: str) -> pd.Series:
    """How much is explained by each reason, the commonest first."""
    if rows.empty:
        return pd.Series(dtype="float64")
    sums = rows.groupby("reason_code")[count].sum()
    return sums.loc[sums > 0].sort_values(ascending=False, kind="stable")


def mean_km(plan: Plan) -> float | None:
    """Mean way of those who change school; both ways of a teacher of two; None where no way is."""
    moved = plan.found.counts["moved_count"] - plan.found.counts["unknown_km_count"]
    return float(plan.found.counts["km"] / moved) if moved else None


def locks_cost(plan: Plan) -> tuple[int, int]:
    """By how much the locks change posts filled and people moved; zero without a lock."""
    if plan.unlocked is None:
        return 0, 0
    now, free = plan.found.counts, plan.unlocked.counts
    return (
        int(now["filled_count"] - free["filled_count"]),
        int(now["moved_count"] - free["moved_count"]),
    )


def key_of(schools: pd.DataFrame, npsn: str) -> pd.Series | None:
    """One school of an answer; None where it is not in it."""
    at = np.flatnonzero((schools["npsn"] == npsn).to_numpy())
    return schools.iloc[int(at[0])] if len(at) else None
