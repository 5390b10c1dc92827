"""Lists of people who left, as offices write them: recognised, judged, merged, remembered."""

from __future__ import annotations

import csv
from contextlib import closing
from datetime import date
from itertools import pairwise

import pandas as pd
import pytest

from analytics import __main__ as command_line
from analytics import checks, import_data, readers, rules, state, store, store_tables
from analytics.edition_in_force import current_edition
from analytics.faults import FaultsError, sentence
from analytics.readers import leaving_cells, workbook
from analytics.readers.tabular import Header
from tests import workbooks

BOOK = rules.load()
DAY = date(2026, 11, 21)
# Invented people; the digits agree with the facts beside them.
TEACHER = "196403201988032001"  # 60 on 20 March 2024: TMT 1 April 2024
CLERK = "197507201998031004"
NURSE = "199003152023212003"  # PPPK since 2023
OTHER = "198001012005012001"


@pytest.fixture(autouse=True)
def no_outside_settings(monkeypatch):
    monkeypatch.delenv("ESTAFET_STATE", raising=False)


def written(folder, rows, name="keluar.csv"):
    path = folder / name
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(rows)
    return path


def judged(folder, rows, roster=None, local=None):
    path = written(folder, rows)
    reading = readers.read(path)
    assert reading.kind == "exit"
    return checks.checked_exits(reading, BOOK, DAY, roster, local)


def codes(checked):
    return [(fault.row, fault.code) for fault in checked.faults]


HEADERS = ["No", "NIP", "Nama", "TMT Pensiun", "Jenis Pensiun"]


# ---- recognised


@pytest.mark.parametrize(
    "headers",
    [
        ["NO", "NAMA", "NIP", "ALASAN BERHENTI", "TMT BERHENTI"],
        ["No.", "Nama / Gelar", "NIP Baru", "Jenis Pemberhentian", "Tanggal Pemberhentian"],
        ["nipBaru", "nama", "jenisPemberhentianNama", "tmtPensiun", "unorNama"],
        ["No", "Nama Pegawai", "NIP", "Tgl. Meninggal", "Keterangan"],
        ["NIP", "Nama", "Exit Date", "Reason"],
    ],
)
def test_a_list_of_exits_is_known_by_its_headers(tmp_path, headers):
    facts = {"exit": "01-04-2024", "reason": "BUP", "nip": TEACHER, "name": "Rina Kencana"}
    keys = {
        "nip": ("NIP", "NIP Baru", "nipBaru"),
        "exit": ("TMT BERHENTI", "Tanggal Pemberhentian", "tmtPensiun", "Tgl. Meninggal",
                 "Exit Date"),
        "reason": ("ALASAN BERHENTI", "Jenis Pemberhentian", "jenisPemberhentianNama",
                   "Keterangan", "Reason"),
    }  # fmt: skip
    row = [
        next((facts[key] for key, names in keys.items() if header in names), "Rina Kencana")
        for header in headers
    ]
    reading = readers.read(written(tmp_path, [headers, row]))
    assert reading.kind == "exit"
    assert {"nip", "exited_on", "reason"} <= set(reading.rows)


@pytest.mark.parametrize(
    "title",
    [
        "DAFTAR PNS YANG PENSIUN TAHUN 2024", "Rekap Pegawai Meninggal Dunia 2023",
        "PURNA TUGAS SEMESTER I",
    ],
)  # fmt: skip
def test_a_title_tells_a_list_of_exits_from_a_roster(tmp_path, title):
    rows = [[title], [], ["No", "Nama", "NIP", "Unit Kerja", "TMT Pensiun"],
            [1, "Rina Kencana", TEACHER, "SDN 1 Taman", "01-04-2024"]]  # fmt: skip
    reading = readers.read(workbooks.write_xlsx(tmp_path / "a.xlsx", rows))
    assert reading.kind == "exit"


@pytest.mark.parametrize(
    ("title", "day"),
    [
        ("DAFTAR PNS YANG AKAN PENSIUN TAHUN 2027", "01-04-2027"),
        ("Daftar Nominatif Pegawai", "01-04-2027"),
        ("Daftar Pegawai Dinas Pendidikan", "01-04-2027"),
    ],
)
def test_a_roster_with_retirement_dates_stays_a_roster(tmp_path, title, day):
    rows = [[title], [], ["No", "Nama", "NIP", "Jabatan", "Unit Kerja", "TMT Pensiun"],
            [1, "Rina Kencana", TEACHER, "Guru Ahli Muda", "SDN 1 Taman", day]]  # fmt: skip
    assert readers.read(workbooks.write_xlsx(tmp_path / "a.xlsx", rows)).kind == "roster"


@pytest.mark.parametrize(
    ("title", "header", "day"),
    [
        ("DAFTAR PPPK PERPANJANGAN KONTRAK", "TMT", "01-04-2024"),
        ("DAFTAR PEGAWAI MUTASI MASUK 2024", "TMT", "01-04-2024"),
        ("Data keluaran SIMPEG", "TMT", "01-04-2024"),
        ("Pegawai", "TMT Pindah", "01-04-2024"),
    ],
)
def test_other_lists_with_a_day_are_no_exits(tmp_path, title, header, day):
    rows = [[title], [], ["No", "Nama", "NIP", "Jabatan", "Unit Kerja", header],
            [1, "Rina Kencana", TEACHER, "Guru Ahli Muda", "SDN 1 Taman", day]]  # fmt: skip
    assert readers.read(workbooks.write_xlsx(tmp_path / "a.xlsx", rows)).kind == "roster"


