"""How long the pay of a whole roster takes over the years, beside a plain loop, in one run.

    python -m tests.benchmarks.pay [--people N] [--years N] [--runs N]

People of the sample city, so many of them as asked. Once by Estafet (every part of the pay of
everybody in every year, promotions and raises included, family and certificates as the rules
assume), once by the plain second working-out that the tests trust (``tests/verified_pay.py``), for
a hundred people and scaled up. Making the people is not in the seconds. The load of the machine
stands beside them: with others at work, seconds say little.
"""

from __future__ import annotations

import argparse
import os
import time

import numpy as np
import pandas as pd

from analytics import demo, rules
from analytics.pay_law import PayChoice
from analytics.pay_path import pay_path
from analytics.retirement import retirements
from tests import verified_pay

AIM_SECONDS = 0.05
SAMPLE = 100


def staff(count: int) -> pd.DataFrame:
    """So many ASN of the sample city, repeated where it has fewer."""
    city = demo.city()
    people = retirements(city.people, rules.load(), city.as_of)
    people = people[people["employment"] != "PPPK_PW"]
    return people.iloc[np.arange(count) % len(people)].reset_index(drop=True)


def main() -> None:
    """Print seconds of both."""
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    asked.add_argument("--people", type=int, default=4_000)
    asked.add_argument("--years", type=int, default=10)
    asked.add_argument("--runs", type=int, default=15)
    told = asked.parse_args()
    book, people, on = rules.load(), staff(told.people), demo.CALIBRATED_ON
    seconds, processor = [], []
    for run in range(told.runs):
        # Another choice each time: nothing of the law is left over from the run before.
        choice = PayChoice(spouse_share=0.5 + run / 1000)
        start, used = time.perf_counter(), time.process_time()
        pay_path(people, on, told.years, book, choice)
        processor.append(time.process_time() - used)
        seconds.append(time.perf_counter() - start)
    sample = people.head(SAMPLE).assign(months=120, in_grade=10, is_teacher=False)
    sample = sample.assign(golongan="III/a", employment="PNS", education_level="S-1")
    start = time.perf_counter()
    for person in sample.to_dict("records"):
        for year in range(on.year, on.year + told.years + 1):
            verified_pay.yearly_cost(person, on, year)
    plain = (time.perf_counter() - start) / SAMPLE * told.people
    load = os.getloadavg()[0]
    print(
        f"{told.people} people, {told.years + 1} years; load {load:.1f} on {os.cpu_count()} cores"
    )
    print(
        f"Estafet     {1000 * np.median(seconds):15.1f} ms median, {1000 * min(seconds):.1f} best,"
        f" {1000 * np.median(processor):.1f} of the processor (aim {1000 * AIM_SECONDS:.0f} ms)"
    )
    print(f"plain loop  {1000 * plain:15.1f} ms, scaled up from {SAMPLE} people")


if __name__ == "__main__":
    main()
