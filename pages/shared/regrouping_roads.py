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
from tempfile import NamedTemporaryFile

import pandas as pd
import streamlit as st

from analytics import store
from analytics.faults import Fault, FaultsError
from analytics.regrouping_roads import read_roads, strange_roads
from analytics.regrouping_stored import ROADS_FOLDER, ROADS_SETTING
from pages.shared import access, import_file, inputs, layout, load, load_schools, words
from pages.shared.load_schools import SchoolKey
from pages.shared.words import language, number, t, tn

_UPLOAD, _TURN, _TOLD = "berkas-jalan", "_jalan_ke", "_jalan_salah"
_FAULTS_SHOWN = 5


def in_force() -> dict[str, str]:
    """The roads kept for everybody: ``sha256``, ``name``, ``by``, ``on``; empty where none are."""
    kept = load.state().setting(ROADS_SETTING) or {}
    return kept if kept and _path(str(kept["sha256"])).is_file() else {}


def _path(sha256: str) -> Path:
    return store.data_folder() / ROADS_FOLDER / f"{sha256}.csv"


@lru_cache(maxsize=8)
def _read(path: Path) -> pd.DataFrame:
    roads, _ = read_roads(path)
    return roads


def roads(sha256: str) -> pd.DataFrame | None:
    """``from``, ``into``, ``km`` of the file with this hash; None for ''. Never to be changed."""
    return _read(_path(sha256)) if sha256 else None


def chosen(key: SchoolKey) -> str:
    """The hash of the roads to plan by, '' for the straight line; with the controls."""
    kept = in_force()
    use = False
    if kept:
        use = inputs.switch("pakai_jalan", t("Pakai jarak jalan yang dimuat"), True)
        rows = roads(str(kept["sha256"]))
        known = set(load_schools.schools_of(key)["npsn"])
        here = (
            0 if rows is None else int((rows["from"].isin(known) & rows["into"].isin(known)).sum())
        )
        layout.note(
            t(
                "{name}: {n} pasangan sekolah edisi ini, dimuat {who}, {day}. Pasangan lain tetap"
                " garis lurus.",
                name=kept["name"],
                n=number(here),
                who=kept["by"],
                day=words.day(date.fromisoformat(kept["on"])),
            )
        )
    if access.may("perencana"):
        _upload(is_replaced=bool(kept))
    return str(kept["sha256"]) if use else ""


def _upload(*, is_replaced: bool) -> None:
    with st.expander(t("Muat jarak jalan (CSV)"), icon=":material/route:"):
        import_file.say_uploader_in_our_words()
        st.file_uploader(
            t("Kolom dari, ke (NPSN dua sekolah), km; dua arah sama bila hanya satu ditulis"),
            type=["csv"],
            key=f"{_UPLOAD}-{st.session_state.get(_TURN, 0)}",
            on_change=_take_in,
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


def _take_in() -> None:
    """Check the file and put it in force, or say what is wrong with it (a callback)."""
    turn = st.session_state.get(_TURN, 0)
    file = st.session_state.get(f"{_UPLOAD}-{turn}")
    if file is None or not access.may("perencana"):
        return
    kept, faults = keep(file.name, file.getvalue())
    st.session_state[_TOLD] = [_said(fault) for fault in faults[:_FAULTS_SHOWN]]
    if len(faults) > _FAULTS_SHOWN:
        rest = len(faults) - _FAULTS_SHOWN
        st.session_state[_TOLD].append(tn("{n} kesalahan lagi.", rest))
    if kept:
        # The uploader is empty again, and the roads are used.
        st.session_state[_TURN] = turn + 1


def _said(fault: Fault) -> str:
    place = t("Baris {row}: ", row=fault.row) if fault.row else ""
    return f"{place}{fault.message(language())}. {fault.remedy(language())}."


def keep(name: str, content: bytes) -> tuple[bool, list[Fault]]:
    """Put a file of roads in force for everybody.

    Returns
    -------
    Whether it was kept, and what is wrong with it; a file with an error is not kept.
    """
    sha256 = hashlib.sha256(content).hexdigest()
    folder = store.data_folder() / ROADS_FOLDER
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=folder, suffix=".tmp", delete=False) as draft:
        draft.write(content)
    try:
        table, faults = read_roads(Path(draft.name))
        if not any(fault.severity == "error" for fault in faults):
            schools = load_schools.schools_of(load_schools.school_key())
            none = [Fault(name, "file_no_rows")] if table.empty else []
            faults += none or strange_roads(name, table, schools)
    except FaultsError as error:
        faults = list(error.faults)
    if any(fault.severity == "error" for fault in faults):
        Path(draft.name).unlink()
        return False, faults
    Path(draft.name).replace(_path(sha256))
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
