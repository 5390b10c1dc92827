"""How long whole distributions of leavers and staff take, beside simulating people, in one run.

    python -m tests.benchmarks.projection [PEOPLE ...] [--runs N]

The same generated people, hazards, groups and good and bad years for all: once by Estafet (the
whole distribution of leavers and of staff by 500 groups and in total, every year), once by plain
numpy drawing every person every year, once by the package ``neworder`` doing the same. A
simulation needs hundreds of runs for a band; it is timed for as many as asked and its seconds are
those of all its runs. Each way has a process of its own; making the people is not in the seconds;
peak memory is that of the whole process. Means and quantiles must agree within simulation error.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import resource
import subprocess
import sys
import time
import warnings
from collections.abc import Iterator

import numpy as np

from analytics.exact_sums import YearEffect, leaver_distribution, staff_distribution

SIZES = {60_000: 400, 5_000_000: 3}
AIMS = {60_000: (2.0, None), 5_000_000: (30.0, 4096)}
YEARS, GROUPS = 10, 500
EFFECT = YearEffect(0.3, 0.4)
SHARES = (0.1, 0.5, 0.9)
LOOKED_AT = (0, 4, 9)


def people(count: int) -> tuple[np.ndarray, np.ndarray]:
    """Generated staff: hazards ``(person, year)``, 1 from the year of retirement, and groups."""
    luck = np.random.default_rng(2026)
    age = luck.integers(22, 60, count, dtype=np.int32)
    frailty = luck.choice(np.array([0.5, 1.0, 2.0]), count)
    hazards = np.empty((count, YEARS))
    for year in range(YEARS):
        # Young people resign and move, old ones die and go early; everybody goes at 60.
        now = age + year
        rate = 0.004 + 0.02 * np.exp(-(now - 22) / 8) + 0.015 * np.exp((now - 59) / 5)
        hazards[:, year] = np.where(now >= 59, 1.0, rate * frailty)
    return hazards, luck.integers(0, GROUPS, count, dtype=np.int32)


def by_estafet(hazards: np.ndarray, groups: np.ndarray, runs: int) -> dict[str, list[float]]:
    """Our own functions; ``runs`` means nothing to them."""
    del runs
    answer = {}
    for name, law in (("leavers", leaver_distribution), ("staff", staff_distribution)):
        found = law(hazards, groups, EFFECT)
        answer[f"{name} mean"] = found.total.mean[0, LOOKED_AT].tolist()
        for share in SHARES:
            total = found.total.quantile(share)[0, LOOKED_AT]
            answer[f"{name} total p{share:.0%}"] = total.tolist()
            each = found.quantile(share)[:, LOOKED_AT]
            answer[f"{name} groups p{share:.0%}"] = each.mean(axis=0).tolist()
    return answer


def paths(runs: int) -> Iterator[np.ndarray]:
    """Multipliers of the years, one array per run, the same for every simulation."""
    luck = np.random.default_rng(7)
    covariance = EFFECT.covariance(np.arange(YEARS))
    root = np.linalg.cholesky(covariance)
    for _ in range(runs):
        yield np.exp(root @ luck.standard_normal(YEARS) - np.diag(covariance) / 2)


def exposures(hazards: np.ndarray) -> np.ndarray:
    """-log(1 - hazard), so large that nobody stays where it is 1."""
    return -np.log1p(-np.minimum(hazards, 1 - 1e-16))


def summed_up(leavers: np.ndarray, size: np.ndarray) -> dict[str, list[float]]:
    """The same figures as ours, from runs x groups x years."""
    answer = {}
    for name, counts in (
        ("leavers", leavers),
        ("staff", size[:, None] - np.cumsum(leavers, axis=-1)),
    ):
        total = counts.sum(axis=1)
        answer[f"{name} mean"] = total.mean(axis=0)[list(LOOKED_AT)].tolist()
        for share in SHARES:
            each = [
                np.quantile(values, share, axis=0, method="inverted_cdf")[..., LOOKED_AT]
                for values in (total, counts)
            ]
            answer[f"{name} total p{share:.0%}"] = each[0].tolist()
            answer[f"{name} groups p{share:.0%}"] = each[1].mean(axis=0).tolist()
    return answer


def by_numpy(hazards: np.ndarray, groups: np.ndarray, runs: int) -> dict[str, list[float]]:
    """Every person, every year, as a competent analyst would: only those still there are drawn."""
    luck = np.random.default_rng(11)
    risk = exposures(hazards)
    leavers = np.zeros((runs, GROUPS, YEARS), dtype=np.int32)
    for run, multiplier in enumerate(paths(runs)):
        here = np.arange(len(risk))
        for year in range(YEARS):
            chance = -np.expm1(-risk[here, year] * multiplier[year])
            goes = luck.random(len(here)) < chance
            leavers[run, :, year] = np.bincount(groups[here[goes]], minlength=GROUPS)
            here = here[~goes]
    return summed_up(leavers, np.bincount(groups, minlength=GROUPS))


def by_neworder(hazards: np.ndarray, groups: np.ndarray, runs: int) -> dict[str, list[float]]:
    """The same as a model of the microsimulation package, one model per run."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import neworder

    risk = exposures(hazards)
    leavers = np.zeros((runs, GROUPS, YEARS), dtype=np.int32)

    class Staffing(neworder.Model):
        def __init__(self, run: int, multiplier: np.ndarray) -> None:
            super().__init__(neworder.LinearTimeline(0, YEARS, YEARS), lambda: 1000 + run)
            self.run, self.multiplier = run, multiplier
            self.here = np.arange(len(risk))

        def step(self) -> None:
            year = self.timeline.index
            chance = -np.expm1(-risk[self.here, year] * self.multiplier[year])
            goes = self.mc.hazard(chance).astype(bool)
            leavers[self.run, :, year] = np.bincount(groups[self.here[goes]], minlength=GROUPS)
            self.here = self.here[~goes]

    for run, multiplier in enumerate(paths(runs)):
        neworder.run(Staffing(run, multiplier))
    return summed_up(leavers, np.bincount(groups, minlength=GROUPS))


