"""What ``regroup`` says of an edition, its locks and its roads; the schools are of school_edition.

Melati 20, Kenanga 9 and Dahlia 30 pupils a grade; by road (x 1.3) Kenanga to Dahlia 5.2 km.
"""

from __future__ import annotations

import pytest

from analytics import enrolment_stored, state
from analytics.faults import Fault
from analytics.regrouping_roads import read_roads
from analytics.regrouping_told import mended_at_data
from analytics.teachers_told import history_of, with_forecast
from tests import school_edition
from tests.test_regrouping_edition import DAHLIA, KENANGA, MAWAR, MELATI, planned
from tests.test_regrouping_switches import district
from tests.test_regrouping_switches import planned as of_file

FAR = ("--max-km", "6")


@pytest.fixture
def data(tmp_path):
    return school_edition.written(tmp_path / "data")


def total_this_year(graded_year: int = 2025) -> dict:
    """Dahlia told grades up to ``graded_year`` and 180 pupils in all this year."""
    graded = school_edition.enrolment()
    later = (graded["npsn"] == DAHLIA) & (graded["school_year"] > graded_year)
    return {"enrolment": graded.loc[~later]}


def test_a_school_that_tells_a_total_this_year_takes_part_though_it_told_grades_before(tmp_path):
    data = school_edition.written(tmp_path / "data", **total_this_year())
    _, plan, told = planned(data, *FAR)
    assert plan[KENANGA]["into"] == DAHLIA
    assert {one["code"] for one in told["findings"]} >= {"regroup_spread_evenly"}


def test_a_total_of_this_year_is_forecast_and_keeps_its_school():
    # Nothing ever changes: 180 pupils this year are 180 next year.
    history = enrolment_stored.stored_history(
        school_edition.profiles(), total_this_year()["enrolment"]
    )
    own = history.loc[(history["school_id"] == DAHLIA) & (history["school_year"] == 2026)]
    assert own[["grade", "pupils"]].to_numpy().tolist() == [["total", 180]]
    ahead = with_forecast(history, None, 2026, 1)
    next_year = ahead.loc[(ahead["school_id"] == DAHLIA) & (ahead["school_year"] == 2027)]
    assert next_year["pupils"].sum() == pytest.approx(180, rel=0.01)


def test_a_newer_list_of_schools_does_not_hide_the_grades_of_all():
    # Grades up to 2025 in every school, totals alone in 2026: the history ends in 2025, by grade.
    graded = school_edition.enrolment()
    before, schools = graded.loc[graded["school_year"] < 2026], school_edition.profiles()
    for history in (
        enrolment_stored.stored_history(schools, before),
        history_of(before, schools),
    ):
        assert history["school_year"].max() == 2025
        assert "total" not in set(history["grade"])


def test_roads_with_names_beside_numbers_are_read_by_the_numbers(tmp_path):
    path = tmp_path / "R.csv"
    path.write_text(
        "npsn_asal,asal,npsn_tujuan,tujuan,jarak_km\n1,SD 1,2,SD 2,0.7\n", encoding="utf-8"
    )
    roads, faults = read_roads(path)
    assert roads.to_numpy().tolist() == [["1", "2", 0.7]]
    assert faults == []


def test_roads_in_metres_are_refused_by_the_command(tmp_path, capsys):
    # The schools of the file stand 0.56 km apart; a road of 700 between them is in metres.
    roads = tmp_path / "R.csv"
    roads.write_text("from,into,km\n1,2,700\n2,3,700\n3,4,700\n", encoding="utf-8")
    assert of_file(tmp_path, district(), "--roads", str(roads))[0] == 1
    assert "tampaknya dalam meter" in capsys.readouterr().err


@pytest.mark.parametrize(
    "locks",
    [
        [("into", KENANGA, DAHLIA), ("into", KENANGA, MELATI)],
        [("open", KENANGA, ""), ("closed", KENANGA, "")],
    ],
)
def test_saved_locks_that_contradict_are_told_with_a_way_round(data, capsys, locks):
    with state.opened(data) as decisions:
        for kind, one, other in locks:
            decisions.lock("regrouping", kind, one, "test", other)
    with pytest.raises(SystemExit, match="2"):
        planned(data, *FAR)
    said = capsys.readouterr().err
    assert said.count(KENANGA) == 2  # in both languages
    assert "Kunci tersimpan bertentangan" in said
    assert "--without-saved" in said
    assert planned(data, *FAR, "--without-saved")[1][KENANGA]["into"] == DAHLIA


