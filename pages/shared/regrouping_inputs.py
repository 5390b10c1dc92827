"""What a visitor may ask of a regrouping: who may close, within which limits, at what prices."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date

import streamlit as st

from analytics.regrouping_candidates import CandidateRules
from analytics.regrouping_condition import USUAL_DEGREE
from analytics.regrouping_limits import Limits
from analytics.regrouping_programme import Prices
from analytics.regrouping_rules import counts_heavy_rooms, local_value, usual_prices
from analytics.regrouping_tradeoff import STEPS
from pages.shared import (
    address,
    inputs,
    layout,
    load_regrouping,
    load_schools,
    regrouping_condition,
    regrouping_locks,
    regrouping_roads,
    school_inputs,
    words,
)
from pages.shared.load_regrouping import Question
from pages.shared.load_schools import SchoolKey
from pages.shared.regrouping_locks import Locks
from pages.shared.words import number, percent, t, tn

LEVELS = ("TK", "SD", "SMP")
EVERY_SCHOOL = 10**9
OFF = "0"
# What the page rests on, as docs/method.md numbers it.
EQUATIONS = (110, 111, 112, 113, 121, 122, 123, 124, 126, 128, 130)
USUAL_FEW, _USUAL_HORIZON_YEARS = "100", "5"
_KM = ("1", "1.5", "2", "2.5", "3", "4", "5", "6", "8", "10")


@dataclass(frozen=True)
class Asked:
    """A question with what the page needs to say about it."""

    question: Question
    base: Question
    locks: Locks
    few: int
    step: str
    changed: tuple[str, ...] = field(default=())


def levels(key: SchoolKey) -> list[str]:
    """Levels of public schools whose pupils are known and that rules let merge."""
    return [one for one in school_inputs.levels(key) if one in LEVELS]


def asked(key: SchoolKey, on: date) -> Asked:
    """The controls of the page, and the question they make."""
    options = levels(key)
    usual = "SD" if "SD" in options else options[0]
    level = inputs.choice(
        "jenjang_gabung", t("Jenjang sekolah"), {one: one for one in options}, usual
    )
    few = _few_now()
    with st.popover(t("Calon"), icon=":material/checklist:"):
        rules = _rules(key, level, few, on)
        is_ahead, horizon = _basis()
    with st.popover(t("Batas"), icon=":material/straighten:"):
        limits, kecamatan = _limits(key, level, on)
        roads = regrouping_roads.chosen(key)
    with st.popover(t("Biaya"), icon=":material/payments:"):
        prices = _prices(on)
    schools, _ = load_regrouping.schools_asked(key, level, kecamatan)
    held = regrouping_locks.locks(key, level, set(schools["npsn"]))
    limits = replace(
        limits,
        lock_open=held.opened,
        lock_closed=held.closed,
        pairs=held.pairs,
        forbidden=held.forbidden,
    )
    rules = replace(rules, accept_shared=limits.accept_shared)
    here = set(schools["npsn"])
    rules = replace(
        rules,
        always=tuple(one for one in rules.always if one in here),
        never=tuple(one for one in rules.never if one in here),
    )
    base = Question(key, on, level, kecamatan, rules, limits, prices, is_ahead, horizon, roads)
    step = inputs.linked("bobot", [f"{one:g}" for one in STEPS], "1")
    return Asked(
        load_regrouping.weighed(base, float(step)), base, held, int(local_value("min_pupils", on)),
        step,
    )  # fmt: skip


def usual(key: SchoolKey, level: str, on: date) -> Question | None:
    """The question of a level with every control where it starts, under the saved locks.

    None where the level has no schools to ask about.
    """
    schools, _ = load_regrouping.schools_asked(key, level, ())
    if schools.empty:
        return None
    held = regrouping_locks.saved(key, level).locks.known(set(schools["npsn"]))
    limits = Limits(
        max_km=local_value("max_km", on, level),
        detour=round(local_value("detour", on) * 100) / 100,
        lock_open=held.opened,
        lock_closed=held.closed,
        pairs=held.pairs,
        forbidden=held.forbidden,
        count_heavy_rooms=counts_heavy_rooms(on),
    )
    rules = CandidateRules(min_pupils=int(USUAL_FEW))
    horizon = int(_USUAL_HORIZON_YEARS)
    return Question(
        key,
        on,
        level,
        (),
        rules,
        limits,
        usual_prices(on),
        horizon_years=horizon,
        roads=regrouping_roads.in_force().get("sha256", ""),
    )


def _few_now() -> int:
    options = {
        OFF: t("tanpa"),
        "60": "60",
        "100": "100",
        "120": "120",
        "semua": t("semua"),
    }
    chosen = inputs.choice(
        "calon",
        t("Calon: sekolah di bawah … murid"),
        options,
        USUAL_FEW,
        help=t("Ambang 60, 100, atau 120 adalah pilihan daerah, bukan hukum."),
    )
    return EVERY_SCHOOL if chosen == "semua" else int(chosen)


def _rules(key: SchoolKey, level: str, few: int, on: date) -> CandidateRules:
    layout.note(
        t("Semua syarat ini pilihan setempat. Ambang 60 murid (BOS) hanya peringatan, bukan hukum.")
    )
    off = {OFF: t("tanpa")}
    years = {str(n): tn("{n} tahun", n) for n in (1, 2, 3, 4, 5)}
    running = inputs.choice(
        "berturut", t("Di bawah ambang berturut-turut"), years, "1", widget="select"
    )
    ahead = inputs.choice(
        "calon_nanti", t("Di bawah … murid nanti"), off | {n: n for n in ("60", "100", "120")}, OFF
    )
    per_class = inputs.choice(
        "per_kelas",
        t("Rata-rata di bawah … murid per kelas"),
        off | {n: n for n in ("10", "15", "20")},
        OFF,
    )
    yard_km = local_value("same_yard_km", on)
    same_yard = inputs.switch(
        "sehalaman", t("Sehalaman dengan sekolah lain ({n} m)", n=number(yard_km * 1000))
    )
    every = inputs.switch("semua_syarat", t("Calon harus memenuhi semua syarat yang dipakai"))
    here, _ = load_regrouping.schools_asked(key, level, ())
    damage = regrouping_condition.damage(here, on)
    exempt = regrouping_condition.exempt(here)
    schools = load_schools.schools_of(key)
    names = dict(schools.loc[schools["level"] == level, ["npsn", "name"]].to_numpy().tolist())
    named = {one: f"{name} ({one})" for one, name in names.items()}
    never = inputs.choices(
        "kecuali",
        t("Kecualikan sekolah ini juga"),
        named,
        placeholder=t("Tidak ada"),
    )
    always = inputs.choices(
        "calonkan",
        t("Jadikan calon sekolah ini juga"),
        {one: name for one, name in named.items() if one not in never},
        placeholder=t("Tidak ada"),
    )
    # The multiselect answers "all" with nothing; here nothing means nobody.
    return CandidateRules(
        min_pupils=few or None,
        min_pupils_ahead=int(ahead) or None,
        years_running=int(running),
        least_per_class=float(per_class) or None,
        same_yard_km=yard_km if same_yard else None,
        damaged=damage.is_on,
        damaged_share=damage.share if damage.is_on else None,
        damaged_from=damage.degree if damage.is_on else USUAL_DEGREE,
        must_meet_all=every,
        exempt=exempt,
        always=always,
        never=never,
    )


def _basis() -> tuple[bool, int]:
    years = {str(n): tn("{n} tahun", n) for n in range(1, load_schools.HORIZON_YEARS + 1)}
    horizon = inputs.choice(
        "nanti", t("Nanti berarti"), years, _USUAL_HORIZON_YEARS, widget="select"
    )
    basis = inputs.choice(
        "murid_gabung",
        t("Murid yang direncanakan"),
        {"now": t("Sekarang"), "ahead": t("Nanti (prakiraan)")},
        "now",
    )
    return basis == "ahead", int(horizon)


def _limits(key: SchoolKey, level: str, on: date) -> tuple[Limits, tuple[str, ...]]:
    usual_km = local_value("max_km", on, level)
    options = {one: tn_km(float(one)) for one in _KM} | {f"{usual_km:g}": tn_km(usual_km)}
    km = inputs.choice(
        "km",
        t("Jarak terjauh ke sekolah penerima"),
        dict(sorted(options.items(), key=lambda pair: float(pair[0]))),
        f"{usual_km:g}",
        widget="select",
        help=t("Pilihan setempat; awalnya Permendiknas 24/2007: SD 3 km, SMP 6 km jalan kaki."),
    )
    detour = inputs.whole(
        "jalan", t("Jalan dibanding garis lurus (%)"),
        round(local_value("detour", on) * 100), 100, 200,
    )  # fmt: skip
    schools = load_schools.schools_of(key)
    here = schools.loc[schools["level"] == level]
    within = {"": t("Bebas"), "kecamatan": t("Kecamatan sama")}
    if here["village"].notna().any():
        within["village"] = t("Desa/kelurahan sama")
    same = inputs.choice("sama", t("Gabung di dalam"), within, "")
    most = {OFF: t("tanpa batas")} | {str(n): tn("{n} sekolah", n) for n in (1, 2, 3)}
    into = inputs.choice("ke_satu", t("Paling banyak ke satu penerima"), most, OFF, widget="select")
    every = {OFF: t("tanpa batas")} | {
        str(n): tn("{n} penggabungan", n) for n in (1, 2, 3, 5, 10, 20, 40, 80)
    }
    merges = inputs.choice(
        "semua_gabung", t("Paling banyak seluruhnya"), every, OFF, widget="select"
    )
    yard = inputs.switch(
        "satu_titik",
        t("Sekolah pada satu titik memang sehalaman (0 km)"),
        help=t(
            "Tanpa ini, titik yang dipakai beberapa sekolah dianggap salah isi dan sekolahnya tidak"
            " ikut. Sama dengan --accept-shared."
        ),
    )
    heavy = regrouping_condition.counts_heavy(here, on)
    places = sorted(set(here["kecamatan"]) - {""})
    kecamatan = inputs.choices("kec_sekolah", t("Kecamatan"), {one: one for one in places})
    limits = Limits(
        max_km=float(km),
        detour=detour / 100,
        same=same,
        most_into=int(into) or None,
        most_merges=int(merges) or None,
        accept_shared=yard,
        count_heavy_rooms=heavy,
    )
    return limits, kecamatan


def tn_km(km: float) -> str:
    """``1,5 km``."""
    return f"{number(km, 0 if km == round(km) else 1)} km"


def _prices(on: date) -> Prices:
    usual = usual_prices(on)
    layout.note(t("Angka awal pilihan setempat: ganti dengan angka daerah Anda."))
    one = inputs.whole(
        "biaya_sekolah", t("Satu sekolah buka (juta rupiah setahun)"),
        round(usual.open_school), 0, 600,
    )  # fmt: skip
    rombel = inputs.whole(
        "biaya_rombel", t("Satu rombel (juta rupiah setahun)"), round(usual.rombel), 0, 300
    )
    way = inputs.whole(
        "harga_km",
        t("Satu murid berjalan 1 km lebih jauh (ribu rupiah setahun)"),
        round(usual.pupil_km * 1000), 0, 5000,
    )  # fmt: skip
    layout.note(t("Harga jalan menimbang jarak terhadap hemat; bukan uang yang keluar."))
    return Prices(float(one), float(rombel), way / 1000)


def clear() -> None:
    """Back to the first question, locks kept (a callback)."""
    names = (
        *("calon", "berturut", "calon_nanti", "per_kelas", "sehalaman", "semua_syarat"),
        *regrouping_condition.LINK_WORDS,
        *("kecuali", "nanti", "murid_gabung", "km", "jalan", "sama", "ke_satu", "satu_titik"),
        *("calonkan", "semua_gabung", "pakai_jalan"),
        *("kec_sekolah", "biaya_sekolah", "biaya_rombel", "harga_km", "bobot", "jenjang_gabung"),
    )
    address.forget(names)


# --- in words ---


def money(million: float) -> str:
    """Million rupiah as people say it: ``Rp 3,1 M``, ``Rp 450 juta``."""
    return words.money(million * 1e6)


def gap_said(gap: float) -> str:
    """A gap as a per cent, never rounded to nought where it is not."""
    return percent(gap, 2) if gap == 0 or gap >= 5e-5 else f"< {percent(1e-4, 2)}"
