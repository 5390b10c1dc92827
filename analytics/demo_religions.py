"""The invented city's pupils by religion: counts by school, adding up to its enrolment."""

from __future__ import annotations

import numpy as np
import pandas as pd

# Invented shares, about those of a town in East Java; they describe nobody.
CITY_SHARES = {
    "islam": 0.925, "kristen": 0.038, "katolik": 0.027, "hindu": 0.003, "buddha": 0.005,
    "khonghucu": 0.001, "kepercayaan": 0.001,
}  # fmt: skip
# How alike the schools are: a smaller number would gather the same children in fewer schools.
_LIKENESS = 22.0


def pupil_religions(enrolment: pd.DataFrame, generator: np.random.Generator) -> pd.DataFrame:
    """Pupils by religion of every school in the last school year.

    Parameters
    ----------
    enrolment
        One row per school, school year and grade: ``npsn, school_year, grade, pupil_count``.

    Returns
    -------
    One row per school and religion with pupils: ``npsn, school_year, religion, pupil_count``.
    """
    last = enrolment["school_year"].max()
    now = enrolment.loc[enrolment["school_year"] == last]
    pupils = now.groupby("npsn")["pupil_count"].sum().sort_index()
    weights = np.array(list(CITY_SHARES.values())) * _LIKENESS
    shares = generator.dirichlet(weights, len(pupils))
    counts = np.array(
        [generator.multinomial(n, p) for n, p in zip(pupils, shares, strict=True)], dtype="int64"
    )
    table = pd.DataFrame(counts, index=pupils.index, columns=list(CITY_SHARES))
    long = table.reset_index().melt("npsn", var_name="religion", value_name="pupil_count")
    long = long.loc[long["pupil_count"] > 0].assign(school_year=int(last))
    ordered = long.sort_values(["npsn", "religion"], ignore_index=True)
    return ordered[["npsn", "school_year", "religion", "pupil_count"]].astype({"religion": "str"})
