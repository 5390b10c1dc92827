"""What teachers give beside their post: hours that are no need there while they stay.

Whoever moves lets them go, and they are open again: weighed against what the move fills, and
counted as short after it.

Method: docs/method.md eq. 327, 328.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analytics.redistribution_situation import HoursLaw

_ALMOST = 1e-6
_KEYS = ["npsn", "post"]


@dataclass(frozen=True, eq=False)
class Lowered:
    """Needs without what is taught beside a post.

    ``hours``: JP a week taken off in the year asked for. ``untold_count``: posts of that year
    beside which somebody teaches, but whose hours are not told: they stay as they are.
    """

    needs: pd.DataFrame
    hours: float = 0.0
    untold_count: int = 0


def without_covered(
    needs: pd.DataFrame, beside: pd.DataFrame, law: HoursLaw, school_year: int
) -> Lowered:
    """Needs without the hours that people teach beside their own post.

    Parameters
    ----------
    needs
        ``npsn``, ``post``, ``school_year``, ``needed_count``, ``hours``; posts whose hours are not
        told stay as they are.
    beside
        ``npsn``, ``post``, ``hours`` (NaN: not told) of people who are there on the day.
    school_year
        The year whose hours are added up; needs of every year are lowered.

    Method: docs/method.md eq. 327.
    """
    if beside.empty:
        return Lowered(needs)
    hours = _hours(needs)
    needed = needs["needed_count"].to_numpy(dtype=np.int64)
    taught = _taught(beside).reindex(pd.MultiIndex.from_frame(needs[_KEYS]))
    given = taught.fillna(0.0).to_numpy(dtype=float)
    covered = np.minimum(given, np.nan_to_num(hours))
    fewer = _posts(np.nan_to_num(hours), law) - _posts(np.nan_to_num(hours) - covered, law)
    count = np.maximum(needed - fewer, 0)
    is_year = (needs["school_year"] == school_year).to_numpy(dtype=bool)
    untold = is_year & np.isnan(hours) & (given > 0) & (needed > 0)
    return Lowered(
        needs.assign(needed_count=count, hours=hours - covered),
        float(covered[is_year].sum()),
        int(untold.sum()),
    )


def opened_by(needs: pd.DataFrame, beside: pd.DataFrame) -> pd.DataFrame:
    """What would be needed again if one person alone left, by person and school.

    Parameters
    ----------
    needs
        Of one school year, before they were lowered.
    beside
        As :func:`without_covered` takes it, with ``person_id``.

    Returns
    -------
    ``person_id``, ``npsn``, ``hours`` (JP a week): only what no colleague's hours cover.

    Method: docs/method.md eq. 328.
    """
    need = pd.Series(_hours(needs), index=pd.MultiIndex.from_frame(needs[_KEYS]))
    own = beside.dropna(subset=["hours"]).groupby(["person_id", *_KEYS], as_index=False)["hours"]
    table = own.sum()
    at = pd.MultiIndex.from_frame(table[_KEYS])
    wanted = need.reindex(at).fillna(0.0).to_numpy(dtype=float)
    taught = _taught(beside).reindex(at).fillna(0.0).to_numpy(dtype=float)
    without = taught - table["hours"].to_numpy(dtype=float)
    hours = np.minimum(taught, wanted) - np.minimum(without, wanted)
    return table.assign(hours=hours)[["person_id", "npsn", "hours"]]


def _hours(needs: pd.DataFrame) -> np.ndarray:
    if "hours" not in needs:
        return np.full(len(needs), np.nan)
    return needs["hours"].to_numpy(dtype=float, na_value=np.nan)


def _taught(beside: pd.DataFrame) -> pd.Series:
    return beside.dropna(subset=["hours"]).groupby(_KEYS)["hours"].sum()


def _posts(hours: np.ndarray, law: HoursLaw) -> np.ndarray:
    return np.ceil(hours / law.norm - _ALMOST).astype(np.int64)
