"""Measured roads between schools: a file that replaces the straight line for everybody.

The file lies beside the editions under its hash, and a setting says which one is in force; a
question names the hash, so that a plan belongs to the roads it was computed from.
"""

from __future__ import annotations

import hashlib
import re
from datetime import date
from functools import lru_cache
from pathlib import Path

import pandas as pd
import streamlit as st

from analytics import store
from analytics.apart import done_apart
from analytics.faults import Fault, FaultsError
from analytics.regrouping_roads import read_roads, short_roads, strange_roads
from analytics.regrouping_stored import ROADS_FOLDER, ROADS_SETTING
from pages.shared import access, import_file, inputs, layout, load, load_schools, words
from pages.shared.load_schools import SchoolKey
from pages.shared.words import language, number, t, tn

_UPLOAD, _TURN, _TOLD, _NEW = "berkas-jalan", "_jalan_ke", "_jalan_salah", "_jalan_baru"
_FAULTS_SHOWN = 5
_QUIET_SECONDS = 0.35
# From this size on a file is read by another process: it takes seconds, and longer the longer.
_LARGE_BYTES = 2_000_000
_DESK = load_schools.Desk("roads", kept=4)


def in_force() -> dict[str, str]:
    """The roads kept for everybody: ``sha256``, ``name``, ``by``, ``on``; empty where none are."""
    kept = load.state().setting(ROADS_SETTING) or {}
    return kept if kept and _path(str(kept["sha256"])).is_file() else {}


def _path(sha256: str) -> Path:
    return store.data_folder() / ROADS_FOLDER / f"{sha256}.csv"


def _read(sha256: str, path: Path, told: str) -> tuple[pd.DataFrame, list[Fault]]:
    """The file with this hash and its faults, read once for all visitors; words while it is."""

    def read() -> tuple[pd.DataFrame, list[Fault]]:
        if path.stat().st_size < _LARGE_BYTES:
            return read_roads(path)
        return done_apart(read_roads, path)

    return load_schools.waited_for(
        ("roads", sha256), read, told, desk=_DESK, quiet_seconds=_QUIET_SECONDS
    )


def roads(sha256: str, told: str = "") -> pd.DataFrame | None:
    """``from``, ``into``, ``km`` of the file with this hash; None for ''. Never to be changed.

    ``told``: what is said to a visitor while the file is read; '' where nothing can be drawn.
    """
    return _read(sha256, _path(sha256), told)[0] if sha256 else None


@lru_cache(maxsize=8)
def _pair_count(sha256: str, key: SchoolKey) -> int:
    """How many of the roads join two schools of the edition."""
    rows, known = roads(sha256), set(load_schools.schools_of(key)["npsn"])
    if rows is None:
        return 0
    return int((rows["from"].isin(known) & rows["into"].isin(known)).sum())


def chosen(key: SchoolKey) -> str:
    """The hash of the roads to plan by, '' for the straight line; with the controls."""
    _take_in()
    kept = in_force()
    use = False
    if kept:
        use = inputs.switch("pakai_jalan", t("Pakai jarak jalan yang dimuat"), True)
        roads(str(kept["sha256"]), t("Membaca jarak jalan"))
        layout.note(
            t(
                "{name}: {n} pasangan sekolah edisi ini, dimuat {who}, {day}. Pasangan lain tetap"
                " garis lurus.",
                name=kept["name"],
                n=number(_pair_count(str(kept["sha256"]), key)),
                who=kept["by"],
                day=words.day(date.fromisoformat(kept["on"])),
            )
        )
    if access.may("perencana"):
        _upload(is_replaced=bool(kept))
    return str(kept["sha256"]) if use else ""


def _upload(*, is_replaced: bool) -> None:
    with st.expander(t("Muat jarak jalan (CSV)"), icon=":material/route:"):
        import_file.say_uploader_in_our_words(["csv"])
        st.file_uploader(
            t("Kolom dari, ke (NPSN dua sekolah), km; dua arah sama bila hanya satu ditulis"),
            type=["csv"],
            key=f"{_UPLOAD}-{st.session_state.get(_TURN, 0)}",
            on_change=_given,
        )
        for told in st.session_state.get(_TOLD, []):
            layout.caution(told)
        if is_replaced:
            st.button(
                t("Hapus jarak jalan untuk semua"),
                key="hapus-jalan",
                on_click=_forget,
                type="tertiary",
                icon=":material/delete:",
            )


def _given() -> None:
    """Note the file that was given; it is read where its visitor can be told (a callback)."""
    turn = st.session_state.get(_TURN, 0)
    file = st.session_state.get(f"{_UPLOAD}-{turn}")
    st.session_state[_NEW] = None if file is None else (file.name, file.getvalue())


def _take_in() -> None:
    """Check the file that was given and put it in force, or note what is wrong with it."""
    given = st.session_state.get(_NEW)
    if given is None or not access.may("perencana"):
        return
    name, content = given
    kept, faults = keep(name, content, t("Membaca jarak jalan"))
    # Whoever moves something meanwhile comes back to the same reading.
    del st.session_state[_NEW]
    st.session_state[_TOLD] = [_said(fault) for fault in faults[:_FAULTS_SHOWN]]
    if len(faults) > _FAULTS_SHOWN:
        rest = len(faults) - _FAULTS_SHOWN
        st.session_state[_TOLD].append(tn("{n} kesalahan lagi.", rest))
    if kept:
        # The uploader is empty again, and the roads are used.
        st.session_state[_TURN] = st.session_state.get(_TURN, 0) + 1


def _said(fault: Fault) -> str:
    place = t("Baris {row}: ", row=fault.row) if fault.row else ""
    return f"{place}{fault.message(language())}. {fault.remedy(language())}."


def keep(name: str, content: bytes, told: str = "") -> tuple[bool, list[Fault]]:
    """Put a file of roads in force for everybody; ``told`` as for ``roads``.

    Returns
    -------
    Whether it was kept, and what is wrong with it; a file with an error is not kept.
    """
    sha256 = hashlib.sha256(content).hexdigest()
    folder = store.data_folder() / ROADS_FOLDER
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    # Named by what it holds: whoever gives the same file again joins its reading.
    draft = folder / f"{sha256}.tmp"
    if not draft.is_file() or draft.stat().st_size != len(content):
        draft.write_bytes(content)
    try:
        table, found = _read(sha256, draft, told)
        faults = list(found)
        if not any(fault.severity == "error" for fault in faults):
            schools = load_schools.schools_of(load_schools.school_key())
            none = [Fault(name, "file_no_rows")] if table.empty else []
            faults += none or strange_roads(name, table, schools)
            faults += short_roads(name, table, schools)[1]
    except FaultsError as error:
        faults = list(error.faults)
    if any(fault.severity == "error" for fault in faults):
        draft.unlink(missing_ok=True)
        return False, faults
    if draft.is_file():
        draft.replace(_path(sha256))
    short = re.sub(r"[^\w. -]+", "", name)[:60]
    load.state().set_setting(
        ROADS_SETTING,
        {
            "sha256": sha256,
            "name": short,
            "by": access.actor(),
            "on": date.today().isoformat(),
        },
        access.actor(),
    )
    return True, faults


def _forget() -> None:
    """Back to the straight line for everybody (a callback); planners only."""
    if access.may("perencana"):
        load.state().set_setting(ROADS_SETTING, {}, access.actor())
