"""Pupils to rombel to teachers to the gap: published values, laws of nature, the command line."""

from __future__ import annotations

from datetime import date
from io import BytesIO
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics import rules, teachers, teachers_elasticity, teachers_ratio, teachers_told
from analytics.__main__ import main
from analytics.rules import RuleError
from analytics.teachers import AS_LAW, NeedChoice, SchoolFacts, rombel, school_need, teachers_needed
from analytics.teachers_gap import gap, gap_sums, leaving_year, turning
from analytics.teachers_in_post import (
    IN_POST_COLUMNS,
    UNKNOWN_POST,
    in_post_counts,
    teachers_in_post,
)
from tests import school_edition

BOOK = rules.load()
PUBLISHED = Path(__file__).parent / "published"
STANDING_OF_TAG = {"a": "settled", "b": "unconfirmed", "c": "disputed"}
GRADES = {"I": (1, 1), "II": (2, 2), "III-V": (3, 5), "III-VI": (3, 6), "V-VI": (5, 6)} | {
    "VI": (6, 6),
    "VII-VIII": (7, 8),
    "IX": (9, 9),
}
LEVELS_OF_ROW = {
    "PAUD 0-2": ["TPA"],
    "PAUD 2-4": ["KB"],
    "PAUD/TK 4-6": ["TK"],
    "SD/MI": ["SD", "MI"],
    "SMP/MTs": ["SMP", "MTs"],
    "SMA/MA": ["SMA", "MA"],
    "SMK/MAK": ["SMK"],
    "SMPLB/SMALB": ["SMPLB", "SMALB"],
}


def in_force(table: pd.DataFrame, day: str) -> pd.DataFrame:
    moment = pd.Timestamp(day)
    return table[(table["effective_from"] <= moment) & (moment <= table["effective_to"])]


def pupils(table: str) -> pd.DataFrame:
    """Schools down, grades across: ``school year | 1 2 3``; blank cells are not taught."""
    lines = [line.split() for line in table.strip().splitlines()]
    grades = [int(grade) for grade in lines[0][2:]]
    return pd.DataFrame(
        [
            (line[0], int(line[1]), grade, int(count))
            for line in lines[1:]
            for grade, count in zip(grades, line[2:], strict=True)
            if count != "."
        ],
        columns=["npsn", "school_year", "grade", "pupil_count"],
    )


def need_of(cells: pd.DataFrame, choice: NeedChoice = AS_LAW, **more: object) -> dict:
    found = teachers_needed(rombel(cells, BOOK, choice=choice), BOOK, choice=choice, **more)
    return found.set_index("post")["needed_count"].to_dict()


SD6 = pupils("""
    school year  1  2  3  4  5  6
    sd     2026 20 20 20 20 20 20
""")
SMP9 = pupils("""
    school year  7  8  9
    smp    2026 96 96 96
""")


# ---- published values ----------------------------------------------------------------------------

SIZES = pd.read_csv(PUBLISHED / "class_size.csv", dtype=str, keep_default_na=False)
HOURS = pd.read_csv(PUBLISHED / "subject_hours.csv", dtype=str, keep_default_na=False)


@pytest.mark.parametrize(
    "row", [pytest.param(r, id=r["level"]) for _, r in SIZES.iterrows() if "old" not in r["level"]]
)
def test_every_published_class_size_is_a_row(row):
    # On the first day of 2025/26, before the reissue whose date was not read.
    table = in_force(BOOK.class_sizes, "2025-07-01").set_index("level")
    for level in LEVELS_OF_ROW.get(row["level"], [row["level"]]):
        assert table.loc[level, "max_pupils"] == int(row["max_pupils_per_rombel"])
        assert table.loc[level, "min_rombel"] == int(row["min_rombel"])
        assert table.loc[level, "standing"] == STANDING_OF_TAG[row["confidence"]]


def test_the_ceiling_was_reissued_with_the_same_number():
    # Permendikbud 17/2017, Permendikbudristek 47/2023 and Permendikdasmen 26/2025: 28 and 32.
    for level, most in (("SD", 28), ("SMP", 32)):
        rows = BOOK.class_sizes[BOOK.class_sizes["level"] == level]
        assert (rows["max_pupils"] == most).all()
        assert len(rows.loc[rows["effective_from"] >= "2017-01-01"]) == 3


@pytest.mark.parametrize(
    "row",
    [
        pytest.param(r, id=f"{r['level']} {r['grades']} {r['subject']}")
        for _, r in HOURS.iterrows()
        if r["kind"] != "non-JP"
    ],
)
def test_every_published_hour_is_a_row(row):
    table = in_force(BOOK.subject_hours, "2026-04-01")
    first, last = GRADES[row["grades"]]
    found = table[
        (table["level"] == row["level"])
        & (table["subject"] == row["subject"])
        & (table["grade_from"] <= first)
        & (table["grade_to"] >= last)
    ]
    assert found["jp_per_week"].to_list() == [int(row["jp_per_week"])]
    assert set(found["standing"]) == {STANDING_OF_TAG[row["confidence"]]}


