"""The history and the births of an edition in the model's own words, for the page and the command.

Both read the same rows here, so that they forecast the same numbers.
"""

from __future__ import annotations

import pandas as pd

TOTAL = "total"


def stored_history(schools: pd.DataFrame, enrolment: pd.DataFrame) -> pd.DataFrame:
    """Every pupil count of an edition, one row per cell.

    Parameters
    ----------
    schools
        ``npsn, school_year, level, kecamatan, pupil_count``: the latest told level and kecamatan of
        a school are its own.
    enrolment
        ``npsn, school_year, grade, pupil_count``.

    Returns
    -------
    ``school_id, school_year, grade`` (``total`` in a year of which a school tells no grades),
    ``pupils, district, level`` ('' where they are not told). Of schools that ever told grades,
    totals of years of which no school tells anything else are left out: a newer list of schools
    alone does not hide the grades of them all.
    """
    graded = enrolment.rename(columns={"npsn": "school_id", "pupil_count": "pupils"})
    rows = [graded.assign(grade=graded["grade"].astype("object"))]
    if "pupil_count" in schools:
        keys = ["npsn", "school_year"]
        poorer = schools.dropna(subset=["pupil_count", *keys]).astype({"school_year": "int64"})
        told = pd.MultiIndex.from_frame(enrolment[keys].astype({"school_year": "int64"}))
        poorer = poorer.loc[~pd.MultiIndex.from_frame(poorer[keys]).isin(told)]
        is_never = ~poorer["npsn"].isin(set(enrolment["npsn"]))
        years = {*enrolment["school_year"], *poorer.loc[is_never, "school_year"]}
        poorer = poorer.loc[is_never | poorer["school_year"].isin(years)]
        rows.append(
            pd.DataFrame(
                {
                    "school_id": poorer["npsn"].astype("str"),
                    "school_year": poorer["school_year"].astype("int64"),
                    "grade": TOTAL,
                    "pupils": poorer["pupil_count"].astype("float64"),
                }
            )
        )
    history = pd.concat([part for part in rows if len(part)] or rows[:1], ignore_index=True)
    told = history["school_id"].map
    # As text first: where no school is listed, all of it is missing and no text at all.
    return history.assign(
        district=told(_latest(schools, "kecamatan")).astype("str").fillna(""),
        level=told(_latest(schools, "level").astype("str").str.upper()).astype("str").fillna(""),
    )


def _latest(schools: pd.DataFrame, column: str) -> pd.Series:
    """The latest value a school was told to have, by ``npsn``."""
    if column not in schools:
        return pd.Series(dtype="object")
    known = schools.dropna(subset=[column]).sort_values("school_year", kind="stable")
    return known.drop_duplicates("npsn", keep="last").set_index("npsn")[column]


def stored_births(births: pd.DataFrame, government_name: str) -> pd.DataFrame | None:
    """Births of an edition; blank where not reported, None without any.

    Parameters
    ----------
    births
        ``area, year, birth_count, is_reported``.
    government_name
        Areas of this name, or of none, are the whole; where there are parts too, only parts count:
        beside their total every child would be counted twice.

    Returns
    -------
    ``area, year, births``.
    """
    if births.empty:
        return None
    reported = births["is_reported"].fillna(True).astype(bool)
    believed = births[["area", "year"]].assign(births=births["birth_count"].where(reported))
    parts = believed.loc[~believed["area"].isin({"", government_name})]
    return believed if parts.empty else parts
