"""Who leaves early more often than others, by how much, and how sure that is; always of groups.

A group of fewer than ``LEAST_PEOPLE`` persons is never told apart, and no number here is that of
one person. Method: docs/method.md eq. 88-89.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from itertools import pairwise

import numpy as np
import pandas as pd
from scipy.linalg import cho_factor, cho_solve

from analytics.exits import LEAST_PEOPLE, ExitModel
from analytics.exits_panel import (
    BUP,
    CONTRACT,
    Numbers,
    PastYears,
    Traits,
    Whole,
    past_years,
    people_of,
    traits,
    year_start,
)
from analytics.exits_prior import prior_rates

OWN, USUAL = "own", "usual"
FACTORS = ("age_band", "service_band", "sex", "employment", "role_group")
_AGE_EDGES, _SERVICE_EDGES = (30, 40, 50, 55, 60), (5, 10, 20, 30)
_BY_DATE = (BUP, CONTRACT, "mpp")
# What is believed of the spread between groups before the data speak, worth two groups.
_PRIOR_VARIANCE, _PRIOR_WORTH, _LEAST_VARIANCE = 0.1, 2.0, 1e-4
_SPREAD_ROUNDS = 12
# Four out of five.
_SIDE = 1.2815515655446004
_ROUNDS = 30
_COLUMNS = ["factor", "level", "person_year_count", "exit_count", "ratio", "low", "high", "origin"]


def band(values: Whole, edges: Sequence[int]) -> np.ndarray:
    """Whole years as bands: ``<30``, ``30-39``, ..., ``60+``."""
    names = [f"<{edges[0]}"]
    names += [f"{low}-{high - 1}" for low, high in pairwise(edges)]
    names.append(f"{edges[-1]}+")
    return np.array(names, dtype=object)[np.searchsorted(edges, values, side="right")]


def _levels(who: Traits) -> dict[str, np.ndarray]:
    sexes = np.where(who.sex > 0, "L", np.where(who.sex < 0, "P", "tidak_diketahui"))
    found = {
        "age_band": band(who.age, _AGE_EDGES),
        "service_band": band(who.service, _SERVICE_EDGES),
        "sex": sexes.astype(object),
    }
    return found | {name: who.factors[name] for name in FACTORS if name in who.factors}


def rate_ratios(
    spells: pd.DataFrame, observed_from: date | None, observed_until: date
) -> pd.DataFrame:
    """How often each group left early compared with the mean of all, other things equal.

    Parameters
    ----------
    spells, observed_from, observed_until
        As for ``exits.exit_model``.

    Returns
    -------
    One row per factor (``FACTORS``) and level: ``person_year_count``, ``exit_count``, ``ratio`` to
    the person-year mean, ``low`` and ``high`` (the middle 80 %), ``origin`` ``own``. Levels of
    fewer than ten person-years a year observed are left out. Empty without early exits.

    Method: docs/method.md eq. 88. A Poisson regression on all factors at once, each coefficient
    drawn to zero by a spread that is estimated for its factor: where groups differ no more than by
    chance, their ratios stay near one.
    """
    past = past_years(people_of(spells), observed_from, observed_until)
    left = _is_early(past)
    if not len(left) or not (left * past.count).sum():
        return pd.DataFrame(columns=_COLUMNS)
    exposure = past.count * past.exposure
    coded = {name: _coded(each) for name, each in _levels(past.traits).items()}
    columns = [np.ones((len(left), 1))]
    columns += [np.eye(len(levels))[code] for code, levels in coded.values()]
    design = np.hstack(columns)
    owner = np.repeat(np.arange(len(coded)), [len(levels) for _, levels in coded.values()])
    level, covariance = _fitted(design, owner, left * past.count, exposure)
    rows, first = [], 1
    year_count = max(len(past.starts), 1)
    for name, (code, levels) in coded.items():
        weight = np.bincount(code, exposure, minlength=len(levels))
        exits = np.bincount(code, left * past.count, minlength=len(levels))
        share = weight / weight.sum()
        for at, label in enumerate(levels):
            if weight[at] < LEAST_PEOPLE * min(year_count, weight.sum()):
                continue
            contrast = np.zeros(design.shape[1])
            contrast[first : first + len(levels)] = -share
            contrast[first + at] += 1.0
            middle = float(contrast @ level)
            side = _SIDE * float(np.sqrt(contrast @ covariance @ contrast))
            ratios = np.exp([middle, middle - side, middle + side])
            rows.append((name, str(label), weight[at], int(exits[at]), *ratios, OWN))
        first += len(levels)
    return pd.DataFrame(rows, columns=_COLUMNS)


def _coded(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Codes and levels, bands of years in the order of the years."""
    levels = np.array(
        sorted(set(values), key=lambda each: (_first_number(str(each)), str(each))), dtype=object
    )
    return pd.Index(levels).get_indexer(pd.Index(values)), levels


def _first_number(level: str) -> int:
    if level.startswith("<"):
        return -1
    head = level.split("-")[0].rstrip("+")
    return int(head) if head.isdecimal() else 0


def _is_early(past: PastYears) -> np.ndarray:
    early = np.array([cause not in _BY_DATE for cause in past.causes])
    return np.where(past.left >= 0, early[np.maximum(past.left, 0)], False).astype(np.float64)


