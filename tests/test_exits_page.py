"""The page on exits: a small government with and without a history, and every control."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from analytics import state as decisions
from analytics import store, store_columns
from pages.shared import exit_inputs, exit_view, load_exits
from tests.pages_alone import followed, page_alone, shown

AS_OF = date(2026, 12, 31)
UNITS = ("Puskesmas Melati", "Puskesmas Mawar", "Puskesmas Tunggal")
NAME = "Nama Rekaan"


def staff(count: int = 60) -> pd.DataFrame:
    """Midwives and clerks of three units, born 1966 to 1995; one unit has one midwife."""
    rows = []
    for at in range(count):
        born = f"{1966 + at % 30}-{1 + at % 12:02d}-15"
        midwife = at % 3 != 0
        unit = UNITS[2] if at == 28 else UNITS[at % 2]
        employment = "PPPK" if at % 5 == 4 else "PNS"
        rows.append(
            {
                "nip": f"{born.replace('-', '')}200501{1 + at % 2}{at:03d}",
                "name": f"{NAME} {at}",
                "birth_date": pd.Timestamp(born),
                "sex": "P" if at % 2 else "L",
                "employment": employment,
                "is_in_headcount": True,
                "is_on_duty": True,
                "position": "Bidan Terampil" if midwife else "Pengadministrasi Perkantoran",
                "unit": unit,
                "opd": "Dinas Kesehatan",
                "appointed_on": pd.Timestamp("2005-01-01"),
                "contract_ends_on": pd.Timestamp("2028-12-31") if employment == "PPPK" else pd.NaT,
            }
        )
    frame = pd.DataFrame(rows)
    for column in store_columns.PEOPLE_TYPES:
        if column not in frame:
            frame[column] = pd.NA
    return store_columns.typed_people(frame)


def gone(years: int) -> pd.DataFrame:
    """Nine exits a year: deaths, transfers, and one nobody explained."""
    rows = []
    for back in range(years):
        for number in range(9):
            born = f"{1968 + 3 * number}0{1 + number % 9}10"
            rows.append(
                {
                    "nip": f"{born}199501{1 + number % 2}{500 + 10 * back + number:03d}",
                    "name": "Sudah Keluar",
                    "exited_on": pd.Timestamp(AS_OF.year - back, 1 + number, 15),
                    "cause": ("meninggal", "pindah_keluar", "tidak_diketahui")[min(number // 4, 2)],
                    "reason": "",
                    "origin": "list",
                    "is_day_known": True,
                    "position": "Bidan Terampil",
                    "unit": UNITS[number % 2],
                    "employment": "PNS",
                }
            )
    empty = pd.DataFrame(columns=list(store_columns.EXIT_TYPES))
    return pd.DataFrame(rows).reindex(columns=list(empty)).astype(store_columns.EXIT_TYPES)


def written(folder: Path, **tables: pd.DataFrame) -> Path:
    edition = store.write_edition(folder, tables, store.About(as_of=AS_OF))
    with decisions.opened(folder) as kept:
        kept.set_current_edition(edition.number, "uji")
    return folder


@pytest.fixture(scope="module")
def with_history(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(tmp_path_factory.mktemp("data"), employee=staff(), exit=gone(5))


@pytest.fixture(scope="module")
def without_history(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(tmp_path_factory.mktemp("data"), employee=staff())


def visited(
    monkeypatch: pytest.MonkeyPatch,
    folder: Path,
    name: str = "exits",
    *,
    sees_names: bool = True,
    **link: str,
) -> AppTest:
    """A page over data of one's own, as somebody who may or may not see names."""
    monkeypatch.setenv("ESTAFET_DATA", str(folder))
    monkeypatch.delenv("ESTAFET_STATE", raising=False)
    monkeypatch.setattr("pages.shared.access.may_see_names", lambda: sees_names)
    return followed(page_alone(name), **link)


def everything(test: AppTest) -> str:
    tables = " ".join(one.value.to_csv() for one in test.dataframe)
    figures = " ".join(one.proto.spec for one in test.get("plotly_chart"))
    lists = " ".join(str(one.options) for one in test.selectbox)
    return f"{shown(test)} {tables} {figures} {lists}"


def scope(**wanted: object) -> exit_inputs.Scope:
    return exit_inputs.Scope(load_exits.exit_key(), "asn", **wanted)


