"""Which lever matters most, and how far one must be moved: a tornado and a goal seek.

Both ask for many runs and take an ``Executor``: threads by default, any other when one is given.
Method: docs/method.md eq. 244-245.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

from analytics.scenario import Scenario, ScenarioError
from analytics.scenario_compare import MEASURES, Measure, run_all
from analytics.scenario_levers import Value, lever, parsed
from analytics.scenario_run import MIX_SECONDS
from analytics.scenario_stages import Stages
from analytics.scenario_told import amount

FILE = Path(__file__).resolve().parents[1] / "data" / "swings.csv"
_MOST_STEPS = 2_000
_AT_ONCE = 4


@dataclass(frozen=True)
class Swing:
    """How far a lever is moved to see what it does; ``source`` says why so far.

    ``source_en`` says the same in English.
    """

    key: str
    low: Value
    high: Value
    source: str = ""
    source_en: str = ""


@dataclass(frozen=True)
class Sought:
    """What a goal seek found.

    ``value`` of the lever nearest to where it stands that reaches the goal, None where no value of
    its range does (``is_reached`` tells) or where the rules decide it and it need not be moved;
    ``reached`` is the measure there, or the best there is. ``tried``: pairs of lever and measure.
    """

    key: str
    measure: str
    target: float
    value: Value
    reached: float
    is_reached: bool
    tried: tuple[tuple[float, float], ...]
    text_id: str
    text_en: str


@cache
def swings() -> tuple[Swing, ...]:
    """How far each lever is usually moved (``data/swings.csv``)."""
    with FILE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return tuple(
        Swing(row["key"], parsed(row["key"], row["low"]), parsed(row["key"], row["high"]),
              row["source"], row["source_en"])
        for row in rows
    )  # fmt: skip


def tornado(  # noqa: PLR0913 - a scenario, a measure, what is moved and where it is computed
    told: Scenario,
    stages: Stages,
    measure: str = "unfilled_post_years",
    moved: Sequence[Swing] | None = None,
    executor: Executor | None = None,
    seconds: float = MIX_SECONDS,
) -> pd.DataFrame:
    """What each lever alone does to a measure, the widest first.

    Returns
    -------
    One row per lever: ``key, label_id, label_en, unit, low, high`` (as text), ``base_value``,
    ``low_value``, ``high_value`` of the measure, ``span`` between the least and the largest of the
    three, ``source``, ``source_en``; ``is_low_proved``, ``is_high_proved``: whether the plan there
    was proved in its time, where it was sought. Levers that move nothing stand at the end.

    Raises
    ------
    ScenarioError
        When the measure is unknown.

    Method: docs/method.md eq. 244.
    """
    own = _measure(measure)
    each = swings() if moved is None else moved
    variants = [told]
    for swing in each:
        variants += [told.moved(swing.key, swing.low), told.moved(swing.key, swing.high)]
    results = run_all(variants, stages, executor, seconds)
    values = [own.of(result) for result in results]
    proved = [bool(result.summary["is_proved"]) for result in results]
    rows = []
    for at, swing in enumerate(each):
        ends = values[1 + 2 * at], values[2 + 2 * at]
        about, thing = lever(swing.key), swing.key.partition("/")[2]
        rows.append(
            {
                "key": swing.key,
                "label_id": about.label("id", thing),
                "label_en": about.label("en", thing),
                "unit": about.unit,
                "low": str(swing.low),
                "high": str(swing.high),
                "base_value": values[0],
                "low_value": ends[0],
                "high_value": ends[1],
                "is_low_proved": proved[1 + 2 * at],
                "is_high_proved": proved[2 + 2 * at],
                "span": max(*ends, values[0]) - min(*ends, values[0]),
                "source": swing.source,
                "source_en": swing.source_en,
            }
        )
    table = pd.DataFrame(rows)
    return table.sort_values("span", ascending=False, kind="stable", ignore_index=True)


def goal_seek(  # noqa: PLR0913 - a scenario, a lever, a measure, a target, and how it is computed
    told: Scenario,
    stages: Stages,
    key: str,
    measure: str,
    target: float,
    *,
    at_most: bool = True,
    executor: Executor | None = None,
    seconds: float = MIX_SECONDS,
) -> Sought:
    """The value of one lever, nearest to where it stands, with which a measure reaches a target.

    Parameters
    ----------
    key
        A lever of numbers; it is searched over its range in its steps.
    at_most
        Whether the measure is to be at most the target, else at least.

    Raises
    ------
    ScenarioError
        When the measure or lever is unknown, the lever is no number, or the measure is not known
        for these facts (no budget).

    Method: docs/method.md eq. 245.
    """
    own, grid = _measure(measure), _grid(key)
    known: dict[int, float] = {}

    def measured(places: Sequence[int]) -> list[float]:
        new = [at for at in dict.fromkeys(places) if at not in known]
        variants = [told.moved(key, _value(key, grid[at])) for at in new]
        for at, result in zip(new, run_all(variants, stages, executor, seconds), strict=True):
            known[at] = own.of(result)
        return [known[at] for at in places]

    now = own.of(run_all([told], stages, None, seconds)[0])
    if np.isnan(now):
        raise ScenarioError(
            f"{own.label_id} tidak diketahui: APBD belum diisi.",
            f"{own.label_en} is not known: no APBD is given.",
        )
    stands = told.number(key)

    def good(value: float) -> bool:
        return value <= target if at_most else value >= target

    if good(now):
        return _sought(key, own, target, stands, now, (), at_most)
    last = len(grid) - 1
    ends = measured([0, last])
    reaching = [place for place, value in zip((0, last), ends, strict=True) if good(value)]
    if not reaching:
        best = min(ends) if at_most else max(ends)
        return _sought(key, own, target, None, best, _tried(grid, known), at_most)
    # Where the rules decide, the search starts from the end that does not reach the goal.
    start = (last if reaching == [0] else 0) if stands is None else (
        int(np.abs(grid - stands).argmin())
    )  # fmt: skip
    found = min(
        (_nearest(start, place, measured, good) for place in reaching),
        key=lambda place: abs(place - start),
    )
    value = _value(key, grid[found])
    return _sought(key, own, target, value, known[found], _tried(grid, known), at_most)


def goal_seeks(  # noqa: PLR0913 - as goal_seek, over several levers
    told: Scenario,
    stages: Stages,
    keys: Sequence[str],
    measure: str,
    target: float,
    *,
    executor: Executor | None = None,
    seconds: float = MIX_SECONDS,
) -> pd.DataFrame:
    """What each of several levers alone must be to reach a target: "what keeps us under 30 %?".

    Returns
    -------
    One row per lever: ``key, label_id, label_en, unit, now, value`` (text; '' where no value
    does), ``reached, can_reach, text_id, text_en``.
    """
    rows = []
    for key in keys:
        found = goal_seek(told, stages, key, measure, target, executor=executor, seconds=seconds)
        own, thing = lever(key), key.partition("/")[2]
        rows.append(
            {
                "key": key,
                "label_id": own.label("id", thing),
                "label_en": own.label("en", thing),
                "unit": own.unit,
                "now": "" if told[key] is None else str(told[key]),
                "value": "" if found.value is None else str(found.value),
                "reached": found.reached,
                "can_reach": found.is_reached,
                "text_id": found.text_id,
                "text_en": found.text_en,
            }
        )
    return pd.DataFrame(rows)


def _nearest(
    start: int,
    end: int,
    measured: Callable[[Sequence[int]], list[float]],
    good: Callable[[float], bool],
) -> int:
    """The place nearest to ``start`` on the way to ``end`` that is good, where good stays good.

    Several places at once, so that an executor has something to share out.
    """
    near, far = start, end
    while abs(far - near) > 1:
        step = (far - near) / (_AT_ONCE + 1)
        places = [near + round(step * k) for k in range(1, _AT_ONCE + 1)]
        places = [at for at in dict.fromkeys(places) if at not in (near, far)]
        for at, value in zip(places, measured(places), strict=True):
            if good(value):
                far = at
                break
            near = at
    return near if good(measured([near])[0]) else far


def _measure(key: str) -> Measure:
    if key not in MEASURES:
        raise ScenarioError(
            f"Ukuran {key!r} tidak dikenal; pilih: {', '.join(MEASURES)}.",
            f"No measure {key!r}; choose one of {', '.join(MEASURES)}.",
        )
    return MEASURES[key]


def _grid(key: str) -> np.ndarray:
    own = lever(key)
    if own.low is None or own.high is None or own.step is None:
        raise ScenarioError(
            f"{key} bukan angka; pilih tuas berangka.", f"{key} is no number; choose one that is."
        )
    count = round((own.high - own.low) / own.step)
    # A range of trillions in steps of millions is searched in coarser steps.
    coarse = max(1, -(-count // _MOST_STEPS))
    places = np.arange(0, count + 1, coarse)
    return np.round(own.low + own.step * np.append(places[places < count], count), 9)


def _value(key: str, number: float) -> Value:
    return round(number) if lever(key).kind == "whole" else float(number)


def _tried(grid: np.ndarray, known: dict[int, float]) -> tuple[tuple[float, float], ...]:
    return tuple((float(grid[at]), known[at]) for at in sorted(known))


def _sought(  # noqa: PLR0913 - what was asked and what was found
    key: str,
    own: Measure,
    target: float,
    value: Value,
    reached: float,
    tried: tuple[tuple[float, float], ...],
    at_most: bool,
) -> Sought:
    about, thing = lever(key), key.partition("/")[2]
    label_id, label_en = about.label("id", thing), about.label("en", thing)
    comes_to = amount(own.unit, reached)
    if not tried:
        texts = (
            f"{own.label_id} sudah tercapai tanpa mengubah {label_id}.",
            f"{own.label_en} is reached without moving {label_en}.",
        )
    elif value is None:
        side = ("paling rendah", "lowest") if at_most else ("paling tinggi", "highest")
        texts = (
            f"{label_id} saja tidak cukup: {own.label_id} {side[0]} {comes_to[0]}.",
            f"{label_en} alone does not suffice: {own.label_en} at its {side[1]} is {comes_to[1]}.",
        )
    else:
        needed = amount(about.unit, float(str(value)))
        texts = (
            f"{label_id}: {needed[0]} membuat {own.label_id} {comes_to[0]}.",
            f"{label_en}: {needed[1]} makes {own.label_en} {comes_to[1]}.",
        )
    done = reached <= target if at_most else reached >= target
    return Sought(key, own.key, target, value, reached, done, tried, *texts)
