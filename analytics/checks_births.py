"""Births by area and year: live births only, typed, and which of them are believed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

import pandas as pd

from analytics import checks_cells as cell
from analytics.checks_bounds import bound
from analytics.checks_findings import (
    Findings,
    cells_of,
    formula_faults,
    refuse_unusable,
    refused_rows,
    texts_of,
)
from analytics.faults import Fault
from analytics.readers import Reading
from analytics.readers.births import BIRTH_COLUMN, FEMALE, MALE

COLUMNS = ("area", "year", "birth_count", "is_reported")
WHOLE = ""
_STILLBORN = re.compile(r"\b(?:mati|meninggal|still)", re.I)
_TELLING_APART = ("sex", "village", "health_centre", "month", "birth_status")
_REASONS = {
    "empty": ("selnya kosong", "the cell is empty"),
    "zero": ("tertulis nol", "zero is written"),
    "low": (
        "hanya {count}, biasanya sekitar {usual}",
        "only {count}, while about {usual} are usual",
    ),
    "one_sex": (
        "{count} kelahiran dari satu jenis kelamin saja",
        "{count} births, all of one sex",
    ),
    "running": ("tahunnya belum berakhir", "the year is not over"),
}


@dataclass(frozen=True)
class CheckedBirths:
    """Births, judged. ``births``: one row per area and calendar year.

    ``births`` has ``area`` (kecamatan or government as written, '' for the whole), ``year``
    (int64), ``birth_count`` (Int64, NA where the cell is empty) and ``is_reported`` (bool): False
    where the number is not believed and must not be used.
    """

    births: pd.DataFrame
    faults: tuple[Fault, ...]
    refused: pd.DataFrame
    row_count: int


@dataclass(frozen=True)
class _Cell:
    """Live births that one cell states; ``None`` where it is empty."""

    at: int
    column: str
    area: str
    year: int
    sex: str
    birth_count: int | None


def checked_births(
    reading: Reading, as_of: date | None = None, before: pd.DataFrame | None = None
) -> CheckedBirths:
    """Judge a table of births by area and year, long or wide.

    Sexes, villages, health centres and months of one area and year are summed; stillbirths are
    left out, and so is a row that sums the others. A count is not believed (warning
    ``births_not_reported``, ``is_reported`` False) where it is zero or empty; where it is less than
    ``least_births_share`` of the median of the same area's years up to ``least_births_years``
    before and after; where ``least_births_one_sex`` or more births are all of one sex; and where
    the year is not over on the day of the list. The bounds stand in
    ``data/rules/plausibility.csv``.

    Parameters
    ----------
    reading
        Of kind ``birth``.
    as_of
        The day the table describes; None: every year in it is over.
    before
        Births known already (``area``, ``year``, ``birth_count``, ``is_reported``): neighbours in
        time of those in the table, which may hold a single year.

    Raises
    ------
    FaultsError
        When there is no column of births or years (``column_missing``).
    """
    refuse_unusable(reading)
    findings = Findings(reading)
    areas = _areas(reading, findings)
    cells = _cells(reading, findings, areas)
    repeated = _check_repeats(reading, findings, cells)
    formula_faults(
        reading, findings, [c for c in ("area", "government") if c in reading.rows.columns]
    )
    refused = findings.refused()
    good = [each for each in cells if each.at not in refused and each not in repeated]
    births = _summed(good)
    births = _without_totals(findings, births, good)
    births = _judged(findings, births, good, as_of, before)
    return CheckedBirths(
        births=births,
        faults=(*reading.faults, *findings.sorted_faults()),
        refused=refused_rows(reading, findings, refused),
        row_count=len(reading.rows),
    )


def _areas(reading: Reading, findings: Findings) -> list[str]:
    """The area of every row: its kecamatan, else its government, else the whole."""
    for column in ("area", "government"):
        written = texts_of(reading, column)
        if not any(written):
            continue
        known: dict[str, str] = {}
        areas = []
        for at, text in enumerate(cell.by_value(written, _place)):
            if not text:
                findings.add("area_missing", at, column, written[at])
            # One area whatever its capitals; as it was written first.
            areas.append(known.setdefault(_folded(text), text))
        return areas
    return [WHOLE] * len(reading.rows)


def _folded(area: str) -> str:
    return re.sub(r"[^a-z0-9]", "", area.casefold())


def _place(written: object) -> str:
    return re.sub(r"^kec(?:amatan)?\b\.?\s*", "", str(written), flags=re.I).strip()


def _cells(reading: Reading, findings: Findings, areas: list[str]) -> list[_Cell]:
    """Every cell that counts live births."""
    columns = [
        (str(name), found)
        for name in reading.rows.columns
        if (found := BIRTH_COLUMN.fullmatch(str(name)))
    ]
    years = _years(reading, findings, any(not found["year"] for _, found in columns))
    is_live = [not _STILLBORN.search(text) for text in texts_of(reading, "birth_status")]
    sexes = cell.by_value(cells_of(reading, "sex"), cell.sex)
    # Both sexes together, where a column says so, need no parts beside them.
    has_both = {found["year"] or "" for _, found in columns if not found["part"]}
    cells = []
    for name, found in columns:
        if found["part"] and (found["year"] or "") in has_both:
            continue
        written = cells_of(reading, name)
        for at, number in enumerate(cell.by_value(written, cell.whole_number)):
            year = int(found["year"]) if found["year"] else years[at]
            if not is_live[at] or year is None:
                continue
            if number == cell.UNKNOWN or (isinstance(number, int) and number < 0):
                findings.add("count_invalid", at, name, written[at])
                continue
            count = number if isinstance(number, int) else None
            sex = {MALE: "L", FEMALE: "P"}.get(found["part"] or "", sexes[at])
            cells.append(_Cell(at, name, areas[at], year, sex, count))
    return cells


def _years(reading: Reading, findings: Findings, is_needed: bool) -> list[int | None]:
    if not is_needed:
        return [None] * len(reading.rows)
    written = cells_of(reading, "year")
    years = cell.by_value(written, _year)
    for at, year in enumerate(years):
        if year is None:
            findings.add("year_unknown", at, "year", written[at])
    return years


def _year(value: object) -> int | None:
    number = cell.whole_number(value)
    if not isinstance(number, int):
        found = re.findall(r"(?<!\d)((?:19|20)\d{2})(?!\d)", cell.text(value))
        number = int(found[0]) if len(set(found)) == 1 else None
    return number if number is not None and 1900 <= number <= 2199 else None


def _check_repeats(reading: Reading, findings: Findings, cells: list[_Cell]) -> set[_Cell]:
    """Cells entered twice. Adds ``row_repeated`` and ``births_duplicate``."""
    told = {
        name: texts_of(reading, name) for name in _TELLING_APART if name in reading.rows.columns
    }
    seen: dict[tuple[object, ...], _Cell] = {}
    pairs: dict[tuple[int, int], list[tuple[_Cell, bool]]] = {}
    for each in cells:
        apart = (texts[each.at].casefold() for texts in told.values())
        key = (each.area, each.year, each.column, *apart)
        first = seen.setdefault(key, each)
        if first is not each:
            is_same = first.birth_count == each.birth_count
            pairs.setdefault((first.at, each.at), []).append((each, is_same))
    repeated: set[_Cell] = set()
    column = "area" if "area" in reading.rows.columns else "government"
    for (first_at, at), twins in pairs.items():
        is_same = all(same for _, same in twins)
        if is_same:
            repeated.update(each for each, _ in twins)
        code = "row_repeated" if is_same else "births_duplicate"
        findings.add(code, at, column, twins[0][0].area, first_row=findings.row_name(first_at))
    return repeated


def _summed(cells: list[_Cell]) -> pd.DataFrame:
    """One row per area and year: ``birth_count`` (NA where no cell is filled)."""
    frame = pd.DataFrame(
        [(each.area, each.year, each.birth_count) for each in cells], columns=list(COLUMNS[:3])
    ).astype({"area": "str", "year": "int64", "birth_count": "Int64"})
    summed = frame.groupby(["area", "year"], as_index=False)["birth_count"].sum(min_count=1)
    return summed.astype({"birth_count": "Int64"})


def _without_totals(findings: Findings, births: pd.DataFrame, cells: list[_Cell]) -> pd.DataFrame:
    """Births without an area that is the sum of all others in every year of the table."""
    by_area = births.pivot(index="year", columns="area", values="birth_count")
    by_area = by_area.astype("float64")
    if by_area.shape[1] < 4 or by_area.isna().any(axis=None):
        return births
    halves = by_area.mul(2).eq(by_area.sum(axis=1), axis=0).all()
    totals = list(halves.index[halves & by_area.sum().gt(0)])
    if len(totals) != 1:
        return births
    at = next(each.at for each in cells if each.area == totals[0])
    findings.add("births_total_row", at, "area", totals[0])
    return births.loc[births["area"] != totals[0]].reset_index(drop=True)


def _judged(
    findings: Findings,
    births: pd.DataFrame,
    cells: list[_Cell],
    as_of: date | None,
    before: pd.DataFrame | None,
) -> pd.DataFrame:
    """Births with ``is_reported``; a warning on every row of the file that is not believed."""
    reasons = _reasons(births, cells, as_of, _known_before(before))
    places: dict[tuple[str, int], list[_Cell]] = {}
    for each in cells:
        places.setdefault((each.area, each.year), []).append(each)
    for key, (reason, details) in reasons.items():
        for at in dict.fromkeys(each.at for each in places[key]):
            first = next(each for each in places[key] if each.at == at)
            in_id, in_en = (text.format(**details) for text in _REASONS[reason])
            findings.add(
                "births_not_reported", at, first.column,
                "" if first.birth_count is None else first.birth_count,
                area=key[0], year=key[1], reason_id=in_id, reason_en=in_en,
            )  # fmt: skip
    keys = zip(births["area"], births["year"], strict=True)
    is_reported = [(area, int(year)) not in reasons for area, year in keys]
    return births.assign(is_reported=pd.Series(is_reported, index=births.index, dtype="bool"))


def _known_before(before: pd.DataFrame | None) -> dict[str, dict[int, int | None]]:
    """Believed births by area (its name folded) and year."""
    known: dict[str, dict[int, int | None]] = {}
    if before is not None:
        believed = before.loc[before["is_reported"].astype(bool)]
        rows = zip(believed["area"], believed["year"], believed["birth_count"], strict=True)
        for area, year, count in rows:
            known.setdefault(_folded(str(area)), {})[int(year)] = int(count)
    return known


def _reasons(
    births: pd.DataFrame,
    cells: list[_Cell],
    as_of: date | None,
    before: dict[str, dict[int, int | None]],
) -> dict[tuple[str, int], tuple[str, dict[str, object]]]:
    """Why a count is not believed, by area and year; those believed are left out."""
    by_sex: dict[tuple[str, int], dict[str, int]] = {}
    for each in cells:
        counts = by_sex.setdefault((each.area, each.year), {})
        counts[each.sex] = counts.get(each.sex, 0) + (each.birth_count or 0)
    found: dict[tuple[str, int], tuple[str, dict[str, object]]] = {}
    for area, rows in births.groupby("area"):
        known = {
            int(year): None if pd.isna(count) else int(count)
            for year, count in zip(rows["year"], rows["birth_count"], strict=True)
        }
        for year, count in known.items():
            key = (str(area), year)
            usual = _usual({**before.get(_folded(str(area)), {}), **known}, year)
            sexes = by_sex[key]
            if count is None:
                found[key] = ("empty", {})
            elif count == 0:
                found[key] = ("zero", {})
            elif usual is not None and count < bound("least_births_share") * usual:
                found[key] = ("low", {"count": count, "usual": round(usual)})
            elif (
                {"L", "P"} <= set(sexes)
                and min(sexes["L"], sexes["P"]) == 0
                and count >= bound("least_births_one_sex")
            ):
                found[key] = ("one_sex", {"count": count})
            elif as_of is not None and date(year, 12, 31) > as_of:
                found[key] = ("running", {})
    return found


def _usual(known: dict[int, int | None], year: int) -> float | None:
    """Median of an area's years around one; None where none of them has a birth."""
    reach = int(bound("least_births_years"))
    around = [
        count
        for other in range(year - reach, year + reach + 1)
        if other != year and (count := known.get(other))
    ]
    return float(pd.Series(around).median()) if around else None
