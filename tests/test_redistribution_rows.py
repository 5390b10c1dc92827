"""A teacher on several rows: counted once, hours by row, what is taught elsewhere is covered."""

from __future__ import annotations

import json

import pandas as pd
import pytest

from analytics import redistribution_files as files
from analytics.__main__ import main
from analytics.faults import FaultsError
from analytics.redistribution_rows import one_row_each
from tests.test_redistribution_command import moves, written

# Two junior schools 1.4 km apart; Ani teaches IPA in both, Budi IPA and Prakarya in the first.
HEAD = "person_id,npsn,post,hours,retires_on,employment\n"
ANI = "Ani,10000001,mapel:IPA,14,2040-01-01,PNS\nAni,10000002,mapel:IPA,10,,\n"
BUDI = "Budi,10000001,mapel:IPA,18,2050-01-01,PNS\nBudi,10000001,mapel:Prakarya,6,2050-01-01,PNS\n"
SCHOOLS = "npsn,lat,lon\n10000001,-7.605,111.505\n10000002,-7.615,111.505\n"


def rows_of(tmp_path, text):
    path = tmp_path / "T.csv"
    path.write_text(text, encoding="utf-8")
    return files.teachers(path).rows


def people_of(tmp_path, text, merges=None):
    return one_row_each(rows_of(tmp_path, text), merges)


def test_a_person_on_several_rows_counts_once_where_the_most_hours_are(tmp_path):
    found = people_of(tmp_path, HEAD + ANI + BUDI)
    own = found.staff.set_index("person_id")
    assert own.loc["Ani", ["npsn", "post", "hours", "elsewhere_count"]].tolist() == [
        "10000001", "mapel:IPA", 24, 1]  # fmt: skip
    assert own.loc["Budi", ["npsn", "post", "hours", "elsewhere_count"]].tolist() == [
        "10000001", "mapel:IPA", 24, 0]  # fmt: skip
    assert found.beside.to_numpy().tolist() == [
        ["Ani", "10000002", "mapel:IPA", 10],
        ["Budi", "10000001", "mapel:Prakarya", 6],
    ]
    assert found.repeated_count == 2


@pytest.mark.parametrize("heading", ["base", "Induk", "satmin"])
def test_the_satmin_is_where_a_row_says_so(tmp_path, heading):
    rows = "Ani,10000001,mapel:IPA,14,tidak\nAni,10000002,mapel:IPA,10,ya\n"
    found = people_of(tmp_path, f"person_id,npsn,post,hours,{heading}\n" + rows)
    assert found.staff["npsn"].tolist() == ["10000002"]
    assert found.beside["hours"].tolist() == [14]


def test_a_row_written_twice_is_one_and_classes_add_up(tmp_path):
    row = "Ani,10000001.0,mapel:IPA,12,2040-01-01,PNS\n"
    assert people_of(tmp_path, HEAD + row + row).staff["hours"].tolist() == [12]
    by_class = (
        HEAD.replace("\n", ",rombel\n") + row.replace("\n", ",7A\n") + row.replace("\n", ",7B\n")
    )
    found = people_of(tmp_path, by_class)
    assert found.staff["hours"].tolist() == [24]
    assert found.staff["npsn"].tolist() == ["10000001"]
    assert found.beside.empty


def test_what_differs_between_the_rows_of_one_person_is_refused_with_both_rows(tmp_path):
    text = HEAD + ANI.replace("10,,", "10,2041-01-01,")
    with pytest.raises(FaultsError) as refused:
        people_of(tmp_path, text)
    (fault,) = refused.value.faults
    assert (fault.code, fault.row, fault.column) == ("move_person_differs", 3, "retires_on")
    assert "baris 2" in fault.message("id")


def test_hours_taught_elsewhere_are_covered_and_whoever_gives_them_stays(tmp_path, capsys):
    # The second school needs 34 JP of IPA: 10 are Ani's, 24 make one whole post for Cici.
    staff = HEAD + ANI + "Cici,10000001,mapel:IPA,24,2050-01-01,PNS\n"
    needs = "npsn,post,needed,hours\n10000001,mapel:IPA,1,14\n10000002,mapel:IPA,2,34\n"
    assert main(written(tmp_path, teachers=staff, needs=needs, schools=SCHOOLS)) == 0
    assert moves(tmp_path)[["person_id", "to_npsn"]].to_numpy().tolist() == [["Cici", "10000002"]]
    said = capsys.readouterr().err
    assert "1 orang tertulis di beberapa baris" in said
    assert "10 JP di jabatan lain mengurangi kebutuhan" in said
    assert json.loads((tmp_path / "s.json").read_text(encoding="utf-8"))["unfilled_count"] == 0


