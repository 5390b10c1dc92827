"""Enrolment forecast: error and coverage beside naive and plain ratios, and the time it takes.

``python -m tests.benchmarks.enrolment``. Real histories are used where they are at hand; the timed
one is generated and says so. Each figure stands beside its rivals of the same run.
"""

from __future__ import annotations

import os
import resource
import sys
import time

import numpy as np
import pandas as pd

from analytics.backtest import enrolment_backtest, printed
from analytics.enrolment import enrolment_forecast
from analytics.progression import plain_ratios
from tests.test_enrolment import SHARED, new_jersey, vermont

MIB = 1024


def generated(schools: int, years: range, grades: range) -> pd.DataFrame:
    """Synthetic schools whose intake wanders and whose cohorts lose one in fifty a year."""
    rng = np.random.default_rng(1)
    intake = 25 * np.exp(rng.normal(0, 0.1, (schools, len(years) + len(grades))))
    cells = [
        (f"S{school}", year, grade, round(intake[school, at + len(grades) - grade] * 0.98**grade))
        for school in range(schools)
        for at, year in enumerate(years)
        for grade in grades
    ]
    return pd.DataFrame(cells, columns=["school_id", "school_year", "grade", "pupils"])


def falling_births(seed: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Synthetic: births grow to 2017 and fall since; nine in ten enter twelve SD at six."""
    luck = np.random.default_rng(seed)
    years = np.arange(2000, 2030)
    slope = np.where(years <= 2017, np.log(1.03), np.log(0.95))
    count = luck.poisson(1400 * np.exp(slope * (years - 2017)))
    born = dict(zip(years, count, strict=True))
    rows = [
        (f"S{school:02d}", year, grade, luck.poisson(0.9 * born[year - 5 - grade] / 12))
        for school in range(12)
        for year in range(2014, 2030)
        for grade in range(1, 7)
    ]
    history = pd.DataFrame(rows, columns=["school_id", "school_year", "grade", "pupils"])
    return history, pd.DataFrame({"area": "K", "year": years, "births": count})


def births_on_synthetic(now: int = 2023, seeds: int = 10) -> pd.DataFrame:
    """Error of all schools' pupils by lead: with births, without, naive and plain ratios.

    Births are known to the last school year; what comes is Poisson around them.
    """
    rows = []
    for seed in range(seeds):
        history, births = falling_births(seed)
        known = history[history["school_year"] <= now]
        came = history[history["school_year"] > now].groupby("school_year")["pupils"].sum()
        on = enrolment_forecast(known, births[births["year"] <= now], years=6)
        off = enrolment_forecast(known, None, years=6)
        naive = known.loc[known["school_year"] == now, "pupils"].sum()
        plain = plain_ratios(on.arrays.data, 6).sum(axis=(0, 1))
        ways = {
            "births_on": on.whole["pupils"].to_numpy(),
            "births_off": off.whole["pupils"].to_numpy(),
            "naive": np.full(6, naive),
            "plain": plain,
        }
        inside = (on.whole["p10"].to_numpy() <= came) & (came <= on.whole["p90"].to_numpy())
        rows.append(
            pd.DataFrame(
                {
                    "lead_years": range(1, 7),
                    **{name: np.abs(said / came - 1) * 100 for name, said in ways.items()},
                    "covered": inside * 100.0,
                }
            )
        )
    return pd.concat(rows).groupby("lead_years").mean().round(2)


def births_of_counties() -> pd.DataFrame:
    """Kindergarten intake of counties a year or two ahead: moved by births, against unmoved.

    Real, and as far as it goes: births of July 2010 on enter kindergarten in autumn 2016, so that
    Vermont has two years to judge and New Jersey one. Error as a share of what came.
    """
    file = SHARED / "us_county_births_2010_2019" / "births_nj_vt_wi_counties.csv"
    births = pd.read_csv(file)
    births = births[births["est_year"] > 2010].assign(
        county=births["CTYNAME"].str.removesuffix(" County").str.upper(),
        autumn=births["est_year"] + 5,
    )
    names = pd.read_csv(SHARED / "us_vermont_2004_2019" / "enrolment_by_school_grade_year.csv")
    green = names[names["grade"] == "K"]
    county = green["county"].str.removesuffix(" County").str.upper()
    green = green.assign(county=county, autumn=green["year"] - 1)
    garden = pd.read_parquet(
        SHARED / "us_new_jersey_2012_2017" / "enrolment_by_school_grade_year.parquet"
    )
    garden = garden[garden["grade"].astype(str) == "KG"]
    census = births[births["STNAME"] == "New Jersey"]
    by_code = dict(zip(census["COUNTY"], census["county"], strict=True))
    county = pd.to_numeric(garden["county_code"], errors="coerce").map(by_code)
    garden = garden.assign(county=county, autumn=garden["year"], enrollment=garden["n"])
    rows = []
    for state, pupils in (("Vermont", green), ("New Jersey", garden)):
        intake = pupils.groupby(["county", "autumn"])["enrollment"].sum().unstack()
        own = births[births["STNAME"] == state]
        born = own.pivot_table(index="county", columns="autumn", values="births", aggfunc="sum")
        both = intake.index.intersection(born.index)
        for ahead in (1, 2):
            for start in range(2016, int(intake.columns.max()) - ahead + 1):
                now, came = intake.loc[both, start], intake.loc[both, start + ahead]
                moved = now * born.loc[both, start + ahead] / born.loc[both, start]
                rows.append(
                    {
                        "state": state,
                        "from_autumn": start,
                        "lead_years": ahead,
                        "counties": len(both),
                        "births_pct": 100 * (moved - came).abs().sum() / came.sum(),
                        "naive_pct": 100 * (now - came).abs().sum() / came.sum(),
                        "state_births_pct": 100 * abs(moved.sum() / came.sum() - 1),
                        "state_naive_pct": 100 * abs(now.sum() / came.sum() - 1),
                    }
                )
    return pd.DataFrame(rows).round(2)


def main() -> None:
    print(f"load {os.getloadavg()[0]:.1f}")
    green, garden = SHARED / "us_vermont_2004_2019", SHARED / "us_new_jersey_2012_2017"
    histories = (
        (
            "Vermont K-6, supervisory unions as districts, origins from 2011",
            green,
            lambda: enrolment_backtest(vermont(), years=5, first_origin=2011),
        ),
        (
            "Vermont K-6, no district told, origins from 2011",
            green,
            lambda: enrolment_backtest(
                vermont().drop(columns="district"), years=5, first_origin=2011
            ),
        ),
        (
            "New Jersey K-12, municipalities as districts, origins from 2013",
            garden,
            lambda: enrolment_backtest(new_jersey(), years=4, first_origin=2013),
        ),
        (
            "New Jersey K-12, no district told, origins from 2013",
            garden,
            lambda: enrolment_backtest(
                new_jersey().drop(columns="district"), years=4, first_origin=2013
            ),
        ),
    )
    for name, folder, judged in histories:
        if not folder.exists():
            print(f"{name}: the data is not here, skipped")
            continue
        table = judged()
        print(f"\n{name}\n{printed(table[table['size'] == 'all'])}")
    print(
        "\nSynthetic births that turn, ten runs: error of all pupils, per cent; share of outcomes"
        f" inside P10-P90 with births\n{births_on_synthetic()}"
    )
    if (SHARED / "us_county_births_2010_2019").exists():
        print(
            "\nCounties' kindergarten intake moved by births against unmoved, per cent\n"
            f"{births_of_counties().to_string(index=False)}"
        )
    history = generated(2500, range(2016, 2026), range(13))
    started, busy = time.perf_counter(), time.process_time()
    found = enrolment_forecast(history, years=10)
    ours, busy = time.perf_counter() - started, time.process_time() - busy
    started = time.perf_counter()
    plain_ratios(found.arrays.data, 10)
    plain = time.perf_counter() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / MIB
    print(
        f"\n2,500 generated schools x 13 grades x 10 years: ours {ours:.2f} s with bands"
        f" ({busy:.2f} s of processor,"
        f" target 5), plain ratios {plain:.2f} s without; peak of this process {peak:,.0f} MiB;"
        f" load {os.getloadavg()[0]:.1f}"
    )


if __name__ == "__main__":
    sys.exit(main())
