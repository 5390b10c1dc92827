"""The page Skenario over the sample city: presets, levers, the link, saving, comparing, roles."""

from __future__ import annotations

import json
import math
import shutil
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from analytics import scenario_desk
from analytics import state as decisions
from pages.shared import (
    access,
    gauge_figures,
    load,
    load_searches,
    scenario_beside,
    scenario_details,
    scenario_held,
    scenario_link,
    scenario_saved,
    scenario_services,
    scenario_shown,
    scenario_view,
    scenario_words,
)
from pages.shared.scenario_held import Held
from tests import scenario_city
from tests.pages_alone import first_values_amiss, followed, page_alone, read
from tests.test_exits_page import staff, written

PLANNER, MAYOR = "perencana", "pimpinan"


@pytest.fixture(scope="module")
def city() -> Path:
    """The sample city, shared with the tests of the model; nothing is written into it."""
    return scenario_city.folder()


@pytest.fixture
def own_city(city: Path, tmp_path: Path) -> Iterator[Path]:
    """A copy with a state of its own."""
    folder = tmp_path / "data"
    shutil.copytree(city, folder)
    yield folder


def opened(
    monkeypatch: pytest.MonkeyPatch, folder: Path, *, role: str = "pengelola", **link: object
) -> AppTest:
    monkeypatch.setenv("ESTAFET_DATA", str(folder))
    monkeypatch.delenv("ESTAFET_STATE", raising=False)
    monkeypatch.setattr(access, "role", lambda: role)
    return followed(page_alone("scenarios"), **link)


def said(test: AppTest) -> str:
    """Everything on screen that is no widget."""
    html = read(" ".join(str(one.proto.body) for one in test.get("html")))
    words = " ".join(one.value for one in [*test.markdown, *test.success, *test.error])
    # Names people gave stand as text: their marks are escaped.
    return f"{html} {words}".replace("\\", "")


def finding(test: AppTest) -> str:
    html = next(one.proto.body for one in test.get("html") if "<h1>" in one.proto.body)
    return read(html).split("<h1>")[1].split("</h1>")[0]


def link(test: AppTest, name: str) -> str:
    """What stands in the address."""
    value = test.query_params.get(name, "")
    return value if isinstance(value, str) else "".join(value)


def held(test: AppTest) -> Held:
    return test.session_state["_skenario"]


def choose(test: AppTest, preset: str) -> AppTest:
    test.button_group(key="mulai").set_value(preset).run()
    assert not test.exception
    return test


def move(test: AppTest, key: str, given: object) -> AppTest:
    widgets = [*test.toggle, *test.selectbox, *test.number_input, *test.slider, *test.multiselect]
    widget = next(one for one in widgets if one.key == f"tuas:{key}")
    widget.set_value(given).run()
    assert not test.exception
    return test


def button(test: AppTest, key: str) -> object:
    return next(one for one in test.button if one.key == key)


def test_it_opens_with_doing_nothing_and_says_what_comes_of_it(city, monkeypatch):
    test = opened(monkeypatch, city)
    assert finding(test).startswith("Tanpa pengganti: ")
    assert "jabatan kosong pada akhir 2036" in finding(test)
    assert "2027" in finding(test) and "batas 30%" in finding(test)


@pytest.mark.parametrize("ref", ["cpns_only", "best_mix~plan.keep_cap=false", "1.1"])
def test_every_widget_begins_with_what_it_holds(own_city, monkeypatch, ref):
    with decisions.opened(own_city) as kept:
        told = scenario_link.presets()["zero_growth"].moved("plan.keep_cap", False, "uji")
        scenario_desk.saved(kept, told.renamed("Usul"), "uji", 0)
    test = opened(monkeypatch, own_city, s=ref, rinci="bandingkan", **{"with": ["zero_growth"]})
    assert not first_values_amiss(test)
    for at in range(1, len(test.selectbox(key="kelompok-tuas").options)):
        test.selectbox(key="kelompok-tuas").select_index(at)
        # Which group is open is the visitor's alone: nothing but their own choice sets it.
        assert set(first_values_amiss(test)) <= {"kelompok-tuas"}


def test_a_preset_is_one_click_and_stands_in_the_link(city, monkeypatch):
    test = choose(opened(monkeypatch, city), "zero_growth")
    assert finding(test).startswith("Zero growth: ")
    assert link(test, "s") == "zero_growth"