def test_what_comes_to_nothing_is_not_said(tmp_path, capsys):
    # Two rows for one post in one school: nothing is lowered and nobody teaches elsewhere.
    staff = (
        HEAD
        + "Ani,10000001,mapel:IPA,12,2050-01-01,PNS\nAni,10000001,mapel:IPA,14,2050-01-01,PNS\n"
    )
    needs = "npsn,post,needed\n10000001,mapel:IPA,1\n"
    assert main(written(tmp_path, teachers=staff, needs=needs, schools=SCHOOLS)) == 0
    said = capsys.readouterr().err
    assert "1 orang tertulis di beberapa baris" in said
    assert "0 JP di jabatan lain" not in said and "0 orang mengajar" not in said


def test_nobody_is_sent_to_hours_that_are_taught_already(tmp_path):
    # 10 JP of the second school are Ani's own: nothing is left to fill, Cici stays to spare.
    staff = HEAD + ANI + "Cici,10000001,mapel:IPA,24,2050-01-01,PNS\n"
    needs = "npsn,post,needed,hours\n10000001,mapel:IPA,1,14\n10000002,mapel:IPA,1,10\n"
    assert main([*written(tmp_path, teachers=staff, needs=needs, schools=SCHOOLS), "--split"]) == 0
    assert moves(tmp_path).empty
    left = pd.read_csv(tmp_path / "l.csv")
    assert left["left_count"].sum() == 1


def test_who_serves_two_schools_moves_only_where_locked_to_and_the_hours_open_again(tmp_path):
    needs = "npsn,post,needed,hours\n10000001,mapel:IPA,0,0\n10000002,mapel:IPA,2,34\n"
    plain = written(tmp_path, teachers=HEAD + ANI, needs=needs, schools=SCHOOLS)
    assert main(plain) == 0
    assert moves(tmp_path).empty
    assert "mengajar juga di sekolah lain" in (tmp_path / "u.csv").read_text(encoding="utf-8-sig")
    assert main([*plain, "--lock-move", "Ani"]) == 0
    told = moves(tmp_path)
    assert told["person_id"].tolist() == ["Ani"]
    assert "Melepas 10 JP mapel:IPA di 10000002; jam itu terbuka lagi." in told["warning"][0]


def test_without_hours_nothing_is_lowered_and_that_is_said(tmp_path, capsys):
    staff = "person_id,npsn,post\nAni,10000001,mapel:IPA\nAni,10000002,mapel:IPA\n"
    needs = "npsn,post,needed,hours\n10000001,mapel:IPA,1,24\n10000002,mapel:IPA,1,24\n"
    assert main(written(tmp_path, teachers=staff, needs=needs, schools=SCHOOLS)) == 0
    said = capsys.readouterr().err
    assert "1 orang di antaranya tanpa jam" in said
    unfilled = pd.read_csv(tmp_path / "u.csv", dtype=str)
    assert unfilled["npsn"].tolist() == ["10000002"]


def test_a_lock_that_names_nobody_says_whom_and_choices_are_refused_in_both_languages(
    tmp_path, capsys
):
    plain = written(tmp_path)
    assert main([*plain, "--lock-move", "Xena", "--lock-school", "77777777"]) == 0
    said = capsys.readouterr().err
    assert "Xena: Kunci 'harus pindah' tidak terpenuhi: orangnya tidak ada di daftar." in said
    assert "77777777: Kunci sekolah: NPSN tidak ada di data." in said
    for more, words in (
        (["--max-km", "-1"], "tulis 0 atau lebih"),
        (["--lock-move", "Ani", "--lock-stay", "Ani"], "sisakan satu"),
        (["--min-hours", "30", "--max-hours", "20"], "lebih dari jam sebanyaknya"),
    ):
        with pytest.raises(SystemExit, match="2"):
            main([*plain, *more])
        assert words in capsys.readouterr().err


def test_schools_in_degrees_minutes_and_seconds_are_read(tmp_path):
    plain = written(tmp_path)
    assert main(plain) == 0
    km = moves(tmp_path)["km"].astype(float).tolist()
    schools = "npsn;lat;lon\n10000001;7°36'18\" LS;111°30'18\" BT\n"
    schools += "10000002;7°36'54\" LS;111°30'18\" BT\n10000003;7°37'30\" LS;111°30'18\" BT\n"
    assert main(written(tmp_path, schools=schools)) == 0
    assert moves(tmp_path)["km"].astype(float).tolist() == pytest.approx(km)


def test_one_row_a_person_is_counted_as_before(tmp_path):
    found = people_of(tmp_path, HEAD + ANI.splitlines()[0])
    assert found.repeated_count == 0
    assert found.staff["elsewhere_count"].tolist() == [0]
    assert found.beside.empty
