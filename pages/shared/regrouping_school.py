"""The map, the list of schools, and the lock of the school pointed at."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from analytics import regrouping_findings as findings
from analytics.regrouping import RegroupingPlan
from pages.shared import (
    access,
    charts,
    layout,
    maps,
    regrouping_locks,
    regrouping_map,
    words,
)
from pages.shared import regrouping_view as view_of
from pages.shared.layout import Column
from pages.shared.regrouping_inputs import Asked
from pages.shared.school_choice import SchoolChoice
from pages.shared.words import language, number, t, tn

CHOICE = SchoolChoice("pilih", "cari_gabung")
_MAP, _TABLE = "peta-gabung", "sekolah-gabung"
_MERGES = "tabel-penggabungan"


def map_and_lock(asked: Asked, plan: RegroupingPlan) -> None:
    """The map, and beside it the school pointed at with its lock."""
    rows = view_of.schools(asked.question, plan, language())
    npsn = CHOICE.held(rows["npsn"])
    drawn = regrouping_map.plan_map(asked.question, plan, asked.locks, npsn, language())
    left, right = st.columns([3, 2])
    with left:
        if drawn is None:
            layout.note(
                t("Peta muncul setelah sekolah mempunyai lintang dan bujur yang dapat dipercaya.")
            )
        else:
            charts.draw(drawn, _MAP, height=maps.height(drawn, 540), on_select=CHOICE.on_map(_MAP))
            layout.note(
                t(
                    "Ketuk satu sekolah untuk menguncinya. Panah: dari sekolah yang bergabung ke"
                    " penerimanya. Latar: selubung titik sekolah sendiri."
                )
            )
    with right:
        names = dict(zip(rows["npsn"], rows["name"], strict=True))
        CHOICE.field(t("Pilih satu sekolah"), names)
        if npsn:
            _one(asked, plan, rows, npsn)
        _locks(asked, names)
        if (plan.table["action"] == "merge").any():
            _merges(asked, plan)


def _merges(asked: Asked, plan: RegroupingPlan) -> None:
    """Every merge with its classes, rooms and rupiah; a row points at its school."""
    table = view_of.merges(asked.question, plan, asked.few, language())
    npsn = table["npsn"].tolist()
    layout.table(
        _in_rupiah(table, plan.prepared.programme.prices.pupil_km),
        [
            Column("name", t("Sekolah yang bergabung"), width=150),
            Column("into_name", t("Penerima"), width=150),
            Column("distance_km", t("Jarak (km)"), "decimal"),
            Column("pupil_count", t("Murid"), "number"),
            Column("saved_idr", t("Hemat setahun"), "rupiah", width=112,
                   help=t("Sekolah dan rombel; yang ini saja dibatalkan")),
            Column("group_before", t("Rombel sebelum"), "number",
                   help=t("Sekolah yang bergabung dan penerimanya bersama-sama")),
            Column("group_after", t("Rombel sesudah"), "number"),
            Column("class_after", t("Murid per rombel sesudah"), "decimal"),
            Column("room_count", t("Ruang penerima"), "number"),
            Column("rooms_freed", t("Ruang bebas"), "number"),
            Column("net_idr", t("Hemat sesudah harga jalan"), "rupiah",
                   help=t("Dengan ini rencana disusun: hemat dikurangi harga tambahan jalan")),
            Column("place", t("Tempat")),
            Column("npsn", t("NPSN")),
        ],
        "penggabungan",
        key=_MERGES,
        height=330,
        on_select=CHOICE.on_row(_MERGES, npsn),
    )  # fmt: skip


def _in_rupiah(table: pd.DataFrame, pupil_km: float) -> pd.DataFrame:
    """What each merge saves as the headline counts it, and what is left after the price of ways.

    ``pupil_km``: the price of a pupil-kilometre, million rupiah a year.
    """
    way = pupil_km * table["pupil_count"] * table["distance_km"]
    return table.assign(saved_idr=(table["saved"] + way) * 1e6, net_idr=table["saved"] * 1e6)


def _one(asked: Asked, plan: RegroupingPlan, rows: pd.DataFrame, npsn: str) -> None:
    row = rows.set_index("npsn").loc[npsn]
    with st.container(border=True, key="satu-sekolah"):
        st.markdown(f"**{row['name']}**")
        facts = [
            str(row["place"]),
            t("NPSN {npsn}", npsn=npsn),
            t(
                "{pupils} murid · {rombel} rombel · {rooms} ruang",
                pupils=number(row["pupils"]),
                rombel=number(row["rombel_before"]),
                rooms=number(row["rooms"]),
            ),
            str(row["reason_said"]),
        ]
        layout.note(" · ".join(one for one in facts if one))
        _lock(asked, plan, npsn)
        if row["action"] == "merge":
            st.button(
                t("Larang pasangan dengan {other}", other=row["into_name"]),
                key=f"larang-{npsn}",
                on_click=regrouping_locks.forbid,
                args=(npsn, str(row["into"])),
                type="tertiary",
                icon=":material/block:",
            )
        with st.container(horizontal=True):
            layout.page_link("murid", t("Murid sekolah ini"), sekolah=npsn)
            st.button(
                t("Selesai"), key="selesai", on_click=CHOICE.leave, icon=":material/close:",
                type="tertiary",
            )  # fmt: skip


def _lock(asked: Asked, plan: RegroupingPlan, npsn: str) -> None:
    state = asked.locks.state_of(npsn)
    options = {
        "free": t("Bebas"),
        "open": t("Tetap buka"),
        "closed": t("Tutup"),
        "into": t("Gabung ke …"),
    }
    key = f"kunci-{npsn}"
    if st.session_state.get(f"{key}-asal") != state or key not in st.session_state:
        st.session_state[key] = st.session_state[f"{key}-asal"] = state

    def decided() -> None:
        wanted = st.session_state.get(key)
        if wanted and wanted != "into":
            regrouping_locks.lock(npsn, wanted)

    picked = st.segmented_control(
        t("Keputusan untuk sekolah ini"),
        options=list(options),
        default=st.session_state[key],
        format_func=options.__getitem__,
        key=key,
        on_change=decided,
        required=True,
    )
    if picked != "into":
        return
    near = _near(plan, npsn)
    if not near:
        layout.note(t("Tidak ada sekolah yang jaraknya diketahui."))
        return
    ids = list(near)
    held = dict(asked.locks.pairs).get(npsn)
    into_key = f"ke-{npsn}"

    def sent() -> None:
        if other := st.session_state.get(into_key):
            regrouping_locks.lock(npsn, "into", str(other))

    st.selectbox(
        t("Gabung ke"),
        ids,
        index=ids.index(held) if held in ids else None,
        format_func=lambda one: near.get(one, one),
        key=into_key,
        on_change=sent,
        placeholder=t("Pilih penerima"),
    )


def _near(plan: RegroupingPlan, npsn: str, most: int = 12) -> dict[str, str]:
    """The nearest schools with their distance, as far as known."""
    told = plan.prepared.schools
    at = int((told["npsn"] == npsn).to_numpy().argmax())
    km = pd.Series(plan.prepared.km[at], index=told["npsn"]).dropna().sort_values().head(most)
    name = told.set_index("npsn")["name"]
    return {str(one): f"{name[one]} · {number(value, 1)} km" for one, value in km.items()}


def _locks(asked: Asked, names: dict[str, str]) -> None:
    """What is decided by hand, who saved it, and ways to save or undo it."""
    held, level = asked.locks, asked.question.level
    kept = regrouping_locks.saved(asked.question.key, level)
    if held.count:
        told = [
            *(f"{names[one]}: {t('tetap buka')}" for one in held.opened),
            *(f"{names[one]}: {t('tutup')}" for one in held.closed),
            *(f"{names[one]} → {names[other]}" for one, other in held.pairs),
        ]
        st.markdown(f"**{tn('{n} keputusan dengan tangan', held.count)}**")
        if told:
            layout.note(" · ".join(told))
        for one, other in held.forbidden:
            st.button(
                t("Izinkan lagi: {one} dan {other}", one=names[one], other=names[other]),
                key=f"izinkan-{one}-{other}",
                on_click=regrouping_locks.allow,
                args=(one, other),
                type="tertiary",
            )
    with st.container(horizontal=True):
        if held.count:
            st.button(
                t("Lepas semua kunci"), key="lepas", on_click=regrouping_locks.unlock_all,
                icon=":material/lock_open:",
            )  # fmt: skip
        if held != kept.locks.known(set(names)) and access.may("perencana"):
            st.button(
                t("Simpan kunci untuk semua"), key="simpan-kunci", on_click=regrouping_locks.save,
                args=(asked.question.key, level), icon=":material/save:",
            )  # fmt: skip
    if kept.locks.count:
        layout.note(
            t(
                "Kunci disimpan oleh {who}, {day}.",
                who=kept.locked_by,
                day=words.day(kept.locked_at),
            )
        )


def schools(asked: Asked, plan: RegroupingPlan) -> None:
    """Every school of the plan with what happens to it and why; a row can be locked."""
    rows = view_of.schools(asked.question, plan, language())
    order = {"merge": 0}
    ranked = rows.assign(
        rank=rows["action"].map(order).fillna(1) - rows["npsn"].isin(set(rows["into"])) * 0.5,
        lock=[
            {"open": t("tetap buka"), "closed": t("tutup"), "into": t("dipasangkan")}.get(
                asked.locks.state_of(one), ""
            )
            for one in rows["npsn"]
        ],
    ).sort_values(["rank", "pupils", "npsn"], ignore_index=True)
    npsn = ranked["npsn"].tolist()
    layout.table(
        ranked,
        [
            Column("name", t("Sekolah"), width="medium"),
            Column("action_said", t("Tindakan")),
            Column("into_name", t("Ke")),
            Column("distance_km", "km", "decimal"),
            Column("pupils", t("Murid"), "number"),
            Column("rombel_before", t("Rombel sebelum"), "number"),
            Column("rombel_after", t("Rombel sesudah"), "number"),
            Column("rooms", t("Ruang"), "number"),
            Column("heavy", t("Rusak berat, tidak dihitung"), "number"),
            Column("damaged_pct", t("Ruang rusak (%)"), "number"),
            Column("reason_said", t("Sebab"), width="large"),
            Column("lock", t("Kunci")),
            Column("kecamatan", t("Kecamatan")),
            Column("village", t("Desa/kelurahan")),
            Column("npsn", t("NPSN")),
        ],
        _TABLE,
        key=_TABLE,
        height=460,
        on_select=CHOICE.on_row(_TABLE, npsn),
    )
    layout.note(t("Pilih satu baris untuk mengunci sekolahnya di samping peta."))


def kept_out(asked: Asked, plan: RegroupingPlan) -> None:
    """Schools that no merge may touch because of their point, and how to mend it."""
    rows = view_of.schools(asked.question, plan, language())
    bad = rows.loc[(rows["reason"] == "no_point") | (rows["point_code"] != "")]
    if bad.empty:
        return
    st.markdown(f"**{tn('{n} sekolah tidak ikut karena koordinatnya', len(bad))}**")
    layout.table(
        bad.assign(
            fault=bad["point_code"]
            .map(view_of.point_faults())
            .fillna(t("jaraknya tidak diketahui"))
        ),
        [
            Column("name", t("Sekolah")),
            Column("fault", t("Kesalahan dan perbaikannya"), width="large"),
            Column("pupils", t("Murid"), "number"),
            Column("npsn", t("NPSN")),
        ],
        "koordinat-diperbaiki",
        key="tabel-koordinat",
    )
    layout.page_link("data", t("Perbaiki dan muat ulang di halaman Data"))


def short_of_rooms(plan: RegroupingPlan) -> None:
    """Schools with fewer classrooms than rombel today, and what to do about it."""
    short = findings.short_of_rooms(plan.prepared.schools)
    if short.empty:
        return
    st.markdown(f"**{tn('Ruang kurang dari rombel: {n} sekolah', len(short))}**")
    layout.table(
        short,
        [
            Column("name", t("Sekolah")),
            Column("rooms", t("Ruang kelas layak"), "number"),
            Column("rombel", t("Rombel hari ini"), "number"),
            Column("short_count", t("Kurang"), "number"),
            Column("npsn", t("NPSN")),
        ],
        "ruang-kurang",
        key="tabel-ruang-kurang",
    )
    layout.note(
        t(
            "Periksa jumlah ruang kelasnya di daftar sekolah, atau sekolahnya masuk pagi dan siang."
            " Sampai itu ia dihitung beruang sebanyak rombelnya dan tidak boleh menambah rombel."
        )
    )
    layout.page_link("data", t("Perbaiki dan muat ulang di halaman Data"))
