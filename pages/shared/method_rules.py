"""The tables of rules on the page on method: every row with its source and how sure it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd
import streamlit as st

from analytics import regrouping_rules
from analytics.leaving_groups import role_group_labels
from analytics.rules import ANY, RuleBook
from pages.shared import inputs, layout, load, pay_words
from pages.shared.layout import Column
from pages.shared.words import language, t

# From here on a rule is in force until further notice.
OPEN_END = pd.Timestamp("2999-12-31")
_PER_THOUSAND = ("rate_low", "rate_mid", "rate_high")


@dataclass(frozen=True)
class RuleTable:
    """A table of ``data/rules/`` as the page shows it: its name, its rows, what stands in front."""

    name: str
    rows: Callable[[RuleBook], pd.DataFrame]
    columns: tuple[Column, ...]


def standing_labels() -> dict[str, str]:
    """How sure a rule is, in words."""
    return {
        "settled": t("pasti"),
        "unconfirmed": t("belum dicocokkan"),
        "disputed": t("diperdebatkan"),
        "local_choice": t("pilihan setempat"),
        "scenario": t("usulan"),
    }


def named(rows: pd.DataFrame) -> pd.DataFrame:
    """Ids as words beside the ids: ``role``, ``level``, ``sure``."""
    roles = {**role_group_labels(load.rulebook().role_groups, language()), ANY: t("semua")}
    standings = standing_labels()
    said = rows.assign(sure=rows["standing"].map(standings).fillna(rows["standing"]))
    if "role_group" in rows:
        said = said.assign(role=rows["role_group"].map(roles).fillna(rows["role_group"]))
    if "jenjang" in rows:
        level = rows["jenjang"].replace({ANY: t("semua"), "-": ""}).str.replace("_", " ")
        said = said.assign(level=level.map(_level_name))
    if "effective_to" in rows:
        # The tables write an open end as a day nobody lives to see.
        said = said.assign(effective_to=rows["effective_to"].mask(rows["effective_to"] >= OPEN_END))
    return said


def _level_name(level: str) -> str:
    """``ahli muda``, and ``eselon III`` as people write it."""
    kind, _, number = level.partition(" ")
    return f"{kind} {number.upper()}" if kind == "eselon" else level


def tables() -> None:
    """One table after choice, with how sure each row is and where it stands written."""
    every = rule_tables()
    with st.container(width=560):
        shown = inputs.choice(
            "tabel", t("Tabel"), {one: table.name for one, table in every.items()}, "umur",
            widget="select",
        )  # fmt: skip
        with_past = inputs.switch("lampau", t("Dengan aturan yang sudah berakhir"))
    table = every[shown]
    rows = table.rows(load.rulebook())
    if "effective_to" in rows and not with_past:
        rows = rows.loc[rows["effective_to"] >= pd.Timestamp(load.as_of())]
    columns = [
        *table.columns,
        *(_dates() if "effective_from" in rows else []),
        Column("sure", t("Kepastian")),
        Column("source", t("Sumber"), width="large"),
        Column("checked_on", t("Dicek pada"), "day"),
        Column("note", t("Catatan"), width="large"),
    ]
    layout.table(named(rows), columns, f"aturan-{shown}", height=520)


def rule_tables() -> dict[str, RuleTable]:
    """Every table of rules, as the page's link names it."""
    return {**_retirement(), **_schools(), **_regrouping(), **_exits(), **_pay(), **_options()}


def _dates() -> list[Column]:
    return [
        Column("effective_from", t("Berlaku sejak"), "day"),
        Column(
            "effective_to", t("Berlaku sampai"), "day", help=t("Kosong: sampai ada aturan baru")
        ),
    ]


