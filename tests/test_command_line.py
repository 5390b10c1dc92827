"""The command line keeps its promises: files, columns, words and exit status."""

from __future__ import annotations

import csv
import errno
import os
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from analytics import __main__ as started
from analytics import command_line, command_retirements, state, store
from analytics.command_line import write_together
from tests import workbooks

ROOT = Path(__file__).resolve().parents[1]
HEADERS = [
    "NIP",
    "Nama",
    "Tanggal Lahir",
    "Jenis Kelamin",
    "Jabatan",
    "Unit Kerja",
    "Kedudukan Hukum",
]
# Invented people.
ANI = (
    "196904071994032001",
    "Ani Rahmawati",
    "07-04-1969",
    "P",
    "Pengadministrasi Umum",
    "Kecamatan Taman",
    "Aktif",
)
BUDI = (
    "196812311993031002",
    "Budi Santika",
    "31-12-1968",
    "L",
    "Guru Ahli Madya",
    "SDN 01 Taman",
    "Aktif",
)
UNKNOWN = (
    "197005052000121003",
    "Citra Lestari",
    "05-05-1970",
    "L",
    "Pawang Hujan",
    "Dinas Contoh",
    "Aktif",
)
GONE = (
    "196501011990031004",
    "Dedi Purnama",
    "01-01-1965",
    "L",
    "Guru Ahli Madya",
    "SDN 01 Taman",
    "Pensiun",
)
WRONG = (
    "19800101200501",
    "Eka Wulan",
    "01-01-1980",
    "P",
    "Guru Ahli Muda",
    "SDN 01 Taman",
    "Aktif",
)
PROMISED = "nip,name,unit,position,role_group,jenjang,bup_years,retires_on,rule_source"
FAULTS = "row,column,value,severity,code,message,remedy"


def roster(path, *rows):
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([HEADERS, *rows])
    return path


def run(*arguments, folder=None, **how):
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith("ESTAFET_")
    }
    if folder:
        environment["ESTAFET_DATA"] = str(folder)
    return subprocess.run(
        [sys.executable, "-m", "analytics", *map(str, arguments)],
        cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120, **how,
    )  # fmt: skip


def written(path):
    return pd.read_csv(path, dtype=str, keep_default_na=False)


def test_every_command_explains_itself_quickly():
    for command in ([], ["init"], ["import"], ["retirements"], ["account"]):
        shown = run(*command, "--help")
        assert shown.returncode == 0
        assert "usage: python -m analytics" in shown.stdout


def test_help_loads_neither_pandas_nor_duckdb():
    code = (
        "import sys, runpy\n"
        "sys.argv = ['analytics', '--help']\n"
        "try: runpy.run_module('analytics', run_name='__main__')\n"
        "except SystemExit: pass\n"
        "print([name for name in ('pandas', 'duckdb', 'sqlalchemy') if name in sys.modules])"
    )
    shown = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert shown.stdout.splitlines()[-1] == "[]"


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["retirements"],
        ["retirements", "--out", "x.csv", "--as-of", "1 November"],
        ["retirements", "--out", "x.csv", "--by", "warna"],
        ["retirements", "--out", "x.csv", "--reading", "tanpa-tanda"],
        ["project", "--out", "x.csv", "--below", "0"],
        ["import"],
        ["import", "x.csv", "--scope", "sebagian"],
    ],
)
def test_wrong_use_is_status_2(arguments):
    assert run(*arguments).returncode == 2


def test_an_unknown_reading_or_proposal_is_wrong_use(tmp_path):
    file = roster(tmp_path / "a.csv", ANI)
    for wish in (["--reading", "cuaca=cerah"], ["--proposal", "plus_99"]):
        asked = run("retirements", "--roster", file, "--out", tmp_path / "x.csv", *wish)
        assert asked.returncode == 2
        assert "Traceback" not in asked.stderr
    assert not (tmp_path / "x.csv").exists()


