"""Staff in post month by month: the chain adds up, and moves the way it must."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics import rules
from analytics.exact_sums import YearEffect
from analytics.projection import projection
from analytics.projection_months import Levers, ProjectionError, calendar, rules_levers
from analytics.projection_policy import policy_difference

AS_OF = date(2026, 11, 21)
YEARS = 5
EFFECT = YearEffect(0.3, 0.4, 0.15)
LUCK = np.random.default_rng(5)


def staff(count=200, seed=5):
    luck = np.random.default_rng(seed)
    months = luck.integers(-3, 120, count)
    retires = np.datetime64("2026-11") + months.astype("timedelta64[M]")
    employment = luck.choice(["PNS", "PPPK", "PPPK_PW"], count, p=[0.6, 0.3, 0.1])
    ends = np.datetime64("2026-12") + luck.integers(0, 48, count).astype("timedelta64[M]")
    contract = pd.Series((ends + 1).astype("datetime64[D]") - 1).astype("datetime64[us]")
    return pd.DataFrame(
        {
            "nip": [f"P{number}" for number in range(count)],
            "unit": luck.choice(["Puskesmas A", "Puskesmas B", "Dinas"], count),
            "role_group": luck.choice(["bidan", "perawat"], count),
            "employment": employment,
            "is_on_duty": luck.random(count) < 0.95,
            "retires_on": pd.Series(retires.astype("datetime64[D]")).astype("datetime64[us]"),
            "contract_ends_on": contract.where(employment != "PNS"),
        }
    )


def flat(people, rate=0.02, years=YEARS + 1):
    shape = (len(people), years)
    return {
        "meninggal": np.full(shape, 0.003),
        "aps": np.full(shape, rate),
        "pindah_keluar": np.full(shape, 0.004),
    }


LEVERS = Levers(renewal=(("PPPK", 0.9, 24), ("PPPK_PW", 0.8, 12)), mpp=(("PNS", 0.5, 12),))


def project(people=None, levers=LEVERS, rate=0.02, effect=EFFECT):
    people = staff() if people is None else people
    return projection(people, AS_OF, YEARS, flat(people, rate), effect, levers)


def test_the_steps_sum_to_end_minus_start_in_every_cell_month_and_year():
    found = project()
    keys = ["unit", "role_group"]
    account, level = found.account(), found.staff()
    for changed, counted in (
        ("change_count", "staff_count"),
        ("change_on_duty_count", "on_duty_count"),
    ):
        total = account.groupby(keys)[changed].sum()
        last = level.groupby(keys)[counted].last()
        start = found.start if counted == "staff_count" else found.duty_start
        assert (start + total.to_numpy()) == pytest.approx(last.to_numpy(), abs=1e-9)
        monthly = account.groupby([*keys, "month_on"])[changed].sum().to_numpy()
        before = np.concatenate(
            [
                np.concatenate([[start[n]], each[counted].to_numpy()[:-1]])
                for n, (_, each) in enumerate(level.groupby(keys))
            ]
        )
        assert before + monthly == pytest.approx(level[counted].to_numpy(), abs=1e-9)
    assert set(account["step"]) == {*found.steps}


def test_months_sum_to_the_year_and_cells_to_the_total():
    found = project()
    keys = ["unit", "role_group", "year", "step"]
    for counted in ("change_count", "change_on_duty_count"):
        months = found.account(every="month").groupby(keys)[counted].sum()
        years = found.account(every="year").set_index(keys)[counted]
        assert months.to_numpy() == pytest.approx(years.reindex(months.index).to_numpy(), abs=1e-9)
    by_cell = found.staff(every="year").groupby("year")["staff_count"].sum()
    total = found.staff((), "year").set_index("year")["staff_count"]
    assert by_cell.to_numpy() == pytest.approx(total.to_numpy(), abs=1e-9)


def test_bands_are_around_the_same_expectation_as_the_account():
    found = project()
    for by in ((), ("unit",), ("unit", "role_group")):
        bands, level = found.bands(by), found.staff(by, "year")
        assert bands["staff_count"].to_numpy() == pytest.approx(
            level["staff_count"].to_numpy(), abs=1e-8
        )
        left = -found.account(by, "year").groupby([*by, "year"])["change_count"].sum()
        assert bands["leaver_count"].to_numpy() == pytest.approx(left.to_numpy(), abs=1e-8)
        assert (bands["staff_p10"] <= bands["staff_p50"]).all()
        assert (bands["staff_p50"] <= bands["staff_p90"]).all()


def test_one_person_with_one_cause_keeps_the_chance_of_the_hazard_year():
    people = staff(1).assign(
        retires_on=pd.Timestamp("2050-01-01"), employment="PNS", contract_ends_on=pd.NaT
    )
    found = projection(people, date(2025, 12, 31), 3, {"aps": np.full((1, 4), 0.1)})
    level = found.staff((), "year").set_index("year")["staff_count"]
    # The day of the roster is the last of a year, so that years of twelve months are calendar
    # years but for one day.
    assert level[2026] == pytest.approx(0.9, abs=1e-3)
    assert level[2028] == pytest.approx(0.9**3, abs=1e-3)


def test_in_the_year_of_retirement_the_hazard_falls_before_the_date():
    people = staff(1).assign(
        retires_on=pd.Timestamp("2027-05-01"), employment="PNS", contract_ends_on=pd.NaT
    )
    found = projection(people, date(2027, 1, 1), 1, {"aps": np.full((1, 2), 0.12)})
    steps = found.account((), "year").groupby("step")["change_count"].sum()
    assert steps["aps"] == pytest.approx(-0.12)
    assert steps["bup"] == pytest.approx(-0.88)
    by_month = found.account(()).pivot(index="month_on", columns="step", values="change_count")
    assert (by_month.loc["2027-01":"2027-04", "aps"] < 0).all()
    assert by_month.loc["2027-05", "bup"].item() == pytest.approx(-0.88)
    assert by_month.loc["2027-05":].drop(columns="bup").abs().to_numpy().max() == 0


def test_whoever_is_past_the_date_leaves_in_the_first_month_and_who_has_none_stays():
    people = staff(2).assign(
        retires_on=[pd.Timestamp("2026-02-01"), pd.NaT], employment="PNS", contract_ends_on=pd.NaT
    )
    found = projection(people, AS_OF, 1, {})
    steps = found.account((), "month")
    gone = steps[steps["change_count"] < 0]
    assert gone["step"].tolist() == ["bup"]
    assert gone["month_on"].tolist() == [pd.Timestamp("2026-11-01")]
    assert found.staff((), "year")["staff_count"].tolist() == [1.0, 1.0]


def test_a_contract_ends_on_its_day_with_the_share_that_is_not_renewed_and_again_after_its_term():
    people = staff(1).assign(
        retires_on=pd.Timestamp("2060-01-01"),
        employment="PPPK",
        contract_ends_on=pd.Timestamp("2027-03-31"),
    )
    levers = Levers(renewal=(("PPPK", 0.75, 24),))
    found = projection(people, AS_OF, 5, {}, levers=levers)
    ends = found.account(()).query("step == 'kontrak_berakhir' and change_count < 0")
    assert ends["month_on"].dt.strftime("%Y-%m").tolist() == ["2027-03", "2029-03", "2031-03"]
    assert ends["change_count"].tolist() == pytest.approx([-0.25, -0.1875, -0.140625])


def test_leave_before_retirement_empties_the_post_and_not_the_payroll():
    people = staff(1).assign(
        retires_on=pd.Timestamp("2028-06-01"),
        employment="PNS",
        contract_ends_on=pd.NaT,
        is_on_duty=True,
    )
    found = projection(people, AS_OF, 3, {}, levers=Levers(mpp=(("PNS", 0.4, 12),)))
    level = found.staff(()).set_index("month_on")
    assert level.loc["2027-05-01", ["staff_count", "on_duty_count"]].tolist() == [1.0, 1.0]
    assert level.loc["2027-06-01", ["staff_count", "on_duty_count"]].tolist() == [1.0, 0.6]
    assert level.loc["2028-06-01", ["staff_count", "on_duty_count"]].tolist() == [0.0, 0.0]


def test_the_chance_that_nobody_is_left_is_that_all_have_gone():
    people = staff(3).assign(
        unit="Puskesmas X", role_group="bidan", employment="PNS", contract_ends_on=pd.NaT,
        retires_on=[pd.Timestamp(day) for day in ("2027-02-01", "2040-01-01", "2040-01-01")],
    )  # fmt: skip
    found = projection(people, date(2026, 12, 31), 2, {"aps": np.full((3, 3), 0.2)})
    table = found.chance_below(1).set_index("year")["below_probability"]
    gone_by_2028 = 1 - 0.8**2
    assert table[2028] == pytest.approx(gone_by_2028**2, abs=2e-3)
    assert table[2026] == pytest.approx(0, abs=1e-3)
    assert found.chance_below(3).set_index("year")["below_probability"][2027] == 1.0


@settings(max_examples=10, deadline=None)
@given(st.floats(0, 0.1), st.floats(0, 0.1))
def test_higher_hazards_never_leave_more_staff(one, other):
    low, high = sorted((one, other))
    people = staff(60)
    more, less = project(people, rate=low), project(people, rate=high)
    kept = [each.staff()["staff_count"].to_numpy() for each in (more, less)]
    assert (kept[1] <= kept[0] + 1e-9).all()
    band = [
        each.bands()[["staff_p10", "staff_p50", "staff_p90"]].to_numpy() for each in (more, less)
    ]
    assert (band[1] <= band[0]).all()


@settings(max_examples=10, deadline=None)
@given(st.integers(1, 60))
def test_a_later_retirement_age_never_leaves_fewer_staff(months):
    people = staff(60)
    later = people.assign(retires_on=people["retires_on"] + pd.DateOffset(months=months))
    now, then = project(people, Levers()), project(later, Levers())
    assert (
        then.staff()["staff_count"].to_numpy() >= now.staff()["staff_count"].to_numpy() - 1e-9
    ).all()


def test_a_newcomer_changes_nobody_elses_number():
    people = staff(80)
    newcomer = staff(1, seed=9).assign(unit="Kantor Baru")
    alone = project(people).bands(("unit",))
    joined = project(pd.concat([people, newcomer], ignore_index=True)).bands(("unit",))
    joined = joined[joined["unit"] != "Kantor Baru"].reset_index(drop=True)
    pd.testing.assert_frame_equal(alone, joined)


def test_a_lever_at_todays_value_changes_nothing_and_a_moved_one_says_where():
    people = staff()
    today = project(people)
    same = project(people, Levers(LEVERS.renewal, LEVERS.mpp, (("aps", 1.0),)))
    pd.testing.assert_frame_equal(today.account(), same.account(), check_exact=True)
    pd.testing.assert_frame_equal(today.bands(), same.bands(), check_exact=True)
    assert policy_difference(today, same)["difference_count"].abs().max() == 0
    moved = project(people, Levers(LEVERS.renewal, LEVERS.mpp, (("aps", 2.0),)))
    table = policy_difference(today, moved)
    last = table[table["year"] == table["year"].max()].set_index("step")["difference_count"]
    assert last["aps"] < 0
    # Whoever leaves early does not retire.
    assert last["bup"] > 0
    gap = (
        moved.staff((), "year")["staff_count"].iloc[-1]
        - today.staff((), "year")["staff_count"].iloc[-1]
    )
    assert last.sum() == pytest.approx(gap, abs=1e-9)


def test_shares_of_the_spread_sum_to_one_and_years_weigh_more_in_larger_groups():
    people = staff(2000)
    found = project(people, Levers())
    total, small = found.spread(), found.spread(("unit", "role_group"))
    shares = ["chance_share", "years_share", "level_share"]
    assert total[shares].sum(axis=1).to_numpy() == pytest.approx(np.ones(len(total)))
    last = total.iloc[-1]
    assert last["years_share"] > 0 and last["level_share"] > 0
    assert small.loc[small["year"] == last["year"], "chance_share"].min() > last["chance_share"]
    nothing = project(people, Levers(), effect=YearEffect()).spread()
    assert nothing["chance_share"].to_numpy() == pytest.approx(np.ones(len(nothing)))


def test_levers_of_the_rules_renew_every_contract_and_send_nobody_on_leave():
    levers = rules_levers(rules.load(), AS_OF)
    assert {kind: share for kind, share, _ in levers.renewal} == {"PPPK": 1.0, "PPPK_PW": 1.0}
    assert [(kind, share) for kind, share, _ in levers.mpp] == [("PNS", 0.0)]


def test_the_calendar_spreads_each_year_of_hazards_over_its_days():
    months = calendar(date(2026, 11, 21), 2)
    assert months.overlap.sum(axis=1) == pytest.approx(np.ones(3))
    assert months.overlap[0, 0] == pytest.approx(10 / 365)
    assert str(months.month_on[-1]) == "2028-12-01"
    assert months.years.tolist() == [2026, 2027, 2028]


@pytest.mark.parametrize(
    ("hazards", "said"),
    [
        ({"aps": np.zeros((3, 9))}, ("orang x tahun", "give person x year")),
        ({"aps": np.zeros((200, 2))}, ("tahun dua belas bulan", "years of twelve months")),
        ({"aps": np.full((200, 6), 1.5)}, ("bukan peluang", "no probability")),
        (
            {"aps": np.full((200, 6), 0.6), "pindah_keluar": np.full((200, 6), 0.6)},
            ("melebihi 1", "exceed 1"),
        ),
    ],
)
def test_hazards_that_do_not_fit_are_refused_with_the_reason(hazards, said):
    with pytest.raises(ProjectionError, match=said[0]) as refused:
        projection(staff(), AS_OF, YEARS, hazards)
    assert said[1] in refused.value.english


def test_levers_outside_their_bounds_are_refused():
    with pytest.raises(ProjectionError, match="0 sampai 1"):
        Levers(renewal=(("PPPK", 1.2, 12),))
    with pytest.raises(ProjectionError, match="tidak mempunyai peluang"):
        projection(staff(), AS_OF, YEARS, {}, levers=Levers(factors=(("aps", 2.0),)))


def test_the_band_of_early_exits_is_theirs_alone():
    # Law, contracts and leave before retirement take most people; the band counts none of them.
    people = staff(400)
    found = project(people)
    bands = found.early_bands()
    taken = found.account((), "year")
    early = taken.loc[taken["step"].isin(["meninggal", "aps", "pindah_keluar"])]
    by_year = -early.groupby("year")["change_count"].sum()
    np.testing.assert_allclose(bands["early_count"], by_year, rtol=1e-6)
    until = found.early_until()
    assert until["early_count"].item() == pytest.approx(by_year.sum(), rel=1e-6)
    for table in (bands, until):
        assert (table["early_p10"] <= table["early_count"]).all()
        assert (table["early_count"] <= table["early_p90"]).all()


def test_where_nobody_leaves_by_law_the_early_band_is_the_whole_band():
    people = staff(300).assign(retires_on=pd.NaT, contract_ends_on=pd.NaT, employment="PNS")
    found = project(people)
    early, whole = found.early_bands(), found.bands()
    for name in ("p10", "p50", "p90"):
        assert (early[f"early_{name}"] == whole[f"leaver_{name}"]).all()


def test_early_bands_agree_with_people_who_leave_one_by_one():
    # Half of the staff reach their date in mid-horizon; 4,000 runs of chance alone.
    people = staff(60)
    found = project(people, rate=0.05, effect=YearEffect())
    chance = np.asarray(found._early, dtype=np.float64)
    luck = np.random.default_rng(1)
    edges = np.cumsum(np.hstack([chance, 1.0 - chance.sum(axis=1, keepdims=True)]), axis=1)
    drawn = (luck.random((4000, len(people), 1)) > edges[None]).sum(axis=2)
    counts = np.stack([(drawn == year).sum(axis=1) for year in range(chance.shape[1])], axis=1)
    bands = found.early_bands()
    for name, share in (("p10", 0.1), ("p90", 0.9)):
        simulated = np.quantile(counts, share, axis=0)
        assert (np.abs(bands[f"early_{name}"] - simulated) <= 1).all()


def test_the_spread_at_the_end_is_the_last_of_all_years():
    found = project()
    whole, last = found.spread(("role_group",)), found.spread(("role_group",), at_the_end=True)
    wanted = whole.loc[whole["year"] == AS_OF.year + YEARS].reset_index(drop=True)
    pd.testing.assert_frame_equal(last, wanted)
