"""Decisions are kept, counted and guarded."""

from __future__ import annotations

import errno
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from analytics import state, state_accounts
from analytics.rules import LawChoice

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture
def decisions(tmp_path, monkeypatch):
    monkeypatch.delenv("ESTAFET_STATE", raising=False)
    with state.opened(tmp_path) as opened:
        yield opened


@pytest.fixture
def quick_hashing(monkeypatch):
    # The strength of the hash is tested once; here it would only cost time.
    monkeypatch.setitem(state_accounts._SCRYPT, "n", 2**4)


def test_a_new_folder_has_decided_nothing(decisions):
    assert decisions.current_edition() is None
    assert decisions.local_titles() == {}
    assert decisions.law_choice() == LawChoice()
    assert decisions.setting("government_name", "x") == "x"
    assert decisions.header_mapping("s") is None
    assert not decisions.has_users()
    assert decisions.audit_log().empty


def test_decisions_outlive_the_process_that_took_them(tmp_path, decisions):
    decisions.set_current_edition(3, "ani")
    decisions.set_setting("government_name", "Kota Contoh", "ani")
    decisions.remember_mapping("abc", {"Nomor Induk": "nip"}, "ani")
    decisions.map_title("guru ngaji", "guru", "ahli_pertama", "ani")
    with state.opened(tmp_path) as again:
        assert again.current_edition() == 3
        assert again.setting("government_name") == "Kota Contoh"
        assert again.header_mapping("abc") == {"Nomor Induk": "nip"}
        assert again.local_titles() == {"guru ngaji": ("guru", "ahli_pertama")}


def test_going_back_is_pointing_to_an_earlier_edition(decisions):
    for number in (1, 2, 1):
        decisions.set_current_edition(number, "ani")
    assert decisions.current_edition() == 1
    assert decisions.audit_log()["detail"].tolist() == ["1", "2", "1"]


def test_a_law_choice_comes_back_as_it_was_chosen(decisions):
    choice = LawChoice(proposal="plus_1", proposal_from=date(2028, 1, 1))
    decisions.set_law_choice(choice, "ani")
    assert decisions.law_choice() == choice


def test_every_change_that_moves_numbers_has_a_new_version(decisions):
    before = (
        decisions.local_titles_version(),
        decisions.law_choice_version(),
    )
    decisions.map_title("guru ngaji", "guru", "ahli_muda", "ani")
    decisions.unmap_title("guru ngaji", "ani")
    decisions.set_law_choice(LawChoice(proposal="none"), "ani")
    after = (
        decisions.local_titles_version(),
        decisions.law_choice_version(),
    )
    assert before == (0, 0)
    assert after == (2, 1)


@pytest.mark.usefixtures("quick_hashing")
def test_only_the_right_password_signs_in(decisions):
    decisions.add_user("Ani Rahma", "rahasia-besar", "perencana")
    assert decisions.signed_in("ani  rahma", "rahasia-besar") == state.User(
        "ani rahma", "perencana"
    )
    assert decisions.signed_in("ani rahma", "Rahasia-besar") is None
    assert decisions.signed_in("budi", "rahasia-besar") is None


def test_passwords_are_hashed_with_scrypt_and_a_salt_of_their_own(tmp_path, decisions):
    decisions.add_user("ani", "rahasia-besar", "pengelola")
    decisions.add_user("budi", "rahasia-besar", "pimpinan")
    engine = sa.create_engine(state.state_url(tmp_path))
    with engine.connect() as connection:
        rows = connection.execute(sa.text("SELECT salt, password_hash FROM account")).all()
    engine.dispose()
    assert len({row.salt for row in rows}) == len({row.password_hash for row in rows}) == 2
    # OWASP Password Storage Cheat Sheet, scrypt: N=2^16 (64 MiB), r=8, p=2.
    assert (
        state_accounts._SCRYPT["n"],
        state_accounts._SCRYPT["r"],
        state_accounts._SCRYPT["p"],
    ) == (2**16, 8, 2)
    for file in tmp_path.iterdir():
        assert b"rahasia-besar" not in file.read_bytes()


