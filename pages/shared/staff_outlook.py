"""Staff in post to the horizon, with its band, and the chain of steps that leads there."""

from __future__ import annotations

import time
from functools import lru_cache

import pandas as pd
import streamlit as st

from pages.shared import charts, exit_view, layout, load, load_exits
from pages.shared.exit_inputs import Scope
from pages.shared.exit_view import Answer
from pages.shared.inputs import who
from pages.shared.waterfall import waterfall
from pages.shared.words import language, number, percent, t

SHOWN_YEARS = 10
_LARGE = 1_000
_HEAD_START_SECONDS = 4.0
EQUATIONS = (104, 105)


@st.fragment
def draw(counted: str) -> None:
    """The section; while the model is learnt, words stand in its place."""
    scope = Scope(load_exits.exit_key(), counted, SHOWN_YEARS)
    _give_a_head_start(scope)
    if not exit_view.people_count(scope):
        return
    found = exit_view.answer(scope)
    st.markdown(f"### {_finding(scope, found)}")
    left, right = st.columns(2, gap="large")
    with left:
        charts.draw(band(scope, language()), "pegawai-sampai-horison", height=400)
    with right:
        charts.draw(steps(scope, language()), "langkah-keluar", height=400)
    layout.note(
        t(
            "Pegawai hari ini yang masih ada bila tidak seorang pun diganti. Langkah-langkahnya"
            " menjumlah tepat ke angka akhir."
        )
        + (
            ""
            if scope.key.since
            else " "
            + t("Belum ada riwayat keluar: laju sebelum BUP memakai acuan umum, bukan daerah ini.")
        )
    )
    layout.page_link("keluar", t("Lihat siapa yang keluar dan mengapa"))
    layout.downloads(table(scope), t("pegawai-per-tahun"), key="unduh-proyeksi")


def _give_a_head_start(scope: Scope) -> None:
    """Let the page above be painted before a large government is learnt on the same processors."""
    if len(load.people_of(scope.key.people)) < _LARGE or load_exits.is_learnt(scope.key):
        return
    place = st.empty()
    place.info(exit_view.told_learning(), icon=":material/hourglass_top:")
    time.sleep(_HEAD_START_SECONDS)
    place.empty()


def table(scope: Scope) -> pd.DataFrame:
    """What leaves by year and cause, with those who stay, as the download has it."""
    found = exit_view.answer(scope)
    names = load_exits.cause_names()
    years = found.years
    answer = pd.DataFrame({t("Tahun"): years["year"]})
    for cause in found.by_cause:
        answer[names.get(cause, cause)] = found.by_cause[cause].to_numpy().round(1)
    answer[t("Masih ada akhir tahun")] = years["staff_count"].round(1)
    for quantile in ("p10", "p50", "p90"):
        answer[quantile.upper()] = years[f"staff_{quantile}"]
    return answer


def _finding(scope: Scope, found: Answer) -> str:
    last = found.years.iloc[-1]
    return t(
        "Tanpa pengganti tinggal {staff} {who} pada akhir {year} ({low}-{high})",
        staff=number(last["staff_count"]),
        who=who(scope.who),
        year=scope.last_year,
        low=number(last["staff_p10"]),
        high=number(last["staff_p90"]),
    )


