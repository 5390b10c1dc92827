"""The counts and figures of the page on accuracy: how far the forecast missed, years that came."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import pandas as pd

from analytics import backtest
from pages.shared import charts, load_schools
from pages.shared.load_schools import SchoolKey
from pages.shared.school_inputs import EVERY
from pages.shared.trust import Trust, trust
from pages.shared.words import number, percent, t, tn

ALL_SIZES = "all"
PROMISED_SHARE = 0.8
# A band that holds this much is as good as its word, within the luck of a short history.
_HOLDS = (0.72, 0.90)
_FEWEST_OUTCOMES = 5
# Better by less than this share of the naive error is no better.
_REAL_GAIN = 0.01
METHODS = ("error_share", "naive_error_share", "plain_error_share")


@dataclass(frozen=True)
class Verdict:
    """Whether to trust the forecast, and why: all over the leads that could be judged."""

    kind: Trust
    leads: tuple[int, ...] = ()
    worse_leads: tuple[int, ...] = ()
    error_share: float = float("nan")
    naive_error_share: float = float("nan")
    plain_error_share: float = float("nan")
    covered_share: float = float("nan")


def table(key: SchoolKey, school_level: str) -> pd.DataFrame:
    """The backtest of one level among all; words on the screen while a worker makes it."""
    history, births = load_schools.history_of(key), load_schools.births_for_model(key)

    name = ("backtest", key, school_level)

    def judge() -> pd.DataFrame:
        return backtest.enrolment_backtest(
            history,
            births,
            years=load_schools.HORIZON_YEARS,
            school_level=None if school_level == EVERY else school_level,
            progress=load_schools.share_done(name),
        )

    told = t("Menguji prakiraan pada tahun-tahun yang sudah lewat")
    return load_schools.waited_for(name, judge, told)


def chosen(rows: pd.DataFrame, level: str, size: str) -> pd.DataFrame:
    """The rows of one level and size, by lead."""
    picked = rows.loc[(rows["level"] == level) & (rows["size"] == size)]
    return picked.sort_values("lead_years", ignore_index=True)


def verdict(rows: pd.DataFrame) -> Verdict:
    """What one level's rows say about trust.

    Parameters
    ----------
    rows
        As ``chosen`` gives them.
    """
    rows = rows.loc[(rows["outcome_count"] >= _FEWEST_OUTCOMES) & rows["error_share"].notna()]
    if rows.empty:
        return Verdict("unknown")
    weight = rows["outcome_count"]
    means = {
        name: float((rows[name] * weight).sum() / weight.sum())
        for name in (*METHODS, "covered_share")
    }
    best_other = rows[["naive_error_share", "plain_error_share"]].min(axis=1)
    worse = rows.loc[rows["error_share"] > best_other * (1 - _REAL_GAIN), "lead_years"]
    best_mean = min(means["naive_error_share"], means["plain_error_share"])
    kind = trust(means["covered_share"], _HOLDS, is_better=means["error_share"] <= best_mean)
    return Verdict(
        kind=kind,
        leads=tuple(int(lead) for lead in rows["lead_years"]),
        worse_leads=tuple(int(lead) for lead in worse),
        **means,
    )


def told(found: Verdict) -> str:
    """The verdict in one sentence."""
    if found.kind == "unknown":
        return t("Belum dapat dinilai: riwayat terlalu pendek untuk menguji prakiraan.")
    values = {
        "error": percent(found.error_share),
        "naive": percent(found.naive_error_share),
        "covered": percent(found.covered_share, 0),
    }
    if found.kind == "no_better":
        return t(
            "Jangan andalkan dulu: rata-rata meleset {error}, sedangkan cara sederhana {simple}.",
            error=values["error"],
            simple=percent(min(found.naive_error_share, found.plain_error_share)),
        )
    if found.kind == "narrow":
        return t(
            "Angka tengahnya dapat dipakai (meleset {error}; bila dianggap tetap {naive}), tetapi"
            " rentangnya terlalu sempit: hanya {covered} kenyataan ada di dalamnya, bukan 80%.",
            **values,
        )
    if found.kind == "wide":
        return t(
            "Prakiraan dapat dipakai (meleset {error}; bila dianggap tetap {naive}); rentangnya"
            " hati-hati: {covered} kenyataan ada di dalamnya.",
            **values,
        )
    return t(
        "Prakiraan dapat dipakai: rata-rata meleset {error}, bila dianggap tetap {naive};"
        " {covered} kenyataan ada di dalam rentangnya.",
        **values,
    )


def method_names() -> dict[str, str]:
    """What each way to forecast is called."""
    return {
        "error_share": t("Prakiraan Estafet"),
        "naive_error_share": t("Dianggap tetap (naif)"),
        "plain_error_share": t("Rasio naik kelas 3 tahun"),
    }


@lru_cache(maxsize=64)
def errors(
    key: SchoolKey,
    school_level: str,
    level: str,
    size: str,
    language: str,  # noqa: ARG001 (part of the key)
) -> charts.ReadyFigure:
    """Error by lead of the three ways."""
    rows = chosen(table(key, school_level), level, size)
    last = rows.iloc[-1]
    finding = t(
        "{lead} ke depan: Estafet meleset {error}, dianggap tetap {naive}, rasio naik kelas"
        " {plain}",
        lead=tn("{n} tahun", int(last["lead_years"])),
        error=percent(last["error_share"]),
        naive=percent(last["naive_error_share"]),
        plain=percent(last["plain_error_share"]),
    )
    shown = charts.layout(finding, t("Meleset (% dari murid)"))
    shown["yaxis"] |= {"tickformat": ".0f", "ticksuffix": "%"}
    shown["xaxis"] |= {
        "title": {"text": t("Tahun ke depan")},
        "tickvals": rows["lead_years"].tolist(),
        "ticktext": [number(lead) for lead in rows["lead_years"]],
    }
    shown["margin"]["b"] += 30
    colours = (charts.PALETTE[0], charts.QUIET, charts.edge(charts.PALETTE[1]))
    traces = [
        {
            "type": "scatter",
            "mode": "lines+markers",
            "name": name,
            "x": rows["lead_years"].tolist(),
            "y": (rows[column] * 100).tolist(),
            "line": {"color": colours[place], "width": 3, "dash": charts.DASHES[place]},
            "marker": {"size": 8, "symbol": ("circle", "square", "diamond")[place]},
            "text": [percent(share) for share in rows[column]],
            "hovertemplate": "%{text}",
        }
        for place, (column, name) in enumerate(method_names().items())
    ]
    return charts.ReadyFigure({"data": traces, "layout": shown})


@lru_cache(maxsize=64)
def coverage(
    key: SchoolKey,
    school_level: str,
    level: str,
    size: str,
    language: str,  # noqa: ARG001 (part of the key)
) -> charts.ReadyFigure:
    """How many outcomes lay within P10-P90, by lead, beside the promised 80 per cent."""
    rows = chosen(table(key, school_level), level, size)
    weight = rows["outcome_count"]
    mean = float((rows["covered_share"] * weight).sum() / weight.sum())
    finding = t("{share} kenyataan ada di dalam rentang; janjinya 80%", share=percent(mean, 0))
    shown = charts.layout(finding, t("% kenyataan dalam rentang"))
    shown["yaxis"] |= {"range": [0, 100], "tickformat": ".0f", "ticksuffix": "%"}
    shown["xaxis"] |= {
        "title": {"text": t("Tahun ke depan")},
        "tickvals": rows["lead_years"].tolist(),
    }
    shown["margin"]["b"] += 30
    leads = rows["lead_years"].tolist()
    bars = {
        "type": "bar",
        "name": t("Kenyataan dalam rentang"),
        "x": leads,
        "y": (rows["covered_share"] * 100).tolist(),
        "marker": {"color": charts.PALETTE[0], "line": {"width": 0}},
        "text": [percent(share, 0) for share in rows["covered_share"]],
        "textposition": "inside",
        "insidetextanchor": "middle",
        "textfont": {"size": 15},
        "hovertemplate": "%{text}",
    }
    promised = charts.average_line(leads, 100 * PROMISED_SHARE, t("Janji: 80%"))
    if len(leads) == 1:
        promised["mode"] = "markers"
    return charts.ReadyFigure({"data": [bars, promised], "layout": shown})
