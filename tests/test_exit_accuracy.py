"""The tab on exits of the page on accuracy: judged on the edition's own past."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from analytics import exits_backtest
from pages.shared import exit_accuracy, load_exits
from tests.test_exits_page import gone, staff, written

PARTS = ("year", "cause", "age", "group", "within", "decile")


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(tmp_path_factory.mktemp("data"), employee=staff(), exit=gone(6))


def _page() -> None:
    from pages import backtest

    backtest.render()


def opened(
    monkeypatch: pytest.MonkeyPatch, folder: Path, *, sees_names: bool = True, **link: str
) -> AppTest:
    monkeypatch.setenv("ESTAFET_DATA", str(folder))
    monkeypatch.delenv("ESTAFET_STATE", raising=False)
    monkeypatch.setattr("pages.shared.access.may_see_names", lambda: sees_names)
    test = AppTest.from_function(_page, default_timeout=300)
    for name, value in link.items():
        test.query_params[name] = value
    test.run()
    assert not test.exception, [one.message for one in test.exception]
    return test


def said(test: AppTest) -> str:
    return " ".join(str(one.proto.body) for one in test.get("html"))


def test_a_government_without_pupils_sees_its_exits_judged_first(data, monkeypatch):
    test = opened(monkeypatch, data)
    assert "Seberapa tepat prakiraan pegawai yang keluar?" in said(test)
    assert "Jumlah meleset" in said(test) and "AUC" in said(test)


@pytest.mark.parametrize("part", PARTS)
def test_every_part_is_shown_and_can_leave(data, monkeypatch, part):
    test = opened(monkeypatch, data, uji="keluar", uji_menurut=part)
    assert len(test.dataframe) == 1 and len(test.dataframe[0].value)
    assert test.get("download_button")


def test_no_cutoff_sees_what_came_after_it(data, monkeypatch):
    opened(monkeypatch, data)
    key = load_exits.exit_key()
    cutoffs = load_exits._cutoffs(key)
    assert cutoffs == tuple(sorted(cutoffs)) and cutoffs[-1].year == key.people.as_of.year - 1
    # Two whole years at least to learn from before the first.
    assert (cutoffs[0] - key.since).days >= 2 * 365
    rows = exit_accuracy.table(key)
    assert (rows.loc[rows["part"] == "year", "lead_years"].groupby(rows["cutoff"]).min() == 1).all()


def test_pimpinan_reads_no_small_count(data, monkeypatch):
    test = opened(monkeypatch, data, sees_names=False, uji="keluar", uji_menurut="cause")
    counts = test.dataframe[0].value["exit_count"].str.strip()
    assert not counts.isin(["1", "2", "3", "4"]).any()
    assert "Sudah Keluar" not in said(test)


def test_too_short_a_history_is_said_to_be_too_short(tmp_path, monkeypatch):
    written(tmp_path, employee=staff(), exit=gone(2))
    test = opened(monkeypatch, tmp_path, uji="keluar")
    assert "Prakiraan keluar belum dapat diuji" in said(test)
    assert "paling sedikit tiga tahun penuh" in said(test)


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
