"""What happened between two rosters: who joined, left, moved and was promoted."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import pandas as pd

from analytics import units
from analytics.positions import position_roles
from analytics.retirement import retirements
from analytics.rules import LawChoice, RuleBook

# Why somebody is no longer on the list, as far as the two lists and the law can tell.
LEFT_AT_BUP = "mencapai BUP"
LEFT_AT_CONTRACT_END = "kontrak berakhir"
LEFT_BEFORE = "sebelum BUP"
LEFT_WITHOUT_RULE = "tidak diketahui"

_ROMANS = (
    *("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX"),
    *("X", "XI", "XII", "XIII", "XIV", "XV", "XVI", "XVII"),
)
_ROMAN = {name: number for number, name in enumerate(_ROMANS, start=1)}
# Each ladder from its lowest rung; steps between ladders are no promotion but another career.
_LADDERS = (
    ("pemula", "terampil", "mahir", "penyelia"),
    ("ahli_pertama", "ahli_muda", "ahli_madya", "ahli_utama"),
    ("asisten_ahli", "lektor", "lektor_kepala", "profesor"),
    ("pratama", "madya", "utama"),
)
_CHANGE_COLUMNS = ["nip", "name", "before", "after"]


@dataclass(frozen=True, eq=False)
class Changes:
    """What changed from one roster to the next; one row per person in each frame.

    All have ``nip, name, before, after`` and ``employment, position, unit, golongan, birth_date``.
    ``joined``: in the file, not before (``after`` the unit). ``left``: before, not in the file
    (``before`` the unit, ``after`` and ``cause`` the likely cause, ``retires_on``). ``moved``: unit
    changed. ``promoted``: golongan or jenjang went up. ``kept``: their row has an error, so when
    the good rows alone are loaded they stay as they were.
    """

    joined: pd.DataFrame
    left: pd.DataFrame
    moved: pd.DataFrame
    promoted: pd.DataFrame
    kept: pd.DataFrame


@dataclass(frozen=True, eq=False)
class Law:
    """What dates and roles are worked out with."""

    rulebook: RuleBook
    as_of: date
    choice: LawChoice
    local_titles: Mapping[str, tuple[str, str]]


def no_changes() -> Changes:
    """Nothing changed: five empty frames."""
    empty = pd.DataFrame(columns=_CHANGE_COLUMNS, dtype="str")
    return Changes(empty, empty, empty, empty, empty)


def changes_between(
    before: pd.DataFrame, after: pd.DataFrame, law: Law, kept: pd.DataFrame | None = None
) -> Changes:
    """Who joined, left, moved and was promoted between two rosters.

    Parameters
    ----------
    before, after
        People frames of two days, one row per person.
    law
        The rules and the day of ``after``.
    kept
        Of ``before``: those whose row in the later file was refused.
    """
    kept = before.iloc[:0] if kept is None else kept
    joined = after.loc[~after["nip"].isin(before["nip"])]
    left = before.loc[~before["nip"].isin(after["nip"])]
    both = before.merge(after, on="nip", suffixes=("_before", ""))
    return Changes(
        joined=_told(joined, "", joined["unit"]),
        left=_left(left, law),
        moved=_moved(both),
        promoted=_promoted(both, law),
        kept=_told(kept, kept["unit"], kept["unit"]),
    )


def _told(people: pd.DataFrame, before: object, after: object) -> pd.DataFrame:
    columns = ["nip", "name", "employment", "position", "unit", "golongan", "birth_date"]
    told = people[columns].assign(before=before, after=after)
    others = [column for column in columns if column not in _CHANGE_COLUMNS]
    return told[_CHANGE_COLUMNS + others].reset_index(drop=True)


def _left(left: pd.DataFrame, law: Law) -> pd.DataFrame:
    dates = retirements(left, law.rulebook, law.as_of, law.choice, law.local_titles)
    today = pd.Timestamp(law.as_of)
    cause = pd.Series(LEFT_BEFORE, index=left.index, dtype="str")
    cause = cause.mask(dates["retires_on"].isna(), LEFT_WITHOUT_RULE)
    cause = cause.mask(dates["contract_ends_on"] < today, LEFT_AT_CONTRACT_END)
    cause = cause.mask(dates["retires_on"] <= today, LEFT_AT_BUP)
    told = _told(left, left["unit"], cause)
    return told.assign(cause=cause.to_numpy(), retires_on=dates["retires_on"].to_numpy())


def _moved(both: pd.DataFrame) -> pd.DataFrame:
    # By id, so that another spelling of the same school is no move.
    was = units.unit_ids(both["opd_before"], both["unit_before"])
    is_now = units.unit_ids(both["opd"], both["unit"])
    moved = both.loc[was != is_now]
    return _told(moved, moved["unit_before"], moved["unit"]).assign(
        unit_before=moved["unit_before"].to_numpy(),
        position_before=moved["position_before"].to_numpy(),
    )


def _promoted(both: pd.DataFrame, law: Law) -> pd.DataFrame:
    golongan_up = _golongan_rank(both["golongan"]) > _golongan_rank(both["golongan_before"])
    same_series = both["golongan"].str.contains("/") == both["golongan_before"].str.contains("/")
    golongan_up &= same_series.fillna(False).astype(bool)
    suffix = "_before"
    earlier = both[[column for column in both if str(column).endswith(suffix)]]
    earlier = earlier.rename(columns=lambda column: str(column).removesuffix(suffix))
    was = position_roles(earlier, law.rulebook, law.local_titles)
    is_now = position_roles(both, law.rulebook, law.local_titles)
    stayed = (was["role_group"] == is_now["role_group"]).fillna(False).astype(bool)
    rungs = zip(was["jenjang"], is_now["jenjang"], strict=True)
    jenjang_up = stayed & pd.Series([_is_higher(a, b) for a, b in rungs], both.index, dtype=bool)
    up = golongan_up | jenjang_up
    before = both["golongan_before"].where(golongan_up, was["jenjang"])[up]
    after = both["golongan"].where(golongan_up, is_now["jenjang"])[up]
    told = _told(both.loc[up], before, after)
    return told.assign(
        golongan_before=both.loc[up, "golongan_before"].to_numpy(),
        position_before=both.loc[up, "position_before"].to_numpy(),
    )


def _golongan_rank(golongan: pd.Series) -> pd.Series:
    """``III/d`` as 304, ``IX`` as 900; NaN where it is neither."""
    parts = golongan.astype("str").str.extract(re.compile(r"^([IVX]+)(?:/([a-e]))?$"))
    letter = parts[1].map({letter: place for place, letter in enumerate("abcde", start=1)})
    return parts[0].map(_ROMAN) * 100 + letter.fillna(0)


def _is_higher(was: object, is_now: object) -> bool:
    for ladder in _LADDERS:
        if was in ladder and is_now in ladder:
            return ladder.index(str(is_now)) > ladder.index(str(was))
    return False
