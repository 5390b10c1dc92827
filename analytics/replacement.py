"""The gap: posts needed less those still on duty, by unit, role group, post and year.

A surplus in one unit never hides a deficit in another, and a gap by ABK is never added to a gap by
today's complement: each has its own column, and ``coverage`` says on which basis a sum stands.
Method: docs/method.md eq. 194-199.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import csr_array

from analytics.posts_abk import by_year
from analytics.posts_needed import (
    ABK,
    BASES,
    CELL,
    COMPLEMENT,
    HEAD_ROLE,
    NONE,
    RATIO,
    SCHOOL_MODEL,
    TEACHER,
    Needs,
)
from analytics.projection import Projection

Numbers = NDArray[np.float64]

PART_TIME = "PPPK_PW"
ROLE_SEPARATOR = ":"
_SHARES = {"p10": 0.1, "p50": 0.5, "p90": 0.9}
_ALMOST = 1e-6


class GapError(Exception):
    """A projection and needs that do not fit together."""


@dataclass(frozen=True)
class GapChoice:
    """What the user may decide about the gap.

    Parameters
    ----------
    bases
        Bases in the order in which they are asked; the first that answers for a post is taken.
        Leaving one out switches it off.
    count_part_time
        Whether PPPK paruh waktu count as filling a post; else they stand apart.
    keep_teachers
        Whether teachers of schools whose pupils are not known are taken to be needed as they are;
        else their posts are not computed.
    """

    bases: tuple[str, ...] = BASES
    count_part_time: bool = False
    keep_teachers: bool = False

    def __post_init__(self) -> None:
        if unknown := [each for each in self.bases if each not in BASES]:
            raise ValueError(f"no basis {unknown[0]!r}; they are {', '.join(BASES)}")
        if len(set(self.bases)) != len(self.bases):
            raise ValueError(f"a basis stands twice in {self.bases}; keep one")


AS_KNOWN = GapChoice()


@dataclass(frozen=True, eq=False)
class Gap:
    """Need and supply of every post to the horizon. Arrays are ``(cell, year)``.

    Attributes
    ----------
    cells
        One row per ``unit_id``, ``role_group`` and ``post``, with ``role``, ``basis``,
        ``is_unknown_post`` (teachers whose post nothing names) and the columns of the units asked
        for.
    years
        Calendar years; counts are at their ends. The first is that of the roster's day.
    need
        By the basis of each cell; NaN where not computed.
    need_abk, need_complement
        By ABK, and today's complement kept, whatever basis is chosen; NaN where there is none.
    supply
        Expected people on duty who count; ``part_time`` those paruh waktu who do not.
    start
        By cell: people who count, on the day of the roster.
    """

    cells: pd.DataFrame
    years: NDArray[np.int64]
    need: Numbers = field(repr=False)
    need_abk: Numbers = field(repr=False)
    need_complement: Numbers = field(repr=False)
    supply: Numbers = field(repr=False)
    part_time: Numbers = field(repr=False)
    start: Numbers = field(repr=False)
    choice: GapChoice
    _projection: Projection = field(repr=False)
    _cell_of: NDArray[np.int64] = field(repr=False)

    @cached_property
    def is_computed(self) -> NDArray[np.bool_]:
        """``(cell, year)``: whether a need is known."""
        return np.isfinite(self.need)

    @cached_property
    def gap(self) -> Numbers:
        """Need less expected supply; NaN where not computed. Above zero a deficit."""
        return self.need - self.supply

    def table(
        self,
        by: Sequence[str] = ("role_group",),
        years: Sequence[int] | None = None,
        *,
        bands: bool = True,
    ) -> pd.DataFrame:
        """The gap of groups of cells.

        Parameters
        ----------
        by
            Columns of ``cells``; none for the whole.
        years
            Calendar years to tell; None: all.
        bands
            False leaves the bands out, which take the time.

        Returns
        -------
        One row per group and year: ``needed_count``, ``supply_count``, ``gap_count`` of posts that
        are computed; ``gap_abk_count`` and ``gap_complement_count`` (NaN where the group has
        none; of all posts that have that need, whatever basis is chosen); ``deficit_count`` and
        ``surplus_count`` (over cells, neither hides the other); ``unknown_post_count`` (teachers
        whose post nothing names), ``not_computed_count`` (people in posts without a need),
        ``part_time_count``; ``leaver_count`` in the year, of everybody who counts; ``basis``
        (``+`` between, where several). With bands ``supply_p10`` .. and ``gap_p10`` ..: quantiles
        of the group's own sum, need taken as given. Always gap = deficit - surplus.

        Method: docs/method.md eq. 196-198.
        """
        groups, member = self._grouped(by)
        at = self._years_at(years)
        table = groups.loc[groups.index.repeat(len(at))].reset_index(drop=True)
        table["year"] = np.tile(self.years[at], len(groups))

        def put(name: str, values: Numbers) -> None:
            table[name] = (member @ values)[:, at].ravel()

        known = self.is_computed
        gap = np.where(known, self.gap, 0.0)
        put("needed_count", np.where(known, self.need, 0.0))
        put("supply_count", np.where(known, self.supply, 0.0))
        put("gap_count", gap)
        for name, need in (
            ("gap_abk_count", self.need_abk),
            ("gap_complement_count", self.need_complement),
        ):
            told = np.isfinite(need)
            value = member @ np.where(told, need - self.supply, 0.0)
            value = np.where((member @ told.astype(np.float64)) > 0, value, np.nan)
            table[name] = value[:, at].ravel()
        put("deficit_count", np.maximum(gap, 0.0))
        put("surplus_count", np.maximum(-gap, 0.0))
        unknown = self.cells["is_unknown_post"].to_numpy(dtype=bool)[:, None]
        put("unknown_post_count", np.where(unknown & ~known, self.supply, 0.0))
        put("not_computed_count", np.where(~unknown & ~known, self.supply, 0.0))
        put("part_time_count", self.part_time)
        put("leaver_count", self.leavers)
        table["basis"] = np.repeat(self._bases(member), len(at))
        if bands:
            self._add_bands(table, member, at)
        return table

    @cached_property
    def leavers(self) -> Numbers:
        """Expected people who count and are no longer on duty, in each year."""
        level = np.concatenate([self.start[:, None], self.supply], axis=1)
        return -np.diff(level, axis=1)

    def deficit_surplus(self, by: Sequence[str] = ("role",)) -> pd.DataFrame:
        """Posts short and posts too many over units, by group and year.

        Returns
        -------
        ``by``, ``year``, ``needed_count``, ``supply_count``, ``deficit_count``, ``surplus_count``,
        ``unknown_post_count``, ``deficit_at_least_count`` (if every teacher of a unit whose post
        is unknown filled a deficit of his unit) and ``within_count``: the most that moving people
        between units of the group could fill, the smaller of deficit and surplus by post.

        Method: docs/method.md eq. 198-199.
        """
        groups, member = self._grouped(by)
        gap = np.where(self.is_computed, self.gap, 0.0)
        deficit, surplus = np.maximum(gap, 0.0), np.maximum(-gap, 0.0)
        unknown = np.where(
            self.cells["is_unknown_post"].to_numpy(dtype=bool)[:, None] & ~self.is_computed,
            self.supply,
            0.0,
        )
        table = groups.loc[groups.index.repeat(len(self.years))].reset_index(drop=True)
        table["year"] = np.tile(self.years, len(groups))
        for name, values in (
            ("needed_count", np.where(self.is_computed, self.need, 0.0)),
            ("supply_count", np.where(self.is_computed, self.supply, 0.0)),
            ("deficit_count", deficit),
            ("surplus_count", surplus),
            ("unknown_post_count", unknown),
            ("deficit_at_least_count", self._at_least(deficit, unknown)),
        ):
            table[name] = (member @ values).ravel()
        table["within_count"] = self._within(by, groups, deficit, surplus).ravel()
        return table

    def coverage(self, by: Sequence[str] = ()) -> pd.DataFrame:
        """On which basis posts stand.

        Returns
        -------
        One row per group and ``basis`` (``none``: not computed): ``cell_count``, ``unit_count``,
        ``people_count`` (who count, today) and ``needed_count`` (at the end of the first year with
        a need). Method: docs/method.md eq. 195.
        """
        keys = [*by, "basis"]
        first = np.where(
            self.is_computed.any(axis=1),
            np.take_along_axis(self.need, self.is_computed.argmax(axis=1)[:, None], axis=1).ravel(),
            0.0,
        )
        rows = self.cells.assign(people=self.start, needed=first)
        grouped = rows.groupby(keys, sort=True, dropna=False)
        return grouped.agg(
            cell_count=("post", "size"),
            unit_count=("unit_id", "nunique"),
            people_count=("people", "sum"),
            needed_count=("needed", "sum"),
        ).reset_index()

    def roles(self) -> pd.DataFrame:
        """The gap by role for a plan: ``role`` = ``role_group``, or ``role_group:post``.

        Returns
        -------
        One row per ``role``, ``role_group``, ``post`` and ``year``: columns of
        :meth:`deficit_surplus`, ``leaver_count``, ``start_count``.
        """
        by = ["role", "role_group", "post"]
        table = self.deficit_surplus(by)
        _, member = self._grouped(by)
        table["leaver_count"] = (member @ self.leavers).ravel()
        table["start_count"] = np.repeat(member @ self.start, len(self.years))
        return table

    # ---- sums ------------------------------------------------------------------------------------

    def _grouped(self, by: Sequence[str]) -> tuple[pd.DataFrame, csr_array]:
        if lost := [column for column in by if column not in self.cells]:
            raise GapError(
                f"no column {lost[0]!r}; the gap knows {', '.join(map(str, self.cells.columns))}"
            )
        if by:
            codes, labels = pd.MultiIndex.from_frame(
                self.cells[list(by)].astype("object").fillna("")
            ).factorize(sort=True)
            groups = labels.to_frame(index=False)
            groups.columns = list(by)
        else:
            codes, groups = np.zeros(len(self.cells), dtype=np.int64), pd.DataFrame(index=[0])
        shape = (len(groups), len(self.cells))
        return groups, csr_array((np.ones(len(codes)), (codes, np.arange(len(codes)))), shape=shape)

    def _years_at(self, years: Sequence[int] | None) -> NDArray[np.int64]:
        if years is None:
            return np.arange(len(self.years))
        wanted = np.asarray(list(years), dtype=np.int64)
        if lost := sorted(set(wanted.tolist()) - set(self.years.tolist())):
            raise GapError(f"no year {lost[0]}; the gap runs from {self.years[0]} to"
                           f" {self.years[-1]}")  # fmt: skip
        return np.searchsorted(self.years, wanted)

    def _bases(self, member: csr_array) -> list[str]:
        basis = self.cells["basis"].to_numpy(dtype=object)
        words = []
        for group in range(member.shape[0]):
            cells = member.indices[member.indptr[group] : member.indptr[group + 1]]
            found = set(basis[cells])
            words.append("+".join(each for each in (*BASES, NONE) if each in found))
        return words

    def _at_least(self, deficit: Numbers, unknown: Numbers) -> Numbers:
        """Deficits of each cell less its unit's share of teachers whose post is unknown."""
        unit = pd.factorize(self.cells["unit_id"])[0]
        taught = self.cells["role_group"].isin([TEACHER, HEAD_ROLE]).to_numpy()
        short = np.where(taught[:, None], deficit, 0.0)
        shape = (int(unit.max(initial=0)) + 1, deficit.shape[1])
        of_unit, spare = np.zeros(shape), np.zeros(shape)
        np.add.at(of_unit, unit, short)
        np.add.at(spare, unit, unknown)
        left = np.divide(
            np.maximum(of_unit - spare, 0.0), of_unit, out=np.zeros(shape), where=of_unit > 0
        )
        return np.where(taught[:, None], deficit * left[unit], deficit)

    def _within(
        self, by: Sequence[str], groups: pd.DataFrame, deficit: Numbers, surplus: Numbers
    ) -> Numbers:
        """The smaller of deficit and surplus, post by post, added up by group."""
        finer = list(dict.fromkeys([*by, "role"]))
        parts, member = self._grouped(finer)
        both = np.minimum(member @ deficit, member @ surplus)
        if not by:
            return both.sum(axis=0, keepdims=True)
        of = pd.MultiIndex.from_frame(groups[list(by)]).get_indexer(
            pd.MultiIndex.from_frame(parts[list(by)])
        )
        answer = np.zeros((len(groups), both.shape[1]))
        np.add.at(answer, of, both)
        return answer

    def _add_bands(self, table: pd.DataFrame, member: csr_array, at: NDArray[np.int64]) -> None:
        """Quantiles of supply in posts that are computed, and of the gap."""
        counts = self.is_computed.any(axis=1)
        row = np.full(len(self.cells), -1, dtype=np.int64)
        group, cell = member.nonzero()
        row[cell] = group
        row[~counts] = -1
        of_projected = np.where(self._cell_of >= 0, row[self._cell_of], -1)
        shape = (member.shape[0], len(self.years))
        found = {name: np.zeros(shape) for name in _SHARES}
        if (of_projected >= 0).any() and self._anybody(of_projected):
            laws = self._projection.duty_laws(of_projected)
            for name, share in _SHARES.items():
                found[name][laws.groups] = laws.quantile(share)
        needed = member @ np.where(self.is_computed, self.need, 0.0)
        for name, values in found.items():
            table[f"supply_{name}"] = values[:, at].ravel()
        for name, other in (("p10", "p90"), ("p50", "p50"), ("p90", "p10")):
            table[f"gap_{name}"] = (needed - found[other])[:, at].ravel()

    def _anybody(self, of_projected: NDArray[np.int64]) -> bool:
        return bool((self._projection.duty_start[of_projected >= 0] > 0).any())