def test_a_pair_asked_for_goes_before_a_pair_that_was_saved_as_forbidden(data):
    with state.opened(data) as decisions:
        decisions.lock("regrouping", "forbidden", KENANGA, "test", DAHLIA)
    assert planned(data, *FAR)[1][KENANGA]["into"] == MELATI or (
        planned(data, *FAR)[1][KENANGA]["action"] == "open"
    )
    _, plan, told = planned(data, *FAR, "--pair", f"{KENANGA}={DAHLIA}")
    assert plan[KENANGA]["into"] == DAHLIA
    assert told["edition"]["locks"] == 0


def test_a_pair_that_is_forbidden_too_is_told_as_that(data, capsys):
    pair = f"{KENANGA}={DAHLIA}"
    assert planned(data, *FAR, "--pair", pair, "--forbid", pair)[0] == 1
    said = capsys.readouterr().err
    assert "dilarang (--forbid" in said
    assert DAHLIA in said


def test_the_edition_is_said_with_the_locks_that_were_used(data):
    with state.opened(data) as decisions:
        decisions.lock("regrouping", "open", KENANGA, "test")
        decisions.lock("regrouping", "open", "99999999", "test")
    assert planned(data, *FAR)[2]["edition"]["locks"] == 1
    assert planned(data, *FAR, "--without-saved")[2]["edition"]["locks"] == 0


def test_rooms_told_by_condition_are_known(tmp_path):
    profiles = school_edition.profiles().assign(classroom_count=None)
    counts = ("room_good_count", "room_light_count", "room_moderate_count", "room_heavy_count")
    told = profiles.assign(**dict(zip(counts, (6, 1, 0, 2), strict=True)))
    for table, unknown in ((told, False), (profiles, True)):
        data = school_edition.written(tmp_path / f"data{unknown}", school_year_profile=table)
        findings = {one["code"]: one for one in planned(data, *FAR)[2]["findings"]}
        assert ("regroup_rooms_unknown" in findings) is unknown
    assert "halaman Data" in findings["regroup_rooms_unknown"]["remedy"]


def test_a_finding_of_an_edition_names_its_school_and_the_page_to_mend_it_on(data):
    (one,) = (
        one
        for one in planned(data, *FAR)[2]["findings"]
        if one["code"] == "regroup_coordinate_missing"
    )
    assert one["npsn"] == MAWAR
    assert "halaman Data" in one["remedy"]
    assert "page Data" in one["remedy_en"]


def test_school_years_of_a_history_may_be_written_as_pairs(tmp_path, capsys):
    history = tmp_path / "H.csv"
    history.write_text("npsn,school_year,pupils\n1,2024/2025,30\n1,2025/26,30\n", encoding="utf-8")
    more = ("--history", str(history), "--years-running", "3")
    assert of_file(tmp_path, district(), *more)[0] == 0
    history.write_text("npsn,school_year,pupils\n1,2024/2026,30\n", encoding="utf-8")
    assert of_file(tmp_path, district(), *more)[0] == 1
    assert "Tahun bukan bilangan bulat" in capsys.readouterr().err


def test_heavily_damaged_rooms_can_be_switched_off_as_well(data, monkeypatch):
    monkeypatch.setattr("analytics.command_regroup.counts_heavy_rooms", lambda _: True)
    assert planned(data, *FAR)[2]["parameters"]["count_heavy_rooms"] is True
    off = planned(data, *FAR, "--no-count-heavy-rooms")[2]
    assert off["parameters"]["count_heavy_rooms"] is False


def test_one_level_can_be_asked_for_and_candidates_are_told_by_level(data, capsys):
    _, plan, told = planned(data, *FAR)
    assert told["counts"]["candidates_by_level"] == {"SD": 1, "SMP": 0}
    assert "Calon per jenjang, batasnya sama: SD 1 dari 3, SMP 0 dari 1" in capsys.readouterr().err
    _, plan, told = planned(data, *FAR, "--level", "SD")
    assert set(plan) == {MELATI, KENANGA, DAHLIA}
    assert "Calon per jenjang" not in capsys.readouterr().err
    assert planned(data, "--level", "TK")[0] == 1
    assert "belum berisi murid sekolah negeri TK" in capsys.readouterr().err


def test_heavily_damaged_rooms_of_an_edition_are_mended_on_the_page_data():
    details = {"count": 1, "rooms": 2, "name": KENANGA}
    fault = mended_at_data(Fault("edisi 1", "regroup_rooms_heavy", details=details))
    assert "halaman Data" in fault.remedy("id")
    assert "--count-heavy-rooms" in fault.remedy("en")
