"""What a visitor may ask of the page on moving teachers: limits in the link, locks in the state."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd
import streamlit as st

from analytics.redistribution_situation import (
    DEFAULT_BUP_YEARS,
    DEFAULT_MAX_KM,
    HoursLaw,
    Locks,
    MoveChoice,
    hours_law,
)
from analytics.teachers import NeedChoice, first_day
from pages.shared import (
    access,
    address,
    inputs,
    layout,
    load,
    load_schools,
    regrouping_inputs,
    teacher_view,
)
from pages.shared.load_regrouping import Question
from pages.shared.load_schools import PRIVATE, SchoolKey
from pages.shared.regrouping_inputs import USUAL_FEW
from pages.shared.school_inputs import year_name
from pages.shared.words import number, t

PLAN = "redistribution"
STAYS, CLOSED = "stays", "closed"
LINK_WORDS = (
    "tahun_pindah",
    "km_pindah",
    "jp",
    "bup",
    "dua_sekolah",
    "swasta_akhir",
    "gabung",
    "rumah",
)
EQUATIONS = (141, 144, 146, 148, 149, 151, 152, 157)
_MOST_KM, _MOST_BUP_YEARS = 30, 10
_LEAST_HOURS = (6, 12, 18, 24)
ENGLISH = ("post", "class_teacher")


@dataclass(frozen=True)
class Wish:
    """What is asked: the school year, the limits, and whether mergers come first."""

    school_year: int
    max_km: int
    least_hours: int
    years_before_bup: int
    split: bool
    private: bool
    after_merging: bool
    need: NeedChoice
    use_home: bool = True

    def choice(self, seconds: float) -> MoveChoice:
        """The same in the model's words."""
        return MoveChoice(
            max_km=float(self.max_km),
            least_hours=float(self.least_hours),
            years_before_bup=self.years_before_bup,
            split=self.split,
            private="last" if self.private else "never",
            use_home=self.use_home,
            seconds=seconds,
        )


def first_year(key: SchoolKey) -> int:
    """The school year running on the day of the data, or the last one with pupils if later."""
    as_of = load.as_of()
    running = as_of.year - (as_of < first_day(as_of.year))
    return max(running, int(load_schools.history_of(key)["school_year"].max()))


def law() -> HoursLaw:
    """Hours a week as the law of the day says, before any choice."""
    return hours_law(load.rulebook(), load.as_of(), MoveChoice())


def wish(key: SchoolKey) -> Wish:
    """The controls."""
    first = first_year(key)
    last = int(load_schools.history_of(key)["school_year"].max()) + load_schools.HORIZON_YEARS
    legal = law()
    with st.container(width=170):
        years = {str(year): year_name(year) for year in range(first, last + 1)}
        year = inputs.choice(
            "tahun_pindah",
            t("Tahun ajaran"),
            years,
            str(first),
            widget="select",
            help=t("Kebutuhan tahun ajaran itu; yang sudah pensiun pada hari pertamanya pergi."),
        )
    with st.container(width=230):
        max_km = inputs.whole(
            "km_pindah", t("Jarak terjauh (km)"), int(DEFAULT_MAX_KM), 1, _MOST_KM
        )
    with st.container(width=320):
        bup = inputs.whole(
            "bup", t("Tidak pindah bila pensiun dalam … tahun"), DEFAULT_BUP_YEARS, 0,
            _MOST_BUP_YEARS,
        )  # fmt: skip
    hours = sorted({*_LEAST_HOURS, int(legal.least)})
    least = inputs.choice(
        "jp",
        t("Jam paling sedikit (JP)"),
        {str(one): str(one) for one in hours},
        str(int(legal.least)),
        help=t(
            "Jam tatap muka seminggu sesudah pindah. Menurut aturan {n} JP; kurang dari itu adalah"
            " pilihan setempat.",
            n=number(legal.least),
        ),
    )
    with st.container(gap="small", width="content"):
        split = inputs.switch(
            "dua_sekolah",
            t("Boleh mengajar di dua sekolah"),
            help=t("Satu orang mengisi sisa jam dua sekolah: satmin dan sekolah tambahan."),
        )
        after = inputs.switch(
            "gabung",
            t("Sesudah penggabungan sekolah"),
            help=t(
                "Rencana halaman Regrouping dengan pilihan awalnya (ambang {n} murid) dan kunci"
                " yang disimpan di sana.",
                n=USUAL_FEW,
            ),
        )
        use_home = True
        if homes := home_count(key):
            use_home = inputs.switch(
                "rumah",
                t("Kecamatan tempat tinggal juga terjangkau"),
                True,
                help=t(
                    "Sekolah di kecamatan tempat tinggal gurunya dianggap dekat, berapa pun"
                    " jaraknya. Tempat tinggal diketahui untuk {n} guru; hanya tampak bagi yang"
                    " boleh melihat nama.",
                    n=number(homes),
                ),
            )
        private = False
        if has_private(key):
            private = inputs.switch(
                "swasta_akhir",
                t("Sekolah swasta sebagai pilihan terakhir"),
                True,
                help=t("Empat tahun dan dapat diperpanjang sekali; sesudah semua sekolah negeri."),
            )
    english = inputs.linked("inggris", ENGLISH, "post")
    return Wish(
        int(year),
        max_km,
        int(least),
        bup,
        split,
        private,
        after,
        NeedChoice(english=english),
        use_home,
    )


