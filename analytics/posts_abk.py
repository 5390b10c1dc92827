"""ABK sheets in the units, roles and posts of the gap: whom a written title and office mean.

A sheet of a whole agency is shared out over its units by who works there today; so is a need for
teachers that names no subject. What finds no unit or no role is listed, never guessed.
Method: docs/method.md eq. 192, 207-208.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.positions import position_roles, titles_held
from analytics.posts_held import HEAD_ROLE, TEACHER, at_level
from analytics.rules import RuleBook
from analytics.teachers import HEAD
from analytics.teachers_in_post import posts_named
from analytics.units import folded

Numbers = NDArray[np.float64]

CELL = ["unit_id", "role_group", "post"]
UNIT_UNKNOWN, TITLE_UNKNOWN = "unit_unknown", "title_unknown"
_PART_TIME = "PPPK_PW"
# Hours times norms over hours: what is nearer to a whole post is that post.
_ALMOST = 1e-9


@dataclass(frozen=True)
class _Holders:
    """People on duty by cell, and the units of each agency."""

    count: Mapping[tuple[str, str], Mapping[str, int]]  # unit, role -> post -> people
    siblings: Mapping[str, tuple[str, ...]]  # unit of an agency -> its other units

    def fitting(self, unit: str, role: str, post: str) -> dict[tuple[str, str], int]:
        """Cells of a unit whose people such a need may mean: ``(unit, post)`` -> people."""
        own = self.count.get((unit, role), {})
        base = post.partition("@")[0]
        return {
            (unit, held): people
            for held, people in own.items()
            # A need for teachers that names no subject is about all of them.
            if post in (held, role) or base == held.partition("@")[0]
        }


def abk_posts(
    listed: pd.DataFrame,
    units: pd.DataFrame,
    rulebook: RuleBook,
    local_titles: Mapping[str, tuple[str, str]] | None = None,
    people: pd.DataFrame | None = None,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Posts of ABK sheets in the units and roles of the gap.

    Parameters
    ----------
    listed
        The table ``post_need``: ``unit`` ('' for the whole OPD), ``opd``, ``title``, ``year``,
        ``needed_fte``, ``in_post_count``.
    units
        One row per unit: ``unit_id``, ``name``, ``opd``, ``school_level``.
    local_titles
        Titles mapped by hand, as :func:`analytics.positions.position_roles` takes them.
    people
        As :func:`analytics.posts_needed.people_by_post` gives them: by whom a need of a whole
        agency is shared out. None: it stays with the agency itself.

    Returns
    -------
    ``unit_id``, ``role_group``, ``post``, ``year``, ``needed_count`` (whole posts: a role of a unit
    is added first and then rounded half up), ``needed_fte`` and ``is_shared``; and what found no
    place: ``unit``, ``opd``, ``title``, ``year``, ``needed_fte``, ``in_post_count``, ``reason``.

    Method: docs/method.md eq. 192, 207.
    """
    if listed.empty:
        return _none(), pd.DataFrame(columns=["unit", "opd", "title", "year", "reason"])
    rows = listed.reset_index(drop=True)
    # A title that rules do not know by itself may be known by who holds it.
    held = {} if people is None else titles_held(people)
    placed = _placed(rows, units, rulebook, held | dict(local_titles or {}))
    lost = rows.assign(reason=placed["reason"]).loc[placed["reason"] != ""]
    kept = placed.loc[placed["reason"] == ""]
    if kept.empty:
        return _none(), lost.reset_index(drop=True)
    keys = [*CELL, "year", "is_whole"]
    pools = kept.groupby(keys, sort=True).agg(
        needed_fte=("needed_fte", "sum"),
        there=("in_post_count", lambda own: own.sum(min_count=1)),
    )
    holders = _holders(people, units, set(kept.loc[~kept["is_own"], "unit_id"]))
    parts = [
        part
        for pool in pools.reset_index().itertuples(index=False)
        for part in _shared(pool, holders)
    ]
    table = pd.DataFrame(parts, columns=[*CELL, "year", "needed_count", "needed_fte", "is_shared"])
    added = table.groupby([*CELL, "year"], sort=True).agg(
        needed_count=("needed_count", "sum"), needed_fte=("needed_fte", "sum"),
        is_shared=("is_shared", "any"),
    ).reset_index()  # fmt: skip
    return added.astype({"year": "int64"}), lost.reset_index(drop=True)


