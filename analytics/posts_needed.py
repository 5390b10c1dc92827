"""Posts needed in every unit, by what can be said of them: schools, ABK, ratios of service.

Four things are never mixed: what the school model asks for (pupils, rombel, hours), what an ABK
sheet of the government says, a local ratio of service, and today's complement kept as it is. Each
need carries its basis; a post nobody has computed has none and is shown as not computed.
Method: docs/method.md eq. 190-195.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np
import pandas as pd

from analytics.positions import position_roles
from analytics.rules import RuleBook, RuleError
from analytics.teachers import HEAD, RELIGION
from analytics.teachers_in_post import UNKNOWN_POST, posts_named
from analytics.units import folded

SCHOOL_MODEL, ABK, RATIO, COMPLEMENT, NONE = (
    *("school_model", "abk", "ratio", "complement"),
    "none",
)
BASES = (SCHOOL_MODEL, ABK, RATIO, COMPLEMENT)
CELL = ("unit_id", "role_group", "post")
TEACHER, HEAD_ROLE = "guru", "kepala_sekolah"
AT_LEVEL = "@"
# Hours times norms over hours: what is nearer to a whole post is that post.
_ALMOST = 1e-9


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
        Rows of the ABK that found no unit or no role: ``unit``, ``opd``, ``title``, ``year``,
        ``needed_count``, ``reason`` (``unit_unknown``, ``title_unknown``).
    """

    school: pd.DataFrame
    school_units: frozenset[str] = frozenset()
    abk: pd.DataFrame = field(default_factory=lambda: no_needs(year=True))
    ratio: pd.DataFrame = field(default_factory=lambda: no_needs(ratio=True))
    unmatched: pd.DataFrame = field(default_factory=pd.DataFrame)


def no_needs(*, year: bool = False, ratio: bool = False) -> pd.DataFrame:
    """An empty frame of needs."""
    types: dict[str, str] = dict.fromkeys(CELL, "str")
    if year:
        types["year"] = "int64"
    types["needed_count"] = "float64"
    if year:
        types["needed_fte"] = "float64"
    if ratio:
        types |= {"is_floor": "bool", "rule_id": "str"}
    return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in types.items()})


NO_NEEDS = Needs(no_needs(year=True))


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
    """Posts with the level of the school where more than one level needs them."""
    shared = _shared_posts(rulebook)
    base = posts.astype("str").str.partition(":")[0]
    upper = levels.astype("object").where(levels.notna(), "").astype("str").str.upper()
    takes = (posts.isin(shared) | base.isin(shared)) & (upper != "")
    return posts.where(~takes, posts.astype("str") + AT_LEVEL + upper)


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
    place = units.dropna(subset=["npsn"]).drop_duplicates("npsn").set_index("npsn")
    # A school in which nobody works has no unit; its number stands for it.
    unit_of = {npsn: str(place["unit_id"].get(npsn, npsn)) for npsn in known}
    told = rows["npsn"].map(place.get("school_level", {}))
    lowest = rows.sort_values("level").drop_duplicates("npsn").set_index("npsn")["level"]
    level = told.fillna(rows["npsn"].map(lowest))
    frame = pd.DataFrame(
        {
            "unit_id": rows["npsn"].map(unit_of).astype("str"),
            "role_group": np.where(rows["post"] == HEAD, HEAD_ROLE, TEACHER),
            "post": at_level(rows["post"].astype("object"), level, rulebook).astype("str"),
            "year": rows["school_year"].astype("int64"),
            "needed_count": rows["needed_count"].astype("float64"),
        }
    )
    keys = [*CELL, "year"]
    summed = frame.groupby(keys, sort=True, as_index=False)["needed_count"].sum()
    return summed, frozenset(unit_of.values())


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


