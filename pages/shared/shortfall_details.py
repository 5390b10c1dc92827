"""If formations are refused or half filled: the plan, made anew, and the one that minds it.

In a mayor's words, on the pages on scenarios and on options.
"""

from __future__ import annotations

import math

import pandas as pd
import streamlit as st

from analytics.scenario_run import Result
from analytics.scenario_shortfall import (
    CASES,
    REPLANNED,
    ROBUST,
    UNCHANGED,
    cases_told,
    price_and_worth,
)
from pages.shared import charts, inputs, layout
from pages.shared.words import money, names, number, percent, t, tn

EQUATIONS = (226, 290, 291)
_BILLION = 1e9


def case_names() -> dict[str, str]:
    """What may become of formations."""
    return {
        "as_expected": t("Semua datang seperti diharapkan"),
        "half_filled": t("Hanya separuh yang datang"),
        "refused_first": t("Tahun usul pertama ditolak"),
        "refused": t("Ditolak setiap tahun"),
    }


def plan_names() -> dict[str, str]:
    """The plans beside each other."""
    return {
        UNCHANGED: t("Rencana biasa, tidak diubah"),
        REPLANNED: t("Rencana biasa, sisanya disusun ulang"),
        ROBUST: t("Rencana yang tahan, sisanya disusun ulang"),
    }


def _measures() -> dict[str, str]:
    return {
        "unfilled_post_years": t("Jabatan-tahun kosong"),
        "unfilled_count": t("Kosong akhir masa"),
        "newcomer_idr": t("Gaji pengganti"),
    }


def draw(result: Result, where: str) -> None:
    """Every plan in every case: finding, what it costs and saves, figure, table.

    Parameters
    ----------
    where
        Word of the link for the measure shown.
    """
    told = cases_told(result.tables["shortfall"])
    if not told["formation_count"].any():
        layout.note(t("Tidak ada formasi yang dapat ditolak dalam rencana ini."))
        return
    if told["unfilled_count"].isna().all():
        layout.note(t("Kebutuhan belum diketahui: yang kosong bila ditolak belum dihitung."))
        return
    worth = price_and_worth(told)
    years = result.tables["shortfall"]["year"]
    if worth is not None:
        layout.sentences(_sentences(worth, years.nunique()))
    measure = inputs.choice(where, t("Yang dibandingkan"), _measures(), "unfilled_post_years")
    finding = (
        refusal_told(told, measure, _options(result), int(years.max()))
        if worth is None
        else _finding(worth)
    )
    wide = told.pivot_table(index="case", columns="plan", values=measure, sort=False)
    wide = wide.reindex(index=list(CASES))[list(dict.fromkeys(told["plan"]))]
    charts.draw(_figure(wide, measure, finding), "andai-ditolak", height=400)
    _table(wide, told, measure)
    layout.note(_told_of_cases(result))


def refusal_told(told: pd.DataFrame, measure: str, options: str, last: int) -> str:
    """What a refusal in every year comes to, in the measure that is drawn.

    Parameters
    ----------
    told
        One row per case of one plan (``cases_told``).
    options
        Whose formations are refused, in words.
    last
        The last year.
    """
    own = told.set_index("case")[measure].astype(float)
    refused, expected = own["refused"], own["as_expected"]
    if measure == "unfilled_count":
        return tn(
            "Bila formasi {options} ditolak setiap tahun, {n} jabatan kosong pada akhir {year};"
            " {expected} bila semua datang",
            round(refused),
            options=options,
            year=last,
            expected=number(expected),
        )
    if measure == "newcomer_idr":
        return t(
            "Bila formasi {options} ditolak setiap tahun, gaji pengganti sampai {year} {money};"
            " {expected} bila semua datang",
            options=options,
            year=last,
            money=money(refused),
            expected=money(expected),
        )
    return tn(
        "Bila formasi {options} ditolak setiap tahun, {n} jabatan-tahun kosong sampai {year};"
        " {expected} bila semua datang",
        round(refused),
        options=options,
        year=last,
        expected=number(expected),
    )


def _finding(worth: dict[str, float]) -> str:
    saves = worth["saves_post_years"]
    if saves < 0.5:
        return t("Rencana ini sudah tahan: tidak ada putaran pertama yang lebih aman")
    return t(
        "Rencana yang tahan menghemat {saves} jabatan-tahun kosong bila formasi tidak datang, dan"
        " {costs} bila semua datang",
        saves=number(saves),
        costs=_more(worth["costs_post_years"]),
    )


