"""Regrouping: time and proven gap on real kabupaten and dense inventions, beside spopt.

``python -m tests.benchmarks.regrouping [--only-ours] [--families NAME ...] [--seeds 0 1]``.
Lists of schools as they are, where they are at hand; where a list has no pupils they are invented
and the line says so. Pupils known only in total are spread evenly. Every plan is checked by the
independent verifier. The rival is the nearest model of PySAL: the capacitated p-median of spopt,
told how many schools we keep open. ``--families`` tells the hard families of these names alone.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd

from analytics import rules
from analytics.export import csv_bytes
from analytics.regrouping import Prepared, RegroupingPlan, prepared, regrouping_plan
from analytics.regrouping_arcs import solved_by_arcs
from analytics.regrouping_limits import Limits
from analytics.regrouping_programme import plan_cost, sent, strengthened
from analytics.regrouping_rules import usual_prices
from analytics.teachers import evenly_by_grade
from tests.benchmarks.regrouping_families import EVERYBODY, FAMILIES, Family, district
from tests.verified_regrouping import Asked, verified

SHARED = Path(__file__).resolve().parents[2].parent / "shared" / "data"
ON = date(2026, 7, 1)
MAX_KM, DETOUR = 3.0, 1.3
SMALL, EVERY = 120, 10**6
# Seconds the bars allow: schools under 120 are candidates, all are, dense inventions.
ALLOWED = {SMALL: 10.0, EVERY: 60.0}
DENSE_ALLOWED = 30.0
RIVAL_SECONDS = 60
COLUMNS = ["npsn", "name", "kecamatan", "lat", "lon", "rooms", "pupils"]
WITHOUT_PUPILS = ("Kab. Madiun", "Kota Palangka Raya", "Kab. Bandung", "Kab. Garut", "Kab. Malang")


def banjar() -> Iterator[tuple[str, pd.DataFrame]]:
    rows = pd.read_csv(SHARED / "id_banjar_2023_2025" / "schools_by_year.csv", dtype={"npsn": str})
    rows = rows[(rows["tahun"] == 2025) & (rows["bentuk"] == "SD")].drop_duplicates("npsn")
    names = {"nama": "name", "lat2019": "lat", "lon2019": "lon", "r_kelas": "rooms", "pd": "pupils"}
    yield "Kab. Banjar", rows.rename(columns=names)[COLUMNS]


def six_cities() -> Iterator[tuple[str, pd.DataFrame]]:
    rows = pd.read_csv(
        SHARED / "id_dapodik_6cities_2025" / "schools_pupils_teachers.csv", dtype={"npsn": str}
    )
    rows = rows[rows["bentuk_pendidikan"] == "SD"].drop_duplicates("npsn")
    names = {
        "nama": "name", "lat2019": "lat", "lon2019": "lon", "ruang_kelas": "rooms",
        "peserta_didik_total": "pupils",
    }  # fmt: skip
    for place, own in rows.rename(columns=names).groupby("kota_kabupaten"):
        yield str(place), own[COLUMNS]


def invented_pupils() -> Iterator[tuple[str, pd.DataFrame]]:
    """Real places of 2019 with invented pupils: log-normal, about three in ten under 120."""
    rows = pd.read_parquet(SHARED / "id_schools_2019_nationwide" / "schools_2019.parquet")
    rows = rows[rows["bentuk"] == "SD"].drop_duplicates("npsn").rename(columns={"nama": "name"})
    for place in WITHOUT_PUPILS:
        own = rows[rows["kabupaten_kota"] == place]
        luck = np.random.default_rng(1)
        pupils = np.rint(luck.lognormal(5.1, 0.6, len(own))).astype(int)
        rooms = np.maximum(6, 6 * -(-pupils // (6 * 28)) + luck.integers(0, 3, len(own)))
        yield f"{place} *", own.assign(pupils=pupils, rooms=rooms)[COLUMNS]


def dense(count: int, side_km: float) -> pd.DataFrame:
    """Invented: schools at random in a square, every grade with its own pupils."""
    luck = np.random.default_rng(0)
    pupils = np.clip(np.rint(luck.lognormal(4.6, 0.6, count)), 12, 700).astype(int)
    by_grade = np.array([luck.multinomial(one, np.ones(6) / 6) for one in pupils])
    table = pd.DataFrame(
        {
            "npsn": [f"S{at:05d}" for at in range(count)], "name": "", "kecamatan": "K",
            "lat": -7.5 + luck.uniform(0, side_km / 111.2, count),
            "lon": 111 + luck.uniform(0, side_km / 111.2, count),
            "rooms": (-(-by_grade // 28)).sum(axis=1) + luck.integers(0, 5, count),
        }
    )  # fmt: skip
    return table.assign(**{f"g{grade + 1}": by_grade[:, grade] for grade in range(6)})


def solved(table: pd.DataFrame, few: int, seconds: float) -> tuple[RegroupingPlan, float]:
    """Our plan, and the seconds until the first one stood."""
    schools = table.rename(
        columns={"lat": "latitude", "lon": "longitude", "rooms": "classroom_count"}
    ).assign(level="SD")
    if "g1" in table:
        pupils = table.set_index("npsn")[[f"g{grade}" for grade in range(1, 7)]]
        pupils.columns = range(1, 7)
    else:
        totals = table[["npsn", "pupils"]].rename(columns={"pupils": "pupil_count"})
        even = evenly_by_grade(totals.assign(level="SD", school_year=0))
        pupils = even.pivot(index="npsn", columns="grade", values="pupil_count")
    small = pupils.sum(axis=1) < few
    limits = Limits(max_km=MAX_KM, detour=DETOUR)
    asked = prepared(schools, pupils, small, limits, usual_prices(ON), rules.load(), ON)
    first: list[float] = []
    started = time.perf_counter()
    plan = regrouping_plan(
        asked, seconds=seconds, told=lambda _: first.append(time.perf_counter() - started)
    )
    return plan, first[0]


def judged(name: str, table: pd.DataFrame, few: int, seconds: float) -> RegroupingPlan:
    before = time.process_time()
    plan, first = solved(table, few, seconds)
    spent = time.process_time() - before
    with tempfile.TemporaryDirectory() as folder:
        schools, out = Path(folder) / "S.csv", Path(folder) / "plan.csv"
        table.to_csv(schools, index=False)
        out.write_bytes(csv_bytes(plan.table))
        objective, broken = verified(schools, out, Asked(max_km=MAX_KM, min_pupils=few))
    exact = abs(objective - plan.solution.objective) <= 1e-6 * max(objective, 1.0)
    state = "ok" if exact and not broken else f"BROKEN {broken[:2]}"
    programme, solution = plan.prepared.programme, plan.solution
    print(
        f"{name:24} {'all' if few == EVERY else f'<{few}':>5} {programme.school_count:7}"
        f" {int(plan.prepared.schools['is_candidate'].sum()):6}"
        f" {int((plan.table['action'] == 'merge').sum()):6}"
        f" {1 - solution.objective / plan.cost_all_open:7.1%} {first:7.2f}"
        f" {solution.seconds:7.2f} {spent:7.2f} {100 * solution.gap:9.5f} {state}",
        flush=True,
    )
    return plan


def beside_spopt(count: int) -> None:
    """The same schools as a capacitated p-median: no rombel, no limit, the number told."""
    table = dense(count, 20.0 * (count / 250) ** 0.5)
    plan, _ = solved(table, EVERY, DENSE_ALLOWED)
    solution = plan.solution
    print(
        f"\n{count} invented schools, all candidates\n  ours   {solution.seconds:7.2f} s, gap"
        f" {100 * solution.gap:.4f} %, farthest {solution.km.max():.2f} km"
    )
    try:
        import pulp
        from spopt.locate import PMedian
    except ImportError:
        print("  spopt is not installed (pip install --group bench): no rival in this run")
        return
    km = np.nan_to_num(plan.prepared.km, nan=0.0)
    pupils = plan.prepared.programme.pupils.sum(axis=1)
    rooms = plan.prepared.schools["rooms_counted"].to_numpy()
    open_count = int((plan.table["action"] == "open").sum())
    started = time.perf_counter()
    rival = PMedian.from_cost_matrix(
        km, pupils, p_facilities=open_count, facility_capacities=rooms * 28
    )
    try:
        rival = rival.solve(pulp.PULP_CBC_CMD(msg=False, timeLimit=RIVAL_SECONDS, threads=1))
    except RuntimeError as error:
        print(f"  spopt  no plan: {error}")
        return
    spent = time.perf_counter() - started
    walks = [
        km[client, site]
        for site, clients in enumerate(rival.fac2cli)
        for client in clients
        if client != site
    ]
    print(
        f"  spopt  {spent:7.2f} s (limit {RIVAL_SECONDS} s), {open_count} open as told, farthest"
        f" {max(walks, default=0.0):.2f} km, {sum(one > MAX_KM for one in walks)} beyond"
        f" {MAX_KM:g} km"
    )


def hard(family: Family, seed: int, *, only_ours: bool) -> None:
    """One invented district: ours beside the same programme over single merges in plain HiGHS."""
    table = district(family, seed)
    schools = table.rename(
        columns={"lat": "latitude", "lon": "longitude", "rooms": "classroom_count"}
    )
    grades = [name for name in table if name.startswith("g")]
    pupils = table.set_index("npsn")[grades].rename(columns=lambda name: int(name[1:]))
    limits = Limits(
        max_km=family.max_km, detour=DETOUR, same="kecamatan" if family.kecamatan else ""
    )
    small = pupils.sum(axis=1) < family.few
    asked = prepared(schools, pupils, small, limits, family.prices, rules.load(), ON)
    plan = regrouping_plan(asked, seconds=DENSE_ALLOWED)
    with tempfile.TemporaryDirectory() as folder:
        file, out = Path(folder) / "S.csv", Path(folder) / "plan.csv"
        table.to_csv(file, index=False)
        out.write_bytes(csv_bytes(plan.table))
        prices = family.prices
        objective, broken = verified(
            file, out,
            Asked(
                max_km=family.max_km, min_pupils=family.few, cost_open=prices.open_school,
                cost_rombel=prices.rombel, cost_pupil_km=prices.pupil_km,
                ceiling=32 if family.level == "SMP" else 28, same=limits.same,
            ),
        )  # fmt: skip
    exact = abs(objective - plan.solution.objective) <= 1e-6 * max(objective, 1.0)
    print(
        f"{family.name:24} {_who(family.few):>5} {seed:4} {len(table):7}"
        f" {plan.solution.objective:11.1f} {100 * plan.solution.gap:9.4f}"
        f" {plan.solution.seconds:7.2f}{'' if only_ours else _plain(asked, len(table))}"
        f" {'ok' if exact and not broken else f'BROKEN {broken[:2]}'}",
        flush=True,
    )


def _plain(asked: Prepared, count: int) -> str:
    programme = strengthened(asked.programme)
    started = time.perf_counter()
    plain = solved_by_arcs(
        programme, np.zeros(count), DENSE_ALLOWED, 1e-4 * programme.cost_all_open
    )
    spent = time.perf_counter() - started
    cost = plan_cost(programme, *sent(programme, plain.arc))
    gap = 1 - (programme.cost_all_open - plain.high) / cost
    return f" {cost:12.1f} {100 * gap:9.4f} {spent:7.2f}"


def _who(few: int) -> str:
    return "all" if few == EVERYBODY else f"<{few}"


def hard_families(asked: argparse.Namespace) -> None:
    """Every hard family, or those asked for."""
    rival = "" if asked.only_ours else f" {'million Rp':>12} {'gap %':>9} {'s':>7}"
    print(
        f"\nhard families (invented), {DENSE_ALLOWED:g} s each, ours"
        f"{'' if asked.only_ours else ' | single merges in plain HiGHS'};"
        f" load {os.getloadavg()[0]:.1f}\n{'family':24} {'who':>5} {'seed':>4} {'schools':>7}"
        f" {'million Rp':>11} {'gap %':>9} {'s':>7}{rival} verified"
    )
    for family in FAMILIES:
        for seed in asked.seeds:
            if not asked.families or family.name in asked.families:
                hard(family, seed, only_ours=asked.only_ours)


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--only-ours", action="store_true", help="no rival")
    names = sorted({family.name for family in FAMILIES})
    parser.add_argument("--families", nargs="+", choices=names, help="these hard families alone")
    parser.add_argument("--seeds", nargs="+", type=int, default=[0], help="of the hard families")
    asked = parser.parse_args()
    if asked.families:
        hard_families(asked)
        return
    real_and_dense(only_ours=asked.only_ours)
    hard_families(asked)
    for count in () if asked.only_ours else (60, 250):
        beside_spopt(count)


def real_and_dense(*, only_ours: bool) -> None:
    """Real places and dense inventions, each with few candidates and with all."""
    load = os.getloadavg()[0]
    print(f"{MAX_KM:g} km, straight line x {DETOUR:g}; load {load:.1f} on {os.cpu_count()} cores")
    print(
        f"{'place':24} {'who':>5} {'schools':>7} {'cand.':>6} {'merges':>6} {'saved':>7}"
        f" {'first s':>7} {'s':>7} {'cpu s':>7} {'gap %':>9} verified"
    )
    for folder, lists in (
        ("id_banjar_2023_2025", banjar),
        ("id_dapodik_6cities_2025", six_cities),
        ("id_schools_2019_nationwide", invented_pupils),
    ):
        if not (SHARED / folder).exists():
            print(f"{folder}: the data is not here, skipped")
            continue
        for name, table in lists():
            for few, seconds in ALLOWED.items():
                judged(name, table, few, seconds)
    for count, side_km in ((250, 20.0), (250, 12.0), (1000, 23.0)):
        for few in ALLOWED:
            plan = judged(
                f"dense {count}, {side_km:g} km *", dense(count, side_km), few, DENSE_ALLOWED
            )
            if few == EVERY and not only_ours:
                rival = _plain(plan.prepared, count)
                print(f"{'  single merges in plain HiGHS':44}{rival}  (cost, gap %, s)")
    print("* invented pupils or schools")


if __name__ == "__main__":
    main()
