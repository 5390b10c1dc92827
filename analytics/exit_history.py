"""Who has left: from lists, from one roster to the next, and what the planner said of the rest.

Facts stand in the table ``exit`` of an edition, put together by ``exit_merging``; what somebody
said of an exit nobody could explain stands in ``state`` and is laid over the facts when they are
read (``history``).
Method: docs/method.md eq. 66-69.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

import numpy as np
import pandas as pd

from analytics.exit_causes import (
    BUP,
    CONTRACT_ENDED,
    MPP,
    UNKNOWN,
    causes_of,
    is_at_bup,
    reason_key,
)
from analytics.exits_levels import OF_EDITION, without, written_after
from analytics.movement import (
    LEFT_AT_BUP,
    LEFT_AT_CONTRACT_END,
    Changes,
    Law,
    changes_between,
)
from analytics.nip import nip_parts
from analytics.retirement import first_of_next_month_at_age, retirements
from analytics.store_columns import EXIT_TYPES, typed_people

LIST, INFERRED = "list", "inferred"
ON_MPP_CODE = "20"
_CAUSE_OF = {LEFT_AT_BUP: BUP, LEFT_AT_CONTRACT_END: CONTRACT_ENDED}
# A year with fewer exits than this share of a usual one is a year the list does not cover.
# Setting in which the planner says since when exits are on record.
COMPLETE_FROM = "exits_complete_from"
_COVERED_SHARE = 0.4
# Nobody is appointed and leaves again so soon: two days of leaving within it are one, corrected.
CORRECTED_WITHIN = pd.Timedelta(days=366)
_USUAL_YEARS = 5
_YEAR_DAYS = 365.25
_SPELL_COLUMNS = [
    *("person_id", "sex", "birth_date", "start_date", "exit_date", "cause", "group", "employment"),
    *("role_group", "retires_on", "contract_ends_on"),
]


def no_exits() -> pd.DataFrame:
    """No exit yet: the columns ``EXIT_TYPES`` without a row."""
    return pd.DataFrame(columns=list(EXIT_TYPES)).astype(EXIT_TYPES)


# ---- from one roster to the next -----------------------------------------------------------------


def exits_between(
    before: pd.DataFrame,
    after: pd.DataFrame,
    before_on: date,
    law: Law,
    changes: Changes | None = None,
) -> pd.DataFrame:
    """Exits that two dated rosters give away.

    Parameters
    ----------
    before, after
        People frames; ``after`` is of the day ``law.as_of``.
    before_on
        The day of ``before``.
    changes
        ``movement.changes_between`` of the two, where it is known already.

    Returns
    -------
    One row per person who left, columns ``EXIT_TYPES``, ``origin`` ``inferred``. The cause is
    ``bup`` where the retirement date lies by ``law.as_of``, ``kontrak_berakhir`` where the contract
    had ended, what the legal status says where somebody is still listed but no longer counted, and
    ``tidak_diketahui`` for everybody else. A move to MPP is a row of its own. Empty where ``after``
    is not of a later day: what is missing from a correction has not left.

    Method: docs/method.md eq. 68.
    """
    if law.as_of <= before_on or before.empty:
        return no_exits()
    told = (changes or changes_between(before, after, law)).left.set_index("nip")["cause"]
    gone = before.loc[before["nip"].isin(told.index) & before["is_in_headcount"]]
    causes = gone["nip"].map(told).map(lambda words: _CAUSE_OF.get(str(words), UNKNOWN))
    stays, codes = _out_of_count(before, after, law)
    leavers = pd.concat([gone, stays])
    if leavers.empty:
        return no_exits()
    return _inferred(leavers, pd.concat([causes, codes]), before_on, law)


def _out_of_count(
    before: pd.DataFrame, after: pd.DataFrame, law: Law
) -> tuple[pd.DataFrame, pd.Series]:
    """People still listed whose legal status now says that they left, or are on MPP; the cause."""
    both = before.merge(
        after[["nip", "legal_status_code", "is_in_headcount"]], on="nip", suffixes=("", "_after")
    )
    code, earlier = both["legal_status_code_after"], both["legal_status_code"]
    to_mpp = code.eq(ON_MPP_CODE).fillna(False) & ~earlier.eq(ON_MPP_CODE).fillna(False)
    left = both["is_in_headcount"] & ~both["is_in_headcount_after"] & code.notna()
    found = both.loc[left | to_mpp]
    on = pd.Series(pd.Timestamp(law.as_of), index=found.index)
    at_bup = is_at_bup(found["birth_date"], on, law.rulebook)
    written = [str(each) for each in code.loc[found.index]]
    causes = pd.Series(
        causes_of(written, at_bup.to_list(), law.rulebook), index=found.index, dtype="str"
    )
    # Codes such as waiting pay or discipline take people out of the count, not out of service.
    known = causes != ""
    return found.loc[known, list(before.columns)], causes.loc[known]


def _inferred(leavers: pd.DataFrame, causes: pd.Series, before_on: date, law: Law) -> pd.DataFrame:
    dated = retirements(leavers, law.rulebook, law.as_of, law.choice, law.local_titles).reset_index(
        drop=True
    )
    cause = causes.reset_index(drop=True).astype("str")
    first, last = pd.Timestamp(before_on), pd.Timestamp(law.as_of)
    middle = pd.Timestamp(before_on + max((law.as_of - before_on) // 2, timedelta(days=1)))
    day = pd.Series(middle, index=dated.index).astype("datetime64[us]")
    ends = dated["contract_ends_on"] + pd.Timedelta(days=1)
    is_known = pd.Series(False, index=dated.index)
    for which, when in ((BUP, dated["retires_on"]), (CONTRACT_ENDED, ends)):
        here = cause.eq(which) & when.gt(first) & when.le(last)
        day, is_known = day.mask(here, when), is_known | here
    return dated.assign(
        exited_on=day, cause=cause, reason="", origin=INFERRED, is_day_known=is_known
    )[list(EXIT_TYPES)].astype(EXIT_TYPES)


# ---- what the planner said -----------------------------------------------------------------------


def history(
    exits: pd.DataFrame,
    local_reasons: Mapping[str, str] | None = None,
    classified: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Exits with what the planner said of them.

    Parameters
    ----------
    exits
        The table ``exit`` of an edition.
    local_reasons
        Words mapped to causes (``State.exit_reasons``).
    classified
        Causes given to single exits (``State.exit_classifications``): ``nip, exited_on, cause,
        classified_by, classified_at``. They outrank everything; where a later list corrected the
        day, they stay with that exit unless it tells a cause itself.

    Returns
    -------
    ``exits`` with ``cause`` as it counts, ``cause_before`` as the edition has it, and
    ``classified_on`` (the day of the exit when it was said), ``classified_by``, ``classified_at``
    (NA where nobody said anything).
    """
    known = local_reasons or {}
    mapped = exits["reason"].fillna("").map(lambda words: known.get(reason_key(words)))
    cause = mapped.astype("str").fillna(exits["cause"])
    told = exits.assign(cause_before=exits["cause"], cause=cause)
    keys = ["nip", "exited_on"]
    columns = [*keys, "cause", "classified_by", "classified_at"]
    said = pd.DataFrame(columns=columns) if classified is None else classified[columns]
    said = said.astype({"nip": "str", "exited_on": "datetime64[us]", "cause": "str"})
    said = _on_corrected_days(said.assign(classified_on=said["exited_on"]), told)
    merged = told.merge(said, on=keys, how="left", suffixes=("", "_said"), validate="1:1")
    merged["cause"] = merged["cause_said"].fillna(merged["cause"])
    return merged.drop(columns="cause_said")