def test_ratios_and_thresholds_are_the_published_ones():
    # Domain facts section 7: 24 JP, 150 pupils a counsellor, one special teacher for 6 rombel.
    table = in_force(BOOK.teacher_rules, "2026-07-01").set_index(["key", "level"])["value"]
    assert table["weekly_hours_per_teacher", "*"] == 24
    assert table["pupils_per_counsellor", "SMP"] == 150
    assert table["rombel_per_special_teacher", "SD"] == 6
    assert table["head_weekly_hours", "*"] == 0


def test_a_six_rombel_sd_gives_six_and_one_and_one_and_a_head():
    assert need_of(SD6) == {
        "guru_kelas": 6,
        "guru_agama": 1,
        "guru_pjok": 1,
        "kepala_sekolah": 1,
    }


def test_english_adds_one_to_a_six_rombel_sd_from_2027():
    later = SD6.assign(school_year=2027)
    assert need_of(later)["guru_bahasa_inggris"] == 1
    assert sum(need_of(later).values()) == 10
    assert sum(need_of(later, NeedChoice(english="class_teacher")).values()) == 9


def test_english_begins_in_grade_three():
    young = pupils("""
        school year  1  2
        sd     2027 20 20
    """)
    assert "guru_bahasa_inggris" not in need_of(young)


def test_english_by_cohort_reaches_grade_six_in_the_fourth_year():
    hours = []
    for year in range(2027, 2032):
        cells = SD6.assign(school_year=year, pupil_count=SD6["pupil_count"] * 3)  # 3 rombel a grade
        for start in ("by_cohort", "all_grades"):
            choice = NeedChoice(english_start=start)
            found = teachers_needed(rombel(cells, BOOK, choice=choice), BOOK, choice=choice)
            fte = found.set_index("post").loc["guru_bahasa_inggris", "needed_fte"]
            hours.append((start, year, round(fte * 24)))
    # 2 JP x 3 rombel a grade.
    assert [h for s, _, h in hours if s == "by_cohort"] == [6, 12, 18, 24, 24]
    assert {h for s, _, h in hours if s == "all_grades"} == {24}


def test_a_six_rombel_sd_uses_18_of_24_hours_of_its_agama_teacher():
    found = teachers_needed(rombel(SD6, BOOK), BOOK).set_index("post")
    assert found.loc["guru_agama", "needed_fte"] == 18 / 24
    assert found.loc["guru_pjok", "needed_fte"] == 18 / 24


def test_one_agama_teacher_serves_eight_rombel():
    # 24 JP / 3 JP.
    eight = pupils("""
        school year  1  2  3  4  5  6
        sd     2026 56 56 28 28 28 28
    """)
    assert need_of(eight)["guru_agama"] == 1
    assert need_of(eight.assign(pupil_count=[57, 56, 28, 28, 28, 28]))["guru_agama"] == 2


def test_an_smp_of_known_rombel_gives_1_29_teachers_per_rombel_before_rounding():
    found = teachers_needed(rombel(SMP9, BOOK), BOOK).set_index("post")
    taught = found.drop(index=["guru_bk", "kepala_sekolah"])
    assert taught["needed_fte"].sum() / 9 == pytest.approx(31 / 24)
    assert round(31 / 24, 2) == 1.29
    # Per subject for 9 rombel: 18, 18, 45, 36, 36, 27, 27, 18, 18, 18, 18 hours of 24.
    assert taught["needed_count"].sum() == 5 * 1 + 1 + 2 * 5
    without = NeedChoice(local_content=False)
    kept = teachers_needed(rombel(SMP9, BOOK), BOOK, choice=without).set_index("post")
    hours = kept.drop(index=["guru_bk", "kepala_sekolah"])["needed_fte"].sum() * 24 / 9
    assert hours == pytest.approx(29)


def test_a_counsellor_for_every_150_pupils():
    assert need_of(SMP9)["guru_bk"] == 2  # 288 pupils
    assert need_of(SMP9.assign(pupil_count=50))["guru_bk"] == 1
    assert need_of(SMP9.assign(pupil_count=[51, 50, 50]))["guru_bk"] == 2


def test_rombel_are_rounded_up_per_grade_and_never_on_the_total():
    cells = pupils("""
        school year  1  2  3
        sd     2026 29 28 27
    """)
    assert rombel(cells, BOOK)["rombel_count"].to_list() == [2, 1, 1]  # 84 / 28 would be 3


def test_a_school_without_pupils_needs_nobody():
    empty = SD6.assign(pupil_count=0)
    assert need_of(empty) == {}
    totals = school_need(empty, BOOK)
    assert totals[["rombel_count", "needed_count"]].to_numpy().tolist() == [[0, 0]]


def test_fractions_of_a_forecast_open_no_rombel():
    cells = SD6.assign(pupil_count=28.4)
    assert rombel(cells, BOOK)["rombel_count"].eq(1).all()
    assert rombel(cells.assign(pupil_count=0.3), BOOK)["rombel_count"].eq(0).all()


def test_sma_and_madrasah_are_out_of_scope_but_have_rombel():
    cells = pupils("""
        school year 10 11
        sma    2026 36 37
    """)
    assert rombel(cells, BOOK)["rombel_count"].to_list() == [1, 2]
    assert need_of(cells) == {}
    assert need_of(SD6.assign(level="MI")) == {}


def test_a_school_of_several_levels_has_one_head():
    both = pd.concat([SD6, SMP9.assign(npsn="sd")])
    assert teachers_needed(rombel(both, BOOK), BOOK)["post"].eq("kepala_sekolah").sum() == 1


