"""The tables of the page on moving teachers, and its method."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from pages.shared import (
    access,
    inputs,
    layout,
    load_redistribution,
    redistribution_locks,
    teacher_view,
)
from pages.shared import redistribution_inputs as asked
from pages.shared import redistribution_view as view_of
from pages.shared.layout import Column
from pages.shared.load_redistribution import Plan
from pages.shared.redistribution_findings import finding_words
from pages.shared.redistribution_reasons import code_names
from pages.shared.words import NONE, language, number, seconds, t, tn

MOVES = "perpindahan"
_MOST_REASONS = 4


def sections() -> dict[str, str]:
    """What can be opened beneath the figures."""
    return {
        "pindah": t("Perpindahan"),
        "jabatan": t("Per jabatan"),
        "kecamatan": t("Per kecamatan"),
        "kosong": t("Masih kosong"),
        "lebih": t("Masih lebih"),
        "betulkan": t("Perlu dibetulkan"),
    }


def draw(plan: Plan) -> None:
    """The chooser and the table that is open."""
    opened = inputs.choice("rinci_pindah", t("Rincian"), sections(), "pindah")
    if opened == "pindah":
        _moves(plan)
    elif opened in ("jabatan", "kecamatan"):
        _before_after(plan, opened)
    elif opened == "kosong":
        _unfilled(plan)
    elif opened == "lebih":
        _surplus_left(plan)
    else:
        _findings(plan)


# ---- moves ---------------------------------------------------------------------------------------


def _moves(plan: Plan) -> None:
    if plan.found.moves.empty:
        layout.note(t("Tidak ada perpindahan dalam batas ini."))
        return
    if not access.may_see_names():
        layout.table(
            view_of.moves_counted(plan, language()),
            [
                Column("from_kecamatan", t("Dari kecamatan")),
                Column("to_kecamatan", t("Ke kecamatan")),
                Column("post_name", t("Jabatan")),
                Column("people_count", t("Guru"), "count"),
                Column("mean_km", t("Rata-rata km"), "decimal"),
            ],
            "pemerataan-perpindahan",
            key="tabel-perpindahan",
        )
        layout.note(t("Nama dan sekolah tiap orang hanya tampak bagi perencana."))
        return
    rows = view_of.moves(plan, language())
    picked = layout.table(
        rows,
        [
            Column("name", t("Nama"), "name", width="medium"),
            Column("post_name", t("Jabatan")),
            Column("from_name", t("Dari sekolah"), width="medium"),
            Column("to_name", t("Ke sekolah"), width="medium"),
            *([Column("other_name", t("Sekolah tambahan"))] if (rows["other_name"] != "").any()
              else []),
            Column("way_km", t("km"), "decimal"),
            Column("hours_after", t("JP sesudahnya"), "decimal"),
            Column("retires_on", t("TMT pensiun"), "day"),
            Column("reason", t("Alasan"), width="large"),
            Column("warning", t("Periksa dahulu"), width="medium"),
            Column("person_id", t("NIP"), "nip"),
        ],
        "pemerataan-perpindahan",
        # Another plan has other rows: a row chosen before would now be somebody else.
        key=f"{MOVES}-{asked.version()}",
        on_select="rerun",
    )  # fmt: skip
    chosen = picked["selection"]["rows"] if picked else []
    if chosen and chosen[0] < len(rows):
        redistribution_locks.one_move(rows.iloc[chosen[0]])
    else:
        layout.note(t("Pilih satu baris untuk menahannya atau menutup sekolahnya."))


# ---- before and after ----------------------------------------------------------------------------


def _before_after(plan: Plan, opened: str) -> None:
    column = "post" if opened == "jabatan" else "kecamatan"
    rows = view_of.answer(plan).by(column)
    label = t("Jabatan") if opened == "jabatan" else t("Kecamatan")
    named = (
        [teacher_view.post_name(one) for one in rows["post"]]
        if opened == "jabatan"
        else [one or NONE for one in rows["kecamatan"]]
    )
    layout.table(
        rows.assign(named=named),
        [
            Column("named", label),
            Column("vacant_count", t("Kurang sebelum"), "number"),
            Column("filled_count", t("Terisi"), "number"),
            Column("unfilled_count", t("Kurang sesudah"), "number"),
            Column("surplus_count", t("Lebih sebelum"), "number"),
            Column("out_count", t("Pindah keluar"), "count"),
            Column("left_count", t("Lebih sesudah"), "number"),
        ],
        f"pemerataan-per-{opened}",
        key=f"tabel-pemerataan-{opened}",
    )
    layout.note(
        t(
            "Kurang dihitung dalam jabatan, juga yang hanya sebagian jam; lebih dalam orang. Guru"
            " dua sekolah mengisi dua kekurangan."
        )
    )


def _reasons(rows: pd.DataFrame, count: str, told: str) -> None:
    """The commonest reasons in one line."""
    counted = view_of.reasons_counted(rows, count)
    names = code_names()
    if len(counted):
        said = ", ".join(
            f"{names.get(str(code), str(code))} {number(n)}"
            for code, n in counted.head(_MOST_REASONS).items()
        )
        layout.note(f"{told} {said}.")


def _unfilled(plan: Plan) -> None:
    rows = view_of.unfilled(plan)
    if rows.empty:
        layout.note(t("Semua kekurangan terisi."))
        return
    _reasons(rows, "short_count", t("Mengapa masih kosong:"))
    layout.table(
        rows,
        [
            Column("name", t("Sekolah"), width="medium"),
            Column("kecamatan", t("Kecamatan")),
            Column("post_name", t("Jabatan")),
            Column("short_count", t("Kurang"), "number"),
            Column("short_fte", t("Setara guru penuh"), "decimal"),
            Column("reason", t("Alasan"), width="large"),
            Column("npsn", t("NPSN")),
        ],
        "pemerataan-masih-kosong",
        key="tabel-masih-kosong",
    )


def _surplus_left(plan: Plan) -> None:
    rows = view_of.surplus_left(plan)
    if rows.empty:
        layout.note(t("Tidak ada kelebihan yang tersisa."))
        return
    _reasons(rows, "left_count", t("Mengapa masih lebih:"))
    layout.table(
        rows,
        [
            Column("name", t("Sekolah"), width="medium"),
            Column("kecamatan", t("Kecamatan")),
            Column("post_name", t("Jabatan")),
            Column("left_count", t("Lebih"), "number"),
            Column("needed_count", t("Dibutuhkan"), "number"),
            Column("in_post_count", t("Ada"), "count"),
            *([Column("follows_name", t("Ikut muridnya ke"))] if plan.situation.merges else []),
            Column("reason", t("Alasan"), width="large"),
            Column("npsn", t("NPSN")),
        ],
        "pemerataan-masih-lebih",
        key="tabel-masih-lebih",
    )
    _people(plan, is_counted=True)


def _people(plan: Plan, *, is_counted: bool) -> None:
    """Who is in the posts still to spare, or who does not count: for those who see names."""
    rows = view_of.people_left(plan, language())
    rows = rows.loc[rows["is_counted"] == is_counted]
    if rows.empty:
        return
    told = (
        tn("{n} guru memegang jabatan yang masih lebih; siapa yang lebih diputuskan dinas",
           len(rows))
        if is_counted
        else tn("{n} guru tidak dihitung di sekolah mana pun", len(rows))
    )  # fmt: skip
    if not access.may_see_names():
        layout.note(t("Nama tiap orang hanya tampak bagi perencana."))
        return
    st.markdown(f"**{told}**")
    layout.table(
        rows,
        [
            Column("name", t("Nama"), "name", width="medium"),
            Column("school", t("Sekolah"), width="medium"),
            Column("post_name", t("Jabatan")),
            Column("retires_on", t("TMT pensiun"), "day"),
            Column("why", t("Alasan"), width="large"),
            Column("person_id", t("NIP"), "nip"),
        ],
        "pemerataan-orang-lebih" if is_counted else "pemerataan-orang-tidak-dihitung",
        key=f"tabel-orang-{is_counted}",
    )


def _findings(plan: Plan) -> None:
    rows = plan.found.findings
    if rows.empty:
        layout.note(t("Tidak ada yang perlu dibetulkan."))
        return
    bad = rows["code"].str.startswith("coordinate")
    if bad.any():
        layout.note(
            t(
                "Sekolah yang koordinatnya belum dipercaya tidak diikutkan. Betulkan di Dapodik,"
                " lalu muat lagi daftar sekolah di halaman Data."
            )
        )
    rows = rows.assign(text=[finding_words(row) for row in rows.itertuples()])
    layout.table(
        rows if access.may_see_names() else rows.assign(person_id=""),
        [
            Column("text", t("Temuan"), width="large"),
            Column("npsn", t("NPSN")),
            Column("person_id", t("NIP"), "nip"),
        ],
        "pemerataan-temuan",
        key="tabel-temuan",
    )
    _people(plan, is_counted=False)


# ---- method --------------------------------------------------------------------------------------


def stage_names() -> dict[str, str]:
    """What each stage asks, in the order they are proved."""
    return {
        "must_move": t("Kunci harus pindah terpenuhi (orang)"),
        "need": t("Kekurangan terisi di sekolah negeri (guru penuh)"),
        "private_need": t("Kekurangan terisi di sekolah swasta (guru penuh)"),
        "people": t("Orang yang pindah sekolah"),
        "displaced": t("Di antaranya dari sekolah yang tetap buka"),
        "km": t("Jumlah jarak (km)"),
        "worst_km": t("Jarak terjauh (km)"),
        "certified": t("Yang bersertifikat sesuai (orang)"),
    }


def method(plan: Plan) -> None:
    """The stages with optimum, bound, gap and time, and the rival beside them."""
    with st.expander(t("Bagaimana dihitung, dan seberapa pasti"), icon=":material/function:"):
        layout.note(
            t(
                "Berjenjang: isi kekurangan terbanyak, lalu pindahkan orang sesedikit mungkin, lalu"
                " jarak terpendek. Tiap tahap dibuktikan sebelum tahap berikutnya; selisih 0%"
                " berarti tidak ada rencana yang lebih baik."
            )
        )
        rival = load_redistribution.rival(plan.key)
        beside = {
            "need": rival.need,
            "people": float(rival.people_count),
            "km": rival.km,
            "worst_km": rival.worst_km,
        }
        names = stage_names()
        rows = pd.DataFrame(
            [
                {
                    "name": names.get(stage.name, stage.name),
                    "value": stage.value,
                    "bound": stage.bound,
                    "gap": stage.gap,
                    "seconds": number(stage.seconds, 2),
                    "rival": beside.get(stage.name),
                }
                for stage in plan.found.stages
            ],
            columns=["name", "value", "bound", "gap", "seconds", "rival"],
        )
        layout.table(
            rows.astype({"rival": "float64"}),
            [
                Column("name", t("Tahap"), width="large"),
                Column("value", t("Tercapai"), "decimal"),
                Column("bound", t("Batas terbukti"), "decimal"),
                Column("gap", t("Selisih"), "share"),
                Column("seconds", t("Detik")),
                Column("rival", t("Terdekat dahulu"), "decimal"),
            ],
            "pemerataan-tahap",
            key="tabel-tahap",
        )
        layout.note(
            t(
                "Terdekat dahulu: pembanding yang mengambil pasangan terdekat satu per satu, di"
                " bawah batas yang sama. Ia boleh lebih pendek karena mengisi lebih sedikit."
                " Seluruhnya {seconds} detik.",
                seconds=seconds(plan.found.counts["seconds"]),
            )
        )


def proved_words(plan: Plan) -> str:
    """How sure the plan is, for a key figure."""
    spent = seconds(plan.found.counts["seconds"])
    if plan.is_proved:
        return t("terbukti terbaik, {n} detik", n=spent)
    if plan.gap == 0:
        return t("isinya terbukti, jaraknya belum, {n} detik", n=spent)
    return t("belum terbukti, {n} detik", n=spent)
