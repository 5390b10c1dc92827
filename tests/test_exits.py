"""Who leaves early, learnt from data made with known chances."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from analytics.__main__ import main
from analytics.exits import exit_model, in_service_on
from analytics.exits_backtest import Judged, _slope, exits_backtest, summary
from analytics.exits_forecast import exit_forecast
from analytics.exits_panel import past_years, people_of
from analytics.exits_years import year_outlook

AS_OF = date(2020, 1, 1)


def invented(
    people: int = 3000, years: int = 12, seed: int = 4, swing: float = 0.0
) -> pd.DataFrame:
    """A synthetic roster: 3 % leave a year, men twice as often as women, all from 1 July on."""
    rng = np.random.default_rng(seed)
    first = AS_OF.year - years
    birth = first - rng.integers(25, 55, people)
    start = first - rng.integers(0, 20, people)
    sex = np.where(rng.random(people) < 0.5, "L", "P")
    leaves = np.full(people, 9999)
    for year in range(first, AS_OF.year + 5):
        chance = np.where(sex == "L", 0.04, 0.02) * np.exp(rng.normal(0, swing) - swing**2 / 2)
        here = leaves == 9999
        leaves[here & (rng.random(people) < chance)] = year
    return pd.DataFrame(
        {
            "person_id": [f"p{each}" for each in range(people)],
            "sex": sex,
            "birth_date": pd.to_datetime([f"{each}-03-15" for each in birth]),
            "start_date": pd.to_datetime([f"{max(each, 1960)}-02-01" for each in start]),
            "exit_date": pd.to_datetime(
                [f"{each}-07-01" if each < 9999 else None for each in leaves]
            ),
        }
    )


def test_known_chances_are_found_again():
    spells = invented(12000)
    model = exit_model(spells, date(2008, 1, 1), AS_OF)
    here = in_service_on(spells, AS_OF)
    chance = sum(model.hazards(here, 1, with_years=False).values())[:, 0]
    men = (here["sex"] == "L").to_numpy()
    assert chance[men].mean() == pytest.approx(0.04, rel=0.06)
    assert chance[~men].mean() == pytest.approx(0.02, rel=0.08)
    # Age makes no difference in these data, and none is invented.
    old = (here["birth_date"] < "1975-01-01").to_numpy()
    assert chance[men & old].mean() / chance[men & ~old].mean() == pytest.approx(1.0, abs=0.15)


def entitled(share: float, people: int = 3500, years: int = 12, seed: int = 11) -> pd.DataFrame:
    """Synthetic: 0.8 % leave a year; from age 50 with 20 years of service, ``share`` of them."""
    rng = np.random.default_rng(seed)
    first = AS_OF.year - years
    age = rng.integers(22, 60, people)
    birth = first + rng.integers(-2, years, people) - age
    start = birth + rng.integers(20, 45, people)
    leaves = np.full(people, 9999)
    for year in range(first, AS_OF.year):
        is_entitled = (year - birth >= 50) & (year - start >= 20)
        chance = np.where(is_entitled, share, 0.008)
        here = (leaves == 9999) & (start < year)
        leaves[here & (rng.random(people) < chance)] = year
    return pd.DataFrame(
        {
            "person_id": [f"p{each}" for each in range(people)],
            "sex": np.where(rng.random(people) < 0.5, "L", "P"),
            "birth_date": pd.to_datetime([f"{each}-01-01" for each in birth]),
            "start_date": pd.to_datetime([f"{each}-01-01" for each in start]),
            "exit_date": pd.to_datetime(
                [f"{each}-07-01" if each < 9999 else None for each in leaves]
            ),
        }
    )


@pytest.mark.parametrize("share", [0.07, 0.008])
def test_an_entitlement_by_age_and_service_is_found_where_there_is_one_and_only_there(share):
    spells = entitled(share)
    model = exit_model(spells, date(2008, 1, 1), AS_OF)
    assert model.blend.weight == 0, "few exits: the curves alone must find it"
    age, service = (each.ravel() for each in np.meshgrid(np.arange(40, 60), np.arange(10, 32)))
    people = pd.DataFrame(
        {
            "person_id": np.arange(len(age)).astype(str),
            "sex": "L",
            "birth_date": pd.to_datetime([f"{2020 - each}-01-01" for each in age]),
            "start_date": pd.to_datetime([f"{2020 - each}-01-01" for each in service]),
            "exit_date": pd.NaT,
        }
    )
    chance = sum(model.hazards(people, 1, with_years=False).values())[:, 0]
    inside = (age >= 50) & (service >= 20)
    # Shrunken curves round the corner off by about two years.
    outside = ~((age >= 48) & (service >= 18))
    if share > 0.05:
        assert chance[inside].mean() == pytest.approx(share, rel=0.25)
        assert chance[inside].mean() / chance[outside].mean() > 4
    else:
        assert chance[inside].mean() / chance[outside].mean() == pytest.approx(1.0, abs=0.5)
    assert chance[outside].mean() == pytest.approx(0.008, abs=0.005)


def test_only_exits_before_the_day_are_seen():
    spells = invented(600)
    later = spells.assign(exit_date=spells["exit_date"].mask(spells["exit_date"] >= "2020-01-01"))
    known, blind = (exit_forecast(each, AS_OF, 3) for each in (spells, later))
    pd.testing.assert_frame_equal(known.years, blind.years)


def test_everybody_is_counted_once():
    found = exit_forecast(invented(800), AS_OF, 5, mandatory_age=60)
    people = found.people.groupby("year")["probability"].sum()
    assert people.to_list() == pytest.approx(found.years["expected"].to_list())
    assert found.by_cause.groupby("year")["expected"].sum().to_list() == pytest.approx(
        found.years["expected"].to_list()
    )
    assert (found.people.groupby("person_id")["probability"].sum() <= 1 + 1e-9).all()


def test_whoever_reaches_the_mandatory_age_goes_that_year():
    spells = invented(800)
    found = exit_forecast(spells, AS_OF, 3, mandatory_age=60)
    here = in_service_on(spells, AS_OF)
    reaches = here.loc[here["birth_date"].dt.year == 1961, "person_id"]  # turns 60 in 2021
    chance = found.people[found.people["person_id"].isin(reaches)].groupby("person_id")
    assert len(reaches)
    gone = found.people[found.people["person_id"].isin(reaches) & (found.people["year"] <= 2021)]
    assert gone.groupby("person_id")["probability"].sum().to_list() == pytest.approx(
        [1.0] * chance.ngroups
    )


def test_a_lower_mandatory_age_never_lowers_the_exits():
    spells = invented(800)
    model = exit_model(spells, date(2008, 1, 1), AS_OF)
    here = in_service_on(spells, AS_OF)
    gone = []
    for age in (65, 62, 60, 58):
        on = here["birth_date"] + pd.DateOffset(years=age)
        hazard = np.minimum(sum(model.hazards(here.assign(retires_on=on), 6).values()), 1.0)
        gone.append((1 - np.cumprod(1 - hazard, axis=1)).sum(axis=0))
    assert (np.diff(np.array(gone), axis=0) >= -1e-9).all()


def test_a_newcomer_changes_nobody_elses_chance():
    spells = invented(500)
    model = exit_model(spells, date(2008, 1, 1), AS_OF)
    here = in_service_on(spells, AS_OF)
    alone = model.hazards(here.iloc[:-1], 4)
    together = model.hazards(here, 4)
    for cause, chance in alone.items():
        np.testing.assert_allclose(chance, together[cause][:-1], atol=1e-12)


def test_somebody_long_past_the_age_goes_at_once_unless_the_past_shows_otherwise():
    spells = invented(400)
    old = spells.iloc[:40].assign(
        person_id=[f"old{each}" for each in range(40)],
        birth_date=pd.Timestamp("1940-05-05"),
        start_date=pd.Timestamp("1990-01-01"),
        exit_date=pd.NaT,
    )
    stays = exit_model(pd.concat([spells, old]), date(2008, 1, 1), AS_OF, mandatory=60)
    assert stays.overdue_hazard < 0.2
    goes = exit_model(spells, date(2008, 1, 1), AS_OF, mandatory=90)
    assert goes.overdue_hazard == pytest.approx(1.0)


@pytest.mark.parametrize("exits", [0, 12])
def test_a_thin_history_still_gets_a_sober_answer(exits):
    spells = invented(150)
    gone = spells["exit_date"] < "2020-01-01"
    kept = gone[gone].index[:exits]
    spells["exit_date"] = spells["exit_date"].where(spells.index.isin(kept))
    found = exit_forecast(spells, AS_OF, 3)
    assert (found.years["expected"] < 8).all()
    assert (found.years["p10"] <= found.years["p50"]).all()
    assert (found.years["p50"] <= found.years["p90"]).all()
    assert (found.years["p90"] > found.years["p10"]).all()


def test_causes_add_up_and_keep_their_shares():
    spells = invented(6000)
    rng = np.random.default_rng(1)
    cause = pd.Series(np.where(rng.random(len(spells)) < 0.75, "aps", "meninggal"), dtype="object")
    found = exit_forecast(spells.assign(cause=cause), AS_OF, 2)
    by_cause = found.by_cause.groupby("cause")["expected"].sum()
    assert by_cause["aps"] / by_cause.sum() == pytest.approx(0.75, abs=0.04)


def test_groups_that_leave_more_are_told_apart_and_small_ones_are_not_believed():
    spells = invented(6000).assign(group="lain")
    often = spells.index[:1500]
    spells.loc[often, "group"] = "sering"
    rng = np.random.default_rng(2)
    extra = often[rng.random(len(often)) < 0.3]
    spells.loc[extra, "exit_date"] = spells.loc[extra, "exit_date"].fillna(
        pd.Timestamp("2015-05-05")
    )
    spells.loc[spells.index[-3:], "group"] = "kecil"
    model = exit_model(spells, date(2008, 1, 1), AS_OF)
    ratios = next(iter(model.models.values())).factors["group"]
    assert ratios["sering"] > ratios["lain"] + 0.2
    assert abs(ratios["kecil"]) < 0.3


def test_few_years_say_little_and_many_calm_years_say_calm():
    few = year_outlook(np.array([30.0, 60.0]), np.array([45.0, 45.0]), 5)
    many = year_outlook(np.full(25, 1000.0), np.full(25, 1000.0), 5)
    assert many.log_sd < few.log_sd
    assert many.multiplier == pytest.approx(np.ones(5), abs=0.05)


def test_calm_years_leave_what_is_expected_where_they_lie():
    # 400 a year as expected, each year within chance: the mean is theirs, the band guards more.
    dice = np.random.default_rng(3)
    lifted = []
    for _ in range(40):
        seen = dice.poisson(400, 12).astype(float)
        outlook = year_outlook(seen, np.full(12, seen.mean()), 5)
        lifted.append(outlook.multiplier.mean() - 1)
        assert (outlook.log_variance < np.diag(outlook.covariance)).all()
    assert abs(np.mean(lifted)) < 0.03


def test_one_low_year_is_not_taken_for_the_new_level():
    usual, low = np.full(11, 400.0), np.append(np.full(10, 400.0), 200.0)
    after = year_outlook(low, usual, 5).multiplier
    assert after[0] > 0.6
    assert after[4] > after[0]


@pytest.mark.parametrize("trend", [-0.03, 0.03])
def test_a_level_that_went_one_way_for_years_goes_on_for_a_while(trend):
    # 300 a year at first, each year within chance and a tenth; the rival: the last five years.
    dice = np.random.default_rng(5)
    ours, last_five, ahead = [], [], []
    for _ in range(30):
        level = 300 * (1 + trend) ** np.arange(17) * np.exp(dice.normal(0, 0.1, 17))
        seen = dice.poisson(level).astype(float)
        usual = np.full(12, seen[:12].mean())
        multiplier = year_outlook(seen[:12], usual, 5).multiplier
        real = level[12:].sum()
        ours.append(abs((usual[0] * multiplier).sum() / real - 1))
        last_five.append(abs(5 * seen[7:12].mean() / real - 1))
        ahead.append(multiplier[4] - multiplier[0])
    assert np.mean(ours) < np.mean(last_five)
    assert np.sign(np.mean(ahead)) == np.sign(trend)


def test_a_trend_dies_out_instead_of_emptying_the_office():
    falling = 400 * 0.95 ** np.arange(15)
    after = year_outlook(falling, np.full(15, falling.mean()), 30).multiplier
    steps = -np.diff(np.log(after))
    assert steps[0] > 2 * abs(steps[-1])
    assert after[-1] * falling.mean() > 0.4 * falling[-1]


def test_a_list_that_began_late_is_read_from_its_beginning():
    spells = invented(2000)
    people = people_of(spells.assign(start_date=pd.Timestamp("1990-01-01")))
    past = past_years(people, None, AS_OF)
    assert len(past.starts) == 12


def any_day(spells: pd.DataFrame) -> pd.DataFrame:
    """The same exits on any day of their year."""
    days = pd.to_timedelta(np.random.default_rng(3).integers(-180, 180, len(spells)), "D")
    return spells.assign(exit_date=spells["exit_date"] + days)


def kept_from(spells: pd.DataFrame, day: str) -> pd.DataFrame:
    """What a list knows whose exits were written down from the day on only."""
    return spells[spells["exit_date"].isna() | (spells["exit_date"] >= day)]


@pytest.mark.parametrize("day", ["2019-07-01", "2019-10-01", "2018-08-15"])
@pytest.mark.parametrize("said", [True, False])
def test_a_list_begun_within_a_year_is_not_taken_for_a_whole_one(day, said):
    # Made with 3 % a year: 270 of 9,000 in service.
    spells = kept_from(any_day(invented(12000)), day)
    found = exit_forecast(spells, AS_OF, 1, observed_from=date.fromisoformat(day) if said else None)
    here = len(in_service_on(spells, AS_OF))
    assert found.years["expected"][0] == pytest.approx(0.03 * here, rel=0.28)


def test_exits_of_one_day_or_season_do_not_make_a_year_begin_late():
    for spells in (
        kept_from(invented(6000), "2019-01-01"),
        kept_from(invented(6000), "2016-01-01"),
    ):
        first = spells["exit_date"].dt.year.min()
        assert exit_model(spells, None, AS_OF).observed_from == date(int(first), 1, 1)


def test_naming_causes_does_not_make_a_thin_history_expect_more():
    told = []
    for seed in range(6):
        spells = invented(300, 2, seed)
        gone = spells["exit_date"].notna()
        causes = np.where(gone, [f"alasan {at % 6}" for at in range(len(spells))], None)
        forecasts = [
            exit_forecast(each, AS_OF, 1) for each in (spells.assign(cause=causes), spells)
        ]
        told.append([each.years["expected"][0] for each in forecasts])
    named, plain = np.mean(told, axis=0)
    assert named == pytest.approx(plain, rel=0.03)


def test_backtest_says_how_far_off_it_was_beside_its_rivals():
    table = exits_backtest(
        invented(2500, swing=0.1), Judged((date(2018, 1, 1), date(2020, 1, 1)), 2)
    )
    total = summary(table).set_index("forecast")
    assert list(total.index) == [
        "estafet", "mandatory", "age_rates", "age_rates_all", "last_year"
    ]  # fmt: skip
    assert total.loc["estafet", "total_error_share"] < total.loc["mandatory", "total_error_share"]
    years = table[table["part"] == "year"]
    causes = table[table["part"] == "cause"].groupby("cutoff")["exit_count"].sum()
    assert causes.to_dict() == years.groupby("cutoff")["exit_count"].sum().to_dict()


@pytest.mark.parametrize(("swing", "least", "most"), [(0.0, 0.9, 1.0), (0.3, 0.7, 0.95)])
@pytest.mark.parametrize("years", [5, 30])
def test_bands_hold_what_they_promise_with_and_without_good_and_bad_years(
    years, swing, least, most
):
    # Counts made with a known spread of years around 400; wider than promised where all are calm.
    dice = np.random.default_rng(3)
    inside = []
    for _ in range(24):
        level = 400 * np.exp(dice.normal(0, swing, years + 5) - swing**2 / 2)
        seen = dice.poisson(level).astype(np.float64)
        usual = np.full(years, seen[:years].mean())
        outlook = year_outlook(seen[:years], usual, 5)
        log_sd, _, level_sd = outlook.smoothed()
        spread = np.hypot(log_sd, level_sd)
        middle = usual[0] * outlook.multiplier[:, None]
        draws = dice.poisson(middle * np.exp(dice.normal(0, spread, (5, 400)) - spread**2 / 2))
        low, high = np.quantile(draws, (0.1, 0.9), axis=1)
        inside += list((low <= seen[years:]) & (seen[years:] <= high))
    assert least <= np.mean(inside) <= most


def test_a_stated_day_since_when_exits_are_on_record_is_believed():
    # Exits of the first two years are missing from the list, and nobody could tell from the rest.
    spells = invented(3000, years=8)
    early = spells["exit_date"] < pd.Timestamp("2014-01-01")
    since = date(2014, 1, 1)
    whole = exits_backtest(spells, Judged((date(2018, 1, 1),), 2, observed_from=since))
    listed = exits_backtest(spells[~early], Judged((date(2018, 1, 1),), 2, observed_from=since))
    for name in ("expected", "p10", "p90", "expected_age_rates_all", "expected_age_rates"):
        years = [table.loc[table["part"] == "year", name].to_numpy() for table in (whole, listed)]
        assert years[0] == pytest.approx(years[1])


@pytest.mark.parametrize("seed", range(3))
def test_a_thin_history_tells_people_of_one_chance_hardly_apart(seed):
    # 3 % of 500 people for eight years, whatever their age: some hundred exits, chance alone.
    spells = invented(500, years=8, seed=seed).assign(sex=None)
    model = exit_model(spells, date(2012, 1, 1), AS_OF)
    chance = sum(model.hazards(in_service_on(spells, AS_OF), 1).values())[:, 0]
    assert np.log(chance).std() < 0.3


def test_people_who_are_all_alike_have_no_calibration_slope(tmp_path):
    # One age, one start, one sex: every chance is the same.
    gone = ["2012-06-01", "2013-06-01", "2014-06-01", "2015-06-01", "2016-06-01", *[""] * 15]
    rows = [f"p{at},L,1970,2000-01-01,{gone[at % 20]}" for at in range(200)]
    path = tmp_path / "R.csv"
    path.write_text("\n".join(["person_id,sex,birth_year,start_date,exit_date", *rows]))
    out = tmp_path / "B.csv"
    command = ["exits", "backtest", "--roster", str(path), "--cutoff", "2014-01-01"]
    assert main([*command, "--years", "2", "--out", str(out)]) == 0
    within = pd.read_csv(out).query("part == 'within'")
    assert within["exit_count"].tolist() == [10, 20]
    assert within[["calibration_slope", "calibration_slope_error"]].isna().all(axis=None)


@pytest.mark.parametrize("gone", [[0, 0, 0, 1, 1], [1, 1, 0, 0, 0]], ids=["above", "below"])
def test_leavers_apart_from_all_who_stayed_tell_no_slope(gone):
    # The likelihood rises for ever with the slope.
    chance = np.linspace(0.01, 0.2, 5)
    assert np.isnan(_slope(chance, np.array(gone))).all()
    assert np.isfinite(_slope(chance, np.array([0, 1, 0, 1, 1]))).all()


def test_a_slope_stands_beside_its_standard_error():
    table = exits_backtest(invented(2500), Judged((date(2018, 1, 1),), 2))
    within = table[table["part"] == "within"]
    # Men leave twice as often: log odds differ by 0.7, so 2,000 people of whom 3 % leave tell the
    # slope to about 1 / sqrt(60 x 0.35^2).
    assert within["calibration_slope_error"].between(0.15, 0.8).all()
