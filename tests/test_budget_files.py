"""APBD files in: tables of years, accounts of SIPD and DJPK, odd units, and what is refused."""

from __future__ import annotations

from contextlib import closing
from datetime import date

import pandas as pd
import pytest

from analytics import checks, demo, import_data, readers, rules, store, store_tables
from analytics.budget import budget, gauge, other_spending, recorded_years
from analytics.checks_budgets import rupiah
from analytics.faults import FaultsError
from analytics.pay_path import pay_path
from analytics.retirement import retirements
from tests import workbooks

BOOK = rules.load()


def judged(tmp_path, rows, sheet="Sheet1", merged=()):
    path = workbooks.write_xlsx(tmp_path / "apbd.xlsx", {sheet: rows}, merged)
    reading = readers.read(path)
    assert reading.kind == "apbd"
    return checks.checked_budgets(reading)


def told(found) -> dict:
    """(year, realised) -> total, personnel and teacher allowances in billions."""
    return {
        (row.year, row.is_realised): (
            row.total_idr / 1e9,
            row.personnel_idr / 1e9,
            row.teacher_allowance_idr / 1e9,
        )
        for row in found.budgets.itertuples()
    }


def codes(found) -> list[str]:
    return sorted({fault.code for fault in found.faults})


HEADER = ["Tahun", "Total Belanja", "Belanja Pegawai", "Tunjangan Guru TKD", "Other"]


def test_a_row_per_year_is_read_as_it_stands(tmp_path):
    found = judged(
        tmp_path,
        [
            HEADER,
            [2024, "1.200.000.000.000", "480.000.000.000", "50.000.000.000", "25.000.000.000"],
            [2025, 1_150_000_000_000, 470_000_000_000, 0, None],
        ],
    )
    assert told(found) == {(2024, False): (1200, 480, 50), (2025, False): (1150, 470, 0)}
    assert found.budgets["council_head_idr"].tolist()[0] == 25_000_000_000
    assert not found.faults


# The report on the realisation of the budget as SIPD prints it.
LRA = [
    ["PEMERINTAH KOTA CONTOH"],
    ["LAPORAN REALISASI ANGGARAN TAHUN ANGGARAN 2025"],
    ["Kode Rekening", "Uraian", "Anggaran 2025", "Realisasi 2025", "%", "Realisasi 2024"],
    ["4", "PENDAPATAN DAERAH", 1.1e12, 1.09e12, 99.0, 1.0e12],
    ["4.2.01", "Pendapatan Transfer Pemerintah Pusat", 7e11, 6.9e11, 98.6, 6.8e11],
    ["4.2.01.07", "Dana Tunjangan Profesi Guru", 5e10, 5e10, 100.0, 5e10],
    ["5", "BELANJA DAERAH", 1.2e12, "1.150.000.000.000,00", 95.8, 1.1e12],
    ["5.1", "BELANJA OPERASI", 9e11, 8.5e11, 94.4, 8e11],
    ["5.1.01", "Belanja Pegawai", 4.8e11, "470.000.000.000,00", 97.9, 4.65e11],
    ["5.1.01.01", "Belanja Gaji dan Tunjangan ASN", 3e11, 3e11, 100.0, 3e11],
    ["5.1.01.02.06", "Belanja Tunjangan Profesi Guru (TPG)", 45e9, 44e9, 97.8, 43e9],
    ["5.1.01.02.07", "Belanja Tambahan Penghasilan Guru PNSD", 1e9, 1e9, 100.0, 1e9],
    ["5.1.01.04", "Belanja Gaji dan Tunjangan DPRD", 12e9, 11e9, 91.7, 10e9],
    ["5.1.01.05", "Belanja Gaji dan Tunjangan KDH/WKDH", 1e9, 1e9, 100.0, 1e9],
]


def test_accounts_of_a_realisation_report_give_every_year_and_stage(tmp_path):
    found = judged(tmp_path, LRA)
    assert told(found) == {
        (2025, False): (1200, 480, 46),
        (2025, True): (1150, 470, 45),
        (2024, True): (1100, 465, 44),
    }
    last = found.budgets.iloc[-1]
    assert last["council_head_idr"] == 12_000_000_000
    assert last["transfer_idr"] == 690_000_000_000


