"""What a file says, whatever it was exported from; and one clear word where it says nothing."""

from __future__ import annotations

import io
import zipfile
from datetime import date

import pytest
import xlsxwriter

from analytics import readers
from analytics.faults import FaultsError, fault_table
from analytics.readers import workbook
from analytics.readers.dates import INVALID, MISSING, written_date
from tests import workbooks
from tests.workbooks import SECRET

PEOPLE = workbooks.people(6)
DAY = date(2026, 11, 21)


def codes(error) -> list[str]:
    return [fault.code for fault in error.value.faults]


def refusal(path, **options) -> str:
    with pytest.raises(FaultsError) as error:
        readers.read(path, **options)
    (code,) = codes(error)
    table = fault_table(error.value.faults)
    assert table.message.item() and table.remedy.item()
    return code


# Files that are no roster


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("kosong.xlsx", b"", "file_empty"),
        ("kosong.csv", b"  \r\n \r\n", "file_empty"),
        ("rusak.xlsx", b"PK\x03\x04" + b"bukan zip" * 99, "file_broken"),
        (
            "terpotong.xls",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 99 + "Workbook".encode("utf-16-le"),
            "file_broken",
        ),
        ("surat.xlsx", b"%PDF-1.7 isi surat", "file_type"),
        ("gambar.xls", b"\x89PNG\r\n\x1a\n" + b"\0" * 99, "file_type"),
        ("program.csv", bytes(range(256)) * 9, "file_type"),
        ("halaman.xls", b"<html><body><p>Sesi berakhir, masuk lagi</p></body></html>", "file_type"),
        (
            "terkunci.xlsx",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
            + b"\0" * 600
            + "EncryptedPackage".encode("utf-16-le"),
            "file_encrypted",
        ),
        (
            "surat.doc",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + "WordDocument".encode("utf-16-le"),
            "file_type",
        ),
    ],
)
def test_a_file_that_is_no_spreadsheet_is_refused_with_a_word(tmp_path, name, content, code):
    path = tmp_path / name
    path.write_bytes(content)
    assert refusal(path) == code


def test_a_file_that_is_not_there_is_refused_with_a_word(tmp_path):
    assert refusal(tmp_path / "tidak-ada.xlsx") == "file_missing"
    assert refusal(tmp_path) == "file_missing"


def test_a_text_document_under_a_workbook_name_is_not_a_spreadsheet(tmp_path):
    path = tmp_path / "surat.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("word/document.xml", "<w:document/>")
    assert refusal(path) == "file_type"