def test_the_finding_tells_how_many_leave_with_the_band_and_the_share_before_bup(
    with_history, monkeypatch
):
    test = visited(monkeypatch, with_history)
    found = exit_view.answer(scope())
    told = f"sekitar {found.leaver_count:.0f} ASN keluar ({found.leaver_low}-{found.leaver_high})"
    assert told in shown(test)
    assert found.leaver_low <= found.leaver_count <= found.leaver_high


def test_causes_and_years_add_up_to_those_who_are_no_longer_there(with_history, monkeypatch):
    visited(monkeypatch, with_history)
    found = exit_view.answer(scope())
    assert found.by_cause.to_numpy().sum() == pytest.approx(found.leaver_count)
    start = found.people_count
    staff_left = start - found.by_cause.sum(axis=1).cumsum().to_numpy()
    assert found.years["staff_count"].to_numpy() == pytest.approx(staff_left)


def test_a_figure_has_one_series_a_cause_with_what_was_seen_and_what_is_expected(
    with_history, monkeypatch
):
    test = visited(monkeypatch, with_history)
    found = exit_view.answer(scope())
    drawn = json.loads(test.get("plotly_chart")[0].proto.spec)
    by_name = {trace["name"]: trace for trace in drawn["data"] if trace["type"] == "bar"}
    assert len(by_name) == len(set(found.by_cause) | set(found.past))
    died, year = by_name["Meninggal dunia"], found.by_cause.index[0]
    seen, coming = found.past["meninggal"][year], found.by_cause["meninggal"][year]
    place = [at for at, one in enumerate(died["x"]) if one == year]
    assert [died["y"][at] for at in place] == pytest.approx([seen, coming])
    assert {died["text"][at] for at in place} == {
        f"Meninggal dunia: {seen:.0f} tercatat + {coming:.1f} diperkirakan".replace(".", ",")
    }


def test_shares_of_the_spread_are_a_whole(with_history, monkeypatch):
    test = visited(monkeypatch, with_history)
    shares = exit_view.answer(scope()).spread[["chance_share", "years_share", "level_share"]]
    assert shares.sum() == pytest.approx(1.0)
    assert "kebetulan siapa yang pergi" in shown(test)


@pytest.mark.parametrize(
    ("name", "value", "staff_moves"),
    [("keluar_dini", "200", True), ("perpanjangan", "50", True), ("mpp", "80", False)],
)
def test_every_lever_moves_its_number_and_stands_in_the_link(
    with_history, monkeypatch, name, value, staff_moves
):
    before = shown(visited(monkeypatch, with_history))
    test = visited(monkeypatch, with_history, **{name: value})
    after = shown(test)
    assert "Andai-andai: " in after and "Andai-andai: " not in before
    assert value in test.query_params[name]
    key = {"keluar_dini": "early_pct", "perpanjangan": "renewal_pct", "mpp": "mpp_pct"}[name]
    today, moved = exit_view.answer(scope()), exit_view.answer(scope(**{key: int(value)}))
    last = [one.years.iloc[-1] for one in (today, moved)]
    assert (last[1]["staff_count"] < last[0]["staff_count"] - 0.5) is np.bool_(staff_moves)
    assert last[1]["on_duty_count"] < last[0]["on_duty_count"] - 0.3


def test_a_lever_at_todays_value_changes_nothing(with_history, monkeypatch):
    plain = everything(visited(monkeypatch, with_history))
    test = visited(monkeypatch, with_history, keluar_dini="100", perpanjangan="100", mpp="0")
    assert everything(test) == plain
    assert not set(test.query_params) & {"keluar_dini", "perpanjangan", "mpp"}


def test_a_later_horizon_lets_more_people_go(with_history, monkeypatch):
    visited(monkeypatch, with_history)
    near, far = (exit_view.answer(scope(horizon_years=years)) for years in (2, 10))
    assert far.leaver_count > near.leaver_count
    assert "Sampai akhir 2036" in shown(visited(monkeypatch, with_history, horison="10"))


def test_the_only_midwife_of_a_unit_is_the_first_to_be_missed(with_history, monkeypatch):
    test = visited(
        monkeypatch,
        with_history,
        bagian_keluar="kekurangan",
        jabatan_kurang="jab:bidan",
        kurang_pada="2029",
    )
    table = exit_view.shortage(scope(), "jab:bidan", 1)
    at_year = table.loc[table["year"] == 2029].set_index("unit")["below_probability"]
    assert at_year.idxmax() == "Puskesmas Tunggal"
    assert 0 < at_year["Puskesmas Tunggal"] < 1
    assert "Puskesmas Tunggal" in shown(test)
    # Fewer than more is never less likely.
    more = exit_view.shortage(scope(), "jab:bidan", 5)
    assert (more["below_probability"] >= table["below_probability"] - 1e-12).all()


