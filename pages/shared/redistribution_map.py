"""The map of the page on moving teachers: an arc for every pair that people move between."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pandas as pd

from pages.shared import charts, layout, maps, teacher_view
from pages.shared import redistribution_view as view_of
from pages.shared.load_redistribution import Plan
from pages.shared.words import number, t, tn

_STEPS = 14
_BEND = 0.16
_LEAST_POINT, _MOST_POINT = 7.0, 24.0
_LEAST_LINE, _MOST_LINE = 1.6, 6.0
_MOVED, _EMPTY, _SPARE = charts.PALETTE[0], charts.ALARM, charts.edge(charts.PALETTE[1])
_KEPT_OUT = "#6B7C8C"


@lru_cache(maxsize=64)
def moves_map(plan: Plan, counts_shown: bool, language: str) -> charts.ReadyFigure | None:  # noqa: ARG001 (part of the key)
    """Schools on their own outline, an arc for every pair that people move between.

    Parameters
    ----------
    counts_shown
        Whether small counts of people may be told; arcs are then as wide as people are many.

    Returns
    -------
    None where fewer than two schools have a place.
    """
    answer = view_of.answer(plan)
    schools = answer.schools.dropna(subset=["east_km", "north_km"])
    if len(schools) < 2:
        return None
    shown, traces = maps.ground(schools, _finding(plan, answer))
    traces += _arcs(answer.pairs, schools, counts_shown=counts_shown)
    traces += _points(schools, plan)
    return charts.ReadyFigure({"data": traces, "layout": shown})


def _finding(plan: Plan, answer: view_of.Answer) -> str:
    moved = int(plan.found.counts["moved_count"])
    if not moved:
        return t("Tidak ada perpindahan dalam batas ini")
    people = tn("{n} guru berpindah", moved)
    schools = tn("{n} sekolah", int(answer.pairs["from_npsn"].nunique()))
    if moved == int(plan.found.counts["unknown_km_count"]):
        return t("{people} dari {schools}", people=people, schools=schools)
    worst = number(plan.found.counts["worst_km"], 1)
    return t(
        "{people} dari {schools}; paling jauh {km} km", people=people, schools=schools, km=worst
    )


def _arcs(pairs: pd.DataFrame, schools: pd.DataFrame, *, counts_shown: bool) -> list[charts.Figure]:
    """One bent line a pair; the arrow at its middle points to the receiving school."""
    at = schools.set_index("npsn")[["east_km", "north_km", "name"]]
    known = pairs.loc[pairs["from_npsn"].isin(at.index) & pairs["to_npsn"].isin(at.index)]
    if known.empty:
        return []
    most = float(known["people_count"].max())
    traces: list[charts.Figure] = []
    heads: list[dict[str, object]] = []
    named = False
    for row in known.itertuples():
        line = _bent(
            at.loc[row.from_npsn, ["east_km", "north_km"]].to_numpy(dtype=float),
            at.loc[row.to_npsn, ["east_km", "north_km"]].to_numpy(dtype=float),
        )
        width = _LEAST_LINE
        if counts_shown and most > 1:
            width += (_MOST_LINE - _LEAST_LINE) * (row.people_count - 1) / (most - 1)
        traces.append(
            {
                "type": "scatter",
                "mode": "lines",
                "name": t("Guru berpindah"),
                "legendgroup": "arcs",
                "showlegend": not named and not row.is_other,
                "x": line[:, 0].round(3).tolist(),
                "y": line[:, 1].round(3).tolist(),
                "line": {
                    "color": _MOVED,
                    "width": round(width, 1),
                    "dash": "dot" if row.is_other else "solid",
                },
                "opacity": 0.75,
                "hoverinfo": "skip",
            }
        )
        named = named or not row.is_other
        place = int(_STEPS * 0.6)
        ahead = line[place] - line[place - 1]
        start, end = str(at.loc[row.from_npsn, "name"]), str(at.loc[row.to_npsn, "name"])
        heads.append(
            {
                "x": float(line[place, 0]),
                "y": float(line[place, 1]),
                # Plotly turns clockwise from above.
                "angle": float(np.degrees(np.arctan2(ahead[0], ahead[1]))),
                "size": 10.0 + width,
                "text": _arc_text(row, start, end),
            }
        )
    return [*traces, maps.arrow_heads(pd.DataFrame(heads), _MOVED)]


def _bent(start: np.ndarray, end: np.ndarray) -> np.ndarray:
    """Points along a line that leans to its left, so that two ways between a pair stay apart."""
    way, share = end - start, np.linspace(0.0, 1.0, _STEPS)
    bent = (start + end) / 2 + _BEND * np.array([-way[1], way[0]])
    parts = ((1 - share) ** 2, start), (2 * share * (1 - share), bent), (share**2, end)
    return np.asarray(sum(np.outer(weight, point) for weight, point in parts))


def _arc_text(row: object, start: str, end: str) -> str:
    count = int(row.people_count)  # type: ignore[attr-defined]
    posts = sorted({teacher_view.post_name(post) for post in row.posts})  # type: ignore[attr-defined]
    said = tn("{n} guru", count, n=layout.count_shown(count))
    told = t("tambahan di sekolah kedua") if row.is_other else ""  # type: ignore[attr-defined]
    lines = [
        f"<b>{start} → {end}</b>",
        f"{said}, {number(row.km, 1)} km",  # type: ignore[attr-defined]
        "<br>".join(posts[:4]) + (" …" if len(posts) > 4 else ""),
        told,
    ]
    return "<br>".join(line for line in lines if line)


def _points(schools: pd.DataFrame, plan: Plan) -> list[charts.Figure]:
    """Schools by what is left: posts still empty, people still to spare, or neither."""
    closes = schools["closes_into"] != ""
    short, spare = schools["unfilled_count"] > 0, schools["left_count"] > 0
    left = schools[["unfilled_count", "left_count"]]
    share = np.sqrt(left.max(axis=1) / max(float(left.to_numpy().max()), 1.0))
    free = ~schools["is_locked"] & ~closes
    still = pd.Series(0.35, index=schools.index)
    shrink = maps.shrink(len(schools))
    traces: list[charts.Figure] = []
    for name, colour, symbol, use, grown in (
        (t("Masih ada kekurangan"), _EMPTY, "diamond", free & short, share),
        (t("Masih ada kelebihan"), _SPARE, "circle", free & ~short & spare, share),
        (t("Pas"), charts.QUIET, "circle-open", free & ~short & ~spare, share),
        (t("Dikunci dari perpindahan"), _KEPT_OUT, "square-x-open", schools["is_locked"], still),
        (t("Bergabung ke sekolah lain"), _KEPT_OUT, "x-thin-open", closes & ~schools["is_locked"],
         still),
    ):  # fmt: skip
        part = schools.loc[use]
        if len(part):
            size = (_LEAST_POINT + (_MOST_POINT - _LEAST_POINT) * grown.loc[use]) * shrink
            told = [_school_text(row, plan) for row in part.itertuples()]
            traces.append(maps.points(part, maps.Mark(name, colour, symbol, edge=1.5), size, told))
    return traces


def _school_text(row: object, plan: Plan) -> str:
    told = [
        f"<b>{row.name}</b>",  # type: ignore[attr-defined]
        str(row.kecamatan),  # type: ignore[attr-defined]
        t(
            "kekurangan {before} → {after} jabatan",
            before=number(row.vacant_count),  # type: ignore[attr-defined]
            after=number(row.unfilled_count),  # type: ignore[attr-defined]
        ),
        t(
            "kelebihan {before} → {after} guru",
            before=number(row.surplus_count),  # type: ignore[attr-defined]
            after=number(row.left_count),  # type: ignore[attr-defined]
        ),
    ]
    if row.closes_into:  # type: ignore[attr-defined]
        schools = view_of.answer(plan).schools.set_index("npsn")["name"]
        into = row.closes_into  # type: ignore[attr-defined]
        told.append(t("bergabung ke {school}", school=schools.get(into, into)))
    return "<br>".join(line for line in told if line)