def _retirement() -> dict[str, RuleTable]:
    role = Column("role", t("Kelompok jabatan"))
    level = Column("level", t("Jenjang"))
    return {
        "umur": RuleTable(
            t("Batas usia pensiun"),
            lambda book: book.retirement_age,
            (role, level, Column("age_years", t("BUP (tahun)"), "number"),
             Column("reading", t("Tafsir"))),
        ),
        "pola": RuleTable(
            t("Pola jabatan"),
            lambda book: book.position_patterns,
            (Column("priority", t("Urutan"), "number"), Column("field", t("Kolom")),
             Column("pattern", t("Pola"), width="large"), role, level),
        ),
        "kelompok": RuleTable(
            t("Kelompok jabatan"),
            lambda book: book.role_groups.assign(teaches=_yes(book.role_groups["is_educator"])),
            (role, Column("family", t("Rumpun")), Column("teaches", t("Pendidik"))),
        ),
        "status": RuleTable(
            t("Kedudukan hukum"),
            _legal_status,
            (Column("code", t("Kode")), Column("label", t("Kedudukan hukum")),
             Column("counts", t("Dihitung")), Column("works", t("Bertugas"))),
        ),
    }  # fmt: skip


def _schools() -> dict[str, RuleTable]:
    school = Column("school_level", t("Jenjang"))
    post = Column("post", t("Jabatan"))
    return {
        "rombel": RuleTable(
            t("Pagu murid per rombel"),
            lambda book: _school_level(book.class_sizes),
            (school, Column("max_pupils", t("Murid paling banyak per rombel"), "number")),
        ),
        "jam": RuleTable(
            t("Jam pelajaran"),
            lambda book: _school_level(book.subject_hours),
            (school, Column("grade_from", t("Kelas dari"), "number"),
             Column("grade_to", t("sampai"), "number"),
             Column("subject", t("Mata pelajaran"), width="large"),
             Column("jp_per_week", t("JP per minggu"), "value")),
        ),
        "guru": RuleTable(
            t("Rasio kebutuhan guru"),
            lambda book: _school_level(book.teacher_rules),
            (Column("key", t("Aturan")), school, post, Column("value", t("Nilai"), "value"),
             Column("unit", t("Satuan"))),
        ),
        "mengajar": RuleTable(
            t("Pola jabatan guru"),
            lambda book: book.teaching_posts,
            (Column("priority", t("Urutan"), "number"), Column("pattern", t("Pola"), width="large"),
             post),
        ),
        "swasta": RuleTable(
            t("Penempatan di sekolah swasta"),
            lambda book: book.private_placements,
            (Column("employment", t("Status kepegawaian")),
             Column("least_rank", t("Golongan paling rendah")),
             Column("least_step", t("Jenjang paling rendah")),
             Column("most_years", t("Paling lama (tahun)"), "number"),
             Column("extension_years", t("Perpanjangan (tahun)"), "number")),
        ),
    }  # fmt: skip


def _regrouping() -> dict[str, RuleTable]:
    return {
        "gabung": RuleTable(
            t("Penggabungan sekolah: ambang, jarak, biaya"),
            lambda _book: _school_level(regrouping_rules.every_row()),
            (Column("key", t("Aturan")), Column("school_level", t("Jenjang")),
             Column("value", t("Nilai"), "value"), Column("unit", t("Satuan"))),
        ),
    }  # fmt: skip


def _exits() -> dict[str, RuleTable]:
    who = (
        Column("status", t("Status kepegawaian")),
        Column("role", t("Kelompok jabatan")),
    )
    return {
        "keluar": RuleTable(
            t("Peluang keluar sebelum BUP"),
            _exit_rates,
            (Column("cause_said", t("Sebab")), *who, Column("sex_said", t("Jenis kelamin")),
             Column("age_from", t("Umur dari"), "number"), Column("age_to", t("sampai"), "number"),
             Column("rate_low", t("Per 1.000 orang setahun, rendah"), "value"),
             Column("rate_mid", t("tengah"), "value"), Column("rate_high", t("tinggi"), "value"),
             Column("weight_person_years", t("Bobot (orang-tahun)"), "number")),
        ),
        "sebab": RuleTable(
            t("Pola sebab keluar"),
            lambda book: book.exit_patterns.assign(
                cause_said=_cause_names(book, book.exit_patterns["cause"])
            ),
            (Column("priority", t("Urutan"), "number"), Column("field", t("Kolom")),
             Column("pattern", t("Pola"), width="large"), Column("cause_said", t("Sebab"))),
        ),
        "proyeksi": RuleTable(
            t("Perpanjangan kontrak dan MPP"),
            lambda book: book.projection_rules,
            (Column("key", t("Aturan")), Column("employment", t("Status kepegawaian")),
             Column("share", t("Bagian"), "share"), Column("months", t("Bulan"), "number")),
        ),
    }  # fmt: skip


