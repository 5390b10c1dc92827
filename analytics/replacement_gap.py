"""Need and supply of every post to the horizon, and what is asked of them.

Method: docs/method.md eq. 195-199.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import csr_array

from analytics.exits import LEAST_PEOPLE
from analytics.posts_needed import BASES, HEAD_ROLE, NONE, TEACHER
from analytics.projection import Projection
from analytics.replacement_bases import GapError

Numbers = NDArray[np.float64]

PART_TIME = "PPPK_PW"
ROLE_SEPARATOR = ":"
_SHARES = {"p10": 0.1, "p50": 0.5, "p90": 0.9}
# Counts of posts whose need is known.
_ON_NEED = ("needed_count", "supply_count", "gap_count", "deficit_count", "surplus_count")


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
    fill_from_within
        Whether who leaves a post of leadership is followed by somebody from below
        (``promotion.csv``), so that the gap stands where people are recruited.
    """

    bases: tuple[str, ...] = BASES
    count_part_time: bool = False
    keep_teachers: bool = False
    fill_from_within: bool = True

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
        Expected people on duty who count, after moves up from within; ``part_time`` those paruh
        waktu who do not; ``promoted`` who moved up by the end of each year, above zero into a cell.
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
    promoted: Numbers = field(repr=False)
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
        ``part_time_count``; ``promoted_count`` (moved up into the group less out of it, by the end
        of the year); ``leaver_count`` in the year, of everybody who counts; ``basis``
        (``+`` between, where several). With bands ``supply_p10`` .. and ``gap_p10`` ..: quantiles
        of the group's own sum, need taken as given; in groups of fewer than ten nobody has a chance
        of leaving early of their own (eq. 355). Always gap = deficit - surplus.

        Method: docs/method.md eq. 196-198, 355.
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
        put("promoted_count", self.promoted)
        put("leaver_count", self.leavers)
        table["basis"] = np.repeat(self._bases(member), len(at))
        if bands:
            self._add_bands(table, member, at)
        return table

    def of_units(self) -> pd.DataFrame:
        """The gap of every unit and role group with its band, on each basis of its own.

        Returns
        -------
        ``unit_id``, ``name``, ``opd`` where they are known, ``role_group``, ``basis``, ``year`` and
        the counts and bands of :meth:`table`; what rests on a need is blank where none is known.
        """
        table = self.table(("unit_id", "role_group", "basis"))
        about = self.cells.drop_duplicates("unit_id").set_index("unit_id")
        for at, column in enumerate((c for c in ("name", "opd") if c in about), start=1):
            table.insert(at, column, table["unit_id"].map(about[column]).fillna(""))
        resting = [*_ON_NEED, *(f"{of}_{name}" for of in ("supply", "gap") for name in _SHARES)]
        # Also in years beyond the last whose need is known.
        _, member = self._grouped(("unit_id", "role_group", "basis"))
        known = (member @ self.is_computed.astype(np.float64)).ravel() > 0
        table.loc[~known, resting] = np.nan
        return table

    @cached_property
    def leavers(self) -> Numbers:
        """Expected people who count and leave their post in each year, also upwards; net."""
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
        a need). Posts that only paruh waktu hold, and that nothing asks for, are left out.

        Method: docs/method.md eq. 195.
        """
        keys = [*by, "basis"]
        first = np.where(
            self.is_computed.any(axis=1),
            np.take_along_axis(self.need, self.is_computed.argmax(axis=1)[:, None], axis=1).ravel(),
            0.0,
        )
        rows = self.cells.assign(people=self.start, needed=first)
        rows = rows.loc[(self.cells["basis"] != NONE) | (self.start > 0)]
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
        :meth:`deficit_surplus`, ``leaver_count``, ``start_count``, ``is_computed`` (a need is known
        in some unit) and ``not_computed_count``: people on duty where none is, also those whose
        post is unknown.
        """
        by = ["role", "role_group", "post"]
        table = self.deficit_surplus(by)
        _, member = self._grouped(by)
        known = self.is_computed
        table["is_computed"] = (member @ known.astype(np.float64)).ravel() > 0
        table["not_computed_count"] = (member @ np.where(known, 0.0, self.supply)).ravel()
        table["leaver_count"] = (member @ self.leavers).ravel()
        table["start_count"] = np.repeat(member @ self.start, len(self.years))
        return table

    # ---- sums ------------------------------------------------------------------------------------

    @cached_property
    def _groups(self) -> dict[tuple[str, ...], tuple[pd.DataFrame, csr_array]]:
        """Groupings asked for before."""
        return {}

    def _grouped(self, by: Sequence[str]) -> tuple[pd.DataFrame, csr_array]:
        """Labels of groups of cells, and the sum over cells as a matrix (group, cell)."""
        key = tuple(by)
        if key not in self._groups:
            self._groups[key] = self._new_groups(key)
        return self._groups[key]

    def _new_groups(self, by: Sequence[str]) -> tuple[pd.DataFrame, csr_array]:
        if lost := [column for column in by if column not in self.cells]:
            raise GapError(
                f"Tidak ada kolom {lost[0]!r}; kekurangan menurut"
                f" {', '.join(map(str, self.cells.columns))}.",
                f"No column {lost[0]!r}; the gap knows {', '.join(map(str, self.cells.columns))}.",
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
            raise GapError(
                f"Tahun {lost[0]} tidak dihitung; kekurangan dihitung dari {self.years[0]} sampai"
                f" {self.years[-1]}.",
                f"No year {lost[0]}; the gap runs from {self.years[0]} to {self.years[-1]}.",
            )
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
        counts = np.asarray(self.is_computed.any(axis=1))
        row = np.full(len(self.cells), -1, dtype=np.int64)
        group, cell = member.nonzero()
        row[cell] = group
        row[~counts] = -1
        of_projected = np.where(self._cell_of >= 0, row[self._cell_of], -1)
        shape = (member.shape[0], len(self.years))
        found = {name: np.zeros(shape) for name in _SHARES}
        if (of_projected >= 0).any() and self._anybody(of_projected):
            laws = self._projection.duty_laws(of_projected, LEAST_PEOPLE)
            for name, share in _SHARES.items():
                found[name][laws.groups] = laws.quantile(share)
        # Moves from within shift a group as a whole, by whole people; they are as certain as the
        # rule.
        shift = np.rint(member @ (self.promoted * counts[:, None]))
        found = {name: values + shift for name, values in found.items()}
        needed = member @ np.where(self.is_computed, self.need, 0.0)
        for name, values in found.items():
            table[f"supply_{name}"] = values[:, at].ravel()
        for name, other in (("p10", "p90"), ("p50", "p50"), ("p90", "p10")):
            table[f"gap_{name}"] = (needed - found[other])[:, at].ravel()

    @property
    def of_people(self) -> tuple[Projection, NDArray[np.int64]]:
        """The projection of the supply, and the cell of each of its cells; -1: does not count."""
        return self._projection, self._cell_of

    def _anybody(self, of_projected: NDArray[np.int64]) -> bool:
        return bool((self._projection.duty_start[of_projected >= 0] > 0).any())
