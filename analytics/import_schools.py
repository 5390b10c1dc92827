"""Lists of schools and of their teachers merged into those of the edition before.

A list that only describes schools (rooms by condition, 3T, one roof, coordinates) adds to what is
known of them and replaces nothing else.
"""

from __future__ import annotations

import pandas as pd

from analytics import checks, units
from analytics.checks_buildings import DESCRIBED
from analytics.faults import Fault

_KEYS = ["npsn", "school_year"]


def with_described(
    incoming: pd.DataFrame, present: pd.DataFrame, told: frozenset[str]
) -> pd.DataFrame:
    """New rows with what lists of buildings said before and this list has no column for.

    Parameters
    ----------
    incoming
        School profiles of the new list.
    present
        Those of the edition before, all years.
    told
        Columns of the new list.
    """
    columns = [name for name in DESCRIBED if name not in told and name in present]
    if present.empty or not columns:
        return incoming
    known = present.set_index(_KEYS)[columns]
    at = pd.MultiIndex.from_frame(incoming[_KEYS].astype({"school_year": "int64"}))
    beside = known.reindex(at).set_axis(incoming.index)
    return incoming.assign(**{name: beside[name] for name in columns})


def with_names(incoming: pd.DataFrame, present: pd.DataFrame) -> pd.DataFrame:
    """Rows of ``incoming``, a school without a name under the one it last had in ``present``.

    Parameters
    ----------
    incoming
        School profiles of the new list.
    present
        Those of the edition before, all years.
    """
    if present.empty:
        return incoming
    latest = present.sort_values("school_year", kind="stable").drop_duplicates("npsn", keep="last")
    known = incoming["npsn"].map(latest.set_index("npsn")["name"])
    return incoming.assign(name=incoming["name"].astype("object").fillna(known).astype("str"))


def described(
    incoming: pd.DataFrame, present: pd.DataFrame, told: frozenset[str]
) -> tuple[pd.DataFrame, list[str]]:
    """School profiles with what a describing list says of them.

    Parameters
    ----------
    incoming
        Rows of the describing list.
    present
        Profiles of the edition before, all years.
    told
        Columns of the list; what it has no column for, or leaves blank, stays as it was.

    Returns
    -------
    The profiles: a school's row of the year told, else its latest, is filled in; a school nobody
    knows is added where the list names it. And the NPSN of unknown schools that it does not name.
    """
    latest = present.sort_values("school_year", kind="stable")
    latest = latest.drop_duplicates("npsn", keep="last").set_index("npsn")["school_year"]
    years = set(zip(present["npsn"], present["school_year"], strict=True))
    is_known = incoming["npsn"].isin(latest.index)
    own = incoming.loc[is_known]
    year = [
        one if (npsn, one) in years else latest[npsn]
        for npsn, one in zip(own["npsn"], own["school_year"], strict=True)
    ]
    own = own.assign(school_year=pd.Series(year, index=own.index, dtype="int64"))
    own = own.drop_duplicates(_KEYS, keep="last").set_index(_KEYS)
    table = present.set_index(_KEYS)
    for name in table.columns:
        if name in told and name in own:
            said = own[name].reindex(table.index)
            table[name] = said.astype("object").where(said.notna(), table[name].astype("object"))
    strangers = incoming.loc[~is_known]
    named = strangers["name"].notna()
    table = table.reset_index().astype(
        {name: kind for name, kind in incoming.dtypes.items() if name in table.columns}
    )
    parts = [table, strangers.loc[named]] if named.any() else [table]
    return pd.concat(parts, ignore_index=True), strangers.loc[~named, "npsn"].tolist()


def unknown_schools(checked: checks.CheckedSchools, file: str, header: str,
                    npsn: list[str]) -> tuple[Fault, ...]:  # fmt: skip
    """The faults of a list with those of the schools it describes and nobody knows."""
    more = [Fault(file, "school_described_unknown", None, header, one) for one in npsn]
    return (*checked.faults, *more)


def with_npsn(teachers: pd.DataFrame, schools: pd.DataFrame) -> pd.DataFrame:
    """Teachers with the number of their school, where its name is that of one known school.

    Parameters
    ----------
    teachers
        One row per person and school: ``npsn`` (NA where the list has none), ``school``.
    schools
        Known schools: ``npsn``, ``name``.
    """
    if schools.empty or teachers["npsn"].notna().all():
        return teachers
    known = schools.drop_duplicates("npsn").assign(key=lambda f: f["name"].map(units.folded))
    known = known.loc[~known["key"].duplicated(keep=False)].set_index("key")["npsn"]
    named = teachers["school"].astype("object").where(teachers["school"].notna(), "")
    found = named.map(units.folded).map(known)
    return teachers.assign(npsn=teachers["npsn"].astype("object").fillna(found).astype("str"))


def schools_of(teachers: pd.DataFrame) -> pd.Series:
    """The school of every row of ``teachers``: its ``npsn``, else its name ``school`` folded."""
    named = teachers["school"].astype("object").where(teachers["school"].notna(), "")
    return teachers["npsn"].astype("object").fillna(named.map(units.folded))


def same_school(present: pd.DataFrame, incoming: pd.DataFrame) -> pd.Series:
    """Which rows of ``present`` are of a school that ``incoming`` lists, by number or by name.

    Both are lists of teachers: ``npsn``, ``school``.
    """
    by_key = schools_of(present).isin(schools_of(incoming))
    names = set(incoming["school"].dropna().map(units.folded)) - {""}
    # A list without numbers says which school it is by its name alone.
    is_nameless = present["npsn"].isna() | incoming["npsn"].isna().all()
    named = present["school"].astype("object").where(present["school"].notna(), "")
    return by_key | (is_nameless & named.map(units.folded).isin(names))