def test_a_workbook_cut_off_in_mid_download_is_broken(tmp_path):
    whole = workbooks.write_xlsx(tmp_path / "a.xlsx", workbooks.plain_rows(PEOPLE)).read_bytes()
    path = tmp_path / "b.xlsx"
    for size in (len(whole) // 3, len(whole) - 40):
        path.write_bytes(whole[:size])
        assert refusal(path) == "file_broken"


def test_a_workbook_with_damaged_content_is_broken(tmp_path):
    whole = bytearray(
        workbooks.write_xlsx(tmp_path / "a.xlsx", workbooks.plain_rows(PEOPLE)).read_bytes()
    )
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        at = archive.getinfo("xl/worksheets/sheet1.xml").header_offset + 60
    whole[at : at + 200] = b"\xff" * 200
    path = tmp_path / "b.xlsx"
    path.write_bytes(whole)
    assert refusal(path) == "file_broken"


def test_an_old_workbook_behind_a_password_says_so(tmp_path):
    path = workbooks.write_xls(tmp_path / "a.xls", workbooks.plain_rows(PEOPLE))
    content = bytearray(path.read_bytes())
    # BIFF8: the record after BOF (0x0809, 16 bytes) becomes FILEPASS (0x002F).
    start = content.index(b"\x09\x08\x10\x00") + 20
    content[start : start + 2] = b"\x2f\x00"
    path.write_bytes(content)
    assert refusal(path) == "file_encrypted"


def test_a_file_of_200_mb_is_refused_before_it_is_read(tmp_path):
    path = tmp_path / "besar.csv"
    with path.open("wb") as file:
        file.seek(200 * 1024 * 1024)
        file.write(b"x")
    assert refusal(path) == "file_too_large"


def test_a_zip_that_unfolds_beyond_reason_is_refused_before_it_is_unfolded(tmp_path, monkeypatch):
    monkeypatch.setattr(workbook, "LARGEST_UNFOLDED_MB", 5)
    path = tmp_path / "bom.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"0" * 6 * 1024 * 1024)
    assert path.stat().st_size < 100_000
    assert refusal(path) == "file_too_large"


def test_headers_without_rows_are_refused(tmp_path):
    path = workbooks.write_xlsx(tmp_path / "a.xlsx", workbooks.plain_rows([]))
    assert refusal(path) == "file_no_rows"


def test_headers_in_unknown_words_over_numbers_are_not_told_to_have_no_rows(tmp_path):
    path = tmp_path / "angka.csv"
    path.write_text("a,b,c\n1,2,3\n", encoding="utf-8")
    assert refusal(path) == "header_not_found"


@pytest.mark.parametrize("mark", [":", "~", "^", "  ", "#"])
def test_an_unknown_separator_is_answered_with_those_that_are_known(tmp_path, mark):
    path = tmp_path / "pegawai.csv"
    path.write_text(f"NIP{mark}Nama\n1{mark}Ani\n2{mark}Budi\n", encoding="utf-8")
    with pytest.raises(FaultsError) as refused:
        readers.read(path)
    [fault] = refused.value.faults
    assert all(name in fault.remedy("id") for name in ("(;)", "(,)", "tab", "(|)"))


def test_a_list_of_one_column_is_not_taken_for_one_with_an_unknown_separator(tmp_path):
    path = tmp_path / "nip.csv"
    path.write_text("NIP\n19640320 198803 2 001\n19800101 200501 2 001\n", encoding="utf-8")
    assert refusal(path) != "file_separator_unknown"


def test_a_sheet_without_any_header_is_refused(tmp_path):
    path = workbooks.write_csv(tmp_path / "a.csv", [["1", "2"], ["3", "4"]])
    assert refusal(path) == "header_not_found"


def test_a_list_of_pupils_is_counted_and_nothing_else_of_it_is_read(tmp_path):
    rows = [
        ["Daftar Peserta Didik"],
        ["SD NEGERI CONTOH"],
        [
            "No",
            "Nama",
            "NIPD",
            "JK",
            "NISN",
            "Tempat Lahir",
            "Tanggal Lahir",
            "NIK",
            "Rombel Saat Ini",
        ],
        [1, SECRET, "1", "L", "0012345678", "Madiun", "01-01-2015", SECRET, "Kelas 4"],
    ]
    reading = readers.read(workbooks.write_xlsx(tmp_path / "pd.xlsx", rows))
    assert reading.rows[["grade", "pupil_count"]].to_numpy().tolist() == [[4, 1]]
    assert SECRET not in repr(reading) + reading.rows.to_csv() + reading.proposed.to_csv()


# The same roster in every format


def as_web_table(rows) -> str:
    body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<html><body><table border=1>{body}</table></body></html>"


def files(folder):
    rows = workbooks.plain_rows(PEOPLE)
    yield workbooks.write_xlsx(folder / "a.xlsx", rows)
    yield workbooks.write_xls(folder / "a.xls", rows)
    yield workbooks.write_ods(folder / "a.ods", rows)
    for number, (separator, encoding) in enumerate(
        [(",", "utf-8"), (";", "utf-8-sig"), ("\t", "utf-16"), ("|", "cp1252"), (";", "utf-16-le")]
    ):
        yield workbooks.write_csv(
            folder / f"{number}.csv", rows, separator=separator, encoding=encoding
        )
    yield workbooks.write_csv(folder / "teks.xls", rows, separator="\t")
    web = folder / "web.xls"
    web.write_text(as_web_table(rows), encoding="utf-8")
    yield web


def test_every_format_gives_the_same_rows_and_row_numbers(tmp_path):
    seen = 0
    for path in files(tmp_path):
        reading = readers.read(path)
        assert reading.kind == "roster", path
        assert reading.rows["nip"].to_list() == [each["nip"] for each in PEOPLE], path
        assert reading.rows["name"].to_list() == [each["name"] for each in PEOPLE], path
        assert reading.rows["row"].to_list() == [2, 3, 4, 5, 6, 7], path
        assert reading.is_certain, path
        seen += 1
    assert seen == 10


def test_row_numbers_count_empty_rows_above_and_between(tmp_path):
    header, *rows = workbooks.plain_rows(PEOPLE)
    blank: list[object] = [""] * 9
    shifted = [blank, blank, ["", "", *header], ["", "", *rows[0]], blank, ["", "", *rows[1]]]
    for path in (
        workbooks.write_xlsx(tmp_path / "a.xlsx", shifted),
        workbooks.write_xls(tmp_path / "a.xls", shifted),
        workbooks.write_ods(tmp_path / "a.ods", shifted),
        workbooks.write_csv(tmp_path / "a.csv", shifted),
    ):
        assert readers.read(path).rows["row"].to_list() == [4, 6], path


def test_a_record_over_several_lines_of_text_is_numbered_by_its_first_line(tmp_path):
    rows = workbooks.plain_rows(PEOPLE[:3])
    rows[1][6] = "SDN 01\nManguharjo"
    reading = readers.read(workbooks.write_csv(tmp_path / "a.csv", rows))
    assert reading.rows["row"].to_list() == [2, 4, 5]


def test_names_keep_their_letters_in_windows_text(tmp_path):
    rows = workbooks.plain_rows([workbooks.person(1, name="Zoë d’Arc")])
    path = workbooks.write_csv(tmp_path / "a.csv", rows, separator=";", encoding="cp1252")
    assert readers.read(path).rows["name"].item() == "Zoë d’Arc"


# Known layouts


def test_the_siasn_nominatif_is_recognised_and_private_columns_stay_behind(tmp_path):
    path = workbooks.write_xlsx(tmp_path / "a.xlsx", workbooks.siasn_rows(PEOPLE))
    reading = readers.read(path)
    assert (reading.kind, reading.layout, reading.is_certain) == ("roster", "siasn_nominatif", True)
    assert len(workbooks.layout_headers("siasn_nominatif")) == 69
    assert {"NIK", "ALAMAT", "NOMOR HP", "AGAMA NAMA", "NPWP NOMOR"} <= set(reading.discarded)
    assert reading.headers["unit"] == "UNOR NAMA"
    everything = (reading.rows, reading.proposed, reading.headers, reading.faults, reading.sheets)
    for part in everything:
        text = part.to_csv() if hasattr(part, "to_csv") else repr(part)
        assert SECRET not in text


def test_headers_match_regardless_of_case_spaces_and_punctuation(tmp_path):
    header, *rows = workbooks.siasn_rows(PEOPLE)
    for change in (str.lower, lambda h: h.replace(" ", "_"), lambda h: f"  {h.title()} . "):
        path = workbooks.write_csv(tmp_path / "a.csv", [[change(h) for h in header], *rows])
        reading = readers.read(path)
        assert reading.layout == "siasn_nominatif"
        assert reading.rows["nip"].to_list() == [each["nip"] for each in PEOPLE]
        assert SECRET not in reading.rows.to_csv()


def test_the_web_service_fields_of_siasn_are_recognised(tmp_path):
    header = ["nipBaru", "nama", "tglLahir", "jenisKelamin", "golRuangAkhir", "jabatanNama"]
    header += ["jenisJabatan", "unorNama", "unorIndukNama", "kedudukanPnsNama", "tmtPensiun"]
    header += ["bupPensiun", "noHp", "nik", "agama"]
    facts = workbooks.person(3)
    row = [facts[n] for n in ("nip", "name", "birth_date", "sex", "golongan", "position")]
    row += ["Fungsional", facts["unit"], facts["opd"], "Aktif", "01-01-2031", "60", *[SECRET] * 3]
    reading = readers.read(workbooks.write_csv(tmp_path / "a.csv", [header, row]))
    assert reading.layout == "siasn_api"
    assert reading.headers["stated_bup_years"] == "bupPensiun"
    assert reading.headers["opd"] == "unorIndukNama"
    assert SECRET not in reading.rows.to_csv()


def test_the_trimmed_simpeg_export_is_recognised(tmp_path):
    header = list(workbooks.layout_headers("simpeg")[:33])
    facts = workbooks.person(4)
    known = {
        "NIP": "nip",
        "NAMA": "name",
        "TANGGAL LAHIR": "birth_date",
        "NAMA UNOR": "unit",
        "NAMA JABATAN": "position",
        "UNOR INDUK": "opd",
    }
    row = [
        facts[known[h]] if h in known else SECRET if h in ("NIK", "ALAMAT") else "" for h in header
    ]
    reading = readers.read(workbooks.write_csv(tmp_path / "a.csv", [header, row]))
    assert reading.layout == "simpeg"
    assert reading.rows["opd"].item() == facts["opd"]
    assert SECRET not in reading.rows.to_csv()


def test_a_simpeg_print_has_its_header_below_titles_and_prefers_the_new_nip(tmp_path):
    # Layout of the blank template CetakPegawaiExcel.xls of Kab. Mojokerto's SIMPEG.
    header = ["No.", "NIP", "NIP Baru", "Nama", "Tempat Lahir", "Tanggal Lahir", "L/P", "Status"]
    header += ["Gol. Ruang", "TMT Pangkat", "Eselon", "Jabatan", "TMT Jabatan", "Agama", "Telepon"]
    header += [
        "Alamat",
        "TMT Pensiun",
        "Pendidikan",
        "Jurusan",
        "Lulus",
        "Unit Kerja",
        "Satuan Kerja",
    ]
    rows: list[list[object]] = [[""], ["", "DAFTAR PEGAWAI"], ["", "KEADAAN PER 1 JULI 2026"]]
    rows += [[""]] * 5 + [header]
    for at, each in enumerate(PEOPLE):
        rows.append(
            [
                at + 1,
                "130123456",
                each["nip"],
                each["name"],
                SECRET,
                each["birth_date"],
                each["sex"],
                "PNS",
                each["golongan"],
                "01-04-2020",
                "-",
                each["position"],
                "01-01-2021",
                SECRET,
                SECRET,
                SECRET,
                "01-01-2033",
                "S1",
                "PGSD",
                1999,
                each["unit"],
                each["opd"],
            ]
        )
    reading = readers.read(workbooks.write_xls(tmp_path / "a.xls", rows))
    assert reading.layout == "simpeg"
    assert reading.as_of == date(2026, 7, 1)
    assert reading.rows["nip"].to_list() == [each["nip"] for each in PEOPLE]
    assert reading.rows["row"].to_list() == list(range(10, 16))
    assert reading.headers["nip"] == "NIP Baru"
    assert SECRET not in reading.rows.to_csv() + reading.proposed.to_csv()


def test_a_simpeg_table_of_satker_levels_is_recognised(tmp_path):
    header = [
        "NIP",
        "NAMA_LENGKAP",
        "TANGGAL_LAHIR",
        "JENIS_KELAMIN",
        "PENDIDIKAN",
        "LEVEL_JABATAN",
    ]
    header += ["GOL_RUANG", "TMT_CPNS", "TMT_PANGKAT", "MK_TAHUN", "MK_BULAN", "TIPE_JABATAN"]
    header += ["JABATAN", "TMT_JABATAN", "SATKER_1", "SATKER_2", "SATKER_3", "SATKER_4", "SATKER_5"]
    header += ["USIA_PENSIUN", "TMT_PENSIUN", "STATUS_PEGAWAI"]
    facts = workbooks.person(5)
    row = [
        facts["nip"],
        facts["name"],
        facts["birth_date"],
        "L",
        "S1",
        "Ahli Madya",
        "IV/a",
        "",
        "",
        20,
        3,
    ]
    row += [
        "Fungsional",
        facts["position"],
        "",
        "Pemerintah Kota Contoh",
        "Dinas Pendidikan",
        "SDN 02 Taman",
    ]
    row += ["", "", 60, "", "PNS"]
    reading = readers.read(workbooks.write_csv(tmp_path / "a.csv", [header, row]))
    assert reading.layout == "simpeg"
    assert {"satker_1", "satker_2", "satker_3"} <= set(reading.rows.columns)


def duk_rows() -> tuple[list[list[object]], list[tuple[int, int, int, int]]]:
    """A DUK: titles, a two-row header with merged cells, a numbering row, and records."""
    rows: list[list[object]] = [
        ["DAFTAR URUT KEPANGKATAN PEGAWAI NEGERI SIPIL"],
        ["PEMERINTAH KOTA CONTOH"],
        ["KEADAAN : 31 DESEMBER 2025"],
        [],
        [
            "NO",
            "NAMA",
            "NIP",
            "PANGKAT",
            "",
            "JABATAN",
            "",
            "MASA KERJA",
            "",
            "PENDIDIKAN",
            "",
            "TGL LAHIR",
            "UNIT KERJA",
        ],
        ["", "", "", "GOL", "TMT", "NAMA", "TMT", "TAHUN", "BULAN", "NAMA", "LULUS", "", ""],
        [f"({number})" for number in range(1, 14)],
    ]
    for at, each in enumerate(PEOPLE):
        rows.append(
            [
                at + 1,
                each["name"],
                each["nip"],
                each["golongan"],
                "01-04-2020",
                each["position"],
                "01-01-2021",
                20,
                3,
                "S-1 PGSD",
                1999,
                each["birth_date"],
                each["unit"],
            ]
        )
    rows += [[], ["", "", "", "", "", "", "", "", "", "Kota Contoh, 31 Desember 2025"]]
    rows += [["", "", "", "", "", "", "", "", "", "KEPALA BKPSDM"], []]
    rows += [["", "", "", "", "", "", "", "", "", "NIP. 197001011990031001"]]
    merged = [(0, 0, 0, 12), (4, 3, 4, 4), (4, 5, 4, 6), (4, 7, 4, 8), (4, 9, 4, 10)]
    merged += [(4, column, 5, column) for column in (0, 1, 2, 11, 12)]
    return rows, merged


@pytest.mark.parametrize("is_merged", [True, False])
def test_a_duk_with_a_two_row_header_is_read_merged_or_not(tmp_path, is_merged):
    rows, merged = duk_rows()
    path = workbooks.write_xlsx(tmp_path / "duk.xlsx", rows, merged if is_merged else [])
    reading = readers.read(path)
    assert reading.layout == "duk"
    assert reading.as_of == date(2025, 12, 31)
    assert reading.rows["row"].to_list() == [8, 9, 10, 11, 12, 13]
    first = reading.rows.iloc[0]
    assert first["nip"] == PEOPLE[0]["nip"]
    assert (first["golongan"], first["golongan_since"]) == (PEOPLE[0]["golongan"], "01-04-2020")
    assert (first["position"], first["position_since"]) == (PEOPLE[0]["position"], "01-01-2021")
    assert (first["service_years"], first["service_months"]) == (20, 3)
    assert first["education"] == "S-1 PGSD"


def test_three_header_rows_are_read(tmp_path):
    rows: list[list[object]] = [
        ["DAFTAR NOMINATIF"],
        ["NO", "PEGAWAI", "", "KEPANGKATAN", "", "", "JABATAN", "UNIT KERJA", "TANGGAL LAHIR"],
        ["", "NAMA", "NIP", "GOL", "MASA KERJA", "", "", "", ""],
        ["", "", "", "", "THN", "BLN", "", "", ""],
    ]
    for at, e in enumerate(PEOPLE):
        rows.append(
            [
                at + 1,
                e["name"],
                e["nip"],
                e["golongan"],
                9,
                2,
                e["position"],
                e["unit"],
                e["birth_date"],
            ]
        )
    merged = [(1, 1, 1, 2), (1, 3, 1, 5), (2, 4, 2, 5), (1, 0, 3, 0), (1, 6, 3, 6), (1, 7, 3, 7)]
    merged += [(1, 8, 3, 8), (2, 1, 3, 1), (2, 2, 3, 2), (2, 3, 3, 3)]
    reading = readers.read(workbooks.write_xlsx(tmp_path / "a.xlsx", rows, merged))
    first = reading.rows.iloc[0]
    assert (first["name"], first["nip"], first["row"]) == (PEOPLE[0]["name"], PEOPLE[0]["nip"], 5)
    assert (first["service_years"], first["service_months"]) == (9, 2)
    assert first["unit"] == PEOPLE[0]["unit"]


def pair_rows() -> list[list[object]]:
    """A DUK print that gives each person two rows: name over NIP, grade over its date."""
    rows: list[list[object]] = [
        ["DAFTAR URUT KEPANGKATAN"],
        ["BULAN JULI 2026"],
        ["No", "Nama", "Tempat &", "Gol", "Jabatan", "Unit Kerja"],
        ["", "NIP", "Tgl Lahir", "TMT", "TMT", ""],
        ["1", "2", "3", "4", "5", "6"],
    ]
    for at, each in enumerate(PEOPLE):
        rows.append(
            [at + 1, each["name"], SECRET, each["golongan"], each["position"], each["unit"]]
        )
        rows.append(["", each["nip"], each["birth_date"], "01-04-2020", "01-01-2021", ""])
    return rows


def test_a_person_on_two_rows_is_one_record(tmp_path):
    reading = readers.read(workbooks.write_xlsx(tmp_path / "duk.xlsx", pair_rows()))
    assert reading.rows["nip"].to_list() == [each["nip"] for each in PEOPLE]
    assert reading.rows["name"].to_list() == [each["name"] for each in PEOPLE]
    assert reading.rows["birth_date"].to_list() == [each["birth_date"] for each in PEOPLE]
    assert reading.rows["golongan"].to_list() == [each["golongan"] for each in PEOPLE]
    assert set(reading.rows["golongan_since"]) == {"01-04-2020"}
    assert reading.rows["position"].to_list() == [each["position"] for each in PEOPLE]
    assert set(reading.rows["position_since"]) == {"01-01-2021"}
    assert reading.rows["row"].to_list() == [6, 8, 10, 12, 14, 16]
    assert reading.as_of == date(2026, 7, 1)
    assert SECRET not in reading.rows.to_csv()


def test_cells_that_combine_facts_are_split_and_birth_places_dropped(tmp_path):
    rows: list[list[object]] = [
        [
            "No",
            "Nama / NIP",
            "Tempat, Tanggal Lahir",
            "Gol/TMT",
            "Jabatan/TMT",
            "Unit Kerja",
            "Masa Kerja",
        ]
    ]
    for at, e in enumerate(PEOPLE):
        rows.append(
            [
                at + 1,
                f"{e['name']}, S.Pd.\nNIP. {e['nip']}",
                f"{SECRET}, {e['birth_date']}",
                f"{e['golongan']}\n01-04-2020",
                f"{e['position']} / 01-01-2021",
                e["unit"],
                "12 Tahun 3 Bulan",
            ]
        )
    reading = readers.read(workbooks.write_xlsx(tmp_path / "a.xlsx", rows))
    first = reading.rows.iloc[0]
    assert first["name"] == f"{PEOPLE[0]['name']}, S.Pd."
    assert first["nip"] == PEOPLE[0]["nip"]
    assert first["birth_date"] == PEOPLE[0]["birth_date"]
    assert (first["golongan"], first["golongan_since"]) == (PEOPLE[0]["golongan"], "01-04-2020")
    assert (first["position"], first["position_since"]) == (PEOPLE[0]["position"], "01-01-2021")
    assert (first["service_years"], first["service_months"]) == ("12", "3")
    assert SECRET not in reading.rows.to_csv() + reading.proposed.to_csv()


def test_sections_give_the_unit_and_print_furniture_is_passed_over(tmp_path):
    header = ["No", "Nama", "NIP", "Tanggal Lahir", "Jabatan", "Gol"]
    rows: list[list[object]] = [["DAFTAR PEGAWAI"], header, [1, 2, 3, 4, 5, 6]]
    units = ["I. DINAS PENDIDIKAN", "II. DINAS PERHUBUNGAN"]
    for start, unit in zip((0, 3), units, strict=True):
        rows.append([unit])
        for at, e in enumerate(PEOPLE[start : start + 3]):
            rows.append(
                [at + 1, e["name"], e["nip"], e["birth_date"], e["position"], e["golongan"]]
            )
            if at == 1:
                rows += [["Halaman 1"] if False else [], header, [1, 2, 3, 4, 5, 6]]
        rows.append(["JUMLAH", "", 3])
    rows.append(["TOTAL SELURUHNYA", "", 6])
    reading = readers.read(workbooks.write_xlsx(tmp_path / "a.xlsx", rows))
    assert reading.rows["nip"].to_list() == [each["nip"] for each in PEOPLE]
    assert reading.rows["unit"].to_list() == ["DINAS PENDIDIKAN"] * 3 + ["DINAS PERHUBUNGAN"] * 3
    assert reading.rows["row"].to_list() == [5, 6, 10, 13, 14, 18]
    reasons = {reason for _, reason in reading.sheets[0].skipped}
    assert reasons == {"numbering", "header", "section", "total"}


def test_a_unit_merged_over_its_people_is_that_of_each_of_them(tmp_path):
    rows = workbooks.plain_rows(PEOPLE)
    rows[1][6] = "SMPN 9 Contoh"
    for at in (2, 3):
        rows[at][6] = ""
    path = workbooks.write_xlsx(tmp_path / "a.xlsx", rows, [(1, 6, 3, 6)])
    assert readers.read(path).rows["unit"].to_list()[:3] == ["SMPN 9 Contoh"] * 3


def test_sheets_of_one_layout_are_read_together_and_others_reported(tmp_path):
    rows = workbooks.plain_rows(PEOPLE)
    second = workbooks.plain_rows(workbooks.people(9)[6:])
    path = workbooks.write_xlsx(
        tmp_path / "a.xlsx",
        {
            "Petunjuk": [["Cara mengisi"], ["Isi kolom NIP dengan teks"]],
            "Dinas A": rows,
            "Dinas B": second,
            "Rekap": [["Unit Kerja", "Jumlah"], ["Dinas A", 6], ["Dinas B", 3]],
            "Kosong": [],
            "Daftar pilihan": rows,
        },
        hidden=["Daftar pilihan"],
    )
    reading = readers.read(path)
    assert len(reading.rows) == 9
    assert reading.rows["sheet"].to_list() == ["Dinas A"] * 6 + ["Dinas B"] * 3
    assert {sheet.name: sheet.is_read for sheet in reading.sheets} == {
        "Petunjuk": False,
        "Dinas A": True,
        "Dinas B": True,
        "Rekap": False,
        "Kosong": False,
        "Daftar pilihan": False,
    }
    assert len(readers.read(path, sheets=["Dinas B"]).rows) == 3


def test_a_sheet_named_after_a_unit_gives_the_unit_where_nothing_else_does(tmp_path):
    rows = [row[:6] for row in workbooks.plain_rows(PEOPLE)]
    path = workbooks.write_xlsx(
        tmp_path / "a.xlsx", {"Dinas Perhubungan": rows, "Kec. Taman": rows}
    )
    reading = readers.read(path)
    assert set(reading.rows["unit"]) == {"Dinas Perhubungan", "Kec. Taman"}


def test_a_title_that_names_the_unit_gives_the_unit(tmp_path):
    rows = [
        ["DAFTAR PEGAWAI"],
        ["Unit Kerja", ":", "SMPN 3 Contoh"],
        [],
        *[r[:6] for r in workbooks.plain_rows(PEOPLE)],
    ]
    reading = readers.read(workbooks.write_xlsx(tmp_path / "a.xlsx", rows))
    assert set(reading.rows["unit"]) == {"SMPN 3 Contoh"}


def test_a_dapodik_list_of_teachers_is_recognised(tmp_path):
    header = list(workbooks.layout_headers("dapodik_gtk")[:51])
    facts = workbooks.person(2)
    known = {
        "No": 1,
        "Nama": facts["name"],
        "NUPTK": "1234567890123456",
        "JK": "P",
        "Tanggal Lahir": "1990-03-03",
        "Status Kepegawaian": "Guru Honor Sekolah",
        "Jenis PTK": "Guru Kelas",
        "Tugas Tambahan": "",
    }
    titles: list[list[object]] = [
        ["Daftar Guru"],
        ["SD NEGERI 01 CONTOH"],
        ["Kecamatan Kec. Taman, Kabupaten Kota Contoh"],
        ["Tanggal Unduh: 2026-07-14 08:22:11"],
    ]
    second: list[object] = [""] * 51
    row = [
        known.get(h, SECRET if h in ("NIK", "Agama", "Kecamatan", "HP", "Nama Ibu Kandung") else "")
        for h in header
    ]
    reading = readers.read(
        workbooks.write_xlsx(tmp_path / "a.xlsx", [*titles, header, second, row])
    )
    assert (reading.kind, reading.layout) == ("teacher", "dapodik_gtk")
    assert reading.rows["school"].item() == "SD NEGERI 01 CONTOH"
    assert reading.rows["row"].item() == 7
    assert reading.as_of == date(2026, 7, 14)
    assert SECRET not in reading.rows.to_csv() + reading.proposed.to_csv()


@pytest.mark.parametrize(
    "header",
    [
        ["Nomor Induk Pegawai", "Nama Lengkap", "Tgl. Lahir", "Nama Jabatan", "SKPD"],
        ["nip", "nama", "tgl_lahir", "jabatan", "unit_kerja"],
        ["Employee ID", "Full Name", "Date of Birth", "Position", "Department"],
        ["NIP/NI PPPK", "NAMA PEGAWAI", "TANGGAL LAHIR (dd-mm-yyyy)", "JABATAN TERAKHIR", "OPD"],
        ["N I P", "N A M A", "Tgl Lahir", "Uraian Jabatan", "Satuan Kerja"],
        [
            "NIP Pegawai",
            "Nama Pegawai",
            "Tanggal Lahir Pegawai",
            "Jabatan Saat Ini",
            "Unit Organisasi",
        ],
        ["NIP_BARU", "NM_PEGAWAI", "TGL_LHR", "NM_JAB", "NM_UNIT_KERJA"],
        [
            "N.I.P",
            "Nama Lengkap Beserta Gelar",
            "Tgl/Bln/Thn Lahir",
            "Jabatan Struktural/Fungsional",
            "Nama Instansi/Unit Kerja",
        ],
    ],
)
def test_sensible_words_for_the_same_columns_are_understood(tmp_path, header):
    facts = ("nip", "name", "birth_date", "position", "unit")
    rows = [header, *[[each[fact] for fact in facts] for each in PEOPLE]]
    reading = readers.read(workbooks.write_csv(tmp_path / "a.csv", rows))
    assert reading.is_certain
    assert reading.rows["nip"].to_list() == [each["nip"] for each in PEOPLE]
    assert {"name", "birth_date", "position"} <= set(reading.rows.columns)
    assert {"unit", "opd", "work_unit"} & set(reading.rows.columns)


# Where recognition is unsure


def unsure_rows() -> list[list[object]]:
    rows: list[list[object]] = [
        ["Kode Orang", "Panggilan", "Hari Jadi", "Tugasnya", "Tempatnya", "Identitas"]
    ]
    facts = ("nip", "name", "birth_date", "position", "unit")
    return [*rows, *[[*[each[fact] for fact in facts], "3577010101900001"] for each in PEOPLE]]


def test_unknown_headers_are_offered_for_mapping_with_samples_but_none_that_are_private(tmp_path):
    path = workbooks.write_xlsx(tmp_path / "a.xlsx", unsure_rows())
    reading = readers.read(path)
    assert not reading.is_certain
    assert "column_missing" in {fault.code for fault in reading.faults}
    proposed = reading.proposed.set_index("header")
    assert proposed.loc["Panggilan", "samples"] == [each["name"] for each in PEOPLE[:3]]
    # Sixteen digits are an identity number whatever the header says.
    assert proposed.loc["Identitas", "samples"] == []
    assert "Identitas" in reading.discarded
    assert "3577010101900001" not in reading.rows.to_csv()


def test_a_mapping_settles_what_was_unsure(tmp_path):
    path = workbooks.write_xlsx(tmp_path / "a.xlsx", unsure_rows())
    mapping = {
        "Kode Orang": "nip",
        "Panggilan": "name",
        "Hari Jadi": "birth_date",
        "Tugasnya": "position",
        "Tempatnya": "unit",
    }
    reading = readers.read(path, mapping=mapping)
    assert not reading.faults
    assert reading.rows["nip"].to_list() == [each["nip"] for each in PEOPLE]
    assert reading.headers["birth_date"] == "Hari Jadi"
    assert reading.signature == readers.read(path).signature


def test_a_mapping_may_ignore_a_column_but_never_read_a_private_one(tmp_path):
    rows = workbooks.plain_rows(PEOPLE)
    rows = [[*rows[0], "NIK"], *[[*row, SECRET] for row in rows[1:]]]
    path = workbooks.write_xlsx(tmp_path / "a.xlsx", rows)
    reading = readers.read(path, mapping={"Gol": "ignore", "NIK": "name"})
    assert "golongan" not in reading.rows.columns
    assert SECRET not in reading.rows.to_csv()


def test_a_mapping_to_a_column_that_does_not_exist_is_a_programming_error(tmp_path):
    path = workbooks.write_xlsx(tmp_path / "a.xlsx", workbooks.plain_rows(PEOPLE))
    with pytest.raises(ValueError, match="not a column"):
        readers.read(path, mapping={"Gol": "pangkatku"})


@pytest.mark.parametrize(
    "header",
    [
        "No. KTP",
        "Nomor Rekening",
        "Nama Ibu Kandung",
        "No HP/WA",
        "Gaji Pokok",
        "NoHP",
        "E-mail Pribadi",
        "Alamat Rumah",
        "Tempat Lahir",
        "tempatLahir",
        "Riwayat Kesehatan",
        "Gol. Darah",
        "NAMA SUAMI/ISTRI",
        "NPWP (15 digit)",
        "No BPJS Kesehatan",
        "Agama",
        "STATUS PERKAWINAN",
        "nomor_telepon",
        "NOREK",
    ],
)
def test_private_headers_no_layout_knows_are_left_behind(tmp_path, header):
    rows = workbooks.plain_rows(PEOPLE)
    rows = [[*rows[0], header], *[[*row, SECRET] for row in rows[1:]]]
    reading = readers.read(workbooks.write_xlsx(tmp_path / "a.xlsx", rows))
    assert reading.discarded == (header,)
    assert SECRET not in reading.rows.to_csv() + reading.proposed.to_csv() + repr(reading.headers)


def test_formula_cells_keep_their_text_even_where_no_result_was_saved(tmp_path):
    rows = workbooks.plain_rows(PEOPLE)
    rows[2][1] = '=HYPERLINK("http://contoh.invalid","klik")'
    reading = readers.read(workbooks.write_xlsx(tmp_path / "a.xlsx", rows))
    cell = reading.rows["name"].iloc[1]
    assert isinstance(cell, readers.FormulaCell)
    assert cell.formula == '=HYPERLINK("http://contoh.invalid","klik")'


# Dates


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("07-04-1969", date(1969, 4, 7)),
        ("7/4/1969", date(1969, 4, 7)),
        ("07.04.1969", date(1969, 4, 7)),
        ("1969-04-07", date(1969, 4, 7)),
        ("1969-04-07 00:00:00", date(1969, 4, 7)),
        ("1969-04-07T00:00:00.000Z", date(1969, 4, 7)),
        ("7 April 1969", date(1969, 4, 7)),
        ("07-Apr-69", date(1969, 4, 7)),
        ("7 Agt 1969", date(1969, 8, 7)),
        ("7 Agustus 1969", date(1969, 8, 7)),
        ("7 Pebruari 1969", date(1969, 2, 7)),
        ("7 Nop 1969", date(1969, 11, 7)),
        ("7 Des. 1969", date(1969, 12, 7)),
        ("7 Okt 1969", date(1969, 10, 7)),
        ("7 May 1969", date(1969, 5, 7)),
        ("Madiun, 07-04-1969", date(1969, 4, 7)),
        ("Madiun / 7 April 1969", date(1969, 4, 7)),
        ("19690407", date(1969, 4, 7)),
        ("07041969", date(1969, 4, 7)),
        (19690407.0, date(1969, 4, 7)),
        ("'07-04-1969", date(1969, 4, 7)),
        ("\u00a007-04-1969\u00a0", date(1969, 4, 7)),
        ("07-04-69", date(1969, 4, 7)),
        ("01-02-03", date(2003, 2, 1)),
        (25300.0, date(1969, 4, 7)),
        ("25300", date(1969, 4, 7)),
        (date(1969, 4, 7), date(1969, 4, 7)),
        ("29-02-1968", date(1968, 2, 29)),
        ("07\u201304\u20131969", date(1969, 4, 7)),
        ("\u200e07-04-1969\u200f", date(1969, 4, 7)),
        ("7 April 1969 (57 Tahun)", date(1969, 4, 7)),
        ("07-04-1969/57 th", date(1969, 4, 7)),
        ("1969-04-07 00:00:00+07:00", date(1969, 4, 7)),
    ],
)
def test_dates_are_understood_as_clerks_write_them(written, day):
    # 25300 is 7 April 1969 in Excel's day numbers: 25569 is 1 January 1970, 269 days later.
    assert written_date(written, date(2011, 11, 21)) == day