def gap(
    projection: Projection,
    needs: Needs,
    units: pd.DataFrame | None = None,
    choice: GapChoice = AS_KNOWN,
) -> Gap:
    """The gap of a projection against what is needed.

    Parameters
    ----------
    projection
        Of people with their posts (:func:`analytics.posts_needed.people_by_post`), with cells by
        ``unit_id``, ``role_group``, ``post`` and, to tell paruh waktu apart, ``employment``.
    needs
        What is known of posts needed.
    units
        ``unit_id`` and what groups may be made of (``name``, ``opd``, ``kind``, ``kecamatan``,
        ``school_level``).
    choice
        Bases in their order, and whether paruh waktu count.

    Returns
    -------
    The gap; cells are those of people and those of needs, also where nobody works.

    Raises
    ------
    GapError
        When the projection has no cells by unit, role group and post.

    Method: docs/method.md eq. 194-195.
    """
    if lost := [column for column in CELL if column not in projection.cells]:
        raise GapError(f"the projection has no {lost[0]}; project by {', '.join(CELL)}")
    years = projection.months.years
    held = pd.MultiIndex.from_frame(projection.cells[list(CELL)].astype("object"))
    school = _wide(needs.school, years)
    sheets = by_year(needs.abk, years.tolist()) if len(needs.abk) else None
    ratios = needs.ratio.groupby(list(CELL), sort=False)[["needed_count", "is_floor"]].agg(
        {"needed_count": "sum", "is_floor": "all"}
    )
    index = held.unique()
    for other in (school, sheets):
        if other is not None:
            index = index.union(other.index, sort=False)
    index = index.union(ratios.index, sort=False).sort_values()
    cells = index.to_frame(index=False)
    cells.columns = list(CELL)
    cell_of = index.get_indexer(held)

    part_time = np.zeros(len(held), dtype=bool)
    if "employment" in projection.cells and not choice.count_part_time:
        part_time = (projection.cells["employment"] == PART_TIME).to_numpy()
    shape = (len(index), len(years))
    levels = _duty_levels(projection)
    supply, apart = np.zeros(shape), np.zeros(shape)
    np.add.at(supply, cell_of[~part_time], levels[~part_time])
    np.add.at(apart, cell_of[part_time], levels[part_time])
    start = np.zeros(len(index))
    np.add.at(start, cell_of[~part_time], projection.duty_start[~part_time])

    is_teacher = cells["role_group"].isin([TEACHER, HEAD_ROLE]).to_numpy()
    unknown = is_teacher & (cells["post"] == TEACHER).to_numpy()
    in_model = cells["unit_id"].isin(needs.school_units).to_numpy() & is_teacher & ~unknown
    answers = {
        SCHOOL_MODEL: _school_need(school, index, in_model, years),
        ABK: _spread(sheets, index, shape),
        COMPLEMENT: np.repeat(np.where(start > 0, start, np.nan)[:, None], len(years), axis=1),
    }
    # Where pupils tell the need, today's teachers do not; where they do not, it is not known.
    taught_here = cells["unit_id"].isin(needs.school_units).to_numpy() & is_teacher
    taught = taught_here | (is_teacher & (not choice.keep_teachers))
    answers[COMPLEMENT][taught] = np.nan
    answers[RATIO] = _ratio_need(ratios, index, start, shape)
    need = np.full(shape, np.nan)
    basis = np.full(len(index), NONE, dtype=object)
    # Beside the school model an ABK for the same teachers would count them twice.
    only_model = in_model | (unknown & taught_here)
    for name in choice.bases:
        takes = (basis == NONE) & np.isfinite(answers[name]).any(axis=1)
        if name != SCHOOL_MODEL and SCHOOL_MODEL in choice.bases:
            takes &= ~only_model
        need[takes] = answers[name][takes]
        basis[takes] = name
    cells = cells.assign(
        role=np.where(
            cells["post"] == cells["role_group"],
            cells["role_group"],
            cells["role_group"] + ROLE_SEPARATOR + cells["post"],
        ),
        basis=basis,
        is_unknown_post=unknown,
    )
    if units is not None:
        known = [c for c in ("name", "opd", "kind", "kecamatan", "school_level") if c in units]
        about = units.drop_duplicates("unit_id").set_index("unit_id")[known]
        cells = cells.join(about, on="unit_id")
    projected_cell = np.where(part_time, -1, cell_of)
    return Gap(
        cells, years, need, answers[ABK], answers[COMPLEMENT], supply, apart, start, choice,
        projection, projected_cell,
    )  # fmt: skip


