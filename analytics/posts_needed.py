"""Posts needed in every unit, by what can be said of them: schools, ABK, ratios of service.

Four things are never mixed: what the school model asks for (pupils, rombel, hours), what an ABK
sheet of the government says, a local ratio of service, and today's complement kept as it is. Each
need carries its basis; a post nobody has computed has none and is shown as not computed.
Method: docs/method.md eq. 190-195.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date

import numpy as np
import pandas as pd

from analytics.posts_abk import abk_posts
from analytics.posts_held import (
    AT_LEVEL,
    CELL,
    HEAD_ROLE,
    TEACHER,
    at_level,
    people_by_post,
    posts_as_needed,
)
from analytics.rules import RuleBook
from analytics.teachers import HEAD

__all__ = [
    "ABK", "AT_LEVEL", "BASES", "CELL", "COMPLEMENT", "HEAD_ROLE", "NONE", "RATIO",
    "SCHOOL_MODEL", "TEACHER", "Needs", "abk_posts", "at_level", "need_kept", "no_needs",
    "people_by_post", "posts_as_needed", "ratio_posts", "school_posts",
]  # fmt: skip

SCHOOL_MODEL, ABK, RATIO, COMPLEMENT, NONE = (
    *("school_model", "abk", "ratio", "complement"),
    "none",
)
BASES = (SCHOOL_MODEL, ABK, RATIO, COMPLEMENT)


@dataclass(frozen=True, eq=False)
class Needs:
    """Posts needed before anybody is counted, one frame a basis.

    Parameters
    ----------
    school
        ``unit_id``, ``role_group``, ``post``, ``year``, ``needed_count``: teachers of schools
        whose pupils are known.
    school_units
        Units whose need the school model knows, also where it is nought.
    abk
        ``unit_id``, ``role_group``, ``post``, ``year`` of the sheet, ``needed_count`` (whole
        posts), ``needed_fte``.
    ratio
        ``unit_id``, ``role_group``, ``post``, ``needed_count``, ``is_floor``, ``rule_id``.
    unmatched
        Rows of the ABK that found no unit or no role, as :func:`analytics.posts_abk.abk_posts`
        tells them.
    """

    school: pd.DataFrame
    school_units: frozenset[str] = frozenset()
    abk: pd.DataFrame = field(default_factory=lambda: no_needs(year=True))
    ratio: pd.DataFrame = field(default_factory=lambda: no_needs(ratio=True))
    unmatched: pd.DataFrame = field(default_factory=pd.DataFrame)


def no_needs(*, year: bool = False, ratio: bool = False) -> pd.DataFrame:
    """No needs yet: ``CELL``, ``needed_count``, and the columns of a year or a ratio if asked."""
    types: dict[str, str] = dict.fromkeys(CELL, "str")
    if year:
        types["year"] = "int64"
    types["needed_count"] = "float64"
    if year:
        types["needed_fte"] = "float64"
    if ratio:
        types |= {"is_floor": "bool", "rule_id": "str"}
    return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in types.items()})


def need_kept(school: pd.DataFrame, until: int) -> pd.DataFrame:
    """Need of the last year that pupils are forecast for, kept for the years after it.

    Parameters
    ----------
    school
        Rows of :class:`Needs.school`, with ``year``.
    until
        The last calendar year to answer for.
    """
    if school.empty or int(school["year"].max()) >= until:
        return school
    last = int(school["year"].max())
    own = school.loc[school["year"] == last]
    later = [own.assign(year=year) for year in range(last + 1, until + 1)]
    return pd.concat([school, *later], ignore_index=True)


def school_posts(
    needed: pd.DataFrame,
    units: pd.DataFrame,
    rulebook: RuleBook,
    schools: Collection[str] | None = None,
) -> tuple[pd.DataFrame, frozenset[str]]:
    """Teachers needed, in the units and posts of the gap.

    Parameters
    ----------
    needed
        As :func:`analytics.teachers.teachers_needed` gives it; after mergers where they are
        decided.
    units
        One row per unit: ``unit_id``, ``npsn``, ``school_level``.
    schools
        Schools whose pupils are known; None: those of ``needed``. Others are left out.

    Returns
    -------
    Rows of :class:`Needs.school`, and the units the model answers for. The need at the end of a
    calendar year is that of the school year which began in it.

    Method: docs/method.md eq. 191.
    """
    known = set(needed["npsn"]) if schools is None else set(schools)
    rows = needed.loc[needed["npsn"].isin(known) & (needed["needed_count"] > 0)]
    frame, unit_of = placed_posts(rows, units, rulebook, known)
    keys = [*CELL, "year"]
    summed = frame.groupby(keys, sort=True, as_index=False)["needed_count"].sum()
    return summed, frozenset(unit_of.values())


def placed_posts(
    rows: pd.DataFrame, units: pd.DataFrame, rulebook: RuleBook, known: Collection[str]
) -> tuple[pd.DataFrame, dict[str, str]]:
    """Teachers needed as :func:`school_posts` has them, before they are summed.

    Parameters
    ----------
    rows
        Posts needed by school: ``npsn``, ``level``, ``post``, ``school_year``, ``needed_count``.
    units
        One row per unit: ``unit_id``, ``npsn``, and ``school_level`` where known.
    known
        Schools that the model knows, by ``npsn``.

    Returns
    -------
    One row per row of ``rows``, in their order, and the unit of each known school.
    """
    place = units.dropna(subset=["npsn"]).drop_duplicates("npsn").set_index("npsn")
    # A school in which nobody works has no unit; its number stands for it.
    units_known = dict(zip(place.index.tolist(), place["unit_id"].tolist(), strict=True))
    unit_of = {npsn: str(units_known.get(npsn, npsn)) for npsn in known}
    # Few schools have many rows: what a school has is looked up once.
    school, names = pd.factorize(rows["npsn"])
    each = pd.Series(names, dtype="object")
    pairs = rows[["npsn", "level"]].drop_duplicates()
    lowest = pairs.sort_values("level").drop_duplicates("npsn").set_index("npsn")["level"]
    told = each.map(place.get("school_level", {})).fillna(each.map(lowest)).astype("object")
    level = pd.Series(told.array.take(school, allow_fill=True), index=rows.index)
    unit = pd.array([unit_of.get(name) for name in names.tolist()], dtype="str")
    frame = pd.DataFrame(
        {
            "unit_id": pd.Series(unit.take(school, allow_fill=True), index=rows.index),
            "role_group": np.where(rows["post"] == HEAD, HEAD_ROLE, TEACHER),
            "post": at_level(rows["post"], level, rulebook).astype("str"),
            "year": rows["school_year"].astype("int64"),
            "needed_count": rows["needed_count"].astype("float64"),
        }
    )
    return frame, unit_of


def ratio_posts(units: pd.DataFrame, rulebook: RuleBook, on: date) -> pd.DataFrame:
    """Posts by the local ratios of service, for the units they speak of.

    Returns
    -------
    Rows of :class:`Needs.ratio`. Method: docs/method.md eq. 193.
    """
    rows = _in_force(rulebook.service_ratios, on)
    parts = []
    for row in rows.itertuples():
        here = units.loc[units["kind"] == row.unit_kind, "unit_id"]
        parts.append(
            pd.DataFrame(
                {
                    "unit_id": here.astype("str"),
                    "role_group": str(row.role_group),
                    "post": str(row.role_group),
                    "needed_count": float(row.posts_per_unit),
                    "is_floor": bool(row.is_floor),
                    "rule_id": str(row.rule_id),
                }
            )
        )
    if not parts:
        return no_needs(ratio=True)
    return pd.concat(parts, ignore_index=True)


def _in_force(table: pd.DataFrame, on: date) -> pd.DataFrame:
    moment = pd.Timestamp(on)
    return table[(table["effective_from"] <= moment) & (table["effective_to"] >= moment)]
