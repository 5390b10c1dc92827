"""The band of the plan's own unfilled posts: who leaves, who comes and when, how many pupils.

What moves everybody together (good and bad years, pupils of a level, fill and lead time of an
option) is laid over a fixed set of points; what is left to chance is a bell curve at each point.
Method: docs/method.md eq. 292-298.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from analytics.mix import Mix, MixQuestion, Terms
from analytics.mix_effects import effects
from analytics.options import Figure, Option
from analytics.replacement import Gap
from analytics.scenario import Scenario
from analytics.scenario_account import is_computed, newcomers
from analytics.scenario_band_need import NODES, NeedSpread, need_spread
from analytics.scenario_band_staff import StaffSpread, bell_short, staff_spread
from analytics.scenario_stages import Stages
from analytics.scenario_terms import Asked

Numbers = NDArray[np.float64]
Whole = NDArray[np.int64]

SHARES = {"p10": 0.1, "p50": 0.5, "p90": 0.9}
# Points laid over what moves everybody together, and equal parts of a lead time's law.
_POINTS, _LEADS = 251, 8
# Of the lattice: the number whose powers leave no two of twenty dimensions alike.
_GENERATOR = 223
# Of what schools vary by themselves: places and weights of three points of a bell curve.
_AROUND = ((-np.sqrt(3.0), 1 / 6), (0.0, 2 / 3), (np.sqrt(3.0), 1 / 6))
_HALVINGS = 40
_ALMOST = 1e-9


@dataclass(frozen=True, eq=False)
class ShortSpread:
    """Posts short before anybody comes, by role and year, as leavers and pupils vary.

    ``deficit`` and ``net`` (leavers node, pupils node, role, year): posts short over cells, and
    need less supply; ``variance`` (role, year) that chance leaves, ``together`` what posts of the
    same schools add to the sum over roles; ``level`` (role): place of the level whose pupils it
    follows, -1 for none.
    """

    deficit: Numbers
    net: Numbers
    variance: Numbers
    together: Numbers
    level: Whole
    level_count: int


@dataclass(frozen=True, eq=False)
class PlanBand:
    """The band of a plan, at the end of each year.

    ``unfilled``: ``year, unfilled_mean_count, unfilled_p10, unfilled_p50, unfilled_p90`` of all,
    NaN where no need is known;
    ``low``, ``high`` (role, year): P10 and P90 of each role's own; ``newcomer_sd`` (year): of those
    who came and are still there.
    """

    unfilled: pd.DataFrame
    low: Numbers
    high: Numbers
    newcomer_sd: Numbers


def short_spread(stages: Stages, told: Scenario, roles: Sequence[str]) -> ShortSpread:
    """How posts short vary before the plan; kept by the levers of people, pupils and schools."""
    key = (
        told.years,
        told.of("law", "exits", "pupils", "need"),
        stages.merge_key(told),
        tuple(roles),
    )
    return stages.kept("short spread", key, lambda: _short_spread(stages, told, roles))


def _short_spread(stages: Stages, told: Scenario, roles: Sequence[str]) -> ShortSpread:
    gap = stages.gap(told)
    return spread_of(gap, staff_spread(gap), need_spread(stages, told, gap), roles)


def spread_of(gap: Gap, staff: StaffSpread, need: NeedSpread, roles: Sequence[str]) -> ShortSpread:
    """Posts short by role where leavers and pupils are this or that many deviations off.

    Method: docs/method.md eq. 292-293, 296.
    """
    known = gap.is_computed
    asked = np.where(known, gap.need, 0.0) - gap.promoted
    role = pd.Index(list(roles)).get_indexer(gap.cells["role"])
    used = role >= 0
    shape = (len(NODES), len(NODES), len(roles), asked.shape[1])
    deficit, net = np.zeros(shape), np.zeros(shape)
    variance, together = np.zeros(shape[2:]), np.zeros(shape[2:])
    sd = np.sqrt(need.variance)
    for at, years in enumerate(NODES):
        for to in range(len(NODES)):
            middle = asked + need.shift[to] + years * staff.common
            first, second = np.zeros_like(middle), np.zeros_like(middle)
            for place, weight in _AROUND:
                one, square = staff.short(middle + place * sd)
                first += weight * one
                second += weight * square
            first = np.where(known, first, 0.0)
            np.add.at(deficit[at, to], role[used], first[used])
            level = np.where(known, middle - staff.mean, 0.0)
            np.add.at(net[at, to], role[used], level[used])
            if years == 0 and NODES[to] == 0:
                own = np.where(known, np.maximum(second - first**2, 0.0), 0.0)
                np.add.at(variance, role[used], own[used])
                # Where posts are short already, a class more leaves them shorter.
                more = np.where(known & (middle > staff.mean), need.together, 0.0)
                np.add.at(together, role[used], more[used])
    follows = np.full(len(roles), -1)
    told = used & (need.level >= 0)
    follows[role[told]] = need.level[told]
    return ShortSpread(deficit, net, variance, together, follows, len(need.levels))


# ---- what comes ----------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class _Coming:
    """One option of the plan.

    ``posts``, ``people`` (lead node, role, year) if fill is as ``expected``; ``fill`` what it may
    be; ``variance`` (role, year) that chance leaves of people.
    """

    terms: Terms
    posts: Numbers
    people: Numbers
    fill: Figure
    expected: float
    variance: Numbers


def _coming(asked: Asked, mix: Mix, as_of: date) -> list[_Coming]:
    options = {one.option: one for one in asked.options}
    effect = effects(mix.question)
    found = []
    for at, terms in enumerate(mix.question.options):
        if not mix.formations[at].any():
            continue
        option = options[terms.option]
        usual = asked.question.options[asked.question.option_index(terms.option)]
        came = _ratio(terms.in_post_share.max(axis=1), usual.in_post_share.max(axis=1))
        years = mix.question.years
        many = len(years)
        formations = mix.formations[at] * came[None, :many]
        people = np.array(
            [
                _there(formations, share, terms, mix.question)
                for share in _lead_nodes(option, years, as_of)
            ]
        )
        arrived = terms.in_post_share[None, :, :many]
        stays = _ratio(effect.people[at], np.broadcast_to(arrived, effect.people[at].shape))
        variance = np.einsum("rs,rst->rt", mix.formations[at], effect.people[at] * (1 - stays))
        expected = float(terms.fill_share.max(initial=0.0))
        found.append(
            _Coming(
                terms, people * terms.posts_per_person, people, option.fill_share,
                max(expected, _ALMOST), np.maximum(variance, 0.0),
            )
        )  # fmt: skip
    return found


def _ratio(part: Numbers, whole: Numbers) -> Numbers:
    return np.divide(part, whole, out=np.zeros_like(part), where=whole > _ALMOST)


def _lead_nodes(option: Option, years: Sequence[int], as_of: date) -> list[Numbers]:
    """In post at the end of each year by year of proposal, for equally likely lead times.

    Method: docs/method.md eq. 297.
    """
    first, last = option.proposal_month
    found = []
    months = 12 * (np.arange(len(years)) + 1) - 1
    for node in range(_LEADS):
        lead = option.lead_months.quantile((node + 0.5) / _LEADS)
        share = np.zeros((len(years), len(years)))
        for at, year in enumerate(years):
            begins = max(first, as_of.month) if year == as_of.year else first
            if begins > last or year < as_of.year:
                continue
            begun = 12 * at + np.arange(begins - 1, last)
            share[at] = (months[None, :] - begun[:, None] >= lead).mean(axis=0)
        found.append(share)
    return found


def _there(formations: Numbers, share: Numbers, terms: Terms, question: MixQuestion) -> Numbers:
    """People (role, year) of an option's formations (role, proposed) under one lead time."""
    come = np.diff(share, axis=1, prepend=0.0)
    may = np.where(terms.is_eligible, terms.fill_share, 0.0)[:, None]
    arrive = (formations * may) @ come
    there = np.zeros_like(arrive)
    for later in range(len(question.years)):
        there[:, later:] += arrive[:, : arrive.shape[1] - later] * terms.survival_share[:, [later]]
    return there


