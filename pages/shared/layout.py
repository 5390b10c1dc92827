"""What every page has: its finding, its figures, tables that can leave the screen, its source."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any, Literal
from urllib.parse import urlencode

import pandas as pd
import streamlit as st
from streamlit.elements.lib.column_types import ColumnConfig

from analytics import export
from analytics.store import StoreError
from pages.shared import access, address, brand, load, words
from pages.shared.words import t, tn

KEPT_IN_LINKS = ("lang", "usul", "usul_mulai", "hitung")
HIDDEN_COUNT = f"<{access.SMALL_COUNT}"
_NUMBERS = ("count", "number", "decimal", "expected", "ratio", "score", "value", "share", "rupiah")


@dataclass(frozen=True)
class Key:
    """One large figure: what it is, its value as it should read, a line beneath, a small trend.

    ``marked`` is the place in the trend that the value speaks of.
    """

    label: str
    value: str
    note: str = ""
    trend: tuple[float, ...] = ()
    help: str = ""
    marked: int | None = None


@dataclass(frozen=True)
class Column:
    """A column of a table on screen and in its download.

    ``kind`` is ``text``, ``count`` (people: small cells are hidden from pimpinan), ``number``,
    ``decimal`` (one place), ``expected`` (one place, none where it is whole), ``ratio`` (two),
    ``score`` (three), ``value`` (as many as it has), ``share`` (0-1), ``rupiah``, ``day``,
    ``month``, ``year``, ``name`` (left out for pimpinan) or ``nip`` (masked for pimpinan).
    """

    name: str
    label: str
    kind: str = "text"
    width: Literal["small", "medium", "large"] | int | None = None
    help: str | None = None


def header(finding: str, question: str = "", *, has_what_if: bool = True) -> None:
    """The page's question, small, and what the data answer, large.

    ``has_what_if``: whether the what-if on the retirement age in the link counts on this page.
    """
    asked = f'<p class="es-question">{words.html(question)}</p>' if question else ""
    st.html(f'<header class="es-header">{asked}<h1>{words.html(finding)}</h1></header>')
    try:
        held = load.edition()
    except StoreError:
        # The pages that mend a damaged edition have a header as well.
        return
    if held is not None and held.is_synthetic:
        sample = t("Data contoh (sintetis)")
        told = (
            t("Kota dan semua nama di halaman ini rekaan. Berkas pertama Anda menggantikannya.")
            if _is_data()
            else t("Kota dan semua nama di halaman ini rekaan. Muat data Anda di halaman Data.")
        )
        st.html(f'<p class="es-sample" role="note"><b>{escape(sample)}</b> {escape(told)}</p>')
    if changed := _edition_changed():
        st.html(f'<p class="es-sample" role="note">{escape(changed)}</p>')
    if has_what_if and (proposed := load.law_choice().proposal) != "none":
        from pages.shared.inputs import proposal_labels

        told = t(
            "Andai-andai: {proposal}. Ini bukan hukum yang berlaku.",
            proposal=proposal_labels()[proposed],
        )
        st.html(f'<p class="es-sample" role="note">{escape(told)}</p>')


def _edition_changed() -> str:
    """That the numbers rest on another edition than a moment ago on this page; else ''."""
    held, visit = load.edition(), address.reading()[0]
    now = None if held is None else held.number
    before = st.session_state.get("_edition_seen", now)
    st.session_state["_edition_seen"] = now
    if held is not None and before not in (None, now):
        st.session_state["_edition_change"] = (visit, before)
    change = st.session_state.get("_edition_change")
    # Page Data says itself which edition is in force, and who loads a file knows.
    if held is None or change is None or change[0] != visit or _is_data():
        return ""
    return t(
        "Data berganti saat halaman ini terbuka: dari edisi {before} ke edisi {now}, keadaan"
        " {as_of}. Angka di bawah sudah yang baru.",
        before=words.number(change[1]),
        now=words.number(held.number),
        as_of=words.day(held.as_of),
    )


def _is_data() -> bool:
    return bool(st.session_state.get("_page") == "data")


def keys(figures: Sequence[Key]) -> None:
    """A row of large figures; it folds to two columns on a phone."""
    cards = "".join(
        f'<div class="es-key"><p class="es-label" title="{escape(figure.help)}">'
        f"{words.html(figure.label)}</p>"
        f'<p class="es-value">{escape(figure.value)}</p>{_trend(figure)}'
        f'<p class="es-note">{words.html(figure.note)}</p></div>'
        for figure in figures
    )
    st.html(f'<section class="es-keys" style="--es-count: {len(figures)}">{cards}</section>')


def _trend(figure: Key) -> str:
    """Small bars; drawn with boxes, because Streamlit takes SVG out of HTML."""
    values = figure.trend
    if len(values) < 2:
        return '<div class="es-trend" aria-hidden="true"></div>'
    top = max(values) or 1.0
    drawn = "".join(
        f"<i{' class=es-marked' if i == figure.marked else ''}"
        f' style="height: {max(100 * value / top, 2):.0f}%"></i>'
        for i, value in enumerate(values)
    )
    return f'<div class="es-trend" aria-hidden="true">{drawn}</div>'


def sentences(told: Sequence[str]) -> None:
    """The answer in words, large enough to be read from the back of the room."""
    said = "".join(
        f'<p class="es-told">{words.html(sentence)}</p>' for sentence in told if sentence
    )
    if said:
        st.html(said)


def note(told: str, *, width: Literal["stretch", "content"] = "stretch") -> None:
    """A line in small print."""
    st.html(f'<p class="es-note">{words.html(told)}</p>', width=width)


def caution(told: str) -> None:
    """What must be known before the numbers beneath are believed."""
    st.html(f'<p class="es-sample" role="note">{words.html(told)}</p>')


def source_note(*equations: int) -> None:
    """Where the numbers come from: edition, day, rules, reading of the law, method."""
    held = load.edition()
    if held is None:
        return
    choice = load.law_choice()
    law = (
        t("tafsir baku")
        if not choice.readings and not choice.local_ages
        else tn("{n} pilihan setempat", len(choice.readings) + len(choice.local_ages))
    )
    parts = [
        t("Edisi {number}", number=held.number) + f" ({held.sha256[:8]})",
        t("keadaan {day}", day=words.day(held.as_of)),
        t("aturan {version}", version=load.rulebook().version),
        t("tafsir hukum: {law}", law=law),
    ]
    if equations:
        parts.append(t("rumus {numbers}", numbers=", ".join(map(str, equations))))
    asked = {"isi": "rumus", "rumus": "-".join(map(str, equations))} if equations else {}
    query = urlencode({**_kept_language(), **asked})
    address = f"metode?{query}" if query else "metode"
    link = f'<a href="{escape(address)}" target="_self">{escape(t("Metode"))}</a>'
    st.html(f'<p class="es-source">{escape(" · ".join(parts))} · {link}</p>')


def page_link(address: str, label: str, **query: str) -> None:
    """A link to another page that keeps language and what-if; nothing where there is no such page.

    ``address`` is the page's word in the address bar, such as ``pensiun``.
    """
    page = st.session_state.get("_pages", {}).get(address)
    if page is None:
        return
    kept = {name: st.query_params[name] for name in KEPT_IN_LINKS if name in st.query_params}
    st.page_link(page, label=label, query_params={**kept, **query})


def _kept_language() -> dict[str, str]:
    return {} if words.language() == "id" else {"lang": words.language()}


def empty(
    told: str, remedy: str = "", *, leads_to_data: bool = False, section: str = "muat"
) -> None:
    """Nothing to show, what to do about it, and a link to where it is done.

    ``section``: the part of the page Data in which it is done, as the link names it.
    """
    st.html(
        f'<div class="es-empty">{brand.picture(56)}<h2>{escape(told)}</h2>'
        f"<p>{escape(remedy)}</p></div>"
    )
    if leads_to_data:
        with st.container(horizontal=True, horizontal_alignment="center"):
            page_link("data", t("Buka halaman Data"), kelola=section)


def needs_data() -> None:
    """Stop the page, with an invitation, while no edition is loaded."""
    if load.edition() is not None:
        return
    empty(
        t("Belum ada data"),
        t("Muat daftar pegawai di halaman Data, atau lihat dulu dengan kota contoh."),
        leads_to_data=True,
    )
    st.stop()


def unreadable(error: StoreError) -> None:
    """The edition went away or was damaged while its page was open: what to do, and to go on."""
    empty(t("Data tidak dapat dibaca"), words.refusal(error), leads_to_data=True)
    with st.container(horizontal=True, horizontal_alignment="center"):
        # Pressing it draws the page anew; what the visitor moved is still on the desk.
        st.button(t("Coba lagi"), key="coba-lagi", icon=":material/refresh:")


def count_shown(count: int) -> str:
    """A count of people as this visitor may see it."""
    return HIDDEN_COUNT if is_small(count) else words.number(count)


def is_small(count: int) -> bool:
    """Whether a count is hidden from this visitor."""
    return 0 < count < access.SMALL_COUNT and not access.may_see_names()


def masked_nip(nip: pd.Series) -> pd.Series:
    """Birth year and the last three digits."""
    return nip.str[:4] + "…" + nip.str[-3:]


def visible(frame: pd.DataFrame, columns: Sequence[Column]) -> pd.DataFrame:
    """What of a frame this visitor may see: chosen columns, names and small counts guarded.

    Returns
    -------
    The rows of ``frame``; columns keep their own names and types, except that ``nip`` may be
    masked and a count column with hidden cells becomes text.
    """
    names_shown = access.may_see_names()
    kept = [column for column in columns if names_shown or column.kind != "name"]
    out = frame.loc[:, [column.name for column in kept]]
    if names_shown:
        return out
    changed: dict[str, pd.Series] = {}
    for column in kept:
        values = frame[column.name]
        if column.kind == "nip":
            changed[column.name] = masked_nip(values.astype("string"))
        elif column.kind == "count":
            small = values.between(1, access.SMALL_COUNT - 1)
            if small.any():
                changed[column.name] = values.astype("object").mask(small, HIDDEN_COUNT)
    return out.assign(**changed)


def _said(values: pd.Series, column: Column) -> pd.Series:
    """A column as it reads on screen."""
    if column.kind in _NUMBERS:
        decimals = {"decimal": 1, "share": 1, "ratio": 2, "score": 3}.get(column.kind, 0)
        said = [
            value
            if isinstance(value, str)
            else words.percent(value, decimals)
            if column.kind == "share"
            else words.rupiah(value)
            if column.kind == "rupiah"
            else words.value(value)
            if column.kind == "value"
            else words.number(value, 0 if float(value).is_integer() else 1)
            if column.kind == "expected"
            else words.number(value, decimals)
            for value in values
        ]
        # Leading spaces, right-aligned: a click on the header then sorts by size.
        widest = max(map(len, said), default=0)
        return pd.Series([one.rjust(widest) for one in said], index=values.index, dtype="str")
    if column.kind == "month":
        return pd.Series([words.month(value) for value in values], index=values.index, dtype="str")
    return values


def _configured(column: Column) -> ColumnConfig:
    config = st.column_config
    if column.kind in _NUMBERS:
        return config.TextColumn(
            column.label, width=column.width, help=column.help, alignment="right"
        )
    if column.kind == "day":
        return config.DateColumn(
            column.label, width=column.width, help=column.help, format="DD-MM-YYYY"
        )
    if column.kind == "year":
        return config.NumberColumn(column.label, width=column.width, help=column.help, format="%d")
    return config.TextColumn(column.label, width=column.width, help=column.help)


def table(  # noqa: PLR0913 (what a table can be asked; all but three have a default)
    frame: pd.DataFrame,
    columns: Sequence[Column],
    file_name: str,
    *,
    key: str | None = None,
    height: int | Literal["auto", "content"] = "auto",
    on_select: Literal["ignore", "rerun"] | Callable[[], None] = "ignore",
    selection_mode: Literal["single-row", "multi-row", "single-cell"] = "single-row",
) -> Any:  # noqa: ANN401 (what st.dataframe gives: a drawing place or the selection)
    """A table and its download as xlsx and csv, safe to open in a spreadsheet.

    What leaves is what this visitor may see; every download is logged.

    Parameters
    ----------
    frame
        One row per line to show.
    columns
        What to show, in order.
    file_name
        Name of the download without ending, such as ``pensiun-per-tahun``.
    key
        Key of the widget; ``file_name`` where absent.
    on_select, selection_mode
        As in ``st.dataframe``; the selection comes back.
    """
    key = key or file_name
    seen = visible(frame, columns)
    by_name = {column.name: column for column in columns}
    said = {name: _said(seen[name], by_name[name]) for name in seen.columns}
    shown = pd.DataFrame(said, index=seen.index, copy=False)
    selected = st.dataframe(
        shown,
        hide_index=True,
        height=height,
        key=key,
        column_config={name: _configured(by_name[name]) for name in seen.columns},
        on_select=on_select,
        selection_mode=selection_mode,
        placeholder="",
        alt=t("Tabel {name}", name=file_name),
    )
    downloads(seen.rename(columns={n: by_name[n].label for n in seen.columns}), file_name, key=key)
    return selected


def height_of(row_count: int, most: int) -> int | Literal["content"]:
    """How high a table stands: all its rows where they are few, else ``most``, then it scrolls."""
    return "content" if row_count <= most else 38 + 39 * most


def downloads(frame: pd.DataFrame, file_name: str, *, key: str) -> None:
    """Buttons that give a frame, already guarded, as xlsx and csv; made when asked for."""
    held = load.edition()
    stem = re.sub(r"[^a-z0-9-]+", "-", file_name.casefold()).strip("-")
    if held is not None:
        stem = f"{stem}-edisi-{held.number}"
    who, state = access.actor(), load.state()

    def made(ending: str) -> bytes:
        data = (
            export.xlsx_bytes({file_name: frame})
            if ending == "xlsx"
            else export.csv_bytes(frame, for_spreadsheet=True)
        )
        state.log(who, "unduh", f"{stem}.{ending}, {len(frame)} baris")
        return data

    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        st.download_button(
            t("Unduh Excel"),
            data=lambda: made("xlsx"),
            file_name=f"{stem}.xlsx",
            mime="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            key=f"{key}-xlsx",
            on_click="ignore",
            type="tertiary",
            icon=":material/download:",
        )
        st.download_button(
            t("Unduh CSV"),
            data=lambda: made("csv"),
            file_name=f"{stem}.csv",
            mime="text/csv",
            key=f"{key}-csv",
            on_click="ignore",
            type="tertiary",
            icon=":material/download:",
        )
        note(tn("{n} baris", len(frame)), width="content")
