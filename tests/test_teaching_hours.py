"""Hours a week and the home kecamatan of teachers: from the GTK list to who may move where."""

from __future__ import annotations

from contextlib import closing

import duckdb
import pandas as pd
import pytest

from analytics import checks, readers, rules, store, store_tables
from analytics.redistribution import redistribute
from analytics.redistribution_needs import staff_of
from analytics.redistribution_situation import MoveChoice, Situation
from analytics.teachers_in_post import teachers_in_post
from tests import moves, school_edition

DAY = school_edition.AS_OF
# Lessons class by class; Citra's second row is the first entered twice.
LESSONS = """\
Nama,NIP,Jenis PTK,NPSN,Mata Pelajaran,Rombel,JJM,Kecamatan Rumah
Adi,197003012000011001,Guru Mapel,10000005,IPA,7A,5,Kec. Barat
Adi,197003012000011001,Guru Mapel,10000005,IPA,7B,5,Kec. Barat
Adi,197003012000011001,Guru Mapel,10000005,Matematika,7A,"12,5",Kec. Barat
Beni,197103012000011002,Guru Mapel,10000005,IPS,7A,240,
Citra,197203012000012003,Guru Mapel,10000005,IPS,8A,4 JP,-
Citra,197203012000012003,Guru Mapel,10000005,IPS,8A,4 JP,-
"""


def judged(tmp_path, text):
    path = tmp_path / "gtk.csv"
    path.write_text(text, encoding="utf-8")
    reading = readers.read(path)
    assert reading.kind == "teacher"
    return checks.checked_teachers(reading, DAY)


def test_hours_are_added_up_by_person_school_and_subject(tmp_path):
    found = judged(tmp_path, LESSONS)
    told = found.teachers.set_index(["name", "subject"])["weekly_hours"]
    assert told[told.isna()].index.tolist() == [("Beni", "IPS")]  # 240 hours are not believed
    assert told.dropna().to_dict() == {
        ("Adi", "IPA"): 10.0,
        ("Adi", "Matematika"): 12.5,
        ("Citra", "IPS"): 4.0,
    }
    assert [(f.row, f.code) for f in found.faults if f.row] == [(5, "teaching_hours_invalid")]
    assert set(found.teachers["home_kecamatan"].dropna()) == {"Barat"}


def test_without_a_class_two_equal_rows_are_one_entered_twice_and_others_add_up(tmp_path):
    text = "Nama,NIP,NPSN,Mapel,Jumlah Jam\n"
    text += "Adi,197003012000011001,10000005,IPA,10\n" * 2
    text += "Adi,197003012000011001,10000005,IPA,6\n"
    found = judged(tmp_path, text)
    assert found.teachers["weekly_hours"].tolist() == [16.0]
    (told,) = [fault for fault in found.faults if fault.code == "teaching_hours_repeated"]
    assert told.severity == "warning" and dict(told.details) == {"count": 1}
    assert "1 baris jam mengajar sama persis" in told.message("id")


def test_rows_without_hours_that_stand_twice_lose_nothing_and_are_not_told(tmp_path):
    text = "Nama,NIP,NPSN,Mapel,Jumlah Jam\n" + "Adi,197003012000011001,10000005,IPA,10\n"
    text += "Beni,197103012000011002,10000005,IPS,\n" * 2
    found = judged(tmp_path, text)
    assert len(found.teachers) == 2
    assert "teaching_hours_repeated" not in [fault.code for fault in found.faults]


@pytest.mark.parametrize("header", ["Kecamatan", "Alamat", "Domisili", "Lintang Rumah"])
def test_where_somebody_lives_is_read_only_from_a_column_that_says_home_kecamatan(tmp_path, header):
    text = f"Nama,NIP,Jenis PTK,NPSN,{header}\n"
    text += "Adi,197003012000011001,Guru Mapel,10000005,Rahasia\n"
    found = judged(tmp_path, text)
    assert found.teachers["home_kecamatan"].isna().all()
    assert "Rahasia" not in found.teachers.to_csv() + found.refused.to_csv()