# ---- points --------------------------------------------------------------------------------------


def points(dimensions: int) -> Numbers:
    """Points that fill a cube of so many dimensions evenly, always the same.

    A lattice: along every dimension each of ``_POINTS`` equal parts holds one point.
    Method: docs/method.md eq. 298.
    """
    step = np.array([pow(_GENERATOR, at, _POINTS) for at in range(dimensions)])
    return (np.arange(_POINTS)[:, None] * step % _POINTS + 0.5) / _POINTS


def _triangle(figure: Figure, share: Numbers) -> Numbers:
    low, mid, high = figure.low, figure.mid, figure.high
    if high <= low:
        return np.full_like(share, mid)
    at_mode = (mid - low) / (high - low)
    rising = low + np.sqrt(share * (high - low) * (mid - low))
    falling = high - np.sqrt((1 - share) * (high - low) * (high - mid))
    return np.where(share < at_mode, rising, falling)


def _between(deviation: Numbers) -> Numbers:
    """Weights of the three nodes (point, node) at so many deviations: a parabola through them."""
    one, two, three = NODES
    x = np.clip(deviation, 1.6 * one, 1.6 * three)
    return np.stack(
        [
            (x - two) * (x - three) / ((one - two) * (one - three)),
            (x - one) * (x - three) / ((two - one) * (two - three)),
            (x - one) * (x - two) / ((three - one) * (three - two)),
        ],
        axis=-1,
    )


# ---- the band ------------------------------------------------------------------------------------


