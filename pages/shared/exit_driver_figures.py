"""The figures of which groups leave more often, on the page on exits: ratios, and rates."""

from __future__ import annotations

from functools import lru_cache

import pandas as pd

from pages.shared import charts, exit_view
from pages.shared.exit_inputs import Scope
from pages.shared.retirement_figures import Look
from pages.shared.retirement_view import value_name
from pages.shared.words import number, t

# Lines of a legend below the axis, in pixels.
_LEGEND_ROOM = 92
_ROW_PIXELS = 27


def factor_names() -> dict[str, str]:
    """What each driver is called."""
    return {
        "age_band": t("Umur"),
        "service_band": t("Masa kerja"),
        "sex": t("Jenis kelamin"),
        "employment": t("Status kepegawaian"),
        "role_group": t("Kelompok jabatan"),
    }


def label_of(factor: str, level: str) -> str:
    """One group beside an axis: short, and clear without its heading."""
    if factor == "age_band":
        return t("Umur {band}", band=_band_name(level))
    if factor == "service_band":
        return t("Masa kerja {band}", band=_band_name(level))
    return value_name(factor, level)


def _band_name(level: str) -> str:
    return f"< {level[1:]}" if level.startswith("<") else level.replace("+", " +")


def level_name(factor: str, level: str) -> str:
    """One group as the visitor reads it."""
    if factor in ("age_band", "service_band"):
        if level.startswith("<"):
            return t("di bawah {n} tahun", n=level[1:])
        if level.endswith("+"):
            return t("{n} tahun ke atas", n=level[:-1])
        return t("{band} tahun", band=level)
    return value_name(factor, level)


def drivers_height(rows: pd.DataFrame) -> int:
    """How high the figure of drivers must be."""
    return 150 + _ROW_PIXELS * len(rows)


@lru_cache(maxsize=32)
def drivers(scope: Scope, seen: Look) -> charts.ReadyFigure:  # noqa: ARG001 (the language is part of the key)
    """Rate ratios with their intervals, and the usual ones beside where there is an own history."""
    rows = exit_view.ratios(scope).iloc[::-1]
    is_own = bool((rows["origin"] == "own").any())
    labels = [
        label_of(factor, level) for factor, level in zip(rows["factor"], rows["level"], strict=True)
    ]
    said = [
        t(
            "{label}: {ratio} kali rata-rata ({low}-{high})",
            label=label,
            ratio=number(ratio, 2),
            low=number(low, 2),
            high=number(high, 2),
        )
        for label, ratio, low, high in zip(
            labels, rows["ratio"], rows["low"], rows["high"], strict=True
        )
    ]
    colour = charts.PALETTE[0] if is_own else charts.QUIET
    traces: list[charts.Figure] = [
        {
            "type": "scatter",
            "mode": "markers",
            "name": t("Riwayat sendiri, 8 dari 10 kemungkinan")
            if is_own
            else t("Acuan umum, dari terendah sampai tertinggi"),
            "x": rows["ratio"].tolist(),
            "y": labels,
            "error_x": {
                "type": "data",
                "symmetric": False,
                "array": (rows["high"] - rows["ratio"]).tolist(),
                "arrayminus": (rows["ratio"] - rows["low"]).tolist(),
                "thickness": 2.5,
                "width": 0,
                "color": colour,
            },
            "marker": {"color": colour, "size": 9},
            "text": said,
            "hovertemplate": "%{text}<extra></extra>",
        }
    ]
    if is_own:
        traces.append(
            {
                "type": "scatter",
                "mode": "markers",
                "name": t("Acuan umum"),
                "x": rows["usual_ratio"].tolist(),
                "y": labels,
                "marker": {"color": charts.QUIET, "size": 9, "symbol": "diamond-open"},
                "hovertemplate": t("Acuan umum") + ": %{x:.2f}<extra></extra>",
            }
        )
    shown = charts.layout(_driver_finding(rows, labels, is_own))
    shown["hovermode"] = "closest"
    shown["xaxis"] |= {
        "type": "log",
        "title": {"text": t("Kali laju rata-rata, hal lain sama"), "standoff": 18},
        "tickvals": [0.25, 0.5, 1, 2, 4],
        "ticktext": [
            number(one, 2 if one < 0.5 else 1 if one < 1 else 0) for one in (0.25, 0.5, 1, 2, 4)
        ],
        "showgrid": True,
    }
    shown["yaxis"] = {
        "automargin": True,
        "fixedrange": True,
        "tickfont": {"size": 13},
        "showgrid": False,
        "ticksuffix": "  ",
    }
    shown["margin"]["b"] = _LEGEND_ROOM
    shown["shapes"] = [
        {
            "type": "line",
            "x0": 1,
            "x1": 1,
            "y0": 0,
            "y1": 1,
            "yref": "paper",
            "line": {"color": charts.QUIET, "width": 1.5, "dash": "dash"},
        }
    ]
    return charts.ReadyFigure({"data": traces, "layout": shown})


def _driver_finding(rows: pd.DataFrame, labels: list[str], is_own: bool) -> str:
    if not is_own:
        return t("Acuan umum, bukan riwayat daerah ini: kelompok yang lebih sering keluar dini")
    sure = (rows["low"] > 1).to_numpy()
    if not sure.any():
        return t("Belum ada kelompok yang pasti lebih sering keluar dini daripada rata-rata")
    most = int((rows["low"].where(sure, 0)).to_numpy().argmax())
    return t(
        "{label} keluar dini {ratio} kali rata-rata",
        label=labels[most],
        ratio=number(rows["ratio"].iloc[most], 1),
    )


@lru_cache(maxsize=64)
def rates(scope: Scope, by: str, seen: Look) -> charts.ReadyFigure:  # noqa: ARG001 (part of the key)
    """Expected rate of leaving early by group, in per mille a year, largest on top."""
    rows = exit_view.group_rates(scope, by).head(15)
    values = pd.Series(
        (1000 * rows["rate_share"]).tolist(),
        index=[value_name(by, str(level)) for level in rows["level"]],
    )
    top = rows.iloc[0]
    finding = t(
        "{group}: {n} dari 1.000 orang keluar dini dalam 12 bulan, laju tertinggi",
        group=value_name(by, str(top["level"])),
        n=number(1000 * top["rate_share"], 1),
    )
    figure = charts.ranking(values, finding, series=t("per 1.000 orang"))
    figure["data"][0] |= {
        "text": [number(one, 1) for one in values],
        "texttemplate": "%{text}",
        "hovertemplate": "%{y}: %{text} " + t("per 1.000 orang setahun") + "<extra></extra>",
    }
    return charts.ReadyFigure(figure)
