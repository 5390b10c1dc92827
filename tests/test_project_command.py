"""``python -m analytics project`` on an imported roster: whole, closing, and telling on nobody."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from analytics import command_project, exit_history, state
from analytics.__main__ import main
from tests import workbooks


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """An edition of a few hundred invented people and no history of exits: prior rates only."""
    folder = tmp_path_factory.mktemp("store")
    path = folder / "nominatif.xlsx"
    doctors = {"position": "Dokter Ahli Utama", "position_kind": "Jabatan Fungsional"}
    staff = [*workbooks.people(300), *(workbooks.person(at, **doctors) for at in range(300, 304))]
    workbooks.write_xlsx(path, workbooks.siasn_rows(staff))
    store = folder / "store"
    assert main(["init", "--data", str(store)]) == 0
    command = ["import", str(path), "--as-of", "2026-07-01", "--accept-partial"]
    assert main([*command, "--data", str(store)]) == 0
    return store


@pytest.fixture(scope="module")
def by_role(folder):
    out = folder / "role.csv"
    command = ["project", "--data", str(folder), "--years", "3", "--by", "role", "--below", "1"]
    assert main([*command, "--out", str(out)]) == 0
    return pd.read_csv(out)


def test_each_group_and_year_has_its_band_around_what_the_steps_leave(by_role):
    assert (by_role["staff_p10"] <= by_role["staff_p50"]).all()
    assert (by_role["staff_p50"] <= by_role["staff_p90"]).all()
    assert by_role["below_probability"].between(0, 1).all()
    steps = [column for column in by_role if column.startswith("change_")]
    change = by_role[steps].sum(axis=1)
    taken = change.groupby(by_role["role_group"], sort=False).cumsum()
    for left in (by_role["start_count"] + taken, by_role["opening_count"] + change):
        assert left.to_numpy() == pytest.approx(by_role["staff_count"].to_numpy(), abs=1e-4)


def test_chances_by_cause_are_told_of_no_group_of_fewer_than_ten(by_role):
    small = by_role["start_count"] < 10
    assert small.any() and not small.all()
    is_told = by_role["change_meninggal_count"].notna()
    assert is_told.any() and not is_told[small].any()
    assert (by_role["change_keluar_dini_count"].notna() == ~is_told).all()
    # Nor are they what is left when the others are taken from all.
    first = by_role["year"] == by_role["year"].min()
    assert by_role.loc[first & ~is_told, "start_count"].sum() >= 10


def test_the_account_by_month_sums_to_the_same_end(folder, by_role):
    out = folder / "account.csv"
    command = ["project", "--data", str(folder), "--years", "3", "--account", "--by", "role"]
    assert main([*command, "--out", str(out)]) == 0
    account = pd.read_csv(out)
    last = by_role["year"].max()
    end = by_role.loc[by_role["year"] == last, "staff_count"].sum()
    start = by_role.loc[by_role["year"] == last, "start_count"].sum()
    assert start + account["change_count"].sum() == pytest.approx(end, abs=1e-2)
    assert account["change_on_duty_count"].sum() >= account["change_count"].sum() - 1e-6


def test_the_day_the_planner_stated_is_the_day_exits_are_on_record_from(folder):
    def since() -> date | None:
        return command_project.facts_in_store(folder, []).since

    assert since() is None
    with state.opened(folder) as decisions:
        decisions.set_setting(exit_history.COMPLETE_FROM, "2021-03-01")
        assert since() == date(2021, 3, 1)
        decisions.set_setting(exit_history.COMPLETE_FROM, None)
    assert since() is None


def test_a_folder_without_an_edition_is_refused_with_what_to_do(tmp_path, capsys):
    assert main(["project", "--data", str(tmp_path), "--out", str(tmp_path / "x.csv")]) == 1
    assert "Impor daftar pegawai" in capsys.readouterr().err


def test_a_horizon_of_no_years_is_wrong_use(tmp_path):
    with pytest.raises(SystemExit) as stopped:
        main(["project", "--data", str(tmp_path), "--years", "0", "--out", "-"])
    assert stopped.value.code == 2
