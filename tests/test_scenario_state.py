"""Scenarios are kept by revision, moved by those who may, and never overwritten unseen."""

from __future__ import annotations

import threading
from functools import partial

import pytest

from analytics import state
from analytics.state import StateError
from analytics.state_scenarios import ToKeep
from analytics.state_standings import MOVES, STANDINGS, may_move


@pytest.fixture
def decisions(tmp_path, monkeypatch):
    monkeypatch.delenv("ESTAFET_STATE", raising=False)
    with state.opened(tmp_path) as opened:
        yield opened


@pytest.fixture
def with_accounts(decisions, monkeypatch):
    from analytics import state_accounts

    monkeypatch.setitem(state_accounts._SCRYPT, "n", 2**4)
    for name, role in (("wali", "pimpinan"), ("ani", "perencana"), ("budi", "pengelola")):
        decisions.add_user(name, "rahasia-besar", role)
    return decisions


def test_a_scenario_comes_back_as_it_was_saved_with_every_revision(decisions):
    first = decisions.save_scenario("Guru dulu", "isi 1", "ani")
    second = decisions.save_scenario("Guru dulu", "isi 2", "ani", first.revision, "kuota dinaikkan")
    assert (first.revision, second.revision, second.standing) == (1, 2, "draft")
    assert decisions.saved_scenario("GURU  dulu") == second
    assert decisions.scenario_content(second.scenario_id, 1) == "isi 1"
    assert decisions.scenario_revisions(second.scenario_id)["comment"].tolist() == [
        "",
        "kuota dinaikkan",
    ]


def test_saving_what_is_already_there_makes_no_revision(decisions):
    saved = decisions.save_scenario("A", "isi", "ani")
    assert decisions.save_scenario("A", "isi", "ani", saved.revision).revision == 1


def test_who_saves_over_somebody_elses_revision_is_refused_by_name(decisions):
    saved = decisions.save_scenario("A", "isi", "ani")
    decisions.save_scenario("A", "isi Budi", "budi", saved.revision)
    with pytest.raises(StateError, match="budi sebagai revisi 2; yang Anda buka revisi 1"):
        decisions.save_scenario("A", "isi Ani", "ani", saved.revision)
    assert decisions.saved_scenario("A").content == "isi Budi"


