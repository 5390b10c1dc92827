"""Tables of an edition, typed: people, who left, schools, posts needed, budgets."""

from __future__ import annotations

import pandas as pd

from analytics.store import Connection, ask, empty_answer
from analytics.store_columns import EXIT_TYPES, typed_people

# What a column of NA becomes, by the kind of what the schema would have given.
_NULLABLE = {"i": "Int64", "f": "Float64", "b": "boolean"}


def people(connection: Connection) -> pd.DataFrame:
    """Everybody on the roster of an edition.

    Returns
    -------
    One row per person, ordered by ``nip``; columns and types ``PEOPLE_TYPES`` plus ``unit_id``.
    ``unit``, ``opd`` as the unit table names them; ``kecamatan``, ``npsn`` from the roster, else
    from the school list.
    """
    return typed_people(ask(connection, "people"))


def employees_as_written(connection: Connection) -> pd.DataFrame:
    """Everybody on the roster with unit, OPD, kecamatan and NPSN as the file wrote them.

    Returns
    -------
    One row per person, ordered by ``nip``; columns and types ``PEOPLE_TYPES``.
    """
    return typed_people(ask(connection, "employees_as_written"))


def exits(connection: Connection) -> pd.DataFrame:
    """Everybody who left, as the edition knows it.

    Returns
    -------
    One row per person and day of leaving, by day; columns and types ``EXIT_TYPES``. Empty where
    the edition is older than the table. What the planner said of causes stands in ``state``.
    """
    return ask(connection, "exits")[list(EXIT_TYPES)].astype(EXIT_TYPES)


def school_teachers(connection: Connection) -> pd.DataFrame:
    """Teachers and staff of the Dapodik GTK list.

    Returns
    -------
    One row per person and school, ordered by ``school_teacher_id``, with every column of the table
    ``school_teacher``; those an earlier version of the schema did not have are NA.
    """
    return _in_full(connection, "school_teachers")


def school_profiles(connection: Connection) -> pd.DataFrame:
    """School profiles of every school year.

    Returns
    -------
    One row per ``npsn`` and ``school_year``, with every column of ``school_year_profile``; those
    an earlier version of the schema did not have (rooms by condition, exemptions) are NA.
    """
    return _in_full(connection, "schools", school_year=None)


def _in_full(connection: Connection, question: str, **parameters: object) -> pd.DataFrame:
    """An answer with the columns that the edition's version of the schema did not have, as NA."""
    asked = ask(connection, question, **parameters)
    empty = empty_answer(question, **parameters)
    missing = [column for column in empty if column not in asked]
    added = pd.DataFrame(
        {name: pd.array([pd.NA] * len(asked), dtype=_NULLABLE.get(empty[name].dtype.kind, "str"))
         for name in missing},
        index=asked.index,
    )  # fmt: skip
    return pd.concat([asked, added], axis=1) if missing else asked


def pupil_religions(connection: Connection) -> pd.DataFrame:
    """Pupils by religion of every school and year that told them; counts, never persons.

    Returns
    -------
    One row per ``npsn``, ``school_year`` and ``religion``: ``pupil_count``. Empty where the edition
    was made before there was such a table.
    """
    kinds = {"npsn": "str", "school_year": "int64", "religion": "str", "pupil_count": "int64"}
    return ask(connection, "pupil_religions", school_year=None).astype(kinds)


def post_needs(connection: Connection) -> pd.DataFrame:
    """Posts needed by workload analysis (ABK), as the sheets said.

    Returns
    -------
    One row per ``opd``, ``unit`` ('' for the whole OPD), ``title`` and ``year``: ``job_class``,
    ``in_post_count`` (NA where not told), ``needed_fte`` (posts, not rounded) and
    ``is_from_workload``. Empty where the edition was made before there was such a table.
    """
    kinds = {
        **dict.fromkeys(("opd", "unit", "title"), "str"), "year": "int64", "job_class": "Int64",
        "in_post_count": "Int64", "needed_fte": "float64", "is_from_workload": "bool",
    }  # fmt: skip
    return ask(connection, "post_needs").astype(kinds)


def budget_years(connection: Connection) -> pd.DataFrame:
    """The APBD year by year, realised where it is, else planned.

    Returns
    -------
    One row per ``year``: ``is_realised``, ``total_idr``, ``personnel_idr``,
    ``teacher_allowance_idr``, ``is_teacher_allowance_told``, ``council_head_idr`` and
    ``transfer_idr`` (NA where not told), ``source``; whole rupiah. Empty where the edition was made
    before there was such a table.
    """
    kinds = {
        "year": "int64", "is_realised": "bool", "total_idr": "int64", "personnel_idr": "int64",
        "teacher_allowance_idr": "int64", "is_teacher_allowance_told": "bool",
        "council_head_idr": "Int64", "transfer_idr": "Int64", "source": "str",
    }  # fmt: skip
    return ask(connection, "budget_years").astype(kinds)
