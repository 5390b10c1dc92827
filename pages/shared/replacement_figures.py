"""The figures of the page on replacing: the gap by year and basis, when newcomers come."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import lru_cache

from analytics.options import LESS_NEED, Option, arrivals
from analytics.posts_needed import ABK, COMPLEMENT, RATIO, SCHOOL_MODEL
from analytics.replacement import Gap
from pages.shared import charts
from pages.shared import replacement_view as view_of
from pages.shared.replacement_inputs import Wish, basis_names
from pages.shared.words import month, number, t

_COLOURS = {
    SCHOOL_MODEL: (charts.ALARM, ""),
    ABK: (charts.PALETTE[4], "x"),
    RATIO: (charts.PALETTE[5], "."),
    COMPLEMENT: (charts.QUIET, "/"),
}
_SURPLUS = charts.PALETTE[0]


@lru_cache(maxsize=64)
def gap_by_year(found: Gap, wish: Wish, language: str) -> charts.ReadyFigure:  # noqa: ARG001 (key)
    """Posts short by year, one layer a basis, and posts too many beneath the line."""
    answer = view_of.answer(found, wish)
    table = answer.by_basis
    names = basis_names()
    deficit, kept = answer.computed["deficit_count"], answer.kept["deficit_count"]
    finding = t(
        "{year}: kurang {deficit} menurut kebutuhan; {kept} lagi bila jumlah hari ini"
        " dipertahankan",
        year=wish.year,
        deficit=number(deficit),
        kept=number(kept),
    )
    shown = charts.layout(finding, t("Jumlah jabatan"), stacked=True)
    shown["barmode"] = "relative"
    highest = float(table.groupby("year")[["deficit_count", "surplus_count"]].sum().max().max())
    # Two lines of names, clear of the buttons in the corner.
    charts.fixed_room(shown, highest, bottom=84)
    shown["xaxis"] |= {"tickformat": "d", "dtick": 2}
    shown["yaxis"] |= {"zeroline": True, "zerolinecolor": charts.QUIET}
    traces: list[charts.Figure] = []
    for basis, (colour, hatch) in _COLOURS.items():
        rows = table.loc[table["basis"] == basis]
        if rows.empty or not rows["deficit_count"].sum() + rows["surplus_count"].sum():
            continue
        years = rows["year"].tolist()
        short = rows["deficit_count"].round(1).tolist()
        traces.append(_bar(years, short, t("{basis}: kurang", basis=names[basis]), colour, hatch))
        if rows["surplus_count"].sum() > 0.5:
            spare = (-rows["surplus_count"]).round(1).tolist()
            name = t("{basis}: lebih", basis=names[basis])
            traces.append(_bar(years, spare, name, _SURPLUS, hatch))
    # The year that the page speaks of.
    shown["shapes"] = [
        {
            "type": "rect",
            "x0": wish.year - 0.5,
            "x1": wish.year + 0.5,
            "y0": 0,
            "y1": 1,
            "yref": "paper",
            "fillcolor": "rgba(227,161,43,0.16)",
            "line": {"width": 0},
            "layer": "below",
        }
    ]
    return charts.ReadyFigure({"data": traces, "layout": shown})


def _bar(
    years: list[int], values: list[float], name: str, colour: str, hatch: str
) -> charts.Figure:
    return {
        "type": "bar",
        "name": name,
        "x": years,
        "y": values,
        "marker": charts.hatched(hatch, colour),
        "customdata": [number(abs(value)) for value in values],
        "hovertemplate": "%{customdata}",
    }


@lru_cache(maxsize=32)
def arrival(chosen: tuple[Option, ...], on: date, language: str) -> charts.ReadyFigure:
    """When ten people proposed next are at work, option by option, month by month."""
    at = 0 if language == "id" else 1
    shown = charts.layout(_arrival_finding(chosen, on, at), t("Bekerja dari 10 diusulkan"))
    shown["hovermode"] = "closest"
    shown["yaxis"] |= {"range": [0, 10.4], "dtick": 2}
    years = list(range(on.year, on.year + 5))
    traces: list[charts.Figure] = []
    for place, option in enumerate(one for one in chosen if one.kind != LESS_NEED):
        proposed, *_ = view_of.first_days(option, on)
        law = arrivals(option, proposed.year, years, on if proposed.year == on.year else None)
        share = _of_first_month(option, proposed, years)
        values = [round(10 * option.fill_share.mid * one, 2) for one in share]
        months = [date(years[0] + n // 12, n % 12 + 1, 1) for n in range(len(law.by_month))]
        use = slice(max(0, on.month - 1), None)
        traces.append(
            {
                "type": "scatter",
                "mode": "lines",
                "name": option.label[at],
                "x": [one.isoformat() for one in months[use]],
                "y": values[use],
                "line": {
                    "color": charts.edge(charts.PALETTE[place % len(charts.PALETTE)]),
                    "width": 3,
                    "dash": charts.DASHES[place % len(charts.DASHES)],
                    "shape": "spline",
                    "smoothing": 0.4,
                },
                "text": [
                    f"{option.label[at]}, {month(one)}: {number(value, 1)}"
                    for one, value in zip(months[use], values[use], strict=True)
                ],
                "hovertemplate": "%{text}<extra></extra>",
            }
        )
    return charts.ReadyFigure({"data": traces, "layout": shown})


def _of_first_month(option: Option, proposed: date, years: Sequence[int]) -> list[float]:
    """Share in post by month of what is proposed in one month."""
    begun = 12 * (proposed.year - years[0]) + proposed.month - 1
    reached = option.lead_months.reached([n - begun for n in range(12 * len(years))])
    return [float(one) for one in reached]


def _arrival_finding(chosen: Sequence[Option], on: date, at: int) -> str:
    hires = [one for one in chosen if one.option in ("cpns", "pppk")]
    told = [
        t(
            "{option} bekerja {month}",
            option=one.label[at],
            month=month(view_of.first_days(one, on)[2]),
        )
        for one in hires
    ]
    proposed = view_of.first_days(hires[0], on)[0]
    return t("Diusulkan {month}: {told}", month=month(proposed), told=", ".join(told))
