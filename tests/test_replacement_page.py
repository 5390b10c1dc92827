"""The page on replacing: the gap by basis, the seven options, one for one, the cap, every lever."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from analytics import rules
from analytics.options import Override, options
from analytics.pay_law import PayChoice
from analytics.replacement import GapChoice
from analytics.rules import LawChoice
from analytics.scenario import Scenario
from analytics.scenario_facts import facts
from analytics.scenario_stages import Stages
from pages.shared import replacement_refused
from pages.shared import replacement_view as view_of
from pages.shared.replacement_inputs import Wish, _read, written
from tests import scenario_city, school_edition
from tests.pages_alone import opened, page_alone, shown


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    roster = school_edition.roster().assign(golongan="III/d")
    return school_edition.written(tmp_path_factory.mktemp("data"), employee=roster)


@pytest.fixture
def page(data: Path, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    monkeypatch.setenv("ESTAFET_DATA", str(data))
    return page_alone("replacement")


@pytest.fixture
def planner(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pages.shared.access.may_see_names", lambda: True)


@pytest.fixture
def leader(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pages.shared.access.may_see_names", lambda: False)


def table(page: AppTest, column: str):
    return next(one.value for one in page.dataframe if column in one.value)


def options_shown(said: str) -> list[str]:
    return re.findall(r"<th scope=row><b>(.*?)</b>", said)


def test_the_seven_options_stand_in_one_table_with_their_marks(page):
    said = opened(page)
    assert options_shown(said) == [
        "CPNS",
        "P3K penuh waktu",
        "P3K paruh waktu",
        "Mutasi masuk",
        "Redistribusi di dalam pemda",
        "Penataan birokrasi (tidak diisi lagi, jabatan digabung)",
        "Teknologi (pekerjaan tidak perlu lagi)",
    ]
    # 14-18 months from proposal to work (KepmenPANRB 293/2024 and the dates of 2024).
    assert "16 bulan" in said
    # A newcomer's pay stands on the salary table, and on what is assumed of family and TPP.
    assert 'title="pilihan setempat: PP 5/2024' in said
    # Teaching is not given up or automated.
    assert said.count("tidak untuk kelompok ini") == 2
    assert 'title="belum dicocokkan: KepmenPANRB 293/2024' in said
    # Whoever moves within needs no formation, and nought is written without a unit.
    rows = dict(zip(options_shown(said), said.split("<tr")[-7:], strict=True))
    assert "batas: formasi yang disetujui" in rows["CPNS"]
    assert "batas: orang yang lebih di tempat lain" in rows["Redistribusi di dalam pemda"]
    assert "formasi yang disetujui" not in rows["Redistribusi di dalam pemda"]
    assert "Rp\u00a00\u00a0juta" not in said


@pytest.mark.usefixtures("planner")
def test_one_for_one_frees_what_the_salary_tables_say(page):
    # IV/b with 32 years to III/a: 103,244,094 less 55,095,500 rupiah a year, before TPP; P3K IX
    # frees some 41 million (PP 5/2024, Perpres 11/2024; spouse and two children).
    said = opened(page)
    assert "Guru IV/b (32 tahun) pergi dan CPNS sesudah menjadi PNS III/a masuk: Rp 48 juta" in said
    assert "III/a Rp 48 juta, P3K IX Rp 41 juta setahun" in said
    parts = table(page, "leaver")
    total = parts.loc[parts["part"] == "Jumlah, beban APBD"].iloc[0]
    assert total["leaver"].strip() == "Rp 103.244.094"
    assert total["newcomer"].strip() == "Rp 55.095.500"
    assert total["saved"].strip() == "Rp 48.148.594"


@pytest.mark.usefixtures("planner")
def test_a_newcomer_of_p3k_costs_more_in_the_first_year_than_a_cpns_at_80_per_cent(page):
    said = opened(page, masuk_sebagai="PPPK")
    assert "P3K penuh waktu IX masuk: Rp 41 juta setahun bebas" in said


@pytest.mark.usefixtures("planner")
def test_surplus_in_one_school_hides_no_deficit_in_another(page):
    # PJOK at the end of 2027: Melati has two and needs one, Kenanga needs one and Dahlia two.
    opened(page, rinci_ganti="jabatan", sampai_ganti="2027")
    rows = table(page, "post_name").set_index("post_name")
    pjok = rows.loc["Guru PJOK (SD)"]
    assert pjok["needed_count"].strip() == "4"
    assert pjok["deficit_count"].strip() == "3"
    assert pjok["surplus_count"].strip() == "1"
    assert pjok["basis_name"] == "Murid dan rombel"
    # Six rombel in two schools; Dahlia has thirty in a grade, two rombel each (28 at most).
    assert rows.loc["Guru kelas (SD)", "needed_count"].strip() == "24"


@pytest.mark.usefixtures("planner")
def test_a_gap_by_abk_and_one_against_todays_number_stand_in_columns_of_their_own(page):
    opened(page, rinci_ganti="kelompok")
    columns = table(page, "gap_complement_count").columns
    assert "gap_abk_count" in columns
    assert list(columns).index("gap_abk_count") + 1 == list(columns).index("gap_complement_count")


@pytest.mark.usefixtures("planner")
def test_without_the_school_model_teachers_are_not_computed_rather_than_kept(page):
    opened(page, rinci_ganti="dasar", dasar="abk")
    rows = table(page, "basis_name").set_index("basis_name")
    assert set(rows.index) == {"Belum dihitung"}
    assert rows["people_count"].str.strip().tolist() == ["6"]


def test_a_number_replaced_in_the_link_moves_the_table_and_says_so(page):
    said = opened(page, ubah="cpns~lead_months~*~20~22~24")
    assert "22 bulan" in said
    assert "1 angka pilihan diganti" in said
    assert 'title="pilihan setempat: pilihan pengguna"' in said


@pytest.mark.parametrize(
    "text", ["x", "cpns~lead_months~*~24~22~20", "cpns~gaji~*~1~1~1", "a~b~c~d~e~f"]
)
def test_nonsense_in_the_link_is_left_aside(page, text):
    assert "16 bulan" in opened(page, ubah=text)


def test_a_number_is_written_to_the_link_as_it_is_read():
    one = _read("mutasi_masuk~fill_share~*~0.25~0.5~0.75")
    assert one is not None
    assert written(one) == "mutasi_masuk~fill_share~*~0.25~0.5~0.75"


def test_tpp_makes_a_newcomer_dearer(page):
    # 1 million a month: twelve months, THR and 13th salary, and 4 % health insurance of 12 months.
    assert "Rp 42 juta" in opened(page)
    page.number_input(key="tpp").set_value(1000).run()
    assert "Rp 56 juta" in shown(page)


def test_the_gauge_asks_for_a_budget_and_takes_a_typed_one(page):
    assert "Batas 30%: belum ada data APBD." in opened(page)
    page.number_input(key="apbd").set_value(100)
    page.number_input(key="pegawai_apbd").set_value(40).run()
    said = shown(page)
    assert "Belanja pegawai / APBD 2027" in said
    assert "di atas batas" in said
    assert "APBD diketik di sini" in said


@pytest.mark.usefixtures("planner")
def test_recorded_spending_is_explained_to_the_last_rupiah(page):
    opened(page, apbd="100", pegawai_apbd="40", rinci_ganti="batas")
    rows = table(page, "item_name")
    amounts = [int(one.strip().removeprefix("Rp ").replace(".", "")) for one in rows["amount_idr"]]
    assert sum(amounts) == 40_000_000_000


def unit_chosen(page: AppTest) -> None:
    opened(page, rinci_ganti="unit", sampai_ganti="2027")


@pytest.mark.usefixtures("leader")
def test_leaders_see_no_small_counts_of_people(page):
    unit_chosen(page)
    rows = table(page, "opd")
    assert "<5" in set(rows["supply_count"].str.strip())
    opened(page, rinci_ganti="jabatan")


@pytest.mark.usefixtures("planner")
@pytest.mark.parametrize("section", ["kelompok", "jabatan", "unit", "dasar", "batas", "angka"])
def test_every_section_opens(page, section):
    opened(page, rinci_ganti=section)


@pytest.mark.parametrize("role", ["guru", "kepala_sekolah"])
def test_every_role_with_anybody_can_be_replaced(page, role):
    opened(page, jabatan_ganti=role)
    assert page.selectbox(key="jabatan_ganti").value == role


def test_what_is_proposed_after_the_window_waits_for_the_next_year():
    book = rules.load()
    cpns = options(book, date(2026, 9, 1))[0]
    # e-Formasi opens in January; 16 months later it is May.
    proposed, _, middle, _ = view_of.first_days(cpns, date(2026, 9, 1))
    assert (proposed, middle) == (date(2027, 1, 1), date(2028, 5, 1))
    assert view_of.first_days(cpns, date(2027, 1, 15))[0] == date(2027, 1, 1)


def test_the_page_tells_what_doing_nothing_tells_as_a_scenario(data, monkeypatch):
    monkeypatch.setenv("ESTAFET_DATA", str(data))
    page = AppTest.from_function(_parts_page, default_timeout=180)
    page.run()
    assert not page.exception
    own = page.session_state["gap"].table(("role_group", "basis"))
    stages = Stages(facts(data))
    other = stages.gap(Scenario("tanpa apa pun")).table(("role_group", "basis"))
    pd.testing.assert_frame_equal(own, other)


def test_people_in_posts_without_a_need_are_those_of_today_as_in_a_scenario():
    told = scenario_city.ran()
    found = scenario_city.stages().gap(told.scenario)
    roster = scenario_city.facts().people
    at_work = roster["is_on_duty"] & (roster["employment"] != "PPPK_PW")
    for year in (2027, 2031):
        answer = view_of.answer(found, Wish("guru", year, GapChoice(), PayChoice(), ()))
        assert round(answer.not_computed_count) == told.summary["not_computed_people_count"] > 0
        assert answer.people_count == at_work.sum()


def _parts_page() -> None:
    import streamlit as st

    from analytics.pay_law import PayChoice
    from analytics.replacement import GapChoice
    from pages.shared import load_replacement
    from pages.shared.replacement_inputs import Wish, overrides

    held = load_replacement.ground(load_replacement.key())
    wish = Wish("guru", 2030, GapChoice(), PayChoice(), overrides())
    st.session_state["gap"] = load_replacement.gap_of(held, wish.choice)


def test_if_formations_are_refused_the_best_mix_stands_beside_the_robust_one(page):
    opened(page, rinci_ganti="ditolak", tahan="1")
    cases = table(page, "robust")
    assert list(cases["case"])[-1] == "Ditolak setiap tahun"
    anew, as_is = (
        cases[plan].astype("str").str.replace(".", "").astype(int)
        for plan in ("replanned", "unchanged")
    )
    assert (anew <= as_is + 1).all()


def test_the_plan_that_is_replayed_is_that_of_this_pages_choices():
    wish = Wish(
        "guru", 2030, GapChoice(count_part_time=True), PayChoice(tpp_idr=(("*", 1e6),)),
        (Override("cpns", "fill_share", 0.5, 0.6, 0.7), Override("*", "discount_rate", 0, 0.03, 1)),
        growth_share=0.02,
    )  # fmt: skip
    told = replacement_refused.scenario_of(wish, 2026, LawChoice())
    assert told["plan.rule"] == "best_mix"
    assert told["need.count_part_time"] and told["pay.tpp/*"] == 1e6
    assert told["option.fill_share/cpns"] == 0.6 and told["budget.growth_share"] == 0.02
    # Four years from the year of the data to the one that is looked at.
    assert told.years == 4 and told["law.proposal"] == "none"
    # A scenario has no lever for the rate of discount; the page says so.
    assert replacement_refused.not_carried(wish) == 1


def test_the_plan_that_is_replayed_stands_under_the_proposal_of_the_link():
    wish = Wish("guru", 2030, GapChoice(), PayChoice(), ())
    law = LawChoice(proposal="plus_1", proposal_from=date(2028, 1, 1))
    told = replacement_refused.scenario_of(wish, 2026, law)
    assert (told["law.proposal"], told["law.proposal_from"]) == ("plus_1", 2028)
