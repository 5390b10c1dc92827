"""The command ``redistribute``: files in, moves and a summary out, every fault in words."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from analytics.__main__ import main
from tests import school_edition, workbooks
from tests import test_redistribution_page as redistribution_page

TEACHERS = """person_id,npsn,post,certificate_subject,hours,retires_on,employment,golongan
Ani,10000001,kelas,PGSD,24,2040-01-01,PNS,III/b
Budi,10000001,kelas,PGSD,24,01-01-2050,PPPK,IX
Cici,10000001,mapel:IPA,IPA,24,2045-01-01,PNS,III/c
"""
NEEDS = """npsn,post,needed
10000001,kelas,1
10000001,mapel:IPA,0
10000002,kelas,1
10000002,mapel:IPA,0
10000003,mapel:IPA,1
"""
SCHOOLS = """npsn,lat,lon,name
10000001,-7.605,111.505,SDN 1
10000002,-7.615,111.505,SDN 2
10000003,-7.625,111.505,SDN 3
"""


def written(folder: Path, **files: str) -> list[str]:
    texts = {"teachers": TEACHERS, "needs": NEEDS, "schools": SCHOOLS} | files
    arguments = ["redistribute", "--on", "2026-07-01", "--out", str(folder / "moves.csv"),
                 "--summary", str(folder / "s.json"), "--unfilled", str(folder / "u.csv"),
                 "--left", str(folder / "l.csv")]  # fmt: skip
    for name, text in texts.items():
        path = folder / f"{name}.csv"
        path.write_text(text, encoding="utf-8")
        arguments += [f"--{name}", str(path)]
    return arguments


def moves(folder: Path) -> pd.DataFrame:
    return pd.read_csv(folder / "moves.csv", dtype=str, keep_default_na=False)


def test_files_give_moves_and_a_summary_without_a_database(tmp_path):
    assert main(written(tmp_path)) == 0
    told = moves(tmp_path)[["person_id", "from_npsn", "to_npsn", "post", "certificate_subject"]]
    assert told.to_numpy().tolist() == [
        ["Budi", "10000001", "10000002", "kelas", "kelas"],
        ["Cici", "10000001", "10000003", "mapel:IPA", "mapel:IPA"],
    ]
    summary = json.loads((tmp_path / "s.json").read_text(encoding="utf-8"))
    assert (summary["filled_count"], summary["moved_count"], summary["gap"]) == (2, 2, 0.0)
    assert [stage["name"] for stage in summary["stages"]][:3] == ["need", "people", "km"]


def test_locks_of_the_command_line_hold(tmp_path):
    arguments = written(tmp_path)
    locks = ["--lock-stay", "Budi", "--forbid", "Cici:10000003"]
    assert main([*arguments, *locks]) == 0
    assert moves(tmp_path)["person_id"].tolist() == ["Ani"]


def test_semicolons_marks_and_other_headers_are_read(tmp_path):
    teachers = "\ufeff" + TEACHERS.replace(",", ";").replace("person_id", "NIP").replace(
        "npsn", "School ID"
    )
    needs = NEEDS.replace("needed", "needed_count")
    assert main(written(tmp_path, teachers=teachers, needs=needs)) == 0
    assert len(moves(tmp_path)) == 2


def test_a_plan_frees_the_teachers_of_the_closing_school(tmp_path):
    plan = "npsn,action,into,distance_km\n10000001,open,,\n10000002,merge,10000003,1.4\n"
    staff = TEACHERS + "Dodi,10000002,kelas,PGSD,24,2050-01-01,PNS,III/b\n"
    needs = NEEDS + "10000003,kelas,0\n"
    assert main(written(tmp_path, teachers=staff, needs=needs, plan=plan)) == 0
    told = moves(tmp_path).set_index("person_id")
    # The need for one class teacher moves with the pupils, and so does he.
    assert told.loc["Dodi", "to_npsn"] == "10000003"
    assert float(told.loc["Dodi", "km"]) == 1.4
    assert told.loc["Dodi", "is_from_closing"] == "True"


@pytest.mark.parametrize("heading", ["g{}", "Kelas {}", "Jumlah Siswa Kelas {}", "kls_{}"])
def test_pupils_by_grade_form_the_classes_of_the_receiver_anew(tmp_path, heading):
    # Two half-empty schools of six classes make one of six, not of twelve.
    grades = ",".join(heading.format(grade) for grade in range(1, 7))
    schools = SCHOOLS.replace("name\n", f"name,level,{grades}\n")
    schools = schools.replace("SDN 1\n", "SDN 1,SD,9,9,9,9,9,9\n")
    schools = schools.replace("SDN 2\n", "SDN 2,SD,9,9,9,9,9,9\n")
    schools = schools.replace("SDN 3\n", "SDN 3,SD,9,9,9,9,9,9\n")
    needs = "npsn,post,needed\n" + "".join(f"1000000{at},guru_kelas,6\n" for at in (1, 2, 3))
    staff = "person_id,npsn,post\n" + "".join(
        f"P{at}{one},1000000{at},guru_kelas\n" for at in (1, 2) for one in range(6)
    )
    plan = "npsn,action,into\n10000001,merge,10000002\n"
    assert main(written(tmp_path, teachers=staff, needs=needs, schools=schools, plan=plan)) == 0
    told = moves(tmp_path)
    # Nobody is needed at the receiver; the six of the closing school fill the third school.
    assert set(told["to_npsn"]) == {"10000003"}
    assert len(told) == 6


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("teachers", TEACHERS.replace("Budi,", "Ani,"), ["teachers.csv, baris 3", "retires_on",
                                                          "tertulis lain di baris 2"]),
        ("teachers", TEACHERS.replace("2040-01-01", "2040-02-30"), ["retires_on", "2040-02-30",
                                                                   "YYYY-MM-DD"]),
        ("teachers", TEACHERS.replace("III/b", "III/z"), ["golongan", "III/z"]),
        ("needs", NEEDS.replace(",1\n", ",satu\n", 1), ["baris 2", "needed", "satu"]),
        ("needs", NEEDS.replace("needed", "banyak"), ["needs.csv", "Kolom needed tidak ada",
                                                         "tidak dikenali di berkas: banyak"]),
        ("schools", SCHOOLS.replace("-7.615", "selatan"), ["baris 3", "lat", "selatan"]),
        ("schools", SCHOOLS + "10000001,-7.7,111.5,lagi\n", ["baris 5", "npsn"]),
        ("schools", "", ["schools.csv", "tidak terbaca"]),
        ("teachers", TEACHERS.splitlines()[0] + "\n", ["Tidak ada satu baris pun"]),
        ("plan", "npsn,action,into\n10000001,close,\n", ["action", "close"]),
        ("plan", "npsn,action,into\n10000001,merge,10000002\n10000002,merge,10000003\n",
         ["into", "10000002", "tetap buka"]),
    ],
)  # fmt: skip
def test_a_faulty_file_is_refused_with_place_value_and_remedy(tmp_path, capsys, name, text, words):
    assert main(written(tmp_path, **{name: text})) == 1
    told = capsys.readouterr().err
    for word in words:
        assert word in told
    assert not (tmp_path / "moves.csv").exists()


def test_a_post_needed_twice_is_refused_where_no_year_is_told_too(tmp_path, capsys):
    # Added up, the second row asked for one more teacher than the school needs.
    assert main(written(tmp_path, needs=NEEDS + "10000002,Kelas,1\n")) == 1
    said = capsys.readouterr().err
    assert "needs.csv, baris 7, kolom post ('Kelas'): Sudah ada di baris 4" in said


def test_a_post_needed_in_a_year_and_in_any_is_refused(tmp_path, capsys):
    lines = NEEDS.replace("needed\n", "needed,school_year\n").replace(",1\n", ",1,2026\n")
    needs = lines.replace(",0\n", ",0,2026\n") + "10000002,kelas,1,\n"
    assert main(written(tmp_path, needs=needs)) == 1
    assert "needs.csv, baris 7, kolom post ('kelas'): Sudah ada di baris 4" in (
        capsys.readouterr().err
    )


def test_faults_of_all_files_are_told_at_once(tmp_path, capsys):
    arguments = written(tmp_path, teachers=TEACHERS.replace("2040-01-01", "besok"),
                        needs=NEEDS.replace(",1\n", ",-1\n"))  # fmt: skip
    assert main(arguments) == 1
    told = capsys.readouterr().err
    assert "teachers.csv" in told
    assert "needs.csv" in told


@pytest.mark.parametrize(
    "more",
    [["--max-km", "-1"], ["--detour", "0.5"], ["--forbid", "tanpa-titik-dua"],
     ["--min-hours", "50"], ["--lock-stay", "A", "--lock-move", "A"], ["--max-km", "nan"]],
)  # fmt: skip
def test_arguments_that_mean_nothing_are_wrong_use(tmp_path, more):
    arguments = [*written(tmp_path), *(["--max-hours", "40"] if "--min-hours" in more else [])]
    with pytest.raises(SystemExit) as stopped:
        main([*arguments, *more])
    assert stopped.value.code == 2


def test_one_file_of_three_is_wrong_use(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text(TEACHERS, encoding="utf-8")
    with pytest.raises(SystemExit) as stopped:
        main(["redistribute", "--teachers", str(path), "--out", "-"])
    assert stopped.value.code == 2


def test_a_bad_coordinate_is_a_finding_and_no_way(tmp_path, capsys):
    schools = SCHOOLS.replace("-7.615,111.505", "0,0")
    assert main(written(tmp_path, schools=schools)) == 0
    assert moves(tmp_path)["person_id"].tolist() == ["Cici"]
    assert "koordinat nol" in capsys.readouterr().err
    unfilled = pd.read_csv(tmp_path / "u.csv")
    assert unfilled["reason_code"].tolist() == ["coordinates"]


def test_a_certificate_that_names_no_post_is_told_and_a_dash_is_none(tmp_path, capsys):
    odd = TEACHERS.replace("Budi,10000001,kelas,PGSD", "Budi,10000001,kelas,-")
    odd = odd.replace("mapel:IPA,IPA", "mapel:IPA,Tata Surya")
    assert main(written(tmp_path, teachers=odd)) == 0
    # Of two class teachers the one whose certificate is proved goes first.
    assert moves(tmp_path)["person_id"].tolist() == ["Ani"]
    assert main([*written(tmp_path, teachers=odd), "--lock-stay", "Ani"]) == 0
    assert moves(tmp_path)["person_id"].tolist() == ["Budi"]
    assert "1 sertifikat tidak dikenali" in capsys.readouterr().err


def test_hostile_texts_do_no_harm(tmp_path):
    odd = TEACHERS.replace("Ani", '"=cmd|calc"').replace("Budi", '"B""udi, \'x\';--"')
    assert main(written(tmp_path, teachers=odd)) == 0
    raw = (tmp_path / "moves.csv").read_text(encoding="utf-8")
    assert "\n=cmd" not in raw


def test_the_edition_in_force_is_used_when_no_files_are_named(tmp_path):
    folder = school_edition.written(tmp_path / "store")
    out = tmp_path / "moves.csv"
    arguments = ["redistribute", "--data", str(folder), "--out", str(out), "--summary",
                 str(tmp_path / "s.json"), "--max-km", "20"]  # fmt: skip
    assert main(arguments) == 0
    summary = json.loads((tmp_path / "s.json").read_text(encoding="utf-8"))
    # SDN 01 Melati: two PJOK teachers of which six classes need one (18 of 24 hours).
    assert summary["surplus_count"] == 1
    assert summary["unfilled_reasons"]["hours_split_off"] >= 1


def test_workbooks_and_titled_semicolon_files_give_the_same_moves(tmp_path):
    assert main(written(tmp_path)) == 0
    plain = moves(tmp_path)
    rows = [line.split(",") for line in TEACHERS.splitlines()]
    book = workbooks.write_xlsx(tmp_path / "T.xlsx", rows)
    arguments = written(tmp_path, schools="Daftar Sekolah\n\n" + SCHOOLS.replace(",", ";"))
    arguments[arguments.index("--teachers") + 1] = str(book)
    assert main(arguments) == 0
    assert moves(tmp_path).equals(plain)


def test_honorary_and_part_time_teachers_fill_no_post_of_a_state_school(tmp_path, capsys):
    """A needs one class teacher and has a PNS, an honorary one and one of part time."""
    people = [("Ani", "a", "PNS"), ("Budi", "a", "honorer"), ("Citra", "a", "PPPK paruh waktu")]
    # A private school has teachers of its own: nothing is short there.
    people += [("Dewi", "p", "GTY"), ("Edi", "b", "PNS"), ("Fitri", "b", "PNS")]
    teachers = "\n".join(f"{who},{at},guru_kelas,2050-01-01,{kind}" for who, at, kind in people)
    files = {
        "t": f"person_id,npsn,post,retires_on,employment\n{teachers}",
        "n": "npsn,post,needed\na,guru_kelas,2\nb,guru_kelas,1\np,guru_kelas,1",
        "s": "npsn,lat,lon,status,level\na,-7.60,111.5,negeri,SD\nb,-7.61,111.5,negeri,SD\n"
        "p,-7.611,111.5,swasta,SD\nq,-7.7,111.6,negeri,SD",
    }
    for name, text in files.items():
        (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")
    asked = ["redistribute", "--on", "2026-07-01", "--out", str(tmp_path / "o.csv")]
    for name, switch in (("t", "--teachers"), ("n", "--needs"), ("s", "--schools")):
        asked += [switch, str(tmp_path / f"{name}.csv")]
    assert main([*asked, "--lang", "en"]) == 0
    moves = pd.read_csv(tmp_path / "o.csv")
    assert moves[["from_npsn", "to_npsn"]].to_numpy().tolist() == [["b", "a"]]
    assert "2 honorary or part-time teachers of state schools do not count" in (
        capsys.readouterr().err
    )


@pytest.mark.parametrize(
    ("private", "lists_own", "short"),
    [("never", True, 42), ("last", True, 44), ("last", False, 42)],
)
def test_private_schools_of_an_edition_are_the_last_resort_as_on_the_page(
    tmp_path, capsys, private, lists_own, short
):
    # SD Anggrek lists its six class teachers and no other: a head and PJOK are short.
    told = {} if lists_own else {"school_teacher": redistribution_page.own_teachers().iloc[:0]}
    folder = redistribution_page.edition(tmp_path / "store", **told)
    summary = tmp_path / "s.json"
    assert main(["redistribute", "--data", str(folder), "--out", str(tmp_path / "moves.csv"),
                 "--summary", str(summary), "--private", private]) == 0  # fmt: skip
    assert json.loads(summary.read_text(encoding="utf-8"))["vacant_count"] == short
    said = capsys.readouterr().err
    assert ("1 sekolah swasta tidak dihitung" in said) == (private == "last" and not lists_own)


def test_people_of_posts_still_to_spare_are_written_with_why(tmp_path):
    folder = redistribution_page.edition(tmp_path / "store")
    out = tmp_path / "people.csv"
    assert main(["redistribute", "--data", str(folder), "--out", str(tmp_path / "moves.csv"),
                 "--people", str(out)]) == 0  # fmt: skip
    rows = pd.read_csv(out, dtype="str")
    # Eka, Fani and Hadi of PJOK: Gita is gone.
    assert rows["npsn"].tolist() == ["10000001"] * 3
    assert rows["why_code"].tolist() == ["near_bup", "filled_by_others", "filled_by_others"]
    assert rows["why_en"].iloc[0] == "too near to retirement"