def _fitted(
    design: Numbers, owner: Whole, left: Numbers, exposure: Numbers
) -> tuple[Numbers, Numbers]:
    """Coefficients and their covariance, the spread of each factor estimated (empirical Bayes)."""
    size = np.bincount(owner)
    variance = np.full(len(size), _PRIOR_VARIANCE)
    at = np.zeros(design.shape[1])
    at[0] = np.log(left.sum() / exposure.sum())
    for _ in range(_SPREAD_ROUNDS):
        precision = np.concatenate([[1e-4], 1.0 / variance[owner]])
        at, covariance = _solved(design, left, exposure, precision, at)
        moment = np.bincount(owner, at[1:] ** 2 + np.diag(covariance)[1:])
        updated = (moment + _PRIOR_WORTH * _PRIOR_VARIANCE) / (size + _PRIOR_WORTH)
        updated = np.maximum(updated, _LEAST_VARIANCE)
        is_settled = bool(np.abs(np.log(updated / variance)).max() < 0.02)
        variance = updated
        if is_settled:
            break
    return at, covariance


def _solved(
    design: Numbers, left: Numbers, exposure: Numbers, precision: Numbers, at: Numbers
) -> tuple[Numbers, Numbers]:
    """Newton's method on the penalised likelihood."""
    for _ in range(_ROUNDS):
        mean = exposure * np.exp(np.clip(design @ at, -30.0, 3.0))
        slope = design.T @ (left - mean) - precision * at
        factor = cho_factor((design * mean[:, None]).T @ design + np.diag(precision))
        step = cho_solve(factor, slope)
        at = at + np.clip(step, -2.0, 2.0)
        if np.abs(step).max() < 1e-8:
            break
    return at, cho_solve(factor, np.eye(len(at)))


def usual_ratios(spells: pd.DataFrame, on: date, rates: pd.DataFrame) -> pd.DataFrame:
    """The same as prior rates have it, for those in service on a day.

    Returns
    -------
    As ``rate_ratios`` with ``origin`` ``usual``: the mean prior rate of a group over that of all;
    ``low`` and ``high`` from the lowest and highest rates of the group. ``exit_count`` is 0.

    Method: docs/method.md eq. 88.
    """
    here = spells.loc[spells["exit_date"].isna()]
    everybody = np.ones(len(here), bool)
    who = traits(people_of(here), everybody, year_start(on, 0))
    total = {
        name: prior_rates(rates.assign(rate_mid=rates[f"rate_{name}"])).total(who)
        for name in ("low", "mid", "high")
    }
    mean = float(total["mid"].mean()) if len(here) else 0.0
    rows = []
    for factor, values in _levels(who).items():
        code, levels = _coded(values)
        count = np.bincount(code, minlength=len(levels))
        of = {
            name: np.bincount(code, each, minlength=len(levels)) / count / mean
            for name, each in total.items()
        }
        rows += [
            (factor, str(label), float(count[at]), 0, of["mid"][at], of["low"][at], of["high"][at])
            for at, label in enumerate(levels)
            if count[at] >= LEAST_PEOPLE
        ]
    return pd.DataFrame([(*row, USUAL) for row in rows], columns=_COLUMNS)


def early_rate(hazards: Mapping[str, Numbers], year: int = 0) -> Numbers:
    """Chance of each person to leave early within one coming year; to be averaged over groups."""
    early = [each[:, year] for cause, each in hazards.items() if cause not in _BY_DATE]
    return np.sum(early, axis=0) if early else np.zeros(0)


def group_rates(people: pd.DataFrame, hazards: Mapping[str, Numbers], by: str) -> pd.DataFrame:
    """Expected rate of leaving early in the coming twelve months, by group.

    Parameters
    ----------
    people
        In the order of ``hazards``; the column ``by``.

    Returns
    -------
    ``level``, ``people_count``, ``expected_count``, ``rate_share``; groups of fewer than ten are
    left out. Largest rate first.

    Method: docs/method.md eq. 89.
    """
    labels = people[by].astype("object").fillna("tidak_diketahui").to_numpy()
    table = pd.DataFrame({"level": labels, "expected_count": early_rate(hazards)})
    found = table.groupby("level")["expected_count"].agg(["size", "sum"]).reset_index()
    found = found.rename(columns={"size": "people_count", "sum": "expected_count"})
    found = found.loc[found["people_count"] >= LEAST_PEOPLE]
    found["rate_share"] = found["expected_count"] / found["people_count"]
    return found.sort_values("rate_share", ascending=False, ignore_index=True)


def pooled(
    people: pd.DataFrame, hazards: Mapping[str, Numbers], as_of: date, by: str = "role_group"
) -> dict[str, Numbers]:
    """Hazards in which everybody has the mean of the role group, so that none is one person's.

    What is said of a post that one or two hold then rests on the law's dates and on the rates of
    at least ten people. Groups of fewer than ten have the mean of all. Whoever is past the
    retirement date in a year counts in no mean of that year.

    Method: docs/method.md eq. 89.
    """
    code, levels = pd.factorize(people[by].astype("object").fillna("tidak_diketahui"))
    due = people["retires_on"].to_numpy("datetime64[D]")
    found: dict[str, Numbers] = {}
    for cause, each in hazards.items():
        answer = np.zeros_like(each)
        for year in range(each.shape[1]):
            start = np.datetime64(year_start(as_of, year), "D")
            open_ = np.isnat(due) | (due > start)
            count = np.bincount(code, open_, minlength=len(levels))
            total = np.bincount(code, each[:, year] * open_, minlength=len(levels))
            every = total.sum() / max(count.sum(), 1.0)
            mean = np.where(count >= LEAST_PEOPLE, total / np.maximum(count, 1.0), every)
            answer[:, year] = mean[code]
        found[cause] = answer
    return found


def is_learnt(model: ExitModel) -> bool:
    """Whether any early exit of the government's own was learnt from."""
    return sum(model.exit_counts.values()) > 0
