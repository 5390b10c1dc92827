"""Pupils by grade in a list of schools: under whatever headings, in however many columns."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pandas as pd

from analytics import checks_cells
from analytics.checks_enrolment import of_parts
from analytics.faults import Fault
from analytics.readers.grades import ALL, FEMALE, GRADE_COLUMN, MALE, grade_column

# What stands for nothing in a cell of counts.
BLANK = ("", "-")
# Headings a total may stand under.
TOTALS = ("pupils", "total", "murid", "jumlah", "pd")
_OURS = re.compile(r"g\d{1,2}")
_OF_SEX = {"pupil_count_male": MALE, "pupil_count_female": FEMALE}


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


def is_part(heading: str) -> bool:
    """Whether a column counts pupils of a grade, or of one sex: the whole of it or a part."""
    found = grade_column([heading])
    return bool(GRADE_COLUMN.fullmatch(found)) or found in _OF_SEX


@dataclass(frozen=True)
class Contradiction:
    """A row of a list whose parts and whole differ: where, under which heading, and both."""

    line: int
    heading: str
    total: int
    parts: int


def with_parts_summed(text: pd.DataFrame) -> tuple[pd.DataFrame, list[Contradiction]]:
    """Pupils of a grade that stand in several columns (boys and girls, 1A and 1B) added up.

    Classes of a grade are added, and boys and girls; a column of the whole beside them is their
    total and never added. Boys and girls of the whole school are the school's where no other
    column says how many it has.

    Returns
    -------
    The list with ``g1`` ... and ``pupils``, and what contradicts itself: there the parts are used.
    """
    grades: dict[int, dict[str, dict[str, str]]] = {}
    sexes: dict[str, str] = {}
    for heading in map(str, text.columns):
        # Our own name of a whole grade is no class 'g' of it.
        name = grade_column([heading.removeprefix("g") if _OURS.fullmatch(heading) else heading])
        found = GRADE_COLUMN.fullmatch(name)
        if found and (found["section"] or found["part"] or _OURS.fullmatch(heading)):
            section = grades.setdefault(int(found["grade"]), {}).setdefault(
                found["section"] or "", {}
            )
            section.setdefault(found["part"] or "", heading)
        elif name in _OF_SEX:
            sexes.setdefault(_OF_SEX[name], heading)
    differ: list[Contradiction] = []
    for grade, sections in grades.items():
        if sections == {"": {"": f"g{grade}"}}:
            continue
        text = text.assign(**{f"g{grade}": _summed(text, sections, differ)})
    if len(sexes) == len(_OF_SEX) and not set(TOTALS) & set(text):
        text = text.assign(pupils=_summed(text, {"": sexes}, differ))
    return text, differ


def mismatches(file: str, differ: Iterable[Contradiction]) -> list[Fault]:
    """The faults that say so, with rows as in the index of the list."""
    return [
        Fault(file, "pupil_total_mismatch", one.line, one.heading, str(one.total),
              {"total": one.total, "sum": one.parts})
        for one in differ
    ]  # fmt: skip


def _summed(
    text: pd.DataFrame,
    sections: Mapping[str, Mapping[str, str]],
    differ: list[Contradiction],
) -> list[str]:
    """Sums as text; blank where nothing is written, and what is no count as it stands."""
    headings = [heading for parts in sections.values() for heading in parts.values()]
    sums = []
    for line, cells in zip(text.index, text[headings].to_numpy(), strict=True):
        written = dict(zip(headings, cells.tolist(), strict=True))
        wrong = [cell for cell in written.values() if count_of(cell) is None]
        if wrong:
            sums.append(wrong[0])
            continue
        count = {name: None if cell == "" else count_of(cell) for name, cell in written.items()}
        told: list[tuple[str, int | None]] = []
        for section, parts in sections.items():
            number, total = of_parts({part: count[heading] for part, heading in parts.items()})
            if total is not None and number is not None and total != number:
                whole = next(parts[part] for part in ("", ALL) if part in parts)
                differ.append(Contradiction(int(line), whole, total, number))
            told.append((section, number if number is not None else total))
        classes = [number for section, number in told if section and number is not None]
        whole_count = next((number for section, number in told if not section), None)
        if classes and whole_count is not None and whole_count != sum(classes):
            heading = next(iter(sections[""].values()))
            differ.append(Contradiction(int(line), heading, whole_count, sum(classes)))
        found = sum(classes) if classes else whole_count
        sums.append("" if found is None else str(found))
    return sums
