"""The map of the page on regrouping: an arc from each closing school to its receiver."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pandas as pd

from analytics.regrouping import RegroupingPlan
from pages.shared import charts, load_regrouping, maps, regrouping_view
from pages.shared.load_regrouping import Question
from pages.shared.regrouping_locks import Locks
from pages.shared.words import number, t

_MOST_POINT, _LEAST_POINT = 24.0, 7.0
# Schools that change stay readable in a crowd.
_LEAST_SHRINK = 0.7
_STAY, _RECEIVE, _CLOSE = charts.QUIET, charts.PALETTE[0], charts.ALARM


@lru_cache(maxsize=32)
def plan_map(
    question: Question,
    plan: RegroupingPlan,
    locks: Locks,
    chosen: str,
    language: str,
) -> charts.ReadyFigure | None:
    """Schools on their own outline, an arc from each closing to its receiving school.

    None where fewer than two schools have a place.
    """
    place = load_regrouping.points(plan)
    rows = regrouping_view.schools(question, plan, language).assign(
        east_km=place["east_km"].to_numpy(), north_km=place["north_km"].to_numpy()
    )
    seen = rows.dropna(subset=["east_km", "north_km"])
    if len(seen) < 2:
        return None
    near = seen.loc[seen["npsn"] == chosen] if len(seen) > maps.CROWD else seen.iloc[:0]
    shown, traces = maps.ground(
        seen,
        _finding(rows),
        near.iloc[0] if len(near) else None,
        max(1.5 * float(np.nanmax(plan.prepared.most_km)), 2.0),
    )
    traces += [*_arcs(rows, seen), *_schools(rows, seen, 1.0 if len(near) else None)]
    locked = {*locks.opened, *locks.closed, *(one for one, _ in locks.pairs)}
    for name, colour, size, use in (
        (t("Dikunci"), "#B07A00", 26, seen["npsn"].isin(locked)),
        (t("Dipilih"), charts.PALETTE[5], 32, seen["npsn"] == chosen),
    ):
        if use.any():
            traces.append(maps.rings(seen.loc[use], name, colour, size))
    return charts.ReadyFigure({"data": traces, "layout": shown})


def _finding(rows: pd.DataFrame) -> str:
    merging = rows["action"] == "merge"
    if not merging.any():
        return t("Tidak ada penggabungan dalam rencana ini")
    return t(
        "{merges} sekolah bergabung ke {receivers} penerima",
        merges=number(int(merging.sum())),
        receivers=number(rows.loc[merging, "into"].nunique()),
    )


def _schools(rows: pd.DataFrame, seen: pd.DataFrame, shrink: float | None) -> list[charts.Figure]:
    """Schools that stay, receive and close; the more of them, the smaller."""
    shrink = maps.shrink(len(seen)) if shrink is None else shrink
    most = max(float(seen["pupils"].max()), 1.0)
    receives = seen["npsn"].isin(set(rows["into"]) - {""})
    closes = seen["action"] == "merge"
    traces = []
    for name, colour, symbol, use in (
        (t("Tetap"), _STAY, "circle", ~receives & ~closes),
        (t("Menerima"), _RECEIVE, "square", receives),
        (t("Bergabung"), _CLOSE, "diamond", closes),
    ):
        part = seen.loc[use]
        if part.empty:
            continue
        stays = colour == _STAY
        size = _LEAST_POINT + (_MOST_POINT - _LEAST_POINT) * np.sqrt(part["pupils"] / most)
        told = [_facts(row) for row in part.rename(columns={"name": "called"}).itertuples()]
        mark = maps.Mark(name, colour, symbol, 0.85, 1.0 if shrink == 1 else 0.5)
        traces.append(
            maps.points(
                part,
                mark,
                size * (shrink if stays else max(shrink, _LEAST_SHRINK)),
                told,
                pale=stays and shrink < 1,
            )
        )
    return traces


def _arcs(rows: pd.DataFrame, seen: pd.DataFrame) -> list[charts.Figure]:
    """One line from every closing school to its receiver, and a point half way that tells it."""
    at = seen.set_index("npsn")[["east_km", "north_km"]]
    merging = rows.loc[
        (rows["action"] == "merge") & rows["npsn"].isin(at.index) & rows["into"].isin(at.index)
    ]
    if merging.empty:
        return []
    one, other = at.loc[merging["npsn"]].to_numpy(), at.loc[merging["into"]].to_numpy()
    gap = np.full(len(merging), np.nan)
    x = np.column_stack([one[:, 0], other[:, 0], gap]).ravel()
    y = np.column_stack([one[:, 1], other[:, 1], gap]).ravel()
    told = [
        f"<b>{row.called} → {row.into_name}</b><br>"
        + t(
            "{n} murid berjalan paling banyak {km} km lebih jauh",
            n=number(row.pupils),
            km=number(row.distance_km, 1),
        )
        for row in merging.rename(columns={"name": "called"}).itertuples()
    ]
    half = (one + other) / 2
    # An arrow head half way, pointing at the receiver.
    heads = pd.DataFrame(
        {
            "x": half[:, 0],
            "y": half[:, 1],
            "angle": np.degrees(np.arctan2(other[:, 0] - one[:, 0], other[:, 1] - one[:, 1])),
            "size": 11.0,
            "text": told,
        }
    )
    return [
        {
            "type": "scatter",
            "mode": "lines",
            "x": [None if np.isnan(value) else value for value in x],
            "y": [None if np.isnan(value) else value for value in y],
            "line": {"color": _CLOSE, "width": 2},
            "hoverinfo": "skip",
            "showlegend": False,
        },
        maps.arrow_heads(heads, _CLOSE),
    ]


def _facts(row: object) -> str:
    lines = [
        f"<b>{row.called}</b>",  # type: ignore[attr-defined]
        str(row.place),  # type: ignore[attr-defined]
        t(
            "{pupils} murid · {rombel} rombel · {rooms} ruang",
            pupils=number(row.pupils),  # type: ignore[attr-defined]
            rombel=number(row.rombel_before),  # type: ignore[attr-defined]
            rooms=number(row.rooms),  # type: ignore[attr-defined]
        ),
        str(row.reason_said),  # type: ignore[attr-defined]
    ]
    return "<br>".join(one for one in lines if one)