def test_pensions_to_come_are_no_exits_even_with_their_kind(tmp_path):
    rows = [
        ["No", "Nama", "NIP", "Jabatan", "Unit Kerja", "TMT Pensiun", "Jenis Pensiun"],
        [1, "Rina Kencana", OTHER, "Guru Ahli Muda", "SDN 1 Taman", "01-02-2040", "BUP"],
    ]
    assert readers.read(workbooks.write_xlsx(tmp_path / "a.xlsx", rows)).kind == "roster"


def test_sections_name_the_reason_where_no_column_does(tmp_path):
    rows = [
        ["DAFTAR PEGAWAI YANG BERHENTI TAHUN 2024"], [],
        ["No", "Nama", "NIP", "TMT Berhenti"],
        ["A. MENCAPAI BUP"], [1, "Rina Kencana", TEACHER, "01-04-2024"],
        ["B. MENINGGAL DUNIA"], [2, "Jaka Anggara", CLERK, "12-05-2024"],
    ]  # fmt: skip
    reading = readers.read(workbooks.write_xlsx(tmp_path / "a.xlsx", rows))
    exits = checks.checked_exits(reading, BOOK, DAY).exits
    assert exits["cause"].tolist() == ["bup", "meninggal"]


def test_a_sheet_per_cause_names_the_cause(tmp_path):
    head = ["No", "Nama", "NIP", "TMT Berhenti"]
    sheets = {
        "BUP": [head, [1, "Rina Kencana", TEACHER, "01-04-2024"]],
        "APS": [head, [1, "Jaka Anggara", CLERK, "01-06-2025"]],
    }
    reading = readers.read(workbooks.write_xlsx(tmp_path / "a.xlsx", sheets))
    exits = checks.checked_exits(reading, BOOK, DAY).exits
    assert sorted(exits["cause"]) == ["aps", "bup"]


def test_a_printed_list_of_decrees_is_read_under_its_headings(tmp_path):
    rows = [
        ["PEMERINTAH KOTA CONTOH"],
        ["DAFTAR PNS YANG DIBERIKAN PENSIUN TMT 1 JANUARI S.D. 1 JUNI 2024"], [],
        ["NO", "NAMA", "NIP", "PANGKAT/GOL", "JABATAN", "UNIT KERJA", "SK PENSIUN", "", "",
         "JENIS"],
        ["", "", "", "", "", "", "NOMOR", "TANGGAL", "TMT", ""],
        ["1", "2", "3", "4", "5", "6", "7", "8", "9", "10"],
        ["1", "Rina Kencana", "19640320 198803 2 001", "Pembina, IV/a", "Guru Ahli Madya",
         "SDN 1 Taman", "882/12", date(2024, 2, 1), date(2024, 4, 1), "BUP"],
        ["2", "Jaka Anggara", CLERK, "Pengatur, II/c", "Pengadministrasi", "Kelurahan Taman",
         "882/13", date(2024, 2, 1), date(2024, 5, 1), "Janda/Duda"],
        ["JUMLAH", "2"],
        ["", "", "", "", "", "", "", "", "", "NIP. 197001011995031001"],
    ]  # fmt: skip
    path = workbooks.write_xlsx(tmp_path / "a.xlsx", rows, [(3, 6, 3, 8)])
    checked = checks.checked_exits(readers.read(path), BOOK, DAY)
    told = checked.exits[["nip", "exited_on", "cause", "golongan"]]
    assert told.to_numpy().tolist() == [
        [TEACHER, pd.Timestamp("2024-04-01"), "bup", "IV/a"],
        [CLERK, pd.Timestamp("2024-05-01"), "meninggal", "II/c"],
    ]
    assert checked.faults == ()


def test_an_export_of_services_is_known_by_what_its_cells_say(tmp_path):
    headers = ["NIP", "NAMA", "JENIS LAYANAN", "TMT PENSIUN", "NO SK", "UNIT KERJA"]
    rows = [
        headers,
        [TEACHER, "RINA", "Pensiun BUP", "01-04-2024", "1", "SDN 1"],
        [CLERK, "JAKA", "Pensiun Atas Permintaan Sendiri", "01-06-2025", "2", "Kel"],
    ]
    assert judged(tmp_path, rows).exits["cause"].tolist() == ["bup", "aps"]


# ---- judged


@pytest.mark.parametrize(
    ("header", "reason", "cause"),
    [
        ("Tanggal Meninggal", "", "meninggal"), ("Tanggal Meninggal", "sakit jantung", "meninggal"),
        ("TMT Mutasi Keluar", "ikut suami", "pindah_keluar"), ("TMT Pensiun", "", "bup"),
        ("TMT Pensiun", "lihat lampiran", "tidak_diketahui"),
        ("TMT Berhenti", "", "tidak_diketahui"),
        ("Tgl Meninggal/Pensiun", "", "tidak_diketahui"),
    ],
)  # fmt: skip
def test_the_header_over_the_day_says_what_the_words_leave_out(tmp_path, header, reason, cause):
    rows = [["NIP", "Nama", header, "Alasan Keluar"], [TEACHER, "Rina", "01-05-2024", reason]]
    assert judged(tmp_path, rows).exits["cause"].tolist() == [cause]


