"""The invented city's workload analysis (ABK): posts needed by unit and title outside schools.

Invented like the rest of the city. Published needs lie 1.5 to 2.4 times above the staff there
(Semarang, Yogyakarta, Kalimantan Tengah, Kulon Progo); this city is given less, so that its story
is not drowned, and a few agencies that have no analysis yet.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics.demo_posts import STRUCTURAL

YEAR = 2026
# Agencies without an analysis: their posts stand on today's complement.
NOT_YET = (
    "Dinas Perdagangan",
    "Dinas Komunikasi dan Informatika",
    "Satuan Polisi Pamong Praja dan Pemadam Kebakaran",
)
# What a title needs for each who holds it: most a little more, some a little less.
_FACTORS, _WEIGHTS = (0.75, 1.0, 1.25, 1.5), (0.12, 0.38, 0.32, 0.18)
# Chairs that are empty on the day of the roster and needed all the same.
_EMPTY_CHAIRS = (
    ("Kelurahan Telagasewu", "Lurah"),
    ("Kelurahan Cadasjati", "Lurah"),
)


def post_needs(
    staff: pd.DataFrame, units: pd.DataFrame, generator: np.random.Generator
) -> pd.DataFrame:
    """Posts needed by title in every unit that is no school.

    Parameters
    ----------
    staff
        The people frame: ``unit``, ``opd``, ``position``, ``position_kind``, ``employment``,
        ``is_on_duty``.
    units
        One row per unit: ``name``, ``opd``, ``kind``.

    Returns
    -------
    The table ``post_need``: one row per ``opd``, ``unit``, ``title`` and ``year``.
    """
    schools = set(units.loc[units["kind"] == "sekolah", "name"])
    counted = staff.loc[
        staff["is_on_duty"]
        & (staff["employment"] != "PPPK_PW")
        & ~staff["unit"].isin(schools)
        & ~staff["opd"].isin(NOT_YET)
        & ~staff["position"].str.contains("Guru|Kepala Sekolah|Pengawas Sekolah", regex=True)
    ]
    keys = ["opd", "unit", "position"]
    groups = counted.groupby(keys, sort=True)
    table = groups.size().rename("in_post_count").reset_index()
    table["is_chair"] = groups["position_kind"].first().eq(STRUCTURAL).to_numpy()
    factor = generator.choice(_FACTORS, len(table), p=_WEIGHTS)
    # A workload is a number with a fraction; a chair is one.
    workload = table["in_post_count"] * factor + generator.random(len(table)) * 0.4 - 0.2
    table["needed_fte"] = np.where(
        table["is_chair"], table["in_post_count"], np.maximum(workload, 0.2).round(2)
    )
    home = units.set_index("name")["opd"]
    chairs = pd.DataFrame(
        [
            (home[unit], unit, title, 0, True, 1.0)
            for unit, title in _EMPTY_CHAIRS
            if unit in home.index
        ],
        columns=list(table.columns),
    )
    rows = pd.concat([table, chairs], ignore_index=True).rename(columns={"position": "title"})
    rows = rows.assign(
        year=YEAR,
        job_class=pd.array([pd.NA] * len(rows), dtype="Int64"),
        is_from_workload=~rows["is_chair"],
    )
    columns = ["opd", "unit", "title", "year", "job_class", "in_post_count", "needed_fte"]
    ordered = rows.sort_values(["opd", "unit", "title"], ignore_index=True)
    return ordered[[*columns, "is_from_workload"]].astype(
        {
            **dict.fromkeys(("opd", "unit", "title"), "str"), "year": "int64",
            "in_post_count": "Int64", "needed_fte": "float64", "is_from_workload": "bool",
        }
    )  # fmt: skip
