"""Classrooms by condition, and who is remote, special or under one roof: lists to candidates."""

from __future__ import annotations

from contextlib import closing
from datetime import date

import duckdb
import pandas as pd
import pytest

from analytics import import_data, state, store, store_tables
from analytics.faults import FaultsError
from analytics.readers.rooms import room_column
from analytics.regrouping_candidates import CandidateRules, candidates
from analytics.regrouping_condition import damaged_rooms_share, is_damaged, one_roof
from analytics.regrouping_findings import short_of_rooms
from analytics.regrouping_rules import every_row
from tests import school_edition

MELATI, KENANGA, DAHLIA = "10000001", "10000002", "10000003"
# As Dapodik prints buildings: two rows of headings, rooms of other kinds beside.
BUILDINGS = """\
NPSN;Nama Sekolah;Ruang Kelas;;;;;Perpustakaan;;Daerah 3T;Satu Atap
;;Baik;Rusak Ringan;Rusak Sedang;Rusak Berat;Jumlah;Baik;Rusak Berat;;
10000001;SDN 01 Melati;2;1;2;1;6;1;9;Ya;Tidak
10000002;SDN 02 Kenanga;1;0;0;5;6;0;1;Sangat Terpencil;10000005
"""
# A row for every room.
ROOMS = """\
NPSN,Nama Sekolah,Jenis Prasarana,Kondisi
10000001,SDN 01 Melati,Ruang Teori/Kelas,Baik
10000001,SDN 01 Melati,Ruang Teori/Kelas,Rusak Sedang
10000001,SDN 01 Melati,Ruang Teori/Kelas,RUSAK BERAT
10000001,SDN 01 Melati,Ruang Perpustakaan,Rusak Berat
10000003,SDN 03 Dahlia,Ruang Kelas,hancur
"""


@pytest.fixture
def folder(tmp_path):
    """A real (not synthetic) edition, on which imports build."""
    tables = {
        "employee": school_edition.roster(),
        "school_year_profile": school_edition.profiles(),
        "enrolment": school_edition.enrolment(),
    }
    about = store.About(as_of=school_edition.AS_OF, government_name="Kota Rekaan")
    edition = store.write_edition(tmp_path, tables, about)
    with state.opened(tmp_path) as decisions:
        decisions.set_current_edition(edition.number, "test")
    return tmp_path


def loaded(folder, text, name="daftar.csv"):
    path = folder / name
    path.write_text(text, encoding="utf-8")
    previewed = import_data.preview(folder, path)
    edition = import_data.load(folder, previewed, "test", accept_partial=True)
    with closing(store.opened(edition.path)) as connection:
        return previewed, store_tables.school_profiles(connection).set_index("npsn")


@pytest.mark.parametrize(
    ("parts", "column"),
    [
        (["Ruang Kelas", "Baik"], "room_good_count"),
        (["Kondisi Ruang Kelas", "Rusak Ringan"], "room_light_count"),
        (["Jml R. Kelas Rusak Sedang"], "room_moderate_count"),
        (["Ruang Kelas", "RB"], "room_heavy_count"),
        (["Keadaan Ruang Kelas", "Rusak", "Berat"], "room_heavy_count"),
        (["ruang_kelas_rusak_berat"], "room_heavy_count"),
        (["Perpustakaan", "Rusak Berat"], ""),
        (["Rumah Dinas Baik"], ""),
        (["Rusak Berat (%)"], ""),
        (["RB"], ""),
        (["Ruang Kelas"], ""),
    ],
)
def test_headers_of_classrooms_by_condition(parts, column):
    assert room_column(parts) == column


def test_a_list_of_buildings_fills_in_and_replaces_nothing(folder):
    previewed, schools = loaded(folder, BUILDINGS)
    assert previewed.reading.kind == "school"
    assert len(schools) == 5
    own = schools.loc[MELATI]
    told = ["room_good_count", "room_light_count", "room_moderate_count", "room_heavy_count"]
    assert own[told].tolist() == [2, 1, 2, 1]
    assert (own["pupil_count"], own["level"], own["latitude"]) == (120, "SD", -7.60)
    assert bool(own["is_remote"]) and not bool(own["is_integrated"])
    assert bool(schools.loc[KENANGA, "is_integrated"])
    assert schools.loc[DAHLIA, [*told, "is_remote"]].isna().all()


def test_a_list_with_a_row_for_every_room_is_counted_classrooms_only(folder):
    previewed, schools = loaded(folder, ROOMS)
    own = schools.loc[MELATI]
    assert (own["room_good_count"], own["room_moderate_count"], own["room_heavy_count"]) == (
        1,
        1,
        1,
    )
    assert own["classroom_count"] == 3
    assert [(f.code, f.row) for f in previewed.checked.faults if "unknown" in f.code] == [
        ("room_condition_unknown", 6)
    ]


def test_a_later_list_of_schools_keeps_what_a_list_of_buildings_said(folder):
    loaded(folder, BUILDINGS)
    text = "NPSN,Nama Sekolah,Bentuk,Status,Jml PD,Tahun Ajaran\n"
    text += "10000001,SDN 01 Melati,SD,Negeri,130,2026\n"
    _, schools = loaded(folder, text, "sekolah.csv")
    assert schools.loc[MELATI, "pupil_count"] == 130
    assert schools.loc[MELATI, "room_moderate_count"] == 2
    assert bool(schools.loc[MELATI, "is_remote"])


