"""A plan with a little more room: the formation that fills most laid on it, one after another."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from analytics.mix import Mix, objective_value
from analytics.mix_account import account
from analytics.mix_effects import Effects
from analytics.mix_ground import Ground
from analytics.mix_presets import Left
from analytics.mix_programme import INTAKE, QUOTA, Row
from analytics.mix_question import CHEAPEST, Flags, MixLimits, MixQuestion, Numbers

_NOTHING = 1e-9
# Formations that are laid on it at the most.
_MOST = 400


def laid_on(mix: Mix, ready: Ground, row: Row) -> Mix:
    """The plan, with what fills most of what the limits of ``ready`` still have room for.

    Parameters
    ----------
    mix
        A plan within the limits of ``ready``.
    row
        The limit that was loosened: a formation of those that it counts in its year, or whatever
        its money pays for, those first that fill most for it.

    Returns
    -------
    The same formations and perhaps more, at the value they come to; never a worse plan. With the
    objective of least money the plan as it is: a formation more saves nothing by itself.

    Method: docs/method.md eq. 340.
    """
    question, effect = ready.question, ready.effect
    if mix.objective == CHEAPEST:
        return mix
    left = _with(mix.formations, ready)
    counted = _counted(question, ready.limits, row)
    spent = np.maximum(effect.cost_idr.sum(axis=-1), 1.0)
    for _ in range(1 if row.kind in (QUOTA, INTAKE) else _MOST):
        gain = _gains(question, effect, left.formations) * counted
        at = _best(gain, gain if row.kind in (QUOTA, INTAKE) else gain / spent, left)
        if at is None:
            break
        left.take(*at, 1)
    found = account(question, effect, left.formations)
    value = objective_value(question, found, mix.objective)
    if value >= mix.value:
        return mix
    return replace(mix, formations=left.formations, account=found, value=value)


def _with(formations: Numbers, ready: Ground) -> Left:
    """What the limits have room for once a plan is taken."""
    left = Left(ready)
    for at in np.argwhere(formations - left.formations > 0.5):
        option, role, proposed = (int(one) for one in at)
        count = formations[option, role, proposed] - left.formations[option, role, proposed]
        left.take(option, role, proposed, round(float(count)))
    return left


def _counted(question: MixQuestion, limits: MixLimits, row: Row) -> Flags:
    """Cells (option, role, proposed) that the limit counts; those of moves never."""
    names = [terms.option for terms in question.options]
    is_kind = np.array([terms.kind != "move" for terms in question.options])
    own = np.ones((len(names), len(question.roles), len(question.years)), dtype=bool)
    own &= is_kind[:, None, None]
    if row.kind not in (QUOTA, INTAKE):
        return own
    own[:, :, np.arange(len(question.years)) != row.year] = False
    if row.kind == INTAKE:
        own[[at for at, name in enumerate(names) if name != row.name]] = False
        return own
    quota = next(one for one in limits.quotas if one.name == row.name)
    own[[at for at, name in enumerate(names) if name not in quota.options]] = False
    if quota.is_role is not None:
        own[:, ~quota.is_role] = False
    return own


def _gains(question: MixQuestion, effect: Effects, formations: Numbers) -> Numbers:
    """Weighted post-years that one formation more of each cell fills of those still empty."""
    empty = account(question, effect, formations).unfilled
    filled = np.minimum(effect.posts, empty[None, :, None, :]).sum(axis=-1)
    return np.asarray(filled * question.weights[None, :, None])


def _best(gain: Numbers, score: Numbers, left: Left) -> tuple[int, int, int] | None:
    """The cell with the highest score that every limit has room for; None where none fills."""
    for place in np.argsort(-score, axis=None, kind="stable"):
        option, role, proposed = (int(one) for one in np.unravel_index(place, score.shape))
        if gain[option, role, proposed] <= _NOTHING:
            return None
        if left.fits(option, role, proposed) >= 1:
            return option, role, proposed
    return None
