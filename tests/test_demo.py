"""The sample city against the published figures it follows."""

from __future__ import annotations

import dataclasses
import hashlib
import re
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from python_calamine import CalamineWorkbook

from analytics import demo, demo_people, demo_places, demo_workbook, readers, rules
from analytics.checks import checked_roster
from analytics.nip import nip_parts
from analytics.retirement import retirements

DAY = pd.Timestamp(2026, 7, 1)
ASN = ("PNS", "CPNS", "PPPK")
CAREER = ("PNS", "CPNS")
TEN_YEARS = range(2027, 2037)
GOLDEN_NUMBERS = "f41082cfaa1acd33"


@pytest.fixture(scope="module")
def city():
    return demo.city()


@pytest.fixture(scope="module")
def everyone(city):
    book = rules.load()
    people = retirements(city.people, book, city.as_of)
    educators = book.role_groups.loc[book.role_groups["is_educator"], "role_group"]
    return people.assign(
        is_educator=people["role_group"].isin(educators),
        is_school_side=people["position"].str.contains(
            "Guru|Kepala Sekolah|Pengawas Sekolah|Penilik|Pamong Belajar"
        ),
        age_years=(DAY - people["birth_date"]).dt.days / 365.2425,
    )


@pytest.fixture(scope="module")
def asn(everyone):
    return everyone[everyone["employment"].isin(ASN)]


def by_year(people):
    return people["retires_on"].dt.year.value_counts().reindex(TEN_YEARS, fill_value=0)


# What it says of itself


def test_everything_says_that_it_is_synthetic(city):
    assert city.note == "data contoh (sintetis)"
    assert "(contoh)" in city.government_name


def test_the_same_city_stands_on_every_machine():
    def digest(one):
        csv = [frame.to_csv(index=False) for frame in (one.people, one.units, one.schools)]
        return hashlib.sha256("".join(csv).encode()).hexdigest()

    assert digest(demo.city()) == digest(demo.city())
    assert digest(demo.city()) != digest(demo.city(seed=1))


def test_the_numbers_of_the_city_have_not_moved(city):
    # Golden: our own output. It moves when the calibration or a rule it asks is changed on purpose.
    written = hashlib.sha256("\n".join(city.people["nip"]).encode()).hexdigest()
    assert written[:16] == GOLDEN_NUMBERS


