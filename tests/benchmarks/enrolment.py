"""Enrolment forecast: error and coverage beside naive and plain ratios, and the time it takes.

``python -m tests.benchmarks.enrolment``. Real histories are used where they are at hand; the timed
one is generated and says so. Each figure stands beside its rivals of the same run.
"""

from __future__ import annotations

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


def main() -> None:
    histories = (
        (
            "Vermont K-6, supervisory unions as districts, origins from 2011",
            SHARED / "us_vermont_2004_2019",
            lambda: enrolment_backtest(vermont(), years=5, first_origin=2011),
        ),
        (
            "New Jersey K-12, municipalities as districts, origins from 2013",
            SHARED / "us_new_jersey_2012_2017",
            lambda: enrolment_backtest(new_jersey(), years=4, first_origin=2013),
        ),
    )
    for name, folder, judged in histories:
        if not folder.exists():
            print(f"{name}: the data is not here, skipped")
            continue
        table = judged()
        print(f"\n{name}\n{printed(table[table['size'] == 'all'])}")
    history = generated(2500, range(2016, 2026), range(13))
    started = time.perf_counter()
    found = enrolment_forecast(history, years=10)
    ours = time.perf_counter() - started
    started = time.perf_counter()
    plain_ratios(found.arrays.data, 10)
    plain = time.perf_counter() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / MIB
    print(
        f"\n2,500 generated schools x 13 grades x 10 years: ours {ours:.2f} s with bands"
        f" (target 5), plain ratios {plain:.2f} s without; peak of this process {peak:,.0f} MiB"
    )


if __name__ == "__main__":
    sys.exit(main())
