"""The APBD by year: amounts in rupiah whatever the unit written, and which rows cannot be."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

import numpy as np
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

COLUMNS = (
    *("year", "is_realised", "total_idr", "personnel_idr", "teacher_allowance_idr"),
    *("is_teacher_allowance_told", "council_head_idr", "transfer_idr", "source"),
)
_AMOUNTS = (
    *("total_idr", "personnel_idr", "teacher_allowance_idr", "council_head_idr", "transfer_idr"),
)
_UNITS = {
    "": 1.0,
    "ribu": 1e3,
    "juta": 1e6,
    "miliar": 1e9,
    "triliun": 1e12,
}
_UNIT_WORDS = {
    1.0: ("rupiah", "rupiah"),
    1e3: ("ribu rupiah", "thousands of rupiah"),
    1e6: ("juta rupiah", "millions of rupiah"),
    1e9: ("miliar rupiah", "billions of rupiah"),
    1e12: ("triliun rupiah", "trillions of rupiah"),
}
# What may stand behind an amount: '1.200,55 M' as the portal of the ministry of finance writes.
_SUFFIXES = {
    **dict.fromkeys(("rb", "ribu"), 1e3),
    **dict.fromkeys(("jt", "juta"), 1e6),
    **dict.fromkeys(("m", "miliar", "milyar", "mlyr"), 1e9),
    **dict.fromkeys(("t", "triliun", "trilyun"), 1e12),
}
_WRITTEN = re.compile(r"(?:rp\.?\s*)?(?P<number>\(?-?[\d.,\s]+\)?)\s*(?P<suffix>[a-z]*)\.?", re.I)
_REALISED = re.compile(r"realisasi|audited|\blra\b|lkpd", re.I)


@dataclass(frozen=True)
class CheckedBudgets:
    """The APBD by year, judged.

    ``budgets``: one row per year and stage: ``year`` (int64), ``is_realised`` (bool), ``total_idr``
    (belanja daerah), ``personnel_idr`` (belanja pegawai), ``teacher_allowance_idr`` (teacher
    allowances from transfers in it; 0 and ``is_teacher_allowance_told`` False where not written),
    ``council_head_idr`` (pay of council and head of region), ``transfer_idr`` (income from the
    centre), both NA where not written; whole rupiah (int64, Int64). ``source``: the file.
    ``row_count``: years and stages in the file.
    """

    budgets: pd.DataFrame
    faults: tuple[Fault, ...]
    refused: pd.DataFrame
    row_count: int


def checked_budgets(reading: Reading) -> CheckedBudgets:
    """Judge a table of the APBD.

    Amounts are brought to rupiah by the unit that the file states, or by what an APBD can be where
    it states none (warning ``budget_unit_assumed``). Refused are rows without year, total or
    personnel spending, amounts that no unit makes an APBD, rows that mix units, and parts that
    exceed their whole. Warned of are years left out, changes of more than half between years, and
    a share of personnel that is hardly seen. Bounds stand in ``data/rules/plausibility.csv``.

    Raises
    ------
    FaultsError
        When there is no column of years, totals or personnel spending (``column_missing``).
    """
    refuse_unusable(reading)
    findings = Findings(reading)
    years = _years(reading, findings)
    realised = [bool(_REALISED.search(text)) for text in texts_of(reading, "stage")]
    units = texts_of(reading, "money_unit")
    bad = {at for at, year in enumerate(years) if year is None}
    rows: list[dict[str, object]] = []
    for at, year in enumerate(years):
        amounts = _amounts(reading, findings, at, units[at])
        if amounts is None or year is None:
            bad.add(at)
            continue
        rows.append(
            {
                "at": at,
                "year": year,
                "is_realised": realised[at],
                **amounts,
                "is_teacher_allowance_told": amounts["teacher_allowance_idr"] is not None,
                "source": reading.file,
            }
        )
    bad |= _check_repeats(findings, rows)
    formula_faults(
        reading, findings, [c for c in ("stage", "money_unit") if c in reading.rows.columns]
    )
    good = [row for row in rows if row["at"] not in bad]
    budgets = _typed(good)
    _check_course(findings, budgets)
    if len(budgets) and not budgets["is_teacher_allowance_told"].any():
        findings.add("budget_teacher_unknown", None, "teacher_allowance_idr")
    refused = {at for at in bad if not _is_repeat(findings, at)}
    return CheckedBudgets(
        budgets=budgets,
        faults=(*reading.faults, *findings.sorted_faults()),
        refused=refused_rows(reading, findings, refused),
        row_count=len(reading.rows),
    )


def rupiah(written: object) -> float | str | None:
    """An amount as written: None where empty, ``?`` where it is none.

    ``1.200.000,50`` and ``1,200,000.50`` are one; of a single separator three digits behind it
    make thousands. A suffix (M, T, jt) is applied; amounts joined by ``+`` are added.
    """
    value = cell.plain(written)
    if isinstance(value, bool):
        return cell.UNKNOWN
    if isinstance(value, int | float):
        return None if value != value else float(value)
    text = cell.text(value)
    if not text or text in ("-", "\u2013", "\u2014"):
        return None
    parts = [_one(part) for part in text.split(" + ")]
    if any(part is None for part in parts):
        return cell.UNKNOWN
    return float(sum(part for part in parts if part is not None))


def _one(text: str) -> float | None:
    found = _WRITTEN.fullmatch(text.strip())
    if not found or found["suffix"].casefold() not in {"", *_SUFFIXES}:
        return None
    number = found["number"].replace(" ", "")
    is_negative = number.startswith(("(", "-"))
    digits = number.strip("()-")
    for decimal, thousand in ((",", "."), (".", ",")):
        if re.fullmatch(rf"\d{{1,3}}(?:\{thousand}\d{{3}})+(?:\{decimal}\d+)?", digits):
            digits = digits.replace(thousand, "").replace(decimal, ".")
            break
        if re.fullmatch(rf"\d+\{decimal}\d+", digits) and thousand not in digits:
            digits = digits.replace(decimal, ".")
            break
    try:
        value = float(digits)
    except ValueError:
        return None
    value *= _SUFFIXES.get(found["suffix"].casefold(), 1.0)
    return -value if is_negative else value


def _years(reading: Reading, findings: Findings) -> list[int | None]:
    written = cells_of(reading, "year")
    years: list[int | None] = []
    for at, value in enumerate(written):
        found = set(re.findall(r"(?<!\d)(20\d{2})(?!\d)", cell.text(cell.plain(value))))
        years.append(int(found.pop()) if len(found) == 1 else None)
        if years[-1] is None:
            findings.add("year_unknown", at, "year", value)
    return years


def _amounts(
    reading: Reading, findings: Findings, at: int, unit: str
) -> dict[str, int | None] | None:
    """Amounts of one row in whole rupiah, None where the row cannot be used."""
    values: dict[str, float | None] = {}
    for column in _AMOUNTS:
        written = cells_of(reading, column)[at]
        value = rupiah(written)
        if value == cell.UNKNOWN or (isinstance(value, float) and value < 0):
            findings.add("budget_amount_invalid", at, column, written)
            return None
        values[column] = value if isinstance(value, float) else None
    total, personnel = values["total_idr"], values["personnel_idr"]
    if not total or not personnel:
        missing = "total_idr" if not total else "personnel_idr"
        words = {"total_idr": ("belanja daerah", "total spending")}
        named = words.get(missing, ("belanja pegawai", "personnel spending"))
        findings.add("budget_amount_missing", at, missing, what_id=named[0], what_en=named[1])
        return None
    factor = _factor(findings, at, total, unit)
    if factor is None:
        return None
    if personnel > total:
        mixed = any(
            bound("least_personnel_share") <= personnel / (total * each) <= 1
            for each in (1e3, 1e6, 1e9)
        )
        code = "budget_units_mixed" if mixed else "budget_personnel_above_total"
        findings.add(code, at, "personnel_idr", cells_of(reading, "personnel_idr")[at])
        return None
    if (values["teacher_allowance_idr"] or 0) > personnel:
        findings.add("budget_teacher_above_personnel", at, "teacher_allowance_idr")
        return None
    share = personnel / total
    if not bound("least_personnel_share") <= share <= bound("most_personnel_share"):
        findings.add("budget_share_odd", at, "personnel_idr", share_pct=round(100 * share, 1))
    return {
        name: None if value is None else round(value * factor) for name, value in values.items()
    }


def _factor(findings: Findings, at: int, total: float, unit: str) -> float | None:
    """What makes the written total an APBD in rupiah; says so where it is not as stated."""
    least, most = bound("least_apbd_idr"), bound("most_apbd_idr")
    stated = _UNITS.get(unit.casefold(), 1.0)
    fits = {each for each in (stated, *_UNITS.values()) if least <= total * each <= most}
    if stated in fits:
        return stated
    if not fits:
        findings.add("budget_amount_implausible", at, "total_idr", total)
        return None
    # Nearest to the middle of what an APBD can be.
    middle = math.sqrt(least * most)
    factor = min(fits, key=lambda each: abs(math.log(total * each / middle)))
    words = _UNIT_WORDS[factor]
    findings.add("budget_unit_assumed", at, "total_idr", total, unit_id=words[0], unit_en=words[1])
    return factor


def _check_repeats(findings: Findings, rows: list[dict[str, object]]) -> set[int]:
    """Rows of a year and stage that stand twice; the first of two that agree is kept."""
    first: dict[tuple[object, object], dict[str, object]] = {}
    repeated: set[int] = set()
    for row in rows:
        before = first.setdefault((row["year"], row["is_realised"]), row)
        if before is row:
            continue
        is_same = all(before[name] == row[name] for name in _AMOUNTS)
        at, earlier = int(str(row["at"])), int(str(before["at"]))
        code = "row_repeated" if is_same else "budget_duplicate"
        findings.add(code, at, "year", str(row["year"]), first_row=findings.row_name(earlier))
        repeated.add(at)
    return repeated


def _is_repeat(findings: Findings, at: int) -> bool:
    """Whether a row was left out only because it stands twice in the same words."""
    own = int(findings.reading.rows["row"].iloc[at])
    codes = {fault.code for fault in findings.faults if fault.row == own}
    errors = {
        fault.code for fault in findings.faults if fault.row == own and fault.severity == "error"
    }
    return not errors and "row_repeated" in codes


def _typed(rows: list[dict[str, object]]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["at", *COLUMNS])
    frame["teacher_allowance_idr"] = frame["teacher_allowance_idr"].astype("Int64").fillna(0)
    types = {
        "year": "int64",
        "is_realised": "bool",
        "total_idr": "int64",
        "personnel_idr": "int64",
        "teacher_allowance_idr": "int64",
        "is_teacher_allowance_told": "bool",
        "council_head_idr": "Int64",
        "transfer_idr": "Int64",
        "source": "str",
    }
    return (
        frame[list(COLUMNS)]
        .astype(types)
        .sort_values(["year", "is_realised"], kind="stable", ignore_index=True)
    )


def _check_course(findings: Findings, budgets: pd.DataFrame) -> None:
    """Years left out, and totals that jump."""
    each = budgets.drop_duplicates("year", keep="last")
    years = each["year"].to_numpy()
    if not len(years):
        return
    for year in sorted(set(range(years[0], years[-1] + 1)) - set(years.tolist())):
        findings.add("budget_year_missing", None, "year", year=year)
    change = np.abs(np.diff(each["total_idr"].to_numpy(dtype=float))) / each["total_idr"].iloc[:-1]
    for year, jump in zip(years[1:], change, strict=True):
        if jump > bound("most_apbd_change_share"):
            findings.add(
                "budget_jump", None, "total_idr", year=int(year), share_pct=round(100 * jump)
            )
