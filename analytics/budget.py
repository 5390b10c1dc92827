"""The APBD and its 30 % cap on personnel spending: what was recorded, and what is to come.

What the budget records and the model does not know (council, head of region, allowances nobody has
entered) is one number of its own, shown and carried on; it never disappears in another.
Method: docs/method.md eq. 186-189.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from analytics.pay import PARTS
from analytics.pay_law import USUAL, Numbers, PayChoice, PayError, rule_amount
from analytics.pay_path import PayPath
from analytics.rules import RuleBook

GAUGE_COLUMNS = (
    *("year", "personnel_idr", "excluded_idr", "other_idr", "apbd_idr", "ratio_share"),
    *("limit_share", "room_idr", "is_binding"),
)


class NothingLeftError(PayError):
    """Cuts or growth leave nothing of the APBD."""


@dataclass(frozen=True)
class BudgetYear:
    """One recorded year of the APBD, rupiah.

    Attributes
    ----------
    year
        The budget year.
    total_idr
        Belanja daerah.
    personnel_idr
        Belanja pegawai as booked, teacher allowances from transfers included.
    teacher_allowance_idr
        Those allowances; ``is_teacher_allowance_told`` False where nobody wrote them down.
    is_realised
        Spent, not planned.
    source
        Where the numbers are from.
    transfer_idr
        Income from transfers of the centre; None where not told.

    Raises
    ------
    PayError
        When the amounts cannot be those of one year.
    """

    year: int
    total_idr: float
    personnel_idr: float
    teacher_allowance_idr: float = 0.0
    is_realised: bool = True
    source: str = ""
    is_teacher_allowance_told: bool = True
    transfer_idr: float | None = None

    def __post_init__(self) -> None:
        values = (self.total_idr, self.personnel_idr, self.teacher_allowance_idr)
        if not all(math.isfinite(each) and each >= 0 for each in values) or self.total_idr <= 0:
            raise PayError(
                f"APBD {self.year}: jumlah harus rupiah di atas nol, bukan {values}",
                f"APBD {self.year}: amounts must be positive rupiah, not {values}",
            )
        if self.personnel_idr > self.total_idr:
            raise PayError(
                f"APBD {self.year}: belanja pegawai melebihi seluruh belanja",
                f"APBD {self.year}: belanja pegawai is more than the whole",
            )
        if self.teacher_allowance_idr > self.personnel_idr:
            raise PayError(
                f"APBD {self.year}: tunjangan guru melebihi belanja pegawai",
                f"APBD {self.year}: teacher allowances are more than belanja pegawai",
            )

    @property
    def ratio_share(self) -> float:
        """Personnel spending that counts, by the whole."""
        return (self.personnel_idr - self.teacher_allowance_idr) / self.total_idr


@dataclass(frozen=True)
class Budget:
    """Recorded years and what is assumed of the coming ones.

    Attributes
    ----------
    recorded
        Years ascending; the last is the base year.
    growth_share, other_growth_share
        Growth a year of the whole, and of personnel spending that is not modelled.
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
            raise PayError(
                f"tahun yang tercatat harus menaik, masing-masing sekali: {years}",
                f"recorded years must ascend, each once: {years}",
            )
        for name in ("growth_share", "other_growth_share"):
            if not -0.9 <= getattr(self, name) <= 1.0:
                raise PayError(
                    f"{name} bernilai {getattr(self, name)}; isi bagian dari -0.9 sampai 1",
                    f"{name} is {getattr(self, name)}; give a share from -0.9 to 1",
                )
        for name in ("transfer_share", "transfer_cut_share"):
            if not 0.0 <= getattr(self, name) <= 1.0:
                raise PayError(
                    f"{name} bernilai {getattr(self, name)}; isi bagian dari 0 sampai 1",
                    f"{name} is {getattr(self, name)}; give a share from 0 to 1",
                )

    @property
    def base(self) -> BudgetYear:
        """The last recorded year."""
        return self.recorded[-1]