def test_every_preset_opens(city, monkeypatch):
    for preset, name in scenario_link.preset_names().items():
        if preset != "best_mix":  # seconds of a solver; the tests of the model solve it
            test = opened(monkeypatch, city, s=preset)
            assert finding(test).startswith(f"{name}: "), preset


def test_a_lever_moves_the_title_and_the_link_and_can_be_undone_and_reset(city, monkeypatch):
    test = opened(monkeypatch, city, s="zero_growth")
    before = finding(test)
    move(test, "plan.replacement_ratio", 0.5)
    assert finding(test).startswith("Zero growth (diubah): ") and finding(test) != before
    assert link(test, "s") == "zero_growth~plan.replacement_ratio=0.5"
    button(test, "urungkan").click().run()
    assert finding(test) == before and link(test, "s") == "zero_growth"
    move(test, "plan.replacement_ratio", 0.25)
    move(test, "regrouping.is_on", True)
    button(test, "semula").click().run()
    assert finding(test) == before


def test_the_link_reopens_levers_that_were_never_saved(city, monkeypatch):
    first = opened(monkeypatch, city, s="zero_growth")
    move(first, "budget.transfer_cut_share", 12.5)
    again = opened(monkeypatch, city, s=link(first, "s"))
    assert finding(again) == finding(first)
    assert held(again).now["budget.transfer_cut_share"] == pytest.approx(0.125)


def test_a_link_with_levers_nobody_knows_opens_and_says_so(city, monkeypatch):
    test = opened(monkeypatch, city, s="zero_growth~tak.dikenal=1~plan.floor_share=7")
    assert "tidak dikenal: tak.dikenal." in said(test)
    assert finding(test).startswith("Zero growth: ")


def test_a_step_back_that_comes_while_the_one_before_is_drawn_is_taken(city, monkeypatch):
    test = opened(monkeypatch, city, s="cpns_only")
    with monkeypatch.context() as interrupted:
        # The browser goes further back once the title stands: the drawing ends there.
        interrupted.setattr(scenario_held, "keep_in_link", lambda _: st.stop())
        followed(test, s="zero_growth")
    assert finding(test).startswith("Zero growth: ")
    del test.query_params["s"]
    test.run()
    assert finding(test).startswith("Tanpa pengganti: ")
    assert link(test, "s") == ""


def test_a_value_of_a_link_that_cannot_be_is_told_with_what_can(city, monkeypatch):
    test = opened(monkeypatch, city, s="do_nothing~years=11~plan.floor_share=7~plan.money_idr=x")
    assert "Tidak dipakai dari tautan ini: Jangka waktu 11 tahun; tulis 1 sampai 10." in said(test)
    assert "plan.floor_share berisi 7.0; tulis 0 sampai 1." in said(test)
    assert "plan.money_idr berisi" in said(test) and "tulis angka." in said(test)
    assert "tidak dikenal" not in said(test)


@pytest.mark.parametrize("gone", ["99.1", "9" * 20, "99.", f"1.{'9' * 20}", "\u0661\u0662", "-1"])
def test_a_link_to_what_is_gone_opens_doing_nothing_and_says_so(city, monkeypatch, gone):
    test = opened(monkeypatch, city, s=gone)
    assert "sudah tidak ada" in said(test)
    assert finding(test).startswith("Tanpa pengganti: ")


def test_moved_levers_are_marked_and_ask_for_a_reason(city, monkeypatch):
    test = move(opened(monkeypatch, city, s="zero_growth"), "plan.keep_cap", False)
    toggle = next(one for one in test.toggle if one.key == "tuas:plan.keep_cap")
    assert toggle.label.startswith("● ")
    assert "1 tuas diubah masih tanpa alasan" in said(test)
    reason = next(one for one in test.text_input if one.key == "alasan:plan.keep_cap")
    reason.set_value("uji").run()
    assert dict(held(test).now.rationale)["plan.keep_cap"] == "uji"
    assert "semuanya beralasan" in said(test)


