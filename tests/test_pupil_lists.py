"""Lists of pupils, of classes and of schools without numbers: counts in, nobody named."""

from __future__ import annotations

import logging
from contextlib import closing
from datetime import date

import pandas as pd
import pytest

from analytics import checks, import_data, readers, state, store
from analytics.checks_school_names import name_words
from analytics.faults import FaultsError, fault_table
from tests import workbooks

DAY = date(2026, 11, 21)
A, B, C = "20500001", "20500002", "20500003"
# Whatever of a pupil a file holds must not be found anywhere after it was read.
SECRETS = ("RAHASIA", "3577010101", "00123", "Rumah Rahasia")


def headers() -> tuple[list[str], list[str]]:
    """Dapodik's two header rows: father, mother and guardian span six columns each."""
    upper = [
        "No", "Nama", "NIPD", "JK", "NISN", "Tempat Lahir", "Tanggal Lahir", "NIK", "Agama",
        "Alamat", "RT", "RW", "Dusun", "Kelurahan", "Kecamatan", "Kode Pos", "Jenis Tinggal",
        "Alat Transportasi", "Telepon", "HP", "E-Mail", "SKHUN", "Penerima KPS", "No. KPS",
        "Data Ayah", "", "", "", "", "", "Data Ibu", "", "", "", "", "", "Data Wali", "", "", "",
        "", "", "Rombel Saat Ini", "No Peserta Ujian Nasional", "Sekolah Asal", "Lintang", "Bujur",
    ]  # fmt: skip
    parent = ["Nama", "Tahun Lahir", "Jenjang Pendidikan", "Pekerjaan", "Penghasilan", "NIK"]
    return upper, [""] * 24 + parent * 3


def pupil(at: int, rombel: str, religion: str = "Islam", **changes: object) -> list[object]:
    """One invented pupil in the columns of the list."""
    upper, _ = headers()
    told = {
        "No": at, "Nama": f"RAHASIA Anak {at}", "NIPD": f"9{at}", "JK": "LP"[at % 2],
        "NISN": f"00123{at:05d}", "Tempat Lahir": "Rumah Rahasia", "Tanggal Lahir": "2015-01-01",
        "NIK": f"3577010101{at:06d}", "Agama": religion, "Alamat": "Rumah Rahasia 1",
        "Kecamatan": "Kec. Jauh", "Rombel Saat Ini": rombel, "Sekolah Asal": "TK RAHASIA",
        "Data Ayah": "RAHASIA Ayah", **changes,
    }  # fmt: skip
    return [told.get(name, "") for name in upper]


def daftar_pd(*pupils, school="SD NEGERI 01 MELATI", titles=()) -> list[list[object]]:
    upper, lower = headers()
    return [
        ["Daftar Peserta Didik"],
        [school],
        ["Kecamatan Kec. Timur, Kabupaten Kota Contoh, Provinsi Prov. Jawa Timur"],
        ["Tanggal Unduh: 2026-08-03 09:12:44", "", "Pengunduh: RAHASIA (rahasia@contoh.id)"],
        *titles,
        upper,
        lower,
        *pupils,
    ]


def written(tmp_path, rows, name="pd.xlsx"):
    upper = next(at for at, row in enumerate(rows) if "NISN" in row)
    merged = [(upper, at, upper, at + 5) for at in (24, 30, 36)]
    merged += [(upper, at, upper + 1, at) for at in (0, 1, 4, 42)]
    return workbooks.write_xlsx(tmp_path / name, rows, merged)


CLASS = [
    *(pupil(n, "Kelas 1A") for n in range(1, 4)),
    *(pupil(n, "Kelas 1B", "Kristen") for n in range(4, 6)),
    *(pupil(n, "VI", "Hindu" if n == 8 else "Islam") for n in range(6, 9)),
]
NUMBERED = [["NPSN : " + A]]


def test_a_list_of_pupils_is_counted_by_grade_and_nobody_is_kept(tmp_path):
    reading = readers.read(written(tmp_path, daftar_pd(*CLASS, titles=NUMBERED)))
    assert (reading.kind, reading.layout, reading.is_certain) == (
        "enrolment", "dapodik_pupil", True,
    )  # fmt: skip
    judged = checks.checked_enrolment(reading, DAY)
    assert judged.enrolment.to_numpy().tolist() == [[A, 2026, 1, 5], [A, 2026, 6, 3]]
    assert judged.rombels.to_numpy().tolist() == [[A, 2026, 1, 2], [A, 2026, 6, 1]]
    assert judged.religions.to_numpy().tolist() == [
        [A, 2026, "hindu", 1], [A, 2026, "islam", 5], [A, 2026, "kristen", 2],
    ]  # fmt: skip
    assert [fault.code for fault in judged.faults] == ["pupil_list_counted"]


