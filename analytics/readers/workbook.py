"""Any spreadsheet file as sheets of plain cells, or one clear word why it cannot be read.

The kind of file is told by its first bytes, never by its name: rosters travel as ``.xls`` that are
web tables and as ``.xlsx`` that are something else.
"""

from __future__ import annotations

import csv
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import python_calamine

from analytics.faults import Fault, FaultsError
from analytics.readers import delimited, formulas, web_table

Cell = object
Span = tuple[tuple[int, int], tuple[int, int]]

# A roster of 60,000 people with 69 columns is about 30 MB; beyond this it is no roster.
LARGEST_FILE_MB = 100
# What a packed workbook may unfold to; a zip bomb is refused before anything is unfolded.
LARGEST_UNFOLDED_MB = 1500
# 100,000 people with 200 columns; a stray cell in the last row of a sheet exceeds it.
MOST_CELLS = 20_000_000
_MB = 1024 * 1024
_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OTHER_TYPES = (
    b"%PDF",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"{\\rtf",
    b"Rar!",
    b"7z\xbc\xaf",
    b"\x1f\x8b",
    b"MZ",
    b"SQLite",
)
_PARQUET = b"PAR1"


@dataclass(frozen=True)
class Sheet:
    """One sheet. ``rows[i][j]`` is a cell, ``numbers[i]`` the row number a spreadsheet shows.

    ``merged`` holds inclusive cell ranges by zero-based positions in ``rows``; ``formulas`` the
    text of formula cells by the same positions.
    """

    name: str
    rows: list[list[Cell]]
    numbers: list[int]
    merged: tuple[Span, ...] = ()
    formulas: Mapping[tuple[int, int], str] = field(default_factory=dict)
    is_hidden: bool = False


def sheets_of(path: Path) -> list[Sheet]:
    """Every sheet of a file, in its order.

    Raises
    ------
    FaultsError
        ``file_missing``, ``file_empty``, ``file_too_large``, ``sheet_too_large``, ``file_type``,
        ``file_encrypted``, ``file_separator_unknown`` or ``file_broken``; nothing else,
        whatever the bytes are.
    """
    if not path.is_file():
        raise _refusal(path, "file_missing")
    size = path.stat().st_size
    if size == 0:
        raise _refusal(path, "file_empty")
    if size > LARGEST_FILE_MB * _MB:
        raise _refusal(path, "file_too_large", size_mb=round(size / _MB), limit_mb=LARGEST_FILE_MB)
    try:
        with path.open("rb") as file:
            start = file.read(4096)
    except OSError as error:
        raise _refusal(path, "file_broken") from error
    if start.startswith(_ZIP) or start.startswith(b"PK\x05\x06"):
        return _packed(path)
    if start.startswith(_OLE):
        return _compound(path)
    if start.startswith(_PARQUET):
        return _columnar(path)
    if start.startswith(_OTHER_TYPES):
        raise _refusal(path, "file_type")
    return _text(path, path.read_bytes())


def _refusal(path: Path, code: str, **details: object) -> FaultsError:
    return FaultsError([Fault(path.name, code, details=details)])


def _packed(path: Path) -> list[Sheet]:
    """A zip: xlsx, xlsm, xlsb or ods; anything else is not a spreadsheet."""
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            names = {entry.filename for entry in entries}
            unfolded = sum(entry.file_size for entry in entries)
            if unfolded > LARGEST_UNFOLDED_MB * _MB:
                raise _refusal(
                    path,
                    "file_too_large",
                    size_mb=round(unfolded / _MB),
                    limit_mb=LARGEST_UNFOLDED_MB,
                )
            if any(entry.flag_bits & 1 for entry in entries):
                raise _refusal(path, "file_encrypted")
            is_ods = "content.xml" in names
            if is_ods and b"encryption-data" in _member(archive, "META-INF/manifest.xml"):
                raise _refusal(path, "file_encrypted")
            is_excel = "xl/workbook.xml" in names or "xl/workbook.bin" in names
            if not is_excel and not (
                is_ods and b"office:spreadsheet" in archive.read("content.xml")
            ):
                raise _refusal(path, "file_type")
            # Reading the parts also proves that their declared sizes are true.
            found = formulas.of_archive(archive)
            for name, (row, column) in found.extents.items():
                # The reader lays a sheet out whole, up to its last filled cell.
                if row * column > MOST_CELLS:
                    raise _refusal(path, "sheet_too_large", sheet=name, row=row)
    except (zipfile.BadZipFile, OSError, ValueError, EOFError, KeyError, NotImplementedError) as e:
        raise _refusal(path, "file_broken") from e
    except Exception as error:
        if isinstance(error, FaultsError):
            raise
        # zlib.error and lzma errors share no parent with BadZipFile.
        raise _refusal(path, "file_broken") from error
    return _calamine(path, found.formulas)


