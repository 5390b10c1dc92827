"""Spells of service, what the planner said of exits, and since when a list is complete."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics import exit_history, exit_merging, rules, state, store_columns
from analytics.movement import Law
from analytics.rules import LawChoice

BOOK = rules.load()
AS_OF = date(2026, 7, 1)
LAW = Law(BOOK, AS_OF, LawChoice(), {})
TEACHER, CLERK, NURSE = "196403201988032001", "197507201998031004", "199003152023212003"


def exits(*rows):
    frame = pd.DataFrame([{"is_day_known": True, "origin": "list", **row} for row in rows])
    return frame.reindex(columns=list(store_columns.EXIT_TYPES)).astype(store_columns.EXIT_TYPES)


def left(nip, day, cause="aps", **facts):
    return {"nip": nip, "exited_on": day, "cause": cause, "reason": "", **facts}


def people(*nips, **facts):
    empty = pd.DataFrame(columns=list(store_columns.PEOPLE_TYPES))
    rows = pd.DataFrame(
        [
            {
                "nip": nip, "name": "Rekaan", "employment": "PNS", "is_in_headcount": True,
                "is_on_duty": True, "position": "Guru Ahli Muda", "unit": "SDN 1", "opd": "Dinas",
                "birth_date": pd.Timestamp(f"{nip[:4]}-{nip[4:6]}-{nip[6:8]}"), **facts,
            }
            for nip in nips
        ]
    )  # fmt: skip
    return rows.reindex(columns=list(empty)).astype(store_columns.PEOPLE_TYPES)


# ---- spells


def spells(roster, gone, since=date(2020, 1, 1)):
    told = exit_history.history(gone)
    return exit_history.spells(roster, told, since, LAW).set_index("person_id")


def test_a_spell_has_what_the_nip_says_where_the_list_says_nothing():
    row = spells(people(), exits(left(TEACHER, "2024-04-01", "bup"))).loc[TEACHER]
    assert (row["sex"], row["employment"]) == ("P", "PNS")
    assert row["birth_date"] == pd.Timestamp("1964-03-20")
    assert row["start_date"] == pd.Timestamp("1988-03-01")
    assert row["exit_date"] == pd.Timestamp("2024-04-01")


def test_the_start_of_a_pppk_is_the_middle_of_the_year_its_number_holds():
    assert spells(people(), exits(left(NURSE, "2025-01-01"))).loc[NURSE, "start_date"] == (
        pd.Timestamp("2023-07-01")
    )


def test_people_in_service_have_no_exit_and_their_mandatory_date():
    row = spells(people("198001012005012001"), exits()).iloc[0]
    assert pd.isna(row["exit_date"]) and pd.isna(row["cause"])
    # UU 14/2005 art. 30(4): a teacher leaves at 60.
    assert row["retires_on"] == pd.Timestamp("2040-02-01")
    assert (row["group"], row["role_group"]) == ("SDN 1", "guru")


def test_exits_before_the_list_is_complete_are_left_out():
    gone = exits(left(TEACHER, "2019-12-31"), left(CLERK, "2020-01-01"))
    assert list(spells(people(), gone).index) == [CLERK]


def test_exits_after_the_day_of_the_roster_are_not_yet_seen():
    assert spells(people(), exits(left(CLERK, "2026-07-02"))).empty


def test_who_is_on_the_roster_is_in_service_whatever_a_list_says():
    table = spells(people(CLERK), exits(left(CLERK, "2024-01-01")))
    assert len(table) == 1 and pd.isna(table.loc[CLERK, "exit_date"])


def test_of_two_exits_the_last_counts_and_mpp_ends_no_service_on_the_roster():
    gone = exits(left(CLERK, "2023-01-01", "mpp"), left(CLERK, "2024-01-01", "bup"))
    assert spells(people(), gone).loc[CLERK, "cause"] == "bup"
    assert pd.isna(spells(people(CLERK), gone.iloc[:1]).loc[CLERK, "exit_date"])


def test_nobody_serves_less_than_a_day():
    gone = exits(left(CLERK, "2024-01-01", appointed_on="2025-01-01"))
    assert spells(people(), gone).empty


def test_without_anybody_there_are_no_spells():
    assert spells(people(), exits()).empty


# ---- since when


def yearly(counts):
    return exits(
        *(
            left(f"{year}{n:014d}", f"{year}-{1 + n % 12:02d}-01")
            for year, count in counts.items()
            for n in range(count)
        )
    )


@pytest.mark.parametrize(
    ("counts", "since"),
    [
        # Two stragglers of 2015 and 2016 do not make a list that goes back so far.
        ({2015: 1, 2016: 2, 2019: 100, 2020: 120, 2021: 90, 2022: 110, 2023: 95, 2024: 100,
          2025: 100}, "2019-01-01"),
        ({2023: 12, 2024: 12, 2025: 12, 2026: 3}, "2023-01-01"),
        ({2026: 5}, "2026-01-01"),
    ],
)  # fmt: skip
def test_the_list_is_complete_since_its_first_usual_year(counts, since):
    assert exit_history.complete_from(yearly(counts), AS_OF) == date.fromisoformat(since)


def test_a_list_that_begins_in_the_middle_of_a_year_is_complete_from_that_month():
    gone = exits(
        *(left(f"{n:018d}", f"20{19 + n // 12}-{1 + n % 12:02d}-01") for n in range(6, 84))
    )
    assert exit_history.complete_from(gone, AS_OF) == date(2019, 7, 1)


def test_without_exits_nothing_is_complete():
    assert exit_history.complete_from(exits(), AS_OF) is None
    assert exit_history.complete_from(exits(left(CLERK, "2027-01-01")), AS_OF) is None


@settings(deadline=None)
@given(st.dictionaries(st.integers(2010, 2025), st.integers(1, 8), min_size=1, max_size=8))
def test_the_guess_is_never_after_the_roster_nor_before_the_first_exit(counts):
    gone = yearly(counts)
    since = exit_history.complete_from(gone, AS_OF)
    assert gone["exited_on"].min().date().replace(day=1) <= since <= AS_OF


# ---- what the planner said


@pytest.fixture
def decisions(tmp_path, monkeypatch):
    monkeypatch.delenv("ESTAFET_STATE", raising=False)
    with state.opened(tmp_path) as opened:
        yield opened


def test_a_single_exit_is_classified_by_somebody_who_is_remembered(decisions):
    gone = exits(left(CLERK, "2024-01-01", "tidak_diketahui", origin="inferred"))
    decisions.classify_exit(CLERK, date(2024, 1, 1), "meninggal", "sari")
    told = exit_history.history(gone, None, decisions.exit_classifications())
    row = told.iloc[0]
    assert (row["cause"], row["cause_before"]) == ("meninggal", "tidak_diketahui")
    assert row["classified_by"] == "sari" and row["classified_at"].tzinfo is not None
    assert decisions.exits_version() == 1
    log = decisions.audit_log().iloc[0]
    assert (log["actor"], log["action"]) == ("sari", "classify_exit")
    assert log["detail"] == f"{CLERK} 2024-01-01 -> meninggal"


def test_the_last_word_counts_and_can_be_taken_back(decisions):
    gone = exits(left(CLERK, "2024-01-01", "tidak_diketahui"))
    for cause, counts in (("aps", "aps"), ("meninggal", "meninggal"), ("", "tidak_diketahui")):
        decisions.classify_exit(CLERK, date(2024, 1, 1), cause, "sari")
        told = exit_history.history(gone, None, decisions.exit_classifications())
        assert told["cause"].tolist() == [counts]


def test_a_single_word_outranks_the_words_of_the_list_and_only_that_day(decisions):
    gone = exits(
        {**left(CLERK, "2024-01-01", "tidak_diketahui"), "reason": "Ikut Suami"},
        {**left(NURSE, "2025-01-01", "tidak_diketahui"), "reason": "ikut suami"},
    )
    decisions.map_exit_reason("ikut suami", "pindah_keluar", "sari")
    decisions.classify_exit(CLERK, date(2024, 1, 1), "mengundurkan_diri", "sari")
    decisions.classify_exit(NURSE, date(2024, 1, 1), "meninggal", "sari")
    told = exit_history.history(gone, decisions.exit_reasons(), decisions.exit_classifications())
    assert told["cause"].tolist() == ["mengundurkan_diri", "pindah_keluar"]
    decisions.map_exit_reason("ikut suami", "", "sari")
    assert decisions.exit_reasons() == {}


def test_what_was_said_of_an_exit_stays_when_a_later_list_corrects_its_day(decisions):
    decisions.classify_exit(CLERK, date(2024, 1, 1), "meninggal", "sari")
    said = decisions.exit_classifications()
    corrected = exits(left(CLERK, "2024-01-03", "tidak_diketahui"))
    row = exit_history.history(corrected, None, said).iloc[0]
    assert (row["cause"], row["classified_by"]) == ("meninggal", "sari")
    # What takes it back again is the day it was said of.
    assert row["classified_on"] == pd.Timestamp("2024-01-01")
    # A list that tells a cause of its own, and another leaving years later, are not spoken of.
    for other in (left(CLERK, "2024-01-03", "aps"), left(CLERK, "2026-01-01", "tidak_diketahui")):
        row = exit_history.history(exits(other), None, said).iloc[0]
        assert row["cause"] == other["cause"] and pd.isna(row["classified_by"])


def test_two_words_on_one_corrected_exit_leave_one(decisions):
    decisions.classify_exit(CLERK, date(2024, 1, 1), "meninggal", "sari")
    decisions.classify_exit(CLERK, date(2024, 3, 1), "aps", "sari")
    gone = exits(left(CLERK, "2024-02-20", "tidak_diketahui"))
    told = exit_history.history(gone, None, decisions.exit_classifications())
    assert told["cause"].tolist() == ["aps"]


def test_unexplained_exits_and_unknown_words_are_listed_for_whoever_knows():
    gone = exits(
        left(TEACHER, "2023-01-01", "bup"),
        left(CLERK, "2024-01-01", "tidak_diketahui"),
        {**left(NURSE, "2025-01-01", "tidak_diketahui"), "reason": "Ikut Suami"},
        {**left("198001012005012001", "2025-02-01", "tidak_diketahui"), "reason": "IKUT  SUAMI."},
    )
    told = exit_history.history(gone)
    assert exit_history.unexplained(told)["nip"].tolist()[-1] == CLERK
    words = exit_history.unknown_reasons(told)
    assert words.to_dict("list") == {"reason": ["Ikut Suami"], "exit_count": [2]}
    assert exit_history.unknown_reasons(exit_history.history(exits())).empty


# ---- laws of merging

_NIPS = [f"1980010120050110{n:02d}" for n in range(10, 16)]
_ROWS = st.lists(
    st.tuples(
        st.sampled_from(_NIPS),
        st.dates(date(2020, 1, 1), date(2026, 6, 30)),
        st.sampled_from(["aps", "bup", "mpp", "tidak_diketahui"]),
        st.booleans(),
    ),
    max_size=8,
    unique_by=lambda row: row[:2],
)


def made(rows, origin):
    return exits(
        *(
            left(nip, day, cause, origin=origin, is_day_known=is_day_known)
            for nip, day, cause, is_day_known in rows
        )
    )


@settings(deadline=None, max_examples=40)
@given(_ROWS, _ROWS, _ROWS)
def test_a_list_loaded_twice_changes_nothing_and_is_all_there(before, earlier, rows):
    known = exit_merging.with_listed(made(before, "inferred"), made(earlier, "list"))
    listed = made(rows, "list")
    once = exit_merging.with_listed(known, listed)
    pd.testing.assert_frame_equal(exit_merging.with_listed(once, listed), once)
    assert not once.duplicated(["nip", "exited_on"]).any()
    assert set(listed["nip"]) <= set(once["nip"])
    dated = listed.loc[listed["is_day_known"] | listed["cause"].eq("mpp")]
    assert set(dated["nip"] + dated["exited_on"].astype(str)) <= set(
        once["nip"] + once["exited_on"].astype(str)
    )


# ---- a day that is not known beside one that is


def test_the_day_of_a_letter_replaces_no_known_day_nor_its_cause():
    known = exits(left(TEACHER, "2023-05-01", "bup", unit="SDN 1"))
    letter = left(TEACHER, "2023-01-10", "tidak_diketahui", is_day_known=False, unit=None)
    after = exit_merging.with_listed(known, exits({**letter, "opd": "Dinas Pendidikan"}))
    assert after["exited_on"].tolist() == [pd.Timestamp("2023-05-01")]
    assert after["cause"].tolist() == ["bup"]
    assert after["is_day_known"].all()
    assert (after["unit"].item(), after["opd"].item()) == ("SDN 1", "Dinas Pendidikan")


def test_the_first_of_a_month_replaces_no_known_day_and_answers_why_where_nobody_knew():
    known = exits(left(TEACHER, "2024-04-15", "tidak_diketahui"))
    month = {**left(TEACHER, "2024-04-01", "aps", is_day_known=False), "reason": "APS"}
    after = exit_merging.with_listed(known, exits(month))
    assert after["exited_on"].tolist() == [pd.Timestamp("2024-04-15")]
    assert after[["cause", "reason", "is_day_known"]].to_numpy().tolist() == [["aps", "APS", True]]


@pytest.mark.parametrize(
    ("day", "origin", "cause"),
    [("2023-05-01", "inferred", "bup"), ("2021-05-01", "list", "bup")],
)
def test_the_day_of_a_letter_stands_where_nothing_near_agrees(day, origin, cause):
    known = exits(left(TEACHER, day, cause, origin=origin))
    letter = exits(left(TEACHER, "2023-01-10", "meninggal", is_day_known=False))
    after = exit_merging.with_listed(known, letter)
    assert after.iloc[-1][["cause", "is_day_known"]].tolist() == ["meninggal", False]
    assert len(after) == (1 if origin == "inferred" else 2)


def test_a_day_the_law_gave_stays_where_the_letter_gives_no_other_cause():
    known = exits(left(TEACHER, "2023-05-01", "bup", origin="inferred"))
    letter = exits(left(TEACHER, "2023-01-10", "tidak_diketahui", is_day_known=False))
    after = exit_merging.with_listed(known, letter)
    assert after[["cause", "origin"]].to_numpy().tolist() == [["bup", "list"]]
    assert after["exited_on"].tolist() == [pd.Timestamp("2023-05-01")]


def test_a_known_day_replaces_that_of_a_letter_whichever_comes_first():
    letter = exits(left(TEACHER, "2023-01-10", "bup", is_day_known=False))
    known = exits(left(TEACHER, "2023-05-01", "bup"))
    first = exit_merging.with_listed(letter, known)
    pd.testing.assert_frame_equal(first, exit_merging.with_listed(known, letter))
    both = pd.concat([letter, known], ignore_index=True)
    pd.testing.assert_frame_equal(first, exit_merging.with_listed(exits().iloc[:0], both))


# ---- a list without causes


@pytest.mark.parametrize("day", ["2024-04-01", "2024-04-03"], ids=["that day", "a corrected day"])
def test_a_list_without_causes_takes_none_away(day):
    known = exits(left(TEACHER, "2024-04-01", "meninggal", reason="Meninggal dunia"))
    after = exit_merging.with_listed(known, exits(left(TEACHER, day, "tidak_diketahui")))
    assert after[["cause", "reason"]].to_numpy().tolist() == [["meninggal", "Meninggal dunia"]]
    assert after["exited_on"].tolist() == [pd.Timestamp(day)]


def test_a_word_that_nobody_knows_yet_is_a_cause_to_be_mapped():
    known = exits(left(TEACHER, "2024-04-01", "meninggal", reason="Meninggal dunia"))
    word = left(TEACHER, "2024-04-01", "tidak_diketahui", reason="Kode 7")
    after = exit_merging.with_listed(known, exits(word))
    assert after[["cause", "reason"]].to_numpy().tolist() == [["tidak_diketahui", "Kode 7"]]


@pytest.mark.parametrize(
    ("day", "cause"), [("2024-04-01", "bup"), ("2024-01-15", "tidak_diketahui")]
)
def test_what_was_inferred_for_another_day_is_no_cause_of_this_one(day, cause):
    # Whoever died in January did not leave at the retirement date of April.
    known = exits(left(TEACHER, "2024-04-01", "bup", origin="inferred"))
    after = exit_merging.with_listed(known, exits(left(TEACHER, day, "tidak_diketahui")))
    assert after["cause"].tolist() == [cause]


@settings(deadline=None, max_examples=40)
@given(_ROWS, st.sets(st.sampled_from(_NIPS)))
def test_everybody_has_one_spell_and_the_roster_is_in_service(rows, present):
    table = exit_history.spells(
        people(*sorted(present)), exit_history.history(made(rows, "list")), date(2020, 1, 1), LAW
    )
    assert table["person_id"].is_unique
    assert set(table.loc[table["exit_date"].isna(), "person_id"]) == present
    assert set(table["person_id"]) == present | {nip for nip, *_ in rows}