def with_less_need(found: Gap, share: Numbers) -> Gap:
    """The gap after work is no longer needed.

    Parameters
    ----------
    share
        ``(cell, year)``: share of need that is gone by the end of the year, from 0 to 1.

    Returns
    -------
    The same gap with its need lowered by that share; ABK and complement stay as they are, since
    both say what they said. Method: docs/method.md eq. 206.
    """
    if share.shape != found.need.shape or not ((share >= 0) & (share <= 1)).all():
        raise GapError(f"shares from 0 to 1 by cell and year {found.need.shape}, please")
    return Gap(
        found.cells, found.years, found.need * (1.0 - share), found.need_abk,
        found.need_complement, found.supply, found.part_time, found.start, found.choice,
        found._projection, found._cell_of,
    )  # fmt: skip


# ---- bases as arrays -----------------------------------------------------------------------------


def _duty_levels(projection: Projection) -> Numbers:
    """People on duty at the end of each calendar year, by cell of the projection."""
    first = np.concatenate([[0], projection.months.month_ends[:-1]])
    monthly = projection.duty_changes.sum(axis=1)
    yearly = np.add.reduceat(monthly, first, axis=-1)
    level: Numbers = projection.duty_start[:, None] + np.cumsum(yearly, axis=-1)
    return np.maximum(level, 0.0)


