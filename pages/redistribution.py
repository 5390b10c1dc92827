"""Which surplus teacher moves where, which posts stay empty, and why."""

from __future__ import annotations

import streamlit as st

from pages.shared import (
    access,
    charts,
    layout,
    load,
    load_redistribution,
    load_schools,
    maps,
    redistribution_map,
    terms,
)
from pages.shared import redistribution_details as details
from pages.shared import redistribution_figures as figures
from pages.shared import redistribution_inputs as asked
from pages.shared import redistribution_locks as locks
from pages.shared import redistribution_view as view_of
from pages.shared.finding import Finding
from pages.shared.load_redistribution import MoveKey, Plan
from pages.shared.regrouping_inputs import USUAL_FEW
from pages.shared.school_inputs import year_name
from pages.shared.words import NONE, language, number, percent, t, tn

_WATCH_SECONDS = 1.5
_STOPPED = "_proof_stopped"


def render() -> None:
    """The page."""
    access.require("pimpinan")
    layout.needs_data()
    key = load_schools.school_key()
    if load_schools.history_of(key).empty:
        layout.header(t("Belum ada data murid"), _question())
        layout.empty(
            t("Pemerataan dihitung dari kebutuhan guru tiap sekolah"),
            t(
                "Muat di halaman Data: murid per sekolah, tingkat, dan tahun ajaran; daftar sekolah"
                " dengan koordinatnya; daftar pegawai dan daftar GTK Dapodik."
            ),
            leads_to_data=True,
        )
        return
    _page()


def _question() -> str:
    return t("Guru mana yang dapat pindah ke mana, dan apa yang tetap kosong?")


@st.fragment
def _page() -> None:
    finding = Finding(_question())
    schools = load_schools.school_key()

    # read
    with st.container(horizontal=True, vertical_alignment="bottom", key="kendali"):
        wish = asked.wish(schools)
    key = MoveKey(schools, load.people_key(), wish, asked.locks(), asked.merging(schools, wish))

    # call
    plan = _best(load_redistribution.quick_plan(key))

    # draw
    with finding:
        layout.header(_finding(plan), _question())
    asked.note_of_choices(wish)
    _told(plan)
    locks.every_lock(plan)
    if plan.situation.needs.empty or not plan.found.counts["people_count"]:
        _nothing(plan)
        return
    layout.keys(_keys(plan))
    layout.sentences([_what_remains(plan)])
    left, right = st.columns([3, 2])
    with left:
        drawn = redistribution_map.moves_map(plan, access.may_see_names(), language())
        if drawn is None:
            layout.empty(
                t("Belum ada peta"),
                t("Koordinat sekolah belum ada; muat daftar sekolah Dapodik di halaman Data."),
                leads_to_data=True,
            )
        else:
            charts.draw(
                drawn, locks.MAP, height=maps.height(drawn, 560), on_select=locks.map_clicked
            )
    with right:
        height = figures.before_after_height(plan)
        charts.draw(figures.before_after(plan, language()), "kekurangan-terisi", height=height)
    locks.school(plan)
    details.draw(plan)
    details.method(plan)
    terms.explain("JP", "Satmin", "BUP", "TMT", "PJOK", "BK")
    layout.source_note(*asked.EQUATIONS)


# ---- the proof beside the screen -----------------------------------------------------------------


def _best(quick: Plan) -> Plan:
    """The proven plan where it is there; else the quick one, with word of the proof under way."""
    if quick.is_proved:
        return quick
    proof = load_redistribution.proof(quick.key)
    if proof.future.done() and not proof.future.cancelled():
        return proof.future.result()
    if st.session_state.get(_STOPPED) != quick.key:
        _watched(quick)
    else:
        layout.note(t("Pembuktian dihentikan; rencana ini belum terbukti terbaik."))
    return quick


@st.fragment(run_every=_WATCH_SECONDS)
def _watched(quick: Plan) -> None:
    """Word of the proof, until it is there; the whole page is then drawn anew."""
    proof = load_redistribution.proof(quick.key)
    if proof.future.done() or st.session_state.get(_STOPPED) == quick.key:
        st.rerun()
    share = min(proof.waited_seconds / load_redistribution.PROOF_SECONDS, 0.99)
    with st.container(horizontal=True, vertical_alignment="center", key="pembuktian"):
        st.progress(
            share,
            t(
                "Rencana pertama di bawah; sedang dibuktikan atau diperbaiki ({n} detik)",
                n=number(proof.waited_seconds),
            ),
        )
        st.button(
            t("Cukup, pakai yang ini"),
            key="hentikan-bukti",
            type="tertiary",
            on_click=_stop,
            args=(quick,),
        )


def _stop(quick: Plan) -> None:
    st.session_state[_STOPPED] = quick.key
    load_redistribution.stopped(quick.key)


# ---- words ---------------------------------------------------------------------------------------


def _nothing(plan: Plan) -> None:
    if plan.situation.needs.empty:
        layout.empty(
            t("Tidak ada kebutuhan guru yang diketahui"),
            t("Aturan yang dimuat mengenal TK, SD, dan SMP; muat murid sekolah jenjang itu."),
        )
        return
    layout.empty(
        t("Belum ada guru yang cocok dengan sekolah-sekolah ini"),
        t("Muat daftar pegawai atau GTK Dapodik dengan NPSN di halaman Data."),
        leads_to_data=True,
    )


