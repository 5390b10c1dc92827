"""The frame, sign-in, and the pages on overview, method and administration, without a browser."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from analytics import state as decisions
from analytics import store, store_columns
from analytics.rules import LawChoice
from analytics.scenario import ScenarioError
from analytics.state import State
from pages.shared import access, chart_config, charts, layout, words
from pages.shared.layout import Column
from tests import school_edition
from tests.pages_alone import page_alone, read

APP = str(Path(__file__).resolve().parents[1] / "app.py")
AS_OF = date(2026, 11, 21)
PASSWORD = "sandi contoh untuk uji"
TEACHER, CLERK = "Guru Ahli Muda", "Pengadministrasi Perkantoran"


def roster(rows: Sequence[tuple[str, str, str]]) -> pd.DataFrame:
    """A people frame from (birth date, employment, position); names and NIP are invented."""
    frame = pd.DataFrame(rows, columns=["birth_date", "employment", "position"]).assign(
        nip=[
            f"{born.replace('-', '')}20010110{i:02d}"[:18].ljust(18, "1")
            for i, (born, _, _) in enumerate(rows, start=10)
        ],
        name=[f"Nama Rekaan {i}" for i in range(len(rows))],
        birth_date=pd.to_datetime([born for born, _, _ in rows]),
        is_in_headcount=True,
        is_on_duty=True,
        unit="SDN Rekaan 1",
        opd="Dinas Pendidikan",
    )
    for column, kind in store_columns.PEOPLE_TYPES.items():
        if column not in frame:
            frame[column] = pd.NaT if kind.startswith("datetime") else pd.NA
    return store_columns.typed_people(frame)


YOUNG = [(f"1990-01-{day:02d}", "PNS", TEACHER) for day in range(1, 7)]
# Law: guru 60 (UU 14/2005 art. 30), pelaksana 58 (UU 20/2023 art. 55); the date is the first of
# the month after the birthday. Born 10 January 1967: 1 February 2027. Born 31 December 1968:
# 1 January 2027.
OLD = [
    ("1967-01-10", "PNS", TEACHER),
    ("1967-01-11", "PNS", TEACHER),
    ("1967-01-12", "PPPK", TEACHER),
    ("1968-12-31", "PNS", CLERK),
    ("1968-12-30", "PPPK_PW", CLERK),
    ("1968-12-29", "PNS", CLERK),
]


def put(
    folder: Path, people: pd.DataFrame, *, is_synthetic: bool = False, as_of: date = AS_OF
) -> store.Edition:
    edition = store.write_edition(
        folder, {"employee": people}, store.About(as_of=as_of, is_synthetic=is_synthetic)
    )
    with decisions.opened(folder) as kept:
        kept.set_current_edition(edition.number, "uji")
    return edition


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    # There is no browser to ask where it is.
    monkeypatch.setattr(access, "is_at_this_machine", lambda: True)
    monkeypatch.setenv("ESTAFET_DATA", str(tmp_path))
    monkeypatch.delenv("ESTAFET_STATE", raising=False)
    return tmp_path


@pytest.fixture
def kept(folder: Path) -> State:
    with decisions.opened(folder) as state:
        yield state


def app(**query: str) -> AppTest:
    test = AppTest.from_file(APP, default_timeout=60)
    for name, value in query.items():
        test.query_params[name] = value
    return test.run()


def page(name: str, **session: object) -> AppTest:
    test = page_alone(name)
    for key, value in session.items():
        test.session_state[key] = value
    return test.run()


def text(test: AppTest) -> str:
    """Everything that can be read on the page."""
    assert not test.exception, test.exception[0].value
    parts = [read(element.proto.body) for element in test.get("html")]
    parts += [element.value for element in [*test.markdown, *test.error, *test.info, *test.success]]
    return "\n".join(parts)


def signed_in_as(kept: State, role: str, **query: str) -> AppTest:
    if not kept.has_users():
        kept.add_user("pengelola contoh", PASSWORD, "pengelola")
    if role != "pengelola":
        kept.add_user(f"{role} contoh", PASSWORD, role)
    test = app(**query)
    test.text_input[0].set_value(f"{role} contoh")
    test.text_input[1].set_value(PASSWORD)
    return test.button[0].click().run()


# Frame and sign-in


@pytest.mark.usefixtures("folder")
def test_an_empty_store_invites_to_load_data():
    assert "Belum ada data" in text(app())


@pytest.mark.parametrize(
    "module", ["overview", "retirements", "exits", "replacement", "scenarios", "import_data"]
)
def test_with_schools_and_no_staff_a_page_says_what_to_load(folder, module):
    school_edition.written(folder, employee=school_edition.roster().iloc[:0])
    said = "Data sekolah sudah ada" if module == "import_data" else "Belum ada daftar pegawai"
    assert f"<h1>{said}" in text(page(module))


# Question of the first page -> the address and what stands behind it.
ANSWERS = {
    "Siapa pergi pada 2027?": ("pensiun", "rinci=nama&tahun=2027"),
    "Cara terbaik yang sah untuk mengisinya?": ("skenario", "s=best_mix"),
    "Lewat batas 30% pada 2027?": ("skenario", "s=do_nothing&rinci=batas"),
    "Sekolah mana digabung, siapa berjalan lebih jauh?": ("regrouping", ""),
    "Seberapa dapat dipercaya?": ("ketepatan", ""),
}


def asked_on(first_page: AppTest) -> dict[str, tuple[str, str]]:
    """The questions of the first page, each with the address and the query it leads to."""
    text(first_page)
    links = {
        one.proto.label: (one.proto.page, one.proto.query_string)
        for one in first_page.get("page_link")
    }
    return {label: found for label, found in links.items() if label.endswith("?")}


@pytest.mark.parametrize("role", ["perencana", "pimpinan"])
def test_the_first_page_leads_to_five_answers_whoever_asks(folder, kept, role):
    put(folder, roster(OLD + YOUNG))
    assert asked_on(signed_in_as(kept, role)) == ANSWERS


def test_who_leaves_next_year_is_answered_to_leaders_too(folder, kept):
    put(folder, roster(OLD + YOUNG))
    kept.add_user("pengelola contoh", PASSWORD, "pengelola")
    kept.add_user("pimpinan contoh", PASSWORD, "pimpinan")
    test = page_alone("retirements")
    test.session_state["user_name"] = "pimpinan contoh"
    for name, value in (("rinci", "nama"), ("tahun", "2027"), ("hitung", "all")):
        test.query_params[name] = value
    said = text(test.run())
    # Of the six of OLD each leaves in 2027; leaders see how many by unit, and no name.
    assert "6 orang" in said and "jumlah per unit" in said
    assert "Nama Rekaan" not in str(test.dataframe[0].value)


@pytest.mark.parametrize("year", [2019, 2021])
def test_the_first_page_of_a_day_before_the_limit_asks_the_rest(folder, year):
    put(folder, roster(OLD + YOUNG), as_of=date(year, 9, 1))
    asked = asked_on(app())
    # UU 1/2022 was signed on 5 January 2022.
    assert not [label for label in asked if "batas" in label] and len(asked) == 4


def test_with_accounts_nobody_sees_anything_before_signing_in(folder, kept):
    put(folder, roster(OLD + YOUNG))
    kept.add_user("pengelola contoh", PASSWORD, "pengelola")
    test = app()
    assert "pensiun" not in text(test).casefold()
    assert test.text_input[1].label == "Kata sandi"


def test_a_wrong_password_is_refused_and_the_right_one_let_in(folder, kept):
    put(folder, roster(OLD + YOUNG))
    kept.add_user("pengelola contoh", PASSWORD, "pengelola")
    test = app()
    test.text_input[0].set_value("pengelola contoh")
    test.text_input[1].set_value("bukan ini")
    test.button[0].click().run()
    assert "tidak cocok" in text(test)
    test.text_input[1].set_value(PASSWORD)
    test.button[0].click().run()
    assert "ASN pensiun dalam 12 bulan sejak 21 November 2026" in text(test)
    assert {"signed_in", "sign_in_failed"} <= set(kept.audit_log()["action"])


def test_signing_out_closes_the_page_again(folder, kept):
    put(folder, roster(OLD + YOUNG))
    test = signed_in_as(kept, "pengelola")
    test.button(key="sign_out").click().run()
    assert "pensiun" not in text(test).casefold()


def test_a_reload_keeps_the_visitor_signed_in_and_a_forged_cookie_does_not(kept, monkeypatch):
    kept.add_user("pengelola contoh", PASSWORD, "pengelola")
    cookie = access._cookie_for("pengelola contoh")
    assert access._named_by(cookie) == "pengelola contoh"
    name, until, signature = cookie.split(".")
    for forged in (
        f"{b'wali kota'.hex()}.{until}.{signature}",
        f"{name}.{int(until) + 1}.{signature}",
        f"{name}.{until}.{signature[:-1]}é",
        f"{name}.{until}",
        "",
        None,
    ):
        assert access._named_by(forged) is None
    monkeypatch.setattr(access.time, "time", lambda: int(until) + 1.0)
    assert access._named_by(cookie) is None


def test_the_key_that_signs_cookies_is_closed_to_others(folder):
    access._cookie_for("pengelola contoh")
    assert (folder / "session.key").stat().st_mode & 0o077 == 0


def test_a_removed_account_is_out_at_its_next_click(folder, kept):
    put(folder, roster(OLD + YOUNG))
    test = signed_in_as(kept, "perencana")
    assert "pensiun" in text(test)
    kept.remove_user("perencana contoh", "uji")
    assert "pensiun" not in text(test.run()).casefold()


def test_the_switch_turns_the_page_to_english_and_the_link_keeps_it(folder):
    put(folder, roster(OLD + YOUNG))
    test = app()
    test.segmented_control(key="lang").set_value("en").run()
    assert "in the 12 months from" in text(test)
    assert test.query_params["lang"] == "en"
    assert "in the 12 months from" in text(app(lang="en"))
    assert "dalam 12 bulan" in text(app(lang="xx"))


def test_an_unexpected_error_shows_a_number_and_no_detail(folder, monkeypatch, caplog):
    put(folder, roster(OLD + YOUNG))

    def broken(*_: object) -> None:
        raise ValueError("rahasia 199001012015011001")

    monkeypatch.setattr("pages.overview.figures", broken)
    test = app()
    said = text(test)
    assert "Maaf" in said
    assert "rahasia" not in said
    number = said.split("nomor ")[1].split()[0]
    assert number in caplog.text
    assert "rahasia" in caplog.text


@pytest.mark.parametrize(
    ("headers", "ip_address", "is_here"),
    [
        ({"Host": "localhost:8501"}, None, True),
        ({"Host": "127.0.0.1:8501"}, None, True),
        ({"Host": "[::1]:8501"}, None, True),
        ({"Host": "localhost:8501"}, "10.0.0.7", False),
        ({"Host": "localhost:8501", "X-Forwarded-For": "10.0.0.7"}, None, False),
        ({"Host": "kepegawaian.kota.example"}, None, False),
        ({"Host": "10.0.0.7:8501"}, None, False),
    ],
)
def test_only_a_browser_on_this_machine_manages_an_open_app(
    monkeypatch, headers, ip_address, is_here
):
    context = SimpleNamespace(headers=headers, ip_address=ip_address)
    monkeypatch.setattr(access.st, "context", context)
    assert access.is_at_this_machine() is is_here


def test_whatever_was_written_for_people_is_shown_in_their_language(folder, monkeypatch):
    put(folder, roster(OLD + YOUNG))

    def refused(*_: object) -> None:
        raise ScenarioError("Muat lagi daftar pegawai.", "Load the roster again.")

    monkeypatch.setattr("pages.overview.figures", refused)
    assert "Muat lagi daftar pegawai." in text(app())
    assert "Load the roster again." in text(app(lang="en"))


# Overview


def test_the_overview_counts_who_leaves_within_twelve_months(folder):
    put(folder, roster(OLD + YOUNG))
    said = text(app())
    # Of ASN (PNS and P3K): three teachers and two clerks; P3K paruh waktu are not ASN here.
    assert "5 ASN pensiun dalam 12 bulan sejak 21 November 2026; puncaknya 2027" in said
    assert "Dalam 12 bulan itu 5 dari 11 ASN pensiun (45,5%), 3 di antaranya pendidik." in said


@pytest.mark.parametrize(("counted", "found"), [("pns", "4 PNS"), ("all", "6 pegawai")])
def test_the_switch_and_the_link_count_the_same_people(folder, counted, found):
    put(folder, roster(OLD + YOUNG))
    test = app()
    test.segmented_control(key="hitung").set_value(counted).run()
    assert f"{found} pensiun dalam 12 bulan" in text(test)
    assert test.query_params["hitung"] == counted
    assert f"{found} pensiun dalam 12 bulan" in text(app(hitung=counted))


def test_nonsense_in_a_link_is_ignored(folder):
    put(folder, roster(OLD + YOUNG))
    assert "5 ASN pensiun" in text(app(hitung="<script>", usul="nihil", usul_mulai="xx"))


@pytest.mark.parametrize(
    ("people", "said"),
    [
        (YOUNG, "Tidak ada ASN yang pensiun sampai akhir 2040"),
        ([*YOUNG, OLD[0]], "1 ASN pensiun dalam 12 bulan sejak 21 November 2026; puncaknya 2027"),
        ([*YOUNG, OLD[0]], "1 dari 7 ASN pensiun (14,3%), semuanya pendidik."),
        ([*YOUNG, OLD[3]], "1 dari 7 ASN pensiun (14,3%), tidak seorang pun pendidik."),
        ([OLD[3]], "1 dari 1 ASN pensiun (100,0%)."),
        ([("1980-05-05", "PNS", "Xqzt Tak Dikenal")], "tidak satu jabatan pun dikenali"),
        ([("1990-01-01", "PPPK_PW", TEACHER)], "Tidak ada ASN dalam data ini"),
        ([*YOUNG, ("1960-01-01", "PNS", CLERK)], "Di dalamnya 1 orang yang tanggalnya sudah lewat"),
        ([*YOUNG, OLD[3]], "Dalam 3 tahun 1 jabatan yang hanya dipegang satu orang"),
    ],
)
def test_the_sentences_are_right_at_the_edges(folder, people, said):
    put(folder, roster(people))
    assert said in text(app())


def test_the_large_figures_are_five(folder):
    put(folder, roster(OLD + YOUNG))
    assert text(app()).count('class="es-key"') == 5


def test_only_the_sample_city_is_called_a_sample(folder):
    put(folder, roster(OLD + YOUNG))
    assert "sintetis" not in text(app())
    put(folder, roster(OLD + YOUNG), is_synthetic=True)
    assert "Data contoh (sintetis)" in text(app())
    assert "Sample data (synthetic)" in text(app(lang="en"))


def test_people_without_a_date_are_pointed_out(folder):
    put(folder, roster([*OLD, *YOUNG, ("1980-05-05", "PNS", "Xqzt Tak Dikenal")]))
    assert "1 orang tanpa tanggal pensiun" in text(app())


def test_a_leader_sees_no_count_under_five(folder, kept):
    put(folder, roster(OLD + YOUNG))
    said = text(signed_in_as(kept, "pimpinan", hitung="pns"))
    assert "&lt;5 PNS pensiun dalam 12 bulan sejak 21 November 2026" in said
    assert "4 PNS" not in said
    assert "<5" in words.t("{n}", n=layout.HIDDEN_COUNT)


def test_a_proposal_in_the_link_moves_the_dates_and_says_so(folder):
    put(folder, roster(OLD + YOUNG))
    # Two years later from 2027 on: nobody of these leaves within twelve months.
    said = text(app(usul="plus_2"))
    assert "Ini bukan hukum yang berlaku" in said
    assert "5 ASN pensiun" not in said
    assert "puncaknya 2029" in said


def test_the_chart_states_what_it_shows(folder):
    put(folder, roster(OLD + YOUNG))
    test = app()
    figure = test.get("plotly_chart")[0].proto.spec
    assert "Pensiun terbanyak pada 2027: 5 orang" in figure.replace("<br>", " ").replace(
        "\\u003cbr\\u003e", " "
    )


def test_what_the_screen_draws_unchecked_is_what_the_tests_check(folder, monkeypatch):
    put(folder, roster(OLD + YOUNG))
    checked = [json.loads(one.proto.spec) for one in page("overview").get("plotly_chart")]
    monkeypatch.setattr(charts, "IS_CHECKED", False)
    drawn = [json.loads(one.proto.spec) for one in page("overview").get("plotly_chart")]
    assert len(drawn) == len(checked) > 1
    for ours, theirs in zip(drawn, checked, strict=True):
        # Checking adds Plotly's own look where a figure has none.
        for one in (ours, theirs):
            one["layout"].pop("template", None)
        assert ours == theirs


def test_a_damaged_edition_says_what_to_do(folder):
    edition = put(folder, roster(OLD + YOUNG))
    edition.path.unlink()
    assert "Pilih edisi lain" in text(app())


# Method


@pytest.mark.parametrize("section", ["hukum", "aturan", "rumus", "istilah"])
def test_every_section_of_the_method_opens(folder, section):
    put(folder, roster(OLD + YOUNG))
    test = page("method")
    test.segmented_control(key="isi").set_value(section).run()
    assert "aturan BUP" in text(test)


@pytest.mark.parametrize(
    "table",
    [
        *("umur", "pola", "kelompok", "status", "rombel", "jam", "guru", "mengajar", "swasta"),
        *("gabung", "keluar", "sebab", "proyeksi", "gaji", "komponen", "golongan"),
        *("pilihan", "layanan"),
    ],
)
def test_every_rule_table_is_shown_with_its_sources(folder, table):
    put(folder, roster(OLD + YOUNG))
    test = page("method")
    test.segmented_control(key="isi").set_value("aturan").run()
    test.selectbox(key="tabel").set_value(table).run()
    text(test)
    assert len(test.dataframe[0].value) > 1
    assert {"source", "sure", "checked_on"} <= set(test.dataframe[0].value.columns)


def test_a_reading_chosen_by_a_planner_holds_for_everybody(folder, kept):
    put(folder, roster(OLD + YOUNG))
    test = page("method")
    test.radio(key="reading-pengawas_sekolah").set_value("jenjang").run()
    assert kept.law_choice().readings == (("pengawas_sekolah", "jenjang"),)
    assert "1 pilihan setempat" in text(test)
    assert "1 pilihan setempat" in text(app())
    test.radio(key="reading-pengawas_sekolah").set_value("semua_60").run()
    assert kept.law_choice().readings == ()


def test_a_leader_sees_the_reading_and_cannot_change_it(folder, kept):
    put(folder, roster(OLD + YOUNG))
    kept.add_user("pengelola contoh", PASSWORD, "pengelola")
    kept.add_user("pimpinan contoh", PASSWORD, "pimpinan")
    test = page("method", user_name="pimpinan contoh")
    assert all(radio.disabled for radio in test.radio)
    assert not [button for button in test.button if button.key == "age-save"]


def test_an_unconfirmed_age_can_be_set_locally_and_taken_back(folder, kept):
    put(folder, roster(OLD + YOUNG))
    test = page("method")
    post = test.selectbox(key="age-post").options[0]
    test.button(key="age-save").click().run()
    ((role_group, jenjang, age),) = kept.law_choice().local_ages
    assert "disesuaikan setempat" in text(test)
    assert post
    test.button(key=f"age-back-{role_group}|{jenjang}").click().run()
    assert kept.law_choice().local_ages == ()
    assert 50 <= age <= 75


def test_a_reading_that_the_rules_no_longer_know_is_left_aside(folder, kept):
    put(folder, roster(OLD + YOUNG))
    kept.set_law_choice(LawChoice(readings=(("dahulu", "begini"),)), "uji")
    assert "5 ASN pensiun" in text(app())


def test_the_proposal_is_explained_with_its_rows(folder):
    put(folder, roster(OLD + YOUNG))
    test = page("method")
    test.selectbox(key="usul").set_value("korpri_2025").run()
    # Korpri letter B-122/KU/V/2025: JPT utama 65.
    ages = test.dataframe[0].value["age_years"].str.strip()
    assert ages.iloc[0] == "65"


# Administration


def test_the_first_account_closes_the_open_door(kept):
    test = page("administration")
    assert "Belum ada akun" in text(test)
    test.text_input(key="new_name").set_value("pengelola contoh")
    test.text_input(key="new_password").set_value(PASSWORD)
    test.button[-1].click().run()
    assert [(user.name, user.role) for user in kept.users()] == [("pengelola contoh", "pengelola")]
    assert "1 akun dapat masuk" in text(test)


def test_a_short_password_is_refused_in_words(kept):
    test = page("administration")
    test.text_input(key="new_name").set_value("pengelola contoh")
    test.text_input(key="new_password").set_value("1")
    test.button[-1].click().run()
    assert "terlalu pendek" in text(test)
    assert not kept.has_users()


@pytest.fixture
def managed(folder: Path, kept: State) -> AppTest:
    put(folder, roster(OLD + YOUNG))
    kept.add_user("pengelola contoh", PASSWORD, "pengelola")
    kept.add_user("perencana contoh", PASSWORD, "perencana")
    return page("administration", user_name="pengelola contoh")


def test_the_audit_log_says_in_words_who_did_what(managed, kept):
    kept.log("perencana contoh", "unduh", "pensiun-edisi-1.csv, 12 baris")
    managed.segmented_control(key="kelola").set_value("jejak").run()
    first = managed.dataframe[0].value.iloc[0]
    assert (first["actor"], first["action"]) == ("perencana contoh", "mengunduh")


def test_a_role_can_be_changed_but_not_that_of_the_last_manager(managed, kept):
    managed.selectbox(key="role-perencana contoh").set_value("pimpinan").run()
    roles = {user.name: user.role for user in kept.users()}
    assert roles["perencana contoh"] == "pimpinan"
    managed.selectbox(key="role-pengelola contoh").set_value("pimpinan").run()
    assert {user.name: user.role for user in kept.users()}["pengelola contoh"] == "pengelola"
    assert managed.error


def test_a_password_can_be_changed(managed, kept):
    managed.text_input(key="secret-perencana contoh").set_value("sandi lain untuk uji")
    next(b for b in managed.button if "password-perencana contoh" in b.proto.form_id).click().run()
    assert kept.signed_in("perencana contoh", "sandi lain untuk uji")


def test_an_account_can_be_removed(managed, kept):
    managed.button(key="remove-perencana contoh").click().run()
    assert [user.name for user in kept.users()] == ["pengelola contoh"]


@pytest.mark.usefixtures("managed")
def test_a_planner_does_not_get_into_administration():
    test = page("administration", user_name="perencana contoh")
    assert test.title[0].value == "Halaman ini untuk peran lain"
    assert not test.text_input


def test_a_visitor_from_elsewhere_is_a_leader_while_the_app_is_open(folder, monkeypatch):
    put(folder, roster(OLD + YOUNG))
    monkeypatch.setattr(access, "is_at_this_machine", lambda: False)
    assert page("administration").title[0].value == "Halaman ini untuk peran lain"
    assert "&lt;5 PNS" in text(app(hitung="pns"))


def test_an_earlier_edition_is_put_in_force_with_one_click(managed, folder, kept):
    put(folder, roster(YOUNG))
    assert kept.current_edition() == 2
    managed.segmented_control(key="kelola").set_value("edisi").run()
    managed.button(key="put_edition").click().run()
    assert kept.current_edition() == 1


@pytest.mark.parametrize("section", ["akun", "edisi", "jejak", "folder"])
def test_every_section_of_administration_opens(managed, section):
    managed.segmented_control(key="kelola").set_value(section).run()
    assert "2 akun dapat masuk" in text(managed)


# What may be seen, and what may leave


GUARDED = [
    Column("nip", "NIP", "nip"),
    Column("name", "Nama", "name"),
    Column("unit", "Unit"),
    Column("people", "Orang", "count"),
]


def guarded_frame() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "nip": ["196701102001011001", "199001012015012002"],
            "name": ["Nama Rekaan A", "Nama Rekaan B"],
            "unit": ["SDN Rekaan 1", "=1+1"],
            "people": [3, 12],
        }
    )


def test_a_leader_gets_no_names_no_whole_nip_and_no_small_count(monkeypatch):
    monkeypatch.setattr(access, "may_see_names", lambda: False)
    seen = layout.visible(guarded_frame(), GUARDED)
    assert list(seen.columns) == ["nip", "unit", "people"]
    assert seen["nip"].tolist() == ["1967…001", "1990…002"]
    assert seen["people"].tolist() == ["<5", 12]


def test_a_planner_gets_all_of_it(monkeypatch):
    monkeypatch.setattr(access, "may_see_names", lambda: True)
    frame = guarded_frame()
    pd.testing.assert_frame_equal(layout.visible(frame, GUARDED), frame)


def test_a_download_is_what_was_seen_and_is_logged(folder, kept):
    put(folder, roster(OLD + YOUNG))

    def shown() -> None:
        from pages.shared import layout
        from tests.test_pages import GUARDED, guarded_frame

        layout.table(guarded_frame(), GUARDED, "Daftar uji")

    test = AppTest.from_function(shown, default_timeout=60).run()
    assert not test.exception
    labels = [button.label for button in test.get("download_button")]
    assert labels == ["Unduh Excel", "Unduh CSV"]
    shown_rows = test.dataframe[0].value
    # Padded on the left, so that a click on the header sorts by size.
    assert shown_rows["people"].tolist() == [" 3", "12"]
    assert "unduh" not in set(kept.audit_log()["action"])


# Figures


def test_a_figure_speaks_indonesian_and_says_its_unit():
    counts = pd.DataFrame({"educators": [1, 2]}, index=[2026, 2027])
    figure = charts.bars(counts, "Terbanyak pada 2027", y_title="orang")
    assert figure["layout"]["title"]["text"] == "Terbanyak pada 2027"
    assert figure["layout"]["yaxis"]["title"]["text"] == "orang"
    assert figure["layout"]["separators"] == ",."
    config = chart_config.config("uji")
    assert config["locales"]["id"]["format"]["shortMonths"][7] == "Agu"


def _luminance(colour: str) -> float:
    """Relative luminance, WCAG 2.2."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_the_first_two_colours_differ_in_grey_print():
    # WCAG 2.2, 1.4.11: 3:1 between neighbouring graphical objects would be ideal; hatching says
    # the rest. 2:1 in lightness is what grey print keeps apart.
    dark, light = sorted(_luminance(colour) for colour in charts.PALETTE[:2])
    assert (light + 0.05) / (dark + 0.05) > 2
    assert len(set(charts.HATCHES[: len(charts.PALETTE)])) == len(charts.PALETTE)


@pytest.mark.parametrize("page_colour", ["#FFFFFF", "#10171E"])
def test_the_palette_stands_out_on_light_and_on_dark(page_colour):
    ground = _luminance(page_colour)
    for colour in charts.PALETTE[:6]:
        light, dark = sorted([_luminance(colour), ground], reverse=True)
        assert (light + 0.05) / (dark + 0.05) > 2, colour