@pytest.mark.parametrize("written_as", ["April 2024", "apr. 2024", "04/2024", "4-2024"])
def test_a_month_without_its_day_is_the_first_and_said_so(tmp_path, written_as):
    row = judged(tmp_path, [HEADERS, [1, TEACHER, "Rina", written_as, "BUP"]]).exits.iloc[0]
    assert row["exited_on"] == pd.Timestamp("2024-04-01")
    assert not row["is_day_known"]


def test_what_the_list_leaves_out_is_read_from_the_nip(tmp_path):
    checked = judged(tmp_path, [HEADERS, [1, TEACHER, "Rina", "01-04-2024", "BUP"]])
    row = checked.exits.iloc[0]
    assert (row["sex"], row["employment"]) == ("P", "PNS")
    assert row["birth_date"] == pd.Timestamp("1964-03-20")
    assert row["appointed_on"] == pd.Timestamp("1988-03-01")
    assert checked.faults == ()


@pytest.mark.parametrize(
    ("nip", "day", "reason", "code"),
    [
        ("19640320198803", "01-04-2024", "BUP", "nip_malformed"),
        ("", "01-04-2024", "BUP", "nip_malformed"),
        (TEACHER, "", "BUP", "exit_date_missing"),
        (TEACHER, "31-02-2024", "BUP", "exit_date_invalid"),
        (TEACHER, "segera", "BUP", "exit_date_invalid"),
        (TEACHER, "01-04-2027", "BUP", "exit_in_future"),
        (TEACHER, "01-04-1987", "APS", "exit_before_appointment"),
        (NURSE, "01-02-2022", "Kontrak berakhir", "exit_before_appointment"),
        (TEACHER, "01-04-1974", "BUP", "exit_age_odd"),
    ],
)
def test_a_row_that_cannot_be_is_refused_in_words(tmp_path, nip, day, reason, code):
    checked = judged(
        tmp_path, [HEADERS, [1, nip, "Rina", day, reason], [2, OTHER, "A", "01-01-2020", "APS"]]
    )
    assert (2, code) in codes(checked)
    assert checked.exits["nip"].tolist() == [OTHER]
    fault = next(fault for fault in checked.faults if fault.code == code)
    assert fault.severity == "error"
    assert fault.message() and fault.message("en") and "{" not in fault.message()


def test_the_same_person_and_day_twice_is_refused_and_two_days_are_told(tmp_path):
    checked = judged(
        tmp_path,
        [HEADERS, [1, CLERK, "Jaka", "01-06-2024", "APS"], [2, CLERK, "Jaka", "01-06-2024", "APS"],
         [3, CLERK, "Jaka", "01-08-2024", "APS"]],
    )  # fmt: skip
    assert codes(checked) == [(3, "exit_duplicate"), (4, "exit_twice")]
    assert len(checked.exits) == 2


def test_mpp_before_retirement_is_no_second_exit(tmp_path):
    checked = judged(
        tmp_path,
        [HEADERS, [1, TEACHER, "Rina", "01-04-2023", "MPP"],
         [2, TEACHER, "Rina", "01-04-2024", "Pensiun"]],
    )  # fmt: skip
    assert checked.faults == ()
    assert checked.exits["cause"].tolist() == ["mpp", "bup"]


def test_unknown_words_are_listed_once_each_and_never_guessed(tmp_path):
    rows = [HEADERS, *([i, workbooks.person(i)["nip"], "N", "01-06-2024", words] for i, words in
            enumerate(["Ikut suami", "IKUT SUAMI", "lain", "BUP", ""], start=1))]  # fmt: skip
    checked = judged(tmp_path, rows)
    unknown = [fault.value for fault in checked.faults if fault.code == "exit_reason_unknown"]
    assert unknown == ["Ikut suami", "IKUT SUAMI", "lain"]
    assert {fault.code for fault in checked.faults if fault.row == 6} == {"exit_reason_missing"}
    assert (checked.exits["cause"] == "tidak_diketahui").sum() == 4
    mapped = judged(tmp_path, rows, local={"ikut suami": "pindah_keluar"})
    assert (mapped.exits["cause"] == "pindah_keluar").sum() == 2


def test_bup_at_forty_is_loaded_as_written_and_told(tmp_path):
    checked = judged(tmp_path, [HEADERS, [1, OTHER, "Ani", "01-06-2024", "Pensiun BUP"]])
    assert codes(checked) == [(2, "exit_before_bup")]
    assert checked.exits["cause"].tolist() == ["bup"]


def test_a_file_of_other_things_asked_for_as_exits_says_which_column_is_missing(tmp_path):
    path = written(tmp_path, [["NIP", "Nama"], [TEACHER, "Rina"]])
    with pytest.raises(FaultsError, match="TMT Berhenti"):
        checks.checked_exits(readers.read(path, kind="exit"), BOOK, DAY)


