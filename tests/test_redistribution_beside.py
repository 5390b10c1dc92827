"""What is taught beside a post: covered by who is there, open again once he moves.

Answers are counted by hand: a whole post is 24 JP a week.
"""

from __future__ import annotations

import json

import pandas as pd
import pytest

from analytics.__main__ import main
from analytics.redistribution_beside import opened_by, without_covered
from analytics.redistribution_situation import HoursLaw
from tests.test_redistribution_command import moves, written

LAW = HoursLaw(norm=24.0, least=24.0, most=40.0)
# Three schools in a row, 1.4 km apart by road.
SCHOOLS = (
    "npsn,lat,lon\n10000001,-7.605,111.505\n10000002,-7.615,111.505\n10000003,-7.625,111.505\n"
)
HEAD = "person_id,npsn,post,hours,retires_on,employment,status\n"
NEEDS = "npsn,post,needed,hours\n"
ANI = "Ani,10000001,mapel:IPA,14,2040-01-01,PNS,\nAni,10000002,mapel:IPA,10,,,\n"
BUDI = (
    "Budi,10000001,mapel:IPA,18,2050-01-01,PNS,\nBudi,10000001,mapel:Prakarya,6,2050-01-01,PNS,\n"
)
MERGE = "npsn,action,into,distance_km\n10000001,merge,10000002,1.4\n10000002,open,,\n"


def answer(folder, teachers, needs, *more, **files):
    arguments = written(folder, teachers=HEAD + teachers, needs=needs, schools=SCHOOLS, **files)
    assert main([*arguments, *more]) == 0
    gone = [tuple(row) for row in moves(folder)[["person_id", "to_npsn"]].to_numpy()]
    short = pd.read_csv(folder / "u.csv", dtype={"npsn": str})
    told = json.loads((folder / "s.json").read_text(encoding="utf-8"))
    return gone, short, told


def short_of(short):
    return [
        (row.npsn, row.post, row.short_count, round(row.short_fte * 24, 6), row.reason_code)
        for row in short.itertuples()
    ]


@pytest.mark.parametrize(
    ("retires_on", "status"), [("2020-01-01", ""), ("2040-01-01", "cuti besar")]
)
def test_who_is_not_there_covers_no_hours_elsewhere(tmp_path, retires_on, status):
    # Ani's 10 JP of the second school are taught by nobody: both posts there are open.
    gone = ANI.replace("2040-01-01,PNS,", f"{retires_on},PNS,{status}")
    needs = NEEDS + "10000001,mapel:IPA,1,14\n10000002,mapel:IPA,2,34\n"
    _, short, told = answer(tmp_path, gone, needs)
    assert told["covered_hours"] == 0
    assert set(short_of(short)) == {
        ("10000001", "mapel:IPA", 1, 14, "no_surplus"),
        ("10000002", "mapel:IPA", 2, 34, "no_surplus"),
    }


def test_a_teacher_of_both_schools_of_a_merger_stays_in_it_and_lets_nothing_go(tmp_path):
    # 14 + 20 JP are 34 in the merged school; Ani gives 24 of them, 10 are left.
    needs = NEEDS + "10000001,mapel:IPA,1,14\n10000002,mapel:IPA,1,20\n"
    for lock in ([], ["--lock-move", "Ani"]):
        gone, short, told = answer(tmp_path, ANI, needs, *lock, plan=MERGE)
        assert gone == [("Ani", "10000002")]
        assert moves(tmp_path)["warning"].tolist() == [""]
        assert short_of(short)[0][:4] == ("10000002", "mapel:IPA", 1, 10)
        assert told["opened_count"] == 0


def test_a_teacher_of_a_closing_school_may_move_though_he_teaches_elsewhere(tmp_path):
    # Ani's school closes; her 10 JP in the third school open again when she fills the receiver.
    ani = ANI.replace("10000002", "10000003")
    needs = NEEDS + "10000001,mapel:IPA,1,4\n10000002,mapel:IPA,1,20\n10000003,mapel:IPA,1,10\n"
    gone, short, _ = answer(tmp_path, ani, needs, plan=MERGE)
    assert gone == [("Ani", "10000002")]
    assert short_of(short) == [("10000003", "mapel:IPA", 1, 10, "opened")]


def test_what_a_mover_taught_beside_his_post_is_short_after_he_moved(tmp_path, capsys):
    # Two of IPA where one is needed; Cici is near her pension, so Budi goes and his 6 JP open.
    cici = "Cici,10000001,mapel:IPA,24,2027-01-01,PNS,\n"
    needs = (
        NEEDS + "10000001,mapel:IPA,1,24\n10000001,mapel:Prakarya,1,6\n10000002,mapel:IPA,1,24\n"
    )
    gone, short, told = answer(tmp_path, BUDI + cici, needs)
    assert gone == [("Budi", "10000002")]
    assert short_of(short) == [("10000001", "mapel:Prakarya", 1, 6, "opened")]
    assert "6 JP terbuka lagi" in short["reason"][0]
    # One post was empty and is filled; another is open now.
    assert [told[name] for name in ("vacant_count", "opened_count", "filled_count")] == [1, 1, 1]
    assert told["unfilled_count"] == 1
    assert "1 jabatan terbuka lagi" in capsys.readouterr().err


