"""The figures of the page on moving teachers: the map of moves, deficits before and after."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pandas as pd

from pages.shared import charts, layout, school_figures, school_view, teacher_view
from pages.shared import redistribution_view as view_of
from pages.shared.load_redistribution import Plan
from pages.shared.words import number, t, tn

MOST_POSTS = 14
_STEPS = 14
_BEND = 0.16
_LEAST_POINT, _MOST_POINT = 7.0, 24.0
_LEAST_LINE, _MOST_LINE = 1.6, 6.0
_FILLED, _EMPTY, _SPARE = charts.PALETTE[0], charts.ALARM, charts.PALETTE[1]


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
    shown = charts.layout(_map_finding(plan, answer))
    shown["hovermode"] = "closest"
    axis = {"visible": False, "fixedrange": True}
    shown["xaxis"] = {**axis}
    shown["yaxis"] = {**axis, "scaleanchor": "x", "scaleratio": 1}
    shown["clickmode"] = "event+select"
    edge = school_view.outline(schools["east_km"].to_numpy(), schools["north_km"].to_numpy())
    middle = edge.mean(axis=0)
    away = middle + (edge - middle) * 1.09
    traces: list[charts.Figure] = [
        {
            "type": "scatter",
            "mode": "lines",
            "x": [*away[:, 0], away[0, 0]],
            "y": [*away[:, 1], away[0, 1]],
            "fill": "toself",
            "fillcolor": "rgba(127,140,153,0.10)",
            "line": {"color": "rgba(127,140,153,0.35)", "width": 1, "shape": "spline"},
            "hoverinfo": "skip",
            "showlegend": False,
        }
    ]
    traces += _arcs(answer.pairs, schools, counts_shown=counts_shown)
    traces += _points(schools, plan)
    shown["annotations"] = [
        *school_figures._place_names(schools),
        school_figures._scale(away, shown),
    ]
    return charts.ReadyFigure({"data": traces, "layout": shown})


def _map_finding(plan: Plan, answer: view_of.Answer) -> str:
    moved = int(plan.found.counts["moved_count"])
    if not moved:
        return t("Tidak ada perpindahan dalam batas ini")
    worst = number(plan.found.counts["worst_km"], 1)
    return t(
        "{people} dari {schools}; paling jauh {km} km",
        people=tn("{n} guru berpindah", moved),
        schools=tn("{n} sekolah", int(answer.pairs["from_npsn"].nunique())),
        km=worst,
    )


def _arcs(pairs: pd.DataFrame, schools: pd.DataFrame, *, counts_shown: bool) -> list[charts.Figure]:
    """One bent line a pair; the arrow at its middle points to the receiving school."""
    at = schools.set_index("npsn")[["east_km", "north_km", "name"]]
    known = pairs.loc[pairs["from_npsn"].isin(at.index) & pairs["to_npsn"].isin(at.index)]
    if known.empty:
        return []
    most = float(known["people_count"].max())
    traces: list[charts.Figure] = []
    heads: dict[str, list[object]] = {"x": [], "y": [], "angle": [], "text": [], "size": []}
    share = np.linspace(0.0, 1.0, _STEPS)
    named = False
    for row in known.itertuples():
        start = at.loc[row.from_npsn, ["east_km", "north_km"]].to_numpy(dtype=float)
        end = at.loc[row.to_npsn, ["east_km", "north_km"]].to_numpy(dtype=float)
        way = end - start
        bent = (start + end) / 2 + _BEND * np.array([-way[1], way[0]])
        line = (
            np.outer((1 - share) ** 2, start)
            + np.outer(2 * share * (1 - share), bent)
            + np.outer(share**2, end)
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
                    "color": _FILLED,
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
        heads["x"].append(float(line[place, 0]))
        heads["y"].append(float(line[place, 1]))
        # Plotly turns clockwise from above.
        heads["angle"].append(float(np.degrees(np.arctan2(ahead[0], ahead[1]))))
        heads["size"].append(10.0 + width)
        heads["text"].append(_arc_text(row, str(at.loc[row.from_npsn, "name"]),
                                       str(at.loc[row.to_npsn, "name"])))  # fmt: skip
    traces.append(
        {
            "type": "scatter",
            "mode": "markers",
            "showlegend": False,
            "x": heads["x"],
            "y": heads["y"],
            "marker": {
                "symbol": "triangle-up",
                "angle": heads["angle"],
                "size": heads["size"],
                "color": _FILLED,
                "line": {"color": "#FFFFFF", "width": 1},
            },
            "unselected": {"marker": {"opacity": 1}},
            "text": heads["text"],
            "hovertemplate": "%{text}<extra></extra>",
        }
    )
    return traces


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
    kinds = [
        (t("Masih ada kekurangan"), _EMPTY, "diamond", schools["unfilled_count"] > 0),
        (
            t("Masih ada kelebihan"),
            _SPARE,
            "circle",
            (schools["unfilled_count"] == 0) & (schools["left_count"] > 0),
        ),
        (
            t("Pas"),
            charts.QUIET,
            "circle-open",
            (schools["unfilled_count"] == 0) & (schools["left_count"] == 0),
        ),
    ]
    traces: list[charts.Figure] = []
    most = max(float(schools[["unfilled_count", "left_count"]].to_numpy().max()), 1.0)
    for name, colour, symbol, use in kinds:
        part = schools.loc[use & ~schools["is_locked"] & ~closes]
        if len(part):
            size = part[["unfilled_count", "left_count"]].max(axis=1) / most
            traces.append(_point_trace(part, name, colour, symbol, np.sqrt(size), plan))
    for name, symbol, use in (
        (t("Dikunci dari perpindahan"), "square-x-open", schools["is_locked"]),
        (t("Bergabung ke sekolah lain"), "x-thin-open", closes & ~schools["is_locked"]),
    ):
        part = schools.loc[use]
        if len(part):
            half = pd.Series(0.35, index=part.index)
            traces.append(_point_trace(part, name, "#6B7C8C", symbol, half, plan))
    return traces


def _point_trace(  # noqa: PLR0913 (what a mark is made of)
    part: pd.DataFrame, name: str, colour: str, symbol: str, share: pd.Series, plan: Plan
) -> charts.Figure:
    size = _LEAST_POINT + (_MOST_POINT - _LEAST_POINT) * share
    return {
        "type": "scatter",
        "mode": "markers",
        "name": name,
        "x": part["east_km"].tolist(),
        "y": part["north_km"].tolist(),
        "marker": {
            "size": size.round(1).tolist(),
            "color": colour,
            "symbol": symbol,
            "opacity": 0.8,
            "line": {"color": colour if symbol.endswith("open") else "#FFFFFF", "width": 1.5},
        },
        # A chosen school does not pale the others: its facts stand beneath the map.
        "unselected": {"marker": {"opacity": 0.8}},
        "customdata": part[["npsn"]].to_numpy().tolist(),
        "text": [_school_text(row, plan) for row in part.itertuples()],
        "hovertemplate": "%{text}<extra></extra>",
    }


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


@lru_cache(maxsize=64)
def before_after(plan: Plan, language: str) -> charts.ReadyFigure:  # noqa: ARG001 (part of the key)
    """Deficits by post: filled by moves and still empty, largest first."""
    rows = view_of.answer(plan).by("post")
    rows = rows.loc[rows["vacant_count"] > 0]
    filled, vacant = int(rows["filled_count"].sum()), int(rows["vacant_count"].sum())
    best = rows.sort_values("filled_count", ascending=False, kind="stable").head(1)
    finding = t("Tidak ada kekurangan")
    if vacant:
        finding = t("Pemerataan mengisi {filled} dari {vacant} kekurangan", filled=number(filled),
                    vacant=number(vacant))  # fmt: skip
    if filled:
        name = teacher_view.post_name(str(best["post"].iloc[0]))
        finding += t("; terbanyak {post}", post=name)
    rows = _gathered(rows)
    shown = charts.layout(finding)
    shown["barmode"] = "stack"
    shown["hovermode"] = "y unified"
    shown["yaxis"] = {
        "autorange": "reversed",
        "automargin": True,
        "fixedrange": True,
        "ticksuffix": "  ",
        "tickfont": {"size": 14},
        "showgrid": False,
    }
    shown["xaxis"] |= {"visible": False, "rangemode": "tozero"}
    shown["margin"]["r"] = 40
    # Names of posts take much of a phone; the legend begins at its edge, beside the buttons.
    shown["legend"]["xref"] = "container"
    labels = rows["label"].tolist()
    traces = [
        {
            "type": "bar",
            "orientation": "h",
            "name": name,
            "x": rows[column].tolist(),
            "y": labels,
            "text": [number(value) if value else "" for value in rows[column]],
            "textposition": "auto",
            "insidetextanchor": "middle",
            "marker": {
                "color": colour,
                "line": {"width": 0},
                "pattern": {
                    "shape": hatch,
                    "fillmode": "overlay",
                    "fgcolor": "#FFFFFF",
                    "fgopacity": 0.5,
                    "size": 8,
                    "solidity": 0.2,
                },
            },
            "hovertemplate": "%{x:,d}",
        }
        for name, column, colour, hatch in (
            (t("Terisi oleh perpindahan"), "filled_count", _FILLED, ""),
            (t("Masih kosong"), "unfilled_count", _EMPTY, "/"),
        )
    ]
    return charts.ReadyFigure({"data": traces, "layout": shown})


def before_after_height(plan: Plan) -> int:
    """Pixels for the bars: one line a post."""
    rows = view_of.answer(plan).by("post")
    return 150 + 30 * min(int((rows["vacant_count"] > 0).sum()), MOST_POSTS + 1)


def _gathered(rows: pd.DataFrame) -> pd.DataFrame:
    """The largest posts with their names, the rest as one."""
    named = rows.assign(label=[teacher_view.post_name(post) for post in rows["post"]])
    counts = ["label", "filled_count", "unfilled_count"]
    if len(named) <= MOST_POSTS + 1:
        return named[counts]
    rest = named.iloc[MOST_POSTS:]
    last = pd.DataFrame(
        {
            "label": [t("{n} jabatan lain", n=len(rest))],
            "filled_count": [int(rest["filled_count"].sum())],
            "unfilled_count": [int(rest["unfilled_count"].sum())],
        }
    )
    return pd.concat([named.iloc[:MOST_POSTS][counts], last], ignore_index=True)
