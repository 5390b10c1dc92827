"""The trade-off: plans along the price of walking; a click shows that plan."""

from __future__ import annotations

import streamlit as st

from analytics.regrouping import RegroupingPlan
from analytics.regrouping_tradeoff import STEPS
from pages.shared import (
    address,
    charts,
    layout,
    maps,
    regrouping_work,
)
from pages.shared import regrouping_figures as figures
from pages.shared.layout import Column
from pages.shared.regrouping_inputs import Asked
from pages.shared.words import language, t

_CURVE = "kurva-gabung"
# Where one plan takes longer than so many seconds, the curve waits to be asked for.
_CURVE_AT_ONCE = 3.0


def _curve_clicked(usual: float) -> None:
    if price := maps.clicked(st.session_state.get(_CURVE)):
        step = min(STEPS, key=lambda one: abs(one * usual - float(price)))
        _set_step(f"{step:g}")


def _set_step(step: str) -> None:
    address.keep("bobot", step)
    address.write({"bobot": () if step == "1" else (step,)})


def curve(asked: Asked, plan: RegroupingPlan) -> None:
    """Plans along the price of walking; a click shows that plan on the map."""
    is_slow = plan.solution.seconds > _CURVE_AT_ONCE
    if is_slow and not st.session_state.get("_kurva_diminta"):
        layout.note(t("Kurva menyelesaikan sembilan rencana; di sini perlu satu dua menit."))
        st.button(
            t("Hitung kurva"),
            on_click=st.session_state.__setitem__,
            args=("_kurva_diminta", True),
            key="hitung-kurva",
        )
        return
    work = regrouping_work.curve_work(asked.base)
    if work.error is not None:
        raise work.error
    if work.latest is None:
        watch_curve(asked)
        return
    usual = asked.base.prices.pupil_km or 1.0
    charts.draw(
        figures.trade_off(work.latest, plan, language()),
        _CURVE,
        height=420,
        on_select=lambda: _curve_clicked(usual),
    )
    layout.note(
        t(
            "Setiap titik satu rencana yang diselesaikan; murid-km: murid x tambahan jalan sekali"
            " berangkat. Ketuk satu titik: peta menampilkannya."
        )
    )
    if asked.step != "1":
        st.button(
            t("Kembali ke harga jalan semula"),
            on_click=_set_step,
            args=("1",),
            key="bobot-semula",
            icon=":material/undo:",
        )
    table = work.latest.curve
    with st.expander(t("Angka kurva")):
        layout.table(
            table.assign(saved_idr=table["saved"] * 1e6, price_idr=table["pupil_km_price"] * 1e6),
            [
                Column("price_idr", t("Harga murid-km setahun"), "rupiah"),
                Column("merges", t("Sekolah digabung"), "number"),
                Column("saved_idr", t("Hemat setahun"), "rupiah"),
                Column("pupils_moved", t("Murid pindah"), "number"),
                Column("pupil_km", t("Murid-km"), "decimal"),
                Column("worst_km", t("Terjauh (km)"), "decimal"),
            ],
            "kurva-pertukaran",
            key="tabel-kurva",
        )


@st.fragment(run_every=1.0)
def watch_curve(asked: Asked) -> None:
    """How far the curve is; draws the page again when it is there."""
    work = regrouping_work.curve_work(asked.base)
    if work.is_done:
        st.rerun()
    st.progress(min(work.share, 1.0), t("Menyelesaikan rencana pada harga jalan lain"))
