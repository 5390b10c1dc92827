"""The law as data: complete, dated, sourced, and with one answer to a question."""

import shutil
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from analytics import rules
from analytics.retirement import retirement_dates
from analytics.rules import LawChoice, RuleError

BOOK = rules.load()
PUBLISHED = Path(__file__).parent / "published" / "bup.csv"
STANDING_OF_TAG = {"a": "settled", "b": "unconfirmed", "c": "disputed"}

EXPERT = ["ahli_pertama", "ahli_muda", "ahli_madya", "ahli_utama"]
JUNIOR = ["ahli_pertama", "ahli_muda"]
SKILLED = ["pemula", "terampil", "mahir", "penyelia"]
# Which of our posts each published row speaks of.
POSTS = {
    ("Jabatan Pimpinan Tinggi", "Utama"): [("jpt", "utama")],
    ("Jabatan Pimpinan Tinggi", "Madya"): [("jpt", "madya")],
    ("Jabatan Pimpinan Tinggi", "Pratama"): [("jpt", "pratama")],
    ("Administrator", "Eselon III"): [("administrator", "eselon_iii")],
    ("Pengawas", "Eselon IV"): [("pengawas", "eselon_iv")],
    ("Pelaksana", "-"): [("pelaksana", "-")],
    ("Fungsional keterampilan", "Pemula"): [("jf_keterampilan", "pemula")],
    ("Fungsional keterampilan", "Terampil"): [("jf_keterampilan", "terampil")],
    ("Fungsional keterampilan", "Mahir"): [("jf_keterampilan", "mahir")],
    ("Fungsional keterampilan", "Penyelia"): [("jf_keterampilan", "penyelia")],
    ("Fungsional keahlian", "Ahli Pertama"): [("jf_keahlian", "ahli_pertama")],
    ("Fungsional keahlian", "Ahli Muda"): [("jf_keahlian", "ahli_muda")],
    ("Fungsional keahlian", "Ahli Madya"): [("jf_keahlian", "ahli_madya")],
    ("Fungsional keahlian", "Ahli Utama"): [("jf_keahlian", "ahli_utama")],
    ("Guru", "Ahli Pertama"): [("guru", "ahli_pertama")],
    ("Guru", "Ahli Muda"): [("guru", "ahli_muda")],
    ("Guru", "Ahli Madya"): [("guru", "ahli_madya")],
    ("Guru", "Ahli Utama"): [("guru", "ahli_utama")],
    ("Kepala Sekolah (guru diberi tugas)", "-"): [("kepala_sekolah", "-")],
    ("Pengawas Sekolah", "semua jenjang"): [("pengawas_sekolah", j) for j in ["-", *EXPERT]],
    ("Pendamping Satuan Pendidikan (ex pengawas/penilik/pamong)", "semua jenjang"): [
        ("pendamping_satuan_pendidikan", j) for j in ["-", *EXPERT]
    ],
    ("Penilik", "semua jenjang"): [("penilik", j) for j in ["-", *EXPERT]],
    ("Pamong Belajar", "Pertama/Muda"): [("pamong_belajar", j) for j in JUNIOR],
    ("Pamong Belajar", "Madya"): [("pamong_belajar", "ahli_madya")],
    ("Dosen", "Asisten Ahli s.d. Lektor Kepala"): [
        ("dosen", j) for j in ["asisten_ahli", "lektor", "lektor_kepala"]
    ],
    ("Dosen", "Profesor"): [("dosen", "profesor")],
    ("Peneliti / Perekayasa", "Ahli Pertama & Muda"): [("peneliti_perekayasa", j) for j in JUNIOR],
    ("Peneliti / Perekayasa", "Ahli Madya"): [("peneliti_perekayasa", "ahli_madya")],
    ("Peneliti / Perekayasa", "Ahli Utama"): [("peneliti_perekayasa", "ahli_utama")],
    ("Dokter / Dokter Gigi", "Ahli Pertama"): [("dokter", "ahli_pertama")],
    ("Dokter / Dokter Gigi", "Ahli Muda"): [("dokter", "ahli_muda")],
    ("Dokter / Dokter Gigi", "Ahli Madya"): [("dokter", "ahli_madya")],
    ("Dokter / Dokter Gigi", "Ahli Utama"): [("dokter", "ahli_utama")],
    ("Perawat/Bidan/Nakes lain", "keterampilan & Pertama/Muda"): [
        ("nakes", j) for j in [*SKILLED, *JUNIOR]
    ],
    ("Perawat/Bidan/Nakes lain", "Ahli Madya"): [("nakes", "ahli_madya")],
}
BY_POSITION = {"PPPK (penuh waktu)": "PPPK", "PPPK paruh waktu": "PPPK_PW"}
OUT_OF_SCOPE = {"Hakim": "hakim"}