def test_words_a_spreadsheet_would_execute_are_told(tmp_path):
    checked = judged(tmp_path, [HEADERS, [1, OTHER, "=1+1", "01-06-2024", "APS"]])
    assert codes(checked) == [(2, "text_formula")]


# ---- loaded, merged, remembered

ROSTER = ["NIP", "Nama", "Jabatan", "Unit Kerja", "OPD", "Kedudukan Hukum"]
STAFF = {
    TEACHER: ["Rina Kencana", "Guru Ahli Muda", "SDN 1 Taman", "Dinas Pendidikan", "Aktif"],
    CLERK: ["Jaka Anggara", "Pengadministrasi Umum", "Kelurahan Taman", "Kecamatan Taman", "Aktif"],
    OTHER: ["Ani Larasati", "Guru Ahli Muda", "SDN 2 Taman", "Dinas Pendidikan", "Aktif"],
}


def roster(folder, *nips, name="pegawai.csv", **status):
    rows = [[nip, *STAFF[nip][:-1], status.get(f"n{nip}", "Aktif")] for nip in nips]
    return written(folder, [ROSTER, *rows], name)


def imported(folder, file, as_of, **how):
    previewed = import_data.preview(folder, file, as_of=as_of, **how)
    return previewed, import_data.load(folder, previewed, "uji")


def exits_in(folder):
    with closing(store.opened(current_edition(folder).path)) as connection:
        return store_tables.exits(connection)


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "store"


def test_who_is_missing_from_the_next_roster_is_written_down_as_inferred(tmp_path, folder):
    imported(folder, roster(tmp_path, TEACHER, CLERK, OTHER), date(2024, 1, 1))
    previewed, _ = imported(folder, roster(tmp_path, OTHER), date(2024, 7, 1))
    assert len(previewed.inferred_exits) == 2
    exits = exits_in(folder).set_index("nip")
    assert exits["origin"].eq("inferred").all()
    # UU 14/2005: a teacher leaves at 60, on the first of the month after.
    assert exits.loc[TEACHER, "cause"] == "bup"
    assert exits.loc[TEACHER, "exited_on"] == pd.Timestamp("2024-04-01")
    assert exits.loc[CLERK, "cause"] == "tidak_diketahui"
    # 182 days lie between; the middle is 91 days after the first.
    assert exits.loc[CLERK, "exited_on"] == pd.Timestamp("2024-04-01")
    assert exits["is_day_known"].to_dict() == {TEACHER: True, CLERK: False}
    assert exits.loc[CLERK, "unit"] == "Kelurahan Taman"


def test_a_list_replaces_what_was_inferred_and_keeps_what_it_leaves_blank(tmp_path, folder):
    imported(folder, roster(tmp_path, TEACHER, CLERK, OTHER), date(2024, 1, 1))
    imported(folder, roster(tmp_path, OTHER), date(2024, 7, 1))
    listed = written(tmp_path, [HEADERS, [1, CLERK, "Jaka", "14-05-2024", "meninggal dunia"]])
    previewed, edition = imported(folder, listed, DAY)
    assert (previewed.replaced_count, previewed.kept_count) == (1, 1)
    assert edition.as_of == date(2024, 7, 1)
    row = exits_in(folder).set_index("nip").loc[CLERK]
    assert (row["cause"], row["origin"], row["unit"]) == ("meninggal", "list", "Kelurahan Taman")
    assert row["exited_on"] == pd.Timestamp("2024-05-14")


def test_of_whom_a_list_tells_nothing_is_inferred_later(tmp_path, folder):
    imported(folder, roster(tmp_path, CLERK, OTHER), date(2024, 1, 1))
    imported(folder, written(tmp_path, [HEADERS, [1, CLERK, "J", "14-05-2024", "APS"]]), DAY)
    imported(folder, roster(tmp_path, OTHER), date(2024, 7, 1))
    assert exits_in(folder)["origin"].tolist() == ["list"]


def test_who_is_back_on_the_next_roster_never_left(tmp_path, folder):
    imported(folder, roster(tmp_path, CLERK, OTHER), date(2024, 1, 1))
    imported(folder, roster(tmp_path, OTHER), date(2024, 7, 1))
    assert len(exits_in(folder)) == 1
    imported(folder, roster(tmp_path, CLERK, OTHER), date(2025, 1, 1))
    assert exits_in(folder).empty


@pytest.mark.parametrize("as_of", [date(2024, 1, 1), date(2023, 6, 1)])
def test_a_correction_of_the_same_day_lets_nobody_leave(tmp_path, folder, as_of):
    imported(folder, roster(tmp_path, CLERK, OTHER), date(2024, 1, 1))
    imported(folder, roster(tmp_path, OTHER), as_of)
    assert exits_in(folder).empty