def test_no_chance_is_that_of_one_person(with_history, monkeypatch):
    # All who are not to go by law within the horizon have the same chance: that of their group.
    visited(monkeypatch, with_history)
    known = exit_view.learnt(scope())
    table = exit_view.shortage(scope(horizon_years=3), "jab:bidan", 1)
    own = known.people.index[known.people["unit"] == "Puskesmas Tunggal"]
    assert len(own) == 1
    stays = 1 - sum(each[own, :3].sum(axis=0) for each in known.hazards.values())
    single = 1 - float(np.prod(stays))
    last = table.loc[(table["unit"] == "Puskesmas Tunggal") & (table["year"] == 2029)]
    assert last["below_probability"].item() != pytest.approx(single, rel=1e-3)


def test_rates_are_shown_for_ten_people_and_more_only(with_history, monkeypatch):
    test = visited(monkeypatch, with_history, bagian_keluar="kelompok", laju_menurut="opd")
    assert "Dinas Kesehatan" in everything(test)
    rows = exit_view.group_rates(scope(), "opd")
    assert (rows["people_count"] >= 10).all()


@pytest.mark.parametrize("section", ["sebab", "pendorong", "kelompok", "kekurangan", "riwayat"])
@pytest.mark.parametrize("sees_names", [True, False])
def test_no_section_names_anybody(with_history, monkeypatch, section, sees_names):
    test = visited(monkeypatch, with_history, sees_names=sees_names, bagian_keluar=section)
    assert NAME not in everything(test) and "Sudah Keluar" not in everything(test)


def test_who_left_without_a_reason_waits_only_for_those_who_may_see_names(
    with_history, monkeypatch
):
    test = visited(monkeypatch, with_history, bagian_keluar="jelaskan")
    assert "Sudah Keluar" in everything(test)
    test = visited(monkeypatch, with_history, sees_names=False, bagian_keluar="jelaskan")
    assert "Sudah Keluar" not in everything(test)
    assert not any(str(one.key).startswith("exits-") for one in test.button)


def test_bounds_of_a_band_are_people_and_expectations_have_a_decimal(with_history, monkeypatch):
    test = visited(monkeypatch, with_history, bagian_keluar="sebab")
    [table] = [one.value for one in test.dataframe if "label" in one.value]
    by_row = table.set_index("label").map(str.strip)
    bounds = by_row.loc[[one for one in by_row.index if "(P10)" in one or "(P90)" in one]]
    assert len(bounds) == 4 and not bounds.map(lambda said: "," in said).any(axis=None)
    assert by_row.loc["Semua sebab"].str.contains(",").any()


def test_pimpinan_reads_no_small_count_of_the_past(with_history, monkeypatch):
    test = visited(monkeypatch, with_history, sees_names=False, bagian_keluar="riwayat")
    [table] = [one.value for one in test.dataframe if "total" in one.value]
    # Nine exits a year: four died, four moved, one nobody explained; nothing from 1 to 4 is told.
    assert table["meninggal"].str.strip().unique().tolist() == ["<5"]
    assert table["total"].str.strip().unique().tolist() == ["9"]


def test_without_a_history_the_usual_rates_are_called_usual(without_history, monkeypatch):
    test = visited(monkeypatch, without_history, bagian_keluar="pendorong")
    assert "Belum ada riwayat keluar di daerah ini" in shown(test)
    assert "bukan dari daerah ini" in shown(test)
    rows = exit_view.ratios(scope())
    assert set(rows["origin"]) == {"usual"}
    assert exit_view.answer(scope()).early_count > 0
    test = visited(monkeypatch, without_history, bagian_keluar="riwayat")
    assert "Belum ada riwayat keluar" in shown(test)


def test_a_list_of_those_who_retired_alone_is_said_to_be_one(tmp_path, monkeypatch):
    # Three years of a government of 4,500, in which nobody died.
    some, listed = staff(900), gone(3).assign(cause="bup")
    everyone = [
        some.assign(nip=some["nip"].str[:8] + f"2005{month:02d}" + some["nip"].str[14:])
        for month in range(1, 6)
    ]
    test = visited(monkeypatch, written(tmp_path, employee=pd.concat(everyone), exit=listed))
    assert "hanya memuat orang yang mencapai BUP" in shown(test)
    assert exit_view.answer(scope()).early_count > 10