def test_accounts_in_billions_with_a_suffix_are_rupiah(tmp_path):
    # As the portal of the ministry of finance (DJPK) prints its posture of the APBD.
    found = judged(
        tmp_path,
        [
            ["Postur APBD Kota Contoh Tahun 2025"],
            ["Akun", "Anggaran", "Realisasi", "Persentase"],
            ["Belanja Daerah", "1.200,55 M", "1.100,10 M", "91.63"],
            ["Belanja Pegawai", "480,11 M", "470,00 M", "97.89"],
        ],
    )
    assert told(found) == {
        (2025, False): (pytest.approx(1200.55), pytest.approx(480.11), 0),
        (2025, True): (pytest.approx(1100.10), 470, 0),
    }
    assert "budget_unit_assumed" not in codes(found)


def test_codes_in_their_own_columns_and_a_change_of_the_budget(tmp_path):
    found = judged(
        tmp_path,
        [
            ["APBD TA 2026"],
            ["Kode", None, None, "Uraian", "Sebelum Perubahan", "Setelah Perubahan", "Selisih"],
            ["5", None, None, "BELANJA DAERAH", 1.2e12, 1.25e12, 5e10],
            ["5", "1", "01", "Belanja Pegawai", 4.8e11, 4.9e11, 1e10],
        ],
    )
    assert told(found) == {(2026, False): (1250, 490, 0)}


def test_several_years_side_by_side_with_the_unit_in_the_title(tmp_path):
    found = judged(
        tmp_path,
        [
            ["APBD Kota Contoh (dalam jutaan rupiah)"],
            ["Uraian", "2023", "2024", "2025"],
            ["Belanja Daerah", "1.000.000", "1.100.000", "1.200.000"],
            ["Belanja Pegawai", "400.000", "410.000", "420.000"],
        ],
    )
    assert [total for total, *_ in told(found).values()] == [1000, 1100, 1200]
    assert "budget_unit_assumed" not in codes(found)


@pytest.mark.parametrize("factor", [1e3, 1e6, 1e9])
def test_a_unit_that_nobody_states_is_told_from_what_an_apbd_can_be(tmp_path, factor):
    found = judged(
        tmp_path, [HEADER, [2025, 1.2e12 / factor, 4.8e11 / factor, 5e10 / factor, None]]
    )
    assert told(found) == {(2025, False): (1200, 480, 50)}
    assert codes(found) == ["budget_unit_assumed"]


def test_mixed_units_are_refused_with_the_remedy(tmp_path):
    found = judged(tmp_path, [HEADER, [2025, 1_200_000, 480_000_000_000, 0, None]])
    assert codes(found) == ["budget_unit_assumed", "budget_units_mixed"]
    assert found.budgets.empty
    assert "satuan" in found.refused["reasons"].iloc[0]


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ([2025, 1.2e12, 1.3e12, 0, None], "budget_personnel_above_total"),
        ([2025, 1.2e12, 4e11, 5e11, None], "budget_teacher_above_personnel"),
        ([2025, 1.2e12, None, 0, None], "budget_amount_missing"),
        ([2025, 1.2e12, "sedang dihitung", 0, None], "budget_amount_invalid"),
        ([2025, -1.2e12, 4e11, 0, None], "budget_amount_invalid"),
        ([2025, 1.2e16, 4e15, 0, None], "budget_amount_implausible"),
        (["tahun lalu", 1.2e12, 4e11, 0, None], "year_unknown"),
    ],
)
def test_what_cannot_be_is_refused(tmp_path, row, code):
    found = judged(tmp_path, [HEADER, row, [2024, 1.1e12, 4e11, 5e10, None]])
    assert code in codes(found)
    assert set(told(found)) == {(2024, False)}
    assert len(found.refused) == 1


def test_the_same_year_twice_with_other_amounts_is_refused(tmp_path):
    found = judged(tmp_path, [HEADER, [2025, 1.2e12, 4e11, 0, None], [2025, 1.3e12, 4e11, 0, None]])
    assert codes(found) == ["budget_duplicate"]
    assert told(found)[2025, False][0] == 1200


def test_a_missing_year_and_a_jump_are_told(tmp_path):
    found = judged(
        tmp_path, [HEADER, [2022, 6e11, 2.4e11, 1e10, None], [2025, 1.2e12, 4e11, 5e10, None]]
    )
    assert codes(found) == ["budget_jump", "budget_year_missing"]
    assert sum(fault.code == "budget_year_missing" for fault in found.faults) == 2


def test_a_share_that_is_hardly_seen_is_told_and_let_in(tmp_path):
    found = judged(tmp_path, [HEADER, [2025, 1.2e12, 1.1e12, 5e10, None]])
    assert codes(found) == ["budget_share_odd"]
    assert len(found.budgets) == 1


