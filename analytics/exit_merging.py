"""Exits of a list, and of one roster to the next, merged with those known before.

A list wins over what was known; but a day that is only that of a letter, or the first of a month,
is no correction of a day that is written. Method: docs/method.md section 12.
"""

from __future__ import annotations

import pandas as pd

from analytics.exit_causes import MPP, UNKNOWN
from analytics.exit_history import CORRECTED_WITHIN, INFERRED, LIST, ON_MPP_CODE
from analytics.store_columns import EXIT_TYPES

_KEYS = ["nip", "exited_on"]
# What a row says of the leaving itself; the rest are facts of the person.
_TOLD = ("cause", "reason", "origin", "is_day_known", "exited_on", "nip")
_FACTS = [name for name in EXIT_TYPES if name not in _TOLD]


def with_listed(known: pd.DataFrame, listed: pd.DataFrame) -> pd.DataFrame:
    """Exits known before with those of a list, which wins.

    A row of the list replaces that of the same person and day, what was inferred of the same
    person, and an exit of the same person within a year: nobody is appointed and leaves again so
    soon, a day was corrected. Facts the list leaves blank stay as they were known; so does a cause
    that an earlier list told, or that was inferred for that very day, where the row gives neither
    a cause nor a reason.

    A row whose day is not known (a month, the day of a letter) replaces no known day within a year
    of it: that day stays, and its cause unless that is ``tidak_diketahui``; the row gives its other
    facts. So it is with a day that was inferred from the law where the list gives no other cause.

    Parameters
    ----------
    known, listed
        Columns ``EXIT_TYPES``.

    Returns
    -------
    One row per person and day of leaving, columns ``EXIT_TYPES``, by day.
    """
    listed = _typed(listed)
    is_vague = ~listed["is_day_known"] & listed["cause"].ne(MPP)
    after = _replaced(known, listed.loc[~is_vague])
    vague = listed.loc[is_vague].reset_index(drop=True)
    if vague.empty:
        return after
    at = _known_days(after, vague)
    after = _confirmed(after, vague.loc[at.index], at)
    return _replaced(after, vague.drop(at.index))


def stays_count(known: pd.DataFrame, listed: pd.DataFrame, merged: pd.DataFrame) -> int:
    """How many exits known before have kept their day in ``merged``, and are not those of the list.

    Parameters
    ----------
    known, listed, merged
        The arguments of :func:`with_listed` and its answer.
    """
    return int((_is_among(known, merged) & ~_is_among(known, listed)).sum())


