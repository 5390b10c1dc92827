"""A teacher on several rows of a list: hours by school and post, the person counted once.

Method: docs/method.md eq. 277, 327.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from analytics.faults import Fault

# What is of the person and cannot differ between two rows.
_OF_PERSON = (
    *("retires_on", "birth_date", "employment", "rank", "step", "home_kecamatan", "apart"),
)
BESIDE_COLUMNS = ["person_id", "npsn", "post", "hours"]


@dataclass(frozen=True, eq=False)
class People:
    """One row per person, and what each teaches beside the post counted.

    ``staff``: the columns of the list; ``hours`` in all, ``elsewhere_count``: other schools served.
    ``beside``: ``person_id``, ``npsn``, ``post``, ``hours`` (NaN: not told) of every other post.
    ``repeated_count``: people of several rows. ``unweighed_count``: those of them without hours.
    """

    staff: pd.DataFrame
    beside: pd.DataFrame
    repeated_count: int = 0
    unweighed_count: int = 0


def refuse_different(rows: pd.DataFrame, file: str, faults: list[Fault]) -> None:
    """A fault for whatever is of a person and differs between two of his rows.

    Parameters
    ----------
    rows
        As :func:`one_row_each` takes them.
    """
    repeated = rows["person_id"].duplicated(keep=False) & (rows["person_id"] != "")
    for _, own in rows.loc[repeated].groupby("person_id", sort=False):
        for column in _OF_PERSON:
            told = own[column].astype("object")
            told = told[told.notna() & (told.astype("str") != "")]
            if len(told.unique()) > 1:
                row = told.index[(told != told.iloc[0]).to_numpy()][0]
                about = {"first_row": int(told.index[0]), "column_name": column}
                value = str(told[row])
                faults.append(
                    Fault(file, "move_person_differs", int(row), column, value, about)
                )  # fmt: skip


def one_row_each(rows: pd.DataFrame, merges: Mapping[str, str] | None = None) -> People:
    """A list in which a person may stand on several rows.

    Parameters
    ----------
    rows
        Indexed by the row a spreadsheet shows: ``person_id``, ``npsn``, ``post``, ``hours`` (NaN:
        not told), ``is_base`` (whether the row is said to be the satmin) and what is of the person.
    merges
        Closing school -> receiving school. Schools that merge are one: what somebody teaches in
        both for one post is his post, and neither is another school he serves.

    Returns
    -------
    Who stands on one row stays as written. Otherwise the person counts once: in the satmin where a
    row says so, else in the school of the most hours; there for the post of the most hours; of
    equal ones the first written. ``hours`` are those of all rows. What is blank on that row is
    taken from the others. ``npsn`` of ``staff`` is that of the list, of ``beside`` the one after
    the mergers.
    """
    ends = dict(merges or {})
    repeated = rows["person_id"].duplicated(keep=False) & (rows["person_id"] != "")
    single = rows.loc[~repeated].drop(columns="is_base").assign(elsewhere_count=0)
    if not repeated.any():
        return People(single, pd.DataFrame(columns=BESIDE_COLUMNS))
    kept, beside, unweighed = [], [], 0
    places = rows["npsn"].replace(ends)
    for person, own in rows.loc[repeated].groupby("person_id", sort=False):
        place = places[own.index]
        weight = own["hours"].fillna(0.0)
        unweighed += int(own["hours"].isna().all() and own.groupby([place, "post"]).ngroups > 1)
        said = own.index[own["is_base"]]
        base = place[said[0]] if len(said) else _most(weight, place)
        here = place == base
        post = _most(weight[here], own.loc[here, "post"])
        is_own = here & (own["post"] == post)
        npsn = own.loc[said[0], "npsn"] if len(said) else _most(weight[is_own], own["npsn"][is_own])
        counted = own.loc[is_own].iloc[[0]].drop(columns="is_base").assign(npsn=npsn)
        for column in (*_OF_PERSON, "certificate_subject"):
            counted[column] = _first_told(pd.concat([own.loc[is_own], own])[column])
        counted["hours"] = own["hours"].sum(min_count=1)
        counted["elsewhere_count"] = place[~here].nunique()
        kept.append(counted)
        other = own.assign(npsn=place).loc[~is_own].groupby(["npsn", "post"], sort=False)["hours"]
        beside.append(other.sum(min_count=1).reset_index().assign(person_id=person))
    staff = pd.concat([single, *kept]).sort_index()
    told = pd.concat(beside, ignore_index=True)[BESIDE_COLUMNS]
    return People(staff, told, len(kept), unweighed)


def beside_words(beside: pd.DataFrame, words: Mapping[str, str], at: str = "di") -> pd.Series:
    """What each person teaches beside the post counted, in words, by ``person_id``."""
    if beside.empty:
        return pd.Series(dtype="str")
    posts = beside["post"].map(lambda post: words.get(str(post), str(post)))
    hours = beside["hours"].map(lambda one: "" if pd.isna(one) else f"{one:g} JP ")
    told = hours + posts + f" {at} " + beside["npsn"].astype("str")
    return told.groupby(beside["person_id"]).agg("; ".join)


def _most(weight: pd.Series, names: pd.Series) -> str:
    """The name that weighs most, of equal ones the first."""
    return str(weight.groupby(names, sort=False).sum().idxmax())


def _first_told(values: pd.Series) -> object:
    told = values[values.notna() & (values.astype("object").astype("str") != "")]
    return told.iloc[0] if len(told) else values.iloc[0]