def everything(found) -> str:
    """All text that a reading, a judgement or a fault carries."""
    texts = [repr(found)]
    for value in vars(found).values():
        texts.append(value.to_csv() if isinstance(value, pd.DataFrame) else repr(value))
    return "\n".join(texts)


def test_nothing_of_a_pupil_is_found_in_what_is_read_judged_told_or_logged(tmp_path, caplog):
    caplog.set_level(logging.DEBUG)
    odd = [
        *CLASS,
        pupil(20, ""),
        pupil(21, "RAHASIA Tahfidz"),
        pupil(3, "Kelas 1A"),
        pupil(22, "3577010101900001"),
        pupil(23, "Kelas 2", "=HYPERLINK(\"RAHASIA\")"),
    ]  # fmt: skip
    reading = readers.read(written(tmp_path, daftar_pd(*odd, titles=NUMBERED)))
    judged = checks.checked_enrolment(reading, DAY)
    told = fault_table(judged.faults, "id").to_csv() + fault_table(judged.faults, "en").to_csv()
    for text in (everything(reading), everything(judged), told, caplog.text):
        assert not [secret for secret in SECRETS if secret.casefold() in text.casefold()]
    assert [(fault.code, fault.details["count"]) for fault in judged.faults] == [
        ("pupil_list_counted", 9), ("pupils_without_grade", 3), ("pupils_repeated", 1),
    ]  # fmt: skip


def test_pages_blank_lines_totals_and_signatures_of_a_list_are_no_pupils(tmp_path):
    upper, lower = headers()
    rows = daftar_pd(
        *CLASS[:3], [], ["", "", ""], upper, lower, [n + 1 for n in range(12)], *CLASS[3:5],
        ["", "Jumlah", "", "", 5], ["Mengetahui, Kepala Sekolah"], ["", "RAHASIA Kepala"],
        ["", "NIP. 197001012000011001"], titles=NUMBERED,
    )  # fmt: skip
    judged = checks.checked_enrolment(readers.read(written(tmp_path, rows)), DAY)
    assert judged.enrolment["pupil_count"].to_list() == [5]
    assert [fault.code for fault in judged.faults] == ["pupil_list_counted"]


def test_a_list_flattened_by_another_program_is_counted_too(tmp_path):
    head = ["No_Unnamed: 0_level_1", "Nama_Unnamed: 1_level_1", "NISN_Unnamed: 4_level_1", "NPSN"]
    head += ["Data Ayah_Nama", "Rombel Saat Ini_Unnamed: 42_level_1"]
    rows = [head, ["1", "RAHASIA", "0012345678", A, "RAHASIA", "Kelas 4"]]
    reading = readers.read(workbooks.write_csv(tmp_path / "pd.csv", rows))
    judged = checks.checked_enrolment(reading, DAY)
    assert judged.enrolment.to_numpy().tolist() == [[A, 2026, 4, 1]]
    assert "RAHASIA" not in everything(reading)


def test_a_sheet_for_each_class_tells_the_grade_by_its_name(tmp_path):
    head = ["No", "Nama Siswa", "NISN", "L/P", "NPSN"]
    book = {
        f"Kelas {grade}A": [head, *[[n, "RAHASIA", f"{grade}{n:09d}", "L", A] for n in range(5)]]
        for grade in (1, 2)
    }
    judged = checks.checked_enrolment(
        readers.read(workbooks.write_xlsx(tmp_path / "pd.xlsx", book)), DAY
    )
    assert judged.enrolment.to_numpy().tolist() == [[A, 2026, 1, 5], [A, 2026, 2, 5]]
    assert judged.rombels["rombel_count"].to_list() == [1, 1]


@pytest.mark.parametrize(
    "head",
    [
        ["No", "Nama Siswa", "Kelas", "JK"],
        ["NPSN", "Nama", "NISN", "JK", "Kelas"],
        ["No", "Nama Lengkap", "NIS", "Kelas", "L/P"],
        ["No. Urut", "NIS/NISN", "Nama Murid", "Tingkat"],
        ["nama", "nisn", "nik", "tingkat_pendidikan_id", "nama_rombel", "peserta_didik_id"],
    ],
)
def test_every_list_that_names_pupils_is_known_as_one(tmp_path, head):
    row = ["RAHASIA" if "nama" in one.casefold() else "4" for one in head]
    path = workbooks.write_xlsx(tmp_path / "a.xlsx", [head, row, [*row[:-1], "5"]])
    try:
        found = everything(readers.read(path))
    except FaultsError as refused:
        found = str(refused)
    assert "RAHASIA" not in found