@pytest.mark.parametrize(
    "written",
    [
        *("30-02-1969", "04/13/1969", "31-06-1970", "tidak tahu", "1969", 17.0, "29-02-1969"),
        *("1-1-969", float("inf")),
    ],
)
def test_what_is_no_day_of_the_calendar_is_invalid(written):
    assert written_date(written, DAY) == INVALID


@pytest.mark.parametrize(
    "written",
    [
        "",
        "  ",
        "-",
        "null",
        "NULL",
        "0000-00-00",
        "1900-01-01",
        "01-01-1900",
        None,
        0.0,
        date(1900, 1, 1),
        float("nan"),
    ],
)
def test_placeholders_are_no_date(written):
    assert written_date(written, DAY) == MISSING


@pytest.mark.parametrize(
    ("line", "day"),
    [
        ("Keadaan per 1 Januari 2026", date(2026, 1, 1)),
        ("POSISI 31-12-2025", date(2025, 12, 31)),
        ("BULAN JULI 2026", date(2026, 7, 1)),
        ("KEADAAN BULAN : DESEMBER 2025", date(2025, 12, 1)),
        ("PER DESEMBER 2025", date(2025, 12, 1)),
        ("Data per tanggal 30 Juni 2026", date(2026, 6, 30)),
        ("DAFTAR PEGAWAI TAHUN 2026", None),
    ],
)
def test_the_title_tells_the_day_of_the_list(tmp_path, line, day):
    rows = [["DAFTAR PEGAWAI"], [line], [], *workbooks.plain_rows(PEOPLE)]
    assert readers.read(workbooks.write_xlsx(tmp_path / "a.xlsx", rows)).as_of == day