def _on_corrected_days(said: pd.DataFrame, told: pd.DataFrame) -> pd.DataFrame:
    """``said`` on the days that exits have now: of the same person within a year, the nearest."""
    keys = ["nip", "exited_on"]
    known, given = (pd.MultiIndex.from_frame(each[keys]) for each in (told, said))
    adrift = said.loc[~given.isin(known), keys].reset_index(names="said")
    open_days = told.loc[told["cause"].eq(UNKNOWN) & ~known.isin(given), keys]
    pairs = adrift.merge(open_days, on="nip", suffixes=("", "_now"))
    pairs["apart"] = (pairs["exited_on_now"] - pairs["exited_on"]).abs()
    near = pairs.loc[pairs["apart"].le(CORRECTED_WITHIN)].sort_values("apart", kind="stable")
    near = near.drop_duplicates("said").drop_duplicates(["nip", "exited_on_now"])
    return said.assign(
        exited_on=near.set_index("said")["exited_on_now"]
        .reindex(said.index)
        .fillna(said["exited_on"])
    )


def unexplained(told: pd.DataFrame) -> pd.DataFrame:
    """Rows of ``told`` (:func:`history`) whose cause nobody knows, latest first."""
    return told.loc[told["cause"] == UNKNOWN].sort_values(
        ["exited_on", "nip"], ascending=[False, True], ignore_index=True
    )