def test_a_status_code_that_ends_service_is_an_exit_although_still_listed(tmp_path, folder):
    imported(folder, roster(tmp_path, TEACHER, CLERK, OTHER), date(2024, 1, 1))
    later = roster(
        tmp_path, TEACHER, CLERK, OTHER, name="b.csv",
        **{f"n{TEACHER}": "Mencapai BUP", f"n{CLERK}": "MPP", f"n{OTHER}": "Hukdis"},
    )  # fmt: skip
    imported(folder, later, date(2024, 7, 1))
    # Discipline takes a person out of the count, not out of service.
    assert exits_in(folder).set_index("nip")["cause"].to_dict() == {TEACHER: "bup", CLERK: "mpp"}


def test_people_still_on_the_roster_are_told_when_the_list_comes(tmp_path, folder):
    imported(folder, roster(tmp_path, CLERK, OTHER), date(2024, 7, 1))
    listed = written(tmp_path, [HEADERS, [1, CLERK, "J", "14-05-2024", "APS"]])
    previewed = import_data.preview(folder, listed, as_of=DAY)
    assert codes(previewed.checked) == [(2, "exit_on_roster")]


def test_a_list_is_loaded_twice_without_doubling_anybody(tmp_path, folder):
    listed = written(tmp_path, [HEADERS, [1, CLERK, "J", "14-05-2024", "APS"]])
    imported(folder, roster(tmp_path, OTHER), date(2024, 7, 1))
    imported(folder, listed, DAY)
    previewed, _ = imported(folder, listed, DAY)
    assert (previewed.replaced_count, previewed.kept_count) == (1, 0)
    assert len(exits_in(folder)) == 1


def test_a_corrected_day_replaces_the_wrong_one(tmp_path, folder):
    imported(folder, roster(tmp_path, OTHER), date(2024, 7, 1))
    for day in ("14-05-2024", "14-03-2024"):
        listed = written(tmp_path, [HEADERS, [1, CLERK, "J", day, "APS"]])
        imported(folder, listed, DAY)
    assert exits_in(folder)["exited_on"].tolist() == [pd.Timestamp("2024-03-14")]


@pytest.mark.parametrize(("day", "said"), [("01-09-2023", []), ("01-07-2023", ["exit_on_roster"])])
def test_a_letter_of_within_a_year_may_speak_of_who_is_still_on_the_roster(tmp_path, day, said):
    people = pd.DataFrame({"nip": [TEACHER], "is_in_headcount": [True]})
    rows = [["No", "NIP", "Nama", "Tanggal SK", "Alasan"], [1, TEACHER, "R", day, "APS"]]
    found = judged(tmp_path, rows, (people, date(2024, 7, 1)))
    assert [fault.code for fault in found.faults if fault.row == 2] == said


def test_the_day_of_the_letter_changes_nothing_that_is_known(tmp_path, folder):
    imported(folder, roster(tmp_path, OTHER), date(2024, 7, 1))
    # 20 March 1964: 58 in March 2022, retirement from 1 April 2022; the letter is of December.
    for head, day in (("TMT Pensiun", "01-04-2022"), ("Tanggal SK", "01-12-2021")):
        listed = written(
            tmp_path,
            [["No", "NIP", "Nama", head, "Alasan"], [1, TEACHER, "R", day, "Pensiun"]],
        )
        previewed, _ = imported(folder, listed, DAY)
    assert (previewed.replaced_count, previewed.kept_count) == (0, 1)
    gone = exits_in(folder)
    assert gone["exited_on"].tolist() == [pd.Timestamp("2022-04-01")]
    assert (gone["cause"].tolist(), gone["is_day_known"].tolist()) == (["bup"], [True])


@pytest.mark.parametrize(
    ("day", "cause"), [("02-04-2021", "bup"), ("31-03-2021", "tidak_diketahui")]
)
def test_a_letter_of_pension_speaks_of_who_reaches_the_age_within_a_year(tmp_path, day, cause):
    rows = [["No", "NIP", "Nama", "Tanggal SK", "Alasan"], [1, TEACHER, "R", day, "Pensiun"]]
    checked = judged(tmp_path, rows)
    assert checked.exits["cause"].tolist() == [cause]


def test_the_leave_before_retirement_stays_beside_the_retirement(tmp_path, folder):
    imported(folder, roster(tmp_path, OTHER), date(2024, 7, 1))
    for day, reason in (("01-10-2023", "MPP"), ("01-04-2024", "BUP")):
        listed = written(tmp_path, [HEADERS, [1, TEACHER, "R", day, reason]])
        imported(folder, listed, DAY)
    assert exits_in(folder)["cause"].tolist() == ["mpp", "bup"]


def test_mapped_words_count_in_the_next_import(tmp_path, folder):
    imported(folder, roster(tmp_path, OTHER), date(2024, 7, 1))
    with state.opened(folder) as decisions:
        decisions.map_exit_reason("ikut suami", "pindah_keluar", "uji")
    listed = written(tmp_path, [HEADERS, [1, CLERK, "J", "14-05-2024", "Ikut Suami"]])
    previewed = import_data.preview(folder, listed, as_of=DAY)
    assert previewed.good_rows["cause"].tolist() == ["pindah_keluar"]


def test_the_command_line_imports_a_list_of_exits(tmp_path, folder, capsys):
    listed = written(tmp_path, [HEADERS, [1, CLERK, "J", "14-05-2024", "APS"]])
    arguments = ["import", str(listed), "--kind", "exit", "--data", str(folder)]
    assert command_line.main(arguments) == 0
    assert "1 baris dimuat" in capsys.readouterr().out
    assert exits_in(folder)["cause"].tolist() == ["aps"]


