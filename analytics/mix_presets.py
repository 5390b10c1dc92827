"""Plans nobody optimised: simple rules a government might follow, under the same limits."""

from __future__ import annotations

from typing import Literal

import numpy as np

from analytics.mix_ground import Ground
from analytics.mix_question import Numbers

Rule = Literal["do_nothing", "cpns_only", "pppk_only", "zero_growth", "teachers_first"]
RULES: tuple[Rule, ...] = (
    "do_nothing", "cpns_only", "pppk_only", "zero_growth", "teachers_first",
)  # fmt: skip
# Options of each rule, in the order they are used.
_USED: dict[str, tuple[str, ...]] = {
    "do_nothing": (),
    "cpns_only": ("cpns",),
    "pppk_only": ("pppk",),
    "zero_growth": ("cpns", "pppk"),
    "teachers_first": ("redistribusi", "cpns", "pppk"),
}
_ALMOST = 1e-6


def rule_formations(ground: Ground, rule: Rule, first_family: str = "pendidik") -> Numbers:
    """Formations (option, role, proposed) of a rule.

    Parameters
    ----------
    first_family
        Whose roles come first under ``teachers_first``.

    Returns
    -------
    Year by year, role by role (most unfilled first), as many as every limit leaves room for.
    ``zero_growth`` proposes no more than those of the role who left until then.
    """
    question = ground.question
    roles = np.arange(len(question.roles))
    short = question.deficit.sum(axis=1) * question.weights
    later = np.zeros(len(roles), dtype=bool)
    if rule == "teachers_first" and question.families:
        later = np.array([family != first_family for family in question.families])
    order = np.lexsort((roles, -short, later))
    most = np.cumsum(question.leavers, axis=1) if rule == "zero_growth" else None
    used = [terms.option for terms in question.options if terms.option in _USED[rule]]
    used.sort(key=_USED[rule].index)
    pairs = [(question.option_index(one), int(role)) for role in order for one in used]
    return taken_in_order(ground, pairs, most)


def taken_in_order(
    ground: Ground, pairs: list[tuple[int, int]], most_of_role: Numbers | None = None
) -> Numbers:
    """Formations taken pair by pair (option, role) in every year while all limits have room.

    Parameters
    ----------
    most_of_role
        (role, year) formations of a role until and in a year; None: no such limit.
    """
    left = Left(ground)
    for proposed in range(len(ground.question.years)):
        for option, role in pairs:
            count = left.fits(option, role, proposed)
            if most_of_role is not None:
                so_far = left.formations[:, role].sum()
                count = min(count, int(np.floor(most_of_role[role, proposed] - so_far + _ALMOST)))
            if count > 0:
                left.take(option, role, proposed, count)
    return left.formations


class Left:
    """What the limits still have room for, as formations are taken one by one."""

    def __init__(self, ground: Ground) -> None:
        question, limits, effect = ground.question, ground.limits, ground.effect
        self._question, self._limits, self._effect = question, limits, effect
        years = len(question.years)
        self.formations = np.zeros(effect.posts.shape[:3])
        self._posts = ground.room.copy()
        self._moves = np.minimum(question.deficit, question.surplus)
        self._most_in_effect = [
            None if terms.most_in_effect is None else terms.most_in_effect[:, :years].copy()
            for terms in question.options
        ]
        endless = np.full(years, np.inf)
        self._money = endless if limits.money_idr is None else limits.money_idr.astype(float)
        self._cap = endless if limits.cap_room_idr is None else limits.cap_room_idr.astype(float)
        self._money, self._cap = self._money.copy(), self._cap.copy()
        self._intake = [
            endless.copy() if terms.most_by_year is None else terms.most_by_year[:years].copy()
            for terms in question.options
        ]
        self._quotas = [quota.most_by_year.astype(float).copy() for quota in limits.quotas]
        for lock in limits.locks:
            at = (
                question.option_index(lock.option),
                question.roles.index(lock.role),
                question.years.index(lock.year),
            )
            if lock.count:
                self.take(*at, lock.count)
        self._locked = {(lock.option, lock.role, lock.year) for lock in limits.locks}

    def _counted(self, option: int, role: int) -> list[Numbers]:
        """Quotas the formation counts in."""
        name = self._question.options[option].option
        return [
            left
            for quota, left in zip(self._limits.quotas, self._quotas, strict=True)
            if name in quota.options and (quota.is_role is None or quota.is_role[role])
        ]

    def fits(self, option: int, role: int, proposed: int) -> int:
        """How many more of these formations every limit has room for; all useful somewhere."""
        question, effect = self._question, self._effect
        terms = question.options[option]
        key = (terms.option, question.roles[role], question.years[proposed])
        posts = effect.posts[option, role, proposed]
        used = posts > _ALMOST
        if key in self._locked or not used.any():
            return 0
        if terms.kind == "move":
            left = np.maximum(self._movable(option, role), 0)
            # As many as fill it once all are through, not so that few of many are in time.
            most = float(np.ceil(left[used].max() / posts.max() - _ALMOST))
        else:
            most = float((self._posts[role][used] / posts[used]).min())
        limits = [self._intake[option][proposed]]
        limits += [left[proposed] for left in self._counted(option, role)]
        for left, each in ((self._money, effect.cost_idr), (self._cap, effect.cap_idr)):
            spent = each[option, role, proposed]
            limits += (left[spent > 0] / spent[spent > 0]).tolist()
        bound = self._most_in_effect[option]
        if bound is not None and terms.kind != "move":
            limits += (bound[role][used] / posts[used]).tolist()
        if terms.most_by_role_year is not None:
            limits.append(
                terms.most_by_role_year[role, proposed] - self.formations[option, role, proposed]
            )
        return max(int(np.floor(min(most, *limits) + _ALMOST)), 0)

    def _movable(self, option: int, role: int) -> Numbers:
        """Posts by year that moves of the role may still fill: to spare, and within reach."""
        bound = self._most_in_effect[option]
        moves: Numbers = self._moves[role]
        return moves if bound is None else np.minimum(moves, bound[role])

    def take(self, option: int, role: int, proposed: int, count: int) -> None:
        """Take formations out of what is left."""
        effect, terms = self._effect, self._question.options[option]
        at = (option, role, proposed)
        self.formations[at] += count
        if terms.kind == "move":
            self._moves[role] -= count * effect.posts[at]
        else:
            self._posts[role] -= count * effect.posts[at]
        bound = self._most_in_effect[option]
        if bound is not None:
            bound[role] -= count * effect.posts[at]
        self._intake[option][proposed] -= count
        for left in self._counted(option, role):
            left[proposed] -= count
        self._money -= count * effect.cost_idr[at]
        self._cap -= count * effect.cap_idr[at]
