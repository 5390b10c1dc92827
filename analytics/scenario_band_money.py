"""The band of personnel spending: who leaves, and how many of those proposed come.

Method: docs/method.md eq. 330-334.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.mix import Mix
from analytics.pay_path import PayPath
from analytics.projection import SHARES
from analytics.projection_paid import PaidLaw, PaidSpread

Numbers = NDArray[np.float64]

# People below which nobody has come.
_NOBODY = 1e-6


@dataclass(frozen=True, eq=False)
class MoneyBand:
    """How spending varies around what is expected: in ``total``, and what counts ``in_cap``."""

    total: PaidLaw
    in_cap: PaidLaw


def money_band(paid: PaidSpread, path: PayPath, mix: Mix, newcomer_sd: Numbers) -> MoneyBand:
    """How far personnel spending may lie from what is expected.

    Parameters
    ----------
    paid
        Of today's people.
    path
        Their pay.
    mix
        The plan as it is granted.
    newcomer_sd
        Of the number of newcomers at the end of each year.

    Returns
    -------
    The three sources are independent: luck of who leaves, good and bad years, newcomers. What is
    not in it: pay rises, promotions that are not regular, TPP, the APBD itself, and what is
    recorded and not modelled. The first year is told as a whole one, as its spending is.
    Method: docs/method.md eq. 330-333.
    """
    scale = np.where(path.years == path.as_of.year, 1 / path.first_year_share, 1.0)
    hires = [at for at, terms in enumerate(mix.question.options) if terms.kind == "hire"]
    there = mix.account.people[hires].sum(axis=(0, 1))

    def of(idr: Numbers, spent: Numbers) -> PaidLaw:
        cost = spent[hires].sum(axis=(0, 1))
        each = np.divide(cost, there, out=np.zeros_like(cost), where=there > _NOBODY)
        return paid.law(idr).scaled(scale).with_more((each * newcomer_sd) ** 2)

    return MoneyBand(
        of(path.total_idr, mix.account.cost_idr), of(path.in_cap_idr, mix.account.cap_idr)
    )


def with_money_band(money: pd.DataFrame, band: MoneyBand) -> pd.DataFrame:
    """``money`` with ``apbd_p10_idr`` and ``apbd_p90_idr``, whole rupiah.

    Method: docs/method.md eq. 333.
    """
    spent = money["apbd_idr"].to_numpy(dtype=np.float64)
    low, high = (spent + band.total.quantile(SHARES[name]) for name in ("p10", "p90"))
    return money.assign(
        apbd_p10_idr=np.rint(np.maximum(low, 0.0)).astype(np.int64),
        apbd_p90_idr=np.rint(high).astype(np.int64),
    )


def with_chance(level: pd.DataFrame, band: MoneyBand) -> pd.DataFrame:
    """The gauge with ``ratio_p10_share``, ``ratio_p90_share`` and ``over_chance``.

    ``over_chance``: chance that the ratio is above the limit, 0-1. Method: docs/method.md eq. 334.
    """
    apbd = level["apbd_idr"].to_numpy(dtype=np.float64)
    ratio = level["ratio_share"].to_numpy(dtype=np.float64)
    room = level["room_idr"].to_numpy(dtype=np.float64)
    low, high = (ratio + band.in_cap.quantile(SHARES[name]) / apbd for name in ("p10", "p90"))
    return level.assign(
        # Below nought only where the ratio is: more is modelled there than was recorded.
        ratio_p10_share=np.where(ratio < 0, low, np.maximum(low, 0.0)),
        ratio_p90_share=high,
        over_chance=band.in_cap.above(room),
    )
