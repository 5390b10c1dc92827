"""What is made ready before anybody asks for it."""

from __future__ import annotations

import pytest

from pages.shared import load_scenarios, load_schools, prepare
from pages.shared.scenario_link import FIRST, named
from tests import scenario_city


def test_the_page_on_scenarios_stands_ready_before_its_first_visitor(monkeypatch):
    monkeypatch.setenv("ESTAFET_DATA", str(scenario_city.folder()))
    monkeypatch.delenv("ESTAFET_STATE", raising=False)
    monkeypatch.setattr(prepare, "_wait_until_quiet", lambda: None)
    monkeypatch.setattr(
        load_schools.st, "empty", lambda: pytest.fail("drawn, and there is no visitor")
    )
    prepare.everything()
    asked = load_scenarios.key_in_force()
    assert load_scenarios.is_ready(asked)
    assert ("run", asked, named(FIRST).digest) in load_scenarios.RUNS.work


def test_without_an_edition_nothing_is_prepared(tmp_path, monkeypatch):
    monkeypatch.setenv("ESTAFET_DATA", str(tmp_path))
    monkeypatch.delenv("ESTAFET_STATE", raising=False)
    prepare.everything()
