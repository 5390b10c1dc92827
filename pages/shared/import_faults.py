"""The faults of a file on screen: how many, which, what to write instead."""

from __future__ import annotations

import string
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, partial

import pandas as pd
import streamlit as st

from analytics import export, faults
from analytics.faults import Fault
from analytics.import_data import Preview
from pages.shared import access, layout, load
from pages.shared.import_text import MIMES, plain
from pages.shared.words import LANGUAGES, language, number, t, tn

# Rows of one kind of fault drawn on screen; the download has them all.
ROWS_SHOWN = 200
_FEW = 3
_FILE_WORDS = {"id": "masalah", "en": "faults"}


@dataclass(frozen=True)
class FaultGroup:
    """All faults of one code. ``title`` and ``remedy`` say what they have in common."""

    code: str
    severity: str
    title: str
    remedy: str
    faults: tuple[Fault, ...]


@cache
def _texts() -> pd.DataFrame:
    return pd.read_csv(faults.TEXTS, dtype=str, keep_default_na=False).set_index("code")


def _in_general(text: str) -> str:
    """A fault's sentence without what differs from row to row."""
    parts = [
        literal + (spec.partition("|")[2] if spec and "|" in spec else "…" if field else "")
        for literal, field, spec, _ in string.Formatter().parse(text)
    ]
    return "".join(parts).replace("'…'", "…").strip().removesuffix(": …")


def fault_groups(found: Sequence[Fault]) -> list[FaultGroup]:
    """Faults by code: errors before warnings, the most frequent first."""
    by_code: dict[str, list[Fault]] = {}
    for fault in found:
        by_code.setdefault(fault.code, []).append(fault)
    texts = _texts()
    groups = []
    for code, members in by_code.items():
        same = len({fault.message(language()) for fault in members}) == 1
        first = members[0]
        title, remedy = (
            (first.message(language()), first.remedy(language()))
            if same
            else (
                _in_general(texts.loc[code, f"message_{language()}"]),
                _in_general(texts.loc[code, f"remedy_{language()}"]),
            )
        )
        groups.append(FaultGroup(code, first.severity, title, remedy, tuple(members)))
    return sorted(groups, key=lambda group: (group.severity != "error", -len(group.faults)))


def draw(preview: Preview, file_name: str) -> None:
    """Counts, the one thing to do, the kinds of faults, and the lists to take away."""
    found = preview.checked.faults
    good, refused = preview.good_count, preview.refused_count
    warnings = sum(fault.severity != "error" for fault in found)
    layout.keys(
        [
            layout.Key(t("Baris terbaca"), number(preview.checked.row_count), t("di berkas ini")),
            layout.Key(t("Baris baik"), number(good), t("bisa dimuat")),
            layout.Key(t("Ditolak"), number(refused), t("perlu diperbaiki")),
            layout.Key(t("Banyaknya peringatan"), number(warnings), t("tidak menghalangi")),
        ]
    )
    if all(fault.row is not None for fault in preview.errors):
        layout.sentences([what_to_do(good, refused, warnings)])
    if not found:
        return
    draw_groups(found)
    draw_downloads(found, file_name)


def what_to_do(good: int, refused: int, warnings: int) -> str:
    """One sentence: the next thing to do about this file."""
    if not good and refused:
        return t("Semua baris bermasalah: perbaiki seperti tertulis di bawah, lalu jatuhkan lagi.")
    if refused:
        return tn(
            "Perbaiki {n} baris yang ditolak lalu jatuhkan berkasnya lagi, atau muat {good} baris"
            " yang baik sekarang.",
            refused,
            good=number(good),
        )
    if warnings:
        return tn(
            "Tidak ada kesalahan. {n} peringatan tidak menghalangi, tetapi periksalah sebelum"
            " angkanya dipakai.",
            warnings,
        )
    return t("Tidak ada masalah. Berkas ini siap dimuat.")


def draw_groups(found: Sequence[Fault]) -> None:
    """One line per kind of fault; opened, its rows."""
    for group in fault_groups(found):
        count = _places(group.faults)
        colour = "red" if group.severity == "error" else "orange"
        word = t("Kesalahan") if group.severity == "error" else t("Peringatan")
        label = f":{colour}-badge[{word}] **{plain(group.title)}** · {count}"
        with st.expander(label, key=f"fault-{group.code}"):
            st.markdown(f"{t('Yang harus dilakukan')}: {plain(group.remedy)}.")
            st.caption(t("Kode: {code}", code=group.code))
            _draw_rows(group.faults)


def _places(members: Sequence[Fault]) -> str:
    """Where a kind of fault is: the rows where they are few, else how many."""
    rows = [number(fault.row) for fault in members if fault.row is not None]
    if len(rows) == len(members) <= _FEW:
        return t("baris {rows}", rows=", ".join(rows))
    return tn("{n} tempat", len(members)) if rows else t("seluruh berkas")


def _draw_rows(members: Sequence[Fault]) -> None:
    shown = faults.fault_table(members[:ROWS_SHOWN], language())
    table = pd.DataFrame(
        {
            t("Baris"): [number(row) for row in shown["row"]],
            t("Kolom"): shown["column"],
            t("Isi sel"): shown["value"],
            t("Yang salah"): shown["message"],
            t("Tulis atau lakukan"): shown["remedy"],
        }
    )
    st.dataframe(table, hide_index=True, height=layout.height_of(len(table), 8))
    if len(members) > ROWS_SHOWN:
        st.caption(
            t(
                "{shown} dari {count} ditampilkan; unduhan memuat semuanya.",
                shown=number(ROWS_SHOWN),
                count=number(len(members)),
            )
        )


def draw_downloads(found: Sequence[Fault], file_name: str) -> None:
    """The list of faults as xlsx and csv, in the language of whoever must mend the file."""
    stem = file_name.rpartition(".")[0] or file_name
    who, state = access.actor(), load.state()

    def made(lang: str, ending: str) -> bytes:
        state.log(who, "unduh", f"{_FILE_WORDS[lang]}.{ending}, {len(found)} baris")
        return written(found, lang, ending)

    with st.popover(t("Unduh daftar masalah"), icon=":material/download:"):
        for lang, name in LANGUAGES.items():
            for ending in ("xlsx", "csv"):
                st.download_button(
                    f"{name} · {ending}",
                    # Made when asked for: writing 20,000 faults four times would hold up the page.
                    data=partial(made, lang, ending),
                    file_name=f"{_FILE_WORDS[lang]}-{stem}.{ending}",
                    mime=MIMES[ending],
                    key=f"faults-{lang}-{ending}",
                    on_click="ignore",
                    width="stretch",
                )


def written(found: Sequence[Fault], lang: str, ending: str) -> bytes:
    """The list of faults as an ``xlsx`` or ``csv`` file, in ``id`` or ``en``."""
    table = faults.fault_table(found, lang)
    if ending == "xlsx":
        return export.xlsx_bytes({_FILE_WORDS[lang]: table})
    return export.csv_bytes(table, for_spreadsheet=True)
