"""Pupils by grade in a list of schools: under whatever headings, in however many columns."""

from __future__ import annotations

import re

import pandas as pd

from analytics import checks_cells
from analytics.readers.grades import GRADE_COLUMN, grade_column

# What stands for nothing in a cell of counts.
BLANK = ("", "-")


def count_of(cell: str) -> int | None:
    """A count of 0 or more; a blank is 0, what is no count None."""
    if cell in BLANK:
        return 0
    # A data frame writes twelve as 12.0; a point before three digits is a thousand.
    if re.fullmatch(r"\d+\.0+", cell) and not re.fullmatch(r"\d{1,3}\.000", cell):
        return int(cell.partition(".")[0])
    number = checks_cells.whole_number(cell)
    return number if isinstance(number, int) and 0 <= number < 1_000_000 else None


def grade_heading(heading: str) -> str:
    """Our name of a column that counts a whole grade (``Kelas 1``: g1); '' for what is none."""
    found = GRADE_COLUMN.fullmatch(grade_column([heading]))
    # 'Jumlah Siswa Kelas 4' is the whole grade; of boys and girls each is a part.
    if found and not found["section"] and found["part"] in (None, "all"):
        return f"g{found['grade']}"
    return ""


def with_parts_summed(text: pd.DataFrame) -> pd.DataFrame:
    """Pupils of a grade that stand in several columns (boys and girls, 1A and 1B) added up."""
    parts: dict[int, list[str]] = {}
    for heading in text.columns:
        found = GRADE_COLUMN.fullmatch(grade_column([str(heading)]))
        if found and found["part"] != "all" and (found["part"] or found["section"]):
            parts.setdefault(int(found["grade"]), []).append(str(heading))
    for grade, headings in parts.items():
        if f"g{grade}" not in text:
            text = text.assign(**{f"g{grade}": text[headings].apply(_summed, axis=1)})
    return text


def _summed(cells: pd.Series) -> str:
    """A sum as text; blank where nothing is written, and what is no count as it stands."""
    written = [cell for cell in cells if cell]
    counts = [count_of(cell) for cell in written]
    wrong = [cell for cell, count in zip(written, counts, strict=True) if count is None]
    if wrong or not written:
        return wrong[0] if wrong else ""
    return str(sum(count for count in counts if count is not None))
