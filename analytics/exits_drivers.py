"""Who leaves early more often than others, by how much, and how sure that is; always of groups.

A group of fewer than ``LEAST_PEOPLE`` persons is never told apart, nor left over when the groups
told are taken from the whole: no number here is that of one person.

Method: docs/method.md eq. 88-89.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import numpy as np
import pandas as pd

from analytics.exits import LEAST_PEOPLE, ExitModel
from analytics.exits_groups import BY_DATE, COLUMNS, coded, levels_of
from analytics.exits_panel import UNKNOWN_CAUSE, Numbers, people_of, traits, year_start
from analytics.exits_prior import prior_rates
from analytics.leaving_groups import told_apart, told_levels

USUAL = "usual"
# So improbable by chance that the list must lack them.
_IMPROBABLE = 1e-4


def rate_ratios(model: ExitModel) -> pd.DataFrame:
    """How often each group leaves early compared with the mean of all, other things equal.

    Returns
    -------
    One row per factor (age band, service band, sex, employment, role group) and level:
    ``person_year_count``, ``exit_count``, ``ratio`` to the person-year mean, ``low`` and ``high``
    (the middle 80 %), ``origin`` ``own``. Levels of fewer than ten person-years a year observed
    are left out, and the next smallest where those left out are fewer than that. Empty without
    early exits.

    Method: docs/method.md eq. 88. The ratios of the hazards themselves: drawn to the usual rates
    as far as few exits tell little, so that where groups differ no more than by chance, their
    ratios stay near those.
    """
    table = model.ratios
    is_told = np.zeros(len(table), dtype=bool)
    for rows in table.groupby("factor").indices.values():
        years = table["person_year_count"].to_numpy()[rows]
        least = LEAST_PEOPLE * min(float(years.sum()), max(model.year_count, 1))
        is_told[rows] = told_apart(years, least)
    return table.loc[is_told].reset_index(drop=True)


def usual_ratios(spells: pd.DataFrame, on: date, rates: pd.DataFrame) -> pd.DataFrame:
    """The ratios of :func:`rate_ratios` as the usual rates have them, for those in service.

    Parameters
    ----------
    spells
        As for ``exits.exit_model``; those without an exit count.
    on
        The day of their ages and service.
    rates
        As data/rules/exit_rate.csv.

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
    for factor, values in levels_of(who).items():
        code, levels = coded(values)
        count = np.bincount(code, minlength=len(levels))
        is_told = told_apart(count, LEAST_PEOPLE)
        of = {
            name: np.bincount(code, each, minlength=len(levels)) / count / mean
            for name, each in total.items()
        }
        rows += [
            (factor, str(label), float(count[at]), 0, of["mid"][at], of["low"][at], of["high"][at])
            for at, label in enumerate(levels)
            if is_told[at]
        ]
    return pd.DataFrame([(*row, USUAL) for row in rows], columns=COLUMNS)


def never_listed(model: ExitModel, spells: pd.DataFrame) -> dict[str, float]:
    """Causes that a history leaves out though some must have left of them (eq. 343).

    Parameters
    ----------
    model
        Learnt with sourced rates.
    spells
        As the model was learnt from.

    Returns
    -------
    Cause -> how many the lowest sourced rates expect of it in the years observed, where the list
    has none and that many could hardly all have stayed away, whoever left for no known cause
    taken for them. Empty without a history, and where no cause is named at all.
    """
    prior, counts = model.prior, model.exit_counts
    if not prior.causes or model.cause_shares or not sum(counts.values()):
        return {}
    here = spells.loc[spells["exit_date"].isna()]
    day = year_start(model.observed_until, 0)
    who = traits(people_of(here), np.ones(len(here), bool), day)
    lowest = prior_rates(prior.rows.assign(rate_mid=prior.rows["rate_low"]))
    years = float(model.past["people_count"].sum())
    expected = {
        cause: float(lowest.rate(cause, who).mean()) * years
        for cause in prior.causes
        if not counts.get(cause) and len(here)
    }
    unexplained = counts.get(UNKNOWN_CAUSE, 0)
    return {
        cause: each
        for cause, each in expected.items()
        if np.exp(min(unexplained - each, 0.0)) < _IMPROBABLE
    }


def early_rate(hazards: Mapping[str, Numbers]) -> Numbers:
    """Chance of each person to leave early in the first coming year; to be averaged over groups."""
    early = [each[:, 0] for cause, each in hazards.items() if cause not in BY_DATE]
    return np.sum(early, axis=0) if early else np.zeros(0)