def test_the_reason_of_a_preset_explains_no_other_value(city, monkeypatch):
    test = move(opened(monkeypatch, city, s="zero_growth"), "plan.replacement_ratio", 0.5)
    assert held(test).now.unexplained() == ("plan.replacement_ratio",)
    move(test, "plan.replacement_ratio", 1.0)
    assert "plan.replacement_ratio" in held(test).now.unexplained()
    button(test, "semula").click().run()
    assert not held(test).now.unexplained()


def test_what_is_disputed_about_the_limit_is_switched_beside_the_gauge(city, monkeypatch):
    test = opened(monkeypatch, city, s="zero_growth")
    before = finding(test)
    test.button_group(key="tafsir:pay.is_tpg_through_apbd").set_value("yes").run()
    assert not test.exception
    assert held(test).now["pay.is_tpg_through_apbd"] is True
    assert "pay.is_tpg_through_apbd=true" in link(test, "s") and finding(test) != before
    test.button_group(key="tafsir:pay.is_tpg_through_apbd").set_value("rules").run()
    assert finding(test) == before


def test_a_retirement_age_that_is_not_settled_can_be_moved(city, monkeypatch):
    test = opened(monkeypatch, city)
    test.selectbox(key="kelompok-tuas").set_value("law").run()
    chosen = "penilik/ahli_muda"
    test.selectbox(key="tentang:law.local_age").set_value(chosen).run()
    test.number_input(key=f"tuas:law.local_age/{chosen}").set_value(61).run()
    assert not test.exception
    assert held(test).now[f"law.local_age/{chosen}"] == 61
    assert "Penilik, ahli muda" in said(test) or any(
        "Penilik, ahli muda" in one.label for one in test.text_input
    )


def test_every_group_of_levers_can_be_drawn(city, monkeypatch):
    test = opened(monkeypatch, city)
    for group in scenario_words.group_names():
        test.selectbox(key="kelompok-tuas").set_value(group).run()
        assert not test.exception, group
        drawn = [*test.toggle, *test.selectbox, *test.number_input, *test.slider]
        assert any(str(one.key).startswith("tuas:") and one.key != "tuas:years" for one in drawn)


@pytest.mark.parametrize(
    "section", ["rencana", "layanan", "neraca", "batas", "ditolak", "banding", "riwayat"]
)
def test_every_section_opens(city, monkeypatch, section):
    test = opened(monkeypatch, city, s="zero_growth", rinci=section)
    assert not test.error


def test_the_comparison_reopens_from_the_link_and_its_steps_add_up(city, monkeypatch):
    test = opened(
        monkeypatch, city, s="zero_growth", rinci="banding", **{"with": ["do_nothing", "cpns_only"]}
    )
    table = next(one.value for one in test.dataframe if "measure" in one.value)
    assert {"v1", "v2", "v3", "d2", "d3"} <= set(table)
    traces = [
        trace for one in test.get("plotly_chart") for trace in json.loads(one.proto.spec)["data"]
    ]
    trace = next(one for one in traces if one["type"] == "waterfall")
    start, *steps, end = trace["x"]
    assert start + sum(steps) == end


def test_nothing_is_compared_with_itself(city, monkeypatch):
    def beside() -> list[str]:
        return next(one for one in test.multiselect if one.key == "bandingkan").value

    test = opened(monkeypatch, city, rinci="banding", **{"with": ["zero_growth", "cpns_only"]})
    choose(test, "zero_growth")
    # What was on the desk lies beside it now.
    assert held(test).others == ("do_nothing", "cpns_only") == tuple(beside())
    assert "(2)" not in said(test)
    link = {"s": "zero_growth", "with": ["zero_growth"], "rinci": "banding"}
    test = opened(monkeypatch, city, **link)
    assert "Pilih sampai tiga skenario lain" in said(test) and beside() == []
    # As it was opened it stands beside what it became, until that is taken back.
    move(test, "plan.replacement_ratio", 0.5)
    assert beside() == ["zero_growth"] and "meninggalkan paling sedikit" in said(test)
    button(test, "semula").click().run()
    assert "Pilih sampai tiga skenario lain" in said(test) and beside() == []


