"""Rosters on several sheets, with marks beside days, letters for the sexes, days of never."""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from pathlib import Path

import pandas as pd
import pytest

from analytics.__main__ import main
from analytics.exits_roster import Roster, read_roster
from analytics.faults import FaultsError, sentence
from tests import workbooks
from tests.test_exits_rosters import HEAD, LATEST, codes, forecast, read, roster, written

COLUMNS = HEAD.split(",")


def book(folder: Path, **sheets: list[list[object]]) -> Path:
    return workbooks.write_xlsx(folder / "R.xlsx", sheets)


def people(count: int, leaves: str = "", prefix: str = "p") -> list[list[str]]:
    return [[f"{prefix}{at}", "LP"[at % 2], "1970", "1995-02-01", leaves] for at in range(count)]


def refusal(path: Path) -> str:
    with pytest.raises(FaultsError) as refused:
        read_roster(path, LATEST)
    return "\n".join(sentence(fault, "en") for fault in refused.value.faults)


def gone_count(told: Roster) -> int:
    return int(told.spells["exit_date"].notna().sum())


@pytest.mark.parametrize("has_exit", [True, False], ids=["same headings", "no exit of who stayed"])
def test_those_who_stayed_and_those_who_left_stand_on_two_sheets(tmp_path, has_exit):
    width = 5 if has_exit else 4
    stayed = [row[:width] for row in [COLUMNS, *people(6)]]
    left = [COLUMNS, *people(4, "2010-03-04", "q")]
    told = read_roster(book(tmp_path, Aktif=stayed, Keluar=left), LATEST)
    assert (len(told.spells), gone_count(told), told.row_count) == (10, 4, 10)
    assert told.faults == ()


def test_headings_may_differ_from_sheet_to_sheet(tmp_path):
    own = ["No. Karyawan", "Jenis Kelamin", "Tahun Lahir", "Tanggal Masuk", "Tanggal Keluar"]
    path = book(tmp_path, Aktif=[COLUMNS, *people(3)],
                Keluar=[own, *people(2, "2010-03-04", "q")])  # fmt: skip
    told = read_roster(path, LATEST).spells
    assert told["person_id"].to_list() == ["p0", "p1", "p2", "q0", "q1"]
    assert told["exit_date"].notna().sum() == 2


def test_a_sheet_for_each_department_is_one_roster(tmp_path):
    told = read_roster(
        book(tmp_path, A=[COLUMNS, *people(3)], B=[COLUMNS, *people(3, prefix="b")],
             C=[["Judul"], [], COLUMNS, *people(3, "2011-01-01", "c")]),
        LATEST,
    )  # fmt: skip
    assert (len(told.spells), gone_count(told)) == (9, 3)


def test_a_fault_names_the_sheet_and_the_row_it_shows_there(tmp_path):
    wrong = [["x", "L", "1970", "1995-02-01", "31/02/2010"], *people(40)]
    again = ["p0", "L", "1970", "1996-01-01", ""]
    path = book(tmp_path, Aktif=[["Daftar"], COLUMNS, *wrong], Keluar=[COLUMNS, again])
    told = [(fault.file, fault.row, fault.code) for fault in read_roster(path, LATEST).faults]
    assert told == [
        ("R.xlsx [Aktif]", 3, "spell_date_invalid"), ("R.xlsx [Keluar]", 2, "spell_overlap"),
    ]  # fmt: skip
    [_, twice] = read_roster(path, LATEST).faults
    assert "Row 4 [Aktif] already has this person" in sentence(twice, "en")


def test_leavers_whose_sheet_lacks_a_column_are_not_passed_over(tmp_path):
    path = book(tmp_path, Aktif=[COLUMNS, *people(3)],
                Keluar=[["NIP", "Tanggal Keluar"], ["q", "2010-03-04"]])  # fmt: skip
    assert "[Keluar]: This sheet lacks birth_year, start_date" in refusal(path)