def abk_posts(
    listed: pd.DataFrame,
    units: pd.DataFrame,
    rulebook: RuleBook,
    local_titles: Mapping[str, tuple[str, str]] | None = None,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Posts of ABK sheets in the units and roles of the gap.

    Parameters
    ----------
    listed
        The table ``post_need``: ``unit``, ``opd``, ``title``, ``year``, ``needed_fte``.
    units
        One row per unit: ``unit_id``, ``name``, ``opd``, ``npsn``, ``school_level``.
    local_titles
        Titles mapped by hand, as :func:`analytics.positions.position_roles` takes them.

    Returns
    -------
    Rows of :class:`Needs.abk` and of :class:`Needs.unmatched`. Needs below one post stay as they
    are in ``needed_fte``; ``needed_count`` rounds a role of a unit half up, after adding.

    Method: docs/method.md eq. 192.
    """
    if listed.empty:
        return no_needs(year=True), pd.DataFrame()
    rows = listed.reset_index(drop=True)
    roles = position_roles(rows.rename(columns={"title": "position"}), rulebook, local_titles)
    unit_id = units_named(rows, units)
    role = roles["role_group"].astype("object")
    reason = np.select([unit_id.isna(), role.isna()], ["unit_unknown", "title_unknown"], "")
    lost = rows.assign(reason=reason, needed_count=rows["needed_fte"]).loc[reason != ""]
    kept = (reason == "") & rows["needed_fte"].notna().to_numpy()
    level = unit_id.map(units.drop_duplicates("unit_id").set_index("unit_id")["school_level"])
    taught = posts_named(rows["title"], rulebook)
    is_teacher = role.isin([TEACHER, HEAD_ROLE]) & ~taught.isin(["", "-"])
    post = role.where(~is_teacher, at_level(taught, level, rulebook))
    role = role.where(~(is_teacher & (taught == HEAD)), HEAD_ROLE)
    frame = pd.DataFrame(
        {"unit_id": unit_id, "role_group": role, "post": post, "year": rows["year"],
         "needed_fte": rows["needed_fte"].astype("float64")}
    ).loc[kept]  # fmt: skip
    summed = frame.groupby([*CELL, "year"], sort=True, as_index=False)["needed_fte"].sum()
    whole = np.floor(summed["needed_fte"] + 0.5 + _ALMOST)
    columns = [*CELL, "year", "needed_count", "needed_fte"]
    table = summed.assign(needed_count=whole)[columns]
    shown = [c for c in ("unit", "opd", "title", "year", "needed_count", "reason") if c in lost]
    return table.astype({"year": "int64"}), lost[shown].reset_index(drop=True)


def units_named(rows: pd.DataFrame, units: pd.DataFrame) -> pd.Series:
    """The unit each row means by its ``unit`` and ``opd``; NA where none, or several, fit."""
    key = units["name"].map(folded)
    within = pd.Series(units["unit_id"].to_numpy(), index=pd.MultiIndex.from_arrays(
        [units["opd"].map(folded), key]))  # fmt: skip
    within = within.loc[~within.index.duplicated(keep=False)]
    alone = pd.Series(units["unit_id"].to_numpy(), index=key)
    alone = alone.loc[~alone.index.duplicated(keep=False)]
    blank = pd.Series("", index=rows.index, dtype="object")
    unit = rows["unit"].astype("object").fillna("") if "unit" in rows else blank
    opd = rows["opd"].astype("object").fillna("") if "opd" in rows else blank
    # An office whose sheet names no unit is meant itself.
    name = unit.where(unit != "", opd).map(folded)
    at = pd.MultiIndex.from_arrays([opd.map(folded), name])
    found = pd.Series(within.reindex(at).to_numpy(), index=rows.index, dtype="object")
    return found.fillna(name.map(alone))


def abk_hours(rulebook: RuleBook, on: date) -> float:
    """Effective hours a year of one post, by which ABK divides its work.

    Raises
    ------
    RuleError
        When no row, or two, answer.
    """
    rows = _in_force(rulebook.option_rules, on)
    rows = rows[rows["key"] == "effective_hours"]
    if len(rows) != 1:
        raise RuleError(f"option.csv: {len(rows)} rows answer effective_hours on {on}; keep one")
    return float(rows["value_mid"].iloc[0])


def posts_as_needed(in_post: pd.DataFrame, needed: pd.DataFrame) -> pd.DataFrame:
    """Teachers with their post in the terms in which their school needs it.

    Where a school's need names religions, a teacher of agama of none of them fits no post; where
    it names none, every one fits ``guru_agama``.
    """
    is_agama = in_post["post"].str.startswith(RELIGION)
    parted = set(needed.loc[needed["post"].str.startswith(f"{RELIGION}:"), "npsn"])
    by_religion = in_post["npsn"].isin(parted)
    post = in_post["post"].mask(is_agama & ~by_religion, RELIGION)
    return in_post.assign(post=post.mask(by_religion & (post == RELIGION), UNKNOWN_POST))


def by_year(rows: pd.DataFrame, years: Sequence[int]) -> pd.DataFrame:
    """ABK rows as a need by year: the last sheet at or before it, before the first the first."""
    wide = rows.pivot_table(index=list(CELL), columns="year", values="needed_count", aggfunc="sum")
    told = np.array(sorted(wide.columns), dtype=np.int64)
    at = np.clip(np.searchsorted(told, np.asarray(years), side="right") - 1, 0, None)
    # A unit that one sheet leaves out keeps what an earlier sheet said, else what a later one says.
    filled = wide.ffill(axis=1).bfill(axis=1)
    return filled.iloc[:, at].set_axis(list(years), axis=1)


def _shared_posts(rulebook: RuleBook) -> set[str]:
    """Posts that schools of more than one level need."""
    tables = (rulebook.subject_hours[["post", "level"]], rulebook.teacher_rules[["post", "level"]])
    pairs = pd.concat(tables).drop_duplicates()
    pairs = pairs.loc[(pairs["post"] != "") & (pairs["level"] != "*")]
    count = pairs.assign(level=pairs["level"].str.upper()).groupby("post")["level"].nunique()
    return {*count[count > 1].index, HEAD}


def _in_force(table: pd.DataFrame, on: date) -> pd.DataFrame:
    moment = pd.Timestamp(on)
    return table[(table["effective_from"] <= moment) & (table["effective_to"] >= moment)]
