"""What a visitor may ask of the page on replacing: whom, when, on which basis, at what pay."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

import streamlit as st

from analytics.budget import Budget, BudgetYear
from analytics.leaving_groups import role_group_labels
from analytics.options import OPTION_IDS, Override
from analytics.pay_law import PayChoice, rule_amount
from analytics.posts_needed import ABK, COMPLEMENT, NONE, RATIO, SCHOOL_MODEL
from analytics.replacement import GapChoice
from analytics.rules import ANY, RuleError
from pages.shared import inputs, layout, load, load_exits
from pages.shared import limit_readings as limit_words
from pages.shared.words import language, number, t

# What the page rests on, as docs/method.md numbers it.
EQUATIONS = (170, 174, 184, 185, 186, 188, 190, 194, 196, 198, 200, 201, 204, 290, 291)
USUAL_ROLE, USUAL_YEARS = "guru", 5
OVERRIDES = "ubah"
# Disputed item of the limit -> its word in the link.
_LIMIT_WORDS = {"pay.is_part_time_in_cap": "pw_batas", "pay.is_tpg_through_apbd": "tpg_apbd"}
_BILLION, _THOUSAND = 1_000_000_000, 1_000
_MOST_TPP = 30_000
_LINK_WORDS = (
    *("jabatan_ganti", "sampai_ganti", "dasar", "hitung_pw", "pasangan", "anak", "tpp", "tpp_guru"),
    *("naik_gaji", "pw_batas", "tpg_apbd", "apbd", "pegawai_apbd", "tumbuh_apbd", "potong_tkd"),
)


@dataclass(frozen=True)
class Wish:
    """What is asked: whom and until when, on which bases, at what pay, under which budget."""

    role_group: str
    year: int
    choice: GapChoice
    pay: PayChoice
    overrides: tuple[Override, ...]
    apbd_idr: float = 0.0
    personnel_idr: float = 0.0
    growth_share: float | None = None
    cut_share: float | None = None

    @property
    def has_budget(self) -> bool:
        """Whether this visitor typed an APBD of their own."""
        return self.apbd_idr > 0 and 0 < self.personnel_idr <= self.apbd_idr

    def budget_year(self, base: BudgetYear | None) -> BudgetYear:
        """The base year of the gauge: recorded, or as typed."""
        if not self.has_budget and base is not None:
            return base
        year = load.as_of().year if base is None else base.year
        return BudgetYear(
            year,
            self.apbd_idr,
            self.personnel_idr,
            source=t("diketik di halaman ini"),
            is_teacher_allowance_told=False,
        )

    def with_levers(self, usual: Budget) -> Budget:
        """The budget with what this visitor assumes of the coming years."""
        changed = usual
        if self.growth_share is not None:
            changed = replace(changed, growth_share=self.growth_share)
        if self.cut_share is not None:
            changed = replace(changed, transfer_cut_share=self.cut_share)
        return changed


def basis_names() -> dict[str, str]:
    """On what a need stands, in words."""
    return {
        SCHOOL_MODEL: t("Murid dan rombel"),
        ABK: t("ABK"),
        RATIO: t("Rasio layanan"),
        COMPLEMENT: t("Jumlah hari ini"),
        NONE: t("Belum dihitung"),
    }


def role_names() -> dict[str, str]:
    """Role groups as the visitor calls them."""
    return role_group_labels(load.rulebook().role_groups, language())


def wish(role_groups: list[str]) -> Wish:
    """The controls of the page; ``role_groups`` those with anybody, the largest first."""
    first = load.as_of().year
    names = role_names()
    roles = {one: names.get(one, one) for one in role_groups}
    usual = USUAL_ROLE if USUAL_ROLE in roles else next(iter(roles))
    with st.container(width=280):
        role = inputs.choice(
            "jabatan_ganti", t("Siapa yang diganti"), roles, usual, widget="select"
        )
    with st.container(width=150):
        years = {str(first + n): str(first + n) for n in range(1, load_exits.HORIZON_YEARS + 1)}
        year = inputs.choice(
            "sampai_ganti", t("Sampai akhir"), years, str(first + USUAL_YEARS), widget="select"
        )
    with st.popover(t("Dasar kebutuhan"), icon=":material/rule:"):
        choice = _bases()
    with st.popover(t("Gaji"), icon=":material/payments:"):
        pay = _pay()
    with st.popover("APBD", icon=":material/account_balance:"):
        budgeted = _budget()
    return replace(
        Wish(role, int(year), choice, pay, overrides()),
        apbd_idr=budgeted[0],
        personnel_idr=budgeted[1],
        growth_share=budgeted[2],
        cut_share=budgeted[3],
    )


def _bases() -> GapChoice:
    layout.note(
        t(
            "Tiap jabatan dihitung menurut dasar pertama yang menjawab, urut dari atas. Yang tidak"
            " dipilih tidak dipakai; jabatan tanpa dasar tampil sebagai belum dihitung."
        )
    )
    names = {one: name for one, name in basis_names().items() if one != NONE}
    picked = inputs.choices("dasar", t("Dasar yang dipakai"), names)
    part_time = inputs.switch(
        "hitung_pw",
        t("P3K paruh waktu dihitung mengisi jabatan"),
        help=t("Tanpa ini mereka tampil terpisah."),
    )
    bases = tuple(one for one in names if not picked or one in picked)
    return GapChoice(bases=bases, count_part_time=part_time)


def _pay() -> PayChoice:
    book, on = load.rulebook(), load.as_of()
    layout.note(
        t("Gaji pokok menurut tabel; keluarga dan TPP tidak ada di daftar pegawai, jadi anggapan.")
    )
    spouse_usual = round(100 * rule_amount(book, on, "spouse_share"))
    spouse = inputs.whole("pasangan", t("Menerima tunjangan pasangan (%)"), spouse_usual, 0, 100)
    children_usual = round(10 * rule_amount(book, on, "children_mean"))
    children = inputs.whole("anak", t("Anak bertunjangan per 10 pegawai"), children_usual, 0, 20)
    tpp = inputs.amount(
        "tpp", t("TPP sebulan (ribu rupiah)"), 0, 0, _MOST_TPP, step=100,
        help=t("Perkada TPP setempat; selama nol, TPP ada di belanja yang tidak dimodelkan."),
    )  # fmt: skip
    teachers = inputs.amount(
        "tpp_guru", t("TPP guru sebulan bila lain (ribu rupiah)"), 0, 0, _MOST_TPP, step=100
    )
    raised = inputs.whole("naik_gaji", t("Kenaikan gaji umum setahun (%)"), 0, 0, 15)
    amounts = [("*", float(tpp * _THOUSAND))] if tpp else []
    if teachers:
        amounts.append(("guru", float(teachers * _THOUSAND)))
    return PayChoice(
        spouse_share=None if spouse == spouse_usual else spouse / 100,
        children_mean=None if children == children_usual else children / 10,
        tpp_idr=tuple(amounts),
        yearly_raise_share=raised / 100,
    )


def limit_readings(asked: Wish) -> Wish:
    """The wish under the readings of the limit that stand beside the gauge."""
    labels = limit_words.labels()
    read = {}
    with limit_words.beside_gauge():
        for item, name in _LIMIT_WORDS.items():
            names = limit_words.reading_names(item)
            read[item] = limit_words.READINGS[
                inputs.choice(name, labels[item], names, limit_words.RULES)
            ]
    return replace(
        asked,
        pay=replace(
            asked.pay,
            is_part_time_in_cap=read["pay.is_part_time_in_cap"],
            is_tpg_through_apbd=read["pay.is_tpg_through_apbd"],
        ),
    )


def _budget() -> tuple[float, float, float | None, float | None]:
    book, on = load.rulebook(), load.as_of()
    total = inputs.amount(
        "apbd", t("Belanja daerah setahun (miliar rupiah)"), 0, 0, 100_000, step=10,
        help=t("Nol: yang dimuat di halaman Data."),
    )  # fmt: skip
    personnel = inputs.amount(
        "pegawai_apbd", t("Di antaranya belanja pegawai (miliar rupiah)"), 0, 0, 100_000, step=10
    )
    growth_usual = round(100 * rule_amount(book, on, "spending_growth_share"))
    growth = inputs.whole(
        "tumbuh_apbd", t("Belanja daerah tumbuh setahun (%)"), growth_usual, -10, 15
    )
    cut_usual = round(100 * rule_amount(book, on, "transfer_cut_share"))
    cut = inputs.whole("potong_tkd", t("Transfer dipotong mulai tahun depan (%)"), cut_usual, 0, 60)
    return (
        float(total) * _BILLION,
        float(personnel) * _BILLION,
        None if growth == growth_usual else growth / 100,
        None if cut == cut_usual else cut / 100,
    )


def clear() -> None:
    """Every lever back to where it started (a callback)."""
    for name in (*_LINK_WORDS, OVERRIDES):
        st.session_state.pop(name, None)
        st.session_state.get("_link", {}).pop(name, None)
        st.query_params.pop(name, None)


# ---- numbers of options that this visitor replaced -----------------------------------------------


def overrides() -> tuple[Override, ...]:
    """What the link replaces of the options' own numbers; nonsense is left aside."""
    found: dict[tuple[str, str, str], Override] = {}
    for text in inputs.listed(OVERRIDES):
        one = _read(text)
        if one is not None:
            found[one.option, one.key, one.role_group] = one
    return tuple(found.values())


