"""A file given to ``regroup`` as a table of text: CSV in any dress, or a workbook's first sheet.

Headings are found wherever they stand in the first rows; those of the lists themselves (*Lintang*,
*Ruang Kelas*, *Kelas 1*) count as ours where ours are not there.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from analytics.faults import Fault, FaultsError
from analytics.readers.grades import grade_column
from analytics.readers.headers import KEEP, meaning_of
from analytics.readers.rooms import room_column
from analytics.readers.tabular import cell_text
from analytics.readers.workbook import sheets_of

_PACKED = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
_DEEPEST_HEADER = 20
# What the import calls a column of a list of schools, and what this command does.
_OURS: Mapping[str, str] = {
    "npsn": "npsn", "name": "name", "kecamatan": "kecamatan", "village": "desa",
    "latitude": "lat", "longitude": "lon", "classroom_count": "rooms", "pupil_count": "pupils",
    "status": "status", "remote_word": "remote", "special_word": "special",
    "integrated_word": "integrated", "room_good_count": "baik",
    "room_light_count": "rusak_ringan", "room_moderate_count": "rusak_sedang",
    "room_heavy_count": "rusak_berat",
}  # fmt: skip


def table_of(path: Path, first: str) -> pd.DataFrame:
    """A file as text, its headings in lower case.

    Parameters
    ----------
    first
        The heading that marks the row of headings; without it the first filled row is taken.

    Returns
    -------
    Cells without spaces around; the index is the line an editor or a spreadsheet shows. Of two
    columns with one heading the first.

    Raises
    ------
    FaultsError
        ``file_missing``, ``file_empty`` or ``file_broken``, and those of
        :func:`analytics.readers.workbook.sheets_of`.
    """
    if not path.is_file():
        raise FaultsError([Fault(path.name, "file_missing")])
    rows, numbers = _rows(path)
    filled = [at for at, row in enumerate(rows) if any(row)]
    if not filled:
        raise FaultsError([Fault(path.name, "file_empty")])
    marked = [at for at in filled[:_DEEPEST_HEADER] if first in _folded(rows[at])]
    top = marked[0] if marked else filled[0]
    names = _folded(rows[top])
    width = len(names)
    below = [(row + [""] * width)[:width] for row in rows[top + 1 :]]
    table = pd.DataFrame(below, columns=names, index=numbers[top + 1 :], dtype="str")
    return table.loc[:, ~table.columns.duplicated()]


def with_our_headings(text: pd.DataFrame) -> pd.DataFrame:
    """A table of schools with headings of Dapodik lists under the names of this command."""
    taken = set(text.columns)
    named: dict[str, str] = {}
    for heading in text.columns:
        ours = _our_heading(str(heading))
        if ours and ours not in taken:
            named[heading] = ours
            taken.add(ours)
    return text.rename(columns=named)


def _our_heading(heading: str) -> str:
    grade = grade_column([heading])
    if grade.startswith("grade_") and grade.removeprefix("grade_").isdigit():
        return f"g{grade.removeprefix('grade_')}"
    room = room_column([heading])
    meaning = meaning_of(heading, "school")
    column = room or (meaning.column if meaning.policy == KEEP else "")
    return _OURS.get(column, "")


def _folded(row: Sequence[str]) -> list[str]:
    return [name.casefold() for name in row]


def _rows(path: Path) -> tuple[list[list[str]], list[int]]:
    """Rows of text and the number of each."""
    content = path.read_bytes()
    if content.startswith(_PACKED):
        visible = [sheet for sheet in sheets_of(path) if not sheet.is_hidden]
        filled = [sheet for sheet in visible if any(any(map(cell_text, row)) for row in sheet.rows)]
        if not filled:
            raise FaultsError([Fault(path.name, "file_empty")])
        sheet = filled[0]
        return [[cell_text(cell) for cell in row] for row in sheet.rows], list(sheet.numbers)
    try:
        # Excel's "Unicode text" is UTF-16 with its mark.
        is_wide = content[:2] in (b"\xff\xfe", b"\xfe\xff")
        told = content.decode("utf-16" if is_wide else "utf-8-sig")
    except UnicodeDecodeError:
        told = content.decode("cp1252", errors="replace")
    if "\0" in told:
        raise FaultsError([Fault(path.name, "file_broken")])
    lines = told.splitlines()
    head = next((line for line in lines if line.strip(' ,;\t|"')), "")
    mark = max(",;\t|", key=head.count)
    try:
        rows = [[cell.strip() for cell in row] for row in csv.reader(lines, delimiter=mark)]
    except csv.Error:
        raise FaultsError([Fault(path.name, "file_broken")]) from None
    return rows, list(range(1, len(rows) + 1))
