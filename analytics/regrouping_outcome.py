"""What follows from a plan: who walks further, which classes form, what is freed, what is saved."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from analytics.regrouping import RegroupingPlan, rombel_formed
from analytics.regrouping_facts import facts_around
from analytics.regrouping_programme import STAYS, Whole
from analytics.rules import RuleBook
from analytics.teachers import (
    AS_LAW,
    NeedChoice,
    SchoolFacts,
    rombel,
    teachers_needed,
)

# Width of a band of the distribution of ways: a way of showing, not a rule.
BAND_KM = 0.5


@dataclass(frozen=True, eq=False)
class Outcome:
    """What a plan changes.

    ``merges``: one row per closing school: ``npsn, into, distance_km, pupil_count,
    rombel_before`` (its own), ``rooms_freed``, ``saved`` (million rupiah a year, this merge
    alone against undoing it). ``receivers``: one row per receiving school: ``npsn,
    merged_count, pupils_before, pupils_after, rombel_before`` (with those of the closing
    schools), ``rombel_after, rooms, class_size_before, class_size_after``. ``ways``: pupils by
    band of extra kilometres: ``km_from, km_to, pupil_count``. ``totals``: sums, by name.
    """

    merges: pd.DataFrame
    receivers: pd.DataFrame
    ways: pd.DataFrame
    totals: dict[str, float]


def outcome(plan: RegroupingPlan, min_pupils: int | None = None) -> Outcome:
    """What follows from a plan for pupils, classes, rooms and money.

    Parameters
    ----------
    min_pupils
        Schools that stay open with fewer pupils than this are counted as left small.

    Returns
    -------
    A pupil's extra way is told as the way between the two schools: the most it can grow by, since
    homes are not known.

    Method: docs/method.md eq. 123-125.
    """
    programme, solution = plan.prepared.programme, plan.solution
    schools = plan.prepared.schools
    npsn = schools["npsn"].to_numpy(dtype=object)
    closing = np.flatnonzero(solution.into != STAYS)
    into = solution.into[closing]
    pupils = programme.pupils.sum(axis=1)
    today = programme.rombel_today
    formed = rombel_formed(programme, solution.into).sum(axis=1)
    rooms = schools["rooms_counted"].to_numpy(dtype=np.int64)
    km = solution.km[closing]
    saved = [_saved_by(plan, int(i)) for i in closing]
    merges = pd.DataFrame(
        {
            "npsn": npsn[closing], "into": npsn[into], "distance_km": km,
            "pupil_count": pupils[closing], "rombel_before": today[closing],
            "rooms_freed": rooms[closing], "saved": np.array(saved, dtype=float),
        }
    )  # fmt: skip
    receiving, merged_count = np.unique(into, return_counts=True)
    arrived = np.bincount(into, pupils[closing], minlength=len(npsn))[receiving].astype(np.int64)
    brought = np.bincount(into, today[closing], minlength=len(npsn))[receiving].astype(np.int64)
    own = pupils[receiving]
    rombel_before = today[receiving] + brought
    with np.errstate(invalid="ignore"):
        receivers = pd.DataFrame(
            {
                "npsn": npsn[receiving], "merged_count": merged_count,
                "pupils_before": own, "pupils_after": own + arrived,
                "rombel_before": rombel_before, "rombel_after": formed[receiving],
                "rooms": rooms[receiving],
                "class_size_before": (own + arrived) / rombel_before,
                "class_size_after": (own + arrived) / formed[receiving],
            }
        )  # fmt: skip
    after = pupils.copy()
    np.add.at(after, into, pupils[closing])
    stays = solution.into == STAYS
    moved = pupils[closing]
    totals: dict[str, float] = {
        "pupils_moved": int(moved.sum()),
        "pupil_km": round(float((moved * km).sum()), 6),
        "worst_km": round(float(km[moved > 0].max(initial=0.0)), 6),
        "mean_km": round(float((moved * km).sum() / max(moved.sum(), 1)), 6),
        "rombel_after": int(formed.sum()),
        "rooms_freed": int(rooms[closing].sum()),
        "heads_freed": int((moved > 0).sum()),
        "saved_open": round(programme.prices.open_school * len(closing), 6),
        "saved_rombel": round(programme.prices.rombel * float(today.sum() - formed.sum()), 6),
        "paid_pupil_km": round(programme.prices.pupil_km * float((moved * km).sum()), 6),
        "saved": round(plan.cost_all_open - solution.objective, 6),
    }
    if min_pupils is not None:
        totals["left_small"] = int((stays & (after < min_pupils)).sum())
    return Outcome(merges, receivers, _ways(moved, km), totals)


def teachers_freed(
    plan: RegroupingPlan,
    rulebook: RuleBook,
    on: date,
    choice: NeedChoice = AS_LAW,
    facts: SchoolFacts | None = None,
) -> pd.DataFrame:
    """Teachers and heads the rules ask for before and after, by receiving school and post.

    Parameters
    ----------
    rulebook, on, choice, facts
        As in :func:`analytics.teachers.teachers_needed`.

    Returns
    -------
    One row per receiving school (``npsn``) and ``post``: ``needed_before`` (of the receiver and
    those that merge into it), ``needed_after``, ``freed_count`` (negative: one more is needed).
    These are posts by rule, not people: who is in post is another question.

    Method: docs/method.md eq. 124.
    """
    schools, programme = plan.prepared.schools, plan.prepared.programme
    into = plan.solution.into
    touched = np.zeros(len(into), dtype=bool)
    closes = into != STAYS
    touched[closes] = True
    touched[into[closes]] = True
    receiver = np.where(closes, into, np.arange(len(into)))
    loads = programme.pupils.copy()
    np.add.at(loads, into[closes], programme.pupils[closes])
    loads[closes] = 0
    npsn = schools["npsn"].to_numpy(dtype=object)
    name_of = dict(zip(npsn, npsn[receiver], strict=True))
    parts = []
    around = facts_around(plan, facts)
    for name, held, known in (
        ("needed_before", programme.pupils, around.before),
        ("needed_after", loads, around.after),
    ):
        cells = _cells(plan, held, touched, on)
        need = teachers_needed(rombel(cells, rulebook, on, choice), rulebook, on, choice, known)
        need = need.assign(npsn=need["npsn"].map(name_of))
        parts.append(need.groupby(["npsn", "post"])["needed_count"].sum().rename(name))
    both = pd.concat(parts, axis=1).fillna(0).astype("int64").sort_index()
    both["freed_count"] = both["needed_before"] - both["needed_after"]
    return both.reset_index()


def saved_by_year(plan: RegroupingPlan, merges: pd.DataFrame) -> pd.DataFrame:
    """What a plan laid over years saves in each of them.

    Parameters
    ----------
    merges
        As :class:`analytics.regrouping_years.Years` has them: ``npsn``, ``school_year`` (NA: not
        within these years).

    Returns
    -------
    One row per school year from the first merge on: ``school_year``, ``merges`` (done by then),
    ``saved_open``, ``saved_rombel`` (million rupiah that year, pupils as in the plan), ``pupil_km``
    a day one way.

    Method: docs/method.md eq. 113, 123.
    """
    programme, into = plan.prepared.programme, plan.solution.into
    year_of = merges.set_index("npsn")["school_year"].reindex(plan.prepared.schools["npsn"])
    years = sorted(int(one) for one in year_of.dropna().unique())
    today = int(programme.rombel_today.sum())
    rows = []
    for year in years:
        done = (year_of <= year).fillna(False).to_numpy(dtype=bool) & (into != STAYS)
        formed = int(rombel_formed(programme, np.where(done, into, STAYS)).sum())
        way = programme.pupils[done].sum(axis=1) * plan.solution.km[done]
        rows.append(
            (
                year,
                int(done.sum()),
                programme.prices.open_school * int(done.sum()),
                programme.prices.rombel * (today - formed),
                float(way.sum()),
            )
        )
    columns = ["school_year", "merges", "saved_open", "saved_rombel", "pupil_km"]
    return pd.DataFrame(rows, columns=columns)


def _cells(plan: RegroupingPlan, pupils: Whole, touched: np.ndarray, on: date) -> pd.DataFrame:
    schools, grade = plan.prepared.schools, np.array(plan.prepared.grades)
    rows, columns = np.nonzero((pupils > 0) & touched[:, None])
    return pd.DataFrame(
        {
            "npsn": schools["npsn"].to_numpy()[rows],
            "school_year": on.year,
            "level": schools["level"].to_numpy()[rows],
            "grade": grade[columns],
            "pupil_count": pupils[rows, columns],
        }
    )


def _saved_by(plan: RegroupingPlan, i: int) -> float:
    """What one merge saves as long as all others stand, million rupiah a year."""
    programme, solution = plan.prepared.programme, plan.solution
    j = int(solution.into[i])
    joined = (solution.into == j) | (np.arange(len(solution.into)) == j)
    load = programme.pupils[joined].sum(axis=0)
    ceiling = programme.ceiling[j]
    with_it = -(-load // ceiling)
    without = -(-(load - programme.pupils[i]) // ceiling)
    prices = programme.prices
    way = float(programme.pupils[i].sum() * solution.km[i])
    return float(
        programme.freed[i] - prices.rombel * (with_it - without).sum() - prices.pupil_km * way
    )


def _ways(moved: np.ndarray, km: np.ndarray) -> pd.DataFrame:
    band = np.floor(km / BAND_KM).astype(np.int64)
    count = np.bincount(band, moved, minlength=1).astype(np.int64)
    start = np.arange(len(count)) * BAND_KM
    return pd.DataFrame({"km_from": start, "km_to": start + BAND_KM, "pupil_count": count})