@pytest.mark.parametrize(
    ("posts", "said_of_them"),
    [
        ({"A": 5.2, "B": 4.0}, "B meninggalkan paling sedikit jabatan kosong: 4"),
        (
            {"A": 551.2, "B": 700.0, "C": 550.9},
            "A dan C meninggalkan paling sedikit jabatan kosong, sama banyak: 551",
        ),
        ({"A": 551.2, "B": 550.9}, "Semuanya meninggalkan jabatan kosong sama banyak: 551"),
        (
            {"A": math.nan, "B": 3.0, "C": 2.0},
            "C meninggalkan paling sedikit jabatan kosong: 2; A belum dihitung",
        ),
        ({"A": math.nan, "B": math.nan}, "Jabatan kosong belum dihitung"),
    ],
)
def test_all_that_leave_fewest_posts_empty_are_named_and_who_is_not_computed(posts, said_of_them):
    assert scenario_beside.least_unfilled(posts) == said_of_them


def test_a_scenario_without_known_needs_is_compared_in_words(city, monkeypatch):
    nobody = "do_nothing~need.bases=-"
    for first, other in ((nobody, "zero_growth"), ("zero_growth", nobody)):
        test = opened(monkeypatch, city, s=first, rinci="banding", **{"with": [other]})
        assert "Zero growth meninggalkan paling sedikit jabatan kosong: " in said(test)
        assert "belum dihitung" in said(test)
    test = opened(monkeypatch, city, s=nobody, rinci="banding", **{"with": [f"{nobody}~years=5"]})
    assert "Jabatan kosong belum dihitung" in said(test)


def test_nothing_is_told_as_filled_to_less_than_nought(city, monkeypatch):
    test = opened(monkeypatch, city, s="do_nothing~plan.break_share=0", rinci="layanan")
    told = said(test)
    assert told.count("Tidak ada layanan yang dihitung putus: ambangnya 0%.") == 2
    assert "kurang dari 0%" not in told
    assert "Semua layanan tetap terisi" not in told


def test_what_a_scenario_is_for_is_not_saved_with_the_next(own_city, monkeypatch):
    def field(name: str):
        return next(one for one in test.text_input if one.key == name)

    test = opened(monkeypatch, own_city, s="zero_growth")
    field("skenario-nama").set_value("Satu")
    field("skenario-catatan").set_value("rapat Kamis").run()
    button(test, "simpan-baru").click().run()
    assert held(test).now.note == "rapat Kamis"
    assert field("skenario-catatan").value == ""
    choose(test, "cpns_only")
    field("skenario-catatan").set_value("rapat Jumat").run()
    choose(test, "p3k_only")
    assert field("skenario-catatan").value == ""
    button(test, "simpan-baru").click().run()
    assert held(test).now.note == scenario_link.named("p3k_only").note


def test_a_scenario_leaves_as_a_file_and_comes_back_with_its_reasons(own_city, monkeypatch):
    told = scenario_link.named("zero_growth").renamed("Usulan")
    test = opened(monkeypatch, own_city, s="best_mix")

    def give(content: str) -> None:
        test.file_uploader[0].upload("usulan.json", content.encode(), "application/json").run()

    give("{")
    assert "usulan.json: Bukan berkas skenario: baris 1" in said(test)
    give(told.to_json())
    assert "Usulan: 2 tuas digeser, 10 tahun." in said(test)
    button(test, "simpan-berkas").click().run()
    assert not test.exception and link(test, "s") == "1.1" and held(test).now == told
    give(told.to_json())
    button(test, "simpan-berkas").click().run()
    assert "'Usulan' sudah dipakai. Pilih nama lain." in said(test)
    assert link(test, "s") == "1.1"


def test_who_may_not_save_takes_a_file_along_and_brings_none(city, monkeypatch):
    test = opened(monkeypatch, city, role="pimpinan", s="zero_growth")
    assert not test.file_uploader
    assert [one.label for one in test.get("download_button")].count("Unduh skenario ini") == 1


