"""What a visitor may ask of the pages on schools: which schools, how far, and under what levers."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import streamlit as st

from analytics.enrolment import Levers
from pages.shared import address, inputs, layout, load_schools
from pages.shared.load_schools import PRIVATE, PUBLIC, SchoolKey
from pages.shared.words import number, t, tn

EVERY = "semua"
THRESHOLDS = (60, 100, 120)
# What the pages rest on, as docs/method.md numbers it: forecast, its test, need of teachers.
EQUATIONS = (21, 27, 30, 32, 34)
TEST_EQUATIONS = (35, 36)
NEED_EQUATIONS = (50, 53, 57, 59, 60, 61, 62, 63, 64)
USUAL_HORIZON_YEARS = 10
LEVEL_ORDER = ("TK", "SD", "SMP", "SMA", "SMK", "SLB", "PKBM")
_FURTHEST_CHANGE_PCT = 50
_MOST_PRIVATE_PCT = 90


@dataclass(frozen=True)
class Scope:
    """Which schools a view looks at, and how far ahead."""

    key: SchoolKey
    level: str
    status: str
    kecamatan: tuple[str, ...]
    horizon_years: int
    levers: Levers


def levels(key: SchoolKey) -> list[str]:
    """Levels of the schools that ever told their pupils, in the order of a school life."""
    return list(_levels(key))


@lru_cache(maxsize=8)
def _levels(key: SchoolKey) -> tuple[str, ...]:
    told = set(load_schools.history_of(key)["school_id"])
    schools = load_schools.schools_of(key)
    found = set(schools.loc[schools["npsn"].isin(told), "level"]) - {""}
    place = {one: at for at, one in enumerate(LEVEL_ORDER)}
    return tuple(sorted(found, key=lambda one: (place.get(one, 99), one)))


def scope(key: SchoolKey, *, public_only: bool = False) -> Scope:
    """The controls that both pages on schools share; their words in the link are the same."""
    schools = load_schools.schools_of(key)
    found = levels(key)
    usual = "SD" if "SD" in found else EVERY
    level = inputs.choice(
        "tingkat", t("Jenjang sekolah"), {EVERY: t("Semua"), **{one: one for one in found}}, usual
    )
    status = PUBLIC
    if public_only:
        pass
    elif schools["status"].nunique() > 1:
        options = {PUBLIC: t("Negeri"), PRIVATE: t("Swasta"), EVERY: t("Semua")}
        with st.container(width=150):
            status = inputs.choice("status_sekolah", t("Status"), options, PUBLIC, widget="select")
    elif len(schools):
        status = str(schools["status"].iloc[0])
    years = {str(n): tn("{n} tahun", n) for n in range(1, load_schools.HORIZON_YEARS + 1)}
    with st.container(width=150):
        horizon = inputs.choice(
            "ke_depan", t("Ke depan"), years, str(USUAL_HORIZON_YEARS), widget="select"
        )
    places = sorted(set(schools["kecamatan"]) - {""})
    kecamatan: tuple[str, ...] = ()
    if places:
        with st.popover(t("Saringan"), icon=":material/filter_alt:"):
            kecamatan = inputs.choices("kec_sekolah", t("Kecamatan"), {one: one for one in places})
    with st.popover(t("Andai-andai"), icon=":material/tune:"):
        wanted = levers(key)
    return Scope(key, level, status, kecamatan, int(horizon), wanted)


def levers(key: SchoolKey) -> Levers:
    """The levers, as widgets; their first values are today and change nothing."""
    layout.note(t("Nilai awal adalah keadaan hari ini dan tidak mengubah apa pun."))
    births = inputs.whole(
        "lahir",
        t("Kelahiran dibanding hari ini (%)"),
        100,
        100 - _FURTHEST_CHANGE_PCT,
        100 + _FURTHEST_CHANGE_PCT,
    )
    layout.note(t("Berlaku bagi anak yang lahir sesudah tahun ajaran terakhir dalam data."))
    today = load_schools.private_share_today(key)
    today_pct = round(today * 100)
    private = inputs.whole(
        "swasta", t("Murid baru ke madrasah/swasta (%)"), today_pct, 0, _MOST_PRIVATE_PCT
    )
    layout.note(
        t(
            "Hari ini {share}% murid baru masuk sekolah swasta yang ada dalam data.",
            share=number(today * 100, 1),
        )
        if today
        else t("Dihitung dari anak yang hari ini masuk sekolah dalam data; 0 berarti seperti kini.")
    )
    border = inputs.whole(
        "luar",
        t("Murid baru dari luar daerah: tambah atau kurang (% dari murid baru)"),
        0,
        -_FURTHEST_CHANGE_PCT,
        _FURTHEST_CHANGE_PCT,
    )
    return levers_from(births, None if private == today_pct else private, today, border)


def levers_from(
    births_pct: int, private_pct: int | None, private_share_today: float, border_pct: int
) -> Levers:
    """The levers a model takes, from the numbers on the screen.

    ``border_pct`` is the change as a per cent of all newcomers, which needs no count of those who
    come from outside today: -10 takes ten of a hundred newcomers away.
    """
    return Levers(
        births_factor=births_pct / 100,
        private_share_today=private_share_today,
        private_share=None if private_pct is None else private_pct / 100,
        cross_border_share_today=abs(border_pct) / 100,
        cross_border_factor=1.0 if border_pct == 0 else 2.0 if border_pct > 0 else 0.0,
    )


def levers_in_words(wanted: Levers) -> str:
    """The levers that differ from today, as one line; empty where none does."""
    parts = []
    if wanted.births_factor != 1:
        parts.append(t("kelahiran {pct}% dari hari ini", pct=number(wanted.births_factor * 100)))
    if wanted.private_share is not None:
        parts.append(
            t(
                "{pct}% murid baru ke madrasah/swasta (hari ini {today}%)",
                pct=number(wanted.private_share * 100),
                today=number(wanted.private_share_today * 100),
            )
        )
    if wanted.cross_border_factor != 1:
        sign = "+" if wanted.cross_border_factor > 1 else "−"
        change = f"{sign}{number(wanted.cross_border_share_today * 100)}"
        parts.append(t("murid baru dari luar daerah {change}%", change=change))
    return t("Andai-andai: {levers}", levers=" · ".join(parts)) if parts else ""


def clear() -> None:
    """Back to all schools and to today (a callback)."""
    address.forget(
        ("tingkat", "status_sekolah", "ke_depan", "kec_sekolah", "lahir", "swasta", "luar")
    )


def year_name(school_year: int) -> str:
    """``2026/27`` for the school year that begins in 2026."""
    return f"{school_year}/{(school_year + 1) % 100:02d}"


def level_name(level: str) -> str:
    """What a level is called in a sentence."""
    return t("semua jenjang") if level == EVERY else level


def threshold() -> int:
    """Below how many pupils a school counts as small: a local choice, not a law."""
    options = {str(one): str(one) for one in THRESHOLDS}
    return int(inputs.choice("ambang", t("Sekolah kecil: di bawah … murid"), options, "60"))