def test_each_religion_present_has_its_own_teacher_where_shares_are_known():
    shares = pd.DataFrame(
        {"npsn": "sd", "religion": ["islam", "kristen", "hindu"], "share": [0.8, 0.2, 0.0]}
    )
    found = need_of(SD6, facts=SchoolFacts(religions=shares))
    assert found["guru_agama:islam"] == found["guru_agama:kristen"] == 1
    assert "guru_agama" not in found
    assert "guru_agama:hindu" not in found


def test_a_special_teacher_for_six_rombel_where_known():
    facts = SchoolFacts(special_needs=frozenset({"sd"}))
    assert need_of(SD6, facts=facts)["guru_pembimbing_khusus"] == 1
    assert need_of(SD6.assign(pupil_count=29), facts=facts)["guru_pembimbing_khusus"] == 2
    assert "guru_pembimbing_khusus" not in need_of(SD6)


def test_electives_come_only_when_chosen():
    assert "guru_mapel:koding" not in need_of(SMP9)
    assert need_of(SMP9, NeedChoice(electives=True))["guru_mapel:koding"] == 1
    assert need_of(SD6, NeedChoice(electives=True))["guru_bahasa_inggris"] == 1


def test_totals_without_grades_are_spread_evenly_and_kept():
    totals = pd.DataFrame(
        {
            "npsn": ["a", "b", "c"],
            "school_year": 2026,
            "level": ["SD", "smp", "SLB"],
            "pupil_count": [125, 100, 9],
        }
    )
    cells = teachers.evenly_by_grade(totals.assign(kecamatan=["Timur", "Barat", "Barat"]))
    assert set(cells.loc[cells["npsn"] == "b", "kecamatan"]) == {"Barat"}
    assert cells.loc[cells["npsn"] == "a", "pupil_count"].to_list() == [21, 21, 21, 21, 21, 20]
    assert cells.groupby("npsn")["pupil_count"].sum().to_dict() == {"a": 125, "b": 100}


# ---- the law has one answer ----------------------------------------------------------------------


def test_a_level_no_row_knows_is_refused_by_name():
    with pytest.raises(RuleError, match=r"class_size.csv: PKBM punya 0 jawaban"):
        rombel(SD6.assign(level="PKBM"), BOOK)


def test_two_rows_for_one_day_are_refused(tmp_path):
    import shutil

    folder = Path(shutil.copytree(rules.FOLDER, tmp_path / "rules"))
    path = folder / "class_size.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    again = next(line for line in lines if line.startswith("sd-2023,")).replace("sd-2023", "sd-x")
    path.write_text("\n".join([*lines, again]) + "\n", encoding="utf-8")
    with pytest.raises(RuleError, match="sama-sama menjawab untuk satu hari"):
        rules.load(folder)


def test_a_changed_row_of_the_law_changes_the_answer(tmp_path):
    import shutil

    folder = Path(shutil.copytree(rules.FOLDER, tmp_path / "rules"))
    path = folder / "teacher_rule.csv"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("murid-per-guru-bk,pupils_per_counsellor,SMP,guru_bk,150",
                                 "murid-per-guru-bk,pupils_per_counsellor,SMP,guru_bk,100"),
                    encoding="utf-8")  # fmt: skip
    book = rules.load(folder)
    found = teachers_needed(rombel(SMP9, book), book).set_index("post")["needed_count"]
    assert found["guru_bk"] == 3


def test_the_law_of_one_day_can_be_asked_for_every_year():
    found = teachers_needed(rombel(SD6, BOOK), BOOK, on=date(2027, 9, 1))
    assert "guru_bahasa_inggris" in set(found["post"])


@pytest.mark.parametrize(
    "wrong",
    [
        {"english": "no"},
        {"english_start": "soon"},
        {"class_sizes": (("SD", 0),)},
        {"class_sizes": (("SD", 20), ("SD", 24))},
    ],
)
def test_a_choice_checks_itself(wrong):
    with pytest.raises(ValueError, match=r"is|twice"):
        NeedChoice(**wrong)


def test_a_cell_that_stands_twice_is_refused():
    with pytest.raises(ValueError, match="stands twice"):
        rombel(pd.concat([SD6, SD6]), BOOK)


# ---- laws of nature ------------------------------------------------------------------------------

counts = st.integers(min_value=0, max_value=400)
sd_pupils = st.lists(counts, min_size=6, max_size=6)
smp_pupils = st.lists(counts, min_size=3, max_size=3)


def cells_of(sd: list[int], smp: list[int], year: int = 2027, npsn: str = "s") -> pd.DataFrame:
    return pd.DataFrame(
        {
            "npsn": npsn,
            "school_year": year,
            "grade": [*range(1, 7), *range(7, 10)],
            "pupil_count": [*sd, *smp],
        }
    )


def by_post(cells: pd.DataFrame, choice: NeedChoice = AS_LAW) -> pd.Series:
    found = teachers_needed(rombel(cells, BOOK, choice=choice), BOOK, choice=choice)
    return found.groupby("post")["needed_count"].sum()


