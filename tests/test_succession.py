"""Single-holder posts and who stands behind the heads."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from analytics import succession

AS_OF = date(2026, 11, 21)


def people(drawn: str) -> pd.DataFrame:
    """A frame from a table drawn in text; '-' is blank, 'ya'/'tidak' are yes and no."""
    lines = [line.split("|") for line in drawn.strip().splitlines()]
    head, *rows = [[cell.strip() for cell in line] for line in lines]
    frame = pd.DataFrame(rows, columns=head, dtype="str").replace("-", None)
    for column in head:
        if column.endswith("_on"):
            frame[column] = pd.to_datetime(frame[column]).astype("datetime64[us]")
        if column.startswith("has_"):
            frame[column] = frame[column].map({"ya": True, "tidak": False}).astype("boolean")
    everyone = {
        "employment": "PNS",
        "is_in_headcount": True,
        "opd": "Dinas Pendidikan",
        "kecamatan": "Utara",
        "jenjang": "",
        "npsn": None,
        "extra_duty": None,
    }
    given = {column: value for column, value in everyone.items() if column not in frame}
    return frame.assign(**given)


def test_a_post_with_one_holder_leaving_soon_falls_empty():
    staff = people("""
        name  | unit   | position           | role_group | retires_on
        Adi   | Kec. A | Camat              | administrator | 2028-01-01
        Beni  | Kec. A | Pengadministrasi   | pelaksana     | 2028-01-01
        Citra | Kec. A | PENGADMINISTRASI   | pelaksana     | 2040-01-01
        Dewi  | Kec. B | Camat              | administrator | 2040-01-01
        Eko   | Kec. B | Bendahara          | pelaksana     | 2026-01-01
        Fani  | Kec. B | -                  | -             | -
    """)
    found = succession.single_holder_posts(staff, AS_OF, within_years=5)
    # Beni and Citra hold the same title, written differently; Eko's date is already past.
    assert found["name"].tolist() == ["Eko", "Adi"]


def test_a_step_on_the_functional_ladder_makes_no_post_of_its_own():
    staff = people("""
        name  | unit   | position                  | role_group | retires_on
        Adi   | SDN 01 | Guru Ahli Muda            | guru       | 2028-01-01
        Beni  | SDN 01 | Guru Ahli Madya           | guru       | 2040-01-01
        Citra | SDN 01 | Guru Agama Islam Ahli Muda | guru      | 2028-01-01
        Dewi  | Pusk.  | Perawat Penyelia          | nakes      | 2028-01-01
        Eko   | Pusk.  | Perawat Pelaksana Lanjutan | nakes     | 2040-01-01
    """)
    assert succession.single_holder_posts(staff, AS_OF)["name"].tolist() == ["Citra"]


def test_units_of_one_name_in_two_offices_are_two_units():
    staff = people("""
        name | opd            | unit            | position                | role_group | retires_on
        Adi  | Dinas Sosial   | Sub Bagian Umum | Kepala Sub Bagian Umum  | pengawas   | 2028-01-01
        Beni | Dinas Kesehatan| Sub Bagian Umum | Kepala Sub Bagian Umum  | pengawas   | 2029-01-01
    """)
    assert succession.single_holder_posts(staff, AS_OF)["name"].tolist() == ["Adi", "Beni"]


def test_somebody_out_of_headcount_holds_no_post():
    staff = people("""
        name | unit | position  | role_group | retires_on
        Adi  | A    | Bendahara | pelaksana  | 2028-01-01
        Beni | A    | Bendahara | pelaksana  | 2029-01-01
    """)
    staff["is_in_headcount"] = [True, False]
    assert succession.single_holder_posts(staff, AS_OF)["name"].tolist() == ["Adi"]


def test_the_horizon_of_single_posts_ends_before_its_anniversary():
    staff = people("""
        name | unit | position  | role_group | retires_on
        Adi  | A    | Bendahara | pelaksana  | 2027-11-01
        Beni | B    | Bendahara | pelaksana  | 2027-12-01
    """)
    found = succession.single_holder_posts(staff, AS_OF, within_years=1)
    assert found["name"].tolist() == ["Adi"]


SCHOOLS = people("""
    name  | unit         | kecamatan | role_group     | retires_on | has_head_certificate|extra_duty
    Kepsa | SDN 01 Utara | Utara     | kepala_sekolah | 2028-01-01 | ya    | -
    Guru1 | SDN 02 Utara | Utara     | guru           | 2030-01-01 | ya    | -
    Guru2 | SDN 02 Utara | Utara     | guru           | 2029-12-01 | ya    | -
    Guru3 | SDN 03 Barat | Barat     | guru           | 2035-01-01 | ya    | -
    Guru4 | SDN 03 Barat | Barat     | guru           | 2035-01-01 | tidak | -
    Guru5 | SMPN 1       | Utara     | guru           | 2035-01-01 | ya    | -
    Guru6 | SDN 04 Barat | Barat     | guru           | 2036-01-01 | ya    | Kepala Sekolah
    Guru7 | SDN 04 Barat | Barat     | guru           | 2036-01-01 | ya    | Wakil Kepala Sekolah
    Guru8 | SDN 04 Barat | -         | guru           | -          | ya    | -
