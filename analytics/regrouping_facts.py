"""What is known of single schools, carried along when they merge: pupils by religion."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analytics.regrouping import RegroupingPlan
from analytics.regrouping_programme import STAYS
from analytics.teachers import NO_FACTS, SchoolFacts


@dataclass(frozen=True, eq=False)
class FactsAround:
    """Facts of the schools as they are, and as a plan leaves them."""

    before: SchoolFacts
    after: SchoolFacts


def facts_in(
    facts: SchoolFacts, merges: pd.DataFrame, pupils: pd.Series, school_year: int
) -> SchoolFacts:
    """What the need of teachers may know of schools in one year of mergers spread over several.

    Parameters
    ----------
    facts
        Of the schools as they are.
    merges
        ``npsn``, ``into``, ``school_year``: who closes, into whom, from when on.
    pupils
        By NPSN, today: what shares by religion are weighted by.

    Returns
    -------
    Shares by religion after the merges of that year and those before it. Where one school of a
    receiver's merges, whatever their years, tells no religions, none of them does in any year.

    Method: docs/method.md eq. 53, 233.
    """
    shares = facts.religions
    if shares is None or shares.empty or merges.empty:
        return facts
    ends = dict(zip(merges["npsn"], merges["into"], strict=True))
    done = merges.loc[merges["school_year"] <= school_year]
    now = dict(zip(done["npsn"], done["into"], strict=True))
    told = set(shares["npsn"])
    silent = {into for one, into in ends.items() if not {one, into} <= told}
    kept = shares.loc[~_renamed(shares["npsn"], ends).isin(silent)]
    weight = kept["npsn"].map(pupils).fillna(1.0).astype("float64")
    moved = kept.assign(npsn=_renamed(kept["npsn"], now), share=kept["share"] * weight)
    merged = moved.groupby(["npsn", "religion"], as_index=False)["share"].sum()
    whole = merged.groupby("npsn")["share"].transform("sum")
    merged = merged.loc[whole > 0].assign(share=(merged["share"] / whole)[whole > 0])
    special = frozenset(now.get(one, one) for one in facts.special_needs)
    return SchoolFacts(merged.reset_index(drop=True), special)


def _renamed(npsn: pd.Series, into: Mapping[str, str]) -> pd.Series:
    """The school each row belongs to; few schools have many rows."""
    code, names = pd.factorize(npsn)
    told = [into.get(name, name) for name in names.tolist()]
    return pd.Series(pd.array(told, dtype="str").take(code), index=npsn.index)


def facts_around(plan: RegroupingPlan, facts: SchoolFacts | None) -> FactsAround:
    """What the need of teachers may know of schools before and after a plan.

    Parameters
    ----------
    facts
        As :class:`analytics.teachers.SchoolFacts`; None: nothing is known.

    Returns
    -------
    After a merge the shares by religion are those of all pupils together, weighted by the pupils
    of the plan. Where one school of a merge tells no religions, none of them does on either side:
    counting by hours before and by religion after would look like posts gained by merging.

    Method: docs/method.md eq. 53, 124.
    """
    if facts is None:
        return FactsAround(NO_FACTS, NO_FACTS)
    schools, into = plan.prepared.schools, plan.solution.into
    npsn = schools["npsn"].astype("str").to_numpy(dtype=object)
    receiver = pd.Series(
        npsn[np.where(into != STAYS, into, np.arange(len(into)))], index=npsn, dtype="str"
    )
    special = frozenset(receiver.get(one, one) for one in facts.special_needs)
    shares = facts.religions
    if shares is None or shares.empty:
        return FactsAround(facts, SchoolFacts(shares, special))
    told = set(shares["npsn"])
    silent = set(receiver[[one not in told for one in receiver.index]])
    kept = shares.loc[~shares["npsn"].map(receiver).isin(silent)]
    if kept.empty:
        return FactsAround(SchoolFacts(None, facts.special_needs), SchoolFacts(None, special))
    pupils = pd.Series(plan.prepared.programme.pupils.sum(axis=1), index=npsn)
    return FactsAround(
        SchoolFacts(kept, facts.special_needs),
        SchoolFacts(_joined(kept, receiver, pupils), special),
    )


def _joined(shares: pd.DataFrame, into: pd.Series, pupils: pd.Series) -> pd.DataFrame:
    """Shares by religion of merged schools, weighted by their pupils.

    A school outside the plan keeps its own name, and weighs as one pupil.
    """
    weight = shares["npsn"].map(pupils).fillna(1.0).astype("float64")
    moved = shares.assign(
        npsn=shares["npsn"].map(into).fillna(shares["npsn"]), share=shares["share"] * weight
    )
    merged = moved.groupby(["npsn", "religion"], as_index=False)["share"].sum()
    whole = merged.groupby("npsn")["share"].transform("sum")
    merged = merged.loc[whole > 0].assign(share=(merged["share"] / whole)[whole > 0])
    return merged.reset_index(drop=True)