def test_a_stray_cell_in_the_last_corner_of_a_sheet_is_refused_before_it_is_laid_out(tmp_path):
    path = tmp_path / "a.xlsx"
    rows = workbooks.plain_rows(PEOPLE)
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet("Data")
        for at, row in enumerate(rows):
            sheet.write_row(at, 0, row)
        # 1,048,576 rows by 16,384 columns is all a sheet can hold.
        sheet.write_string(1_048_575, 16_383, "x")
    assert refusal(path) == "sheet_too_large"


def test_a_quote_never_closed_does_not_break_the_reader(tmp_path):
    path = tmp_path / "a.csv"
    body = 'NIP,Nama,Tanggal Lahir,Jabatan,Unit Kerja\n1,"Budi,2,3,4\n' + "x,y\n" * 3_000_000
    path.write_text(body, encoding="utf-8")
    with pytest.raises(FaultsError) as error:
        readers.read(path)
    assert codes(error) in (["file_broken"], ["file_no_rows"])


def test_formulas_of_an_open_document_keep_their_text(tmp_path):
    path = workbooks.write_ods(tmp_path / "a.ods", workbooks.plain_rows(PEOPLE))
    changed = tmp_path / "b.ods"
    name = str(PEOPLE[1]["name"])
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(changed, "w") as new:
        for entry in old.infolist():
            content = old.read(entry)
            if entry.filename == "content.xml":
                at = content.rindex(b"<table:table-cell", 0, content.index(name.encode()))
                start = at + len(b"<table:table-cell")
                content = content[:start] + b' table:formula="of:=CMD()"' + content[start:]
            new.writestr(entry, content)
    cell = readers.read(changed).rows["name"].iloc[1]
    assert cell == readers.FormulaCell("=CMD()", name)


