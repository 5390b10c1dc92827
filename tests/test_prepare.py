"""What is made ready before anybody asks for it."""

from __future__ import annotations

import shutil

import pytest

from analytics.regrouping_stored import PLAN, ROADS_SETTING
from analytics.store import StoreError
from pages.shared import load, load_scenarios, load_schools, prepare
from pages.shared.scenario_link import FIRST, named
from tests import scenario_city, school_edition


def test_the_page_on_scenarios_stands_ready_before_its_first_visitor(monkeypatch):
    monkeypatch.setenv("ESTAFET_DATA", str(scenario_city.folder()))
    monkeypatch.delenv("ESTAFET_STATE", raising=False)
    monkeypatch.setattr(prepare, "_wait_until_quiet", lambda: None)
    monkeypatch.setattr(
        load_schools.st, "empty", lambda: pytest.fail("drawn, and there is no visitor")
    )
    prepare.everything()
    asked = load_scenarios.key()
    assert load_scenarios.is_ready(asked)
    assert load_scenarios.run_name(asked, named(FIRST)) in load_scenarios.RUNS.work


def test_what_is_prepared_is_what_a_visitor_asks_for_whatever_was_saved(tmp_path, monkeypatch):
    folder = tmp_path / "data"
    shutil.copytree(scenario_city.folder(), folder)
    monkeypatch.setenv("ESTAFET_DATA", str(folder))
    monkeypatch.delenv("ESTAFET_STATE", raising=False)
    before, made = load_scenarios.key(), []
    monkeypatch.setattr(
        prepare.load_scenarios, "prepare", lambda asked, _: made.append(asked) or ()
    )
    watched = prepare.Watched()
    watched.look()
    load.state().lock(PLAN, "keep", "10100001", "uji")
    load.state().set_setting(ROADS_SETTING, {"sha256": "ab12"}, "uji")
    watched.look()
    after = load_scenarios.key()
    assert made == [before, after] and after != before
    assert (after.locks_version, after.roads) == (before.locks_version + 1, "ab12")


def test_locks_that_are_saved_have_the_page_made_ready_anew(monkeypatch):
    keys, made = iter(["a", "a", "b", "b"]), []
    monkeypatch.setattr(prepare.load, "edition", lambda: "edisi")
    monkeypatch.setattr(prepare.load_scenarios, "key", lambda: next(keys))
    monkeypatch.setattr(prepare, "everything", lambda: made.append("ready"))
    watched = prepare.Watched()
    for _ in range(4):
        watched.look()
    assert len(made) == 2 and watched.done == "b"


def test_a_damaged_edition_is_logged_once_and_again_when_it_is_another_fault(monkeypatch, caplog):
    wrong = iter([*["berkas rusak"] * 3, *["berkas hilang"] * 2])

    def damaged() -> None:
        raise StoreError(next(wrong))

    monkeypatch.setattr(prepare.load, "edition", damaged)
    watched = prepare.Watched()
    for _ in range(5):
        watched.look()
    assert len(caplog.records) == 2


def test_an_edition_without_people_is_no_fault_and_logs_no_traceback(tmp_path, monkeypatch, caplog):
    nobody = school_edition.roster().iloc[:0]
    monkeypatch.setenv("ESTAFET_DATA", str(school_edition.written(tmp_path, employee=nobody)))
    monkeypatch.delenv("ESTAFET_STATE", raising=False)
    monkeypatch.setattr(prepare, "_wait_until_quiet", lambda: None)
    caplog.set_level("INFO", logger="estafet")
    watched = prepare.Watched()
    watched.look()
    watched.look()
    told = [record for record in caplog.records if record.name == "estafet"]
    assert [(record.levelname, record.exc_info) for record in told] == [("INFO", None)]
    assert "pegawai" in told[0].getMessage()


def test_without_an_edition_nothing_is_prepared(tmp_path, monkeypatch):
    monkeypatch.setenv("ESTAFET_DATA", str(tmp_path))
    monkeypatch.delenv("ESTAFET_STATE", raising=False)
    prepare.everything()
