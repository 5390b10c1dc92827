"""How much a roster of exits can tell at most, beside what Estafet tells of it, in one run.

    python -m tests.benchmarks.exit_ceiling [--roster R.csv] [--mandatory-age 63]
        [--cutoff 2005-01-01 ...] [--split 2005]

Two tables, for cut-offs before and from the year of ``--split``; the roster of Chicago by default.

*Who*: area under the ROC curve of leaving within a year of Estafet, of rates by single year of age
(five years, all years), of plain age, and of forecasters that see the future: gradient boosting on
age, service and sex, from the years before and after the one judged and from three quarters of the
people of that year itself, the other quarter judged, each quarter in turn. What these do not tell,
the three columns hardly hold (docs/method.md eq. 347).

*How many*: the share of years within P10-P90, how wide that is, and the log score, under the
belief used of how far years swing and under narrower and wider ones. Years of cut-offs before the
split are judged until it only, so that no belief is chosen by what came later (eq. 348).
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from unittest.mock import patch

import numpy as np
import pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import roc_auc_score
from threadpoolctl import threadpool_limits

from analytics import exits_years
from analytics.command_line import day as day_of_text
from analytics.exact_sums import YearEffect
from analytics.exits import ExitModel, exit_model, hidden_after, in_service_on
from analytics.exits_backtest import known_until
from analytics.exits_forecast import year_laws
from analytics.exits_panel import (
    BUP,
    Flags,
    Numbers,
    People,
    Whole,
    in_service,
    must_go,
    people_of,
    traits,
    year_start,
)
from analytics.exits_prior import VAGUE_LOG_SD
from analytics.exits_rivals import AGE_RATES, AGE_RATES_ALL, rival_hazards
from analytics.exits_roster import read_roster

CHICAGO = (
    Path(__file__).resolve().parents[2].parent
    / "shared/data/us_chicago_police_2012/shared_roster_as_known_2012-01-01.csv"
)
AHEAD, QUARTERS, OUTLOOK = 5, 4, 10
OURS, PLAIN_AGE, SEERS = "estafet", "plain age", "mean of those who see"
# Years away from the one judged at which a person-year counts half; what is told beside age.
SEEING = {
    "sees, half at 2 years": (2.0, False),
    "sees, half at 5 years": (5.0, False),
    "sees, all years alike": (np.inf, False),
    "sees, and knows the year": (5.0, True),
}
# Middle and spread of the logarithm of how far years swing, for bands.
USED = "as used"
BELIEFS = {
    "(.2; .7) narrower": (0.2, 0.7),
    "(.3; .5) narrower": (0.3, 0.5),
    "(.35; .3) looser": (0.35, 0.3),
    USED: (exits_years._SD_MIDDLE, exits_years._SD_LOG_SPREAD),
    "(.5; .15) wider": (0.5, 0.15),
    "(.7; .15) wider": (0.7, 0.15),
}


@dataclass(frozen=True, eq=False)
class PersonYears:
    """Everybody in service at the start of each year, the future not hidden.

    ``free``: whom no law lets go in it. ``quarter``: of the people, drawn once.
    """

    year: Whole
    columns: Numbers
    left: Flags
    free: Flags
    by_law: Numbers
    quarter: Whole


def person_years(people: People, days: list[int], ends: list[int], dice: int = 2026) -> PersonYears:
    """Of the years that begin on ``days`` and end before ``ends``."""
    quarter = np.random.default_rng(dice).integers(0, QUARTERS, len(people.start))
    parts: list[tuple[np.ndarray, ...]] = []
    for at, (start, end) in enumerate(zip(days, ends, strict=True)):
        who = in_service(people, start)
        share, overdue = must_go(people, who, start, end)
        seen = traits(people, who, start)
        columns = np.column_stack([seen.age, seen.service, seen.sex, seen.age - seen.service])
        parts.append(
            (
                np.full(len(share), at),
                columns.astype(float),
                people.leaves[who] < end,
                (share == 0) & ~overdue,
                np.where(overdue, 1.0, share),
                quarter[who],
            )
        )
    return PersonYears(*(np.concatenate(each) for each in zip(*parts, strict=True)))


def alike(rows: PersonYears, at: int) -> tuple[Whole, Numbers, Flags, Numbers]:
    """Year, columns, leaving and number of like person-years, of all years but ``at``.

    Only of those whom no law lets go.
    """
    kept = rows.free & (rows.year != at)
    table = pd.DataFrame(rows.columns[kept]).assign(year=rows.year[kept], left=rows.left[kept])
    cells = table.groupby([*table.columns], sort=False).size().reset_index(name="count")
    columns = cells[list(range(rows.columns.shape[1]))].to_numpy()
    year, left, count = (cells[name].to_numpy() for name in ("year", "left", "count"))
    return year, columns, left, count.astype(float)


def seen(rows: PersonYears, at: int, half_life: float, knows_year: bool) -> Numbers:
    """Chances of leaving in the year ``at`` by a forecaster that sees the years about it."""
    year, others, gone, count = alike(rows, at)
    now = np.flatnonzero(rows.year == at)
    people = rows.columns[now]
    if knows_year:
        others = np.column_stack([others, year])
        people = np.column_stack([people, rows.year[now]])
    weight = count * 0.5 ** (np.abs(year - at) / half_life)
    chance = np.zeros(len(now))
    for quarter in range(QUARTERS):
        asked = rows.quarter[now] == quarter
        learnt = rows.free[now] & ~asked
        trees = HistGradientBoostingClassifier(
            learning_rate=0.05,
            max_iter=120,
            max_leaf_nodes=12,
            min_samples_leaf=20,
            l2_regularization=5.0,
            early_stopping=False,
        ).fit(
            np.concatenate([others, people[learnt]]),
            np.concatenate([gone, rows.left[now][learnt]]),
            sample_weight=np.concatenate([weight, np.ones(int(learnt.sum()))]),
        )
        chance[asked] = trees.predict_proba(people[asked])[:, 1]
    return rows.by_law[now] + (1 - rows.by_law[now]) * chance


def told_apart(rows: PersonYears, at: int, chances: dict[str, Numbers]) -> dict[str, float]:
    """Area under the ROC curve of each forecast, and of those that see the future."""
    left = rows.left[rows.year == at]
    for name, (half_life, knows_year) in SEEING.items():
        chances[name] = seen(rows, at, half_life, knows_year)
    odds = [np.clip(chances[name], 1e-6, 1 - 1e-6) for name in SEEING]
    chances[SEERS] = np.mean([np.log(each / (1 - each)) for each in odds], axis=0)
    return {name: float(roc_auc_score(left, each)) for name, each in chances.items()}


def believing(model: ExitModel, middle: float, spread: float) -> ExitModel:
    """The same hazards with another belief of how far years swing, for bands alone (eq. 80)."""
    past = (model.past[name].to_numpy(float) for name in ("exit_count", "expected_count"))
    beliefs = {"_SD_MIDDLE": middle, "_SD_LOG_SPREAD": spread}
    with patch.dict(vars(exits_years), beliefs):
        outlook = exits_years.year_outlook(*past, OUTLOOK, VAGUE_LOG_SD**-2)
    log_sd, persistence, level_sd = outlook.smoothed()
    effect = YearEffect(min(log_sd, 2.0), persistence, min(level_sd, 2.0))
    return replace(model, outlook=outlook, year_effect=effect)


def banded(model: ExitModel, here: pd.DataFrame, count: Whole) -> Iterator[dict[str, float | str]]:
    """One row per belief and year: whether the band held, how wide it was, and the log score."""
    for name, belief in BELIEFS.items():
        other = believing(model, *belief)
        hazard = other.hazards(here, len(count))
        total = np.minimum(np.sum(list(hazard.values()), axis=0), 1.0)
        laws = year_laws(total, hazard[BUP], other.year_effect)
        low, high = laws.quantile(0.1)[0], laws.quantile(0.9)[0]
        chance = laws.fewer_than(count + 1)[0] - laws.fewer_than(count)[0]
        for year, number in enumerate(count):
            yield {
                "belief": name,
                "held": float(low[year] <= number <= high[year]),
                "width": float(np.log(high[year] / max(low[year], 1))),
                # Of the probability of that number, times the number: a density of its logarithm.
                "score": float(np.log(max(chance[year] * number, 1e-12))),
            }


def main() -> int:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--roster", type=Path, default=CHICAGO)
    parser.add_argument("--mandatory-age", type=int, default=63)
    every = [date(year, 1, 1) for year in range(1988, 2011)]
    parser.add_argument("--cutoff", nargs="+", type=day_of_text, default=every)
    parser.add_argument("--split", type=int, default=2005)
    wanted = parser.parse_args()
    if not wanted.roster.exists():
        print(f"{wanted.roster.name}: the data is not here, skipped")
        return 0
    spells = read_roster(wanted.roster, date.today()).spells
    until = year_start(known_until(spells), 0)
    people = people_of(spells, wanted.mandatory_age)
    who, many = [], []
    for cutoff in sorted(wanted.cutoff):
        starts = [year_start(cutoff, year) for year in range(-30, 31)]
        days = [day for day in starts[:-1] if day >= people.leaves.min()]
        days = [day for day in days if starts[starts.index(day) + 1] <= until]
        if year_start(cutoff, 0) not in days:
            print(f"{cutoff}: no whole year after it is on file, left out")
            continue
        ends = [starts[starts.index(day) + 1] for day in days]
        at = days.index(year_start(cutoff, 0))
        is_late = cutoff.year >= wanted.split
        last = until if is_late else year_start(date(wanted.split, 1, 1), 0)
        years = min(AHEAD, sum(end <= last for end in ends[at:]))
        here = in_service_on(spells, cutoff)
        history = hidden_after(spells, cutoff)
        with threadpool_limits(1):
            model = exit_model(spells, None, cutoff, None, wanted.mandatory_age)
            rival = rival_hazards(history, here, cutoff, 1, wanted.mandatory_age)
            rows = person_years(people, days, ends)
            ours = np.sum(list(model.hazards(here, 1).values()), axis=0)[:, 0]
            age = rows.columns[rows.year == at, 0]
            chances = {OURS: ours, PLAIN_AGE: age}
            chances |= {name: rival[name][:, 0] for name in (AGE_RATES, AGE_RATES_ALL)}
            found = told_apart(rows, at, chances)
            left = people_of(here, wanted.mandatory_age).leaves
            edges = np.array([year_start(cutoff, 0), *ends[at : at + years]])
            count = np.histogram(left, edges)[0]
            many += [{"late": is_late, **row} for row in banded(model, here, count)]
        who.append({"late": is_late, "cutoff": cutoff, **found})
        told = " ".join(f"{name} {value:.4f}" for name, value in found.items())
        print(f"{cutoff}: {told}", flush=True)
    if who:
        _print(pd.DataFrame(who), pd.DataFrame(many), wanted.split)
    return 0


def _print(who: pd.DataFrame, many: pd.DataFrame, split: int) -> None:
    for is_late, name in ((False, f"before {split}"), (True, f"from {split}")):
        areas = who[who["late"] == is_late].drop(columns=["late", "cutoff"])
        if areas.empty:
            continue
        bar = areas[AGE_RATES].mean()
        print(f"\ncut-offs {name}: {len(areas)}; area of leaving within a year, mean")
        for way, area in areas.mean().items():
            print(f"  {way:<26} {area:.4f}  {area - bar:+.4f} from {AGE_RATES}")
        rows = many[many["late"] == is_late]
        print(f"  {'belief of years':<26} {'held':>6} {'width':>6} {'log score':>10}")
        for belief in BELIEFS:
            own = rows[rows["belief"] == belief]
            means = own[["held", "width", "score"]].mean()
            told = f"{means['held']:6.1%} {means['width']:6.2f} {means['score']:10.3f}"
            print(f"  {belief:<26} {told}  of {len(own)} years")


if __name__ == "__main__":
    sys.exit(main())
