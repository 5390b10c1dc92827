"""The programme of the mix as arrays: formations in whole numbers, and every limit as a row."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy.sparse import coo_matrix, csr_matrix, vstack

from analytics.mix_account import movable
from analytics.mix_effects import Effects
from analytics.mix_ground import Ground
from analytics.mix_question import MixQuestion, Numbers, Whole

_NOTHING = 1e-9
# Sizes of formations (posts at the end of a year) for which a ceiling is rounded.
_SIZES = 3
# In the programme money is in million rupiah, so that its rows are of the size of the others.
MILLION = 1e6
# Kinds of rows; all at most, but for cover and floor.
COVER, FULL, MOVED, IN_EFFECT = "cover", "full", "moved", "in_effect"
QUOTA, INTAKE, MONEY, CAP, FLOOR = "quota", "intake", "money", "cap", "floor"
HELD = "held"
SHARED = (QUOTA, INTAKE, MONEY, CAP, HELD)


@dataclass(frozen=True, eq=False)
class Row:
    """One limit: its kind, what it is called, and the role and year it is about (-1: all)."""

    kind: str
    name: str
    role: int
    year: int


@dataclass(frozen=True, eq=False)
class Programme:
    """Minimise over whole ``x`` (formations), moves in effect and unfilled posts.

    ``option``, ``role``, ``proposed`` of each formation variable; after them come the moves in
    effect and the unfilled posts, both (role, year) where there are any. ``cost`` in million
    rupiah and ``unfilled`` in weighted posts are the objectives; rows: ``lower <= matrix x <=
    upper``.
    """

    question: MixQuestion
    option: Whole
    role: Whole
    proposed: Whole
    moved_cells: Whole
    short_cells: Whole
    cost: Numbers
    unfilled: Numbers
    matrix: csr_matrix
    lower: Numbers
    upper: Numbers
    least: Numbers
    most: Numbers
    rows: tuple[Row, ...]

    @property
    def whole_count(self) -> int:
        """How many variables are whole numbers; they come first."""
        return len(self.option)

    def held(self, values: Numbers, most: float) -> Programme:
        """The same with one row more: ``values`` come to no more than ``most``."""
        return replace(
            self,
            matrix=vstack([self.matrix, csr_matrix(values)], format="csr"),
            lower=np.append(self.lower, -np.inf),
            upper=np.append(self.upper, most),
            rows=(*self.rows, Row(HELD, "", -1, -1)),
        )

    def formations(self, found: Numbers) -> Numbers:
        """Answer as (option, role, proposed)."""
        question = self.question
        shape = (len(question.options), len(question.roles), len(question.years))
        table = np.zeros(shape)
        table[self.option, self.role, self.proposed] = np.rint(found[: self.whole_count])
        return table


class _Rows:
    """Rows as they come."""

    def __init__(self) -> None:
        # An empty part each: where nothing is short and nothing may come there is no row at all.
        self.row: list[Whole] = [np.zeros(0, dtype=np.int64)]
        self.column: list[Whole] = [np.zeros(0, dtype=np.int64)]
        self.value: list[Numbers] = [np.zeros(0)]
        self.lower: list[float] = []
        self.upper: list[float] = []
        self.rows: list[Row] = []

    def add(self, row: Row, column: Whole, value: Numbers, lower: float, upper: float) -> None:
        keep = np.abs(value) > _NOTHING
        self.row.append(np.full(int(keep.sum()), len(self.rows)))
        self.column.append(column[keep])
        self.value.append(value[keep])
        self.lower.append(lower)
        self.upper.append(upper)
        self.rows.append(row)


def programme(ground: Ground) -> Programme:
    """The programme under its limits.

    Method: docs/method.md eq. 219-221.
    """
    question, limits, effect = ground.question, ground.limits, ground.effect
    floor, room = ground.floor, ground.room
    years, roles = len(question.years), len(question.roles)
    locked = {
        (question.option_index(one.option), question.roles.index(one.role),
         question.years.index(one.year)): float(one.count)
        for one in limits.locks
    }  # fmt: skip
    most = _most(question, effect, room)
    for where, count in locked.items():
        most[where] = count
    option, role, proposed = np.nonzero(most >= 1)
    fixed = np.zeros_like(most)
    for where, number in locked.items():
        fixed[where] = number
    least = fixed[option, role, proposed]
    whole = np.floor(most[option, role, proposed] + _NOTHING)
    count = len(option)
    spare = movable(question)
    moves = [at for at, terms in enumerate(question.options) if terms.kind == "move"]
    for at in moves:
        bound = question.options[at].most_in_effect
        if bound is not None:
            spare = np.minimum(spare, bound[:, :years])
    has_moves = np.isin(option, moves)
    moved_cells = np.flatnonzero((spare > _NOTHING).ravel() & bool(has_moves.any()))
    short_cells = np.flatnonzero((question.deficit > _NOTHING).ravel())
    moved_at = np.full(roles * years, -1)
    moved_at[moved_cells] = count + np.arange(len(moved_cells))
    short_at = np.full(roles * years, -1)
    short_at[short_cells] = count + len(moved_cells) + np.arange(len(short_cells))
    total = count + len(moved_cells) + len(short_cells)

    rows = _Rows()
    posts = effect.posts[option, role, proposed]
    for one in range(roles):
        own = np.flatnonzero((role == one) & ~has_moves)
        own_moves = np.flatnonzero((role == one) & has_moves)
        for year in range(years):
            cell = one * years + year
            if short_at[cell] < 0:
                continue
            column, value = own, posts[own, year]
            if moved_at[cell] >= 0 and len(own_moves):
                _add_moved(
                    rows, Row(MOVED, "redistribusi", one, year),
                    np.append(own_moves, moved_at[cell]), posts[own_moves, year],
                    float(spare[one, year]),
                )  # fmt: skip
                column = np.append(column, moved_at[cell])
                value = np.append(value, 1.0)
            rows.add(
                Row(COVER, "", one, year),
                np.append(column, short_at[cell]),
                np.append(value, 1.0),
                float(question.deficit[one, year]),
                np.inf,
            )
            if floor[one, year] > _NOTHING:
                rows.add(Row(FLOOR, "", one, year), column, value, float(floor[one, year]), np.inf)
        for year in range(years):
            value = posts[own, year]
            if value.any():
                rows.add(Row(FULL, "", one, year), own, value, -np.inf, float(room[one, year]))
        for at, terms in enumerate(question.options):
            if terms.kind != "less_need" or terms.most_in_effect is None:
                continue
            mine = own[option[own] == at]
            for year in range(years) if len(mine) else ():
                ceiling = float(terms.most_in_effect[one, year])
                _add_ceiling(rows, Row(IN_EFFECT, terms.option, one, year), mine,
                             posts[mine, year], ceiling)  # fmt: skip
    _add_shared(rows, ground, (option, role, proposed))

    cost = np.zeros(total)
    cost[:count] = effect.cost_idr[option, role, proposed].sum(axis=1) / MILLION
    unfilled = np.zeros(total)
    unfilled[count + len(moved_cells) :] = question.weights[short_cells // years]
    upper = np.concatenate(
        [whole, spare.ravel()[moved_cells], question.deficit.ravel()[short_cells]]
    )
    matrix = coo_matrix(
        (np.concatenate(rows.value), (np.concatenate(rows.row), np.concatenate(rows.column))),
        shape=(len(rows.rows), total),
    ).tocsr()
    return Programme(
        question, option, role, proposed, moved_cells, short_cells, cost, unfilled, matrix,
        np.array(rows.lower), np.array(rows.upper),
        np.concatenate([least, np.zeros(total - count)]), upper, tuple(rows.rows),
    )  # fmt: skip


def most_cost(asked: Programme, effect: Effects, room: Numbers) -> float:
    """Million rupiah (all years) no plan within ``room`` for posts can pass."""
    posts, cost = effect.posts, effect.cost_idr / MILLION
    seen = posts > _NOTHING
    each = np.divide(cost, posts, out=np.zeros_like(cost), where=seen)
    moves = [at for at, terms in enumerate(asked.question.options) if terms.kind == "move"]
    each[moves] = 0.0
    paid_unseen = np.where(seen, 0.0, cost)
    paid_unseen[moves] = cost[moves]
    left = paid_unseen[asked.option, asked.role, asked.proposed].sum(axis=1)
    most = float((each.max(axis=(0, 2), initial=0.0) * np.maximum(room, 0.0)).sum())
    most += float(left @ asked.most[: asked.whole_count])
    # Fixed formations may pass the room.
    return most + float(asked.cost @ asked.least)


def _add_ceiling(rows: _Rows, row: Row, column: Whole, value: Numbers, ceiling: float) -> None:
    """A ceiling on posts, and what whole numbers can reach of it, for each size of formation."""
    sizes = np.unique(np.round(value[value > _NOTHING], 9))
    if not len(sizes):
        return
    rows.add(row, column, value, -np.inf, ceiling)
    for size in sizes[-_SIZES:]:
        times = np.floor(value / size + _NOTHING)
        rows.add(row, column, size * times, -np.inf, size * np.floor(ceiling / size + _NOTHING))


def _add_moved(rows: _Rows, row: Row, both: Whole, posts: Numbers, spare: float) -> None:
    """Moves in effect (last of ``both``): as many as were moved, no part beyond whole people."""
    rows.add(row, both, np.append(-posts, 1.0), -np.inf, 0.0)
    size = float(posts.max(initial=0.0))
    if size <= _NOTHING:
        return
    whole = np.floor(spare / size + _NOTHING)
    rest = spare - size * whole
    if rest > _NOTHING:
        # A formation that moves less than the others counts in full up to the rest.
        people = np.floor(posts / size + _NOTHING)
        part = np.maximum(posts - people * size, 0.0)
        value = -(rest * people + np.minimum(part, rest))
        rows.add(row, both, np.append(value, 1.0), -np.inf, whole * (size - rest))


def _most(question: MixQuestion, effect: Effects, room: Numbers) -> Numbers:
    """Most formations (option, role, proposed) any plan could want."""
    years = len(question.years)
    with np.errstate(divide="ignore", invalid="ignore"):
        fits = np.where(effect.posts > _NOTHING, room[None, :, None, :] / effect.posts, np.inf)
    most = fits.min(axis=3)
    spare = movable(question)
    for at, terms in enumerate(question.options):
        if terms.kind == "move":
            # A formation moves less than one person: as many as fill what is to spare.
            each = effect.posts[at].max(axis=2)
            wanted = spare.max(axis=1, initial=0.0)[:, None] / np.maximum(each, _NOTHING)
            most[at] = np.where(
                effect.posts[at, :, :, -1] > _NOTHING, np.ceil(wanted - _NOTHING), 0.0
            )
        if terms.most_by_year is not None:
            most[at] = np.minimum(most[at], terms.most_by_year[:years])
        if terms.most_by_role_year is not None:
            most[at] = np.minimum(most[at], terms.most_by_role_year[:, :years])
    useful = (effect.posts > _NOTHING).any(axis=3)
    return np.asarray(np.where(useful, most, 0.0))


def _add_shared(rows: _Rows, ground: Ground, at: tuple[Whole, Whole, Whole]) -> None:
    """Limits over all roles: quotas, intake of an option, money, room under the cap."""
    question, limits, effect = ground.question, ground.limits, ground.effect
    option, role, proposed = at
    every = np.arange(len(option))
    for quota in limits.quotas:
        own = np.isin(
            option,
            [at for at, terms in enumerate(question.options) if terms.option in quota.options],
        )
        if quota.is_role is not None:
            own &= quota.is_role[role]
        for year in range(len(question.years)):
            mine = np.flatnonzero(own & (proposed == year))
            most = float(quota.most_by_year[year])
            if len(mine) and np.isfinite(most):
                rows.add(Row(QUOTA, quota.name, -1, year), mine, np.ones(len(mine)), -np.inf, most)
    for place, terms in enumerate(question.options):
        if terms.most_by_year is None:
            continue
        for year in range(len(question.years)):
            mine = np.flatnonzero((option == place) & (proposed == year))
            most = float(terms.most_by_year[year])
            if len(mine) and np.isfinite(most):
                rows.add(
                    Row(INTAKE, terms.option, -1, year), mine, np.ones(len(mine)), -np.inf, most
                )
    for kind, limit, spent in (
        (MONEY, limits.money_idr, effect.cost_idr),
        (CAP, limits.cap_room_idr, effect.cap_idr),
    ):
        if limit is None:
            continue
        for year in range(len(question.years)):
            if np.isfinite(limit[year]):
                value = spent[option, role, proposed, year] / MILLION
                rows.add(
                    Row(kind, "", -1, year), every, value, -np.inf, float(limit[year]) / MILLION
                )
