"""The bases of need as arrays: every cell that anybody or any need names, by year.

Method: docs/method.md eq. 191, 193-195.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.posts_held import CELL
from analytics.projection import Projection
from analytics.told import ToldError

Numbers = NDArray[np.float64]

_ALMOST = 1e-6


class GapError(ToldError):
    """A projection and needs that do not fit together, said in both languages."""


def duty_levels(projection: Projection) -> Numbers:
    """People on duty at the end of each calendar year, by cell of the projection."""
    yearly = projection.year_duty_changes.sum(axis=1)
    level: Numbers = projection.duty_start[:, None] + np.cumsum(yearly, axis=-1)
    return np.maximum(level, 0.0)


def all_cells(
    sources: Sequence[pd.DataFrame],
) -> tuple[pd.DataFrame, tuple[NDArray[np.int64], ...], NDArray[np.int64]]:
    """Every cell that any source names, sorted; the cell of each row; the unit of each cell.

    Parameters
    ----------
    sources
        Frames with the columns ``CELL``.

    Raises
    ------
    GapError
        One of those columns is missing in a row.
    """
    key = np.zeros(sum(map(len, sources)), dtype=np.int64)
    columns, sizes = [], []
    for name in CELL:
        texts = [source[name].to_numpy(dtype=object) for source in sources]
        code, known = pd.factorize(np.concatenate(texts), sort=True)
        if (code < 0).any():
            raise GapError(
                f"{name} kosong pada sebagian baris pegawai atau kebutuhan; isilah.",
                f"{name} is missing in some rows of people or needs; fill it in.",
            )
        key = key * len(known) + code
        columns.append(known)
        sizes.append(len(known))
    distinct, cell = np.unique(key, return_inverse=True)
    place: list[NDArray[np.int64]] = []
    rest = distinct
    for size in reversed(sizes):
        rest, at = np.divmod(rest, size)
        place.insert(0, at)
    frame = pd.DataFrame(
        {name: pd.array(known[at], dtype="str")
         for name, known, at in zip(CELL, columns, place, strict=True)}
    )  # fmt: skip
    edges = np.cumsum([len(source) for source in sources])[:-1]
    return frame, tuple(np.split(cell.astype(np.int64), edges)), place[0]


def school_need(
    rows: pd.DataFrame,
    cell: NDArray[np.int64],
    in_model: NDArray[np.bool_],
    years: NDArray[np.int64],
) -> Numbers:
    """Need of every post of a school the model knows: nought where it asks for none.

    Years beyond the pupils forecast are not computed.

    Parameters
    ----------
    rows
        ``year``, ``needed_count``; ``cell`` is the cell of each.
    in_model
        By cell: whether its school is one the model knows.
    years
        Calendar years.

    Returns
    -------
    Posts by ``(cell, year)``; NaN where not computed.
    """
    answer = np.full((len(in_model), len(years)), np.nan)
    if not len(rows):
        return answer
    at = np.searchsorted(years, rows["year"].to_numpy(dtype=np.int64))
    answer[np.ix_(np.flatnonzero(in_model), np.unique(at))] = 0.0
    answer[cell[:, None], np.unique(at)] = 0.0
    np.add.at(answer, (cell, at), rows["needed_count"].to_numpy(dtype=np.float64))
    return answer


def ratio_need(
    ratios: pd.DataFrame, cell: NDArray[np.int64], start: Numbers, shape: tuple[int, int]
) -> Numbers:
    """Need by ratio; a floor speaks only where today's complement is below it.

    Parameters
    ----------
    ratios
        ``needed_count``, ``is_floor``; ``cell`` is the cell of each row.
    start
        By cell: people in post today.
    shape
        Of the answer.

    Returns
    -------
    Posts by ``(cell, year)``, the same every year; NaN where no ratio speaks.
    """
    answer = np.full(shape, np.nan)
    if len(ratios):
        value, is_floor = np.full(len(start), np.nan), np.ones(len(start), dtype=bool)
        value[cell] = 0.0
        np.add.at(value, cell, ratios["needed_count"].to_numpy(dtype=np.float64))
        np.logical_and.at(is_floor, cell, ratios["is_floor"].to_numpy(dtype=bool))
        speaks = ~is_floor | (start < value - _ALMOST)
        answer[:] = np.where(speaks, value, np.nan)[:, None]
    return answer
