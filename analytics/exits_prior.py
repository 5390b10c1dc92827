"""Prior rates of leaving: what is taken to be usual where one's own history is thin.

Sourced rows (data/rules/exit_rate.csv) or, without them, one vague rate for everything.
Method: docs/method.md eq. 75, and the note on starting figures.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from analytics.exits_learning import VAGUE_LOG_SD
from analytics.exits_panel import OLDEST, UNKNOWN_CAUSE, VAGUE_RATE, Numbers, Traits

ANYBODY = "*"
# Where a roster does not say who is employed how, rates of this kind of employment stand in.
_USUAL_EMPLOYMENT = "PNS"
_EARLY_ONLY_BY_DATE = ("bup", "kontrak_berakhir")
# Prior odds are never so sure of nothing that a few exits could not move them.
_FEWEST_EVENTS = 0.5
_SEXES = ("L", "P")


@dataclass(frozen=True, eq=False)
class Prior:
    """Prior rates by cause; ``rows`` is empty where there are none.

    ``vague_rate``: of a cause without rows.
    """

    rows: pd.DataFrame
    causes: tuple[str, ...]
    vague_rate: float = VAGUE_RATE

    def among(self, causes: int) -> Prior:
        """Without sourced rates the vague one is that of all causes together, so many of them."""
        return self if self.causes else replace(self, vague_rate=VAGUE_RATE / max(causes, 1))

    def rate(self, cause: str, who: Traits) -> Numbers:
        """Yearly rate of each person; a cause without rows has the vague one."""
        if cause == UNKNOWN_CAUSE and self.causes:
            return self.total(who)
        if cause not in self.causes:
            return np.full(len(who.age), self.vague_rate)
        return self._looked_up(cause, who, self.rows["rate_mid"].to_numpy(float))

    def total(self, who: Traits) -> Numbers:
        """Yearly rate of all causes together."""
        if not self.causes:
            return np.full(len(who.age), VAGUE_RATE)
        return np.sum([self.rate(cause, who) for cause in self.causes], axis=0)

    def level_sd(self, who: Traits, cause: str = "") -> float:
        """How far, as a log ratio, the level may lie from the prior rates (eq. 75).

        One over the root of the exits the rates are worth: rate times ``weight_person_years``.
        """
        if not self.causes or (cause and cause not in (*self.causes, UNKNOWN_CAUSE)):
            return VAGUE_LOG_SD
        causes = [cause] if cause and cause != UNKNOWN_CAUSE else list(self.causes)
        worth = (self.rows["rate_mid"] * self.rows["weight_person_years"]).to_numpy(float)
        rates, variances = [], []
        for each in causes:
            rate = self._looked_up(each, who, self.rows["rate_mid"].to_numpy(float))
            events = self._looked_up(each, who, worth)
            rates.append(float(rate.mean()) if len(rate) else 0.0)
            variances.append(1.0 / max(float(events.mean()) if len(rate) else 0.0, _FEWEST_EVENTS))
        share = np.array(rates) / max(sum(rates), 1e-12)
        return float(np.sqrt((share**2) @ np.array(variances))) or VAGUE_LOG_SD

    def mix(self) -> Mapping[str, float]:
        """Shares of the causes among prior exits, ages taken alike."""
        rows = self.rows.assign(span=self.rows["age_to"] - self.rows["age_from"] + 1)
        usual = rows[rows["employment"].isin([ANYBODY, _USUAL_EMPLOYMENT])]
        load = (usual["rate_mid"] * usual["span"]).groupby(usual["cause"]).sum()
        return {cause: float(each) for cause, each in (load / load.sum()).items()}

    def _looked_up(self, cause: str, who: Traits, values: Numbers) -> Numbers:
        """Each person's value; of unknown sex the mean of both."""
        known = set(self.rows["employment"])
        alike = np.zeros(len(who.age), dtype=np.int64)
        written, employment = (
            who.coded("employment") if "employment" in who.factors else ([""], alike)
        )
        employments = [each if each in known else _USUAL_EMPLOYMENT for each in written]
        roles, role = who.coded("role_group") if "role_group" in who.factors else ([ANYBODY], alike)
        shape = (len(_SEXES), OLDEST + 1, len(employments), len(roles))
        # What differs is few: every age, sex, employment and role once, then everybody by place.
        found, narrowest = np.zeros(shape), np.full(shape, -1)
        for at, row in enumerate(self._told):
            if row["cause"] != cause:
                continue
            ages = np.arange(OLDEST + 1)
            fits = np.ix_(
                [row["sex"] in (ANYBODY, sex) for sex in _SEXES],
                (ages >= row["age_from"]) & (ages <= row["age_to"]),
                [row["employment"] in (ANYBODY, each) for each in employments],
                [row["role_group"] in (ANYBODY, each) for each in roles],
            )
            detail = sum(row[name] != ANYBODY for name in ("employment", "role_group", "sex"))
            better = detail > narrowest[fits]
            found[fits] = np.where(better, values[at], found[fits])
            narrowest[fits] = np.where(better, detail, narrowest[fits])
        key = ("prior place", shape)
        if key not in who.kept:
            place = np.minimum(who.age, OLDEST) * len(employments) + employment
            who.kept[key] = (place * len(roles) + role, np.clip(0.5 + who.sex, 0.0, 1.0))
        place, man = who.kept[key]
        looked_up: Numbers = man * found[0].take(place) + (1.0 - man) * found[1].take(place)
        return looked_up

    @cached_property
    def _told(self) -> list[dict[Hashable, Any]]:
        return self.rows.to_dict("records")


def prior_rates(table: pd.DataFrame | None) -> Prior:
    """Rows of data/rules/exit_rate.csv as a prior; None for the vague one."""
    if table is None or table.empty:
        return Prior(pd.DataFrame(columns=["cause"]), ())
    rows = table.assign(
        **{
            name: pd.to_numeric(table[name])
            for name in ("age_from", "age_to", "rate_mid", "weight_person_years")
        }
    )
    rows = rows[~rows["cause"].isin(_EARLY_ONLY_BY_DATE)].reset_index(drop=True)
    return Prior(rows, tuple(dict.fromkeys(rows["cause"])))