# What spreadsheets and portals write.
@pytest.mark.parametrize(
    ("written", "amount"),
    [
        ("1.200.000.000,50", 1_200_000_000.5),
        ("1,200,000,000.50", 1_200_000_000.5),
        ("Rp 1.200.000", 1_200_000.0),
        ("1.200,55 M", 1_200_550_000_000.0),
        ("1,2 T", 1.2e12),
        ("950,5", 950.5),
        ("1.200", 1200.0),
        ("(1.200.000)", -1_200_000.0),
        (1_200_000, 1_200_000.0),
        ("10 + 5", 15.0),
        ("-", None),
        ("", None),
        ("belum", "?"),
    ],
)
def test_amounts_are_understood(written, amount):
    assert rupiah(written) == (amount if not isinstance(amount, float) else pytest.approx(amount))


def test_a_roster_is_no_apbd(tmp_path):
    path = workbooks.write_xlsx(
        tmp_path / "peg.xlsx", {"Sheet1": workbooks.plain_rows(workbooks.people(5))}
    )
    assert readers.read(path).kind == "roster"


def test_a_file_said_to_be_an_apbd_that_is_none_asks_for_its_columns(tmp_path):
    path = workbooks.write_xlsx(
        tmp_path / "x.xlsx", {"Sheet1": [["A", "B", "C"], ["x", "y", "z"], ["x", "y", "z"]]}
    )
    reading = readers.read(path, kind="apbd")
    assert {fault.code for fault in reading.faults} == {"column_missing"}
    mapped = readers.read(
        workbooks.write_xlsx(
            tmp_path / "y.xlsx",
            {"Sheet1": [["Th", "Semua", "Orang"], [2025, 1.2e12, 4e11], [2026, 1.3e12, 4e11]]},
        ),
        kind="apbd",
        mapping={"Th": "year", "Semua": "total_idr", "Orang": "personnel_idr"},
    )
    assert len(checks.checked_budgets(mapped).budgets) == 2


def test_an_imported_apbd_stands_in_the_next_edition_and_a_later_one_replaces_its_years(tmp_path):
    data = tmp_path / "data"
    roster = workbooks.write_xlsx(
        tmp_path / "peg.xlsx", {"Sheet1": workbooks.plain_rows(workbooks.people(5))}
    )
    import_data.load(
        data, import_data.preview(data, roster, as_of=date(2026, 7, 1)), "uji", accept_partial=True
    )
    first = workbooks.write_xlsx(tmp_path / "a.xlsx", {"Sheet1": LRA})
    import_data.load(data, import_data.preview(data, first), "uji")
    second = workbooks.write_xlsx(
        tmp_path / "b.xlsx",
        {"Sheet1": [[*HEADER, "Jenis"], [2025, 1.16e12, 4.7e11, 0, None, "Realisasi"]]},
    )
    previewed = import_data.preview(data, second)
    assert (previewed.replaced_count, previewed.kept_count) == (1, 2)
    edition = import_data.load(data, previewed, "uji")
    with closing(store.opened(edition.path)) as connection:
        years = store_tables.budget_years(connection)
        people = store_tables.people(connection)
    assert len(people) == 5
    assert years["total_idr"].tolist() == [1_100_000_000_000, 1_160_000_000_000]
    assert years["source"].tolist() == ["a.xlsx", "b.xlsx"]


def test_an_empty_file_of_years_is_refused(tmp_path):
    path = workbooks.write_xlsx(tmp_path / "apbd.xlsx", {"Sheet1": [HEADER]})
    with pytest.raises(FaultsError):
        import_data.preview(tmp_path / "data", path, kind="apbd")


def test_the_sample_city_is_over_the_cap_and_its_record_exceeds_its_model():
    city = demo.city()
    recorded = recorded_years(city.budgets)
    staff = retirements(city.people, BOOK, city.as_of)
    path = pay_path(staff, city.as_of, 1, BOOK)
    plan = budget(recorded, BOOK, city.as_of)
    other = other_spending(path, plan, BOOK)
    # Council, head of region and TPP: between a fifth and half of what is booked.
    assert 0.2 < other / recorded[-1].personnel_idr < 0.5
    modelled = path.in_cap_idr.sum(axis=0)
    level = gauge(
        whole_years(path.years, modelled, path.outside_cap_idr.sum(axis=0)), plan, BOOK,
        other_idr=other,
    )  # fmt: skip
    assert level["ratio_share"].iloc[0] == pytest.approx(424.6 / 1214.2, abs=1e-4)
    assert (level["room_idr"] < 0).all()


def whole_years(years, in_cap, outside) -> pd.DataFrame:

    return pd.DataFrame(
        {"year": years, "year_share": 1.0, "in_cap_idr": in_cap, "outside_cap_idr": outside}
    )