def test_save_submit_approve_lock(own_city, monkeypatch):
    with decisions.opened(own_city) as kept:
        kept.add_user("rina", "rahasia-sekali-1", "perencana", "uji")
        kept.add_user("wali", "rahasia-sekali-2", "pimpinan", "uji")
    monkeypatch.setattr(access, "actor", lambda: "rina")
    test = opened(monkeypatch, own_city, role=PLANNER, s="zero_growth")
    move(test, "plan.keep_cap", False)
    next(one for one in test.text_input if one.key == "skenario-nama").set_value("Usul 2027").run()
    button(test, "simpan-baru").click().run()
    assert "Tersimpan: Usul 2027, revisi 1." in said(test)
    assert link(test, "s") == "1.1"
    button(test, "pindah-submitted").click().run()
    assert "Tulis alasan" in said(test)
    reason = next(one for one in test.text_input if one.key == "alasan:plan.keep_cap")
    reason.set_value("uji coba").run()
    button(test, "simpan").click().run()
    assert "revisi 2" in said(test)
    button(test, "pindah-submitted").click().run()
    assert "diajukan" in said(test)
    assert not [one for one in test.button if one.key in ("simpan", "pindah-approved")]
    # The mayor approves and locks; the planner may not.
    monkeypatch.setattr(access, "actor", lambda: "wali")
    mayor = opened(monkeypatch, own_city, role=MAYOR, s="1")
    button(mayor, "pindah-approved").click().run()
    assert "disetujui" in said(mayor)
    button(mayor, "pindah-locked").click().run()
    assert "dikunci" in said(mayor)
    assert not [one for one in mayor.button if str(one.key).startswith("pindah-")]
    replayed = opened(monkeypatch, own_city, role=MAYOR, s="1", rinci="riwayat")
    button(replayed, "hitung-ulang").click().run()
    assert "Sama sampai byte terakhir" in said(replayed)


def test_the_history_of_what_was_never_submitted_opens(own_city, monkeypatch):
    name = "**Usul** <b>2027</b>"
    with decisions.opened(own_city) as kept:
        scenario_desk.saved(kept, scenario_link.presets()["zero_growth"].renamed(name), "uji", 0)
    test = opened(monkeypatch, own_city, s="1", rinci="riwayat")
    assert not test.error
    assert "Belum pernah diajukan." in said(test)
    # A name is a name, never markup.
    assert "&lt;b&gt;2027" in finding(test)


def test_a_saved_scenario_beside_has_its_own_name_however_the_link_calls_it(own_city, monkeypatch):
    with decisions.opened(own_city) as kept:
        scenario_desk.saved(kept, scenario_link.presets()["cpns_only"].renamed("Usul"), "uji", 0)
    test = opened(monkeypatch, own_city, rinci="banding", **{"with": ["1", "01", "1.1"]})
    beside = next(one for one in test.multiselect if one.key == "bandingkan")
    assert held(test).others == ("1.1",) == tuple(beside.value)
    assert "Usul" in beside.options and "dari tautan" not in " ".join(beside.options)


def test_nobody_saves_over_what_another_saved_since(own_city, monkeypatch):
    monkeypatch.setattr(access, "actor", lambda: "setempat")
    first = opened(monkeypatch, own_city, s="zero_growth")
    next(one for one in first.text_input if one.key == "skenario-nama").set_value("Bersama").run()
    button(first, "simpan-baru").click().run()
    second = opened(monkeypatch, own_city, s="1.1")
    move(first, "plan.keep_cap", False)
    button(first, "simpan").click().run()
    assert "revisi 2" in said(first)
    move(second, "plan.replacement_ratio", 0.5)
    assert "sudah menyimpan revisi 2" in said(second)
    button(second, "simpan").click().run()
    assert "Buka lagi, lalu ulangi perubahan Anda" in said(second)
    assert load.state().saved_scenario("Bersama").revision == 2


def test_a_draft_that_was_never_submitted_can_be_removed(own_city, monkeypatch):
    monkeypatch.setattr(access, "actor", lambda: "setempat")
    with decisions.opened(own_city) as kept:
        for name in ("Coba-coba", "Usul"):
            scenario_desk.saved(
                kept, scenario_link.presets()["zero_growth"].renamed(name), "uji", 0
            )
    stale = opened(monkeypatch, own_city, s="1.1")
    test = opened(monkeypatch, own_city, s="1.1", **{"with": ["2", "cpns_only"]})
    button(test, "hapus-skenario").click().run()
    assert "Dihapus: Coba-coba." in said(test)
    assert finding(test).startswith("Tanpa pengganti: ")
    assert (link(test, "s"), test.query_params["with"]) == ("", ["2.1", "cpns_only"])
    assert [one.name for one in load.state().saved_scenarios()] == ["Usul"]
    # Somebody who still has it open loses nothing they see, and saves it under a name.
    move(stale, "plan.keep_cap", False)
    assert "Skenario ini sudah tidak ada." in said(stale)
    button(stale, "simpan-baru").click().run()
    assert "Tersimpan: Coba-coba (diubah), revisi 1." in said(stale)
    assert "sudah tidak ada" not in said(stale)