def test_retirement_dates_come_from_a_file_without_any_data_folder(tmp_path):
    file, out, folder = roster(tmp_path / "a.csv", ANI, BUDI), tmp_path / "x.csv", tmp_path / "d"
    asked = run(
        "retirements", "--roster", file, "--as-of", "2026-11-01", "--people", "--out", out,
        folder=folder,
    )  # fmt: skip
    assert (asked.returncode, asked.stdout) == (0, "")
    assert out.read_bytes().splitlines()[0].decode() == PROMISED
    table = written(out).set_index("nip")
    # Domain rules 1.11: born 1969-04-07 at 58 leaves on 2027-05-01, born 1968-12-31 at 60 on
    # 2029-01-01.
    assert table.loc[ANI[0], ["bup_years", "retires_on"]].tolist() == ["58", "2027-05-01"]
    assert table.loc[BUDI[0], ["bup_years", "retires_on"]].tolist() == ["60", "2029-01-01"]
    assert table.loc[BUDI[0], ["role_group", "jenjang"]].tolist() == ["guru", "ahli_madya"]
    assert "UU 14/2005" in table.loc[BUDI[0], "rule_source"]
    assert not folder.exists()
    assert {path.name for path in tmp_path.iterdir()} == {"a.csv", "x.csv"}


def test_nobody_is_lost_from_the_list_without_a_word(tmp_path):
    file, out = roster(tmp_path / "a.csv", ANI, UNKNOWN, GONE, WRONG), tmp_path / "x.csv"
    faults = tmp_path / "f.csv"
    asked = run(
        "retirements", "--roster", file, "--as-of", "2026-11-01", "--people", "--out", out,
        "--faults", faults,
    )  # fmt: skip
    assert asked.returncode == 0
    table = written(out).set_index("nip")
    assert set(table.index) == {ANI[0], UNKNOWN[0]}
    blank = table.loc[UNKNOWN[0], ["role_group", "jenjang", "bup_years", "retires_on"]]
    assert blank.tolist() == ["", "", "", ""]
    assert "1 dari 4 baris ditinggalkan" in asked.stderr
    assert "1 orang tidak dihitung" in asked.stderr
    assert "1 orang tanpa tanggal pensiun" in asked.stderr
    assert faults.read_bytes().splitlines()[0].decode() == FAULTS
    found = written(faults).set_index("code")
    assert found.loc["nip_malformed", ["row", "column", "value", "severity"]].tolist() == [
        "5", "NIP", WRONG[0], "error",
    ]  # fmt: skip
    assert "position_unknown" in found.index


def test_with_several_sheets_the_message_of_a_fault_names_the_sheet(tmp_path):
    sheets = {"Dinas A": [HEADERS, ANI], "Dinas B": [HEADERS, WRONG]}
    file = workbooks.write_xlsx(tmp_path / "a.xlsx", sheets)
    faults = tmp_path / "f.csv"
    asked = run("import", file, "--as-of", "2026-11-01", "--faults", faults, folder=tmp_path / "d")
    assert asked.returncode == 1
    fault = written(faults).set_index("code").loc["nip_malformed"]
    assert fault["row"] == "2" and fault["message"].startswith("[Dinas B] ")


def test_a_roster_without_one_usable_row_is_refused(tmp_path):
    file, out = roster(tmp_path / "a.csv", WRONG), tmp_path / "x.csv"
    asked = run("retirements", "--roster", file, "--people", "--out", out)
    assert asked.returncode == 1
    assert not out.exists()
    missing = run("retirements", "--roster", tmp_path / "tidak-ada.csv", "--out", out)
    assert missing.returncode == 1
    assert "Traceback" not in missing.stderr


def test_formulas_leave_as_text(tmp_path):
    hostile = (ANI[0], '=HYPERLINK("http://x.invalid","klik")', *ANI[2:])
    out, faults = tmp_path / "x.csv", tmp_path / "f.csv"
    file = roster(tmp_path / "a.csv", hostile)
    run("retirements", "--roster", file, "--people", "--out", out, "--faults", faults)
    assert written(out)["name"].tolist() == ["'" + hostile[1]]
    assert all(not value.startswith("=") for value in written(faults)["value"])