""")


def test_certified_teachers_of_the_same_level_who_stay_two_years_stand_behind_a_head():
    head = succession.heads_leaving(SCHOOLS, AS_OF).set_index("name").loc["Kepsa"]
    # Guru1 stays to the very day; Guru2 a month too short; Guru4 has no certificate; Guru5 is
    # SMP; Guru6 heads a school himself; Guru8's own date is unknown.
    assert head["certified_kecamatan_count"] == 1
    assert head["certified_city_count"] == 3
    assert pd.isna(head["one_below_count"])
    assert (head["head_kind"], head["school_level"]) == ("kepala_sekolah", "SD")


def test_how_long_a_successor_must_stay_is_a_choice():
    heads = succession.heads_leaving(SCHOOLS, AS_OF, stays_at_least_years=0)
    assert heads.set_index("name").loc["Kepsa", "certified_kecamatan_count"] == 2


def test_a_teacher_with_the_extra_duty_is_a_head_and_a_deputy_is_not():
    heads = succession.heads_leaving(SCHOOLS, AS_OF, within_years=20)
    assert heads["name"].tolist() == ["Kepsa", "Guru6"]


def test_without_certificate_data_the_count_is_unknown_and_not_zero():
    without = SCHOOLS.drop(columns="has_head_certificate")
    blank = SCHOOLS.assign(has_head_certificate=pd.array([pd.NA] * len(SCHOOLS), "boolean"))
    for staff in (without, blank):
        assert not succession.has_certificate_data(staff)
        heads = succession.heads_leaving(staff, AS_OF)
        assert heads["certified_kecamatan_count"].isna().all()
        assert heads["certified_city_count"].isna().all()


def test_recorded_that_nobody_holds_it_is_zero():
    staff = SCHOOLS.assign(has_head_certificate=pd.array([False] * len(SCHOOLS), "boolean"))
    assert succession.heads_leaving(staff, AS_OF)["certified_city_count"].tolist() == [0]


def test_a_head_already_past_the_date_needs_successors_counted_from_today():
    staff = people("""
        name  | unit   | role_group     | retires_on | has_head_certificate
        Kepsa | SDN 01 | kepala_sekolah | 2025-01-01 | ya
        Guru1 | SDN 02 | guru           | 2028-06-01 | ya
        Guru2 | SDN 02 | guru           | 2028-12-01 | ya
    """)
    assert succession.heads_leaving(staff, AS_OF)["certified_city_count"].tolist() == [1]


def test_in_an_unknown_kecamatan_only_the_city_can_be_counted():
    staff = SCHOOLS.assign(kecamatan=pd.array([None] * len(SCHOOLS), "str"))
    head = succession.heads_leaving(staff, AS_OF).iloc[0]
    assert pd.isna(head["certified_kecamatan_count"])
    assert head["certified_city_count"] == 4 - 1  # Guru8 has no date


def test_the_unit_table_decides_the_level_before_the_name():
    units = pd.DataFrame(
        {
            "name": ["Sekolah Harapan", "SDN 01"],
            "npsn": [None, "20500001"],
            "school_level": ["SMP", "TK"],
        }
    )
    staff = pd.DataFrame(
        {
            "unit": ["Sekolah Harapan", "SD Negeri Satu", "SDN 09", "SMP NEGERI 3", "Dinas Sosial"],
            "npsn": [None, "20500001", None, None, None],
        }
    ).astype("str")
    levels = succession.school_levels(staff, units)
    assert levels.fillna("-").tolist() == ["SMP", "TK", "SD", "SMP", "-"]


def test_no_school_anywhere_is_no_level_and_no_fault():
    units = pd.DataFrame({"name": ["Dinas Sosial"], "npsn": [None], "school_level": [None]})
    staff = pd.DataFrame({"unit": ["Dinas Sosial", "Bagian Umum"], "npsn": [None, None]})
    for table in (units, units.astype("str"), None):
        assert succession.school_levels(staff, table).isna().all()


@pytest.mark.parametrize(
    ("name", "level"),
    [
        ("UPT SDN 12 Kartaraya", "SD"),
        ("SD NEGERI 01", "SD"),
        ("SMPN 3", "SMP"),
        ("TK Pembina", "TK"),
        ("SDLB Harapan", "SLB"),
        ("UPTD SATUAN PENDIDIKAN SMP NEGERI 1", "SMP"),
        ("Badan Kepegawaian", None),
    ],
)
def test_a_school_name_tells_its_level(name, level):
    found = succession.school_levels(pd.DataFrame({"unit": [name]}))[0]
    assert (None if pd.isna(found) else found) == level


OFFICES = people("""
    name  | unit | opd       | role_group    | jenjang     | retires_on | employment
    Kadis | DPU  | Dinas PU  | jpt           | pratama     | 2028-01-01 | PNS
    Sekre | DPU  | Dinas PU  | administrator | eselon_iii  | 2031-01-01 | PNS
    Kabid | DPU  | Dinas PU  | administrator | eselon_iii  | 2029-01-01 | PNS
    Kasi  | DPU  | Dinas PU  | pengawas      | eselon_iv   | 2027-01-01 | PNS
    Camat | KecA | Kec. A    | administrator | eselon_iii  | 2040-01-01 | PNS
    Staf1 | DPU  | Dinas PU  | pelaksana     | -           | 2035-01-01 | PNS
    Staf2 | DPU  | Dinas PU  | pelaksana     | -           | 2035-01-01 | PPPK
    Ahli  | DPU  | Dinas PU  | jf_keahlian   | ahli_muda   | 2035-01-01 | PNS
    Sekda | Setd | Setda     | jpt           | madya       | 2028-01-01 | PNS
    Asist | Setd | Setda     | jpt           | pratama     | 2032-01-01 | PNS
""")


def test_behind_a_managerial_head_stand_those_one_echelon_below_in_the_same_opd():
    heads = succession.heads_leaving(OFFICES, AS_OF).set_index("name")
    below = heads["one_below_count"].to_dict()
    assert below["Kadis"] == 1  # Sekre; Kabid leaves within two years; the camat is elsewhere
    assert below["Kasi"] == 2  # Staf1 and the expert; Staf2 is P3K
    assert below["Sekda"] == 1
    assert below["Kabid"] == 0
    assert heads["certified_city_count"].isna().all()
    assert set(heads["head_kind"]) == {"struktural"}


def test_nobody_leaving_is_an_empty_list_with_its_columns():
    heads = succession.heads_leaving(OFFICES.iloc[:0], AS_OF)
    assert heads.empty
    assert {"head_kind", "certified_city_count", "one_below_count"} <= set(heads.columns)
