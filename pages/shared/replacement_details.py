"""Beneath the options: the gap by role, post and unit, its bases, the cap, and every number."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from analytics.options import Option, Override, rule_table
from analytics.replacement import Gap
from analytics.rules import ANY, RuleError
from pages.shared import access, inputs, layout, load, replacement_inputs, replacement_refused
from pages.shared import replacement_view as view_of
from pages.shared.gauge_figures import standing
from pages.shared.layout import Column
from pages.shared.load_replacement import Cap, Ground
from pages.shared.method_rules import standing_labels
from pages.shared.replacement_calculator import part_names
from pages.shared.replacement_inputs import Wish
from pages.shared.words import day, language, money, number, percent, t, tn

_EDITOR, _EDITED = "angka-pilihan", "_angka_pilihan_ke"


def draw(held: Ground, found: Gap, chosen: Sequence[Option], wish: Wish, cap: Cap) -> None:
    """The chooser and what is open."""
    sections = {
        "kelompok": t("Per kelompok"),
        "jabatan": t("Per jabatan"),
        "unit": t("Per unit"),
        "dasar": t("Dasar kebutuhan"),
        "batas": t("Batas 30%"),
        "angka": t("Angka pilihan"),
        "ditolak": t("Andai ditolak"),
    }
    opened = inputs.choice("rinci_ganti", t("Rincian"), sections, "kelompok")
    if opened == "kelompok":
        _roles(found, wish)
    elif opened == "jabatan":
        _posts(found, wish)
    elif opened == "unit":
        _units(held, found, wish)
    elif opened == "dasar":
        _bases(held, found)
    elif opened == "batas":
        _cap(cap)
    elif opened == "ditolak":
        replacement_refused.draw(wish)
    else:
        _figures(chosen)


# ---- the gap -------------------------------------------------------------------------------------


def _gap_columns(first: Sequence[Column]) -> list[Column]:
    return [
        *first,
        Column("basis_name", t("Dasar kebutuhan"), width="medium"),
        Column("needed_count", t("Dibutuhkan"), "number"),
        Column("supply_count", t("Masih ada"), "count"),
        Column("deficit_count", t("Kurang"), "number"),
        Column("surplus_count", t("Lebih"), "number"),
        Column("gap_count", t("Kurang bersih"), "number",
               help=t("Kurang dikurangi lebih; yang lebih di satu unit tidak mengisi unit lain")),
        Column("gap_p10", "P10", "number"),
        Column("gap_p90", "P90", "number"),
        Column("gap_abk_count", t("Menurut ABK"), "number",
               help=t("Kebutuhan ABK dikurangi yang masih ada; kosong bila tidak ada ABK")),
        Column("gap_complement_count", t("Terhadap jumlah hari ini"), "number",
               help=t("Berapa yang hilang dari jumlah hari ini; bukan kebutuhan yang dihitung")),
        Column("not_computed_count", t("Belum dihitung (orang)"), "number"),
        Column("part_time_count", t("P3K paruh waktu"), "count"),
        Column("leaver_count", t("Pergi tahun itu"), "count"),
    ]  # fmt: skip


def _roles(found: Gap, wish: Wish) -> None:
    layout.table(
        view_of.by_role(found, wish.year, language()),
        _gap_columns([Column("role_name", t("Kelompok jabatan"), width="medium")]),
        f"kekurangan-per-kelompok-{wish.year}",
        key="tabel-kelompok",
    )
    _note_of_gap(wish)


def _posts(found: Gap, wish: Wish) -> None:
    layout.table(
        view_of.by_post(found, wish.role_group, wish.year, language()),
        _gap_columns([Column("post_name", t("Jabatan"), width="medium")]),
        f"kekurangan-per-jabatan-{wish.role_group}-{wish.year}",
        key="tabel-jabatan-ganti",
    )
    _note_of_gap(wish)


def _note_of_gap(wish: Wish) -> None:
    layout.note(
        t(
            "Akhir {year}, tanpa seorang pun diganti. Menurut ABK dan terhadap jumlah hari ini"
            " adalah dua hal dan tidak pernah dijumlahkan. P10-P90: 8 dari 10 kemungkinan bagi"
            " kurang bersih, dari siapa yang pergi; kebutuhannya dianggap pasti. Baris dengan"
            " kurang dari sepuluh orang memakai laju keluar dini mereka bersama, bukan"
            " sendiri-sendiri.",
            year=wish.year,
        )
    )


def _units(held: Ground, found: Gap, wish: Wish) -> None:
    rows = view_of.by_unit(found, wish.role_group, wish.year, language())
    picked = layout.table(
        rows,
        _gap_columns(
            [Column("name", t("Unit"), width="medium"), Column("opd", t("OPD"), width="medium"),
             Column("kecamatan", t("Kecamatan"))],
        ),
        f"kekurangan-per-unit-{wish.role_group}-{wish.year}",
        key=f"tabel-unit-ganti-{wish.role_group}-{wish.year}",
        height=420,
        on_select="rerun",
    )  # fmt: skip
    _note_of_gap(wish)
    chosen = picked["selection"]["rows"] if picked else []
    if not chosen or chosen[0] >= len(rows):
        layout.note(t("Pilih satu baris untuk melihat siapa yang pensiun di unit itu."))
        return
    row = rows.iloc[chosen[0]]
    people = view_of.leavers(held, str(row["unit_id"]), wish.role_group, wish.year)
    if not access.may_see_names():
        layout.note(
            t(
                "{unit}: {n} pensiun sampai akhir {year}. Nama hanya tampak bagi perencana.",
                unit=row["name"],
                n=layout.count_shown(len(people)),
                year=wish.year,
            )
        )
        return
    st.markdown(
        "**"
        + tn("{unit}: {n} pensiun sampai akhir {year}", len(people), unit=row["name"],
             year=wish.year)
        + "**"
    )  # fmt: skip
    if people.empty:
        return
    layout.table(
        people,
        [
            Column("name", t("Nama"), "name", width="medium"),
            Column("post_name", t("Jabatan"), width="medium"),
            Column("retires_on", t("TMT pensiun"), "day"),
            Column("nip", t("NIP"), "nip"),
        ],
        "yang-pensiun-di-unit",
        key="tabel-orang-ganti",
    )


def _bases(held: Ground, found: Gap) -> None:
    """On what every post stands, and ABK rows that found no unit or role."""
    layout.table(
        view_of.coverage(found),
        [
            Column("basis_name", t("Dasar kebutuhan"), width="large"),
            Column("unit_count", t("Unit"), "number"),
            Column("cell_count", t("Jabatan di unit"), "number"),
            Column("people_count", t("Orang hari ini"), "count"),
            Column("needed_count", t("Dibutuhkan tahun ini"), "number"),
        ],
        "dasar-kebutuhan",
        key="tabel-dasar",
    )
    told = [
        ""
        if held.has_schools
        else t("Belum ada data murid: kebutuhan guru belum dihitung dari sekolah."),
        ""
        if len(held.needs.abk)
        else t("Belum ada ABK: muat di halaman Data (e-Formasi atau lembar ABK)."),
    ]
    if any(told):
        layout.caution(" ".join(one for one in told if one))
    lost = held.needs.unmatched
    if lost.empty:
        return
    st.markdown(f"**{tn('{n} baris ABK tidak menemukan unit atau jabatannya', len(lost))}**")
    reasons = {
        "unit_unknown": t("unit tidak dikenal"),
        "title_unknown": t("jabatan tidak dikenal"),
    }
    layout.table(
        lost.assign(reason_said=lost["reason"].map(reasons)),
        [
            *(Column(one, label) for one, label in (("unit", t("Unit")), ("opd", t("OPD")),
              ("title", t("Jabatan"))) if one in lost),
            Column("needed_fte", t("Dibutuhkan"), "decimal"),
            Column("reason_said", t("Sebab")),
        ],
        "abk-tidak-dikenal",
        key="tabel-abk-lain",
    )  # fmt: skip


# ---- the cap -------------------------------------------------------------------------------------


def _cap(cap: Cap) -> None:
    """The gauge year by year, and what the recorded spending is made of."""
    if cap.gauge is None or cap.items is None or cap.plan is None:
        layout.note(
            t(
                "Belum ada APBD: muat di halaman Data, atau ketik belanja daerah dan belanja"
                " pegawai pada tombol APBD di atas."
            )
        )
        layout.page_link("data", t("Buka halaman Data"))
        return
    now = standing(cap.gauge)
    layout.sentences(
        [
            t(
                "{year}: {ratio}, batasnya {limit}; {room}. Hanya pegawai hari ini, tanpa"
                " pengganti.",
                year=now.year,
                ratio=percent(now.ratio_share),
                limit=percent(now.limit_share, 0),
                room=now.told(),
            )
        ]
    )
    layout.table(
        cap.gauge,
        [
            Column("year", t("Tahun"), "year"),
            Column("personnel_idr", t("Belanja pegawai"), "rupiah"),
            Column("excluded_idr", t("Dikecualikan: tunjangan guru dari TKD"), "rupiah"),
            Column("other_idr", t("Di antaranya tidak dimodelkan"), "rupiah"),
            Column("apbd_idr", t("Belanja daerah"), "rupiah"),
            Column("ratio_share", t("Rasio"), "share"),
            Column("limit_share", t("Batas"), "share"),
            Column("room_idr", t("Sisa ruang"), "rupiah"),
        ],
        "batas-30-persen",
        key="tabel-batas",
    )
    names = {
        **part_names(),
        "teacher_allowance": t("Tunjangan guru dari TKD"),
        "other": t("Tidak dimodelkan (DPRD, kepala daerah, TPP yang belum diisi, lainnya)"),
    }
    base = cap.plan.base
    st.markdown(
        "**"
        + t("Belanja pegawai {year} menurut APBD ({money}) terdiri dari", year=base.year,
            money=money(base.personnel_idr))
        + "**"
    )  # fmt: skip
    layout.table(
        cap.items.assign(item_name=cap.items["item"].map(names)),
        [
            Column("item_name", t("Bagian"), width="large"),
            Column("amount_idr", t("Rupiah"), "rupiah"),
            Column("share", t("Bagian dari semua"), "share"),
        ],
        "susunan-belanja-pegawai",
        key="tabel-susunan",
    )
    if (cap.gauge["year"] == base.year).any():
        layout.note(
            t(
                "Gaji setahun penuh semua yang ada pada {day}. Tabel di atasnya menghitung juga"
                " siapa yang pergi sepanjang tahun, jadi belanja pegawainya lebih kecil.",
                day=day(load.as_of()),
            )
        )
    if base.source:
        layout.note(t("Sumber APBD: {source}.", source=base.source))
    if cap.unpriced_count:
        layout.caution(
            tn("{n} orang tanpa golongan tidak ikut dihitung; isi di daftar pegawai.",
               cap.unpriced_count)
        )  # fmt: skip


# ---- numbers of the options ----------------------------------------------------------------------


def _figures(chosen: Sequence[Option]) -> None:
    """Every number of the options; what is typed here lives in this visitor's link."""
    layout.note(
        t(
            "Ganti rendah, tengah, atau tinggi, lalu Terapkan. Perubahan hidup di tautan Anda saja."
            " Yang bertanda belum dicocokkan atau pilihan setempat menunggu angka daerah Anda."
        )
    )
    rows = view_of.figures(chosen, language())
    standings = standing_labels()
    shown = rows.assign(sure=rows["standing"].map(standings).fillna(rows["standing"]))
    shown = shown[
        ["option_name", "figure_name", "role_name", "low", "mid", "high", "sure", "source"]
    ]
    turn = st.session_state.get(_EDITED, 0)
    key = f"{_EDITOR}-{turn}-{len(replacement_inputs.overrides())}"
    config = st.column_config
    with st.form(f"form-{key}", border=False):
        st.data_editor(
            shown,
            key=key,
            hide_index=True,
            height=460,
            disabled=["option_name", "figure_name", "role_name", "sure", "source"],
            column_config={
                "option_name": config.TextColumn(t("Pilihan"), width="medium"),
                "figure_name": config.TextColumn(t("Angka"), width="medium"),
                "role_name": config.TextColumn(t("Kelompok")),
                "low": config.NumberColumn(t("Rendah"), format="%.10g", min_value=0.0),
                "mid": config.NumberColumn(t("Tengah"), format="%.10g", min_value=0.0),
                "high": config.NumberColumn(t("Tinggi"), format="%.10g", min_value=0.0),
                "sure": config.TextColumn(t("Kepastian")),
                "source": config.TextColumn(t("Sumber"), width="large"),
            },
        )
        st.form_submit_button(t("Terapkan"), type="primary", on_click=_apply, args=(rows, key))
    for told in st.session_state.pop("_angka_ditolak", []):
        layout.caution(told)
    if replacement_inputs.overrides():
        st.button(
            t("Kembali ke angka aturan"),
            key="angka-awal",
            on_click=replacement_inputs.forget_overrides,
            icon=":material/undo:",
        )
    layout.downloads(
        shown.rename(columns={"option_name": t("Pilihan"), "figure_name": t("Angka"),
                              "role_name": t("Kelompok"), "low": t("Rendah"), "mid": t("Tengah"),
                              "high": t("Tinggi"), "sure": t("Kepastian"), "source": t("Sumber")}),
        "angka-pilihan", key="unduh-angka",
    )  # fmt: skip
    with st.expander(t("Semua baris aturan dengan sumbernya")):
        sources = rule_table(chosen)
        layout.table(
            sources.assign(sure=sources["standing"].map(standings)),
            [
                Column("option", t("Pilihan")),
                Column("rule_id", t("Aturan")),
                Column("sure", t("Kepastian")),
                Column("source", t("Sumber"), width="large"),
            ],
            "aturan-pilihan",
            key="tabel-aturan-pilihan",
        )


def _apply(rows: pd.DataFrame, key: str) -> None:
    """Take over what was typed; what cannot be is said in words (a callback)."""
    edited = (st.session_state.get(key) or {}).get("edited_rows", {})
    changed: dict[tuple[str, str, str], Override] = {}
    refused = []
    for place, values in edited.items():
        row = rows.iloc[int(place)]
        low, mid, high = (
            float(values.get(name, row[name]) or 0) for name in ("low", "mid", "high")
        )
        role = str(row["role_group"]) or ANY
        try:
            one = Override(str(row["option"]), str(row["key"]), low, mid, high, role)
        except RuleError:
            refused.append(
                t(
                    "{option}, {figure}: {low}, {mid}, {high} tidak dapat dipakai; rendah, tengah,"
                    " tinggi harus naik dan bagian paling besar 1.",
                    option=row["option_name"],
                    figure=row["figure_name"],
                    low=number(low, 2),
                    mid=number(mid, 2),
                    high=number(high, 2),
                )
            )
            continue
        changed[one.option, one.key, one.role_group] = one
    st.session_state["_angka_ditolak"] = refused
    st.session_state[_EDITED] = st.session_state.get(_EDITED, 0) + 1
    if changed:
        replacement_inputs.put_overrides(changed)