def test_a_list_without_hours_refuses_a_person_told_twice(tmp_path):
    text = "Nama,NIP,Jenis PTK,NPSN\n" + "Adi,197003012000011001,Guru Mapel,10000005\n" * 2
    found = judged(tmp_path, text)
    assert (3, "nip_duplicate") in [(f.row, f.code) for f in found.faults]
    assert found.teachers["weekly_hours"].isna().all()


def test_hours_of_classes_make_no_list_of_teachers(tmp_path):
    path = tmp_path / "rombel.csv"
    text = "NPSN,Nama Rombel,Tingkat,Jumlah Siswa,Jumlah Jam\n10000001,Kelas 1A,1,25,30\n"
    path.write_text(text, encoding="utf-8")
    assert readers.read(path).kind == "enrolment"


def test_the_subject_with_most_hours_names_the_post_and_all_hours_count(tmp_path):
    listed = judged(tmp_path, LESSONS).teachers
    units = pd.DataFrame(
        {"name": ["SMPN 1"], "npsn": ["10000005"], "school_level": ["SMP"], "kecamatan": ["Timur"]}
    )
    found = teachers_in_post(pd.DataFrame(), listed, units, rules.load(), DAY).set_index("name")
    assert found.loc["Adi", "post"] == "guru_mapel:matematika"
    assert found["weekly_hours"].to_dict() == pytest.approx(
        {"Adi": 22.5, "Beni": float("nan"), "Citra": 4.0}, nan_ok=True
    )
    staff = staff_of(found.reset_index(), pd.DataFrame(), rules.load()).set_index("person_id")
    assert staff.loc["197003012000011001", ["hours", "home_kecamatan"]].tolist() == [22.5, "Barat"]


SCHOOLS = """
    npsn | north | kecamatan
    a | 0 | Timur
    b | 30 | Barat
"""
NEEDS = "npsn | post | needed\na | guru_kelas | 1\nb | guru_kelas | 1"
STAFF = """
    person_id | npsn | post | retires_on | home_kecamatan | hours
    Adi | a | guru_kelas | 2040-01-01 | - | 20
    Beni | a | guru_kelas | 2035-01-01 | barat | -
"""


def asked() -> Situation:
    return moves.situation(SCHOOLS, NEEDS, STAFF)


def test_whoever_lives_in_the_kecamatan_may_go_further_than_the_limit():
    near = redistribute(asked(), rules.load(), MoveChoice(max_km=5.0))
    assert near.moves["person_id"].tolist() == ["Beni"]
    assert near.moves["is_by_home"].tolist() == [True]
    assert "di kecamatan tempat tinggalnya" in near.moves["reason"].iloc[0]
    far = redistribute(asked(), rules.load(), MoveChoice(max_km=5.0, use_home=False))
    assert far.moves.empty


def test_hours_that_are_told_are_not_called_an_estimate():
    found = redistribute(asked(), rules.load(), MoveChoice(max_km=50.0)).moves
    told = found.set_index("person_id")["is_hours_estimated"].to_dict()
    assert told.get("Adi", False) is False
    assert found.set_index("person_id")["hours_before"].get("Adi", 20.0) == 20.0


def test_an_edition_made_before_tells_no_hours_and_still_opens(tmp_path):
    folder = school_edition.written(tmp_path)
    path = store.edition_path(folder, 1)
    path.chmod(0o600)
    with closing(duckdb.connect(str(path))) as connection:
        connection.execute("ALTER TABLE school_teacher DROP COLUMN weekly_hours")
        connection.execute("ALTER TABLE school_teacher DROP COLUMN home_kecamatan")
    with closing(store.opened(path)) as connection:
        listed = store_tables.school_teachers(connection)
    assert {"weekly_hours", "home_kecamatan"} <= set(listed)
