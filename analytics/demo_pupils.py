"""The invented city's children: pupils by school and grade, births by kecamatan and year.

The pupils of the last years add up to the school profiles; earlier years are told back from them,
cohort by cohort. Births fit the intake of those years and fall faster afterwards, so that the
intake of the coming years, already born, is smaller than its trend says.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics.demo_places import GRADE_COUNT, SCHOOL_YEARS, YEARLY_DECLINE_SHARE

FIRST_SCHOOL_YEAR = 2018
LOWEST_GRADE = {"SD": 1, "SMP": 7}
BIRTH_YEARS = range(2009, 2026)
# Age at entry to grade I: half of the children at six, half at seven.
ENTRY_LAG_YEARS = 6.5
# Of the children born in the city those who enter its state schools; the others go to madrasah,
# private schools or another city.
STATE_SHARE = 0.66
# Births since the last of whom the profiles show: faster down than those before.
LATER_DECLINE_SHARE = 0.042
# The year after the pandemic's first had fewer births still; the next made up for some of them.
DIPS = {2021: 0.96, 2022: 1.01}
_NOISE = 0.012


def enrolment(profile: pd.DataFrame, generator: np.random.Generator) -> pd.DataFrame:
    """Pupils by state SD and SMP, school year and grade, from ``FIRST_SCHOOL_YEAR`` on.

    Parameters
    ----------
    profile
        As ``demo_places.school_years`` gives it, with ``place_0``, ``place_1`` ...: pupils in the
        top grade, the grade below it, and so on.

    Returns
    -------
    One row per school, school year and grade: ``npsn, school_year, grade, pupil_count``. In the
    years of the profile the grades add up to its ``pupil_count``.
    """
    known = [_by_grade(profile, level) for level in LOWEST_GRADE]
    earlier = [
        _earlier(frame, level, generator) for level, frame in zip(LOWEST_GRADE, known, strict=True)
    ]
    every = pd.concat([*known, *earlier], ignore_index=True)
    order = ["npsn", "school_year", "grade"]
    return every.sort_values(order)[[*order, "pupil_count"]].reset_index(drop=True)


def _by_grade(profile: pd.DataFrame, level: str) -> pd.DataFrame:
    top = LOWEST_GRADE[level] + GRADE_COUNT[level] - 1
    places = {f"place_{place}": top - place for place in range(GRADE_COUNT[level])}
    rows = profile.loc[profile["level"] == level, ["npsn", "school_year", *places]]
    long = rows.melt(["npsn", "school_year"], var_name="place", value_name="pupil_count")
    long["grade"] = long.pop("place").map(places)
    return long.astype({"grade": "int64", "pupil_count": "int64", "school_year": "int64"})


def _earlier(known: pd.DataFrame, level: str, generator: np.random.Generator) -> pd.DataFrame:
    """The years before the profiles: each class a year younger and a little larger."""
    lowest = LOWEST_GRADE[level]
    first = known.loc[known["school_year"] == SCHOOL_YEARS[0]]
    now = first.pivot(index="npsn", columns="grade", values="pupil_count").sort_index()
    frames = []
    for school_year in range(SCHOOL_YEARS[0] - 1, FIRST_SCHOOL_YEAR - 1, -1):
        grown = now / (1 - YEARLY_DECLINE_SHARE[level])
        noise = generator.normal(1, 0.03, (len(now), len(now.columns)))
        before = grown.shift(-1, axis=1)
        top = lowest + GRADE_COUNT[level] - 1
        # Who has left the school since is not in any later list.
        before[top] = grown.mean(axis=1)
        now = np.maximum((before * noise).round(), 1)
        long = now.reset_index().melt("npsn", var_name="grade", value_name="pupil_count")
        frames.append(long.assign(school_year=school_year))
    told = pd.concat(frames, ignore_index=True)
    return told.astype({"grade": "int64", "pupil_count": "int64", "school_year": "int64"})


def births(
    pupils: pd.DataFrame, profile: pd.DataFrame, generator: np.random.Generator
) -> pd.DataFrame:
    """Live births by kecamatan and year, ``BIRTH_YEARS``.

    Parameters
    ----------
    pupils
        As ``enrolment`` gives them.
    profile
        One row per school and school year: ``npsn``, ``kecamatan``.

    Returns
    -------
    One row per kecamatan and calendar year: ``area, year, birth_count, is_reported``.
    """
    kecamatan = profile.drop_duplicates("npsn").set_index("npsn")["kecamatan"]
    entering = pupils.loc[pupils["grade"] == LOWEST_GRADE["SD"]]
    entering = entering.assign(area=entering["npsn"].map(kecamatan))
    intake = entering.groupby(["area", "school_year"])["pupil_count"].sum().unstack()
    frames = []
    for area, row in intake.iterrows():
        born_in = row.index.to_numpy(dtype="float64") - ENTRY_LAG_YEARS
        slope, level = np.polyfit(born_in, np.log(row.to_numpy(dtype="float64") / STATE_SHARE), 1)
        years = np.array(BIRTH_YEARS)
        turn = born_in.max()
        trend = level + slope * np.minimum(years, turn)
        trend = trend + np.log(1 - LATER_DECLINE_SHARE) * np.maximum(years - turn, 0)
        dip = np.array([DIPS.get(int(year), 1.0) for year in years])
        noise = generator.normal(1, _NOISE, len(years))
        count = np.rint(np.exp(trend) * dip * noise).astype("int64")
        frames.append(pd.DataFrame({"area": area, "year": years, "birth_count": count}))
    every = pd.concat(frames, ignore_index=True)
    return every.astype({"area": "str", "year": "int64"}).assign(is_reported=True)
