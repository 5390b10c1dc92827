"""Headings of a list that stand above each other: ``Kelas 1`` over L and P, ``Siswa`` over 1 to 6.

A row of headings is found first; here the rows above and below it are joined to it where more
columns are understood then, and never a row that may be an entry.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from analytics.readers.grades import grade_column
from analytics.readers.headers import header_key
from analytics.readers.tabular import cell_text, heading_parts
from analytics.readers.workbook import Sheet

Known = Callable[[str], bool]

# Headings rarely take more rows than this.
_DEEPEST_BLOCK = 3
# An NPSN, a coordinate or a day: no heading.
_CONTENT = re.compile(r".*\d{5,}.*|-?\d+[.,]\d+|\d{1,4}[-/]\d{1,2}[-/]\d{1,4}")
# What a data frame writes where a heading has no second row.
_UNNAMED = re.compile(r"unnamed:? ?\d+(?:_level_\d+)?", re.IGNORECASE)
# Words that mean nothing without the heading above them.
_DEPENDENT = {"nama", "name", "status", "no", "nomor", "kode", "jenis", "tahun"}


def headings(sheet: Sheet, top: int, is_known: Known | None) -> tuple[list[str], int]:
    """The headings of a list, and the row its entries begin after.

    Parameters
    ----------
    sheet
        Cells as text.
    top
        The row of headings (zero-based) that was found.
    is_known
        Whether a heading is one that the reader of the list understands; None: headings stand on
        that one row.

    Returns
    -------
    By column: the heading as written; of several rows joined where the reader knows it so, else
    the lowest where it stands for something alone. And the last row of headings.
    """
    if is_known is None:
        return [cell_text(cell) for cell in sheet.rows[top]], top
    whole = _upper_rows(sheet, top)
    names, count = _named(whole, top, top, is_known)
    last = top
    for lowest in range(top + 1, min(top + _DEEPEST_BLOCK, len(whole.rows))):
        if not _may_be_lowest(whole, top, lowest, is_known):
            break
        told, more = _named(whole, top, lowest, is_known)
        if more > count or (more == count and _are_words(whole, top, lowest, is_known)):
            names, count, last = told, more, lowest
    if last - top + 1 < _DEEPEST_BLOCK and top and any(whole.rows[top - 1]):
        above, more = _named(whole, top - 1, last, is_known)
        if more > count:
            names = above
    return names, last


def _upper_rows(sheet: Sheet, top: int) -> Sheet:
    """The rows headings may stand on, alike wide, without what a data frame writes for none."""
    told = sheet.rows[: top + _DEEPEST_BLOCK]
    width = max(map(len, told), default=0)
    rows: list[list[object]] = [
        ["" if isinstance(cell, str) and _UNNAMED.fullmatch(cell) else cell for cell in row]
        + [""] * (width - len(row))
        for row in told
    ]
    return Sheet(sheet.name, rows, sheet.numbers, sheet.merged)


def _may_be_lowest(sheet: Sheet, first: int, last: int, is_known: Known) -> bool:
    """Whether row ``last`` may be headings below row ``first``, and is no entry."""
    lower = [cell_text(cell) for cell in sheet.rows[last]]
    above = [cell_text(cell) for cell in sheet.rows[last - 1]]
    filled = [at for at, text in enumerate(lower) if text]
    if not filled or any(_CONTENT.fullmatch(lower[at]) for at in filled):
        return False
    parts, groups = heading_parts(sheet, first, last)
    # Under a heading of one column that says enough by itself stands an entry.
    return all(
        at in groups
        or is_known(" ".join(parts[at]))
        or above[at].casefold() == lower[at].casefold()
        or not is_known(above[at])
        for at in filled
    )


def _are_words(sheet: Sheet, first: int, last: int, is_known: Known) -> bool:
    """Whether row ``last`` holds nothing but headings that are known below row ``first``."""
    parts, _ = heading_parts(sheet, first, last)
    lower = [cell_text(cell) for cell in sheet.rows[last]]
    return all(is_known(" ".join(parts[at])) for at, text in enumerate(lower) if text)


def _named(sheet: Sheet, first: int, last: int, is_known: Known) -> tuple[list[str], int]:
    """The heading of every column of rows ``first`` to ``last``, and how well they are understood.

    That is how many known ones differ, less those that stand there again.
    """
    parts, _ = heading_parts(sheet, first, last)
    names = [_name(each, is_known) for each in parts]
    known = [name.casefold() for name in names if name and is_known(name)]
    return names, 2 * len(set(known)) - len(known)


def _name(parts: list[str], is_known: Known) -> str:
    joined = " ".join(parts)
    if len(parts) < 2 or is_known(joined):
        return joined
    lowest = parts[-1]
    # L, 1 and Jumlah under a heading that is not known count something else.
    stands_alone = not grade_column([lowest]) and header_key(lowest) not in _DEPENDENT
    return lowest if stands_alone and is_known(lowest) else joined