def recorded_years(table: pd.DataFrame) -> tuple[BudgetYear, ...]:
    """Recorded years out of ``table``, rows of the query ``budget_years``; oldest first."""
    return tuple(
        BudgetYear(
            year=int(row["year"]),
            total_idr=float(row["total_idr"]),
            personnel_idr=float(row["personnel_idr"]),
            teacher_allowance_idr=float(row["teacher_allowance_idr"]),
            is_realised=bool(row["is_realised"]),
            source=str(row["source"]),
            is_teacher_allowance_told=bool(row["is_teacher_allowance_told"]),
            transfer_idr=None if pd.isna(row["transfer_idr"]) else float(row["transfer_idr"]),
        )
        for row in table.sort_values("year").to_dict("records")
    )


def budget(recorded: tuple[BudgetYear, ...], rulebook: RuleBook, on: date) -> Budget:
    """A budget with what the rules assume of the coming years.

    The share of transfers is that of the last year that tells its transfers, else of the rules.
    """
    told = [each for each in recorded if each.transfer_idr is not None]
    transfer_share = (
        min((told[-1].transfer_idr or 0.0) / told[-1].total_idr, 1.0)
        if told
        else rule_amount(rulebook, on, "transfer_share")
    )
    return Budget(
        recorded=recorded,
        growth_share=rule_amount(rulebook, on, "spending_growth_share"),
        other_growth_share=rule_amount(rulebook, on, "other_growth_share"),
        transfer_share=transfer_share,
        transfer_cut_share=rule_amount(rulebook, on, "transfer_cut_share"),
        transfer_cut_from=on.year + 1,
    )


def other_spending(
    path: PayPath, plan: Budget, rulebook: RuleBook, *, is_tpg_through_apbd: bool | None = None
) -> float:
    """Recorded personnel spending of the base year that the pay of today's people does not explain.

    Everybody on the roster counts for a whole year, at the pay of year 0. Below zero where the
    model says more than was booked. Whether PPPK paruh waktu are in the record is a fact about the
    record (``plan.is_part_time_booked``) and no reading of the law.

    Method: docs/method.md eq. 186.
    """
    passes = _passes(plan.base.year, rulebook, is_tpg_through_apbd)
    allowance = _recorded_allowance(plan.base, float(path.outside_cap_idr[:, 0].sum()), passes)
    return plan.base.personnel_idr - allowance - float(path.total_idr[_booked(path, plan), 0].sum())


def reconciliation(path: PayPath, plan: Budget, rulebook: RuleBook) -> pd.DataFrame:
    """Recorded belanja pegawai of the base year, explained item by item.

    Returns
    -------
    One row per item: ``item`` (``teacher_allowance``, the parts of the pay of today's people, and
    ``other``), ``amount_idr`` (whole rupiah; they sum to the recorded belanja pegawai),
    ``share`` of it. Method: docs/method.md eq. 186.
    """
    passes = _passes(plan.base.year, rulebook, None)
    modelled = float(path.outside_cap_idr[:, 0].sum())
    booked = _booked(path, plan)
    amounts: dict[str, float] = {
        "teacher_allowance": _recorded_allowance(plan.base, modelled, passes),
        **{name: float(path.parts[name][booked, 0].sum()) for name in PARTS},
    }
    whole = {name: round(amount) for name, amount in amounts.items()}
    whole["other"] = round(plan.base.personnel_idr) - sum(whole.values())
    table = pd.DataFrame({"item": list(whole), "amount_idr": list(whole.values())})
    return table.assign(share=table["amount_idr"] / plan.base.personnel_idr)


