"""The people of the sample city as the workbooks an office would send us.

Text in every cell, as SIASN writes it. Columns that an import discards hold the word ``SINTETIS``,
so that a leak of one is seen at once. Faults can be planted, each in a row of its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pandas as pd
import xlsxwriter

from analytics import rules
from analytics.demo_places import CITY

FAKE = "SINTETIS"
SHEET = "data contoh (sintetis)"
GOVERNMENT = f"Pemerintah Kota {CITY} (contoh)"
DAY = "%d-%m-%Y"

# SIASN nominatif download, in its order.
SIASN_HEADERS = (
    "PNS ID", "NIP BARU", "NIP LAMA", "NAMA", "GELAR DEPAN", "GELAR BELAKANG", "TEMPAT LAHIR ID",
    "TEMPAT LAHIR NAMA", "TANGGAL LAHIR", "JENIS KELAMIN", "AGAMA ID", "AGAMA NAMA",
    "JENIS KAWIN ID", "JENIS KAWIN NAMA", "NIK", "NOMOR HP", "EMAIL", "EMAIL GOV", "ALAMAT",
    "NPWP NOMOR", "BPJS", "JENIS PEGAWAI ID", "JENIS PEGAWAI NAMA", "KEDUDUKAN HUKUM ID",
    "KEDUDUKAN HUKUM NAMA", "STATUS CPNS PNS", "KARTU ASN VIRTUAL", "NOMOR SK CPNS",
    "TANGGAL SK CPNS", "TMT CPNS", "NOMOR SK PNS", "TANGGAL SK PNS", "TMT PNS", "GOL AWAL ID",
    "GOL AWAL NAMA", "GOL AKHIR ID", "GOL AKHIR NAMA", "TMT GOLONGAN", "MK TAHUN", "MK BULAN",
    "JENIS JABATAN ID", "JENIS JABATAN NAMA", "JABATAN ID", "JABATAN NAMA", "TMT JABATAN",
    "TINGKAT PENDIDIKAN ID", "TINGKAT PENDIDIKAN NAMA", "PENDIDIKAN ID", "PENDIDIKAN NAMA",
    "TAHUN LULUS", "KPKN ID", "KPKN NAMA", "LOKASI KERJA ID", "LOKASI KERJA NAMA", "UNOR ID",
    "UNOR NAMA", "INSTANSI INDUK ID", "INSTANSI INDUK NAMA", "INSTANSI KERJA ID",
    "INSTANSI KERJA NAMA", "SATUAN KERJA INDUK ID", "SATUAN KERJA INDUK NAMA",
    "SATUAN KERJA KERJA ID", "SATUAN KERJA KERJA NAMA", "IS VALID NIK", "NAMA SEKOLAH", "FLAG IKD",
    "ESELON ID", "ESELON NAMA",
)  # fmt: skip
# Columns whose policy is discard_on_import.
DISCARDED = (
    "TEMPAT LAHIR ID", "TEMPAT LAHIR NAMA", "AGAMA ID", "AGAMA NAMA", "NIK", "NOMOR HP", "EMAIL",
    "EMAIL GOV", "ALAMAT", "NPWP NOMOR", "BPJS", "KARTU ASN VIRTUAL", "IS VALID NIK", "FLAG IKD",
)  # fmt: skip
_KIND = {"PNS": "PNS Daerah", "CPNS": "PNS Daerah", "PPPK": "PPPK", "PPPK_PW": "PPPK Paruh Waktu"}
_STATUS = {"PNS": "PNS", "CPNS": "CPNS", "PPPK": "PPPK", "PPPK_PW": "PPPK Paruh Waktu"}

# Which header a fault is planted under, in the two layouts.
_COLUMNS = {
    "nip": ("NIP BARU", "NIP"),
    "name": ("NAMA", "Nama"),
    "birth_date": ("TANGGAL LAHIR", "Tanggal Lahir"),
    "sex": ("JENIS KELAMIN", "Jenis Kelamin"),
    "position": ("JABATAN NAMA", "Jabatan"),
    "unit": ("UNOR NAMA", "Unit Kerja"),
}
_SIASN_SEX = {"L": "M", "P": "F"}


@dataclass(frozen=True)
class PlantedFault:
    """A fault put into a workbook: spreadsheet row (1-based), header, value as written, code."""

    row: int
    column: str
    value: str
    code: str


def siasn_workbook(
    path: Path, people: pd.DataFrame, faults: Sequence[str] = ()
) -> tuple[PlantedFault, ...]:
    """Write people as a SIASN nominatif workbook: one sheet, 69 headers in row 1, text cells.

    Parameters
    ----------
    path
        The .xlsx to write.
    people
        The people frame, one row per person.
    faults
        Codes of ``FAULTS``, one planted per row, from row 6 on and seven rows apart; a code may
        come more than once.

    Returns
    -------
    What was planted, in the order of ``faults``.

    Raises
    ------
    ValueError
        For a code that cannot be planted, or more faults than rows.

    Notes
    -----
    The nominatif has no column for contract end, extra duty, kecamatan, NPSN and certificates:
    they do not survive the round trip. ``plain_workbook`` carries them.
    """
    status = rules.load().legal_status.set_index("code")["label_id"]
    text = _text(people)
    career = people["employment"].isin(["PNS", "CPNS"])
    values = {
        "PNS ID": pd.Series([f"{FAKE}-{n:06d}" for n in range(1, len(people) + 1)]),
        "NIP BARU": text["nip"],
        "NAMA": text["name"],
        "TANGGAL LAHIR": text["birth_date"],
        "JENIS KELAMIN": text["sex"].map(_SIASN_SEX).fillna(""),
        "JENIS PEGAWAI NAMA": people["employment"].map(_KIND),
        "KEDUDUKAN HUKUM ID": text["legal_status_code"],
        "KEDUDUKAN HUKUM NAMA": text["legal_status_code"].map(status).fillna(""),
        "STATUS CPNS PNS": people["employment"].map(_STATUS),
        "TMT CPNS": text["appointed_on"],
        "TMT PNS": _days(people["appointed_on"] + pd.DateOffset(years=1)).where(
            people["employment"] == "PNS", ""
        ),
        "GOL AKHIR NAMA": text["golongan"],
        "TMT GOLONGAN": text["golongan_since"],
        "MK TAHUN": text["service_years"],
        "MK BULAN": text["service_months"],
        "JENIS JABATAN NAMA": text["position_kind"],
        "JABATAN NAMA": text["position"],
        "TMT JABATAN": text["position_since"],
        "TINGKAT PENDIDIKAN NAMA": text["education_level"],
        "PENDIDIKAN NAMA": text["education"],
        "KPKN NAMA": pd.Series("", index=people.index),
        "UNOR NAMA": text["unit"],
        "INSTANSI INDUK NAMA": pd.Series(GOVERNMENT, index=people.index),
        "INSTANSI KERJA NAMA": pd.Series(GOVERNMENT, index=people.index),
        "SATUAN KERJA INDUK NAMA": text["opd"],
        "SATUAN KERJA KERJA NAMA": text["opd"],
        "ESELON NAMA": text["echelon"].where(career, ""),
    }
    values |= {header: pd.Series(FAKE, index=people.index) for header in DISCARDED}
    return _written(path, SIASN_HEADERS, values, faults, layout=0)


def plain_workbook(
    path: Path, people: pd.DataFrame, faults: Sequence[str] = ()
) -> tuple[PlantedFault, ...]:
    """Write people as a plain table with Indonesian headers, the layout we ask of those who ask.

    Parameters, returns and errors as :func:`siasn_workbook`. Columns that were never computed
    (TMT pensiun) are left out; everything else of the people frame is carried.
    """
    text = _text(people)
    certificate = people["has_head_certificate"].map({True: "Ya", False: "Tidak"}).astype("object")
    values = {
        "NIP": text["nip"],
        "Nama": text["name"],
        "Tanggal Lahir": text["birth_date"],
        "Jenis Kelamin": text["sex"],
        "Status Kepegawaian": people["employment"].map(_STATUS),
        "Kode Kedudukan Hukum": text["legal_status_code"],
        "Golongan": text["golongan"],
        "TMT Golongan": text["golongan_since"],
        "TMT CPNS": text["appointed_on"],
        "Akhir Kontrak": text["contract_ends_on"],
        "Masa Kerja Tahun": text["service_years"],
        "Masa Kerja Bulan": text["service_months"],
        "Jenis Jabatan": text["position_kind"],
        "Jabatan": text["position"],
        "TMT Jabatan": text["position_since"],
        "Eselon": text["echelon"],
        "Jenjang": text["stated_jenjang"],
        "Tingkat Pendidikan": text["education_level"],
        "Jurusan": text["education"],
        "Tugas Tambahan": text["extra_duty"],
        "Sertifikat Kepala Sekolah": certificate.fillna(""),
        "Unit Kerja": text["unit"],
        "OPD": text["opd"],
        "Kecamatan": text["kecamatan"],
        "NPSN": text["npsn"],
    }
    return _written(path, tuple(values), values, faults, layout=1)


def _text(people: pd.DataFrame) -> pd.DataFrame:
    """Every cell as an office would type it; empty where unknown."""
    frame = people.reset_index(drop=True)
    columns = {
        name: _days(frame[name])
        if pd.api.types.is_datetime64_any_dtype(frame[name])
        else frame[name].astype("object").where(frame[name].notna(), "").astype(str)
        for name in frame.columns
    }
    return pd.DataFrame(columns).set_axis(people.index)


def _days(dates: pd.Series) -> pd.Series:
    return dates.dt.strftime(DAY).fillna("")


def _malformed(cells: Mapping[str, str]) -> dict[str, str]:
    return {"nip": cells["nip"][:-1]}


def _precision_lost(cells: Mapping[str, str]) -> dict[str, str]:
    # What Excel keeps of an 18-digit number.
    return {"nip": cells["nip"][:15] + "000"}


def _duplicate(cells: Mapping[str, str]) -> dict[str, str]:
    return {name: cells["previous " + name] for name in ("nip", "name", "birth_date", "sex")}


def _other_birth(cells: Mapping[str, str]) -> dict[str, str]:
    # Another day of the same month: the retirement date stays, so that one fault brings one code.
    day, month_and_year = cells["birth_date"].split("-", 1)
    return {"birth_date": ("02-" if day == "01" else "01-") + month_and_year}


def _other_sex(cells: Mapping[str, str]) -> dict[str, str]:
    opposite = {"L": "P", "P": "L", "M": "F", "F": "M"}
    return {"sex": opposite[cells["sex"]]}


# code: (field that carries it, what is written)
FAULTS = {
    "nip_malformed": ("nip", _malformed),
    "nip_duplicate": ("nip", _duplicate),
    "nip_precision_lost": ("nip", _precision_lost),
    "date_missing": ("birth_date", lambda _: {"birth_date": ""}),
    "date_invalid": ("birth_date", lambda _: {"birth_date": "30-02-1975"}),
    "unit_missing": ("unit", lambda _: {"unit": ""}),
    "nip_birth_mismatch": ("birth_date", _other_birth),
    "nip_sex_mismatch": ("sex", _other_sex),
    "position_unknown": ("position", lambda _: {"position": "Juru Kunci Contoh"}),
    "text_formula": ("name", lambda _: {"name": "=1+1"}),
}
_FIRST_FAULT_ROW, _ROWS_BETWEEN = 6, 7
_UNIT_BESIDE = ("SATUAN KERJA INDUK NAMA", "SATUAN KERJA KERJA NAMA", "OPD")


def _planted(
    values: dict[str, pd.Series], faults: Sequence[str], layout: int
) -> tuple[PlantedFault, ...]:
    """Change ``values`` in place; what was changed."""
    header = {field: names[layout] for field, names in _COLUMNS.items()}
    rows = len(values[header["nip"]])
    planted = []
    for number, code in enumerate(faults):
        if code not in FAULTS:
            raise ValueError(f"{code!r} cannot be planted; choose of {', '.join(FAULTS)}")
        row = _FIRST_FAULT_ROW + _ROWS_BETWEEN * number
        at = row - 2
        if at >= rows:
            raise ValueError(f"{len(faults)} faults need {row} rows; there are {rows + 1}")
        field, change = FAULTS[code]
        cells = {name: values[title].iloc[at] for name, title in header.items()}
        cells |= {f"previous {name}": values[title].iloc[at - 1] for name, title in header.items()}
        changed = change(cells)
        for name, value in changed.items():
            values[header[name]].iloc[at] = value
        if code == "unit_missing":
            # With an OPD left, a reader may rightly fall back to it.
            for beside in set(_UNIT_BESIDE) & set(values):
                values[beside].iloc[at] = ""
        planted.append(PlantedFault(row, header[field], changed[field], code))
    return tuple(planted)


def _written(
    path: Path,
    headers: Sequence[str],
    values: dict[str, pd.Series],
    faults: Sequence[str],
    layout: int,
) -> tuple[PlantedFault, ...]:
    values = {
        name: column.astype("object").reset_index(drop=True) for name, column in values.items()
    }
    planted = _planted(values, faults, layout)
    as_number = {
        (fault.row - 1, headers.index(fault.column))
        for fault in planted
        if fault.code == "nip_precision_lost"
    }
    filled = [
        (column, values[name].tolist()) for column, name in enumerate(headers) if name in values
    ]
    count = len(next(iter(values.values())))
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(str(path), options) as book:
        # A fixed day: the same people give the same bytes.
        book.set_properties({"title": SHEET, "comments": SHEET, "created": datetime(2026, 7, 1)})
        sheet = book.add_worksheet(SHEET)
        sheet.freeze_panes(1, 0)
        for column, name in enumerate(headers):
            sheet.write_string(0, column, name)
        write = sheet.write_string
        for row in range(count):
            for column, cells in filled:
                value = cells[row]
                if (row + 1, column) in as_number:
                    sheet.write_number(row + 1, column, float(value))
                elif value:
                    write(row + 1, column, value)
    return planted
