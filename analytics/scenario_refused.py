"""What the levers name and the facts do not have: refused in words, never passed over.

Ranges of single levers are kept by ``scenario_levers``; here they are held against an edition.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

import pandas as pd

from analytics.scenario import Scenario, ScenarioError

_LOCKS = ("regrouping.lock_open", "regrouping.lock_closed")
_OF_SCHOOLS = (*_LOCKS, "regrouping.candidates")
# A base year further back says little of today, one further ahead nobody has seen.
_YEARS_BACK, _YEARS_AHEAD = 10, 1


def refuse_locks(told: Scenario, known: Collection[str], in_plan: Collection[str]) -> None:
    """Refuse locks on schools that no plan of mergers could keep, and candidates none knows.

    Parameters
    ----------
    known
        Schools of the edition, by NPSN.
    in_plan
        Those of them that mergers are asked about: state schools that teach pupils, by level.

    Raises
    ------
    ScenarioError
        A lock, or the list of those that may merge too, names a school nobody knows or one
        outside the plan; a school is locked both ways.
    """
    both = sorted(set(_named(told, _LOCKS[0])) & set(_named(told, _LOCKS[1])))
    if both:
        raise ScenarioError(
            f"{', '.join(both)} dikunci buka dan tutup sekaligus; sisakan satu kunci"
            f" ({_LOCKS[0]}, {_LOCKS[1]}).",
            f"{', '.join(both)}: locked open and closed at once; keep one lock ({_LOCKS[0]},"
            f" {_LOCKS[1]}).",
        )
    for key in _OF_SCHOOLS:
        names = _named(told, key)
        if strange := sorted(set(names) - set(known)):
            raise ScenarioError(
                f"{key}: NPSN {', '.join(strange)} tidak ada di data; periksa nomornya, atau"
                " hapus dari daftar itu.",
                f"{key}: NPSN {', '.join(strange)} is not in the data; check the number, or take"
                " it out of that list.",
            )
        if outside := sorted(set(names) - set(in_plan)):
            raise ScenarioError(
                f"{key}: {', '.join(outside)} bukan sekolah negeri yang bermurid, jadi tidak ikut"
                " penggabungan; hapus dari daftar itu.",
                f"{key}: {', '.join(outside)} is no state school with pupils and takes no part in"
                " mergers; take it out of that list.",
            )


def refuse_base_year(year: int | None, as_of: date) -> None:
    """Refuse a base year of the APBD that cannot be one on the day of the data.

    Raises
    ------
    ScenarioError
        More than a year after the data, or ten years before.
    """
    first, last = as_of.year - _YEARS_BACK, as_of.year + _YEARS_AHEAD
    if year is not None and not first <= year <= last:
        raise ScenarioError(
            f"budget.base_year: {year} di luar {first} sampai {last} (data per {as_of.year});"
            " tulis tahun APBD yang angkanya diisi.",
            f"budget.base_year: {year} is outside {first} to {last} (data of {as_of.year}); write"
            " the year of the APBD entered.",
        )


def refuse_local_ages(told: Scenario, ages: pd.DataFrame) -> None:
    """Refuse a local retirement age for a post that no row of the law leaves open.

    Parameters
    ----------
    ages
        ``role_group, jenjang, effective_to, standing`` of every row on retirement age.

    Raises
    ------
    ScenarioError
        With the posts that a local age may be given for.
    """
    last = ages.loc[ages["effective_to"] == ages["effective_to"].max()]
    is_settled = last["standing"] == "settled"
    pairs = (last["role_group"] + "/" + last["jenjang"]).str.removesuffix("/-")
    open_to = sorted(set(pairs[~is_settled]) - set(pairs[is_settled]))
    for thing in told.family("law.local_age"):
        if thing.removesuffix("/-") not in open_to:
            listed = ", ".join(open_to)
            raise ScenarioError(
                f"law.local_age/{thing}: BUP jabatan ini tidak terbuka bagi pilihan daerah; yang"
                f" terbuka: {listed}.",
                f"law.local_age/{thing}: the retirement age of this post is open to no local"
                f" choice; open are {listed}.",
            )


def _named(told: Scenario, key: str) -> tuple[str, ...]:
    names = told[key]
    return tuple(str(one) for one in names) if isinstance(names, tuple) else ()