def _pay() -> dict[str, RuleTable]:
    status = Column("employment", t("Status kepegawaian"))
    of = Column("about", t("Untuk"))
    return {
        "gaji": RuleTable(
            t("Gaji pokok PNS dan PPPK"),
            lambda book: book.salaries,
            (status, Column("grade", t("Golongan")),
             Column("mkg_years", t("Masa kerja golongan (tahun)"), "number"),
             Column("idr", t("Rp per bulan"), "number")),
        ),
        "komponen": RuleTable(
            t("Komponen gaji, batas 30% dan APBD"),
            lambda book: _pay_rows(book.pay_rules),
            (Column("rule", t("Aturan")), status, Column("role", t("Kelompok jabatan")), of,
             Column("amount", t("Nilai"), "value"), Column("unit", t("Satuan"))),
        ),
        "golongan": RuleTable(
            t("Golongan masuk dan puncak golongan"),
            lambda book: _pay_rows(book.pay_grades),
            (Column("rule", t("Aturan")), status, of, Column("answer", t("Nilai"))),
        ),
    }  # fmt: skip


def _pay_rows(rows: pd.DataFrame) -> pd.DataFrame:
    names = pay_words.rule_names()
    return rows.assign(
        rule=rows["key"].map(names).fillna(rows["key"]),
        employment=rows["employment"].replace({ANY: t("semua")}),
        about=rows["of"].replace({ANY: ""}).str.replace("_", " "),
    )


def _options() -> dict[str, RuleTable]:
    role = Column("role", t("Kelompok jabatan"))
    return {
        "pilihan": RuleTable(
            t("Pilihan pengganti"),
            lambda book: book.option_rules.assign(
                said=book.option_rules[f"text_{language()}"].fillna("")
            ),
            (Column("option", t("Pilihan")), Column("key", t("Aturan")), role,
             Column("value_low", t("Rendah"), "value"), Column("value_mid", t("Tengah"), "value"),
             Column("value_high", t("Tinggi"), "value"), Column("unit", t("Satuan")),
             Column("said", t("Uraian"), width="large")),
        ),
        "layanan": RuleTable(
            t("Rasio layanan"),
            lambda book: book.service_ratios,
            (Column("unit_kind", t("Jenis unit")), role,
             Column("posts_per_unit", t("Jabatan per unit"), "value")),
        ),
        "dari-dalam": RuleTable(
            t("Diisi dari dalam"),
            lambda book: book.promotions.assign(
                from_role=book.promotions["from_role_group"].map(
                    role_group_labels(book.role_groups, language())
                )
            ),
            (role, Column("from_role", t("Disusul dari"))),
        ),
    }  # fmt: skip


def _legal_status(book: RuleBook) -> pd.DataFrame:
    rows = book.legal_status
    return rows.assign(
        label=rows[f"label_{language()}"],
        counts=_yes(rows["is_in_headcount"]),
        works=_yes(rows["is_on_duty"]),
    )


def _school_level(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.assign(school_level=rows["level"].replace({ANY: t("semua")}))


def _exit_rates(book: RuleBook) -> pd.DataFrame:
    rows = book.exit_rates
    sexes = {ANY: t("semua"), "L": t("laki-laki"), "P": t("perempuan")}
    return rows.assign(
        cause_said=_cause_names(book, rows["cause"]),
        status=rows["employment"].replace({ANY: t("semua")}),
        sex_said=rows["sex"].replace(sexes),
        **{name: (rows[name] * 1000).round(6) for name in _PER_THOUSAND},
    )


def _cause_names(book: RuleBook, causes: pd.Series) -> pd.Series:
    names = book.exit_causes.set_index("cause")[f"label_{language()}"]
    return causes.map(names).fillna(causes)


def _yes(flags: pd.Series) -> pd.Series:
    return flags.astype(bool).map({True: t("ya"), False: t("tidak")})
