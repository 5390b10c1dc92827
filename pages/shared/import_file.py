"""What was recognised in a file, in words, and what the person may correct."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

import pandas as pd
import streamlit as st

from analytics.readers import Reading, canonical_columns
from analytics.readers.headers import COMBINED, DISCARD, IGNORE
from analytics.readers.workbook import LARGEST_FILE_MB
from pages.shared import layout
from pages.shared.import_text import (
    column_name,
    kind_names,
    layout_names,
    plain,
    scope_meanings,
    scope_names,
    sheet_reasons,
)
from pages.shared.words import day, number, t, tn

FILE_TYPES = ("xlsx", "xls", "xlsm", "xlsb", "csv", "ods")
_SAMPLE_LENGTH = 40


def recognised(reading: Reading, row_count: int, as_of: date) -> None:
    """One sentence: what the file is, how large, which day it describes."""
    st.markdown(
        t(
            "Dikenali sebagai **{layout}**, {columns} kolom, {rows} baris,"
            " keadaan per **{as_of}**.",
            layout=layout_names().get(reading.layout, reading.layout),
            columns=number(len(reading.proposed)),
            rows=number(row_count),
            as_of=day(as_of),
        )
    )
    if not reading.is_certain:
        st.warning(
            t("Pengenalan ini belum pasti. Periksa padanan kolom di bawah sebelum memuat."),
            icon=":material/help:",
        )
    _columns(reading)


def _columns(reading: Reading) -> None:
    """Which columns are used, which are thrown away by policy, which mean nothing to us."""
    used: dict[str, list[str]] = {}
    for column, header in reading.headers.items():
        used.setdefault(header, []).append(column_name(column))
    # Known but not needed, or unknown: neither is read.
    ignored = [
        header
        for header in reading.proposed["header"]
        if header and header not in used and header not in reading.discarded
    ]
    with st.expander(
        t(
            "{used} kolom dipakai, {discarded} dibuang, {ignored} diabaikan",
            used=number(len(used)),
            discarded=number(len(reading.discarded)),
            ignored=number(len(ignored)),
        ),
        key="columns",
    ):
        st.markdown(f"**{t('Dipakai')}**")
        st.dataframe(
            pd.DataFrame(
                {
                    t("Kolom di berkas"): list(used),
                    t("Dibaca sebagai"): [", ".join(ours) for ours in used.values()],
                }
            ),
            hide_index=True,
            height=layout.height_of(len(used), 8),
        )
        if reading.discarded:
            st.markdown(
                f"**{t('Dibuang saat dibaca (UU 27/2022, data pribadi yang tidak diperlukan)')}**"
            )
            st.markdown(", ".join(plain(header) for header in reading.discarded))
        if ignored:
            st.markdown(f"**{t('Diabaikan')}**")
            st.markdown(", ".join(plain(header) for header in ignored))
        if len(reading.sheets) > 1:
            st.markdown(f"**{t('Lembar')}**")
            reasons = sheet_reasons()
            for sheet in reading.sheets:
                told = (
                    tn("{n} baris dibaca", sheet.row_count)
                    if sheet.is_read
                    else t("tidak dibaca: {reason}", reason=reasons.get(sheet.reason, sheet.reason))
                )
                st.markdown(f"- {plain(sheet.name)}: {told}")


def choose_day(current: date, key: str, changed: Callable[[str], None]) -> None:
    """The day the file describes; prefilled from its title rows, else today."""
    st.date_input(
        t("Keadaan per tanggal"),
        value=current,
        min_value=date(1990, 1, 1),
        max_value=date(2100, 12, 31),
        format="DD/MM/YYYY",
        key=key,
        on_change=changed,
        args=(key,),
        help=t("Dibaca dari baris judul berkas bila ada; kalau tidak, hari ini."),
    )


def choose_scope(current: str, key: str, changed: Callable[[str], None]) -> None:
    """Whom the file lists."""
    names = scope_names()
    st.session_state.setdefault(key, current)
    st.radio(
        t("Berkas ini memuat"),
        list(names),
        format_func=lambda scope: names[scope],
        captions=scope_meanings(),
        key=key,
        on_change=changed,
        args=(key,),
    )


def choose_kind(current: str, key: str, changed: Callable[[str], None]) -> None:
    """What the file is about, where recognition was not sure."""
    names = kind_names()
    st.selectbox(
        t("Isi berkas"),
        list(names),
        index=list(names).index(current) if current in names else None,
        format_func=lambda kind: names[kind],
        placeholder=t("Pilih isi berkas"),
        key=key,
        on_change=changed,
        args=(key,),
    )


def choose_columns(reading: Reading, key: str, save: Callable[[dict[str, str]], None]) -> None:
    """The mapping table: header, up to three sample values, our column.

    Parameters
    ----------
    reading
        ``proposed`` has one row per header; headers discarded by policy are not offered.
    save
        Takes what was chosen: our column by header, ``ignore`` for none.
    """
    proposed = reading.proposed.drop_duplicates("header")
    offered = proposed[(proposed["policy"] != DISCARD) & (proposed["header"] != "")]
    ours = canonical_columns(reading.kind)
    columns = [*ours, *(one for one, facts in COMBINED.items() if set(facts) <= set(ours))]
    with st.form(key, border=True):
        st.markdown(f"**{t('Padankan kolom')}**")
        st.caption(t("Sekali disimpan, berkas dengan kepala kolom yang sama langsung dikenali."))
        chosen: dict[str, str] = {}
        for place, one in enumerate(offered.itertuples(index=False)):
            left, right = st.columns([3, 2], vertical_alignment="center")
            seen = " · ".join(plain(sample[:_SAMPLE_LENGTH]) for sample in one.samples)
            left.markdown(f"**{plain(one.header)}**  \n:gray[{seen or t('(kosong)')}]")
            guess = _guess(one.column)
            chosen[one.header] = right.selectbox(
                t("Kolom untuk {header}", header=one.header),
                [IGNORE, *columns],
                index=1 + columns.index(guess) if guess in columns else 0,
                format_func=lambda column: (
                    t("abaikan") if column == IGNORE else column_name(column)
                ),
                key=f"{key}-{place}",
                label_visibility="collapsed",
            )
        if st.form_submit_button(t("Simpan padanan dan periksa lagi"), type="primary"):
            picked = [column for column in chosen.values() if column != IGNORE]
            twice = sorted({column_name(one) for one in picked if picked.count(one) > 1})
            if twice:
                st.error(t("Dipilih lebih dari sekali: {names}.", names=", ".join(twice)))
            else:
                save(chosen)
                st.rerun()


def _guess(names: str) -> str:
    """One of our columns for ``name`` or ``name+nip`` as the reader proposes it."""
    facts = tuple(names.split("+"))
    combined = (one for one, its_facts in COMBINED.items() if its_facts == facts)
    return next(combined, names) if len(facts) > 1 else names


def partial_scopes() -> dict[str, str]:
    """Scopes that a list of only some of the people would have."""
    return {scope: name for scope, name in scope_names().items() if scope != "all"}


def say_uploader_in_our_words(types: Sequence[str] = FILE_TYPES) -> None:
    """Indonesian or English on the uploader of such files, whatever the browser speaks."""
    # The widget's own words are English and cannot be set; the sizes are its own.
    choose = t("Pilih berkas")
    hint = t(
        "atau seret ke sini · {types} · paling besar {mb} MB",
        types=" ".join(types),
        mb=LARGEST_FILE_MB,
    )
    refused = (
        t("Ditolak: bukan lembar kerja, atau lebih besar dari {mb} MB.", mb=LARGEST_FILE_MB)
        if types == FILE_TYPES
        else t("Ditolak: bukan berkas {types}.", types=" ".join(types))
    )
    texts = {
        '[data-testid="stFileUploaderDropzone"] button [data-testid="stMarkdownContainer"]': choose,
        '[data-testid="stFileUploaderDropzoneInstructions"]': hint,
    }
    rules = "".join(
        f"{place}{{font-size:0}}{place} *{{font-size:0}}"
        f'{place}::after{{content:"{text}";font-size:.875rem}}'
        for place, text in texts.items()
    )
    # What the browser itself turns away never comes here; its reason hides in a tooltip.
    rules += (
        '[data-testid="stFileUploader"]:has([aria-invalid="true"])::after'
        f'{{content:"{refused}";display:block;padding-top:.5rem;font-weight:600}}'
    )
    st.html(f"<style>{rules}</style>")
