"""What lists of ``redistribute`` write in their own words: limits hold whatever they are called."""

from __future__ import annotations

import json

import pandas as pd
import pytest

from analytics import checks_cells
from analytics.__main__ import main
from tests.test_redistribution_command import moves, written

# Two IPA teachers where one is needed, and one missing at a school 2.2 km to the south.
TEACHERS = """person_id,npsn,post,retires_on,employment,golongan
Ani,10000001,mapel:IPA,2040-01-01,PNS,III/a
Budi,10000001,mapel:IPA,2045-01-01,PNS,III/a
"""
NEEDS = "npsn,post,needed\n10000001,mapel:IPA,1\n10000003,mapel:IPA,1\n"
SCHOOLS = """npsn,lat,lon,{status},{level}
10000001,-7.605,111.505,Negeri,SMPN
10000003,-7.625,111.505,{third}
"""


def schools(status="status", level="level", third="Negeri,SMP"):
    return SCHOOLS.format(status=status, level=level, third=third)


def summary(folder):
    return json.loads((folder / "s.json").read_text(encoding="utf-8"))


def codes(folder):
    return [finding["code"] for finding in summary(folder)["findings"]]


def test_smpn_and_smp_are_one_level(tmp_path):
    assert main(written(tmp_path, teachers=TEACHERS, needs=NEEDS, schools=schools())) == 0
    assert moves(tmp_path)["person_id"].tolist() == ["Budi"]
    assert codes(tmp_path) == []


@pytest.mark.parametrize("heading", ["status", "Status Sekolah", "status_sekolah", "Negeri/Swasta"])
@pytest.mark.parametrize("word", ["Swasta", "Yayasan", "S", "2"])
def test_nobody_enters_a_private_school_that_is_left_out_whatever_the_heading(
    tmp_path, heading, word
):
    text = schools(status=heading, third=f"{word},SMP")
    arguments = written(tmp_path, teachers=TEACHERS.replace("III/a", "III/c"), needs=NEEDS,
                        schools=text)  # fmt: skip
    assert main([*arguments, "--private", "never"]) == 0
    assert moves(tmp_path).empty
    assert summary(tmp_path)["unfilled_reasons"] == {"private_never": 1}
    # As a last resort he may: Permendikdasmen 1/2025 asks for III/b.
    assert main(arguments) == 0
    assert len(moves(tmp_path)) == 1


@pytest.mark.parametrize("heading", ["level", "bentuk_pendidikan", "Jenjang", "Bentuk", "BP"])
@pytest.mark.parametrize("word", ["SD", "SDN", "Sekolah Dasar"])
def test_a_teacher_of_smp_goes_to_no_sd_whatever_the_heading(tmp_path, heading, word):
    text = schools(level=heading, third=f"Negeri,{word}")
    assert main(written(tmp_path, teachers=TEACHERS, needs=NEEDS, schools=text)) == 0
    assert moves(tmp_path).empty
    assert summary(tmp_path)["unfilled_reasons"] == {"level": 1}


@pytest.mark.parametrize(
    ("third", "words"),
    [
        ("Entah,SMP", ["baris 3", "status", "'Entah'", "negeri atau swasta"]),
        ("Negeri,Sekolahan", ["baris 3", "level", "'Sekolahan'", "SD, SMP"]),
    ],
)
def test_a_word_of_status_or_level_that_is_not_known_is_refused(tmp_path, capsys, third, words):
    text = schools(third=third)
    assert main(written(tmp_path, teachers=TEACHERS, needs=NEEDS, schools=text)) == 1
    said = capsys.readouterr().err
    assert [word for word in words if word not in said] == []


