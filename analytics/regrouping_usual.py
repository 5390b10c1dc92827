"""The plan of mergers with every choice left as it stands in ``data/rules/regrouping.csv``.

For whoever asks what follows after regrouping without deciding on it first.
"""

from __future__ import annotations

from datetime import date

import pandas as pd

from analytics.regrouping import MERGE, Limits, RegroupingPlan, prepared, regrouping_plan
from analytics.regrouping_candidates import CandidateRules, candidates
from analytics.regrouping_rules import in_force, local_value, usual_prices
from analytics.rules import RuleBook

USUAL_SECONDS = 10.0


def usual_plan(
    schools: pd.DataFrame,
    cells: pd.DataFrame,
    rulebook: RuleBook,
    on: date,
    seconds: float = USUAL_SECONDS,
) -> RegroupingPlan | None:
    """The least yearly cost where schools under the first threshold may close.

    Parameters
    ----------
    schools
        One row per school of one owner: ``npsn``, ``level``, ``status``, ``kecamatan``,
        ``latitude``, ``longitude``, ``classroom_count``.
    cells
        Pupils of one school year: ``npsn``, ``grade``, ``pupil_count``.
    on
        The day whose thresholds, prices and class ceiling count.

    Returns
    -------
    The plan over the levels that have a distance limit; None where no school of them has pupils.

    Method: docs/method.md eq. 111-121.
    """
    limits = in_force(on)
    levels = set(limits.loc[limits["key"] == "max_km", "level"])
    taught = set(cells.loc[cells["pupil_count"] > 0, "npsn"])
    level = schools["level"].astype("object").fillna("").str.upper()
    asked = schools.loc[level.isin(list(levels)) & schools["npsn"].isin(list(taught))]
    asked = asked.drop_duplicates("npsn").reset_index(drop=True)
    if asked.empty:
        return None
    own = cells.loc[cells["npsn"].isin(set(asked["npsn"]))]
    by_grade = own.pivot_table(
        index="npsn", columns="grade", values="pupil_count", aggfunc="sum", fill_value=0.0
    )
    pupils = by_grade.round().astype("int64")
    switches = CandidateRules(min_pupils=int(local_value("min_pupils", on)))
    found = candidates(asked, own.assign(school_year=0), switches)
    question = prepared(
        asked,
        pupils,
        found.set_index("npsn")["is_candidate"],
        Limits(detour=local_value("detour", on)),
        usual_prices(on),
        rulebook,
        on,
    )
    return regrouping_plan(question, seconds=seconds)


def merges_of(plan: RegroupingPlan) -> tuple[dict[str, str], dict[str, float]]:
    """Closing school to receiving school, and the km between them; empty where nothing fits."""
    if plan.infeasible:
        return {}, {}
    closing = plan.table.loc[plan.table["action"] == MERGE]
    into = dict(zip(closing["npsn"], closing["into"].astype("str"), strict=True))
    return into, dict(zip(closing["npsn"], closing["distance_km"].astype(float), strict=True))
