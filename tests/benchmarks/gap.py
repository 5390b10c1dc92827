"""How long the gap of posts takes, beside plain pandas with the same answer, in one run.

    python -m tests.benchmarks.gap [--people N] [--units N] [--years N]

The same generated people (with their projection), units and needs for both: once by Estafet, once
by frames merged and grouped as a competent analyst would. Both give need, supply, deficit and
surplus by role and year, which must agree. The projection itself is not in the seconds; bands are
told apart, since the rival has none.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable
from datetime import date

import numpy as np
import pandas as pd

from analytics import replacement
from analytics.posts_needed import CELL, Needs, no_needs
from analytics.projection import Projection, projection
from analytics.replacement import GapChoice

AS_OF = date(2026, 7, 1)
POSTS = (
    *(("guru", f"guru_mapel:{subject}") for subject in range(12)),
    *((role, role) for role in ("pelaksana", "nakes", "dokter", "jf_keahlian", "pengawas")),
)
REPEATS = 5


def world(people: int, units: int, years: int) -> tuple[Projection, Needs]:
    """Generated staff, projected, and what is needed: by ABK in most units, else the complement."""
    luck = np.random.default_rng(2026)
    post = luck.integers(0, len(POSTS), people)
    unit = luck.integers(0, units, people)
    retires = pd.Timestamp(AS_OF) + pd.to_timedelta(luck.integers(0, 30 * 365, people), unit="D")
    frame = pd.DataFrame(
        {
            "unit_id": [f"u{number:04d}" for number in unit],
            "role_group": [POSTS[at][0] for at in post],
            "post": [POSTS[at][1] for at in post],
            "employment": luck.choice(["PNS", "PPPK", "PPPK_PW"], people, p=[0.7, 0.2, 0.1]),
            "retires_on": retires.astype("datetime64[us]"),
            "contract_ends_on": pd.NaT,
            "is_on_duty": luck.random(people) < 0.99,
        }
    )
    hazards = {"meninggal": np.full((people, years + 1), 0.004)}
    found = projection(frame, AS_OF, years, hazards, cells=(*CELL, "employment"))
    cells = frame[list(CELL)].drop_duplicates()
    cells = cells.loc[luck.random(len(cells)) < 0.8]
    needed = luck.integers(0, 8, len(cells)).astype("float64")
    sheets = cells.assign(year=2026, needed_count=needed, needed_fte=needed)
    return found, Needs(no_needs(year=True), abk=sheets.reset_index(drop=True))


def by_estafet(found: Projection, needs: Needs) -> pd.DataFrame:
    """Our own functions."""
    kept = GapChoice(keep_teachers=True)
    return replacement.gap(found, needs, choice=kept).deficit_surplus(["role_group"])


def by_pandas(found: Projection, needs: Needs) -> pd.DataFrame:
    """Frames merged and grouped, one row per cell and year."""
    staff = found.staff([*CELL, "employment"], "year")
    staff = staff.loc[staff["employment"] != replacement.PART_TIME]
    supply = staff.groupby([*CELL, "year"], as_index=False)["on_duty_count"].sum()
    start = found.cells.assign(start=found.duty_start)
    start = start.loc[start["employment"] != replacement.PART_TIME]
    start = start.groupby(list(CELL), as_index=False)["start"].sum()
    keys = pd.concat([start[list(CELL)], needs.abk[list(CELL)]]).drop_duplicates()
    years = pd.DataFrame({"year": found.months.years})
    table = keys.merge(years, how="cross").merge(supply, on=[*CELL, "year"], how="left")
    table = table.merge(needs.abk[[*CELL, "needed_count"]], on=list(CELL), how="left")
    table = table.merge(start, on=list(CELL), how="left").fillna({"on_duty_count": 0.0})
    need = table["needed_count"].fillna(table["start"].where(table["start"] > 0))
    gap = (need - table["on_duty_count"]).fillna(0.0)
    table = table.assign(
        needed_count=need.fillna(0.0),
        supply_count=table["on_duty_count"].where(need.notna(), 0.0),
        deficit_count=gap.clip(lower=0),
        surplus_count=(-gap).clip(lower=0),
    )
    columns = ["needed_count", "supply_count", "deficit_count", "surplus_count"]
    return table.groupby(["role_group", "year"], as_index=False)[columns].sum()


def seconds(call: Callable[[], object]) -> float:
    """The median of some calls."""
    taken = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        call()
        taken.append(time.perf_counter() - start)
    return float(np.median(taken))


def main() -> None:
    """Time both and print one line each."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--people", type=int, default=4_000)
    parser.add_argument("--units", type=int, default=250)
    parser.add_argument("--years", type=int, default=10)
    asked = parser.parse_args()
    found, needs = world(asked.people, asked.units, asked.years)
    ours, theirs = by_estafet(found, needs), by_pandas(found, needs)
    for column in ("needed_count", "supply_count", "deficit_count", "surplus_count"):
        assert np.allclose(ours[column], theirs[column]), column
    gap = replacement.gap(found, needs)
    print(f"{asked.people} people, {asked.units} units, {len(gap.cells)} posts, "
          f"{len(gap.years)} years; load {os.getloadavg()[0]:.1f}; both agree")  # fmt: skip
    print(f"estafet        {seconds(lambda: by_estafet(found, needs)):.3f} s")
    print(f"plain pandas   {seconds(lambda: by_pandas(found, needs)):.3f} s")
    print(f"band in total  {seconds(lambda: gap.table(())):.3f} s")
    print(f"band by unit   {seconds(lambda: gap.table(('unit_id',))):.3f} s")


if __name__ == "__main__":
    main()
