"""A roster told in halves: leavers by number on a sheet of their own, facts in the NIP, and rows
that repeat a person."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from analytics.exits_roster import read_roster
from tests.test_exits_roster_columns import COLUMNS, book, gone_count, people, refusal
from tests.test_exits_rosters import HEAD, LATEST, codes, read, written

STAYED = COLUMNS[:4]


def stayed(count: int) -> list[list[str]]:
    return [STAYED, *(row[:4] for row in people(count))]


LEFT = [["Employee ID", "Termination Date", "Reason"], ["p1", "04/03/2010", "meninggal"],
        ["P3", "31/12/2011", "resigned"], ["p5", "", ""]]  # fmt: skip


def test_days_of_leavers_are_given_to_the_people_of_another_sheet(tmp_path):
    told = read_roster(book(tmp_path, Pegawai=stayed(8), Keluar=LEFT), LATEST)
    gone = told.spells.set_index("person_id").dropna(subset="exit_date")
    assert gone["exit_date"].to_dict() == {
        "p1": pd.Timestamp("2010-03-04"), "p3": pd.Timestamp("2011-12-31"),
    }  # fmt: skip
    assert gone["cause"].to_list() == ["meninggal", "mengundurkan_diri"]
    assert len(told.spells) == told.row_count == 8
    [said] = told.faults
    assert (said.code, said.file, said.details["count"]) == (
        "leavers_laid_on",
        "R.xlsx [Keluar]",
        2,
    )


def test_a_wrong_day_is_told_of_the_sheet_it_stands_on(tmp_path):
    left = [*LEFT, ["p6", "31/02/2010", ""]]
    told = read_roster(book(tmp_path, Pegawai=stayed(60), Keluar=left), LATEST)
    [fault] = [each for each in told.faults if each.severity == "error"]
    assert (fault.code, fault.file, fault.row) == ("spell_date_invalid", "R.xlsx [Keluar]", 5)
    assert fault.column == "Termination Date"


def test_a_person_keeps_the_day_of_the_own_row(tmp_path):
    both = [COLUMNS, *people(8, "2009-01-02")]
    told = read_roster(book(tmp_path, Pegawai=both, Keluar=LEFT), LATEST)
    assert set(told.spells["exit_date"]) == {pd.Timestamp("2009-01-02")}
    assert [each.code for each in told.faults] == ["leaver_other_day"] * 2
    assert told.faults[0].details["day"] == "2009-01-02"


def test_a_leaver_nobody_else_knows_is_an_error_of_the_row(tmp_path):
    left = [LEFT[0], *[[f"p{at}", "2010-03-04", ""] for at in range(40)], ["q", "2010-03-04", ""]]
    told = read_roster(book(tmp_path, Pegawai=stayed(60), Keluar=left), LATEST)
    [fault] = [each for each in told.faults if each.severity == "error"]
    assert (fault.code, fault.row, fault.value) == ("leaver_unknown", 42, "q")
    assert gone_count(told) == 40


def test_leavers_nobody_else_knows_refuse_the_file(tmp_path):
    left = [LEFT[0], *[[f"q{at}", "2010-03-04", ""] for at in range(40)]]
    path = book(tmp_path, Pegawai=stayed(60), Keluar=left)
    assert "[Keluar]: This sheet lacks birth_year, start_date" in refusal(path)


@pytest.mark.parametrize("has_exit", [True, False])
def test_a_sheet_of_all_and_one_of_leavers_count_each_person_once(tmp_path, has_exit):
    everybody = [COLUMNS, *people(9)] if has_exit else stayed(9)
    left = [COLUMNS, *people(4, "2010-03-04")]
    for sheets in ({"A": everybody, "B": left}, {"B": left, "A": everybody}):
        told = read_roster(book(tmp_path, **sheets), LATEST)
        assert (len(told.spells), gone_count(told), told.row_count) == (9, 4, 9)
        assert [each.code for each in told.faults] == ["spell_repeated"]


def test_a_row_for_each_year_is_one_service_in_the_last_group(tmp_path):
    rows = """
