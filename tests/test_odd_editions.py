"""Every page on editions as offices load them first; each says something true and never fails."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from app import PAGES
from pages.shared import load_exits, load_replacement, load_scenarios
from pages.shared.load_scenarios import RefusedError
from pages.shared.replacement_inputs import Wish
from tests import odd_editions
from tests.pages_alone import followed, opened, page_alone

COUNTS_STAFF = ("overview", "retirements", "exits", "replacement", "scenarios")


@pytest.fixture(scope="module", params=list(odd_editions.EDITIONS))
def edition(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("odd") / "data"
    return odd_editions.written(folder, request.param)


@pytest.mark.parametrize("page", [module for module, _, _ in PAGES])
def test_every_page_opens_on_every_odd_edition(edition, page, monkeypatch):
    monkeypatch.setenv("ESTAFET_DATA", str(edition))
    monkeypatch.delenv("ESTAFET_STATE", raising=False)
    # Starting a process of its own takes longer than learning from six people.
    monkeypatch.setattr(load_exits, "done_apart", lambda work, *given: work(*given))
    drawn = followed(page_alone(page))
    assert len(drawn.main)
    assert not [one.value for one in drawn.error]


@pytest.fixture
def loaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Path]:
    """Put an odd edition in force by its name."""
    monkeypatch.setattr(load_exits, "done_apart", lambda work, *given: work(*given))
    monkeypatch.delenv("ESTAFET_STATE", raising=False)

    def load(name: str) -> Path:
        folder = odd_editions.written(tmp_path / "data", name)
        monkeypatch.setenv("ESTAFET_DATA", str(folder))
        return folder

    return load


@pytest.mark.parametrize("page", COUNTS_STAFF)
def test_a_roster_of_which_nobody_counts_is_no_roster_of_nobody(loaded, page):
    loaded("nobody counts")
    said = opened(page_alone(page))
    assert "Tidak seorang pun di daftar pegawai terhitung" in said
    assert "6 orang ada di daftar" in said


def test_of_nobody_there_are_no_hazards(loaded):
    loaded("nobody counts")
    known = load_exits.learnt(load_exits.exit_key(), "")
    assert known.people.empty and known.hazards
    assert {each.shape for each in known.hazards.values()} == {(0, load_exits.HORIZON_YEARS + 1)}


def test_facts_that_make_no_scenario_are_refused_in_the_visitors_words(loaded):
    loaded("nobody counts")
    with pytest.raises(RefusedError, match="Dari 6 orang di daftar tidak seorang pun terhitung"):
        load_scenarios.stages(load_scenarios.key())


@pytest.mark.parametrize("page", ["replacement", "scenarios"])
@pytest.mark.parametrize("year", ["2019", "2021", "2023"])
def test_a_day_before_the_salary_tables_is_told_with_the_years_that_can_be_priced(
    loaded, year, page
):
    loaded(year)
    said = opened(page_alone(page))
    assert f"Gaji belum dapat dihitung bagi keadaan 1 September {year}" in said
    # PP 5/2024 and Perpres 11/2024: the tables of 1 January 2024.
    assert "daftar pegawai dengan keadaan 1 Januari 2024 atau sesudahnya" in said
    assert "Kembalikan tuas" not in said


@pytest.mark.parametrize("page", ["overview", "retirements", "replacement"])
def test_a_roster_without_a_known_title_leads_to_where_titles_are_matched(loaded, page):
    loaded("no title known")
    said = opened(page_alone(page))
    assert "Tidak satu jabatan pun dikenali" in said
    assert "bagian Jabatan belum dikenali" in said
    assert "Kosongkan saringan, atau" not in said


@pytest.mark.parametrize("page", ["exits", "scenarios"])
def test_people_whose_date_is_not_known_are_told_where_leaving_is_counted(loaded, page):
    loaded("no title known")
    # Small counts are hidden from leaders; six are none.
    assert "6 orang tanpa tanggal pensiun" in opened(page_alone(page))


def test_of_an_apbd_alone_nobody_says_that_schools_are_loaded(loaded):
    loaded("APBD only")
    said = opened(page_alone("import_data"))
    assert "Daftar pegawai dan data sekolah belum dimuat" in said
    assert "Data sekolah sudah ada" not in said


def test_where_nobody_can_move_there_is_no_mean_distance(loaded):
    loaded("one school")
    said = opened(page_alone("redistribution"))
    assert "Tidak satu pun dari" in said and "0,0 km" not in said


def test_of_one_school_the_page_on_mergers_asks_for_the_others(loaded):
    loaded("one school")
    assert "muat daftar sekolah yang lengkap" in opened(page_alone("regrouping"))


def test_what_newcomers_cost_is_asked_once_for_all_role_groups(loaded, monkeypatch):
    loaded("one school")
    asked, costs = [], load_replacement.newcomer_costs

    def counted(option: str, *given: object, **named: object) -> object:
        asked.append(option)
        return costs(option, *given, **named)

    monkeypatch.setattr(load_replacement, "newcomer_costs", counted)
    held = load_replacement.ground(load_replacement.key())
    for role in ("guru", "pelaksana"):
        wish = Wish(role, 2031, load_replacement.GapChoice(), load_replacement.PayChoice(), ())
        side = load_replacement.side_by_side(held, wish)
        assert np.isfinite(side.table.set_index("option").loc["cpns", "first_year_idr"])
    assert sorted(asked) == ["cpns", "mutasi_masuk", "pppk", "pppk_pw"]
