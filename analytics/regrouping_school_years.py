"""Lists of schools that tell several school years: in rows or side by side; the newest counts.

A plan is about the schools of one year. What other years say is no second school and no further
pupils; it may be given as a history.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import pandas as pd

from analytics.enrolment_history import are_years, school_years
from analytics.faults import Fault
from analytics.plain_table import plain_number

YEAR = "school_year"
_MOST_NAMED = 5
_NUMBER = ("no", "nomor", "no urut", "nomor urut")
# '2024/2025', '2024-25' and '2024' with what is written before a year.
_WRITTEN = re.compile(
    r"\s*\b(?:t\.?\s*[ap]\.?|th\.?|tahun(?:\s+(?:ajaran|pelajaran))?)?"
    r"\s*(?P<year>20\d{2})(?:\s*[/-]\s*(?:20)?(?P<next>\d{2}))?(?!\d)\s*",
    re.IGNORECASE,
)


def without_year(heading: str) -> tuple[str, int]:
    """A heading without the school year in it, and that year; 0 where it names none."""
    found = _WRITTEN.search(heading.replace("_", " "))
    if found is None:
        return heading, 0
    year = int(found["year"])
    if found["next"] and int(found["next"]) != (year + 1) % 100:
        return heading, 0
    before, after = found.string[: found.start()], found.string[found.end() :]
    return f"{before} {after}".strip(" .,()-"), year


def newest_columns(
    text: pd.DataFrame, counts: Callable[[str], bool], file: str, faults: list[Fault]
) -> pd.DataFrame:
    """A list with a column per school year: the newest under its heading, the others left out.

    Parameters
    ----------
    counts
        Whether a heading without a year counts pupils.
    faults
        Takes which years there are and which is used, where they are several.
    """
    yeared: dict[str, tuple[str, int]] = {}
    for heading in map(str, text.columns):
        plain, year = without_year(heading)
        if year and counts(plain) and plain not in text:
            yeared[heading] = (plain, year)
    years = sorted({year for _, year in yeared.values()})
    if not years:
        return text
    if len(years) > 1:
        faults.append(_told(file, years))
    newest = {heading: plain for heading, (plain, year) in yeared.items() if year == years[-1]}
    others = [heading for heading in yeared if heading not in newest]
    told = text.drop(columns=others).rename(columns=newest)
    return told if YEAR in told else told.assign(**{YEAR: str(years[-1])})


def year_of(text: pd.DataFrame) -> int | None:
    """The school year that a list says it is of; None where it says none, or several."""
    if YEAR not in text:
        return None
    years = school_years(text[YEAR]).unique()
    return int(years[0]) if len(years) == 1 and are_years(pd.Series(years)).all() else None


def newest_rows(text: pd.DataFrame, file: str, faults: list[Fault]) -> pd.DataFrame:
    """A list with a row per school and year: the rows of its newest year.

    Only where a school stands in several years: a year that every school has once, and not the
    same, is no school year of the list.

    Parameters
    ----------
    faults
        Takes which years there are and which is used, and which schools are not told in it.
    """
    if not {YEAR, "npsn"} <= set(text):
        return text
    year = school_years(text[YEAR])
    npsn = plain_number(text["npsn"])
    known = are_years(year)
    years = sorted(int(one) for one in year[known].unique())
    several = year[known].groupby(npsn[known]).nunique()
    if len(years) < 2 or not known.all() or not (several[several.index != ""] > 1).any():
        return text
    newest = text.loc[year == years[-1]]
    faults.append(_told(file, years))
    if left := sorted(set(npsn) - set(npsn[newest.index]) - {""}):
        name = ", ".join(left[:_MOST_NAMED]) + (" ..." if left[_MOST_NAMED:] else "")
        details = {"count": len(left), "year": years[-1], "name": name}
        faults.append(Fault(file, "regroup_school_year_absent", details=details))
    return newest


def once(text: pd.DataFrame, file: str, faults: list[Fault]) -> pd.DataFrame:
    """A list without rows that repeat another in all but their running number; they are told."""
    if "npsn" not in text:
        return text
    told = text.drop(columns=[each for each in text if str(each).strip(" .").casefold() in _NUMBER])
    repeated = told.duplicated() & (text["npsn"] != "")
    if repeated.any():
        faults.append(Fault(file, "regroup_rows_repeated", details={"count": int(repeated.sum())}))
    return text.loc[~repeated]


def totals_by_year(text: pd.DataFrame, counts: Callable[[str], bool]) -> pd.DataFrame:
    """A history with a column of all pupils per school year: a row per school and year."""
    yeared = {
        str(heading): year
        for heading in text.columns
        for plain, year in [without_year(str(heading))]
        if year and counts(plain)
    }
    if "npsn" not in text or YEAR in text or not yeared:
        return text
    parts = [
        text[["npsn"]].assign(**{YEAR: str(year), "pupils": text[heading]})
        for heading, year in yeared.items()
    ]
    return pd.concat(parts).sort_index(kind="stable")


def _told(file: str, years: list[int]) -> Fault:
    details = {"years": ", ".join(map(str, years)), "last": years[-1]}
    return Fault(file, "regroup_school_years", details=details)
