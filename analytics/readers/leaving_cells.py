"""What the cells of a list of exits say where its headers leave it out.

Why somebody left may stand in a column of status (Kedudukan Hukum, Status), the day in two columns
(Bulan, Tahun) or three, or only the day of the letter is there. ``told_by_cells`` gives such
columns their meaning; ``with_day`` puts the parts of a day together.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date

import pandas as pd

from analytics.readers.dates import MONTH_NUMBERS, written_date
from analytics.readers.formulas import FormulaCell
from analytics.readers.headers import DISCARD, KEEP, SOUNDS_LIKE, Column
from analytics.readers.leaving_words import LEAVING_FILLERS
from analytics.readers.spell_words import spell_column
from analytics.readers.tabular import Header, cell_text, header_at
from analytics.readers.workbook import Sheet

PARTS = ("exited_day", "exited_month", "exited_year")
_STATUS = {"reason", "legal_status", "asn_status", "employee_type", "position_kind"}
_GONE = re.compile(
    r"^\W*(?:\d{2}\W+)?(?:(?:pns|pppk|p3k|asn|cpns|pegawai|telah|sudah|status)\W+)*(?:"
    r"pensiun\w*|bup\b|purna ?(?:tugas|bakti)|meninggal|wafat|alm\b|almarhum|tewas|gugur"
    r"|(?:di)?(?:pem)?berhenti(?:kan|an)?\b|mengundurkan|pengunduran|undur diri|resign|pindah\b"
    r"|mutasi\b|alih status|keluar\b|aps\b|pt?dh\w*|php?k\b|janda|duda|hilang|(?:di)?pecat"
    r"|pemecatan|(?:tidak|non) ?-?aktif|kontrak (?:telah |sudah )?(?:berakhir|habis|selesai|putus)"
    r"|(?:putus|habis|akhir|berakhir\w*|selesai)(?: masa)? kontrak|pemutusan|tidak diperpanjang"
    r"|retire|deceased|died|dismissed|terminated|transferred out|left\b)",
    re.I,
)
# Who is still to leave, who came in, and who is away for a while.
_STAYS = re.compile(
    r"\b(?:akan|calon|rencana|belum|mpp|persiapan|usul\w*|proses|masuk|dari|tidak pernah|sementara"
    r"|cltn|tugas belajar|jabatan|rotasi|promosi)\b",
    re.I,
)
_MONTH_WORDS = {"bulan", "bln", "bl", "month"}
_YEAR_WORDS = {"tahun", "thn", "th", "year"}
_DAY_WORDS = {"tanggal", "tgl", "hari", "day", "tg"}
_LETTER_WORDS = {"sk", "skep", "kep", "keputusan", "surat", "pertek"}
_SINCE_WORDS = {"tmt", "terhitung", "berlaku", "efektif", "mulai"}
_ROMANS = ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii")
_ENOUGH = 0.5
# A row with fewer filled cells is a title or a signature.
_FILLED = 2
# A longer list is judged by so many of its people, spread over all of it.
MOST_JUDGED = 2000
_GOLDEN = (5**0.5 - 1) / 2


def is_gone(text: str) -> bool:
    """Whether a status, or a note, says that somebody has left."""
    if not _GONE.search(text) or _STAYS.search(text):
        return False
    years = [int(year) for year in re.findall(r"(?<!\d)20\d{2}(?!\d)", text)]
    return all(year <= date.today().year for year in years)


def is_of_a_letter(header: str) -> bool:
    """Whether a header of days names those of a letter, and not since when it holds."""
    words = set(_words(header))
    return bool(words & _LETTER_WORDS) and not words & _SINCE_WORDS


def people_rows(sheet: Sheet, header: Header) -> list[list[object]]:
    """Rows below a header that are filled as those of people are; of many, some from everywhere.

    At most :data:`MOST_JUDGED`, in their order: shares of them are asked for, whose error then is
    a percentage point. Where they lie repeats nothing, as rows of a list may.
    """
    below = sheet.rows[header.last + 1 :]
    some = [row for row in below if len(row) - row.count(None) - row.count("") > _FILLED]
    if len(some) > MOST_JUDGED:
        places = {int(len(some) * (at * _GOLDEN % 1.0)) for at in range(MOST_JUDGED)}
        some = [some[place] for place in sorted(places)]
    return [row for row in some if sum(map(bool, map(cell_text, row))) > _FILLED]


def gone_share(header: Header, rows: Sequence[Sequence[object]], *, without: str = "") -> float:
    """Of the people of a list, the share of whom one column says that they have left.

    ``without``: a column of ours that is not asked.
    """
    told = [column for column in _statuses(header) if without not in column.names]
    return max((_share(rows, column, is_gone) for column in told), default=0.0)


def comes_in(text: str) -> bool:
    """Whether a reason is one of somebody who came, not left: 'Mutasi masuk dari Kab. X'."""
    return bool(re.search(r"\b(?:masuk|dari)\b", text, re.I)) and not is_gone(text)


def told_by_cells(sheet: Sheet, header: Header, *, speaks: bool = False) -> Header:
    """A header of a list of exits whose columns mean what their cells say.

    ``speaks``: whether it is known to be one by other signs than its cells.
    """
    header = _with_row_of_parts(sheet, header)
    rows = people_rows(sheet, header)
    columns = _with_parts(list(header.columns), rows)
    told = replace(header, columns=tuple(columns))
    shares = {column.index: _share(rows, column, is_gone) for column in _statuses(told)}
    why = [each.index for each in columns if set(each.names) & {"reason", "legal_status"}]
    best = max(shares, key=lambda at: shares[at], default=None)
    if best is not None and best not in why and shares[best] > _ENOUGH:
        has_reason = any("reason" in column.names for column in columns)
        columns = _named(columns, best, "legal_status" if has_reason else "reason")
    if (speaks or gone_share(told, rows) > _ENOUGH) and not _has_day(columns):
        columns = _with_other_day(columns, rows)
    return replace(header, columns=tuple(columns))


def _with_row_of_parts(sheet: Sheet, header: Header) -> Header:
    """A header with the row below it where that says only Tgl, Bulan, Tahun."""
    below = header.last + 1
    texts = (
        [text for text in map(cell_text, sheet.rows[below]) if text]
        if below < len(sheet.rows)
        else []
    )
    parts = _DAY_WORDS | _MONTH_WORDS | _YEAR_WORDS
    if len(texts) < 2 or any(not _words(text) or set(_words(text)) - parts for text in texts):
        return header
    if any(column.rank < 0 for column in header.columns):
        return header  # mapped by hand
    return header_at(sheet, header.kind, header.first, below, {})


def with_day(frame: pd.DataFrame) -> pd.DataFrame:
    """Days, or months without their day, put together from columns of their parts."""
    if not {"exited_month", "exited_year"} <= set(frame.columns):
        return frame
    whole = []
    for at in range(len(frame)):
        parts = [cell_text(frame[name].iloc[at]) for name in PARTS if name in frame.columns]
        # A part that is missing leaves the day missing, or the cells are told as they stand.
        whole.append(" ".join(map(_part, parts)) if all(parts[-2:]) else " ".join(parts).strip())
    kept = [name for name in frame.columns if name not in PARTS]
    return frame[kept].assign(exited_on=pd.Series(whole, index=frame.index, dtype=object))


def shown_name(name: str) -> str:
    """The column of ours that a part belongs to."""
    return "exited_on" if name in PARTS else name


def _part(text: str) -> str:
    key = text.casefold().strip(" .")
    return str(_ROMANS.index(key) + 1) if key in _ROMANS else text


def _statuses(header: Header) -> list[Column]:
    """Columns that may say whether somebody is still there."""
    return [
        column
        for column in header.columns
        if column.policy != DISCARD and (not column.names or set(column.names) <= _STATUS)
    ]


def _share(rows: Sequence[Sequence[object]], column: Column, holds: Callable[[str], bool]) -> float:
    texts = [cell_text(row[column.index]) if column.index < len(row) else "" for row in rows]
    return sum(bool(text) and holds(text) for text in texts) / len(rows) if rows else 0.0


def _has_day(columns: Sequence[Column]) -> bool:
    names = {name for column in columns for name in column.names}
    return bool(names & {"exited_on", "exited_year"})


def _with_parts(columns: list[Column], rows: Sequence[Sequence[object]]) -> list[Column]:
    """Columns of month and year, and of the day where one is, in place of a day in one cell."""
    free = [
        each for each in columns if each.names in ((), ("exited_on",)) and each.policy != DISCARD
    ]
    months = [each for each in free if _heads(each, _MONTH_WORDS) and _most(rows, each, _is_month)]
    years = [each for each in free if _heads(each, _YEAR_WORDS) and _most(rows, each, _is_year)]
    if not months or not years:
        return columns
    if any(
        "exited_on" in column.names and _most(rows, column, _is_day)
        for column in columns
        if column not in months
    ):
        return columns
    month, year = months[0], years[0]
    days = [
        each
        for each in free
        if each not in (month, year) and _heads(each, _DAY_WORDS) and _most(rows, each, _is_number)
    ]
    columns = _named(_named(columns, month.index, "exited_month"), year.index, "exited_year")
    if days:
        columns = _named(columns, days[0].index, "exited_day")
    return [
        replace(column, names=()) if column.names == ("exited_on",) else column
        for column in columns
    ]


def _with_other_day(columns: list[Column], rows: Sequence[Sequence[object]]) -> list[Column]:
    """The day of the letter, or a day that nothing explains, where there is no other."""
    free = [each for each in columns if not each.names and each.policy != DISCARD]
    dated = [each for each in free if _most(rows, each, _is_day)]
    bare = [each for each in dated if set(_words(each.header)) <= _DAY_WORDS | _SINCE_WORDS]
    ends = [each for each in dated if spell_column(_words(each.header)) == "exit_date"]
    letters = [each for each in dated if is_of_a_letter(each.header)]
    found = (ends or bare or letters)[:1]
    return _named(columns, found[0].index, "exited_on") if found else columns


def _named(columns: Sequence[Column], index: int, name: str) -> list[Column]:
    return [
        replace(column, names=(name,), policy=KEEP, rank=SOUNDS_LIKE, is_mixed=False)
        if column.index == index
        else column
        for column in columns
    ]


def _heads(column: Column, words: set[str]) -> bool:
    """Whether a header names that part of a day, of leaving or of nothing said."""
    told = set(_words(column.header))
    return bool(told & words) and told <= words | _DAY_WORDS | _SINCE_WORDS | LEAVING_FILLERS


def _most(rows: Sequence[Sequence[object]], column: Column, holds: Callable[[str], bool]) -> bool:
    return _share(rows, column, holds) > _ENOUGH


def _is_month(text: str) -> bool:
    key = text.casefold().strip(" .")
    return key in MONTH_NUMBERS or key in _ROMANS or (key.isdigit() and 1 <= int(key) <= 12)


def _is_year(text: str) -> bool:
    return bool(re.fullmatch(r"(?:19|20)\d{2}", text))


def _is_number(text: str) -> bool:
    return text.isdigit() and 1 <= int(text) <= 31


def _is_day(text: str) -> bool:
    return not _is_year(text) and isinstance(written_date(text, date.max), date)


def _words(written: str) -> list[str]:
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", written).casefold()
    return re.findall(r"[a-z]+", spaced)


def is_ahead(cell: object) -> bool:
    """Whether a cell is a day still to come."""
    day = _day(cell)
    return day is not None and day > date.today()


def is_past(cell: object) -> bool:
    """Whether a cell is a day that has been."""
    day = _day(cell)
    return day is not None and day <= date.today()


def _day(cell: object) -> date | None:
    value = cell.value if isinstance(cell, FormulaCell) else cell
    day = written_date(value, date.max)
    return day if isinstance(day, date) else None
