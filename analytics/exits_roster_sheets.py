"""Sheets of a roster that tell half of it, or more: leavers by number, people by NIP, and notes.

A list of leavers often has a number and a day and nothing else; the person stands on the sheet of
people. And a NIP says by itself when somebody was born and appointed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import pandas as pd

from analytics.exits_roster_days import DAY_FIRST, SLIPS_SHARE, STILL_THERE, day_of, is_blank
from analytics.nip import nip_parts, normalised
from analytics.plain_table import SUM, plain_number
from analytics.readers.tabular import is_numbering

_ENOUGH_HEADS = 2
_FROM_NIP = {"birth_date": "birth_date", "start_date": "appointed_on", "sex": "sex"}


@dataclass(frozen=True, eq=False)
class Leavers:
    """Leavers of one sheet laid on people of others, by number.

    ``cells``: people, with the days and reasons that were laid on them. ``rows``: row of
    ``cells`` -> row of the sheet (counted from nought). ``unknown``: rows of the sheet about
    nobody among the people. ``differing``: row of the sheet -> the day that the person has.
    """

    cells: pd.DataFrame
    rows: Mapping[int, int]
    unknown: list[int]
    differing: Mapping[int, str] = field(default_factory=dict)


def with_leavers(people: pd.DataFrame, leavers: pd.DataFrame, latest: date) -> Leavers:
    """Lay days of leaving on the people they are about.

    Parameters
    ----------
    people
        Cells as text: ``person_id`` and, where known, ``exit_date``, ``reason``; index 0, 1, ...
    leavers
        Cells as text: ``person_id``, ``exit_date`` and, where known, ``reason``.
    latest
        As in :func:`analytics.exits_roster_days.day_of`.

    Returns
    -------
    A day is laid on a row that has none, the last where the person has several. A person who has
    another day keeps it.
    """
    cells = people.copy()
    for name in ("exit_date", "reason"):
        if name not in cells and name in leavers:
            cells[name] = ""
    open_rows: dict[str, list[int]] = {}
    days: dict[str, list[str]] = {}
    for at, (key, day) in enumerate(zip(_keys(cells), cells["exit_date"], strict=True)):
        open_rows.setdefault(key, [])
        if is_blank(day) or day.casefold() in STILL_THERE:
            open_rows[key].append(at)
        else:
            days.setdefault(key, []).append(day)
    reasons = leavers["reason"] if "reason" in leavers else [""] * len(leavers)
    exits, words = cells["exit_date"].to_list(), list(cells.get("reason", []))
    rows, unknown, differing = {}, [], {}
    for place, (key, day, why) in enumerate(
        zip(_keys(leavers), leavers["exit_date"], reasons, strict=True)
    ):
        if key not in open_rows:
            unknown.append(place)
        elif any(_is_same(day, told, latest) for told in days.get(key, [])) or is_blank(day):
            continue
        elif open_rows[key]:
            at = open_rows[key].pop()
            exits[at], rows[at] = day, place
            days.setdefault(key, []).append(day)
            if words and why:
                words[at] = why
        else:
            differing[place] = days[key][-1]
    cells["exit_date"] = exits
    if words:
        cells["reason"] = words
    return Leavers(cells, rows, unknown, differing)


def nip_facts(cells: pd.DataFrame) -> pd.DataFrame:
    """What NIPs say of people whose sheet does not: ``birth_date, start_date, sex`` as text.

    Parameters
    ----------
    cells
        Cells as text, with ``person_id``.

    Returns
    -------
    The columns that ``cells`` lacks, where nearly every number is a NIP; else none. Of a PPPK the
    number holds the year of appointment alone.
    """
    ids = plain_number(cells["person_id"].astype(str).str.strip()).map(normalised)
    parts = nip_parts(ids)
    found = pd.DataFrame(index=cells.index)
    if not len(ids) or parts["is_well_formed"].mean() < 1 - SLIPS_SHARE:
        return found
    parts = parts.where(parts["is_well_formed"])
    for name, fact in _FROM_NIP.items():
        if name in cells or (name == "birth_date" and "birth_year" in cells):
            continue
        if name == "sex":
            found[name] = parts[fact].fillna("")
            continue
        found[name] = pd.to_datetime(parts[fact]).dt.strftime("%Y-%m-%d").fillna("")
    if "start_date" in found:
        # No month stands in the number: the middle of the year, as in the store.
        year = parts["appointed_year"].astype("Int64").astype("str")
        is_year = found["start_date"].eq("") & parts["appointed_year"].notna()
        found["start_date"] = found["start_date"].mask(is_year, year + "-07-01")
    return found.astype("str")


def no_entries(cells: pd.DataFrame, headers: Mapping[str, str], first: Sequence[str]) -> pd.Series:
    """Rows of a sheet that are about nobody: headings again, numbers of columns, sums, notes.

    Parameters
    ----------
    cells
        Cells as text, under our names.
    headers
        Our names -> as written.
    first
        The first row as the file has it.

    Returns
    -------
    By row. A row without a number that has a birth, a first day or a sex is about somebody.
    """
    text = cells.apply(lambda column: column.astype(str).str.strip())
    heads = pd.Series({name: headers[name].casefold() for name in text})
    is_head = text.apply(lambda column: column.str.casefold().eq(heads[column.name]))
    is_filled = text.ne("")
    passed = is_head.sum(axis=1).ge(_ENOUGH_HEADS) & (is_head | ~is_filled).all(axis=1)
    facts = [name for name in ("birth_date", "birth_year", "sex") if name in text]
    is_bare = ~is_filled[facts].any(axis=1)
    is_sum = text.apply(lambda column: column.str.match(SUM)).any(axis=1)
    is_known = is_filled["person_id"] & ~text["person_id"].str.match(SUM)
    is_begun = is_filled["start_date"] if "start_date" in text else False
    if facts:
        passed |= ~is_known & is_bare & (is_sum | ~is_begun)
    if is_numbering(first):
        passed.iloc[0] |= all(re.fullmatch(r"[\d() .]*", cell) for cell in first)
    return passed


def _keys(cells: pd.DataFrame) -> list[str]:
    return [key.casefold() for key in plain_number(cells["person_id"].astype(str).str.strip())]


def _is_same(day: str, other: str, latest: date) -> bool:
    return day == other or day_of(day, DAY_FIRST, latest) == day_of(other, DAY_FIRST, latest)
