"""Who leaves in which period: counted once, zero where nobody leaves, blanks kept."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics import leaving, leaving_summary
from analytics.leaving_groups import dimension, is_educator, selected

AS_OF = date(2026, 11, 21)
ROLE_GROUPS = pd.DataFrame(
    {
        "role_group": ["guru", "kepala_sekolah", "pelaksana"],
        "label_id": ["Guru", "Kepala sekolah", "Pelaksana"],
        "label_en": ["Teacher", "Head teacher", "Support staff"],
        "is_educator": ["true", "true", "false"],
    }
)


def people(drawn: str) -> pd.DataFrame:
    """A frame from a table drawn in text; '-' is blank, columns ending in _on are days."""
    lines = [line.split("|") for line in drawn.strip().splitlines()]
    head, *rows = [[cell.strip() for cell in line] for line in lines]
    frame = pd.DataFrame(rows, columns=head, dtype="str").replace("-", None)
    for column in head:
        if column.endswith("_on"):
            frame[column] = pd.to_datetime(frame[column]).astype("datetime64[us]")
    if "is_in_headcount" in frame:
        frame["is_in_headcount"] = frame["is_in_headcount"] == "ya"
    return frame


STAFF = people("""
    name  | employment | is_in_headcount | role_group     | opd  | retires_on | contract_ends_on
    Adi   | PNS        | ya              | guru           | Dik  | 2026-12-01 | -
    Beni  | PNS        | ya              | guru           | Dik  | 2027-03-01 | -
    Citra | CPNS       | ya              | pelaksana      | Dik  | 2027-04-01 | -
    Dewi  | PPPK       | ya              | guru           | -    | 2031-01-01 | 2028-05-31
    Eko   | PPPK_PW    | ya              | pelaksana      | Kes  | 2029-07-01 | 2026-12-31
    Fani  | PNS        | ya              | -              | Kes  | -          | -
    Gita  | PNS        | tidak           | guru           | Kes  | 2027-01-01 | -
    Hadi  | PNS        | ya              | kepala_sekolah | Kes  | 2026-02-01 | -
    Ida   | PPPK       | ya              | guru           | Kes  | 2027-12-01 | 2027-12-31
    Joko  | PNS        | ya              | pelaksana      | Kes  | 2046-01-01 | -
