"""How good the forecast of exits is for employers of many kinds, beside its rivals, in one run.

    python -m tests.benchmarks.exit_kinds [--employers 20] [--kinds calm falling ...] [--priors]

Employers are made up: people of all ages, chances to leave by age, service and sex, years that are
good or bad, and what each kind is named after. Each is watched, forecast once for five years as
``exits backtest`` does, and then lives through them. Told: the mean distance of the five-year total
(and its sign), the share of single years within P10-P90 (80 % is right), and how well who leaves
within a year is told from who stays (area under the ROC curve). The rivals, on the same people:
rates by single year of age of the last five years, and last year's rate.

``--priors`` tells ours alone with other beliefs of how far years swing before a history speaks, and
without a trend (docs/method.md chapter 18, eq. 321, eq. 323 and "Seberapa lebar pita seharusnya").
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from unittest.mock import patch

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

from analytics import exits_years
from analytics.exits_backtest import Judged, exits_backtest
from analytics.exits_rivals import AGE_RATES, LAST_YEAR

AHEAD, MANDATORY, FIRST = 5, 60, 2000
OURS = "estafet"
NAMES = {OURS: "", AGE_RATES: f"_{AGE_RATES}", LAST_YEAR: f"_{LAST_YEAR}"}


# Middle and spread of the logarithm of how far years swing: for bands, and for what is expected.
USED = "as used"
PRIORS = {
    USED: {},
    "expected (.35; .15)": {"_LEVEL_SD_MIDDLE": 0.35, "_LEVEL_SD_LOG_SPREAD": 0.15},
    "band (.35; .3)": {"_SD_MIDDLE": 0.35, "_SD_LOG_SPREAD": 0.3},
    "band (.3; .5)": {"_SD_MIDDLE": 0.3, "_SD_LOG_SPREAD": 0.5},
    "no trend": {
        "_DRIFT_GRID": np.array([0.0, 0.03, 0.06]),
        "_TREND_GRID": np.zeros(1),
    },
}


@dataclass(frozen=True)
class Kind:
    """An employer: size at the start, years watched, and how its years differ.

    ``sd``: of the logarithm of a year; ``persistence``: of what a year keeps of the one before;
    ``trend`` and ``growth``: by year, of the chance to leave and of the number employed.
    """

    size: int = 4_000
    watched: int = 12
    sd: float = 0.15
    persistence: float = 0.0
    trend: float = 0.0
    growth: float = 0.0


KINDS = {
    "no good or bad years": Kind(sd=0.0),
    "calm": Kind(sd=0.1),
    "usual": Kind(),
    "restless": Kind(sd=0.3),
    "wild": Kind(sd=0.5),
    "years that last": Kind(sd=0.3, persistence=0.7),
    "falling 3 % a year": Kind(sd=0.1, trend=-0.03),
    "rising 3 % a year": Kind(sd=0.1, trend=0.03),
    "growing 5 % a year": Kind(sd=0.1, growth=0.05),
    "shrinking 5 % a year": Kind(sd=0.1, growth=-0.05),
    "small": Kind(size=300),
    "short history": Kind(watched=4),
    "small, short history": Kind(size=300, watched=4),
}


def chance(age: np.ndarray, service: np.ndarray, is_woman: np.ndarray) -> np.ndarray:
    """Of leaving within a year of its own accord, before the mandatory age."""
    young = 0.05 * np.exp(-service / 4)
    old = 0.03 * np.exp((age - MANDATORY) / 3) * (1 + 0.5 * (service >= 20))
    mothers = 0.01 * is_woman * ((age >= 26) & (age <= 36))
    return np.asarray(0.006 + young + old + mothers)


def employer(kind: Kind, seed: int) -> pd.DataFrame:
    """Spells of an employer until ``AHEAD`` years after its forecast, who left hired anew."""
    dice = np.random.default_rng(seed)
    years = kind.watched + AHEAD
    birth = FIRST - dice.integers(22, MANDATORY, kind.size)
    start = np.minimum(FIRST - 1, birth + 22 + dice.integers(0, 12, kind.size))
    woman = dice.random(kind.size) < 0.5
    left = np.full(kind.size, 9999)
    good, size = 0.0, float(kind.size)
    for year in range(FIRST, FIRST + years):
        kept = kind.persistence
        good = kept * good + np.sqrt(1 - kept**2) * dice.normal(0, kind.sd)
        here, age = left == 9999, year - birth
        own = chance(age, year - start, woman) * (1 + kind.trend) ** (year - FIRST)
        goes = dice.random(len(birth)) < np.clip(own * np.exp(good - kind.sd**2 / 2), 0, 1)
        left = np.where(here & (goes | (age >= MANDATORY)), year, left)
        size *= 1 + kind.growth
        count = max(round(size) - int((left == 9999).sum()), 0)
        new = np.minimum(22 + dice.geometric(0.2, count), 45)
        birth, start = np.append(birth, year - new), np.append(start, np.full(count, year))
        woman = np.append(woman, dice.random(count) < 0.5)
        left = np.append(left, np.full(count, 9999))
    day = dice.integers(1, 29, (2, len(birth)))
    month = dice.integers(1, 13, len(birth))
    gone = left < 9999
    # Hired on the last day of a year, left on any day of one; born in the first half of the year.
    return pd.DataFrame(
        {
            "person_id": np.arange(len(birth)).astype(str),
            "sex": np.where(woman, "P", "L"),
            "birth_date": pd.to_datetime({"year": birth, "month": 1, "day": day[0]}),
            "start_date": pd.to_datetime({"year": start, "month": 12, "day": 31}),
            "exit_date": pd.to_datetime(
                {"year": np.where(gone, left, 2000), "month": month, "day": day[1]}
            ).where(gone),
        }
    )


def scored(kind: Kind, employers: int) -> Iterator[dict[str, float | str]]:
    """One row per employer and way."""
    day, until = date(FIRST + kind.watched, 1, 1), date(FIRST + kind.watched + AHEAD, 1, 1)
    judged = Judged((day,), AHEAD, MANDATORY, known_until=until, observed_from=date(FIRST, 1, 1))
    for seed in range(employers):
        found = exits_backtest(employer(kind, 1000 + seed), judged)
        years, within = (found.loc[found["part"] == part] for part in ("year", "within"))
        real = years["exit_count"].sum()
        for way, column in NAMES.items():
            yield {
                "way": way,
                "off": years[f"expected{column}"].sum() / real - 1,
                "auc": within[f"auc{column}"].iloc[0],
                "held": years["is_covered"].astype(float).mean() if way == OURS else np.nan,
                "exits": real,
            }


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--employers", type=int, default=20)
    parser.add_argument("--kinds", nargs="+", choices=sorted(KINDS), default=list(KINDS))
    parser.add_argument("--priors", action="store_true")
    wanted = parser.parse_args()
    print(
        f"{wanted.employers} made-up employers a kind, {AHEAD} years ahead; mandatory {MANDATORY}"
    )
    print(
        f"{'kind':<22} {'exits':>6} {'way':<19} {'off %':>6} {'sign %':>7} {'held %':>7} {'AUC':>6}"
    )
    for name in wanted.kinds:
        for prior in PRIORS if wanted.priors else [USED]:
            with threadpool_limits(1), patch.dict(vars(exits_years), PRIORS[prior]):
                rows = pd.DataFrame(scored(KINDS[name], wanted.employers))
            for way in [OURS] if wanted.priors else NAMES:
                print(f"{name:<22} {_told(rows, way, prior)}", flush=True)


def _told(rows: pd.DataFrame, way: str, prior: str) -> str:
    own = rows.loc[rows["way"] == way]
    held = f"{own['held'].mean():7.0%}" if way == OURS else f"{'':>7}"
    off, sign, auc = own["off"].abs().mean(), own["off"].mean(), own["auc"].mean()
    name = way if prior == USED else prior
    return f"{own['exits'].mean():6.0f} {name:<19} {off:6.1%} {sign:+7.1%} {held} {auc:6.3f}"


if __name__ == "__main__":
    main()
