"""The page on pupils: every control moves its number, a link reopens the view or one school."""

from __future__ import annotations

import argparse
import re
import threading
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from analytics import command_enrolment
from analytics.enrolment import Levers
from pages.shared import load_schools, maps, school_inputs, school_pupils
from pages.shared import school_view as view_of
from tests import school_edition
from tests.pages_alone import opened, page_alone, shown
from tests.patience import PATIENCE

MELATI, ANGGREK, MAWAR = "10000001", "10000004", "10000005"


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return school_edition.written(tmp_path_factory.mktemp("data"))


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An edition made from a staff list alone."""
    folder = tmp_path_factory.mktemp("bare")
    return school_edition.written(
        folder,
        school_year_profile=school_edition.profiles().iloc[:0],
        enrolment=school_edition.enrolment().iloc[:0],
    )


@pytest.fixture
def names_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pages.shared.access.may_see_names", lambda: True)


@pytest.fixture
def page(data: Path, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    monkeypatch.setenv("ESTAFET_DATA", str(data))
    return page_alone("schools")


def scope(page: AppTest, **changed: object) -> school_inputs.Scope:
    """A view of the edition under test, as its page would ask for it."""
    opened(page)
    usual = {
        "key": load_schools.school_key(),
        "level": "SD",
        "status": "negeri",
        "kecamatan": (),
        "horizon_years": 10,
        "levers": Levers(),
    }
    return school_inputs.Scope(**(usual | changed))  # type: ignore[arg-type]


def test_the_page_opens_on_public_primary_schools_and_says_the_city_is_synthetic(page):
    # (20 + 9 + 30) x 6 grades = 354 pupils in three schools, the same every year.
    said = opened(page)
    assert "Murid SD tidak banyak berubah sampai 2036/37" in said
    assert ">354<" in said
    assert "di 3 sekolah" in said
    assert "Data contoh (sintetis)" in said


def test_a_history_in_which_nothing_changes_is_forecast_to_stay(page):
    wave = view_of.wave(scope(page))
    assert wave.pupils_ahead == pytest.approx(354, rel=0.01)
    assert (wave.whole["p10"] <= wave.whole["pupils"]).all()
    assert (wave.whole["pupils"] <= wave.whole["p90"]).all()
    assert set(wave.whole["naive"]) == {354.0}


def test_the_page_and_the_command_forecast_the_same_numbers(page, data):
    seen = scope(page)
    asked = argparse.Namespace(history=None, births=None, years=10, lag=None, data=data)
    told = command_enrolment.forecast(asked).table
    told = told.loc[told["grade"].eq("total") & told["school_id"].eq(MELATI), "pupils"]
    drawn = school_pupils.pupils_by_grade(seen.key, Levers(), MELATI)
    ahead = drawn.loc[drawn["grade"].eq("total") & drawn["is_ahead"], "pupils"]
    assert ahead.to_numpy() == pytest.approx(told.to_numpy(), abs=0.001)


def test_schools_add_up_to_the_level_in_every_year(page):
    every = view_of.wave(scope(page, level="semua", status="semua"))
    by_level = every.ahead.groupby("school_year")["pupils"].sum()
    assert by_level.to_numpy() == pytest.approx(every.whole["pupils"].to_numpy())
    assert every.schools["pupils_ahead"].sum() == pytest.approx(every.pupils_ahead)
    assert every.grades[2036].sum() == pytest.approx(every.pupils_ahead)


@pytest.mark.parametrize(
    ("link", "pupils"),
    [
        ({"tingkat": "SMP"}, "162"),
        ({"tingkat": "semua"}, "516"),
        ({"status_sekolah": "swasta"}, "36"),
        ({"status_sekolah": "semua"}, "390"),
        ({"kec_sekolah": "Barat"}, "180"),
        ({"kec_sekolah": ["Barat", "Timur"]}, "354"),
    ],
)
def test_every_filter_in_a_link_opens_that_view(page, link, pupils):
    # 54 x 3; 354 + 162; 6 x 6; 354 + 36; 30 x 6.
    assert f">{pupils}<" in opened(page, **link)


@pytest.mark.parametrize(("threshold", "said"), [("60", "1"), ("100", "1"), ("120", "1")])
def test_the_threshold_counts_schools_strictly_below_it(page, threshold, said):
    # 54, 120 and 180 pupils: a school of exactly 120 is not below 120.
    assert f">{said} → " in opened(page, ambang=threshold)


def test_a_nearer_horizon_ends_the_forecast_there(page):
    assert "sampai 2029/30" in opened(page, ke_depan="3")


def test_levers_at_today_change_nothing():
    assert school_inputs.levers_from(100, None, 0.1, 0) == Levers(private_share_today=0.1)


def test_fewer_births_are_felt_by_children_born_later_and_by_nobody_else(page):
    # Born after 2026 and in grade 1 at six or seven: half of them in 2033, all from 2034.
    halved = view_of.wave(scope(page, levers=school_inputs.levers_from(50, None, 0.0, 0)))
    today = view_of.wave(scope(page))
    share = halved.whole["pupils"].to_numpy() / today.whole["pupils"].to_numpy()
    assert share[:6] == pytest.approx(1.0)
    first = (halved.grades / today.grades).loc[1]
    assert first[2033] == pytest.approx(0.75)
    assert first[2034] == pytest.approx(0.5)


def test_pupils_that_public_schools_lose_to_private_ones_arrive_there(page):
    key = scope(page).key
    today = load_schools.private_share_today(key)
    # 6 of 65 children enter grade 1 at the private school; SMP takes 54 more, all public.
    assert today == pytest.approx(6 / (65 + 54))
    moved = school_inputs.levers_from(100, 20, today, 0)
    before = view_of.wave(scope(page, status="semua"))
    after = view_of.wave(scope(page, status="semua", levers=moved))
    assert after.pupils_ahead == pytest.approx(before.pupils_ahead)
    private = view_of.wave(scope(page, status="swasta", levers=moved))
    assert private.pupils_ahead > 1.5 * view_of.wave(scope(page, status="swasta")).pupils_ahead


@pytest.mark.parametrize(("border", "factor"), [(-10, 0.9), (10, 1.1)])
def test_newcomers_from_outside_are_a_per_cent_of_all_newcomers(page, border, factor):
    moved = view_of.wave(scope(page, levers=school_inputs.levers_from(100, None, 0.0, border)))
    today = view_of.wave(scope(page))
    # After ten years everybody in grades I-VI entered under the lever.
    assert moved.pupils_ahead == pytest.approx(factor * today.pupils_ahead)


@pytest.mark.parametrize(
    ("word", "value", "said"),
    [
        ("lahir", 70, "kelahiran 70% dari hari ini"),
        ("swasta", 30, "30% murid baru ke madrasah/swasta"),
        ("luar", -20, "murid baru dari luar daerah −20%"),
    ],
)
def test_every_lever_moves_the_finding_and_stands_in_the_link(page, word, value, said):
    before = opened(page)
    page.slider(key=word).set_value(value).run()
    after = shown(page)
    assert said in after
    assert "turun" in after
    assert "turun" not in before.split("</h1>")[0]
    assert page.query_params[word] in (str(value), [str(value)])


def test_one_grade_over_every_school_has_the_band_of_the_model(page):
    opened(page)
    seen = view_of.outlook(load_schools.school_key(), Levers())
    for column, grade in enumerate(seen.data.grades):
        rows = view_of.one_grade(scope(page, level="semua", status="semua"), int(grade))
        assert rows["pupils"].tolist() == pytest.approx(seen.grades[column].tolist())
        assert rows["p10"].tolist() == pytest.approx(seen.grades_low[column].tolist())
        assert rows["p90"].tolist() == pytest.approx(seen.grades_high[column].tolist())


def test_a_grade_of_few_schools_has_a_band_around_its_own_sum(page):
    opened(page)
    rows = view_of.one_grade(scope(page, kecamatan=("Timur",)), 1)
    # Twenty at Melati and nine at Kenanga, as every year.
    assert rows["pupils"].tolist() == pytest.approx([29] * 10)
    assert ((rows["p10"] <= rows["pupils"]) & (rows["pupils"] <= rows["p90"])).all()


def test_another_grade_can_be_chosen_and_stands_in_the_link(page):
    opened(page)
    page.selectbox(key="satu_kelas").set_value("4").run()
    shown(page)
    assert page.query_params["satu_kelas"] in ("4", ["4"])


def test_work_that_nobody_waits_for_any_more_is_not_begun():
    begun, free = [], threading.Event()
    running = load_schools._started("blocks", free.wait)
    left = load_schools._started("left", lambda: begun.append("left"))
    kept = load_schools._started("kept", lambda: begun.append("kept"))
    assert load_schools._started("kept", lambda: begun.append("again")) is kept
    load_schools._left("left", left)
    load_schools._left("kept", kept)  # one of the two visitors who wait for it
    free.set()
    kept.result(timeout=PATIENCE)
    for key, job in (("kept", kept), ("blocks", running)):
        load_schools._left(key, job)
    assert begun == ["kept"]
    assert left.cancelled()
    # Asked for again, it is done.
    again = load_schools._started("left", lambda: begun.append("left"))
    again.result(timeout=PATIENCE)
    load_schools._left("left", again)
    assert begun == ["kept", "left"]


def test_moved_births_say_from_when_they_are_felt(page):
    # Born after 2026/27 begins; nobody enters grade I before the age of six.
    said = opened(page, lahir="70", ke_depan="3")
    assert "Tuas kelahiran belum mengubah angka sampai 2029/30" in said
    page.selectbox(key="ke_depan").set_value("10").run()
    felt = re.search(r"Tuas kelahiran mulai terasa (\d{4})/", shown(page))
    assert felt is not None
    assert 2026 + 6 <= int(felt[1]) <= 2026 + 8
    page.button_group(key="tingkat").set_value("SMP").run()
    assert "Tuas kelahiran tidak mengubah angka di sini" in shown(page)


def test_births_as_today_say_nothing_of_when_they_are_felt(page):
    assert "Tuas kelahiran" not in opened(page, luar="-30")


def test_one_year_of_pupils_claims_no_direction(tmp_path, monkeypatch):
    pupils = school_edition.enrolment()
    school_edition.written(tmp_path, enrolment=pupils.loc[pupils["school_year"] == 2026])
    monkeypatch.setenv("ESTAFET_DATA", str(tmp_path))
    said = opened(page_alone("schools"))
    assert "satu tahun ajaran belum memberi arah" in said
    assert "2026/27 menurut data; sesudahnya prakiraan" in said
    assert "Dari 2026/27 sampai 2026/27" not in said


def test_a_link_with_nonsense_opens_the_page_as_if_it_were_not_there(page):
    link = {"tingkat": "SLTA", "lahir": "banyak", "luar": "999", "ambang": "7", "peta": "x"}
    assert "Murid SD tidak banyak berubah" in opened(page, **link, sekolah="tidak-ada", angka="y")


def test_a_view_without_schools_says_so_and_how_to_get_out(page):
    said = opened(page, tingkat="SMP", kec_sekolah="Barat")
    assert "Tidak ada sekolah pada saringan ini" in said
    page.button(key="kosongkan-murid").click().run()
    assert ">354<" in shown(page)


def test_schools_without_coordinates_are_counted_beside_the_map(page):
    assert "1 sekolah tanpa koordinat" in opened(page, tingkat="semua")


def test_the_outline_holds_every_point():
    points = np.array([[0, 0], [4, 0], [4, 3], [0, 3], [2, 1], [1, 1]], dtype=float)
    edge = maps.outline(points[:, 0], points[:, 1])
    assert {tuple(point) for point in edge} == {(0, 0), (4, 0), (4, 3), (0, 3)}


def test_distances_on_the_map_are_kilometres():
    # A hundredth of a degree of latitude is 1.11 km everywhere.
    schools = pd.DataFrame({"latitude": [-7.60, -7.61], "longitude": [111.5, 111.5]})
    north = maps.places_km(schools)["north_km"]
    assert north.iloc[0] - north.iloc[1] == pytest.approx(1.11, abs=0.01)


@pytest.mark.parametrize("opened_section", ["tahun", "kelas", "kelahiran"])
def test_every_section_opens(page, opened_section):
    opened(page, angka=opened_section)


def test_a_link_opens_one_school_and_the_button_closes_it(page):
    said = opened(page, sekolah=MELATI)
    assert "SDN 01 Melati: 120 murid sekarang" in said
    assert "koordinat −7,60000; 111,50000" in said
    page.button(key="kembali").click().run()
    assert "Murid SD tidak banyak berubah" in shown(page)


def test_choosing_a_school_by_name_opens_it(page):
    opened(page)
    page.selectbox(key="cari_sekolah").select(MELATI).run()
    assert "NPSN 10000001" in shown(page)


@pytest.mark.usefixtures("names_shown")
def test_a_planner_sees_the_teachers_of_a_school_with_the_day_they_leave(page):
    opened(page, sekolah=MELATI)
    people = next(one.value for one in page.dataframe if "retires_on" in one.value)
    leaves = people.set_index("name")["retires_on"]
    assert set(leaves.index) == {"Adi", "Beni", "Citra", "Dewi", "Eka", "Fani"}
    # Born 10 August 1967, teacher: 60 in August 2027, leaves on 1 September 2027.
    assert leaves["Beni"] == pd.Timestamp(2027, 9, 1)


def test_others_see_no_teacher_by_name(page, monkeypatch):
    monkeypatch.setattr("pages.shared.access.may_see_names", lambda: False)
    said = opened(page, sekolah=MELATI)
    assert "Nama guru hanya tampak bagi perencana" in said
    assert not [one for one in page.dataframe if "name" in one.value and "nip" in one.value]
    assert "Beni" not in said


def test_a_private_school_has_pupils_but_no_need_of_our_teachers(page):
    said = opened(page, sekolah=ANGGREK)
    assert "SD Anggrek: 36 murid sekarang" in said
    assert "Kebutuhan guru jenjang ini tidak diatur" in said


def test_without_pupil_numbers_the_page_says_what_to_import(bare, monkeypatch):
    monkeypatch.setenv("ESTAFET_DATA", str(bare))
    said = opened(page_alone("schools"))
    assert "Belum ada data murid" in said
    assert "murid per sekolah, tingkat, dan tahun ajaran" in said


def test_a_school_that_tells_totals_only_is_counted_by_its_total(tmp_path, monkeypatch):
    profile = school_edition.profiles()
    years = [profile.assign(school_year=year) for year in range(2020, 2027)]
    school_edition.written(
        tmp_path,
        school_year_profile=pd.concat(years),
        enrolment=school_edition.enrolment().iloc[:0],
    )
    monkeypatch.setenv("ESTAFET_DATA", str(tmp_path))
    assert ">354<" in opened(page_alone("schools"))


def test_english_is_spoken_throughout(page):
    page.session_state["lang"] = "en"
    said = opened(page, angka="tahun")
    assert "Pupils of SD change little until 2036/37" in said
    assert "Murid" not in said