def test_a_sheet_that_is_no_roster_is_said_to_be_left_out(tmp_path):
    path = book(tmp_path, Data=[COLUMNS, *people(3)], Rekap=[["Unit", "Sex"], ["A", "L"]])
    told = read_roster(path, LATEST)
    assert [fault.code for fault in told.faults] == ["sheet_left_out"]
    assert len(told.spells) == 3


MARKED = "person_id,sex,birth_year,start_date"


@pytest.mark.parametrize("heading", ["Attrition", "Terminated", "Resigned", "Quit", "Left"])
@pytest.mark.parametrize(("no", "yes"), [("0", "1"), ("No", "Yes"), ("tidak", "ya"), ("", "1")])
def test_a_mark_of_who_left_without_the_day_is_refused(tmp_path, heading, no, yes):
    rows = [f"p{at},L,1970,1995-02-01,{no if at % 3 else yes}" for at in range(60)]
    told = refusal(written(tmp_path, "\n".join([f"{MARKED},{heading}", *rows])))
    assert f"column {heading}: This column only marks who left, not when" in told


@pytest.mark.parametrize(
    ("mark", "day"),
    [("Left", "Date of leaving"), ("Exit", "Tanggal Keluar"), ("Exit", "Tanggal Berhenti"),
     ("Exit", "Last working day"), ("exit_date", "Tanggal Keluar")],
)  # fmt: skip
@pytest.mark.parametrize(("no", "yes"), [("0", "1"), ("No", "Yes"), ("Active", "Resigned")])
def test_a_day_goes_before_a_mark_whatever_the_two_are_called(tmp_path, mark, day, no, yes):
    rows = [f"p{at},L,1970,1995-02-01,{'' if at % 3 else '04/03/2010'},{no if at % 3 else yes}"
            for at in range(60)]  # fmt: skip
    found = read(tmp_path, "\n".join([f"{MARKED},{day},{mark}", *rows]))
    assert found["exit_date"].dropna().unique() == [pd.Timestamp("2010-03-04")]
    assert found["exit_date"].notna().sum() == 20


def test_a_sheet_of_those_who_stayed_may_mark_nobody(tmp_path):
    stayed = [[*row[:4], "No"] for row in people(3)]
    path = book(tmp_path, Aktif=[[*COLUMNS[:4], "Resigned"], *stayed],
                Keluar=[COLUMNS, *people(2, "2010-03-04", "q")])  # fmt: skip
    assert gone_count(read_roster(path, LATEST)) == 2


@pytest.mark.parametrize("cell", ["1", "2", "1.0"])
def test_a_bare_one_among_days_is_no_day(tmp_path, cell):
    rows = [f"p{at},L,1970,1995-02-01,2010-03-{at % 28 + 1:02d}" for at in range(60)]
    rows[3] = f"p3,L,1970,1995-02-01,{cell}"
    assert codes(tmp_path, "\n".join([HEAD, *rows])) == ["spell_date_invalid"]


@pytest.mark.parametrize(
    ("cells", "sexes"),
    [
        ("0101", [None] * 4),  # which of the two is the man nobody says
        ("1212", ["L", "P", "L", "P"]),
        ("1010", [None] * 4),
        ("HMHM", ["L", "P", "L", "P"]),  # hombre, mujer
        ("HFHF", ["L", "P", "L", "P"]),  # homme, femme
        ("MFMF", ["L", "P", "L", "P"]),
        ("PWPW", ["L", "P", "L", "P"]),  # pria, wanita
        ("LPLP", ["L", "P", "L", "P"]),
        ("HMFF", [None, None, "P", "P"]),
        (["Lelaki", "Wanita", "Masc.", "Fem."], ["L", "P", "L", "P"]),
    ],
)
def test_a_letter_of_sex_means_what_its_column_makes_of_it(tmp_path, cells, sexes):
    rows = [f"p{at},{cell},1970,1995-02-01," for at, cell in enumerate(cells)]
    text = "\n".join([HEAD, *rows])
    found = read(tmp_path, text)["sex"]
    assert [None if pd.isna(one) else one for one in found] == sexes
    assert codes(tmp_path, text) == ["spell_sex_unknown"] * sexes.count(None)


