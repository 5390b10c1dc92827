"""Beneath the headline: plan, the limit, what if formations are refused."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from analytics.pay_newcomer import EMPLOYMENT_OF
from analytics.scenario import Scenario
from analytics.scenario_plan import ROBUST_MIX
from pages.shared import (
    charts,
    gauge_figures,
    inputs,
    layout,
    load_scenarios,
    scenario_held,
    scenario_sought,
    shortfall_details,
)
from pages.shared.gauge_figures import option_names
from pages.shared.load_scenarios import RefusedError
from pages.shared.scenario_figures import unfilled_by_year
from pages.shared.scenario_inputs import fixed_formations
from pages.shared.scenario_view import Seen
from pages.shared.scenario_words import role_name, table_names
from pages.shared.words import number, t, tn

_MOST_ROWS = 420


def headline(view: Seen) -> None:
    """Staff and vacancies by year, and the flow from leavers to what covers them."""
    left, right = st.columns(2, gap="large")
    with left:
        first = unfilled_by_year(view.result)
        charts.draw(
            gauge_and_staff(view, float(first.iloc[0]), float(first.iloc[-1])),
            "pegawai-dan-kekosongan",
            height=440,
        )
    with right:
        flow = view.result.tables["flow"]
        rows = flow.loc[flow["year"] == view.last_year]
        charts.draw(
            gauge_figures.flow(rows, _flow_finding(rows, view.last_year)),
            "aliran-jabatan",
            height=440,
        )
    layout.note(
        t(
            "Rentang: 8 dari 10 kemungkinan siapa yang pergi, berapa murid, berapa formasi yang"
            " terisi dan kapan, bila rencana tidak pernah disesuaikan. Jabatan kosong dihitung per"
            " jabatan, kelebihan di satu tempat tidak menutupi yang lain."
        )
    )
    aside = int(str(view.result.summary["part_time_apart_count"]))
    if aside:
        layout.note(
            t(
                "Pegawai termasuk {n} P3K paruh waktu hari ini. Mereka tidak mengisi jabatan, jadi"
                " tidak ada dalam aliran: di sana {left} orang meninggalkan jabatannya.",
                n=number(aside),
                left=number(int(str(view.result.summary["post_leaver_count"]))),
            )
        )


def gauge_and_staff(view: Seen, first: float, last: float) -> charts.Figure:
    """The figure of staff and vacancies with its finding."""
    from pages.shared.scenario_figures import staff_and_vacancies

    end = view.result.tables["staff"]["end_count"]
    return staff_and_vacancies(
        view.result,
        view.nothing,
        t(
            "Pegawai {start} menjadi {end} pada akhir {year}; jabatan kosong {first} menjadi"
            " {last}",
            start=number(view.result.tables["staff"]["start_count"].iloc[0]),
            end=number(end.iloc[-1]),
            year=view.last_year,
            first=number(first),
            last=number(last),
        ),
    )


def _flow_finding(rows: pd.DataFrame, year: int) -> str:
    to = rows.loc[rows["side"] == "to"].set_index("item")["count"]
    total = int(to.sum())
    options = int(to.reindex(list(option_names())).fillna(0).sum())
    empty = to.get("belum_terisi", 0)
    if pd.isna(empty):
        return t(
            "Sampai {year} ditinggalkan {all} jabatan; berapa yang tetap kosong belum dihitung",
            all=number(total),
            year=year,
        )
    told = t(
        "Dari {all} jabatan kosong sampai {year}: {less} tidak perlu lagi, {options} ditutup"
        " pilihan, {empty} tetap kosong",
        all=number(total),
        year=year,
        less=number(to.get("tidak_perlu_lagi", 0)),
        options=number(options),
        empty=number(empty),
    )
    unknown = to.get("belum_dihitung", 0)
    # Without these the parts would not add up to the whole.
    return told + t(", {unknown} belum dihitung", unknown=number(unknown)) if unknown else told


# --- the plan ---


def plan(view: Seen, *, may_edit: bool) -> None:
    """Formations by option, role and year of proposal."""
    table = view.result.tables["plan"]
    if table.empty:
        layout.note(t("Tidak ada formasi dalam rencana ini. Pilih cara lain pada tuas Rencana."))
    else:
        years = sorted({int(year) for year in table["year"]})
        shown = _by_option_and_role(table, years)
        st.markdown(f"#### {_plan_finding(table)}")
        layout.table(
            shown,
            [
                layout.Column("option", t("Pilihan")),
                layout.Column("role", t("Peran"), width="medium"),
                *(layout.Column(str(year), str(year), "number") for year in years),
                layout.Column("total", t("Jumlah"), "number"),
            ],
            "formasi-per-tahun-usul",
            height=_MOST_ROWS if len(shown) > 11 else "auto",
        )
        layout.note(t("Orang per tahun usul; yang datang lebih sedikit dan lebih lambat."))
        scenario_sought.worth(view)
    if may_edit:
        question = view.result.mix.question
        fixed_formations({role: role_name(role) for role in question.roles}, list(question.years))


def _by_option_and_role(table: pd.DataFrame, years: list[int]) -> pd.DataFrame:
    """A row per option and role, in the order of the options, the largest first; a column a year.

    In plain Python: pandas takes ten times as long for so few rows, at every lever.
    """
    counts: dict[tuple[str, str], dict[int, int]] = {}
    columns = (table[name].tolist() for name in ("option", "role", "year", "formation_count"))
    for option, role, year, count in zip(*columns, strict=True):
        of_year = counts.setdefault((option, role), dict.fromkeys(years, 0))
        of_year[int(year)] += count
    names = option_names()
    order = list(names)
    rows = [
        (order.index(option), -sum(of_year.values()), role, of_year)
        for (option, role), of_year in counts.items()
    ]
    rows.sort(key=lambda row: row[:3])
    return pd.DataFrame(
        {
            "option": [names[order[at]] for at, *_ in rows],
            "role": [role_name(role) for _, _, role, _ in rows],
            **{str(year): [of_year[year] for *_, of_year in rows] for year in years},
            "total": [-total for _, total, *_ in rows],
        }
    )


def _plan_finding(table: pd.DataFrame) -> str:
    """Formations of those who are hired; what other options cover counts in posts."""
    hired = table.loc[table["option"].isin([*EMPLOYMENT_OF])]
    others = int(table.loc[~table["option"].isin([*EMPLOYMENT_OF]), "formation_count"].sum())
    if hired.empty:
        return tn("{n} jabatan ditutup tanpa merekrut", others)
    counts = hired.groupby("role")["formation_count"].sum()
    said = t(
        "{n} formasi diusulkan {first}-{last}; {role} paling banyak",
        n=number(counts.sum()),
        first=int(hired["year"].min()),
        last=int(hired["year"].max()),
        role=role_name(str(counts.idxmax())),
    )
    if not others:
        return said
    return said + tn("; {n} langkah lain tanpa merekrut", others)


# --- the limit ---


def limit(view: Seen) -> None:
    """The 30 % limit by year, under every reading of what is disputed."""
    if view.gauge is None:
        layout.note(missing_budget())
        return
    named = {view.told.name: view.gauge}
    for name, told in _readings(view.told).items():
        try:
            other = load_scenarios.result(view.key, told).tables["gauge"]
        except RefusedError:
            continue
        if not other["ratio_share"].round(6).equals(view.gauge["ratio_share"].round(6)):
            named[name] = other
    over = view.gauge.loc[(view.gauge["room_idr"] < 0) & view.gauge["is_binding"], "year"]
    finding = (
        t("Batas dilampaui pada {years}", years=_years(over))
        if len(over)
        else t("Batas tidak dilampaui sejak berlaku")
    )
    charts.draw(gauge_figures.ratio_by_year(named, finding), "rasio-per-tahun", height=420)
    layout.note(
        t(
            "Batas: UU 1/2022 pasal 146, wajib mulai 2027 (PMK 24/2024); tenggat dan dua hal lain"
            " diperdebatkan: apakah upah P3K paruh waktu dihitung, dan apakah TPG yang dibayar"
            " langsung melewati APBD. Tafsir dipilih pada tuas Gaji. Rentang (P10-P90) dan peluang"
            " berasal dari siapa yang pergi dan siapa yang datang; APBD dan tarif gaji dianggap"
            " diketahui."
        )
    )
    layout.table(
        view.gauge,
        [
            layout.Column("year", t("Tahun"), "year"),
            layout.Column("personnel_idr", t("Belanja pegawai"), "rupiah"),
            layout.Column("excluded_idr", t("Tunjangan guru, dikeluarkan"), "rupiah"),
            layout.Column("other_idr", t("Di antaranya tidak dimodelkan"), "rupiah"),
            layout.Column("apbd_idr", t("APBD"), "rupiah"),
            layout.Column("ratio_share", t("Rasio"), "share"),
            layout.Column("ratio_p10_share", t("Rasio P10"), "share"),
            layout.Column("ratio_p90_share", t("Rasio P90"), "share"),
            layout.Column("limit_share", t("Batas"), "share"),
            layout.Column("over_chance", t("Peluang di atas batas"), "share"),
            layout.Column("room_idr", t("Ruang"), "rupiah"),
        ],
        "batas-belanja-pegawai",
    )


def missing_budget() -> str:
    """What to import, and where."""
    return t(
        "Muat APBD di halaman Data (tahun, total belanja daerah, belanja pegawai, tunjangan guru"
        " dari TKD; SIPD atau DJPK), atau isi tuas APBD."
    )


def _years(years: pd.Series) -> str:
    told = [int(year) for year in years]
    if len(told) > 2 and told == list(range(told[0], told[-1] + 1)):
        return f"{told[0]}-{told[-1]}"
    return ", ".join(map(str, told))


def _readings(told: Scenario) -> dict[str, Scenario]:
    return {
        t("paruh waktu dihitung"): told.moved("pay.is_part_time_in_cap", True),
        t("paruh waktu tidak dihitung"): told.moved("pay.is_part_time_in_cap", False),
        t("TPG melewati APBD"): told.moved("pay.is_tpg_through_apbd", True),
        t("TPG tidak melewati APBD"): told.moved("pay.is_tpg_through_apbd", False),
    }


# --- refused ---


def refused(view: Seen) -> None:
    """The same plan where formations are refused or half filled, and the plan that minds it."""
    shortfall_details.draw(view.result, "banding_ditolak")
    if view.told["plan.rule"] != ROBUST_MIX:
        shortfall_details.offer(
            "rencana-tahan", on_click=lambda: scenario_held.move("plan.rule", ROBUST_MIX)
        )


def whole_result(view: Seen) -> None:
    """Every table of the result in one file."""
    with st.container(horizontal=True):
        name = inputs.choice(
            "tabel",
            t("Tabel lengkap"),
            {name: told for name, told in table_names().items() if name in view.result.tables},
            "filling",
            widget="select",
        )
    layout.downloads(view.result.tables[name], f"skenario-{name}", key="unduh-tabel")