def _more(post_years: float) -> str:
    count = number(abs(post_years))
    if abs(post_years) < 0.5:
        return t("tidak menambah yang kosong")
    if post_years > 0:
        return t("menambah {n} jabatan-tahun", n=count)
    return t("mengurangi {n} jabatan-tahun", n=count)


def _sentences(worth: dict[str, float], years: int) -> list[str]:
    return [
        t(
            "Harganya bila semua berjalan: {more} yang kosong, {money} selama {n} tahun.",
            more=_more(worth["costs_post_years"]),
            money=_spent(worth["costs_idr"]),
            n=years,
        ),
        t(
            "Gunanya bila tidak berjalan, rata-rata menurut peluangnya: {n} jabatan-tahun kosong"
            " lebih sedikit, {money}.",
            n=number(worth["saves_post_years"]),
            money=_spent(-worth["saves_idr"]),
        ),
        t(
            "Atas semua kejadian menurut peluangnya: {n} jabatan-tahun kosong lebih sedikit.",
            n=number(worth["expected_post_years"]),
        ),
    ]


def _spent(idr: float) -> str:
    if idr >= 0:
        return t("biaya {money} lebih banyak", money=money(idr))
    return t("biaya {money} lebih sedikit", money=money(-idr))


def _figure(wide: pd.DataFrame, measure: str, finding: str) -> charts.Figure:
    shown = wide.rename(index=case_names())
    if measure == "newcomer_idr":
        shown = shown / _BILLION
    title = t("Miliar rupiah") if measure == "newcomer_idr" else _measures()[measure]
    figure = charts.bars(shown.round(1), finding, names=plan_names(), y_title=title)
    figure["layout"]["barmode"] = "group"
    for trace in figure["data"]:
        trace["x"] = [charts.wrapped(str(one), 18) for one in trace["x"]]
        trace["hovertemplate"] = "%{y:,.0f}"
    return figure


def _table(wide: pd.DataFrame, told: pd.DataFrame, measure: str) -> None:
    kind = "rupiah" if measure == "newcomer_idr" else "number"
    table = wide.reset_index()
    chance = told.drop_duplicates("case").set_index("case")["chance"]
    table = table.assign(chance=table["case"].map(chance), case=table["case"].map(case_names()))
    columns = [
        layout.Column("case", t("Andai"), width="medium"),
        layout.Column("chance", t("Peluang"), "share"),
        *(layout.Column(plan, plan_names()[plan], kind) for plan in wide.columns),
    ]
    if ROBUST in wide:
        table["difference"] = table[ROBUST] - table[REPLANNED]
        columns.append(layout.Column("difference", t("Selisih rencana yang tahan"), kind))
    layout.table(table, columns, f"andai-ditolak-{measure}")


def _told_of_cases(result: Result) -> str:
    rounds = result.scenario.whole("plan.decided_rounds") or 1
    said = t(
        "Jabatan-tahun kosong: satu jabatan yang kosong selama satu tahun. Kekurangan mengenai"
        " {options}; pilihan lain tetap. Peluang dan siapa yang kena: tuas"
        " Rencana dan kebijakan (bawaan: putaran CPNS 2014-2025, data/rules/option.csv).",
        options=_options(result),
    )
    if result.minded is None:
        return said
    gap = result.minded.gap
    return " ".join(
        [
            said,
            tn(
                "Disusun ulang: {n} putaran formasi pertama sudah terlanjur diusulkan, sesudahnya"
                " kejadiannya diketahui.",
                rounds,
            ),
            t("Rencana yang tahan paling banyak {gap} dari batasnya.", gap=percent(gap, 1))
            if math.isfinite(gap)
            else t("Rencana yang tahan belum terbukti terbaik."),
        ]
    )


def _options(result: Result) -> str:
    from pages.shared.gauge_figures import option_names

    hit = result.scenario["plan.granted_options"]
    known = option_names()
    told = [known.get(one, one) for one in hit] if isinstance(hit, tuple) else []
    return names(told) or t("tidak ada")


def offer(key: str, *, on_click: object) -> None:
    """A button that makes the plan mind shortfall."""
    st.button(
        t("Susun rencana yang tahan di sampingnya"),
        key=key,
        icon=":material/shield:",
        on_click=on_click,  # type: ignore[arg-type]
        help=t("Beberapa rencana dipecahkan bersama: sampai setengah menit."),
    )
