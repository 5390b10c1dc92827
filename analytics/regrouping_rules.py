"""The numbers regrouping starts from: dated rows of ``data/rules/regrouping.csv``.

None of them is law that binds today: thresholds, prices and the calendar are local choices, and
every one can be replaced by the user.
"""

from __future__ import annotations

from datetime import date
from functools import cache

import pandas as pd

from analytics.regrouping_programme import Prices
from analytics.rules import ANY, FOLDER, RuleError


@cache
def every_row() -> pd.DataFrame:
    """The whole table with values and dates typed; to be read, never changed."""
    table = pd.read_csv(FOLDER / "regrouping.csv", dtype=str, keep_default_na=False)
    table["value"] = table["value"].astype(float)
    for column in ("effective_from", "effective_to", "checked_on"):
        table[column] = pd.to_datetime(table[column], format="%Y-%m-%d")
    return table


def in_force(on: date) -> pd.DataFrame:
    """Rows in force on a day: ``key, level, value, unit, source, standing, note`` and dates."""
    rows, day = every_row(), pd.Timestamp(on)
    return rows[(rows["effective_from"] <= day) & (day <= rows["effective_to"])]


@cache
def local_value(key: str, on: date, level: str = ANY) -> float:
    """One number, in the unit its row states.

    Raises
    ------
    RuleError
        When no row, or two, answer for a level on a day.
    """
    rows = in_force(on)
    rows = rows[rows["key"] == key]
    found = rows[rows["level"] == level.upper()]
    if found.empty:
        found = rows[rows["level"] == ANY]
    if len(found) != 1:
        raise RuleError(
            f"regrouping.csv: {len(found)} baris menjawab {key} untuk {level} pada {on}; harus"
            " tepat satu. Tambahkan atau akhiri satu baris di data/rules/regrouping.csv.",
            f"regrouping.csv: {len(found)} rows answer {key} for {level} on {on}; exactly one"
            " must. Add or end a row in data/rules/regrouping.csv.",
        )
    return float(found["value"].iloc[0])


def counts_heavy_rooms(on: date) -> bool:
    """Whether heavily damaged classrooms count as rooms of a receiver, as is usual here."""
    return bool(local_value("count_heavy_rooms", on))


def usual_prices(on: date) -> Prices:
    """The yearly prices to start from, million rupiah."""
    return Prices(
        open_school=local_value("cost_open", on),
        rombel=local_value("cost_rombel", on),
        pupil_km=local_value("cost_pupil_km", on),
    )