""")


def by_period(counts: pd.DataFrame, value: str = "leaver_count") -> dict[str, int]:
    kept = counts[counts[value] > 0]
    return dict(zip(kept["period"].astype(str), kept[value].tolist(), strict=True))


@pytest.mark.parametrize(
    ("who", "names"),
    [
        ("pns", ["Adi", "Beni", "Citra", "Fani", "Hadi", "Joko"]),
        ("asn", ["Adi", "Beni", "Citra", "Dewi", "Fani", "Hadi", "Ida", "Joko"]),
        ("all", ["Adi", "Beni", "Citra", "Dewi", "Eko", "Fani", "Hadi", "Ida", "Joko"]),
    ],
)
def test_each_switch_counts_its_kinds_of_employment_and_only_people_in_headcount(who, names):
    assert leaving.counted(STAFF, who)["name"].tolist() == names


def test_a_switch_nobody_knows_is_refused_by_name():
    with pytest.raises(ValueError, match="'honorer'"):
        leaving.counted(STAFF, "honorer")


def test_years_quarters_and_months_hold_the_same_people():
    staff = leaving.counted(STAFF, "pns")
    assert by_period(leaving.leaver_counts(staff, AS_OF, 2030)) == {"2026": 2, "2027": 2}
    assert by_period(leaving.leaver_counts(staff, AS_OF, 2030, "quarter")) == {
        "2026-Q4": 2,
        "2027-Q1": 1,
        "2027-Q2": 1,
    }
    assert by_period(leaving.leaver_counts(staff, AS_OF, 2030, "month")) == {
        "2026-11": 1,  # Hadi, already past his date
        "2026-12": 1,
        "2027-03": 1,
        "2027-04": 1,
    }


def test_people_past_their_date_count_in_the_first_period_and_are_reported_apart():
    counts = leaving.leaver_counts(leaving.counted(STAFF, "pns"), AS_OF, 2030, "month")
    assert by_period(counts, "past_due_count") == {"2026-11": 1}


def test_somebody_whose_date_is_the_day_of_the_list_is_not_past_it():
    counts = leaving.leaver_counts(STAFF, date(2026, 12, 1), 2030, "month")
    assert by_period(counts, "past_due_count") == {"2026-12": 1}
    assert by_period(counts)["2026-12"] == 2


def test_every_period_is_there_with_a_zero_where_nobody_leaves():
    counts = leaving.leaver_counts(STAFF, AS_OF, 2028, "month")
    assert counts["period"].astype(str).tolist()[:3] == ["2026-11", "2026-12", "2027-01"]
    assert len(counts) == 2 + 12 + 12
    assert counts["starts_on"].iloc[-1] == pd.Timestamp("2028-12-01")


def test_nobody_at_all_is_a_calendar_of_zeros():
    counts = leaving.leaver_counts(STAFF.iloc[:0], AS_OF, 2028)
    assert counts["leaver_count"].tolist() == [0, 0, 0]
    assert leaving.leaver_counts(STAFF.iloc[:0], AS_OF, 2028, by="opd").empty


def test_blanks_are_a_group_of_their_own_and_stand_last():
    counts = leaving.leaver_counts(STAFF, AS_OF, 2045, by="opd")
    totals = counts.groupby("opd", observed=True)["leaver_count"].sum()
    assert totals.to_dict() == {"Dik": 3, "Kes": 4, "tidak diketahui": 1}
    assert list(counts["opd"].cat.categories) == ["Dik", "Kes", "tidak diketahui"]


@pytest.mark.parametrize("blank", [None, "", "   ", "\u00a0"])
def test_whatever_a_blank_looks_like_it_is_unknown(blank):
    assert list(dimension(pd.DataFrame({"opd": [blank]}), "opd")) == ["tidak diketahui"]


def test_text_and_categories_are_grouped_alike():
    text = leaving.leaver_counts(STAFF, AS_OF, 2045, by=["opd", "role_group"])
    category = leaving.leaver_counts(
        STAFF.astype({"opd": "category", "role_group": "category"}),
        AS_OF,
        2045,
        by=["opd", "role_group"],
    )
    pd.testing.assert_frame_equal(text, category)


def test_a_horizon_before_the_list_is_refused():
    with pytest.raises(ValueError, match="2025"):
        leaving.leaver_counts(STAFF, AS_OF, 2025)


def test_a_period_nobody_knows_is_refused():
    with pytest.raises(ValueError, match="'week'"):
        leaving.leaver_counts(STAFF, AS_OF, 2030, "week")


def test_contract_ends_stand_apart_from_retirement():
    ends = leaving.contract_ends(STAFF, AS_OF, 2045)
    # Ida's contract runs past her retirement and so never ends by itself.
    assert by_period(ends, "contract_end_count") == {"2026": 1, "2028": 1}
    assert ends["overdue_count"].sum() == 0


def test_a_contract_end_already_behind_us_counts_first_and_apart():
    ends = leaving.contract_ends(STAFF, date(2027, 6, 1), 2045)
    assert by_period(ends, "contract_end_count") == {"2027": 1, "2028": 1}
    assert by_period(ends, "overdue_count") == {"2027": 1}


def test_people_without_a_date_are_reported_apart():
    row = leaving.undated(STAFF, by="opd").set_index("opd")
    assert row["undated_count"].to_dict() == {"Dik": 0, "Kes": 1, "tidak diketahui": 0}
    assert row["people_count"].sum() == 10


def test_a_horizon_ends_the_day_before_its_anniversary():
    staff = people("""
        retires_on
        2026-02-01
        2027-02-01
        2029-01-01
        2029-02-01
    """)
    shares = leaving.share_within(staff, date(2026, 2, 1), years=(1, 3))
    assert shares["leaver_count"].tolist() == [1, 3]
    assert shares["leaver_share"].tolist() == [0.25, 0.75]


def test_shares_count_people_without_a_date_among_the_staff():
    shares = leaving.share_within(STAFF, AS_OF, years=(1,), by="opd").set_index("opd")
    assert shares.loc["Kes", "people_count"] == 6
    assert shares.loc["Kes", "leaver_count"] == 2  # Gita and Hadi; Ida leaves ten days too late


def test_share_of_nobody_is_unknown_rather_than_zero():
    assert leaving.share_within(STAFF.iloc[:0], AS_OF, years=(1,))["leaver_share"].isna().all()


def test_a_list_of_29_february_has_horizons_too():
    shares = leaving.share_within(STAFF, date(2028, 2, 29), years=(1,))
    assert shares["leaver_count"].item() == 6


@pytest.mark.parametrize("flag", [["true", "true", "false"], [True, True, False], ["1", "1", "0"]])
def test_educators_are_found_however_the_table_says_yes(flag):
    groups = ROLE_GROUPS.assign(is_educator=flag)
    staff = STAFF[is_educator(STAFF, groups)]
    assert staff["name"].tolist() == ["Adi", "Beni", "Dewi", "Gita", "Hadi", "Ida"]


def test_the_peak_is_the_earliest_of_the_largest_years():
    counts = leaving.leaver_counts(STAFF, AS_OF, 2045)
    assert leaving_summary.peak_year(counts) == leaving_summary.Peak(2027, 4)
    tie = leaving.leaver_counts(leaving.counted(STAFF, "pns"), AS_OF, 2045)
    assert leaving_summary.peak_year(tie) == leaving_summary.Peak(2026, 2)


def test_there_is_no_peak_where_nobody_leaves():
    assert leaving_summary.peak_year(leaving.leaver_counts(STAFF.iloc[:0], AS_OF, 2045)) is None


def test_the_summary_accounts_for_everybody():
    found = leaving_summary.summary(leaving.counted(STAFF, "all"), ROLE_GROUPS, AS_OF, 2045)
    assert (found.people_count, found.leaver_count) == (9, 7)
    assert (found.beyond_count, found.undated_count, found.past_due_count) == (1, 1, 1)
    assert found.educator_count == 5
    assert (found.next_year, found.next_year_count) == (2027, 3)
    assert found.mean_per_year == pytest.approx(5 / 10)
    assert found.mean_until_year == 2036


def test_the_grid_has_years_down_and_twelve_months_across():
    grid = leaving_summary.month_grid(leaving.leaver_counts(STAFF, AS_OF, 2028, "month"))
    assert grid.index.tolist() == [2026, 2027, 2028]
    assert grid.columns.tolist() == list(range(1, 13))
    assert grid.loc[2027].tolist() == [1, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 1]


def test_the_largest_groups_are_named_and_the_rest_added_up():
    counts = leaving.leaver_counts(STAFF, AS_OF, 2030, by="role_group")
    named, others = leaving_summary.by_largest(counts, "role_group", keep_count=1)
    assert named.columns.tolist() == ["guru"]
    assert named["guru"].tolist() == [1, 3, 0, 0, 0]
    assert others.tolist() == [1, 1, 0, 1, 0]  # Hadi, Citra, Eko


def test_filters_combine_and_an_empty_filter_lets_everybody_through():
    found = selected(STAFF, {"opd": ["Kes", "tidak diketahui"], "role_group": ["guru"]})
    assert found["name"].tolist() == ["Dewi", "Gita", "Ida"]
    assert len(selected(STAFF, {"opd": []})) == len(STAFF)


def test_a_filter_value_nobody_has_leaves_nobody():
    assert selected(STAFF, {"opd": ["Dinas yang tidak ada"]}).empty


days = st.one_of(
    st.none(), st.dates(date(2020, 1, 1), date(2060, 12, 31)).map(lambda day: day.replace(day=1))
)
persons = st.lists(
    st.tuples(days, st.sampled_from(["A", "B", "", None]), st.sampled_from(["x", "y", None])),
    max_size=30,
)


def as_frame(rows: list[tuple[date | None, str | None, str | None]]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["retires_on", "opd", "role_group"])
    frame["retires_on"] = pd.to_datetime(frame["retires_on"]).astype("datetime64[us]")
    return frame.astype({"opd": "str", "role_group": "str"})


@settings(deadline=None)  # the machine may be busy
@given(persons, st.sampled_from(["year", "quarter", "month"]))
def test_totals_by_any_grouping_equal_the_total(rows, period):
    staff = as_frame(rows)
    total = leaving.leaver_counts(staff, AS_OF, 2045, period)
    for by in ("opd", "role_group", ["opd", "role_group"], ["role_group", "opd"]):
        grouped = leaving.leaver_counts(staff, AS_OF, 2045, period, by)
        for value in ("leaver_count", "past_due_count"):
            sums = grouped.groupby("period", observed=False)[value].sum()
            assert (
                sums.reindex(total["period"], fill_value=0).to_numpy() == total[value].to_numpy()
            ).all()


@settings(deadline=None)  # the machine may be busy
@given(persons)
def test_nobody_is_lost_or_counted_twice(rows):
    staff = as_frame(rows)
    within = leaving.leaver_counts(staff, AS_OF, 2045)["leaver_count"].sum()
    beyond = (staff["retires_on"] >= pd.Timestamp(2046, 1, 1)).sum()
    without = leaving.undated(staff)["undated_count"].sum()
    assert within + beyond + without == len(staff)


@settings(deadline=None)  # the machine may be busy
@given(persons, st.sampled_from(["year", "quarter", "month"]))
def test_the_names_behind_a_period_are_as_many_as_its_count(rows, period):
    staff = as_frame(rows)
    counts = leaving.leaver_counts(staff, AS_OF, 2045, period)
    for row in counts[(counts["leaver_count"] > 0) | (counts.index < 3)].itertuples():
        assert len(leaving.leaving_in(staff, AS_OF, row.starts_on, period)) == row.leaver_count


@settings(deadline=None)  # the machine may be busy
@given(persons)
def test_a_longer_horizon_never_holds_fewer(rows):
    counts = leaving.share_within(as_frame(rows), AS_OF)["leaver_count"].to_numpy()
    assert (np.diff(counts) >= 0).all()
