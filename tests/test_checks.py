"""Every fault of an input file, said once, on the row a spreadsheet shows; and nothing else."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from analytics import checks, readers, rules
from analytics.faults import FaultsError, fault_table
from tests import workbooks
from tests.workbooks import SECRET, person, pppk_number

DAY = date(2026, 11, 21)
RULES = rules.load()
PEOPLE = workbooks.people(6)


def checked(tmp_path, rows, as_of=DAY, name="daftar.xlsx", **options):
    write = workbooks.write_csv if name.endswith(".csv") else workbooks.write_xlsx
    reading = readers.read(write(tmp_path / name, rows), **options)
    return checks.checked_roster(reading, RULES, as_of)


def found(judged) -> list[tuple[int | None, str, str]]:
    """Faults as (row, column, code), by row."""
    return [(fault.row, fault.column, fault.code) for fault in judged.faults]


def with_column(header, *cells):
    """A plain list with one more column, one cell per person."""
    rows = workbooks.plain_rows(PEOPLE[: len(cells)])
    return [[*rows[0], header], *[[*row, cell] for row, cell in zip(rows[1:], cells, strict=True)]]


def changed(at, column, value, count=6):
    """A plain list in which one cell of the person at ``at`` is something else."""
    rows = workbooks.plain_rows(workbooks.people(count))
    rows[at + 1][workbooks.PLAIN.index(column)] = value
    return rows


def test_a_clean_list_has_no_faults_and_loses_nobody(tmp_path):
    judged = checked(tmp_path, workbooks.plain_rows(workbooks.people(300)))
    assert found(judged) == []
    assert len(judged.people) == judged.row_count == 300
    assert judged.refused.empty


def test_the_people_frame_is_typed(tmp_path):
    people = checked(tmp_path, workbooks.plain_rows(PEOPLE)).people
    for column in (
        "birth_date",
        "golongan_since",
        "appointed_on",
        "contract_ends_on",
        "stated_retires_on",
    ):
        assert people[column].dtype == "datetime64[us]", column
    for column in (
        "nip",
        "name",
        "sex",
        "unit",
        "opd",
        "kecamatan",
        "npsn",
        "golongan",
        "position",
    ):
        assert people[column].dtype == "str", column
    assert people["is_in_headcount"].dtype == bool
    assert people["has_head_certificate"].dtype == "boolean"
    assert people["service_years"].dtype == "Int64"


# Errors


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("", "nip_malformed"),
        ("-", "nip_malformed"),
        ("19690407199403100", "nip_malformed"),
        ("1969040719940310055", "nip_malformed"),
        ("19690407199403X005", "nip_malformed"),
        ("196913071994031005", "nip_malformed"),
        ("196902301994031005", "nip_malformed"),
        ("196904071994133005", "nip_malformed"),
        ("196904071994033005", "nip_malformed"),
        ("130123456", "nip_malformed"),
        (196904071994031005, "nip_precision_lost"),
        ("1.96904071994031E+17", "nip_precision_lost"),
        ("1,96904E+17", "nip_precision_lost"),
        ("196904071994031008.0", "nip_precision_lost"),
        ("196904071994031000", "nip_precision_lost"),
        (130123456, "nip_malformed"),
    ],
)
def test_a_nip_that_is_none_is_named_once(tmp_path, written, code):
    judged = checked(tmp_path, changed(2, "NIP", written))
    assert found(judged) == [(4, "NIP", code)]
    assert judged.refused["row"].to_list() == [4]
    assert len(judged.people) == 5


@pytest.mark.parametrize(
    "written",
    [
        "'{nip}",
        " {nip} ",
        "\u00a0{nip}",
        "{a} {b} {c} {d}",
        "{a}.{b}.{c}.{d}",
        "NIP. {nip}",
        '="{nip}"',
        "{nip}\u200b",
        "\u200e{nip}\u200f",
        "\u00ad{nip}",
        "{a}\u2013{b}\u2013{c}\u2013{d}",
        "{nip},",
        "{nip} / 130123456",
        "130123456\n{nip}",
        "{wide}",
    ],
)
def test_decorations_of_a_nip_are_no_fault(tmp_path, written):
    nip = str(PEOPLE[1]["nip"])
    wide = nip.translate({ord("0") + digit: 0xFF10 + digit for digit in range(10)})
    text = written.format(nip=nip, a=nip[:8], b=nip[8:14], c=nip[14], d=nip[15:], wide=wide)
    judged = checked(tmp_path, changed(1, "NIP", text))
    assert found(judged) == []
    assert judged.people["nip"].iloc[1] == nip


def test_text_forced_by_an_equals_sign_in_a_text_file_is_no_fault(tmp_path):
    rows = changed(1, "NIP", f'="{PEOPLE[1]["nip"]}"')
    assert found(checked(tmp_path, rows, name="a.csv")) == []


def test_the_second_and_later_rows_of_a_nip_are_duplicates_naming_the_first(tmp_path):
    rows = workbooks.plain_rows([PEOPLE[0], PEOPLE[1], PEOPLE[0], PEOPLE[2], PEOPLE[0]])
    judged = checked(tmp_path, rows)
    assert found(judged) == [(4, "NIP", "nip_duplicate"), (6, "NIP", "nip_duplicate")]
    assert all("2" in fault.message() for fault in judged.faults)
    assert judged.people["nip"].to_list() == [PEOPLE[at]["nip"] for at in range(3)]


def test_a_lost_nip_shows_what_the_formula_bar_shows(tmp_path):
    (fault,) = checked(tmp_path, changed(2, "NIP", 196904071994031005)).faults
    # Fifteen significant digits, then zeros (IEEE 754; Excel specifications and limits).
    assert fault.value == "196904071994031000"


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("", "date_missing"),
        ("-", "date_missing"),
        ("0000-00-00", "date_missing"),
        ("01-01-1900", "date_missing"),
        ("30-02-1970", "date_invalid"),
        ("04-13-1970", "date_invalid"),
        ("tidak tahu", "date_invalid"),
        ("07-04-2030", "date_invalid"),
        ("07-04-2015", "date_invalid"),
        ("07-04-1930", "date_invalid"),
        (date(2026, 11, 22), "date_invalid"),
    ],
)
def test_a_birth_date_that_is_none_is_named_once(tmp_path, written, code):
    judged = checked(tmp_path, changed(3, "Tanggal Lahir", written))
    assert found(judged) == [(5, "Tanggal Lahir", code)]


def test_ages_are_told_on_the_day_of_the_list(tmp_path):
    # Fifteen on the day, to the day: the bound of data/rules/plausibility.csv.
    young = person(1, nip="200004072018011001", birth_date="07-04-2000", sex="L")
    for day, count in ((date(2015, 4, 7), 0), (date(2015, 4, 6), 1)):
        judged = checked(tmp_path, workbooks.plain_rows([young]), as_of=day)
        assert [code for _, _, code in found(judged)].count("date_invalid") == count


def test_an_empty_unit_is_named_even_where_the_agency_is_filled(tmp_path):
    rows = workbooks.siasn_rows([*PEOPLE[:2], {**PEOPLE[2], "unit": ""}])
    judged = checked(tmp_path, rows)
    assert found(judged) == [(4, "UNOR NAMA", "unit_missing")]


def test_a_row_with_several_errors_names_each_and_is_refused_once(tmp_path):
    rows = workbooks.plain_rows(PEOPLE)
    rows[2] = ["1", "Tanpa Data", "", "L", "III/a", "Guru Ahli Muda", ""]
    judged = checked(tmp_path, rows)
    assert [code for _, _, code in found(judged)] == [
        "nip_malformed",
        "date_missing",
        "unit_missing",
    ]
    assert len(judged.refused) == 1
    assert judged.refused["codes"].item() == "nip_malformed; date_missing; unit_missing"
    assert judged.refused["name"].item() == "Tanpa Data"


def test_a_file_without_a_needed_column_is_refused_as_a_whole(tmp_path):
    rows = [row[1:] for row in workbooks.plain_rows(PEOPLE)]
    reading = readers.read(workbooks.write_xlsx(tmp_path / "a.xlsx", rows), kind="roster")
    with pytest.raises(FaultsError) as error:
        checks.checked_roster(reading, RULES, DAY)
    assert [fault.code for fault in error.value.faults] == ["column_missing"]
    assert "NIP" in error.value.faults[0].message()


# Warnings


def test_a_birth_date_that_differs_from_the_nip_is_kept_and_named(tmp_path):
    judged = checked(tmp_path, changed(1, "Tanggal Lahir", "08-09-1975"))
    assert found(judged) == [(3, "Tanggal Lahir", "nip_birth_mismatch")]
    assert judged.people["birth_date"].iloc[1] == pd.Timestamp("1975-09-08")


def test_a_list_without_birth_dates_takes_them_from_the_nip_and_says_so_once(tmp_path):
    rows = [[*row[:2], *row[3:]] for row in workbooks.plain_rows(PEOPLE)]
    judged = checked(tmp_path, rows)
    assert found(judged) == [(None, "", "birth_from_nip")]
    assert judged.people["birth_date"].dt.strftime("%d-%m-%Y").to_list() == [
        e["birth_date"] for e in PEOPLE
    ]


def test_a_sex_that_differs_from_the_nip_is_kept_and_named(tmp_path):
    assert PEOPLE[1]["sex"] == "P"
    judged = checked(tmp_path, changed(1, "L/P", "Laki-laki"))
    assert found(judged) == [(3, "L/P", "nip_sex_mismatch")]
    assert judged.people["sex"].iloc[1] == "L"


@pytest.mark.parametrize(
    "written", ["P", "p", "Perempuan", "PEREMPUAN", "Wanita", "F", "2", 2, "Female", "Pr", ""]
)
def test_women_are_written_in_many_ways(tmp_path, written):
    judged = checked(tmp_path, changed(1, "L/P", written))
    assert found(judged) == []
    assert judged.people["sex"].iloc[1] == "P"


def test_a_sex_nobody_understands_is_taken_from_the_nip_and_named(tmp_path):
    judged = checked(tmp_path, changed(1, "L/P", "X"))
    assert found(judged) == [(3, "L/P", "sex_unknown")]
    assert judged.people["sex"].iloc[1] == "P"


@pytest.mark.parametrize("written", ["Jagoan Kampung", ""])
def test_a_position_no_rule_knows_is_named_on_its_row(tmp_path, written):
    judged = checked(tmp_path, changed(4, "Jabatan", written))
    assert found(judged) == [(6, "Jabatan", "position_unknown")]
    assert len(judged.people) == 6


def test_who_is_still_listed_after_the_retirement_date_is_named(tmp_path):
    # Pelaksana 58 (UU 20/2023 ps 55): born 7 October 1968, due 1 November 2026.
    late = person(
        1,
        nip="196810071994031001",
        birth_date="07-10-1968",
        sex="L",
        position="Pengadministrasi Perkantoran",
        position_kind="Jabatan Pelaksana",
        golongan="III/b",
    )
    judged = checked(tmp_path, workbooks.plain_rows([late]))
    assert found(judged) == [(2, "Jabatan", "past_bup")]
    assert "01-11-2026" in judged.faults[0].message()
    on_time = checked(tmp_path, workbooks.plain_rows([late]), as_of=date(2026, 10, 31))
    assert found(on_time) == []


def test_a_pensioner_is_not_counted_and_not_past_the_date(tmp_path):
    late = person(1, nip="196004071994031001", birth_date="07-04-1960", sex="L")
    rows = workbooks.plain_rows([late])
    judged = checked(tmp_path, [[*rows[0], "Kedudukan Hukum"], [*rows[1], "Pensiun"]])
    assert found(judged) == []
    assert judged.people["is_in_headcount"].to_list() == [False]
    assert judged.people["legal_status_code"].to_list() == ["99"]


def test_a_stated_retirement_date_other_than_the_laws_is_named(tmp_path):
    # Guru 60 at every jenjang (UU 14/2005 ps 30): born 7 April 1969, due 1 May 2029.
    teacher = person(
        1,
        nip="196904071994031005",
        birth_date="07-04-1969",
        sex="L",
        position="Guru Ahli Madya",
        golongan="IV/a",
    )
    for written, faults in (
        ("01-05-2029", []),
        (date(2029, 5, 1), []),
        ("", []),
        ("-", []),
        ("01-05-2027", [(2, "TMT Pensiun", "tmt_mismatch")]),
        ("entah", [(2, "TMT Pensiun", "date_unreadable")]),
    ):
        rows = workbooks.plain_rows([teacher])
        judged = checked(tmp_path, [[*rows[0], "TMT Pensiun"], [*rows[1], written]])
        assert found(judged) == faults, written
    assert judged.people["stated_retires_on"].isna().all()


def test_a_stated_age_other_than_the_laws_is_named(tmp_path):
    teacher = person(
        1,
        nip="196904071994031005",
        birth_date="07-04-1969",
        sex="L",
        position="Guru Ahli Madya",
        golongan="IV/a",
    )
    for written, faults in (
        (60, []),
        ("60 tahun", []),
        ("", []),
        (58, [(2, "BUP", "tmt_mismatch")]),
    ):
        rows = workbooks.plain_rows([teacher])
        judged = checked(tmp_path, [[*rows[0], "BUP"], [*rows[1], written]])
        assert found(judged) == faults, written


def test_a_disputed_age_is_named(tmp_path):
    teacher = person(
        1,
        nip="196904071994031005",
        birth_date="07-04-1969",
        sex="L",
        position="Pengawas Sekolah Ahli Madya",
        golongan="IV/b",
    )
    assert found(checked(tmp_path, workbooks.plain_rows([teacher]))) == [
        (2, "Jabatan", "bup_disputed")
    ]


@pytest.mark.parametrize("name", ["a.xlsx", "a.csv"])
@pytest.mark.parametrize(
    "written",
    [
        "=1+1",
        '=HYPERLINK("http://contoh.invalid")',
        "@SUM(A1:A9)",
        "+cmd|' /C calc'!A0",
        "-2+3+cmd|' /C calc'!A0",
        "\t=1+1",
    ],
)
def test_a_cell_that_a_spreadsheet_would_execute_is_named_and_kept_as_text(tmp_path, name, written):
    judged = checked(tmp_path, changed(1, "Nama", written), name=name)
    assert found(judged) == [(3, "Nama", "text_formula")]
    assert judged.people["name"].iloc[1] == written.strip()


def test_formulas_in_other_columns_are_named_too(tmp_path):
    rows = changed(1, "Unit Kerja", "=CMD()")
    assert found(checked(tmp_path, rows)) == [(3, "Unit Kerja", "text_formula")]


@pytest.mark.parametrize("written", ["-", "--", "+62 812 3456 7890", "-1", "- ", "–"])
def test_dashes_and_signed_numbers_are_no_formulas(tmp_path, written):
    judged = checked(tmp_path, with_column("Tugas Tambahan", *[written] * 6))
    assert found(judged) == []


def test_formulas_and_errors_in_columns_nobody_reads_are_no_fault(tmp_path):
    assert found(checked(tmp_path, with_column("Catatan", *["=A1"] * 6))) == []


@pytest.mark.parametrize("at", ["NIK", "Alamat Rumah"])
def test_no_fault_tells_what_must_not_be_read(tmp_path, at):
    rows = workbooks.plain_rows(PEOPLE)
    rows[1][0], rows[2][2], rows[3][6] = "1", "30-02-1970", ""
    rows = [[*rows[0], at], *[[*row, f"={SECRET}"] for row in rows[1:]]]
    judged = checked(tmp_path, rows)
    assert len(judged.refused) == 3
    for table in (fault_table(judged.faults), judged.refused, judged.people):
        assert SECRET not in table.to_csv()


def test_a_birth_place_is_in_no_fault_and_no_refused_row(tmp_path):
    rows = workbooks.plain_rows(PEOPLE)
    rows[0][2] = "Tempat, Tanggal Lahir"
    for at, day in enumerate(["30-02-1970", "", "07-04-2030"]):
        rows[at + 1][2] = f"{SECRET}, {day}"
    judged = checked(tmp_path, rows)
    assert [code for _, _, code in found(judged)] == [
        "date_invalid",
        "date_missing",
        "date_invalid",
    ]
    for table in (fault_table(judged.faults), judged.refused, judged.people):
        assert SECRET not in table.to_csv()


# What loads without complaint


@pytest.mark.parametrize(
    "written",
    [
        date(1975, 9, 8),
        "08-09-1975",
        "8/9/1975",
        "1975-09-08",
        "8 September 1975",
        "\u00a008-09-1975 ",
        "'08-09-1975",
        "08-09-1975 00:00:00",
        27645,
    ],
)
def test_true_dates_and_texts_of_dates_load_alike(tmp_path, written):
    # 27645: 25569 is 1 January 1970; five years and 250 days later, with one leap day.
    each = person(3, nip="197509082000011003", birth_date=written, sex="L")
    judged = checked(tmp_path, workbooks.plain_rows([each]))
    assert found(judged) == []
    assert judged.people["birth_date"].item() == pd.Timestamp("1975-09-08")


@pytest.mark.parametrize(
    ("written", "golongan"),
    [
        ("IV/b", "IV/b"),
        ("IV B", "IV/b"),
        ("iv/B", "IV/b"),
        ("4b", "IV/b"),
        ("IVb", "IV/b"),
        ("IV.b", "IV/b"),
        ("Pembina Tk. I / IV/b", "IV/b"),
        ("Penata Muda Tk.I (III/b)", "III/b"),
        ("Pembina Tk. I, IV/b", "IV/b"),
        ("Pembina Tingkat I", "IV/b"),
        ("Penata", "III/c"),
        ("IX", "IX"),
        ("Gol. IX", "IX"),
        ("9", "IX"),
        (9, "IX"),
        ("Golongan X", "X"),
        ("III / d", "III/d"),
        ("Pengatur Muda Tk. I", "II/b"),
        ("-", None),
        ("", None),
        ("PPPK IX", "IX"),
        ("XVII", "XVII"),
        ("I/c", "I/c"),
        ("V", "V"),
    ],
)
def test_grades_are_written_in_many_ways(tmp_path, written, golongan):
    # Names of ranks and their grades: PP 99/2000, annex.
    judged = checked(tmp_path, changed(1, "Gol", written))
    assert found(judged) == []
    value = judged.people["golongan"].iloc[1]
    assert (None if pd.isna(value) else value) == golongan


@pytest.mark.parametrize("written", ["Golongan tinggi", "III/e", "IIe"])
def test_a_grade_nobody_understands_is_a_warning(tmp_path, written):
    # PP 99/2000, annex: only golongan IV has a room e.
    judged = checked(tmp_path, changed(1, "Gol", written))
    assert found(judged) == [(3, "Gol", "golongan_unknown")]


@pytest.mark.parametrize(
    ("written", "echelon"),
    [
        ("II.b", "II.b"),
        ("III/a", "III.a"),
        ("22", "II.b"),
        ("Eselon IV.a", "IV.a"),
        ("IVa", "IV.a"),
        ("eselon 3b", "III.b"),
        ("-", None),
        ("Non Eselon", None),
        ("", None),
        (41, "IV.a"),
    ],
)
def test_echelons_are_written_in_many_ways(tmp_path, written, echelon):
    judged = checked(tmp_path, with_column("Eselon", *[written] * 2))
    assert {code for _, _, code in found(judged)} <= {"past_bup", "bup_disputed"}
    value = judged.people["echelon"].iloc[1]
    assert (None if pd.isna(value) else value) == echelon


def test_pns_and_pppk_are_told_by_the_digits_and_words_refine_them(tmp_path):
    # Digits 13-14: a month for PNS, 20 and up for PPPK (domain rules section 2).
    born = date(1990, 3, 3)
    contract = {"birth_date": "03-03-1990", "sex": "P", "golongan": "IX"}
    persons = [
        person(0),
        person(1, status="CPNS"),
        person(2, nip=pppk_number(born, 2024, "P", 1), status="PPPK", **contract),
        person(3, nip=pppk_number(born, 2025, "P", 2), status="PPPK Paruh Waktu", **contract),
        person(4, nip=pppk_number(born, 2025, "P", 3), status="", **contract),
    ]
    rows = workbooks.plain_rows(persons)
    rows = [
        [*rows[0], "Status Pegawai"],
        *[[*row, each["status"]] for row, each in zip(rows[1:], persons, strict=True)],
    ]
    judged = checked(tmp_path, rows)
    assert found(judged) == []
    assert judged.people["employment"].to_list() == ["PNS", "CPNS", "PPPK", "PPPK_PW", "PPPK"]


def test_a_status_that_contradicts_the_digits_is_named(tmp_path):
    judged = checked(tmp_path, with_column("Status Kepegawaian", "PNS", "PPPK", "PNS"))
    assert found(judged) == [(3, "Status Kepegawaian", "employment_mismatch")]
    assert judged.people["employment"].to_list() == ["PNS"] * 3


@pytest.mark.parametrize(
    ("written", "code", "counts", "on_duty"),
    [
        # data/rules/legal_status.csv, after the codes of BKN.
        ("Aktif", "01", True, True),
        ("01", "01", True, True),
        ("Tugas Belajar", "03", True, True),
        ("Cuti di Luar Tanggungan Negara (CLTN)", "02", True, False),
        ("Masa Persiapan Pensiun", "20", True, False),
        ("Pemberhentian sementara", "04", True, False),
        ("Mencapai BUP", "98", False, False),
        ("Meninggal Dunia", "66", False, False),
        ("Pemberhentian Dengan Hormat", "66", False, False),
        ("Aktif sampai pensiun", "01", True, True),
        ("", None, True, True),
    ],
)
def test_the_legal_status_decides_who_counts(tmp_path, written, code, counts, on_duty):
    judged = checked(tmp_path, with_column("Kedudukan Hukum", *[written] * 2))
    assert found(judged) == []
    first = judged.people.iloc[0]
    assert (None if pd.isna(first["legal_status_code"]) else first["legal_status_code"]) == code
    assert (first["is_in_headcount"], first["is_on_duty"]) == (counts, on_duty)


def test_a_legal_status_nobody_knows_counts_and_is_named(tmp_path):
    judged = checked(tmp_path, with_column("Kedudukan Hukum", "Melayang", "Aktif"))
    assert found(judged) == [(2, "Kedudukan Hukum", "status_unknown")]
    assert judged.people["is_in_headcount"].all()


@pytest.mark.parametrize("written", ["Calon Pensiun", "Menjelang pensiun", "Belum Aktif"])
def test_a_status_that_is_denied_or_only_expected_takes_nobody_out(tmp_path, written):
    judged = checked(tmp_path, with_column("Kedudukan Hukum", written, "Aktif"))
    assert found(judged) == [(2, "Kedudukan Hukum", "status_unknown")]
    assert judged.people["is_in_headcount"].all()


def test_units_agencies_and_kecamatan_are_filled_from_what_the_list_has(tmp_path):
    header = ["NIP", "Nama", "Tanggal Lahir", "Jabatan", "SATKER_1", "SATKER_2", "SATKER_3"]
    levels = [
        ("Pemerintah Kota Contoh", "Dinas Pendidikan", "SDN 02 Taman"),
        ("Pemerintah Kota Contoh", "Dinas Pendidikan", ""),
        ("Pemerintah Kota Contoh", "Kecamatan Taman", "Kelurahan Pandean"),
    ]
    rows = [
        header,
        *[
            [e["nip"], e["name"], e["birth_date"], e["position"], *level]
            for e, level in zip(PEOPLE[:3], levels, strict=True)
        ],
    ]
    people = checked(tmp_path, rows).people
    assert people["unit"].to_list() == ["SDN 02 Taman", "Dinas Pendidikan", "Kelurahan Pandean"]
    assert people["opd"].to_list() == ["Dinas Pendidikan", "Dinas Pendidikan", "Kecamatan Taman"]
    assert people["kecamatan"].fillna("").to_list() == ["", "", "Taman"]


def test_an_agency_falls_back_to_the_unit(tmp_path):
    people = checked(tmp_path, workbooks.plain_rows(PEOPLE)).people
    assert people["opd"].to_list() == people["unit"].to_list()


def test_positions_split_over_three_columns_are_one(tmp_path):
    header = [
        "NIP",
        "Nama",
        "Tanggal Lahir",
        "Unit Kerja",
        "Jabatan Struktural",
        "Jabatan Fungsional Tertentu",
        "Jabatan Fungsional Umum",
    ]
    posts = [("Camat", "", ""), ("", "Guru Ahli Muda", "-"), ("-", "", "Pengadministrasi Umum")]
    rows = [
        header,
        *[
            [e["nip"], e["name"], e["birth_date"], e["unit"], *post]
            for e, post in zip(PEOPLE[:3], posts, strict=True)
        ],
    ]
    assert checked(tmp_path, rows).people["position"].to_list() == [
        "Camat",
        "Guru Ahli Muda",
        "Pengadministrasi Umum",
    ]


def test_certificates_of_heads_are_read_as_yes_or_no(tmp_path):
    judged = checked(
        tmp_path, with_column("NUKS", "Ya", "tidak", "23023L0012345678", "", "Belum", "Ada")
    )
    assert found(judged) == []
    assert judged.people["has_head_certificate"].fillna(False).to_list() == [
        True,
        False,
        True,
        False,
        False,
        True,
    ]


def test_the_month_of_appointment_comes_from_the_nip_where_the_list_is_silent(tmp_path):
    people = checked(
        tmp_path,
        workbooks.plain_rows([person(0, nip="196904071994031005", birth_date="07-04-1969")]),
    ).people
    assert people["appointed_on"].item() == pd.Timestamp("1994-03-01")


# Row numbers under titles, and several sheets


def test_faults_of_a_duk_name_the_rows_of_the_sheet(tmp_path):
    header = [
        "NO",
        "NAMA / NIP",
        "TEMPAT, TGL LAHIR",
        "PANGKAT/GOL. RUANG",
        "JABATAN",
        "UNIT KERJA",
    ]
    rows: list[list[object]] = [
        ["DAFTAR URUT KEPANGKATAN"],
        ["Keadaan per 1 Januari 2026"],
        [],
        header,
        [1, 2, 3, 4, 5, 6],
    ]
    for at, e in enumerate(PEOPLE):
        rows.append(
            [
                at + 1,
                f"{e['name']}\n{e['nip']}",
                f"Kota, {e['birth_date']}",
                e["golongan"],
                e["position"],
                e["unit"],
            ]
        )
    rows[7][2] = "Kota, 31-06-1970"
    rows[9][1] = f"{PEOPLE[4]['name']}\n12345"
    judged = checked(tmp_path, rows)
    assert found(judged) == [
        (8, "TEMPAT, TGL LAHIR", "date_invalid"),
        (10, "NAMA / NIP", "nip_malformed"),
    ]


def test_with_several_sheets_the_file_of_a_fault_names_the_sheet(tmp_path):
    rows = workbooks.plain_rows(PEOPLE[:2])
    path = workbooks.write_xlsx(tmp_path / "a.xlsx", {"Dinas A": rows, "Dinas B": rows[:2]})
    judged = checks.checked_roster(readers.read(path), RULES, DAY)
    (fault,) = judged.faults
    assert (fault.file, fault.row, fault.code) == ("a.xlsx [Dinas B]", 2, "nip_duplicate")
    assert "2 (Dinas A)" in fault.message()


def test_titles_mapped_by_hand_are_known(tmp_path):
    path = workbooks.write_xlsx(tmp_path / "a.xlsx", changed(4, "Jabatan", "Jagoan Kampung"))
    judged = checks.checked_roster(
        readers.read(path), RULES, DAY, local_titles={"jagoan kampung": ("pelaksana", "-")}
    )
    assert found(judged) == []


# Teachers


def gtk(*changes) -> list[list[object]]:
    header = [
        "No",
        "Nama",
        "NUPTK",
        "JK",
        "Tanggal Lahir",
        "NIP",
        "Status Kepegawaian",
        "Jenis PTK",
        "Tugas Tambahan",
        "NIK",
    ]
    rows: list[list[object]] = [["Daftar Guru"], ["SD NEGERI 01 CONTOH"], [], header]
    for at, change in enumerate(changes):
        facts = {"nip": "", "status": "Guru Honor Sekolah", **person(at, **change)}
        rows.append(
            [
                at + 1,
                facts["name"],
                "1234567890123456",
                facts["sex"],
                facts["birth_date"],
                facts["nip"],
                facts["status"],
                "Guru Kelas",
                "",
                SECRET,
            ]
        )
    return rows


def test_honorary_teachers_need_no_nip(tmp_path):
    rows = gtk(
        {"nip": "", "status": "Guru Honor Sekolah"},
        {},
        {"nip": "123"},
        {"nip": "", "status": "PPPK"},
    )
    judged = checks.checked_teachers(
        readers.read(workbooks.write_xlsx(tmp_path / "a.xlsx", rows)), DAY
    )
    assert [(f.row, f.code) for f in judged.faults] == [(7, "nip_malformed")]
    assert judged.teachers["employment"].to_list() == ["honorer", "PNS", "PPPK"]
    assert judged.teachers["nip"].isna().to_list() == [True, False, True]
    assert set(judged.teachers["school"]) == {"SD NEGERI 01 CONTOH"}
    assert SECRET not in judged.teachers.to_csv() + judged.refused.to_csv()


# Schools


def schools(
    tmp_path,
    *rows,
    header=("NPSN", "Nama Sekolah", "BP", "Status", "PD", "Rombel", "Tahun", "Kecamatan"),
):
    path = workbooks.write_xlsx(tmp_path / "a.xlsx", [list(header), *map(list, rows)])
    return checks.checked_schools(readers.read(path))


SCHOOL = ("20500001", "SDN 01 Contoh", "SD", "Negeri", 120, 6, 2025, "Taman")


def with_(at: int, value: object) -> tuple[object, ...]:
    return (*SCHOOL[:at], value, *SCHOOL[at + 1 :])


def school_faults(judged) -> list[tuple[int | None, str]]:
    return [(fault.row, fault.code) for fault in judged.faults]


def test_a_clean_school_list_is_typed(tmp_path):
    judged = schools(tmp_path, SCHOOL, with_(0, "P9960001"), with_(0, 20500002))
    assert school_faults(judged) == []
    assert judged.schools["npsn"].to_list() == ["20500001", "P9960001", "20500002"]
    assert judged.schools["school_year"].to_list() == [2025] * 3
    assert judged.schools["pupil_count"].dtype == "Int64"
    assert judged.schools["status"].to_list() == ["negeri"] * 3


@pytest.mark.parametrize(
    ("at", "value", "code"),
    [
        (0, "1234", "npsn_malformed"),
        (0, "", "npsn_malformed"),
        (1, "", "name_missing"),
        (4, -3, "count_invalid"),
        (4, "banyak", "count_invalid"),
        (6, "", "school_year_missing"),
        (4, 1.693, "count_thousands"),
    ],
)
def test_a_wrong_cell_of_a_school_list_is_named(tmp_path, at, value, code):
    judged = schools(
        tmp_path,
        SCHOOL,
        (*("20500009", *SCHOOL[1:])[:at], value, *("20500009", *SCHOOL[1:])[at + 1 :]),
    )
    assert school_faults(judged) == [(3, code)]


def test_counts_with_a_thousands_point_are_read_as_thousands(tmp_path):
    judged = schools(tmp_path, with_(4, 1.693), (*("20500002", *SCHOOL[1:4]), "1.204", *SCHOOL[5:]))
    assert judged.schools["pupil_count"].to_list() == [1693, 1204]


def test_an_identical_row_is_loaded_once_and_a_different_one_is_refused(tmp_path):
    judged = schools(tmp_path, SCHOOL, SCHOOL, with_(4, 121), with_(6, 2024))
    assert school_faults(judged) == [(3, "row_repeated"), (4, "npsn_duplicate")]
    assert judged.schools["school_year"].to_list() == [2025, 2024]
    assert judged.refused["row"].to_list() == [4]


def test_a_school_that_changes_its_kecamatan_between_years_is_named(tmp_path):
    judged = schools(tmp_path, with_(6, 2024), (*SCHOOL[:7], "Kec. Kartoharjo"))
    assert school_faults(judged) == [(3, "kecamatan_changed")]
    assert judged.schools["kecamatan"].to_list() == ["Taman", "Kartoharjo"]


@pytest.mark.parametrize(
    ("latitude", "longitude", "place"),
    [
        ("-7,6298", "111,5239", (-7.6298, 111.5239)),
        (-7.6298, 111.5239, (-7.6298, 111.5239)),
        (-1, 116, None),
        ("", "", None),
        ("-7.6298", "utara", None),
    ],
)
def test_coordinates_in_degrees_are_read_and_truncated_ones_left_out(
    tmp_path, latitude, longitude, place
):
    header = ("NPSN", "Nama Sekolah", "BP", "PD", "Tahun", "Lintang", "Bujur")
    judged = schools(
        tmp_path, ("20500001", "SDN 01", "SD", 9, 2025, latitude, longitude), header=header
    )
    silent = place is not None or latitude == ""
    assert school_faults(judged) == ([] if silent else [(2, "coordinate_unusable")])
    found_place = judged.schools[["latitude", "longitude"]].iloc[0]
    assert found_place.isna().all() if place is None else tuple(found_place) == place


def test_sheets_named_after_years_give_the_school_year(tmp_path):
    header = ["NPSN", "Nama Sekolah", "BP", "PD", "Rombel"]
    rows = [header, ["20500001", "SDN 01", "SD", 9, 6]]
    path = workbooks.write_xlsx(tmp_path / "a.xlsx", {"2024": rows, "TP 2025-2026": rows})
    judged = checks.checked_schools(readers.read(path))
    assert judged.schools["school_year"].to_list() == [2024, 2025]
    assert school_faults(judged) == []


def test_the_day_of_the_list_gives_the_school_year_where_nothing_else_does(tmp_path):
    header = ["NPSN", "Nama Sekolah", "BP", "PD", "Rombel"]
    path = workbooks.write_xlsx(tmp_path / "a.xlsx", [header, ["20500001", "SDN 01", "SD", 9, 6]])
    for day, year in ((date(2026, 6, 30), 2025), (date(2026, 7, 1), 2026)):
        assert checks.checked_schools(readers.read(path), day).schools["school_year"].item() == year
    assert school_faults(checks.checked_schools(readers.read(path))) == [
        (None, "school_year_missing")
    ]


@pytest.mark.parametrize(
    ("title", "employment"),
    [
        ("DAFTAR PPPK PARUH WAKTU", "PPPK_PW"),
        ("DAFTAR PPPK DAN PPPK PARUH WAKTU", "PPPK"),
        ("DAFTAR PPPK", "PPPK"),
    ],
)
def test_a_title_that_speaks_of_part_time_staff_only_makes_them_so(tmp_path, title, employment):
    number = pppk_number(date(1990, 3, 3), 2025, "P", 1)
    each = person(1, nip=number, birth_date="03-03-1990", sex="P", golongan="")
    judged = checked(tmp_path, [[title], [], *workbooks.plain_rows([each])])
    assert found(judged) == []
    assert judged.people["employment"].item() == employment