def test_counts_by_year_add_up_to_the_people(tmp_path):
    file, out = roster(tmp_path / "a.csv", ANI, BUDI, UNKNOWN), tmp_path / "x.csv"
    run("retirements", "--roster", file, "--as-of", "2026-11-01", "--until", "2030", "--out", out)
    table = written(out)
    assert table.columns.tolist()[:2] == ["period", "starts_on"]
    assert dict(zip(table["period"], table["leaver_count"], strict=True)) == {
        "2026": "0", "2027": "1", "2028": "0", "2029": "1", "2030": "0",
    }  # fmt: skip
    run(
        "retirements", "--roster", file, "--as-of", "2026-11-01", "--until", "2030",
        "--by", "month,role", "--out", out,
    )  # fmt: skip
    table = written(out)
    left = table[table["leaver_count"] != "0"]
    assert left[["role_group", "period"]].to_numpy().tolist() == [
        ["guru", "2029-01"], ["pelaksana", "2027-05"],
    ]  # fmt: skip


def test_a_scenario_moves_the_date(tmp_path):
    file, out = roster(tmp_path / "a.csv", ANI), tmp_path / "x.csv"
    run(
        "retirements", "--roster", file, "--as-of", "2026-11-01", "--people", "--out", out,
        "--proposal", "plus_1", "--proposal-from", "2027-01-01",
    )  # fmt: skip
    assert written(out)["retires_on"].tolist() == ["2028-05-01"]


def test_an_import_loads_everybody_and_says_so(tmp_path):
    folder, faults = tmp_path / "d", tmp_path / "f.csv"
    asked = run(
        "import", roster(tmp_path / "a.csv", ANI, BUDI), "--as-of", "2026-11-01",
        "--faults", faults, folder=folder,
    )  # fmt: skip
    assert asked.returncode == 0
    assert asked.stdout.splitlines()[0].startswith("Edisi 1 berlaku, keadaan per 2026-11-01: 2")
    assert faults.read_bytes().splitlines()[0].decode() == FAULTS
    english = run("import", tmp_path / "a.csv", "--lang", "en", folder=folder)
    assert english.stdout.startswith("Edition 2 is in force")
    listed = run("retirements", "--people", "--out", tmp_path / "x.csv", folder=folder)
    assert listed.returncode == 0
    assert sorted(written(tmp_path / "x.csv")["nip"]) == sorted([ANI[0], BUDI[0]])


def test_a_refused_import_is_status_1_and_changes_nothing(tmp_path):
    folder, faults = tmp_path / "d", tmp_path / "f.csv"
    run("import", roster(tmp_path / "a.csv", ANI), folder=folder)
    wrong = roster(tmp_path / "b.csv", BUDI, WRONG)
    asked = run("import", wrong, "--faults", faults, folder=folder)
    assert asked.returncode == 1
    assert "baris 3" in asked.stderr
    assert "--accept-partial" in asked.stderr
    assert written(faults)["code"].tolist().count("nip_malformed") == 1
    assert store.edition_numbers(folder) == [1]
    partly = run("import", wrong, "--accept-partial", folder=folder)
    assert partly.returncode == 0
    assert "1 ditinggalkan" in partly.stdout
    assert store.edition(folder, 2).people_count == 1


def test_a_broken_file_is_told_in_words_and_in_the_fault_list(tmp_path):
    broken, faults = tmp_path / "a.xlsx", tmp_path / "f.csv"
    broken.write_bytes(b"PK\x03\x04 bukan buku kerja")
    asked = run("import", broken, "--faults", faults, folder=tmp_path / "d")
    assert asked.returncode == 1
    assert "Traceback" not in asked.stderr
    assert written(faults)["code"].tolist() == ["file_broken"]
    assert store.edition_numbers(tmp_path / "d") == []


def test_init_prepares_a_folder_once(tmp_path):
    folder = tmp_path / "d"
    assert run("init", "--data", folder).returncode == 0
    assert store.edition_numbers(folder) == []
    first = run("init", "--demo", "--data", folder)
    assert first.returncode == 0
    demo = store.edition(folder, 1)
    assert demo.is_synthetic
    assert demo.people_count > 4000
    again = run("init", "--demo", "--data", folder, "--lang", "en")
    assert again.returncode == 0
    assert "left as it is" in again.stdout
    assert store.edition_numbers(folder) == [1]
    # A real list starts from empty.
    run("import", roster(tmp_path / "a.csv", ANI), "--data", folder)
    real = store.edition(folder, 2)
    assert (real.is_synthetic, real.people_count) == (False, 1)


