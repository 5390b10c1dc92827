"""Schools of an edition as last told, and their pupils by grade: for the page and the command."""

from __future__ import annotations

import pandas as pd

from analytics.enrolment_stored import TOTAL
from analytics.teachers import evenly_by_grade

PUBLIC = "negeri"
# The level of a school that tells none, by its highest grade.
_HIGHEST = {"TK": 0, "SD": 6, "SMP": 9, "SMA": 12}
_CELLS = ["npsn", "school_year", "grade", "pupil_count", "level"]


def latest_schools(profiles: pd.DataFrame, enrolment: pd.DataFrame) -> pd.DataFrame:
    """The latest told profile of each school, one row each.

    Parameters
    ----------
    profiles
        One row per ``npsn`` and ``school_year``.
    enrolment
        ``npsn``, ``grade``: schools that only tell pupils have a row too.

    Returns
    -------
    The columns of ``profiles``; ``level`` in capitals, by the highest grade where it is not told
    ('' where no grade is either), ``status`` ``negeri`` and ``kecamatan`` '' where not told,
    ``name`` the NPSN; ordered by name.
    """
    latest = (
        profiles.sort_values("school_year", kind="stable").groupby("npsn", as_index=False).last()
    )
    unlisted = sorted(set(enrolment["npsn"]) - set(latest["npsn"]))
    if unlisted:
        latest = pd.concat([latest, pd.DataFrame({"npsn": unlisted})], ignore_index=True)
    highest = latest["npsn"].map(enrolment.groupby("npsn")["grade"].max()).astype("float64")
    by_grade = pd.cut(highest, [-1, *_HIGHEST.values()], labels=list(_HIGHEST))
    level = latest["level"].fillna(by_grade.astype("object")).fillna("")
    return latest.assign(
        npsn=latest["npsn"].astype("str"),
        name=latest["name"].fillna(latest["npsn"]).astype("str"),
        level=level.astype("str").str.upper(),
        status=latest["status"].fillna(PUBLIC),
        kecamatan=latest["kecamatan"].fillna(""),
    ).sort_values(["name", "npsn"], ignore_index=True)


def cells_by_grade(history: pd.DataFrame, schools: pd.DataFrame) -> pd.DataFrame:
    """Pupils by school, year and grade; totals spread evenly where a year tells nothing else.

    Parameters
    ----------
    history
        As :func:`analytics.enrolment_stored.stored_history` gives it.
    schools
        ``npsn``, ``level``.

    Returns
    -------
    ``npsn``, ``school_year``, ``grade``, ``pupil_count``, ``level``.
    """
    rows = history.rename(columns={"school_id": "npsn", "pupils": "pupil_count"})
    rows = rows.assign(level=rows["npsn"].map(schools.set_index("npsn")["level"]))
    is_total = rows["grade"].astype("str") == TOTAL
    graded = rows.loc[~is_total].assign(grade=lambda one: one["grade"].astype("int64"))
    totals = rows.loc[is_total, ["npsn", "school_year", "level", "pupil_count"]]
    parts = [graded[_CELLS], *([evenly_by_grade(totals)[_CELLS]] if len(totals) else [])]
    return pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True)


def spread_schools(history: pd.DataFrame) -> frozenset[str]:
    """Schools whose pupils of the last year are a total, spread evenly over the grades."""
    last = history.loc[history["school_year"] == history["school_year"].max()]
    return frozenset(last.loc[last["grade"].astype("str") == TOTAL, "school_id"].astype("str"))
