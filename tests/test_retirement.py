"""Who must leave, and when: dates against published answers and laws of nature."""

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from analytics import rules
from analytics.retirement import (
    DATE_COLUMNS,
    first_of_next_month_at_age,
    retirement_dates,
    retirements,
)
from analytics.rules import LawChoice, RuleError

BOOK = rules.load()
TODAY = date(2026, 11, 1)


def born(*days):
    return pd.Series(pd.to_datetime(list(days)).astype("datetime64[us]"))


def people(role_group, jenjang, *days):
    return pd.DataFrame({"birth_date": born(*days), "role_group": role_group, "jenjang": jenjang})


AS_IT_IS = LawChoice()


def leaves(role_group, jenjang, day, as_of=TODAY, choice=AS_IT_IS):
    answer = retirement_dates(people(role_group, jenjang, day), BOOK, as_of, choice).iloc[0]
    return None if pd.isna(answer["retires_on"]) else answer["retires_on"].date().isoformat()


@pytest.mark.parametrize(
    ("birth", "age", "leaves_on"),
    [
        # Domain rules 1.11: anekapendidikan.com 2019/04 and the tests of lanichlanich/dkpp-admin.
        ("1969-04-07", 58, "2027-05-01"),
        ("1968-12-31", 60, "2029-01-01"),
        ("1968-02-29", 65, "2033-03-01"),
        # Born on the 1st: still the 1st of the next month (1.12).
        ("1970-06-01", 58, "2028-07-01"),
        ("1972-02-29", 60, "2032-03-01"),
        ("1970-12-31", 58, "2029-01-01"),
        ("1970-12-01", 58, "2029-01-01"),
        ("1970-01-31", 60, "2030-02-01"),
    ],
)
def test_one_leaves_on_the_first_of_the_month_after_the_month_of_birth(birth, age, leaves_on):
    assert first_of_next_month_at_age(born(birth), age).iloc[0] == pd.Timestamp(leaves_on)


def test_an_impossible_birth_date_gives_no_date():
    # Domain rules 1.11, fourth vector: 1969-02-30.
    unreadable = pd.Series(pd.to_datetime(["1969-02-30"], errors="coerce").astype("datetime64[us]"))
    assert first_of_next_month_at_age(unreadable, 58).isna().all()
    row = pd.DataFrame({"birth_date": unreadable, "role_group": "guru", "jenjang": "-"})
    assert retirement_dates(row, BOOK, TODAY).isna().all(axis=None)


def test_ages_may_differ_from_person_to_person():
    dates = first_of_next_month_at_age(
        born("1970-01-15", "1970-01-15", "1970-01-15"), pd.Series([58, 60, None], dtype="Int64")
    )
    assert dates.isna().tolist() == [False, False, True]
    assert dates.dt.year.tolist()[:2] == [2028, 2030]


@pytest.mark.parametrize(("birth", "age"), [("1957-04-06", 65), ("1957-04-07", 60)])
@pytest.mark.parametrize("role_group", ["jf_keahlian", "dokter", "nakes"])
def test_ahli_madya_born_before_7_april_1957_keep_the_old_age(role_group, birth, age):
    # BKN letter K.26-30/V.119-2/99 of 3 Oct 2017, transitional items 1 and 2.
    row = people(role_group, "ahli_madya", birth)
    assert retirement_dates(row, BOOK, date(2017, 10, 3))["bup_years"].item() == age


@pytest.mark.parametrize(("birth", "age"), [("1959-04-06", 60), ("1959-04-07", 58)])
@pytest.mark.parametrize(
    ("role_group", "jenjang"),
    [
        ("jf_keahlian", "ahli_muda"),
        ("jf_keahlian", "ahli_pertama"),
        ("jf_keterampilan", "penyelia"),
    ],
)
def test_muda_pertama_and_penyelia_over_58_on_7_april_2017_keep_60(role_group, jenjang, birth, age):
    # The same letters; domain rules 1.4.
    row = people(role_group, jenjang, birth)
    assert retirement_dates(row, BOOK, date(2017, 10, 3))["bup_years"].item() == age


def test_the_last_person_under_the_transitional_rule_left_by_april_2022():
    # Domain rules 1.4: born on 6 April 1957 at the latest, 65 years.
    assert leaves("jf_keahlian", "ahli_madya", "1957-04-06", date(2017, 10, 3)) == "2022-05-01"


@pytest.mark.parametrize("jenjang", ["-", "ahli_pertama", "ahli_muda", "ahli_madya", "ahli_utama"])
def test_a_teacher_leaves_at_60_whatever_the_grade(jenjang):
    # UU 14/2005 art. 30(4). "Guru 58" and "IV/b means 60" are errors seen in the field.
    assert leaves("guru", jenjang, "1968-03-10") == "2028-04-01"


