"""How far the forecast of exits missed on this government's own past, beside three simple ones."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pandas as pd
import streamlit as st

from analytics import exits_backtest
from analytics.exits_backtest import OURS
from analytics.exits_rivals import AGE_RATES, AGE_RATES_ALL, LAST_YEAR, MANDATORY
from pages.shared import charts, exit_inputs, inputs, layout, load_exits
from pages.shared.layout import Column
from pages.shared.load_exits import ExitKey
from pages.shared.retirement_figures import Look, look
from pages.shared.trust import Trust, trust
from pages.shared.words import day, number, percent, t, tn

_FEWEST_YEARS = 3
_REAL_GAIN = 0.01
_HOLDS = (0.65, 0.93)
_LEGEND_ROOM = 92
_RIVAL_COLOURS = (charts.QUIET, charts.edge(charts.PALETTE[1]), charts.PALETTE[4])
_BY_DATE = ("bup", "kontrak_berakhir", "mpp")


@dataclass(frozen=True)
class Verdict:
    """What the backtest says about trust; shares are means over cut-offs.

    ``kind`` is ``unknown``, ``no_better``, ``narrow``, ``wide`` or ``trust``.
    """

    kind: Trust
    year_count: int = 0
    error_share: float = np.nan
    rival_error_share: float = np.nan
    rival: str = ""
    covered_share: float = np.nan
    auc: float = np.nan
    age_auc: float = np.nan


def forecast_names() -> dict[str, str]:
    """What each forecast is called."""
    return {
        OURS: t("Prakiraan Estafet"),
        MANDATORY: t("Hanya BUP"),
        AGE_RATES: t("Laju menurut umur"),
        AGE_RATES_ALL: t("Laju menurut umur, semua tahun"),
        LAST_YEAR: t("Laju tahun lalu"),
    }


def table(key: ExitKey) -> pd.DataFrame:
    """The backtest of an edition; words on the screen while it runs."""
    return load_exits.backtest(key, t("Menguji prakiraan pada tahun-tahun lampau"))


def verdict(rows: pd.DataFrame) -> Verdict:
    """What the rows of a backtest say about trust."""
    years = rows.loc[rows["part"] == "year"]
    if len(years) < _FEWEST_YEARS or not years["exit_count"].sum():
        return Verdict("unknown", len(years))
    by_name = exits_backtest.summary(rows).set_index("forecast")
    errors = by_name["total_error_share"]
    rivals = errors.drop(OURS).dropna()
    best = str(rivals.idxmin())
    covered = float(by_name.loc[OURS, "covered_share"])
    is_better = bool(errors[OURS] <= rivals[best] - _REAL_GAIN * errors[OURS])
    return Verdict(
        kind=trust(covered, _HOLDS, is_better=is_better),
        year_count=len(years),
        error_share=float(errors[OURS]),
        rival_error_share=float(rivals[best]),
        rival=best,
        covered_share=covered,
        auc=float(by_name.loc[OURS, "auc_1"]),
        age_auc=float(by_name.loc[AGE_RATES, "auc_1"]),
    )


def told(found: Verdict) -> str:
    """The verdict in one sentence."""
    if found.kind == "unknown":
        return t("Belum dapat dinilai: riwayat terlalu pendek untuk menguji prakiraan.")
    values = {
        "error": percent(found.error_share),
        "rival_error": percent(found.rival_error_share),
        "rival": forecast_names()[found.rival].lower(),
        "covered": percent(found.covered_share, 0),
    }
    if found.kind == "no_better":
        return t(
            "Jumlah yang keluar meleset {error}; {rival} meleset {rival_error}, jadi untuk"
            " jumlahnya cara sederhana sama baiknya",
            **values,
        )
    if found.kind == "narrow":
        return t(
            "Jumlah yang keluar meleset {error} ({rival} {rival_error}), tetapi rentangnya terlalu"
            " sempit: hanya {covered} tahun ada di dalamnya",
            **values,
        )
    return t(
        "Jumlah yang keluar meleset {error}, {rival} {rival_error}; {covered} tahun ada di dalam"
        " rentangnya",
        **values,
    )


def too_short(finding: st.delta_generator.DeltaGenerator) -> None:
    """What to load before anything can be judged."""
    with finding:
        layout.header(t("Prakiraan keluar belum dapat diuji"), question())
    layout.empty(
        t("Riwayat keluar belum cukup"),
        t(
            "Muat di halaman Data daftar pegawai yang keluar, paling sedikit tiga tahun penuh: dua"
            " untuk belajar dan satu untuk menguji."
        ),
        leads_to_data=True,
    )


def question() -> str:
    """What the tab answers."""
    return t("Seberapa tepat prakiraan pegawai yang keluar?")


def draw(
    finding: st.delta_generator.DeltaGenerator, controls: st.delta_generator.DeltaGenerator
) -> None:
    """The tab on exits."""
    key = load_exits.exit_key()
    rows = table(key)
    if rows.empty:
        too_short(finding)
        return
    cutoffs = sorted(rows["cutoff"].unique())
    with controls, st.container(width=220):
        cutoff = inputs.choice(
            "sejak_uji",
            t("Diprakirakan pada"),
            {one: _day(one) for one in cutoffs},
            cutoffs[0],
            widget="select",
        )
    found = verdict(rows)
    with finding:
        layout.header(told(found), question())
    layout.keys(_keys(rows, found))
    left, right = st.columns(2)
    with left:
        charts.draw(by_year(key, cutoff, look()), "uji-tahun", height=420)
    with right:
        charts.draw(errors(key, look()), "uji-meleset", height=420)
    layout.note(
        tn(
            "Diuji dari {n} tanggal: setiap kali hanya dengan yang sudah tercatat waktu itu, lalu"
            " dibandingkan dengan yang benar-benar keluar. AUC: peluang bahwa dari dua orang, yang"
            " keluar diberi laju lebih tinggi; 0,5 berarti menebak. Semua cara tahu BUP.",
            len(cutoffs),
        )
    )
    _details(rows, cutoff)
    layout.source_note(*exit_inputs.TEST_EQUATIONS)


def _day(written: str) -> str:
    return day(pd.Timestamp(written))


def _keys(rows: pd.DataFrame, found: Verdict) -> list[layout.Key]:
    total = exits_backtest.summary(rows).set_index("forecast")
    names = forecast_names()
    others = " · ".join(
        f"{names[one]} {percent(total.loc[one, 'total_error_share'])}"
        for one in (MANDATORY, AGE_RATES, LAST_YEAR)
    )
    causes = rows.loc[(rows["part"] == "cause") & ~rows["key"].isin(_BY_DATE)]
    early = causes[["exit_count", "expected"]].sum()
    return [
        layout.Key(
            t("Jumlah meleset"),
            percent(total.loc[OURS, "total_error_share"]),
            others,
            help=t("Rata-rata selisih mutlak jumlah keluar seluruh tahun yang diuji."),
        ),
        layout.Key(
            t("Tahun di dalam rentang 80%"),
            percent(found.covered_share, 0),
            tn("{n} tahun diuji", found.year_count),
        ),
        layout.Key(
            t("Siapa yang keluar setahun (AUC)"),
            number(found.auc, 3),
            t("laju menurut umur {age}", age=number(found.age_auc, 3)),
            help=t("Termasuk yang keluar karena BUP, yang diketahui semua cara."),
        ),
        layout.Key(
            t("Keluar dini: diperkirakan"),
            number(early["expected"]),
            t("kenyataan {n}, semua tanggal", n=layout.count_shown(int(early["exit_count"]))),
            help=t("Keluar sebelum BUP dan bukan karena kontrak, dijumlahkan atas semua tanggal."),
        ),
    ]


@lru_cache(maxsize=64)
def by_year(key: ExitKey, cutoff: str, seen: Look) -> charts.ReadyFigure:
    """Leavers of each judged year: what came, what was said with its band, and the rivals."""
    rows = table(key)
    years = rows.loc[(rows["part"] == "year") & (rows["cutoff"] == cutoff)]
    along = [int(year) for year in years["year"]]
    names = forecast_names()
    counts = [int(count) for count in years["exit_count"]]
    seen_sum, said_sum = sum(counts), float(years["expected"].sum())
    shown = charts.layout(
        t(
            "Sejak {day}: {seen} orang keluar, diperkirakan {said}",
            day=_day(cutoff),
            seen=seen.count(seen_sum),
            said=number(said_sum),
        ),
        t("Orang keluar"),
    )
    shown["xaxis"] |= {"tickvals": along, "ticktext": [str(year) for year in along]}
    shown["margin"]["b"] = _LEGEND_ROOM
    # Differences are what counts here: the axis need not begin at nobody.
    shown["yaxis"] |= {"rangemode": "normal"}
    traces: list[charts.Figure] = [
        {
            "type": "scatter",
            "mode": "markers",
            "name": t("Kenyataan"),
            "x": along,
            "y": [seen.height(count) for count in counts],
            "text": [seen.count(count) for count in counts],
            "marker": {
                "color": charts.ALARM,
                "size": 30,
                "symbol": "line-ew-open",
                "line": {"width": 4, "color": charts.ALARM},
            },
            "hovertemplate": "%{text}",
        },
        {
            "type": "scatter",
            "mode": "markers",
            "name": t("{name} (P10-P90)", name=names[OURS]),
            "x": along,
            "y": years["expected"].tolist(),
            "error_y": {
                "type": "data",
                "symmetric": False,
                "array": (years["p90"] - years["expected"]).clip(lower=0).tolist(),
                "arrayminus": (years["expected"] - years["p10"]).clip(lower=0).tolist(),
                "thickness": 3,
                "width": 8,
                "color": charts.PALETTE[0],
            },
            "marker": {"color": charts.PALETTE[0], "size": 10},
            "hovertemplate": "%{y:,.0f}",
        },
    ]
    for place, name in enumerate((MANDATORY, AGE_RATES, LAST_YEAR)):
        traces.append(
            {
                "type": "scatter",
                "mode": "lines+markers",
                "name": names[name],
                "x": along,
                "y": years[f"expected_{name}"].tolist(),
                "line": {
                    "color": _RIVAL_COLOURS[place],
                    "width": 2,
                    "dash": charts.DASHES[place + 1],
                },
                "marker": {"size": 7, "symbol": ("square", "diamond", "x")[place]},
                "hovertemplate": "%{y:,.0f}",
            }
        )
    return charts.ReadyFigure({"data": traces, "layout": shown})


@lru_cache(maxsize=16)
def errors(key: ExitKey, seen: Look) -> charts.ReadyFigure:  # noqa: ARG001 (the language)
    """How far the totals of each forecast missed, mean over cut-offs."""
    names = forecast_names()
    shares = exits_backtest.summary(table(key)).set_index("forecast")["total_error_share"]
    values = pd.Series(
        (100 * shares).tolist(), index=[names[str(one)] for one in shares.index]
    ).dropna()
    best = names[OURS] == str(values.idxmin())
    finding = (
        t("Prakiraan Estafet paling dekat dengan kenyataan")
        if best
        else t("{name} paling dekat dengan kenyataan", name=str(values.idxmin()))
    )
    figure = charts.ranking(values, finding, series=t("Meleset"))
    figure["data"][0] |= {
        "text": [percent(one / 100) for one in values],
        "texttemplate": "%{text}",
        "hovertemplate": "%{y}: %{text}<extra></extra>",
        "marker": {
            "color": [charts.PALETTE[0], *[charts.QUIET] * (len(values) - 1)],
            "line": {"width": 0},
        },
    }
    return charts.ReadyFigure(figure)


def _details(rows: pd.DataFrame, cutoff: str) -> None:
    parts = {
        "year": t("Tahun"),
        "cause": t("Sebab"),
        "age": t("Umur"),
        "group": t("Unit kerja"),
        "within": t("AUC"),
        "decile": t("Kalibrasi"),
    }
    offered = {one: name for one, name in parts.items() if (rows["part"] == one).any()}
    part = inputs.choice("uji_menurut", t("Rincian"), offered, "year")
    here = rows.loc[(rows["part"] == part) & (rows["cutoff"] == cutoff)]
    names = forecast_names()
    if part == "within":
        layout.table(
            here,
            [
                Column("lead_years", t("Keluar dalam (tahun)"), "number"),
                Column("exit_count", t("Keluar"), "count"),
                *(
                    Column(column, t("AUC {name}", name=names[name]), "score")
                    for name, column in _auc_columns(here)
                ),
                Column("calibration_slope", t("Kemiringan kalibrasi"), "ratio"),
                Column("calibration_slope_error", t("galat bakunya"), "ratio"),
            ],
            t("ketepatan-keluar-auc"),
            key="tabel-uji-auc",
        )
        return
    label = {
        "year": here["year"].astype("Int64").astype("str"),
        "cause": here["key"].map(load_exits.cause_names()).fillna(here["key"]),
        "age": here["key"],
        "group": here["key"],
        "decile": here["key"],
    }[part]
    shown = here.assign(label=label.astype("str"))
    if part == "group":
        shown = shown.sort_values("exit_count", ascending=False)
    columns = [
        Column("label", t("Sepersepuluh menurut laju") if part == "decile" else parts[part]),
        Column("exit_count", t("Kenyataan"), "count"),
        Column("expected", names[OURS], "decimal"),
    ]
    if part == "year":
        columns += [Column("p10", "P10", "number"), Column("p90", "P90", "number")]
    if part == "decile":
        columns.append(Column("people_count", t("Orang waktu itu"), "count"))
    elif part != "cause":
        columns += [
            Column(f"expected_{name}", names[name], "decimal")
            for name in (MANDATORY, AGE_RATES, LAST_YEAR)
        ]
        columns.append(Column("people_count", t("Orang waktu itu"), "count"))
    layout.table(shown, columns, t("ketepatan-keluar"), key="tabel-uji")
    layout.note(
        t(
            "Yang bertugas pada {day}, seluruh tahun yang diuji dijumlahkan; unit dan golongan umur"
            " di bawah 10 orang tidak ditampilkan.",
            day=_day(cutoff),
        )
        if part in ("cause", "age", "group")
        else t("Yang bertugas pada {day}; setiap tahun dua belas bulan.", day=_day(cutoff))
    )


def _auc_columns(here: pd.DataFrame) -> list[tuple[str, str]]:
    named = [(OURS, "auc"), *((name, f"auc_{name}") for name in (MANDATORY, AGE_RATES, LAST_YEAR))]
    return [(name, column) for name, column in named if here[column].notna().any()]