def test_a_list_without_status_or_level_is_told_once(tmp_path, capsys):
    text = "npsn,lat,lon\n10000001,-7.605,111.505\n10000003,-7.625,111.505\n"
    arguments = written(tmp_path, teachers=TEACHERS, needs=NEEDS, schools=text)
    assert main(arguments) == 0
    assert codes(tmp_path) == ["move_school_status_missing", "move_school_level_missing"]
    assert capsys.readouterr().err.count("2 sekolah tidak tertulis") == 2
    assert main([*arguments, "--lang", "en"]) == 0
    assert "of 2 schools is not told" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("at_school", "at_home"),
    [("Kec. Kartoharjo", "Kartoharjo"), ("KARTOHARJO", "Kecamatan Kartoharjo"),
     ("Kec.Kartoharjo", "kec  kartoharjo")],
)  # fmt: skip
def test_the_home_kecamatan_is_known_however_it_is_written(tmp_path, at_school, at_home):
    text = f"""npsn,lat,lon,status,level,kecamatan
10000001,-7.605,111.505,Negeri,SMP,Taman
10000003,-7.905,111.505,Negeri,SMP,{at_school}
"""
    staff = TEACHERS.replace("golongan\n", "golongan,home_kecamatan\n").replace(
        "III/a\n", f"III/a,{at_home}\n"
    )
    assert main(written(tmp_path, teachers=staff, needs=NEEDS, schools=text)) == 0
    told = moves(tmp_path)
    assert told["person_id"].tolist() == ["Budi"]
    assert "di kecamatan tempat tinggalnya" in told["reason"][0]


def test_two_dashes_are_no_common_kecamatan(tmp_path):
    text = """npsn,lat,lon,status,level,kecamatan
10000001,-7.605,111.505,Negeri,SMP,Taman
10000003,-7.905,111.505,Negeri,SMP,-
"""
    staff = TEACHERS.replace("golongan\n", "golongan,home_kecamatan\n").replace(
        "III/a\n", "III/a,-\n"
    )
    assert main(written(tmp_path, teachers=staff, needs=NEEDS, schools=text)) == 0
    assert moves(tmp_path).empty


PRIVATE = """npsn,lat,lon,status,level
10000001,-7.605,111.505,Swasta,SMP
10000003,-7.625,111.505,Negeri,SMP
"""


def test_people_of_a_private_school_stay_where_nobodys_employment_is_told(tmp_path, capsys):
    staff = "person_id,npsn,post,retires_on\n" + "".join(
        f"{who},10000001,mapel:IPA,2045-01-01\n" for who in ("Ani", "Budi", "Cici")
    )
    arguments = written(tmp_path, teachers=staff, needs=NEEDS, schools=PRIVATE)
    assert main(arguments) == 0
    assert moves(tmp_path).empty
    (finding,) = summary(tmp_path)["findings"]
    assert finding["code"] == "employment_none_known"
    assert "3 orang" in finding["text"]
    assert "3 people" in finding["text_en"]
    assert "Status kepegawaian tidak ada" in capsys.readouterr().err
    # Of a state school they may: whoever serves there is taken to be an ASN, and that is said.
    state = PRIVATE.replace("Swasta", "Negeri")
    assert main(written(tmp_path, teachers=staff, needs=NEEDS, schools=state)) == 0
    assert len(moves(tmp_path)) == 1
    assert codes(tmp_path) == ["employment_none_known"]


@pytest.mark.parametrize("word", ["PNS Daerah", "PNS Diperbantukan", "PNS Depag", "PPPK", "P3K"])
def test_words_of_dapodik_for_civil_servants_are_known(tmp_path, word):
    staff = TEACHERS.replace("PNS", word)
    assert main(written(tmp_path, teachers=staff, needs=NEEDS, schools=schools())) == 0
    assert len(moves(tmp_path)) == 1


@pytest.mark.parametrize(
    ("word", "kind"),
    [("GTY/PTY", "honorer"), ("Guru Honor Sekolah", "honorer"), ("Non PNS", "honorer"),
     ("Non-ASN", "honorer"), ("GTT/PTT Kab/Kota", "honorer"), ("CPNS", "CPNS"),
     ("Calon PNS", "CPNS"), ("CPNS/PNS", "PNS"), ("PPPK Paruh Waktu", "PPPK_PW"),
     ("Pegawai Negeri Sipil", "PNS"), ("", ""), ("-", ""), ("entah", "?")],
)  # fmt: skip
def test_kinds_of_employment_by_their_words(word, kind):
    assert checks_cells.employment(word) == kind