def test_of_spells_that_overlap_the_later_is_said_and_those_beside_it_are_not(tmp_path):
    good = [f"x{at},L,1970,1995-02-01," for at in range(60)]
    # The second lies within the third, from which the first goes on; the order of the file does
    # not matter.
    rows = ["a,L,1970,2010-01-01,2012-01-01", "a,L,1970,2000-06-01,2001-01-01",
            "a,L,1970,2000-01-01,2010-01-01"]  # fmt: skip
    told = read_roster(written(tmp_path, "\n".join([HEAD, *rows, *good])), LATEST)
    [fault] = [each for each in told.faults if each.code != "spell_joined"]
    assert (fault.code, fault.row, fault.details["first_row"]) == ("spell_overlap", 3, "4")
    assert len(told.spells) == 61


def test_twenty_thousand_spells_of_one_person_are_read(tmp_path):
    # One comparison with each earlier one would be two hundred million.
    days = pd.date_range("1960-01-01", periods=20_001).strftime("%Y-%m-%d")
    rows = [f"a,L,1940,{day},{then}" for day, then in pairwise(days)]
    told = read(tmp_path, "\n".join([HEAD, *rows])).astype("str")
    assert told[["start_date", "exit_date"]].to_numpy().tolist() == [["1960-01-01", "2014-10-04"]]


def test_identifiers_that_lost_their_digits_are_said_once(tmp_path):
    rows = [f"1.97E+17,L,1970,{1990 + at % 20}-02-01," for at in range(50)]
    told = refusal(written(tmp_path, "\n".join([HEAD, *rows])))
    assert "50 identifiers were stored as numbers and lost their last digits" in told
    assert len(told.splitlines()) == 1


@pytest.mark.parametrize("never", ["2079-06-06", "2050-12-31", "2031-07-31"])
def test_one_day_ahead_for_nearly_everybody_means_still_there(tmp_path, never):
    rows = [f"p{at},L,1970,1995-02-01,{never if at % 3 else f'2010-03-{at % 28 + 1:02d}'}"
            for at in range(60)]  # fmt: skip
    rows[1] = "p1,L,1970,1995-02-01,2027-02-01"
    text = "\n".join([HEAD, *rows])
    found = read_roster(written(tmp_path, text), date(2026, 1, 1))
    assert [fault.code for fault in found.faults] == ["roster_day_never"]
    assert found.faults[0].details["count"] == 39
    assert found.spells["exit_date"].max() == pd.Timestamp("2027-02-01")


@pytest.mark.parametrize("heading", ["NIK", "No. KTP", "Nomor Induk Kependudukan", "NUPTK"])
def test_a_roster_with_no_number_but_that_of_a_card_is_read_by_it(tmp_path, heading):
    rows = "3577010101700001,L,1970,1995-02-01,"
    found = read(tmp_path, f"{heading},{HEAD.removeprefix('person_id,')}\n{rows}")
    assert found["person_id"].to_list() == ["3577010101700001"]
    both = read(tmp_path, f"{heading},NIP,{HEAD.removeprefix('person_id,')}\n1,{rows}")
    assert both["person_id"].to_list() == ["3577010101700001"]


def test_contracts_that_end_with_the_year_have_ended_for_who_asks_of_the_next(tmp_path):
    rows = [f"p{at},L,1970,1995-02-01,{'2026-12-31' if at < 20 else ''}" for at in range(60)]
    path = written(tmp_path, "\n".join([HEAD, *rows]))
    today = date(2026, 11, 22)
    for asked_on, gone in [(date(2026, 12, 1), 0), (date(2027, 1, 1), 20)]:
        assert gone_count(read_roster(path, today, asked_on)) == gone


