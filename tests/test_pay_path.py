"""How pay moves along the years: steps, promotions, probation, people who cannot be priced."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from analytics import rules
from analytics.pay import unpriced, yearly_cost
from analytics.pay_grades import graded, schooling
from analytics.pay_law import PayChoice, PayError, pay_law
from analytics.pay_newcomer import newcomer_costs, of_role
from analytics.pay_path import pay_path, spending
from tests import verified_pay
from tests.verified_pay import RANKS

ON = date(2026, 7, 1)


@pytest.fixture(scope="module")
def book() -> rules.RuleBook:
    return rules.load()


def people(**columns: object) -> pd.DataFrame:
    """People with what a roster tells of them; PNS of role pelaksana unless told otherwise."""
    frame = pd.DataFrame(columns)
    defaults = {"employment": "PNS", "role_group": "pelaksana", "jenjang": "-", "echelon": None}
    missing = {name: value for name, value in defaults.items() if name not in frame}
    return frame.assign(**missing)


def base(path) -> np.ndarray:
    """Base pay a month, person by person and year by year."""
    return path.parts["base_idr"] / 12


@pytest.mark.parametrize(
    "written", ["III/a", "III-a", "IIIa", "3A", "Golongan III/a", "Penata Muda"]
)
def test_a_grade_is_understood_however_it_is_written(book, written):
    cost = yearly_cost(people(golongan=[written], service_years=[0]), ON, book)
    assert cost["base_idr"].iloc[0] == 12 * 2_785_700  # PP 5/2024


@pytest.mark.parametrize("written", ["IX", "Golongan IX", "9", "PPPK IX"])
def test_a_contract_grade_is_understood_however_it_is_written(book, written):
    frame = people(golongan=[written], service_years=[0], employment="PPPK")
    assert yearly_cost(frame, ON, book)["base_idr"].iloc[0] == 12 * 3_203_600  # Perpres 11/2024


def test_contract_staff_without_a_grade_have_that_of_their_schooling_and_it_is_said(book):
    frame = people(golongan=[None], education_level=["S-1/Sarjana"], employment="PPPK")
    cost = yearly_cost(frame, ON, book)
    assert cost["grade"].iloc[0] == "IX"
    assert cost["grade_basis"].iloc[0] == "schooling"


def test_a_civil_servant_without_a_grade_is_listed_and_is_not_zero(book):
    frame = people(golongan=[None, "III/a"], service_years=[10, 10])
    assert np.isnan(yearly_cost(frame, ON, book)["total_idr"].iloc[0])
    lost = unpriced(frame, ON, book)
    assert list(lost.index) == [0]
    assert "I/a" in lost["remedy_id"].iloc[0]
    path = pay_path(frame, ON, 2, book)
    told = spending(path, np.ones((2, 3)))
    assert list(told["unpriced_years"]) == [1, 1, 1]


def test_pay_steps_up_every_two_years_of_service(book):
    # III/a at 0, 2, 4 years of service: PP 5/2024.
    frame = people(golongan=["III/a"], service_years=[0], golongan_since=[pd.Timestamp(ON)])
    found = base(pay_path(frame, date(2026, 1, 1), 3, book))[0]
    assert list(found) == [2_785_700, 2_785_700, 2_873_500, 2_873_500]


def test_a_promotion_comes_after_four_years_in_grade(book):
    # Promoted on 1 January 2028 from III/a to III/b, with four years of service then.
    frame = people(
        golongan=["III/a"],
        service_years=[2],
        golongan_since=[pd.Timestamp("2024-01-01")],
        education_level=["S-1"],
    )
    found = base(pay_path(frame, date(2026, 1, 1), 3, book))[0]
    assert found[1] == 2_873_500  # III/a, 3 years
    assert found[2] == 3_089_300  # III/b, 4 years


def test_nobody_is_promoted_beyond_the_ceiling_of_their_schooling(book):
    frame = people(
        golongan=["III/b"],
        service_years=[20],
        golongan_since=[pd.Timestamp("2023-01-01")],
        education_level=["SLTA"],
    )
    found = base(pay_path(frame, date(2026, 1, 1), 6, book))[0]
    table = pay_law(book, ON).table_idr[pay_law(book, ON).place("PNS", "III/b")]
    assert list(found) == [table[20 + year] for year in range(7)]


def test_service_falls_by_five_years_on_the_way_from_ii_to_iii(book):
    # II/d with 20 years becomes III/a with 15, which a year later are 16.
    frame = people(
        golongan=["II/d"],
        service_years=[20],
        golongan_since=[pd.Timestamp("2022-01-01")],
        education_level=["D-III"],
    )
    law = pay_law(book, ON)
    found = base(pay_path(frame, date(2026, 1, 1), 1, book))[0]
    assert found[1] == law.table_idr[law.place("PNS", "III/a"), 16]


def test_no_promotion_ever_lowers_the_base_pay(book):
    rows = [
        (grade, years, months)
        for scale, grade in pay_law(book, ON).grades
        if scale == "PNS"
        for years in range(34)
        for months in (0, 13, 30, 47)
    ]
    frame = people(
        golongan=[row[0] for row in rows],
        service_years=[row[1] for row in rows],
        golongan_since=[pd.Timestamp(ON) - pd.DateOffset(months=row[2]) for row in rows],
        education_level="S-3",
    )
    assert (np.diff(base(pay_path(frame, ON, 15, book)), axis=1) >= -0.5).all()


def test_who_was_not_promoted_for_eight_years_stays(book):
    frame = people(
        golongan=["III/a"],
        service_years=[10],
        golongan_since=[pd.Timestamp("2016-01-01")],
        education_level=["S-1"],
    )
    law = pay_law(book, ON)
    found = base(pay_path(frame, date(2026, 1, 1), 5, book))[0]
    assert found[5] == law.table_idr[law.place("PNS", "III/a"), 15]


def test_a_candidate_becomes_full_a_year_after_the_appointment(book):
    # 80 % from January to June 2026, full from July.
    frame = people(
        golongan=["III/a"],
        service_years=[0],
        appointed_on=[pd.Timestamp("2025-07-01")],
        employment="CPNS",
    )
    found = base(pay_path(frame, date(2026, 1, 1), 1, book))[0]
    assert found[0] == pytest.approx(2_785_700 * 0.9)


def test_total_service_is_told_from_service_in_grade_by_the_roster_itself(book):
    # Both entered as II/a; the roster writes the whole service, so III has five years less.
    begun = pd.to_datetime(["2000-07-01", "1996-07-01", "2010-07-01"])
    frame = people(
        golongan=["III/a", "III/b", "III/a"],
        appointed_on=begun,
        golongan_since=pd.to_datetime(["2023-07-01", "2022-10-01", "2010-07-01"]),
        service_years=[26, 30, 16],
        service_months=[0, 0, 0],
        education_level=["SLTA", "SLTA", "S-1"],
    )
    found = graded(frame, ON, pay_law(book, ON))
    assert list(found.service_months) == [21 * 12, 25 * 12, 16 * 12]
    assert list(found.service_basis) == ["adjusted", "adjusted", "stated"]


def test_service_as_of_the_last_promotion_is_brought_to_today(book):
    # SIASN: service in grade on the day of the last promotion.
    frame = people(
        golongan=["III/c", "III/d"],
        appointed_on=pd.to_datetime(["2010-01-01", "2006-01-01"]),
        golongan_since=pd.to_datetime(["2024-04-01", "2023-04-01"]),
        service_years=[14, 17],
        service_months=[3, 3],
        education_level="S-1",
    )
    found = graded(frame, ON, pay_law(book, ON))
    assert list(found.service_months) == [16 * 12 + 6, 20 * 12 + 6]


def test_service_that_is_not_written_is_counted_from_the_appointment_or_the_number(book):
    frame = people(
        golongan=["III/b", "III/b", "III/b"],
        appointed_on=[pd.Timestamp("2014-07-01"), pd.NaT, pd.NaT],
        nip=["198501012014071001", "198501012010071001", None],
        education_level="S-1",
    )
    found = graded(frame, ON, pay_law(book, ON))
    assert list(found.service_months) == [144, 192, 168]
    assert list(found.service_basis) == ["appointed", "nip", "grade"]


# How rosters of different makers write schooling.
@pytest.mark.parametrize(
    ("written", "level"),
    [
        ("S-1/Sarjana", "S1"), ("Diploma III/Sarjana Muda", "D3"), ("SLTA Kejuruan", "SMA"),
        ("SMK", "SMA"), ("D-IV", "D4"), ("S2", "S2"), ("S-3/Doktor", "S3"), ("SD", "SD"),
        ("Sekolah Dasar", "SD"), ("SLTP/SMP Sederajat", "SMP"), ("entah", None),
    ],
)  # fmt: skip
def test_schooling_is_understood(written, level):
    assert schooling(written) == level


def test_a_law_that_begins_later_is_paid_from_its_year_on(tmp_path):
    for file in rules.FOLDER.glob("*.csv"):
        (tmp_path / file.name).write_text(file.read_text(encoding="utf-8"), encoding="utf-8")
    old = pd.read_csv(tmp_path / "pns_salary.csv", dtype=str, keep_default_na=False)
    new = old.assign(
        rule_id=old["rule_id"] + "-2028",
        idr=(old["idr"].astype(float) * 1.1).astype(int).astype(str),
        effective_from="2028-01-01",
    )
    old["effective_to"] = "2027-12-31"
    pd.concat([old, new]).to_csv(tmp_path / "pns_salary.csv", index=False)
    frame = people(golongan=["IV/e"], service_years=[33])
    found = base(pay_path(frame, ON, 2, rules.load(tmp_path)))[0]
    assert found[1] == 6_373_200  # the top of PP 5/2024, as in BKN's pension example
    assert found[2] == int(6_373_200 * 1.1)


def test_a_day_without_a_salary_table_is_refused(book):
    with pytest.raises(rules.RuleError, match="tabel gaji"):
        pay_law(book, date(2019, 1, 1))


def test_a_general_raise_lifts_base_pay_from_the_second_year_on(book):
    frame = people(golongan=["IV/e"], service_years=[33])
    found = base(pay_path(frame, ON, 2, book, PayChoice(yearly_raise_share=0.05)))[0]
    assert found / 6_373_200 == pytest.approx([1, 1.05, 1.05**2])


def test_pay_of_part_time_staff_counts_to_the_cap_only_where_it_is_read_so(book):
    frame = people(employment=["PPPK_PW"], golongan=[None])
    outside = yearly_cost(frame, ON, book, PayChoice(is_part_time_in_cap=False))
    inside = yearly_cost(frame, ON, book, PayChoice(is_part_time_in_cap=True))
    assert outside["in_cap_idr"].iloc[0] == 0
    assert inside["in_cap_idr"].iloc[0] == inside["total_idr"].iloc[0] > 12 * 2_600_000


def test_a_newcomer_without_a_certificate_in_the_first_year(book):
    costs = newcomer_costs("pppk", 3, book, PayChoice(certified_share=1.0), on=ON)
    cost = of_role(costs, "guru")
    assert list(cost["outside_cap_idr"] > 12 * 3_000_000) == [False, True, True]


@pytest.mark.parametrize("years", [3, 2])
def test_what_one_caller_writes_into_a_price_nobody_else_reads(book, years):
    newcomer_costs("pppk", 3, book, on=ON)
    costs = newcomer_costs("pppk", years, book, on=ON)
    guru = of_role(costs, "guru")
    before = guru["total_idr"].iloc[0]
    guru.loc[0, "total_idr"] = -1.0
    guru.iloc[:, -1] = -1.0
    again = of_role(newcomer_costs("pppk", years, book, on=ON), "guru")
    assert again["total_idr"].iloc[0] == before > 0
    assert (again.iloc[:, -1] >= 0).all()


def test_a_transfer_costs_what_permanent_staff_of_the_role_cost(book):
    frame = people(
        golongan=["IV/b", "III/a"], service_years=[32, 0], role_group=["guru", "pelaksana"]
    )
    cost = of_role(newcomer_costs("mutasi_masuk", 1, book, on=ON, staff=frame), "guru")
    whole = pay_path(frame, ON, 0, book)
    assert cost["total_idr"].iloc[0] == pytest.approx(whole.total_idr[0, 0])


@pytest.mark.parametrize(
    "wrong",
    [
        {"spouse_share": 1.2},
        {"yearly_raise_share": float("nan")},
        {"tpp_idr": (("guru", -1.0),)},
        {"overrides": (("bulan-gaji", 12.0), ("bulan-gaji", 13.0))},
    ],
)
def test_a_choice_that_cannot_be_is_refused(wrong):
    with pytest.raises(PayError):
        PayChoice(**wrong)


def test_an_override_of_a_row_that_does_not_exist_is_refused(book):
    with pytest.raises(PayError, match="tidak ada baris"):
        pay_law(book, ON, PayChoice(overrides=(("tidak-ada", 1.0),)))


# Public payroll code for a contract teacher IX/0 with spouse and one child, JF allowance 325,000.
def test_contributions_are_those_of_a_public_payroll_program(book):
    choice = PayChoice(
        spouse_share=1.0,
        children_mean=1.0,
        certified_share=0.0,
        overrides=(("tunjangan-guru-III", 325_000.0),),
    )
    frame = people(golongan=["IX"], service_years=[0], employment="PPPK", role_group="guru")
    month = yearly_cost(frame, ON, book, choice).filter(like="_idr").iloc[0] / 12
    assert int(0.04 * (month["base_idr"] + month["family_idr"] + 325_000)) == 156_521
    assert int(0.0024 * month["base_idr"]) == 7_688
    assert int(0.0072 * month["base_idr"]) == 23_065
    assert month["employer_idr"] == pytest.approx(156_521 + 7_688 + 23_065, abs=3)
    assert int(0.0325 * (month["base_idr"] + month["family_idr"])) in (116_610, 116_611)


@pytest.mark.parametrize("seed", range(4))
def test_the_same_pay_comes_out_person_by_person_and_month_by_month(book, seed):
    luck = np.random.default_rng(seed)
    count = 60
    is_contract = luck.random(count) < 0.25
    is_teacher = luck.random(count) < 0.5
    schooling_of = luck.choice(["SLTA", "D-III", "S-1"], count)
    grade = np.where(
        is_contract, luck.choice(["V", "VII", "IX", "X"], count), luck.choice(RANKS, count)
    )
    months, in_grade = luck.integers(0, 400, count), luck.integers(0, 120, count)
    since = [pd.Timestamp(ON) - pd.DateOffset(months=int(k)) for k in in_grade]
    frame = people(
        employment=np.where(is_contract, "PPPK", "PNS"),
        golongan=grade,
        golongan_since=since,
        service_years=months // 12,
        service_months=months % 12,
        education_level=schooling_of,
        role_group=np.where(is_teacher, "guru", "pelaksana"),
    )
    choice = PayChoice(spouse_share=1.0, children_mean=2.0, certified_share=0.0)
    found = pay_path(frame, ON, 10, book, choice).total_idr
    facts = frame.assign(months=months, in_grade=in_grade, is_teacher=is_teacher)
    expected = [
        [verified_pay.yearly_cost(person, ON, year) for year in range(2026, 2037)]
        for person in facts.to_dict("records")
    ]
    assert np.allclose(found, expected, rtol=0, atol=0.01)


def test_an_empty_roster_costs_nothing_and_breaks_nothing(book):
    nobody = people(golongan=["III/a"]).iloc[:0]
    assert yearly_cost(nobody, ON, book).empty
    assert pay_path(nobody, ON, 2, book).total_idr.shape == (0, 3)


def test_somebody_of_unknown_employment_is_listed_and_not_priced(book):
    frame = people(employment=["HONORER", None], golongan=["III/a", "III/a"])
    assert yearly_cost(frame, ON, book)["total_idr"].isna().all()
    assert unpriced(frame, ON, book)["remedy_en"].str.contains("employment").all()


def test_an_override_of_a_row_that_has_ended_changes_nothing_today(book):
    # Teacher allowances passed through the APBD until 2024; the row of today is another.
    choice = PayChoice(overrides=(("tpg-lewat-apbd", 0.5),))
    assert pay_law(book, date(2024, 6, 1), choice).amount("tpg_through_apbd") == 0.5
    assert pay_law(book, ON, choice).amount("tpg_through_apbd") == 0.0