@settings(max_examples=20, deadline=None)
@given(sd_pupils, smp_pupils, st.integers(1, 40), st.integers(0, 20))
def test_smaller_classes_never_need_fewer_teachers(sd, smp, smaller, more):
    cells = cells_of(sd, smp)
    tight = NeedChoice(class_sizes=(("SD", smaller), ("SMP", smaller)))
    loose = NeedChoice(class_sizes=(("SD", smaller + more), ("SMP", smaller + more)))
    small, large = by_post(cells, tight), by_post(cells, loose)
    assert (small.reindex(large.index).fillna(0) >= large).all()


@settings(max_examples=20, deadline=None)
@given(sd_pupils, smp_pupils, st.lists(st.integers(0, 60), min_size=9, max_size=9))
def test_more_pupils_never_need_fewer_teachers(sd, smp, more):
    cells = cells_of(sd, smp)
    fewer = by_post(cells)
    grown = by_post(cells.assign(pupil_count=cells["pupil_count"] + more))
    assert (grown.reindex(fewer.index).fillna(0) >= fewer).all()


@settings(max_examples=20, deadline=None)
@given(sd_pupils, smp_pupils, sd_pupils, smp_pupils)
def test_merging_two_schools_never_needs_more_rombel_or_teachers(sd, smp, other_sd, other_smp):
    one, other = cells_of(sd, smp, npsn="a"), cells_of(other_sd, other_smp, npsn="b")
    apart = pd.concat([one, other])
    merged = one.assign(pupil_count=one["pupil_count"] + other["pupil_count"])
    assert merged["pupil_count"].sum() == apart["pupil_count"].sum()
    assert rombel(merged, BOOK)["rombel_count"].sum() <= rombel(apart, BOOK)["rombel_count"].sum()
    before = by_post(apart)
    assert (by_post(merged) <= before.reindex(by_post(merged).index)).all()


@settings(max_examples=20, deadline=None)
@given(sd_pupils, smp_pupils, st.sampled_from([2004, 2019, 2026, 2027, 2040]))
def test_whole_posts_cover_the_need_by_less_than_one(sd, smp, year):
    found = teachers_needed(rombel(cells_of(sd, smp, year), BOOK), BOOK)
    assert (found["needed_count"] > 0).all()
    assert (found["needed_fte"] >= 0).all()
    spare = found["needed_count"] - found["needed_fte"]
    assert ((spare > -1e-9) & (spare < 1)).all()


def test_a_lever_at_todays_value_changes_nothing():
    cells = pd.concat([SD6, SMP9])
    same = NeedChoice(class_sizes=(("SD", 28), ("SMP", 32)))
    pd.testing.assert_series_equal(by_post(cells), by_post(cells, same))


# ---- who is in post ------------------------------------------------------------------------------

UNITS = pd.DataFrame(
    {
        "name": ["SDN 1", "SMPN 1", "Dinas Pendidikan"],
        "npsn": ["11111111", "22222222", None],
        "school_level": ["SD", "SMP", None],
        "kecamatan": ["Utara", "Selatan", None],
    }
)
NO_DAPODIK = pd.DataFrame(
    {column: pd.Series(dtype="str") for column in ("nip", "name", "npsn", "employment")}
)


def person(nip: str, position: str, unit: str = "SDN 1", **more: object) -> dict:
    schools = dict(zip(UNITS["name"], UNITS["npsn"], strict=True))
    return {
        "nip": nip,
        "name": f"Orang {nip}",
        "role_group": "guru",
        "position": position,
        "unit": unit,
        "npsn": schools[unit],
        "kecamatan": None,
        "employment": "PNS",
        "is_in_headcount": True,
        "is_on_duty": True,
        "retires_on": pd.Timestamp("2030-02-01"),
    } | more


def staff(*people: dict, dapodik: pd.DataFrame = NO_DAPODIK) -> pd.DataFrame:
    frame = pd.DataFrame(list(people)) if people else pd.DataFrame(columns=list(person("1", "x")))
    return teachers_in_post(
        frame.astype({"retires_on": "datetime64[us]"}), dapodik, UNITS, BOOK, date(2026, 7, 1)
    )


@pytest.mark.parametrize(
    ("title", "post"),
    [
        # As local governments, Dapodik and certificates write them.
        ("Guru Kelas", "guru_kelas"),
        ("Ahli Pertama - Guru Kelas", "guru_kelas"),
        ("Guru Kelas SD/MI", "guru_kelas"),
        ("Guru TK", "guru_kelas"),
        ("Guru Agama Islam", "guru_agama:islam"),
        ("Guru Pendidikan Agama Islam dan Budi Pekerti Ahli Muda", "guru_agama:islam"),
        ("Guru PAI", "guru_agama:islam"),
        ("Guru Agama Katholik", "guru_agama:katolik"),
        ("Guru Agama", "guru_agama"),
        ("Guru Penjasorkes", "guru_pjok"),
        ("Guru PJOK Ahli Madya", "guru_pjok"),
        ("Pendidikan Jasmani, Olahraga dan Kesehatan", "guru_pjok"),
        ("Guru Bimbingan Konseling", "guru_bk"),
        ("Guru BK", "guru_bk"),
        ("Guru Bahasa Inggris", "guru_bahasa_inggris"),
        ("Guru Bahasa Indonesia", "guru_mapel:bahasa_indonesia"),
        ("Guru Bahasa Jawa", "guru_mapel:muatan_lokal"),
        ("Guru Matematika", "guru_mapel:matematika"),
        ("Guru IPA", "guru_mapel:ipa"),
        ("Guru Ilmu Pengetahuan Sosial", "guru_mapel:ips"),
        ("Guru PPKn", "guru_mapel:pendidikan_pancasila"),
        ("Guru Seni Budaya", "guru_mapel:seni_budaya_prakarya"),
        ("Guru Prakarya", "guru_mapel:seni_budaya_prakarya"),
        ("Guru TIK", "guru_mapel:informatika"),
        ("Guru Pendamping Khusus", "guru_pembimbing_khusus"),
        # Nothing names the post: listed, never guessed from the school.
        ("Guru Ahli Madya", UNKNOWN_POST),
        ("Guru Mata Pelajaran", UNKNOWN_POST),
        ("Guru Ahli Muda SD Islam Terpadu", UNKNOWN_POST),
        ("Guru SD", UNKNOWN_POST),
    ],
)
def test_titles_name_the_post_or_nothing_does(title, post):
    assert staff(person("1", title))["post"].item() == post


