"""Why somebody left, as lists write it; and what is taken to be usual before there is history."""

from __future__ import annotations

import shutil
from pathlib import Path

import pandas as pd
import pytest

from analytics import rules
from analytics.exit_causes import causes_of, is_at_bup
from analytics.projection_months import EARLY, MPP
from analytics.rules import RuleError

BOOK = rules.load()
PUBLISHED = Path(__file__).resolve().parent / "published"


def test_every_early_cause_of_the_rules_has_a_step_in_the_projection():
    named = BOOK.exit_causes
    assert {*EARLY, MPP} == set(named.loc[named["is_early"].astype(bool), "cause"])


def cause(written, *, at_bup=False, local=None):
    return causes_of([written], [at_bup], BOOK, local)[0]


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("Pensiun BUP", "bup"), ("Diberhentikan dengan hormat karena mencapai BUP", "bup"),
        ("Batas Usia Pensiun", "bup"), ("98", "bup"), (98, "bup"),
        ("meninggal dunia", "meninggal"), ("Alm.", "meninggal"), ("WAFAT", "meninggal"),
        ("Pensiun Janda/Duda", "meninggal"), ("Pensiun Janda / Duda / Yatim", "meninggal"),
        ("APS", "aps"), ("atas permintaan sendiri", "aps"), ("Pensiun dini", "aps"),
        ("PDH APS tanpa hak pensiun", "mengundurkan_diri"),
        ("APS tidak dengan hak pensiun", "mengundurkan_diri"),
        ("Mencalonkan diri sebagai bupati", "mengundurkan_diri"),
        ("Menjadi anggota partai politik", "diberhentikan"), ("Tidak masuk kerja", "diberhentikan"),
        ("Perpindahan", "pindah_keluar"), ("Meninggal (Non-BUP)", "meninggal"),
        ("Masa perjanjian kerja telah berakhir", "kontrak_berakhir"),
        ("Pemberhentian", "tidak_diketahui"), ("Non BUP", "tidak_diketahui"),
        ("mengundurkan diri", "mengundurkan_diri"), ("Resign", "mengundurkan_diri"),
        ("PTDH", "diberhentikan"), ("Diberhentikan tidak dengan hormat", "diberhentikan"),
        ("PDH tidak atas permintaan sendiri", "diberhentikan"), ("Uzur", "diberhentikan"),
        ("mutasi keluar", "pindah_keluar"), ("PINDAH INSTANSI", "pindah_keluar"),
        ("putus kontrak", "kontrak_berakhir"), ("Kontrak tidak diperpanjang", "kontrak_berakhir"),
        ("MPP", "mpp"), ("20", "mpp"), ("66", "diberhentikan"), ("77", "tidak_diketahui"),
    ],
)  # fmt: skip
def test_words_and_codes_of_the_field_name_their_cause(written, expected):
    assert cause(written) == expected


@pytest.mark.parametrize("written", ["Pensiun", "99", "88", "PDH", "Purna Tugas"])
def test_a_bare_pensiun_is_bup_at_that_age_and_unexplained_before(written):
    assert cause(written, at_bup=True) == "bup"
    assert cause(written) == "tidak_diketahui"


@pytest.mark.parametrize("written", ["ikut suami", "lihat lampiran", "?"])
def test_words_nobody_knows_are_not_guessed(written):
    assert cause(written) == ""


def test_words_mapped_by_hand_outrank_the_table():
    assert cause("Ikut Suami!", local={"ikut suami": "pindah_keluar"}) == "pindah_keluar"
    assert cause("Pensiun BUP", local={"pensiun bup": "aps"}) == "aps"


@pytest.mark.parametrize(
    ("born", "on", "reached"),
    [
        # UU 20/2023 art. 55: 58 is the lowest age; TMT is the first of the month after.
        ("1966-03-20", "2024-03-31", False), ("1966-03-20", "2024-04-01", True),
        # PP 32/1979: 56 until UU 5/2014 came into force on 15 January 2014.
        ("1956-12-10", "2013-01-01", True), ("1957-12-10", "2013-01-01", False),
    ],
)  # fmt: skip
def test_the_age_is_the_lowest_of_the_law_of_that_day(born, on, reached):
    asked = is_at_bup(pd.Series(pd.to_datetime([born])), pd.Series(pd.to_datetime([on])), BOOK)
    assert asked.tolist() == [reached]


def test_early_exits_are_all_but_bup_contract_end_and_what_leaves_no_payroll():
    table = BOOK.exit_causes.set_index("cause")
    assert set(table.index[~table["is_early"]]) == {"bup", "kontrak_berakhir"}
    assert set(table.index[~table["is_off_payroll"]]) == {"mpp"}