def _member(archive: zipfile.ZipFile, name: str) -> bytes:
    return archive.read(name) if name in archive.namelist() else b""


def _compound(path: Path) -> list[Sheet]:
    """An OLE container: xls, or an office file behind a password."""
    content = path.read_bytes()

    def holds(stream: str) -> bool:
        return stream.encode("utf-16-le") in content

    if holds("EncryptedPackage"):
        raise _refusal(path, "file_encrypted")
    if not (holds("Workbook") or holds("Book")):
        raise _refusal(path, "file_type")
    return _calamine(path, {})


def _columnar(path: Path) -> list[Sheet]:
    """A Parquet file, its column names as the first row; empty cells as text files have them."""
    import pyarrow as arrow
    import pyarrow.parquet as parquet

    try:
        with parquet.ParquetFile(path) as file:
            about = file.metadata
            if about.num_rows * about.num_columns > MOST_CELLS:
                raise _refusal(path, "sheet_too_large", sheet=path.stem, row=about.num_rows)
            table = file.read()
        columns = [[_as_in_a_text(cell) for cell in each.to_pylist()] for each in table.columns]
    except (arrow.ArrowException, OSError, ValueError) as error:
        raise _refusal(path, "file_broken") from error
    rows: list[list[Cell]] = [list(table.column_names)]
    rows.extend(map(list, zip(*columns, strict=True)))
    return [Sheet(path.stem, rows, list(range(1, len(rows) + 1)))]


def _as_in_a_text(cell: object) -> Cell:
    """A typed cell as other files have it: whole numbers as digits, none lost."""
    if cell is None or (isinstance(cell, float) and cell != cell):
        return ""
    return cell if isinstance(cell, bool | float | date) else str(cell)


def _calamine(path: Path, found: Mapping[str, Mapping[tuple[int, int], str]]) -> list[Sheet]:
    try:
        with python_calamine.load_workbook(str(path)) as book:
            return [_sheet(book, about, found) for about in book.sheets_metadata]
    except python_calamine.PasswordError as error:
        raise _refusal(path, "file_encrypted") from error
    except Exception as error:
        code = "file_encrypted" if "password" in str(error).lower() else "file_broken"
        raise _refusal(path, code) from error
    except BaseException as error:
        # A panic inside the Rust reader is the file's fault, not ours to die of.
        if type(error).__name__ == "PanicException":
            raise _refusal(path, "file_broken") from None
        raise


def _sheet(
    book: python_calamine.CalamineWorkbook,
    about: python_calamine.SheetMetadata,
    found: Mapping[str, Mapping[tuple[int, int], str]],
) -> Sheet:
    is_hidden = about.visible != python_calamine.SheetVisibleEnum.Visible
    if about.typ != python_calamine.SheetTypeEnum.WorkSheet:
        return Sheet(about.name, [], [], is_hidden=is_hidden)
    sheet = book.get_sheet_by_name(about.name)
    # Empty rows and columns at the top and left are kept, so positions are the spreadsheet's own.
    rows: list[list[Cell]] = [[*row] for row in sheet.to_python(skip_empty_area=False)]
    return Sheet(
        about.name,
        rows,
        list(range(1, len(rows) + 1)),
        tuple(sheet.merged_cell_ranges or ()),
        found.get(about.name, {}),
        is_hidden,
    )


def _text(path: Path, content: bytes) -> list[Sheet]:
    """Separated values, or a web page saved as a spreadsheet."""
    text = delimited.decoded(content)
    if text is None:
        raise _refusal(path, "file_type")
    text = delimited.with_line_ends(text)
    if not text.strip():
        raise _refusal(path, "file_empty")
    head = text[:20000].lower()
    if head.lstrip().startswith("<"):
        if "<table" not in text.lower():
            raise _refusal(path, "file_type")
        rows, merged = web_table.rows_of(text)
        return [Sheet(path.stem, rows, list(range(1, len(rows) + 1)), merged)]
    try:
        lines, numbers = delimited.records(text)
    except csv.Error as error:
        raise _refusal(path, "file_broken") from error
    if delimited.unknown_separator(lines):
        known_id, known_en = delimited.SEPARATOR_WORDS
        raise _refusal(path, "file_separator_unknown", known_id=known_id, known_en=known_en)
    return [Sheet(path.stem, lines, numbers)]
