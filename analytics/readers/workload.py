"""Sheets of workload analysis (ABK, e-Formasi): posts needed by position title.

Two forms: one row per title with what is there and what is needed, or one row per task of a title
with volume, time and the posts they take. Titles and units often stand above the table only.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import pandas as pd

_TITLE = re.compile(r"^\s*(?:nama jabatan|jabatan|nomenklatur jabatan)\s*:\s*(.+?)\s*$", re.I)
_OPD = re.compile(
    r"^\s*(?:opd|skpd|perangkat daerah|nama opd|nama perangkat daerah|unit organisasi)\s*:\s*"
    r"(.+?)\s*$",
    re.I,
)
_YEAR = re.compile(r"(?<!\d)(20\d{2})(?!\d)")
_NEEDED_IN = re.compile(r"needed_fte_y(?P<year>\d{4})")
# What a header over numbers is not about, whatever else it says.
_OTHER = {
    *("kekurangan", "kelebihan", "selisih", "kurang", "lebih", "kesenjangan", "usul", "usulan"),
    *("pensiun", "bup", "kualifikasi", "pendidikan", "syarat", "kompetensi", "non", "honorer"),
    *("nama", "kode", "tugas", "uraian", "jenis", "unit", "satuan", "keterangan"),
}
_THERE = re.compile(r"\bb[ae]z+et+ing\b|\be?ksisting\b|\bexisting\b|\bpemangku\b")
_NOW = {"ada", "sekarang", "riil", "tersedia", "terisi"}
_STAFF = {"pegawai", "asn", "pns", "pppk", "p3k", "personil", "personel"}
_SPEAKS = re.compile(
    r"\b(?:abk|beban kerja|e-?formasi|bezett?ing|bezz?etting|kebutuhan (?:asn|pegawai|jabatan)"
    r"|peta jabatan|formasi)\b",
    re.I,
)


def workload_column(parts: Sequence[str]) -> str:
    """What a header of an ABK sheet stands for, in words no list of wordings can exhaust.

    Parameters
    ----------
    parts
        Header texts above each other, top to bottom.

    Returns
    -------
    One of our columns, ``needed_fte_y2027`` where the need is that of a year; ``unread`` for what
    is told beside it; '' for anything else.
    """
    written = " ".join(parts).casefold()
    tokens = set(re.findall(r"[a-z]+\d?[a-z]*", written))
    years = set(_YEAR.findall(written))
    speaks = bool(tokens & {"kebutuhan", "abk", "dibutuhkan", "diperlukan"})
    if tokens & _OTHER:
        return "unread" if speaks or years or tokens & _STAFF else ""
    if "efektif" in tokens and tokens & {"waktu", "jam"}:
        return "effective_time"
    if "waktu" in tokens and tokens & {"penyelesaian", "norma", "standar"}:
        return "norm_time"
    is_there = bool(_THERE.search(written)) or (
        bool(tokens & _STAFF) and (bool(tokens & _NOW) or {"saat", "ini"} <= tokens)
    )
    if is_there and not speaks:
        kinds = tokens & {"pns", "pppk", "p3k", "cpns"}
        if kinds and kinds <= {"pns", "cpns"}:
            return "in_post_pns_count"
        return "in_post_pppk_count" if kinds and kinds <= {"pppk", "p3k"} else "in_post_count"
    if speaks and not is_there:
        if len(years) == 1:
            return f"needed_fte_y{years.pop()}"
        return "" if years else "needed_fte"
    if "volume" in tokens or ("jumlah" in tokens and tokens & {"hasil", "beban"}):
        return "volume"
    return "job_class" if "kelas" in tokens and tokens & {"jabatan", "jab", "jbt"} else ""


def tells_of_workload(
    names: set[str], headers: Sequence[str], persons: set[str], titles: Sequence[str]
) -> bool:
    """Whether a sheet says how many posts its titles need.

    Parameters
    ----------
    names, headers
        Our columns that the kind ``abk`` finds, and the headers as written.
    persons
        Our columns that a roster finds on the same sheet: a list of people has NIP.
    titles
        The lines above the header.
    """
    if persons & {"nip", "nuptk", "birth_date"}:
        return False
    is_titled = "position" in names or any(_TITLE.match(line) for line in titles)
    if not is_titled:
        return False
    if {"volume", "norm_time"} <= names:
        return True
    speaks = any(_SPEAKS.search(text) for text in (*headers, *titles))
    is_needed = any(name.startswith("needed_fte") for name in names)
    return is_needed and ("in_post_count" in names or "job_class" in names or speaks)


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


def by_needed_year(frame: pd.DataFrame) -> pd.DataFrame:
    """A row for each title and year of a sheet with a column of needs for every year.

    A need without a year beside them is that of the sheet's own day and left to those that say
    their year. A frame without such columns is returned as it is.
    """
    found = {
        str(name): match["year"] for name in frame if (match := _NEEDED_IN.fullmatch(str(name)))
    }
    if not found:
        return frame
    around = frame.drop(columns=[*found, "needed_fte", "year"], errors="ignore")
    parts = []
    for name, year in sorted(found.items(), key=lambda pair: pair[1]):
        told = frame[name].map(lambda cell: bool(str(cell).strip()))
        parts.append(around.assign(needed_fte=frame[name], year=year).loc[told])
    return pd.concat(parts).sort_index(kind="stable").reset_index(drop=True)
