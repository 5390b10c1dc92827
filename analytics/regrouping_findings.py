"""What the list of schools must be mended in before a plan is believed whole, school by school."""

from __future__ import annotations

import pandas as pd

ROOMS_SHORT = "regroup_rooms_short"
_COLUMNS = ["npsn", "name", "rooms", "rombel", "short_count"]


def short_of_rooms(schools: pd.DataFrame) -> pd.DataFrame:
    """Schools whose list gives fewer usable classrooms than the rombel their pupils need today.

    Parameters
    ----------
    schools
        As ``Prepared.schools`` of :mod:`analytics.regrouping` holds them: ``npsn``,
        ``rooms_usable`` (NaN: not known), ``rombel_today`` and where known ``name``.

    Returns
    -------
    ``npsn``, ``name``, ``rooms``, ``rombel`` (by pupils and the class ceiling), ``short_count``;
    most lacking first. Such a school is taken to have as many rooms as rombel: it may fill its
    classes and form no more (two shifts, or rooms missing in the list). Schools whose rooms are
    not known are none of them.

    Method: docs/method.md eq. 110, 276.
    """
    rooms = pd.to_numeric(schools["rooms_usable"]).astype("float64")
    rombel = schools["rombel_today"].astype("int64")
    short = (rooms < rombel).to_numpy()
    own = schools.loc[short]
    table = pd.DataFrame(
        {
            "npsn": own["npsn"].astype("str"),
            "name": own["name"].astype("str") if "name" in own else own["npsn"].astype("str"),
            "rooms": rooms[short].astype("int64"),
            "rombel": rombel[short],
            "short_count": (rombel[short] - rooms[short]).astype("int64"),
        }
    )
    return table.sort_values(["short_count", "npsn"], ascending=[False, True], ignore_index=True)[
        _COLUMNS
    ]
