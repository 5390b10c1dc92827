"""Frames to Plotly figures, as plain dicts: one palette, one locale, titles that state the finding.

A dict costs half a millisecond where plotly.express costs thirty. One that is kept for the next
visitor becomes a ``ReadyFigure``: checked once, and never copied again. Colours are told apart in
grey print and by the colour-blind: they differ in lightness first, and a second mark (dash,
hatching, a label at the line) says the same again.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from html import escape
from typing import Any, Literal

import pandas as pd
import plotly.graph_objs as go
import streamlit as st

from pages.shared import chart_config
from pages.shared.words import t

Figure = dict[str, Any]

# In order of use. Middle tones: each stands out on white and on the dark page.
PALETTE = ("#1F6FA8", "#E3A12B", "#6B7C8C", "#2F9E83", "#B5527A", "#8C6BC4", "#A9B6C2")
HATCHES = ("", "/", ".", "\\", "x", "-", "|")
DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot")
QUIET = "#80909F"  # averages, context
ALARM = "#C8553D"  # past due, what needs an eye
# What is lost on white is drawn with a deeper edge; its lines and points are that deep throughout.
_DEEPER = {"#E3A12B": "#B97F12", "#A9B6C2": "#80909F"}
_LIGHTER = 0.4  # how far towards white a band's colour is taken
# Whether Plotly checks every figure that is drawn: in the tests.
IS_CHECKED = False


def layout(
    finding: str,
    y_title: str = "",
    *,
    stacked: bool = False,
    legend: bool = True,
) -> dict[str, Any]:
    """The layout every figure shares; ``finding`` is the title, units stand on the axes.

    On screen the title is text above the figure (``draw``), broken by the browser where it must;
    the one within the figure is seen in the saved image only.

    Parameters
    ----------
    finding
        What the figure shows, as a sentence.
    y_title
        What the axis counts, with its unit.
    stacked
        Whether bars stand on each other rather than beside each other.
    legend
        Whether series are named above the figure.
    """
    title = wrapped(finding)
    return {
        "title": {
            "text": title,
            "x": 0,
            "xref": "container",
            "xanchor": "left",
            "y": 0.97,
            "yref": "container",
            "yanchor": "top",
            "pad": {"t": 6, "l": 2},
            "font": {"size": 16},
        },
        "separators": chart_config.separators(),
        "barmode": "stack" if stacked else "group",
        "bargap": 0.25,
        "hovermode": "x unified",
        "dragmode": False,
        "showlegend": legend,
        "legend": {
            "orientation": "h",
            "x": 0,
            "xanchor": "left",
            # Below, growing upwards: on a phone it takes three lines, and no title runs into it.
            "yref": "container",
            "y": 0,
            "yanchor": "bottom",
            "title": {"text": ""},
            "traceorder": "normal",
            "font": {"size": 14},
        },
        "margin": {"l": 8, "r": 12, "t": 24 * title.count("<br>") + 40, "b": 48 if legend else 30},
        "xaxis": {
            "title": {"text": ""},
            "automargin": True,
            "showgrid": False,
            "fixedrange": True,
            "tickfont": {"size": 14},
        },
        "yaxis": {
            "title": {"text": y_title},
            "automargin": True,
            "zeroline": False,
            "rangemode": "tozero",
            "fixedrange": True,
            "tickformat": ",d",
            "tickfont": {"size": 14},
            "nticks": 6,
        },
    }


def left_room(highest: float) -> int:
    """Pixels for the title of an axis and its counts, up to ``highest``."""
    return 60 + 8 * len(f"{1.06 * highest:,.0f}")


def label_room(labels: Sequence[str]) -> int:
    """Pixels for names of rows in the usual size; too little has the figure drawn twice."""
    return 28 + round(7.2 * max(map(len, labels), default=0))


def fixed_room(shown: dict[str, Any], highest: float, *, bottom: int = 80) -> None:
    """Margins that are known beforehand: to find them, a browser draws the figure twice.

    ``highest`` is what the axis reaches and ``bottom`` the room for legend and years; where that is
    too little, as for the many lines of a legend on a phone, the figure is drawn twice after all.
    """
    shown["margin"] |= {"l": left_room(highest), "b": bottom}
    shown["xaxis"] |= {"automargin": False, "tickangle": 0}
    # The line of an empty title keeps the legend from the years above it; its ground would hide
    # them, for it is drawn over the axis.
    shown["legend"] |= {
        "title": {"text": "\u00a0", "side": "top", "font": {"size": 20}},
        "bgcolor": "rgba(0,0,0,0)",
    }


def see_through(colour: str, share: float) -> str:
    """A colour of the palette of which so much is seen on white, for bands.

    A lighter colour of which more is seen: the same on white, and no longer lost on a dark page.
    """
    seen = min(share / (1 - _LIGHTER), 1.0)
    red, green, blue = (
        round(255 - (255 - int(colour[at : at + 2], 16)) * share / seen) for at in (1, 3, 5)
    )
    return f"rgba({red},{green},{blue},{seen:.2f})"


def edge(colour: str) -> str:
    """The tone in which a colour of the palette is seen on white as on the dark page."""
    return _DEEPER.get(colour, colour)


def over_lines(ink: str, ground: str) -> dict[str, Any]:
    """A font for words that lines run through: each letter in a seam of its ground's colour."""
    seam = ", ".join(f"{x}px {y}px 2px {ground}" for x in (-2, 0, 2) for y in (-2, 0, 2))
    return {"size": 14, "color": ink, "shadow": seam}


