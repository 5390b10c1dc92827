"""The figures of the page on regrouping: the map with its arcs, ways, savings, the trade-off."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pandas as pd

from analytics.regrouping import RegroupingPlan
from analytics.regrouping_programme import STAYS
from analytics.regrouping_tradeoff import TradeOff
from pages.shared import charts, load_regrouping, regrouping_view, school_figures, school_view
from pages.shared.load_regrouping import Question
from pages.shared.regrouping_inputs import Locks, money
from pages.shared.school_inputs import year_name
from pages.shared.words import number, t

_MOST_POINT, _LEAST_POINT = 24.0, 7.0
# From so many schools on points are drawn smaller, and a chosen school is looked at from near.
_CROWD = 150
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
    merges = int((rows["action"] == "merge").sum())
    finding = t(
        "{merges} sekolah bergabung ke {receivers} penerima",
        merges=number(merges),
        receivers=number(rows.loc[rows["action"] == "merge", "into"].nunique()),
    )
    shown = charts.layout(finding if merges else t("Tidak ada penggabungan dalam rencana ini"))
    shown["hovermode"] = "closest"
    shown["clickmode"] = "event+select"
    axis = {"visible": False, "fixedrange": True}
    shown["xaxis"] = {**axis}
    shown["yaxis"] = {**axis, "scaleanchor": "x", "scaleratio": 1}
    edge = school_view.outline(seen["east_km"].to_numpy(), seen["north_km"].to_numpy())
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
        },
        *_arcs(rows, seen),
    ]
    most = max(float(seen["pupils"].max()), 1.0)
    near = seen.loc[seen["npsn"] == chosen] if len(seen) > _CROWD else seen.iloc[:0]
    shrink = 1.0 if len(near) else min(1.0, (_CROWD / len(seen)) ** 0.5)
    receives = set(rows["into"]) - {""}
    kinds = (
        (
            t("Tetap"),
            _STAY,
            "circle",
            ~seen["npsn"].isin(receives) & (seen["action"] == "open"),
        ),
        (t("Menerima"), _RECEIVE, "square", seen["npsn"].isin(receives)),
        (t("Bergabung"), _CLOSE, "diamond", seen["action"] == "merge"),
    )
    locked = {*locks.opened, *locks.closed, *(one for one, _ in locks.pairs)}
    for name, colour, symbol, use in kinds:
        part = seen.loc[use]
        if part.empty:
            continue
        size = _LEAST_POINT + (_MOST_POINT - _LEAST_POINT) * np.sqrt(part["pupils"] / most)
        size *= shrink if colour == _STAY else max(shrink, 0.7)
        traces.append(
            {
                "type": "scatter",
                "mode": "markers",
                "name": name,
                "x": part["east_km"].tolist(),
                "y": part["north_km"].tolist(),
                "marker": {
                    "size": size.tolist(),
                    "color": colour,
                    "symbol": symbol,
                    "opacity": 0.85 if shrink == 1 or colour != _STAY else 0.55,
                    "line": {"color": "#FFFFFF", "width": 1 if shrink == 1 else 0.5},
                },
                "customdata": part[["npsn"]].to_numpy().tolist(),
                "text": [
                    _facts(row) for row in part.rename(columns={"name": "called"}).itertuples()
                ],
                "hovertemplate": "%{text}<extra></extra>",
                "selected": {"marker": {}},
                "unselected": {"marker": {"opacity": 0.85 if shrink == 1 else 0.55}},
            }
        )
    for name, colour, use in (
        (t("Dikunci"), "#B07A00", seen["npsn"].isin(locked)),
        (t("Dipilih"), charts.PALETTE[5], seen["npsn"] == chosen),
    ):
        part = seen.loc[use]
        if part.empty:
            continue
        traces.append(
            {
                "type": "scatter",
                "mode": "markers",
                "name": name,
                "x": part["east_km"].tolist(),
                "y": part["north_km"].tolist(),
                "marker": {
                    "size": 26 if part["npsn"].iloc[0] != chosen or len(part) > 1 else 32,
                    "color": colour,
                    "symbol": "circle-open",
                    "line": {"width": 2.5, "color": colour},
                },
                "hoverinfo": "skip",
            }
        )
    if len(near):
        away = _look_near(shown, near.iloc[0], float(np.nanmax(plan.prepared.most_km)))
    shown["annotations"] = [
        *([] if len(near) else school_figures._place_names(seen)),
        school_figures._scale(away, shown),
    ]
    return charts.ReadyFigure({"data": traces, "layout": shown})


def _look_near(shown: charts.Figure, school: pd.Series, most_km: float) -> np.ndarray:
    """Show a school and what lies within reach of it; the corners of what is then seen."""
    reach = max(1.5 * most_km, 2.0)
    at = school[["east_km", "north_km"]].to_numpy(dtype=float)
    low, high = at - reach, at + reach
    shown["xaxis"]["range"], shown["yaxis"]["range"] = [
        [a, b] for a, b in zip(low, high, strict=True)
    ]
    return np.array([low + 0.12 * reach, high - 0.12 * reach])


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
        {
            "type": "scatter",
            "mode": "markers",
            "x": half[:, 0].tolist(),
            "y": half[:, 1].tolist(),
            # An arrow head half way, pointing at the receiver.
            "marker": {
                "size": 11,
                "symbol": "triangle-up",
                "color": _CLOSE,
                "angle": np.degrees(np.arctan2(other[:, 0] - one[:, 0], other[:, 1] - one[:, 1]))
                .round(1)
                .tolist(),
            },
            "text": told,
            "hovertemplate": "%{text}<extra></extra>",
            "showlegend": False,
        },
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


@lru_cache(maxsize=32)
def ways(plan: RegroupingPlan, few: int, language: str) -> charts.ReadyFigure | None:  # noqa: ARG001
    """Pupils by how much further they walk. None where nobody does."""
    answer = load_regrouping.outcome_of(plan, few)
    bands = answer.ways
    if not answer.totals["pupils_moved"]:
        return None
    counts = bands.set_index(
        pd.Index([f"{number(row.km_from, 1)}-{number(row.km_to, 1)}" for row in bands.itertuples()])
    )[["pupil_count"]]
    finding = t(
        "{n} murid berjalan lebih jauh: rata-rata {mean} km, terjauh {worst} km",
        n=number(answer.totals["pupils_moved"]),
        mean=number(answer.totals["mean_km"], 1),
        worst=number(answer.totals["worst_km"], 1),
    )
    figure = charts.bars(
        counts.astype(int), finding, names={"pupil_count": t("Murid")}, y_title=t("Murid")
    )
    figure["layout"]["xaxis"] |= {
        "title": {"text": "km"},
        "type": "category",
    }
    figure["layout"]["margin"]["b"] = 56
    return charts.ReadyFigure(figure)


def saved_by_year(saved: pd.DataFrame) -> charts.Figure:
    """Rupiah saved in each year as the merges take place."""
    last = saved.iloc[-1]
    finding = t(
        "Hemat {money} setahun mulai {year}",
        money=money(last["saved_open"] + last["saved_rombel"]),
        year=year_name(int(last["school_year"])),
    )
    counts = saved.set_index(pd.Index([year_name(int(one)) for one in saved["school_year"]]))
    figure = charts.bars(
        counts[["saved_open", "saved_rombel"]],
        finding,
        names={"saved_open": t("Sekolah"), "saved_rombel": t("Rombel")},
        y_title=t("Juta rupiah setahun"),
    )
    figure["layout"]["xaxis"] |= {"type": "category"}
    return figure


@lru_cache(maxsize=32)
def trade_off(curve: TradeOff, at: RegroupingPlan, language: str) -> charts.ReadyFigure:  # noqa: ARG001
    """What is saved against how far pupils walk: every point a solved plan."""
    table = curve.curve
    ringed = _ringed(curve, at)
    top = table.iloc[-1]
    finding = t(
        "Paling hemat {money} setahun; jalan bertambah {km} murid-km",
        money=money(top["saved"]),
        km=number(top["pupil_km"]),
    )
    shown = charts.layout(finding, t("Hemat (juta rupiah setahun)"), legend=False)
    shown["hovermode"] = "closest"
    shown["clickmode"] = "event+select"
    shown["xaxis"] |= {
        "title": {"text": t("murid-km")},
        "rangemode": "tozero",
        "tickformat": ",d",
    }
    shown["margin"]["b"] = 56
    told = [
        t(
            "{merges} sekolah digabung, hemat {money}<br>{n} murid, terjauh {km} km",
            merges=number(row.merges),
            money=money(row.saved),
            n=number(row.pupils_moved),
            km=number(row.worst_km, 1),
        )
        for row in table.itertuples()
    ]
    traces = [
        {
            "type": "scatter",
            "mode": "lines+markers",
            "x": table["pupil_km"].tolist(),
            "y": table["saved"].tolist(),
            "line": {"color": charts.PALETTE[0], "width": 2.5},
            "marker": {
                "size": 15,
                "color": charts.PALETTE[0],
                "line": {"width": 1, "color": "#FFF"},
            },
            "customdata": [[float(one)] for one in table["pupil_km_price"]],
            "text": told,
            "hovertemplate": "%{text}<extra></extra>",
            "selected": {"marker": {"opacity": 1}},
            "unselected": {"marker": {"opacity": 1}},
        }
    ]
    if ringed is not None:
        traces.append(
            {
                "type": "scatter",
                "mode": "markers+text",
                "x": [ringed[0]],
                "y": [ringed[1]],
                "marker": {"size": 26, "symbol": "circle-open", "color": charts.ALARM,
                           "line": {"width": 3, "color": charts.ALARM}},
                "text": [t("rencana ini")],
                "textposition": "bottom center",
                "textfont": {"size": 14},
                "cliponaxis": False,
                "hoverinfo": "skip",
            }
        )  # fmt: skip
    return charts.ReadyFigure({"data": traces, "layout": shown})


def _ringed(curve: TradeOff, at: RegroupingPlan) -> tuple[float, float] | None:
    """Where the plan on screen lies; it stands on the curve, or near it where less is proven."""
    answer = load_regrouping.outcome_of(at, 0).totals
    if not (at.solution.into != STAYS).any() and curve.curve.empty:
        return None
    return float(answer["pupil_km"]), float(answer["saved_open"] + answer["saved_rombel"])
