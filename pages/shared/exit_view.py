"""The numbers behind the page on exits: who leaves by cause, the band, and what it is made of."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics import exits_drivers, leaving, succession
from analytics.exits import LEAST_PEOPLE
from analytics.projection import Projection, projection
from analytics.projection_months import BY_LAW, CONTRACT, MPP
from analytics.projection_policy import policy_difference
from pages.shared import load, load_exits
from pages.shared.exit_inputs import Scope
from pages.shared.load_exits import ExitKey, Learnt
from pages.shared.words import t

_BY_DATE = (BY_LAW, CONTRACT, MPP)
# Columns of the people by which rates may be looked at.
GROUPINGS = ("role_group", "employment", "opd", "sex")
_OF_ROLE, _OF_POST = "kel", "jab"


@dataclass(frozen=True, eq=False)
class Answer:
    """What a view of the page shows; small, kept for the next visitor, never to be changed.

    ``years`` one row per calendar year, the first from the day of the edition: ``leaver_count``
    and ``staff_count`` with ``_p10``, ``_p50``, ``_p90``, ``on_duty_count``. ``by_cause``: expected
    leavers, index year, columns causes (by law first, then contracts, then early ones by size).
    ``early_bands``: one row per year, as ``Projection.early_bands``; ``early_until`` to the end.
    ``past``: exits seen, index year, columns causes. ``spread``: ``staff_sd`` and its shares at the
    end. ``difference``: what the levers change in staff and in staff on duty at the end.
    """

    people_count: int
    years: pd.DataFrame
    by_cause: pd.DataFrame
    early_bands: pd.DataFrame
    early_until: pd.Series
    past: pd.DataFrame
    spread: pd.Series
    staff_difference: float
    duty_difference: float

    @property
    def leaver_count(self) -> float:
        """Expected leavers to the end of the horizon."""
        return float(self.people_count - self.years["staff_count"].iloc[-1])

    @property
    def leaver_low(self) -> int:
        """Nine chances of ten that at least so many leave."""
        return int(self.people_count - self.years["staff_p90"].iloc[-1])

    @property
    def leaver_high(self) -> int:
        """Nine chances of ten that at most so many leave."""
        return int(self.people_count - self.years["staff_p10"].iloc[-1])

    @property
    def early(self) -> pd.DataFrame:
        """Expected early leavers by year and cause."""
        return self.by_cause[[cause for cause in self.by_cause if cause not in _BY_DATE]]

    @property
    def early_count(self) -> float:
        """Expected early leavers to the end."""
        return float(self.early.to_numpy().sum())

    @property
    def early_low(self) -> int:
        """Nine chances of ten that at least so many leave early to the end."""
        return int(self.early_until["early_p10"])

    @property
    def early_high(self) -> int:
        """Nine chances of ten that at most so many leave early to the end."""
        return int(self.early_until["early_p90"])

    @property
    def early_share(self) -> float:
        """Share of all leavers who leave before retirement and not by the end of a contract."""
        return self.early_count / self.leaver_count if self.leaver_count else 0.0


def told_learning() -> str:
    """What is said while the model is learnt."""
    return t("Mempelajari siapa yang keluar sebelum waktunya")


def learnt(scope: Scope) -> Learnt:
    """The model of the view; words on the screen while it is learnt."""
    return load_exits.learnt(scope.key, told_learning())


def people_count(scope: Scope) -> int:
    """How many are counted."""
    learnt(scope)
    return _people_count(scope.key, scope.who)


@lru_cache(maxsize=32)
def _people_count(key: ExitKey, who: str) -> int:
    return len(leaving.counted(learnt(Scope(key, who)).people, who))


def answer(scope: Scope) -> Answer:
    """The numbers of a view; computed once for all visitors who look at it."""
    learnt(scope)
    return _answer(scope)


@lru_cache(maxsize=32)
def _answer(scope: Scope) -> Answer:
    found = projected(scope)
    years = found.bands().merge(found.staff((), "year")[["year", "on_duty_count"]], on="year")
    taken = found.account((), "year").pivot(index="year", columns="step", values="change_count")
    last = found.spread(at_the_end=True).iloc[0]
    staff_difference = duty_difference = 0.0
    if scope.is_moved:
        table = policy_difference(projected(scope.today()), found)
        end = table.loc[table["year"] == table["year"].max()]
        staff_difference = float(end["difference_count"].sum())
        duty_difference = float(end["difference_on_duty_count"].sum())
    return Answer(
        people_count=found.people_count,
        years=years,
        by_cause=_in_order(-taken),
        early_bands=found.early_bands(),
        early_until=found.early_until().iloc[0],
        past=_past(scope),
        spread=last,
        staff_difference=staff_difference,
        duty_difference=duty_difference,
    )


def _in_order(counts: pd.DataFrame) -> pd.DataFrame:
    """Causes with anybody at all: by law, contracts, then early ones by size."""
    sizes = counts.sum().sort_values(ascending=False, kind="stable")
    first = [cause for cause in (BY_LAW, CONTRACT) if sizes.get(cause, 0.0) > 0]
    early = [cause for cause in sizes.index if cause not in _BY_DATE and sizes[cause] > 0]
    answer = counts[[*first, *early]]
    answer.columns = [str(cause) for cause in answer.columns]
    return answer


def _past(scope: Scope) -> pd.DataFrame:
    seen = leaving.counted(load_exits.past_of(scope.key), scope.who)
    if seen.empty:
        return pd.DataFrame()
    counts = seen.groupby(["year", "cause"]).size().unstack(fill_value=0)
    years = range(int(counts.index.min()), scope.key.people.as_of.year + 1)
    return counts.reindex(years, fill_value=0)


@lru_cache(maxsize=16)
def projected(scope: Scope) -> Projection:
    """The staff of a view to the horizon, with the view's levers."""
    known = learnt(scope)
    people, hazards = _counted(known, scope.who)
    return _projection(scope, known, people, hazards, ("opd", "role_group"))


