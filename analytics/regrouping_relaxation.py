"""The relaxation over some stars: each taken in part, with its prices and its cuts."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csr_matrix, vstack

from analytics.regrouping_cuts import cut_rows
from analytics.regrouping_programme import Flags, Numbers, Programme
from analytics.regrouping_stars import Stars

# Million rupiah a year below which a star is worth nothing beyond its prices.
WORTH = 1e-6
# How far below the prices a star stays in the solver's hands, million rupiah.
NEAR = 40.0
# Ways to solve it: from its inside where many stars are worth nearly their prices.
FROM_INSIDE, ALONG_EDGES = ("highs-ipm", "highs-ds"), ("highs-ds", "highs-ipm")
# What scipy calls a relaxation that is solved, and one whose time is over.
_SOLVED, _LATE = 0, 1


@dataclass(eq=False)
class Relaxation:
    """The programme over some stars without whole numbers, and the cuts added to it."""

    stars: Stars
    holds: csr_matrix
    rows: csr_matrix
    limits: Numbers
    cuts: csr_matrix
    cut_limits: Numbers
    share: Numbers
    price: Numbers
    near: Flags
    value: float = np.inf

    @classmethod
    def of(cls, programme: Programme, stars: Stars) -> Relaxation:
        """Each school in one star at most; merges within their limit (eq. 116)."""
        count = len(stars)
        star = np.concatenate([np.repeat(np.arange(count), stars.sizes), np.arange(count)])
        school = np.concatenate([programme.source[stars.arcs], stars.centre])
        holds = csr_matrix(
            (np.ones(len(star)), (school, star)), shape=(programme.school_count, count)
        )
        limits = np.ones(programme.school_count)
        rows = holds
        if programme.most_merges is not None:
            rows = vstack([holds, csr_matrix(stars.sizes[None].astype(float))]).tocsr()
            limits = np.concatenate([limits, [float(programme.most_merges)]])
        return cls(
            stars=stars, holds=holds, rows=rows, limits=limits,
            cuts=csr_matrix((0, count)), cut_limits=np.zeros(0),
            share=np.zeros(count), price=np.zeros(len(limits)), near=np.ones(count, dtype=bool),
        )  # fmt: skip

    def solve(
        self, seconds: float, methods: tuple[str, ...] = FROM_INSIDE, may_miss: float = 0.0
    ) -> bool:
        """Solve it; False where time ran out.

        Parameters
        ----------
        seconds
            Time for it.
        methods
            Ways to solve it, the next where one fails: ``ALONG_EDGES`` is quicker where few stars
            are near the prices.
        may_miss
            Stars that may be worth more than the prices without another turn.

        Only stars near the prices are in the solver's hands; those that turn out worth more are
        let in and it solves again, until none is.
        """
        deadline = time.monotonic() + seconds
        every = vstack([self.rows, self.cuts]).tocsc()
        limits = np.concatenate([self.limits, self.cut_limits])
        if not len(self.stars):
            self.price, self.value = np.zeros(len(limits)), 0.0
            return True
        if not self.near.any():
            self.near = np.ones(len(self.stars), dtype=bool)
        while True:
            at = np.flatnonzero(self.near)
            for method in methods:
                result = linprog(
                    -self.stars.saving[at],
                    A_ub=every[:, at],
                    b_ub=limits,
                    method=method,
                    options={"time_limit": max(deadline - time.monotonic(), 0.1)},
                )
                if result.status in (_SOLVED, _LATE):
                    break
            if result.status != _SOLVED:
                return False
            self.price = np.maximum(-result.ineqlin.marginals, 0.0)
            worth = self.stars.saving - every.T @ self.price
            missed = (worth > WORTH) & ~self.near
            if missed.sum() <= may_miss:
                break
            self.near = self.near | missed
        self.share = np.zeros(len(self.stars))
        self.share[at] = result.x
        # The bound the prices prove by themselves, not the value the solver reports.
        self.value = float(self.price @ limits + np.maximum(worth, 0.0).sum())
        self.near = worth > -NEAR
        return True

    def let_in(self, price: Numbers, merge_price: float) -> None:
        """Begin with the stars near some prices in the solver's hands."""
        every = price
        if len(self.limits) > len(price):
            every = np.append(price, merge_price)
        self.near = self.stars.saving - self.rows.T @ every > -NEAR

    def prices(self) -> tuple[Numbers, float]:
        """Price of each school, and of a merge."""
        count = self.holds.shape[0]
        return self.price[:count], float(self.price[count : len(self.limits)].sum())

    def worth_at(self, price: Numbers) -> Numbers:
        """What each star saves beyond given prices of its schools and of the first cuts."""
        cuts = len(price) - self.rows.shape[0]
        return self.stars.saving - vstack([self.rows, self.cuts[:cuts]]).T @ price

    def worth(self) -> Numbers:
        """What each star saves beyond the prices of its schools and cuts; at most 0."""
        # Cuts added since it was solved have no price yet.
        return self.worth_at(self.price)

    def cut(self, groups: list[tuple[int, ...]]) -> None:
        """Add the cuts of some groups of schools."""
        rows, limits = cut_rows(groups, self.holds)
        self.cuts = vstack([self.cuts, rows]).tocsr()
        self.cut_limits = np.concatenate([self.cut_limits, limits])

    def drop(self, low: float) -> None:
        """Forget the stars that no plan better than ``low`` can hold."""
        keep = self.worth() >= low - self.value - WORTH
        self.stars = self.stars.taken(keep)
        self.holds, self.rows = self.holds[:, keep], self.rows[:, keep]
        self.cuts, self.share, self.near = self.cuts[:, keep], self.share[keep], self.near[keep]

    def copy(self) -> Relaxation:
        """As it was solved last: later cuts do not reach it."""
        return replace(self)
