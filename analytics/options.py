"""The seven ways to meet a gap: what each takes, gives, costs beside pay, and how soon it comes.

Every number is a dated row of ``data/rules/option.csv`` with its source and standing; a user may
replace any of them, and the answer says which. Method: docs/method.md eq. 200-206.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from analytics.options_figures import (
    ABK,
    CPNS,
    HIRE,
    KINDS,
    LESS_NEED,
    MOVE,
    OPTION_IDS,
    PPPK,
    PPPK_PW,
    REDISTRIBUTION,
    REORGANISING,
    TECHNOLOGY,
    TRANSFER_IN,
    Figure,
    Override,
    chance,
    discount_rate,
    effective_hours,
)
from analytics.options_pace import Arrivals, arrival_shares, arrivals
from analytics.options_rows import Option, options

__all__ = [
    "ABK", "CPNS", "HIRE", "KINDS", "LESS_NEED", "MOVE", "OPTION_IDS", "PPPK", "PPPK_PW",
    "REDISTRIBUTION", "REORGANISING", "TECHNOLOGY", "TRANSFER_IN", "Arrivals", "Figure", "Option",
    "Override", "arrival_shares", "arrivals", "chance", "discount_rate", "effective_hours",
    "less_need_limits", "option_table", "options", "rule_table",
]  # fmt: skip


def option_table(
    chosen: Sequence[Option],
    costs: Mapping[str, pd.DataFrame],
    leaver_idr: float = np.nan,
    discount: float = 0.0,
) -> pd.DataFrame:
    """The options side by side for one role.

    Parameters
    ----------
    costs
        Option -> yearly cost by year of service of one newcomer (``pay_newcomer``):
        ``total_idr``, ``outside_cap_idr`` and, where present, ``apbn_idr``.
    leaver_idr
        Yearly cost to APBD of whoever leaves.
    discount
        Yearly rate for the present sum of ten years.

    Returns
    -------
    One row per option: ``option``, ``label_id``, ``label_en``, ``kind``, ``first_year_idr``,
    ``fifth_year_idr``, ``ten_year_idr`` (sum), ``ten_year_present_idr``, ``outside_cap_idr``
    (first year), ``apbn_idr`` (first year), ``people_per_billion`` (people paid for a year by Rp 1
    billion; NaN where a person costs nothing), ``saves_first_year_idr`` against the leaver,
    ``months_p10``, ``months_p50``, ``months_p90`` to the first day of work, ``fill_share`` with
    ``fill_low`` and ``fill_high``, ``most_per_year``, ``contract_months``, the words and
    ``standing``. Investment counts in the first year, upkeep in every year, neither as personnel
    spending. Method: docs/method.md eq. 204-205.
    """
    rows = []
    for option in chosen:
        cost = costs.get(option.option)
        years = np.zeros(10)
        outside = apbn = 0.0
        if cost is not None and len(cost):
            told = cost["total_idr"].to_numpy(dtype=np.float64)[:10]
            years[: len(told)] = told
            years[len(told) :] = told[-1]
            outside = float(cost["outside_cap_idr"].iloc[0]) if "outside_cap_idr" in cost else 0.0
            apbn = float(cost["apbn_idr"].iloc[0]) if "apbn_idr" in cost else 0.0
        elif option.kind == HIRE:
            years[:] = np.nan
            outside = apbn = np.nan
        beside = np.full(10, option.upkeep_idr.mid)
        beside[0] += option.investment_idr.mid
        spent = years + beside
        worth = spent / (1.0 + discount) ** np.arange(10)
        lead = option.lead_months
        rows.append(
            {
                "option": option.option,
                "label_id": option.label[0],
                "label_en": option.label[1],
                "kind": option.kind,
                "first_year_idr": spent[0],
                "fifth_year_idr": spent[4],
                "ten_year_idr": spent.sum(),
                "ten_year_present_idr": worth.sum(),
                "outside_cap_idr": outside,
                "apbn_idr": apbn,
                "people_per_billion": 1e9 / spent[0] if spent[0] > 0 else np.nan,
                "saves_first_year_idr": leaver_idr - spent[0],
                "months_p10": lead.quantile(0.1),
                "months_p50": lead.quantile(0.5),
                "months_p90": lead.quantile(0.9),
                "fill_share": option.fill_share.mid,
                "fill_low": option.fill_share.low,
                "fill_high": option.fill_share.high,
                "most_per_year": np.nan if option.most_per_year is None
                else option.most_per_year.mid,
                "contract_months": np.nan if option.contract_months is None
                else option.contract_months.mid,
                "pays_id": option.pays[0], "pays_en": option.pays[1],
                "eligibility_id": option.eligibility[0], "eligibility_en": option.eligibility[1],
                "reversibility_id": option.reversibility[0],
                "reversibility_en": option.reversibility[1],
                "standing": option.standing,
            }
        )  # fmt: skip
    return pd.DataFrame(rows)


def less_need_limits(
    option: Option, needed: pd.DataFrame
) -> pd.DataFrame:  # role_group, year, needed_count
    """How many posts a ``less_need`` option may take off need, by role group and year.

    Parameters
    ----------
    needed
        ``role_group``, ``year``, ``needed_count``: posts needed before any is taken off.

    Returns
    -------
    ``role_group``, ``year``, ``most_in_year`` (posts that may go in the year) and ``most_so_far``
    (posts that may have gone by its end). Method: docs/method.md eq. 206.
    """
    yearly, most = dict(option.yearly_share), dict(option.most_share)
    rows = needed.loc[needed["role_group"].isin(list(yearly))]
    # Of a government without such roles nothing may go, and no row says what a share is.
    share = rows["role_group"].map(lambda role: yearly[role].mid).astype("float64")
    ever = rows["role_group"].map(lambda role: most[role].mid if role in most else 1.0)
    ever = ever.astype("float64")
    return pd.DataFrame(
        {
            "role_group": rows["role_group"].to_numpy(),
            "year": rows["year"].to_numpy(),
            "most_in_year": (share * rows["needed_count"]).to_numpy(dtype=np.float64),
            "most_so_far": (ever * rows["needed_count"]).to_numpy(dtype=np.float64),
        }
    )


def rule_table(chosen: Sequence[Option]) -> pd.DataFrame:
    """Every row behind the options: ``option``, ``rule_id``, ``source``, ``standing``."""
    rows = [(option.option, *each) for option in chosen for each in option.sources]
    return pd.DataFrame(rows, columns=["option", "rule_id", "source", "standing"])