@pytest.mark.parametrize("kind", ["roster", "teacher", "school", "birth", "religion"])
def test_a_list_of_pupils_is_read_as_nothing_else(tmp_path, kind):
    with pytest.raises(FaultsError) as refused:
        readers.read(written(tmp_path, daftar_pd(*CLASS)), kind=kind)
    assert [fault.code for fault in refused.value.faults] == ["pupil_list"]
    assert "RAHASIA" not in str(refused.value)


def test_a_list_without_any_class_cannot_be_counted(tmp_path):
    rows = daftar_pd(*(pupil(n, "") for n in range(3)), titles=NUMBERED)
    with pytest.raises(FaultsError) as refused:
        readers.read(written(tmp_path, rows))
    assert [fault.code for fault in refused.value.faults] == ["pupil_list_without_grade"]


# Lists of classes


def test_a_list_of_classes_gives_pupils_and_classes_by_grade_without_clubs(tmp_path):
    head = ["NPSN", "Tahun Ajaran", "Nama Rombel", "Tingkat", "Jenis Rombel", "L", "P", "Jumlah"]
    rows = [
        ["DAFTAR ROMBONGAN BELAJAR"],
        head,
        [A, "2026/2027", "VII A", 7, 1, 15, 16, 31],
        [A, "2026/2027", "VII B", 7, "1", 14, "-", "14"],
        [A, "2026/2027", "VIII A", "VIII", 1.0, 10, 12, 22],
        [A, "2026/2027", "Pramuka", 7, 51, 20, 20, 40],
        [A, "2026/2027", "Bahasa Jepang", 8, 16, 9, 9, 18],
        [],
        ["Jumlah", "", "", "", "", 68, 57, 125],
    ]
    reading = readers.read(workbooks.write_xlsx(tmp_path / "rombel.xlsx", rows))
    assert (reading.kind, reading.layout) == ("enrolment", "dapodik_rombel")
    judged = checks.checked_enrolment(reading, DAY)
    assert judged.enrolment.to_numpy().tolist() == [[A, 2026, 7, 45], [A, 2026, 8, 22]]
    assert judged.rombels.to_numpy().tolist() == [[A, 2026, 7, 2], [A, 2026, 8, 1]]
    assert [fault.code for fault in judged.faults] == ["rombel_not_class"]


def test_a_list_of_one_schools_classes_names_it_in_its_title(tmp_path, folder):
    rows = [
        ["Daftar Rombongan Belajar"],
        ["SD NEGERI 01 MELATI"],
        ["No", "Nama Rombel", "Tingkat Kelas", "Jumlah Siswa", "", "", "Wali Kelas"],
        ["", "", "", "L", "P", "Total", ""],
        [1, "Kelas 1A", "1", 10, 11, 21, "RAHASIA"],
        [2, "Kelas 2", "2", 9, 9, 18, "RAHASIA"],
    ]
    file = workbooks.write_xlsx(tmp_path / "r.xlsx", rows, [(2, 3, 2, 5)])
    previewed = import_data.preview(folder, file, as_of=DAY)
    assert previewed.good_rows.to_numpy().tolist() == [[A, 2026, 1, 21], [A, 2026, 2, 18]]
    assert previewed.tables["rombel_by_grade"]["rombel_count"].to_list() == [1, 1]
    assert "RAHASIA" not in everything(previewed.reading)


def test_the_web_service_calls_a_class_by_its_name(tmp_path):
    head = ["npsn", "nama", "tingkat_pendidikan_id", "jenis_rombel", "jumlah_anggota_rombel"]
    rows = [head, [A, "1A", 1, 1, 20], [A, "1B", 1, 1, 21], [A, "Tari", 1, 51, 9]]
    judged = checks.checked_enrolment(
        readers.read(workbooks.write_csv(tmp_path / "r.csv", rows)), DAY
    )
    assert judged.enrolment["pupil_count"].to_list() == [41]
    assert judged.rombels["rombel_count"].to_list() == [2]


# Schools by name


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("SDN 01 Taman", "SD NEGERI 1 TAMAN"), ("UPT SPF SD Negeri No. 01 Taman", "SDN 1 Taman"),
        ("SMPN 3", "SMP Negeri 03"), ("Sekolah Dasar Negeri Kenanga II", "SDN Kenanga 2"),
        ("MTsN 1 Kota Contoh", "MTs Negeri 1 Contoh"), ("SD.N. 4 Josenan", "SD N 4 Josenan"),
    ],
)  # fmt: skip
def test_a_name_is_the_same_however_it_is_written(one, other):
    assert name_words(one) == name_words(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("SDN 01 Taman", "SDN 02 Taman"), ("SDN 01 Taman", "SMPN 01 Taman"),
     ("SDN Taman", "SD Taman"), ("SDN 1", "SDN 11")],
)  # fmt: skip
def test_names_that_differ_in_a_number_or_a_kind_are_two(one, other):
    assert name_words(one) != name_words(other)


