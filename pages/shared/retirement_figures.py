"""The figures of the page on retirements."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from analytics import leaving
from pages.shared import access, charts, layout
from pages.shared import retirement_view as view_of
from pages.shared.retirement_view import Calendar, View
from pages.shared.words import t

NAMED_GROUPS = 6
REST = "lainnya"
_BLUE = "31,111,168"
_FAINTEST, _DARK_ENOUGH_FOR_WHITE = 0.10, 0.68


def calendar_bars(view: View, answer: Calendar) -> charts.Figure:
    """Stacked bars by period; a line for the law in force when the view changes it."""
    named, others = leaving.by_largest(answer.counts, view.by, NAMED_GROUPS)
    if not access.may_see_names():
        named, others = view_of.small_to_rest(named, others, access.SMALL_COUNT)
    wide = named.assign(**{REST: others}) if others.sum() else named
    wide = wide.loc[:, wide.sum() > 0]
    periods = wide.index.astype(str)
    along = [
        int(period) if period.isdecimal() else view_of.period_name(period) for period in periods
    ]
    lines = []
    if answer.in_force is not None:
        lines.append(
            {
                "type": "scatter",
                "mode": "lines+markers",
                "name": t("Hukum yang berlaku"),
                "x": along,
                "y": answer.in_force["leaver_count"].tolist(),
                "line": {"color": charts.ALARM, "width": 3, "dash": "dot"},
                "marker": {"size": 7},
                "hovertemplate": "%{y:,d}",
            }
        )
    names = {column: view_of.value_name(view.by, column) for column in wide.columns}
    names[REST] = t("Lainnya")
    wide.index = pd.Index(along)
    figure = charts.bars(
        wide, _finding(view, answer), names=names, y_title=t("Orang pensiun"), lines=lines
    )
    for trace, group in zip(figure["data"], wide.columns, strict=False):
        # What a click tells: the period and the group of the piece that was clicked.
        trace["customdata"] = [[period, group] for period in periods]
        counts = wide[group].tolist()
        trace["text"] = [layout.count_shown(count) for count in counts]
        trace["y"] = [
            access.SMALL_COUNT - 1 if layout.is_small(count) else count for count in counts
        ]
        trace["textposition"] = "none"
        trace["hovertemplate"] = "%{text}"
    figure["layout"]["clickmode"] = "event+select"
    # Beneath, where a phone can stack seven names without covering the title.
    figure["layout"]["legend"] |= {"y": -0.14, "yanchor": "top"}
    figure["layout"]["margin"]["t"] = 56
    if view.period != "year":
        figure["layout"]["xaxis"] |= {"type": "category", "nticks": 16, "tickangle": 0}
    return figure


def _finding(view: View, answer: Calendar) -> str:
    if answer.in_force is not None:
        with_change = int(answer.counts["leaver_count"].sum())
        today = int(answer.in_force["leaver_count"].sum())
        return t(
            "Sampai {year}: {changed} orang dengan pilihan ini, {today} menurut hukum yang berlaku",
            year=view.until_year,
            changed=layout.count_shown(with_change),
            today=layout.count_shown(today),
        )
    named, _ = leaving.by_largest(answer.counts, view.by, 1)
    return t(
        "Terbanyak: {group}, {count} dari {total} orang sampai {year}",
        group=view_of.value_name(view.by, str(named.columns[0])),
        count=layout.count_shown(int(named.sum().iloc[0])),
        total=layout.count_shown(answer.summary.leaver_count),
        year=view.until_year,
    )


def month_calendar(answer: Calendar) -> charts.Figure:
    """Years down, months across, darker where more people leave; every cell can be clicked."""
    grid = answer.grid
    months = view_of.month_names()
    top = max(int(grid.to_numpy().max()), 1)
    is_dark = st.context.theme.type == "dark"
    ink = "#E8EDF2" if is_dark else "#16212C"
    x, y, text, told, fill, letters, cells = [], [], [], [], [], [], []
    for year, row in grid.iterrows():
        for month, count in row.items():
            strength = (count if not layout.is_small(count) else 2) / top
            alpha = _FAINTEST + (1 - _FAINTEST) * strength if count else 0.04
            x.append(int(month) - 0.48)
            y.append(str(year))
            text.append(layout.count_shown(count) if count else "")
            told.append(f"{months[int(month) - 1]} {year}: {layout.count_shown(count)}")
            fill.append(f"rgba({_BLUE},{alpha:.2f})")
            letters.append("#FFFFFF" if alpha > _DARK_ENOUGH_FOR_WHITE else ink)
            cells.append(f"{year}-{int(month):02d}")
    shown = charts.layout(_month_finding(grid), legend=False)
    shown |= {"hovermode": "closest", "bargap": 0.08, "clickmode": "event+select"}
    shown["xaxis"] |= {
        "tickvals": list(range(1, 13)),
        "ticktext": months,
        "range": [0.5, 12.5],
        "side": "top",
        "zeroline": False,
        "ticks": "",
    }
    shown["yaxis"] = {
        "type": "category",
        "autorange": "reversed",
        "automargin": True,
        "fixedrange": True,
        "showgrid": False,
        "ticksuffix": " ",
        "tickfont": {"size": 14},
        "dtick": 1,
    }
    # Plotly's heatmap cannot be clicked through Streamlit; bars laid end to end can.
    trace = {
        "type": "bar",
        "orientation": "h",
        "x": [0.96] * len(x),
        "base": x,
        "y": y,
        "text": text,
        "textposition": "inside",
        "insidetextanchor": "middle",
        "textangle": 0,
        "insidetextfont": {"color": letters, "size": 13},
        "marker": {"color": fill, "line": {"width": 0}},
        "hovertext": told,
        "hovertemplate": "%{hovertext}<extra></extra>",
        "customdata": [[cell, ""] for cell in cells],
        "showlegend": False,
    }
    return {"data": [trace], "layout": shown}


def _month_finding(grid: pd.DataFrame) -> str:
    by_month = grid.sum()
    busiest = int(by_month.idxmax())
    return t(
        "{month} paling ramai: {count} dari {total} orang",
        month=view_of.long_month_names()[busiest - 1],
        count=layout.count_shown(int(by_month[busiest])),
        total=layout.count_shown(int(by_month.sum())),
    )


def contract_bars(answer: Calendar) -> charts.Figure:
    """Contracts that end, by year and kind."""
    wide, _ = leaving.by_largest(
        answer.contract_ends, "employment", NAMED_GROUPS, "contract_end_count"
    )
    busiest = int(answer.contract_ends["contract_end_count"].sum())
    names = {column: view_of.value_name("employment", column) for column in wide.columns}
    wide.index = pd.Index([int(period) for period in wide.index.astype(str)])
    return charts.bars(
        wide,
        t("{count} kontrak berakhir sebelum pensiun", count=layout.count_shown(busiest)),
        names=names,
        y_title=t("Kontrak berakhir"),
    )
