"""The figures of the page on scenarios: staff and vacancies by year, comparisons, steps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import pandas as pd

from analytics.scenario_run import Result
from pages.shared import charts
from pages.shared.words import money, number, percent, t

_STAFF_FROM = 0.46  # of the height: vacancies stand below


# A result is kept by whoever computed it; by its identity, so that nothing is hashed anew.
@lru_cache(maxsize=8)
def unfilled_by_year(result: Result) -> pd.Series:
    """Posts left empty at the end of each year, expected; NaN where no need is known."""
    return result.tables["filling"].groupby("year")["unfilled_count"].sum(min_count=1)


@lru_cache(maxsize=8)
def unfilled_band(result: Result) -> pd.DataFrame:
    """The same with its band, the plan never changed: leavers, pupils, fill and lead times.

    Returns
    -------
    By year ``planned``, ``middle`` (P50), ``low`` (P10), ``high`` (P90). What is planned is what
    comes of everything going exactly as expected; chance leaves more empty than that.
    """
    table = result.tables["unfilled"].set_index("year")
    names = {"unfilled_count": "planned", "unfilled_p50": "middle"}
    names |= {"unfilled_p10": "low", "unfilled_p90": "high"}
    return table[list(names)].rename(columns=names)


def staff_and_vacancies(result: Result, nothing: Result | None, finding: str) -> charts.Figure:
    """Above, everybody on the payroll with the band; below, posts left empty with theirs."""
    staff, band = result.tables["staff"], unfilled_band(result)
    years = staff["year"].tolist()
    blue, red = charts.PALETTE[0], charts.ALARM
    traces: list[charts.Figure] = [
        _area(years, staff["end_p10"], staff["end_p90"], blue),
        _line(years, staff["end_count"], t("Pegawai akhir tahun"), blue),
    ]
    if nothing is not None:
        other = nothing.tables["staff"]
        traces.append(
            _line(
                other["year"].tolist(),
                other["end_count"],
                t("Pegawai, tanpa pengganti"),
                charts.QUIET,
                dash="dash",
            )
        )
    empty = {
        "type": "bar",
        "name": t("Jabatan kosong, bila semua seperti rencana"),
        "x": band.index.tolist(),
        "y": band["planned"].tolist(),
        "yaxis": "y2",
        "marker": {"color": red, "line": {"width": 0}},
        "text": [number(one) for one in band["planned"]],
        "textposition": "none",
        "hovertemplate": f"{t('Jabatan kosong')}: %{{text}}<extra></extra>",
    }
    ranges = {
        "type": "scatter",
        "mode": "markers",
        "name": t("Jabatan kosong, 8 dari 10 kemungkinan"),
        "x": band.index.tolist(),
        "y": band["middle"].tolist(),
        "yaxis": "y2",
        "marker": {"color": charts.QUIET, "size": 6},
        "error_y": {
            "type": "data",
            "symmetric": False,
            "array": (band["high"] - band["middle"]).tolist(),
            "arrayminus": (band["middle"] - band["low"]).tolist(),
            "color": charts.QUIET,
            "thickness": 1.5,
            "width": 3,
        },
        "customdata": [
            t("{mid} ({low}-{high})", mid=number(mid), low=number(low), high=number(high))
            for mid, low, high in zip(band["middle"], band["low"], band["high"], strict=True)
        ],
        "hovertemplate": f"{t('8 dari 10 kemungkinan')}: %{{customdata}}<extra></extra>",
    }
    traces.append(empty)
    traces.append(ranges)
    shown = charts.layout(finding, t("Orang"))
    shown["xaxis"] |= {"tickformat": "d", "dtick": 2, "anchor": "y2"}
    shown["yaxis"] |= {"domain": [_STAFF_FROM, 1], "rangemode": "normal", "nticks": 5}
    shown["yaxis2"] = {
        **shown["yaxis"],
        "title": {"text": t("Jabatan kosong")},
        "domain": [0, _STAFF_FROM - 0.08],
        "rangemode": "tozero",
        "nticks": 4,
    }
    charts.fixed_room(shown, float(staff["end_p90"].max()), bottom=104)
    return {"data": traces, "layout": shown}


def _line(
    x: Sequence[int], y: pd.Series, name: str, colour: str, *, dash: str = "solid"
) -> charts.Figure:
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "name": name,
        "x": list(x),
        "y": y.tolist(),
        "line": {"color": colour, "width": 3, "dash": dash},
        "marker": {"size": 5},
        "text": [number(one) for one in y],
        "hovertemplate": f"{name}: %{{text}}<extra></extra>",
    }


def _area(x: Sequence[int], low: pd.Series, high: pd.Series, colour: str) -> charts.Figure:
    return {
        "type": "scatter",
        "mode": "lines",
        "name": t("8 dari 10 kemungkinan"),
        "x": [*x, *reversed(x)],
        "y": [*high.tolist(), *reversed(low.tolist())],
        "fill": "toself",
        "fillcolor": charts.see_through(colour, 0.28),
        "line": {"width": 0},
        "hoverinfo": "skip",
    }


@dataclass(frozen=True)
class Shown:
    """How the numbers of a figure read."""

    y_title: str
    is_share: bool = False
    is_money: bool = False

    def said(self, given: float) -> str:
        """One number."""
        if given != given:
            return number(None)
        if self.is_share:
            return percent(given, 1)
        return money(given) if self.is_money else number(given)


def side_by_side(table: pd.DataFrame, column: str, finding: str, shown: Shown) -> charts.Figure:
    """One measure by year, a line for each scenario, on one axis.

    Parameters
    ----------
    table
        ``scenario``, ``year`` and ``column``.
    """
    traces: list[charts.Figure] = []
    factor = 1e9 if shown.is_money else 1.0
    for at, (name, rows) in enumerate(table.groupby("scenario", sort=False)):
        told = rows.dropna(subset=[column])
        traces.append(
            {
                "type": "scatter",
                "mode": "lines+markers",
                "name": str(name),
                "x": told["year"].tolist(),
                "y": (told[column] / factor).tolist(),
                "line": {
                    "color": charts.edge(charts.PALETTE[at % len(charts.PALETTE)]),
                    "width": 3,
                    "dash": charts.DASHES[at % len(charts.DASHES)],
                },
                "marker": {"size": 6},
                "text": [shown.said(one) for one in told[column]],
                "hovertemplate": f"{name}: %{{text}}<extra></extra>",
            }
        )
    laid = charts.layout(finding, shown.y_title)
    laid["xaxis"] |= {"tickformat": "d", "dtick": 2}
    if shown.is_share:
        laid["yaxis"] |= {"tickformat": ".0%", "rangemode": "normal"}
    elif shown.is_money:
        laid["yaxis"] |= {"tickformat": ",.0f", "rangemode": "normal"}
    return {"data": traces, "layout": laid}


def tornado(rows: pd.DataFrame, base: float, finding: str, unit: str) -> charts.Figure:
    """What each lever alone does, the widest on top.

    Parameters
    ----------
    rows
        ``label``, ``low_value``, ``high_value`` (the measure), ``low_said``, ``high_said`` (the
        value of the lever with what the measure becomes).
    base
        The measure as it stands.
    unit
        Of the measure: ``Rp``, ``bagian`` (a share), or what is counted.
    """
    scale = 1e9 if unit == "Rp" else 1.0
    shown = charts.ranked(charts.layout(finding), size=13)
    shown["barmode"] = "overlay"
    shown["xaxis"] |= {
        "visible": True,
        "showgrid": True,
        "rangemode": "normal",
        "nticks": 6,
        "tickformat": ".1%" if unit == "bagian" else ",.0f",
        "title": {"text": t("Miliar rupiah") if unit == "Rp" else "", "standoff": 4},
    }
    labels = [charts.wrapped(label, 34) for label in rows["label"]]
    traces = [
        {
            "type": "bar",
            "orientation": "h",
            "name": name,
            "base": [base / scale] * len(rows),
            "x": ((rows[f"{side}_value"] - base) / scale).tolist(),
            "y": labels,
            "marker": charts.hatched(hatch, colour),
            "text": rows[f"{side}_said"].tolist(),
            "textposition": "none",
            "hovertemplate": "%{text}<extra></extra>",
        }
        for side, name, colour, hatch in (
            ("low", t("Tuas rendah"), charts.PALETTE[0], ""),
            ("high", t("Tuas tinggi"), charts.PALETTE[1], "/"),
        )
    ]
    return {"data": traces, "layout": shown}
