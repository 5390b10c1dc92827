"""The tab on exits of the page on accuracy: judged on the edition's own past."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from analytics import exits_backtest
from pages.shared import exit_accuracy, load_exits
from tests.pages_alone import shown
from tests.test_exits_page import gone, staff, visited, written

PARTS = ("year", "cause", "age", "group", "within", "decile")


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(tmp_path_factory.mktemp("data"), employee=staff(), exit=gone(6))


def test_a_government_without_pupils_sees_its_exits_judged_first(data, monkeypatch):
    test = visited(monkeypatch, data, "backtest")
    assert "Seberapa tepat prakiraan pegawai yang keluar?" in shown(test)
    assert "Jumlah meleset" in shown(test) and "AUC" in shown(test)


@pytest.mark.parametrize("part", PARTS)
def test_every_part_is_shown_and_can_leave(data, monkeypatch, part):
    test = visited(monkeypatch, data, "backtest", uji="keluar", uji_menurut=part)
    assert len(test.dataframe) == 1 and len(test.dataframe[0].value)
    assert test.get("download_button")


def test_no_cutoff_sees_what_came_after_it(data, monkeypatch):
    visited(monkeypatch, data, "backtest")
    key = load_exits.exit_key()
    cutoffs = load_exits._cutoffs(key)
    assert cutoffs == tuple(sorted(cutoffs)) and cutoffs[-1].year == key.people.as_of.year - 1
    # Two whole years at least to learn from before the first.
    assert (cutoffs[0] - key.since).days >= 2 * 365
    rows = exit_accuracy.table(key)
    assert (rows.loc[rows["part"] == "year", "lead_years"].groupby(rows["cutoff"]).min() == 1).all()


def test_pimpinan_reads_no_small_count(data, monkeypatch):
    test = visited(
        monkeypatch, data, "backtest", sees_names=False, uji="keluar", uji_menurut="cause"
    )
    counts = test.dataframe[0].value["exit_count"].str.strip()
    assert not counts.isin(["1", "2", "3", "4"]).any()
    assert "Sudah Keluar" not in shown(test)


def test_too_short_a_history_is_said_to_be_too_short(tmp_path, monkeypatch):
    written(tmp_path, employee=staff(), exit=gone(2))
    test = visited(monkeypatch, tmp_path, "backtest", uji="keluar")
    assert "Prakiraan keluar belum dapat diuji" in shown(test)
    assert "paling sedikit tiga tahun penuh" in shown(test)


def rows(expected: float, rival: float, covered: bool) -> pd.DataFrame:
    years = [
        {
            "part": "year", "cutoff": "2020-01-01", "year": 2020 + lead, "lead_years": lead + 1,
            "exit_count": 100, "expected": expected, "is_covered": covered,
            **{f"expected_{name}": rival for name in ("mandatory", "age_rates", "last_year")},
        }
        for lead in range(4)
    ]  # fmt: skip
    first = {"part": "within", "cutoff": "2020-01-01", "lead_years": 1, "auc": 0.8,
             "auc_mandatory": 0.6, "auc_age_rates": 0.7, "auc_last_year": 0.6}  # fmt: skip
    return pd.DataFrame([*years, first]).reindex(columns=list(exits_backtest.COLUMNS))


@pytest.mark.parametrize(
    ("expected", "rival", "covered", "kind"),
    [
        (95, 80, True, "wide"),
        (95, 80, False, "narrow"),
        (80, 95, True, "no_better"),
        (95, 95, True, "no_better"),
    ],
)
def test_the_verdict_is_hard_on_what_is_no_better(expected, rival, covered, kind):
    found = exit_accuracy.verdict(rows(expected, rival, covered))
    assert found.kind == kind
    assert found.error_share == pytest.approx(abs(expected / 100 - 1))
    assert exit_accuracy.told(found)


def test_nothing_to_judge_is_unknown():
    assert exit_accuracy.verdict(rows(95, 80, True).head(2)).kind == "unknown"