def gauge(  # noqa: PLR0913 - each a reading of its own
    modelled: pd.DataFrame,
    plan: Budget,
    rulebook: RuleBook,
    *,
    choice: PayChoice = USUAL,
    is_tpg_through_apbd: bool | None = None,
    other_idr: float | None = None,
) -> pd.DataFrame:
    """Personnel spending against the cap, year by year.

    Parameters
    ----------
    modelled
        One row per year, ascending, from the calendar year of the roster on: ``year``,
        ``year_share`` (of the year that the row covers), ``in_cap_idr``, ``outside_cap_idr``
        (:func:`analytics.pay_path.spending`, with newcomers added).
    plan
        The budget.
    rulebook, choice
        Cap and deadline; the choice may override their rows.
    is_tpg_through_apbd
        How the disputed item is read; None: as the choice, else the rules say.
    other_idr
        What is recorded and not modelled in the base year (:func:`other_spending`), the same in
        every scenario. None: recorded less the first row of ``modelled``.

    Returns
    -------
    One row per year, whole rupiah: ``year``, ``personnel_idr`` (belanja pegawai as it would be
    booked), ``excluded_idr`` (teacher allowances from transfers in it), ``other_idr`` (in it, not
    modelled), ``apbd_idr``, ``ratio_share`` (personnel less excluded, by the whole),
    ``limit_share``, ``room_idr`` (below zero: over the limit), ``is_binding``.

    Raises
    ------
    PayError
        When the years do not ascend; NothingLeftError where nothing is left of the APBD.

    Method: docs/method.md eq. 186-189.
    """
    year = modelled["year"].to_numpy(dtype=np.int64)
    if len(year) and (np.diff(year) <= 0).any():
        raise PayError(
            "tahun belanja yang dihitung harus menaik, masing-masing sekali",
            "years of modelled spending must ascend, each once",
        )
    share = modelled["year_share"].to_numpy(dtype=np.float64)
    in_cap = modelled["in_cap_idr"].to_numpy(dtype=np.float64) / share
    outside = modelled["outside_cap_idr"].to_numpy(dtype=np.float64) / share
    reading = choice.is_tpg_through_apbd if is_tpg_through_apbd is None else is_tpg_through_apbd
    passes = np.array([_passes(int(each), rulebook, reading) for each in year])
    base = plan.base
    allowance = _recorded_allowance(
        base,
        float(outside[0]) if len(outside) else 0.0,
        _passes(base.year, rulebook, reading),
    )
    if other_idr is None:
        other_idr = base.personnel_idr - allowance - (float(in_cap[0]) if len(in_cap) else 0.0)
    other = other_idr * (1 + plan.other_growth_share) ** np.maximum(year - base.year, 0)
    excluded = outside * passes
    apbd = _totals(plan, year, allowance) + excluded
    if (apbd <= 0).any():
        raise NothingLeftError(
            "tidak ada yang tersisa dari APBD; kecilkan potongannya atau ubah pertumbuhannya",
            "nothing is left of the APBD; lower the cut or its growth",
        )
    days = [date(int(each), 1, 1) for each in year]
    limit = np.array([rule_amount(rulebook, day, "cap_share", choice) for day in days])
    binding = [rule_amount(rulebook, d, "cap_binding_year", choice) <= d.year for d in days]
    counted_idr = _whole(in_cap) + _whole(other)
    return pd.DataFrame(
        {
            "year": year,
            "personnel_idr": counted_idr + _whole(excluded),
            "excluded_idr": _whole(excluded),
            "other_idr": _whole(other),
            "apbd_idr": _whole(apbd),
            "ratio_share": counted_idr / _whole(apbd),
            "limit_share": limit,
            "room_idr": _whole(limit * apbd) - counted_idr,
            "is_binding": np.array(binding, dtype=bool),
        }
    )


def _whole(values: Numbers) -> np.ndarray:
    return np.rint(values).astype(np.int64)


def _totals(plan: Budget, year: np.ndarray, allowance: float) -> Numbers:
    """Belanja daerah without teacher allowances: recorded where it is, else grown from the base."""
    base = plan.base
    recorded = {
        each.year: each.total_idr - (allowance if each is base else each.teacher_allowance_idr)
        for each in plan.recorded
    }
    grown = recorded[base.year] * (1 + plan.growth_share) ** (year - base.year)
    cut = plan.transfer_share * plan.transfer_cut_share * (year >= plan.transfer_cut_from)
    told = np.array([recorded.get(int(each), np.nan) for each in year])
    return np.where(np.isnan(told), grown * (1 - cut), told)


def _passes(year: int, rulebook: RuleBook, reading: bool | None) -> float:
    """1 where teacher allowances of the centre pass through the APBD of that year, else 0."""
    if reading is not None:
        return float(reading)
    return rule_amount(rulebook, date(year, 1, 1), "tpg_through_apbd")


def _recorded_allowance(base: BudgetYear, modelled: float, passes: float) -> float:
    """Teacher allowances in the record; where nobody wrote them down, as modelled."""
    if base.is_teacher_allowance_told:
        return base.teacher_allowance_idr
    return min(modelled * passes, base.personnel_idr)


def _booked(path: PayPath, plan: Budget) -> np.ndarray:
    return ~path.is_part_time | plan.is_part_time_booked