def group_rates(
    people: pd.DataFrame, hazards: Mapping[str, Numbers], by: str, beside: Sequence[str] = ()
) -> pd.DataFrame:
    """Expected rate of leaving early in the coming twelve months, by group.

    Parameters
    ----------
    people
        In the order of ``hazards``; the columns ``by`` and ``beside``.
    beside
        Other columns by which rates are told of the same people, beside the whole.

    Returns
    -------
    ``level``, ``people_count``, ``expected_count``, ``rate_share``; groups of fewer than ten are
    left out, and groups whose rate would tell that of fewer than ten others by subtraction
    (:func:`analytics.leaving_groups.told_levels`). Largest rate first.

    Method: docs/method.md eq. 89.
    """
    columns = [by, *(name for name in beside if name != by)]
    labels = people[columns].astype("object").fillna("tidak_diketahui")
    is_told = told_levels(labels, columns, LEAST_PEOPLE)[by]
    table = pd.DataFrame({"level": labels[by].to_numpy(), "expected_count": early_rate(hazards)})
    found = table.groupby("level")["expected_count"].agg(["size", "sum"]).reset_index()
    found = found.rename(columns={"size": "people_count", "sum": "expected_count"})
    found = found.loc[found["level"].map(is_told).astype(bool)]
    found["rate_share"] = found["expected_count"] / found["people_count"]
    return found.sort_values("rate_share", ascending=False, ignore_index=True)


def all_group_rates(model: ExitModel, people: pd.DataFrame) -> pd.DataFrame:
    """Expected rate of leaving early in the coming twelve months, by every factor that is known.

    Parameters
    ----------
    people
        Those in service on ``model.observed_until``, columns as for ``exits.exit_model``.

    Returns
    -------
    ``factor`` (age_band, service_band, sex, and employment, role_group, group where known) and the
    columns of :func:`group_rates`; first the whole (``all``). Left out are groups of fewer than
    ten, and those whose rate beside the others would tell that of fewer than ten.

    Method: docs/method.md eq. 89.
    """
    hazards = model.hazards(people, 1)
    day = year_start(model.observed_until, 0)
    levels = levels_of(traits(people_of(people), np.ones(len(people), bool), day))
    told = pd.DataFrame({"all": "all", **levels}, index=people.index)
    if "group" in people:
        told["group"] = people["group"]
    names = list(told.columns)
    parts = [group_rates(told, hazards, name, names).assign(factor=name) for name in names]
    found = pd.concat(parts, ignore_index=True)
    return found[["factor", "level", "people_count", "expected_count", "rate_share"]]


def pooled(
    people: pd.DataFrame, hazards: Mapping[str, Numbers], as_of: date, by: str = "role_group"
) -> dict[str, Numbers]:
    """Hazards in which everybody has the mean of the role group, so that none is one person's.

    What is said of a post that one or two hold then rests on the law's dates and on the rates of
    at least ten people. Groups of fewer than ten have the mean of all. Whoever is past the
    retirement date in a year counts in no mean of that year.

    Parameters
    ----------
    people
        In the order of ``hazards``: ``retires_on`` and the column ``by``.
    hazards
        Cause -> (person, year), twelve months each from ``as_of``.

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


def pooled_where_few(
    people: pd.DataFrame, hazards: Mapping[str, Numbers], as_of: date, by: Sequence[str]
) -> dict[str, Numbers]:
    """Hazards in which nobody in a group that is not told apart has a chance of their own.

    Those in groups of fewer than ten, and in the smallest other group where they are fewer than
    ten together, have the means of :func:`pooled` over all of them: the others' own chances stay,
    and so does the sum of each year's chances; staff further on may differ a little from that
    without groups.

    Parameters
    ----------
    people, hazards, as_of
        As for :func:`pooled`; ``people`` has the columns ``by``.
    by
        Columns that make up a group; none: nothing changes.

    Method: docs/method.md eq. 89.
    """
    found = dict(hazards)
    if not by or people.empty:
        return found
    number = people.groupby(list(by), dropna=False, observed=True, sort=False).ngroup().to_numpy()
    is_few = ~told_apart(np.bincount(number), LEAST_PEOPLE)[number]
    if not is_few.any():
        return found
    theirs = {cause: each[is_few] for cause, each in hazards.items()}
    for cause, each in pooled(people.loc[is_few].assign(_all=""), theirs, as_of, "_all").items():
        found[cause] = hazards[cause].copy()
        found[cause][is_few] = each
    return found


def is_learnt(model: ExitModel) -> bool:
    """Whether any early exit of the government's own was learnt from."""
    return sum(model.exit_counts.values()) > 0
