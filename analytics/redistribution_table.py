"""A file of ``redistribute`` as text, and its cells as numbers, days and degrees.

Columns are found by name whatever their order, case or spaces; what a column may be called stands
in ``_ALSO``, and in the headings that the import knows.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd

from analytics.checks_bounds import bound
from analytics.checks_cells import degrees
from analytics.enrolment_history import are_years, missing_columns, school_years
from analytics.faults import Fault, FaultsError
from analytics.plain_table import (
    furniture,
    joined,
    placed,
    plain_number,
    tables_of,
    whole_sheets,
)
from analytics.readers.dates import MISSING, written_date
from analytics.readers.headers import KEEP, POINT, meaning_of
from analytics.readers.points import parted_point
from analytics.school_grades import is_part

_ALSO: Mapping[str, tuple[str, ...]] = {
    "person_id": ("nip", "id"),
    "npsn": ("school_id",),
    "post": ("subject", "jabatan", "mapel"),
    "certificate_subject": ("certificate", "sertifikat", "bidang_sertifikasi"),
    "hours": ("jp", "jam"),
    "retires_on": ("tmt_pensiun", "bup_on"),
    "employment": ("status_kepegawaian",),
    "golongan": ("rank", "gol"),
    "jenjang": ("step",),
    "home_kecamatan": ("kecamatan_rumah", "home"),
    "status": ("keterangan",),
    "base": ("induk", "ptk_induk", "satmin", "satminkal", "sekolah_induk"),
    "needed": ("needed_count", "kebutuhan"),
    "school_year": ("year", "tahun"),
    "level": ("jenjang_sekolah", "bentuk"),
    "name": ("nama",),
    "distance_km": ("km",),
}
# A list of schools has columns of its own: 'jenjang' is no step of a career there, and
# 'keterangan' no status.
_OF_SCHOOL: Mapping[str, tuple[str, ...]] = {
    "npsn": ("school_id",),
    "lat": ("latitude", "lintang"),
    "lon": ("lng", "longitude", "bujur"),
    "level": ("jenjang_sekolah",),
    "name": ("nama",),
}
# What the import calls a column, by the kind of list, and what this command does.
_IMPORTED: Mapping[str, Mapping[str, str]] = {
    "school": {
        **{same: same for same in ("npsn", "name", "kecamatan", "status", "level")},
        "latitude": "lat", "longitude": "lon",
    },
    "teacher": {
        "employee_type": "employment", "birth_date": "birth_date",
        "home_kecamatan": "home_kecamatan",
    },
    "roster": {"stated_retires_on": "retires_on"},
}  # fmt: skip
# Nobody who teaches today retires later; a year of two digits is one up to then.
_LAST_DAY = date(2099, 12, 31)
_NUMBER = re.compile(r"-?\d+(?:[.,]\d+)?")


@dataclass(frozen=True, eq=False)
class Table:
    """A file as text: ``rows`` indexed as :func:`analytics.plain_table.tables_of` does.

    ``passed``: a finding for each row that is no entry: a total, a note, numbers of columns.
    """

    path: Path
    rows: pd.DataFrame
    passed: Sequence[Fault] = ()

    def text(self, column: str) -> pd.Series:
        """A column without spaces around; blank where the file has none."""
        if column in self.rows:
            return self.rows[column].str.strip()
        return pd.Series("", index=self.rows.index, dtype="str")


def read(path: Path, needed: Sequence[str], kinds: Sequence[str] = ()) -> Table:
    """A CSV, or the sheets of a workbook below each other, as text under our names of columns.

    Parameters
    ----------
    kinds
        Lists of the import whose headings are known here too: ``school``, ``teacher``, ``roster``.

    Raises
    ------
    FaultsError
        When the file is no table, has no rows, or lacks a needed column; ``sheet_columns_missing``
        where a sheet beside those that are read has two of the needed columns and not all.
    """
    ours = {*needed, *_ALSO, *(name for kind in kinds for name in _IMPORTED[kind].values())}

    def is_known(heading: str) -> bool:
        return any(name in ours for name in _our_names([heading], kinds))

    try:
        sheets = tables_of(
            path,
            known=is_known,
            as_written=True,
            joins=lambda heading: is_known(heading) or _is_of_schools(heading, kinds),
        )
    except FaultsError as error:
        broken = {fault.code for fault in error.faults} & {"file_broken", "file_empty"}
        raise FaultsError(
            [Fault(path.name, "move_file_unreadable")] if broken else error.faults
        ) from error
    named = [(sheet.name, _under_our_names(sheet.table, kinds)) for sheet in sheets]
    whole = whole_sheets(path, named, needed)
    twice = [
        Fault(
            path.name if len(sheets) == 1 else f"{path.name} [{name}]", "heading_twice", column=one
        )
        for (name, table), sheet in zip(named, sheets, strict=True)
        for one in sheet.twice
        if set(needed) <= set(table)
        and (_our_names([one], kinds)[0] in needed or _is_of_schools(one, kinds))
    ]
    if twice:
        raise FaultsError(twice)
    if not whole:
        rows = named[0][1]
        missing = [column for column in needed if column not in rows]
        unread = [one for one in rows.columns if one and one not in (*needed, *_ALSO)]
        raise FaultsError(missing_columns(path.name, missing, needed, unread))
    found = joined(whole)
    is_none = furniture(found)
    passed = [
        Fault(path.name, "row_passed", int(line), "npsn", next(cell for cell in row if cell))
        for line, row in found.loc[is_none].iterrows()
    ]
    found = found.loc[~is_none]
    if found.empty:
        raise FaultsError([Fault(path.name, "move_file_empty")])
    return Table(path, found, placed(passed, path))


def _under_our_names(rows: pd.DataFrame, kinds: Sequence[str]) -> pd.DataFrame:
    names = _our_names(list(rows.columns), kinds)
    found = rows.set_axis(names, axis=1)
    found = found.loc[:, ~found.columns.duplicated()]
    point = next((one for one in rows.columns if _is_point(one, kinds)), None)
    if point is None or {"lat", "lon"} & set(found):
        return found
    # In its place, so that a row that only counts the columns still does.
    both = [parted_point(cell) for cell in rows[point]]
    place = names[list(rows.columns).index(point)]
    found = found.assign(**{place: [lat for lat, _ in both]}, lon=[lon for _, lon in both])
    return found.rename(columns={place: "lat"})


def _is_of_schools(heading: str, kinds: Sequence[str]) -> bool:
    """Whether a list of schools counts pupils, or tells a point, in a column so called."""
    return "school" in kinds and (is_part(heading) or _is_point(heading, kinds))


def _is_point(heading: str, kinds: Sequence[str]) -> bool:
    return "school" in kinds and meaning_of(heading, "school").column == POINT


def _folded(line: Sequence[str]) -> list[str]:
    return [re.sub(r"[^a-z0-9]+", "_", each.casefold()).strip("_") for each in line]


def _our_names(written: Sequence[str], kinds: Sequence[str]) -> list[str]:
    headers = _folded(written)
    ours = {header: header for header in headers}
    for name, others in (_OF_SCHOOL if "school" in kinds else _ALSO).items():
        if name not in headers:
            for other in others:
                if other in headers and ours[other] == other:
                    ours[other] = name
                    break
    taken = set(ours.values())
    # What this command calls something else in its other files is not renamed.
    kept = set() if "school" in kinds else set(_ALSO)
    for kind in kinds:
        for header, text in zip(headers, written, strict=True):
            meaning = meaning_of(text, kind)
            name = _IMPORTED[kind].get(meaning.column, "") if meaning.policy == KEEP else ""
            if name and name not in taken and ours[header] == header and header not in kept:
                ours[header] = name
                taken.add(name)
    return [ours[header] for header in headers]


def filled(table: Table, column: str, faults: list[Fault]) -> pd.Series:
    """A column as text, a fault where it is blank."""
    text = table.text(column)
    faulty(table, column, text == "", "move_cell_missing", faults, column_name=column)
    return text


def numbered(table: Table, faults: list[Fault]) -> pd.Series:
    """The schools of a table, as text whatever a spreadsheet made of the number."""
    return plain_number(filled(table, "npsn", faults))


def once(
    table: Table, key: pd.Series, column: str, thing: tuple[str, str], faults: list[Fault]
) -> None:
    """A fault for every key that stands on a row before; ``thing``: what a key is, id and en."""
    first: dict[str, int] = {}
    written = table.text(column)
    for row, value in key.items():
        if value and value in first:
            faults.append(
                Fault(table.path.name, "move_duplicate", int(row), column, written[row],
                      {"first_row": first[value], "thing_id": thing[0], "thing_en": thing[1]})
            )  # fmt: skip
        first.setdefault(str(value), int(row))


def faulty(
    table: Table, column: str, bad: pd.Series, code: str, faults: list[Fault], **details: object
) -> None:
    """A fault for every row that is bad."""
    written = table.text(column)
    faults += [
        Fault(table.path.name, code, int(row), column, written[row], details)
        for row in bad.index[bad.to_numpy(dtype=bool)]
    ]


def refuse(table: Table, faults: list[Fault]) -> None:
    """Raise every fault of a file, in the order of its sheets, rows and columns."""
    if faults:
        found = sorted(faults, key=lambda fault: (fault.row or 0, fault.column))
        raise FaultsError(placed(found, table.path))


def _parsed(
    table: Table, column: str, code: str, faults: list[Fault], value: Callable[[str], float | None]
) -> pd.Series:
    text = table.text(column)
    found = pd.Series([value(each) if each else np.nan for each in text], index=text.index,
                      dtype="object")  # fmt: skip
    wrong = pd.Series([each is None for each in found], index=text.index)
    faulty(table, column, wrong, code, faults)
    return pd.Series([np.nan if each is None else each for each in found], index=text.index,
                     dtype="float64")  # fmt: skip


def _number(text: str) -> float | None:
    return float(text.replace(",", ".")) if _NUMBER.fullmatch(text) else None


def numbers(table: Table, column: str, faults: list[Fault]) -> pd.Series:
    """Numbers of 0 or more; NaN where blank."""

    def value(text: str) -> float | None:
        number = _number(text)
        return number if number is not None and number >= 0 else None

    return _parsed(table, column, "move_number_invalid", faults, value)


def degrees_of(table: Table, column: str, faults: list[Fault]) -> pd.Series:
    """Coordinates in degrees, or whatever number stands there; NaN where blank."""

    def value(text: str) -> float | None:
        told = degrees(text)
        return told if isinstance(told, float) else _number(text)

    return _parsed(table, column, "move_degrees_invalid", faults, value)


def whole_of(table: Table, column: str, code: str, faults: list[Fault]) -> pd.Series:
    """Whole numbers of 0 or more, a fault where blank."""

    def value(text: str) -> float | None:
        number = _number(text)
        return number if number is not None and number >= 0 and number % 1 == 0 else None

    found = _parsed(table, column, code, faults, value)
    faulty(table, column, table.text(column) == "", code, faults)
    return found.astype("Int64")


def years_of(table: Table, column: str, faults: list[Fault]) -> pd.Series:
    """School years, 2025/26 as 2025; NA where blank."""
    text = table.text(column)
    year = school_years(text)
    faulty(table, column, text.ne("") & ~are_years(year), "history_year_invalid", faults)
    return year.where(are_years(year)).astype("Int64")


def days_of(table: Table, column: str, faults: list[Fault]) -> pd.Series:
    """Days of retirement as ISO or Indonesian offices write them; NaT where blank."""

    def value(text: str) -> date | str | None:
        day = written_date(text, _LAST_DAY)
        return day if isinstance(day, date) or day == MISSING else None

    return _days(table, column, "move_date_invalid", faults, value)


def births_of(table: Table, column: str, on: date, faults: list[Fault]) -> pd.Series:
    """Days of birth of people who can be in service on a day; NaT where blank."""
    youngest, oldest = bound("youngest_age"), bound("oldest_age")

    def value(text: str) -> date | str | None:
        day = written_date(text, on)
        if not isinstance(day, date):
            return MISSING if day == MISSING else None
        return day if youngest <= on.year - day.year <= oldest else None

    return _days(table, column, "move_birth_invalid", faults, value)


def _days(
    table: Table, column: str, code: str, faults: list[Fault],
    value: Callable[[str], date | str | None],
) -> pd.Series:  # fmt: skip
    days: list[date | None] = []
    wrong: list[bool] = []
    for text in table.text(column):
        day = value(text) if text else MISSING
        days.append(day if isinstance(day, date) else None)
        wrong.append(day is None)
    faulty(table, column, pd.Series(wrong, index=table.rows.index), code, faults)
    return pd.Series(pd.to_datetime(pd.Series(days, dtype="object")).to_numpy("datetime64[us]"),
                     index=table.rows.index)  # fmt: skip
