"""Sheets of workload analysis (ABK, e-Formasi): posts needed by unit, title and year, typed.

Needs are stated, or follow from volume, time and effective time task by task; both are kept
unrounded. A task that cannot be read keeps its whole title out: half a title would need too little.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from analytics import checks_cells as cell
from analytics.checks_findings import (
    Findings,
    cells_of,
    formula_faults,
    refuse_unusable,
    refused_rows,
    texts_of,
)
from analytics.checks_units import SATKERS, first_filled
from analytics.faults import Fault
from analytics.options import effective_hours
from analytics.positions import position_roles, title_key
from analytics.readers import Reading
from analytics.rules import RuleBook

COLUMNS = (
    *("opd", "unit", "title", "year", "job_class", "in_post_count", "needed_fte"),
    "is_from_workload",
)
KEYS = ["opd", "unit", "title", "year"]
_AMOUNTS = ("needed_fte", "volume", "norm_time", "effective_time")
_UNITS = ("unit", "opd", "work_unit", *SATKERS)
# Minutes in effective times: nobody works so many hours a year.
_MOST_HOURS = 8_784
# Stated and computed needs closer than this differ by rounding.
_ROUNDED = 0.5
# One task that takes more posts than this has slipped a unit (minutes for hours).
_MOST_POSTS = 200
# A sheet that asks for this many times its staff is told for what it is.
_FAR_ABOVE = 1.5


@dataclass(frozen=True)
class CheckedWorkload:
    """An ABK sheet, judged.

    ``post_needs``: one row per OPD, unit ('' the whole OPD), title and year (the table
    ``post_need``). ``unknown_titles``: titles that no role fits, with the posts they need.
    """

    post_needs: pd.DataFrame
    faults: tuple[Fault, ...]
    refused: pd.DataFrame
    row_count: int
    unknown_titles: pd.DataFrame


def checked_workload(
    reading: Reading,
    rulebook: RuleBook,
    as_of: date,
    local_titles: Mapping[str, tuple[str, str]] | None = None,
) -> CheckedWorkload:
    """Judge a sheet of posts needed.

    Parameters
    ----------
    reading
        Of kind ``abk``.
    as_of
        The day the sheet describes: the year of rows that state none, and the law of effective
        time.
    local_titles
        Titles mapped by hand.

    Returns
    -------
    ``post_needs`` has ``opd``, ``unit``, ``title`` (str), ``year`` (int64), ``job_class``,
    ``in_post_count`` (Int64, NA where not told), ``needed_fte`` (float64, unrounded) and
    ``is_from_workload``. Rows of one title in one unit and year are added.

    Raises
    ------
    FaultsError
        When there is no column of titles or needs (``column_missing``).
    """
    refuse_unusable(reading)
    findings = Findings(reading)
    unit, opd = _places(reading, findings)
    title = _titles(reading, findings)
    year = _years(reading, findings, as_of)
    amounts = {name: _amounts(reading, findings, name) for name in _AMOUNTS}
    needed, is_computed = _needed(reading, findings, amounts, effective_hours(rulebook, as_of))
    rows = pd.DataFrame(
        {
            "opd": opd, "unit": unit, "title": title, "year": year,
            "job_class": _whole(reading, findings, "job_class"),
            "in_post_count": _in_post(reading, findings),
            "needed_fte": needed, "is_from_workload": is_computed,
        }
    )  # fmt: skip
    formula_faults(reading, findings, ["position", *_UNITS])
    is_by_task = "volume" in reading.rows
    if is_by_task:
        _refuse_torn_titles(findings, rows)
    else:
        _warn_twice(findings, rows)
    refused = findings.refused()
    good = rows.loc[~rows.index.isin(refused)]
    table = _summed(good, is_by_task)
    unknown = _unknown_titles(table, rulebook, local_titles)
    _warn_unknown(findings, rows, unknown)
    _warn_far_above(findings, table)
    return CheckedWorkload(
        post_needs=table,
        faults=(*reading.faults, *findings.sorted_faults()),
        refused=refused_rows(reading, findings, refused),
        row_count=len(reading.rows),
        unknown_titles=unknown,
    )


def _places(reading: Reading, findings: Findings) -> tuple[list[str], list[str]]:
    """Unit ('' for the whole OPD) and OPD of each row. Adds ``abk_unit_missing``."""
    has = {str(name) for name in reading.rows.columns}
    satkers = [texts_of(reading, name) for name in SATKERS if name in has]
    opd = texts_of(reading, "opd")
    unit = first_filled([texts_of(reading, "unit"), texts_of(reading, "work_unit")])
    if satkers:
        unit = first_filled([unit, *satkers[::-1]])
        opd = first_filled([opd, *satkers])
    column = next((name for name in _UNITS if name in has), "unit")
    cells = cells_of(reading, column)
    for at, (own, wider) in enumerate(zip(unit, opd, strict=True)):
        if not own and not wider:
            findings.add("abk_unit_missing", at, column, cells[at])
    return unit, first_filled([opd, unit])


def _titles(reading: Reading, findings: Findings) -> list[str]:
    written = texts_of(reading, "position")
    if "volume" in reading.rows:
        # A form of tasks names its title on the first of them only.
        written = list(pd.Series(written).replace("", pd.NA).ffill().fillna(""))
    cells = cells_of(reading, "position")
    for at, name in enumerate(written):
        if not name:
            findings.add("abk_title_missing", at, "position", cells[at])
    return written


def _years(reading: Reading, findings: Findings, as_of: date) -> list[int]:
    if "year" not in reading.rows:
        findings.add("abk_year_assumed", None, "year", year=as_of.year)
        return [as_of.year] * len(reading.rows)
    cells = cells_of(reading, "year")
    years = []
    for at, value in enumerate(cells):
        number = cell.whole_number(value)
        if not isinstance(number, int):
            found = re.findall(r"(?<!\d)(20\d{2})(?!\d)", cell.text(value))
            number = int(found[0]) if found else None
        if number is None or not 2000 <= number <= 2199:
            findings.add("year_unknown", at, "year", value)
            number = as_of.year
        years.append(number)
    return years


def _whole(reading: Reading, findings: Findings, column: str) -> pd.Series:
    """Whole numbers; blank and dashes are not told. Adds ``count_invalid``."""
    cells = cells_of(reading, column)
    numbers: list[object] = []
    for at, number in enumerate(cell.by_value(cells, cell.whole_number)):
        is_wrong = number == cell.UNKNOWN or (isinstance(number, int) and number < 0)
        if is_wrong and column != "job_class":
            findings.add("count_invalid", at, column, cells[at])
        numbers.append(number if isinstance(number, int) and not is_wrong else pd.NA)
    return pd.Series(numbers, dtype="Int64")


def _in_post(reading: Reading, findings: Findings) -> pd.Series:
    """What the sheet says is there: the sum where it states one, else PNS and PPPK together."""
    total = _whole(reading, findings, "in_post_count")
    parts = [_whole(reading, findings, f"in_post_{kind}_count") for kind in ("pns", "pppk")]
    both = parts[0].fillna(0) + parts[1].fillna(0)
    return total.fillna(both.where(parts[0].notna() | parts[1].notna()))


def _amounts(reading: Reading, findings: Findings, column: str) -> np.ndarray:
    """Numbers of 0 or more that may have a fraction; NaN where blank. Adds ``abk_number_invalid``.

    Whether a dot marks thousands or a fraction is told by the column as a whole.
    """
    cells = cells_of(reading, column)
    texts = [cell.text(value) for value in cells]
    dot_is_decimal = _dot_is_decimal(texts)
    values = np.full(len(cells), np.nan)
    for at, value in enumerate(cells):
        number = _amount(value, texts[at], dot_is_decimal)
        if number is None:
            findings.add("abk_number_invalid", at, column, value)
        else:
            values[at] = number
    return values


def _dot_is_decimal(texts: Sequence[str]) -> bool:
    if any("," in text for text in texts):
        return False
    return any(re.search(r"\.(?:\d{1,2}|\d{4,})$|^0\.", text) for text in texts)


def _amount(value: object, text: str, dot_is_decimal: bool) -> float | None:
    """NaN where the cell is blank, None where it is no number of 0 or more."""
    plain = cell.plain(value)
    if isinstance(plain, bool):
        return None
    if isinstance(plain, int | float):
        return float(plain) if plain != plain or 0 <= plain < float("inf") else None
    folded = text.replace(" ", "")
    if not folded:
        return float("nan")
    if not dot_is_decimal:
        folded = re.sub(r"\.(?=\d{3}(?:\D|$))", "", folded)
    folded = folded.replace(",", ".")
    return float(folded) if re.fullmatch(r"\d+(?:\.\d+)?", folded) else None


def _needed(
    reading: Reading, findings: Findings, amounts: Mapping[str, np.ndarray], hours: float
) -> tuple[np.ndarray, np.ndarray]:
    """Posts each row needs, and whether they follow from its workload.

    A stated need speaks where it stands. Adds ``abk_need_missing``, ``abk_need_differs``,
    ``abk_workload_large`` and, once, ``abk_norm_unit``.

    Method: docs/method.md eq. 192.
    """
    stated, volume, norm = amounts["needed_fte"], amounts["volume"], amounts["norm_time"]
    header = reading.headers.get("norm_time", "").casefold()
    effective = amounts["effective_time"]
    in_minutes = "menit" in header or "minute" in header
    if not in_minutes and not re.search(r"\bjam\b|hour", header) and np.isfinite(norm).any():
        # Unmarked, the unit is that of the effective time beside it.
        in_minutes = bool(np.nanmax(effective, initial=0.0) > _MOST_HOURS)
        if not np.isfinite(effective).any():
            findings.add("abk_norm_unit", None, "norm_time")
    effective = np.where(effective > _MOST_HOURS, effective / 60.0, effective)
    divisor = np.where(np.isfinite(effective) & (effective > 0), effective, hours)
    worked = volume * norm / (60.0 if in_minutes else 1.0) / divisor
    is_computed = np.isnan(stated) & np.isfinite(worked)
    needed = np.where(np.isnan(stated), worked, stated)
    cells = cells_of(reading, "needed_fte")
    told = findings.refused()
    for at in np.flatnonzero(np.isnan(needed)):
        if int(at) not in told:
            findings.add("abk_need_missing", int(at), "needed_fte", cells[at])
    both = np.isfinite(stated) & np.isfinite(worked)
    for at in np.flatnonzero(both & (np.abs(stated - worked) > _ROUNDED)):
        findings.add("abk_need_differs", int(at), "needed_fte", cells[at],
                     worked=f"{worked[at]:.2f}")  # fmt: skip
    for at in np.flatnonzero(is_computed & (worked > _MOST_POSTS)):
        findings.add("abk_workload_large", int(at), "norm_time", posts=f"{worked[at]:.0f}")
    return needed, is_computed


def _refuse_torn_titles(findings: Findings, rows: pd.DataFrame) -> None:
    """A title of which one task is refused is refused whole. Adds ``abk_title_torn``."""
    wrong = findings.refused()
    torn = set(rows.loc[rows.index.isin(wrong), KEYS].itertuples(index=False, name=None))
    for at, key in enumerate(rows[KEYS].itertuples(index=False, name=None)):
        if key in torn and at not in wrong:
            findings.add("abk_title_torn", at, "position", rows["title"][at])


def _warn_twice(findings: Findings, rows: pd.DataFrame) -> None:
    first: dict[tuple[object, ...], int] = {}
    for at, key in enumerate(rows[KEYS].itertuples(index=False, name=None)):
        before = first.setdefault(key, at)
        if before != at and key[2]:
            findings.add("abk_title_twice", at, "position", key[2],
                         first_row=findings.row_name(before))  # fmt: skip


def _summed(rows: pd.DataFrame, is_by_task: bool) -> pd.DataFrame:
    """One row per unit, title and year; a form of tasks repeats who is there on each of them."""
    if rows.empty:
        return _typed(pd.DataFrame(columns=list(COLUMNS)))
    groups = rows.groupby(KEYS, sort=True)
    # Int64 sums skip what is not told, and stay not told where nothing is.
    in_post = groups["in_post_count"]
    table = groups["needed_fte"].sum().to_frame()
    table["in_post_count"] = in_post.max() if is_by_task else in_post.sum(min_count=1)
    table["job_class"] = groups["job_class"].max()
    table["is_from_workload"] = groups["is_from_workload"].all()
    return _typed(table.reset_index()[list(COLUMNS)])


def _typed(table: pd.DataFrame) -> pd.DataFrame:
    return table.astype(
        {
            "opd": "str", "unit": "str", "title": "str", "year": "int64", "job_class": "Int64",
            "in_post_count": "Int64", "needed_fte": "float64", "is_from_workload": "bool",
        }
    )  # fmt: skip


def _unknown_titles(
    table: pd.DataFrame, rulebook: RuleBook, local_titles: Mapping[str, tuple[str, str]] | None
) -> pd.DataFrame:
    """Titles without a role: ``title``, ``needed_fte``; most posts first."""
    if table.empty:
        return pd.DataFrame({"title": pd.Series(dtype="str"), "needed_fte": pd.Series(dtype="f8")})
    distinct = table.drop_duplicates("title").rename(columns={"title": "position"})[["position"]]
    roles = position_roles(distinct, rulebook, local_titles)
    lost = set(distinct.loc[roles["role_group"].isna().to_numpy(), "position"])
    rows = table.loc[table["title"].isin(lost)]
    summed = rows.groupby("title")["needed_fte"].sum().reset_index()
    return summed.sort_values(["needed_fte", "title"], ascending=[False, True], ignore_index=True)


def _warn_unknown(findings: Findings, rows: pd.DataFrame, unknown: pd.DataFrame) -> None:
    lost = {title_key(title) for title in unknown["title"]}
    told: Counter[str] = Counter()
    for at, title in enumerate(rows["title"]):
        key = title_key(title)
        if key in lost and not told[key]:
            findings.add("abk_title_unknown", at, "position", title)
        told[key] += 1


def _warn_far_above(findings: Findings, table: pd.DataFrame) -> None:
    known = table.loc[table["in_post_count"].notna()]
    there, needed = int(known["in_post_count"].sum()), float(known["needed_fte"].sum())
    if there > 0 and needed > _FAR_ABOVE * there:
        findings.add("abk_far_above", None, "needed_fte", needed=round(needed), there=there)
