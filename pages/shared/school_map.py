"""The map of the page on pupils: schools by size, the small ones marked."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from pages.shared import charts, maps, school_view
from pages.shared.school_inputs import Scope, year_name
from pages.shared.words import number, t

_MOST_POINT, _LEAST_POINT = 26.0, 6.0


@lru_cache(maxsize=128)
def school_map(
    scope: Scope,
    threshold: int,
    when: str,
    language: str,  # noqa: ARG001 (part of the key)
) -> charts.ReadyFigure | None:
    """Schools as points on their own outline, by size. None where no school has a place."""
    answer = school_view.wave(scope)
    schools = answer.schools.dropna(subset=["east_km", "north_km"])
    if len(schools) < 2:
        return None
    column = f"pupils_{when}"
    small = (schools[column] < threshold).to_numpy()
    year = answer.now_year if when == "now" else answer.last_year
    finding = t(
        "{small} dari {all} sekolah di bawah {threshold} murid pada {year}",
        small=number(small.sum()),
        all=number(len(schools)),
        threshold=threshold,
        year=year_name(year),
    )
    shown, traces = maps.ground(schools, finding)
    most = max(float(schools[["pupils_now", "pupils_ahead"]].to_numpy().max()), 1.0)
    shrink = maps.shrink(len(schools))
    for is_small, name, colour, symbol in (
        (False, t("≥ {n} murid", n=threshold), charts.PALETTE[0], "circle"),
        (True, t("< {n} murid", n=threshold), charts.ALARM, "diamond"),
    ):
        part = schools.loc[small == is_small]
        if part.empty:
            continue
        size = _LEAST_POINT + (_MOST_POINT - _LEAST_POINT) * np.sqrt(part[column] / most)
        told = [
            f"<b>{row.called}</b><br>{row.kecamatan}<br>"
            + t(
                "{now} murid sekarang, {ahead} pada {year}",
                now=number(row.pupils_now),
                ahead=number(row.pupils_ahead),
                year=year_name(answer.last_year),
            )
            for row in part.rename(columns={"name": "called"}).itertuples()
        ]
        mark = maps.Mark(name, colour, symbol, 0.78)
        traces.append(maps.points(part, mark, size * shrink, told, pale=shrink < 1))
    return charts.ReadyFigure({"data": traces, "layout": shown})
