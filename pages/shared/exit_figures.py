"""The figures of the page on exits: years by cause with their band."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import pandas as pd

from pages.shared import charts, exit_view, load_exits
from pages.shared.exit_inputs import Scope
from pages.shared.exit_view import Answer
from pages.shared.retirement_figures import Look
from pages.shared.words import number, t, tn

_AHEAD_OPACITY = 0.5
_OTHERS = "lainnya"
# The years and four lines of a legend, in pixels.
_LEGEND_ROOM = 144
# One more than the palette holds: there are eight causes.
_COLOURS = (*charts.PALETTE, "#8A5A3C")


@lru_cache(maxsize=64)
def by_year(scope: Scope, seen: Look) -> charts.ReadyFigure:
    """Exits seen and expected, stacked by cause, with the band of each year's total."""
    found = exit_view.answer(scope)
    names = load_exits.cause_names()
    past = guarded(found.past, seen)
    causes = [*found.by_cause.columns]
    causes += [cause for cause in past.columns if cause not in causes]
    traces = _stacked(causes, names, (past, found.by_cause), seen)
    traces.append(_band(found.years, "leaver", past))
    shown = charts.layout(_finding(found), t("Orang keluar"), stacked=True)
    _years(shown, past, found.by_cause, found.years["leaver_p90"])
    _border(shown, scope)
    return charts.ReadyFigure({"data": traces, "layout": shown})


@lru_cache(maxsize=64)
def early(scope: Scope, seen: Look) -> charts.ReadyFigure:
    """The same of early exits alone, which a bar of retirements hides."""
    found = exit_view.answer(scope)
    names = load_exits.cause_names()
    ahead = found.early
    kept = [cause for cause in found.past if cause not in ("bup", "kontrak_berakhir", "mpp")]
    past = guarded(found.past[kept], seen) if kept else pd.DataFrame()
    causes = [*ahead.columns, *(cause for cause in past.columns if cause not in ahead)]
    traces = _stacked(causes, names, (past, ahead), seen)
    traces.append(_band(found.early_bands, "early", past))
    shown = charts.layout(_early_finding(scope, found), t("Orang keluar"), stacked=True)
    _years(shown, past, ahead, found.early_bands["early_p90"])
    _border(shown, scope)
    return charts.ReadyFigure({"data": traces, "layout": shown})


def guarded(counts: pd.DataFrame, seen: Look) -> pd.DataFrame:
    """Counts by year and cause; small ones put together, and raised where they stay small."""
    if not seen.hides_small or counts.empty:
        return counts
    small = counts.map(seen.is_small)
    rest = counts.where(small, 0).sum(axis=1)
    kept = counts.mask(small, 0)
    return kept.assign(**{_OTHERS: [seen.height(int(each)) for each in rest]})


def _stacked(
    causes: list[str],
    names: dict[str, str],
    past_and_ahead: tuple[pd.DataFrame, pd.DataFrame],
    seen: Look,
) -> list[charts.Figure]:
    """One series a cause; a name that several causes share stands in the legend once."""
    traces = [_bars(cause, names, past_and_ahead, seen) for cause in causes]
    named: set[str] = set()
    for trace in traces:
        trace["showlegend"] = trace["name"] not in named
        named.add(trace["name"])
    return traces


def _bars(
    cause: str,
    names: dict[str, str],
    past_and_ahead: tuple[pd.DataFrame, pd.DataFrame],
    seen: Look,
) -> charts.Figure:
    """One cause in past and coming years; its colour is the same in every figure.

    One series for both: a browser takes as long for each series as for all its bars. The year of
    the data has a bar of each, one on the other, and both say the two counts.
    """
    places = [each for each in names if each != "mpp"]
    place = places.index(cause if cause in places else "tidak_diketahui")
    name = names.get(cause, t("Lainnya"))
    none = pd.Series(dtype="float64")
    past, ahead = (counts.get(cause, none) for counts in past_and_ahead)
    said = {year: seen.count(int(value)) for year, value in past.items()}
    for year, value in ahead.items():
        coming = number(value, 1)
        said[year] = (
            t("{n} tercatat + {coming} diperkirakan", n=said[year], coming=coming)
            if year in said
            else coming
        )
    years = [*past.index.tolist(), *ahead.index.tolist()]
    marker = charts.hatched(
        charts.HATCHES[place % len(charts.HATCHES)], _COLOURS[place % len(_COLOURS)]
    )
    return {
        "type": "bar",
        "name": name,
        "x": years,
        "y": [*past.tolist(), *ahead.tolist()],
        "marker": marker | {"opacity": [1.0] * len(past) + [_AHEAD_OPACITY] * len(ahead)},
        "text": [f"{name}: {said[year]}" for year in years],
        "textposition": "none",
        "hovertemplate": "%{text}<extra></extra>",
    }