def test_prior_rates_are_those_of_the_published_figures():
    # APS 0.1-0.3 %, dismissal 0.02-0.05 % a year (Semarang, Pandeglang ...); deaths below.
    rates = BOOK.exit_rates.set_index("rule_id")
    for rule_id, low, high in (("aps-pns", 0.001, 0.003), ("berhenti-semua", 0.0002, 0.0005)):
        row = rates.loc[rule_id]
        assert (row["rate_low"], row["rate_high"]) == (low, high)
        assert low < row["rate_mid"] < high
    assert set(rates["standing"]) <= {"unconfirmed", "local_choice"}


def test_deaths_rise_as_in_the_population_at_the_level_of_civil_servants():
    # UN World Population Prospects 2024 gives the shape; 0.2-0.4 % a year of all civil servants
    # (Semarang, Pandeglang ...) the level, over their years of birth (BKN, mid-2023).
    shape = pd.read_csv(PUBLISHED / "deaths.csv")
    born = pd.read_csv(PUBLISHED / "asn_by_birth.csv")
    women = 2_353_473 / 4_344_552
    rates = BOOK.exit_rates.query("cause == 'meninggal'").astype(
        {"age_from": float, "age_to": float}
    )

    def mean(table: pd.DataFrame, column: str) -> float:
        total = 0.0
        for sex, share in (("L", 1 - women), ("P", women)):
            for group in born.itertuples():
                young, old = max(2022.5 - group.born_to, 18.0), min(2023.5 - group.born_from, 60.0)
                rows = table[table["sex"] == sex]
                spans = (rows["age_to"] + 1).clip(upper=old) - rows["age_from"].clip(lower=young)
                lived = (spans.clip(lower=0) * rows[column]).sum() / (old - young)
                total += share * group.people_count * lived
        return total / born["people_count"].sum()

    for column, level in (("rate_low", 0.002), ("rate_mid", 0.003), ("rate_high", 0.004)):
        assert mean(rates, column) == pytest.approx(level, rel=0.005)
    youngest = shape.assign(age_from=shape["age_from"].replace({20: 15}))
    both = rates.merge(youngest, on=["sex", "age_from"])
    assert len(both) == len(rates) == 20
    factor = both["rate_mid"] / both["deaths_per_person_year"]
    assert factor.to_numpy() == pytest.approx(factor.mean(), rel=0.002)


def test_a_weight_is_that_of_a_gamma_with_these_tenths():
    # Variance of a gamma of mean m worth w person-years is m / w; 2.5631 standard deviations lie
    # between the P10 and the P90 of a normal.
    rates = BOOK.exit_rates
    spread = (rates["rate_high"] - rates["rate_low"]) / 2.5631
    assert rates["weight_person_years"].astype(float).to_numpy() == pytest.approx(
        (rates["rate_mid"] / spread**2).to_numpy(), rel=0.15, abs=60
    )


@pytest.mark.parametrize(
    ("file", "column", "value", "said"),
    [
        ("exit_rate", "rate_mid", "0.9", "rate_low <= rate_mid"),
        ("exit_rate", "rate_low", "viel", "bukan bagian"),
        ("exit_rate", "cause", "bosan", "exit_cause_name.csv"),
        ("exit_cause", "cause", "bosan", "exit_cause_name.csv"),
        ("exit_cause", "pattern", "(", "bukan pola"),
        ("exit_rate", "source", "", "source kosong"),
    ],
)
def test_a_wrong_row_is_refused_with_what_to_do(tmp_path, file, column, value, said):
    folder = shutil.copytree(rules.FOLDER, tmp_path / "rules")
    table = pd.read_csv(folder / f"{file}.csv", dtype=str, keep_default_na=False)
    table.loc[0, column] = value
    table.to_csv(folder / f"{file}.csv", index=False)
    with pytest.raises(RuleError, match=said):
        rules.load(folder)


def test_two_rates_for_one_person_are_refused(tmp_path):
    folder = shutil.copytree(rules.FOLDER, tmp_path / "rules")
    table = pd.read_csv(folder / "exit_rate.csv", dtype=str, keep_default_na=False)
    twin = table.iloc[[0]].assign(rule_id="kembar", employment="PNS", age_from="20")
    pd.concat([table, twin]).to_csv(folder / "exit_rate.csv", index=False)
    with pytest.raises(RuleError, match="sama-sama menjawab"):
        rules.load(folder)
