"""The question made ready: effects of formations, room for posts, floors that time lets reach."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analytics.mix_effects import Effects, effects
from analytics.mix_question import HALF_A_POST, MixLimits, MixQuestion, Numbers


@dataclass(frozen=True, eq=False)
class Ground:
    """What every plan for a question stands on.

    ``room`` (role, year): posts that hires and less need may cover; ``floor`` (role, year): posts
    that must be covered.
    """

    question: MixQuestion
    limits: MixLimits
    effect: Effects
    room: Numbers
    floor: Numbers


def ground(question: MixQuestion, limits: MixLimits) -> Ground:
    """The question made ready for plans."""
    return Ground(
        question, limits, effects(question), capacity(question, limits),
        floor_posts(question, limits),
    )  # fmt: skip


def capacity(question: MixQuestion, limits: MixLimits) -> Numbers:
    """Posts (role, year) that hires and less need may cover at most.

    Method: docs/method.md eq. 216.
    """
    short = question.deficit
    whole = np.floor(short + HALF_A_POST)
    held = np.maximum.accumulate(whole, axis=1) if limits.overfill == "peak" else whole
    asked = np.maximum.accumulate(floor_posts(question, limits), axis=1)
    held = np.maximum(held, np.ceil(asked))
    return np.where(held > 0, np.maximum(held, short) + 1.0, short)


def floor_posts(question: MixQuestion, limits: MixLimits) -> Numbers:
    """Posts (role, year) that must be covered for the floor, half a post let go.

    Method: docs/method.md eq. 218.
    """
    if limits.floor_share is None:
        return np.zeros_like(question.deficit)
    share = limits.floor_share
    share = share[:, None] if share.ndim == 1 else share
    allowed = np.maximum((1 - share) * question.need, HALF_A_POST)
    return np.asarray(np.where(share > 0, np.maximum(question.deficit - allowed, 0.0), 0.0))