def test_of_two_the_one_whose_move_opens_nothing_goes(tmp_path):
    # Budi retires later and would go first; but his 6 JP of Prakarya would open again.
    cici = "Cici,10000001,mapel:IPA,24,2040-01-01,PNS,\n"
    needs = (
        NEEDS + "10000001,mapel:IPA,1,24\n10000001,mapel:Prakarya,1,6\n10000002,mapel:IPA,1,24\n"
    )
    gone, short, _ = answer(tmp_path, BUDI + cici, needs)
    assert gone == [("Cici", "10000002")]
    assert short.empty


def test_nobody_moves_where_more_would_open_than_is_filled(tmp_path):
    # Budi gives 12 + 12 JP beside his post; 20 JP short are not worth 24 open again.
    budi = BUDI.replace("Prakarya,6", "Prakarya,12")
    budi += "Budi,10000001,mapel:Informatika,12,2050-01-01,PNS,\n"
    cici = "Cici,10000001,mapel:IPA,24,2027-01-01,PNS,\n"
    needs = (
        NEEDS + "10000001,mapel:IPA,1,24\n10000001,mapel:Prakarya,1,12\n"
        "10000001,mapel:Informatika,1,12\n10000002,mapel:IPA,1,20\n"
    )
    gone, short, _ = answer(tmp_path, budi + cici, needs, "--min-hours", "18")
    assert gone == []
    left = pd.read_csv(tmp_path / "l.csv")
    assert left["reason_code"].tolist() == ["opens_more"]
    assert short_of(short) == [("10000002", "mapel:IPA", 1, 20, "opens_more")]


def test_a_lock_that_cannot_be_met_opens_nothing(tmp_path):
    # Ani must move and nothing is empty: her 10 JP stay taught and nobody is sent to them.
    cici = "Cici,10000001,mapel:IPA,24,2050-01-01,PNS,\n"
    needs = NEEDS + "10000001,mapel:IPA,0,0\n10000002,mapel:IPA,1,10\n"
    locks = ["--lock-move", "Ani", "--forbid", "Ani:10000002", "--min-hours", "10"]
    gone, short, _ = answer(tmp_path, ANI + cici, needs, *locks)
    assert gone == []
    assert short.empty


def test_hours_covered_are_those_of_the_year_asked_for(tmp_path, capsys):
    needs = "npsn,post,needed,hours,school_year\n" + "".join(
        f"10000001,mapel:IPA,1,14,{year}\n10000002,mapel:IPA,2,34,{year}\n"
        for year in (2026, 2027, 2028)
    )
    _, _, told = answer(tmp_path, ANI, needs)
    assert told["covered_hours"] == 10
    assert " 10 JP di jabatan lain mengurangi" in capsys.readouterr().err


@pytest.mark.parametrize(("taught", "needed"), [(0, 2), (1, 2), (10, 2), (23, 2), (24, 1), (30, 1)])
def test_needs_fall_by_the_whole_posts_that_are_covered(taught, needed):
    # Two posts for 24 JP (a rule asks for the second): one falls away when its 24 JP are taught.
    needs = pd.DataFrame(
        {"npsn": ["1"], "post": ["a"], "school_year": [2026], "needed_count": [2], "hours": [24.0]}
    )
    beside = pd.DataFrame({"person_id": ["P"], "npsn": ["1"], "post": ["a"], "hours": [taught]})
    assert without_covered(needs, beside, LAW, 2026).needs["needed_count"].tolist() == [needed]


def test_only_what_no_colleague_covers_opens_again():
    # 10 JP needed, 8 and 6 taught: without the first 4 are short, without the second 2.
    needs = pd.DataFrame(
        {"npsn": ["1"], "post": ["a"], "school_year": [2026], "needed_count": [1], "hours": [10.0]}
    )
    beside = pd.DataFrame({"person_id": ["P", "Q"], "npsn": "1", "post": "a", "hours": [8.0, 6.0]})
    opened = opened_by(needs, beside).set_index("person_id")["hours"]
    assert opened.to_dict() == {"P": 4, "Q": 2}


def test_needs_without_hours_are_not_lowered_and_that_is_said(tmp_path, capsys):
    needs = NEEDS + "10000001,mapel:IPA,1,14\n10000002,mapel:IPA,1,\n"
    answer(tmp_path, ANI, needs)
    assert "1 kebutuhan tanpa jam (kolom hours di --needs) tidak berkurang" in (
        capsys.readouterr().err
    )


def test_rows_that_are_equal_count_once_and_are_told(tmp_path, capsys):
    row = "Ani,10000001,mapel:IPA,12,2040-01-01,PNS,\n"
    _, _, told = answer(tmp_path, row + row, NEEDS + "10000001,mapel:IPA,1,24\n")
    assert told["findings"][0]["code"] == "teaching_hours_repeated"
    assert "1 baris jam mengajar sama persis" in capsys.readouterr().err


def test_a_lock_may_name_a_person_as_a_spreadsheet_writes_the_number(tmp_path, capsys):
    ani = ANI.replace("Ani", "1980.0").replace("10000002", "10000003")
    needs = NEEDS + "10000001,mapel:IPA,0,0\n10000002,mapel:IPA,1,24\n"
    gone, _, _ = answer(tmp_path, ani, needs, "--lock-move", "1980.0")
    assert gone == [("1980", "10000002")]
    assert "tidak ada di daftar" not in capsys.readouterr().err


def test_two_words_for_one_post_are_one_post(tmp_path):
    # IPA and mapel:IPA are one post of 24 JP, not 14 with 10 beside.
    rows = ANI.replace("10000002,mapel:IPA", "10000001,IPA")
    _, short, told = answer(tmp_path, rows, NEEDS + "10000001,mapel:IPA,1,24\n")
    assert told["covered_hours"] == 0
    assert short.empty
