"""A teacher on several rows of a list: hours by school and post, the person counted once.

Method: docs/method.md eq. 277, 327.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analytics.faults import Fault
from analytics.redistribution_situation import HoursLaw

_ALMOST = 1e-6
# What is of the person and cannot differ between two rows.
_OF_PERSON = ("retires_on", "employment", "rank", "step", "home_kecamatan", "apart")
ELSEWHERE = ["person_id", "npsn", "post", "hours"]


@dataclass(frozen=True, eq=False)
class People:
    """One row per person, and what each teaches beside the post counted.

    ``staff``: the columns of the list; ``hours`` in all, ``elsewhere_count``: other schools served.
    ``elsewhere``: ``person_id``, ``npsn``, ``post``, ``hours`` (NaN: not told) of every other post.
    ``repeated_count``: people of several rows. ``unweighed_count``: those of them without hours.
    """

    staff: pd.DataFrame
    elsewhere: pd.DataFrame
    repeated_count: int = 0
    unweighed_count: int = 0


def one_row_each(rows: pd.DataFrame, file: str, faults: list[Fault]) -> People:
    """A list in which a person may stand on several rows.

    Parameters
    ----------
    rows
        Indexed by the row a spreadsheet shows: ``person_id``, ``npsn``, ``post``, ``hours`` (NaN:
        not told), ``is_base`` (whether the row is said to be the satmin) and what is of the person.

    Returns
    -------
    Who stands on one row stays as written. Otherwise the person counts once: in the satmin where a
    row says so, else in the school of the most hours; there for the post of the most hours; of
    equal ones the first written. ``hours`` are those of all rows. What is blank on that row is
    taken from the others; what differs is a fault.
    """
    repeated = rows["person_id"].duplicated(keep=False) & (rows["person_id"] != "")
    single = rows.loc[~repeated].drop(columns="is_base").assign(elsewhere_count=0)
    if not repeated.any():
        return People(single, pd.DataFrame(columns=ELSEWHERE))
    kept, elsewhere, unweighed = [], [], 0
    for person, own in rows.loc[repeated].groupby("person_id", sort=False):
        for column in _OF_PERSON:
            _refuse_different(own, column, file, faults)
        weight = own["hours"].fillna(0.0)
        unweighed += int(own["hours"].isna().all() and own.groupby(["npsn", "post"]).ngroups > 1)
        school = weight.groupby(own["npsn"], sort=False).sum()
        base = own.loc[own["is_base"], "npsn"]
        npsn = str(base.iloc[0]) if len(base) else str(school.idxmax())
        here = own["npsn"] == npsn
        post = str(weight[here].groupby(own.loc[here, "post"], sort=False).sum().idxmax())
        is_own = here & (own["post"] == post)
        counted = own.loc[is_own].iloc[[0]].drop(columns="is_base")
        for column in (*_OF_PERSON, "certificate_subject"):
            counted[column] = _first_told(pd.concat([own.loc[is_own], own])[column])
        counted["hours"] = own["hours"].sum(min_count=1)
        counted["elsewhere_count"] = own.loc[~here, "npsn"].nunique()
        kept.append(counted)
        other = own.loc[~is_own].groupby(["npsn", "post"], sort=False)["hours"]
        elsewhere.append(other.sum(min_count=1).reset_index().assign(person_id=person))
    staff = pd.concat([single, *kept]).sort_index()
    beside = pd.concat(elsewhere, ignore_index=True)[ELSEWHERE]
    return People(staff, beside, len(kept), unweighed)


def without_covered(
    needs: pd.DataFrame, elsewhere: pd.DataFrame, law: HoursLaw
) -> tuple[pd.DataFrame, float]:
    """Needs without the hours that people taught beside their own post, and how many those are.

    Parameters
    ----------
    needs
        ``npsn``, ``post``, ``school_year``, ``needed_count``, ``hours``; posts whose hours are not
        told stay as they are.
    elsewhere
        ``npsn``, ``post``, ``hours`` in the words of the needs.

    Method: docs/method.md eq. 327.
    """
    keys = ["npsn", "post"]
    given = elsewhere.dropna(subset=["hours"]).groupby(keys)["hours"].sum()
    at = pd.MultiIndex.from_frame(needs[keys])
    hours = needs["hours"].to_numpy(dtype=float, na_value=np.nan)
    needed = needs["needed_count"].to_numpy(dtype=np.int64)
    taught = given.reindex(at).fillna(0.0).to_numpy(dtype=float)
    covered = np.minimum(taught, np.nan_to_num(hours))
    posts = np.ceil(np.nan_to_num(hours - covered) / law.norm - _ALMOST).astype(np.int64)
    count = np.where(covered > 0, np.minimum(posts, needed), needed)
    return needs.assign(needed_count=count, hours=hours - covered), float(covered.sum())


def beside_words(elsewhere: pd.DataFrame, words: Mapping[str, str]) -> pd.Series:
    """What each person teaches beside the post counted, in words, by ``person_id``."""
    if elsewhere.empty:
        return pd.Series(dtype="str")
    posts = elsewhere["post"].map(lambda post: words.get(str(post), str(post)))
    hours = elsewhere["hours"].map(lambda one: "" if pd.isna(one) else f"{one:g} JP ")
    told = hours + posts + " di " + elsewhere["npsn"].astype("str")
    return told.groupby(elsewhere["person_id"]).agg("; ".join)


def _refuse_different(own: pd.DataFrame, column: str, file: str, faults: list[Fault]) -> None:
    told = own[column].astype("object")
    told = told[told.notna() & (told.astype("str") != "")]
    if len(told.unique()) > 1:
        row = told.index[(told != told.iloc[0]).to_numpy()][0]
        details = {"first_row": int(told.index[0]), "column_name": column}
        faults.append(Fault(file, "move_person_differs", int(row), column, str(told[row]), details))


def _first_told(values: pd.Series) -> object:
    told = values[values.notna() & (values.astype("object").astype("str") != "")]
    return told.iloc[0] if len(told) else values.iloc[0]
