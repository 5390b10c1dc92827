"""The figures of the page on pupils: the wave, its grades, one school."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pandas as pd

from pages.shared import charts, school_view
from pages.shared.school_inputs import EVERY, Scope, level_name, year_name
from pages.shared.words import number, percent, t


def _years(years: list[int], shown: charts.Figure) -> None:
    """Ticks that read as school years, about every so many."""
    first, last = min(years), max(years)
    step = 1 if last - first < 6 else 2 if last - first < 12 else 4
    ticks = [year for year in range(first, last + 1) if (last - year) % step == 0]
    shown["xaxis"] |= {
        "tickvals": ticks,
        "ticktext": [f"{year % 100:02d}/{(year + 1) % 100:02d}" for year in ticks],
        "range": [first - 0.3, last + 0.3],
        "tickangle": 0,
    }


def banded(
    past: pd.DataFrame, ahead: pd.DataFrame, name: str, place: int, *, naive: bool
) -> list[charts.Figure]:
    """Traces of one group: the band, the naive line, the past, the forecast.

    Parameters
    ----------
    past
        ``school_year``, ``pupils``.
    ahead
        ``school_year``, ``pupils``, ``p10``, ``p90`` and, where ``naive``, ``naive``.
    place
        Which colour of the palette.
    """
    colour = charts.edge(charts.PALETTE[place % len(charts.PALETTE)])
    years = past["school_year"].tolist()
    last = past.iloc[-1:]
    said = [year_name(year) for year in years]
    traces: list[charts.Figure] = []
    if len(ahead):
        joined = [*last["school_year"], *ahead["school_year"]]
        low, high = ([*last["pupils"], *ahead[one]] for one in ("p10", "p90"))
        traces.append(
            {
                "type": "scatter",
                "mode": "lines",
                "name": t("8 dari 10 kemungkinan (P10-P90)"),
                "x": [*joined, *joined[::-1]],
                "y": [*high, *low[::-1]],
                "fill": "toself",
                "fillcolor": charts.see_through(colour, 0.32),
                "line": {"width": 0},
                "hoverinfo": "skip",
                "legendgroup": name,
                "showlegend": naive or place == 0,
            }
        )
        if naive:
            traces.append(
                {
                    "type": "scatter",
                    "mode": "lines",
                    "name": t("Seandainya tetap seperti tahun terakhir"),
                    "x": joined,
                    "y": [*last["pupils"], *ahead["naive"]],
                    "line": {"color": charts.QUIET, "width": 2, "dash": "dot"},
                    "hovertemplate": "%{y:,.0f}",
                }
            )
    traces.append(
        {
            "type": "scatter",
            "mode": "lines+markers",
            "name": name,
            "x": years,
            "y": past["pupils"].tolist(),
            "line": {"color": colour, "width": 3},
            "marker": {"size": 5},
            "text": said,
            "hovertemplate": "%{text}: %{y:,.0f}",
            "legendgroup": name,
        }
    )
    if len(ahead):
        bands = [
            f"{year_name(int(year))}: {number(mid)} ({number(low)}-{number(high)})"
            for year, mid, low, high in zip(
                ahead["school_year"], ahead["pupils"], ahead["p10"], ahead["p90"], strict=True
            )
        ]
        traces.append(
            {
                "type": "scatter",
                "mode": "lines+markers",
                "name": t("{name}, prakiraan", name=name),
                "x": joined,
                "y": [*last["pupils"], *ahead["pupils"]],
                "line": {"color": colour, "width": 3, "dash": "dash"},
                "marker": {"size": 6, "symbol": "circle-open"},
                "text": ["", *bands],
                "hovertemplate": "%{text}",
                "legendgroup": name,
                "showlegend": naive,
            }
        )
    return traces


@lru_cache(maxsize=128)
def wave(scope: Scope, language: str) -> charts.ReadyFigure:  # noqa: ARG001 (part of the key)
    """Pupils by year: what was, what is expected with its band, and the naive line."""
    answer = school_view.wave(scope)
    one = scope.level != EVERY or len(answer.history["group"].unique()) == 1
    shown = charts.layout(_finding(answer), t("Murid"))
    shown["hovermode"] = "closest"
    traces: list[charts.Figure] = []
    if one:
        name = level_name(scope.level)
        traces = banded(answer.whole_history, answer.whole, name, 0, naive=True)
    else:
        for place, (level, past) in enumerate(answer.history.groupby("group", sort=False)):
            ahead = answer.ahead.loc[answer.ahead["group"] == level]
            traces += banded(past, ahead, str(level), place, naive=False)
    years = [*answer.whole_history["school_year"], answer.last_year]
    _years([int(year) for year in years], shown)
    shown["xaxis"]["title"]["text"] = ""
    return charts.ReadyFigure({"data": traces, "layout": shown})


def _finding(answer: school_view.Wave) -> str:
    if not len(answer.whole):
        return t("Murid menurut tahun ajaran")
    last = answer.whole.iloc[-1]
    return t(
        "{year}: antara {low} dan {high} murid, sekarang {now}",
        year=year_name(answer.last_year),
        low=number(last["p10"]),
        high=number(last["p90"]),
        now=number(answer.pupils_now),
    )


@lru_cache(maxsize=128)
def grades(scope: Scope, language: str) -> charts.ReadyFigure | None:  # noqa: ARG001 (part of the key)
    """Pupils by grade and year: a small cohort can be followed upwards. None without grades."""
    answer = school_view.wave(scope)
    table = answer.grades
    if table.empty or len(table) < 2:
        return None
    last_past = answer.now_year
    table = table[[year for year in table.columns if year >= last_past - 5]]
    entry = table.iloc[0].dropna()
    finding = t(
        "Kelas {grade}: {now} murid sekarang, {ahead} pada {year}",
        grade=grade_name(int(table.index[0])),
        now=number(entry.get(last_past)),
        ahead=number(entry.iloc[-1]),
        year=year_name(int(entry.index[-1])),
    )
    shown = charts.layout(finding, legend=False)
    shown["hovermode"] = "closest"
    years = [int(year) for year in table.columns]
    rows = [year_name(year) + ("" if year <= last_past else " *") for year in years]
    labels = [grade_name(int(one)) for one in table.index]
    shown["xaxis"] |= {"type": "category", "side": "top"}
    shown["margin"] |= {"t": shown["margin"]["t"] + 26, "b": 36}
    shown["yaxis"] = {
        "type": "category",
        "autorange": "reversed",
        "automargin": True,
        "fixedrange": True,
        "showgrid": False,
        "ticksuffix": "  ",
        "tickfont": {"size": 13},
    }
    # The line between what was and what is expected.
    shown["shapes"] = [
        {
            "type": "line",
            "x0": 0,
            "x1": 1,
            "xref": "paper",
            "y0": years.index(last_past) + 0.5,
            "y1": years.index(last_past) + 0.5,
            "line": {"color": charts.ALARM, "width": 2, "dash": "dot"},
        }
    ]
    values = table.to_numpy(float).T
    # More than seven grades beside each other on a phone leave room for three figures each.
    in_thousands = len(labels) > 7 and float(np.nanmax(values)) >= 1000
    said = [[number(value) for value in row] for row in values]
    shown_as = (
        [[number(value / 1000, 1) for value in row] for row in values] if in_thousands else said
    )
    if in_thousands:
        shown["title"]["text"] += "<br>" + t("(angka dalam ribu murid)")
        shown["margin"]["t"] += 24
    trace = {
        "type": "heatmap",
        "x": labels,
        "y": rows,
        "z": values.tolist(),
        "colorscale": [[0, "#FBF0D5"], [0.5, "#B7D5E6"], [1, "#6FAAD0"]],
        "xgap": 2,
        "ygap": 2,
        "showscale": False,
        "text": shown_as,
        "customdata": said,
        "texttemplate": "%{text}",
        # Every step of the scale is light enough for dark ink, also on a dark page.
        "textfont": {"size": 13 if len(labels) <= 7 else 11, "color": "#0E1B26"},
        "hovertemplate": t("Kelas") + " %{x}, %{y}: %{customdata}<extra></extra>",
    }
    return charts.ReadyFigure({"data": [trace], "layout": shown})


@lru_cache(maxsize=128)
def one_grade(scope: Scope, grade: int, language: str) -> charts.ReadyFigure:  # noqa: ARG001 (key)
    """One grade over the schools in view: what was, what is expected, its band."""
    answer = school_view.wave(scope)
    ahead = school_view.one_grade(scope, grade)
    name = f"{t('Kelas')} {grade_name(grade)}" if grade else grade_name(grade)
    last = ahead.iloc[-1]
    finding = t(
        "{grade}: antara {low} dan {high} murid pada {year}",
        grade=name,
        low=number(last["p10"]),
        high=number(last["p90"]),
        year=year_name(int(last["school_year"])),
    )
    shown = charts.layout(finding, t("Murid"))
    shown["hovermode"] = "closest"
    row = answer.grades.loc[grade]
    row = row.loc[[year for year in row.index if year <= answer.now_year]].dropna()
    past = pd.DataFrame({"school_year": [int(year) for year in row.index], "pupils": row.tolist()})
    _years([*past["school_year"], answer.last_year], shown)
    traces = banded(past, ahead, name, 0, naive=True)
    return charts.ReadyFigure({"data": traces, "layout": shown})


def grades_height(scope: Scope) -> int:
    """Pixels that the figure of grades needs: one line a year."""
    years = school_view.wave(scope).grades.columns
    count = sum(1 for year in years if year >= school_view.wave(scope).now_year - 5)
    return 155 + 28 * count


def grade_name(grade: int) -> str:
    """``I`` ... ``XII`` as schools write it; TK for kindergarten."""
    roman = ["TK", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII"]
    return roman[grade] if 0 <= grade < len(roman) else str(grade)


def one_school(rows: pd.DataFrame, last_year: int) -> charts.Figure:
    """Pupils of one school: what was, what is expected, its band, the naive line."""
    total = rows.loc[rows["grade"] == school_view.TOTAL]
    past = total.loc[~total["is_ahead"].astype(bool)].sort_values("school_year")
    ahead = total.loc[total["is_ahead"].astype(bool) & (total["school_year"] <= last_year)]
    if ahead.empty:
        finding = t("Tidak lagi melaporkan murid")
    else:
        last = ahead.iloc[-1]
        finding = t(
            "Antara {low} dan {high} murid pada {year}",
            low=number(last["p10"]),
            high=number(last["p90"]),
            year=year_name(last_year),
        )
    shown = charts.layout(finding, t("Murid"))
    shown["hovermode"] = "closest"
    naive = past["pupils"].iloc[-1] if len(past) else 0.0
    traces = banded(past, ahead.assign(naive=naive), t("Murid"), 0, naive=True)
    years = [*past["school_year"], *ahead["school_year"]]
    _years([int(year) for year in years], shown)
    return {"data": traces, "layout": shown}


def share_said(share: float) -> str:
    """A change with its sign: ``+4,1%``, ``−12,0%``."""
    if pd.isna(share):
        return percent(share)
    return f"{'+' if share > 0 else '−' if share < 0 else ''}{percent(abs(share))}"
