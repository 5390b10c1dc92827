"""Who moves where: tiny cases tried out in full, every limit verified, laws of nature."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics import rules
from analytics.redistribution import moves_alone, redistribute
from analytics.redistribution_needs import merged_cells, merged_needs
from analytics.redistribution_rival import nearest_first
from analytics.redistribution_situation import (
    CAREFUL,
    HoursLaw,
    Locks,
    MoveChoice,
    Situation,
)
from tests.moves import KM_STEP, best, random_situation, situation, verify

BOOK = rules.load()
NEAR = MoveChoice(max_km=3.0, detour=1.0)

# a has one class teacher too many, b one too few 1.1 km away, c one too few 4.4 km away.
SCHOOLS = """
    npsn | north | kecamatan | status | level
    a | 0 | Timur | negeri | SD
    b | 1 | Timur | negeri | SD
    c | 4 | Barat | negeri | SD
"""
NEEDS = """
    npsn | post | needed
    a | guru_kelas | 1
    b | guru_kelas | 1
    c | guru_kelas | 1
"""
STAFF = """
    person_id | npsn | post | certificate_post | retires_on | employment | rank | home_kecamatan
    Ani | a | guru_kelas | guru_kelas | 2040-01-01 | PNS | III/b | -
    Budi | a | guru_kelas | guru_kelas | 2050-01-01 | PPPK | IX | -