@pytest.mark.parametrize(
    ("dispute", "reading", "role_group", "ages"),
    [
        ("guru_ahli_utama", "undang_undang_60", "guru", {"ahli_utama": 60, "ahli_madya": 60}),
        ("guru_ahli_utama", "jenjang_65", "guru", {"ahli_utama": 65, "ahli_madya": 60, "-": 60}),
        ("guru_ahli_utama", "jenjang_65", "kepala_sekolah", {"ahli_utama": 65, "-": 60}),
        *(
            case
            for who in ("pengawas_sekolah", "pendamping_satuan_pendidikan", "penilik")
            for case in (
                (who, "semua_60", who, {"-": 60, "ahli_muda": 60, "ahli_utama": 60}),
                (
                    who,
                    "jenjang",
                    who,
                    {"ahli_pertama": 58, "ahli_muda": 58, "ahli_madya": 60, "ahli_utama": 65},
                ),
            )
        ),
        ("pamong_belajar", "jenjang_58", "pamong_belajar", {"ahli_muda": 58, "ahli_madya": 60}),
        ("pamong_belajar", "keppres_60", "pamong_belajar", {"ahli_muda": 60, "ahli_madya": 60}),
    ],
)
def test_a_disputed_rule_follows_the_reading_that_is_chosen(dispute, reading, role_group, ages):
    # Domain rules 1.6-1.8 and the disputed rows of the published table.
    for jenjang, age in ages.items():
        row = people(role_group, jenjang, "1970-05-20")
        answer = retirement_dates(row, BOOK, TODAY, LawChoice(readings=((dispute, reading),)))
        assert answer["bup_years"].item() == age, jenjang


def test_a_supervisor_without_grade_has_no_age_under_the_reading_by_grade():
    by_grade = LawChoice(readings=(("pengawas_sekolah", "jenjang"),))
    assert leaves("pengawas_sekolah", "-", "1970-05-20", choice=by_grade) is None


@pytest.mark.parametrize(
    ("role_group", "jenjang"),
    [(None, None), ("guru", None), ("nakes", "-"), ("hakim", "-"), ("raja", "-")],
)
def test_an_unknown_post_gives_no_age_and_never_a_default(role_group, jenjang):
    answer = retirement_dates(people(role_group, jenjang, "1970-05-20"), BOOK, TODAY)
    assert answer.isna().all(axis=None)


def test_the_rule_behind_each_date_is_named():
    answer = retirement_dates(people("guru", "ahli_muda", "1970-05-20"), BOOK, TODAY).iloc[0]
    assert answer["rule_id"] in set(BOOK.retirement_age["rule_id"])
    assert "UU 14/2005" in answer["rule_source"]
    assert answer["rule_standing"] == "settled"


# -- law that changes -----------------------------------------------------------------------------


def test_a_rise_of_two_years_empties_two_years_and_then_recovers():
    """The rise of 2014 (56 to 58), the natural experiment of DIY: about 400 a year, 40 in 2014.

    Republika n33mpj and domain rules 1.13. The people are synthetic: 400 a year, born evenly over
    the months, in posts under the general age.
    """
    days = [
        f"{year}-{1 + n % 12:02d}-{1 + n % 28:02d}"
        for year in range(1950, 1964)
        for n in range(400)
    ]
    answer = retirement_dates(people("pelaksana", "-", *days), BOOK, date(2007, 1, 1))
    left = answer["retires_on"].dt.year.value_counts().reindex(range(2007, 2021), fill_value=0)
    assert left[2010] == left[2011] == left[2012] == left[2013] == pytest.approx(400, abs=5)
    # Law in force on 15 January 2014: only the leavers of 1 January are left of that year.
    assert left[2014] == pytest.approx(40, abs=10)
    assert left[2015] == 0
    assert left[2016] == pytest.approx(400, rel=0.1)
    assert left[2017] == left[2018] == left[2019] == pytest.approx(400, abs=5)


def test_a_scenario_of_two_more_years_shows_the_same_two_empty_years():
    days = [f"{y}-{m:02d}-15" for y in range(1964, 1976) for m in range(1, 13)]
    chosen = LawChoice(proposal="plus_2", proposal_from=date(2027, 1, 1))
    row = people("pelaksana", "-", *days)
    before = retirement_dates(row, BOOK, TODAY)["retires_on"].dt.year.value_counts()
    after = retirement_dates(row, BOOK, TODAY, chosen)["retires_on"].dt.year.value_counts()
    assert before[2027] == before[2028] == before[2029] == 12
    # 1 January 2027 is the first day of the new law, so nobody leaves on it any more.
    assert 2027 not in after
    assert 2028 not in after
    assert after[2029] == 12