def unknown_reasons(told: pd.DataFrame) -> pd.DataFrame:
    """Words of unexplained exits, to be mapped once for all.

    Parameters
    ----------
    told
        As :func:`history` gives it.

    Returns
    -------
    One row per reason, spelling apart: ``reason`` as first written, ``exit_count``; most first.
    """
    words = told.loc[(told["cause"] == UNKNOWN) & told["reason"].fillna("").ne(""), "reason"]
    counts = words.groupby(words.map(reason_key)).agg(["first", "size"])
    counts = counts.rename(columns={"first": "reason", "size": "exit_count"})
    return counts.sort_values("exit_count", ascending=False, kind="stable").reset_index(drop=True)


# ---- spells of service ---------------------------------------------------------------------------


def on_record_from(stated: str | None, exits: pd.DataFrame, as_of: date) -> date | None:
    """The day from which exits are on record: as the planner stated it, else the guess.

    Parameters
    ----------
    stated
        What the setting :data:`COMPLETE_FROM` holds, an ISO date; None or '' where nobody said.
    exits, as_of
        As in :func:`complete_from`.
    """
    return date.fromisoformat(stated) if stated else complete_from(exits, as_of)


def complete_from(exits: pd.DataFrame, as_of: date) -> date | None:
    """The first day from which the exits seem to be complete.

    Counts by calendar year are walked back from the last whole year before ``as_of`` for as long
    as each has at least two fifths of the median of the last five; the day is 1 January of the
    earliest, or the first of the month of the first exit where that is later. None without exits.
    A guess, to be stated and corrected by whoever knows.

    Method: docs/method.md eq. 69.
    """
    days = exits.loc[exits["cause"].ne(MPP) & exits["exited_on"].le(pd.Timestamp(as_of))]
    days = days["exited_on"].dropna()
    if days.empty:
        return None
    first = days.min().date().replace(day=1)
    is_whole = (as_of.month, as_of.day) == (12, 31)
    last_year = as_of.year if is_whole else as_of.year - 1
    counts = days.dt.year.value_counts()
    counts = counts.reindex(range(first.year, last_year + 1), fill_value=0)
    if counts.empty:
        return first
    usual = counts.iloc[-_USUAL_YEARS:].median()
    low = counts.index[counts < _COVERED_SHARE * usual]
    start = date(int(low.max()) + 1 if len(low) else first.year, 1, 1)
    return max(start, first)


def spells(
    people: pd.DataFrame,
    exits: pd.DataFrame,
    observed_from: date,
    law: Law,
) -> pd.DataFrame:
    """Spells of service: who is in service, and who has left since the list is complete.

    Parameters
    ----------
    people
        The people frame on ``law.as_of``.
    exits
        :func:`history`; rows of ``mpp`` do not end a spell as long as the person is on the roster.
    observed_from
        First day from which every exit is known; earlier exits are left out, so that nobody is
        counted who could not have been seen staying.

    Returns
    -------
    One row per person: ``person_id`` (NIP), ``sex``, ``birth_date``, ``start_date``, ``exit_date``
    (NaT: in service on ``law.as_of``), ``cause`` (NA in service), ``group`` (unit),
    ``employment``, ``role_group``, ``retires_on``, ``contract_ends_on``. What a list leaves out is
    the NIP's; the start of a PPPK whose number holds only the year is 1 July of it. Somebody on
    the roster counts as in service whatever a list says; of two exits the last counts. ``group``
    and ``role_group`` are missing where the leavers' are not written as those of the roster are
    (:mod:`analytics.exits_levels`). Service may have begun long before ``observed_from``: the
    spells are left-truncated there.
    """
    here = typed_people(people.loc[people["is_in_headcount"]])
    left = exits.loc[
        ~exits["nip"].isin(here["nip"])
        & exits["exited_on"].ge(pd.Timestamp(observed_from))
        & exits["exited_on"].le(pd.Timestamp(law.as_of))
    ]
    left = left.sort_values("exited_on").drop_duplicates("nip", keep="last")
    now = _spells_of(here.assign(exited_on=pd.NaT, cause=pd.NA), law, law.as_of)
    gone = _spells_of(left, law, observed_from)
    gone["retires_on"] = _law_dates(gone, now, law)
    both = pd.concat([now, gone], ignore_index=True)
    # A day of appointment after the exit is a fault of a list; nobody serves less than a day.
    is_served = both["exit_date"].isna() | both["start_date"].lt(both["exit_date"])
    found = both.loc[is_served].sort_values("person_id", ignore_index=True)
    # Who goes by law teaches nothing about who leaves before it.
    early = found.loc[found["cause"].ne(BUP).fillna(True)]
    return without(found, list(written_after(early, OF_EDITION)))


