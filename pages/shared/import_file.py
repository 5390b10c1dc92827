"""What was recognised in a file, in words, and what the person may correct."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

import pandas as pd
import streamlit as st

from analytics.readers import Reading
from pages.shared.import_text import (
    column_name,
    kind_names,
    layout_names,
    plain,
    scope_meanings,
    scope_names,
)
from pages.shared.words import day, number, t, tn

_IGNORE = ""
_SAMPLES = 3


def recognised(reading: Reading, row_count: int, as_of: date) -> None:
    """One sentence: what the file is, how large, which day it describes."""
    st.markdown(
        t(
            "Dikenali sebagai **{layout}**, {columns} kolom, {rows} baris, keadaan per **{as_of}**.",
            layout=layout_names().get(reading.layout, reading.layout),
            columns=number(len(reading.headers)),
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
