"""One for one: what the APBD keeps when one who leaves is replaced by one who begins."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

import pandas as pd
import streamlit as st

from analytics.pay import PARTS, yearly_cost
from analytics.pay_law import CPNS, PART_TIME, PNS, PPPK, PayChoice, pay_law
from analytics.pay_newcomer import LEAVER, NEWCOMER_SCHOOLING, replacement_saving
from pages.shared import inputs, layout, load
from pages.shared.layout import Column
from pages.shared.replacement_inputs import Wish
from pages.shared.words import day, money, number, t

_ROLE = "guru"
_MOST_YEARS = 40
# The case that the domain's sources tell: spouse, two children, nothing local.
_TOLD = PayChoice(spouse_share=1.0, children_mean=2.0, certified_share=0.0, tpp_idr=(("*", 0.0),))


def part_names() -> dict[str, str]:
    """Parts of the pay in the order they are told."""
    return {
        "base_idr": t("Gaji pokok"),
        "family_idr": t("Tunjangan keluarga"),
        "food_idr": t("Tunjangan beras"),
        "functional_idr": t("Tunjangan jabatan"),
        "tpp_idr": t("TPP"),
        "thr_gaji13_idr": t("THR dan gaji ke-13"),
        "employer_idr": t("Iuran pemberi kerja (BPJS, JKK, JKM)"),
    }


def newcomer_names() -> dict[str, str]:
    """As what somebody comes in."""
    return {
        PNS: t("CPNS sesudah menjadi PNS"),
        CPNS: t("CPNS (80%, tahun pertama)"),
        PPPK: t("P3K penuh waktu"),
        PART_TIME: t("P3K paruh waktu"),
    }


@lru_cache(maxsize=64)
def _costs(
    leaver: tuple[str, int], newcomer: tuple[str, str | None], choice: PayChoice
) -> pd.DataFrame:
    rows = [(PNS, leaver[0], leaver[1]), (newcomer[0], newcomer[1], 0)]
    people = pd.DataFrame(rows, columns=["employment", "golongan", "service_years"])
    people = people.assign(role_group=_ROLE)
    return yearly_cost(people, load.as_of(), load.rulebook(), choice)


@lru_cache(maxsize=8)
def _savings(version: str, on: date) -> dict[str, float]:  # noqa: ARG001 (part of the key)
    table = replacement_saving(load.rulebook(), on)
    return dict(zip(table["option"], table["saving_idr"], strict=True))


def _told_savings() -> dict[str, float]:
    """What the case that the sources tell frees, by option."""
    return _savings(load.rulebook().version, load.as_of())


def draw(wish: Wish) -> None:
    """The calculator: who leaves, who comes, and every part of both their pay."""
    book, on = load.rulebook(), load.as_of()
    law = pay_law(book, on)
    grades = [grade for scale, grade in law.grades if scale == PNS]
    st.markdown(f"### {t('Satu guru diganti satu')}")
    with st.container(horizontal=True, vertical_alignment="bottom", key="kendali-satu"):
        with st.container(width=150):
            grade = inputs.choice(
                "gol_pergi", t("Yang pergi, golongan"), {one: one for one in grades}, LEAVER[0],
                widget="select",
            )  # fmt: skip
        with st.container(width=230):
            years = inputs.whole("mkg_pergi", t("Masa kerja golongan (tahun)"), LEAVER[1], 0,
                                 _MOST_YEARS)  # fmt: skip
        with st.container(width=260):
            who = inputs.choice(
                "masuk_sebagai", t("Yang masuk"), newcomer_names(), PNS, widget="select"
            )
        own = inputs.switch(
            "anggapan_sendiri",
            t("Pakai anggapan di tombol Gaji"),
            help=t("Tanpa ini: pasangan, dua anak, tanpa TPP dan TPG, seperti kasus yang terbit."),
        )
    entry = law.answer("entry", PNS if who == CPNS else who, NEWCOMER_SCHOOLING)
    choice = wish.pay if own else _TOLD
    cost = _costs((grade, years), (who, entry), choice)
    leaver, newcomer = cost.iloc[0], cost.iloc[1]
    saved = float(leaver["total_idr"] - newcomer["total_idr"])
    layout.sentences(
        [
            t(
                "Guru {grade} ({years} tahun) pergi dan {who} {entry} masuk: {money} setahun"
                " {direction} di APBD.",
                grade=grade,
                years=number(years),
                who=newcomer_names()[who],
                entry=entry or "",
                money=money(abs(saved)),
                direction=t("bebas") if saved >= 0 else t("lebih mahal"),
            )
        ]
    )
    if not own:
        told = _told_savings()
        layout.note(
            t(
                "Kasus yang terbit (IV/b, 32 tahun, pasangan dan dua anak, sebelum TPP): III/a"
                " {pns}, P3K IX {pppk} setahun.",
                pns=money(told["cpns"]),
                pppk=money(told["pppk"]),
            )
        )
    names = part_names()
    table = pd.DataFrame(
        {
            "part": [*(names[one] for one in PARTS), t("Jumlah, beban APBD")],
            "leaver": [*(leaver[one] for one in PARTS), leaver["total_idr"]],
            "newcomer": [*(newcomer[one] for one in PARTS), newcomer["total_idr"]],
        }
    )
    outside = pd.DataFrame(
        {
            "part": [
                t("Terpisah: TPG dan tamsil, di luar batas"),
                t("Terpisah: pensiun kelak, APBN"),
            ],
            "leaver": [leaver["outside_cap_idr"], leaver["apbn_idr"]],
            "newcomer": [newcomer["outside_cap_idr"], newcomer["apbn_idr"]],
        }
    )
    table = pd.concat([table, outside], ignore_index=True)
    table = table.assign(saved=table["leaver"] - table["newcomer"])
    layout.table(
        table.round(0),
        [
            Column("part", t("Bagian, rupiah setahun"), width="medium"),
            Column("leaver", t("Yang pergi"), "rupiah"),
            Column("newcomer", t("Yang masuk"), "rupiah"),
            Column("saved", t("Yang bebas"), "rupiah"),
        ],
        "satu-lawan-satu",
        key="tabel-satu",
    )
    layout.note(
        t(
            "Gaji pokok dari tabel yang berlaku ({day}); tunjangan dan iuran dari tabel Aturan gaji"
            " dengan sumbernya (halaman Metode). Tidak termasuk uang pensiun: itu beban APBN.",
            day=day(on),
        )
    )