def test_of_many_who_save_at_once_exactly_one_wins(decisions):
    opened = decisions.save_scenario("A", "isi", "ani")
    refused = []

    def save(number):
        try:
            decisions.save_scenario("A", f"isi {number}", f"orang {number}", opened.revision)
        except StateError as error:
            refused.append(str(error))

    workers = [threading.Thread(target=save, args=(number,)) for number in range(8)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert len(refused) == 7
    assert decisions.saved_scenario("A").revision == 2


def test_a_taken_name_is_refused_for_a_new_scenario(decisions):
    decisions.save_scenario("A", "isi", "ani")
    with pytest.raises(StateError, match="sudah dipakai"):
        decisions.save_scenario("a", "lain", "budi")


def test_a_scenario_goes_from_draft_to_locked_by_those_who_may(with_accounts):
    saved = with_accounts.save_scenario("A", "isi", "ani")
    steps = (("submitted", "ani", "perencana"), ("approved", "wali", "pimpinan"))
    for standing, actor, role in (*steps, ("locked", "budi", "pengelola")):
        saved = with_accounts.move_scenario(saved.scenario_id, standing, actor, role, revision=1)
        assert saved.standing == standing
    moves = with_accounts.scenario_moves(saved.scenario_id)
    assert moves["standing_to"].tolist() == ["submitted", "approved", "locked"]
    assert moves["moved_by"].tolist() == ["ani", "wali", "budi"]


@pytest.mark.parametrize("standing", ["submitted", "approved", "locked"])
def test_only_a_draft_is_edited(with_accounts, standing):
    saved = with_accounts.save_scenario("A", "isi", "ani")
    for to, actor, role in (
        ("submitted", "ani", "perencana"),
        ("approved", "wali", "pimpinan"),
        ("locked", "budi", "pengelola"),
    ):
        with_accounts.move_scenario(saved.scenario_id, to, actor, role, revision=1)
        if to == standing:
            break
    with pytest.raises(StateError, match="tidak diubah lagi"):
        with_accounts.save_scenario("A", "isi lain", "ani", 1)


@pytest.mark.parametrize(
    ("standing", "to"),
    [(one, to) for one in STANDINGS for to in STANDINGS if (one, to) not in MOVES],
)
def test_moves_that_skip_a_step_are_for_nobody(standing, to):
    assert not any(may_move(standing, to, role) for role in state.ROLES)


def test_who_submits_does_not_approve_it_too(with_accounts):
    saved = with_accounts.save_scenario("A", "isi", "budi")
    with_accounts.move_scenario(saved.scenario_id, "submitted", "budi", "pengelola", revision=1)
    with pytest.raises(StateError, match="usulannya sendiri"):
        with_accounts.move_scenario(saved.scenario_id, "approved", "budi", "pengelola", revision=1)


def test_a_planner_does_not_approve(with_accounts):
    saved = with_accounts.save_scenario("A", "isi", "ani")
    with_accounts.move_scenario(saved.scenario_id, "submitted", "ani", "perencana", revision=1)
    with pytest.raises(StateError, match="Peran perencana tidak dapat"):
        with_accounts.move_scenario(saved.scenario_id, "approved", "ani", "perencana", revision=1)


def test_a_role_that_the_account_does_not_have_is_refused(with_accounts):
    saved = with_accounts.save_scenario("A", "isi", "ani")
    with pytest.raises(StateError, match="tidak mempunyai peran pengelola"):
        with_accounts.move_scenario(saved.scenario_id, "submitted", "ani", "pengelola", revision=1)


def test_without_accounts_only_who_sits_at_the_machine_moves_anything(decisions):
    saved = decisions.save_scenario("A", "isi", "setempat")
    decisions.move_scenario(saved.scenario_id, "submitted", "setempat", "pengelola", revision=1)
    with pytest.raises(StateError, match="Belum ada akun"):
        decisions.move_scenario(saved.scenario_id, "approved", "tamu", "pimpinan", revision=1)


def test_nobody_approves_a_revision_they_have_not_seen(with_accounts):
    saved = with_accounts.save_scenario("A", "isi", "ani")
    with_accounts.save_scenario("A", "isi lain", "ani", 1)
    with pytest.raises(StateError, match="yang Anda buka revisi 1"):
        with_accounts.move_scenario(saved.scenario_id, "submitted", "ani", "perencana", revision=1)


def test_what_was_submitted_is_never_removed(with_accounts):
    saved = with_accounts.save_scenario("A", "isi", "ani")
    with_accounts.move_scenario(saved.scenario_id, "submitted", "ani", "perencana", revision=1)
    with_accounts.move_scenario(saved.scenario_id, "draft", "ani", "perencana", revision=1)
    with pytest.raises(StateError, match="tidak dihapus"):
        with_accounts.remove_scenario(saved.scenario_id, "ani", 1)
    other = with_accounts.save_scenario("B", "isi", "ani")
    with_accounts.remove_scenario(other.scenario_id, "ani", 1)
    assert [one.name for one in with_accounts.saved_scenarios()] == ["A"]


def test_nobody_removes_a_revision_they_have_not_seen(with_accounts):
    saved = with_accounts.save_scenario("A", "isi", "ani")
    with_accounts.save_scenario("A", "isi lain", "budi", 1)
    with pytest.raises(StateError, match="yang Anda buka revisi 1"):
        with_accounts.remove_scenario(saved.scenario_id, "ani", 1)
    assert [one.revision for one in with_accounts.saved_scenarios()] == [2]


def test_the_number_of_a_removed_scenario_is_given_to_no_other(decisions):
    first = decisions.save_scenario("A", "isi", "setempat")
    decisions.remove_scenario(first.scenario_id, "setempat", 1)
    second = decisions.save_scenario("B", "isi", "setempat")
    assert second.scenario_id > first.scenario_id
    assert decisions.saved_scenario(first.scenario_id) is None


def test_a_kept_result_says_by_what_it_was_computed(decisions):
    saved = decisions.save_scenario("A", "isi", "setempat")
    move = partial(decisions.move_scenario, saved.scenario_id, revision=1)
    move("submitted", "setempat", "pengelola")
    result = ToKeep({"edition": 3}, {"orang": 5}, "abc")
    move("approved", "setempat", "pengelola", result=result)
    kept = decisions.scenario_results(saved.scenario_id).iloc[0]
    assert (kept["provenance"], kept["output_sha256"]) == ('{"edition": 3}', "abc")
