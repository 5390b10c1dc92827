"""A start, named steps that add up, an end: how one number becomes another."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from pages.shared import charts


def waterfall(
    labels: Sequence[str],
    values: Sequence[float],
    finding: str,
    said: Sequence[str],
    *,
    less: str = charts.PALETTE[3],
) -> charts.Figure:
    """Start, named steps that add up, end; first on top.

    Parameters
    ----------
    values
        Level at the start, changes, level at the end.
    said
        What stands at the end of each bar.
    less
        Colour of a step downwards.
    """
    shown = charts.ranked(charts.layout(finding, legend=False), size=13, room=84)
    levels = [values[0]]
    for change in values[1:-1]:
        levels.append(levels[-1] + change)
    low, high = min([*levels, values[-1]]), max([*levels, values[-1]])
    if low > 0.6 * high > 0:
        # Steps are seen where the level is large against them.
        room = max(high - low, 1e-9)
        shown["xaxis"] |= {"range": [max(low - 0.35 * room, 0), high + 0.35 * room]}
    names = [charts.wrapped(label, 30) for label in _apart(labels)]
    trace = {
        "type": "waterfall",
        "orientation": "h",
        "measure": ["absolute", *["relative"] * (len(values) - 2), "total"],
        "y": names,
        "x": list(values),
        "text": list(said),
        "textposition": "none",
        "decreasing": {"marker": {"color": less}},
        "increasing": {
            "marker": {"color": charts.PALETTE[1], "line": charts.edged(charts.PALETTE[1])}
        },
        "totals": {"marker": {"color": charts.PALETTE[0]}},
        "connector": {"line": {"color": charts.QUIET, "width": 1}},
        "hovertemplate": "%{y}: %{text}<extra></extra>",
    }
    # To the right of every bar: to the left of a step downwards stand the names.
    ends = [values[0], *(max(pair) for pair in pairwise(levels)), values[-1]]
    words = {
        "type": "scatter",
        "mode": "text",
        "x": ends,
        "y": names,
        "text": [f" {one}" for one in said],
        "textposition": "middle right",
        "textfont": {"size": 13},
        "cliponaxis": False,
        "hoverinfo": "skip",
    }
    return {"data": [trace, words], "layout": shown}


def _apart(labels: Sequence[str]) -> list[str]:
    """No label twice: a category axis would lay two bars on each other."""
    seen: dict[str, int] = {}
    out = []
    for label in labels:
        seen[label] = seen.get(label, 0) + 1
        out.append(label + "\u200b" * (seen[label] - 1))
    return out
