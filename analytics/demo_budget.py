"""The invented city's APBD: sized like a city of its staff, above the cap of 30 %.

Ratios of 37 to 52 % are published (DDTC 2021, Padang 2026, Kepri); transfers fell by a quarter and
more in 2026; teachers' allowances of the centre passed through the APBD until 2024.
"""

from __future__ import annotations

import pandas as pd

from analytics.demo_places import table

_BILLION = 1_000_000_000
_AMOUNTS = ("total", "personnel", "teacher_allowance", "council_head", "transfer")


def budgets(note: str) -> pd.DataFrame:
    """The table ``budget_year``: one row per year and stage, from ``data/demo/budget.csv``.

    ``note`` stands where the source would.
    """
    written = table("budget")
    answer = pd.DataFrame(
        {
            "year": written["year"].astype("int64"),
            "is_realised": written["is_realised"] == "true",
            **{
                f"{name}_idr": (written[f"{name}_billion_idr"].astype(float) * _BILLION)
                .round()
                .astype("int64")
                for name in _AMOUNTS
            },
        }
    )
    return answer.assign(is_teacher_allowance_told=True, source=note)
