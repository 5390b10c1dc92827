"""Workbooks for tests: invented people in the layouts of the field, whole or with planted faults.

Every name and number here is made up. A person is a plain mapping of the facts a list may show;
the writers put them into the layouts of SIASN, SIMPEG, DUK prints and Dapodik.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from pathlib import Path

import pandas as pd
import xlsxwriter
import xlwt
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import Table, TableCell, TableRow
from odf.text import P

COLUMNS_FILE = Path(__file__).resolve().parents[1] / "data" / "columns.csv"

_GIVEN = ("Sari", "Bagus", "Wulan", "Jaka", "Ratri", "Galih", "Kirana", "Damar", "Laras", "Panji")
_FAMILY = ("Kencana", "Wibisana", "Larasati", "Prakoso", "Pramudya", "Saraswati", "Anggara")
_POSTS = (
    ("Guru Ahli Madya", "Jabatan Fungsional", "IV/a"),
    ("Guru Ahli Muda", "Jabatan Fungsional", "III/d"),
    ("Perawat Terampil", "Jabatan Fungsional", "II/d"),
    ("Analis SDM Aparatur Ahli Pertama", "Jabatan Fungsional", "III/b"),
    ("Pengadministrasi Perkantoran", "Jabatan Pelaksana", "II/c"),
)
_UNITS = ("SDN 01 Manguharjo", "SMPN 3 Taman", "Puskesmas Oro-oro Ombo", "Dinas Perhubungan")


def nip(born: date, appointed: date, sex: str, serial: int) -> str:
    """An invented NIP in the layout of PNS numbers."""
    return f"{born:%Y%m%d}{appointed:%Y%m}{'1' if sex == 'L' else '2'}{serial:03d}"


def pppk_number(born: date, year: int, sex: str, serial: int) -> str:
    """An invented NI PPPK, first contract."""
    return f"{born:%Y%m%d}{year}21{'1' if sex == 'L' else '2'}{serial:03d}"


def person(at: int, **changes: object) -> dict[str, object]:
    """One invented person; ``at`` makes each different."""
    born = date(1968 + at % 30, 1 + at % 12, 1 + at % 28)
    sex = "LP"[at % 2]
    appointed = date(born.year + 24 + at % 6, 1 + at % 12, 1)
    position, kind, golongan = _POSTS[at % len(_POSTS)]
    unit = _UNITS[at % len(_UNITS)]
    return {
        "nip": nip(born, appointed, sex, 1 + at // 336),
        "name": f"{_GIVEN[at % len(_GIVEN)]} {_FAMILY[at % len(_FAMILY)]} {at}",
        "sex": sex,
        "birth_date": f"{born:%d-%m-%Y}",
        "golongan": golongan,
        "position": position,
        "position_kind": kind,
        "unit": unit,
        "opd": "Dinas Pendidikan" if unit.startswith(("SD", "SMP")) else unit,
        "status": "PNS",
        **changes,
    }


def people(count: int) -> list[dict[str, object]]:
    """Invented people, all different, none with a fault."""
    return [person(at) for at in range(count)]


@cache
def layout_headers(layout: str) -> tuple[str, ...]:
    """The headers of a known layout, in its order."""
    table = pd.read_csv(COLUMNS_FILE, dtype=str, keep_default_na=False)
    return tuple(table.loc[table["layout"] == layout, "header"])


_SIASN = {
    "NIP BARU": "nip",
    "NAMA": "name",
    "TANGGAL LAHIR": "birth_date",
    "JENIS KELAMIN": "sex",
    "GOL AKHIR NAMA": "golongan",
    "JABATAN NAMA": "position",
    "JENIS JABATAN NAMA": "position_kind",
    "UNOR NAMA": "unit",
    "STATUS CPNS PNS": "status",
    "SATUAN KERJA KERJA NAMA": "opd",
}
# What must never leave the reader; every test that looks for a leak looks for this word.
SECRET = "RAHASIA-7"
_SECRET_COLUMNS = {"NIK", "ALAMAT", "NOMOR HP", "EMAIL", "AGAMA NAMA", "TEMPAT LAHIR NAMA", "BPJS"}


def siasn_row(facts: Mapping[str, object]) -> list[object]:
    """One person in the 69 columns of the SIASN nominatif."""
    filled = {
        "KEDUDUKAN HUKUM ID": "01",
        "KEDUDUKAN HUKUM NAMA": "Aktif",
        **{header: facts.get(name, "") for header, name in _SIASN.items()},
        **dict.fromkeys(_SECRET_COLUMNS, SECRET),
    }
    return [filled.get(header, "") for header in layout_headers("siasn_nominatif")]


def siasn_rows(persons: Sequence[Mapping[str, object]]) -> list[list[object]]:
    """A SIASN nominatif: its header row and one row per person."""
    return [list(layout_headers("siasn_nominatif")), *[siasn_row(each) for each in persons]]


PLAIN = ("NIP", "Nama", "Tanggal Lahir", "L/P", "Gol", "Jabatan", "Unit Kerja")
PLAIN_FACTS = ("nip", "name", "birth_date", "sex", "golongan", "position", "unit")


def plain_rows(persons: Sequence[Mapping[str, object]]) -> list[list[object]]:
    """A plain table: one header row, one row per person."""
    return [list(PLAIN), *[[each[fact] for fact in PLAIN_FACTS] for each in persons]]


def write_xlsx(
    path: Path,
    sheets: Mapping[str, Sequence[Sequence[object]]] | Sequence[Sequence[object]],
    merged: Sequence[tuple[int, int, int, int]] = (),
    *,
    hidden: Sequence[str] = (),
) -> Path:
    """A workbook; text starting with ``=`` becomes a formula, as it does when typed.

    ``merged`` are zero-based ranges (first row, first column, last row, last column) of every
    sheet; the text stays that of the first cell.
    """
    named = sheets if isinstance(sheets, Mapping) else {"Sheet1": sheets}
    with xlsxwriter.Workbook(str(path)) as book:
        day = book.add_format({"num_format": "dd-mm-yyyy"})
        for name, rows in named.items():
            sheet = book.add_worksheet(name)
            if name in hidden:
                sheet.hide()
            for at, row in enumerate(rows):
                for column, cell in enumerate(row):
                    if isinstance(cell, date):
                        sheet.write_datetime(at, column, cell, day)
                    elif isinstance(cell, str) and cell.startswith("="):
                        sheet.write_formula(at, column, cell, None, "")
                    elif isinstance(cell, str):
                        sheet.write_string(at, column, cell)
                    elif cell is not None:
                        sheet.write(at, column, cell)
            for top, left, bottom, right in merged:
                text = rows[top][left]
                sheet.merge_range(top, left, bottom, right, text)
    return path


def write_xls(path: Path, rows: Sequence[Sequence[object]]) -> Path:
    """An old Excel workbook."""
    book = xlwt.Workbook()
    sheet = book.add_sheet("Sheet1")
    day = xlwt.easyxf(num_format_str="DD-MM-YYYY")
    for at, row in enumerate(rows):
        for column, cell in enumerate(row):
            if isinstance(cell, date):
                sheet.write(at, column, cell, day)
            elif cell not in ("", None):
                sheet.write(at, column, cell)
    book.save(str(path))
    return path


def write_ods(path: Path, rows: Sequence[Sequence[object]]) -> Path:
    """An open document spreadsheet; cells are text, numbers or dates."""
    book = OpenDocumentSpreadsheet()
    table = Table(name="Sheet1")
    for row in rows:
        line = TableRow()
        for cell in row:
            if isinstance(cell, date):
                each = TableCell(valuetype="date", datevalue=cell.isoformat())
            elif isinstance(cell, int | float):
                each = TableCell(valuetype="float", value=cell)
            else:
                each = TableCell(valuetype="string")
                each.addElement(P(text=str(cell or "")))
            line.addElement(each)
        table.addElement(line)
    book.spreadsheet.addElement(table)
    book.save(str(path))
    return path


def write_csv(
    path: Path,
    rows: Sequence[Sequence[object]],
    *,
    separator: str = ",",
    encoding: str = "utf-8",
) -> Path:
    """A text file; cells that need it are quoted."""

    def quoted(cell: object) -> str:
        text = "" if cell is None else str(cell)
        needs = any(mark in text for mark in (separator, '"', "\n"))
        return '"' + text.replace('"', '""') + '"' if needs else text

    lines = [separator.join(quoted(cell) for cell in row) for row in rows]
    path.write_bytes(("\r\n".join(lines) + "\r\n").encode(encoding))
    return path