def test_init_gives_an_edition_that_nobody_chose_its_place(tmp_path):
    folder = tmp_path / "d"
    run("import", roster(tmp_path / "a.csv", ANI), folder=folder)
    for file in folder.glob("state.sqlite*"):
        file.unlink()
    run("init", folder=folder)
    with state.opened(folder) as decisions:
        assert decisions.current_edition() == 1


def test_without_an_edition_there_is_nothing_to_date(tmp_path):
    asked = run("retirements", "--out", tmp_path / "x.csv", folder=tmp_path / "d")
    assert asked.returncode == 1
    assert "Belum ada edisi" in asked.stderr


def test_an_account_is_made_and_its_password_replaced(tmp_path):
    folder = tmp_path / "d"
    assert run("account", "ani", folder=folder, input="rahasia-besar\n").returncode == 2
    made = run("account", "ani", "--role", "pengelola", folder=folder, input="rahasia-besar\n")
    assert made.returncode == 0
    assert run("account", "Ani", folder=folder, input="rahasia-baru\n").returncode == 0
    assert run("account", "ani", folder=folder, input="x\n").returncode == 1
    with state.opened(folder) as decisions:
        assert decisions.signed_in("ani", "rahasia-baru") == state.User("ani", "pengelola")


def test_an_unwritable_place_is_told_in_words(tmp_path):
    file = roster(tmp_path / "a.csv", ANI)
    nowhere = tmp_path / "tidak" / "ada" / "x.csv"
    for wish in (
        ["retirements", "--roster", file, "--out", nowhere],
        ["import", file, "--faults", nowhere],
        ["import", tmp_path / "tidak-ada.csv", "--faults", nowhere],
    ):
        asked = run(*wish, folder=tmp_path / "data")
        assert asked.returncode == 1
        assert "tidak dapat ditulis" in asked.stderr
        assert "Traceback" not in asked.stderr and ".tmp" not in asked.stderr


def test_what_the_system_refuses_is_told_in_both_languages():
    error = PermissionError(errno.EACCES, "Permission denied", "hasil/staff.csv")
    indonesian, english = started._unusable(error)
    assert indonesian == "Tidak dapat dibaca atau ditulis: hasil/staff.csv (tidak diizinkan)."
    assert english == "Cannot be read or written: hasil/staff.csv (is not permitted)."


def test_the_promised_columns_are_those_the_code_writes():
    assert ",".join(command_retirements.PEOPLE_COLUMNS) == PROMISED
    assert ",".join(command_line.FAULT_COLUMNS) == FAULTS


def test_what_a_solver_prints_is_no_part_of_a_table():
    code = (
        "import os, sys\n"
        "from analytics.__main__ import keep_output_for_answers\n"
        "keep_output_for_answers()\n"
        "os.write(1, b'solver')\n"
        "sys.stdout.buffer.write(b'npsn,into\\n')\n"
    )
    shown = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert (shown.stdout, shown.stderr) == ("npsn,into\n", "solver")


def test_files_take_their_places_together_or_not_at_all(tmp_path, monkeypatch):
    (tmp_path / "a.csv").write_bytes(b"lama")
    (tmp_path / "b.csv").write_bytes(b"lama")
    whole = Path.write_bytes

    def cut(path, content):
        if "b.csv" in path.name:
            raise KeyboardInterrupt
        return whole(path, content)

    monkeypatch.setattr(Path, "write_bytes", cut)
    with pytest.raises(KeyboardInterrupt):
        write_together(tmp_path, {"a.csv": b"baru", "b.csv": b"baru"})
    monkeypatch.undo()
    assert {one.name: one.read_bytes() for one in tmp_path.iterdir()} == {
        "a.csv": b"lama", "b.csv": b"lama",
    }  # fmt: skip
    write_together(tmp_path, {"a.csv": b"baru", "b.csv": b"baru"})
    assert {one.read_bytes() for one in tmp_path.iterdir()} == {b"baru"}