@lru_cache(maxsize=32)
def band(scope: Scope, lang: str) -> charts.ReadyFigure:  # noqa: ARG001 (part of the key)
    """Staff expected at the end of each year with P10 and P90, as the title and the steps say."""
    found = exit_view.answer(scope)
    day = scope.key.people.as_of
    # The roster stands where its day lies in the year; a year's end is the start of the next tick.
    start = day.year - 1 + day.timetuple().tm_yday / 365
    x = [start, *found.years["year"].tolist()]
    p10, mid, p90 = (
        [found.people_count, *found.years[f"staff_{one}"].tolist()]
        for one in ("p10", "count", "p90")
    )
    said = [t("hari data: {n}", n=number(found.people_count))] + [
        t(
            "akhir {year}: {mid} ({low}-{high})",
            year=year,
            mid=number(expected),
            low=number(low),
            high=number(high),
        )
        for year, low, expected, high in zip(x[1:], p10[1:], mid[1:], p90[1:], strict=True)
    ]
    colour = charts.PALETTE[0]
    lost = 1 - found.years["staff_count"].iloc[-1] / max(found.people_count, 1)
    shown = charts.layout(
        t(
            "{share} pegawai hari ini sudah pergi pada akhir {year}",
            share=percent(lost, 0),
            year=scope.last_year,
        ),
        t("Orang"),
    )
    shown["hovermode"] = "closest"
    ticks = [year for year in x[1:] if (scope.last_year - year) % 2 == 0]
    shown["xaxis"] |= {
        "tickvals": ticks,
        "ticktext": [str(year) for year in ticks],
        "tickangle": 0,
        "title": {"text": t("akhir tahun"), "standoff": 4},
    }
    shown["margin"]["b"] += 24
    shown["annotations"] = [
        {
            "x": x[-1],
            "y": p10[-1],
            "text": f"<b>{number(mid[-1])}</b><br>{number(p10[-1])}-{number(p90[-1])}",
            "showarrow": False,
            "xanchor": "right",
            # The line comes down from the left: beneath its end is room.
            "yanchor": "top",
            "font": {"size": 14},
            "yshift": -8,
        }
    ]
    return charts.ReadyFigure(
        {
            "data": [
                {
                    "type": "scatter",
                    "mode": "lines",
                    "name": t("8 dari 10 kemungkinan (P10-P90)"),
                    "x": [*x, *x[::-1]],
                    "y": [*p90, *p10[::-1]],
                    "fill": "toself",
                    "fillcolor": charts.see_through(colour, 0.32),
                    "line": {"width": 0},
                    "hoverinfo": "skip",
                },
                {
                    "type": "scatter",
                    "mode": "lines+markers",
                    "name": t("Perkiraan (rata-rata)"),
                    "x": x,
                    "y": mid,
                    "line": {"color": colour, "width": 3},
                    "marker": {"size": 6},
                    "text": said,
                    "hovertemplate": "%{text}<extra></extra>",
                },
            ],
            "layout": shown,
        }
    )


def chain(scope: Scope) -> list[tuple[str, float]]:
    """Start, every step and end: label and count; the steps sum to end minus start."""
    found = exit_view.answer(scope)
    names = load_exits.cause_names()
    taken = [
        (names.get(cause, cause), -float(found.by_cause[cause].sum())) for cause in found.by_cause
    ]
    end = float(found.years["staff_count"].iloc[-1])
    return [
        (t("Hari ini"), float(found.people_count)),
        *taken,
        (t("Akhir {year}", year=scope.last_year), end),
    ]


@lru_cache(maxsize=32)
def steps(scope: Scope, lang: str) -> charts.ReadyFigure:  # noqa: ARG001 (part of the key)
    """The chain as a waterfall, first on top."""
    found = exit_view.answer(scope)
    links = chain(scope)
    values = [value for _, value in links]
    by_law = float(found.by_cause["bup"].sum()) if "bup" in found.by_cause else 0.0
    # Shares of one, the text rounds: a step of 0.4 persons is not none.
    said = [number(values[0]), *(_less(value) for value in values[1:-1]), number(values[-1])]
    finding = t(
        "{law} dari {all} yang pergi karena BUP, {early} sebelum BUP",
        law=number(by_law),
        all=number(found.leaver_count),
        early=number(found.early_count),
    )
    labels = [label for label, _ in links]
    return charts.ReadyFigure(waterfall(labels, values, finding, said, less=charts.ALARM))


def _less(value: float) -> str:
    size = -value
    return "−" + number(size, 0 if size >= 10 else 1)