def _band(years: pd.DataFrame, name: str, past: pd.DataFrame) -> charts.Figure:
    """The band of each year's sum; columns ``<name>_count``, ``_p10``, ``_p90``."""
    count, p10, p90 = (years[f"{name}_{one}"] for one in ("count", "p10", "p90"))
    # The first year has months that are over: the band stands on what was seen in them.
    over = past.sum(axis=1).reindex(years["year"], fill_value=0).to_numpy() if len(past) else 0
    middle = count.to_numpy() + over
    said = [
        t(
            "Jumlah: {mid} ({low}-{high})",
            mid=number(mid),
            low=number(low),
            high=number(high),
        )
        for mid, low, high in zip(middle, p10 + over, p90 + over, strict=True)
    ]
    return {
        "type": "scatter",
        "mode": "markers",
        "name": t("8 dari 10 kemungkinan (P10-P90)"),
        "x": years["year"].tolist(),
        "y": middle.tolist(),
        "error_y": {
            "type": "data",
            "symmetric": False,
            "array": (p90 - count).clip(lower=0).tolist(),
            "arrayminus": (count - p10).clip(lower=0).tolist(),
            "thickness": 2.5,
            "width": 7,
            "color": charts.ALARM,
        },
        "marker": {"color": charts.ALARM, "size": 7, "symbol": "diamond"},
        "text": said,
        "hovertemplate": "%{text}<extra></extra>",
    }


def _years(shown: dict[str, Any], past: pd.DataFrame, ahead: pd.DataFrame, high: pd.Series) -> None:
    years = [*past.index, *ahead.index]
    first, last = min(years), max(years)
    step = 1 if last - first < 9 else 2 if last - first < 18 else 4
    ticks = [year for year in range(first, last + 1) if (last - year) % step == 0]
    shown["xaxis"] |= {
        "tickvals": ticks,
        "ticktext": [str(year) for year in ticks],
        "range": [first - 0.6, last + 0.6],
    }
    seen = past.sum(axis=1).max() if len(past) else 0
    charts.fixed_room(shown, float(max(seen, high.max())), bottom=_LEGEND_ROOM)


def _border(shown: dict[str, Any], scope: Scope) -> None:
    """A line at the day of the data: what is left of it was seen, what is right is expected."""
    day = scope.key.people.as_of
    at = day.year - 0.5 + (day.timetuple().tm_yday - 1) / 365
    shown["margin"]["t"] += 18
    shown["shapes"] = [
        {
            "type": "line",
            "x0": at,
            "x1": at,
            "y0": 0,
            "y1": 1,
            "yref": "paper",
            "line": {"color": charts.QUIET, "width": 1.5, "dash": "dot"},
        }
    ]
    shown["annotations"] = [
        {
            "x": at,
            "y": 1,
            "yref": "paper",
            "text": t("diperkirakan →"),
            "showarrow": False,
            "xanchor": "left",
            "yanchor": "bottom",
            "font": {"size": 13},
        }
    ]


def _finding(found: Answer) -> str:
    # The first year is cut short by the day of the data; it is no peak.
    whole = found.years.iloc[1:] if len(found.years) > 1 else found.years
    peak = whole.loc[whole["leaver_count"].idxmax()]
    return t(
        "Terbanyak keluar pada {year}: {mid} orang ({low}-{high})",
        year=int(peak["year"]),
        mid=number(peak["leaver_count"]),
        low=number(peak["leaver_p10"]),
        high=number(peak["leaver_p90"]),
    )


def _early_finding(scope: Scope, found: Answer) -> str:
    names = load_exits.cause_names()
    sums = found.early.sum()
    years = scope.horizon_years
    if sums.empty or not sums.sum():
        return t("Tidak ada yang diperkirakan keluar sebelum BUP")
    return tn(
        "Sebelum BUP: {leavers} orang ({low}-{high}) dalam {n} tahun, terbanyak {cause}",
        years,
        leavers=number(sums.sum()),
        low=number(found.early_low),
        high=number(found.early_high),
        cause=names.get(str(sums.idxmax()), str(sums.idxmax())).lower(),
    )