def test_a_word_of_employment_that_is_not_known_is_reported_and_nobody_moves_by_it(
    tmp_path, capsys
):
    staff = TEACHERS.replace("PNS", "Entah")
    assert main(written(tmp_path, teachers=staff, needs=NEEDS, schools=schools())) == 0
    assert moves(tmp_path).empty
    assert codes(tmp_path) == ["move_employment_unknown"]
    said = capsys.readouterr().err
    assert "baris 2" in said
    assert "'Entah'" in said
    reason = (tmp_path / "u.csv").read_text(encoding="utf-8-sig")
    assert "status kepegawaian yang ada tidak diketahui" in reason
    assert "bukan PNS" not in reason


def test_findings_are_told_in_the_language_asked_for(tmp_path, capsys):
    text = schools().replace("-7.625,111.505", "0,0")
    arguments = written(tmp_path, teachers=TEACHERS, needs=NEEDS, schools=text)
    locks = ["--lock-stay", "Siapa", "--lock-school", "19999999", "--lock-move", "Ani",
             "--forbid", "Tiada:10000003"]  # fmt: skip
    assert main([*arguments, *locks, "--lang", "en"]) == 0
    said = capsys.readouterr().err
    for words in (
        "coordinates are zero; left out until mended",
        "A must-move lock is not met: no empty post that fits is within reach",
        "Siapa: Lock 'stays': this person is not in the list",
        "Tiada is no person and no school",
    ):
        assert words in said
    assert "koordinat" not in said
    assert "coordinate_zero" in codes(tmp_path)
    for finding in summary(tmp_path)["findings"]:
        assert finding["text"] != finding["text_en"]
        assert finding["remedy"] != finding["remedy_en"]


def left_reason(folder):
    left = pd.read_csv(folder / "l.csv", dtype=str)
    return left["reason_code"].dropna().tolist(), left["reason"].dropna().tolist()


def test_why_people_stay_where_the_only_empty_post_is_in_a_private_school(tmp_path):
    text = schools(third="Swasta,SMP")
    arguments = written(tmp_path, teachers=TEACHERS, needs=NEEDS, schools=text)
    assert main([*arguments, "--private", "never"]) == 0
    found, told = left_reason(tmp_path)
    assert found == ["private_never"]
    assert "orang lain" not in told[0]
    # III/a is one rank short of III/b (Permendikdasmen 1/2025).
    assert main(arguments) == 0
    found, told = left_reason(tmp_path)
    assert found == ["private_rank"]
    assert "orang lain" not in told[0]
    assert summary(tmp_path)["unfilled_reasons"] == {"private_rank": 1}


def test_who_may_serve_in_a_private_school_and_is_barred_from_it_is_told_so(tmp_path):
    text = schools(third="Swasta,SMP")
    staff = TEACHERS.replace("III/a", "III/c")
    arguments = written(tmp_path, teachers=staff, needs=NEEDS, schools=text)
    assert main([*arguments, "--forbid", "10000001:10000003"]) == 0
    assert left_reason(tmp_path)[0] == ["pair_forbidden"]


@pytest.mark.parametrize("heading", ["tanggal_lahir", "Tgl Lahir", "birth_date"])
def test_the_day_of_birth_gives_the_day_of_retirement(tmp_path, capsys, heading):
    # UU 14/2005: 60 years, the first of the month after. Ani of August 1966 leaves on 1 September
    # 2026, Budi of May 1985 on 1 June 2045; both could go, had nobody looked.
    staff = f"""person_id,npsn,post,employment,{heading}
Ani,10000001,mapel:IPA,PNS,1966-08-01
Budi,10000001,mapel:IPA,PNS,05-05-1985
"""
    needs = NEEDS.replace("10000001,mapel:IPA,1", "10000001,mapel:IPA,0")
    arguments = written(tmp_path, teachers=staff, needs=needs, schools=schools())
    assert main([*arguments, "--lock-stay", "Budi"]) == 0
    assert moves(tmp_path).empty
    assert codes(tmp_path) == ["move_retirement_by_birth"]
    said = capsys.readouterr().err
    assert "2 orang dihitung dari tanggal lahirnya dan BUP guru 60 tahun (UU 14/2005" in said
    assert "Tanggal pensiun tidak ada" not in said
    assert main(arguments) == 0
    told = moves(tmp_path)
    assert told[["person_id", "retires_on"]].to_numpy().tolist() == [["Budi", "2045-06-01"]]