@pytest.mark.parametrize("role", [MAYOR, PLANNER])
def test_what_was_submitted_has_no_button_that_removes_it(own_city, monkeypatch, role):
    with decisions.opened(own_city) as kept:
        told = scenario_link.presets()["zero_growth"]
        scenario_desk.saved(kept, told.renamed("Konsep"), "uji", 0)
        sent = scenario_desk.saved(kept, told.renamed("Pernah diajukan"), "uji", 0)
        sent = scenario_desk.submitted(kept, sent, "uji", "pengelola")
        scenario_desk.sent_back(kept, sent, "uji", "pengelola")
    draft = opened(monkeypatch, own_city, role=role, s="1.1")
    back = opened(monkeypatch, own_city, role=role, s="2.1")
    keys = [[one.key for one in test.button] for test in (draft, back)]
    assert ["hapus-skenario" in one for one in keys] == [role == PLANNER, False]


def test_a_double_click_saves_once_and_tells_of_it(own_city, monkeypatch):
    monkeypatch.setattr(access, "actor", lambda: "setempat")
    now = [1_000.0]
    monkeypatch.setattr(scenario_saved, "time", SimpleNamespace(monotonic=lambda: now[0]))
    test = opened(monkeypatch, own_city, s="zero_growth")
    move(test, "plan.keep_cap", False)
    next(one for one in test.text_input if one.key == "skenario-nama").set_value("Dua kali").run()
    for now[0] in (1_000.0, 1_000.0 + scenario_saved._AGAIN_SECONDS - 0.1):
        button(test, "simpan-baru").click().run()
        assert "Tersimpan: Dua kali, revisi 1." in said(test)
    assert [one.name for one in load.state().saved_scenarios()] == ["Dua kali"]
    # Pressed again later it is asked again: there is one of that name already.
    now[0] += scenario_saved._AGAIN_SECONDS
    button(test, "simpan-baru").click().run()
    assert "Tersimpan: Dua kali, revisi 1." not in said(test)
    # What is moved in between is saved.
    move(test, "plan.replacement_ratio", 0.5)
    button(test, "simpan").click().run()
    move(test, "plan.replacement_ratio", 0.6)
    button(test, "simpan").click().run()
    assert "revisi 3" in said(test)


def test_a_mayor_moves_levers_but_saves_nothing(city, monkeypatch):
    test = opened(monkeypatch, city, role=MAYOR, s="zero_growth")
    move(test, "plan.replacement_ratio", 0.5)
    assert "(diubah)" in finding(test)
    assert not [one for one in test.button if one.key in ("simpan", "simpan-baru")]


def test_without_an_edition_it_invites_to_load_one(tmp_path, monkeypatch):
    test = opened(monkeypatch, tmp_path)
    assert "Belum ada data" in said(test)


def test_an_edition_that_goes_away_is_told_and_the_page_goes_on_when_it_is_back(
    own_city, monkeypatch
):
    test = opened(monkeypatch, own_city, s="zero_growth")
    file = load.edition().path
    before = finding(test)
    file.rename(file.with_suffix(".gone"))

    def _fragment() -> None:
        from pages import scenarios

        scenarios._page()

    # As a lever moved on the open page runs it: without the check that opens the page.
    alone = AppTest.from_function(_fragment, default_timeout=300)
    alone.query_params["s"] = "zero_growth"
    alone.run()
    assert not alone.exception
    assert "Data tidak dapat dibaca" in said(alone) and "kembalikan berkasnya" in said(alone)
    file.with_suffix(".gone").rename(file)
    button(alone, "coba-lagi").click().run()
    assert finding(alone) == before


@pytest.fixture
def bare_city(tmp_path: Path) -> Path:
    """Staff and nothing else: no exits, no schools, no APBD."""
    return written(tmp_path, employee=staff())