def merging(key: SchoolKey, asked: Wish) -> tuple[Question, ...]:
    """What is asked of the mergers before the moves: the first choices of the page Regrouping."""
    if not asked.after_merging:
        return ()
    on = load.as_of()
    found = (regrouping_inputs.usual(key, level, on) for level in regrouping_inputs.levels(key))
    return tuple(question for question in found if question is not None)


def has_private(key: SchoolKey) -> bool:
    """Whether private schools are listed at all."""
    return bool((load_schools.schools_of(key)["status"] == PRIVATE).any())


def home_count(key: SchoolKey) -> int:
    """Of how many teachers the list tells the home kecamatan."""
    in_post = teacher_view.in_post_of(key, load.people_key())
    return int(in_post["home_kecamatan"].notna().sum())


def held() -> pd.DataFrame:
    """What was locked by hand, by anybody: the rows of ``State.plan_locks``."""
    return load.state().plan_locks(PLAN)


def version() -> int:
    """How often the locks have changed."""
    return load.state().locks_version(PLAN)


def locks() -> Locks:
    """The same in the model's words."""
    rows = held()
    return Locks(
        stays=frozenset(rows.loc[rows["kind"] == STAYS, "thing_id"]),
        closed=frozenset(rows.loc[rows["kind"] == CLOSED, "thing_id"]),
    )


def lock(kind: str, thing_id: str) -> None:
    """Lock a person or a school (a callback); planners only."""
    if access.may("perencana"):
        load.state().lock(PLAN, kind, thing_id, access.actor())


def unlock(kind: str, thing_id: str) -> None:
    """Take a lock back (a callback); planners only."""
    if access.may("perencana"):
        load.state().unlock(PLAN, kind, thing_id, access.actor())


def clear() -> None:
    """Every limit back to where it started (a callback); locks stay."""
    address.forget(LINK_WORDS)


def note_of_choices(asked: Wish) -> None:
    """Which of the limits are law and which are a local choice."""
    legal = law()
    layout.note(
        t(
            "Pilihan setempat, bukan hukum: jarak {km} km (garis lurus × 1,3), {bup} tahun sebelum"
            " BUP. Menurut aturan: {hours}-{most} JP seminggu; kini dihitung dengan paling sedikit"
            " {least} JP.",
            km=asked.max_km,
            bup=asked.years_before_bup,
            hours=number(legal.least),
            most=number(legal.most),
            least=asked.least_hours,
        )
    )
