"""Which schools merge into which, who then walks further, when, and what it saves."""

from __future__ import annotations

import streamlit as st

from analytics.regrouping import RegroupingPlan
from analytics.regrouping_findings import short_of_rooms
from analytics.regrouping_outcome import Outcome
from pages.shared import (
    access,
    inputs,
    layout,
    load,
    load_regrouping,
    load_schools,
    regrouping_details,
    regrouping_inputs,
    regrouping_locks,
    regrouping_school,
    regrouping_work,
    terms,
)
from pages.shared.finding import Finding
from pages.shared.regrouping_inputs import EQUATIONS, Asked, gap_said, money
from pages.shared.regrouping_work import Work
from pages.shared.words import language, number, seconds, t, tn


def render() -> None:
    """The page."""
    access.require("pimpinan")
    layout.needs_data()
    key = load_schools.school_key()
    if load_schools.history_of(key).empty or not regrouping_inputs.levels(key):
        layout.header(t("Belum ada data murid"), _question())
        layout.empty(
            t("Penggabungan dihitung dari murid, ruang kelas, dan letak sekolah"),
            t(
                "Muat di halaman Data: daftar sekolah Dapodik dengan lintang, bujur, dan ruang"
                " kelas, lalu murid per sekolah dan tingkat (atau jumlahnya saja)."
            ),
            leads_to_data=True,
        )
        return
    _page(key)


def _question() -> str:
    return t("Sekolah mana digabung, siapa berjalan lebih jauh, apa hematnya?")


@st.fragment
def _page(key: load_schools.SchoolKey) -> None:
    finding = Finding(_question())

    # read
    with st.container(horizontal=True, vertical_alignment="bottom", key="kendali"):
        asked = regrouping_inputs.asked(key, load.as_of())

    # call
    schools, silent = load_regrouping.schools_asked(
        key, asked.question.level, asked.question.kecamatan
    )
    if len(schools) < 2:
        with finding:
            layout.header(t("Tidak cukup sekolah pada saringan ini"), _question())
        layout.empty(
            t("Tidak cukup sekolah negeri yang bermurid pada saringan ini"),
            t(
                "Pilih jenjang atau kecamatan yang lain, atau muat daftar sekolah yang lengkap di"
                " halaman Data."
            ),
        )
        _clear()
        return
    if asked.question.needs_forecast:
        load_regrouping.cells_ahead(key)
    work = regrouping_work.plan_work(asked.question)
    plan = work.latest
    if plan is None:
        # Stopped before the first plan.
        with finding:
            layout.header(t("Pencarian dihentikan"), _question())
        st.button(t("Cari lagi"), on_click=regrouping_work.again, key="cari-lagi")
        return
    answer = load_regrouping.outcome_of(plan, asked.few)

    # draw
    with finding:
        layout.header(_finding(asked, plan, answer), _question())
    _proof(work, plan)
    _warnings(asked, plan, silent)
    layout.keys(_keys(asked, plan, answer))
    regrouping_school.map_and_lock(asked, plan)
    is_done = work.is_done or work.stop.is_set()
    regrouping_details.follows(asked, plan, is_done=is_done)
    _sections(asked, plan, is_done=is_done)
    terms.explain("Rombel", "BOS")
    layout.source_note(*EQUATIONS)


def _sections(asked: Asked, plan: RegroupingPlan, *, is_done: bool) -> None:
    """What can be opened beneath the map."""
    sections = {
        "sekolah": t("Semua sekolah"),
        "kapan": t("Kapan"),
        "guru": t("Guru"),
        "desa": t("Lembar desa"),
    }
    section = inputs.choice("rinci", t("Rincian"), sections, "sekolah")
    if section == "sekolah":
        regrouping_school.schools(asked, plan)
        regrouping_school.kept_out(asked, plan)
        regrouping_school.short_of_rooms(plan)
        return
    if not (plan.table["action"] == "merge").any():
        layout.note(t("Tidak ada penggabungan dalam rencana ini"))
        return
    if not is_done:
        layout.note(t("Rencana ini masih diperbaiki; bagian ini menyusul sesudah terbukti."))
        return
    pace = regrouping_details.pace(asked)
    when = load_regrouping.when_of(asked.question, plan, pace)
    if section == "kapan":
        regrouping_details.calendar(plan, when)
    elif section == "guru":
        regrouping_details.teachers(asked, plan, when)
    else:
        regrouping_details.villages(asked, plan, when)