def test_two_rows_a_person_with_a_number_cell_keep_that_cell(tmp_path):
    rows = pair_rows()
    rows[6][1] = 196904071994031005
    reading = readers.read(workbooks.write_xlsx(tmp_path / "a.xlsx", rows))
    assert isinstance(reading.rows["nip"].iloc[0], float)
    assert len(reading.rows) == 6


def test_three_facts_in_one_cell_are_three_facts(tmp_path):
    rows: list[list[object]] = [["No", "Nama / NIP / Tanggal Lahir", "Jabatan", "Unit Kerja"]]
    for at, e in enumerate(PEOPLE):
        rows.append(
            [at + 1, f"{e['name']}\n{e['nip']}\n{e['birth_date']}", e["position"], e["unit"]]
        )
    first = readers.read(workbooks.write_xlsx(tmp_path / "a.xlsx", rows)).rows.iloc[0]
    assert [first[name] for name in ("name", "nip", "birth_date")] == [
        PEOPLE[0][name] for name in ("name", "nip", "birth_date")
    ]


def test_a_unit_named_above_each_block_of_a_print_is_that_of_the_block(tmp_path):
    header = ["No", "Nama", "NIP", "Tanggal Lahir", "Jabatan"]
    rows: list[list[object]] = []
    for start, unit in ((0, "SMPN 1 Contoh"), (3, "SDN 2 Contoh")):
        rows += [["Unit Kerja", ":", unit], [], header]
        for at, e in enumerate(PEOPLE[start : start + 3]):
            rows.append([at + 1, e["name"], e["nip"], e["birth_date"], e["position"]])
        rows.append([])
    reading = readers.read(workbooks.write_xlsx(tmp_path / "a.xlsx", rows))
    assert reading.rows["unit"].to_list() == ["SMPN 1 Contoh"] * 3 + ["SDN 2 Contoh"] * 3


