"""Why a school stays open or closes in a plan: one reason each, with what it rests on."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics.regrouping import Prepared, RegroupingPlan
from analytics.regrouping_programme import ALMOST, STAYS, added_rombel, arc_worth

MERGES, LOCKED_CLOSED = "merges", "locked_closed"
LOCKED_OPEN, RECEIVES, EXEMPT, LARGE = "locked_open", "receives", "exempt", "large"
NO_POINT, NO_OTHER = "no_point", "no_other"
TOO_FAR, NO_ROOM = "too_far", "no_room"
NOT_WORTH, BETTER_OPEN, AT_MOST = "not_worth", "better_open", "at_most"


def reasons(plan: RegroupingPlan, found: pd.DataFrame) -> pd.DataFrame:
    """One reason for what a plan does with each school.

    Parameters
    ----------
    found
        As :func:`analytics.regrouping_candidates.candidates` gives it, for the schools of the plan.

    Returns
    -------
    One row per school in the order of the plan: ``npsn``, ``reason`` and ``nearest_km`` (to the
    nearest other school of the plan; NaN where no distance is known). ``reason``: ``merges``,
    ``locked_closed`` (merges, as asked), ``locked_open``, ``receives``, ``exempt``, ``large`` (no
    rule makes it a candidate), ``no_point`` (its point is not believed), ``no_other`` (its
    own is; the distance to no other school is known), ``too_far`` (nobody may receive it within
    the limits), ``no_room`` (every receiver within reach lacks rooms),
    ``not_worth`` (the way costs more than closing saves), ``at_most`` (as many merge as may, in
    all or into every receiver that suits), ``better_open`` (the plan saves more without this
    merge).
    """
    told, programme = plan.prepared, plan.prepared.programme
    into = plan.solution.into
    npsn = told.schools["npsn"]
    reason = np.full(len(npsn), BETTER_OPEN, dtype=object)
    source, target = programme.source, programme.target
    fits = (
        added_rombel(programme.pupils[source], programme.slack[target], programme.ceiling[target])
        <= programme.spare[target]
    )
    worth = arc_worth(programme) > ALMOST
    has = {
        name: np.isin(np.arange(len(npsn)), source[use])
        for name, use in (
            ("arc", np.ones(len(source), bool)),
            ("fit", fits),
            ("worth", fits & worth),
        )
    }
    reason[_is_at_most(plan, fits & worth)] = AT_MOST
    reason[~has["worth"]] = NOT_WORTH
    reason[~has["fit"]] = NO_ROOM
    reason[~has["arc"]] = TOO_FAR
    lonely = ~np.isfinite(told.km).any(axis=1)
    is_believed = (told.schools["point_code"] == "").to_numpy()
    reason[lonely] = np.where(is_believed, NO_OTHER, NO_POINT)[lonely]
    own = found.set_index("npsn").reindex(npsn)
    candidate = told.schools["is_candidate"].to_numpy(dtype=bool)
    reason[~candidate] = LARGE
    reason[~candidate & (own["exempt_by"].fillna("") != "").to_numpy()] = EXEMPT
    reason[np.isin(np.arange(len(npsn)), into[into != STAYS])] = RECEIVES
    kept = [*told.limits.lock_open, *(other for _, other in told.limits.pairs)]
    reason[npsn.isin(kept).to_numpy()] = LOCKED_OPEN
    reason[into != STAYS] = MERGES
    reason[(into != STAYS) & programme.must_close] = LOCKED_CLOSED
    return pd.DataFrame(
        {"npsn": npsn.to_numpy(), "reason": reason, "nearest_km": _nearest_km(told)}
    )


def _is_at_most(plan: RegroupingPlan, suits: np.ndarray) -> np.ndarray:
    """Schools kept open by the most merges in all, or by the most into each school that suits."""
    programme, into = plan.prepared.programme, plan.solution.into
    count = programme.school_count
    if programme.most_merges is not None and (into != STAYS).sum() >= programme.most_merges:
        return np.ones(count, dtype=bool)
    if programme.most_into is None:
        return np.zeros(count, dtype=bool)
    arrived = np.bincount(into[into != STAYS], minlength=count)
    is_open = suits & (into[programme.target] == STAYS)
    is_full = arrived[programme.target] >= programme.most_into
    full, free = (np.zeros(count, dtype=bool) for _ in range(2))
    full[programme.source[is_open & is_full]] = True
    free[programme.source[is_open & ~is_full]] = True
    return full & ~free


def _nearest_km(told: Prepared) -> np.ndarray:
    known = np.where(np.isfinite(told.km), told.km, np.inf)
    nearest = known.min(axis=1, initial=np.inf)
    return np.asarray(np.where(np.isfinite(nearest), nearest, np.nan))