def test_nobody_who_was_due_before_a_proposal_begins_is_called_back():
    chosen = LawChoice(proposal="plus_2", proposal_from=date(2027, 3, 1))
    assert leaves("pelaksana", "-", "1969-01-20", choice=chosen) == "2027-02-01"
    assert leaves("pelaksana", "-", "1969-02-20", choice=chosen) == "2029-03-01"
    # By default it begins on the day of the roster: who is past the date stays past it.
    now = LawChoice(proposal="plus_2")
    assert leaves("pelaksana", "-", "1968-08-20", choice=now) == "2026-09-01"
    assert leaves("pelaksana", "-", "1968-10-20", choice=now) == "2028-11-01"


@pytest.mark.parametrize(
    ("role_group", "jenjang", "age"),
    [
        # Korpri B-122/KU/V/2025 of 15 May 2025, domain rules 1.9.
        ("jpt", "utama", 65),
        ("jpt", "madya", 63),
        ("jpt", "pratama", 62),
        ("administrator", "eselon_iii", 60),
        ("pengawas", "eselon_iv", 60),
        ("jf_keahlian", "ahli_utama", 70),
        # Not in the letter:
        ("pelaksana", "-", 58),
        ("guru", "ahli_muda", 60),
    ],
)
def test_the_korpri_proposal_has_the_ages_of_the_letter(role_group, jenjang, age):
    row = people(role_group, jenjang, "1975-05-20")
    answer = retirement_dates(row, BOOK, TODAY, LawChoice(proposal="korpri_2025")).iloc[0]
    assert answer["bup_years"] == age
    assert (answer["rule_standing"] == "scenario") == (role_group not in ("pelaksana", "guru"))


def test_a_day_before_any_law_is_not_answered():
    assert leaves("guru", "-", "1960-05-20", as_of=date(1990, 1, 1)) is None


def test_a_law_that_sends_people_away_earlier_does_so_on_the_first_day_it_can(tmp_path):
    folder = tmp_path / "rules"
    folder.mkdir()
    for path in rules.FOLDER.glob("*.csv"):
        text = path.read_text(encoding="utf-8")
        if path.name == "retirement_age.csv":
            old = next(line for line in text.splitlines() if line.startswith("guru-tanpa"))
            new = old.replace("guru-tanpa_jenjang-2005", "guru-turun").replace(",60,", ",55,")
            new = new.replace("2005-12-30", "2027-01-15")
            text = text.replace(old, old.replace("2999-12-31,UU", "2027-01-14,UU") + "\n" + new)
        (folder / path.name).write_text(text, encoding="utf-8")
    book = rules.load(folder)
    rows = people("guru", "-", "1966-12-10", "1968-05-20", "1975-05-20")
    answer = retirement_dates(rows, book, TODAY)
    # Due 1 January 2027 under the old age; past 55 when the new one begins; not yet 55 then.
    assert answer["retires_on"].dt.strftime("%Y-%m-%d").tolist() == [
        "2027-01-01",
        "2027-02-01",
        "2030-06-01",
    ]
    assert answer["bup_years"].tolist() == [60, 55, 55]


# -- from title to date ---------------------------------------------------------------------------


def test_a_roster_gets_roles_dates_and_keeps_everything_it_had():
    roster = pd.DataFrame(
        {
            "nip": ["a", "b", "c"],
            "birth_date": born("1968-12-31", "1969-04-07", "1968-02-29").to_numpy(),
            "position": ["Guru Kelas Ahli Muda", "Kasi Trantib", "Jabatan Antah Berantah"],
            "golongan": ["III/d", "IV/b", "IV/e"],
            "contract_ends_on": born("2027-01-31", None, None).to_numpy(),
        },
        index=[10, 20, 30],
    )
    kept = roster.copy()
    placed = retirements(roster, BOOK, TODAY)
    pd.testing.assert_frame_equal(roster, kept)
    pd.testing.assert_frame_equal(placed[list(roster)], roster)
    assert placed.columns.tolist() == [*roster, "role_group", "jenjang", *DATE_COLUMNS]
    assert placed["retires_on"].dt.strftime("%Y-%m-%d").tolist()[:2] == ["2029-01-01", "2027-05-01"]
    assert placed["retires_on"].isna().tolist() == [False, False, True]