def test_certificate_then_subject_wins_over_the_title():
    dapodik = pd.DataFrame(
        {
            "nip": ["1", "2", "3"],
            "name": ["A", "B", "C"],
            "npsn": "11111111",
            "employment": "PNS",
            "subject": ["Matematika", "PJOK", None],
            "certificate_subject": ["Pendidikan Jasmani dan Kesehatan", None, None],
            "teacher_kind": ["Guru Mapel", "Guru Mapel", "Guru Kelas"],
        }
    )
    people = [person(nip, "Guru Matematika") for nip in "123"]
    found = staff(*people, dapodik=dapodik).set_index("nip")
    assert found["post"].to_dict() == {"1": "guru_pjok", "2": "guru_pjok", "3": "guru_kelas"}
    assert found["post_source"].to_list() == ["certificate_subject", "subject", "teacher_kind"]


def test_a_head_is_a_head_whatever_the_certificate():
    dapodik = pd.DataFrame(
        {"nip": ["1"], "name": ["A"], "npsn": ["11111111"], "employment": ["PNS"],
         "certificate_subject": ["Matematika"]}
    )  # fmt: skip
    head = person("1", "Kepala Sekolah", role_group="kepala_sekolah")
    assert staff(head, dapodik=dapodik)["post"].item() == "kepala_sekolah"


def test_only_asn_on_duty_in_a_school_count_and_the_others_stand_apart():
    found = staff(
        person("1", "Guru Kelas"),
        person("2", "Guru Kelas", employment="PPPK_PW"),
        person("3", "Guru Kelas", is_on_duty=False),
        person("4", "Guru Kelas", unit="Dinas Pendidikan"),
        person("5", "Guru Kelas", is_in_headcount=False),
        person("6", "Analis", role_group="pelaksana"),
    )
    assert found.set_index("nip")["status"].to_dict() == {
        "1": "in_post",
        "2": "part_time",
        "3": "off_duty",
        "4": "no_school",
    }
    assert in_post_counts(found).to_numpy().tolist() == [["11111111", 1]]


DAPODIK = pd.DataFrame(
    {
        "nip": [None, "9", None],
        "name": ["Honor", "Lama", "TU"],
        "npsn": "11111111",
        "employment": ["honorer", "PNS", "honorer"],
        "teacher_kind": ["Guru Kelas", "Guru Mapel", "Tenaga Administrasi Sekolah"],
        "subject": ["Guru Kelas SD", "PJOK", None],
        "birth_date": pd.to_datetime(["1990-01-01", "1970-05-20", "1980-01-01"]),
    }
)


def test_dapodik_adds_honorer_apart_and_asn_whom_the_roster_does_not_know():
    found = staff(person("1", "Guru Kelas"), dapodik=DAPODIK)
    assert found["status"].to_list() == ["in_post", "honorer", "not_in_roster"]
    assert found["npsn"].notna().all()


def test_without_a_roster_dapodik_counts_with_dates_by_law():
    found = staff(dapodik=DAPODIK).set_index("name")
    assert found.loc["Lama", "status"] == "in_post"
    assert found.loc["Lama", "retires_on"] == pd.Timestamp("2030-06-01")  # 60, UU 14/2005 ps 30
    assert found.loc["Honor", "status"] == "honorer"
    assert pd.isna(found.loc["Honor", "retires_on"])


def test_no_teachers_at_all_is_an_empty_frame_of_the_same_columns():
    assert staff().columns.to_list() == IN_POST_COLUMNS
    assert staff().empty


# ---- the gap -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "year"), [("2027-07-01", 2027), ("2027-08-01", 2028), ("2027-01-01", 2027)]
)
def test_who_leaves_by_1_july_is_not_there_for_the_school_year(day, year):
    assert leaving_year(pd.Series(pd.to_datetime([day]))).item() == year


def needed_rows(*rows: tuple[str, str, int, int]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["npsn", "post", "school_year", "needed_count"]).assign(
        level="SD", needed_fte=1.0, rule_id=""
    )


def test_the_gap_opens_in_the_year_after_the_last_one_left():
    found = staff(person("1", "Guru PJOK", retires_on=pd.Timestamp("2027-08-01")))
    need = needed_rows(*(("11111111", "guru_pjok", year, 1) for year in range(2026, 2030)))
    gaps = gap(need, found, range(2026, 2030))
    assert gaps["gap_count"].to_list() == [0, 0, 1, 1]
    assert gaps["leaving_count"].to_list() == [0, 0, 1, 1]
    turned = turning(gaps).iloc[0]
    assert (turned["first_deficit_year"], turned["turns_in"]) == (2028, 2028)
    assert turned["turns_to"] == "deficit"


