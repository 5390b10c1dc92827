"""A roster merged with the edition before: who stays, who is in the file, who is left as he was."""

from __future__ import annotations

import pandas as pd

from analytics import checks, units
from analytics.nip import normalised
from analytics.store_columns import PEOPLE_TYPES, typed_people


def kept(before: pd.DataFrame, checked: checks.CheckedRoster) -> pd.DataFrame:
    """People of the edition before whose row in the file was refused: they did not leave.

    Parameters
    ----------
    before
        People of the edition before, as ``PEOPLE_TYPES``.
    checked
        The roster as judged.
    """
    if "nip" not in checked.refused:
        return before.iloc[:0]
    refused = checked.refused["nip"].dropna().map(normalised)
    is_kept = before["nip"].isin(refused) & ~before["nip"].isin(checked.people["nip"])
    return before.loc[is_kept]


def merged_people(
    before: pd.DataFrame, incoming: pd.DataFrame, kept: pd.DataFrame, scope: str
) -> pd.DataFrame:
    """Everybody on the roster of the next edition.

    Parameters
    ----------
    before
        People of the edition before, as ``PEOPLE_TYPES``; empty when there is none.
    incoming
        Good rows of the file.
    kept
        People of ``before`` who stay whatever the file says.
    scope
        What absence from the file means, one of ``import_kinds.SCOPES``.

    Returns
    -------
    One row per ``nip``, as ``PEOPLE_TYPES``; a row of the file replaces the one before it.
    """
    incoming = typed_people(incoming)[list(PEOPLE_TYPES)]
    if before.empty:
        return incoming
    if scope == "all":
        stays = before["nip"].isin(kept["nip"])
    elif scope == "employment":
        stays = ~before["employment"].isin(incoming["employment"].unique())
    elif scope == "opd":
        listed = set(incoming["opd"].map(units.folded))
        stays = ~before["opd"].map(units.folded).isin(listed)
    else:
        stays = pd.Series(True, index=before.index)
        known = before.set_index("nip")
        incoming = incoming.set_index("nip").combine_first(
            known.loc[known.index.isin(incoming["nip"])]
        )
        incoming = incoming.reset_index()[list(PEOPLE_TYPES)].astype(PEOPLE_TYPES)
    stays = (stays | before["nip"].isin(kept["nip"])) & ~before["nip"].isin(incoming["nip"])
    return pd.concat([before.loc[stays], incoming], ignore_index=True).astype(PEOPLE_TYPES)