def test_a_contract_end_and_a_retirement_are_two_dates():
    contract = pd.DataFrame(
        {
            "birth_date": born("1990-05-05"),
            "position": ["Guru Ahli Pertama"],
            "employment": ["PPPK"],
            "contract_ends_on": born("2028-02-29"),
        }
    )
    placed = retirements(contract, BOOK, TODAY).iloc[0]
    assert placed["retires_on"] == pd.Timestamp("2050-06-01")
    assert placed["contract_ends_on"] == pd.Timestamp("2028-02-29")


@pytest.mark.parametrize("employment", ["PNS", "CPNS", "PPPK", "PPPK_PW"])
def test_every_kind_of_employment_has_the_age_of_its_post(employment):
    # UU 20/2023 art. 55 covers PNS and PPPK; KepmenPANRB 16/2025 for part-time PPPK.
    roster = pd.DataFrame(
        {
            "birth_date": born("1970-05-05"),
            "position": ["Penata Layanan Operasional"],
            "employment": [employment],
        }
    )
    assert retirements(roster, BOOK, TODAY)["bup_years"].item() == 58


def test_an_empty_roster_is_answered():
    assert retirements(
        pd.DataFrame({"birth_date": born(), "position": pd.Series([], dtype="str")}), BOOK, TODAY
    ).empty


# -- laws of nature -------------------------------------------------------------------------------

# Two shared cores make single examples slow at times; how long one takes is not what is tested.
settings.register_profile("steady", deadline=None)
settings.load_profile("steady")
# Everyone who can still be in service: transitional rows for older people are tested above.
births = st.dates(date(1960, 1, 1), date(2010, 12, 31))
posts = st.sampled_from(
    sorted(set(BOOK.ages()[["role_group", "jenjang"]].itertuples(index=False, name=None)))
)
# From the day on which every post has a row: the research law of 2019 is the youngest.
days = st.dates(date(2019, 8, 13), date(2045, 1, 1))


@given(births, st.integers(50, 70))
def test_a_date_is_a_first_of_the_month_and_the_age_is_reached_the_month_before(birth, age):
    leaves_on = first_of_next_month_at_age(born(birth), age).iloc[0]
    assert leaves_on.day == 1
    last_day = leaves_on - timedelta(days=1)
    assert (last_day.year - birth.year, last_day.month) == (age, birth.month)


@given(births, st.integers(50, 69), st.integers(0, 5))
def test_a_later_age_never_brings_a_date_forward(birth, age, more):
    first, second = (first_of_next_month_at_age(born(birth), a).iloc[0] for a in (age, age + more))
    assert second >= first
    assert (second.year - first.year, second.month) == (more, first.month)


@example(  # the law of peneliti, the roster and the proposal all begin on one day
    date(2000, 1, 1), ("peneliti_perekayasa", "ahli_madya"), date(2019, 8, 13), 0, "plus_1"
)
@given(
    births, posts, days, st.integers(0, 3000), st.sampled_from(["plus_1", "plus_2", "korpri_2025"])
)
def test_a_proposal_that_raises_ages_never_brings_a_date_forward(birth, post, as_of, wait, name):
    row = people(*post, birth)
    choice = LawChoice(proposal=name, proposal_from=as_of + timedelta(days=wait))
    now = retirement_dates(row, BOOK, as_of)["retires_on"]
    then = retirement_dates(row, BOOK, as_of, choice)["retires_on"]
    assert now.notna().all()
    assert (then >= now).all()


@given(st.lists(st.tuples(births, posts), min_size=1, max_size=30), days)
def test_nobody_is_lost_or_counted_twice(staff, as_of):
    rows = pd.DataFrame(
        {
            "birth_date": born(*(birth for birth, _ in staff)).to_numpy(),
            "role_group": [post[0] for _, post in staff],
            "jenjang": [post[1] for _, post in staff],
        },
        index=np.arange(len(staff)) * 3 + 1,
    )
    answer = retirement_dates(rows, BOOK, as_of)
    assert answer.index.equals(rows.index)
    assert answer["retires_on"].notna().all()
    assert answer["retires_on"].dt.to_period("M").value_counts().sum() == len(staff)
    assert (answer["retires_on"].dt.day == 1).all()
    assert (answer["retires_on"] > rows["birth_date"]).all()
    # One by one gives what all together give.
    alone = pd.concat([retirement_dates(rows.loc[[i]], BOOK, as_of) for i in rows.index])
    assert alone["retires_on"].tolist() == answer["retires_on"].tolist()
    assert alone["rule_id"].tolist() == answer["rule_id"].tolist()


def test_a_local_age_on_settled_law_is_refused():
    with pytest.raises(RuleError, match="hukum yang pasti"):
        leaves(
            "guru",
            "ahli_muda",
            "1970-01-01",
            choice=LawChoice(local_ages=(("guru", "ahli_muda", 65),)),
        )
