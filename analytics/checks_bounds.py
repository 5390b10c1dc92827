"""Bounds of plausibility: numbers beyond which a cell is believed to be a slip of the pen."""

from __future__ import annotations

from functools import cache

import pandas as pd

from analytics.checks_people import PLAUSIBILITY_FILE


@cache
def bound(key: str) -> float:
    """A row of ``data/rules/plausibility.csv``, in the unit the row states."""
    table = pd.read_csv(PLAUSIBILITY_FILE, dtype=str, keep_default_na=False)
    return float(dict(zip(table["key"], table["value"], strict=True))[key])