def test_the_command_line_says_how_many_exits_a_roster_gave_away(tmp_path, folder, capsys):
    imported(folder, roster(tmp_path, TEACHER, CLERK, OTHER), date(2024, 1, 1))
    later = roster(tmp_path, OTHER, name="b.csv")
    arguments = ["import", str(later), "--as-of", "2024-07-01", "--data", str(folder)]
    assert command_line.main(arguments) == 0
    assert "2 keluar dicatat; 1 belum jelas sebabnya" in capsys.readouterr().out


def test_an_edition_older_than_the_table_has_no_exits(tmp_path, folder, monkeypatch):
    imported(folder, roster(tmp_path, OTHER), date(2024, 7, 1))
    with closing(store.opened(current_edition(folder).path)) as connection:
        monkeypatch.setattr(store, "_lacks_table", lambda *_: True)
        assert store_tables.exits(connection).empty


@pytest.mark.parametrize(
    ("day", "why"),
    [
        ("Tanggal Efektif Pemberhentian", "Sebab Pemberhentian"),
        ("TMT PHK", "Jenis PHK"),
        ("Mulai Berlaku", "Alasan Pemberhentian"),
        ("tmt_henti", "jenis_henti"),
        ("Tanggal Non Aktif", "Alasan Non Aktif"),
        ("Tanggal Putus Kontrak", "Alasan Putus Kontrak"),
        ("Tgl. Berhenti Bekerja", "Penyebab Berhenti"),
        ("TMT Pemberhentian Dengan Hormat", "Dasar Pemberhentian"),
        ("tglBerhenti", "alasanBerhenti"),
    ],
)
def test_headings_put_together_from_words_are_known(tmp_path, day, why):
    rows = [["No", "NIP", "Nama", why, day],
            [1, TEACHER, "Rina Kencana", "Mencapai batas usia", "1 April 2024"],
            [2, CLERK, "Budi Santosa", "Hukuman disiplin berat", "Mei 2023"]]  # fmt: skip
    checked = judged(tmp_path, rows)
    assert checked.exits["cause"].tolist() == ["bup", "diberhentikan"]
    assert checked.exits["exited_on"].dt.strftime("%Y-%m-%d").tolist() == [
        "2024-04-01", "2023-05-01",
    ]  # fmt: skip


def test_the_basis_of_a_dismissal_is_its_reason_only_where_nothing_else_is(tmp_path):
    # 'Dasar Pemberhentian' holds the number of the letter in lists that tell the reason as well.
    rows = [["No", "NIP", "Nama", "Dasar Pemberhentian", "Alasan Non Aktif", "TMT Berhenti"],
            [1, TEACHER, "Rina Kencana", "800/12/2024", "Mencapai batas usia", "01-04-2024"],
            [2, CLERK, "Budi Santosa", "800/13/2023", "Meninggal dunia", "01-05-2023"]]  # fmt: skip
    assert judged(tmp_path, rows).exits["cause"].tolist() == ["bup", "meninggal"]


@pytest.mark.parametrize("header", ["Tanggal SK Pemberhentian", "No Pertek Pensiun", "TMT Masuk"])
def test_days_of_letters_and_of_entry_are_no_days_of_leaving(tmp_path, header):
    rows = [["DAFTAR PENSIUN"], [], ["NIP", "Nama", "TMT Pensiun", header],
            [TEACHER, "Rina Kencana", "01-04-2024", "01-01-2024"]]  # fmt: skip
    reading = readers.read(written(tmp_path, rows))
    assert reading.rows["exited_on"].astype(str).tolist() == ["01-04-2024"]


def test_what_a_service_is_about_outranks_its_name(tmp_path):
    # Every row of a list of dismissals of SIASN is of the service Pemberhentian.
    rows = [["NIP", "Nama", "Jenis Layanan Nama", "Detail Layanan Nama", "TMT Pensiun"],
            [TEACHER, "Rina Kencana", "Pemberhentian", "BUP", "2024-04-01"],
            [CLERK, "Budi Santosa", "Pemberhentian", "Janda/Duda", "2023-05-01"]]  # fmt: skip
    assert judged(tmp_path, rows).exits["cause"].tolist() == ["bup", "meninggal"]


@pytest.mark.parametrize("written_month", ["April 2024", "04/2024", "2024-04", "Apr-24", "apr 24"])
def test_a_month_without_its_day_is_its_first(tmp_path, written_month):
    [row] = judged(tmp_path, [HEADERS, [1, TEACHER, "Rina", written_month, "BUP"]]).exits.to_dict(
        "records"
    )
    assert row["exited_on"] == pd.Timestamp("2024-04-01")


def test_the_command_says_what_it_made_of_each_reason(tmp_path, capsys):
    rows = [HEADERS, [1, TEACHER, "Rina", "01-04-2024", "Mencapai batas usia"],
            [2, CLERK, "Budi", "01-05-2023", "Ikut suami"]]  # fmt: skip
    path = written(tmp_path, rows)
    assert command_line.main(["import", str(path), "--data", str(tmp_path / "d")]) == 0
    said = capsys.readouterr().out
    assert "'Mencapai batas usia' dibaca bup: 1" in said
    assert "'Ikut suami' dibaca tidak_diketahui: 1" in said


