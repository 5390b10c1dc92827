"""A history of pupils as given: checked, typed, one reading per school and year."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt
import pandas as pd

from analytics.faults import Fault, FaultsError
from analytics.plain_table import LINE

# The grade of a school that reports totals only: a grade of its own, linked to no other.
TOTAL_ONLY = -99
_NEEDED = ("school_id", "school_year", "grade", "pupils")
# What the table is called in a fault, where no file gives it a name.
HISTORY = "riwayat murid"
# A vocational school may have a fourth year.
HIGHEST_GRADE = 13


class EnrolmentError(FaultsError):
    """A history that cannot be read; ``faults`` holds every fault, with its line of the table."""


def missing_columns(
    table: str, absent: Iterable[str], needed: Iterable[str], unread: Iterable[str] = ()
) -> list[Fault]:
    """A fault for each column a table lacks, and which of its headings are not known."""
    names = ", ".join(unread)
    told = {
        "needed": ", ".join(needed),
        "unread_id": f"; tidak dikenali di berkas: {names}" if names else "",
        "unread_en": f"; not known in the file: {names}" if names else "",
    }
    return [
        Fault(table, "history_column_missing", column=name, details={"column_name": name, **told})
        for name in absent
    ]


def lines(table: pd.DataFrame) -> npt.NDArray[np.int64]:
    """The line of each row: its index where that is so called, else after a header in line 1."""
    if table.index.name == LINE:
        return table.index.to_numpy(np.int64)
    return np.arange(len(table), dtype=np.int64) + 2


def written(table: pd.DataFrame, place: int, column: str) -> str:
    """A cell as the table has it; '' for nothing."""
    cell = table[column].iloc[place]
    return "" if pd.isna(cell) else str(cell)


def typed_history(history: pd.DataFrame) -> pd.DataFrame:
    """The history with numbers as numbers, or every fault at once.

    Parameters
    ----------
    history
        As in :func:`panel`; a fault names its line, which is the index where that is so called
        (``plain_table.table_of``), else counted from a header in line 1.

    Returns
    -------
    ``school_id``, ``school_year``, ``grade`` (:data:`TOTAL_ONLY` for a total), ``pupils``,
    ``district``, ``level``, with the index of ``history``.

    Raises
    ------
    EnrolmentError
        As :func:`panel`.
    """
    absent = [name for name in _NEEDED if name not in history.columns]
    if absent:
        raise EnrolmentError(missing_columns(HISTORY, absent, _NEEDED))
    if history.empty:
        raise EnrolmentError([Fault(HISTORY, "history_empty")])
    is_total = history["grade"].astype(str).str.strip().str.lower().eq("total")
    rows = pd.DataFrame(
        {
            "school_id": history["school_id"].astype(str).str.strip(),
            "school_year": school_years(history["school_year"]),
            "grade": pd.to_numeric(history["grade"].where(~is_total), errors="coerce").mask(
                is_total, TOTAL_ONLY
            ),
            "pupils": pd.to_numeric(history["pupils"], errors="coerce"),
            "district": _words(history, "district"),
            "level": _words(history, "level").str.strip(),
        }
    )
    blank = history["pupils"].isna() | history["pupils"].astype(str).str.strip().eq("")
    tests = (
        (
            "history_school_missing",
            "school_id",
            history["school_id"].isna() | rows["school_id"].eq(""),
        ),
        (
            "history_year_invalid",
            "school_year",
            ~are_years(rows["school_year"]),
        ),
        (
            "history_grade_invalid",
            "grade",
            ~(is_total | rows["grade"].between(0, HIGHEST_GRADE)) | rows["grade"].mod(1).ne(0),
        ),
        (
            "history_pupils_invalid",
            "pupils",
            (rows["pupils"].isna() & ~blank) | np.isinf(rows["pupils"]) | rows["pupils"].lt(0),
        ),
        (
            "history_duplicate",
            "school_id",
            rows.duplicated(["school_id", "school_year", "grade"], keep="first"),
        ),
    )
    line = lines(history)
    faults = [
        Fault(
            HISTORY,
            code,
            row=int(line[place]),
            column=column,
            value=written(history, int(place), column),
        )
        for code, column, is_wrong in tests
        for place in np.flatnonzero(is_wrong.to_numpy(bool))
    ]
    if faults:
        raise EnrolmentError(faults)
    if not rows["pupils"].gt(0).any():
        raise EnrolmentError([Fault(HISTORY, "history_empty")])
    return rows.astype({"school_year": int, "grade": int})


def school_years(written: pd.Series) -> pd.Series:
    """Years as numbers, NaN where none: 2025/26 or 2025/2026 is the year it begins in."""
    text = written.astype(str).str.strip()
    parts = text.str.extract(r"^(\d{4})\s*/\s*(?:\d{2})?(\d{2})$").astype("float64")
    is_pair = (parts[0] + 1).mod(100).eq(parts[1])
    return pd.to_numeric(written.where(~is_pair), errors="coerce").fillna(parts[0].where(is_pair))


def are_years(years: pd.Series) -> pd.Series:
    """Whether numbers are school years."""
    return years.between(1900, 2200) & years.mod(1).eq(0)


def _words(history: pd.DataFrame, column: str) -> pd.Series:
    """A column of names; '' where nothing is told."""
    if column not in history.columns:
        return pd.Series("", index=history.index)
    return history[column].astype(object).where(history[column].notna(), "").astype(str)


def one_reading_per_school(rows: pd.DataFrame) -> pd.DataFrame:
    """Every school either by grade or by total, as its latest year is."""
    is_total = rows["grade"].eq(TOTAL_ONLY)
    if not is_total.any():
        return rows
    reported = rows[rows["pupils"].notna()]
    graded = reported[reported["grade"].ne(TOTAL_ONLY)].groupby("school_id")["school_year"].max()
    latest = reported.groupby("school_id")["school_year"].max()
    by_grade = latest.index[graded.reindex(latest.index).eq(latest)]
    keep = rows["school_id"].isin(by_grade)
    totals = rows[~keep]
    # A year with both a total and its grades: the total is what was reported.
    year = ["school_id", "school_year"]
    both = totals["grade"].eq(TOTAL_ONLY).groupby([totals[name] for name in year]).transform("any")
    totals = totals[~both | totals["grade"].eq(TOTAL_ONLY)]
    totals = totals.groupby(year, as_index=False).agg(
        pupils=("pupils", lambda x: x.sum(min_count=1)),
        district=("district", "last"),
        level=("level", "last"),
    )
    return pd.concat([rows[keep & ~is_total], totals.assign(grade=TOTAL_ONLY)], ignore_index=True)