@pytest.mark.parametrize("section", ["rencana", "layanan", "neraca", "batas", "ditolak", "banding"])
def test_with_staff_alone_every_section_opens_and_the_gauge_says_what_to_load(
    bare_city, monkeypatch, section
):
    test = opened(monkeypatch, bare_city, s="zero_growth", rinci=section, **{"with": "do_nothing"})
    assert "Batas 30%: belum ada data APBD." in said(test)
    assert "Muat APBD di halaman Data" in said(test)
    assert "batas 30%" not in finding(test)


def test_a_target_is_asked_for_only_where_the_measure_is_known(tmp_path, monkeypatch):
    no_budget = written(tmp_path, employee=staff().assign(golongan="III/d"))
    test = opened(
        monkeypatch, no_budget, s="zero_growth", rinci="penentu", ukuran_sasaran="cap_ratio"
    )
    offered = test.selectbox(key="ukuran_sasaran").options
    # What is paid out of the APBD is known without it; its share in the APBD is not.
    assert offered and not [name for name in offered if "per APBD" in name]
    assert test.selectbox(key="ukuran_penentu").options == offered


def test_without_an_apbd_the_goal_seek_opens_on_what_its_levers_move(tmp_path, monkeypatch):
    no_budget = written(tmp_path, employee=staff().assign(golongan="III/d"))
    test = opened(monkeypatch, no_budget, s="zero_growth", rinci="penentu")
    assert test.selectbox(key="ukuran_sasaran").value in ("unfilled_post_years", "apbd_idr")
    assert "di bawah batas?" not in said(test)
    assert "#### Apa yang menurunkan" in said(test)


def test_who_only_looks_at_what_decides_ends_nobody_elses_search(city, monkeypatch):
    stopped = []
    monkeypatch.setattr(load_searches, "stop", stopped.append)
    test = opened(monkeypatch, city, s="zero_growth", rinci="penentu")
    test.selectbox(key="ukuran_penentu").set_value("hired_count").run()
    test.selectbox(key="ukuran_sasaran").set_value("hired_count").run()
    assert not test.exception and stopped == []


@pytest.mark.parametrize("measure", ["cap_ratio", "cap_ratio_worst"])
def test_a_share_is_sought_in_per_cent_from_the_limit(city, monkeypatch, measure):
    test = opened(monkeypatch, city, s="zero_growth", rinci="penentu", ukuran_sasaran=measure)
    field = next(one for one in test.number_input if one.key == f"sasaran-{measure}")
    assert (field.label, field.value) == ("Paling banyak (%)", 30.0)
    # No decimals that are not there: a field cannot be told the decimal mark, and 30.00 is English.
    assert field.proto.format == "%.10g"


def test_a_word_of_the_link_reads_as_it_was_written():
    base = scenario_link.named("regroup_first")
    now = base.moved("plan.granted_options", ("cpns",)).moved("plan.money_idr", 2.5e10)
    now = now.moved("redistribution.is_on", None)
    found = scenario_link.opened(scenario_link.written("regroup_first", base, now))
    assert found is not None and found.now.digest == now.digest and not found.ignored


def test_the_band_of_vacancies_holds_its_middle_and_is_never_below_nought():
    band = scenario_view.unfilled_band(scenario_city.ran())
    assert (band["low"] <= band["middle"]).all() and (band["middle"] <= band["high"]).all()
    assert (band["low"] >= 0).all() and (band["planned"] >= 0).all()


def test_every_role_stands_among_the_services_whether_it_breaks_or_not():
    # Teachers break and have 4 empty; clerks do not and have 30; nurses are not computed.
    filling = pd.DataFrame(
        [
            ("guru", 2026, 10.0, 0.0, 1.0, 0.0),
            ("guru", 2027, 10.0, 4.0, 0.6, 0.0),
            ("pelaksana", 2026, 400.0, 10.0, 0.975, 0.0),
            ("pelaksana", 2027, 400.0, 30.0, 0.925, 0.0),
            ("nakes", 2026, float("nan"), float("nan"), float("nan"), 7.0),
            ("nakes", 2027, float("nan"), float("nan"), float("nan"), 6.0),
            ("dokter", 2026, 0.0, 0.0, 1.0, 0.0),
            ("dokter", 2027, 0.0, 0.0, 1.0, 0.0),
        ],
        columns=["role", "year", "needed_count", "unfilled_count", "service_share",
                 "not_computed_count"],
    ).assign(unfilled_p10=0.0, unfilled_p90=40.0)  # fmt: skip
    breaks = pd.DataFrame({"role": ["guru"], "breaks_in": [2027], "service_share": [0.6]})
    found = scenario_services.by_role(filling, breaks, 2027).set_index("role")
    assert list(found.index) == ["pelaksana", "guru", "nakes"]
    assert found["breaks_in"].isna().to_dict() == {"pelaksana": True, "guru": False, "nakes": True}
    assert found.loc["pelaksana", ["least_share", "unfilled_count"]].tolist() == [0.925, 30]
    assert found.loc["nakes", ["needed_count", "unfilled_count", "least_share"]].isna().all()
    assert found.loc["nakes", "not_computed_count"] == 6