def plan_band(spread: ShortSpread, asked: Asked, mix: Mix, as_of: date) -> PlanBand:
    """The band of what a plan leaves unfilled, the plan never changed.

    Parameters
    ----------
    spread
        Posts short before anybody comes, in the roles of the question.
    mix
        The plan, as it is granted.

    Method: docs/method.md eq. 296-298.
    """
    question = mix.question
    coming = _coming(asked, mix, as_of)
    cube = points(1 + spread.level_count + 2 * len(coming))
    bell = ndtri(cube[:, : 1 + spread.level_count])
    deficit, net = _at_points(spread, bell)
    chance = np.broadcast_to(spread.variance, deficit.shape[1:]).copy()
    others, moved = np.zeros_like(deficit), np.zeros_like(deficit)
    people, people_chance = (
        np.zeros((len(cube), len(question.years))),
        np.zeros(len(question.years)),
    )
    first = 1 + spread.level_count
    for at, one in enumerate(coming):
        fill = _triangle(one.fill, cube[:, first + 2 * at]) / one.expected
        if one.fill.high <= one.fill.low:
            fill = np.ones_like(fill)
        lead = np.minimum((cube[:, first + 2 * at + 1] * _LEADS).astype(np.int64), _LEADS - 1)
        posts = fill[:, None, None] * one.posts[lead]
        if one.terms.most_in_effect is not None:
            posts = np.minimum(posts, one.terms.most_in_effect[:, : len(question.years)])
        if one.terms.kind == "move":
            moved += posts
            continue
        others += posts
        chance = chance + one.variance * one.terms.posts_per_person**2
        if one.terms.kind == "hire":
            people += (fill[:, None, None] * one.people[lead]).sum(axis=1)
            people_chance += one.variance.sum(axis=0)
    left = np.maximum(deficit - others, 0.0)
    surplus = np.maximum(deficit - net, 0.0)
    moved = np.minimum.reduce([moved, np.minimum(np.maximum(deficit, 0.0), surplus), left])
    short = deficit - others - moved
    mean, square = bell_short(short, np.sqrt(chance)[None])
    whole = mean.sum(axis=1)
    alike = spread.together * ndtr(short / np.sqrt(np.maximum(chance, _ALMOST))) ** 2
    spread_sd = np.sqrt((np.maximum(square - mean**2, 0.0) + alike).sum(axis=1))
    told = {name: mixed_quantile(whole, spread_sd, share) for name, share in SHARES.items()}
    table = pd.DataFrame(
        {"year": np.array(question.years), "unfilled_mean_count": whole.mean(axis=0)}
    )
    for name, values in told.items():
        table[f"unfilled_{name}"] = np.maximum(values, 0.0)
    table.loc[~is_computed(asked).any(axis=0), table.columns != "year"] = np.nan
    middle = short.mean(axis=0)
    width = np.sqrt(short.var(axis=0) + chance) * float(ndtri(SHARES["p90"]))
    return PlanBand(
        table,
        np.maximum(middle - width, 0.0),
        np.maximum(middle + width, 0.0),
        np.sqrt(people.var(axis=0) + people_chance),
    )


def _at_points(spread: ShortSpread, bell: Numbers) -> tuple[Numbers, Numbers]:
    """Posts short and net gap (point, role, year) where years and pupils are as at the points."""
    years = _between(bell[:, 0])
    roles, length = spread.deficit.shape[2:]
    found = [np.zeros((len(bell), roles, length)) for _ in range(2)]
    for level in range(-1, spread.level_count):
        own = np.flatnonzero(spread.level == level)
        if not len(own):
            continue
        pupils = _between(bell[:, 1 + level] if level >= 0 else np.zeros(len(bell)))
        weight = (years[:, :, None] * pupils[:, None, :]).reshape(len(bell), -1)
        for values, target in zip((spread.deficit, spread.net), found, strict=True):
            flat = values[:, :, own].reshape(weight.shape[1], -1)
            target[:, own] = (weight @ flat).reshape(len(bell), len(own), length)
    return np.maximum(found[0], 0.0), found[1]


def mixed_quantile(mean: Numbers, sd: Numbers, share: float) -> Numbers:
    """Quantile by year of equally likely bell curves (point, year).

    Method: docs/method.md eq. 298.
    """
    width = np.maximum(sd, 1e-6)
    low, high = (mean - 6 * width).min(axis=0), (mean + 6 * width).max(axis=0)
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        reached = ndtr((middle - mean) / width).mean(axis=0) >= share
        low, high = np.where(reached, low, middle), np.where(reached, middle, high)
    return (low + high) / 2


def with_newcomers(band: pd.DataFrame, mix: Mix, newcomer_sd: Numbers) -> pd.DataFrame:
    """Staff at the end of each year with those who came: both kinds of chance, independent.

    Parameters
    ----------
    band
        ``year, staff_p10, staff_p50, staff_p90`` of those of today.

    Returns
    -------
    ``year, end_p10, end_p50, end_p90``, whole people. Method: docs/method.md eq. 299.
    """
    _, there = newcomers(mix)
    here = np.rint(there.sum(axis=(0, 1)))
    extra = float(ndtri(SHARES["p90"])) * newcomer_sd
    middle = band["staff_p50"].to_numpy(dtype=np.float64) + here
    down = np.hypot(band["staff_p50"] - band["staff_p10"], extra)
    up = np.hypot(band["staff_p90"] - band["staff_p50"], extra)
    return pd.DataFrame(
        {
            "year": band["year"].to_numpy(),
            "end_p10": np.rint(middle - down).astype(np.int64),
            "end_p50": middle.astype(np.int64),
            "end_p90": np.rint(middle + up).astype(np.int64),
        }
    )