def test_a_day_of_retirement_that_is_told_stands_before_the_day_of_birth(tmp_path):
    staff = TEACHERS.replace("golongan\n", "golongan,tanggal_lahir\n").replace(
        "III/a\n", "III/a,1966-08-01\n"
    )
    assert main(written(tmp_path, teachers=staff, needs=NEEDS, schools=schools())) == 0
    assert moves(tmp_path)["retires_on"].tolist() == ["2045-01-01"]


def test_honorary_people_have_no_day_of_retirement_by_law(tmp_path):
    staff = "person_id,npsn,post,employment,tanggal_lahir\nAni,10000001,mapel:IPA,GTT,1966-08-01\n"
    assert main(written(tmp_path, teachers=staff, needs=NEEDS, schools=schools())) == 0
    # He is told apart, since he fills no post of a state school.
    assert codes(tmp_path) == ["move_honorary", "bup_none_known"]


@pytest.mark.parametrize("day", ["1966-02-30", "2024-05-05", "besok"])
def test_a_day_of_birth_that_cannot_be_is_refused(tmp_path, capsys, day):
    staff = f"person_id,npsn,post,tanggal_lahir\nAni,10000001,mapel:IPA,{day}\n"
    assert main(written(tmp_path, teachers=staff, needs=NEEDS, schools=schools())) == 1
    said = capsys.readouterr().err
    assert f"baris 2, kolom birth_date ('{day}')" in said


@pytest.mark.parametrize(
    ("name", "row"),
    [("needs", "Jumlah,,3"), ("needs", ",Total,"), ("teachers", "JUMLAH,,2,,,"),
     ("schools", "Jumlah,,,,"), ("schools", ",,,,Kepala Dinas")],
)  # fmt: skip
def test_rows_below_a_list_are_no_entries_and_said(tmp_path, capsys, name, row):
    texts = {"teachers": TEACHERS, "needs": NEEDS, "schools": schools()}
    texts[name] += f"{row}\n"
    assert main(written(tmp_path, **texts)) == 0
    assert moves(tmp_path)["person_id"].tolist() == ["Budi"]
    assert codes(tmp_path) == ["row_passed"]
    line = texts[name].count("\n")
    assert f"{name}.csv, baris {line}" in capsys.readouterr().err


def test_numbers_below_the_headings_are_no_teacher(tmp_path):
    head, _, rows = TEACHERS.partition("\n")
    assert main(written(tmp_path, teachers=f"{head}\n1,2,3,4,5,6\n{rows}", needs=NEEDS,
                        schools=schools())) == 0  # fmt: skip
    assert codes(tmp_path) == ["row_passed"]


@pytest.mark.parametrize("word", ["Jumlah", "TOTAL", "Jml guru", "Sub Total"])
def test_a_sum_of_a_school_is_no_post(tmp_path, word):
    # Taken for a post, it left two vacancies more.
    needs = NEEDS + f"10000003,{word},2\n"
    assert main(written(tmp_path, teachers=TEACHERS, needs=needs, schools=schools())) == 0
    assert summary(tmp_path)["vacant_count"] == 1


@pytest.mark.parametrize("day", ["1 Januari 2045", "01/01/2045", "01-01-45", "2045-01-01 00:00:00"])
def test_a_day_of_retirement_is_read_as_offices_write_it(tmp_path, day):
    staff = TEACHERS.replace("2045-01-01", day)
    assert main(written(tmp_path, teachers=staff, needs=NEEDS, schools=schools())) == 0
    assert moves(tmp_path)["retires_on"].tolist() == ["2045-01-01"]
