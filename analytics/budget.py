"""The APBD and its 30 % cap on personnel spending: what was recorded, and what is to come.

Method: docs/method.md eq. 186-189.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from analytics.pay_law import PayError, pay_law
from analytics.rules import RuleBook


@dataclass(frozen=True)
class BudgetYear:
    """One recorded year of the APBD, rupiah.

    ``total_idr``: belanja daerah. ``personnel_idr``: belanja pegawai as booked, teacher allowances
    from transfers included. ``teacher_allowance_idr``: those allowances. ``is_realised``: spent,
    not planned.
    """

    year: int
    total_idr: float
    personnel_idr: float
    teacher_allowance_idr: float = 0.0
    is_realised: bool = True
    source: str = ""

    def __post_init__(self) -> None:
        values = (self.total_idr, self.personnel_idr, self.teacher_allowance_idr)
        if not all(math.isfinite(each) and each >= 0 for each in values) or self.total_idr <= 0:
            raise PayError(f"APBD {self.year}: amounts must be positive rupiah, not {values}")
        if self.personnel_idr > self.total_idr:
            raise PayError(f"APBD {self.year}: belanja pegawai is more than the whole")
        if self.teacher_allowance_idr > self.personnel_idr:
            raise PayError(f"APBD {self.year}: teacher allowances are more than belanja pegawai")


@dataclass(frozen=True)
class Budget:
    """Recorded years and what is assumed of the coming ones.

    Attributes
    ----------
    recorded
        Years ascending; the last is the base year.
    growth_share, other_growth_share
        Growth a year of the whole and of personnel spending that is not modelled.
    transfer_share, transfer_cut_share, transfer_cut_from
        Share of spending paid by transfers, share of them cut, first year of the cut.
    is_part_time_booked
        Whether the recorded belanja pegawai already holds the pay of PPPK paruh waktu.
    """

    recorded: tuple[BudgetYear, ...]
    growth_share: float = 0.0
    other_growth_share: float = 0.0
    transfer_share: float = 0.0
    transfer_cut_share: float = 0.0
    transfer_cut_from: int = 0
    is_part_time_booked: bool = False

    def __post_init__(self) -> None:
        years = [each.year for each in self.recorded]
        if not years or years != sorted(set(years)):
            raise PayError(f"recorded years must ascend, each once: {years}")
        for name in ("growth_share", "other_growth_share"):
            if not -0.9 <= getattr(self, name) <= 1.0:
                raise PayError(f"{name} is {getattr(self, name)}; give a share from -0.9 to 1")
        for name in ("transfer_share", "transfer_cut_share"):
            if not 0.0 <= getattr(self, name) <= 1.0:
                raise PayError(f"{name} is {getattr(self, name)}; give a share from 0 to 1")

    @property
    def base(self) -> BudgetYear:
        """The last recorded year."""
        return self.recorded[-1]


def budget(recorded: tuple[BudgetYear, ...], rulebook: RuleBook, on: date) -> Budget:
    """A budget with what the rules assume of the coming years."""
    law = pay_law(rulebook, on)
    return Budget(
        recorded=recorded,
        growth_share=law.amount("spending_growth_share"),
        other_growth_share=law.amount("other_growth_share"),
        transfer_share=law.amount("transfer_share"),
        transfer_cut_share=law.amount("transfer_cut_share"),
        transfer_cut_from=on.year + 1,
    )


def gauge(
    modelled: pd.DataFrame,
    plan: Budget,
    rulebook: RuleBook,
    *,
    is_tpg_through_apbd: bool | None = None,
) -> pd.DataFrame:
    """Personnel spending against the cap, year by year.

    Parameters
    ----------
    modelled
        One row per year, ascending, from the calendar year of the roster on: ``year``,
        ``year_share``, ``in_cap_idr``, ``outside_cap_idr`` (:func:`analytics.pay_path.spending`,
        with newcomers added).
    plan
        The budget.
    rulebook
        Cap and deadline.
    is_tpg_through_apbd
        How the disputed item is read; None: as the rules say.

    Returns
    -------
    One row per year: ``year``, ``personnel_idr`` (belanja pegawai as it would be booked),
    ``excluded_idr`` (teacher allowances from transfers in it), ``other_idr`` (in it, not
    modelled: recorded less modelled in the base year, grown), ``apbd_idr``, ``ratio_share``,
    ``limit_share``, ``room_idr`` (below zero: over the limit), ``is_binding``.

    Method: docs/method.md eq. 186-189.
    """
    whole = modelled[["in_cap_idr", "outside_cap_idr"]].div(modelled["year_share"], axis=0)
    year = modelled["year"].to_numpy()
    ahead = year - plan.base.year
    base = plan.base
    other = base.personnel_idr - base.teacher_allowance_idr - float(whole["in_cap_idr"].iloc[0])
    other_idr = other * (1 + plan.other_growth_share) ** np.maximum(ahead, 0)
    rows = [pay_law(rulebook, date(int(each), 1, 1)) for each in year]
    passes = np.array(
        [
            law.amount("tpg_through_apbd") if is_tpg_through_apbd is None else is_tpg_through_apbd
            for law in rows
        ],
        dtype=float,
    )
    excluded = whole["outside_cap_idr"].to_numpy() * passes
    cut = plan.transfer_share * plan.transfer_cut_share * (year >= plan.transfer_cut_from)
    grown = (1 + plan.growth_share) ** ahead
    apbd = (base.total_idr - base.teacher_allowance_idr) * grown * (1 - cut) + excluded
    counted = whole["in_cap_idr"].to_numpy() + other_idr
    limit = np.array([law.amount("cap_share") for law in rows])
    return pd.DataFrame(
        {
            "year": year,
            "personnel_idr": counted + excluded,
            "excluded_idr": excluded,
            "other_idr": other_idr,
            "apbd_idr": apbd,
            "ratio_share": counted / apbd,
            "limit_share": limit,
            "room_idr": limit * apbd - counted,
            "is_binding": [
                law.amount("cap_binding_year") <= each for law, each in zip(rows, year, strict=True)
            ],
        }
    )
