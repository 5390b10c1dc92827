"""``python -m analytics enrolment``: files in, tables out, faults named."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from analytics import enrolment_file
from analytics.__main__ import main

ROOT = Path(__file__).resolve().parents[1]


def run(*words: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "analytics", "enrolment", *map(str, words)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def synthetic(folder: Path) -> Path:
    """Four synthetic SD over eight years; the third grade of every school loses a tenth."""
    rows = [
        (f"01{school}", year, grade, 30 + school - (3 if grade > 2 else 0), "Utara")
        for school in range(4)
        for year in range(2018, 2026)
        for grade in range(1, 7)
    ]
    history = pd.DataFrame(
        rows, columns=["school_id", "school_year", "grade", "pupils", "district"]
    )
    history.to_csv(folder / "h.csv", index=False)
    return folder / "h.csv"


def test_the_forecast_has_a_row_per_grade_and_a_total_per_school_and_year(tmp_path):
    done = run(
        "forecast", "--history", synthetic(tmp_path), "--years", 3, "--out", tmp_path / "f.csv"
    )
    assert (done.returncode, done.stderr) == (0, "")
    found = pd.read_csv(tmp_path / "f.csv", dtype={"school_id": str, "grade": str})
    assert list(found.columns) == ["school_id", "school_year", "grade", "pupils", "p10", "p90"]
    assert set(found["school_id"]) == {"010", "011", "012", "013"}  # zeros in front are kept
    assert sorted(found["school_year"].unique()) == [2026, 2027, 2028]
    assert len(found) == 4 * 3 * 7
    grades = found[found["grade"] != "total"].groupby(["school_id", "school_year"])["pupils"].sum()
    totals = found[found["grade"] == "total"].set_index(["school_id", "school_year"])["pupils"]
    assert (grades - totals).abs().max() < 0.01
    # Nothing ever changed in these schools, so nothing changes.
    assert totals.loc["012", 2028] == pytest.approx(6 * 32 - 4 * 3, abs=0.5)


def test_the_backtest_prints_ours_beside_both_rivals_and_writes_the_same_table(tmp_path):
    done = run(
        "backtest", "--history", synthetic(tmp_path), "--years", 2, "--out", tmp_path / "b.csv"
    )
    assert done.returncode == 0
    for column in ("error_pct", "naive_error_pct", "plain_error_pct", "covered_pct"):
        assert column in done.stdout
    table = pd.read_csv(tmp_path / "b.csv")
    assert set(table["level"]) >= {"school", "district", "whole"}
    assert set(table["lead_years"]) == {1, 2}


def test_every_fault_is_named_with_its_file_and_line_and_nothing_is_written(tmp_path):
    file = synthetic(tmp_path)
    lines = file.read_text().splitlines()
    lines[2] = "010,2018,VII,30,Utara"
    lines[3] = "010,2018,3,-4,Utara"
    file.write_text("\n".join(lines))
    done = run("forecast", "--history", file, "--out", tmp_path / "f.csv")
    assert done.returncode == 1
    assert "h.csv, baris 3, kolom grade ('VII')" in done.stderr
    assert "h.csv, baris 4, kolom pupils ('-4')" in done.stderr
    assert not (tmp_path / "f.csv").exists()


def test_births_that_were_not_reported_are_said_and_not_believed(tmp_path):
    births = pd.DataFrame({"area": "Utara", "year": range(2010, 2021), "births": 130})
    births.loc[births["year"] == 2015, "births"] = 0
    births.to_csv(tmp_path / "b.csv", index=False)
    done = run(
        *("forecast", "--history", synthetic(tmp_path), "--births", tmp_path / "b.csv"),
        *("--out", tmp_path / "f.csv"),
    )
    assert done.returncode == 0
    assert "Kelahiran Utara 2015: tidak dilaporkan" in done.stderr
    # Five years ahead of 2025 no child born after 2025 is six or seven yet.
    assert "baru masuk kelas 1 pada 2032" in done.stderr


def test_one_level_can_be_judged_and_one_that_is_not_there_is_named_with_those_that_are(tmp_path):
    file = synthetic(tmp_path)
    done = run("backtest", "--history", file, "--years", 1, "--level", "1-6", "--out", "-")
    assert done.returncode == 0
    refused = run("backtest", "--history", file, "--years", 1, "--level", "SMP")
    assert refused.returncode == 1
    assert "1-6" in refused.stderr


def test_wrong_use_exits_with_two(tmp_path):
    file = synthetic(tmp_path)
    assert run("forecast", "--history", file, "--years", 11, "--out", "-").returncode == 2
    assert run("forecast", "--history", file).returncode == 2


def test_a_missing_file_is_said_in_plain_words(tmp_path):
    done = run("forecast", "--history", tmp_path / "tidak-ada.csv", "--out", tmp_path / "f.csv")
    assert done.returncode == 1
    assert "tidak-ada.csv" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"], ids=["plain", "marked", "wide", "old"]
)
def test_a_history_is_read_in_the_encoding_it_has_with_school_years_as_offices_write_them(
    tmp_path, encoding
):
    source, out = tmp_path / "h.csv", tmp_path / "f.csv"
    rows = [f"SD José {n};{year}/{year - 1999};{grade};{20 + n}"
            for n in range(3) for year in range(2021, 2026) for grade in range(1, 7)]  # fmt: skip
    text = "School_ID;School_Year;Grade;Pupils\n\n" + "\n".join(rows) + "\n"
    source.write_bytes(text.encode(encoding))
    asked = ["enrolment", "forecast", "--history", str(source), "--years", "1", "--out", str(out)]
    assert main(asked) == 0
    told = pd.read_csv(out)
    assert set(told["school_year"]) == {2026}
    assert set(told["school_id"]) == {f"SD José {n}" for n in range(3)}


def test_a_fault_names_the_line_an_editor_shows_though_lines_are_empty(tmp_path, capsys):
    source = tmp_path / "h.csv"
    source.write_text("school_id,school_year,grade,pupils\n\nA,2024,1,3\n\nA,2025,99,3\n")
    asked = ["enrolment", "forecast", "--history", str(source), "--out", "-"]
    assert main(asked) == 1
    assert "h.csv, baris 5, kolom grade ('99')" in capsys.readouterr().err


def test_a_semicolon_file_with_decimal_commas_is_read_by_its_semicolons(tmp_path):
    source = tmp_path / "h.csv"
    source.write_text("school_id;school_year;grade;pupils\nA;2024;1;30,0\nA;2025;2;28,0\n")
    told = enrolment_file.read(source)
    assert told.columns.tolist() == ["school_id", "school_year", "grade", "pupils"]
    assert told["pupils"].tolist() == ["30,0", "28,0"]


def test_without_a_file_and_without_an_edition_it_says_what_to_do_and_makes_no_folder(
    tmp_path, capsys
):
    nowhere = tmp_path / "belum"
    assert main(["enrolment", "forecast", "--data", str(nowhere), "--out", "-"]) == 1
    said = capsys.readouterr().err
    assert "Belum ada edisi di folder data" in said and "--history" in said
    assert not nowhere.exists()


def test_births_are_read_as_offices_write_them(tmp_path):
    """A row per sex beside the stillborn, as open data has them, or a column per year."""
    file = synthetic(tmp_path)
    years = range(2005, 2021)
    plain = pd.DataFrame({"area": "Utara", "year": years, "births": 130})
    rows = [
        ("Utara", born, sex, 65 if born == "HIDUP" else 3, year)
        for year in years
        for born in ("HIDUP", "MATI")
        for sex in ("LAKI-LAKI", "PEREMPUAN")
    ]
    columns = ["nama_kecamatan", "status_kelahiran", "jenis_kelamin", "jumlah_kelahiran", "tahun"]
    by_sex = pd.DataFrame(rows, columns=columns)
    wide = pd.DataFrame([["Utara", *[130] * len(years)]], columns=["Kecamatan", *map(str, years)])
    wide.columns = ["Kecamatan", *(f"Kelahiran {year}" for year in years)]
    told = {}
    for name, table in {"plain": plain, "by_sex": by_sex, "wide": wide}.items():
        table.to_csv(tmp_path / f"{name}.csv", index=False)
        out = tmp_path / f"f_{name}.csv"
        done = run("forecast", "--history", file, "--births", tmp_path / f"{name}.csv",
                   "--out", out)  # fmt: skip
        assert done.returncode == 0, done.stderr
        told[name] = out.read_text()
    assert told["by_sex"] == told["plain"] == told["wide"]


def test_a_file_that_is_no_table_of_births_names_the_columns_it_lacks(tmp_path):
    (tmp_path / "b.csv").write_text("kode,nama\n1,Utara\n")
    done = run("forecast", "--history", synthetic(tmp_path), "--births", tmp_path / "b.csv",
               "--out", tmp_path / "f.csv")  # fmt: skip
    assert done.returncode == 1
    assert "b.csv" in done.stderr and "births" in done.stderr
