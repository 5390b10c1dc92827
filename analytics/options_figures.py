"""Numbers of the options: triangles out of dated rows, or what the user put in their place.

Method: docs/method.md eq. 200.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from analytics.rules import ANY, RuleBook, RuleError

Numbers = NDArray[np.float64]

CPNS, PPPK, PPPK_PW = "cpns", "pppk", "pppk_pw"
TRANSFER_IN, REDISTRIBUTION = "mutasi_masuk", "redistribusi"
REORGANISING, TECHNOLOGY = "penataan", "teknologi"
OPTION_IDS = (CPNS, PPPK, PPPK_PW, TRANSFER_IN, REDISTRIBUTION, REORGANISING, TECHNOLOGY)
# Rows about workload analysis stand in the same table.
ABK = "abk"
HIRE, MOVE, LESS_NEED = "hire", "move", "less_need"
KINDS = (HIRE, MOVE, LESS_NEED)
# What a row of option.csv may be about, and the largest value it may have.
_MOST = {
    "lead_months": 120.0,
    "fill_share": 1.0,
    "proposal_month": 12.0,
    "most_per_year": np.inf,
    "yearly_share": 1.0,
    "most_share": 1.0,
    "scope": 1.0,
    "contract_months": 600.0,
    "investment_idr": np.inf,
    "upkeep_idr": np.inf,
    "discount_rate": 1.0,
    "chance_as_expected": 1.0,
    "chance_half_filled": 1.0,
    "chance_refused_first": 1.0,
    "chance_refused": 1.0,
}
WORST_FIRST = ("disputed", "unconfirmed", "local_choice", "settled")
_OVERRIDDEN = "pilihan pengguna"


@dataclass(frozen=True)
class Figure:
    """A number with what it may be, and where it is from."""

    low: float
    mid: float
    high: float
    source: str = ""
    standing: str = "local_choice"
    rule_id: str = ""

    def quantile(self, share: float) -> float:
        """Of the triangle low, mid, high. Method: docs/method.md eq. 200."""
        if self.high <= self.low:
            return self.mid
        at_mode = (self.mid - self.low) / (self.high - self.low)
        if share < at_mode:
            return self.low + np.sqrt(share * (self.high - self.low) * (self.mid - self.low))
        rest = (1.0 - share) * (self.high - self.low) * (self.high - self.mid)
        return float(self.high - np.sqrt(rest))

    def reached(self, value: ArrayLike) -> Numbers:
        """P(triangle <= value). Method: docs/method.md eq. 200."""
        x = np.asarray(value, dtype=np.float64)
        low, mid, high = self.low, self.mid, self.high
        if high <= low:
            return np.where(x >= mid, 1.0, 0.0)
        span = high - low
        rising = (x - low) ** 2 / (span * max(mid - low, 1e-300))
        falling = 1.0 - (high - x) ** 2 / (span * max(high - mid, 1e-300))
        inside = np.where(x < mid, rising, falling) if mid < high else rising
        return np.where(x <= low, 0.0, np.where(x >= high, 1.0, inside))


@dataclass(frozen=True)
class Override:
    """A number of an option that the user replaced."""

    option: str
    key: str
    low: float
    mid: float
    high: float
    role_group: str = ANY

    def __post_init__(self) -> None:
        most = _MOST.get(self.key)
        if most is None:
            raise RuleError(
                f"tidak ada angka {self.key!r} pada pilihan; salah satu dari {', '.join(_MOST)}",
                f"no number {self.key!r} of an option; one of {', '.join(_MOST)}",
            )
        if self.option not in (*OPTION_IDS, ANY):
            raise RuleError(
                f"tidak ada pilihan {self.option!r}; salah satu dari {', '.join(OPTION_IDS)}",
                f"no option {self.option!r}; one of {', '.join(OPTION_IDS)}",
            )
        if not 0.0 <= self.low <= self.mid <= self.high <= most:
            raise RuleError(
                f"{self.key} dari {self.option}: {self.low}, {self.mid}, {self.high} harus menaik"
                f" dari 0 sampai paling banyak {most:g}",
                f"{self.key} of {self.option}: {self.low}, {self.mid}, {self.high} must rise from"
                f" 0 to {most:g} at most",
            )


def discount_rate(rulebook: RuleBook, on: date, overrides: Sequence[Override] = ()) -> Figure:
    """The yearly rate by which later money counts less."""
    changed = {(each.option, each.key, each.role_group): each for each in overrides}
    return figure(in_force(rulebook, on), ANY, "discount_rate", changed)


def chance(rulebook: RuleBook, on: date, case: str) -> Figure:
    """How likely a case of shortfall is (``chance_<case>``); the cases together need not be 1."""
    return figure(in_force(rulebook, on), ANY, f"chance_{case}", {})


def effective_hours(rulebook: RuleBook, on: date) -> float:
    """Effective hours a year of one post, by which a workload analysis (ABK) divides its work.

    Raises
    ------
    RuleError
        When no row answers. Method: docs/method.md eq. 192.
    """
    return figure(in_force(rulebook, on), ABK, "effective_hours", {}).mid


Changed = Mapping[tuple[str, str, str], Override]


@lru_cache(maxsize=16)
def in_force(rulebook: RuleBook, on: date) -> pd.DataFrame:
    """Rows of ``option.csv`` in force on a day."""
    table, day = rulebook.option_rules, pd.Timestamp(on)
    return table[(table["effective_from"] <= day) & (day <= table["effective_to"])]


NOTHING = Figure(0.0, 0.0, 0.0, standing="settled")


def figure(table: pd.DataFrame, option: str, key: str, changed: Changed) -> Figure:
    """A number that must have a row: the user's, else that of the rules.

    Raises
    ------
    RuleError
        When there is none.
    """
    found = figure_or_none(table, option, key, changed)
    if found is None:
        raise RuleError(
            f"option.csv: tidak ada baris {key} untuk {option}; tambahkan dengan sumbernya",
            f"option.csv: no row {key} of {option}; add one with its source",
        )
    return found


def figure_or_none(
    table: pd.DataFrame, option: str, key: str, changed: Changed, role_group: str = ANY
) -> Figure | None:
    """As :func:`figure`; None where no row speaks of it."""
    override = changed.get((option, key, role_group))
    if override is not None:
        return Figure(override.low, override.mid, override.high, _OVERRIDDEN)
    fits = np.ones(len(table), dtype=bool)
    for name, wanted in (("option", option), ("key", key), ("role_group", role_group)):
        fits &= table[name].to_numpy(dtype=object) == wanted
    if not fits.any():
        return None
    row = table.iloc[int(fits.argmax())]
    low, mid, high = (float(row[name]) for name in ("value_low", "value_mid", "value_high"))
    return Figure(low, mid, high, str(row["source"]), str(row["standing"]), str(row["rule_id"]))


def by_role(
    own: pd.DataFrame, option: str, key: str, changed: Changed
) -> tuple[tuple[str, Figure], ...]:
    """A number of an option for each role group that a row or the user names."""
    told = list(own.loc[own["key"] == key, "role_group"])
    told += [role for name, what, role in changed if name == option and what == key]
    found = []
    for role in dict.fromkeys(told):
        figure = figure_or_none(own, option, key, changed, role)
        if figure is not None:
            found.append((role, figure))
    return tuple(found)
