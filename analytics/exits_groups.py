"""What all early causes together say of groups: one estimate, in the hazards and on the screen.

Few leave of one cause in one role group; of all causes together more do. The ratios of groups are
learnt from all of them, each cause departs from those only as far as its own exits bear it out,
and the ratios that are shown come from the same fit. Method: docs/method.md eq. 88.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
import pandas as pd
from scipy.linalg import cho_factor, cho_solve
from scipy.special import expit

from analytics.exits_learning import CauseModel, Scale, factor_sum, fitted_cause, prior_logit
from analytics.exits_panel import BUP, CONTRACT, FACTORS, Numbers, PastYears, Traits, Whole, subset
from analytics.exits_prior import Prior

BY_DATE = (BUP, CONTRACT, "mpp")
OWN = "own"
SHOWN = ("age_band", "service_band", "sex", "employment", "role_group")
# Groups that few others explain: worth telling apart on the screen. Units have no row of their own.
_TOLD = ("employment", "role_group")
_AGE_EDGES, _SERVICE_EDGES = (30, 40, 50, 55, 60), (5, 10, 20, 30)
COLUMNS = ["factor", "level", "person_year_count", "exit_count", "ratio", "low", "high", "origin"]
# Four out of five.
_SIDE = 1.2815515655446004
_ROUNDS, _RIDGE, _SETTLED = 30, 1e-6, 1e-8


@dataclass(frozen=True, eq=False)
class GroupEffects:
    """Log ratios of groups among early exits of all causes.

    ``shared``: factor -> level -> log ratio, for every early cause. ``ratios``: one row per factor
    of ``SHOWN`` and level, columns ``COLUMNS``; empty without early exits or without groups.
    """

    shared: Mapping[str, Mapping[object, float]] = field(default_factory=dict)
    ratios: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=COLUMNS))

    def logit(self, who: Traits) -> Numbers:
        """Sum of the shared log ratios of each person; a level never seen adds nothing."""
        return factor_sum(self.shared, who)


def is_early(past: PastYears) -> np.ndarray:
    """Whether each cell of person-years left early: neither by law nor by the end of a contract."""
    early = np.array([cause not in BY_DATE for cause in past.causes])
    return np.where(past.left >= 0, early[np.maximum(past.left, 0)], False).astype(bool)


def group_effects(past: PastYears, prior: Prior, weight: Numbers, scale: Scale) -> GroupEffects:
    """Ratios of groups, learnt from all early causes at once.

    Parameters
    ----------
    past, prior
        Person-years, and the prior rates.
    weight
        How much each cell counts.
    scale
        Columns for age and service.

    Notes
    -----
    Method: docs/method.md eq. 88.
    """
    left = is_early(past)
    if not any(name in past.traits.factors for name in FACTORS) or not left.any():
        return GroupEffects()
    rows = (weight > 0) & (left | (past.left < 0))
    who = subset(past.traits, rows)
    offset = prior_logit(prior.total(who))
    model = fitted_cause(who, left[rows], weight[rows], offset, prior.level_sd(who), scale)
    shared = {name: each for name, each in model.factors.items() if name in FACTORS}
    if not any(name in who.factors for name in _TOLD):
        return GroupEffects(shared)
    count = past.count * past.exposure
    seen = {
        name: (
            np.bincount(code, count, minlength=len(levels)).astype(np.float64),
            np.bincount(code, past.count * left, minlength=len(levels)).astype(np.float64),
        )
        for name, (code, levels) in _all_coded(past.traits).items()
    }
    return GroupEffects(shared, _ratios(_Fit(model, who, offset, weight[rows]), seen))


# ---- the ratios that are shown --------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class _Fit:
    """All early causes against staying: the model, and the cells of person-years it is from."""

    model: CauseModel
    who: Traits
    offset: Numbers
    weight: Numbers

    def chance(self) -> Numbers:
        return np.asarray(expit(self.model.logit(self.who, self.offset)))

    def columns(self) -> tuple[Numbers, Numbers]:
        """What the chance is made of, units left as they are; and each column's precision."""
        curve = self.model.curve
        blocks = curve.scale.blocks(self.who.age, self.who.service, self.who.sex)
        parts = [blocks[name] for name in curve.names]
        spreads = [curve.log_sd[name] for name in curve.names]
        for name in _TOLD:
            if name in self.model.factors:
                values = self.who.factors[name].astype(str)
                levels = np.array(list(self.model.factors[name]), dtype=str)
                parts.append((values[:, None] == levels[None, :]).astype(np.float64))
                spreads.append(self.model.log_sd[name])
        sizes = [part.shape[1] for part in parts]
        return np.hstack(parts), np.repeat(1.0 / np.square(spreads), sizes)