WAYS = {"estafet": by_estafet, "numpy": by_numpy, "neworder": by_neworder}


def measured(way: str, count: int, runs: int) -> dict[str, object]:
    """Seconds and peak memory of one way in this process, and its figures."""
    hazards, groups = people(count)
    start, start_cpu = time.perf_counter(), time.process_time()
    figures = WAYS[way](hazards, groups, runs)
    seconds, cpu_seconds = time.perf_counter() - start, time.process_time() - start_cpu
    # On Linux ru_maxrss is in KiB.
    peak_mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {
        "seconds": seconds,
        "cpu_seconds": cpu_seconds,
        "peak_mib": peak_mib,
        "figures": figures,
    }


def disagreements(ours: dict, theirs: dict, runs: int) -> list[str]:
    """Figures further apart than four standard errors of the simulation, in words."""
    found = []
    for name in ("leavers", "staff"):
        low, middle, high = (np.array(ours[f"{name} total p{share:.0%}"]) for share in SHARES)
        # The steeper side of a skewed law: quantiles there are the less certain.
        sd = np.maximum(high - middle, middle - low) / 1.2816
        error = {"mean": sd / np.sqrt(runs)}
        if runs >= 100:
            # Standard error of a quantile: root of share (1 - share) / runs, over the density.
            error |= {
                f"total p{share:.0%}": 1.3 * np.sqrt(share * (1 - share) / runs) * sd / height
                for share, height in zip(SHARES, (0.1755, 0.3989, 0.1755), strict=True)
            }
        for figure, one in error.items():
            key = f"{name} {figure}"
            apart = np.abs(np.array(ours[key]) - np.array(theirs[key]))
            if (apart > 4 * one + 1).any():
                found.append(f"{key}: ours {ours[key]}, simulated {theirs[key]}")
        if runs >= 100:
            for share in SHARES:
                # The mean over 500 groups has hardly any error of its own but shares the years'.
                key = f"{name} groups p{share:.0%}"
                apart = np.abs(np.array(ours[key]) - np.array(theirs[key]))
                if (apart > 0.3 + 4 * error[f"total p{share:.0%}"] / GROUPS).any():
                    found.append(f"{key}: ours {ours[key]}, simulated {theirs[key]}")
    return found


def main() -> int:
    """Print the table; 1 when the ways disagree."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("people", nargs="*", type=int, default=list(SIZES))
    parser.add_argument("--runs", type=int, help="runs of each simulation")
    parser.add_argument("--only", choices=sorted(WAYS), help="one way, as JSON (used within)")
    wanted = parser.parse_args()
    if wanted.only:
        print(json.dumps(measured(wanted.only, wanted.people[0], wanted.runs)))
        return 0
    ways = list(WAYS)
    if importlib.util.find_spec("neworder") is None:
        ways.remove("neworder")
        print("neworder is absent and left out: pip install --no-deps --group bench-bare (C++)")
    print(f"{YEARS} years, {GROUPS} groups; load of the machine {os.getloadavg()[0]:.1f}")
    print(f"{'people':>10} {'way':<9} {'runs':>5} {'seconds':>8} {'CPU s':>7} {'peak MiB':>9}")
    agrees = True
    for count in wanted.people:
        runs = wanted.runs or SIZES.get(count, 100)
        rows = {}
        for way in ways:
            command = [sys.executable, "-m", __spec__.name, str(count)]
            command += ["--only", way, "--runs", str(runs)]
            done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
            row = rows[way] = json.loads(done.stdout.splitlines()[-1])
            shown = "exact" if way == "estafet" else runs
            print(
                f"{count:>10,} {way:<9} {shown:>5} {row['seconds']:>8.2f}"
                f" {row['cpu_seconds']:>7.2f} {row['peak_mib']:>9,.0f}",
                flush=True,
            )
        for way in ways[1:]:
            apart = disagreements(rows["estafet"]["figures"], rows[way]["figures"], runs)
            said = "same means" + (" and quantiles" if runs >= 100 else "")
            print(f"{'':>10} {way}: {'; '.join(apart) or f'{said} within simulation error'}")
            agrees &= not apart
        if count in AIMS:
            seconds, mib = AIMS[count]
            memory = f" and {mib:,} MiB" if mib else ""
            print(f"{'':>10} aim for ours: under {seconds:.0f} s{memory}")
    return 0 if agrees else 1


if __name__ == "__main__":
    sys.exit(main())