def _clear() -> None:
    st.button(t("Kosongkan saringan"), on_click=regrouping_inputs.clear, key="kosongkan-gabung")


def _finding(asked: Asked, plan: RegroupingPlan, answer: Outcome) -> str:
    schools = plan.prepared.schools
    merges = len(answer.merges)
    if plan.infeasible:
        return tn("{n} sekolah yang dikunci tutup tidak dapat ditutup", len(plan.infeasible))
    if not schools["is_candidate"].any():
        return t("Tidak ada calon penggabungan menurut syarat ini")
    if not merges:
        return t(
            "Tidak satu pun dari {n} calon layak digabung dalam batas ini",
            n=number(int(schools["is_candidate"].sum())),
        )
    totals = answer.totals
    return t(
        "{merges} dari {all} {level} dapat digabung: hemat {money} setahun; {pupils} murid berjalan"
        " lebih jauh, terjauh {km} km",
        merges=number(merges),
        all=number(len(schools)),
        level=asked.question.level,
        money=money(totals["saved_open"] + totals["saved_rombel"]),
        pupils=number(totals["pupils_moved"]),
        km=number(totals["worst_km"], 1),
    )


def _proof(work: Work[RegroupingPlan], plan: RegroupingPlan) -> None:
    """How good the plan is proven to be; followed while the solver still works."""
    solution = plan.solution
    cost, spent = money(solution.objective), seconds(solution.seconds)
    told = (
        t(
            "Terbukti paling hemat: tidak ada rencana yang biayanya di bawah {cost} setahun"
            " ({seconds} detik).",
            cost=cost,
            seconds=spent,
        )
        if solution.gap == 0
        else t(
            "Biaya rencana {cost} setahun; belum diketahui seberapa jauh dari yang terbaik"
            " ({seconds} detik).",
            cost=cost,
            seconds=spent,
        )
        # The first plan stands before anything is proved.
        if solution.gap >= 1
        else t(
            "Biaya rencana {cost} setahun; tidak ada rencana di bawah {bound}, jadi selisih ke yang"
            " terbaik paling banyak {gap} ({seconds} detik).",
            cost=cost,
            bound=money(solution.bound),
            gap=gap_said(solution.gap),
            seconds=spent,
        )
    )
    if work.stop.is_set():
        layout.note(f"{t('Pencarian dihentikan.')} {told}")
        st.button(t("Cari lagi"), on_click=regrouping_work.again, key="cari-lagi")
    elif work.is_done:
        layout.note(told)
    else:
        _watch(work, work.version, told)


@st.fragment(run_every=1.0)
def _watch(work: Work[RegroupingPlan], seen: int, told: str) -> None:
    """Draw the page again when a better plan or the proof is there."""
    if work.is_done or work.version != seen:
        st.rerun()
    with st.container(horizontal=True, vertical_alignment="center"):
        layout.note(f"{t('Rencana sementara; mencari yang lebih baik.')} {told}", width="content")
        st.button(t("Cukup, pakai ini"), on_click=regrouping_work.stop, key="cukup")


