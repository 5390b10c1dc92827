"""The figures of the page on regrouping: ways, savings by year, the trade-off."""

from __future__ import annotations

from functools import lru_cache

import pandas as pd

from analytics.regrouping import RegroupingPlan
from analytics.regrouping_programme import STAYS
from analytics.regrouping_tradeoff import TradeOff
from pages.shared import charts, load_regrouping
from pages.shared.regrouping_inputs import money
from pages.shared.school_inputs import year_name
from pages.shared.words import number, t


@lru_cache(maxsize=32)
def ways(plan: RegroupingPlan, few: int, language: str) -> charts.ReadyFigure | None:  # noqa: ARG001
    """Pupils by how much further they walk. None where nobody does."""
    answer = load_regrouping.outcome_of(plan, few)
    bands = answer.ways
    if not answer.totals["pupils_moved"]:
        return None
    finding = t(
        "{n} murid berjalan lebih jauh: rata-rata {mean} km, terjauh {worst} km",
        n=number(answer.totals["pupils_moved"]),
        mean=number(answer.totals["mean_km"], 1),
        worst=number(answer.totals["worst_km"], 1),
    )
    shown = charts.layout(finding, t("Murid"), legend=False)
    shown["hovermode"] = "closest"
    shown["bargap"] = 0.06
    # Edges of the bands in km, as many as there is room for.
    shown["xaxis"] |= {
        "title": {"text": t("km lebih jauh")},
        "tickformat": ",~f",
        "tickangle": 0,
        "nticks": 7,
    }
    shown["margin"] |= {"l": charts.left_room(float(bands["pupil_count"].max())), "b": 72}
    trace = {
        "type": "bar",
        "x": ((bands["km_from"] + bands["km_to"]) / 2).tolist(),
        "y": bands["pupil_count"].astype(int).tolist(),
        "marker": {"color": charts.PALETTE[0], "line": {"width": 0}},
        "text": [
            t(
                "{low}-{high} km: {n} murid",
                low=number(row.km_from, 1),
                high=number(row.km_to, 1),
                n=number(row.pupil_count),
            )
            for row in bands.itertuples()
        ],
        "textposition": "none",
        "hovertemplate": "%{text}<extra></extra>",
    }
    return charts.ReadyFigure({"data": [trace], "layout": shown})


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
    shown["margin"] |= {"l": charts.left_room(float(table["saved"].max())), "b": 72}
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
