"""Services by role: the year in which each breaks, and those that do not."""

from __future__ import annotations

import numpy as np
import pandas as pd

from pages.shared import charts, layout
from pages.shared.scenario_view import Seen, floor_said
from pages.shared.scenario_words import role_name
from pages.shared.words import number, t, tn

_MOST_ROWS = 420


def draw(view: Seen) -> None:
    """The year in which each service falls below its floor, then every role."""
    breaks = view.result.tables["service_breaks"]
    floor = floor_said(view)
    rows = by_role(view.result.tables["filling"], breaks, view.last_year)
    known = rows.loc[rows["least_share"].notna()]
    if breaks.empty:
        layout.note(
            t(
                "Tidak satu pun dari {n} peran terisi kurang dari {share}.",
                n=len(known),
                share=floor,
            )
            if floor
            else t("Tidak ada layanan yang dihitung putus: ambangnya 0%.")
        )
    else:
        _ranking(view, rows, floor, len(known))
    told = _others_said(rows, view.last_year)
    if told:
        layout.note(told)
    layout.table(
        rows.assign(role=rows["role"].map(role_name)),
        [
            layout.Column("role", t("Peran"), width="medium"),
            layout.Column("breaks_in", t("Putus mulai"), "year"),
            layout.Column("unfilled_count", t("Kosong akhir masa"), "number"),
            layout.Column("unfilled_p10", "P10", "number"),
            layout.Column("unfilled_p90", "P90", "number"),
            layout.Column("last_share", t("Terisi akhir masa"), "share"),
            layout.Column("least_share", t("Terisi paling rendah"), "share"),
            layout.Column("service_share", t("Terisi tahun putus"), "share"),
            layout.Column("needed_count", t("Dibutuhkan akhir masa"), "number"),
            layout.Column("not_computed_count", t("Belum dihitung (orang)"), "number"),
        ],
        "layanan-per-peran",
        height=_MOST_ROWS if len(rows) > 11 else "auto",
    )


def by_role(filling: pd.DataFrame, breaks: pd.DataFrame, last_year: int) -> pd.DataFrame:
    """Every role that is needed or held, the most posts empty first.

    Returns
    -------
    One row per role: ``role``, ``breaks_in`` and ``service_share`` (blank where it never breaks),
    ``least_share`` and ``last_share`` of the posts needed, ``needed_count``, ``unfilled_count``,
    ``unfilled_p10``, ``unfilled_p90`` and ``not_computed_count`` at the end of ``last_year``.
    """
    columns = ["needed_count", "unfilled_count", "unfilled_p10", "unfilled_p90",
               "not_computed_count"]  # fmt: skip
    ends = filling.loc[filling["year"] == last_year].set_index("role")
    needed = filling.loc[filling["needed_count"] > 0]
    table = ends[columns].assign(
        breaks_in=breaks.set_index("role")["breaks_in"].astype("Int64"),
        service_share=breaks.set_index("role")["service_share"],
        least_share=needed.groupby("role")["service_share"].min(),
        last_share=ends["service_share"].where(ends["needed_count"] > 0),
    )
    is_there = table["least_share"].notna() | (table["not_computed_count"] >= 0.5)
    table = table.loc[is_there].reset_index()
    order = table.assign(
        empty=table["unfilled_count"].round(), name=table["role"].map(role_name)
    ).sort_values(
        ["empty", "breaks_in", "needed_count", "name"],
        ascending=[False, True, False, True],
        na_position="last",
    )
    return table.loc[order.index].reset_index(drop=True)


def _ranking(view: Seen, rows: pd.DataFrame, floor: str, roles: int) -> None:
    top = rows.loc[rows["unfilled_count"] >= 0.5].head(12)
    ranked = pd.Series(
        top["unfilled_count"].round().to_numpy(),
        index=[
            # A label that the edge of a phone would cut.
            charts.wrapped(_label(str(role), year), 28)
            for role, year in zip(top["role"], top["breaks_in"], strict=True)
        ],
    )
    charts.draw(
        charts.ranking(
            ranked,
            t(
                "{n} dari {all} peran terisi kurang dari {share}; jabatan kosong akhir {year}",
                n=int(rows["breaks_in"].notna().sum()),
                all=roles,
                share=floor,
                year=view.last_year,
            ),
            series=t("Jabatan kosong"),
        ),
        "layanan-putus",
        height=80 + 38 * len(ranked),
    )


def _label(role: str, breaks_in: object) -> str:
    if pd.isna(breaks_in):
        return t("{role} (tidak putus)", role=role_name(role))
    return t("{role} (mulai {year})", role=role_name(role), year=int(str(breaks_in)))


def _others_said(rows: pd.DataFrame, last_year: int) -> str:
    """Of roles that do not break, how many still have posts empty; whose need is not known."""
    others = rows.loc[rows["breaks_in"].isna() & (np.rint(rows["unfilled_count"]) > 0)]
    unknown = rows.loc[rows["least_share"].isna()]
    told = []
    if len(others):
        told.append(
            tn(
                "{n} peran lain tidak putus dan masih kosong {posts} jabatan pada akhir {year}"
                " (terbanyak {role}).",
                len(others),
                role=role_name(str(others["role"].iloc[0])),
                posts=number(others["unfilled_count"].sum()),
                year=last_year,
            )
        )
    if len(unknown):
        told.append(
            tn(
                "{n} peran belum dihitung kebutuhannya; barisnya kosong.",
                len(unknown),
            )
        )
    return " ".join(told)
