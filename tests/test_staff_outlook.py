"""The projection on the overview: a chain that adds up, beside a story that stays as it was."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from pages.shared import access, exit_view, load_exits, staff_outlook
from pages.shared.exit_inputs import Scope
from tests.pages_alone import followed, page_alone
from tests.test_exits_page import gone, staff, written


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(tmp_path_factory.mktemp("data"), employee=staff(), exit=gone(4))


@pytest.fixture
def folder(data: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(access, "is_at_this_machine", lambda: True)
    monkeypatch.setenv("ESTAFET_DATA", str(data))
    monkeypatch.delenv("ESTAFET_STATE", raising=False)
    return data


def opened(**link: str) -> AppTest:
    return followed(page_alone("overview"), **link)


def scope(who: str = "asn") -> Scope:
    return Scope(load_exits.exit_key(), who, staff_outlook.SHOWN_YEARS)


@pytest.mark.usefixtures("folder")
def test_the_steps_lead_from_today_to_the_end_without_a_rest():
    opened()
    (_, start), *steps, (_, end) = staff_outlook.chain(scope())
    assert start + sum(value for _, value in steps) == pytest.approx(end)
    assert all(value < 0 for _, value in steps)
    assert any("Meninggal" in label for label, _ in steps)


@pytest.mark.usefixtures("folder")
def test_the_finding_tells_who_is_left_with_the_band():
    test = opened()
    last = exit_view.answer(scope()).years.iloc[-1]
    told = f"{last['staff_count']:.0f} ASN pada akhir 2036"
    assert told in " ".join(one.value for one in test.markdown)
    assert last["staff_p10"] <= last["staff_p50"] <= last["staff_p90"]


@pytest.mark.usefixtures("folder")
def test_who_is_counted_moves_the_projection():
    everybody, pns = opened(), opened(hitung="pns")
    said = [" ".join(one.value for one in test.markdown) for test in (everybody, pns)]
    assert "ASN" in said[0] and "PNS" in said[1]


@pytest.mark.usefixtures("folder")
def test_the_download_holds_the_same_numbers():
    opened()
    table = staff_outlook.table(scope())
    found = exit_view.answer(scope())
    assert table["P50"].tolist() == found.years["staff_p50"].tolist()
    assert table["Masih ada akhir tahun"].iloc[-1] == round(found.years["staff_count"].iloc[-1], 1)


@pytest.mark.usefixtures("folder")
def test_the_story_stands_before_the_projection_is_learnt(monkeypatch: pytest.MonkeyPatch):
    def nobody_learns(*_: object) -> None:
        raise RuntimeError("not yet")

    monkeypatch.setattr(load_exits, "learnt", nobody_learns)
    test = page_alone("overview").run()
    said = " ".join(str(one.proto.body) for one in test.get("html"))
    assert "pensiun dalam 12 bulan" in said and "es-source" in said