def test_a_date_of_a_letter_gives_way_to_the_day_the_list_describes(tmp_path):
    rows = [["Lampiran surat tanggal 5 Januari 2026"], ["Keadaan 31 Desember 2025"]]
    rows += workbooks.plain_rows(PEOPLE)
    path = workbooks.write_xlsx(tmp_path / "a.xlsx", rows)
    assert readers.read(path).as_of == date(2025, 12, 31)


def test_web_tables_with_spanning_cells_keep_their_columns(tmp_path):
    e = PEOPLE[0]
    path = tmp_path / "a.xls"
    path.write_text(
        "<table><tr><td colspan=6>DAFTAR URUT KEPANGKATAN</td></tr>"
        "<tr><th rowspan=2>Nama</th><th rowspan=2>NIP</th><th colspan=2>Pangkat</th>"
        "<th rowspan=2>Jabatan</th><th rowspan=2>Unit Kerja</th></tr>"
        "<tr><th>Gol</th><th>TMT</th></tr>"
        f"<tr><td>{e['name']}</td><td>&nbsp;{e['nip']}</td><td>{e['golongan']}</td><td>01-04-2020</td>"
        f"<td>{e['position']}</td><td>{e['unit']}</td></tr></table>",
        encoding="utf-8",
    )
    first = readers.read(path).rows.iloc[0]
    assert (first["golongan"], first["golongan_since"]) == (e["golongan"], "01-04-2020")
    assert (first["unit"], first["row"]) == (e["unit"], 4)