"""


def found(s: Situation, choice: MoveChoice = NEAR, locks: Locks = Locks()):  # noqa: B008
    answer = redistribute(s, BOOK, choice, locks)
    verify(s, answer, choice, locks)
    return answer


def moves(answer) -> list[tuple[str, str]]:
    return list(answer.moves[["person_id", "to_npsn"]].itertuples(index=False, name=None))


def stage(answer, name: str) -> float:
    return next(each.value for each in answer.stages if each.name == name)


def test_the_colleague_furthest_from_retirement_goes_to_the_nearer_school():
    answer = found(situation(SCHOOLS, NEEDS, STAFF))
    assert moves(answer) == [("Budi", "b")]
    assert answer.moves["km"].iloc[0] == pytest.approx(KM_STEP, abs=0.001)


def test_the_reason_says_from_to_hours_km_and_date_in_plain_words():
    answer = found(situation(SCHOOLS, NEEDS, STAFF))
    assert answer.moves["reason"].iloc[0] == (
        "Guru kelas di a ada 2, perlu 1; b perlu 1 guru kelas, ada 0; jarak 1,1 km; sertifikat"
        " kelas sesuai; pensiun 1 Januari 2050, dipilih dari 2 orang yang boleh pindah; jam 24 JP."
    )

    assert answer.moves["reason_en"].iloc[0] == (
        "Class teacher at a: 2 in post, 1 needed; b: class teacher, 1 needed, 0 in post; 1.1 km"
        " away; certificate fits (class teacher); retires 1 January 2050, chosen of 2 people who"
        " may move; 24 JP."
    )


def test_what_stays_empty_says_why():
    answer = found(situation(SCHOOLS, NEEDS, STAFF))
    left = answer.unfilled.set_index("npsn")
    assert left.loc["c", "reason_code"] == "too_far"
    assert left.loc["c", "reason"] == ("Kelebihan guru kelas terdekat 4,4 km, di luar batas 3 km.")
    assert left.loc["c", "reason_en"] == (
        "The nearest to spare (class teacher) is 4.4 km away, beyond 3 km."
    )


@pytest.mark.parametrize(
    ("staff", "code"),
    [
        (STAFF.replace("2040", "2027").replace("2050", "2028"), "excluded"),
        (STAFF.replace("| guru_kelas | 20", "| guru_pjok | 20"), "certificate"),
        (STAFF.replace("Budi | a", "Budi | c"), "no_surplus"),
    ],
)
def test_a_post_nobody_may_fill_says_which_limit(staff, code):
    answer = found(situation(SCHOOLS, NEEDS, staff))
    assert answer.moves.empty
    assert set(answer.unfilled.loc[answer.unfilled["npsn"] == "b", "reason_code"]) == {code}


def test_people_near_retirement_leave_a_surplus_that_says_so():
    s = situation(SCHOOLS, NEEDS, STAFF.replace("2040", "2027").replace("2050", "2028"))
    row = found(s).surplus_left.iloc[0]
    assert (row["left_count"], row["reason_code"]) == (1, "excluded")
    assert row["reason"] == (
        "Tidak ada yang boleh pindah: yang ada kurang dari 2 tahun lagi pensiun."
    )
    assert row["reason_en"] == "Nobody may move: those there retire within 2 years."


def test_whoever_has_retired_by_the_day_leaves_no_surplus_behind():
    s = situation(SCHOOLS, NEEDS, STAFF.replace("2040-01-01", "2026-07-01"))
    assert found(s).moves.empty
    # One day later Ani is still there on the day, and Budi is one too many.
    s = situation(SCHOOLS, NEEDS, STAFF.replace("2040-01-01", "2026-07-02"))
    assert moves(found(s)) == [("Budi", "b")]


def test_home_kecamatan_is_near_enough():
    s = situation(
        SCHOOLS, NEEDS.replace("b | guru_kelas | 1", "b | guru_kelas | 0"),
        STAFF.replace("IX | -", "IX | Barat"),
    )  # fmt: skip
    assert moves(found(s)) == [("Budi", "c")]
    assert found(s, replace(NEAR, use_home=False)).moves.empty


@pytest.mark.parametrize(
    ("locks", "wanted"),
    [
        (Locks(stays=frozenset({"Budi"})), [("Ani", "b")]),
        (Locks(moves=frozenset({"Ani"})), [("Ani", "b")]),
        (Locks(closed=frozenset({"b"})), []),
        (Locks(closed=frozenset({"a"})), []),
        (Locks(forbidden=frozenset({("Budi", "b")})), [("Ani", "b")]),
        (Locks(forbidden=frozenset({("a", "b")})), []),
    ],
)
def test_locks_are_kept(locks, wanted):
    assert moves(found(situation(SCHOOLS, NEEDS, STAFF), NEAR, locks)) == wanted


def test_a_must_move_that_would_leave_a_deficit_is_told_and_not_done():
    s = situation(SCHOOLS, NEEDS, STAFF.replace("Budi | a", "Budi | c"))
    answer = found(s, NEAR, Locks(moves=frozenset({"Ani"})))
    assert answer.moves.empty
    assert answer.findings["code"].tolist() == ["lock_unmet"]


def test_private_schools_come_last_and_only_for_whoever_may():
    private = SCHOOLS.replace("b | 1 | Timur | negeri", "b | 1 | Timur | swasta")
    far = replace(NEAR, max_km=5)
    # The state school first, though it is further.
    assert moves(found(situation(private, NEEDS, STAFF), far)) == [("Budi", "c")]
    assert moves(found(situation(private, NEEDS, STAFF))) == [("Budi", "b")]
    assert found(situation(private, NEEDS, STAFF), replace(NEAR, private="never")).moves.empty
    # Permendikdasmen 1/2025: PNS from III/b, PPPK from guru ahli pertama.
    low = STAFF.replace("III/b", "III/a").replace("IX", "VIII")
    answer = found(situation(private, NEEDS, low))
    assert answer.moves.empty
    assert "private_rank" in set(answer.unfilled["reason_code"])


def test_a_swapped_zero_or_shared_coordinate_is_a_finding_and_never_0_km():
    s = situation(SCHOOLS, NEEDS, STAFF)
    for latitude, longitude in ((0.0, 0.0), (111.505, -7.605), (-7.605, 111.505)):
        bad = s.schools.copy()
        bad.loc[bad["npsn"] == "b", ["latitude", "longitude"]] = [latitude, longitude]
        answer = redistribute(replace(s, schools=bad), BOOK, NEAR)
        assert "b" not in set(answer.moves["to_npsn"])
        assert "b" in set(answer.findings["npsn"])


def test_who_lives_there_may_move_though_nobody_knows_where_the_present_school_is():
    """Budi lives in Barat: c is near enough, how far is not told, and no 0 km."""
    s = situation(SCHOOLS, NEEDS, STAFF.replace("IX | -", "IX | Barat"))
    lost = s.schools.copy()
    lost.loc[lost["npsn"] == "a", ["latitude", "longitude"]] = [0.0, 0.0]
    s = replace(s, schools=lost)
    answer = redistribute(s, BOOK, NEAR)
    assert moves(answer) == [("Budi", "c")]
    assert answer.moves["km"].isna().all()
    assert answer.counts["unknown_km_count"] == 1
    assert (answer.counts["km"], answer.counts["worst_km"]) == (0.0, 0.0)
    assert "jaraknya tidak diketahui" in answer.moves["reason"].iloc[0]
    assert "0 km" not in answer.moves["reason"].iloc[0]
    # It weighs as much as the limit: a colleague whose way is known and shorter goes first.
    assert stage(answer, "km") == pytest.approx(NEAR.max_km)
    assert redistribute(s, BOOK, replace(NEAR, use_home=False)).moves.empty


def test_an_sd_and_an_smp_in_one_yard_stand_where_they_stand():
    yard = SCHOOLS.rstrip() + "\n    d | 1 | Timur | negeri | SMP"
    s = situation(yard, NEEDS, STAFF)
    answer = redistribute(s, BOOK, NEAR)
    assert moves(answer) == [("Budi", "b")]
    assert answer.findings.empty
    # A school of the same level there, or of one nobody knows, may be there by mistake.
    for level in ("SD", ""):
        s.schools.loc[s.schools["npsn"] == "d", "level"] = level
        assert "b" not in set(redistribute(s, BOOK, NEAR).moves["to_npsn"])
    # Where levels may be crossed, nobody measured the 0 km between them.
    s.schools.loc[s.schools["npsn"] == "d", "level"] = "SMP"
    crossed = redistribute(s, BOOK, replace(NEAR, across_levels=True))
    assert "b" not in set(crossed.moves["to_npsn"])


def test_a_school_of_the_needs_that_no_list_has_is_told_as_that():
    s = situation(SCHOOLS, NEEDS, STAFF)
    answer = redistribute(replace(s, schools=s.schools.loc[s.schools["npsn"] != "b"]), BOOK, NEAR)
    told = answer.findings.set_index("npsn").loc["b"]
    assert (told["code"], "not in the list of schools" in told["text_en"]) == (
        "school_unlisted",
        True,
    )
    why = answer.unfilled.set_index("npsn").loc["b"]
    assert why["reason_code"] == "unlisted"
    assert "tidak ada di daftar sekolah" in why["reason"]


def test_levels_are_not_crossed_unless_asked_and_never_by_class_teachers():
    two = SCHOOLS.replace("b | 1 | Timur | negeri | SD", "b | 1 | Timur | negeri | SMP")
    assert found(situation(two, NEEDS, STAFF)).moves.empty
    open_choice = replace(NEAR, across_levels=True)
    assert found(situation(two, NEEDS, STAFF), open_choice).moves.empty
    pjok = [text.replace("guru_kelas", "guru_pjok") for text in (NEEDS, STAFF)]
    assert found(situation(two, *pjok)).moves.empty
    assert moves(redistribute(situation(two, *pjok), BOOK, open_choice)) == [("Budi", "b")]


def test_heads_people_on_leave_and_part_time_staff_neither_count_nor_move():
    staff = STAFF.replace("home_kecamatan", "home_kecamatan | apart")
    staff = staff.replace("IX | -", "IX | - | cuti").replace("III/b | -", "III/b | - | -")
    assert found(situation(SCHOOLS, NEEDS, staff)).moves.empty
    heads = [text.replace("guru_kelas", "kepala_sekolah") for text in (NEEDS, STAFF)]
    assert found(situation(SCHOOLS, *heads)).moves.empty


def test_an_agama_teacher_of_any_religion_fills_a_need_that_names_none_but_not_the_reverse():
    needs = NEEDS.replace("guru_kelas", "guru_agama")
    staff = STAFF.replace("guru_kelas | guru_kelas", "guru_agama:islam | guru_agama:islam")
    answer = redistribute(situation(SCHOOLS, needs, staff), BOOK, NEAR)
    assert moves(answer) == [("Budi", "b")]
    assert "Agama murid" in answer.moves["warning"].iloc[0]
    named = needs.replace("b | guru_agama", "b | guru_agama:hindu")
    assert redistribute(situation(SCHOOLS, named, staff), BOOK, NEAR).moves.empty


# Two SD of six rombel, 18 hours of PJOK each; a teacher to spare between them.
HALVES = """
    npsn | post | needed | hours
    a | guru_pjok | 1 | 24
    b | guru_pjok | 1 | 18
    c | guru_pjok | 1 | 18