def _read(text: str) -> Override | None:
    parts = text.split("~")
    if len(parts) != 6 or parts[0] not in (*OPTION_IDS, ANY):
        return None
    if not all(re.fullmatch(r"\d{1,12}(\.\d{1,6})?", each) for each in parts[3:]):
        return None
    try:
        low, mid, high = (float(each) for each in parts[3:])
        return Override(parts[0], parts[1], low, mid, high, parts[2])
    except RuleError:
        return None


def written(one: Override) -> str:
    """An override as it stands in the link."""
    values = "~".join(
        f"{value:.6f}".rstrip("0").rstrip(".") for value in (one.low, one.mid, one.high)
    )
    return f"{one.option}~{one.key}~{one.role_group}~{values}"


def put_overrides(changed: dict[tuple[str, str, str], Override]) -> None:
    """Add to what is replaced (in a callback)."""
    held = {(one.option, one.key, one.role_group): one for one in overrides()} | changed
    inputs.put(OVERRIDES, tuple(written(one) for one in held.values()))


def forget_overrides() -> None:
    """Back to the numbers of the rules (a callback)."""
    inputs.put(OVERRIDES, ())


def note_of_choices(asked: Wish) -> None:
    """What of the view is not at its start, in one line."""
    told = []
    if asked.pay.tpp_idr:
        told.append(t("TPP diisi"))
    if asked.overrides:
        told.append(t("{n} angka pilihan diganti", n=number(len(asked.overrides))))
    if asked.has_budget:
        told.append(t("APBD diketik di sini"))
    if asked.growth_share is not None or asked.cut_share is not None:
        told.append(t("APBD diandaikan berubah"))
    if asked.pay.yearly_raise_share:
        told.append(t("gaji diandaikan naik"))
    if told:
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            layout.note(t("Diubah: {what}.", what=", ".join(told)), width="content")
            st.button(
                t("Kembali ke awal"), key="awal-ganti", on_click=clear, type="tertiary",
                icon=":material/undo:",
            )  # fmt: skip