def unknown_titles(
    listed: pd.DataFrame,
    rulebook: RuleBook,
    local_titles: Mapping[str, tuple[str, str]] | None = None,
    people: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Titles of ABK sheets that no rule knows, nobody mapped and nobody known holds.

    Parameters
    ----------
    listed
        Needs of posts: ``title``, ``year``, ``needed_fte``.
    people
        Who holds which title, with ``role_group`` and ``jenjang``.

    Returns
    -------
    One row per title: ``position``, ``needed_fte`` (in the last year it stands in); most first.
    """
    last = listed.loc[listed["year"] == listed.groupby("title")["year"].transform("max")]
    needed = last.groupby("title")["needed_fte"].sum().reset_index()
    needed = needed.rename(columns={"title": "position"})
    held = {} if people is None else titles_held(people)
    roles = position_roles(needed[["position"]], rulebook, held | dict(local_titles or {}))
    lost = needed.loc[roles["role_group"].isna().to_numpy()]
    return lost.sort_values(["needed_fte", "position"], ascending=[False, True], ignore_index=True)


def units_named(rows: pd.DataFrame, units: pd.DataFrame) -> pd.Series:
    """The unit each row means by its ``unit`` and ``opd``; NA where none, or several, fit.

    A unit nobody knows in an agency that is known is the agency's own: where a roster does not
    tell its sections apart, their people work there.

    Parameters
    ----------
    rows
        ``opd``, ``unit`` ('' or NA: the whole OPD), however spelt.
    units
        One row per unit: ``unit_id``, ``opd``, ``name``.
    """
    names, agencies = units["name"].map(folded), units["opd"].map(folded)
    unit_id = units["unit_id"].to_numpy()
    within = _unique(pd.Series(unit_id, index=pd.MultiIndex.from_arrays([agencies, names])))
    alone = _unique(pd.Series(unit_id, index=names))
    opd = rows["opd"].astype("object").fillna("").map(folded)
    written = rows["unit"].astype("object").fillna("").map(folded)
    # An office whose sheet names no unit is meant itself.
    name = written.where(written != "", opd)
    at = pd.MultiIndex.from_arrays([opd, name])
    found = pd.Series(within.reindex(at).to_numpy(), index=rows.index, dtype="object")
    found = found.fillna(name.map(alone))
    own = pd.Series(
        within.reindex(pd.MultiIndex.from_arrays([opd, opd])).to_numpy(), index=rows.index
    )
    return found.fillna(own.astype("object"))


def by_year(
    cell: NDArray[np.int64],
    unit_of_cell: NDArray[np.int64],
    rows: pd.DataFrame,
    years: Sequence[int],
) -> Numbers:
    """ABK rows as a need by cell and year: the last sheet at or before it, else the first.

    A unit speaks with its own sheets: a post that a later sheet of the unit leaves out is no
    longer needed there.

    Parameters
    ----------
    cell
        Number of the cell of each row.
    unit_of_cell
        Number of the unit of each cell.
    rows
        ``year``, ``needed_count``.

    Returns
    -------
    ``(cell, year)``; NaN for cells of which no sheet speaks. Method: docs/method.md eq. 208.
    """
    told, at = np.unique(rows["year"].to_numpy(dtype=np.int64), return_inverse=True)
    wide = np.full((len(unit_of_cell), len(told)), np.nan)
    wide[cell, at] = 0.0
    np.add.at(wide, (cell, at), rows["needed_count"].to_numpy(dtype=np.float64))
    spoken = np.isfinite(wide).any(axis=1)
    has_sheet = np.zeros((int(unit_of_cell.max(initial=-1)) + 1, len(told)), dtype=bool)
    has_sheet[unit_of_cell[cell], at] = True
    # Within a year of which the unit has a sheet, what the sheet leaves out is nought.
    wide[np.isnan(wide) & has_sheet[unit_of_cell] & spoken[:, None]] = 0.0
    for later in range(1, len(told)):
        wide[:, later] = np.where(np.isnan(wide[:, later]), wide[:, later - 1], wide[:, later])
    for earlier in range(len(told) - 2, -1, -1):
        empty = np.isnan(wide[:, earlier])
        wide[:, earlier] = np.where(empty, wide[:, earlier + 1], wide[:, earlier])
    place = np.clip(np.searchsorted(told, np.asarray(years), side="right") - 1, 0, None)
    return wide[:, place]


def joined(rows: pd.DataFrame, into: Mapping[str, str], years: Sequence[int]) -> pd.DataFrame:
    """ABK rows where some units have become one: each speaks with its own sheets, then they add up.

    Parameters
    ----------
    rows
        As :func:`abk_posts` gives them.
    into
        Unit that stays, by unit that becomes part of it.
    years
        Of which the units that join tell their need one by one.

    Method: docs/method.md eq. 208, 233.
    """
    touched = rows["unit_id"].isin([*into, *into.values()])
    own = rows.loc[touched]
    if own.empty:
        return rows
    cells = own[CELL].drop_duplicates().reset_index(drop=True)
    at = pd.MultiIndex.from_frame(cells).get_indexer(pd.MultiIndex.from_frame(own[CELL]))
    cell, unit = at.astype(np.int64), pd.factorize(cells["unit_id"])[0].astype(np.int64)
    counts = by_year(cell, unit, own, years)
    ftes = by_year(cell, unit, own.assign(needed_count=own["needed_fte"]), years)
    shared = np.bincount(cell, own["is_shared"].to_numpy(bool), len(cells)) > 0
    told = cells.loc[cells.index.repeat(len(years))].assign(
        unit_id=lambda each: each["unit_id"].replace(into),
        year=np.tile(np.asarray(years, dtype=np.int64), len(cells)),
        needed_count=counts.ravel(), needed_fte=ftes.ravel(),
        is_shared=np.repeat(shared, len(years)),
    )  # fmt: skip
    sums = {"needed_count": "sum", "needed_fte": "sum", "is_shared": "any"}
    added = told.groupby([*CELL, "year"], as_index=False, sort=True).agg(sums)
    return pd.concat([rows.loc[~touched], added[rows.columns]], ignore_index=True)


def _placed(
    rows: pd.DataFrame,
    units: pd.DataFrame,
    rulebook: RuleBook,
    local_titles: Mapping[str, tuple[str, str]],
) -> pd.DataFrame:
    """Rows with ``unit_id``, ``role_group``, ``post`` or the reason why not."""
    roles = position_roles(rows.rename(columns={"title": "position"}), rulebook, local_titles)
    role = roles["role_group"].astype("object")
    unit_id = units_named(rows, units)
    about = units.drop_duplicates("unit_id").set_index("unit_id")
    level = unit_id.map(about["school_level"]) if "school_level" in about else unit_id.map({})
    taught = posts_named(rows["title"], rulebook)
    is_teacher = role.isin([TEACHER, HEAD_ROLE]) & ~taught.isin(["", "-"])
    post = role.where(~is_teacher, at_level(taught, level, rulebook))
    role = role.where(~(is_teacher & (taught == HEAD)), HEAD_ROLE)
    opd = rows["opd"].map(folded)
    name = unit_id.map(about["name"]).fillna("").map(folded)
    blank = rows["unit"].astype("object").fillna("") == ""
    return pd.DataFrame(
        {
            "unit_id": unit_id, "role_group": role, "post": post, "year": rows["year"],
            "needed_fte": rows["needed_fte"].astype("float64"),
            "in_post_count": rows["in_post_count"].astype("Float64")
            if "in_post_count" in rows else pd.Series(pd.NA, index=rows.index, dtype="Float64"),
            "is_own": name == opd,
            "is_whole": blank,
            "reason": np.select([unit_id.isna(), role.isna()], [UNIT_UNKNOWN, TITLE_UNKNOWN], ""),
        }
    )  # fmt: skip


def _holders(people: pd.DataFrame | None, units: pd.DataFrame, has_sheet: set[str]) -> _Holders:
    """Who is there, and the units of each agency that have no sheet of their own."""
    count: dict[tuple[str, str], dict[str, int]] = {}
    if people is not None and len(people):
        here = people.loc[
            people["is_on_duty"].astype(bool) & (people["employment"] != _PART_TIME)
        ].dropna(subset=["unit_id", "role_group", "post"])
        for (unit, role, post), number in here.groupby(CELL).size().items():
            count.setdefault((str(unit), str(role)), {})[str(post)] = int(number)
    agency = units["opd"].map(folded)
    is_own = units["name"].map(folded) == agency
    owner = dict(zip(agency[is_own], units.loc[is_own, "unit_id"], strict=True))
    siblings: dict[str, list[str]] = {}
    for unit, opd in zip(units["unit_id"], agency, strict=True):
        if opd in owner and unit != owner[opd] and unit not in has_sheet:
            siblings.setdefault(str(owner[opd]), []).append(str(unit))
    return _Holders(count, {unit: tuple(others) for unit, others in siblings.items()})


def _shared(pool: tuple, holders: _Holders) -> list[tuple]:
    """One need over the cells it means: those of its unit, or of the whole agency."""
    unit, role, post, year, is_whole, fte, there = pool
    cells = holders.fitting(unit, role, post)
    wider = dict(cells)
    for other in holders.siblings.get(unit, ()):
        wider |= holders.fitting(other, role, post)
    own, everybody = sum(cells.values()), sum(wider.values())
    # A sheet headed by the agency is of all its units where its own count says so.
    says_whole = pd.notna(there) and abs(float(there) - everybody) < abs(float(there) - own)
    if is_whole or says_whole:
        cells = wider
    whole = int(np.floor(fte + 0.5 + _ALMOST))
    if not cells or (len(cells) == 1 and (unit, post) in cells):
        return [(unit, role, post, year, float(whole), fte, False)]
    names = sorted(cells)
    weight = np.array([cells[name] for name in names], dtype=np.float64)
    exact = whole * weight / weight.sum()
    counts = np.floor(exact + _ALMOST)
    rest = np.argsort(-(exact - counts), kind="stable")[: whole - int(counts.sum())]
    counts[rest] += 1
    return [
        (place, role, held, year, float(number), fte * share, True)
        for (place, held), number, share in zip(names, counts, weight / weight.sum(), strict=True)
    ]


def _unique(known: pd.Series) -> pd.Series:
    return known.loc[~known.index.duplicated(keep=False)]


def _none() -> pd.DataFrame:
    kinds = {
        **dict.fromkeys(CELL, "str"), "year": "int64", "needed_count": "float64",
        "needed_fte": "float64", "is_shared": "bool",
    }  # fmt: skip
    return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in kinds.items()})