def test_one_header_over_two_columns_names_them_in_its_order(tmp_path):
    rows: list[list[object]] = [
        [
            "NAMA / NIP",
            "",
            "TEMPAT / TGL LAHIR",
            "",
            "PANGKAT/GOL",
            "TMT",
            "JABATAN",
            "TMT",
            "UNIT KERJA",
        ]
    ]
    for e in PEOPLE:
        rows.append(
            [
                e["name"],
                e["nip"],
                SECRET,
                e["birth_date"],
                e["golongan"],
                "01-04-2020",
                e["position"],
                "01-01-2021",
                e["unit"],
            ]
        )
    path = workbooks.write_xlsx(tmp_path / "a.xlsx", rows, [(0, 0, 0, 1), (0, 2, 0, 3)])
    reading = readers.read(path)
    first = reading.rows.iloc[0]
    for name in ("name", "nip", "birth_date", "golongan", "position"):
        assert first[name] == PEOPLE[0][name], name
    assert (first["golongan_since"], first["position_since"]) == ("01-04-2020", "01-01-2021")
    assert SECRET not in reading.rows.to_csv() + reading.proposed.to_csv()


def test_a_birth_place_under_its_own_heading_stays_behind(tmp_path):
    rows: list[list[object]] = [
        ["NO", "NIP", "NAMA", "LAHIR", "", "JABATAN", "UNIT KERJA"],
        ["", "", "", "TEMPAT", "TANGGAL", "", ""],
    ]
    for at, e in enumerate(PEOPLE):
        rows.append(
            [at + 1, e["nip"], e["name"], SECRET, e["birth_date"], e["position"], e["unit"]]
        )
    for merged in ([(0, 3, 0, 4)], []):
        reading = readers.read(workbooks.write_xlsx(tmp_path / "a.xlsx", rows, merged))
        assert reading.rows["birth_date"].to_list() == [e["birth_date"] for e in PEOPLE]
        assert SECRET not in reading.rows.to_csv() + reading.proposed.to_csv()


