"""The exit forecast against years that came, beside three simple forecasts.

Every cut-off sees only exits before it. Method: docs/method.md eq. 83-84.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from analytics.exits import (
    USUAL,
    ExitChoice,
    hidden_after,
    in_service_on,
)
from analytics.exits_forecast import ExitForecast, exit_forecast
from analytics.exits_panel import (
    BUP,
    UNKNOWN_CAUSE,
    Numbers,
    Whole,
    must_go,
    people_of,
    whole_years,
    year_start,
)
from analytics.exits_rivals import RIVALS, rival_hazards
from analytics.leaving_groups import told_apart

OURS = "estafet"
LEAST_SHOWN = 10
_DECILES = 10
# Log odds that differ by no more are those of people who are all alike.
_ALIKE = 1e-3
_CHANCE_EDGE = 1e-6
COLUMNS = (
    "part", "cutoff", "year", "lead_years", "key", "people_count", "exit_count", "expected", "p10",
    "p90", "is_covered", *(f"expected_{rival}" for rival in RIVALS), "auc",
    *(f"auc_{rival}" for rival in RIVALS), "calibration_slope", "calibration_slope_error",
)  # fmt: skip


@dataclass(frozen=True)
class Judged:
    """What is judged: cut-offs, how far ahead, and between which days exits are known.

    ``observed_from``: since when exits are on record; None to tell from the exits (eq. 71).
    """

    cutoffs: tuple[date, ...]
    years: int = 5
    mandatory_age: int | None = None
    known_until: date | None = None
    observed_from: date | None = None


def exits_backtest(
    spells: pd.DataFrame,
    judged: Judged,
    prior: pd.DataFrame | None = None,
    choice: ExitChoice = USUAL,
) -> pd.DataFrame:
    """Predicted against actual, by cut-off.

    Parameters
    ----------
    spells
        As for ``exits.exit_model``, with the exits of all years.
    judged
        Cut-offs and horizon; only whole years before ``known_until`` (by default the day after
        the last exit on file, or the first of January after it where that is within a month) are
        judged.
    prior, choice
        As for ``exits.exit_model``.

    Returns
    -------
    Long table, one row per ``part`` and key. ``part``: ``year`` (whole, with band), ``cause``,
    ``age`` and ``group`` (key: the cause, band or group; people at the cut-off, all judged years
    together; groups under ten persons left out), ``within`` (lead 1..N: area under the ROC curve
    of having left within so many years, ours and rivals', and the slope of a logistic calibration,
    1 at best, with its standard error) and ``decile`` (of the chance of leaving within a year).
    Counts are exits of people in service at the cut-off.
    """
    known = judged.known_until or known_until(spells)
    parts: list[pd.DataFrame] = []
    for cutoff in judged.cutoffs:
        years = min(judged.years, _whole_years(cutoff, known))
        here = in_service_on(spells, cutoff)
        if years < 1 or here.empty:
            continue
        since = judged.observed_from
        said = exit_forecast(spells, cutoff, years, judged.mandatory_age, prior, since, choice)
        seen = hidden_after(spells, cutoff)
        rivals = rival_hazards(seen, here, cutoff, years, judged.mandatory_age, since)
        parts += _judged(_Case(cutoff, years, here, said, rivals, judged.mandatory_age))
    if not parts:
        return pd.DataFrame(columns=list(COLUMNS))
    return pd.concat(parts, ignore_index=True).reindex(columns=list(COLUMNS))


def known_until(spells: pd.DataFrame) -> date:
    """Until when ``spells`` hold exits: the day after the last, or the new year close after it."""
    last = spells["exit_date"].max()
    if pd.isna(last):
        return (spells["start_date"].max() + pd.Timedelta(days=1)).date()
    after = (last + pd.Timedelta(days=1)).date()
    new_year = date(after.year + (after > date(after.year, 1, 1)), 1, 1)
    return new_year if (new_year - after).days <= 31 else after


def _whole_years(cutoff: date, known: date) -> int:
    years = 0
    while years < 60 and year_start(cutoff, years + 1) <= year_start(known, 0):
        years += 1
    return years


@dataclass(frozen=True, eq=False)
class _Case:
    cutoff: date
    years: int
    here: pd.DataFrame
    said: ExitForecast
    rivals: dict[str, Numbers]
    mandatory: int | None

    def left_in(self) -> Whole:
        """Year of leaving, 0 for the first; ``years`` for later or never."""
        people = people_of(self.here, self.mandatory)
        ends = np.array([year_start(self.cutoff, k + 1) for k in range(self.years)])
        return np.searchsorted(ends, people.leaves, side="right")

    def chances(self) -> Numbers:
        return self.said.people["probability"].to_numpy().reshape(len(self.here), self.years)


def _unconditional(hazard: Numbers) -> Numbers:
    staying = np.cumprod(np.hstack([np.ones((len(hazard), 1)), 1 - hazard]), axis=1)[:, :-1]
    return staying * hazard


def _judged(case: _Case) -> list[pd.DataFrame]:
    left, ours = case.left_in(), case.chances()
    theirs = {name: _unconditional(hazard) for name, hazard in case.rivals.items()}
    years = case.said.years.assign(
        part="year",
        key="",
        lead_years=np.arange(1, case.years + 1),
        people_count=len(case.here),
        exit_count=np.bincount(left, minlength=case.years + 1)[: case.years],
        **{f"expected_{name}": each.sum(axis=0) for name, each in theirs.items()},
    )
    years["is_covered"] = years["exit_count"].between(years["p10"], years["p90"])
    whole, gone = ours.sum(axis=1), left < case.years
    tables = [years, _causes(case, left)]
    day = year_start(case.cutoff, 0)
    age = whole_years(people_of(case.here, case.mandatory).birth, day) // 5 * 5
    bands = pd.Series(age).map(lambda low: f"{low}-{low + 4}")
    keys = {"age": bands}
    if "group" in case.here:
        keys["group"] = (
            case.here["group"].astype(object).fillna(UNKNOWN_CAUSE).reset_index(drop=True)
        )
    for part, key in keys.items():
        columns = {"expected": whole, "exit_count": gone}
        columns |= {f"expected_{name}": each.sum(axis=1) for name, each in theirs.items()}
        frame = pd.DataFrame(columns).groupby(key.to_numpy())
        table = frame.sum().assign(people_count=frame.size()).rename_axis("key").reset_index()
        is_told = told_apart(table["people_count"], LEAST_SHOWN)
        tables.append(table[is_told].assign(part=part))
    tables += [_within(ours, theirs, left), _deciles(ours[:, 0], left == 0)]
    return [table.assign(cutoff=case.cutoff.isoformat()) for table in tables]


def _causes(case: _Case, left: Whole) -> pd.DataFrame:
    expected = case.said.by_cause.groupby("cause")["expected"].sum()
    people = people_of(case.here, case.mandatory)
    cause = people.cause.copy()
    if people.has_law:
        ends = [year_start(case.cutoff, k + 1) for k in range(case.years)]
        starts = [year_start(case.cutoff, 0), *ends[:-1]]
        everybody = np.ones(len(case.here), bool)
        for year, (start, end) in enumerate(zip(starts, ends, strict=True)):
            share, overdue = must_go(people, everybody, start, end)
            cause[(left == year) & ((share >= 1) | overdue)] = BUP
    seen = pd.Series(cause[left < case.years]).value_counts()
    table = pd.DataFrame({"expected": expected, "exit_count": seen}).fillna(0.0)
    return table.rename_axis("key").reset_index().assign(part="cause", people_count=len(case.here))


def _within(ours: Numbers, theirs: dict[str, Numbers], left: Whole) -> pd.DataFrame:
    rows = []
    for lead in range(1, ours.shape[1] + 1):
        gone = left < lead
        chance = ours[:, :lead].sum(axis=1)
        row: dict[str, object] = {
            "lead_years": lead,
            "people_count": len(gone),
            "exit_count": int(gone.sum()),
            "expected": chance.sum(),
        }
        if 0 < gone.sum() < len(gone):
            row["auc"] = roc_auc_score(gone, chance)
            row |= {
                f"auc_{name}": roc_auc_score(gone, each[:, :lead].sum(axis=1))
                for name, each in theirs.items()
            }
            row["calibration_slope"], row["calibration_slope_error"] = _slope(chance, gone)
        rows.append(row)
    return pd.DataFrame(rows).assign(part="within", key="")


def _slope(chance: Numbers, gone: np.ndarray) -> tuple[float, float]:
    """Slope of a logistic regression of what came on the logit of what was said; 1 at best.

    And its standard error: where few leave, or all chances are alike, a slope far from 1 says
    little. NaN where there is none: chances that differ by less than a thousandth, or all who
    left above (or below) all who stayed.
    """
    # Whoever must go by law was certain: nothing to calibrate.
    open_ = chance < 1 - _CHANCE_EDGE
    if len(np.unique(gone[open_])) < 2:
        return float("nan"), float("nan")
    p = np.clip(chance[open_], _CHANCE_EDGE, 1 - _CHANCE_EDGE)
    odds = np.log(p / (1 - p))[:, None]
    left, stayed = odds[gone[open_] == 1], odds[gone[open_] != 1]
    is_apart = left.min() >= stayed.max() or left.max() <= stayed.min()
    if is_apart or np.ptp(odds) < _ALIKE:
        return float("nan"), float("nan")
    fit = LogisticRegression(C=np.inf, solver="newton-cholesky").fit(odds, gone[open_])
    said = fit.predict_proba(odds)[:, 1]
    weight = said * (1 - said)
    about = odds[:, 0] - np.average(odds[:, 0], weights=weight)
    told = float(weight @ about**2)
    return float(fit.coef_[0, 0]), told**-0.5 if told > 0 else float("nan")


def _deciles(chance: Numbers, gone: np.ndarray) -> pd.DataFrame:
    order = np.argsort(chance, kind="stable")
    place = np.empty(len(chance), np.int64)
    place[order] = np.arange(len(chance)) * _DECILES // len(chance) + 1
    frame = pd.DataFrame({"expected": chance, "exit_count": gone}).groupby(place)
    table = frame.sum().assign(people_count=frame.size()).rename_axis("key").reset_index()
    table = table[told_apart(table["people_count"], LEAST_SHOWN)]
    return table.assign(part="decile", key=table["key"].astype(str), lead_years=1)


def summary(table: pd.DataFrame) -> pd.DataFrame:
    """One row per forecast: errors of the totals over cut-offs, coverage, discrimination.

    Returns
    -------
    ``forecast, cutoff_count, total_error_share`` (mean absolute), ``total_bias_share`` (mean
    signed), ``covered_share`` (of years, ours only) and ``auc_1`` (mean over cut-offs).
    """
    years = table[table["part"] == "year"]
    totals = years.groupby("cutoff")[
        ["exit_count", "expected", *(f"expected_{name}" for name in RIVALS)]
    ].sum()
    first = table[(table["part"] == "within") & (table["lead_years"] == 1)]
    rows = []
    for name in (OURS, *RIVALS):
        column, auc = ("expected", "auc") if name == OURS else (f"expected_{name}", f"auc_{name}")
        miss = totals[column] / totals["exit_count"].where(totals["exit_count"] > 0) - 1
        rows.append(
            {
                "forecast": name,
                "cutoff_count": len(totals),
                "total_error_share": miss.abs().mean(),
                "total_bias_share": miss.mean(),
                "covered_share": years["is_covered"].astype(float).mean()
                if name == OURS
                else np.nan,
                "auc_1": first[auc].mean() if auc in first else np.nan,
            }
        )
    return pd.DataFrame(rows)


def printed(table: pd.DataFrame, language: str = "id") -> str:
    """The backtest as text: years, then the summary, shares as per cent."""
    years = table[table["part"] == "year"]
    shown = years[
        ["cutoff", "year", "exit_count", "expected", "p10", "p90", "is_covered",
         *(f"expected_{name}" for name in RIVALS)]
    ].round(0)  # fmt: skip
    shown = shown.astype(
        {name: int for name in shown.columns if name not in ("cutoff", "is_covered")}
    )
    total = summary(table)
    for name in ("total_error_share", "total_bias_share", "covered_share"):
        total[name] = (100 * total[name]).round(1)
    total = total.rename(columns=lambda name: name.replace("_share", "_pct")).round(4)
    titles = {
        "id": (
            "Per tahun",
            "Rata-rata semua tanggal potong",
            "Keluar dalam N tahun: AUC dan kemiringan kalibrasi",
        ),
        "en": ("By year", "Mean over cut-offs", "Left within N years: AUC and calibration slope"),
    }[language]
    within = table[table["part"] == "within"]
    scores = within.columns.intersection(COLUMNS[COLUMNS.index("auc") :])
    within = within.groupby("lead_years")[list(scores)].mean()
    return "\n\n".join(
        f"{title}\n{text}"
        for title, text in zip(
            titles,
            (
                shown.to_string(index=False),
                total.to_string(index=False),
                within.round(3).reset_index().to_string(index=False),
            ),
            strict=True,
        )
    )