def _counted(known: Learnt, who: str) -> tuple[pd.DataFrame, dict[str, NDArray[np.float64]]]:
    people = leaving.counted(known.people, who)
    rows = people.index.to_numpy()
    return people.reset_index(drop=True), {
        cause: each[rows] for cause, each in known.hazards.items()
    }


def _projection(
    scope: Scope,
    known: Learnt,
    people: pd.DataFrame,
    hazards: dict[str, NDArray[np.float64]],
    cells: tuple[str, ...],
) -> Projection:
    early = tuple(cause for cause in hazards if cause not in _BY_DATE)
    return projection(
        people,
        scope.key.people.as_of,
        scope.horizon_years,
        hazards,
        known.model.year_effect,
        scope.levers(early),
        cells,
    )


# --- drivers and rates ---


@lru_cache(maxsize=8)
def unlisted(scope: Scope) -> dict[str, float]:
    """Causes the list of leavers lacks (``exits_drivers.never_listed``), of everybody."""
    return exits_drivers.never_listed(learnt(scope).model, load_exits.spells_of(scope.key))


@lru_cache(maxsize=8)
def ratios(scope: Scope) -> pd.DataFrame:
    """Rate ratios of the government's own history, or of the usual rates where it has none.

    Of everybody, whatever the view counts: few exits are not cut into fewer. As
    ``exits_drivers.rate_ratios``, with ``usual_ratio`` beside.
    """
    key = scope.key
    spells, day = load_exits.spells_of(key), key.in_force.as_of
    usual = exits_drivers.usual_ratios(spells, day, load.rulebook().exit_rates)
    own = exits_drivers.rate_ratios(learnt(scope).model)
    shown = usual if own.empty else own
    beside = usual[["factor", "level", "ratio"]].rename(columns={"ratio": "usual_ratio"})
    return shown.merge(beside, on=["factor", "level"], how="left")


@lru_cache(maxsize=64)
def group_rates(scope: Scope, by: str) -> pd.DataFrame:
    """Expected rate of leaving early in the coming twelve months, groups of ten and more.

    Nor do the groups tell fewer than ten by subtraction, beside all and the other groupings.
    """
    people, hazards = _counted(learnt(scope), scope.who)
    factor = scope.early_pct / 100
    found = exits_drivers.group_rates(people, hazards, by, GROUPINGS)
    return found.assign(
        expected_count=found["expected_count"] * factor, rate_share=found["rate_share"] * factor
    )


# --- chance of a shortage ---


@lru_cache(maxsize=16)
def post_options(scope: Scope) -> dict[str, tuple[str, int, int]]:
    """What a shortage may be asked of: id -> (name or role group, people, units); ten and more.

    ``kel:<role group>`` and ``jab:<post>``, a post being a functional title without its step.
    """
    people, _ = _counted(learnt(scope), scope.who)
    functional = people.loc[~people["role_group"].isin(succession.WITHOUT_STEPS)]
    found: dict[str, tuple[str, int, int]] = {}
    for kind, names in (
        (_OF_POST, succession.post_names(functional)),
        (_OF_ROLE, people["role_group"].fillna("")),
    ):
        counts = names.loc[names.ne("")].value_counts()
        units = (people["opd"] + people["unit"]).loc[names.index].groupby(names).nunique()
        found |= {
            f"{kind}:{name}": (str(name), int(count), int(units.get(name, 0)))
            for name, count in counts.items()
            if count >= LEAST_PEOPLE
        }
    return found


def shortage(scope: Scope, wanted: str, least: int) -> pd.DataFrame:
    """Chance that a unit has fewer than so many of a post at the end of each year.

    Returns
    -------
    One row per OPD, unit and year: ``opd``, ``unit``, ``year``, ``start_count``, ``staff_count``
    (expected), ``below_probability``; units that have at least one today. Rests on the law's dates
    and on rates of at least ten people, never on one person's (eq. 89).
    """
    learnt(scope)
    return _shortage(scope, wanted, least)


@lru_cache(maxsize=64)
def _shortage(scope: Scope, wanted: str, least: int) -> pd.DataFrame:
    found = _projected_post(scope, wanted)
    if found is None:
        return pd.DataFrame(
            columns=["opd", "unit", "year", "start_count", "staff_count", "below_probability"]
        )
    return found.chance_below(least, ("opd", "unit"))


@lru_cache(maxsize=16)
def _projected_post(scope: Scope, wanted: str) -> Projection | None:
    known = learnt(scope)
    people, hazards = _counted(known, scope.who)
    hazards = exits_drivers.pooled(people, hazards, scope.key.people.as_of)
    kind, _, name = wanted.partition(":")
    named = people["role_group"] if kind == _OF_ROLE else succession.post_names(people)
    rows = np.flatnonzero(named.eq(name).to_numpy(dtype=bool, na_value=False))
    if not len(rows):
        return None
    chosen = people.iloc[rows].reset_index(drop=True)
    return _projection(
        scope,
        known,
        chosen,
        {cause: each[rows] for cause, each in hazards.items()},
        ("opd", "unit"),
    )