def _ratios(fit: _Fit, seen: Mapping[str, tuple[Numbers, Numbers]]) -> pd.DataFrame:
    """Ratios of all groups at once that give the fitted exits of each group, with intervals."""
    coded = _all_coded(fit.who)
    chance = fit.chance()
    expected = fit.weight * chance
    dummies = [np.eye(len(levels))[code] for code, levels in coded.values()]
    design = np.hstack([np.ones((len(chance), 1)), *dummies])
    at, bend = _projected(design, expected, fit.weight)
    columns, precision = fit.columns()
    told = (columns * (expected * (1.0 - chance))[:, None]).T @ columns
    told[np.diag_indices_from(told)] += precision
    felt = cho_solve(bend, design.T @ (columns * expected[:, None]))
    covariance = felt @ cho_solve(cho_factor(told), felt.T)
    rows, first = [], 1
    for name, (_, levels) in coded.items():
        years, exits = seen[name]
        share = years / years.sum()
        for place, label in enumerate(levels):
            contrast = np.zeros(design.shape[1])
            contrast[first : first + len(levels)] = -share
            contrast[first + place] += 1.0
            middle = float(contrast @ at)
            side = _SIDE * float(np.sqrt(contrast @ covariance @ contrast))
            ratios = np.exp([middle, middle - side, middle + side])
            rows.append((name, str(label), years[place], int(exits[place]), *ratios, OWN))
        first += len(levels)
    return pd.DataFrame(rows, columns=COLUMNS)


def _projected(
    design: Numbers, expected: Numbers, exposure: Numbers
) -> tuple[Numbers, tuple[Numbers, bool]]:
    """Log ratios whose product gives the expected exits of every group; and how steep they stand.

    Newton's method on a Poisson likelihood with expected exits in place of seen ones; a ridge too
    small to matter makes the answer one.
    """
    at = np.zeros(design.shape[1])
    at[0] = np.log(expected.sum() / exposure.sum())
    factor = cho_factor(np.eye(len(at)))
    for _ in range(_ROUNDS):
        mean = exposure * np.exp(np.clip(design @ at, -30.0, 3.0))
        bend = (design * mean[:, None]).T @ design
        bend[np.diag_indices_from(bend)] += _RIDGE * expected.sum()
        slope = design.T @ (expected - mean) - _RIDGE * expected.sum() * at
        factor = cho_factor(bend)
        step = cho_solve(factor, slope)
        at = at + np.clip(step, -2.0, 2.0)
        if np.abs(step).max() < _SETTLED:
            break
    return at, factor


def _all_coded(who: Traits) -> dict[str, tuple[Whole, np.ndarray]]:
    return {name: coded(values) for name, values in levels_of(who).items()}


def band(values: Whole, edges: Sequence[int]) -> np.ndarray:
    """Whole years as bands: ``<30``, ``30-39``, ..., ``60+``."""
    names = [f"<{edges[0]}"]
    names += [f"{low}-{high - 1}" for low, high in pairwise(edges)]
    names.append(f"{edges[-1]}+")
    return np.array(names, dtype=object)[np.searchsorted(edges, values, side="right")]


def levels_of(who: Traits) -> dict[str, np.ndarray]:
    """The level of each person in each factor of ``SHOWN`` that is known."""
    sexes = np.where(who.sex > 0, "L", np.where(who.sex < 0, "P", "tidak_diketahui"))
    found = {
        "age_band": band(who.age, _AGE_EDGES),
        "service_band": band(who.service, _SERVICE_EDGES),
        "sex": sexes.astype(object),
    }
    return found | {name: who.factors[name] for name in SHOWN if name in who.factors}


def coded(values: np.ndarray) -> tuple[Whole, np.ndarray]:
    """Codes and levels, bands of years in the order of the years."""
    levels = np.array(
        sorted(set(values), key=lambda each: (_first_number(str(each)), str(each))), dtype=object
    )
    return pd.Index(levels).get_indexer(pd.Index(values)).astype(np.int64), levels


def _first_number(level: str) -> int:
    if level.startswith("<"):
        return -1
    head = level.split("-")[0].rstrip("+")
    return int(head) if head.isdecimal() else 0
