"""Rows about one period of service: one period of service.

Whose contract is renewed, or who changes post, has a new row from the next day on and has not left;
and a list with a row a year repeats the same day of beginning.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pandas as pd

from analytics.exits_moves import MOVES, moves_between

# A new row within so many days of the last exit goes on from it: a weekend, a holiday.
_GAP = pd.Timedelta(days=7)


def joined_spells(
    spells: pd.DataFrame, begun_period: str = "", gone_period: str = ""
) -> pd.DataFrame:
    """Spells of one person that follow each other within a week, as one.

    Parameters
    ----------
    spells
        One row per spell, none of one person overlapping: ``person_id, sex, birth_date,
        start_date, exit_date, is_birth_year_only`` and, where known, ``cause, group``.
    begun_period, gone_period
        ``Y`` or ``M`` where the file tells only the year or the month of that day: what may have
        followed within a week, for all that is written, did.

    Returns
    -------
    The same columns, and where somebody changed group ``group_moves``
    (:mod:`analytics.exits_moves`). A joined spell stands where its first row stood, with the first
    start, the last exit and its cause, and the last sex and group that are known; of days of birth
    a whole day goes before a year. Spells that follow no other stay as they are.

    Method: docs/method.md section 18.
    """
    several = spells.loc[spells["person_id"].duplicated(keep=False)]
    if several.empty:
        return spells
    in_order = several.sort_values(["person_id", "start_date", "exit_date"], kind="stable")
    begun, _ = bounds(in_order["start_date"], begun_period)
    _, gone = bounds(in_order["exit_date"], gone_period)
    goes_on = in_order["person_id"].eq(in_order["person_id"].shift()) & (begun - gone.shift()).le(
        _GAP
    )
    if not goes_on.any():
        return spells
    chain = (~goes_on).cumsum()
    last = ~goes_on.shift(-1, fill_value=False)
    found = in_order.loc[last].set_axis(chain[last])
    found["start_date"] = in_order.groupby(chain)["start_date"].first()
    for name in ("sex", "group"):
        if name in found:
            found[name] = in_order.groupby(chain)[name].last()
    moves = _moves(in_order, chain)
    if any(moves):
        found[MOVES] = pd.Series(moves, index=found.index, dtype=object)
    for name, value in _births(in_order, chain).items():
        found[str(name)] = value
    found.index = pd.Index(in_order.index.to_series().groupby(chain).min())
    return pd.concat([spells.drop(several.index), found]).sort_index()


def bounds(days: pd.Series, period: str) -> tuple[pd.Series, pd.Series]:
    """The first and the last day that ``days`` may mean.

    Parameters
    ----------
    period
        ``Y`` or ``M`` where the days stand for a year or a month, '' where they are days.
    """
    if not period:
        return days, days
    whole = days.dt.to_period(period)
    last = whole.dt.end_time.dt.normalize().astype(days.dtype)
    return whole.dt.start_time.astype(days.dtype), last


def once_each(spells: pd.DataFrame, sheets: pd.Series) -> tuple[pd.DataFrame, pd.Series]:
    """Rows of one person that begin on the same day as one: a row a year, a post, or a list.

    Parameters
    ----------
    spells
        As for :func:`joined_spells`, but that such rows overlap.
    sheets
        The sheet each row stands on, index-aligned.

    Returns
    -------
    The spells, and which of them are told by another row. The last row of a person stays, with
    the day of leaving of any (of a row that has one), and the last sex, group and cause that are
    known. Rows that name two days of leaving stay as they are, and so does who left by an earlier
    row of a sheet whose later row has them in service: one of two posts may have ended.
    """
    keys = ["person_id", "start_date"]
    again = spells.loc[spells.duplicated(keys, keep=False) & spells["start_date"].notna()]
    is_told = pd.Series(False, index=spells.index)
    if again.empty:
        return spells, is_told
    place = again.groupby(keys, sort=False).ngroup()
    gone = again["exit_date"].notna()
    days = again.groupby(place)["exit_date"].nunique()
    by_sheet = gone.groupby([place, sheets[again.index]])
    # Within a sheet the last word counts; who left by one sheet left, whatever others say.
    is_open_again = by_sheet.any() & ~by_sheet.last()
    one = days.le(1) & ~is_open_again.groupby(level=0).any()
    again, place = again.loc[place.map(one)], place.loc[place.map(one)]
    if again.empty:
        return spells, is_told
    # The row with the day of leaving last, so that its cause and group are the last ones.
    order = again["exit_date"].notna().sort_values(kind="stable").index
    again, place = again.loc[order], place.loc[order]
    stays = again.index[~place.duplicated(keep="last")]
    found = spells.copy()
    for name in ("exit_date", "sex", "group", "cause"):
        if name in again:
            last = again.groupby(place)[name].last()
            found.loc[stays, name] = last.reindex(place.loc[stays]).to_numpy()
    for name, value in _births(again, place).items():
        found.loc[stays, name] = value.reindex(place.loc[stays]).to_numpy()
    is_told.loc[again.index.difference(stays)] = True
    return found, is_told


def _moves(rows: pd.DataFrame, chain: pd.Series) -> list[tuple[object, ...] | None]:
    """Of each chain, in order."""
    if "group" not in rows:
        return []
    ends = np.flatnonzero(chain.to_numpy()[1:] != chain.to_numpy()[:-1]) + 1
    starts, groups = rows["start_date"].to_list(), rows["group"].to_list()
    edges = [0, *ends.tolist(), len(rows)]
    return [
        moves_between(starts[first:until], groups[first:until]) for first, until in pairwise(edges)
    ]


def _births(rows: pd.DataFrame, of: pd.Series) -> pd.DataFrame:
    """The best known birth of each person ``of``: a whole day before a year alone."""
    rank = np.where(rows["birth_date"].isna(), 2, rows["is_birth_year_only"])
    best = rows.assign(_rank=rank, _of=of).sort_values("_rank", kind="stable")
    best = best.drop_duplicates("_of").set_index("_of")
    return best[["birth_date", "is_birth_year_only"]]