def test_no_retirement_age_is_written_in_the_demo():
    # Ages are the rulebook's: a 58, 60 or 65 here would be a second law.
    for path in Path(demo.__file__).parent.glob("demo*.py"):
        code = re.sub(r'""".*?"""|#.*', "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
        assert not re.findall(r"(?<![\w.\-])(?:58|60|65|70)(?![\w.\-%])", code), path.name


def test_nothing_in_the_city_can_be_changed_by_a_reader(city):
    with pytest.raises(dataclasses.FrozenInstanceError):
        city.note = "data nyata"


# How many


def test_about_4000_asn_and_1400_paruh_waktu_beside_them(everyone, asn):
    # Project brief; Kota Madiun: 1,405 PPPK paruh waktu from 16 Dec 2025 (sinergiamediatama, cabe).
    assert len(asn) == pytest.approx(4000, abs=50)
    assert (everyone["employment"] == "PPPK_PW").sum() == 1400


def test_208_retire_by_age_in_an_average_year_of_the_next_ten(asn):
    # Kota Madiun: at least 208 ASN a year (Harian Bhirawa). Horizon 2027-2036, PNS and PPPK.
    assert by_year(asn).mean() == pytest.approx(208, abs=1)


def test_the_next_five_years_and_twelve_months_are_of_the_same_order(asn):
    assert by_year(asn).loc[2027:2031].mean() == pytest.approx(208, rel=0.1)
    soon = asn["retires_on"].between("2026-08-01", "2027-07-01")
    assert soon.sum() == pytest.approx(208, rel=0.15)


def test_years_are_lumpy_as_published_neighbours_are(asn):
    # Kab. Pasuruan 432 -> 806 in a year (+87 %); Kab. Semarang 370 -> 299 (-19 %), Batu 103 -> 82.
    change = by_year(asn).pct_change().dropna()
    assert change.max() == pytest.approx(0.85, abs=0.15)
    assert change.min() == pytest.approx(-0.25, abs=0.10)
    assert change.abs().median() > 0.1


def test_43_leave_from_august_to_october_2026_and_27_are_educators(asn):
    # The training of Kota Madiun's leavers: 43 participants, 27 of them educators (Harian Bhirawa).
    cohort = asn[asn["retires_on"].between("2026-08-01", "2026-10-31")]
    assert len(cohort) == 43
    assert cohort["is_educator"].sum() == 27
    assert cohort["is_school_side"].sum() == 27


def test_46_to_65_percent_of_leavers_are_educators(asn):
    # 46 % Kota Madiun 2024 (realita.co), 55 % Bandar Lampung 2025, 62 % Jawa Tengah 2024.
    leavers = asn[asn["retires_on"].dt.year.isin(TEN_YEARS)]
    assert 0.46 <= leavers["is_educator"].mean() <= 0.65
    each = leavers.groupby(leavers["retires_on"].dt.year)["is_educator"].mean()
    assert each.between(0.455, 0.65).all(), each


def test_a_few_people_are_past_their_date_and_still_listed(everyone):
    past = everyone[everyone["retires_on"] <= DAY]
    assert len(past) == 3
    assert (past["employment"] == "PNS").all()


# Who


def test_pns_aged_51_to_60_are_a_third_of_asn(asn):
    # BKN by CNBC: 1.50 of 4.34 million in June 2022, 1.33 of 4.28 million in June 2023.
    older = asn["employment"].isin(CAREER) & (asn["age_years"] >= 51) & (asn["age_years"] < 61)
    assert 0.31 <= older.sum() / len(asn) <= 0.35


def test_women_are_53_percent(everyone):
    # Dec 2021, sscasn.com.
    for kinds in (CAREER, ASN):
        staff = everyone[everyone["employment"].isin(kinds)]
        assert (staff["sex"] == "P").mean() == pytest.approx(0.53, abs=0.005)


def test_pns_posts_are_11_percent_structural_51_functional_38_pelaksana(asn):
    # Dec 2021, sscasn.com.
    kinds = asn.loc[asn["employment"].isin(CAREER), "position_kind"].value_counts(normalize=True)
    assert kinds["Jabatan Struktural"] == pytest.approx(0.11, abs=0.005)
    assert kinds["Jabatan Fungsional"] == pytest.approx(0.51, abs=0.005)
    assert kinds["Jabatan Pelaksana"] == pytest.approx(0.38, abs=0.005)


def test_golongan_two_and_one_have_their_published_share(asn):
    # Dec 2021, sscasn.com: II 16 %, I 1 %.
    grade = asn.loc[asn["employment"].isin(CAREER), "golongan"].str.split("/").str[0]
    assert (grade == "II").mean() == pytest.approx(0.16, abs=0.015)
    assert (grade == "I").mean() == pytest.approx(0.01, abs=0.005)


def test_most_leavers_stand_in_four_b(asn):
    # DIY, first half of 2018: 152 of 381 in IV/b (tribunjogja 2017-12-14), next III/c with 79.
    leavers = asn[asn["employment"].isin(CAREER) & asn["retires_on"].dt.year.isin(TEN_YEARS)]
    share = leavers["golongan"].value_counts(normalize=True)
    assert share.index[0] == "IV/b"
    assert share.iloc[0] == pytest.approx(152 / 381, abs=0.1)
    assert share.iloc[1] < share.iloc[0] / 2


def test_birth_dates_heap_on_the_turn_of_the_year(asn):
    # Lombok Tengah sees most retirements in December (mataram.antaranews 357630): such heaps.
    month = asn["birth_date"].dt.month.value_counts()
    assert set(month.index[:2]) == {1, 12}
    day = asn["birth_date"].dt.strftime("%m-%d").value_counts()
    assert set(day.index[:2]) == {"12-31", "01-01"}


def test_nobody_was_taken_in_as_a_child_and_no_young_person_heads_an_office(asn):
    age_at_intake = (asn["appointed_on"] - asn["birth_date"]).dt.days / 365.2425
    assert age_at_intake[asn["employment"].isin(CAREER)].between(18, 47).all()
    assert asn.loc[asn["echelon"].str.startswith("II.").fillna(False), "age_years"].min() > 40
    assert asn.loc[asn["position"] == "Kepala Sekolah", "age_years"].min() > 35


# Numbers, titles, types


def test_every_number_is_well_formed_and_says_what_the_row_says(city):
    people = city.people
    parts = nip_parts(people["nip"])
    assert people["nip"].is_unique
    assert parts["is_well_formed"].all()
    assert (parts["birth_date"] == people["birth_date"]).all()
    assert (parts["sex"] == people["sex"]).all()
    career = people["employment"].isin(CAREER)
    assert (parts.loc[career, "employment"] == "PNS").all()
    assert (parts.loc[~career, "employment"] == "PPPK").all()
    assert (parts.loc[career, "appointed_on"] == people.loc[career, "appointed_on"]).all()
    assert people["nip"].str[15:].astype(int).min() >= 900


def test_every_title_has_a_role_and_every_person_a_date(everyone):
    assert everyone["role_group"].notna().all()
    assert everyone["retires_on"].notna().all()


def test_the_people_frame_has_its_columns_and_types(city):
    kinds = {name: str(dtype) for name, dtype in city.people.dtypes.items()}
    assert kinds == {name: str(pd.Series(dtype=kind).dtype) for name, kind in
                     demo_people.PEOPLE.items()}  # fmt: skip


def test_contracts_end_after_today_and_before_retirement(everyone):
    contract = everyone[everyone["contract_ends_on"].notna()]
    assert set(contract["employment"]) == {"PPPK", "PPPK_PW"}
    assert (contract["contract_ends_on"] >= DAY).all()
    assert (contract["contract_ends_on"] < contract["retires_on"]).all()
    part_time = contract[contract["employment"] == "PPPK_PW"]
    # One year from 16 December 2025 (rules section 9).
    assert (part_time["appointed_on"] == pd.Timestamp(2025, 12, 16)).all()
    assert (part_time["contract_ends_on"] == pd.Timestamp(2026, 12, 15)).mean() > 0.99


def test_the_odd_cases_a_planner_meets_are_there(everyone):
    title = everyone["position"].value_counts()
    assert title["Pengawas Sekolah Ahli Madya"] >= 2
    assert title["Guru Ahli Utama"] == 2
    assert title["Arsiparis Ahli Muda"] == 1
    assert title["Penguji Kendaraan Bermotor Penyelia"] == 1
    assert everyone["extra_duty"].str.startswith("Plt.").sum() >= 5
    assert set(everyone["legal_status_code"]) >= {"01", "02", "03", "20", "71"}
    assert not everyone["is_on_duty"].all()
    assert everyone["has_head_certificate"].fillna(False).sum() > 66
    for name in ("Guru Kelas", "Lurah", "Perawat Mahir", "Penata Layanan Operasional", "Camat"):
        assert name in title.index


def test_disputed_readings_touch_somebody(everyone):
    assert (everyone["rule_standing"] == "disputed").any()


# Places


def test_52_sdn_and_14_smpn_in_three_kecamatan_with_27_kelurahan(city):
    # madiuntoday.id 2025-06-23; three kecamatan and 27 kelurahan.
    units = city.units
    assert units["school_level"].value_counts()[["SD", "SMP"]].tolist() == [52, 14]
    assert (units["kind"] == "kelurahan").sum() == 27
    assert units["kecamatan"].dropna().nunique() == 3
    assert units["unit_id"].is_unique
    assert units[["latitude", "longitude"]].notna().all(axis=None)


def test_primary_schools_stand_0_3_to_2_km_apart(city):
    school = city.units[city.units["school_level"] == "SD"]
    at = np.radians(school[["latitude", "longitude"]].to_numpy())
    north = at[:, None, 0] - at[:, 0]
    east = (at[:, None, 1] - at[:, 1]) * np.cos(at[:, 0].mean())
    gap_km = 6371 * np.hypot(north, east)
    np.fill_diagonal(gap_km, np.inf)
    assert gap_km.min() > 0.3
    assert gap_km.min(axis=1).max() < 2


def test_the_city_covers_some_33_km2_of_open_sea(city):
    # Kota Madiun 33.23 km2 (adoc.pub). Java Sea: no school stands between 5.3 and 5.5 south there.
    area_km2 = demo_places.WIDTH_KM * demo_places.HEIGHT_KM
    assert area_km2 == pytest.approx(33.23, rel=0.01)
    assert city.units["latitude"].between(-5.45, -5.35).all()
    assert city.units["longitude"].between(111.49, 111.57).all()


def test_everybody_works_in_a_known_unit(city):
    known = set(zip(city.units["name"], city.units["opd"], strict=True))
    assert set(zip(city.people["unit"], city.people["opd"], strict=True)) <= known
    by_name = city.units.set_index("name")
    at_school = city.people[city.people["npsn"].notna()]
    assert (at_school["unit"].map(by_name["npsn"]) == at_school["npsn"]).all()


def test_pupils_fall_every_year_and_some_schools_are_small(city):
    total = city.schools.groupby(["level", "school_year"])["pupil_count"].sum().unstack()
    assert (total.diff(axis=1).iloc[:, 1:] < 0).all(axis=None)
    latest = city.schools[(city.schools["school_year"] == 2025) & (city.schools["level"] == "SD")]
    assert 1 <= (latest["pupil_count"] < 60).sum() <= 6
    assert 5 <= (latest["pupil_count"] < 100).sum() <= 20
    assert (latest["rombel_count"] >= 6).all()
    # SDN offer 2,106 seats in the first grade and do not fill them.
    assert latest["pupil_count"].sum() / 6 < 2106
    assert not city.schools.duplicated(["npsn", "school_year"]).any()


def test_teachers_of_the_latest_year_are_the_people_of_the_roster(city):
    latest = city.schools[city.schools["school_year"] == 2025].set_index("npsn")
    teaching = city.people[
        city.people["npsn"].notna() & city.people["position"].str.contains("Guru|Kepala Sekolah")
    ]
    counted = teaching["npsn"].value_counts().reindex(latest.index)
    assert (counted == latest["teacher_count"]).all()


# Other days


def test_a_later_day_has_fewer_people_and_no_ended_contract(city):
    later = demo.city(date(2027, 7, 1))
    gone = set(city.people["nip"]) - set(later.people["nip"])
    dates = retirements(city.people, rules.load(), city.as_of).set_index("nip")["retires_on"]
    assert (dates.loc[sorted(gone)].between("2026-07-02", "2027-07-01")).all()
    assert set(later.people["nip"]) < set(city.people["nip"])
    ends = later.people["contract_ends_on"].dropna()
    assert (ends >= pd.Timestamp(2027, 7, 1)).all()


def test_an_earlier_day_is_refused():
    with pytest.raises(ValueError, match="begins on 2026-07-01"):
        demo.city(date(2026, 6, 30))


# Workbooks


def cells(path):
    return CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()


def test_the_siasn_workbook_has_69_headers_text_cells_and_fakes(city, tmp_path):
    path = tmp_path / "contoh.xlsx"
    assert demo.siasn_workbook(path, city.people.head(50)) == ()
    rows = cells(path)
    assert len(rows) == 51
    assert len(rows[0]) == 69
    assert rows[0][0] == "PNS ID"
    assert rows[0][-1] == "ESELON NAMA"
    assert all(isinstance(cell, str) for row in rows for cell in row)
    first = dict(zip(rows[0], rows[1], strict=True))
    one = city.people.iloc[0]
    assert first["NIP BARU"] == one["nip"]
    assert first["TANGGAL LAHIR"] == one["birth_date"].strftime("%d-%m-%Y")
    for header in ("NIK", "ALAMAT", "NOMOR HP", "AGAMA NAMA", "EMAIL", "BPJS"):
        assert first[header] == "SINTETIS"
    assert "sintetis" in CalamineWorkbook.from_path(str(path)).sheet_names[0]


def test_headers_that_an_import_discards_are_the_ones_we_fake():
    columns = pd.read_csv(Path(__file__).resolve().parents[1] / "data" / "columns.csv", dtype=str)
    nominatif = columns[columns["header"].isin(demo_workbook.SIASN_HEADERS)]
    discarded = nominatif.loc[nominatif["policy"] == "discard_on_import", "header"]
    assert set(demo_workbook.DISCARDED) <= set(discarded)


@pytest.mark.parametrize("write", [demo.siasn_workbook, demo.plain_workbook])
def test_planted_faults_stand_where_they_are_said_to(city, tmp_path, write):
    path = tmp_path / "salah.xlsx"
    planted = write(path, city.people.head(100), tuple(demo_workbook.FAULTS))
    rows = cells(path)
    assert [fault.code for fault in planted] == list(demo_workbook.FAULTS)
    for fault in planted:
        found = rows[fault.row - 1][rows[0].index(fault.column)]
        if fault.code == "nip_precision_lost":
            assert isinstance(found, float)
            assert found == float(fault.value)
        else:
            assert found == fault.value


# What a nominatif has no column for.
NOT_IN_NOMINATIF = {
    "contract_ends_on", "stated_jenjang", "extra_duty", "has_head_certificate", "kecamatan", "npsn",
}  # fmt: skip


@pytest.mark.parametrize(
    ("write", "lost"), [(demo.siasn_workbook, NOT_IN_NOMINATIF), (demo.plain_workbook, set())]
)
def test_the_city_comes_back_from_its_own_workbook(city, tmp_path, write, lost):
    path = tmp_path / "contoh.xlsx"
    write(path, city.people)
    back = checked_roster(readers.read(path), rules.load(), city.as_of)
    assert back.refused.empty
    assert {fault.code for fault in back.faults} == {"past_bup", "bup_disputed"}
    kept = [column for column in demo_people.PEOPLE if column not in lost]
    pd.testing.assert_frame_equal(
        back.people[kept].sort_values("nip", ignore_index=True).astype("object"),
        city.people[kept].astype("object"),
        check_names=False,
    )


@pytest.mark.parametrize("write", [demo.siasn_workbook, demo.plain_workbook])
def test_planted_faults_are_found_in_their_rows(city, tmp_path, write):
    path = tmp_path / "salah.xlsx"
    planted = write(path, city.people.head(200), tuple(demo_workbook.FAULTS))
    found = checked_roster(readers.read(path), rules.load(), city.as_of).faults
    assert {(fault.row, fault.code) for fault in planted} <= {(f.row, f.code) for f in found}


def test_a_workbook_of_the_same_people_has_the_same_bytes(city, tmp_path):
    for name in ("a.xlsx", "b.xlsx"):
        demo.siasn_workbook(tmp_path / name, city.people.head(20), ["date_invalid"])
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


def test_an_unknown_fault_is_refused(city, tmp_path):
    with pytest.raises(ValueError, match="cannot be planted"):
        demo.plain_workbook(tmp_path / "x.xlsx", city.people.head(20), ["bencana"])
    with pytest.raises(ValueError, match="rows"):
        demo.plain_workbook(tmp_path / "x.xlsx", city.people.head(3), ["date_invalid"])