def test_the_plan_is_told_by_option_and_role_and_loses_no_formation():
    result = scenario_city.ran(plan__rule="zero_growth")
    table = result.tables["plan"]
    years = sorted(set(table["year"]))
    told = scenario_details._by_option_and_role(table, years)
    assert told["total"].sum() == table["formation_count"].sum()
    assert (told[[str(year) for year in years]].sum(axis=1) == told["total"]).all()
    assert len(told) == len(table.drop_duplicates(["option", "role"]))
    order = list(dict.fromkeys(told["option"]))
    assert order == [name for name in gauge_figures.option_names().values() if name in order]
    for _, rows in told.groupby("option"):
        assert rows["total"].is_monotonic_decreasing


def test_two_scenarios_of_one_name_are_told_apart():
    one = scenario_link.named("do_nothing")
    names = [each.name for each in scenario_held.distinct([one, one, one])]
    assert len(set(names)) == 3


class Noting(dict):
    """A session's state that notes what its lever is given."""

    def __init__(self) -> None:
        super().__init__()
        self.given: list[object] = []

    def __setitem__(self, key: str, value: object) -> None:
        if key == "lever":
            self.given.append(value)
        super().__setitem__(key, value)


class Visit:
    """The server's side of a visit, and clicks of a browser that may be behind."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.state = Noting()
        streamlit = SimpleNamespace(session_state=self.state, text_input=lambda *_, **__: None)
        monkeypatch.setattr(scenario_shown, "st", streamlit)

    def draw(self, lever: object) -> str:
        """A drawing with this value; the mark it leaves in a browser that sees it."""
        scenario_shown.begin()
        scenario_shown.show("lever", lever)
        scenario_shown.end()
        return str(self.state[scenario_shown.SEEN])

    def click(self, seen: str, lever: object) -> None:
        """A click of a browser that had seen that drawing, with its lever as it has it."""
        self.state.update({scenario_shown.SEEN: seen, "lever": lever})


@pytest.fixture
def visit(monkeypatch: pytest.MonkeyPatch) -> Visit:
    return Visit(monkeypatch)


def test_a_click_before_the_page_was_redrawn_moves_no_lever_that_nobody_moved(visit):
    first, second = visit.draw("none"), visit.draw("replace")
    visit.click(first, "none")
    assert scenario_shown.is_echo("lever")
    # Whoever saw the new value and chooses the old one again has chosen it, at once too.
    visit.click(second, "none")
    assert not scenario_shown.is_echo("lever")


def test_of_three_presets_clicked_in_a_row_none_leaves_its_levers(visit):
    first, second = visit.draw(1), visit.draw(2)
    visit.click(first, 1)
    third = visit.draw(1)
    visit.click(second, 2)
    assert scenario_shown.is_echo("lever")
    visit.click(third, 2)
    assert not scenario_shown.is_echo("lever")


def test_steps_to_and_fro_are_steps_however_quickly_they_come(visit):
    first = visit.draw(10)
    for step in (11, 10, 11):
        visit.click(first, step)
        assert not scenario_shown.is_echo("lever")
        visit.draw(step)


def test_a_value_is_given_again_until_the_browser_has_seen_it(visit):
    first = visit.draw(1)
    visit.click(first, 1)
    visit.draw(2)
    visit.click(first, 1)
    third = visit.draw(2)
    visit.state.given.clear()
    visit.click(first, 2)
    visit.state.given.clear()
    fourth = visit.draw(2)
    assert visit.state.given == [2] and third != fourth
    visit.state.update({scenario_shown.SEEN: fourth})
    visit.draw(2)
    assert visit.state.given == [2]
