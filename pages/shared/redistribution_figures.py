"""The figure of the page on moving teachers: deficits before and after."""

from __future__ import annotations

from functools import lru_cache

import pandas as pd

from pages.shared import charts, teacher_view
from pages.shared import redistribution_view as view_of
from pages.shared.load_redistribution import Plan
from pages.shared.words import number, t

MOST_POSTS = 14
_FILLED, _EMPTY = charts.PALETTE[0], charts.ALARM


@lru_cache(maxsize=64)
def before_after(plan: Plan, language: str) -> charts.ReadyFigure:  # noqa: ARG001 (part of the key)
    """Deficits by post: filled by moves and still empty, largest first."""
    rows = view_of.answer(plan).by("post")
    rows = rows.loc[rows["vacant_count"] > 0]
    filled, vacant = int(rows["filled_count"].sum()), int(rows["vacant_count"].sum())
    best = rows.sort_values("filled_count", ascending=False, kind="stable").head(1)
    finding = t("Tidak ada kekurangan")
    if vacant:
        finding = t("Pemerataan mengisi {filled} dari {vacant} kekurangan", filled=number(filled),
                    vacant=number(vacant))  # fmt: skip
    if filled:
        name = teacher_view.post_name(str(best["post"].iloc[0]))
        finding += t("; terbanyak {post}", post=name)
    rows = _gathered(rows)
    shown = charts.ranked(charts.layout(finding), size=13, room=76)
    shown |= {"barmode": "stack", "hovermode": "y unified"}
    # Names of posts take much of a phone; the legend begins at its edge, beside the buttons.
    shown["legend"]["xref"] = "container"
    labels = [charts.wrapped(label, 22) for label in rows["label"]]
    shown["margin"]["l"] = charts.label_room([line for one in labels for line in one.split("<br>")])
    traces = [
        {
            "type": "bar",
            "orientation": "h",
            "name": name,
            "x": rows[column].tolist(),
            "y": labels,
            "marker": charts.hatched(hatch, colour),
            "hovertemplate": "%{x:,d}",
        }
        for name, column, colour, hatch in (
            (t("Terisi oleh perpindahan"), "filled_count", _FILLED, ""),
            (t("Masih kosong"), "unfilled_count", _EMPTY, "/"),
        )
    ]
    # Both counts at the end: within the bar they have no room on a phone.
    totals = (rows["filled_count"] + rows["unfilled_count"]).tolist()
    # Words count for an axis that is left to itself: it would halve the bars for them.
    shown["xaxis"] |= {"range": [0, max(totals, default=1)], "autorange": False}
    said = {
        "type": "scatter",
        "mode": "text",
        "x": totals,
        "y": labels,
        "text": [
            "\u00a0" + t("{filled} dari {all}", filled=number(filled), all=number(every))
            for filled, every in zip(rows["filled_count"], totals, strict=True)
        ],
        "textposition": "middle right",
        "textfont": {"size": 13},
        "cliponaxis": False,
        "hoverinfo": "skip",
        "showlegend": False,
    }
    return charts.ReadyFigure({"data": [*traces, said], "layout": shown})


def before_after_height(plan: Plan) -> int:
    """Pixels for the bars: one line a post."""
    rows = view_of.answer(plan).by("post")
    return 150 + 34 * min(int((rows["vacant_count"] > 0).sum()), MOST_POSTS + 1)


def _gathered(rows: pd.DataFrame) -> pd.DataFrame:
    """The largest posts with their names, the rest as one."""
    named = rows.assign(label=[teacher_view.post_name(post) for post in rows["post"]])
    counts = ["label", "filled_count", "unfilled_count"]
    if len(named) <= MOST_POSTS + 1:
        return named[counts]
    rest = named.iloc[MOST_POSTS:]
    last = pd.DataFrame(
        {
            "label": [t("{n} jabatan lain", n=len(rest))],
            "filled_count": [int(rest["filled_count"].sum())],
            "unfilled_count": [int(rest["unfilled_count"].sum())],
        }
    )
    return pd.concat([named.iloc[:MOST_POSTS][counts], last], ignore_index=True)