def test_schools_nobody_knows_are_said_and_a_list_of_them_alone_is_refused(folder):
    lines = "NPSN,Ruang Kelas Baik,Ruang Kelas Rusak Berat\n10000001,4,2\n10009999,1,5\n"
    previewed, schools = loaded(folder, lines)
    assert [f.value for f in previewed.checked.faults if f.code == "school_described_unknown"] == [
        "10009999"
    ]
    assert "10009999" not in schools.index
    empty = folder / "lain"
    with pytest.raises(FaultsError):
        loaded_into = empty / "x.csv"
        empty.mkdir()
        loaded_into.write_text(lines, encoding="utf-8")
        import_data.preview(empty, loaded_into)


@pytest.mark.parametrize(
    ("cell", "code"),
    [("barangkali", "flag_unknown"), ("ya", None), ("", None)],
)
def test_a_mark_that_is_neither_yes_nor_no_is_said(folder, cell, code):
    text = f"NPSN,Nama Sekolah,3T,Ruang Kelas Baik\n10000001,SDN 01 Melati,{cell},6\n"
    previewed, schools = loaded(folder, text)
    assert [f.code for f in previewed.checked.faults] == ([code] if code else [])
    told = schools.loc[MELATI, "is_remote"]
    assert bool(told) if cell == "ya" else pd.isna(told)


def test_an_edition_made_before_still_opens_and_says_nothing_of_rooms(folder):
    path = store.edition_path(folder, 1)
    path.chmod(0o600)
    with closing(duckdb.connect(str(path))) as connection:
        for name in ("room_good_count", "room_heavy_count", "is_remote", "is_integrated"):
            connection.execute(f"ALTER TABLE school_year_profile DROP COLUMN {name}")
    with closing(store.opened(path)) as connection:
        schools = store_tables.school_profiles(connection)
    assert schools[["room_good_count", "is_remote", "is_integrated"]].isna().all(axis=None)
    _, after = loaded(folder, BUILDINGS)
    assert after.loc[MELATI, "room_heavy_count"] == 1


def rooms(good, light, moderate, heavy, classrooms=None) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "room_good_count": [good], "room_light_count": [light],
            "room_moderate_count": [moderate], "room_heavy_count": [heavy],
            "classroom_count": [classrooms],
        },
        dtype="Int64",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("schools", "degree", "share"),
    [
        (rooms(4, 2, 1, 1), "moderate", 0.25),  # 2 of 8
        (rooms(4, 2, 1, 1), "light", 0.5),
        (rooms(4, 2, 1, 1), "heavy", 0.125),
        (rooms(None, None, 3, 1, 8), "moderate", 0.5),  # the sound ones not told: of 8 classrooms
        (rooms(0, 0, 0, 6, 3), "heavy", 1.0),  # parts that add up to 6 are the whole
        (rooms(None, 1, None, None, 8), "moderate", None),
        (rooms(None, None, None, 2), "heavy", None),  # of how many?
    ],
)
def test_the_damaged_share_of_classrooms(schools, degree, share):
    found = damaged_rooms_share(schools, degree).iloc[0]
    assert pd.isna(found) if share is None else found == pytest.approx(share)


def test_the_share_is_a_setting_and_no_damage_is_never_damaged():
    schools = pd.concat([rooms(4, 0, 2, 2), rooms(8, 0, 0, 0)], ignore_index=True)
    assert is_damaged(schools, 0.5).tolist() == [True, False]
    assert is_damaged(schools, 0.75).tolist() == [False, False]
    assert is_damaged(schools, None).tolist() == [False, False]
    with pytest.raises(ValueError, match="damaged_share"):
        CandidateRules(damaged=True, damaged_share=0.0)


def test_damaged_buildings_make_candidates_and_marks_keep_schools_out():
    schools = pd.concat([rooms(0, 0, 3, 3), rooms(0, 0, 3, 3), rooms(6, 0, 0, 0)]).assign(
        npsn=list("ABC"), level="SD", is_remote=pd.array([False, True, None], dtype="boolean")
    )
    schools = schools.reset_index(drop=True)
    history = pd.DataFrame(
        {"npsn": list("ABC"), "school_year": 2025, "grade": 1, "pupil_count": 300}
    )
    asked = CandidateRules(damaged=True, damaged_share=0.5)
    found = candidates(schools, history, asked).set_index("npsn")
    assert found["is_candidate"].to_dict() == {"A": True, "B": False, "C": False}
    assert found.loc["B", "exempt_by"] == "is_remote"
    everybody = CandidateRules(damaged=True, damaged_share=0.5, exempt=())
    assert candidates(schools, history, everybody)["is_candidate"].tolist() == [True, True, False]


def test_one_roof_is_what_the_list_says_else_the_name():
    schools = pd.DataFrame(
        {
            "name": ["SDN SATAP 1", "SD Satu Atap 2", "SDN 3", "SDN SATAPAN 4", "SDN SATAP 5"],
            "is_integrated": pd.array([None, None, True, None, False], dtype="boolean"),
        }
    )
    assert one_roof(schools).tolist() == [True, True, True, False, False]


def test_fewer_rooms_than_rombel_is_listed_with_how_many_are_missing():
    schools = pd.DataFrame(
        {
            "npsn": list("ABCD"), "name": list("abcd"), "rooms_usable": [6, 4, None, 7],
            "rombel_today": [6, 6, 6, 12],
        }
    )  # fmt: skip
    found = short_of_rooms(schools)
    assert found["npsn"].tolist() == ["D", "B"]
    assert found["short_count"].tolist() == [5, 2]


def test_the_damaged_share_is_said_to_be_without_source():
    row = every_row().set_index("key").loc["damaged_share"]
    assert row["standing"] == "local_choice"
    assert "tanpa sumber" in row["source"]
    assert row["checked_on"].date() <= date(2026, 12, 31)
