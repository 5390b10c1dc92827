"""The page on accuracy: its verdict, its controls, and what it says without a history."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from pages.shared import school_accuracy as accuracy
from tests import school_edition
from tests.pages_alone import opened, page_alone, shown


def waves() -> pd.DataFrame:
    """A history with something to find: births that fall, so that cohorts shrink year by year."""
    rows = []
    chance = np.random.default_rng(3)
    for place in range(12):
        for year in range(2012, 2027):
            for grade in range(1, 7):
                born = year - grade
                pupils = (20 + 3 * place) * np.exp(-0.04 * (born - 2010))
                rows.append((f"{20000000 + place}", year, grade, int(chance.poisson(pupils))))
    return pd.DataFrame(rows, columns=["npsn", "school_year", "grade", "pupil_count"])


def profiles() -> pd.DataFrame:
    one = school_edition.profiles().iloc[[0]]
    return pd.concat(
        [
            one.assign(npsn=f"{20000000 + place}", kecamatan="Timur" if place % 2 else "Barat")
            for place in range(12)
        ]
    )


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data")
    return school_edition.written(folder, enrolment=waves(), school_year_profile=profiles())


@pytest.fixture
def page(data: Path, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    monkeypatch.setenv("ESTAFET_DATA", str(data))
    return page_alone("backtest")


def rows(**changed: float) -> pd.DataFrame:
    usual = {
        "outcome_count": 50,
        "origin_count": 5,
        "error_share": 0.04,
        "naive_error_share": 0.06,
        "plain_error_share": 0.05,
        "covered_share": 0.8,
    }
    return pd.DataFrame([{"lead_years": lead, **(usual | changed)} for lead in (1, 2, 3)])


@pytest.mark.parametrize(
    ("changed", "kind", "said"),
    [
        ({}, "trust", "Prakiraan dapat dipakai: rata-rata meleset 4,0%, bila dianggap tetap 6,0%"),
        ({"error_share": 0.07}, "no_better", "Jangan andalkan dulu: rata-rata meleset 7,0%"),
        ({"covered_share": 0.5}, "narrow", "hanya 50% kenyataan ada di dalamnya"),
        ({"covered_share": 0.99}, "wide", "rentangnya hati-hati"),
        ({"outcome_count": 2}, "unknown", "riwayat terlalu pendek"),
    ],
)
def test_the_verdict_says_in_one_sentence_whether_to_trust(changed, kind, said):
    found = accuracy.verdict(rows(**changed))
    assert found.kind == kind
    assert said in accuracy.told(found)


def test_better_than_naive_but_not_than_plain_ratios_is_not_better():
    assert accuracy.verdict(rows(plain_error_share=0.03)).kind == "no_better"


def test_leads_at_which_a_simple_way_is_as_good_are_named():
    table = rows()
    table.loc[2, "naive_error_share"] = 0.04
    assert accuracy.verdict(table).worse_leads == (3,)


def test_the_page_gives_its_verdict_on_the_users_own_history(page):
    said = opened(page)
    assert "Meleset 1 tahun ke depan" in said
    assert "naif" in said
    assert any(word in said for word in ("dapat dipakai", "Jangan andalkan"))


@pytest.mark.parametrize("level", ["grade", "school", "district", "whole"])
def test_every_level_can_be_judged(page, level):
    before = opened(page)
    said = opened(page_alone("backtest"), dinilai=level)
    assert (said == before) is (level == "school")


def test_a_size_of_schools_changes_the_numbers(page):
    before = opened(page)
    options = page.selectbox(key="ukuran").options
    assert "Semua ukuran" in options
    assert len(options) > 1
    page.selectbox(key="ukuran").select_index(1).run()
    assert shown(page) != before
    assert page.query_params["ukuran"]


def test_the_table_holds_every_level_beside_naive_and_plain_ratios(page):
    opened(page)
    table = page.dataframe[0].value
    assert set(table["level_name"]) == {
        "Satu kelas",
        "Satu sekolah",
        "Satu tingkat di satu kecamatan",
        "Satu kecamatan",
        "Satu tingkat di seluruh daerah",
        "Seluruh daerah",
    }
    assert {"error_share", "naive_error_share", "plain_error_share", "covered_share"} <= set(table)


def test_a_link_with_nonsense_opens_the_page_as_if_it_were_not_there(page):
    before = opened(page)
    visitor = page_alone("backtest")
    assert opened(visitor, dinilai="negara", ukuran="raksasa") == before


def test_without_a_history_the_page_says_what_to_import(tmp_path, monkeypatch):
    now = school_edition.enrolment()
    school_edition.written(tmp_path, enrolment=now.loc[now["school_year"] == 2026])
    monkeypatch.setenv("ESTAFET_DATA", str(tmp_path))
    said = opened(page_alone("backtest"))
    assert "Prakiraan belum dapat diuji" in said
    assert "paling sedikit tiga tahun ajaran" in said


def test_english_is_spoken_throughout(page):
    page.session_state["lang"] = "en"
    said = opened(page)
    assert "How accurate is the forecast of pupils?" in said
    assert "Meleset" not in said