a,L,1980,2015-01-01,,A
b,P,,2015-03-01,,A
a,L,1980,2015-01-01,,B
b,P,1981-02-03,2015-03-01,2017-05-06,A
a,L,1980,2015-01-01,,
"""
    told = read(tmp_path, f"{HEAD},group{rows}").set_index("person_id")
    assert told["exit_date"].to_dict() == {"a": pd.NaT, "b": pd.Timestamp("2017-05-06")}
    assert told["group"].to_dict() == {"a": "B", "b": "A"}
    assert told.loc["b", "birth_date"] == pd.Timestamp("1981-02-03")


@pytest.mark.parametrize(
    "rows",
    [
        # One of two posts has ended, or nobody knows.
        ["a,L,1980,2015-01-01,2017-05-06,A", "a,L,1980,2015-01-01,,B"],
        ["a,L,1980,2015-01-01,2017-05-06,A", "a,L,1980,2015-01-01,2018-05-06,B"],
    ],
)
def test_who_left_and_did_not_leave_by_one_sheet_is_an_overlap(tmp_path, rows):
    good = [f"x{at},L,1970,1995-02-01,,A" for at in range(60)]
    assert codes(tmp_path, "\n".join([f"{HEAD},group", *rows, *good])) == ["spell_overlap"]


NIP_PNS, NIP_WOMAN, NIP_PPPK = "197503042001121003", "19800101 200501 2 001", "198506072022211004"


def test_what_a_nip_says_fills_missing_columns(tmp_path):
    text = f"NIP,Tanggal Keluar\n{NIP_PNS},2010-03-04\n{NIP_WOMAN},\n{NIP_PPPK},"
    told = read_roster(written(tmp_path, text), LATEST)
    days = ["1975-03-04", "1980-01-01", "1985-06-07"]
    assert told.spells["birth_date"].to_list() == [pd.Timestamp(day) for day in days]
    assert told.spells["sex"].to_list() == ["L", "P", "L"]
    assert told.spells["start_date"].to_list() == [
        pd.Timestamp(day) for day in ("2001-12-01", "2005-01-01", "2022-07-01")
    ]
    assert gone_count(told) == 1
    [said] = told.faults
    assert said.code == "roster_from_nip"
    assert said.details["names"] == "birth_date, start_date, sex"


def test_a_column_goes_before_what_the_nip_says(tmp_path):
    text = f"NIP,Jenis Kelamin,TMT Masuk,Tanggal Keluar\n{NIP_PNS},P,2003-05-06,"
    told = read(tmp_path, text).iloc[0]
    assert (told["sex"], told["start_date"]) == ("P", pd.Timestamp("2003-05-06"))
    assert told["birth_date"] == pd.Timestamp("1975-03-04")


def test_a_nip_tells_the_sex_where_no_column_does(tmp_path):
    head = "NIP,Tahun Lahir,TMT Masuk,Tanggal Keluar"
    rows = f"{NIP_PNS},1975,2003-05-06,\n{NIP_WOMAN},1980,2005-05-06,2010-03-04"
    found = read_roster(written(tmp_path, f"{head}\n{rows}"), LATEST)
    assert found.spells["sex"].to_list() == ["L", "P"]
    assert [each.code for each in found.faults] == ["roster_from_nip"]


def test_leavers_who_stand_on_no_other_sheet_are_told_by_their_nip(tmp_path):
    here = [["NIP", "Unit Kerja"], [NIP_PNS, "A"], [NIP_PPPK, "B"]]
    left = [["NIP", "Tanggal Keluar", "Alasan"], [NIP_WOMAN, "2010-03-04", "meninggal"],
            [NIP_PPPK, "2024-05-06", "mengundurkan diri"]]  # fmt: skip
    told = read_roster(book(tmp_path, Aktif=here, Keluar=left), LATEST).spells
    assert told["exit_date"].to_list() == [
        pd.NaT, pd.Timestamp("2024-05-06"), pd.Timestamp("2010-03-04"),
    ]  # fmt: skip
    assert told["birth_date"].notna().all() and told["group"].to_list()[:2] == ["A", "B"]


def test_numbers_that_are_no_nip_tell_nothing(tmp_path):
    assert "The column birth_year is missing" in refusal(
        written(tmp_path, "NIP,Tanggal Keluar\n1,2010-03-04\n2,")
    )


def test_headings_in_two_rows_are_read_together(tmp_path):
    path = book(
        tmp_path,
        Data=[
            ["DAFTAR PEGAWAI"], [],
            ["No", "Data Pribadi", "", "Tanggal", "", "", "Unit"],
            ["", "NIP", "Jenis Kelamin", "Lahir", "Masuk", "Keluar", ""],
            ["1", "a", "L", "1970-01-02", "1995-02-01", "", "A"],
            ["2", "b", "P", "1971-01-02", "1996-02-01", "2010-03-04", "B"],
        ],
    )  # fmt: skip
    told = read_roster(path, LATEST)
    assert told.faults == ()
    assert told.spells["birth_date"].dt.year.to_list() == [1970, 1971]
    assert told.spells["start_date"].dt.year.to_list() == [1995, 1996]
    assert told.spells["group"].to_list() == ["A", "B"]
    assert gone_count(told) == 1


def test_rows_that_end_with_a_carriage_return_alone(tmp_path):
    text = HEAD + ',group\ra,L,1970,Feb-01-1995,,"A\nB"\rb,P,1970,1996-Feb-03,Sep-02-2003,C\r'
    path = tmp_path / "R.csv"
    path.write_bytes(text.encode())
    told = read_roster(path, LATEST).spells
    assert told["start_date"].to_list() == [pd.Timestamp("1995-02-01"), pd.Timestamp("1996-02-03")]
    assert told["exit_date"].to_list() == [pd.NaT, pd.Timestamp("2003-09-02")]
    assert told["group"].to_list() == ["A\nB", "C"]


@pytest.mark.parametrize(
    ("rows", "left"),
    [
        # Renewed for years, and one who came back after a year and more.
        (["a,L,1980,2015-01,2015-12", "a,L,1980,2016-01,2016-12", "a,L,1980,2017-01,"], [None]),
        (["a,L,1980,2015-01,2015-12", "a,L,1980,2016-02,"], ["2015-12-15", None]),
        (["a,L,1980,2015,2015", "a,L,1980,2016,2016", "a,L,1980,2017,2018"], ["2018-07-01"]),
        (["a,L,1980,2015,2015", "a,L,1980,2017,"], ["2015-07-01", None]),
        (["a,L,1980,2015,2016-09-30", "a,L,1980,2016,"], [None]),
        (["a,L,1980,2015,2016-09-30", "a,L,1980,2018,"], ["2016-09-30", None]),
    ],
)
def test_months_and_years_of_renewals_are_no_exits(tmp_path, rows, left):
    told = read(tmp_path, "\n".join([HEAD, *rows]))
    days = [None if pd.isna(day) else f"{day:%Y-%m-%d}" for day in told["exit_date"]]
    assert days == left


def test_the_same_year_twice_is_one_period(tmp_path):
    rows = ["a,L,1980,2015,2018", "a,P,1980,2015,2018"]
    found = read_roster(written(tmp_path, "\n".join([HEAD, *rows])), date(2020, 1, 1))
    assert [each.code for each in found.faults].count("spell_repeated") == 1
    assert len(found.spells) == 1


def test_rows_that_are_no_entries_are_passed_over_and_said(tmp_path):
    rows = ["a,L,1970,1995-02-01,,A", "Total Karya,P,1971,1996-02-01,2010-03-04,B"]
    around = [
        "1,2,3,4,5,6", *rows[:1], f"{HEAD.upper()},GROUP", *rows[1:],
        "JUMLAH,,,2,1,", ",,,,Jumlah : 2,", ',,,,"Pati, 31 Desember 2020",', ",,,,NIP. 1970,",
    ]  # fmt: skip
    told = read_roster(written(tmp_path, "\n".join([f"{HEAD},group", *around])), LATEST)
    assert [(each.code, each.row) for each in told.faults] == [
        ("row_passed", row) for row in (2, 4, 6, 7, 8, 9)
    ]
    assert told.spells["person_id"].to_list() == ["a", "Total Karya"]
    # Somebody whose number was forgotten is no note.
    good = [f"x{at},L,1970,1995-02-01," for at in range(60)]
    assert codes(tmp_path, "\n".join([HEAD, ",L,1970,1995-02-01,", *good])) == ["spell_id_missing"]


@pytest.mark.parametrize("heading", ["age_at_hire", "Usia saat masuk", "Umur waktu diangkat"])
def test_an_age_at_the_start_gives_the_year_of_birth(tmp_path, heading):
    text = f'NIP,JK,{heading},TMT Masuk,Tanggal Keluar\na,L,25,1995-08-01,\nb,P,"30,5",1996-02-01,'
    found = read_roster(written(tmp_path, text), LATEST)
    # 25 on 1 August 1995: born from August 1969 to July 1970.
    assert found.spells["birth_date"].dt.year.to_list() == [1970, 1965]
    assert found.spells["is_birth_year_only"].all()
    assert [each.code for each in found.faults] == ["roster_born_by_age"]


def test_an_age_of_no_day_is_refused_in_words(tmp_path):
    text = "NIP,Usia Pensiun,Umur,TMT Masuk,Tanggal Keluar\na,58,25,1995-08-01,"
    assert "column Umur: This column holds ages without saying of which day" in refusal(
        written(tmp_path, text)
    )


@pytest.mark.parametrize("heading", ["Tanggal Selesai", "End date", "Sampai", "Leave end"])
def test_the_end_of_a_course_or_a_leave_lets_nobody_go(tmp_path, heading):
    course = [["NIP", "Tanggal Mulai", heading], ["p1", "2010-03-01", "2010-03-04"]]
    path = book(tmp_path, Pegawai=[COLUMNS, *people(8)], Diklat=course)
    assert "[Diklat]: This sheet lacks birth_year" in refusal(path)


@pytest.mark.parametrize(
    "headings",
    [
        "Worker ID,Legal Sex,Date of Birth,Continuous Service Date,Leave Date,"
        "Primary Termination Reason,Supervisory Organization",
        "Pers.No.,Gender Key,Birth date,Entry Date,Leaving Date,Reason for Action,"
        "Organizational Unit",
        "EMPLID,SEX,BIRTHDATE,HIREDATE,TERMDATE,ACTION_REASON,DEPTID",
    ],
)
def test_headings_of_large_personnel_systems_are_known(tmp_path, headings):
    row = "7,F,1970-01-02,1995-02-01,2010-03-04,moved away,A"
    told = read(tmp_path, f"{headings}\n{row}").iloc[0]
    days = [f"{told[name]:%Y-%m-%d}" for name in ("birth_date", "start_date", "exit_date")]
    assert [told["person_id"], told["sex"], *days, told["cause"], told["group"]] == [
        "7", "P", "1970-01-02", "1995-02-01", "2010-03-04", "moved away", "A",
    ]  # fmt: skip
