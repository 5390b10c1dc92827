"""How long the forecast of exits takes, beside its rivals, in one run.

    python -m tests.benchmarks.exits [PEOPLE ...]

The same generated roster for all: people in service on the day and those who left in the fifteen
years before. Estafet learns the hazards and gives five years with their bands; the rivals are
rates by single year of age, of the last five years and of all, and the logistic regression of
scikit-learn on splines of age and service with one row per person-year, which is what an analyst
would write and which has no bands. Each way has a process of its own; making the roster is not in
the seconds; peak memory is that of the whole process. One thread each.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import time
from datetime import date

import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import SplineTransformer
from threadpoolctl import threadpool_limits

from analytics.exits import hidden_after, in_service_on
from analytics.exits_forecast import exit_forecast
from analytics.exits_panel import in_service, people_of, traits, year_start
from analytics.exits_rivals import AGE_RATES, AGE_RATES_ALL, rival_hazards

SIZES = (4_000, 60_000)
YEARS, WATCHED, AS_OF, MANDATORY = 5, 15, date(2026, 1, 1), 60


def roster(in_service_count: int) -> pd.DataFrame:
    """Generated spells of which so many run on the day."""
    dice = np.random.default_rng(2026)
    count = int(1.6 * in_service_count)
    first = AS_OF.year - WATCHED
    age = dice.integers(22, 59, count)
    birth = AS_OF.year - dice.integers(0, WATCHED + 1, count) - age
    start = birth + np.minimum(22 + dice.integers(0, 12, count), age)
    leaves = np.full(count, 9999)
    for year in range(first, AS_OF.year):
        now = year - birth
        chance = 0.006 + 0.03 * np.exp(-(year - start) / 5) + 0.02 * np.exp((now - 59) / 4)
        chance = np.where(now >= MANDATORY, 1.0, chance * np.exp(dice.normal(0, 0.2)))
        leaves[(leaves == 9999) & (start < year) & (dice.random(count) < chance)] = year
    day = pd.to_datetime([f"{year}-06-15" if year < 9999 else None for year in leaves])
    spells = pd.DataFrame(
        {
            "person_id": np.arange(count).astype(str),
            "sex": np.where(dice.random(count) < 0.5, "L", "P"),
            "birth_date": pd.to_datetime([f"{year}-01-01" for year in birth]),
            "start_date": pd.to_datetime([f"{year}-01-01" for year in start]),
            "exit_date": day,
        }
    )
    running = spells.index[spells["exit_date"].isna()][in_service_count:]
    return spells.drop(index=running).reset_index(drop=True)


def by_estafet(spells: pd.DataFrame) -> list[float]:
    """Hazards learnt, five years ahead with bands."""
    found = exit_forecast(spells, AS_OF, YEARS, MANDATORY)
    return found.years["expected"].tolist()


def by_age_rates(spells: pd.DataFrame) -> list[float]:
    """Both tables of rates by age; the first is returned."""
    here = in_service_on(spells, AS_OF)
    found = rival_hazards(hidden_after(spells, AS_OF), here, AS_OF, YEARS, MANDATORY)
    assert AGE_RATES_ALL in found
    return _expected(found[AGE_RATES])


def by_regression(spells: pd.DataFrame) -> list[float]:
    """Splines and logistic regression, one row per person-year."""
    people = people_of(hidden_after(spells, AS_OF), MANDATORY)
    rows, gone = [], []
    for back in range(WATCHED, 0, -1):
        start, end = year_start(AS_OF, -back), year_start(AS_OF, -back + 1)
        who = in_service(people, start)
        who &= people.retires_first >= end
        rows.append(_table(people, who, start))
        gone.append(people.leaves[who] < end)
    fit = make_pipeline(
        SplineTransformer(n_knots=8, degree=3, extrapolation="constant"),
        LogisticRegression(C=10.0, max_iter=300),
    ).fit(np.concatenate(rows), np.concatenate(gone))
    here = in_service(people, year_start(AS_OF, 0))
    hazard = np.zeros((int(here.sum()), YEARS))
    for year in range(YEARS):
        start, end = year_start(AS_OF, year), year_start(AS_OF, year + 1)
        chance = fit.predict_proba(_table(people, here, start))[:, 1]
        hazard[:, year] = np.where(people.retires_first[here] < end, 1.0, chance)
    return _expected(hazard)


def _table(people, who: np.ndarray, day: int) -> np.ndarray:
    seen = traits(people, who, day)
    return np.column_stack([seen.age, seen.service, seen.sex]).astype(float)


def _expected(hazard: np.ndarray) -> list[float]:
    staying = np.cumprod(np.hstack([np.ones((len(hazard), 1)), 1 - hazard]), axis=1)[:, :-1]
    return (staying * hazard).sum(axis=0).tolist()


WAYS = {"estafet": by_estafet, "age rates": by_age_rates, "regression": by_regression}


def measured(way: str, count: int) -> dict[str, object]:
    """Seconds, peak memory and expected leavers of one way in this process."""
    spells = roster(count)
    start, start_cpu = time.perf_counter(), time.process_time()
    with threadpool_limits(1):
        expected = WAYS[way](spells)
    return {
        "seconds": time.perf_counter() - start,
        "cpu_seconds": time.process_time() - start_cpu,
        # On Linux ru_maxrss is in KiB.
        "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "exits": int(spells["exit_date"].notna().sum()),
        "expected": expected,
    }


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("people", nargs="*", type=int, default=list(SIZES))
    parser.add_argument("--only", choices=sorted(WAYS), help="one way, as JSON (used within)")
    wanted = parser.parse_args()
    if wanted.only:
        print(json.dumps(measured(wanted.only, wanted.people[0])))
        return 0
    print(f"{YEARS} years ahead, {WATCHED} watched; load of the machine {os.getloadavg()[0]:.1f}")
    print(f"{'people':>8} {'exits':>7} {'way':<11} {'seconds':>8} {'CPU s':>7} {'peak MiB':>9}"
          "  leavers by year")  # fmt: skip
    for count in wanted.people:
        for way in WAYS:
            command = [sys.executable, "-m", __spec__.name, str(count), "--only", way]
            done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
            row = json.loads(done.stdout.splitlines()[-1])
            years = " ".join(f"{each:,.0f}" for each in row["expected"])
            print(
                f"{count:>8,} {row['exits']:>7,} {way:<11} {row['seconds']:>8.2f}"
                f" {row['cpu_seconds']:>7.2f} {row['peak_mib']:>9,.0f}  {years}",
                flush=True,
            )
    return 0


if __name__ == "__main__":
    sys.exit(main())