def _law_dates(gone: pd.DataFrame, now: pd.DataFrame, law: Law) -> pd.Series:
    """Retirement dates of leavers; where no post tells the age, what the leaving itself says of it.

    Left alone, whoever left without a post would be one to whom no law ever came: years before the
    date in which, by the record, nobody leaves. Whoever left because of it, or for no known reason
    on the very day one of the law's ages gives or the last before it (a list of number and day
    alone holds those who retired), had that date. The others have an age of those in service who
    are due later than the day they left; which, the number settles, the same in every run.
    Method: docs/method.md eq. 342.
    """
    day, unexplained = gone["exit_date"], gone["cause"].eq(UNKNOWN)
    is_by_law = gone["cause"].eq(BUP)
    for age in sorted(set(law.rulebook.retirement_age["age_years"].dropna())):
        reached = first_of_next_month_at_age(gone["birth_date"], int(age))
        is_by_law |= unexplained & (day.eq(reached) | day.eq(reached - pd.Timedelta(days=1)))
    ages = ((now["retires_on"] - now["birth_date"]).dt.days / _YEAR_DAYS).dropna().round()
    usual = np.sort(ages.to_numpy(np.int64))
    if not len(usual):
        return gone["retires_on"].fillna(day.where(is_by_law))
    left_at = ((day - gone["birth_date"]).dt.days / _YEAR_DAYS).to_numpy()
    first = np.searchsorted(usual, left_at)
    luck = pd.util.hash_array(gone["person_id"].to_numpy(object)) / 2.0**64
    place = first + (luck * (len(usual) - first)).astype(np.int64)
    age = pd.Series(usual[np.minimum(place, len(usual) - 1)], index=gone.index, dtype="Int64")
    due = first_of_next_month_at_age(gone["birth_date"], age).where(first < len(usual))
    return gone["retires_on"].fillna(day.where(is_by_law)).fillna(due)


def _spells_of(rows: pd.DataFrame, law: Law, on: date) -> pd.DataFrame:
    rows = rows.reset_index(drop=True)
    parts = nip_parts(rows["nip"])
    year = parts["appointed_year"].astype("str") + "-07-01"
    from_year = pd.to_datetime(year, errors="coerce", format="%Y-%m-%d")
    begun = rows["appointed_on"].fillna(parts["appointed_on"]).fillna(from_year)
    facts = rows.assign(
        birth_date=rows["birth_date"].fillna(parts["birth_date"]).astype("datetime64[us]"),
        position=rows["position"].astype("str"),
    )
    dated = retirements(facts, law.rulebook, on, law.choice, law.local_titles)
    frame = dated.assign(
        person_id=rows["nip"],
        sex=rows["sex"].fillna(parts["sex"]),
        start_date=begun.astype("datetime64[us]"),
        exit_date=pd.to_datetime(rows["exited_on"]).astype("datetime64[us]"),
        group=rows["unit"],
        employment=rows["employment"].fillna(parts["employment"]),
    )[_SPELL_COLUMNS]
    texts = ("person_id", "sex", "cause", "group", "employment", "role_group")
    return frame.astype(dict.fromkeys(texts, "str"))