def _finding(plan: Plan) -> str:
    counts = plan.found.counts
    vacant, filled = int(counts["vacant_count"]), int(counts["filled_count"])
    if not vacant:
        return t("Tidak ada kekurangan guru pada {year}", year=year_name(plan.key.wish.school_year))
    if not counts["people_count"]:
        return t(
            "{n} jabatan guru dibutuhkan pada {year}; guru yang ada belum dimuat",
            n=number(vacant),
            year=year_name(plan.key.wish.school_year),
        )
    if not filled:
        return t(
            "Tidak satu pun dari {vacant} kekurangan dapat diisi dengan perpindahan",
            vacant=number(vacant),
        )
    moved = int(counts["moved_count"])
    if not moved:
        return t(
            "{filled} dari {vacant} kekurangan terisi tanpa memindahkan siapa pun",
            filled=number(filled),
            vacant=number(vacant),
        )
    people = tn("{n} guru berpindah", moved, n=layout.count_shown(moved))
    km = view_of.mean_km(plan)
    if km is None:
        return t(
            "{people} mengisi {filled} dari {vacant} kekurangan; jaraknya tidak diketahui",
            people=people,
            filled=number(filled),
            vacant=number(vacant),
        )
    return t(
        "{people} mengisi {filled} dari {vacant} kekurangan; rata-rata {km} km",
        people=people,
        filled=number(filled),
        vacant=number(vacant),
        km=number(km, 1),
    )


def _told(plan: Plan) -> None:
    """What the answer rests on beside the limits."""
    wish = plan.key.wish
    parts = []
    if wish.need.english != "post":
        parts.append(t("Bahasa Inggris di SD diajar guru kelas yang dilatih."))
    if plan.spread_count:
        parts.append(
            t(
                "{schools} hanya melaporkan jumlah murid: dibagi rata antarkelas, jadi kebutuhannya"
                " perkiraan.",
                schools=tn("{n} sekolah", plan.spread_count),
            )
        )
    if plan.unlisted_private:
        parts.append(
            t(
                "{schools} swasta tidak dihitung: daftar GTK-nya belum dimuat, sehingga gurunya"
                " sendiri tidak diketahui.",
                schools=tn("{n} sekolah", plan.unlisted_private),
            )
        )
    if parts:
        layout.note(" ".join(parts))
    if wish.after_merging:
        _told_of_mergers(plan)


def _told_of_mergers(plan: Plan) -> None:
    merges = plan.situation.merges
    if any(one.infeasible for one in plan.merged):
        layout.caution(
            t(
                "Kunci di halaman Regrouping tidak dapat dipenuhi; jenjang itu dihitung tanpa"
                " penggabungan."
            )
        )
    if not merges:
        layout.note(t("Menurut pilihan awal halaman Regrouping tidak ada sekolah yang bergabung."))
        return
    layout.note(
        t(
            "Sesudah {schools} bergabung menurut pilihan awal halaman Regrouping (ambang {n} murid,"
            " pilihan setempat) dan kunci yang disimpan di sana: gurunya lebih, muridnya dihitung"
            " di sekolah penerima.",
            schools=tn("{n} sekolah", len(merges)),
            n=USUAL_FEW,
        )
    )
    layout.page_link("regrouping", t("Buka rencana penggabungan"))


def _what_remains(plan: Plan) -> str:
    counts = plan.found.counts
    parts_short = int(plan.found.unfilled["part_short_hours"].gt(0).sum())
    left = number(counts["left_count"])
    empty = number(counts["unfilled_count"])
    if not counts["unfilled_count"]:
        return t("Semua kekurangan terisi; tetap lebih {left} guru.", left=left)
    if not counts["left_count"]:
        return t("Tetap kosong {empty} jabatan; tidak ada lagi guru yang lebih.", empty=empty)
    told = t(
        "Tetap kosong {empty} jabatan dan tetap lebih {left} guru: kelebihannya bukan di bidang,"
        " jam, atau tempat yang kurang.",
        empty=empty,
        left=left,
    )
    if parts_short and not plan.key.wish.split:
        told += " " + t(
            "{n} di antara yang kosong hanya sebagian jam; bila seorang guru boleh mengajar di dua"
            " sekolah, sebagian terisi.",
            n=number(parts_short),
        )
    if warned := int(counts["warned_count"]):
        told += " " + tn("{n} perpindahan perlu diperiksa: jabatannya hilang kemudian.", warned)
    return told


def _keys(plan: Plan) -> list[layout.Key]:
    counts, found = plan.found.counts, plan.found
    km = view_of.mean_km(plan)
    return [
        layout.Key(
            t("Kekurangan {year}", year=year_name(plan.key.wish.school_year)),
            f"{number(counts['vacant_count'])} → {number(counts['unfilled_count'])}",
            t("jabatan, sebelum → sesudah"),
            help=t("Satu jabatan dapat hanya sebagian jam; lihat Masih kosong."),
        ),
        layout.Key(
            t("Guru berpindah"),
            layout.count_shown(int(counts["moved_count"])),
            tn("{n} di antaranya di dua sekolah", int(counts["split_count"]))
            if counts["split_count"]
            else t("dari {n} guru yang lebih", n=number(counts["surplus_count"])),
        ),
        layout.Key(
            t("Rata-rata jarak"),
            NONE if km is None else t("{km} km", km=number(km, 1)),
            "" if km is None else t("paling jauh {km} km", km=number(counts["worst_km"], 1)),
        ),
        layout.Key(
            t("Kelebihan"),
            f"{number(counts['surplus_count'])} → {number(counts['left_count'])}",
            t("guru, sebelum → sesudah"),
        ),
        layout.Key(
            t("Selisih ke rencana terbaik"),
            percent(plan.gap),
            details.proved_words(plan),
            help=t("Selisih ke batas terbukti; {n} tahap.", n=len(found.stages)),
        ),
    ]
