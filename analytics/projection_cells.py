"""The cells of a projection put into groups and periods: sums over people, laid out as tables.

Method: docs/method.md eq. 104.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import csr_array

from analytics.projection_months import Calendar, ProjectionError

Numbers = NDArray[np.float64]

UNKNOWN = "tidak diketahui"


def grouped(cells: pd.DataFrame, by: Sequence[str]) -> tuple[pd.DataFrame, csr_array]:
    """Labels of groups of cells, and the sum over cells as a matrix.

    Parameters
    ----------
    cells
        One row per cell.
    by
        Columns to keep; none for one group of all.

    Returns
    -------
    One row per group, in the order of its labels, and 0/1 ``(group, cell)``.

    Raises
    ------
    ProjectionError
        For a column that the cells do not have.
    """
    if lost := [column for column in by if column not in cells]:
        raise ProjectionError(
            f"Tidak ada kolom {lost[0]!r}; proyeksi menurut {', '.join(map(str, cells.columns))}.",
            f"No column {lost[0]!r}; projected by {', '.join(map(str, cells.columns))}.",
        )
    columns = list(by)
    if columns:
        keys = pd.MultiIndex.from_frame(cells[columns])
        codes, labels = keys.factorize(sort=True)
        groups = labels.to_frame(index=False)
        groups.columns = columns
    else:
        codes, groups = np.zeros(len(cells), dtype=np.int64), pd.DataFrame(index=[0])
    ones = np.ones(len(codes))
    shape = (len(groups), len(cells))
    return groups, csr_array((ones, (codes, np.arange(len(codes)))), shape=shape)


def distinct_cells(
    people: pd.DataFrame, columns: Sequence[str]
) -> tuple[pd.DataFrame, NDArray[np.int64]]:
    """The cells that people fall into, sorted, and the cell of each person.

    Parameters
    ----------
    columns
        What makes a cell; blank is a value of its own (``UNKNOWN``).
    """
    key = np.zeros(len(people), dtype=np.int64)
    labels: list[np.ndarray] = []
    for name in columns:
        code, known = pd.factorize(people[name].astype("object").fillna(UNKNOWN), sort=True)
        key = key * len(known) + code
        labels.append(np.asarray(known, dtype=object))
    distinct, cell_of = np.unique(key, return_inverse=True)
    found: dict[str, pd.Series] = {}
    for name, known in reversed(list(zip(columns, labels, strict=True))):
        distinct, at = np.divmod(distinct, len(known))
        found[name] = pd.Series(known[at]).infer_objects()
    return pd.DataFrame({name: found[name] for name in columns}), cell_of


def group_of_person(member: csr_array, cell_of: NDArray[np.int64]) -> NDArray[np.int64]:
    """Number of the group of each person, given the cell of each."""
    rows, cells = member.nonzero()
    group = np.empty(member.shape[1], dtype=np.int64)
    group[cells] = rows
    return group[cell_of]


def added(member: csr_array, cube: Numbers) -> Numbers:
    """Values of cells (first axis) added up by group."""
    flat: Numbers = member @ cube.reshape(len(cube), -1)
    return flat.reshape(-1, *cube.shape[1:])


def long_table(
    groups: pd.DataFrame,
    months: Calendar,
    every: str,
    values: Mapping[str, Numbers],
    steps: NDArray[np.str_] | None = None,
) -> pd.DataFrame:
    """Rows of groups x periods (x steps), in that order.

    Parameters
    ----------
    groups
        One row per group.
    months, every
        The calendar, by ``month`` or ``year``.
    values
        Column -> values by group (x step) x period.
    steps
        Names of the steps, where values have them.

    Returns
    -------
    The columns of ``groups``, ``year`` (``month_on`` by month, ``step`` by step) and ``values``.
    """
    year = months.year if every == "month" else months.years
    count = 1 if steps is None else len(steps)
    each = len(year) * count
    table = groups.loc[groups.index.repeat(each)].reset_index(drop=True)
    table["year"] = np.tile(np.repeat(year, count), len(groups))
    if every == "month":
        table["month_on"] = pd.DatetimeIndex(
            np.tile(np.repeat(months.month_on, count), len(groups))
        ).astype("datetime64[us]")
    if steps is not None:
        table["step"] = np.tile(steps, len(year) * len(groups))
    for name, value in values.items():
        cube = value.reshape(len(groups), count, len(year))
        table[name] = cube.transpose(0, 2, 1).ravel()
    return table


def members(cell_of: NDArray[np.int64], count: int) -> csr_array:
    """The sum of people by cell as a matrix (cell, person)."""
    people = np.arange(len(cell_of))
    return csr_array((np.ones(len(cell_of)), (cell_of, people)), shape=(count, len(cell_of)))
