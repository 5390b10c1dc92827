"""The hazards of several causes together: fitted one by one, and leaving room for staying.

Method: docs/method.md eq. 73, 76.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from analytics.exits_boosting import NO_TREES, Blend, fitted_trees, levelled
from analytics.exits_groups import BY_DATE, GroupEffects, group_effects
from analytics.exits_learning import (
    VAGUE_LOG_SD,
    CauseModel,
    factor_sum,
    fitted_cause,
    prior_logit,
    scale_for,
)
from analytics.exits_memory import Memory
from analytics.exits_moves import UNIT
from analytics.exits_panel import (
    Numbers,
    PastYears,
    People,
    Traits,
    in_service,
    must_go,
    subset,
    traits,
)
from analytics.exits_prior import Prior

_HIGHEST = 0.98


def together(
    models: Mapping[str, CauseModel],
    who: Traits,
    prior: Prior,
    level: float | Numbers = 1.0,
    blend: Blend = NO_TREES,
) -> dict[str, Numbers]:
    """Chances by cause that leave room for staying (eq. 73), times the level of the year.

    ``level``: one for all, or one for each entry of ``who``.
    """
    odds = {
        cause: np.exp(np.clip(model.logit(who, prior_logit(prior.rate(cause, who))), -30, 30))
        for cause, model in models.items()
    }
    if blend.trees is not None:
        # All causes alike: the trees say who leaves, not of what.
        lift = np.exp(blend.addition(who, plain_odds(models, who, prior)))
        odds = {cause: each * lift for cause, each in odds.items()}
    every = np.sum(list(odds.values()), axis=0)
    total = every / (1.0 + every)
    moved = np.minimum(total * level, np.maximum(total, _HIGHEST))
    return {cause: each / np.maximum(every, 1e-300) * moved for cause, each in odds.items()}


def plain_odds(models: Mapping[str, CauseModel], who: Traits, prior: Prior) -> Numbers:
    """Log odds of leaving of any cause by the curves, ratios of groups left out."""
    each = [
        model.logit(who, prior_logit(prior.rate(cause, who))) - factor_sum(model.factors, who)
        for cause, model in models.items()
    ]
    return np.asarray(np.logaddexp.reduce(each, axis=0))


def blended(
    past: PastYears, people: People, models: Mapping[str, CauseModel], prior: Prior, chosen: Memory
) -> Blend:
    """Trees as far as the past bears them out, at the level of the curves for today's staff."""
    if not chosen.tree_weight:
        return NO_TREES
    back = len(past.starts) - 1 - past.year
    trees = fitted_trees(past.traits, past.left >= 0, past.count * past.exposure, back)
    # Whoever began since the last year that taught is a newcomer, and moves nobody's chances.
    here = in_service(people, past.ends) & (people.start <= past.starts[-1])
    _, overdue = must_go(people, here, past.ends, past.ends + 1)
    here[here] = ~overdue
    who = traits(people, here, past.ends)
    odds = [
        model.logit(who, prior_logit(prior.rate(cause, who))) for cause, model in models.items()
    ]
    plain = plain_odds(models, who, prior)
    whole = np.asarray(np.logaddexp.reduce(odds, axis=0))
    return levelled(Blend(trees, chosen.tree_weight), who, plain, whole)


def fitted_causes(
    past: PastYears, prior: Prior, causes: Sequence[str], weight: Numbers, without: str = ""
) -> tuple[dict[str, CauseModel], GroupEffects]:
    """One model a cause, each against staying (eq. 73); prior rates alone without a past.

    Groups have the ratios of all early causes together, from which each cause departs as far as
    its own exits bear it out (eq. 88).
    """
    index = {name: at for at, name in enumerate(past.causes)}
    if not len(past.left):
        return {cause: _untaught() for cause in causes}, GroupEffects()
    past = replace(past, traits=_without(past.traits, without))
    used = weight > 1e-4 * past.count
    scale = scale_for(past.traits.age[used], past.traits.service[used])
    groups = group_effects(past, prior, np.where(used, weight, 0.0), scale)
    seen = {cause for cause in past.causes if (past.left == index[cause]).any()}
    # Of one cause alone nothing is shared: it learns its groups itself, and the same.
    is_shared = len(seen.difference(BY_DATE)) > 1
    models = {}
    for cause in causes:
        here = past.left == index.get(cause, -9)
        rows = used & (here | (past.left < 0))
        who = subset(past.traits, rows)
        offset = prior_logit(prior.rate(cause, who))
        shared = groups.shared if is_shared and cause not in BY_DATE else {}
        if shared:
            offset = offset + factor_sum(shared, who)
            # Single units have too few exits of one cause to depart from all causes.
            who = _without(who, UNIT)
        model = fitted_cause(
            who, here[rows], weight[rows], offset, prior.level_sd(who, cause), scale, without
        )
        models[cause] = replace(model, factors=_added(model.factors, shared)) if shared else model
    return models, groups


def _without(who: Traits, factor: str) -> Traits:
    """The same with a factor left out."""
    return replace(
        who, factors={name: v for name, v in who.factors.items() if name != factor}, kept={}
    )


def _added(
    own: Mapping[str, Mapping[object, float]], shared: Mapping[str, Mapping[object, float]]
) -> dict[str, Mapping[object, float]]:
    """Log ratios of both, level by level."""
    found = dict(own)
    for name, ratios in shared.items():
        known = own.get(name, {})
        found[name] = {
            level: ratios.get(level, 0.0) + known.get(level, 0.0) for level in {**ratios, **known}
        }
    return found


def _untaught() -> CauseModel:
    """Prior rates and nothing else."""
    age, service = np.array([20, 60]), np.array([0, 40])
    nobody = Traits(age, service, np.zeros(2), {})
    zero = np.zeros(2)
    return fitted_cause(
        nobody, zero.astype(bool), zero + 1e-12, zero, VAGUE_LOG_SD, scale_for(age, service)
    )
