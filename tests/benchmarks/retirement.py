"""How long retirement dates and the calendar take, beside plain pandas, in the same run.

    python -m tests.benchmarks.retirement [PEOPLE ...]

For each size: titles to roles, dates, and the calendar by year x unit x role, once by Estafet and
once as a competent analyst would write it in pandas. Each runs in a process of its own; making the
people is not in the seconds. Peak memory is that of the whole process: interpreter, libraries,
people and answer. CPU seconds are what is left when others use the machine too. Both must give the
same counts.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import time
from datetime import date

import numpy as np
import pandas as pd

from analytics import rules
from analytics.leaving import leaver_counts
from analytics.positions import position_roles
from analytics.retirement import retirement_dates

SIZES = (60_000, 5_000_000)
AS_OF = date(2026, 11, 1)
UNTIL_YEAR = 2045
PEOPLE_PER_UNIT = 200
AIM_SECONDS, AIM_MIB = 5.0, 2048

FUNCTIONAL = (
    *("Guru Kelas", "Guru Mata Pelajaran", "Guru BK", "Perawat", "Bidan", "Dokter", "Apoteker"),
    *("Arsiparis", "Pranata Komputer", "Auditor", "Analis Kebijakan", "Penyuluh Pertanian"),
    *("Pustakawan", "Perencana", "Pengawas Sekolah", "Nutrisionis", "Sanitarian", "Statistisi"),
)
GRADES = ("Ahli Pertama", "Ahli Muda", "Ahli Madya", "Ahli Utama")
SKILLS = ("Terampil", "Mahir", "Penyelia")
SKILLED = ("Perawat", "Bidan", "Arsiparis", "Pranata Komputer", "Nutrisionis", "Sanitarian")
OTHERS = (
    *("Kepala Sekolah", "Kepala Dinas Kesehatan", "Camat", "Lurah", "Kepala Bidang Mutasi"),
    *("Kepala Seksi Pemerintahan", "Kepala Sub Bagian Umum", "Pengadministrasi Perkantoran"),
    *("Penata Layanan Operasional", "Operator Layanan Operasional", "Penelaah Teknis Kebijakan"),
    *("Pengemudi", "Penjaga Sekolah", "Jabatan Belum Dipetakan"),
)


def people(count: int) -> pd.DataFrame:
    """Generated staff: ``birth_date``, ``position``, ``unit``; nobody real."""
    luck = np.random.default_rng(2026)
    titles = pd.array(
        [f"{name} {grade}" for name in FUNCTIONAL for grade in GRADES]
        + [f"{name} {skill}" for name in SKILLED for skill in SKILLS]
        + list(OTHERS),
        dtype="str",
    )
    units = pd.array(
        [f"Unit {n:05d}" for n in range(max(1, count // PEOPLE_PER_UNIT))], dtype="str"
    )
    first, last = np.datetime64("1962-01-01"), np.datetime64("2003-12-31")
    days = luck.integers(0, (last - first).astype(int), count, dtype=np.int32)
    return pd.DataFrame(
        {
            "birth_date": (first + days).astype("datetime64[us]"),
            "position": titles.take(luck.integers(0, len(titles), count, dtype=np.int32)),
            "unit": units.take(luck.integers(0, len(units), count, dtype=np.int32)),
        }
    )


def by_estafet(staff: pd.DataFrame) -> pd.DataFrame:
    """``year``, ``unit``, ``role_group``, ``leaver_count`` by our own functions."""
    book = rules.load()
    roles = position_roles(staff, book, as_categories=True)
    staff = staff.assign(role_group=roles["role_group"], jenjang=roles["jenjang"])
    del roles
    dates = retirement_dates(staff, book, AS_OF, with_rules=False)
    return leaver_counts(
        staff.assign(retires_on=dates["retires_on"]), AS_OF, UNTIL_YEAR, by=["unit", "role_group"]
    )


def by_pandas(staff: pd.DataFrame) -> pd.DataFrame:
    """The same by ``map``, ``DateOffset`` and ``groupby``, ages looked up beforehand."""
    book = rules.load()
    distinct = staff[["position"]].drop_duplicates()
    roles = distinct.join(position_roles(distinct, book)).set_index("position")
    ages = book.ages()
    ages = ages[
        (ages["effective_to"] >= pd.Timestamp(AS_OF)) & (ages["born_to"] >= "2003-12-31")
    ].set_index(["role_group", "jenjang"])["age_years"]
    pairs = pd.MultiIndex.from_frame(roles[["role_group", "jenjang"]])
    roles["age_years"] = ages.reindex(pairs).astype("float").to_numpy()
    staff = staff.assign(
        role_group=staff["position"].map(roles["role_group"]),
        age_years=staff["position"].map(roles["age_years"]),
    )
    retires_on = pd.Series(pd.NaT, index=staff.index, dtype="datetime64[us]")
    for age, group in staff.groupby("age_years")["birth_date"]:
        reached = group + pd.DateOffset(years=int(age))
        retires_on.loc[group.index] = reached + pd.offsets.MonthEnd(0) + pd.DateOffset(days=1)
    year = retires_on.dt.year.clip(lower=AS_OF.year)
    counts = (
        staff.assign(year=year)
        .dropna(subset="year")
        .groupby(["year", "unit", "role_group"])
        .size()
        .rename("leaver_count")
        .reset_index()
    )
    return counts[counts["year"] <= UNTIL_YEAR]


WAYS = {"estafet": by_estafet, "pandas": by_pandas}


def measured(way: str, count: int) -> dict[str, float | int]:
    """Seconds and peak memory of one way in this process, and a fingerprint of its counts."""
    staff = people(count)
    start, start_cpu = time.perf_counter(), time.process_time()
    counts = WAYS[way](staff)
    seconds, cpu_seconds = time.perf_counter() - start, time.process_time() - start_cpu
    # On Linux ru_maxrss is in KiB.
    peak_mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    counts = counts[counts["leaver_count"] > 0]
    key = (
        counts["year"].astype(int).astype("str")
        + "|"
        + counts["unit"].astype("str")
        + "|"
        + counts["role_group"].astype("str")
        + "|"
        + counts["leaver_count"].astype(int).astype("str")
    )
    fingerprint = int(pd.util.hash_array(key.to_numpy(dtype=object)).sum(dtype=np.uint64))
    return {
        "seconds": seconds,
        "cpu_seconds": cpu_seconds,
        "peak_mib": peak_mib,
        "leavers": int(counts["leaver_count"].sum()),
        "cells": len(counts),
        "fingerprint": fingerprint,
    }


def main() -> int:
    """Print the table; 1 when the two ways disagree."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("people", nargs="*", type=int, default=list(SIZES))
    parser.add_argument("--only", choices=sorted(WAYS), help="one way, as JSON (used within)")
    wanted = parser.parse_args()
    if wanted.only:
        print(json.dumps(measured(wanted.only, wanted.people[0])))
        return 0
    heads = f"{'people':>10} {'way':<8} {'seconds':>8} {'CPU s':>6} {'peak MiB':>9}"
    print(f"{heads} {'leavers':>10} {'cells':>9}")
    agrees = True
    for count in wanted.people:
        seen = set()
        for way in WAYS:
            command = [sys.executable, "-m", __spec__.name, str(count), "--only", way]
            done = subprocess.run(command, capture_output=True, text=True, check=True)
            row = json.loads(done.stdout)
            seen.add((row["fingerprint"], row["cells"], row["leavers"]))
            print(
                f"{count:>10,} {way:<8} {row['seconds']:>8.2f} {row['cpu_seconds']:>6.2f}"
                f" {row['peak_mib']:>9,.0f} {row['leavers']:>10,} {row['cells']:>9,}"
            )
        same = len(seen) == 1
        agrees &= same
        print(f"{'':>10} {'same counts' if same else 'THE COUNTS DIFFER'}")
    print(f"Aim for {SIZES[-1]:,} people: under {AIM_SECONDS:.0f} s and {AIM_MIB:,} MiB.")
    return 0 if agrees else 1


if __name__ == "__main__":
    sys.exit(main())