def test_a_surplus_never_hides_a_deficit():
    found = staff(
        *(person(str(n), "Guru Kelas") for n in range(5)),
        person("9", "Guru Kelas", unit="SMPN 1"),
    )
    need = needed_rows(("11111111", "guru_kelas", 2026, 3), ("22222222", "guru_kelas", 2026, 3))
    gaps = gap(need, found, [2026]).assign(kecamatan="Utara")
    row = gap_sums(gaps, ["kecamatan", "post"]).iloc[0]
    assert (row["deficit_count"], row["surplus_count"], row["gap_count"]) == (2, 2, 0)


def test_teachers_of_unknown_posts_are_no_surplus_and_bound_the_deficit():
    found = staff(person("1", "Guru Ahli Madya"), person("2", "Guru Kelas"))
    need = needed_rows(("11111111", "guru_kelas", 2026, 3))
    row = gap_sums(gap(need, found, [2026]), ["npsn"]).iloc[0]
    assert (row["deficit_count"], row["surplus_count"], row["unknown_count"]) == (2, 0, 1)
    assert row["deficit_at_least_count"] == 1


def test_an_agama_teacher_fills_the_need_that_names_no_religion():
    found = staff(person("1", "Guru Agama Islam"))
    gaps = gap(needed_rows(("11111111", "guru_agama", 2026, 1)), found, [2026])
    assert gaps["gap_count"].to_list() == [0]


def test_a_school_whose_pupils_are_not_known_has_no_gap():
    found = staff(person("1", "Guru Kelas", unit="SMPN 1"))
    need = needed_rows(("11111111", "guru_kelas", 2026, 1))
    assert set(gap(need, found, [2026])["npsn"]) == {"11111111"}
    known = gap(need, found, [2026], schools=["11111111", "22222222"])
    assert known.set_index("npsn").loc["22222222", "gap_count"] == -1


posts = st.sampled_from(["Guru Kelas", "Guru PJOK", "Guru Ahli Muda", "Guru Agama Islam"])
days = st.sampled_from([None, "2026-08-01", "2027-07-01", "2029-01-01"])


@settings(max_examples=20, deadline=None)
@given(
    st.lists(st.tuples(posts, st.sampled_from(["SDN 1", "SMPN 1"]), days), min_size=1, max_size=12),
    st.lists(st.integers(0, 6), min_size=8, max_size=8),
)
def test_the_account_of_the_gap_closes(people, wanted):
    found = staff(
        *(
            person(str(n), title, unit, retires_on=pd.Timestamp(day) if day else pd.NaT)
            for n, (title, unit, day) in enumerate(people)
        )
    )
    need = needed_rows(
        *(
            (npsn, post, year, wanted[4 * i + 2 * j + year % 2])
            for i, npsn in enumerate(("11111111", "22222222"))
            for j, post in enumerate(("guru_kelas", "guru_agama"))
            for year in (2026, 2027)
        )
    )
    gaps = gap(need, found, [2026, 2027, 2028, 2029])
    by_year = gap_sums(gaps, []).set_index("school_year")
    asked = need.groupby("school_year")["needed_count"].sum().reindex(by_year.index).fillna(0)
    assert (by_year["needed_count"] == asked).all()
    assert (by_year["in_post_count"] == len(people)).all()
    assert by_year["leaving_count"].is_monotonic_increasing
    assert (by_year["leaving_count"] <= len(people)).all()
    balance = by_year["needed_count"] - by_year["in_post_count"] + by_year["leaving_count"]
    assert (by_year["gap_count"] == balance).all()
    parts = by_year["deficit_count"] - by_year["surplus_count"] - by_year["unknown_count"]
    assert (by_year["gap_count"] == parts).all()
    assert (by_year["deficit_at_least_count"] <= by_year["deficit_count"]).all()


# ---- today's ratio and the elasticity ------------------------------------------------------------


def test_need_at_todays_ratio_equals_todays_teachers_in_the_base_year():
    cells = pd.concat([SD6, SMP9, SD6.assign(school_year=2027, pupil_count=30)])
    known = pd.DataFrame({"npsn": ["sd", "smp"], "teacher_count": [9, 18]})
    found = teachers_ratio.needed_at_actual_ratio(rombel(cells, BOOK), known, 2026)
    at = found.set_index(["npsn", "school_year"])["needed_at_ratio"]
    assert at["sd", 2026] == 9
    assert at["smp", 2026] == 18
    assert at["sd", 2027] == 18  # twelve rombel of 1.5


def test_a_level_without_teachers_falls_back_on_all_and_says_so():
    cells = pd.concat([SD6, SMP9])
    known = pd.DataFrame({"npsn": ["sd", "smp"], "teacher_count": [9, 0]})
    found = teachers_ratio.needed_at_actual_ratio(rombel(cells, BOOK), known, 2026)
    assert found.set_index("npsn")["ratio_basis"].to_dict() == {"sd": "level", "smp": "all_levels"}
    none = teachers_ratio.needed_at_actual_ratio(rombel(cells, BOOK), known.iloc[:0], 2026)
    assert none["ratio"].isna().all()
    assert set(none["ratio_basis"]) == {"none"}


