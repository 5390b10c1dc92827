"""A whole plan out of the relaxed one: its whole part, then the best formation each time."""

from __future__ import annotations

import numpy as np

from analytics.mix_programme import COVER, FLOOR, MOVED, Programme
from analytics.mix_question import Numbers

_NOTHING = 1e-7
# Posts below which a formation more is not worth it, at the weight of one post.
_WORTH = 1e-3
_MOST_STEPS = 5_000
# Formations judged by themselves before all are at once.
_TRIED_ONE_BY_ONE = 20


def topped_up(
    asked: Programme,
    relaxed: Numbers,
    prices: Numbers,
    cost: Numbers,
    *,
    may_lack: bool = False,
) -> Numbers | None:
    """Whole formations near the relaxed answer; None where a floor could not be reached.

    Parameters
    ----------
    prices
        By row: what the objective gains by a unit more of it.
    cost
        What is minimised, by variable.
    may_lack
        Floors may go without; then always a plan.

    Returns
    -------
    The whole part of ``relaxed``; then, one by one, the formation that fills most for the limits
    it uses, while all limits have room.
    """
    count = asked.whole_count
    whole = np.clip(
        np.floor(relaxed[:count] + 1e-6), np.ceil(asked.least[:count]), asked.most[:count]
    )
    kinds = np.array([row.kind for row in asked.rows])
    columns = asked.matrix[:, :count].tocsc()
    # A column of each formation as (row, amount), so that all are judged in one sweep: what it
    # fills apart from what it uses.
    starts, rows, amounts = columns.indptr, columns.indices, columns.data
    own = np.repeat(np.arange(count), np.diff(starts))
    is_floor, is_cover = kinds == FLOOR, kinds == COVER
    most_rows = np.where(is_cover | is_floor, np.inf, asked.upper)
    used = np.asarray(columns @ whole)
    weight = _cover_weights(asked, is_cover, cost)
    price = np.bincount(
        own, np.where(np.isfinite(most_rows[rows]), prices[rows] * amounts, 0.0), count
    ) + np.maximum(cost[:count], 0.0)
    least = np.maximum(cost[:count], _WORTH * weight.max(initial=0.0))
    places = _Continuous(asked, kinds)
    fills = (is_cover | is_floor)[rows] & (amounts > 0)
    filler, filled_row, fill = own[fills], rows[fills], amounts[fills]
    uses = np.isfinite(most_rows[rows]) & (amounts > 0)
    for _ in range(_MOST_STEPS):
        found = places.completed(whole, used)
        lack = np.maximum(asked.lower - used - places.moved(found), 0.0)
        short = np.where(is_floor, lack, 0.0)
        if short.max(initial=0.0) > _NOTHING:
            won = np.minimum(fill, short[filled_row])
            gain = np.asarray(np.bincount(filler, won, count), dtype=np.float64)
            score = gain / np.maximum(price, _NOTHING)
        else:
            won = weight[filled_row] * np.minimum(fill, np.where(is_cover, lack, 0.0)[filled_row])
            gain = np.asarray(np.bincount(filler, won, count), dtype=np.float64)
            gain = np.where(gain > least, gain, 0.0)
            score = gain - price
        fits = whole + 1 <= asked.most[:count]
        score = np.where(fits & (gain > _NOTHING), score, -np.inf)
        best = _first_that_fits(score, (starts, uses, rows, amounts), used, most_rows)
        if best is None:
            break
        whole[best] += 1
        at = slice(starts[best], starts[best + 1])
        used[rows[at]] += amounts[at]
    found = places.completed(whole, used)
    lack = asked.lower - used - places.moved(found)
    return None if not may_lack and (lack[is_floor] > 1e-6).any() else found


def _first_that_fits(
    score: Numbers,
    columns: tuple[np.ndarray, np.ndarray, np.ndarray, Numbers],
    used: Numbers,
    most: Numbers,
) -> int | None:
    """The formation with the highest score that every limit has room for; None where none has.

    ``columns``: of each formation where its entries start, which of them use a limit, and their
    rows and amounts.
    """
    starts, uses, rows, amounts = columns
    # Most often one of the first fits; where none does, all are judged in one sweep.
    for _ in range(_TRIED_ONE_BY_ONE):
        best = int(score.argmax()) if len(score) else 0
        if not len(score) or not np.isfinite(score[best]):
            return None
        at = slice(starts[best], starts[best + 1])
        own = rows[at][uses[at]]
        if (used[own] + amounts[at][uses[at]] <= most[own] + _NOTHING).all():
            return best
        score[best] = -np.inf
    own = np.flatnonzero(uses)
    full = used[rows[own]] + amounts[own] > most[rows[own]] + _NOTHING
    score[np.searchsorted(starts, own[full], side="right") - 1] = -np.inf
    best = int(score.argmax())
    return best if np.isfinite(score[best]) else None


def _cover_weights(asked: Programme, is_cover: np.ndarray, cost: Numbers) -> Numbers:
    """Weight of the unfilled post of each cover row."""
    count, moved = asked.whole_count, len(asked.moved_cells)
    short = np.asarray(asked.matrix[:, count + moved :] @ cost[count + moved :])
    return np.where(is_cover, short, 0.0)


class _Continuous:
    """Moves in effect and unfilled posts that follow from whole formations."""

    def __init__(self, asked: Programme, kinds: np.ndarray) -> None:
        self._asked = asked
        count, moved = asked.whole_count, len(asked.moved_cells)
        self._moved = asked.matrix[:, count : count + moved].tocsr()
        self._move_rows = np.flatnonzero(kinds == MOVED)
        self._cover_rows = np.flatnonzero(kinds == COVER)
        self._column = np.zeros(len(self._move_rows), dtype=np.int64)
        if moved:
            own = self._moved[self._move_rows].tocoo()
            self._column[own.row] = own.col
        short = asked.matrix[self._cover_rows][:, count + moved :].tocoo()
        self._short = np.zeros(len(self._cover_rows), dtype=np.int64)
        self._short[short.row] = short.col

    def completed(self, whole: Numbers, used: Numbers) -> Numbers:
        """All variables; ``used``: what the formations use of each row."""
        asked = self._asked
        count, moved = asked.whole_count, len(asked.moved_cells)
        found = np.concatenate([whole, asked.most[count : count + moved], np.zeros(
            len(asked.cost) - count - moved)])  # fmt: skip
        rest = asked.upper[self._move_rows] - used[self._move_rows]
        effective = found[count : count + moved]
        np.minimum.at(effective, self._column, np.maximum(rest, 0.0))
        lack = (asked.lower - used - self.moved(found))[self._cover_rows]
        found[count + moved + self._short] = np.maximum(lack, 0.0)
        return found

    def moved(self, found: Numbers) -> Numbers:
        """What moves in effect add to each row."""
        count, moved = self._asked.whole_count, len(self._asked.moved_cells)
        return np.asarray(self._moved @ found[count : count + moved])
