"""Groups that only those who left have: written down afterwards, or not at all.

A list of leavers often lacks the unit and the post, or has names of units as they were, while who
stayed has those of today. Learnt from, nobody of any group of today ever left. Method:
docs/method.md section 18.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from scipy.stats import binom

from analytics.exits_moves import MOVES, UNIT
from analytics.faults import Fault

# What an edition tells of its people, and what the roster of any employer does.
OF_EDITION, OF_ROSTER = (UNIT, "role_group"), (UNIT, "sex")
_SEX = "sex"
# A level is one of leavers where fewer of its people stay than this part of what is usual.
_HARDLY_ANY = 0.1
# Told apart by more of all exits than this, and by many more than chance makes of small groups.
_MOST_SHARE, _FEWEST, _CHANCE_TIMES = 0.1, 10, 2.0


def written_after(
    spells: pd.DataFrame, factors: Sequence[str], until: pd.Timestamp | None = None
) -> dict[str, int]:
    """Factors whose levels tell who left, and how many exits lie in such levels.

    Parameters
    ----------
    spells
        One row per spell: ``exit_date`` (NaT: in service) and ``factors``, as far as known.
    until
        Exits after it have not happened yet; None where every exit has.

    Returns
    -------
    Factor -> exits in levels (nothing written is a level too) of which hardly anybody is in
    service: where they are more than a tenth of all exits, at least ten, and more than twice what
    chance would put into small groups. Nothing where nobody is in service.

    Method: docs/method.md section 18.
    """
    gone = spells["exit_date"].notna()
    if until is not None:
        gone &= spells["exit_date"] <= until
    left, stays = int(gone.sum()), float((~gone).mean()) if len(gone) else 0.0
    found: dict[str, int] = {}
    for name in factors:
        if name not in spells or not left or not stays:
            continue
        code = pd.factorize(spells[name], use_na_sentinel=True)[0] + 1
        size = np.bincount(code)
        here = np.bincount(code, ~gone, minlength=len(size))
        few = np.floor(_HARDLY_ANY * stays * size)
        of_leavers = int((size - here)[(here <= few) & (size > 0)].sum())
        by_chance = float((size * binom.cdf(few, size, stays)).sum())
        if of_leavers > max(_MOST_SHARE * left, _CHANCE_TIMES * by_chance + _FEWEST):
            found[name] = of_leavers
    return found


def without(spells: pd.DataFrame, factors: Sequence[str]) -> pd.DataFrame:
    """The same spells not told apart by these factors; of sex nothing is known then."""
    found = spells.drop(columns=[name for name in factors if name != _SEX])
    if UNIT in factors and MOVES in found:
        found = found.drop(columns=MOVES)
    if _SEX in factors:
        found[_SEX] = pd.Series(pd.NA, index=found.index, dtype=spells[_SEX].dtype)
    return found


def told_before(
    spells: pd.DataFrame, file: str, headers: Mapping[str, str], until: pd.Timestamp
) -> tuple[pd.DataFrame, list[Fault]]:
    """The spells of a roster without columns that were written afterwards, and a fault of each."""
    found = written_after(spells, OF_ROSTER, until)
    faults = [
        Fault(file, "roster_level_after", column=headers[name], details={"count": count})
        for name, count in found.items()
    ]
    return without(spells, list(found)), faults
