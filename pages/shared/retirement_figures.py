"""The figures of the page on retirements."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import pandas as pd

from analytics import leaving_summary
from pages.shared import access, charts, layout
from pages.shared import retirement_view as view_of
from pages.shared.retirement_view import REST, Calendar, View
from pages.shared.words import language, number, t


@dataclass(frozen=True)
class Look:
    """What a figure depends on beside its counts: the language, and who is looking."""

    language: str
    hides_small: bool

    def count(self, count: int) -> str:
        """A count of people as this visitor may see it."""
        return layout.HIDDEN_COUNT if self.is_small(count) else number(count)

    def is_small(self, count: int) -> bool:
        """Whether a count is hidden from this visitor."""
        return self.hides_small and 0 < count < access.SMALL_COUNT

    def height(self, count: int) -> int:
        """How high to draw a count: every hidden one alike."""
        return access.SMALL_COUNT - 1 if self.is_small(count) else count


def look() -> Look:
    """How this visitor looks at figures."""
    return Look(language(), not access.may_see_names())


@lru_cache(maxsize=256)
def calendar_bars(view: View, seen: Look) -> charts.ReadyFigure:
    """Stacked bars by period; a line for the law in force when the view changes it."""
    answer = view_of.calendar(view)
    named, others = answer.named, answer.others
    if seen.hides_small:
        named, others = view_of.small_to_rest(named, others, access.SMALL_COUNT)
    wide = named.assign(**{REST: others}) if others.sum() else named
    wide = wide.loc[:, wide.sum() > 0]
    places = view_of.places(view, [*wide.columns])
    wide = wide[sorted(wide.columns, key=places.__getitem__)]
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
                "y": [seen.height(count) for count in answer.in_force["leaver_count"].tolist()],
                "text": [seen.count(count) for count in answer.in_force["leaver_count"].tolist()],
                "line": {"color": charts.ALARM, "width": 3, "dash": "dot"},
                "marker": {"size": 7},
                "hovertemplate": "%{text}",
            }
        )
    names = {column: view_of.value_name(view.by, column) for column in wide.columns}
    names[REST] = t("Lainnya")
    wide.index = pd.Index(along)
    figure = charts.bars(
        wide,
        _finding(view, answer, seen),
        names=names,
        y_title=t("Orang pensiun"),
        lines=lines,
        places=places,
    )
    for trace, group in zip(figure["data"], wide.columns, strict=False):
        # What a click tells: the period and the group of the piece that was clicked.
        trace["customdata"] = [[period, group] for period in periods]
        counts = wide[group].tolist()
        trace["text"] = [seen.count(count) for count in counts]
        trace["y"] = [seen.height(count) for count in counts]
        trace["textposition"] = "none"
        trace["hovertemplate"] = "%{text}"
    figure["layout"]["clickmode"] = "event+select"
    if view.period == "year":
        charts.fixed_room(figure["layout"], float(wide.sum(axis=1).max()))
        # As many years as a phone has room for, lying.
        every = 1 if len(along) <= 7 else 2 if len(along) <= 14 else 5
        figure["layout"]["xaxis"]["dtick"] = every
    else:
        figure["layout"]["xaxis"] |= {"type": "category", "nticks": 9}
    return charts.ReadyFigure(figure)


def _finding(view: View, answer: Calendar, seen: Look) -> str:
    if answer.in_force is not None:
        with_change = answer.summary.leaver_count
        today = int(answer.in_force["leaver_count"].sum())
        return t(
            "Sampai {year}: {changed} orang dengan pilihan ini, {today} menurut hukum yang berlaku",
            year=view.until_year,
            changed=seen.count(with_change),
            today=seen.count(today),
        )
    sums = answer.named.sum()
    return t(
        "Terbanyak {group}: {count} dari {total} yang pensiun sampai {year}",
        group=view_of.value_name(view.by, str(sums.index[0])),
        count=seen.count(int(sums.iloc[0])),
        total=seen.count(answer.summary.leaver_count),
        year=view.until_year,
    )


def contract_bars(answer: Calendar, seen: Look) -> charts.Figure:
    """Contracts that end, by year and kind."""
    wide, _ = leaving_summary.by_largest(
        answer.contract_ends, "employment", view_of.NAMED_GROUPS, "contract_end_count"
    )
    wide = wide.iloc[: int(wide.sum(axis=1).to_numpy().nonzero()[0].max()) + 1]
    total = int(answer.contract_ends["contract_end_count"].sum())
    names = {column: view_of.value_name("employment", column) for column in wide.columns}
    wide.index = pd.Index([int(period) for period in wide.index.astype(str)])
    return charts.bars(
        wide,
        t("{count} kontrak berakhir sebelum pensiun", count=seen.count(total)),
        names=names,
        y_title=t("Kontrak berakhir"),
    )