def _warnings(asked: Asked, plan: RegroupingPlan, silent: int) -> None:
    """What must be known before the numbers are believed."""
    schools = plan.prepared.schools
    _dropped_locks(asked)
    for one in plan.infeasible:
        layout.caution(one.message_id if language() == "id" else one.message_en)
    if plan.infeasible:
        layout.note(t("Di bawah: rencana terdekat yang mungkin, tanpa kunci yang gagal itu."))
    if not schools["is_candidate"].any():
        layout.caution(t("Naikkan ambang di atas, atau kunci satu sekolah tutup."))
    bad = int((schools["point_code"] != "").sum())
    if bad == len(schools):
        layout.caution(
            t(
                "Belum ada koordinat yang dapat dipercaya: tanpa jarak tidak ada penggabungan. Muat"
                " lintang dan bujur di halaman Data."
            )
        )
    elif bad:
        layout.note(tn("{n} sekolah tidak ikut karena koordinatnya; lihat Semua sekolah.", bad))
    spread = schools["npsn"].isin(load_regrouping.spread_schools(asked.question.key)).sum()
    short = len(short_of_rooms(schools))
    heavy = int(schools["heavy_left_out"].sum())
    told = [
        tn("Ruang kurang dari rombel: {n} sekolah; lihat Semua sekolah.", short) if short else "",
        tn("{n} ruang kelas rusak berat tidak dihitung.", heavy) if heavy else "",
        tn("{n} sekolah hanya melaporkan jumlah murid: dibagi rata ke setiap kelas.", int(spread))
        if spread
        else "",
        tn("{n} sekolah tanpa murid tahun terakhir tidak ikut.", silent) if silent else "",
        tn(
            "{n} sekolah di bawah ambang BOS 2019-2021 (60 murid, tiga tahun): peringatan, bukan"
            " hukum.",
            warned,
        )
        if (warned := load_regrouping.warned_count(asked.question))
        else "",
        t(
            "Harga jalan {step} kali semula (dipilih di kurva).",
            step=number(float(asked.step), 0 if float(asked.step) >= 1 else 2),
        )
        if asked.step != "1"
        else "",
    ]
    if any(told):
        layout.note(" ".join(one for one in told if one))


def _dropped_locks(asked: Asked) -> None:
    """Locks that name no school, or contradict each other, are never passed over in silence."""
    lost = regrouping_locks.dropped(asked.question.key, asked.question.level)
    if lost.unknown:
        layout.caution(
            t(
                "Kunci menyebut NPSN yang tidak ada di data dan tidak dipakai: {npsn}. Periksa"
                " nomornya.",
                npsn=", ".join(lost.unknown),
            )
        )
    if lost.clashing:
        layout.caution(
            t(
                "Kunci bertentangan: {npsn} dikunci dengan dua cara. Yang tetap buka didahulukan;"
                " sisakan satu kunci.",
                npsn=", ".join(lost.clashing),
            )
        )


def _keys(asked: Asked, plan: RegroupingPlan, answer: Outcome) -> list[layout.Key]:
    schools, totals = plan.prepared.schools, answer.totals
    rombel = int(plan.prepared.programme.rombel_today.sum())
    return [
        layout.Key(
            t("Sekolah digabung"),
            number(len(answer.merges)),
            t(
                "dari {n} calon, {all} sekolah negeri",
                n=number(int(schools["is_candidate"].sum())),
                all=number(len(schools)),
            ),
        ),
        layout.Key(
            t("Hemat setahun"),
            money(totals["saved_open"] + totals["saved_rombel"]),
            t(
                "sekolah {open}, rombel {rombel}",
                open=money(totals["saved_open"]),
                rombel=money(totals["saved_rombel"]),
            ),
            help=t("Menurut biaya pada tombol Biaya; harga jalan tidak dikurangkan di sini."),
        ),
        layout.Key(
            t("Murid berjalan lebih jauh"),
            number(totals["pupils_moved"]),
            t(
                "rata-rata {mean} km, terjauh {worst} km",
                mean=number(totals["mean_km"], 1),
                worst=number(totals["worst_km"], 1),
            ),
            help=t("Jarak antarsekolah lewat jalan, sekali berangkat."),
        ),
        layout.Key(
            t("Rombel berkurang"),
            number(rombel - totals["rombel_after"]),
            t(
                "{before} → {after} rombel, {rooms} ruang bebas",
                before=number(rombel),
                after=number(totals["rombel_after"]),
                rooms=number(totals["rooms_freed"]),
            ),
        ),
        layout.Key(
            t("Masih di bawah {n} murid", n=asked.few),
            number(totals["left_small"]),
            t("sesudah penggabungan"),
            help=t("Ambang 60 murid (BOS) hanya peringatan, bukan hukum."),
        ),
    ]