def wrapped(sentence: str, width: int = 110) -> str:
    """A title in lines that fit the saved image; Plotly does not break lines by itself."""
    lines = [""]
    # Not at spaces that hold an amount together, as in Rp 9,7 M.
    for word in re.split(r"[ \n]+", sentence.strip()):
        if lines[-1] and len(lines[-1]) + len(word) + 1 > width:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return "<br>".join(lines)


def _listed(values: pd.Series | pd.Index) -> list[Any]:
    return values.tolist()


def bars(  # noqa: PLR0913 (what a figure can be asked; all but two have a default)
    counts: pd.DataFrame,
    finding: str,
    *,
    names: Mapping[str, str] | None = None,
    y_title: str = "",
    lines: Sequence[Figure] = (),
    places: Mapping[str, int] | None = None,
) -> Figure:
    """Stacked bars: one bar per row of the index, one layer per column.

    Parameters
    ----------
    counts
        Index: what runs along the axis (years, months, labels). Columns: the series, bottom first.
    finding
        The title.
    names
        Series names for the visitor, by column; the column itself where absent.
    y_title
        What is counted, with its unit.
    lines
        More traces, such as ``average_line``.
    places
        Place in the palette, by column; in order of the columns where absent.
    """
    named = names or {}
    along = _listed(counts.index)
    painted = [(places or {}).get(column, i) for i, column in enumerate(counts.columns)]
    traces: list[Figure] = [
        {
            "type": "bar",
            "name": named.get(column, str(column)),
            "x": along,
            "y": _listed(counts[column]),
            "marker": hatched(HATCHES[i % len(HATCHES)], PALETTE[i % len(PALETTE)]),
            "hovertemplate": "%{y:,d}",
        }
        for i, column in zip(painted, counts.columns, strict=True)
    ]
    shown = layout(finding, y_title, stacked=True, legend=len(traces) + len(lines) > 1)
    if along and all(isinstance(value, int) for value in along):
        # Years: every tick a whole year, without a thousands mark.
        shown["xaxis"] |= {"tickformat": "d", "dtick": 1 if len(along) <= 14 else 2}
    return {"data": [*traces, *lines], "layout": shown}


def average_line(along: Sequence[Any], value: float, name: str) -> Figure:
    """A level to compare bars with, across the whole axis."""
    return {
        "type": "scatter",
        "mode": "lines",
        "name": name,
        "x": list(along),
        "y": [value] * len(along),
        "line": {"color": QUIET, "width": 2.5, "dash": "dash"},
        "hovertemplate": "%{y:,.0f}",
    }


def lines(
    values: pd.DataFrame,
    finding: str,
    *,
    names: Mapping[str, str] | None = None,
    y_title: str = "",
) -> Figure:
    """One line per column, each named at its end, so that no legend has to be matched."""
    named = names or {}
    traces: list[Figure] = []
    for i, column in enumerate(values.columns):
        name = named.get(column, str(column))
        traces.append(
            {
                "type": "scatter",
                "mode": "lines+text",
                "name": name,
                "x": _listed(values.index),
                "y": _listed(values[column]),
                "line": {
                    "color": edge(PALETTE[i % len(PALETTE)]),
                    "width": 3,
                    "dash": DASHES[i % len(DASHES)],
                },
                "text": [""] * (len(values) - 1) + [name],
                "textposition": "top center",
                "cliponaxis": False,
                "hovertemplate": "%{y:,.0f}",
            }
        )
    return {"data": traces, "layout": layout(finding, y_title, legend=False)}


