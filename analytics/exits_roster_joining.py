"""Periods of service that follow each other without a gap: one period of service.

Whose contract is renewed, or who changes post, has a new row from the next day on and has not left.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

# A new row within so many days of the last exit goes on from it: a weekend, a holiday.
_GAP = pd.Timedelta(days=7)


def joined_spells(spells: pd.DataFrame) -> pd.DataFrame:
    """Spells of one person that follow each other within a week, as one.

    Parameters
    ----------
    spells
        One row per spell, none of one person overlapping: ``person_id, sex, birth_date,
        start_date, exit_date, is_birth_year_only`` and, where known, ``cause, group``.

    Returns
    -------
    The same columns. A joined spell stands where its first row stood, with the first start, the
    last exit and its cause, and the last sex and group that are known; of days of birth a whole
    day goes before a year. Spells that follow no other stay as they are.

    Method: docs/method.md section 18.
    """
    several = spells.loc[spells["person_id"].duplicated(keep=False)]
    if several.empty:
        return spells
    in_order = several.sort_values(["person_id", "start_date", "exit_date"], kind="stable")
    before = in_order[["person_id", "exit_date"]].shift()
    goes_on = in_order["person_id"].eq(before["person_id"]) & (
        in_order["start_date"] - before["exit_date"]
    ).le(_GAP)
    if not goes_on.any():
        return spells
    chain = (~goes_on).cumsum()
    last = ~goes_on.shift(-1, fill_value=False)
    found = in_order.loc[last].set_axis(chain[last])
    found["start_date"] = in_order.groupby(chain)["start_date"].first()
    for name in ("sex", "group"):
        if name in found:
            found[name] = in_order.groupby(chain)[name].last()
    rank = np.where(in_order["birth_date"].isna(), 2, in_order["is_birth_year_only"])
    best = in_order.assign(_rank=rank, _chain=chain).sort_values("_rank", kind="stable")
    best = best.drop_duplicates("_chain").set_index("_chain")
    for name in ("birth_date", "is_birth_year_only"):
        found[name] = best[name]
    found.index = pd.Index(in_order.index.to_series().groupby(chain).min())
    return pd.concat([spells.drop(several.index), found]).sort_index()
