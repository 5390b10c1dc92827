"""What a plan comes to: posts covered, left unfilled and overfilled, people and rupiah."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analytics.mix_effects import Effects
from analytics.mix_question import MixQuestion, Numbers


@dataclass(frozen=True, eq=False)
class Account:
    """What formations come to, in expectation.

    ``covered`` (option, role, year): posts; ``people`` (option, role, year): hired and still
    there; ``unfilled`` and ``overfilled`` (role, year): posts, never of opposite sign in one
    number; ``cost_idr``, ``cap_idr``, ``outside_idr`` (option, role, year).
    """

    covered: Numbers
    people: Numbers
    unfilled: Numbers
    overfilled: Numbers
    cost_idr: Numbers
    cap_idr: Numbers
    outside_idr: Numbers


def account(question: MixQuestion, effect: Effects, formations: Numbers) -> Account:
    """Account of formations (option, role, proposed).

    Returns
    -------
    Moves cover no more than what is short in one unit while another has to spare, and less than
    that where hires already fill the post.

    Method: docs/method.md eq. 213-215.
    """
    people = _summed(formations, effect.people)
    covered = _summed(formations, effect.posts)
    for at, terms in enumerate(question.options):
        if terms.most_in_effect is not None:
            covered[at] = np.minimum(covered[at], terms.most_in_effect[:, : len(question.years)])
    moves = [at for at, terms in enumerate(question.options) if terms.kind == "move"]
    others = covered.sum(axis=0) - covered[moves].sum(axis=0)
    left = np.maximum(question.deficit - others, 0.0)
    for at in moves:
        covered[at] = np.minimum.reduce([covered[at], movable(question), left])
        left = left - covered[at]
    return Account(
        covered=covered,
        people=people,
        unfilled=left,
        overfilled=np.maximum(others - question.deficit, 0.0),
        cost_idr=_summed(formations, effect.cost_idr),
        cap_idr=_summed(formations, effect.cap_idr),
        outside_idr=_summed(formations, effect.outside_idr),
    )


def movable(question: MixQuestion) -> Numbers:
    """Posts (role, year) short in one unit while another has as many to spare."""
    return np.minimum(question.deficit, question.surplus)


def _summed(formations: Numbers, each: Numbers) -> Numbers:
    return np.asarray(np.einsum("ors,orst->ort", formations, each))
