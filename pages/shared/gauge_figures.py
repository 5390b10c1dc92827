"""The 30 % gauge and the flow from leavers to what covers them, as every page shows them.

A gauge is what ``budget.gauge`` gives: one row per year. A flow is what a scenario gives for one
year (docs/method.md): what falls vacant on one side, what covers it on the other, in equal sums.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from html import escape

import pandas as pd
import streamlit as st

from pages.shared import chart_config, charts
from pages.shared.words import money, number, percent, t

# Between what falls vacant and what covers it.
_ALL = "semua"
_COLOURS = {
    "keluar": "#5E7286",
    "kurang_hari_ini": "#8C5A4B",
    "kebutuhan_naik": charts.PALETTE[5],
    _ALL: charts.QUIET,
    "tidak_perlu_lagi": charts.PALETTE[2],
    "redistribusi": charts.PALETTE[3],
    "cpns": charts.PALETTE[0],
    "pppk": charts.PALETTE[1],
    "pppk_pw": charts.PALETTE[5],
    "mutasi_masuk": charts.PALETTE[4],
    "penataan": charts.PALETTE[6],
    "teknologi": "#4E8098",
    "belum_terisi": charts.ALARM,
    "belum_dihitung": charts.QUIET,
}
_FLOW_OPACITY = 0.42
# Ink and page.
_LIGHT, _DARK = ("#16212C", "#FFFFFF"), ("#E8EDF2", "#10171E")
# Chances nearer to nought or one than this are told as such.
_SURE = 0.01


@dataclass(frozen=True)
class Standing:
    """What the gauge says of one year against the limit.

    ``over_chance``: chance that the limit is passed, None where it was not worked out.
    """

    year: int
    ratio_share: float
    limit_share: float
    room_idr: float
    over_chance: float | None = None

    @property
    def is_over(self) -> bool:
        """Whether the limit is passed."""
        return self.room_idr < 0

    def told(self) -> str:
        """The room, or what is too much, in words."""
        if self.is_over:
            return t("{money} di atas batas", money=money(-self.room_idr))
        return t("masih {money} di bawah batas", money=money(self.room_idr))

    def chance_told(self) -> str:
        """The chance of passing the limit in words; empty where it was not worked out."""
        if self.over_chance is None:
            return ""
        if self.over_chance < _SURE:
            return t("peluang melewati batas di bawah 1%")
        if self.over_chance > 1 - _SURE:
            return t("peluang melewati batas di atas 99%")
        return t("peluang melewati batas {share}", share=percent(self.over_chance, 0))


def standing(gauge: pd.DataFrame, year: int | None = None) -> Standing:
    """The gauge of ``year``; None: the first year in which the limit binds, or else the last."""
    rows = gauge.loc[gauge["year"] == year] if year else gauge.loc[gauge["is_binding"]]
    row = (rows if len(rows) else gauge.tail(1)).iloc[0]
    return Standing(
        int(row["year"]),
        float(row["ratio_share"]),
        float(row["limit_share"]),
        float(row["room_idr"]),
        float(row["over_chance"]) if "over_chance" in row.index else None,
    )


def strip(
    gauge: pd.DataFrame | None,
    *,
    name: str = "",
    beside: Sequence[str] = (),
    remedy: str = "",
) -> None:
    """The gauge as a strip that stays in view while the page scrolls.

    Parameters
    ----------
    gauge
        As ``budget.gauge`` gives it; None while there is no APBD.
    name
        Whose plan it is.
    beside
        Short words beside it, such as what stays unfilled.
    remedy
        What to import and where, shown in place of a gauge that is not there.
    """
    words = "".join(f"<b>{escape(one)}</b>" for one in beside if one)
    whose = f'<p class="es-gauge-name">{escape(name)}</p>' if name else ""
    if gauge is None or gauge.empty:
        told = t("Batas 30%: belum ada data APBD.")
        body = f'<p class="es-gauge-told"><b>{escape(told)}</b> {escape(remedy)}</p>'
    else:
        body = _dial(gauge) + _columns(gauge)
    # What scrolls beneath must not shine through.
    page = "#10171E" if st.context.theme.type == "dark" else "#FFFFFF"
    with st.container(key="batas-30"):
        st.html(
            f'<section class="es-gauge" style="background: {page}"'
            f' aria-label="{escape(t("Batas 30%"))}">'
            f'{body}<div class="es-gauge-beside">{whose}{words}</div></section>'
        )


def _dial(gauge: pd.DataFrame) -> str:
    """The ratio of the year that counts, large."""
    now = standing(gauge)
    mark = "▲" if now.is_over else "✓"
    label = t("Belanja pegawai / APBD {year}", year=now.year)
    limit = t("batas {share}", share=percent(now.limit_share, 0))
    state = " es-over" if now.is_over else ""
    told = "".join(f" · {one}" for one in (now.told(), now.chance_told()) if one)
    return (
        f'<div class="es-gauge-dial{state}"><p>{escape(label)}</p>'
        f"<strong>{mark} {escape(percent(now.ratio_share))}</strong>"
        f"<span>{escape(limit)}</span><span>{escape(told)}</span></div>"
    )


def _columns(gauge: pd.DataFrame) -> str:
    """A column per year, and the limit as a line; drawn with boxes, which need no script."""
    top = 1.15 * max(float(gauge["ratio_share"].max()), float(gauge["limit_share"].max()))
    drawn = ""
    for year, ratio, limit, room in zip(
        gauge["year"],
        gauge["ratio_share"],
        gauge["limit_share"],
        gauge["room_idr"],
        strict=True,
    ):
        said = t(
            "{year}: {share}, batas {limit}",
            year=year,
            share=percent(ratio),
            limit=percent(limit, 0),
        )
        over = "es-over" if room < 0 else ""
        drawn += (
            f'<div class="{over}" title="{escape(said)}">'
            f'<i><u style="height: {100 * ratio / top:.1f}%"></u>'
            f'<s style="bottom: {100 * limit / top:.1f}%"></s></i>'
            f"<em>{year % 100:02d}</em></div>"
        )
    said = t("Rasio per tahun dan batasnya")
    return f'<div class="es-gauge-years" role="img" aria-label="{escape(said)}">{drawn}</div>'


def ratio_by_year(lines: Mapping[str, pd.DataFrame], finding: str) -> charts.Figure:
    """Personnel spending over APBD by year, a line for each reading or scenario, and the limit.

    Parameters
    ----------
    lines
        Gauges by name, the first one drawn strongest.
    finding
        The title.
    """
    traces: list[charts.Figure] = []
    for at, (name, gauge) in enumerate(lines.items()):
        said = [
            t("{name}: {share}", name=name, share=percent(one, 2)) for one in gauge["ratio_share"]
        ]
        traces.append(
            {
                "type": "scatter",
                "mode": "lines+markers",
                "name": name,
                "x": gauge["year"].tolist(),
                "y": gauge["ratio_share"].tolist(),
                "line": {
                    "color": charts.edge(charts.PALETTE[at % len(charts.PALETTE)]),
                    "width": 3.5 if at == 0 else 2.5,
                    "dash": charts.DASHES[at % len(charts.DASHES)],
                },
                "marker": {"size": 7 if at == 0 else 5},
                "text": said,
                "hovertemplate": "%{text}<extra></extra>",
            }
        )
    first = next(iter(lines.values()))
    limit = t("Batas {share}", share=percent(float(first["limit_share"].iloc[-1]), 0))
    traces.append(
        {
            "type": "scatter",
            "mode": "lines",
            "name": limit,
            "x": first["year"].tolist(),
            "y": first["limit_share"].tolist(),
            "line": {"color": charts.ALARM, "width": 2, "dash": "dash"},
            "hovertemplate": f"{escape(limit)}<extra></extra>",
        }
    )
    shown = charts.layout(finding, t("Belanja pegawai dibanding APBD"))
    lowest = min(float(one["ratio_share"].min()) for one in [*lines.values()])
    highest = max(float(one["ratio_share"].max()) for one in [*lines.values()])
    low = min(lowest, float(first["limit_share"].min())) - 0.02
    high = max(highest, float(first["limit_share"].max())) + 0.02
    shown["yaxis"] |= {"tickformat": ".0%", "range": [max(low, 0.0), high], "rangemode": "normal"}
    shown["xaxis"] |= {"tickformat": "d", "dtick": 1 if len(first) <= 14 else 2}
    binding = first.loc[first["is_binding"], "year"]
    if len(binding):
        start = int(binding.iloc[0])
        # Where the limit begins to bind.
        shown["shapes"] = [
            {
                "type": "line",
                "x0": start,
                "x1": start,
                "yref": "paper",
                "y0": 0,
                "y1": 1,
                "line": {"color": charts.QUIET, "width": 1.5, "dash": "dot"},
            }
        ]
        shown["annotations"] = [
            {
                "x": start,
                "y": 1,
                "yref": "paper",
                "xanchor": "left",
                "yanchor": "top",
                "xshift": 4,
                "showarrow": False,
                "text": t("wajib mulai {year}", year=start),
                "font": {"size": 13},
            }
        ]
    return {"data": traces, "layout": shown}


def part_names() -> dict[str, str]:
    """Both sides of the flow as the visitor calls them, in their order."""
    return {
        "keluar": t("Keluar"),
        "kurang_hari_ini": t("Kurang hari ini"),
        "kebutuhan_naik": t("Kebutuhan naik"),
        "berlebih": t("Berlebih"),
        _ALL: t("Jabatan kosong"),
        "tidak_perlu_lagi": t("Tidak perlu lagi"),
        **option_names(),
        "belum_terisi": t("Tidak terisi"),
        "belum_dihitung": t("Belum dihitung"),
    }


def option_names() -> dict[str, str]:
    """The seven options as the visitor calls them, in their fixed order."""
    return {
        "cpns": t("CPNS"),
        "pppk": t("P3K"),
        "pppk_pw": t("P3K paruh waktu"),
        "mutasi_masuk": t("Mutasi masuk"),
        "redistribusi": t("Redistribusi"),
        "penataan": t("Penataan birokrasi"),
        "teknologi": t("Teknologi"),
    }


def flow(parts: pd.DataFrame, finding: str) -> charts.Figure:
    """From what falls vacant to what covers it.

    Parameters
    ----------
    parts
        One row per end: ``side`` (``from``, ``to``), ``item`` (an id of ``part_names``),
        ``count`` (posts). Both sides sum to the same.
    finding
        The title.
    """
    kept = parts.loc[parts["count"].round(6) > 0]
    rows = tuple(
        (item, _ALL, float(count)) if side == "from" else (_ALL, item, float(count))
        for side, item, count in zip(kept["side"], kept["item"], kept["count"], strict=True)
    )
    return _flow(rows, finding, chart_config.separators(), st.context.theme.type == "dark")


@lru_cache(maxsize=64)
def _flow(
    rows: tuple[tuple[str, str, float], ...],
    finding: str,
    separators: str,  # noqa: ARG001 (the language is part of the key)
    is_dark: bool,
) -> charts.Figure:
    names = part_names()
    ids = list(dict.fromkeys([one for row in rows for one in row[:2]]))
    out: dict[str, float] = dict.fromkeys(ids, 0.0)
    into: dict[str, float] = dict.fromkeys(ids, 0.0)
    for source, target, count in rows:
        out[source] += count
        into[target] += count
    size = {one: max(out[one], into[one]) for one in ids}
    colours = [_COLOURS.get(one, charts.QUIET) for one in ids]
    said = [
        t(
            "{name}: {n} jabatan",
            name=names.get(target if source == _ALL else source, source),
            n=number(count),
        )
        for source, target, count in rows
    ]
    trace: charts.Figure = {
        "type": "sankey",
        "orientation": "h",
        "arrangement": "snap",
        "node": {
            # The middle says nothing that the title does not.
            "label": [
                "" if one == _ALL else f"{names.get(one, one)} {number(size[one])}" for one in ids
            ],
            "color": colours,
            # A thin flow still has room for its name.
            "pad": 22,
            "thickness": 18,
            "line": {"width": 0},
            "hoverinfo": "none",
        },
        "link": {
            "source": [ids.index(source) for source, _, _ in rows],
            "target": [ids.index(target) for _, target, _ in rows],
            "value": [count for _, _, count in rows],
            "color": [
                charts.see_through(
                    _COLOURS.get(target if source == _ALL else source, charts.QUIET),
                    _FLOW_OPACITY,
                )
                for source, target, _ in rows
            ],
            "customdata": said,
            "hovertemplate": "%{customdata}<extra></extra>",
        },
        "textfont": charts.over_lines(*(_DARK if is_dark else _LIGHT)),
    }
    shown = charts.layout(finding, legend=False)
    shown["hovermode"] = "closest"
    # Beneath: the button that saves the image.
    shown["margin"] |= {"l": 8, "r": 8, "b": 52}
    del shown["xaxis"], shown["yaxis"]
    return {"data": [trace], "layout": shown}
