"""The APBD of some years, from a table of years or from a list of accounts.

Accounts are printed line by line (kode rekening, uraian, anggaran, realisasi), one year or several
side by side; a table of years has a row for each. Cells are taken as they stand; amounts and units
are judged in ``checks_budgets``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd

from analytics.readers.headers import KEEP, UNKNOWN, meaning_of, signature
from analytics.readers.report import SAMPLE_COUNT, Reading, reports_by_count
from analytics.readers.tabular import cell_text
from analytics.readers.workbook import Sheet

KIND = "apbd"
ACCOUNTS, YEARS = "apbd_accounts", "apbd_years"
AMOUNTS = (
    *("total_idr", "personnel_idr", "teacher_allowance_idr", "council_head_idr", "transfer_idr"),
)
COLUMNS = ("year", "stage", "money_unit", *AMOUNTS)
# What stands over the columns of an account, and what is no amount.
_REALISED = re.compile(r"realisasi|\blra\b|audited|terserap", re.I)
_PLANNED = re.compile(r"anggaran|pagu|target|murni|perubahan|apbd", re.I)
_NO_AMOUNT = re.compile(
    r"%|persen|selisih|bertambah|berkurang|\blebih\b|\bkurang\b|\bsisa\b|kode|\bno\b|\bket", re.I
)
_YEAR = re.compile(r"(?<!\d)(20\d{2})(?!\d)")
_YEAR_SAID = re.compile(r"(?:tahun|\bta\b|t\.a\.?)\s*(?:anggaran)?\s*:?\s*(20\d{2})(?!\d)", re.I)
_UNIT = re.compile(r"\b(ribu|juta|miliar|milyar|triliun)(?:an)?\b", re.I)
_CODE = re.compile(r"^\d{1,2}(?:[.\s]\d{1,4})*\.?$")
_LEADING_CODE = re.compile(r"^(\d{1,2}(?:\.\d{1,4})*)\.?\s*[-\u2013:]?\s+(?=\D)")
_MONEY = re.compile(r"\d")
_AMOUNT = re.compile(r"(?:rp\.?\s*)?[(-]?[\d][\d.,\s]*\)?(?:\s*(?:%|[a-z]{1,7}))?", re.I)
_TOTAL = re.compile(r"(?:(?:jumlah|total)\s+)?belanja(?:\s+daerah)?")
_PERSONNEL = re.compile(r"(?:jumlah |total )?belanja pegawai(?: tidak langsung| langsung)?")
_TEACHER = re.compile(
    r"profesi guru|\btpg\b|(?:tambahan penghasilan|tamsil|tunjangan khusus)\b.*\bguru\b|\btkg\b"
)
_COUNCIL = re.compile(r"\bdprd\b|\bkdh\b|\bwkdh\b|kepala daerah")
_TRANSFER = re.compile(
    r"(?:pendapatan )?transfer pemerintah pusat|pendapatan transfer|dana perimbangan"
)
_GRANT = re.compile(r"\b(?:dana|dak|dau|dbh|pendapatan)\b")
_DEEPEST = 60
_DEEPEST_BLOCK = 4


@dataclass(frozen=True)
class BudgetTable:
    """What one sheet tells of the APBD.

    ``rows``: one row per year and stage with ``sheet``, ``row`` and the columns of ``COLUMNS``,
    cells as they stand. ``headers``: our column -> as written. ``columns``: every header of the
    table and the column of ours it is taken for ('' for none).
    """

    layout: str
    rows: pd.DataFrame
    headers: Mapping[str, str]
    columns: tuple[tuple[str, str], ...]
    titles: tuple[str, ...] = field(default=())


@dataclass(frozen=True)
class _Account:
    """A line of accounts: where it stands, its code ('' if none) and its name, folded."""

    at: int
    code: str
    name: str


def budget_table(sheet: Sheet, mapping: Mapping[str, str] | None = None) -> BudgetTable | None:
    """The APBD a sheet tells, None where it tells none.

    Parameters
    ----------
    sheet
        Any sheet.
    mapping
        Header as written -> our column, mapped by hand.
    """
    return _years_table(sheet, mapping or {}) or _accounts_table(sheet)


def _years_table(sheet: Sheet, mapping: Mapping[str, str]) -> BudgetTable | None:
    for top, row in enumerate(sheet.rows[:_DEEPEST]):
        written = [cell_text(cell) for cell in row]
        taken = [mapping.get(text) or _column(text) for text in written]
        if not {"year", "total_idr", "personnel_idr"} <= set(taken):
            continue
        titles = _titles(sheet, top)
        unit = _unit(" ".join((*titles, sheet.name, *written)))
        place = {name: at for at, name in reversed(list(enumerate(taken))) if name}
        records = []
        for below, number in zip(sheet.rows[top + 1 :], sheet.numbers[top + 1 :], strict=True):
            cells = {name: below[at] if at < len(below) else "" for name, at in place.items()}
            if not any(_MONEY.search(cell_text(cells[name])) for name in ("year", "total_idr")):
                continue
            told = cells.get("money_unit") or unit
            records.append({"row": number, **cells, "money_unit": told})
        if records:
            return _table(sheet, YEARS, records, titles, list(zip(written, taken, strict=True)))
    return None


def _column(text: str) -> str:
    if not text:
        return ""
    meaning = meaning_of(_UNIT.sub("", text), KIND)
    return meaning.column if meaning.policy == KEEP else ""


def _accounts_table(sheet: Sheet) -> BudgetTable | None:
    name_at = _name_column(sheet)
    if name_at is None:
        return None
    accounts = _accounts(sheet, name_at)
    personnel = [each for each in accounts if _PERSONNEL.fullmatch(each.name)]
    amounts = _amount_columns(sheet, name_at, accounts, personnel)
    if not personnel or not amounts:
        return None
    first = min(each.at for each in accounts if _is_told(sheet, each, amounts))
    titles = _titles(sheet, first)
    unit = _unit(" ".join((*titles, sheet.name, *(text for text, _ in amounts.values()))))
    fallback = _year_of(" ".join((*titles, sheet.name)))
    is_realised = bool(_REALISED.search(" ".join(titles)))
    lines = _lines(sheet, accounts, personnel, amounts)
    records: dict[tuple[str, str], dict[str, object]] = {}
    for at, (text, year) in amounts.items():
        stage = "realisasi" if _REALISED.search(text) else "anggaran"
        if not _PLANNED.search(text) and is_realised:
            stage = "realisasi"
        cells: dict[str, object] = {
            name: _summed(
                [sheet.rows[each.at][at] for each in found if at < len(sheet.rows[each.at])]
            )
            for name, found in lines.items()
        }
        # A later column of the same year (after the change of the budget) takes its place.
        records[year or fallback, stage] = {
            "row": sheet.numbers[personnel[0].at],
            "year": year or fallback,
            "stage": stage,
            "money_unit": unit,
            **cells,
        }
    headers = [(cell_text(sheet.rows[found[0].at][name_at]), name) for name, found in lines.items()]
    headers += [(text, "stage") for text, _ in amounts.values()]
    return _table(sheet, ACCOUNTS, list(records.values()), titles, headers)


def _name_column(sheet: Sheet) -> int | None:
    """The column in which accounts are named, told by personnel spending in it."""
    for row in sheet.rows:
        for at, cell in enumerate(row):
            is_named = isinstance(cell, str) and _PERSONNEL.fullmatch(_name(cell))
            if is_named and any(map(_is_amount, row[at + 1 :])):
                return at
    return None


def _name(cell: object) -> str:
    text = _LEADING_CODE.sub("", cell_text(cell))
    return re.sub(r"[^a-z/ ]+", " ", text.casefold()).strip()


def _accounts(sheet: Sheet, name_at: int) -> list[_Account]:
    accounts = []
    for at, row in enumerate(sheet.rows):
        if name_at >= len(row) or not isinstance(row[name_at], str):
            continue
        own = _LEADING_CODE.match(cell_text(row[name_at]))
        left = [cell_text(cell) for cell in row[:name_at]]
        parts = [text.strip(" .") for text in left if text and _CODE.match(text)]
        code = own.group(1) if own else ".".join(re.split(r"[.\s]+", ".".join(parts)))
        name = re.sub(r"\s+", " ", _name(row[name_at]))
        if name:
            accounts.append(_Account(at, code, name))
    return accounts


def _amount_columns(
    sheet: Sheet, name_at: int, accounts: Sequence[_Account], personnel: Sequence[_Account]
) -> dict[int, tuple[str, str]]:
    """Columns of amounts right of the names: header as written, and the year it names."""
    if not personnel:
        return {}
    row = sheet.rows[personnel[0].at]
    first = next(
        (each.at for each in accounts if any(map(_is_amount, sheet.rows[each.at][name_at + 1 :]))),
        personnel[0].at,
    )
    header = range(max(0, first - _DEEPEST_BLOCK), first)
    found = {}
    for at in range(name_at + 1, len(row)):
        if not _is_amount(row[at]):
            continue
        parts: list[str] = []
        for above in header:
            line = sheet.rows[above]
            own = cell_text(line[at]) if at < len(line) else ""
            # A heading stands over the columns right of it that are empty in its row.
            if not own and above < header.stop - 1:
                own = next(
                    (
                        text
                        for left in range(min(at, len(line) - 1), name_at, -1)
                        if (text := cell_text(line[left]))
                    ),
                    "",
                )
            if own and own not in parts:
                parts.append(own)
        text = " / ".join(parts)
        if not _NO_AMOUNT.search(parts[-1] if parts else ""):
            found[at] = (text, _year_of(text))
    return found


def _is_amount(cell: object) -> bool:
    """Whether a cell holds money, or a share; not a year, not words."""
    text = cell_text(cell)
    return bool(_AMOUNT.fullmatch(text)) and not _YEAR.fullmatch(text)


def _is_told(sheet: Sheet, account: _Account, amounts: Mapping[int, object]) -> bool:
    row = sheet.rows[account.at]
    return any(at < len(row) and _is_amount(row[at]) for at in amounts)


def _lines(
    sheet: Sheet,
    accounts: Sequence[_Account],
    personnel: Sequence[_Account],
    amounts: Mapping[int, object],
) -> dict[str, list[_Account]]:
    """The accounts that add up to each of our amounts."""
    told = [each for each in accounts if _is_told(sheet, each, amounts)]
    spent = [each for each in told if not each.code or each.code.startswith("5")]
    total = [each for each in spent if _TOTAL.fullmatch(each.name)]
    # Accounts below another that is taken already are in its amount.
    by_code = [each for each in total if each.code == "5"]
    said = [each for each in total if "daerah" in each.name or each.name.split()[0] != "belanja"]
    whole = (by_code or said or total)[:1]
    own = [each for each in personnel if each in told]
    teacher = [each for each in spent if _TEACHER.search(each.name) and not _GRANT.match(each.name)]
    council = [
        each
        for each in spent
        if _COUNCIL.search(each.name) and ("gaji" in each.name or "tunjangan" in each.name)
    ]
    income = [each for each in told if not each.code or each.code.startswith("4")]
    transfers = [each for each in income if _TRANSFER.fullmatch(each.name)]
    central = [each for each in transfers if "pusat" in each.name] or transfers
    return {
        name: found
        for name, found in (
            ("total_idr", whole),
            ("personnel_idr", _highest(own)),
            ("teacher_allowance_idr", _highest(teacher)),
            ("council_head_idr", _highest(council)),
            ("transfer_idr", central[:1]),
        )
        if found
    }


def _highest(accounts: Sequence[_Account]) -> list[_Account]:
    """Accounts that are not part of another of them, by code."""
    return [
        each
        for each in accounts
        if not any(
            other is not each and other.code and each.code.startswith(f"{other.code}.")
            for other in accounts
        )
    ]


def _summed(cells: Sequence[object]) -> object:
    """One cell as it stands; of several all of them, to be added by whoever reads amounts."""
    return cells[0] if len(cells) == 1 else " + ".join(filter(None, map(cell_text, cells)))


def _titles(sheet: Sheet, first: int) -> tuple[str, ...]:
    lines = []
    for row in sheet.rows[:first]:
        line = " ".join(dict.fromkeys(text for text in map(cell_text, row) if text))
        if line:
            lines.append(line)
    return tuple(lines)


def _year_of(text: str) -> str:
    said = set(_YEAR_SAID.findall(text)) or set(_YEAR.findall(text))
    return said.pop() if len(said) == 1 else ""


def _unit(text: str) -> str:
    found = {word.casefold().replace("milyar", "miliar") for word in _UNIT.findall(text)}
    return found.pop() if len(found) == 1 else ""


def _table(
    sheet: Sheet,
    layout: str,
    records: Sequence[Mapping[str, object]],
    titles: Sequence[str],
    columns: Sequence[tuple[str, str]],
) -> BudgetTable:
    rows = pd.DataFrame(records, dtype=object)
    for name in COLUMNS:
        if name not in rows:
            rows[name] = ""
    rows = rows[["row", *COLUMNS]].assign(sheet=sheet.name).astype({"row": "int64"})
    named = [(text, name) for text, name in columns if text]
    headers = {name: text for text, name in reversed(named) if name}
    return BudgetTable(layout, rows, headers, tuple(dict.fromkeys(named)), tuple(titles))


def budget_reading(
    file: str, every: Sequence[Sheet], budgets: Mapping[str, BudgetTable]
) -> Reading:
    """Tables of the APBD, one row per year and stage; every sheet that tells of it counts."""
    lead = max(budgets.values(), key=lambda found: len(found.rows))
    rows = pd.concat([found.rows for found in budgets.values()], ignore_index=True)
    headers = {name: text for found in budgets.values() for name, text in found.headers.items()}
    columns = [(text, name) for found in budgets.values() for text, name in found.columns]
    proposed = pd.DataFrame(
        [
            (text, name, KEEP if name else UNKNOWN, _samples(rows, name))
            for text, name in dict.fromkeys(columns)
        ],
        columns=["header", "column", "policy", "samples"],
    )
    return Reading(
        file=file,
        kind=KIND,
        layout=lead.layout,
        rows=rows,
        headers=headers,
        unmapped=tuple(text for text, name in dict.fromkeys(columns) if not name),
        discarded=(),
        is_certain=True,
        as_of=None,
        sheets=reports_by_count(every, {name: len(found.rows) for name, found in budgets.items()}),
        faults=(),
        proposed=proposed,
        signature=signature(text for text, _ in columns),
    )


def _samples(rows: pd.DataFrame, name: str) -> list[str]:
    if name not in (*AMOUNTS, "year", "stage"):
        return []
    texts = dict.fromkeys(text for text in map(cell_text, rows[name]) if text)
    return list(texts)[:SAMPLE_COUNT]
