"""Sheets of workload analysis (ABK, e-Formasi): posts needed by position title.

Two forms: one row per title with what is there and what is needed, or one row per task of a title
with volume, time and the posts they take. Titles and units often stand above the table only.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import pandas as pd

from analytics.readers.tabular import Header

_TITLE = re.compile(r"^\s*(?:nama jabatan|jabatan|nomenklatur jabatan)\s*:\s*(.+?)\s*$", re.I)
_OPD = re.compile(
    r"^\s*(?:opd|skpd|perangkat daerah|nama opd|nama perangkat daerah|unit organisasi)\s*:\s*"
    r"(.+?)\s*$",
    re.I,
)
_YEAR = re.compile(r"(?<!\d)(20\d{2})(?!\d)")
_SPEAKS = re.compile(
    r"\b(?:abk|beban kerja|e-?formasi|bezett?ing|bezz?etting|kebutuhan (?:asn|pegawai|jabatan)"
    r"|peta jabatan|formasi)\b",
    re.I,
)


def tells_of_workload(header: Header | None, persons: set[str], titles: Sequence[str]) -> bool:
    """Whether a sheet says how many posts its titles need.

    Parameters
    ----------
    header
        The header as the kind ``abk`` reads it; None where there is none.
    persons
        Our columns that a roster finds on the same sheet: a list of people has NIP.
    titles
        The lines above the header.
    """
    if header is None or persons & {"nip", "nuptk", "birth_date"}:
        return False
    names = header.names()
    is_titled = "position" in names or any(_TITLE.match(line) for line in titles)
    if not is_titled:
        return False
    if {"volume", "norm_time"} <= names:
        return True
    said = [column.header for column in header.columns]
    speaks = any(_SPEAKS.search(text) for text in (*said, *titles))
    return "needed_fte" in names and ("in_post_count" in names or "job_class" in names or speaks)


def with_titles(frame: pd.DataFrame, titles: Sequence[str], sheet: str) -> pd.DataFrame:
    """The title, the OPD and the year that stand above the table, where no column has them."""
    for column, pattern in (("position", _TITLE), ("opd", _OPD)):
        named = [found.group(1) for line in titles if (found := pattern.match(line))]
        if column not in frame.columns and named:
            frame = frame.assign(**{column: named[0]})
    if "year" not in frame.columns:
        for line in (sheet, *titles):
            years = set(_YEAR.findall(line))
            if len(years) == 1:
                return frame.assign(year=years.pop())
    return frame