def test_planned_days_that_differ_stay_days(tmp_path):
    rows = [f"p{at},L,1970,1995-02-01,{2027 + at % 12}-02-01" for at in range(60)]
    found = read_roster(written(tmp_path, "\n".join([HEAD, *rows])), date(2026, 1, 1))
    assert gone_count(found) == 60


def test_a_file_of_survivors_is_said_to_be_one(tmp_path, capsys):
    forecast(tmp_path, roster(chance=0.0), day="2018-01-01")
    said = capsys.readouterr().err
    assert "nobody left before 2018-01-01" in said and "starting figure" in said
    path = written(tmp_path, "\n".join([HEAD, *roster(chance=0.0)]))
    asked = ["exits", "fit", "--roster", str(path), "--as-of", "2018-01-01", "--out", "-"]
    assert main([*asked, "--lang", "en"]) == 0
    said = capsys.readouterr().err
    assert "nobody left before 2018-01-01" in said and "0 early exits" not in said


def test_a_backtest_of_survivors_says_that_nobody_left(tmp_path, capsys):
    path = written(tmp_path, "\n".join([HEAD, *roster(chance=0.0, count=40)]))
    asked = ["exits", "backtest", "--roster", str(path), "--cutoff", "2015-01-01", "--lang", "en"]
    main(asked)
    assert "by this file nobody left before 2015-01-01" in capsys.readouterr().err


def test_one_heading_over_two_columns_that_differ_is_refused(tmp_path):
    text = f"{HEAD},exit_date\na,L,1970,1995-02-01,,2010-03-04\nb,L,1970,1995-02-01,,"
    assert "column exit_date: This heading stands over two columns" in refusal(
        written(tmp_path, text)
    )
    same = f"{HEAD},exit_date\na,L,1970,1995-02-01,2010-03-04,2010-03-04"
    assert gone_count(read_roster(written(tmp_path, same), LATEST)) == 1


@pytest.mark.parametrize(
    ("headings", "sexes"),
    [
        ("Personalnummer;Geschlecht;Geburtsdatum;"
         "Eintrittsdatum;Austrittsdatum;Abteilung;Austrittsgrund",
         ("männlich", "weiblich")),
        ("Personeelsnummer;Geslacht;Geboortedatum;"
         "Datum in dienst;Datum uit dienst;Afdeling;Reden vertrek",
         ("M", "V")),
        ("Matricule;Sexe;Date de naissance;"
         "Date d'entrée;Date de sortie;Département;Motif de départ",
         ("Homme", "Femme")),
        ("Número de empleado;Sexo;Fecha de nacimiento;"
         "Fecha de ingreso;Fecha de baja;Departamento;Motivo de baja",
         ("H", "M")),
        ("Matrícula;Gênero;Data de nascimento;"
         "Data de admissão;Data de demissão;Departamento;Motivo da demissão",
         ("Masculino", "Feminino")),
        ("Matricola;Sesso;Data di nascita;"
         "Data di assunzione;Data di cessazione;Reparto;Motivo cessazione",
         ("M", "F")),
        ("No. Pekerja;Jantina;Tarikh Lahir;"
         "Tarikh Mula;Tarikh Berhenti;Jabatan;Sebab Berhenti",
         ("Lelaki", "Perempuan")),
    ],
)  # fmt: skip
def test_headings_of_other_languages_are_read(tmp_path, headings, sexes):
    rows = [
        f"a;{sexes[0]};03.05.1970;01.02.1995;31.12.2010;A;moved",
        f"b;{sexes[1]};14.11.1971;01.02.1996;;B;",
    ]
    told = read(tmp_path, "\n".join([headings, *rows]))
    assert told["sex"].to_list() == ["L", "P"]
    assert told["group"].to_list() == ["A", "B"]
    assert told["cause"].to_list()[0] == "moved"
    for name, day in (("birth_date", "1970-05-03"), ("start_date", "1995-02-01"),
                      ("exit_date", "2010-12-31")):  # fmt: skip
        assert told[name].iloc[0] == pd.Timestamp(day)