"""
PJOK = STAFF.replace("guru_kelas", "guru_pjok")


def test_eighteen_hours_fill_nobody_but_two_schools_together_do():
    s = situation(SCHOOLS.replace("c | 4", "c | 2"), HALVES, PJOK)
    alone = found(s)
    assert alone.moves.empty
    assert set(alone.unfilled["reason_code"]) == {"hours_split_off"}
    both = found(s, replace(NEAR, split=True))
    row = both.moves.iloc[0]
    # Of equal hours the nearer school is the satmin.
    assert (row["to_npsn"], row["other_npsn"]) == ("b", "c")
    assert row["hours_after"] == 36
    assert stage(both, "need") == pytest.approx(1.5)
    assert both.counts["moved_count"] == 1


def test_two_schools_too_far_apart_or_above_forty_hours_are_no_post():
    split = replace(NEAR, split=True)
    assert found(situation(SCHOOLS, HALVES, PJOK), split).moves.empty
    near = SCHOOLS.replace("c | 4", "c | 2")
    full = HALVES.replace("| 18", "| 23")
    assert found(situation(near, full, PJOK), split).moves.empty


def test_a_post_of_the_own_school_is_filled_without_moving_anybody():
    needs = NEEDS.replace("b | guru_kelas | 1", "a | guru_pjok | 1")
    staff = STAFF.replace("Budi | a | guru_kelas | guru_kelas", "Budi | a | guru_kelas | guru_pjok")
    answer = found(situation(SCHOOLS, needs, staff))
    assert moves(answer) == [("Budi", "a")]
    assert (answer.counts["same_school_count"], answer.counts["moved_count"]) == (1, 0)


def test_everybody_of_a_closing_school_moves_or_follows_the_pupils():
    # a joins b: b now needs two class teachers and has none; c is out of reach.
    needs = """
        npsn | post | needed
        b | guru_kelas | 1
        c | guru_kelas | 1
    """
    answer = found(situation(SCHOOLS, needs, STAFF, merges={"a": "b"}, merge_km={"a": 1.5}))
    assert moves(answer) == [("Budi", "b")]
    after = answer.people.set_index("person_id")
    assert after.loc["Ani", ["outcome", "npsn_after"]].tolist() == ["follows_pupils", "b"]
    assert answer.surplus_left["follows_npsn"].tolist() == ["b"]


def test_whoever_must_leave_anyway_is_placed_before_others_are_uprooted():
    schools = SCHOOLS + "    d | 1.5 | Timur | negeri | SD\n    e | 9 | Timur | negeri | SD\n"
    needs = """
        npsn | post | needed
        b | guru_kelas | 1
        d | guru_kelas | 0
        e | guru_kelas | 0
    """
    staff = """
        person_id | npsn | post | certificate_post | retires_on | employment | rank
        Ani | a | guru_kelas | guru_kelas | 2040-01-01 | PNS | III/b
        Dodi | d | guru_kelas | guru_kelas | 2050-01-01 | PNS | III/b
    """
    # Dodi is nearer to b, but a closes.
    s = situation(schools, needs, staff, merges={"a": "e"}, merge_km={"a": 10})
    assert moves(found(s)) == [("Ani", "b")]


def test_a_post_that_the_school_loses_to_falling_numbers_is_warned_of():
    needs = """
        npsn | post | needed | school_year
        a | guru_kelas | 1 | 2026
        b | guru_kelas | 1 | 2026
        b | guru_kelas | 1 | 2027
        b | guru_kelas | 0 | 2028
    """
    answer = found(situation(SCHOOLS, needs, STAFF))
    assert answer.moves["lost_in_year"].tolist() == [2028]
    assert "2028/29" in answer.moves["warning"].iloc[0]
    assert found(situation(SCHOOLS, needs, STAFF), replace(NEAR, warn_years=1)).moves[
        "lost_in_year"
    ].isna().all()  # fmt: skip


def test_least_total_distance_decides_between_equal_fillings():
    # a and c each have one to spare, b and d each lack one: crossing would be longer.
    schools = SCHOOLS + "    d | 5 | Timur | negeri | SD\n"
    needs = NEEDS + "    d | guru_kelas | 1\n"
    staff = STAFF + (
        "    Cici | c | guru_kelas | guru_kelas | 2040-01-01 | PNS | III/b | -\n"
        "    Dedi | c | guru_kelas | guru_kelas | 2045-01-01 | PNS | III/b | -\n"
    )
    answer = found(situation(schools, needs, staff), replace(NEAR, max_km=20))
    assert moves(answer) == [("Budi", "b"), ("Dedi", "d")]
    assert stage(answer, "km") == pytest.approx(2 * KM_STEP, abs=0.002)


# ---- against trying everything -------------------------------------------------------------------


@pytest.mark.parametrize("split", [False, True])
@pytest.mark.parametrize("seed", range(15))
def test_every_stage_is_the_best_of_all_that_may_be(seed, split):
    s = random_situation(seed, people_count=4)
    choice = MoveChoice(max_km=4.0, detour=1.2, split=split)
    answer = found(s, choice)
    state, private, people, km = best(s, choice)
    told = {each.name: each.value for each in answer.stages}
    assert told.get("need", 0.0) == pytest.approx(state)
    assert told.get("private_need", 0.0) == pytest.approx(private)
    assert told.get("people", 0.0) == people
    assert told.get("km", 0.0) == pytest.approx(km, abs=0.01)
    assert all(each.gap == 0 for each in answer.stages)


# ---- laws of nature ------------------------------------------------------------------------------

seeds = st.integers(0, 10_000)


@settings(max_examples=15, deadline=None)
@given(seeds, st.booleans())
def test_the_moves_without_saying_why_are_the_same_moves(seed, split):
    situation, choice = random_situation(seed), replace(NEAR, split=split)
    alone = moves_alone(situation, BOOK, choice)
    every = redistribute(situation, BOOK, choice).moves
    pd.testing.assert_frame_equal(alone[list(alone.columns)], every[list(alone.columns)])
    told = {"reason_code", "reason", "warning", "reason_en", "warning_en"}
    assert set(every) - set(alone) == told


@settings(max_examples=12, deadline=None)
@given(seeds, st.booleans())
def test_taking_the_nearest_first_never_fills_more(seed, split):
    s = random_situation(seed, people_count=12, school_count=7)
    choice = MoveChoice(max_km=6.0, split=split)
    ours = found(s, choice)
    told = {each.name: each.value for each in ours.stages}
    assert nearest_first(s, BOOK, choice).need <= told.get("need", 0.0) + 1e-6


@settings(max_examples=8, deadline=None)
@given(seeds, st.booleans())
def test_a_wider_distance_never_fills_less(seed, split):
    s = random_situation(seed, people_count=12, school_count=7)
    filled = [
        sum(each.value for each in found(s, MoveChoice(max_km=km, split=False)).stages
            if each.name in ("must_move", "need"))
        for km in (2.0, 5.0, 12.0)
    ]  # fmt: skip
    assert filled == sorted(filled)
    if split:
        with_two = found(s, MoveChoice(max_km=5.0, split=True))
        assert (stage(with_two, "need") if with_two.stages else 0.0) >= filled[1] - 1e-6


@settings(max_examples=8, deadline=None)
@given(seeds)
def test_nobody_is_lost_and_the_balance_closes(seed):
    s = random_situation(seed, people_count=15, school_count=8)
    answer = found(s, MoveChoice(max_km=6.0, split=True))
    counts = answer.counts
    assert counts["filled_count"] + counts["unfilled_count"] == counts["vacant_count"]
    assert counts["left_count"] + len(answer.moves) == counts["surplus_count"]
    assert (answer.unfilled[["reason", "reason_en"]] != "").all(axis=None)
    told = pd.concat([answer.unfilled, answer.surplus_left, answer.moves])[["reason", "reason_en"]]
    assert not told.map(lambda text: "{" in str(text)).any(axis=None)
    assert (answer.surplus_left.loc[answer.surplus_left["left_count"] > 0, "reason"] != "").all()


@settings(max_examples=5, deadline=None)
@given(seeds)
def test_the_order_of_rows_changes_nothing(seed):
    s = random_situation(seed, people_count=12, school_count=7)
    choice = MoveChoice(max_km=6.0, split=True)
    again = replace(
        s, staff=s.staff.iloc[::-1].reset_index(drop=True),
        needs=s.needs.sample(frac=1, random_state=seed), schools=s.schools.iloc[::-1],
    )  # fmt: skip
    first, second = found(s, choice), found(again, choice)
    pd.testing.assert_frame_equal(first.moves, second.moves)


@settings(max_examples=5, deadline=None)
@given(seeds)
def test_locking_somebody_never_fills_more(seed):
    s = random_situation(seed, people_count=10, school_count=6)
    choice = MoveChoice(max_km=6.0)
    free = found(s, choice)
    if free.moves.empty:
        return
    who = free.moves["person_id"].iloc[0]
    locked = found(s, choice, Locks(stays=frozenset({who})))
    assert locked.counts["filled_count"] <= free.counts["filled_count"]
    assert who not in set(locked.moves["person_id"])


def test_merged_schools_lose_no_pupil_and_no_hour():
    cells = pd.DataFrame(
        {"npsn": ["a", "b", "b"], "school_year": 2026, "grade": [1, 1, 2],
         "pupil_count": [10, 15, 20]}
    )  # fmt: skip
    merged = merged_cells(cells, {"a": "b"})
    assert merged["pupil_count"].tolist() == [25, 20]
    needs = pd.DataFrame(
        {"npsn": ["a", "b"], "post": "guru_pjok", "school_year": 2026, "needed_count": 1,
         "hours": [9.0, 12.0]}
    )  # fmt: skip
    table, _ = merged_needs(needs, {"a": "b"}, HoursLaw(24, 24, 40))
    assert table[["npsn", "needed_count", "hours"]].to_numpy().tolist() == [["b", 1, 21.0]]


@pytest.mark.parametrize(
    ("wrong", "word"),
    [
        ({"max_km": -1}, "max_km"), ({"detour": 0.5}, "detour"), ({"linearity": "any"}, "either"),
        ({"max_km": float("nan")}, "max_km"), ({"least_hours": 0}, "hours"),
        ({"least_hours": 41, "most_hours": 40}, "most_hours"),
    ],
)  # fmt: skip
def test_a_choice_that_means_nothing_is_refused(wrong, word):
    with pytest.raises(ValueError, match=word):
        MoveChoice(**wrong)


def test_out_of_time_the_answer_still_keeps_every_limit_and_tells_its_gap():
    s = random_situation(7, people_count=40, school_count=25)
    choice = MoveChoice(max_km=12.0, split=True, seconds=1e-6)
    hurried = found(s, choice)
    proved = found(s, replace(choice, seconds=30.0))
    bound = next(each for each in hurried.stages if each.name == "need").bound
    assert stage(hurried, "need") <= stage(proved, "need") + 1e-6 <= bound + 2e-6
    assert all(each.gap == 0 for each in proved.stages)


def test_a_city_of_sixty_schools_is_proved_best():
    luck = np.random.default_rng(60)
    count = 60
    names = [f"{at:08d}" for at in range(count)]
    schools = pd.DataFrame(
        {"npsn": names, "latitude": -7.6 + luck.normal(0, 0.04, count),
         "longitude": 111.5 + luck.normal(0, 0.04, count), "status": "negeri", "level": "SD"}
    )  # fmt: skip
    needs, staff = [], []
    for name in names:
        rombel = int(luck.choice([6, 6, 6, 12]))
        for post, hours in (("guru_kelas", rombel * 24), ("guru_pjok", rombel * 3)):
            posts = -(-hours // 24)
            needs.append((name, post, 2026, posts, float(hours)))
            for _ in range(max(0, posts + int(luck.integers(-1, 2)))):
                staff.append((f"p{len(staff):05d}", name, post, post))
    s = Situation(
        pd.DataFrame(staff, columns=["person_id", "npsn", "post", "certificate_post"]),
        pd.DataFrame(needs, columns=["npsn", "post", "school_year", "needed_count", "hours"]),
        schools, pd.Timestamp("2026-07-01").date(), 2026,
    )  # fmt: skip
    answer = found(s, replace(CAREFUL, years_before_bup=0))
    assert answer.counts["moved_count"] > 10
    assert all(each.gap == 0 for each in answer.stages)


# ---- beside the nearest first --------------------------------------------------------------------


def test_the_nearest_first_may_take_the_post_that_only_another_could_fill():
    # One too many at a and at d, one short at b and at c. Nearest: a to b, 0.6 km; then d cannot
    # reach c, 5 km away. Best: a to c and d to b, 2.2 km each.
    s = situation(
        """
        npsn | north | kecamatan | status | level
        a | 0 | Timur | negeri | SD
        b | 0.5 | Timur | negeri | SD
        c | -2 | Timur | negeri | SD
        d | 2.5 | Timur | negeri | SD
        """,
        """
        npsn | post | needed
        a | guru_kelas | 1
        b | guru_kelas | 1
        c | guru_kelas | 1
        d | guru_kelas | 1
        """,
        """
        person_id | npsn | post | certificate_post | retires_on | employment | rank | home_kecamatan
        Ani | a | guru_kelas | guru_kelas | 2040-01-01 | PNS | III/b | -
        Budi | a | guru_kelas | guru_kelas | 2050-01-01 | PNS | III/b | -
        Cici | d | guru_kelas | guru_kelas | 2040-01-01 | PNS | III/b | -
        Dedi | d | guru_kelas | guru_kelas | 2050-01-01 | PNS | III/b | -
        """,
    )
    rival = nearest_first(s, BOOK, NEAR)
    assert (rival.need, rival.people_count) == (1.0, 1)
    assert stage(found(s), "need") == 2.0


def test_a_ban_or_a_merger_that_names_nobody_known_is_a_finding():
    locks = Locks(forbidden=frozenset({("siapa", "b"), ("a", "zz")}))
    answer = redistribute(situation(SCHOOLS, NEEDS, STAFF), BOOK, CAREFUL, locks)
    said = " ".join(answer.findings.loc[answer.findings["code"] == "lock_unknown", "text"])
    assert "siapa bukan orang atau sekolah" in said
    assert "NPSN zz tidak ada" in said
    merging = situation(SCHOOLS, NEEDS, STAFF, merges={"zz": "b"})
    found = redistribute(merging, BOOK, CAREFUL).findings
    assert found.loc[found["code"] == "plan_unknown", "npsn"].tolist() == ["zz"]
