"""How long a scenario takes: all of it, one lever, four side by side; 4,000 people and 5,400.

    python -m tests.benchmarks.scenario [--runs N]

Of two synthetic cities: the sample city, and the same one without its PPPK paruh waktu, which is
the size the target is set for (4,000 people, ten years, everything computed anew in under 1 s).

Facts (the exit model and the outlook of pupils) are learnt before the clock starts, and told apart.
Beside it: the same chain without keeping stages (everything computed anew for every lever), and a
plain chain of pandas frames as a workbook would have it, one row per person and year and one per
school, grade and year: law, mean exit rates, pay by look-up, rombel. That one gives staff, pay and
class teachers only: no bands, no posts, no plan, no gauge; it is timed for scale. The two must
agree where they overlap: how far their staff is apart is told.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from analytics import scenario_facts
from analytics.__main__ import main as command
from analytics.pay_law import PART_TIME
from analytics.retirement import retirement_dates
from analytics.scenario import Scenario
from analytics.scenario_compare import compare
from analytics.scenario_facts import Facts
from analytics.scenario_presets import presets
from analytics.scenario_run import run
from analytics.scenario_stages import Stages

MOVED: dict[str, tuple[str, object]] = {
    "retirement age": ("law.proposal", "plus_1"),
    "early exits": ("exits.factor/aps", 1.5),
    "births": ("pupils.births_factor", 0.8),
    "class size": ("need.class_size/SD", 30),
    "lead time": ("option.lead_months/cpns", 24),
    "pay raise": ("pay.yearly_raise_share", 0.05),
    "APBD growth": ("budget.growth_share", 0.03),
    "replacement ratio": ("plan.replacement_ratio", 0.5),
}


Taken = list[tuple[float, float]]


def seconds(work: Callable[[], object], before: Callable[[], object], runs: int) -> Taken:
    """Wall clock and processor seconds of some runs, each after ``before``."""
    taken = []
    for _ in range(runs):
        before()
        start, worked = time.perf_counter(), time.process_time()
        work()
        taken.append((time.perf_counter() - start, time.process_time() - worked))
    return taken


def without_part_time(facts: Facts) -> Facts:
    """The same city without its PPPK paruh waktu: some 4,000 people, schools and pupils as many."""
    stored = facts.stored
    people = stored.people.loc[stored.people["employment"] != PART_TIME].reset_index(drop=True)
    listed = stored.school_teachers
    listed = listed.loc[listed["nip"].isna() | listed["nip"].isin(people["nip"])]
    smaller = replace(stored, people=people, school_teachers=listed.reset_index(drop=True))
    return scenario_facts.learnt(smaller, facts.model, facts.outlook)


def plain_chain(facts: Facts, told: Scenario) -> pd.DataFrame:
    """The chain as a workbook would have it: one row per person and year, one per class."""
    first = facts.as_of.year
    dates = retirement_dates(facts.people, facts.rulebook, facts.as_of)
    people = facts.posted.assign(retires_on=dates["retires_on"], key=1)
    years = pd.DataFrame({"year": range(first, first + told.years + 1), "key": 1})
    rows = people.merge(years, on="key")
    ends = pd.to_datetime(rows["year"].astype(str) + "-12-31")
    rows["is_due"] = rows["retires_on"] <= ends
    usual = facts.rulebook.exit_rates.loc[lambda table: table["employment"].isin(["*", "PNS"])]
    age = rows["year"] - rows["birth_date"].dt.year
    rate = pd.Series(0.0, index=rows.index)
    for row in usual.itertuples():
        alike = True if row.sex == "*" else rows["sex"] == row.sex
        rate += row.rate_mid * (age.between(row.age_from, row.age_to) & alike)
    share = np.where(rows["year"] == first, (13 - facts.as_of.month) / 12, 1.0)
    rows["stays"] = np.where(rows["is_due"], 0.0, 1 - rate * share)
    rows["present"] = rows.groupby("nip")["stays"].cumprod()
    table = facts.rulebook.salaries.sort_values("effective_from")
    table = table.drop_duplicates(["grade", "mkg_years"], keep="last")
    served = rows["service_years"].fillna(0).astype(int) + rows["year"] - first
    rows["mkg_years"] = (served // 2 * 2).clip(0, 32)
    paid = rows.merge(
        table[["grade", "mkg_years", "idr"]],
        left_on=["golongan", "mkg_years"], right_on=["grade", "mkg_years"], how="left",
    )  # fmt: skip
    monthly = paid["idr"].fillna(paid["idr"].median()) * 1.14
    paid["yearly_idr"] = monthly * 14 * paid["present"]
    sums = paid.groupby("year")[["present", "yearly_idr"]].sum()
    cells = Stages(facts).cells(told)
    most = cells["level"].map({"SD": 28, "SMP": 32, "TK": 15})
    cells = cells.assign(rombel=np.ceil(cells["pupil_count"].round() / most))
    classes = cells.groupby("school_year")["rombel"].sum()
    return sums.assign(rombel=classes.reindex(sums.index))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    asked = parser.parse_args()
    print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores, {asked.runs} runs, medians")
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made) / "data"
        command(["init", "--demo", "--data", str(folder)])
        line("facts, learnt once", seconds(lambda: scenario_facts.facts(folder), lambda: None, 1))
        facts = scenario_facts.facts(folder)
        line(
            "facts, the exit model kept",
            seconds(lambda: scenario_facts.facts(folder), lambda: None, 1),
        )
        for city in (without_part_time(facts), facts):
            measure(city, asked.runs)


def measure(facts: Facts, runs: int) -> None:
    """Every line of the benchmark."""
    stages = Stages(facts)
    chosen = presets()
    base = chosen["zero_growth"]
    run(base, stages)
    size = f"{len(facts.people)} people x {base.years + 1} years, {len(facts.schools)} schools"
    print(f"\n{size} (synthetic)")
    for name, told in chosen.items():
        line(f"full run, {name}", seconds(lambda told=told: run(told, stages), stages.forget, runs))
    for name, (key, value) in MOVED.items():
        moved = base.moved(key, value)

        def ready(told: Scenario = base) -> None:
            stages.forget()
            run(told, stages)

        line(f"one lever: {name}", seconds(lambda told=moved: run(told, stages), ready, runs))
    four = [chosen[name] for name in ("do_nothing", "zero_growth", "teachers_first", "cpns_only")]
    line("compare of four", seconds(lambda: compare(four, stages), stages.forget, runs))
    line(
        "rival, nothing kept: compare of four",
        seconds(lambda: [run(one, Stages(facts)) for one in four], lambda: None, runs),
    )
    line(
        "rival, plain pandas (staff, pay, rombel only)",
        seconds(lambda: plain_chain(facts, base), lambda: None, runs),
    )
    ours = run(chosen["do_nothing"], stages).tables["staff"].set_index("year")["end_count"]
    theirs = plain_chain(facts, base)["present"].reindex(ours.index)
    apart = float((theirs / ours - 1).abs().max())
    print(f"staff by the plain chain differs by at most {apart:.1%}")


def line(name: str, taken: Taken) -> None:
    """One line: median and range of the clock, median of the processor."""
    wall, worked = ([each[at] for each in taken] for at in (0, 1))
    middle, own = statistics.median(wall), statistics.median(worked)
    print(f"{name:45s} {middle:7.3f} s ({min(wall):.3f}-{max(wall):.3f}), processor {own:.3f} s")


if __name__ == "__main__":
    main()
