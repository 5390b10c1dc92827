"""Rosters as strangers hand them in: order of days, words, repeats, short and odd histories."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analytics.__main__ import main
from analytics.exits_roster import read_roster
from analytics.exits_roster_days import (
    DAY_FIRST,
    MONTH_FIRST,
    MONTHS,
    YEARS,
    day_of,
    order_of,
)
from analytics.faults import FaultsError
from analytics.readers.headers import meaning_of
from tests import workbooks

LATEST = date(2026, 1, 1)
HEAD = "person_id,sex,birth_year,start_date,exit_date"


def written(folder: Path, text: str) -> Path:
    path = folder / "R.csv"
    path.write_text(text.strip() + "\n", encoding="utf-8")
    return path


def read(folder: Path, text: str) -> pd.DataFrame:
    return read_roster(written(folder, text), LATEST).spells


def codes(folder: Path, text: str) -> list[str]:
    return [fault.code for fault in read_roster(written(folder, text), LATEST).faults]


@pytest.mark.parametrize(
    ("cells", "order"),
    [
        (["03/04/2010", "25/04/2010"], DAY_FIRST),
        (["03/04/2010", "04/25/2010"], MONTH_FIRST),
        (["25/04/2010", "04/25/2010"], DAY_FIRST),  # they contradict each other: nothing is turned
        (["03/04/2010", "05/06/2011"], DAY_FIRST),  # cannot be told: as Indonesia writes
        ([f"{month:02d}/01/2010" for month in range(1, 13)], MONTH_FIRST),  # first days of months
        ([f"01/{month:02d}/2010" for month in range(1, 13)], DAY_FIRST),
        # One slip among first days of months turns nothing.
        (
            [f"01/{at % 12 + 1:02d}/{1990 + at // 12}" for at in range(60)] + ["01/13/2001"],
            DAY_FIRST,
        ),
        # Ten days of one month are days, whatever month it is.
        ([f"{at:02d}/03/2010" for at in range(1, 12)], DAY_FIRST),
        # One in a hundred that contradicts is a slip as well.
        (
            [f"{at % 12 + 1:02d}/{at % 28 + 1:02d}/{1990 + at // 12}" for at in range(200)]
            + ["13/01/2001"],
            MONTH_FIRST,
        ),
        (["2010-03-04"], DAY_FIRST),
        (["2010", "2011.0", ""], YEARS),
        (["2010", "2012", "9999-12-31", "9999"], YEARS),
        (["2010-03", "2011-12", "9999-12", ""], MONTHS),
        (["03/2010", "Apr 2010", "Mei-2011", "201208"], MONTHS),
        (["2010-03", "2010-13"], DAY_FIRST),  # no month: none of them is turned into one
        (["2010-03", "2010-03-04"], DAY_FIRST),
        ([], DAY_FIRST),
    ],
)
def test_a_column_tells_which_part_is_the_month(cells, order):
    assert order_of({"exit_date": pd.Series(cells, dtype="str")})["exit_date"] == order


def test_one_column_settles_the_order_for_the_file(tmp_path):
    rows = "a,L,1970,02/01/1995,\nb,L,1971,03/01/1996,12/31/2010"
    spells = read(tmp_path, f"{HEAD}\n{rows}")
    assert spells["start_date"].to_list() == [
        pd.Timestamp("1995-02-01"),
        pd.Timestamp("1996-03-01"),
    ]
    assert spells["exit_date"].iloc[1] == pd.Timestamp("2010-12-31")
    assert codes(tmp_path, f"{HEAD}\n{rows}") == ["roster_month_first"] * 2


def test_months_alone_are_the_middle_of_each_and_never_before_the_start(tmp_path):
    rows = "a,L,1970,1995-02-01,2010-03\nb,P,1971,2010-04-21,2010-04\nc,P,1971,2010-04-21,"
    spells = read(tmp_path, f"{HEAD}\n{rows}")
    # From 21 April to the end of the month nine days are left: half of them is the 25th.
    assert spells["exit_date"].to_list() == [
        pd.Timestamp("2010-03-15"),
        pd.Timestamp("2010-04-25"),
        pd.NaT,
    ]
    assert codes(tmp_path, f"{HEAD}\n{rows}") == ["roster_months_only"]


def test_days_with_the_year_in_front_are_never_turned(tmp_path):
    rows = "\n".join(
        f"p{at},L,1970,{at % 12 + 1:02d}/{at % 28 + 1:02d}/1995,2010-05-31" for at in range(40)
    )
    assert set(read(tmp_path, f"{HEAD}\n{rows}")["exit_date"]) == {pd.Timestamp("2010-05-31")}
    assert day_of("2024-03-01", MONTH_FIRST, LATEST) == date(2024, 3, 1)


def test_each_column_may_have_an_order_of_its_own():
    found = order_of({
        "start_date": pd.Series(["03/04/2010", "04/25/2010"], dtype="str"),
        "exit_date": pd.Series(["25/04/2011", "26/04/2011"], dtype="str"),
        "birth_date": pd.Series(["1970-01-31"], dtype="str"),
    })  # fmt: skip
    assert (found["start_date"], found["exit_date"]) == (MONTH_FIRST, DAY_FIRST)


@pytest.mark.parametrize(
    ("row", "start", "leaves"),
    [
        ("a,L,1970,01/09/2010,2010", "2010-09-01", "2010-10-31"),
        ("a,L,1970,01/03/2010,2010", "2010-03-01", "2010-07-31"),
        ("a,L,1970,01/03/2009,2010", "2009-03-01", "2010-07-01"),
    ],
)
def test_a_year_alone_lies_behind_the_start_in_that_year(tmp_path, row, start, leaves):
    others = "\n".join(f"p{at},L,1970,15/02/1995,2011" for at in range(3))
    spell = read(tmp_path, f"{HEAD}\n{row}\n{others}").iloc[0]
    assert (spell["start_date"], spell["exit_date"]) == (pd.Timestamp(start), pd.Timestamp(leaves))


def test_a_year_of_entry_lies_before_the_exit_in_that_year(tmp_path):
    spell = read(tmp_path, f"{HEAD}\na,L,1970,2010,31/03/2010\nb,L,1970,2009,").iloc[0]
    assert spell["start_date"] == pd.Timestamp("2010-02-14")


def test_years_alone_are_read_as_the_middle_of_the_year_and_said(tmp_path):
    rows = f"{HEAD}\na,L,1970,1995,2010\nb,L,1971,1996,"
    spells = read(tmp_path, rows)
    assert spells["start_date"].to_list() == [
        pd.Timestamp("1995-07-01"),
        pd.Timestamp("1996-07-01"),
    ]
    assert spells["exit_date"].iloc[0] == pd.Timestamp("2010-07-01")
    assert codes(tmp_path, rows) == ["roster_years_only"] * 2


@pytest.mark.parametrize(
    "cell",
    ["Active", "masih bekerja", "present", "9999-12-31", "31/12/2099", "12/31/9999", "2958465",
     "9999-12-31 00:00:00", "\\N", "<NA>", "n.a.", ".", "nil", "(null)", "tidak ada",
     "belum keluar", "00:00.0", "0000-00-00", "#N/A", "9999", "9999.0"],
)  # fmt: skip
def test_who_is_still_there_has_no_exit(cell):
    assert day_of(cell, DAY_FIRST, LATEST) == "missing"


@pytest.mark.parametrize("cell", ["unknown", "2010-13-01", "soon", "31/02/2010"])
def test_a_day_nobody_can_read_is_not_taken_for_still_there(cell):
    assert day_of(cell, DAY_FIRST, LATEST) == "invalid"


def test_a_day_that_never_comes_says_nothing_of_the_order_of_the_others(tmp_path):
    rows = "a,L,1970,02/01/1995,12/31/9999\nb,L,1971,25/01/1996,12/31/9999\nc,L,1971,1996-01-09,"
    spells = read(tmp_path, f"{HEAD}\n{rows}")
    days = ["1995-01-02", "1996-01-25", "1996-01-09"]
    assert spells["start_date"].to_list() == [pd.Timestamp(day) for day in days]
    assert spells["exit_date"].isna().all()


def test_days_with_the_year_first_stand_beside_american_ones(tmp_path):
    rows = "a,L,1970,1995-02-03,12/31/2010\nb,L,1971,1996-09-19,01/02/2011"
    spells = read(tmp_path, f"{HEAD}\n{rows}")
    assert spells["start_date"].to_list() == [
        pd.Timestamp("1995-02-03"),
        pd.Timestamp("1996-09-19"),
    ]
    assert spells["exit_date"].to_list() == [pd.Timestamp("2010-12-31"), pd.Timestamp("2011-01-02")]


def test_a_row_that_stands_twice_counts_once_and_refuses_nothing(tmp_path):
    row = "a,L,1970,1995-02-01,2005-01-01"
    roster = read_roster(written(tmp_path, f"{HEAD}\n{row}\n{row}\nb,P,1971,1996-01-01,"), LATEST)
    assert [fault.code for fault in roster.faults] == ["spell_duplicate"]
    assert len(roster.spells) == roster.row_count == 2


def test_without_a_column_of_sex_it_is_unknown_for_all(tmp_path):
    rows = "person_id,birth_year,start_date,exit_date\na,1970,1995-02-01,"
    assert read(tmp_path, rows)["sex"].isna().all()
    assert codes(tmp_path, rows) == ["roster_sex_missing"]


def test_a_few_wrong_rows_in_a_hundred_are_left_out(tmp_path):
    good = "\n".join(f"p{at},L,1970,1995-02-01," for at in range(97))
    bad = "\n".join(f"x{at},L,1970,1995-02-01,1990-01-01" for at in range(3))
    assert len(read(tmp_path, f"{HEAD}\n{good}\n{bad}")) == 97


def test_headings_of_other_payrolls_are_known(tmp_path):
    head = "emp_no,gender,yob,date_hired,date_left,leave_reason,department_name"
    row = "1,female,1970,1995-02-01,2010-03-04,Voluntary resignation,Roads"
    [spell] = read(tmp_path, f"{head}\n{row}").to_dict("records")
    assert (spell["sex"], spell["cause"], spell["group"]) == ("P", "mengundurkan_diri", "Roads")


@pytest.mark.parametrize(
    ("head", "column"),
    [
        ("Badge No", "person_id"), ("EmpID", "person_id"), ("No. Karyawan", "person_id"),
        ("payroll_no", "person_id"), ("Staff No.", "person_id"),
        ("Sex of employee", "sex"), ("GenderCode", "sex"),
        ("Tahun Lahir Pegawai", "birth_year"), ("Day of birth", "birth_date"),
        ("DateofHire", "start_date"), ("Employment Start", "start_date"), ("DOJ", "start_date"),
        ("Tanggal Bergabung", "start_date"), ("Date of Entry into Service", "start_date"),
        ("tmt_mulai", "start_date"), ("Tgl Mulai Kerja", "start_date"),
        ("DateofTermination", "exit_date"), ("End of Employment", "exit_date"),
        ("Selesai Bekerja", "exit_date"), ("Tgl Akhir Kerja", "exit_date"),
        ("Last working day", "exit_date"), ("tmt_selesai", "exit_date"),
        ("Cause of leaving", "reason"), ("TermReason", "reason"), ("Jenis Keluar", "reason"),
        ("Ward", "group"), ("Fakultas", "group"), ("dept_name", "group"),
    ],
)  # fmt: skip
def test_headings_are_put_together_from_words(head, column):
    assert meaning_of(head, "spell").column == column


@pytest.mark.parametrize(
    "head",
    ["Position start date", "Contract end date", "End of probation", "Date of last promotion",
     "Tanggal SK", "TMT Pangkat", "Pension number", "Employment status", "Tempat Lahir",
     "Employee Name", "Tanggal Mulai Cuti", "Created at", "Update date"],
)  # fmt: skip
def test_a_heading_with_a_word_that_says_something_else_is_left_unread(head):
    # A contract's last day, or that of probation, is no day of leaving the employer.
    assert not meaning_of(head, "spell").column


def test_what_is_known_for_a_column_goes_before_what_sounds_like_it(tmp_path):
    head = "person_id,sex,birth_year,hire year,Employment Start,hire_date,exit_date"
    [spell] = read(tmp_path, f"{head}\na,L,1970,1994,1996-01-01,1995-02-01,").to_dict("records")
    assert spell["start_date"] == pd.Timestamp("1995-02-01")


def test_headings_below_a_title_or_on_a_later_sheet_are_found(tmp_path):
    table = [HEAD.split(","), ["a", "L", "1970", "1995-02-01", ""]]
    cover = [["Daftar pegawai RS"], ["Isi semua kolom"]]
    sheets = {"Petunjuk": cover, "Data": [["Daftar pegawai RS"], [], *table]}
    path = workbooks.write_xlsx(tmp_path / "r.xlsx", sheets)
    roster = read_roster(path, LATEST)
    assert roster.spells["start_date"].to_list() == [pd.Timestamp("1995-02-01")]


def test_a_parquet_file_says_what_the_same_text_says(tmp_path):
    text = f"{HEAD}\na,L,1970,1995-02-01,2010-03-04\nb,P,1971,1996-01-01,"
    rows = pd.read_csv(written(tmp_path, text), parse_dates=["start_date", "exit_date"])
    rows.to_parquet(tmp_path / "R.parquet")
    told = read_roster(tmp_path / "R.parquet", LATEST).spells
    pd.testing.assert_frame_equal(told, read(tmp_path, text))


def test_a_missing_column_is_named_beside_the_headings_that_were_not_known(tmp_path):
    with pytest.raises(FaultsError, match=r"person_id.*Nama, Catatan"):
        read(tmp_path, "Nama,Catatan,sex,birth_year,start_date,exit_date\na,x,L,1970,1995-02-01,")


@pytest.mark.parametrize(
    ("word", "cause"),
    [("Fired", "diberhentikan"), ("laid off", "diberhentikan"), ("quit", "mengundurkan_diri"),
     ("End of contract", "kontrak_berakhir"), ("Died in service", "meninggal"),
     ("involuntary transfer", "pindah_keluar")],
)  # fmt: skip
def test_reasons_in_english_have_their_cause(tmp_path, word, cause):
    rows = f"{HEAD},reason\na,L,1970,1995-02-01,2010-03-04,{word}"
    assert read(tmp_path, rows)["cause"].item() == cause


def roster(first: int = 2005, chance: float = 0.04, count: int = 400, seed: int = 3) -> list[str]:
    """Synthetic spells until 2019: the same chance for everybody."""
    dice = np.random.default_rng(seed)
    lines = []
    for at in range(count):
        birth = int(dice.integers(1955, 1985))
        start = max(1998, birth + 22 + int(dice.integers(0, 5)))
        left = next((y for y in range(max(start + 1, first), 2020) if dice.random() < chance), None)
        lines.append(
            f"p{at},{'LP'[at % 2]},{birth},{start}-02-01,{f'{left}-06-15' if left else ''}"
        )
    return lines


def forecast(folder: Path, lines: list[str], *more: str, day: str = "2018-01-01") -> pd.DataFrame:
    out = folder / "F.csv"
    path = written(folder, "\n".join([HEAD, *lines]))
    command = ["exits", "forecast", "--roster", str(path), "--as-of", day, "--years", "3"]
    assert main([*command, "--out", str(out), "--lang", "en", *more]) == 0
    found = pd.read_csv(out)
    assert (found["p10"] <= found["p50"]).all() and (found["p50"] <= found["p90"]).all()
    assert found["expected"].between(0, len(lines)).all()
    return found


@pytest.mark.parametrize(
    "lines",
    [
        roster(chance=0.0),  # nobody ever left
        roster(chance=0.002),  # hardly anybody
        roster(first=2015),  # three years of history
        roster(count=12),  # a handful of people
        [line.replace(",P,", ",L,") for line in roster()],  # one sex
        [line.replace(f",{line.split(',')[2]},", ",,") for line in roster()],  # no year of birth
    ],
    ids=["no exit", "few exits", "three years", "twelve people", "one sex", "no birth"],
)
def test_every_odd_history_has_a_forecast(tmp_path, lines):
    found = forecast(tmp_path, lines)
    assert len(found) == 3


def test_before_any_history_the_forecast_is_the_usual_rate_and_said_to_be_thin(tmp_path, capsys):
    # Nobody had left: the file lists survivors. Nothing is known on the day but 2 % a year, or a
    # fifth, or five times as much.
    found = forecast(tmp_path, roster(), day="2005-01-01")
    here = sum(line.split(",")[3] <= "2005-01-01" for line in roster())
    assert 0.01 * here <= found["expected"].iloc[0] <= 0.06 * here
    assert found["p90"].iloc[0] > 3 * max(found["p10"].iloc[0], 1)
    assert "history is thin" in capsys.readouterr().err
    # A dozen people who stay for years are no wonder.
    few = forecast(tmp_path, roster(chance=0.0, count=12), day="2015-01-01")
    assert few["expected"].iloc[0] < 0.02 * 12


def test_a_list_that_ended_years_ago_is_said_to_have(tmp_path, capsys):
    forecast(tmp_path, roster(), day="2023-01-01")
    assert "The last exit before 2023-01-01" in capsys.readouterr().err
    forecast(tmp_path, roster(), day="2019-01-01")
    assert "The last exit" not in capsys.readouterr().err


def test_exits_to_come_are_not_judged_as_if_they_had_come(tmp_path, capsys):
    lines = roster()
    planned = [line + f"20{30 + at % 40}-03-01" if line.endswith(",") and at % 9 == 0 else line
               for at, line in enumerate(lines)]  # fmt: skip
    path = written(tmp_path, "\n".join([HEAD, *planned]))
    command = ["exits", "backtest", "--roster", str(path), "--cutoff", "2017-01-01", "--lang", "en"]
    out = tmp_path / "B.csv"
    assert main([*command, "--out", str(out)]) == 0
    assert "exits lie after today" in capsys.readouterr().err
    judged = pd.read_csv(out).query("part == 'year'")
    assert judged["year"].max() <= date.today().year


def test_what_was_learnt_is_told_of_groups_of_ten_and_adds_up_to_the_early_forecast(tmp_path):
    dice = np.random.default_rng(3)
    lines = []
    for at in range(200):
        begun = 1990 + int(dice.integers(0, 25))
        stay = int(dice.exponential(12)) + 1
        left = f"{begun + stay}-05-01" if begun + stay < 2018 else ""
        group = "few" if at % 40 == 0 else "many"
        lines.append(f"p{at},{'LP'[at % 2]},{begun - 30},{begun}-03-01,{left},{group}")
    path = written(tmp_path, f"{HEAD},group\n" + "\n".join(lines))
    out, early, staying = (tmp_path / f"{name}.csv" for name in ("fit", "early", "staying"))
    day = ["--roster", str(path), "--as-of", "2018-01-01"]
    assert main(["exits", "fit", *day, "--out", str(out), "--staying", str(staying)]) == 0
    stays = pd.read_csv(staying)
    assert stays["people_count"].min() >= 10
    # They stay twelve years in the mean, whatever they have served.
    assert stays["staying_share"].iloc[9] == pytest.approx(np.exp(-10 / 12), abs=0.15)
    told = pd.read_csv(out)
    assert list(told) == ["factor", "level", "people_count", "expected_count", "rate_share"]
    assert told["people_count"].min() >= 10
    # Of two groups one is too few to be told, and the other would tell it by subtraction.
    assert not {"few", "many"} & set(told["level"])
    forecast = ["exits", "forecast", *day, "--years", "1", "--out", "-", "--early", str(early)]
    assert main(forecast) == 0
    whole = told.loc[told["factor"] == "all", "expected_count"].item()
    assert whole == pytest.approx(pd.read_csv(early)["expected"].item(), abs=2e-3)
    by_sex = told.loc[told["factor"] == "sex", "expected_count"].sum()
    assert by_sex == pytest.approx(whole, abs=1e-4)


def test_fewer_than_ten_people_are_not_told_apart(tmp_path, capsys):
    path = written(tmp_path, f"{HEAD}\na,L,1970,1995-02-01,\nb,L,1970,1995-02-01,")
    asked = ["exits", "fit", "--roster", str(path), "--as-of", "2018-01-01", "--out", "-"]
    assert main(asked) == 1
    assert "Kurang dari sepuluh orang" in capsys.readouterr().err