def ranked(shown: Figure, *, size: int = 14, room: int = 48) -> Figure:
    """A layout of named rows, first on top, the figure at the end of each; ``room`` for it."""
    shown["hovermode"] = "closest"
    shown["yaxis"] = {
        "autorange": "reversed",
        "automargin": True,
        "fixedrange": True,
        "ticksuffix": "  ",
        "tickfont": {"size": size},
        "showgrid": False,
        "type": "category",
    }
    shown["xaxis"] |= {"visible": False, "rangemode": "tozero"}
    shown["margin"]["r"] = room
    return shown


def hatched(shape: str, colour: str) -> Figure:
    """A bar's colour with a hatch over it, so that it is told apart without colours too."""
    pattern = {
        "shape": shape,
        "fillmode": "overlay",
        "fgcolor": "#FFFFFF",
        "fgopacity": 0.5,
        "size": 8,
        "solidity": 0.2,
    }
    return {"color": colour, "line": edged(colour), "pattern": pattern}


def edged(colour: str) -> Figure:
    """The line around a bar: none where its colour is seen on white too."""
    deeper = edge(colour)
    return {"width": 0} if deeper == colour else {"width": 1, "color": deeper}


def ranking(counts: pd.Series, finding: str, *, series: str = "") -> Figure:
    """Horizontal bars with the figure at the end of each, largest on top.

    Parameters
    ----------
    counts
        Values by label, in the order to show (first on top).
    """
    shown = ranked(layout(finding, legend=False))
    trace = {
        "type": "bar",
        "orientation": "h",
        "name": series,
        "x": _listed(counts),
        "y": [str(label) for label in counts.index],
        "marker": {"color": PALETTE[0], "line": {"width": 0}},
        "texttemplate": "%{x:,d}",
        "textposition": "outside",
        "cliponaxis": False,
        "hovertemplate": "%{y}: %{x:,d}<extra></extra>",
    }
    return {"data": [trace], "layout": shown}


class ReadyFigure(go.Figure):  # type: ignore[misc]
    """A figure kept ready: checked once, not copied anew for every visitor; never to be changed.

    Checking a dict takes 5-10 ms at each drawing.
    """

    def to_dict(self) -> Figure:
        """The same dict each time."""
        return self._ready

    @cached_property
    def _ready(self) -> Figure:
        return super().to_dict()


class _AsItIs(go.Figure):  # type: ignore[misc]
    """A figure that is drawn unchecked: checking a dict takes 5-10 ms; the tests check each."""

    def __init__(self, figure: Figure) -> None:
        object.__setattr__(self, "_given", figure)

    def to_dict(self) -> Figure:
        """The dict that was given."""
        return self._given


def draw(
    figure: Figure | ReadyFigure,
    key: str,
    *,
    alt: str = "",
    height: int = 420,
    on_select: Literal["ignore", "rerun"] | Callable[[], None] = "ignore",
) -> Any:  # noqa: ANN401 (what st.plotly_chart gives: a drawing place or the selection)
    """Show a figure under its finding; the button in its corner saves both as an image.

    ``alt`` is what a screen reader says; the finding itself where it is empty.
    """
    shown = figure.to_dict() if isinstance(figure, go.Figure) else figure
    # Told within as well, or the browser draws it in the usual height first.
    shown = {**shown, "layout": {**shown["layout"], "height": height}}
    said = str(shown["layout"].get("title", {}).get("text", "")).replace("<br>", " ")
    if said:
        st.html(f'<p class="es-figure">{escape(said)}</p>')
    return st.plotly_chart(
        shown if IS_CHECKED and shown.get("data") else _AsItIs(shown),
        key=key,
        height=height,
        width="stretch",
        config=chart_config.config(f"estafet-{key}"),
        alt=alt or said or t("Grafik"),
        on_select=on_select,
        selection_mode="points",
    )