@pytest.mark.usefixtures("quick_hashing")
def test_after_five_failures_even_the_right_password_must_wait(decisions):
    decisions.add_user("ani", "rahasia-besar", "perencana")
    for _ in range(5):
        assert decisions.signed_in("ani", "salah-sekali") is None
    assert decisions.signed_in("ani", "rahasia-besar") is None
    assert 0 < decisions.sign_in_wait_seconds("ANI") <= state.FIRST_WAIT_SECONDS


@pytest.mark.usefixtures("quick_hashing")
def test_an_unknown_name_waits_like_a_known_one(decisions):
    for _ in range(5):
        decisions.signed_in("siapa", "salah-sekali")
    assert decisions.sign_in_wait_seconds("siapa") > 0


@pytest.mark.usefixtures("quick_hashing")
def test_the_wait_ends_and_a_good_sign_in_forgets_the_failures(decisions, monkeypatch):
    decisions.add_user("ani", "rahasia-besar", "perencana")
    for _ in range(5):
        decisions.signed_in("ani", "salah-sekali")

    class Later(datetime):
        @classmethod
        def now(cls, tz=None):
            return datetime.now(tz or UTC) + timedelta(seconds=state.FIRST_WAIT_SECONDS + 1)

    monkeypatch.setattr(state_accounts, "datetime", Later)
    assert decisions.signed_in("ani", "rahasia-besar") is not None
    assert decisions.signed_in("ani", "salah-sekali") is None
    assert decisions.sign_in_wait_seconds("ani") == 0


@pytest.mark.usefixtures("quick_hashing")
def test_a_short_password_an_unknown_role_and_a_taken_name_are_refused(decisions):
    with pytest.raises(state.StateError, match="terlalu pendek"):
        decisions.add_user("ani", "pendek", "perencana")
    with pytest.raises(state.StateError, match="Peran"):
        decisions.add_user("ani", "rahasia-besar", "raja")
    decisions.add_user("ani", "rahasia-besar", "perencana")
    with pytest.raises(state.StateError, match="sudah ada"):
        decisions.add_user("ANI", "rahasia-besar", "perencana")


@pytest.mark.usefixtures("quick_hashing")
def test_the_last_pengelola_cannot_be_removed_or_demoted(decisions):
    decisions.add_user("ani", "rahasia-besar", "pengelola")
    decisions.add_user("budi", "rahasia-besar", "perencana")
    with pytest.raises(state.StateError, match="pengelola terakhir"):
        decisions.remove_user("ani", "ani")
    with pytest.raises(state.StateError, match="pengelola terakhir"):
        decisions.set_role("ani", "pimpinan", "ani")
    decisions.set_role("budi", "pengelola", "ani")
    decisions.remove_user("ani", "budi")
    assert decisions.users() == [state.User("budi", "pengelola")]


@pytest.mark.usefixtures("quick_hashing")
def test_a_new_password_lifts_the_wait(decisions):
    decisions.add_user("ani", "rahasia-besar", "pengelola")
    for _ in range(6):
        decisions.signed_in("ani", "salah-sekali")
    decisions.set_password("ani", "rahasia-baru", "ani")
    assert decisions.signed_in("ani", "rahasia-baru") is not None


def test_a_broken_state_file_is_named_in_words(tmp_path):
    (tmp_path / state.FILE_NAME).write_bytes(b"bukan basis data " * 100)
    with pytest.raises(state.StateError, match="eriksa"):
        state.opened(tmp_path)


def test_the_address_of_the_database_is_never_repeated_in_an_error(tmp_path, monkeypatch):
    monkeypatch.setenv("ESTAFET_STATE", "postgresql://estafet:sandi-rahasia@localhost:1/x")
    with pytest.raises(state.StateError) as refused:
        state.opened(tmp_path)
    assert "sandi-rahasia" not in str(refused.value)


def test_estafet_state_names_another_database(tmp_path, monkeypatch):
    other = tmp_path / "lain.sqlite"
    monkeypatch.setenv("ESTAFET_STATE", f"sqlite:///{other.as_posix()}")
    with state.opened(tmp_path / "data") as decisions:
        decisions.set_current_edition(7, "ani")
    assert other.exists()
    assert not (tmp_path / "data" / state.FILE_NAME).exists()


