"""Scenarios side by side, and why one comes out other than another: steps that add up.

Method: docs/method.md eq. 243.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from itertools import pairwise

import pandas as pd

from analytics.scenario import Scenario, ScenarioError
from analytics.scenario_levers import GROUPS
from analytics.scenario_run import MIX_SECONDS, Result, run
from analytics.scenario_stages import Stages

MOST_COMPARED = 4
GROUP_LABELS: Mapping[str, tuple[str, str]] = {
    "law": ("Batas usia pensiun", "Retirement age"),
    "exits": ("Keluar dini dan kontrak", "Early exits and contracts"),
    "pupils": ("Murid", "Pupils"),
    "need": ("Kebutuhan", "Need"),
    "regrouping": ("Penggabungan sekolah", "Mergers of schools"),
    "redistribution": ("Pemerataan guru", "Moves of teachers"),
    "option": ("Syarat tujuh pilihan", "Terms of the seven options"),
    "pay": ("Gaji", "Pay"),
    "budget": ("APBD", "Budget"),
    "plan": ("Rencana dan kebijakan", "Plan and policy"),
}


@dataclass(frozen=True)
class Measure:
    """One number of a result. ``is_whole``: people or rupiah, told without decimals."""

    key: str
    label_id: str
    label_en: str
    unit: str
    of: Callable[[Result], float]
    is_whole: bool = True


def _summed(key: str) -> Callable[[Result], float]:
    return lambda result: float(str(result.summary[key] or 0))


def _posts(key: str) -> Callable[[Result], float]:
    # Expected posts are told as whole ones, so that differences of whole numbers add up.
    def of(result: Result) -> float:
        told = result.summary[key]
        return float("nan") if told is None else float(round(float(str(told))))

    return of


def _ratio(key: str) -> Callable[[Result], float]:
    def of(result: Result) -> float:
        told = result.summary[key]
        return float("nan") if told is None else float(str(told))

    return of


MEASURES: Mapping[str, Measure] = {
    each.key: each
    for each in (
        Measure("leaver_count", "Orang yang keluar", "People who leave", "orang",
                _summed("leaver_count")),
        Measure("hired_count", "Orang yang masuk", "People who come", "orang",
                _summed("hired_count")),
        Measure("end_count", "Pegawai pada akhir jangka waktu", "Staff at the horizon", "orang",
                _summed("end_count")),
        Measure("unfilled_count", "Jabatan kosong pada akhir jangka waktu",
                "Posts unfilled at the horizon", "jabatan", _posts("unfilled_count")),
        Measure("unfilled_post_years", "Jabatan kosong, seluruh tahun",
                "Posts unfilled, all years", "jabatan-tahun", _posts("unfilled_post_years")),
        Measure("apbd_idr", "Gaji dari APBD, seluruh tahun", "Pay from the APBD, all years", "Rp",
                _summed("apbd_idr")),
        Measure("apbd_last_year_idr", "Gaji dari APBD, tahun terakhir",
                "Pay from the APBD, last year", "Rp", _summed("apbd_last_year_idr")),
        Measure("cap_ratio", "Belanja pegawai per APBD, tahun pertama batas",
                "Personnel spending / APBD in the first year of the limit", "bagian",
                _ratio("cap_ratio_first_binding"), is_whole=False),
        Measure("cap_ratio_worst", "Belanja pegawai per APBD, tahun terburuk",
                "Personnel spending / APBD, worst year of the limit", "bagian",
                _ratio("cap_ratio_worst"), is_whole=False),
        Measure("broken_role_count", "Layanan yang putus", "Services that break", "peran",
                _posts("broken_role_count")),
    )
}  # fmt: skip


@dataclass(frozen=True, eq=False)
class Comparison:
    """Up to four results beside each other; the first is what the others are compared with.

    ``measures``: one row per measure: ``measure, label_id, label_en, unit``, ``value_1`` ..,
    ``difference_2`` ..; ``by_year``: ``scenario, year`` and staff, spending, ratio and unfilled
    posts of each; ``levers``: the levers that are not the same in all.
    """

    results: tuple[Result, ...]
    measures: pd.DataFrame
    by_year: pd.DataFrame
    levers: pd.DataFrame


def compare(
    told: Sequence[Scenario],
    stages: Stages,
    executor: Executor | None = None,
    seconds: float = MIX_SECONDS,
) -> Comparison:
    """Up to four scenarios side by side.

    Parameters
    ----------
    executor
        Where the runs are computed; None: one after another, here.

    Raises
    ------
    ScenarioError
        For none or more than four, or two of one name.
    """
    if not 1 <= len(told) <= MOST_COMPARED:
        raise ScenarioError(
            f"{len(told)} skenario; bandingkan 1 sampai {MOST_COMPARED}.",
            f"{len(told)} scenarios; compare 1 to {MOST_COMPARED}.",
        )
    names = [one.name for one in told]
    if len(set(names)) != len(names):
        raise ScenarioError(
            "Dua skenario bernama sama; beri nama lain.", "Two scenarios of one name; rename one."
        )
    results = tuple(run_all(told, stages, executor, seconds))
    rows = []
    for each in MEASURES.values():
        values = [each.of(result) for result in results]
        row = {
            "measure": each.key,
            "label_id": each.label_id,
            "label_en": each.label_en,
            "unit": each.unit,
            **{f"value_{at}": value for at, value in enumerate(values, start=1)},
        }
        row |= {f"difference_{at}": v - values[0] for at, v in enumerate(values[1:], start=2)}
        rows.append(row)
    by_year = pd.concat([_by_year(result) for result in results], ignore_index=True)
    return Comparison(results, pd.DataFrame(rows), by_year, _lever_differences(told))


def run_all(
    told: Sequence[Scenario],
    stages: Stages,
    executor: Executor | None = None,
    seconds: float = MIX_SECONDS,
) -> list[Result]:
    """Runs of several scenarios, in their order."""
    if executor is None:
        return [run(one, stages, seconds) for one in told]
    return [job.result() for job in [executor.submit(run, one, stages, seconds) for one in told]]


def waterfall(  # noqa: PLR0913 - two scenarios, a measure, and how it is computed
    one: Scenario,
    other: Scenario,
    stages: Stages,
    measure: str = "unfilled_count",
    executor: Executor | None = None,
    seconds: float = MIX_SECONDS,
) -> pd.DataFrame:
    """Why a measure moves from one scenario to another, group of levers by group.

    Groups are changed one after another in the order of the chain; each step is what the measure
    moves by then, so the steps sum to the whole difference exactly. What two groups do together
    stands with the later one.

    Returns
    -------
    One row per step: ``step`` (``start``, the groups that differ, ``end``), ``label_id``,
    ``label_en``, ``change`` (value at start and end), ``value`` after the step.

    Raises
    ------
    ScenarioError
        When the measure is unknown, or the horizons differ.

    Method: docs/method.md eq. 243.
    """
    if measure not in MEASURES:
        raise ScenarioError(
            f"Ukuran {measure!r} tidak dikenal; pilih: {', '.join(MEASURES)}.",
            f"No measure {measure!r}; choose one of {', '.join(MEASURES)}.",
        )
    if one.years != other.years:
        raise ScenarioError(
            "Jangka waktu kedua skenario berbeda; samakan dahulu.",
            "The horizons of the two scenarios differ; make them the same.",
        )
    groups = [group for group in GROUPS if one.of(group) != other.of(group)]
    chain = [one]
    for group in groups:
        chain.append(chain[-1].like(other, group))
    of = MEASURES[measure].of
    values = [of(result) for result in run_all(chain, stages, executor, seconds)]
    rows = [("start", one.name, one.name, values[0], values[0])]
    for group, (before, after) in zip(groups, pairwise(values), strict=True):
        rows.append((group, *GROUP_LABELS[group], after - before, after))
    rows.append(("end", other.name, other.name, values[-1], values[-1]))
    return pd.DataFrame(rows, columns=["step", "label_id", "label_en", "change", "value"])


def _by_year(result: Result) -> pd.DataFrame:
    staff, money, level = (result.tables[name] for name in ("staff", "money", "gauge"))
    filling = result.tables["filling"].groupby("year")
    # Where no need is known there is none, rather than nought.
    short = filling[["needed_count", "unfilled_count"]].sum(min_count=1).reset_index()
    table = staff.merge(money, on="year").merge(short, on="year", how="left")
    columns = ["year", "personnel_idr", "ratio_share", "limit_share", "room_idr", "is_binding"]
    budget = level[columns].rename(columns={"personnel_idr": "personnel_booked_idr"})
    table = table.merge(budget, on="year", how="left")
    table.insert(0, "scenario", result.scenario.name)
    return table


def _lever_differences(told: Sequence[Scenario]) -> pd.DataFrame:
    tables = [one.changed().set_index("key") for one in told]
    keys = list(dict.fromkeys(key for table in tables for key in table.index))
    about = pd.concat(tables)
    about = about.loc[~about.index.duplicated(), ["group", "label_id", "label_en", "unit"]]
    rows = about.reindex(keys)
    default = pd.concat(tables)["default"]
    usual = default.loc[~default.index.duplicated()].reindex(keys)
    for at, table in enumerate(tables, start=1):
        rows[f"value_{at}"] = table["value"].reindex(keys).fillna(usual)
    values = rows[[f"value_{at}" for at in range(1, len(tables) + 1)]]
    differs = values.ne(values.iloc[:, 0], axis=0).any(axis=1) | (len(tables) == 1)
    return rows.loc[differs].reset_index(names="key")
