"""What follows from the tables of a new edition: its government, its units, keys of rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pandas as pd

from analytics import units
from analytics.store_columns import typed_people
from analytics.store_edition import About


def completed(
    tables: Mapping[str, pd.DataFrame],
    about: About,
    inherited: frozenset[str],
    of_before: Callable[[str], pd.DataFrame],
) -> dict[str, pd.DataFrame]:
    """The tables given, with the government, units and keys that follow from them.

    Parameters
    ----------
    tables
        Frames by table name, as ``store.write_edition`` takes them.
    about
        What the edition is.
    inherited
        Names of the tables that the edition built on has; empty when there is none.
    of_before
        One of those tables, whole.

    Raises
    ------
    StoreError
        The people frame lacks a column.
    """
    given = dict(tables)
    if "government" not in given:
        own = pd.DataFrame(
            {"government_id": [about.government_id], "name": [about.government_name]}
        )
        others = of_before("government") if inherited else own.iloc[:0]
        others = others[others["government_id"] != about.government_id]
        given["government"] = pd.concat([own, others], ignore_index=True)
    if "unit" not in given and {"employee", "school_year_profile"} & set(given):
        # Units follow from both lists; whichever is not new is inherited.
        for table in ("employee", "school_year_profile"):
            if table not in given and table in inherited:
                given[table] = of_before(table)
        if "employee" in given:
            given["unit"] = units.units(
                given["employee"], given.get("school_year_profile"), about.government_id
            )
    if "employee" in given:
        employee = typed_people(given["employee"])
        given["employee"] = employee.assign(
            unit_id=units.unit_ids(employee["opd"], employee["unit"])
        )
    if "school_teacher" in given and "school_teacher_id" not in given["school_teacher"]:
        given["school_teacher"] = given["school_teacher"].assign(
            school_teacher_id=school_teacher_ids(given["school_teacher"])
        )
    return given


def school_teacher_ids(teachers: pd.DataFrame) -> pd.Series:
    """A key for each row of a list of teachers.

    NUPTK, else NIP, else name and birth date; at the school. A repeat gets a number behind.

    Parameters
    ----------
    teachers
        One row per person and school: ``nuptk``, ``nip``, ``name``, ``birth_date``, ``npsn``,
        ``school``.
    """
    born = pd.to_datetime(teachers["birth_date"]).dt.strftime("%Y%m%d").fillna("")
    named = teachers["name"].map(units.slug) + "-" + born
    who = teachers["nuptk"].fillna(teachers["nip"]).fillna(named).astype("str")
    where = teachers["npsn"].fillna(teachers["school"].fillna("").map(units.slug)).astype("str")
    key = who + "@" + where
    repeat = key.groupby(key).cumcount()
    return key.where(repeat == 0, key + "#" + (repeat + 1).astype("str"))