# ---- what headers leave out and cells say


def listed(*rows, head, title=()):
    people = [TEACHER, CLERK, NURSE, OTHER]
    body = [[at + 1, people[at], f"Nama {at}", *row] for at, row in enumerate(rows)]
    return [*[[line] for line in title], ["No", "NIP", "Nama", *head], *body]


@pytest.mark.parametrize(
    ("head", "parts"),
    [
        (["Jenis Pensiun", "Bulan", "Tahun"], [["April", "2024"], ["Mei", 2023]]),
        (["Alasan", "Bln Berhenti", "Thn Berhenti"], [["4", "2024"], [5, 2023]]),
        (["Sebab", "Bulan Pensiun", "Tahun Pensiun"], [["IV", "2024"], ["V", "2023"]]),
    ],
)
def test_a_month_and_a_year_in_two_columns_are_one_month_and_said_so(tmp_path, head, parts):
    rows = listed(["BUP", *parts[0]], ["Meninggal", *parts[1]], head=head)
    checked = judged(tmp_path, rows)
    assert checked.exits["exited_on"].dt.strftime("%Y-%m-%d").tolist() == [
        "2024-04-01", "2023-05-01",
    ]  # fmt: skip
    assert checked.exits["cause"].tolist() == ["bup", "meninggal"]
    assert not checked.exits["is_day_known"].any()
    assert (None, "exit_month_only") in codes(checked)


def test_day_month_and_year_under_one_heading_are_one_day(tmp_path):
    rows = [["DAFTAR PNS PENSIUN"], [], ["No", "NIP", "Nama", "TMT Pensiun", "", ""],
            ["", "", "", "Tgl", "Bln", "Thn"],
            [1, TEACHER, "Rina", 1, "April", 2024], [2, CLERK, "Budi", 15, 5, 2023],
            [3, OTHER, "Sari", 2, "VIII", 2022]]  # fmt: skip
    exits = judged(tmp_path, rows).exits
    assert exits["exited_on"].dt.strftime("%Y-%m-%d").tolist() == [
        "2024-04-01", "2023-05-15", "2022-08-02",
    ]  # fmt: skip
    assert exits["is_day_known"].all()


def test_a_month_without_its_year_is_refused_as_it_stands(tmp_path):
    rows = listed(["BUP", "4", "2024"], ["APS", "5", ""], ["BUP", "13", "2024"],
                  ["Meninggal", "6", "2023"],
                  head=["Alasan Berhenti", "Bulan", "Tahun"])  # fmt: skip
    assert [code for _, code in codes(judged(tmp_path, rows)) if "date" in code] == [
        "exit_date_invalid"
    ] * 2


@pytest.mark.parametrize("header", ["Status", "Kedudukan Hukum", "Status Pegawai", "Kondisi"])
@pytest.mark.parametrize("day", ["TMT", "Tanggal", "End Date"])
def test_a_column_of_status_says_that_a_list_is_one_of_exits_and_why(tmp_path, header, day):
    rows = listed(["SDN 1", "Guru", "Pensiun", "1-4-2024"],
                  ["SDN 2", "Guru", "Meninggal", "2-5-2023"],
                  ["Dinas X", "Analis", "Pindah Instansi", "3-6-2024"],
                  head=["Unit Kerja", "Jabatan", header, day])  # fmt: skip
    checked = judged(tmp_path, rows)
    assert checked.exits["cause"].tolist() == ["bup", "meninggal", "pindah_keluar"]
    assert checked.exits["is_day_known"].all()


def test_where_the_day_of_the_letter_is_all_there_is_it_is_taken_and_said(tmp_path):
    rows = listed(["SDN 1", "800/1", "1-4-2024", "Pensiun"],
                  ["SDN 2", "800/2", "2-5-2023", "Wafat"],
                  head=["Unit Kerja", "No SK", "Tgl SK", "Keterangan"])  # fmt: skip
    checked = judged(tmp_path, rows)
    assert (None, "exit_day_of_letter") in codes(checked)
    assert checked.exits["exited_on"].iloc[0] == pd.Timestamp("2024-04-01")
    assert not checked.exits["is_day_known"].any()


def test_a_list_of_the_gone_without_any_day_asks_for_the_day(tmp_path):
    gone = [["SDN 1", "Pensiun"], ["SDN 2", "Meninggal"], ["SDN 3", "Pensiun"]]
    rows = listed(*gone, head=["Unit Kerja", "Status"])
    reading = readers.read(written(tmp_path, rows))
    assert reading.kind == "exit"
    assert [fault.code for fault in reading.faults] == ["column_missing"]


def test_one_or_two_who_have_gone_make_no_list_of_those_gone(tmp_path):
    rows = listed(
        ["SDN 1", "Pensiun"], ["SDN 2", "Pensiun"], head=["Unit Kerja", "Kedudukan Hukum"]
    )
    assert readers.read(written(tmp_path, rows)).kind == "roster"