published = pd.read_csv(PUBLISHED, dtype=str, keep_default_na=False)
ROWS = [pytest.param(r, id=f"{r['jabatan_group']} {r['jenjang']}") for _, r in published.iterrows()]


@pytest.mark.parametrize("row", ROWS)
def test_every_published_age_is_a_row_with_its_source(row):
    age = int(row["bup_years"])
    if age == -1:
        employment = BOOK.employment.set_index("employment").loc[BY_POSITION[row["jabatan_group"]]]
        assert employment["age_lookup"] == "by_position"
        assert employment["source"] == row["source"]
        return
    if age == -2:
        group = BOOK.role_groups.set_index("role_group").loc[OUT_OF_SCOPE[row["jabatan_group"]]]
        assert group["age_lookup"] == "out_of_scope"
        assert group["source"] == row["source"]
        assert group.name not in set(BOOK.retirement_age["role_group"])
        return
    for role_group, jenjang in POSTS[row["jabatan_group"], row["jenjang"]]:
        person = pd.DataFrame(
            {
                "birth_date": pd.to_datetime(["1970-06-15"]).astype("datetime64[us]"),
                "role_group": [role_group],
                "jenjang": [jenjang],
            }
        )
        answer = retirement_dates(person, BOOK, date(2026, 4, 1)).iloc[0]
        assert answer["bup_years"] == age
        assert answer["rule_standing"] == STANDING_OF_TAG[row["confidence"]]
        assert answer["rule_source"] == row["source"]


def test_every_row_of_every_table_names_a_source_the_day_it_was_read_and_its_standing():
    for path in sorted(rules.FOLDER.glob("*.csv")):
        table = pd.read_csv(path, dtype=str, keep_default_na=False)
        assert (table["source"].str.strip() != "").all(), path.name
        assert pd.to_datetime(table["checked_on"], format="%Y-%m-%d").notna().all(), path.name
        assert table["standing"].isin(rules.STANDINGS).all(), path.name


def test_no_row_is_shipped_as_settled_on_own_knowledge():
    table = BOOK.retirement_age
    own = table["note"].str.startswith("pengetahuan sendiri")
    assert own.any()
    assert (table.loc[own, "standing"] == "unconfirmed").all()


def test_every_family_of_roles_is_one_of_five():
    assert set(BOOK.role_groups["family"]) == {
        "pimpinan",
        "pendidik",
        "kesehatan",
        "teknis",
        "pelaksana",
    }


@pytest.mark.parametrize(
    ("codes", "counted", "on_duty"),
    [
        # Domain rules section 2: headcount = 01, 03, and 02 13 04 07 08 20 as not on duty.
        (["01", "03"], True, True),
        (["02", "13", "04", "07", "08", "20"], True, False),
        (["14", "66", "67", "69", "70", "77", "88", "98", "99"], False, False),
    ],
)
def test_the_headcount_follows_the_legal_status(codes, counted, on_duty):
    rows = BOOK.legal_status.set_index("code").loc[codes]
    assert (rows["is_in_headcount"] == counted).all()
    assert (rows["is_on_duty"] == on_duty).all()


def test_five_disputes_can_be_switched_and_each_has_one_default():
    assert set(BOOK.disputes["dispute_id"]) == {
        "guru_ahli_utama",
        "pengawas_sekolah",
        "pendamping_satuan_pendidikan",
        "penilik",
        "pamong_belajar",
    }
    assert (BOOK.disputes.groupby("dispute_id")["is_default"].sum() == 1).all()


# -- tables that are refused ----------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path):
    return Path(shutil.copytree(rules.FOLDER, tmp_path / "rules"))


def edited(folder, name, change):
    path = folder / f"{name}.csv"
    table = pd.read_csv(path, dtype=str, keep_default_na=False)
    change(table).to_csv(path, index=False)
    return folder


