"""The figures of the page on teachers: what is short and spare, need beside staff, posts."""

from __future__ import annotations

from functools import lru_cache

import pandas as pd

from pages.shared import charts, teacher_view
from pages.shared.school_inputs import Scope, year_name
from pages.shared.teacher_view import NeedKey
from pages.shared.words import number, t


def _ticks(years: list[int], shown: charts.Figure) -> None:
    """School years along the axis, every other one where there are many."""
    shown["xaxis"] |= {
        "tickvals": years if len(years) < 8 else years[::2],
        "ticktext": [
            f"{year % 100:02d}/{(year + 1) % 100:02d}"
            for year in (years if len(years) < 8 else years[::2])
        ],
    }


def _whole_ticks(shown: charts.Figure, lowest: int, highest: int) -> None:
    """Counts on both sides of zero, without a minus: below the line they are posts too many."""
    span = max(highest - lowest, 1)
    step = next(
        unit * 10**power
        for power in range(9)
        for unit in (1, 2, 5)
        if span / (unit * 10**power) <= 6
    )
    ticks = list(range(lowest // step * step, highest + step, step))
    shown["yaxis"] |= {"tickvals": ticks, "ticktext": [number(abs(tick)) for tick in ticks]}


@lru_cache(maxsize=64)
def balance(scope: Scope, key: NeedKey, language: str) -> charts.ReadyFigure:  # noqa: ARG001 (key)
    """Posts short above the line, posts too many below it; one never fills the other here."""
    found = teacher_view.answer(scope, key)
    rows = found.by_year
    first, last = rows.iloc[0], rows.iloc[-1]
    finding = t(
        "Kurang {now} guru sekarang, {then} pada {year} bila yang pensiun tidak diganti",
        now=teacher_view.short(first),
        then=teacher_view.short(last),
        year=year_name(int(last["school_year"])),
    )
    shown = charts.layout(finding, t("Jabatan guru"), stacked=True)
    shown["barmode"] = "relative"
    shown["yaxis"] |= {"zeroline": True, "zerolinecolor": charts.QUIET, "rangemode": "normal"}
    _whole_ticks(
        shown,
        -int(rows[["surplus_count", "unknown_count"]].sum(axis=1).max()),
        int(rows["deficit_count"].max()),
    )
    years = rows["school_year"].tolist()
    _ticks(years, shown)
    said = [year_name(int(year)) for year in years]
    parts = [
        ("deficit_count", t("Kurang"), charts.ALARM, "", 1),
        ("surplus_count", t("Lebih"), charts.PALETTE[0], "/", -1),
        ("unknown_count", t("Belum diketahui"), charts.QUIET, ".", -1),
    ]
    traces = [
        {
            "type": "bar",
            "name": name,
            "x": years,
            "y": (sign * rows[column]).tolist(),
            "marker": charts.hatched(hatch, colour),
            "text": [number(count) for count in rows[column]],
            "textposition": "none",
            "customdata": said,
            "hovertemplate": "%{text}",
        }
        for column, name, colour, hatch, sign in parts
        if rows[column].any()
    ]
    return charts.ReadyFigure({"data": traces, "layout": shown})


@lru_cache(maxsize=64)
def need(scope: Scope, key: NeedKey, language: str) -> charts.ReadyFigure:  # noqa: ARG001 (part of the key)
    """Strict need, need at today's ratios, and who is still in post."""
    found = teacher_view.answer(scope, key)
    rows = found.by_year
    last = rows.iloc[-1]
    staying = rows["in_post_count"] - rows["leaving_count"]
    finding = t(
        "{year}: perlu {need} menurut aturan, tersisa {left} guru",
        year=year_name(int(last["school_year"])),
        need=number(last["needed_count"]),
        left=number(staying.iloc[-1]),
    )
    shown = charts.layout(finding, t("Guru"))
    years = rows["school_year"].tolist()
    _ticks(years, shown)
    series = [
        (t("Menurut aturan"), rows["needed_count"], charts.ALARM, "solid"),
        (t("Pada rasio hari ini"), rows["needed_at_ratio"], charts.edge(charts.PALETTE[1]), "dash"),
        (t("Guru yang ada"), staying, charts.PALETTE[0], "dot"),
    ]
    traces = [
        {
            "type": "scatter",
            "mode": "lines+markers",
            "name": name,
            "x": years,
            "y": values.tolist(),
            "line": {"color": colour, "width": 3, "dash": dash},
            "marker": {"size": 6},
            "hovertemplate": "%{y:,.0f}",
        }
        for name, values, colour, dash in series
        if values.notna().any()
    ]
    return charts.ReadyFigure({"data": traces, "layout": shown})


@lru_cache(maxsize=64)
def posts(scope: Scope, key: NeedKey, school_year: int, language: str) -> charts.ReadyFigure:  # noqa: ARG001
    """Deficit to the right and surplus to the left, by post, in one year."""
    found = teacher_view.answer(scope, key)
    rows = found.by_post.loc[found.by_post["school_year"] == school_year]
    rows = rows.loc[(rows["deficit_count"] > 0) | (rows["surplus_count"] > 0)]
    rows = rows.sort_values(["deficit_count", "surplus_count"])
    shown = charts.layout(_posts_finding(rows, school_year))
    names = [teacher_view.post_name(post) for post in rows["post"]]
    shown["hovermode"] = "closest"
    shown["barmode"] = "relative"
    shown["clickmode"] = "event+select"
    shown["yaxis"] = {
        "automargin": True,
        "fixedrange": True,
        "ticksuffix": "  ",
        "tickfont": {"size": 14},
        "showgrid": False,
        "type": "category",
    }
    shown["xaxis"] |= {"showticklabels": False, "zeroline": True, "zerolinecolor": charts.QUIET}
    shown["margin"] |= {"r": 48}
    traces = [
        {
            "type": "bar",
            "orientation": "h",
            "name": name,
            "x": (sign * rows[column]).tolist(),
            "y": names,
            "marker": {"color": colour, "line": {"width": 0}},
            "text": [number(count) if count else "" for count in rows[column]],
            "textposition": "outside",
            "cliponaxis": False,
            "customdata": rows[["post"]].to_numpy().tolist(),
            "hovertemplate": f"%{{y}}: {name} %{{text}}<extra></extra>",
        }
        for column, name, colour, sign in (
            ("deficit_count", t("Kurang"), charts.ALARM, 1),
            ("surplus_count", t("Lebih"), charts.PALETTE[0], -1),
        )
    ]
    return charts.ReadyFigure({"data": traces, "layout": shown})


def _posts_finding(rows: pd.DataFrame, school_year: int) -> str:
    year = year_name(school_year)
    if rows.empty or not rows["deficit_count"].any():
        return t("{year}: tidak ada jabatan guru yang kurang", year=year)
    worst = rows.loc[rows["deficit_count"].idxmax()]
    return t(
        "{year}: paling kurang {post} ({count})",
        year=year,
        post=teacher_view.post_name(str(worst["post"])),
        count=number(worst["deficit_count"]),
    )


def posts_height(scope: Scope, key: NeedKey, school_year: int) -> int:
    """Pixels for one bar a post."""
    rows = teacher_view.answer(scope, key).by_post
    shown = rows.loc[rows["school_year"] == school_year]
    return 150 + 30 * int(((shown["deficit_count"] > 0) | (shown["surplus_count"] > 0)).sum())