@pytest.mark.parametrize(
    ("head", "rows", "title"),
    [
        (["Status", "TMT Pensiun"], [["Pensiun", "1-4-2040"], ["Pensiun", "1-5-2041"]], ()),
        (["Status", "TMT"], [["Pensiun", "1-4-2024"], ["Aktif", "1-5-2010"], ["Aktif", ""]], ()),
        (["Jabatan", "TMT Pensiun"], [["Guru", "1-4-2040"]], ["Daftar yang akan pensiun"]),
        (["Jabatan", "TMT Pensiun"], [["Guru", "1-4-2024"], ["Guru", "1-4-2020"],
                                      ["Guru", "1-4-2040"]], ()),
        (["Jabatan"], [["Guru"]], ["DAFTAR PNS YANG PENSIUN"]),
    ],
)  # fmt: skip
def test_a_list_that_may_be_either_is_asked_about_and_not_taken(
    tmp_path, capsys, head, rows, title
):
    told = listed(*[["SDN 1", *row] for row in rows], head=["Unit Kerja", *head], title=title)
    path = written(tmp_path, told, "a.csv")
    [asked] = [fault for fault in readers.read(path).faults if fault.code == "kind_unsure"]
    assert command_line.main(["import", str(path), "--data", str(tmp_path / "d")]) == 1
    # The option is for who types commands; the page has a choice and shows the sentence too.
    assert "--kind" in capsys.readouterr().err
    assert "--" not in sentence(asked) + sentence(asked, "en")
    # Whoever says what it is is believed.
    assert "kind_unsure" not in [f.code for f in readers.read(path, kind="roster").faults]


@pytest.mark.parametrize(
    ("head", "rows"),
    [
        (["Kedudukan Hukum"], [["Aktif"], ["Pensiun"], ["CLTN"]]),
        (["Tanggal SK", "TMT CPNS"], [["1-4-1988", "1-4-1988"], ["1-1-1998", "1-1-1998"]]),
        (["Status Kepegawaian", "TMT"], [["Kontrak", "1-2-2024"], ["Kontrak", "1-2-2023"]]),
        (["Status", "TMT"], [["MPP", "1-2-2024"], ["Tugas Belajar", "1-2-2023"]]),
        (["Keterangan", "TMT"], [["Mutasi masuk", "1-2-2024"], ["Pindah dari Kota Y", "1-2-2023"]]),
        (["Ket"], [["Pensiun 2040"], ["Pensiun 2041"]]),
        (["TMT Pensiun"], [["1-2-2040"], ["1-2-2041"]]),
    ],
)
def test_a_roster_stays_one_whatever_stands_beside_its_people(tmp_path, head, rows):
    told = listed(*[["SDN 1", "Guru", *row] for row in rows], head=["Unit Kerja", "Jabatan", *head])
    reading = readers.read(written(tmp_path, told, "a.csv"))
    assert (reading.kind, reading.faults) == ("roster", ())


def test_the_command_says_what_it_took_for_the_day(tmp_path, capsys):
    rows = listed(["BUP", "April", "2024"], ["APS", "Mei", "2023"],
                  head=["Jenis Pensiun", "Bulan", "Tahun"])  # fmt: skip
    path = written(tmp_path, rows)
    assert command_line.main(["import", str(path), "--data", str(tmp_path / "d")]) == 0
    assert "2 baris hanya menulis bulan keluarnya" in capsys.readouterr().err


def test_a_long_list_is_judged_by_people_from_everywhere_in_it():
    # Every other row is of somebody who left: no fixed step through the list may meet only those.
    lines = [["x"] * 3, *([str(at), "Pensiun" if at % 2 else "Aktif", "a"] for at in range(9000))]
    sheet = workbook.Sheet("x", lines, list(range(1, len(lines) + 1)))
    header = Header("exit", 0, 0, (), 1.0)
    judged_rows = leaving_cells.people_rows(sheet, header)
    assert 0.9 * leaving_cells.MOST_JUDGED < len(judged_rows) <= leaving_cells.MOST_JUDGED
    places = [int(row[0]) for row in judged_rows]
    assert places == sorted(places)
    assert max(b - a for a, b in pairwise([0, *places, 9000])) < 30
    assert abs(sum(place % 2 for place in places) / len(places) - 0.5) < 0.02
    few = workbook.Sheet("x", [*lines[:40], ["", "", "jumlah"], ["a", None, ""]], [*range(42)])
    assert leaving_cells.people_rows(few, header) == lines[1:40]


def test_a_long_list_of_the_gone_and_a_long_roster_are_told_apart(tmp_path):
    def people(status):
        return [[f"Nama {at}", CLERK[:14] + f"{at:04d}", "Guru", "SDN 1", status(at)]
                for at in range(2500)]  # fmt: skip

    head = ["Nama", "NIP", "Jabatan", "Unit Kerja", "Kedudukan Hukum"]
    gone = readers.read(written(tmp_path, [head, *people(lambda _: "Pensiun")], "a.csv"))
    here = readers.read(
        written(tmp_path, [head, *people(lambda at: "Pensiun" if at % 50 == 0 else "Aktif")])
    )
    assert (gone.kind, here.kind) == ("exit", "roster")
