"""``exits forecast`` and ``exits backtest`` on rosters as other employers write them."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analytics.__main__ import main
from analytics.exits_roster import read_roster
from analytics.faults import FaultsError

LATEST = date(2026, 1, 1)
HEAD = "person_id,sex,birth_year,start_date,exit_date"


def written(folder: Path, text: str, name: str = "R.csv") -> Path:
    path = folder / name
    path.write_text(text.strip() + "\n", encoding="utf-8")
    return path


def read(folder: Path, text: str) -> pd.DataFrame:
    return read_roster(written(folder, text), LATEST).spells


def codes(folder: Path, text: str) -> list[tuple[str, int | None]]:
    """Faults and their rows, of a file that is refused or of one that is read."""
    try:
        faults = read_roster(written(folder, text), LATEST).faults
    except FaultsError as error:
        faults = tuple(error.faults)
    return [(fault.code, fault.row) for fault in faults]


@pytest.mark.parametrize(
    "head",
    [
        HEAD,
        "Person ID;Gender;Birth Year;Appointed Date;Resignation Date",
        "PERSON_ID\tsex\tbirth_year\tTMT\tTanggal Keluar",
        "person id,Sex,Birth-Year,begin date,Left",
    ],
)
def test_headers_by_other_names_are_understood(tmp_path, head):
    mark = next(each for each in ";\t," if each in head)
    row = mark.join(["a", "M", "1970", "1995-02-01", "2010-03-04"])
    [spell] = read(tmp_path, f"{head}\n{row}").to_dict("records")
    assert (spell["person_id"], spell["sex"]) == ("a", "L")
    assert spell["birth_date"] == pd.Timestamp("1970-07-01") and spell["is_birth_year_only"]
    assert spell["start_date"] == pd.Timestamp("1995-02-01")
    assert spell["exit_date"] == pd.Timestamp("2010-03-04")


@pytest.mark.parametrize(
    ("word", "sex"),
    [("M", "L"), ("F", "P"), ("L", "L"), ("P", "P"), ("MALE", "L"), ("female", "P"),
     ("Laki-laki", "L"), ("Perempuan", "P"), ("Wanita", "P"), ("pria", "L")],
)  # fmt: skip
def test_sexes_are_letters_or_words(tmp_path, word, sex):
    assert read(tmp_path, f"{HEAD}\na,{word},1970,1995-02-01,")["sex"].item() == sex


@pytest.mark.parametrize(
    ("cell", "day"),
    [("2010-03-04", "2010-03-04"), ("04-03-2010", "2010-03-04"), ("4 Maret 2010", "2010-03-04")],
)
def test_days_are_read_as_they_are_written(tmp_path, cell, day):
    spells = read(tmp_path, f"{HEAD}\na,L,1970,1995-02-01,{cell}")
    assert spells["exit_date"].item() == pd.Timestamp(day)


def test_a_day_of_birth_is_no_stand_in(tmp_path):
    text = "person_id,sex,birth_date,start_date,exit_date\na,L,1970-02-03,1995-02-01,"
    [spell] = read(tmp_path, text).to_dict("records")
    assert spell["birth_date"] == pd.Timestamp("1970-02-03") and not spell["is_birth_year_only"]
    assert pd.isna(spell["exit_date"])


@pytest.mark.parametrize(
    ("rows", "fault"),
    [
        ("a,L,1970,1995-02-01,1994-01-01", "spell_exit_before_start"),
        ("a,L,1970,1995-02-30,", "spell_date_invalid"),
        ("a,L,1970,,", "spell_start_missing"),
        (",L,1970,1995-02-01,", "spell_id_missing"),
        ("a,L,1999,1995-02-01,", "spell_birth_after_start"),
        ("a,L,70x,1995-02-01,", "spell_birth_invalid"),
    ],
)
def test_a_wrong_row_is_named_with_its_line(tmp_path, rows, fault):
    assert (fault, 2) in codes(tmp_path, f"{HEAD}\n{rows}")


def test_the_same_service_twice_is_refused_and_a_return_is_not(tmp_path):
    twice = "a,L,1970,1995-02-01,2005-01-01\na,L,1970,2000-02-01,"
    assert ("spell_overlap", 3) in codes(tmp_path, f"{HEAD}\n{twice}")
    back = "a,L,1970,1995-02-01,2000-01-01\na,L,1970,2004-02-01,"
    assert codes(tmp_path, f"{HEAD}\n{back}") == []
    assert len(read(tmp_path, f"{HEAD}\n{back}")) == 2


def test_one_wrong_row_in_two_hundred_is_left_out_and_one_in_ten_refuses_the_file(tmp_path):
    good = "\n".join(f"p{at},L,1970,1995-02-01," for at in range(199))
    roster = read_roster(written(tmp_path, f"{HEAD}\n{good}\nx,L,1970,,"), LATEST)
    assert (len(roster.spells), roster.row_count) == (199, 200)
    few = "\n".join(good.splitlines()[:9])
    assert ("roster_mostly_wrong", None) in codes(tmp_path, f"{HEAD}\n{few}\nx,L,1970,,")


def test_a_column_that_lacks_is_named(tmp_path):
    with pytest.raises(FaultsError) as refused:
        read(tmp_path, "person_id,sex,birth_year,start_date\na,L,1970,1995-02-01")
    [fault] = refused.value.faults
    assert fault.code == "roster_column_missing"
    assert fault.details["column_name"] == "exit_date"


def test_reasons_the_field_knows_have_their_cause_and_others_their_own_word(tmp_path):
    reasons = {"Meninggal Dunia": "meninggal", "resigned": "mengundurkan_diri",
               "Mutasi keluar": "pindah_keluar", "Buyout Offer": "buyout offer"}  # fmt: skip
    rows = "\n".join(
        f"p{at},L,1970,1995-02-01,2010-03-04,{word}" for at, word in enumerate(reasons)
    )
    spells = read(tmp_path, f"{HEAD},reason\n{rows}")
    assert spells["cause"].to_list() == list(reasons.values())


@pytest.fixture(scope="module")
def roster(tmp_path_factory) -> Path:
    """Synthetic: 900 people, 4 % leave a year, 2005 to 2019."""
    dice = np.random.default_rng(5)
    lines = [HEAD]
    for at in range(900):
        birth = int(dice.integers(1950, 1985))
        start = max(1998, birth + 22 + int(dice.integers(0, 5)))
        left = next((y for y in range(max(start + 1, 2005), 2020) if dice.random() < 0.04), None)
        sex = "LP"[at % 2]
        lines.append(f"p{at},{sex},{birth},{start}-02-01,{f'{left}-06-15' if left else ''}")
    return written(tmp_path_factory.mktemp("roster"), "\n".join(lines))


def test_forecast_writes_what_it_promises(roster, tmp_path):
    out, people = tmp_path / "F.csv", tmp_path / "P.csv"
    command = ["exits", "forecast", "--roster", str(roster), "--as-of", "2018-01-01"]
    command += ["--years", "3", "--mandatory-age", "60"]
    assert main([*command, "--out", str(out), "--people", str(people)]) == 0
    years, each = pd.read_csv(out), pd.read_csv(people)
    assert list(years) == ["year", "expected", "p10", "p50", "p90"]
    assert years["year"].to_list() == [2018, 2019, 2020]
    assert (years["p10"] <= years["p50"]).all() and (years["p50"] <= years["p90"]).all()
    assert list(each) == ["person_id", "year", "probability"]
    sums = each.groupby("year")["probability"].sum().to_numpy()
    np.testing.assert_allclose(sums, years["expected"], atol=0.01)


def test_a_day_within_the_year_means_twelve_months_and_says_so(roster, tmp_path, capsys):
    out = tmp_path / "F.csv"
    command = ["exits", "forecast", "--roster", str(roster), "--as-of", "2017-10-01"]
    assert main([*command, "--years", "2", "--out", str(out), "--lang", "en"]) == 0
    assert pd.read_csv(out)["year"].to_list() == [2018, 2019]
    assert "Year 2018 means the twelve months 2017-10-01 to 2018-09-30" in capsys.readouterr().err


def test_backtest_takes_several_days_and_prints_every_rival(roster, capsys):
    command = ["exits", "backtest", "--roster", str(roster), "--years", "2", "--lang", "en"]
    assert main([*command, "--cutoff", "2016-01-01", "2017-01-01", "--cutoff", "2018-01-01"]) == 0
    text = capsys.readouterr().out
    assert all(text.count(f"{year}-01-01") for year in (2016, 2017, 2018))
    for name in ("estafet", "mandatory", "age_rates", "age_rates_all", "last_year"):
        assert name in text


def test_a_day_before_anybody_began_is_refused(roster, tmp_path):
    command = ["exits", "forecast", "--roster", str(roster), "--as-of", "1960-01-01"]
    assert main([*command, "--out", str(tmp_path / "F.csv")]) == 1
    assert not (tmp_path / "F.csv").exists()


def test_a_stated_day_since_when_the_list_is_complete_is_taken(roster, tmp_path):
    # The second file lacks who left before 2012; said so, both files tell the same.
    lines = roster.read_text(encoding="utf-8").splitlines()
    kept = [line for line in lines if not "2000" < line.rsplit(",", 1)[1] < "2012"]
    short = written(tmp_path, "\n".join(kept), "short.csv")
    told = []
    for file in (roster, short):
        out = tmp_path / "F.csv"
        command = ["exits", "forecast", "--roster", str(file), "--as-of", "2018-01-01"]
        assert main([*command, "--complete-from", "2012-01-01", "--out", str(out)]) == 0
        told.append(out.read_bytes())
    assert told[0] == told[1]


def test_exits_on_record_from_the_day_asked_about_only_are_refused(roster, tmp_path, capsys):
    command = ["exits", "forecast", "--roster", str(roster), "--as-of", "2018-01-01"]
    command += ["--complete-from", "2018-01-01", "--out", str(tmp_path / "F.csv")]
    assert main(command) == 1 and not (tmp_path / "F.csv").exists()
    assert "tidak ada riwayat di antaranya" in capsys.readouterr().err


def test_a_cutoff_before_exits_were_on_record_is_left_out_and_said(roster, capsys):
    command = ["exits", "backtest", "--roster", str(roster), "--years", "1", "--lang", "en"]
    command += ["--complete-from", "2016-06-01", "--cutoff", "2016-01-01", "2018-01-01"]
    assert main(command) == 0
    told = capsys.readouterr()
    assert "2018-01-01" in told.out and "2016-01-01" not in told.out
    assert "2016-01-01 left out" in told.err


def test_early_exits_have_a_band_of_their_own(roster, tmp_path):
    out, early = tmp_path / "F.csv", tmp_path / "E.csv"
    command = ["exits", "forecast", "--roster", str(roster), "--as-of", "2018-01-01"]
    command += ["--mandatory-age", "60", "--out", str(out), "--early", str(early)]
    assert main(command) == 0
    whole, alone = pd.read_csv(out), pd.read_csv(early)
    assert list(alone) == list(whole)
    # Somebody reaches 60 in every year of a staff of this age.
    assert (alone["expected"] < whole["expected"]).all() and (alone["p10"] <= whole["p10"]).all()
    assert (alone["p10"] <= alone["expected"]).all() and (alone["expected"] <= alone["p90"]).all()