@pytest.fixture
def folder(tmp_path):
    path = tmp_path / "data"
    with state.opened(path):
        pass
    schools = [
        ["NPSN", "Nama Sekolah", "BP", "Status", "Kecamatan", "PD", "Guru", "Tahun"],
        [A, "SD NEGERI 01 MELATI", "SD", "Negeri", "Timur", 120, 9, 2026],
        [B, "SD NEGERI 01 KENANGA", "SD", "Negeri", "Timur", 100, 9, 2026],
        [C, "SD NEGERI 01 KENANGA", "SD", "Negeri", "Barat", 90, 9, 2026],
    ]
    loaded(path, workbooks.write_xlsx(tmp_path / "s.xlsx", schools))
    return path


def loaded(folder, file):
    previewed = import_data.preview(folder, file, as_of=DAY)
    return import_data.load(folder, previewed, "uji", accept_partial=True)


def table(edition, question):
    with closing(store.opened(edition.path)) as connection:
        return store.ask(connection, question, school_year=None)


def test_a_list_of_pupils_finds_its_school_by_name_and_reaches_the_edition(tmp_path, folder):
    edition = loaded(folder, written(tmp_path, daftar_pd(*CLASS)))
    assert table(edition, "enrolment").to_numpy().tolist() == [[A, 2026, 1, 5], [A, 2026, 6, 3]]
    assert table(edition, "rombels")["rombel_count"].to_list() == [2, 1]
    assert table(edition, "pupil_religions")["pupil_count"].sum() == 8
    content = edition.path.read_bytes()
    assert not [secret for secret in SECRETS if secret.encode() in content]
    # And the log of what was done tells no names either.
    with state.opened(folder) as decisions:
        assert "RAHASIA" not in decisions.audit_log().to_csv()


def test_a_list_of_pupils_before_any_school_is_known_says_what_to_load_first(tmp_path):
    path = tmp_path / "empty"
    with state.opened(path):
        pass
    with pytest.raises(FaultsError) as refused:
        import_data.preview(path, written(tmp_path, daftar_pd(*CLASS)))
    assert [fault.code for fault in refused.value.faults] == ["school_list_missing"]


def test_certain_names_are_taken_and_told_and_uncertain_ones_list_who_may_be_meant(
    tmp_path, folder
):
    head = ["No", "Nama Sekolah", "Kecamatan", *["I", "II", "III", "IV", "V", "VI"], "Jumlah"]
    rows = [
        ["KEADAAN MURID 2026/2027"],
        head,
        [1, "SDN 1 Melati", "Kec. Timur", *[10] * 6, 60],
        [2, "SDN 01 Kenanga", "Barat", *[5] * 6, 30],
        [3, "SDN Kenanga 01", "Timur", *[5] * 6, 30],
        [4, "SDN 01 Kenanga", "", *[5] * 6, 30],
        [5, "SD Alam Raya", "Timur", *[5] * 6, 30],
        ["", "Jumlah", "", *[30] * 6, 180],
    ]
    previewed = import_data.preview(folder, workbooks.write_xlsx(tmp_path / "a.xlsx", rows))
    assert previewed.reading.is_certain
    found = previewed.good_rows.groupby("npsn")["pupil_count"].sum().to_dict()
    assert found == {A: 60, C: 30}
    codes = [(fault.row, fault.code) for fault in previewed.checked.faults]
    assert codes == [
        (3, "school_matched"), (4, "school_matched"), (5, "school_ambiguous"),
        (6, "school_ambiguous"), (7, "school_name_unknown"),
    ]  # fmt: skip
    listed = previewed.checked.faults[3].message()
    assert B in listed and C in listed and "Barat" in listed


def test_religions_by_school_name_find_their_school_too(tmp_path, folder):
    rows = [["Nama Sekolah", "Islam", "Hindu"], ["SDN 01 Melati", 100, 2], ["SDN 9 Entah", 5, 1]]
    previewed = import_data.preview(folder, workbooks.write_xlsx(tmp_path / "a.xlsx", rows))
    assert previewed.good_rows["npsn"].unique().tolist() == [A]
    assert previewed.refused_count == 1