def _wide(rows: pd.DataFrame, years: NDArray[np.int64]) -> pd.DataFrame | None:
    if rows.empty:
        return None
    rows = rows.loc[rows["year"].isin(years)]
    if rows.empty:
        return None
    return rows.pivot_table(
        index=list(CELL), columns="year", values="needed_count", aggfunc="sum", fill_value=0.0
    )


def _spread(wide: pd.DataFrame | None, index: pd.MultiIndex, shape: tuple[int, int]) -> Numbers:
    answer = np.full(shape, np.nan)
    if wide is not None:
        answer[index.get_indexer(wide.index)] = wide.to_numpy(dtype=np.float64)
    return answer


def _school_need(
    wide: pd.DataFrame | None,
    index: pd.MultiIndex,
    in_model: NDArray[np.bool_],
    years: NDArray[np.int64],
) -> Numbers:
    """Need of every post of a school the model knows: nought where it asks for none.

    Years beyond the pupils forecast are not computed.
    """
    answer = np.full((len(index), len(years)), np.nan)
    if wide is None:
        return answer
    told = np.flatnonzero(np.isin(years, wide.columns.to_numpy(dtype=np.int64)))
    answer[np.ix_(np.flatnonzero(in_model), told)] = 0.0
    rows = index.get_indexer(wide.index)
    answer[np.ix_(rows, told)] = wide[list(years[told])].to_numpy(dtype=np.float64)
    return answer


def _ratio_need(
    ratios: pd.DataFrame, index: pd.MultiIndex, start: Numbers, shape: tuple[int, int]
) -> Numbers:
    """Need by ratio; a floor speaks only where today's complement is below it."""
    answer = np.full(shape, np.nan)
    if len(ratios):
        rows = index.get_indexer(ratios.index)
        value = ratios["needed_count"].to_numpy(dtype=np.float64)
        binds = ~ratios["is_floor"].to_numpy(dtype=bool) | (start[rows] < value - _ALMOST)
        answer[rows] = np.where(binds, value, np.nan)[:, None]
    return answer