@pytest.mark.parametrize(
    ("column", "value", "says"),
    [
        ("source", " ", "source kosong"),
        ("checked_on", "", "checked_on kosong"),
        ("checked_on", "21-11-2026", "checked_on bukan tanggal"),
        ("standing", "probably", "standing harus salah satu dari"),
        ("effective_from", "2024-02-30", "effective_from bukan tanggal"),
        ("effective_to", "1900-01-01", "effective_from sesudah effective_to"),
        ("born_to", "1800-01-01", "born_from sesudah born_to"),
        ("age_years", "enam puluh", "age_years bukan bilangan"),
        ("age_years", "60.5", "age_years bukan bilangan bulat"),
        ("age_years", "600", "age_years bukan usia pensiun"),
        ("role_group", "raja", "role_group.csv"),
    ],
)
def test_a_row_that_cannot_be_true_is_refused_by_name(folder, column, value, says):
    def spoil(table):
        table.loc[5, column] = value
        return table

    with pytest.raises(RuleError, match=says):
        rules.load(edited(folder, "retirement_age", spoil))


def test_two_rows_that_answer_the_same_question_are_refused(folder):
    def double(table):
        twin = table[table["role_group"] == "guru"].head(1).assign(rule_id="kembar")
        return pd.concat([table, twin])

    with pytest.raises(RuleError, match=r"kembar sama-sama menjawab untuk guru - *; akhiri"):
        rules.load(edited(folder, "retirement_age", double))


def test_an_age_by_pay_grade_cannot_even_be_written_down(folder):
    with pytest.raises(RuleError, match="tidak ada aturan yang bergantung pada golongan"):
        rules.load(edited(folder, "retirement_age", lambda t: t.assign(golongan="IV/b")))


def test_a_dispute_with_two_defaults_is_refused(folder):
    with pytest.raises(RuleError, match="tandai tepat satu"):
        rules.load(edited(folder, "dispute", lambda t: t.assign(is_default="true")))


def test_a_reading_without_an_age_is_refused(folder):
    def drop(table):
        return table[~((table["dispute_id"] == "penilik") & (table["reading"] == "jenjang"))]

    with pytest.raises(RuleError, match="'jenjang' dari 'penilik'"):
        rules.load(edited(folder, "retirement_age", drop))


def test_a_broken_pattern_is_refused_by_name(folder):
    def spoil(table):
        table.loc[0, "pattern"] = "(guru"
        return table

    with pytest.raises(RuleError, match="bukan pola"):
        rules.load(edited(folder, "position_pattern", spoil))


def test_a_missing_table_is_named(folder):
    (folder / "dispute.csv").unlink()
    with pytest.raises(RuleError, match=r"dispute\.csv tidak ada"):
        rules.load(folder)


def test_the_version_changes_with_any_byte_of_the_law_and_with_nothing_else(folder):
    assert rules.load(folder).version == BOOK.version
    for path in folder.glob("*.csv"):
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert rules.load(folder).version == BOOK.version
    changed = edited(folder, "retirement_age", lambda t: t.assign(note=t["note"] + "!"))
    assert rules.load(changed).version != BOOK.version


# -- choices --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "choice",
    [
        LawChoice(readings=(("guru_ahli_utama", "70"),)),
        LawChoice(readings=(("guru", "jenjang_65"),)),
        LawChoice(local_ages=(("guru", "ahli_muda", 58),)),
        LawChoice(local_ages=(("raja", "-", 60),)),
    ],
)
def test_a_choice_the_law_does_not_leave_open_is_refused(choice):
    with pytest.raises(RuleError, match=r"dispute\.csv|retirement_age\.csv"):
        BOOK.ages(choice)


def test_an_unknown_proposal_is_refused():
    with pytest.raises(RuleError, match="retirement_age_proposal"):
        BOOK.proposal_rows(LawChoice(proposal="plus_9"))


@pytest.mark.parametrize(
    "wrong",
    [
        {"local_ages": (("penilik", "-", 600),)},
        {"local_ages": (("penilik", "-", 60.5),)},
        {"local_ages": (("penilik", "-", 58), ("penilik", "-", 60))},
        {"readings": (("penilik", "jenjang"), ("penilik", "semua_60"))},
        {"proposal_from": date(2027, 1, 1)},
    ],
)
def test_a_choice_that_contradicts_itself_is_refused_at_once(wrong):
    with pytest.raises(RuleError):
        LawChoice(**wrong)


def test_a_local_age_replaces_only_a_row_that_is_not_settled():
    ages = BOOK.ages(LawChoice(local_ages=(("penilik", "ahli_muda", 58),)))
    row = ages[(ages["role_group"] == "penilik") & (ages["jenjang"] == "ahli_muda")].iloc[0]
    assert (row["age_years"], row["standing"]) == (58, "local_choice")
    assert len(ages) == len(BOOK.ages())