COUNTING = """
import sys
from pathlib import Path
from analytics import state, state_accounts
with state.opened(Path(sys.argv[1])) as decisions:
    for step in range(25):
        decisions.map_title(f"{sys.argv[2]}-{step}", "guru", "-", "x")
        decisions.local_titles()
"""


def test_four_processes_deciding_at_once_lose_no_decision(tmp_path):
    # The version is read and written back: a lost update would leave it short of 4 x 25.
    running = [
        subprocess.Popen([sys.executable, "-c", COUNTING, str(tmp_path), name], cwd=ROOT)
        for name in "abcd"
    ]
    assert [process.wait(timeout=120) for process in running] == [0, 0, 0, 0]
    with state.opened(tmp_path) as decisions:
        assert decisions.local_titles_version() == 100
        assert len(decisions.local_titles()) == 100


def test_a_lock_of_a_plan_says_who_and_when_and_can_be_taken_back(decisions):
    decisions.lock("redistribution", "closed", "10000001", "ani")
    decisions.lock("redistribution", "closed", "10000001", "budi")
    decisions.lock("regrouping", "pair", "10000001", "ani", "10000002")
    locks = decisions.plan_locks("redistribution")
    assert locks[["kind", "thing_id", "other_id", "locked_by"]].to_numpy().tolist() == [
        ["closed", "10000001", "", "budi"]
    ]
    assert datetime.now(UTC) - locks["locked_at"].iloc[0] < timedelta(minutes=1)
    version = decisions.locks_version("redistribution")
    decisions.unlock("redistribution", "closed", "10000001", "ani")
    assert decisions.plan_locks("redistribution").empty
    assert decisions.locks_version("redistribution") == version + 1
    assert decisions.plan_locks("regrouping")["other_id"].tolist() == ["10000002"]


def test_keeping_locks_replaces_those_of_the_things_at_hand_and_of_no_others(decisions):
    decisions.lock("regrouping", "open", "10000001", "ani")
    decisions.lock("regrouping", "closed", "20000001", "ani")
    wanted = [("open", "10000001", ""), ("into", "10000002", "10000003")]
    decisions.keep_locks("regrouping", wanted, {"10000001", "10000002", "10000003"}, "budi")
    locks = decisions.plan_locks("regrouping").sort_values(["thing_id"])
    assert locks[["kind", "thing_id", "other_id", "locked_by"]].to_numpy().tolist() == [
        ["open", "10000001", "", "ani"],
        ["into", "10000002", "10000003", "budi"],
        ["closed", "20000001", "", "ani"],
    ]
    decisions.keep_locks("regrouping", [], {"10000001", "10000002", "10000003"}, "budi")
    assert decisions.plan_locks("regrouping")["thing_id"].tolist() == ["20000001"]


def test_locks_that_an_older_version_kept_in_a_setting_stand_among_the_locks(tmp_path):
    with state.opened(tmp_path) as older:
        older.set_setting(
            "regrouping_locks",
            {
                "SD": {
                    "opened": ["10000001"],
                    "closed": [],
                    "pairs": [["10000002", "10000003"]],
                    "forbidden": [["10000004", "10000005"]],
                    "by": "dewi",
                    "on": "2026-10-01",
                }
            },
            "dewi",
        )
    for _ in range(2):
        with state.opened(tmp_path) as decisions:
            locks = decisions.plan_locks("regrouping")
            assert decisions.setting("regrouping_locks") is None
        assert locks[["kind", "thing_id", "other_id"]].to_numpy().tolist() == [
            ["forbidden", "10000004", "10000005"],
            ["into", "10000002", "10000003"],
            ["open", "10000001", ""],
        ]
        assert set(locks["locked_by"]) == {"dewi"}
        assert set(locks["locked_at"].dt.strftime("%Y-%m-%d")) == {"2026-10-01"}


def test_decisions_on_a_disk_that_can_only_be_read_are_still_read(tmp_path, monkeypatch):
    with state.opened(tmp_path) as kept:
        kept.set_current_edition(1, "uji")

    def refused(*_: object) -> None:
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr(Path, "chmod", refused)
    with state.opened(tmp_path) as kept:
        assert kept.current_edition() == 1
