"""Unexplained exits on the page Data, driven as a planner drives it. Everybody is invented."""

from __future__ import annotations

from contextlib import closing
from datetime import date

import pytest
from streamlit.testing.v1 import AppTest

from analytics import import_data, state, store, store_tables
from analytics.edition_in_force import current_edition
from pages.shared import access
from tests.test_import_page import as_csv, clean, dropped, keys, person, press, said, visited

ROSTER = as_csv(person(1), person(2), person(3), person(4))
EXITS = as_csv(
    ["198001152005031005", "Uji Coba 5", "01-02-2026", "ikut suami"],
    ["198001152005031006", "Uji Coba 6", "01-03-2026", "Ikut Suami"],
    ["198001152005031007", "Uji <b>Coba</b> 7", "15-04-2026", "meninggal dunia"],
    header=["NIP", "Nama", "TMT Berhenti", "Alasan Berhenti"],
)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(access, "is_at_this_machine", lambda: True)
    monkeypatch.setenv("ESTAFET_DATA", str(tmp_path))
    monkeypatch.delenv("ESTAFET_STATE", raising=False)
    return tmp_path


@pytest.fixture
def two_rosters(folder, tmp_path):
    """Two rosters a year apart; two people are missing from the second."""
    for at, (rows, day) in enumerate(
        [((1, 2, 3, 4), date(2025, 1, 1)), ((1, 2), date(2026, 1, 1))], start=1
    ):
        path = tmp_path / f"pegawai-{at}.csv"
        path.write_bytes(as_csv(*(person(n) for n in rows)))
        import_data.load(folder, import_data.preview(folder, path, as_of=day), "uji")
    return folder


def section() -> AppTest:
    return visited("keluar")


@pytest.mark.usefixtures("folder")
def test_without_any_exit_the_page_says_what_to_load():
    assert "Belum ada riwayat keluar" in said(section())


@pytest.mark.usefixtures("two_rosters")
def test_people_missing_from_the_next_roster_wait_for_a_cause():
    app = section()
    assert "2 dari 2 keluar" in said(app)
    assert "**2** keluar sejak 1 Juli 2025 · 2 belum jelas sebabnya" in said(app)
    assert "perkiraan" in str(app.dataframe[0].value.to_dict())
    assert app.button(key="exits-save-0").disabled


def test_a_cause_chosen_is_remembered_with_who_said_it_and_can_be_taken_back(two_rosters):
    app = section()
    options = app.multiselect(key="exits-people-0").options
    assert len(options) == 2 and "2 Juli 2025" in options[0]
    first = ("198001152005031003", date(2025, 7, 2))
    clean(app.multiselect(key="exits-people-0").set_value([first]).run())
    clean(app.selectbox(key="exits-cause-0").set_value("meninggal").run())
    app = press(app, "exits-save-0")
    assert "1 dari 2 keluar" in said(app)
    with state.opened(two_rosters) as decisions:
        row = decisions.exit_classifications().iloc[0]
        assert row["cause"] == "meninggal"
        assert row["classified_by"] == decisions.audit_log().iloc[0]["actor"]
    [undo] = [key for key in keys(app) if key.startswith("exits-undo-")]
    app = press(app, undo)
    assert "2 dari 2 keluar" in said(app)


def test_a_list_of_exits_is_recognised_and_its_unknown_words_are_mapped_once_for_all(folder):
    press(dropped(visited(), ROSTER), "import-load-all")
    app = dropped(visited(), EXITS, "keluar.csv")
    assert "daftar pegawai yang keluar" in said(app)
    assert "2 di antaranya belum jelas sebabnya" in said(app)
    press(app, "import-load-all")
    app = section()
    assert "2 dari 3 keluar" in said(app)
    words = app.multiselect(key="exits-words-0")
    assert words.options == ["ikut suami · 2"]
    clean(words.set_value(["ikut suami"]).run())
    clean(app.selectbox(key="exits-word-cause-0").set_value("pindah_keluar").run())
    app = press(app, "exits-word-save-0")
    assert "Semua keluar sudah jelas sebabnya" in said(app)
    assert state.opened(folder).exit_reasons() == {"ikut suami": "pindah_keluar"}
    with closing(store.opened(current_edition(folder).path)) as connection:
        # What the planner said stays beside the facts; the edition is as it was.
        assert (store_tables.exits(connection)["cause"] == "tidak_diketahui").sum() == 2


@pytest.mark.usefixtures("two_rosters")
def test_since_when_the_list_is_complete_is_a_guess_until_somebody_says():
    app = section()
    assert "Dugaan dari banyaknya keluar per tahun" in said(app)
    clean(app.date_input(key="exits-since").set_value(date(2025, 9, 1)).run())
    app = press(app, "exits-since-save")
    assert "Ditetapkan" in said(app) and "1 September 2025" in said(app)
    app = press(app, "exits-since-forget")
    assert "Dugaan dari banyaknya keluar per tahun" in said(app)


def test_a_leader_sees_no_exit_and_no_form(two_rosters):
    with state.opened(two_rosters) as decisions:
        decisions.add_user("kepala", "kata sandi panjang", "pengelola")
        decisions.add_user("wali", "kata sandi panjang", "pimpinan")
    app = visited("keluar", user_name="wali")
    assert not any(key.startswith("exits") for key in keys(app))
    assert "Uji Coba" not in said(app)
    # Fewer than five people are not counted out to those who see no names.
    assert "**<5** keluar" in said(app)


@pytest.mark.usefixtures("two_rosters")
def test_the_section_alone_shows_nothing_to_those_who_may_not_see_names(monkeypatch):
    def alone() -> None:
        from pages.shared import exit_history

        exit_history.render()

    monkeypatch.setattr(access, "may_see_names", lambda: False)
    app = clean(AppTest.from_function(alone, default_timeout=60).run())
    assert not app.markdown and not app.button and not app.dataframe