def test_elasticity_is_need_change_over_pupil_change():
    # 6 grades of 56 (12 rombel, 12 + 2 + 2 + 1 = 17) to 6 of 28 (6 rombel, 9): -8/17 for -1/2.
    before = SD6.assign(pupil_count=56)
    after = SD6.assign(pupil_count=28, school_year=2027)
    choice = NeedChoice(english="class_teacher")
    need = school_need(pd.concat([before, after]), BOOK, choice=choice)
    found = teachers_elasticity.elasticity(need, 2026, 2027).set_index("level")
    assert found.loc["SD", "needed_first"] == 17
    assert found.loc["SD", "elasticity"] == pytest.approx((8 / 17) / (1 / 2))
    assert found.loc["semua", "elasticity"] == found.loc["SD", "elasticity"]


def test_need_of_small_schools_does_not_follow_pupils_at_all():
    small = pd.concat([SD6.assign(npsn=f"s{n}", pupil_count=10 + n) for n in range(10)])
    large = pd.concat([SD6.assign(npsn=f"l{n}", pupil_count=140 + n) for n in range(10)])
    found = teachers_elasticity.local_elasticity(pd.concat([small, large]), BOOK).set_index(
        "size_band"
    )
    assert found.loc["60-119", "elasticity"] == 0
    assert found.loc["60-119", "unmoved_count"] == 10
    assert found.loc["480+", "elasticity"] > 0.5


# ---- the command line ----------------------------------------------------------------------------

HISTORY = """school_id,school_year,grade,pupils,district
00101,2026,1,20,Utara
00101,2026,2,20,Utara
00101,2026,3,20,Utara
00101,2026,4,20,Utara
00101,2026,5,20,Utara
00101,2026,6,20,Utara
00202,2026/2027,7,96,Utara
00202,2026/2027,8,96,Utara
00202,2026/2027,9,96,Utara
00303,2026,7,0,Utara
"""


def written(tmp_path: Path, text: str, *arguments: str) -> pd.DataFrame:
    source, out = tmp_path / "h.csv", tmp_path / "f.csv"
    source.write_text(text, encoding="utf-8")
    assert main(["teachers", "--history", str(source), "--out", str(out), *arguments]) == 0
    return pd.read_csv(BytesIO(out.read_bytes()), dtype={"school_id": str})


def test_the_command_writes_posts_and_one_total_per_school_and_year(tmp_path):
    table = written(tmp_path, HISTORY)
    totals = table[table["post"] == "total"].set_index("school_id")
    assert totals["needed_count"].to_dict() == {"00101": 9, "00202": 19, "00303": 0}
    assert totals["rombel_count"].to_dict() == {"00101": 6, "00202": 9, "00303": 0}
    parts = table[table["post"] != "total"].groupby("school_id")["needed_count"].sum()
    assert (parts == totals["needed_count"].reindex(parts.index)).all()


def test_the_command_forecasts_and_knows_english(tmp_path):
    rows = [
        f"S{s},{year},{grade},20"
        for s in range(3)
        for year in range(2021, 2027)
        for grade in range(1, 7)
    ]
    text = "\n".join(["school_id,school_year,grade,pupils", *rows])
    table = written(tmp_path, text, "--until", "2028")
    ahead = table[table["is_forecast"] & (table["post"] == "guru_bahasa_inggris")]
    assert set(ahead["school_year"]) == {2027, 2028}
    assert set(table["school_year"]) == set(range(2021, 2029))
    other = written(tmp_path, text, "--years", "2", "--english", "class_teacher")
    assert "guru_bahasa_inggris" not in set(other["post"])


def test_a_class_size_lever_moves_the_need(tmp_path):
    base, small = written(tmp_path, HISTORY), written(tmp_path, HISTORY, "--class-size", "SD=10")
    assert small["rombel_count"].sum() > base["rombel_count"].sum()


def test_totals_of_a_forecast_file_are_not_counted_twice(tmp_path):
    again = HISTORY + "00101,2026,total,120,Utara\n"
    pd.testing.assert_frame_equal(written(tmp_path, again), written(tmp_path, HISTORY))


def test_a_level_without_a_ceiling_is_left_out_and_said(tmp_path, capsys):
    text = "school_id,school_year,grade,pupils,level\nA,2026,1,20,SD\nB,2026,1,9,SLB\n"
    table = written(tmp_path, text)
    assert set(table["school_id"]) == {"A"}
    assert "SLB" in capsys.readouterr().err


@pytest.mark.parametrize("level", ["", ",level"])
def test_the_fourth_year_of_an_smk_is_left_out_and_said(tmp_path, capsys, level):
    own = [",SD", ",SMK", ",SMK"] if level else ["", "", ""]
    rows = ["A,2026,1,20", "B,2026,12,30", "B,2026,13,9"]
    text = "\n".join([f"school_id,school_year,grade,pupils{level}",
                      *(row + one for row, one in zip(rows, own, strict=True)), ""])  # fmt: skip
    table = written(tmp_path, text).set_index(["school_id", "post"])
    assert table.loc[("A", "guru_kelas"), "needed_count"] == 1
    assert "1 baris kelas 13 (tahun keempat SMK) dilewati" in capsys.readouterr().err