def with_inferred(known: pd.DataFrame, inferred: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """Exits known before with those inferred from a new roster.

    Who is back in service on the new roster never left; of whom a list tells, nothing is inferred.

    Parameters
    ----------
    known, inferred
        Columns ``EXIT_TYPES``.
    after
        People of the new roster: ``nip``, ``is_in_headcount``, ``legal_status_code``.

    Returns
    -------
    One row per person and day of leaving, columns ``EXIT_TYPES``, by day.
    """
    is_here = after["is_in_headcount"] & ~after["legal_status_code"].eq(ON_MPP_CODE).fillna(False)
    back = known["origin"].eq(INFERRED) & known["nip"].isin(after.loc[is_here, "nip"])
    known = known.loc[~back]
    listed = known.loc[known["origin"].eq(LIST) & known["cause"].ne(MPP), "nip"]
    new = inferred.loc[~inferred["nip"].isin(listed) & ~_is_among(inferred, known)]
    return _sorted(pd.concat([known, new], ignore_index=True))


def _replaced(known: pd.DataFrame, listed: pd.DataFrame) -> pd.DataFrame:
    """``known`` with the rows of ``listed`` in place of those they replace."""
    final = listed.loc[listed["cause"] != MPP].drop_duplicates("nip", keep="last")
    day = known["nip"].map(final.set_index("nip")["exited_on"]) if len(final) else pd.NaT
    apart = (known["exited_on"] - pd.to_datetime(day)).abs()
    is_near = apart.le(CORRECTED_WITHIN) | (apart.notna() & known["origin"].eq(INFERRED))
    same = _is_among(known, listed) | (is_near & known["cause"].ne(MPP))
    replaced = known.loc[same]
    facts = replaced.sort_values("exited_on").drop_duplicates("nip", keep="last").set_index("nip")
    filled = listed.copy()
    for column in _FACTS if len(facts) else []:
        filled[column] = filled[column].fillna(filled["nip"].map(facts[column]))
    filled = _with_causes(filled, replaced)
    return _sorted(pd.concat([known.loc[~same], _typed(filled)], ignore_index=True))


def _with_causes(listed: pd.DataFrame, replaced: pd.DataFrame) -> pd.DataFrame:
    """``listed`` with the causes known before where its rows tell none: of the same day first.

    A row without a cause whose words nobody knows yet keeps its words: they may be mapped.
    """
    is_silent = listed["cause"].eq(UNKNOWN) & listed["reason"].fillna("").eq("")
    told = replaced.loc[~replaced["cause"].isin([UNKNOWN, MPP])]
    same_day = _is_among(told, listed)
    told = told.loc[same_day | told["origin"].eq(LIST)].assign(is_same=same_day)
    if told.empty or not is_silent.any():
        return listed
    on_day = told.loc[told["is_same"]].set_index(_KEYS)
    others = told.loc[~told["is_same"]].sort_values("exited_on").drop_duplicates("nip", keep="last")
    others = others.set_index("nip")
    keys = pd.MultiIndex.from_frame(listed[_KEYS])
    found = listed.copy()
    has_own = keys.isin(pd.MultiIndex.from_frame(replaced[_KEYS]))
    for column in ("cause", "reason"):
        own = pd.Series(on_day[column].reindex(keys).to_numpy(), listed.index, dtype="str")
        corrected = listed["nip"].map(others[column]).astype("str").mask(has_own)
        value = own.fillna(corrected).fillna(listed[column])
        found[column] = listed[column].mask(is_silent, value)
    return found


def _known_days(known: pd.DataFrame, vague: pd.DataFrame) -> pd.Series:
    """For rows of ``vague`` that have one: the index in ``known`` of the nearest known day."""
    days = known.loc[known["is_day_known"] & known["cause"].ne(MPP), [*_KEYS, "cause", "origin"]]
    pairs = vague[[*_KEYS, "cause"]].reset_index().merge(
        days.reset_index(), on="nip", suffixes=("", "_known")
    )  # fmt: skip
    pairs["apart"] = (pairs["exited_on"] - pairs["exited_on_known"]).abs()
    agrees = pairs["cause"].isin([UNKNOWN]) | pairs["cause"].eq(pairs["cause_known"])
    near = pairs.loc[pairs["apart"].le(CORRECTED_WITHIN) & (pairs["origin"].eq(LIST) | agrees)]
    near = near.sort_values(["index", "apart", "exited_on_known"]).drop_duplicates("index")
    return near.set_index("index")["index_known"]


def _confirmed(known: pd.DataFrame, vague: pd.DataFrame, at: pd.Series) -> pd.DataFrame:
    """``known`` with the facts that rows of unknown day give of the exits at ``at``."""
    if vague.empty:
        return known
    told = vague.assign(at=at).groupby("at").last()  # per column the last that is filled
    rows = known.loc[told.index]
    is_settled = rows["cause"].ne(UNKNOWN)
    for column in _FACTS:
        rows[column] = told[column].fillna(rows[column])
    rows["cause"] = rows["cause"].where(is_settled, told["cause"])
    has_words = rows["reason"].fillna("").ne("") & (is_settled | told["cause"].eq(UNKNOWN))
    rows["reason"] = rows["reason"].where(has_words, told["reason"])
    rows["origin"] = LIST
    return _sorted(pd.concat([known.drop(told.index), rows]))


def _is_among(rows: pd.DataFrame, others: pd.DataFrame) -> pd.Series:
    found = pd.MultiIndex.from_frame(rows[_KEYS]).isin(pd.MultiIndex.from_frame(others[_KEYS]))
    return pd.Series(found, index=rows.index)


def _typed(exits: pd.DataFrame) -> pd.DataFrame:
    return exits.reindex(columns=list(EXIT_TYPES)).astype(EXIT_TYPES)


def _sorted(exits: pd.DataFrame) -> pd.DataFrame:
    return _typed(exits).sort_values(["exited_on", "nip"], ignore_index=True)
