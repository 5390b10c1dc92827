"""The band of a plan's unfilled posts holds what a simulation by hand gives, eight times in ten.

On the sample city (synthetic): people drawn one by one, good and bad years, pupils drawn by school
and grade and counted by the model's own rules, fill and lead times of every option drawn anew.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom, norm

from analytics import teachers
from analytics.mix_account import account
from analytics.mix_effects import effects
from analytics.options import Figure
from analytics.posts_needed import school_posts
from analytics.scenario_band import (
    NODES,
    mixed_quantile,
    plan_band,
    points,
    short_spread,
    with_newcomers,
)
from analytics.scenario_band_need import _pupil_rows, need_spread
from analytics.scenario_band_staff import bell_short, staff_spread
from analytics.scenario_choices import need_choice
from analytics.scenario_presets import presets
from analytics.scenario_run import run
from tests.scenario_city import BUDGET, facts, stages, told

DRAWS, PUPIL_DRAWS = 600, 60


def planned(name: str):
    preset = presets()[name]
    for key, value in BUDGET.items():
        preset = preset.moved(key, value)
    return run(preset, stages(), 2.0)


# ---- a city drawn by hand ------------------------------------------------------------------------


def drawn_people(gap, luck):
    """People on duty by draw, cell and year: each leaves or not, years good or bad for all."""
    projection, group = gap.of_people
    people = projection.duty_people(group)
    effect = projection.year_effect
    periods = people.periods
    cell = np.repeat(np.asarray(people.groups), np.diff(people.first))
    root = np.linalg.cholesky(effect.covariance(np.arange(periods)) + 1e-12 * np.eye(periods))
    # What the years do not move: contracts that end, dates that are not certain.
    steady = people.kept[:, 1:] / np.maximum(people.kept[:, :-1], 1e-12)
    steady = np.minimum(steady / np.exp(-people.exposure), 1.0)
    found = np.zeros((DRAWS, *gap.need.shape))
    bell = luck.standard_normal((DRAWS // 2, periods))
    # For every good stretch of years its mirror image: fewer draws say as much.
    bell = luck.permutation(np.concatenate([bell, -bell]))
    for draw in range(DRAWS):
        log = root @ bell[draw]
        times = np.exp(log - np.diag(effect.covariance(np.arange(periods))) / 2)
        stays = np.exp(-people.exposure * times) * steady
        here = (luck.random(stays.shape) < stays).cumprod(axis=1)
        np.add.at(found[draw], cell, here)
    return found


def drawn_need(gap, scenario, luck):
    """Need by draw and cell in the last year: pupils of each grade drawn, posts by the model."""
    rows = _pupil_rows(stages(), scenario, stages().pupils(scenario))
    rows = rows.loc[rows["school_year"] == rows["school_year"].max()]
    together = luck.standard_normal((PUPIL_DRAWS // 2, rows["level"].nunique()))
    together = np.concatenate([together, -together])
    level = pd.factorize(rows["level"], sort=True)[0]
    pupils = (
        rows["pupil_count"].to_numpy()
        + together[:, level] * rows["together_sd"].to_numpy()
        + luck.standard_normal((PUPIL_DRAWS, len(rows))) * np.sqrt(rows["own_variance"].to_numpy())
    )
    many = pd.concat(
        [
            rows.assign(npsn=rows["npsn"] + f"~{draw}", pupil_count=np.maximum(own, 0))
            for draw, own in enumerate(pupils)
        ],
        ignore_index=True,
    )[["npsn", "school_year", "grade", "pupil_count", "level"]]
    book, choice = facts().rulebook, need_choice(scenario)
    known = facts().stored.school_facts
    religions = pd.concat(
        [known.religions.assign(npsn=known.religions["npsn"] + f"~{d}") for d in range(PUPIL_DRAWS)]
    )
    needed = teachers.teachers_needed(
        teachers.rombel(many, book, None, choice), book, None, choice,
        replace(known, religions=religions),
    )  # fmt: skip
    draw = needed["npsn"].str.rpartition("~")[2].astype(int)
    needed["npsn"] = needed["npsn"].str.rpartition("~")[0]
    cells = pd.MultiIndex.from_frame(gap.cells[["unit_id", "role_group", "post"]].astype("object"))
    found = np.repeat(np.nan_to_num(gap.need[:, -1])[None], PUPIL_DRAWS, axis=0)
    schools = (gap.cells["basis"] == "school_model").to_numpy()
    found[:, schools] = 0.0
    for at in range(PUPIL_DRAWS):
        own, _ = school_posts(needed.loc[draw == at], facts().stored.units, book)
        keys = pd.MultiIndex.from_frame(own[["unit_id", "role_group", "post"]].astype("object"))
        place = cells.get_indexer(keys)
        kept = (place >= 0) & schools[place]
        np.add.at(found[at], place[kept], own["needed_count"].to_numpy()[kept])
    return found


@pytest.fixture(scope="module")
def drawn():
    luck = np.random.default_rng(7)
    scenario = told()
    gap = stages().gap(scenario)
    return drawn_people(gap, luck), drawn_need(gap, scenario, luck)


def simulated(result, drawn, luck):
    """Posts unfilled in the last year, draw by draw, under the plan of a result."""
    scenario = result.scenario
    gap, mix, asked = stages().gap(scenario), result.mix, result.asked
    people, need = drawn
    roles = pd.Index(asked.roles["role"])
    role = roles.get_indexer(gap.cells["role"])
    used, last = (role >= 0) & gap.is_computed[:, -1], -1
    options = {one.option: one for one in asked.options}
    shape = (len(roles), len(mix.question.years))
    short = []
    for draw in range(DRAWS):
        wanted = need[draw % PUPIL_DRAWS] - people[draw][:, last] - gap.promoted[:, last]
        deficit, surplus = np.zeros(shape), np.zeros(shape)
        np.add.at(deficit[:, last], role[used], np.maximum(wanted[used], 0))
        np.add.at(surplus[:, last], role[used], np.maximum(-wanted[used], 0))
        terms = []
        for one in mix.question.options:
            figure, lead = options[one.option].fill_share, options[one.option].lead_months
            fill = luck.triangular(figure.low, figure.mid, figure.high + 1e-12)
            month = luck.triangular(lead.low, lead.mid, lead.high + 1e-12)
            in_post = in_post_at(options[one.option], month, mix.question.years)
            share = np.full(shape[0], fill)
            terms.append(replace(one, fill_share=share, in_post_share=in_post, paid_share=in_post))
        question = replace(mix.question, deficit=deficit, surplus=surplus, options=tuple(terms))
        effect = effects(question)
        # Of formations that are expected to bring so many, a whole number comes and stays.
        chance = np.clip(effect.posts[..., last], 0.0, 1.0)
        came = luck.binomial(mix.formations.astype(int), chance)
        posts = effect.posts.copy()
        posts[..., last] = np.divide(
            came, mix.formations, out=np.zeros_like(chance), where=mix.formations > 0
        )
        found = account(question, replace(effect, posts=posts), mix.formations)
        short.append(found.unfilled[:, last].sum())
    return np.array(short)


def in_post_at(option, months, years):
    """Share in post at the end of each year where every round takes so many months."""
    found = np.zeros((len(years), len(years)))
    first, until = option.proposal_month
    for at, year in enumerate(years):
        begins = max(first, facts().as_of.month) if year == facts().as_of.year else first
        for month in range(begins, until + 1):
            ends = 12 * (np.arange(len(years)) + 1) - 1
            found[at] += (ends - (12 * at + month - 1) >= months) / max(until - begins + 1, 1)
    return found


@pytest.mark.parametrize("name", ["do_nothing", "zero_growth", "best_mix"])
def test_eight_of_ten_simulated_futures_lie_in_the_band(drawn, name):
    result = planned(name)
    future = simulated(result, drawn, np.random.default_rng(11))
    row = result.tables["unfilled"].iloc[-1]
    within = (future >= row["unfilled_p10"]) & (future <= row["unfilled_p90"])
    assert 0.72 <= within.mean() <= 0.88
    below, above = (future < row["unfilled_p10"]).mean(), (future > row["unfilled_p90"]).mean()
    assert below <= 0.18 and above <= 0.18
    assert row["unfilled_mean_count"] == pytest.approx(future.mean(), abs=0.35 * future.std())


# ---- its parts -----------------------------------------------------------------------------------


def test_of_a_few_people_the_posts_short_are_exact():
    """Worked by hand: two people stay with 0.9 and 0.5; one post and two posts are asked for."""
    gap = stages().gap(told())
    found = staff_spread(gap)
    projection, group = gap.of_people
    people = projection.duty_people(group)
    at = int(np.flatnonzero(np.diff(people.first) == 2)[0])
    cell = int(people.groups[at])
    one, other = people.kept[people.first[at] : people.first[at] + 2, 5]
    asked = np.zeros(gap.need.shape)
    for posts, short in ((1.0, (1 - one) * (1 - other)), (2.0, 2 - one - other), (0.0, 0.0)):
        asked[cell] = posts
        first, second = found.short(asked)
        assert first[cell, 4] == pytest.approx(short)
        assert second[cell, 4] >= first[cell, 4] ** 2 - 1e-12


def test_the_whole_count_varies_as_its_exact_law_says():
    gap = stages().gap(told())
    found = staff_spread(gap)
    projection, group = gap.of_people
    exact = projection.duty_laws(np.where(group >= 0, 0, -1)).spread()[0]
    told_ = np.sqrt(found.variance.sum(axis=0) + found.common.sum(axis=0) ** 2)
    assert np.allclose(told_, exact, rtol=1e-6)
    assert np.allclose(found.mean + gap.promoted, gap.supply, atol=0.05)


def test_pupils_alone_and_together_make_up_both_bands():
    scenario = told()
    seen = stages().pupils(scenario)
    rows = _pupil_rows(stages(), scenario, seen)
    year = rows["school_year"].max()
    sd = np.hypot(rows["together_sd"], np.sqrt(rows["own_variance"]))
    school = np.flatnonzero(seen.data.school_ids == rows["npsn"].iloc[0])[0]
    column = np.flatnonzero(seen.data.grades == rows["grade"].iloc[0])[0]
    width = seen.cells_high[school, column, 0] - seen.cells_low[school, column, 0]
    assert 2 * norm.ppf(0.9) * sd.iloc[0] == pytest.approx(width)
    assert (rows["own_variance"] >= 0).all() and (rows["together_sd"] >= 0).all()
    assert (rows.loc[rows["school_year"] == year, "together_sd"] > 0).any()


def test_more_pupils_of_a_level_never_need_fewer_teachers():
    scenario = told()
    spread = need_spread(stages(), scenario, stages().gap(scenario))
    assert len(spread.levels) == 2
    for low, high in zip(spread.shift[:-1], spread.shift[1:], strict=True):
        assert (high - low >= -1e-6).all()
    assert (spread.shift[:, spread.level < 0] == 0).all() and len(NODES) == len(spread.shift)


@settings(max_examples=30, deadline=None)
@given(st.integers(20, 60), st.floats(0.2, 0.8), st.floats(-8, 8))
def test_of_many_people_a_bell_curve_comes_near_the_exact_shortfall(count, stays, more):
    asked = count * stays + more
    here = np.arange(count + 1)
    exact = (np.maximum(asked - here, 0) * binom.pmf(here, count, stays)).sum()
    sd = np.sqrt(count * stays * (1 - stays))
    first, _ = bell_short(np.array([asked - count * stays]), np.array([sd]))
    assert first[0] == pytest.approx(exact, abs=0.06)


def test_points_fill_every_dimension_evenly_and_are_always_the_same():
    cube = points(17)
    assert (cube == points(17)).all() and (cube > 0).all() and (cube < 1).all()
    parts = np.arange(len(cube)) + 0.5
    assert all(np.allclose(np.sort(column) * len(cube), parts) for column in cube.T)
    together = np.corrcoef(cube.T) - np.eye(17)
    assert np.abs(together).max() < 0.12


def test_quantiles_of_a_mixture_are_those_of_the_curves_it_is_made_of():
    mean, sd = np.array([[0.0], [10.0]]), np.array([[1.0], [1.0]])
    assert mixed_quantile(mean, sd, 0.25)[0] == pytest.approx(0.0, abs=1e-3)
    alone = mixed_quantile(np.array([[5.0]]), np.array([[2.0]]), 0.9)[0]
    assert alone == pytest.approx(5 + 2 * norm.ppf(0.9), abs=1e-3)


def test_with_nothing_uncertain_the_band_is_the_plan():
    result = planned("zero_growth")
    spread = short_spread(stages(), result.scenario, result.asked.question.roles)
    deficit = np.broadcast_to(result.asked.question.deficit, spread.deficit.shape)
    net = deficit - result.asked.question.surplus
    still = replace(
        spread,
        deficit=deficit,
        net=net,
        variance=np.zeros_like(spread.variance),
        together=np.zeros_like(spread.together),
    )
    sure = tuple(
        replace(one, fill_share=Figure(*[one.fill_share.mid] * 3)) for one in result.asked.options
    )
    certain = np.ones_like(result.mix.formations[:, :, 0])
    terms = tuple(
        replace(one, fill_share=certain[at], survival_share=np.ones_like(one.survival_share))
        for at, one in enumerate(result.mix.question.options)
    )
    question = replace(result.mix.question, options=terms)
    mix = replace(
        result.mix, question=question,
        account=account(question, effects(question), result.mix.formations),
    )  # fmt: skip
    band = plan_band(still, replace(result.asked, options=sure, question=question), mix,
                     facts().as_of)  # fmt: skip
    left = mix.account.unfilled.sum(axis=0)
    assert np.allclose(band.unfilled["unfilled_p50"], left, atol=1.0)


def test_the_staff_band_takes_in_those_who_come():
    result = planned("zero_growth")
    staff = result.tables["staff"]
    today = stages().staff_band(result.scenario)
    wide = (staff["end_p90"] - staff["end_p10"]).to_numpy()
    assert (wide >= (today["staff_p90"] - today["staff_p10"]).to_numpy() - 1).all()
    assert wide[-1] > (today["staff_p90"] - today["staff_p10"]).iloc[-1]
    none = with_newcomers(today, planned("do_nothing").mix, np.zeros(len(today)))
    assert (none["end_p10"] - today["staff_p10"]).abs().max() <= 1