def test_a_name_is_found_under_a_heading_that_only_says_person(tmp_path):
    for heading in ("IDENTITAS", "DATA POKOK PEGAWAI", "SUBJEK"):
        rows: list[list[object]] = [
            [heading, "", "", "JABATAN", "", "UNIT KERJA"],
            ["NAMA", "NIP", "TGL LAHIR", "NAMA", "TMT", ""],
        ]
        for e in PEOPLE:
            rows.append(
                [e["name"], e["nip"], e["birth_date"], e["position"], "01-01-2021", e["unit"]]
            )
        merged = [(0, 0, 0, 2), (0, 3, 0, 4)]
        reading = readers.read(workbooks.write_xlsx(tmp_path / "a.xlsx", rows, merged))
        for name in ("name", "position"):
            assert reading.rows[name].to_list() == [e[name] for e in PEOPLE], (heading, name)


def test_a_title_and_an_echelon_in_one_cell_are_told_apart_by_what_an_echelon_looks_like(tmp_path):
    written = {
        "Camat Contoh/III.a": ("Camat Contoh", "III.a"),
        "II.b / Kepala Dinas Contoh": ("Kepala Dinas Contoh", "II.b"),
        "Lurah Contoh\nEselon IV": ("Lurah Contoh", "Eselon IV"),
        "Pengelola Pengadaan Barang/Jasa Ahli Muda": (
            "Pengelola Pengadaan Barang/Jasa Ahli Muda",
            "",
        ),
        "Guru Ahli Muda": ("Guru Ahli Muda", ""),
    }
    rows: list[list[object]] = [["NIP", "Nama", "Tgl Lahir", "JABATAN/ESELON", "Unit Kerja"]]
    for e, cell in zip(PEOPLE, written, strict=False):
        rows.append([e["nip"], e["name"], e["birth_date"], cell, e["unit"]])
    found = readers.read(workbooks.write_xlsx(tmp_path / "a.xlsx", rows)).rows
    told = list(zip(found["position"], found["echelon"], strict=True))
    assert told == list(written.values())


def test_a_shortened_private_header_is_private(tmp_path):
    rows = [["NIP", "NAMA", "TGL_LHR", "JABATAN", "UNIT", "ALMT", "TPT_LHR", "AGM", "NM_ISTRI"]]
    for e in PEOPLE:
        facts = [e[fact] for fact in ("nip", "name", "birth_date", "position", "unit")]
        rows.append([*facts, *[SECRET] * 4])
    reading = readers.read(workbooks.write_xlsx(tmp_path / "a.xlsx", rows))
    assert set(reading.discarded) == {"ALMT", "TPT_LHR", "AGM", "NM_ISTRI"}
    assert SECRET not in reading.rows.to_csv() + reading.proposed.to_csv()


def test_a_stray_zero_byte_in_a_text_file_is_passed_over(tmp_path):
    path = tmp_path / "a.csv"
    lines = ["NIP,Nama,Tanggal Lahir,Jabatan,Unit Kerja"]
    for e in PEOPLE:
        facts = ("nip", "name", "birth_date", "position", "unit")
        lines.append(",".join(str(e[fact]) for fact in facts))
    path.write_bytes("\r\n".join(lines).replace(str(PEOPLE[1]["name"]), "Sa\0ri").encode())
    assert readers.read(path).rows["name"].to_list()[:2] == [PEOPLE[0]["name"], "Sari"]


def test_the_old_number_beside_the_nip_is_passed_over(tmp_path):
    rows: list[list[object]] = [["NAMA / NIP", "TGL LAHIR", "JABATAN", "UNIT KERJA"]]
    for e in PEOPLE:
        cell = f"{e['name']}\nNIP. 130123456\nNIP. {e['nip']}"
        rows.append([cell, e["birth_date"], e["position"], e["unit"]])
    found = readers.read(workbooks.write_xlsx(tmp_path / "a.xlsx", rows)).rows
    assert found["nip"].to_list() == [e["nip"] for e in PEOPLE]
    assert found["name"].to_list() == [e["name"] for e in PEOPLE]
