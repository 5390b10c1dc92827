"""The account of people and the account of money of a scenario; both add up."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from pages.shared import charts, layout
from pages.shared.scenario_view import Seen
from pages.shared.scenario_words import step_name
from pages.shared.waterfall import waterfall
from pages.shared.words import money, number, t


def accounts(view: Seen) -> None:
    """The account of people and the account of money; both add up."""
    left, right = st.columns(2, gap="large")
    with left:
        _people(view)
    with right:
        _money(view)
    tables = view.result.tables
    st.markdown(f"#### {t('Orang per tahun')}")
    _by_year(tables["staff_account"], "change_count", "step", "neraca-pegawai-per-tahun", "number")
    st.markdown(f"#### {t('Gaji dari APBD per tahun')}")
    _by_year(tables["money_account"], "amount_idr", "item", "neraca-uang-per-tahun", "rupiah")
    _outside(view)


def _people(view: Seen) -> None:
    staff, account = view.result.tables["staff"], view.result.tables["staff_account"]
    steps = account.groupby("step", sort=False)["change_count"].sum()
    steps = steps.loc[steps != 0]
    start, end = int(staff["start_count"].iloc[0]), int(staff["end_count"].iloc[-1])
    values = [start, *(int(one) for one in steps), end]
    labels = [t("Hari ini"), *(step_name(str(one)) for one in steps.index),
              t("Akhir {year}", year=view.last_year)]  # fmt: skip
    said = [number(values[0]), *(_signed(one) for one in values[1:-1]), number(values[-1])]
    charts.draw(
        waterfall(
            labels,
            values,
            t(
                "Dari {start} menjadi {end} orang, langkah demi langkah",
                start=number(start),
                end=number(end),
            ),
            said,
            # As on Ringkasan: who leaves is red.
            less=charts.ALARM,
        ),
        "neraca-pegawai",
        height=420,
    )


def _money(view: Seen) -> None:
    total = view.result.tables["money"]
    steps = view.result.tables["money_steps"].groupby("step", sort=False)["change_idr"].sum()
    steps = steps.loc[steps != 0]
    start, end = float(total["apbd_idr"].iloc[0]), float(total["apbd_idr"].iloc[-1])
    values = [start, *(float(one) for one in steps), end]
    first = int(total["year"].iloc[0])
    labels = [str(first), *(step_name(str(one)) for one in steps.index), str(view.last_year)]
    said = [
        money(values[0]),
        *(("+" if one > 0 else "") + money(one) for one in values[1:-1]),
        money(values[-1]),
    ]
    charts.draw(
        waterfall(
            labels,
            values,
            t(
                "Gaji dari APBD {start} menjadi {end} setahun",
                start=money(start),
                end=money(end),
            ),
            said,
        ),
        "neraca-uang",
        height=420,
    )


def _outside(view: Seen) -> None:
    """What others pay, and what is no pay."""
    total = view.result.tables["money"]
    outside = float(total["outside_cap_idr"].iloc[-1])
    apbn = float(total["apbn_idr"].iloc[-1])
    layout.note(
        t(
            "Di luar angka ini pada {year}: tunjangan guru dari TKD {outside}, beban APBN (pensiun)"
            " {apbn}, investasi dan perawatan teknologi {beside}.",
            year=view.last_year,
            outside=money(outside),
            apbn=money(apbn),
            beside=money(float(total["beside_pay_idr"].iloc[-1])),
        )
    )


def _by_year(table: pd.DataFrame, value: str, name: str, file_name: str, kind: str) -> None:
    is_change = kind == "number"
    wide = table.pivot_table(
        index=name, columns="year", values=value, aggfunc="sum", sort=False, fill_value=0
    )
    wide = wide.loc[(wide != 0).any(axis=1)]
    years = [int(year) for year in wide.columns]
    wide.columns = [str(year) for year in years]
    wide.loc[t("Perubahan") if is_change else t("Jumlah")] = wide.sum()
    shown = wide.reset_index(names=name)
    shown[name] = [step_name(str(one)) for one in shown[name]]
    layout.table(
        shown,
        [
            layout.Column(name, t("Langkah") if is_change else t("Bagian"), width="medium"),
            *(layout.Column(str(year), str(year), kind) for year in years),
        ],
        file_name,
    )


def _signed(given: float) -> str:
    return ("+" if given > 0 else "−" if given < 0 else "") + number(abs(given))