def test_a_list_without_one_transfer_is_said_to_lack_them(tmp_path, monkeypatch):
    # Three years of a government of 4,500, nine exits a year, all deaths: even at the lowest rate,
    # 5 in 10,000 a year of those with a permanent post, five would have moved away, and nobody can
    # say that is too few; of ten such years fifty.
    some = staff(900)
    everyone = pd.concat(
        some.assign(nip=some["nip"].str[:8] + f"2005{month:02d}" + some["nip"].str[14:])
        for month in range(1, 6)
    )
    for years, is_said in ((3, False), (10, True)):
        listed = gone(years).assign(cause="meninggal")
        folder = tmp_path / str(years)
        told = shown(visited(monkeypatch, written(folder, employee=everyone, exit=listed)))
        assert ("tidak memuat seorang pun dengan sebab" in told) is is_said
        assert ("pindah_keluar" in exit_view.unlisted(scope())) is is_said


@pytest.mark.parametrize("section", ["pendorong", "kelompok"])
def test_rates_that_cannot_differ_by_post_are_said_not_to(
    tmp_path, with_history, monkeypatch, section
):
    listed = gone(5).assign(unit=pd.NA, position=pd.NA).astype(store_columns.EXIT_TYPES)
    folder = written(tmp_path, employee=staff(), exit=listed)
    told = "tidak dibedakan menurut unit kerja, kelompok jabatan"
    assert told in shown(visited(monkeypatch, folder, bagian_keluar=section))
    assert told not in shown(visited(monkeypatch, with_history, bagian_keluar=section))


@pytest.mark.parametrize("also_gone", [0, 3])
def test_who_is_listed_as_gone_and_still_on_the_roster_is_told(tmp_path, monkeypatch, also_gone):
    # Twelve of the staff stand on a list of leavers; with others who did leave, or alone.
    listed = gone(2).iloc[:12].assign(nip=staff()["nip"].iloc[:12].to_numpy())
    folder = written(
        tmp_path, employee=staff(), exit=pd.concat([listed, gone(also_gone)], ignore_index=True)
    )
    test = visited(monkeypatch, folder, bagian_keluar="riwayat")
    assert "12 orang dalam daftar keluar masih ada di daftar pegawai" in shown(test)
    assert "Belum ada riwayat keluar" not in shown(test)


def test_one_year_of_history_is_said_to_be_one(tmp_path, monkeypatch):
    folder = written(tmp_path, employee=staff(), exit=gone(1))
    test = visited(monkeypatch, folder)
    assert "Riwayat baru" in shown(test) and "acuan umum" in shown(test)


def test_without_an_edition_the_page_invites_to_load_one(tmp_path, monkeypatch):
    test = visited(monkeypatch, tmp_path)
    assert "Belum ada data" in shown(test)


def test_a_proposal_moves_the_dates_and_not_the_past(with_history, monkeypatch):
    visited(monkeypatch, with_history)
    today = exit_view.answer(scope())
    model = exit_view.learnt(scope()).model
    test = visited(monkeypatch, with_history, usul="plus_2")
    assert "Ini bukan hukum yang berlaku" in shown(test)
    key = load_exits.exit_key()
    assert key.people.choice == key.in_force.choice  # the link is read in the page only
    assert exit_view.learnt(scope()).model is model
    assert today.by_cause["bup"].sum() > 0


def test_a_cause_given_is_learnt_once_the_section_is_closed(tmp_path, monkeypatch):
    folder = written(tmp_path, employee=staff(), exit=gone(3))
    test = visited(monkeypatch, folder, bagian_keluar="jelaskan")
    before = shown(test)
    waiting = gone(3).query("cause == 'tidak_diketahui'").iloc[0]
    with decisions.opened(folder) as kept:
        kept.classify_exit(waiting["nip"], waiting["exited_on"].date(), "aps", "uji")
        version = kept.exits_version()
    test.run()
    assert test.session_state["exits_explaining"][0] != version
    assert shown(test).split("Dari lebar")[0] == before.split("Dari lebar")[0]
    test.session_state["bagian_keluar"] = "sebab"
    test.run()
    assert "exits_explaining" not in test.session_state
    assert "Pensiun atas permintaan sendiri" in everything(test)