def test_a_file_of_fourth_years_alone_is_refused_in_words(tmp_path, capsys):
    source = tmp_path / "h.csv"
    source.write_text("school_id,school_year,grade,pupils\nB,2026,13,9\n", encoding="utf-8")
    assert main(["teachers", "--history", str(source), "--out", "-", "--lang", "en"]) == 1
    said = capsys.readouterr().err
    assert "h.csv" in said and "holds grade 13 alone" in said


def test_births_of_an_edition_are_read_as_every_page_reads_them(tmp_path):
    """Beside the total of the city its parts count, and the total of all is in no forecast."""
    rows = [("Kota Rekaan", 2020, 100, True), ("Timur", 2020, 60, True), ("Barat", 2020, 40, True),
            ("Barat", 2021, 999, False)]  # fmt: skip
    births = pd.DataFrame(rows, columns=["area", "year", "birth_count", "is_reported"])
    data = school_edition.written(tmp_path / "data", birth=births)
    found = teachers_told.in_store(data, BOOK, []).births
    assert found.set_index(["area", "year"])["births"].dropna().to_dict() == {
        ("Timur", 2020): 60, ("Barat", 2020): 40,
    }  # fmt: skip
    assert set(found["area"]) == {"Timur", "Barat"}


def test_the_need_of_an_edition_is_that_of_state_schools(tmp_path, capsys):
    """SD Anggrek is private and has pupils: the page counts it nowhere, nor does the command."""
    data, out = school_edition.written(tmp_path / "data"), tmp_path / "f.csv"
    assert main(["teachers", "--data", str(data), "--years", "2", "--out", str(out)]) == 0
    table = pd.read_csv(out, dtype={"school_id": str})
    assert set(table["school_id"]) == {"10000001", "10000002", "10000003", "10000005"}
    assert "1 sekolah swasta tidak dihitung" in capsys.readouterr().err


def test_an_edition_of_private_schools_alone_has_no_need_to_count(tmp_path, capsys):
    private = school_edition.profiles().assign(status="swasta")
    data = school_edition.written(tmp_path / "data", school_year_profile=private)
    assert main(["teachers", "--data", str(data), "--out", "-", "--lang", "en"]) == 1
    assert "pupils of private schools alone" in capsys.readouterr().err


def test_an_edition_without_teachers_tells_the_need_and_no_gap(tmp_path, capsys):
    nobody = school_edition.roster().iloc[:0]
    data, out = school_edition.written(tmp_path / "data", employee=nobody), tmp_path / "f.csv"
    assert main(["teachers", "--data", str(data), "--out", str(out), "--lang", "en"]) == 0
    assert "gap_count" not in pd.read_csv(out)
    assert "No teachers and heads are loaded" in capsys.readouterr().err
    assert main(["redistribute", "--data", str(data), "--out", "-", "--lang", "en"]) == 1
    assert "This edition has no teachers" in capsys.readouterr().err


def test_a_bad_file_is_answered_once_in_full(tmp_path, capsys):
    source, out = tmp_path / "h.csv", tmp_path / "f.csv"
    source.write_text(
        "school_id;school_year;grade;pupils\nA;x;1;3\nA;2020;14;-3\nA;2020;1;3\nA;2020;1;3\n",
        encoding="utf-8",
    )
    assert main(["teachers", "--history", str(source), "--out", str(out)]) == 1
    said = capsys.readouterr().err
    places = (
        "baris 2, kolom school_year",
        "baris 3, kolom grade",
        "baris 3, kolom pupils",
        "baris 5",
    )
    for place in places:
        assert place in said
    assert not out.exists()


def test_years_out_of_reach_are_wrong_use(tmp_path):
    source = tmp_path / "h.csv"
    source.write_text(HISTORY, encoding="utf-8")
    with pytest.raises(SystemExit) as stopped:
        main(["teachers", "--history", str(source), "--years", "30", "--out", "-"])
    assert stopped.value.code == 2


def test_an_edition_gives_the_gap_and_every_total_is_the_sum_of_its_posts(tmp_path):
    data, out = tmp_path / "data", tmp_path / "f.csv"
    assert main(["init", "--demo", "--data", str(data)]) == 0
    assert main(["teachers", "--data", str(data), "--years", "2", "--out", str(out)]) == 0
    table = pd.read_csv(out, dtype={"school_id": str})
    keys = ["school_id", "school_year"]
    counts = ["needed_count", "in_post_count", "leaving_count", "gap_count"]
    told = table[table["gap_count"].notna()]
    totals = told[told["post"] == "total"].set_index(keys)[counts]
    parts = told[told["post"] != "total"].groupby(keys)[counts].sum()
    pd.testing.assert_frame_equal(parts, totals.reindex(parts.index), check_dtype=False)
    balance = totals["needed_count"] - totals["in_post_count"] + totals["leaving_count"]
    assert (totals["gap_count"] == balance).all()
    assert totals["gap_count"].abs().sum() > 0
    assert told["school_year"].nunique() == 3  # the last year of history and two ahead
    at = table[(table["post"] == "total") & (table["school_year"] == told["school_year"].min())]
    assert at["needed_at_ratio"].sum() == pytest.approx(at["in_post_count"].sum(), rel=0.02)
